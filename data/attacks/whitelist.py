"""The attackers' own list of what a release may hold, on purpose not the one that it is made with.

A test compares the two: who adds a table, a column or an entry of the manifest changes both.
"""

LATE_AND_SENSITIVE = ("city-year-sensitive-kind", "city-year-sensitive-setting", "city-year-late")
# declared volume -> measured tables of ordinary events, of the city and of areas
MEASURED = {
    "tiny": (("city-quarter",), ()),
    "small": (("city-month", "city-year-kind", "city-year-band"), ("district-year",)),
    "medium": (
        ("city-week-part", "city-quarter-kind", "city-quarter-band"),
        ("group-quarter", "district-year-kind"),
    ),
    "large": (
        ("city-week-part", "city-month-kind", "city-quarter-band"),
        ("group-month", "group-year-kind"),
    ),
}
_YEARS = ("city-year", "city-year-sensitive", *LATE_AND_SENSITIVE)
_SERIES = ("city-week-part", "city-week", "city-month", "city-quarter", *_YEARS)
# declared volume -> estimates
ESTIMATES = {
    "tiny": ("city-quarter", *_YEARS),
    "small": (
        *("city-month", "city-quarter", "city-year-kind", "city-year-band", "district-year"),
        *_YEARS,
    ),
    "medium": (
        *_SERIES,
        *("city-quarter-kind", "city-year-kind", "city-quarter-band", "city-year-band"),
        *("group-quarter", "group-year", "district-quarter", "district-year"),
        "district-year-kind",
    ),
    "large": (
        *_SERIES,
        *("city-month-kind", "city-quarter-kind", "city-year-kind"),
        *("city-quarter-band", "city-year-band"),
        *("group-month", "group-quarter", "group-year", "group-year-kind"),
        *("district-month", "district-quarter", "district-year", "district-year-kind"),
    ),
}
KEYS = {"district": "district", "group": "area"}  # the column of a unit of place
MEASURED_NUMBERS = ("n", "epsilon")
RANGES = ("number", "low", "high", "sd", "status")
EXACT = {
    "official/area-month": ("period", "area", "kind", "n"),
    "official/city-day": ("period", "kind", "n"),
    "press/articles": ("period", "paper", "title", "kind", "area_written", "url"),
}
STATUS = {"provisional", "quarter", "year"}
BANDS = ("00-06", "06-12", "12-18", "18-24", "unknown")
SENSITIVE_SETTINGS = ("clinic", "home", "school", "shelter", "worship")
MANIFEST = {
    *("place", "as_of", "code", "volume", "declared", "epsilon", "made", "residents", "policy"),
    *("warnings", "years", "budgets", "redone", "sources", "tables", "files", "id"),
}
FROZEN = {  # of a year's budget
    *("series", "volume", "epsilon", "partition", "districts", "kinds"),
    *("sensitive_kinds", "sensitive_settings"),
}
SOURCE = {"name", "title", "kind", "says", "covers", "licence", "url"}
AREA = {"area", "name", "residents", "district"}
RELEASE_FILES = ("areas.geojson", "districts.geojson", "manifest.json", "datapackage.json")
FORMATS = ("parquet", "csv", "json")


def listed_columns(path: str) -> tuple[str, ...]:
    """The columns that a table must have, by its path. KeyError where none may be there."""
    if path in EXACT:
        return EXACT[path]
    side, folder, name = path.split("/")
    if side != "community" or name not in _names(folder):
        raise KeyError(path)
    where, _, rest = name.partition("-")
    by = [by for by in ("kind", "band", "setting") if rest.endswith(f"-{by}")]
    keys = ("period", *([KEYS[where]] if where in KEYS else []), *by)
    return (*keys, *(MEASURED_NUMBERS if folder == "measured" else RANGES))


def _names(folder: str) -> set[str]:
    if folder == "measured":
        of_volumes = {name for both in MEASURED.values() for part in both for name in part}
        return {*of_volumes, *LATE_AND_SENSITIVE}
    return (
        {name for names in ESTIMATES.values() for name in names} if folder == "estimate" else set()
    )


def tables_of(volume: str, *, areas: bool) -> set[str]:
    """The measured tables of a year of a declared volume, all of them."""
    city, apart = MEASURED[volume]
    return {*city, *(apart if areas else ()), *LATE_AND_SENSITIVE}
