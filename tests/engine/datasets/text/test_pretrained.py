"""Texts cut by the tokenizer of a pretrained network: numbers, lengths, and what cannot be read."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("tokenizers")

from engine import hub
from engine.datasets.preview.texts import Speller, unknown_number
from engine.datasets.text import TextFile
from engine.datasets.text.encoding import TextEncoder
from engine.datasets.text.pretrained import PretrainedEncoder
from engine.problems import Problem, ProblemError
from tests.engine.architectures.encoder.tiny import CONFIG, tokenizer
from tests.engine.training.owndata import text_data


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tokenizer that cuts and pads by itself, and config.json."""
    made = tokenizer()
    made.enable_padding(length=128)
    made.enable_truncation(9)
    made.save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    return tmp_path


def texts(folder: Path, **options: Any) -> TextFile:
    data = {key: value for key, value in text_data(folder / "data").items() if key != "name"}
    return TextFile(**{**data, "tokenizer": str(folder), **options})


def encoder_of(data: TextFile) -> TextEncoder:
    return TextEncoder.from_json(data.facts().encoding)


def problem(data: TextFile) -> Problem:
    with pytest.raises(ProblemError) as caught:
        data.facts()
    return caught.value.problems[0]


def test_numbers_are_those_of_the_tokenizer_and_one_more(folder: Path) -> None:
    encoder = encoder_of(texts(folder, length=8))
    own = tokenizer().encode("The suns shine").ids
    assert encoder.ids("The suns shine").tolist() == [number + 1 for number in own]
    assert encoder.tokens(encoder.encode(["The suns shine"])[0]) == (
        "[CLS]", "the", "sun", "##s", "[UNK]", "[SEP]"
    )  # fmt: skip
    assert encoder.encode(["ice"]).tolist() == [[3, 9, 4, 0, 0, 0, 0, 0]]
    assert encoder.decode([3, 5, 16, 4, 0]) == "suns"


@pytest.mark.parametrize(("end", "kept"), [("end", ["sun", "ice"]), ("start", ["wind", "snow"])])
def test_the_tokens_around_a_text_stay_when_it_is_cut_off(
    folder: Path, end: str, kept: list[str]
) -> None:
    encoder = encoder_of(texts(folder, length=4, truncate=end))
    row = encoder.encode(["sun ice a wind snow"])[0]
    assert encoder.tokens(row) == ("[CLS]", *kept, "[SEP]")


def test_the_facts_alone_tell_how_texts_are_cut(folder: Path) -> None:
    data = texts(folder)
    facts, splits = data.facts(), data.build(folder)
    for each in folder.glob("*.json"):
        each.unlink()
    encoder = TextEncoder.from_json(facts.encoding)
    assert isinstance(encoder, PretrainedEncoder)
    assert TextEncoder.from_json(encoder.as_json()) == encoder
    assert json.loads(encoder.config) == CONFIG
    assert facts.vocabulary == encoder.vocabulary == CONFIG["vocab_size"] + 1
    assert encoder.length == facts.shape[0] <= CONFIG["max_position_embeddings"]
    assert splits.train.inputs.shape[1:] == facts.shape
    assert set(splits.train.inputs[:, 0].tolist()) == {3}


def test_texts_with_no_words_and_odd_ones(folder: Path) -> None:
    encoder = encoder_of(texts(folder, length=6))
    rows = encoder.encode(["", "   ", "\N{PILE OF POO}\N{ZERO WIDTH JOINER}", "sun " * 500])
    assert rows[:2].tolist() == [[3, 4, 0, 0, 0, 0]] * 2
    assert rows[2].tolist() == [3, 2, 4, 0, 0, 0]
    assert rows[3].tolist() == [3, 5, 5, 5, 5, 4]


