"""Borders of areas as segments, and the cells of a square grid that they touch."""

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo.arrays import Floats, Ints

MARGIN = 1e-6  # of a cell: far above what rounding moves a point, far below a cell


def rings(shapes: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], Ints]:
    """Every ring of the polygons, with the number of its polygon."""
    parts, row = shapely.get_parts(shapes, return_index=True)
    found, part = shapely.get_rings(parts, return_index=True)
    return found, row[part]


def segments(found: npt.NDArray[Any], row: Ints) -> tuple[Floats, Ints]:
    """Segments (x0, y0, x1, y1) of rings, x0 <= x1, each with its ring's row."""
    xy, ring = shapely.get_coordinates(found, return_index=True)
    follows = ring[1:] == ring[:-1]
    ends = np.hstack((xy[:-1], xy[1:]))[follows]
    west = ends[:, 0] <= ends[:, 2]
    return np.where(west[:, None], ends, ends[:, [2, 3, 0, 1]]), row[ring[1:][follows]]


def touched(ends: Floats, row: Ints, side: int) -> tuple[Ints, Ints]:
    """Cells (line * side + column) within MARGIN of a segment, with the segment's row.

    Cells are unit squares from 0, 0. The margin makes up for rounding: a cell that is
    not named is free of the segment, however a point in it was rounded.
    """
    one, column = spread(ends[:, 0] - MARGIN, ends[:, 2] + MARGIN, side)
    x0, y0, x1, y1 = ends[one].T
    # the piece of the segment over this column; a vertical one is all there
    run = np.where(x1 > x0, x1 - x0, 1.0)
    enter = np.where(x1 > x0, (np.maximum(x0, column - MARGIN) - x0) / run, 0.0)
    leave = np.where(x1 > x0, (np.minimum(x1, column + 1 + MARGIN) - x0) / run, 1.0)
    ya = y0 + np.clip(enter, 0, 1) * (y1 - y0)
    yb = y0 + np.clip(leave, 0, 1) * (y1 - y0)
    low, high = np.minimum(ya, yb) - MARGIN, np.maximum(ya, yb) + MARGIN
    piece, line = spread(low, high, side)
    return line * side + column[piece], row[one[piece]]


def spread(low: Floats, high: Floats, side: int) -> tuple[Ints, Ints]:
    """Pairs of an interval's number and each of the cells 0..side-1 that it reaches."""
    first = np.clip(np.floor(low), 0, side - 1).astype(np.int64)
    last = np.clip(np.floor(high), 0, side - 1).astype(np.int64)
    which, step = repeated(last - first + 1)
    return which, first[which] + step


def repeated(count: Ints) -> tuple[Ints, Ints]:
    """0, 0, 1, 1, 1 ... each number as often as `count` says, and 0, 1, 0, 1, 2 ..."""
    which = np.repeat(np.arange(len(count)), count)
    return which, np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
