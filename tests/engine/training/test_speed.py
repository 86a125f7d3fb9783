"""Compiled, channels last, fused: what is recorded, what happens where it cannot be, and that a
resume gives the same bits."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from engine.problems import ProblemError
from engine.runs.folder import RunFolder
from engine.training import commands as c
from engine.training import compiling, resolve
from engine.training.begin import Resume
from engine.training.evaluate import evaluate
from engine.training.events import Compiled, Compiling, Notice
from tests.engine.training.helpers import Run, small, train
from tests.engine.training.stepped import Stepped

CNN = {"name": "cnn", "channels": [4, 8], "norm": "batch"}
REAL = torch.compile


@pytest.fixture
def without_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Graphs are made and run as they are: making code of them takes a minute."""

    def graphs_only(function: Any, **options: Any) -> Any:
        return REAL(function, backend="eager", dynamic=options["dynamic"])

    monkeypatch.setattr(torch, "compile", graphs_only)


def environment(run: Run) -> dict[str, Any]:
    return RunFolder(run.result.run).environment()


def test_a_compiled_training_is_recorded_and_resumes_to_the_same_bits(
    tmp_path: Path, without_code: None
) -> None:
    recipe = small(training={"compile": "default"})
    whole = train(recipe, tmp_path)
    assert whole.result.status == "finished", whole.ended
    compiled = [event for event in whole.events if isinstance(event, Compiled)]
    told = [type(event) for event in whole.events if isinstance(event, Compiling | Compiled)]
    assert told == 2 * [Compiling, Compiled]
    assert len(compiled) == 2  # batches of 32, and the last one of an epoch
    assert environment(whole)["resolved"]["compile"] == "default"
    assert environment(whole)["compile_seconds"] >= 0
    assert "compiled in" in RunFolder(whole.result.run).log_file.read_text()
    stopped = Stepped({4: lambda run: run.channel.post(c.Stop())}).run(recipe, tmp_path)
    resumed = Stepped({}).run(recipe, tmp_path, Resume(stopped.folder))
    assert resumed.result.weights_sha256 == whole.result.weights_sha256
    assert resumed.result.metrics == whole.result.metrics


def test_names_and_copies_are_those_of_a_plain_network(without_code: None) -> None:
    network = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    names = list(network.state_dict())
    told: list[tuple[float, str]] = []
    compiling.compile_in_place(network, "default", lambda *what: told.append(what))
    network(torch.ones(3, 4)).sum().backward()
    network(torch.ones(3, 4))
    network.eval()(torch.ones(5, 4))  # measured as it is
    assert [reason for _, reason in told] == [""]
    assert list(network.state_dict()) == names
    assert copy.deepcopy(network)._compiled_call_impl is None


def test_a_sequence_of_layers_is_compiled_too(without_code: None) -> None:
    """torch leaves the forward of `nn.Sequential` alone when it is asked to compile that itself."""
    torch._dynamo.utils.counters.clear()
    network = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    compiling.compile_in_place(network, "default", lambda *_: None)
    network(torch.ones(3, 4))
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] == 1


def test_without_a_compiler_it_is_trained_as_it_is_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise RuntimeError("No working C++ compiler found\nlong text")

    plain = train(small(), tmp_path)
    monkeypatch.setattr(torch, "compile", refuse)
    run = train(small(training={"compile": "default"}), tmp_path)
    (notice,) = [event for event in run.events if isinstance(event, Notice)]
    assert notice.problem.path == "training.compile"
    assert "No working C++ compiler found" in notice.problem.sentence
    assert "long text" not in notice.problem.sentence
    assert environment(run)["resolved"]["compile"] == "off"
    assert environment(run)["resolved"]["not_compiled"] == "No working C++ compiler found"
    assert run.result.weights_sha256 == plain.result.weights_sha256


def test_a_network_that_cannot_be_compiled_is_trained_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(function: Any, **_: Any) -> Any:
        if function is compiling._trial:
            return function

        def fail(*_: Any, **__: Any) -> Any:
            raise torch._dynamo.exc.TorchDynamoException("this layer is beyond it")

        return fail

    plain = train(small(), tmp_path)
    monkeypatch.setattr(torch, "compile", half)
    run = train(small(training={"compile": "default"}), tmp_path)
    assert environment(run)["resolved"]["not_compiled"] == "this layer is beyond it"
    assert run.result.weights_sha256 == plain.result.weights_sha256
    assert len([event for event in run.events if isinstance(event, Notice)]) == 1


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            "InvalidCxxCompiler: No working C++ compiler found in torch._inductor.config.cpp.cxx: "
            "(None, 'g++')\n\nSet TORCHDYNAMO_VERBOSE=1 for the internal stack trace",
            "no working C++ compiler was found",
        ),
        (
            "backend='inductor' raised:\nInvalidCxxCompiler: No working C++ compiler found in x",
            "no working C++ compiler was found",
        ),
        ("backend='inductor' raised:\nCppCompileError: it does not link\n", "it does not link"),
        ("this layer is beyond it\nmore", "this layer is beyond it"),
        ("", "RuntimeError"),
    ],
)
def test_why_nothing_is_compiled_is_a_sentence(message: str, said: str) -> None:
    assert compiling._reason(RuntimeError(message)) == said


