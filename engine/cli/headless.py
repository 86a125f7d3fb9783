"""One training without a window: signals, standard output, exit status."""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

from engine.api import start
from engine.cli.output import duration, json_line, keep_traceback, list_problems, metrics_table, say
from engine.cli.watch import watcher
from engine.datasets.download import announced
from engine.problems import Problem
from engine.recipe import Recipe
from engine.training import events
from engine.training.begin import Begin
from engine.training.channel import Channel
from engine.training.commands import Report, Resume, Stop
from engine.wording import counted

DONE, FAILED, BAD_INPUT = 0, 1, 2
_LOOK_EVERY = 0.1  # seconds
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


class Headless:
    """Trains one recipe on a thread of its own while the main thread shows how far it is.

    Nothing but the result goes to standard output; everything else, also what libraries
    print, goes to standard error.
    """

    def __init__(
        self, recipe: Recipe, runs_dir: Path, data_dir: Path, begin: Begin | None = None
    ) -> None:
        self._recipe = recipe
        self._runs_dir = runs_dir
        self._data_dir = data_dir
        self._begin = begin
        self._channel = Channel(self._on_event)
        self._events: queue.SimpleQueue[events.Event] = queue.SimpleQueue()
        self._ended: events.Ended | None = None
        self._began = False
        self._signals: list[int] = []
        self._stopping: Future[Report] | None = None
        self._json_to: TextIO | None = None
        self.run_path: Path | None = None

    def run(self, *, json: bool = False, quiet: bool = False) -> int:
        """Train to the end, or to a signal; the exit status of the process."""
        out = sys.stdout
        self._json_to = out if json else None
        with redirect_stdout(sys.stderr), self._obeying_signals():
            self._announce_download()
            future = start(self._recipe, self._runs_dir, self._data_dir, self._channel, self._begin)
            self._watch(future, quiet=quiet)
        result = future.result()  # a bug raises here
        self.run_path = result.run
        ended = self._ended or events.Ended(result)
        list_problems(ended.problems)
        if ended.traceback and result.run is None:  # else it is in the run's log.txt
            keep_traceback(ended.traceback)
        if json:
            json_line(result.as_json(ended.problems), out)
        elif result.run is not None and not ended.bad_input:
            began = self._began or result.status == "finished"
            print(_summary(result, began), file=out, flush=True)
        return self._exit_status(ended)

    def _announce_download(self) -> None:
        """Say how large a download is and under which licence, before it begins."""
        dataset = self._recipe.dataset
        facts = dataset.facts()
        if facts.download and not dataset.on_disk(self._data_dir):
            say(announced(dataset.title, facts))

    def _watch(self, future: Future[events.Result], *, quiet: bool) -> None:
        shown, told = watcher(quiet=quiet), False
        try:
            ended = False
            while not ended:
                wait([future], timeout=_LOOK_EVERY)
                ended = future.done()  # asked first: what it has told by then is all there is
                while not self._events.empty():
                    shown.happened(self._events.get())
                shown.look(self._channel)
                if self._signals and not told:
                    told = True
                    say("Stopping after this batch and saving a checkpoint. Again to end at once.")
                self._stop_without_saving_if_it_failed()
        finally:
            shown.close()

    def _stop_without_saving_if_it_failed(self) -> None:
        """Whoever sent the signal wants an end, also when the disk is full."""
        if self._stopping is not None and self._stopping.done():
            report, self._stopping = self._stopping.result(), None
            if not report.ok:
                say(f"{report.sentence}; stopping without it")
                self._channel.post(Stop(save=False))

    def _on_event(self, event: events.Event) -> None:
        """On the training's thread. The first line is written here: it must not wait."""
        if isinstance(event, events.RunCreated) and self._json_to is not None:
            json_line({"run": str(event.run.absolute())}, self._json_to)
        elif isinstance(event, events.Started):
            self._began = True
        elif isinstance(event, events.Ended):
            self._ended = event
        elif isinstance(event, events.Recovered) and self._pauses:
            self._channel.post(Resume())  # nobody else is here to ask for it
        self._events.put(event)

    @property
    def _pauses(self) -> bool:
        return self._recipe.training.when_not_saved == "pause"

    def _exit_status(self, ended: events.Ended) -> int:
        if ended.result.status == "failed":
            return BAD_INPUT if ended.bad_input else FAILED
        if ended.result.status == "stopped" and self._signals:
            return 128 + self._signals[0]
        return FAILED if ended.problems else DONE  # finished, but its end could not be saved

    # --- Signals -----------------------------------------------------------------------------

    @contextmanager
    def _obeying_signals(self) -> Iterator[None]:
        """The first one stops with a checkpoint, the second ends the process at once."""
        numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
        before = {number: signal.getsignal(number) for number in numbers}
        for number in numbers:
            if not (before[number] == signal.SIG_IGN and number != signal.SIGINT):  # nohup
                signal.signal(number, self._on_signal)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler if handler is not None else signal.SIG_DFL)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self._signals:
            if sys.stderr is not None and sys.stderr.isatty():
                os.write(2, b"\x1b[?25h\n")  # the progress bar hides the cursor
            for worker in multiprocessing.active_children():
                worker.kill()
            os._exit(128 + number)
        self._signals.append(number)
        self._stopping = self._channel.post(Stop(save=True))


def failed_before_training(problems: tuple[Problem, ...]) -> dict[str, Any]:
    """The same line when the recipe itself is not valid."""
    return events.Result(None, "failed", 0, 0, 0.0, 0.0).as_json(problems)


def _summary(result: events.Result, began: bool) -> str:
    """Run folder and final metrics, for people."""
    done = f"{counted(result.epochs, 'epoch')}, {counted(result.steps, 'step')}"
    line = f"{result.status.capitalize()} before the first batch: the run has {done}"
    if began:
        speed = f"{result.samples_per_second:,.0f} samples/s"
        line = f"{result.status.capitalize()}: {done} in {duration(result.seconds)} ({speed})"
    parts = (metrics_table(result.metrics), line, f"Run: {result.run}")
    return "\n".join(part for part in parts if part)
