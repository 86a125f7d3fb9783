"""A file of weights looked at without torch: whether it is there, and begins as such files do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.architectures.transfer import PUBLISHED, Transfer
from engine.problems import Problem, ProblemError

if TYPE_CHECKING:
    from engine.recipe import Recipe

PATH = "architecture.weights"
HINT = "give the path of a .pth or .safetensors file, or published"

_ZIP, _PICKLE, _POINTER = b"PK\x03\x04", b"\x80", b"version https://git-lfs"
"""How torch's files begin today and before 2020, and what Git keeps in the place of large files."""


@dataclass(frozen=True)
class Unbegun(Problem):
    """A problem of what a new network begins with. One that goes on from a checkpoint has its
    weights there, and needs the file no more."""


def unbegun(problem: Problem) -> Unbegun:
    """The same problem, known as one of the beginning alone."""
    return Unbegun(problem.path, problem.sentence, problem.hint)


def check_file(recipe: Recipe) -> None:
    """Raises ProblemError when the recipe's file of weights is not there, or is none."""
    architecture = recipe.architecture
    if not isinstance(architecture, Transfer) or architecture.weights in ("", PUBLISHED):
        return
    check_begins(Path(architecture.weights))


def check_begins(path: Path) -> None:
    """Raises ProblemError when there is no file, or it begins as no file of weights does."""
    try:
        if not path.is_file():
            raise ProblemError(Unbegun(PATH, _no_file(path), HINT))
        size = path.stat().st_size
        with path.open("rb") as file:
            first = file.read(32)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProblemError(Unbegun(PATH, f"{path} cannot be read: {reason}", HINT)) from None
    if first.startswith(_POINTER):
        sentence = f"{path.name} only says where Git keeps the file of weights"
        raise ProblemError(Unbegun(PATH, sentence, "fetch it with git lfs pull"))
    if not _is_weights(path, first, size):
        sentence = f"{path.name} is no file of weights" if size else f"{path.name} is empty"
        raise ProblemError(Unbegun(PATH, sentence, "is it a .pth or .safetensors file, and whole?"))


def _no_file(path: Path) -> str:
    return f"{path} is a folder, not a file" if path.is_dir() else f"There is no file {path}"


def _is_weights(path: Path, first: bytes, size: int) -> bool:
    """Whether the first bytes are those of torch's files, or a safetensors header that fits."""
    if path.suffix == ".safetensors":
        header = int.from_bytes(first[:8], "little")
        return first[8:9] == b"{" and 8 + header <= size
    return first.startswith((_ZIP, _PICKLE))


def is_zipped(path: Path) -> bool:
    """Whether torch can tell the shapes in it without reading the numbers."""
    with path.open("rb") as file:
        return file.read(len(_ZIP)) == _ZIP
