-- Accounts, for staff. These statements run in the role campus_support, which sees everybody:
-- the filter by tenant is the id of the account that is asked for, not that of the caller. Who may
-- call is checked by the routes' roles; `user_id` is the member of staff who acts.

-- name: list_accounts
-- sort -created_at: created_at
-- filter q: lower(email || ' ' || first_name || ' ' || last_name) like contains_pattern(%(q)s)
-- filter role: role = any(%(role)s)
-- filter status: account_status = any(%(status)s)
-- filter tier: subscription_tier = any(%(tier)s)
-- filter created_after: created_at >= %(created_after)s
-- filter created_before: created_at < %(created_before)s
select id, email, email_verified_at, first_name, last_name, username, role, account_status,
       suspended_until, deletion_scheduled_at, subscription_tier, subscription_status,
       subscription_expires_at, onboarding_completed_at, version, created_at, updated_at
  from app_user
 where true

-- name: get_account
select id, email, email_verified_at, first_name, last_name, username, role, account_status,
       suspended_until, deletion_scheduled_at, subscription_tier, subscription_status,
       subscription_expires_at, onboarding_completed_at, version, created_at, updated_at
  from app_user
 where id = %(id)s

-- Changes the state if it may be changed, and writes the reason beside it. A row without `id`:
-- there is such an account, in a state (`was`) that does not allow it. A suspension that is over
-- is none, and may follow itself.
-- name: change_suspension
with target as (
    select id, account_status as was, suspended_until as was_until,
           case when %(suspend)s
                then account_status = 'active'
                     or account_status = 'suspended' and suspended_until <= now()
                else account_status = 'suspended' end as allowed
      from app_user
     where id = %(id)s and (%(if_match)s::integer is null or version = %(if_match)s)
       for update
), account as (
    update app_user as u
       set account_status = case when %(suspend)s then 'suspended' else 'active' end,
           suspended_until = %(until)s, version = u.version + 1, updated_at = now()
      from target as t
     where u.id = t.id and t.allowed
    returning u.*
), explained as (
    insert into admin_action (id, action, actor_id, target_type, target_id, reason, before, after,
                              event_id, correlation_id)
    select %(action_id)s, %(action)s, %(user_id)s, 'user', a.id::text, %(reason)s,
           jsonb_build_object('accountStatus', t.was, 'suspendedUntil', t.was_until),
           jsonb_build_object('accountStatus', a.account_status,
                              'suspendedUntil', a.suspended_until),
           %(event_id)s, %(correlation_id)s
      from account as a
      join target as t on t.id = a.id
)
select a.id, a.email, a.email_verified_at, a.first_name, a.last_name, a.username, a.role,
       a.account_status, a.suspended_until, a.deletion_scheduled_at, a.subscription_tier,
       a.subscription_status, a.subscription_expires_at, a.onboarding_completed_at, a.version,
       a.created_at, a.updated_at, t.was,
       array(select i.subject from identity as i
              where i.user_id = t.id and i.issuer = %(issuer)s) as subjects
  from target as t
  left join account as a on a.id = t.id
