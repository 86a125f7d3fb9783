"""Which rule says what an operation does to the places of a sample."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from torch import nn

from engine.architectures.convolutions import CausalConvolution
from engine.model import rearranging, windows
from engine.model.axes import Rule, Seen, independent, same, unchanged, unknown
from engine.model.recording import Call, Step


def rule_for(step: Step) -> Rule:
    """How an operation changes what is seen; without a rule it is not known."""
    if step.module is None:
        return _FUNCTIONS.get(step.label, unknown)
    return next((rule for kind, rule in _LAYERS if isinstance(step.module, kind)), unknown)


def has_rule(call: Call) -> bool:
    """Whether `after_call` knows the module."""
    return isinstance(call.module, CausalConvolution)


def after_call(call: Call, before: Seen | None) -> Seen | None:
    """What a module of ours does that single operations would not tell."""
    assert isinstance(call.module, CausalConvolution)
    if before is None:
        return None
    reach = (call.module.kernel - 1) * call.module.dilation
    return tuple(replace(axis, seen=axis.seen + reach * axis.jump) for axis in before)


_LAYERS: tuple[tuple[Any, Rule], ...] = (
    ((nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d), unknown),
    (nn.modules.conv._ConvNd, windows.window_layer),
    (nn.modules.pooling._MaxPoolNd, windows.window_layer),
    (nn.modules.pooling._AvgPoolNd, windows.window_layer),
    (nn.modules.pooling._AdaptiveAvgPoolNd, windows.adaptive),
    (nn.modules.pooling._AdaptiveMaxPoolNd, windows.adaptive),
    (nn.Linear, windows.linear),
    (nn.Embedding, unchanged),
    (nn.Flatten, rearranging.reshaped),
    (nn.Unflatten, rearranging.reshaped),
    (nn.RNNBase, windows.recurrent),
    (nn.MultiheadAttention, windows.attention),
    ((nn.Softmax, nn.LogSoftmax), windows.softmax),
    (nn.modules.batchnorm._NormBase, same),
    ((nn.LayerNorm, nn.GroupNorm, nn.LocalResponseNorm, nn.RMSNorm), same),
    ((nn.modules.dropout._DropoutNd, nn.Identity), same),
    (tuple(getattr(nn, name) for name in nn.modules.activation.__all__
           if name not in ("MultiheadAttention", "Softmax", "Softmin", "Softmax2d", "LogSoftmax",
                           "GLU")), same),
)  # fmt: skip
_RULES: dict[Rule, str] = {
    same: "add sub mul div neg pow sqrt rsqrt exp log abs relu relu6 gelu silu elu selu sigmoid"
    " tanh hardswish hardsigmoid hardtanh leaky_relu softplus mish clamp dropout where masked_fill"
    " to float half double type type_as contiguous clone detach expand expand_as broadcast_to"
    " layer_norm batch_norm group_norm instance_norm normalize pad cat concat gather eq ne lt le"
    " gt ge and or invert feature_dropout dropout2d alpha_dropout stochastic_depth",
    rearranging.reduced: "mean sum amax amin max min var std logsumexp prod any all norm",
    rearranging.transposed: "permute transpose swapaxes t T mT",
    rearranging.reshaped: "reshape view flatten unflatten squeeze unsqueeze view_as",
    rearranging.picked: "getitem",
    rearranging.selected: "select unbind",
    rearranging.parted: "chunk split tensor_split narrow",
    windows.linear: "linear",
    windows.product: "matmul mm bmm",
    unchanged: "embedding",
    windows.softmax: "softmax log_softmax",
    windows.mixing(-2): "scaled_dot_product_attention",
    independent: "ones_like zeros_like empty_like full_like rand_like randn_like new_empty"
    " new_zeros new_ones new_full",
    windows.window_function: "max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d",
    windows.adaptive: "adaptive_avg_pool1d adaptive_avg_pool2d adaptive_max_pool1d"
    " adaptive_max_pool2d",
}
_FUNCTIONS = {name: rule for rule, names in _RULES.items() for name in names.split()}
