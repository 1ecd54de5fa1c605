"""Step Functions: the AWS SDK integrations ministack lacks, and what ecs:runTask.sync answers with."""

import json
from typing import Any

from ministack.services import stepfunctions


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


def install() -> None:
    global _ministack_poll
    _ministack_poll, stepfunctions._poll_ecs_tasks = stepfunctions._poll_ecs_tasks, _poll_ecs_tasks
    services = stepfunctions._AWS_SDK_SERVICE_MAP
    services.setdefault("elasticloadbalancingv2", {"protocol": "query", "service_key": "elasticloadbalancing"})
    services.setdefault("cloudformation", {"protocol": "query", "service_key": "cloudformation"})
    stepfunctions._AWS_SDK_ERROR_PREFIX.setdefault("elasticloadbalancingv2", "ElasticLoadBalancingV2")
