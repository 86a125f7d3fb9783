"""Muon for the matrices inside a network, AdamW for everything else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.optimizers.base import OptimizerComponent, stability
from engine.problems import Problem
from engine.schema import option, register

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer


@register
class Muon(OptimizerComponent):
    """Orthogonal steps for hidden matrices, AdamW for all else (Jordan and others 2024).

    AdamW takes embeddings, the last layer, biases, norms, and whatever is no matrix.
    """

    title: ClassVar[str] = "Muon"
    name: Literal["muon"] = "muon"

    momentum: float = option(
        0.95, "How much of the last step is kept in the next.", ge=0, lt=1, live=True
    )
    nesterov: bool = option(
        True, "Look ahead along the momentum before making it orthogonal.", advanced=True
    )
    iterations: int = option(
        5, "Newton-Schulz iterations that make a step orthogonal.", ge=1, le=99, advanced=True
    )
    adjust: Literal["match_rms_adamw", "original"] = option(
        "match_rms_adamw", "Size of a matrix's step: like AdamW's, so that one learning rate suits"
        " both; or by its shape, as first published.", advanced=True,
    )  # fmt: skip
    beta1: float = option(
        0.9, "AdamW's decay of the mean gradient.", ge=0, lt=1, advanced=True, live=True
    )
    beta2: float = option(
        0.999, "AdamW's decay of the mean squared gradient.", ge=0, lt=1, advanced=True, live=True
    )
    eps: float = stability(1e-8)

    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """One optimizer of both. A group that does not say `muon` is parted by its shapes."""
        from engine.optimizers.combined import MuonAndAdamW

        marked = [part for group in groups for part in _by_shape(group)]
        muon = {
            "lr": self.lr, "momentum": self.momentum, "nesterov": self.nesterov,
            "ns_steps": self.iterations, "adjust_lr_fn": self.adjust,
        }  # fmt: skip
        adamw = {"lr": self.lr, "betas": (self.beta1, self.beta2), "eps": self.eps}
        return MuonAndAdamW(marked, muon, adamw)

    def regrouped(self, groups: list[dict[str, Any]], network: nn.Module) -> list[dict[str, Any]]:
        """Each group parted in two: hidden matrices (`muon`), and the others."""
        from engine.optimizers.hidden import hidden_matrices

        hidden = {id(matrix) for matrix in hidden_matrices(network)}
        return [
            {**group, "params": [p for p in group["params"] if (id(p) in hidden) == muon],
             "muon": muon}
            for group in groups for muon in (True, False)
        ]  # fmt: skip

    def check(self, recipe: Any) -> Iterator[Problem]:
        """The one architecture that never has a hidden layer."""
        yield from super().check(recipe)
        if recipe.architecture.name == "linear":
            yield _NOTHING_HIDDEN

    def unfit(self, network: nn.Module) -> Iterator[Problem]:
        """A network without such matrices would be trained by AdamW alone."""
        from engine.optimizers.hidden import hidden_matrices

        if not hidden_matrices(network):
            yield _NOTHING_HIDDEN


_NOTHING_HIDDEN = Problem(
    "optimizer", "muon trains the matrices of hidden layers, and this network has none",
    "choose adamw, or add hidden linear layers",
)  # fmt: skip


def _by_shape(group: dict[str, Any]) -> list[dict[str, Any]]:
    if "muon" in group:
        return [group]
    return [
        {**group, "params": [p for p in group["params"] if (p.dim() == 2) == muon], "muon": muon}
        for muon in (True, False)
    ]
