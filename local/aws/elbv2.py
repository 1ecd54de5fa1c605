"""Elastic Load Balancing v2: rules, weights and target states as the API tells them. The requests themselves are
carried by local/load-balancer, which reads `describe()` and reports target health."""

import time
from typing import Any, Iterable, Mapping, Optional
from xml.sax.saxutils import escape

from ministack.services import alb
from ministack.services.cloudformation import provisioners

import world

Record = dict[str, Any]
INTEGERS = {"Order", "Weight", "DurationSeconds", "SessionTimeout"}
BOOLEANS = {"Enabled", "UseExistingClientSecret"}
CONDITION_CONFIGS = {
    "host-header": "HostHeaderConfig", "path-pattern": "PathPatternConfig", "http-header": "HttpHeaderConfig",
    "http-request-method": "HttpRequestMethodConfig", "query-string": "QueryStringConfig", "source-ip": "SourceIpConfig",
}  # fmt: skip
TARGET_GROUP_DEFAULTS = {
    "deregistration_delay.timeout_seconds": "300", "stickiness.enabled": "false", "stickiness.type": "lb_cookie",
    "stickiness.lb_cookie.duration_seconds": "86400", "load_balancing.algorithm.type": "round_robin", "slow_start.duration_seconds": "0",
}  # fmt: skip
MOST_RULES = 400
LOAD_BALANCER_DEFAULTS = {"deletion_protection.enabled": "false", "idle_timeout.timeout_seconds": "60", "access_logs.s3.enabled": "false"}


class Refused(ValueError):
    """What the API answers with an error code; CloudFormation shows the text."""

    def __init__(self, code: str, message: str):
        super().__init__(f"{message} (Service: ElasticLoadBalancingV2, Status Code: 400, {code})")
        self.code, self.message = code, message


# --- requests in, XML out --------------------------------------------------------------------------------------------


def _typed(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_typed("", item) for item in value]
    if isinstance(value, Mapping):
        return {key: _typed(key, item) for key, item in value.items()}
    if name in INTEGERS:
        return int(value)
    return str(value).lower() == "true" if name in BOOLEANS else str(value)


def _lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    if set(node) == {"member"} and isinstance(node["member"], dict):
        return [_lists(node["member"][key]) for key in sorted(node["member"], key=int)]
    if set(node) == {"entry"} and isinstance(node["entry"], dict):
        return {pair["key"]: pair["value"] for pair in node["entry"].values()}
    return {key: _lists(value) for key, value in node.items()}


def from_query(params: Mapping[str, Any], name: str) -> list[Any]:
    """`Actions.member.1.ForwardConfig.TargetGroups.member.2.Weight=5` and its like, as nested lists and objects."""
    root: Record = {}
    for key in params:
        if key.startswith(f"{name}.member."):
            node = root
            *parents, last = key[len(name) + 1 :].split(".")
            for part in parents:
                node = node.setdefault(part, {})
            node[last] = alb._p(params, key)
    return _typed("", _lists(root)) if root else []


def to_xml(value: Any, name: str = "") -> str:
    if isinstance(value, list):
        return "".join(f"<member>{to_xml(item)}</member>" for item in value)
    if name == "AuthenticationRequestExtraParams":  # the only map here
        return "".join(f"<entry><key>{escape(k)}</key><value>{escape(v)}</value></entry>" for k, v in value.items())
    if isinstance(value, dict):
        return "".join(f"<{key}>{to_xml(item, key)}</{key}>" for key, item in value.items())
    return str(value).lower() if isinstance(value, bool) else escape(str(value))


# --- actions and conditions ------------------------------------------------------------------------------------------


def actions_from(given: Iterable[Record]) -> list[Record]:
    """Actions as DescribeRules tells them. Raises Refused."""
    actions = []
    for order, action in enumerate(_typed("", list(given)), 1):
        action.setdefault("Order", order)
        if action["Type"] == "forward":
            groups = action.get("ForwardConfig", {}).get("TargetGroups") or [{"TargetGroupArn": action.get("TargetGroupArn", "")}]
            for group in groups:
                group.setdefault("Weight", 1)
            _check_groups(groups)
            stickiness = action.get("ForwardConfig", {}).get("TargetGroupStickinessConfig") or {"Enabled": False}
            action["ForwardConfig"] = {"TargetGroups": groups, "TargetGroupStickinessConfig": stickiness}
            action.pop("TargetGroupArn", None)
            if len(groups) == 1:
                action["TargetGroupArn"] = groups[0]["TargetGroupArn"]
        actions.append(action)
    return actions


