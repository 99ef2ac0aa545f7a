"""Which protocol each kind of feed is asked by."""

from collections.abc import Callable
from pathlib import Path

from data.files.form import Form
from data.pulls.arcgis import ArcGis
from data.pulls.by_address import ByAddress
from data.pulls.feeds import Feed
from data.pulls.kobo import Kobo
from data.pulls.odk import Odk
from data.pulls.protocol import FeedProtocol
from data.pulls.socrata import Socrata
from data.pulls.ushahidi import Ushahidi

_PLAIN: dict[str, Callable[[Feed], FeedProtocol]] = {
    "socrata": Socrata,
    "arcgis": ArcGis,
    "kobo": Kobo,
    "odk": Odk,
}
_FILES: dict[str, Callable[[Feed, Path, Form], ByAddress]] = {
    "file": ByAddress,
    "ushahidi": Ushahidi,
}


def protocol_of(feed: Feed, folder: Path, form: Form) -> FeedProtocol:
    """What asks a feed. A file at an address is kept in a folder meanwhile, and has a form."""
    if feed.kind in _PLAIN:
        return _PLAIN[feed.kind](feed)
    return _FILES[feed.kind](feed, folder, form)
