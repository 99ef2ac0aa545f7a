"""Files at an address: versions, broken downloads, redirects, rows that cannot be read."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data.pull_faults import PullFault
from data.pulls import web
from data.pulls.guarded_network import Forbidden
from data.pulls.web import PullStopped
from data.settings import Problem
from tests.pulls.case import OFFICIAL, Case
from tests.pulls.servers import Answer, Asked, FileServer

MAPPING = OFFICIAL.format(id="case", when="at", lat="lat", lon="lon")
HEAD = "case,at,lat,lon,kind\n"


def body(*cases: int, lat: float = 44.98) -> bytes:
    rows = [f"C{i:03d},2024-01-05 13:00,{lat},-93.27,noise\n" for i in cases]
    return (HEAD + "".join(rows)).encode()


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path, MAPPING)


@pytest.fixture
def server() -> Iterator[FileServer]:
    with FileServer(body(1, 2, 3)).running() as running:
        assert isinstance(running, FileServer)
        yield running


def feed(case: Case, server: FileServer, **more: Any) -> Any:
    return case.feed("file", f"{server.address}/calls.csv?key=file-secret", **more)


def test_a_file_is_imported_and_asked_for_once(case: Case, server: FileServer) -> None:
    assert case.pull(feed(case, server)).new == 3
    done = case.pull(feed(case, server))
    assert done.report is None and "nothing is new" in case.told
    assert case.state().pulled.records == 3  # type: ignore[union-attr]
    assert "file-secret" not in repr(case.store.events()) + case.told
    assert not [f for f in case.files() if b"file-secret" in f.read_bytes()]


def test_of_a_new_version_only_what_differs_is_imported(case: Case, server: FileServer) -> None:
    case.pull(feed(case, server))
    server.body = body(1) + body(3, 4, lat=44.97).removeprefix(HEAD.encode())
    done = case.pull(feed(case, server))
    assert (done.new, done.changed, done.gone) == (1, 1, 1)
    assert done.report and done.report.rows == 2
    assert [r[1] for r in case.records("lat")] == [44.98, 44.98, 44.97, 44.97]


def test_a_download_that_is_cut_goes_on_where_it_was(case: Case, server: FileServer) -> None:
    server.body = body(*range(1, 500))
    whole = len(server.body)

    def cut(asked: Asked) -> Answer | None:
        if asked.number == 1:
            said = server.answer(asked)
            said.cut = whole // 2
            return said
        return None

    server.fault = cut
    case.pull(feed(case, server))
    assert len(case.ids()) == 499
    assert server.asked[1].headers["range"] == f"bytes={whole // 2}-"


def test_a_file_that_changed_while_it_was_cut_comes_whole(case: Case, server: FileServer) -> None:
    server.body = body(*range(1, 500))

    def cut(asked: Asked) -> Answer | None:
        if asked.number == 1:
            said = server.answer(asked)
            said.cut = 2000
            server.body = body(*range(1000, 1400))
            return said
        return None

    server.fault = cut
    case.pull(feed(case, server))
    assert len(case.ids()) == 400


def test_rows_that_cannot_be_cut_into_columns_are_told(case: Case, server: FileServer) -> None:
    server.body = body(1, 2) + b"C003,2024-01-05 13:00,44.98,-93.27,noise,more,and more\n"
    case.pull(feed(case, server))
    assert "1 rows of the file cannot be cut into its columns" in case.told
    assert "lines 4." in case.told and len(case.ids()) == 2


def test_rows_without_an_id_are_told(case: Case, server: FileServer) -> None:
    server.body = body(1) + b",2024-01-05 13:00,44.98,-93.27,noise\n"
    case.pull(feed(case, server))
    assert '1 records have no "case"' in case.told and len(case.ids()) == 2


def test_a_redirect_inside_is_refused(case: Case, server: FileServer) -> None:
    """127.0.0.1 is allowed by name; what it sends on to is not."""
    for there in ("http://127.0.0.2/", "http://[::1]/", "http://localhost/", "http://0.0.0.0/"):
        server.fault = lambda asked, there=there: Answer(b"", 302, {"Location": there})
        with pytest.raises(Forbidden, match="none of the public internet"):
            case.pull(feed(case, server))
    assert case.ids() == []


@pytest.mark.parametrize("there", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://x/"])
def test_a_redirect_to_something_else_is_refused(
    case: Case, server: FileServer, there: str
) -> None:
    server.fault = lambda asked: Answer(b"", 302, {"Location": there})
    with pytest.raises(PullStopped, match="not asked"):
        case.pull(feed(case, server))


def test_a_redirect_within_a_host_is_followed_and_a_circle_is_not(
    case: Case, server: FileServer
) -> None:
    def moved(asked: Asked) -> Answer | None:
        return Answer(b"", 301, {"Location": "/new.csv"}) if asked.path == "/calls.csv" else None

    server.fault = moved
    assert case.pull(feed(case, server)).new == 3
    server.fault = lambda asked: Answer(b"", 307, {"Location": "/calls.csv"})
    with pytest.raises(PullStopped, match="sends on more than"):
        case.pull(feed(case, server))


def test_a_token_does_not_follow_to_another_host(
    case: Case, server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILE_TOKEN", "bearer-secret")
    with FileServer(body(7)).running() as other:
        there = f"{other.address}/x.csv"
        server.fault = lambda asked: Answer(b"", 302, {"Location": there})
        case.pull(feed(case, server, token="FILE_TOKEN"))
    assert server.asked[0].headers["authorization"] == "Bearer bearer-secret"
    assert "authorization" not in other.asked[0].headers
    assert case.ids() == ["C007"]


def test_a_file_larger_than_may_be_is_not_read_on(
    case: Case, server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "MOST_FILE", 50)
    with pytest.raises(PullStopped, match="more than 50 bytes"):
        case.pull(feed(case, server))
    assert not [file for file in case.files() if "-file" in file.name]


def test_a_server_that_is_away_keeps_the_last_copy(case: Case) -> None:
    with FileServer(body(1, 2)).running() as server:
        case.pull(feed(case, server))  # type: ignore[arg-type]
    with pytest.raises(PullStopped, match="no connection") as stopped:
        case.pull(feed(case, server))  # type: ignore[arg-type]
    assert stopped.value.why is PullFault.UNREACHABLE and len(case.ids()) == 2
    assert case.state().failed and case.state().pulled


def test_what_is_no_table_is_a_sentence(case: Case, server: FileServer) -> None:
    server.body = b"<html><body>Sign in</body></html>"
    with pytest.raises(PullStopped, match="sends no table") as stopped:
        case.pull(feed(case, server))
    assert stopped.value.why is PullFault.BROKEN and case.ids() == []
    server.body = b"name,when\n"
    with pytest.raises(Problem, match='no column "case"'):
        case.pull(feed(case, server))


def test_geojson_and_json_by_address(case: Case, server: FileServer) -> None:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [-93.27, 44.98]},
            "properties": {"case": f"C00{i}", "at": "2024-01-05 13:00", "kind": "noise"},
        }
        for i in range(1, 4)
    ]
    server.body = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    (case.folder / "map.toml").write_text(
        MAPPING.replace('"lat"', '"latitude"').replace('"lon"', '"longitude"')
    )
    assert case.pull(case.feed("file", f"{server.address}/calls.geojson")).new == 3
    assert case.records("lat", "lon")[0][1:] == (44.98, -93.27)
    rows = [{"case": "C9", "at": "2024-01-05 13:00", "kind": "n", "lat": 44.9, "lon": -93.2}]
    server.body = json.dumps({"data": {"items": rows}}).encode()
    (case.folder / "map.toml").write_text(MAPPING + '[file]\nrecords = "data/items"\n')
    case.pull(case.feed("file", f"{server.address}/calls.json"))
    assert "C9" in case.ids()
