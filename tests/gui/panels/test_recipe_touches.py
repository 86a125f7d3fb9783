"""What a change of the recipe touches in its panel: what it concerns, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget

from engine.problems import Problem
from engine.recipe import SECTIONS, Recipe
from gui.forms.field import Field
from gui.forms.numberbox import NumberBox
from gui.forms.schedule import SchedulePreview
from gui.panels import recipe as recipe_panel
from gui.panels.card import SectionCard
from gui.panels.recipe import RecipePanel
from gui.presenters.recipe import RecipePresenter
from tests.gui.conftest import DATA
from tests.gui.fakes import FakePreviews

E = QEvent.Type
TOUCHING = (
    E.ToolTipChange, E.DynamicPropertyChange, E.EnabledChange, E.ShowToParent, E.HideToParent,
    E.Resize, E.Move, E.ChildAdded, E.ChildRemoved,
)  # fmt: skip
Has = Callable[[str], QWidget]


class Touches(QObject):
    """Counts what happens to widgets, by the card that they are in."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, QWidget) and event.type() in TOUCHING:
            above: QObject | None = watched
            while above is not None and not isinstance(above, SectionCard):
                above = above.parent()
            if above is not None:
                self.counts[above.section] += 1
        return False


@pytest.fixture
def touches(qapp: QApplication, panel: RecipePanel) -> Iterator[Callable[[], Counter[str]]]:
    """What was touched since it was asked last."""
    qapp.processEvents()
    watch = Touches()
    qapp.installEventFilter(watch)

    def taken() -> Counter[str]:
        qapp.processEvents()
        found, watch.counts = watch.counts, Counter()
        return found

    yield taken
    qapp.removeEventFilter(watch)


@pytest.fixture
def chains(panel: RecipePanel, monkeypatch: pytest.MonkeyPatch) -> list[QWidget]:
    """One more each time that the order of Tab is looked up."""
    found: list[QWidget] = []
    look = recipe_panel.tab_stops

    def counted(widget: QWidget) -> list[QWidget]:
        found.append(widget)
        return look(widget)

    monkeypatch.setattr(recipe_panel, "tab_stops", counted)
    return found


@pytest.fixture
def has(panel: RecipePanel) -> Has:
    def found(name: str) -> QWidget:
        widget = panel.findChild(QWidget, name)
        assert widget is not None, name
        return widget

    return found


def make_pictures(folder: Path) -> Path:
    """Two classes of a few small pictures."""
    for name in "ab":
        (folder / name).mkdir()
        for number in range(4):
            Image.new("RGB", (32, 32), (40 * number, 0, 0)).save(folder / name / f"{number}.png")
    return folder


def words(widget: QWidget) -> str:
    """What a label says; "" while it is hidden."""
    assert isinstance(widget, QLabel)
    return "" if widget.isHidden() else widget.text()


# --- Nothing else is touched ---------------------------------------------------------------------


def test_a_key_in_a_field_touches_no_other_card(
    qtbot, has: Has, recipe: RecipePresenter, touches: Callable[[], Counter[str]]
) -> None:
    rate = has("optimizer.lr")
    rate.setFocus()
    qtbot.keyClicks(rate, "5")
    touches()  # the first key may have more to do: the way back appears
    qtbot.keyClicks(rate, "5")
    assert recipe.get("optimizer.lr") == 0.00355
    assert set(touches()) == {"optimizer"}
    name = has("name")
    name.setFocus()
    qtbot.keyClicks(name, "a")
    assert recipe.modified
    assert not touches()


