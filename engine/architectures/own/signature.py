"""The options of a person's own network: its parameters, with annotations and defaults.

They are read from the text of the file, so that the form is there before the file may run.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, Optional

from pydantic import ConfigDict, ValidationError, create_model

from engine.architectures.own.source import PATH, Function, Source, read_source
from engine.consent import Code
from engine.explain import explain
from engine.problems import Problem, ProblemError, suggest
from engine.schema import AsTuple, Section, SectionClass, option

OPTIONS = "architecture.options"
GIVEN = ("inputs", "outputs", "dropout", "facts")
"""Parameters that the program gives: shape of a sample, number of outputs, dropout, the data."""

_NOTHING = object()
_SCALARS: dict[str, type] = {"int": int, "float": float, "bool": bool, "str": str}
_SEQUENCES = ("tuple", "list", "Tuple", "List", "Sequence")


class OwnOptions(Section):
    """Base of the options that are read from a file."""

    model_config = ConfigDict(protected_namespaces=())


@dataclass(frozen=True)
class Parameter:
    """One parameter as an option: its type as declared, and its default, if it has one."""

    name: str
    annotation: Any
    default: Any = _NOTHING
    is_list: bool = False

    @property
    def required(self) -> bool:
        """Whether a value must be given."""
        return self.default is _NOTHING


@dataclass(frozen=True, eq=False)
class Signature:
    """What is called to make the network, and with what.

    `given` are the parameters that the program fills, as `numbers` those of them that want a number
    where there is a shape; `left` keep their defaults, which are no plain values. `trains` says of
    a LightningModule which of its own steps it defines.
    """

    object: str
    given: tuple[str, ...]
    options: SectionClass
    lists: frozenset[str] = frozenset()
    left: tuple[str, ...] = ()
    flat_inputs: bool = False
    lightning: bool = False
    trains: frozenset[str] = frozenset()

    def values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments from the options that a recipe gives. Raises ProblemError, each at
        `architecture.options.NAME`."""
        plain = {name: tuple(v) if isinstance(v, list) else v for name, v in given.items()}
        try:
            read = self.options.model_validate(plain)
        except ValidationError as error:
            raise ProblemError(self._problems(error)) from None
        values = {name: getattr(read, name) for name in type(read).model_fields}
        return {n: list(v) if n in self.lists and v is not None else v for n, v in values.items()}

    def _problems(self, error: ValidationError) -> list[Problem]:
        return [self._problem(problem) for problem in explain(error, self.options)]

    def _problem(self, problem: Problem) -> Problem:
        name = problem.path
        place = f"{OPTIONS}.{name}"
        if name in self.left:
            sentence = f"{self.object} keeps its own {name}: its default is no plain value"
            return Problem(place, sentence, "change it in the file")
        if name in self.given:
            sentence = f"{name} is given by the program"
            return Problem(place, sentence, "take it out of the options")
        if problem.sentence.startswith("Unknown key"):
            known = list(self.options.model_fields)
            sentence = f"{self.object} has no parameter {name!r}"
            return Problem(place, sentence, suggest(name, known) if known else "it has none")
        return Problem(place, problem.sentence, problem.hint)


@lru_cache(maxsize=32)
def read_signature(code: Code, name: str) -> Signature:
    """The signature of the class or function `name` of a file; of the only one if it is "".

    The same content gives the same object again. Raises ProblemError.
    """
    source = read_source(code)
    chosen = source.chosen(name.strip())
    function = _function(source, chosen)
    arguments = _parameters(function, chosen in source.classes) if function else []
    given = tuple(each.arg for each, _ in arguments if each.arg in GIVEN)
    others = [pair for pair in arguments if pair[0].arg not in GIVEN]
    parameters = [(pair, _parameter(*pair)) for pair in others]
    problems = [
        _unreadable(chosen, node)
        for (node, default), read in parameters
        if read is None and default is None
    ]
    if problems:
        raise ProblemError(problems)
    known = [read for _, read in parameters if read is not None]
    is_class = chosen in source.classes
    return Signature(
        chosen,
        given,
        _section(chosen, code.path.name, known),
        frozenset(each.name for each in known if each.is_list),
        tuple(node.arg for (node, _), read in parameters if read is None),
        any(node.arg == "inputs" and _written(node.annotation) == "int" for node, _ in arguments),
        is_class and source.is_lightning(chosen),
        frozenset(_defined(source, chosen)) if is_class else frozenset(),
    )


def _function(source: Source, name: str) -> Function | None:
    """What is called; None of a class whose making takes no arguments of its own."""
    if name in source.functions:
        return source.functions[name]
    return source.method(name, "__init__")


