"""The score of every batch, worked out for many batches at once."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.datasets.preprocess import Preprocess
from engine.facts import Facts
from engine.training.metrics import class_scores

HELD = 1 << 20
"""Numbers that are held back at most: 4 MB of answers."""


class Scores:
    """Accuracy of each batch, or the mean absolute error in the data's own units.

    Four small kernels for every batch would cost a small network a thirtieth of its speed, so
    answers of one shape wait for each other. What they give does not depend on how many waited:
    counts are exact. The mean of an error is not, and is taken at once.
    """

    def __init__(self, facts: Facts, preprocess: Preprocess) -> None:
        self._facts, self._preprocess = facts, preprocess
        self._waiting: list[tuple[Tensor, Tensor]] = []
        self._held = 0
        self._done: list[Tensor] = []
        self.at_once = False
        """Whether no answers may wait: CUDA graphs write those of every step to the same place."""

    def add(self, outputs: Tensor, targets: Tensor) -> None:
        """A batch's answers, aligned with their targets; without a graph."""
        if self._facts.task == "regression":
            self.put((self._preprocess.unscale(outputs) - targets).abs().mean())
            return
        if self._waiting and self._waiting[-1][0].shape != outputs.shape:
            self._work_out()
        self._waiting.append((outputs, targets))
        self._held += outputs.numel()
        if self.at_once or self._held > HELD:
            self._work_out()

    def put(self, score: Tensor) -> None:
        """A batch whose score () is known already."""
        self._work_out()
        self._done.append(score.reshape(1))

    def take(self) -> Tensor:
        """The scores (batches,) since the last time, in order."""
        self._work_out()
        done, self._done = self._done, []
        return torch.cat(done) if done else torch.zeros(0)

    def _work_out(self) -> None:
        """Of outputs (batches, N, C) and targets (batches, N) or (batches, N, C)."""
        if not self._waiting:
            return
        waiting, self._waiting, self._held = self._waiting, [], 0
        outputs = _stacked([outputs for outputs, _ in waiting])
        targets = _stacked([targets for _, targets in waiting])
        if self._facts.task == "multilabel":
            right = (outputs > 0) == targets.bool()
        else:
            shape = targets.shape
            # of each row; argmax(1) gives the same and takes half as long again
            best = class_scores(outputs.flatten(0, 1), self._facts).max(1).indices
            right = best.view(shape) == targets
        self._done.append(right.view(len(waiting), -1).float().mean(1))


def _stacked(tensors: list[Tensor]) -> Tensor:
    """A single one is not copied: the answers of a language model are as large as its network."""
    return torch.stack(tensors) if len(tensors) > 1 else tensors[0][None]
