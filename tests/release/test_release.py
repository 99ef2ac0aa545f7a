"""The numbers of a release: counted by hand, held back by each rule, never changed."""

import dataclasses
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from data import settings
from data.release import closed_periods, policy, release_numbers
from data.release.policy import Policy
from data.release.release_numbers import TABLES, Table
from data.release.tables import Tables
from data.settings import Problem, Settings
from tests import releases
from tests.conftest import PROVE, ROOT
from tests.releases import AS_OF, GROUPS, SECRET, loose, made

RULES = Policy(zone="America/Chicago")
IDS = [t.name for t in TABLES]


def built(records: pd.DataFrame, rules: Policy = RULES, **more: object) -> Tables:
    as_of = more.pop("as_of", AS_OF)
    return release_numbers.build(records, GROUPS, rules, SECRET, as_of, **more).tables  # type: ignore[arg-type]


def by_hand(records: pd.DataFrame, path: str, table: Table):  # type: ignore[no-untyped-def]
    return releases.cells(records, path, table.unit, table.by, table.sensitive, table.total)


@pytest.mark.parametrize("path", release_numbers.PATHS)
@pytest.mark.parametrize("table", TABLES, ids=IDS)
def test_counts_are_those_counted_by_hand(path: str, table: Table) -> None:
    records = made()
    frame = built(records, loose())[f"{path}/{table.name}"]
    assert list(frame.columns) == [*table.keys, "n"]
    assert not frame.duplicated(table.keys).any()
    found = by_hand(records, path, table)
    shown = frame.dropna(subset="n")
    for row in frame.itertuples(index=False):
        n = len(found.get(tuple(row[:-1]), ()))
        assert (n or None) == (None if row.n is pd.NA else row.n), row
    assert len(shown) >= 3


@pytest.mark.parametrize("path", release_numbers.PATHS)
@pytest.mark.parametrize("table", TABLES, ids=IDS)
def test_every_cell_of_the_closed_periods_has_a_row(path: str, table: Table) -> None:
    frame = built(made(rows=30), dataclasses.replace(RULES, since=date(2024, 1, 1)))[
        f"{path}/{table.name}"
    ]
    n = {"week": 60 if table.delay == "city" else 0, "month": 13, "quarter": 4, "year": 1}
    kinds = 10 + table.total
    sizes = {"area": 3, "kind": kinds, "band": 4}
    # by March 1, 2025 at 6:00, 72 hours go back to Monday February 24: W08 is the newest
    weeks = 1 + (date(2025, 2, 17) - date(2024, 1, 1)).days // 7
    periods = weeks if table.unit == "week" else n[table.unit]
    assert len(frame) == periods * int(np.prod([sizes[b] for b in table.by]))


def test_official_is_exact_and_only_what_is_public_already() -> None:
    records = made(rows=4000)
    frame = built(records)[release_numbers.OFFICIAL]
    kept = records[
        (records["source_kind"] == "official")
        & records["already_public"]
        & records["group"].isin(GROUPS)
        & ~records["setting"].isin(policy.SENSITIVE_SETTINGS)
        & (records["local_date"] <= pd.Timestamp("2025-02-14"))
    ]
    counted = kept.groupby([kept["local_date"].astype(str), "group", "kind"]).size()
    assert frame["n"].sum() == counted.sum() > 50
    for row in frame.itertuples(index=False):
        assert counted[row.period, row.area, row.kind] == row.n > 0


def allowed(records: pd.DataFrame, tables: Tables, as_of: date, rules: Policy) -> int:
    """Fail on the first number that the policy forbids; how many numbers there are."""
    zone, numbers = ZoneInfo(rules.zone), 0
    now = datetime(as_of.year, as_of.month, as_of.day, 6, tzinfo=zone).astimezone(UTC)
    for path in release_numbers.PATHS:
        stating = records.loc[records["source_kind"] == path, "origin"].notna().any()
        for table in TABLES:
            found = by_hand(records, path, table)
            for *key, n in tables[f"{path}/{table.name}"].dropna().itertuples(index=False):
                rows = found[tuple(key)]
                counted, places, days, origins = releases.limits(rows, bool(stating))
                assert n % 5 == 0 and n >= 10 and abs(n - len(rows)) < 5
                assert counted >= 10 and places >= 5 and days >= 3 and origins >= 3
                newest = max(r["day"] for r in rows) + timedelta(1)
                closed = datetime(newest.year, newest.month, newest.day, tzinfo=zone)
                wait = timedelta(hours=72) if table.delay == "city" else timedelta(days=14)
                assert now - closed.astimezone(UTC) >= wait
                numbers += 1
    return numbers


