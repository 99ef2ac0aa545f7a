"""Released files by address: our own server, nginx and Caddy answer alike, to any page."""

import contextlib
import functools
import http.client
import http.server
import io
import json
import os
import shutil
import ssl
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from data.notices import notices
from data.release import table_files
from tests import entrance
from tests.conftest import command, dashboard, free_port
from tests.release.test_table_files import PACKAGE, made

NAME, OLD = "2026-03-01-0a1b2c3d", "2026-02-01-0a1b2c3d"
HOST = "public.example.org"
PARQUET, CSV, JSON = (f"community/estimate/group-quarter.{s}" for s in table_files.TABLE_FORMATS)
LARGE = "community/measured/group-month"
KEPT, AGAIN = "public, max-age=600, immutable", "no-cache"


def public_folder(root: Path) -> Path:
    """Two releases as `publish` leaves them, and what must not be read beside and through them."""
    public = root / "public"
    for name in (OLD, NAME):
        release = public / "releases" / name
        (release / "embed").mkdir(parents=True)
        made(release)
        (release / "embed/index.html").write_text(f"<!doctype html><p>{name}</p>")
        (release / "embed/numbers.json").write_text("{}")
    rows = np.arange(100_000)
    large = pd.DataFrame(
        {
            "period": "2026-01",
            "area": rows % 100,
            "n": np.random.default_rng(1).integers(0, 2**31 - 1, len(rows)),
            "epsilon": 0.45,
        }
    )
    body = table_files.TABLE_FORMATS["parquet"](table_files.released_table(LARGE, large))
    (public / "releases" / NAME / f"{LARGE}.parquet").write_bytes(body)
    (public / "current").symlink_to(f"releases/{NAME}")
    (root / "secret.csv").write_text("not,released\n")
    (root / "beside").mkdir()
    shutil.copy(root / "secret.csv", root / "beside/secret.csv")
    (public / "ledger.csv").write_text("not,released\n")
    for name in notices.FILES:
        (public / name).write_text(f"<p>{name}</p>")
    hidden = public / "releases/.tmp-1"
    hidden.mkdir()
    shutil.copy(root / "secret.csv", hidden / "secret.csv")
    (public / "releases" / NAME / ".hidden.csv").write_text("not,released\n")
    return public


