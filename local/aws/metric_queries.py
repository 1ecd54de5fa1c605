"""Queries as GetMetricData and metric-math alarms ask them: metrics and expressions, each with an id."""

from typing import Any, Callable, Iterable, Mapping, Optional

import metric_math
import metric_store
from metric_math import Refused, Series
from metric_store import Data, Key

Record = Mapping[str, Any]


def key_of(metric: Record) -> Key:
    dimensions = {d["Name"]: d.get("Value", "") for d in metric.get("Dimensions") or []}
    return metric_store.key_of(metric.get("Namespace", ""), metric.get("MetricName", ""), dimensions)


def returns_data(query: Record) -> bool:
    return str(query.get("ReturnData", True)).lower() != "false"


def check_period(period: int) -> None:
    if period not in (1, 5, 10, 20, 30) and (period < 60 or period % 60):
        raise Refused(f"The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60, found {period}")


def check_statistic(name: str) -> None:
    if not metric_store.is_statistic(name):
        raise Refused(f"The local AWS knows the statistics {', '.join(metric_store.STATISTICS)}, p0 to p100 and TC(LOW:HIGH), found '{name}'")


def series_of(data: Mapping[int, Data], statistic: str) -> Series:
    values = {at: each.statistic(statistic) for at, each in data.items()}
    return {at: value for at, value in values.items() if value is not None}


class Queries:
    """The queries of one request or one alarm. Raises Refused for one that AWS, or this model of it, does not take."""

    def __init__(self, queries: Iterable[Record]):
        self.by_id = {query["Id"]: query for query in queries}
        for query in self.by_id.values():
            if query.get("Expression"):
                for name in metric_math.ids_in(query["Expression"]):
                    if name not in self.by_id:
                        raise Refused(f"Error in expression '{query['Id']}': {name} is not the id of a query")
            else:
                check_period(int(query["MetricStat"]["Period"]))
                check_statistic(query["MetricStat"]["Stat"])

    def period(self, name: str, seen: tuple[str, ...] = ()) -> int:
        """Of an expression: the longest of its metrics."""
        query = self.by_id[name]
        if not query.get("Expression"):
            return int(query["MetricStat"]["Period"])
        if name in seen:
            raise Refused(f"Error in expression '{name}': it refers to itself")
        return max((self.period(each, (*seen, name)) for each in metric_math.ids_in(query["Expression"])), default=int(query.get("Period") or 60))

    def series(self, name: str, read: Callable[[Key, int], Mapping[int, Data]], periods: Callable[[int], Iterable[int]]) -> Series:
        """`read`: data of a metric by a period; `periods`: the beginnings of all periods asked for, by their length."""
        query = self.by_id[name]
        if query.get("Expression"):
            return metric_math.compute(query["Expression"], lambda each: self.series(each, read, periods), periods(self.period(name)))
        stat = query["MetricStat"]
        return series_of(read(key_of(stat["Metric"]), int(stat["Period"])), stat["Stat"])

    def returned(self) -> Optional[str]:
        """The id of the one query whose result an alarm watches."""
        return next((name for name, query in self.by_id.items() if returns_data(query)), None)
