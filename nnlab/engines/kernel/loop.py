"""The loop itself: update, zero_grad, forward, loss, backward, thousands of times in one call."""

from __future__ import annotations

import math
from contextlib import suppress
from pathlib import Path

import numba

from nnlab.engines.kernel.activations import ACTIVATIONS
from nnlab.engines.kernel.compiling import compiled, one_of
from nnlab.engines.kernel.lanes import (
    LANES,
    first_lanes,
    load,
    spread,
    store,
    total,
    where,
)
from nnlab.engines.kernel.losses import LOSSES
from nnlab.engines.kernel.memory import TILE, room
from nnlab.engines.kernel.optimizers import OPTIMIZERS

_activate = one_of(forward for forward, _ in ACTIVATIONS.values())
_activate_back = one_of(back for _, back in ACTIVATIONS.values())
_loss = one_of(LOSSES.values())
_update = one_of(OPTIMIZERS.values())


@compiled(inline="always")
def _weighted(theta, weight, step, values, place, count, start):
    """start + sum over i of theta[weight + i step] values[place + i TILE], so many of them."""
    for i in range(count):
        start = start + spread(theta, weight + i * step) * load(values, place + i * TILE)
    return start


@compiled(inline="always")
def _four_weighted(theta, weights, step, values, place, count, starts):
    """Four such sums at once: in one alone each product waits for the one before it. A step of W3
    takes 10 instead of 15 us."""
    first, second, third, fourth = weights
    a, b, c, d = starts
    for i in range(count):
        value = load(values, place + i * TILE)
        a = a + spread(theta, first + i * step) * value
        b = b + spread(theta, second + i * step) * value
        c = c + spread(theta, third + i * step) * value
        d = d + spread(theta, fourth + i * step) * value
    return a, b, c, d


@compiled(inline="always")
def _store_four(values, place, four):
    store(values, place, four[0])
    store(values, place + TILE, four[1])
    store(values, place + 2 * TILE, four[2])
    store(values, place + 3 * TILE, four[3])


@compiled(inline="always")
def forward(task, memory, width):
    """z = W a + b, then the activation, layer by layer."""
    unit = weights = 0
    for layer in range(len(task.activations)):
        inputs, outputs = task.sizes[layer], task.sizes[layer + 1]
        _weigh(memory, weights, inputs, outputs, unit, width)
        unit, weights = unit + inputs, weights + outputs * (inputs + 1)
        _activations(task, memory, layer, unit, width)
    return unit


@compiled(inline="always")
def _weigh(memory, weights, inputs, outputs, unit, width):
    theta, a, z = memory.theta, memory.activation, memory.pre_activation
    biases, units = weights + outputs * inputs, unit + inputs
    fours = outputs - outputs % 4
    for k in range(0, width, LANES):
        place = unit * TILE + k
        for o in range(0, fours, 4):
            row, bias = weights + o * inputs, biases + o
            rows = row, row + inputs, row + 2 * inputs, row + 3 * inputs
            starts = (
                spread(theta, bias),
                spread(theta, bias + 1),
                spread(theta, bias + 2),
                spread(theta, bias + 3),
            )
            four = _four_weighted(theta, rows, 1, a, place, inputs, starts)
            _store_four(z, (units + o) * TILE + k, four)
        for o in range(fours, outputs):
            row, bias = weights + o * inputs, spread(theta, biases + o)
            store(z, (units + o) * TILE + k, _weighted(theta, row, 1, a, place, inputs, bias))


@compiled(inline="always")
def _activations(task, memory, layer, unit, width):
    code, setting = task.activations[layer], task.activation_settings[layer]
    for o in range(task.sizes[layer + 1]):
        for k in range(0, width, LANES):
            place = (unit + o) * TILE + k
            z = load(memory.pre_activation, place)
            store(memory.activation, place, _activate(code, z, setting))


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
    biases, fours = weights + outputs * inputs, inputs - inputs % 4
    for o in range(outputs):
        slopes = (unit + o) * TILE
        for i in range(0, fours, 4):
            _four_products(
                memory, weights + o * inputs + i, slopes, (unit - inputs + i) * TILE, width
            )
        for i in range(fours, inputs):
            product = spread(memory.theta, 0) * 0.0
            for k in range(0, width, LANES):
                a = load(memory.activation, (unit - inputs + i) * TILE + k)
                product = product + load(memory.slope, slopes + k) * a
            memory.gradient[weights + o * inputs + i] += total(product)
        bias = spread(memory.theta, 0) * 0.0
        for k in range(0, width, LANES):
            bias = bias + load(memory.slope, slopes + k)
        memory.gradient[biases + o] += total(bias)


@compiled(inline="always")
def _four_products(memory, weight, slopes, inputs, width):
    """The slopes by four weights beside each other, at once."""
    a = spread(memory.theta, 0) * 0.0
    b, c, d = a, a, a
    for k in range(0, width, LANES):
        slope, place = load(memory.slope, slopes + k), inputs + k
        a = a + slope * load(memory.activation, place)
        b = b + slope * load(memory.activation, place + TILE)
        c = c + slope * load(memory.activation, place + 2 * TILE)
        d = d + slope * load(memory.activation, place + 3 * TILE)
    memory.gradient[weight] += total(a)
    memory.gradient[weight + 1] += total(b)
    memory.gradient[weight + 2] += total(c)
    memory.gradient[weight + 3] += total(d)


@compiled(inline="always")
def _inputs_back(memory, weights, inputs, outputs, unit, width):
    """dL/da = W^T slope, for the layer's inputs, which are the layer before's outputs."""
    theta, slope = memory.theta, memory.slope
    nothing, fours = spread(theta, 0) * 0.0, inputs - inputs % 4
    for k in range(0, width, LANES):
        place = (unit + inputs) * TILE + k
        for i in range(0, fours, 4):
            column, starts = weights + i, (nothing, nothing, nothing, nothing)
            columns = column, column + 1, column + 2, column + 3
            four = _four_weighted(theta, columns, inputs, slope, place, outputs, starts)
            _store_four(slope, (unit + i) * TILE + k, four)
        for i in range(fours, inputs):
            sums = _weighted(theta, weights + i, inputs, slope, place, outputs, nothing)
            store(slope, (unit + i) * TILE + k, sums)


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
        for p in range(0, len(memory.gradient), LANES):
            store(memory.gradient, p, where(first_lanes(0), load(memory.gradient, p), 0.0))
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
def _copy(values, room):
    """Fill the room from the values, as far as it goes."""
    whole = len(room) - len(room) % LANES
    for p in range(0, whole, LANES):
        store(room, p, load(values, p))
    for p in range(whole, len(room)):
        room[p] = values[p]


@compiled(inline="always")
def _write(record, row, step, memory):
    record.steps[row] = step
    record.losses[row] = memory.loss[0]
    _copy(memory.theta, record.parameters[row])
    _copy(memory.gradient, record.gradients[row])


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
def activate(task, memory, n_rows, x, units):
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


def _keep(*functions):
    """Keep on disk what numba compiles. It looks only at the age of the file in which a function
    stands, so what is older than another file of the kernel is thrown away here."""
    newest = max(file.stat().st_mtime for file in Path(__file__).parent.glob("*.py"))
    for function in functions:
        function.enable_caching()
        for kept in Path(function.stats.cache_path).glob(f"loop.{function.__name__}-*.nbi"):
            if kept.stat().st_mtime < newest:
                kept.unlink(missing_ok=True)


with suppress(RuntimeError, OSError):  # no folder to write to: compiled anew in every process
    _keep(train, activate)
