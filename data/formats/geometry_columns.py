"""Shapes of a file as columns of texts: latitude, longitude and how well they say the place."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from data import coordinate_system
from data.files.column_names import unique
from data.settings import Problem
from geo.arrays import Flags, Floats
from geo.longitude import TURN, near

CRS84 = "OGC:CRS84"
DECIMALS = 7  # of a degree: a centimeter
DEGREES, METERS, PRECISION = ("latitude", "longitude"), ("y", "x"), "place_precision"
# the word of data.words.PLACE_PRECISIONS by the dimension of a shape; of a small area the last
_PRECISIONS: npt.NDArray[Any] = np.array(["exact", "block", "area", "locality"], object)
SMALL = 1000.0  # m from the middle of an area to its farthest corner: a point in it is that good
_DEGREE = 111_320.0  # m of a degree of latitude
_LINEAR_RING, _MULTIPOINT = 2, 4


class GeometryColumns(NamedTuple):
    """Columns that shapes add to a table: their names, and an array of texts for each."""

    names: tuple[str, ...]
    arrays: tuple[pa.Array, ...]


def geometry_columns(
    shapes: Iterable[Any],
    crs: str | Mapping[str, Any] | None,
    names: Sequence[str],
    where: str = "The file",
    *,
    precision: bool | None = None,
    projected: bool | None = None,
) -> GeometryColumns:
    """The columns of shapes (shapely's, None for none): one point for each (see `shape_points`).

    `latitude` and `longitude` are WGS 84, "" where there is no shape, "nan" where it has
    coordinates that are no numbers; where some shapes are no points, `place_precision` says
    "block" for lines, and for polygons "locality" where no corner is farther than `SMALL` from the
    middle of their bounds, else "area". Names that `names`, the columns of the file, have
    already are numbered. `crs` is a code, WKT or the PROJJSON of GeoParquet; None where the file
    says nothing. Problem where it is not known; `where` begins that sentence.

    Coordinates that cannot be degrees, without a CRS that says what they are, are the columns
    `y` and `x` as they stand: the import asks for --crs as it does of any table.

    Of a file in pieces every piece has the columns of the first: `precision` says whether there
    is the column, `projected` whether they are `y` and `x` (None: found in these shapes).
    """
    every: npt.NDArray[Any] = np.array([None, *shapes], dtype=object)[1:]
    every = _spread(shapely.force_2d(every))
    there = ~(shapely.is_missing(every) | shapely.is_empty(every))
    known = None if crs is None else _read_crs(crs, where)
    degrees = known is None or known.is_geographic
    finite = there & _finite(every)
    x, y = _points(every, finite, degrees)
    if projected is None:
        projected = degrees and _beyond_degrees(x, y)
    if not projected and known is not None:
        x, y = _to_degrees(x, y, known, where)
    dimension = shapely.get_dimensions(every).clip(0)
    if precision is None:
        precision = bool((dimension[there] > 0).any())
    meters = None
    if not degrees or projected:
        meters = known.axis_info[0].unit_conversion_factor if known else 1.0
    areas = np.flatnonzero(finite & (dimension == 2))
    dimension[areas[half_size(every[areas], meters) <= SMALL]] = 3
    texts = [_texts(value, there) for value in (y, x)]
    if precision:
        texts.append(pa.array(np.where(there, _PRECISIONS[dimension], ""), pa.string()))
    wanted = [*(METERS if projected else DEGREES), *([PRECISION] if precision else [])]
    return GeometryColumns(unique([*names, *wanted])[len(names) :], tuple(texts))


def half_size(shapes: npt.NDArray[Any], meters: float | None = None) -> Floats:
    """Half the diagonal of the bounds of shapes, in meters; NaN where there is no shape.

    `meters` are those of a unit of their coordinates; None: these are degrees.
    """
    west, south, east, north = shapely.bounds(shapes).reshape(-1, 4).T
    wide, high = east - west, north - south
    if meters is None:
        wide, high = wide * _DEGREE * np.cos(np.radians((south + north) / 2)), high * _DEGREE
        meters = 1.0
    size: Floats = np.hypot(wide, high) * (meters / 2)
    return size


def _read_crs(crs: str | Mapping[str, Any], where: str) -> CRS:
    """The CRS of a code or WKT, or of PROJJSON by the code that it says it has."""
    if isinstance(crs, str):
        return coordinate_system.read_crs(crs, where)
    try:
        code = f"{crs['id']['authority']}:{crs['id']['code']}"
    except (KeyError, TypeError):
        called = coordinate_system.shorten(str(crs.get("name", "without a name")))
        raise Problem(
            f"{where}: its coordinate system ({called}) has no code. Save it in WGS 84 (EPSG:4326)."
        ) from None
    return coordinate_system.read_crs(code, where)


def _finite(shapes: npt.NDArray[Any]) -> Flags:
    """Mask of the shapes all of whose coordinates are numbers."""
    xy, of = shapely.get_coordinates(shapes, return_index=True)
    finite = np.ones(len(shapes), bool)
    finite[of[~np.isfinite(xy).all(axis=1)]] = False
    return finite


def _points(shapes: npt.NDArray[Any], rows: Flags, degrees: bool) -> tuple[Floats, Floats]:
    """x and y of a point in each shape of `rows`, NaN in the others."""
    chosen = shapes[rows]
    west, _, east, _ = shapely.bounds(chosen).reshape(-1, 4).T
    across = degrees & (east - west > TURN / 2) & (east - west <= TURN)  # across 180 degrees
    for i in np.flatnonzero(across):
        chosen[i] = shapely.transform(chosen[i], _in_one_piece)
    x, y = shapely.get_coordinates(shape_points(chosen)).T
    points = np.full((2, len(shapes)), np.nan)
    points[:, rows] = np.where(across, near(x, 0.0), x), y
    return points[0], points[1]


def shape_points(shapes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A point for each shape (none of them missing or empty), in the same coordinates.

    Of lines it is the middle along the longest of them, so that a street does not count where one
    of its ends meets another area; of what has an area a point inside; of several points the
    middle of what they span.
    """
    shapes = _spread(shapes)
    points: npt.NDArray[Any] = shapely.point_on_surface(shapes)
    lost = shapely.is_empty(points)  # of a collection with an empty part
    points[lost] = shapely.centroid(shapes[lost])
    rows = np.flatnonzero(shapely.get_dimensions(shapes) == 1)
    lines, of = _longest_lines(shapes[rows])
    points[rows[of]] = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    return points


def _spread(shapes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The shapes, several points as what they span: a point, a line or an area."""
    spread = shapes.copy()
    several = shapely.get_type_id(shapes) == _MULTIPOINT
    spread[several] = shapely.convex_hull(shapes[several])
    return spread


def _longest_lines(shapes: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[np.intp]]:
    """The longest line of each shape, of equal ones the first, and which shape it is of."""
    parts, of = shapes, np.arange(len(shapes))
    while (shapely.get_type_id(parts) > _LINEAR_RING).any():  # a collection may hold collections
        parts, within = shapely.get_parts(parts, return_index=True)
        of = of[within]
    lines = (shapely.get_dimensions(parts) == 1) & ~shapely.is_empty(parts)
    parts, of = parts[lines], of[lines]
    order = np.lexsort((-shapely.length(parts), of))
    rows, first = np.unique(of[order], return_index=True)
    return parts[order][first], rows


def _in_one_piece(xy: Floats) -> Floats:
    return np.column_stack([near(xy[:, 0], xy[0, 0]), xy[:, 1]])


def _beyond_degrees(x: Floats, y: Floats) -> bool:
    """Return whether most points lie where no latitude and longitude do, in whatever order."""
    there = np.isfinite(x)
    wide, high = np.abs(x[there]) > TURN, np.abs(y[there]) > TURN
    return bool(2 * (wide | high).sum() > there.sum())


def _to_degrees(x: Floats, y: Floats, crs: CRS, where: str) -> tuple[Floats, Floats]:
    """Longitudes and latitudes in WGS 84; infinity where there is none."""
    if crs.equals(CRS(CRS84), ignore_axis_order=True):
        return x, y
    try:
        lon, lat = Transformer.from_crs(crs, CRS84, always_xy=True).transform(x, y)
    except ProjError:
        raise Problem(f"{where}: {crs.name} cannot be turned into degrees.") from None
    return np.asarray(lon), np.asarray(lat)


def _texts(values: Floats, there: Flags) -> pa.Array:
    texts = pa.array(np.round(values, DECIMALS) + 0.0).cast(pa.string())
    return pc.if_else(pa.array(there), texts, "")
