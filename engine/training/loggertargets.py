"""The programs that extra loggers write for, through Lightning's own loggers: how each is opened
in the run folder, takes points and is closed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from engine.training.lightning import pl

PROJECT = "trainboard"


class Row(NamedTuple):
    """What was recorded at one optimizer step; `wall` is Unix time."""

    step: int
    wall: float
    values: dict[str, float]


class Target(Protocol):
    """One program's files."""

    def take(self, rows: Sequence[Row]) -> None:
        """Hand over rows in the order of their steps."""

    def close(self, finished: bool) -> None:
        """Write what is waiting; `finished` if the training came to its end."""


class TensorBoard:
    """Event files in `tensorboard/`, which are made anew when a run goes on."""

    def __init__(self, run: Path, settings: Mapping[str, Any]) -> None:
        shutil.rmtree(run / "tensorboard", ignore_errors=True)
        self._logger = pl.loggers.TensorBoardLogger(
            run, name="tensorboard", version="", default_hp_metric=False, flush_secs=5
        )
        self._logger.log_hyperparams(dict(settings))

    def take(self, rows: Sequence[Row]) -> None:
        """Each point with the time at which it was made."""
        add = self._logger.experiment.add_scalar
        for step, wall, values in rows:
            for name, value in values.items():
                add(name, value, step, wall)

    def close(self, finished: bool) -> None:
        """The settings are written beside the curves."""
        self._logger.finalize("success")


class Csv:
    """Lightning's `metrics.csv` in `csv/`, which is made anew when a run goes on: the logger
    would keep only what comes after."""

    def __init__(self, run: Path, settings: Mapping[str, Any]) -> None:
        shutil.rmtree(run / "csv", ignore_errors=True)
        self._logger = pl.loggers.CSVLogger(run, name="csv", version="")
        self._logger.log_hyperparams(dict(settings))

    def take(self, rows: Sequence[Row]) -> None:
        """The rows are in the file afterwards."""
        for step, _wall, values in rows:
            self._logger.experiment.log_metrics(values, step)
        self._logger.save()

    def close(self, finished: bool) -> None:
        """Nothing is waiting."""
        self._logger.finalize("success")


class MLflow:
    """A database, `mlflow.db`: MLflow takes no folder of files any more. A run that goes on is a
    new MLflow run with all points."""

    _AT_ONCE = 1000  # metrics in one request, as MLflow has it

    def __init__(self, run: Path, settings: Mapping[str, Any]) -> None:
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")  # nothing leaves the machine
        self._logger = pl.loggers.MLFlowLogger(
            experiment_name=PROJECT,
            run_name=run.name,
            tracking_uri=f"sqlite:///{(run / 'mlflow.db').as_posix()}",
            artifact_location=(run / "mlruns").as_uri(),
        )
        self._logger.log_hyperparams(dict(settings))

    def take(self, rows: Sequence[Row]) -> None:
        """Many at once: one by one takes twenty times as long."""
        from mlflow.entities import Metric

        points = [
            Metric(name, value, round(wall * 1000), step)
            for step, wall, values in rows
            for name, value in values.items()
        ]
        for start in range(0, len(points), self._AT_ONCE):
            chunk = points[start : start + self._AT_ONCE]
            self._logger.experiment.log_batch(run_id=self._logger.run_id, metrics=chunk)

    def close(self, finished: bool) -> None:
        """MLflow calls a run that was stopped killed."""
        self._logger.finalize("success" if finished else "KILLED")


class WeightsAndBiases:
    """A folder `wandb/`, on this machine alone unless WANDB_MODE says otherwise. A run that goes
    on is a new run there with all points."""

    def __init__(self, run: Path, settings: Mapping[str, Any]) -> None:
        os.environ.setdefault("WANDB_ERROR_REPORTING", "false")  # nothing leaves the machine
        os.environ.setdefault("WANDB_SILENT", "true")
        import wandb

        self._logger = pl.loggers.WandbLogger(
            name=run.name,
            save_dir=run,
            project=os.environ.get("WANDB_PROJECT", PROJECT),
            mode=os.environ.get("WANDB_MODE", "offline"),
            settings=wandb.Settings(console="off", save_code=False, disable_git=True),
        )
        self._logger.log_hyperparams(dict(settings))

    def take(self, rows: Sequence[Row]) -> None:
        """One entry for each step."""
        for step, wall, values in rows:
            self._logger.log_metrics({**values, "_timestamp": wall}, step)

    def close(self, finished: bool) -> None:
        """End the run; its helper process writes the rest."""
        self._logger.experiment.finish(exit_code=0 if finished else 1)


TARGETS: dict[str, type[TensorBoard | Csv | MLflow | WeightsAndBiases]] = {
    "tensorboard": TensorBoard, "csv": Csv, "mlflow": MLflow, "wandb": WeightsAndBiases,
}  # fmt: skip
