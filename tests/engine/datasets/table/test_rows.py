"""A single row, encoded without the table, is what the table made of it."""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.datasets.table import TableFile
from engine.datasets.table.layout import parts_of
from engine.datasets.table.options import Rules, group
from engine.datasets.table.rows import encode_rows
from tests.engine.datasets.table.made import write


def table(folder: Path, decimal: str = ".") -> str:
    """Numbers, categories and dates, each with gaps and a few strange values."""
    draw = random.Random(3)
    rows = [["size", "color", "day", "at", "code", "price"]]
    for i in range(120):
        size = draw.choice([f"{draw.uniform(-9, 9999):.2f}", "1.5e2", "", "-999"])
        rows.append(
            [
                size.replace(".", decimal),
                draw.choice(["red", " blue", "green ", "", "NA", f"rare{i % 9}"]),
                draw.choice(["2020-02-29", "2021-11-03", ""]),
                f"{i % 28 + 1:02}.03.2020 {i % 24:02}:{i % 60:02}",
                str(i % 4),
                f"{draw.uniform(0, 9):.3f}".replace(".", decimal),
            ]
        )
    return write(folder, rows, delimiter=";")


@pytest.mark.parametrize("gaps", ["median", "indicator", "mean"])
@pytest.mark.parametrize("decimal", [".", ","])
def test_every_row_is_encoded_as_in_its_split(gaps, decimal, tmp_path):
    path = table(tmp_path, decimal)
    dataset = TableFile(path=path, gaps=gaps, categories="code", missing=("-999", "green"))
    splits = dataset.build(Path("nowhere"))
    parts = parts_of(dataset._prepared(dataset._source()), group(Rules, dataset))
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    found = np.array(encode_rows(json.loads(splits.facts.encoding), rows), np.float32)
    for name, part in splits.named().items():
        assert np.array_equal(found[getattr(parts, name)], part.inputs.numpy())


def test_what_is_unknown_missing_or_of_another_kind_is_no_error(tmp_path):
    splits = TableFile(path=table(tmp_path)).build(Path("nowhere"))
    encoding = json.loads(splits.facts.encoding)
    rows = [{}, {"size": None, "color": "purple"}, {"size": [1], "day": "yesterday", "new": 1},
            {"size": 1.5, "color": True, "day": "2020-02-29"}]  # fmt: skip
    found = encode_rows(encoding, rows)
    assert {len(row) for row in found} == {len(splits.facts.features)}
    size = splits.facts.features.index("size")
    assert found[0][size] == encoding["numbers"][size]["fill"]
    assert found[3][size] == 1.5


def test_it_takes_neither_pandas_nor_numpy():
    code = (
        "import sys, importlib.util as u;"
        "from engine.datasets.table.rows import encode_rows;"
        "print(*{'torch', 'numpy', 'pandas', 'sklearn'} & set(sys.modules))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (printed.stdout.strip(), printed.returncode) == ("", 0), printed.stderr
