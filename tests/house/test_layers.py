"""The house: who may import whom, how long a module may be, what pages and names may be."""

import ast
import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests import rooms
from tests.conftest import ROOT

MAY = {
    "geo": {"geo"},
    "data": {"data", "geo"},
    "ui": {"ui", "data", "geo"},
    "pages": {"ui", "geo"},
    "dashboard.py": {"ui"},
}
OURS = {"geo", "data", "ui", "pages", "bench", "tests"}
SCREEN = {"streamlit", "folium", "branca", "streamlit_folium", "altair"}
G = rooms.GROUND
# room -> the rooms that it may import; every room may import the ground, which imports no room
ROOMS = {
    "data": {
        "parse": "",
        "json_text": "",
        "files": "",
        "formats": "files json_text",
        "storage": "files parse",
        "people": "storage",
        "corrections": "people storage",
        "tables": "corrections storage",
        "areas": "files formats storage",
        "mappings": "areas files parse storage",
        "values": "files mappings parse storage",
        "columns": "files mappings parse values",
        "imports": "areas columns files formats mappings parse storage values",
        "pulls": "files formats imports mappings parse storage",
        "reports": "storage",
        "messages": "columns files formats imports mappings parse reports storage values",
        "views": "files storage",
        "maps": "areas storage views",
        "newsroom": "storage views",
        "patterns": "maps storage views",
        "embed": "files pictures privacy published release",
        "help": "embed",
        "privacy": "areas storage",
        "release": "files privacy storage",
        "notices": "corrections privacy release storage",
        "published": "files privacy release",
        "sample": "areas imports storage",
        "tips": "storage",
        "desk": "imports mappings messages people reports storage tables tips",
        "packets": "corrections desk files jobs people storage tips views",
        "attacks": "areas files imports privacy release sample storage",
        "upkeep": "areas corrections files imports privacy release storage tables",
        "cities": "pulls storage",
        "jobs": "areas cities files imports mappings maps privacy pulls sample storage tables",
        "pictures": "storage",
        "claims": "columns maps patterns storage views",
        "numbers": "claims maps newsroom patterns pictures storage views",
        "cites": "embed files numbers pictures privacy published release storage views",
        "commands": (
            "areas attacks cites cities claims corrections desk embed files imports jobs mappings maps messages "
            "notices numbers packets people pictures privacy pulls release reports sample storage "
            "tables tips upkeep views"
        ),
    },
    "ui": {
        "cached": "",
        "parts": "cached",
        "frame": "cached parts",
        "filters": "cached frame",
        "map": "cached frame parts",
        "map_page": "cached filters frame map parts",
        "explore": "cached filters frame map parts",
        "patterns": "cached explore filters frame map parts",
        "files": "cached frame parts",
        "newsroom": "cached explore filters frame map parts patterns",
        "arrival": "cached explore files filters frame map parts patterns",
        "public": "frame map parts",
        "door": "",
        "help": "",
        "desk": "cached explore frame parts",
        "app": "arrival desk door frame help map_page public",
    },
}
MOST_MODULES = 20
BANNED = {
    *("told", "said", "made", "found", "asked", "held", "kept", "known"),
    *("given", "here", "over", "place"),
}


