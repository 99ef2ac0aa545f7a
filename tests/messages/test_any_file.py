"""Whatever a file holds, it is read or refused with a sentence; nothing leads out, nothing swells."""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.messages.message import LeftOut, Reading
from data.messages.read_messages import MESSAGE_FORMATS, find_format
from data.settings import Problem
from tests.conftest import ROOT
from tests.messages.door import ZONE, read, written
from tests.messages.test_apps import SMS
from tests.messages.test_email import HTML, PLAIN

BEGINNINGS = (
    b"[31/12/2025, 11:40:26] Ana: two vans\n",
    b'{"type":"private_group","id":1,"messages":[{"id":1,"type":"message","date_unixtime":"1767283200","from_id":"u","text":["a",{"text":1}]}',
    b'{"chatItem":{"authorId":"3","dateSent":1767283200000,"standardMessage":{"text":{"body":"x"}}}}\n',
    b'{"envelope":{"source":"+1","timestamp":1767283200000,"dataMessage":{"message":"x"}}}\n',
    b'{"participants":[],"messages":[{"sender_name":"\\u00c3","timestamp_ms":1767283200000,"content":"x"}',
    SMS.encode(),
    PLAIN.encode(),
    b"From x@y Thu Jan  1 10:00:00 2026\n" + HTML.encode(),
    b"date,message\n2026-01-02 10:00,Two vans\n",
    b"PK\x03\x04",
    b"\xff\xfe",
    b"\x1f\x8b",
)


def try_to_read(content: bytes, suffix: str) -> None:
    """Read a file; a Problem is a fine answer, anything else is raised."""
    with tempfile.TemporaryDirectory() as folder:
        file = written(Path(folder) / f"file{suffix}", content)
        try:
            read(file)
        except Problem as problem:
            assert str(problem)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(BEGINNINGS),
    st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=6)), max_size=5),
    st.integers(0, 3000),
    st.sampled_from(["", ".txt", ".json", ".xml", ".zip", ".eml", ".csv"]),
)
def test_no_file_crashes(
    begin: bytes, changes: list[tuple[int, bytes]], cut: int, suffix: str
) -> None:
    content = bytearray(begin)
    for at, piece in changes:
        at %= len(content) + 1
        content[at : at + len(piece)] = piece
    try_to_read(bytes(content[: max(cut, 1)]), suffix)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
FIELDS = ("text", "date_unixtime", "id", "from_id", "from", "photo", "type", "content", "sender_name", "timestamp_ms", "share", "is_unsent")  # fmt: skip
FRAMES = ("chatItem", "recipient", "authorId", "dateSent", "standardMessage", "revisions", "remoteDeletedMessage", "envelope", "params", "dataMessage", "editMessage", "id", "contact")  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_value_of_json_crashes(data: st.DataObject) -> None:
    import json

    messages = data.draw(
        st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON) | JSON, max_size=4)
    )
    frames = st.dictionaries(
        st.sampled_from(FRAMES), st.dictionaries(st.sampled_from(FRAMES), JSON)
    )
    lines = data.draw(st.lists(frames, max_size=4))
    export = {"type": "private_group", "id": data.draw(JSON), "messages": messages}
    texts = [
        json.dumps(export),
        '{"sender_name": 1, "timestamp_ms": 1, "messages":' + json.dumps(messages) + "}",
        '{"chatItem": {}}\n' + "\n".join(map(json.dumps, lines)),
        '{"envelope": {}}\n' + "\n".join(map(json.dumps, lines)),
    ]
    for text in texts:
        try_to_read(text.encode(), ".json")


@pytest.mark.parametrize("name", ["../main.jsonl", "/etc/main.jsonl", "x/../../main.jsonl"])
def test_a_zip_that_leads_out_is_refused(name: str, tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, '{"chatItem":{}}')
    with pytest.raises(Problem, match="leads out"):
        read(file)


def test_a_link_that_leads_out_of_a_folder_is_refused(tmp_path: Path) -> None:
    secret = written(tmp_path / "secret.txt", "[31/12/2025, 11:40:26] Ana: two vans\n")
    (tmp_path / "export").mkdir()
    (tmp_path / "export/_chat.txt").symlink_to(secret)
    with pytest.raises(Problem, match="leads out"):
        read(tmp_path / "export")


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_chat.txt", b"[31/12/2025, 11:40:26] Ana: " + b"a" * (64 << 20))
    with pytest.raises(Problem, match="unpacks to more"):
        read(file)


def test_a_folder_of_several_kinds_and_one_of_none(tmp_path: Path) -> None:
    written(tmp_path / "a/_chat.txt", "x")
    written(tmp_path / "a/result.json", "{}")
    written(tmp_path / "b/picture.jpg", "x")
    with pytest.raises(Problem, match="several kinds"):
        find_format(tmp_path / "a")
    with pytest.raises(Problem, match="no messages"):
        find_format(tmp_path / "b")
    with pytest.raises(Problem, match="not there"):
        find_format(tmp_path / "c")


MANY = """
import resource, sys
from pathlib import Path
from data.messages.message import Reading
from data.messages.read_messages import find_format
file = Path(sys.argv[1])
for count, _ in enumerate(find_format(file).read(file, Reading("UTC", "UTC")), 1):
    if count == 2000:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(count, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
"""


@pytest.mark.parametrize("name", ["_chat.txt", "result.json"])
def test_memory_stays_flat(name: str, tmp_path: Path) -> None:
    """The peak grows by far less than what is read: messages are not gathered anywhere."""
    many, filler = 24_000, "word " * 400
    if name == "_chat.txt":
        text = "".join(f"[13/12/2025, 10:00:05] Ana: {n} {filler}\n" for n in range(many))
    else:
        own = ',"date_unixtime":"1767283200","from_id":"u"'
        listed = (f'{{"id":{n}{own},"text":"{filler}"}}' for n in range(many))
        text = f'{{"type":"private_group","id":1,"messages":[{",".join(listed)}]}}'
    file = written(tmp_path / name, text)
    size = file.stat().st_size >> 20
    done = subprocess.run(
        [sys.executable, "-c", MANY, str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    count, grown = map(int, done.stdout.split())
    assert count == many and size > 40 and grown < size * 0.8, (grown, size)


def test_formats_read_one_by_one(tmp_path: Path) -> None:
    """The first message is there before the last line is read: a broken end comes after it."""
    text = '{"type":"private_group","id":1,"messages":[{"id":1,"date_unixtime":"1767283200","from_id":"u","text":"two vans"},'
    file = written(tmp_path / "result.json", text)
    telegram = next(one for one in MESSAGE_FORMATS if one.name == "Telegram export")
    entries = telegram.read(file, Reading(ZONE, ZONE))
    assert not isinstance(next(entries), LeftOut)
    with pytest.raises(Problem):
        next(entries)
