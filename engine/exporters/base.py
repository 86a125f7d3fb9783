"""What every export format gives: one file out of a model, and that file running again."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from engine.problems import Problem, ProblemError, suggest
from engine.schema import COMPONENTS, Component

if TYPE_CHECKING:
    from torch import Tensor

    from engine.exporters.contents import Contents
    from engine.exporters.deployed import Deployed

    Runner = Callable[[Tensor], Tensor]


class Exporter(Component):
    """A file format for trained models that another program can read."""

    kind: ClassVar[str] = "exporter"
    suffix: ClassVar[str]
    needs: ClassVar[tuple[str, ...]] = ()
    """Packages that this format alone imports."""

    def write(self, model: Deployed, contents: Contents, example: Tensor, path: Path) -> None:
        """Write `model` and `contents` to `path`, one file.

        `model` is a copy on the CPU in eval mode; `example` (N, *shape) holds at least two raw
        samples, float32 or (texts) int64. Raises OSError, or ProblemError if this model cannot be
        written so.
        """
        raise NotImplementedError

    def open(self, path: Path) -> Runner:
        """The file in its own runtime: raw inputs (N, *shape) to logits or values (N, T).

        They come as float32, or int64 if they are texts.
        """
        raise NotImplementedError

    def check_packages(self) -> None:
        """Raises ProblemError with the command to type when a package is missing."""
        missing = [name for name in self.needs if importlib.util.find_spec(name) is None]
        if missing:
            names = " and ".join(missing)
            sentence = f"Writing {self.title} needs {names}, which is not installed"
            raise ProblemError(Problem("export", sentence, f"pip install {' '.join(missing)}"))


def formats() -> tuple[str, ...]:
    """The names of all export formats."""
    return COMPONENTS.names("exporter")


def find_exporter(name: str) -> Exporter:
    """The format of that name. Raises ProblemError with the nearest ones when there is none."""
    if name not in formats():
        sentence = f"There is no export format {name!r}"
        raise ProblemError(Problem("format", sentence, suggest(name, formats())))
    found = COMPONENTS.get("exporter", name)(name=name)
    assert isinstance(found, Exporter)
    return found
