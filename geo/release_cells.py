"""Cells of a public table: who is in them, whether they may be shown, and how rounded.

Noise is drawn from a secret and from the records of a cell alone: the same records give
the same answer in every table and every release (the cell key of Fraser and Wooton 2005,
as in the ABS TableBuilder), so that nothing is gained by asking twice.
"""

import hashlib
import hmac
from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from geo.arrays import Ints

Keys = npt.NDArray[np.uint64]

KEY_BYTES = 64  # at most, of BLAKE2b
FINE = 2.0**-53  # the step of u


class Limits(Protocol):
    """The limits that a cell must reach before it may be shown; the policy is one."""

    @property
    def records(self) -> int: ...
    @property
    def places(self) -> int: ...
    @property
    def days(self) -> int: ...
    @property
    def origins(self) -> int: ...


class Tally(NamedTuple):
    """The content of some cells. `counted` is n for the threshold, `sums` the cell's key."""

    n: Ints
    counted: Ints
    places: Ints
    days: Ints
    origins: Ints
    sums: Keys


def record_keys(secret: bytes, ids: Iterable[str]) -> Keys:
    """A 64-bit number for each record, from its id alone: keyed BLAKE2b."""
    keyed = hashlib.blake2b(digest_size=8, key=secret[:KEY_BYTES])

    def key(name: str) -> bytes:
        one = keyed.copy()
        one.update(name.encode())
        return one.digest()

    found = [key(name) for name in ids]
    return np.frombuffer(b"".join(found), "<u8").astype(np.uint64)


def noise(secret: bytes, sums: Any, spread: int = 2) -> tuple[npt.NDArray[np.int8], Any]:
    """t in -spread..spread for the threshold and u in [0, 1) for the rounding, one a cell.

    From HMAC-SHA256(secret, sum of the record keys mod 2^64): each is uniform, and
    neither tells of the other.
    """
    asked = np.asarray(sums, np.uint64).astype("<u8")
    drawn = b"".join(hmac.digest(secret, s.tobytes(), "sha256")[:16] for s in asked)
    first, second = np.frombuffer(drawn, "<u8").reshape(-1, 2).T
    t = (first % np.uint64(2 * spread + 1)).astype(np.int64) - spread
    return t.astype(np.int8), (second >> np.uint64(11)).astype(float) * FINE


def places(x: Any, y: Any, metres: float = 300.0) -> Ints:
    """The number of the grid cell that holds each point; all without a point share -1."""
    east, north = (np.floor(np.asarray(v, float) / metres) for v in (x, y))
    known = np.isfinite(east) & np.isfinite(north)
    east, north = (np.where(known, v, 0).astype(np.int64) for v in (east, north))
    return np.where(known, distinct_numbers((east << 32) + north), -1)


def distinct_numbers(values: Ints) -> Ints:
    """Each value's number among the different ones: 0, 1 ..."""
    return np.unique(values, return_inverse=True)[1].reshape(-1).astype(np.int64)


def counted_for_threshold(cell: Ints, place: Ints, day: Ints, size: int, most: int = 3) -> Ints:
    """Records of each cell, of which one place and day give at most `most`."""
    where, n = _groups(cell, place, day)
    return np.bincount(where, np.minimum(n, most), size).astype(np.int64)


def tally(
    cell: Ints, size: int, place: Ints, day: Ints, origin: Ints, keys: Keys, most: int = 3
) -> Tally:
    """The tally of the cells 0..size-1, from the records' cell, place, day, origin and key."""
    sums = np.zeros(size, np.uint64)
    np.add.at(sums, cell, keys)  # wraps at 2^64, as meant
    return Tally(
        n=np.bincount(cell, minlength=size).astype(np.int64),
        counted=counted_for_threshold(cell, place, day, size, most),
        places=_distinct(cell, place, size),
        days=_distinct(cell, day, size),
        origins=_distinct(cell, origin, size),
        sums=sums,
    )


def published(n: Any, places: Any, days: Any, origins: Any, t: Any, policy: Limits) -> Any:
    """Mask of the cells that may be shown: one t moves all limits, so that a flip tells nothing.

    `n` is counted for the threshold; `origins` None leaves that rule out.
    """
    moved = np.asarray(t).astype(np.int64)
    shown = (n + moved >= policy.records) & (places + moved >= policy.places)
    shown &= days + moved >= policy.days
    return shown if origins is None else shown & (origins + moved >= policy.origins)


def rounded(n: Any, u: Any, base: int = 5) -> Any:
    """n rounded at random to a multiple of base: up as often as keeps the mean at n."""
    whole, rest = np.divmod(np.asarray(n, np.int64), base)
    up = rest / base + np.asarray(u) >= 1
    return (whole + up) * base


def _groups(cell: Ints, *columns: Ints) -> tuple[Ints, Ints]:
    """The cell of each distinct row of cell and columns, and how many records it has.

    A row becomes one number: day and place have few values, so that 64 bits are enough.
    """
    code, span = cell.astype(np.int64), 1
    for column in columns:
        low = int(column.min(initial=0))
        width = int(column.max(initial=0)) - low + 1
        code, span = code * width + (column - low), span * width
    if span * (int(cell.max(initial=0)) + 1) > 2**62:
        raise ValueError("These cells, places and days are too many to be told apart.")
    found, n = np.unique(code, return_counts=True)
    return found // span, n


def _distinct(cell: Ints, value: Ints, size: int) -> Ints:
    """Count the different values that the records of each cell have."""
    where, _ = _groups(cell, value)
    return np.bincount(where, minlength=size).astype(np.int64)
