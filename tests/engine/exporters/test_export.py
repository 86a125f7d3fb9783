"""Exporting beside a running training, into bad places, and with writers that get it wrong."""

from __future__ import annotations

import os
import random
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from engine.exporters import export, export_model, find_exporter, formats
from engine.exporters.base import Exporter
from engine.exporters.torchscript import TorchScriptExporter
from engine.problems import ProblemError
from engine.schema import COMPONENTS
from tests.engine.exporters.cases import Case, make_case


def problem_of(error: pytest.ExceptionInfo[ProblemError]) -> tuple[str, str, str]:
    (problem,) = error.value.problems
    assert problem.hint
    return problem.path, problem.sentence, problem.hint


# --- The training does not notice --------------------------------------------------------------


@pytest.mark.parametrize("format", formats())
def test_random_states_flags_and_weights_stay(format, out):
    mlp = COMPONENTS.get("architecture", "mlp")(hidden=(8,), norm="batch")
    case = make_case(mlp, "image", "classes")
    case.network[1].eval()  # a frozen layer stays frozen
    flags = [part.training for part in case.network.modules()]
    needed = [parameter.requires_grad for parameter in case.network.parameters()]
    before = {name: tensor.clone() for name, tensor in case.network.state_dict().items()}
    states = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state()
    export_model(case.network, case.splits, case.recipe, format, out)
    assert random.getstate() == states[0]
    assert np.random.get_state()[1].tolist() == states[1]
    assert torch.equal(torch.get_rng_state(), states[2])
    assert [part.training for part in case.network.modules()] == flags
    assert [parameter.requires_grad for parameter in case.network.parameters()] == needed
    for name, tensor in case.network.state_dict().items():
        assert torch.equal(tensor, before[name])
    assert torch.is_grad_enabled()


def test_a_writer_that_draws_random_numbers_is_undone(case: Case, out, monkeypatch):
    write = TorchScriptExporter.write

    def drawing(self, *args):
        torch.rand(3), np.random.rand(3), random.random()
        write(self, *args)

    monkeypatch.setattr(TorchScriptExporter, "write", drawing)
    states = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state()
    export_model(case.network, case.splits, case.recipe, "torchscript", out)
    assert random.getstate() == states[0]
    assert np.random.get_state()[1].tolist() == states[1]
    assert torch.equal(torch.get_rng_state(), states[2])


@pytest.mark.parametrize("format", formats())
@pytest.mark.parametrize("name", ["mlp", "rnn"])
def test_in_the_middle_of_a_validation(name, format, out):
    case = make_case(COMPONENTS.get("architecture", name)(hidden=(8,)), "image", "classes")
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        report = export_model(case.network, case.splits, case.recipe, format, out)
        assert torch.is_inference_mode_enabled()
        assert torch.is_autocast_enabled("cpu")
    assert report.largest_difference < 1e-5


def test_hooks_are_neither_copied_nor_called(case: Case, out):
    called = []
    lock = threading.Lock()  # cannot be copied

    def watch(module, inputs, output):
        with lock:
            called.append(module)

    class Probe:
        def __init__(self):
            self.lock = lock

        def __call__(self, module, inputs):
            called.append(module)

    case.network[1].register_forward_hook(watch)
    case.network[1].register_forward_pre_hook(Probe())
    export_model(case.network, case.splits, case.recipe, "torchscript", out)
    assert called == []
    case.network(torch.zeros(2, 1, 8, 8))
    assert len(called) == 2


@pytest.mark.parametrize(
    ("format", "dtype"),
    [
        ("safetensors", torch.bfloat16),
        ("torchscript", torch.float16),
        ("torchscript", torch.float64),
        ("onnx", torch.bfloat16),
    ],
)
def test_other_number_formats_become_float32(case: Case, format, dtype, out):
    network = case.network.to(dtype)
    export_model(network, case.splits, case.recipe, format, out)
    output = find_exporter(format).open(out)(case.splits.test.inputs.float())
    assert output.dtype == torch.float32
    assert next(network.parameters()).dtype == dtype


@pytest.mark.parametrize("format", formats())
def test_channels_last_weights(format, out):
    case = make_case(COMPONENTS.get("architecture", "cnn")(channels=(4, 8)), "image", "classes")
    case.network.to(memory_format=torch.channels_last)
    weight = next(p for p in case.network.parameters() if p.dim() == 4 and p.shape[1] > 1)
    assert not weight.is_contiguous()
    export_model(case.network, case.splits, case.recipe, format, out)
    raw = case.splits.test.inputs
    found = find_exporter(format).open(out)(raw.float())
    assert torch.allclose(found, case.live(raw), atol=1e-5)
    assert not weight.is_contiguous()


