"""Records as numbers, for the tables of a release: who is let in, and what they share."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from data import words
from data.release.policy import Policy
from geo import release_cells
from geo.arrays import Ints


class Rows(NamedTuple):
    """Records of one path as numbers, one an element; -1 where nothing is known."""

    day: npt.NDArray[Any]
    area: Ints
    kind: Ints
    band: Ints
    place: Ints
    when: Ints
    origin: Ints
    keys: release_cells.Keys
    apart: npt.NDArray[np.bool_]


def admitted(records: pd.DataFrame, path: str, policy: Policy) -> npt.NDArray[np.bool_]:
    """Mask of the records that go one of the strict paths: early and doubtful ones never."""
    grades = {*policy.grades, *(["on_record"] if path == "press" else [])}
    kept = (records["source_kind"] == path) & records["grade"].isin(grades)
    return np.asarray(kept & records["kind"].isin(list(words.CODES["kind"])), bool)


def rows(found: pd.DataFrame, records: pd.DataFrame, policy: Policy, secret: bytes) -> Rows:
    """The admitted records as numbers; `records` are all, for what their sources state."""
    east, north = (found[c].to_numpy(float, na_value=np.nan) for c in ("x", "y"))
    hour = pd.to_numeric(found["hour"]).to_numpy(float, na_value=np.nan)
    day = days(found["local_date"])
    return Rows(
        day=day,
        area=found["group"].to_numpy(np.int64),
        kind=kind_codes(found),
        band=np.where(np.isfinite(hour), np.nan_to_num(hour) // 6, -1).astype(np.int64),
        place=release_cells.places(east, north, policy.place_metres),
        when=day.astype(np.int64),
        origin=_origins(found, stating(records)),
        keys=release_cells.record_keys(secret, found["incident_id"]),
        apart=apart(found, policy),
    )


def days(column: pd.Series) -> npt.NDArray[Any]:
    """The dates of a column as days."""
    return pd.to_datetime(column).to_numpy("datetime64[D]")


def kind_codes(found: pd.DataFrame) -> Ints:
    """The code of each record's kind."""
    code = found["kind"].map(words.CODES["kind"])
    return np.asarray(code.to_numpy(), np.int64)


def apart(found: pd.DataFrame, policy: Policy) -> npt.NDArray[np.bool_]:
    """Mask of the records that are sensitive: by kind or by the place where it was."""
    sensitive = found["kind"].isin(policy.kept_apart)
    return np.asarray(sensitive | found["setting"].isin(policy.sensitive_settings), bool)


def stating(records: pd.DataFrame) -> set[str]:
    """The sources that state origins, for one record at least."""
    return set(records.loc[records["origin"].notna(), "source"].unique())


def _origins(found: pd.DataFrame, states: set[str]) -> Ints:
    """The number of each record's origin within its source.

    Records without one are together one origin of a source that states them. A source
    that states none has one a record: the rule is left out for it, and its records
    cannot hide that others come from one hand.
    """
    source, _ = pd.factorize(found["source"])
    origin, named = pd.factorize(found["origin"])
    number = source * (len(named) + 1) + origin + 1
    free = ~np.asarray(found["source"].isin(states), bool)
    alone = int(number.max(initial=0)) + 1 + np.arange(len(found))
    return release_cells.distinct_numbers(np.where(free, alone, number))
