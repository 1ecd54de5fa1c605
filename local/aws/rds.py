"""RDS for PostgreSQL: instances with a server behind them, snapshots and restores with the rows in them."""

import datetime
import os
import re
import secrets
import shutil
import threading
import time
from contextlib import contextmanager
from typing import Any, Iterator, Optional

from ministack.core.responses import get_account_id, get_region, new_uuid, request_scope
from ministack.services import rds
from ministack.services.cloudformation import provisioners

import postgres
import world

Record = dict[str, Any]
_servers: dict[str, postgres.Server] = {}
_snapshot_folder = os.path.join(world.folder, "snapshots")
# RDS lags about five minutes (RDS user guide, "Restoring a DB instance to a specified time"); nobody waits that long here.
_BACKUP_LAG_SECONDS = 2


class SnapshotNotFound(ValueError):
    pass


def _engine_version(asked: str) -> str:
    """RDS completes a major version: `15` becomes the programs' own 15.x."""
    return postgres.version() if asked == postgres.version().split(".")[0] else asked


def _find_snapshot(identifier: str) -> Record:
    """By identifier or ARN. Raises SnapshotNotFound."""
    snapshot = rds._snapshots.get(identifier.split(":")[-1])
    if snapshot is None:
        raise SnapshotNotFound(f"DBSnapshot not found: {identifier} (Service: Rds, Status Code: 404, DBSnapshotNotFound)")
    if snapshot["Status"] != "available":
        raise ValueError(f"DBSnapshot {identifier} is {snapshot['Status']} (Service: Rds, Status Code: 400, InvalidDBSnapshotState)")
    return snapshot


def _tls_only(instance: Record) -> bool:
    """rds.force_ssl, whose default is 1 from PostgreSQL 15 on (RDS user guide, "Requiring an SSL connection")."""
    group = rds._param_groups.get(instance["DBParameterGroups"][0]["DBParameterGroupName"], {})
    set_value = group.get("Parameters", {}).get("rds.force_ssl", {}).get("ParameterValue")
    if set_value is not None:
        return str(set_value) == "1"
    return int(instance["EngineVersion"].split(".")[0]) >= 15


def _start_server(instance: Record, snapshot: Optional[Record], password: Optional[str]) -> None:
    """Puts a PostgreSQL behind the instance; `password` None keeps the one in the snapshot, as RDS does."""
    name = instance["DBInstanceIdentifier"]
    instance["DBInstanceStatus"] = "creating"
    server = postgres.Server(name, snapshot and snapshot["_folder"], _tls_only(instance))
    if password is not None:
        server.set_master(instance["MasterUsername"], password)
    if snapshot is None and instance["DBName"]:
        server.create_database(instance["DBName"], instance["MasterUsername"])
    _servers[name] = server
    instance["Endpoint"].update(Address=server.address, Port=postgres.PORT)
    instance["DBInstanceStatus"] = "available"


def _is_postgres(instance: Optional[Record]) -> bool:
    return instance is not None and instance["Engine"] == "postgres"


# --- snapshots -------------------------------------------------------------------------------------------------------


def _take_snapshot(identifier: str, instance: Record, tags: Optional[list[Record]] = None) -> Record:
    """The record ministack makes, and the copy of the data when there is a server. Its tags are there from the beginning."""
    snapshot = _ministack_snapshot(identifier, instance)
    if tags is not None:
        snapshot["TagList"] = tags
    group = instance.get("DBSubnetGroup", {})
    snapshot.update(VpcId=group.get("VpcId", ""))
    server = _servers.get(instance["DBInstanceIdentifier"])
    if server:
        snapshot.update(
            Status="creating", PercentProgress=0, _folder=os.path.join(_snapshot_folder, f"{identifier}-{secrets.token_hex(3)}")
        )
        server.hot_copy(snapshot["_folder"])
        snapshot.update(Status="available", PercentProgress=100)
    return snapshot


