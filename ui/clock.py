"""What the Time page shows."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import streamlit as st

from data import links, periods, words
from data.answers import Answer
from data.filters import WEEKDAYS
from data.view import View
from geo import rates
from ui import cached, charts, headline
from ui.palette import Theme

IN_COLOR = 7
REST = "other kinds"
NAMES = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
MOST = 12  # small charts
A_ROW = 4  # small charts beside each other; two on a phone
MANY = 120  # more weeks than this are too fine for a small chart
ENOUGH = 5  # incidents for each hour or weekday, to say which has most
BLOCK = 4  # weeks that are then one bar


def title(view: View, answer: Answer) -> str:
    """When it was busiest, in one sentence; or that there is nothing to show."""
    what = headline.sentence_case(headline.noun(view))
    if not answer.covered:
        return f"{what}: no data in this period, so there is nothing to draw"
    if not answer.headline["n"]:
        return f"{what}: no record in this View, so there is nothing to draw"
    if answer.headline["n"] < rates.UNRELIABLE:  # any order of so few is chance
        return f"{what}: {answer.headline['n']} in this View, too few to say when most are"
    found = cached.hours_by_weekday(view)
    by_day = (days(view) if found.empty else found).groupby("weekday")["n"].sum()
    if not by_day.sum():
        return f"{what}: no record of this View has a day"
    day, hour = _largest(by_day), None
    if not found.empty:
        hour = _largest(found.groupby("hour")["n"].sum())
    most = [] if hour is None else [f"at {hour:02d}:00-{hour + 1:02d}:00"]
    most += [] if day is None else [f"on {NAMES[day]}"]
    said = f"most {' and '.join(most)}" if most else "too few to say when most are"
    return f"{what}: {said}" + ("; no record of this View has an hour" if found.empty else "")


def _largest(counts: pd.Series) -> int | None:
    """The weekday or hour with the largest count; None where it is no news, shared with
    another, or where there are fewer than five for each, so that chance may choose it."""
    top = counts.index[counts == counts.max()]
    few = counts.sum() < ENOUGH * len(counts)
    return None if few or len(top) > 1 or len(counts) == 1 else int(top[0])


def left_out(shown: float, every: int, what: str) -> None:
    """Say how many incidents a chart cannot show, if any."""
    if shown < every:
        st.text(f"{shown:,.0f} of {every:,} incidents; of the others the {what} is not known.")


def kinds(view: View) -> tuple[pd.DataFrame, list[str], str]:
    """Counts by kind with zeros filled, whole weeks only, or days where there are too few
    weeks; the kinds by size; and which of the two the steps are."""
    found = cached.series(view, "kind")
    weeks = _weeks(view)
    step = "week" if len(weeks) >= periods.ENOUGH_WEEKS else "day"
    if step == "day":
        found = _daily_by_kind(view, found["code"].unique().tolist())
    every = weeks if step == "week" else pd.DatetimeIndex(_asked_days(view))
    named = found.assign(
        start=pd.to_datetime(found["start"]),
        group=[words.spoken(words.KINDS[code].code) for code in found["code"]],
    )
    sizes = named.groupby("group")["n"].sum().sort_values(ascending=False)
    order = sizes.index[:IN_COLOR].tolist()
    named["group"] = named["group"].where(named["group"].isin(order), REST)
    wide = named.pivot_table(index="start", columns="group", values="n", aggfunc="sum")
    wide = wide.reindex(every).fillna(0)
    order = [name for name in [*order, REST] if name in wide]
    long = wide.rename_axis("start").reset_index().melt("start", value_name="n")
    return long, order, step


def _covered(view: View) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day of the View that its source covers."""
    first, last = links.coverage(view.sources, cached.meta(view.stamp))
    return pd.Timestamp(max(view.start, first)), pd.Timestamp(min(view.end, last))


def _weeks(view: View) -> pd.DatetimeIndex:
    """The Mondays of all whole weeks."""
    start, end = _covered(view)
    monday = start + timedelta(days=-start.day_of_week % 7)
    return pd.date_range(monday, end - timedelta(days=6), freq="7D")


