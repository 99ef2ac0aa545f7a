"""The columns of a record that hold words, flags and counts, read by the mapping."""

from collections import Counter

import pyarrow as pa

from data.intake import cells
from data.intake.mapping import LISTS, Mapping, TagRule
from data.intake.verdicts import Flags, Verdicts
from data.record import SCHEMA

NO_KIND = "no kind"
UNKNOWN_KIND = "unknown kind without a rule"
NO_RULE = "{column}: texts without a rule were left out"
# what an enumerated column holds where the source says nothing
SILENT = {"via": "not_recorded", "response": "not_recorded", "setting": None}
MOST_UNKNOWN = 1000  # texts without a rule that are counted in one frame
COUNTED = ("officers", "vehicles")
SEPARATORS = {"source_url": " ", "force": ",", "agencies": ","}


class Worded:
    """The rows of one frame; `unknown` counts texts that no rule makes a word."""

    def __init__(self, table: pa.Table, rules: Mapping, verdicts: Verdicts) -> None:
        self.table, self.rules, self.verdicts = table, rules, verdicts
        self.unknown: dict[str, Counter[str]] = {}

    def columns(self, grade: str) -> dict[str, pa.Array]:
        """All columns of words; `grade` is that of records that state none."""
        silent = {**SILENT, "grade": grade}
        found = {"kind": self._kind()}
        found |= {name: self._word(name, silent[name]) for name in silent}
        found |= {name: self._list(name) for name in LISTS}
        found |= {name: self._count(name) for name in COUNTED}
        return {**found, "injured": self._flag("injured"), "text": self._text()}

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
        bare = [word is None for word in each]
        empty = texts.which == len(texts.texts)
        unknown = texts.where(bare) & ~empty
        self._count_unknown("kind", texts, bare)
        if constant:
            note = f"a kind without a rule was taken as {constant}"
            self.verdicts.note(unknown, note)
            return texts.array([word or constant for word in each], pa.string())
        self.verdicts.reject(empty, NO_KIND, column)
        self.verdicts.reject_each(unknown, texts.which, texts.texts, UNKNOWN_KIND, column)
        return texts.array(each, pa.string())

    def _kinds(self, texts: cells.Dictionary) -> list[object]:
        rule = self.rules.tags.get("kind")
        if rule is None:
            read = cells.translate("kind", self.rules.values.get("kind", {}))
            return texts.each(lambda text: read(text) or None)
        split, order = cells.tags("kind", rule), rule.order

        def first(text: str) -> str | None:
            met, _ = split(text)
            return next((word for word in (*order, *met) if word in met), None)

        return texts.each(first)

    def _word(self, name: str, silent: str | None) -> pa.Array:
        empty = self.rules.constant.get(name, silent)
        column = self.rules.columns.get(name)
        if column is None:
            return self.same(empty)
        texts = cells.Dictionary(self.table[column])
        each = texts.each(cells.translate(name, self.rules.values.get(name, {})), "")
        self._left_out(name, texts, [word is None for word in each])
        return texts.array([word or empty for word in each], pa.string())

    def _list(self, name: str) -> pa.Array:
        column, kind = self.rules.columns.get(name), SCHEMA.field(name).type
        if column is None:
            return self.same(None, kind)
        texts = cells.Dictionary(self.table[column])
        rule = self.rules.tags.get(name) or TagRule(SEPARATORS[name])
        if name == "source_url":
            links = texts.each(lambda text: text.split(rule.separator.strip() or None))
            return texts.array(links, kind)
        split = cells.tags(name, rule)
        each = [split(text) for text in texts.texts]
        self._left_out(name, texts, [*(bool(bare) for _, bare in each), False])
        self._count_tags(name, texts, [bare for _, bare in each])
        return texts.array([*(sorted(met) or None for met, _ in each), None], kind)

    def _count(self, name: str) -> pa.Array:
        column, kind = self.rules.columns.get(name), SCHEMA.field(name).type
        if column is None:
            return self.same(None, kind)
        texts = cells.Dictionary(self.table[column])
        each = texts.each(cells.count)
        self._left_out(name, texts, [*(n is None for n in each[:-1]), False])
        return texts.array(each, kind)

    def _flag(self, name: str) -> pa.Array:
        column = self.rules.columns.get(name)
        if column is None:
            return self.same(None, pa.bool_())
        texts = cells.Dictionary(self.table[column])
        rules = self.rules.values.get(name, {})
        each = texts.each(cells.flag(rules))
        folded = {text.casefold() for text, word in rules.items() if not word}
        bare = [
            n is None and t.casefold() not in folded
            for n, t in zip(each, texts.texts, strict=False)
        ]
        self._left_out(name, texts, [*bare, False])
        return texts.array(each, pa.bool_())

    def _text(self) -> pa.Array:
        column = self.rules.columns.get("text")
        if column is None:
            return self.same(None)
        return cells.blank_to_null(cells.trimmed(self.table[column]))

    def _left_out(self, name: str, texts: cells.Dictionary, bare: list[bool]) -> None:
        self._count_unknown(name, texts, bare)
        rows: Flags = texts.where(bare)
        self.verdicts.note(rows, NO_RULE.format(column=name))

    def _count_tags(self, name: str, texts: cells.Dictionary, bare: list[list[str]]) -> None:
        """Count the tags themselves instead of the cells they stand in."""
        often = texts.count([True] * len(bare), self.verdicts.kept)
        tags: Counter[str] = Counter()
        for text, listed in zip(texts.texts, bare):
            tags.update(dict.fromkeys(listed, often[text]))
        if tags := +tags:
            self.unknown[name] = Counter(dict(tags.most_common(MOST_UNKNOWN)))

    def _count_unknown(self, name: str, texts: cells.Dictionary, bare: list[bool]) -> None:
        often = texts.count(bare, self.verdicts.kept)
        if often:
            self.unknown[name] = Counter(dict(often.most_common(MOST_UNKNOWN)))
