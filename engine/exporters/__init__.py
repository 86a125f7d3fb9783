"""Export formats, one a file. Each file written is loaded again and compared.

Importing this package makes the formats known; torch is imported only when one is used.
"""

from engine.exporters import onnx as onnx
from engine.exporters import safetensors as safetensors
from engine.exporters import torchscript as torchscript
from engine.exporters.base import Exporter as Exporter
from engine.exporters.base import find_exporter as find_exporter
from engine.exporters.base import formats as formats
from engine.exporters.export import ExportReport as ExportReport
from engine.exporters.export import export_model as export_model
from engine.exporters.export import export_run as export_run
