"""The Time page: its title, and counts by weekday, hour, day, kind and area."""

import numpy as np
import pandas as pd
import streamlit as st

from data import words
from data.palette import Theme
from data.views import coverage, view_counts
from data.views.answers import Answer
from data.views.filters import WEEKDAYS
from data.views.view import DAY, MONTH, WEEK, View
from geo import busiest, rates
from geo.busiest import Busiest, Spread
from ui.cached import views
from ui.explore import busy_words
from ui.parts import charts, headline, pictures

IN_COLOR = 7
_REST = "other kinds"
_MOST = 12  # small charts
_A_ROW = 4  # small charts beside each other; two on a phone
MANY = 120  # more weeks than this are too fine for a small chart
ENOUGH = 5  # incidents for each hour or weekday, to say which has most
_FEWEST = 4  # of each weekday or hour that are covered, to say which has most
BLOCK = 4  # weeks that are then one bar


def time_title(view: View, answer: Answer) -> str:
    """A sentence on when it was busiest, or that there is nothing to show."""
    what = words.sentence_case(headline.noun(view))
    if not answer.covered:
        return f"{what}: no data in this period, so there is nothing to draw"
    if not answer.headline["n"]:
        return f"{what}: no record with these filters, so there is nothing to draw"
    if answer.headline["n"] < rates.UNRELIABLE:  # any order of so few is chance
        return f"{what}: {answer.headline['n']} with these filters, too few to say when most are"
    by_day, by_hour = weekday_means(view), _hour_means(view)
    if not by_day["n"].sum() and answer.step == MONTH:
        return f"{what}: known only to the month, so no weekday and no hour stands out"
    if not by_day["n"].sum():
        return f"{what}: no record is in a whole {coverage.step_name(view, DAY)}"
    said = busy_words.say_busiest(*rank_times(view))
    return f"{what}: {said}" + ("" if by_hour["n"].sum() else "; no record has an hour")


def rank_times(view: View) -> tuple[Busiest, Busiest]:
    """The hours of the clock and the weekdays (0 Monday) of a View with most, where they differ
    beyond chance. Nothing is tested with too few incidents or days of each."""
    every = days(view)
    return (
        _tested(_hour_means(view), busiest.measure_spread(every["timed"], every["weekday"])),
        _tested(weekday_means(view), busiest.measure_spread(every["n"], every["weekday"])),
    )


def _tested(found: pd.DataFrame, spread: Spread) -> Busiest:
    """The hours or weekdays with most, by their own numbers."""
    if len(found) < 2 or found["of"].min() < _FEWEST or found["n"].sum() < ENOUGH * len(found):
        return Busiest(np.nan)
    held = busiest.find_busiest(found["n"], found["of"], spread)
    first, above = ([int(found.index[at]) for at in rows] for rows in (held.first, held.above))
    return Busiest(held.p, tuple(first), tuple(above))


def chance_sentence(view: View) -> str:
    """How far chance explains the differences of hours and weekdays; empty where not tested."""
    every = days(view)
    factor = busiest.measure_spread(every["n"], every["weekday"]).factor
    return busy_words.say_chance(*rank_times(view), factor, day_name(view))


def weekday_means(view: View) -> pd.DataFrame:
    """By weekday (0 Monday): n, of (how many such whole days are covered) and their mean."""
    found = days(view).groupby("weekday")["n"].agg(["sum", "size"])
    found = found.set_axis(["n", "of"], axis=1)
    return found.assign(mean=found["n"] / found["of"])


def _hour_means(view: View) -> pd.DataFrame:
    """By hour of the clock: n, of (how many such hours are covered) and their mean."""
    found = hours(view).groupby("hour")[["n", "of"]].sum()
    return found.assign(mean=found["n"] / found["of"])


def day_name(view: View) -> str:
    """The name of a day of the View: one that ends in the morning is a night."""
    return coverage.step_name(view, DAY)


def said_means(view: View) -> str:
    """The mean count of each weekday, and of how many such days."""
    means = weekday_means(view)
    unit = coverage.step_name(view, DAY)
    each = [
        f"{WEEKDAYS[day]} {headline.mean(mean)} ({of:,.0f})"
        for day, mean, of in zip(means.index, means["mean"], means["of"])
    ]
    return f"Mean per {unit} (in brackets, of how many {unit}s): {', '.join(each)}."