@trials(
    max_examples=200 if PROVE else 15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=not PROVE,
)
@given(
    seed=st.integers(0, 10**6),
    rows=st.integers(0, 700),
    origins=st.integers(1, 60),
    days=st.integers(1, 430),
    as_of=st.dates(date(2024, 1, 1), date(2025, 6, 30)),
)
def test_no_number_that_the_policy_forbids(
    seed: int, rows: int, origins: int, days: int, as_of: date
) -> None:
    records = made(seed, rows, origins, days)
    allowed(records, built(records, as_of=as_of), as_of, RULES)


def test_much_is_shown_where_there_is_much() -> None:
    records = made(rows=3000)
    assert allowed(records, built(records), AS_OF, RULES) > 100


def cell(**changed: object) -> pd.DataFrame:
    """Twenty reports of one area and month, of 20 places, 10 days and 20 origins."""
    frame = pd.DataFrame(
        {
            "incident_id": [f"a:{i}" for i in range(20)],
            "group": 1,
            "local_date": [pd.Timestamp(2024, 5, 1 + i % 10) for i in range(20)],
            "hour": pd.array([7] * 20, "UInt8"),
            "kind": "sighting",
            "source": "a",
            "source_kind": "community",
            "grade": "verified",
            "origin": [f"o{i}" for i in range(20)],
            "setting": None,
            "x": [1000.0 * i for i in range(20)],
            "y": 0.0,
            "already_public": False,
            "received_at": pd.Timestamp("2024-06-01", tz="UTC"),
        }
    )
    return frame.assign(**changed)


def shown(records: pd.DataFrame, where: str = "community/area-month") -> list[int]:
    return built(records)[where]["n"].dropna().tolist()


@pytest.mark.parametrize(
    "changed",
    [
        {"x": 5.0},  # one house
        {"x": np.nan},  # no point at all: together one place
        {"x": [1000.0 * (i % 4) for i in range(20)]},
        {"local_date": pd.Timestamp(2024, 5, 3)},  # one day
        {"local_date": [pd.Timestamp(2024, 5, 1 + i % 2) for i in range(20)]},
        {"origin": "o1"},  # one reporter
        {"origin": ["o1"] * 19 + [None]},
        {"grade": "reported"},
        {"grade": "disputed"},
        {"grade": "on_record"},
        {"setting": "clinic"},
        {"setting": "home"},
        {"source_kind": "official"},
        {"group": 0},
    ],
)
def test_each_rule_holds_a_cell_back(changed: dict[str, object]) -> None:
    assert shown(cell()) == [20]
    assert shown(cell(**changed)) == []
    assert shown(cell(**changed)[:9]) == []


def test_a_source_without_origins_is_not_asked_for_them() -> None:
    assert shown(cell(origin=None)) == [20]
    # but its records do not hide that the others come from one hand
    mixed = cell(source=["a"] * 19 + ["b"], origin=["o1"] * 19 + [None])
    assert shown(mixed) == []


def test_press_goes_the_same_way_in_tables_of_its_own() -> None:
    press = cell(source_kind="press", source="paper", grade="on_record")
    assert shown(press) == [] and shown(press, "press/area-month") == [20]
    assert shown(press.assign(grade="disputed"), "press/area-month") == []
    half = pd.concat([cell()[:10], press[10:]])
    assert shown(half) == shown(half, "press/area-month") == []


def test_sensitive_is_for_the_city_and_the_year_only() -> None:
    records = cell(setting="shelter")
    tables = built(records)
    found = {path for path, frame in tables.items() if frame["n"].notna().any()}
    assert found == {"community/city-year-sensitive"}
    rules = dataclasses.replace(RULES, sensitive_kinds=("sighting",))
    tables = built(cell(), rules)
    found = {path for path, frame in tables.items() if frame["n"].notna().any()}
    assert found == {"community/city-year-sensitive"}
    assert "sighting" not in set(tables["community/city-week-kind"]["kind"])


