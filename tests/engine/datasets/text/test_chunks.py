"""A long text in pieces has the tokens of the whole, and takes little memory beside it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.datasets.text import chunks
from engine.datasets.text.encoding import TextEncoder
from engine.datasets.text.options import Kind
from engine.problems import ProblemError

LINES = "One line of words, 12 and more.\nA second: e\u0301 \u0301 O\u03a3 \u03a3a\u03a3 (ok)\n" * 9
ONE_LINE = LINES.replace("\n", " ")
NO_SPACE = ONE_LINE.replace(" ", "")


@pytest.mark.parametrize("kind", ["character", "word", "subword"])
@pytest.mark.parametrize("text", [LINES, ONE_LINE, NO_SPACE, "\u0301" * 99, " " * 99, "x", ""])
@pytest.mark.parametrize("size", [1, 7, 40, 10_000])
def test_pieces_have_the_tokens_of_the_whole(kind: Kind, text: str, size: int) -> None:
    texts = ("", *sorted({*text.lower(), *"e\u0301\u00e9\u03c2\u03c3"}))
    encoder = TextEncoder(kind, texts, 9, False, lowercase=True, normalise="NFKC")
    found = list(chunks.chunks(text, kind, size))
    assert "".join(found) == text
    assert all(found)
    pieces = [number for piece in found for number in encoder.ids(piece).tolist()]
    assert pieces == encoder.ids(text).tolist()


@pytest.mark.parametrize("kind", ["character", "word"])
def test_pieces_of_a_long_line_are_small(kind: Kind) -> None:
    found = [len(piece) for piece in chunks.chunks("some words " * 10_000, kind, 1000)]
    assert max(found) < 1020
    plain = [len(piece) for piece in chunks.chunks("word" * 10_000, "character", 1000)]
    assert max(plain) < 2020


def test_a_word_without_end_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "LONGEST_WORD", 100)
    with pytest.raises(ProblemError, match="a word of more than 100 characters"):
        list(chunks.chunks("a " + "x" * 200, "subword", 10))
    assert len(list(chunks.chunks("a " + "x" * 90, "subword", 10))) == 1


CHILD = """
import resource, sys
from engine.datasets.text import TextCorpus
from engine.datasets.text import corpustokens
import numpy, unicodedata
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
samples = TextCorpus(path=sys.argv[1]).facts().samples
print(samples, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in kilobytes on Linux")
def test_a_line_of_30_megabytes_takes_a_few_times_its_size(tmp_path: Path) -> None:
    """The text, its parts, and four bytes a token."""
    size = 30_000_000
    letters = np.random.default_rng(0).integers(97, 122, 1000).astype(np.uint8).tobytes()
    (tmp_path / "line.txt").write_bytes((letters + b" ") * (size // 1001))
    command = [sys.executable, "-c", CHILD, str(tmp_path / "line.txt")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    samples, kilobytes = map(int, done.stdout.split())
    assert samples > 200_000
    assert kilobytes * 1024 < 9 * size
