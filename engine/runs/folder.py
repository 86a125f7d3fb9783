"""The run folder: everything about one run, self-contained. Copy it, zip it, delete it."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.plainjson import finite
from engine.problems import Problem, ProblemError, suggest
from engine.recipe import Recipe
from engine.runs.atomic import write_atomically

FORMAT = 2
"""Of run folders and checkpoints. Format 1 had no stamps, checksums and interventions."""


@dataclass(frozen=True)
class RunFolder:
    """One run on disk; the names of its files are given here and nowhere else."""

    path: Path

    @property
    def name(self) -> str:
        """The folder's own name, unique in its run library."""
        return self.path.name

    @property
    def recipe_file(self) -> Path:
        """The recipe as it was trained."""
        return self.path / "recipe.yaml"

    @property
    def environment_file(self) -> Path:
        """When, where and with which versions the run was made."""
        return self.path / "environment.json"

    @property
    def summary_file(self) -> Path:
        """How the run ended; absent while it runs."""
        return self.path / "summary.json"

    @property
    def log_file(self) -> Path:
        """What happened, in lines; tracebacks too."""
        return self.path / "log.txt"

    @property
    def samples_file(self) -> Path:
        """What a language model wrote after each validation."""
        return self.path / "samples.jsonl"

    @property
    def lock_file(self) -> Path:
        """Locked by the process that trains the run."""
        return self.path / "run.lock"

    @property
    def checkpoints(self) -> Path:
        """The folder of checkpoints."""
        return self.path / "checkpoints"

    @property
    def last_checkpoint(self) -> Path:
        """The most recent state of the training."""
        return self.checkpoints / "last.ckpt"

    @property
    def best_checkpoint(self) -> Path:
        """The state with the best monitored metric."""
        return self.checkpoints / "best.ckpt"

    @property
    def fork_checkpoint(self) -> Path:
        """The parent's state that a forked run began with."""
        return self.checkpoints / "fork.ckpt"

    @property
    def exports(self) -> Path:
        """Where exported models go unless told otherwise."""
        return self.path / "exports"

    def recipe(self) -> Recipe:
        """The recipe of this run; ProblemError if it has none or it cannot be read."""
        check_format(self)
        if not self.recipe_file.is_file() and is_imported(self.environment()):
            sentence = f"{self.name} is imported: there are its curves, but no recipe and no model"
            raise ProblemError(Problem("run", sentence, "choose a run that was trained here"))
        return Recipe.load(self.recipe_file, whole=True)

    def environment(self) -> dict[str, Any]:
        """What was recorded at the start; empty if there is nothing readable."""
        return _read_json(self.environment_file)

    def summary(self) -> dict[str, Any]:
        """What was recorded at the end; empty while the run has not ended."""
        return _read_json(self.summary_file)

    def write_json(self, path: Path, data: Mapping[str, Any]) -> None:
        """Replace one of the folder's JSON files in one step."""
        text = json.dumps(finite(data), indent=2, allow_nan=False)
        write_atomically(path, f"{text}\n".encode())


def create_run(
    runs_dir: Path, recipe: Recipe, fill: Callable[[RunFolder], None] | None = None
) -> RunFolder:
    """A fresh folder with the recipe in it, and before that what `fill` puts there: a folder with
    a recipe is a run. Raises ProblemError, and leaves no folder, when it cannot be written."""
    folder = new_folder(runs_dir, recipe.name)
    try:
        folder.checkpoints.mkdir()
        if fill is not None:
            fill(folder)
        write_atomically(folder.recipe_file, recipe.to_yaml().encode())
    except OSError as error:
        discard(folder)
        raise ProblemError(_cannot_write(runs_dir, error)) from None
    return folder


def new_folder(runs_dir: Path, name: str) -> RunFolder:
    """An empty folder, which is no run yet. Raises ProblemError when it cannot be made."""
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    try:
        runs_dir.mkdir(parents=True, exist_ok=True)
        return RunFolder(_make_unique(runs_dir.resolve(), f"{stamp}-{_slug(name)}"))
    except OSError as error:
        raise ProblemError(_cannot_write(runs_dir, error)) from None


