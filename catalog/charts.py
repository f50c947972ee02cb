"""Geometry of the small pictures: the life of a code, bars, and codes begun and ended by quarter (pure).

Lengths are pixels of the picture's own ``viewBox``; the templates draw what is computed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

ONE_DAY = timedelta(days=1)


class Tick(NamedTuple):
    x: float
    year: int


class Timeline(NamedTuple):
    """The life of a code on a scale of years, left to right.

    ``begin``, ``end`` and ``loaded`` are where the code was added, where its last valid day closed and where the
    loaded release stops answering; None where there is no such day. ``live_x`` and ``live_width`` span the days it
    may be used, as far as the release answers.
    """

    width: int
    ticks: tuple[Tick, ...]
    live_x: float
    live_width: float
    begin: float | None
    end: float | None
    loaded: float | None
    changes: tuple[float, ...]


def timeline(
    added: date | None, last_valid: date | None, changed: Iterable[date], loaded: date, width: int = 880
) -> Timeline:
    """Lay out a code's days. ``loaded`` is the last day the release answers; an open end runs up to it."""
    days = [day for day in (added, last_valid, *changed, loaded) if day]
    last_year = max(days).year + 2
    first_year = min(min(days).year // 5 * 5, last_year - 10)
    scale = width / (last_year - first_year)

    def x(day: date) -> float:
        return round((day.year - first_year + (day.timetuple().tm_yday - 1) / 366) * scale, 1)

    begin = x(added) if added else None
    end = x(last_valid + ONE_DAY) if last_valid else None
    live_from, live_to = begin or 0.0, end if end is not None else x(loaded + ONE_DAY)
    step = 1 if last_year - first_year <= 12 else 2 if last_year - first_year <= 20 else 5
    return Timeline(
        width=width,
        ticks=tuple(
            Tick(x(date(year, 1, 1)), year) for year in range(first_year + 1, last_year) if year % step == 0
        ),
        live_x=live_from,
        live_width=round(max(live_to - live_from, 0), 1),
        begin=begin,
        end=end,
        loaded=x(loaded + ONE_DAY) if end is None else None,
        changes=tuple(x(day) for day in sorted(set(changed))),
    )


def bar_widths(counts: Iterable[int], full: float) -> list[float]:
    """Widths in proportion, the largest count ``full`` wide; a count above zero is always visible."""
    counts = list(counts)
    most = max(counts, default=0)
    return [round(max(count / most * full, 2), 1) if count else 0.0 for count in counts]


class QuarterBar(NamedTuple):
    """One quarter: codes begun rise from the axis, codes ended hang below it. A bar is 34 pixels wide."""

    title: str
    begun: int
    ended: int
    x: float
    middle: float
    begun_y: float
    begun_height: float
    ended_y: float
    ended_height: float

    @property
    def begun_label_y(self) -> float:
        return round(self.begun_y - 5, 1)

    @property
    def ended_label_y(self) -> float:
        return round(self.ended_y + self.ended_height + 13, 1)


class QuarterChart(NamedTuple):
    bars: tuple[QuarterBar, ...]
    years: tuple[Tick, ...]
    axis: float
    width: int
    height: int

    @property
    def is_empty(self) -> bool:
        return not any(bar.begun or bar.ended for bar in self.bars)


def quarters(
    begun: Mapping[date, int], ended: Mapping[date, int], last_day: date, count: int = 8, step: int = 51
) -> QuarterChart:
    """Codes begun and ended in the ``count`` quarters up to the one of ``last_day``.

    ``begun`` counts codes by the day they were added, ``ended`` by their last valid day. A code whose last valid
    day closes a quarter counts in the next one, the first in which it may not be used.
    """
    last = _quarter(last_day)
    shown = range(last - count + 1, last + 1)
    begun_in = _by_quarter(begun)
    ended_in = _by_quarter({day + ONE_DAY: number for day, number in ended.items()})
    tallest = max((begun_in.get(quarter, 0) for quarter in shown), default=0)
    deepest = max((ended_in.get(quarter, 0) for quarter in shown), default=0)
    scale = 120 / max(tallest + deepest, 1)
    axis = round(18 + tallest * scale, 1)
    bars = []
    for at, quarter in enumerate(shown):
        rise = round(begun_in.get(quarter, 0) * scale, 1)
        bars.append(
            QuarterBar(
                title=f"{quarter // 4} Q{quarter % 4 + 1}",
                begun=begun_in.get(quarter, 0),
                ended=ended_in.get(quarter, 0),
                x=float(at * step + 4),
                middle=at * step + 21.0,
                begun_y=round(axis - rise, 1),
                begun_height=rise,
                ended_y=round(axis + 2, 1),
                ended_height=round(ended_in.get(quarter, 0) * scale, 1),
            )
        )
    return QuarterChart(tuple(bars), _year_labels(shown, step), axis, count * step, 190)


def _quarter(day: date) -> int:
    return day.year * 4 + (day.month - 1) // 3


def _by_quarter(counts: Mapping[date, int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for day, number in counts.items():
        found[_quarter(day)] = found.get(_quarter(day), 0) + number
    return found


def _year_labels(shown: range, step: int) -> tuple[Tick, ...]:
    """Each year once, centered under its quarters."""
    places: dict[int, list[int]] = {}
    for at, quarter in enumerate(shown):
        places.setdefault(quarter // 4, []).append(at)
    return tuple(Tick((at[0] + at[-1] + 1) / 2 * step, year) for year, at in places.items())
