"""Test hook, no part of AWS: metrics that come late, or not at all.

    POST /_local/metrics {"metric": "HTTPCode_Target_5XX_Count", "dimension": "targetgroup/green", "delaySeconds": 5}
    POST /_local/metrics {"metric": "RequestCount", "drop": true}

`metric` is a name or "*"; `dimension`, a part of a dimension's value, may be left out. A delayed datum is shown to clients
so many seconds after the second that it is about; alarms see it at once. A dropped one is lost to both. `delaySeconds` 0
undoes a delay, `drop` false a loss; a rule replaces the one of the same metric and dimension.
"""

from typing import Any, Mapping

import metric_store

_rules: dict[tuple[str, str], tuple[float, bool]] = {}


def control(wanted: Mapping[str, Any]) -> None:
    """Raises KeyError, TypeError, ValueError for what it does not take."""
    delay, drop = float(wanted.get("delaySeconds", 0)), wanted.get("drop", False)
    if delay < 0 or not isinstance(drop, bool):
        raise ValueError("delaySeconds is a number from 0, drop true or false")
    _rules[(str(wanted["metric"]), str(wanted.get("dimension", "")))] = (delay, drop)


def _matching(key: metric_store.Key) -> list[tuple[float, bool]]:
    _, name, dimensions = key
    return [
        effect
        for (metric, part), effect in _rules.items()
        if metric in ("*", name) and any(part in value for _, value in (*dimensions, ("", "")))
    ]


def is_dropped(key: metric_store.Key) -> bool:
    return any(drop for _, drop in _matching(key))


def delay_of(key: metric_store.Key) -> float:
    return max((delay for delay, _ in _matching(key)), default=0.0)
