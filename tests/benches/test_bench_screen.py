"""The benches of the screen with few rows: both screens say the same; never how long it took."""

import asyncio
import json
import shutil
import socket
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from bench import __main__ as bench
from bench import asked, growth, made, metro, pages, plot, screen, servers, sessions, stores
from bench.client import Screen, reader
from bench.plain import screen as plain
from data.settings import Problem
from data.storage.store import Store
from data.views.view import View
from ui.frame.menu import VIEW_PAGES, row_of

ROWS = 20_000


@pytest.fixture(scope="module")
def root(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made store, drawn from the sample."""
    folder = tmp_path_factory.mktemp("screens") / "store"
    return made.store(folder, ROWS, given=Store(sample_store)).root


@pytest.fixture(scope="module")
def ours(root: Path) -> Iterator[servers.Server]:
    with servers.ours(root) as one:
        yield one


@pytest.fixture(scope="module")
def other(root: Path) -> Iterator[servers.Server]:
    """The plain one."""
    with servers.plain(root) as one:
        yield one


async def asks(port: int, *queries: str) -> list[Screen]:
    async with reader(port) as one:
        return [await one.ask(query) for query in queries]


def test_a_reader_sees_the_view_that_it_asked_for(root: Path, ours: servers.Server) -> None:
    count = "measure=count"
    asked_for = (count, f"hours=22-06&weekday=Fri&{count}", count)
    every, night, again = asyncio.run(asks(ours.port, *asked_for))
    assert ours.peak_mb > 50 and ours.cpu_s > 0
    assert every.count == ROWS and every.sentence == again.sentence
    frame, areas = plain.load(*stores.files(root))
    view = View("", (made.NAME,), made.FIRST, made.LAST, hours=(22, 6), weekdays=(4,))
    assert night.count == plain.count(frame, view, areas).n < ROWS / 10
    assert "Fri" in night.sentence
    assert night.ranked["n"].sum() < every.ranked["n"].sum() <= ROWS
    assert not every.errors and every.seconds > 0 and every.size > 10_000


def test_screens_are_equal_and_a_line_tells_it(root: Path) -> None:
    (line,) = screen.figures(root, ROWS, views=6, of_both=4)
    assert line["equal"] is True and line["different"] == []
    assert (line["views"], line["peer_views"], line["rows"]) == (6, 4, ROWS)
    assert line["floor_s"] > 0  # as many elements of each kind, else a Problem says so
    assert set(bench.FIELDS) <= set(line) and bench.line(line)


def test_one_record_too_few_is_noticed(root: Path, ours: servers.Server, tmp_path: Path) -> None:
    less = tmp_path / "less"
    shutil.copytree(root, less)
    (batch,) = Store(less).batches.glob("*.parquet")
    table = pq.read_table(batch)
    pq.write_table(table.slice(1), batch)
    with servers.plain(less) as fewer:
        (right,), (wrong,) = (asyncio.run(asks(s.port, "")) for s in (ours, fewer))
    assert asked.differs(right, wrong) == f"the headline: {ROWS} and {ROWS - 1}"


def test_a_wrong_number_in_a_table_is_noticed(ours: servers.Server, other: servers.Server) -> None:
    query = "from=2019-01-01&to=2019-12-31&measure=count"  # with a comparison
    (ranked,), (same,) = (asyncio.run(asks(s.port, query)) for s in (ours, other))
    table, whole = ranked.ranked, same.ranked
    assert asked.tables_differ(table, whole) == ""
    more = table.assign(n=table["n"] + (table.index == 3))
    assert asked.tables_differ(more, whole) == "the counts of the areas"
    hidden = whole.assign(n=whole["n"].where(whole["area"] != "Kenwood", 10**6))
    assert asked.tables_differ(table, hidden) == "which areas have most"
    named = table.assign(area=table["area"].where(table.index != 2, "Nowhere"))
    assert asked.tables_differ(named, whole).startswith("the areas of the table")
    assert asked.tables_differ(table[1:], whole).startswith("rows of the list")
    assert asked.tables_differ(table[:0], whole[:0]).startswith("rows of the list")
    ranked.errors.append("broken")
    assert asked.differs(ranked, same) == "an error: broken"


def test_filters_that_change_nothing_measure_nothing(ours: servers.Server) -> None:
    async def twice(port: int) -> None:
        async with reader(port) as one:
            first = await screen.changed(one, "weekday=Fri", [])
            await screen.changed(one, "weekday=Fri", [first])

    with pytest.raises(Problem, match="changed nothing"):
        asyncio.run(twice(ours.port))


def test_views_are_400_and_drawn_by_zipf() -> None:
    assert len(set(asked.queries())) == 400 == len(set(asked.shuffled()))
    drawn = asked.zipf(20_000)
    assert drawn == asked.zipf(20_000) != asked.zipf(20_000, seed=1)
    first, tenth = (drawn.count(asked.shuffled()[i]) for i in (0, 9))
    assert 6 < first / tenth < 15 and set(drawn) <= set(asked.queries())


def test_many_people_get_their_own_answers(root: Path) -> None:
    (line,) = sessions.figures(root, ROWS, people=6, peers=2, span=4.0)
    assert line["equal"] is True and line["different"] == []
    assert line["sessions"] == 6 and line["changes"] >= line["views"] > 0
    assert 0 <= line["hit_rate"] < 1 and set(bench.FIELDS) <= set(line)


def test_another_persons_answer_is_noticed(ours: servers.Server, other: servers.Server) -> None:
    friday, monday = (f"weekday={day}&measure=count" for day in ("Fri", "Mon"))
    one, two = asyncio.run(asks(ours.port, friday, monday))
    changes = [sessions.Change(friday, 1.0, s) for s in (one, one, two)]
    mixed = asyncio.run(sessions._different(other, changes))
    right = asyncio.run(sessions._different(other, changes[:2]))
    wrong = asyncio.run(sessions._different(other, changes[2:]))
    assert right == [] and "not one answer to all" in mixed[0]
    assert "the headline" in wrong[0]


def test_a_page_is_opened_and_asked_for_new_views(ours: servers.Server) -> None:
    rows = [VIEW_PAGES[0], row_of("methods")]
    found = asyncio.run(pages.opened(ours, rows))
    assert list(found.pages) == ["", "methods"] and found.start_s > 0 and found.peak_mb > 50
    assert all(
        one.first_s > 0 and one.new_s > 0 and one.sent_kb > 10 for one in found.pages.values()
    )
    assert [line["name"] for line in pages.figures(found, found, ROWS, 87)] == [
        "page: Map",
        "page: Data and methods",
    ]


def test_every_page_has_a_figure() -> None:
    quick, slow = (
        pages.Dashboard({row.path: pages.Opened(0.5, s, 9.0) for row in VIEW_PAGES}, 2.0, 100.0)
        for s in (0.6, 1.5)
    )
    lines = pages.figures(quick, slow, 10**6, 2000)
    assert [line["name"] for line in lines] == [f"page: {row.title}" for row in VIEW_PAGES]
    ok = {line["name"] for line in lines if line["ok"]}
    assert ok == {"page: Now"}  # only among many areas, and only this one may take longer
    assert not any(line["ok"] for line in pages.figures(slow, quick, 10**6, 2000))
    told = json.loads(bench.line(lines[0]))
    assert set(bench.FIELDS) <= set(told) and told["areas_new_view_s"] == 1.5


def test_a_page_that_is_not_whole_is_noticed(ours: servers.Server) -> None:
    async def asked_of(page: str) -> Screen:
        async with reader(ours.port) as one:
            return await one.ask("", page)

    screen = asyncio.run(asked_of("methods"))
    assert pages._whole(screen, row_of("methods"), "all") is screen
    screen.errors.append("broken")
    with pytest.raises(Problem, match="Data and methods is not whole at all"):
        pages._whole(screen, row_of("methods"), "all")


def test_a_metro_is_a_place_of_many_areas(tmp_path: Path, sample_store: Path) -> None:
    made_of = metro.store(tmp_path / "metro", 5_000, 150, given=Store(sample_store))
    current = made_of.at(str(made_of.stamp()))
    assert current.meta["rows"] == 5_000 and current.meta["sets"][0]["areas"] == 150
    held = current.query("SELECT area0, count(*) AS n FROM {facts} GROUP BY 1").to_pandas()
    inside = held[held["area0"] >= 0]
    assert len(inside) > 120 and inside["n"].sum() > 4_800  # a few lie beyond the circle
    over = metro.areas("EPSG:26915", 150)
    assert over.is_valid.all() and over["name"].is_unique
    assert over.area.sum() == pytest.approx(np.pi * metro.REACH_M**2, rel=0.01)


@pytest.mark.browser
def test_clicks_change_pixels_and_numbers_are_equal(root: Path) -> None:
    from bench import browser

    (line,) = browser.figures(root, ROWS, ("",), ("Fri", "Mon"))
    assert line["equal"] is True and line["different"] == []
    assert line["clicks"] == line["peer_clicks"] == 2
    assert set(bench.FIELDS) <= set(line)


@pytest.mark.browser
def test_a_click_without_effect_is_noticed() -> None:
    from bench import browser

    right, still = browser.Click(0.1, 7, True), browser.Click(0.1, 7, False)
    assert browser._different([right, still], [right]) == ["ours: click 2 changed no pixel"]
    assert browser._different([right], [browser.Click(0.1, 8, True)]) == ["click 1: 7 and 8"]
    assert browser._different([browser.Click(0.1, None, True)], [right]) == ["click 1: None and 7"]


def test_growth_is_a_table_and_a_picture(tmp_path: Path) -> None:
    line = {
        "name": "screen",
        "ours_s": 0.05,
        "peer_s": 0.4,
        "ratio": 8.0,
        "equal": True,
        "ok": True,
    }
    found: growth.Found = {
        "screen": {10_000: [line], 100_000: [line | {"ours_s": 2.0, "equal": False}]},
        "heat": {
            10_000: [line | {"name": "heat <1>", "peer_s": None, "ratio": None}],
            100_000: "too long",
        },
    }
    told = growth.text(found, growth.machine())
    assert "| screen | 50 ms / 400 ms (8x) | 2 s / 400 ms (8x), **not equal** |" in told
    assert "| heat <1> | 50 ms | - |" in told and "- heat, 100,000 rows: too long" in told
    assert "cores" in told and socket.gethostname() not in told and str(growth.ROOT) not in told
    assert all(f"- `{name}`: " in told for name, _, _ in bench.NAMES)
    drawn = ET.fromstring(plot.drawn(growth.series(found), (10_000, 100_000)))
    space = "{http://www.w3.org/2000/svg}"
    lines = [x.get("points", "") for x in drawn.iter(f"{space}polyline")]
    assert sorted(len(points.split()) for points in lines) == [0, 1, 2, 2]
    assert [x.text for x in drawn.iter(f"{space}title")].count("heat <1>") == 2


def test_a_store_is_kept_by_what_it_was_made_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_of: list[int] = []

    def make(root: Path, rows: int, module: str) -> None:
        assert module == "bench.made"
        made_of.append(rows)
        root.mkdir()

    monkeypatch.setattr(stores, "KEPT", tmp_path)
    monkeypatch.setattr(stores, "_make", make)
    first = stores.kept(7)
    assert stores.kept(7) == first and made_of == [7]
    monkeypatch.setattr(stores, "_version", lambda: "other")
    assert stores.kept(7) != first and made_of == [7, 7] and not first.exists()
