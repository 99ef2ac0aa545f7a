"""The command about sources: what is stated of each, and a statement made anew."""

from typing import Annotated

import typer

from data.commands.main import (
    Community,
    Official,
    Press,
    app,
    kind_of_source,
    opened,
    rebuild_table,
    say,
    speaking,
)
from data.settings import Problem


@app.command()
def sources(
    name: Annotated[str, typer.Argument(help="A source, to state something of it anew.")] = "",
    official: Official = False,
    press: Press = False,
    community: Community = False,
    title: Annotated[str, typer.Option(help="Its name for readers.")] = "",
    url: Annotated[str, typer.Option(help="Where it is published.")] = "",
    licence: Annotated[str, typer.Option(help="Its terms.")] = "",
    covers: Annotated[str, typer.Option(help="What is in it, and what is not.")] = "",
    already_public: Annotated[
        bool | None,
        typer.Option(
            "--already-public/--not-public",
            help="Whether its records are public where they come from: then every release counts "
            "them exactly. Only for official ones with --url and --licence.",
        ),
    ] = None,
) -> None:
    """Show what the store knows of its sources; with a name, state it anew."""
    from data.upkeep import source_facts

    with speaking():
        store, place = opened()
        kind = kind_of_source(official, press, community)
        entries = {"kind": kind, "title": title, "url": url, "licence": licence, "covers": covers}
        stated = {entry: text.strip() for entry, text in entries.items() if text.strip()}
        if not name:
            if stated or already_public is not None:
                raise Problem("Name the source: python -m data sources NAME --licence ...")
            for line in source_facts.describe_sources(store, place):
                say(line)
            return
        for line in source_facts.edit_source(store, name, stated, public=already_public):
            say(line)
        if store.stamp():
            rebuild_table(store, place)