def files(place: str) -> list[Path]:
    path = ROOT / place
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def imported(file: Path) -> set[str]:
    """The first names of everything a file imports, wherever in the file."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("place", MAY)
def test_arrows(place: str) -> None:
    for file in files(place):
        wrong = (imported(file) & OURS) - MAY[place]
        assert not wrong, f"{file.relative_to(ROOT)} imports {wrong}"


@pytest.mark.parametrize("folder", ROOMS)
def test_arrows_between_rooms(folder: str) -> None:
    found = rooms.arrows(folder)
    assert not found.get(G), f"the ground of {folder} imports {dict(found[G])}"
    for room, to in found.items():
        for other, pairs in to.items():
            may = {G, *ROOMS[folder][room].split()}
            assert other in may, f"{room} may not import {other}: {sorted(pairs)}"


@pytest.mark.parametrize("folder", ROOMS)
def test_no_room_stands_in_a_circle(folder: str) -> None:
    """Rooms can be taken away one by one, each when nothing that is left imports it."""
    left = {room: set(may.split()) for room, may in ROOMS[folder].items()}
    while left:
        free = [room for room, may in left.items() if not may & left.keys()]
        assert free, f"a circle among {sorted(left)}"
        for room in free:
            del left[room]


@pytest.mark.parametrize("folder", ROOMS)
def test_rooms_are_small_and_say_what_they_are(folder: str) -> None:
    count: dict[str, int] = {}
    for module in rooms.modules(folder):
        count[rooms.room_of(module)] = count.get(rooms.room_of(module), 0) + 1
    assert count.keys() - {G} == ROOMS[folder].keys()
    assert max(count.values()) <= MOST_MODULES, count
    for room in ROOMS[folder]:
        assert ast.get_docstring(ast.parse((ROOT / folder / room / "__init__.py").read_text()))


@pytest.mark.parametrize("folder", ROOMS)
def test_a_public_name_means_one_thing(folder: str) -> None:
    many = {n: where for n, where in rooms.names_used_twice(folder).items() if len(where) > 2}
    assert not many
    for module, file in rooms.modules(folder).items():
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                assert node.name not in BANNED, f"{module}.{node.name}"


@pytest.mark.parametrize("place", ["geo", "data", "ui", "pages"])
def test_no_module_of_ours_has_a_second_name(place: str) -> None:
    for file in files(place):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in OURS:
                other = [a for a in node.names if a.asname not in (None, a.name)]
                assert not other, f"{file.relative_to(ROOT)}:{node.lineno}"


@pytest.mark.parametrize("place", ["geo", "data"])
def test_no_screen_below_ui(place: str) -> None:
    for file in files(place):
        assert not imported(file) & SCREEN, file


def test_geo_reads_and_writes_nothing() -> None:
    doors = {"os", "io", "socket", "urllib", "requests", "duckdb", "sqlite3", "pathlib"}
    for file in files("geo"):
        assert not imported(file) & (doors | {"time", "datetime"}), file


@pytest.mark.parametrize("place", ["geo", "data", "ui", "bench"])
def test_modules_are_small(place: str) -> None:
    for file in files(place):
        lines = len(file.read_text().splitlines())
        assert lines <= 400, f"{file.relative_to(ROOT)} has {lines} lines"


def test_pages_are_short_scripts() -> None:
    for file in files("pages"):
        tree = ast.parse(file.read_text())
        assert len(file.read_text().splitlines()) <= 60, file
        made = (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)
        assert not [n for n in tree.body if isinstance(n, made)], file


def test_no_grab_bags() -> None:
    banned = {"utils", "helpers", "common", "models", "services", "misc"}
    for place in ("geo", "data", "ui", "pages"):
        assert not {file.stem for file in files(place)} & banned


def test_every_page_is_in_the_menu() -> None:
    from ui.frame.menu import TABLES

    assert {name for table in TABLES.values() for name, *_ in table} == {
        f"pages/{f.name}" for f in files("pages")
    }


def test_the_map_is_not_loaded_before_a_page_runs() -> None:
    """A component of Streamlit's registers with the server only from a page's own run."""
    asked = "import sys, ui.app.start; sys.exit('streamlit_folium' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=False).returncode == 0


def test_mypy_skips_no_package_that_ships_types() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"]
    skipped = [name.removesuffix(".*") for o in settings["overrides"] for name in o["module"]]
    packages = [found for name in skipped if (found := importlib.util.find_spec(name))]
    assert len(packages) > 3
    typed = [p.name for p in packages if (Path(p.origin or "").parent / "py.typed").exists()]
    assert typed == []
