"""A backbone as a list of blocks, from its input on: what is frozen and freed together."""

from __future__ import annotations

from collections.abc import Iterator

from torch import nn

Block = tuple[str, ...]
"""The names of layers, or of single parameters, that belong together."""

_OPENED = ("Encoder", "Stage")
"""The ends of the names of classes that are no blocks themselves, but rows of them."""
_NORMS = (nn.modules.batchnorm._BatchNorm, nn.LayerNorm, nn.GroupNorm)


def blocks_of(backbone: nn.Module) -> list[Block]:
    """The blocks that have weights, in the order of the network. A normalization belongs to what
    comes before it; parameters of the backbone's own, as a vision transformer has, to the first."""
    blocks: list[Block] = []
    loose: list[str] = []
    for name, part in _parts(backbone, ""):
        if isinstance(part, nn.Parameter):
            loose.append(name)
        elif isinstance(part, _NORMS) and blocks:
            blocks[-1] = (*blocks[-1], name)
        else:
            blocks.append((name,))
    if loose:
        blocks[:1] = [(*loose, *(blocks[0] if blocks else ()))]
    return blocks


def _parts(module: nn.Module, prefix: str) -> Iterator[tuple[str, nn.Module | nn.Parameter]]:
    """What a module is a row of, by name; rows in it are opened too."""
    for name, parameter in module.named_parameters(prefix, recurse=False):
        yield name, parameter
    for name, child in module.named_children():
        full = f"{prefix}.{name}" if prefix else name
        if next(child.parameters(), None) is None:
            continue
        if _is_row(child):
            yield from _parts(child, full)
        else:
            yield full, child


def _is_row(module: nn.Module) -> bool:
    plain = type(module) in (nn.Sequential, nn.ModuleList)
    return plain or type(module).__name__.endswith(_OPENED)
