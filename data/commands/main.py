"""The commands: what a person types, turned into calls of this package."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from data.settings import Problem, Settings, load_settings, settings_path
from data.storage.store import Store

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
@app.callback()
def private() -> None:
    """The store of Porchlight: fill it, look into it, mend it."""
    os.umask(0o077)  # what is written here is for its owner alone; publish opens what it publishes


Official = Annotated[
    bool, typer.Option("--official", help="A public body's own records. Nothing becomes public by this alone.")
]
Press = Annotated[bool, typer.Option("--press", help="What a newsroom reported.")]
Community = Annotated[
    bool, typer.Option("--community", help="What people reported to a network that vets it.")
]
File = Annotated[Path, typer.Argument(help="The file to read.")]


def say(text: str) -> None:
    """Print a line as it is."""
    typer.echo(text)


@contextmanager
def speaking() -> Iterator[None]:
    """Problems become one sentence and exit code 1; nothing shows a traceback."""
    try:
        yield
    except Problem as problem:
        typer.echo(f"Stopped: {problem}", err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        typer.echo("Stopped; the store is as it was before.", err=True)
        raise typer.Exit(130) from None
    except BrokenPipeError:  # who reads has enough (| head): what is left to say goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(141) from None  # as of a program that SIGPIPE ended
    except OSError as error:
        typer.echo(f"Stopped: {error.strerror}: {error.filename or ''}", err=True)
        raise typer.Exit(1) from None
    except Exception as error:
        if (told := _of_library(error)) is None:
            raise
        typer.echo(f"Stopped: {told}", err=True)
        raise typer.Exit(1) from None


def _of_library(error: Exception) -> Problem | None:
    """The Problem that explains an error of the store's libraries; None for other errors."""
    from data.storage import damaged

    if not isinstance(error, damaged.ERRORS):
        return None
    store, _ = opened()
    return damaged.explained([store.batches / f"{n}.parquet" for n in store.history().live], error)


@contextmanager
def bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal; nothing elsewhere."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(what, total=None)

        def move(done: int, total: int) -> None:
            progress.update(task, completed=done, total=max(total, 1))

        yield move


def opened() -> tuple[Store, Settings]:
    settings = load_settings()
    return Store(settings.store), settings


def rebuild_table(store: Store, settings: Settings, *told: str) -> None:
    from data.tables import build

    before = store.now()
    with bar("Building the table that screens read"):
        stamp = build.rebuild(store, settings)
    changed = "now" if stamp != before else "still"
    # `told` is printed only now: a pipe that closed must not keep a purge from readers
    for line in (*told, f"Data {stamp}: readers {changed} see this."):
        say(line)


@app.command()
def init(
    name: Annotated[str, typer.Argument(help='The place, e.g. "Saint Paul".')],
    zone: Annotated[str, typer.Option(help="Its time zone, e.g. America/Chicago.")],
    at: Annotated[
        str, typer.Option(help='Its middle as "latitude,longitude": sets the metric CRS and what is far outside.')
    ] = "",
    crs: Annotated[str, typer.Option(help="A metric CRS, e.g. EPSG:26915; else a UTM zone is chosen.")] = "",
    reach_km: Annotated[float, typer.Option(help="Coordinates farther from the middle are rejected.")] = 40.0,
) -> None:
    """Write porchlight.toml for another place; the old one is kept beside it."""
    from data.jobs import init

    with speaking():
        for line in init.init(settings_path(), name, zone, at, crs, reach_km):
            say(line)


@app.command()
def sample(
    community: Annotated[
        bool, typer.Option("--community", help="Also made community reports, marked as made on every screen.")
    ] = False,
) -> None:
    """Fill the store with the place that comes with Porchlight."""
    from data.sample import sample

    with speaking():
        store, place = opened()
        sample.fill(store, place, community=community, say=say, bar=bar)
        rebuild_table(store, place)


