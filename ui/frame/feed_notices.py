"""What readers must know of a feed that fails: since when, and of what day its records are."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from data.pull_faults import PullFault
from data.views.filters import period
from ui.cached import views

_WORDS = {
    PullFault.GONE: "The feed {feed} could not be reached since {day}",
    PullFault.UNREACHABLE: "The feed {feed} could not be reached since {day}",
    PullFault.REFUSED: "The server of the feed {feed} has not let us in since {day}",
    PullFault.BROKEN: "The feed {feed} could not be read since {day}",
    PullFault.COUNT: "The feed {feed} has not come whole since {day}",
}


def feed_notices(sources: Iterable[str]) -> list[str]:
    """A sentence for each feed of some sources that fails now and has given records before."""
    chosen = set(sources)
    zone = ZoneInfo(views.current_settings().zone)
    told = []
    for name, state in views.feeds().items():
        if state.failed and state.pulled and state.pulled.source in chosen:
            day = datetime.fromisoformat(state.pulled.at).astimezone(zone).date()
            words = _WORDS[PullFault(state.failed.why)]
            said = words.format(feed=name, day=period(day, day))
            told.append(f"{said}; what you see is of that day.")
    return told
