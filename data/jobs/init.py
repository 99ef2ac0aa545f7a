"""Settings for another place: what `python -m data init` writes."""

import os
import re
from pathlib import Path

from data import coordinate_system
from data.privacy import policy
from data.settings import ROOT, Problem, check_zone, load_settings, place_slug, read_toml
from data.storage import projection

TEMPLATE = """\
# Every setting of this Porchlight. `python -m data init "Your city" --zone Europe/Berlin` writes another.

audience = "team"              # "public": the dashboard serves the published release only (PORCHLIGHT_AUDIENCE overrides it)
# ledger = "postgresql://porchlight@db.example.org/porchlight"    # the store's events in a database (docs/deploy.md, 7); PORCHLIGHT_LEDGER overrides it

[place]
name = "{name}"
zone = "{zone}"       # the clock on the wall: hours, weekdays and dates are counted in it
crs = "{crs}"       # meters; "auto" chooses the UTM zone of the first coordinates imported
center = {center}       # latitude, longitude; [] when not known: then nothing is "far outside"
reach_km = {reach}       # a coordinate farther from the center is rejected
sample = false
store = "{store}"       # of this place alone; PORCHLIGHT_STORE overrides it

[opens]
# source = "the-source"       # what a first visitor sees; else the first one imported

[team]
minimum_age = 24       # hours; no map, chart or export shows a community report younger than this

[basemap]       # what may lie below the areas; `python -m data basemap get` fetches a map that needs no entry here
# file = "city.pmtiles"        # a vector map that this app serves itself: no other host learns anything
# attribution = "© OpenStreetMap contributors"
# water = "water.geojson"      # lakes and rivers to draw over the areas' colors
# provider = "Esri.WorldGrayCanvas"    # tiles of others (a name of xyzservices), only while a reader switches them on
# provider = {{name = "Our tiles", url = "https://tiles.example.org/{{z}}/{{x}}/{{y}}.png", attribution = "...", learns = "...", max_zoom = 18}}
"""


def init(
    file: Path, name: str, zone: str, at: str, crs: str, reach_km: float, store: str = ""
) -> list[str]:
    """Write porchlight.toml; what comes back are sentences on what was done, and what is next."""
    return [
        *write_place(file, name, zone, _center(at), crs, reach_km, store),
        "Next: python -m data areas FILE --name-column NAME   (official areas, if you have them)",
        "      python -m data import FILE --source NAME       (records)",
    ]


def write_place(
    file: Path,
    name: str,
    zone: str,
    center: tuple[float, float] | None,
    crs: str,
    reach_km: float,
    store: str = "",
) -> list[str]:
    """Write the settings of a place; the file before is kept beside. Sentences on what was done.

    Without a `store` the place gets one that no other has.
    """
    if not name.strip() or re.search(r'["\\\x00-\x1f]', name):
        raise Problem("The name of the place must be plain text without quotes.")
    check_zone(zone, "--zone")
    said = []
    if crs:
        chosen = _metric(crs)
    elif center:
        chosen = projection.utm_zone(*center)
        said.append(f"Metric CRS {chosen}, the UTM zone of {center[0]}, {center[1]}.")
    else:
        chosen = "auto"
        said.append(
            "Metric CRS: the UTM zone of the first coordinates imported "
            '(or give --crs, or --at "latitude,longitude").'
        )
    named, taken = (store, "") if store else _own_store(file, name, zone)
    if taken:
        said.append(taken)
    if file.exists():
        beside = _beside(file)
        file.rename(beside)
        said.append(f"The settings before are kept as {beside.name}.")
    text = TEMPLATE.format(
        name=name.strip(),
        zone=zone,
        crs=chosen,
        center=list(center) if center else [],
        reach=f"{reach_km:g}",
        store=named,
    )
    file.write_text(f"{text}\n{policy.policy_toml()}", encoding="utf-8")
    settings = load_settings(file)
    overridden = os.environ.get("PORCHLIGHT_STORE")
    if overridden and overridden != store:
        said.append(
            f"PORCHLIGHT_STORE is set ({overridden}) and goes before the store that {file.name} names, "
            f"{named}: a store is of one place, so unset it, or set it anew for each place."
        )
    return [
        f"{file.name} now describes {settings.name}, {zone}.",
        *said,
        f"Its store is {_short(settings.store)}.",
    ]


def _own_store(file: Path, name: str, zone: str) -> tuple[str, str]:
    """The store for a place, which no other place has; and a sentence where the usual is taken.

    Settings written anew for the same place keep its store. A store is taken where it is there,
    or where other settings in the same folder name it.
    """
    own = _store_named(file)
    before = read_toml(file)["place"] if own else {}
    if own and (before.get("name"), before.get("zone")) == (name.strip(), zone):
        return own, ""
    others = {_store_named(other) for other in file.parent.glob("*.toml")}
    usual = f"data/store-{place_slug(name)}"
    free, number = usual, 2
    while free in others or (ROOT / free).exists():
        free, number = f"{usual}-{number}", number + 1
    if free == usual:
        return free, ""
    return free, (
        f"{usual} is another place's store, or that of earlier settings: these take {free}. To go on "
        "with the other one, keep its settings: PORCHLIGHT_CONFIG names the file."
    )


def _store_named(file: Path) -> str:
    """The store that a file of settings names; "" where it is none or cannot be read."""
    try:
        place = read_toml(file).get("place")
    except (Problem, FileNotFoundError):
        return ""
    named = place.get("store", "data/store") if isinstance(place, dict) else ""
    return named if isinstance(named, str) else ""


def _center(at: str) -> tuple[float, float] | None:
    if not at:
        return None
    try:
        lat, lon = (float(v) for v in at.split(","))
    except ValueError:
        raise Problem(f'--at is "latitude,longitude", for example "44.95,-93.09", not {at!r}.') from None
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise Problem(f"--at {at!r}: latitude is -90 to 90, longitude -180 to 180.")
    return lat, lon


def _metric(crs: str) -> str:
    found = coordinate_system.read_crs(crs, "--crs")
    if not found.is_projected or found.axis_info[0].unit_name != "metre":
        raise Problem(f"--crs {crs} does not measure in meters; choose a projected CRS such as a UTM zone.")
    return crs


def _beside(file: Path) -> Path:
    """A free name for the settings that are replaced."""
    try:
        name = place_slug(load_settings(file).name)
    except Problem:
        name = "before"
    beside = file.with_name(f"{file.stem}.{name}.toml")
    number = 2
    while beside.exists():
        beside = file.with_name(f"{file.stem}.{name}-{number}.toml")
        number += 1
    return beside


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
