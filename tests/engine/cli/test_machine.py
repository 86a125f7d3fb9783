"""The commands devices and find."""

from __future__ import annotations

import json
from pathlib import Path

from tests.engine.cli.conftest import Run


def test_devices_are_listed_with_what_they_lack(run: Run) -> None:
    listed = json.loads(run("devices", "--json").out)
    assert listed[0]["name"] == "cpu"
    assert listed[0]["unsupported"]["tf32"] == "tf32 needs an NVIDIA GPU"
    text = run("devices").out
    assert text.startswith("cpu: ")
    assert "16-mixed needs a GPU" in text


def test_a_learning_rate_is_found(run: Run, recipe_file: Path) -> None:
    ran = run("find", "lr", recipe_file, "--steps", "60", "--json")
    assert ran.status == 0, ran.err
    curve = json.loads(ran.out)
    assert len(curve["rates"]) == len(curve["losses"]) <= 60
    text = run("find", "lr", recipe_file, "--steps", "60").out
    assert f"optimizer.lr={curve['suggestion']:g}" in text


def test_a_batch_size_is_found(run: Run, recipe_file: Path) -> None:
    ran = run("find", "batch", recipe_file, "--json")
    found = json.loads(ran.out)
    assert found["batch_size"] == found["samples"]
    text = run("find", "batch", recipe_file).out
    assert text.startswith(f"training.batch_size={found['batch_size']}  (limited by")
    assert " 0.0" not in text


def test_what_cannot_be_found_is_said(run: Run, recipe_file: Path) -> None:
    wrong = run("find", "lr", recipe_file, "optimizer=rprop")
    assert wrong.status == 2
    assert "optimizer.lr: rprop chooses the length of its steps itself" in wrong.err
    assert run("find", "epochs", recipe_file).status == 2


def test_a_word_that_is_no_choice_is_said_without_anything_in_front(run: Run) -> None:
    wrong = run("find", "nonsense", "digits_cnn")
    assert wrong.status == 2
    assert "'what': 'nonsense' is not one of 'lr', 'batch'" in wrong.err
