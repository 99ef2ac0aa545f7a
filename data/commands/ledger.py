"""The command that takes the events of a store from a file to a database, or back."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from data.commands.main import app, say, speaking
from data.settings import SQLITE, Problem, Settings, load_settings, read_ledger
from data.storage import disk
from data.storage.ledger import Ledger, file_ledger
from data.storage.postgres_ledger import LEDGER_MARK, PostgresLedger
from data.storage.sql_engine import sqlite_engine
from data.storage.store import Store
from data.tips import desk_log
from data.tips.desk_log import DESK, DeskLog


@app.command()
def ledger(
    from_: Annotated[
        str, typer.Option("--from", help="The database that they are in, to take them into files.")
    ] = "",
) -> None:
    """Take the events of this store to where the settings say: into a database, or back into files.

    Stop the dashboards first, and start them afterwards.
    """
    with speaking():
        for line in move_ledger(load_settings(), from_):
            say(line)


def move_ledger(settings: Settings, from_: str = "") -> list[str]:
    """Copy ledger and desk to where the settings say, then put what they were in aside: sentences.

    Typed again after it was stopped, it finishes. Problem where nothing is there to be taken, or
    the other side has events of its own.
    """
    address, root = read_ledger(), settings.store
    if (address == SQLITE) != bool(from_):
        raise Problem(
            "To take the events into a database, name it with `ledger` in porchlight.toml (or "
            "PORCHLIGHT_LEDGER). To take them back into files, write "
            f'ledger = "{SQLITE}" there and name the database here: --from ADDRESS'
        )
    database = PostgresLedger(root, from_ or address, settings.name)
    files = file_ledger(root)
    source, target = (database, files) if from_ else (files, database)
    if not source.exists() and (from_ or not (root / DESK).exists()):
        raise Problem(f"There is no ledger {source}: nothing was done.")
    with Store(root, source).writing():
        count = _copy_events(source, target)
        tips = _copy_desk(root, database, back=bool(from_))
        aside = [LEDGER_MARK] if from_ else [DESK, files.file.name]
        put = [_put_aside(root / name) for name in aside if (root / name).exists()]
    return [
        f"{count:,} events of the ledger and {tips:,} of the desk are in {target} now.",
        *(f"What they were in is kept as {file}." for file in put),
        *([f"Their schema stays in the database until you remove it: {source}."] if from_ else []),
    ]


def _copy_events(source: Ledger, target: Ledger) -> int:
    """Copy all events with their numbers; how many there are."""
    events = source.events()
    there = target.events()
    if there not in ([], events):
        raise Problem(f"The ledger {target} has events of its own: nothing was copied.")
    if events and not there:
        target.renew(events, events[0].seq)
    target.begin()
    return len(events)


def _copy_desk(root: Path, database: PostgresLedger, *, back: bool) -> int:
    """Copy the desk's log, if there is one; how many events it has."""
    file = root / DESK
    if not back and not file.exists():
        return 0
    logs = DeskLog(sqlite_engine(file)), DeskLog(database.engine)
    count = desk_log.copy_log(*reversed(logs) if back else logs)
    logs[0].engine.dispose()  # the last connection ends the file beside it
    return count


def _put_aside(file: Path) -> Path:
    kept = file.with_name(f"{file.stem}.moved-{datetime.now(UTC):%Y%m%d-%H%M%S}{file.suffix}")
    disk.move(file, kept)
    return kept
