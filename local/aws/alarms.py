"""Evaluates the metric alarms, once in each of their periods. Time is scaled: 60 s of an alarm's period are
KDC_LOCAL_ALARM_PERIOD seconds here (a whole number from 1, default 1), so that a demo does not wait for minutes.

What a state follows from is in alarm_rules.py; composite alarms and actions are ministack's.
"""

import asyncio
import logging
import math
import os
import time
from typing import Any, Optional

from ministack.core.responses import request_scope
from ministack.services import cloudwatch

import alarm_rules
import metric_store
import world
from metric_api import store
from metric_math import Refused, Series
from metric_queries import Queries

Record = dict[str, Any]
# The load balancer publishes a second just after its end; then it is evaluated.
PUBLISHED_AFTER_SECONDS = 0.4
WORDS = {
    "GreaterThanThreshold": "greater than", "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "LessThanThreshold": "less than", "LessThanOrEqualToThreshold": "less than or equal to",
}  # fmt: skip
logger = logging.getLogger("alarms")

minute = int(os.environ.get("KDC_LOCAL_ALARM_PERIOD", "1"))
if minute < 1:
    raise SystemExit(f"KDC_LOCAL_ALARM_PERIOD: a whole number of seconds from 1, found {minute}")

_compiled: dict[str, tuple[Record, "Alarm"]] = {}


class Alarm:
    """An alarm's configuration, made ready. Raises Refused for one that the local AWS cannot evaluate."""

    def __init__(self, record: Record):
        self._record = record
        statistic = record.get("ExtendedStatistic") or record.get("Statistic") or "Average"
        single = {"Id": "m", "MetricStat": {"Metric": record, "Stat": statistic, "Period": record.get("Period", 60)}}
        self._queries = Queries(record.get("Metrics") or [single])
        watched = self._queries.returned()
        if watched is None:
            raise Refused(f"alarm {record['AlarmName']} has no query with ReturnData")
        if record.get("ComparisonOperator") not in WORDS:
            raise Refused(f"the local AWS has no comparison {record.get('ComparisonOperator')}")
        self._watched = watched
        self.period = max(1, round(self._queries.period(watched) * minute / 60))
        self._needed = int(record.get("EvaluationPeriods") or 1)
        self._to_alarm = int(record.get("DatapointsToAlarm") or self._needed)
        self._least_samples = _least_samples(record)

    def evaluate(self, end: int) -> Optional[tuple[str, str]]:
        """State and reason from the periods before `end`, a second of the steady clock; None to leave it as it is."""
        count = self._needed + alarm_rules.EXTRA_PERIODS
        begin = end - count * self.period
        samples = 0.0

        def read(key: metric_store.Key, _period: int) -> dict[int, metric_store.Data]:
            nonlocal samples
            found = store.latest(key, self.period, begin, count)
            samples += sum(data.count for data in found.values())
            return found

        periods = range(begin, end, self.period)
        series = self._queries.series(self._watched, read, lambda _period: periods)
        if series and samples < self._least_samples:
            return None
        operator, threshold = self._record["ComparisonOperator"], float(self._record["Threshold"])
        points = [alarm_rules.breaches(operator, series[at], threshold) if at in series else None for at in periods]
        treat, current = self._record.get("TreatMissingData") or "missing", self._record["StateValue"]
        state = alarm_rules.decide(points, self._needed, self._to_alarm, treat, current)
        return state, self._reason(series, points, state)

    def _reason(self, series: Series, points: list[Optional[bool]], state: str) -> str:
        record, previous = self._record, self._record["StateValue"]
        if not series:
            treated = "" if state == "INSUFFICIENT_DATA" else f" and treated as {record.get('TreatMissingData')}"
            return f"Insufficient Data: {self._needed} datapoints were unknown{treated}."
        latest = [series[at] for at in sorted(series)][-self._needed :]
        breaching = sum([point for point in points if point is not None][-self._needed :])
        shown = ", ".join(f"{value:.6g}" for value in reversed(latest))
        return (
            f"Threshold Crossed: {breaching} out of the last {len(latest)} datapoints [{shown}] were {WORDS[record['ComparisonOperator']]} "
            f"the threshold ({float(record['Threshold'])}) (minimum {self._to_alarm} datapoints for {previous} -> {state} transition)."
        )


def _least_samples(record: Record) -> float:
    """Samples that a percentile needs to be believed, scaled as the time in which they come is ("Percentile-based
    CloudWatch alarms and low data samples": 10/(1-percentile), or 10/percentile below 0.5)."""
    statistic = record.get("ExtendedStatistic") or ""
    if record.get("EvaluateLowSampleCountPercentile") != "ignore" or not statistic.startswith("p"):
        return 0
    share = float(statistic[1:]) / 100
    rest = 1 - share if share >= 0.5 else share
    return 10 / max(rest, 1e-4) * minute / 60


def _alarm(record: Record) -> Alarm:
    name = record["AlarmName"]
    if name not in _compiled or _compiled[name][0] is not record:
        _compiled[name] = (record, Alarm(record))
    return _compiled[name][1]


def evaluate_all(end: int) -> None:
    """`end`: a whole second of the steady clock; alarms whose period ends with it are evaluated."""
    records = cloudwatch._alarms.values()
    for name in set(_compiled) - {record["AlarmName"] for record in records}:
        del _compiled[name]
    for record in records:
        try:
            alarm = _alarm(record)
            verdict = alarm.evaluate(end) if end % alarm.period == 0 else None
        except Refused as error:
            verdict = ("INSUFFICIENT_DATA", str(error))
        if verdict and verdict[0] != record["StateValue"]:
            _change(record, *verdict)


def _change(record: Record, state: str, reason: str) -> None:
    previous, now = record["StateValue"], round(time.time(), 3)
    record.update(StateValue=state, StateReason=reason, StateUpdatedTimestamp=now, StateTransitionedTimestamp=now)
    cloudwatch._record_history(record["AlarmName"], previous, state, reason)
    cloudwatch._dispatch_alarm_actions(record, previous, state, reason)
    cloudwatch._evaluate_parent_alarms(record)


async def evaluate_forever() -> None:
    """Once a second, on the steady clock. Seconds in which the local AWS was too busy are not evaluated later."""
    while True:
        now = metric_store.steady_now() - PUBLISHED_AFTER_SECONDS
        await asyncio.sleep(math.floor(now) + 1 - now)
        end = math.floor(metric_store.steady_now() - PUBLISHED_AFTER_SECONDS + 0.05)
        try:
            with request_scope(world.ACCOUNT, world.REGION):
                evaluate_all(end)
        except Exception:
            logger.exception("alarms were not evaluated")
