"""Socrata: the records of a data set through its SODA address, in the order of their row numbers."""

from collections.abc import Iterator
from typing import Any

from data.pulls.feeds import Feed
from data.pulls.protocol import FeedProtocol, Page, flatten, whole_number
from data.pulls.web import secret

_PAGE = 50_000  # rows that are asked for; fewer may come
ROW, CHANGED = ":id", ":updated_at"


class Socrata(FeedProtocol):
    """A data set of a Socrata server. Times carry no zone: they are on the publisher's clock."""

    row_id = ROW
    dropped = frozenset({CHANGED})

    def __init__(self, feed: Feed) -> None:
        token = secret(feed)
        super().__init__(feed, {"X-App-Token": token} if token else {})
        self._address = f"{feed.address.rstrip('/')}/resource/{feed.ids['dataset']}.json"

    def count(self, since: str) -> int | None:
        """How many rows the server counts."""
        answer = self._rows({"$select": "count(*) as count", **self._where(since)})
        found = whole_number(next(iter(answer[0].values()), None)) if answer else None
        if found is None:
            raise self.broken("it does not say how many rows there are")
        return found

    def pages(self, since: str, after: Any) -> Iterator[Page]:
        """Pages until one is empty: a server may give fewer rows than were asked for."""
        offset = int(after or 0)
        columns = ",".join((ROW, CHANGED, *(self.feed.columns or ("*",))))
        asked = {"$select": columns, "$order": ROW, **self._where(since)}
        while True:
            rows = self._rows({**asked, "$limit": str(_PAGE), "$offset": str(offset)})
            offset += len(rows)
            newest = max((str(row.get(CHANGED) or "") for row in rows), default="")
            yield Page([flatten(row) for row in rows], offset if rows else None, newest)
            if not rows:
                return

    def _rows(self, params: dict[str, str]) -> list[dict[str, Any]]:
        answer = self.web.json(self._address, params)
        if not isinstance(answer, list) or any(not isinstance(row, dict) for row in answer):
            raise self.broken("an error instead of rows")
        return answer

    def _where(self, since: str) -> dict[str, str]:
        newer = f"{CHANGED} >= '{since}'" if since else ""
        stated = f"({self.feed.where})" if self.feed.where else ""
        both = " AND ".join(filter(None, (stated, newer)))
        return {"$where": both} if both else {}
