"""A file of Python runs only as the content that somebody allowed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine import consent, paths
from engine.consent import NotAllowed
from engine.problems import ProblemError
from engine.recipe import Recipe
from engine.schema import Component


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_bytes(b"print('hello')\n")
    return path


def sha(path: Path) -> str:
    return consent.read(path, "x").sha256


def test_nothing_is_allowed_until_it_is(file):
    assert not consent.allowed(file)
    consent.allow(file, sha(file))
    assert consent.allowed(file)
    consent.refuse(sha(file))
    assert not consent.allowed(file)


def test_what_is_allowed_is_the_content(file, tmp_path):
    consent.allow(file, sha(file))
    copy = tmp_path / "copy.py"
    copy.write_bytes(file.read_bytes())
    assert consent.allowed(copy)
    file.write_bytes(b"print('hello!')\n")
    assert not consent.allowed(file)


def test_a_refusal_names_the_hash_and_the_option(file):
    with pytest.raises(ProblemError) as caught:
        consent.required(file, "dataset.path")
    (problem,) = caught.value.problems
    assert isinstance(problem, NotAllowed)
    assert problem.path == "dataset.path"
    assert problem.file == file
    assert f"--allow-code {sha(file)}" in problem.hint


def test_a_file_that_changed_while_it_was_looked_at_is_not_allowed(file):
    seen = sha(file)
    file.write_bytes(b"import os\n")
    with pytest.raises(ProblemError, match="changed while"):
        consent.allow(file, seen)
    assert not consent.allowed(file)


def test_for_one_process_it_holds_as_long_as_the_block(file):
    with consent.allowed_here([sha(file).upper()]):
        assert consent.allowed(file)
    assert not consent.allowed(file)
    assert not (paths.home() / "allowed-code.json").exists()


def test_what_is_no_hash_is_a_problem():
    with (
        pytest.raises(ProblemError, match="no SHA-256"),
        consent.allowed_here(["yes"]),
    ):
        pass


@pytest.mark.parametrize("content", ["", "[]", '{"allowed": 3}', '{"allowed": [{"sha256": 1}]}'])
def test_a_damaged_memory_allows_nothing(content, file):
    paths.home().mkdir(parents=True, exist_ok=True)
    (paths.home() / "allowed-code.json").write_text(content)
    assert not consent.allowed(file)
    consent.allow(file, sha(file))
    assert consent.allowed(file)
    entries = json.loads((paths.home() / "allowed-code.json").read_text())["allowed"]
    assert [entry["path"] for entry in entries] == [str(file)]


def test_files_that_cannot_be_looked_at_are_problems(tmp_path):
    for path in (tmp_path / "none.py", tmp_path):
        with pytest.raises(ProblemError, match="There is no file"):
            consent.read(path, "x")
    long = tmp_path / "long.py"
    long.write_bytes(b"#" * (consent.LARGEST + 1))
    with pytest.raises(ProblemError, match="larger than"):
        consent.read(long, "x")


def test_no_character_of_the_text_is_hidden(tmp_path):
    path = tmp_path / "sly.py"
    path.write_text("a = 1 \u202e\u2066# \x1b[8m\r\n", encoding="utf-8", newline="")
    assert consent.read(path, "x").text == "a = 1 \\u202e\\u2066# \\x1b[8m\n"
    path.write_bytes(b"a = '\xff'")
    assert consent.read(path, "x").text == "a = '\\xff'"
    # Python begins a line wherever a carriage return is
    path.write_bytes(b"# a note\rimport os\r\n")
    assert consent.read(path, "x").text == "# a note\nimport os\n"


def test_the_code_of_a_recipe_is_found_wherever_it_is_named(monkeypatch):
    recipe = Recipe.parse({"version": 1, "dataset": "digits", "architecture": "mlp"})
    assert consent.own_code(recipe) == {}
    monkeypatch.setattr(type(recipe.architecture), "own_code", lambda self: "/a/net.py")
    monkeypatch.setattr(type(recipe.dataset), "own_code", lambda self: "/a/data.py")
    found = consent.own_code(recipe)
    assert found == {
        "dataset.path": Path("/a/data.py"), "architecture.path": Path("/a/net.py")
    }  # fmt: skip
    assert issubclass(type(recipe.dataset), Component)
