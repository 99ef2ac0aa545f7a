"""Records as KML: a placemark each, with all columns as texts; nothing in it is markup or a link."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pyarrow as pa

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">\n'


def as_kml(table: pa.Table, notes: Mapping[str, str], title: str, when: str) -> bytes:
    """The rows that have `lon` and `lat`, in the order of the table; how many have none is said in
    the document's description. Placemarks are named by the column `title`; `when` is a moment."""
    names = [name for name in table.column_names if name not in ("lon", "lat")]
    lon, lat = (table[name].to_pylist() for name in ("lon", "lat"))
    points = [(x, y) if _is_number(x) and _is_number(y) else None for x, y in zip(lon, lat)]
    without = points.count(None)
    told = [f"{heading}: {text}" for heading, text in notes.items()]
    told += [f"{without:,} of {len(points):,} records have no point and are not in this file."]
    columns = [table[name].to_pylist() for name in names]
    parts = [
        f"{_HEAD}<Document>\n<name>{_text(next(iter(notes), 'Records'))}</name>\n"
        f"<description>{_text(chr(10).join(told))}</description>\n"
    ]
    keys = [quoteattr(_NO_XML.sub("\ufffd", name)) for name in names]
    of = {name: i for i, name in enumerate(names)}
    for point, row in zip(points, zip(*columns, strict=True), strict=True):
        if point is not None:
            parts.append(_placemark(point, row, keys, row[of[title]], row[of[when]]))
    return ("".join(parts) + "</Document>\n</kml>\n").encode()


def _placemark(
    point: tuple[float, float], row: tuple[Any, ...], keys: list[str], title: Any, when: Any
) -> str:
    data = "".join(
        f"<Data name={key}><value>{_text(value)}</value></Data>"
        for key, value in zip(keys, row, strict=True)
        if value is not None
    )
    moment = f"<TimeStamp><when>{_text(when)}</when></TimeStamp>" if when is not None else ""
    return (
        f"<Placemark><name>{_text(title)}</name>{moment}<ExtendedData>{data}</ExtendedData>"
        f"<Point><coordinates>{point[0]:.7g},{point[1]:.7g}</coordinates></Point></Placemark>\n"
    )


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        value = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    elif isinstance(value, list):
        value = "; ".join(map(str, value))
    return escape(_NO_XML.sub("\ufffd", str(value)))


def _is_number(value: Any) -> bool:
    return value is not None and value == value