def test_same_records_have_the_same_number_in_every_table() -> None:
    tables = built(cell()[:13], dataclasses.replace(RULES, narrowest=0))  # rounded by chance
    numbers = [tables[f"community/{t.name}"]["n"].dropna().tolist() for t in TABLES]
    same = [n for n, t in zip(numbers, TABLES) if t.unit != "week" and not t.sensitive]
    assert all(n == same[0] for n in same) and len(same) == 5


def test_shuffled_rows_give_the_same_tables() -> None:
    records = made()
    first = built(records)
    for seed in range(3):
        again = built(records.sample(frac=1, random_state=seed))
        for path, frame in first.items():
            pd.testing.assert_frame_equal(frame, again[path])


def test_closed_cells_never_change() -> None:
    rng, rules = np.random.default_rng(5), dataclasses.replace(RULES, since=date(2024, 1, 1))
    records, before, numbers = made(rows=3000), None, 0
    for week in range(104 if PROVE else 12):
        as_of = date(2024, 11, 4) + timedelta(weeks=week % 100)
        late = rng.random(len(records)) < 0.9  # some come later, some are taken back
        now = records[late].assign(
            kind=lambda f: np.where(rng.random(len(f)) < 0.05, "other", f["kind"])
        )
        tables = built(now, rules, as_of=as_of, before=before)
        for path, old in (before or {}).items():
            if path != release_numbers.OFFICIAL:
                keys = [c for c in old if c != "n"]
                both = old.merge(tables[path], "left", keys, suffixes=("", "_new"))
                assert both["n"].equals(both["n_new"]), path
                numbers += int(both["n"].notna().sum())
        before = tables
    assert numbers > 500


def test_a_yearly_reissue_changes_by_ten_or_not_at_all() -> None:
    rng, records = np.random.default_rng(6), made(rows=4000)
    before = built(records)
    after = built(records[rng.random(4000) < 0.85], before=before, reissue=True)
    kinds = set()
    for path, old in before.items():
        if path == release_numbers.OFFICIAL:
            continue
        then, now = old["n"].fillna(9), after[path]["n"].fillna(9)
        change = (then - now).abs()
        assert ((change == 0) | (change >= 10)).all(), path
        kinds |= {"moved"} if (change > 0).any() else {"same"}
    assert "moved" in kinds


def test_a_cell_that_is_held_back_looks_like_zero() -> None:
    where = ("community/area-month", ("2024-05", 1))
    tables = built(cell(), held=[where])
    assert tables["community/area-month"]["n"].isna().all()
    assert tables["community/area-quarter"]["n"].notna().any()


@pytest.mark.parametrize("hour", [0, 6, 23])
def test_nothing_is_younger_than_the_delay_when_clocks_change(hour: int) -> None:
    for zone in ("America/Chicago", "Europe/Berlin", "America/Havana", "Asia/Beirut"):
        rules = dataclasses.replace(RULES, hour=hour, zone=zone, since=date(2025, 1, 1))
        for step in range(420):  # every change of the clocks of a year, and 60 days beyond
            as_of = date(2025, 1, 25) + timedelta(step)
            now = datetime(as_of.year, as_of.month, as_of.day, hour, tzinfo=ZoneInfo(zone))
            _, names = closed_periods.closed("week", as_of, 72, rules)
            monday = datetime.fromisocalendar(int(names[-1][:4]), int(names[-1][-2:]), 1)
            end = (monday + timedelta(7)).replace(tzinfo=ZoneInfo(zone))
            age = now.astimezone(UTC) - end.astimezone(UTC)
            assert timedelta(hours=72) <= age < timedelta(days=10, hours=hour + 2)
            last = closed_periods.last_day(as_of, 14 * 24, rules)
            end = datetime(last.year, last.month, last.day, tzinfo=ZoneInfo(zone)) + timedelta(1)
            age = now.astimezone(UTC) - end.astimezone(UTC)
            assert timedelta(days=14) <= age < timedelta(days=15, hours=hour + 2)
            assert (as_of - last).days >= 15


def test_what_is_held_back_tells_no_number_of_the_records() -> None:
    one, other = (release_numbers.build(made(s), GROUPS, RULES, SECRET, AS_OF) for s in (1, 2))
    assert one.held_back == other.held_back
    assert made(1)["grade"].value_counts()["reported"] not in one.held_back


