"""How fresh what is loaded is: every dataset and setting that a reader may ask, against the quarter of a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from catalog.models import Dataset, Release, Setting
from catalog.models.release import nearest
from catalog.status_line import MUE_SETTINGS, PTP_SETTINGS, words_of

KINDS = (
    (Dataset.HCPCS, ""),
    *((Dataset.PTP, setting) for setting in PTP_SETTINGS),
    *((Dataset.MUE, setting) for setting in MUE_SETTINGS),
    (Dataset.ADDON, ""),
)
"""What there is to load for Medicare, in the order of the status line."""


class Freshness(NamedTuple):
    """What is loaded of a dataset and setting; ``release`` is the one that readers are answered from, or None.

    The starter set is of no quarter, and so never behind one: its ``words`` say what it is. ``incomplete`` are
    other releases that readers are answered from, for dates of their own quarters, and that looked incomplete:
    part of a newer quarter does not make the whole of an older one any fresher, and yet it is there.
    """

    dataset: Dataset
    setting: Setting | str
    release: Release | None
    quarters_behind: int
    words: str
    incomplete: tuple[Release, ...] = ()

    @property
    def name(self) -> str:
        """``PTP edits, outpatient hospital``"""
        if not self.setting:
            return self.dataset.label
        return f"{self.dataset.label}, {self.setting.words}"

    @property
    def is_stale(self) -> bool:
        """Whether a quarter has begun that CMS has published a newer release for."""
        return self.quarters_behind > 0


def freshness(day: date) -> list[Freshness]:
    """Of each dataset and setting what is loaded on that day, in one query."""
    return of(Release.objects.current().newest_first(), day)


def of(releases: Iterable[Release], day: date) -> list[Freshness]:
    """The same from current releases that are at hand."""
    releases = list(releases)
    return [_of(releases, *kind, day) for kind in KINDS]


def _of(releases: list[Release], dataset: Dataset, setting: Setting | str, day: date) -> Freshness:
    release = nearest(releases, dataset, setting, day)
    of_kind = [one for one in releases if (one.dataset, one.setting) == (dataset, setting)]
    others = [one for one in of_kind if one.partial and one is not release]
    behind = quarters_behind(release, day)
    return Freshness(dataset, setting, release, behind, words_of(release, day), tuple(others))


def quarters_behind(release: Release | None, day: date) -> int:
    """Quarters begun since a release; 0 for the starter set, and where there is none."""
    return 0 if release is None or release.is_starter else release.quarters_behind(day)
