"""Choosing a table of one's own in the window: first there is no file, then there is."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from gui.forms.pathbox import PathBox
from gui.panels.recipe import RecipePanel
from gui.presenters.recipe import RecipePresenter

TABLE = "size,price\n" + "".join(f"{i % 7}.5,{i}.25\n" for i in range(40))


def test_without_a_file_there_is_one_problem_and_it_is_at_the_path(
    recipe: RecipePresenter,
) -> None:
    recipe.choose("dataset", "table")
    (problem,) = recipe.problems
    assert problem.path == "dataset.path"
    assert problem.sentence.startswith("Choose a file")
    assert recipe.facts() is None
    recipe.undo()
    assert recipe.problems == []


def test_with_a_file_the_task_is_known_and_the_loss_is_asked_for(
    recipe: RecipePresenter, tmp_path: Path
) -> None:
    (tmp_path / "my table.csv").write_text(TABLE)
    recipe.choose("dataset", "table")
    recipe.set("dataset.path", str(tmp_path / "my table.csv"))
    facts = recipe.facts()
    assert facts is not None
    assert (facts.samples, facts.targets) == (40, ("price",))
    assert [problem.path for problem in recipe.problems] == ["loss"]
    recipe.choose("loss", "mse")
    assert recipe.problems == []
    recipe.set("dataset.target", "prise")
    assert [problem.path for problem in recipe.problems] == ["dataset.target"]


def test_the_form_offers_a_dialog_for_the_path(
    panel: RecipePanel, recipe: RecipePresenter, qtbot: QtBot
) -> None:
    recipe.choose("dataset", "table")
    qtbot.wait(1)
    box = panel.findChild(PathBox, "dataset.path")
    assert box is not None
    assert box.text() == ""