def test_the_preview_spells_them_and_knows_the_unknown(folder: Path) -> None:
    facts = texts(folder, length=8).facts()
    assert unknown_number(facts) == 2
    encoder = TextEncoder.from_json(facts.encoding)
    (spelled,) = Speller(facts).all(encoder.encode(["sun what"]))
    assert [(token.text, token.known) for token in spelled] == [
        ("[CLS]", True), ("sun", True), ("[UNK]", False), ("[SEP]", True)
    ]  # fmt: skip


def test_another_tokenizer_in_the_same_place_is_noticed(folder: Path) -> None:
    before = texts(folder).facts()
    changed = json.loads((folder / "tokenizer.json").read_text())
    changed["normalizer"]["lowercase"] = False
    (folder / "tokenizer.json").write_text(json.dumps(changed), encoding="utf-8")
    assert texts(folder).facts().encoding != before.encoding


# --- What cannot be ------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [2, 21])
def test_a_length_that_the_network_cannot_read(folder: Path, length: int) -> None:
    found = problem(texts(folder, length=length))
    assert found.path == "dataset.length"
    assert "3 to 20 tokens" in found.sentence


def test_a_vocabulary_of_ones_own(folder: Path) -> None:
    assert problem(texts(folder, vocabulary=50)).path == "dataset.vocabulary"


def test_files_that_are_missing_or_damaged(folder: Path) -> None:
    (folder / "tokenizer.json").write_text('{"version": "1.0"}', encoding="utf-8")
    assert "no tokenizer" in problem(texts(folder)).sentence
    (folder / "tokenizer.json").unlink()
    assert "has no tokenizer.json" in problem(texts(folder)).sentence
    assert "no folder" in problem(texts(folder, tokenizer=str(folder / "nowhere"))).sentence


def test_encodings_of_strangers_are_refused(folder: Path) -> None:
    about = json.loads(encoder_of(texts(folder)).as_json())
    for change in ({"length": 2}, {"length": 10**9}, {"truncate": "middle"}, {"tokenizer": "{}"},
                   {"config": 3}):  # fmt: skip
        with pytest.raises(ValueError, match=r"encoding of texts|no tokenizer"):
            TextEncoder.from_json(json.dumps({**about, **change}))


def test_tokens_that_are_no_part_of_a_text_are_told_apart(folder: Path) -> None:
    found = Speller(texts(folder, length=8).facts()).all(np.array([[3, 5, 2, 4, 0]]))[0]
    assert [(token.text, token.special, token.known) for token in found] == [
        ("[CLS]", True, True), ("sun", False, True), ("[UNK]", False, False), ("[SEP]", True, True)
    ]  # fmt: skip


# --- Where networks are --------------------------------------------------------------------------


def test_a_name_of_the_hub_is_looked_for_in_the_cache(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    found = problem(texts(folder, tokenizer="someone/tiny"))
    assert (found.path, "hf download someone/tiny" in found.hint) == ("dataset.tokenizer", True)
    place = tmp_path / "cache" / "models--someone--tiny"
    (place / "refs").mkdir(parents=True)
    (place / "refs" / "main").write_text("a" * 40)
    (place / "snapshots").mkdir()
    (place / "snapshots" / ("a" * 40)).symlink_to(folder)
    assert texts(folder, tokenizer="someone/tiny").tokenizer == "someone/tiny"
    assert encoder_of(texts(folder, tokenizer="someone/tiny")).texts[5] == "sun"


def test_the_longest_text_of_a_network() -> None:
    roberta = {"model_type": "xlm-roberta", "max_position_embeddings": 514, "pad_token_id": 1}
    assert hub.longest_of(roberta, {"model_max_length": 10**30}) == 512
    assert hub.longest_of(CONFIG, {"model_max_length": 12}) == 12
    assert hub.longest_of({}, {}) is None


def test_equal_tokenizers_give_equal_encoders(folder: Path) -> None:
    first = encoder_of(texts(folder, length=8))
    assert first == encoder_of(texts(folder, length=8)) != replace(first, length=7)
    assert np.array_equal(first.encode(["sun"]), first.encode(["sun"]))