def _create_snapshot(params: Record) -> Any:
    """CreateDBSnapshot answers at once with status `creating`; the copy goes on behind it."""
    identifier, instance = rds._p(params, "DBSnapshotIdentifier"), rds._resolve_instance(rds._p(params, "DBInstanceIdentifier"))
    if not identifier or identifier in rds._snapshots or not instance:
        return _ministack_rds["CreateDBSnapshot"](params)
    if not re.fullmatch(r"[A-Za-z](?!.*--)[A-Za-z0-9-]{0,254}(?<!-)", identifier):
        return rds._error("InvalidParameterValue", f"The parameter DBSnapshotIdentifier is not a valid identifier: {identifier}", 400)
    record = _ministack_snapshot(identifier, instance)
    tags = rds._parse_tags(params)
    record.update(Status="creating", PercentProgress=0, TagList=tags)
    rds._tags[record["DBSnapshotArn"]] = tags
    shown = rds._snapshot_xml(record)
    account, region = get_account_id(), get_region()

    def copy() -> None:
        with request_scope(account, region):
            try:
                _take_snapshot(identifier, instance, tags)
            except Exception:
                rds._snapshots[identifier]["Status"] = "failed"
                raise

    threading.Thread(target=copy, daemon=True).start()
    return rds._xml(200, "CreateDBSnapshotResponse", f"<CreateDBSnapshotResult><DBSnapshot>{shown}</DBSnapshot></CreateDBSnapshotResult>")


# --- point in time ---------------------------------------------------------------------------------------------------


def _latest_restorable(instance: Record) -> float:
    return time.time() - _BACKUP_LAG_SECONDS


def _describe_instances(params: Record) -> Any:
    for instance in rds._instances.values():
        has_backups = _is_postgres(instance) and int(instance.get("BackupRetentionPeriod", 1)) > 0
        if has_backups:
            instance["LatestRestorableTime"] = rds._format_time(_latest_restorable(instance))
    return _ministack_rds["DescribeDBInstances"](params)


def _source_of(resource_id: Optional[str], identifier: Optional[str], restore_time: Optional[str], latest: bool) -> Record:
    """The instance to restore. Raises ValueError with the words and the code of the API."""
    source = next((i for i in rds._instances.values() if i["DbiResourceId"] == resource_id), None) if resource_id else rds._resolve_instance(identifier)
    if source is None:
        raise ValueError(f"DBInstance {resource_id or identifier} not found. (Service: Rds, Status Code: 404, DBInstanceNotFound)")
    if int(source.get("BackupRetentionPeriod", 1)) == 0:
        raise ValueError("Automated backups are not enabled for the source. (Service: Rds, Status Code: 400, PointInTimeRestoreNotEnabled)")
    if latest == bool(restore_time):
        raise ValueError("Either RestoreTime or UseLatestRestorableTime. (Service: Rds, Status Code: 400, InvalidParameterCombination)")
    if restore_time:
        at = datetime.datetime.fromisoformat(restore_time.replace("Z", "+00:00")).timestamp()
        first = datetime.datetime.fromisoformat(source["InstanceCreateTime"].replace("Z", "+00:00")).timestamp()
        if not first <= at < _latest_restorable(source):
            raise ValueError(f"The specified instance cannot be restored to {restore_time}. (Service: Rds, Status Code: 400, InvalidRestoreFault)")
    return source


@contextmanager
def _copy_of(source: Record) -> Iterator[Record]:
    """What a restore starts from, as a snapshot that nobody sees. Its rows are those of now, not of the time that was asked for."""
    identifier = f"rds-{secrets.token_hex(6)}"
    record = _ministack_snapshot(identifier, source)
    record["_folder"] = os.path.join(_snapshot_folder, identifier)
    try:
        _servers[source["DBInstanceIdentifier"]].hot_copy(record["_folder"])
        yield record
    finally:
        rds._snapshots.pop(identifier, None)
        shutil.rmtree(record["_folder"], ignore_errors=True)


def _restore_to_point_in_time(params: Record) -> Any:
    def asked(name: str) -> Optional[str]:
        return rds._p(params, name) or None

    try:
        source = _source_of(
            asked("SourceDbiResourceId"), asked("SourceDBInstanceIdentifier"), asked("RestoreTime"), asked("UseLatestRestorableTime") == "true"
        )
    except ValueError as error:
        message, status, code = re.fullmatch(r"(.*) \(Service: Rds, Status Code: (\d+), (\w+)\)", str(error)).groups()
        return rds._error(code, message, int(status))
    with _copy_of(source) as copy:
        target = asked("TargetDBInstanceIdentifier")
        taken = {"DBInstanceIdentifier": [target], "DBSnapshotIdentifier": [copy["DBSnapshotIdentifier"]]}
        status, headers, body = _restore_instance({**params, **taken})
    text = body.decode() if isinstance(body, bytes) else body
    return status, headers, text.replace("RestoreDBInstanceFromDBSnapshot", "RestoreDBInstanceToPointInTime").encode()


