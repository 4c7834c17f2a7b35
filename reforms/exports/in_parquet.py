"""Tables as Parquet, with real types. The library is loaded when the first file is written: a
worker that never writes one does not carry it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from reforms.exports.columns import Column, Kind, Row
from reforms.exports.in_text import compact
from reforms.exports.tables import Table

if TYPE_CHECKING:
    import pyarrow as pa

# Rows that are held and written together.
GROUP = 5_000


def write_parquet(
    table: Table, rows: Iterable[Row], file: IO[bytes], about: Mapping[str, str]
) -> None:
    """Row groups as they come; `about` becomes metadata of the file."""
    import pyarrow as pa
    from pyarrow import parquet

    fields = [
        pa.field(column.name, _type(column), metadata={"description": column.meaning})
        for column in table.columns
    ]
    schema = pa.schema(fields, metadata=dict(about))
    rows = iter(rows)
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        while group := list(islice(rows, GROUP)):
            arrays = [
                pa.array([_value(column, row) for row in group], type=one.type)
                for column, one in zip(table.columns, fields, strict=True)
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))


def _type(column: Column) -> pa.DataType:
    import pyarrow as pa

    if column.kind == Kind.LIST:
        return pa.list_(pa.string())
    if column.kind == Kind.PARTS:
        parts = [pa.field(name, _plain_type(kind)) for name, kind in column.parts.items()]
        return pa.list_(pa.struct(parts))
    return _plain_type(column.kind)


def _plain_type(kind: Kind) -> pa.DataType:
    import pyarrow as pa

    match kind:
        case Kind.DAY:
            return pa.date32()
        case Kind.MOMENT:
            return pa.timestamp("us", tz="UTC")
        case Kind.INTEGER:
            return pa.int64()
        case Kind.NUMBER:
            return pa.float64()
        case Kind.BOOLEAN:
            return pa.bool_()
    return pa.string()


_READ: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.DAY: date.fromisoformat,
    Kind.MOMENT: datetime.fromisoformat,
    Kind.JSON: compact,
}


def _value(column: Column, row: Row) -> Any:
    value = column.take(row)
    read = _READ.get(column.kind)
    return value if read is None or value is None else read(value)
