from datetime import date

import pytest
from django.http import QueryDict

from scratchpad.forms import ClaimForm
from scratchpad.views import grid


@pytest.mark.parametrize(("filled", "rows"), [(0, 3), (1, 3), (2, 3), (3, 4), (99, 100), (100, 100), (120, 100)])
def test_the_grid_shows_a_blank_row_more_while_there_is_room(filled, rows):
    form = ClaimForm(QueryDict("&".join(["line=11042"] * filled)), date(2026, 11, 22))
    assert len(grid.rows(form.claim)) == rows
