"""The one way to open a file with a table in it: by what its bytes say, else by its name."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from data.files import csv_file, gdal_file, kml_file, kml_table
from data.files.form import Form
from data.files.table_file import TableFile
from data.settings import Problem

LOOKED_AT = 4096  # bytes of a file


class TableFormat(NamedTuple):
    """A format of tables: what people call it, whether the first bytes and the name of a file are
    its own, and what opens it."""

    name: str
    fits: Callable[[bytes, str], bool]
    open: Callable[[Path, Form], TableFile]


READABLE: tuple[TableFormat, ...] = (
    TableFormat("KML", kml_file.is_kml, kml_table.open_kml),
    TableFormat("GeoPackage", gdal_file.is_geopackage, gdal_file.open_geopackage),
    TableFormat("CSV", lambda head, suffix: True, csv_file.sniff),  # last: any text
)


def open_table(file: Path, form: Form = Form()) -> TableFile:  # noqa: B008 (it is frozen)
    """A file as a table, with all that was stated of its form. Problem says what to mend."""
    if not file.is_file():
        raise Problem(f"{file} is not a file. Check the name and the folder.")
    with file.open("rb") as stream:
        head = stream.read(LOOKED_AT)
    suffix = file.suffix.lower()
    return next(one for one in READABLE if one.fits(head, suffix)).open(file, form)