def _asked_days(view: View) -> pd.Series:
    """The covered days of the View, without weekdays that it leaves out."""
    start, end = _covered(view)
    every = pd.Series(pd.date_range(start, end, freq="D"))
    return every[every.dt.day_of_week.isin(view.weekdays)] if view.weekdays else every


def _daily_by_kind(view: View, codes: list[int]) -> pd.DataFrame:
    """Counts by day and kind: start, code, n."""
    frames = [
        cached.daily(replace(view, kinds=(words.KINDS[code].code,))).assign(code=code)
        for code in codes
    ]
    none = pd.DataFrame({"day": [], "n": [], "code": []})
    return pd.concat(frames or [none]).rename(columns={"day": "start"})


def hours(view: View) -> pd.DataFrame:
    """Counts by weekday and hour, zeros filled for every one asked for: weekday, hour, n."""
    found = cached.hours_by_weekday(view)
    first, last = view.hours or (0, 24)
    asked = [
        h for h in range(24) if (first <= h < last if first < last else h >= first or h < last)
    ]
    weekdays = sorted(set(_asked_days(view).dt.day_of_week) | set(found["weekday"]))
    cells = pd.DataFrame([(d, h) for d in weekdays for h in asked], columns=["weekday", "hour"])
    every = cells.merge(found, on=["weekday", "hour"], how="outer")
    return every.assign(n=every["n"].fillna(0))


def days(view: View) -> pd.DataFrame:
    """Every covered day of the View with its count: start, weekday, n."""
    every = _asked_days(view)
    found = cached.daily(view)
    counts = pd.Series(found["n"].to_numpy(), index=pd.to_datetime(found["day"]))
    n = counts.reindex(every).fillna(0).to_numpy()
    return pd.DataFrame({"start": every, "weekday": every.dt.day_of_week, "n": n})


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


def busiest(answer: Answer, k: int) -> tuple[dict[str, pd.DataFrame], str]:
    """The areas with the most incidents, each with its series (start, end, n), and the unit
    of that: whole weeks or days, or four weeks where weeks are too many to be seen."""
    table = answer.table[answer.table["asked"] & (answer.table["n"] > 0)]
    top = table.sort_values("n", ascending=False, kind="stable").head(k)
    whole = answer.series[answer.series["whole"]]
    step = 7 if answer.step == "week" else 1
    counts, starts = answer.counts[:, whole["at"].to_numpy()], whole["start"].to_numpy()
    width = BLOCK if step == 7 and len(starts) > MANY else 1
    held = len(starts) // width * width  # whole blocks only
    starts = starts[:held:width]
    counts = counts[:, :held].reshape(len(counts), len(starts), width).sum(axis=2)
    ends = starts + np.timedelta64(step * width, "D")
    frames = {
        str(name): pd.DataFrame({"start": starts, "end": ends, "n": counts[i]})
        for i, name in zip(top.index, top["area"])
    }
    return frames, answer.step if width == 1 else f"{BLOCK} weeks"


def multiples(answer: Answer, theme: Theme, changes: charts.Changes) -> None:
    """One small chart an area, all on one scale."""
    frames, unit = busiest(answer, MOST)
    top = max((int(f["n"].max()) for f in frames.values() if len(f)), default=0)
    if not top:
        st.text(f"No area has an incident in a whole {unit} of this View.")
        return
    many = f"The {len(frames)} areas" if len(frames) > 1 else "The one area"
    many += " with the most incidents" if len(frames) == MOST else " with incidents"
    per = f"incidents in {unit}" if unit[0].isdigit() else f"incidents a {unit}"
    scale = "on one scale" if len(frames) > 1 else "on a scale"
    st.markdown(f"**{many}** ({per}, all {scale} from 0 to {top:,})")
    names = list(frames)
    for row in range(0, len(names), A_ROW):
        with st.container(horizontal=True):
            for name in names[row : row + A_ROW]:
                with st.container():  # in a container of its own it shares the row, or wraps
                    drawn = charts.small(frames[name], theme, unit, name, top, changes)
                    st.altair_chart(drawn, alt=f"{name}: {per}")
