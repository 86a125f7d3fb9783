"""Overrides: Hydra's grammar, the order of choices and values, text taken verbatim, problems."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import overrides, schema
from engine.datasets.digits import Digits
from engine.problems import ProblemError
from engine.recipe import Recipe
from engine.schema import Option

BASE: dict[str, Any] = {
    "version": 1,
    "name": "base",
    "dataset": {"name": "digits"},
    "architecture": {"name": "mlp", "hidden": [32]},
    "optimizer": {"name": "adamw", "lr": 0.003},
}


def resolved(*given: str, base: dict[str, Any] = BASE) -> dict[str, Any]:
    return overrides.resolve(base, given).as_data()


def problems(*given: str, base: Any = BASE) -> list[str]:
    with pytest.raises(ProblemError) as caught:
        overrides.resolve(base, given)
    return [str(problem) for problem in caught.value.problems]


# --- Values --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("optimizer.lr=0.05", 0.05),
        ("optimizer.lr=1e-4", 1e-4),
        ("optimizer.lr=1", 1.0),
        ("architecture.hidden=[64,32]", [64, 32]),
        ("architecture.hidden=[ 64 , 32 ]", [64, 32]),
        ("architecture.hidden=[]", []),
        ("architecture.activation=gelu", "gelu"),
        ("architecture.norm=none", "none"),
        ("regularization.dropout=0.2", 0.2),
        ("regularization.exempt=true", True),
        ("regularization.clip_norm=null", None),
        ("training.epochs=1_000", 1000),
        ("training.precision=32", "32"),
        ("training.precision='bf16-mixed'", "bf16-mixed"),
        ("training.steps=int(20)", 20),
        ("training.device=cuda:0", "cuda:0"),
        ("training/seed=7", 7),
        ("+training.seed=7", 7),
        ("++training.seed=7", 7),
    ],
)
def test_a_value_in_hydras_grammar_is_set(text: str, value: object) -> None:
    path = text.split("=")[0].lstrip("+").replace("/", ".").split(".")
    found: Any = resolved(text)
    for name in path:
        found = found[name]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("plain", "plain"),
        ("", ""),
        ("two words", "two words"),
        ('"try it"', "try it"),
        ("'it''s'", "'it''s'"),
        (r"'it\'s'", "it's"),
        ("it's fine", "it's fine"),
        ('say "hi" to all', 'say "hi" to all'),
        ("/a/b (2024)/été", "/a/b (2024)/été"),
        ("~/data", "~/data"),
        ("a=b", "a=b"),
        ("try it, now", "try it, now"),
        ("a,b", "a,b"),
        ("choice(a,b)", "choice(a,b)"),
        ("range(1,3)", "range(1,3)"),
        ("glob(*)", "glob(*)"),
        ("[draft] two", "[draft] two"),
        ("données 训练 🙂", "données 训练 🙂"),
        ("line one\nline two", "line one\nline two"),
        (r"C:\Users\me\data", r"C:\Users\me\data"),
        (r"C:\my data (2)\x", r"C:\my data (2)\x"),
        ("${oc.env:HOME}", "${oc.env:HOME}"),
        ("${a", "${a"),
        ("123", "123"),
        ("007", "007"),
        ("1e3", "1e3"),
        ("1.50", "1.50"),
        ("-0", "-0"),
        ("nan", "nan"),
        ("true", "true"),
        ("null", "null"),
        ("'null'", "null"),
        ("9" * 5000, "9" * 5000),
        (r"a\,b", "a,b"),
    ],
)
def test_text_is_read_by_the_grammar_or_taken_verbatim(raw: str, text: str) -> None:
    assert resolved(f"notes={raw}")["notes"] == text


def test_text_as_a_list_is_a_wrong_type() -> None:
    (problem,) = problems("notes=[a,b]")
    assert problem.startswith("notes: Must be text")


@pytest.fixture
def more_options(monkeypatch: pytest.MonkeyPatch) -> None:
    """Digits with a path, a nullable text and a list of texts; only `apply` reads them."""
    extra = [
        Option("root", "path", ""),
        Option("label", "text", "", nullable=True),
        Option("columns", "text_list", ""),
    ]

    def options_of(cls: Any) -> list[Option]:
        return schema.options_of(cls) + (extra if cls is Digits else [])

    monkeypatch.setattr(overrides, "options_of", options_of)


@pytest.mark.usefixtures("more_options")
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("dataset.root=/a/b (2024)/été", "/a/b (2024)/été"),
        ("dataset.root=~/data", "~/data"),
        ("dataset.root=2024", "2024"),
        (r"dataset.root=\\server\share\x", r"\\server\share\x"),
        (r"dataset.root='C:\a b'", r"C:\a b"),
        ("dataset.label=null", None),
        ("dataset.label='null'", "null"),
        ("dataset.label=5", "5"),
        ("dataset.columns=[a,1e3,true,null]", ["a", "1e3", "true", "null"]),
        ("dataset={label: 1.50}", "1.50"),
    ],
)
def test_paths_nullable_texts_and_lists_of_texts(text: str, value: object) -> None:
    data = overrides.apply(BASE, [text])["dataset"]
    data.pop("name")
    assert list(data.values()) == [value]


# --- Choices and their order ---------------------------------------------------------------------


def test_another_component_takes_its_own_defaults_whatever_the_order() -> None:
    base = {**BASE, "optimizer": {"name": "adamw", "lr": 0.5, "schedule": "cosine"}}
    for order in (1, -1):
        texts = ["optimizer.schedule.floor=0.2", "optimizer.schedule=cosine", "optimizer.lr=0.05",
                 "optimizer=sgd"][::order]  # fmt: skip
        optimizer = overrides.apply(base, texts)["optimizer"]
        assert optimizer.pop("schedule")["floor"] == 0.2
        assert optimizer == {"name": "sgd", "lr": 0.05}


def test_a_schedule_is_a_component_too() -> None:
    data = resolved("optimizer.schedule=step", "optimizer.schedule.every=3")
    assert data["optimizer"]["schedule"]["name"] == "step"
    assert data["optimizer"]["schedule"]["every"] == 3
    assert data["optimizer"]["lr"] == 0.003


@pytest.mark.parametrize("text", ["optimizer=adamw", "optimizer.name=adamw", "optimizer='adamw'"])
def test_naming_the_component_that_is_there_changes_nothing(text: str) -> None:
    assert resolved(text) == resolved()


def test_a_mapping_is_merged_and_may_name_a_component() -> None:
    data = resolved("optimizer.schedule={name: step, every: 2}", "training={epochs: 3, seed: 4}",
                    "training.epochs=5")  # fmt: skip
    assert data["optimizer"]["schedule"]["every"] == 2
    assert (data["training"]["epochs"], data["training"]["seed"]) == (5, 4)
    assert resolved("optimizer={lr: 1}")["optimizer"]["name"] == "adamw"


def test_a_section_left_out_gets_the_default_component() -> None:
    base = {key: BASE[key] for key in ("version", "dataset", "architecture")}
    data = resolved("loss.label_smoothing=0.1", "optimizer.lr=0.2", base=base)
    assert data["loss"] == {**data["loss"], "name": "cross_entropy", "label_smoothing": 0.1}
    assert data["optimizer"]["name"] == "adamw"


def test_shorthands_in_the_file_are_written_out() -> None:
    base = {**BASE, "dataset": "digits", "optimizer": "adamw",
            "regularization": {"early_stopping": 5}}  # fmt: skip
    data = resolved(
        "dataset.split_seed=3", "optimizer.lr=0.2", "regularization.early_stopping.metric=f1",
        base=base,
    )  # fmt: skip
    assert data["dataset"]["split_seed"] == 3
    assert data["optimizer"]["lr"] == 0.2
    assert data["regularization"]["early_stopping"]["patience"] == 5
    assert data["regularization"]["early_stopping"]["metric"] == "f1"


@pytest.mark.parametrize(
    ("texts", "patience"),
    [
        (["regularization.early_stopping.patience=3"], 3),
        (["regularization.early_stopping=5"], 5),
        (["regularization.early_stopping.metric=f1", "regularization.early_stopping=7"], 7),
        (["regularization.early_stopping={}"], 5),
        (["regularization.early_stopping=true"], 5),
    ],
)
def test_early_stopping_is_switched_on(texts: list[str], patience: int) -> None:
    assert resolved(*texts)["regularization"]["early_stopping"]["patience"] == patience


def test_ema_and_switching_off() -> None:
    assert resolved("regularization.ema=true")["regularization"]["ema"] == 0.999
    base = {**BASE, "regularization": {"early_stopping": 5}}
    off = resolved("regularization.early_stopping=null", base=base)
    assert off["regularization"]["early_stopping"] is None


# --- Back to the default -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("~optimizer.lr", "optimizer.lr"),
        ("~optimizer", "optimizer.lr"),
        ("~optimizer=adamw", "optimizer.lr"),
        ("~optimizer.lr=0.003", "optimizer.lr"),
        ("~regularization.early_stopping.patience", "regularization.early_stopping"),
        ("~name", "name"),
        ("~training", "training.epochs"),
        ("~training.epochs", "training.epochs"),
    ],
)
def test_a_tilde_goes_back_to_the_default(text: str, path: str) -> None:
    bare = {key: BASE[key] for key in ("version", "dataset", "architecture")}
    found, default = resolved(text), Recipe.parse(bare).as_data()
    for name in path.split("."):
        found, default = found[name], default[name]
    assert found == default


def test_a_tilde_on_a_part_of_a_shorthand_keeps_the_rest_on() -> None:
    base = {**BASE, "regularization": {"early_stopping": 9}}
    data = resolved("~regularization.early_stopping.patience", base=base)
    assert data["regularization"]["early_stopping"]["patience"] == 5


def test_a_tilde_that_cannot_be_obeyed() -> None:
    assert problems("~optimizer.lr=0.5")[0].startswith("optimizer.lr: Is '0.003', not '0.5'")
    assert problems("~optimizer.lrr")[0].startswith(
        "optimizer.lrr: Unknown key 'lrr' (did you mean"
    )
    assert problems("~dataset") == ["dataset: Is missing (add it)"]


# --- Problems ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw", ["0.1,0.01", "range(1,3)", "choice(0.1,0.2)", "interval(0,1)", "glob(*)", "sort(3,1)"]
)
def test_a_sweep_is_refused_by_name(raw: str) -> None:
    (problem,) = problems(f"optimizer.lr={raw}")
    assert problem.startswith("optimizer.lr: ")
    assert "sweep" in problem


def test_a_sweep_of_components_or_inside_a_list_is_refused_too() -> None:
    assert "sweep" in problems("optimizer=sgd,adamw")[0]
    assert "sweep" in problems("architecture.hidden=[8,choice(1,2)]")[0]
    assert "sweep" in problems("training={epochs: choice(1,2)}")[0]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("optimizer.lrr=1", "optimizer.lrr: Unknown key 'lrr' (did you mean 'lr'?"),
        ("trainig.epochs=3", "trainig: Unknown key 'trainig' (did you mean 'training'?"),
        ("lr=0.1", "lr: Unknown key 'lr' (did you mean 'optimizer.lr'?)"),
        ("~epochs", "epochs: Unknown key 'epochs' (did you mean 'training.epochs'?)"),
        ("optimizer=adamm", "optimizer: Unknown optimizer 'adamm' (did you mean 'adam"),
        ("training.epochs.foo=1", "training.epochs.foo: Unknown key 'foo' (training.epochs is one"),
        ("architecture.hidden.0=1", "architecture.hidden.0: Unknown key '0'"),
        ("training.epochs=many", "training.epochs: Must be a whole number, not 'many'"),
        ("training.epochs='3'", "training.epochs: Must be a whole number"),
        ("training.epochs=", "training.epochs: Must be a whole number, not ''"),
        ("training.epochs=0", "training.epochs: Must be at least 1, not 0"),
        ("training.epochs=2.5", "training.epochs: Must be a whole number"),
        ("optimizer.lr=nan", "optimizer.lr: Must be a finite number"),
        ("optimizer.lr=1e999", "optimizer.lr: Must be a finite number"),
        ("optimizer.lr=${x}", "optimizer.lr: Must be a number, not '${x}'"),
        ("optimizer.lr=a=b", "optimizer.lr: The value 'a=b' cannot be read (write a number"),
        ("optimizer.lr=foo(1)", "optimizer.lr: The value 'foo(1)' cannot be read"),
        ("architecture.hidden=[64,32", "architecture.hidden: The value '[64,32' cannot be read"),
        ("architecture.hidden=" + "[" * 3000 + "]" * 3000, "architecture.hidden: The value '[[["),
        ("dataset=null", "dataset: "),
        ("epochs", "epochs: Is not an override: it has no '='"),
        ("+training.seed", "+training.seed: Is not an override"),
        ("training@x.epochs=3", "training@x.epochs: Is not a key (packages"),
        ("=3", "=3: Is not a key"),
        ("training..epochs=3", "training..epochs: Is not a key"),
        ("été=3", "été: Is not a key"),
        ("", "Is not an override"),
    ],
)
def test_bad_overrides_are_problems_with_a_place_and_a_hint(text: str, start: str) -> None:
    (problem,) = problems(text)
    assert problem.startswith(start)


def test_every_problem_is_listed_at_once() -> None:
    base = {**BASE, "training": {"epochs": 0}}
    found = problems("optimizer.lr=0.1,0.2", "dataset=mnist,digits", "nonsense", "loss=mse2",
                     base=base)  # fmt: skip
    places = sorted(line.split(":")[0] for line in found)
    assert places == ["dataset", "loss", "nonsense", "optimizer.lr", "training.epochs"]


def test_data_that_is_no_mapping_is_a_problem() -> None:
    assert problems("optimizer.lr=1", base=[1])[0].startswith("recipe: A recipe is a set")
    found = problems("training.epochs=3", base={**BASE, "training": 5})
    assert found[0].startswith("training: Must be a set of named options")


def test_the_given_data_is_left_alone() -> None:
    before = copy.deepcopy(BASE)
    overrides.apply(BASE, ["optimizer.lr=0.5", "architecture.hidden=[1]", "~name"])
    assert before == BASE


_keys = st.sampled_from(
    ["optimizer.lr", "notes", "dataset", "optimizer.schedule", "training", "regularization.ema",
     "architecture.hidden", "regularization.early_stopping.patience", "x.y", "optimizer.name"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["", "+", "~"]), _keys, st.text(max_size=12)), max_size=3)
)
def test_anything_typed_gives_a_recipe_or_problems(given: list[tuple[str, str, str]]) -> None:
    texts = [f"{mark}{key}={raw}" for mark, key, raw in given]
    try:
        overrides.resolve(BASE, texts)
    except ProblemError as error:
        found = error.problems  # the other outcome that is fine
        assert found


def test_nothing_for_a_component_that_was_not_given_is_a_problem() -> None:
    data = {"version": 1, "dataset": "digits", "architecture": "mlp"}
    with pytest.raises(ProblemError, match="schedule"):
        overrides.resolve(data, ["optimizer.schedule=null"])
