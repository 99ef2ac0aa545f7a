"""The exact tables: what official sources publish themselves, and what newsrooms reported."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data import settings, sources
from data.privacy import partitions, placed_records
from data.privacy.policy import Policy
from data.privacy.tables import ARTICLES, COLUMNS, DESCRIBED, OFFICIAL_AREA, OFFICIAL_CITY
from data.release import official_tables, press_articles
from data.release.table_files import released_table
from data.settings import ROOT, Problem
from data.storage.store import Store
from tests.conftest import command

POLICY = Policy(zone="America/Chicago", since=date(2025, 1, 1))
AS_OF = date(2026, 6, 1)


def record(**more: Any) -> dict[str, Any]:
    """An official record that its source publishes."""
    usual = {
        "group": 1,
        "local_date": pd.Timestamp("2026-01-05"),
        "kind": "call_911",
        "source_kind": "official",
        "setting": None,
        "already_public": True,
    }
    return usual | more


def counted(*rows: dict[str, Any], as_of: date = AS_OF) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of both official tables."""
    tables = official_tables.official_tables(
        pd.DataFrame(rows or [record()])[: len(rows)], [1, 2], POLICY, as_of
    )
    for path, frame in tables.items():
        released_table(path, frame)  # of the declared types
        assert list(frame) == COLUMNS[path]
    return {path: list(frame.itertuples(index=False, name=None)) for path, frame in tables.items()}


def test_official_records_are_counted_exactly() -> None:
    days = ("2026-01-05", "2026-01-05", "2026-01-31", "2026-02-01")
    rows = [record(local_date=pd.Timestamp(day)) for day in days]
    rows += [record(group=2), record(group=0), record(group=7), record(kind="other")]
    found = counted(*reversed(rows))
    assert found[OFFICIAL_CITY] == [
        ("2026-01-05", "call_911", 5),
        ("2026-01-05", "other", 1),
        ("2026-01-31", "call_911", 1),
        ("2026-02-01", "call_911", 1),
    ]
    assert found[OFFICIAL_AREA] == [
        ("2026-01", 0, "call_911", 2),  # in no area that the map has: sums close
        ("2026-01", 1, "call_911", 3),
        ("2026-01", 1, "other", 1),
        ("2026-01", 2, "call_911", 1),
        ("2026-02", 1, "call_911", 1),
    ]
    assert counted() == {OFFICIAL_AREA: [], OFFICIAL_CITY: []}


@pytest.mark.parametrize(
    "more",
    [
        {"already_public": False},
        {"source_kind": "community"},
        {"source_kind": "press"},
        {"setting": "school"},
        {"setting": "home"},
        {"kind": "nothing"},
        {"local_date": pd.Timestamp("2024-12-31")},  # before the policy's first day
    ],
)
def test_what_is_in_no_official_table(more: dict[str, Any]) -> None:
    assert counted(record(**more)) == {OFFICIAL_AREA: [], OFFICIAL_CITY: []}


def test_sensitive_kinds_are_in_none() -> None:
    strict = Policy(zone="UTC", sensitive_kinds=("call_911",), sensitive_settings=())
    tables = official_tables.official_tables(
        pd.DataFrame([record(), record(kind="other", setting="school")]), [1], strict, AS_OF
    )
    assert [frame["kind"].tolist() for frame in tables.values()] == [["other"], ["other"]]


@pytest.mark.parametrize(
    ("day", "city_from", "area_from"),
    [
        # 28 days after the month, 42 after the quarter, at 6 in the morning on the place's clock
        ("2026-01-01", date(2026, 3, 1), date(2026, 5, 13)),
        ("2026-01-31", date(2026, 3, 1), date(2026, 5, 13)),
        ("2026-03-31", date(2026, 4, 29), date(2026, 5, 13)),
        ("2025-10-15", date(2025, 11, 29), date(2026, 2, 12)),  # an hour more in November
        ("2025-12-31", date(2026, 1, 29), date(2026, 2, 12)),
    ],
)
def test_tables_wait(day: str, city_from: date, area_from: date) -> None:
    """A12: a month closes as a whole, by area a quarter."""
    row = record(local_date=pd.Timestamp(day))
    for path, first in ((OFFICIAL_CITY, city_from), (OFFICIAL_AREA, area_from)):
        before = (pd.Timestamp(first) - pd.Timedelta(1, "D")).date()
        assert counted(row, as_of=before)[path] == []
        assert len(counted(row, as_of=first)[path]) == 1


def test_there_is_no_table_by_area_and_day() -> None:
    official = {path: columns for path, columns in COLUMNS.items() if path.startswith("official/")}
    assert official.keys() == {OFFICIAL_AREA, OFFICIAL_CITY}
    assert [path for path, columns in official.items() if "area" in columns] == [OFFICIAL_AREA]
    assert all("not listed is none, for the days" in DESCRIBED[path] for path in official)


