"""Colors of the dark screen as those of the light one: a picture looks the same from either."""

import json
import re
from collections.abc import Mapping
from typing import Any

from data import palette
from data.palette import DARK, LIGHT

_SEQUENCES = (
    (DARK.ramp, LIGHT.ramp),
    (palette.DARK_DIVERGING, palette.DIVERGING),
    (palette.DARK_WARM, palette.WARM),
    (palette.DARK_COOL, palette.COOL),
    (palette.DARK_KIND_COLORS, palette.KIND_COLORS),
)


def _table() -> dict[str, str]:
    """Each color of the dark theme and what it is in the light one; the first name counts."""
    pairs = [(d, p) for d, p in zip(DARK, LIGHT, strict=True) if isinstance(d, str)]
    pairs += [pair for dark, light in _SEQUENCES for pair in zip(dark, light, strict=True)]
    table: dict[str, str] = {}
    for dark, light in pairs:
        table.setdefault(str(dark), str(light))
    return table


_LIGHT_OF = _table()
_HEX = re.compile(r"#[0-9a-f]{6}")


def in_light(text: str) -> str:
    """A text in which each color of the dark theme is that of the light one."""
    return _HEX.sub(lambda match: _LIGHT_OF.get(match[0], match[0]), text)


def spec_in_light(spec: Mapping[str, Any]) -> dict[str, Any]:
    """A chart's specification in the colors of the light theme; its data stays as it is."""
    rest = {key: value for key, value in spec.items() if key != "datasets"}
    drawn: dict[str, Any] = json.loads(in_light(json.dumps(rest)))
    return drawn | ({"datasets": spec["datasets"]} if "datasets" in spec else {})
