"""JSON: a list of objects with the same keys, or one object a line (.jsonl)."""

from __future__ import annotations

import json
from typing import Any

from engine.datasets.table.options import Reading
from engine.datasets.table.reading import RawTable, named
from engine.datasets.table.source import PATH, Source, check_size
from engine.problems import Problem, ProblemError


def read_json(source: Source, reading: Reading) -> RawTable:
    """Read the objects as rows; a key that an object lacks is a gap. Raises ProblemError."""
    import pandas as pd

    records = _records(source)
    keys = list(dict.fromkeys(key for record in records for key in record))
    check_size(source.path, len(records), len(keys))
    names = named(keys)
    columns = [[record.get(key) for record in records] for key in keys]
    frame = pd.DataFrame(
        {name: pd.Series(column, dtype=object) for name, column in zip(names.names, columns,
                                                                       strict=True)}
    ).infer_objects()  # fmt: skip
    return RawTable(source.path.name, frame, notes=names.notes, twice=names.twice)


def _records(source: Source) -> list[dict[str, Any]]:
    hint = 'a table in JSON is a list of objects: [{"a": 1}, {"a": 2}]'
    try:
        text = source.path.read_text(encoding="utf-8-sig")
        lines = source.suffix == ".jsonl"
        found = [json.loads(line) for line in text.splitlines() if line.strip()] if lines else (
            json.loads(text)
        )  # fmt: skip
    except (ValueError, RecursionError) as error:  # ValueError: also bytes that are no UTF-8
        sentence = f"{source.path.name} is not readable JSON: {error}"
        raise ProblemError(Problem(PATH, sentence, hint)) from None
    if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
        raise ProblemError(Problem(PATH, f"{source.path.name} is not a table", hint))
    return found
