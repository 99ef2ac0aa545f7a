"""KoboToolbox, ODK Central and Ushahidi: reports of people, whatever their server says of them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.pull_faults import PullFault
from data.pulls import gathering
from data.pulls.web import PullStopped
from data.settings import Problem
from tests.pulls.case import Case
from tests.pulls.servers import Asked, FileServer, KoboServer, OdkServer, as_json

SECRET_PERSON = "enumerator-jane"
KOBO = """
[columns]
incident_id = "_id"
occurred_at = "incident/when"
lat_lon = "_geolocation"
kind = "incident/kind"
grade = "_validation_status/uid"
received_at = "_submission_time"
[values.kind]
"*" = "other"
[values.grade]
validation_status_approved = "verified"
"*" = "verified"
"""
ODK = """
[columns]
incident_id = "__id"
occurred_at = "incident/when"
point = "incident/where"
kind = "incident/kind"
grade = "__system/reviewState"
received_at = "__system/submissionDate"
[values.kind]
"*" = "other"
[values.grade]
approved = "verified"
[constant]
grade = "verified"
"""
USHAHIDI = """
[columns]
incident_id = "Post ID"
occurred_at = "Post Date (UTC)"
lat = "Place.lat"
lon = "Place.lon"
kind = "Survey"
grade = "Post Status"
[values.kind]
"*" = "other"
[values.grade]
published = "verified"
"""


def submission(i: int) -> dict[str, Any]:
    return {
        "_id": i,
        "_uuid": f"uuid-{i}",
        "_submission_time": f"2026-01-{i:02d}T10:00:00",
        "_submitted_by": SECRET_PERSON,
        "username": SECRET_PERSON,
        "deviceid": "collect:device-1",
        "phonenumber": "+1 612 555 0100",
        "start": "2026-01-01T09:00:00.000-06:00",
        "end": "2026-01-01T09:05:00.000-06:00",
        "today": "2026-01-01",
        "incident/when": f"2026-01-{i:02d}T08:30:00.000-06:00",
        "incident/kind": "raid",
        "incident/story": "what somebody wrote",
        "incident/where": "44.98 -93.27 0 5",
        "_geolocation": [44.98, -93.27],
        "_validation_status": {"uid": "validation_status_approved"} if i % 2 else {},
        "_attachments": [],
    }


def odk_submission(i: int) -> dict[str, Any]:
    return {
        "__id": f"uuid:{i}",
        "__system": {
            "submissionDate": f"2026-01-{i:02d}T10:00:00.000Z",
            "updatedAt": None,
            "submitterId": "4",
            "submitterName": SECRET_PERSON,
            "deviceId": "device-1",
            "reviewState": "approved",
        },
        "meta": {"instanceID": f"uuid:{i}"},
        "start": "2026-01-01T09:00:00.000-06:00",
        "deviceid": "device-1",
        "incident": {
            "when": f"2026-01-{i:02d}T08:30:00.000-06:00",
            "kind": "raid",
            "where": {"type": "Point", "coordinates": [-93.27, 44.98, 250], "properties": {}},
        },
        "people@odata.navigationLink": "Submissions('x')/people",
    }


@pytest.fixture
def kobo(monkeypatch: pytest.MonkeyPatch) -> Iterator[KoboServer]:
    monkeypatch.setenv("KOBO_TOKEN", "kobo-secret")
    with KoboServer([submission(i) for i in range(1, 9)]).running() as running:
        assert isinstance(running, KoboServer)
        yield running


@pytest.fixture
def odk(monkeypatch: pytest.MonkeyPatch) -> Iterator[OdkServer]:
    monkeypatch.setenv("ODK_LOGIN", "desk@example.org:odk-secret")
    with OdkServer([odk_submission(i) for i in range(1, 8)]).running() as running:
        assert isinstance(running, OdkServer)
        yield running


def kobo_feed(case: Case, server: KoboServer) -> Any:
    return case.feed("kobo", server.address, token="KOBO_TOKEN", ids={"form": "aForm1"})


def odk_feed(case: Case, server: OdkServer) -> Any:
    ids = {"project": "7", "form": "tips"}
    return case.feed("odk", server.address, token="ODK_LOGIN", ids=ids)


def check_quiet(case: Case) -> None:
    """Reports as reported; of who sent them nothing, of the feed hash, hour and count only."""
    assert {row[1:] for row in case.records("grade", "source_kind")} == {("reported", "community")}
    event = case.state().pulled
    assert event and event.sha256 and event.at and event.records == len(case.ids())
    assert event.address is None and event.evidence is None
    assert not (case.store.root / "evidence").exists()
    for file in case.files():
        content = file.read_bytes()
        for secret in (SECRET_PERSON, "device-1", "555 0100", "-secret"):
            assert secret.encode() not in content, (file, secret)


def test_kobo_reports_enter_as_reported(tmp_path: Path, kobo: KoboServer) -> None:
    case = Case(tmp_path, KOBO)
    case.pull(kobo_feed(case, kobo))
    assert len(case.ids()) == 8
    check_quiet(case)
    first = case.records("lat", "lon", "received_at", "occurred_at")[0]
    assert first[1:3] == (44.98, -93.27)
    assert str(first[3]) == "2026-01-01 10:00:00+00:00"  # UTC, as Kobo means it
    assert str(first[4]) == "2026-01-01 14:30:00+00:00"


def test_odk_reports_enter_as_reported(tmp_path: Path, odk: OdkServer) -> None:
    case = Case(tmp_path, ODK)
    case.pull(odk_feed(case, odk))
    assert len(case.ids()) == 7
    check_quiet(case)
    assert case.records("lat", "lon")[0][1:] == (44.98, -93.27)


def test_ushahidi_posts_enter_as_reported(tmp_path: Path) -> None:
    body = (
        "Post ID,Survey,Post Status,Created (UTC),Post Date (UTC),Contact ID,Contact,Source,"
        "Unstructured Description,Place.lat,Place.lon\n"
        "#meta+id,#meta+survey,#status,#date+created,#date+occurred,#contact+id,#contact,"
        "#meta+source,#description,#geo+lat,#geo+lon\n"
        f"1,Tips,published,2026-01-01 10:00:00,2026-01-01 09:30:00,9,{SECRET_PERSON},SMS,"
        '"what, somebody wrote",44.98,-93.27\n'
        "2,Tips,draft,2026-01-02 10:00:00,2026-01-02 09:30:00,9,+1 612 555 0100,SMS,x,44.98,-93.2\n"
    )
    case = Case(tmp_path, USHAHIDI)
    with FileServer(body.encode()).running() as server:
        case.pull(case.feed("ushahidi", f"{server.address}/export.csv"))
        assert case.ids() == ["1", "2"]
        check_quiet(case)
        assert str(case.records("occurred_at")[0][1]) == "2026-01-01 09:30:00+00:00"
        done = case.pull(case.feed("ushahidi", f"{server.address}/export.csv"))
        assert done.report is None and "nothing is new" in case.told


@pytest.mark.parametrize("column", ["start", "end", "today", "_submitted_by", "deviceid"])
def test_when_a_form_was_filled_in_and_by_whom_is_no_column(
    tmp_path: Path, kobo: KoboServer, column: str
) -> None:
    case = Case(tmp_path, KOBO.replace('"incident/when"', f'"{column}"'))
    with pytest.raises(Problem, match=r"who sent a record or when|can tell who somebody is"):
        case.pull(kobo_feed(case, kobo))


def test_kobo_larger_pages_are_cut_silently_and_only_new_ones_are_asked_for(
    tmp_path: Path, kobo: KoboServer
) -> None:
    case = Case(tmp_path, KOBO)
    case.pull(kobo_feed(case, kobo))
    kobo.rows.append(submission(9))
    begun = len(kobo.asked)
    done = case.pull(kobo_feed(case, kobo))
    assert done.new == 1 and done.report and done.report.rows == 1
    asked = {a.query.get("query") for a in kobo.asked[begun:]}
    assert '{"_submission_time": {"$gte": "2026-01-08T10:00:00"}}' in asked
    assert len(case.ids()) == 9


def test_kobo_edits_are_found_once_a_day(
    tmp_path: Path, kobo: KoboServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case(tmp_path, KOBO)
    case.pull(kobo_feed(case, kobo))
    kobo.rows[0]["_geolocation"] = [44.97, -93.27]
    assert case.pull(kobo_feed(case, kobo)).changed == 0
    monkeypatch.setattr(gathering, "WHOLE_EVERY", timedelta(0))
    assert case.pull(kobo_feed(case, kobo)).changed == 1
    assert case.records("lat")[0][1] == 44.97


def test_kobo_deletions_are_told(tmp_path: Path, kobo: KoboServer) -> None:
    case = Case(tmp_path, KOBO)
    case.pull(kobo_feed(case, kobo))
    del kobo.rows[0]
    assert case.pull(kobo_feed(case, kobo)).gone == 1
    assert len(case.ids()) == 8


def test_kobo_says_whether_the_token_is_wrong(tmp_path: Path, kobo: KoboServer) -> None:
    kobo.token = "another"
    case = Case(tmp_path, KOBO)
    with pytest.raises(PullStopped, match="KOBO_TOKEN") as stopped:
        case.pull(kobo_feed(case, kobo))
    assert stopped.value.why is PullFault.REFUSED and "kobo-secret" not in str(stopped.value)


def test_odk_signs_in_again_when_the_session_ends(tmp_path: Path, odk: OdkServer) -> None:
    case = Case(tmp_path, ODK)

    def end(asked: Asked) -> None:
        if asked.query.get("$skiptoken") == "4" and odk.sessions == 1:
            odk.session = "ended"

    odk.fault = end
    case.pull(odk_feed(case, odk))
    assert odk.sessions == 2 and len(case.ids()) == 7


def test_odk_with_a_session_that_ended_stops_and_goes_on_later(
    tmp_path: Path, odk: OdkServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case(tmp_path, ODK)
    monkeypatch.setenv("ODK_LOGIN", "session-0")

    def end(asked: Asked) -> None:
        if asked.query.get("$skiptoken") == "4":
            odk.session = "session-new"

    odk.fault = end
    with pytest.raises(PullStopped, match="ODK_LOGIN"):
        case.pull(odk_feed(case, odk))
    monkeypatch.setenv("ODK_LOGIN", "session-new")
    case.pull(odk_feed(case, odk))
    assert "Going on" in case.told and len(case.ids()) == 7


def test_odk_gives_what_is_new_and_what_was_edited(tmp_path: Path, odk: OdkServer) -> None:
    case = Case(tmp_path, ODK)
    case.pull(odk_feed(case, odk))
    odk.rows.append(odk_submission(9))
    odk.rows[0]["__system"]["updatedAt"] = "2026-01-10T00:00:00.000Z"
    odk.rows[0]["incident"]["where"]["coordinates"] = [-93.27, 44.97]
    done = case.pull(odk_feed(case, odk))
    assert (done.new, done.changed) == (1, 1) and case.records("lat")[0][1] == 44.97


@pytest.mark.parametrize("host", ["http://127.0.0.2:1", "http://evil.example", "https://127.0.0.1"])
def test_a_next_link_of_another_host_is_refused(tmp_path: Path, odk: OdkServer, host: str) -> None:
    case = Case(tmp_path, ODK)
    odk.next_host = host
    with pytest.raises(PullStopped, match="next page on another host"):
        case.pull(odk_feed(case, odk))
    assert case.ids() == []


def test_a_next_link_that_came_before_is_no_page(tmp_path: Path, odk: OdkServer) -> None:
    case = Case(tmp_path, ODK)
    link = f"{odk.address}{odk.PATH}?$top=2&$skiptoken=2"

    def round_and_round(asked: Asked) -> Any:
        if asked.path == odk.PATH and asked.query.get("$top") != "1":
            said = {"value": [odk_submission(1)], "@odata.count": 7, "@odata.nextLink": link}
            return as_json(said)
        return None

    odk.fault = round_and_round
    with pytest.raises(PullStopped, match="gave before"):
        case.pull(odk_feed(case, odk))


def test_a_community_feed_keeps_only_the_columns_of_its_mapping_also_on_the_way(
    tmp_path: Path, kobo: KoboServer
) -> None:
    case = Case(tmp_path, KOBO)
    kobo.fault = lambda asked: as_json({}, 404) if asked.query.get("start") == "3" else None
    with pytest.raises(PullStopped):
        case.pull(kobo_feed(case, kobo))
    pages = [file for file in case.files() if file.name.startswith("page")]
    assert pages and not any(b"what somebody wrote" in file.read_bytes() for file in pages)
    assert datetime.now(UTC)
