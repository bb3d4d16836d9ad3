"""`python -m tests.chaos.sabotage ...`: the same trials of a layer whose guards were taken away.

The answer kept for an idempotency key, the receipt of the inbox and the lease of the relay do
nothing here. Trials that do not fall short now would prove nothing when they hold.
"""

import sys

from shared import gate, outbox

_NEVER_STORED = "select null::bytea, null::smallint, null::jsonb, null::bytea where %(key)s = ''"
_RECEIVED_AGAIN = """
insert into inbox (subscriber, event_id) values (%(subscriber)s, %(event_id)s)
on conflict (subscriber, event_id) do update set received_at = now() returning event_id
"""
_TAKEN_AT_ONCE = """
with taken as (
    delete from outbox
     where event_id in (select event_id from outbox limit %(batch)s for update skip locked)
    returning event_id, occurred_at
)
select e.* from taken as t join event as e on e.id = t.event_id and e.occurred_at = t.occurred_at
"""


def remove_guards() -> None:
    """Before the trials are imported: they know statements by their text."""
    gate._STORED = _NEVER_STORED
    gate._KEEP += " on conflict do nothing"
    statements = outbox.sql
    statements.claim_inbox = statements.claim_inbox._replace(text=_RECEIVED_AGAIN)
    statements.claim_outbox = statements.claim_outbox._replace(text=_TAKEN_AT_ONCE)


if __name__ == "__main__":
    remove_guards()
    from tests.chaos.__main__ import main

    sys.exit(main())
