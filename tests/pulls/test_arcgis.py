"""ArcGIS layers: pages, limits, faults, dates, edits and deletions."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from data.pull_faults import PullFault
from data.pulls.web import PullStopped
from tests.pulls.case import OFFICIAL, Case
from tests.pulls.servers import Answer, ArcGisServer, Asked, as_json

MAPPING = OFFICIAL.format(id="CASE", when="WHEN", lat="latitude", lon="longitude")


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def rows(count: int) -> list[dict[str, Any]]:
    return [
        {
            "OBJECTID": i * 10,
            "CASE": f"C{i:03d}",
            "WHEN": ms("2024-01-05T18:30:00") + i * 3_600_000,
            "kind": "noise",
            "x": -93.27,
            "y": 44.98,
        }
        for i in range(1, count + 1)
    ]


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path, MAPPING)


@pytest.fixture
def server() -> Iterator[ArcGisServer]:
    with ArcGisServer(rows(8)).running() as running:
        assert isinstance(running, ArcGisServer)
        yield running


def feed(case: Case, server: ArcGisServer, **more: Any) -> Any:
    return case.feed("arcgis", server.address + server.LAYER, **more)


def test_all_features_come_in_pages_of_the_servers_size(case: Case, server: ArcGisServer) -> None:
    done = case.pull(feed(case, server))
    assert (done.new, done.changed, done.gone) == (8, 0, 0)
    assert case.ids() == [f"C{i:03d}" for i in range(1, 9)]
    assert case.records("occurred_at", "lat", "lon")[0][2:] == (44.98, -93.27)
    assert case.state().pulled.records == 8  # type: ignore[union-attr]
    assert not (case.store.root / "pulls/calls/pages").exists()


def test_milliseconds_are_utc(case: Case, server: ArcGisServer) -> None:
    case.pull(feed(case, server))
    day, hour = case.records("local_date", "hour")[0][1:]
    assert (str(day), hour) == ("2024-01-05", 13)  # 19:30 UTC is 13:30 in Chicago


def test_a_field_of_midnights_utc_holds_dates_that_stay(case: Case, server: ArcGisServer) -> None:
    for row in server.rows:
        row["WHEN"] = ms("2024-01-05T00:00:00")
    case.pull(feed(case, server))
    assert {(str(r[1]), r[2]) for r in case.records("local_date", "time_precision")} == {
        ("2024-01-05", "day")
    }


def test_a_time_of_day_on_a_later_page_makes_all_of_the_field_times(
    case: Case, server: ArcGisServer
) -> None:
    for row in server.rows[:5]:
        row["WHEN"] = (
            ms("2024-01-05T06:00:00") if row["OBJECTID"] == 50 else ms("2024-01-05T00:00:00")
        )
    case.pull(feed(case, server))
    told = case.records("occurred_at")
    assert len(told) == 8 and str(told[4][1]).startswith("2024-01-05 06:00")


def test_a_smaller_limit_than_the_layer_says_loses_nothing(
    case: Case, server: ArcGisServer
) -> None:
    """Pages of two though the layer says three, and the flag is left out."""

    def cut(asked: Asked) -> Answer | None:
        if "resultOffset" in asked.query:
            start = int(asked.query["resultOffset"])
            return as_json(server.page(server.rows[start : start + 2], False))
        return None

    server.fault = cut
    case.pull(feed(case, server))
    assert len(case.ids()) == 8


def test_an_empty_page_that_is_not_the_last(case: Case, server: ArcGisServer) -> None:
    def empty(asked: Asked) -> Answer | None:
        if asked.query.get("resultOffset") == "3":
            return as_json(server.page([], True))
        return None

    server.fault = empty
    case.pull(feed(case, server))
    assert len(case.ids()) == 8  # what the server left out was asked for by its ids


def test_pages_that_are_always_empty_end(case: Case, server: ArcGisServer) -> None:
    def empty(asked: Asked) -> Answer | None:
        return as_json(server.page([], True)) if "resultOffset" in asked.query else None

    server.fault = empty
    with pytest.raises(PullStopped, match="always more to come"):
        case.pull(feed(case, server))


def test_an_error_as_http_200(case: Case, server: ArcGisServer) -> None:
    def error(asked: Asked) -> Answer | None:
        if asked.query.get("resultOffset") == "3":
            return as_json({"error": {"code": 500, "message": "Error performing query operation"}})
        return None

    server.fault = error
    with pytest.raises(PullStopped, match="error 500 in place of features") as stopped:
        case.pull(feed(case, server))
    assert stopped.value.why is PullFault.BROKEN
    assert case.ids() == []
    server.fault = lambda asked: None
    case.pull(feed(case, server))
    assert "Going on with the pull that broke off: 3 came" in case.told
    assert len(case.ids()) == 8


def test_a_token_that_expires_in_the_middle(
    case: Case, server: ArcGisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.token = "arc-secret"
    monkeypatch.setenv("CITY_TOKEN", "arc-secret")

    def expire(asked: Asked) -> None:
        if asked.query.get("resultOffset") == "6":
            server.token = "another"

    server.fault = expire
    with pytest.raises(PullStopped, match="error 498") as stopped:
        case.pull(feed(case, server, token="CITY_TOKEN"))
    assert "CITY_TOKEN" in str(stopped.value) and "arc-secret" not in str(stopped.value)
    assert stopped.value.why is PullFault.REFUSED
    server.fault = lambda asked: None
    monkeypatch.setenv("CITY_TOKEN", "another")
    begun = len(server.asked)
    case.pull(feed(case, server, token="CITY_TOKEN"))
    offsets = [a.query["resultOffset"] for a in server.asked[begun:] if "resultOffset" in a.query]
    assert offsets == ["6"]  # only what was missing
    assert len(case.ids()) == 8
    for file in case.files():
        assert b"arc-secret" not in file.read_bytes(), file


def test_rows_that_come_twice_count_once_and_missing_ones_are_asked_for(
    case: Case, server: ArcGisServer
) -> None:
    """A server that orders badly: the second page begins with the end of the first, and the last
    row of it is never given."""

    def shifted(asked: Asked) -> Answer | None:
        if asked.query.get("resultOffset") == "3":
            return as_json(server.page(server.rows[2:5], True))
        return None

    server.fault = shifted
    case.pull(feed(case, server))
    assert case.ids() == [f"C{i:03d}" for i in range(1, 9)]
    assert "1 records came twice" in case.told


def test_a_count_that_differs_stops_with_both_numbers(case: Case, server: ArcGisServer) -> None:
    def wrong(asked: Asked) -> Answer | None:
        return as_json({"count": 11}) if "returnCountOnly" in asked.query else None

    server.fault = wrong
    with pytest.raises(PullStopped, match="counts 11 records, and 8 came") as stopped:
        case.pull(feed(case, server))
    assert stopped.value.why is PullFault.COUNT
    assert case.ids() == [] and case.state().failed.why == "count"  # type: ignore[union-attr]


def test_a_record_added_while_it_is_asked_is_no_difference(
    case: Case, server: ArcGisServer
) -> None:
    def grow(asked: Asked) -> None:
        if asked.query.get("resultOffset") == "6":
            server.rows.append({**server.rows[0], "OBJECTID": 999, "CASE": "C999"})

    server.fault = grow
    case.pull(feed(case, server))
    assert len(case.ids()) == 9


def test_without_pagination_ranges_of_ids_are_asked(case: Case, server: ArcGisServer) -> None:
    server.pagination = False
    case.pull(feed(case, server))
    assert len(case.ids()) == 8
    assert not any("resultOffset" in asked.query for asked in server.asked)


def test_a_changed_record_takes_the_place_of_the_earlier_one(
    case: Case, server: ArcGisServer
) -> None:
    case.pull(feed(case, server))
    server.rows[0]["y"] = 44.99
    done = case.pull(feed(case, server))
    assert (done.new, done.changed, done.gone) == (0, 1, 0)
    assert done.report and done.report.rows == 1
    assert [r[1] for r in case.records("lat")] == [44.99] + [44.98] * 7


def test_a_record_that_is_again_what_it_was_is_shown_so(case: Case, server: ArcGisServer) -> None:
    for lat in (44.98, 44.99, 44.98, 44.99):
        server.rows[0]["y"] = lat
        case.pull(feed(case, server))
        assert case.records("lat")[0][1] == lat


def test_a_record_changed_between_pages_counts_as_it_was_last(
    case: Case, server: ArcGisServer
) -> None:
    def shifted(asked: Asked) -> Answer | None:
        if asked.query.get("resultOffset") == "3":
            server.rows[2]["y"] = 44.99
            return as_json(server.page(server.rows[2:5], True))
        return None

    server.fault = shifted
    case.pull(feed(case, server))
    assert case.records("lat")[2] == ("calls:C003", 44.99)
    assert len(case.ids()) == 8


def test_a_deleted_record_is_told_and_stays(case: Case, server: ArcGisServer) -> None:
    case.pull(feed(case, server))
    del server.rows[4]
    done = case.pull(feed(case, server))
    assert done.gone == 1 and "1 records are on the server no longer" in case.told
    assert len(case.ids()) == 8
    done = case.pull(feed(case, server))
    assert done.gone == 0  # told once


def test_only_what_was_edited_is_asked_for(case: Case, server: ArcGisServer) -> None:
    server.edited = "EDITED"
    for row in server.rows:
        row["EDITED"] = ms("2024-02-01T10:00:00")
    case.pull(feed(case, server))
    server.rows[3] |= {"EDITED": ms("2024-02-02T10:00:00"), "y": 44.97}
    begun = len(server.asked)
    done = case.pull(feed(case, server))
    wheres = {a.query["where"] for a in server.asked[begun:] if "resultOffset" in a.query}
    assert wheres == {"EDITED >= TIMESTAMP '2024-02-01 09:59:59'"}
    assert (done.new, done.changed) == (0, 1) and case.records("lat")[3][1] == 44.97


def test_a_deletion_that_new_ones_hide_is_found(case: Case, server: ArcGisServer) -> None:
    server.edited = "EDITED"
    for row in server.rows:
        row["EDITED"] = ms("2024-02-01T10:00:00")
    case.pull(feed(case, server))
    server.rows[0] |= {"OBJECTID": 900, "CASE": "C900", "EDITED": ms("2024-02-02T10:00:00")}
    done = case.pull(feed(case, server))
    assert (done.new, done.gone) == (1, 1)


def test_records_that_share_an_id_are_replaced_together(case: Case, server: ArcGisServer) -> None:
    server.edited = "EDITED"
    for row in server.rows:
        row |= {"EDITED": ms("2024-02-01T10:00:00"), "CASE": f"C{row['OBJECTID'] // 40}"}
    case.pull(feed(case, server))
    server.rows[3] |= {"EDITED": ms("2024-02-02T10:00:00"), "y": 44.97}
    case.pull(feed(case, server))
    assert len(case.ids()) == 8
    assert sorted(r[1] for r in case.records("lat")) == [44.97] + [44.98] * 7


@pytest.mark.parametrize(("key", "precise"), [("rings", "city"), ("paths", "block")])
def test_shapes_that_are_no_points_get_one_inside(
    case: Case, server: ArcGisServer, key: str, precise: str
) -> None:
    ring = [[-93.28, 44.97], [-93.28, 44.99], [-93.26, 44.99], [-93.26, 44.97], [-93.28, 44.97]]

    def shapes(asked: Asked) -> Answer | None:
        if "resultOffset" not in asked.query:
            return None
        page = server.page(server.rows, False)
        for feature in page["features"]:
            feature["geometry"] = {key: [ring]}
        return as_json(page)

    server.fault = shapes
    (case.folder / "map.toml").write_text(
        MAPPING.replace("[values.kind]", 'place_precision = "place_precision"\n[values.kind]')
    )
    case.pull(feed(case, server))
    lat, precision = case.records("lat", "place_precision")[0][1:]
    assert precision == precise
    # an area that has no name here tells no more than the city
    assert lat is None if key == "rings" else 44.97 <= lat <= 44.99
