"""Streamlit's files, packed: every patch fits, every icon is there, and they are served right."""

import ast
import gzip
import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import brotli
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.conftest import ROOT, dashboard, once
from tests.tabs import PATIENCE
from ui.app import gate, packed_files, packed_fonts, packed_static
from ui.app.packed_static import PATCHES, Misfit, Patch
from ui.frame import look

PLAIN = packed_static.source()
SCRIPT = next(PLAIN.glob("static/js/index.*.js"))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The copy of today, made by this code."""
    if made := packed_static.find():
        return made
    folder = once(tmp_path_factory, "packed", lambda folder: packed_static.pack(folder) and None)
    made = packed_static.find(folder)
    assert made
    return made


@pytest.fixture(scope="module")
def asked(copy: Path) -> Iterator[TestClient]:
    """A client of the pages and the packed files."""
    app = Starlette(routes=packed_files.Pages(copy.parent).routes(["/", "/areas"]))
    with TestClient(app, headers={"accept-encoding": "identity"}) as client:
        yield client


def address(copy: Path, pattern: str) -> str:
    file = next(copy.glob(pattern))
    return f"{packed_static.ADDRESS}/{copy.name}/{file.relative_to(copy)}"


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.name)
def test_every_patch_fits_the_pinned_streamlit(patch: Patch, tmp_path: Path) -> None:
    for file in PLAIN.glob(patch.files):
        (tmp_path / file.relative_to(PLAIN)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, tmp_path / file.relative_to(PLAIN))
    packed_static.apply(patch, tmp_path)
    files = list(tmp_path.glob(patch.files))
    assert any(f.read_bytes() != (PLAIN / f.relative_to(tmp_path)).read_bytes() for f in files)
    with pytest.raises(Misfit, match=patch.name):
        packed_static.apply(replace(patch, old="words that stand nowhere", new=""), tmp_path)


def test_the_patched_words_are_there_and_the_old_ones_gone(copy: Path) -> None:
    script = (copy / SCRIPT.relative_to(PLAIN)).read_text()
    assert "streamlit run" not in script and "Is Streamlit still running" not in script
    assert script.count(packed_static.AGAIN) == 3
    index = (copy / "index.html").read_text()
    assert "<title>Porchlight</title>" in index and "Streamlit app" not in index
    assert "./static/" not in index and "openapi" not in index
    for name in re.findall(rf'"{packed_static.ADDRESS}/{copy.name}/([^"]+)"', index):
        assert (copy / name).is_file(), name
    assert look.STYLE.removeprefix("<style>").removesuffix("</style>") in index.split("</head>")[0]


def test_the_scripts_of_the_packed_page_are_those_that_the_policy_lets_run(copy: Path) -> None:
    inline = re.findall(r"<script>(.*?)</script>", (copy / "index.html").read_text(), re.S)
    assert inline == re.findall(r"<script>(.*?)</script>", (PLAIN / "index.html").read_text(), re.S)
    assert len(inline) == 1 and len(gate.script_hashes().split()) == 1


def test_compressed_twins_hold_the_same_bytes(copy: Path) -> None:
    for name in ("index.html", str(SCRIPT.relative_to(PLAIN))):
        body = (copy / name).read_bytes()
        assert brotli.decompress((copy / f"{name}.br").read_bytes()) == body
        assert gzip.decompress((copy / f"{name}.gz").read_bytes()) == body
    text = [f for f in PLAIN.rglob("*.js") if f.stat().st_size > 600]
    assert len(text) > 200 and all((copy / f"{f.relative_to(PLAIN)}.br").exists() for f in text)


def test_no_icon_that_is_named_is_missing(copy: Path) -> None:
    """An icon that the font has not is drawn as its word."""
    drawn = packed_fonts.icons_in(next(copy.glob(packed_static.ICONS)).read_bytes())
    whole = packed_fonts.icons_in(next(PLAIN.glob(packed_static.ICONS)).read_bytes())
    theirs = packed_fonts.icons_named([PLAIN / "static/js"], ".js")
    assert len(theirs & whole) > 60 and (theirs & whole) <= drawn
    assert {"keyboard_double_arrow_right", "expand_more", "close", "check", "error"} <= drawn
    ours = {
        name
        for place in packed_fonts.OURS
        for file in ([ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for name in re.findall(r":material/(\w+):", node.value)
    }
    assert ours <= drawn


def test_an_icon_of_ours_is_collected_and_an_unknown_one_is_said(tmp_path: Path) -> None:
    (tmp_path / "page.py").write_text('st.button("Home", icon=":material/home:")')
    assert packed_fonts.icons_named([tmp_path], ".py") == {"home"}
    font = next(PLAIN.glob(packed_static.ICONS)).read_bytes()
    assert packed_fonts.icons_in(packed_fonts.subset_icons(font, ["home", "close"])) == {
        "home",
        "close",
    }
    with pytest.raises(ValueError, match="no icon no_such_thing"):
        packed_fonts.subset_icons(font, ["home", "no_such_thing"])


def test_small_letters_are_small_and_the_others_are_still_there(copy: Path) -> None:
    from fontTools.ttLib import TTFont

    whole, small = sorted(
        copy.glob("static/media/SourceSansVF-Upright.*"), key=lambda f: len(f.name)
    )
    assert small.stat().st_size < whole.stat().st_size / 3
    letters = TTFont(small).getBestCmap()
    assert {ord(c) for c in "aZé²–·≥×ñŁ°€→"} <= letters.keys() and ord("Ж") not in letters
    assert ord("Ж") in TTFont(whole).getBestCmap()
    ranges = sorted(packed_fonts.SMALL + packed_fonts.REST)
    assert ranges[0][0] == 0 and ranges[-1][1] == 0x10FFFF
    assert all(one[1] + 1 == other[0] for one, other in pairwise(ranges))


@pytest.mark.parametrize(
    ("wants", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("identity", None),
        ("", None),
    ],
)
def test_a_browser_gets_the_coding_it_takes(
    asked: TestClient, copy: Path, wants: str, coding: str | None
) -> None:
    answer = asked.get(address(copy, "static/js/index.*.js"), headers={"accept-encoding": wants})
    assert answer.status_code == 200 and answer.headers.get("content-encoding") == coding
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["cache-control"] == packed_files.FOR_EVER
    assert answer.content == next(copy.glob("static/js/index.*.js")).read_bytes()


def test_ranges_validators_and_methods(asked: TestClient, copy: Path) -> None:
    path, body = address(copy, "static/js/index.*.js"), SCRIPT.read_bytes()
    part = asked.get(path, headers={"range": "bytes=0-99", "accept-encoding": "br"})
    assert part.status_code == 206 and part.content == body[:100]
    assert part.headers["content-range"].startswith("bytes 0-99/")
    assert asked.get(path, headers={"range": "bytes=99999999-"}).status_code == 416
    for coding in ("br", "identity"):
        first = asked.get(path, headers={"accept-encoding": coding})
        again = {"if-none-match": first.headers["etag"], "accept-encoding": coding}
        answer = asked.get(path, headers=again)
        assert answer.status_code == 304 and answer.content == b""
        assert answer.headers["cache-control"] == packed_files.FOR_EVER
    head = asked.head(path)
    assert head.status_code == 200 and head.content == b""
    assert asked.post(path).status_code == 405


def test_a_page_is_asked_for_anew_and_answered_with_304(asked: TestClient) -> None:
    for path in ("/", "/areas"):
        page = asked.get(path, headers={"accept-encoding": "br"})
        assert page.headers["cache-control"] == "no-cache"
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        told = {"if-none-match": page.headers["etag"], "accept-encoding": "br"}
        assert asked.get(path, headers=told).status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "/s",
        "/s/",
        "/s/{name}",
        "/s/{name}/",
        "/s/{name}/static/js/",
        "/s/{name}/static/js/nothing.js",
        "/s/000000000000/index.html",
        "/s/../porchlight.css",
        "/s/%2e%2e/porchlight.css",
        "/s/{name}/..%2f..%2f..%2fporchlight.css",
        "/s/.{name}-1/index.html",
        "/s/{name}/%00",
    ],
)
def test_nothing_else_is_served(asked: TestClient, copy: Path, path: str) -> None:
    assert asked.get(path.format(name=copy.name), follow_redirects=False).status_code in (307, 404)
    hidden = copy.parent / f".{copy.name}-1"
    assert not hidden.exists()


def changed(folder: Path) -> Path:
    """Streamlit's files of another version: one sentence reads otherwise, some files are gone."""
    for file in PLAIN.rglob("*"):
        if file.is_file() and (file.suffix in (".css", ".html") or file == SCRIPT):
            (folder / file.relative_to(PLAIN)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, folder / file.relative_to(PLAIN))
    (folder / "static/media").mkdir()
    for pattern in (packed_static.ICONS, packed_static.LETTERS):
        font = next(PLAIN.glob(pattern))
        shutil.copyfile(font, folder / font.relative_to(PLAIN))
    script = folder / SCRIPT.relative_to(PLAIN)
    script.write_text(script.read_text().replace("Is Streamlit still running?", "Is it running?"))
    return folder


