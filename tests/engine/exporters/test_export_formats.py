"""Every format, architecture, kind of data and task: the file computes what the model does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from engine import exporters
from engine import recipe as recipe_module  # noqa: F401  (fills the registry)
from engine.exporters import ExportReport, export_model, find_exporter, formats
from engine.schema import COMPONENTS, component_name
from tests.engine.exporters.cases import CASES, Case, facts_of, make_case

SMALL: dict[str, list[dict[str, Any]]] = {
    "mlp": [{"hidden": (16, 8), "norm": norm} for norm in ("none", "batch", "layer", "group")],
    "cnn": [
        {"channels": (4, 8), "hidden": (8,), "norm": "batch"},
        {"channels": (8,), "hidden": (), "norm": "group", "activation": "gelu", "pool": "average"},
        {"channels": (4,), "norm": "layer", "activation": "silu", "head": "average"},
    ],
    "rnn": [
        {"hidden": (8, 6), "cell": "rnn", "norm": "layer"},
        {"hidden": (8, 6), "cell": "lstm", "bidirectional": True},
        {"hidden": (8,), "cell": "gru", "norm": "batch"},
        {"hidden": (8,), "cell": "gru", "pooling": "attention"},
        {"hidden": (8, 6), "embedding": 6, "tie_weights": True},
    ],
    "bag": [{}, {"ngrams": 3, "buckets": 50, "pooling": "max"}],
    "text_cnn": [{"channels": 5}],
    "transformer": [
        {"width": 8, "patch": 3},
        {"width": 8, "pooling": "cls"},
    ],
    "tcn": [{"channels": (8, 6)}, {"channels": (8,), "pooling": "max", "norm": "none"}],
    "gpt": [{"width": 8, "layers": 2}, {"width": 8, "layers": 1, "tie_weights": False}],
    "nlinear": [{}, {"channels": "all", "shared": False}],
    "dlinear": [{}, {"average": 4}],
    "nbeats": [
        {"width": 8, "blocks": 1, "layers": 2},
        {"form": "interpretable", "width": 8, "blocks": 1, "layers": 2},
    ],
    "tabular": [{"hidden": (8, 6)}, {"hidden": (8, 8), "residual": True, "norm_numbers": True}],
    "ft_transformer": [{"width": 8, "layers": 1}],
}


def variants() -> list[Any]:
    """Every architecture on every kind of data that it reads."""
    return [
        pytest.param(cls(**options), kind, task, id=f"{component_name(cls)}{number}-{kind}-{task}")
        for cls in COMPONENTS.classes("architecture")
        for number, options in enumerate(SMALL.get(component_name(cls), [{}]))
        for kind, task in CASES
        if cls.suggested
        and cls.fits(facts_of(kind, task))
        and worth_trying(cls, number, kind, task)
    ]


def worth_trying(cls: Any, number: int, kind: str, task: str) -> bool:
    """Each where it can go wrong: values are scaled alike whatever gives them, and what options
    add is tried on one kind of data, and on texts, which have padding."""
    name = component_name(cls)
    options = SMALL.get(name, [{}])[number]
    if kind == "text" and options.get("norm") == "batch":
        return False
    if task == "tokens":
        return not options.get("bidirectional") and not options.get("pooling")
    if task == "regression":
        return name in ("dlinear", "nlinear", "nbeats") or (name == "mlp" and number == 0)
    if kind == "series" and name in ("mlp", "linear"):
        return False  # flattened, as an image is
    return number == 0 or kind in ("text", "codes", cls.inputs[0])


@pytest.mark.parametrize("format", formats())
@pytest.mark.parametrize(("architecture", "kind", "task"), variants())
def test_the_file_computes_what_the_model_does(architecture, kind, task, format, out):
    case = make_case(architecture, kind, task)
    report = export_model(case.network, case.splits, case.recipe, format, out)
    runner = find_exporter(format).open(out)
    raw = case.splits.test.inputs
    spread = case.splits.preprocess.target_std
    for batch in (raw, raw[:1], raw[:7]):
        expected = case.live(batch)
        unit = torch.ones(1) if spread is None else spread
        taken = batch.long() if kind == "text" else batch.float()
        difference = (runner(taken) - expected).abs() / (unit + expected.abs())
        assert float(difference.max()) < 1e-4
    assert report.samples == len(case.splits.val)
    assert report.bytes == out.stat().st_size > 0
    assert 0 <= report.largest_difference < 1


def test_there_is_a_case_for_every_architecture():
    tested = [str(param.id) for param in variants()]
    known = [cls for cls in COMPONENTS.classes("architecture") if cls.suggested]
    for name in map(component_name, known):  # own code is tried with its trainings
        assert any(label.startswith(name) for label in tested)


@pytest.mark.parametrize("format", ["safetensors", "torchscript"])
def test_bytes_and_floats_are_taken_alike(case: Case, format, out):
    export_model(case.network, case.splits, case.recipe, format, out)
    runner = find_exporter(format).open(out)
    raw = case.splits.test.inputs
    assert raw.dtype == torch.uint8
    assert torch.equal(runner(raw), runner(raw.float()))


@pytest.mark.parametrize("format", formats())
def test_the_report_as_json(case: Case, format, out):
    report = export_model(case.network, case.splits, case.recipe, format, out)
    data = json.loads(json.dumps(report.as_json()))
    assert data["path"] == str(out)
    assert data["format"] == format
    assert isinstance(report, ExportReport)


def contents_of(format: str, path: Path) -> dict[str, str]:
    """What stands in the file beside the weights, read with the format's own library alone."""
    if format == "safetensors":
        from safetensors import safe_open

        with safe_open(path, framework="pt") as file:
            return dict(file.metadata())
    if format == "torchscript":
        files = {"contents.json": ""}
        torch.jit.load(str(path), _extra_files=files)
        return dict(json.loads(files["contents.json"]))
    import onnxruntime

    return dict(onnxruntime.InferenceSession(str(path)).get_modelmeta().custom_metadata_map)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("format", formats())
