"""Pictures to publish, of numbers of a release only: the opening map and the series, for posts and phones."""

from typing import Any

import geopandas as gpd
import pandas as pd

from data.embed.language import Words
from data.embed.pages import Series
from data.embed.sentences import STRIPED, Picture, notes, series_title
from data.palette import LIGHT
from data.pictures import draw
from data.pictures.figure import PHONE, POST, AreaMap, Caption, Chart, Figure, LegendRow
from data.pictures.looks import striped_look
from data.privacy.tables import Manifest
from data.published.grids import Sort
from data.published.levels import CITY
from data.published.period_names import first_day, last_day

PUBLISHED = ("map", "series")
SIZES = {"post": POST, "phone": PHONE}
FORMS = {"png": draw.png, "svg": draw.svg}
_STRIPES = striped_look(LIGHT.ramp[1], LIGHT.ramp[4])


def write_pictures(name: str, figure: Figure, caption: Caption) -> dict[str, bytes]:
    """The files of one picture: NAME-post.png, NAME-phone.svg and so on."""
    return {
        picture_name(name, size, form): make(figure, caption, pixels)
        for size, pixels in SIZES.items()
        for form, make in FORMS.items()
    }


def picture_name(name: str, size: str, form: str) -> str:
    """The file of a picture at a size, in a form."""
    return f"{name}-{size}.{form}"


def map_picture(
    picture: Picture, areas: gpd.GeoDataFrame, manifest: Manifest
) -> tuple[AreaMap, Caption]:
    """The map that the embed opens on, and what it says of itself."""
    areas = areas.sort_values("area")  # whatever their order in the file
    looks = {row.code: row.look for row in picture.rows}
    legend = [
        LegendRow(
            _STRIPES if r.look == STRIPED else r.look,
            ": ".join(filter(None, (r.numbers, r.meaning))),
        )
        for r in picture.legend
    ]
    shown = [looks[int(code)] for code in areas["area"]]
    names = dict(zip(areas["area"], areas["name"]))
    seen = "; ".join(
        f"{row.says}: {_listed([names[c] for c, look in zip(areas['area'], shown) if look == row.look])}"
        for row in legend
        if row.look in shown
    )
    alt = f"{picture.said} A map of {len(areas)} areas, {picture.title}. {seen}."
    caption = _caption(picture.said, picture.sub, picture, picture.notes, manifest, alt)
    return AreaMap(areas, shown, legend, picture.title), caption


def _listed(names: list[str]) -> str:
    """Some names of a class, and how many more there are."""
    rest = len(names) - 6
    return ", ".join(names[:6]) + (f" and {rest} more" if rest > 0 else "")


def series_picture(
    own: Series, sort: Sort, picture: Picture, manifest: Manifest, speak: Words
) -> tuple[Chart, Caption]:
    """The whole place over time, and what the picture says of itself."""
    place, grid = manifest["place"]["name"], own.grid
    title = series_title(own.kind, place, own.unit, speak)
    number, low, high = (part[:, 0].tolist() for part in (grid.number, grid.low, grid.high))
    rows = pd.DataFrame(
        {
            "start": [first_day(p).isoformat() for p in grid.periods],
            "end": [(last_day(p) + pd.Timedelta(days=1)).isoformat() for p in grid.periods],
            "number": number,
            "low": low,
            "high": high,
        }
    )
    key = "" if sort.exact else speak("series.key")
    says = notes(sort, own.kind, CITY, manifest, speak)
    spans = [f"{speak.period(grid.periods[i])}: {speak.ranged(grid.range(i))}" for i in (0, -1)]
    alt = f"{title}. {len(rows)} periods. {'; '.join(spans)}. Highest number: {max(number):,}."
    sub = f"{sort_words(sort, place, speak)} {key}".strip()
    return Chart(_stepped(rows)), _caption(title, sub, picture, says, manifest, alt)


def sort_words(sort: Sort, place: str, speak: Words) -> str:
    """Whose numbers they are, and whether they are exact or ranges."""
    key = "exact" if sort.exact else "city"
    return speak(f"sub.{key}", sort=speak(f"sort.{sort.name}"), place=place)


def _caption(
    title: str, sub: str, picture: Picture, says: list[str], manifest: Manifest, alt: str
) -> Caption:
    place = manifest["place"]["name"]
    stamp = f"Porchlight {place} · release as of {manifest['as_of']}"
    return Caption(title, sub, picture.source, " ".join(says), stamp, alt, team_only=False)


def _stepped(rows: pd.DataFrame) -> dict[str, Any]:
    """Numbers as a stepped line in the band of their ranges; a period is as wide as it is long."""
    x = {"field": "start", "type": "temporal", "title": None, "axis": {"grid": False}}
    y = {"type": "quantitative", "title": None, "axis": {"tickCount": 4, "tickMinStep": 1}}
    until = {"field": "end"}
    band = {"mark": {"type": "bar", "color": LIGHT.ramp[1], "binSpacing": 0}}
    line = {"mark": {"type": "rule", "color": LIGHT.ink, "strokeWidth": 2}}
    return {
        "data": {"values": rows.to_dict("records")},
        "height": 260,
        "layer": [
            band
            | {
                "encoding": {
                    "x": x,
                    "x2": until,
                    "y": {"field": "low", **y},
                    "y2": {"field": "high"},
                }
            },
            line | {"encoding": {"x": x, "x2": until, "y": {"field": "number", **y}}},
        ],
    }
