"""Where a training is, in words and figures for the progress strip."""

from __future__ import annotations

from dataclasses import dataclass

from engine.training.events import Progress
from gui import texts


@dataclass(frozen=True)
class ProgressView:
    """One line: `what` is `Epoch 7/15`; the rest is empty while it is not known."""

    what: str = ""
    fraction: float | None = None
    batch: str = ""
    speed: str = ""
    time: str = ""

    @property
    def percent(self) -> str:
        """The fraction as `47 %`."""
        return "" if self.fraction is None else texts.percent(self.fraction, 0)


def view_of(progress: Progress) -> ProgressView:
    """The figures of a training that has begun."""
    total, step = progress.total_steps, progress.step
    fraction = min(1.0, step / total) if total else None
    if progress.phase == "testing":
        what = "Final metrics"
    elif progress.epochs is not None:
        what = f"Epoch {progress.epoch}/{progress.epochs}"
    else:
        what = f"Step {texts.whole(step)}/{texts.whole(total)}"
    return ProgressView(
        what=what,
        fraction=fraction,
        batch=_batch(progress),
        speed=f"{texts.whole(progress.samples_per_second)} samples/s"
        if progress.samples_per_second
        else "",
        time=_time(progress.seconds, None if progress.phase == "ended" else fraction),
    )


def _batch(progress: Progress) -> str:
    noun = "measuring" if progress.phase == "testing" else "batch"
    if progress.validating and progress.phase != "testing":
        noun = "validating"
    if not progress.batches or progress.phase == "ended":
        return ""
    batches = progress.batches  # the training goes on while this is read
    return f"{noun} {texts.whole(min(progress.batch, batches))}/{texts.whole(batches)}"


def _time(seconds: float, fraction: float | None) -> str:
    elapsed = f"{texts.duration(seconds)} elapsed"
    if not fraction or fraction >= 1 or seconds < 0.5:
        return elapsed
    return f"{elapsed}, {texts.duration(seconds / fraction - seconds)} left"
