"""How a table file is read, as options of the datasets that read one."""

from __future__ import annotations

from engine.datasets.table.options import BrokenRows, Decimal, Delimiter, Encoding, Header
from engine.schema import Component, option


class FileOptions(Component):
    """A base whose options come behind those of what the file holds."""

    broken_rows: BrokenRows = option(
        "error", "What to do with rows that have too many or too few values.", advanced=True
    )
    header: Header = option("auto", "Whether the first row names the columns.", advanced=True)
    delimiter: Delimiter = option("auto", "What stands between columns.", advanced=True)
    decimal: Decimal = option("auto", "The decimal mark in a text file.", advanced=True)
    encoding: Encoding = option("auto", "The characters of a text file.", advanced=True)
    sheet: str = option("", "The sheet of a workbook; the first unless given.", advanced=True,
                        empty="the first")  # fmt: skip
