"""Presets: listing, finding, saving."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import paths, presets
from engine.problems import ProblemError
from engine.recipe import Recipe

RECIPE = Recipe.parse({"version": 1, "name": "Mine", "dataset": "digits", "architecture": "mlp"})


def problem_of(name: str) -> str:
    with pytest.raises(ProblemError) as caught:
        presets.find(name)
    return str(caught.value)


def test_shipped_presets_are_listed_from_every_folder_below() -> None:
    folder = paths.bundled("presets")
    files = [*folder.rglob("*.yaml"), *folder.rglob("*.yml")]
    listed = presets.list_presets()
    assert len(listed) == len(files) >= 9
    assert {preset.path for preset in listed} == set(files)
    for preset in listed:
        assert preset.shipped
        assert not preset.problem
        assert preset.title
        assert preset.description
        assert presets.find(preset.name) == preset


def test_the_users_own_are_listed_too_and_take_the_place_of_a_shipped_one() -> None:
    presets.save(RECIPE, presets.user_path("mine"), "What it teaches.\n\nSecond paragraph.")
    presets.save(RECIPE, paths.user_presets_dir() / "vision" / f"{presets.STARTER}.yaml")
    presets.save(RECIPE, presets.user_path(presets.STARTER))
    listed = {preset.name: preset for preset in presets.list_presets()}
    assert listed["mine"].title == "Mine"
    assert listed["mine"].description == "What it teaches.\n\nSecond paragraph."
    assert not listed["mine"].shipped
    assert not listed[presets.STARTER].shipped
    assert presets.find(f"vision/{presets.STARTER}").recipe() == RECIPE
    assert [preset.name for preset in presets.list_presets()].count(presets.STARTER) == 1


def test_a_broken_one_is_listed_with_its_problem() -> None:
    path = presets.user_path("broken")
    path.parent.mkdir(parents=True)
    path.write_text("# Was good once.\nname: [")
    (preset,) = [preset for preset in presets.list_presets() if preset.name == "broken"]
    assert "line 2" in preset.problem
    assert preset.title == "broken"
    assert preset.description == "Was good once."


def test_a_file_is_found_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ein ünïcode (2).yml"
    presets.save(RECIPE, path)
    assert presets.find(str(path)).recipe() == RECIPE
    monkeypatch.chdir(tmp_path)
    found = presets.find(path.name)
    assert (found.path, found.name, found.shipped) == (path, path.stem, False)
    assert found.as_json()["path"] == str(path)


def test_what_is_not_there_is_a_problem_with_a_suggestion(tmp_path: Path) -> None:
    presets.save(RECIPE, tmp_path / "wine_mlp.yaml")
    presets.save(RECIPE, presets.user_path("my_digits"))
    assert "did you mean 'my_digits'?" in problem_of("my_digit")
    assert "did you mean 'my_digits'?" in problem_of("my_digits.yaml")
    assert "wine_mlp.yaml" in problem_of(str(tmp_path / "wine_mpl.yaml"))
    assert "There is no preset" in problem_of("completely else")
    assert "There is no preset" in problem_of("")
    assert "There is no preset" in problem_of(str(tmp_path))


def test_saving_keeps_the_opening_comment_and_nothing_temporary(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("# One.\n#\n#   indented\n\n# not part of it\nversion: 1\n")
    presets.save(RECIPE, path)
    assert path.read_text().startswith("# One.\n#\n#   indented\nversion: 1\n")
    presets.save(RECIPE, path)
    assert presets.opening_comment(path) == "One.\n\n  indented"
    assert presets.find(str(path)).recipe() == RECIPE
    assert [file.name for file in tmp_path.iterdir()] == ["a.yaml"]


def test_a_save_that_fails_is_a_problem_and_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.yaml"
    presets.save(RECIPE, path, "old")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ProblemError, match="No space left"):
        presets.save(RECIPE, path, "new")
    assert presets.opening_comment(path) == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.yaml"]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("digits", "digits"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a/b\\c:d*?", "a_b_c_d_"),
        ("CON", "CON_"),
        ("nul.txt", "nul.txt_"),
        (" .hidden. ", "hidden"),
        ("", "untitled"),
        ("...", "untitled"),
        ("Ünïcode 训练", "Ünïcode 训练"),
    ],
)
def test_names_are_safe_as_file_names(name: str, safe: str) -> None:
    assert presets.file_name(name) == safe


@given(st.text(max_size=300))
def test_a_preset_of_any_name_lands_in_the_users_folder(name: str) -> None:
    path = presets.user_path(name)
    assert path.parent == paths.user_presets_dir()
    assert path.stem
    assert len(path.name) < 100
