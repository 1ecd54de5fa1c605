"""CloudWatch: metrics that are kept and asked for (metric_api.py), metric-math and composite alarms in CloudFormation,
alarm state changes to EventBridge. Who evaluates the alarms: alarms.py."""

import json
import time
from typing import Any, Optional

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch, eventbridge
from ministack.services.cloudformation import provisioners

import alarms
import metric_api
from metric_math import Refused

Record = dict[str, Any]


def _alarm_record(name: str, properties: Record) -> Record:
    """Of CloudFormation; ministack takes no metric math there."""
    stand_in = {"MetricName": "metric-math", "Namespace": "metric-math"} if properties.get("Metrics") else {}
    given = {key: value for key, value in properties.items() if key != "Metrics"}
    return _completed(_ministack_record(name, {**given, **stand_in}), properties)


def _completed(alarm: Record, given: Record) -> Record:
    """What ministack leaves out or makes up."""
    if given.get("EvaluateLowSampleCountPercentile"):
        alarm["EvaluateLowSampleCountPercentile"] = given["EvaluateLowSampleCountPercentile"]
    if given.get("Metrics"):
        for key in ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Dimensions"):
            alarm.pop(key, None)
        alarm["Metrics"] = given["Metrics"]
    else:
        alarm.pop("Statistic" if alarm.get("ExtendedStatistic") else "ExtendedStatistic", None)
    return alarm


def _put_metric_alarm(params: Record, body: Record, is_cbor: bool, is_json: bool = False) -> Any:
    """In the JSON protocols; in the query protocol metric math is not there."""
    if is_cbor or is_json:
        try:
            alarms.Alarm({**body, "StateValue": "INSUFFICIENT_DATA"})
        except Refused as error:
            return cloudwatch._error("ValidationError", str(error), 400, use_json=is_json, use_cbor=is_cbor)
    answer = _ministack_put(params, body, is_cbor, is_json)
    if answer[0] < 300 and (is_cbor or is_json):
        _completed(cloudwatch._alarms[body["AlarmName"]], body)
    return answer


def _create_composite(logical_id: str, properties: Record, stack_name: str) -> tuple[str, Record]:
    name = properties.get("AlarmName") or provisioners._physical_name(stack_name, logical_id, max_len=255)
    params: dict[str, list[str]] = {
        "AlarmName": [name], "AlarmRule": [properties["AlarmRule"]],
        "AlarmDescription": [properties.get("AlarmDescription", "")],
        "ActionsEnabled": [str(properties.get("ActionsEnabled", True)).lower()],
    }  # fmt: skip
    for kind in ("AlarmActions", "OKActions", "InsufficientDataActions"):
        for number, action in enumerate(properties.get(kind) or [], 1):
            params[f"{kind}.member.{number}"] = [action]
    status, _, body = cloudwatch._put_composite_alarm(params, {}, False, False)
    if status >= 300:
        raise ValueError(body.decode() if isinstance(body, bytes) else body)
    return name, {"Arn": f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{name}"}


def _update_composite(physical_id: str, old: Record, new: Record, stack_name: str, logical_id: Optional[str] = None) -> tuple[str, Record]:
    return _create_composite(logical_id or physical_id, {"AlarmName": physical_id, **new}, stack_name)


def _record_history(alarm_name: str, old_state: str, new_state: str, reason: str, *more: Any, **keywords: Any) -> None:
    """Every state change passes here; EventBridge hears of it as "CloudWatch Alarm State Change"."""
    _ministack_history(alarm_name, old_state, new_state, reason, *more, **keywords)
    if old_state == new_state:
        return
    alarm = cloudwatch._alarms.get(alarm_name) or cloudwatch._composite_alarms.get(alarm_name) or {}
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000+0000", time.gmtime())
    detail = {
        "alarmName": alarm_name,
        "state": {"value": new_state, "reason": reason, "timestamp": now},
        "previousState": {"value": old_state},
        "configuration": {"description": alarm.get("AlarmDescription", "")},
    }
    entry = {
        "Source": "aws.cloudwatch",
        "DetailType": "CloudWatch Alarm State Change",
        "Detail": json.dumps(detail),
        "Resources": [alarm.get("AlarmArn", "")],
    }
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


def install() -> None:
    global _ministack_record, _ministack_history, _ministack_put
    _ministack_record, provisioners._cw_metric_alarm_record = provisioners._cw_metric_alarm_record, _alarm_record
    _ministack_history, cloudwatch._record_history = cloudwatch._record_history, _record_history
    _ministack_put, cloudwatch._put_metric_alarm = cloudwatch._put_metric_alarm, _put_metric_alarm
    cloudwatch._evaluate_alarm = lambda alarm: None
    metric_api.install()
    provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::CompositeAlarm"] = {
        "create": _create_composite, "update": _update_composite, "update_with_logical_id": True,
        "delete": lambda physical_id, _: cloudwatch._composite_alarms.pop(physical_id, None),
    }  # fmt: skip
