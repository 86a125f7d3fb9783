"""The recipe being edited: plain data, its problems, undo, and what has been saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from engine.architectures.weights.glance import Unbegun
from engine.facts import Facts
from engine.filling import filled_in, following, gaps
from engine.live import LiveEdit
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.schema import Option
from gui import texts
from gui.presenters import declared, edits
from gui.presenters.availability import YES, Availability, no
from gui.presenters.comparison import Comparison
from gui.presenters.dotted import is_within, value_at, with_value
from gui.presenters.finding import Finding
from gui.presenters.history import History
from gui.presenters.machine import Machine

Judge = Callable[[Recipe], list[Problem]]
"""Finds what is wrong with a valid recipe in the place where it is to be used."""


def shape_of(recipe: Recipe) -> tuple[Any, ...]:
    """The parts of a recipe on which it depends whether the network's layers fit together."""
    return (recipe.dataset, recipe.architecture, recipe.loss)


def left_open(recipe: Recipe) -> tuple[str, dict[str, Any]]:
    """The dataset of a recipe, and what its architecture would have filled in there, but did not:
    options that came later than the run that the recipe is of."""
    return recipe.dataset.name, gaps(recipe.as_data())


class RecipePresenter(QObject):
    """One recipe under edit. `data` may hold anything that was typed; `recipe` only what is valid.

    The data is never changed in place: every edit makes a new dict, so that undo, the saved
    state and a training that has started can each hold on to theirs. `opened` compares it with
    what was opened or saved last, `edit` with what is in training.
    """

    changed = Signal()
    """The data is another one."""
    problems_changed = Signal()
    """`problems` differ from before."""
    saved = Signal()
    """The saved state is another one."""

    def __init__(self, recipe: Recipe, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data = recipe.as_data()
        self._saved = self._data
        self._left = left_open(recipe)
        self._recipe: Recipe | None = recipe
        self._problems: list[Problem] = []
        self._judge: Judge | None = None
        self._tried: tuple[Recipe, tuple[Problem, ...]] = (recipe, ())
        self._training: Recipe | None = None
        self._edit = edits.NO_EDIT
        self._history: History[dict[str, Any]] = History()
        self.opened = Comparison(lambda: self._data, lambda: self._saved)
        self.machine, self.finding = Machine(self), Finding(self)
        self.machine.known.connect(self.changed)

    # --- Reading -----------------------------------------------------------------------------

    @property
    def data(self) -> dict[str, Any]:
        """The whole recipe as plain data; treat it as read-only."""
        return self._data

    @property
    def filled(self) -> dict[str, Any]:
        """The data with what the architecture fills in. What the recipe that was opened had left
        open stays so as long as its dataset is the same and nothing else is wished for."""
        name, left = self._left
        same = name == self.get("dataset.name")
        found: dict[str, Any] = filled_in(self._data, left if same else None)
        return found

    @property
    def recipe(self) -> Recipe | None:
        """The valid recipe, or None while there are problems."""
        return self._recipe

    @property
    def problems(self) -> list[Problem]:
        """Everything that is wrong now."""
        return self._problems

    @property
    def modified(self) -> bool:
        """Whether anything differs from what was opened or saved last."""
        return self._data != self._saved

    @property
    def history(self) -> History[dict[str, Any]]:
        """What can be undone and redone."""
        return self._history

    def get(self, path: str) -> Any:
        """The value at a dotted path, None when it is not there."""
        return declared.value_in(self._data, path)

    def unread(self, path: str) -> tuple[str, ...]:
        """The names that are given at `path` and that the person's own file does not have."""
        cls, given = declared.class_at(self._data, path), value_at(self._data, path)
        if cls is None or not isinstance(given, Mapping):
            return ()
        known = {option.name for option in declared.options_of(cls)}
        return tuple(name for name in given if name not in known)

    @property
    def edit(self) -> LiveEdit:
        """How the recipe differs from the one in training; empty while nothing trains."""
        return self._edit

    def when(self, path: str) -> edits.When:
        """When the edit of a field takes effect on the training that runs."""
        return edits.when(self._edit, path)

    def problems_at(self, path: str) -> list[Problem]:
        """The problems of a field or of anything within it."""
        return [problem for problem in self._problems if is_within(problem.path, path)]

    def facts(self) -> Facts | None:
        """The chosen dataset's facts, even while the rest of the recipe has problems; what the
        architecture fills in counts once the recipe has none."""
        if self._recipe is not None:
            return self._recipe.dataset.facts()
        cls = declared.component_at(self._data, "dataset")
        if cls is None:
            return None
        try:
            dataset = cls.model_validate(self.filled["dataset"])
            found: Facts = dataset.facts()  # type: ignore[attr-defined]
        except (ValueError, ProblemError):
            return None
        return found

    # --- Editing -----------------------------------------------------------------------------

    def set(self, path: str, value: Any) -> None:
        """Put a value in place, valid or not; edits of one field in a row undo as one."""
        if self.get(path) == value and type(self.get(path)) is type(value):
            return
        name = texts.title(path.rpartition(".")[2])
        self._change(self._with(path, value), name, merge_key=path)

    def choose(self, path: str, name: str) -> None:
        """Choose another component at `path`; it comes with its own defaults."""
        option = declared.option_at(self._data, path)
        if option is None or option.component_kind is None or self.get(f"{path}.name") == name:
            return
        chosen = declared.component_data(option.component_kind, name)
        self._change(self._with(path, chosen), texts.title(path.split(".")[-1]))

    def switch(self, path: str, on: bool) -> None:
        """Switch an option that may be empty; on, it takes what was opened if that was on."""
        option = declared.option_at(self._data, path)
        if option is None or on == (self.get(path) is not None):
            return
        value = None
        if on:
            before = self.opened.value(path)
            value = before if before is not None else self._start_of(path, option)
        self._change(self._with(path, value), texts.title(option.name))

    def _start_of(self, path: str, option: Option) -> Any:
        """What an option that is switched on starts from; a group from its plain defaults when
        what is typical does not suit the dataset."""
        value = declared.value_when_on(option)
        found = Recipe.problems(with_value(self._data, path, value)) if option.group else []
        unsuited = any(is_within(problem.path, path) for problem in found)
        return declared.defaults_of(option.group) if option.group and unsuited else value

    def take_out_unread(self, path: str) -> None:
        """Give the person's own file only what it has."""
        given, unread = value_at(self._data, path), self.unread(path)
        if unread:
            left = {name: value for name, value in given.items() if name not in unread}
            self._change(with_value(self._data, path, left), "take out")

    def reset(self, path: str) -> None:
        """Take the field back to what was opened or saved."""
        self._put(path, self.opened.value(path))

    def reset_to_default(self, path: str) -> None:
        """Give the field its declared default."""
        self._put(path, self.opened.default(path))

    def set_all(self, values: Mapping[str, Any], what: str) -> None:
        """Put several values in place in one step that can be undone."""
        data = self._data
        for path, value in values.items():
            data = with_value(data, path, value)
        self._change(data, what)

    def take(self, data: dict[str, Any], what: str) -> None:
        """Another whole recipe, valid or not, in one step that can be undone."""
        self._change(data, what)

    def finish_edit(self) -> None:
        """The field has been left: the next edit is a step of its own, even of the same field."""
        self._history.seal()

    def undo(self) -> None:
        """Take the last step back."""
        self._replace(self._history.undo(self._data))

    def redo(self) -> None:
        """Do again what was taken back."""
        self._replace(self._history.redo(self._data))

    # --- Opening and saving ------------------------------------------------------------------

    def open(self, recipe: Recipe) -> None:
        """Another recipe takes the place of this one; undo does not reach back over it."""
        self._history.clear()
        self._saved = recipe.as_data()
        self._left = left_open(recipe)
        self._replace(self._saved)
        self.saved.emit()

    def mark_saved(self) -> None:
        """The data stands on disk as it is now."""
        self._history.seal()
        self._saved = self._data
        self.saved.emit()
        self.changed.emit()

    def revert(self) -> None:
        """Back to what was opened or saved; this too can be undone."""
        if self.modified:
            self._change(self._saved, "revert")

    # --- Beside other recipes ------------------------------------------------------------------

    def may_find(self) -> Availability:
        """Whether a learning rate or a batch size can be looked for now."""
        if self._training is not None:
            return no("A training is under way: wait for its end, or stop it")
        return YES if self._recipe is not None else no("The recipe has problems")

    def compare_with(self, training: Recipe | None) -> None:
        """From now on `edit` is the difference to this recipe, which is in training."""
        if training != self._training:
            self._training = training
            if self._tried[1]:
                self._replace(self._data)
            else:
                self._look()
                self.changed.emit()

    def judge_by(self, judge: Judge | None) -> None:
        """From now on a valid recipe has the problems, too, that this one finds."""
        self._judge = judge
        self._replace(self._data)

    def object_to(self, recipe: Recipe, found: Sequence[Problem]) -> None:
        """Say what a trial of a recipe's network has found: it counts as long as the recipe has
        the same network for the same data."""
        had_any, self._tried = bool(self._tried[1]), (recipe, tuple(found))
        if found or had_any:
            self._replace(self._data)

    def look_again(self) -> None:
        """Judge the same data anew: something outside of it that matters has changed."""
        self._replace(self._data)

    # --- Inner workings ----------------------------------------------------------------------

    def _put(self, path: str, value: Any) -> None:
        if self.get(path) != value:
            name = texts.title(path.rpartition(".")[2])
            self._change(self._with(path, value), f"reset of {name}")

    def _with(self, path: str, value: Any) -> dict[str, Any]:
        """The data with a value in place. Another architecture fills in its own wishes where those
        of the one that was opened still stand."""
        data = with_value(self._data, path, value)
        return following(self._saved, data) if is_within(path, "architecture") else data

    def _change(self, data: dict[str, Any], what: str, merge_key: str | None = None) -> None:
        if data == self._data and merge_key is None:
            return
        self._history.remember(self._data, what, merge_key)
        self._replace(data)

    def _replace(self, data: dict[str, Any]) -> None:
        self._data = data
        before = self._problems
        try:
            self._recipe = Recipe.parse(self.filled, whole=True)
            self._problems = self._judge(self._recipe) if self._judge is not None else []
            self._problems = [*self._problems, *self._found_by_trial(self._recipe)]
        except ProblemError as error:
            self._recipe, self._problems = None, list(error.problems)
        self._look()
        self.changed.emit()
        if self._problems != before:
            self.problems_changed.emit()

    def _found_by_trial(self, recipe: Recipe) -> list[Problem]:
        """What the last trial has found, if it was of this network for this data. What goes on from
        a checkpoint, as the training under way or a fork, needs nothing to begin with."""
        tried, found = self._tried
        if not found or shape_of(tried) != shape_of(recipe):
            return []
        training = self._training
        goes_on = training is not None and shape_of(training) == shape_of(recipe)
        if goes_on or self._judge is not None:
            return [problem for problem in found if not isinstance(problem, Unbegun)]
        return list(found)

    def _look(self) -> None:
        self._edit = edits.NO_EDIT
        if self._training is not None and self._recipe is not None:
            self._edit = edits.edit_between(self._training, self._recipe)
