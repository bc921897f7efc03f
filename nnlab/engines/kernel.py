"""The training loop of a small dense network, compiled by numba: thousands of steps in one call.
The rows of a batch stand side by side in lanes, 16 at a time. Each activation, loss and optimizer
stands in a list, what goes back beside what goes forward; numba makes the types up by itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

import numba
from numba import types
from numba.extending import overload
from numpy.typing import NDArray

from nnlab.engines.lanes import (
    LANES,
    absolute,
    erf,
    everywhere,
    first_lanes,
    lane_by_lane,
    load,
    log,
    log1p,
    nearest,
    power_of_two,
    square_root,
    store,
    total,
    where,
)

TILE = 64
"""Rows that go through the network together. A bigger batch goes tile by tile and adds up its
gradient, so that what is computed on the way stays in the processor's nearest memory."""

Numbers = NDArray[Any]
compiled = partial(
    numba.njit,
    error_model="numpy",
    # Without it an update of W2 takes 1.3 instead of 0.34 us, for the many arrays in each call.
    forceinline=True,
    # Nobody calls these from Python: compiling takes 15 s instead of 23.
    no_cpython_wrapper=True,
    no_cfunc_wrapper=True,
)


class Task(NamedTuple):
    """What stays the same. sizes [layers + 1]; the places of activations, loss and optimizer in
    the lists below, and their settings; l1 and l2 for each parameter (both empty: none); the step
    since which epochs have been counted; and the data: x [F * room], y [T * room], feature after
    feature, each with its N rows and idle room."""

    sizes: Numbers
    activations: Numbers
    activation_settings: Numbers
    loss: int
    loss_setting: float
    optimizer: int
    optimizer_settings: Numbers
    zero_grad: bool
    l1: Numbers
    l2: Numbers
    n_parameters: int
    batch_size: int
    since: int
    n_rows: int
    x: Numbers
    y: Numbers


class Memory(NamedTuple):
    """What changes. For each parameter (in whole lanes): theta, gradient, and three states of the
    optimizer. For each unit a tile of rows, the inputs first: pre_activation, activation, and
    slope, by which the loss grows with the one or the other.
    The data in this epoch's order. The newest loss [1] and the number of updates [1]."""

    theta: Numbers
    gradient: Numbers
    state1: Numbers
    state2: Numbers
    state3: Numbers
    pre_activation: Numbers
    activation: Numbers
    slope: Numbers
    x: Numbers
    y: Numbers
    loss: Numbers
    updates: Numbers


class Course(NamedTuple):
    """Where to go: from step `first` through so many `looks`. rates[i] is the learning rate of the
    update that leads to step first + i; the first one is made only if it is still `pending`, and
    there may be one more rate than looks. orders [epochs, N] are the rows' orders in the epochs
    that begin on the way; without any, rows stay as they stand."""

    first: int
    pending: bool
    looks: int
    rates: Numbers
    orders: Numbers


class Record(NamedTuple):
    """Where moments are written, row after row: those of steps that are multiples of `stride`."""

    stride: int
    steps: Numbers
    losses: Numbers
    parameters: Numbers
    gradients: Numbers


