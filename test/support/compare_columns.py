"""Compares files of columns with lines of JSON, value by value, by two independent readers: pyarrow and DuckDB.

Arguments: folders. Each NAME.jsonl in one of them has NAME.parquet, NAME.arrow or NAME.arrows beside it, or several. Prints a line of JSON:
{"files": files read, "values": values compared, "wrong": [what differs]}. With --schema FILE it prints the schemas instead.
"""

import json
import os
import struct
import sys
from decimal import Decimal

import duckdb
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

READERS = {
    ".parquet": [("pyarrow", lambda path: pq.read_table(path)), ("duckdb", None)],
    ".arrow": [("pyarrow", lambda path: pa.ipc.open_file(path).read_all())],
    ".arrows": [("pyarrow", lambda path: pa.ipc.open_stream(path).read_all())],
}


def members(pairs):
    """An object with its repeated names told apart as columns are, and what begins with $ left out."""
    names = [name for name, _ in pairs]
    result = {}
    for name, value in pairs:
        if name.startswith("$"):
            continue
        unique, turn = name, 2
        while unique in result or (unique != name and unique in names):
            unique, turn = f"{name}-{turn}", turn + 1
        result[unique] = value
    return {name: value for name, value in result.items() if not is_nothing(value)}


def is_nothing(value):
    """A group without a named item, or a table of such groups, has no column."""
    if isinstance(value, list):
        return len(value) > 0 and all(is_nothing(item) for item in value)
    return value == {}


def same(json_value, value, kind, tally):
    if isinstance(json_value, dict) and isinstance(value, dict):
        fields = {field.name: field.type for field in kind}
        # An empty table may be one of groups without a named item, which have no column.
        beside = [name for name in json_value if name not in fields and json_value[name] != []]
        return not beside and all(same(json_value.get(name), value[name], fields[name], tally) for name in fields)
    if isinstance(json_value, list) and isinstance(value, list):
        pairs = zip(json_value, value)
        return len(json_value) == len(value) and all(same(a, b, kind.value_type, tally) for a, b in pairs)
    tally["values"] += 1
    if json_value is None or value is None:
        return json_value is value
    if pa.types.is_float32(kind):
        return struct.pack("<f", float(json_value)) == struct.pack("<f", value)
    if pa.types.is_float64(kind):
        return float(json_value) == value
    if pa.types.is_decimal(kind):
        return isinstance(value, Decimal) and value == json_value and -value.as_tuple().exponent == kind.scale
    if pa.types.is_integer(kind):
        return isinstance(value, int) and value == json_value
    return isinstance(value, str) and value == json_value


def rows_of(reader, read, path):
    if read is not None:
        return read(path).to_pylist()
    found = duckdb.connect().execute("SELECT * FROM read_parquet(?)", [path])
    names = [column[0] for column in found.description]
    return [dict(zip(names, row)) for row in found.fetchall()]


def schema_of(path, suffix):
    return pq.read_schema(path) if suffix == ".parquet" else READERS[suffix][0][1](path).schema


def compare(path, suffix, lines, tally):
    schema = schema_of(path, suffix)
    kind = pa.struct(list(schema))
    for reader, read in READERS[suffix]:
        rows = rows_of(reader, read, path)
        tally["files"] += 1
        if len(rows) != len(lines):
            tally["wrong"].append(f"{path}, {reader}: {len(rows)} rows of {len(lines)}")
        for index, (line, row) in enumerate(zip(lines, rows)):
            if not same(line, row, kind, tally):
                tally["wrong"].append(f"{path}, {reader}, row {index}: {line} became {row}")
                break


def main(folders):
    tally = {"files": 0, "values": 0, "wrong": []}
    for folder in folders:
        for name in sorted(name for name in os.listdir(folder) if name.endswith(".jsonl")):
            stem = os.path.join(folder, name[: -len(".jsonl")])
            with open(stem + ".jsonl", encoding="utf-8") as file:
                lines = [
                    json.loads(line, parse_float=Decimal, parse_int=Decimal, object_pairs_hook=members) for line in file
                ]
            for suffix in READERS:
                if os.path.exists(stem + suffix):
                    compare(stem + suffix, suffix, lines, tally)
    tally["wrong"] = tally["wrong"][:20]
    print(json.dumps(tally))


def describe(path):
    groups = pq.ParquetFile(path).metadata
    group = groups.row_group(0) if groups.num_row_groups > 0 else None
    columns = [group.column(index) for index in range(group.num_columns)] if group else []
    print(
        json.dumps(
            {
                "arrow": [f"{field.name}: {field.type}{'' if field.nullable else ' not null'}" for field in pq.read_schema(path)],
                "duckdb": [
                    f"{row[0]}: {row[1]}"
                    for row in duckdb.connect().execute("DESCRIBE SELECT * FROM read_parquet(?)", [path]).fetchall()
                ],
                "groups": [groups.row_group(index).num_rows for index in range(groups.num_row_groups)],
                "created_by": groups.created_by,
                "columns": [
                    {
                        "path": column.path_in_schema,
                        "type": column.physical_type,
                        "compression": column.compression,
                        "dictionary": column.has_dictionary_page,
                        "min": str(column.statistics.min) if column.is_stats_set else None,
                        "max": str(column.statistics.max) if column.is_stats_set else None,
                        "nulls": column.statistics.null_count if column.is_stats_set else None,
                    }
                    for column in columns
                ],
            }
        )
    )


if __name__ == "__main__":
    if sys.argv[1] == "--schema":
        describe(sys.argv[2])
    else:
        main(sys.argv[1:])
