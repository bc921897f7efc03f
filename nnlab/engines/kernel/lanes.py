"""Lanes are 16 numbers that the processor computes with at once: here, the same quantity for 16
rows of a batch. In functions compiled by numba they are added, multiplied and compared like
numbers. numba itself has no such type: it vectorises long loops, and a batch of ten is short."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import (
    intrinsic,
    lower_builtin,
    models,
    register_model,
    type_callable,
)

LANES = 16
"""One AVX-512 register of float32; where registers are shorter, the compiler takes two or four."""

_INT = ir.IntType(32)


class Lanes(types.Type):
    """The type of 16 float32, 16 float64 or 16 answers (boolean)."""

    def __init__(self, dtype: types.Type) -> None:
        self.dtype = dtype
        super().__init__(f"Lanes({dtype})")

    @property
    def vector(self) -> ir.VectorType:
        """The same in LLVM."""
        kinds = {types.float32: ir.FloatType(), types.float64: ir.DoubleType()}
        return ir.VectorType(kinds.get(self.dtype, ir.IntType(1)), LANES)


@register_model(Lanes)
class LanesModel(models.PrimitiveModel):
    """Lanes are one LLVM vector."""

    def __init__(self, manager: Any, kind: Lanes) -> None:
        super().__init__(manager, kind, kind.vector)


def _everywhere(builder: Any, number: Any) -> Any:
    """The same number in every lane."""
    nothing = ir.Constant(ir.VectorType(number.type, LANES), ir.Undefined)
    one = builder.insert_element(nothing, number, _INT(0))
    return builder.shuffle_vector(one, one, ir.Constant(ir.VectorType(_INT, LANES), [0] * LANES))


def _lanes_among(*kinds: types.Type) -> Lanes | None:
    """The lanes among the operands, if the others are lanes like them or single numbers."""
    lanes = [kind for kind in kinds if isinstance(kind, Lanes)]
    fit = all(kind == lanes[0] or isinstance(kind, types.Number) for kind in kinds if lanes)
    return lanes[0] if lanes and fit else None


def _as_lanes(context: Any, builder: Any, values: Any, kinds: Any) -> list[Any]:
    """Single numbers among the operands become lanes."""
    dtype = _lanes_among(*kinds).dtype  # type: ignore[union-attr]
    return [
        value
        if isinstance(kind, Lanes)
        else _everywhere(builder, context.cast(builder, value, kind, dtype))
        for value, kind in zip(values, kinds, strict=True)
    ]


def _operator(function: Callable[..., Any], emit: Callable[..., Any]) -> None:
    """Let a Python operator take lanes and lanes, or lanes and a number."""
    answers = function in {operator.lt, operator.le, operator.gt}

    @type_callable(function)
    def result(_context: Any) -> Any:
        def kind(a: types.Type, b: types.Type) -> types.Type | None:
            lanes = _lanes_among(a, b)
            return Lanes(types.boolean) if lanes and answers else lanes

        return kind

    def lower(context: Any, builder: Any, signature: Any, operands: Any) -> Any:
        return emit(builder, *_as_lanes(context, builder, operands, signature.args))

    for pair in ((Lanes, Lanes), (Lanes, types.Number), (types.Number, Lanes)):
        lower_builtin(function, *pair)(lower)


# a*b + c may become one instruction. Nothing else is rearranged: NaN and infinity stay what they
# are, and a sum is taken in the order in which it is written.
_FUSED = ("contract",)
_operator(operator.add, lambda builder, a, b: builder.fadd(a, b, flags=_FUSED))
_operator(operator.sub, lambda builder, a, b: builder.fsub(a, b, flags=_FUSED))
_operator(operator.mul, lambda builder, a, b: builder.fmul(a, b, flags=_FUSED))
_operator(operator.truediv, lambda builder, a, b: builder.fdiv(a, b))
_operator(operator.lt, lambda builder, a, b: builder.fcmp_ordered("<", a, b))
_operator(operator.le, lambda builder, a, b: builder.fcmp_ordered("<=", a, b))
_operator(operator.gt, lambda builder, a, b: builder.fcmp_ordered(">", a, b))


@type_callable(operator.neg)
def _negative(_context: Any) -> Any:
    def kind(a: types.Type) -> types.Type | None:
        return _lanes_among(a)

    return kind


@lower_builtin(operator.neg, Lanes)
def _negate(_context: Any, builder: Any, _signature: Any, operands: Any) -> Any:
    return builder.fneg(*operands)


def _place(context: Any, builder: Any, signature: Any, operands: Any) -> Any:
    """The address of array[start] as that of a vector."""
    array = context.make_array(signature.args[0])(context, builder, operands[0])
    kind = Lanes(signature.args[0].dtype).vector
    return builder.bitcast(builder.gep(array.data, [operands[1]]), kind.as_pointer())


@intrinsic
def load(_typing: Any, array: Any, start: Any) -> Any:
    """array[start : start + 16] of a flat array. The place is not checked."""

    def lower(context: Any, builder: Any, signature: Any, operands: Any) -> Any:
        place = _place(context, builder, signature, operands)
        return builder.load(place, align=array.dtype.bitwidth // 8)

    return Lanes(array.dtype)(array, start), lower


@intrinsic
def store(_typing: Any, array: Any, start: Any, lanes: Any) -> Any:
    """array[start : start + 16] = lanes, in a flat array. The place is not checked."""

    def lower(context: Any, builder: Any, signature: Any, operands: Any) -> Any:
        place = _place(context, builder, signature, operands)
        builder.store(operands[2], place, align=array.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(array, start, lanes), lower


@intrinsic
def everywhere(_typing: Any, number: Any) -> Any:
    """One number in every lane."""

    def lower(_context: Any, builder: Any, _signature: Any, operands: Any) -> Any:
        return _everywhere(builder, operands[0])

    return Lanes(number)(number), lower


@intrinsic
def spread(_typing: Any, array: Any, place: Any) -> Any:
    """array[place] of a flat array in every lane. The place is not checked."""

    def lower(context: Any, builder: Any, signature: Any, operands: Any) -> Any:
        numbers = context.make_array(signature.args[0])(context, builder, operands[0])
        return _everywhere(builder, builder.load(builder.gep(numbers.data, [operands[1]])))

    return Lanes(array.dtype)(array, place), lower


@intrinsic
def first_lanes(_typing: Any, count: Any) -> Any:
    """Yes in the first `count` lanes, no in the others."""

    def lower(context: Any, builder: Any, signature: Any, operands: Any) -> Any:
        number = context.cast(builder, operands[0], signature.args[0], types.int32)
        places = ir.Constant(ir.VectorType(_INT, LANES), list(range(LANES)))
        return builder.icmp_signed("<", places, _everywhere(builder, number))

    return Lanes(types.boolean)(count), lower


@intrinsic
def where(_typing: Any, condition: Any, yes: Any, no: Any) -> Any:
    """In each lane `yes` or `no`, as the condition answers."""
    lanes: Any = _lanes_among(yes, no)

    def lower(context: Any, builder: Any, signature: Any, operands: Any) -> Any:
        chosen = _as_lanes(context, builder, operands[1:], signature.args[1:])
        return builder.select(operands[0], *chosen)

    return lanes(condition, yes, no), lower


@intrinsic
def total(_typing: Any, lanes: Any) -> Any:
    """The sum over the lanes, in pairs and pairs of pairs."""

    def lower(_context: Any, builder: Any, _signature: Any, operands: Any) -> Any:
        number = lanes.vector.element
        kind = ir.FunctionType(number, (number, lanes.vector))
        add = _llvm(builder, "vector.reduce.fadd", kind, lanes)
        return builder.call(add, (number(0.0), operands[0]), fastmath=("reassoc",))

    return lanes.dtype(lanes), lower


@intrinsic
def power_of_two(_typing: Any, lanes: Any) -> Any:
    """2^n for float32 lanes of whole numbers n from -126 to 127: n becomes the exponent among the
    number's bits. Adding 1.5 * 2^23 leaves n in the lowest bits, without a conversion that would
    be undefined for NaN."""
    whole = ir.VectorType(_INT, LANES)

    def lower(_context: Any, builder: Any, _signature: Any, operands: Any) -> Any:
        shifted = builder.fadd(operands[0], ir.Constant(lanes.vector, [1.5 * 2**23] * LANES))
        bits = builder.bitcast(shifted, whole)
        exponent = builder.shl(bits, ir.Constant(whole, [23] * LANES))
        power = builder.add(exponent, ir.Constant(whole, [127 << 23] * LANES))
        return builder.bitcast(power, lanes.vector)

    return lanes(lanes), lower


def _bits_and_exponent(builder: Any, x: Any) -> tuple[Any, Any]:
    """The bits of float32 lanes x, and n, as whole numbers."""
    whole = ir.VectorType(_INT, LANES)
    root_of_half = ir.Constant(whole, [0x3F3504F3] * LANES)
    bits = builder.bitcast(x, whole)
    return bits, builder.ashr(builder.sub(bits, root_of_half), ir.Constant(whole, [23] * LANES))


@intrinsic
def exponent(_typing: Any, lanes: Any) -> Any:
    """The whole number n for float32 lanes x = 2^n m with m from the root of 1/2 to that of 2: x is
    positive, finite and not denormal."""

    def lower(_context: Any, builder: Any, _signature: Any, operands: Any) -> Any:
        return builder.sitofp(_bits_and_exponent(builder, operands[0])[1], lanes.vector)

    return lanes(lanes), lower


@intrinsic
def mantissa(_typing: Any, lanes: Any) -> Any:
    """The m that goes with the exponent: n is taken away from the exponent among x's bits."""

    def lower(_context: Any, builder: Any, _signature: Any, operands: Any) -> Any:
        bits, n = _bits_and_exponent(builder, operands[0])
        shift = ir.Constant(n.type, [23] * LANES)
        return builder.bitcast(builder.sub(bits, builder.shl(n, shift)), lanes.vector)

    return lanes(lanes), lower


