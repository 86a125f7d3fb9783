"""The entry of a path asks for a folder where a folder is wanted, and for a file elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel

from gui.forms.pathbox import PathBox
from gui.panels.recipe import RecipePanel
from gui.presenters.recipe import RecipePresenter
from gui.theme import Theme
from tests.engine.datasets.image_folder.photos import class_folders


def test_a_folder_of_pictures_is_chosen_in_a_dialog(
    panel: RecipePanel, recipe: RecipePresenter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = class_folders(tmp_path / "my photos", {"cat": 3, "dog": 3})
    recipe.choose("dataset", "image_folder")
    entry = panel.findChild(PathBox, "dataset.path")
    said = panel.findChild(QLabel, "dataset.path.problem")
    assert [problem.path for problem in recipe.problems] == ["dataset.path"]
    assert "No folder with pictures is chosen yet" in said.text()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(photos))
    (browse,) = entry.actions()
    assert browse.toolTip() == "Choose a folder"
    browse.trigger()
    assert recipe.get("dataset.path") == str(photos)
    assert recipe.problems == []
    assert said.text() == ""


def test_a_file_is_asked_for_elsewhere(theme: Theme, qtbot, monkeypatch) -> None:
    entry = PathBox(theme)
    qtbot.addWidget(entry)
    chosen: list[str] = []
    entry.edited.connect(chosen.append)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/a/b.csv", ""))
    entry.actions()[0].trigger()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    entry.actions()[0].trigger()
    assert chosen == ["/a/b.csv"]
