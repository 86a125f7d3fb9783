"""Parquet files, through pyarrow: names and types are in the file."""

from __future__ import annotations

from typing import Any

from engine.datasets.table.options import Reading
from engine.datasets.table.reading import RawTable, named
from engine.datasets.table.source import MAX_BYTES, PATH, Source, check_size
from engine.problems import Problem, ProblemError


def read_parquet(source: Source, reading: Reading) -> RawTable:
    """Read all columns. Raises ProblemError, also when they would unpack to too much."""
    try:
        import pyarrow.parquet as _parquet  # noqa: F401
    except ImportError:
        sentence = f"Reading {source.path.name} takes pyarrow, which is not installed"
        hint = "pip install 'trainboard[parquet]', or save the table as CSV"
        raise ProblemError(Problem(PATH, sentence, hint)) from None
    try:
        found = _read(source)
        found.validate(full=True)  # texts of a damaged file may be no texts
        # The metadata of pandas may turn a column into an index: they are all wanted.
        frame = found.to_pandas(ignore_metadata=True)
    except ProblemError:
        raise
    except Exception as error:  # of a damaged file pyarrow raises whatever it stumbles over
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        sentence = f"{source.path.name} is not a readable Parquet file: {reason}"
        raise ProblemError(Problem(PATH, sentence, "write the file again")) from None
    names = named(list(frame.columns))
    frame.columns = list(names.names)
    return RawTable(source.path.name, frame, notes=names.notes, twice=names.twice)


# --- What a small file may become ----------------------------------------------------------------


def _read(source: Source) -> Any:
    """The file as an arrow table. Texts are read as they are in it, each once, and written out only
    when it is known what all of them take."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(source.path) as file:
        texts, schema = _checked(source, file.metadata), file.schema_arrow
    with pq.ParquetFile(source.path, read_dictionary=texts) as file:
        found = file.read(use_threads=False)
    _check_bytes(source, sum(_letters(part) for column in found.columns for part in column.chunks))
    return found if found.schema.equals(schema) else found.cast(schema)


def _checked(source: Source, about: Any) -> list[str]:
    """The columns of texts. Raises ProblemError when there are too many values, those of lists one
    by one, or the pages are too large."""
    check_size(source.path, about.num_rows, about.num_columns)
    groups = [about.row_group(number) for number in range(about.num_row_groups)]
    columns = [about.schema.column(place) for place in range(about.num_columns)]
    values, unpacked = 0, 0
    for group in groups:
        unpacked += group.total_byte_size
        for place, column in enumerate(columns):
            count = group.column(place).num_values
            values += count
            unpacked += count * (column.length or 0)  # of texts of a fixed length
    check_size(source.path, values, 1)
    _check_bytes(source, unpacked)
    return [column.path for column in columns if column.physical_type == "BYTE_ARRAY"]


def _letters(array: Any) -> int:
    """The bytes that all texts of an array have when each is written out, within lists as well."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = array.type
    if pa.types.is_dictionary(kind):
        if not (pa.types.is_string(kind.value_type) or pa.types.is_binary(kind.value_type)):
            return 0
        lengths = pc.binary_length(array.dictionary).cast(pa.int64())
        return int(pc.sum(lengths.take(array.indices)).as_py() or 0)
    if pa.types.is_struct(kind):
        return sum(map(_letters, array.flatten()))
    if pa.types.is_list(kind):
        return _letters(array.flatten())
    if pa.types.is_map(kind):
        return _letters(array.keys) + _letters(array.items)
    return 0


def _check_bytes(source: Source, count: int) -> None:
    if count > MAX_BYTES:
        sentence = f"{source.path.name} unpacks to more than {MAX_BYTES / 1e9:.1f} GB"
        raise ProblemError(Problem(PATH, sentence, "take a part of the rows"))
