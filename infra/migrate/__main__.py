"""`python -m infra.migrate <command>` on the database named by DATABASE_URL."""

import argparse
import getpass
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from infra.local.postgres_programs import programs_directory
from infra.migrate import backfill, released, restore_points
from infra.migrate.files import MigrationError, create, load
from infra.migrate.inspection import pending, round_trip, status, verify
from infra.migrate.lint import lint
from infra.migrate.runner import Options, down, up

LOCAL_STAGES = ("local", "test")


def main(arguments: list[str]) -> int:
    """Run one command; 0 if it succeeded, 1 if it was refused, failed or found faults."""
    chosen = _parser().parse_args(arguments)
    try:
        return chosen.run(chosen)
    except (MigrationError, psycopg.Error) as error:
        print(f"migrate: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.migrate", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, run: object, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    command("status", _status, "what is applied and what is pending")
    command("up", _up, "lint and apply what is pending")
    command("down", _down, "take back the newest migrations").add_argument(
        "count", type=int, nargs="?", default=1
    )
    command("verify", _verify, "compare database and files, try up-down-up aside").add_argument(
        "--without-round-trip", action="store_true"
    )
    command("new", _new, "write the three files of a migration").add_argument("name")
    command("lint", _lint, "report locks, rewrites and losses; refuse what is unsafe")
    command("backfill", _backfill, "start or resume a backfill").add_argument("name")
    command("pause", _pause, "pause a running backfill").add_argument("name")
    command("freeze", _freeze, "keep what this code asks of the database, as what is published")
    point = command("restore-point", _restore_point, "dump the database, or note a snapshot")
    point.add_argument("--snapshot", help="name of a verified backup that exists already")
    point.add_argument("--dump", type=Path, help="file to write with pg_dump")
    return parser


def _url() -> str:
    if url := os.environ.get("DATABASE_URL"):
        return url
    raise MigrationError("set DATABASE_URL (`make up` prints it)")


def _options() -> Options:
    return Options(applied_by=getpass.getuser())


def _status(_: argparse.Namespace) -> int:
    for line in status(_url()):
        print(line)
    return 0


def _up(_: argparse.Namespace) -> int:
    faults = lint(pending(_url())).faults
    if faults:
        raise MigrationError("lint refuses:\n" + "\n".join(faults))
    labels = up(_url(), _options())
    print("\n".join(f"applied {label}" for label in labels) or "nothing to do")
    return 0


def _down(chosen: argparse.Namespace) -> int:
    options = _options()
    if os.environ.get("CAMPUS_STAGE", "local") in LOCAL_STAGES:
        options = replace(options, restore_point_limit=None)
    labels = down(_url(), chosen.count, options)
    print("\n".join(f"took back {label}" for label in labels) or "nothing to take back")
    return 0


def _verify(chosen: argparse.Namespace) -> int:
    faults = verify(_url())
    if not chosen.without_round_trip:
        faults += round_trip(_url())
    print("\n".join(faults) or "database and files agree")
    return 1 if faults else 0


def _new(chosen: argparse.Namespace) -> int:
    for path in create(chosen.name):
        print(path)
    return 0


def _lint(_: argparse.Namespace) -> int:
    findings = lint(load())
    print("\n".join(findings.report))
    print("\n".join(findings.faults), file=sys.stderr)
    return 1 if findings.faults else 0


def _backfill(chosen: argparse.Namespace) -> int:
    def report(reached: backfill.Progress) -> None:
        print(f"{reached.name}: {reached.state}, {reached.rows_done} rows, at {reached.position}")

    backfill.run(_url(), chosen.name, report=report)
    return 0


def _pause(chosen: argparse.Namespace) -> int:
    backfill.pause(_url(), chosen.name)
    return 0


def _freeze(_: argparse.Namespace) -> int:
    if waiting := pending(_url()):
        raise MigrationError(f"apply what is pending first: {waiting[0].label} ...")
    with psycopg.connect(_url(), autocommit=True) as connection:
        released.FILE.write_text(released.dumps(released.described(connection)), encoding="utf-8")
    return 0


def _restore_point(chosen: argparse.Namespace) -> int:
    who = getpass.getuser()
    if chosen.snapshot:
        restore_points.record_snapshot(_url(), chosen.snapshot, who)
    else:
        target = chosen.dump or Path(f"campus-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.dump")
        restore_points.dump(_url(), target.absolute(), programs_directory(), who)
        print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
