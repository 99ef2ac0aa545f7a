"""Texts that may name a coordinate system: a code of an authority, or WKT that names no file.

PROJ's own strings can name files of this machine (`+nadgrids=/etc/passwd`), WKT too in some
places. Such a text never reaches PROJ, wherever it comes from: an option, a mapping, the settings,
a file of boundaries.
"""

import re
from typing import TYPE_CHECKING

from data.settings import Problem

if TYPE_CHECKING:
    from pyproj import CRS

CODE = re.compile(
    r"((urn:(x-)?ogc:def:crs:|https?://www\.opengis\.net/def/crs/)?[A-Za-z]+[:/][\w.:/]+|\d{4,6})"
)
WKT = re.compile(
    r"\s*(PROJCS|GEOGCS|LOCAL_CS|COMPD_CS|(BASE|BOUND|COMPOUND|DERIVEDPROJ|ENG|GEOD|GEOG|PROJ)(ETIC|RAPHIC|ECTED)?CRS)"
    r"\s*[\[(]",
    re.I,
)
# where WKT names a file: a member for it, and PROJ strings of all sorts that stand inside
FILES = re.compile(r"PARAMETERFILE|(?<![a-z])\w*(grids|init|file|catalog)\w*\s*=(?!@null\b)", re.I)
_LONGEST = 20_000  # characters
_KNOWN = "Give it by its code, for example EPSG:26915."


def is_allowed(stated: str) -> bool:
    """Return whether a text is a code, or WKT that names no file."""
    if len(stated) > _LONGEST or "\x00" in stated:
        return False
    if CODE.fullmatch(stated):
        return ".." not in stated
    return bool(WKT.match(stated)) and not FILES.search(stated)


def read_crs(stated: str, where: str) -> "CRS":
    """The pyproj CRS of a text; Problem where it is none or may not be one. `where` says whose."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    if not is_allowed(stated):
        raise Problem(f"{where}: {shorten(stated)} is no code of a coordinate system. {_KNOWN}")
    try:
        return CRS.from_user_input(stated)
    except CRSError:
        raise Problem(
            f"{where}: {shorten(stated)} is no coordinate system known here. {_KNOWN}"
        ) from None


def check_crs(stated: str, where: str) -> str:
    """The text itself where it may name a coordinate system."""
    read_crs(stated, where)
    return stated


def shorten(stated: str) -> str:
    """A text as it may be repeated: short, in one line."""
    plain = "".join(c if c.isprintable() else " " for c in stated[:60])
    return plain + ("..." if len(stated) > 60 else "")