@pytest.mark.parametrize("stop_at", [6, 9])
def test_a_shape_that_cannot_be_compiled_goes_alone_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop_at: int
) -> None:
    """Resumed before the odd batch, or with it as the first of its process: the same bits."""

    def picky(function: Any, **_: Any) -> Any:
        if function is compiling._trial:
            return function

        def compiled(inputs: torch.Tensor) -> Any:
            if len(inputs) != 32:
                raise torch._dynamo.exc.TorchDynamoException("an odd shape")
            return function(inputs) * (1 + 1e-6)  # other bits, as compiled ones are

        return compiled

    plain = train(small(), tmp_path)
    monkeypatch.setattr(torch, "compile", picky)
    recipe = small(training={"compile": "default"})
    whole = Stepped({}).run(recipe, tmp_path)
    found = whole.folder.environment()["resolved"]
    assert (found["compile"], found["not_compiled"]) == ("default", "an odd shape")
    assert found == environment(train(recipe, tmp_path))["resolved"]
    assert whole.result.weights_sha256 != plain.result.weights_sha256
    stopped = Stepped({stop_at: lambda run: run.channel.post(c.Stop())}).run(recipe, tmp_path)
    resumed = Stepped({}).run(recipe, tmp_path, Resume(stopped.folder))
    assert resumed.result.weights_sha256 == whole.result.weights_sha256


def test_a_compiled_run_does_not_go_on_where_nothing_can_be_compiled() -> None:
    now = resolve.Resolved("cpu", "32", 1, not_compiled="no compiler")
    compiled = resolve.Resolved("cpu", "32", 1, compile="default").as_json()
    with pytest.raises(ProblemError, match="no compiler"):
        resolve.recorded(compiled, now)
    assert resolve.recorded({"device": "cpu", "precision": "32", "threads": 2}, now).threads == 2


def test_channels_last_resumes_exactly_and_is_measured_alike(tmp_path: Path) -> None:
    recipe = small(
        architecture=CNN, regularization={"ema": 0.9},
        training={"memory_format": "channels_last", "accumulate": 2},
    )  # fmt: skip
    seen: list[bool] = []

    def look(run: Stepped) -> None:
        weight = next(p for p in run.network.parameters() if p.dim() == 4 and p.shape[1] > 1)
        seen.append(weight.is_contiguous(memory_format=torch.channels_last))

    whole = Stepped({3: look}).run(recipe, tmp_path)
    assert seen == [True]
    stopped = Stepped({7: lambda run: run.channel.post(c.Stop())}).run(recipe, tmp_path)
    resumed = Stepped({12: look}).run(recipe, tmp_path, Resume(stopped.folder))
    assert seen == [True, True]
    assert resumed.result.weights_sha256 == whole.result.weights_sha256
    assert resumed.result.metrics == whole.result.metrics
    measured = evaluate(whole.folder, "test", tmp_path / "data")
    assert measured.items() <= whole.result.metrics.items()


@pytest.mark.parametrize(
    ("architecture", "optimizer", "wanted", "taken"),
    [(CNN, "adamw", "auto", "channels_last"), (CNN, "adamw", "contiguous", "contiguous"),
     (CNN, "lbfgs", "auto", "contiguous"), ({"name": "mlp"}, "adamw", "auto", "contiguous")],
)  # fmt: skip
def test_convolutions_get_the_order_that_suits_them(
    architecture: dict[str, Any], optimizer: str, wanted: str, taken: str
) -> None:
    recipe = small(
        architecture=architecture, optimizer={"name": optimizer}, training={"memory_format": wanted}
    )
    assert resolve.resolve(recipe).memory_format == taken


@pytest.mark.parametrize(
    ("optimizer", "resolved"),
    [("adamw", "fused"), ("rmsprop", "loop"), ("lbfgs", ""), ("sam", ""),
     ({"name": "sgd", "implementation": "foreach"}, "foreach"),
     ({"name": "adam", "implementation": "loop"}, "loop")],
)  # fmt: skip
def test_the_way_steps_are_made_is_resolved(optimizer: Any, resolved: str) -> None:
    named = optimizer if isinstance(optimizer, dict) else {"name": optimizer}
    assert resolve.resolve(small(optimizer=named)).implementation == resolved


def test_fused_steps_that_torch_does_not_have_are_a_problem(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(resolve, "device_for", lambda _: "mps")
    recipe = small(optimizer={"name": "adagrad", "implementation": "fused"})
    with pytest.raises(ProblemError, match="torch has no fused adagrad for mps"):
        resolve.resolve(recipe)


def test_tf32_needs_its_gpu() -> None:
    with pytest.raises(ProblemError, match="tf32 needs an NVIDIA GPU"):
        resolve.resolve(small(training={"precision": "tf32", "device": "cpu"}))


def test_muon_is_refused_before_the_start_where_nothing_is_hidden(tmp_path: Path) -> None:
    recipe = small(architecture={"name": "mlp", "hidden": []}, optimizer={"name": "muon"})
    run = train(recipe, tmp_path)
    assert run.ended.bad_input
    assert run.ended.problem is not None
    assert run.ended.problem.path == "optimizer"