def _check_groups(groups: list[Record]) -> None:
    if len(groups) > 5:
        raise Refused("TooManyTargetGroups", f"a forward action takes 5 target groups, found {len(groups)}")
    for group in groups:
        if group["TargetGroupArn"] not in alb._tgs:
            raise Refused("TargetGroupNotFound", f"Target group '{group['TargetGroupArn']}' not found")
        if not 0 <= group["Weight"] <= 999:
            raise Refused("ValidationError", f"Weight '{group['Weight']}' must be between 0 and 999")


def conditions_from(given: Iterable[Record]) -> list[Record]:
    conditions = []
    for condition in _typed("", list(given)):
        config_name = CONDITION_CONFIGS[condition["Field"]]
        config = condition.get(config_name) or {"Values": condition.get("Values", [])}
        shown = {"Field": condition["Field"], config_name: config}
        if condition["Field"] in ("host-header", "path-pattern"):
            shown["Values"] = config["Values"]
        conditions.append(shown)
    return conditions


def _action_xml(action: Record) -> str:
    hidden = {
        key: {k: v for k, v in value.items() if k not in ("ClientSecret", "UseExistingClientSecret")} if isinstance(value, dict) else value
        for key, value in action.items()
    }
    return f"<member>{to_xml(hidden)}</member>"


def _check_secrets(actions: Iterable[Record], existing: Iterable[Record] = ()) -> None:
    """A new rule needs the client secret of its authenticate-oidc action; a modified one needs it or the word to keep the
    one it has, which then stays. Never both."""
    known = next((a["AuthenticateOidcConfig"].get("ClientSecret") for a in existing if a.get("AuthenticateOidcConfig")), None)
    for action in actions:
        config = action.get("AuthenticateOidcConfig")
        if config is None:
            continue
        given, keeps = config.get("ClientSecret"), config.get("UseExistingClientSecret") is True
        if given and keeps:
            raise Refused("InvalidLoadBalancerAction", "You cannot both specify a client secret and set UseExistingClientSecret to true")
        if not given and not (keeps and known):
            raise Refused("InvalidLoadBalancerAction", "A client secret must be specified for an authenticate-oidc action")
        config["ClientSecret"] = given or known


def _rules_of(listener_arn: str) -> list[Record]:
    return [rule for rule in list(alb._rules.values()) if rule["ListenerArn"] == listener_arn]


def _check_priority(listener_arn: str, priority: str, except_arns: Iterable[str] = ()) -> None:
    if any(r["Priority"] == priority and r["RuleArn"] not in except_arns for r in _rules_of(listener_arn)):
        raise Refused("PriorityInUse", f"Priority '{priority}' is currently in use")


def load_balancers_of(target_group_arn: str) -> list[str]:
    """ARNs of the load balancers with a rule or default action that names the group."""
    found: dict[str, None] = {}
    for rule in list(alb._rules.values()):
        listener = alb._listeners.get(rule["ListenerArn"])
        groups = [g["TargetGroupArn"] for a in rule["Actions"] for g in a.get("ForwardConfig", {}).get("TargetGroups", [])]
        if listener and target_group_arn in groups:
            found[listener["LoadBalancerArn"]] = None
    return list(found)


# --- targets ---------------------------------------------------------------------------------------------------------

_health: dict[tuple[str, str, int], Record] = {}
_health_is_reported = False


def _attributes(store: Any, arn: str, defaults: Mapping[str, str]) -> dict[str, str]:
    return {**defaults, **{a["Key"]: str(a["Value"]) for a in store.get(arn, [])}}


def _targets(arn: str) -> list[Record]:
    """The targets of a group, without those whose draining is over."""
    group = alb._tgs.get(arn)
    if group is None:
        return []
    targets = [t for t in alb._targets.get(arn, []) if t.get("_until", float("inf")) > time.monotonic()]
    for target in targets:
        target.setdefault("Port", group["Port"])
    alb._targets[arn] = targets
    return targets


def _find(arn: str, address: str, port: int) -> Optional[Record]:
    return next((t for t in _targets(arn) if t["Id"] == address and t["Port"] == port), None)


def register(arn: str, address: str, port: int) -> None:
    found = _find(arn, address, port)
    if found:
        found.pop("_until", None)
    elif arn in alb._tgs:
        _targets(arn).append({"Id": address, "Port": port})
    _health.pop((arn, address, port), None)


