"""The dry run: every network passes it, and a layer that does not fit is named with its shape."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest
import torch
from torch import Tensor, nn

from engine.architectures import dryrun
from engine.architectures.base import Architecture
from engine.architectures.dryrun import dry_run
from engine.facts import Facts
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.schema import option
from tests.engine.training.helpers import small, train

RECIPE = Recipe.parse({"version": 1, "dataset": "digits", "architecture": "mlp"})
FACTS = RECIPE.dataset.facts()


class Made(Architecture):
    """A network as a test makes it."""

    title: ClassVar[str] = "Made"
    shaped_by: ClassVar[str] = "size"
    name: Literal["made"] = "made"
    size: int = option(3, "Any number.")

    def build(self, facts: Facts, outputs: int, dropout: float) -> nn.Module:
        return MAKE[0](outputs)


MAKE: list[Any] = []


def found(make: Any, facts: Facts = FACTS) -> Problem | None:
    """What a dry run finds of the network that `make(outputs)` gives for the digits."""
    MAKE[:] = [make]
    recipe = RECIPE.model_copy(update={"architecture": Made()})
    try:
        dry_run(recipe, facts)
    except ProblemError as error:
        (problem,) = error.problems
        return problem
    return None


class Adding(nn.Module):
    """Fails between its layers."""

    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.one, self.other = nn.Linear(8, 5), nn.Linear(8, 7)

    def forward(self, images: Tensor) -> Tensor:
        answers: Tensor = self.one(images) + self.other(images)
        return answers


def test_a_layer_that_does_not_fit_is_named_with_its_shape() -> None:
    def make(outputs: int) -> nn.Module:
        blocks = nn.Sequential(nn.Conv2d(1, 4, 5), nn.Conv2d(4, 6, 5))
        return nn.Sequential(blocks, nn.Flatten(), nn.Linear(6, outputs))

    problem = found(make)
    assert problem is not None
    assert problem.path == "architecture.size"
    assert problem.sentence.startswith(
        "The layer 0.1 (Conv2d) cannot take (N, 4, 4, 4), behind 0.0 (Conv2d), which gave "
        "(N, 4, 4, 4): "
    )
    assert "Kernel size can't be greater than actual input size" in problem.sentence


def test_what_fails_between_layers_is_said_of_the_layer_around_them() -> None:
    problem = found(lambda outputs: nn.Sequential(Adding(outputs)))
    assert problem is not None
    assert problem.sentence.startswith(
        "The layer 0 (Adding) cannot take (N, 1, 8, 8), behind 0.other (Linear), which gave "
        "(N, 1, 8, 7): "
    )
    problem = found(Adding)
    assert problem is not None
    assert problem.sentence.startswith("The network cannot take (N, 1, 8, 8), behind other")


def test_a_network_that_cannot_be_made() -> None:
    problem = found(lambda _outputs: nn.GroupNorm(2, 7))
    assert problem is not None
    assert problem.sentence.startswith("The network cannot be made: ")
    assert "7" in problem.sentence


@pytest.mark.parametrize(
    ("make", "given"),
    [
        (lambda outputs: nn.Sequential(nn.Flatten(), nn.Linear(64, outputs + 1)), "(N, 11)"),
        (lambda outputs: nn.Linear(8, outputs), "(N, 1, 8, 10)"),
        (lambda outputs: nn.Sequential(nn.Flatten(), nn.LSTM(64, outputs)), "a tuple"),
        (lambda outputs: nn.Flatten(0), "(128,)"),
    ],
)
def test_an_answer_of_the_wrong_shape(make: Any, given: str) -> None:
    problem = found(make)
    assert problem is not None
    wanted = f"The network answers {given} where (N, 10) is wanted"
    if given == "a tuple":
        assert problem.sentence.startswith("The network answers a tuple") or "LSTM" in str(problem)
    else:
        assert problem.sentence == wanted
        assert problem.hint == "let its last layer give 10 numbers for each sample"


def test_recurrent_layers_are_looked_at_too() -> None:
    rows = nn.Flatten(1, 2)
    problem = found(lambda outputs: nn.Sequential(rows, nn.LSTM(9, outputs)))
    assert problem is not None
    assert problem.sentence.startswith("The layer 1 (LSTM) cannot take (N, 8, 8)")
    assert "Expected 9, got 8" in problem.sentence


class ReadsNumbers(nn.Module):
    """Looks at what is in its tensor, which has nothing in a dry run."""

    def __init__(self, read: Any) -> None:
        super().__init__()
        self.read = read

    def forward(self, images: Tensor) -> Tensor:
        self.read(images)
        raise AssertionError("never comes here")


@pytest.mark.parametrize(
    "read",
    [
        lambda images: images.sum().item(),
        lambda images: bool(images.sum() > 0),
        lambda images: images.detach().numpy(),
        lambda images: images.nonzero().tolist(),
        lambda images: torch.unique(images),
        lambda images: images + torch.from_numpy(__import__("numpy").ones(8)),
    ],
)
def test_nothing_is_said_of_a_network_that_needs_numbers(read: Any) -> None:
    assert found(lambda _outputs: ReadsNumbers(read)) is None


def test_a_bug_in_a_network_is_no_answer_about_shapes() -> None:
    class Buggy(nn.Module):
        def forward(self, images: Tensor) -> Tensor:
            return images.no_such_method()  # type: ignore[no-any-return,operator]

    with pytest.raises(AttributeError):
        found(lambda _outputs: Buggy())


def test_it_draws_no_random_number() -> None:
    state = torch.get_rng_state()
    data = {"name": "cnn", "init": "orthogonal", "zero_last": True}
    recipe = Recipe.parse({"version": 1, "dataset": "digits", "architecture": data})
    dry_run(recipe, recipe.dataset.facts())
    assert torch.equal(torch.get_rng_state(), state)


def test_a_training_that_cannot_be_is_refused_before_it_has_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_recipe: Recipe, _facts: Facts) -> None:
        raise ProblemError(Problem("architecture", "A layer does not fit", ""))

    monkeypatch.setattr("engine.training.session.dry_run", refuse)
    run = train(small(), tmp_path / "runs")
    assert run.ended.bad_input
    assert run.ended.problem is not None
    assert run.ended.problem.sentence == "A layer does not fit"
    assert not list((tmp_path / "runs").glob("*"))
    assert dryrun.dry_run is dry_run


def test_misfits_are_told_as_problems() -> None:
    assert dryrun.misfits(RECIPE) == ()
    MAKE[:] = [lambda outputs: nn.Linear(8, outputs)]
    (problem,) = dryrun.misfits(RECIPE.model_copy(update={"architecture": Made()}))
    assert problem.path == "architecture.size"
