"""The one way to open a file with a table in it: by what its bytes say, else by its name."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from data.files import csv_file
from data.files.form import Form
from data.files.table_file import TableFile
from data.formats import (
    gdal_file,
    json_table,
    kml_file,
    kml_table,
    parquet_table,
    xlsx_table,
    zip_table,
)
from data.settings import Problem

LOOKED_AT = 4096  # bytes of a file


class TableFormat(NamedTuple):
    """A format of tables: what people call it, whether the first bytes and the name of a file are
    its own, and what opens it."""

    name: str
    fits: Callable[[bytes, str], bool]
    open: Callable[[Path, Form], TableFile]


def _open_zip(file: Path, form: Form) -> TableFile:
    """A zip, whose members may be of every format but another zip."""
    return zip_table.open_zip(file, form, lambda member, own: _open(_NO_ZIP, member, own))


# workbooks and KMZ are zips too: their rows stand before
_ZIP = TableFormat("zip", lambda head, suffix: head.startswith(zip_table.MARKS), _open_zip)
READABLE: tuple[TableFormat, ...] = (
    TableFormat("KML", kml_file.is_kml, kml_table.open_kml),
    TableFormat("Parquet or GeoParquet", parquet_table.is_parquet, parquet_table.open_parquet),
    TableFormat("Excel or OpenDocument workbook", xlsx_table.is_workbook, xlsx_table.open_workbook),
    TableFormat("GeoPackage", gdal_file.is_geopackage, gdal_file.open_geopackage),
    _ZIP,
    TableFormat("JSON", json_table.is_json, json_table.open_json),
    TableFormat("CSV", lambda head, suffix: True, csv_file.sniff),  # last: any text
)
_NO_ZIP = tuple(one for one in READABLE if one is not _ZIP)


def open_table(file: Path, form: Form = Form()) -> TableFile:  # noqa: B008 (it is frozen)
    """A file as a table, with all that was stated of its form. Problem says what to mend."""
    return _open(READABLE, file, form)


def _open(formats: Sequence[TableFormat], file: Path, form: Form) -> TableFile:
    if not file.is_file():
        raise Problem(f"{file} is not a file. Check the name and the folder.")
    with file.open("rb") as stream:
        head = stream.read(LOOKED_AT)
    suffix = file.suffix.lower()
    return next(one for one in formats if one.fits(head, suffix)).open(file, form)
