"""KoboToolbox: the submissions of a form, in the order of their numbers."""

import json
from collections.abc import Iterator
from typing import Any

from data.pulls.feeds import Feed
from data.pulls.protocol import FeedProtocol, Page, Record, as_utc, flatten, whole_number
from data.pulls.web import secret

_PAGE = 1000  # the most that a server gives; it cuts larger ones silently
ROW, SENT = "_id", "_submission_time"
# who sent it from what device, and when the form was filled in: no times of an incident
_DROPPED = frozenset(
    {
        "_submitted_by",
        "username",
        "deviceid",
        "phonenumber",
        "simserial",
        "subscriberid",
        "start",
        "end",
        "today",
        "audit",
        "_attachments",
        "_notes",
    }
)


class Kobo(FeedProtocol):
    """A form of a KoboToolbox server. Asked for what is new it does not give what was edited."""

    row_id = ROW
    dropped = _DROPPED
    tells_changes = False

    def __init__(self, feed: Feed) -> None:
        token = secret(feed)
        super().__init__(feed, {"Authorization": f"Token {token}"} if token else {})
        self._address = f"{feed.address.rstrip('/')}/api/v2/assets/{feed.ids['form']}/data/"

    def count(self, since: str) -> int | None:
        """How many submissions the server counts."""
        return self._ask(since, 0, 1)[0]

    def pages(self, since: str, after: Any) -> Iterator[Page]:
        """Pages until one is empty or the last one that the server counts has come."""
        start = int(after or 0)
        while True:
            count, results = self._ask(since, start, _PAGE)
            start += len(results)
            newest = max((str(r.get(SENT) or "") for r in results), default="")
            last = not results or start >= count
            yield Page([_record(r) for r in results], None if last else start, newest)
            if last:
                return

    def _ask(self, since: str, start: int, limit: int) -> tuple[int, list[dict[str, Any]]]:
        params = {
            "format": "json",
            "start": str(start),
            "limit": str(limit),
            "sort": json.dumps({ROW: 1}),
        }
        if since:
            params["query"] = json.dumps({SENT: {"$gte": since}})
        answer = self.web.json(self._address, params)
        found = answer.get("results") if isinstance(answer, dict) else None
        count = whole_number(answer.get("count")) if isinstance(answer, dict) else None
        if count is None or not isinstance(found, list):
            raise self.broken("an error instead of submissions")
        if any(not isinstance(one, dict) for one in found):
            raise self.broken("submissions that are none")
        return count, found


def _record(result: dict[str, Any]) -> Record:
    """A submission with its groups as paths, its point as text and its time as UTC."""
    point = result.get("_geolocation")
    flat = flatten({name: cell for name, cell in result.items() if name not in _DROPPED})
    if isinstance(point, list):
        told = len(point) == 2 and None not in point
        flat["_geolocation"] = f"{point[0]}, {point[1]}" if told else None
    if SENT in flat:
        flat[SENT] = as_utc(flat[SENT])
    return flat
