"""Areas learned from labelled points.

Voronoi cells of labelled points as areal units: Okabe, Boots, Sugihara and Chiu (2000),
Spatial Tessellations, 2nd ed., chapter 2.
"""

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS, Transformer
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Delaunay

from geo.arrays import Floats, Ints
from geo.longitude import mean, shapes_near

PLACE = 10.0  # metres: points this near are one place with one vote
PLACES = 100_000  # most places to draw cells around: beyond it they are larger
SHARE = 0.1  # a part with a smaller share of its label's places is a stray
TIMES = 3  # a lone place is given up when a part this much larger surrounds it
FAR = 30  # typical distances between neighbors: across a wider gap no hull is drawn
RATIO = 0.15  # of the concave hull
BUFFER = 100.0  # metres: a block beyond the outermost places
SMOOTH = 0.75  # of the mean distance of places: no border is known better
PARTS = (1, 1 / 2, 1 / 4, 1 / 8, 0)  # of it, to try in turn


def learn_areas(
    lon: npt.ArrayLike,
    lat: npt.ArrayLike,
    labels: Sequence[Any] | npt.NDArray[Any] | pd.Series,
    crs_metres: Any,
) -> gpd.GeoDataFrame:
    """Areas [name, geometry] in WGS 84 by name, drawn around points of one label.

    Neighboring areas share their border exactly: no gaps inside, no overlaps. Longitudes
    are within 180 degrees of the mean of the points'. A label
    whose places lie scattered among others' gets no area: `.attrs["lost"]` lists
    these. Points without a label or a coordinate are passed over.
    """
    names, code, xy = _labelled(lon, lat, labels, crs_metres)
    place, own = _places(xy, code)
    if len(place):
        kept = _kept(place, own)
        place, own = place[kept], own[kept]
    found = np.unique(own)
    drawn = _drawn(place, own, found, crs_metres, mean(lon) or 0.0)
    areas = gpd.GeoDataFrame({"name": names[found]}, geometry=drawn, crs="EPSG:4326")
    areas.attrs["lost"] = [str(name) for name in np.delete(names, found)]
    return areas


def _labelled(
    lon: npt.ArrayLike, lat: npt.ArrayLike, labels: Any, crs_metres: Any
) -> tuple[npt.NDArray[Any], Ints, Floats]:
    """All names in order, and for each usable point its name's number and metres."""
    crs = CRS.from_user_input(crs_metres)
    if not crs.is_projected or {axis.unit_name for axis in crs.axis_info} != {"metre"}:
        raise ValueError(
            f"{crs.name} does not measure in meters. Give a projected coordinate "
            "system in meters, such as the UTM zone of the place."
        )
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    number, raw = pd.factorize(pd.Series(labels, dtype=object))
    if not x.shape == y.shape == number.shape:
        raise ValueError(
            "Longitude, latitude and labels are three lists of one length; these have "
            f"{x.size}, {y.size} and {number.size} entries."
        )
    clean = np.array([*(str(name).strip() for name in raw), ""], dtype=object)
    names, code = np.unique(clean, return_inverse=True)
    # "" sorts first: it stands for no label, also for the -1 of a missing one
    code = code[number] - 1
    usable = (code >= 0) & np.isfinite(x) & np.isfinite(y)
    transformer = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    xy = np.column_stack(transformer.transform(x[usable], y[usable]))
    known = np.isfinite(xy).all(axis=1)
    return names[1:], code[usable][known], xy[known]


def _places(xy: Floats, code: Ints) -> tuple[Floats, Ints]:
    """One point for each place and the label that most of its records carry."""
    side = PLACE
    while True:
        east, north = np.floor(xy / side).T
        squares, place = np.unique(east + 1j * north, return_inverse=True)
        if len(squares) <= PLACES:
            break
        side *= 1.5
    mean = [np.bincount(place, along) / np.bincount(place) for along in xy.T]
    votes = pd.DataFrame({"place": place, "code": code}).value_counts().reset_index()
    # ties go to the first name
    votes = votes.sort_values(["place", "count", "code"], ascending=[True, False, True])
    return np.column_stack(mean), votes.drop_duplicates("place")["code"].to_numpy()


