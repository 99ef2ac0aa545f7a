"""One fold: nothing but the ledger and its history reads events; storage stands on the ground."""

import ast
from pathlib import Path

from tests.house.test_layers import ROOT, files

STORAGE = ROOT / "data" / "storage"
READERS = {STORAGE / f"{name}.py" for name in ("events", "history", "ledger", "postgres_ledger")}
# the desk's events are of another log, with a fold of its own
DESK = {ROOT / "data" / "tips" / f"{name}.py" for name in ("desk_log", "desk_events")}
# the store checks what it reads; the roster needs no more of a store than its ledger
ASK = READERS | {
    STORAGE / "store.py",
    ROOT / "data" / "people" / "roster.py",
    ROOT / "data" / "commands" / "ledger.py",  # takes them from one ledger into another
}
# storage stands on these rooms, and on modules of data itself
BELOW = {"files", "parse", "storage"}


def attributes(file: Path) -> set[str]:
    """The names of all attributes that a file asks for."""
    return {n.attr for n in ast.walk(ast.parse(file.read_text())) if isinstance(n, ast.Attribute)}


def asks_for_events(file: Path) -> bool:
    """Return whether a file asks a ledger or store for its events."""
    return any(
        isinstance(n, ast.Call)
        and not n.args
        and isinstance(n.func, ast.Attribute)
        and n.func.attr == "events"
        for n in ast.walk(ast.parse(file.read_text()))
    )


def kinds_asked(file: Path) -> set[str]:
    """The kinds of events by which a file decides: isinstance, or a case of a match."""
    kinds = {
        n.name
        for n in ast.parse((STORAGE / "events.py").read_text()).body
        if isinstance(n, ast.ClassDef)
    }
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "isinstance":
            found |= {n.id for n in ast.walk(node.args[1]) if isinstance(n, ast.Name)}
        elif isinstance(node, ast.MatchClass):
            found |= {n.id for n in ast.walk(node.cls) if isinstance(n, ast.Name)}
    return found & (kinds - {"Event"})


def test_nothing_else_reads_verbs_or_folds_events() -> None:
    ours = [file for place in ("data", "ui", "pages", "bench") for file in files(place)]
    assert {f for f in ours if "verb" in attributes(f)} <= READERS | DESK
    assert {f for f in ours if asks_for_events(f)} <= ASK
    assert {f for f in ours if kinds_asked(f)} <= READERS


def test_a_ledger_is_no_path() -> None:
    """Only the ledger's own module knows in what it is kept."""
    for file in files("data"):
        if file != STORAGE / "ledger.py":
            tree = ast.parse(file.read_text())
            imports = [n for n in ast.walk(tree) if isinstance(n, ast.Import)]
            assert "sqlite3" not in {a.name for n in imports for a in n.names}, file
            assert "SqliteLedger" not in file.read_text(), file


def test_storage_imports_no_room_above_it() -> None:
    """Also inside functions, where an import would hide a circle."""
    for file in files("data/storage"):
        for node in ast.walk(ast.parse(file.read_text())):
            named = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            named += [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if named == ["data"]:
                named = [f"data.{a.name}" for a in node.names]  # type: ignore[attr-defined]
            for name in named:
                room = [*name.split("."), "", ""][1]
                inside = name.startswith("data.") and (ROOT / "data" / room).is_dir()
                assert not inside or room in BELOW, f"{file.name} imports {name}"


def test_storage_and_areas_import_our_modules_at_the_top() -> None:
    for room in ("data/storage", "data/areas"):
        for file in files(room):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("data"):
                    assert node.col_offset == 0, f"{file.name} imports {node.module} in a function"
