"""Options of own code are read from its text; nothing of it runs for that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.architectures.own.signature import Signature, read_signature
from engine.consent import Code
from engine.problems import Problem, ProblemError
from engine.schema import options_of

HEAD = "from torch import nn\nfrom typing import *\nraise SystemExit('it ran')\n"


def read(text: str, name: str = "") -> Signature:
    return read_signature(Code(Path("/tmp/mine.py"), (HEAD + text).encode()), name)


def net(parameters: str) -> Signature:
    return read(f"class Net(nn.Module):\n    def __init__(self, {parameters}):\n        pass\n")


def shown(signature: Signature) -> dict[str, tuple[Any, ...]]:
    return {
        o.name: (o.type, "required" if o.required else o.default, *(["or null"] * o.nullable))
        for o in options_of(signature.options)
    }


def problems(call: Any, *given: Any) -> list[Problem]:
    with pytest.raises(ProblemError) as caught:
        call(*given)
    return list(caught.value.problems)


def test_annotations_and_defaults_become_options() -> None:
    found = net(
        "a: int = 3, b: float = 1, c: bool = True, d: str = 'x', e: Literal['p', 'q'] = 'p', "
        "f: tuple[int, ...] = (1, 2), g: list[float] = [0.5], h: Optional[int] = None, "
        "i: float | None = 0.1, j: 'int' = 2, k=4, l=(1, 2), m: int = -1, *args, n: int = 5, **kw"
    )
    assert shown(found) == {
        "a": ("int", 3), "b": ("float", 1.0), "c": ("bool", True), "d": ("text", "x"),
        "e": ("choice", "p"), "f": ("int_list", [1, 2]), "g": ("float_list", [0.5]),
        "h": ("int", None, "or null"), "i": ("float", 0.1, "or null"), "j": ("int", 2),
        "k": ("int", 4), "l": ("int_list", [1, 2]), "m": ("int", -1), "n": ("int", 5),
    }  # fmt: skip
    values = found.values({"g": [1, 2.5], "f": [7], "h": 2})
    assert (values["g"], values["f"], values["h"], values["b"]) == ([1.0, 2.5], (7,), 2, 1.0)


def test_what_the_program_gives_is_no_option() -> None:
    found = net("inputs, outputs: int, dropout: float, facts=None, width: int = 4")
    assert found.given == ("inputs", "outputs", "dropout", "facts")
    assert list(shown(found)) == ["width"]
    assert not found.flat_inputs
    assert net("inputs: int").flat_inputs


def test_a_default_that_is_no_plain_value_stays_as_it_is() -> None:
    found = net("act=nn.ReLU, size: int = 2 * 3, module: nn.Module = None, copy: int = 1, w=1")
    assert found.left == ("act", "size", "module", "copy")
    assert list(shown(found)) == ["w"]
    (problem,) = problems(found.values, {"act": "relu"})
    assert problem.path == "architecture.options.act"
    assert "keeps its own act" in problem.sentence


def test_a_value_may_be_required_where_its_type_is_known() -> None:
    found = net("width: int")
    assert shown(found) == {"width": ("int", "required")}
    (problem,) = problems(found.values, {})
    assert str(problem) == "architecture.options.width: Is missing (add it)"
    assert found.values({"width": 3}) == {"width": 3}


def test_a_parameter_that_nothing_can_give_is_a_problem() -> None:
    (problem,) = problems(net, "backbone: nn.Module, x, width: int = 3")[:1]
    assert problem.path == "architecture.path"
    assert "Net (line 5) needs backbone, a nn.Module, which nothing" in problem.sentence


@pytest.mark.parametrize(
    ("given", "path", "sentence"),
    [
        ({"width": "x"}, "width", "Must be a whole number, not 'x'"),
        ({"width": 1.5}, "width", "Must be a whole number, not 1.5"),
        ({"kind": "c"}, "kind", "Cannot be 'c'"),
        ({"hidden": [1, "a"]}, "hidden[1]", "Must be a whole number, not 'a'"),
        ({"hidden": 3}, "hidden", "Must be a list, not 3"),
        ({"widht": 3}, "widht", "Net has no parameter 'widht'"),
        ({"outputs": 3}, "outputs", "outputs is given by the program"),
        ({"rate": float("inf")}, "rate", "Must be a finite number, not inf"),
    ],
)
def test_wrong_values_are_problems_at_their_place(given, path, sentence) -> None:
    found = net(
        "outputs, width: int = 1, kind: Literal['a', 'b'] = 'a', "
        "hidden: tuple[int, ...] = (1,), rate: float = 0.1"
    )
    (problem,) = problems(found.values, given)
    assert (problem.path, problem.sentence) == (f"architecture.options.{path}", sentence)


# --- Which class or function ---------------------------------------------------------------------

TWO = "class Block(nn.Module): pass\nclass Net(nn.Module):\n    def __init__(self, a: int = 1): 0\n"


def test_the_only_network_is_found() -> None:
    assert read("class Net(nn.Module): pass\ndef helper(x=1): pass").object == "Net"
    assert read("class _Block(nn.Module): pass\nclass Net(nn.Module): pass").object == "Net"
    assert read("class Base: pass\nclass Net(nn.Sequential): pass").object == "Net"
    made = read("def _help(): pass\ndef make(depth: int = 2): pass")
    assert (made.object, list(shown(made))) == ("make", ["depth"])
    assert read(TWO, "Block").object == "Block"


def test_a_base_in_the_file_gives_its_parameters() -> None:
    found = read(
        "import lightning.pytorch as pl\nclass Base(pl.LightningModule):\n"
        "    def __init__(self, a: int = 1): 0\n    def training_step(self, batch, i): 0\n"
        "class _Own(Base): pass\n",
        "_Own",
    )
    assert list(shown(found)) == ["a"]
    assert found.lightning
    assert "training_step" in found.trains


@pytest.mark.parametrize(
    ("text", "name", "path", "said"),
    [
        (TWO, "", "architecture.object", "name one: Block, Net"),
        (TWO, "Nett", "architecture.object", "did you mean 'Net'"),
        ("x = 1", "", "architecture.path", "defines no network"),
        ("class Net(nn.Module:", "", "architecture.path", "mine.py, line 4: SyntaxError"),
        ("x = '\0'", "", "architecture.path", "mine.py"),
    ],
)
def test_what_cannot_be_found_is_a_problem(text, name, path, said) -> None:
    (problem,) = problems(read, text, name)
    assert problem.path == path
    assert said in str(problem)


def test_a_file_in_another_code_is_refused() -> None:
    code = Code(Path("/tmp/mine.py"), b"# -*- coding: latin-1 -*-\nx = '\xff'")
    (problem,) = problems(read_signature, code, "")
    assert problem.sentence == "mine.py is not UTF-8"


def test_the_same_content_gives_the_same_form() -> None:
    assert net("a: int = 1").options is net("a: int = 1").options
