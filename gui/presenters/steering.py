"""Steering a training: which edits of the recipe can be applied to it now, and applying them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from engine.live import value_at
from engine.runs.interventions import Intervention
from engine.training import commands as c
from engine.training import events as e
from engine.wording import counted
from gui.presenters.availability import YES, Availability, no
from gui.presenters.edits import edit_between, names
from gui.presenters.possible import State
from gui.presenters.recipe import RecipePresenter
from gui.presenters.training import TrainingPresenter

HINT = "Learning rate, dropout, epochs and more can be changed while it trains."
OTHER = "Another recipe is in training. This one waits for the next run."
_STEERED = frozenset({State.PREPARING, State.RUNNING, State.PAUSED})


@dataclass(frozen=True)
class SteeringView:
    """What is said of the edits. `now` and `later` are sentences, empty when there are none;
    `hint` says what could be done while there are no edits; `refused` why the last were not
    applied. `other` when the recipe on the screen is not the one in training."""

    now: str = ""
    later: str = ""
    hint: str = ""
    refused: str = ""
    other: bool = False
    can_apply: Availability = YES


class SteeringPresenter(QObject):
    """Compares the recipe under edit with the one in training, as long as they belong together."""

    changed = Signal()

    def __init__(self, training: TrainingPresenter, recipe: RecipePresenter) -> None:
        super().__init__()
        self._training = training
        self._recipe = recipe
        self._other = False
        self._asked: dict[str, Any] = {}
        self._answer: c.Report | None = None
        self._left: tuple[str, ...] = ()
        training.began.connect(self._on_began)
        training.changed.connect(self._compare)
        training.happened.connect(self._on_happened)
        recipe.changed.connect(self._on_edited)

    # --- Telling -------------------------------------------------------------------------------

    @property
    def steered(self) -> bool:
        """Whether there is a training whose recipe can be changed."""
        return self._training.state in _STEERED

    def view(self) -> SteeringView | None:
        """What the bar below the recipe says; None while nothing trains, unless edits are left
        over from a training that has ended."""
        if not self.steered:
            return self._view_of_left()
        if self._other:
            return SteeringView(hint=OTHER, other=True)
        edit, refused = self._recipe.edit, self._refused()
        hint = HINT if not edit.changes and not edit.later and not refused else ""
        return SteeringView(
            self._said_now(), _said_later(edit.later), hint, refused, can_apply=self.can_apply()
        )

    def can_apply(self) -> Availability:
        """Whether there is something to apply now, or why not."""
        if not self.steered:
            return no("Nothing trains")
        if self._other:
            return no("Another recipe is in training")
        if self._recipe.problems:
            return no("There is a problem in the recipe")
        if not self._recipe.edit.changes:
            return no("Nothing was changed that can be applied while training")
        if self._training.state is State.PREPARING:
            return no("The training has not begun yet")
        return no("On its way to the training") if self._on_its_way() else YES

    # --- Acting --------------------------------------------------------------------------------

    def apply(self, paths: Sequence[str] = ()) -> None:
        """Ask the training to take the edits, or those of some fields only."""
        if not self.can_apply().enabled:
            return
        changes = self._recipe.edit.changes
        asked = {path: changes[path] for path in (paths or changes) if path in changes}
        if asked:
            self._asked, self._answer = asked, None
            self._training.post(c.Intervene.of(asked))
            self.changed.emit()

    def take_back(self) -> None:
        """Give the fields that could be applied the values that are in training."""
        trained = self._training.trained
        if trained is not None and self._recipe.edit.changes:
            before = {path: value_at(trained, path) for path in self._recipe.edit.changes}
            self._recipe.set_all(before, "changes taken back")

    def set_freeze(self, layers: Sequence[str]) -> None:
        """Freeze these layers and no others: in the recipe, and at once in what trains."""
        self._recipe.set("training.freeze", list(layers))
        self._recipe.finish_edit()
        self.apply(("training.freeze",))

    def let_go(self) -> None:
        """Another recipe has been opened: edits of it are none of the training's."""
        self._left = ()
        self._other = self._training.active
        self._compare()

    def take_up(self) -> None:
        """The recipe on the screen is again the one in training."""
        self._other = False
        self._compare()

    # --- Following -----------------------------------------------------------------------------

    def _on_began(self) -> None:
        self._other, self._asked, self._answer, self._left = False, {}, None, ()
        self._compare()

    def _compare(self) -> None:
        known = self.steered and not self._other
        edit = self._recipe.edit
        if self._other:
            self._left = ()
        elif not known and (edit.changes or edit.later):
            self._left = (*edit.changes, *edit.later)
        self._recipe.compare_with(self._training.trained if known else None)
        self.changed.emit()

    def _on_edited(self) -> None:
        """What was refused has been edited: its sentence is no longer of interest."""
        if self._answer is not None and not self._on_its_way():
            self._answer = None
        self.changed.emit()

    def _on_happened(self, event: e.Event) -> None:
        if isinstance(event, e.Intervened):
            self._asked = _without(self._asked, event.intervention.values)
            self._follow(event.intervention)
            self._compare()
        elif isinstance(event, e.Answered) and isinstance(event.report.command, c.Intervene):
            self._answer = event.report
            if not event.report.ok:
                self._asked = {}
            self.changed.emit()

    def _follow(self, made: Intervention) -> None:
        """A change that was not made here, but by the log of a run that goes on, is taken over by
        the fields that nobody has edited."""
        if self._other or not self.steered:
            return
        unedited = (
            change for change in made.changes if self._recipe.get(change.path) == change.old
        )
        stale = {change.path: change.new for change in unedited}
        if stale:
            self._recipe.set_all(stale, made.label)

    # --- Words ---------------------------------------------------------------------------------

    def _on_its_way(self) -> bool:
        """Whether the edits are those that have been asked for and are not in effect yet."""
        changes = self._recipe.edit.changes
        return bool(changes) and all(
            path in self._asked and self._asked[path] == value for path, value in changes.items()
        )

    def _said_now(self) -> str:
        changes = self._recipe.edit.changes
        if not changes:
            return ""
        if self._on_its_way():
            held = self._training.state is State.PAUSED and self._answer is not None
            when = "as soon as the step in progress is over" if held else "now"
            return f"Applying {names(changes)} {when}…"
        count = counted(len(changes), "change")
        return f"{count} can be applied now: {names(changes)}"

    def _view_of_left(self) -> SteeringView | None:
        """Says which edits the training that has ended did not take, as long as they stand."""
        trained, wanted = self._training.trained, self._recipe.recipe
        if not self._left or self._training.active or trained is None or wanted is None:
            return None
        edit = edit_between(trained, wanted)
        still = [path for path in self._left if path in edit.changes or path in edit.later]
        if not still:
            return None
        verb = "waits" if len(still) == 1 else "wait"
        return SteeringView(
            later=f"Not applied before the training ended: {names(still)} {verb} for the next run",
            can_apply=self.can_apply(),
        )

    def _refused(self) -> str:
        if self._answer is None or self._answer.ok:
            return ""
        hint = f": {self._answer.hint}" if self._answer.hint else ""
        return f"{self._answer.sentence}{hint}"


def _said_later(paths: Sequence[str]) -> str:
    if not paths:
        return ""
    count = "1 waits" if len(paths) == 1 else f"{len(paths)} wait"
    return f"{count} for the next run: {names(paths)}"


def _without(asked: Mapping[str, Any], made: Mapping[str, Any]) -> dict[str, Any]:
    return {path: value for path, value in asked.items() if path not in made}
