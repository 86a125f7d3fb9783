"""resume, extend, fork and replay: their output, exit status and what they refuse."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.runs.checkpointfile import (
    archive_of,
    is_whole,
    list_checkpoints,
    read_stamp,
    stamped,
)
from engine.runs.folder import RunFolder
from engine.runs.lock import is_locked
from engine.training.commands import Stop
from engine.training.session import Session
from engine.training.setting import Setting
from tests.engine.cli.conftest import Ran, Run
from tests.engine.cli.test_runs import program
from tests.engine.disks import make_read_only, small_disk

RECIPE = """\
version: 1
name: small
dataset: {name: digits, subset: 300}
architecture: {name: mlp, hidden: [16]}
optimizer: {name: adam, lr: 0.01, schedule: cosine}
regularization: {dropout: 0.2}
training: {epochs: 3, batch_size: 32, threads: 1}
"""
KEYS = ["run", "status", "epochs", "steps", "seconds", "samples_per_second", "metrics",
        "weights_sha256", "checkpoint", "best_checkpoint"]  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with one finished run, made by the program."""
    place = tmp_path_factory.mktemp("made")
    (place / "small.yaml").write_text(RECIPE)
    done = subprocess.run(
        program("train", place / "small.yaml", "--runs-dir", place / "runs", "--quiet",
                "--checkpoint-every-steps", 3, "training.keep_checkpoints=100"),
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return place / "runs"


@pytest.fixture
def runs(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "runs")
    return tmp_path / "runs"


@pytest.fixture
def finished(runs: Path) -> RunFolder:
    (path,) = runs.iterdir()
    return RunFolder(path)


@pytest.fixture
def cut_off(finished: RunFolder) -> RunFolder:
    """As a killed training leaves it, at step 15 of 21."""
    finished.summary_file.unlink()
    for path in finished.checkpoints.iterdir():
        if path.stem in ("last", "best", "auto-00000018", "auto-00000021"):
            path.unlink()
    return finished


def lines(ran: Ran) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [json.loads(line) for line in ran.out.splitlines()]
    return found


def newest(runs: Path) -> RunFolder:
    return RunFolder(max(runs.iterdir(), key=lambda path: path.stat().st_ctime_ns))


# --- resume --------------------------------------------------------------------------------------


def test_resume_prints_what_train_prints(run: Run, cut_off: RunFolder, runs: Path) -> None:
    ran = run("resume", cut_off.name, "--runs-dir", runs, "--json", "--quiet")
    assert ran.status == 0
    first, last = lines(ran)
    assert first == {"run": str(cut_off.path)}
    assert list(last) == KEYS
    assert (last["status"], last["steps"]) == ("finished", 21)


def test_resume_of_a_finished_run_shows_its_result_again(run: Run, finished: RunFolder) -> None:
    """Of its folder as it is now: it may have been moved."""
    moved = RunFolder(finished.path.rename(finished.path.with_name("moved")))
    before = moved.summary_file.stat().st_mtime_ns
    ran = run("resume", moved.path, "--json")
    first, last = lines(ran)
    assert ran.status == 0
    assert first == {"run": str(moved.path)}
    assert list(last) == KEYS
    assert last["run"] == str(moved.path)
    assert last["checkpoint"] == str(moved.last_checkpoint)
    assert last["weights_sha256"] == moved.summary()["weights_sha256"]
    text = run("resume", moved.path)
    assert text.out.splitlines()[-1] == f"moved is finished. Run: {moved.path}"
    assert "accuracy" in text.out
    assert moved.summary_file.stat().st_mtime_ns == before


def test_odd_metrics_of_a_finished_run_are_shown_as_far_as_they_go(
    run: Run, finished: RunFolder
) -> None:
    metrics = {"val_loss": None, "val_f1": 0.5, "odd": "x", "more": [1]}
    finished.write_json(finished.summary_file, {"status": "finished", "metrics": metrics})
    ran = run("resume", finished.path)
    assert ran.status == 0
    assert "nan" in ran.out
    assert run("resume", finished.path, "--json").status == 0


def test_a_resume_that_is_stopped_while_it_prepares_says_what_the_run_has(
    run: Run, cut_off: RunFolder, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = Session._prepare

    def interrupted(session: Session) -> Setting:
        session.channel.post(Stop())
        return prepare(session)

    monkeypatch.setattr(Session, "_prepare", interrupted)
    ran = run("resume", cut_off.name, "--runs-dir", runs, "--quiet")
    assert "Stopped before the first batch: the run has 2 epochs, 15 steps" in ran.out
    assert f"Run: {cut_off.path}" in ran.out


def test_resume_with_a_damaged_checkpoint_names_another_that_works(
    run: Run, cut_off: RunFolder
) -> None:
    path = cut_off.checkpoints / "auto-00000015.ckpt"
    path.write_bytes(path.read_bytes()[:-200] + b"\0" * 200)
    path.rename(cut_off.last_checkpoint)
    ran = run("resume", cut_off.path, "--json", "--quiet")
    assert ran.status == 2
    assert "checkpoint: last.ckpt is damaged" in ran.err
    assert "use --checkpoint auto-00000012.ckpt (step 12)" in ran.err
    assert "Traceback" not in ran.err
    (line,) = lines(ran)
    assert (line["status"], line["problems"][0]["path"]) == ("failed", "checkpoint")
    mended = run("resume", cut_off.path, "--checkpoint", "auto-00000012.ckpt", "--quiet")
    assert mended.status == 0
    assert cut_off.summary()["status"] == "finished"


def test_resume_from_a_checkpoint_that_is_not_there_lists_those_that_are(
    run: Run, cut_off: RunFolder
) -> None:
    ran = run("resume", cut_off.path, "--checkpoint", "bets", "--json")
    assert ran.status == 2
    assert "has no checkpoint 'bets'" in ran.err
    assert "auto-00000003.ckpt, auto-00000006.ckpt" in ran.err
    assert lines(ran)[-1]["status"] == "failed"


@pytest.mark.parametrize("command", ["resume", "extend --epochs 1", "fork", "replay"])
def test_no_such_run(run: Run, finished: RunFolder, runs: Path, command: str) -> None:
    ran = run(*command.split(), finished.name[:-1], "--runs-dir", runs, "--json")
    assert ran.status == 2
    assert f"did you mean '{finished.name}'?" in ran.err
    (line,) = lines(ran)
    assert line["problems"][0]["path"] == "run"


@pytest.mark.parametrize(
    "command", ["resume", "extend --epochs 1", "fork", "replay", "evaluate", "metrics"]
)
def test_a_run_of_a_newer_version_says_which_it_needs(
    run: Run, finished: RunFolder, command: str
) -> None:
    newer = {**finished.environment(), "format": 3, "packages": {"trainboard": "4.2"}}
    finished.write_json(finished.environment_file, newer)
    ran = run(*command.split(), finished.path)
    assert ran.status == 2
    assert "was made by Trainboard 4.2" in ran.err
    assert "update Trainboard" in ran.err
    listed = run("runs", "--runs-dir", finished.path.parent)
    assert listed.status == 0
    assert finished.name in listed.out


@pytest.mark.parametrize("command", ["resume", "fork", "evaluate"])
def test_code_in_a_checkpoint_is_not_executed(
    run: Run, cut_off: RunFolder, tmp_path: Path, command: str
) -> None:
    proof = tmp_path / "proof"

    class Harmful:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.system, (f"touch {proof}",)

    (cut_off.checkpoints / "given.ckpt").write_bytes(pickle.dumps(Harmful()))
    ran = run(command, cut_off.path, "--checkpoint", "given.ckpt")
    assert ran.status == 2
    assert "given.ckpt is damaged" in ran.err
    assert not proof.exists()


def test_a_checkpoint_of_a_newer_version(run: Run, cut_off: RunFolder) -> None:
    path = cut_off.checkpoints / "auto-00000015.ckpt"
    stamp = read_stamp(path)
    assert stamp is not None
    newer = replace(stamp, format=3, version="4.2")
    path.write_bytes(stamped(archive_of(path.read_bytes()), newer))
    for command in ("resume", "fork"):
        ran = run(command, cut_off.path)
        assert ran.status == 2
        assert "was written by Trainboard 4.2, which is newer" in ran.err


# --- extend --------------------------------------------------------------------------------------


def test_extend(run: Run, finished: RunFolder, runs: Path) -> None:
    ran = run("extend", finished.name, "--epochs", 2, "--runs-dir", runs, "--json", "--quiet")
    assert ran.status == 0
    assert (lines(ran)[-1]["epochs"], lines(ran)[-1]["run"]) == (5, str(finished.path))
    assert run("replay", finished.path, "--runs-dir", runs, "--quiet").status == 0


def test_extend_of_an_unfinished_run_is_refused(run: Run, cut_off: RunFolder) -> None:
    ran = run("extend", cut_off.path, "--epochs", 2)
    assert ran.status == 2
    assert "is not finished (resume it first" in ran.err
    assert run("extend", cut_off.path, "--epochs", 0).status == 2
    assert run("extend", cut_off.path).status == 2


# --- fork ----------------------------------------------------------------------------------------


def test_fork_at_a_step_with_changes(run: Run, finished: RunFolder, runs: Path) -> None:
    ran = run("fork", finished.name, "--at", 10, "optimizer=sgd", "optimizer.lr=0.1",
              "training.epochs=4", "--runs-dir", runs, "--json", "--quiet")  # fmt: skip
    assert ran.status == 0
    first, last = lines(ran)
    fork = RunFolder(Path(first["run"]))
    assert fork.path.parent == runs
    assert last["steps"] == 28
    assert fork.recipe().optimizer.name == "sgd"
    assert fork.environment()["parent"]["checkpoint"] == "auto-00000009.ckpt"
    listed = {entry["name"]: entry for entry in
              json.loads(run("runs", "--runs-dir", runs, "--json").out)}  # fmt: skip
    assert listed[fork.name]["parent"] == finished.name
    assert listed[fork.name]["parent_step"] == 9
    assert listed[finished.name]["parent"] is None
    assert listed[fork.name]["state"] == "finished"
    assert listed[fork.name]["best"]["metric"] == "val_accuracy"


def test_fork_says_from_where_and_what_begins_anew(
    run: Run, finished: RunFolder, runs: Path
) -> None:
    ran = run("fork", finished.path, "--at", 9, "optimizer=sgd", "--runs-dir", runs)
    assert ran.status == 0
    assert f"Forking {finished.name} at step 9 (auto-00000009.ckpt)" in ran.err
    assert "The optimizer's state (momentum and the like) starts anew." in ran.err


def test_fork_without_a_step_takes_the_newest_and_needs_more_to_do(
    run: Run, finished: RunFolder, runs: Path
) -> None:
    ran = run("fork", finished.path, "--runs-dir", runs)
    assert ran.status == 2
    assert "training.epochs: 3 epochs done at this checkpoint already" in ran.err
    assert len(list(runs.iterdir())) == 1
    more = ("training.epochs=4", "--runs-dir", runs, "--quiet")
    assert run("fork", finished.path, *more).status == 0
    named = ("--checkpoint", "auto-00000003", "--runs-dir", runs, "--quiet", "--json")
    ran = run("fork", finished.path, *named)
    assert RunFolder(Path(lines(ran)[0]["run"])).environment()["parent"]["step"] == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("architecture=linear",), "architecture.name: This cannot change in a fork"),
        (("dataset.split_seed=3",), "dataset.split_seed: This cannot change"),
        (("training.batch_size=8", "training.seed=3"), "training.seed: This cannot change"),
        (("optimizer.lrr=3",), "optimizer.lrr"),
        (("--at", "9", "--checkpoint", "last"), "either at a step or with a checkpoint"),
        (("--at", "9", "training.epochs=1"), "epochs done at this checkpoint already"),
    ],
)
def test_what_cannot_carry_over_is_said_before_anything_starts(
    run: Run, finished: RunFolder, runs: Path, arguments: tuple[str, ...], said: str
) -> None:
    ran = run("fork", finished.path, *arguments, "--runs-dir", runs, "--json")
    assert ran.status == 2
    assert said in ran.err
    assert [line["status"] for line in lines(ran)] == ["failed"]
    assert len(list(runs.iterdir())) == 1


