"""The dataset `text`: layouts, columns, splits, duplicates, statistics."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine.datasets.preprocess import Tokens
from engine.datasets.text import TextFile, text_statistics
from engine.datasets.text.encoding import TextEncoder
from tests.engine.datasets.text.made import (
    WORDS,
    built,
    file_a_class,
    folder_a_class,
    rows,
    said,
    sentences,
    table,
    write,
)

CLASSES = tuple(sorted(WORDS))


def test_a_table_without_a_header(tmp_path: Path) -> None:
    dataset = TextFile(path=table(tmp_path, rows()))
    facts = dataset.facts()
    assert (facts.kind, facts.task, facts.targets) == ("text", "classes", CLASSES)
    assert facts.samples == 60
    splits = dataset.build(tmp_path)
    assert splits.facts == facts
    assert facts.shape == splits.train.inputs.shape[1:]
    assert splits.train.inputs.dtype == torch.int32
    assert int(splits.train.inputs.max()) < facts.vocabulary
    assert isinstance(splits.preprocess, Tokens)
    assert [len(part) for part in splits.named().values()] == [43, 8, 9]


@pytest.mark.parametrize("options", [{}, {"text_column": "what", "label_column": "class"}])
def test_a_table_with_a_header_and_other_columns(options: dict[str, str], tmp_path: Path) -> None:
    lines = [("id", "class", "what"), *((f"{n}", *row) for n, row in enumerate(rows()))]
    dataset = TextFile(path=table(tmp_path, lines, "texts.csv", ","), **options)
    assert dataset.facts().targets == CLASSES
    assert dataset.facts().samples == 60


def test_quotation_marks_hold_a_text_together(tmp_path: Path) -> None:
    lines = [f'{label},"{text}, ""so"" it is\nover two lines"\n' for label, text in rows()]
    path = write(tmp_path / "quoted.csv", "label,text\n" + "".join(lines))
    facts = TextFile(path=path, tokens="character", length=200).facts()
    assert facts.samples == 60
    assert "\n" in TextEncoder.from_json(facts.encoding).texts


def test_a_quotation_mark_that_is_never_closed_is_part_of_the_text(tmp_path: Path) -> None:
    lines = [(label, f'"{text}' if number % 9 == 0 else text)
             for number, (label, text) in enumerate(rows())]  # fmt: skip
    path = table(tmp_path, lines)
    assert TextFile(path=path).facts().samples == 60
    assert "Quotation marks are part of the texts" in said(path)


def test_a_file_a_class_and_a_folder_a_class_are_read_alike(tmp_path: Path) -> None:
    one = file_a_class(tmp_path / "a", {label: sentences(label, 12) for label in WORDS})
    other = folder_a_class(tmp_path / "b" / "unpacked" / "data")
    write(tmp_path / "a" / "README.md", "About the data")
    for path in (one, str(tmp_path / "b"), other):
        facts = TextFile(path=path).facts()
        assert (facts.targets, facts.samples) == (CLASSES, 24)


def test_endings_tell_classes_apart_where_the_names_do_not(tmp_path: Path) -> None:
    for label, ending in zip(CLASSES, ("neg", "pos"), strict=True):
        write(tmp_path / f"reviews.{ending}", "\n".join(sentences(label)))
    assert TextFile(path=str(tmp_path)).facts().targets == ("neg", "pos")


def test_given_parts_stay_as_they_are(tmp_path: Path) -> None:
    for number, part in enumerate(("train", "dev", "test")):
        folder_a_class(tmp_path / part, count=12 - 3 * number, seed=number)
    dataset = TextFile(path=str(tmp_path), duplicates="keep")
    splits = dataset.build(tmp_path)
    assert [len(part) for part in splits.named().values()] == [24, 18, 12]
    assert splits.facts.official_test == 12


def test_a_missing_part_is_cut_from_training(tmp_path: Path) -> None:
    for part, seed in (("train", 0), ("test", 1)):
        folder_a_class(tmp_path / part, count=20, seed=seed)
    splits = built(str(tmp_path), duplicates="keep")
    assert [len(part) for part in splits.named().values()] == [34, 6, 40]


def test_no_text_is_in_two_splits(tmp_path: Path) -> None:
    lines = rows() + rows()[:20] + [("tools", text) for _, text in rows()[:4:2]]
    path = table(tmp_path, lines)
    characters = {"tokens": "character", "minimum_count": 1}
    dropped, kept = built(path, **characters), built(path, duplicates="keep")
    assert sum(map(len, kept.named().values())) == 82
    seen = [tuple(row.tolist()) for part in dropped.named().values() for row in part.inputs]
    assert len(seen) == len(set(seen)) == 58
    assert "Left out: 6 texts found in several classes" in said(path)
    assert "Left out: 18 repeated texts" in said(path)


def test_spaces_make_no_other_text(tmp_path: Path) -> None:
    spaced = [(label, text.replace(" ", "  ")) for label, text in rows()]
    assert "Left out: 60 repeated texts" in said(table(tmp_path, [*rows(), *spaced]))


def test_a_header_may_name_two_columns_alike(tmp_path: Path) -> None:
    lines = [("text", "text", "label"), *((text, text, label) for label, text in rows())]
    assert "label" not in built(table(tmp_path, lines)).facts.targets


def test_of_a_duplicate_the_one_in_the_test_part_is_kept(tmp_path: Path) -> None:
    for part in ("train", "test"):
        folder_a_class(tmp_path / part, count=15)
    write(tmp_path / "train" / "animals" / "own.txt", "Only here")
    write(tmp_path / "train" / "tools" / "own.txt", "Only there")
    for number in range(5):
        for label in WORDS:
            write(tmp_path / "train" / label / f"more{number}.txt", f"More {label} {number}")
    splits = built(str(tmp_path))
    assert len(splits.test) == 30
    assert len(splits.train) + len(splits.val) == 12


def test_the_vocabulary_is_of_the_training_texts_alone(tmp_path: Path) -> None:
    lines = [(label, f"{text} word{number}") for number, (label, text) in enumerate(rows())]
    dataset = TextFile(path=table(tmp_path, lines), minimum_count=1)
    splits = dataset.build(tmp_path)
    words = set(TextEncoder.from_json(splits.facts.encoding).texts)
    assert len([word for word in words if word.startswith("word")]) == len(splits.train)
    found = text_statistics(dataset)
    assert found is not None
    assert found.unknown["train"] == 0
    assert found.unknown["test"] > 0
    assert (splits.test.inputs == 1).any()


def test_statistics(tmp_path: Path) -> None:
    lines = [(label, "word " * (number + 1)) for number, (label, _) in enumerate(rows(20))]
    dataset = TextFile(path=table(tmp_path, lines, "t.csv", ","), length=20, duplicates="keep")
    found = text_statistics(dataset)
    assert found is not None
    assert found.vocabulary == 3
    assert found.lengths.median in range(15, 26)
    assert found.lengths.most <= found.lengths.longest <= 40
    assert 0.3 < found.truncated < 0.7
    assert 0 < found.padding < 0.5
    assert [sum(counts) for counts in found.counts.values()] == [29, 5, 6]
    assert found.frequent[0][0] == "word"


def test_the_length_covers_nearly_all_texts(tmp_path: Path) -> None:
    lines = [(label, text) for label, text in rows()]
    lines[7] = (lines[7][0], "long " * 400)
    dataset = TextFile(path=table(tmp_path, lines))
    assert 6 <= dataset.facts().shape[0] <= 512
    assert TextFile(path=table(tmp_path, lines), length=3).facts().shape == (3,)


def test_the_same_files_give_the_same_bits_and_a_changed_file_others(tmp_path: Path) -> None:
    path = file_a_class(tmp_path)
    first, again = built(path), built(path)
    assert torch.equal(first.train.inputs, again.train.inputs)
    write(tmp_path / "tools.txt", "\n".join(sentences("tools", 40, seed=3)))
    assert len(built(path).train) > len(first.train)


def test_a_subset_and_another_seed(tmp_path: Path) -> None:
    path = table(tmp_path, rows())
    thinned = built(path, subset=20)
    assert sum(map(len, thinned.named().values())) == thinned.facts.samples == 20
    other = built(path, split_seed=1)
    assert not torch.equal(other.train.inputs, built(path).train.inputs)


def test_numbered_classes_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    lines = [(str(number % 12), f"text of {number}") for number in range(60)]
    assert TextFile(path=table(tmp_path, lines)).facts().targets == tuple(map(str, range(12)))


def test_jsonl_is_read_as_the_dataset_table_reads_it(tmp_path: Path) -> None:
    import json

    text = "".join(json.dumps({"label": a, "text": b}) + "\n" for a, b in rows())
    facts = TextFile(path=write(tmp_path / "texts.jsonl", text)).facts()
    assert (facts.samples, facts.targets) == (60, CLASSES)


@pytest.mark.parametrize(("name", "classes"), [("names", 14), ("python_topics", 9)])
def test_what_comes_with_the_program(name: str, classes: int) -> None:
    dataset = TextFile(path=f"sample:{name}", tokens="character", length=32)
    facts = dataset.facts()
    assert len(facts.targets) == classes
    assert facts.samples > 1000
    assert facts.licence
    assert TextFile(path=f"sample:{name}", tokens="character", length=32).facts() == facts
