"""The dataset component: a function in a person's own file of Python."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import yaml
from pydantic import BeforeValidator

from engine import consent
from engine.consent import Code
from engine.datasets.base import Progress, SelfSplit, Splits, silent
from engine.datasets.python.kept import KEPT
from engine.datasets.userpath import DataPath
from engine.facts import Facts
from engine.problems import Problem, ProblemError
from engine.schema import FOUND, Component, option, register

if TYPE_CHECKING:
    from engine.datasets.python.apart import Call, Loaded

WHERE = "dataset.path"


def _to_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class Function(Component):
    """What is called and what its data is: a base, so that these options come first."""

    path: DataPath = option("", "A .py file with a function that returns datasets.")
    function: str = option(
        "",
        "The function to call; the one called datasets, or the only one, unless given.",
        empty=FOUND,
    )
    arguments: Annotated[tuple[str, ...], BeforeValidator(_to_tuple)] = option(
        (), "What the function is called with, each as name=value, such as size=32."
    )
    samples: Literal["auto", "image", "table", "series"] = option(
        "auto", "What the inputs are; auto tells it from their shape."
    )
    task: Literal["auto", "classes", "multilabel", "regression"] = option(
        "auto", "What the targets are; auto takes whole numbers and texts for classes."
    )


@register
class PythonFile(SelfSplit, Function):
    """Your own code: a function that returns datasets, run once you have allowed its file."""

    title: ClassVar[str] = "Python file"
    name: Literal["python"] = "python"

    def own_code(self) -> str:
        """The file, which runs only if a person has allowed its content."""
        return self.path

    def facts(self) -> Facts:
        """What the function's data is: it runs for that, once, unless it may not.

        Raises ProblemError: `consent.NotAllowed`, or what is wrong with the file.
        """
        code, call = self._asked()
        run = (code.sha256, code.path, repr(call))

        def make() -> Facts:
            from engine.datasets.python.apart import run_apart

            loaded = KEPT.look(run) or run_apart(code, call, silent)
            KEPT.put(run, loaded)
            return self._facts(loaded)

        return KEPT.facts((run, self), make)

    def build(self, data_dir: Path, progress: Progress = silent) -> Splits:
        """Call the function in a process of its own, and divide what it returns."""
        from engine.datasets.image_folder.parts import Shares
        from engine.datasets.python.apart import run_apart
        from engine.datasets.python.assemble import splits_of
        from engine.datasets.python.meaning import aim_of, form_of

        code, call = self._asked()
        run = (code.sha256, code.path, repr(call))
        loaded = KEPT.take(run) or run_apart(code, call, progress)
        facts = self._facts(loaded)
        KEPT.note((run, self), facts)
        shares = Shares(self.val_fraction, self.test_fraction, self.split_seed, self.subset)
        return splits_of(loaded, form_of(loaded, self.samples), aim_of(loaded, self.task), facts,
                         shares)  # fmt: skip

    def _asked(self) -> tuple[Code, Call]:
        """The file, if it may run, and what is called. Raises ProblemError."""
        from engine.datasets.python.apart import Call

        if not self.path:
            raise ProblemError(Problem(WHERE, "No file is chosen", "choose a .py file"))
        values = dict(_argument(text) for text in self.arguments)
        return consent.required(Path(self.path), WHERE), Call(self.function.strip(), values)

    def _facts(self, loaded: Loaded) -> Facts:
        from engine.datasets.python.meaning import aim_of, form_of

        form, aim = form_of(loaded, self.samples), aim_of(loaded, self.task)
        count = sum(len(part.inputs) for part in loaded.parts.values())
        least = 3 if len(loaded.parts) == 1 else 2
        if len(loaded.parts["train"].inputs) < least:
            sentence = f"There are fewer than {least} samples to divide"
            raise ProblemError(Problem(WHERE, sentence, "return more samples"))
        test = loaded.parts.get("test")
        return Facts(
            form.kind, form.shape, aim.task, aim.names, count,
            _features(loaded, form.shape) if form.kind == "table" else (),
            official_test=len(test.inputs) if test is not None else 0,
        )  # fmt: skip


def _features(loaded: Loaded, shape: tuple[int, ...]) -> tuple[str, ...]:
    """The names of a frame's columns, or numbers."""
    known = loaded.parts["train"].columns
    return known if len(known) == shape[0] else tuple(f"x{n + 1}" for n in range(shape[0]))


def _argument(text: str) -> tuple[str, Any]:
    """`size=32` as a name and a plain value. Raises ProblemError."""
    name, found, value = text.partition("=")
    if not found or not name.strip().isidentifier():
        sentence = f"{text!r} is no argument of a function"
        raise ProblemError(Problem("dataset.arguments", sentence, "write it as name=value"))
    try:
        plain = yaml.safe_load(value) if value.strip() else ""
    except yaml.YAMLError:
        plain = value
    if not isinstance(plain, str | int | float | bool | list | dict | None):
        plain = value.strip()  # a date, which YAML knows and JSON does not
    return name.strip(), plain