def deregister(arn: str, address: str, port: int) -> None:
    """The target drains for the group's deregistration delay, then it is gone; at once where no rule uses the group."""
    target = _find(arn, address, port)
    if target is not None and "_until" not in target:
        delay = float(_attributes(alb._tg_attrs, arn, TARGET_GROUP_DEFAULTS)["deregistration_delay.timeout_seconds"])
        target["_until"] = time.monotonic() + (delay if load_balancers_of(arn) else 0)


def is_draining(arn: str, address: str, port: int) -> bool:
    return _find(arn, address, port) is not None


def _state(arn: str, target: Record) -> Record:
    if "_until" in target:
        return {"State": "draining", "Reason": "Target.DeregistrationInProgress", "Description": "Target deregistration is in progress"}
    if not load_balancers_of(arn):
        return {
            "State": "unused",
            "Reason": "Target.NotInUse",
            "Description": "Target group is not configured to receive traffic from the load balancer",
        }
    return _health.get(
        (arn, target["Id"], target["Port"]),
        {"State": "initial", "Reason": "Elb.RegistrationInProgress", "Description": "Target registration is in progress"},
    )


def target_state(arn: str, address: str, port: int) -> str:
    """As the ECS scheduler sees it. Before any load balancer process has reported health, a registered target counts as healthy."""
    target = _find(arn, address, port)
    if target is None:
        return "unregistered" if arn in alb._tgs else "healthy"
    return str(_state(arn, target)["State"]) if _health_is_reported else "healthy"


def report_health(report: Mapping[str, list[Record]]) -> None:
    global _health_is_reported
    _health_is_reported = True
    for arn, targets in report.items():
        for target in targets:
            shown = {"State": target["state"], "Reason": target.get("reason"), "Description": target.get("description")}
            _health[(arn, target["id"], int(target["port"]))] = {k: v for k, v in shown.items() if v}


def _describe_target_health(params: Record) -> Any:
    arn = alb._p(params, "TargetGroupArn")
    if arn not in alb._tgs:
        raise Refused("TargetGroupNotFound", f"Target group '{arn}' not found")
    wanted = {t["Id"] for t in from_query(params, "Targets")}
    health_port = alb._tgs[arn]["HealthCheckPort"]
    shown = [
        {
            "Target": {"Id": t["Id"], "Port": t["Port"]},
            "HealthCheckPort": t["Port"] if health_port == "traffic-port" else health_port,
            "TargetHealth": _state(arn, t),
        }
        for t in _targets(arn)
        if not wanted or t["Id"] in wanted
    ]
    return alb._xml(200, "DescribeTargetHealth", f"<TargetHealthDescriptions>{to_xml(shown)}</TargetHealthDescriptions>")


def _change_targets(change: Any, action: str) -> Any:
    def handle(params: Record) -> Any:
        arn = alb._p(params, "TargetGroupArn")
        if arn not in alb._tgs:
            raise Refused("TargetGroupNotFound", f"Target group '{arn}' not found")
        for target in from_query(params, "Targets"):
            change(arn, target["Id"], int(target.get("Port", alb._tgs[arn]["Port"])))
        return alb._empty(action)

    return handle


# --- rules, groups and load balancers over the API -------------------------------------------------------------------


def _create_rule(params: Record) -> Any:
    _check_priority(alb._p(params, "ListenerArn"), alb._p(params, "Priority"))
    _check_secrets(actions_from(from_query(params, "Actions")))
    return _ministack["CreateRule"](params)


def _modify_rule(params: Record) -> Any:
    rule = alb._rules.get(alb._p(params, "RuleArn"))
    actions = actions_from(from_query(params, "Actions"))
    if rule is None or not actions or rule["IsDefault"]:
        return _ministack["ModifyRule"](params)
    _check_secrets(actions, rule["Actions"])
    answer = _ministack["ModifyRule"](params)
    if answer[0] < 300:
        rule["Actions"] = actions  # with the secret that was kept
    return answer


