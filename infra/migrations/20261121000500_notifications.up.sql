-- What people are told: notifications, their deliveries by channel, what each person wants to be
-- told and how, and addresses or categories that mail must not go to.

create table notification (
    id             uuid primary key,
    user_id        uuid        not null references app_user,
    workflow       text        not null check (workflow ~ '^[a-z_]{1,64}$'),
    category       text        not null
                               check (category in ('reminder', 'digest', 'course', 'booking',
                                                   'billing', 'security', 'marketing')),
    title          text        not null check (length(title) between 1 and 300),
    body           text        not null check (length(body) <= 5000),
    action_url     text        check (length(action_url) <= 2000),
    severity       text        not null check (severity in ('low', 'normal', 'high', 'critical')),
    dedupe_key     text        not null check (length(dedupe_key) between 1 and 300),
    -- The event or reminder that it tells of: the same cause is told once.
    cause_id       uuid        not null,
    correlation_id text        not null,
    -- Whether it is in the inbox, which is the channel in_app.
    visible        boolean     not null,
    read_at        timestamptz,
    archived_at    timestamptz,
    snoozed_until  timestamptz,
    version        integer     not null default 1,
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now(),
    unique (user_id, id),
    unique (user_id, cause_id, workflow)
);
create index notification_inbox on notification (user_id, created_at, id)
    include (category, workflow, read_at, archived_at, snoozed_until) where visible;
create index notification_unread on notification (user_id, category)
    include (snoozed_until) where visible and read_at is null and archived_at is null;
create index notification_repeated on notification (user_id, dedupe_key, created_at);
call protect('notification');
call bound_times('notification');

create table delivery (
    id              uuid primary key,
    user_id         uuid        not null,
    notification_id uuid        not null,
    channel         text        not null check (channel in ('in_app', 'email', 'push')),
    status          text        not null
                                check (status in ('pending', 'claimed', 'sending', 'sent', 'failed',
                                                  'deferred', 'suppressed')),
    reason          text        check (length(reason) <= 100),
    -- What the provider calls it, and what we call it towards the provider: the cause's id.
    provider_id     text        check (length(provider_id) <= 300),
    idempotency_key uuid        not null,
    attempts        smallint    not null default 0,
    due_at          timestamptz not null,
    claimed_until   timestamptz,
    -- A deferred delivery that must be found to matter still before it is sent.
    recheck         boolean     not null default false,
    sent_at         timestamptz,
    version         integer     not null default 1,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    unique (user_id, id),
    unique (user_id, notification_id, channel),
    foreign key (user_id, notification_id) references notification (user_id, id)
);
create index delivery_due on delivery (due_at, id)
    where status in ('pending', 'claimed', 'sending', 'deferred');
create index delivery_owner_mail on delivery (user_id, due_at)
    where channel = 'email' and status <> 'suppressed';
call protect('delivery');
call bound_times('delivery');

-- One row a person. In channels, categories and workflows null means: as the wider setting says.
create table notification_preferences (
    user_id          uuid primary key references app_user,
    master           boolean     not null default true,
    dnd_until        timestamptz,
    channels         jsonb       not null
                                 default '{"in_app": null, "email": null, "push": null}',
    categories       jsonb       not null
                                 default '{"reminder": null, "digest": null, "course": null,
                                           "booking": null, "billing": null, "security": null,
                                           "marketing": false}',
    workflows        jsonb       not null default '{}',
    quiet_hours      jsonb       not null
                                 default '{"enabled": false, "start": "22:00", "end": "07:00"}',
    timezone         text        check (length(timezone) <= 64),
    max_per_day      smallint    not null default 10 check (max_per_day between 0 and 1000),
    cooldown_minutes smallint    not null default 30 check (cooldown_minutes between 0 and 1440),
    weekends         boolean     not null default true,
    morning_time     text        not null default '08:00' check (morning_time ~ '^\d\d:\d\d$'),
    evening_time     text        not null default '20:00' check (evening_time ~ '^\d\d:\d\d$'),
    version          integer     not null default 1,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now()
);
call protect('notification_preferences');
call bound_times('notification_preferences');

-- What must not be sent to a person by a channel: one category, or 'all'.
create table suppression (
    user_id    uuid        not null references app_user,
    channel    text        not null check (channel in ('email', 'push')),
    category   text        not null
                           check (category in ('all', 'reminder', 'digest', 'course', 'booking',
                                               'billing', 'security', 'marketing')),
    reason     text        not null check (reason in ('unsubscribed', 'bounced', 'complained')),
    created_at timestamptz not null default now(),
    primary key (user_id, channel, category)
);
call protect('suppression');
call bound_times('suppression');

-- A person's preferences, made with the defaults when there are none yet: whoever comes first,
-- the event of the new account or the person. `p_lock` keeps decisions about one person in order.
create function notification_preferences_of(p_user uuid, p_lock boolean default false)
returns setof notification_preferences
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
begin
    if not exists (select from notification_preferences where user_id = p_user) then
        insert into notification_preferences (user_id)
        select id from app_user where id = p_user and account_status <> 'deleted'
        on conflict do nothing;
    end if;
    if p_lock then
        return query select * from notification_preferences where user_id = p_user for update;
    else
        return query select * from notification_preferences where user_id = p_user;
    end if;
end
$$;

-- The categories that a person took themselves off by a mail's link. Volatile: it also sees what the
-- statement that asks has changed.
create function unsubscribed_categories(p_user uuid) returns text[]
language sql volatile security invoker set search_path = public, pg_temp as $$
    select coalesce(array_agg(category order by category), '{}')
      from suppression
     where user_id = p_user and channel = 'email' and reason = 'unsubscribed' and category <> 'all'
$$;

-- Applies a merge patch, into the objects too. `unsubscribed` in it is the list that is to remain.
-- No row: there is no such account, or the version is another one.
create function change_notification_preferences(p_user uuid, p_changes jsonb, p_version integer)
returns setof notification_preferences
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_now  notification_preferences;
    v_then notification_preferences;
begin
    select * into v_now from notification_preferences_of(p_user, true);
    if not found or v_now.version <> coalesce(p_version, v_now.version) then
        return;
    end if;
    if p_changes ? 'unsubscribed' then
        delete from suppression
         where user_id = p_user and channel = 'email' and reason = 'unsubscribed'
           and not p_changes -> 'unsubscribed' ? category;
        insert into suppression (user_id, channel, category, reason)
        select distinct p_user, 'email', category, 'unsubscribed'
          from jsonb_array_elements_text(p_changes -> 'unsubscribed') as category
        on conflict (user_id, channel, category) do nothing;
    end if;
    v_then := jsonb_populate_record(
        v_now, p_changes - array['channels', 'categories', 'workflows', 'quiet_hours']);
    return query
    update notification_preferences as p
       set master = v_then.master, dnd_until = v_then.dnd_until, timezone = v_then.timezone,
           max_per_day = v_then.max_per_day, cooldown_minutes = v_then.cooldown_minutes,
           weekends = v_then.weekends, morning_time = v_then.morning_time,
           evening_time = v_then.evening_time,
           channels = p.channels || coalesce(p_changes -> 'channels', '{}'),
           categories = p.categories || coalesce(p_changes -> 'categories', '{}'),
           workflows = p.workflows || coalesce(p_changes -> 'workflows', '{}'),
           quiet_hours = p.quiet_hours || coalesce(p_changes -> 'quiet_hours', '{}'),
           version = p.version + 1, updated_at = now()
     where p.user_id = p_user
    returning p.*;
end
$$;
grant execute on function notification_preferences_of, unsubscribed_categories,
    change_notification_preferences to campus_app, campus_system;
