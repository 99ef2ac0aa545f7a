"""Tables of a place's own kinds: joined with those that its store has, kept there, and drafted."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from data import own_kinds, words
from data.mappings import mapping_write
from data.mappings.mapping import FileMapping
from data.own_kinds import KindTable
from data.settings import Problem
from data.storage.disk import write_whole
from data.storage.store import Store

_HEAD = """\
# The place's own kinds of incidents, and the texts that stand for kinds in its files. Kinds are only
# ever added: records are of them. Import with --kinds FILE adds to it.
"""
_DRAFT = """\
# Texts of "{column}" that nothing says a kind for, and how many rows hold each. Move each to the kind
# that it stands for, and write kinds of your own as the last lines show. Then import again with:
# --kinds THIS_FILE
# Kinds that there are: {known}
"""
_EXAMPLE = """\
# ["vehicle theft"]
# definition = "A vehicle was taken."
# sensitive = false       # true: released for the whole city and the year only
# texts = ["AUTO THEFT"]
"""


def joined(store: Store, stated: str | None) -> KindTable:
    """The store's own kinds with those of a stated table: a file, or one that comes with us.

    Problem where the table makes a sensitive kind an ordinary one.
    """
    before = own_kinds.kinds_of(store.root)
    if not stated:
        return before
    shipped = own_kinds.SHIPPED.get(stated)
    more = own_kinds.read_kinds(Path(stated) if Path(stated).is_file() or not shipped else shipped)
    kinds = {kind.code: kind for kind in before.kinds}
    for kind in more.kinds:
        if kind.code in kinds and kinds[kind.code].sensitive and not kind.sensitive:
            raise Problem(
                f"{words.spoken(kind.code)} is a sensitive kind of this place. Leave it sensitive, "
                f"or change {store.root / own_kinds.FILE} itself if everybody agreed."
            )
        kinds[kind.code] = kind
    if len(kinds) > own_kinds.MOST_KINDS:
        raise Problem(f"{len(kinds)} own kinds; {own_kinds.MOST_KINDS} are the most.")
    return KindTable(tuple(kinds.values()), {**before.texts, **more.texts})


def too_late(store: Store, table: KindTable) -> list[str]:
    """Sentences on kinds that the newest year of a release does not have, or not as sensitive."""
    budgets = store.history().budgets
    if not budgets:
        return []
    year = budgets[max(budgets)]
    new = [kind.code for kind in table.kinds if kind.code not in year.kinds]
    marked = {kind.code for kind in table.kinds if kind.sensitive} - {*year.sensitive_kinds, *new}
    told = []
    if new:
        told.append(
            f"Kinds of {year.year} were fixed when its first release was built: community reports "
            f"of {', '.join(map(words.spoken, new))} are in releases of a later year only."
        )
    if marked:
        told.append(
            f"{', '.join(map(words.spoken, sorted(marked)))}: sensitive from now on, but fixed as "
            f"an ordinary kind of community reports in the tables of {year.year}. Build no further "
            "release of that year if it must not be counted by area."
        )
    return told


def with_texts(rules: FileMapping, table: KindTable) -> FileMapping:
    """The mapping with what the texts of a table stand for, where it says nothing of them."""
    if not table.texts or "kind" not in rules.columns:
        return rules
    if rule := rules.tags.get("kind"):
        more = replace(rule, words={**table.texts, **rule.words})
        return replace(rules, tags={**rules.tags, "kind": more})
    stated = rules.values.get("kind", {})
    ruled = {" ".join(text.casefold().split()) for text in stated}
    more_words = {text: code for text, code in table.texts.items() if text not in ruled}
    return replace(rules, values={**rules.values, "kind": {**more_words, **stated}})


def keep_kinds(store: Store, table: KindTable) -> None:
    """Write the kinds into the store, if it does not have just these."""
    if table == own_kinds.kinds_of(store.root):
        return
    entries: dict[str, dict[str, object]] = {
        kind.code: {"definition": kind.meaning, "sensitive": kind.sensitive} for kind in table.kinds
    }
    for text, code in table.texts.items():
        listed = entries.setdefault(code, {}).setdefault("texts", [])
        assert isinstance(listed, list)
        listed.append(text)
    parts = [mapping_write.toml_table(words.spoken(c), entry) for c, entry in entries.items()]
    write_whole("\n".join([_HEAD, *parts]).encode(), store.root / own_kinds.FILE)


def draft_file(store: Store, source: str, text: str) -> Path:
    """Where a draft is kept: another text, another name, so that none that was edited is lost."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return store.root / "mappings" / f"{source}-kinds-{digest}.toml"


def draft(column: str, texts: Mapping[str, int]) -> str:
    """A table to edit: texts without a kind and their rows, all as `other` to begin with."""
    known = ", ".join(words.spoken(code) for code in words.CODES["kind"])
    rows = [f"  {mapping_write.quoted(text)},  # {n:,}" for text, n in texts.items()]
    head = _DRAFT.format(column=" ".join(column.split()), known=known)
    return "\n".join([head, "[other]", "texts = [", *rows, "]", "", _EXAMPLE])
