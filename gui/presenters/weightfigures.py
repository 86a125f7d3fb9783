"""The numbers in the network's tensors, read while somebody reads about one of its parts."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from engine.model.figures import WeightFigures
from engine.recipe import Recipe
from engine.runs.folder import RunFolder
from gui.presenters.previews import Load, Preview, PreviewWorker
from gui.presenters.recipe import RecipePresenter, shape_of
from gui.presenters.training import TrainingPresenter

Read = Callable[[Recipe, Path | None], WeightFigures]
"""Reads what a run of the recipe has, or what it begins with. On the preview thread."""
_SECTIONS = ("dataset", "architecture", "loss", "training.seed")


class WeightsPreview(Preview[WeightFigures]):
    """Of the training or run that is shown, as long as its network is that of the open recipe.

    Read again when there is a newer checkpoint and the training's state is another, or somebody
    looks again: not with each of a training's checkpoints, which may be large.
    """

    def __init__(
        self,
        worker: PreviewWorker,
        recipe: RecipePresenter,
        training: TrainingPresenter,
        read: Read,
    ) -> None:
        self._training = training
        self._read = read
        super().__init__(worker, recipe, _SECTIONS, lambda recipe, _progress: read(recipe, None))
        training.changed.connect(self._consider)

    def run(self) -> Path | None:
        """The folder of the run that is shown; None if the open recipe has another network."""
        run, trained, recipe = self._training.run, self._training.trained, self.subject()
        if run is None or trained is None or recipe is None:
            return None
        return run if shape_of(trained) == shape_of(recipe) else None

    def _current_basis(self) -> list[Any]:
        run = self.run() if self._wanted else None
        return [*super()._current_basis(), run, _moments(run) if run is not None else ()]

    def _request(self, load: Load[WeightFigures]) -> None:
        run = self.run()
        if run is not None:
            load = lambda recipe, _progress: self._read(recipe, run)  # noqa: E731
        super()._request(load)


def _moments(run: Path) -> tuple[tuple[str, int], ...]:
    """Which checkpoints there are and when each was written."""
    found = []
    for path in RunFolder(run).checkpoints.glob("*.ckpt"):
        with suppress(OSError):  # replaced or deleted this moment
            found.append((path.name, path.stat().st_mtime_ns))
    return tuple(sorted(found))
