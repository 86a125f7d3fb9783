"""What a language model wrote after each validation: the newest, and those before it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.recipe import Recipe
from engine.runs.checkpointfile import read_stamp
from engine.runs.folder import RunFolder
from engine.runs.samples import WrittenSample, read_samples
from engine.training import events as e
from engine.training.begin import New
from gui import texts
from gui.presenters.training import TrainingPresenter


class SamplesPresenter(QObject):
    """Hears a training, or reads the file of a run that is shown or trained by another process.

    The newest is shown until somebody steps back; then the one that is looked at stays.
    """

    changed = Signal()

    def __init__(self, training: TrainingPresenter) -> None:
        super().__init__()
        self._training = training
        self._samples: list[WrittenSample] = []
        self._place: int | None = None
        self._size = 0
        training.began.connect(self._on_began)
        training.happened.connect(self._on_happened)

    # --- Reading -----------------------------------------------------------------------------

    @property
    def expected(self) -> bool:
        """Whether the run that is shown writes samples."""
        trained = self._training.trained
        return bool(self._samples) or (trained is not None and writes(trained))

    @property
    def shown(self) -> WrittenSample | None:
        """The sample that is looked at, None before there is any."""
        return self._samples[self._at] if self._samples else None

    @property
    def place(self) -> tuple[int, int]:
        """Which of how many is looked at, counted from 1."""
        return self._at + 1, len(self._samples)

    @property
    def when(self) -> str:
        """`epoch 2, step 120` of the sample that is looked at."""
        sample = self.shown
        if sample is None:
            return ""
        epoch = texts.decimal(round(sample.epoch, 2))
        return f"epoch {epoch}, step {texts.whole(sample.step)}"

    @property
    def _at(self) -> int:
        return len(self._samples) - 1 if self._place is None else self._place

    # --- Stepping ----------------------------------------------------------------------------

    def step(self, by: int) -> None:
        """Look at an older one (by -1) or a newer one (by 1), as far as there are any."""
        last = len(self._samples) - 1
        target = min(max(self._at + by, 0), max(last, 0))
        self._place = None if target >= last else target
        self.changed.emit()

    # --- Following ---------------------------------------------------------------------------

    def poll(self) -> None:
        """Read what another process has written."""
        following = self._training.following
        if following is not None:
            self._read_if_grown(following.folder)

    def _on_began(self) -> None:
        self._samples, self._place, self._size = [], None, 0
        folder = self._training.folder
        if folder is not None and not self._training.active:
            self._read_if_grown(folder)
        self.changed.emit()

    def _on_happened(self, event: e.Event) -> None:
        if isinstance(event, e.Generated):
            self._cut_back(event.step)
            self._samples.append(
                WrittenSample(event.step, 0, event.epoch, event.text, event.prompt)
            )
            self.changed.emit()
        elif isinstance(event, e.Started) and not isinstance(self._training.begun, New):
            self._samples = read_samples(RunFolder(event.run).samples_file)
            if (until := self._begun_at()) is not None:
                self._cut_back(until + 1)
            self.changed.emit()

    def _begun_at(self) -> int | None:
        """The step of the checkpoint that the training was begun with, if one was given."""
        path = getattr(self._training.begun, "checkpoint", None)
        stamp = read_stamp(path) if path is not None else None
        return stamp.step if stamp is not None else None

    def _cut_back(self, step: int) -> None:
        """Forget what was written from a step on: a training that goes on writes it again."""
        self._samples = [sample for sample in self._samples if sample.step < step]
        self._keep_place()

    def _keep_place(self) -> None:
        if self._place is not None and self._place >= len(self._samples):
            self._place = None

    def _read_if_grown(self, folder: RunFolder) -> None:
        try:
            size = folder.samples_file.stat().st_size
        except OSError:
            return  # it writes none, or has not yet
        if size != self._size:
            self._size = size
            self._samples = read_samples(folder.samples_file)
            self._keep_place()
            self.changed.emit()


def writes(recipe: Recipe) -> bool:
    """Whether a training of this recipe writes samples."""
    return bool(getattr(recipe.dataset, "sample_length", 0))
