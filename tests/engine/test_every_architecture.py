"""Every architecture trains an epoch on the smallest data that fits it, is summed up, and keeps the
promise of exactness whatever its options are."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine import consent
from engine.architectures.base import Architecture
from engine.architectures.dryrun import dry_run
from engine.model.summary import model_view
from engine.problems import ProblemError
from engine.recipe import Recipe
from engine.runs.folder import RunFolder
from engine.schema import COMPONENTS, Option, component_name, options_of
from engine.training import commands as c
from engine.training.begin import Begin, Resume
from tests.engine.training.disturbed import Script, differing, left_by, posting, scripted
from tests.engine.training.helpers import train
from tests.engine.training.owndata import (
    corpus_data,
    learning,
    series_data,
    table_data,
    text_data,
)

Data = Callable[[Path], dict[str, Any]]
NAMES = COMPONENTS.names("architecture")
SEEDS = range(2)
TRIES = 100
SMALLEST: list[Data] = [
    lambda _folder: {"name": "iris"},
    lambda _folder: {"name": "digits", "subset": 120},
    table_data,
    text_data,
    corpus_data,
    series_data,
]
"""The smallest data of each kind, in the order in which an architecture is offered it."""
MOST = {"int": 4, "width": 12, "embedding": 12, "patch": 4}
"""Beyond which options are not drawn, so that networks stay small; by name, else by type."""
SIZES = {"width", "layers", "blocks", "stacks", "channels", "hidden", "embedding"}
"""Options that are always drawn, because their defaults take longer."""
NOT_DRAWN = {"model", "path", "object", "options", "weights", "trained_by"}
"""Options that say which network it is, not what it looks like."""
OWN_CODE = """
from torch import nn

def network(inputs, outputs: int, width: int = 8) -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(64, width), nn.ReLU(), nn.Linear(width, outputs))
"""


def own_code(folder: Path) -> dict[str, Any]:
    """A file of Python, allowed to run."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "network.py"
    path.write_text(OWN_CODE, encoding="utf-8")
    code = consent.read(path, "architecture.path")
    consent.allow(path, code.sha256)
    return {"path": str(path)}


def saved_encoder(folder: Path) -> dict[str, Any]:
    """A folder as transformers saves one."""
    from tests.engine.architectures.encoder.tiny import tiny_encoder

    return tiny_encoder(folder)


NEEDED: dict[str, tuple[Data, Data]] = {
    "custom": (SMALLEST[1], own_code),
    "torchvision": (SMALLEST[1], lambda _folder: {"model": "shufflenet_v2_x0_5"}),
    "timm": (SMALLEST[1], lambda _folder: {"model": "test_resnet"}),
    "encoder": (text_data, saved_encoder),
}
"""Architectures that have to be told more than the data: which data they get, and the options."""

EXTRAS = {"timm": ("timm",), "encoder": ("tokenizers", "transformers", "peft")}
"""Architectures whose packages come as an extra."""


def parts_of(name: str, folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The data and the options with which an architecture is tried."""
    if name in NEEDED:
        data, options = NEEDED[name]
        return data(folder), {"name": name, **options(folder)}
    cls = COMPONENTS.get("architecture", name)
    assert issubclass(cls, Architecture)
    for data in SMALLEST:
        made = data(folder)
        if cls.fits(COMPONENTS.get("dataset", made["name"]).model_validate(made).facts()):  # type: ignore[attr-defined]
            return made, {"name": name}
    raise AssertionError(f"no data fits {name}: put it into NEEDED")


@pytest.fixture
def parts(name: str, tmp_path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same, unless the package that brings the network is an extra that is not here."""
    for package in EXTRAS.get(name, ()):
        pytest.importorskip(package)
    return parts_of(name, tmp_path / "own")


@pytest.mark.parametrize("name", NAMES)
def test_it_trains_an_epoch_on_the_smallest_data_that_fits(
    parts: tuple[dict[str, Any], dict[str, Any]], tmp_path: Path
) -> None:
    data, options = parts
    recipe = learning(data, options, training={"epochs": 1, "batch_size": 16, "threads": 1})
    dry_run(recipe, recipe.dataset.facts())
    view = model_view(recipe)
    assert view.parameters > 0
    assert view.layers
    run = train(recipe, tmp_path / "runs")
    assert run.result is not None
    assert run.result.status == "finished", (run.ended.problems, run.ended.traceback)
    losses = [value for _, _, value in run.metrics()["train_loss"]]
    assert len(losses) == run.result.steps > 2
    assert all(math.isfinite(loss) for loss in losses)
    assert math.isfinite(run.result.metrics["val_loss"])


# --- Exactness -----------------------------------------------------------------------------------


def drawn(option: Option, chosen: random.Random) -> Any:
    """Any small value of an option."""
    if option.nullable and chosen.random() < 0.5:
        return None
    if option.type == "bool":
        return chosen.random() < 0.5
    if option.type == "choice":
        return chosen.choice(option.choices)
    most = MOST.get(option.name, MOST["int"])
    low = int(option.ge or 1)
    number = chosen.randint(low, max(low, most))
    if option.type == "int":
        return number
    if option.type == "int_list":
        return [chosen.randint(2, 8) for _ in range(number if option.name == "depth" else 2)]
    return option.default


def drawn_recipe(
    name: str, parts: tuple[dict[str, Any], dict[str, Any]], chosen: random.Random
) -> Recipe:
    """A valid recipe with about half of the options drawn."""
    data, needed = parts
    every = [o for o in options_of(COMPONENTS.get("architecture", name)) if o.name not in NOT_DRAWN]
    said = ""
    for _ in range(TRIES):
        taken = [option for option in every if option.name in SIZES or chosen.random() < 0.6]
        options = {option.name: drawn(option, chosen) for option in taken}
        regularization = {"dropout": chosen.choice([0.0, 0.2]), "ema": chosen.choice([None, 0.9])}
        training = {"epochs": 2, "steps": 14, "batch_size": 16, "threads": 1}
        try:
            recipe = learning(
                data, {**options, **needed}, regularization=regularization, training=training
            )
            dry_run(recipe, recipe.dataset.facts())
        except ProblemError as error:  # two options that do not go together
            said = str(error)
            continue
        return recipe
    raise AssertionError(f"no drawn options of {name} go together: {said}")


@pytest.fixture
def script() -> Iterator[Script]:
    with scripted() as script:
        yield script


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", NAMES)
def test_stopped_in_mid_epoch_it_ends_with_the_same_bits(
    name: str,
    seed: int,
    parts: tuple[dict[str, Any], dict[str, Any]],
    tmp_path: Path,
    script: Script,
) -> None:
    chosen = random.Random(f"{name} {seed}")
    recipe = drawn_recipe(name, parts, chosen)

    def run(begin: Begin | None = None) -> RunFolder:
        ran = train(recipe, tmp_path / "runs", begin=begin)
        assert ran.result is not None
        assert ran.result.run is not None, (recipe.architecture, ran.ended)
        return RunFolder(ran.result.run)

    whole = run()
    assert whole.summary()["status"] == "finished", recipe.architecture
    script.begin({chosen.randint(2, 8): [posting(c.Stop(save=True))]})
    stopped = run()
    assert stopped.summary()["status"] == "stopped"
    script.begin()
    assert differing(left_by(whole), left_by(run(Resume(stopped)))) == [], recipe.architecture


def test_every_registered_architecture_is_tried() -> None:
    assert len(NAMES) >= 17
    assert {component_name(cls) for cls in COMPONENTS.classes("architecture")} == set(NAMES)
    assert not NEEDED.keys() - set(NAMES)
