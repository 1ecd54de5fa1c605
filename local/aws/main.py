"""The local AWS: ministack with this folder's extension, on one port of 127.0.0.1. Started by local/world, see MODEL.md.

Ends when standard input closes; guard.py then ends whatever it started.
"""

import asyncio
import json
import os
import sys
import threading
from typing import Any

import world  # reads the environment first, and starts the guard

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.app import app as ministack_app
from ministack.core.responses import request_scope

import alarms
import application_autoscaling
import cloudformation
import cloudwatch
import drift
import ec2
import ecs_services
import ecs_tasks
import elbv2
import faults
import rds
import resources
import secretsmanager
import stepfunctions

MODULES = (ec2, elbv2, rds, ecs_tasks, ecs_services, application_autoscaling, cloudwatch, secretsmanager, stepfunctions, cloudformation, drift)


async def _body(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _replay(body: bytes, further: Any) -> Any:
    """A body that was read, to be read again; then what else the client does."""
    told = False

    async def receive() -> Any:
        nonlocal told
        if told:
            return await further()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _send(send: Any, status: int, body: bytes, content_type: str = "application/json") -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", content_type.encode())]})
    await send({"type": "http.response.body", "body": body})


async def app(scope: Any, receive: Any, send: Any) -> None:
    """What is ours goes to us, everything else to ministack."""
    if scope["type"] != "http":
        return await ministack_app(scope, receive, send)
    method, path = scope["method"], scope["path"]
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    target = headers.get("x-amz-target", "")
    if path.startswith("/_local/") and method == "POST":
        body = await _body(receive)
        receive = _replay(body, receive)
        done = faults.control(path, body)
        if done is not None:
            return await _send(send, *done)
    elif not faults.is_idle():
        body = await _body(receive)
        receive = _replay(body, receive)
        refusal = faults.answer(headers, body)
        if refusal is not None:
            return await _send(send, *refusal)
    with request_scope(world.ACCOUNT, world.REGION):
        if (method, path) == ("GET", "/_local/load-balancers"):
            return await _send(send, 200, json.dumps(elbv2.describe()).encode())
        if (method, path) == ("POST", "/_local/target-health"):
            elbv2.report_health(json.loads(await _body(receive)))
            return await _send(send, 200, b"{}")
        if (method, path) == ("POST", "/_local/resource"):
            return await _send(send, *(await resources.answer(await _body(receive))))
        if target.startswith(application_autoscaling.TARGET_HEADER):
            return await _send(send, *application_autoscaling.answer(target, await _body(receive)), "application/x-amz-json-1.1")
    await ministack_app(scope, receive, send)


def _end_with_standard_input() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


async def _run(config: Config) -> None:
    evaluation = asyncio.create_task(alarms.evaluate_forever())
    await serve(app, config)
    evaluation.cancel()


def main() -> None:
    threading.Thread(target=_end_with_standard_input, daemon=True).start()
    for module in MODULES:
        module.install()
    config = Config()
    config.bind = [f"127.0.0.1:{world.port}"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    asyncio.run(_run(config))


if __name__ == "__main__":
    main()