def test_fork_of_a_run_without_checkpoints(run: Run, finished: RunFolder, runs: Path) -> None:
    shutil.rmtree(finished.checkpoints)
    ran = run("fork", finished.path, "--runs-dir", runs)
    assert ran.status == 2
    assert "has no checkpoint (train it with --checkpoint-every-steps)" in ran.err


# --- replay --------------------------------------------------------------------------------------


def test_replay_of_a_finished_run(run: Run, finished: RunFolder, runs: Path) -> None:
    ran = run("replay", finished.name, "--runs-dir", runs, "--json", "--quiet")
    assert ran.status == 0
    assert lines(ran)[-1]["weights_sha256"] == finished.summary()["weights_sha256"]
    assert f"The same as {finished.name}, bit for bit: weights and every" in ran.err
    assert newest(runs).environment()["parent"]["kind"] == "replay"


def test_replay_of_a_run_that_was_cut_off(run: Run, cut_off: RunFolder, runs: Path) -> None:
    ran = run("replay", cut_off.path, "--runs-dir", runs, "--quiet")
    assert ran.status == 0
    assert "every logged metric until it was cut off" in ran.err


def test_a_replay_that_differs_exits_with_1(run: Run, finished: RunFolder, runs: Path) -> None:
    text = finished.recipe_file.read_text()
    finished.recipe_file.write_text(text.replace("lr: 0.01", "lr: 0.011"))
    ran = run("replay", finished.path, "--runs-dir", runs, "--quiet")
    assert ran.status == 1
    assert "replay: lr differs from step 1 on" in ran.err
    assert "replay: The final weights differ" in ran.err


