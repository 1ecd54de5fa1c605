"""ECS: the life of a task. ministack keeps the records and answers the API; this runs the containers.

PENDING -> ACTIVATING -> RUNNING -> DEACTIVATING (deregister, drain) -> STOPPING -> STOPPED, as in "Task lifecycle" of
the ECS developer guide.
"""

import json
import threading
import time
from typing import Any, Callable, Optional

from ministack.core.responses import error_response_json, json_response, request_scope
from ministack.services import ecs

import elbv2
import world
from containers import Container, ImageMissing

Task = dict[str, Any]
POLL_SECONDS = 0.05
DEFAULT_STOP_TIMEOUT = 30  # Fargate's default
DEFAULT_START_TIMEOUT = 180


class CannotStart(Exception):
    """The task stops with stopCode TaskFailedToStart and this reason."""


class HealthCheck:
    """A container health check: interval, timeout, retries and start period in seconds, as in the task definition."""

    def __init__(self, container: Container, definition: dict[str, Any]):
        self.status = "UNKNOWN"
        command = definition["command"]
        argv = ["/bin/sh", "-c", command[1]] if command[0] == "CMD-SHELL" else command[1:]
        threading.Thread(target=self._run, args=(container, argv, definition), daemon=True).start()

    def _run(self, container: Container, argv: list[str], definition: dict[str, Any]) -> None:
        interval, timeout = float(definition.get("interval", 30)), float(definition.get("timeout", 5))
        retries, grace = int(definition.get("retries", 3)), float(definition.get("startPeriod", 0))
        started, failures = time.monotonic(), 0
        while container.exit_code is None:
            time.sleep(interval)
            if container.exit_code is not None:
                return
            if container.run(argv, timeout):
                failures, self.status = 0, "HEALTHY"
            elif time.monotonic() - started > grace:
                failures += 1
                if failures >= retries:
                    self.status = "UNHEALTHY"


