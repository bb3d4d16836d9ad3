-- name: get_person
select id, email, email_verified_at, first_name, last_name, username, timezone, locale,
       week_starts_on, date_of_birth, parental_consent, country, university, program, bio, role,
       account_status, suspended_until, onboarding_completed_at, marketing_opt_in,
       subscription_tier, subscription_status, subscription_expires_at,
       version, created_at, updated_at
  from app_user
 where id = %(user_id)s

-- name: update_person
update app_user as u
   set (first_name, last_name, username, timezone, locale, week_starts_on, country, university,
        program, bio, marketing_opt_in, version, updated_at)
     = (select p.first_name, p.last_name, p.username, p.timezone, p.locale, p.week_starts_on,
               p.country, p.university, p.program, p.bio, p.marketing_opt_in, u.version + 1, now()
          from jsonb_populate_record(u, %(changes)s::jsonb) as p)
 where id = %(user_id)s
   and (%(if_match)s::integer is null or version = %(if_match)s)
returning id, email, email_verified_at, first_name, last_name, username, timezone, locale,
          week_starts_on, date_of_birth, parental_consent, country, university, program, bio, role,
          account_status, suspended_until, onboarding_completed_at, marketing_opt_in,
          subscription_tier, subscription_status, subscription_expires_at,
          version, created_at, updated_at

-- Once: no row when it was done before.
-- name: onboard
update app_user as u
   set (first_name, last_name, username, timezone, locale, country, university, program,
        marketing_opt_in, date_of_birth, parental_consent, onboarding_completed_at, version,
        updated_at)
     = (select p.first_name, p.last_name, p.username, p.timezone, p.locale, p.country,
               p.university, p.program, p.marketing_opt_in, p.date_of_birth, p.parental_consent,
               now(), u.version + 1, now()
          from jsonb_populate_record(u, %(changes)s::jsonb) as p)
 where id = %(user_id)s and onboarding_completed_at is null
returning id, email, email_verified_at, first_name, last_name, username, timezone, locale,
          week_starts_on, date_of_birth, parental_consent, country, university, program, bio, role,
          account_status, suspended_until, onboarding_completed_at, marketing_opt_in,
          subscription_tier, subscription_status, subscription_expires_at,
          version, created_at, updated_at

-- name: username_is_free
select username_is_free(%(username)s, %(user_id)s)

-- name: get_subscription
select case when subscription_tier = 'premium'
             and coalesce(subscription_expires_at > now(), true)
            then 'premium' else 'free' end as tier,
       subscription_status as status, subscription_expires_at as expires_at, account_status,
       subscription_tier = 'premium' and coalesce(subscription_expires_at > now(), true)
       as is_active
  from app_user
 where id = %(user_id)s

-- name: get_usage
select a.used, a.resets_at,
       (select count(*)::integer from active_course where user_id = %(user_id)s) as live_courses
  from task_allowance(%(user_id)s) as a

-- Only a newer change takes effect, whatever order the changes arrive in.
-- name: change_subscription
update app_user
   set subscription_tier = %(tier)s, subscription_status = %(status)s,
       subscription_expires_at = %(expires_at)s, subscription_version = %(subscription_version)s,
       version = version + 1, updated_at = now()
 where id = %(id)s and subscription_version < %(subscription_version)s
returning version
