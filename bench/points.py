"""Incidents at any zoom in Chromium: first picture, bytes, pan, against FastMarkerCluster."""

import functools
import http.server
import importlib.util
import re
import shutil
import tempfile
import threading
import time
from pathlib import Path
from statistics import median
from typing import Any

import folium
from folium.plugins import FastMarkerCluster

from bench import heat, many, servers, start, stores
from data.settings import ROOT, Problem

ROWS, PEER_ROWS = 1_000_000, 100_000
ROUNDS, PANS = 5, 7
PAN_BY = ((280, 0), (0, 200), (-280, 0), (0, -200))  # pixels: half of what is seen
LEAP_BY = ((1400, 0), (-1400, 0))  # farther than anything that was sent
MOST_BYTES, MOST_PAN = 60_000, 0.150
MAP = "document.querySelector('[class*=\"st-key-map\"] iframe')"
READY = f"""() => {{ const d = {MAP}?.contentDocument; const w = {MAP}?.contentWindow;
    return d?.documentElement?.dataset?.drawn && w?.porch?.points?.cells?.size > 0; }}"""
COUNTED = f"() => Number.isInteger({MAP}.contentWindow.porch.n)"
GONE = f"() => {{ const p = {MAP}.contentWindow.porch; return !p.told.incidents && !p.points; }}"
PAN = f"""([x, y]) => new Promise(done => {{
    const w = {MAP}.contentWindow, root = w.document.documentElement, old = root.dataset.drawn;
    w.porch.map.getContainer().dispatchEvent(new Event('mousedown'));
    let begun;
    w.porch.map.once('moveend', () => {{ begun = performance.now(); }});
    w.porch.map.panBy([x, y], {{animate: false}});
    const whole = () => {{      // all that is in sight is there
        const [low, high] = w.porch.told.asks.bounds, b = w.porch.map.getBounds();
        return b.getSouth() >= low[0] && b.getNorth() <= high[0]
            && b.getWest() >= low[1] && b.getEast() <= high[1]; }};
    const told = () => done([(performance.now() - begun) / 1000, root.dataset.drawn !== old]);
    const look = () => whole() ? told()
        : performance.now() - begun > 5000 ? done(null) : setTimeout(look, 2);
    look(); }})"""
MARKER = "function (row) { return L.marker(new L.LatLng(row[0], row[1])); };"
SHOWN = re.compile(r"Showing ([\d,]+) of ([\d,]+) incidents")


def run(rows: int | None) -> list[dict[str, Any]]:
    """One dict: pictures and pans of ours, pictures of the peer, in one Chromium."""
    rows = rows or ROWS
    browser = next(filter(None, map(shutil.which, start.BROWSERS)), None)
    if browser is None or not importlib.util.find_spec("playwright"):
        raise Problem("Chromium or playwright is not installed: see make test.")
    from playwright.sync_api import sync_playwright

    peer_rows = min(rows, PEER_ROWS)
    points = heat._points(many.kept(peer_rows)).tolist()
    with servers.ours(stores.kept(rows)) as ours, sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=browser, args=start.CALM)
        try:
            firsts = [_first(chromium, ours.address) for _ in range(ROUNDS)]
            pans, leaps, sent = _pans(chromium, ours.address)
            peers = [_peer(chromium, points) for _ in range(ROUNDS)]
        finally:
            chromium.close()
        peak = ours.peak_mb
    ours_s, peer_s = median(f[0] for f in firsts), median(p[0] for p in peers)
    size, pan = max(f[1] for f in firsts), median(pans)
    equal = all(f[2] == rows for f in firsts) and all(p[1] == peer_rows for p in peers)
    return [
        {
            "name": "points",
            "rows": rows,
            "ours_s": ours_s,
            "peer_s": peer_s,
            "ratio": peer_s / ours_s,
            "equal": equal,
            "peak_mb": peak,
            "goal": f"first picture faster than the peer's of {peer_rows:,}, under "
            f"{MOST_BYTES // 1000} kB, a pan under {1000 * MOST_PAN:.0f} ms, all counted",
            "ok": equal and ours_s < peer_s and size < MOST_BYTES and pan < MOST_PAN,
            "first_bytes": size,
            "cold_s": median(f[3] for f in firsts),
            "pan_s": pan,
            "slowest_pan_s": max(pans),
            "pans": len(pans),
            "leap_s": median(leaps),
            "pan_bytes": median(sent),
            "peer_rows": peer_rows,
        }
    ]


