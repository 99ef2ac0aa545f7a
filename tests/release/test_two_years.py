"""Two years of publishing, week by week or month by month, as a team lives them.

Reports are graded late, taken back, told otherwise, and merged into others; a release is recalled;
the second year has other areas. It is never stuck, and nothing that was measured moves.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from data.attacks import made_place, made_records
from data.attacks.made_place import MadePlace, fill_areas, open_place, report_rows
from data.privacy.policy import Policy
from data.privacy.tables import ESTIMATE, MEASURED, Tables
from data.release import chain, publish
from data.upkeep import purge
from tests.releases import survived

FIRST = date(made_records.FIRST_DAY.year, 3, 1)
RULES = Policy(zone="America/Chicago", volume="medium", since=date(FIRST.year, 1, 1))
STATUS = {"provisional": 0, "quarter": 1, "year": 2}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[MadePlace]:
    with open_place(MadePlace(tmp_path / "place"), RULES) as made:
        fill_areas(made)
        yield made


@pytest.mark.prove
@pytest.mark.parametrize("step", [timedelta(days=7), timedelta(days=30)], ids=["weekly", "monthly"])
def test_two_years_are_never_stuck_and_nothing_measured_moves(
    place: MadePlace, step: timedelta
) -> None:
    history = made_records.history(1500, 2, many=made_place.AREAS)
    known = pd.DataFrame()
    shown: Tables = {}
    hidden: set[tuple[str, str]] = set()
    fits: dict[tuple[str, str], set[str]] = {}
    day, issues, recalled = FIRST, 0, 0
    while day < FIRST + timedelta(days=760):
        known = _import_news(place, history, day, known)
        if issues == 30:  # two reports were one event: one of them goes
            purge.purge(place.store, f"{made_records.HOTLINE}:{known['id'].iloc[3]}")
        if day.year > FIRST.year and recalled == 1:  # other boundaries, from the new year on
            _join_areas(place)
            recalled = 2
        made = place.release(day)
        survived(made.folder)
        publish.publish(place.store, place.settings(), made.id, place.public)
        assert not list(place.keys.glob("*.key"))
        new = chain.tables((place.public / "current").resolve())
        for path, frame in new.items():
            before = shown.get(path, frame.head(0))
            both = before.merge(frame, "inner", list(before.columns[:-2]), suffixes=("", "_new"))
            assert (both["n"] == both["n_new"]).all(), (day, path)
            gone = set(before["period"]) - set(frame["period"])
            assert {(path, period) for period in gone} <= hidden, (day, path)
        _estimates_fitted_once_a_status(
            chain.tables((place.public / "current").resolve(), ESTIMATE), fits
        )
        if issues == 20 and not recalled:
            before_it = chain.tables(place.store.root / "releases" / _earlier(place))
            publish.recall(place.store, made.id, place.public)
            hidden |= {
                (path, period)
                for path, frame in new.items()
                for period in set(frame["period"])
                - set(before_it.get(path, frame.head(0))["period"])
            }
            fits.clear()
            recalled, new = 1, before_it
        shown, issues, day = new, issues + 1, day + step
    years = {
        frame["period"].str[:4].max() for path, frame in shown.items() if path.startswith(MEASURED)
    }
    assert str(FIRST.year + 1) in years and issues > 20


def _import_news(
    place: MadePlace, history: pd.DataFrame, day: date, known: pd.DataFrame
) -> pd.DataFrame:
    """Import what changed since the last issue; all that is known now."""
    rows = report_rows(made_records.records_known_on(history, day).sort_values("incident_id"))
    old = known.set_index("id") if len(known) else pd.DataFrame()
    state = ["time", "kind", "grade"]
    same = [
        one in old.index and tuple(old.loc[one, state]) == tuple(now)
        for one, *now in rows[["id", *state]].itertuples(index=False)
    ]
    place.import_rows(rows[[not s for s in same]])
    return rows


def _join_areas(place: MadePlace) -> None:
    """Other areas: the first two squares have too few residents to stand alone."""
    file = place.folder / "areas.geojson"
    file.write_text(file.read_text().replace('"people": 4000', '"people": 700'))
    from data.areas import area_import

    area_import.add(
        place.store,
        place.settings(),
        file,
        name_column="name",
        population_column="people",
        say=lambda text: None,
    )


def _earlier(place: MadePlace) -> str:
    return place.store.history().standing[-2]


def _estimates_fitted_once_a_status(found: Tables, fits: dict[tuple[str, str], set[str]]) -> None:
    """An estimate changes only when its status does, and never back."""
    for path, frame in found.items():
        for period, rows in frame.groupby("period"):
            text = rows.drop(columns="status").to_csv(index=False)
            status = rows["status"].iloc[0]
            seen = fits.setdefault((path, str(period)), set())
            seen.add(f"{STATUS[status]} {text}")
            assert len({one[0] for one in seen}) == len(seen), (path, period)
            assert max(one[0] for one in seen) == str(STATUS[status])