def _describe_rules(params: Record) -> Any:
    """By listener, in order of priority with the default rule last; or by ARN."""
    listener, arns = alb._p(params, "ListenerArn"), alb._parse_member_list(params, "RuleArns")
    if not listener and not arns:
        raise Refused("ValidationError", "You must specify either a listener or one or more rules")
    for arn in arns:
        if arn not in alb._rules:
            raise Refused("RuleNotFound", f"One or more rules not found: '{arn}'")
    if listener and listener not in alb._listeners:
        raise Refused("ListenerNotFound", f"One or more listeners not found: '{listener}'")
    found = sorted(_rules_of(listener), key=lambda r: (r["IsDefault"], 0 if r["IsDefault"] else int(r["Priority"]))) if listener else []
    found += [alb._rules[arn] for arn in dict.fromkeys(arns)]
    size = int(alb._p(params, "PageSize") or MOST_RULES)
    if not 1 <= size <= MOST_RULES:
        raise Refused("ValidationError", f"PageSize '{size}' must be between 1 and {MOST_RULES}")
    marker = alb._p(params, "Marker")
    begin = next((n for n, rule in enumerate(found) if rule["RuleArn"] == marker), None) if marker else 0
    if begin is None:
        raise Refused("ValidationError", f"Marker '{marker}' is not valid")
    page, rest = found[begin : begin + size], found[begin + size :]
    following = f"<NextMarker>{rest[0]['RuleArn']}</NextMarker>" if rest else ""
    return alb._xml(200, "DescribeRules", f"<Rules>{''.join(alb._rule_xml(rule) for rule in page)}</Rules>{following}")


def _set_rule_priorities(params: Record) -> Any:
    wanted = {p["RuleArn"]: p["Priority"] for p in from_query(params, "RulePriorities")}
    for arn, priority in wanted.items():
        if arn not in alb._rules:
            raise Refused("RuleNotFound", f"Rule '{arn}' not found")
        _check_priority(alb._rules[arn]["ListenerArn"], priority, wanted)
    if len(set(wanted.values())) != len(wanted):
        raise Refused("PriorityInUse", "a priority is given twice")
    return _ministack["SetRulePriorities"](params)


