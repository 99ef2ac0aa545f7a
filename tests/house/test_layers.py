"""The house: who may import whom, how long a module may be, what pages may hold."""

import ast
import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAY = {
    "geo": {"geo"},
    "data": {"data", "geo"},
    "ui": {"ui", "data", "geo"},
    "pages": {"ui", "geo"},
    "dashboard.py": {"ui"},
}
OURS = {"geo", "data", "ui", "pages", "bench", "tests"}
SCREEN = {"streamlit", "folium", "branca", "streamlit_folium", "altair"}


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
