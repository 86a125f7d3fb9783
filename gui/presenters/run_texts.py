"""A run of the library in words and figures: its title, state, values, moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from math import isfinite

from engine.runs.info import RunInfo
from gui import texts
from gui.presenters.curve_layout import long_name, split_of

STATE_LOOKS = {
    "running": ("play", "accent"),
    "finished": ("done", "good"),
    "stopped": ("stop", "secondary"),
    "failed": ("error", "error"),
    "interrupted": ("warning", "warning"),
    "imported": ("import", "secondary"),
}
"""Of each state: its icon and the colour of the icon."""


def key_of(run: RunInfo) -> str:
    """What tells a run from all others."""
    return str(run.path)


def title_of(run: RunInfo) -> str:
    """What people call a run: the title that they gave it, its recipe's name, its folder's."""
    return run.title or run.recipe_name or texts.run_title(run.name)


def titles_of(runs: Sequence[RunInfo]) -> dict[str, str]:
    """Titles by key that tell these runs apart: where two are the same, with the moment."""
    titles = {key_of(run): title_of(run) for run in runs}
    for more in (moment_of, lambda run: moment_of(run, seconds=True), lambda run: run.name):
        counts = Counter(titles.values())
        for run in runs:
            if counts[titles[key_of(run)]] > 1:
                titles[key_of(run)] = f"{title_of(run)}, {more(run)}"
    return titles


def heads_of(runs: Sequence[RunInfo]) -> dict[str, str]:
    """As `titles_of`, for the head of a column: of the same titles only what tells them apart."""
    titles = titles_of(runs)
    return {key_of(run): titles[key_of(run)].removeprefix(f"{title_of(run)}, ") for run in runs}


def state_of(run: RunInfo) -> str:
    """`interrupted at epoch 7, batch 112`; of a run that is through, the word alone."""
    if run.position is None or run.state in ("finished", "imported"):
        return run.state
    if run.state == "running":
        return f"running, epoch {run.position[0]}"
    return f"{run.state} at {run.where}"


def short_state_of(run: RunInfo) -> str:
    """`interrupted · epoch 7`, for a column; of a run that is through, the word alone."""
    if run.position is None or run.state in ("finished", "imported"):
        return run.state
    return f"{run.state} · epoch {run.position[0]}"


def main_metric_of(run: RunInfo) -> str:
    """The metric that the best is chosen by, without its split; empty if it is not known."""
    return split_of(str(run.best["metric"]))[1] if run.best else ""


def best_of(run: RunInfo) -> float | None:
    """The best value; None without one."""
    return _finite(run.best["value"]) if run.best else None


def last_of(run: RunInfo) -> float | None:
    """The last value of the metric that the best is of."""
    return _finite(run.last.get(str(run.best["metric"]))) if run.best else None


def value_text(run: RunInfo, value: float | None) -> str:
    """`98.6 %`; what is no share is told with its name: `R² 0.91`."""
    if value is None or run.best is None:
        return ""
    metric = main_metric_of(run)
    written = texts.metric(metric, value)
    return written if written.endswith("%") else f"{texts.title(metric)} {written}"


def best_sentence(run: RunInfo) -> str:
    """`Accuracy on validation data 98.6 %, at step 1,200`; empty without a best value."""
    value = best_of(run)
    if value is None or run.best is None:
        return ""
    name = long_name(main_metric_of(run))
    name = f"{name[:1].upper()}{name[1:]}"
    written = texts.metric(main_metric_of(run), value)
    step = run.best["step"]
    where = "" if step is None else f", at step {texts.whole(step)}"
    return f"{name} on validation data {written}{where}"


def steps_text(run: RunInfo) -> str:
    """`1,800`; of a run that is not through, also of how many."""
    if run.steps and run.total_steps and run.state not in ("finished", "imported"):
        return f"{texts.whole(run.steps)} of {texts.whole(run.total_steps)}"
    return texts.whole(run.steps) if run.steps else ""


def moment(text: str) -> datetime | None:
    """A moment as it is recorded, in the time of this place; None if it is none."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError, OSError):
        return None


def moment_of(run: RunInfo, seconds: bool = False) -> str:
    """When the run was started: `21 Nov 06:15`, with the year if it is another one."""
    found = moment(run.started)
    if found is None:
        return ""
    now = datetime.now().astimezone()
    year = "" if found.year == now.year else f" {found.year}"
    time = f"{found:%H:%M:%S}" if seconds else f"{found:%H:%M}"
    return f"{found.day} {found:%b}{year} {time}"


def parent_text(run: RunInfo) -> str:
    """`digits-cnn at step 1,200` of a fork, `replay of digits-cnn`; empty without a parent."""
    if not run.parent:
        return ""
    name = texts.run_title(run.parent)
    if run.parent_kind == "replay":
        return f"replay of {name}"
    return name if run.parent_step is None else f"{name} at step {texts.whole(run.parent_step)}"


def _finite(value: object) -> float | None:
    usable = isinstance(value, int | float) and isfinite(value)
    return float(value) if usable else None  # type: ignore[arg-type]


def tags_from(text: str) -> tuple[str, ...]:
    """Tags as they are typed, between commas: each once."""
    parts = (" ".join(part.split()) for part in text.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def compare_tip(run: RunInfo, on: bool) -> str:
    """What a click on the box before a run does."""
    return "Take its curves off the plots" if on else f"Lay the curves of {title_of(run)} over"


def _name_tip(run: RunInfo) -> str:
    return "\n".join(dict.fromkeys((title_of(run), run.name)))


def _moment_tip(run: RunInfo) -> str:
    found = moment(run.started)
    return found.strftime("%A, %d %B %Y, %H:%M:%S") if found else ""


TIPS: dict[str, Callable[[RunInfo], str]] = {
    "name": _name_tip,
    "state": state_of,
    "best": best_sentence,
    "started": _moment_tip,
    "note": lambda run: run.note,
    "last": lambda run: "The value of the last validation" if run.last else "",
}
"""Columns that tell more when pointed at."""
