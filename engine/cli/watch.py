"""What a person sees of a headless training on standard error: a bar, or lines in a log file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from engine.cli.output import list_problems, say, shown
from engine.plaintext import one_line
from engine.training import events
from engine.training.channel import Channel
from engine.wording import counted


class Watcher(Protocol):
    """Is told every event, and asked ten times a second to look at the progress."""

    def happened(self, event: events.Event) -> None:
        """An event of the training (main thread)."""

    def look(self, channel: Channel) -> None:
        """Bring what is shown up to date."""

    def close(self) -> None:
        """The training has ended; leave the terminal as it was."""


class Quiet:
    """Problems only."""

    def happened(self, event: events.Event) -> None:
        """A notice is a problem that did not end the training."""
        if isinstance(event, events.Notice):
            list_problems([event.problem])
        elif isinstance(event, events.Recovered):
            say(event.sentence)

    def look(self, channel: Channel) -> None:
        """Nothing moves."""

    def close(self) -> None:
        """Nothing to put back."""


class Lines(Quiet):
    """One line for each thing that happened: readable in a log file."""

    def __init__(self) -> None:
        self._preparing = ""

    def happened(self, event: events.Event) -> None:
        """Write the line of an event, if it has one."""
        super().happened(event)
        if isinstance(event, events.Preparing) and event.message != self._preparing:
            self._preparing = event.message
            say(event.message)
        elif isinstance(event, events.Started):
            say(started_line(event))
        elif isinstance(event, events.Compiling):
            say(COMPILING)
        elif isinstance(event, events.Compiled):
            say(compiled_line(event))
        elif isinstance(event, events.Evaluated):
            say(f"epoch {event.epoch:g}, step {event.step}: {metrics_line(event.metrics)}")
        elif isinstance(event, events.Generated):
            say(sample_lines(event))


class Bar:
    """A progress bar in a terminal, with the latest validation beside it."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[detail]}", markup=False),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task("Preparing", total=None, detail="")
        self._metrics = ""
        self._progress.start()

    def happened(self, event: events.Event) -> None:
        """Take what the bar does not see by looking at the progress."""
        if isinstance(event, events.Preparing):
            (task,) = self._progress.tasks
            task.total = None if event.fraction is None else 1.0  # `update` takes no None
            self._progress.update(
                self._task, description=one_line(event.message), completed=event.fraction or 0.0
            )
        elif isinstance(event, events.Started):
            self._progress.console.print(started_line(event), markup=False, highlight=False)
            self._progress.reset(self._task, total=event.total_steps)
        elif isinstance(event, events.Compiling):
            self._progress.console.print(COMPILING)
        elif isinstance(event, events.Compiled):
            self._progress.console.print(compiled_line(event), markup=False, highlight=False)
        elif isinstance(event, events.Evaluated):
            self._metrics = metrics_line(dict(list(event.metrics.items())[:2]))
        elif isinstance(event, events.Generated):
            self._progress.console.print(sample_lines(event), markup=False, highlight=False)
        elif isinstance(event, events.Notice):
            self._progress.console.print(
                one_line(str(event.problem)), markup=False, highlight=False
            )
        elif isinstance(event, events.Recovered):
            self._progress.console.print(event.sentence, markup=False, highlight=False)

    def look(self, channel: Channel) -> None:
        """Move the bar to where the training is."""
        now = channel.progress
        if now.phase == "preparing" or not now.total_steps:
            return
        epochs = f"/{now.epochs}" if now.epochs else ""
        phase = f", {now.phase}" if now.phase in ("testing", "paused") else ""
        self._progress.update(
            self._task,
            completed=now.step,
            total=now.total_steps,
            description=f"Epoch {now.epoch}{epochs}{phase}",
            detail=f"{now.samples_per_second:,.0f} samples/s  {self._metrics}",
        )

    def close(self) -> None:
        """Take the bar away and show the cursor again."""
        self._progress.stop()


def watcher(*, quiet: bool) -> Watcher:
    """The watcher that fits where standard error goes."""
    if quiet:
        return Quiet()
    console = Console(stderr=True)
    return Bar(console) if console.is_terminal else Lines()


def started_line(event: events.Started) -> str:
    """What is about to be trained, in one line."""
    threads = counted(event.threads, "thread")
    return (
        f"{counted(event.parameters, 'parameter')}, {counted(event.total_steps, 'step')} of "
        f"{counted(event.batches_per_epoch, 'batch')} an epoch on {event.device} ({threads})"
    )


COMPILING = "Compiling the network for a new shape of batches…"


def compiled_line(event: events.Compiled) -> str:
    """What the first batch of a shape took."""
    return f"The network was compiled in {event.seconds:.1f} s"


def sample_lines(event: events.Generated) -> str:
    """What a language model wrote, indented below the moment; nothing that moves the cursor."""
    shown_text = "".join(c if c.isprintable() or c == "\n" else " " for c in event.text)
    body = "\n".join(f"  {line}" for line in shown_text.splitlines())
    return f"Sample at step {event.step}:\n{body}"


def metrics_line(metrics: Mapping[str, float]) -> str:
    """`val_loss 0.1234  val_accuracy 0.9678`."""
    return "  ".join(f"{name} {shown(value)}" for name, value in metrics.items())
