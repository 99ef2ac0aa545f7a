"""The mapping of a file written down: when it is found, and when an answer is missing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from data.columns import free_text, personal_values
from data.files.table_file import TableFile
from data.imports.options import Options
from data.imports.required import kind_texts, lacks_kind
from data.mappings import kind_tables, mapping_write
from data.mappings.mapping import FileMapping
from data.personal_columns import is_forbidden
from data.settings import Problem
from data.storage.disk import write_whole
from data.storage.store import Store
from data.values import value_words

HINTS = 40  # kinds without a rule that a written mapping lists


@dataclass
class MappingDraft:
    """The mapping as far as it is decided."""

    rules: FileMapping


@contextmanager
def save_draft(
    store: Store, table_file: TableFile, rules: FileMapping, options: Options
) -> Iterator[MappingDraft]:
    """Write the mapping where --save-map says, also if a Problem stops the plan.

    Without --save-map and --map it is written to the store if a Problem stops the plan.
    The Problem says where it is.
    """
    written = MappingDraft(rules)
    try:
        yield written
    except Problem as problem:
        problem.args = (f"{problem} {_told(store, table_file, written.rules, options)}",)
        raise
    if options.save_map:
        _write(options.save_map, written.rules, table_file)


def _told(store: Store, table_file: TableFile, rules: FileMapping, options: Options) -> str:
    """Write the mapping of a stopped import if need be; return a sentence on where it is."""
    file, told = options.save_map, ""
    if file:
        _write(file, rules, table_file)
    elif options.map:
        return f"The mapping to edit: {options.map}"
    elif options.dry_run:
        return "A mapping to edit is written with --save-map FILE."
    else:
        file = store.root / "mappings" / f"{rules.source}-draft-{rules.digest()}.toml"
        store.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.parent.mkdir(exist_ok=True, mode=0o700)
        if not file.exists():  # else it may have been edited since
            write_whole(described(rules, table_file).encode(), file)
        told += _draft_kinds(store, table_file, rules, options.kinds)
    return f"{told}What was found so far is a mapping, to edit and use with --map: {file}"


def _draft_kinds(
    store: Store, table_file: TableFile, rules: FileMapping, beside: str | None
) -> str:
    """Write all texts of a column of kinds that none is known of; return a sentence on where."""
    if not (_bare(rules, table_file) and lacks_kind(table_file, rules, True)):
        return ""
    text = kind_tables.draft(rules.columns["kind"], kind_texts(table_file, rules))
    file = kind_tables.draft_file(store, rules.source, text)
    write_whole(text.encode(), file)
    if beside:  # nothing was imported: the store does not know its kinds
        return f"All these texts with their rows, to add to the copy of {beside}: {file} "
    return f"All these texts with their rows, as a table to edit and use with --kinds: {file} "


def described(
    rules: FileMapping,
    table_file: TableFile,
    prose: tuple[str, ...] = (),
    telling: tuple[str, ...] = (),
) -> str:
    """The mapping as TOML, with what its file has that it does not use yet.

    `prose` and `telling` are columns that only the rows showed to be free text, or to
    tell who somebody is.
    """
    used = rules.used()
    unused = [n for n in table_file.names if n not in used and not is_forbidden(n)]
    told = [n for n in unused if n in prose or free_text.is_free_text(n, table_file.values(n))]
    rest = [name for name in unused if name not in told]
    who = tuple(n for n in rest if n in telling or personal_values.column(n, table_file.values(n)))
    others = tuple(name for name in rest if name not in who)
    return mapping_write.text(rules, others, _bare(rules, table_file), tuple(told), who)


def _bare(rules: FileMapping, table_file: TableFile) -> tuple[str, ...]:
    """Texts in the column of kinds that no rule makes a word."""
    column = rules.columns.get("kind")
    if (
        column is None
        or "kind" in rules.tags
        or free_text.looks_like_prose(table_file.values(column))
    ):
        return ()
    read = value_words.translate("kind", rules.values.get("kind", {}))
    bare = [v for v in dict.fromkeys(table_file.values(column)) if v and read(v) is None]
    return tuple(bare[:HINTS])


def _write(file: Path, rules: FileMapping, table_file: TableFile) -> None:
    file.write_text(described(rules, table_file), encoding="utf-8")