# --- instances over the API ------------------------------------------------------------------------------------------


def _create_instance(params: Record) -> Any:
    answer = _ministack_rds["CreateDBInstance"](params)
    instance = rds._instances.get(rds._p(params, "DBInstanceIdentifier"))
    if answer[0] < 400 and _is_postgres(instance):
        instance["EngineVersion"] = _engine_version(instance["EngineVersion"])
        _start_server(instance, None, rds._p(params, "MasterUserPassword"))
    return answer


def _restore_instance(params: Record) -> Any:
    try:
        snapshot = _find_snapshot(rds._p(params, "DBSnapshotIdentifier"))
    except SnapshotNotFound as error:
        return rds._error("DBSnapshotNotFound", str(error), 404)
    answer = _ministack_rds["RestoreDBInstanceFromDBSnapshot"]({**params, "DBSnapshotIdentifier": [snapshot["DBSnapshotIdentifier"]]})
    if answer[0] < 400:
        instance = rds._instances[rds._p(params, "DBInstanceIdentifier")]
        instance["KmsKeyId"] = snapshot.get("KmsKeyId", "")
        _start_server(instance, snapshot, None)
    return answer


def _modify_instance(params: Record) -> Any:
    answer = _ministack_rds["ModifyDBInstance"](params)
    server, password = _servers.get(rds._p(params, "DBInstanceIdentifier")), rds._p(params, "MasterUserPassword")
    if answer[0] < 400 and server and password:
        server.set_master(rds._instances[rds._p(params, "DBInstanceIdentifier")]["MasterUsername"], password)
    return answer


def _delete_instance(params: Record) -> Any:
    name = rds._p(params, "DBInstanceIdentifier")
    instance = rds._resolve_instance(name)
    final = rds._p(params, "FinalDBSnapshotIdentifier")
    if instance and not instance.get("DeletionProtection") and not final and rds._p(params, "SkipFinalSnapshot") != "true":
        return rds._error(
            "InvalidParameterCombination", "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.", 400
        )
    answer = _ministack_rds["DeleteDBInstance"](params)
    if answer[0] < 400:
        _stop_server(name)
    return answer


def _stop_server(name: str) -> None:
    server = _servers.pop(name, None)
    if server:
        server.stop()


# --- CloudFormation --------------------------------------------------------------------------------------------------


def _encryption(properties: Record) -> Record:
    encrypted = provisioners._cfn_bool(properties.get("StorageEncrypted", False))
    key = properties.get("KmsKeyId") or (f"arn:aws:kms:{get_region()}:{get_account_id()}:key/{_default_key()}" if encrypted else "")
    return {"StorageEncrypted": encrypted, "KmsKeyId": key}


def _default_key() -> str:
    """The account's aws/rds key."""
    return "00000000-0000-4000-8000-00000000d00d"


def _cfn_create(logical_id: str, properties: Record, stack_name: str) -> Any:
    restore_time, latest = properties.get("RestoreTime"), provisioners._cfn_bool(properties.get("UseLatestRestorableTime", False))
    if restore_time or latest:
        source = _source_of(properties.get("SourceDbiResourceId"), properties.get("SourceDBInstanceIdentifier"), restore_time, latest)
        with _copy_of(source) as copy:
            return _cfn_make(logical_id, properties, stack_name, copy)
    identifier = properties.get("DBSnapshotIdentifier")
    return _cfn_make(logical_id, properties, stack_name, _find_snapshot(identifier) if identifier else None)


def _cfn_make(logical_id: str, properties: Record, stack_name: str, snapshot: Optional[Record]) -> Any:
    name = properties.get("DBInstanceIdentifier")
    if name and name in rds._instances:
        raise ValueError(f"DB instance already exists: {name} (Service: Rds, Status Code: 400, DBInstanceAlreadyExists)")
    if snapshot:
        # What a restore takes from its snapshot; class and storage type it does not (RDS user guide, "Restoring").
        taken = {"Engine": snapshot["Engine"], "MasterUsername": snapshot["MasterUsername"], "DBName": snapshot["DBName"]}
        kept = {"EngineVersion": snapshot["EngineVersion"], "AllocatedStorage": snapshot["AllocatedStorage"]}
        properties = {**kept, **properties, **taken}
    physical_id, _ = _ministack_cfn["create"](logical_id, {**properties, **_numbers(properties)}, stack_name)
    instance = rds._instances[physical_id]
    instance["EngineVersion"] = _engine_version(str(instance["EngineVersion"]))
    instance["Iops"] = int(properties["Iops"]) if properties.get("Iops") else None
    instance["DBName"] = properties.get("DBName", "")
    encryption = {"StorageEncrypted": snapshot["Encrypted"], "KmsKeyId": snapshot["KmsKeyId"]} if snapshot else _encryption(properties)
    instance.update(encryption, _RestoredFrom=properties.get("DBSnapshotIdentifier"))
    rds._tags[instance["DBInstanceArn"]] = instance["TagList"]
    try:
        if _is_postgres(instance):
            _start_server(instance, snapshot, properties.get("MasterUserPassword"))
    except Exception:
        rds._instances.pop(physical_id, None)
        raise
    return physical_id, provisioners._rds_db_instance_attrs(instance)


