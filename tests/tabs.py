"""A real Chromium whose tabs are kept: a page that was loaded once in a process loads again in
a third of the time, because its scripts are compiled and at hand.

A kept tab begins as a new one: no cookie, nothing stored, no history, nobody listening, the
size and color scheme that are asked for. Every visit is still a full load of the page, in a
context of its own while it lasts.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

ITS_OWN = ("viewport", "color_scheme", "permissions")  # of a visit; the rest is the tab's
USUAL = {"width": 1280, "height": 720}
PATIENCE = 90_000  # ms: a busy machine is slow, not wrong
FORGET = "() => { window.name = ''; localStorage.clear(); sessionStorage.clear(); }"


class Browser:
    """Like Playwright's browser, as far as tests use it; `fresh=True` takes no kept tab."""

    def __init__(self, real: Any) -> None:
        self.real = real
        self.idle: dict[str, list[Tab]] = defaultdict(list)
        self.out: list[Tab] = []

    def new_context(self, *, fresh: bool = False, **options: Any) -> "Tab":
        """A reader with a window of their own."""
        fixed = {name: value for name, value in options.items() if name not in ITS_OWN}
        kept = self.idle[repr(sorted(fixed.items()))]
        tab = kept.pop() if kept and not fresh else Tab(self, fixed)
        tab.keep = not fresh
        self.out.append(tab)
        tab.begin(**{name: options[name] for name in ITS_OWN if name in options})
        return tab

    def new_page(self, **options: Any) -> Any:
        """The page of a new reader; closing it ends the visit."""
        return self.new_context(**options).new_page()

    def take(self, tab: "Tab") -> None:
        """Keep a tab for the next visit."""
        self.out.remove(tab)
        if tab.keep and tab.end():
            self.idle[repr(sorted(tab.fixed.items()))].append(tab)
        else:
            tab.context.close()

    def clear(self) -> None:
        """Close what a test that failed has left open."""
        for tab in self.out:
            tab.context.close()
        self.out.clear()


class Tab:
    """Like Playwright's context, with one page that is kept when it is closed."""

    def __init__(self, browser: Browser, fixed: dict[str, Any]) -> None:
        self.browser, self.fixed, self.keep = browser, fixed, True
        # what a test waits for is a script of its own; tests of the policy ask for it
        self.context = browser.real.new_context(viewport=USUAL, **{"bypass_csp": True, **fixed})
        self.page = self.context.new_page()
        self.control = self.context.new_cdp_session(self.page)
        self.heard: list[tuple[str, Callable[..., Any]]] = []
        self.sessions: list[Any] = []
        self._note_what_is_left()

    def _note_what_is_left(self) -> None:
        """From now on closing the page ends the visit, and who listens is noted."""
        on, session = self.page.on, self.context.new_cdp_session

        def noted_on(event: str, f: Callable[..., Any]) -> None:
            self.heard.append((event, f))
            on(event, f)

        def noted_session(page: Any) -> Any:
            self.sessions.append(session(page))
            return self.sessions[-1]

        self.page.on, self.context.new_cdp_session = noted_on, noted_session
        self.page.close = lambda **_: self.close()

    def begin(
        self,
        viewport: dict[str, int] | None = None,
        color_scheme: str = "light",
        permissions: list[str] | None = None,
    ) -> None:
        """Make the tab what a new reader's is."""
        if viewport != self.page.viewport_size:
            self.page.set_viewport_size(viewport or USUAL)
        self.page.emulate_media(color_scheme=color_scheme, reduced_motion="no-preference")
        self.page.set_default_timeout(PATIENCE)
        if permissions:
            self.context.grant_permissions(permissions)
        self.control.send("Page.resetNavigationHistory")

    def new_page(self) -> Any:
        """Its one page."""
        return self.page

    def close(self) -> None:
        """End the visit."""
        if self in self.browser.out:
            self.browser.take(self)

    def end(self) -> bool:
        """Forget the visit; whether the tab can be used again."""
        with contextlib.suppress(Exception):
            for event, f in self.heard:
                self.page.remove_listener(event, f)
            for session in self.sessions:
                session.detach()
            self.heard.clear()
            self.sessions.clear()
            self.page.unroute_all(behavior="ignoreErrors")
            self.page.mouse.move(0, 0)
            if self.page.url.startswith("http"):
                self.page.goto("/".join(self.page.url.split("/")[:3]) + PARKED)
                self.page.evaluate(FORGET)
            else:
                self.page.goto("about:blank")
            self.context.clear_cookies()
            self.context.clear_permissions()
            return len(self.context.pages) == 1
        return False


# of Streamlit: two letters, on the same host, so that the process stays
PARKED = "/_stcore/health"


class Loop:
    """Playwright's loop counts as running in the thread of the tests as long as a browser is
    open. It is put aside where no browser is used: other files run loops of their own."""

    def __init__(self) -> None:
        self.kept = asyncio._get_running_loop()
        asyncio._set_running_loop(None)

    @contextlib.contextmanager
    def used(self) -> Iterator[None]:
        """Use Playwright."""
        before = asyncio._get_running_loop()
        asyncio._set_running_loop(self.kept)
        try:
            yield
        finally:
            asyncio._set_running_loop(before)
