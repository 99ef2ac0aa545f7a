"""Print modules and arrows between rooms: python -m tests.rooms [FOLDER]."""

import ast
import sys
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GROUND = "(ground)"
Arrows = dict[str, dict[str, set[tuple[str, str]]]]


def room_of(module: str) -> str:
    """The room of a dotted module: data.views.links -> views; a ground module -> (ground)."""
    parts = module.split(".")
    return parts[1] if len(parts) > 2 else GROUND


def modules(folder: str, root: Path = ROOT) -> dict[str, Path]:
    """The modules of a folder by dotted name, without its `__init__` and `__main__`."""
    files = sorted((root / folder).rglob("*.py"))
    return {
        ".".join(file.relative_to(root).with_suffix("").parts): file
        for file in files
        if not file.stem.startswith("__")
    }


def imported(file: Path, known: dict[str, Path]) -> set[str]:
    """The modules among `known` that a file imports, wherever in the file."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {f"{node.module}.{a.name}" for a in node.names} | {node.module}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name for name in names if name in known}


def arrows(folder: str, root: Path = ROOT) -> Arrows:
    """Room to room, the pairs of modules that make the arrow."""
    known = modules(folder, root)
    found: Arrows = defaultdict(lambda: defaultdict(set))
    for module, file in known.items():
        for other in imported(file, known):
            if room_of(module) != room_of(other):
                found[room_of(module)][room_of(other)].add((module, other))
    return found


def names_used_twice(folder: str, root: Path = ROOT) -> dict[str, list[str]]:
    """Public names that more than one module of a folder defines, with these modules."""
    where = defaultdict(list)
    for module, file in modules(folder, root).items():
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                defined = [node.name]
            elif isinstance(node, ast.Assign):
                defined = [t.id for t in node.targets if isinstance(t, ast.Name)]
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                defined = [node.target.id]
            else:
                continue
            for name in defined:
                if not name.startswith("_"):
                    where[name].append(module)
    return {name: found for name, found in where.items() if len(found) > 1}


def main(root: Path) -> None:
    """Print the figures of both folders."""
    for folder in ("data", "ui"):
        known, found = modules(folder, root), arrows(folder, root)
        count = Counter(map(room_of, known))
        twice = names_used_twice(folder, root)
        of_modules = sum(len(imported(file, known) - {module}) for module, file in known.items())
        between = sum(len(pairs) for to in found.values() for pairs in to.values())
        print(f"{folder}: {len(known)} modules, {of_modules} imports of each other")
        print(f"  {len(count.keys() - {GROUND})} rooms, {sum(map(len, found.values()))} arrows")
        print(f"  between rooms, made of {between} imports")
        print(
            f"  {len(twice)} public names defined twice or more, {sum(len(w) > 2 for w in twice.values())} more than twice"
        )
        for name, number in sorted(count.items()):
            print(f"  {name:10} {number:3}  -> {' '.join(sorted(found.get(name, ())))}")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT)
