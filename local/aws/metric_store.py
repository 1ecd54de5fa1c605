"""The data of CloudWatch metrics: one record a metric and second, for the last 15 minutes.

Two clocks. What a client asks for is found by the timestamps that were published. Alarms count periods on a steady
clock, which a jump of the machine's clock does not move: a timestamp is moved by the whole seconds by which the two
clocks differ when it arrives.
"""

import math
import re
import time
from typing import Optional

KEPT_SECONDS = 15 * 60
PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?|100)")
# Trimmed count by absolute bounds: the lower one does not count, the upper one does ("CloudWatch statistics definitions").
TRIMMED_COUNT = re.compile(r"TC\((\d+(?:\.\d+)?)?:(\d+(?:\.\d+)?)?\)", re.IGNORECASE)
STATISTICS = ("Sum", "Average", "Minimum", "Maximum", "SampleCount")

# Namespace, metric name, dimensions in order of their names.
Key = tuple[str, str, tuple[tuple[str, str], ...]]

_started_wall, _started_steady = time.time(), time.monotonic()


def _shift() -> int:
    """Whole seconds from the machine's clock to the steady one; 0 until the former jumps."""
    return round(_started_wall + time.monotonic() - _started_steady - time.time())


def steady_now() -> float:
    return time.time() + _shift()


class Data:
    """What was published in a stretch of time. `samples` counts each value, or is None where a statistic set hides them."""

    __slots__ = ("wall", "count", "total", "low", "high", "samples")

    def __init__(self, wall: int):
        self.wall = wall
        self.count, self.total, self.low, self.high = 0.0, 0.0, math.inf, -math.inf
        self.samples: Optional[dict[float, float]] = {}

    def add(self, count: float, total: float, low: float, high: float, samples: Optional[dict[float, float]]) -> None:
        self.count += count
        self.total += total
        self.low, self.high = min(self.low, low), max(self.high, high)
        if samples is None or self.samples is None:
            self.samples = None
            return
        for value, times in samples.items():
            self.samples[value] = self.samples.get(value, 0.0) + times

    def statistic(self, name: str) -> Optional[float]:
        """None where it cannot be computed: a percentile of statistic sets (CloudWatch user guide, "Percentiles")."""
        if name == "Average":
            return self.total / self.count
        if name in STATISTICS:
            return {"Sum": self.total, "Minimum": self.low, "Maximum": self.high, "SampleCount": self.count}[name]
        trimmed = TRIMMED_COUNT.fullmatch(name)
        if trimmed:
            return self._count_between(*(float(bound) if bound else None for bound in trimmed.groups()))
        return self._percentile(float(name[1:]))

    def _count_between(self, low: Optional[float], high: Optional[float]) -> Optional[float]:
        """How many samples lie above `low` and not above `high`; none of statistic sets and negative values."""
        if not self.samples or self.low < 0:
            return None
        return sum(times for value, times in self.samples.items() if (low is None or value > low) and (high is None or value <= high))

    def _percentile(self, percent: float) -> Optional[float]:
        """The smallest value that so many percent of the samples do not exceed; none where a value is negative."""
        if not self.samples or self.low < 0:
            return None
        seen, wanted = 0.0, percent / 100 * self.count
        for value in sorted(self.samples):
            seen += self.samples[value]
            if seen >= wanted - 1e-9:
                return value
        return self.high


def is_statistic(name: str) -> bool:
    if name in STATISTICS or PERCENTILE.fullmatch(name) is not None:
        return True
    trimmed = TRIMMED_COUNT.fullmatch(name)
    return trimmed is not None and any(trimmed.groups())


def key_of(namespace: str, name: str, dimensions: dict[str, str]) -> Key:
    return namespace, name, tuple(sorted(dimensions.items()))


class Store:
    def __init__(self) -> None:
        self._seconds: dict[Key, dict[int, Data]] = {}
        self._pruned = 0.0

    def put(self, key: Key, timestamp: float, count: float, total: float, low: float, high: float, samples: Optional[dict[float, float]]) -> None:
        if count <= 0:
            return
        second = math.floor(timestamp)
        shift = _shift()
        seconds = self._seconds.setdefault(key, {})
        if second + shift not in seconds:
            seconds[second + shift] = Data(second)
        seconds[second + shift].add(count, total, low, high, samples)
        self._prune()

    def by_timestamp(self, key: Key, period: int, start: float, end: float, newest: float = math.inf) -> dict[int, Data]:
        """Data from `start` (inclusive) to `end`, by the beginning of their period, oldest first; no data, no entry.

        Seconds after `newest` are left out.
        """
        found: dict[int, list[Data]] = {}
        for data in list(self._seconds.get(key, {}).values()):
            begin = data.wall - data.wall % period
            if start <= begin < end and data.wall <= newest:
                found.setdefault(begin, []).append(data)
        return {begin: _merged(begin, found[begin]) for begin in sorted(found)}

    def latest(self, key: Key, period: int, begin: int, periods: int) -> dict[int, Data]:
        """The same on the steady clock: `periods` periods from `begin` on."""
        seconds = self._seconds.get(key)
        if not seconds:
            return {}
        found = {}
        for start in range(begin, begin + period * periods, period):
            parts = [seconds[second] for second in range(start, start + period) if second in seconds]
            if parts:
                found[start] = _merged(start, parts)
        return found

    def keys(self) -> list[Key]:
        return list(self._seconds)

    def clear(self) -> None:
        self._seconds.clear()

    def _prune(self) -> None:
        """Once in 10 s, so that a datum costs nothing by it."""
        now = steady_now()
        if 0 <= now - self._pruned < 10:
            return
        self._pruned = now
        for key, seconds in list(self._seconds.items()):
            for second in [second for second in seconds if second < now - KEPT_SECONDS]:
                del seconds[second]
            if not seconds:
                del self._seconds[key]


def _merged(begin: int, parts: list[Data]) -> Data:
    if len(parts) == 1:
        return parts[0]
    whole = Data(begin)
    for part in parts:
        whole.add(part.count, part.total, part.low, part.high, part.samples)
    return whole
