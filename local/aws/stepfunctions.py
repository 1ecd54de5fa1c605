"""Step Functions: the AWS SDK integrations ministack lacks, with the shapes of the SDK; what ecs:runTask.sync answers with; a
callback's timeout that is an expression."""

import json
from typing import Any
from urllib.parse import urlencode

import botocore.loaders
import botocore.model
import botocore.parsers
import botocore.serialize
from ministack import app
from ministack.core.responses import get_region
from ministack.services import stepfunctions

# By the name of the integration: ministack's service, botocore's service.
QUERY = {"elasticloadbalancingv2": ("elasticloadbalancing", "elbv2"), "cloudwatch": ("monitoring", "cloudwatch")}
PREFIX = {"elasticloadbalancingv2": "ElasticLoadBalancingV2", "cloudwatch": "CloudWatch"}
_models: dict[str, Any] = {}


def _pascal(value: Any) -> Any:
    if isinstance(value, list):
        return [_pascal(item) for item in value]
    if isinstance(value, dict):
        return {key[:1].upper() + key[1:]: _pascal(item) for key, item in value.items()}
    return value


def _poll_ecs_tasks(cluster: str, arns: list[str]) -> Any:
    """The first task in the integration's spelling; States.TaskFailed when a container ended with another code than 0."""
    task = _pascal(_ministack_poll(cluster, arns)["tasks"][0])
    failed = any(container.get("ExitCode") not in (0, None) for container in task.get("Containers", []))
    if failed or task.get("StopCode") == "TaskFailedToStart":
        raise stepfunctions._ExecutionError("States.TaskFailed", json.dumps(task, default=str))
    return task


def _whole(value: Any) -> Any:
    """JSON has one kind of number: 5.0 of an expression is a 5."""
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _query(service_info: dict[str, Any], service_name: str, action: str, input_data: Any) -> Any:
    """By the service's own model: numbers are numbers, lists are lists, errors have the names of the SDK's classes."""
    if service_name not in QUERY:
        return _ministack_query(service_info, service_name, action, input_data)
    key, name = QUERY[service_name]
    if name not in _models:
        # By the loader: a session would ask for profiles and credentials.
        _models[name] = botocore.model.ServiceModel(botocore.loaders.Loader().load_service_model(name, "service-2"), name)
    operation = _models[name].operation_model(action[:1].upper() + action[1:])
    body = botocore.serialize.create_serializer("query").serialize_to_request(_whole(input_data), operation)["body"]
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "host": f"{key}.{get_region()}.amazonaws.com",
        "authorization": f"AWS4-HMAC-SHA256 Credential=test/20260101/{get_region()}/{key}/aws4_request",
    }
    handler = app.SERVICE_HANDLERS[key]
    status, _, answer = app.call_service_handler_sync(handler, "POST", "/", headers, urlencode(body).encode(), {})
    answer = answer if isinstance(answer, bytes) else answer.encode()
    parsed = botocore.parsers.create_parser("query").parse(
        {"status_code": status, "headers": {}, "body": answer}, operation.output_shape
    )
    if status >= 400:
        error = parsed.get("Error", {})
        raise stepfunctions._ExecutionError(_error(service_name, operation, error.get("Code", "")), error.get("Message", ""))
    parsed.pop("ResponseMetadata", None)
    return json.loads(json.dumps(parsed, default=lambda value: value.isoformat()))


def _error(service_name: str, operation: Any, code: str) -> str:
    """The class of the SDK for Java, or the service's base class for an error without one (throttling)."""
    for shape in operation.error_shapes:
        if code in (shape.name, shape.metadata.get("error", {}).get("code")):
            return f"{PREFIX[service_name]}.{shape.name.removesuffix('Exception')}Exception"
    return f"{PREFIX[service_name]}.{PREFIX[service_name]}Exception"


def _callback(state: dict[str, Any], raw_input: Any, execution: Any, ctx: Any) -> Any:
    """TimeoutSeconds may be an expression (Task state, "TimeoutSeconds")."""
    timeout = state.get("TimeoutSeconds")
    if isinstance(timeout, str):
        state = {**state, "TimeoutSeconds": stepfunctions._apply_jsonata_template(timeout, raw_input, ctx)}
    return _ministack_task(state, raw_input, execution, ctx)


def install() -> None:
    global _ministack_poll, _ministack_query, _ministack_task
    _ministack_poll, stepfunctions._poll_ecs_tasks = stepfunctions._poll_ecs_tasks, _poll_ecs_tasks
    _ministack_query, stepfunctions._dispatch_aws_sdk_query = stepfunctions._dispatch_aws_sdk_query, _query
    _ministack_task, stepfunctions._execute_task = stepfunctions._execute_task, _callback
    services = stepfunctions._AWS_SDK_SERVICE_MAP
    services.setdefault("elasticloadbalancingv2", {"protocol": "query", "service_key": "elasticloadbalancing"})
    services.setdefault("cloudformation", {"protocol": "query", "service_key": "cloudformation"})
    stepfunctions._AWS_SDK_ERROR_PREFIX.setdefault("elasticloadbalancingv2", "ElasticLoadBalancingV2")
