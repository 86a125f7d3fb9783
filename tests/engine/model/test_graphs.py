"""Graphs of the forward pass and of the loss: what repeats, what is folded, where it stands."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
import torch
from torch import nn

from engine.model.drawing import as_dot, as_svg, save
from engine.model.folding import Box, Folding
from engine.model.forward import forward_graph, graph_of
from engine.model.graph import Graph
from engine.model.layout import SIGN, Layout, Line, Rect, lay_out
from engine.model.lossgraph import MOST, loss_graph
from engine.problems import ProblemError
from engine.recipe import Recipe
from tests.engine.model.networks import Skip, recorded
from tests.engine.training.owndata import corpus_data, learning


def graph(network: nn.Module, *shape: int) -> Graph:
    return graph_of(recorded(network, *shape), network)


def recipe_of(architecture: object, **sections: object) -> Recipe:
    return Recipe.parse(
        {"version": 1, "dataset": "digits", "architecture": architecture} | sections
    )


def size_of(_box: Box) -> tuple[float, float]:
    return 100.0, 40.0


DEEP = nn.Sequential(nn.Linear(4, 4), *(Skip(4) for _ in range(5)), Skip(4), nn.Linear(4, 2))


def test_like_blocks_in_a_row_are_one_group() -> None:
    found = graph(DEEP, 4)
    (repeated,) = [group for group in found.groups.values() if group.count > 1]
    assert (repeated.label, repeated.count, repeated.path) == ("Skip", 6, "1")
    folding = Folding(found)
    assert [box.node is None for box in folding.boxes()] == [False, False, True, False, False]
    assert len(folding.edges()) == 4


def test_a_pattern_of_layers_is_gathered_and_other_sizes_are_not() -> None:
    layers = [part for _ in range(4) for part in (nn.Linear(4, 4), nn.ReLU())]
    found = graph(nn.Sequential(*layers, nn.Linear(4, 8), nn.ReLU()), 4)
    (repeated,) = found.groups.values()
    assert (repeated.label, repeated.count) == ("Linear · ReLU", 4)
    assert not graph(nn.Sequential(nn.Linear(4, 5), nn.Linear(5, 6), nn.Linear(6, 7)), 4).groups


def test_unfolding_shows_what_is_inside_and_folding_hides_it() -> None:
    folding = Folding(graph(DEEP, 4))
    before = folding.boxes()
    (group,) = [box.group for box in before if box.group is not None]
    folding.toggle(group)
    assert len(folding.boxes()) == len(before) - 1 + 6
    folding.all()
    assert len(folding.boxes()) == len(folding.graph.nodes)
    folding.none()
    assert folding.boxes() == before


@pytest.mark.parametrize("everything", [False, True])
def test_the_layout_runs_down_and_nothing_overlaps(everything: bool) -> None:
    folding = Folding(graph(DEEP, 4))
    if everything:
        folding.all()
    found = lay_out(folding, size_of)
    assert set(found.boxes) == set(folding.boxes())
    assert set(found.frames) == folding.unfolded
    for one, other in folding.edges():
        assert found.boxes[one].y + 40 < found.boxes[other].y
    places = list(found.boxes.values())
    assert not any(overlap(a, b) for n, a in enumerate(places) for b in places[:n])
    check_frames(folding, found)
    assert {pair for line in found.lines for pair in line.pairs} == set(folding.edges())
    for line in found.lines:
        heights = [y for _, y in line.points]
        assert heights == sorted(heights)


def check_frames(folding: Folding, found: Layout) -> None:
    """A box is within the frames of what it is in, and outside of all others."""
    for box, place in found.boxes.items():
        around = set(folding.graph.around(folding.home(box)))
        for key, frame in found.frames.items():
            inside = frame.x <= place.x and place.x + place.width <= frame.x + frame.width
            inside &= frame.y <= place.y and place.y + place.height <= frame.y + frame.height
            assert inside == (key in around)
            assert inside or not overlap(frame, place)


def overlap(a: Rect, b: Rect) -> bool:
    beside = a.x + a.width <= b.x or b.x + b.width <= a.x
    return not (beside or a.y + a.height <= b.y or b.y + b.height <= a.y)


class Beside(nn.Module):
    """Adds a vector of its own: the line of the values comes in at the right of it."""

    def __init__(self) -> None:
        super().__init__()
        self.places = nn.Parameter(torch.ones(8))

    def forward(self, values):
        """Values to values."""
        return values + self.places[:4]


@pytest.mark.parametrize("network", [nn.Sequential(nn.Linear(4, 4), Beside()), DEEP])
def test_no_line_runs_through_the_sign_of_a_frame(network) -> None:
    folding = Folding(graph(network, 4))
    folding.all()

    found = lay_out(folding, size_of)
    assert found.frames
    for frame in found.frames.values():
        sign = Rect(frame.x + frame.width - SIGN + 1, frame.y, SIGN - 1, 24)
        for line in found.lines:
            assert not any(overlap(sign, Rect(x, y, 0.1, 0.1)) for x, y in steps(line))


def test_a_frame_has_room_for_its_name() -> None:
    folding = Folding(graph(DEEP, 4))
    folding.all()
    wide = lay_out(folding, lambda box: (300.0 if box.group is not None else 100.0, 40.0))
    assert min(frame.width for frame in wide.frames.values()) >= 300
    check_frames(folding, wide)


def steps(line: Line) -> list[tuple[float, float]]:
    """Places along a line, near enough to one another."""
    found = []
    for (x, y), (to_x, to_y) in pairwise(line.points):
        found += [(x + (to_x - x) * n / 20, y + (to_y - y) * n / 20) for n in range(21)]
    return found


def test_a_layout_is_always_the_same() -> None:
    folding = Folding(graph(DEEP, 4))
    folding.all()
    assert lay_out(folding, size_of) == lay_out(folding, size_of)


def test_nodes_tell_module_shapes_weights_and_code() -> None:
    found = forward_graph(recipe_of({"name": "mlp", "hidden": [32]}))
    node = next(node for node in found.nodes if node.label == "Linear")
    assert (node.path, node.shapes_in, node.shapes_out) == ("1", ((2, 64),), ((2, 32),))
    assert [(weight.name, weight.shape) for weight in node.weights] == [
        ("weight", (32, 64)), ("bias", (32,)),
    ]  # fmt: skip
    code = found.code[node.code]
    assert "F.linear(input, self.weight, self.bias)" in code.text
    assert code.place.startswith("linear.py:")


def test_a_network_that_reads_numbers_is_drawn_as_far_as_it_is_known(monkeypatch) -> None:
    def forward(self, values):
        return values if values.sum() > 0 else -values

    monkeypatch.setattr(nn.ReLU, "forward", forward)
    recipe = recipe_of({"name": "mlp", "hidden": [8]})
    found = forward_graph(recipe)
    assert [node.label for node in found.nodes] == ["input", "Flatten", "Linear"]
    assert "reads numbers" in found.note
    from engine.model.summary import model_view

    view = model_view(recipe)
    assert view.note == found.note
    assert [layer.output_shape for layer in view.layers][-2:] == [(), ()]
    assert view.parameters == sum(layer.parameters for layer in view.layers)
    with pytest.raises(ProblemError, match="without the data's numbers"):
        loss_graph(recipe)


# --- The loss ------------------------------------------------------------------------------------


def test_the_graph_of_a_linear_models_loss_is_that_of_the_textbooks() -> None:
    found = loss_graph(recipe_of("linear"))
    assert [node.label for node in found.nodes if node.kind == "parameter"] == [
        "2.bias", "2.weight",
    ]  # fmt: skip
    labels = {node.key: node.label for node in found.nodes}
    product = next(key for key, label in labels.items() if label == "matrix product + bias")
    into = {labels[one] for one, other in found.edges if other == product}
    assert into == {"2.bias", "view", "transpose"}
    assert found.nodes[-1].label == "loss: NLL loss"
    assert found.nodes[-1].kind == "output"
    assert all(one < other for one, other in found.edges)
    assert found.nodes[product].path == "2"


def test_frozen_layers_are_no_part_of_it() -> None:
    mlp = {"name": "mlp", "hidden": [8]}
    found = loss_graph(recipe_of(mlp, training={"freeze": ["1"]}))
    assert [n.label for n in found.nodes if n.kind == "parameter"] == ["4.bias", "4.weight"]


def test_a_graph_that_nobody_could_read_is_refused_with_its_size(tmp_path) -> None:
    recipe = learning(corpus_data(tmp_path), {"name": "rnn", "hidden": [4, 4, 4]})
    with pytest.raises(ProblemError) as caught:
        loss_graph(recipe)
    (problem,) = caught.value.problems
    assert "operations" in problem.sentence
    assert str(MOST) in problem.hint


def test_no_global_random_number_is_drawn() -> None:
    recipe = recipe_of({"name": "cnn"}, regularization={"dropout": 0.5})
    states = random.getstate(), torch.get_rng_state()
    forward_graph(recipe)
    loss_graph(recipe)
    assert random.getstate() == states[0]
    assert torch.equal(torch.get_rng_state(), states[1])


# --- Files ---------------------------------------------------------------------------------------


def test_drawings_hold_every_box_and_no_markup_of_names(tmp_path) -> None:
    found = graph(DEEP, 4)
    drawn = as_svg(found)
    assert drawn.count("<text") == 2 * len(Folding(found).boxes())
    assert "Skip × 6" in drawn
    assert as_dot(found).count("->") == 4
    save(found, tmp_path / "new" / "net.svg")
    assert (tmp_path / "new" / "net.svg").read_text(encoding="utf-8") == drawn
    with pytest.raises(ProblemError, match=r"\.svg or \.dot"):
        save(found, tmp_path / "net.png")
