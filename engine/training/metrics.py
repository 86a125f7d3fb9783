"""The metrics of each task, through torchmetrics; one evaluation is used everywhere."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from engine import torchsetup  # noqa: F401  before torchmetrics
from engine.datasets.base import TensorData
from engine.datasets.preprocess import Preprocess
from engine.facts import Facts
from engine.training.exact import TO_BE, global_states
from engine.training.loader import in_order

EVALUATION_BATCH = 256
"""Samples at once in an evaluation, at least: the last bits of a result depend on it."""


def build_metrics(facts: Facts) -> dict[str, nn.Module]:
    """Fresh torchmetrics objects by name, the loss left out."""
    import torchmetrics.classification as c
    import torchmetrics.regression as r

    count = len(facts.targets)
    if facts.task == "regression":
        return {
            "mae": r.MeanAbsoluteError(),
            "rmse": r.MeanSquaredError(squared=False),
            "r2": r.R2Score(),
        }
    if facts.task == "tokens":
        return {"accuracy": c.MulticlassAccuracy(count, average="micro")}
    if facts.task == "multilabel":
        return {
            "accuracy": c.MultilabelAccuracy(count),
            "f1": c.MultilabelF1Score(count, average="macro"),
        }
    metrics: dict[str, nn.Module] = {"accuracy": c.MulticlassAccuracy(count, average="micro")}
    if count > 5:
        metrics["top5_accuracy"] = c.MulticlassAccuracy(count, average="micro", top_k=5)
    return metrics | {"f1": c.MulticlassF1Score(count, average="macro")}


def class_scores(outputs: Tensor, facts: Facts) -> Tensor:
    """Logits with one column a class, also for a binary loss that has a single output."""
    if facts.binary and outputs.shape[1] == 1:
        return torch.cat([torch.zeros_like(outputs), outputs], dim=1)
    return outputs


def aligned(outputs: Tensor, targets: Tensor, facts: Facts) -> tuple[Tensor, Tensor]:
    """Outputs and targets as losses and metrics take them, one row a decision: every token of a
    text is one of its own, (N, length, V) as (N * length, V)."""
    if facts.task != "tokens":
        return outputs, targets
    return outputs.flatten(0, 1), targets.flatten().long()


class Likelihood:
    """How well the next tokens were told, whatever the loss that is trained on.

    Both measures are of the mean negative log-likelihood: its exponential a token, and its bits a
    character, which are comparable whatever the text was cut into.
    """

    def __init__(self, facts: Facts) -> None:
        self._characters = torch.tensor([len(token) for token in facts.targets])
        self._nats, self._tokens, self._seen = 0.0, 0, 0

    def update(self, logits: Tensor, targets: Tensor) -> None:
        """Count a batch: logits (M, V), targets (M,)."""
        nats = nn.functional.cross_entropy(logits, targets, reduction="none")
        self._nats += float(nats.cpu().double().sum())
        self._tokens += len(targets)
        self._seen += int(self._characters[targets.cpu()].sum())

    def values(self) -> dict[str, float]:
        """`perplexity` and `bits_per_character` of all batches."""
        mean = self._nats / max(1, self._tokens)
        bits = self._nats / math.log(2) / self._seen if self._seen else float("nan")
        return {"perplexity": math.exp(min(mean, 700.0)), "bits_per_character": bits}


class Evaluator:
    """Measures a network on a split: always the same code, batch size and order."""

    def __init__(
        self, facts: Facts, criterion: nn.Module, preprocess: Preprocess, batch_size: int
    ) -> None:
        self.facts = facts
        self.criterion = criterion
        self.preprocess = preprocess
        # every token of a text has as many outputs as there are tokens: no more at once than asked
        self.batch_size = (
            batch_size if facts.task == "tokens" else max(batch_size, EVALUATION_BATCH)
        )

    def batches(self, data: TensorData) -> int:
        """How many batches an evaluation of `data` takes."""
        return -(-len(data) // self.batch_size)

    def evaluate(
        self, network: nn.Module, data: TensorData, between: Callable[[int], None] | None = None
    ) -> dict[str, float]:
        """Mean loss and the task's metrics, by bare name; regression in the data's own units.

        `between` is called after each batch with its number from 1, and may raise to stop.
        """
        device = self.preprocess.mean.device
        metrics = {name: metric.to(device) for name, metric in build_metrics(self.facts).items()}
        likelihood = Likelihood(self.facts) if self.facts.task == "tokens" else None
        losses: list[Tensor] = []
        counts: list[int] = []
        with torch.no_grad(), evaluating(network):
            for number, batch in enumerate(in_order(data, self.batch_size), start=1):
                inputs, targets = (part.to(device) for part in batch)
                outputs = network(self.preprocess(inputs))
                outputs, targets = aligned(outputs, targets, self.facts)
                loss = self.criterion(outputs, self.preprocess.scale_targets(targets))
                losses.append(loss.detach().float())
                counts.append(len(targets))
                self._update(metrics, outputs.float(), targets)
                if likelihood is not None:
                    likelihood.update(outputs.float(), targets)
                if between is not None:
                    between(number)
        # summed on the CPU: not every device has float64
        total = torch.stack(losses).cpu().double() @ torch.tensor(counts, dtype=torch.float64)
        values = {"loss": float(total) / sum(counts)}
        values |= {name: _value(metric, len(data)) for name, metric in metrics.items()}
        values |= {f"mae_vs_{name}": values["mae"] / error for name, error in data.baselines}
        return values | (likelihood.values() if likelihood is not None else {})

    def _update(self, metrics: dict[str, nn.Module], outputs: Tensor, targets: Tensor) -> None:
        if self.facts.task == "regression":
            predictions = self.preprocess.unscale(outputs)
        elif self.facts.task in ("classes", "tokens"):
            predictions = class_scores(outputs, self.facts)
        else:
            predictions, targets = outputs.sigmoid(), targets.int()
        for metric in metrics.values():
            metric.update(predictions, targets)  # type: ignore[operator]


def _value(metric: nn.Module, count: int) -> float:
    if type(metric).__name__ == "R2Score" and count < 2:
        return float("nan")  # the spread of a single sample is undefined
    return float(metric.compute())  # type: ignore[operator]


class evaluating:  # noqa: N801  a context manager reads as a verb
    """Every module in evaluation mode inside, as it was after; the random states untouched."""

    def __init__(self, network: nn.Module) -> None:
        self._network = network

    def __enter__(self) -> None:
        self._flags = [(module, module.training) for module in self._network.modules()]
        self._states = global_states()
        self._token = TO_BE.set(TO_BE.get() or self._states)
        self._network.eval()

    def __exit__(self, *_error: object) -> None:
        for module, training in self._flags:
            module.training = training
        TO_BE.reset(self._token)
        of_torch, python, legacy = self._states
        torch.set_rng_state(of_torch)  # own code may draw from the others, too
        if random.getstate() != python:
            random.setstate(python)
        if not _same_state(np.random.get_state(), legacy):
            np.random.set_state(legacy)


def _same_state(one: Any, other: Any) -> bool:
    return bool(one[2:] == other[2:] and np.array_equal(one[1], other[1]))
