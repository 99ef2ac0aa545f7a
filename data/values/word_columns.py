"""The columns of a record that hold words, flags and counts, read by the mapping."""

from collections import Counter
from collections.abc import Mapping as Texts

import numpy as np
import pyarrow as pa

from data import words
from data.files import cells
from data.files.cells import is_missing
from data.files.row_reasons import RowReason
from data.mappings.mapping import COUNTS, FLAGS, LISTS, FileMapping, TagRule
from data.record import SCHEMA
from data.values import value_words
from data.values.verdicts import Verdicts
from geo.arrays import Flags

NO_RULE = "{column}: texts without a rule were left out"
AS_WORD = '{column}: "{text}" was read as a word, not as an empty cell ({meaning})'
# value of an enumerated column where the source says nothing
SILENT = {"via": "not_recorded", "response": "not_recorded", "setting": None}
MOST_UNKNOWN = 1000  # texts without a rule that are counted in one frame
SEPARATORS = {"source_url": " ", "force": ",", "harm": ",", "agencies": ","}
BOTH_WAYS = "a record says that somebody was hurt, and that nobody was: taken as hurt"
_NONE, _HURT, _PRESS, _AID = (1 << words.CODES["harm"][word.code] for word in words.HARMS)
# what each flag means where it is yes; a journalist who was hurt is somebody
_HARM_OF = {"injured": _HURT, "press_hurt": _PRESS | _HURT, "aid_kept_away": _AID}


def read_words(
    table: pa.Table, rules: FileMapping, verdicts: Verdicts, name: str
) -> tuple[cells.Dictionary, list[str | None]]:
    """A mapped column and the word of each of its texts; "" or None where it has none.

    Texts without a rule, and those that say nothing, are counted.
    """
    texts = cells.Dictionary(table[rules.columns[name]])
    stated = rules.values.get(name, {})
    each = texts.each(value_words.translate(name, stated))
    bare = [word is None for word in each]
    _count_unknown(verdicts, name, texts, bare)
    verdicts.note(texts.where(bare), NO_RULE.format(column=name))
    silent = [word == "" and is_missing(text) for text, word in zip(texts.texts, each)]
    verdicts.count_missing(name, texts.count(silent))
    for at, (text, word) in enumerate(zip(texts.texts, each)):
        if word and _could_be_empty(name, text, stated):
            _note_word(verdicts, name, text, word, texts.which == at)
    return texts, each


def _could_be_empty(name: str, text: str, stated: Texts[str, str]) -> bool:
    """Return whether only the table of words says that a text is no empty cell."""
    return name in words.CODES and is_missing(text) and not value_words.is_stated(text, stated)


def _note_word(verdicts: Verdicts, name: str, text: str, word: str, rows: Flags) -> None:
    meaning = words.meaning(name, word).rstrip(".")
    verdicts.note(rows, AS_WORD.format(column=name, text=text, meaning=meaning))


def _count_unknown(
    verdicts: Verdicts, name: str, texts: cells.Dictionary, bare: list[bool]
) -> None:
    if often := texts.count(bare, verdicts.kept):
        verdicts.unknown[name] = Counter(dict(often.most_common(MOST_UNKNOWN)))


