"""Pydantic's errors in words: one clear sentence, the place, a hint."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError, field_validator

from engine.explain import explain
from engine.problems import Problem, ProblemError, closest, suggest
from engine.recipe import Recipe

BASE: dict[str, Any] = {"version": 1, "dataset": "digits", "architecture": "mlp"}


def problems(**change: Any) -> list[str]:
    return [str(problem) for problem in Recipe.problems(BASE | change)]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"version": 2}, "version: Cannot be 2 (choose 1)"),
        ({"version": "1"}, "version: Cannot be '1' (choose 1)"),
        ({"name": 5}, "name: Must be text, not 5"),
        ({"name": "x" * 201}, "name: Must have at most 200 characters"),
        ({"training": {"epochs": 0}}, "training.epochs: Must be at least 1, not 0"),
        ({"training": {"epochs": True}}, "training.epochs: Must be a whole number, not True"),
        ({"training": {"epochs": 1.5}}, "training.epochs: Must be a whole number, not 1.5"),
        ({"training": {"epochs": None}}, "training.epochs: Must be a whole number, not nothing"),
        ({"training": []}, "training: Must be a set of named options, not []"),
        ({"training": {"device": "tpu"}}, "training.device: Unknown device 'tpu' (auto, cpu,"),
        ({"training": {"precision": "8"}}, "training.precision: Cannot be '8' (choose '32', "),
        ({"training": {"epoch": 1}}, "training.epoch: Unknown key 'epoch' (did you mean 'epochs'?"),
        ({"regularization": {"dropout": 1}}, "regularization.dropout: Must be less than 1"),
        ({"regularization": {"exempt": 1}}, "regularization.exempt: Must be true or false, not 1"),
        (
            {"regularization": {"dropout": float("nan")}},
            "regularization.dropout: Must be a finite number, not nan (nan and inf are refused",
        ),
        (
            {"regularization": {"early_stopping": {"patience": 0}}},
            "regularization.early_stopping.patience: Must be at least 1, not 0",
        ),
        (
            {"optimizer": {"name": "adamw", "lr": "fast"}},
            "optimizer.lr: Must be a number, not 'fast'",
        ),
        (
            {"optimizer": {"name": "adamw", "schedule": {"name": "step", "every": 0}}},
            "optimizer.schedule.every: Must be at least 1, not 0",
        ),
        ({"optimizer": {"name": "adamm"}}, "optimizer: Unknown optimizer 'adamm' (did you mean"),
        ({"optimizer": {"lr": 1}}, "optimizer: Says not which optimizer it is (add name: one of"),
        ({"optimizer": {"name": None}}, "optimizer: "),
        (
            {"optimizer": {"name": "adamw", "schedule": "cosin"}},
            "optimizer.schedule: Unknown schedule 'cosin' (did you mean 'cosine'?",
        ),
        ({"dataset": None}, "dataset: "),
        ({"dataset": 5}, "dataset: Must be a set of named options, not 5"),
        ({"dataset": "mnits"}, "dataset: Unknown dataset 'mnits' (did you mean 'mnist'?"),
        (
            {"architecture": {"name": "mlp", "hidden": 64}},
            "architecture.hidden: Must be a list, not 64 (write [64, 32])",
        ),
        (
            {"architecture": {"name": "mlp", "hidden": [8, 0]}},
            "architecture.hidden[1]: Must be at least 1, not 0",
        ),
        (
            {"architecture": {"name": "mlp", "norm": "bacht"}},
            "architecture.norm: Cannot be 'bacht' (choose 'none', 'batch'",
        ),
        (
            {"architecture": {"name": "torchvision", "model": "resnet19"}},
            "architecture.model: Cannot be 'resnet19' (did you mean 'resnet1",
        ),
        (
            {"architecture": {"name": "torchvision", "model": "?"}},
            "architecture.model: Cannot be '?' (choose one of the ",
        ),
        ({"reguralization": {}}, "reguralization: Unknown key 'reguralization' (did you mean 'reg"),
    ],
)
def test_each_mistake_is_one_sentence_with_place_and_hint(
    change: dict[str, Any], text: str
) -> None:
    (problem,) = problems(**change)
    assert problem.startswith(text)
    assert "pydantic" not in problem.lower()
    assert "\n" not in problem


def test_a_broken_dataset_is_not_followed_by_a_complaint_about_the_default_loss() -> None:
    assert len(problems(dataset={"name": "digits", "subset": 1})) == 1


class Even(BaseModel):
    """Its validator says itself what is wrong."""

    number: int

    @field_validator("number")
    @classmethod
    def _even(cls, number: int) -> int:
        if number % 2:
            raise ValueError(f"{number} is not {{even}}")
        return number


def test_a_validators_own_sentence_has_nothing_in_front() -> None:
    with pytest.raises(ValidationError) as caught:
        Even(number=3)
    assert [problem.sentence for problem in explain(caught.value, Even)] == ["3 is not {even}"]


def test_long_values_are_cut_short() -> None:
    (problem,) = problems(training={"epochs": "x" * 500})
    assert len(problem) < 150


def test_problems_in_words() -> None:
    assert str(Problem("a.b", "Is wrong", "mend it")) == "a.b: Is wrong (mend it)"
    assert str(Problem("", "Is wrong")) == "Is wrong"
    error = ProblemError([Problem("a", "One"), Problem("b", "Two")])
    assert str(error) == "a: One\nb: Two"
    assert ProblemError(Problem("a", "One")).problems == (Problem("a", "One"),)


def test_suggestions() -> None:
    assert closest("Adm", ["sgd", "adam"]) == "adam"
    assert closest("xyz", ["sgd"]) is None
    assert suggest("adm", ["sgd", "adam"]) == "did you mean 'adam'?; known: sgd, adam"
    assert suggest("q", [f"name{number}" for number in range(30)]) == ""
