"""The numbers of When?, Is it rising?, One area, and of records by kind."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from data import words
from data.maps import outlines
from data.numbers import specs
from data.numbers.about_view import COUNTED, NO_DENOMINATOR, about_view
from data.numbers.numbers import SEVERAL, PageNumbers
from data.patterns import weekly_trend
from data.patterns.weekly_trend import Unsought
from data.settings import Problem
from data.storage.store import Current
from data.views import answers, periods, recording, view_counts
from data.views.coverage import cover
from data.views.filters import WEEKDAYS
from data.views.sql import polygon_set
from data.views.view import View

SEED = 1  # that pages begin with
LEAST_WEEKS = 16  # whole ones, for a trend
_OF_HOURS = "So many of each hour of each weekday as the source covers in the period, as the clock had them."
_LASTING: dict[Unsought | None, str] = {
    None: "no lasting change",
    Unsought.SEASON: "too short a time to tell a lasting change from a season",
    Unsought.SPARSE: "too few to tell a lasting change",
}
_KINDS = {
    "kind": "What happened, in the words of the table of kinds.",
    "n": "Records of that kind.",
}


def seed_of(page: Mapping[str, str]) -> int:
    """The seed that a page's link states, or the one that pages begin with. Problem where it is
    no number."""
    text = page.get("seed", str(SEED)).rpartition(SEVERAL)[2]
    if not (text.isascii() and text.isdigit()):
        raise Problem(f"The link says seed={text[:20]}, which is no whole number.")
    return int(text)


def number_hours(current: Current, view: View, page: Mapping[str, str]) -> PageNumbers:  # noqa: ARG001
    """Incidents by weekday and hour, and the mean of such an hour."""
    about = about_view(current, view)
    found = view_counts.hours_by_weekday(current, view)
    every = periods.covered_hours(cover(view, current.meta), current)
    rows = every.merge(found, on=["weekday", "hour"], how="left")
    n = rows["n"].fillna(0).astype(int)
    rows = rows.assign(n=n, mean=n / rows["of"], weekday=[WEEKDAYS[i] for i in rows["weekday"]])
    unit = "incidents an hour, mean"
    return PageNumbers(
        title=f"{about.noun} by hour and weekday, {about.span}",
        subtitle=f"Mean number of {about.noun[:1].lower()}{about.noun[1:]} an hour, local time",
        table=rows[["weekday", "hour", "n", "of", "mean"]],
        columns={
            "weekday": "The weekday, local time.",
            "hour": "The hour that it begins with, 0 to 23, local time.",
            "n": "Incidents in such hours.",
            "of": "How many such hours the source covers in the period.",
            "mean": "Incidents an hour: n divided by of.",
        },
        key=("weekday", "hour"),
        compared=("n", "mean"),
        sentence=about.sentence,
        denominator=_OF_HOURS,
        uncertainty=COUNTED,
        lacks=about.lacks,
        method="Busiest weekday or hour",
        figure=specs.cells(rows, "hour", "weekday", "mean", unit, WEEKDAYS),
        alt=f"{about.noun} by hour of the day and weekday: a cell for each, darker where more.",
    )


def number_trend(current: Current, view: View, page: Mapping[str, str]) -> PageNumbers:
    """The weekly series with what its past lets expect."""
    about, seed = about_view(current, view), seed_of(page)
    if why := recording.no_count(view, current.meta):
        raise Problem(why)
    units = outlines.units(current, view.area_set, view.settled_by)
    if len(weekly_trend.view_weeks(current, view, units, past=False).starts) < LEAST_WEEKS:
        raise Problem(f"A weekly trend takes {LEAST_WEEKS} whole weeks; this period has fewer.")
    found = weekly_trend.trend(current, view, units, seed)
    above, moved = int(found.table["clear"].sum()), len(found.breaks)
    weeks = words.counted(above, "week") if above else "no week"
    level = words.counted(moved, "lasting change") if moved else _LASTING[found.unsought]
    columns = ["start", "n", "expected", "lower", "upper", "clear", "level"]
    rows = found.table[columns].assign(start=found.table["start"].dt.strftime("%Y-%m-%d"))
    return PageNumbers(
        title=f"{about.noun} by week: {level}; {weeks} clearly busier than expected",
        subtitle=f"{about.noun} a week, and the range expected from the weeks before, {about.span}",
        table=rows,
        columns={
            "start": "The Monday that the week begins on.",
            "n": "Incidents in the week.",
            "expected": "Incidents expected in it, from the weeks before.",
            "lower": "Lower end of the expected range (99% band), incidents.",
            "upper": "Upper end of the expected range (99% band), incidents.",
            "clear": "Whether it stands above the range among all weeks judged together.",
            "level": "Mean incidents a week between lasting changes.",
        },
        key=("start",),
        compared=("n", "expected", "upper"),
        sentence=about.sentence,
        denominator=NO_DENOMINATOR,
        uncertainty="The expected range holds 99 of 100 weeks where nothing changed; a week above it "
        "is called busier only where it stands among all weeks judged together.",
        lacks=about.lacks,
        method="Trend",
        figure=specs.series(rows, "start", "n", "incidents a week", ("lower", "upper")),
        alt=f"{about.noun} a week as a line, with the range expected from the weeks before.",
        seed=seed,
    )


def number_area(current: Current, view: View, page: Mapping[str, str]) -> PageNumbers:
    """One area's series by week, day or month; the link's `name` says which."""
    found = polygon_set(view.area_set, current.meta)
    names = found[1]["names"] if found else []
    if not names:
        raise Problem("There are no areas in this store, so no area has numbers.")
    set_name = found[1]["name"] if found else view.area_set
    whole = replace(view, area_set=set_name, areas=())
    units = outlines.units(current, set_name, view.settled_by)
    answer = answers.area_table(current, whole, units)
    if not (answer.covered and answer.placed):
        raise Problem("None of the chosen records lies in an area, so no area has numbers.")
    busiest = answer.table["area"].iloc[int(answer.table["n"].to_numpy().argmax())]
    name = page.get("name") or next((a for a in view.areas if a in names), str(busiest))
    if name not in names:
        raise Problem(f"No area of {set_name} is called {name[:60]!r}.")
    about = about_view(current, replace(whole, areas=(name,)))
    row = int(np.flatnonzero(answer.table["area"] == name)[0])
    steps = answer.series
    rows = pd.DataFrame(
        {
            "start": steps["start"].dt.strftime("%Y-%m-%d"),
            "n": answer.counts[row, steps["at"].to_numpy()],
            "whole": steps["whole"].to_numpy(),
        }
    )
    n, shown = int(answer.table["n"].iloc[row]), words.spell_area(name)
    return PageNumbers(
        title=f"{shown}: {n:,} {about.noun[:1].lower()}{about.noun[1:]}, {about.span}",
        subtitle=f"{about.noun} a {answer.step_name} in {shown}",
        table=rows,
        columns={
            "start": f"The first day of the {answer.step_name}.",
            "n": "Incidents in it.",
            "whole": f"Whether the whole {answer.step_name} is covered and asked for.",
        },
        key=("start",),
        compared=("n",),
        sentence=about.sentence,
        denominator=NO_DENOMINATOR,
        uncertainty=COUNTED,
        lacks=about.lacks,
        method="Count of an area",
        figure=specs.series(rows[rows["whole"]], "start", "n", f"incidents a {answer.step_name}"),
        alt=f"{about.noun} a {answer.step_name} in {shown} as a line.",
    )


def number_kinds(current: Current, view: View, page: Mapping[str, str]) -> PageNumbers:  # noqa: ARG001
    """How many records there are of each kind: of the records themselves, nothing."""
    about = about_view(current, view)
    found = view_counts.count_series(current, view, "kind")
    n = found.groupby("code")["n"].sum().sort_values(ascending=False)
    spoken = [words.spoken(words.TABLES["kind"][int(code)].code) for code in n.index]
    rows = pd.DataFrame({"kind": spoken, "n": n.to_numpy(int)})
    return PageNumbers(
        title=f"{int(rows['n'].sum()):,} records of {about.noun[:1].lower()}{about.noun[1:]}, {about.span}",
        subtitle=f"{about.noun} by kind",
        table=rows,
        columns=_KINDS,
        key=("kind",),
        compared=("n",),
        sentence=about.sentence,
        denominator=NO_DENOMINATOR,
        uncertainty=COUNTED,
        lacks=about.lacks,
        method="Count of an area",
        figure=specs.bars(rows, "kind", "n", "records"),
        alt=f"{about.noun} by kind as bars: " + ", ".join(map(" ".join, zip(spoken, n.map(str)))),
    )
