"""Networks fetched by their names on the hub: what is asked for, kept, checked and refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine import hub
from engine.hub import NotFetched
from engine.hubdownload import fetch_network, not_fetched, offered
from engine.problems import Problem, ProblemError
from tests.engine.datasets.servers import Server, serving

NAME = "someone/tiny"
REVISION = "c0ffee" + "0" * 34
FILES = {"config.json": b"{}", "tokenizer.json": b'{"model": 1}', "vocab.txt": b"sun\nsea\n",
         "model.safetensors": bytes(range(256)) * 4_000}  # fmt: skip
NEVER = ("modeling_evil.py", "pytorch_model.bin", "onnx/model.onnx", "../model.safetensors",
         "README.md")  # fmt: skip
WANTED = NotFetched("architecture.model", "it is not here", "", NAME)


def entry(name: str, content: bytes) -> dict[str, Any]:
    found: dict[str, Any] = {"rfilename": name, "size": len(content)}
    found["blobId"] = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
    if name.endswith("safetensors"):
        found["lfs"] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    return found


def says(server: Server, **changes: Any) -> None:
    """What the server says of the name."""
    files = [entry(name, content) for name, content in FILES.items()]
    files += [entry(name, b"evil") for name in NEVER]
    said = {"sha": REVISION, "siblings": files, "tags": ["bert", "license:apache-2.0"], **changes}
    (server.folder / "main").write_text(json.dumps(said))


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A hub on this machine, and an empty cache."""
    folder = tmp_path / "hub"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    with serving(folder) as found:
        says(found)
        monkeypatch.setenv("HF_ENDPOINT", found.url)
        monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        yield found


def refusal() -> Problem:
    with pytest.raises(ProblemError) as caught:
        fetch_network(WANTED)
    return caught.value.problems[0]


def is_there() -> bool:
    try:
        hub.folder_of(NAME, "architecture.model")
    except ProblemError as error:
        return not any(each.name == NAME for each in not_fetched(error.problems))
    return True


def test_the_size_is_said_and_only_what_is_read_is_fetched(server: Server) -> None:
    said: list[tuple[str, float | None]] = []
    assert not is_there()
    assert offered(WANTED).announced() == "someone/tiny: a download of 1 MB, licence: apache-2.0"
    fetch_network(WANTED, lambda words, fraction: said.append((words, fraction)))
    folder = hub.folder_of(NAME, "architecture.model")
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == FILES
    assert folder.name == REVISION
    assert said[1] == ("Downloading someone/tiny (1 MB)", 0.0)
    assert said[-1][1] == 1.0
    assert not any(never in path for path, _ in server.asked for never in NEVER)


def test_what_was_cancelled_is_not_there_and_goes_on_later(server: Server) -> None:
    class CancelledError(Exception):
        pass

    def cancel(words: str, fraction: float | None) -> None:
        if fraction is not None and fraction > 0.3:
            raise CancelledError

    with pytest.raises(CancelledError):
        fetch_network(WANTED, cancel)
    assert not is_there()
    server.asked.clear()
    fetch_network(WANTED)
    assert is_there()
    asked = [ranges for path, ranges in server.asked if path.endswith("model.safetensors")]
    assert asked
    assert asked[0].startswith("bytes=")
    assert asked[0] != "bytes=0-"


@pytest.mark.parametrize("damaged", ["config.json", "model.safetensors"])
def test_a_file_that_is_not_the_one_that_was_promised_is_refused(
    server: Server, damaged: str
) -> None:
    (server.folder / damaged).write_bytes(FILES[damaged][::-1])
    found = refusal()
    assert found.path == "architecture.model"
    assert "damaged" in found.sentence
    assert "hf download someone/tiny" in found.hint
    assert not is_there()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sha": "../../elsewhere"}, "not understood"),
        ({"siblings": []}, "no config.json with weights in safetensors"),
        ({"siblings": [entry("config.json", b"{}")]}, "weights in safetensors"),
    ],
)
def test_answers_that_cannot_be_used(server: Server, changes: dict[str, Any], said: str) -> None:
    says(server, **changes)
    assert said in refusal().sentence
    (server.folder / "main").write_text("<html>")
    assert "not understood" in refusal().sentence


def test_without_a_connection_the_command_and_the_folder_are_named(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    found = refusal()
    assert "HF_HUB_OFFLINE" in found.sentence
    assert not server.asked
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9/")
    found = refusal()
    assert "takes no connections" in found.sentence
    assert "hf download someone/tiny" in found.hint
    assert str(tmp_path / "cache" / "models--someone--tiny") in found.hint


def test_a_path_that_is_not_there_is_no_name_to_fetch(tmp_path: Path) -> None:
    with pytest.raises(ProblemError) as caught:
        hub.folder_of(str(tmp_path / "nowhere"), "architecture.model")
    assert not not_fetched(caught.value.problems)
