"""A dropped file is read by a child that can do little else, and tells what it does."""

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from data import words
from data.files.row_reasons import RowReason
from data.imports import advice
from data.imports.losses import OtherKind
from data.jobs import file_job
from data.jobs.dropped_file import keep_dropped, run_job
from data.jobs.job_messages import (
    Job,
    KindsUnknown,
    Message,
    PlanMade,
    ProgressMade,
    QuestionAsked,
    RecordsRead,
    Said,
    Stopped,
    TableOpened,
    decode,
    encode,
)
from tests.conftest import ROOT
from ui.files.import_fields import fields_named

GOOD = b"id,time,lat,lon,kind\n1,2024-03-01 10:00,44.97,-93.27,sighting\n"
Here = Callable[[Job], list[Message]]


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PORCHLIGHT_STORE", str(tmp_path / "store"))
    return tmp_path / "store"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    """Does a job in this process, which is quicker than a child."""

    def do(job: Job) -> list[Message]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(asdict(job))))
        mask = os.umask(0o077)
        file_job.do_job()
        os.umask(mask)
        return [decode(line) for line in capsys.readouterr().out.splitlines()]

    return do


def dropped(folder: Path, content: bytes = GOOD, name: str = "a.csv") -> str:
    return str(keep_dropped(name, io.BytesIO(content), folder))


def who(source: str) -> dict[str, str]:
    """The answer to who stands behind a source, as the page gives it."""
    return {f"Who stands behind the source {source}? Nothing is known of it yet.": "community"}


def test_a_child_tries_without_writing_then_imports(store: Path, tmp_path: Path) -> None:
    file = dropped(tmp_path)
    job = Job("records", file, {"source": "tips"}, who("tips"), dry_run=True)
    told = list(run_job(job))
    assert told[-1] == RecordsRead(1, 1, {}, "2024-03-01", "2024-03-01", {})
    assert not list(store.rglob("*.parquet"))
    told = list(run_job(Job("records", file, {"source": "tips"}, who("tips"))))
    assert isinstance(told[-1], RecordsRead) and list(store.rglob("batches/*.parquet"))
    steps = {m.step for m in told if isinstance(m, ProgressMade) and m.done == m.total > 0}
    assert steps == {"Reading a.csv", "Building the table that screens read"}
    texts = [message.text for message in told if isinstance(message, Said)]
    assert not any(str(tmp_path) in text for text in texts), "no page shows where a file lies"


def test_a_question_is_asked_and_its_answer_taken(here: Here, tmp_path: Path) -> None:
    told = here(Job("records", dropped(tmp_path), {"source": "tips"}, dry_run=True))
    assert told[1] == TableOpened(["id", "time", "lat", "lon", "kind"], [], "utf-8, comma")
    asked = told[-1]
    assert isinstance(asked, QuestionAsked) and asked.choices == ["official", "press", "community"]
    answers = {asked.text: "official"}
    told = here(Job("records", dropped(tmp_path), {"source": "tips"}, answers, dry_run=True))
    (plan,) = [message for message in told if isinstance(message, PlanMade)]
    assert plan.columns["occurred_at"] == "time" and plan.rows[0]["kind"] == "sighting"
    assert plan.center == [44.97, -93.27] and plan.zone == "America/Chicago"
    # an answer that is none of the choices is no answer
    told = here(Job("records", dropped(tmp_path), {}, {asked.text: "nobody"}, dry_run=True))
    assert isinstance(told[-1], QuestionAsked)


def test_a_file_of_several_tables_offers_them(here: Here, tmp_path: Path) -> None:
    file = tmp_path / "calls.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("north.csv", GOOD.decode())
        archive.writestr("areas.csv", "name,people\nHill,200\n")
    told = here(Job("records", str(file), {"source": "tips"}, who("tips"), dry_run=True))
    asked = told[-1]
    assert isinstance(asked, QuestionAsked) and "north.csv" in asked.choices
    answers = {**who("tips"), asked.text: "north.csv"}
    told = here(Job("records", str(file), {"source": "tips"}, answers, dry_run=True))
    assert isinstance(told[-1], RecordsRead) and told[-1].kept == 1, told[-1]


