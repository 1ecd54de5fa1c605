"""POST /_local/resource: one resource made, changed or deleted by its CloudFormation type, outside of any stack. The
stand-in for Terraform's AWS provider (local/terraform) uses it where the API has nothing more to tell. No part of AWS."""

import json
from typing import Any

from ministack.core.concurrency import run_reentrant
from ministack.services.cloudformation import provisioners, stacks

Record = dict[str, Any]
STACK = "terraform"  # in the names that a handler makes for what has none


def _create(request: Record) -> Record:
    physical_id, attributes = provisioners._provision_resource(request["type"], request["name"], request["properties"], STACK)
    return {"id": physical_id, "attributes": attributes or {}}


def _update(request: Record) -> Record:
    physical_id, attributes = provisioners._update_resource(
        request["type"], request["id"], request["old"], request["properties"], STACK, request["name"]
    )
    return {"id": physical_id, "attributes": attributes or {}}


def _delete(request: Record) -> Record:
    provisioners._delete_resource(request["type"], request["id"], request["properties"], STACK, request["name"])
    return {}


ACTIONS = {"create": _create, "update": _update, "delete": _delete}


async def answer(body: bytes) -> tuple[int, bytes]:
    request = json.loads(body)
    act = ACTIONS[request["action"]]
    try:
        done = await run_reentrant(act, request) if stacks._runs_on_worker_thread(request["type"]) else act(request)
    except Exception as error:
        return 400, json.dumps({"message": str(error) or repr(error)}).encode()
    return 200, json.dumps(done, default=str).encode()
