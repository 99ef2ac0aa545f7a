"""The formats of a file's time columns, decided before its rows are read."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pyarrow as pa

from data.intake import cells, dating
from data.intake.csvfile import Csv
from data.intake.dating import Ask
from data.intake.mapping import TIME_COLUMNS, Mapping
from data.intake.missing import missing
from data.intake.times import Ints
from data.settings import Problem

ENOUGH = 200  # values that tell the looks of a column


def decided(csv: Csv, rules: Mapping, option: str | None, ask: Ask | None) -> Mapping:
    """The mapping with one format for each time column.

    Columns that only add to a record and hold no times are left out of it.
    """
    found: dict[str, str] = {}
    columns = dict(rules.columns)
    for target in TIME_COLUMNS:
        if target not in columns:
            continue
        texts = _texts(csv, rules, target)
        given = rules.time.formats.get(target)
        given = option or given if target == "occurred_at" else given
        if given:
            found[target] = dating.stated(given, texts).text
            continue
        form = _found(csv, rules, target, texts, found, ask)
        if form:
            found[target] = form
        elif target != "occurred_at":
            del columns[target]
    return replace(rules, columns=columns, time=replace(rules.time, formats=found))


def _found(
    csv: Csv,
    rules: Mapping,
    target: str,
    texts: Sequence[str],
    before: dict[str, str],
    ask: Ask | None,
) -> str | None:
    family = dating.likely(texts, clock=target == "time_of_day")
    column = rules.columns[target]
    if not family and texts and target == "occurred_at":
        if ask is not None:
            question = f'How are the dates of "{column}" written, e.g. %d/%m/%Y %H:%M?'
            return dating.stated(ask(question, []), texts).text
        raise Problem(
            f'{csv.file.name}, column "{column}": no date is written in a way that is '
            'known. Say how, e.g. --date-format "%d/%m/%Y %H:%M".'
        )
    if len(family) < 2:
        return family[0].text if family else dating.ISO if not texts else None
    ways = [form.text for form in family]
    order = dating.short(before.get("occurred_at", ""))
    if same := [way for way in ways if dating.short(way) == order]:
        return same[0]  # one file, one order of day and month
    evidence = dating.evidence(family, _column(csv, rules, target))
    option = "--date-format"
    if target != "occurred_at":
        option = f"[time] {target}_format ="
    return dating.decide(csv.file.name, column, evidence, option, ask)


def _texts(csv: Csv, rules: Mapping, target: str) -> list[str]:
    """Values of a time column: of the first rows or, where those are empty, later."""
    name = rules.columns[target]
    head = pa.array(csv.values(name), pa.string())
    found = _told(cells.cut(head, rules.patterns.get(target, ()))[0])
    if found:
        return found
    for column, _ in _column(csv, rules, target):
        if found := _told(column):
            break
    return found


def _told(column: pa.StringArray) -> list[str]:
    texts = (text for text in column.to_pylist() if not missing(text))
    return [text for text in texts if any(c.isdigit() for c in text)][:ENOUGH]


def _column(csv: Csv, rules: Mapping, target: str) -> Iterator[tuple[pa.StringArray, Ints]]:
    name = rules.columns[target]
    for frame in csv.frames([name]):
        column = cells.trimmed(frame.table[name])
        yield cells.cut(column, rules.patterns.get(target, ()))[0], frame.lines
