"""Choices with long or many values: all of a text can be read, and one is found by typing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox, QLabel, QStyle, QStyleOptionComboBox, QWidget

from engine.schema import Option
from gui.forms.entries import ChoiceBox
from gui.forms.field import Field
from gui.forms.form import Picker
from gui.forms.room import width_needed
from gui.panels import card
from gui.panels.recipe import RecipePanel
from gui.presenters import declared
from gui.presenters.recipe import RecipePresenter
from gui.theme import Theme

PATH = "architecture.activation"
NAMES = ("relu", *(f"mobilenet_v3_number_{n}" for n in range(118)), "efficientnet_v2_s")
CTRL = Qt.KeyboardModifier.ControlModifier


def made(theme: Theme, recipe: RecipePresenter, qtbot, names: tuple[str, ...]) -> Field:
    field = Field(theme, recipe, PATH, Option("model", "choice", "One of many.", choices=names))
    qtbot.addWidget(field)
    field.resize(316, 80)
    with qtbot.waitActive(field):
        field.show()
        field.activateWindow()
    return field


def box_of(field: Field) -> ChoiceBox:
    assert isinstance(field.entry, ChoiceBox)
    return field.entry


def room(box: QComboBox) -> int:
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    control, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
    return box.style().subControlRect(control, option, part, box).width()


def is_below(box: QWidget, name: QWidget) -> bool:
    whole = box.window()
    return box.mapTo(whole, QPoint()).y() >= name.mapTo(whole, QPoint(0, name.height())).y()


def test_long_values_stand_in_a_row_of_their_own(
    theme: Theme, recipe: RecipePresenter, qtbot
) -> None:
    field = made(theme, recipe, qtbot, NAMES)
    box = box_of(field)
    name = next(word for word in field.findChildren(QLabel) if word.text() == "model")
    assert is_below(box, name)
    texts = [box.itemText(index) for index in range(box.count())]
    assert max(map(box.fontMetrics().horizontalAdvance, texts)) * 1.05 <= room(box)


def test_short_values_stand_beside_the_name(theme: Theme, recipe: RecipePresenter, qtbot) -> None:
    field = made(theme, recipe, qtbot, ("relu", "gelu"))
    name = next(word for word in field.findChildren(QLabel) if word.text() == "model")
    assert not is_below(box_of(field), name)
    assert not box_of(field).isEditable()


def test_a_part_of_the_name_finds_a_value_among_many(
    theme: Theme, recipe: RecipePresenter, qtbot
) -> None:
    field = made(theme, recipe, qtbot, NAMES)
    box = box_of(field)
    box.setFocus()
    qtbot.keyClicks(box, "NET_V2")
    assert box.completer().completionCount() == 1
    assert recipe.get(PATH) == "relu"
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert recipe.get(PATH) == "efficientnet_v2_s"
    assert box.currentText() == "efficientnet_v2_s"


@pytest.mark.parametrize("typed", ["mobilenet", "no such model", ""])
def test_what_is_not_one_listed_value_is_not_taken(
    theme: Theme, recipe: RecipePresenter, qtbot, typed: str
) -> None:
    field = made(theme, recipe, qtbot, NAMES)
    box = box_of(field)
    heard: list[str] = []
    box.edited.connect(heard.append)
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Delete)
    qtbot.keyClicks(box, typed)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert (heard, recipe.get(PATH), box.currentText()) == ([], "relu", "relu")


def test_a_row_of_the_list_is_chosen_with_arrow_and_enter(
    theme: Theme, recipe: RecipePresenter, qtbot
) -> None:
    field = made(theme, recipe, qtbot, NAMES)
    box = box_of(field)
    heard: list[str] = []
    box.edited.connect(heard.append)
    box.setFocus()
    qtbot.keyClicks(box, "number_11")
    popup = box.completer().popup()
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert heard == ["mobilenet_v3_number_11"]


def test_a_click_on_the_text_shows_every_value(
    theme: Theme, recipe: RecipePresenter, qtbot
) -> None:
    field = made(theme, recipe, qtbot, NAMES)
    box = box_of(field)
    qtbot.mouseClick(box.lineEdit(), Qt.MouseButton.LeftButton)
    assert box.completer().completionCount() == len(NAMES)
    assert box.lineEdit().selectedText() == "relu"
    box.completer().popup().hide()


def test_undo_in_a_choice_is_the_recipes(theme: Theme, recipe: RecipePresenter, qtbot) -> None:
    field = made(theme, recipe, qtbot, NAMES)
    heard: list[int] = []
    field.keyPressEvent = lambda event: heard.append(event.key())  # type: ignore[method-assign]
    qtbot.keyClick(box_of(field), Qt.Key.Key_Z, CTRL)
    assert heard[-1] == Qt.Key.Key_Z


def test_a_section_whose_picker_has_no_room_has_it_below(
    theme: Theme, recipe: RecipePresenter, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(card, "PICKER_WIDEST", 112)
    panel = RecipePanel(theme, recipe)
    qtbot.addWidget(panel)
    panel.resize(340, 900)
    panel.show()
    qtbot.waitExposed(panel)
    below = {}
    for section in ("dataset", "architecture", "loss", "optimizer"):
        picker = panel.findChild(ChoiceBox, section)
        below[section] = is_below(picker, panel.findChild(QWidget, f"{section}.fold"))
        assert below[section] == (width_needed(picker) > 112), section
    assert below["dataset"]
    assert panel.findChild(ChoiceBox, "dataset").width() > 200


def test_a_list_that_closes_leaves_what_was_typed_so_far(
    theme: Theme, recipe: RecipePresenter, qtbot
) -> None:
    field = made(theme, recipe, qtbot, NAMES)
    box = box_of(field)
    line, offers = box.lineEdit(), box.completer().popup()
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(offers.isVisible)
    qtbot.keyClicks(offers, "q")  # no value has one: the list closes, the focus comes back
    qtbot.waitUntil(lambda: not offers.isVisible())
    qtbot.keyClicks(box, "uick")
    assert line.text() == "quick"


@pytest.fixture
def picker(theme: Theme, recipe: RecipePresenter, qtbot) -> Picker:
    made = Picker(recipe, "architecture")
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    made.setFocus()
    return made


@pytest.mark.parametrize(
    ("typed", "name", "offered"),
    [
        ("custom", "custom", 1),  # its name in files
        ("own code", "custom", 1),  # its title
        ("mlp", "mlp", 1),
        ("gpt", "gpt", 1),
        ("bidirectional", "rnn", 1),  # an option of it
    ],
)
def test_a_component_is_found_by_its_names_and_its_options(
    picker: Picker, recipe: RecipePresenter, qtbot, typed: str, name: str, offered: int
) -> None:
    qtbot.keyClicks(picker, typed)
    assert picker.completer().completionCount() == offered
    qtbot.keyClick(picker, Qt.Key.Key_Return)
    assert recipe.get("architecture.name") == name
    assert picker.currentText() == declared.component_at(recipe.data, "architecture").title


def test_what_is_called_so_is_taken_although_others_fit(
    picker: Picker, recipe: RecipePresenter, qtbot
) -> None:
    qtbot.keyClicks(picker, "cnn")
    assert picker.completer().completionCount() > 1
    qtbot.keyClick(picker, Qt.Key.Key_Return)
    assert recipe.get("architecture.name") == "cnn"


def test_what_fits_nothing_leaves_the_choice(
    picker: Picker, recipe: RecipePresenter, qtbot
) -> None:
    before = recipe.get("architecture.name")
    qtbot.keyClicks(picker, "xyzzy")
    qtbot.keyClick(picker, Qt.Key.Key_Return)
    assert recipe.get("architecture.name") == before
