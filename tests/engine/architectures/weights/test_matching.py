"""Files of weights against networks: every tensor is taken or told of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from engine import torchsetup as torchsetup  # isort: skip
from torchvision import models

from engine.architectures.making import network_of
from engine.architectures.vision.building import headed
from engine.architectures.weights.beginning import beginning
from engine.architectures.weights.matching import match
from engine.architectures.weights.reading import read_tensors
from engine.facts import Facts
from engine.problems import ProblemError
from engine.recipe import Recipe

MODEL = "shufflenet_v2_x0_5"


def network(model: str = "squeezenet1_1", channels: int = 3, side: int = 32) -> nn.Module:
    facts = Facts("image", (channels, side, side), "classes", ("a", "b", "c"), 10)
    with torch.device("meta"):
        return headed(model, facts, (3, 0.0, "none"), published=True)


def original(model: str = "squeezenet1_1", **options: Any) -> dict[str, Tensor]:
    torch.manual_seed(0)
    state: dict[str, Tensor] = models.get_model(model, weights=None, **options).state_dict()
    return state


@pytest.fixture(scope="module")
def squeezenet() -> dict[str, Tensor]:
    return original()


def saved(content: Any, folder: Path, name: str = "file.pth") -> Path:
    torch.save(content, folder / name)
    return folder / name


def test_a_whole_file_gives_every_tensor_and_says_what_the_head_replaces(
    squeezenet: dict[str, Tensor], tmp_path: Path
) -> None:
    found = match(read_tensors(saved(squeezenet, tmp_path)), network(), "file.pth")
    report = found.report
    assert report.whole
    assert (report.matched, report.wanted) == (50, 50)
    assert [name for name, _ in report.replaced] == ["classifier.1.weight", "classifier.1.bias"]
    assert report.headline == "Weights from file.pth: 50 of 50 tensors of the backbone"
    facts = Facts("image", (3, 32, 32), "classes", tuple("abc"), 9)
    made = headed("squeezenet1_1", facts, (3, 0.0, "none"), published=True)
    found.put_into(made)
    assert torch.equal(made.backbone.features[0].weight, squeezenet["features.0.weight"])


WRAPPED: dict[str, Callable[[dict[str, Tensor]], Any]] = {
    "of several devices": lambda s: {f"module.{n}": t for n, t in s.items()},
    "compiled": lambda s: {f"_orig_mod.module.{n}": t for n, t in s.items()},
    "beside other things": lambda s: {"epoch": 3, "state_dict": s},
    "of Lightning": lambda s: {"state_dict": {f"model.{n}": t for n, t in s.items()}},
    "of this program": lambda s: {
        "state_dict": {f"network.backbone.{n}": t for n, t in s.items() if "classifier" not in n}
        | {
            "network.head.linear.weight": torch.ones(3, 512),
            "network.head.linear.bias": torch.ones(3),
        }
    },
}


@pytest.mark.parametrize("wrap", WRAPPED.values(), ids=WRAPPED)
def test_what_programs_put_around_the_names_is_taken_off_and_said(
    wrap: Callable[[dict[str, Tensor]], Any], squeezenet: dict[str, Tensor], tmp_path: Path
) -> None:
    found = match(read_tensors(saved(wrap(squeezenet), tmp_path)), network(), "file.pth")
    assert found.report.whole
    assert found.report.matched >= 50
    assert found.report.changed
    assert torch.equal(found.tensors["backbone.features.0.weight"], squeezenet["features.0.weight"])


def test_the_programs_own_file_brings_its_head(
    squeezenet: dict[str, Tensor], tmp_path: Path
) -> None:
    content = WRAPPED["of this program"](squeezenet)
    found = match(read_tensors(saved(content, tmp_path)), network(), "file.pth")
    assert found.tensors["head.linear.bias"].tolist() == [1, 1, 1]
    content["state_dict"]["network.head.linear.bias"] = torch.ones(5)
    found = match(read_tensors(saved(content, tmp_path)), network(), "file.pth")
    assert found.report.other_shapes == (("head.linear.bias", (5,), (3,)),)


def test_what_does_not_fit_is_told_tensor_by_tensor(
    squeezenet: dict[str, Tensor], tmp_path: Path
) -> None:
    state = dict(squeezenet)
    for name in ("features.0.bias", "classifier.1.weight", "classifier.1.bias"):
        del state[name]
    state["features.3.squeeze.weight"] = torch.zeros(7, 7)
    state["extra"] = torch.zeros(2, 3)
    report = match(read_tensors(saved(state, tmp_path)), network(), "file.pth").report
    assert report.missing == (
        ("features.0.bias", (64,)), ("classifier.1.weight", (1000, 512, 1, 1)),
        ("classifier.1.bias", (1000,)),
    )  # fmt: skip
    assert report.unexpected == (("extra", (2, 3)),)
    assert report.other_shapes == (("features.3.squeeze.weight", (7, 7), (16, 64, 1, 1)),)
    assert report.headline.endswith("48 of 50 tensors of the backbone, 3 missing, 1 unexpected,"
                                    " 1 of another shape")  # fmt: skip
    assert "unexpected in the file: extra 2x3" in report.lines()
    assert report.as_json()["matched"] == 48


def test_a_file_of_another_network_is_a_problem(
    squeezenet: dict[str, Tensor], tmp_path: Path
) -> None:
    tensors = read_tensors(saved(squeezenet, tmp_path))
    with pytest.raises(ProblemError, match="None of the 52 tensors of x belongs") as caught:
        match(tensors, network("resnet18"), "x")
    assert caught.value.problems[0].path == "architecture.weights"


def test_grey_images_get_the_sum_of_the_colours_kernels(
    squeezenet: dict[str, Tensor], tmp_path: Path
) -> None:
    tensors = read_tensors(saved(squeezenet, tmp_path))
    found = match(tensors, network(channels=1), "x")
    kernels = squeezenet["features.0.weight"]
    torch.testing.assert_close(
        found.tensors["backbone.features.0.weight"], kernels.sum(1, keepdim=True)
    )
    assert "made ones of 1" in found.report.changed[0]
    four = match(tensors, network(channels=4), "x").tensors["backbone.features.0.weight"]
    torch.testing.assert_close(four.sum(1), kernels.sum(1))


def test_old_names_of_densenet_are_todays() -> None:
    state = original("densenet121")
    old = {n.replace(".norm1.", ".norm.1.").replace(".conv2.", ".conv.2."): t
           for n, t in state.items()}  # fmt: skip
    assert old.keys() != state.keys()
    from engine.architectures.weights.reading import Tensors

    report = match(Tensors(old), network("densenet121"), "x").report
    assert report.whole
    assert report.matched == len(state) - 2


def test_positions_of_a_vision_transformer_are_resized() -> None:
    from engine.architectures.weights.adapting import adapted

    given = torch.randn(1, 1 + 4 * 4, 8)
    found, how = adapted("encoder.pos_embedding", given, (1, 1 + 2 * 2, 8))
    assert found is not None
    assert found.shape == (1, 5, 8)
    assert torch.equal(found[:, 0], given[:, 0])
    assert "resized" in how
    assert adapted("encoder.pos_embedding", given, (1, 4, 8))[0] is None
    plain, _ = adapted("pos_embed", given[:, 1:], (1, 2 * 2, 8))  # without a class token
    assert plain is not None
    torch.testing.assert_close(plain, found[:, 1:])


# --- Files ---------------------------------------------------------------------------------------


def test_safetensors_are_read(squeezenet: dict[str, Tensor], tmp_path: Path) -> None:
    save_file({name: t.contiguous() for name, t in squeezenet.items()}, tmp_path / "f.safetensors")
    assert match(read_tensors(tmp_path / "f.safetensors"), network(), "x").report.whole


class Harm:
    """Something that torch would have to run code for."""


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(Harm(), "holds more than tensors"), ({"a": 1}, "holds no tensors by name"),
     ([torch.zeros(1)], "holds no tensors by name")],
    ids=["code", "numbers", "a list"],
)  # fmt: skip
def test_files_that_are_no_weights(content: Any, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match=sentence):
        read_tensors(saved(content, tmp_path))


@pytest.mark.parametrize("name", ["broken.pth", "broken.safetensors"])
def test_damaged_and_missing_files_are_problems(name: str, tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="There is no file"):
        read_tensors(tmp_path / name)
    (tmp_path / name).write_bytes(b"PK\x03\x04 nothing of use")
    with pytest.raises(ProblemError, match=name.replace(".", r"\.")):
        read_tensors(tmp_path / name)


# --- First weights of another kind ---------------------------------------------------------------


def begun(state: dict[str, Tensor], folder: Path, **architecture: Any) -> nn.Module:
    """The network of a training that begins with the weights, as it is put together."""
    chosen = {"name": "torchvision", "model": MODEL, "head_norm": "none",
              "weights": str(saved(state, folder)), **architecture}  # fmt: skip
    recipe = Recipe.parse({"version": 1, "dataset": "digits", "architecture": chosen})
    facts = recipe.dataset.facts()
    made = network_of(recipe, facts)
    weights = beginning(recipe, facts, folder)
    assert weights is not None
    weights.put_into(made)
    return made


def test_init_draws_the_head_and_what_the_file_lacks(tmp_path: Path) -> None:
    state = original(MODEL)
    lacking = state.pop("stage2.0.branch1.2.weight")
    made = begun(state, tmp_path, init="orthogonal")
    own = dict(made.backbone.named_parameters())
    for name, tensor in state.items():
        if name in own and name != "conv1.0.weight":  # three colours have become grey
            assert torch.equal(own[name], tensor), name
    for drawn in (made.head.linear.weight, own["stage2.0.branch1.2.weight"].flatten(1)):
        short = drawn if drawn.shape[0] < drawn.shape[1] else drawn.T
        torch.testing.assert_close(short @ short.T, torch.eye(len(short)), atol=1e-4, rtol=0)
    assert own["stage2.0.branch1.2.weight"].shape == lacking.shape


def test_zero_last_empties_the_head_alone(tmp_path: Path) -> None:
    state = original(MODEL)
    made = begun(state, tmp_path, zero_last=True)
    assert not any(p.any() for p in made.head.parameters())
    assert torch.equal(made.backbone.conv5[0].weight, state["conv5.0.weight"])


def test_zero_last_empties_a_head_that_the_file_has(tmp_path: Path) -> None:
    once = begun(original(MODEL), tmp_path)
    again = begun(once.state_dict(), tmp_path)
    assert torch.equal(again.head.linear.weight, once.head.linear.weight)
    empty = begun(once.state_dict(), tmp_path, zero_last=True)
    assert not any(p.any() for p in empty.head.parameters())
