"""Writing the trained model in a format: by the running training, or from the run folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.exporters import Exporter, ExportReport, export_run
from engine.problems import Problem
from engine.runs.folder import RunFolder
from engine.schema import COMPONENTS
from engine.training.commands import Export
from engine.wording import counted
from gui import texts
from gui.presenters.messages import Messages
from gui.presenters.previews import PreviewWorker
from gui.presenters.training import TrainingPresenter


@dataclass(frozen=True)
class Format:
    """A format as the menu shows it."""

    name: str
    title: str
    help: str
    suffix: str


def formats() -> list[Format]:
    """Every export format that is known."""
    return [
        Format(cls.model_fields["name"].default, cls.title, cls.summary(), cls.suffix)
        for cls in COMPONENTS.classes("exporter")
        if issubclass(cls, Exporter)
    ]


class ExportPresenter(QObject):
    """One export at a time; a training that runs goes on as soon as the file is written."""

    changed = Signal()
    exported = Signal(object)
    """The path of a file that was written and compared."""

    def __init__(
        self,
        training: TrainingPresenter,
        worker: PreviewWorker,
        messages: Messages,
        data_dir: Path,
        write: Callable[..., ExportReport] = export_run,
    ) -> None:
        super().__init__()
        self._training = training
        self._worker = worker
        self._messages = messages
        self._data_dir = data_dir
        self._write = write
        self._asked: object = None
        self.best = False
        worker.done.connect(self._on_done)
        worker.failed.connect(self._on_failed)

    @property
    def busy(self) -> bool:
        """Whether a file is being written from the run folder."""
        return self._asked is not None

    @property
    def best_checkpoint(self) -> Path | None:
        """The best state of a training that has ended, if it was kept."""
        ended = self._training.ended
        return ended.result.best_checkpoint if ended is not None else None

    def suggested_path(self, format_: Format) -> Path:
        """Where the file goes unless another place is chosen."""
        run = self._training.run or Path("model")
        return run / "exports" / f"{run.name}.{format_.suffix}"

    def export(self, format_: Format, path: Path) -> None:
        """Write the model; the outcome comes as a message."""
        if not self._training.can("export").enabled or self.busy:
            return
        self._messages.say(f"Exporting {format_.title}…")
        if self._training.active:
            self._training.post(Export(format_.name, path))
            return
        ended = self._training.ended
        if ended is None or ended.result.run is None:
            return
        run, data_dir, write = RunFolder(ended.result.run), self._data_dir, self._write
        checkpoint = self.best_checkpoint if self.best else ended.result.checkpoint
        self._asked = object()
        self.changed.emit()
        self._worker.request(
            self._asked, lambda: write(run, format_.name, path, data_dir, checkpoint)
        )

    def _on_done(self, key: object, report: ExportReport) -> None:
        if key is not self._asked:
            return
        self._asked = None
        self._messages.say(
            f"Exported {report.path.name}, {texts.size(report.bytes)}; largest difference"
            f" {texts.significant(report.largest_difference, 2)} on"
            f" {counted(report.samples, 'sample')}",
            "good",
        )
        self.changed.emit()
        self.exported.emit(report.path)

    def _on_failed(self, key: object, problem: Problem) -> None:
        if key is self._asked:
            self._asked = None
            self._messages.say(f"Not exported: {problem.sentence} ({problem.hint})", "error")
            self.changed.emit()
