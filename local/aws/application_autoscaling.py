"""Application Auto Scaling: targets and policies are kept and described; nothing scales by itself."""

import json
import time
from typing import Any, Optional

from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import ecs
from ministack.services.cloudformation import provisioners

Record = dict[str, Any]
TARGET_HEADER = "AnyScaleFrontendService."
_targets: dict[str, Record] = {}
_policies: dict[str, Record] = {}


class Missing(ValueError):
    """No such target: ObjectNotFoundException."""


class Invalid(ValueError):
    """ValidationException."""


def _key(request: Record) -> str:
    return "|".join(request[part] for part in ("ResourceId", "ScalableDimension", "ServiceNamespace"))


def _register(request: Record) -> Record:
    """Registers or updates; what is not given stays. Raises Invalid for an ECS service that does not exist, and bounds that cross."""
    resource = request["ResourceId"]
    if request["ServiceNamespace"] == "ecs" and ecs._services.get(resource.removeprefix("service/"), {}).get("status") != "ACTIVE":
        raise Invalid(f"ECS service doesn't exist: {resource}")
    known = _targets.get(_key(request), {})
    lower, upper = (int(known[f] if request.get(f) is None else request[f]) for f in ("MinCapacity", "MaxCapacity"))
    if lower > upper:
        raise Invalid("Maximum capacity cannot be less than minimum capacity")
    target = _targets.setdefault(
        _key(request),
        {
            "CreationTime": time.time(),
            "ScalableTargetARN": f"arn:aws:application-autoscaling:{get_region()}:{get_account_id()}:scalable-target/{new_uuid()}",
        },
    )
    fields = ("ServiceNamespace", "ResourceId", "ScalableDimension", "MinCapacity", "MaxCapacity", "RoleARN", "SuspendedState")
    target.update({field: request[field] for field in fields if request.get(field) is not None})
    target.update(MinCapacity=lower, MaxCapacity=upper)
    _hold_within(target)
    return {"ScalableTargetARN": target["ScalableTargetARN"]}


def _hold_within(target: Record) -> None:
    """Application Auto Scaling brings a service that is outside the bounds inside."""
    service = ecs._services.get(target["ResourceId"].removeprefix("service/"))
    if service:
        service["desiredCount"] = max(target["MinCapacity"], min(target["MaxCapacity"], service["desiredCount"]))


def _deregister(request: Record) -> Record:
    if _targets.pop(_key(request), None) is None:
        raise Missing("No scalable target found")
    return {}


def _put_policy(request: Record) -> Record:
    if _key(request) not in _targets:
        raise Missing("No scalable target registered")
    arn = f"arn:aws:autoscaling:{get_region()}:{get_account_id()}:scalingPolicy:{new_uuid()}:resource/{request['ServiceNamespace']}/{request['ResourceId']}:policyName/{request['PolicyName']}"
    key = f"{_key(request)}|{request['PolicyName']}"
    _policies[key] = {"PolicyARN": arn, "CreationTime": time.time(), "Alarms": [], **_policies.get(key, {}), **request}
    return {"PolicyARN": _policies[key]["PolicyARN"], "Alarms": []}


def _delete_policy(request: Record) -> Record:
    _policies.pop(f"{_key(request)}|{request['PolicyName']}", None)
    return {}


def _describe(records: dict[str, Record], name: str, ids: str, field: str) -> Any:
    """Those of a service namespace, narrowed by `ids`, a list of values of `field`, and by ResourceId."""

    def handle(request: Record) -> Record:
        found = [r for r in records.values() if r["ServiceNamespace"] == request["ServiceNamespace"]]
        if request.get(ids):
            found = [r for r in found if r[field] in request[ids]]
        if request.get("ResourceId"):
            found = [r for r in found if r["ResourceId"] == request["ResourceId"]]
        return {name: found}

    return handle


ACTIONS = {
    "RegisterScalableTarget": _register, "DeregisterScalableTarget": _deregister, "PutScalingPolicy": _put_policy,
    "DeleteScalingPolicy": _delete_policy, "DescribeScalableTargets": _describe(_targets, "ScalableTargets", "ResourceIds", "ResourceId"),
    "DescribeScalingPolicies": _describe(_policies, "ScalingPolicies", "PolicyNames", "PolicyName"),
}  # fmt: skip


def answer(target: str, body: bytes) -> tuple[int, bytes]:
    try:
        return 200, json.dumps(ACTIONS[target.removeprefix(TARGET_HEADER)](json.loads(body or b"{}"))).encode()
    except Missing as error:
        return 400, json.dumps({"__type": "ObjectNotFoundException", "message": str(error)}).encode()
    except Invalid as error:
        return 400, json.dumps({"__type": "ValidationException", "message": str(error)}).encode()
    except KeyError as error:
        return 400, json.dumps({"__type": "ValidationException", "message": f"missing or unknown: {error}"}).encode()


# CloudFormation: Ref of a target is ResourceId|Dimension|Namespace, of a policy its ARN.


def _cfn_target(logical_id: str, properties: Record, stack_name: str) -> tuple[str, Record]:
    _register(properties)
    return _key(properties), {"Id": _key(properties)}


def _cfn_target_update(physical_id: str, old: Record, new: Record, stack_name: str, logical_id: Optional[str] = None) -> tuple[str, Record]:
    return _cfn_target(logical_id or physical_id, new, stack_name)


def _cfn_policy(logical_id: str, properties: Record, stack_name: str) -> tuple[str, Record]:
    target = properties.get("ScalingTargetId")
    names = dict(zip(("ResourceId", "ScalableDimension", "ServiceNamespace"), target.split("|"))) if target else {}
    request = {k: v for k, v in properties.items() if k != "ScalingTargetId"}
    arn = _put_policy({**names, **request})["PolicyARN"]
    return arn, {"Arn": arn, "Id": arn}


def _cfn_policy_update(physical_id: str, old: Record, new: Record, stack_name: str, logical_id: Optional[str] = None) -> tuple[str, Record]:
    return _cfn_policy(logical_id or physical_id, new, stack_name)


def _cfn_policy_delete(physical_id: str, properties: Record) -> None:
    for key in [key for key, policy in _policies.items() if policy["PolicyARN"] == physical_id]:
        del _policies[key]


def install() -> None:
    handlers = provisioners._RESOURCE_HANDLERS
    handlers["AWS::ApplicationAutoScaling::ScalableTarget"] = {
        "create": _cfn_target, "update": _cfn_target_update, "update_with_logical_id": True,
        "delete": lambda physical_id, _: _targets.pop(physical_id, None),
    }  # fmt: skip
    handlers["AWS::ApplicationAutoScaling::ScalingPolicy"] = {
        "create": _cfn_policy, "update": _cfn_policy_update, "update_with_logical_id": True, "delete": _cfn_policy_delete,
    }  # fmt: skip
