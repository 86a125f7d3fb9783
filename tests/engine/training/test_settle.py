"""Every live option by itself does what it says, from the next step on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from engine.problems import ProblemError
from engine.training import commands as c
from engine.training.begin import Resume
from engine.training.settle import check_freeze, freeze
from tests.engine.training.helpers import small, train
from tests.engine.training.stepped import Stepped, Weights, asks, same, steered

SCHEDULES: tuple[dict[str, Any], ...] = (
    {"name": "constant"},
    {"name": "constant", "warmup": 9},
    {"name": "step", "every": 1, "gamma": 0.5},
    {"name": "cosine", "warmup": 3, "floor": 0.1},
    {"name": "one_cycle"},
    {"name": "exponential", "gamma": 0.7},
    {"name": "plateau", "patience": 0, "threshold": 0.9, "gamma": 0.5},
)


# --- The learning rate ---------------------------------------------------------------------------


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda s: "-".join(map(str, s.values())))
def test_the_schedule_goes_on_from_the_new_rate(tmp_path: Path, schedule: dict[str, Any]) -> None:
    """Half the rate is half the rate to the very end, also after a stop and a resume."""
    recipe = small(optimizer={"lr": 0.004, "schedule": schedule})
    whole = Stepped({}).run(recipe, tmp_path)

    def stop(run: Stepped) -> None:
        run.channel.post(c.Stop())

    stopped = Stepped({5: asks({"optimizer.lr": 0.002}), 12: stop}).run(recipe, tmp_path)
    run = Stepped({}).run(recipe, tmp_path, Resume(stopped.folder))
    usual, rates = whole.rates(), run.rates()
    assert rates.keys() == usual.keys()
    for step, rate in rates.items():
        assert rate == (usual[step] if step <= 5 else usual[step] / 2), step
    assert run.result.weights_sha256 != whole.result.weights_sha256


def test_a_rate_that_is_given_twice_is_the_second(tmp_path: Path) -> None:
    recipe = small(optimizer={"schedule": {"name": "constant"}})
    run = Stepped({2: asks({"optimizer.lr": 0.01}), 4: asks({"optimizer.lr": 0.02})})
    rates = run.run(recipe, tmp_path).rates()
    assert [rates[step] for step in (2, 3, 4, 5, 21)] == [0.003, 0.01, 0.01, 0.02, 0.02]


# --- Weight decay, momentum, betas ---------------------------------------------------------------


def in_groups(run: Stepped, option: str) -> list[Any]:
    return [group[option] for group in run.groups]


@pytest.mark.parametrize("exempt", [False, True])
@pytest.mark.parametrize("name", ["sgd", "adam", "adamw", "nadam", "rmsprop", "adagrad"])
def test_weight_decay_from_nothing(tmp_path: Path, name: str, exempt: bool) -> None:
    recipe = small(
        optimizer={"name": name, "lr": 0.001},
        regularization={"weight_decay": 0.0, "exempt": exempt, "dropout": 0.0},
    )
    seen: dict[int, list[Any]] = {}

    def look(run: Stepped) -> None:
        seen[run.done] = in_groups(run, "weight_decay")

    change = {"regularization.weight_decay": 0.5}
    run = Stepped({5: asks(change), 4: look, 6: look}).run(recipe, tmp_path)
    assert seen == {4: [0.0, 0.0], 6: [0.5, 0.0]} if exempt else {4: [0.0], 6: [0.5]}
    plain = Stepped({}).run(recipe, tmp_path)
    assert norm(run.weights()) < norm(plain.weights())


def norm(weights: Weights) -> float:
    matrices = [t.flatten() for t in weights.values() if t.dim() > 1]
    return float(torch.cat(matrices).norm())


def test_weight_decay_of_lbfgs_is_in_its_loss(tmp_path: Path) -> None:
    recipe = small(optimizer={"name": "lbfgs", "lr": 0.1}, training={"epochs": 1})
    run = steered(recipe, tmp_path, 3, {"regularization.weight_decay": 5.0})
    plain = Stepped({}).run(recipe, tmp_path)
    assert norm(run.weights()) < norm(plain.weights())


@pytest.mark.parametrize("name", ["sgd", "rmsprop"])
def test_momentum_from_nothing_and_back(tmp_path: Path, name: str) -> None:
    recipe = small(optimizer={"name": name, "lr": 0.001, "momentum": 0.0})
    buffers: dict[int, int] = {}

    def look(run: Stepped) -> None:
        states = run.trainer.optimizers[0].state.values()
        moved = [s for s in states if s.get("momentum_buffer") is not None]
        buffers[run.done] = sum(bool(s["momentum_buffer"].any()) for s in moved)
        assert in_groups(run, "momentum") == [0.9 if 5 < run.done < 9 else 0.0]

    acts = {4: look, 5: asks({"optimizer.momentum": 0.9}), 8: look,
            9: asks({"optimizer.momentum": 0.0}), 12: look}  # fmt: skip
    run = Stepped(acts).run(recipe, tmp_path)
    assert buffers[4] == 0
    assert buffers[8] > 3
    assert run.result.status == "finished"
    plain = Stepped({}).run(recipe, tmp_path)
    assert run.result.weights_sha256 != plain.result.weights_sha256


def test_a_momentum_that_was_raised_is_resumed_to_the_same_bits(tmp_path: Path) -> None:
    recipe = small(optimizer={"name": "rmsprop", "lr": 0.001})

    def stop(run: Stepped) -> None:
        run.channel.post(c.Stop())

    raised = asks({"optimizer.momentum": 0.9})
    whole = Stepped({5: raised}).run(recipe, tmp_path)
    stopped = Stepped({5: raised, 6: stop}).run(recipe, tmp_path)
    resumed = train(recipe, tmp_path, folder=stopped.folder)
    assert resumed.result.weights_sha256 == whole.result.weights_sha256


@pytest.mark.parametrize("name", ["adam", "adamw", "nadam"])
def test_betas(tmp_path: Path, name: str) -> None:
    seen: list[Any] = []

    def look(run: Stepped) -> None:
        seen.extend(in_groups(run, "betas"))

    recipe = small(optimizer={"name": name, "lr": 0.001})
    change = {"optimizer.beta1": 0.5, "optimizer.beta2": 0.9}
    Stepped({4: look, 5: asks(change), 6: look, 20: look}).run(recipe, tmp_path)
    assert seen == [(0.9, 0.999), (0.5, 0.9), (0.5, 0.9)]


# --- Regularization ------------------------------------------------------------------------------

NETWORKS: tuple[dict[str, Any], ...] = (
    {"name": "mlp", "hidden": [16, 8]},
    {"name": "cnn", "channels": [4], "hidden": [8]},
    {"name": "rnn", "hidden": [6, 6]},
)


@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: n["name"])
def test_dropout_from_nothing_and_back(tmp_path: Path, network: dict[str, Any]) -> None:
    recipe = small(architecture=network, regularization={"dropout": 0.0})
    seen: dict[int, set[float]] = {}

    def look(run: Stepped) -> None:
        layers = [m for m in run.network.modules() if isinstance(m, nn.Dropout)]
        assert layers
        seen[run.done] = {layer.p for layer in layers}

    acts = {4: look, 5: asks({"regularization.dropout": 0.6}), 6: look,
            9: asks({"regularization.dropout": 0.0}), 10: look}  # fmt: skip
    run = Stepped(acts).run(recipe, tmp_path)
    assert seen == {4: {0.0}, 6: {0.6}, 10: {0.0}}
    plain = Stepped({}).run(recipe, tmp_path)
    assert run.result.weights_sha256 != plain.result.weights_sha256


@pytest.mark.parametrize("how", ["clip_norm", "clip_value"])
def test_clipping_on_and_off(tmp_path: Path, how: str) -> None:
    """Clipped to almost nothing the weights stand still."""
    recipe = small(
        optimizer={"name": "sgd", "lr": 0.1, "momentum": 0.0},
        architecture={"norm": "none"},
        regularization={"weight_decay": 0.0},
    )
    seen: dict[int, Weights] = {}

    def look(run: Stepped) -> None:
        seen[run.done] = run.weights()

    path = f"regularization.{how}"
    acts = {4: look, 5: asks({path: 1e-30}), 6: look, 9: look, 10: asks({path: None}), 12: look}
    Stepped(acts).run(recipe, tmp_path)
    assert not same(seen[4], seen[6])
    assert same(seen[6], seen[9])
    assert not same(seen[9], seen[12])


def test_l1(tmp_path: Path) -> None:
    recipe = small(regularization={"dropout": 0.0, "weight_decay": 0.0})
    run = steered(recipe, tmp_path, 5, {"regularization.l1": 1.0})
    plain = Stepped({}).run(recipe, tmp_path)
    assert norm(run.weights()) < norm(plain.weights())


# --- Frozen layers -------------------------------------------------------------------------------

OPTIMIZERS: tuple[dict[str, Any], ...] = (
    {"name": "sgd", "lr": 0.05, "momentum": 0.9},
    {"name": "adam", "lr": 0.01},
    {"name": "adamw", "lr": 0.01},
    {"name": "nadam", "lr": 0.01},
    {"name": "rmsprop", "lr": 0.01, "momentum": 0.9},
    {"name": "adagrad", "lr": 0.01},
    {"name": "asgd", "lr": 0.05},
    {"name": "radam", "lr": 0.01},
    {"name": "adamax", "lr": 0.01},
    {"name": "adadelta", "lr": 1.0},
    {"name": "adafactor", "lr": 0.01},
    {"name": "rprop", "lr": 0.001},
    {"name": "muon", "lr": 0.01},
    {"name": "lion", "lr": 0.001},
    {"name": "sam", "lr": 0.01},
    {"name": "lookahead", "lr": 0.01, "k": 2},
    {"name": "lbfgs", "lr": 0.1, "max_iter": 3},
)


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda o: o["name"])
def test_frozen_layers_stand_still_and_learn_again(
    tmp_path: Path, optimizer: dict[str, Any]
) -> None:
    """Weights, and the statistics of batch normalization, whatever the optimizer remembers; over
    the end of an epoch with its validation."""
    recipe = small(
        optimizer=optimizer,
        regularization={"weight_decay": 0.1, "l1": 0.01, "max_norm": 0.5, "clip_norm": 1.0},
    )
    seen: dict[int, Weights] = {}

    def look(run: Stepped) -> None:
        seen[run.done] = run.weights()

    acts = {5: asks({"training.freeze": ["1", "2"]}), 6: look, 15: look,
            16: asks({"training.freeze": ["1"]}), 19: look}  # fmt: skip

    def freeze_and_look(run: Stepped) -> None:
        look(run)
        acts[5](run)

    run = Stepped({**acts, 5: freeze_and_look}).run(recipe, tmp_path)
    assert run.result.status == "finished"
    assert all(report.result(1).ok for report in run.reports)
    assert same(seen[5], seen[6], "1.")
    assert same(seen[5], seen[15], "1.")
    assert same(seen[5], seen[15], "2.")  # BatchNorm: weights, means, variances, count
    assert not same(seen[5], seen[15], "5.")
    assert same(seen[15], seen[19], "1.")
    assert not same(seen[15], seen[19], "2.running_mean")
    assert not same(seen[15], seen[19], "2.weight")


def test_a_recipe_may_freeze_from_the_start(tmp_path: Path) -> None:
    seen: list[Weights] = []
    look = Stepped({0: lambda run: seen.append(run.weights())})
    run = look.run(small(training={"freeze": ["1"]}), tmp_path)
    assert same(seen[0], run.weights(), "1.")
    assert not same(seen[0], run.weights(), "5.")


def test_an_unknown_layer_in_a_recipe_is_bad_input(tmp_path: Path) -> None:
    run = train(small(training={"freeze": ["encoder"]}), tmp_path)
    assert run.ended.bad_input
    assert run.ended.problem.path == "training.freeze"
    assert list(tmp_path.iterdir()) == []


def network() -> nn.Sequential:
    return nn.Sequential(
        nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3)), nn.Dropout(0.1), nn.Linear(3, 1)
    )


def test_a_name_means_all_below_it() -> None:
    net = network()
    net(torch.ones(2, 2)).sum().backward()
    freeze(net, ["0"])
    assert [p.grad is None for p in net.parameters()] == [True] * 4 + [False] * 2
    assert [p.requires_grad for p in net.parameters()] == [False] * 4 + [True] * 2
    assert not net[0][1].training
    freeze(net, ["0.1", "2"])
    assert [p.requires_grad for p in net.parameters()] == [True] * 2 + [False] * 4
    freeze(net, [])
    assert all(p.requires_grad for p in net.parameters())
    assert net[0][1].training


@pytest.mark.parametrize(
    ("names", "sentence"),
    [(["3"], "no layer '3'"), ([""], "no layer ''"), (["0.weight"], "no layer"),
     (["0", "2"], "nothing left"), (["0", "2", "1"], "nothing left")],
)  # fmt: skip
def test_what_cannot_be_frozen(names: list[str], sentence: str) -> None:
    with pytest.raises(ProblemError, match=sentence):
        check_freeze(network(), names)


def test_freezing_twice_the_same_is_nothing_new() -> None:
    check_freeze(network(), ["0", "0", "0.0"])
    check_freeze(network(), ["1"])  # a layer without weights
    check_freeze(network(), ["0.0.weight"])  # a single parameter
    check_freeze(network(), [])
