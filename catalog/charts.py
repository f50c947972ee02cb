"""Geometry of the small pictures: lives of codes and edits, bars, codes begun and ended by quarter (pure).

Lengths are pixels of the picture's own ``viewBox``; the templates draw what is computed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    scale = _scale([day for day in (added, last_valid, *changed, loaded) if day], width)
    begin = scale.x(added) if added else None
    end = scale.x(last_valid + ONE_DAY) if last_valid else None
    live_from, live_to = begin or 0.0, end if end is not None else scale.x(loaded + ONE_DAY)
    return Timeline(
        width=width,
        ticks=scale.ticks,
        live_x=live_from,
        live_width=round(max(live_to - live_from, 0), 1),
        begin=begin,
        end=end,
        loaded=scale.x(loaded + ONE_DAY) if end is None else None,
        changes=tuple(scale.x(day) for day in sorted(set(changed))),
    )


class Period(NamedTuple):
    """The days of one edit as a bar, its middle for a label. ``kind`` and ``label`` are the caller's own words."""

    x: float
    width: float
    y: int
    kind: str
    label: str

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


class PeriodChart(NamedTuple):
    """Bars in lanes on a scale of years. ``asked`` is None where the day asked about is not drawn."""

    width: int
    height: int
    ticks: tuple[Tick, ...]
    lanes: tuple[int, ...]
    periods: tuple[Period, ...]
    loaded: float
    asked: float | None


LANE = 28  # pixels from lane to lane


def periods(
    stretches: Sequence[tuple[int, date, date | None, str, str]],
    loaded: date,
    asked: date | None = None,
    width: int = 880,
) -> PeriodChart:
    """Lay out edits as ``(lane, first day, last day or None, kind, label)``; lanes count from 0.

    ``loaded`` is the last day the release answers; an open end runs up to it.
    """
    days = [loaded, *(day for _, first, last, *_ in stretches for day in (first, last) if day)]
    scale = _scale([*days, asked] if asked else days, width)
    lanes = max((lane for lane, *_ in stretches), default=0) + 1
    bars = []
    for lane, first, last, kind, label in stretches:
        begin, end = scale.x(first), scale.x((last or max(loaded, first)) + ONE_DAY)
        bars.append(Period(begin, max(round(end - begin, 1), 2.0), 12 + lane * LANE, kind, label))
    return PeriodChart(
        width=width,
        height=30 + lanes * LANE,
        ticks=scale.ticks,
        lanes=tuple(12 + lane * LANE for lane in range(lanes)),
        periods=tuple(bars),
        loaded=scale.x(loaded + ONE_DAY),
        asked=scale.x(asked) if asked else None,
    )


class _Scale(NamedTuple):
    first_year: int
    pixels_a_year: float
    ticks: tuple[Tick, ...]

    def x(self, day: date) -> float:
        return round((day.year - self.first_year + (day.timetuple().tm_yday - 1) / 366) * self.pixels_a_year, 1)


def _scale(days: Sequence[date], width: int) -> _Scale:
    """Years that hold the days with some air, ten at least, and as many year numbers as there is room for."""
    last_year = max(days).year + 2
    first_year = min(min(days).year // 5 * 5, last_year - 10)
    years = last_year - first_year
    step = 1 if years <= 12 else 2 if years <= 20 else 5
    bare = _Scale(first_year, width / years, ())
    ticks = (Tick(bare.x(date(year, 1, 1)), year) for year in range(first_year + 1, last_year) if year % step == 0)
    return bare._replace(ticks=tuple(ticks))


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
