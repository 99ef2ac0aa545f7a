"""A place's own kinds of incidents: kinds.toml of its store, and tables that an import is given.

A kind's name is its label in every language: its code is the same text with underscores.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from data import words
from data.settings import Problem, read_toml
from data.words import Kind

FILE = "kinds.toml"
SHIPPED = {"crime": Path(__file__).with_name("crime_kinds.toml")}
MOST_KINDS = 100
MOST_NAME_LETTERS = 40  # of a label
_LABEL = re.compile(r"[^\W_]+(?: [^\W_]+)*")
_ENTRIES = {"definition", "sensitive", "texts"}


class KindTable(NamedTuple):
    """Own kinds, and the texts that stand for kinds in files: the code by text."""

    kinds: tuple[Kind, ...] = ()
    texts: Mapping[str, str] = {}


NO_KINDS = KindTable()


def use_kinds_of(root: Path) -> None:
    """Let records be of the kinds of the store in a folder, and of no other place's."""
    words.use_kinds(kinds_of(root).kinds)


def kinds_of(root: Path) -> KindTable:
    """The own kinds of the store in a folder; none where it has no such file."""
    file = root / FILE
    try:
        state = file.stat()
    except OSError:
        return NO_KINDS
    return _read_again(file, state.st_mtime_ns, state.st_size, state.st_ino)


@lru_cache(maxsize=8)
def _read_again(file: Path, changed: int, size: int, number: int) -> KindTable:  # noqa: ARG001
    return read_kinds(file)


def read_kinds(file: Path) -> KindTable:
    """The kinds in a TOML file. Problem names the entry that does not fit."""
    try:
        tables = read_toml(file)
    except FileNotFoundError:
        raise Problem(
            f"{file} cannot be read: there is no such file. With the program comes: "
            f"--kinds {', '.join(SHIPPED)}."
        ) from None
    kinds: dict[str, Kind] = {}
    texts: dict[str, str] = {}
    shared = {kind.code for kind in words.KINDS}
    for name, table in tables.items():
        where = f"{file.name}: [{name}]"
        code = _code(name, where)
        if not isinstance(table, dict) or (unknown := sorted(table.keys() - _ENTRIES)):
            what = f"an unknown entry, {unknown[0]}" if isinstance(table, dict) else "no table"
            raise Problem(f"{where} has {what}. Known are: {', '.join(sorted(_ENTRIES))}.")
        if code in kinds:
            raise Problem(f"{where} stands there twice.")
        if code not in shared:
            kinds[code] = _kind(code, table, where)
        elif table.keys() - {"texts"}:
            raise Problem(f"{where} is a kind that every place has: only texts can be added to it.")
        for text in _texts(table, where):
            other = texts.setdefault(text, code)
            if other != code:
                raise Problem(f'{where}: "{text}" stands for {words.spoken(other)} already.')
    if len(kinds) > MOST_KINDS:
        raise Problem(f"{file.name} has {len(kinds)} kinds; {MOST_KINDS} are the most.")
    return KindTable(tuple(kinds.values()), texts)


def _code(name: str, where: str) -> str:
    label = " ".join(name.lower().split())
    if not _LABEL.fullmatch(label) or len(label) > MOST_NAME_LETTERS or label == "all":
        raise Problem(
            f"{where}: a kind is called by letters, digits and single blanks, {MOST_NAME_LETTERS} "
            'characters at most, such as "vehicle theft".'
        )
    return label.replace(" ", "_")


def _kind(code: str, table: Mapping[str, Any], where: str) -> Kind:
    definition, sensitive = table.get("definition"), table.get("sensitive")
    if not isinstance(definition, str) or not 1 <= len(definition.strip()) <= 300:
        raise Problem(f'{where} needs definition = "...": one sentence on what it is.')
    if not isinstance(sensitive, bool):
        raise Problem(
            f"{where} needs sensitive = true or false: a sensitive kind is released for the whole "
            "city and the year only."
        )
    return Kind(code, " ".join(definition.split()), sensitive)


def _texts(table: Mapping[str, Any], where: str) -> list[str]:
    texts = table.get("texts", [])
    if not isinstance(texts, list) or any(not isinstance(text, str) for text in texts):
        raise Problem(f'{where} texts is a list of texts: ["...", "..."].')
    return [folded for text in texts if (folded := " ".join(text.casefold().split()))]