def left_out(shown: float, every: int, what: str, cut: int = 0) -> None:
    """Say how many incidents a chart cannot show, if any; `cut` lie in a night cut short."""
    why = [f"the {what} is not known"] if shown + cut < every else []
    why += ["the night is not covered to its end"] if cut else []
    if shown < every:
        st.text(f"{shown:,.0f} of {every:,} incidents; for the others {' or '.join(why)}.")


def kind_counts(view: View, answer: Answer) -> tuple[pd.DataFrame, list[str], str]:
    """Counts by kind with zeros filled, in whole weeks, or days where there are too few weeks,
    or months where the answer is by month; the kinds by size; and what the steps are."""
    step = MONTH if answer.step == MONTH else WEEK
    every = _whole(view, step)
    if step == WEEK and len(every) < view_counts.ENOUGH_WEEKS:
        step, every = DAY, _whole(view, DAY)
    found = views.series(view, "kind", step)
    named = found.assign(
        group=[words.spoken(words.TABLES["kind"][code].code) for code in found["code"]]
    )
    sizes = named.groupby("group")["n"].sum().sort_values(ascending=False)
    order = sizes.index[:IN_COLOR].tolist()
    named["group"] = named["group"].where(named["group"].isin(order), _REST)
    wide = named.pivot_table(index="start", columns="group", values="n", aggfunc="sum")
    order = [name for name in [*order, _REST] if name in set(named["group"])]
    wide = wide.reindex(index=every, columns=order).fillna(0)
    long = wide.rename_axis("start").reset_index().melt("start", var_name="group", value_name="n")
    return long, order, coverage.step_name(view, step)


def _whole(view: View, step: int) -> pd.DatetimeIndex:
    """The first days of the whole steps of a View."""
    return pd.DatetimeIndex(views.coverage(view).whole_starts(step))


def hours(view: View) -> pd.DataFrame:
    """By weekday and hour asked for: weekday, hour, n, of (how many such hours are covered)
    and the mean of an hour."""
    every = views.covered_hours(view).merge(
        views.hours_by_weekday(view), on=["weekday", "hour"], how="left"
    )
    n = every["n"].fillna(0)
    return every.assign(n=n, mean=n / every["of"])


def days(view: View) -> pd.DataFrame:
    """Every whole covered day of the View with its count: start, weekday, n, and of those the
    `timed` ones, whose hour is known."""
    every = pd.Series(_whole(view, DAY))
    found = views.daily(view).set_index("day")[["n", "timed"]]
    found.index = pd.to_datetime(found.index)
    counts = found.reindex(every).fillna(0).reset_index(drop=True)
    return pd.DataFrame({"start": every, "weekday": every.dt.day_of_week}).join(counts)


