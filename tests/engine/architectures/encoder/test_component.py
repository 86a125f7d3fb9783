"""Pretrained text encoders: the same vectors as transformers gives, and what of them learns."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

pytest.importorskip("transformers")

from engine.architectures.encoder import component
from engine.architectures.encoder.layers import TextNetwork
from engine.architectures.making import network_of
from engine.architectures.weights.beginning import beginning
from engine.exporters import export_model, find_exporter, formats
from engine.exporters.safetensors import load_with_facts
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.training.settle import freeze_for
from tests.engine.architectures.encoder.tiny import tiny_folder, tokenizer
from tests.engine.training.owndata import learning, text_data

TEXTS = ["the sun of the beach", "ice", "a cold wind, snow and snow"]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """Data, and a folder with a tiny encoder."""
    folder = tmp_path_factory.mktemp("encoder")
    return text_data(folder), tiny_folder(folder / "tiny")


@pytest.fixture
def own_places(places: tuple[dict[str, Any], Path], tmp_path: Path) -> tuple[dict[str, Any], Path]:
    """The same, with a folder that may be changed."""
    return places[0], Path(shutil.copytree(places[1], tmp_path / "tiny"))


def recipe_of(places: tuple[dict[str, Any], Path], **options: Any) -> Recipe:
    data, folder = places
    chosen = {"name": "encoder", "model": str(folder), **options}
    return learning(data, chosen, regularization={"dropout": 0.0})


def network(recipe: Recipe) -> TextNetwork:
    torch.manual_seed(1)
    made = network_of(recipe, recipe.dataset.facts())
    found = beginning(recipe, recipe.dataset.facts(), Path())
    if found is not None:
        found.put_into(made)
    assert isinstance(made, TextNetwork)
    return made


def numbers(recipe: Recipe, texts: list[str] = TEXTS) -> torch.Tensor:
    from engine.datasets.text.encoding import TextEncoder

    encoder = TextEncoder.from_json(recipe.dataset.facts().encoding)
    return torch.from_numpy(encoder.encode(texts)).long()


def problem(places: tuple[dict[str, Any], Path], **options: Any) -> Problem:
    """What is wrong with the recipe, or with the network that it describes."""
    with pytest.raises(ProblemError) as caught:
        network(recipe_of(places, **options))
    return caught.value.problems[0]


# --- What it computes ----------------------------------------------------------------------------


@pytest.mark.parametrize("pooling", ["mean", "cls"])
@torch.no_grad()
def test_the_vectors_are_those_that_transformers_gives(
    places: tuple[dict[str, Any], Path], pooling: str
) -> None:
    import transformers

    recipe = recipe_of(places, pooling=pooling)
    original = transformers.AutoModel.from_pretrained(places[1]).eval()
    found = network(recipe).eval().backbone(numbers(recipe))
    for text, vector in zip(TEXTS, found, strict=True):
        ids = torch.tensor([tokenizer().encode(text).ids])
        (wanted,) = original(input_ids=ids).last_hidden_state
        wanted = wanted.mean(0) if pooling == "mean" else wanted[0]
        torch.testing.assert_close(vector, wanted)


@torch.no_grad()
def test_padding_changes_nothing(places: tuple[dict[str, Any], Path]) -> None:
    made, ids = network(recipe_of(places)).eval(), numbers(recipe_of(places))
    wider = torch.nn.functional.pad(ids, (0, 20 - ids.shape[1]))
    torch.testing.assert_close(made(wider), made(ids))
    torch.testing.assert_close(made(ids[1:2]), made(ids)[1:2])
    assert torch.isfinite(made(torch.zeros_like(ids))).all()


def test_the_report_tells_what_of_the_file_is_used(
    own_places: tuple[dict[str, Any], Path],
) -> None:
    recipe = recipe_of(own_places)
    report = beginning(recipe, recipe.dataset.facts(), Path()).report
    assert report.whole
    assert report.matched == report.wanted > 30
    assert {name for name, _ in report.replaced} == {"pooler.dense.weight", "pooler.dense.bias"}
    tiny_folder(own_places[1], head="BertForSequenceClassification")
    other = beginning(recipe, recipe.dataset.facts(), Path()).report
    assert other.whole
    assert other.matched == report.matched
    assert "classifier.weight" in {name for name, _ in other.replaced}
    assert any("'bert.'" in change for change in other.changed)


def test_weights_in_parts_in_old_files_and_of_another_kind(
    own_places: tuple[dict[str, Any], Path],
) -> None:
    from safetensors.torch import load_file, save_file

    folder, recipe = own_places[1], recipe_of(own_places)
    whole = network(recipe).state_dict()
    tensors = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    torch.save(tensors, folder / "pytorch_model.bin")
    assert_same(network(recipe).state_dict(), whole)
    (folder / "pytorch_model.bin").unlink()
    halves = [dict(list(tensors.items())[part::2]) for part in range(2)]
    for part, half in enumerate(halves):
        save_file(half, folder / f"part{part}.safetensors")
    index = {name: f"part{part}.safetensors" for part, half in enumerate(halves) for name in half}
    place = folder / "model.safetensors.index.json"
    place.write_text(json.dumps({"weight_map": index}), encoding="utf-8")
    assert_same(network(recipe).state_dict(), whole)
    place.write_text(json.dumps({"weight_map": {"a": "../part0.safetensors"}}), encoding="utf-8")
    assert "does not name the files" in problem(own_places).sentence
    place.unlink()
    assert "has no model.safetensors" in problem(own_places).sentence
    network(recipe_of(own_places, weights=""))


def assert_same(found: dict[str, torch.Tensor], wanted: dict[str, torch.Tensor]) -> None:
    assert found.keys() == wanted.keys()
    assert all(torch.equal(found[name], wanted[name]) for name in wanted)


# --- What learns ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "learning"),
    [
        ({"tune": "all"}, {"embeddings", "layer.0", "layer.1", "head"}),
        ({"tune": "head"}, {"head"}),
        ({"tune": "last_blocks"}, {"layer.1", "head"}),
        ({"tune": "last_blocks", "blocks": 2}, {"layer.0", "layer.1", "head"}),
        ({"tune": "gradual", "unfreeze_every": 2}, {"layer.1", "head"}),
    ],
)
def test_the_parts_that_learn(
    places: tuple[dict[str, Any], Path], options: dict[str, Any], learning: set[str]
) -> None:
    made = network(recipe := recipe_of(places, **options))
    freeze_for(made, recipe, 3)
    names = [name for name, parameter in made.named_parameters() if parameter.requires_grad]
    parts = {part for part in ("embeddings", "layer.0", "layer.1", "head")
             if any(part in name for name in names)}  # fmt: skip
    assert parts == learning


def test_lora_learns_beside_what_stays(places: tuple[dict[str, Any], Path]) -> None:
    pytest.importorskip("peft")
    plain, made = network(recipe_of(places)), network(recipe := recipe_of(places, lora=2))
    ids = numbers(recipe)
    torch.testing.assert_close(made.backbone(ids), plain.backbone(ids))
    freeze_for(made, recipe, 0)
    names = [name for name, parameter in made.named_parameters() if parameter.requires_grad]
    assert all(".lora_" in name or name.startswith("head.") for name in names)
    assert sum(".lora_" in name for name in names) == 2 * 3 * 2
    freeze_for(made, recipe := recipe_of(places, lora=2, tune="last_blocks"), 0)
    names = [name for name, parameter in made.named_parameters() if parameter.requires_grad]
    assert sum(".lora_" in name for name in names) == 3 * 2
    only = network(recipe_of(places, lora=2, lora_targets=["attention.output.dense"]))
    assert sum("lora_A" in name for name, _ in only.named_parameters()) == 2


# --- Exports -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("format", "lora"), [*((name, 2) for name in formats()), ("safetensors", None)]
)
def test_exported_it_answers_without_its_folder(
    own_places: tuple[dict[str, Any], Path], format: str, lora: int | None, tmp_path: Path
) -> None:
    made = network(recipe := recipe_of(own_places, lora=lora)).eval()
    with torch.no_grad():
        for name, parameter in made.named_parameters():
            if ".lora_B" in name:
                parameter.normal_()
        wanted = made(numbers(recipe))
    file, ids = tmp_path / "model", numbers(recipe)
    export_model(made, recipe.dataset.build(tmp_path), recipe, format, file)
    shutil.rmtree(own_places[1])
    torch.testing.assert_close(find_exporter(format).open(file)(ids), wanted, atol=1e-5, rtol=1e-4)
    assert any(".lora_" in name for name in made.state_dict()) == (lora is not None)
    if format == "safetensors":
        model, facts = load_with_facts(file)
        assert not any(".lora_" in name for name in model.state_dict())
        assert facts.encoding


# --- What cannot be ------------------------------------------------------------------------------


def test_reading_a_recipe_does_not_import_transformers(
    places: tuple[dict[str, Any], Path], tmp_path: Path
) -> None:
    (tmp_path / "recipe.yaml").write_text(recipe_of(places, lora=2).to_yaml(), encoding="utf-8")
    code = (
        "import sys; from engine.recipe import Recipe; Recipe.load(sys.argv[1]);"
        "print(sorted({'torch', 'transformers', 'peft'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "recipe.yaml")]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize("package", ["transformers", "peft"])
def test_a_package_that_is_not_installed(
    places: tuple[dict[str, Any], Path], package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = recipe_of(places, lora=2)
    monkeypatch.setattr(component, "find_spec", lambda name: None if name == package else True)
    with pytest.raises(ProblemError) as caught:
        recipe.architecture.build(recipe.dataset.facts(), 2, 0.0)
    assert str(caught.value.problems[0].sentence) == f"{package} is not installed"
    assert caught.value.problems[0].hint == "pip install 'trainboard[text]'"
    assert problem(places, lora=2).hint == "pip install 'trainboard[text]'"


def test_choices_that_do_not_go_together(places: tuple[dict[str, Any], Path]) -> None:
    data, folder = places
    assert problem(places, lora=2, tune="head").path == "architecture.lora"
    assert problem(places, lora=2, init="kaiming").path == "architecture.init"
    assert problem(places, model="").path == "architecture.model"
    assert problem(places, lora=2, lora_targets=["quarry"]).hint.startswith("did you mean 'query'")
    elsewhere = {**data, "tokenizer": str(folder.parent)}
    assert problem((elsewhere, folder)).path == "dataset.tokenizer"
    assert Recipe.problems({"version": 1, "dataset": "digits", "architecture": "encoder"})


def test_the_tokenizer_is_filled_in_and_stays_the_same_when_written(
    places: tuple[dict[str, Any], Path],
) -> None:
    recipe = recipe_of(places)
    assert recipe.dataset.tokenizer == str(places[1])  # type: ignore[attr-defined]
    assert Recipe.from_yaml(recipe.to_yaml()) == recipe
    plain = {**places[0], "tokenizer": ""}
    assert recipe_of((plain, places[1])) == recipe


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"model_type": "t5"}, "an encoder with a decoder"),
        ({"model_type": "no_such_kind"}, "transformers cannot make this network"),
        ({"model_type": "vit"}, "reads no texts"),
        ({"vocab_size": 9}, "knows 9 tokens, the texts have 17"),
        ({"num_attention_heads": 3}, "transformers cannot make this network"),
    ],
)
def test_folders_that_hold_no_encoder(
    own_places: tuple[dict[str, Any], Path], config: dict[str, Any], said: str
) -> None:
    place = own_places[1] / "config.json"
    place.write_text(json.dumps(json.loads(place.read_text()) | config), encoding="utf-8")
    assert said in problem(own_places).sentence


def test_nothing_of_a_strangers_folder_is_run(own_places: tuple[dict[str, Any], Path]) -> None:
    folder = own_places[1]
    wanted = network(recipe_of(own_places)).state_dict()
    marker = folder / "it_ran"
    (folder / "modeling_evil.py").write_text(f"open({str(marker)!r}, 'w')\n", encoding="utf-8")
    place = folder / "config.json"
    settings = json.loads(place.read_text()) | {
        "auto_map": {"AutoConfig": "modeling_evil.C", "AutoModel": "modeling_evil.M"},
        "_attn_implementation": "someone/kernel", "attn_implementation": "someone/kernel",
        "torch_dtype": "float16", "quantization_config": {"quant_method": "bitsandbytes"},
    }  # fmt: skip
    place.write_text(json.dumps(settings), encoding="utf-8")
    assert_same(network(recipe_of(own_places)).state_dict(), wanted)
    assert not marker.exists()
    (folder / "model.safetensors").unlink()

    torch.save({"a": Opens(marker)}, folder / "pytorch_model.bin")
    assert "could run code" in problem(own_places).sentence
    assert not marker.exists()


class Opens:
    """An object that makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return open, (str(self.path), "w")
