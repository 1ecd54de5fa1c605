"""What the modules of one world share: its folder, its loopback addresses, its processes."""

import itertools
import os
import socket
import subprocess
import sys
import threading
from typing import Any, Sequence

ACCOUNT = "000000000000"
REGION = "us-east-1"

folder = os.environ["LOCAL_AWS_DIRECTORY"]
port = int(os.environ["GATEWAY_PORT"])

_RESERVATION_PORT = 47123


def _reserve_block() -> tuple[int, socket.socket]:
    """The first N whose 127.1.N.1 nobody holds: worlds on one machine share no address. The kernel frees it with us."""
    for number in range(1, 255):
        held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            held.bind((f"127.1.{number}.1", _RESERVATION_PORT))
            return number, held
        except OSError:
            held.close()
    raise RuntimeError("254 local worlds run on this machine already")


block, _reservation = _reserve_block()


class Addresses:
    """Loopback addresses 127.KIND.BLOCK.2 to .254, each in use once."""

    def __init__(self, kind: int):
        self._kind = kind
        self._next = itertools.cycle(range(2, 255))
        self._used: set[str] = set()
        self._lock = threading.Lock()

    def take(self) -> str:
        with self._lock:
            for _ in range(253):
                address = f"127.{self._kind}.{block}.{next(self._next)}"
                if address not in self._used:
                    self._used.add(address)
                    return address
        raise RuntimeError(f"all 253 addresses 127.{self._kind}.{block}.x are in use")

    def give_back(self, address: str) -> None:
        with self._lock:
            self._used.discard(address)


task_addresses = Addresses(1)
database_addresses = Addresses(2)
load_balancer_addresses = Addresses(3)


_guard = subprocess.Popen(
    [sys.executable, os.path.join(os.path.dirname(__file__), "guard.py"), folder, str(os.getpgrp())],
    stdin=subprocess.PIPE,
    start_new_session=True,
    text=True,
    bufsize=1,
)
_guard_lock = threading.Lock()


def _tell_guard(line: str) -> None:
    with _guard_lock:
        assert _guard.stdin is not None
        _guard.stdin.write(line + "\n")
        _guard.stdin.flush()


def spawn(argv: Sequence[str], end_with: str = "SIGKILL", **options: Any) -> "subprocess.Popen[bytes]":
    """Starts a process group that ends, at the latest, with the world. `end_with`: the signal it is ended by then."""
    process = subprocess.Popen(argv, start_new_session=True, **options)
    _tell_guard(f"+{process.pid} {end_with}")
    return process


def ended(process: "subprocess.Popen[bytes]") -> None:
    """The group is gone and its number may belong to somebody else soon."""
    _tell_guard(f"-{process.pid}")
