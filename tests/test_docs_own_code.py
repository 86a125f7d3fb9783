"""The examples in the pages on own code and plug-ins work as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.problems import Problem
from tests.engine.architectures.own.files import allowed, training
from tests.engine.training.helpers import train

DOCS = Path(__file__).resolve().parent.parent / "docs"
BLOCKS = {
    found.group(1): found.group(0)
    for found in re.finditer(
        r"^# (\w+\.py)\n.*?(?=^```)", (DOCS / "own-code.md").read_text("utf-8"), re.M | re.S
    )
}
BRIEF = {"epochs": 1, "batch_size": 32, "threads": 1}


def test_the_blocks_are_found() -> None:
    assert set(BLOCKS) == {"mixer.py", "lit.py", "mine.py"}


@pytest.mark.parametrize(
    ("name", "options"),
    [("mixer.py", {"object": "Mixer", "options": {"depth": 1, "noise": 0.1}}), ("lit.py", {})],
)
def test_a_network_trains(name: str, options: dict[str, object], tmp_path: Path) -> None:
    recipe = training(allowed(tmp_path / name, BLOCKS[name]), options, training=BRIEF)
    run = train(recipe, tmp_path / "runs")
    assert run.result.status == "finished", run.ended.problems


def test_the_mixer_needs_to_be_named(tmp_path: Path) -> None:
    path = allowed(tmp_path / "mixer.py", BLOCKS["mixer.py"])
    found: tuple[Problem, ...] = ()
    try:
        training(path)
    except Exception as error:
        found = error.problems  # type: ignore[attr-defined]
    assert [(p.path, p.hint) for p in found] == [("architecture.object", "name one: Block, Mixer")]


def test_the_page_on_plugins_shows_the_package() -> None:
    page = (DOCS / "plugins.md").read_text("utf-8")
    package = DOCS / "plugin-example"
    (entries,) = re.findall(r"^```toml\n(.*?)^```", page, re.M | re.S)
    assert entries in (package / "pyproject.toml").read_text("utf-8")
    (shown,) = re.findall(r"^```python\n(.*?)    def build", page, re.M | re.S)
    assert shown in (package / "src/trainboard_example/sign_sgd.py").read_text("utf-8")
