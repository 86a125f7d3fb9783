"""YAML: the numbers people write, nothing that executes or explodes, errors with a place."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import yamlfile
from engine.problems import ProblemError


def problem(text: str) -> str:
    with pytest.raises(ProblemError) as caught:
        yamlfile.parse(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-4", 1e-4),
        ("1E3", 1e3),
        ("-2.5e+3", -2500.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("1_000", 1000),
        ("0", 0),
        ("-7", -7),
        ("007", "007"),
        ("0x10", "0x10"),
        ("12:30", "12:30"),
        ("2024-01-01", "2024-01-01"),
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("", None),
        ("'1e-4'", "1e-4"),
        ("[64, 32]", [64, 32]),
        ("{a: {b: [1]}}", {"a": {"b": [1]}}),
        ("\ufeffa: 1", {"a": 1}),
    ],
)
def test_plain_values_are_read_as_yaml_1_2_has_them(text: str, value: Any) -> None:
    found = yamlfile.parse(text)
    assert found == value
    assert type(found) is type(value)


def test_the_special_floats_are_read_and_left_to_the_recipe_to_refuse() -> None:
    assert yamlfile.parse("-.inf") == -math.inf
    assert math.isnan(yamlfile.parse(".nan"))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a: &x [1]\nb: *x\n", "line 2, column 4: aliases are not used here"),
        ("a: 1\nb: 2\na: 3\n", "line 3, column 1: the key 'a' stands twice"),
        ("x:\n  a: 1\n  a: 3\n", "line 3, column 3: the key 'a' stands twice"),
        ("1: a", "the key 1 is not a name"),
        ("[1, 2]: a", "is not a name"),
        ("a: !!python/object/apply:os.system ['true']", "line 1, column 4"),
        ("!!python/object:os.system {}", "python/object"),
        ("? !!binary YQ==\n: 1", "is not a name"),
        ("a: [1", "line 1, column"),
        ("a: 1\n b: 2", "line 2, column 3"),
        ("a:\tb: c", "line 1"),
        ("a: 1\n---\nb: 2", "another document"),
        ("a: \x00", "cannot be read"),
        ("[" * 3000, "cannot be read"),
        ("a: {<<: {b: 1}}\n", ""),
    ],
)
def test_what_a_recipe_never_needs_is_a_problem_with_a_place(text: str, part: str) -> None:
    if part:
        assert part in problem(text)
    else:
        assert yamlfile.parse(text) == {"a": {"<<": {"b": 1}}}


def test_files_that_cannot_be_read_are_problems(tmp_path: Path) -> None:
    cases = {
        "missing.yaml": (None, "No such file"),
        "binary.yaml": (b"\xff\xfe\x00a", "not UTF-8"),
        "huge.yaml": (b"#" * (yamlfile.MAX_BYTES + 1), "too large"),
        "broken.yaml": (b"a: [", "line 1"),
    }
    for name, (content, part) in cases.items():
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(ProblemError, match=part) as caught:
            yamlfile.load(path)
        assert caught.value.problems[0].path == str(path)
    with pytest.raises(ProblemError, match="cannot be read"):
        yamlfile.load(tmp_path)


def test_a_file_saved_by_notepad_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: x\r\n")
    assert yamlfile.load(path) == {"a": 1, "b": "x"}


def test_lists_stand_on_one_line_and_the_comment_opens_the_file() -> None:
    text = yamlfile.dump({"hidden": [64, 32], "lr": 1e-4}, "One.\n\nTwo.")
    assert text == "# One.\n#\n# Two.\nhidden: [64, 32]\nlr: 0.0001\n"


_scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(),
    st.sampled_from(["no", "1e3", "~", "a\nb\n", " x ", "\u2028", "#", "- a", "'", '"', "\ufeff",
                     "\x85", "a\n  b", "\n", "null", "1_0", ".5", "=", "<<", "\r\n", "a: b"]),
)  # fmt: skip
_names = st.text(min_size=1, max_size=8)
_data = st.recursive(
    st.dictionaries(_names, _scalars, max_size=4),
    lambda inner: st.dictionaries(
        _names, st.one_of(inner, st.lists(_scalars, max_size=3)), max_size=3
    ),
    max_leaves=6,
)


@given(_data)
def test_what_is_written_is_read_back_unchanged(data: dict[str, Any]) -> None:
    assert yamlfile.parse(yamlfile.dump(data)) == data


@given(st.text())
def test_any_text_is_data_or_a_problem(text: str) -> None:
    try:
        yamlfile.parse(text)
    except ProblemError as error:
        found = error.problems  # the other outcome that is fine
        assert found


# --- A glance -----------------------------------------------------------------------------------


def glance(text: str, folder: Path) -> dict[str, str]:
    path = folder / "glance.yaml"
    path.write_bytes(text.encode())
    return yamlfile.glance(path)


@given(
    st.dictionaries(
        st.sampled_from("abcd"),
        st.one_of(_scalars, st.lists(_scalars), st.dictionaries(st.sampled_from("xyz"), _scalars)),
    )
)
def test_a_glance_sees_the_texts_of_two_levels(
    tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any]
) -> None:
    found = glance(yamlfile.dump(data), tmp_path_factory.getbasetemp())
    flat = {key: value for key, value in data.items() if isinstance(value, str)}
    for key, section in data.items():
        if isinstance(section, dict):
            flat |= {f"{key}.{k}": v for k, v in section.items() if isinstance(v, str)}
    assert {key: found[key] for key in flat} == flat


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("plain", {}),
        ("[a, {b: c}]", {"[].b": "c"}),
        ("a: {b: {c: d}, e: f}", {"a.e": "f"}),
        ("a: [{b: c}, d]\ne: f", {"e": "f"}),
        ("? {a: b}\n: c\nd: e", {".a": "b", "?": "c", "d": "e"}),
        ("? [a]\n: c\nd: e", {"?": "c", "d": "e"}),
        ("a: &x b\nc: *x\n*x : d\ne: f", {"a": "b", "?": "d", "e": "f"}),
        ('"[]": a\nb: c', {"?": "a", "b": "c"}),
        ("a: no\na: 1e3", {"a": "1e3"}),
    ],
)
def test_a_glance_at_what_no_recipe_is(text: str, found: dict[str, str], tmp_path: Path) -> None:
    assert glance(text, tmp_path) == found


@pytest.mark.parametrize("text", ["a: [", "[" * 400_000, "{a: " * 200_000, "a: \x00", "- a\nb"])
def test_a_glance_that_fails_is_a_problem(text: str, tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="cannot be read"):
        glance(text, tmp_path)