def test_public_is_what_somebody_described_so_by_hand(tmp_path: Path) -> None:
    """That records are official does not mean that they are public, terms or not."""
    rows = [f"{n},2026-01-0{n} 10:00,44.9{n},-93.2{n},call_911\n" for n in (1, 2, 3)]
    (tmp_path / "calls.csv").write_text("id,time,lat,lon,kind\n" + "".join(rows))
    (tmp_path / "map.toml").write_text(
        '[source]\nname = "calls"\nkind = "official"\nurl = "https://a.example"\nlicence = "x"\n'
        '[columns]\nincident_id = "id"\noccurred_at = "time"\nlat = "lat"\nlon = "lon"\nkind = "kind"\n'
    )
    words = ("import", str(tmp_path / "calls.csv"), "--map", str(tmp_path / "map.toml"))
    store = tmp_path / "store"
    done = command(*words, store=store)
    assert done.returncode == 0, done.stdout + done.stderr
    known = sources.read_catalogue(store)
    assert known["calls"].kind == "official" and not known["calls"].already_public
    for lacks in ("url", "licence"):
        told = {"kind": "official", "url": "https://a.example", "licence": "x"}
        with pytest.raises(Problem, match="url and a"):
            sources.source("a", {**told, lacks: "", "already_public": True}, "here")


# press


def article(**more: Any) -> dict[str, Any]:
    """A press record as `read_press` gives it."""
    usual = {
        "incident_id": "press:1",
        "local_date": pd.Timestamp("2025-12-06"),
        "time_precision": "day",
        "kind": "sighting",
        "source": "press",
        "source_kind": "press",
        "grade": "on_record",
        "setting": None,
        "area_label": "East Side",
        "source_url": ["https://news.example/a"],
        "paper": "The Paper",
        "title": "A title",
        "link_read": "",
    }
    return usual | more


def listed(*rows: dict[str, Any], as_of: date = AS_OF) -> list[tuple[Any, ...]]:
    """The rows of the list of articles."""
    frame = press_articles.press_articles(
        pd.DataFrame(rows or [article()])[: len(rows)], POLICY, as_of
    )
    released_table(press_articles.PRESS, frame)
    assert list(frame) == COLUMNS[ARTICLES]
    return list(frame.itertuples(index=False, name=None))


def test_an_article_stands_there_as_it_was_printed() -> None:
    want = ("2025-12-06", "The Paper", "A title", "sighting", "East Side", None)
    assert listed(article()) == [want]
    monthly = article(time_precision="month", local_date=pd.Timestamp("2025-12-01"))
    assert listed(monthly)[0][0] == "2025-12"
    exact = article(time_precision="exact", local_date=pd.Timestamp("2025-12-06 14:03"))
    assert listed(exact)[0][0] == "2025-12-06"  # never the hour
    assert listed() == []


def test_the_order_of_records_tells_nothing() -> None:
    rows = [
        article(title=f"{n}", local_date=pd.Timestamp(f"2025-12-0{9 - n}")) for n in range(1, 6)
    ]
    assert listed(*rows) == listed(*reversed(rows)) == sorted(listed(*rows))


@pytest.mark.parametrize(
    ("links", "read", "shown"),
    [
        (["https://news.example/a"], "yes", True),
        (["https://news.example/a"], "2026-01-15", True),
        (["https://news.example/a"], "", False),
        (["https://news.example/a"], "no", False),
        (["https://news.example/a"], "2026-13-45", False),
        ([], "yes", False),
        (None, "yes", False),
        (["https://news.example/a", "https://news.example/b"], "yes", False),  # which of them?
        (["javascript:alert(1)"], "yes", False),
        (["ftp://news.example/a"], "yes", False),
        (["https://somebody:secret@news.example/a"], "yes", False),
        (['https://news.example/a"><b>'], "yes", False),
        (["https://[bad"], "yes", False),
    ],
)
def test_a_link_is_shown_only_if_somebody_read_the_article_there(
    links: list[str] | None, read: str, shown: bool
) -> None:
    (row,) = listed(article(source_url=links, link_read=read))
    assert row[-1] == (links[0] if links and shown else None)


@pytest.mark.parametrize("more", [{"setting": "school"}, {"setting": "home"}])
def test_sensitive_articles_say_nothing_of_where(more: dict[str, Any]) -> None:
    """Neither does their title or address, which often names the place."""
    (row,) = listed(article(link_read="yes", **more))
    assert row == ("2025-12-06", "The Paper", None, "sighting", None, None)


@pytest.mark.parametrize("grade", ["disputed", "rejected", "reported"])
def test_a_doubted_article_is_in_no_later_list(grade: str) -> None:
    assert listed(article(grade=grade)) == []
    assert len(listed(article(grade="verified"), article(grade=grade))) == 1


def test_articles_wait() -> None:
    whole, area = article(area_label=None), article()
    assert listed(whole, as_of=date(2026, 1, 28)) == []
    assert len(listed(whole, as_of=date(2026, 1, 29))) == 1
    assert listed(area, as_of=date(2026, 2, 11)) == []
    assert len(listed(area, as_of=date(2026, 2, 12))) == 1


