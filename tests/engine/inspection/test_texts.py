"""Texts with planted defects: each is found, and clean texts have none."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.engine.inspection.made import codes, found, inspected

WORDS = ("river", "stone", "cloud", "green", "quiet", "early", "north", "light", "paper", "seven")


def texts(path: Path, rows: list[tuple[str, str]]) -> Path:
    """A TSV of label and text."""
    path.write_text("label\ttext\n" + "".join(f"{a}\t{b}\n" for a, b in rows), encoding="utf-8")
    return path


def rows(count: int = 200, words: int = 8) -> list[tuple[str, str]]:
    """Texts of known words, each once, of two classes."""
    random = np.random.default_rng(0)
    made = [" ".join(random.choice(WORDS, words)) for _ in range(count)]
    return [("ab"[place % 2], text) for place, text in enumerate(made)]


def test_clean_texts_have_no_findings(tmp_path: Path) -> None:
    inspection = inspected("text", texts(tmp_path / "clean.tsv", rows()), tmp_path)
    assert codes(inspection) == set()


def test_texts_that_are_mostly_cut_off(tmp_path: Path) -> None:
    path = texts(tmp_path / "long.tsv", rows(words=40))
    finding = found(inspected("text", path, tmp_path, length=10), "truncated")
    assert finding.severity == "warning"
    assert dict(finding.mend) == {"dataset.length": 40}
    assert "75% of all tokens are never seen" in finding.evidence


def test_texts_that_are_mostly_padding(tmp_path: Path) -> None:
    path = texts(tmp_path / "short.tsv", rows())
    finding = found(inspected("text", path, tmp_path, length=200), "padding")
    assert dict(finding.mend) == {"dataset.length": 8}


def test_tokens_that_the_vocabulary_lacks(tmp_path: Path) -> None:
    made = [(label, f"{text} {place}x{place}") for place, (label, text) in enumerate(rows(words=1))]
    finding = found(inspected("text", texts(tmp_path / "own.tsv", made), tmp_path),
                    "unknown_tokens")  # fmt: skip
    assert finding.severity == "warning"


def test_texts_that_come_again_where_they_are_kept(tmp_path: Path) -> None:
    path = texts(tmp_path / "twice.tsv", rows(100) * 2)
    finding = found(inspected("text", path, tmp_path, duplicates="keep"), "leakage")
    assert finding.severity == "error"
    assert dict(finding.mend) == {"dataset.duplicates": "drop"}
    assert "leakage" not in codes(inspected("text", path, tmp_path))


def test_the_same_text_of_two_classes(tmp_path: Path) -> None:
    path = texts(tmp_path / "both.tsv", [*rows(), ("a", "one of both"), ("b", "one of both")])
    finding = found(inspected("text", path, tmp_path, duplicates="keep"), "contradicting_labels")
    assert "'one of both' is" in finding.evidence[0]


def test_a_corpus(tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_text("".join(f"Line {n} of a long story.\n" for n in range(400)), encoding="utf-8")
    inspection = inspected("text_corpus", path, tmp_path, length=32)
    assert codes(inspection) == set()
    assert inspection.view is not None
    assert inspection.view.text is not None