def _defined(source: Source, name: str) -> set[str]:
    return {
        item.name
        for part in source.lineage(name)
        for item in part.body
        if isinstance(item, ast.FunctionDef)
    }


def _parameters(function: Function, is_method: bool) -> list[tuple[ast.arg, ast.expr | None]]:
    """Each parameter with its default, if any, without `self` and those with a star."""
    arguments = function.args
    places = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(places) - len(arguments.defaults))
    pairs = list(zip(places, [*defaults, *arguments.defaults], strict=True))[int(is_method) :]
    return [*pairs, *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]


def _parameter(node: ast.arg, default: ast.expr | None) -> Parameter | None:
    """The parameter as an option; None when it cannot be one."""
    if node.arg.startswith("_") or hasattr(Section, node.arg):
        return None  # pydantic keeps these names for itself
    value = _NOTHING
    if default is not None:
        try:
            value = ast.literal_eval(default)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return None
    annotation = _type(node.annotation) if node.annotation is not None else _type_of(value)
    if annotation is None:
        return None
    is_list = isinstance(value, list) or _written(node.annotation).startswith(("list", "List"))
    if isinstance(value, list):
        value = tuple(value)
    return Parameter(node.arg, annotation, value, is_list)


def _unreadable(object_: str, node: ast.arg) -> Problem:
    wanted = _written(node.annotation)
    told = f", a {wanted}," if wanted else ""
    sentence = f"{object_} (line {node.lineno}) needs {node.arg}{told} which nothing can give it"
    hint = (
        f"give it a default, annotate it as int, float, bool, str, Literal or tuple[int, ...], or "
        f"take what the program gives: {', '.join(GIVEN)}"
    )
    return Problem(PATH, sentence, hint)


def _section(object_: str, file: str, known: list[Parameter]) -> SectionClass:
    fields: dict[str, Any] = {}
    for each in known:
        default = ... if each.required else each.default
        if isinstance(default, int) and not isinstance(default, bool) and _is_float(each):
            default = float(default)
        fields[each.name] = (each.annotation, option(default, f"{each.name} of {object_}."))
    made: SectionClass = create_model(
        object_, __base__=OwnOptions, __module__=__name__, __doc__=f"Options of {file}.", **fields
    )
    return made


def _is_float(parameter: Parameter) -> bool:
    return parameter.annotation is float or float in getattr(parameter.annotation, "__args__", ())


# --- Annotations ---------------------------------------------------------------------------------


def _written(node: ast.expr | None) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ast.unparse(node) if node is not None else ""


def _type_of(value: Any) -> Any:
    """The type of a parameter without annotation, by its default."""
    if isinstance(value, tuple | list):
        kinds = {type(item) for item in value}
        if len(kinds) == 1 and (kind := kinds.pop()) in (int, float, str):
            return _tuple_of(kind)
        return None
    return type(value) if type(value) in _SCALARS.values() else None


def _tuple_of(kind: Any) -> Any:
    return AsTuple[kind]


def _type(node: ast.expr) -> Any:
    """The type that an annotation means; None when it is none that a form can show."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            return _type(ast.parse(node.value, mode="eval").body)
        except (SyntaxError, ValueError, RecursionError):
            return None
    if isinstance(node, ast.Name):
        return _SCALARS.get(node.id)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _optional([node.left, node.right])
    if isinstance(node, ast.Subscript):
        name = node.value.attr if isinstance(node.value, ast.Attribute) else ""
        name = node.value.id if isinstance(node.value, ast.Name) else name
        parts = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
        return _generic(name, parts)
    return None


def _generic(name: str, parts: list[ast.expr]) -> Any:
    if name == "Literal":
        values = [part.value for part in parts if isinstance(part, ast.Constant)]
        plain = all(type(value) in (int, str) for value in values)
        return Literal[tuple(values)] if len(values) == len(parts) and plain else None
    if name == "Optional" and len(parts) == 1:
        return _optional([parts[0], ast.Constant(None)])
    if name == "Union":
        return _optional(parts)
    if name in _SEQUENCES:
        kinds = {ast.dump(p): _type(p) for p in parts if not _is_ellipsis(p)}
        (kind, *others) = list(kinds.values()) or [None]
        return _tuple_of(kind) if kind in (int, float, str) and not others else None
    return None


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is Ellipsis


def _optional(parts: list[ast.expr]) -> Any:
    """`int | None`: one type that may be empty, and no other union."""
    kinds = [part for part in parts if not _is_none(part)]
    inner = _type(kinds[0]) if len(kinds) == 1 and len(parts) == 2 else None
    return Optional[inner] if inner is not None else None  # noqa: UP045  made at run time


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
