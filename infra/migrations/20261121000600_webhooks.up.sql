-- What providers tell us, and what users have paid for. Nothing here is reached through an
-- endpoint that a user calls: the application role reads its user's subscription, and no more.

-- Verified webhooks as they arrived. The payload goes after its retention; the row stays, so that
-- a late duplicate is still recognized.
create table inbound_event (
    id                uuid primary key,
    provider          text        not null check (length(provider) between 1 and 50),
    provider_event_id text        not null check (length(provider_event_id) between 1 and 200),
    kind              text        not null check (length(kind) between 1 and 100),
    environment       text        not null check (environment in ('production', 'sandbox')),
    occurred_at       timestamptz not null,
    payload           bytea,
    status            text        not null default 'received'
                                  check (status in ('received', 'processed', 'ignored', 'failed')),
    outcome           text        check (length(outcome) <= 100),
    received_at       timestamptz not null default now(),
    processed_at      timestamptz,
    unique (provider, provider_event_id)
);
create index inbound_event_status on inbound_event (status, received_at, id);
create index inbound_event_age on inbound_event (received_at, id);
call bound_times('inbound_event');

-- What an inbound event says about who holds the entitlement; a transfer says it about several.
-- The state of a subscription is a fold over these rows (see functions/webhooks/entitlement.py),
-- so they outlive the payloads. A holder is a user id of ours, or an id that only the provider
-- knows and that a later transfer may resolve.
create table subscription_fact (
    inbound_event_id  uuid        not null references inbound_event,
    holder            text        not null check (length(holder) between 1 and 200),
    part              text        not null check (part in ('holder', 'giver', 'receiver')),
    effect            text        not null
                                  check (effect in ('grant', 'cancel', 'past_due', 'end', 'move')),
    provider_event_id text        not null,
    occurred_at       timestamptz not null,
    expires_at        timestamptz,
    grace_until       timestamptz,
    primary key (holder, inbound_event_id)
);
create index subscription_fact_event on subscription_fact (inbound_event_id, holder);
call bound_times('subscription_fact');

-- The result of the fold, one row a user. Its version orders the events `subscription.changed`.
create table subscription (
    user_id       uuid primary key references app_user,
    tier          text        not null check (tier in ('free', 'premium')),
    status        text        not null
                              check (status in ('active', 'past_due', 'canceled', 'expired')),
    expires_at    timestamptz,
    last_event_at timestamptz not null,
    version       integer     not null default 1,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now()
);
call protect('subscription');
call bound_times('subscription');

revoke all on inbound_event, subscription_fact from campus_app;
revoke insert, update, delete on subscription from campus_app, campus_support;
revoke insert, update, delete on inbound_event, subscription_fact from campus_support;
