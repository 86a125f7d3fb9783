"""Rows as numbers: gaps, categories, scaling; nothing of it is learned from val and test."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.datasets.base import Splits
from engine.datasets.table import TableFile
from engine.datasets.table.layout import parts_of
from engine.datasets.table.options import Rules, group
from engine.problems import ProblemError
from tests.engine.datasets.table.made import built, lines, write


def gappy(tmp_path: Path, count: int = 80) -> str:
    rows = lines(count)
    for i in range(1, count, 7):
        rows[i][1] = ""
    for i in range(3, count, 9):
        rows[i][2] = ""
    return write(tmp_path, rows, "gappy.csv")


def train(splits: Splits, feature: str) -> np.ndarray:
    return splits.train.inputs[:, splits.facts.features.index(feature)].numpy()


# --- No leakage ------------------------------------------------------------------------------


def rows_of(dataset: TableFile) -> dict[str, list[int]]:
    """The data rows of each split."""
    parts = parts_of(dataset._prepared(dataset._source()), group(Rules, dataset))
    return {name: rows.tolist() for name, rows in vars(parts).items()}


@pytest.mark.parametrize("scaling", ["standard", "minmax", "robust"])
@pytest.mark.parametrize("gaps", ["median", "mean", "most_frequent", "indicator"])
@pytest.mark.parametrize("category_gaps", ["own", "most_frequent"])
def test_nothing_is_learned_from_val_and_test(scaling, gaps, category_gaps, tmp_path):
    """Values of validation and test rows are changed beyond all measure: what is fitted, and the
    whole encoded training part, stays the same to the bit."""
    options = {"scaling": scaling, "gaps": gaps, "category_gaps": category_gaps}
    path = gappy(tmp_path)
    before = built(path, **options)
    outside = rows_of(TableFile(path=path, **options))
    rows = [line.split(",") for line in Path(path).read_text().splitlines()]
    for place, row in enumerate(outside["val"] + outside["test"]):
        rows[row + 1][:3] = [str(1e6 + place), "", "red"] if place % 2 else ["", "-1e7", "purple"]
    after = built(write(tmp_path, rows, "poisoned.csv"), **options)
    assert rows_of(TableFile(path=path, **options)) == outside
    assert torch.equal(before.train.inputs, after.train.inputs)
    assert torch.equal(before.preprocess.mean, after.preprocess.mean)
    assert torch.equal(before.preprocess.std, after.preprocess.std)
    assert before.facts == after.facts
    assert not torch.equal(before.test.inputs, after.test.inputs)


def test_a_category_never_seen_in_training_is_no_error(tmp_path):
    path = write(tmp_path, lines())
    test_rows = rows_of(TableFile(path=path))["test"]
    rows = lines()
    rows[test_rows[0] + 1][2] = "purple"
    splits = built(write(tmp_path, rows, "purple.csv"))
    assert not any("purple" in name for name in splits.facts.features)
    colors = [i for i, name in enumerate(splits.facts.features) if name.startswith("color")]
    assert splits.test.inputs[0, colors].tolist() == [0, 0, 0]


def test_an_unknown_category_counts_as_rare_where_there_are_rare_ones(tmp_path):
    path = write(tmp_path, lines())
    parts = rows_of(TableFile(path=path))
    rows = lines()
    rows[parts["train"][0] + 1][2] = "orange"
    rows[parts["test"][0] + 1][2] = "purple"
    splits = built(write(tmp_path, rows, "purple.csv"))
    assert splits.facts.features[-1] == "color=(rare)"
    assert splits.train.inputs[0, 2:].tolist() == [0, 0, 0, 1]
    assert splits.test.inputs[0, 2:].tolist() == [0, 0, 0, 1]


# --- Gaps ------------------------------------------------------------------------------------


@pytest.mark.parametrize("gaps", ["median", "mean", "most_frequent"])
def test_gaps_are_filled_from_the_training_rows(gaps, tmp_path):
    path = gappy(tmp_path)
    place = rows_of(TableFile(path=path, gaps=gaps))["train"]
    texts = [Path(path).read_text().splitlines()[row + 1].split(",")[1] for row in place]
    known = np.array([float(text) for text in texts if text])
    values, counts = np.unique(known, return_counts=True)
    fill = {"median": np.median(known), "mean": known.mean(), "most_frequent": values[
        counts.argmax()]}[gaps]  # fmt: skip
    found = train(built(path, gaps=gaps), "weight")
    assert [text for text in texts if not text]
    for text, value in zip(texts, found, strict=True):
        assert value == np.float32(float(text) if text else fill)


def test_gaps_can_be_marked(tmp_path):
    splits = built(gappy(tmp_path), gaps="indicator")
    assert splits.facts.features[:3] == ("size", "weight", "weight=(missing)")
    marks, values = train(splits, "weight=(missing)"), train(splits, "weight")
    assert set(marks) == {0, 1}
    assert len(set(values[marks == 1])) == 1


def test_rows_with_gaps_can_be_dropped(tmp_path):
    path = gappy(tmp_path)
    rows = [line.split(",") for line in Path(path).read_text().splitlines()[1:]]
    numbers = TableFile(path=path, gaps="drop").facts()
    assert numbers.samples == sum(bool(row[1]) for row in rows)
    both = TableFile(path=path, gaps="drop", category_gaps="drop").facts()
    assert both.samples == sum(bool(row[1] and row[2]) for row in rows)
    assert not any("missing" in name for name in both.features)


def test_gaps_of_categories_are_one_or_the_most_frequent(tmp_path):
    path = gappy(tmp_path)
    assert "color=(missing)" in built(path).facts.features
    splits = built(path, category_gaps="most_frequent")
    assert splits.facts.features[2:] == ("color=blue", "color=green", "color=red")
    assert torch.equal(splits.train.inputs[:, 2:].sum(1), torch.ones(len(splits.train)))


def test_rare_categories_are_taken_together(tmp_path):
    rows = lines(200)
    for i, row in enumerate(rows[1:41]):
        row[2] = f"rare {i % 20}"
    splits = built(write(tmp_path, rows), rare=5)
    assert splits.facts.features[2:] == ("color=blue", "color=green", "color=red", "color=(rare)")
    assert 20 < train(splits, "color=(rare)").sum() < 40
    assert len(built(write(tmp_path, rows), rare=1).facts.features) > 15


# --- Scaling ---------------------------------------------------------------------------------


def scaled(splits: Splits) -> torch.Tensor:
    return splits.preprocess(splits.train.inputs)[:, :2]


def test_scaling_is_the_preprocessing_and_inputs_stay_in_their_units(tmp_path):
    path = write(tmp_path, lines())
    plain = built(path, scaling="none")
    for scaling in ("standard", "minmax", "robust"):
        assert torch.equal(built(path, scaling=scaling).train.inputs, plain.train.inputs)
    assert torch.equal(scaled(plain), plain.train.inputs[:, :2])
    standard = scaled(built(path))
    torch.testing.assert_close(standard.mean(0), torch.zeros(2), atol=1e-5, rtol=0)
    torch.testing.assert_close(standard.std(0, correction=0), torch.ones(2), atol=1e-5, rtol=0)
    minmax = scaled(built(path, scaling="minmax"))
    assert minmax.amin(0).tolist() == [0, 0]
    torch.testing.assert_close(minmax.amax(0), torch.ones(2))
    quartiles = scaled(built(path, scaling="robust")).quantile(torch.tensor([0.25, 0.5, 0.75]), 0)
    torch.testing.assert_close(quartiles[1], torch.zeros(2), atol=1e-5, rtol=0)
    torch.testing.assert_close(quartiles[2] - quartiles[0], torch.ones(2), atol=1e-4, rtol=0)


@pytest.mark.parametrize("scaling", ["standard", "minmax", "robust", "none"])
def test_categories_and_marks_stay_0_and_1(scaling, tmp_path):
    splits = built(gappy(tmp_path), scaling=scaling, gaps="indicator")
    assert set(splits.preprocess(splits.train.inputs)[:, 2:].flatten().tolist()) == {0, 1}


@pytest.mark.parametrize("scaling", ["standard", "minmax", "robust"])
def test_what_hardly_varies_stays_finite(scaling, tmp_path):
    rows = [["x", "z", "y"], *(["1" if i else "5", str(i % 7), "ab"[i % 2]] for i in range(60))]
    for seed in range(4):  # the one that differs is now in this part, now in that
        splits = built(write(tmp_path, rows), scaling=scaling, split_seed=seed)
        assert splits.preprocess(splits.test.inputs).isfinite().all()


# --- Facts are what is built ------------------------------------------------------------------

VALUES = st.sampled_from(["", "a", "b", "c ", "long name", "1", "2.5", "NA", "3", "2020-01-05"])


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(st.tuples(VALUES, VALUES, st.sampled_from("xyz")), min_size=12, max_size=40),
    gaps=st.sampled_from(["median", "mean", "most_frequent", "indicator", "drop"]),
    category_gaps=st.sampled_from(["own", "most_frequent", "drop"]),
    rare=st.integers(1, 6),
    seed=st.integers(0, 3),
)
def test_facts_are_what_is_built_or_there_is_a_problem(
    rows, gaps, category_gaps, rare, seed, tmp_path
):
    path = write(tmp_path, [["first", "second", "target"], *map(list, rows)])
    options = {"gaps": gaps, "category_gaps": category_gaps, "rare": rare, "split_seed": seed}
    try:
        TableFile(path=path, **options).facts()
    except ProblemError:
        return
    both = {"categories": ("first", "second")}
    for more in ({"categories": ("first",)}, both, {}, {**both, "categories_as": "codes"}):
        try:
            splits = built(path, **options, **more)
        except ProblemError:
            continue
        about = json.loads(splits.facts.encoding)
        assert about["features"] == list(splits.facts.features)
        codes = [len(each["codes"]) + 1 for each in about["categories"] if "codes" in each]
        assert splits.facts.cardinalities == tuple(codes)
