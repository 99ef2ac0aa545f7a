"""The commands about people: the hash that stands for an address, and the end of sessions."""

from typing import Annotated

import typer

from data.commands.main import app, opened, say, speaking
from data.settings import Problem, settings_path


@app.command()
def address() -> None:
    """Print the line that lets an e-mail address in; it is asked for, so no history keeps it."""
    from data.people import roster

    with speaking():
        store, _ = opened()
        asked = _asked()
        hashed = roster.pseudonym(roster.key(store.root, make=True), asked)
        say(f"In {settings_path()}, with the role that this person has:\n")
        say("[roles]")
        say(f'viewer = ["{roster.ADDRESS}{hashed}"]')


@app.command()
def revoke(
    everybody: Annotated[
        bool, typer.Option("--everybody", help="End all sessions, whoever they are of.")
    ] = False,
) -> None:
    """End the sessions of an e-mail address (asked for), open ones too."""
    from data.people import roster

    with speaking():
        store, _ = opened()
        say(roster.revoke(store, "" if everybody else _asked()))


def _asked() -> str:
    """An e-mail address from the keyboard or a pipe."""
    said = str(typer.prompt("E-mail address", default="", show_default=False, err=True)).strip()
    if said.count("@") != 1 or said.startswith("@") or said.endswith("@"):
        raise Problem("This is no e-mail address: nothing was done.")
    return said