@dataclass(frozen=True)
class Served:
    """A public folder behind one of the servers."""

    front: str
    port: int
    public: Path

    def ask(
        self, path: str, method: str = "GET", **headers: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Status, headers and body of an answer; the path goes out as it is."""
        line: http.client.HTTPConnection
        if self.front == "app":
            line, host = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30), "localhost"
        else:
            line, host = _Tls("127.0.0.1", self.port, timeout=30), HOST
        with contextlib.closing(line):
            line.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            line.putheader("Host", f"{host}:{self.port}")
            for name, value in headers.items():
                line.putheader(name.replace("_", "-"), value)
            line.endheaders()
            answer = line.getresponse()
            return answer.status, answer.headers, answer.read()


class _Tls(http.client.HTTPSConnection):
    """A connection to the public name, any certificate."""

    def connect(self) -> None:
        http.client.HTTPConnection.connect(self)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.sock = context.wrap_socket(self.sock, server_hostname=HOST)


@pytest.fixture(scope="module", params=entrance.FRONTS)
def served(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = tmp_path_factory.mktemp(request.param)
    public = public_folder(root)
    with _running(request.param, root, public) as port:
        yield Served(request.param, port, public)


@contextlib.contextmanager
def _running(front: str, root: Path, public: Path) -> Iterator[int]:
    if front == "app":
        calls = root / "calls.csv"  # what is in the store does not matter: the sample would be made
        rows = (f"{n},2026-01-0{n} 10:00,44.9{n},-93.2{n},call_911\n" for n in (1, 2, 3))
        calls.write_text("id,time,lat,lon,kind\n" + "".join(rows))
        done = command("import", str(calls), "--source", "calls", store=root / "store")
        assert done.returncode == 0, done.stderr
        log, more = root / "app.log", {"PORCHLIGHT_PUBLIC": str(public)}
        with dashboard(root / "store", log, **more) as address:
            yield int(address.rpartition(":")[2])
        assert "Traceback" not in log.read_text() and "GET " not in log.read_text()
        return
    port = free_port()
    words = entrance.front_words(front, root, port, free_port())
    file = root / {"nginx": "site.conf", "caddy": "Caddyfile"}[front]
    file.write_text(file.read_text().replace("/srv/porchlight", str(public)))
    if front == "nginx" and os.geteuid() == 0:  # else its workers are nobody, who reads nothing
        file = root / "nginx.conf"
        file.write_text(f"user root; {file.read_text()}")
    home = {"HOME": str(root), "XDG_DATA_HOME": str(root), "XDG_CONFIG_HOME": str(root)}
    with (root / "front.log").open("w") as log:
        server = subprocess.Popen(words, env=os.environ | home, stdout=log, stderr=log)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                Served(front, port, public).ask("/current/")
                break
            assert server.poll() is None, (root / "front.log").read_text()
            time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait(20)


TYPES = {
    PARQUET: "application/vnd.apache.parquet",
    CSV: "text/csv; charset=utf-8",
    JSON: "application/json",
    "areas.geojson": "application/geo+json",
    PACKAGE: "application/json",
}


@pytest.mark.parametrize("name", TYPES)
def test_a_file_comes_as_it_is_with_its_type_to_any_page(served: Served, name: str) -> None:
    want = (served.public / "releases" / NAME / name).read_bytes()
    for start, keeps in ((f"/releases/{NAME}", KEPT), ("/current", AGAIN)):
        status, headers, body = served.ask(
            f"{start}/{name}", Origin="https://news.example.org", Sec_Fetch_Site="cross-site"
        )
        assert (status, body) == (200, want)
        assert headers["Content-Type"].lower() == TYPES[name]
        assert headers.get_all("Access-Control-Allow-Origin") == ["*"]
        assert "Content-Range" in headers["Access-Control-Expose-Headers"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers.get_all("Cache-Control") == [keeps]
        assert headers["Accept-Ranges"] == "bytes" and headers["ETag"]
        head = served.ask(f"{start}/{name}", "HEAD")
        assert head[0] == 200 and head[2] == b"" and head[1]["Content-Length"] == str(len(want))


def test_the_public_list_of_corrections_stands_beside_the_releases(served: Served) -> None:
    kinds = {"html": "text/html", "css": "text/css", "xml": "application/atom+xml"}
    for name in notices.FILES:
        status, headers, body = served.ask(f"/{name}")
        assert (status, body) == (200, f"<p>{name}</p>".encode())
        assert (headers["Content-Type"] or "").startswith(kinds[name.rpartition(".")[2]])
        assert headers["Cache-Control"] == AGAIN and headers["Access-Control-Allow-Origin"] == "*"
        assert served.ask(f"/{name}", "POST")[0] == 405
        assert served.ask(f"/{name}/..%2fledger.csv")[0] in (400, 404)
    if served.front == "caddy":  # follows links: docs/deploy.md says so
        return
    (served.public / notices.FILES[0]).unlink()
    (served.public / notices.FILES[0]).symlink_to(served.public.parent / "secret.csv")
    try:
        assert served.ask(f"/{notices.FILES[0]}")[0] == 404
    finally:
        (served.public / notices.FILES[0]).unlink()
        (served.public / notices.FILES[0]).write_text(f"<p>{notices.FILES[0]}</p>")


def test_who_has_a_file_is_told_so(served: Served) -> None:
    for path in (f"/releases/{NAME}/{CSV}", f"/current/{CSV}"):
        _, first, _ = served.ask(path)
        status, headers, body = served.ask(path, If_None_Match=first["ETag"])
        assert (status, body, headers["ETag"]) == (304, b"", first["ETag"])
        assert headers["Cache-Control"] == first["Cache-Control"]
        assert served.ask(path, If_None_Match='"other"')[0] == 200


def test_a_part_of_a_file_comes_alone(served: Served) -> None:
    path = f"/current/{PARQUET}"
    whole = (served.public / "current" / PARQUET).read_bytes()
    tag = served.ask(path)[1]["ETag"]
    for asked, want in (("bytes=4-9", whole[4:10]), ("bytes=-8", whole[-8:])):
        status, headers, body = served.ask(path, Range=asked, If_Range=tag)
        assert (status, body) == (206, want)
        assert headers["Content-Range"].endswith(f"/{len(whole)}")
    # of another release than the one that was begun with: whole, not a part that does not fit
    assert served.ask(path, Range="bytes=4-9", If_Range='"other"')[0] == 200
    assert served.ask(path, Range=f"bytes={len(whole)}-")[0] == 416


class ByRanges(io.RawIOBase):
    """A file at an address, read in parts as QGIS and DuckDB read it."""

    def __init__(self, served: Served, path: str) -> None:
        self.served, self.path, self.at, self.read_bytes = served, path, 0, 0
        self.size = int(served.ask(path, "HEAD")[1]["Content-Length"])

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = offset + (0, self.at, self.size)[whence]
        return self.at

    def readinto(self, buffer: Any) -> int:
        last = min(self.at + len(buffer), self.size) - 1
        if last < self.at:
            return 0
        status, _, body = self.served.ask(self.path, Range=f"bytes={self.at}-{last}")
        assert status == 206
        buffer[: len(body)] = body
        self.at, self.read_bytes = self.at + len(body), self.read_bytes + len(body)
        return len(body)


def test_parquet_is_read_in_parts(served: Served) -> None:
    """One column of a table without the rest of its file."""
    file = ByRanges(served, f"/current/{LARGE}.parquet")
    column = pq.read_table(file, columns=["area"])["area"].to_pylist()
    assert column == [n % 100 for n in range(100_000)]
    assert 0 < file.read_bytes < file.size / 2


def test_a_page_elsewhere_asks_first(served: Served) -> None:
    for path in (f"/releases/{NAME}/{CSV}", f"/current/{PARQUET}"):
        status, headers, body = served.ask(
            path,
            "OPTIONS",
            Origin="https://news.example.org",
            Access_Control_Request_Method="GET",
            Access_Control_Request_Headers="range,if-none-match",
        )
        assert (status, body) == (204, b"")
        assert headers.get_all("Access-Control-Allow-Origin") == ["*"]
        assert "GET" in headers["Access-Control-Allow-Methods"]
        assert "Range" in headers["Access-Control-Allow-Headers"]
        assert "Access-Control-Allow-Credentials" not in headers
    for method in ("POST", "PUT", "DELETE"):
        assert served.ask(f"/current/{CSV}", method, Content_Length="0")[0] == 405


OUT = (
    "/current/none.csv",
    "/current/../ledger.csv",
    "/current/%2e%2e/ledger.csv",
    "/current/..%2f..%2fsecret.csv",
    "/releases/../ledger.csv",
    "/releases/..%2f..%2fsecret.csv",
    "/releases/.tmp-1/secret.csv",
    "/releases/%2etmp-1/secret.csv",
    f"/releases/{NAME}/.hidden.csv",
    "/current/.hidden.csv",
    "/ledger.csv",
    "/current",
    "/current/",
    "/current/community/",
    "/releases/",
    f"/releases/{NAME}/",
    f"/releases/{NAME}/community/measured/",
    f"/releases/{NAME}/{CSV}/x",
    f"/current/{'a' * 300}.csv",
    "/current/a%00.csv",
)


@pytest.mark.parametrize("path", OUT)
def test_nothing_else_is_there(served: Served, path: str) -> None:
    status, headers, body = served.ask(path)
    # a path that is no path may be called so
    assert status == 404 or (status in (400, 421) and "%" in path + ".."), (status, body)
    assert b"released" not in body and b".csv" not in body
    assert "immutable" not in (headers["Cache-Control"] or "")


def test_a_link_leads_out_of_nowhere(served: Served) -> None:
    """Caddy follows links: there the folder must hold none but `current`, as publish leaves it."""
    if served.front == "caddy":
        pytest.skip("Caddy cannot be told; docs/deploy.md says so")
    release = served.public / "releases" / NAME
    links = {
        release / "out.csv": served.public.parent / "secret.csv",
        release / "away": served.public.parent / "beside",
        served.public / "releases/other": served.public.parent / "beside",
        release / "tmp.csv": served.public / "releases/.tmp-1/secret.csv",
    }
    for link, target in links.items():
        link.symlink_to(target)
    try:
        for path in (
            *(f"/{start}/out.csv" for start in ("current", f"releases/{NAME}")),
            *(f"/{start}/away/secret.csv" for start in ("current", f"releases/{NAME}")),
            "/releases/other/secret.csv",
            "/current/tmp.csv",
        ):
            status, _, body = served.ask(path)
            assert (status, b"released" in body) == (404, False), path
    finally:
        for link in links:
            link.unlink()


def test_current_that_leads_elsewhere_shows_nothing(tmp_path: Path) -> None:
    """Our own server looks where the link ends, each time."""
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    from ui.app import released_files

    public = public_folder(tmp_path)
    client = TestClient(Starlette(routes=released_files.mounts(public)))
    assert client.get(f"/current/{CSV}").status_code == 200
    (public / "current").unlink()
    assert client.get(f"/current/{CSV}").status_code == 404
    (public / "current").symlink_to(tmp_path / "beside")
    assert client.get("/current/secret.csv").status_code == 404
    (public / "current").unlink()
    (public / "current").symlink_to("releases/.tmp-1")
    assert client.get("/current/secret.csv").status_code == 404


def test_the_pages_of_a_release_are_asked_for_again(served: Served) -> None:
    for path in ("/current/embed/", f"/releases/{NAME}/embed/", "/current/embed/index.html"):
        status, headers, body = served.ask(path)
        assert status == 200 and NAME.encode() in body
        assert headers["Cache-Control"] == AGAIN
        assert "frame-ancestors *" in headers["Content-Security-Policy"]
    assert served.ask(f"/releases/{NAME}/embed/numbers.json")[1]["Cache-Control"] == AGAIN


def test_a_recall_shows_at_once_to_who_has_the_newer_one(served: Served) -> None:
    """`current` turns to an older release: by its date alone it would not look new."""
    path, current = f"/current/{CSV}", served.public / "current"
    os.utime(served.public / "releases" / OLD / CSV, (1_700_000_000, 1_700_000_000))
    _, first, _ = served.ask(path)
    beside = served.public / ".current-1"
    beside.symlink_to(f"releases/{OLD}")
    beside.replace(current)
    try:
        told = {"If_Modified_Since": first["Last-Modified"]}
        assert served.ask(path, **told)[0] == 200
        assert served.ask(path, If_None_Match=first["ETag"], **told)[0] == 200
        assert OLD.encode() in served.ask("/current/embed/")[2]
    finally:
        current.unlink()
        current.symlink_to(f"releases/{NAME}")


# other programs


OWN = pytest.mark.parametrize("served", ["app"], indirect=True)  # our own server alone


class _Blank(http.server.BaseHTTPRequestHandler):
    """A page of another site."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>An article</title>")

    def log_message(self, *words: Any) -> None:
        pass


