"""kill -9 at any moment, then `main.py resume`: the bits of a run that nobody disturbed."""

from __future__ import annotations

import itertools
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.runs.folder import RunFolder
from engine.runs.metricreader import read_metrics
from engine.runs.sameness import differences
from tests.zygote import Child, Zygote

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="a process that has imported Qt is forked"
)

RECIPE = """\
version: 1
name: killed
dataset: {name: digits, subset: 600}
architecture: {name: mlp, hidden: [24], norm: batch}
optimizer: {name: adamw, schedule: cosine}
regularization: {dropout: 0.2, ema: 0.9, augmentation: {shift: 1}}
training: {epochs: 30, batch_size: 32, accumulate: 3, validate_every_steps: 7, threads: 1,
           checkpoint_every_steps: 4}
"""
LARGE = (
    "architecture.hidden=[900,900]",
    "training.epochs=2",
    "training.checkpoint_every_steps=1",
)

NO_CHECKPOINT = ("training.checkpoint_every_steps=null", "training.validate_every_steps=100000")


@pytest.fixture(scope="module")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    zygote = Zygote(tmp_path_factory.mktemp("zygote"))
    yield zygote
    zygote.close()


class Program:
    """`main.py train` with the recipe and changes to it, and `main.py resume`."""

    def __init__(self, zygote: Zygote, folder: Path, *changes: str) -> None:
        (folder / "killed.yaml").write_text(RECIPE)
        self._zygote = zygote
        self._folder = folder
        self._changes = changes

    def train(self, runs: str = "killed") -> Child:
        place = ("--runs-dir", self._folder / runs)
        recipe = self._folder / "killed.yaml"
        return self._zygote.run("train", recipe, *self._changes, *place, "--json", "--quiet")

    def whole(self) -> RunFolder:
        child = self.train("whole")
        assert child.wait() == 0, child.err.read_text()
        return RunFolder(Path(child.lines()[-1]["run"]))

    def resume(self, run: RunFolder) -> Child:
        return self._zygote.run("resume", run.path, "--json", "--quiet")

    def finish(self, run: RunFolder) -> dict[str, Any]:
        """Resume it for the last time; the last line."""
        child = self.resume(run)
        assert child.wait() == 0, child.err.read_text()
        first, last = child.lines()
        assert first == {"run": str(run.path)}
        assert last["status"] == "finished"
        return last


@pytest.fixture
def program(zygote: Zygote, tmp_path: Path) -> Callable[..., Program]:
    return lambda *changes: Program(zygote, tmp_path, *changes)


def until(child: Child, holds: Callable[[], Any]) -> Any:
    """Look again and again, at short intervals: what is waited for may last a millisecond. False
    when the process has come to its end instead."""
    begin = time.monotonic()
    for looked in itertools.count(1):
        if found := holds():
            return found
        if looked % 100 == 0 and child.ended():
            return False
        assert time.monotonic() < begin + 120
        time.sleep(0.0005)


def run_of(child: Child) -> RunFolder:
    lines = until(child, child.lines)
    return RunFolder(Path(lines[0]["run"]))


def temporaries(run: RunFolder) -> list[Path]:
    return list(run.path.rglob(".writing-*"))


def test_killed_again_and_again(program: Callable[..., Program]) -> None:
    recipe, chosen = program(), random.Random(3)
    whole = recipe.whole()
    child, run, killed = recipe.train(), None, 0
    while killed < 9:
        until(child, child.begun)
        time.sleep(chosen.uniform(0, 0.4))
        if child.ended():
            break
        assert child.kill() == -9
        killed += 1
        run = run or run_of(child)
        child = recipe.resume(run)
    child.wait()
    assert run is not None
    assert killed > 3
    last = recipe.finish(run)
    assert last["weights_sha256"] == whole.summary()["weights_sha256"]
    assert last["metrics"] == whole.summary()["metrics"]
    assert differences(whole, run) == differences(run, whole) == []
    assert temporaries(run) == []


@pytest.mark.parametrize("phase", ["training", "validating", "testing"])
def test_killed_in_a_certain_phase(phase: str, program: Callable[..., Program]) -> None:
    recipe = program("training.epochs=6")
    whole = recipe.whole()
    child = recipe.train()
    until(child, lambda: child.phase == phase and child.step > 5)
    child.kill()
    run = run_of(child)
    recipe.finish(run)
    assert differences(whole, run) == differences(run, whole) == []


def test_killed_while_a_checkpoint_is_written(program: Callable[..., Program]) -> None:
    """Several times over: what is there is whole, and no half of a file stays behind."""
    recipe = program(*LARGE)
    whole = recipe.whole()
    child = recipe.train()
    run, torn = run_of(child), 0
    for _ in range(4):
        if not until(child, lambda: list(run.checkpoints.glob(".writing-*.ckpt-*"))):
            break
        child.kill()
        torn += bool(temporaries(run))
        child = recipe.resume(run)
    child.wait()
    assert torn > 0
    recipe.finish(run)
    assert differences(whole, run) == differences(run, whole) == []
    assert temporaries(run) == []


def test_killed_before_its_first_checkpoint_it_starts_anew(program: Callable[..., Program]) -> None:
    recipe = program(*NO_CHECKPOINT)
    whole = recipe.whole()
    child = recipe.train()
    until(child, lambda: child.step > 3)
    child.kill()
    run = run_of(child)
    assert list(run.checkpoints.iterdir()) == []
    recipe.finish(run)
    assert differences(whole, run) == differences(run, whole) == []


def test_the_second_process_on_a_run_is_refused(program: Callable[..., Program]) -> None:
    """The lock dies with its owner, however that ends."""
    recipe = program("training.epochs=100000")
    first = recipe.train()
    until(first, lambda: first.step > 3)
    run = run_of(first)
    second = recipe.resume(run)
    assert until(second, second.ended)
    assert second.wait() == 2
    assert f"run: {run.name} is being trained by another process" in second.err.read_text()
    (last,) = second.lines()[-1:]
    assert last["status"] == "failed"
    assert not first.ended()
    first.kill()
    third = recipe.resume(run)
    until(third, lambda: third.phase == "training")
    third.kill()


def test_no_more_than_the_last_moments_of_the_curves_are_lost(
    program: Callable[..., Program],
) -> None:
    """Every step that was done a second before the kill is in the file; it is written to four
    times a second, and before every checkpoint."""
    child = program("training.epochs=100000", *NO_CHECKPOINT).train()
    until(child, lambda: child.step > 20)
    seen: list[tuple[float, int]] = []
    begin = time.monotonic()
    while time.monotonic() < begin + 2.5:
        seen.append((time.monotonic(), child.step))
        time.sleep(0.005)
    child.kill()
    before = [step for when, step in seen if when < time.monotonic() - 1]
    written = read_metrics(run_of(child).path).series("train_loss").since()["step"]
    assert before[-1] > before[0]
    assert written[-1] >= before[-1]
    assert set(written) == set(range(written[-1] + 1))
