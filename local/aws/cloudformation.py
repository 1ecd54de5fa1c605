"""CloudFormation: what blocks runs beside the event loop, a snapshot before a replaced database goes, outputs count as
a change, a resource that fails to go keeps what it needs. Rollback, custom resources and policies are ministack's."""

import contextvars
from collections.abc import Iterator
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, handlers, provisioners, stacks

Record = dict[str, Any]
BLOCKING = ("AWS::RDS::DBInstance", "AWS::ECS::Service")

_snapshot_first = contextvars.ContextVar("snapshot_first", default=False)


def _note_policy(policy: Any) -> Any:
    """The engine asks for the UpdateReplacePolicy just before it deletes what was replaced."""

    def resource_policy(definition: Record, attribute: str, *more: Any) -> Any:
        value = policy(definition, attribute, *more)
        _snapshot_first.set(attribute == "UpdateReplacePolicy" and value == "Snapshot")
        return value

    return resource_policy


def _snapshot_replaced(delete: Any) -> Any:
    def handle(physical_id: str, properties: Record) -> None:
        if _snapshot_first.get():
            provisioners._snapshot_resource("AWS::RDS::DBInstance", physical_id, properties)
        delete(physical_id, properties)

    return handle


_deleting = contextvars.ContextVar("deleting", default="")


class _DeletionOrder(list):  # type: ignore[type-arg]
    """Backwards, a resource comes up only when nothing that needs it is left: what failed to go keeps what it needs."""

    def __init__(self, order: list[str], definitions: Record, present: Record) -> None:
        super().__init__(order)
        self._present = present
        self._needs = {name: stacks._with_dependencies([name], definitions, set(definitions)) for name in definitions}

    def __reversed__(self) -> Iterator[str]:
        for name in super().__reversed__():
            if not any(name in self._needs.get(other, ()) for other in self._present if other != name):
                yield name


def _failed_deletion_keeps_what_it_needs() -> None:
    delete, sort = stacks._delete_stack_async, stacks._topological_sort

    async def delete_in_order(stack_name: str, *more: Any, **keywords: Any) -> None:
        _deleting.set(stack_name)
        await delete(stack_name, *more, **keywords)

    def sort_for_deletion(definitions: Record, conditions: Record) -> Any:
        order = sort(definitions, conditions)
        stack = cloudformation._stacks.get(_deleting.get())
        return _DeletionOrder(order, definitions, stack.get("_resources", {})) if stack else order

    stacks._topological_sort = sort_for_deletion
    stacks._delete_stack_async = handlers._delete_stack_async = delete_in_order


class _ChangedOutputs(list):  # type: ignore[type-arg]
    """No resource differs, yet there is something to do."""

    def __bool__(self) -> bool:
        return True


class _Template(dict):  # type: ignore[type-arg]
    outputs: Any = None


def _outputs_are_a_change() -> None:
    resolve, compare = changesets._resolve_props_for_diff, changesets._diff_resources

    def resolve_keeping_outputs(template: Any, *more: Any, **keywords: Any) -> Any:
        resolved = _Template(resolve(template, *more, **keywords))
        resolved.outputs = (template or {}).get("Outputs", {})
        return resolved

    def compare_with_outputs(old: Any, new: Any, *more: Any, **keywords: Any) -> Any:
        changes = compare(old, new, *more, **keywords)
        differ = isinstance(old, _Template) and isinstance(new, _Template) and old.outputs != new.outputs
        return _ChangedOutputs() if not changes and differ else changes

    changesets._resolve_props_for_diff, changesets._diff_resources = resolve_keeping_outputs, compare_with_outputs


def install() -> None:
    blocks = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda resource_type: resource_type in BLOCKING or blocks(resource_type)
    stacks._resource_policy = _note_policy(stacks._resource_policy)
    database = provisioners._RESOURCE_HANDLERS["AWS::RDS::DBInstance"]
    database["delete"] = provisioners._rds_db_instance_delete = _snapshot_replaced(database["delete"])
    _outputs_are_a_change()
    _failed_deletion_keeps_what_it_needs()
