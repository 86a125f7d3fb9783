"""What the downloaded sets of pictures have in common: archives, folders, a decoded cache."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from engine.datasets.base import Dataset, Progress, Splits, silent
from engine.datasets.resampling import Interpolation
from engine.facts import Facts
from engine.problems import ProblemError
from engine.schema import FOUND, Component, option


@dataclass(frozen=True)
class Package:
    """A file to download. Paths are below the data folder, as torchvision has them.

    `inside` of the archive becomes `to`, `within` an archive in it if it says so; a file without
    `inside` stays as it is.
    """

    file: str
    url: str
    md5: str
    inside: str = ""
    to: str = ""
    within: str = ""

    @property
    def content(self) -> str:
        """What there is when all is done."""
        return self.to or self.file


@dataclass(frozen=True)
class Listed:
    """One picture: its path below the set's folder, its class, and its part (train, val, test)."""

    file: str
    target: int
    part: Literal["train", "val", "test"] = "train"


class PictureOptions(Component):
    """What is made of each picture: a base, so that these options come first."""

    size: int | None = option(
        None,
        "Side of the square that every picture becomes; 64 unless given, or what the network's"
        " weights were made for.",
        ge=4, le=1024, unit="pixels", typical=64, empty=FOUND,
    )  # fmt: skip
    resize: Literal["crop", "pad", "stretch"] = option(
        "crop", "Make pictures square by cutting off the ends, by a black border, or by distortion."
    )
    zoom: float | None = option(
        None,
        "How many times as long a picture's sides are made before the middle is cut out: above 1"
        " its edges are left out, as many pretrained networks are used to.",
        ge=1, le=4, advanced=True, typical=1.1429, empty="1",
    )  # fmt: skip
    interpolation: Interpolation = option(
        "auto",
        "How pictures are brought to their size; auto is what the network's weights are used to, or"
        " bilinear.",
        advanced=True,
    )
    storage: Literal["auto", "memory", "disk"] = option(
        "auto",
        "Where decoded pictures are while training; auto takes the memory if there is room.",
        advanced=True,
    )


class PictureSet(Dataset, PictureOptions):
    """A set of pictures of one class each, in the files and folders that torchvision uses.

    `base` is the folder of the set, `side` that of its pictures unless another is given. Checksums
    are for what is downloaded; unpacked files are taken as they are found, and those that cannot be
    read are left out, up to 5 % of them.
    """

    base: ClassVar[str]
    packages: ClassVar[tuple[Package, ...]]
    side: ClassVar[int] = 64
    classes: ClassVar[tuple[str, ...]]
    samples: ClassVar[int]
    official_test: ClassVar[int] = 0
    download: ClassVar[int]
    licence: ClassVar[str]

    def facts(self) -> Facts:
        """Three channels at the size that is asked for."""
        size = self.size or self.side
        return Facts(
            "image", (3, size, size), "classes", self.classes, self.samples,
            download=self.download, licence=self.licence, official_test=self.official_test,
        )  # fmt: skip

    def on_disk(self, data_dir: Path) -> bool:
        """Whether every archive is below `data_dir`, or what is unpacked from it."""
        return all((data_dir / p.file).is_file() for p in self._missing(data_dir))

    def build(self, data_dir: Path, progress: Progress = silent) -> Splits:
        """Fetch and unpack what is missing below `data_dir`; decode once, into a cache; divide."""
        from engine.datasets.download import Archive, fetch
        from engine.datasets.image_folder.assemble import assemble
        from engine.datasets.pictures.surveyed import making, surveyed
        from engine.datasets.unpack import Wanted, unpack

        missing = self._missing(data_dir)
        archives = [Archive(data_dir / p.file, (p.url,), p.md5) for p in missing]
        fetch(self.title, archives, self.download, progress)
        for package in missing:
            if package.inside:
                wanted = Wanted(package.inside, data_dir / package.to, package.within)
                unpack(self.title, data_dir / package.file, wanted, progress)
        root = data_dir / self.base
        survey = surveyed(root, self._listed(root), self.classes)
        return assemble(survey, self.facts(), making(self, data_dir), progress)

    def _missing(self, data_dir: Path) -> Sequence[Package]:
        """The files whose content is not there."""
        return [p for p in self.packages if not (data_dir / p.content).exists()]

    def _listed(self, root: Path) -> Iterable[Listed]:
        """Every picture of the set. Raises ProblemError when a list of them cannot be read."""
        return self._checked(root, self._pictures(root))

    def _checked(self, root: Path, found: Iterable[Listed]) -> list[Listed]:
        from engine.datasets.download import damaged, unreadable

        try:
            pictures = list(found)
        except OSError as error:
            raise ProblemError(unreadable(root, error)) from None
        except (ValueError, KeyError, TypeError, IndexError) as error:
            reason = f"its lists of pictures cannot be read ({error})"
            raise ProblemError(damaged(self.title, root, reason)) from None
        learned = {picture.target for picture in pictures if picture.part == "train"}
        gone = [name for number, name in enumerate(self.classes) if number not in learned]
        if gone:
            reason = f"pictures of {gone[0]} are missing"
            raise ProblemError(damaged(self.title, root, reason))
        return pictures

    def _pictures(self, root: Path) -> Iterable[Listed]:
        """The pictures as the set's own lists and folders have them; may raise ValueError,
        KeyError, TypeError, IndexError or OSError where those are damaged."""
        raise NotImplementedError


def files_in(folder: Path, suffix: str) -> list[str]:
    """The names of the pictures in a folder, sorted. Raises OSError."""
    return sorted(path.name for path in folder.iterdir() if path.suffix.lower() == suffix)
