"""The component of own code: what it needs of the recipe, and what it makes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from engine import consent
from engine.architectures.own import Custom
from engine.datasets.userpath import SAMPLE
from engine.facts import Facts
from engine.model.summary import model_view
from engine.overrides import resolve
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from tests.engine.architectures.own.files import LIT, NET, allowed, own

IMAGES = Facts("image", (1, 8, 8), "classes", ("a", "b", "c"), 100)


def found(architecture: dict[str, Any], **sections: Any) -> list[Problem]:
    data = {"version": 1, "dataset": "digits", "architecture": architecture, **sections}
    return Recipe.problems(data)


def test_what_the_program_gives_arrives(tmp_path: Path) -> None:
    code = (
        "from torch import nn\nclass Net(nn.Module):\n"
        "    def __init__(self, inputs, outputs, dropout, facts, sizes: list[int] = [1]):\n"
        "        super().__init__()\n"
        "        self.got = (inputs, outputs, float(dropout), facts, sizes)\n"
    )
    path = allowed(tmp_path / "mine.py", code)
    network = Custom(path=str(path), options={"sizes": [2, 3]}).build(IMAGES, 3, 0.5)
    assert network.got == ((1, 8, 8), 3, 0.5, IMAGES, [2, 3])
    path = allowed(tmp_path / "flat.py", code.replace("inputs,", "inputs: int,", 1))
    assert Custom(path=str(path)).build(IMAGES, 3, 0.0).got[0] == 64


def test_only_dropout_of_the_recipe_follows_it(tmp_path: Path) -> None:
    from engine.architectures.layers import set_dropout

    code = (
        "from torch import nn\ndef make(dropout):\n"
        "    return nn.Sequential(nn.Dropout(dropout), nn.Dropout(0.5), nn.Dropout(dropout / 2))\n"
    )
    network = Custom(path=str(allowed(tmp_path / "a.py", code))).build(IMAGES, 3, 0.5)
    set_dropout(network, 0.1)
    assert [part.p for part in network] == [0.1, 0.5, 0.25]
    assert type(network[0].p) is float


def test_each_network_comes_from_a_fresh_run_of_the_file(tmp_path: Path) -> None:
    code = (
        "from torch import nn\nMADE = []\ndef make(outputs):\n    MADE.append(1)\n"
        "    return nn.Linear(len(MADE), outputs)\n"
    )
    component = Custom(path=str(allowed(tmp_path / "a.py", code)))
    assert [component.build(IMAGES, 3, 0.0).in_features for _ in range(2)] == [1, 1]


def test_what_the_file_prints_goes_to_standard_error(tmp_path: Path, capsys) -> None:
    path = allowed(tmp_path / "a.py", f"print('hello')\n{NET}")
    Custom(path=str(path)).build(IMAGES, 3, 0.0)
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "hello\n")


@pytest.mark.parametrize(
    ("code", "path", "said"),
    [
        ("def make():\n    return 3\n", "architecture.object", "gives a int, which is no nn"),
        ("def make():\n    return len(3)\n", "architecture.path", "a.py, line 2: TypeError"),
        ("import nosuch\ndef make(): 0\n", "architecture.path", "line 1: ModuleNotFoundError"),
        ("def make():\n    return nosuch\n", "architecture.path", "line 2: NameError"),
    ],
)
def test_a_mistake_is_one_sentence_with_the_line(code, path, said, tmp_path) -> None:
    component = Custom(path=str(allowed(tmp_path / "a.py", code)))
    with pytest.raises(ProblemError) as caught:
        component.build(IMAGES, 3, 0.0)
    (problem,) = caught.value.problems
    assert problem.path == path
    assert said in problem.sentence
    assert "Traceback" not in str(problem)


def test_a_module_beside_the_file_is_not_imported(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("raise SystemExit")
    path = allowed(tmp_path / "a.py", f"import helper\n{NET}")
    with pytest.raises(ProblemError, match="only the file itself was allowed"):
        Custom(path=str(path)).build(IMAGES, 3, 0.0)
    assert "helper" not in sys.modules


def test_a_network_that_needs_numbers_is_no_mistake_on_the_meta_device(tmp_path: Path) -> None:
    code = "import torch\nfrom torch import nn\ndef make():\n    torch.ones(1).item()\n    return 0"
    component = Custom(path=str(allowed(tmp_path / "a.py", code)))
    with pytest.raises(RuntimeError, match="meta"), torch.device("meta"):
        component.build(IMAGES, 3, 0.0)


# --- In a recipe ---------------------------------------------------------------------------------


def test_problems_of_the_recipe(tmp_path: Path) -> None:
    path = allowed(tmp_path / "lit.py", LIT)
    assert found(own(path)) == []
    assert [p.path for p in found({"name": "custom"})] == ["architecture.path"]
    assert "no file" in str(found(own(tmp_path / "none.py"))[0])
    assert str(found(own(Path(f"{SAMPLE}x.py")))[0]).startswith("architecture.path: There is no")
    (wrong,) = found(own(path, options={"width": None}))
    assert wrong.path == "architecture.options.width"
    (mixed,) = found(own(path), regularization={"mixup": 0.3})
    assert mixed.path == "regularization.mixup"
    assert found(own(path, options=3))[0].path == "architecture.options"


def test_code_that_is_not_allowed_is_named_beside_other_problems(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(NET)
    problems = found(own(path, options={"noise": "x"}))
    assert [type(p) for p in problems] == [Problem, consent.NotAllowed]


def test_options_are_overrides(tmp_path: Path) -> None:
    path = allowed(tmp_path / "mine.py", NET)
    data = {"version": 1, "dataset": "digits", "architecture": "mlp"}
    changes = ["architecture.options.hidden=[8,4]", "architecture=custom",
               f"architecture.path={path}", "architecture.options.noise=0.5"]  # fmt: skip
    recipe = resolve(data, changes)
    assert recipe.architecture.options == {"hidden": [8, 4], "noise": 0.5}
    assert Recipe.from_yaml(recipe.to_yaml()) == recipe
    network = recipe.architecture.build(IMAGES, 3, 0.0)
    assert [p.out_features for p in network.modules() if isinstance(p, nn.Linear)] == [8, 4, 3]
    with pytest.raises(ProblemError, match="Net has no parameter 'nois'"):
        resolve(data, [*changes, "architecture.options.nois=1"])


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (
            "self.a(x.flatten(1))",
            r"n.py, line 7: .*\(The layer a \(Linear\) cannot take \(N, 64\)\)",
        ),
        ("x if x.mean() > 0 else -x", ""),
        ("x.nothing", ""),
    ],
)
def test_looked_at_a_layer_that_does_not_fit_is_named(step: str, said: str, tmp_path: Path) -> None:
    code = (
        "from torch import nn\nclass Net(nn.Module):\n    def __init__(self):\n"
        "        super().__init__()\n        self.a = nn.Linear(65, 10)\n"
        f"    def forward(self, x):\n        return {step}\n"
    )
    recipe = Recipe.parse(
        {"version": 1, "dataset": "digits", "architecture": own(allowed(tmp_path / "n.py", code))}
    )
    if not said:
        assert model_view(recipe).note
        return
    with pytest.raises(ProblemError, match=said):
        model_view(recipe)
