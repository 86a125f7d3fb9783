"""The dataset `text_corpus`: windows of one tensor, divided by place, none over a border."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.datasets.text import TextCorpus, corpus_notes, corpus_statistics
from engine.datasets.text.encoding import TextEncoder
from engine.training.environment import fingerprint
from tests.engine.datasets.text.made import corpus, write

TEXT = "".join(f"Line {number} says that {number * 7} is more.\n" for number in range(300))


@pytest.fixture
def path(tmp_path: Path) -> str:
    return write(tmp_path / "text.txt", TEXT)


def test_facts(path: str) -> None:
    dataset = TextCorpus(path=path, length=32)
    facts, splits = dataset.facts(), dataset.build(Path())
    assert (facts.kind, facts.task, facts.shape) == ("text", "tokens", (32,))
    assert facts.vocabulary == len(facts.targets) == len(set(TEXT)) + 1
    assert facts.samples == sum(map(len, splits.named().values()))
    assert splits.facts == facts
    assert facts.main_metric == "perplexity"


@pytest.mark.parametrize("tokens", ["character", "word", "subword"])
def test_windows_give_the_text_again(tokens: str, path: str) -> None:
    """Windows that stand side by side, put together, are the parts of the text, in order."""
    splits = corpus(path, length=16, tokens=tokens)
    encoder = TextEncoder.from_json(splits.facts.encoding)
    place = 0
    for part in splits.named().values():
        text = encoder.decode(part.inputs.flatten().tolist())
        first = text.replace("\ufffd", "")[:8]
        if "\ufffd" not in text:
            place = TEXT.index(text, place)
        assert first
        assert torch.equal(part.inputs[:, 1:], part.targets[:, :-1])


def test_targets_are_the_tokens_that_come_next(path: str) -> None:
    splits = corpus(path, length=16, stride=5)
    assert torch.equal(splits.train.inputs[1, :11], splits.train.inputs[0, 5:])
    assert torch.equal(splits.train.targets[0, :-1], splits.train.inputs[0, 1:])
    encoder = TextEncoder.from_json(splits.facts.encoding)
    assert encoder.decode(splits.train.targets[0]) == TEXT[1:17]


@pytest.mark.parametrize("stride", [1, 7, 16])
def test_no_window_is_over_a_border(stride: int, path: str) -> None:
    """Every token of validation and test, inputs and targets, lies behind all of training."""
    dataset = TextCorpus(path=path, length=16, stride=stride)
    splits = dataset.build(Path())
    base = splits.train.inputs.untyped_storage().data_ptr()
    ends = []
    for part in splits.named().values():
        first = (part.inputs[0].data_ptr() - base) // 4
        last = (part.targets[-1].data_ptr() - base) // 4 + 15
        ends.append((first, last))
        assert part.inputs.untyped_storage().data_ptr() == base  # a view, no copy
        assert part.targets.untyped_storage().data_ptr() == base
    assert all(before[1] < after[0] for before, after in itertools.pairwise(ends))


def test_the_last_parts_are_validation_and_test(path: str) -> None:
    splits = corpus(path, length=8, val_fraction=0.2, test_fraction=0.1)
    encoder = TextEncoder.from_json(splits.facts.encoding)
    begins = {name: encoder.decode(part.inputs[:6].flatten())
              for name, part in splits.named().items()}  # fmt: skip
    places = {name: TEXT.index(begin) for name, begin in begins.items()}
    assert places == {"train": 0, "val": 6934, "test": 8667}  # 72 % and 90 % of 9,630


def test_the_vocabulary_is_of_the_training_part_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "text.txt", "abc " * 600 + "xyz " * 200)
    dataset = TextCorpus(path=path, length=16)
    assert set(dataset.facts().targets) == {"\ufffd", *"abc "}
    found = corpus_statistics(dataset)
    assert found is not None
    assert found.unknown["train"] == 0
    assert found.unknown["test"] > 0.7
    assert any("not in the vocabulary" in str(note) for note in corpus_notes(dataset))
    assert sum(found.tokens.values()) == 3200


def test_a_subset_takes_windows_of_all_parts(path: str) -> None:
    splits = corpus(path, length=16, subset=40)
    assert splits.facts.samples == sum(map(len, splits.named().values())) == 40


def test_a_folder_is_one_text_in_the_order_of_names(tmp_path: Path) -> None:
    write(tmp_path / "b" / "2.md", "second " * 60)
    write(tmp_path / "a.txt", "first " * 60)
    write(tmp_path / "c.jpg", "no text")
    write(tmp_path / ".hidden.txt", "no text either")
    splits = corpus(str(tmp_path), length=8)
    encoder = TextEncoder.from_json(splits.facts.encoding)
    assert encoder.decode(splits.train.inputs[0]).startswith("first")
    assert "second" in encoder.decode(splits.test.inputs.flatten())
    assert "2 files, in the order of their names" in splits.notes


def test_the_content_is_known_without_reading_all_windows(path: str, tmp_path: Path) -> None:
    splits = corpus(path, length=16)
    assert fingerprint(splits) == splits.content == corpus(path, length=16).content
    assert len(splits.content) == 64
    assert corpus(path, length=16, stride=4).content != splits.content
    other = write(tmp_path / "other.txt", TEXT.replace("more", "less"))
    assert corpus(other, length=16).content != splits.content


def test_the_split_seed_changes_nothing(path: str) -> None:
    first, second = corpus(path, length=16), corpus(path, length=16, split_seed=3)
    assert first.content == second.content


def test_a_long_text_is_cut_into_the_same_tokens(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    whole = {kind: corpus(path, length=16, tokens=kind) for kind in ("word", "subword")}
    monkeypatch.setattr("engine.datasets.text.corpustokens._CHUNK", 100)
    for kind, splits in whole.items():
        pieces = corpus(path, length=16, tokens=kind, encoding="utf-8")  # another question
        assert pieces.content == splits.content


def test_python_documents_itself() -> None:
    dataset = TextCorpus(path="sample:python")
    facts = dataset.facts()
    assert facts.licence.startswith("PSF-2.0")
    assert facts.samples > 1000
    assert np.isin(list("def:()"), facts.targets).all()
