"""Tables with planted defects: each is found, and a clean table has none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.inspection.check import inspect_data
from tests.engine.inspection.made import codes, found, inspected, measures, table


def test_a_clean_table_has_no_findings(tmp_path: Path) -> None:
    path = table(tmp_path / "clean.csv", measures())
    inspection = inspected("table", path, tmp_path)
    assert codes(inspection) == set()
    assert inspection.sizes == {"train": 144, "val": 26, "test": 30}


def test_a_column_that_tells_the_target_alone(tmp_path: Path) -> None:
    columns = measures()
    columns = {"a": columns["a"], "b": columns["b"],
               "paid": (columns["label"] == "yes") * 17.5, "label": columns["label"]}  # fmt: skip
    inspection = inspected("table", table(tmp_path / "leak.csv", columns), tmp_path, ignore=["b"])
    finding = found(inspection, "target_leak")
    assert "'paid'" in finding.sentence
    assert dict(finding.mend) == {"dataset.ignore": ("b", "paid")}


def test_a_category_and_a_gap_can_tell_the_target_too(tmp_path: Path) -> None:
    columns = measures()
    yes = columns["label"] == "yes"
    columns = {"a": columns["a"], "b": columns["b"], "said": np.where(yes, "ja", "nein"),
               "date_of_yes": np.where(yes, columns["a"], np.nan).astype(str),
               "label": columns["label"]}  # fmt: skip
    columns["date_of_yes"] = ["" if cell == "nan" else cell for cell in columns["date_of_yes"]]
    inspection = inspected("table", table(tmp_path / "leak.csv", columns), tmp_path)
    told = {f.sentence for f in inspection.findings if f.code == "target_leak"}
    assert any("'said'" in sentence for sentence in told)
    assert any("'date_of_yes'" in sentence for sentence in told)


def test_a_regression_target_in_other_units_is_a_leak(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    a, b = random.normal(size=(2, 300)).round(4)
    price = (a + 0.3 * random.normal(size=300)).round(4)
    columns = {"a": a, "b": b, "price_in_cents": (price * 100).round(2), "price": price}
    inspection = inspected("table", table(tmp_path / "price.csv", columns), tmp_path)
    assert "'price_in_cents'" in found(inspection, "target_leak").sentence


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "diabetes"])
def test_good_columns_of_real_tables_are_no_leaks(name: str, tmp_path: Path) -> None:
    inspection = inspect_data({"version": 1, "dataset": name, "architecture": "mlp"}, tmp_path)
    assert "target_leak" not in codes(inspection)


def test_the_same_row_in_two_splits(tmp_path: Path) -> None:
    columns = {f"x{n}": np.random.default_rng(n).normal(size=100) for n in range(9)}
    columns["label"] = np.arange(100) % 2
    columns = {name: np.concatenate([values, values]) for name, values in columns.items()}
    path = table(tmp_path / "twice.csv", {"id": range(200), **columns})
    inspection = inspected("table", path, tmp_path)
    finding = found(inspection, "leakage")
    assert finding.severity == "error"
    assert found(inspection, "duplicates").severity == "info"
    lines = path.read_text().splitlines()
    one, other = (int(part.split()[1]) for part in finding.evidence[0].split(" is "))
    assert lines[one].split(",")[1:] == lines[other].split(",")[1:]


def test_columns_that_say_nothing(tmp_path: Path) -> None:
    columns = {"order": np.random.default_rng(0).permutation(200) * 7 + 3, "same": [1] * 200,
               "customer_id": range(500, 700), **measures()}  # fmt: skip
    inspection = inspected("table", table(tmp_path / "nothing.csv", columns), tmp_path)
    assert found(inspection, "constant_columns").evidence == ("same",)
    assert found(inspection, "left_out_columns").evidence == (
        "customer_id: 200 different values in 200 rows",
    )
    finding = found(inspection, "unique_columns")
    assert finding.evidence == ("order: 200 different values in 200 rows",)
    assert dict(finding.mend) == {"dataset.ignore": ("order",)}


def test_gaps(tmp_path: Path) -> None:
    columns = measures()
    columns["a"] = ["" if place % 10 == 0 else value for place, value in enumerate(columns["a"])]
    half = ["" if place % 3 else value for place, value in enumerate(columns["b"])]
    label = ["" if place % 12 == 0 else value for place, value in enumerate(columns["label"])]
    path = table(tmp_path / "gaps.csv", {"a": columns["a"], "b": half, "c": columns["b"],
                                         "label": label})  # fmt: skip
    inspection = inspected("table", path, tmp_path)
    assert found(inspection, "gaps").severity == "info"
    assert dict(found(inspection, "many_gaps").mend) == {"dataset.ignore": ("b",)}
    assert found(inspection, "target_gaps").severity == "warning"


def test_a_category_that_training_never_sees(tmp_path: Path) -> None:
    columns = measures()
    kinds = [f"kind {n}" if n < 40 else "usual" for n in range(200)]
    path = table(tmp_path / "kinds.csv", {"kind": kinds, **columns})
    inspection = inspected("table", path, tmp_path, categories=["kind"])
    finding = found(inspection, "unseen_categories")
    assert all(line.startswith("kind: kind ") for line in finding.evidence)


def test_targets_beyond_those_of_training(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    price = np.concatenate([random.normal(size=100), [1e3, -1e3, 2e3, -2e3]]).round(3)
    path = table(tmp_path / "far.csv", {"a": random.normal(size=104), "price": price})
    told = [f for seed in range(3)
            for f in inspected("table", path, tmp_path, split_seed=seed).findings
            if f.code == "outside_targets"]  # fmt: skip
    assert told
    assert "price: " in told[0].evidence[0]