def _numbers(properties: Record) -> Record:
    return {"Port": postgres.PORT if properties.get("Engine", "postgres") == "postgres" else properties.get("Port")}


def _cfn_update(physical_id: str, old: Record, new: Record, stack_name: str, logical_id: Optional[str] = None) -> Any:
    answer = _ministack_cfn["update"](physical_id, old, new, stack_name, logical_id)
    instance = rds._instances[answer[0]]
    if instance["EngineVersion"] != _engine_version(str(instance["EngineVersion"])):
        instance["EngineVersion"] = _engine_version(str(instance["EngineVersion"]))
    password = new.get("MasterUserPassword")
    if answer[0] == physical_id and password not in (None, old.get("MasterUserPassword")) and physical_id in _servers:
        _servers[physical_id].set_master(instance["MasterUsername"], password)
    return answer


def _cfn_delete(physical_id: str, properties: Record) -> None:
    instance = rds._instances.get(physical_id)
    if instance and instance.get("DeletionProtection"):
        raise ValueError(
            "Cannot delete protected DB Instance, please disable deletion protection and try again. (Service: Rds, Status Code: 400, InvalidParameterCombination)"
        )
    _ministack_cfn["delete"](physical_id, properties)
    _stop_server(physical_id)


def _needs_replacement(old: Record, new: Record) -> bool:
    """Also the snapshot: another one, or none any more, makes a new instance (AWS::RDS::DBInstance, DBSnapshotIdentifier). Of a
    point in time it is another one alone: what is left out changes nothing (its resource provider, ImmutabilityHelper)."""
    if any(new.get(name) and old.get(name) != new.get(name) for name in ("RestoreTime", "SourceDbiResourceId", "UseLatestRestorableTime")):
        return True
    names = (*provisioners._RDS_DB_INSTANCE_CREATE_ONLY, "Engine", "DBSnapshotIdentifier")
    return any(old.get(name) != new.get(name) for name in names)


def install() -> None:
    global _ministack_rds, _ministack_cfn, _ministack_snapshot
    os.makedirs(_snapshot_folder)
    postgres.prepare_in_background()
    rds._get_docker = lambda: None
    rds._rotate_instance_password = lambda *arguments: None
    _ministack_rds, _ministack_snapshot = dict(rds._ACTION_MAP), rds._create_snapshot_internal
    rds._create_snapshot_internal = _take_snapshot
    rds._ACTION_MAP.update(
        CreateDBInstance=_create_instance, RestoreDBInstanceFromDBSnapshot=_restore_instance, ModifyDBInstance=_modify_instance,
        DeleteDBInstance=_delete_instance, CreateDBSnapshot=_create_snapshot, DescribeDBInstances=_describe_instances,
        RestoreDBInstanceToPointInTime=_restore_to_point_in_time,
    )  # fmt: skip
    handler = provisioners._RESOURCE_HANDLERS["AWS::RDS::DBInstance"]
    _ministack_cfn = dict(handler)
    handler.update(create=_cfn_create, update=_cfn_update, delete=_cfn_delete)
    provisioners._rds_db_instance_create, provisioners._rds_db_instance_delete = _cfn_create, _cfn_delete
    provisioners._CUSTOM_NAME_REPLACEMENT["AWS::RDS::DBInstance"]["requires_replacement"] = _needs_replacement
    # CloudFormation names a final snapshot STACK-snapshot-LOGICAL-RANDOM; here it carries the instance's name.
    provisioners._snapshot_id = lambda physical_id: f"{physical_id}-snapshot-{new_uuid()[:12]}"
