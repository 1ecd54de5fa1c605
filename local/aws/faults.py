"""Test hooks, no part of AWS: credentials that expire and actions that are throttled, while everything else goes on.

    POST /_local/credentials {"AKIA…": "expired"}                  and {"AKIA…": "valid"} to undo it
    POST /_local/throttle    {"action": "DescribeRules", "count": 3}   the next 3 calls of it; 0 ends it
    POST /_local/metrics     late or lost metrics, see metric_faults.py

What the answers look like is AWS's: ExpiredToken (403) and Throttling (400) in the query protocol, ExpiredTokenException
and ThrottlingException in the JSON ones ("Common errors" of the API references).
"""

import json
import re
from typing import Mapping, Optional
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

import metric_faults

Answer = tuple[int, bytes, str]

_expired: set[str] = set()
_throttled: dict[str, int] = {}


def control(path: str, body: bytes) -> Optional[tuple[int, bytes]]:
    """None for a path that is not a hook."""
    if path not in ("/_local/credentials", "/_local/throttle", "/_local/metrics"):
        return None
    try:
        wanted = json.loads(body)
        if path == "/_local/metrics":
            metric_faults.control(wanted)
        elif path == "/_local/credentials":
            if not all(state in ("expired", "valid") for state in wanted.values()):
                raise ValueError('an access key id is "expired" or "valid"')
            for key, state in wanted.items():
                (_expired.add if state == "expired" else _expired.discard)(key)
        else:
            _throttled[str(wanted["action"])] = int(wanted["count"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return 400, json.dumps({"message": f"{path}: {error}"}).encode()
    return 200, b"{}"


def is_idle() -> bool:
    return not _expired and not any(_throttled.values())


def answer(headers: Mapping[str, str], body: bytes) -> Optional[Answer]:
    """The refusal of a request, or None where it may pass."""
    credential = re.search(r"Credential=([^/]+)/[^/]+/[^/]+/([^/]+)/", headers.get("authorization", ""))
    key, service = credential.groups() if credential else ("", "")
    if key in _expired:
        return _refusal(headers, service, 403, "ExpiredToken", "The security token included in the request is expired")
    action = _action(headers, body)
    if _throttled.get(action, 0) > 0:
        _throttled[action] -= 1
        return _refusal(headers, service, 400, "Throttling", "Rate exceeded")
    return None


def _action(headers: Mapping[str, str], body: bytes) -> str:
    target = headers.get("x-amz-target", "")
    if target:
        return target.rsplit(".", 1)[-1]
    if "x-www-form-urlencoded" not in headers.get("content-type", ""):
        return ""
    return parse_qs(body.decode("utf-8", errors="replace")).get("Action", [""])[0]


def _refusal(headers: Mapping[str, str], service: str, status: int, code: str, message: str) -> Answer:
    if headers.get("x-amz-target"):
        return status, json.dumps({"__type": f"{code}Exception", "message": message}).encode(), headers.get("content-type", "")
    error = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    if service == "s3":
        text = f"<Error>{error}<RequestId>local</RequestId></Error>"
    elif service == "ec2":
        text = f"<Response><Errors><Error>{error}</Error></Errors><RequestID>local</RequestID></Response>"
    else:
        text = f"<ErrorResponse><Error><Type>Sender</Type>{error}</Error><RequestId>local</RequestId></ErrorResponse>"
    return status, text.encode(), "text/xml"
