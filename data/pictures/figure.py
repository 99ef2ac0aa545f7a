"""A figure: what a picture shows, and what it says of itself. `data.pictures.draw` draws it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import geopandas as gpd

POST, PHONE = (1200, 675), (1080, 1350)  # pixels: of a picture for a post, and for a phone


@dataclass(frozen=True)
class Caption:
    """What a picture says of itself, in plain text.

    `title` is the finding in a sentence, `subtitle` the measure, its unit and the period, `source`
    who recorded it and under what licence, `shown` N of M and why, `stamp` which data or release it
    is of, `alt` what somebody hears who cannot see it. `team_only`: it may not be published, and
    says so across itself.
    """

    title: str
    subtitle: str
    source: str
    shown: str
    stamp: str
    alt: str
    team_only: bool = True


class LegendRow(NamedTuple):
    """A row of a map's legend: the look that areas have on the map, and what it means.

    `look` is a key of data.pictures.looks.LOOKS: a class of the ramp ("c0" the palest), "zero",
    "no_data", "no_residents" or "not_asked".
    """

    look: str
    says: str


@dataclass(frozen=True)
class AreaMap:
    """Areas colored by class. `areas` has a row a unit (name, geometry on WGS 84), `looks` the look
    of each, in the same order; `legend` the looks that it has, with numbers and the unit in
    `legend_title`."""

    areas: gpd.GeoDataFrame
    looks: Sequence[str]
    legend: Sequence[LegendRow]
    legend_title: str


@dataclass(frozen=True)
class HeatMap:
    """A surface over the outline of a place (WGS 84). `surface` is a PNG, transparent where there is
    (almost) nothing, over `bounds`: south, west, north and east. `ramp` are the legend's colors from
    its low end, `ticks` what stands below them, from left to right."""

    outline: Any
    surface: bytes
    bounds: tuple[float, float, float, float]
    ramp: Sequence[str]
    ticks: Sequence[str]
    legend_title: str


@dataclass(frozen=True)
class Chart:
    """A Vega-Lite specification with its data inside, without title, size and look."""

    spec: Mapping[str, Any]


Ground = AreaMap | HeatMap  # what is drawn on the ground
Figure = Ground | Chart
