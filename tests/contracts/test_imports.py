"""What imports what: recipes are read, listed and checked without torch and without Qt."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "torchvision", "torchmetrics", "lightning", "sklearn", "onnx", "onnxruntime")
QT = ("PySide6", "shiboken6", "pyqtgraph")


def python(code: str) -> str:
    """The output of `code` in a fresh interpreter; the test fails when it fails."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "code",
    [
        "import engine.recipe, engine.schema, engine.presets, engine.overrides, engine.paths",
        "import engine.explain, engine.yamlfile, engine.recipe_schema, engine.describe",
        "import engine.runs.folder, engine.runs.metriclog, engine.training.channel, engine.api",
        "from engine import Recipe, train, ProblemError, TrainingFailedError",
        "import main, gui.launch",
        "from engine import cli; cli.run(['components', '--json'], print)",
        "from engine import cli; cli.run(['presets'], print)",
        "from engine import cli; cli.run(['schema'], print)",
        "from engine import cli; cli.run(['show', 'nothing', 'optimizer.lr=1'], print)",
        "from engine import cli; cli.run(['runs'], print); cli.run(['train', 'x'], print)",
        "from engine.recipe import Recipe as R\n"
        "R.parse({'version': 1, 'dataset': 'digits', 'architecture': 'cnn'}).to_yaml()",
        "import engine.overrides as o\n"
        "o.resolve({'version': 1, 'dataset': 'digits', 'architecture': 'mlp'}, ['optimizer=sgd'])",
    ],
)
def test_neither_torch_nor_qt_is_imported(code: str) -> None:
    listing = f"print('LOADED', *[m for m in {HEAVY + QT} if m in sys.modules])"
    out = python(f"import sys\n{code}\n{listing}")
    assert out.splitlines()[-1] == "LOADED"


@pytest.mark.parametrize(
    "order",
    [
        ("engine.recipe", "PySide6.QtWidgets", "engine.presets"),
        ("PySide6.QtWidgets", "engine.recipe"),
        ("pydantic", "PySide6.QtCore", "engine.recipe"),
        ("pydantic.main", "PySide6.QtWidgets", "engine.overrides"),
        ("PySide6.QtCore", "pydantic", "engine.recipe"),
    ],
)
def test_pydantic_and_qt_import_in_any_order(order: tuple[str, ...]) -> None:
    python("\n".join(f"import {name}" for name in order))


def test_an_unknown_name_of_the_package_is_an_attribute_error() -> None:
    import engine

    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        engine.nothing  # noqa: B018
    assert all(hasattr(engine, name) for name in engine.__all__)


def imported(path: Path) -> set[str]:
    """The modules that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize(
    "path", sorted((ROOT / "gui" / "presenters").rglob("*.py")), ids=lambda path: path.name
)
def test_presenters_use_no_part_of_qt_but_qtcore(path: Path) -> None:
    qt = {name for name in imported(path) if name.startswith("PySide6")}
    assert all(name.startswith("PySide6.QtCore") for name in qt)


def test_only_the_worker_of_the_engine_knows_qt() -> None:
    users = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "engine").rglob("*.py")
        if any(name.startswith(("PySide6", "pyqtgraph")) for name in imported(path))
    }
    assert users == {"engine/worker.py"}