@pytest.mark.parametrize("format", formats())
def test_weights_that_two_layers_share(format, out):
    mlp = COMPONENTS.get("architecture", "mlp")(hidden=(8, 8, 8))
    case = make_case(mlp, "image", "classes")
    linear = [part for part in case.network if isinstance(part, nn.Linear)]
    linear[1].weight = linear[2].weight
    export_model(case.network, case.splits, case.recipe, format, out)
    raw = case.splits.test.inputs
    found = find_exporter(format).open(out)(raw.float())
    assert torch.allclose(found, case.live(raw), atol=1e-5)


# --- A file that is wrong is no file -------------------------------------------------------------


def shifted(model: nn.Module) -> None:
    list(model.parameters())[-1].add_(0.01)


def not_a_number(model: nn.Module) -> None:
    list(model.parameters())[-1].fill_(float("nan"))


def no_normalization(model: nn.Module) -> None:
    model.preprocess.mean.zero_()


@pytest.mark.parametrize("spoil", [shifted, not_a_number, no_normalization])
@pytest.mark.parametrize("format", formats())
def test_a_writer_that_gets_it_wrong_is_caught(case: Case, format, spoil, out, monkeypatch):
    cls = type(find_exporter(format))
    write = cls.write

    def corrupted(self, model, contents, example, path):
        import copy

        model = copy.deepcopy(model)
        spoil(model)
        write(self, model, contents, example, path)

    monkeypatch.setattr(cls, "write", corrupted)
    out.parent.mkdir()
    out.write_bytes(b"older export")
    with pytest.raises(ProblemError) as caught:
        export_model(case.network, case.splits, case.recipe, format, out)
    assert "does not compute" in problem_of(caught)[1]
    assert out.read_bytes() == b"older export"
    assert os.listdir(out.parent) == [out.name]


