"""All codes of the loaded release in code order, with the few facts that a card shows.

Read once per snapshot: people type one code after another, and asking the database for each would take longer than
everything else the lookup does.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date
from typing import NamedTuple

from catalog.models import HcpcsCode
from catalog.snapshot import Snapshot, once_each


class Filed(NamedTuple):
    added: date | None
    last_valid: date | None
    coverage: str


class Shelf:
    def __init__(self, filed: dict[str, Filed]):
        """``filed`` is in code order."""
        self._filed = filed
        self._codes = list(filed)

    def get(self, code: str) -> Filed | None:
        return self._filed.get(code)

    def beside(self, code: str, count: int) -> list[str]:
        """Up to ``count`` codes before and as many after a code, which need not be on file itself."""
        before, after = bisect_left(self._codes, code), bisect_right(self._codes, code)
        return self._codes[max(before - count, 0) : before] + self._codes[after : after + count]


@once_each
def of(shown: Snapshot) -> Shelf:
    """The shelf of a snapshot's release."""
    rows = HcpcsCode.objects.filter(release=shown.release).order_by("code")
    facts = rows.values_list("code", "added_date", "termination_date", "coverage_code")
    return Shelf({code: Filed(*filed) for code, *filed in facts.iterator()})
