"""Small fonts for the packed pages: the icons that are drawn, and the letters of most texts."""

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from data.settings import ROOT

OURS = ("ui", "pages", "dashboard.py")  # where our own code may name an icon
_ICON = re.compile(r":material/([a-z0-9_]+)")
# what the face of letters of the map's frame holds: the page takes the same file first
LATIN = (
    *((0x0, 0xFF), (0x131, 0x131), (0x152, 0x153), (0x2C6, 0x2C6), (0x2013, 0x2014)),
    *((0x2018, 0x201A), (0x201C, 0x201E), (0x2022, 0x2022), (0x2026, 0x2026), (0x2032, 0x2033)),
    *((0x2039, 0x203A), (0x20AC, 0x20AC), (0x2122, 0x2122), (0x2212, 0x2212)),
)
# what the small face holds; other letters are fetched from the whole face when a text has them
SMALL = ((0x0, 0x24F), (0x2000, 0x22FF))
REST = ((0x250, 0x1FFF), (0x2300, 0x10FFFF))
_LICENCE = (13, 14)  # entries of a font's table of names
_DIGITS = ("tnum", "lnum")  # figures of one width


def icons_named(folders: Iterable[Path], *ends: str) -> set[str]:
    """The icons that the files of folders name in Streamlit's way."""
    files = (f for folder in folders for f in ([folder] if folder.is_file() else folder.rglob("*")))
    return {
        name
        for file in files
        if file.suffix in ends
        for name in _ICON.findall(file.read_text(encoding="utf-8"))
    }


def our_icons() -> set[str]:
    """The icons that our own code names."""
    return icons_named((ROOT / place for place in OURS), ".py")


def css_range(ranges: tuple[tuple[int, int], ...]) -> str:
    """Ranges of characters as `unicode-range` writes them."""
    return ",".join(f"U+{first:X}-{last:X}" for first, last in ranges)


def subset_letters(font: bytes) -> bytes:
    """A face of letters (woff2) with those of `SMALL` only."""
    letters = [code for first, last in SMALL for code in range(first, last + 1)]
    return _subset(font, unicodes=letters)


def subset_icons(font: bytes, names: Iterable[str]) -> bytes:
    """A face of icons (woff2) with those of these names. ValueError names one that is not in it."""
    from fontTools.ttLib import TTFont

    glyphs = dict(_ligatures(TTFont(io.BytesIO(font))))
    wanted = sorted(set(names))
    if absent := [name for name in wanted if name not in glyphs]:
        raise ValueError(f"There is no icon {', '.join(absent)}.")
    return _subset(font, text="".join(wanted), glyphs=[glyphs[name] for name in wanted])


def icons_in(font: bytes) -> set[str]:
    """The names of the icons that a face (woff2) draws."""
    from fontTools.ttLib import TTFont

    return {name for name, _ in _ligatures(TTFont(io.BytesIO(font)))}


def _ligatures(font: Any) -> Iterator[tuple[str, str]]:
    """Each word that a font draws as one glyph, with that glyph's name."""
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            table = getattr(table, "ExtSubTable", table)
            for first, follow in getattr(table, "ligatures", {}).items():
                for one in follow:
                    yield (
                        "".join(letters.get(g, "?") for g in (first, *one.Component)),
                        one.LigGlyph,
                    )


def _subset(font: bytes, **keep: object) -> bytes:
    from fontTools import subset

    options = subset.Options()
    options.flavor = "woff2"
    options.layout_closure = False  # else the letters of one icon's name bring in every icon
    options.layout_features = [*options.layout_features, *_DIGITS]
    options.name_IDs = [*options.name_IDs, *_LICENCE]
    with subset.load_font(io.BytesIO(font), options) as face:
        smaller = subset.Subsetter(options)
        smaller.populate(**keep)
        smaller.subset(face)
        written = io.BytesIO()
        subset.save_font(face, written, options)
    return written.getvalue()
