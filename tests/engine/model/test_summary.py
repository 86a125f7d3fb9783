"""The model summary: real shapes and counts without a number being computed or drawn."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch
from torch import nn

from engine.architectures import shapes
from engine.model.summary import model_view, work_per_step
from engine.recipe import Recipe
from engine.schema import COMPONENTS, component_name
from engine.training.features import BLOCK
from engine.training.metrics import EVALUATION_BATCH
from tests.engine.training.owndata import corpus_data, data_for, learning, text_data

NOT_ALONE = ("custom", "timm", "encoder")
BUILT_IN = [name for name in COMPONENTS.names("architecture") if name not in NOT_ALONE]
"""Architectures that need neither a file of one's own nor another package."""


@pytest.fixture(params=BUILT_IN)
def any_recipe(request, tmp_path) -> Recipe:
    """One of each architecture, on data that it can read."""
    reads = "nlinear" if request.param == "nbeats" else request.param
    data = data_for(reads, tmp_path)
    if data is None:
        return recipe_of(request.param)
    return learning(data, {"name": request.param}, regularization={"dropout": 0.0})


def recipe_of(architecture: object = "mlp", **sections: object) -> Recipe:
    data = {"version": 1, "dataset": "digits", "architecture": architecture}
    return Recipe.parse(data | sections)


def test_an_mlp_layer_by_layer():
    view = model_view(recipe_of({"name": "mlp", "hidden": [32, 16]}))
    rows = [(layer.type, layer.output_shape, layer.parameters) for layer in view.layers]
    assert rows == [
        ("Flatten", (64,), 0),
        ("Linear", (32,), 64 * 32 + 32),
        ("ReLU", (32,), 0),
        ("Linear", (16,), 32 * 16 + 16),
        ("ReLU", (16,), 0),
        ("Linear", (10,), 16 * 10 + 10),
    ]
    assert view.parameters == sum(layer.parameters for layer in view.layers)
    assert view.weight_bytes == 4 * view.parameters
    assert view.flops == 2 * (64 * 32 + 32 * 16 + 16 * 10)
    assert [layer.activation_bytes for layer in view.layers] == [0, 128, 128, 64, 64, 40]
    assert len({layer.name for layer in view.layers}) == len(view.layers)


def test_the_summary_is_that_of_the_real_network(any_recipe):
    recipe = any_recipe
    view = model_view(recipe)
    facts = recipe.dataset.facts()
    network = recipe.architecture.build(facts, recipe.loss.outputs(facts), 0.0).eval()
    assert view.parameters == sum(p.numel() for p in network.parameters())
    assert view.parameters == sum(layer.parameters for layer in view.layers)
    buffers = sum(buffer.nbytes for buffer in network.buffers())
    assert view.weight_bytes == 4 * view.parameters + buffers
    shapes: list[tuple[int, ...]] = []
    for part in network.modules():
        told = next(part.children(), None) is None or any(True for _ in part.parameters(False))
        if told and not isinstance(part, nn.Dropout):
            part.register_forward_hook(
                lambda m, i, o: shapes.append(
                    tuple((o[0] if isinstance(o, tuple) else o).shape[1:])
                )
            )
    with torch.no_grad():
        network(torch.zeros(1, *facts.shape).to(torch.int64 if facts.kind == "text" else None))
    assert [layer.output_shape for layer in view.layers] == shapes
    places = facts.shape if facts.task == "tokens" else ()
    assert shapes[-1][-1] == len(facts.targets) or facts.horizon
    assert len(shapes[-1]) == 1 + len(places) or facts.horizon
    assert view.flops > 0


@pytest.mark.parametrize("cell", [nn.RNN, nn.LSTM, nn.GRU])
@pytest.mark.parametrize("batch_first", [True, False])
def test_the_formula_for_recurrent_layers_is_what_torch_counts(cell, batch_first):
    from torch.utils.flop_counter import FlopCounterMode

    with torch.device("meta"):
        part = cell(6, 5, 2, bidirectional=True, batch_first=batch_first)
    inputs = torch.empty(4, 3, 6, device="meta")
    with FlopCounterMode(display=False) as counter:
        expected, expected_state = part(inputs)
    found: list[int] = []
    output, state = shapes._shapes_alone(part, found.append)(inputs)
    assert found == [counter.get_total_flops()]
    assert output.shape == expected.shape
    if cell is nn.LSTM:
        assert [s.shape for s in state] == [s.shape for s in expected_state]
    else:
        assert state.shape == expected_state.shape


def test_the_work_of_attention_counts(tmp_path):
    def flops(length: int) -> int:
        data = {**corpus_data(tmp_path), "length": length}
        gpt = {"name": "gpt", "width": 8, "layers": 3, "heads": 2}
        recipe = learning(data, gpt)
        vocabulary = recipe.dataset.facts().vocabulary
        # twelve matrices of width x width a block, the head, and attention twice over all places
        assert model_view(recipe).flops == 2 * length * 8 * (3 * (12 * 8 + 2 * length) + vocabulary)
        return model_view(recipe).flops

    assert flops(16) > 2 * flops(8)


def test_texts_read_both_ways_cost_twice(tmp_path):
    def flops(bidirectional: bool) -> int:
        rnn = {"name": "rnn", "hidden": [8], "bidirectional": bidirectional}
        return model_view(learning(text_data(tmp_path), rnn)).flops

    head = 2 * 8 * 2
    assert flops(True) - 2 * head == 2 * (flops(False) - head)


