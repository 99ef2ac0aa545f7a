"""ODK Central: the submissions of a form through its OData address, by the server's next links."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from data.pull_faults import PullFault
from data.pulls.feeds import Feed
from data.pulls.protocol import FeedProtocol, Page, Record, flatten, whole_number
from data.pulls.web import PullStopped, secret

_PAGE = 250
ROW, SENT, EDITED = "__id", "__system/submissionDate", "__system/updatedAt"
# who sent it from what device, and when the form was filled in: no times of an incident
_DROPPED = frozenset(
    {
        "__system/submitterId",
        "__system/submitterName",
        "__system/deviceId",
        "username",
        "deviceid",
        "phonenumber",
        "simserial",
        "subscriberid",
        "start",
        "end",
        "today",
        "audit",
        "meta/deviceid",
        "meta/username",
        "meta/start",
        "meta/end",
        "meta/today",
        "meta/audit",
    }
)


class Odk(FeedProtocol):
    """A form of an ODK Central server. The token is that of a session, or "email:password", which
    opens one: a session ends after a day, also in the middle of a pull."""

    row_id = ROW
    dropped = _DROPPED

    def __init__(self, feed: Feed) -> None:
        self._secret = secret(feed)
        super().__init__(feed)
        self._server = feed.address.rstrip("/")
        form = quote(feed.ids["form"], safe="")
        self._address = (
            f"{self._server}/v1/projects/{feed.ids['project']}/forms/{form}.svc/Submissions"
        )
        if self._secret and not self._signs_in:
            self.web.headers["Authorization"] = f"Bearer {self._secret}"

    @property
    def _signs_in(self) -> bool:
        return "@" in self._secret.partition(":")[0]

    def count(self, since: str) -> int | None:
        """How many submissions the server counts."""
        answer = self._ask(self._address, {"$top": "1", "$count": "true", **_filter(since)})
        found = whole_number(answer.get("@odata.count"))
        if found is None:
            raise self.broken("it does not say how many submissions there are")
        return found

    def pages(self, since: str, after: Any) -> Iterator[Page]:
        """Pages as the server links them."""
        params = {"$top": str(_PAGE), "$count": "true", "$expand": "*", **_filter(since)}
        answer = self._next(after) if after else self._ask(self._address, params)
        seen = {after}
        while True:
            values = answer["value"]
            link = answer.get("@odata.nextLink")
            flat = [flatten(value) for value in values]
            marks = (str(f.get(EDITED) or f.get(SENT) or "") for f in flat)
            yield Page([_record(f) for f in flat], link, max(marks, default=""))
            if link is None:
                return
            if link in seen:
                raise self.broken("a next page that it gave before")
            seen.add(link)
            answer = self._next(link)

    def _next(self, link: object) -> dict[str, Any]:
        return self._ask(self.web.next_link(self._address, link), {})

    def _ask(self, address: str, params: dict[str, str]) -> dict[str, Any]:
        if self._signs_in and "Authorization" not in self.web.headers:
            self._sign_in()
        try:
            answer = self.web.json(address, params)
        except PullStopped as stopped:
            if stopped.why is not PullFault.REFUSED or not self._signs_in:
                raise
            self._sign_in()  # the session ended
            answer = self.web.json(address, params)
        values = answer.get("value") if isinstance(answer, dict) else None
        if not isinstance(values, list) or any(not isinstance(v, dict) for v in values):
            raise self.broken("an error instead of submissions")
        found: dict[str, Any] = answer
        return found

    def _sign_in(self) -> None:
        email, _, password = self._secret.partition(":")
        self.web.headers.pop("Authorization", None)
        answer = self.web.json(
            f"{self._server}/v1/sessions", post={"email": email, "password": password}
        )
        token = answer.get("token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token:
            raise self.web.refused("no session")
        self.web.headers["Authorization"] = f"Bearer {token}"


def _record(flat: Record) -> Record:
    # links to tables of repeats lead nowhere in a record
    return {n: v for n, v in flat.items() if n not in _DROPPED and "@odata." not in n}


def _filter(since: str) -> dict[str, str]:
    return {"$filter": f"{SENT} ge {since} or {EDITED} ge {since}"} if since else {}
