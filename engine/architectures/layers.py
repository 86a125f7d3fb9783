"""The small layers that architectures share, by the names that the schema offers."""

from __future__ import annotations

from torch import nn

from engine.architectures.base import Activation, Norm

_ACTIVATIONS: dict[Activation, type[nn.Module]] = {
    "relu": nn.ReLU,
    "gelu": nn.GELU,
    "tanh": nn.Tanh,
    "silu": nn.SiLU,
    "leaky_relu": nn.LeakyReLU,
    "sigmoid": nn.Sigmoid,
}


def activation(name: Activation) -> nn.Module:
    """A fresh activation layer."""
    return _ACTIVATIONS[name]()


def dropout_layer(p: float) -> nn.Module:
    """A dropout layer, at 0 too: it can be raised while training, and an idle one hands its input
    on without a copy or a random number."""
    return nn.Dropout(p)


def set_dropout(network: nn.Module, p: float) -> None:
    """Let every dropout layer of a network drop this part from now on, but those of own code that
    were made with another part."""
    for part in network.modules():
        if isinstance(part, nn.Dropout) and not getattr(part, "fixed", False):
            part.p = p


def groups_for(channels: int) -> int:
    """The largest number of groups up to 8 that divides the channels (Wu and He 2018 use 32).

    A group keeps at least four channels: normalising single numbers would leave only zeros.
    """
    return next(
        groups for groups in (8, 4, 2, 1)
        if groups == 1 or (channels % groups == 0 and channels >= 4 * groups)
    )  # fmt: skip


def norm_1d(name: Norm, features: int) -> list[nn.Module]:
    """Normalization of (N, features), or nothing."""
    if name == "none":
        return []
    if name == "batch":
        return [nn.BatchNorm1d(features)]
    if name == "layer":
        return [nn.LayerNorm(features)]
    return [nn.GroupNorm(groups_for(features), features)]


def norm_2d(name: Norm, channels: int) -> list[nn.Module]:
    """Normalization of (N, channels, H, W), or nothing; layer norm is over channels and places."""
    if name == "none":
        return []
    if name == "batch":
        return [nn.BatchNorm2d(channels)]
    if name == "layer":
        return [nn.GroupNorm(1, channels)]
    return [nn.GroupNorm(groups_for(channels), channels)]