def test_personal_columns_are_barred_and_never_shown(here: Here, tmp_path: Path) -> None:
    content = b"id,time,lat,lon,kind,caller_name\n1,2024-03-01 10:00,44.97,-93.27,sighting,Jo Doe\n"
    told = here(Job("records", dropped(tmp_path, content), {"source": "tips"}, who("tips"), True))
    (table,) = [message for message in told if isinstance(message, TableOpened)]
    assert table.barred == ["caller_name"]
    assert "Jo Doe" not in "".join(map(encode, told))


def test_who_stands_behind_it_is_a_field(here: Here, store: Path, tmp_path: Path) -> None:
    options = {"source": "calls", "source-kind": "official", "licence": "CC0"}
    told = here(Job("records", dropped(tmp_path), options))
    assert any(isinstance(m, Said) and "source calls (official)" in m.text for m in told)
    assert 'licence = "CC0"' in (store / "sources.toml").read_text()
    told = here(Job("records", dropped(tmp_path), {"source-kind": "map=/x"}, dry_run=True))
    assert isinstance(told[-1], Stopped) and "official, press, community" in told[-1].text


def test_kinds_come_from_a_table_of_ours_only(here: Here, tmp_path: Path) -> None:
    told = here(Job("records", dropped(tmp_path), {"kinds": "/etc/passwd"}, dry_run=True))
    assert isinstance(told[-1], Stopped) and "comes with us: crime" in told[-1].text
    content = GOOD.replace(b"sighting", b"BURGLARY")
    options = {"source": "tips", "kinds": "crime"}
    told = here(Job("records", dropped(tmp_path, content), options, who("tips"), dry_run=True))
    assert isinstance(told[-1], RecordsRead) and told[-1].kept == 1


def test_words_of_the_file_for_what_happened_are_told_with_their_rows(
    here: Here, tmp_path: Path
) -> None:
    head = "id,time,lat,lon,offense\n"
    rows = [f"{i},2024-03-01 10:00,44.97,-93.27,{'Blue' if i else 'Red'} moon\n" for i in range(3)]
    file = dropped(tmp_path, "".join([head, *rows]).encode())
    told = here(Job("records", file, {"source": "tips"}, who("tips"), dry_run=True))
    assert told[-1] == KindsUnknown({"Blue moon": 2, "Red moon": 1})
    assert not any(isinstance(message, QuestionAsked | Stopped) for message in told)
    content = "".join([head, *(row.replace("moon", "moon, said Jo Doe. He left.") for row in rows)])
    told = here(Job("records", dropped(tmp_path, content.encode()), {}, who("a"), dry_run=True))
    assert "Jo Doe" not in "".join(map(encode, told)), "sentences may name people"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "--source=x.csv", "a b;c.csv", "\u202egpj.csv", "", "x" * 300]
)
def test_a_strange_name_is_only_a_name(name: str, here: Here, tmp_path: Path) -> None:
    file = Path(dropped(tmp_path, GOOD, name))
    assert file.parent == tmp_path and file.read_bytes() == GOOD
    told = here(Job("records", str(file), {"source": "tips"}, who("tips"), dry_run=True))
    assert isinstance(told[-1], RecordsRead), told[-1]


def test_no_csv_is_a_sentence(here: Here, tmp_path: Path) -> None:
    told = here(Job("records", dropped(tmp_path, b"\x89PNG\r\n\x1a\n" + bytes(600)), dry_run=True))
    assert isinstance(told[-1], Stopped) and "Traceback" not in told[-1].text


def test_a_child_that_dies_is_a_sentence(tmp_path: Path) -> None:
    told = list(run_job(Job("nothing of this name", dropped(tmp_path))))
    assert len(told) == 1 and isinstance(told[0], Stopped) and "was stopped" in told[0].text


def test_a_page_that_is_left_ends_the_child(tmp_path: Path) -> None:
    told = run_job(Job("records", dropped(tmp_path), {"source": "tips"}, who("tips")))
    next(told)
    told.close()
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    if children.exists():
        alive = [Path(f"/proc/{n}/cmdline").read_bytes() for n in children.read_text().split()]
        assert not [words for words in alive if b"confined" in words]


