"""The command line in this process: its exit status, standard output and standard error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine import cli

RECIPE = """\
# A small recipe for tests.
version: 1
name: small
dataset: digits
architecture: {name: mlp, hidden: [16]}
training: {epochs: 2, threads: 1}
"""


@dataclass
class Ran:
    """What one command line did."""

    status: int
    out: str
    err: str


Run = Callable[..., Ran]


def no_window(_argument: str | None) -> int:
    raise AssertionError("no window was asked for")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Carry out `main.py ARGUMENTS...`."""

    def carry_out(*arguments: object, open_window: cli.OpenWindow = no_window) -> Ran:
        capsys.readouterr()
        status = cli.run([str(argument) for argument in arguments], open_window, "main.py")
        return Ran(status, *capsys.readouterr())

    return carry_out


@pytest.fixture
def recipe_file(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(RECIPE)
    return path
