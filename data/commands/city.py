"""A place in one command: `python -m data city NAME`, and `find` for tables of other places."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from data.cities.cities import City, find_city, read_cities
from data.commands.main import app, bar, say, speaking
from data.settings import ROOT, Problem, load_settings, settings_path
from data.storage.area_names import fold

LISTED = 40  # tables of a place


@app.command()
def city(
    name: Annotated[str, typer.Argument(help="The city, e.g. Chicago. Without one: which there are.")] = "",
    since: Annotated[str, typer.Option(help="The first day to fetch, e.g. 2024-01-01; all for everything. Else January 1 of last year.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before it is fetched.")] = False,
) -> None:
    """Set up a city whose official feeds are known: settings, boundaries, incidents."""
    from data.jobs import city_job

    with speaking():
        cities = read_cities()
        if not name:
            for known in cities.values():
                say(f"{known.name}: {known.mapping['source']['title']}{_untried(known)}")
            return
        found = find_city(name, cities)
        for line in city_job.introduce(found):
            say(line)
        if not yes and sys.stdin.isatty():
            typer.confirm("Fetch it now?", abort=True)
        city_job.CityJob(found, settings_path(), _since(since), say, bar).run()


def _untried(known: City) -> str:
    return "" if known.tried else " (untried)"


def _since(text: str) -> date | None:
    """The first day that is asked for: the stated one, or January 1 of last year."""
    if text == "all":
        return None
    try:
        return date.fromisoformat(text) if text else date(datetime.now(UTC).year - 1, 1, 1)
    except ValueError:
        raise Problem(f"--since is a day such as 2024-01-31, or all, not {text!r}.") from None


@app.command()
def find(
    place: Annotated[str, typer.Argument(help='A city, county or state, e.g. "Denver".')],
    year: Annotated[int, typer.Option(help="Only tables that cover this year, e.g. 2024.")] = 0,
    file: Annotated[Path | None, typer.Option("--list", help="A list that you have already (opd_source_table.csv).")] = None,
    refresh: Annotated[bool, typer.Option("--refresh", help="Fetch the list anew.")] = False,
) -> None:
    """List public tables of police data of a place, with the text that makes each a feed."""
    from data.cities import known_tables

    with speaking():
        for known in read_cities().values():
            if set(fold(place).split()) <= set(fold(known.name).split()):
                say(f'{known.name} is set up by one command: python -m data city "{known.name}"')
        tables = known_tables.read_list(file or _fetched_list(refresh))
        found = known_tables.find_tables(tables, place)
        if year:
            found = [one for one in found if one.covers(year)]
        for line in known_tables.describe(found[:LISTED], place):
            say(line)
        if len(found) > LISTED:
            say(f"\n{len(found) - LISTED:,} more are not shown: name the city, or a --year.")
        say(known_tables.CREDIT)


def _fetched_list(refresh: bool) -> Path:
    """The list as it was fetched last, or fetched now."""
    from data.cities import known_tables

    try:
        beside = load_settings().store.parent
    except Problem:
        beside = ROOT / "data"
    target = beside / "known-tables.csv"
    if refresh or not target.exists():
        known_tables.fetch_list(target)
    day = datetime.fromtimestamp(target.stat().st_mtime, UTC)
    say(f"List of {day:%B} {day.day}, {day.year} (fetch it anew with --refresh).")
    return target
