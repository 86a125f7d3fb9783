"""Small untrained models of any architecture, on data of every kind."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from engine.architectures.base import Architecture
from engine.datasets import preprocess
from engine.datasets.base import Splits, TensorData
from engine.datasets.preprocess import Preprocess
from engine.facts import Facts
from engine.losses.base import Loss
from engine.recipe import Recipe
from engine.regularization import Regularization
from engine.schema import COMPONENTS
from engine.training.options import Training

CASES = [
    *((kind, task) for kind in ("image", "table") for task in ("classes", "regression")),
    ("codes", "classes"),
    ("text", "classes"),
    ("text", "tokens"),
    ("series", "classes"),
    ("series", "regression"),
]
VOCABULARY = 30
CARDINALITIES = (4, 3)


@dataclass(frozen=True)
class Case:
    """A network (in training mode), the data it was made for, and the recipe it came from."""

    network: nn.Module
    splits: Splits
    recipe: Recipe

    def live(self, raw: torch.Tensor) -> torch.Tensor:
        """What the network itself answers to raw inputs, in eval mode."""
        was = self.network.training
        self.network.eval()
        with torch.no_grad():
            scaled = self.network(self.splits.preprocess(raw))
        self.network.train(was)
        return self.splits.preprocess.unscale(scaled)


def facts_of(kind: str, task: str) -> Facts:
    shape = {"image": (1, 8, 8), "text": (9,), "series": (10, 3)}.get(kind, (5,))
    if kind == "text":
        letters = tuple("abcdefghijklmnopqrstuvwxyz .,!")
        targets = letters if task == "tokens" else ("cat", "dog", "łoś")
        return Facts("text", shape, task, targets, 60, vocabulary=VOCABULARY)  # type: ignore[arg-type]
    if kind == "series" and task == "regression":
        steps = ("length +1", "length +2")
        return Facts("series", shape, task, steps, 60, horizon=2, target_channels=(1,))
    targets = ("cat", "dog", "łoś") if task == "classes" else ("length", "width")
    if kind == "codes":
        return Facts("table", shape, "classes", targets, 60, cardinalities=CARDINALITIES)
    return Facts(kind, shape, task, targets, 60)  # type: ignore[arg-type]


def splits_of(facts: Facts) -> Splits:
    """Random raw data: bytes for images, columns of very unlike sizes for tables and series,
    texts of all lengths."""
    random = torch.Generator().manual_seed(1)
    if facts.kind == "image":
        inputs = torch.randint(0, 256, (60, *facts.shape), generator=random, dtype=torch.uint8)
    elif facts.kind == "text":
        inputs = torch.randint(1, VOCABULARY, (60, *facts.shape), generator=random).int()
        if facts.task != "tokens":
            lengths = 1 + torch.arange(60) % facts.shape[0]
            inputs[torch.arange(facts.shape[0]) >= lengths[:, None]] = 0
    else:
        sizes = torch.tensor([1e-3, 1.0, 10.0, 1e3, 1.0])[: facts.shape[-1]]
        inputs = torch.randn(60, *facts.shape, generator=random) * sizes + sizes
    if facts.cardinalities:
        inputs[:, -2:] = torch.randint(0, 4, (60, 2), generator=random).float()
        inputs[-4:, -1] = torch.tensor([-1.0, 99.0, 3.0, 1e30])  # as anybody's rows may be
    if facts.task == "classes":
        targets = torch.randint(0, len(facts.targets), (60,), generator=random)
    elif facts.task == "tokens":
        targets = inputs.roll(-1, 1)
    else:
        targets = torch.randn(60, 2, generator=random) * torch.tensor([1e-4, 500.0]) + 100
    parts = [TensorData(inputs[i], targets[i]) for i in torch.arange(60).split([40, 10, 10])]
    scaled = parts[0].targets if facts.task == "regression" else None
    return Splits(*parts, facts, _fitted(facts, parts[0].inputs, scaled))


def _fitted(facts: Facts, inputs: torch.Tensor, scaled: torch.Tensor | None) -> Preprocess:
    if facts.kind == "text":
        return preprocess.Tokens()
    # every step of every window is a row of channels
    fitted = preprocess.fit(inputs.flatten(0, 1) if facts.kind == "series" else inputs)
    fitted.mean[fitted.mean.shape[0] - len(facts.cardinalities) :] = 0
    fitted.std[fitted.std.shape[0] - len(facts.cardinalities) :] = 1
    if scaled is None:
        return fitted
    targets = preprocess.fit(scaled)
    return Preprocess(fitted.mean, fitted.std, targets.mean, targets.std)


def recipe_of(architecture: Architecture, facts: Facts, dropout: float = 0.2) -> Recipe:
    """A recipe around the architecture. Its dataset only stands for one of this kind and task,
    so it is put together without validation."""
    data = COMPONENTS.get("dataset", "digits")()
    loss = COMPONENTS.get("loss", "mse" if facts.task == "regression" else "cross_entropy")()
    return Recipe.model_construct(
        version=1,
        name="A test",
        notes="",
        dataset=data,
        architecture=architecture,
        loss=loss,
        optimizer=COMPONENTS.get("optimizer", "adamw")(),
        regularization=Regularization(dropout=dropout),
        training=Training(),
    )


def make_case(architecture: Architecture, kind: str, task: str) -> Case:
    facts = facts_of(kind, task)
    recipe = recipe_of(architecture, facts)
    assert isinstance(recipe.loss, Loss)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = architecture.build(facts, recipe.loss.outputs(facts), 0.2)
        kept = network.state_dict(keep_vars=True)
        for name, buffer in network.named_buffers():  # running statistics as after some training
            if name in kept and buffer.is_floating_point():
                buffer.add_(torch.rand_like(buffer))
    return Case(network.train(), splits_of(facts), recipe)
