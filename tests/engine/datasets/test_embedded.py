"""The datasets that scikit-learn brings: what they say of themselves is what is loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from sklearn import datasets

from engine import components as components
from engine.problems import ProblemError
from engine.schema import COMPONENTS

LOADERS = {
    "digits": datasets.load_digits,
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
    "breast_cancer": datasets.load_breast_cancer,
    "diabetes": lambda: datasets.load_diabetes(scaled=False),
}


@pytest.mark.parametrize("name", LOADERS)
def test_facts_are_true(name):
    facts, bunch = COMPONENTS.get("dataset", name)().facts(), LOADERS[name]()
    assert facts.samples == len(bunch.data)
    assert facts.inputs == bunch.data.shape[1]
    assert facts.download == 0
    if facts.kind == "table":
        assert facts.features == tuple(str(column) for column in bunch.feature_names)
    if facts.task == "classes":
        assert facts.targets == tuple(str(target) for target in bunch.target_names)


@pytest.mark.parametrize("name", LOADERS)
def test_what_is_loaded_is_as_the_facts_say(name):
    dataset = COMPONENTS.get("dataset", name)()
    facts, messages = dataset.facts(), []
    splits = dataset.build(Path("nowhere"), lambda message, fraction: messages.append(message))
    assert messages
    for part in splits.named().values():
        assert part.inputs.shape[1:] == facts.shape
        assert part.inputs.dtype == (torch.uint8 if facts.kind == "image" else torch.float32)
        if facts.task == "classes":
            assert part.targets.dtype == torch.int64
            assert int(part.targets.max()) < len(facts.targets)
        else:
            assert part.targets.dtype == torch.float32
            assert part.targets.shape[1:] == (len(facts.targets),)


def test_digits_keep_their_pixels():
    splits = COMPONENTS.get("dataset", "digits")().build(Path("nowhere"))
    total = sum(int(part.inputs.long().sum()) for part in splits.named().values())
    assert total == int(datasets.load_digits().data.sum())


def test_diabetes_is_in_its_own_units():
    splits = COMPONENTS.get("dataset", "diabetes")().build(Path("nowhere"))
    ages = splits.train.inputs[:, 0]
    assert ages.min() >= 18
    assert ages.max() <= 80
    assert splits.train.targets.max() > 300


def test_what_progress_raises_ends_the_loading():
    def cancel(_message: str, _fraction: float | None) -> None:
        raise ProblemError(())

    with pytest.raises(ProblemError):
        COMPONENTS.get("dataset", "digits")().build(Path("nowhere"), cancel)


def test_facts_need_neither_torch_nor_numpy():
    code = (
        "import sys; from engine.recipe import Recipe; from engine.schema import COMPONENTS;"
        "fields = {cls: cls.model_fields for cls in COMPONENTS.classes('dataset')};"
        "[cls().facts() for cls, known in fields.items() if 'path' not in known];"
        "print(*{'torch', 'numpy', 'sklearn', 'torchvision', 'PySide6'} & set(sys.modules))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (printed.stdout.strip(), printed.returncode) == ("", 0), printed.stderr
