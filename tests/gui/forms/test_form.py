"""Forms as a person uses them: found by name, clicked, typed into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from engine.recipe import SECTIONS
from engine.schema import COMPONENTS, component_name
from gui.controls import Switch
from gui.forms.entries import ListBox
from gui.forms.field import Field
from gui.forms.form import Form
from gui.forms.numberbox import NumberBox
from gui.panels.recipe import RecipePanel
from gui.presenters import declared
from gui.presenters.recipe import RecipePresenter
from gui.theme import Theme

W = TypeVar("W", bound=QWidget)
Find = Callable[[type[W], str], W]


@pytest.fixture
def find(panel: RecipePanel) -> Callable[[type[W], str], W]:
    def found(kind: type[W], name: str) -> W:
        widget = panel.findChild(kind, name)
        assert widget is not None, name
        return widget

    return found


def type_over(qtbot, widget: QWidget, text: str) -> None:
    widget.setFocus()
    line = widget.lineEdit() if isinstance(widget, NumberBox) else widget
    line.selectAll()
    qtbot.keyClicks(widget, text) if text else qtbot.keyClick(widget, Qt.Key.Key_Delete)


def test_every_option_of_every_component_has_an_entry(
    theme: Theme, recipe: RecipePresenter, qtbot
) -> None:
    shown = 0
    for section in SECTIONS[:4]:
        for cls in COMPONENTS.classes(section):
            recipe.choose(section, component_name(cls))
            form = Form(theme, recipe, section)
            qtbot.addWidget(form)
            for option in declared.options_of(cls):
                assert form.findChild(QWidget, f"{section}.{option.name}"), (cls, option.name)
                shown += 1
    assert shown > 80


def test_typing_a_number_sets_it(qtbot, find: Find, recipe: RecipePresenter) -> None:
    type_over(qtbot, find(NumberBox, "training.epochs"), "25")
    assert recipe.get("training.epochs") == 25


def test_a_problem_stands_beside_the_field_while_typing(
    qtbot, find: Find, recipe: RecipePresenter
) -> None:
    entry, problem = find(NumberBox, "optimizer.lr"), find(QLabel, "optimizer.lr.problem")
    assert problem.isHidden()
    type_over(qtbot, entry, "1e-")
    assert problem.isVisible()
    assert "1e-" in problem.text()
    assert entry.property("problem") is True
    qtbot.keyClicks(entry, "2")
    assert problem.isHidden()
    assert recipe.get("optimizer.lr") == 0.01


def test_leaving_a_rate_writes_it_shortly(qtbot, find: Find) -> None:
    entry = find(NumberBox, "optimizer.lr")
    type_over(qtbot, entry, "0.00030")
    qtbot.keyClick(entry, Qt.Key.Key_Return)
    assert entry.lineEdit().text() == "3e-4"


def test_arrows_step_a_rate_through_the_decade(qtbot, find: Find, recipe: RecipePresenter) -> None:
    entry = find(NumberBox, "optimizer.lr")
    entry.setFocus()
    qtbot.keyClick(entry, Qt.Key.Key_Up)
    assert recipe.get("optimizer.lr") == 0.005
    qtbot.keyClick(entry, Qt.Key.Key_PageDown)
    assert recipe.get("optimizer.lr") == 0.0005


def test_a_number_can_be_stepped_only_within_its_bounds(find: Find) -> None:
    entry, flags = find(NumberBox, "training.epochs"), QAbstractSpinBox.StepEnabledFlag
    entry.setValue(5)
    assert entry.stepEnabled() == flags.StepUpEnabled | flags.StepDownEnabled
    entry.setValue(1)
    assert entry.stepEnabled() == flags.StepUpEnabled
    entry.setValue(2)
    assert entry.stepEnabled() == flags.StepUpEnabled | flags.StepDownEnabled


def test_what_differs_from_the_opened_recipe_is_marked_as_high_as_its_field(
    find: Find, recipe: RecipePresenter, qtbot
) -> None:
    field = find(NumberBox, "training.batch_size").parent()
    assert isinstance(field, Field)
    accent = QColor(field._theme.colors.accent)

    def marked() -> list[bool]:
        picture = field.grab().toImage()
        return [picture.pixelColor(0, y) == accent for y in range(picture.height())]

    assert not any(marked())
    recipe.set("training.batch_size", 65)
    assert sum(marked()) >= field.height() - 8
    recipe.reset("training.batch_size")
    assert not any(marked())


def test_numbers_show_their_unit_and_tell_their_bounds(find: Find) -> None:
    entry = find(NumberBox, "training.batch_size")
    assert "samples" in [label.text() for label in entry.findChildren(QLabel)]
    assert "up to 1e6" in entry.toolTip()
    assert entry.accessibleName() == "batch size"


def test_one_of_a_unit_is_said_so(qtbot, find: Find) -> None:
    epochs = find(NumberBox, "training.epochs")
    epochs.selectAll()
    qtbot.keyClicks(epochs, "1")
    assert epochs.findChild(QLabel).text() == "epoch"
    qtbot.keyClicks(epochs, "2")
    assert epochs.findChild(QLabel).text() == "epochs"


def test_a_seed_beyond_32_bit_integers_can_be_typed(
    qtbot, find: Find, recipe: RecipePresenter
) -> None:
    type_over(qtbot, find(NumberBox, "training.seed"), str(2**32 - 1))
    assert recipe.get("training.seed") == 2**32 - 1
    assert recipe.problems == []


def test_a_list_is_typed_as_words(qtbot, find: Find, recipe: RecipePresenter) -> None:
    entry = find(ListBox, "architecture.hidden")
    assert entry.text() == "64, 32"
    type_over(qtbot, entry, "128, 64, x")
    assert recipe.get("architecture.hidden") == [128, 64, "x"]
    assert find(QLabel, "architecture.hidden.problem").isVisible()
    qtbot.keyClick(entry, Qt.Key.Key_Backspace)
    qtbot.keyClicks(entry, "8")
    assert recipe.get("architecture.hidden") == [128, 64, 8]


def test_a_choice_is_made_with_the_keyboard(qtbot, find: Find, recipe: RecipePresenter) -> None:
    combo = find(QComboBox, "architecture.activation")
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert recipe.get("architecture.activation") == "gelu"


def test_another_component_brings_its_own_form(
    qtbot, find: Find, panel: RecipePanel, recipe: RecipePresenter, qapp: QApplication
) -> None:
    picker = find(QComboBox, "optimizer")
    picker.setFocus()
    qtbot.keyClicks(picker, "SGD")
    qtbot.keyClick(picker, Qt.Key.Key_Return)  # of many, what is typed only filters
    assert recipe.get("optimizer.name") == "sgd"
    assert panel.findChild(NumberBox, "optimizer.momentum") is not None


def test_a_field_is_there_once_right_after_another_choice(
    panel: RecipePanel, recipe: RecipePresenter
) -> None:
    recipe.choose("optimizer.schedule", "cosine")
    recipe.choose("optimizer", "sgd")
    for name in ("optimizer.schedule.warmup", "optimizer.lr"):
        assert len(panel.findChildren(NumberBox, name)) == 1


def test_a_schedule_brings_its_options_and_its_curve(
    qtbot, find: Find, recipe: RecipePresenter, wait
) -> None:
    picker = find(QComboBox, "optimizer.schedule")
    picker.setFocus()
    qtbot.keyClicks(picker, "Cosine")
    wait(lambda: find(NumberBox, "optimizer.schedule.floor").isVisible())
    preview = find(QWidget, "optimizer.schedule.preview")
    assert preview.isVisible()
    assert "0.003 → 0" in preview.accessibleName()


def test_an_empty_option_is_switched_on_and_off(qtbot, find: Find, recipe: RecipePresenter) -> None:
    entry, switch = (
        find(NumberBox, "regularization.clip_norm"),
        find(Switch, "regularization.clip_norm.on"),
    )
    assert entry.isHidden()
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert entry.isVisible()
    assert recipe.get("regularization.clip_norm") == 1.0
    qtbot.keyClick(switch, Qt.Key.Key_Space)
    assert entry.isHidden()
    assert recipe.get("regularization.clip_norm") is None


def test_a_group_shows_its_fields_while_it_is_on(
    qtbot, find: Find, recipe: RecipePresenter
) -> None:
    switch = find(Switch, "regularization.early_stopping.on")
    patience = find(NumberBox, "regularization.early_stopping.patience")
    assert not patience.isVisible()
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert patience.isVisible()
    type_over(qtbot, patience, "7")
    assert recipe.get("regularization.early_stopping.patience") == 7


def test_what_differs_can_be_taken_back(qtbot, find: Find, recipe: RecipePresenter) -> None:
    entry, reset = find(NumberBox, "optimizer.lr"), find(QWidget, "optimizer.lr.reset")
    assert reset.isHidden()
    type_over(qtbot, entry, "0.5")
    assert reset.isVisible()
    assert reset.toolTip() == "Back to 0.003"
    qtbot.mouseClick(reset, Qt.MouseButton.LeftButton)
    assert recipe.get("optimizer.lr") == 0.003
    assert entry.lineEdit().text() == "0.003"
    assert reset.isHidden()


def test_a_chosen_component_can_be_taken_back(qtbot, find: Find, recipe: RecipePresenter) -> None:
    recipe.choose("optimizer", "sgd")
    back = find(QWidget, "optimizer.reset")
    assert back.isVisible()
    qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
    assert recipe.get("optimizer.lr") == 0.003
    assert back.isHidden()


def test_undo_in_an_entry_is_the_recipes(qtbot, find: Find, recipe: RecipePresenter) -> None:
    entry = find(QLineEdit, "name")
    type_over(qtbot, entry, "abc")
    heard: list[int] = []
    entry.window().keyPressEvent = lambda event: heard.append(event.key())  # type: ignore
    qtbot.keyClick(entry, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert entry.text() == "abc"
    assert heard[-1] == Qt.Key.Key_Z


def test_the_wheel_moves_only_what_has_the_focus(
    qtbot, find: Find, panel: RecipePanel, recipe: RecipePresenter, qapp: QApplication
) -> None:
    entry = find(NumberBox, "dataset.val_fraction")
    combo = find(QComboBox, "architecture")
    before = recipe.data
    panel.setFocus()
    for widget in (entry, combo):
        assert not wheel(qapp, widget, -120), "an event that is not taken scrolls the panel"
    assert recipe.data == before
    entry.setFocus()
    assert wheel(qapp, entry, 120)
    assert recipe.get("dataset.val_fraction") == 0.2


def wheel(app: QApplication, widget: QWidget, delta: int) -> bool:
    """Turn the wheel over a widget; whether it took that for itself."""
    middle = widget.rect().center()
    event = QWheelEvent(
        QPointF(middle), QPointF(widget.mapToGlobal(middle)), QPoint(), QPoint(0, delta),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    app.sendEvent(widget, event)
    return event.isAccepted()


def test_advanced_options_are_folded_and_counted(
    qtbot, find: Find, recipe: RecipePresenter
) -> None:
    more, beta = find(QPushButton, "optimizer.more"), find(NumberBox, "optimizer.beta1")
    assert not beta.isVisible()
    recipe.set("optimizer.beta1", 0.8)
    assert "1 changed" in more.text()
    qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
    assert beta.isVisible()


def test_a_folded_option_that_is_wrong_unfolds(find: Find, recipe: RecipePresenter) -> None:
    recipe.set("optimizer.beta1", 2)
    assert find(NumberBox, "optimizer.beta1").isVisible()


def test_a_mismatch_stands_below_its_picker(find: Find, recipe: RecipePresenter) -> None:
    recipe.choose("dataset", "diabetes")
    problem = find(QLabel, "loss.problem")
    assert problem.isVisible()
    assert "MSE" in problem.text()
    assert find(QComboBox, "loss").property("problem") is True


def test_the_first_problem_can_be_gone_to(
    qtbot, find: Find, panel: RecipePanel, recipe: RecipePresenter, qapp: QApplication
) -> None:
    recipe.set("training.workers", -1)
    panel.fold(list(SECTIONS))
    note = find(QWidget, "note.problems")
    assert note.isVisible()
    qtbot.mouseClick(note.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert qapp.focusWidget() is find(NumberBox, "training.workers")


def test_a_folded_card_says_itself_in_one_line(
    qtbot, find: Find, panel: RecipePanel, recipe: RecipePresenter
) -> None:
    fold, summary = find(QWidget, "optimizer.fold"), find(QLabel, "optimizer.summary")
    assert summary.isHidden()
    qtbot.mouseClick(fold, Qt.MouseButton.LeftButton)
    assert summary.isVisible()
    assert summary.whole() == "learning rate 0.003"  # type: ignore[attr-defined]
    assert panel.folded() == ["optimizer"]


def test_the_form_follows_undo(qtbot, find: Find, recipe: RecipePresenter) -> None:
    entry = find(NumberBox, "training.epochs")
    type_over(qtbot, entry, "25")
    recipe.undo()
    assert entry.lineEdit().text() == "10"


def test_while_a_training_runs_a_problem_is_not_in_the_way_of_a_start(
    find: Find, panel: RecipePanel, recipe: RecipePresenter
) -> None:
    recipe.set("training.epochs", 0)
    said = find(QLabel, "note.problems.what")
    assert said.text().startswith("Cannot start")
    panel.set_running(True)
    assert said.text().startswith("Cannot be applied")


def test_a_field_says_when_its_edit_takes_effect(find: Find, recipe: RecipePresenter) -> None:
    recipe.compare_with(recipe.recipe)
    rate, batch = find(QLabel, "optimizer.lr.when"), find(QLabel, "training.batch_size.when")
    picker = find(QLabel, "optimizer.when")
    heights = [part.parentWidget().height() for part in (rate, batch)]
    assert rate.isHidden()
    recipe.set("optimizer.lr", 0.001)
    recipe.set("training.batch_size", 32)
    assert (rate.text(), batch.text()) == ("can apply now", "next run")
    assert [part.parentWidget().height() for part in (rate, batch)] == heights
    recipe.choose("optimizer", "sgd")
    assert picker.text() == "next run"
    assert find(QLabel, "optimizer.lr.when").isHidden()
    recipe.compare_with(None)
    assert picker.isHidden()
    assert batch.isHidden()


def test_every_entry_has_a_name_for_screen_readers(panel: RecipePanel) -> None:
    kinds = (NumberBox, QComboBox, QLineEdit, Switch)
    entries = [w for kind in kinds for w in panel.findChildren(kind) if "." in w.objectName()]
    assert len(entries) > 30
    assert all(entry.accessibleName() for entry in entries)


def test_an_empty_entry_says_what_holds_instead(
    find: Find, panel: RecipePanel, recipe: RecipePresenter
) -> None:
    recipe.choose("dataset", "table")
    assert find(QLineEdit, "dataset.target").placeholderText() == "found by itself"
    assert find(ListBox, "dataset.numbers").placeholderText() == "found by itself"
    assert find(ListBox, "dataset.ignore").placeholderText() == "none"
    recipe.choose("dataset", "image_folder")
    said = find(QLabel, "dataset.size.empty")
    assert (said.text(), said.isHidden()) == ("found by itself", False)
    recipe.switch("dataset.size", True)
    assert said.isHidden()


def test_an_empty_entry_says_what_was_found_in_the_data(
    find: Find, recipe: RecipePresenter, tmp_path: Path
) -> None:
    (tmp_path / "text.txt").write_text("abc\n" * 600)
    recipe.choose("dataset", "text_corpus")
    said = find(QLabel, "dataset.vocabulary.empty")
    assert said.isHidden()  # nothing is known yet
    recipe.set_all({"dataset.tokens": "character", "dataset.path": str(tmp_path)}, "text")
    assert said.text() == "5 tokens"
    assert not said.isHidden()
    recipe.switch("dataset.vocabulary", True)
    assert said.isHidden()
