"""Lightning's metrics.csv: gaps, columns that are none, and what is wrong with a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.problems import ProblemError
from engine.runs.imports import import_curves
from engine.runs.imports.csvlog import read_table
from engine.runs.metricreader import read_metrics
from engine.training.lightning import pl

TABLE = """\
epoch,lr-Adam,step,train_loss_epoch,train_loss_step,val_acc,stage
,0.1,0,,,,
0,,49,,0.5,,fit
0,,99,,0.25,,fit
0,,99,,,0.75,validate
0,,99,0.375,,,fit
1,,149,,1e-05,,fit
1,,199,,nan,0.875,validate
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "lightning_logs" / "version_3" / "metrics.csv"
    path.parent.mkdir(parents=True)
    path.write_text(TABLE)
    return path


def test_every_number_is_a_point(table: Path) -> None:
    metrics = read_table(table).metrics
    assert list(metrics) == ["lr-Adam", "train_loss_epoch", "train_loss_step", "val_acc"]
    loss = metrics["train_loss_step"]
    assert loss["step"].tolist() == [49, 99, 149, 199]
    assert repr(loss["value"].tolist()) == "[0.5, 0.25, 1e-05, nan]"
    assert loss["epoch"].tolist() == [0.0, 0.0, 1.0, 1.0]
    assert not loss["time"].any()


def test_it_becomes_a_run_with_the_names_known_here(table: Path, tmp_path: Path) -> None:
    (run,) = import_curves(table, tmp_path / "runs").runs
    log = read_metrics(run.path)
    assert log.names() == ("lr", "train_loss_epoch", "train_loss", "val_accuracy")
    assert run.environment()["recipe_name"] == str(Path("lightning_logs", "version_3"))
    assert run.summary()["metrics"]["val_accuracy"] == 0.875


def test_a_file_of_any_name_may_be_given(table: Path, tmp_path: Path) -> None:
    other = table.rename(table.with_name("mine.csv"))
    assert len(import_curves(other, tmp_path / "runs").runs) == 1


def test_what_lightnings_logger_writes(tmp_path: Path) -> None:
    logger = pl.loggers.CSVLogger(tmp_path, name="run", version="0")
    for step in range(20):
        logger.log_metrics({"train_loss": step / 3, "epoch": step // 10}, step)
    logger.log_metrics({"val_loss": 0.1}, 19)
    logger.save()
    metrics = read_table(tmp_path / "run" / "0" / "metrics.csv").metrics
    assert metrics["train_loss"]["value"].tolist() == [step / 3 for step in range(20)]
    assert metrics["val_loss"]["epoch"].tolist() == [1.0]


def test_without_steps_the_epochs_are_the_places(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    path.write_text("epoch,loss,val_loss\r\n0,1.0,2.0\r\n1,0.5,1.0\r\n")
    metrics = read_table(path).metrics
    assert metrics["loss"]["step"].tolist() == [0, 1]
    assert metrics["val_loss"]["epoch"].tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no column named step or epoch"),
        ("a,b\n1,2\n", "no column named step or epoch"),
        ("step,loss\n", "no numbers"),
        ("step,loss\n1,x\n", "no numbers"),
        ("step,loss\n1,0.5\n2,oops\n", "line 3: loss is 'oops'"),
        ("step,loss\nx,0.5\n1,0.5\n", "line 2: step is 'x'"),
        ("step,loss\n-1,0.5\n", "negative"),
        ("step,loss\n1e30,0.5\n", "beyond"),
        ("step,loss\nnan,0.5\n", "negative"),
        ("step,loss\n1,\0\n", "no numbers"),
        ('step,loss\n1,"' + "9" * 200_000 + '"\n', "cannot be read"),
    ],
)
def test_what_is_wrong_with_a_table_is_said(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "metrics.csv"
    path.write_text(text)
    with pytest.raises(ProblemError, match=sentence):
        import_curves(path, tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    path.write_bytes(b"step,loss\n\xff\xfe\x00\n")
    with pytest.raises(ProblemError, match="cannot be read"):
        read_table(path)
