"""The house's letters: how wide a text is, how it breaks into lines, and fonts for the drawing library."""

import atexit
import shutil
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import vl_convert
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from PIL import ImageFont

from data.settings import ROOT, Problem

_VENDOR = ROOT / "static" / "vendor"
FONT = _VENDOR / "source-sans-3-latin-wght-normal.woff2"
_MORE = _VENDOR / "source-sans-3-latin-ext-wght-normal.woff2"  # letters that the first lacks
FAMILY = "'Source Sans 3', 'Source Sans Pro', 'Segoe UI', Helvetica, Arial, sans-serif"
# the name that the library knows them by: it measures no text of a family whose name has a digit
MEASURED = "Source Sans Pro"
REGULAR, BOLD = 400, 600
WIDER = 1.06  # other letters than ours may be so much wider


@cache
def letters(size: float, weight: int) -> ImageFont.FreeTypeFont:
    """The house's letters at a size and weight."""
    font = ImageFont.truetype(str(_installed(FONT)), size)
    font.set_variation_by_axes([weight])
    return font


def _installed(font: Path) -> Path:
    if not font.exists():
        raise Problem(f"{font.name} is not installed: make static/vendor/ready")
    return font


def fold_text(text: str, size: float, weight: int, wide: float) -> list[str]:
    """A text in lines that are not wider than so much; a word that is wider than a line is cut."""
    font = letters(size, weight)
    lines = [""]
    for word in _cut_words(text, font, wide):
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) > wide and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _cut_words(text: str, font: ImageFont.FreeTypeFont, wide: float) -> Iterable[str]:
    for word in text.split():
        rest = word
        while len(rest) > 1 and font.getlength(rest) > wide:
            fits = (n for n in range(len(rest) - 1, 1, -1) if font.getlength(rest[:n]) <= wide)
            at = next(fits, 1)
            yield rest[:at]
            rest = rest[at:]
        yield rest


def register_fonts(text: str) -> None:
    """Let the drawing library (vl_convert) know the letters that a text needs."""
    _register(_installed(FONT))
    if {*map(ord, text)} - _characters(FONT):
        _register(_installed(_MORE))


@cache
def _characters(font: Path) -> frozenset[int]:
    return frozenset({*TTFont(font).getBestCmap(), ord("\n"), ord("\t")})


@cache
def _register(font: Path) -> None:
    """Write a font in two weights as the library reads it, for as long as this process runs.

    It knows neither woff2 nor fonts with an axis of weights.
    """
    folder = Path(tempfile.mkdtemp(prefix="porchlight-letters-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for weight in (REGULAR, BOLD):
        one = TTFont(font)
        for table in ("GSUB", "GDEF", "STAT"):
            if table in one:
                del one[table]
        one = instancer.instantiateVariableFont(one, {"wght": weight})
        for name, says in ((1, MEASURED), (2, "Bold" if weight == BOLD else "Regular")):
            one["name"].setName(says, name, 3, 1, 0x409)
        for name in (16, 17, 21, 22, 25):
            one["name"].removeNames(nameID=name)
        one["OS/2"].usWeightClass = weight
        one.flavor = None
        one.save(folder / f"{weight}.ttf")
    vl_convert.register_font_directory(str(folder))
