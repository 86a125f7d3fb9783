"""A network of two parts: a backbone that turns samples into features, and a head of one's own."""

from __future__ import annotations

from collections import OrderedDict

from torch import Tensor, nn

from engine.architectures.base import HeadNorm
from engine.architectures.layers import dropout_layer, set_dropout


class Headed(nn.Module):
    """`backbone` maps samples to features (N, F), `head` those to logits or values.

    `features` is F, `replaced` the name of the layer of the original that the head stands in for:
    its weights in a file are of no use; `replaced_shapes` are theirs by name, where known. The
    backbone drops nothing; the recipe's dropout stands in the head.
    """

    def __init__(
        self, backbone: nn.Module, features: int, outputs: int, dropout: float, norm: HeadNorm
    ) -> None:
        super().__init__()
        set_dropout(backbone, 0.0)  # it was meant for other data
        self.backbone = backbone
        layers: dict[str, nn.Module] = {"norm": nn.LayerNorm(features)} if norm == "layer" else {}
        layers |= {"dropout": dropout_layer(dropout), "linear": nn.Linear(features, outputs)}
        self.head = nn.Sequential(OrderedDict(layers))
        self.features = features
        self.replaced = ""
        self.replaced_shapes: dict[str, tuple[int, ...]] = {}

    def forward(self, samples: Tensor) -> Tensor:
        """(N, *shape) to (N, outputs)."""
        answers: Tensor = self.head(self.backbone(samples))
        return answers


def dropping(network: nn.Module) -> nn.Module:
    """The part of a network whose dropout is the recipe's to set."""
    return network.head if isinstance(network, Headed) else network


def with_channels(network: nn.Module, channels: int) -> None:
    """Let the first convolution, which reads three colours, read so many channels instead."""
    name, first = next(
        (name, part) for name, part in network.named_modules() if isinstance(part, nn.Conv2d)
    )
    if first.in_channels == channels:
        return
    made = nn.Conv2d(
        channels, first.out_channels, first.kernel_size, first.stride, first.padding,  # type: ignore[arg-type]
        first.dilation, bias=first.bias is not None,  # type: ignore[arg-type]
    )  # fmt: skip
    nn.init.kaiming_normal_(made.weight, mode="fan_out", nonlinearity="relu")
    if made.bias is not None:
        nn.init.zeros_(made.bias)
    network.set_submodule(name, made)
