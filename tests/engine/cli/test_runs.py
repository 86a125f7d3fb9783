"""runs, evaluate and export on a real run, and the whole program in processes of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.engine.cli.conftest import RECIPE, Run

ROOT = Path(__file__).resolve().parents[3]


def program(*arguments: object) -> list[str]:
    return [sys.executable, str(ROOT / "main.py"), *map(str, arguments)]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A run made by `main.py train --json` in a process of its own; its last line, and more."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "small.yaml").write_text(RECIPE)
    done = subprocess.run(
        program("train", "small.yaml", "training.epochs=2", "--runs-dir", "runs", "--json"),
        capture_output=True, text=True, cwd=folder, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    first, last = map(json.loads, done.stdout.splitlines())
    assert first == {"run": last["run"]}
    return {**last, "runs_dir": folder / "runs", "err": done.stderr}


def test_a_training_tells_all_it_should(trained: dict[str, Any]) -> None:
    assert Path(trained["run"]).parent == trained["runs_dir"]
    assert (trained["status"], trained["epochs"]) == ("finished", 2)
    assert trained["steps"] > 2
    assert trained["seconds"] > 0
    assert trained["samples_per_second"] > 0
    for split in ("train", "val", "test"):
        assert f"{split}_loss" in trained["metrics"]
        assert 0 <= trained["metrics"][f"{split}_accuracy"] <= 1
    assert "best_val_accuracy" in trained["metrics"]
    assert len(trained["weights_sha256"]) == 64
    assert Path(trained["checkpoint"]).is_file()
    assert "Traceback" not in trained["err"]


def test_the_run_is_listed(trained: dict[str, Any], run: Run) -> None:
    ran = run("runs", "--runs-dir", trained["runs_dir"], "--json")
    (entry,) = json.loads(ran.out)
    assert entry["path"] == trained["run"]
    assert (entry["state"], entry["dataset"]) == ("finished", "digits")
    (line,) = run("runs", "--runs-dir", trained["runs_dir"]).out.splitlines()
    assert entry["name"] in line
    assert run("runs", "--json").out == "[]\n"
    assert run("runs").out == ""


@pytest.mark.parametrize("split", ["train", "val", "test"])
def test_evaluate_gives_what_the_training_gave(
    trained: dict[str, Any], run: Run, split: str
) -> None:
    ran = run("evaluate", trained["run"], "--split", split, "--json")
    assert ran.status == 0
    found = json.loads(ran.out)
    assert (found["run"], found["split"]) == (trained["run"], split)
    expected = {
        name: value
        for name, value in trained["metrics"].items()
        if name.startswith(f"{split}_")
    }  # fmt: skip
    assert found["metrics"] == pytest.approx(expected, rel=1e-6)


def test_evaluate_takes_a_name_and_another_checkpoint(trained: dict[str, Any], run: Run) -> None:
    name = Path(trained["run"]).name
    place = ("--runs-dir", trained["runs_dir"])
    ran = run("evaluate", name, *place)
    assert ran.status == 0
    assert "accuracy" in ran.out
    best = run("evaluate", name, *place, "--checkpoint", trained["best_checkpoint"], "--json")
    assert best.status == 0
    wrong = run("evaluate", name[:-1], *place)
    assert wrong.status == 2
    assert name in wrong.err
    assert run("evaluate", name, *place, "--split", "tset").status == 2


def test_export_reports_the_difference(trained: dict[str, Any], run: Run, tmp_path: Path) -> None:
    out = tmp_path / "model.safetensors"
    ran = run("export", trained["run"], "--format", "safetensors", "--out", out, "--json")
    assert ran.status == 0
    report = json.loads(ran.out)
    assert (report["path"], report["format"]) == (str(out), "safetensors")
    assert report["largest_difference"] < 1e-4
    assert out.is_file()
    wrong = run("export", trained["run"], "--format", "onxx")
    assert wrong.status == 2
    assert "did you mean 'onnx'?" in wrong.err


def test_an_export_that_computes_something_else_fails_with_1(
    trained: dict[str, Any], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.exporters.compare.TOLERANCE", -1.0)
    out = tmp_path / "model.safetensors"
    ran = run("export", trained["run"], "--format", "safetensors", "--out", out)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("export: ")
    assert not out.exists()


def test_ctrl_c_saves_a_checkpoint_and_exits_with_130(tmp_path: Path, recipe_file: Path) -> None:
    process = subprocess.Popen(
        program("train", recipe_file, "training.epochs=100000", "--runs-dir", tmp_path / "runs",
                "--json"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        run = Path(json.loads(process.stdout.readline())["run"])
        assert run.is_dir()
        while "epoch 1" not in (line := process.stderr.readline()):
            assert line
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 130
    last = json.loads(out.splitlines()[-1])
    assert last["status"] == "stopped"
    assert Path(last["checkpoint"]).is_file()
    assert "Traceback" not in err


def test_a_killed_training_goes_on_to_the_same_bits(tmp_path: Path, recipe_file: Path) -> None:
    """kill -9 in the middle, then `resume`: the hash of a training that nothing disturbed."""
    options = ("training.epochs=40", "training.validate_every_steps=5", "--json", "--quiet")

    def trained(runs: str) -> subprocess.Popen[str]:
        command = program("train", recipe_file, *options, "--runs-dir", tmp_path / runs)
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    whole = json.loads(trained("whole").communicate(timeout=300)[0].splitlines()[-1])
    killed = trained("killed")
    assert killed.stdout is not None
    run = Path(json.loads(killed.stdout.readline())["run"])
    while not (run / "checkpoints" / "best.ckpt").is_file():
        assert killed.poll() is None
    killed.kill()
    killed.wait()
    (run / "checkpoints" / "last.ckpt").unlink(missing_ok=True)
    (run / "checkpoints" / "best.ckpt").rename(run / "checkpoints" / "last.ckpt")
    for _ in range(2):  # the second time the run is finished, and its result is shown again
        done = subprocess.run(
            program("resume", run, "--json", "--quiet"), capture_output=True, text=True,
            timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        first, last = map(json.loads, done.stdout.splitlines())
        assert first == {"run": str(run)}
        assert last["status"] == "finished"
        assert last["weights_sha256"] == whole["weights_sha256"]
        assert last["metrics"] == whole["metrics"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is a display")
def test_without_a_display_the_program_trains_and_ends_with_the_metrics(tmp_path: Path) -> None:
    own = tmp_path / "presets"
    own.mkdir()
    (own / "digits_cnn.yaml").write_text(RECIPE)
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    done = subprocess.run(
        program(), capture_output=True, text=True, timeout=300,
        env={**environment, "TRAINBOARD_HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("There is no display here: training the starter preset")
    assert "accuracy" in done.stdout
    run = Path(done.stdout.splitlines()[-1].removeprefix("Run: "))
    assert run.parent == tmp_path / "runs"
    assert run.is_dir()


def test_an_unknown_split_is_a_problem_like_any_other(trained: dict[str, Any], run: Run) -> None:
    ran = run("evaluate", trained["run"], "--split", "tests")
    assert ran.status == 2
    assert ran.err.startswith("split: There is no split 'tests' (did you mean 'test'?")
