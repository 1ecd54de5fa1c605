"""A container is a local process group with an address, a folder and an environment of its own. No Docker."""

import json
import os
import shlex
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import Callable, Mapping, Optional, Sequence

import guard
import world

IMAGES_FILE = os.environ["LOCAL_AWS_IMAGES"]
DEFAULT_STOP_SIGNAL = "SIGQUIT"  # Kong's official images: STOPSIGNAL SIGQUIT
SYSTEM_PATH = os.environ.get("PATH", "/usr/local/bin:/usr/bin:/bin")


class ImageMissing(Exception):
    """No entry of the images file fits: what ECS reports as CannotPullContainerError."""


@dataclass(frozen=True)
class Image:
    bin: str
    command: list[str]
    stop_signal: signal.Signals


def _words(command: object) -> list[str]:
    return shlex.split(command) if isinstance(command, str) else [str(word) for word in (command or [])]  # type: ignore[attr-defined]


def find_image(name: str) -> Image:
    """The entry with the longest prefix of `name`. The file is read anew each time."""
    with open(IMAGES_FILE, encoding="utf-8") as file:
        entries = json.load(file)
    prefix = max((p for p in entries if name.startswith(p)), key=len, default=None)
    if prefix is None:
        raise ImageMissing(f"pull image manifest has been retried 1 time(s): {name} is not in {IMAGES_FILE}")
    entry = entries[prefix]
    return Image(
        bin=os.path.join(os.path.dirname(os.path.abspath(IMAGES_FILE)), entry.get("bin", ".")),
        command=_words(entry.get("command")),
        stop_signal=signal.Signals[entry.get("stopSignal", DEFAULT_STOP_SIGNAL)],
    )


def _environment(image: Image, given: Mapping[str, str], address: str, folder: str) -> dict[str, str]:
    """What the image and the network namespace would give: see MODEL.md, "Containers"."""
    environment = {
        "HOME": folder,
        "TMPDIR": folder,
        "LANG": "C.UTF-8",
        "CONTAINER_IP": address,
        "LOCAL_AWS_CONTAINER": folder,
        "KONG_PREFIX": os.path.join(folder, "kong"),
        "KONG_NGINX_DAEMON": "off",
        **given,
        "PATH": os.pathsep.join([image.bin, given.get("PATH", SYSTEM_PATH)]),
    }
    for name, value in given.items():
        if name.startswith("KONG_") and name.endswith("_LISTEN"):
            environment[name] = value.replace("0.0.0.0", address)
    return environment


class Container:
    def __init__(
        self,
        name: str,
        image_name: str,
        address: str,
        environment: Mapping[str, str],
        entry_point: Optional[Sequence[str]],
        command: Optional[Sequence[str]],
        on_line: Callable[[str], None],
    ):
        """Docker's rule: a given entry point also drops the image's default command. Raises ImageMissing."""
        self.image = find_image(image_name)
        self.folder = os.path.join(world.folder, "containers", f"{address}-{name}-{time.monotonic_ns()}")
        self._mark = f"LOCAL_AWS_CONTAINER={self.folder}"
        self._environment = _environment(self.image, environment, address, self.folder)
        self._argv = [*entry_point, *(command or [])] if entry_point else list(command or self.image.command)
        self._on_line = on_line
        self._process: Optional["subprocess.Popen[bytes]"] = None
        self._reader: Optional[threading.Thread] = None
        self.exit_code: Optional[int] = None

    def start(self) -> None:
        os.makedirs(self.folder)
        self._process = world.spawn(
            self._argv, cwd=self.folder, env=self._environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process and self._process.stdout
        with open(os.path.join(self.folder, "output.log"), "ab", buffering=0) as log:
            for line in self._process.stdout:
                log.write(line)
                self._on_line(line.decode(errors="replace").rstrip("\n"))

    def poll(self) -> Optional[int]:
        """The exit code as Docker tells it (128 + signal), None while it runs. The first process takes all with it."""
        if self._process is None or self.exit_code is not None:
            return self.exit_code
        code = self._process.poll()
        if code is not None:
            self._signal(signal.SIGKILL)
            guard.kill_all_with(self._mark)
            if self._reader:
                self._reader.join(timeout=2)
            world.ended(self._process)
            self.exit_code = code if code >= 0 else 128 - code
        return self.exit_code

    def _signal(self, number: int) -> None:
        assert self._process
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            pass

    def stop(self, timeout_seconds: float) -> None:
        """The image's stop signal to the whole group, then SIGKILL when the time is over.

        Every process gets the time, not only the first: where a program is started by a script (as `kong start` starts
        nginx), the signal ends the script at once while the program is still answering requests.
        """
        if self._process is None or self.poll() is not None:
            return
        self._signal(self.image.stop_signal)
        end = time.monotonic() + timeout_seconds
        while time.monotonic() < end and (self._process.poll() is None or guard.processes_with(self._mark)):
            time.sleep(0.05)
        self._signal(signal.SIGKILL)
        self._process.wait()
        self.poll()

    def run(self, argv: Sequence[str], timeout_seconds: float) -> bool:
        """A command in the container, as a health check runs it. True when it ends with 0 in time."""
        process = world.spawn(
            list(argv),
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            return process.wait(timeout_seconds) == 0
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return False
        finally:
            world.ended(process)