@pytest.mark.skipif(os.name != "posix" or sys.platform != "linux", reason="Linux only")
def test_the_child_has_no_network() -> None:
    code = (
        "from data.jobs.confined import confine; confine(); import socket; s = socket.socket(); "
        "s.settimeout(2); s.connect(('127.0.0.1', 9))"
    )
    tried = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    # in a network of its own even the loopback is down
    if "Connection refused" in tried.stderr:
        pytest.skip("this system does not let a process leave the network")
    assert "Network is unreachable" in tried.stderr


def test_the_child_has_a_memory_limit() -> None:
    code = "from data.jobs.confined import confine; confine(); b = bytearray(6 << 30)"
    tried = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "MemoryError" in tried.stderr


def test_a_dropped_mapping_is_used(here: Here, tmp_path: Path) -> None:
    content = GOOD.replace(b"kind", b"what").replace(b"sighting", b"seen")
    rules = b"""[columns]
        occurred_at = "time"
        lat = "lat"
        lon = "lon"
        kind = "what"
        [time]
        format = "%Y-%m-%d %H:%M"
        [values.kind]
        seen = "sighting"
        """
    options = {"source": "tips", "map": dropped(tmp_path, rules, "mapping.toml")}
    told = here(Job("records", dropped(tmp_path, content), options, who("tips"), dry_run=True))
    assert isinstance(told[-1], RecordsRead) and told[-1].kept == 1


def test_what_is_no_message_is_said() -> None:
    assert decode("waiting") == Said("waiting") and decode('{"a": 1}') == Said('{"a": 1}')


def test_options_of_the_command_line_are_fields_of_the_page() -> None:
    said = fields_named("Say how, e.g. --date-format, or --kind KIND for all; --no-header.")
    assert said == "Say how, e.g. “Date format”, or “Kind of all rows” for all; --no-header."
    said = fields_named(
        "Stopped: so. A mapping to edit is written with --save-map FILE.\nUse --map."
    )
    assert said == "Stopped: so.\nUse “Mapping (TOML)”."
    said = fields_named("No time. What was found so far is a mapping, to edit: /x/found.toml")
    assert said == "No time."


def test_advice_on_kinds_is_for_a_page_that_has_a_box_and_a_list() -> None:
    """Nobody who has only the page is sent to a file or to an option of the command line."""
    found = OtherKind("offense", 40, 100, {"MISC": 40})
    for table in ("", "crime"):
        for draft in (None, "/x/mappings/a-kinds-1.toml"):
            todo = advice.about_kinds(table, draft)
            (most,) = advice.advise(100, {RowReason.UNKNOWN_KIND: 90}, todo)
            first = advice.many_other(found, todo)
            for said in map(fields_named, (f"{words.sentence_case(todo)}.", most, first)):
                assert "hoose a kind for each word that this page lists" in said, said
                assert ("ick “These are crime records”" in said) == (not table)
                bad = ("--", "Table of kinds", "FILE", ".toml", " .", "crime_kinds")
                assert not [word for word in bad if word in said], said
    lines = f"Before.\n{advice.DRAFT_OF_KINDS}/x/mappings/a.b-kinds-1.toml\nAfter."
    assert fields_named(lines) == "Before.\nAfter."


def test_a_page_learns_that_many_rows_are_other(here: Here, tmp_path: Path) -> None:
    """Its box for crime records then stands there, as the sentence says."""
    rows = "".join(f"{i},2024-03-01 10:00,44.97,-93.27,other\n" for i in range(4))
    content = f"id,date,lat,lon,kind\n{rows}".encode()
    file, options = dropped(tmp_path, content), {"source-kind": "official", "source": "calls"}
    told = here(Job("records", file, options, dry_run=True))
    assert isinstance(told[-1], RecordsRead) and told[-1].many_other
    file = dropped(tmp_path, content.replace(b"other", b"sighting"))
    told = here(Job("records", file, options, dry_run=True))
    assert isinstance(told[-1], RecordsRead) and not told[-1].many_other


def test_every_option_of_a_field_is_one_of_the_import() -> None:
    from data.imports.options import Options
    from ui.files.import_fields import FIELDS

    known = set(Options.__dataclass_fields__)
    assert {name.replace("-", "_") for name in FIELDS} <= known
