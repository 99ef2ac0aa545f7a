"""The formats of a file's time columns, decided before its rows are read."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.columns import survey_forms
from data.files import cells
from data.files.cells import is_missing
from data.files.table_file import TableFile
from data.mappings.mapping import DATED, TIME_COLUMNS, FileMapping
from data.parse import coarse_dates, date_order, midnight
from data.parse.date_order import Ask
from data.parse.time_parse import HOUR, Format
from data.settings import Problem
from data.values import time_roles, value_words
from geo.arrays import Ints

_SERIALS = {*date_order.SERIAL_FORMATS}
_ENOUGH = 200  # values that tell the looks of a column


def decided(
    table_file: TableFile, rules: FileMapping, option: str | None, ask: Ask | None, zone: str
) -> FileMapping:
    """The mapping with one format for each time column, and what its midnights mean.

    Columns that only add to a record and hold no times are left out of it. `zone` is the
    file's clock.
    """
    rules = _with_zones(rules)
    found: dict[str, str] = {}
    at_midnight = dict(rules.time.midnight)
    columns = dict(rules.columns)
    for target in TIME_COLUMNS:
        if target not in columns:
            continue
        texts = _texts(table_file, rules, target)
        given = rules.time.formats.get(target)
        given = option or given if target == "occurred_at" else given
        if given:
            found[target] = date_order.stated(given, texts).text
        elif form := _found(table_file, rules, target, texts, found, ask):
            found[target] = form
        elif target != "occurred_at":
            del columns[target]
            continue
        if target in DATED and target not in at_midnight and not _is_stated(rules, target, given):
            clock = rules.time.zone_of(target, zone)
            if rule := _midnight(table_file, rules, target, Format(found[target]), texts, clock):
                at_midnight[target] = rule
    time = replace(rules.time, formats=found, midnight=at_midnight)
    rules = replace(rules, columns=columns, time=time)
    return replace(rules, time=replace(time, precision=_precision(table_file, rules, zone)))


def _precision(table_file: TableFile, rules: FileMapping, zone: str) -> str | None:
    """The precision of all times: what is stated, else what the rows show to be coarser."""
    name, stated = rules.columns.get("occurred_at"), rules.time.precision
    if stated or name is None or {"time_of_day", "hour", "time_precision"} & set(rules.columns):
        return stated
    form, rule = Format(rules.time.formats["occurred_at"]), rules.time.midnight.get("occurred_at")
    head = form.parse(pa.array(_texts(table_file, rules, "occurred_at"), pa.string()))
    named = time_roles.names_month(name)
    if rule == midnight.EXACT or coarse_dates.true_precision([head], zone, rule, named) is None:
        return None
    frames = (form.parse(column) for column, _ in _column(table_file, rules, "occurred_at"))
    return coarse_dates.true_precision(frames, zone, rule, named)


def _with_zones(rules: FileMapping) -> FileMapping:
    """The mapping with the clock of columns that are known not to be on the file's."""
    if rules.columns.get("received_at") != survey_forms.SENT or "received_at" in rules.time.zones:
        return rules
    return replace(
        rules, time=replace(rules.time, zones={**rules.time.zones, "received_at": "UTC"})
    )


def _is_stated(rules: FileMapping, target: str, given: str | None) -> bool:
    """Return whether somebody said that midnights of a column are times like any other."""
    exact = target == "occurred_at" and rules.time.precision == midnight.EXACT
    return exact or bool(given and date_order.states_offset(given))


def _midnight(
    table_file: TableFile,
    rules: FileMapping,
    target: str,
    form: Format,
    texts: Sequence[str],
    zone: str,
) -> str | None:
    """The rule for midnights by all rows, where the first already stand at one; else None."""
    if not form.clocked or midnight.rule(form.parse(pa.array(texts, pa.string())), zone) is None:
        return None
    timed, counts = 0, dict.fromkeys((midnight.LOCAL, midnight.UTC), 0)
    for column, _ in _column(table_file, rules, target):
        parsed = form.parse(column)
        timed += int(np.count_nonzero(parsed.ok & (parsed.precision <= HOUR)))
        for rule, rows in midnight.count(parsed, zone).items():
            counts[rule] += rows
    return midnight.most(counts, timed)


