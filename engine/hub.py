"""Where the files of a pretrained text network are: a folder, or a name in Hugging Face's cache.

Files are read as JSON or text; nothing in them is run. Fetching is in `engine.hubdownload`.
"""

from __future__ import annotations

import json
import os
import os.path
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator

from engine.problems import Problem, ProblemError
from engine.schema import IsPath

TOKENIZER, CONFIG, LIMITS = "tokenizer.json", "config.json", "tokenizer_config.json"
MOST_BYTES = 100_000_000
"""Of a file that is read as text: the largest tokenizers have some twenty million."""
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
_REVISION = re.compile(r"[0-9a-f]{40}")

Stamps = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class NotFetched(Problem):
    """The problem of a name of the hub that is not on this machine: `train` fetches it, and the
    window offers to."""

    name: str = ""


def _folder_or_name(text: str) -> str:
    """A folder made absolute, since the recipe of a run is read again in other folders; a name of
    the hub (`organisation/name`) stays as it is, unless there is such a folder here."""
    text = text.strip()
    path = os.path.expanduser(text)
    return text if not text or (_NAME.fullmatch(text) and not os.path.isdir(path)) else (
        os.path.abspath(path)
    )  # fmt: skip


Pretrained = Annotated[str, IsPath(folder=True), AfterValidator(_folder_or_name)]
"""A folder with a pretrained network, or its name on the hub; empty until one is chosen."""


def folder_of(name: str, option: str) -> Path:
    """The folder that is meant. Raises ProblemError at this option: it is not there."""
    if os.path.isabs(name):
        if not os.path.isdir(name):
            hint = f"give a folder with {CONFIG}, {TOKENIZER} and model.safetensors"
            raise ProblemError(Problem(option, f"There is no folder {name}", hint))
        return Path(name)
    found = _snapshot(name)
    if found is None:
        sentence = f"There is no folder {name}, and none of that name in Hugging Face's {_cache()}"
        hint = (
            f"`main.py train` and the Data tab fetch it, as does `hf download {name}`; or give a"
            " folder that has its files"
        )
        if not _NAME.fullmatch(name):
            raise ProblemError(Problem(option, sentence, "give a folder that has its files"))
        raise ProblemError(NotFetched(option, sentence, hint, name))
    return found


def _cache() -> Path:
    """Where Hugging Face's programs keep what they have fetched, as its documentation says."""
    for variable, below in (("HF_HUB_CACHE", ""), ("HF_HOME", "hub"),
                            ("XDG_CACHE_HOME", "huggingface/hub")):  # fmt: skip
        if os.environ.get(variable):
            return Path(os.environ[variable], below).expanduser()
    return Path("~/.cache/huggingface/hub").expanduser()


def place_of(name: str) -> Path:
    """Where the cache has the files of a name, or is going to have them."""
    return _cache() / f"models--{name.replace('/', '--')}"


def reference_of(name: str) -> Path:
    """The file that says which version of a name is the newest that was fetched."""
    return place_of(name) / "refs" / "main"


def _snapshot(name: str) -> Path | None:
    """The newest version that was fetched of a name."""
    try:
        revision = reference_of(name).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    folder = place_of(name) / "snapshots" / revision
    return folder if _REVISION.fullmatch(revision) and folder.is_dir() else None


def stamps_of(folder: Path) -> Stamps:
    """What changes when one of the files that texts depend on does."""
    found = []
    for name in (TOKENIZER, CONFIG, LIMITS):
        try:
            status = (folder / name).stat()
        except OSError:
            found.append((0, 0))
        else:
            found.append((status.st_size, status.st_mtime_ns))
    return tuple(found)


def text_of(file: Path, option: str, hint: str) -> str:
    """A file of text. Raises ProblemError at this option when it cannot be read."""
    try:
        if file.stat().st_size > MOST_BYTES:
            sentence = f"{file} has more than {MOST_BYTES:,} bytes"
            raise ProblemError(Problem(option, sentence, hint))
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        sentence = f"{file.parent} has no {file.name}"
        raise ProblemError(Problem(option, sentence, hint)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ProblemError(Problem(option, f"{file} cannot be read: {error}", hint)) from None


def config_of(folder: Path, option: str) -> dict[str, Any]:
    """What `config.json` says of the network. Raises ProblemError at this option."""
    hint = "give the folder of a network as transformers saves it"
    return mapping(text_of(folder / CONFIG, option, hint), str(folder / CONFIG), option)


def mapping(text: str, source: str, option: str) -> dict[str, Any]:
    """JSON that is a mapping. Raises ProblemError at this option."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProblemError(Problem(option, f"{source} is not JSON: {error}")) from None
    if not isinstance(found, dict):
        raise ProblemError(Problem(option, f"{source} holds no settings by name"))
    return found


def longest_of(config: dict[str, Any], limits: dict[str, Any]) -> int | None:
    """Tokens that the network reads at most, by its config.json and tokenizer_config.json; None
    where they do not say."""
    found = []
    places = config.get("max_position_embeddings")
    if type(places) is int and places > 0:
        found.append(places - _before_first(config))
    most = limits.get("model_max_length")
    if isinstance(most, int | float) and 0 < most < 1e9:  # a huge number stands for no limit
        found.append(int(most))
    return max(1, min(found)) if found else None


def _before_first(config: dict[str, Any]) -> int:
    """RoBERTa and its relatives count the places of tokens from behind the number of padding."""
    padding = config.get("pad_token_id")
    counted = ("roberta", "camembert", "mpnet", "longformer", "esm")
    related = any(each in str(config.get("model_type", "")) for each in counted)
    return padding + 1 if related and type(padding) is int and padding >= 0 else 0