def check_writable(runs_dir: Path) -> None:
    """Find out before the work begins. Raises ProblemError when no run could be kept there."""
    try:
        runs_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=runs_dir):
            pass
    except OSError as error:
        raise ProblemError(_cannot_write(runs_dir, error)) from None


def check_goes_on(folder: RunFolder) -> None:
    """The same for a run that goes on in its folder."""
    try:
        with tempfile.TemporaryFile(dir=folder.path):
            pass
    except OSError as error:
        raise ProblemError(unwritable(folder, error)) from None


def unwritable(folder: RunFolder, error: OSError) -> Problem:
    """What to say of a run folder in which nothing can be written."""
    sentence = f"{folder.name} cannot be written: {error.strerror or error}"
    return Problem("run", sentence, "free space, or mend the folder and its permissions")


def _cannot_write(runs_dir: Path, error: OSError) -> Problem:
    reason = error.strerror or str(error)
    sentence = f"No run can be kept in {runs_dir}: {reason}"
    return Problem("runs-dir", sentence, "choose another folder with --runs-dir, or free space")


def _make_unique(parent: Path, base: str) -> Path:
    """Two runs may start within one second: mkdir decides who gets the name."""
    for attempt in range(1, 1000):
        path = parent / (base if attempt == 1 else f"{base}-{attempt}")
        try:
            path.mkdir()
        except FileExistsError:
            continue
        return path
    raise FileExistsError(f"Too many runs named {base}")


def _slug(name: str) -> str:
    slug = re.sub(r"[^\w.-]+", "-", name, flags=re.UNICODE).strip("-.").lower()
    return slug[:60].strip("-.") or "run"


def discard(folder: RunFolder) -> None:
    """Delete a run folder that nobody wants to keep."""
    shutil.rmtree(folder.path, ignore_errors=True)


# --- Finding -------------------------------------------------------------------------------


def find_run(name_or_path: str, runs_dir: Path) -> RunFolder:
    """A run by path or by its name in the library. Raises ProblemError when there is none, or it
    is of a newer format."""
    given = Path(name_or_path).expanduser()
    for candidate in (given, runs_dir / name_or_path):
        if is_run(candidate):
            found = RunFolder(candidate.resolve())
            check_format(found)
            return found
    names = [path.name for path in run_paths(runs_dir)]
    hint = suggest(name_or_path, names) or f"the runs folder is {runs_dir}"
    raise ProblemError(Problem("run", f"There is no run {name_or_path!r}", hint))


def check_format(folder: RunFolder) -> None:
    """Raises ProblemError when a newer version has written the run in a way unknown to this one."""
    environment = folder.environment()
    found, packages = environment.get("format"), environment.get("packages")
    if isinstance(found, int) and found > FORMAT:
        newer = packages.get("trainboard") if isinstance(packages, dict) else None
        sentence = f"{folder.name} was made by Trainboard {newer or '(version unknown)'}"
        hint = f"its format is {found}, this program reads up to {FORMAT}: update Trainboard"
        raise ProblemError(Problem("run", sentence, hint))


def run_paths(runs_dir: Path) -> list[Path]:
    """The run folders of a library, oldest first."""
    if not runs_dir.is_dir():
        return []
    with os.scandir(runs_dir) as entries:
        folders = [Path(entry.path) for entry in entries if entry.is_dir()]
    return sorted(filter(is_run, folders))


def is_run(path: Path) -> bool:
    """Whether a folder is a run: it has a recipe, or was imported."""
    return (path / "recipe.yaml").is_file() or is_imported(RunFolder(path).environment())


def is_imported(environment: Mapping[str, Any]) -> bool:
    """Whether a run's curves come from another program."""
    return isinstance(environment.get("imported"), dict)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
