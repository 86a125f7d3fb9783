"""Switches that freeze layers: names in the recipe, and what becomes of the tuning."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.architectures.shapes import meta_network
from engine.model.freezing import set_frozen
from engine.model.summary import model_view
from engine.recipe import Recipe
from engine.training.settle import check_frozen_layers
from engine.views import Layer
from gui.presenters.freezing import FreezePresenter, switched, tightened
from gui.presenters.recipe import RecipePresenter
from gui.presenters.steering import SteeringPresenter
from gui.presenters.training import TrainingPresenter
from tests.gui.fakes import FakeWorker, started

LAYERS = {"0": ["0"], "1.cell": ["1.cell"], "1.gate": ["1.gate"], "1": ["1.scale"], "2": ["2"]}
PHOTOS = {"name": "image_folder", "path": "sample:textures", "size": 64}
VIT = {"model": "vit_b_32", "tune": "head"}
"""Its encoder has parameters beside the layers in it."""


def tuned(**architecture: object) -> RecipePresenter:
    size = 224 if str(architecture["model"]).startswith("vit") else 64
    architecture = {"name": "torchvision"} | architecture
    data = {"version": 1, "dataset": {**PHOTOS, "size": size}, "architecture": architecture}
    return RecipePresenter(Recipe.parse(data))


class Switches:
    """The switches of a recipe's real layers."""

    def __init__(self, recipe: RecipePresenter, worker: FakeWorker) -> None:
        self.recipe, self.worker = recipe, worker
        self.training = TrainingPresenter(worker, recipe, Path("/runs"), Path("/data"))
        self.freezing = FreezePresenter(recipe, SteeringPresenter(self.training, recipe))
        self.told: list[str] = []
        self.freezing.told.connect(self.told.append)
        self.layers = self._layers()

    def _layers(self) -> tuple[Layer, ...]:
        return model_view(self.now()).layers

    def now(self) -> Recipe:
        assert self.recipe.recipe is not None, self.recipe.problems
        return self.recipe.recipe

    def layer(self, name: str) -> Layer:
        return next(layer for layer in self.layers if layer.name == name)

    def learning(self) -> set[str]:
        """The parameters that learn, in a network of the recipe as it is now."""
        facts = self.now().dataset.facts()
        check_frozen_layers(self.now(), facts)
        network = meta_network(self.now(), facts)
        set_frozen(self.now(), network)
        return {name for name, p in network.named_parameters() if p.requires_grad}


@pytest.mark.parametrize(
    ("names", "layer", "on", "after"),
    [
        ([], "0", True, ["0"]),
        (["0"], "0", False, []),
        (["1"], "1.cell", False, ["1.gate", "1.scale"]),
        (["1", "2"], "1.cell", False, ["2", "1.gate", "1.scale"]),
        (["1", "1.gate"], "1.cell", False, ["1.gate", "1.scale"]),
        (["1"], "1", False, ["1.cell", "1.gate"]),
    ],
)
def test_switching_one_layer(names: list[str], layer: str, on: bool, after: list[str]) -> None:
    assert switched(LAYERS, names, layer, on) == after


def test_a_layer_stands_for_what_is_in_it_if_all_of_that_is_named() -> None:
    known = ["a.b.0", "a.b.1", "a.c", "d"]
    assert tightened(["a.b.0", "a.b.1"], known) == ["a.b"]
    assert tightened(["a.b.0", "a.c"], known) == ["a.b.0", "a.c"]
    assert tightened(["a.b.0", "a.b.1", "a.c"], known) == ["a"]
    assert tightened(["a.b.1"], known, beside=["a.b.0"]) == ["a.b"]


