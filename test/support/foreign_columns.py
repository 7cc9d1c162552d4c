"""Writes one table with many types as pyarrow does, in many ways, into a folder; prints the paths as a JSON array."""

import datetime
import decimal
import json
import os
import sys

import pyarrow as pa
import pyarrow.feather
import pyarrow.ipc
import pyarrow.parquet as pq

D = decimal.Decimal
UTC = datetime.timezone.utc
COLUMNS = [
    ("b", pa.bool_(), [True, None, False]),
    ("i8", pa.int8(), [-128, None, 0]),
    ("u64", pa.uint64(), [2**64 - 1, None, 0]),
    ("f32", pa.float32(), [0.1, None, -0.0]),
    ("f64", pa.float64(), [1e300, None, float("nan")]),
    ("dec", pa.decimal128(9, 2), [D("-0.05"), None, D("1234567.89")]),
    ("dec256", pa.decimal256(50, 1), [D("12345678901234567890123456789012345678901.5"), None, D("0.0")]),
    ("s", pa.string(), ['a"b\n€', None, ""]),
    ("ls", pa.large_string(), ["large", None, ""]),
    ("bin", pa.binary(), [b"\x00\xff", None, b""]),
    ("d", pa.date32(), [datetime.date(2024, 2, 29), None, datetime.date(1970, 1, 1)]),
    (
        "ts",
        pa.timestamp("ms", "Europe/Zurich"),
        [
            datetime.datetime(2024, 2, 29, 12, 30, 0, 250000, UTC),
            None,
            datetime.datetime(1969, 12, 31, 23, 59, 59, 999000, UTC),
        ],
    ),
    (
        "local",
        pa.timestamp("us"),
        [datetime.datetime(2024, 2, 29, 12, 30), None, datetime.datetime(1970, 1, 1)],
    ),
    ("dict", pa.dictionary(pa.int32(), pa.string()), ["x", None, "y"]),
    ("list", pa.list_(pa.int16()), [[1, None, 3], None, []]),
    ("fixed", pa.list_(pa.string(), 2), [["p", "q"], None, ["", None]]),
    ("st", pa.struct([("a", pa.int64()), ("b", pa.string())]), [{"a": 1, "b": None}, None, {"a": None, "b": "z"}]),
    ("map", pa.map_(pa.string(), pa.int32()), [[("k", 1)], None, []]),
]


def main(folder):
    arrays = [pa.array(values, kind) for _, kind, values in COLUMNS]
    table = pa.table(arrays, names=[name for name, _, _ in COLUMNS])
    paths = []

    def place(name):
        paths.append(os.path.join(folder, "foreign-" + name))
        return paths[-1]

    for compression in ["none", "snappy", "zstd", "lz4"]:
        pq.write_table(table, place(compression + ".parquet"), compression=compression)
    pq.write_table(table, place("v2.parquet"), data_page_version="2.0", use_dictionary=False, row_group_size=2)
    for compression in ["uncompressed", "lz4", "zstd"]:
        pyarrow.feather.write_feather(table, place(compression + ".arrow"), compression=compression)
    with pa.ipc.new_stream(place("stream.arrows"), table.schema) as writer:
        writer.write_table(table, max_chunksize=1)
    print(json.dumps(paths))


if __name__ == "__main__":
    main(sys.argv[1])