def _refuse_deletion(arn: str) -> None:
    """What AWS refuses to delete: a target group in use, a protected load balancer."""
    if arn in alb._tgs and load_balancers_of(arn):
        raise Refused("ResourceInUse", f"Target group '{arn}' is currently in use by a listener or a rule")
    if arn in alb._lbs and _attributes(alb._lb_attrs, arn, LOAD_BALANCER_DEFAULTS)["deletion_protection.enabled"] == "true":
        raise Refused("OperationNotPermitted", f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled")


def _delete(action: str, parameter: str) -> Any:
    def handle(params: Record) -> Any:
        _refuse_deletion(alb._p(params, parameter))
        return _ministack[action](params)

    return handle


def _answering(handler: Any) -> Any:
    def handle(params: Record) -> Any:
        try:
            return handler(params)
        except Refused as error:
            return alb._error(error.code, error.message, 400)

    return handle


def _give_address(name: str) -> Record:
    """A load balancer's DNS name is its loopback address, so that http://<dnsName>/ works."""
    balancer = next(lb for lb in alb._lbs.values() if lb["LoadBalancerName"] == name)
    balancer["DNSName"] = world.load_balancer_addresses.take()
    return balancer


def _create_load_balancer(params: Record) -> Any:
    answer = _ministack["CreateLoadBalancer"](params)
    if answer[0] >= 400:
        return answer
    balancer = _give_address(alb._p(params, "Name"))
    return alb._xml(200, "CreateLoadBalancer", f"<LoadBalancers>{alb._lb_xml(balancer)}</LoadBalancers>")


def _cfn_load_balancer(logical_id: str, properties: Record, stack_name: str) -> Any:
    arn, attributes = _ministack_cfn["LoadBalancer"](logical_id, properties, stack_name)
    return arn, {**attributes, "DNSName": _give_address(attributes["LoadBalancerName"])["DNSName"]}


def _cfn_rule(logical_id: str, properties: Record, stack_name: str) -> Any:
    _check_priority(properties["ListenerArn"], str(properties["Priority"]))
    _check_secrets(actions_from(properties.get("Actions") or []))
    return _ministack_cfn["ListenerRule"](logical_id, properties, stack_name)


def _cfn_guarded_delete(delete: Any) -> Any:
    def handle(physical_id: str, properties: Record) -> None:
        _refuse_deletion(physical_id)
        delete(physical_id, properties)

    return handle


# --- what the load balancer process reads ----------------------------------------------------------------------------


def describe() -> Record:
    return {
        "loadBalancers": [
            {
                "arn": arn, "name": lb["LoadBalancerName"], "dnsName": lb["DNSName"], "address": lb["DNSName"], "scheme": lb["Scheme"],
                "attributes": _attributes(alb._lb_attrs, arn, LOAD_BALANCER_DEFAULTS),
                "listeners": [_describe_listener(l) for l in list(alb._listeners.values()) if l["LoadBalancerArn"] == arn],
            }
            for arn, lb in list(alb._lbs.items())
        ],
        "targetGroups": [
            {
                "arn": arn, "name": g["TargetGroupName"], "protocol": g["Protocol"], "port": g["Port"],
                "healthCheck": {
                    "protocol": g["HealthCheckProtocol"], "port": g["HealthCheckPort"], "path": g["HealthCheckPath"],
                    "intervalSeconds": g["HealthCheckIntervalSeconds"], "timeoutSeconds": g["HealthCheckTimeoutSeconds"],
                    "healthyCount": g["HealthyThresholdCount"], "unhealthyCount": g["UnhealthyThresholdCount"],
                    "successCodes": g["Matcher"]["HttpCode"],
                },
                "attributes": _attributes(alb._tg_attrs, arn, TARGET_GROUP_DEFAULTS),
                "targets": [{"id": t["Id"], "port": t["Port"], "state": "draining" if "_until" in t else "registered"} for t in _targets(arn)],
            }
            for arn, g in list(alb._tgs.items())
        ],
    }  # fmt: skip


def _describe_listener(listener: Record) -> Record:
    rules = sorted((r for r in _rules_of(listener["ListenerArn"]) if not r["IsDefault"]), key=lambda r: int(r["Priority"]))
    described = {
        "arn": listener["ListenerArn"], "port": listener["Port"], "protocol": listener["Protocol"], "sslPolicy": listener.get("SslPolicy"),
        "certificateArn": next(iter(listener.get("Certificates", [])), None), "defaultActions": listener["DefaultActions"],
        "rules": [{"arn": r["RuleArn"], "priority": r["Priority"], "conditions": r["Conditions"], "actions": r["Actions"]} for r in rules],
    }  # fmt: skip
    return {key: value for key, value in described.items() if value is not None}


def install() -> None:
    global _ministack, _ministack_cfn
    _ministack = dict(alb._ACTION_MAP)
    handlers = provisioners._RESOURCE_HANDLERS
    kinds = ("LoadBalancer", "ListenerRule", "TargetGroup")
    _ministack_cfn = {kind: handlers[f"AWS::ElasticLoadBalancingV2::{kind}"]["create"] for kind in kinds}

    alb._parse_actions = lambda params, prefix="DefaultActions": actions_from(from_query(params, prefix))
    alb._parse_conditions = lambda params, prefix="Conditions": conditions_from(from_query(params, prefix))
    alb._action_xml = _action_xml
    alb._condition_xml = lambda condition: f"<member>{to_xml(condition)}</member>"
    # AWS::ElasticLoadBalancingV2::TargetGroup, TargetGroupFullName: `targetgroup/NAME/ID`, the CloudWatch dimension.
    alb._target_group_full_name_from_arn = lambda arn: arn.split(":")[5]
    group_xml = alb._tg_xml
    alb._tg_xml = lambda group: group_xml({**group, "LoadBalancerArns": load_balancers_of(group["TargetGroupArn"])})
    alb._ACTION_MAP.update(
        CreateLoadBalancer=_create_load_balancer,
        CreateRule=_create_rule, ModifyRule=_modify_rule, DescribeRules=_describe_rules, SetRulePriorities=_set_rule_priorities,
        DeleteTargetGroup=_delete("DeleteTargetGroup", "TargetGroupArn"), DeleteLoadBalancer=_delete("DeleteLoadBalancer", "LoadBalancerArn"),
        RegisterTargets=_change_targets(register, "RegisterTargets"), DeregisterTargets=_change_targets(deregister, "DeregisterTargets"),
        DescribeTargetHealth=_describe_target_health,
    )  # fmt: skip
    alb._ACTION_MAP.update({action: _answering(handler) for action, handler in alb._ACTION_MAP.items()})

    provisioners._elbv2_listener_actions = lambda properties, load_balancer, prop="DefaultActions": actions_from(properties.get(prop) or [])
    provisioners._flatten_listener_rule_conditions = lambda conditions: conditions_from(conditions or [])
    handlers["AWS::ElasticLoadBalancingV2::LoadBalancer"]["create"] = _cfn_load_balancer
    handlers["AWS::ElasticLoadBalancingV2::ListenerRule"]["create"] = _cfn_rule
    for kind in ("LoadBalancer", "TargetGroup"):
        handler = handlers[f"AWS::ElasticLoadBalancingV2::{kind}"]
        handler["delete"] = _cfn_guarded_delete(handler["delete"])
