"""TorchScript: one archive that runs in any libtorch, without Python and without this program."""

from __future__ import annotations

import io
import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from engine.exporters.base import Exporter
from engine.exporters.contents import Contents
from engine.problems import Problem, ProblemError
from engine.schema import register

if TYPE_CHECKING:
    from torch import Tensor

    from engine.exporters.base import Runner
    from engine.exporters.deployed import Deployed


@register
class TorchScriptExporter(Exporter):
    """A traced program with its weights, for torch in C++, Java or Python."""

    title: ClassVar[str] = "TorchScript"
    name: Literal["torchscript"] = "torchscript"
    suffix: ClassVar[str] = "pt"

    def write(self, model: Deployed, contents: Contents, example: Tensor, path: Path) -> None:
        """Trace in eval mode; the contents stand beside the code as extra files."""
        import torch

        _quieten()
        # The caller compares with the model itself, so torch's own comparison is left out.
        try:
            traced = torch.jit.trace(model, example, check_trace=False)  # type: ignore[no-untyped-call]
        except RuntimeError as error:
            reason = str(error).strip().splitlines()[0]
            sentence = f"This network cannot be written as TorchScript: {reason}"
            raise ProblemError(Problem("export", sentence, "choose another format")) from error
        archive = io.BytesIO()  # so that a full disk is an OSError
        torch.jit.save(traced, archive, _extra_files=_extra_files(contents))
        path.write_bytes(archive.getvalue())

    def open(self, path: Path) -> Runner:
        """The archive as `torch.jit.load` gives it."""
        import torch

        _quieten()
        runner: Runner = torch.jit.load(str(path), map_location="cpu")  # type: ignore[no-untyped-call]
        return runner


def _extra_files(contents: Contents) -> dict[str, str]:
    """`recipe.yaml`, `class_names.json` (or `target_names.json`) and `contents.json` with all."""
    strings = contents.as_strings()
    names = {
        f"{key}.json": strings[key] for key in ("class_names", "target_names") if key in strings
    }
    return {"recipe.yaml": contents.recipe, "contents.json": json.dumps(strings), **names}


def _quieten() -> None:
    """Silence three known messages of torch and no others.

    Torch recommends `torch.export` instead, whose files need Python; and its own RNN code warns
    when traced. Named filters rather than `catch_warnings`, which changes the filters of all
    threads while it lasts.
    """
    import torch

    for module in (r"torch\.jit\.", r"engine\.exporters\."):
        warnings.filterwarnings("ignore", r"`torch\.jit\.", DeprecationWarning, module)
    tracer: type[Warning] = torch.jit.TracerWarning  # type: ignore[attr-defined]
    warnings.filterwarnings("ignore", category=tracer, module=r"torch\.nn\.")
