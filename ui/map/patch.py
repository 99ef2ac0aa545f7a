"""The contract with the browser: every key that the scripts of a map read, and what they send.

`Patch` is what a View puts on the map (porchlight.patch in static/porchlight.js hands it to the
parts in static/map/). tests/maps/test_contract.py holds each key against the scripts, both ways.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, NotRequired, TypedDict

from data import palette
from data.maps.heat_surface import Seen
from data.maps.outlines import MapArea
from data.numbers.area_states import MapLegendRow
from data.palette import Theme
from geo.geojson import FeatureCollection

Corners = list[list[float]]  # [[south, west], [north, east]] in degrees


class MapStart(TypedDict):
    """The base map, drawn once; `placed` says that a link has said where it starts."""

    key: str
    title: str
    bounds: Corners
    placed: bool


class ColorRamp(TypedDict):
    """Colors from low to high, and the words below them."""

    colors: list[str]
    ticks: list[str]


class Legend(TypedDict):
    """What the colors mean; `refits` offers the scale of what the map shows now.

    `tip` is more on the classes, for who points at the title.
    """

    title: str
    tip: NotRequired[str]
    rows: NotRequired[list[MapLegendRow]]
    ramp: NotRequired[ColorRamp]
    note: NotRequired[str]
    refits: NotRequired[bool]


class HeatPicture(TypedDict):
    """A picture (a data address) over its corners."""

    url: str
    bounds: Corners


class HexagonCells(TypedDict):
    """Hexagons: corners in 1e-5 degrees from `origin` (south, west), fill and tip of each."""

    origin: list[float]
    rings: list[list[int]]
    fills: list[str]
    tips: list[list[str]]


class InSight(TypedDict):
    """The number of incidents in a window; without one the map has not said what it shows."""

    window: Seen | None
    n: int


class IncidentCells(TypedDict):
    """Incidents by cell and kind, within the box (column, row, width, height) of a level.

    A cell is a row: column, row, east, south, precision, then kind and count by turns.
    `held` is the box of the cells that the map holds already, which are left out.
    """

    view: str
    level: int
    box: list[int]
    held: list[int] | None
    single: bool
    cells: list[list[int]]
    colors: dict[int, str]
    rest: str
    kinds: dict[int, str]
    of: int
    sight: NotRequired[InSight]


class TwoPeriods(TypedDict):
    """The earlier period and how both are shown; its picture is of the layer on show."""

    mode: str
    captions: list[str]
    fills: list[str] | None
    heat: HeatPicture | None
    hexes: HexagonCells | None


class PlayerFrames(TypedDict):
    """The frames of a player: pictures, or a letter an area for one of its looks.

    `counts` are incidents by frame and area, None where there are too many areas.
    """

    labels: list[str]
    keys: list[str]
    counts: list[list[int]] | None
    pictures: NotRequired[list[str]]
    looks: NotRequired[list[str]]
    fills: NotRequired[list[str]]


class AskAgain(TypedDict):
    """The corners and zooms beyond which the map asks for more; `ahead` of that by a share."""

    bounds: Corners
    zooms: tuple[float, float]
    ahead: NotRequired[float]


class BaseLayer(TypedDict):
    """A base map: our own vector tiles (with the `code` that draws them), or tiles of others."""

    kind: str
    url: str
    zoom: int
    credit: str
    code: NotRequired[str]
    subdomains: NotRequired[str]


class Water(TypedDict):
    """Our own water: the address of its shapes, and their color."""

    url: str
    color: str


class BasemapPatch(TypedDict):
    """What lies below the areas, and how much of it their colors hide."""

    base: BaseLayer | None
    cover: float | None
    blend: str | None
    water: Water | None


class DrawingPatch(TypedDict):
    """The drawn shape in force as corners (lon, lat), and if there are tools to draw one."""

    shape: list[list[float]] | None
    draws: bool


class Picture(TypedDict, total=False):
    """The part of a patch that a layer or a page of patterns draws.

    `fills` is a color or hatch an area ("~" before one that is not to be relied on, or before two
    between which stripes go), `tips` the lines of its tooltip, `order` the areas whose names come first, `opens` says that a click
    opens an area's page.
    """

    legend: Legend | None
    fills: list[str] | None
    tips: list[list[str]]
    order: list[int]
    edge: str
    opens: bool
    heat: HeatPicture | None
    hexes: HexagonCells | None
    incidents: IncidentCells | None
    versus: TwoPeriods | None
    frames: PlayerFrames | None
    asks: AskAgain | None


class Patch(Picture, BasemapPatch, DrawingPatch):
    """Everything that a map shows: `shapes` is the address of its areas, or the name of `geojson`.

    `edges` is the color of an area's edge by its fill, where the paper's would vanish; `id` is the
    digest by which tests wait for the patch that they caused.
    """

    shapes: str
    geojson: NotRequired[FeatureCollection[MapArea]]
    named: bool
    dark: bool
    ink: str
    paper: str
    accent: str
    edges: dict[str, str]
    id: NotRequired[str]


class DrawnShape(TypedDict):
    """A shape that a reader has drawn: corners, or a center and a radius in metres."""

    type: Literal["polygon", "circle", "none"]
    turn: int
    corners: NotRequired[list[list[float]]]
    center: NotRequired[list[float]]
    radius: NotRequired[float]


class Refit(TypedDict):
    """The wish for a color scale that fits what the map shows."""

    turn: int


class Events(TypedDict, total=False):
    """What a map has said of itself; who reads it checks it, for any browser may say anything.

    `seen` is west, south, east, north and zoom; `held` the View, level and box of the cells
    that it holds; `spot` column, row and level of the cell that was clicked.
    """

    seen: list[float]
    held: list[str | int] | None
    turn: int
    spot: list[int]
    drawn: DrawnShape
    refit: Refit


class TimelineMark(TypedDict):
    """A word on the timeline, at a day counted from its first."""

    at: int
    text: str


class TimelineFrames(TypedDict):
    """The frames of a player: `spans` are their first and last days (or hours)."""

    labels: list[str]
    keys: list[str]
    counts: list[int]
    spans: list[tuple[int, int]]
    of: int
    unit: str


class TimelineStrip(TypedDict):
    """The strip below the map (static/components/timeline.js): counts by step, what is chosen.

    Days are counted from `first`, a date; where it is empty they are hours of the day. `at` and
    `long` say where bars begin and how many days they have, `whole` which of them are covered
    wholly. `chosen` is the View's first and last day, None where nothing of it is covered;
    `plays` says why it cannot be played, empty where it can.
    """

    title: str
    step: str
    first: str
    days: int
    at: list[int]
    long: list[int]
    n: list[int]
    whole: list[bool]
    chosen: list[int] | None
    ticks: list[TimelineMark]
    changes: list[TimelineMark]
    plays: str
    frames: TimelineFrames | None
    frame: str


class FrameTable(TypedDict):
    """The player's table: counts by frame and area, and why an area has no rate."""

    names: list[str]
    most: int
    counts: list[list[int]]
    labels: list[str]
    totals: list[int]
    no_rate: list[str]
    people: list[int | None]


def area_patch(
    theme: Theme,
    shapes: str,
    tips: list[list[str]],
    order: list[int],
    edge: str,
    named: bool = True,
) -> Patch:
    """A map of areas on which nothing is drawn yet: the team's and the public's begin with it."""
    return {
        "shapes": shapes,
        "named": named,
        "opens": False,
        "tips": tips,
        "order": order,
        "edge": edge,
        "dark": theme.dark,
        "ink": theme.ink,
        "paper": theme.paper,
        "accent": theme.accent,
        "edges": palette.pale_edges(theme),
        "fills": None,
        "heat": None,
        "hexes": None,
        "incidents": None,
        "versus": None,
        "frames": None,
        "asks": None,
        "base": None,
        "cover": None,
        "blend": None,
        "water": None,
        "shape": None,
        "draws": False,
    }


def class_rows(colors: Sequence[str], texts: Iterable[str]) -> list[MapLegendRow]:
    """The legend's rows of classes, highest first."""
    rows: list[MapLegendRow] = [
        {"color": color, "text": text} for color, text in zip(colors, texts)
    ]
    return rows[::-1]
