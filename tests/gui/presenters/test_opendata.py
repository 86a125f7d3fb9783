"""Data of one's own: what a path is taken for, and what becomes of the open recipe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.datasets.base import Progress
from engine.inspection import Finding, Inspection
from engine.recipe import Recipe
from gui.presenters.messages import Messages
from gui.presenters.opendata import OpenData, fitted
from gui.presenters.presets import Origin, PresetsPresenter
from gui.presenters.recipe import RecipePresenter
from tests.gui.fakes import FakePreviews

SAID = (Finding("balance", "warning", "Few of one class"),)


def found_nothing(_recipe: Recipe, _progress: Progress) -> Inspection:
    return Inspection(None, findings=SAID)


@pytest.fixture
def presets(recipe: RecipePresenter, messages: Messages, tmp_path: Path) -> PresetsPresenter:
    return PresetsPresenter(recipe, messages, Origin(tmp_path / "mine.yaml"))


@pytest.fixture
def opendata(previews: FakePreviews, recipe: RecipePresenter, presets) -> OpenData:
    return OpenData(previews, recipe, presets, found_nothing)


def table(folder: Path) -> Path:
    rows = [f"{i % 7}.5,{i % 3},{i}.25" for i in range(120)]
    path = folder / "sales.csv"
    path.write_text("\n".join(["size,rooms,price", *rows]))
    return path


def images(folder: Path) -> Path:
    for name in ("cat", "dog"):
        (folder / "pets" / name).mkdir(parents=True)
        for number in range(8):
            pixels = np.full((20, 20, 3), 10 * number, np.uint8)
            Image.fromarray(pixels).save(folder / "pets" / name / f"{number}.png")
    return folder / "pets"


def texts(folder: Path) -> Path:
    said = [f"I said the number {i} and nothing but that,{'yn'[i % 2]}" for i in range(80)]
    path = folder / "said.csv"
    path.write_text("\n".join(["text,odd", *said]))
    return path


def series(folder: Path) -> Path:
    days = np.datetime64("2020-01-01") + np.arange(200)
    path = folder / "weather.csv"
    path.write_text("\n".join(["day,temp", *(f"{day},{i % 9}.5" for i, day in enumerate(days))]))
    return path


Make = Callable[[Path], Path]
KINDS: list[tuple[Make, str, str, tuple[str, ...]]] = [
    (table, "table", "120 rows of 2 numbers, 1 target", ("target", "task")),
    (images, "image_folder", "16 colour images 20×20, 2 classes", ("size", "resize")),
    (texts, "text", "80 texts of", ("text_column", "label_column", "tokens", "length")),
    (series, "series", "windows of", ("time_column", "target", "window", "horizon")),
]


@pytest.mark.parametrize(("make", "kind", "line", "options"), KINDS, ids=lambda x: str(x)[:20])
def test_every_kind_is_known_and_says_how_much_there_is(
    opendata: OpenData, previews, tmp_path, make: Make, kind: str, line: str, options
) -> None:
    opendata.look_at(make(tmp_path))
    assert opendata.status == "looking"
    assert len(previews.requests) == 1  # nothing is read before the other thread does
    previews.run()
    assert opendata.status == "found"
    taken = opendata.taken[0]
    assert taken.kind == kind
    assert line in taken.line
    assert taken.reasons
    assert taken.problems == ()
    assert opendata.draft.problems == []
    assert opendata.draft.recipe is not None
    assert opendata.draft.recipe.as_data() == taken.data  # every default is written out
    assert opendata.options == tuple(f"dataset.{name}" for name in options)
    opendata.close()


def test_columns_are_not_asked_for_where_there_are_files(opendata, previews, tmp_path) -> None:
    for name in ("good", "bad"):
        (tmp_path / "mails" / name).mkdir(parents=True)
        for i in range(5):
            (tmp_path / "mails" / name / f"{i}.txt").write_text(f"a {name} mail, number {i}")
    opendata.look_at(tmp_path / "mails")
    previews.run()
    assert opendata.taken[0].kind == "text"
    assert opendata.options == ("dataset.tokens", "dataset.length")
    opendata.close()


def test_the_proposed_recipe_is_put_in_and_taken_back_in_one_step(
    opendata, previews, recipe, presets, tmp_path
) -> None:
    before = recipe.data
    opendata.look_at(table(tmp_path))
    previews.run()
    assert not presets.needs_name
    opendata.use(keep=False)
    assert recipe.get("dataset.name") == "table"
    assert recipe.get("loss.name") == "mse"
    assert recipe.get("name") == "sales"
    assert recipe.problems == []
    assert presets.needs_name  # it is not saved over what was open
    assert recipe.history.undo_what == "opening of sales.csv"
    recipe.undo()
    assert recipe.data == before
    assert not recipe.modified


def test_nothing_is_kept_by_default_of_a_network_for_other_data(
    opendata, previews, recipe, tmp_path
) -> None:
    recipe.set("regularization.dropout", 0.4)
    opendata.look_at(texts(tmp_path))
    previews.run()
    assert "architecture" in opendata.replaced(keep=True)
    assert not opendata.keeps_by_default
    opendata.close()


def test_what_fits_is_kept(opendata, previews, recipe, tmp_path) -> None:
    recipe.set("architecture.hidden", [7, 5])
    recipe.set("regularization.dropout", 0.4)
    recipe.set("regularization.augmentation", [{"name": "flip", "p": 0.5}])
    opendata.look_at(table(tmp_path))
    previews.run()
    assert opendata.keeps_by_default
    assert opendata.replaced(keep=True) == ("dataset", "loss", "regularization")
    opendata.use(keep=True)
    assert recipe.problems == []
    assert recipe.get("architecture.hidden") == [7, 5]
    assert recipe.get("optimizer.lr") == 0.003
    assert recipe.get("regularization.dropout") == 0.4
    assert recipe.get("regularization.augmentation") == []  # a row cannot be mirrored
    assert recipe.get("name") == "digits-mlp"
    recipe.undo()
    assert recipe.get("dataset.name") == "digits"


def test_a_network_for_images_gives_way_to_one_for_rows(recipe, tmp_path) -> None:
    recipe.choose("architecture", "cnn")
    rows = Recipe.parse({"version": 1, "dataset": "iris", "architecture": "mlp"}).as_data()
    data = fitted(recipe.data, rows)
    assert Recipe.problems(data) == []
    assert data["architecture"]["name"] == "mlp"
    assert data["optimizer"] == recipe.get("optimizer")


def test_another_of_what_it_may_be_can_be_chosen(opendata, previews, recipe, tmp_path) -> None:
    opendata.look_at(series(tmp_path))
    previews.run()
    assert [taken.kind for taken in opendata.taken] == ["series", "table"]
    opendata.choose(1)
    assert opendata.draft.get("dataset.name") == "table"
    assert recipe.get("dataset.name") == "digits"  # nothing is put in yet
    opendata.use(keep=False)
    assert recipe.get("dataset.name") == "table"


def test_changed_options_are_put_in(opendata, previews, recipe, tmp_path) -> None:
    opendata.look_at(table(tmp_path))
    previews.run()
    opendata.draft.set("dataset.target", "size")
    opendata.use(keep=False)
    assert recipe.get("dataset.target") == "size"


def test_first_findings_come_by_themselves(opendata, previews, wait, tmp_path) -> None:
    opendata.look_at(table(tmp_path))
    previews.run()
    wait(lambda: bool(previews.requests))
    previews.run()
    assert opendata.findings.value is not None
    assert opendata.findings.value.findings == SAID
    opendata.choose(0)
    assert opendata.findings.value is None
    opendata.close()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("nothing", "There is nothing at"), ("empty", "is empty"), ("blank.csv", "is empty")],
)
def test_what_cannot_be_opened_says_why(
    opendata, previews, tmp_path, name: str, sentence: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "blank.csv").touch()
    opendata.look_at(tmp_path / name)
    previews.run()
    assert opendata.status == "failed"
    assert opendata.problem is not None
    assert sentence in opendata.problem.sentence
    assert opendata.problem.hint


def test_data_with_a_problem_can_be_put_in_and_mended(opendata, previews, recipe, tmp_path) -> None:
    path = table(tmp_path)
    path.write_text(path.read_text() + "\n1,2,3,4,5\n")
    opendata.look_at(path)
    previews.run()
    assert opendata.status == "found"
    assert opendata.taken[0].problems
    assert opendata.draft.problems
    assert opendata.draft.get("optimizer.schedule.name") == "cosine"
    opendata.use(keep=False)
    assert recipe.problems == opendata.draft.problems
    recipe.undo()
    assert recipe.problems == []


def test_an_answer_that_nobody_waits_for_is_dropped(opendata, previews, tmp_path) -> None:
    opendata.look_at(table(tmp_path))
    opendata.close()
    previews.run()
    assert opendata.status == "none"
    assert opendata.taken == ()


def test_the_last_path_asked_for_counts(opendata, previews, tmp_path) -> None:
    opendata.look_at(table(tmp_path))
    opendata.look_at(images(tmp_path))
    previews.run()
    assert [taken.kind for taken in opendata.taken] == ["image_folder"]
    opendata.close()
