"""The numbers of the page Official and community: counts and ratios by area and month."""

from collections.abc import Mapping
from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import pandas as pd

from data import settings, words
from data.maps import outlines
from data.numbers import side_words, specs
from data.numbers.about_view import about_view
from data.numbers.findings import choose
from data.numbers.numbers import PageNumbers
from data.patterns import compare, sides
from data.patterns.sides import Sides
from data.pictures.figure import Chart
from data.settings import Problem
from data.storage.store import Current
from data.views import answers, links
from data.views.filters import source_option
from data.views.periods import NoComparison
from data.views.view import View
from geo.arrays import Flags

METHOD = "Official and community side by side"
ALL_MONTHS = "all"
_COLUMNS = {
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


def number_sides(current: Current, view: View, page: Mapping[str, str]) -> PageNumbers:
    """The numbers of a View's source beside another; `with` of its link says which, else the first
    that shares a day with it. Problem where the two cannot stand side by side."""
    meta = current.meta
    found = {source_option(s["name"]): s["name"] for s in sides.partners(view, meta)}
    if not found:
        raise Problem("There is no source here to set beside this one.")
    name = found[choose(page, "with", list(found))]
    settled, now = page.get(links.SETTLED, ""), datetime.now(UTC)
    other = compare.asked_of(view, name, meta, settings.load_settings(), now, settled)
    units = outlines.units(current, view.area_set, view.settled_by)
    both = sides.side_by_side(current, view, other, units, _asked(current, view, units))
    if isinstance(both, NoComparison):
        raise Problem(both.sentence)
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
    abouts = [about_view(current, side.view) for side in (pair.a, pair.b)]
    return PageNumbers(
        title=side_words.sides_title(both, meta),
        subtitle=f"Community reports for every {side_words.HUNDRED} official records, {pair.a.period}",
        table=table,
        columns=_COLUMNS,
        key=("area", "month"),
        compared=("community", "official", "ratio"),
        sentence=" ".join(about.sentence for about in abouts),
        denominator=f"{words.sentence_case(official)} in the same areas and {pair.unit}s.",
        uncertainty=(
            f"95% intervals, as much wider as the share of {community} varies from {pair.unit} to "
            f"{pair.unit}. All areas together: {side_words.ratio_number(ratio)} for every "
            f"{side_words.HUNDRED} ({side_words.ratio_ends(low, high)}). "
            + side_words.tested_sentence(both, view.area_set)
        ),
        lacks=" ".join([side_words.MEANS, _LACKS, *(about.lacks for about in abouts)]),
        method=METHOD,
        figure=draw_ratios(both),
        alt=(
            f"A row an area: {community} for every {side_words.HUNDRED} {official}, with its interval. "
            + side_words.tested_sentence(both, view.area_set)
        ),
        sources=(*pair.a.view.sources, *pair.b.view.sources),
    )


def sides_table(both: Sides) -> pd.DataFrame:
    """A row an area over all steps, then a row an area and month."""
    every = both.table.assign(
        month=ALL_MONTHS, finding=both.table["finding"].map(side_words.FINDING_WORDS)
    )
    months = both.monthly.assign(month=both.monthly["month"].dt.strftime("%Y-%m"), finding="")
    rows = pd.concat([every[list(_COLUMNS)], months[list(_COLUMNS)]], ignore_index=True)
    ends = ["ratio", "low", "high"]
    rows[ends] = rows[ends].astype(float).replace(np.inf, np.nan)
    return rows


def draw_ratios(both: Sides, most: int = 25) -> Chart:
    """The chart of ratios by area with their intervals, most records first."""
    table = both.table[np.isfinite(both.table["high"].astype(float))]
    size = (table["community"] + table["official"]).sort_values(ascending=False, kind="stable")
    held = table.loc[size.index].head(most)
    top = pd.DataFrame(
        [dict(zip(("area", "ratio", "low", "high"), ("All together", *both.overall)))]
    )
    rows = pd.concat([top, held], ignore_index=True)
    scaled = (rows[["ratio", "low", "high"]].astype(float) * side_words.HUNDRED).round(3)
    names = [words.spell_area(name) for name in rows["area"]]
    y = {"field": "area", "type": "nominal", "title": None, "sort": names}
    title = f"Community reports for every {side_words.HUNDRED} official records"
    x = {"field": "ratio", "type": "quantitative", "title": title}
    rule = {
        "mark": "rule",
        "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y},
    }
    point = {"mark": {"type": "point", "filled": True}, "encoding": {"x": x, "y": y}}
    return specs.chart({"layer": [rule, point]}, scaled.assign(area=names))
