"""What the servers of the five cities answer, made: real columns and forms, values of ours.

Each city has two areas side by side at its center, and rows that a real feed has too: without a
place, with a place that is withheld, with a kind that no list names. No row is of a real event.
"""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from data.cities.cities import City

Row = dict[str, Any]
STEP = timedelta(hours=7, minutes=13)
BEGIN = datetime(2025, 1, 2, 0, 20)


def squares(city: City, names: tuple[str, str], columns: Callable[[str, int], Row]) -> list[Row]:
    """Two areas of 0.04 degrees, west and east of the center, as GeoJSON features."""
    lat, lon = city.center
    features = []
    for i, name in enumerate(names):
        west, east = lon - 0.04 + 0.04 * i, lon + 0.04 * i
        ring = [(west, lat - 0.02), (east, lat - 0.02), (east, lat + 0.02), (west, lat + 0.02)]
        shape = {"type": "Polygon", "coordinates": [[*map(list, ring), list(ring[0])]]}
        features.append({"type": "Feature", "properties": columns(name, i), "geometry": shape})
    return features


def spot(city: City, n: int) -> tuple[float, float]:
    """A point: rows of even number in the western area, of odd number in the eastern."""
    lat, lon = city.center
    return round(lat + 0.001 * (n % 9 - 4), 6), round(lon + (-0.02, 0.02)[n % 2], 6)


def at(n: int) -> datetime:
    """The made time of a row."""
    return BEGIN + STEP * n


def this_year(city: City) -> int:
    """The year that a table of the current year holds."""
    since = city.since(None, datetime.now(UTC).date())
    assert since is not None
    return since.year


@dataclass(frozen=True)
class MadeCity:
    """A city's answers. `kept` rows of `rows` become records, `in_areas` of them in an area,
    `other` of kind other."""

    features: list[Row]
    rows: list[Row]
    kept: int
    in_areas: int
    other: int


def minneapolis(city: City) -> MadeCity:
    names = ("Made West", "Made East")
    kinds = ("Larceny/Theft Offenses ", "Assault Offenses", "Motor Vehicle Theft", "Robbery")
    rows = []
    for n in range(60):
        lat, lon = spot(city, n)
        local = at(n).replace(tzinfo=UTC)  # what stands on the wall, called UTC
        rows.append(
            {
                "OBJECTID": n + 1,
                "Type": "Crime Offenses (NIBRS)",
                "Case_Number": f"25-{100_000 + n}",
                "Case_NumberAlt": f"MP2025{100_000 + n}",
                "Address": "0000XX MADE ST",
                "Reported_Date": int((local + timedelta(hours=2)).timestamp() * 1000),
                "Occurred_Date": int(local.timestamp() * 1000),
                "NIBRS_Crime_Against": "Property ",
                "NIBRS_Group": "A",
                "NIBRS_Code": "23F",
                "Offense_Category": kinds[n % 4],
                "Offense": "Made",
                "Problem_Initial": "Made",
                "Problem_Final": "Made",
                "Precinct": 1,
                "Ward": 1,
                "Neighborhood": names[n % 2],
                "Latitude": lat,
                "Longitude": lon,
                "wgsXAnon": -10_380_000.0,
                "wgsYAnon": 5_610_000.0,
                "Crime_Count": 1,
            }
        )
    rows[0] |= {"Latitude": 0, "Longitude": 0}  # goes by its neighborhood
    rows[1] |= {"Latitude": 0, "Longitude": 0, "Neighborhood": None}  # no place at all: rejected
    rows[2] |= {"Offense_Category": "Made-up Offenses"}
    metric = rows[3] | {"OBJECTID": 61, "Type": "Additional Crime Metrics"}  # never asked for
    features = squares(city, names, lambda name, i: {"BDNAME": name, "BDNUM": i + 1})
    return MadeCity(features, [*rows, metric], 59, 59, 1)


def chicago(city: City) -> MadeCity:
    kinds = ("THEFT", "BATTERY", "CRIMINAL DAMAGE", "NARCOTICS", "CRIM SEXUAL ASSAULT")
    rows = []
    for n in range(60):
        lat, lon = spot(city, n)
        rows.append(
            {
                "id": str(13_000_000 + n),
                "case_number": f"JX{n:06}",
                "date": at(n).isoformat(timespec="milliseconds"),
                "block": "000XX W MADE ST",
                "iucr": "0820",
                "primary_type": kinds[n % 5],
                "description": "MADE",
                "location_description": "STREET",
                "arrest": False,
                "domestic": False,
                "beat": "0111",
                "district": "001",
                "ward": "1",
                "community_area": str(1 + n % 2),
                "fbi_code": "06",
                "x_coordinate": "1170000",
                "y_coordinate": "1890000",
                "year": "2025",
                "updated_on": "2025-02-01T15:41:20.000",
                "latitude": str(lat),
                "longitude": str(lon),
                "location": {"latitude": str(lat), "longitude": str(lon)},
            }
        )
    for gone in ("latitude", "longitude", "location"):  # Socrata leaves out what is empty
        del rows[0][gone]
    rows[1]["primary_type"] = "RITUALISM"
    features = squares(
        city,
        ("MADE WEST", "MADE EAST"),
        lambda name, i: {"community": name, "area_numbe": str(i + 1), "shape_area": "1"},
    )
    return MadeCity(features, rows, 60, 59, 1)