@app.command("import")
def import_(
    file: File,
    source: Annotated[str, typer.Option(help="Short name of the source, e.g. police-stops.")] = "",
    official: Official = False,
    press: Press = False,
    community: Community = False,
    url: Annotated[str, typer.Option(help="Where the source publishes it.")] = "",
    licence: Annotated[str, typer.Option(help='Its terms, e.g. "CC0" or "Open Government Licence v3.0".')] = "",
    covers: Annotated[str, typer.Option(help="What is in it, and what is not: readers see it.")] = "",
    map: Annotated[Path | None, typer.Option(help="A mapping file (TOML), as an earlier import wrote it.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would happen; write nothing.")] = False,
    time: Annotated[str, typer.Option(help="The column that says when it happened, where the file leaves it open.")] = "",
    date_format: Annotated[str, typer.Option(help='The one date format of the file, e.g. "%d/%m/%Y %H:%M"; excel for serial day numbers.')] = "",
    zone: Annotated[str, typer.Option(help="The time zone of the file's times.")] = "",
    crs: Annotated[str, typer.Option(help="The EPSG code of projected coordinates, e.g. EPSG:26915.")] = "",
    kind: Annotated[str, typer.Option(help="The kind of every row, where no column says it.")] = "",
    kinds: Annotated[str, typer.Option(help="A table of your own kinds and the texts that stand for them (TOML); crime is one that comes with the program.")] = "",
    place_by: Annotated[str, typer.Option(help="What decides the area where label and point differ: point or label.")] = "",
    encoding: Annotated[str, typer.Option(help="The text encoding, e.g. utf-8 or cp1252.")] = "",
    delimiter: Annotated[str, typer.Option(help="What separates columns.")] = "",
    decimal: Annotated[str, typer.Option(help="The decimal sign of numbers.")] = "",
    sheet: Annotated[str, typer.Option(help="The sheet of a workbook: its name or number.")] = "",
    records: Annotated[str, typer.Option(help='Where the records stand in JSON: keys with "/" between, e.g. data/items.')] = "",
    member: Annotated[str, typer.Option(help='Which files of a zip: a pattern of names, e.g. "*-street.csv".')] = "",
    columns: Annotated[str, typer.Option(help="Names of the columns, comma-separated, where the file has no header.")] = "",
    no_header: Annotated[bool, typer.Option("--no-header", help="The first line is already a record.")] = False,
    save_map: Annotated[Path | None, typer.Option(help="Where to write the mapping that was found.")] = None,
) -> None:
    """Import a file with a table: every row is kept, or rejected with its reason."""
    from data.corrections import listing
    from data.imports import importer

    with speaking():
        store, place = opened()
        options = importer.Options(
            source=source, source_kind=kind_of_source(official, press, community), url=url,
            licence=licence, covers=covers, map=map, dry_run=dry_run, time=time, date_format=date_format,
            zone=zone, crs=crs, kind=kind, kinds=kinds, place_by=place_by, encoding=encoding, delimiter=delimiter,
            decimal=decimal, sheet=sheet, records=records, member=member, columns=tuple(c.strip() for c in columns.split(",") if c.strip()),
            no_header=no_header, save_map=save_map,
        )
        ask = _ask if sys.stdin.isatty() else None
        with bar(f"Reading {file.name}") as move:
            report = importer.import_file(
                store, place, file, options, ask=ask, say=say, progress=move
            )
        for sentence in report.sentences():
            say(sentence)
        if not dry_run:
            rebuild_table(store, place)
            for sentence in listing.say_what_stands(store, report.source):
                say(sentence)
        if not report.kept:  # a script must see that readers got nothing
            raise typer.Exit(1)


def kind_of_source(official: bool, press: bool, community: bool) -> str:
    """Who stands behind a source, by three switches; "" where none is on."""
    stated = {"official": official, "press": press, "community": community}
    chosen = [kind for kind, on in stated.items() if on]
    if len(chosen) > 1:
        raise Problem(f"Either --{chosen[0]} or --{chosen[1]}: one kind stands behind a source.")
    return "".join(chosen)


def _ask(question: str, choices: list[str]) -> str:
    if not choices:
        return str(typer.prompt(question))
    say(question)
    for i, choice in enumerate(choices, 1):
        say(f"  {i}  {choice}")
    picked = 0
    while not 1 <= picked <= len(choices):
        picked = int(typer.prompt("Number", type=int))
    return choices[picked - 1]