def test_the_first_period_is_chosen_by_people() -> None:
    early = made(rows=200).assign(local_date=pd.Timestamp("2019-05-05"))
    for records in (early, made(rows=200), made(rows=0)):
        periods = {p: f["period"].tolist() for p, f in built(records).items() if "off" not in p}
        assert periods["community/area-year-kind"][0] == "2020"
        assert periods["community/city-week-kind"][0] == "2020-W02"
        assert len(periods["press/area-month"]) == 3 * 61


def test_one_list_of_tables() -> None:
    """The attacker keeps a list of its own; it is the same, and every table is in it."""
    from data.attacks import case
    from data.release import constraints, tables

    strict = {t.name: (*t.keys, "n") for t in TABLES}
    assert strict == case.STRICT | case.YEARLY
    assert set(case.YEARLY) == {t.name for t in TABLES if t.sensitive}
    exact = {
        path.split("/")[1]: tuple(c) for path, c in tables.COLUMNS.items() if "official" in path
    }
    assert exact == case.EXACT
    assert case.SIDES == tables.PATHS
    assert constraints._COLUMNS.keys() < strict.keys()
    named = {tables.table_name(t.unit, *t.by, sensitive=t.sensitive) for t in TABLES}
    assert named == strict.keys() and tables.table_name("week", "area") == ""
    assert tables.COLUMNS.keys() == tables.DESCRIBED.keys()


# the settings


def loaded(tmp_path: Path, text: str) -> Policy:
    file = tmp_path / "porchlight.toml"
    file.write_text('[place]\nname = "X"\nzone = "UTC"\n' + text)
    return policy.load_policy(settings.load_settings(file), file)


def test_the_shipped_policy_is_the_default(tmp_path: Path) -> None:
    place = settings.load_settings(ROOT / "porchlight.toml")
    ours = policy.load_policy(place, ROOT / "porchlight.toml")
    assert ours == dataclasses.replace(RULES, since=date(2025, 1, 1))
    assert policy.warnings(ours) == []
    assert loaded(tmp_path, policy.policy_toml()) == Policy()
    text = (ROOT / "porchlight.toml").read_text()
    for name, entry in policy.ENTRIES.items():
        assert f"\n{name} = " in text and entry.reason in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[release]\nrecord = 3", "release.record means nothing"),
        ("[release]\nrecords = '3'", "release.records is a whole number"),
        ("[release]\nrecords = true", "release.records is a whole number"),
        ("[release]\nrecords = -1", "0 or more"),
        ("[release]\nhour = 24", "0 to 23"),
        ("[release]\nbase = 0", "1 to 1,000"),
        ("[release]\nspread = 11", "0 to 10"),
        ('[release]\ngrades = ["reported"]', "some of: corroborated, verified"),
        ('[release]\ngrades = "verified"', "is a list"),
        ('[release]\nsensitive_settings = ["pub"]', "is a list"),
        ('[release]\nsince = "2025"', "is a date"),
        ("[release]\nsince = 2025-01-01T00:00:00", "is a date"),
    ],
)
def test_settings_that_do_not_fit_are_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Problem, match=said):
        loaded(tmp_path, text)


def test_release_must_be_a_table(tmp_path: Path) -> None:
    file = tmp_path / "porchlight.toml"
    file.write_text('release = 3\n[place]\nname = "X"\nzone = "UTC"\n')
    with pytest.raises(Problem, match="write \\[release\\]"):
        policy.load_policy(Settings("X", "UTC"), file)


@pytest.mark.parametrize(
    "text",
    [
        "records = 11",
        "places = 6",
        "days = 4",
        "origins = 4",
        "spread = 1",
        "spread = 3",
        "base = 3",
        "place_metres = 200",
        "most_per_place_and_day = 4",
        "city_delay_hours = 71",
        "area_delay_days = 13",
        "least_residents = 1999",
        "reissue_change = 9",
        'sensitive_settings = ["school"]',
    ],
)
def test_a_weaker_value_warns(tmp_path: Path, text: str) -> None:
    warned = policy.warnings(loaded(tmp_path, "[release]\n" + text))
    assert len(warned) == 1 and warned[0].startswith(f"release.{text.split()[0]} is ")


def test_a_stronger_value_does_not_warn(tmp_path: Path) -> None:
    text = "[release]\nrecords = 20\nbase = 10\nmost_per_place_and_day = 1\nplace_metres = 500"
    assert policy.warnings(loaded(tmp_path, text)) == []