def _found(
    table_file: TableFile,
    rules: FileMapping,
    target: str,
    texts: Sequence[str],
    before: dict[str, str],
    ask: Ask | None,
) -> str | None:
    if target == "time_of_day":
        return _clock(table_file, rules, texts)
    column = rules.columns[target]
    if date_order.are_serials(texts) and (target == "occurred_at" or _SERIALS & {*before.values()}):
        return _serial(table_file, column, texts, before, ask)
    family = date_order.likely(texts)
    if not family and texts and target == "occurred_at":
        if ask is not None:
            question = f'How are the dates of "{column}" written, e.g. %d/%m/%Y %H:%M?'
            return date_order.stated(ask(question, []), texts).text
        raise Problem(
            f'{table_file.file.name}, column "{column}": no date is written in a way that is '
            'known. Say how, e.g. --date-format "%d/%m/%Y %H:%M".'
        )
    if len(family) < 2:
        return family[0].text if family else date_order.ISO if not texts else None
    ways = [form.text for form in family]
    order = date_order.short(before.get("occurred_at", ""))
    if same := [way for way in ways if date_order.short(way) == order]:
        return same[0]  # one file, one order of day and month
    evidence = date_order.evidence(family, _column(table_file, rules, target))
    option = "--date-format"
    if target != "occurred_at":
        option = f"[time] {target}_format ="
    return date_order.decide(table_file.file.name, column, evidence, option, ask)


def _clock(table_file: TableFile, rules: FileMapping, texts: Sequence[str]) -> str | None:
    """The format of a time of day; behind a date that says nothing, any order of that will do."""
    family = date_order.likely(texts, clock=True) or date_order.likely(texts)
    if not family:
        return date_order.ISO if not texts else None
    if family[0].text != date_order.HOURS:
        return family[0].text
    # bare hours, unless a later row has minutes: 30 is half past midnight
    for column, _ in _column(table_file, rules, "time_of_day"):
        form = date_order.digit_clock(pc.unique(column).to_pylist())
        if form and form != date_order.HOURS:
            return form
    return date_order.HOURS


def _serial(
    table_file: TableFile,
    column: str,
    texts: Sequence[str],
    before: dict[str, str],
    ask: Ask | None,
) -> str:
    """The format of serial day numbers, which somebody has to say, once for a file."""
    if said := _SERIALS & {*before.values()}:
        return said.pop()
    example = next(text for text in texts if any(c.isdigit() for c in text))
    ways = [
        f"--date-format {word} ({date_order.day_of(word, example)})"
        for word in date_order.SERIAL_FORMATS
    ]
    why = f"these look like serial day numbers of Excel, such as {example}"
    if ask is not None:
        answer = ask(f'In "{column}" {why}. How are they read?', list(date_order.SERIAL_FORMATS))
        return date_order.stated(answer, texts).text
    raise Problem(
        f'{table_file.file.name}, column "{column}": {why}. Say so: {ways[0]}; or, for workbooks of '
        f"old Macs, {ways[1]}."
    )


def _texts(table_file: TableFile, rules: FileMapping, target: str) -> list[str]:
    """Values of a time column: of the first rows or, where those are empty, later."""
    name = rules.columns[target]
    head = pa.array(table_file.values(name), pa.string())
    found = _told(value_words.cut(head, rules.patterns.get(target, ()))[0])
    if found:
        return found
    for column, _ in _column(table_file, rules, target):
        if found := _told(column):
            break
    return found


def _told(column: pa.StringArray) -> list[str]:
    texts = (text for text in column.to_pylist() if not is_missing(text))
    return [text for text in texts if any(c.isdigit() for c in text)][:_ENOUGH]


def _column(
    table_file: TableFile, rules: FileMapping, target: str
) -> Iterator[tuple[pa.StringArray, Ints]]:
    name = rules.columns[target]
    for frame in table_file.frames([name]):
        column = cells.trimmed(frame.table[name])
        yield value_words.cut(column, rules.patterns.get(target, ()))[0], frame.lines