def test_replay_with_other_data_is_refused(run: Run, finished: RunFolder, runs: Path) -> None:
    environment = {**finished.environment(), "dataset_fingerprint": "other"}
    finished.write_json(finished.environment_file, environment)
    ran = run("replay", finished.path, "--runs-dir", runs)
    assert ran.status == 2
    assert "dataset: The data is not the same as when the run was made" in ran.err
    assert len(list(runs.iterdir())) == 1


def test_a_run_that_failed_is_replayed_to_its_failure(run: Run, runs: Path, tmp_path: Path) -> None:
    (tmp_path / "diverges.yaml").write_text(RECIPE)
    options = ("optimizer=sgd", "optimizer.lr=1000", "training.epochs=50", "--quiet",
               "architecture.hidden=[32,32]", "--runs-dir", runs)  # fmt: skip
    assert run("train", tmp_path / "diverges.yaml", *options).status == 1
    failed = newest(runs)
    ran = run("replay", failed.path, "--runs-dir", runs, "--quiet")
    assert ran.status == 0
    assert "The same as" in ran.err


# --- Processes -----------------------------------------------------------------------------------


@pytest.fixture
def in_training(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], RunFolder]]:
    """A long training in a process of its own, with checkpoints every 50 steps."""
    (tmp_path / "small.yaml").write_text(RECIPE)
    process = subprocess.Popen(
        program("train", tmp_path / "small.yaml", "--runs-dir", tmp_path / "own", "--json",
                "--quiet", "--checkpoint-every-steps", 50, "training.keep_checkpoints=10000",
                "training.epochs=100000"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        try:
            assert process.stdout is not None
            folder = RunFolder(Path(json.loads(process.stdout.readline())["run"]))
            while not (folder.checkpoints / "auto-00000050.ckpt").is_file():
                assert process.poll() is None
            yield process, folder
        finally:
            process.kill()


def forked(run: Run, folder: RunFolder, runs: Path) -> int:
    """Fork at step 50 and train 30 steps; the exit status."""
    ran = run("fork", folder.path, "--at", 50, "training.steps=80", "--runs-dir", runs, "--quiet")
    assert "Traceback" not in ran.err
    return ran.status


def test_a_run_in_training_is_forked_but_not_resumed(
    run: Run, in_training: tuple[subprocess.Popen[str], RunFolder], tmp_path: Path
) -> None:
    process, folder = in_training
    assert is_locked(folder)
    ran = run("resume", folder.path, "--json")
    assert ran.status == 2
    assert "is being trained by another process (stop it there first)" in ran.err
    assert lines(ran)[-1]["status"] == "failed"
    assert run("extend", folder.path, "--epochs", 1).status == 2
    assert forked(run, folder, tmp_path / "forks") == 0
    assert newest(tmp_path / "forks").environment()["parent"]["step"] == 50
    assert process.poll() is None
    process.kill()
    process.wait()
    assert not is_locked(folder)


def test_ctrl_c_twice_ends_at_once_and_leaves_a_whole_run(
    run: Run, in_training: tuple[subprocess.Popen[str], RunFolder], tmp_path: Path
) -> None:
    process, folder = in_training
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert not is_locked(folder)
    (entry,) = json.loads(run("runs", "--runs-dir", folder.path.parent, "--json").out)
    assert entry["state"] in ("interrupted", "stopped")
    assert all(is_whole(c.path) for c in list_checkpoints(folder))
    assert forked(run, folder, tmp_path / "forks") == 0


# --- A folder that cannot be written -------------------------------------------------------------


def test_a_read_only_run_is_looked_at_but_not_trained(run: Run, made: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 2000) as disk:
        shutil.copytree(made, disk / "runs")
        (path,) = (disk / "runs").iterdir()
        second = path.with_name("second")
        shutil.copytree(path, second)
        make_read_only(disk)
        place = ("--runs-dir", disk / "runs")
        for command in (("runs",), ("runs", "--json"), ("evaluate", path.name), ("metrics", path),
                        ("compare", path, second), ("resume", path)):  # fmt: skip
            ran = run(*command, *(() if command[0] == "metrics" else place))
            assert ran.status == 0, (command, ran.err)
            assert ran.out
            assert ran.err == ""
        csv = tmp_path / "curves.csv"
        assert run("metrics", path, "--csv", csv).status == 0
        assert csv.is_file()
        ran = run("extend", path, "--epochs", 1)
        assert ran.status == 2
        assert f"run: {path.name} cannot be written: Read-only file system" in ran.err
        assert "Traceback" not in ran.err
        assert run("fork", path, "--at", 9, "--runs-dir", tmp_path / "own", "-h").status == 0
        more = ("training.epochs=4", "--quiet", "--runs-dir", tmp_path / "own")
        assert run("fork", path, *more).status == 0
        assert run("replay", path, "--quiet", "--runs-dir", tmp_path / "own").status == 0
