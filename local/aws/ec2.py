"""EC2: what a VPC of aws-cdk-lib needs and ministack's CloudFormation lacks. Addresses and rules are records only:
every process here shares one loopback interface, and security groups let everything pass."""

import random
from typing import Any, Callable, Optional

from ministack.core.responses import get_account_id, new_uuid
from ministack.services import ec2
from ministack.services.cloudformation import provisioners

Record = dict[str, Any]


def _id(prefix: str) -> str:
    return f"{prefix}-{new_uuid().replace('-', '')[:17]}"


def _permission(properties: Record, peer: str) -> Record:
    description = {"Description": properties["Description"]} if properties.get("Description") else {}
    permission: Record = {"IpProtocol": str(properties.get("IpProtocol", "-1"))}
    for port in ("FromPort", "ToPort"):
        if properties.get(port) is not None:
            permission[port] = int(properties[port])
    permission["IpRanges"] = [{"CidrIp": properties["CidrIp"], **description}] if properties.get("CidrIp") else []
    permission["Ipv6Ranges"] = [{"CidrIpv6": properties["CidrIpv6"], **description}] if properties.get("CidrIpv6") else []
    permission["PrefixListIds"] = []
    pair = {"GroupId": properties.get(peer), "UserId": get_account_id(), **description}
    permission["UserIdGroupPairs"] = [pair] if properties.get(peer) else []
    return permission


def _group(group_id: Any) -> Record:
    group = ec2._security_groups.get(group_id)
    if group is None:
        raise ValueError(f"The security group '{group_id}' does not exist (Service: Ec2, Status Code: 400, InvalidGroup.NotFound)")
    return group


def _rule(key: str, peer: str) -> Record:
    """AWS::EC2::SecurityGroupIngress or -Egress; `key` is where the group keeps such rules, `peer` names the other group."""

    def create(logical_id: str, properties: Record, stack_name: str) -> tuple[str, Record]:
        group = _group(properties.get("GroupId"))
        if properties.get(peer):
            _group(properties[peer])
        rule = {**_permission(properties, peer), "SecurityGroupRuleId": _id("sgr")}
        group[key].append(rule)
        return rule["SecurityGroupRuleId"], {"Id": rule["SecurityGroupRuleId"]}

    def delete(physical_id: str, properties: Record) -> None:
        group = ec2._security_groups.get(properties.get("GroupId"))
        if group:
            group[key] = [rule for rule in group[key] if rule.get("SecurityGroupRuleId") != physical_id]

    def update(physical_id: str, old: Record, new: Record, stack_name: str, logical_id: Optional[str] = None) -> tuple[str, Record]:
        """ModifySecurityGroupRules keeps the rule's id."""
        group = _group(new.get("GroupId"))
        delete(physical_id, old)
        group[key].append({**_permission(new, peer), "SecurityGroupRuleId": physical_id})
        return physical_id, {"Id": physical_id}

    return {"create": create, "delete": delete, "update": update, "update_with_logical_id": True}


def _create_eip(logical_id: str, properties: Record, stack_name: str) -> tuple[str, Record]:
    allocation, address = _id("eipalloc"), f"198.51.100.{random.randint(1, 254)}"
    ec2._addresses[allocation] = {
        "AllocationId": allocation, "PublicIp": address, "Domain": "vpc", "AssociationId": None, "InstanceId": None,
        "NetworkInterfaceId": None, "PrivateIpAddress": None,
    }  # fmt: skip
    return address, {"AllocationId": allocation, "PublicIp": address}


def _delete_eip(physical_id: str, properties: Record) -> None:
    for allocation in [key for key, address in ec2._addresses.items() if address["PublicIp"] == physical_id]:
        del ec2._addresses[allocation]


def _create_nat(logical_id: str, properties: Record, stack_name: str) -> tuple[str, Record]:
    subnet = ec2._subnets.get(properties.get("SubnetId"))
    if subnet is None:
        raise ValueError(f"The subnet ID '{properties.get('SubnetId')}' does not exist")
    gateway = _id("nat")
    ec2._nat_gateways[gateway] = {
        "NatGatewayId": gateway, "SubnetId": properties["SubnetId"], "VpcId": subnet["VpcId"], "State": "available",
        "AllocationId": properties.get("AllocationId", ""), "ConnectivityType": properties.get("ConnectivityType", "public"),
        "CreateTime": ec2._now_ts(), "Tags": properties.get("Tags", []),
    }  # fmt: skip
    return gateway, {"NatGatewayId": gateway}


def _create_flow_log(logical_id: str, properties: Record, stack_name: str) -> tuple[str, Record]:
    identifier = _id("fl")
    return identifier, {"Id": identifier}


def _with_cidr(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Fn::GetAtt Vpc.CidrBlock."""

    def handle(*arguments: Any, **keywords: Any) -> Any:
        vpc, attributes = handler(*arguments, **keywords)
        return vpc, {**(attributes or {}), "CidrBlock": ec2._vpcs[vpc]["CidrBlock"]}

    return handle


def install() -> None:
    handlers = provisioners._RESOURCE_HANDLERS
    vpc = handlers["AWS::EC2::VPC"]
    vpc["create"], vpc["update"] = _with_cidr(vpc["create"]), _with_cidr(vpc["update"])
    handlers["AWS::EC2::SecurityGroupIngress"] = _rule("IpPermissions", "SourceSecurityGroupId")
    handlers["AWS::EC2::SecurityGroupEgress"] = _rule("IpPermissionsEgress", "DestinationSecurityGroupId")
    handlers["AWS::EC2::EIP"] = {"create": _create_eip, "delete": _delete_eip}
    handlers["AWS::EC2::NatGateway"] = {"create": _create_nat, "delete": lambda physical_id, _: ec2._nat_gateways.pop(physical_id, None)}
    handlers.setdefault("AWS::EC2::FlowLog", {"create": _create_flow_log, "delete": lambda physical_id, _: None})
