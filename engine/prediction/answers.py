"""What a model says of raw samples, in the words of its data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import torch
from torch import Tensor

from engine.facts import Facts
from engine.prediction.raw import RawInputs

BATCH = 256


@dataclass(frozen=True)
class Answer:
    """The prediction for one sample.

    `label` is the most likely class, the labels that are more likely than not, or the next token;
    empty for a regression. `values` are probabilities by class or label, the largest first, or the
    predicted values by target, in order. `times` says of each step of a forecast when it is; it is
    empty where the series has no times.
    """

    name: str
    label: str
    values: tuple[tuple[str, float], ...]
    times: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain types; `values` as a mapping, and of a forecast `times` by the same names."""
        plain = asdict(self) | {"values": dict(self.values)}
        if not self.times:
            del plain["times"]
            return plain
        each = len(self.values) // len(self.times)  # columns that are told of one step
        names = (name for name, _ in self.values)
        return plain | {"times": {name: self.times[place // each] for place, name in
                                  enumerate(names)}}  # fmt: skip


def predict(model: Callable[[Tensor], Tensor], facts: Facts, raw: RawInputs) -> list[Answer]:
    """An answer for each sample. `model` takes raw inputs and gives logits or values in the data's
    own units, as an exported one does."""
    answers: list[Answer] = []
    with torch.no_grad():
        for start in range(0, len(raw.names), BATCH):
            outputs = model(raw.inputs[start : start + BATCH])
            if facts.task == "tokens":  # what follows the last token of each text
                last = torch.tensor(raw.lengths[start : start + BATCH]).clamp(min=1) - 1
                outputs = outputs[torch.arange(len(outputs)), last]
            names = raw.names[start : start + BATCH]
            answers += [_answer(*pair, facts) for pair in zip(names, outputs, strict=True)]
    if raw.times:
        pairs = zip(answers, raw.times, strict=True)
        answers = [replace(answer, times=times) for answer, times in pairs]
    return answers


def _answer(name: str, output: Tensor, facts: Facts) -> Answer:
    if facts.task == "regression":
        return Answer(name, "", tuple(zip(facts.targets, output.tolist(), strict=True)))
    if facts.task == "multilabel":
        shares = list(zip(facts.targets, output.sigmoid().tolist(), strict=True))
        label = ", ".join(target for target, share in shares if share > 0.5)
        return Answer(name, label, _ranked(shares))
    if facts.binary and len(output) == 1:
        output = torch.cat([torch.zeros_like(output), output])
    ranked = _ranked(list(zip(facts.targets, output.softmax(0).tolist(), strict=True)))
    return Answer(name, ranked[0][0], ranked)


def _ranked(shares: list[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(shares, key=lambda pair: -pair[1]))
