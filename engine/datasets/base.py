"""What every dataset component gives: facts before loading, then three splits of tensors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from engine.facts import Facts
from engine.schema import Component, option

if TYPE_CHECKING:
    import torch

    from engine.datasets.preprocess import Preprocess

Progress = Callable[[str, float | None], None]
"""Told what is being prepared and how far it is: 0 to 1, None if unknown. May raise to cancel."""


def silent(_message: str, _fraction: float | None) -> None:
    """A `Progress` that shows nothing."""


@dataclass(frozen=True)
class TensorData:
    """One split, raw as stored: `inputs` (N, *shape), `targets` (N,) int64 or (N, T) float32, or
    (N, length) token numbers of any integer type.

    Both may be views in which samples overlap, as the windows of a series do. `baselines` holds
    the mean absolute error of simple forecasts on exactly these samples, by name.
    """

    inputs: torch.Tensor
    targets: torch.Tensor
    baselines: tuple[tuple[str, float], ...] = ()

    def __len__(self) -> int:
        return int(self.inputs.shape[0])


@dataclass(frozen=True)
class Splits:
    """The three parts, and the preprocessing that was fitted on the training part alone."""

    train: TensorData
    val: TensorData
    test: TensorData
    facts: Facts
    preprocess: Preprocess
    notes: tuple[str, ...] = ()
    """What was assumed and, as `notes.LeftOut`, what was left out: lines for the log of a run."""
    content: str = ""
    """SHA-256 of all that the samples are made of, where it is known without reading them all."""
    normalised: str = ""
    """How, in a sentence, where that is not decided by the training part."""

    def class_counts(self, part: str = "train") -> torch.Tensor | None:
        """Samples (or tokens) of each class in one part: (classes,), or None without classes."""
        if self.facts.task not in ("classes", "tokens"):
            return None
        return self.named()[part].targets.flatten().bincount(minlength=len(self.facts.targets))

    def named(self) -> dict[str, TensorData]:
        """The parts by name, in order."""
        return {"train": self.train, "val": self.val, "test": self.test}


class Dataset(Component):
    """A source of samples. Options common to all: how the data is split and how much is used.

    A subclass has an official test part and cuts validation off its training part, or is a
    `SelfSplit` and cuts both.
    """

    kind: ClassVar[str] = "dataset"
    names_columns: ClassVar[frozenset[str]] = frozenset()
    """The options that hold names of columns of a table."""
    handed: ClassVar[bool] = False
    """Whether its images are in colours and yet mean another thing in a mirror, as signs do."""

    val_fraction: float = option(
        0.15, "Part of the training data set aside for validation.", gt=0, lt=1
    )
    split_seed: int = option(
        0, "Seed of the split; the same seed always gives the same split.", ge=0, advanced=True
    )
    subset: int | None = option(
        None,
        "Use only this many samples of all splits together, from all classes in proportion.",
        ge=10,
        unit="samples",
        advanced=True,
        typical=1000,
    )

    def facts(self) -> Facts:
        """Shape, task and names, without loading the data and without torch."""
        raise NotImplementedError

    def build(self, data_dir: Path, progress: Progress = silent) -> Splits:
        """Load, split and fit the preprocessing.

        `data_dir` is where downloads are kept. Raises ProblemError when the data cannot be had.
        """
        raise NotImplementedError

    def column_names(self) -> tuple[str, ...]:
        """The columns of the user's own table, which the options in `names_columns` can name; ()
        for data without. Raises ProblemError when the file cannot be read."""
        return ()

    def on_disk(self, data_dir: Path) -> bool:
        """Whether `build` would need no network. True for data that comes with the program."""
        return True


class SelfSplit(Dataset):
    """A dataset that comes in one piece: the test part is cut off first, then validation."""

    test_fraction: float = option(0.15, "Part of the data set aside for the test.", gt=0, lt=1)
