from datetime import date

import pytest

from catalog.charts import bar_widths, periods, quarters, timeline

DECEMBER_31 = date(2025, 12, 31)


def test_a_code_in_force_lives_up_to_where_the_release_answers():
    life = timeline(date(1993, 1, 1), None, [], DECEMBER_31)
    assert life.live_x == life.begin
    assert life.live_x + life.live_width == pytest.approx(life.loaded)
    assert life.end is None


def test_an_ended_code_lives_through_its_last_valid_day():
    life = timeline(date(1982, 1, 1), date(2024, 3, 31), [], DECEMBER_31)
    april_first = timeline(date(1982, 1, 1), None, [date(2024, 4, 1)], DECEMBER_31).changes[0]
    assert life.end == april_first == pytest.approx(life.live_x + life.live_width)
    assert life.loaded is None


def test_a_code_without_an_added_date_lives_from_the_left_edge():
    life = timeline(None, None, [], DECEMBER_31)
    assert (life.begin, life.live_x) == (None, 0.0)


def test_a_code_that_starts_after_the_release_has_not_lived_yet():
    life = timeline(date(2026, 4, 1), None, [], DECEMBER_31)
    assert life.live_width == 0
    assert life.begin > life.loaded


def test_years_are_ticked_by_five_over_a_long_life_and_one_by_one_over_a_short():
    long = [tick.year for tick in timeline(date(1982, 1, 1), None, [], DECEMBER_31).ticks]
    short = [tick.year for tick in timeline(date(2024, 10, 1), None, [], DECEMBER_31).ticks]
    assert long == [1985, 1990, 1995, 2000, 2005, 2010, 2015, 2020, 2025]
    assert short == list(range(2018, 2027))


def test_everything_stays_inside_the_picture():
    for added in (None, date(1980, 1, 1), date(2025, 10, 1), date(2027, 12, 31)):
        for ended in (None, date(2014, 12, 31), date(2030, 6, 30)):
            life = timeline(added, ended, [date(2025, 1, 1)], DECEMBER_31)
            places = [life.live_x, life.live_x + life.live_width, life.begin, life.end, life.loaded, *life.changes]
            assert all(0 <= place <= 880 for place in places if place is not None)


def test_bars_keep_their_proportions_and_small_ones_stay_visible():
    assert bar_widths([100, 50, 1, 0], full=200) == [200.0, 100.0, 2.0, 0.0]
    assert bar_widths([], full=200) == []


def test_a_code_ended_with_a_quarter_counts_in_the_next():
    chart = quarters({date(2025, 10, 1): 73}, {date(2025, 9, 30): 7}, DECEMBER_31)
    last = chart.bars[-1]
    assert (last.title, last.begun, last.ended) == ("2025 Q4", 73, 7)
    assert [bar.title for bar in chart.bars][:2] == ["2024 Q1", "2024 Q2"]


def test_days_outside_the_quarters_shown_do_not_count():
    chart = quarters({date(1982, 1, 1): 900, date(2026, 1, 1): 5}, {}, DECEMBER_31)
    assert chart.is_empty


def test_begun_and_ended_share_one_scale_and_fit_the_picture():
    chart = quarters({date(2025, 1, 1): 10}, {date(2024, 12, 31): 500}, DECEMBER_31)
    bar = chart.bars[4]
    assert bar.ended_height / bar.begun_height == pytest.approx(50, rel=0.05)
    assert all(bar.begun_y >= 18 and chart.axis + bar.ended_height < 160 for bar in chart.bars)


def test_each_year_is_named_once_under_its_quarters():
    chart = quarters({}, {}, date(2025, 6, 30))
    assert [(tick.year, tick.x) for tick in chart.years] == [(2023, 51), (2024, 204), (2025, 357)]


def test_an_open_edit_runs_up_to_where_the_release_answers_and_an_ended_one_to_its_last_day():
    ended = (0, date(2003, 1, 1), date(2018, 12, 31), "cond", "1")
    still_open = (0, date(2019, 1, 1), None, "deny", "0")
    chart = periods([ended, still_open], DECEMBER_31)
    first, second = chart.periods
    assert first.x + first.width == pytest.approx(second.x)
    assert second.x + second.width == pytest.approx(chart.loaded)
    assert [(bar.kind, bar.label) for bar in chart.periods] == [("cond", "1"), ("deny", "0")]


def test_an_edit_withdrawn_on_its_first_day_can_still_be_seen():
    chart = periods([(0, date(2022, 1, 1), date(2022, 1, 1), "off", "9")], DECEMBER_31)
    assert chart.periods[0].width == 2.0


def test_an_edit_that_begins_after_the_release_is_drawn_behind_its_end():
    chart = periods([(0, date(2026, 4, 1), None, "deny", "0")], DECEMBER_31)
    assert chart.periods[0].x > chart.loaded


def test_each_order_of_a_pair_has_its_own_lane_and_the_day_asked_about_a_place():
    chart = periods(
        [(0, date(1996, 1, 1), None, "deny", "0"), (1, date(2000, 1, 1), None, "cond", "1")],
        DECEMBER_31,
        asked=date(2010, 6, 1),
    )
    assert len(chart.lanes) == len({bar.y for bar in chart.periods}) == 2
    assert chart.periods[1].x < chart.asked < chart.loaded
    assert periods([], DECEMBER_31).asked is None
