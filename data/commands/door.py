"""The command that prepares the form for reports: its key, and the lines of its settings."""

from pathlib import Path
from typing import Annotated

import typer

from data.commands.main import app, opened, say, speaking
from data.settings import settings_path


@app.command()
def door(
    spool: Annotated[
        str, typer.Option(help="The folder in which reports wait, on the host of the form.")
    ] = "/var/spool/porchlight",
    areas: Annotated[
        Path | None, typer.Option(help="Where to write the names of the areas, one a line.")
    ] = None,
) -> None:
    """Print the settings of the form's own host; the store's key is made where it has none."""
    from data.reports.spool import KEY_FILE, make_keys
    from data.storage.area_sets import area_names_of
    from data.storage.disk import write_whole

    with speaking():
        store, _ = opened()
        recipient = make_keys(store.root)
        say(f"In {settings_path().name} on the host of the form:\n")
        say(f'[door]\nrecipient = "{recipient}"\nspool = "{spool}"')
        if areas is not None:
            names = area_names_of(store)
            write_whole("".join(f"{name}\n" for name in names).encode(), areas)
            say(f'areas = "{areas.name}"')
            say(f"\n{areas} holds {len(names)} names: copy it beside {settings_path().name} there.")
        say(
            f"\n{store.root / KEY_FILE} opens what is sent. Keep a copy of it apart from the backups of "
            "the spool: without it nothing that waits there is ever read again. It never goes to "
            "the host of the form."
        )
