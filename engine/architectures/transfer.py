"""Architectures that may begin with weights learned elsewhere: which, and what of them learns on.

Nothing here imports torch until a network is at hand.
"""

from __future__ import annotations

import os.path
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator

from engine.architectures.base import Architecture, HeadNorm
from engine.facts import Kind as InputKind
from engine.problems import Problem
from engine.schema import IsPath, option

if TYPE_CHECKING:
    from torch import nn

    from engine.architectures.weights.matching import Matched
    from engine.datasets.base import Progress, Splits
    from engine.facts import Facts

PUBLISHED = "published"
"""In the place of a path: the weights that the network's authors have published."""
BACKBONE = "backbone"
"""The name that the part with such weights has in every network with a head of its own."""

Tune = Literal["all", "head", "last_blocks", "gradual"]


def _place(text: str) -> str:
    """The path made absolute: the recipe of a run is read again in other folders."""
    text = text.strip()
    if text in ("", "none", PUBLISHED):
        return "" if text == "none" else text
    return os.path.abspath(os.path.expanduser(text))


WeightsPath = Annotated[str, IsPath(), AfterValidator(_place)]
"""None (empty), the published ones, or a file."""


class Transfer(Architecture):
    """A backbone that may have learned elsewhere, and a new head for what is to be told apart.

    The network that `build` gives is an `engine.architectures.heading.Headed`.
    """

    inputs: ClassVar[tuple[InputKind, ...]] = ("image",)

    weights: WeightsPath = option(
        "",
        "Weights to begin with: none if empty, published for those of the network's authors, or a"
        " file (.pth or .safetensors).",
        empty="none",
    )
    tune: Tune = option(
        "all",
        "What learns: all of it, the new head alone, the last blocks too, or at first the head and"
        " then more and more blocks.",
    )
    blocks: int = option(
        1, "How many last blocks learn with last_blocks; how many more each time with gradual.",
        ge=1, le=1000, unit="blocks", advanced=True,
    )  # fmt: skip
    unfreeze_every: int = option(
        1, "With gradual: epochs until more blocks learn.", ge=1, le=100_000, unit="epochs",
        advanced=True,
    )  # fmt: skip
    backbone_lr: float = option(
        1.0, "Learning rate of all but the head, as a factor of the optimizer's.", gt=0, le=1000,
        scale="log", advanced=True,
    )  # fmt: skip
    head_norm: HeadNorm = option(
        "layer",
        "What brings a sample's features to one scale before the last layer; networks differ much"
        " in theirs.",
        advanced=True,
    )

    def check(self, recipe: Any) -> Iterator[Problem]:
        """What an optimizer that takes all weights alike cannot do."""
        yield from super().check(recipe)
        if recipe.optimizer.name != "lbfgs":
            return
        if self.tune == "gradual":
            sentence = "lbfgs moves all weights along steps that it remembers: none can join later"
            yield Problem("architecture.tune", sentence, "choose another, or optimizer adamw")
        if self.backbone_lr != 1:
            sentence = "lbfgs has one learning rate for all weights"
            yield Problem("architecture.backbone_lr", sentence, "set it to 1")

    # --- What learns -----------------------------------------------------------------------------

    def frozen(self, network: nn.Module, epoch: int) -> tuple[str, ...]:
        """The names of layers (or single parameters) that do not learn in this epoch, from 0."""
        if self.tune == "all":
            return ()
        learning = {"head": 0, "last_blocks": self.blocks}.get(
            self.tune, self.blocks * (epoch // self.unfreeze_every)
        )
        if not learning:
            return (BACKBONE,)
        blocks = self.blocks_of(network.get_submodule(BACKBONE))
        kept = blocks[: max(0, len(blocks) - learning)]
        return tuple(f"{BACKBONE}.{name}" for block in kept for name in block)

    def blocks_of(self, backbone: nn.Module) -> list[tuple[str, ...]]:
        """The backbone's blocks from its input on, each as the names of the layers in it."""
        from engine.architectures.blocks import blocks_of

        return blocks_of(backbone)

    def resting(self, network: nn.Module, epoch: int) -> tuple[str, ...]:
        """The names of layers that compute as after the training: frozen ones as a whole."""
        return self.frozen(network, epoch)

    def lr_scale(self, parameter: str) -> float:
        """The factor of the learning rate for a parameter of this name."""
        return self.backbone_lr if parameter.startswith(f"{BACKBONE}.") else 1.0

    # --- What belongs to the weights -------------------------------------------------------------

    def matched(self, recipe: Any, facts: Facts, progress: Progress) -> Matched | None:
        """The weights to begin with, where they are not one file by the network's own names; None
        where they are. ProblemError when they cannot be read."""
        return None

    def normalization(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Mean and deviation (3,) of the images that the weights were made for, white being 1.
        ProblemError when the network is not known."""
        raise NotImplementedError

    def prepared(self, splits: Splits) -> Splits:
        """With weights, normalised as belongs to them instead of by the statistics of the data."""
        if not self.weights:
            return splits
        from engine.architectures.weights.normalizing import normalized

        return normalized(splits, *self.normalization())


class PictureTransfer(Transfer):
    """A backbone for pictures, which may have batch normalization."""

    batch_norm: Literal["learns", "keeps"] = option(
        "learns",
        "Whether batch normalization in learning blocks follows the new data or keeps the"
        " statistics that it has; in frozen blocks it always keeps them.",
        advanced=True,
    )

    def resting(self, network: nn.Module, epoch: int) -> tuple[str, ...]:
        """The names of layers that compute as after the training: frozen ones as a whole, and
        batch normalization that keeps its statistics."""
        from torch import nn

        frozen = super().resting(network, epoch)
        if self.batch_norm == "learns":
            return frozen
        norms = (
            name for name, part in network.get_submodule(BACKBONE).named_modules()
            if isinstance(part, nn.modules.batchnorm._BatchNorm)
        )  # fmt: skip
        return (*frozen, *(f"{BACKBONE}.{name}" for name in norms))
