"""A path becomes a recipe: the kind, the target, what suits it, and why."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.inspection.propose import propose
from engine.problems import ProblemError
from engine.recipe import Recipe
from tests.engine.inspection.made import divided, measures, pattern, pictures, save, table

REAL = {
    "vision/cifar10_jpg_subset": ("image_folder", {}),
    "vision/flowers5": ("image_folder", {}),
    "tabular/titanic.csv": ("table", {"target": "Survived"}),
    "tabular/penguins.csv": ("table", {"target": "species"}),
    "tabular/winequality-red.csv": ("table", {"target": "column_12"}),
    "tabular/california_housing.csv": ("table", {"target": "median_house_value"}),
    "text/sms_spam.tsv": ("text", {}),
    "text/rt_polarity": ("text", {}),
    "text/names": ("text", {"tokens": "character"}),
    "text/tinyshakespeare.txt": ("text_corpus", {}),
    "timeseries/ETTh1.csv": ("series", {"time_column": "date", "target": ["OT"], "horizon": 24}),
    "timeseries/airline-passengers.csv": ("series", {"target": ["Passengers"], "horizon": 12}),
    "timeseries/daily-min-temperatures.csv": ("series", {"target": ["Temp"], "horizon": 7}),
}


@pytest.mark.parametrize("path", REAL)
def test_real_data_is_recognised(path: str, shared_data: Path) -> None:
    kind, options = REAL[path]
    proposal = propose(shared_data / path)
    assert proposal.kind == kind
    dataset = proposal.data["dataset"]
    assert {name: dataset[name] for name in options} == options
    recipe = Recipe.parse(proposal.data)
    assert recipe.dataset.name == kind
    assert proposal.reasons
    for other in proposal.alternatives:
        assert other.kind != kind
        Recipe.parse(other.data)


def problem_of(path: object) -> str:
    with pytest.raises(ProblemError) as caught:
        propose(path)  # type: ignore[arg-type]
    (problem,) = caught.value.problems
    assert problem.path == "dataset.path"
    assert problem.hint
    return problem.sentence


def test_nothing_there(tmp_path: Path) -> None:
    assert "No path" in problem_of("  ")
    assert "nothing at" in problem_of(tmp_path / "absent")
    assert "cannot be read" in problem_of("a\0b") or "nothing at" in problem_of("a\0b")
    (tmp_path / "empty").mkdir()
    assert "empty" in problem_of(tmp_path / "empty")
    (tmp_path / "empty.csv").touch()
    assert "empty" in problem_of(tmp_path / "empty.csv")


def test_what_is_not_known(tmp_path: Path) -> None:
    (tmp_path / "model.pth").write_bytes(b"\x80\x02\0")
    assert "no kind that is known" in problem_of(tmp_path / "model.pth")
    assert "none that is known" in problem_of(tmp_path)
    save(pattern(0), tmp_path / "one.png")
    assert "single picture" in problem_of(tmp_path / "one.png")


def test_a_path_with_spaces_and_other_letters(tmp_path: Path) -> None:
    proposal = propose(divided(tmp_path / "meine Fotos äöü"))
    assert proposal.kind == "image_folder"
    assert proposal.data["name"] == "meine Fotos äöü"
    assert "train and val and test are folders of their own" in proposal.reasons
    Recipe.parse(proposal.data)


def test_few_pictures_are_augmented(tmp_path: Path) -> None:
    recipe = Recipe.parse(propose(divided(tmp_path / "few")).data)
    assert recipe.regularization.augmentation


def test_a_csv_with_dates_can_be_a_table_too(tmp_path: Path) -> None:
    days = np.datetime64("2020-01-01") + np.arange(200)
    path = table(tmp_path / "sales.csv", {"day": days, **measures()})
    proposal = propose(path)
    assert proposal.kind == "series"
    assert [other.kind for other in proposal.alternatives] == ["table"]


def test_dates_that_are_no_time_of_rows_make_no_series(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    born = np.datetime64("1960-01-01") + random.choice(20_000, 200, replace=False)
    path = table(tmp_path / "people.csv", {"born": born, **measures()})
    assert propose(path).kind == "table"


def test_sentences_with_labels_are_texts(tmp_path: Path) -> None:
    said = [f"I said the number {n} and nothing but that number" for n in range(100)]
    path = table(tmp_path / "said.csv", {"text": said, "odd": ["yes", "no"] * 50})
    proposal = propose(path)
    assert proposal.kind == "text"
    assert "'text' is taken for the text" in proposal.reasons


def test_a_table_with_a_broken_row_is_still_a_table(tmp_path: Path) -> None:
    path = table(tmp_path / "broken.csv", measures(50))
    path.write_text(path.read_text() + "1,2,3,4,5\n", encoding="utf-8")
    proposal = propose(path)
    assert proposal.kind == "table"
    assert "cannot be used as it is" in proposal.reasons[0]


def test_a_folder_with_a_table_in_it(tmp_path: Path) -> None:
    table(tmp_path / "small.csv", measures(20))
    table(tmp_path / "large.csv", measures(200))
    proposal = propose(tmp_path)
    assert proposal.kind == "table"
    assert proposal.reasons[0] == "large.csv is the largest of 2 tables"


def test_a_folder_of_paragraphs_is_a_corpus(tmp_path: Path) -> None:
    for book in ("one", "two"):
        lines = [f"Line {n} of {book}." if n % 5 else "" for n in range(400)]
        (tmp_path / f"{book}.txt").write_text("\n".join(lines), encoding="utf-8")
    assert propose(tmp_path).kind == "text_corpus"


def test_a_folder_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    pictures(tmp_path, "", "only", range(5))
    proposal = propose(tmp_path)
    assert proposal.kind == "image_folder"
    assert any("cannot be used as they are" in reason for reason in proposal.reasons)


def test_a_file_of_python_is_own_code_and_does_not_run(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    code = "from pathlib import Path\nPath(__file__).with_name('ran').touch()\n\n"
    path.write_text(code + "def datasets():\n    return [[1.0]], [0]\n" + "# more\n" * 1_000)
    proposal = propose(path)
    assert (proposal.kind, proposal.data["dataset"]["path"]) == ("python", str(path))
    assert [other.kind for other in proposal.alternatives] == ["text_corpus"]
    assert not (tmp_path / "ran").exists()


def test_a_short_text_is_learned_in_more_epochs(tmp_path: Path) -> None:
    epochs = []
    for lines in (1_000, 100_000):
        path = tmp_path / f"{lines}.txt"
        path.write_text("It was a dark and stormy night;\n" * lines, encoding="utf-8")
        epochs.append(propose(path).data["training"]["epochs"])
    assert epochs[0] > epochs[1]