def in_whole_lanes(count: int) -> int:
    """The room that so many numbers take."""
    return -(-count // LANES) * LANES


def one_of(functions: Iterable[Callable[..., Any]]) -> Callable[..., Any]:
    """A compiled function that calls the function at place `code`; processors guess such a choice
    right when it is always the same, so it costs next to nothing."""
    here, *rest = functions
    others = one_of(rest) if rest else here

    @compiled
    def choose(code, *inputs):
        if code == 0:
            return here(*inputs)
        return others(code - 1, *inputs)

    @compiled
    def only(code, *inputs):
        return here(*inputs)

    return choose if rest else only


# ---- e^x ----
# float64 calls the C library, lane by lane. float32 has its own series: 16 lanes in the time in
# which the library computes one.


@compiled
def _two_parts(x):
    """n and p with e^x = 2^n (1 + p): n the nearest whole number, p the series of e^r - 1."""
    n = nearest(x * 1.4426950408889634)
    r = (x - n * 0.693359375) - n * -2.1219444005469057e-4  # log(2) in two parts: n times the
    p = 1 / 720 + r * (1 / 5040)  # first one is exact
    p = 1 / 6 + r * (1 / 24 + r * (1 / 120 + r * p))
    return n, r + r * r * (1 / 2 + r * p)


@compiled
def _exp32(x):
    x = where(x > 89.0, 89.0, where(x < -105.0, -105.0, x))  # beyond lie infinity and 0
    n, p = _two_parts(x)
    half = nearest(n * 0.5)  # 2^n itself may be too big or too small for a float32
    return (p + 1.0) * power_of_two(half) * power_of_two(n - half)


@compiled
def _tanh32(x):
    """(e^2x - 1) / (e^2x + 1), without losing the digits of a small x."""
    n, p = _two_parts(where(x > 10.0, 20.0, where(x < -10.0, -20.0, x + x)))
    power = power_of_two(n)
    less_one = power * p + (power - 1.0)
    return less_one / (less_one + 2.0)


@compiled
def _expm132(x):
    n, p = _two_parts(where(x < -20.0, -20.0, where(x > 20.0, 20.0, x)))
    power = power_of_two(n)
    return power * p + (power - 1.0)


def _by_precision(single, double):
    def function(x):
        raise NotImplementedError

    @overload(function)
    def choose(x):
        return (lambda x: single(x)) if x.dtype == types.float32 else (lambda x: double(x))

    return function


exp = _by_precision(_exp32, lane_by_lane(math.exp))
tanh = _by_precision(_tanh32, lane_by_lane(math.tanh))
expm1 = _by_precision(_expm132, lane_by_lane(math.expm1))  # for x <= 0


@compiled
def sigmoid(z):
    return 1.0 / (1.0 + exp(-z))


# ---- activations: a = f(z), and slope * f'(z) ----
# Comparisons are the way round in which NaN stays NaN.


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
_activate = one_of(forward for forward, _ in ACTIVATIONS.values())
_activate_back = one_of(back for _, back in ACTIVATIONS.values())


# ---- losses: the loss of one output a and its target y, and the slope by a ----


@compiled
def squared(a, y, setting):
    return (a - y) * (a - y), 2.0 * (a - y)


@compiled
def distance(a, y, setting):
    away = a - y
    return absolute(away), where(away > 0.0, 1.0, where(away < 0.0, -1.0, away * 0.0))


@compiled
def huber(a, y, delta):
    away = a - y
    near = absolute(away) < delta
    loss = where(near, 0.5 * away * away, delta * (absolute(away) - 0.5 * delta))
    return loss, where(away > delta, delta, where(away < -delta, -delta, away))


@compiled
def binary(a, y, setting):
    """Logarithms stop at -100, as torch's do."""
    yes, no = log(a), log1p(-a)
    yes, no = where(yes < -100.0, -100.0, yes), where(no < -100.0, -100.0, no)
    spread = (1.0 - a) * a
    return (y - 1.0) * no - y * yes, (a - y) / where(spread < 1e-12, 1e-12, spread)


@compiled
def binary_of_logits(z, y, setting):
    small = where(z < 0.0, z, z * 0.0)
    return (1.0 - y) * z - (small - log1p(exp(-absolute(z)))), sigmoid(z) - y


def each_output(term: Callable[..., Any]) -> Callable[..., Any]:
    """The loss of a tile whose outputs count one by one: its sum, and the slopes times `share`."""

    @compiled
    def loss(task, memory, outputs, start, width, share):
        loss = everywhere(memory.theta[0]) * 0.0
        for unit in range(task.sizes[-1]):
            for k in range(0, width, LANES):
                place = (outputs + unit) * TILE + k
                a, y = load(memory.activation, place), load(memory.y, unit * room(task) + start + k)
                one, slope = term(a, y, task.loss_setting)
                real = first_lanes(width - k)
                loss = loss + where(real, one, 0.0)
                store(memory.slope, place, where(real, slope * share, 0.0))
        return total(loss) * share

    return loss


@compiled
def cross_entropy(task, memory, outputs, start, width, share):
    """-sum_k q_k log p_k for each row, with p the softmax of the outputs z and q the true class,
    smoothed: log p_k = z_k - top - log(sum_k e^(z_k - top)), which can't overflow."""
    classes = task.sizes[-1]
    smooth = task.loss_setting / classes
    share = share * classes  # the mean is over rows, not over outputs
    loss = everywhere(memory.theta[0]) * 0.0
    for k in range(0, width, LANES):
        true, real = load(memory.y, start + k), first_lanes(width - k)
        top = load(memory.activation, outputs * TILE + k)
        for unit in range(1, classes):
            z = load(memory.activation, (outputs + unit) * TILE + k)
            top = where(z > top, z, top)
        powers = top * 0.0
        for unit in range(classes):
            powers = powers + exp(load(memory.activation, (outputs + unit) * TILE + k) - top)
        log_powers = log(powers)
        for unit in range(classes):
            place = (outputs + unit) * TILE + k
            log_p = (load(memory.activation, place) - top) - log_powers
            q = where(
                absolute(true - unit) < 0.5, 1.0 - task.loss_setting + smooth, top * 0.0 + smooth
            )
            loss = loss - where(real, q * log_p, 0.0)
            store(memory.slope, place, where(real, (exp(log_p) - q) * share, 0.0))
    return total(loss) * share


LOSSES = {
    "MSELoss": each_output(squared),
    "L1Loss": each_output(distance),
    "HuberLoss": each_output(huber),
    "BCELoss": each_output(binary),
    "BCEWithLogitsLoss": each_output(binary_of_logits),
    "CrossEntropyLoss": cross_entropy,
}
_loss = one_of(LOSSES.values())


# ---- optimizers: theta after update number t, as torch.optim computes it ----


@compiled
def _decayed(slope, theta, weight_decay):
    return slope if weight_decay == 0.0 else slope + weight_decay * theta


@compiled
def sgd(memory, rate, t, settings):
    momentum, dampening, nesterov, weight_decay = settings[0], settings[1], settings[2], settings[3]
    for p in range(0, len(memory.theta), LANES):
        theta = load(memory.theta, p)
        change = _decayed(load(memory.gradient, p), theta, weight_decay)
        if momentum != 0.0:
            slope, velocity = change, change
            if t > 1:
                velocity = load(memory.state1, p) * momentum + (1.0 - dampening) * slope
            store(memory.state1, p, velocity)
            change = slope + momentum * velocity if nesterov != 0.0 else velocity
        store(memory.theta, p, theta - rate * change)


@compiled(inline="always")
def _adam(memory, rate, t, settings, decoupled):
    beta1, beta2, eps, weight_decay = settings[0], settings[1], settings[2], settings[3]
    amsgrad = settings[4] != 0.0
    step_size = rate / (1.0 - beta1**t)
    correction = math.sqrt(1.0 - beta2**t)
    for p in range(0, len(memory.theta), LANES):
        theta, slope = load(memory.theta, p), load(memory.gradient, p)
        if decoupled:
            theta = theta * (1.0 - rate * weight_decay)
        else:
            slope = _decayed(slope, theta, weight_decay)
        m, v = load(memory.state1, p), load(memory.state2, p)
        m = m + (slope - m) * (1.0 - beta1)
        v = v * beta2 + (1.0 - beta2) * (slope * slope)
        store(memory.state1, p, m)
        store(memory.state2, p, v)
        if amsgrad:
            top = load(memory.state3, p)
            v = where(top > v, top, v)
            store(memory.state3, p, v)
        store(memory.theta, p, theta - step_size * (m / (square_root(v) / correction + eps)))


@compiled
def adam(memory, rate, t, settings):
    _adam(memory, rate, t, settings, False)


@compiled
def adamw(memory, rate, t, settings):
    _adam(memory, rate, t, settings, True)


@compiled
def rmsprop(memory, rate, t, settings):
    alpha, eps, momentum, centered = settings[0], settings[1], settings[2], settings[3]
    for p in range(0, len(memory.theta), LANES):
        theta = load(memory.theta, p)
        slope = _decayed(load(memory.gradient, p), theta, settings[4])
        v = load(memory.state1, p) * alpha + (1.0 - alpha) * (slope * slope)
        store(memory.state1, p, v)
        if centered != 0.0:
            mean = load(memory.state2, p)
            mean = mean + (slope - mean) * (1.0 - alpha)
            store(memory.state2, p, mean)
            v = v - mean * mean
        change = slope / (square_root(v) + eps)
        if momentum != 0.0:
            change = load(memory.state3, p) * momentum + change
            store(memory.state3, p, change)
        store(memory.theta, p, theta - rate * change)


@compiled
def adagrad(memory, rate, t, settings):
    """settings[1], what the sum starts with, is in the memory from the beginning."""
    lr_decay, eps, weight_decay = settings[0], settings[2], settings[3]
    rate = rate / (1.0 + (t - 1) * lr_decay)
    for p in range(0, len(memory.theta), LANES):
        theta = load(memory.theta, p)
        slope = _decayed(load(memory.gradient, p), theta, weight_decay)
        v = load(memory.state1, p) + slope * slope
        store(memory.state1, p, v)
        store(memory.theta, p, theta - rate * (slope / (square_root(v) + eps)))


OPTIMIZERS = {
    "SGD": sgd,
    "Adam": adam,
    "AdamW": adamw,
    "RMSprop": rmsprop,
    "Adagrad": adagrad,
}
_update = one_of(OPTIMIZERS.values())


# ---- the loop ----


@compiled(inline="always")
def room(task):
    """Numbers that one feature takes in x: the rows, and a tile of idle ones."""
    return task.n_rows + TILE


@compiled(inline="always")
def forward(task, memory, width):
    """z = W a + b, then the activation, layer by layer."""
    theta, activation = memory.theta, memory.activation
    unit = weights = 0
    for layer in range(len(task.activations)):
        inputs, outputs = task.sizes[layer], task.sizes[layer + 1]
        code, setting = task.activations[layer], task.activation_settings[layer]
        biases = weights + outputs * inputs
        for o in range(outputs):
            for k in range(0, width, LANES):
                z = everywhere(theta[biases + o])
                for i in range(inputs):
                    z = z + theta[weights + o * inputs + i] * load(
                        activation, (unit + i) * TILE + k
                    )
                place = (unit + inputs + o) * TILE + k
                store(memory.pre_activation, place, z)
                store(activation, place, _activate(code, z, setting))
        unit, weights = unit + inputs, biases + outputs
    return unit


@compiled(inline="always")
def backward(task, memory, unit, width):
    """From the slopes by the outputs, whose first unit is given, back to those by all parameters,
    added to the gradient: the chain rule, layer by layer."""
    weights = task.n_parameters
    for layer in range(len(task.activations) - 1, -1, -1):
        inputs, outputs = task.sizes[layer], task.sizes[layer + 1]
        weights -= outputs * (inputs + 1)
        _activations_back(task, memory, layer, unit, width)
        _parameters_back(memory, weights, inputs, outputs, unit, width)
        unit -= inputs
        if layer > 0:
            _inputs_back(memory, weights, inputs, outputs, unit, width)


@compiled(inline="always")
def _activations_back(task, memory, layer, unit, width):
    code, setting = task.activations[layer], task.activation_settings[layer]
    for o in range(task.sizes[layer + 1]):
        for k in range(0, width, LANES):
            place = (unit + o) * TILE + k
            z, a = load(memory.pre_activation, place), load(memory.activation, place)
            slope = _activate_back(code, load(memory.slope, place), z, a, setting)
            store(memory.slope, place, slope)


@compiled(inline="always")
def _parameters_back(memory, weights, inputs, outputs, unit, width):
    """dL/dW = slope a^T and dL/db = slope, summed over the rows."""
    for o in range(outputs):
        for i in range(inputs):
            product = everywhere(memory.theta[0]) * 0.0
            for k in range(0, width, LANES):
                slope = load(memory.slope, (unit + o) * TILE + k)
                product = product + slope * load(memory.activation, (unit - inputs + i) * TILE + k)
            memory.gradient[weights + o * inputs + i] += total(product)
        bias = everywhere(memory.theta[0]) * 0.0
        for k in range(0, width, LANES):
            bias = bias + load(memory.slope, (unit + o) * TILE + k)
        memory.gradient[weights + outputs * inputs + o] += total(bias)


@compiled(inline="always")
def _inputs_back(memory, weights, inputs, outputs, unit, width):
    """dL/da = W^T slope, for the layer's inputs, which are the layer before's outputs."""
    for i in range(inputs):
        for k in range(0, width, LANES):
            slope = everywhere(memory.theta[0]) * 0.0
            for o in range(outputs):
                weight = memory.theta[weights + o * inputs + i]
                slope = slope + weight * load(memory.slope, (unit + inputs + o) * TILE + k)
            store(memory.slope, (unit + i) * TILE + k, slope)


@compiled(inline="always")
def _add_penalty(task, memory):
    """The slope of l1 |theta| + l2 theta^2, with each parameter's own share."""
    for p in range(0, len(task.l1), LANES):
        l1, l2, theta = load(task.l1, p), load(task.l2, p), load(memory.theta, p)
        sign = where(theta > 0.0, 1.0, where(theta < 0.0, -1.0, theta * 0.0))
        store(memory.gradient, p, load(memory.gradient, p) + (l1 * sign + 2.0 * l2 * theta))


@compiled(inline="always")
def look(task, memory, start):
    """zero_grad, forward, loss, backward for the batch that begins at row `start`."""
    rows = min(task.batch_size, task.n_rows - start)
    share = 1.0 / (rows * task.sizes[-1])
    if task.zero_grad:
        memory.gradient[:] = 0.0
    loss = memory.theta[0] * 0.0
    for tile in range(start, start + rows, TILE):
        width = min(TILE, start + rows - tile)
        _take(task, memory, tile, width)
        outputs = forward(task, memory, width)
        loss += _loss(task.loss, task, memory, outputs, tile, width, share)
        backward(task, memory, outputs, width)
    memory.loss[0] = loss
    _add_penalty(task, memory)


@compiled(inline="always")
def _take(task, memory, start, width):
    """The rows from `start` on become the activations of the inputs; idle lanes are 0."""
    for i in range(task.sizes[0]):
        for k in range(0, width, LANES):
            x = load(memory.x, i * room(task) + start + k)
            store(memory.activation, i * TILE + k, where(first_lanes(width - k), x, 0.0))


@compiled(inline="always")
def _arrange(values, order, room, arranged):
    """Put every feature's rows in this order."""
    for feature in range(0, len(values), room):
        for place, row in enumerate(order):
            arranged[feature + place] = values[feature + row]


@compiled(inline="always")
def _begin_epoch(task, memory, order):
    _arrange(task.x, order, room(task), memory.x)
    _arrange(task.y, order, room(task), memory.y)


@compiled(inline="always")
def _write(record, row, step, memory):
    record.steps[row] = step
    record.losses[row] = memory.loss[0]
    for p in range(record.parameters.shape[1]):
        record.parameters[row, p] = memory.theta[p]
        record.gradients[row, p] = memory.gradient[p]


@numba.njit(error_model="numpy", nogil=True, no_cfunc_wrapper=True)
def train(task, memory, course, record):
    """Go the course: update, zero_grad, forward, loss, backward, again and again, until it ends or
    the loss is NaN or infinite. Returns the number of looks and of rows recorded; a look that
    broke is the last one, and is not recorded."""
    epoch_steps = (task.n_rows + task.batch_size - 1) // task.batch_size
    epoch = row = 0
    for i, rate in enumerate(course.rates):
        if course.pending or i > 0:
            memory.updates[0] += 1
            _update(task.optimizer, memory, rate, memory.updates[0], task.optimizer_settings)
        if i == course.looks:
            break
        step = course.first + i
        batch = (step - task.since) % epoch_steps
        if batch == 0 and epoch < len(course.orders):
            _begin_epoch(task, memory, course.orders[epoch])
            epoch += 1
        look(task, memory, batch * task.batch_size)
        if not math.isfinite(memory.loss[0]):
            return i + 1, row
        if step % record.stride == 0:
            _write(record, row, step, memory)
            row += 1
    return course.looks, row


@numba.njit(error_model="numpy", nogil=True, no_cfunc_wrapper=True)
def activations(task, memory, n_rows, x, units):
    """The activation of every unit, the inputs first, for other rows: x [F * room] as in the task,
    but with room for these rows; units [sum of sizes, room]."""
    room = n_rows + TILE
    for tile in range(0, n_rows, TILE):
        for i in range(task.sizes[0]):
            for k in range(0, TILE, LANES):
                store(memory.activation, i * TILE + k, load(x, i * room + tile + k))
        forward(task, memory, TILE)
        for unit in range(len(units)):
            for k in range(0, TILE, LANES):
                store(units[unit], tile + k, load(memory.activation, unit * TILE + k))


with suppress(RuntimeError):  # no folder to write to: compiled anew in every process
    train.enable_caching()
    activations.enable_caching()
