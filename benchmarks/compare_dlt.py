"""The same rows through dlt: a table of a SQLite file into a folder of Parquet files.

    python compare_dlt.py t.db out-folder

Prints {"syncs": [{"rows_extracted": N}]}, as `drt run --output json` does. `go run ./benchmarks` runs it in a virtual
environment of its own; the backend is connectorx, dlt's fastest.
"""
import json
import os
import sys

database, out = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
os.environ.update({
    "DLT_DATA_DIR": os.path.join(out, "dlt"),
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "ERROR",
})

import dlt
import pyarrow.parquet
from dlt.sources.sql_database import sql_table

table = sql_table(
    credentials="sqlite:///" + database,
    table="t",
    backend="connectorx",
    reflection_level="full",
    backend_kwargs={"conn": "sqlite://" + database},
)
pipeline = dlt.pipeline(
    "bench",
    pipelines_dir=os.path.join(out, "pipelines"),
    destination=dlt.destinations.filesystem(bucket_url="file://" + os.path.join(out, "data")),
    dataset_name="d",
)
pipeline.run(table, loader_file_format="parquet")

rows = 0
for folder, _, files in os.walk(os.path.join(out, "data", "d", "t")):
    for name in files:
        if name.endswith(".parquet"):
            rows += pyarrow.parquet.read_metadata(os.path.join(folder, name)).num_rows
print(json.dumps({"syncs": [{"rows_extracted": rows}]}))
