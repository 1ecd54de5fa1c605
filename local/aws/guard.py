"""Ends what a world started, however the world ended.

Runs as a process of its own. Standard input carries lines `+PGID SIGNAL` and `-PGID`; when it closes, because the local
AWS stopped or was killed, every process group still listed gets its signal, then SIGKILL, and the world's folder goes.
"""

import os
import shutil
import signal
import sys
import time

GRACE_SECONDS = 3.0


def send(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        pass


def runs(leader: int) -> bool:
    """Not gone, and not a zombie that nobody collects: in a container process 1 often does not."""
    try:
        with open(f"/proc/{leader}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def processes_with(variable: str) -> list[int]:
    """Ids of the processes whose environment starts a variable with this text (Linux; elsewhere none)."""
    found = []
    for entry in os.listdir("/proc") if os.path.isdir("/proc") else []:
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/environ", "rb") as file:
                    if variable.encode() in file.read():
                        found.append(int(entry))
            except OSError:
                pass
    return found


def kill_all_with(variable: str) -> None:
    """Also those that left their group, as a daemon does: a container's processes end with it, wherever they went."""
    for process in processes_with(variable):
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            pass


def main(folder: str, world_group: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    groups: dict[int, int] = {}
    for line in sys.stdin:
        words = line.split()
        if line.startswith("+"):
            groups[int(words[0][1:])] = signal.Signals[words[1]]
        elif line.startswith("-"):
            groups.pop(int(words[0][1:]), None)
    groups[world_group] = signal.SIGKILL  # Lambda workers share it
    for group, number in groups.items():
        send(group, number)
    kill_all_with(f"LOCAL_AWS_CONTAINER={folder}/")
    end = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < end and any(runs(group) for group in groups):
        time.sleep(0.02)
    for group in groups:
        send(group, signal.SIGKILL)
    for _ in range(50):
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.exists(folder):
            return
        time.sleep(0.1)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
