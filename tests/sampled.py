"""Parts of the sample's table that tests ask for: its neighborhoods, and all of one source."""

from dataclasses import replace
from datetime import date
from typing import Any

import geopandas as gpd
import pytest

from data.maps import outlines
from data.storage.store import Current
from data.views.view import View


@pytest.fixture(scope="module")
def units(current: Current) -> gpd.GeoDataFrame:
    """The neighborhoods."""
    return outlines.units(current, "neighborhoods")


def view(current: Current, source: str, **more: Any) -> View:
    """All of a source."""
    (told,) = (s for s in current.meta["sources"] if s["name"] == source)
    start, end = (date.fromisoformat(told[c]) for c in ("start", "end"))
    return replace(View(current.stamp, (source,), start, end, area_set="neighborhoods"), **more)
