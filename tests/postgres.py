"""A private PostgreSQL server for the tests: started where it is first needed, gone when they end."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

PASSWORD = "Geheim-4711/@:"
"""Of the user ``huibao``; with signs that an address must encode."""
ENCODED = "Geheim-4711%2F%40%3A"

# The shell waits for the test process, which holds the other end of its input: when that one is
# killed, the input ends, and the server and its files go.
_KEEPER = """
folder=$1; shift
trap '' INT HUP TERM
"$@" </dev/null >"$folder/log" 2>&1 &
server=$!
cat >/dev/null
kill -QUIT $server
for tenth in 1 2 3 4 5 6 7 8 9 10; do
    # One that has only begun does not hear it yet.
    [ -e "$folder/data/postmaster.pid" ] && sleep 0.1 && kill -QUIT $server
done 2>/dev/null
kill -KILL $server 2>/dev/null
wait
rm -rf "$folder"
"""


@dataclass(frozen=True)
class Server:
    """A running server on this machine, whose databases are made on demand."""

    port: int
    folder: Path
    _numbers: Iterator[int]

    def address(self, database: str, user: str = "huibao", password: str = ENCODED) -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """The name of an empty database, owned by ``huibao``."""
        name = f"city{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} OWNER huibao")
        return name

    def execute(self, *statements: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Do something as the superuser; the rows of the last statement, none where it gives none."""
        import psycopg

        address = f"host=127.0.0.1 port={self.port} user=postgres dbname={database}"
        with psycopg.connect(f"{address} password=super", autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


def binaries() -> Path | None:
    """Where the server's programs are, those of the newest version; ``None`` for nowhere."""
    places = sorted(
        (path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        key=lambda path: [int(part) for part in path.parent.name.split(".") if part.isdigit()],
    )
    found = shutil.which("initdb")
    if found is not None:
        places.insert(0, Path(found).resolve().parent)
    places = [place for place in places if (place / "postgres").is_file()]
    return places[-1] if places else None


def _memory() -> str | None:
    """A folder in memory, where there is one with enough room; ``None`` for the usual one."""
    shared = Path("/dev/shm")
    try:
        roomy = shutil.disk_usage(shared).free > 2**30 and os.access(shared, os.W_OK)
    except OSError:
        roomy = False
    return str(shared) if roomy else None


@contextmanager
def running_server() -> Iterator[Server]:
    """A server with a password for everybody; skips, or with CI set fails, where there is none."""
    where = binaries()
    if where is None or os.name == "nt":
        reason = "no PostgreSQL server is installed"
        assert not os.environ.get("CI"), reason
        pytest.skip(reason)
    root = hasattr(os, "getuid") and os.getuid() == 0
    # The server refuses to be run by root.
    account: dict[str, Any] = {"user": "postgres", "group": "postgres"} if root else {}
    folder = Path(tempfile.mkdtemp(prefix="huibao-postgres-", dir=_memory()))
    if root:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    passwords = folder / "passwords"
    passwords.write_text("super\n", "utf-8")
    passwords.chmod(0o644)
    try:
        subprocess.run(
            [
                *(str(where / "initdb"), "--pgdata", str(data), "--username", "postgres"),
                *("--encoding", "UTF8", "--locale", "C", "--auth", "scram-sha-256", "--no-sync"),
                *("--pwfile", str(passwords)),
            ],
            check=True,
            capture_output=True,
            cwd=folder,
            **account,
        )
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        settings = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": folder,
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": 30,
        }
        command = [str(where / "postgres"), "-D", str(data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        keeper = subprocess.Popen(
            ["sh", "-c", _KEEPER, "keeper", str(folder), *command],
            stdin=subprocess.PIPE,
            cwd=folder,
            start_new_session=True,
            **account,
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    server = Server(port, folder, count(1))
    try:
        _wait_for(server)
        server.execute(f"CREATE ROLE huibao LOGIN PASSWORD '{PASSWORD}'")
        yield server
    finally:
        assert keeper.stdin is not None
        keeper.stdin.close()
        keeper.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(server: Server) -> None:
    import psycopg

    for _ in range(300):
        try:
            server.execute("SELECT 1")
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    log = server.folder / "log"
    raise AssertionError(log.read_text("utf-8", "replace") if log.exists() else "it never started")
