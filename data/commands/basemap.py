"""The command that fetches a base map for the place: `python -m data basemap get`."""

import json
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from data.commands.main import app, bar, opened, say, speaking
from data.maps import archive_source, basemap_copy, outlines, street_index
from data.maps.archive_source import ArchiveSource
from data.maps.basemap_copy import CopyPlan
from data.maps.tile_cover import Box
from data.settings import Problem, Settings, fetched_basemap, settings_path
from data.storage.store import Store

_NEAR = 0.1  # degrees around the middle of a place that has no areas and no records yet
_ODBL = "Open Database License (ODbL), https://www.openstreetmap.org/copyright"

basemap = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(basemap, name="basemap", help="A map of streets, parks and water below the areas.")


@basemap.callback()
def below() -> None:
    """A map of streets, parks and water below the areas."""


@basemap.command()
def get(
    source: Annotated[str, typer.Option("--from", help="A PMTiles archive: an address, or a file. Else the newest daily build of the planet by Protomaps.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before it is fetched.")] = False,
) -> None:
    """Copy the tiles of the place out of a large archive: the app serves them itself."""
    with speaking():
        store, settings = opened()
        target = fetched_basemap(settings.name, settings.store)
        bounds = _bounds(store, settings)
        plan = basemap_copy.plan_copy(_opened(source, target), bounds)
        _announce(plan, settings, target)
        _agree(yes)
        with bar("Fetching the base map") as move:
            size = basemap_copy.copy_tiles(plan, target, move)
        say(f"{target} holds {len(plan.tiles):,} tiles, {_megabytes(size)}; each was checked.")
        kept, every = street_index.write_index(target, bounds)
        most = f", the longest of {every:,}" if every > kept else ""
        say(f"{street_index.index_path(target)} holds {kept:,} streets for the search{most}.")
        _last_step(settings, target)


def _opened(named: str, target: Path) -> ArchiveSource:
    """The archive that is named, that of the copy which broke off, or the newest of the planet."""
    if not named:
        named = basemap_copy.begun_from(target)
        if named:
            say(f"Going on with {named}.")
            try:
                begun = archive_source.open_source(named)
                begun.read(0, 1)
                return begun
            except archive_source.Missing:
                say("It is there no more: the newest build is taken.")
        return archive_source.newest_build(datetime.now(UTC).date())
    return archive_source.open_source(named)


def _bounds(store: Store, settings: Settings) -> Box:
    """The box of the place: of its areas or records, else some kilometers around its middle."""
    stamp = store.stamp()
    if stamp and (bounds := outlines.whole_bounds(store.at(stamp))):
        return Box(*bounds)
    if settings.center is None:
        raise Problem(
            "Where the place lies is not known yet. Import areas or records first, or give "
            f"place.center in {settings_path().name}."
        )
    lat, lon = settings.center
    say("There are no areas and no records yet: some 10 km around place.center are fetched.")
    return Box(lon - _NEAR, lat - _NEAR, lon + _NEAR, lat + _NEAR)


def _announce(plan: CopyPlan, settings: Settings, target: Path) -> None:
    dated = str(plan.metadata.get(basemap_copy.DATED, ""))[:10]
    say(f"From {plan.source.name}" + (f", the state of {dated}." if dated else "."))
    if plan.left_out:
        say(
            f"All zooms would be {_megabytes(plan.left_out)}, more than can be served: "
            f"it ends at zoom {plan.zoom}."
        )
    say(
        f"The base map of {settings.name}: {len(plan.tiles):,} tiles to zoom {plan.zoom}, "
        f"{_megabytes(plan.size)}, into {target}."
    )
    if "OpenStreetMap" in plan.credit:
        say(f"License: {_ODBL}. The map credits: {plan.credit}.")
    else:
        say(f"The map credits: {plan.credit}. Look up its license.")
    if not target.parent.exists():
        target.parent.mkdir(parents=True)
    free = shutil.disk_usage(target.parent).free
    if free < 2 * plan.size:
        raise Problem(
            f"{target.parent} has {_megabytes(free)} free; {_megabytes(2 * plan.size)} are "
            "needed while it is made."
        )


def _agree(yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise Problem("Nothing was fetched. Add --yes to fetch it without being asked.")
    if not typer.confirm("Fetch it?"):
        raise Problem("Nothing was fetched.")


def _last_step(settings: Settings, target: Path) -> None:
    named = settings.basemap.file
    if named and named.resolve() != target.resolve():
        say(
            f"{settings_path().name} names another map, {named}: to see this one, write "
            f"file = {json.dumps(str(target))} under [basemap]."
        )
    say("Start the dashboard anew to see it.")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size < 10_000_000 else f"{size / 1e6:,.0f} MB"
