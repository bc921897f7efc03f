"""Activations: a = f(z), and slope * f'(z), where slope is how the loss grows with a.
Comparisons are the way round in which NaN stays NaN."""

from __future__ import annotations

import math

from nnlab.engines.kernel.compiling import compiled
from nnlab.engines.kernel.exponential import exp, expm1, log1p, sigmoid, tanh
from nnlab.engines.kernel.lanes import erf, where


@compiled
def relu(z, setting):
    return where(z <= 0.0, 0.0, z)


@compiled
def relu_back(slope, z, a, setting):
    return where(z <= 0.0, 0.0, slope)


@compiled
def leaky_relu(z, setting):
    return where(z > 0.0, z, z * setting)


@compiled
def leaky_relu_back(slope, z, a, setting):
    return where(z > 0.0, slope, slope * setting)


@compiled
def elu(z, setting):
    return where(z <= 0.0, expm1(z) * setting, z)


@compiled
def elu_back(slope, z, a, setting):
    return where(z <= 0.0, slope * setting * exp(z), slope)


@compiled
def gelu(z, setting):
    return z * 0.5 * (1.0 + erf(z * math.sqrt(0.5)))


@compiled
def gelu_back(slope, z, a, setting):
    area = 0.5 * (1.0 + erf(z * math.sqrt(0.5)))
    density = exp(z * z * -0.5) * (1 / math.sqrt(2 * math.pi))
    return slope * (area + z * density)


@compiled
def _gelu_bend(z):
    return tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z * z * z))


@compiled
def gelu_tanh(z, setting):
    return 0.5 * z * (1.0 + _gelu_bend(z))


@compiled
def gelu_tanh_back(slope, z, a, setting):
    bend = _gelu_bend(z)
    inner = math.sqrt(2 / math.pi) * (1.0 + 3 * 0.044715 * z * z)
    return slope * (0.5 * (1.0 + bend) + 0.5 * z * (1.0 - bend * bend) * inner)


@compiled
def silu(z, setting):
    return z * sigmoid(z)


@compiled
def silu_back(slope, z, a, setting):
    s = sigmoid(z)
    return slope * (s * (1.0 + z * (1.0 - s)))


@compiled
def tanh_of(z, setting):
    return tanh(z)


@compiled
def tanh_back(slope, z, a, setting):
    return slope * (1.0 - a * a)


@compiled
def sigmoid_of(z, setting):
    return sigmoid(z)


@compiled
def sigmoid_back(slope, z, a, setting):
    return slope * (1.0 - a) * a


@compiled
def softplus(z, beta):
    """log(1 + e^(beta z)) / beta, and z itself where torch thinks it near enough."""
    return where(z * beta > 20.0, z, log1p(exp(z * beta)) / beta)


@compiled
def softplus_back(slope, z, a, beta):
    return where(z * beta > 20.0, slope, slope * sigmoid(z * beta))


@compiled
def identity(z, setting):
    return z


@compiled
def identity_back(slope, z, a, setting):
    return slope


ACTIVATIONS = {
    "Identity": (identity, identity_back),
    "ReLU": (relu, relu_back),
    "Tanh": (tanh_of, tanh_back),
    "Sigmoid": (sigmoid_of, sigmoid_back),
    "LeakyReLU": (leaky_relu, leaky_relu_back),
    "ELU": (elu, elu_back),
    "GELU": (gelu, gelu_back),
    "GELU(tanh)": (gelu_tanh, gelu_tanh_back),
    "SiLU": (silu, silu_back),
    "Softplus": (softplus, softplus_back),
}