class RunningTask:
    def __init__(self, task: Task, definition: dict[str, Any], overrides: list[dict[str, Any]]):
        self.task = task
        self.definitions: list[dict[str, Any]] = definition["containerDefinitions"]
        self._overrides = {o["name"]: o for o in overrides if "name" in o}
        self._records = {record["name"]: record for record in task["containers"]}
        self._containers: dict[str, Container] = {}
        self._health: dict[str, HealthCheck] = {}
        self._started: dict[str, float] = {}
        self._address = world.task_addresses.take()
        self._targets: list[tuple[str, int]] = []

    def run(self) -> None:
        try:
            ecs._mark_task_pending(self.task["taskArn"], self.task)
            ecs._mark_task_activating(self.task["taskArn"], self.task)
            self._attach_address()
            try:
                self._prepare()
                reason, code = self._live()
            except CannotStart as error:
                reason, code = str(error), "TaskFailedToStart"
            self._stop(reason, code)
        finally:
            world.task_addresses.give_back(self._address)

    def _attach_address(self) -> None:
        details = [{"name": "privateIPv4Address", "value": self._address}]
        if self.task.get("_subnet"):
            details.insert(0, {"name": "subnetId", "value": self.task["_subnet"]})
        self.task["attachments"] = [{"id": ecs.new_uuid(), "type": "ElasticNetworkInterface", "status": "ATTACHED", "details": details}]
        for record in self._records.values():
            record["networkInterfaces"] = [{"privateIpv4Address": self._address}]

    def _prepare(self) -> None:
        for definition in self.definitions:
            name, override = definition["name"], self._overrides.get(definition["name"], {})
            environment = {e["name"]: str(e["value"]) for e in definition.get("environment", [])}
            try:
                environment.update(ecs._resolve_container_secrets(definition))
            except ecs._SecretResolutionError as error:
                raise CannotStart(f"ResourceInitializationError: unable to pull secrets or registry auth: {error}") from error
            environment.update({e["name"]: str(e["value"]) for e in override.get("environment", [])})
            try:
                self._containers[name] = Container(
                    name=name,
                    image_name=definition["image"],
                    address=self._address,
                    environment=environment,
                    entry_point=definition.get("entryPoint"),
                    command=override.get("command", definition.get("command")),
                    on_line=self._logger(definition),
                )
            except ImageMissing as error:
                self._records[name]["reason"] = f"CannotPullContainerError: {error}"
                raise CannotStart(f"CannotPullContainerError: {error}") from error

    def _log_stream(self, definition: dict[str, Any]) -> Optional[dict[str, Any]]:
        config = ecs._awslogs_config(
            definition, self.task["taskArn"].rsplit("/", 1)[-1], self._records[definition["name"]]["containerArn"][-36:]
        )
        return config and {**config, "region": config["region"] or world.REGION}

    def _logger(self, definition: dict[str, Any]) -> Callable[[str], None]:
        stream = self._log_stream(definition)

        def write(line: str) -> None:
            if stream:
                with request_scope(world.ACCOUNT, stream["region"]):
                    ecs._emit_awslogs_event(stream, line)

        return write

    def _open_log(self, definition: dict[str, Any]) -> None:
        stream = self._log_stream(definition)
        if stream is None:
            return
        with request_scope(world.ACCOUNT, stream["region"]):
            if not ecs._ensure_awslogs_stream(stream):
                raise CannotStart(f"CannotStartContainerError: failed to create the log stream in {stream['group']}")

    def _dependency(self, definition: dict[str, Any], dependency: dict[str, str]) -> bool:
        """Whether one dependsOn condition holds. Raises CannotStart when it never will."""
        name, condition = dependency["containerName"], dependency["condition"]
        if name not in self._started:
            return False
        code = self._containers[name].exit_code
        if condition == "START":
            return True
        if condition == "COMPLETE" and code is not None or condition == "SUCCESS" and code == 0:
            return True
        if condition == "HEALTHY" and name in self._health and self._health[name].status == "HEALTHY":
            return True
        if code is not None:
            raise CannotStart(f"container {definition['name']} waits for {name} to be {condition}, which ended with exit code {code}")
        limit = next(d for d in self.definitions if d["name"] == name).get("startTimeout", DEFAULT_START_TIMEOUT)
        if time.monotonic() - self._started[name] > limit:
            raise CannotStart(f"container {definition['name']} waited {limit} s for {name} to be {condition}")
        return False

    def _start(self, definition: dict[str, Any]) -> None:
        name = definition["name"]
        self._open_log(definition)
        try:
            self._containers[name].start()
        except OSError as error:
            self._records[name]["reason"] = f"CannotStartContainerError: {error}"
            raise CannotStart(f"CannotStartContainerError: {error}") from error
        self._started[name] = time.monotonic()
        self._records[name].update(lastStatus="RUNNING", runtimeId=ecs.new_uuid()[:12])
        if definition.get("healthCheck", {}).get("command", ["NONE"])[0] != "NONE":
            self._health[name] = HealthCheck(self._containers[name], definition["healthCheck"])

    def _live(self) -> tuple[str, str]:
        """Until the task has to stop; answers with the reason and the stop code."""
        while True:
            if self.task.get("_stop"):
                return self.task["_stop"]
            exited_essential = False
            for definition in self.definitions:
                code = self._note_exit(definition["name"])
                exited_essential = exited_essential or (code is not None and definition.get("essential", True))
            if exited_essential or len(self._started) == len(self.definitions) and self._all_ended():
                return "Essential container in task exited", "EssentialContainerExited"
            for definition in self.definitions:
                if definition["name"] not in self._started and all(
                    self._dependency(definition, d) for d in definition.get("dependsOn", [])
                ):
                    self._start(definition)
            if len(self._started) == len(self.definitions) and self.task["lastStatus"] == "ACTIVATING":
                ecs._mark_task_running(self.task["taskArn"], self.task)
                self._register()
            self._note_health()
            time.sleep(POLL_SECONDS)

    def _all_ended(self) -> bool:
        return all(container.exit_code is not None for container in self._containers.values())

    def _note_exit(self, name: str) -> Optional[int]:
        code = self._containers[name].poll() if name in self._containers else None
        if code is not None:
            self._records[name].update(lastStatus="STOPPED", exitCode=code)
        return code

    def _note_health(self) -> None:
        for name, health in self._health.items():
            self._records[name]["healthStatus"] = health.status
        statuses = {health.status for health in self._health.values()}
        if statuses:
            self.task["healthStatus"] = next(s for s in ("UNHEALTHY", "UNKNOWN", "HEALTHY") if s in statuses)

    def _register(self) -> None:
        """A service's task joins every target group of the service; a target group unknown to us is left out."""
        cluster, group = ecs._cluster_name_from_arn(self.task["clusterArn"]), self.task["group"]
        service = ecs._services.get(f"{cluster}/{group[len('service:'):]}") if group.startswith("service:") else None
        for entry in (service or {}).get("loadBalancers", []):
            if entry.get("targetGroupArn"):
                arn, port = entry["targetGroupArn"], int(entry["containerPort"])
                elbv2.register(arn, self._address, port)
                self._targets.append((arn, port))

    def _stop(self, reason: str, code: str) -> None:
        task = self.task
        task.update(desiredStatus="STOPPED", stoppingAt=ecs._iso(), stoppedReason=reason, stopCode=code, lastStatus="DEACTIVATING")
        for target_group, port in self._targets:
            elbv2.deregister(target_group, self._address, port)
        # Draining serves the requests under way; a task whose essential container is gone has none.
        while code != "EssentialContainerExited" and any(elbv2.is_draining(g, self._address, p) for g, p in self._targets):
            time.sleep(POLL_SECONDS)
        task["lastStatus"] = "STOPPING"
        # What others depend on stops last.
        for definition in reversed(self._in_start_order()):
            self._containers[definition["name"]].stop(float(definition.get("stopTimeout", DEFAULT_STOP_TIMEOUT)))
        for name in self._records:
            self._note_exit(name)
            self._records[name]["lastStatus"] = "STOPPED"
        task["executionStoppedAt"] = task["stoppedAt"] = ecs._iso()
        task["_stopped_at"] = time.monotonic()
        task["lastStatus"] = "STOPPED"
        ecs._bump_task_version(task)
        ecs._recount_cluster(ecs._cluster_name_from_arn(task["clusterArn"]))

    def _in_start_order(self) -> list[dict[str, Any]]:
        started = [d for d in self.definitions if d["name"] in self._started]
        return sorted(started, key=lambda d: self._started[d["name"]])


