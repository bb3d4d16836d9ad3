-- Statements of providers' webhooks. None filters by the caller: there is none. They run in the
-- role campus_system, and the filter is the webhook, or the people that it names.

-- No row for an event that is stored already. The first body counts: a second one under the same
-- id is a duplicate, whatever it says.
-- name: store_inbound_event
insert into inbound_event (id, provider, provider_event_id, kind, environment, occurred_at, payload)
values (%(id)s, %(provider)s, %(provider_event_id)s, %(kind)s, %(environment)s, %(occurred_at)s,
        %(payload)s)
on conflict (provider, provider_event_id) do nothing
returning id

-- name: waiting_inbound_event
select id, provider_event_id, environment, occurred_at, payload
  from inbound_event
 where id = %(id)s and status = 'received' and payload is not null
   for update

-- name: finish_inbound_event
update inbound_event
   set status = %(status)s, outcome = %(outcome)s, processed_at = now()
 where id = %(id)s

-- Which of these ids are accounts.
-- name: known_accounts
select id
  from app_user
 where id = any(%(ids)s::uuid[]) and account_status <> 'deleted'

-- name: add_facts
insert into subscription_fact (inbound_event_id, holder, part, effect, provider_event_id,
                               occurred_at, expires_at, grace_until)
select %(inbound_event_id)s, f.holder, f.part, %(effect)s, %(provider_event_id)s,
       %(occurred_at)s, %(expires_at)s, %(grace_until)s
  from jsonb_to_recordset(%(parts)s::jsonb) as f (holder text, part text)
on conflict do nothing

-- Held to the end of the transaction, so that folds follow one another. One lock for everybody:
-- whom transfers connect is known only afterwards, and locks taken one after another as people are
-- found would deadlock. A fold takes milliseconds, and purchases are rare.
-- name: lock_subscriptions
select pg_advisory_xact_lock(hashtextextended('subscription', 0))

-- All that is known of these holders and of those that transfers connect with them.
-- name: connected_facts
with recursive connected (holder) as (
    select unnest(%(holders)s::text[])
    union
    select other.holder
      from connected as c
      join subscription_fact as mine on mine.holder = c.holder and mine.effect = 'move'
      join subscription_fact as other on other.inbound_event_id = mine.inbound_event_id
)
select f.holder, f.part, f.effect, f.provider_event_id, f.occurred_at, f.expires_at, f.grace_until
  from connected as c
  join subscription_fact as f on f.holder = c.holder

-- Writes what differs and returns what a client would notice. `before` is the state in which this
-- statement found the rows.
-- name: save_subscriptions
with wanted as (
    select w.*
      from jsonb_to_recordset(%(states)s::jsonb)
           as w (user_id uuid, tier text, status text, expires_at timestamptz,
                 last_event_at timestamptz)
      join app_user as u on u.id = w.user_id and u.account_status <> 'deleted'
), before as (
    select s.user_id, s.version
      from subscription as s
      join wanted as w on w.user_id = s.user_id
), saved as (
    insert into subscription as s (user_id, tier, status, expires_at, last_event_at)
    select user_id, tier, status, expires_at, last_event_at from wanted order by user_id
    on conflict (user_id) do update
       set tier = excluded.tier, status = excluded.status, expires_at = excluded.expires_at,
           last_event_at = excluded.last_event_at, updated_at = now(),
           version = s.version + case when (s.tier, s.status, s.expires_at) is distinct from
                                           (excluded.tier, excluded.status, excluded.expires_at)
                                      then 1 else 0 end
     where (s.tier, s.status, s.expires_at, s.last_event_at) is distinct from
           (excluded.tier, excluded.status, excluded.expires_at, excluded.last_event_at)
    returning s.user_id, s.tier, s.status, s.expires_at, s.version
)
select s.user_id, s.tier, s.status, s.expires_at, s.version
  from saved as s
  left join before as b on b.user_id = s.user_id
 where b.version is distinct from s.version
