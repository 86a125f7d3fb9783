"""The networks of torchvision and timm in recipes: sizes, channels, a step of each family."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.architectures.dryrun import dry_run, misfits
from engine.architectures.making import network_of
from engine.architectures.weights.beginning import foreseen
from engine.datasets.preview.view import data_view
from engine.facts import Facts
from engine.problems import ProblemError
from engine.recipe import Recipe

FAMILIES = {
    "alexnet": 63, "convnext_tiny": 32, "densenet121": 29, "efficientnet_b0": 16,
    "googlenet": 15, "inception_v3": 75, "maxvit_t": 224, "mnasnet0_5": 16, "mobilenet_v2": 16,
    "mobilenet_v3_small": 16, "regnet_y_400mf": 16, "resnet18": 16, "shufflenet_v2_x0_5": 16,
    "squeezenet1_1": 17, "swin_t": 16, "swin_v2_t": 16, "vgg11": 32, "vit_b_32": 32,
}  # fmt: skip
"""A member of each family, and a size of image that it takes."""


def recipe(**architecture: Any) -> Recipe:
    chosen = {"name": "torchvision", **architecture}
    return Recipe.parse({"version": 1, "dataset": "digits", "architecture": chosen})


def network(side: int, channels: int = 2, **architecture: Any) -> torch.nn.Module:
    facts = Facts("image", (channels, side, side), "classes", tuple("abc"), 9)
    chosen = {"model": "resnet18", **architecture}
    made = recipe().architecture.model_copy(update=chosen)
    regularization = recipe().regularization.model_copy(update={"dropout": 0.5})
    chosen = {"architecture": made, "regularization": regularization}
    return network_of(recipe().model_copy(update=chosen), facts)


@pytest.mark.parametrize("model", FAMILIES)
def test_a_member_of_each_family_takes_a_training_step(model: str) -> None:
    torch.manual_seed(0)
    side = FAMILIES[model]
    made = network(side, model=model).train()
    optimizer = torch.optim.SGD(made.parameters(), lr=1e-4)
    outputs = made(torch.randn(2, 2, side, side))
    loss = torch.nn.functional.cross_entropy(outputs, torch.tensor([0, 2]))
    loss.backward()
    assert loss.isfinite()
    assert all(p.grad is not None for p in made.head.parameters())
    first = next(p for p in made.backbone.parameters() if p.dim() == 4)
    assert first.grad is not None
    assert first.grad.abs().sum() > 0
    optimizer.step()


def test_a_size_that_a_network_cannot_take_is_a_problem_that_names_the_nearest() -> None:
    with pytest.raises(ProblemError) as caught:
        recipe(model="inception_v3")
    (problem,) = caught.value.problems
    assert problem.path == "architecture.model"
    assert problem.sentence == "inception_v3 cannot read images of 8x8; the nearest is 75x75"


def test_an_unknown_model_is_a_problem() -> None:
    with pytest.raises(ProblemError, match=r"architecture\.model"):
        recipe(model="resnet19")


def test_dropout_stands_before_the_new_last_layer_alone() -> None:
    made = network(32, model="vit_b_32")
    drops = {n: p.p for n, p in made.named_modules() if isinstance(p, torch.nn.Dropout)}
    assert [name for name, p in drops.items() if p] == ["head.dropout"]
    assert len(drops) > 1


def test_weights_bring_the_size_and_the_crop_of_images_that_they_were_made_for() -> None:
    chosen = {"name": "torchvision", "model": "efficientnet_b1", "weights": "published"}
    data = {"version": 1, "dataset": {"name": "image_folder", "path": "sample:textures"},
            "architecture": chosen}  # fmt: skip
    assert size_and_zoom(data) == (240, 1.0625)  # 255 pixels, of which 240 are cut out
    data["dataset"] = {**data["dataset"], "size": 100, "zoom": 1}
    assert size_and_zoom(data) == (100, 1)
    data["dataset"] = {**data["dataset"], "size": None, "zoom": None}
    data["architecture"] = {**chosen, "weights": ""}
    assert size_and_zoom(data) == (64, None)


def size_and_zoom(data: dict[str, Any]) -> tuple[int, float | None]:
    dataset: Any = Recipe.parse(data).dataset
    return dataset.facts().shape[1], dataset.zoom


def test_the_crop_is_made_and_told(tmp_path: Path) -> None:
    chosen = {"name": "torchvision", "model": "squeezenet1_1", "weights": "published"}
    data = {"version": 1, "dataset": {"name": "image_folder", "path": "sample:textures",
            "size": 17}, "architecture": chosen}  # fmt: skip
    view = data_view(Recipe.parse(data), tmp_path, count=5)
    assert view.normalisation.endswith(
        "white being 1; of each picture the middle 87.5% of the sides is seen at 17 x 17 pixels"
    )
    data["dataset"]["zoom"] = 1.0
    whole = data_view(Recipe.parse(data), tmp_path, count=5)
    assert "of each picture the whole of the square is seen" in whole.normalisation
    assert any((a.image != b.image).any() for a, b in zip(view.samples, whole.samples, strict=True))


def test_weights_that_want_it_have_pictures_resized_bicubically(tmp_path: Path) -> None:
    chosen = {"name": "torchvision", "model": "swin_t", "weights": "published"}
    data = {"version": 1, "dataset": {"name": "image_folder", "path": "sample:textures",
            "size": 16}, "architecture": chosen}  # fmt: skip
    assert Recipe.parse(data).dataset.model_dump()["interpolation"] == "bicubic"
    view = data_view(Recipe.parse(data), tmp_path, count=5)
    assert view.normalisation.endswith("is seen at 16 x 16 pixels, resized bicubically")
    assert json.loads(view.facts.encoding)["interpolation"] == "bicubic"
    data["dataset"]["interpolation"] = "bilinear"
    other = data_view(Recipe.parse(data), tmp_path, count=5)
    assert other.normalisation.endswith("is seen at 16 x 16 pixels")
    assert "interpolation" not in json.loads(other.facts.encoding)
    assert any((a.image != b.image).any() for a, b in zip(view.samples, other.samples, strict=True))


def test_a_path_of_weights_is_made_absolute_and_none_is_empty() -> None:
    assert recipe(weights="none").architecture.weights == ""
    assert recipe(weights=" published ").architecture.weights == "published"
    assert recipe(weights="some.pth").architecture.weights.endswith("/some.pth")
    assert recipe(weights="/a/some.pth").architecture.weights == "/a/some.pth"


@pytest.mark.parametrize(
    ("changes", "path"), [({"tune": "gradual"}, "tune"), ({"backbone_lr": 0.1}, "backbone_lr")]
)
def test_lbfgs_takes_all_weights_alike(changes: dict[str, Any], path: str) -> None:
    data = {"version": 1, "dataset": "digits", "optimizer": "lbfgs",
            "architecture": {"name": "torchvision", **changes}}  # fmt: skip
    assert [p.path for p in Recipe.problems(data)] == [f"architecture.{path}"]


# --- timm ----------------------------------------------------------------------------------------


def timm_recipe(**architecture: Any) -> Recipe:
    return recipe(name="timm", **architecture)


def test_timm_says_how_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.architectures.vision.timm_models.find_spec", lambda _name: None)
    with pytest.raises(ProblemError, match=r"timm is not installed .*trainboard\[timm\]"):
        timm_recipe()


@pytest.mark.skipif(find_spec("timm") is None, reason="timm is not installed")
class TestTimm:
    def test_a_network_takes_a_step(self) -> None:
        for model in ("resnet10t", "vit_tiny_patch16_224"):
            chosen = timm_recipe(model=model)
            facts = Facts("image", (1, 32, 32), "classes", tuple("abc"), 9)
            made = network_of(chosen, facts)
            made(torch.randn(2, 1, 32, 32)).sum().backward()
            assert made.replaced in ("fc", "head")

    def test_a_name_that_it_does_not_have(self) -> None:
        chosen = timm_recipe(model="resnet10")
        with pytest.raises(ProblemError, match=r"timm has no network 'resnet10'.*did you mean"):
            network_of(chosen, chosen.dataset.facts())

    def test_a_size_that_the_network_cannot_take(self) -> None:
        chosen = timm_recipe(model="vit_tiny_patch16_224")
        with pytest.raises(ProblemError, match=r"architecture\.model"):
            dry_run(chosen, chosen.dataset.facts())

    @pytest.mark.parametrize(
        ("model", "said"),
        [("resnet18", r"model\.safetensors of huggingface\.co/timm/resnet18\.a1_in1k yourself"),
         ("gcvit_base", r"fetch https://github\.com/.*\.pth yourself"),
         ("botnet50ts_256", "knows of no published weights of botnet50ts_256"),
         ("no_such_network", "knows of no published weights")],
    )  # fmt: skip
    def test_published_weights_are_not_fetched(self, model: str, said: str) -> None:
        with pytest.raises(ProblemError, match=said) as caught:
            timm_recipe(model=model, weights="published")
        assert [problem.path for problem in caught.value.problems] == ["architecture.weights"]

    @pytest.mark.parametrize("model", ["resnet10t", "vit_tiny_patch16_224"])
    def test_its_own_files_fit_and_positions_follow_the_size(
        self, model: str, tmp_path: Path
    ) -> None:
        import timm
        from safetensors.torch import save_file

        path = tmp_path / "model.safetensors"
        with torch.device("meta"):
            state = timm.create_model(model).state_dict()
        save_file({n: torch.zeros(t.shape, dtype=t.dtype) for n, t in state.items()}, path)
        chosen = {"name": "timm", "model": model, "weights": str(path), "tune": "head"}
        dataset = {"name": "image_folder", "path": "sample:textures", "size": 64}
        found = Recipe.parse({"version": 1, "dataset": dataset, "architecture": chosen})
        assert misfits(found) == ()
        report = foreseen(found, found.dataset.facts())
        assert report is not None
        assert report.whole
        assert any("positions" in said for said in report.changed) == model.startswith("vit")

    @pytest.mark.parametrize(("model", "how"), [("resnet18", "bicubic"), ("vgg11", "auto")])
    def test_and_the_interpolation(self, model: str, how: str) -> None:
        chosen = {"name": "timm", "model": model, "weights": "some.safetensors"}
        dataset = {"name": "image_folder", "path": "sample:textures"}
        data = {"version": 1, "dataset": dataset, "architecture": chosen}
        assert Recipe.parse(data).dataset.model_dump()["interpolation"] == how

    @pytest.mark.parametrize(
        ("model", "expected"),
        [("vit_tiny_patch16_384", (384, 1.0)), ("efficientnet_b1.ft_in1k", (224, 1.1429)),
         ("resnet18", (224, 1.0526)), ("no_such_network", (224, 1.0))],
    )  # fmt: skip
    def test_weights_bring_the_size_and_the_crop_that_it_notes(
        self, model: str, expected: tuple[int, float]
    ) -> None:
        chosen = {"name": "timm", "model": model, "weights": "some.safetensors"}
        data = {"version": 1, "dataset": {"name": "image_folder", "path": "sample:textures"},
                "architecture": chosen}  # fmt: skip
        assert size_and_zoom(data) == expected

    def test_its_own_normalization(self) -> None:
        assert timm_recipe(model="vit_tiny_patch16_224").architecture.normalization() == (
            (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)
        )  # fmt: skip
