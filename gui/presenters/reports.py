"""What a training answers and notices, said in the message area."""

from __future__ import annotations

from PySide6.QtCore import QObject

from engine.training import commands as c
from engine.training import events as e
from gui import texts
from gui.presenters.messages import Level, Messages
from gui.presenters.training import TrainingPresenter

_TOLD = (c.SaveCheckpoint, c.Export, c.Validate)
"""Commands whose success shows nowhere else."""

_COMPILING = "Compiling the network for a new shape of batches"


class Reporter(QObject):
    """Hears a training's events and says those that a person should read."""

    def __init__(self, training: TrainingPresenter, messages: Messages) -> None:
        super().__init__()
        self._messages = messages
        training.happened.connect(self._on_happened)

    def _on_happened(self, event: e.Event) -> None:
        if isinstance(event, e.Notice):
            self._say_what_to_do(event.problem.sentence, event.problem.hint, "warning")
        elif isinstance(event, e.Recovered):
            self._messages.say(event.sentence, "good")
        elif isinstance(event, e.Compiling):
            self._messages.say(_COMPILING)
        elif isinstance(event, e.Compiled):
            took = round(event.seconds, 1)
            self._messages.say(f"The network was compiled in {texts.plain(took)} s", "good")
        elif isinstance(event, e.Intervened):
            made = event.intervention
            self._messages.say(f"Changed at step {texts.whole(made.step)}: {made.label}", "good")
        elif isinstance(event, e.Answered):
            self._say(event.report)

    def _say(self, report: c.Report) -> None:
        if not report.ok:
            self._say_what_to_do(report.sentence, report.hint, "error")
        elif isinstance(report.command, _TOLD):
            self._messages.say(report.sentence, "good")

    def _say_what_to_do(self, sentence: str, hint: str, level: Level) -> None:
        self._messages.say(f"{sentence} ({hint})" if hint else sentence, level)
