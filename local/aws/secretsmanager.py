"""Secrets Manager: `Ref` of a secret is its ARN (AWS::SecretsManager::Secret, "Return values"); ministack's is the name."""

from typing import Any

from ministack.services import secretsmanager
from ministack.services.cloudformation import provisioners

Record = dict[str, Any]


def _name(physical_id: str) -> str:
    return next((name for name, secret in secretsmanager._secrets.items() if secret["ARN"] == physical_id), physical_id)


def install() -> None:
    handlers = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
    create, update, delete = handlers["create"], handlers["update"], handlers["delete"]

    def create_with_arn(*arguments: Any) -> tuple[str, Record]:
        _, attributes = create(*arguments)
        return attributes["Arn"], attributes

    def update_with_arn(physical_id: str, *arguments: Any, **keywords: Any) -> tuple[str, Record]:
        _, attributes = update(_name(physical_id), *arguments, **keywords)
        return attributes["Arn"], attributes

    handlers["create"] = create_with_arn
    handlers["update"] = update_with_arn
    handlers["delete"] = lambda physical_id, properties: delete(_name(physical_id), properties)
