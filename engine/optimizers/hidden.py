"""Which weights of a network are matrices between hidden layers."""

from __future__ import annotations

from torch import nn


def hidden_matrices(network: nn.Module) -> list[nn.Parameter]:
    """The matrices of linear, recurrent and attention layers, without those of the last layer
    that has any and without embeddings, also where another layer shares them."""
    found = [_matrices(part) for part in network.modules()]
    layers = [matrices for matrices in found if matrices]
    others = {id(matrix) for matrix in layers[-1]} if layers else set()
    for part in network.modules():
        if isinstance(part, nn.Embedding | nn.EmbeddingBag):
            others.add(id(part.weight))
    unique = {id(matrix): matrix for matrices in layers for matrix in matrices}
    return [matrix for key, matrix in unique.items() if key not in others]


def _matrices(part: nn.Module) -> list[nn.Parameter]:
    if not isinstance(part, nn.Linear | nn.RNNBase | nn.RNNCellBase | nn.MultiheadAttention):
        return []
    return [p for p in part.parameters(recurse=False) if p.dim() == 2]
