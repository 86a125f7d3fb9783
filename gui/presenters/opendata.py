"""Data of one's own: what a path seems to hold, and how it is put into the open recipe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from engine.components import COMPONENT_SECTIONS, names_to_mappings
from engine.datasets.base import Dataset
from engine.inspection import Inspection
from engine.inspection.proposal import Proposal
from engine.problems import Problem, ProblemError
from engine.recipe import SECTIONS, Recipe
from engine.schema import COMPONENTS
from gui.presenters import declared
from gui.presenters.checks import MOST_NUMBERS, MOST_SAMPLES, Inspect
from gui.presenters.dotted import value_at, with_value
from gui.presenters.presets import PresetsPresenter
from gui.presenters.previews import Preview, PreviewWorker
from gui.presenters.recipe import RecipePresenter

Status = Literal["none", "looking", "found", "failed"]
Propose = Callable[[Path], Proposal]
"""Looks at a path; called on the preview thread. Raises ProblemError."""

_PLAIN = {"version": 1, "dataset": "digits", "architecture": "mlp"}
_MATTERS: dict[str, tuple[str, ...]] = {
    "table": ("target", "task"),
    "image_folder": ("size", "resize"),
    "text": ("text_column", "label_column", "tokens", "length"),
    "text_corpus": ("tokens", "length"),
    "series": ("time_column", "target", "window", "horizon"),
}
_OF_FILES = frozenset(["text_column", "label_column"])
_MOST_OPTIONS = 4


@dataclass(frozen=True)
class Taken:
    """What a path may be taken for: `data` is a whole recipe with every default written out,
    `line` says how much there is of what; with `problems` it cannot be trained on as it is."""

    kind: str
    title: str
    line: str
    reasons: tuple[str, ...]
    data: dict[str, Any]
    problems: tuple[Problem, ...] = ()


class OpenData(QObject):
    """Looks at one path at a time. `draft` is the recipe as it would be put in, to be changed
    before; `findings` are made of it when that is quickly done."""

    changed = Signal()

    def __init__(
        self,
        worker: PreviewWorker,
        recipe: RecipePresenter,
        presets: PresetsPresenter,
        inspect: Inspect,
        propose: Propose | None = None,
    ) -> None:
        super().__init__()
        self._worker = worker
        self._recipe = recipe
        self._presets = presets
        self._propose = propose or _propose
        self._asked: object = None
        self.status: Status = "none"
        self.path = Path()
        self.taken: tuple[Taken, ...] = ()
        self.chosen = 0
        self.problem: Problem | None = None
        self.draft = RecipePresenter(Recipe.parse(_PLAIN))
        self.findings: Preview[Inspection] = Preview(worker, self.draft, ("dataset",), inspect)
        self.draft.changed.connect(self._consider_findings)
        worker.done.connect(self._on_done)
        worker.failed.connect(self._on_failed)

    # --- Looking -------------------------------------------------------------------------------

    def look_at(self, path: Path) -> None:
        """Find out what is at a path, beside the window."""
        self.close()
        key = self._asked = object()
        self.path, self.status = path, "looking"
        self.taken, self.chosen, self.problem = (), 0, None
        self.changed.emit()
        self._worker.request(key, partial(_look, self._propose, path))

    def close(self) -> None:
        """Let go of what is being looked at; an answer that comes yet is dropped."""
        self._asked, self.status = None, "none"
        self.findings.forget()

    def choose(self, place: int) -> None:
        """Take the path for another of what it may be."""
        self.chosen = place
        self.findings.forget()
        self.draft.take(self.taken[place].data, "kind of data")
        self.draft.mark_saved()
        self.changed.emit()

    @property
    def options(self) -> tuple[str, ...]:
        """The paths of the options that matter most, to be looked over before."""
        dataset = declared.component_at(self.draft.data, "dataset")
        if dataset is None:
            return ()
        offered = {option.name: option for option in declared.options_of(dataset)}
        plain = [name for name, option in offered.items() if not option.advanced]
        usual = [name for name in plain if name != "path"][:_MOST_OPTIONS]
        names = _MATTERS.get(str(self.draft.get("dataset.name")), usual)
        hidden = _OF_FILES if self.path.is_dir() else frozenset()
        return tuple(f"dataset.{name}" for name in names if name in offered.keys() - hidden)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the data is taken as it is, with the options of now; what is wrong is said
        elsewhere, and only once."""
        taken = self.taken[self.chosen]
        said = taken.reasons
        if self.draft.get("dataset") != taken.data["dataset"]:
            said = self._reasons_now() or said
        for problem in (*taken.problems, *self.draft.problems):
            said = tuple(reason.removesuffix(f": {problem.sentence}") for reason in said)
        return said

    def _reasons_now(self) -> tuple[str, ...] | None:
        from engine.inspection.reasons import reasons_of

        dataset = declared.component_at(self.draft.data, "dataset")
        try:
            made = dataset.model_validate(self.draft.get("dataset")) if dataset else None
        except ValueError:
            return None
        return reasons_of(made) if isinstance(made, Dataset) else None

    def _consider_findings(self) -> None:
        facts = self.draft.facts() if self.status == "found" else None
        small = facts is not None and facts.samples <= MOST_SAMPLES
        self.findings.want(
            facts is not None and small and facts.samples * facts.inputs <= MOST_NUMBERS
        )

    # --- Taking it -------------------------------------------------------------------------------

    @property
    def keeps_by_default(self) -> bool:
        """Whether there is something of one's own to keep: not just a preset as it was shipped,
        and an architecture that can read this data."""
        own = self._recipe.modified or not self._presets.origin.shipped
        return own and "architecture" not in self.replaced(keep=True)

    def outcome(self, keep: bool) -> dict[str, Any]:
        """The recipe with this data: the open one as far as it fits, or the proposed one."""
        return fitted(self._recipe.data, self.draft.data) if keep else self.draft.data

    def replaced(self, keep: bool) -> tuple[str, ...]:
        """The sections that become others."""
        outcome = self.outcome(keep)
        return tuple(name for name in SECTIONS if outcome.get(name) != self._recipe.get(name))

    def use(self, keep: bool) -> None:
        """Put the data into the open recipe, in one step that can be undone. A recipe that is
        wholly another one is not saved over the file of the open one."""
        self._recipe.take(self.outcome(keep), f"opening of {self.path.name}")
        if not keep:
            self._presets.detach()
        self.close()

    # --- Answers ---------------------------------------------------------------------------------

    def _on_done(self, key: object, taken: tuple[Taken, ...]) -> None:
        if key is self._asked:
            self._asked = None
            self.status, self.taken = "found", taken
            self.choose(0)

    def _on_failed(self, key: object, problem: Problem) -> None:
        if key is self._asked:
            self._asked = None
            self.status, self.problem = "failed", problem
            self.changed.emit()


