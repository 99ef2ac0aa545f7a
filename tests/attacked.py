"""A release's folder as the job writes it, small, for the attacks on files."""

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from data.attacks.case import Case


def folder(case: Case, root: Path, residents: int = 3000, **more: bytes) -> Case:
    """The case with its tables, areas and manifest written to a folder."""
    files: dict[str, bytes] = dict(more)
    for path, frame in case.tables.items():
        sink = pa.BufferOutputStream()
        pq.write_table(
            pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(), sink
        )
        files[f"{path}.parquet"] = sink.getvalue().to_pybytes()
        files[f"{path}.csv"] = frame.to_csv(index=False).encode()
    features: list[Any] = []
    for area in (1, 2):
        corners = [[area, 44.12345], [area + 0.5, 44.12345], [area, 45.54321], [area, 44.12345]]
        features.append(
            {
                "type": "Feature",
                "properties": {"area": area, "name": f"Area {area}", "residents": residents},
                "geometry": {"type": "Polygon", "coordinates": [corners]},
            }
        )
    told = {"type": "FeatureCollection", "features": features}
    files["areas.geojson"] = json.dumps(told).encode()
    hashes = {name: hashlib.sha256(body).hexdigest() for name, body in files.items()}
    files["manifest.json"] = json.dumps({"files": hashes}).encode()
    place = root / "2026-02-01-0123abcd"
    for name, body in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(body)
    return dataclasses.replace(case, folder=place)