def _worker(task: Task, definition: dict[str, Any], overrides: list[dict[str, Any]], _docker: object, account: str, region: str) -> None:
    with request_scope(account, region):
        RunningTask(task, definition, overrides).run()


def stop(task: Task, reason: str, code: str) -> None:
    if task["lastStatus"] != "STOPPED" and not task.get("_stop"):
        task["_stop"] = (reason, code)
        task["desiredStatus"] = "STOPPED"
        ecs._bump_task_version(task)


def _stop_task(data: dict[str, Any]) -> Any:
    task = ecs._resolve_task(data.get("task", ""), ecs._resolve_cluster_name(data.get("cluster", "default")))
    if not task:
        return error_response_json("InvalidParameterException", "The referenced task was not found.", 400)
    stop(task, data.get("reason", "Task stopped by user"), "UserInitiated")
    return json_response({"task": ecs._sanitize(task)})


_tokens: dict[str, tuple[str, list[str]]] = {}
_tokens_lock = threading.Lock()


def _run_task_once(run_task: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    """clientToken: the same request answers with the same tasks, another request under it is a conflict."""

    def run(data: dict[str, Any]) -> Any:
        token = data.pop("clientToken", None)
        if token is None:
            return run_task(data)
        request = json.dumps(data, sort_keys=True)
        with _tokens_lock:
            if token in _tokens:
                earlier, arns = _tokens[token]
                if earlier != request:
                    return error_response_json("ConflictException", f"the clientToken {token} was used with other parameters", 400)
                return json_response({"tasks": [ecs._sanitize(ecs._tasks[arn]) for arn in arns], "failures": []})
            answer = run_task(data)
            if answer[0] < 400:
                _tokens[token] = (request, [task["taskArn"] for task in json.loads(answer[2])["tasks"]])
            return answer

    return run


def install() -> None:
    ecs._get_docker = lambda: True  # tasks have workers; ours need no Docker
    ecs._ensure_ecs_reaper_thread = lambda: None
    ecs._run_task_worker = _worker
    ecs._stop_task = ecs._ACTION_MAP["StopTask"] = _stop_task
    ecs._maybe_mark_stopped = lambda task, docker_client=None: None
    ecs._sync_service_targets = lambda cluster_name, service: None  # each task registers itself
    ecs._ACTION_MAP["RunTask"] = _run_task_once(ecs._run_task)