def test_a_patch_that_does_not_fit_is_said_and_the_plain_page_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other, folder = changed(tmp_path / "other"), tmp_path / "packed"
    monkeypatch.setattr(packed_static, "source", lambda: other)
    monkeypatch.setattr("sys.argv", ["packed_static", str(folder)])
    assert packed_static.main() == 1
    said = capsys.readouterr().err
    assert "served as they are" in said and "'lost here' fits 0 times" in said
    assert list(folder.iterdir()) == []  # nothing half made
    with TestClient(Starlette(routes=packed_files.Pages(folder).routes(["/"]))) as client:
        page = client.get("/")
        assert page.status_code == 200 and page.text == (other / "index.html").read_text()
        assert page.headers["cache-control"] == "no-cache"


def test_where_nothing_can_be_written_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr("sys.argv", ["packed_static", str(tmp_path / "file")])
    assert packed_static.main() == 1 and "served as they are" in capsys.readouterr().err


def test_without_the_library_that_compresses_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "fontTools", None)  # as if it were not installed
    monkeypatch.setattr("sys.argv", ["packed_static", str(tmp_path)])
    assert packed_static.main() == 1 and "fontTools" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_another_style_or_version_has_another_address(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {packed_static.digest()}
    monkeypatch.setattr(look, "STYLE", "<style>b { color: inherit }</style>")
    names.add(packed_static.digest())
    monkeypatch.setattr(packed_static, "version", lambda name: "1")
    names.add(packed_static.digest())
    monkeypatch.setattr(packed_fonts, "our_icons", lambda: {"home"})
    names.add(packed_static.digest())
    assert len(names) == 4 and all(re.fullmatch("[0-9a-f]{12}", name) for name in names)


def test_where_it_is_absent_it_is_made_while_the_plain_page_is_served(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As at the start of a dashboard whose files were not packed."""
    pages = packed_files.Pages(tmp_path)
    with TestClient(Starlette(routes=pages.routes(["/"]))) as client:
        assert f"{packed_static.ADDRESS}/" not in client.get("/").text

        def packing(words: list[str], **more: Any) -> None:
            assert words[1:] == ["-m", "ui.app.packed_static", str(tmp_path)]
            shutil.copytree(copy, tmp_path / copy.name)

        monkeypatch.setattr(packed_files.subprocess, "run", packing)
        pages._pack()
        page = client.get("/").text
        assert f'"{packed_static.ADDRESS}/{copy.name}/' in page
        shutil.rmtree(tmp_path / copy.name)  # make clean
        assert client.get("/").text == (PLAIN / "index.html").read_text()


def test_every_user_can_read_a_copy_whatever_the_umask(tmp_path: Path) -> None:
    """The team's dashboard packs with umask 077; the public's may be another user."""
    old = os.umask(0o077)
    try:
        made = packed_static.pack(tmp_path / "packed")
    finally:
        os.umask(old)
    for file in (made.parent, made, *made.rglob("*")):
        want = 0o755 if file.is_dir() else 0o644
        assert file.stat().st_mode & 0o777 == want, file


def test_only_two_copies_are_kept(copy: Path, tmp_path: Path) -> None:
    for age, name in enumerate(("a", "b", "c")):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (1000 + age, 1000 + age))
    packed_static.drop_old(tmp_path)
    assert {f.name for f in tmp_path.iterdir()} == {"b", "c"}


@pytest.mark.browser
def test_in_a_browser(browser: Any, copy: Path, sample_store: Path, tmp_path: Path) -> None:
    """Pages come from the copy, the style holds without the page's own, icons are drawn as such,
    and a lost connection is said in our words."""
    log = tmp_path / "log"
    with dashboard(sample_store, log) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 800}, bypass_csp=False)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url.removeprefix(address)))
        page.set_default_timeout(PATIENCE)
        page.goto(address, wait_until="commit")
        page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
        page.get_by_test_id("stIconMaterial").first.wait_for(state="attached")
        face = "document.fonts.load('16px Material Symbols Rounded')"
        assert page.evaluate(f"{face}.then(faces => faces.length)") == 1
        files = [path for path in asked if path.startswith(("/s/", "/static/"))]
        assert len(files) > 40
        assert [path for path in files if not path.startswith("/s/")] == []
        assert not [
            path for path in files if "SourceSansVF-Upright" in path and ".small." not in path
        ]
        main = page.get_by_test_id("stMainBlockContainer")
        padding = "e => getComputedStyle(e).paddingTop"
        before = main.evaluate(padding)
        page.evaluate("document.querySelectorAll('body style').forEach(e => e.remove())")
        assert main.evaluate(padding) == before == "108px"
        # the word of an icon is wider than high
        wide = (
            "all => all.filter(e => e.scrollWidth > 1.5 * parseFloat(getComputedStyle(e).fontSize))"
        )
        icons = page.get_by_test_id("stIconMaterial")
        assert icons.count() > 0
        assert icons.evaluate_all(f"{wide}.map(e => e.textContent)") == []
    page.get_by_text(packed_static.AGAIN).wait_for()
    page.get_by_text("No connection to Porchlight").wait_for()
    assert not page.get_by_text("streamlit run").count()
    page.close()
