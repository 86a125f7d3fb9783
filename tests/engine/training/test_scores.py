"""Scores that wait for each other are those that each batch would have had alone."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from engine.datasets.preprocess import Preprocess
from engine.facts import Facts
from engine.training import scores
from engine.training.scores import Scores
from tests.engine.training.helpers import small

SIZES = [8, 8, 8, 5, 8, 1]
DATASETS: dict[str, Any] = {
    "multiclass": "digits", "binary": "breast_cancer", "regression": "diabetes",
}  # fmt: skip


def of(task: str) -> tuple[Facts, Preprocess]:
    loss = "mse" if task == "regression" else "cross_entropy"
    recipe = small(dataset={"name": DATASETS[task]}, loss={"name": loss})
    splits = recipe.dataset.build(None)  # type: ignore[arg-type]
    return splits.facts, splits.preprocess


def drawn(facts: Facts, columns: int) -> list[tuple[Tensor, Tensor]]:
    draw = torch.Generator().manual_seed(3)
    made = []
    for size in SIZES:
        outputs = torch.randn(size, columns, generator=draw)
        targets = torch.randint(0, max(2, columns), (size,), generator=draw)
        made.append((outputs, targets.float()[:, None] if facts.task == "regression" else targets))
    return made


@pytest.mark.parametrize(("task", "columns"), [("multiclass", 10), ("binary", 1), ("binary", 2),
                                               ("regression", 1)])  # fmt: skip
@pytest.mark.parametrize("held", [0, 100, scores.HELD])
def test_they_do_not_depend_on_how_many_waited(
    task: str, columns: int, held: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts, preprocess = of(task)
    batches = drawn(facts, columns)
    alone = []
    for outputs, targets in batches:
        one = Scores(facts, preprocess)
        one.add(outputs, targets)
        alone.append(one.take())
    monkeypatch.setattr(scores, "HELD", held)
    together = Scores(facts, preprocess)
    for outputs, targets in batches:
        together.add(outputs, targets)
    taken = together.take()
    assert torch.equal(taken, torch.cat(alone))
    assert together.take().shape == (0,)
    if task != "regression":
        chosen = [(o > 0).long()[:, 0] if columns == 1 else o.argmax(1) for o, _ in batches]
        wanted = [(c == t).float().mean() for c, (_, t) in zip(chosen, batches, strict=True)]
        assert torch.equal(taken, torch.stack(wanted))


def test_one_that_is_known_keeps_its_place() -> None:
    facts, preprocess = of("multiclass")
    (first, last), right = drawn(facts, 10)[:2], torch.tensor(0.25)
    found = Scores(facts, preprocess)
    found.add(*first)
    found.put(right)
    found.add(*last)
    taken = found.take()
    assert taken.shape == (3,)
    assert taken[1] == 0.25


def test_answers_that_are_overwritten_after_the_step_do_not_wait() -> None:
    facts, preprocess = of("multiclass")
    (outputs, targets), _ = drawn(facts, 10)[:2]
    wanted, found = Scores(facts, preprocess), Scores(facts, preprocess)
    wanted.add(outputs.clone(), targets)
    found.at_once = True
    found.add(outputs, targets)
    outputs.zero_()
    assert torch.equal(found.take(), wanted.take())


def test_a_large_answer_is_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    facts, preprocess = of("multiclass")
    monkeypatch.setattr(torch, "stack", lambda _tensors: pytest.fail("copied"))
    monkeypatch.setattr(scores, "HELD", 10)
    found = Scores(facts, preprocess)
    found.add(*drawn(facts, 10)[0])
    assert len(found.take()) == 1
