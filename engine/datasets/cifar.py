"""CIFAR-10 and CIFAR-100."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal

from engine.datasets.base import TensorData
from engine.datasets.download import damaged, unreadable
from engine.datasets.tarred import Tarred
from engine.facts import Facts
from engine.problems import ProblemError
from engine.schema import register


class CifarLike(Tarred):
    """Colour images of 32x32 pixels, in CIFAR's batches.

    torchvision's class gives addresses, names and checksums, but is not asked to read: it would
    unpickle the files as they are (see `pickled`).
    """

    def _names(self, source: Any) -> list[str]:
        return _batches(source)

    def _beside(self, source: Any) -> tuple[str, ...]:
        return (str(source.meta["filename"]),)  # the class names

    def _read(self, source: Any, root: Path, train: bool) -> TensorData:
        import torch

        names = [name for name, _md5 in (source.train_list if train else source.test_list)]
        parts = [self._read_batch(root / source.base_folder / name) for name in names]
        return TensorData(
            torch.cat([part.inputs for part in parts]), torch.cat([part.targets for part in parts])
        )

    def _read_batch(self, path: Path) -> TensorData:
        import torch

        from engine.datasets.pickled import read_batch

        try:
            pixels, labels = read_batch(path)
        except OSError as error:
            raise ProblemError(unreadable(path, error)) from None
        except ValueError as error:
            raise ProblemError(damaged(self.title, path, str(error))) from None
        images = torch.from_numpy(pixels.copy())
        if images.dim() == 2 and images.shape[1] == self.facts().inputs:
            images = images.view(-1, *self.facts().shape)
        return self._checked(path, images, torch.tensor(labels))


def _batches(source: Any) -> list[str]:
    return [name for name, _md5 in (*source.train_list, *source.test_list)]


@register
class Cifar10(CifarLike):
    """60,000 small colour photographs of ten kinds of animals and vehicles (Krizhevsky 2009)."""

    title: ClassVar[str] = "CIFAR-10"
    source: ClassVar[str] = "CIFAR10"
    name: Literal["cifar10"] = "cifar10"

    def facts(self) -> Facts:
        """Three channels, ten classes."""
        classes = (
            "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship",
            "truck",
        )  # fmt: skip
        return Facts(
            "image", (3, 32, 32), "classes", classes, 60_000, download=170_498_071,
            licence="none stated by the authors", official_test=10_000,
        )  # fmt: skip


@register
class Cifar100(CifarLike):
    """60,000 small colour photographs of a hundred kinds of things, 600 each (Krizhevsky 2009)."""

    title: ClassVar[str] = "CIFAR-100"
    source: ClassVar[str] = "CIFAR100"
    name: Literal["cifar100"] = "cifar100"

    def facts(self) -> Facts:
        """Three channels, a hundred classes."""
        return Facts(
            "image", (3, 32, 32), "classes", _CIFAR100_CLASSES, 60_000, download=169_001_437,
            licence="none stated by the authors", official_test=10_000,
        )  # fmt: skip


_CIFAR100_CLASSES = tuple(  # in the order of the fine labels
    """
    apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus
    butterfly camel can castle caterpillar cattle chair chimpanzee clock cloud cockroach couch
    crab crocodile cup dinosaur dolphin elephant flatfish forest fox girl hamster house kangaroo
    keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle mountain mouse
    mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate poppy
    porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper
    snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television
    tiger tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm
    """.split()  # noqa: SIM905  a hundred quoted words are no easier to read
)
