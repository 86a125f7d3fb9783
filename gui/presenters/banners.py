"""What the banner says in each state of the training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.problems import Problem
from engine.training.events import Ended
from gui import texts
from gui.presenters.possible import State
from gui.presenters.training import TrainingPresenter


@dataclass(frozen=True)
class BannerView:
    """What a banner says. `details` stand behind a disclosure; `actions` become buttons."""

    level: str
    title: str
    sentence: str
    hint: str = ""
    details: str = ""
    actions: tuple[str, ...] = ()
    recipe: str = ""
    """Whose training it was."""

    @property
    def dismissible(self) -> bool:
        """Whether it may be put away: what waits for an answer may not."""
        return self.level != "warning"


def banner_for(training: TrainingPresenter) -> BannerView | None:
    """The banner of this moment; None while there is nothing to say."""
    makers = {
        State.PAUSED: _paused,
        State.FINISHED: _finished,
        State.STOPPED: _stopped,
        State.FAILED: _failed,
    }
    maker = makers.get(training.state)
    return maker(training) if maker else None


def _paused(training: TrainingPresenter) -> BannerView:
    place = ""
    if training.channel is not None:
        progress = training.channel.progress
        where = "in its validation, batch" if progress.validating else "after batch"
        place = (
            f"Held in epoch {progress.epoch}{',' * progress.validating} {where}"
            f" {texts.whole(progress.batch)} of {texts.whole(progress.batches)}. "
        )
    sentence = f"{place}Nothing is lost: Resume goes on exactly here."
    return BannerView("warning", "Paused", sentence, actions=("pause", "step"))


def _finished(training: TrainingPresenter) -> BannerView:
    return BannerView(
        "good", "Finished", outcome(training), _kept(training.ended),
        actions=("export", "start", "open_run"), recipe=trained_name(training),
    )  # fmt: skip


def _stopped(training: TrainingPresenter) -> BannerView:
    return BannerView(
        "info", "Stopped", outcome(training), _kept(training.ended),
        actions=("start", "export", "open_run"), recipe=trained_name(training),
    )  # fmt: skip


def _failed(training: TrainingPresenter) -> BannerView:
    ended = training.ended
    problems = ended.problems if ended is not None else ()
    sentence = texts.spoken(problems[0].sentence) if problems else "The training failed"
    hints = [problem.hint for problem in problems[:1] if problem.hint]
    hint = " ".join(f"{text[:1].upper()}{text[1:]}." for text in map(texts.spoken, hints))
    kept = _kept(ended)
    others = [str(problem) for problem in problems[1:]]
    details = "\n".join([*others, ended.traceback if ended is not None else ""]).strip()
    has_run = ended is not None and ended.result.run is not None
    return BannerView(
        "error", "Failed", sentence, " ".join(part for part in (hint, kept) if part), details,
        actions=("start", "open_run") if has_run else ("start",), recipe=trained_name(training),
    )  # fmt: skip


def trained_name(training: TrainingPresenter) -> str:
    """The name of the recipe that was trained; empty when it has none."""
    return training.trained.name if training.trained is not None else ""


def not_opened(name: str, problems: Sequence[Problem]) -> BannerView:
    """What is said of a file or a name that could not be opened."""
    count = len(problems)
    why = problems[0].sentence if count == 1 else f"{count} problems"
    hint = "The recipe that was open still is."
    details = "\n".join(str(problem) for problem in problems)
    return BannerView("error", "Not opened", f"{name} could not be opened: {why}", hint, details)


def _kept(ended: Ended | None) -> str:
    """What is on disk of a training that has ended."""
    if ended is None or ended.result.run is None:
        return ""
    result = ended.result
    names = [path.name for path in (result.checkpoint, result.best_checkpoint) if path is not None]
    kept = f"Kept: {' and '.join(names)}" if names else "Kept: the metrics and the log"
    return f"{kept} in {ended.result.run.name}."


def outcome(training: TrainingPresenter) -> str:
    """How the training ended, in one line of figures."""
    if training.ended is None or training.trained is None:
        return ""
    result, metric = training.ended.result, training.trained.dataset.facts().main_metric
    parts = []
    for split, spoken in (("val", "validation"), ("test", "test")):
        value = result.metrics.get(f"{split}_{metric}")
        if value is not None:
            parts.append(f"{spoken} {texts.title(metric)} {texts.metric(metric, value)}")
    best = training.best
    if best is not None and f"val_{metric}" in best.metrics:
        reached = texts.metric(metric, best.metrics[f"val_{metric}"])
        parts.append(f"best {reached} at epoch {texts.plain(round(best.epoch, 2))}")
    parts.append(f"{result.epochs} epochs in {texts.duration(result.seconds)}")
    return " · ".join(parts)