def _corners(xy: Floats) -> Floats:
    """Four points so far off that they bound every cell and change none near `xy`."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    reach = 10 * (np.hypot(*(high - low)) + 10 * BUFFER)
    square = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])
    corners: Floats = (low + high) / 2 + reach * square
    return corners


def _neighbors(xy: Floats) -> Ints:
    """Pairs of places whose Voronoi cells meet (Delaunay), each pair both ways."""
    # the corners also make a triangulation of one, two or collinear places possible
    middle = xy.mean(axis=0)
    triangles = Delaunay(np.vstack((xy, _corners(xy))) - middle).simplices
    pairs = np.vstack((triangles[:, :2], triangles[:, 1:], triangles[:, ::2]))
    pairs = pairs[(pairs < len(xy)).all(axis=1)].astype(np.int64)
    key = np.unique(np.vstack((pairs, pairs[:, ::-1])) @ [len(xy), 1])
    return np.column_stack(np.divmod(key, len(xy)))


def _parts(pairs: Ints, count: int) -> Ints:
    """The number of the connected part that each of `count` places belongs to."""
    links = coo_matrix((np.ones(len(pairs)), pairs.T), shape=(count, count))
    part: Ints = connected_components(links, directed=False)[1].astype(np.int64)
    return part


def _kept(xy: Floats, own: Ints) -> npt.NDArray[np.bool_]:
    """Mask of the places whose label agrees with the places around it.

    Places of one label that neighbor each other form parts. A label keeps its largest
    part and any other of SHARE of its places; a lone place goes where most of its
    neighbors belong to one much larger part.
    """
    pairs = _neighbors(xy)
    alike = own[pairs[:, 0]] == own[pairs[:, 1]]
    part = _parts(pairs[alike], len(xy))
    labels = pd.Series(own).groupby(part)
    parts = pd.DataFrame({"label": labels.first(), "size": labels.size()})
    total = parts.groupby("label")["size"].transform("sum")
    main = parts.groupby("label")["size"].rank(method="first", ascending=False) == 1
    around = pd.DataFrame(part[pairs[~alike]], columns=["part", "other"])
    around = around.value_counts().rename("count").reset_index()
    size = parts["size"].to_numpy()
    around["larger"] = size[around["other"]] >= TIMES * size[around["part"]]
    each = around.groupby("part")["count"]
    held = around[around["larger"] & (2 * around["count"] > each.transform("sum"))]
    surrounded = parts.index.isin(held["part"])
    lone = parts["size"] == 1
    stray = ~main & (lone | (parts["size"] < SHARE * total))
    kept: npt.NDArray[np.bool_] = ~(stray | (lone & surrounded)).to_numpy()[part]
    return kept


def _hull(xy: Floats) -> shapely.Geometry:
    """The outline of the places; across a wide gap each side has its own."""
    pairs = _neighbors(xy)
    apart = np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T)
    near = apart <= FAR * np.median(apart) if len(apart) else apart > 0
    group = _parts(pairs[near], len(xy))
    hulls = [
        shapely.concave_hull(shapely.multipoints(xy[group == k]), RATIO)
        for k in range(group.max() + 1)
    ]
    outline = shapely.get_parts(shapely.union_all(shapely.buffer(hulls, BUFFER)))
    # a hull bent into a ring leaves a hole that no point speaks for or against
    return shapely.union_all(shapely.polygons(shapely.get_exterior_ring(outline)))


def _drawn(xy: Floats, own: Ints, found: Ints, crs: Any, meridian: float) -> npt.NDArray[Any]:
    """Each label's area in WGS 84: its places' Voronoi cells, clipped and smoothed."""
    if not len(found):
        return np.array([], dtype=object)
    every = shapely.multipoints(np.vstack((xy, _corners(xy))))
    cells = shapely.get_parts(shapely.voronoi_polygons(every, ordered=True))[: len(xy)]
    whole = np.array([shapely.coverage_union_all(cells[own == k]) for k in found])
    hull = _hull(xy)
    drawn = _smoothed(shapely.intersection(whole, hull), len(xy))
    # lines straight in metres are bent in degrees: slivers could open along long ones
    degrees = gpd.GeoSeries(drawn, crs=crs).to_crs("EPSG:4326")
    shapes = shapes_near(degrees.to_numpy(), meridian)
    # types-shapely does not know it yet
    clean: npt.NDArray[Any] = shapely.coverage_clean(  # type: ignore[attr-defined]
        shapes, snapping_distance=0
    )
    return clean


def _smoothed(areas: npt.NDArray[Any], places: int) -> npt.NDArray[Any]:
    """The areas with the zigzag of cells taken out, none of them less than half."""
    size = shapely.area(areas)
    spacing = SMOOTH * float(np.sqrt(size.sum() / places))
    tried = (shapely.coverage_simplify(areas, part * spacing) for part in PARTS)
    return next(drawn for drawn in tried if (shapely.area(drawn) > size / 2).all())
