"""The wheel: installed elsewhere, it finds its presets and resources and runs its commands."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from engine import paths

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = "Scripts" if os.name == "nt" else "bin"


def run(*command: object, cwd: Path) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True, text=True, cwd=cwd, timeout=300, env=clean,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel installed, which sees the development packages besides."""
    if importlib.util.find_spec("hatchling") is None or importlib.util.find_spec("pip") is None:
        pytest.skip("building a wheel needs pip and hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    build = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
             "--no-index", "--wheel-dir", folder, ROOT)  # fmt: skip
    run(*build, cwd=folder)
    (wheel,) = folder.glob("trainboard-*.whl")
    home = folder / "environment"
    venv.create(home, with_pip=False, symlinks=os.name != "nt")
    python = home / SCRIPTS / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps",
        "--no-index", wheel, cwd=folder)  # fmt: skip
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))",
                    cwd=folder).strip())  # fmt: skip
    # A path in a .pth file comes after the environment's own packages, and the .pth files in
    # there (an editable install of this very project) are not read.
    (site / "development.pth").write_text(sysconfig.get_path("purelib"))
    return home


def test_presets_are_listed_from_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    listed = json.loads(run(installed / SCRIPTS / "trainboard", "presets", "--json", cwd=tmp_path))
    shipped = [entry for entry in listed if entry["shipped"]]
    assert len(shipped) == len([*paths.bundled("presets").rglob("*.y*ml")]) >= 9
    for entry in shipped:
        assert installed in Path(entry["path"]).parents
        assert Path(entry["path"]).is_file()


def test_code_and_resources_come_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    code = (
        "import engine, gui, main; from engine import paths; "
        "print(engine.__file__, gui.__file__, main.__file__, sep='\\n'); "
        "print(paths.bundled('resources'))"
    )
    found = run(installed / SCRIPTS / "python", "-c", code, cwd=tmp_path).splitlines()
    assert all(installed in Path(line).parents for line in found)
    resources = Path(found[-1])
    wanted = paths.bundled("resources")
    names = sorted(str(path.relative_to(wanted)) for path in wanted.rglob("*") if path.is_file())
    assert names
    assert names == sorted(
        str(path.relative_to(resources)) for path in resources.rglob("*") if path.is_file()
    )


def test_a_shipped_preset_is_shown(installed: Path, tmp_path: Path) -> None:
    text = run(installed / SCRIPTS / "trainboard", "show", "digits_mlp", "training.epochs=1",
               cwd=tmp_path)  # fmt: skip
    assert "epochs: 1\n" in text
