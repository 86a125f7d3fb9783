"""Fetching a pretrained text network by its name on the hub, into Hugging Face's cache.

Only weights in safetensors and what tells how texts are cut are fetched: nothing of it is code.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import re
import urllib.parse
import urllib.request
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine import hub
from engine.datasets.base import Progress, silent
from engine.datasets.download import TIMEOUT, Archive, fetch, megabytes, write_all
from engine.datasets.reasons import reason_of
from engine.hub import NotFetched
from engine.problems import Problem, ProblemError

_WEIGHTS = re.compile(r"model(-\d{5}-of-\d{5})?\.safetensors")
_BESIDE = frozenset(
    [hub.CONFIG, hub.TOKENIZER, hub.LIMITS, "model.safetensors.index.json",
     "special_tokens_map.json", "vocab.txt", "vocab.json", "merges.txt"]
)  # fmt: skip
_MOST_SAID = 20_000_000
"""Bytes that the hub may need to say which files there are."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SHA1 = re.compile(r"[0-9a-f]{40}")
_OFFLINE = frozenset(["1", "on", "yes", "true"])


@dataclass(frozen=True)
class GitFile(Archive):
    """A small file of a repository: `blob` is the SHA-1 that git knows it by."""

    blob: str = ""

    def is_right(self, path: Path, md5: str | None = None) -> bool:
        """Whether a file is the one that is meant."""
        content = path.read_bytes()
        head = f"blob {len(content)}\0".encode()
        return hashlib.sha1(head + content, usedforsecurity=False).hexdigest() == self.blob


@dataclass(frozen=True)
class Offered:
    """What the hub has of a name: the files that belong here, their bytes in all, the licence."""

    name: str
    revision: str
    files: tuple[Archive, ...]
    size: int
    licence: str

    def announced(self) -> str:
        """What is about to be downloaded, in one sentence."""
        licence = f", licence: {self.licence}" if self.licence else ""
        return f"{self.name}: a download of {megabytes(self.size)}{licence}"


def not_fetched(problems: Iterable[Problem]) -> list[NotFetched]:
    """Those of the problems that a download would solve, each name once."""
    found = [problem for problem in problems if isinstance(problem, NotFetched)]
    return list({problem.name: problem for problem in found}.values())


def fetch_network(problem: NotFetched, progress: Progress = silent) -> None:
    """Ask for a network and fetch it. Raises ProblemError, at the option that names it."""
    progress(f"Asking {_host()} for {problem.name}", None)
    bring(problem, offered(problem), progress)


def offered(problem: NotFetched) -> Offered:
    """What the hub has of a name, which it is asked. Raises ProblemError."""
    said = _said(problem)
    revision = said.get("sha")
    files = [each for each in said.get("siblings") or () if _is_wanted(each)]
    if not isinstance(revision, str) or not _SHA1.fullmatch(revision):
        raise ProblemError(_not_to_be_had(problem, "what the server says is not understood"))
    names = {each["rfilename"] for each in files}
    if hub.CONFIG not in names or not any(map(_WEIGHTS.fullmatch, names)):
        raise ProblemError(_not_to_be_had(
            problem, f"it has no {hub.CONFIG} with weights in safetensors"))  # fmt: skip
    archives = tuple(_archive(problem.name, revision, each) for each in files)
    size = sum(int(each["size"]) for each in files)
    return Offered(problem.name, revision, archives, size, _licence(said))


def bring(problem: NotFetched, what: Offered, progress: Progress = silent) -> None:
    """Fetch the files. The name counts as there when all of them are, and not before; what
    arrived until somebody cancelled is gone on with the next time. Raises ProblemError."""
    try:
        fetch(what.name, what.files, what.size, progress)
        write_all(_Text(what.revision), hub.reference_of(what.name))
    except ProblemError as error:
        again = f"or fetch it with `hf download {what.name}`"
        raise ProblemError(
            [replace(problem, sentence=p.sentence, hint=f"{p.hint}; {again}")
             for p in error.problems]
        ) from None  # fmt: skip


class _Text:
    """A line as a stream."""

    def __init__(self, text: str) -> None:
        self._left = text.encode()

    def read(self, size: int, /) -> bytes:
        found, self._left = self._left[:size], self._left[size:]
        return found


# --- The hub's answer ----------------------------------------------------------------------------


def _endpoint() -> str:
    """The hub, or the mirror that Hugging Face's own programs are told to ask."""
    given = os.environ.get("HF_ENDPOINT", "").rstrip("/")
    return given if given.startswith(("https://", "http://")) else "https://huggingface.co"


def _host() -> str:
    return urllib.parse.urlsplit(_endpoint()).netloc


def _said(problem: NotFetched) -> dict[str, Any]:
    """What the hub says of a name. Raises ProblemError."""
    if os.environ.get("HF_HUB_OFFLINE", "").lower() in _OFFLINE:
        raise ProblemError(_not_to_be_had(problem, "HF_HUB_OFFLINE forbids it"))
    url = f"{_endpoint()}/api/models/{urllib.parse.quote(problem.name)}/revision/main?blobs=true"
    request = urllib.request.Request(url, headers={"User-Agent": "trainboard"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            said = json.loads(answer.read(_MOST_SAID))
    except (OSError, http.client.HTTPException) as error:
        raise ProblemError(_not_to_be_had(problem, reason_of(error, url))) from None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise ProblemError(_not_to_be_had(problem, "what the server says is not understood"))
    return said


def _not_to_be_had(problem: NotFetched, reason: str) -> NotFetched:
    sentence = f"{problem.name} could not be downloaded: {reason}"
    hint = (
        f"fetch it with `hf download {problem.name}` where there is a connection, and give the"
        f" folder; it would go into {hub.place_of(problem.name)}"
    )
    return replace(problem, sentence=sentence, hint=hint)


def _is_wanted(file: Any) -> bool:
    """Whether a file is read here, and described so that it can be checked."""
    if not isinstance(file, dict) or type(file.get("size")) is not int or file["size"] < 1:
        return False
    name = file.get("rfilename")
    return isinstance(name, str) and (name in _BESIDE or bool(_WEIGHTS.fullmatch(name)))


def _archive(name: str, revision: str, file: dict[str, Any]) -> Archive:
    path = hub.place_of(name) / "snapshots" / revision / file["rfilename"]
    url = f"{_endpoint()}/{urllib.parse.quote(name)}/resolve/{revision}/{file['rfilename']}"
    large = file.get("lfs")
    if isinstance(large, dict):
        sha256 = str(large.get("sha256"))
        return Archive(path, (url,), sha256=sha256 if _SHA256.fullmatch(sha256) else "-")
    return GitFile(path, (url,), blob=str(file.get("blobId")))


def _licence(said: dict[str, Any]) -> str:
    tags: Sequence[Any] = said.get("tags") or ()
    found = [str(tag) for tag in tags if str(tag).startswith("license:")]
    return found[0].removeprefix("license:") if found else ""
