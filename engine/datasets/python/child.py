"""The process in which a person's file runs: its state, threads and crashes are its own.

The file was allowed by whoever started this; here nothing is decided any more.
"""

from __future__ import annotations

import inspect
import json
import os
import random
import sys
import time
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO

import numpy as np

from engine import mistakes
from engine.datasets.python.returned import WrongError, parts_of, write

_TOLD_EVERY = 0.1


def main(folder: Path) -> int:
    """Run what `folder/request.json` asks for; the exit status: 0 well, 3 with `error.json`."""
    told = _own_channel()
    request = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    random.seed(0)
    np.random.seed(0)  # torch's own state begins the same in every process
    try:
        about = _run((folder / "code").read_bytes(), request, folder, told)
    except WrongError as error:
        _fail(folder, str(error), error.hint, "")
        return 3
    except (Exception, SystemExit) as error:
        sentence = mistakes.sentence(error, request["path"])
        _fail(folder, sentence, _hint(error, Path(request["path"])), traceback.format_exc())
        return 3
    (folder / "result.json").write_text(json.dumps(about), encoding="utf-8")
    return 0


def _own_channel() -> TextIO:
    """Standard output is for progress; what the file prints goes to standard error."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return channel


def _run(code: bytes, request: dict[str, Any], folder: Path, told: TextIO) -> dict[str, Any]:
    name = "own_code"
    module = ModuleType(name)
    module.__file__ = request["path"]
    sys.modules[name] = module  # dataclasses and pickles of the file look for it there
    source = _source(code, Path(request["path"]).name)
    exec(compile(source, request["path"], "exec", dont_inherit=True), module.__dict__)
    result = _function(module, request["function"])(**request["arguments"])
    last = 0.0

    def report(words: str, fraction: float) -> None:
        nonlocal last
        if time.monotonic() - last > _TOLD_EVERY:
            last = time.monotonic()
            print(json.dumps([words, fraction]), file=told)

    parts = parts_of(result)
    return {"parts": {part: write(data, part, folder, report) for part, data in parts.items()}}


def _source(code: bytes, name: str) -> str:
    """The text as the person has read it: a file that says that it is written in another code
    might hide lines in its comments. Raises WrongError."""
    try:
        return code.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongError(f"{name} is not UTF-8", "save it as UTF-8, which is read alone") from None


def _function(module: ModuleType, name: str) -> Any:
    """The function that was named, or `datasets`, or the only one that the file defines."""
    own = {key: value for key, value in vars(module).items()
           if inspect.isfunction(value) and value.__module__ == module.__name__}  # fmt: skip
    if name in own or (name and callable(getattr(module, name, None))):
        return getattr(module, name)
    if not name and "datasets" in own:
        return own["datasets"]
    public = [key for key in own if not key.startswith("_")]
    if not name and len(public) == 1:
        return own[public[0]]
    if name:
        raise WrongError(f"The file has no function {name!r}", f"it has {', '.join(own) or 'none'}")
    raise WrongError(
        f"The file has {len(public)} functions, and none is called 'datasets'",
        f"name one as dataset.function: {', '.join(public)}" if public else "define 'datasets'",
    )


# --- What went wrong -----------------------------------------------------------------------------


def _fail(folder: Path, sentence: str, hint: str, details: str) -> None:
    content = json.dumps({"sentence": sentence, "hint": hint, "traceback": details})
    (folder / "error.json").write_text(content, encoding="utf-8")


def _hint(error: BaseException, path: Path) -> str:
    if missing := mistakes.missing_module(error, path):
        return missing
    if isinstance(error, TypeError) and "argument" in str(error):
        return "give the function's arguments as dataset.arguments=['name=value']"
    return "mend the file; what was changed is looked at and allowed anew"
