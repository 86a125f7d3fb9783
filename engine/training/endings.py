"""The exceptions that end a training from inside a hook. Lightning runs no further hook after
them, so the session cleans up itself."""

from __future__ import annotations


class EndsTraining(Exception):  # noqa: N818  not every end is an error
    """Base of what must reach the session whatever stands between."""


class StopRun(EndsTraining):
    """The user wants no more."""


class NonFiniteLoss(EndsTraining):
    """The loss became nan or infinite at optimizer step `step`."""

    def __init__(self, step: int, value: float) -> None:
        super().__init__(f"The loss became {value} at step {step}")
        self.step = step
        self.value = value
