"""Which column of a file says what, by its header and by what its first rows hold."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from data import dating, words
from data.forbidden import is_forbidden


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


NUMBER = r"[+-]?\d+(?:[.,]\d+)?"
DEGREES = r"[+-]?\d{1,3}[.,]\d+"
MISSING = frozenset(
    ("", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", "--", "\\n", "?")
)

YES = _listed("""
    yes y true t 1 x si sí oui o ja j wahr vrai verdadero haa
""")
NO = _listed("""
    no n false f 0 non nein falsch faux falso maya
""")

# Headers by record column, without case, accents and separators; earlier ones are
# preferred. English, Spanish, French and German.
NAMES: dict[str, str] = {
    "incident_id": """
        incidentid incidentnumber incidentno incidentnum casenumber caseno
        caseid casenum eventid eventnumber reportnumber reportno callnumber
        callid idnum recordid uniqueid masterincidentnumber ccn uid uuid
        globalid id objectid key identificador numerodeincidente numeroincident
        vorgangsnummer aktenzeichen""",
    "occurred_at": """
        occurredat occurred occurredon occurreddate occurreddatetime
        dateoccurred datetimeoccurred occurdate occurrencedate incidentdatetime
        incidentdate eventdatetime eventdate responsedatetime stopdatetime
        stopdate calldatetime calldate crimedate offensedate dateofoccurrence
        dateofincident begindate startdatetime startdate datetime dateandtime
        datetimelocal timestamp date datetext datelocal when fechahora
        fechahecho fecha dateheure jour zeitpunkt datum taariikh time""",
    "time_of_day": """
        timeofday occurredtime timeoccurred incidenttime eventtime stoptime
        calltime crimetime time hora heure uhrzeit zeit saacad""",
    "received_at": """
        receivedat received datereceived receiveddate receiveddatetime
        submittedat submitted datesubmitted reportedat reported reporteddate
        datereported reportdate reportdatetime reporteddatetime createdat
        created createddate entrydate recibido recu gemeldet""",
    "lat": """
        lat latitude latitud breite breitengrad gpslat gpslatitude incidentlat
        incidentlatitude latwgs84 latdd y ycoord ycoordinate coordy""",
    "lon": """
        lon long lng longitude longitud lange langengrad laenge laengengrad
        gpslon gpslong gpslng gpslongitude incidentlon incidentlong
        incidentlongitude lonwgs84 longwgs84 londd longdd x xcoord xcoordinate
        coordx""",
    "x": "x xcoord xcoordinate coordx easting este rechtswert utmx xwebmercator",
    "y": "y ycoord ycoordinate coordy northing norte hochwert utmy ywebmercator",
    "lat_lon": """
        latlon latlong latlng latitudelongitude coordinates coordinate coords
        geolocation gps gpscoordinates geopoint location location1 position
        point coordenadas coordonnees koordinaten ubicacion""",
    "point": """
        wkt point geom geometry thegeom geo shape wktgeom location location1
        geolocation georeference newgeoreferencedcolumn geojson""",
    "area_label": """
        neighborhood neighbourhood neighborhoodname neighbourhoodname nbhd
        communityarea area areaname hood barrio colonia quartier arrondissement
        stadtteil stadtteilname viertel bezirk xaafad district ward precinct
        policeprecinct policedistrict beat policebeat sector zone zona distrito""",
    "city": """
        city cityname town municipality ciudad municipio ville commune stadt ort
        gemeinde magaalo""",
    "kind": """
        kind incidentkind incidenttype type eventtype calltype category
        incidentcategory problem offense offence offensetype offensecategory
        crimetype primarytype nature natureofcall callnature crime tipo
        tipodeincidente delito categorie art kategorie delikt""",
    "grade": "grade verification verificationstatus status confidence",
    "via": "via reportedvia howreported callsource howknown reportsource",
    "setting": "setting placetype locationtype premise premises",
    "origin": "origin channel canal herkunft",
    "response": "response policeresponse localresponse respuesta reponse reaktion",
    "force": "force forcetype forceused typeofforce fuerza gewalt",
    "injured": "injured injury injuries anyinjured heridos blesses verletzt",
    "officers": """
        officers officercount numberofofficers numofficers agents agentcount""",
    "vehicles": "vehicles vehiclecount numberofvehicles numvehicles cars vehiculos",
    "agencies": "agencies agency",
    "on_scene_until": "onsceneuntil until departed leftat endtime",
    "source_url": "sourceurl sourceurls url urls link links evidence sources source",
    "text": """
        text description narrative details incidentdescription notes note
        comments comment summary descripcion beschreibung texto texte""",
    "time_precision": "timeprecision",
    "place_precision": "placeprecision",
}


NEEDED = {
    "occurred_at": NAMES["occurred_at"].split(),
    "lat": ["lat", "latitude", "latitud"],
    "lon": ["lon", "long", "lng", "longitude", "longitud"],
}


def columns(
    names: Sequence[str],
    values: Callable[[str], Sequence[str]],
    projected: bool = False,
) -> dict[str, str]:
    """Record column to file column, for what headers and first rows agree on.

    `values` tells what the first rows hold in a column. Forbidden columns are never
    looked at. Where the file is said to be projected, x and y go before degrees.
    """
    allowed = [name for name in names if not is_forbidden(name)]
    found: dict[str, str] = {}
    for target in sorted(NAMES, key=lambda t: projected and t not in ("x", "y")):
        free = [name for name in allowed if name not in found.values()]
        if name := next(_candidates(target, free, values), None):
            found[target] = name
    found = _named(found, allowed)
    return _places(_times(found), projected)


def known_name(header: str) -> bool:
    """Whether a header stands in the tables of headers."""
    return _plain(header) in _known()


def numbers(texts: Sequence[str]) -> list[float]:
    """The plain numbers among some texts; a decimal comma counts as a point."""
    plain = (text.replace(",", ".") for text in texts if re.fullmatch(NUMBER, text))
    return [float(text) for text in plain]


def missing(text: str) -> bool:
    """Whether a cell says nothing."""
    return text.strip().lower() in MISSING


def _named(found: dict[str, str], allowed: Sequence[str]) -> dict[str, str]:
    """What is needed and was not found, by headers that leave no doubt alone.

    So a file with nothing but bad dates has its rows rejected, each with its reason.
    """
    by_name = {_plain(name): name for name in allowed if name not in found.values()}
    placed = {"lat_lon", "point", "x", "y"} & set(found)
    for target, headers in NEEDED.items():
        named = [by_name[header] for header in headers if header in by_name]
        if named and target not in found and not (placed and target != "occurred_at"):
            found = {**found, target: named[0]}
    return found


def _candidates(
    target: str, free: Sequence[str], values: Callable[[str], Sequence[str]]
) -> Iterator[str]:
    by_name = {_plain(name): name for name in reversed(free)}
    for header in NAMES[target].split():
        if header in by_name:
            held = [v for v in values(by_name[header]) if not missing(v)]
            if not held or _fits(target, held):
                yield by_name[header]


def _fits(target: str, held: Sequence[str]) -> bool:
    """Whether most of what a column holds is of the kind that a record column wants."""
    test = TESTS.get(target)
    return test is None or sum(map(test, held)) * 2 >= len(held)


def _degrees(limit: float) -> Callable[[str], bool]:
    return lambda text: (
        any(abs(number) <= limit for number in numbers([text]))
        or re.search(r"\d\s*[°º]|\d\s*[NSEWO]$", text) is not None
    )


def _is_date(text: str) -> bool:
    return bool(dating.likely([text]))


def _is_clock(text: str) -> bool:
    return bool(dating.likely([text], clock=True))


def _is_word(column: str) -> Callable[[str], bool]:
    return lambda text: word(column, text) is not None


def _are_words(column: str) -> Callable[[str], bool]:
    return lambda text: any(
        word(column, part) is not None for part in re.split(r"[,;|]", text)
    )


TESTS: dict[str, Callable[[str], bool]] = {
    "occurred_at": lambda text: _is_date(text) or not re.search(r"\d", text),
    "received_at": _is_date,
    "on_scene_until": _is_date,
    "time_of_day": _is_clock,
    "lat": _degrees(90),
    "lon": _degrees(180),
    "x": lambda text: bool(numbers([text])),
    "y": lambda text: bool(numbers([text])),
    "lat_lon": lambda text: bool(
        re.search(rf"{DEGREES}\s*[°º]?\s*[NS]?\s*[,;\s]\s*{DEGREES}[\s)°ºEW]*$", text)
        and not re.search(r"(?i)point", text)
    ),
    "point": lambda text: bool(re.search(r"(?i)point|coordinates", text)),
    "grade": _is_word("grade"),
    "via": _is_word("via"),
    "setting": _is_word("setting"),
    "response": _is_word("response"),
    "time_precision": _is_word("time_precision"),
    "place_precision": _is_word("place_precision"),
    "force": _are_words("force"),
    "agencies": _are_words("agencies"),
    "injured": lambda text: text.lower() in {*YES, *NO},
    "officers": lambda text: text.isdecimal(),
    "vehicles": lambda text: text.isdecimal(),
    "source_url": lambda text: re.match(r"(?i)https?://", text) is not None,
}


def word(column: str, text: str) -> str | None:
    """The word of a column that a text is, whatever its case and separators."""
    plain = re.sub(r"[\s_-]+", "_", text.strip().lower())
    return plain if plain in words.CODES[column] else None


def _times(found: dict[str, str]) -> dict[str, str]:
    """A date is needed first: where only a date of reporting is known, it serves."""
    if "occurred_at" not in found and "received_at" in found:
        later = {k: v for k, v in found.items() if k != "received_at"}
        return {"occurred_at": found["received_at"], **later}
    return found


def _places(found: dict[str, str], projected: bool) -> dict[str, str]:
    """One way of saying where: degrees, else one column, else projected metres."""
    ways = [("lat", "lon"), ("lat_lon",), ("point",), ("x", "y")]
    given = {target for way in ways for target in way}
    ways = ways[::-1] if projected else ways
    best = next((way for way in ways if all(t in found for t in way)), ())
    return {k: v for k, v in found.items() if k not in given or k in best}


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(name for listed in NAMES.values() for name in listed.split())


@lru_cache(maxsize=1024)
def _plain(header: str) -> str:
    plain = unicodedata.normalize("NFKD", header.lower())
    return re.sub(r"[\W_]+", "", "".join(c for c in plain if c.isascii()))
