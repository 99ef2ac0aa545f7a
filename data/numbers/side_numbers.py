"""The numbers of the page Official and community: counts and ratios by area and month."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from data import settings, words
from data.maps import outlines
from data.numbers import side_words
from data.numbers.numbers import PageNumbers
from data.patterns import compare, sides
from data.patterns.sides import Sides
from data.pictures.figure import Chart
from data.storage.meta_types import TableMeta
from data.storage.store import Current
from data.views import answers, links, view_counts
from data.views.filters import period, source_option
from data.views.periods import NoComparison, Obstacle
from data.views.sql import chosen_sources, covered_days
from data.views.view import View
from geo.arrays import Flags

METHOD = "Official and community side by side"
ALL_MONTHS = "all"
COLUMNS = {
    "area": "The area that is counted.",
    "month": f"The month that both sources cover whole; {ALL_MONTHS} for all whole steps that both cover.",
    "community": "Community reports.",
    "official": "Official records of the same time.",
    "ratio": "Community reports for each official record; empty where there is no official record.",
    "low": "Lower end of the ratio's 95% interval.",
    "high": "Upper end of the ratio's 95% interval; empty where there is no official record.",
    "finding": "Whether the area's ratio differs from that of all areas together, all judged together.",
}
_LACKS = "It lacks what nobody reported, on either side, and every day that only one of the two sources covers."


def ask_sides(current: Current, view: View, asked: Mapping[str, str]) -> PageNumbers:
    """The numbers of a View's source beside another; `with` of its link says which, else the first
    that shares a day with it. Community reports are those settled by the link's moment."""
    meta = current.meta
    found = {source_option(s["name"]): s["name"] for s in sides.partners(view, meta)}
    if not found:
        reason = "There is no source here to set beside it."
        return _without(view, None, NoComparison(Obstacle.NOT_ASKED, reason), current)
    name = found.get(asked.get("with", ""), next(iter(found.values())))
    settled, now = asked.get(links.SETTLED, ""), datetime.now(UTC)
    other = compare.asked_of(view, name, meta, settings.load_settings(), now, settled)
    units = outlines.units(current, view.area_set, view.settled_by)
    both = sides.side_by_side(current, view, other, units, _asked(current, view, units))
    if isinstance(both, NoComparison):
        return _without(view, other, both, current)
    return _numbers(view, both, current)


def _asked(current: Current, view: View, units: gpd.GeoDataFrame) -> Flags:
    """Mask of the areas that a View asks for."""
    if not view.areas and not view.shape:
        return np.ones(len(units), bool)
    return answers.area_table(current, view, units).table["asked"].to_numpy(bool)


def _numbers(view: View, both: Sides, current: Current) -> PageNumbers:
    meta = current.meta
    community, official = side_words.side_names(both, meta)
    pair = both.pair
    ratio, low, high = both.overall
    table = sides_table(both)
    return PageNumbers(
        title=side_words.sides_title(both, meta),
        subtitle=f"Community reports for every {side_words.HUNDRED} official records, {pair.a.period}",
        table=table,
        columns=COLUMNS,
        key=("area", "month"),
        compared=("community", "official", "ratio"),
        sentence=_sentence(pair.a.view, current) + " " + _sentence(pair.b.view, current),
        denominator=f"{words.sentence_case(official)} in the same areas and {pair.unit}s.",
        uncertainty=(
            f"95% intervals, as much wider as the share of {community} varies from {pair.unit} to "
            f"{pair.unit}. All areas together: {side_words.ratio_number(ratio)} for every "
            f"{side_words.HUNDRED} ({side_words.ratio_ends(low, high)}). "
            + side_words.tested_sentence(both, view.area_set)
        ),
        lacks=f"{side_words.MEANS} {_LACKS}",
        method=METHOD,
        figure=Chart(forest_spec(both)),
        alt=(
            f"A row an area: {community} for every {side_words.HUNDRED} {official}, with its interval. "
            + side_words.tested_sentence(both, view.area_set)
        ),
    )


def _sentence(view: View, current: Current) -> str:
    return links.sentence(view, current.meta, view_counts.headline(current, view))


def sides_table(both: Sides) -> pd.DataFrame:
    """A row an area over all steps, then a row an area and month."""
    every = both.table.assign(
        month=ALL_MONTHS, finding=both.table["finding"].map(side_words.FINDING_WORDS)
    )
    months = both.monthly.assign(month=both.monthly["month"].dt.strftime("%Y-%m"), finding="")
    rows = pd.concat([every[list(COLUMNS)], months[list(COLUMNS)]], ignore_index=True)
    ends = ["ratio", "low", "high"]
    rows[ends] = rows[ends].astype(float).replace(np.inf, np.nan)
    return rows


def forest_spec(both: Sides, most: int = 25) -> dict[str, Any]:
    """A Vega-Lite specification of ratios by area with their intervals, most records first."""
    table = both.table[np.isfinite(both.table["high"].astype(float))]
    size = (table["community"] + table["official"]).sort_values(ascending=False, kind="stable")
    held = table.loc[size.index].head(most)
    top = pd.DataFrame(
        [dict(zip(("area", "ratio", "low", "high"), ("All together", *both.overall)))]
    )
    rows = pd.concat([top, held], ignore_index=True)
    scaled = (rows[["ratio", "low", "high"]].astype(float) * side_words.HUNDRED).round(3)
    names = [words.spell_area(name) for name in rows["area"]]
    values = scaled.assign(area=names).to_dict("records")
    y = {"field": "area", "type": "nominal", "title": None, "sort": names}
    title = f"Community reports for every {side_words.HUNDRED} official records"
    x = {"field": "ratio", "type": "quantitative", "title": title}
    rule = {
        "mark": "rule",
        "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y},
    }
    point = {"mark": {"type": "point", "filled": True}, "encoding": {"x": x, "y": y}}
    return {"data": {"values": values}, "layer": [rule, point]}


def _without(view: View, other: View | None, why: NoComparison, current: Current) -> PageNumbers:
    """The page where nothing can be counted: no row, and the days that each source covers."""
    meta = current.meta
    asked = [view, *([other] if other else [])]
    both = " and ".join(s["says"] for one in asked for s in chosen_sources(one, meta))
    return PageNumbers(
        title=f"{words.sentence_case(both)}: no comparison",
        subtitle=f"Days that each source covers; asked for: {period(view.start, view.end)}",
        table=pd.DataFrame({column: pd.Series(dtype=object) for column in COLUMNS}),
        columns=COLUMNS,
        key=("area", "month"),
        compared=("community", "official", "ratio"),
        sentence=" ".join(_sentence(one, current) for one in asked),
        denominator="None: nothing is counted.",
        uncertainty=why.sentence,
        lacks="Counts, rates and ratios: they are told only for days that both sources cover.",
        method=METHOD,
        figure=Chart(coverage_spec(asked, meta)),
        alt=why.sentence,
    )


def coverage_spec(asked: list[View], meta: TableMeta) -> dict[str, Any]:
    """A Vega-Lite specification with one bar a source, over the days that it covers."""
    values = [
        {"source": words.sentence_case(s["says"]), "from": str(days[0]), "to": str(days[1])}
        for view in asked
        for s in chosen_sources(view, meta)
        if (days := covered_days(s))
    ]
    return {
        "data": {"values": values},
        "mark": "bar",
        "encoding": {
            "x": {"field": "from", "type": "temporal", "title": None},
            "x2": {"field": "to"},
            "y": {"field": "source", "type": "nominal", "title": None},
        },
    }
