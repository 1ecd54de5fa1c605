"""Drift-aware change sets: CreateChangeSet with DeploymentMode REVERT_DRIFT, as `cdk deploy --revert-drift` makes them.
A resource whose live properties differ from those of its last deployment becomes a change, and its update goes from the
live properties to the template's; a rollback goes back to the live ones. Drift itself is ministack's; a native listener
rule is read here."""

import contextvars
import copy
import json
from typing import Any, Mapping, Optional

from ministack.core.responses import now_iso
from ministack.services import alb
from ministack.services import cloudformation as engine
from ministack.services.cloudformation import changesets, handlers
from ministack.services.cloudformation import drift as ministack_drift

import elbv2

Record = dict[str, Any]
RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"

# Resources of the stack that have drifted, logical id -> live properties, while a drift-aware change set is made.
_drifted: contextvars.ContextVar[Mapping[str, Record]] = contextvars.ContextVar("drifted", default={})


def _read_rule(physical_id: str, expected: Mapping[str, Any]) -> Optional[Record]:
    """A native rule in the template's shape: what the API fills in by itself is no drift."""
    rule = alb._rules.get(physical_id)
    if rule is None:
        return None

    def live(name: str, shown: Any) -> Any:
        return expected.get(name) if shown(expected.get(name) or []) == rule[name] else rule[name]

    return {
        "Priority": rule["Priority"],
        "Conditions": live("Conditions", elbv2.conditions_from),
        "Actions": live("Actions", elbv2.actions_from),
    }


def _live_properties(stack: Record) -> dict[str, Record]:
    """Of the resources that have drifted; one that is gone, or of a type without drift detection, is not among them."""
    found = {}
    for logical_id, resource in stack.get("_resources", {}).items():
        if not ministack_drift.supports_drift(resource.get("ResourceType", "")):
            continue
        result = ministack_drift.detect_resource_drift(stack, logical_id, resource, now_iso())
        if result["StackResourceDriftStatus"] == "MODIFIED":
            found[logical_id] = {**resource.get("Properties", {}), **json.loads(result["ActualProperties"])}
    return found


def _create(create: Any) -> Any:
    def handle(params: Any) -> Any:
        if changesets._p(params, "DeploymentMode") != "REVERT_DRIFT":
            return create(params)
        stack = handlers._resolve_stack(changesets._p(params, "StackName")) or {}
        token = _drifted.set(_live_properties(stack))
        try:
            answer = create(params)
            _, change_set = changesets._find_change_set(changesets._p(params, "ChangeSetName"), stack.get("StackName", ""))
            if change_set:
                change_set["_live"] = dict(_drifted.get())
            return answer
        finally:
            _drifted.reset(token)

    return handle


def _with_drifted(compare: Any) -> Any:
    def handle(old: Any, new: Any, resources: Any = None, *more: Any, **keywords: Any) -> Any:
        changes = compare(old, new, resources, *more, **keywords)
        changed = {change["ResourceChange"]["LogicalResourceId"] for change in changes}
        added = []
        for logical_id in sorted(_drifted.get().keys() - changed):
            if logical_id not in new.get("Resources", {}):
                continue
            resource = (resources or {})[logical_id]
            details = {"Target": {"Attribute": "Properties", "RequiresRecreation": "Never"}, "Evaluation": "Dynamic"}
            change = {key: resource[key] for key in ("LogicalResourceId", "PhysicalResourceId", "ResourceType")}
            change |= {"Action": "Modify", "Replacement": "False", "Scope": ["Properties"], "Details": [details]}
            added.append({"ResourceChange": change})
        return [*changes, *added] if added else changes

    return handle


def _execute(execute: Any) -> Any:
    def handle(params: Any) -> Any:
        _, change_set = changesets._find_change_set(changesets._p(params, "ChangeSetName"), changesets._p(params, "StackName"))
        stack = engine._stacks.get(change_set["StackName"]) if change_set else None
        if stack and change_set.get("_live") and change_set["ExecutionStatus"] == "AVAILABLE":
            for logical_id, properties in change_set["_live"].items():
                stack["_resources"][logical_id]["Properties"] = copy.deepcopy(properties)
        return execute(params)

    return handle


def install() -> None:
    ministack_drift._DRIFT_READERS[RULE] = (_read_rule, frozenset({"Priority", "Conditions", "Actions"}))
    changesets._diff_resources = _with_drifted(changesets._diff_resources)
    actions = handlers._ACTION_HANDLERS
    actions["CreateChangeSet"] = _create(actions["CreateChangeSet"])
    actions["ExecuteChangeSet"] = _execute(actions["ExecuteChangeSet"])
