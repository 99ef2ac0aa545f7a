"""What a visitor's browser loads and when it shows what, ours and the plain dashboard."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench import servers, stores

PEER_ROWS = 50_000  # of the plain dashboard's made store: about as many as the sample has
PATIENCE = 180_000  # milliseconds
QUIET = 1_500  # milliseconds without a request, after which a visit is counted
# official: shifts less than a second apart, within five seconds, are one; the worst counts
WATCH = """(() => {
    let worst = 0, sum = 0, first = 0, last = 0;
    new PerformanceObserver(list => {
        for (const one of list.getEntries()) {
            if (one.hadRecentInput) continue;
            const t = one.startTime;
            if (t - last > 1000 || t - first > 5000) { sum = 0; first = t; }
            last = t;
            window.benchShift = worst = Math.max(worst, sum += one.value);
        }
    }).observe({type: 'layout-shift', buffered: true});
})()"""
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
OURS = """() => {
    const map = document.querySelector('[class*="st-key-map"] iframe');
    const drawn = map?.contentDocument?.documentElement?.dataset?.drawn;
    return drawn && drawn !== 'failed' && performance.now();
}"""
PLAIN = """() => {
    const map = document.querySelector('[class*="st-key-map"] iframe');
    return map?.contentDocument?.querySelector('path.leaflet-interactive') && performance.now();
}"""
SETTLED = "document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"


@dataclass(frozen=True)
class Speed:
    """A network and a machine: bytes a second, milliseconds of latency, times slower."""

    name: str
    rounds: int
    bytes_s: float = -1
    latency_ms: float = 0
    slower: int = 1


SPEEDS = (Speed("full speed", 3), Speed("throttled", 2, 1_600_000 / 8, 150, 4))
VISITS = ("first", "second")
# speed and visit -> the most of each figure; none is promised where none stands
GOALS = {
    ("full speed", "first"): {"map_s": 3.0},
    ("throttled", "first"): {"requests": 110, "kb": 900, "paint_s": 1.5, "cls": 0.1, "map_s": 10.0},
    ("throttled", "second"): {"kb": 100, "map_s": 6.0},
}


@dataclass
class Visit:
    """One load of a page: what came from the network, and what was seen when.

    `kb` is as it was sent, `socket_kb` what came through the page's socket, unpacked.
    """

    requests: int = 0
    kb: float = 0.0
    socket_kb: float = 0.0
    paint_s: float = 0.0
    cls: float = 0.0
    map_s: float = 0.0


FIGURES = tuple(Visit.__dataclass_fields__)


@dataclass
class _Heard:
    """What the browser says about the network while a page loads."""

    visit: Visit = field(default_factory=Visit)
    cached: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)

    def listen(self, control: Any) -> None:
        """Take the events of a page."""
        control.on("Network.requestWillBeSent", self._asked)
        control.on("Network.requestServedFromCache", lambda e: self.cached.add(e["requestId"]))
        control.on("Network.responseReceived", self._answered)
        control.on("Network.loadingFinished", self._finished)
        control.on("Network.loadingFailed", lambda e: self.ended.add(e["requestId"]))
        control.on("Network.webSocketFrameReceived", self._framed)

    def _asked(self, event: dict[str, Any]) -> None:
        if event["request"]["url"].startswith("http"):
            self.sent.add(event["requestId"])

    def _answered(self, event: dict[str, Any]) -> None:
        if event["response"].get("fromDiskCache"):
            self.cached.add(event["requestId"])

    def _finished(self, event: dict[str, Any]) -> None:
        self.ended.add(event["requestId"])
        self.visit.kb += event["encodedDataLength"] / 1000

    def _framed(self, event: dict[str, Any]) -> None:
        text = event["response"]["payloadData"]
        self.visit.socket_kb += len(text) * 0.75 / 1000  # bytes are told in base64


def figures(store: Path, chromium: Any) -> list[dict[str, Any]]:
    """A dict for each speed and visit: ours on the sample, the plain one on made incidents."""
    found: dict[str, dict[tuple[str, str], Visit]] = {}
    for who, serve, root, drawn in (
        ("ours", servers.ours, store, OURS),
        ("peer", servers.plain, stores.kept(PEER_ROWS), PLAIN),
    ):
        with serve(root) as server:
            _visits(chromium, server.address, SPEEDS[0], drawn)  # whatever is loaded once
            found[who] = measure(chromium, server.address, drawn)
            peak = server.peak_mb
        if who == "ours":
            ours_peak = peak
    return [_line(key, found["ours"][key], found["peer"][key], ours_peak) for key in found["ours"]]


def measure(chromium: Any, address: str, drawn: str) -> dict[tuple[str, str], Visit]:
    """The middle of the figures of each speed and visit."""
    found = {}
    for speed in SPEEDS:
        rounds = [_visits(chromium, address, speed, drawn) for _ in range(speed.rounds)]
        for visit, many in zip(VISITS, zip(*rounds)):
            middle = {name: median(getattr(one, name) for one in many) for name in FIGURES}
            found[speed.name, visit] = Visit(**middle)
            print(
                f"{address} {speed.name}, {visit} visit: {found[speed.name, visit]}",
                file=sys.stderr,
            )
    return found


def _visits(chromium: Any, address: str, speed: Speed, drawn: str) -> list[Visit]:
    """A new visitor's first and second visit."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    try:
        return [_visit(context, address, speed, drawn) for _ in VISITS]
    finally:
        context.close()


def _visit(context: Any, address: str, speed: Speed, drawn: str) -> Visit:
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.add_init_script(WATCH)
    control = context.new_cdp_session(page)
    heard = _Heard()
    heard.listen(control)
    control.send("Network.enable")
    limits = {"latency": speed.latency_ms, "downloadThroughput": speed.bytes_s}
    control.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "uploadThroughput": speed.bytes_s, **limits},
    )
    control.send("Emulation.setCPUThrottlingRate", {"rate": speed.slower})
    page.goto(address, wait_until="commit")
    visit = heard.visit
    visit.map_s = page.wait_for_function(drawn).json_value() / 1000
    page.wait_for_function(SETTLED)
    _wait_for_quiet(page, heard)
    visit.requests = len(heard.sent - heard.cached)
    visit.paint_s = page.evaluate(PAINTED) / 1000
    visit.cls = page.evaluate("window.benchShift ?? 0")
    page.close()
    return visit


def _wait_for_quiet(page: Any, heard: _Heard) -> None:
    """Return when all that was asked for is there, and nothing more has been for a while."""
    for _ in range(PATIENCE // QUIET):
        before = len(heard.sent)
        page.wait_for_timeout(QUIET)
        if len(heard.sent) == before and heard.sent <= heard.ended | heard.cached:
            return


def _line(key: tuple[str, str], ours: Visit, peer: Visit, peak_mb: float) -> dict[str, Any]:
    goals = GOALS.get(key, {})
    speed, visit = key
    shown = {name: round(getattr(ours, name), 3) for name in FIGURES}
    return {
        "name": f"start: {visit} visit, {speed}",
        "rows": None,
        "ours_s": ours.map_s,
        "peer_s": peer.map_s,
        "ratio": peer.map_s / ours.map_s,
        "equal": None,
        "peak_mb": peak_mb,
        "goal": ", ".join(f"{name} at most {most:g}" for name, most in goals.items()),
        "ok": all(getattr(ours, name) <= most for name, most in goals.items()),
        **shown,
        **{f"peer_{name}": round(getattr(peer, name), 3) for name in FIGURES},
    }
