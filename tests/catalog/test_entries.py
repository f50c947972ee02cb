from datetime import date

import pytest

from catalog import entries
from tests.builders import make_code

pytestmark = pytest.mark.django_db


def test_ended_and_future_codes_say_so():
    day = date(2025, 11, 1)
    ended = make_code("J1890", termination_date=date(2025, 3, 31))
    future = make_code("J1891", added_date=date(2026, 1, 1))
    last_day = make_code("J1892", termination_date=day)
    assert entries.status_words(ended, day) == "Ended Mar 31, 2025"
    assert entries.status_words(future, day) == "Starts Jan 1, 2026"
    assert entries.status_words(last_day, day) == ""
