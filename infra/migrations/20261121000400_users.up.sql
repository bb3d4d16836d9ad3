-- Sign-in protection and history, devices, and what the application may change about a person.

-- Which change of the subscription is in effect: subscription events may arrive out of order.
alter table app_user add column subscription_version integer not null default 0;

-- RLS bounds the rows that the application may change, this the columns: role, status, plan and
-- e-mail address are changed by other roles only.
revoke update on app_user from campus_app;
grant update (first_name, last_name, username, timezone, locale, week_starts_on, date_of_birth,
              parental_consent, country, university, program, bio, onboarding_completed_at,
              marketing_opt_in, version, updated_at) on app_user to campus_app;

-- Sign-ins that have not succeeded yet, by the hash of the e-mail address; whether the address has
-- an account makes no difference.
create table login_attempt (
    key          bytea       primary key,
    failures     smallint    not null,
    locked_until timestamptz,
    attempted_at timestamptz not null
);
create index login_attempt_age on login_attempt (attempted_at);
revoke all on login_attempt from campus_app, campus_support;

-- What a person sees of the sign-ins to their account, kept 90 days.
create table sign_in (
    id          uuid        primary key,
    user_id     uuid        not null references app_user,
    outcome     text        not null check (outcome in ('succeeded', 'failed')),
    address     text        not null check (length(address) <= 64),
    user_agent  text        not null check (length(user_agent) <= 300),
    occurred_at timestamptz not null default now()
);
create index sign_in_owner on sign_in (user_id, occurred_at, id);
create index sign_in_age on sign_in (occurred_at);
call protect('sign_in');
call bound_times('sign_in');
revoke insert, update, delete on sign_in from campus_app;

create table device (
    id         uuid        primary key,
    user_id    uuid        not null references app_user,
    platform   text        not null check (platform in ('ios', 'android', 'web')),
    token      text        not null check (length(token) between 8 and 4096),
    version    integer     not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (user_id, platform)
);
-- A hash index: tokens may be longer than a B-tree's entry.
create index device_token on device using hash (token);
call protect('device');
call bound_times('device');

-- The one device of a user on a platform. A push token names an installation of the app, so it
-- leaves the account that used it before: what is pushed must reach its own person only.
create function register_device(p_id uuid, p_user uuid, p_platform text, p_token text)
returns table (id uuid, platform text, version integer, created_at timestamptz,
               updated_at timestamptz, changed boolean)
language plpgsql volatile as $$
#variable_conflict use_column
declare
    v_same boolean;
begin
    delete from device where token = p_token and (user_id, platform) <> (p_user, p_platform);
    select token = p_token into v_same
      from device where user_id = p_user and platform = p_platform for update;
    insert into device as d (id, user_id, platform, token)
    values (p_id, p_user, p_platform, p_token)
    on conflict (user_id, platform) do update
       set token = excluded.token, version = d.version + 1, updated_at = now()
     where d.token <> excluded.token;
    return query
    select d.id, d.platform, d.version, d.created_at, d.updated_at, v_same is distinct from true
      from device as d where d.user_id = p_user and d.platform = p_platform;
end
$$;
call run_as_definer('register_device(uuid, uuid, text, text)', 'campus_app');

-- Whether a username may be taken by a user, their own included. Usernames are public names.
create function username_is_free(p_username text, p_user uuid) returns boolean
language sql stable as $$
    select not exists (select from app_user
                        where lower(username) = lower(p_username)
                          and account_status <> 'deleted' and id <> p_user)
$$;
call run_as_definer('username_is_free(text, uuid)', 'campus_app', 'campus_system');
