"""Going on with earlier runs, following those of other processes, and what is marked on curves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.problems import Problem
from engine.recipe import Recipe
from engine.runs import follow
from engine.training import events as e
from engine.training.begin import Extend, Fork, New, Resume
from gui.presenters.banners import banner_for
from gui.presenters.following import Following
from gui.presenters.marking import Marking
from gui.presenters.possible import State
from gui.presenters.recipe import RecipePresenter
from gui.presenters.runs import recipe_going_on
from gui.presenters.training import TrainingPresenter
from tests.gui.conftest import DATA
from tests.gui.fakes import FakeWorker, ended, started
from tests.gui.run_folders import Made, intervened, make_run

RECIPE = Recipe.parse(DATA)
Run = Callable[[str], Made]


@pytest.fixture
def training(worker: FakeWorker, recipe: RecipePresenter) -> TrainingPresenter:
    return TrainingPresenter(worker, recipe, Path("/runs"), Path("/data"))


@pytest.fixture
def marked(training: TrainingPresenter) -> Iterator[list[tuple[int, str]]]:
    marking = Marking(training)
    training.began.connect(marking.begin)
    training.happened.connect(marking.note)
    heard: list[tuple[int, str]] = []
    marking.marked.connect(lambda step, words: heard.append((step, words)))
    yield heard
    marking.deleteLater()


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return lambda state: make_run(tmp_path, RECIPE, state)


def actions(training: TrainingPresenter) -> tuple[str, ...]:
    banner = banner_for(training)
    return banner.actions if banner is not None else ()


# --- Beginning -----------------------------------------------------------------------------------


def test_a_new_run_remembers_its_preset(training: TrainingPresenter, worker: FakeWorker) -> None:
    training.start("digits_cnn")
    assert worker.begins == [New("digits_cnn")]


def test_a_stopped_run_can_go_on(training: TrainingPresenter, worker: FakeWorker, run: Run) -> None:
    folder = run("stopped").folder
    training.show_run(folder, RECIPE)
    assert "resume_run" in actions(training)
    assert training.can("resume_run").enabled
    assert not training.can("extend").enabled
    training.resume(folder)
    assert worker.begins == [Resume(folder)]
    assert training.state is State.PREPARING
    assert training.run == folder.path


def test_a_finished_run_can_be_trained_longer_but_not_resumed(
    training: TrainingPresenter, worker: FakeWorker, run: Run
) -> None:
    folder = run("finished").folder
    training.show_run(folder, RECIPE)
    assert {"extend", "fork"} <= set(actions(training))
    assert "finished" in training.can("resume_run").why
    training.extend(folder, 5)
    assert worker.begins == [Extend(folder, 5)]


def test_a_run_goes_on_with_the_recipe_of_its_checkpoint_and_begins_with_its_first(
    training: TrainingPresenter, recipe: RecipePresenter, worker: FakeWorker, run: Run
) -> None:
    made = run("stopped").change(50, "optimizer.lr", 0.003, 0.001)
    going_on = recipe_going_on(made.folder)
    assert going_on.optimizer.lr == 0.001
    recipe.open(going_on)
    training.resume(made.folder)
    assert training.trained == going_on
    assert worker.recipes[0].optimizer.lr == 0.003, "the engine reads the changes from the log"
    older = made.checkpoint("auto-00000040.ckpt", 40).folder.checkpoints / "auto-00000040.ckpt"
    assert recipe_going_on(made.folder, older).optimizer.lr == 0.003


def test_without_a_checkpoint_a_run_goes_on_from_the_beginning(run: Run) -> None:
    made = run("interrupted").change(50, "optimizer.lr", 0.003, 0.001)
    for path in made.folder.checkpoints.iterdir():
        path.unlink()
    assert recipe_going_on(made.folder).optimizer.lr == 0.003


def test_a_run_that_is_cancelled_before_it_went_on_is_shown_as_it_was(
    training: TrainingPresenter, worker: FakeWorker, run: Run
) -> None:
    folder = run("finished").folder
    training.show_run(folder, RECIPE)
    training.extend(folder, 5)
    training.stop()
    worker.tell(ended("stopped", run=folder.path))
    assert training.state is State.FINISHED
    assert training.channel is not None
    assert "train_loss" in training.channel.log.names()
    assert training.ended is not None
    assert training.ended.result.metrics["val_accuracy"] == 0.986


def test_a_damaged_checkpoint_offers_the_whole_one_that_is_named(
    training: TrainingPresenter, worker: FakeWorker, run: Run
) -> None:
    folder = run("stopped").folder
    training.show_run(folder, RECIPE)
    training.resume(folder)
    hint = "best.ckpt is whole: use --checkpoint best.ckpt (step 60)"
    problem = Problem("checkpoint", "last.ckpt is damaged: it is cut off", hint)
    worker.tell(ended("failed", run=folder.path, problems=(problem,)))
    banner = banner_for(training)
    assert banner is not None
    assert banner.sentence == "last.ckpt is damaged: it is cut off"
    assert "--checkpoint" not in banner.hint
    assert banner.checkpoint == folder.best_checkpoint
    assert banner.actions[0] == "resume_older"
    training.resume(folder, banner.checkpoint)
    assert worker.begins[-1] == Resume(folder, folder.best_checkpoint)


def test_an_interrupted_run_is_shown_as_such_and_says_from_where_it_goes_on(
    training: TrainingPresenter, run: Run
) -> None:
    made = run("interrupted").checkpoint("kept-00000030.ckpt", 30, "asked")
    training.show_run(made.folder, RECIPE)
    assert training.state is State.INTERRUPTED
    banner = banner_for(training)
    assert banner is not None
    assert banner.sentence.endswith("from its newest checkpoint, step 100 (epoch 5).")
    assert "Kept: last.ckpt, best.ckpt and 1 more in" in banner.hint
    assert "resume_run" in banner.actions


# --- Troubles ------------------------------------------------------------------------------------


def test_what_cannot_be_saved_is_said_until_it_works_again(
    training: TrainingPresenter, worker: FakeWorker
) -> None:
    training.start()
    worker.tell(started())
    for what in ("Metrics", "Checkpoints"):
        sentence = f"{what} cannot be written: No space left on device"
        worker.tell(e.Notice(Problem("run", sentence, "the training goes on")))
    banner = banner_for(training)
    assert banner is not None
    assert banner.level == "warning"
    assert banner.sentence == "Checkpoints cannot be written: No space left on device."
    assert "Metrics cannot be written" in banner.details
    worker.tell(e.Recovered("Checkpoints are written again"))
    banner = banner_for(training)
    assert banner is not None
    assert banner.sentence.startswith("Metrics")
    worker.tell(e.Recovered("Metrics are written again"))
    assert banner_for(training) is None


def test_a_pause_for_lack_of_space_says_why(
    training: TrainingPresenter, worker: FakeWorker
) -> None:
    training.start()
    worker.tell(started())
    worker.tell(e.Notice(Problem("run", "Metrics cannot be written: full", "the training pauses")))
    worker.tell(e.Paused(1, 3, 3))
    banner = banner_for(training)
    assert banner is not None
    assert banner.title == "Paused"
    assert "Metrics cannot be written: full" in banner.hint


# --- Marks ---------------------------------------------------------------------------------------


def test_what_happens_is_marked_once(
    training: TrainingPresenter, worker: FakeWorker, marked: list[tuple[int, str]]
) -> None:
    training.start()
    worker.tell(started())
    change = e.Intervened(intervened(12, "optimizer.lr", 0.003, 0.001))
    for event in (change, change, e.CheckpointSaved(Path("a"), 20, "asked"),
                  e.CheckpointSaved(Path("b"), 21, "last")):  # fmt: skip
        worker.tell(event)
    assert marked == [(12, "lr 0.003 → 0.001"), (20, "checkpoint")]


def test_a_run_of_the_past_is_marked_with_what_happened_in_it(
    training: TrainingPresenter, run: Run, marked: list[tuple[int, str]]
) -> None:
    made = run("finished").change(50, "optimizer.lr", 0.003, 0.001)
    made.checkpoint("step-00000070.ckpt", 70, "asked")
    parent = {"kind": "fork", "run": "20260101-120000-old", "step": 20}
    made.environment(parent=parent)
    training.show_run(made.folder, RECIPE)
    assert marked == [(20, "forked from old"), (50, "lr 0.003 → 0.001"), (70, "checkpoint")]


def test_a_run_that_goes_on_is_marked_until_its_checkpoint(
    training: TrainingPresenter, worker: FakeWorker, run: Run, marked: list[tuple[int, str]]
) -> None:
    made = run("stopped").change(50, "optimizer.lr", 0.003, 0.001)
    made.change(70, "optimizer.lr", 0.001, 0.0005)
    training.resume(made.folder, made.folder.best_checkpoint)
    assert marked == []
    worker.tell(started(made.folder.path))
    assert marked == [(50, "lr 0.003 → 0.001")]


def test_a_fork_is_marked_where_it_began(
    training: TrainingPresenter, worker: FakeWorker, run: Run, marked: list[tuple[int, str]]
) -> None:
    parent, child = run("finished").folder, run("stopped")
    training.fork(parent, parent.best_checkpoint)
    assert worker.begins == [Fork(parent, parent.best_checkpoint)]
    child.environment(parent={"kind": "fork", "run": parent.name, "step": 60})
    worker.tell(started(child.folder.path))
    assert marked == [(60, "forked from digits-mlp")]


# --- Following -----------------------------------------------------------------------------------


@pytest.fixture
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "LOOK_EVERY", 0.0)


@pytest.mark.usefixtures("_no_waiting")
def test_a_run_of_another_process_is_followed_to_its_end(
    training: TrainingPresenter, run: Run, marked: list[tuple[int, str]]
) -> None:
    made = run("running").change(50, "optimizer.lr", 0.003, 0.001)
    training.follow(Following(made.folder), RECIPE)
    assert training.state is State.FOLLOWED
    assert training.progress().what == "Epoch 5/5"
    assert marked == [(50, "lr 0.003 → 0.001")]
    made.points("train_loss", 101, 102).change(101, "training.epochs", 5, 8)
    training.poll()
    assert training.channel is not None
    assert len(training.channel.log.series("train_loss")) == 102
    assert training.progress().what == "Epoch 6/8"
    assert marked[-1] == (101, "epochs 5 → 8")
    made.ended("finished")
    training.poll()
    assert training.state is State.FINISHED
    assert training.following is None
    assert {"extend", "fork"} <= set(actions(training))


@pytest.mark.usefixtures("_no_waiting")
def test_a_followed_run_whose_process_dies_is_an_interrupted_one(
    training: TrainingPresenter, run: Run
) -> None:
    made = run("running")
    training.follow(Following(made.folder), RECIPE)
    made.environment(pid=None)
    training.poll()
    assert training.state is State.INTERRUPTED


def test_a_followed_run_is_steered_elsewhere(training: TrainingPresenter, run: Run) -> None:
    training.follow(Following(run("running").folder), RECIPE)
    banner = banner_for(training)
    assert banner is not None
    assert "process" in banner.sentence
    for name in ("pause", "step", "stop", "checkpoint", "export", "resume_run", "extend", "fork"):
        assert "Another process" in training.can(name).why
    assert training.can("start").enabled


def test_starting_something_ends_the_following(
    training: TrainingPresenter, worker: FakeWorker, run: Run
) -> None:
    training.follow(Following(run("running").folder), RECIPE)
    training.start()
    assert training.following is None
    worker.tell(started())
    assert training.state is State.RUNNING
