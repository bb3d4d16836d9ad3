-- The student may have signed up already; the administrator is made here. Both keep what they
-- have changed about themselves.
-- name: demo_people
insert into app_user (id, email, email_verified_at, first_name, last_name, created_at)
select uuid7(), email, now(), first_name, last_name, %(today)s::date - 60
  from (values (%(student)s::text, 'Demo', 'Student'),
               (%(admin)s::text, 'Demo', 'Admin')) as person (email, first_name, last_name)
    on conflict do nothing

-- name: demo_student
update app_user
   set timezone = 'Europe/Berlin', country = 'Germany', university = 'Campus University',
       program = 'Computer Science', bio = 'Third term. Coffee, trains and graph algorithms.',
       onboarding_completed_at = coalesce(onboarding_completed_at, %(today)s::date - 59),
       subscription_tier = 'premium', subscription_status = 'active',
       subscription_expires_at = %(today)s::date + 365
 where email = %(student)s

-- name: demo_admin
update app_user
   set role = 'admin', timezone = 'Europe/Berlin',
       onboarding_completed_at = coalesce(onboarding_completed_at, %(today)s::date - 59)
 where email = %(admin)s
