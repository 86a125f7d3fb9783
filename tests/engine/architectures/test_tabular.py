"""Networks for tables: codes of categories become vectors, whatever number stands there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from engine.architectures.base import Architecture
from engine.architectures.layers import set_dropout
from engine.architectures.tabular import vector_size
from engine.facts import Facts
from engine.recipe import Recipe
from engine.schema import COMPONENTS
from tests.engine.training.owndata import table_data

NAMES = ["tabular", "ft_transformer"]
NUMBERS, COUNTS = 3, (4, 6)
MIXED = Facts("table", (5,), "classes", tuple("abc"), 100, cardinalities=COUNTS)
FACTS = {
    "mixed": MIXED,
    "numbers": replace(MIXED, shape=(NUMBERS,), cardinalities=()),
    "codes": replace(MIXED, shape=(len(COUNTS),)),
}
OPTIONS: list[tuple[str, dict[str, Any]]] = [
    *(("tabular", {"norm": norm, "hidden": [8, 8, 6], "residual": residual})
      for norm in ("none", "batch", "layer", "group") for residual in (False, True)),
    ("tabular", {"hidden": []}),
    ("tabular", {"norm_numbers": True, "embedding": 5, "activation": "silu"}),
    ("ft_transformer", {"width": 6, "heads": 3, "layers": 1}),
]  # fmt: skip


def network(name: str, facts: Facts, dropout: float = 0.0, **options: Any) -> nn.Module:
    architecture = COMPONENTS.get("architecture", name)(**options)
    assert isinstance(architecture, Architecture)
    return architecture.build(facts, len(facts.targets), dropout)


def rows(facts: Facts, count: int = 30) -> torch.Tensor:
    """Numbers, then every code of each category by turns."""
    numbers = facts.inputs - len(facts.cardinalities)
    values = torch.randn(count, numbers, generator=torch.Generator().manual_seed(3))
    codes = [torch.arange(count).float() % cardinality for cardinality in facts.cardinalities]
    return torch.cat([values, *(code[:, None] for code in codes)], dim=1)


@pytest.mark.parametrize("wanted", FACTS)
@pytest.mark.parametrize(("name", "options"), [*((name, {}) for name in NAMES), *OPTIONS], ids=str)
def test_every_row_is_mapped_to_answers(name, options, wanted):
    facts = FACTS[wanted]
    model = network(name, facts, 0.1, **options)
    answers = model(rows(facts))
    assert answers.shape == (30, 3)
    (answers * torch.randn(answers.shape)).sum().backward()
    for parameter_name, parameter in model.named_parameters():
        assert parameter.grad is not None, parameter_name
        assert torch.isfinite(parameter.grad).all(), parameter_name
    model.eval()
    assert model(rows(facts, 1)).shape == (1, 3)


@pytest.mark.parametrize("name", NAMES)
def test_a_code_is_a_name_and_no_amount(name):
    """Each code has weights of its own: learning from one leaves the others as they are."""
    model = network(name, MIXED)
    inputs = rows(MIXED, 2)
    inputs[:, -2:] = torch.tensor([2.0, 5.0])
    model(inputs).square().sum().backward()
    tables = [part.weight for part in model.modules() if isinstance(part, nn.Embedding)]
    moved = [table.grad.abs().sum(1).nonzero().flatten().tolist() for table in tables]
    assert moved == [[2], [5]]
    assert [len(table) for table in tables] == list(COUNTS)


@pytest.mark.parametrize("strange", [-1.0, 4.0, 1e30, float("inf"), float("-inf"), float("nan")])
@pytest.mark.parametrize("name", NAMES)
def test_a_number_that_is_no_code_counts_as_unknown(name, strange):
    model, inputs = network(name, MIXED).eval(), rows(MIXED)
    inputs[:, NUMBERS] = 0
    expected = model(inputs)
    inputs[:, NUMBERS] = strange
    assert torch.equal(model(inputs), expected)
    inputs[:, NUMBERS] = 1
    assert not torch.equal(model(inputs), expected)


def test_an_unknown_category_says_nothing_before_training():
    model = network("tabular", MIXED)
    for table in (part for part in model.modules() if isinstance(part, nn.Embedding)):
        assert not table.weight[0].any()
        assert table.weight[1:].all()


def test_more_values_have_longer_vectors():
    assert [vector_size(count) for count in (2, 3, 10, 100, 1001, 10**6)] == [2, 3, 6, 21, 77, 600]
    model = network("tabular", MIXED)
    assert model[0](rows(MIXED)).shape == (30, NUMBERS + vector_size(4) + vector_size(6))
    assert network("tabular", MIXED, embedding=7)[0](rows(MIXED)).shape == (30, NUMBERS + 14)


def test_numbers_come_through_as_they_are():
    model, inputs = network("tabular", MIXED), rows(MIXED)
    assert torch.equal(model[0](inputs)[:, :NUMBERS], inputs[:, :NUMBERS])
    normalised = network("tabular", MIXED, norm_numbers=True)[0](inputs * 9 + 5)[:, :NUMBERS]
    torch.testing.assert_close(normalised.mean(0), torch.zeros(NUMBERS), atol=1e-5, rtol=0)


def test_the_order_of_the_features_tells_nothing_but_which_they_are():
    """With the weights of two features exchanged, so may be their values."""
    model, inputs = network("ft_transformer", FACTS["numbers"]).eval(), rows(FACTS["numbers"])
    expected = model(inputs)
    for parameter in (model[0].weight, model[0].bias):
        parameter.data = parameter.data[[1, 0, 2]]
    torch.testing.assert_close(model(inputs[:, [1, 0, 2]]), expected)


@pytest.mark.parametrize("wanted", FACTS)
@pytest.mark.parametrize("name", NAMES)
def test_dropout_is_always_there_and_can_be_changed(name, wanted):
    facts = FACTS[wanted]
    model, inputs, state = network(name, facts), rows(facts), torch.get_rng_state()
    assert torch.equal(model(inputs), model(inputs))
    assert torch.equal(state, torch.get_rng_state())
    set_dropout(model, 0.4)
    assert not torch.equal(model(inputs), model(inputs))


# --- What does not fit together ------------------------------------------------------------------


def problems(dataset: dict[str, Any], architecture: Any, **sections: Any) -> list[str]:
    data = {"version": 1, "dataset": dataset, "architecture": architecture, **sections}
    return [str(problem) for problem in Recipe.problems(data)]


@pytest.mark.parametrize("name", ["mlp", "linear"])
def test_networks_that_would_reckon_with_codes(name, tmp_path: Path):
    data = table_data(tmp_path)
    (problem,) = problems(data, name)
    assert problem.startswith(f"architecture: {name} would take the numbers of categories for")
    assert "choose tabular or ft_transformer, or set dataset.categories_as to one_hot" in problem
    assert not problems({**data, "categories_as": "one_hot"}, name)
    assert not problems({**data, "ignore": ["color", "shape"]}, name)  # no category is left
    for fitting in NAMES:
        assert not problems(data, fitting)
        assert not problems({**data, "categories_as": "one_hot"}, fitting)


def test_images_are_no_tables():
    (problem,) = problems({"name": "digits"}, "tabular")
    assert problem.startswith("architecture: tabular cannot read digits, whose samples are images")


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("regularization.augmentation.0", {"augmentation": ["noise"]}),
        ("regularization.mixup", {"mixup": 0.2}),
    ],
)
def test_codes_are_neither_noisy_nor_mixed(path, options, tmp_path: Path):
    data = table_data(tmp_path)
    (problem,) = problems(data, "tabular", regularization=options)
    assert problem.startswith(f"{path}: ")
    assert "set dataset.categories_as to one_hot" in problem
    assert not problems({**data, "categories_as": "one_hot"}, "tabular", regularization=options)


def test_heads_share_the_width(tmp_path: Path):
    (problem,) = problems(table_data(tmp_path), {"name": "ft_transformer", "width": 30})
    assert problem.startswith("architecture.heads: A width of 30 cannot be divided among 4 heads")


def test_a_batch_of_one_has_nothing_to_normalise_by(tmp_path: Path):
    tabular = {"name": "tabular", "norm_numbers": True}
    (problem,) = problems(table_data(tmp_path), tabular, training={"batch_size": 1})
    assert problem.startswith("architecture.norm_numbers: Batch normalization needs more than one")