def test_tied_weights_count_once(tmp_path):
    def view(tied: bool):
        gpt = {"name": "gpt", "width": 8, "tie_weights": tied}
        return model_view(learning(corpus_data(tmp_path), gpt))

    vocabulary = learning(corpus_data(tmp_path), {"name": "gpt"}).dataset.facts().vocabulary
    assert view(False).parameters - view(True).parameters == 8 * vocabulary
    assert view(False).weight_bytes - view(True).weight_bytes == 4 * 8 * vocabulary
    assert view(True).layers[-1].parameters == 0


def test_a_recurrent_network_is_not_run_step_by_step(monkeypatch):
    def slow(*_args):
        raise AssertionError("every step of the sequence was computed")

    monkeypatch.setattr(nn.LSTM, "forward", slow)
    assert model_view(recipe_of({"name": "rnn", "cell": "lstm", "hidden": [8]})).flops > 0


def test_normalization_and_dropout_take_part():
    view = model_view(
        recipe_of({"name": "mlp", "hidden": [8], "norm": "batch"}, regularization={"dropout": 0.5})
    )
    assert [layer.type for layer in view.layers] == [
        "Flatten", "Linear", "BatchNorm1d", "ReLU", "Dropout", "Linear",
    ]  # fmt: skip
    assert view.weight_bytes == 4 * (view.parameters + 16) + 8  # running statistics, a counter
    assert view.layers[4].activation_bytes == 32


def activations(recipe: Recipe) -> int:
    return 64 * 4 + sum(layer.activation_bytes for layer in model_view(recipe).layers)


STATES = {
    "sgd": [({}, None), ({"momentum": 0.0}, 0.0), ({"momentum": 0.9}, 1.0)],
    "adam": [({}, 2.0)],
    "adamw": [({}, 2.0)],
    "nadam": [({}, 2.0)],
    "rmsprop": [({}, None)],
    "adagrad": [({}, 1.0)],
    "radam": [({}, 2.0)],
    "adamax": [({}, 2.0)],
    "adadelta": [({}, 2.0)],
    "asgd": [({}, 1.0)],
    "rprop": [({}, 2.0)],
    "lion": [({}, 1.0)],
    "sam": [({}, 3.0), ({"base": "sgd"}, 2.0), ({"base": "sgd", "momentum": 0.0}, 1.0)],
    "lookahead": [({}, 3.0), ({"base": "sgd"}, 2.0)],
    "adafactor": [({}, None)],
    "muon": [({}, None)],
    "lbfgs": [({}, None)],
}


@pytest.mark.parametrize("name", COMPONENTS.names("optimizer"))
def test_training_memory_follows_the_optimizer(name):
    for options, copies in STATES.get(name, [({}, None)]):
        recipe = recipe_of(optimizer={"name": name, **options}, training={"batch_size": 32})
        view = model_view(recipe)
        known = view.weight_bytes + 4 * view.parameters + 32 * activations(recipe)
        state = (view.training_bytes - known) / (4 * view.parameters)
        if copies is not None:
            assert state == pytest.approx(copies, abs=0.01)
        assert state >= (10 if name == "lbfgs" else 0)


def test_an_optimizer_that_cannot_step_without_numbers_counts_as_adam(monkeypatch):
    def refuse(self, closure=None):
        raise RuntimeError("cannot read from meta")

    monkeypatch.setattr(torch.optim.AdamW, "step", refuse)
    recipe = recipe_of()
    view = model_view(recipe)
    known = view.weight_bytes + 4 * view.parameters + 64 * activations(recipe)
    assert view.training_bytes - known == 8 * view.parameters


def test_memory_and_work_grow_with_the_batch():
    small = recipe_of(training={"batch_size": 10})
    large = recipe_of(training={"batch_size": 20})
    grown = model_view(large).training_bytes - model_view(small).training_bytes
    assert grown == 10 * activations(small)
    assert work_per_step(large) == 2 * work_per_step(small)
    assert work_per_step(small) == 3 * 10 * model_view(small).flops


@pytest.mark.parametrize("small", [False, True])
def test_what_stays_frozen_before_all_that_learns_keeps_nothing_for_the_gradient(small):
    def needed(tune, batch_size=64, **sections):
        chosen = {"name": "torchvision", "model": "shufflenet_v2_x0_5", "tune": tune}
        training = {"checkpoint_activations": small, "batch_size": batch_size}
        return model_view(recipe_of(chosen, training=training, **sections))

    head, last, gradual, everything = map(needed, ("head", "last_blocks", "gradual", "all"))
    assert gradual.frozen == head.frozen > 0
    assert gradual.training_bytes == pytest.approx(everything.training_bytes, rel=0.001)
    assert head.training_bytes < last.training_bytes < gradual.training_bytes
    rows = [row.activation_bytes for row in head.layers]
    first = next(place for place, row in enumerate(head.layers) if row.trainable)
    grown = needed("head", batch_size=65).training_bytes - head.training_bytes
    assert grown == 4 * 64 + sum(rows[first:])
    noisy = needed("head", regularization={"augmentation": ["noise"]})  # no features are kept
    more = EVALUATION_BATCH - BLOCK
    assert noisy.training_bytes - head.training_bytes == more * 2 * max(rows[:first])


def test_nothing_global_is_drawn_from(any_recipe):
    states = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state()
    regularization = any_recipe.regularization.model_copy(update={"dropout": 0.3})
    model_view(any_recipe.model_copy(update={"regularization": regularization}))
    assert random.getstate() == states[0]
    assert np.random.get_state()[1].tolist() == states[1]
    assert torch.equal(torch.get_rng_state(), states[2])


def test_a_network_far_too_large_for_this_machine_is_described():
    view = model_view(recipe_of({"name": "mlp", "hidden": [65_536] * 100}))
    assert view.parameters > 4 * 10**11


def test_every_optimizer_is_a_case():
    assert {component_name(cls) for cls in COMPONENTS.classes("optimizer")} <= set(STATES)
