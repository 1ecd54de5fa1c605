"""ECS: the service scheduler, deployments with their circuit breaker, and what CloudFormation waits for."""

import logging
import math
import threading
import time
from datetime import datetime
from typing import Any, Optional

from ministack.core.responses import error_response_json, json_response, new_uuid, request_scope
from ministack.services import ecs
from ministack.services.cloudformation import provisioners

import ecs_tasks
import elbv2

Record = dict[str, Any]
TICK_SECONDS = 0.2
FIRST_RETRY_SECONDS, LONGEST_RETRY_SECONDS = 0.5, 30.0  # AWS backs off up to 15 minutes
STEADY_TIMEOUT_SECONDS = 3 * 3600  # CloudFormation's own patience with a service

log = logging.getLogger("ecs-services")


def _tasks_of(service: Record) -> list[Record]:
    group = f"service:{service['serviceName']}"
    return [t for t in list(ecs._tasks.values()) if t.get("group") == group and t.get("clusterArn") == service["clusterArn"]]


def _live(task: Record) -> bool:
    return task["lastStatus"] != "STOPPED" and task["desiredStatus"] == "RUNNING"


def _target_states(service: Record, task: Record) -> list[str]:
    address = ecs._task_ip(task)
    return [
        elbv2.target_state(entry["targetGroupArn"], address, int(entry["containerPort"]))
        for entry in service.get("loadBalancers") or []
        if entry.get("targetGroupArn") and address
    ]


def _healthy(service: Record, task: Record, definitions: dict[str, Record]) -> bool:
    checked = any(c.get("healthCheck") for c in definitions.get(task["taskDefinitionArn"], {}).get("containerDefinitions", []))
    return (
        task["lastStatus"] == "RUNNING"
        and (not checked or task.get("healthStatus") == "HEALTHY")
        and all(state == "healthy" for state in _target_states(service, task))
    )


def _sick(service: Record, task: Record) -> Optional[str]:
    """Why the scheduler replaces a running task, or None. The grace period counts from the start of the task."""
    started = task.get("startedAt")
    if task["lastStatus"] != "RUNNING" or not started:
        return None
    age = time.time() - datetime.fromisoformat(started.replace("Z", "+00:00")).timestamp()
    if age < int(service.get("healthCheckGracePeriodSeconds") or 0):
        return None
    if task.get("healthStatus") == "UNHEALTHY":
        return "Task failed container health checks"
    if "unhealthy" in _target_states(service, task):
        return "Task failed ELB health checks"
    return None


def _event(service: Record, message: str) -> None:
    service["events"].insert(0, {"id": new_uuid(), "createdAt": ecs._iso(), "message": f"(service {service['serviceName']}) {message}"})
    del service["events"][100:]


def _count_failures(service: Record, deployment: Record, tasks: list[Record]) -> None:
    """Consecutive failures: tasks that stopped by themselves or could not start, since the last healthy one."""
    for task in tasks:
        if task["lastStatus"] != "STOPPED" or task.get("_counted") or task.get("_deployment_id") != deployment["id"]:
            continue
        task["_counted"] = True
        if task["stopCode"] != "UserInitiated" and task.get("_stop_kind") != "scheduler":
            deployment["failedTasks"] += 1
            deployment["_last_failure"] = time.monotonic()
            _event(service, f"has stopped 1 running tasks: {task['stoppedReason']}")


def _may_launch(deployment: Record) -> bool:
    failures = deployment["failedTasks"]
    if failures == 0:
        return True
    wait = min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** (failures - 1))
    return time.monotonic() - deployment.get("_last_failure", 0) >= wait


def _trip_breaker(service: Record, deployment: Record) -> None:
    breaker = (service.get("deploymentConfiguration") or {}).get("deploymentCircuitBreaker") or {}
    if not breaker.get("enable") or deployment["rolloutState"] != "IN_PROGRESS":
        return
    if deployment["failedTasks"] < ecs._circuit_breaker_threshold(service):
        return
    deployment.update(
        rolloutState="FAILED",
        rolloutStateReason="ECS deployment circuit breaker: tasks failed to start.",
        desiredCount=0,
        updatedAt=ecs._iso(),
    )
    _event(service, f"(deployment {deployment['id']}) deployment failed: tasks failed to start.")
    last_good = next((d for d in service["deployments"] if d is not deployment and d["rolloutState"] == "COMPLETED"), None)
    if breaker.get("rollback") and last_good:
        deployment["status"] = "ACTIVE"
        last_good.update(
            status="PRIMARY",
            rolloutState="IN_PROGRESS",
            rolloutStateReason="ECS deployment rollback in progress.",
            desiredCount=service["desiredCount"],
            failedTasks=0,
        )
        service["taskDefinition"] = last_good["taskDefinition"]
        _event(service, f"rolling back to deployment {last_good['id']}.")


