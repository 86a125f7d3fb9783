"""One recorded pass: the nodes of torch.fx, on one thread alone."""

from __future__ import annotations

import threading

import pytest
import torch
from torch import Tensor, nn

from engine.model.graph import ROOT
from engine.model.recording import Recorder
from tests.engine.model.networks import Skip, recorded


def labels(recorder: Recorder) -> list[str]:
    return [step.label for step in recorder.steps]


def test_layers_and_functions_in_their_order() -> None:
    found = recorded(nn.Sequential(nn.Linear(4, 4), Skip(4)), 4)
    assert labels(found) == [
        "input", "Linear", "Linear", "relu", "Linear", "mul", "add", "output",
    ]  # fmt: skip
    assert [step.sources for step in found.steps] == [[], [0], [1], [2], [3], [4], [1, 5], [6]]
    assert found.steps[5].weights == ["1.scale"]
    assert [call.path for call in found.calls] == ["", "1"]
    assert [step.call for step in found.steps] == [ROOT, 0, 1, 1, 1, 1, 1, ROOT]


def test_it_finds_what_torch_fx_finds() -> None:
    network = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(16, 8), Skip(8))
    traced = torch.fx.symbolic_trace(network).graph.nodes
    found = recorded(network, 1, 4, 4).steps
    modules = [node.target for node in traced if node.op == "call_module"]
    assert [step.path for step in found if step.kind == "layer"] == modules
    functions = [node.target.__name__ for node in traced if node.op == "call_function"]
    assert [step.label for step in found if step.kind == "function"] == functions


def test_a_training_on_another_thread_is_not_disturbed() -> None:
    other, errors, seen = nn.Sequential(nn.Linear(2, 2), nn.ReLU()), [], []
    stop = threading.Event()

    def train() -> None:
        while not stop.is_set():
            try:
                other(torch.zeros(1, 2)).sum().backward()
                seen.append(torch.compiler.is_compiling())
            except Exception as error:  # whatever it is, the test tells it
                errors.append(error)

    thread = threading.Thread(target=train)
    thread.start()
    for _ in range(20):
        found = recorded(nn.Sequential(*(Skip(4) for _ in range(6))), 4)
        assert len(found.steps) == 2 + 6 * 5
    stop.set()
    thread.join()
    assert not errors
    assert seen
    assert not any(seen)
    assert not nn.modules.module._global_forward_hooks


def test_in_place_work_and_assignments_are_steps() -> None:
    class InPlace(nn.Module):
        def forward(self, values: Tensor) -> Tensor:
            values = values * 2
            values += 1
            values[:, 0] = 0
            return values

    found = recorded(InPlace(), 4)
    assert labels(found) == ["input", "mul", "add", "__setitem__", "output"]
    assert [step.sources for step in found.steps] == [[], [0], [1], [2], [3]]


def test_work_that_torch_does_not_tell_of_is_one_layer() -> None:
    class Own(nn.Module):
        def forward(self, values: Tensor) -> Tensor:
            with torch._C.DisableTorchFunction():
                return values * 2

    found = recorded(nn.Sequential(nn.Linear(4, 4), Own(), nn.ReLU()), 4)
    assert labels(found) == ["input", "Linear", "Own", "ReLU", "output"]
    assert [step.sources for step in found.steps] == [[], [0], [1], [2], [3]]


@pytest.mark.parametrize("layer", [nn.LSTM(4, 3, batch_first=True), nn.MultiheadAttention(4, 2)])
def test_layers_that_have_parts_or_steps_are_one(layer: nn.Module) -> None:
    class Around(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = layer

        def forward(self, steps: Tensor) -> Tensor:
            inputs = (steps, steps, steps) if isinstance(layer, nn.MultiheadAttention) else (steps,)
            return self.layer(*inputs)[0]

    found = recorded(Around(), 5, 4)
    assert labels(found) == ["input", type(layer).__name__, "output"]


def test_where_it_stopped_is_known() -> None:
    class Reads(nn.Module):
        def forward(self, values: Tensor) -> Tensor:
            return values if values.sum() > 0 else -values

    network = nn.Sequential(nn.Linear(2, 2), Reads()).to("meta")
    recorder, samples = Recorder(network), torch.empty(2, 2, device="meta")
    with pytest.raises(RuntimeError), recorder:
        network(recorder.read(samples))
    assert recorder.path() == "1"
    assert labels(recorder)[:2] == ["input", "Linear"]
