"""The view of a recipe's data with augmented copies beside the originals, as training has them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.datasets.base import Progress, Splits, silent
from engine.views import DataView

if TYPE_CHECKING:
    from engine.recipe import Recipe

SAMPLES = 40
COPIES = 4


def data_view(
    recipe: Recipe,
    data_dir: Path,
    progress: Progress = silent,
    download: bool = True,
    copies: int = COPIES,
    seed: int = 0,
) -> DataView:
    """Samples, counts and statistics, and `copies` of each sample as training makes them.

    The copies are those of the epochs `seed * copies` onwards, so that the seed 0 shows what the
    first epochs of a training learn from, and each other seed the next ones. Raises ProblemError
    when the data cannot be had: with the path "dataset.download" when it is not on disk and
    `download` is false.
    """
    from engine.datasets.preview.view import load

    return view_with_copies(recipe, data_dir, load(recipe, data_dir, download, progress), copies,
                            seed)  # fmt: skip


def view_with_copies(
    recipe: Recipe, data_dir: Path, splits: Splits, copies: int = COPIES, seed: int = 0
) -> DataView:
    """The same of splits that are already loaded."""
    from engine.datasets.preview.view import Copies, Place, view_of
    from engine.training.augment import Augment

    augment = Augment.of(recipe, splits.preprocess)
    drawn = Copies(augment, copies, seed * copies) if augment and copies > 0 else None
    return view_of(splits, SAMPLES, Place(recipe.dataset, data_dir), drawn)
