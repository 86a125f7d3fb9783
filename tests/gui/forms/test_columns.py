"""Columns of a file are offered where their names are asked for, and any other can be typed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit

from gui.forms.columnbox import ColumnBox, ColumnsBox
from gui.panels.recipe import RecipePanel
from gui.presenters import columns
from gui.presenters.recipe import RecipePresenter
from gui.theme import Theme


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rows = [f"2020-01-{1 + i % 28:02},{i % 7}.5,{i % 3},{i}.25" for i in range(60)]
    path = tmp_path / "flowers.csv"
    path.write_text("\n".join(["day,petal length,kind,price", *rows]))
    return path


@pytest.fixture
def opened(panel: RecipePanel, recipe: RecipePresenter, table: Path, qtbot) -> RecipePanel:
    recipe.choose("dataset", "table")
    recipe.set("dataset.path", str(table))
    with qtbot.waitActive(panel):
        panel.activateWindow()
    return panel


def line(panel: RecipePanel, name: str) -> QLineEdit:
    found = panel.findChild(QLineEdit, f"dataset.{name}")
    assert found is not None, name
    return found


def offered(box: QLineEdit) -> list[str]:
    model = box.completer().completionModel()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def choose(qtbot, box: QLineEdit) -> None:
    """The first row of the list that is open."""
    popup = box.completer().popup()
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)


def test_a_part_of_the_name_finds_the_column(
    opened: RecipePanel, recipe: RecipePresenter, qtbot
) -> None:
    box = line(opened, "target")
    assert isinstance(box, ColumnBox)
    box.setFocus()
    qtbot.keyClicks(box, "LEN")
    assert offered(box) == ["petal length"]
    choose(qtbot, box)
    assert recipe.get("dataset.target") == "petal length"
    assert recipe.problems_at("dataset.target") == []


def test_the_chevron_shows_every_column(
    opened: RecipePanel, recipe: RecipePresenter, qtbot
) -> None:
    box = line(opened, "target")
    (every,) = box.actions()
    every.trigger()
    assert offered(box) == ["day", "petal length", "kind", "price"]
    choose(qtbot, box)
    assert box.text() == recipe.get("dataset.target") == "day"


def test_an_entry_that_is_gone_follows_no_theme(theme: Theme) -> None:
    box = ColumnBox(theme, lambda: ())
    shiboken6.delete(box)
    theme.set_mode("dark")
    theme.set_mode("light")


def test_lists_are_completed_name_by_name(
    opened: RecipePanel, recipe: RecipePresenter, qtbot
) -> None:
    recipe.set("dataset.rare", 4)  # unfolds nothing; the list is an advanced option
    opened.show_field("dataset.ignore")
    box = line(opened, "ignore")
    assert isinstance(box, ColumnsBox)
    box.setFocus()
    qtbot.keyClicks(box, "pet")
    choose(qtbot, box)
    assert recipe.get("dataset.ignore") == ["petal length"]
    (every,) = box.actions()
    every.trigger()
    assert offered(box) == ["day", "kind", "price"]
    choose(qtbot, box)
    assert recipe.get("dataset.ignore") == ["petal length", "day"]
    assert box.text() == "petal length, day"


def test_a_column_that_is_not_there_is_a_problem_with_a_suggestion(
    opened: RecipePanel, recipe: RecipePresenter, qtbot
) -> None:
    box = line(opened, "target")
    box.setFocus()
    qtbot.keyClicks(box, "prise")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert recipe.get("dataset.target") == "prise"
    problem = opened.findChild(QLabel, "dataset.target.problem")
    assert "did you mean 'price'" in problem.text().replace("\u200b", "")
    assert columns.names(recipe.data) == ("day", "petal length", "kind", "price")


@pytest.mark.parametrize(
    ("name", "fields"),
    [("series", {"time_column", "target", "features", "known"}),
     ("text", {"text_column", "label_column"})],
)  # fmt: skip
def test_series_and_texts_offer_theirs(
    recipe: RecipePresenter, table: Path, name: str, fields: set[str]
) -> None:
    recipe.choose("dataset", name)
    recipe.set_all({"dataset.path": str(table), "dataset.header": "yes"}, "file")
    assert columns.names(recipe.data) == ("day", "petal length", "kind", "price")
    taking = {
        path for path in recipe.get("dataset") if columns.takes(recipe.data, f"dataset.{path}")
    }
    assert taking == fields


@pytest.mark.parametrize("dataset", [{"name": "table", "path": "/no/such.csv"}, {"name": "digits"}])
def test_without_a_file_there_are_none(recipe: RecipePresenter, dataset: dict[str, Any]) -> None:
    recipe.choose("dataset", dataset["name"])
    for name, value in dataset.items():
        recipe.set(f"dataset.{name}", value)
    assert columns.names(recipe.data) == ()
