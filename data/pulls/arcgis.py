"""ArcGIS: the features of one layer of a FeatureServer or MapServer, in the order of their ids."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import shapely

from data.formats.geometry_columns import SMALL, half_size, shape_points
from data.imports.sorted_runs import ahead
from data.pulls.feeds import Feed
from data.pulls.protocol import FeedProtocol, Page, Record, Restart, whole_number
from data.pulls.web import secret
from data.settings import Problem

USUAL_PAGE = 1000
MOST_PAGE = 10_000
IDS = 100  # features that are asked for by their ids at once
MOST_EMPTY = 20  # pages without a feature, one after the other
DAY = 86_400_000  # milliseconds
_LAST = 253_402_300_799_999  # the end of the year 9999
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TOKEN = {498, 499}
_LAYER = re.compile(r"/(Feature|Map)Server/\d+$")
_PLACE = ("latitude", "longitude", "place_precision")
_DATES = "date_only"  # of the facts: fields of which every value was midnight UTC


class ArcGis(FeedProtocol):
    """A layer. Dates are milliseconds UTC; a field whose every value is midnight UTC holds dates."""

    def __init__(self, feed: Feed) -> None:
        token = secret(feed)
        super().__init__(feed, {"X-Esri-Authorization": f"Bearer {token}"} if token else {})
        self._address = feed.address.partition("?")[0].rstrip("/")
        if not _LAYER.search(self._address):
            raise Problem(
                f"The address of the feed {feed.name} is that of a layer: it ends with "
                "/FeatureServer/ and a number, e.g. /FeatureServer/0."
            )
        self._names = _PLACE
        self._timed: set[str] = set()  # fields of dates that hold a time of day too

    def open(self, facts: Mapping[str, Any]) -> bool:
        """Read what the layer says of itself."""
        layer = self._ask("", {})
        fields = [f for f in layer.get("fields") or [] if isinstance(f, dict) and f.get("name")]
        kinds = {str(f["name"]): f.get("type") for f in fields}
        oid = [n for n, kind in kinds.items() if kind == "esriFieldTypeOID"]
        self.row_id = str(layer.get("objectIdField") or (oid[0] if oid else ""))
        if not self.row_id:
            raise self.broken("the layer has no field of object ids")
        abilities = layer.get("advancedQueryCapabilities") or {}
        self._by_offset = bool(abilities.get("supportsPagination", layer.get("supportsPagination")))
        most = whole_number(layer.get("maxRecordCount")) or USUAL_PAGE
        self._page = min(most, MOST_PAGE)
        self._dates = [n for n, kind in kinds.items() if kind == "esriFieldTypeDate"]
        edited = (layer.get("editFieldsInfo") or {}).get("editDateField")
        self._edited = str(edited) if edited in kinds else ""
        self.tells_new = bool(self._edited)
        self.dropped = frozenset(_editors(layer))
        lat, lon, precision = (_free(name, kinds) for name in _PLACE)
        self._names = lat, lon, precision
        self.facts = {_DATES: facts[_DATES]} if _DATES in facts else {}
        asked = self.feed.columns
        self._shaped = not asked or any(name in asked for name in self._names)
        own = [name for name in asked if name not in self._names]
        self._fields = tuple(dict.fromkeys((self.row_id, self._edited, *own))) if asked else ()
        self._fields = tuple(filter(None, self._fields))
        return True

    def count(self, since: str) -> int | None:
        """How many features the server counts."""
        answer = self._ask("/query", {"where": self._where(since), "returnCountOnly": "true"})
        found = whole_number(answer.get("count"))
        if found is None:
            raise self.broken("it does not say how many features there are")
        return found

    def pages(self, since: str, after: Any) -> Iterator[Page]:
        """Pages as long as the server says that there are more, or has not given all it counts."""
        if not self._by_offset:
            yield from self._ranges(self._ids(since), after)
            return
        # the next page is asked for while the one before is made into records
        for features, following in ahead(self._parts(since, after)):
            yield self._made(features, following)

    def _parts(self, since: str, after: Any) -> Iterator[tuple[list[dict[str, Any]], int | None]]:
        """The features of each page, and where the next one begins."""
        offset, empty, most = int(after or 0), 0, self.count(since) or 0
        params = {**self._asked(since), "orderByFields": self.row_id}
        while True:
            answer = self._ask(
                "/query",
                {**params, "resultOffset": str(offset), "resultRecordCount": str(self._page)},
            )
            features = self._features(answer)
            more = _exceeded(answer)
            # an empty page that is not the last stands for rows that the server left out
            offset += len(features) or self._page
            empty = 0 if features else empty + 1
            if empty > MOST_EMPTY:
                raise self.broken(f"{empty} pages without a feature, and always more to come")
            last = not more and (not features or offset >= most)
            yield features, None if last else offset
            if last:
                return

    def missing(self, since: str, came: Callable[[str], bool]) -> Iterator[Page]:
        """The features that pages left out, by their ids."""
        left = [oid for oid in self._ids(since) if not came(str(oid))]
        for at in range(0, len(left), IDS):
            named = ",".join(map(str, left[at : at + IDS]))
            answer = self._ask("/query", {**self._asked(""), "objectIds": named})
            yield self._made(self._features(answer), None)

    def _ranges(self, ids: list[int], after: Any) -> Iterator[Page]:
        """Pages by ranges of ids: what servers without pagination can give."""
        left = [oid for oid in ids if after is None or oid > after]
        for at in range(0, len(left), self._page):
            part = left[at : at + self._page]
            ids_of_page = f"{self.row_id} >= {part[0]} AND {self.row_id} <= {part[-1]}"
            where = f"({self.feed.where}) AND {ids_of_page}" if self.feed.where else ids_of_page
            answer = self._ask(
                "/query", {**self._asked(""), "where": where, "orderByFields": self.row_id}
            )
            last = at + self._page >= len(left)
            yield self._made(self._features(answer), None if last else part[-1])
        if not left:
            yield Page([])

    def _ids(self, since: str) -> list[int]:
        answer = self._ask("/query", {"where": self._where(since), "returnIdsOnly": "true"})
        found = answer.get("objectIds", (answer.get("properties") or {}).get("objectIds"))
        if not isinstance(found or [], list) or any(not isinstance(i, int) for i in found or []):
            raise self.broken("it does not list the ids of its features")
        return sorted(found or [])

    def _ask(self, path: str, params: dict[str, str]) -> dict[str, Any]:
        answer = self.web.json(self._address + path, {**params, "f": "json"})
        if not isinstance(answer, dict):
            raise self.broken("no object")
        error = answer.get("error")
        if error is not None:
            code = error.get("code") if isinstance(error, dict) else None
            if code in _TOKEN:
                raise self.web.refused(f"error {code} in the answer")
            raise self.broken(f"error {code} in place of features")
        return answer

    def _asked(self, since: str) -> dict[str, str]:
        return {
            "where": self._where(since),
            "outFields": ",".join(self._fields) or "*",
            "outSR": "4326",
            "returnGeometry": "true" if self._shaped else "false",
        }

    def _where(self, since: str) -> str:
        stated = f"({self.feed.where})" if self.feed.where else ""
        newer = f"{self._edited} >= TIMESTAMP '{since}'" if since else ""
        return " AND ".join(filter(None, (stated, newer))) or "1=1"

    def _features(self, answer: dict[str, Any]) -> list[dict[str, Any]]:
        found = answer.get("features")
        if not isinstance(found, list):
            raise self.broken("no features")
        if any(type(f) is not dict or type(f.get("attributes")) is not dict for f in found):
            raise self.broken("a feature that is none")
        return found

    def _made(self, features: list[dict[str, Any]], after: Any) -> Page:
        """A page of records, with the mark of its newest edit."""
        edits = [f["attributes"].get(self._edited) for f in features] if self._edited else []
        newest = max((e for e in edits if isinstance(e, int | float)), default=None)
        days = self._date_fields(features)
        records: list[Record] = [feature["attributes"] for feature in features]
        for name in self._dates:
            _write_dates(records, name, name in days)
        self._write_points(records, features)
        # a second less: servers compare fractions of one differently
        known = newest is not None and abs(newest) < _LAST
        mark = f"{_moment((newest or 0) - 1000):%Y-%m-%d %H:%M:%S}" if known else ""
        return Page(records, after, mark)

    def _date_fields(self, features: list[dict[str, Any]]) -> frozenset[str]:
        """The fields that hold dates. The first features decide; where later ones show otherwise,
        all are asked anew."""
        if not features:
            return frozenset(self.facts.get(_DATES, ()))
        whole = []
        for name in self._dates:
            values = [v for f in features if (v := f["attributes"].get(name)) is not None]
            if name in self._timed or any(
                not isinstance(v, int | float) or v % DAY for v in values
            ):
                self._timed.add(name)
            elif values:
                whole.append(name)
        told = self.facts.get(_DATES)
        if told is None:
            told = [name for name in whole if name not in self._timed]
        kept = [name for name in told if name not in self._timed]
        self.facts[_DATES] = kept
        if len(kept) < len(told):
            raise Restart
        return frozenset(kept)

    def _write_points(self, records: list[Record], features: list[dict[str, Any]]) -> None:
        """Give records the points of their features."""
        lat, lon, precision = self._names
        for record, feature in zip(records, features):
            shape = feature.get("geometry")
            if not isinstance(shape, dict):
                continue
            x, y = shape.get("x"), shape.get("y")
            if type(x) is float and type(y) is float:  # nearly all: two out of a million are whole
                record[lat], record[lon] = y, x
                continue
            record[lat], record[lon], precise = _point(shape)
            if precise:
                record[precision] = precise


def _write_dates(records: list[Record], name: str, day: bool) -> None:
    """Write milliseconds UTC as dates, or as times with their zone, in place."""
    rows = [r for r in records if isinstance(r.get(name), int | float)]
    values = np.array([r[name] for r in rows], np.float64)
    exact = np.abs(values) <= _LAST  # else no date of a calendar
    times = np.where(exact, values, 0).astype("datetime64[ms]")
    unit = "D" if day else "s" if not (values[exact] % 1000).any() else "ms"
    texts = times.astype(f"datetime64[{unit}]").astype(str).tolist()
    for row, text, good in zip(rows, texts, exact.tolist()):
        row[name] = (text if day else f"{text}+00:00") if good else None


def _moment(milliseconds: float) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)


def _point(shape: dict[str, Any]) -> tuple[float | None, float | None, str]:
    """Latitude, longitude and, where the shape is no point, how well they tell the place."""
    x, y = shape.get("x"), shape.get("y")
    if "x" in shape:
        good = isinstance(x, int | float) and isinstance(y, int | float)
        return (y, x, "") if good else (None, None, "")
    for key, precise, made in (
        ("points", "block", shapely.MultiPoint),
        ("paths", "block", shapely.MultiLineString),
        ("rings", "area", _polygon),
    ):
        if shape.get(key):
            try:
                shapes = np.array([made(shape[key])], object)
                (inside,) = shape_points(shapes)
            except (ValueError, TypeError, shapely.errors.ShapelyError):
                return None, None, ""
            if precise == "area" and half_size(shapes)[0] <= SMALL:
                precise = "locality"
            return (None, None, "") if inside.is_empty else (inside.y, inside.x, precise)
    return None, None, ""


def _polygon(rings: list[Any]) -> Any:
    """A shape of rings, of which those within others are holes."""
    return shapely.build_area(shapely.MultiLineString(rings))


def _exceeded(answer: dict[str, Any]) -> bool:
    inside = answer.get("properties")
    told = answer.get("exceededTransferLimit")
    if told is None and isinstance(inside, dict):
        told = inside.get("exceededTransferLimit")
    return bool(told)


def _editors(layer: dict[str, Any]) -> list[str]:
    """The fields of who made and who edited a feature."""
    edits = layer.get("editFieldsInfo") or {}
    return [str(edits[k]) for k in ("creatorField", "editorField") if edits.get(k)]


def _free(name: str, taken: Mapping[str, Any]) -> str:
    found, counter = name, 2
    while found in taken:
        found, counter = f"{name} ({counter})", counter + 1
    return found