def fitted(now: Mapping[str, Any], proposed: Mapping[str, Any]) -> dict[str, Any]:
    """The recipe of now with the proposed dataset. What then does not fit is taken from the
    proposal too: a component as a whole, of the other sections single options."""
    data = {**now, "dataset": proposed["dataset"]}
    for _ in range(2 * len(SECTIONS)):
        places = {_place_of(problem.path) for problem in Recipe.problems(data)} - {"dataset"}
        before = data
        for place in places:
            data = with_value(data, place, value_at(proposed, place))
        if data == before:
            break
    return data


def _place_of(path: str) -> str:
    section, _, rest = path.partition(".")
    if section in COMPONENT_SECTIONS or not rest:
        return section
    return f"{section}.{rest.partition('.')[0]}"


# --- On the preview thread -----------------------------------------------------------------------


def _propose(path: Path) -> Proposal:
    from engine.inspection.propose import propose

    return propose(path)


def _look(propose: Propose, path: Path) -> tuple[Taken, ...]:
    """What the path may be taken for, the likeliest first."""
    proposal = propose(path)
    return tuple(_taken(each) for each in (proposal, *proposal.alternatives))


def _taken(proposal: Proposal) -> Taken:
    title = COMPONENTS.get("dataset", proposal.kind).title
    try:
        recipe = Recipe.parse(proposal.data)
        line = declared.facts_line(recipe.dataset.facts())
    except ProblemError as error:
        data = _written_out(proposal.data)
        problems = tuple(error.problems)
        return Taken(proposal.kind, title, "", proposal.reasons, data, problems)
    return Taken(proposal.kind, title, line, proposal.reasons, recipe.as_data())


def _written_out(data: Mapping[str, Any]) -> dict[str, Any]:
    """A recipe with problems, with every default that can be told nevertheless."""
    full = Recipe.parse(_PLAIN).as_data()
    for section, given in names_to_mappings(data).items():
        if section in COMPONENT_SECTIONS:
            full[section] = declared.filled(section, given)
        else:
            full[section] = {**full[section], **given} if isinstance(given, Mapping) else given
    optimizer, changes = full["optimizer"], full["regularization"]["augmentation"]
    optimizer["schedule"] = declared.filled("schedule", optimizer["schedule"])
    steps = [declared.filled("augmentation", step) for step in changes]
    full["regularization"]["augmentation"] = steps
    return full
