"""Raw files become what a training made of them, sample by sample, for every kind of data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from engine.datasets.base import Dataset, Splits
from engine.datasets.image_folder import ImageFolder
from engine.datasets.series.component import Series
from engine.datasets.table import TableFile
from engine.datasets.text.component import TextFile
from engine.facts import Facts
from engine.prediction import raw, raw_inputs
from engine.problems import Problem, ProblemError
from tests.engine.datasets.series import made


def built(dataset: Dataset, folder: Path) -> Splits:
    return dataset.build(folder / "data")


def rows_of(inputs: torch.Tensor) -> list[bytes]:
    return [row.numpy().tobytes() for row in inputs]


def same_samples(splits: Splits, raw: torch.Tensor) -> bool:
    """Whether the raw inputs are all samples of all parts, in whatever order."""
    known = [row for part in splits.named().values() for row in rows_of(part.inputs)]
    return sorted(known) == sorted(rows_of(raw))


def problem(facts: Facts, *given: str) -> Problem:
    with pytest.raises(ProblemError) as caught:
        raw_inputs(facts, given)
    found = caught.value.problems[0]
    assert found.hint
    return found


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    for name, mode in (("cat", "RGB"), ("dog", "L"), ("owl", "I;16")):
        (tmp_path / "my phötos" / name).mkdir(parents=True)
        for index in range(10):
            shape = (20, 14, 3) if mode == "RGB" else (20, 14)
            deep = mode == "I;16"
            values = random.integers(0, 4096 if deep else 256, shape)
            image = Image.fromarray(values.astype(np.uint16 if deep else np.uint8))
            image.save(tmp_path / "my phötos" / name / f"{index}.png")
    return tmp_path / "my phötos"


def test_pictures(photos: Path, tmp_path: Path) -> None:
    splits = built(ImageFolder(path=str(photos), size=8, resize="pad"), tmp_path)
    raw = raw_inputs(splits.facts, [str(photos)])
    assert same_samples(splits, raw.inputs)
    assert raw.names[0].endswith("0.png")


def test_rows_of_a_table(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    lines = [f"{i / 3:.3f};{'red' if i % 3 else ''};{i % 2}".replace(".", ",") for i in range(60)]
    path.write_text("size;color;kind\n" + "\n".join(lines), encoding="utf-8")
    splits = built(TableFile(path=str(path), target="kind", decimal="comma"), tmp_path)
    raw = raw_inputs(splits.facts, [str(path)])
    assert same_samples(splits, raw.inputs)
    assert raw.names[4] == f"{path} row 5"


def test_categories_as_codes(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    lines = [f"{i / 3:.3f},{('red', 'blue', '', f'rare {i}')[i % 4]},{i % 3}" for i in range(60)]
    path.write_text("size,color,kind\n" + "\n".join(lines), encoding="utf-8")
    splits = built(TableFile(path=str(path), target="kind", categories_as="codes",
                             categories=("color",)), tmp_path)  # fmt: skip
    assert splits.facts.cardinalities == (4,)
    assert same_samples(splits, raw_inputs(splits.facts, [str(path)]).inputs)
    (tmp_path / "new.csv").write_text("size,color\n1,purple\n2,red\n3,\n")
    codes = raw_inputs(splits.facts, [str(tmp_path / "new.csv")]).inputs[:, -1]
    assert codes.tolist() == [0, 3, 1]


def test_a_column_that_is_missing_is_named(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("a,b,kind\n" + "\n".join(f"{i},{-i},{i % 2}" for i in range(60)))
    splits = built(TableFile(path=str(path), target="kind", numbers=("a", "b")), tmp_path)
    (tmp_path / "other.csv").write_text("a,c\n1,2\n")
    assert "'b'" in problem(splits.facts, str(tmp_path / "other.csv")).sentence


def test_lines_and_texts(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    for name, word in (("good", "fine"), ("bad", "poor")):
        lines = [f"A {word} film, number {i}" for i in range(30)]
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n\n", encoding="utf-8")
    splits = built(TextFile(path=str(folder), lowercase=True), tmp_path)
    files = [str(folder / "good.txt"), str(folder / "bad.txt")]
    assert same_samples(splits, raw_inputs(splits.facts, files).inputs)
    one = raw_inputs(splits.facts, ["A FINE film, number 3"])
    assert rows_of(one.inputs)[0] in rows_of(raw_inputs(splits.facts, files[:1]).inputs)
    assert one.names == ("A FINE film, number 3",)


def test_the_end_of_a_series(tmp_path: Path) -> None:
    rows = [f"2024-01-{1 + i // 24:02} {i % 24:02}:00,{np.sin(i / 4):.4f}" for i in range(24 * 25)]
    whole = tmp_path / "whole.csv"
    whole.write_text("time,level\n" + "\n".join(rows))
    series = Series(path=str(whole), window=12, horizon=3)
    splits = built(series, tmp_path)
    (tmp_path / "known.csv").write_text("time,level\n" + "\n".join(rows[:-3]))
    raw = raw_inputs(splits.facts, [str(tmp_path / "known.csv")])
    torch.testing.assert_close(raw.inputs[0], splits.test.inputs[-1], rtol=0, atol=1e-6)
    (tmp_path / "short.csv").write_text("time,level\n" + "\n".join(rows[:5]))
    assert "looks at" in problem(splits.facts, str(tmp_path / "short.csv")).sentence


def test_a_series_is_brought_into_the_order_that_was_learned_from(tmp_path: Path) -> None:
    """Newest first, rows twice, and four rows an hour where the network has seen hours."""
    rows = [f"2024-01-{1 + i // 96:02} {i // 4 % 24:02}:{i % 4 * 15:02},{np.sin(i / 16):.4f}"
            for i in range(96 * 25)]  # fmt: skip
    whole, known = tmp_path / "whole.csv", tmp_path / "known.csv"
    whole.write_text("time,level\n" + "\n".join(rows))
    known.write_text("time,level\n" + "\n".join(reversed(rows[:-12])))
    plain = built(Series(path=str(whole), window=12, horizon=12), tmp_path)
    raw = raw_inputs(plain.facts, [str(known)])
    torch.testing.assert_close(raw.inputs[0], plain.test.inputs[-1], rtol=0, atol=1e-6)
    hourly = built(Series(path=str(whole), window=12, horizon=3, resample="hour"), tmp_path)
    raw = raw_inputs(hourly.facts, [str(known)])
    torch.testing.assert_close(raw.inputs[0], hourly.test.inputs[-1], rtol=0, atol=1e-6)
    known.write_text("time,level\n" + "\n".join([*rows[:60], rows[59]]))
    assert "of a time that was there before" in problem(plain.facts, str(known)).sentence


@pytest.mark.parametrize(
    ("unit", "window", "expected"),
    [("h", 12, ("2024-01-05 04:00:00", "2024-01-05 05:00:00")),
     ("D", 5, ("2024-04-10", "2024-04-11")), ("M", 5, ("2032-05-01", "2032-06-01"))],
)  # fmt: skip
def test_the_steps_ahead_have_times(
    unit: str, window: int, expected: tuple[str, ...], tmp_path: Path
) -> None:
    path = made.write(tmp_path, made.lines(100, unit))
    splits = built(Series(path=path, target=("load",), window=window, horizon=2), tmp_path)
    assert raw_inputs(splits.facts, [path, path]).times == (expected, expected)


def test_rows_that_are_known_already_have_their_own_times(tmp_path: Path) -> None:
    lines = made.lines(100, "D")
    path = made.write(tmp_path, lines)
    series = Series(path=path, target=("load",), known=("wind",), window=5, horizon=2)
    splits = built(series, tmp_path)
    assert raw_inputs(splits.facts, [path]).times == ((lines[-2][0][:10], lines[-1][0][:10]),)


def test_times_of_several_zones_are_forecast_in_utc(tmp_path: Path) -> None:
    lines = made.lines(100, "h")
    zones = ["zone", *("+02:00" if row % 2 else "Z" for row in range(100))]
    for row in lines[1:]:
        hours = 2 if zones[lines.index(row)] == "+02:00" else 0
        local = np.datetime64(row[0].replace(" ", "T")) + np.timedelta64(hours, "h")
        row[0] = f"{str(local).replace('T', ' ')}{zones[lines.index(row)]}"
    path = made.write(tmp_path, lines)
    splits = built(Series(path=path, target=("load",), window=5, horizon=1), tmp_path)
    assert raw_inputs(splits.facts, [path]).times == (("2024-01-05 04:00:00Z",),)


def test_a_series_without_times_is_forecast_without(tmp_path: Path) -> None:
    path = made.write(tmp_path, [row[1:] for row in made.lines(100)])
    splits = built(Series(path=path, target=("load",), window=5, horizon=1), tmp_path)
    assert raw_inputs(splits.facts, [path]).times == ((),)


def test_rows_of_another_distance_are_refused(tmp_path: Path) -> None:
    path = made.write(tmp_path, made.lines(100, "h"))
    splits = built(Series(path=path, target=("load",), window=5, horizon=1), tmp_path)
    for unit, said in (("m", "1 minute"), ("D", "1 day")):
        rows = made.lines(50, unit)
        for row in rows[1:]:
            row[0] = row[0] if " " in row[0] else f"{row[0]} 00:00:00"
        other = made.write(tmp_path, rows, "other.csv")
        found = problem(splits.facts, other)
        assert f"has steps of {said}; the model was trained on steps of 1 hour" in found.sentence
    some = made.lines(50, "h")
    del some[20:23]  # a hole is no other step
    holed = made.write(tmp_path, some, "holed.csv")
    assert raw_inputs(splits.facts, [holed]).times == (("2024-01-03 02:00:00",),)


def test_where_rows_of_all_distances_were_learned_from_any_will_do(tmp_path: Path) -> None:
    lines, days = made.lines(100, "D"), np.cumsum(np.arange(100) * 7 % 5 + 1)
    for row, day in zip(lines[1:], days, strict=True):
        row[0] = str(np.datetime64("2024-01-01") + day)
    path = made.write(tmp_path, lines)
    splits = built(Series(path=path, target=("load",), window=5, horizon=1), tmp_path)
    assert raw_inputs(splits.facts, [path]).names == (path,)


def test_data_that_came_from_no_file_is_said(tmp_path: Path) -> None:
    facts = Facts("image", (1, 8, 8), "classes", ("0", "1"), 10)
    assert "did not come from files" in problem(facts, "x.png").sentence


def test_nothing_given_and_nothing_there(photos: Path, tmp_path: Path) -> None:
    facts = built(ImageFolder(path=str(photos), size=8), tmp_path).facts
    assert "nothing" in problem(facts).sentence
    assert "no file" in problem(facts, str(tmp_path / "gone.png")).sentence
    (tmp_path / "broken.png").write_bytes(b"no picture")
    assert "broken.png cannot be read" in problem(facts, str(tmp_path / "broken.png")).sentence
    assert "no file" in problem(facts, "long" * 1000).sentence


def test_too_much_at_once(photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = built(ImageFolder(path=str(photos), size=8), tmp_path).facts
    monkeypatch.setattr(raw, "MOST_BYTES", 1000)
    assert "more than are taken at once" in problem(facts, str(photos)).sentence
    monkeypatch.setattr(raw, "MOST_CHARACTERS", 5)
    texts = tmp_path / "texts.txt"
    texts.write_text("many words")
    found = built(TextFile(path="sample:names"), tmp_path).facts
    assert "more than 5 characters" in problem(found, str(texts)).sentence


@pytest.mark.parametrize("encoding", ["{}", "no json", '{"size": 9, "channels": 1}', "[1]"])
def test_a_damaged_description_is_a_problem(encoding: str, photos: Path, tmp_path: Path) -> None:
    facts = built(ImageFolder(path=str(photos), size=8), tmp_path).facts
    assert "damaged" in problem(replace(facts, encoding=encoding), str(photos)).sentence
