"""Categories as codes: one feature with the number of the value, learned from training rows."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.datasets.base import Splits
from engine.datasets.preview import Copies, view_of
from engine.datasets.table import TableFile
from engine.datasets.table.layout import parts_of
from engine.datasets.table.options import Rules, group
from engine.datasets.table.rows import encode_rows, words_of
from tests.engine.datasets.table.made import COLORS, built, lines, write


def gappy(tmp_path: Path, count: int = 120) -> str:
    """Gaps in a number and in the category, and colors that are rare."""
    rows = lines(count)
    for i in range(1, count, 7):
        rows[i][1] = ""
    for i in range(3, count, 9):
        rows[i][2] = ""
    for i in range(5, count, 11):
        rows[i][2] = f"rare {i}"
    return write(tmp_path, rows, "gappy.csv")


def coded(path: str, **options: object) -> Splits:
    return built(path, categories_as="codes", **options)


def rows_of(dataset: TableFile) -> dict[str, np.ndarray]:
    return vars(parts_of(dataset._prepared(dataset._source()), group(Rules, dataset)))


def colors(path: str, splits: Splits, dataset: TableFile) -> list[tuple[str, float]]:
    """Each row's color in the file and its code, of all splits."""
    with open(path, encoding="utf-8", newline="") as file:
        texts = [row["color"] for row in csv.DictReader(file)]
    return [
        (texts[row], code)
        for name, part in splits.named().items()
        for row, code in zip(rows_of(dataset)[name], part.inputs[:, -1].tolist(), strict=True)
    ]


def test_each_value_has_a_number_and_rare_ones_share_0(tmp_path):
    path = gappy(tmp_path)
    splits = coded(path)
    assert splits.facts.features == ("size", "weight", "color")
    assert splits.facts.cardinalities == (5,)
    number = {"": 1, **{color: place + 2 for place, color in enumerate(COLORS)}}
    found = colors(path, splits, TableFile(path=path, categories_as="codes"))
    assert {text for text, _ in found} > {*number, "rare 5"}
    assert all(code == number.get(text, 0) for text, code in found)


def test_numbers_then_marks_then_codes(tmp_path):
    splits = coded(gappy(tmp_path), gaps="indicator", category_gaps="most_frequent", rare=1)
    assert splits.facts.features == ("size", "weight", "weight=(missing)", "color")
    one_hot = built(gappy(tmp_path), gaps="indicator", category_gaps="most_frequent", rare=1)
    assert torch.equal(splits.train.inputs[:, :3], one_hot.train.inputs[:, :3])
    hot = one_hot.train.inputs[:, 3:]
    assert torch.equal(splits.train.inputs[:, 3], hot.argmax(1) + 1.0)
    assert splits.facts.cardinalities == (hot.shape[1] + 1,)


@pytest.mark.parametrize("scaling", ["standard", "minmax", "robust", "none"])
def test_codes_are_never_scaled(scaling, tmp_path):
    splits = coded(gappy(tmp_path), scaling=scaling)
    assert splits.train.inputs.dtype == torch.float32
    scaled = splits.preprocess(splits.train.inputs)
    assert torch.equal(scaled[:, -1], splits.train.inputs[:, -1])
    assert (splits.preprocess.mean[-1], splits.preprocess.std[-1]) == (0, 1)
    assert scaling == "none" or not torch.equal(scaled[:, 0], splits.train.inputs[:, 0])


@pytest.mark.parametrize("category_gaps", ["own", "most_frequent"])
def test_nothing_is_learned_from_val_and_test(category_gaps, tmp_path):
    """Colors that validation and test alone have are unknown; what is fitted stays the same."""
    path, options = gappy(tmp_path), {"category_gaps": category_gaps}
    before = coded(path, **options)
    parts = rows_of(TableFile(path=path, categories_as="codes", **options))
    rows = [line.split(",") for line in Path(path).read_text().splitlines()]
    for row in [*parts["val"], *parts["test"]]:
        rows[row + 1][2] = "purple"
    after = coded(write(tmp_path, rows, "purple.csv"), **options)
    assert before.facts == after.facts
    assert torch.equal(before.train.inputs, after.train.inputs)
    assert not after.val.inputs[:, -1].any()
    assert not after.test.inputs[:, -1].any()


def test_a_value_called_like_the_rare_ones_is_a_value(tmp_path):
    rows = lines(90)
    for i in range(1, 60):
        rows[i][2] = "(rare)"
    assert coded(write(tmp_path, rows), rare=1).facts.cardinalities == (5,)


def test_a_table_without_categories_has_no_codes(tmp_path):
    splits = coded(write(tmp_path, lines()), ignore=("color",))
    assert (splits.facts.features, splits.facts.cardinalities) == (("size", "weight"), ())


def test_categories_alone(tmp_path):
    splits = coded(gappy(tmp_path), ignore=("size", "weight"))
    assert (splits.facts.features, splits.facts.shape) == (("color",), (1,))


@pytest.mark.parametrize("gaps", ["median", "indicator"])
@pytest.mark.parametrize("category_gaps", ["own", "most_frequent"])
def test_a_single_row_is_encoded_as_in_its_split(gaps, category_gaps, tmp_path):
    path = gappy(tmp_path)
    options = {"gaps": gaps, "category_gaps": category_gaps, "categories_as": "codes"}
    splits = built(path, **options)
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    about = json.loads(splits.facts.encoding)
    assert about["features"] == list(splits.facts.features)
    found = np.array(encode_rows(about, rows), np.float32)
    for name, places in rows_of(TableFile(path=path, **options)).items():
        assert np.array_equal(found[places], splits.named()[name].inputs.numpy())
    unknown = encode_rows(about, [{"color": "purple"}, {"color": [1]}])
    assert [row[-1] for row in unknown] == [0, 0]


def test_an_encoding_of_one_hot_features_has_no_words(tmp_path):
    assert words_of(json.loads(built(gappy(tmp_path)).facts.encoding)) == {}


# --- Shown ---------------------------------------------------------------------------------------


def test_a_view_knows_the_words(tmp_path):
    path = gappy(tmp_path)
    splits = coded(path)
    view = view_of(splits, copies=Copies(lambda inputs, places, epoch: inputs, 1))
    assert view.words == {"color": ("(rare)", "(missing)", *COLORS)}
    assert all(sample.row[-1] == sample.normalised[-1] for sample in view.samples)
    assert view_of(built(path)).words == {}
