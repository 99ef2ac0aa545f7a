"""One place of colors: data/palette.py. What no Python writes holds to it."""

import re
import tomllib

import pytest

from data import palette
from data.palette import DARK, LIGHT
from tests.conftest import ROOT

_HEX = re.compile(r"#[0-9a-fA-F]{6}\b")
OURS = {c for theme in (LIGHT, DARK) for v in theme for c in (v if isinstance(v, tuple) else [v])}
# colors of things on the ground, which only the base map draws
GROUND = "static/map/basemap.js"


@pytest.mark.parametrize("folder", ["geo", "data", "ui", "pages", "bench"])
def test_no_other_module_states_a_color(folder: str) -> None:
    for file in sorted((ROOT / folder).rglob("*.py")):
        name = str(file.relative_to(ROOT))
        # bench/plain is an app of its own, written as others would without us
        if name != "data/palette.py" and not name.startswith("bench/plain/"):
            assert not _HEX.findall(file.read_text()), name


def test_streamlit_s_themes_are_the_palette() -> None:
    themes = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["theme"]
    for name, theme in (("light", LIGHT), ("dark", DARK)):
        assert themes[name] == {
            "primaryColor": theme.accent,
            "backgroundColor": theme.paper,
            "secondaryBackgroundColor": theme.panel,
            "textColor": theme.ink,
            "linkColor": theme.link,
            "borderColor": theme.rule,
        }


def test_static_files_hold_no_color_of_their_own() -> None:
    files = [
        f
        for p in ("*.css", "*.js", "map/*", "components/*", "embed/*")
        for f in (ROOT / "static").glob(p)
    ]
    assert len(files) > 20
    for file in files:
        name = str(file.relative_to(ROOT))
        if file.is_file() and name != GROUND:
            assert set(_HEX.findall(file.read_text())) <= OURS, name
    assert f'water: ["{LIGHT.water}", "{DARK.water}"]' in (ROOT / GROUND).read_text()


def test_text_is_read_on_every_color_of_the_ramp() -> None:
    for theme in (LIGHT, DARK):
        for color in palette.five_classes(theme):
            assert palette.contrast(palette.ink_on(theme, color), color) >= 4.5
    assert palette.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert palette.contrast("#336699", "#336699") == 1


def test_edges_of_pale_areas_are_seen_on_the_paper() -> None:
    """WCAG 1.4.11 asks 3:1 of what must be seen to understand a picture."""
    for theme in (LIGHT, DARK):
        assert palette.contrast(theme.pale_edge, theme.paper) >= 3
        assert palette.contrast(theme.pale_edge, theme.ramp[0]) >= 3
