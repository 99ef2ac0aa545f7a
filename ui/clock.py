"""What the Time page shows."""

from datetime import timedelta

import pandas as pd

from data import links, words
from data.answers import Answer
from data.filters import WEEKDAYS
from data.view import View
from ui import cached, headline

IN_COLOR = 7
REST = "other kinds"


def title(view: View) -> str:
    """When it was busiest, in one sentence."""
    found = cached.hours_by_weekday(view)
    what = headline.sentence_case(headline.noun(view))
    if found.empty:
        return f"{what}: no record of this View has an hour"
    by_hour = found.groupby("hour")["n"].sum()
    by_day = found.groupby("weekday")["n"].sum()
    hour, day = int(by_hour.to_numpy().argmax()), int(by_day.to_numpy().argmax())
    hour, day = int(by_hour.index[hour]), int(by_day.index[day])
    return f"{what}: most at {hour:02d}:00-{hour + 1:02d}:00 and on {WEEKDAYS[day]}"


def kinds(view: View) -> tuple[pd.DataFrame, list[str]]:
    """Weekly counts by kind, zeros filled, whole weeks only; and the kinds by size."""
    found = cached.series(view, "kind")
    first, last = links.coverage(view.sources, cached.meta(view.stamp))
    start, end = max(view.start, first), min(view.end, last)
    week = pd.Timestamp(start - timedelta(days=start.weekday()))
    if week < pd.Timestamp(start):
        week += pd.Timedelta(days=7)
    weeks = pd.date_range(week, pd.Timestamp(end) - pd.Timedelta(days=6), freq="7D")
    named = found.assign(
        start=pd.to_datetime(found["start"]),
        group=[words.spoken(words.KINDS[code].code) for code in found["code"]],
    )
    sizes = named.groupby("group")["n"].sum().sort_values(ascending=False)
    order = sizes.index[:IN_COLOR].tolist()
    named["group"] = named["group"].where(named["group"].isin(order), REST)
    wide = named.pivot_table(index="start", columns="group", values="n", aggfunc="sum")
    wide = wide.reindex(weeks).fillna(0)
    order = [name for name in [*order, REST] if name in wide]
    long = wide.rename_axis("start").reset_index().melt("start", value_name="n")
    return long, order


def days(view: View) -> pd.DataFrame:
    """Every covered day of the View with its count: day, week, weekday, n."""
    first, last = links.coverage(view.sources, cached.meta(view.stamp))
    every = pd.date_range(max(view.start, first), min(view.end, last), freq="D")
    found = cached.daily(view)
    counts = pd.Series(found["n"].to_numpy(), index=pd.to_datetime(found["day"]))
    frame = pd.DataFrame({"day": every, "n": counts.reindex(every).fillna(0).to_numpy()})
    weekday = frame["day"].dt.day_of_week
    monday = frame["day"] - pd.to_timedelta(weekday, unit="D")
    return frame.assign(weekday=weekday, week=monday.dt.strftime("%Y-%m-%d"))


def busiest(answer: Answer, k: int) -> tuple[pd.DataFrame, list[str]]:
    """The series of the areas with the most incidents: start, area, n; and their order."""
    top = answer.table.sort_values("n", ascending=False, kind="stable").head(k)
    held = answer.series[answer.series["whole"]]
    steps = answer.counts[:, -len(answer.series) :] if len(answer.series) else answer.counts
    whole = answer.series["whole"].to_numpy(bool)
    frames = [
        pd.DataFrame({"start": held["start"], "area": row.area, "n": steps[i][whole]})
        for i, row in zip(top.index, top.itertuples())
    ]
    return pd.concat(frames) if frames else pd.DataFrame(), top["area"].tolist()