class Worded:
    """The rows of one frame. What is left out or says nothing is counted in the verdicts."""

    def __init__(self, table: pa.Table, rules: FileMapping, verdicts: Verdicts) -> None:
        self.table, self.rules, self.verdicts = table, rules, verdicts

    def columns(self, grade: str) -> dict[str, pa.Array]:
        """All columns of words; `grade` is that of records that state none."""
        silent = {**SILENT, "grade": grade}
        found = {"kind": self._kind()}
        found |= {name: self._word(name, silent[name]) for name in silent}
        found |= {name: self._list(name) for name in LISTS}
        found |= {name: self._count(name) for name in COUNTS}
        flags = {name: self._flag(name) for name in FLAGS}
        harm = self._harm(flags)
        return {**found, "injured": flags["injured"], "harm": harm, "text": self._text()}

    def same(self, value: str | None, kind: pa.DataType | None = None) -> pa.Array:
        """A column that holds one value."""
        if value is None:
            return pa.nulls(self.table.num_rows, kind or pa.string())
        return pa.repeat(pa.scalar(value), self.table.num_rows)

    def _kind(self) -> pa.Array:
        constant = self.rules.constant.get("kind")
        column = self.rules.columns.get("kind")
        if column is None:
            return self.same(constant)
        texts = cells.Dictionary(self.table[column])
        each = self._kinds(texts)
        bare, silent = [w is None for w in each], [w == "" for w in each]
        _count_unknown(self.verdicts, "kind", texts, bare)
        quiet = [s and is_missing(text) for s, text in zip(silent, texts.texts)]
        self.verdicts.count_missing("kind", texts.count(quiet))
        unknown = texts.where(bare)
        if constant:
            note = f"a kind without a rule was taken as {constant}"
            self.verdicts.note(unknown, note)
            return texts.array([word or constant for word in each], pa.string())
        self.verdicts.reject(texts.where(silent), RowReason.NO_KIND, column)
        self.verdicts.reject_each(unknown, texts.which, texts.texts, RowReason.UNKNOWN_KIND, column)
        return texts.array([word or None for word in each], pa.string())

    def _kinds(self, texts: cells.Dictionary) -> list[str | None]:
        """The kind of each text; "" where it says none, None where it has no rule."""
        rule = self.rules.tags.get("kind")
        if rule is None:
            return texts.each(value_words.translate("kind", self.rules.values.get("kind", {})))
        split, order = value_words.tags("kind", rule), rule.order

        def first(text: str) -> str | None:
            met = split(text)
            none = None if met.unknown else ""
            return next((w for w in (*order, *met.words) if w in met.words), none)

        return texts.each(first)

    def _word(self, name: str, silent: str | None) -> pa.Array:
        empty = self.rules.constant.get(name, silent)
        if name not in self.rules.columns:
            return self.same(empty)
        texts, each = read_words(self.table, self.rules, self.verdicts, name)
        return texts.array([word or empty for word in each], pa.string())

    def _list(self, name: str) -> pa.Array:
        column, kind = self.rules.columns.get(name), SCHEMA.field(name).type
        if column is None:
            return self.same(None, kind)
        if name == "source_url":
            return self._links(column)
        texts, each = self._tags(name, column)
        return texts.array([sorted(met.words) or None for met in each], kind)

    def _tags(self, name: str, column: str) -> tuple[cells.Dictionary, list[value_words.Tags]]:
        """A column of lists, and the words of each of its texts; what has no rule is counted."""
        texts = cells.Dictionary(self.table[column])
        rule = self.rules.tags.get(name) or TagRule(SEPARATORS[name])
        each = texts.each(value_words.tags(name, rule))
        self.verdicts.note(
            texts.where([bool(met.unknown) for met in each]), NO_RULE.format(column=name)
        )
        self._count_tags(name, texts, each)
        for at, text in enumerate(texts.texts):
            if each[at].words and _could_be_empty(name, text, rule.words):
                _note_word(self.verdicts, name, text, each[at].words[0], texts.which == at)
        return texts, each

    def _harm(self, flags: dict[str, pa.Array]) -> pa.Array:
        """What harm was done: of a column of words, and of the flags; a set, null where none is
        recorded."""
        kind, codes = SCHEMA.field("harm").type, words.CODES["harm"]
        mask = np.zeros(self.table.num_rows, np.int64)
        if column := self.rules.columns.get("harm"):
            texts, each = self._tags("harm", column)
            mask |= np.array([sum(1 << codes[w] for w in met.words) for met in each])[texts.which]
            mask |= np.where(mask & _PRESS, _HURT, 0)
        for name, means in _HARM_OF.items():
            mask |= np.where(cells.flags(flags[name].fill_null(False)), means, 0)
        mask |= np.where(cells.flags(flags["injured"].fill_null(True)), 0, _NONE)
        both = (mask & (_NONE | _HURT)) == (_NONE | _HURT)
        self.verdicts.note(both, BOTH_WAYS)
        sets = [[w for w in sorted(codes) if of & (1 << codes[w])] for of in range(1 << len(codes))]
        listed = pa.array([words_of or None for words_of in sets], kind)
        return listed.take(pa.array(mask & ~np.where(both, _NONE, 0)))

    def _links(self, column: str) -> pa.Array:
        texts = cells.Dictionary(self.table[column])
        rule = self.rules.tags.get("source_url") or TagRule(SEPARATORS["source_url"])
        silent = texts.each(is_missing)
        self.verdicts.count_missing("source_url", texts.count(silent))
        mark = rule.separator.strip() or None
        links = [None if s else text.split(mark) for s, text in zip(silent, texts.texts)]
        return texts.array(links, SCHEMA.field("source_url").type)

    def _count(self, name: str) -> pa.Array:
        kind = SCHEMA.field(name).type
        if name not in self.rules.columns:
            return self.same(None, kind)
        texts, each = read_words(self.table, self.rules, self.verdicts, name)
        return texts.array([int(digits) if digits else None for digits in each], kind)

    def _flag(self, name: str) -> pa.Array:
        if name not in self.rules.columns:
            return self.same(None, pa.bool_())
        texts, each = read_words(self.table, self.rules, self.verdicts, name)
        return texts.array([word == "yes" if word else None for word in each], pa.bool_())

    def _text(self) -> pa.Array:
        column = self.rules.columns.get("text")
        if column is None:
            return self.same(None)
        texts = cells.trimmed(self.table[column])
        silent = cells.missing_cells(texts)
        self.verdicts.count_missing("text", cells.count_texts(texts, cells.flags(silent)))
        return cells.blank_to_null(texts)

    def _count_tags(self, name: str, texts: cells.Dictionary, each: list[value_words.Tags]) -> None:
        """Count the tags themselves instead of the cells they stand in."""
        kept = texts.count([True] * len(each), self.verdicts.kept)
        every = texts.count([True] * len(each))
        unknown: Counter[str] = Counter()
        silent: Counter[str] = Counter()
        for text, met in zip(texts.texts, each):
            unknown.update(dict.fromkeys(met.unknown, kept[text]))
            silent.update(dict.fromkeys(met.silent, every[text]))
        if unknown := +unknown:
            self.verdicts.unknown[name] = Counter(dict(unknown.most_common(MOST_UNKNOWN)))
        self.verdicts.count_missing(name, +silent)
