"""Names of coordinate systems: a code, or WKT that names no file of this machine."""

from dataclasses import replace
from pathlib import Path

import pytest
from pyproj import CRS

from data import coordinate_system
from data.coordinate_system import is_allowed
from data.jobs import init
from data.mappings import mapping_read
from data.settings import Problem
from data.storage import projection
from data.storage.store import Store
from tests.conftest import command
from tests.imports.test_import import PLACE

GRIDS = "+proj=longlat +ellps=clrk66 +nadgrids=/etc/passwd +type=crs"
WKT = CRS("EPSG:26915").to_wkt()
WEB = CRS("EPSG:3857").to_wkt("WKT1_GDAL")
PROJ4 = WEB.replace("+nadgrids=@null", "+nadgrids=/etc/passwd")
FILE = WKT.replace("CONVERSION[", 'PARAMETERFILE["grid","/etc/passwd"],CONVERSION[', 1)
REFUSED = {
    "a string of PROJ": GRIDS,
    "a file of codes": "+init=/etc/passwd:1",
    "the old form of it": "epsg:26915 +nadgrids=/etc/passwd",
    "PROJ's own JSON": CRS("EPSG:26915").to_json(),
    "a name": "NAD83 / UTM zone 15N",
    "WKT with a PROJ string that names a file": PROJ4,
    "WKT with a parameter file": FILE,
    "a pipeline": "+proj=pipeline +step +proj=hgridshift +grids=/etc/passwd",
    "a path": "/etc/passwd",
    "a path like a code": "http://www.opengis.net/def/crs/../../etc/passwd",
    "nothing": "",
    "a NUL": "EPSG:26915\x00",
    "a very long text": WKT + " " * 20_000,
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_may_name_a_file_is_refused(what: str) -> None:
    assert not is_allowed(REFUSED[what])
    with pytest.raises(Problem, match=r"^here: .*no code of a coordinate system.*EPSG:26915"):
        coordinate_system.read_crs(REFUSED[what], "here")


@pytest.mark.parametrize(
    "stated", ["EPSG:26915", "26915", "urn:ogc:def:crs:EPSG::26915", "ESRI:102003", WKT, WEB]
)
def test_codes_and_plain_wkt_are_read(stated: str) -> None:
    assert is_allowed(stated) and coordinate_system.read_crs(stated, "here").is_projected


def test_every_door_asks(tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    file.write_text("id,date,x,y,kind\n1,2024-03-01,480000,4980000,call_911\n")
    done = command(
        "import", str(file), "--source", "calls", "--crs", GRIDS, store=tmp_path / "store"
    )
    assert done.returncode == 1 and "--crs: +proj=longlat" in done.stderr
    assert "Traceback" not in done.stderr
    town = tmp_path / "town.geojson"
    town.write_text('{"type": "FeatureCollection", "features": []}')
    done = command("areas", str(town), "--crs", GRIDS, store=tmp_path / "store")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    written = tmp_path / "calls.toml"
    written.write_text(f'[place]\ncrs = "{GRIDS}"\n')
    with pytest.raises(Problem, match=r"crs: \+proj=longlat"):
        mapping_read.read_mapping(written)
    with pytest.raises(Problem, match=r"--crs: \+proj=longlat"):
        init._metric(GRIDS)
    with pytest.raises(Problem, match=r"place\.crs"):
        projection.metric_crs(Store(tmp_path / "store"), replace(PLACE, crs=GRIDS))


def test_no_other_module_reads_one() -> None:
    """A text that names a coordinate system comes to PROJ through one function."""
    root = Path(coordinate_system.__file__).parents[1]
    found = {
        str(file.relative_to(root))
        for part in ("data", "ui", "pages")
        for file in (root / part).rglob("*.py")
        if "from_user_input(" in file.read_text()
    }
    assert found == {"data/coordinate_system.py"}