@app.command()
def areas(
    file: Annotated[Path | None, typer.Argument(help="GeoJSON, KML, GeoPackage or Shapefile, also in a zip.")] = None,
    learn: Annotated[bool, typer.Option("--learn", help="Learn approximate areas from labelled points.")] = False,
    name_column: Annotated[str, typer.Option(help="The column that holds the areas' names; found where only one has texts.")] = "",
    code_column: Annotated[str, typer.Option(help="The column that holds short codes, if any.")] = "",
    population_column: Annotated[str, typer.Option(help="The column that holds residents, of the file or of --population-file.")] = "",
    population_file: Annotated[Path | None, typer.Option(help="A table with a name or code and the residents of each area.")] = None,
    alias: Annotated[Path | None, typer.Option(help='A TOML table: "old name" = "name in the file".')] = None,
    set: Annotated[str, typer.Option(help="The name of the area set.")] = "neighborhoods",
    crs: Annotated[str, typer.Option(help="The CRS of a file that does not say it.")] = "",
    replace: Annotated[bool, typer.Option("--replace", help="Let learned areas take the place of official ones.")] = False,
    place_by: Annotated[list[str] | None, typer.Option(help="What decides the area where labels and points differ: point or label; for one source: calls=point. Also without a file.")] = None,
) -> None:
    """Replace an area set by official polygons, or learn one from labelled points."""
    from data.areas import area_import

    with speaking():
        store, place = opened()
        ask, by = _ask if sys.stdin.isatty() else None, place_by or []
        if learn:
            area_import.learn(
                store, place, set_name=set, replace=replace, place_by=by, ask=ask, say=say
            )
        elif file is None and by:
            area_import.decide(store, place, set, by, say)
        elif file is None:
            raise Problem("Name a file of polygons, or use --learn.")
        else:
            area_import.add(
                store, place, file, set_name=set, name_column=name_column or None,
                code_column=code_column or None, population_column=population_column or None,
                population_file=population_file, aliases=alias, crs=crs or None,
                place_by=by, ask=ask, say=say,
            )
        rebuild_table(store, place)


@app.command()
def status() -> None:
    """Print what is in the store: stamp, counts by source, kind and precision, rejected rows."""
    from data.upkeep import status

    with speaking():
        for line in status.lines(*opened()):
            say(line)


@app.command()
def rebuild() -> None:
    """Build the table that screens read, where it is behind; readers see old or new."""
    with speaking():
        rebuild_table(*opened())


@app.command()
def recover() -> None:
    """Write a lost or damaged ledger anew, from what the files of the store tell."""
    from data.release import publish
    from data.upkeep import recover

    with speaking():
        store, place = opened()
        public = publish.public(place) if os.environ.get("PORCHLIGHT_PUBLIC") else None
        told = recover.recover(store, public)
        for line in told:
            say(line)
        rebuild_table(store, place)


@app.command()
def purge(
    incident_id: Annotated[str, typer.Argument(help="The id, as Records shows it.")],
    repeats: Annotated[bool, typer.Option("--repeats", help="Also the rows of its file that equal it in every column.")] = False,
) -> None:
    """Remove one record everywhere in this store, also from later imports; only hashes stay."""
    from data.desk.desk import open_desk
    from data.desk.desk_records import purge_record, tip_of
    from data.notices import notices
    from data.upkeep import purge

    with speaking():
        store, place = opened()
        ask = typer.confirm if sys.stdin.isatty() else None
        if tip := tip_of(incident_id):
            return say(purge_record(open_desk(store, place), tip))
        rebuild_table(store, place, purge.purge(store, incident_id, repeats=repeats, ask=ask))
        # what the public was told of a correction of it goes too
        for line in notices.refresh(store, place):
            say(line)


@app.command()
def unimport(
    batch: Annotated[str, typer.Argument(help="The batch, as status shows it.")],
) -> None:
    """Take one import back; its file stays in the store, unused."""
    from data.upkeep import purge

    with speaking():
        store, place = opened()
        rebuild_table(store, place, purge.unimport(store, batch))


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="Where to write: .csv, .excel.csv (marked for Excel), .zip (CSV, notes, dictionary), .xlsx, .geojson, .kml, .gpkg or .parquet.")],
    link: Annotated[str, typer.Option(help="A link from Copy link: which records. Empty: what a first visitor sees.")] = "",
) -> None:
    """Write all records of a View to a file, as the Records page does."""
    from data.views import export

    with speaking():
        say(export.write_records(*opened(), file, link))
