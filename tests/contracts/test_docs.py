"""The documents say what is true: reference pages, recipes and command lines in them are tried."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from engine import overrides, presets
from engine.problems import ProblemError
from engine.recipe import Recipe

ROOT = Path(__file__).resolve().parents[2]
ABSENT = "There is no f"
"""The reader's own files and folders are not here."""
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(language: str) -> list[str]:
    texts = [page.read_text(encoding="utf-8") for page in PAGES]
    return [
        block for text in texts for block in re.findall(rf"```{language}\n(.*?)```", text, re.S)
    ]


def command_lines() -> list[str]:
    joined = [re.sub(r"\\\n\s*", "", block) for block in blocks(r"\w*")]
    lines = [line.strip() for block in joined for line in block.splitlines()]
    found = [re.sub(r"^(\S*python\S* )?(main\.py|trainboard) ", "", line) for line in lines]
    wanted = re.compile(r"(train|show) [a-z]\w+(?: |$)")
    return [re.sub(r"\$\w+", "0", line.split("  #")[0]) for line in found if wanted.match(line)]


def test_the_reference_pages_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "make_reference.py"), "--check"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_recipes_in_the_documents_are_valid() -> None:
    found = [block for block in blocks("yaml") if "version:" in block]
    assert found
    for block in found:
        Recipe.from_yaml(block)


@pytest.mark.parametrize("line", command_lines())
def test_command_lines_in_the_documents_are_valid(line: str) -> None:
    _command, preset, *rest = shlex.split(line)
    given = [argument for argument in rest if "=" in argument or argument.startswith("~")]
    changes = [text for text in given if text[:2] != "--"]
    assert [said for said in problems_of(preset, changes) if not said.startswith(ABSENT)] == []


def problems_of(preset: str, changes: list[str]) -> list[str]:
    try:
        overrides.resolve(presets.find(preset).data(), changes)
    except ProblemError as error:
        return [problem.sentence for problem in error.problems]
    return []


def test_every_link_between_the_documents_leads_somewhere() -> None:
    for page in [*PAGES, *(ROOT / "docs" / "reference").glob("*.md")]:
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
        for target in re.findall(r"\]\(([^)#\s]+)", text):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} links to {target}"
