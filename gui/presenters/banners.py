"""What the banner says in each state of the training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from engine.problems import Problem
from engine.runs.checkpointfile import Checkpoint
from engine.runs.folder import RunFolder
from engine.runs.info import RunInfo
from engine.training.begin import Resume
from engine.training.events import Ended
from engine.wording import counted
from gui import texts
from gui.presenters import naming
from gui.presenters.possible import State
from gui.presenters.run_texts import title_of
from gui.presenters.runs import stamped_checkpoints
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
    dismissible: bool = True
    """Whether it may be put away: what waits for an answer may not."""
    checkpoint: Path | None = None
    """What the action `resume_older` goes on from."""


def banner_for(training: TrainingPresenter) -> BannerView | None:
    """The banner of this moment; None while there is nothing to say."""
    makers = {
        State.PAUSED: _paused,
        State.FINISHED: _finished,
        State.STOPPED: _stopped,
        State.FAILED: _failed,
        State.INTERRUPTED: _interrupted,
        State.FOLLOWED: _followed,
    }
    maker = makers.get(training.state)
    if maker is None and training.troubles and training.active:
        maker = _troubled
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
    return BannerView(
        "warning", "Paused", sentence, " ".join(map(_told, training.troubles.problems)),
        actions=("pause", "step"), dismissible=False,
    )  # fmt: skip


def _troubled(training: TrainingPresenter) -> BannerView:
    """The newest trouble; those before it behind the disclosure."""
    *others, newest = training.troubles.problems
    details = "\n".join(map(_told, others))
    return BannerView("warning", "Warning", f"{newest.sentence}.", _sentence(newest.hint), details)


def _finished(training: TrainingPresenter) -> BannerView:
    return BannerView(
        "good", "Finished", outcome(training), _kept(training.ended),
        actions=("export", "start", "extend", "fork", "open_run"), recipe=trained_name(training),
    )  # fmt: skip


def _stopped(training: TrainingPresenter) -> BannerView:
    return BannerView(
        "info", "Stopped", outcome(training), _kept(training.ended),
        actions=("resume_run", "start", "fork", "export", "open_run"),
        recipe=trained_name(training),
    )  # fmt: skip


def _interrupted(training: TrainingPresenter) -> BannerView:
    """A run of the past that has no end: its process was killed, or the power failed."""
    folder = training.folder
    found = stamped_checkpoints(folder) if folder is not None else []
    sentence = "It has no checkpoint: Resume trains it anew in its own folder."
    if found:
        sentence = f"Resume goes on from its newest checkpoint, {_moment(found[-1])}."
    return BannerView(
        "warning", "Interrupted", f"It ended without an end. {sentence}", _kept(training.ended),
        actions=("resume_run", "start", "fork", "open_run"), recipe=trained_name(training),
    )  # fmt: skip


def _followed(training: TrainingPresenter) -> BannerView:
    by = training.following.by if training.following is not None else "another process"
    return BannerView(
        "info", "Followed", f"Trained by {by}. It is steered there and shown here as it goes.",
        actions=("open_run",), recipe=trained_name(training),
    )  # fmt: skip


def _failed(training: TrainingPresenter) -> BannerView:
    ended = training.ended
    problems = ended.problems if ended is not None else ()
    sentence = naming.spoken(problems[0].sentence) if problems else "The training failed"
    hint = _sentence(naming.spoken(problems[0].hint)) if problems else ""
    kept = _kept(ended)
    others = [str(problem) for problem in problems[1:]]
    details = "\n".join([*others, ended.traceback if ended is not None else ""]).strip()
    older = _whole_one(training, problems)
    if older is not None:
        hint = f"{older.name} is whole."
    return BannerView(
        "error", "Failed", sentence, " ".join(part for part in (hint, kept) if part), details,
        actions=_after_failure(training, older), recipe=trained_name(training), checkpoint=older,
    )  # fmt: skip


def _after_failure(training: TrainingPresenter, older: Path | None) -> tuple[str, ...]:
    ended = training.ended
    kept = ended is not None and ended.result.checkpoint is not None
    resume = ("resume_older",) if older is not None else ("resume_run",) if kept else ()
    return (*resume, "start", *(("open_run",) if training.run is not None else ()))


def _whole_one(training: TrainingPresenter, problems: Sequence[Problem]) -> Path | None:
    """The older checkpoint that is named when the one to go on from is damaged."""
    damaged = [problem for problem in problems if problem.path == "checkpoint"]
    if not damaged or not isinstance(training.begun, Resume):
        return None
    words = damaged[0].hint.split()
    found = stamped_checkpoints(RunFolder(training.begun.folder.path))
    return next((c.path for c in reversed(found) if c.path.name in words), None)


def interrupted_runs(runs: Sequence[RunInfo]) -> BannerView | None:
    """The offer to go on with runs that were found without an end."""
    if not runs:
        return None
    if len(runs) > 1:
        return BannerView(
            "info", "Interrupted", f"{len(runs)} runs ended without an end.",
            "Each can go on from its newest checkpoint.",
            actions=("show_interrupted", "put_aside"), dismissible=False,
        )  # fmt: skip
    (run,) = runs
    place = f" at {run.where}" if run.where else ""
    return BannerView(
        "info", "Interrupted", f"{title_of(run)} was interrupted{place}.",
        "Resume goes on from its newest checkpoint.",
        actions=("resume_interrupted", "show_interrupted", "put_aside"), dismissible=False,
    )  # fmt: skip


def _moment(checkpoint: Checkpoint) -> str:
    """`step 1,200 (epoch 6)`, the epoch that it is in."""
    stamp = checkpoint.stamp
    if stamp is None:
        return checkpoint.path.name
    return f"step {texts.whole(stamp.step)} (epoch {max(1, ceil(stamp.epoch))})"


def _told(problem: Problem) -> str:
    return f"{problem.sentence}. {_sentence(problem.hint)}".rstrip()


def _sentence(words: str) -> str:
    """A hint as a sentence of its own."""
    return f"{words[:1].upper()}{words[1:]}." if words else ""


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
    run = ended.result.run if ended is not None else None
    if ended is None or run is None:
        return ""
    both = (ended.result.checkpoint, ended.result.best_checkpoint)
    names = [path.name for path in both if path is not None]
    asked = [c for c in stamped_checkpoints(RunFolder(run)) if _was_asked_for(c)]
    more = sum(checkpoint.path.name not in names for checkpoint in asked)
    names += [f"{more} more"] if more else []
    kept = f"Kept: {_listed(names)}" if names else "Kept: the metrics and the log"
    return f"{kept} in {run.name}."


def _listed(names: list[str]) -> str:
    """`a, b and c`."""
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def _was_asked_for(checkpoint: Checkpoint) -> bool:
    return checkpoint.stamp is not None and checkpoint.stamp.reason == "asked"


_SIMPLE_FORECASTS = {
    "test_mae_vs_seasonal_naive": "repeating the last season",
    "test_mae_vs_naive": "repeating the last value",
}


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
    for name, simple in _SIMPLE_FORECASTS.items():
        share = result.metrics.get(name)
        if share is not None:
            parts.append(f"{texts.metric(name, share)} × the error of {simple}")
            break
    best = training.best
    if best is not None and f"val_{metric}" in best.metrics:
        reached = texts.metric(metric, best.metrics[f"val_{metric}"])
        parts.append(f"best {reached} at epoch {texts.plain(round(best.epoch, 2))}")
    parts.append(f"{counted(result.epochs, 'epoch')} in {texts.duration(result.seconds)}")
    return " · ".join(parts)
