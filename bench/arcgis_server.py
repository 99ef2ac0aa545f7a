"""python -m bench.arcgis_server FEATURES: a layer of so many made features, answered as ArcGIS does.

It prints its port. Each page is made when it is asked for, after the time that a database would
take: about 30,000 features a second on an idle machine.
"""

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAGE = 2_000
WAIT = 0.05  # seconds before a page is made
LAYER = "/arcgis/rest/services/Calls/FeatureServer/0"
_START = 1_700_000_000_000  # milliseconds UTC
_FIELDS = {
    "OBJECTID": "OID",
    "CASE": "String",
    "REPORTED": "Date",
    "PROBLEM": "String",
    "PRECINCT": "Integer",
    "PRIORITY": "Integer",
    "NEIGHBORHOOD": "String",
}


def layer() -> dict[str, Any]:
    """What the layer says of itself."""
    return {
        "objectIdField": "OBJECTID",
        "maxRecordCount": PAGE,
        "advancedQueryCapabilities": {"supportsPagination": True},
        "fields": [{"name": n, "type": f"esriFieldType{kind}"} for n, kind in _FIELDS.items()],
    }


def feature(i: int) -> dict[str, Any]:
    """A made feature."""
    return {
        "attributes": {
            "OBJECTID": i,
            "CASE": f"24-{i:07d}",
            "REPORTED": _START + i * 61_007,
            "PROBLEM": ("Suspicious Person", "Traffic Law Enforcement", "Disturbance")[i % 3],
            "PRECINCT": i % 5 + 1,
            "PRIORITY": i % 4,
            "NEIGHBORHOOD": f"Neighborhood {i % 87}",
        },
        "geometry": {"x": -93.2 - i % 1_000 * 1e-4, "y": 44.9 + i % 997 * 1e-4},
    }


def page(start: int, features: int) -> dict[str, Any]:
    """The page of features that begins with a number."""
    end = min(start + PAGE, features)
    said: dict[str, Any] = {"features": [feature(i) for i in range(start, end)]}
    return said | ({"exceededTransferLimit": True} if end < features else {})


def serve(features: int) -> None:
    """Answer until the process ends."""

    class Layer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            said = layer() if parts.path == LAYER else {"count": features}
            if "resultOffset" in asked:
                time.sleep(WAIT)
                said = page(int(asked["resultOffset"]), features)
            body = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    http = HTTPServer(("127.0.0.1", 0), Layer)
    print(http.server_port, flush=True)
    http.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
