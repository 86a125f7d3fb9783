"""Which column is predicted, and whether it holds classes or numbers."""

from __future__ import annotations

import pytest

from engine.datasets.table import TableFile
from tests.engine.datasets.table.made import built, lines, said, write


def with_target(tmp_path, values: list[str], name: str = "aim") -> str:
    rows = lines(len(values))
    return write(tmp_path, [[*row[:3], name if i == 0 else values[i - 1]]
                            for i, row in enumerate(rows)])  # fmt: skip


@pytest.mark.parametrize("name", ["Target", "label", "CLASS", "y"])
def test_a_column_of_a_usual_name_is_the_target(name, tmp_path):
    rows = [[name if cell == "weight" else cell for cell in row] for row in lines()]
    path = write(tmp_path, rows)
    assert TableFile(path=path).facts().targets == (name,)
    assert said(path, name) == [f"{name!r} is taken as the target; dataset.target names another"]


def test_else_the_last_column_is(tmp_path):
    path = write(tmp_path, lines())
    assert TableFile(path=path).facts().targets == ("price",)
    assert TableFile(path=path, ignore="price").facts().targets == ("blue", "green", "red")
    assert TableFile(path=path, target="size").facts().targets == ("size",)


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (["no", "yes"], ("no", "yes")),
        (["True", "False"], ("False", "True")),
        (["10", "9", "2"], ("2", "9", "10")),
        (["0.0", "1.0"], ("0", "1")),
        (["b ", " a", "b", "a"], ("a", "b")),
    ],
)
def test_texts_and_few_whole_numbers_are_classes(values, names, tmp_path):
    path = with_target(tmp_path, values * (120 // len(values)))
    splits = built(path)
    assert (splits.facts.task, splits.facts.targets) == ("classes", names)
    counts = sum(splits.class_counts(part) for part in splits.named())
    assert counts.tolist() == [120 // len(names)] * len(names)


@pytest.mark.parametrize("values", [["1.5", "2"], [str(i) for i in range(30)]])
def test_other_numbers_are_measured(values, tmp_path):
    path = with_target(tmp_path, values * (240 // len(values)))
    facts = TableFile(path=path).facts()
    assert (facts.task, facts.targets) == ("regression", ("aim",))


def test_many_numbers_of_a_small_table_are_no_classes(tmp_path):
    assert TableFile(path=with_target(tmp_path, [str(i % 12) for i in range(36)])).facts().task == (
        "regression"
    )


def test_the_task_can_be_given(tmp_path):
    path = with_target(tmp_path, ["3", "4", "5"] * 40)
    assert TableFile(path=path).facts().task == "classes"
    assert TableFile(path=path, task="regression").facts().task == "regression"
    path = with_target(tmp_path, [str(i / 2) for i in range(40)] * 3)
    assert TableFile(path=path).facts().task == "regression"
    facts = TableFile(path=path, task="classes").facts()
    assert facts.targets[:3] == ("0", "0.5", "1")


def test_rows_without_a_target_are_left_out_and_counted(tmp_path):
    values = ["" if i % 10 == 0 else "ab"[i % 2] for i in range(100)]
    path = with_target(tmp_path, values)
    assert TableFile(path=path).facts().samples == 90
    assert "Left out: 10 rows without a value of the target" in said(path, "aim")
    assert sum(len(part) for part in built(path).named().values()) == 90


def test_numbers_of_the_target_are_kept_as_they_are(tmp_path):
    splits = built(write(tmp_path, lines()))
    found = [value for part in splits.named().values() for value in part.targets[:, 0].tolist()]
    wanted = [float(row[3]) for row in lines()[1:]]
    assert sorted(found) == pytest.approx(sorted(wanted))
    assert splits.preprocess.target_mean is not None


def test_a_class_of_a_single_row_is_said(tmp_path):
    path = with_target(tmp_path, ["rare", *["a", "b"] * 40])
    assert "Classes of a single row are never tested: rare" in said(path, "aim")
    assert built(path).class_counts("train").tolist()[2] == 1