def _end(task: Record, reason: str, kind: str = "scheduler") -> None:
    task["_stop_kind"] = kind
    ecs_tasks.stop(task, reason, "ServiceSchedulerInitiated")


def reconcile(cluster: str, service: Record) -> None:
    """One look of the scheduler at one service."""
    tasks = _tasks_of(service)
    if service["status"] == "DRAINING":
        for task in filter(_live, tasks):
            _end(task, "Service deleted")
        if all(t["lastStatus"] == "STOPPED" for t in tasks):
            service["status"] = "INACTIVE"
        ecs._refresh_service_state(cluster, f"service:{service['serviceName']}")
        return

    deployment = ecs._primary_deployment(service)
    _count_failures(service, deployment, tasks)
    for task in filter(_live, tasks):
        reason = _sick(service, task)
        if reason:
            _end(task, reason, "failed")
            _event(service, f"(task {task['taskArn'].rsplit('/', 1)[-1]}) {reason}")
    _trip_breaker(service, deployment)
    deployment = ecs._primary_deployment(service)

    desired = service["desiredCount"]
    configuration = service.get("deploymentConfiguration") or {}
    most = max(1, desired * int(configuration.get("maximumPercent", 200)) // 100)
    least = math.ceil(desired * int(configuration.get("minimumHealthyPercent", 100)) / 100)
    definitions = {d["taskDefinitionArn"]: d for d in ecs._task_defs.values()}
    live = [t for t in tasks if _live(t)]
    current = [t for t in live if t.get("_deployment_id") == deployment["id"]]
    old = [t for t in live if t.get("_deployment_id") != deployment["id"]]
    healthy = [t for t in current if _healthy(service, t, definitions)]
    if healthy:
        deployment["failedTasks"] = 0

    missing = min(desired - len(current), most - len(live))
    if missing > 0 and deployment["rolloutState"] != "FAILED" and _may_launch(deployment):
        ecs._run_task({
            "cluster": cluster, "taskDefinition": service["taskDefinition"], "count": missing,
            "group": f"service:{service['serviceName']}", "startedBy": deployment["id"],
            "launchType": service.get("launchType"), "capacityProviderStrategy": service.get("capacityProviderStrategy"),
            "platformVersion": service.get("platformVersion", ""), "networkConfiguration": service["networkConfiguration"],
            "_deploymentId": deployment["id"],
        })  # fmt: skip
    for task in sorted(current, key=lambda t: t["createdAt"], reverse=True)[: max(0, len(current) - desired)]:
        _end(task, "Scaling activity initiated by service scheduler")
    # Old tasks go as far as enough healthy ones remain; sick ones and surplus first.
    old_healthy = [t for t in old if _healthy(service, t, definitions)]
    spare = len(healthy) + len(old_healthy) - least
    for task in [t for t in old if t not in old_healthy and t["lastStatus"] == "RUNNING"] + old_healthy[: max(0, spare)]:
        if task in old_healthy or spare >= 0:
            _end(task, "Scaling activity initiated by deployment")

    draining = [t for t in tasks if t["lastStatus"] != "STOPPED" and t.get("_deployment_id") != deployment["id"]]
    if deployment["rolloutState"] == "IN_PROGRESS" and len(healthy) == desired == len(current) and not draining:
        deployment.update(rolloutState="COMPLETED", rolloutStateReason="ECS deployment completed.", updatedAt=ecs._iso())
        _event(service, "has reached a steady state.")
    ecs._refresh_service_state(cluster, f"service:{service['serviceName']}")


def _schedule() -> None:
    while True:
        time.sleep(TICK_SECONDS)
        for (account, region, key), service in list(ecs._services.all_items()):
            if service["status"] not in ("ACTIVE", "DRAINING"):
                continue
            with request_scope(account, region):
                try:
                    reconcile(key.split("/", 1)[0], service)
                except Exception:
                    log.exception("service %s", key)


def _new_deployment(*arguments: Any, **keywords: Any) -> Record:
    deployment = _make_deployment(*arguments, **keywords)
    deployment.update(rolloutState="IN_PROGRESS", rolloutStateReason="ECS deployment in progress.")
    return deployment


def _create_service(data: Record) -> Any:
    for entry in data.get("loadBalancers") or []:
        arn = entry.get("targetGroupArn")
        if arn and not elbv2.load_balancers_of(arn):
            return error_response_json(
                "InvalidParameterException", f"The target group with targetGroupArn {arn} does not have an associated load balancer.", 400
            )
    return _original_create_service(data)


def _update_service(data: Record) -> Any:
    if any(data.get(key) is not None for key in ("loadBalancers", "networkConfiguration")):
        data["forceNewDeployment"] = True
    return _original_update_service(data)


def _delete_service(data: Record) -> Any:
    cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
    name, _ = ecs._resolve_service_ref(data.get("service", "")) or ("", None)
    service = ecs._services.get(f"{cluster}/{name}")
    if not service or service["status"] == "INACTIVE":
        return error_response_json("ServiceNotFoundException", "Service not found.", 400)
    if not data.get("force") and service["desiredCount"] > 0:
        return error_response_json("InvalidParameterException", "The service cannot be stopped while it is scaled above 0.", 400)
    service.update(status="DRAINING", desiredCount=0)
    return json_response({"service": ecs._sanitize(service)})


def _raise_on_error(answer: Any) -> None:
    if answer[0] >= 400:
        body = answer[2].decode() if isinstance(answer[2], bytes) else answer[2]
        raise ValueError(f'Resource handler returned message: "{body}"')


def _wait_until_steady(service: Record) -> None:
    """CloudFormation's stabilisation: the deployment it began completes, or its circuit breaker trips."""
    deployment = ecs._primary_deployment(service)
    end = time.monotonic() + STEADY_TIMEOUT_SECONDS
    while time.monotonic() < end:
        if deployment["rolloutState"] == "COMPLETED" and service["runningCount"] == service["desiredCount"]:
            return
        if deployment["rolloutState"] == "FAILED":
            raise ValueError(
                "Resource handler returned message: \"Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'.\" (HandlerErrorCode: GeneralServiceException)"
            )
        if service["status"] != "ACTIVE":
            raise ValueError(f"service {service['serviceName']} is {service['status']}")
        time.sleep(0.1)
    raise ValueError(f"service {service['serviceName']} did not stabilise")


def _request(properties: Record) -> Record:
    request = provisioners._pascal_to_camel({k: v for k, v in properties.items() if k != "ServiceName"})
    request.pop("enableECSManagedTags", None)
    return {k: v for k, v in request.items() if v is not None}


def _cfn_create(logical_id: str, properties: Record, stack_name: str) -> tuple[str, Record]:
    name = properties.get("ServiceName") or f"{stack_name}-{logical_id}-{new_uuid().replace('-', '')[:12]}"
    cluster = ecs._resolve_cluster_name(properties.get("Cluster", "default"))
    request = {**_request(properties), "cluster": cluster, "serviceName": name, "desiredCount": int(properties.get("DesiredCount", 1))}
    _raise_on_error(_create_service(request))
    service = ecs._services[f"{cluster}/{name}"]
    try:
        _wait_until_steady(service)
    except ValueError:
        _cfn_delete(service["serviceArn"], properties)
        raise
    return service["serviceArn"], {"ServiceArn": service["serviceArn"], "Name": name}


def _cfn_update(physical_id: str, old: Record, new: Record, stack_name: str, logical_id: Optional[str] = None) -> tuple[str, Record]:
    cluster, name = physical_id.rsplit("/", 2)[-2:]
    changed = {k: v for k, v in new.items() if v != old.get(k)}
    request = {**_request(changed), "cluster": cluster, "service": name}
    if "desiredCount" in request:
        request["desiredCount"] = int(request["desiredCount"])
    _raise_on_error(_update_service(request))
    _wait_until_steady(ecs._services[f"{cluster}/{name}"])
    return physical_id, {"ServiceArn": physical_id, "Name": name}


def _cfn_delete(physical_id: str, properties: Record) -> None:
    cluster, name = physical_id.rsplit("/", 2)[-2:]
    service = ecs._services.get(f"{cluster}/{name}")
    if not service:
        return
    _delete_service({"cluster": cluster, "service": name, "force": True})
    while service["status"] != "INACTIVE":
        time.sleep(0.1)


def install() -> None:
    global _make_deployment, _original_create_service, _original_update_service
    _make_deployment, ecs._make_deployment = ecs._make_deployment, _new_deployment
    _original_create_service, _original_update_service = ecs._create_service, ecs._update_service
    ecs._reconcile_service_tasks = lambda cluster, key: None  # the scheduler below looks again soon
    ecs._ACTION_MAP.update(CreateService=_create_service, UpdateService=_update_service, DeleteService=_delete_service)
    # Task definitions: every part in the API's spelling, not only the parts ministack knows.
    provisioners._normalize_container_defs = lambda definitions: [
        {"essential": True, **provisioners._pascal_to_camel(d)} for d in definitions
    ]
    provisioners._RESOURCE_HANDLERS["AWS::ECS::Service"] = {
        "create": _cfn_create, "update": _cfn_update, "delete": _cfn_delete, "update_with_logical_id": True,
    }  # fmt: skip
    threading.Thread(target=_schedule, daemon=True).start()
