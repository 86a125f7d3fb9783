from __future__ import annotations

import json
from pathlib import Path

from engine.recipe import Recipe
from engine.runs.folder import RunFolder, create_run
from gui.presenters.banners import outcome
from gui.presenters.messages import Messages
from gui.presenters.possible import State
from gui.presenters.recipe import RecipePresenter
from gui.presenters.runs import channel_of, ending_of, mark_of
from gui.presenters.training import TrainingPresenter
from tests.gui.conftest import DATA
from tests.gui.fakes import FakeWorker
from tests.gui.run_folders import intervened


def a_run(folder: Path, summary: dict[str, object]) -> RunFolder:
    run = create_run(folder, Recipe.parse(DATA))
    run.last_checkpoint.write_bytes(b"x")
    if summary:
        run.summary_file.write_text(json.dumps(summary))
    return run


def test_a_finished_run_is_shown_as_it_ended(
    tmp_path: Path, worker: FakeWorker, recipe: RecipePresenter, messages: Messages
) -> None:
    run = a_run(tmp_path, {"status": "finished", "steps": 9, "metrics": {"val_accuracy": 0.9}})
    training = TrainingPresenter(worker, recipe, tmp_path, tmp_path)
    training.show_run(run, run.recipe())
    assert training.state is State.FINISHED
    assert training.can("export").enabled
    assert "90.0 %" in outcome(training)
    assert training.run == run.path


def test_a_run_without_a_summary_counts_as_stopped(tmp_path: Path) -> None:
    ended = ending_of(a_run(tmp_path, {}))
    assert ended.result.status == "stopped"
    assert ended.result.best_checkpoint is None


def test_a_failed_run_tells_its_problem(tmp_path: Path) -> None:
    problem = {"path": "training", "sentence": "The loss became nan", "hint": "lower it"}
    ended = ending_of(a_run(tmp_path, {"status": "failed", "problems": [problem]}))
    assert ended.problem is not None
    assert ended.problem.hint == "lower it"


def test_the_channel_of_a_past_run_takes_no_commands(tmp_path: Path) -> None:
    from engine.training.commands import Pause

    channel = channel_of(a_run(tmp_path, {}))
    assert channel.post(Pause()).result(timeout=1).ok is False


def test_frozen_layers_are_marked_as_what_they_are() -> None:
    assert mark_of(intervened(5, "training.freeze", [], ["0"])) == "frozen: 0"
    assert mark_of(intervened(5, "training.freeze", ["0"], [])) == "frozen: none"
    assert mark_of(intervened(5, "optimizer.lr", 0.003, 0.001)) == "lr 0.003 → 0.001"
