"""Options of own code: the form follows the file's text, which has not run."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from engine.recipe import Recipe
from gui.forms.entries import ChoiceBox, ListBox
from gui.forms.form import Form
from gui.forms.numberbox import NumberBox
from gui.presenters import declared
from gui.presenters.recipe import RecipePresenter

CODE = """
from typing import Literal
from torch import nn
class Net(nn.Module):
    def __init__(self, inputs, outputs, hidden: tuple[int, ...] = (16, 8), width: int = 4,
                 kind: Literal["a", "b"] = "a", deep: int | None = None):
        pass
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(CODE)
    return path


@pytest.fixture
def presenter(qtbot) -> RecipePresenter:
    return RecipePresenter(Recipe.parse({"version": 1, "dataset": "digits", "architecture": "mlp"}))


@pytest.fixture
def form(qtbot, presenter, theme) -> Form:
    form = Form(theme, presenter, "architecture")
    qtbot.addWidget(form)
    presenter.changed.connect(form.refresh)
    form.show()
    return form


def test_the_form_appears_and_writes_only_what_is_set(form, presenter, file) -> None:
    presenter.choose("architecture", "custom")
    assert form.findChild(NumberBox, "architecture.options.width") is None
    presenter.set("architecture.path", str(file))
    width = form.findChild(NumberBox, "architecture.options.width")
    assert width.value() == 4
    assert form.findChild(ListBox, "architecture.options.hidden").text() == "16, 8"
    assert not presenter.opened.differs("architecture.options.width")
    width.setValue(7)
    assert presenter.data["architecture"]["options"] == {"width": 7}
    assert presenter.opened.differs("architecture.options.width")
    form.findChild(ChoiceBox, "architecture.options.kind").edited.emit("b")
    presenter.switch("architecture.options.deep", True)
    assert presenter.data["architecture"]["options"] == {"width": 7, "kind": "b", "deep": 1}
    assert declared.summary(presenter.data, "architecture").endswith("width 7, kind b, deep 1")
    presenter.undo()
    presenter.reset("architecture.options.width")
    assert presenter.get("architecture.options.width") == 4


def test_what_the_file_does_not_have_any_more_is_taken_out_with_a_press(
    form, presenter, file, qtbot
) -> None:
    presenter.choose("architecture", "custom")
    presenter.set("architecture.path", str(file))
    presenter.set("architecture.options.width", 7)
    presenter.set("architecture.options.kind", "b")
    file.write_text(CODE.replace("width: int = 4", "breadth: int = 5"))
    presenter.look_again()
    assert form.findChild(NumberBox, "architecture.options.breadth").value() == 5
    button = form.findChild(QPushButton, "architecture.options.forget")
    qtbot.waitUntil(lambda: button.isVisibleTo(form))
    assert presenter.problems[0].path == "architecture.options.width"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert presenter.data["architecture"]["options"] == {"kind": "b"}
    assert not form.findChild(QPushButton, "architecture.options.forget").isVisibleTo(form)