def placed(frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str], dict[int, list[str]]]:
    """Days with their place in a calendar (row, week), the rows, and the months' labels.

    Up to 54 weeks run on in seven rows; more are one block of seven rows a year.
    """
    day = frame["start"]
    monday = day - pd.to_timedelta(day.dt.day_of_week, unit="D")
    blocks = (monday.max() - monday.min()).days // 7 >= 54
    origin = monday.min()
    if blocks:
        january = pd.to_datetime(day.dt.year.astype(str) + "-01-01")
        origin = january - pd.to_timedelta(january.dt.day_of_week, unit="D")
    block = day.dt.year.astype(str) if blocks else ""
    names = pd.Series([WEEKDAYS[i] for i in frame["weekday"]], index=frame.index)
    shown = frame.assign(row=block + " " + names, week=(monday - origin).dt.days // 7)
    return shown, _calendar_rows(day, blocks), _months(day, shown["week"], blocks)


def _calendar_rows(day: pd.Series, blocks: bool) -> dict[str, str]:
    """The rows of a calendar from above, and what stands beside each."""
    if not blocks:
        return {f" {name}": name for name in WEEKDAYS}
    rows: dict[str, str] = {}
    for year in range(day.min().year, day.max().year + 1):
        rows |= {f"{year} {name}": str(year) if name == "Thu" else "" for name in WEEKDAYS}
        rows[f"{year} after"] = ""  # a little room between years
    return rows


def _months(day: pd.Series, week: pd.Series, blocks: bool) -> dict[int, list[str]]:
    """The week in which each month begins, with its label: once a month."""
    labels: dict[int, list[str]] = {}
    said: set[str] = set()
    for i in day.index[day.dt.day <= 7]:  # the first days may be weekdays left out
        at, month = day[i], f"{day[i]:%b}" if blocks else f"{day[i]:%b %Y}"
        if month not in said and int(week[i]) not in labels:
            year = [] if blocks or (labels and at.month > 1) else [str(at.year)]
            labels[int(week[i])] = [f"{at:%b}", *year]
        said.add(month)
    return labels


def largest_areas(answer: Answer, k: int) -> tuple[dict[str, pd.DataFrame], str]:
    """The areas with the most incidents, each with its series (start, end, n), and the unit
    of that: whole weeks or days, or four weeks where weeks are too many to be seen."""
    table = answer.table[answer.table["asked"] & (answer.table["n"] > 0)]
    top = table.sort_values("n", ascending=False, kind="stable").head(k)
    whole = answer.series[answer.series["whole"]]
    step = answer.step
    counts, starts = answer.counts[:, whole["at"].to_numpy()], whole["start"].to_numpy()
    width = BLOCK if step == WEEK and len(starts) > MANY else 1
    held = len(starts) // width * width  # whole blocks only
    ends = np.array([coverage.last_day(day, step) for day in whole["start"].dt.date], "M8[D]")
    starts, ends = starts[:held:width], ends[:held][width - 1 :: width] + 1
    counts = counts[:, :held].reshape(len(counts), len(starts), width).sum(axis=2)
    frames = {
        str(name): pd.DataFrame({"start": starts, "end": ends, "n": counts[i]})
        for i, name in zip(top.index, map(words.spell_area, top["area"]))
    }
    return frames, answer.step_name if width == 1 else f"{BLOCK} weeks"


def describe_kinds(kinds: pd.DataFrame, step: str) -> tuple[str, pd.DataFrame]:
    """What the lines of kinds show, in words and as a table."""
    sums = kinds.groupby("group", sort=False)["n"].sum().reset_index()
    said = pictures.spread_words(sums, "group", "n")
    wide = kinds.pivot(index="start", columns="group", values="n")
    rows = wide[sums["group"]].reset_index().rename(columns={"start": f"{step} from"})
    return f"Lines, one a kind, incidents a {step}. In the whole period: {said}", rows


def describe_hours(hours: pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """What the squares of hours by weekday show, in words and as a table."""
    named = [f"{WEEKDAYS[d]} from {h:02d}:00" for d, h in zip(hours["weekday"], hours["hour"])]
    rows = hours.assign(hour=named)[["hour", "n", "of", "mean"]]
    said = pictures.spread_words(rows, "hour", "mean", ",.2f")
    names = {"n": "incidents", "of": "such hours", "mean": "incidents an hour"}
    return f"Squares, hours across and weekdays down, mean of an hour. {said}", rows.rename(
        columns=names
    )


def describe_days(days: pd.DataFrame, unit: str) -> tuple[str, pd.DataFrame]:
    """What the calendar shows, in words and as a table."""
    rows = days[["start", "n"]]
    said = pictures.spread_words(rows, "start", "n")
    names = {"start": unit, "n": "incidents"}
    return f"A calendar, one square a {unit}. {said}", rows.rename(columns=names)


def multiples(answer: Answer, theme: Theme, changes: charts.Changes) -> None:
    """One small chart an area, all on one scale."""
    frames, unit = largest_areas(answer, _MOST)
    top = max((int(f["n"].max()) for f in frames.values() if len(f)), default=0)
    if not top:
        st.text(f"No area has an incident in a whole {unit}.")
        return
    many = f"The {len(frames)} areas" if len(frames) > 1 else "The one area"
    many += " with the most incidents" if len(frames) == _MOST else " with incidents"
    per = f"incidents in {unit}" if unit[0].isdigit() else f"incidents {charts.per(unit)}"
    scale = "on one scale" if len(frames) > 1 else "on a scale"
    st.header(many, anchor=False)
    st.text(f"{words.sentence_case(per)}, all {scale} from 0 to {top:,}.")
    names = list(frames)
    for row in range(0, len(names), _A_ROW):
        with st.container(horizontal=True):
            for name in names[row : row + _A_ROW]:
                with st.container():  # in a container of its own it shares the row, or wraps
                    drawn = charts.small(frames[name], theme, unit, name, top, changes)
                    said = pictures.spread_words(frames[name], "start", "n")
                    pictures.show_chart(
                        drawn, name, f"{name}: {per}. {said}", says=f"{name}: {per}"
                    )
