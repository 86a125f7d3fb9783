"""The same training from Python: `train(Recipe.load("recipe.yaml"))` returns the result."""

from __future__ import annotations

import multiprocessing
import threading
from concurrent.futures import Future, wait
from pathlib import Path

from engine import paths
from engine.problems import ProblemError
from engine.recipe import Recipe
from engine.training.begin import Begin
from engine.training.channel import Channel
from engine.training.commands import Stop
from engine.training.events import Ended, Event, Listener, Result, unheard

STACK_BYTES = 64 * 1024 * 1024
"""Secondary threads get small stacks on macOS; autograd and Lightning nest deeply."""


class TrainingFailedError(Exception):
    """The training went wrong on the way. `ended.result` holds what was kept, `ended.problems`
    why it ended, `ended.traceback` is set when a bug is the reason."""

    def __init__(self, ended: Ended) -> None:
        self.ended = ended
        super().__init__("\n".join(str(problem) for problem in ended.problems))

    @property
    def result(self) -> Result:
        """How far the run came."""
        return self.ended.result


def train(
    recipe: Recipe,
    runs_dir: str | Path | None = None,
    data_dir: str | Path | None = None,
    listener: Listener = unheard,
    begin: Begin | None = None,
) -> Result:
    """Train a recipe in a new run folder and return the run: its folder, metrics, checkpoint.

    With `begin` an earlier run is taken up instead: `Resume(folder)`, `Extend(folder, epochs)`,
    `Fork(parent, checkpoint)`, `Replay(of)`; `recipe` is then that run's own, or the fork's.

    Runs go to `runs_dir`, downloads to `data_dir`; the user's own folders unless given.
    `listener` is called with every event, on the training's thread or one that writes for it.
    Raises ProblemError when the data or the folders cannot be used, TrainingFailedError when the
    training fails. Ctrl-C saves a checkpoint, ends the training and raises KeyboardInterrupt.
    """
    if multiprocessing.parent_process() is not None:
        raise RuntimeError(
            "train() was called while a worker process was importing your script: put the call"
            ' below `if __name__ == "__main__":`'
        )
    endings: list[Ended] = []

    def listen(event: Event) -> None:
        if isinstance(event, Ended):
            endings.append(event)
        listener(event)

    channel = Channel(listen)
    future = start(recipe, Path(runs_dir or paths.runs_dir()), Path(data_dir or paths.data_dir()),
                   channel, begin)  # fmt: skip
    try:
        while not future.done():  # in slices: on Windows an endless wait does not hear Ctrl-C
            wait([future], timeout=0.2)
        result = future.result()
    except KeyboardInterrupt:
        channel.post(Stop(save=True))
        future.result()
        raise
    if result.status != "failed":
        return result
    (ended,) = endings
    raise ProblemError(ended.problems) if ended.bad_input else TrainingFailedError(ended)


def start(
    recipe: Recipe, runs_dir: Path, data_dir: Path, channel: Channel, begin: Begin | None = None
) -> Future[Result]:
    """Train on a thread of its own; the future gets the result, or the exception of a bug.

    `begin` says how: in a new run folder unless given.

    Off the main thread Lightning leaves the signal handlers alone, and Ctrl-C can be obeyed
    between two batches instead of in the middle of one.
    """
    future: Future[Result] = Future()

    def work() -> None:
        try:
            from engine.training.session import run_recipe

            future.set_result(run_recipe(recipe, runs_dir, data_dir, channel, begin))
        except BaseException as error:
            future.set_exception(error)

    usual = threading.stack_size(STACK_BYTES)
    try:
        threading.Thread(target=work, name="training", daemon=True).start()
    finally:
        threading.stack_size(usual)
    return future
