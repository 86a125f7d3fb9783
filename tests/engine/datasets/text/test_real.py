"""Real texts, as their owners wrote them: understood without an option, and learned from."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import overrides, presets
from engine.datasets.text import TextCorpus, TextFile, text_notes, text_statistics
from tests.engine.training.helpers import train


@pytest.mark.parametrize(
    ("name", "figure", "more"),
    [
        ("sms_spam.tsv", 0.97, ["training.epochs=4"]),
        ("rt_polarity", 0.74, ["training.epochs=4", "optimizer.lr=0.005"]),
    ],
)
def test_reaches_its_figure(
    name: str, figure: float, more: list[str], shared_data: Path, tmp_path: Path
) -> None:
    typed = [f"dataset.path={shared_data / 'text' / name}", "training.threads=1", *more]
    run = train(overrides.resolve(presets.find("spam_text").data(), typed), tmp_path / "runs")
    assert run.result is not None
    assert run.result.metrics["test_accuracy"] >= figure


def test_messages_are_understood(shared_data: Path) -> None:
    """Label TAB text without a header; quotation marks are part of the messages."""
    dataset = TextFile(path=str(shared_data / "text" / "sms_spam.tsv"), duplicates="keep")
    facts = dataset.facts()
    assert (facts.targets, facts.samples) == (("ham", "spam"), 5574)
    assert "Quotation marks are part of the texts" in map(str, text_notes(dataset))
    found = text_statistics(dataset)
    assert found is not None
    assert 0 < found.unknown["train"] < found.unknown["test"] < 0.2
    assert found.truncated <= 0.01


def test_sentences_are_understood(shared_data: Path) -> None:
    facts = TextFile(path=str(shared_data / "text" / "rt_polarity")).facts()
    assert (facts.targets, facts.samples) == (("neg", "pos"), 10662)


def test_ambiguous_names_are_left_out(shared_data: Path) -> None:
    dataset = TextFile(path=str(shared_data / "text" / "names"), tokens="character")
    assert len(dataset.facts().targets) == 18
    said = [str(note) for note in text_notes(dataset)]
    assert "Left out: 1,152 texts found in several classes" in said
    assert "Left out: 1,917 repeated texts" in said


def test_shakespeare_is_understood(shared_data: Path) -> None:
    dataset = TextCorpus(path=str(shared_data / "text" / "tinyshakespeare.txt"), length=64)
    facts = dataset.facts()
    assert facts.vocabulary == 66  # 65 characters, and one for all others
    assert facts.samples == sum(map(len, dataset.build(Path()).named().values())) == 17_427
