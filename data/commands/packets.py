"""The command of case packets."""

from pathlib import Path
from typing import Annotated

import typer

from data.commands.main import app, opened, say, speaking


@app.command()
def packet(
    ids: Annotated[list[str], typer.Argument(help="The records' ids, as Records shows them.")],
    to: Annotated[str, typer.Option(help='The recipient\'s public age key ("age1..."), or a file that holds it.')],
    evidence: Annotated[list[Path] | None, typer.Option(help="A file of evidence; more than one may be named.")] = None,
    how: Annotated[str, typer.Option(help="How the evidence was obtained.")] = "",
    out: Annotated[Path | None, typer.Option(help="The sealed file to write; else packet-DATE-KEY.zip.age here.")] = None,
) -> None:
    """Seal records, their history and evidence for one recipient; the ledger keeps that it was done."""
    from data.packets.packet import Request, make_packet
    from data.people.actor import machine

    with speaking():
        store, place = opened()
        made = make_packet(store, place, machine(), Request(ids, evidence or [], how, to, out))
        say(f"Sealed {made.file} to the key {made.recipient}: {made.records:,} records, {len(made.evidence):,} files of evidence.")
        for one in made.evidence:
            say(f"  {one.name}: SHA-256 {one.sha256}; {one.working_note}")
        say(f"SHA-256 of the sealed file: {made.sha256}. Tell it to the recipient another way.")
