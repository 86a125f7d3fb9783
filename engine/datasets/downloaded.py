"""Datasets of torchvision that are fetched on first use and then stay in the data folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from engine.datasets.base import Dataset, Progress, Splits, TensorData, silent
from engine.problems import ProblemError

if TYPE_CHECKING:
    import torch

    from engine.datasets.download import Archive


class Downloaded(Dataset):
    """A dataset with an official test part, in the files and folders that torchvision uses.

    `source` names torchvision's class: addresses, checksums and file names come from there.
    Checksums are for what is downloaded; unpacked files are taken as they are found, and are
    damaged only if they cannot be read.
    """

    source: ClassVar[str]

    def build(self, data_dir: Path, progress: Progress = silent) -> Splits:
        """Fetch and unpack what is missing below `data_dir`, torchvision's root; read; split."""
        from engine.datasets.download import fetch, unreadable
        from engine.datasets.tensors import split_official

        source = self._torchvision()
        try:
            archives = self._missing(source, data_dir)
        except OSError as error:
            raise ProblemError(unreadable(data_dir, error)) from None
        fetch(self.title, archives, self.facts().download, progress)
        for count, archive in enumerate(archives):
            progress(f"Unpacking {self.title}", count / len(archives))
            self._unpack(source, archive.path)
        progress(f"Reading {self.title}", None)
        return split_official(self, *(self._read(source, data_dir, part) for part in (True, False)))

    def on_disk(self, data_dir: Path) -> bool:
        """Whether every archive is below `data_dir`, or what is unpacked from it."""
        try:
            missing = self._missing(self._torchvision(), data_dir)
            return all(archive.path.is_file() for archive in missing)
        except OSError:
            return True  # it is there and cannot be read, which `build` explains

    def _torchvision(self) -> Any:
        """Torchvision's class of this dataset."""
        # torchvision must be mended before it is imported.
        from engine import torchsetup as torchsetup  # isort: skip
        from torchvision import datasets

        return getattr(datasets, self.source)

    def _missing(self, source: Any, root: Path) -> Sequence[Archive]:
        """The archives whose content is not there."""
        raise NotImplementedError

    def _unpack(self, source: Any, archive: Path) -> None:
        """Put an archive's content beside it."""
        raise NotImplementedError

    def _read(self, source: Any, root: Path, train: bool) -> TensorData:
        """One official part, uint8 (N, C, H, W) and int64 (N,), checked."""
        raise NotImplementedError

    def _checked(self, path: Path, images: torch.Tensor, labels: torch.Tensor) -> TensorData:
        """The part, if it is as the facts say; else the problem, which names the file."""
        import torch

        from engine.datasets.download import damaged

        facts = self.facts()
        fits = images.dim() == 4 and tuple(images.shape[1:]) == facts.shape and len(images) > 1
        if not fits:
            shown = "x".join(map(str, facts.shape))
            raise ProblemError(damaged(self.title, path, f"it holds no images of {shown}"))
        known = torch.isin(labels, torch.arange(len(facts.targets)))
        if len(images) != len(labels) or not known.all():
            raise ProblemError(damaged(self.title, path, "its labels do not fit its images"))
        return TensorData(images, labels)
