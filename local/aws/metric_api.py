"""PutMetricData, GetMetricData, GetMetricStatistics and ListMetrics on the store."""

import math
import time
from typing import Any, Mapping

from ministack.services import cloudwatch

import metric_faults
import metric_store
from elbv2 import from_query, to_xml
from metric_math import Refused
from metric_queries import Queries, check_period, check_statistic, key_of, returns_data

Record = Mapping[str, Any]
UNIQUE_VALUES = 150

store = metric_store.Store()


class _Bucket:
    """What ministack takes for the list of a metric's data: appending stores."""

    def __init__(self, key: metric_store.Key):
        self._key = key

    def append(self, point: Record) -> None:
        if metric_faults.is_dropped(self._key):
            return
        count, total, low, high = cloudwatch._point_stats(point)
        single = low == high and math.isclose(total, low * count)
        store.put(self._key, point["Timestamp"], count, total, low, high, {low: count} if single else None)


def bucket(key: tuple[str, str, str]) -> _Bucket:
    namespace, name, dimensions = key
    return _Bucket((namespace, name, tuple(sorted(tuple(pair.split("=", 1)) for pair in dimensions.split("|") if pair))))  # type: ignore[arg-type]


def put_metric_data(ministack: Any) -> Any:
    def handle(params: Record, body: Record, is_cbor: bool, is_json: bool = False) -> Any:
        for datum in body.get("MetricData", []):
            values, counts = datum.get("Values"), datum.get("Counts")
            name = datum.get("MetricName")
            if len(values or []) > UNIQUE_VALUES:
                return _refused(f"The collection MetricData.{name}.Values must not have a size greater than {UNIQUE_VALUES}", is_cbor, is_json)
            if counts is not None and len(counts) != len(values or []):
                return _refused(f"The parameters MetricData.{name}.Values and Counts must have the same size", is_cbor, is_json)
        return ministack(params, body, is_cbor, is_json)

    return handle


def _refused(message: str, is_cbor: bool, is_json: bool, code: str = "InvalidParameterValue") -> Any:
    return cloudwatch._error(code, message, 400, use_json=is_json, use_cbor=is_cbor)


def _answer(action: str, result: Record, is_cbor: bool, is_json: bool) -> Any:
    if is_cbor:
        return cloudwatch._cbor_ok(result)
    if is_json:
        return cloudwatch._json_ok(result)
    return cloudwatch._xml(200, f"{action}Response", f"<{action}Result>{to_xml(result)}</{action}Result>")


def _given(params: Record, body: Record, is_query: bool, *lists: str) -> dict[str, Any]:
    """The request, whatever the protocol."""
    if not is_query:
        return dict(body)
    single = {key: cloudwatch._p(params, key) for key in params if "." not in key}
    return {**single, **{name: from_query(params, name) for name in lists}}


def _floor(timestamp: float, period: int) -> float:
    """The beginning of the period; of the minute, for periods that are longer."""
    step = min(period, 60)
    return math.floor(timestamp / step) * step


def _shown(key: metric_store.Key, period: int, start: float, end: float) -> dict[int, metric_store.Data]:
    return store.by_timestamp(key, period, _floor(start, period), end, time.time() - metric_faults.delay_of(key))


def get_metric_data(params: Record, body: Record, is_cbor: bool, is_json: bool = False) -> Any:
    request = _given(params, body, not (is_cbor or is_json), "MetricDataQueries")
    start, end = cloudwatch._parse_ts(request.get("StartTime")), cloudwatch._parse_ts(request.get("EndTime"))
    if start is None or end is None or start >= end:
        return _refused("The parameter StartTime must be less than the parameter EndTime.", is_cbor, is_json, "ValidationError")

    def periods(period: int) -> range:
        first = math.ceil(_floor(start, period) / period) * period
        return range(first, math.ceil(min(end, time.time())), period)

    results = []
    try:
        queries = Queries(request.get("MetricDataQueries") or [])
        for name, query in queries.by_id.items():
            if not returns_data(query):
                continue
            series = queries.series(name, lambda key, period: _shown(key, period, start, end), periods)
            times = sorted(series, reverse=request.get("ScanBy") != "TimestampAscending")
            label = query.get("Label") or (name if query.get("Expression") else query["MetricStat"]["Metric"]["MetricName"])
            shown = {"Timestamps": [cloudwatch._ts_iso(at) for at in times], "Values": [series[at] for at in times]}
            results.append({"Id": name, "Label": label, **shown, "StatusCode": "Complete"})
    except Refused as error:
        return _refused(str(error), is_cbor, is_json, "ValidationError")
    if is_cbor:
        results = [cloudwatch._cbor_metric_data_result(result) for result in results]
    return _answer("GetMetricData", {"MetricDataResults": results, "Messages": []}, is_cbor, is_json)


def get_metric_statistics(params: Record, body: Record, is_cbor: bool, is_json: bool = False) -> Any:
    request = _given(params, body, not (is_cbor or is_json), "Dimensions", "Statistics", "ExtendedStatistics")
    period = int(request.get("Period") or 60)
    start, end = cloudwatch._parse_ts(request.get("StartTime")), cloudwatch._parse_ts(request.get("EndTime"))
    if start is None or end is None or start >= end:
        return _refused("The parameter StartTime must be less than the parameter EndTime.", is_cbor, is_json, "InvalidParameterCombination")
    basic, extended = request.get("Statistics") or [], request.get("ExtendedStatistics") or []
    try:
        check_period(period)
        for name in (*basic, *extended):
            check_statistic(name)
    except Refused as error:
        return _refused(str(error), is_cbor, is_json)
    points = []
    for at, data in _shown(key_of(request), period, start, end).items():
        percentiles = {name: data.statistic(name) for name in extended}
        known = {name: value for name, value in percentiles.items() if value is not None}
        point = {"Timestamp": cloudwatch._ts_iso(at), **{name: data.statistic(name) for name in basic}}
        points.append({**point, **({"ExtendedStatistics": known} if known else {})})
    if is_cbor:
        points = [cloudwatch._cbor_datapoint(point) for point in points]
    return _answer("GetMetricStatistics", {"Label": request.get("MetricName", ""), "Datapoints": points}, is_cbor, is_json)


def list_metrics(params: Record, body: Record, is_cbor: bool, is_json: bool = False) -> Any:
    request = _given(params, body, not (is_cbor or is_json), "Dimensions")

    def wanted(key: metric_store.Key) -> bool:
        namespace, name, dimensions = key
        given = dict(dimensions)
        return (
            request.get("Namespace") in (None, "", namespace)
            and request.get("MetricName") in (None, "", name)
            and all(d["Name"] in given and d.get("Value") in (None, "", given[d["Name"]]) for d in request.get("Dimensions") or [])
        )

    metrics = [
        {"Namespace": namespace, "MetricName": name, "Dimensions": [{"Name": k, "Value": v} for k, v in dimensions]}
        for namespace, name, dimensions in filter(wanted, store.keys())
    ]
    return _answer("ListMetrics", {"Metrics": metrics}, is_cbor, is_json)


def install() -> None:
    """ministack reads the requests and tells the errors; the data are ours."""
    cloudwatch._metric_bucket = bucket
    cloudwatch._evict_old_metrics = lambda: None
    cloudwatch._put_metric_data = put_metric_data(cloudwatch._put_metric_data)
    cloudwatch._get_metric_data = get_metric_data
    cloudwatch._get_metric_statistics = get_metric_statistics
    cloudwatch._list_metrics = list_metrics

