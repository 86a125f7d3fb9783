"""The data under the eye: loaded again when its options change, whatever else is wrong with the
recipe, and with other augmented copies on request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from engine.consent import NotAllowed
from engine.datasets.base import Dataset, Progress
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.views import DataView
from gui.presenters import declared
from gui.presenters.dotted import is_within
from gui.presenters.previews import Load, Preview, PreviewWorker
from gui.presenters.recipe import RecipePresenter

CANCELLED = "preview.cancelled"
"""The path of the problem that loading was cancelled."""
_AUGMENTATION = "regularization.augmentation"


class LoadData(Protocol):
    """Loads the view of a recipe's data with the copies of some seed."""

    def __call__(self, recipe: Recipe, progress: Progress, seed: int = 0) -> DataView:
        """Called on the preview thread."""


class DataPreview(Preview[DataView]):
    """The data of the recipe, once its panel is in sight.

    The dataset alone has to be valid: one looks first and mends loss and network afterwards.
    """

    def __init__(self, worker: PreviewWorker, recipe: RecipePresenter, load: LoadData) -> None:
        self._load_data = load
        self._last_valid: Recipe | None = recipe.recipe
        self._seed = 0
        self._shown: Any = None
        self._requested: Any = None
        self._fetching: object = None
        super().__init__(worker, recipe, ("dataset",), lambda r, report: load(r, report, 0))
        recipe.saved.connect(self._on_opened)

    # --- Reading ---------------------------------------------------------------------------------

    @property
    def dataset(self) -> Any:
        """The chosen dataset as plain data, with what the architecture fills in."""
        return self._recipe.filled.get("dataset")

    @property
    def refreshing(self) -> bool:
        """Whether what is shown stays in sight while it is loaded anew: it is of the same data."""
        same = self.value is not None and self._shown == self.dataset
        return self.status == "loading" and same

    def subject(self) -> Recipe | None:
        """The recipe to look at. Where other sections have problems, the last valid one with the
        dataset of now; None where the dataset itself is not right."""
        if self._recipe.recipe is not None:
            self._last_valid = self._recipe.recipe
            return self._last_valid
        if self._last_valid is None or self._problem_of_dataset() is not None:
            return None
        dataset = self._dataset_alone()
        if dataset is None:
            return None
        plain = self._last_valid.regularization.model_copy(update={"augmentation": ()})
        return self._last_valid.model_copy(update={"dataset": dataset, "regularization": plain})

    def _dataset_alone(self) -> Dataset | None:
        cls = declared.component_at(self._recipe.data, "dataset")
        if cls is None:
            return None
        try:
            dataset = cls.model_validate(self.dataset)
        except (ValueError, ProblemError):
            return None
        return dataset if isinstance(dataset, Dataset) else None

    def _problem_of_dataset(self) -> Problem | None:
        """What keeps the data from being loaded, a file of code that may not run first of all."""
        own = [p for p in self._recipe.problems if is_within(p.path, "dataset")]
        return next((p for p in own if isinstance(p, NotAllowed)), own[0] if own else None)

    # --- Asking ----------------------------------------------------------------------------------

    def other_copies(self) -> None:
        """Draw the augmented copies anew, as the next epochs do."""
        self._seed += 1
        seed = self._seed
        self._request(lambda recipe, report: self._load_data(recipe, report, seed))

    def again(self) -> None:
        """Load once more what was cancelled or failed."""
        self._request(self._load)

    def fetch(self, fetch: Callable[[Progress], None]) -> None:
        """Bring what the dataset cannot be read without, and then look at the recipe anew."""
        self._basis = self._current_basis()
        self._fetching, report = self._begin()
        self._worker.request(self._fetching, lambda: fetch(report))

    def cancel(self) -> None:
        """Stop loading. What is shown stays, if there is anything."""
        if self.status != "loading":
            return
        fetching, self._asked = self._asked is self._fetching, None
        if fetching:
            self._ask()
        elif self.refreshing:
            self.status, self.words = "shown", ""
        else:
            problem = Problem(CANCELLED, "Loading was cancelled")
            self.status, self.value, self.problem = "failed", None, problem
        self.changed.emit()

    # --- How it differs from other previews ------------------------------------------------------

    def _current_basis(self) -> list[Any]:
        augmentation = self._recipe.get(_AUGMENTATION)
        seed = self._recipe.get("training.seed") if augmentation else None
        return [self.dataset, self._comes_with_the_network(), augmentation, seed]

    def _comes_with_the_network(self) -> Any:
        """What the architecture fills into the dataset, and for which network: pretrained weights
        have a size and a normalisation of their own. None where nothing does."""
        recipe = self._recipe.recipe or self._last_valid
        if recipe is None:
            return None
        filled = recipe.architecture.dataset_defaults()
        return [filled, getattr(recipe.architecture, "model", "")] if filled else None

    def _request(self, load: Load[DataView]) -> None:
        self._requested = self.dataset
        super()._request(load)

    def _on_opened(self) -> None:
        """Another recipe has been opened: what is in sight is of other data."""
        if self.status == "shown" and self._shown != self.dataset:
            self.status, self.value = "waiting", None
            self.changed.emit()

    def _ask(self) -> None:
        problem = None if self._recipe.recipe is not None else self._problem_of_dataset()
        if problem is not None:
            self._asked = self._basis = None
            self.status, self.value, self.problem = "failed", None, problem
            self.changed.emit()
        elif self._current_basis() != self._basis:
            self._seed = 0
            self._request(self._load)

    def _on_done(self, key: object, value: DataView) -> None:
        if key is not self._asked:
            return
        if key is self._fetching:
            self._asked = self._basis = None
            self._recipe.look_again()
        elif self._requested != self.dataset:  # which is about to be asked for
            self._asked = self._basis = None
        else:
            self._shown = self.dataset
            super()._on_done(key, value)
