"""Label or point: which of the two decides the area of a source's records."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from data.settings import Problem, Settings
from data.storage import area_names, projection
from data.storage.batches import live_files
from data.storage.database import literal, query
from data.storage.history import LABEL, POINT
from data.storage.store import Store
from geo.area_index import index_areas

DECIDERS = (POINT, LABEL)
_MOST = 0.1  # of the records with both that may lie in another area than their label says
BORDER = 20.0  # metres: a point this near the area that its label names agrees with it
_NUMBER = re.compile(r"\W*\d+\W*")
Ask = Callable[[str, list[str]], str]
Why = Literal["apart", "numbers"]


@dataclass(frozen=True)
class Agreement:
    """The agreement of one source's labels and points in one area set.

    `labelled` records have a label that names an area; `both` of them have a point, too, and
    `apart` of these lie farther than BORDER outside that area. `numbers`: all these labels
    are bare numbers, which name areas of any numbered set.
    """

    labelled: int = 0
    both: int = 0
    apart: int = 0
    numbers: bool = True

    def __add__(self, other: "Agreement") -> "Agreement":
        return Agreement(
            self.labelled + other.labelled,
            self.both + other.both,
            self.apart + other.apart,
            self.numbers and other.numbers,
        )

    @property
    def doubt(self) -> Why | None:
        """The reason why labels may be of another geography; None where nothing says so."""
        if self.apart > _MOST * self.both:
            return "apart"
        return "numbers" if self.labelled and self.numbers and not self.both else None


class Comparison:
    """One area set, ready to be compared with labels and points."""

    def __init__(self, areas: gpd.GeoDataFrame, meta: Mapping[str, Any], crs: str | None) -> None:
        x, y = shapely.get_coordinates(shapely.centroid(areas.geometry.to_numpy())).T
        self.crs = crs or projection.utm_zone(y, x)
        self.name = str(meta["set"])
        self._lookup = area_names.Lookup(areas["name"].tolist(), meta.get("aliases", {}))
        self._index = index_areas(areas)
        self._metric = areas.to_crs(self.crs).geometry.to_numpy()
        shapely.prepare(self._metric)

    def agreement(
        self,
        labels: Sequence[str | None],
        lon: npt.NDArray[np.float64],
        lat: npt.NDArray[np.float64],
        n: npt.ArrayLike = 1,
    ) -> Agreement:
        """Compare labels with points (WGS 84, NaN where there is none), `n` records each."""
        rows = {text: self._lookup.row(text) for text in dict.fromkeys(labels) if text}
        area = np.array([rows.get(text, -1) if text else -1 for text in labels], np.int32)
        count = np.broadcast_to(np.asarray(n, np.int64), area.shape)
        named, pointed = area >= 0, np.isfinite(lon) & np.isfinite(lat)
        other = named & pointed
        other[other] = self._index.locate(lon[other], lat[other]) != area[other]
        x, y = projection.transformer(projection.WGS84, self.crs).transform(lon[other], lat[other])
        far = ~shapely.dwithin(self._metric[area[other]], shapely.points(x, y), BORDER)
        return Agreement(
            int(count[named].sum()),
            int(count[named & pointed].sum()),
            int(count[other][far].sum()),
            all(_NUMBER.fullmatch(text) for text, row in rows.items() if row >= 0),
        )


def learned_from(meta: Mapping[str, Any], source: str) -> bool:
    """Return whether an area set was drawn from this source's labels: to compare proves nothing."""
    return meta["how"] == "learned" and source in meta.get("learned_from", [source])


def for_areas(
    store: Store,
    settings: Settings,
    areas: gpd.GeoDataFrame,
    meta: Mapping[str, Any],
    place_by: Sequence[str],
    settled: Mapping[str, str],
    ask: Ask | None,
    say: Callable[[str], None],
) -> dict[str, str]:
    """Decide for the store's sources in an area set: what decides, by source.

    Only sources of which labels are in doubt, and those named. `place_by` holds "point",
    "label" or "source=point"; what is `settled` holds where it says nothing. Problem where
    it is in doubt and nobody says.
    """
    everyone, named = _parsed(place_by)
    found = _agreements(store, areas, meta, projection.metric_crs(store, settings))
    if unknown := sorted(named.keys() - found.keys()):
        raise Problem(f"--place-by {unknown[0]}=...: no source of this name has labels.")
    known = store.history().decisions.stated
    chosen, unsaid = dict(named), list[str]()
    for source, agreement in found.items():
        why = agreement.doubt
        if source in named or why is None or learned_from(meta, source):
            continue
        question = f"{source}: {in_words(agreement, why, str(meta['set']))}"
        if everyone:
            chosen[source] = everyone
        elif source in settled:
            continue
        elif source in known:
            say(f"{question} Its mapping says what decides: the {known[source]}.")
        elif ask is not None:
            chosen[source] = ask(f"{question} Which decides?", list(DECIDERS))
        else:
            unsaid.append(question)
    if unsaid:
        raise Problem(
            f"{' '.join(unsaid)} {WAYS} For one of several sources: --place-by SOURCE=point."
        )
    for source, by in chosen.items():
        say(f"{source}: the {by} decides which of {meta['set']} a record belongs to.")
    if place_by and not chosen:
        say("Labels and points agree: there is nothing for --place-by to decide.")
    return {**settled, **chosen}


WAYS = (
    f"Say which decides: --place-by {POINT} (labels then name no area) or --place-by {LABEL} "
    "(points then decide only where no label names an area)."
)


def in_words(agreement: Agreement, why: Why, area_set: str) -> str:
    """Return why the labels are in doubt, in a sentence with its numbers."""
    if why == "numbers":
        return (
            f"the labels that name one of {area_set} are bare numbers ({agreement.labelled:,} "
            "records), and no record has a point that could show that they mean these areas."
        )
    return (
        f"of {agreement.both:,} records that have a point and a label that names one of "
        f"{area_set}, {agreement.apart:,} lie more than {BORDER:g} m outside the area named."
    )


def check_decider(text: str, where: str) -> str:
    """Return the text if it says what decides; raise Problem otherwise."""
    if text not in DECIDERS:
        raise Problem(f'{where} is "{POINT}" or "{LABEL}", not {area_names.printable(text)!r}.')
    return text


def _parsed(place_by: Sequence[str]) -> tuple[str, dict[str, str]]:
    """The decider for all sources in doubt, and those for the sources that are named."""
    everyone, named = "", {}
    for text in place_by:
        source, equals, by = text.rpartition("=")
        check_decider(by, "--place-by")
        if equals:
            named[source] = by
        else:
            everyone = by
    return everyone, named


def _agreements(
    store: Store, areas: gpd.GeoDataFrame, meta: Mapping[str, Any], crs: str | None
) -> dict[str, Agreement]:
    """The agreement of labels and points, by source that has labels."""
    files = ", ".join(literal(file) for file in live_files(store))
    if not files:
        return {}
    comparison = Comparison(areas, meta, crs)
    table = query(
        store.root,
        f"""SELECT source, area_label, lon, lat, count(*) AS n FROM read_parquet([{files}])
            WHERE area_label IS NOT NULL AND place_precision <> 'city'
            GROUP BY ALL ORDER BY source""",
    )
    source = np.array(table["source"].to_pylist(), object)
    found: dict[str, Agreement] = {}
    for name in dict.fromkeys(source.tolist()):
        mine = table.filter(source == name)
        lon, lat, n = (mine[c].to_numpy() for c in ("lon", "lat", "n"))
        found[name] = comparison.agreement(mine["area_label"].to_pylist(), lon, lat, n)
    return found
