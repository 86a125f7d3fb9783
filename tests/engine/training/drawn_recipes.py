"""Recipes and interventions drawn at random, for tests of exactness."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from engine.problems import ProblemError
from engine.recipe import Recipe

DATASETS: dict[str, dict[str, Any]] = {
    "digits": {"name": "digits", "subset": 200},
    "diabetes": {"name": "diabetes", "subset": 150},
    "breast_cancer": {"name": "breast_cancer", "subset": 150},
}
LOSSES = {
    "digits": ("cross_entropy", "nll", "focal"),
    "diabetes": ("mse", "huber"),
    "breast_cancer": ("bce_with_logits", "cross_entropy"),
}
CHANGES: list[Any] = [
    "flip", "flip_vertical", {"name": "shift", "pixels": 1},
    {"name": "crop", "padding": 2, "border": "mirror"}, "resized_crop", "rotate",
    {"name": "zoom", "p": 0.5}, "affine", "brightness", {"name": "contrast", "p": 0.5},
    {"name": "color_jitter", "saturation": 0.0, "hue": 0.0}, "blur", "noise",
    {"name": "erase", "p": 0.5}, "randaugment", "trivialaugment", "autoaugment",
]  # fmt: skip


def recipe_of(chosen: random.Random) -> Recipe:
    """A small recipe that is valid, with any of what a training can consist of."""
    while True:
        try:
            return Recipe.parse(_data(chosen))
        except ProblemError:  # two choices that do not go together
            continue


def _data(chosen: random.Random) -> dict[str, Any]:
    dataset = chosen.choice(["digits", "digits", "digits", "diabetes", "breast_cancer"])
    return {
        "version": 1,
        "name": "drawn",
        "dataset": DATASETS[dataset],
        "loss": {"name": chosen.choice(LOSSES[dataset])},
        "architecture": _architecture(chosen, image=dataset == "digits"),
        "optimizer": _optimizer(chosen),
        "regularization": _regularization(chosen, image=dataset == "digits"),
        "training": _training(chosen),
    }


def _architecture(chosen: random.Random, *, image: bool) -> dict[str, Any]:
    norm = chosen.choice(["none", "batch", "layer", "group"])
    first = {
        "init": chosen.choice(["default", "kaiming", "xavier", "orthogonal"]),
        "zero_last": chosen.random() < 0.2,
    }
    residual = chosen.random() < 0.3
    kinds: list[dict[str, Any]] = [
        {"name": "mlp", "hidden": [12, 8], "norm": norm, "residual": residual},
        {"name": "linear"},
    ]
    if image:
        depth = chosen.choice([[1], [2]])
        kinds.append({"name": "cnn", "channels": [4], "depth": depth, "hidden": [8], "norm": norm})
        cell = chosen.choice(["rnn", "lstm", "gru"])
        both = chosen.random() < 0.5
        pooling = chosen.choice(["mean", "attention"])
        kinds.append({"name": "rnn", "cell": cell, "hidden": [6, 6], "bidirectional": both,
                      "pooling": pooling})  # fmt: skip
        kinds.append({"name": "transformer", "layers": 1, "heads": 2, "width": 8, "patch": 4})
        kinds.append(_tuned(chosen))
    else:
        kinds.append({"name": "tabular", "hidden": [8], "norm_numbers": residual})
        kinds.append({"name": "ft_transformer", "layers": 1, "heads": 2, "width": 8})
    return chosen.choice([kinds[0], *kinds]) | first


def _tuned(chosen: random.Random) -> dict[str, Any]:
    return {
        "name": "torchvision", "model": "shufflenet_v2_x0_5",
        "tune": chosen.choice(["head", "last_blocks", "gradual"]),
        "blocks": chosen.choice([1, 2]),
        "backbone_lr": chosen.choice([1.0, 0.1]),
        "batch_norm": chosen.choice(["learns", "keeps"]),
    }  # fmt: skip


def _optimizer(chosen: random.Random) -> dict[str, Any]:
    yes = chosen.random() < 0.5
    kinds: list[dict[str, Any]] = [
        {"name": "adamw", "lr": 0.003, "amsgrad": yes},
        {"name": "adam", "lr": 0.003, "amsgrad": yes},
        {"name": "nadam", "lr": 0.002},
        {"name": "rmsprop", "lr": 0.002, "momentum": 0.5 if yes else 0.0,
         "centered": chosen.random() < 0.5},
        {"name": "adagrad", "lr": 0.02, "lr_decay": 0.01},
        {"name": "sgd", "lr": 0.02, "nesterov": yes},
        {"name": "sgd", "lr": 0.02, "momentum": 0.0},
        {"name": "lbfgs", "lr": 0.3, "max_iter": 3,
         "line_search": "strong_wolfe" if yes else "none"},
        *_widened(chosen, yes=yes),
    ]  # fmt: skip
    return {**chosen.choice(kinds), "schedule": _schedule(chosen)}


def _widened(chosen: random.Random, *, yes: bool) -> list[dict[str, Any]]:
    how = chosen.choice(["auto", "loop", "foreach"])
    base = {"base": "sgd", "lr": 0.02} if yes else {"base": "adamw", "lr": 0.003}
    return [
        {"name": "adamw", "lr": 0.003, "implementation": "fused"},
        {"name": "radam", "lr": 0.003, "decoupled": yes, "implementation": how},
        {"name": "adamax", "lr": 0.003, "implementation": how},
        {"name": "adadelta", "lr": 0.5, "implementation": how},
        {"name": "asgd", "lr": 0.02, "average_from": 5 if yes else 1_000_000},
        {"name": "adafactor", "lr": 0.01, "implementation": how},
        {"name": "rprop", "lr": 0.001},
        {"name": "muon", "lr": 0.003, "nesterov": yes},
        {"name": "lion", "lr": 0.0003},
        {"name": "sam", **base, "adaptive": chosen.random() < 0.5},
        {"name": "lookahead", **base, "k": chosen.choice([1, 3, 5])},
    ]


def _schedule(chosen: random.Random) -> dict[str, Any]:
    kinds: list[dict[str, Any]] = [
        {"name": "constant"},
        {"name": "step", "every": 1, "gamma": 0.5},
        {"name": "cosine", "floor": 0.1},
        {"name": "one_cycle"},
        {"name": "exponential", "gamma": 0.8},
        {"name": "plateau", "patience": 0, "gamma": 0.5, "threshold": 0.1},
    ]
    return {**chosen.choice(kinds), "warmup": chosen.choice([0, 0, 3])}


def _regularization(chosen: random.Random, *, image: bool) -> dict[str, Any]:
    def maybe(value: Any, otherwise: Any = None) -> Any:
        return value if chosen.random() < 0.35 else otherwise

    metric = chosen.choice(["auto", "loss"])
    return {
        "dropout": maybe(0.3, 0.0),
        "weight_decay": maybe(0.001, 0.0),
        "exempt": maybe(True, False),
        "l1": maybe(1e-5, 0.0),
        "clip_norm": maybe(1.0),
        "clip_value": maybe(0.2),
        "max_norm": maybe(1.0),
        "ema": maybe(0.9),
        "early_stopping": maybe({"metric": metric, "patience": chosen.choice([1, 2])}),
        "augmentation": maybe(_augmentation(chosen, image=image), []),
        "mixup": maybe(0.4),
        "cutmix": maybe(1.0) if image else None,
    }


def _augmentation(chosen: random.Random, *, image: bool) -> list[Any]:
    """Any changes in any order; one of them may come twice."""
    return chosen.choices(CHANGES, k=chosen.randint(1, 5)) if image else ["noise"]


def _training(chosen: random.Random) -> dict[str, Any]:
    data: dict[str, Any] = {
        "epochs": chosen.choice([2, 3]),
        "batch_size": chosen.choice([16, 23, 40]),
        "balance": chosen.choice(["none", "none", "none", "weighted", "oversample"]),
        "accumulate": chosen.choice([1, 1, 2, 3, 4]),
        "seed": chosen.randrange(1000),
        "threads": chosen.choice([1, 1, 1, 2]),
        "device": "cpu",
    }
    if chosen.random() < 0.35:
        data["steps"] = chosen.randint(5, 14)
    if chosen.random() < 0.5:
        data["validate_every_steps"] = chosen.choice([2, 3, 5])
    else:
        data["validate_every"] = chosen.choice([0.3, 0.5, 1.0, 2.0])
    if chosen.random() < 0.3:
        data["checkpoint_every_steps"] = chosen.choice([1, 3])
        data["keep_checkpoints"] = chosen.choice([2, 50])
    data["memory_format"] = chosen.choice(["auto", "auto", "channels_last"])
    data["checkpoint_activations"] = chosen.random() < 0.2
    return data


def changes_of(chosen: random.Random, recipe: Recipe, layers: Sequence[str]) -> dict[str, Any]:
    """One to three live options with new values; now and then some that are refused."""
    if chosen.random() < 0.1:
        return chosen.choice([{"training.freeze": ["nowhere"]}, {"training.seed": 1}])
    possible: dict[str, Any] = {
        "optimizer.lr": recipe.optimizer.lr * chosen.choice([0.1, 0.5, 2.0]),
        "regularization.dropout": chosen.choice([0.0, 0.1, 0.5]),
        "regularization.weight_decay": chosen.choice([0.0, 0.01]),
        "regularization.l1": chosen.choice([0.0, 1e-4]),
        "regularization.clip_norm": chosen.choice([None, 0.5]),
        "regularization.clip_value": chosen.choice([None, 0.05]),
        "training.freeze": chosen.choice([[], [chosen.choice(layers)]]),
    }
    if recipe.training.steps is None:
        possible["training.epochs"] = chosen.randint(1, 4)
    else:
        possible["training.steps"] = chosen.randint(3, 20)
    if recipe.regularization.early_stopping is not None:
        possible["regularization.early_stopping.patience"] = chosen.randint(1, 3)
    for name in ("momentum", "beta1", "beta2"):
        if hasattr(recipe.optimizer, name):
            possible[f"optimizer.{name}"] = chosen.choice([0.0, 0.5, 0.95])
    return {path: possible[path] for path in chosen.sample(sorted(possible), chosen.randint(1, 3))}
