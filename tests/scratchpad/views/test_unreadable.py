"""What could not be read on a line, in the few words beside its field."""

from datetime import date

import pytest
from django.http import QueryDict

from scratchpad.forms import ClaimForm
from scratchpad.views.unreadable import unread


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("11042, 97597", "more than one code. Put each on a line of its own, or paste them all"),
        ("25", "a modifier, not a code. It stands behind a code"),
        ("99202-99215", "a range, not a code. One code on a line"),
        ("J1885xTEN", "units must be a whole number from 1"),
        ("11042~Smith", "provider became A. A letter from A to Z tells one from another"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_with_what_would_do(line, said):
    fields = QueryDict(mutable=True)
    fields["line"] = line
    claim = ClaimForm(fields, date(2026, 7, 15)).claim
    assert [each.summary for each in unread(claim.lines)] == [f"Line 1: {said}"]
