"""Sources of records: who says so, their terms and what they cover."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from data import words
from data.settings import Problem, read_toml

CATALOGUE = Path(__file__).with_name("sources.toml")


@dataclass(frozen=True)
class Source:
    """One source. Outside `start`..`end` it says nothing; None means not stated."""

    name: str
    title: str
    says: str
    kind: str = "community"
    url: str = ""
    licence: str = "not stated"
    zone: str = ""
    start: date | None = None
    end: date | None = None
    area: str = ""
    covers: str = "Not stated."
    notes: str = ""
    changes: tuple[tuple[date, str], ...] = ()
    already_public: bool = False
    made: bool = False
    counts: bool | None = None
    own_words: bool = False  # its texts are ours, written to be read by anybody: press only

    @property
    def grade(self) -> str:
        """The grade that its records have unless they state one."""
        return "reported" if self.kind == "community" else "on_record"

    @property
    def is_count(self) -> bool:
        """Return whether its records count what happened, so that rates mean something.

        Unless it states so with `counts`, all do but the press, which tells of what it chose.
        """
        return self.kind != "press" if self.counts is None else self.counts


def read_catalogue(store_root: Path | None = None) -> dict[str, Source]:
    """All described sources by name: those shipped, then those of the store."""
    found = _read(CATALOGUE)
    if store_root is not None:
        found |= _read(store_root / "sources.toml")
    return found


def source_of(name: str, known: dict[str, Source]) -> Source:
    """A described source, or one of which nothing is known: treated as community.

    Nothing stated means the strict path: a source is official only where its table
    says so.
    """
    return known.get(name) or Source(name, title=name, says=f"records of {name}")


def _read(file: Path) -> dict[str, Source]:
    if not file.exists():
        return {}
    tables = read_toml(file)
    return {name: source(name, table, str(file)) for name, table in tables.items()}


def source(name: str, table: dict[str, Any], where: str) -> Source:
    """One source from its table. Problem names the entry that does not fit."""
    known = {"title", "says", "kind", "url", "licence", "zone", "from", "to", "area"}
    known |= {"covers", "notes", "changes", "already_public", "made", "counts", "own_words"}
    if unknown := sorted(set(table) - known):
        raise Problem(f"{where}: [{name}] has an unknown entry: {', '.join(unknown)}.")
    kind = table.get("kind", "community")
    if kind not in words.CODES["source_kind"]:
        raise Problem(
            f"{where}: [{name}] kind is {kind!r}; use one of "
            + ", ".join(words.CODES["source_kind"])
            + "."
        )
    for entry in ("from", "to"):
        if entry in table and type(table[entry]) is not date:
            raise Problem(f"{where}: [{name}] {entry} is a date: {entry} = 2024-01-31.")
    if not isinstance(table.get("counts", True), bool):
        raise Problem(f"{where}: [{name}] counts is true or false: counts = false.")
    own_words = table.get("own_words", False)
    if not isinstance(own_words, bool) or (own_words and kind != "press"):
        raise Problem(
            f"{where}: [{name}] own_words is true or false, and true only for press sources: "
            "their texts are ours, not the paper's, and anybody may read them."
        )
    public = bool(table.get("already_public", False))
    terms = table.get("licence", Source.licence) not in ("", Source.licence)
    if public and not (kind == "official" and table.get("url") and terms):
        raise Problem(
            f"{where}: [{name}] already_public is only for official sources with a "
            "url and a licence."
        )
    title = str(table.get("title", name))
    usual = title if "title" in table else f"records of {name}"
    base = Source(name, title=title, says=str(table.get("says", usual)), kind=kind)
    texts = ("url", "licence", "zone", "area", "covers", "notes")
    return replace(
        base,
        **{entry: str(table[entry]) for entry in texts if entry in table},
        start=table.get("from"),
        end=table.get("to"),
        changes=tuple((c["date"], str(c["what"])) for c in table.get("changes", ())),
        already_public=public,
        made=bool(table.get("made", False)),
        counts=table.get("counts"),
        own_words=own_words,
    )