@pytest.mark.parametrize("task", ["classes", "regression"])
def test_names_normalization_and_recipe_are_inside(format, task, out):
    mlp = COMPONENTS.get("architecture", "mlp")(hidden=(4,))
    case = make_case(mlp, "table", task)
    export_model(case.network, case.splits, case.recipe, format, out)
    strings = contents_of(format, out)
    key = "class_names" if task == "classes" else "target_names"
    assert tuple(json.loads(strings[key])) == case.splits.facts.targets
    assert json.loads(strings["input_shape"]) == [5]
    normalization = json.loads(strings["normalization"])
    for name, buffer in case.splits.preprocess.named_buffers():
        assert torch.allclose(torch.tensor(normalization[name]), buffer.flatten())
    assert "mlp" in strings["recipe"]
    assert strings["name"] == "A test"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_torchscript_names_stand_in_a_file_of_their_own(case: Case, out):
    export_model(case.network, case.splits, case.recipe, "torchscript", out)
    files: dict[str, Any] = {"class_names.json": "", "recipe.yaml": ""}
    torch.jit.load(str(out), _extra_files=files)
    assert json.loads(files["class_names.json"]) == ["cat", "dog", "łoś"]
    assert b"architecture:" in files["recipe.yaml"]


def test_the_onnx_batch_is_free(case: Case, out):
    import onnxruntime

    export_model(case.network, case.splits, case.recipe, "onnx", out)
    (entry,) = onnxruntime.InferenceSession(str(out)).get_inputs()
    assert entry.name == "input"
    assert isinstance(entry.shape[0], str)
    assert entry.shape[1:] == [1, 8, 8]


@pytest.mark.parametrize("format", formats())
def test_no_warning_reaches_the_user(case: Case, format, out, recwarn):
    export_model(case.network, case.splits, case.recipe, format, out)
    assert [str(warning.message) for warning in recwarn] == []


@pytest.mark.parametrize("format", formats())
def test_no_path_of_this_machine_is_inside(format, out):
    rnn = COMPONENTS.get("architecture", "rnn")(hidden=(4,))
    case = make_case(rnn, "image", "classes")
    export_model(case.network, case.splits, case.recipe, format, out)
    content = out.read_bytes()
    for source in (torch.__file__, exporters.__file__):
        assert str(Path(source).parents[1]).encode() not in content
