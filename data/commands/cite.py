"""The command that freezes the numbers of a page: a link to print, and citation texts."""

from typing import Annotated

import typer

from data.commands.main import app, opened, say, speaking


@app.command()
def cite(
    link: Annotated[str, typer.Argument(help="The link of a page, as Share copies it, in quotes.")],
) -> None:
    """Freeze what a page shows under a link that never changes, and print how to cite it."""
    from data import site
    from data.cites.citation import citation_texts, cite_address, cited_day
    from data.cites.cite_folder import CITES, read_cite
    from data.cites.cite_link import cite_origin
    from data.cites.make_cite import cite_link
    from data.numbers.pages import ask_numbers

    with speaking():
        store, place = opened()
        origin = cite_origin(link, site.load_site("team").origin)
        new = cite_link(store, place, link, ask_numbers)
        if new.older_stamp:
            say(f"The link was made with data {new.older_stamp}: these are the numbers of today.")
        own = read_cite(store.root / CITES, new.name)
        address = cite_address(origin, new.name)
        say(address)
        say(own.manifest.title)
        for style, text in citation_texts(own, cited_day(own), address).items():
            say(f"\n{style}\n{text}")