def new_york(city: City) -> MadeCity:
    begin = datetime(this_year(city), 1, 3, 1, 5)
    kinds = ("PETIT LARCENY", "HARRASSMENT 2", "ASSAULT 3 & RELATED OFFENSES", "DANGEROUS DRUGS")
    rows = []
    for n in range(60):
        lat, lon = spot(city, n)
        when = begin + STEP * n
        rows.append(
            {
                "cmplnt_num": str(300_000_000 + n),
                "addr_pct_cd": "1",
                "boro_nm": "MANHATTAN",
                "cmplnt_fr_dt": f"{when:%Y-%m-%d}T00:00:00.000",
                "cmplnt_fr_tm": f"{when:%H:%M:%S}",
                "ky_cd": "341",
                "law_cat_cd": "MISDEMEANOR",
                "ofns_desc": kinds[n % 4],
                "pd_desc": "MADE",
                "rpt_dt": f"{when:%Y-%m-%d}T00:00:00.000",
                "susp_age_group": "25-44",
                "vic_sex": "F",
                "latitude": str(lat),
                "longitude": str(lon),
            }
        )
    rows[0] |= {"latitude": "0.0", "longitude": "0.0"}
    rows[1]["ofns_desc"] = "MISCELLANEOUS PENAL LAW"
    earlier = rows[2] | {"cmplnt_num": "1", "cmplnt_fr_dt": "2019-05-01T00:00:00.000"}
    features = squares(
        city,
        ("Made West", "Made East"),
        lambda name, i: {
            "BoroName": "Manhattan",
            "NTA2020": f"MN000{i + 1}",
            "NTAName": name,
            "NTAType": "0",
        },
    )
    return MadeCity(features, [*rows, earlier], 60, 59, 1)


def seattle(city: City) -> MadeCity:
    kinds = ("LARCENY-THEFT", "ASSAULT OFFENSES", "BURGLARY", "TRESPASS")
    rows = []
    for n in range(60):
        lat, lon = spot(city, n)
        rows.append(
            {
                "report_number": f"2025-{n:06}",
                "report_date_time": (at(n) + timedelta(hours=1)).isoformat(timespec="milliseconds"),
                "offense_id": str(60_000_000_000 + n),
                "offense_date": at(n).isoformat(timespec="milliseconds"),
                "nibrs_group_a_b": "A",
                "nibrs_crime_against_category": "PROPERTY",
                "offense_category": "PROPERTY CRIME",
                "offense_sub_category": kinds[n % 4],
                "nibrs_offense_code": "23F",
                "nibrs_offense_code_description": "Made",
                "shooting_type_group": "-",
                "block_address": "1XX BLOCK OF MADE ST",
                "latitude": str(lat),
                "longitude": str(lon),
                "beat": "K1",
                "precinct": "West",
                "sector": "K",
                "neighborhood": "DOWNTOWN COMMERCIAL",
                "reporting_area": "1000",
            }
        )
    rows[0] |= {"latitude": "REDACTED", "longitude": "REDACTED"}
    rows[1] |= {"latitude": "-1.0", "longitude": "-1.0"}
    rows[2]["offense_sub_category"] = "999"
    features = squares(
        city,
        ("Made West", "Made East"),
        lambda name, i: {"OBJECTID": i + 1, "L_HOOD": "Made", "S_HOOD": name},
    )
    return MadeCity(features, rows, 60, 58, 1)


_STREET = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context"
)


def london(city: City) -> MadeCity:
    kinds = ("Anti-social behaviour", "Burglary", "Vehicle crime", "Violence and sexual offences")
    rows = []
    for n in range(60):
        lat, lon = spot(city, n)
        rows.append(
            {
                "Crime ID": "" if n % 4 == 0 else f"{n:064x}",
                "Month": f"2025-{1 + n % 2:02}",
                "Reported by": ("Metropolitan Police Service", "City of London Police")[n % 3 == 0],
                "Longitude": f"{lon}",
                "Latitude": f"{lat}",
                "Location": "On or near Made Street",
                "LSOA code": "E01000001",
                "LSOA name": "Made 001A",
                "Crime type": kinds[n % 4],
            }
        )
    rows[0] |= {"Longitude": "", "Latitude": "", "Location": "No Location", "LSOA name": ""}
    rows[1]["Crime type"] = "Other crime"
    features = squares(
        city,
        ("Made West", "Made East"),
        lambda name, i: {"LAD24CD": f"E0900000{i + 1}", "LAD24NM": name},
    )
    return MadeCity(features, rows, 60, 59, 1)


def archive(rows: list[Row]) -> bytes:
    """The archive of police.uk: a folder a month, a file a force and a sort of data."""
    slugs = {
        "Metropolitan Police Service": "metropolitan",
        "City of London Police": "city-of-london",
    }
    files: dict[str, list[str]] = {}
    for row in rows:
        cells = {name: row.get(name, "") for name in _STREET.split(",")}
        name = f"{row['Month']}/{row['Month']}-{slugs[row['Reported by']]}-street.csv"
        cells["Falls within"] = cells["Reported by"]
        files.setdefault(name, [_STREET]).append(",".join(cells.values()))
    month = rows[0]["Month"]
    files[f"{month}/{month}-kent-street.csv"] = [_STREET, f"1,{month},Kent Police,,,,,,,Burglary,,"]
    files[f"{month}/{month}-metropolitan-outcomes.csv"] = ["Crime ID,Month,Outcome type", "1,x,y"]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, lines in files.items():
            packed.writestr(name, "\n".join(lines) + "\n")
    return out.getvalue()


MADE = {
    "minneapolis": minneapolis,
    "chicago": chicago,
    "new-york": new_york,
    "seattle": seattle,
    "london": london,
}
