"""What a run is made with and on, as its environment.json has it."""

from __future__ import annotations

import logging
from dataclasses import replace

from engine.problems import Problem
from engine.training import events as e
from engine.training.course import Course
from engine.training.environment import describe_environment
from engine.training.setting import Setting

logger = logging.getLogger(__name__)


class Circumstances:
    """Found out before the training; whether the network can be compiled, on its way."""

    def __init__(self, setting: Setting, course: Course) -> None:
        self._setting, self._course = setting, course
        self._resolved, self._compile_seconds = setting.resolved, 0.0

    def write(self) -> None:
        """Write environment.json. Raises OSError."""
        setting = self._setting
        environment = describe_environment(
            setting.origin, self._resolved, self._course.plan, setting.fingerprint, setting.weights
        )
        if self._compile_seconds:
            environment["compile_seconds"] = round(self._compile_seconds, 1)
        setting.folder.write_json(setting.folder.environment_file, environment)

    def compiling(self) -> None:
        """A compilation begins."""
        self._setting.channel.tell(e.Compiling())

    def compiled(self, seconds: float, reason: str) -> None:
        """In the first batch of a shape: what compiling took, or why the network is trained as it
        is with such batches."""
        if reason:
            told = self._resolved.not_compiled == reason
            self._resolved = replace(self._resolved, not_compiled=reason)
            if not told:
                self.tell_not_compiled()
        else:
            self._compile_seconds += seconds
            logger.info("The network was compiled in %.1f s", seconds)
            self._setting.channel.tell(e.Compiled(seconds))
        try:
            self.write()
        except OSError:
            logger.warning("environment.json could not be written", exc_info=True)

    def tell_not_compiled(self) -> None:
        """Say why, if it was asked for and is not so."""
        if self._resolved.not_compiled:
            which = " for batches of every shape" if self._compile_seconds else ""
            sentence = f"The network is not compiled{which}: {self._resolved.not_compiled}"
            problem = Problem("training.compile", sentence, "the training goes on without")
            logger.warning("%s", problem)
            self._setting.channel.tell(e.Notice(problem))
