"""Parquet files, through pyarrow: names and types are in the file."""

from __future__ import annotations

from engine.datasets.table.options import Reading
from engine.datasets.table.reading import RawTable, named
from engine.datasets.table.source import MAX_BYTES, PATH, Source, check_size
from engine.problems import Problem, ProblemError


def read_parquet(source: Source, reading: Reading) -> RawTable:
    """Read all columns. Raises ProblemError, also when they would unpack to too much."""
    try:
        import pyarrow.parquet as pq
    except ImportError:
        sentence = f"Reading {source.path.name} takes pyarrow, which is not installed"
        hint = "pip install 'trainboard[parquet]', or save the table as CSV"
        raise ProblemError(Problem(PATH, sentence, hint)) from None
    try:
        with pq.ParquetFile(source.path) as file:
            about = file.metadata
            check_size(source.path, about.num_rows, about.num_columns)
            groups = (about.row_group(number) for number in range(about.num_row_groups))
            if sum(group.total_byte_size for group in groups) > MAX_BYTES:
                sentence = f"{source.path.name} unpacks to more than {MAX_BYTES / 1e9:.1f} GB"
                raise ProblemError(Problem(PATH, sentence, "take a part of the rows"))
            found = file.read(use_threads=False)
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
