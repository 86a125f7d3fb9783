"""The layers of which transformers are made (Vaswani and others 2017), normalised before each."""

from __future__ import annotations

from math import sqrt

from torch import Tensor, cat, empty, nn, ones_like

from engine.architectures.layers import dropout_layer
from engine.architectures.tokens import AlongText

STD = 0.02
"""Spread of the first weights, as in GPT-2."""


class Positions(nn.Module):
    """Adds a learned vector for each place: (N, T, width) with T up to `length`."""

    def __init__(self, length: int, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(empty(length, width))
        nn.init.normal_(self.weight, std=STD)

    def forward(self, steps: Tensor) -> Tensor:
        """Shorter sequences have the first places."""
        return steps + self.weight[: steps.shape[1]]


class ClassToken(nn.Module):
    """A learned step before all others, in which a transformer collects what it has read."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(empty(1, 1, width))
        nn.init.normal_(self.weight, std=STD)

    def forward(self, steps: Tensor) -> Tensor:
        """(N, T, width) to (N, T + 1, width)."""
        return cat([self.weight.expand(steps.shape[0], -1, -1), steps], dim=1)


class SelfAttention(AlongText):
    """Each step looks at all steps that are there, or (causal) at itself and earlier ones."""

    def __init__(self, width: int, heads: int, causal: bool) -> None:
        super().__init__()
        self.heads, self.causal = heads, causal
        self.query_key_value = nn.Linear(width, 3 * width)
        self.output = nn.Linear(width, width)

    def forward(self, steps: Tensor, real: Tensor | None = None) -> Tensor:
        """(N, T, width) to the same."""
        parts = self.query_key_value(steps).unflatten(2, (3, self.heads, -1))
        query, key, value = parts.permute(2, 0, 3, 1, 4).unbind(0)  # each (N, heads, T, size)
        mask = None if real is None else real[:, None, None, :]
        seen = nn.functional.scaled_dot_product_attention(
            query, key, value, attn_mask=mask, is_causal=self.causal
        )
        output: Tensor = self.output(seen.transpose(1, 2).flatten(2))
        return output


class Block(AlongText):
    """Attention and a two-layer network, each added to its input; dropout of what is added."""

    def __init__(self, width: int, heads: int, causal: bool, dropout: float) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(width)
        self.attention = SelfAttention(width, heads, causal)
        self.attention_dropout = dropout_layer(dropout)
        self.network = nn.Sequential(
            nn.LayerNorm(width),
            nn.Linear(width, 4 * width),
            nn.GELU(),
            nn.Linear(4 * width, width),
            dropout_layer(dropout),
        )

    def forward(self, steps: Tensor, real: Tensor | None = None) -> Tensor:
        """(N, T, width) to the same."""
        seen = self.attention(self.attention_norm(steps), real)
        steps = steps + self.attention_dropout(seen)
        added: Tensor = self.network(steps)
        return steps + added


class Collecting(AlongText):
    """Blocks after a class token, whose last state is kept: (N, T, width) to (N, width)."""

    def __init__(self, positions: Positions, blocks: list[Block], width: int) -> None:
        super().__init__()
        self.token = ClassToken(width)
        self.positions = positions
        self.blocks = nn.ModuleList(blocks)

    def forward(self, steps: Tensor, real: Tensor | None = None) -> Tensor:
        """The class token is always there."""
        steps = self.positions(self.token(steps))
        if real is not None:
            real = cat([ones_like(real[:, :1]), real], dim=1)
        for block in self.blocks:
            steps = block(steps, real)
        return steps[:, 0]


def blocks_of(layers: int, width: int, heads: int, causal: bool, dropout: float) -> list[Block]:
    """Blocks with the first weights of GPT-2: those that add to the stream are smaller, so that
    it has the same spread after any number of blocks."""
    blocks = [Block(width, heads, causal, dropout) for _ in range(layers)]
    for block in blocks:
        adding = (block.attention.output, block.network[3])
        for part in block.modules():
            if isinstance(part, nn.Linear):
                nn.init.normal_(part.weight, std=STD / (sqrt(2 * layers) if part in adding else 1))
                nn.init.zeros_(part.bias)
    return blocks
