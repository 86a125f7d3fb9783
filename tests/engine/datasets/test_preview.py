"""The data preview: real training samples, evenly by class, the same each time."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from engine.datasets import preprocess
from engine.datasets.base import Splits, TensorData
from engine.datasets.digits import Digits
from engine.datasets.preview import data_view, view_of
from engine.datasets.preview.columns import of_numbers
from engine.facts import Facts
from engine.problems import ProblemError
from engine.recipe import Recipe


def recipe_of(dataset: object) -> Recipe:
    return Recipe.parse({"version": 1, "dataset": dataset, "architecture": "mlp"})


def splits_of(inputs: torch.Tensor, targets: torch.Tensor, facts: Facts) -> Splits:
    part = TensorData(inputs, targets)
    scaled = targets if facts.task == "regression" else None
    return Splits(part, part, part, facts, preprocess.fit(inputs, scaled))


def test_digits(tmp_path: Path):
    recipe = recipe_of("digits")
    view = data_view(recipe, tmp_path, count=20)
    assert [sample.label for sample in view.samples] == [str(d) for d in range(10)] * 2
    splits = recipe.dataset.build(tmp_path)
    assert view.sizes == {
        "train": len(splits.train),
        "val": len(splits.val),
        "test": len(splits.test),
    }
    assert sum(view.sizes.values()) == 1797
    for name, counts in view.counts.items():
        assert sum(counts) == view.sizes[name]
        assert len(counts) == 10
    assert view.mean == pytest.approx(splits.preprocess.mean.flatten().tolist())
    assert len(view.std) == 1


def test_samples_are_the_first_of_their_class_in_the_training_split(tmp_path: Path):
    recipe = recipe_of("digits")
    train = recipe.dataset.build(tmp_path).train
    view = data_view(recipe, tmp_path, count=12)
    for digit in range(10):
        index = int((train.targets == digit).nonzero()[0])
        expected = train.inputs[index, 0].numpy().astype(float) * 255 / 16
        image = view.samples[digit].image
        assert image is not None
        assert image.dtype == np.uint8
        assert image.shape == (8, 8)
        assert np.abs(image - expected).max() <= 0.5
    second = (train.targets == 1).nonzero()[1]
    expected = train.inputs[int(second), 0].numpy().astype(float) * 255 / 16
    assert np.abs(view.samples[11].image - expected).max() <= 0.5


def test_colours_are_kept_and_channels_go_last():
    inputs = torch.zeros(4, 3, 2, 5, dtype=torch.uint8)
    inputs[0, 0] = 255
    inputs[0, 1, 1, 4] = 100
    facts = Facts("image", (3, 2, 5), "classes", ("a", "b"), 4)
    view = view_of(splits_of(inputs, torch.tensor([0, 1, 0, 1]), facts), 4)
    image = view.samples[0].image
    assert image is not None
    assert image.shape == (2, 5, 3)
    assert image[1, 4].tolist() == [255, 100, 0]
    assert image.flags.c_contiguous


def test_an_image_without_any_contrast_is_shown():
    inputs = torch.full((4, 1, 2, 2), 7, dtype=torch.uint8)
    facts = Facts("image", (1, 2, 2), "classes", ("a", "b"), 4)
    view = view_of(splits_of(inputs, torch.tensor([0, 1, 0, 1]), facts), 4)
    assert view.samples[0].image is not None


def test_classes_of_unlike_size_take_turns_until_they_run_out():
    facts = Facts("table", (1,), "classes", ("rare", "common", "absent"), 8)
    targets = torch.tensor([1, 1, 0, 1, 1, 0, 1, 1])
    view = view_of(splits_of(torch.arange(8.0)[:, None], targets, facts), 6)
    shown = [(sample.label, sample.row[0]) for sample in view.samples]
    assert shown == [
        ("rare", 2), ("common", 0), ("rare", 5), ("common", 1), ("common", 3), ("common", 4),
    ]  # fmt: skip
    assert view.counts["train"] == (2, 6, 0)


def test_a_regression_shows_rows_and_values():
    facts = Facts("table", (2,), "regression", ("price", "size"), 3)
    targets = torch.tensor([[1.5, 100.0], [2.0, 0.001], [3.0, 1e7]])
    inputs = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    view = view_of(splits_of(inputs, targets, facts), 40)
    assert [sample.label for sample in view.samples] == ["1.5, 100", "2, 0.001", "3, 1e+07"]
    assert view.samples[1].row == (3.0, 4.0)
    assert view.counts == {"train": (), "val": (), "test": ()}
    assert view.mean == (3.0, 4.0)


def test_several_labels_at_once():
    facts = Facts("table", (1,), "multilabel", ("red", "round"), 3)
    targets = torch.tensor([[1.0, 1.0], [0.0, 0.0], [0.0, 1.0]])
    view = view_of(splits_of(torch.zeros(3, 1), targets, facts), 40)
    assert [sample.label for sample in view.samples] == ["red, round", "none", "round"]
    assert view.counts["val"] == (1, 2)


def test_nothing_global_is_drawn_from(tmp_path: Path):
    states = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state()
    first = data_view(recipe_of("digits"), tmp_path)
    again = data_view(recipe_of("digits"), tmp_path)
    assert random.getstate() == states[0]
    assert np.random.get_state()[1].tolist() == states[1]
    assert torch.equal(torch.get_rng_state(), states[2])
    for one, other in zip(first.samples, again.samples, strict=True):
        assert one.label == other.label
        assert np.array_equal(one.image, other.image)


def test_data_that_is_not_here_is_not_fetched_unasked(tmp_path: Path, monkeypatch):
    def never(*_args):
        raise AssertionError("built without being asked")

    facts = replace(Digits().facts(), download=11_594_722)
    monkeypatch.setattr(Digits, "on_disk", lambda self, data_dir: data_dir != tmp_path)
    monkeypatch.setattr(Digits, "facts", lambda self: facts)
    monkeypatch.setattr(Digits, "build", never)
    with pytest.raises(ProblemError) as caught:
        data_view(recipe_of("digits"), tmp_path, download=False)
    (problem,) = caught.value.problems
    assert problem.path == "dataset.download"
    assert "12 MB, licence: CC BY 4.0" in problem.sentence
    assert problem.hint
    with pytest.raises(AssertionError, match="without being asked"):
        data_view(recipe_of("digits"), tmp_path)  # asked for
    with pytest.raises(AssertionError, match="without being asked"):
        data_view(recipe_of("digits"), tmp_path / "other", download=False)  # is there


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "cifar10", "cifar100"])
def test_a_dataset_that_has_to_be_downloaded_says_so(name: str, tmp_path: Path):
    recipe = recipe_of(name)
    assert not recipe.dataset.on_disk(tmp_path)
    with pytest.raises(ProblemError) as caught:
        data_view(recipe, tmp_path, download=False)
    (problem,) = caught.value.problems
    assert problem.path == "dataset.download"
    assert recipe.dataset.title in problem.sentence
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["digits", "iris", "wine", "breast_cancer", "diabetes"])
def test_a_dataset_that_comes_with_the_program_is_there(name: str, tmp_path: Path):
    view = data_view(recipe_of(name), tmp_path, download=False, count=7)
    assert len(view.samples) == 7
    assert all((sample.image is None) == bool(sample.row) for sample in view.samples)


def test_real_mnist_is_found_packed_and_unpacked(shared_data: Path, tmp_path: Path):
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    recipe = recipe_of("mnist")
    archives = sorted((shared_data / "vision" / "MNIST" / "raw").glob("*.gz"))
    for archive in archives:
        assert not recipe.dataset.on_disk(tmp_path)
        (raw / archive.name).symlink_to(archive)
    assert recipe.dataset.on_disk(tmp_path)
    view = data_view(recipe, tmp_path, download=False)
    assert sum(view.sizes.values()) == 70_000
    assert view.sizes["test"] == 10_000
    assert view.samples[0].image is not None
    assert view.samples[0].image.shape == (28, 28)
    for link in raw.glob("*.gz"):
        link.unlink()
    assert recipe.dataset.on_disk(tmp_path)  # unpacked files are enough


# --- What else is shown ------------------------------------------------------------------------


def test_ranges_types_and_shapes(tmp_path: Path):
    recipe = recipe_of("digits")
    view, splits = data_view(recipe, tmp_path), recipe.dataset.build(tmp_path)
    assert view.shapes is not None
    assert view.target_shapes is not None
    assert view.shapes["val"] == tuple(splits.val.inputs.shape)
    assert view.target_shapes["train"] == (len(splits.train),)
    assert view.raw_range == (0, 16)
    assert view.network_range is not None
    assert view.network_range[1] == pytest.approx((16 - view.mean[0]) / view.std[0], rel=1e-5)
    assert view.dtype == str(splits.train.inputs.dtype).removeprefix("torch.")
    assert "mean and deviation" in view.normalisation


def test_a_row_is_also_shown_as_the_network_receives_it(tmp_path: Path):
    view = data_view(recipe_of("iris"), tmp_path, count=6)
    for sample in view.samples:
        expected = (np.array(sample.row) - view.mean) / view.std
        assert sample.normalised == pytest.approx(expected.tolist(), abs=1e-5)


def test_copies_are_those_of_the_epochs_of_a_training(tmp_path: Path):
    from engine.inspection.look import data_view as look
    from engine.training.augment import Augment

    data = {"version": 1, "dataset": "digits", "architecture": "cnn",
            "regularization": {"augmentation": True}}  # fmt: skip
    recipe = Recipe.parse(data)
    splits = recipe.dataset.build(tmp_path)
    augment = Augment.of(recipe, splits.preprocess)
    assert augment is not None
    for seed in (0, 2):
        view = look(recipe, tmp_path, copies=3, seed=seed)
        assert view.augmentation
        assert view.first_epoch == 3 * seed
        sample = view.samples[7]
        place = torch.tensor([sample.index])
        for turn, copy in enumerate(sample.augmented):
            drawn = augment(splits.train.inputs[place], place, 3 * seed + turn)[0, 0]
            assert copy.image is not None
            expected = (drawn.float() * 255 / 16).clamp(0, 255).numpy()
            assert np.abs(copy.image - expected).max() <= 0.51
    assert not np.array_equal(sample.augmented[0].image, sample.augmented[1].image)


def test_without_augmentation_there_are_no_copies(tmp_path: Path):
    from engine.inspection.look import data_view as look

    view = look(recipe_of("digits"), tmp_path)
    assert not view.augmentation
    assert all(sample.augmented == () for sample in view.samples)


def test_a_picture_beside_what_is_in_its_file(tmp_path: Path):
    root = tmp_path / "pictures"
    for number in range(24):
        name = root / "ab"[number % 2] / f"{number}.png"
        image = Image.new("RGB", (400 + number, 100), (number * 10, 7, 30))
        name.parent.mkdir(parents=True, exist_ok=True)
        image.save(name)
    recipe = Recipe.parse({"version": 1, "architecture": "cnn",
                           "dataset": {"name": "image_folder", "path": str(root)}})  # fmt: skip
    view = data_view(recipe, tmp_path / "cache")
    for sample in view.samples:
        original = sample.in_file
        assert original is not None
        assert original.image is not None
        number = int(Path(original.name).stem)
        assert original.name == f"{sample.label}/{number}.png"
        assert original.size == (400 + number, 100)
        assert original.image.shape[1] == 256
        assert original.image[5, 5].tolist() == [number * 10, 7, 30]


def table_file(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    rows = [f"{n},{n % 7 if n % 5 else ''},{'red' if n % 3 else 'blue'},{'yes' if n % 2 else 'no'}"
            for n in range(60)]  # fmt: skip
    path.write_text("\n".join(["id,age,colour,answer", *rows]) + "\n", encoding="utf-8")
    return path


def test_a_row_beside_what_is_in_its_file(tmp_path: Path):
    path = table_file(tmp_path)
    lines = path.read_text().splitlines()
    view = data_view(recipe_of({"name": "table", "path": str(path)}), tmp_path)
    for sample in view.samples:
        assert sample.in_file is not None
        number = int(sample.in_file.name.removeprefix("row "))
        assert ",".join(cell for _, cell in sample.in_file.cells) == lines[number]
        assert dict(sample.in_file.cells)["answer"] == sample.label


def test_the_columns_of_a_file(tmp_path: Path):
    view = data_view(recipe_of({"name": "table", "path": str(table_file(tmp_path))}), tmp_path)
    by_name = {column.name: column for column in view.columns}
    assert [(c.name, c.kind) for c in view.columns] == [
        ("id", "identifier"), ("age", "number"), ("colour", "category"), ("answer", "target"),
    ]  # fmt: skip
    age = by_name["age"]
    assert (age.count, age.gaps, age.distinct, age.low, age.high) == (48, 12, 7, 0, 6)
    assert age.histogram is not None
    assert len(age.histogram.counts) == 20
    assert len(age.histogram.edges) == 21
    assert sum(age.histogram.counts) == 48
    assert by_name["colour"].frequent == (("red", 40), ("blue", 20))


def test_the_columns_of_a_table_that_comes_with_the_program(tmp_path: Path):
    view = data_view(recipe_of("iris"), tmp_path)
    assert [column.kind for column in view.columns] == ["number"] * 4 + ["target"]
    assert view.columns[0].count == 150
    assert view.columns[-1].frequent[0][1] == 50


def test_values_of_any_size_have_a_histogram():
    for values in ([1e308, -1e308], [5.0] * 3, [1.0, 1.0 + 2e-16], [np.nan, 2.0]):
        column = of_numbers("x", np.array(values), "number")
        assert column.histogram is not None
        assert sum(column.histogram.counts) == column.count


def test_texts_are_spelled_out(tmp_path: Path):
    path = tmp_path / "texts.tsv"
    rows = [f"{'ab'[n % 2]}\tthe same words again {'rare' + str(n) if n == 9 else ''}"
            + f" number {'odd' if n % 2 else 'even'} and {n}" for n in range(80)]  # fmt: skip
    path.write_text("\n".join(["label\ttext", *rows]) + "\n", encoding="utf-8")
    data = {"version": 1, "architecture": "bag",
            "dataset": {"name": "text", "path": str(path), "length": 6}}  # fmt: skip
    view = data_view(Recipe.parse(data), tmp_path)
    sample = view.samples[0]
    assert [token.text for token in sample.tokens[:4]] == ["the", "same", "words", "again"]
    assert all(token.known for token in sample.tokens[:4])
    assert sample.in_file is not None
    assert sample.in_file.text.startswith("the same words again")
    assert view.text is not None
    assert (view.text.length, view.text.longest) == (6, 9)
    assert view.text.truncated == 1
    assert dict(view.text.frequent)["the"] == view.sizes["train"]


def test_unknown_tokens_are_marked():
    facts = Facts("text", (4,), "classes", ("a", "b"), 4, vocabulary=3)
    ids = torch.tensor([[2, 1, 0, 0]] * 4, dtype=torch.int32)
    part = TensorData(ids, torch.tensor([0, 1, 0, 1]))
    view = view_of(Splits(part, part, part, facts, preprocess.Tokens()))
    assert [(token.number, token.known) for token in view.samples[0].tokens] == [
        (2, True), (1, False),
    ]  # fmt: skip
    assert view.text is not None
    assert view.text.unknown == 0.5
    assert view.text.mean == 2


def series_recipe(tmp_path: Path, rows: int) -> Recipe:
    path = tmp_path / "series.csv"
    days = np.datetime64("2020-01-01") + np.arange(rows)
    values = np.sin(np.arange(rows)) + np.where(np.arange(rows) == rows // 3, 50, 0)
    lines = [f"{day},{value:.4f}" for day, value in zip(days, values, strict=True)]
    path.write_text("\n".join(["day,y", *lines]) + "\n", encoding="utf-8")
    dataset = {"name": "series", "path": str(path), "window": 10, "horizon": 3}
    return Recipe.parse({"version": 1, "architecture": "nlinear", "dataset": dataset})


def test_a_series_with_its_borders_and_windows(tmp_path: Path):
    recipe = series_recipe(tmp_path, 300)
    view, splits = data_view(recipe, tmp_path), recipe.dataset.build(tmp_path)
    series = view.series
    assert series is not None
    assert (series.rows, series.window, series.horizon) == (300, 10, 3)
    assert [part.name for part in series.parts] == ["train", "val", "test"]
    assert [part.start for part in series.parts[1:]] == [part.stop for part in series.parts[:-1]]
    assert series.parts[-1].stop == 300
    assert series.parts[0].first == "2020-01-01"
    assert series.times[1] - series.times[0] == 86_400
    (line,) = series.lines
    assert line.target
    values = line.values
    for sample in view.samples:
        window = sample.window
        assert window is not None
        assert len(window.times) == 13
        assert window.target.shape == (3, 1)
        start = window.start
        assert window.values[:, 0] == pytest.approx(values[start : start + 10], abs=1e-4)
        assert window.target[:, 0] == pytest.approx(values[start + 10 : start + 13], abs=1e-4)
        assert torch.equal(splits.train.inputs[sample.index], torch.from_numpy(window.values))
    assert view.columns[0].kind == "target"
    assert view.columns[0].count == 300


def test_a_long_series_is_thinned_and_keeps_its_spikes(tmp_path: Path):
    view = data_view(series_recipe(tmp_path, 6_000), tmp_path)
    assert view.series is not None
    (line,) = view.series.lines
    assert len(line.rows) <= 2_000
    assert line.values.max() > 49
    assert (line.rows[0], line.rows[-1]) == (0, 5_999)
    assert (np.diff(line.rows) > 0).all()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"categories_as": "codes"},
         "Each column of numbers is normalised by its mean and deviation in the training split; "
         "the codes of categories are taken as they are"),
        ({"categories_as": "one_hot", "scaling": "minmax"}, "Each column of numbers is brought to"),
        ({"categories_as": "codes", "scaling": "none"}, "Values are taken as they are"),
    ],
)  # fmt: skip
def test_only_numbers_are_said_to_be_normalised(options: dict[str, str], said: str) -> None:
    from engine.datasets.preview.view import _normalisation
    from engine.datasets.table import TableFile

    dataset = TableFile(path="sample:cars", target="Miles_per_Gallon", ignore=("Name",), **options)
    told = _normalisation(dataset.build(Path("unused")), dataset)
    assert told.startswith(said)
    assert told == said or options.get("scaling") == "minmax"