def _llvm(builder: Any, name: str, kind: ir.FunctionType, lanes: Lanes) -> Any:
    letter = "f32" if lanes.dtype == types.float32 else "f64"
    return cgutils.get_or_insert_function(builder.module, kind, f"llvm.{name}.v{LANES}{letter}")


def _instruction(name: str) -> Any:
    """A function of one number that processors have an instruction for."""

    @intrinsic
    def apply(_typing: Any, lanes: Any) -> Any:
        def lower(_context: Any, builder: Any, _signature: Any, operands: Any) -> Any:
            kind = ir.FunctionType(lanes.vector, (lanes.vector,))
            return builder.call(_llvm(builder, name, kind, lanes), operands)

        return lanes(lanes), lower

    return apply


def lane_by_lane(function: Callable[[float], float]) -> Any:
    """A function of the math module, called for one lane after the other."""

    @intrinsic
    def apply(typing: Any, lanes: Any) -> Any:
        signature = lanes.dtype(lanes.dtype)
        typing.resolve_value_type(function).get_call_type(typing, (lanes.dtype,), {})

        def lower(context: Any, builder: Any, _signature: Any, operands: Any) -> Any:
            call = context.get_function(function, signature)
            result = operands[0]
            for lane in range(LANES):
                number = builder.extract_element(operands[0], _INT(lane))
                result = builder.insert_element(result, call(builder, (number,)), _INT(lane))
            return result

        return lanes(lanes), lower

    return apply


square_root = _instruction("sqrt")
absolute = _instruction("fabs")
nearest = _instruction("rint")
erf = lane_by_lane(math.erf)
