"""ONNX: one file for onnxruntime and for the many programs and devices that read it."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.exporters.base import Exporter
from engine.exporters.contents import Contents
from engine.problems import Problem, ProblemError
from engine.schema import register

if TYPE_CHECKING:
    from torch import Tensor

    from engine.exporters.base import Runner
    from engine.exporters.deployed import Deployed

_INPUT, _OUTPUT = "input", "output"
_LARGEST = 2**31 - 2**20  # bytes; the graph itself needs some


@register
class OnnxExporter(Exporter):
    """An ONNX graph with any batch size, for onnxruntime, browsers, phones and other tools."""

    title: ClassVar[str] = "ONNX"
    name: Literal["onnx"] = "onnx"
    suffix: ClassVar[str] = "onnx"
    needs: ClassVar[tuple[str, ...]] = ("onnx", "onnxscript", "onnxruntime")

    def write(self, model: Deployed, contents: Contents, example: Tensor, path: Path) -> None:
        """Export the graph with a free batch size; the contents become `metadata_props`."""
        from engine import torchsetup as torchsetup  # torch's exporter looks for torchvision

        _check_size(model)
        _quieten()
        path.write_bytes(_convert(model, contents, example))

    def open(self, path: Path) -> Runner:
        """The file in onnxruntime on the CPU."""
        import onnxruntime
        import torch

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # a training may be using the others
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )

        texts = session.get_inputs()[0].type == "tensor(int64)"
        wanted = torch.int64 if texts else torch.float32

        def run(raw: Tensor) -> Tensor:
            (output,) = session.run([_OUTPUT], {_INPUT: raw.to(wanted).numpy()})
            return torch.from_numpy(output)

        return run


def _convert(model: Deployed, contents: Contents, example: Tensor) -> bytes:
    import torch

    try:
        program = torch.onnx.export(
            model,
            (example,),
            dynamo=True,
            dynamic_shapes=({0: torch.export.Dim("batch")},),
            input_names=[_INPUT],
            output_names=[_OUTPUT],
            verbose=False,
        )
    except torch.onnx.OnnxExporterError as error:
        reason = str(error.__cause__ or error).strip().splitlines()[0]
        sentence = f"This network cannot be written as ONNX: {reason}"
        raise ProblemError(Problem("export", sentence, "choose another format")) from error
    assert program is not None
    _forget_this_machine(program.model.graph)
    program.model.metadata_props.update(contents.as_strings())
    data: bytes = program.model_proto.SerializeToString()
    return data


def _forget_this_machine(graph: Any) -> None:
    """Remove torch's notes on its own work: they quote source code with this machine's paths,
    and are the larger part of a small file."""
    for part in (graph, *graph.all_nodes()):
        for key in [key for key in part.metadata_props if key.startswith("pkg.torch.")]:
            del part.metadata_props[key]


def _check_size(model: Deployed) -> None:
    """A protocol buffer, which an ONNX file is, ends at 2 GiB."""
    size = sum(tensor.nbytes for tensor in model.state_dict().values())
    if size >= _LARGEST:
        sentence = f"The weights take {size / 2**30:.1f} GiB and an ONNX file holds less than 2"
        raise ProblemError(Problem("export", sentence, "choose safetensors"))


def _quieten() -> None:
    """Silence three known messages of torch's own exporter about its inner workings."""
    warnings.filterwarnings("ignore", r"The tensor attributes? self\.", UserWarning)
    warnings.filterwarnings("ignore", r".*_check_is_size will be removed", FutureWarning)
    warnings.filterwarnings("ignore", r".*LeafSpec.* is deprecated", FutureWarning)