@pytest.mark.parametrize(
    ("architecture", "freed"),
    [
        ({"model": "squeezenet1_1", "tune": "head"}, "backbone.features.0"),
        ({"model": "resnet18", "tune": "head"}, "backbone.layer3.0.conv2"),
        ({"model": "resnet18", "tune": "last_blocks"}, "backbone.layer1.1.bn1"),
        (VIT, "backbone.encoder.ln"),
        (VIT, "backbone.encoder"),
    ],
)
def test_a_layer_that_tuning_freezes_is_freed_and_nothing_else_is(
    worker: FakeWorker, architecture: dict[str, object], freed: str
) -> None:
    switches = Switches(tuned(**architecture), worker)
    before, layer = switches.learning(), switches.layer(freed)
    assert layer.tuned
    switches.freezing.freeze(switches.layers, layer, False)
    assert switches.recipe.get("architecture.tune") == "all"
    new = switches.learning() - before
    assert switches.learning() > before
    assert all(name.startswith(f"{freed}.") for name in new)
    assert new == set(layer.own) or not layer.own
    rows = [known for known in switches.layers if known.parameters]
    frozen = [known for known in rows if switches.freezing.is_frozen(known)]
    assert frozen == [known for known in rows if known.tuned and known != layer]


def test_it_is_said_in_a_sentence_and_undone_as_one_step(worker: FakeWorker) -> None:
    switches = Switches(tuned(model="squeezenet1_1", tune="head"), worker)
    before = switches.recipe.data
    switches.freezing.freeze(switches.layers, switches.layer("backbone.features.0"), False)
    (said,) = switches.told
    assert said == (
        "backbone.features.0 learns: tune is all now; the others stay frozen by name (8). Undo"
        " takes it back"
    )
    assert switches.recipe.history.undo_what == "tuning by hand"
    switches.recipe.undo()
    assert switches.recipe.data == before


def test_a_second_layer_is_freed_before_the_network_was_looked_at_again(
    worker: FakeWorker,
) -> None:
    switches = Switches(tuned(model="squeezenet1_1", tune="head"), worker)
    freed = ("backbone.features.0", "backbone.features.3.squeeze")
    before = switches.learning()
    for name in freed:
        switches.freezing.freeze(switches.layers, switches.layer(name), False)
    new = switches.learning() - before
    assert new == {f"{name}.{part}" for name in freed for part in ("weight", "bias")}


def test_what_was_frozen_by_name_stays_so(worker: FakeWorker) -> None:
    switches = Switches(tuned(model="squeezenet1_1", tune="head"), worker)
    switches.recipe.set("training.freeze", ["head.norm"])
    switches.freezing.freeze(switches.layers, switches.layer("backbone.features.0"), False)
    assert switches.freezing.names[0] == "head.norm"


def test_while_it_trains_it_waits_for_the_next_run(worker: FakeWorker) -> None:
    switches = Switches(tuned(model="squeezenet1_1", tune="head"), worker)
    switches.training.start()
    worker.tell(started())
    switches.freezing.freeze(switches.layers, switches.layer("backbone.features.0"), False)
    assert worker.commands() == []
    assert switches.recipe.when("architecture.tune") == "next"


@pytest.mark.parametrize(
    ("tune", "words"), [("gradual", "tune=gradual"), ("head", ""), ("last_blocks", "")]
)
def test_what_is_freed_by_and_by_is_not_freed_by_hand(
    worker: FakeWorker, tune: str, words: str
) -> None:
    switches = Switches(tuned(model="squeezenet1_1", tune=tune), worker)
    layer = switches.layer("backbone.features.0")
    assert words in switches.freezing.why_not(layer)
    assert bool(words) == bool(switches.freezing.why_not(layer))
    assert switches.freezing.why_not(switches.layer("head.linear")) == ""
    before = switches.recipe.data
    switches.freezing.freeze(switches.layers, layer, False)
    assert (switches.recipe.data == before) == bool(words)


def test_lora_decides_about_the_encoder_itself(worker: FakeWorker) -> None:
    switches = Switches(tuned(model="squeezenet1_1", tune="all"), worker)
    layer = Layer("backbone.layer", "Linear", (4,), 20, 0, frozen=20, tuned=True)
    assert not switches.freezing.is_frozen(layer)
    switches.recipe.set("architecture.lora", 8)
    assert switches.freezing.is_frozen(layer)
    assert "LoRA" in switches.freezing.why_not(layer)
