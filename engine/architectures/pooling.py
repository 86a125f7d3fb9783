"""How the steps of a sequence become one vector: (N, T, F) to (N, F), padding left out."""

from __future__ import annotations

from typing import Literal

from torch import Tensor, cat, nn

from engine.architectures.tokens import AlongText

Pooling = Literal["last", "mean", "max", "attention"]


class LastState(AlongText):
    """The state after the whole sequence.

    With two directions the second half of the features was read backwards, so that its last
    state stands at the first step.
    """

    def __init__(self, bidirectional: bool = False) -> None:
        super().__init__()
        self.bidirectional = bidirectional

    def forward(self, states: Tensor, real: Tensor | None = None) -> Tensor:
        """Pick the last step, of each direction its own."""
        if not self.bidirectional:
            return _last(states, real)
        forwards, backwards = states.chunk(2, dim=2)
        return cat([_last(forwards, real), backwards[:, 0]], dim=1)


def _last(states: Tensor, real: Tensor | None) -> Tensor:
    if real is None:
        return states[:, -1]
    places = (real.sum(1) - 1)[:, None, None].expand(-1, 1, states.shape[2])
    return states.gather(1, places).squeeze(1)


class MeanOfSteps(AlongText):
    """The mean over all steps."""

    def forward(self, states: Tensor, real: Tensor | None = None) -> Tensor:
        """Average what is there."""
        if real is None:
            return states.mean(1)
        shares = real.to(states.dtype)
        return (states * shares[:, :, None]).sum(1) / shares.sum(1, keepdim=True)


class MaxOfSteps(AlongText):
    """The largest value of each feature over all steps."""

    def forward(self, states: Tensor, real: Tensor | None = None) -> Tensor:
        """Look for it where a step is there."""
        if real is not None:
            states = states.masked_fill(~real[:, :, None], float("-inf"))
        return states.amax(1)


class AttentionOverSteps(AlongText):
    """A mean whose weights are learned: softmax over a score of each step (Lin et al. 2017)."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.score = nn.Linear(features, 1)

    def forward(self, states: Tensor, real: Tensor | None = None) -> Tensor:
        """Weigh the steps that are there."""
        scores: Tensor = self.score(states)
        if real is not None:
            scores = scores.masked_fill(~real[:, :, None], float("-inf"))
        return (states * scores.softmax(1)).sum(1)


def pooling_layer(name: Pooling, features: int, bidirectional: bool = False) -> AlongText:
    """The layer for (N, T, features)."""
    if name == "last":
        return LastState(bidirectional)
    if name == "attention":
        return AttentionOverSteps(features)
    return MeanOfSteps() if name == "mean" else MaxOfSteps()