# in a store

HEAD = "id,date,precision,area,kind,what,paper,title,link,link read\n"
MAPPING = """
[source]
name = "papers"
kind = "press"
title = "Two papers"
zone = "America/Chicago"
{more}
[columns]
incident_id = "id"
occurred_at = "date"
time_precision = "precision"
area_label = "area"
kind = "kind"
text = "what"
source_url = "link"
[keep]
attributes = ["paper", "title", "link read"]
"""


def imported(store: Store, folder: Path, lines: list[str], more: str = "") -> None:
    (folder / "papers.csv").write_text(HEAD + "\n".join(lines) + "\n")
    (folder / "papers.toml").write_text(MAPPING.format(more=more))
    done = command(
        "import", str(folder / "papers.csv"), "--map", str(folder / "papers.toml"), store=store.root
    )
    assert done.returncode == 0, done.stdout + done.stderr


ROWS = [
    "1,2025-12-06,day,East Side,sighting,Our words on it,The Paper,,https://n.example/1,yes",
    "2,2025-12-07,day,East Side,sighting,More of ours,,Printed title,https://n.example/2,",
]


def rows_of(store: Store) -> list[tuple[Any, ...]]:
    press = press_articles.read_press(store)
    frame = press_articles.press_articles(press, POLICY, AS_OF)
    return list(frame.itertuples(index=False, name=None))


def test_articles_are_read_from_the_store(tmp_path: Path) -> None:
    """Text leaves the store only where the catalogue says that it is ours and for anybody."""
    store = Store(tmp_path / "store")
    imported(store, tmp_path, ROWS)
    here, there = "East Side", "https://n.example/1"
    assert rows_of(store) == [
        ("2025-12-06", "The Paper", None, "sighting", here, there),
        ("2025-12-07", "Two papers", "Printed title", "sighting", here, None),
    ]
    own = Store(tmp_path / "own")
    imported(own, tmp_path, ROWS, "own_words = true")
    assert [row[2] for row in rows_of(own)] == ["Our words on it", "Printed title"]
    for kind in ("community", "official"):
        with pytest.raises(Problem, match="own_words"):
            sources.source("a", {"kind": kind, "own_words": True}, "here")


def test_an_article_goes_when_it_is_removed(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    imported(store, tmp_path, ROWS)
    imported(store, tmp_path, [ROWS[0].replace("12-06", "12-08")])  # corrected
    assert [row[0] for row in rows_of(store)] == ["2025-12-07", "2025-12-08"]
    for words in (("unimport", store.history().live[-1]), ("purge", "papers:1")):
        done = command(*words, store=store.root)
        assert done.returncode == 0, done.stdout + done.stderr
        want = ["2025-12-06", "2025-12-07"] if words[0] == "unimport" else ["2025-12-07"]
        assert [row[0] for row in rows_of(store)] == want


def test_the_sample_shows_its_articles_without_a_link(sample_store: Path) -> None:
    """Nobody has said where they were read: no address is made up."""
    rows = rows_of(Store(sample_store))
    assert len(rows) == 7 and {row[1] for row in rows} == {"Sahan Journal", "Truthout"}
    assert all(row[2] and row[-1] is None for row in rows)


def test_press_changes_no_community_count(sample_store: Path, tmp_path: Path) -> None:
    """The same days, kinds and areas as community reports: they are never matched."""
    root = tmp_path / "store"
    shutil.copytree(sample_store, root, symlinks=True)
    before = community(Store(root))
    twins = before[before["area_label"] != ""].head(50)
    assert len(twins) == 50
    imported(
        Store(root),
        tmp_path,
        [
            f'{n},{day:%Y-%m-%d},day,"{area}",{kind},Ours,Paper,,,'
            for n, (day, area, kind) in enumerate(
                zip(twins["local_date"], twins["area_label"], twins["kind"])
            )
        ],
    )
    assert len(press_articles.read_press(Store(root))) == 7 + 50
    pd.testing.assert_frame_equal(community(Store(root)), before)


def community(store: Store) -> pd.DataFrame:
    """The community records that a release counts, in order of their ids."""
    place = settings.load_settings(ROOT / "porchlight.toml")
    of = partitions.current_partition(store, place, POLICY)
    areas = partitions.placed_areas(store, place, of)
    records = placed_records.records(store, areas.frame, areas.meta, np.asarray(of.groups))
    mine = records[records["source_kind"] == "community"].sort_values("incident_id")
    names = np.append(
        "", areas.frame.set_index(np.asarray(of.groups))["name"].groupby(level=0).first()
    )
    labelled = mine.assign(area_label=names[mine["group"]])
    plain = {c: object for c in labelled if isinstance(labelled[c].dtype, pd.CategoricalDtype)}
    return labelled.astype(plain).reset_index(drop=True)
