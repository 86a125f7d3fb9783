"""Several callbacks that Lightning knows as one."""

from __future__ import annotations

from typing import Any

from engine.training.lightning import pl
from engine.training.together import Together


class Counting(pl.Callback):
    def __init__(self, calls: list[str]) -> None:
        self.calls, self.count = calls, 0

    def on_train_batch_end(self, *_args: Any) -> None:
        self.calls.append(type(self).__name__)
        self.count += 1

    def state_dict(self) -> dict[str, Any]:
        return {"count": self.count} if self.count else {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.count = state_dict["count"]


class Adding(Counting):
    def on_save_checkpoint(self, _trainer: Any, _module: Any, checkpoint: dict[str, Any]) -> None:
        checkpoint["seen"] = sorted(checkpoint["callbacks"])


class Silent(pl.Callback):
    pass


def batch_ends(together: Together) -> None:
    together.on_train_batch_end(None, None, None, None, 0)  # type: ignore[arg-type]


def test_each_that_has_a_hook_is_called_in_order() -> None:
    calls: list[str] = []
    together = Together([Counting(calls), Silent(), Adding(calls)])
    batch_ends(together)
    together.on_train_batch_start(None, None, None, 0)  # type: ignore[arg-type]
    assert calls == ["Counting", "Adding"]


def test_their_states_are_in_a_checkpoint_as_if_lightning_knew_them() -> None:
    calls: list[str] = []
    together = Together([Counting(calls), Silent(), Adding(calls)])
    batch_ends(together)
    checkpoint: dict[str, Any] = {"callbacks": {}}
    together.on_save_checkpoint(None, None, checkpoint)  # type: ignore[arg-type]
    assert checkpoint["callbacks"] == {"Counting": {"count": 1}, "Adding": {"count": 1}}
    assert checkpoint["seen"] == ["Adding", "Counting"]
    assert together.state_dict() == {}

    again = Together([Counting([]), Adding([])])
    again.on_load_checkpoint(None, None, checkpoint)  # type: ignore[arg-type]
    assert [part.count for part in again.parts if isinstance(part, Counting)] == [1, 1]


def test_one_without_a_state_begins_anew() -> None:
    again = Together([Counting([])])
    again.on_load_checkpoint(None, None, {"callbacks": {}})  # type: ignore[arg-type]
    assert [part.count for part in again.parts if isinstance(part, Counting)] == [0]
