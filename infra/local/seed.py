"""Demo data: a student in the seventh week of a term, and an administrator.

The data are the statements of the folder `seed`, run in the order of their files. Everything is
placed relative to a day, so that there are always things done, due and ahead.
"""

import os
from datetime import date
from pathlib import Path
from typing import Any, LiteralString, cast

import psycopg

from infra.local.demo import EMAIL, PASSWORD
from shared.sql import parse

ADMIN_EMAIL = "admin@campus.local"
STATEMENTS = Path(__file__).parent / "seed"
_KNOWN = """select exists (select from course as c join app_user as u on u.id = c.user_id
                            where u.email = %s)"""


def seed(url: str) -> None:
    """Load the demo data with an admin's connection, unless the demo student has courses.

    Beside an emulator both accounts can sign in, with the password that `make up` prints.
    """
    load(url, date.today())
    if "AWS_ENDPOINT_URL" in os.environ:
        _open_accounts()


def load(url: str, today: date) -> bool:
    """The demo data around a day, in one transaction. False when they are there already."""
    with psycopg.connect(url) as connection:
        connection.execute("select pg_advisory_xact_lock(hashtextextended('demo data', 0))")
        known = connection.execute(_KNOWN, [EMAIL]).fetchone()
        if known and known[0]:
            return False
        parameters = {"student": EMAIL, "admin": ADMIN_EMAIL, "today": today}
        for file in sorted(STATEMENTS.glob("*.sql")):
            for statement in parse(file.read_text(encoding="utf-8")):
                connection.execute(cast(LiteralString, statement.text), parameters)
    return True


def _open_accounts() -> None:
    """Accounts in the user pool for those who have none; the first request links them by e-mail."""
    from shared.aws import client

    pool: Any = client("cognito-idp")
    for email in (EMAIL, ADMIN_EMAIL):
        known = {"UserPoolId": os.environ["USER_POOL_ID"], "Username": email}
        attributes = {"email": email, "email_verified": "true"}
        try:
            pool.admin_create_user(
                **known,
                MessageAction="SUPPRESS",
                UserAttributes=[{"Name": n, "Value": v} for n, v in attributes.items()],
            )
        except pool.exceptions.UsernameExistsException:
            continue
        pool.admin_set_user_password(**known, Password=PASSWORD, Permanent=True)