def test_a_key_in_a_field_shows_no_other_field_again(
    qtbot, has: Has, panel: RecipePanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    show = Field._show_problems
    monkeypatch.setattr(
        Field, "_show_problems", lambda field, own: (shown.append(field.path), show(field, own))
    )
    size = has("training.batch_size")
    assert isinstance(size, NumberBox)
    size.setFocus()
    qtbot.keyClicks(size, "5")
    assert shown == ["training.batch_size"]
    panel.refresh()
    assert shown == ["training.batch_size"]


def test_the_order_of_tab_is_looked_up_when_fields_are_made(
    qtbot, has: Has, recipe: RecipePresenter, chains: list[QWidget]
) -> None:
    for name in ("optimizer.lr", "training.batch_size", "name"):
        qtbot.keyClicks(has(name), "5")
    recipe.undo()
    assert chains == []
    for count, change in enumerate(
        (
            lambda: recipe.choose("optimizer", "sgd"),
            lambda: recipe.choose("optimizer.schedule", "one_cycle"),
            lambda: recipe.set("regularization.augmentation", [{"name": "rotate", "degrees": 5}]),
            lambda: recipe.set("regularization.augmentation", []),
        ),
        start=1,
    ):
        change()
        assert len(chains) == count


def test_fields_that_a_group_makes_are_in_the_order_of_tab(
    qtbot, recipe: RecipePresenter, has: Has
) -> None:
    recipe.set("regularization.augmentation", [{"name": "rotate", "degrees": 5}])
    fold = has("regularization.augmentation.0.fold")
    assert isinstance(fold, QToolButton)
    fold.setChecked(True)
    qtbot.wait(1)  # what was made is laid out
    fold.setFocus()
    reached = set()
    for _ in range(6):
        focused = QApplication.focusWidget()
        assert focused is not None
        reached.add(focused.objectName())
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert "regularization.augmentation.0.degrees" in reached


# --- All that it concerns is ---------------------------------------------------------------------


def test_a_problem_that_moves_is_shown_where_it_is_now(has: Has, recipe: RecipePresenter) -> None:
    places = ("optimizer.lr", "training.batch_size", "architecture.hidden")
    for path in places:
        recipe.judge_by(lambda _recipe, path=path: [Problem(path, "It does not fit")])
        said = {place: words(has(f"{place}.problem")) for place in places}
        assert {place for place, text in said.items() if text} == {path}
        assert has(path).property("problem") is True
    recipe.judge_by(None)
    assert not any(words(has(f"{place}.problem")) for place in places)


def test_the_words_of_a_problem_follow_it(has: Has, recipe: RecipePresenter) -> None:
    for sentence in ("It does not fit", "It is too much"):
        recipe.judge_by(lambda _recipe, said=sentence: [Problem("optimizer.lr", said)])
        assert words(has("optimizer.lr.problem")) == sentence


def test_undo_and_redo_are_shown_in_every_card(has: Has, recipe: RecipePresenter) -> None:
    changes = {
        "optimizer.lr": 0.5,
        "training.batch_size": 7,
        "dataset.val_fraction": 0.25,
        "name": "another",
    }
    before = {path: recipe.get(path) for path in changes}
    recipe.set_all(changes, "all at once")

    def shown() -> dict[str, object]:
        entries = {path: has(path) for path in changes}
        return {
            path: entry.value() if isinstance(entry, NumberBox) else entry.text()  # type: ignore[attr-defined]
            for path, entry in entries.items()
        }

    for step, expected in ((recipe.undo, before), (recipe.redo, changes), (recipe.undo, before)):
        step()
        assert shown() == expected
    assert has("optimizer.lr.reset").isHidden()


def test_what_counts_as_changed_follows_saving(has: Has, recipe: RecipePresenter) -> None:
    recipe.set("optimizer.lr", 0.5)
    assert not has("optimizer.lr.reset").isHidden()
    recipe.mark_saved()
    assert has("optimizer.lr.reset").isHidden()
    assert has("optimizer.lr.reset").toolTip() == "Back to 0.5"


def test_when_edits_take_effect_follows_the_training(has: Has, recipe: RecipePresenter) -> None:
    trained = recipe.recipe
    recipe.set_all({"optimizer.lr": 0.5, "training.batch_size": 7}, "both")
    recipe.choose("architecture", "cnn")
    paths = ("optimizer.lr.when", "training.batch_size.when", "architecture.when")
    for training, said in (
        (trained, ["can apply now", "next run", "next run"]),
        (recipe.recipe, ["", "", ""]),
        (trained, ["can apply now", "next run", "next run"]),
        (None, ["", "", ""]),
    ):
        recipe.compare_with(training)
        assert [words(has(path)) for path in paths] == said


def test_a_search_is_offered_again_when_the_training_ends(
    theme, recipe: RecipePresenter, previews: FakePreviews, qtbot
) -> None:
    recipe.finding.work_on(previews, lambda *_: None)
    panel = RecipePanel(theme, recipe)
    qtbot.addWidget(panel)
    finds = [panel.findChild(QWidget, f"{p}.find") for p in ("optimizer.lr", "training.batch_size")]
    for training, enabled in ((None, True), (recipe.recipe, False), (None, True)):
        recipe.compare_with(training)
        assert [find.isEnabled() for find in finds] == [enabled, enabled]


def test_the_schedules_curve_follows_the_length_of_the_training(
    panel: RecipePanel, recipe: RecipePresenter
) -> None:
    preview = panel.findChild(SchedulePreview)
    assert preview is not None
    said = [preview.accessibleName()]
    changes = (
        ("training.batch_size", 7), ("dataset.val_fraction", 0.4), ("dataset.subset", 100),
        ("optimizer.lr", 0.5),
    )  # fmt: skip
    for path, value in changes:
        recipe.set(path, value)
        said.append(preview.accessibleName())
    assert len(set(said)) == len(said)


def test_what_stands_for_an_empty_value_follows_the_architecture(
    theme, qtbot, tmp_path: Path
) -> None:
    data = {
        "dataset": {"name": "image_folder", "path": str(make_pictures(tmp_path))},
        "architecture": {"name": "torchvision", "model": "resnet18"},
    }
    recipe = RecipePresenter(Recipe.parse(DATA | data))
    panel = RecipePanel(theme, recipe)
    qtbot.addWidget(panel)
    size, zoom = (panel.findChild(QWidget, f"dataset.{name}.empty") for name in ("size", "zoom"))
    assert "224" not in words(size)
    recipe.set("architecture.weights", "published")
    assert words(size) == "224 pixels"
    recipe.set("architecture.model", "inception_v3")
    assert words(size) == "299 pixels"
    recipe.set("dataset.size", 96)  # from now on the architecture changes no fact
    said = set()
    for model in ("resnet18", "efficientnet_b2", "inception_v3"):
        recipe.set("architecture.model", model)
        said.add(words(zoom))
    assert len(said) > 1


def test_an_own_file_that_was_edited_is_read_with_the_next_key(
    qtbot, has: Has, recipe: RecipePresenter, panel: RecipePanel, tmp_path: Path
) -> None:
    """Wherever that key is typed, and whatever else is wrong."""
    file = tmp_path / "mine.py"
    code = "class Net(nn.Module):\n    def __init__(self, {}: int = 4): pass\n"
    file.write_text(code.format("width"))
    recipe.choose("architecture", "custom")
    recipe.set("architecture.path", str(file))
    assert has("architecture.options.width")
    recipe.set("optimizer.lr", "much")
    file.write_text(code.format("depth"))
    qtbot.keyClicks(has("training.batch_size"), "5")
    assert panel.findChild(QWidget, "architecture.options.width") is None
    assert has("architecture.options.depth")


def test_every_card_is_folded_and_told_in_a_line_that_follows(
    has: Has, panel: RecipePanel, recipe: RecipePresenter
) -> None:
    panel.fold(list(SECTIONS))
    recipe.set("optimizer.lr", 0.5)
    summary = has("optimizer.summary")
    assert "0.5" in summary.whole()  # type: ignore[attr-defined]
