"""What a file of Python defines, read from its text: classes, functions, which of them is meant.

Nothing of the file runs here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from engine.consent import Code
from engine.problems import Problem, ProblemError, closest

PATH = "architecture.path"
OBJECT = "architecture.object"

Function = ast.FunctionDef

_MODULES = frozenset({"Module", "LightningModule", "Sequential"})
LIGHTNING = "LightningModule"
_DEEPEST = 50


@dataclass(frozen=True, eq=False)
class Source:
    """The classes and functions of a file, by name, in their order."""

    name: str
    classes: dict[str, ast.ClassDef]
    functions: dict[str, Function]

    # --- Classes -----------------------------------------------------------------------------

    def lineage(self, name: str) -> Iterator[ast.ClassDef]:
        """A class and those of its bases that the file defines, nearest first."""
        waiting, seen = [name], set[str]()
        while waiting and len(seen) < _DEEPEST:
            name = waiting.pop(0)
            if name in self.classes and name not in seen:
                seen.add(name)
                yield self.classes[name]
                waiting += [_last(base) for base in self.classes[name].bases]

    def bases(self, name: str) -> set[str]:
        """The names of everything that a class is made from, without their packages."""
        return {_last(base) for cls in self.lineage(name) for base in cls.bases}

    def method(self, cls: str, name: str) -> Function | None:
        """A method that the class or a base in the file defines."""
        for part in self.lineage(cls):
            for item in part.body:
                if isinstance(item, ast.FunctionDef) and item.name == name:
                    return item
        return None

    def is_module(self, name: str) -> bool:
        """Whether a class is a network, as far as its text tells."""
        return any(base in _MODULES or base.endswith("Module") for base in self.bases(name))

    def is_lightning(self, name: str) -> bool:
        """Whether a class brings its own training."""
        return LIGHTNING in self.bases(name)

    # --- The one that is meant ---------------------------------------------------------------

    def chosen(self, name: str) -> str:
        """The class or function that a recipe means. Raises ProblemError."""
        known = [*self.classes, *self.functions]
        if name:
            if name in known:
                return name
            near = closest(name, known)
            hint = f"did you mean {near!r}? " if near else ""
            hint += f"it has {', '.join(known) or 'none'}"
            raise ProblemError(Problem(OBJECT, f"{self.name} has no {name!r}", hint))
        networks = [each for each in self.classes if self.is_module(each)]
        functions = [each for each in self.functions if not each.startswith("_")]
        for found in (networks, [n for n in networks if not n.startswith("_")],
                      [] if networks else functions):  # fmt: skip
            if len(found) == 1:
                return found[0]
        candidates = networks or functions
        if not candidates:
            sentence = f"{self.name} defines no network"
            hint = "define a class made from nn.Module, or a function that returns one"
            raise ProblemError(Problem(PATH, sentence, hint))
        sentence = f"{self.name} has {len(candidates)} that could be the network"
        raise ProblemError(Problem(OBJECT, sentence, f"name one: {', '.join(candidates)}"))


def read_source(code: Code) -> Source:
    """What a file defines. Raises ProblemError when it is no Python that can be read."""
    name = code.path.name
    try:
        tree = ast.parse(text_of(code))
    except SyntaxError as error:
        place = f"{name}, line {error.lineno}" if error.lineno else name
        sentence = f"{place}: {type(error).__name__}: {error.msg}"
        raise ProblemError(Problem(PATH, sentence, "mend the file")) from None
    except (ValueError, RecursionError, MemoryError) as error:
        sentence = f"{name} cannot be read as Python: {error}"
        raise ProblemError(Problem(PATH, sentence, "mend the file")) from None
    classes = {item.name: item for item in tree.body if isinstance(item, ast.ClassDef)}
    functions = {item.name: item for item in tree.body if isinstance(item, ast.FunctionDef)}
    return Source(name, classes, functions)


def text_of(code: Code) -> str:
    """The text as the person has read it: a file that says that it is written in another code
    might hide lines in its comments. Raises ProblemError."""
    try:
        return code.content.decode("utf-8-sig")
    except UnicodeDecodeError:
        sentence = f"{code.path.name} is not UTF-8"
        raise ProblemError(Problem(PATH, sentence, "save it as UTF-8")) from None


def _last(node: ast.expr) -> str:
    """`Module` of `nn.Module` and of `Module[int]`; "" of what has no name."""
    if isinstance(node, ast.Subscript):
        return _last(node.value)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
