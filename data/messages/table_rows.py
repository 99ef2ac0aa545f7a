"""The rows of any table as messages: a column of texts, one of times, and what else it states."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from math import cos, isnan, radians
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from data import words
from data.columns import free_text, guess_columns
from data.files import cells, known_words
from data.files.csv_rows import Frame
from data.files.table_file import TableFile
from data.formats.open_table import open_table
from data.imports import guess_times
from data.mappings.mapping import FileMapping
from data.messages.links import find_links
from data.messages.message import Left, LeftOut, Message, Reading
from data.parse import date_order
from data.personal_columns import is_forbidden
from data.reports.tip import Tip
from data.settings import Problem
from data.values import location, occurred_at
from data.values.occurred_at import Clocks
from data.values.verdicts import Verdicts
from data.values.word_columns import Worded
from data.words import listed

_TEXTS = (
    "message messagetext messagebody body report tip story whathappened whatdidyousee whatyousaw "
    "mensaje texto relato quepaso quevio nachricht bericht mensagem " + known_words.NAMES["text"]
).split()
# columns that tell senders apart: only a keyed hash of them is kept
_SENDERS = listed("""
    sender from fromid phone phonenumber telephone caller callerid reporter reportedby contact
    email emailaddress username user origin remitente telefono correo absender telefon
""")
_USED = listed("""
    incident_id occurred_at time_of_day year month day hour minute time_precision received_at lat
    lon lat_lon point area_label kind setting response force injured officers vehicles agencies
    source_url text
""")
_STATED = ("kind", "setting", "response", "officers", "vehicles", "injured")
_LISTS = ("force", "agencies")
_GRID = 100.0  # meters
_DEGREE = 111_320.0  # meters of latitude
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


def read_table(path: Path, reading: Reading) -> Iterator[Message | LeftOut]:
    """The rows of a table in order. Problem where no column holds texts, or none says when."""
    table = open_table(path)
    columns = _columns(table, reading)
    senders = [name for name in table.names if known_words.plain(name) in _SENDERS]
    rules = FileMapping("tips", columns=columns, constant={"kind": Tip.kind})
    stated = _date_format(table, columns, reading)
    rules = guess_times.decided(table, rules, stated, None, reading.zone)
    wanted = [name for name in table.names if name in {*rules.used(), *senders}]
    for frame in table.frames(wanted, reading.progress):
        for row in frame.broken:
            yield LeftOut(Left.NOT_READ, row.line, frame.member, row.kind)
        yield from _rows(frame, rules, senders, reading)


def _columns(table: TableFile, reading: Reading) -> dict[str, str]:
    """Record column to file column. Problem names the option that says what is missing."""
    for stated, option in ((reading.text_column, "--text"), (reading.time_column, "--time")):
        if stated and stated not in table.names:
            raise Problem(
                f'{table.file.name} has no column "{stated}", which {option} names. It has: {table.listed()}.'
            )
    text = reading.text_column or _text_column(table)
    rest = [name for name in table.names if name != text]
    guessed = guess_columns.columns(
        rest, table.values, time=reading.time_column or None, zone=reading.zone
    )
    found = {target: name for target, name in guessed.items() if target in _USED}
    if not {"occurred_at", "year"} & found.keys():
        raise Problem(
            f"{table.file.name}: no column, or more than one, says when it was. Name it with "
            f"--time. It has: {table.listed()}."
        )
    return {**found, "text": text}


def _text_column(table: TableFile) -> str:
    """The column of texts: by its header, else the one that holds sentences."""
    own = [name for name in table.names if not is_forbidden(name)]
    by_name = {known_words.plain(name): name for name in reversed(own)}
    if named := next((by_name[header] for header in _TEXTS if header in by_name), None):
        return named
    prose = [name for name in own if free_text.is_free_text(name, table.values(name))]
    if len(prose) != 1:
        which = f"{len(prose)} columns hold" if prose else "no column holds"
        raise Problem(
            f"{table.file.name}: {which} what people wrote. Name the one with --text. "
            f"It has: {table.listed()}."
        )
    return prose[0]


def _date_format(table: TableFile, columns: dict[str, str], reading: Reading) -> str | None:
    """The stated format of dates, also where only their order was stated."""
    if reading.date_format or not reading.date_order or "occurred_at" not in columns:
        return reading.date_format or None
    for form in date_order.likely(table.values(columns["occurred_at"])):
        if "".join(re.findall(r"%([dmyY])", form.text)[:3]).lower() == reading.date_order:
            return form.text
    return None


def _rows(
    frame: Frame, rules: FileMapping, senders: Sequence[str], reading: Reading
) -> Iterator[Message | LeftOut]:
    table, verdicts = frame.table, Verdicts(frame.table.num_rows)
    if not table.num_rows:
        return
    clocks = Clocks(reading.zone, reading.place_zone, datetime.now(UTC))
    when = occurred_at.occurred(table, rules, clocks, verdicts)
    received = when.utc
    if "received_at" in rules.columns:
        other, ok = occurred_at.other(table, rules, "received_at", clocks, Verdicts(len(received)))
        received = np.where(ok, other.utc, received)
    unchecked = Verdicts(table.num_rows)  # a tip may have no place
    spots = location.located(table, rules, reading.bounds, unchecked)
    says = Worded(table, rules, verdicts).columns("reported")
    named = [*zip(*(_texts(table, name) for name in senders))] or [()] * table.num_rows
    ids = _texts(table, rules.columns.get("incident_id"))
    for at, line in enumerate(frame.lines.tolist()):
        if code := int(verdicts.code[at]):
            reason = verdicts.reasons[code - 1]
            yield LeftOut(Left.NO_TIME, line, frame.member, reason.key)
            continue
        row = {name: column[at].as_py() for name, column in says.items()}
        text, links = (row["text"] or "").strip(), row["source_url"] or ()
        lat, lon = _snapped(float(spots.lat[at]), float(spots.lon[at]))
        area = spots.label[at].as_py() or ""
        stated: dict[str, Any] = {n: row[n] for n in _STATED if row[n] is not None}
        stated |= {name: tuple(row[name] or ()) for name in _LISTS}
        tip = Tip(area=area, lat=lat, lon=lon, **stated)
        if not (text or links) and tip == Tip():
            yield LeftOut(Left.EMPTY, line, frame.member)
            continue
        sent = _FIRST + timedelta(microseconds=int(when.utc[at]))
        own = "\x1f".join((ids[at], sent.isoformat(), "" if ids[at] else f"{text}\x1f{area}"))
        yield Message(
            sender=next(filter(None, named[at]), ""),
            sent=sent,
            text=text,
            id=own,
            names=named[at],
            links=(*find_links(text), *links),
            precision=words.TIME_PRECISIONS[int(when.precision[at])].code,
            received=_FIRST + timedelta(microseconds=int(received[at])),
            stated=tip,
            at=line,
            file=frame.member,
        )


def _texts(table: pa.Table, name: str | None) -> Sequence[str]:
    """The cells of a column, "" where they say nothing or there is none."""
    if name is None:
        return [""] * table.num_rows
    return [text or "" for text in cells.labels(table[name]).to_pylist()]


def _snapped(lat: float, lon: float) -> tuple[float | None, float | None]:
    """A coordinate on a grid of 100 m; None where there is none."""
    if isnan(lat) or isnan(lon):
        return None, None
    step = _GRID / _DEGREE
    north = round(lat / step) * step
    wide = step / max(cos(radians(north)), 0.01)
    return round(north, 5), round(round(lon / wide) * wide, 5)