@pytest.mark.parametrize("format", formats())
def test_a_truncated_file_is_caught(case: Case, format, out, monkeypatch):
    cls = type(find_exporter(format))
    write = cls.write

    def cut(self, model, contents, example, path):
        write(self, model, contents, example, path)
        os.truncate(path, path.stat().st_size // 2)

    monkeypatch.setattr(cls, "write", cut)
    with pytest.raises(ProblemError) as caught:
        export_model(case.network, case.splits, case.recipe, format, out)
    assert problem_of(caught)[0] in ("export", "file")
    assert os.listdir(out.parent) == []


def test_a_built_in_batch_size_is_caught(case: Case, out, monkeypatch):
    def fixed(self, path):
        return lambda raw: torch.zeros(2, 3)

    monkeypatch.setattr(TorchScriptExporter, "open", fixed)
    with pytest.raises(ProblemError, match="shape"):
        export_model(case.network, case.splits, case.recipe, "torchscript", out)
    assert os.listdir(out.parent) == []


def test_a_runtime_that_fails_on_one_sample_is_caught(case: Case, out, monkeypatch):
    load = TorchScriptExporter.open

    def picky(self, path):
        runner = load(self, path)

        def run(raw):
            if len(raw) == 1:
                raise RuntimeError("the batch is too small")
            return runner(raw)

        return run

    monkeypatch.setattr(TorchScriptExporter, "open", picky)
    with pytest.raises(ProblemError, match="fails on a batch of 1: the batch is too small"):
        export_model(case.network, case.splits, case.recipe, "torchscript", out)


def test_small_targets_are_compared_on_their_own_scale(out, monkeypatch):
    """A target that varies by 1e-4 is not compared with a tolerance of 1e-4."""
    case = make_case(COMPONENTS.get("architecture", "linear")(), "table", "regression")
    case.splits.preprocess.target_mean.zero_()
    with torch.no_grad():
        for parameter in case.network.parameters():
            parameter.zero_()
    load = TorchScriptExporter.open

    def off(self, path):
        runner = load(self, path)
        return lambda raw: runner(raw) + torch.tensor([5e-6, 0.0])

    monkeypatch.setattr(TorchScriptExporter, "open", off)
    with pytest.raises(ProblemError, match="differ by up to 5e-06"):
        export_model(case.network, case.splits, case.recipe, "torchscript", out)


def test_a_model_that_gives_nan_is_not_exported(case: Case, out):
    with torch.no_grad():
        next(case.network.parameters()).fill_(float("nan"))
    with pytest.raises(ProblemError, match="not finite"):
        export_model(case.network, case.splits, case.recipe, "safetensors", out)
    assert os.listdir(out.parent) == []


class Undecided(nn.Module):
    """Goes a way that depends on the numbers: no graph can hold it."""

    def forward(self, values):
        return values.flatten(1)[:, :3] * (1 if values.sum() > 0 else 2)


class Mapping(nn.Module):
    """Answers with something that is not a tensor."""

    def forward(self, values):
        return {"logits": values.flatten(1)[:, :3]}


@pytest.mark.parametrize(
    ("network", "format", "title"),
    [(Undecided(), "onnx", "ONNX"), (Mapping(), "torchscript", "TorchScript")],
)
def test_a_network_that_a_format_cannot_hold(network, format, title, case: Case, out):
    with pytest.raises(ProblemError) as caught:
        export_model(network, case.splits, case.recipe, format, out)
    path, sentence, hint = problem_of(caught)
    assert path == "export"
    assert sentence.startswith(f"This network cannot be written as {title}: ")
    assert "\n" not in sentence
    assert "another format" in hint
    assert os.listdir(out.parent) == []


def test_a_network_too_large_for_one_onnx_file(case: Case, out, monkeypatch):
    from engine.exporters import onnx

    monkeypatch.setattr(onnx, "_LARGEST", 1000)
    with pytest.raises(ProblemError, match="holds less than 2"):
        export_model(case.network, case.splits, case.recipe, "onnx", out)
    assert os.listdir(out.parent) == []


# --- Bad input -----------------------------------------------------------------------------------


def test_an_unknown_format(case: Case, out):
    with pytest.raises(ProblemError) as caught:
        export_model(case.network, case.splits, case.recipe, "onxx", out)
    assert "did you mean 'onnx'" in problem_of(caught)[2]
    assert not out.parent.exists()


def test_a_missing_package_names_the_command(case: Case, out, monkeypatch):
    monkeypatch.setattr(type(find_exporter("onnx")), "needs", ("onnx", "no_such_package"))
    with pytest.raises(ProblemError) as caught:
        export_model(case.network, case.splits, case.recipe, "onnx", out)
    path, sentence, hint = problem_of(caught)
    assert (path, hint) == ("export", "pip install no_such_package")
    assert "ONNX" in sentence


def test_a_folder_in_the_way(case: Case, tmp_path: Path):
    folder = tmp_path / "model"
    folder.mkdir()
    with pytest.raises(ProblemError) as caught:
        export_model(case.network, case.splits, case.recipe, "safetensors", folder)
    assert str(folder) in problem_of(caught)[1]
    assert os.listdir(tmp_path) == ["model"]


def test_a_parent_that_is_a_file(case: Case, tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ProblemError) as caught:
        export_model(case.network, case.splits, case.recipe, "onnx", tmp_path / "file" / "m.onnx")
    assert problem_of(caught)[0] == "out"


@pytest.mark.parametrize("format", formats())
def test_a_full_disk_leaves_the_old_file(case: Case, format, out, monkeypatch):
    def full(self, data):
        with self.open("wb") as file:
            file.write(data[:10])
        raise OSError(28, "No space left on device")

    out.parent.mkdir()
    out.write_bytes(b"older export")
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ProblemError, match="No space left"):
        export_model(case.network, case.splits, case.recipe, format, out)
    assert out.read_bytes() == b"older export"
    assert os.listdir(out.parent) == [out.name]


def test_one_sample_is_enough(case: Case, out):
    from dataclasses import replace

    from engine.datasets.base import TensorData

    one = TensorData(case.splits.train.inputs[:1], case.splits.train.targets[:1])
    none = TensorData(case.splits.val.inputs[:0], case.splits.val.targets[:0])
    splits = replace(case.splits, train=one, val=none)
    assert export_model(case.network, splits, case.recipe, "onnx", out).samples == 2


def test_formats_are_components_with_a_title_and_a_suffix():
    assert formats() == ("onnx", "safetensors", "torchscript")
    for name in formats():
        exporter = find_exporter(name)
        assert isinstance(exporter, Exporter)
        assert exporter.title
        assert exporter.suffix
        assert exporter.summary().endswith(".")


def test_what_the_module_imports():
    """Importing the formats must not import torch: the window lists them before it is there."""
    import subprocess
    import sys

    code = "import sys, engine.exporters; sys.exit('torch' in sys.modules or 'onnx' in sys.modules)"
    root = Path(export.__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