def _page(chromium: Any) -> Any:
    page = chromium.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True).new_page()
    page.set_default_timeout(60_000)
    return page


def _first(chromium: Any, address: str) -> tuple[float, int, int, float]:
    """Seconds from choosing the layer to the picture, the bytes of it, what it counts, and
    seconds from nothing: the dashboard with all that is on it. The peer is a bare page.
    """
    page = _page(chromium)
    begun = time.perf_counter()
    page.goto(f"{address}/?layer=incidents", wait_until="commit")
    page.wait_for_function(READY, polling=10)
    cold = time.perf_counter() - begun
    page.get_by_role("radio", name="areas").click()
    page.wait_for_function(GONE, polling=10)
    page.wait_for_timeout(400)
    begun = time.perf_counter()
    page.get_by_role("radio", name="incidents").click()
    page.wait_for_function(READY, polling=5)
    seconds = time.perf_counter() - begun
    page.wait_for_function(COUNTED, polling=5)
    told = page.evaluate(f"{MAP}.contentWindow.porch.legend.innerText")
    size = page.evaluate(f"JSON.stringify({MAP}.contentWindow.porch.told).length")
    found = SHOWN.search(told)
    page.context.close()
    return seconds, int(size), int(found[1].replace(",", "")) if found else 0, cold


def _pans(chromium: Any, address: str) -> tuple[list[float], list[float], list[int]]:
    """Seconds from the end of a pan to the whole picture of what is in sight; those of leaps,
    which always need something new; and the bytes that were sent for these."""
    page = _page(chromium)
    page.goto(f"{address}/?layer=incidents&at=44.95,-93.27,13.5", wait_until="commit")
    page.wait_for_function(READY, polling=10)
    page.wait_for_timeout(1500)
    pans, leaps, sent = [], [], []
    for by, found in ((PAN_BY, pans), (LEAP_BY, leaps)):
        for i in range(PANS):
            taken = page.evaluate(PAN, by[i % len(by)])
            if taken is None:
                raise Problem("A pan was not answered within five seconds.")
            found.append(float(taken[0]))
            if taken[1]:
                sent.append(page.evaluate(f"JSON.stringify({MAP}.contentWindow.porch.told).length"))
            page.wait_for_timeout(450)  # as a reader looks
    page.context.close()
    return pans, leaps[1:], sent or [0]


def _peer(chromium: Any, points: list[list[float]]) -> tuple[float, int]:
    """Seconds to the first clusters on folium's page of the points, and the points it counts."""
    with tempfile.TemporaryDirectory(prefix="porchlight-bench-") as folder:
        vendor = ROOT / "static" / "vendor"
        for name in ("leaflet.js", "leaflet.css", "images", "peer"):
            (Path(folder) / name).symlink_to(vendor / name)
        handler = functools.partial(_Quiet, directory=folder)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = _page(chromium)
        begun = time.perf_counter()
        (Path(folder) / "index.html").write_text(_written(points))
        page.goto(f"http://127.0.0.1:{server.server_port}/index.html", wait_until="commit")
        page.wait_for_selector(".marker-cluster", state="attached")
        seconds = time.perf_counter() - begun
        texts = page.locator(".marker-cluster span").all_inner_texts()
        alone = page.locator(".leaflet-marker-icon:not(.marker-cluster)").count()
        page.context.close()
        server.shutdown()
    return seconds, sum(int(t) for t in texts) + alone


def _written(points: list[list[float]]) -> str:
    """The peer's page, with its libraries from the local server."""
    base = folium.Map([44.97, -93.27], zoom_start=11, tiles=None, maxZoom=18)
    cluster = FastMarkerCluster(points, callback=MARKER)
    base.default_js = [("leaflet", "leaflet.js")]
    base.default_css = [("leaflet_css", "leaflet.css")]
    cluster.default_js = [("markercluster", "peer/leaflet.markercluster.js")]
    cluster.default_css = [("markercluster_css", "peer/MarkerCluster.Default.css")]
    cluster.add_to(base)
    return str(base.get_root().render())


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Print no line: the bench prints figures only."""
