"""A proposed recipe, and the architecture and training that usually suit each kind of data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Data = dict[str, Any]


@dataclass(frozen=True)
class Proposal:
    """What a path seems to hold. `kind` is the dataset component's name, `data` a whole recipe as
    plain data, `reasons` say why, in sentences; `alternatives` are what it may be as well."""

    kind: str
    data: Data
    reasons: tuple[str, ...]
    alternatives: tuple[Proposal, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "kind": self.kind,
            "recipe": self.data,
            "reasons": list(self.reasons),
            "alternatives": [other.as_json() for other in self.alternatives],
        }


def recipe_of(title: str, dataset: Data, rest: Data) -> Data:
    """A whole recipe as plain data."""
    return {"version": 1, "name": title[:200] or "untitled", "dataset": dataset, **rest}


def _by_size(samples: int, steps: tuple[tuple[int, int, int], ...]) -> Data:
    """Epochs and batch size of the first step that is not for fewer samples."""
    epochs, batch = next((e, b) for most, e, b in steps if samples <= most)
    return {"epochs": epochs, "batch_size": batch}


ANY = 2**62


def for_pictures(samples: int, side: int) -> Data:
    """A convolutional network; few pictures are changed at random in each epoch."""
    few = samples < 20_000
    channels = [16, 32, 64, 128] if side > 32 else [32, 64, 128]
    steps = [{"name": "flip"}, {"name": "shift", "pixels": max(1, side // 10)}]
    return {
        "architecture": {"name": "cnn", "channels": channels, "head": "average", "hidden": []},
        "optimizer": {"name": "adamw", "lr": 0.005, "schedule": "one_cycle"},
        "regularization": {
            "dropout": 0.2,
            "weight_decay": 0.05,
            **({"augmentation": steps} if few and side >= 16 else {}),
        },
        "training": _by_size(samples, ((1_000, 40, 16), (5_000, 30, 32), (20_000, 20, 64),
                                       (ANY, 10, 128))),
    }  # fmt: skip


def for_rows(samples: int) -> Data:
    """Fully connected layers."""
    return {
        "architecture": {"name": "mlp", "hidden": [64, 32]},
        "optimizer": {"name": "adamw", "lr": 0.003, "schedule": "cosine"},
        "regularization": {"dropout": 0.1, "weight_decay": 0.05},
        "training": _by_size(samples, ((1_000, 60, 32), (5_000, 40, 64), (50_000, 20, 256),
                                       (ANY, 10, 512))),
    }  # fmt: skip


def for_texts(samples: int, short: bool) -> Data:
    """A recurrent network for names and other short strings of characters, else a bag of words."""
    rnn = {"name": "rnn", "cell": "gru", "hidden": [128], "bidirectional": True}
    return {
        "architecture": rnn if short else {"name": "bag", "hidden": []},
        "optimizer": {"name": "adamw", "lr": 0.003, "schedule": "one_cycle"},
        "regularization": {"dropout": 0.3, **({"clip_norm": 1.0} if short else {})},
        "training": _by_size(samples, ((2_000, 30, 32), (30_000, 12, 64), (ANY, 5, 128))),
    }


def for_corpus(size: int) -> Data:
    """A recurrent network that tells the next token of texts of so many bytes."""
    return {
        "architecture": {"name": "rnn", "cell": "lstm", "hidden": [256]},
        "optimizer": {"name": "adamw", "lr": 0.003, "schedule": "one_cycle"},
        "regularization": {"dropout": 0.1, "clip_norm": 1.0},
        "training": _by_size(size, ((50_000, 40, 8), (200_000, 25, 16), (ANY, 5, 32))),
    }


def for_forecast(samples: int) -> Data:
    """A linear layer on the changes since the last value: hard to beat, and learned at once."""
    return {
        "architecture": "nlinear",
        "loss": "mse",
        "optimizer": {"name": "adamw", "lr": 0.002, "schedule": "cosine"},
        "training": _by_size(samples, ((2_000, 60, 32), (30_000, 15, 128), (ANY, 5, 256))),
    }
