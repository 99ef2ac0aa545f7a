"""The command that brings files of messages and tables to the desk: `python -m data tips`."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from data.commands.main import app, bar, opened, say, speaking
from data.messages.message import Left, Reading
from data.messages.read_messages import Door, Tally, find_format, read_incoming
from data.messages.whatsapp import ORDERS
from data.settings import Problem, check_zone
from data.words import counted, spoken

_CHANNEL = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}")
# the form's tips have no sender and come through its own door
_NOT_OF_FILES = ("form",)


@app.command()
def tips(
    file: Annotated[Path, typer.Argument(help="An export of WhatsApp, Telegram, Signal or Instagram, SMS Backup & Restore, e-mail, or any table; also a folder or zip.")],
    channel: Annotated[str, typer.Option(help="A short name of where they came in, e.g. whatsapp-north.")] = "",
    date_order: Annotated[str, typer.Option(help="The order of day, month and year where the file leaves it open: dmy, mdy or ymd.")] = "",
    date_format: Annotated[str, typer.Option(help='The one date format of a table, e.g. "%d/%m/%Y %H:%M".')] = "",
    zone: Annotated[str, typer.Option(help="The time zone of times that name none; else that of the place.")] = "",
    text: Annotated[str, typer.Option(help="The column of a table that holds what people wrote.")] = "",
    time: Annotated[str, typer.Option(help="The column of a table that says when it was.")] = "",
    own: Annotated[list[str] | None, typer.Option(help="A name or number of your own, as the file writes it: its messages are answers and are left out. May be repeated.")] = None,
    region: Annotated[str, typer.Option(help="The country of telephone numbers that have no code of one, e.g. US.")] = "US",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would come in; write nothing.")] = False,
) -> None:
    """Bring messages or rows of a table to the desk, one tip each: who sent them becomes a hash."""
    from data.desk import desk_records
    from data.desk.desk import open_desk
    from data.desk.receive import receive_tips
    from data.messages.area_finder import area_finder
    from data.storage.identity import store_key
    from data.storage.projection import Bounds

    with speaking():
        _check(channel, date_order, region)
        store, settings = opened()
        if zone:
            check_zone(zone, "--zone")
        tally = Tally(find_format(file))
        desk = None if dry_run else open_desk(store, settings)
        key = store_key(store.root) if desk else bytes(32)  # hashes that nobody keeps
        door = Door(key, settings.zone, area_finder(store), region, frozenset(own or ()))
        with bar(f"Reading {file.name}") as move:
            bounds = Bounds(settings.center, settings.reach_km)
            reading = Reading(zone or settings.zone, settings.zone, bounds, date_order, date_format, text, time, move)
            incoming = read_incoming(door, file, channel, reading, tally)
            if desk is None:
                outcome = f"{counted(sum(1 for _ in incoming), 'tip')} and withdrawals would come in; nothing was written."
            else:
                received = receive_tips(desk, incoming)
                outcome = f"New: {received.new:,}. Here already: {received.again:,}. Withdrawn: {received.withdrawn:,}."
                desk_records.write_records(desk)  # a record whose report was taken back goes
        for line in (*describe_tally(file, tally), outcome):
            say(line)
        if not tally.tips + tally.withdrawn:  # a script must see that nothing came in
            raise typer.Exit(1)


def _check(channel: str, date_order: str, region: str) -> None:
    if not _CHANNEL.fullmatch(channel) or channel in _NOT_OF_FILES:
        raise Problem(
            "Name the channel in small letters, digits and hyphens: --channel whatsapp-north. (form is the form's own.)"
        )
    if date_order not in ("", *ORDERS):
        raise Problem(f"--date-order is one of {', '.join(ORDERS)}, not {date_order!r}.")
    if not re.fullmatch("[A-Z]{2}", region):
        raise Problem(f"--region is a country in two letters, such as US, not {region!r}.")


def describe_tally(file: Path, tally: Tally) -> Iterator[str]:
    """The sentences on what became of all entries of a file; no text or sender stands in them."""
    yield f"{file.name}: {tally.format.name}, {tally.entries:,} entries = {counted(tally.tips, 'tip')} + {tally.withdrawn:,} deleted + {tally.left_out.total():,} left out."
    for why, often in tally.left_out.most_common():
        yield f"  {often:,} {why} ({_places(file, tally, why)})"
    for detail, often in tally.details.most_common():
        yield f"    of rows that cannot be read: {often:,} {detail}"
    if tally.copies.copies:
        yield f"  {counted(tally.copies.copies, 'tip')} nearly the same as an earlier one: each group is one line of the queue."
    if tally.masked:
        yield f"  Masked in texts: {_sorts(tally.masked)}."
    if tally.shortened:
        yield f"  {counted(tally.shortened, 'text')} cut to its first 4,000 characters."
    if tally.links_left_out:
        yield f"  {counted(tally.links_left_out, 'link')} left out: to a person or group, with a number in it, or beyond the fifth of a message."


def _sorts(masked: Counter[str]) -> str:
    return ", ".join(f"{often:,} {spoken(sort)}" for sort, often in masked.most_common())


def _places(file: Path, tally: Tally, why: Left) -> str:
    places = tally.places[why]
    shown = ", ".join(f"{at:,}" if name in ("", file.name) else f"{name}: {at:,}" for name, at in places)
    more = tally.left_out[why] - len(places)
    return f"{tally.format.unit} {shown}" + (f" and {more:,} more" if more else "")
