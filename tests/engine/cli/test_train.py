"""The train command around a training that is acted: output, exit status, signals."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import engine
from engine import api
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.training import events
from engine.training.channel import Channel
from engine.training.commands import Resume, Stop
from tests.engine.cli.conftest import Run

Act = Callable[[Channel, Path], events.Ended]


def result(run: Path | None, status: events.Status = "finished") -> events.Result:
    return events.Result(
        run, status, 2, 10, 1.5, 100.0, {"val_loss": 0.5, "test_accuracy": float("nan")}, "abc",
        run / "last.ckpt" if run else None,
    )  # fmt: skip


@pytest.fixture
def acted(monkeypatch: pytest.MonkeyPatch) -> Callable[[Act], dict[str, Any]]:
    """Put an acted training in the place of the real one; what it was called with comes back."""
    from engine.training import session

    called: dict[str, Any] = {}

    def put(act: Act) -> dict[str, Any]:
        def run_recipe(
            recipe: Recipe, runs_dir: Path, data_dir: Path, channel: Channel, folder: object
        ) -> events.Result:
            called.update(recipe=recipe, runs_dir=runs_dir, data_dir=data_dir)
            ended = act(channel, runs_dir / "run-1")
            channel.tell(ended)
            return ended.result

        monkeypatch.setattr(session, "run_recipe", run_recipe)
        return called

    return put


def plays_well(channel: Channel, run: Path) -> events.Ended:
    print("a library says something")
    channel.tell(events.Preparing("Loading", 0.5))
    channel.tell(events.RunCreated(run))
    channel.tell(events.Started(run, 2, 10, 5, "cpu", 1, 99))
    channel.tell(events.Evaluated(1.0, 5, {"val_loss": 0.7}, True))
    channel.tell(events.Notice(Problem("checkpoint", "Not written", "free space")))
    return events.Ended(result(run))


def test_json_is_the_run_first_and_the_result_last(
    run: Run, acted: Callable[[Act], dict[str, Any]], recipe_file: Path, tmp_path: Path
) -> None:
    called = acted(plays_well)
    ran = run("train", recipe_file, "training.epochs=3", "--runs-dir", tmp_path / "r",
              "--data-dir", tmp_path / "d", "--json")  # fmt: skip
    assert ran.status == 0
    first, last = map(json.loads, ran.out.splitlines())
    assert first == {"run": str(tmp_path / "r" / "run-1")}
    assert last == {
        "run": str(tmp_path / "r" / "run-1"), "status": "finished", "epochs": 2, "steps": 10,
        "seconds": 1.5, "samples_per_second": 100.0,
        "metrics": {"val_loss": 0.5, "test_accuracy": None}, "weights_sha256": "abc",
        "checkpoint": str(tmp_path / "r" / "run-1" / "last.ckpt"), "best_checkpoint": None,
    }  # fmt: skip
    assert called["recipe"].training.epochs == 3
    assert called["data_dir"] == tmp_path / "d"


def test_everything_else_goes_to_standard_error(
    run: Run, acted: Callable[[Act], dict[str, Any]], recipe_file: Path
) -> None:
    acted(plays_well)
    ran = run("train", recipe_file, "--json")
    for part in ("a library says", "Loading", "99 parameters", "val_loss 0.7000", "Not written"):
        assert part in ran.err


def test_text_ends_with_metrics_and_the_run_folder(
    run: Run, acted: Callable[[Act], dict[str, Any]], recipe_file: Path
) -> None:
    called = acted(plays_well)
    ran = run("train", recipe_file, "--quiet")
    lines = ran.out.splitlines()
    assert lines[-1] == f"Run: {called['runs_dir'] / 'run-1'}"
    assert "0.5000" in ran.out
    assert "Loading" not in ran.err
    assert "Not written" in ran.err


@pytest.mark.parametrize(("bad_input", "status"), [(True, 2), (False, 1)])
def test_a_failure_lists_its_problems(
    run: Run,
    acted: Callable[[Act], dict[str, Any]],
    recipe_file: Path,
    bad_input: bool,
    status: int,
) -> None:
    problems = (Problem("dataset", "Is corrupt", "download it again"), Problem("", "And more"))

    def fails(_channel: Channel, _run: Path) -> events.Ended:
        return events.Ended(result(None, "failed"), problems, bad_input)

    acted(fails)
    ran = run("train", recipe_file, "--json")
    assert ran.status == status
    assert "dataset: Is corrupt (download it again)\nAnd more\n" in ran.err
    (line,) = map(json.loads, ran.out.splitlines())
    assert (line["run"], line["status"], len(line["problems"])) == (None, "failed", 2)


def test_a_training_whose_end_could_not_be_saved_is_no_success(
    run: Run, acted: Callable[[Act], dict[str, Any]], recipe_file: Path
) -> None:
    """A script that goes on with its checkpoint would take an older one."""
    problem = Problem("checkpoint", "Its end could not be saved", "free space")
    acted(lambda _channel, run: events.Ended(result(run), (problem,)))
    ran = run("train", recipe_file, "--json")
    assert ran.status == 1
    assert "checkpoint: Its end could not be saved (free space)" in ran.err
    last = json.loads(ran.out.splitlines()[-1])
    assert (last["status"], last["problems"][0]["path"]) == ("finished", "checkpoint")


@pytest.mark.parametrize(("choice", "asked"), [("pause", [Resume()]), ("go_on", [])])
def test_what_paused_for_a_full_disk_goes_on_when_there_is_room(
    run: Run, acted: Callable[[Act], dict[str, Any]], recipe_file: Path, choice: str,
    asked: list[Resume],
) -> None:  # fmt: skip
    """In a terminal there is no button to go on."""
    posted: list[object] = []

    def recovers(channel: Channel, run: Path) -> events.Ended:
        channel.tell(events.Recovered("Metrics are written again"))
        while not channel.commands.empty():
            posted.append(channel.commands.get_nowait()[0])
        return events.Ended(result(run))

    acted(recovers)
    ran = run("train", recipe_file, f"training.when_not_saved={choice}")
    assert ran.status == 0
    assert posted == asked


def test_a_recipe_with_problems_never_starts(
    run: Run, acted: Callable[[Act], dict[str, Any]], recipe_file: Path
) -> None:
    called = acted(plays_well)
    ran = run("train", recipe_file, "optimizer.lr=-1", "--json")
    assert (ran.status, called) == (2, {})
    assert json.loads(ran.out)["problems"][0]["path"] == "optimizer.lr"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_with_a_checkpoint(
    run: Run, acted: Callable[[Act], dict[str, Any]], recipe_file: Path, number: int
) -> None:
    before = signal.getsignal(number)

    def waits_for_stop(channel: Channel, run: Path) -> events.Ended:
        channel.tell(events.RunCreated(run))
        os.kill(os.getpid(), number)
        command, _future = channel.commands.get(timeout=30)
        assert command == Stop(save=True)
        return events.Ended(result(run, "stopped"))

    acted(waits_for_stop)
    ran = run("train", recipe_file, "--json")
    assert ran.status == 128 + number
    assert json.loads(ran.out.splitlines()[-1])["status"] == "stopped"
    assert signal.getsignal(number) == before


def test_a_second_signal_ends_at_once(
    run: Run, acted: Callable[[Act], dict[str, Any]], recipe_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    ended, over = [], threading.Event()

    def end_at_once(status: int) -> None:
        ended.append(status)
        over.set()

    monkeypatch.setattr("engine.cli.headless.os._exit", end_at_once)

    def is_stuck(channel: Channel, run: Path) -> events.Ended:
        os.kill(os.getpid(), signal.SIGINT)
        channel.commands.get(timeout=30)
        os.kill(os.getpid(), signal.SIGINT)
        over.wait(30)
        return events.Ended(result(run, "stopped"))

    acted(is_stuck)
    run("train", recipe_file)
    assert ended == [130]


def test_a_bug_in_the_training_is_one_line(
    run: Run, acted: Callable[[Act], dict[str, Any]], recipe_file: Path
) -> None:
    def breaks(_channel: Channel, _run: Path) -> events.Ended:
        raise RuntimeError("a bug")

    acted(breaks)
    ran = run("train", recipe_file)
    assert ran.status == 1
    assert "RuntimeError: a bug" in ran.err
    assert "Traceback" not in ran.err


def test_a_bug_before_there_is_a_run_folder_leaves_its_traceback_in_a_file(
    run: Run, acted: Callable[[Act], dict[str, Any]], recipe_file: Path
) -> None:
    problem = Problem("training", "The training failed: KeyError: 1")
    acted(lambda _c, _r: events.Ended(result(None, "failed"), (problem,), traceback="Trace: 1"))
    ran = run("train", recipe_file, "--quiet")
    assert ran.status == 1
    first, second = ran.err.splitlines()
    assert first == str(problem)
    assert Path(second.removeprefix("The details are in ")).read_text() == "Trace: 1"


# --- From Python ---------------------------------------------------------------------------------

RECIPE = {"version": 1, "dataset": "digits", "architecture": "mlp"}


def test_train_from_python_returns_the_run(
    acted: Callable[[Act], dict[str, Any]], tmp_path: Path
) -> None:
    acted(plays_well)
    seen: list[events.Event] = []
    done = engine.train(engine.Recipe.parse(RECIPE), tmp_path, listener=seen.append)
    assert done.run == tmp_path / "run-1"
    assert isinstance(seen[-1], events.Ended)


def test_train_from_python_raises_what_went_wrong(
    acted: Callable[[Act], dict[str, Any]], tmp_path: Path
) -> None:
    recipe = Recipe.parse(RECIPE)
    problem = Problem("training", "The loss became nan", "lower the rate")
    acted(lambda _channel, run: events.Ended(result(run, "failed"), (problem,)))
    with pytest.raises(engine.TrainingFailedError, match="became nan") as failed:
        engine.train(recipe, tmp_path)
    assert failed.value.result.run == tmp_path / "run-1"
    acted(lambda _channel, run: events.Ended(result(None, "failed"), (problem,), bad_input=True))
    with pytest.raises(ProblemError, match="became nan"):
        engine.train(recipe, tmp_path)


def test_ctrl_c_from_python_saves_and_is_raised(
    acted: Callable[[Act], dict[str, Any]], tmp_path: Path
) -> None:
    def waits_for_stop(channel: Channel, run: Path) -> events.Ended:
        time.sleep(0.5)  # Python misses a signal that comes just before it begins to wait
        os.kill(os.getpid(), signal.SIGINT)
        command, _future = channel.commands.get(timeout=30)
        assert command == Stop(save=True)
        return events.Ended(result(run, "stopped"))

    acted(waits_for_stop)
    with pytest.raises(KeyboardInterrupt):
        api.train(Recipe.parse(RECIPE), tmp_path)
