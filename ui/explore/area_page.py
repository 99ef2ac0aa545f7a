"""The page of one area: its title, numbers, kinds, neighbors and border."""

from dataclasses import replace

import numpy as np
import pandas as pd
import shapely
import streamlit as st

from data import words
from data.numbers import area_states
from data.numbers.measures import rate_words
from data.views.answers import Answer
from data.views.filters import period
from data.views.sql import polygon_set
from data.views.view import MONTH, View
from data.words import HEXAGONS
from ui.cached import views
from ui.filters import way_out
from ui.frame import frame
from ui.map import area_layer
from ui.parts import headline, intervals, pictures, tables


def polygons(view: View) -> View:
    """The View for all areas of a set of polygons."""
    found = polygon_set(view.area_set, views.meta(view.stamp))
    name = found[1]["name"] if found else view.area_set
    return replace(view, area_set=name, areas=())


def stop_without_areas(answer: Answer) -> None:
    """Say how to get areas where there are none, and stop the page."""
    if len(answer.table):
        return
    frame.head("No areas yet")
    st.text(
        "Import official ones (python -m data areas FILE --name-column NAME), or learn them "
        "from records that have both a point and an area's name (python -m data areas --learn)."
    )
    st.stop()


def pick_area(answer: Answer, chosen: tuple[str, ...]) -> str:
    """The area that the reader picked; at first one of the filter, else the busiest."""
    names = answer.table["area"].tolist()
    first = next((names.index(a) for a in chosen if a in names), None)
    busiest = int(answer.table["n"].to_numpy().argmax()) if first is None else first
    name: str = st.selectbox("Area", names, index=busiest, key="name", bind="query-params")
    return name


def area_title(name: str, row: pd.Series, view: View) -> str:
    """The area in one sentence."""
    n, noun = int(row["n"]), headline.noun(view)
    many = f"one record of {noun}" if n == 1 else f"{n:,} {noun}"
    return f"{words.spell_area(name)}: {many}, {period(view.start, view.end)}"


def stop_without_data(view: View, name: str, answer: Answer) -> None:
    """Say so where nothing can be said of areas, and stop the page: no zeros are shown."""
    if not answer.covered:
        frame.head(f"{words.spell_area(name)}: no data in this period")
    elif not answer.placed:
        frame.head(f"{words.spell_area(name)}: none of the chosen records is in any area")
    else:
        return
    way_out.show_way_out(view)
    frame.foot(view)
    st.stop()


def numbers(row: pd.Series, answer: Answer) -> str:
    """Rank, rate with its interval, share and change, in words."""
    rank = int((answer.table["n"] > row["n"]).sum()) + 1
    ranked = f"Number {rank} of {len(answer.table)} areas by count"
    parts = [
        "" if row["unreliable"] else ranked,
        rate_words(row, area_states.no_rate(row.to_frame().T)[0]),
    ]
    if np.isfinite(row["share"]):
        parts.append(f"{row['share']:.1f}% of all incidents in areas")
    told = answer.comparison
    if told is None:
        parts.append(answer.why)
    elif np.isfinite(row["ratio"]):
        parts.append(
            f"{row['now']:.1f} a {answer.step_name} in {told.period}, compared with {row['before']:.1f} in "
            f"{told.period_before}: {row['ratio']:.2f} times, "
            f"{area_layer.FINDINGS[row['change']]} (95% interval "
            f"{intervals.ratio_interval(row['low'], row['high'])}; counts a {answer.step_name} vary "
            f"{row['factor']:.1f} times as much as by pure chance)"
        )
    return ". ".join(words.sentence_case(part.rstrip(".")) for part in parts if part) + "."


def against_city(name: str, answer: Answer) -> pd.DataFrame:
    """The area and all areas by step, each divided by its own mean over whole steps.

    Months are divided by their days first, because they differ in length.
    """
    row = answer.table.index[answer.table["area"] == name][0]
    series = answer.series[answer.series["whole"]]
    held = answer.counts[:, series["at"].to_numpy()]
    monthly = answer.step == MONTH
    length = series["start"].dt.days_in_month.to_numpy() if monthly else 1
    frames = []
    for who, n in ((words.spell_area(name), held[row]), ("all areas", held.sum(axis=0))):
        mean = n.sum() / np.broadcast_to(length, len(n)).sum() if n.any() else np.nan
        index = n / length / mean
        frames.append(pd.DataFrame({"start": series["start"], "who": who, "n": n, "index": index}))
    return pd.concat(frames)


def inside(view: View, name: str) -> View:
    """The View of one area alone."""
    return replace(view, areas=(name,))


def kind_table(view: View) -> pd.DataFrame:
    """Counts by kind: what, n."""
    found = views.series(view, "kind").groupby("code")["n"].sum()
    spoken = [words.spoken(words.TABLES["kind"][code].code) for code in found.index]
    return pd.DataFrame({"what": spoken, "n": found.to_numpy()})


def describe_against(against: pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """What the chart of an area against the city shows, in words and as a table."""
    area, *_ = against["who"]
    own = against[against["who"] == area]
    words_of = pictures.spread_words(own, "start", "index", ",.2f")
    wide = against.pivot(index="start", columns="who", values=["n", "index"])
    names = {"n": "incidents", "index": "times its mean"}
    pairs = zip(wide.columns.get_level_values(1), wide.columns.get_level_values(0))
    wide.columns = pd.Index([f"{who}, {names[what]}" for who, what in pairs])
    rows = wide.reset_index().rename(columns={"start": "from"})
    return f"Lines of {area} and of all areas over time. {area}, times its mean: {words_of}", rows


def describe_kinds(kinds: pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """What the bars of kinds show, in words and as a table."""
    said = f"Bars, one a kind of record. {pictures.spread_words(kinds, 'what', 'n')}"
    rows = kinds.sort_values("n", ascending=False)
    return said, rows.rename(columns={"what": "kind", "n": "incidents"})


def neighbors(view: View, name: str, answer: Answer) -> pd.DataFrame:
    """The areas that share a border with this one, and their numbers."""
    held = views.units(view)
    if view.area_set in HEXAGONS or held.empty:
        return pd.DataFrame()
    row = held.index[held["name"] == name][0]
    # learned and official borders may be a rounding apart: 1e-5 degree is a metre
    near = shapely.dwithin(held.geometry.values, held.geometry.iloc[row], 1e-5)
    near[row] = False
    table = tables.with_reasons(answer.table[near]).sort_values("n", ascending=False)
    wanted = ("area", "n", "rate", "no_rate", "ratio", "change")
    return table[list(tables.wanted(table, view, wanted))]


def border(view: View) -> str:
    """Sentences on how the borders were found and how records came to their areas."""
    found = polygon_set(view.area_set, views.meta(view.stamp))
    if found is None:
        return ""
    told = found[1]
    placed = told.get("placed", {})
    by_label = placed.get("label", 0) + placed.get("label_not_point", 0)
    by_point = placed.get("point", 0) + placed.get("point_not_label", 0)
    how = (
        "The borders are approximate: they were learned from points that the source labels with "
        "an area's name."
        if told["how"] == "learned"
        else f"The borders are official: {told['source']}."
    )
    return (
        f"{how} Of all records {by_label:,} were put into their area by the "
        f"source's own label ({placed.get('label_not_point', 0):,} of them although their "
        f"point is in another), {by_point:,} by their point "
        f"({placed.get('point_not_label', 0):,} of them although their label names another), and "
        f"{placed.get('none', 0):,} are in no area."
    )