SCRIPT = """async start => {
  const get = (name, headers) => fetch(start + name, {headers});
  const csv = await (await get('%(csv)s')).text();
  const json = await (await get('%(json)s')).json();
  const part = await get('%(parquet)s', {Range: 'bytes=0-3', 'If-None-Match': '"x"'});
  const package = await (await get('datapackage.json')).json();
  const maps = await (await get('areas.geojson')).json();
  let page = '';
  try { page = await (await fetch(new URL('/', start))).text(); } catch (e) { page = 'refused'; }
  return {csv, json, part: await part.text(), status: part.status,
          range: part.headers.get('content-range'), names: package.resources.length,
          maps: maps.type, page};
}"""


@OWN
@pytest.mark.browser
def test_a_page_of_another_site_reads_tables(served: Served, browser: Any) -> None:
    other = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Blank)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    page = browser.new_page()
    try:
        page.goto(f"http://127.0.0.1:{other.server_address[1]}/")
        script = SCRIPT % {"csv": CSV, "json": JSON, "parquet": PARQUET}
        for start in ("current/", f"releases/{NAME}/"):
            found = page.evaluate(script, f"http://localhost:{served.port}/{start}")
            assert found["csv"] == (served.public / "current" / CSV).read_text()
            assert found["json"][1]["number"] == 12 and found["json"][1]["status"] == "quarter"
            assert (found["status"], found["part"]) == (206, "PAR1")
            size = (served.public / "current" / PARQUET).stat().st_size
            assert found["range"] == f"bytes 0-3/{size}"
            assert found["maps"] == "FeatureCollection" and found["names"] == 13
            assert found["page"] == "refused"  # nothing else is read from elsewhere
    finally:
        page.close()
        other.shutdown()
        other.server_close()


@OWN
def test_programs_read_tables_by_their_address(served: Served) -> None:
    """The lines of docs/public.md: pandas, and what QGIS reads files with (GDAL)."""
    import pyogrio

    start = f"http://localhost:{served.port}/current"
    want = pd.read_csv(served.public / "current" / CSV)
    assert pd.read_csv(f"{start}/{CSV}").equals(want)
    assert pd.read_parquet(f"{start}/{PARQUET}").equals(
        pd.read_parquet(served.public / "current" / PARQUET)
    )
    rows = json.loads(urllib.request.urlopen(f"{start}/{JSON}").read())
    assert pd.DataFrame(rows).equals(want)
    by_gdal = functools.partial(pyogrio.read_dataframe, read_geometry=False)
    read = by_gdal(f"/vsicurl/{start}/{CSV}", AUTODETECT_TYPE="YES")
    pd.testing.assert_frame_equal(pd.DataFrame(read), want, check_dtype=False)
    areas = pyogrio.read_info(f"/vsicurl/{start}/areas.geojson")
    assert areas["driver"] == "GeoJSON"
