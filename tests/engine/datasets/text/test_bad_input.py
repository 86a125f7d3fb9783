"""What is wrong with texts is said in one sentence at its place, with a hint."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from engine.datasets.text import TextCorpus, TextFile, samples, source
from engine.datasets.text import raw as raw_module
from tests.engine.datasets.text.made import (
    WORDS,
    corpus,
    file_a_class,
    folder_a_class,
    problem,
    rows,
    said,
    sentences,
    table,
    write,
)

PATH = "dataset.path"
BOTH = pytest.mark.parametrize("cls", [TextFile, TextCorpus])


@BOTH
def test_nothing_is_chosen(cls: type[TextFile] | type[TextCorpus]) -> None:
    found = problem("", cls)
    assert found.path == PATH
    assert found.sentence.startswith("Choose")
    assert "sample:" in found.hint


@BOTH
def test_an_unknown_sample_lists_those_that_there_are(
    cls: type[TextFile] | type[TextCorpus],
) -> None:
    known = "python" if cls is TextCorpus else "names"
    assert f"sample:{known}" in problem("sample:", cls).hint
    assert known in problem("sample:nonsense", cls).hint


@BOTH
def test_what_is_not_there(cls: type[TextFile] | type[TextCorpus], tmp_path: Path) -> None:
    write(tmp_path / "Letters.txt", "text")
    found = problem(str(tmp_path / "letter.txt"), cls)
    assert found.sentence == f"There is no file or folder {tmp_path / 'letter.txt'}"
    assert found.hint == "did you mean 'Letters.txt'?"
    assert problem("a\0b", cls).path == PATH


@BOTH
def test_an_empty_file_and_an_empty_folder(
    cls: type[TextFile] | type[TextCorpus], tmp_path: Path
) -> None:
    assert "empty" in problem(write(tmp_path / "none.txt", ""), cls).sentence
    (tmp_path / "nothing").mkdir()
    assert "holds no text files" in problem(str(tmp_path / "nothing"), cls).sentence


def test_lines_without_text(tmp_path: Path) -> None:
    assert problem(write(tmp_path / "blank.csv", "\n \n\n")).sentence == "blank.csv is empty"


@BOTH
def test_an_archive_and_a_picture(cls: type[TextFile] | type[TextCorpus], tmp_path: Path) -> None:
    assert problem(write(tmp_path / "texts.zip", "PK"), cls).hint == "unpack it first"
    assert "not a text file" in problem(write(tmp_path / "cat.jpg", "..."), cls).sentence


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    path.write_bytes(bytes(range(256)) * 20)
    assert problem(str(path)).sentence == "texts.csv is not a text file"


def test_one_class(tmp_path: Path) -> None:
    found = problem(table(tmp_path, [("tools", text) for text in sentences("tools")]))
    assert found.path == "dataset.label_column"
    assert found.sentence == "All texts are of one class, 'tools': nothing to tell apart"
    only = file_a_class(tmp_path / "folder", {"tools": sentences("tools")})
    assert problem(only).path == PATH


def test_too_few_texts(tmp_path: Path) -> None:
    assert "4 texts" in problem(table(tmp_path, rows(2))).sentence
    repeated = problem(table(tmp_path, [("a b", "x"), *[("c d", "y")] * 40]))
    assert "39 repeated texts" in repeated.hint


def test_texts_of_which_no_token_comes_again(tmp_path: Path) -> None:
    found = problem(table(tmp_path, [(f"only{n}", "ab"[n % 2]) for n in range(60)]))
    assert found.path == "dataset.minimum_count"
    assert found.sentence == "No word occurs 2 times in the training texts: all are unknown"


def test_too_many_classes(tmp_path: Path) -> None:
    lines = [(f"class {number}", f"a longer text {number}") for number in range(40)]
    found = problem(table(tmp_path, lines))
    assert found.sentence == "40 classes in 40 texts are too many"


def test_a_text_column_of_numbers(tmp_path: Path) -> None:
    lines = [("label", "value"), *((label, str(n)) for n, (label, _) in enumerate(rows()))]
    path = table(tmp_path, lines)
    for options in ({"text_column": "value"}, {"label_column": "label"}):
        found = problem(path, **options)
        assert found.path == "dataset.text_column"
        assert found.sentence == "'value' holds only numbers"


def test_a_column_that_is_not_there(tmp_path: Path) -> None:
    path = table(tmp_path, [("label", "text"), *rows()])
    found = problem(path, text_column="texts")
    assert found.path == "dataset.text_column"
    assert found.hint.startswith("did you mean 'text'?")
    both = problem(path, text_column="text", label_column="text")
    assert both.path == "dataset.label_column"


def test_a_single_column(tmp_path: Path) -> None:
    path = write(tmp_path / "one.txt", "".join(f"{text}\n" for text in sentences("tools")))
    assert problem(path).sentence == "one.txt has only one column"


def test_labels_with_gaps_and_empty_texts_are_left_out(tmp_path: Path) -> None:
    path = table(tmp_path, [*rows(), ("", "no label"), ("NA", "none either"), ("tools", "  ")])
    assert TextFile(path=path).facts().samples == 60
    assert "Left out: 1 empty text" in said(path)
    assert "Left out: 2 texts without a label" in said(path)


def test_broken_rows(tmp_path: Path) -> None:
    lines = [*rows(), ("tools", "one", "too many")]
    path = table(tmp_path, lines)
    assert TextFile(path=path).facts().samples == 60
    assert any("1 broken row" in line and "row 61" in line for line in said(path))
    found = problem(path, unreadable="error")
    assert found.path == "dataset.unreadable"
    assert "dataset.unreadable=skip" in found.hint
    more = table(tmp_path, [*lines, *[("a", "b", "c")] * 9], "more.tsv")
    assert "10 of 70 rows" in problem(more).sentence


def test_the_wrong_encoding(tmp_path: Path) -> None:
    lines = [(label, f"{text} größer") for label, text in rows()]
    path = table(tmp_path, lines, encoding="cp1252")
    found = problem(path, encoding="utf-8")
    assert found.path == "dataset.encoding"
    assert "is not utf-8" in found.sentence
    assert "The text is read as cp1252" in said(path)
    corpus_path = write(tmp_path / "text.txt", "größer " * 400, "cp1252")
    assert problem(corpus_path, TextCorpus, encoding="utf-8").path == "dataset.encoding"
    assert len(corpus(corpus_path, length=8).train)


def test_unreadable_files_are_skipped_up_to_a_share(tmp_path: Path) -> None:
    path = folder_a_class(tmp_path / "few", count=30)
    (tmp_path / "few" / "tools" / "broken.txt").write_bytes(bytes(range(256)) * 20)
    assert TextFile(path=path).facts().samples == 60
    assert any(line.startswith("tools/broken.txt: skipped") for line in said(path))
    assert "1 of 61 files" in problem(path, unreadable="error").sentence
    many = folder_a_class(tmp_path / "many", count=6)
    (tmp_path / "many" / "tools" / "broken.txt").write_bytes(bytes(range(256)) * 20)
    assert "up to 5% are skipped" in problem(many).hint


def test_a_class_that_is_tested_and_never_learned(tmp_path: Path) -> None:
    for part in ("train", "val"):
        folder_a_class(tmp_path / part)
    write(tmp_path / "val" / "plants" / "1.txt", "A tree")
    assert problem(str(tmp_path)).sentence == "The class 'plants' is in val but not in train"


def test_a_class_whose_texts_are_all_tested(tmp_path: Path) -> None:
    for part in ("train", "val"):
        folder_a_class(tmp_path / part)
    found = problem(str(tmp_path))
    assert found.sentence == "All texts of 'animals' in train stand in val or test as well"
    assert TextFile(path=str(tmp_path), duplicates="keep").facts().samples == 48


def test_parts_without_train(tmp_path: Path) -> None:
    for part in ("val", "test"):
        folder_a_class(tmp_path / part)
    assert problem(str(tmp_path)).sentence == "There is test and val, but no train folder"


def test_a_folder_of_tables(tmp_path: Path) -> None:
    table(tmp_path, rows(), "a.csv")
    assert problem(str(tmp_path)).hint == "choose the file itself"


def test_a_link_that_leads_back(tmp_path: Path) -> None:
    path = folder_a_class(tmp_path)
    (tmp_path / "tools" / "loop").symlink_to(tmp_path)
    (tmp_path / "tools" / "self.txt").symlink_to(tmp_path / "tools" / "self.txt")
    assert TextFile(path=path).facts().samples == 24
    assert "tools/loop: a link to a folder that is here already" in said(path)
    assert "tools/self.txt: not read: a link that leads nowhere" in said(path)


def test_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = table(tmp_path, rows())
    folder = folder_a_class(tmp_path / "folder")
    monkeypatch.setattr(source, "MAX_BYTES", 1000)
    assert "are read" in problem(path).sentence
    assert "are read" in problem(path, TextCorpus).sentence
    monkeypatch.undo()
    monkeypatch.setattr(source, "MAX_FILES", 10)
    assert "more than 10 files" in problem(folder).sentence
    monkeypatch.undo()
    monkeypatch.setattr(source, "MAX_TEXTS", 10)
    for each in (path, file_a_class(tmp_path / "lines")):
        assert "more than 10 texts" in problem(each).sentence
    assert raw_module.MAX_CHARACTERS < source.MAX_BYTES


@pytest.mark.parametrize("name", ["my texts", "Wörter Ελλάς 文", "a=b [c]"])
def test_paths_of_all_kinds(name: str, tmp_path: Path) -> None:
    assert TextFile(path=table(tmp_path, rows(), f"{name}.tsv")).facts().samples == 60
    assert TextFile(path=file_a_class(tmp_path / name)).facts().samples == 60
    assert TextFile(path=folder_a_class(tmp_path / "deep" / name)).facts().samples == 24
    assert set(WORDS) == set(TextFile(path=file_a_class(tmp_path / name)).facts().targets)


def test_samples_that_are_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "faker.providers.person.hr_HR", None)
    assert problem("sample:names", header="no").hint == "pip install Faker"
    monkeypatch.setattr("sysconfig.get_path", lambda _name: str(tmp_path))
    samples.documentation.cache_clear()
    assert "is not on this machine" in problem("sample:python", TextCorpus, length=3).sentence


def test_a_corpus_that_is_too_short(tmp_path: Path) -> None:
    found = problem(write(tmp_path / "short.txt", "A few words."), TextCorpus)
    assert found.sentence == "The training part has 8 tokens: a window takes 129"
    assert "dataset.length" in found.hint
