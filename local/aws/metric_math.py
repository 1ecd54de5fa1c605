"""Metric math: numbers, ids, + - * /, parentheses and FILL, over series of timestamp -> value.

CloudWatch user guide, "Using metric math": a value that one of two series lacks counts as 0; a division by zero leaves
the data point out. FILL gives a value to every period asked for, also of a metric that has none at all (our reading).
"""

import ast
import functools
from typing import Callable, Iterable, Mapping, Union

Series = dict[int, float]
Value = Union[float, Series]


class Refused(ValueError):
    pass


@functools.lru_cache(maxsize=256)
def _parse(expression: str) -> ast.expr:
    """The grammar that is left of Python's: what is not metric math is refused while it is computed."""
    try:
        return ast.parse(expression.strip(), mode="eval").body
    except SyntaxError as error:
        raise Refused(f"Error in expression '{expression}': {error.msg}") from None


def ids_in(expression: str) -> set[str]:
    return {node.id for node in ast.walk(_parse(expression)) if isinstance(node, ast.Name)} - {"FILL", "REPEAT"}


def compute(expression: str, series: Callable[[str], Series], periods: Iterable[int]) -> Series:
    """`periods`: the beginnings of all periods asked for, in order, for FILL. Raises Refused."""
    result = _compute(_parse(expression), series, list(periods), expression)
    if not isinstance(result, dict):
        raise Refused(f"Error in expression '{expression}': a single time series is expected as the result")
    return result


def _compute(node: ast.expr, series: Callable[[str], Series], periods: list[int], whole: str) -> Value:
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return float(node.value)
    if isinstance(node, ast.Name):
        return series(node.id)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return _combine(0.0, _compute(node.operand, series, periods, whole), OPERATIONS[ast.Sub])
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
        left, right = (_compute(side, series, periods, whole) for side in (node.left, node.right))
        return _combine(left, right, OPERATIONS[type(node.op)])
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "FILL" and len(node.args) == 2:
        filled, filler = _compute(node.args[0], series, periods, whole), node.args[1]
        if isinstance(filled, dict):
            if isinstance(filler, ast.Name) and filler.id == "REPEAT":
                return _repeat(filled, periods)
            return _fill(filled, _compute(filler, series, periods, whole), periods)
    raise Refused(f"Error in expression '{whole}': the local AWS knows + - * / and FILL only")


def _divide(left: float, right: float) -> float:
    return left / right


OPERATIONS: Mapping[type, Callable[[float, float], float]] = {
    ast.Add: lambda left, right: left + right, ast.Sub: lambda left, right: left - right,
    ast.Mult: lambda left, right: left * right, ast.Div: _divide,
}  # fmt: skip


def _combine(left: Value, right: Value, operation: Callable[[float, float], float]) -> Value:
    if not isinstance(left, dict) and not isinstance(right, dict):
        try:
            return operation(left, right)
        except ZeroDivisionError:
            return {}
    result: Series = {}
    times = [*(left if isinstance(left, dict) else ()), *(right if isinstance(right, dict) else ())]
    for at in sorted(set(times)):
        try:
            result[at] = operation(_at(left, at), _at(right, at))
        except ZeroDivisionError:
            continue
    return result


def _at(value: Value, time: int) -> float:
    return value.get(time, 0.0) if isinstance(value, dict) else value


def _fill(series: Series, filler: Value, periods: list[int]) -> Series:
    result = dict(series)
    for at in periods:
        if at in result:
            continue
        if not isinstance(filler, dict):
            result[at] = filler
        elif at in filler:
            result[at] = filler[at]
    return result


def _repeat(series: Series, periods: list[int]) -> Series:
    result: Series = {}
    for at in sorted({*series, *periods}):
        earlier = [time for time in result if time < at]
        if at in series:
            result[at] = series[at]
        elif earlier:
            result[at] = result[max(earlier)]
    return result
