"""The record: its columns, their types and what they mean. Batches hold exactly these."""

from calendar import monthrange
from datetime import date
from typing import NamedTuple

import pyarrow as pa

UTC = pa.timestamp("us", tz="UTC")
TEXT = pa.string()
TEXTS = pa.list_(pa.string())


class Column(NamedTuple):
    """One column of the record. `shown` columns may appear in Records and exports."""

    name: str
    type: pa.DataType
    meaning: str
    shown: bool = True


COLUMNS = (
    Column("incident_id", TEXT, "The source, then the source's own id; where it has none, a keyed hash of the whole row. Rows of one id carry a counter (-2, -3 ...)."),
    Column("occurred_at", UTC, "When it happened, in UTC. Day and month precision: the first moment of it, local time."),
    Column("local_date", pa.date32(), "The local date (first of the month at month precision)."),
    Column("hour", pa.uint8(), "The local hour, 0 to 23; empty where the time is coarser than an hour."),
    Column("weekday", pa.uint8(), "0 Monday to 6 Sunday, local time; empty at month precision."),
    Column("time_precision", TEXT, "How well the time is known."),
    Column("lon", pa.float64(), "Longitude, WGS 84; empty where the place is known only to an area or city."),
    Column("lat", pa.float64(), "Latitude, WGS 84; empty where the place is known only to an area or city."),
    Column("x", pa.float32(), "Meters east in the place's metric CRS.", shown=False),
    Column("y", pa.float32(), "Meters north in the place's metric CRS.", shown=False),
    Column("place_precision", TEXT, "How well the place is known."),
    Column("area_label", TEXT, "What the source itself calls the area."),
    Column("city", TEXT, "The city that the place is known to, as the source says it; empty where it says none."),
    Column("kind", TEXT, "What happened, in the words of the table of kinds."),
    Column("source", TEXT, "The source's short name (data/sources.toml, or the import's mapping)."),
    Column("source_kind", TEXT, "Who stands behind the source."),
    Column("grade", TEXT, "How far it has been checked."),
    Column("via", TEXT, "How it came to be known."),
    Column("setting", TEXT, "What kind of place it was, where recorded."),
    Column("received_at", UTC, "When it came in: from the source, else the time of the import."),
    Column("settled_at", UTC, "The latest moment it can have happened or, where the source states it, come in: community reports are shown only team.minimum_age hours after it.", shown=False),
    Column("origin", TEXT, "Keyed hash of who or what sent it; never shown, never exported.", shown=False),
    Column("response", TEXT, "What local police did."),
    Column("force", TEXTS, "The kinds of force recorded, a set."),
    Column("injured", pa.bool_(), "Whether somebody was recorded as hurt."),
    Column("harm", TEXTS, "What harm was recorded, a set; who was hurt is in it where `injured` says so."),
    Column("officers", pa.int16(), "How many officers or agents observers counted."),
    Column("vehicles", pa.int16(), "How many vehicles observers counted."),
    Column("agencies", TEXTS, "Which levels of government were there, a set."),
    Column("on_scene_until", UTC, "Until when they were seen there."),
    Column("source_url", TEXTS, "Evidence; for signed-in people."),
    Column("text", TEXT, "Free text; never leaves the signed-in tier.", shown=False),
    Column("attributes", TEXT, "The source's other columns, as JSON; a person's attributes only when asked for by name.", shown=False),
    Column("same_id", TEXT, "The id without its counter; empty where it has none.", shown=False),
    Column("repeat", pa.int32(), "2, 3 ... where the row equals earlier ones of its file in every column; empty for the first.", shown=False),
    Column("row_hash", TEXT, "Keyed hash of the row as the file has it, all columns, also dropped ones; never shown, never exported.", shown=False),
    Column("geometry", pa.binary(), "The point as WKB, WGS 84 (GeoParquet).", shown=False),
)

SCHEMA = pa.schema([(column.name, column.type) for column in COLUMNS])


def last_of_month(day: date) -> date:
    """The last day of a day's month: what is known only to the month may be of any up to it."""
    return day.replace(day=monthrange(day.year, day.month)[1])
