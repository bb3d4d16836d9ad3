-- Counts an attempt before the password is looked at, so that parallel guesses cannot outrun the
-- count. The fifth in a row locks for 15 minutes; a sixth failure stands for "locked already".
-- Failures fade when none follows for 15 minutes.
-- name: claim_attempt
insert into login_attempt as a (key, failures, attempted_at)
values (%(key)s, 1, now())
on conflict (key) do update
   set failures = case when a.locked_until > now() then 6
                       when a.locked_until is not null
                            or a.attempted_at < now() - interval '15 minutes' then 1
                       else a.failures + 1 end,
       locked_until = case when a.locked_until > now() then a.locked_until
                           when a.locked_until is null and a.failures = 4
                                and a.attempted_at >= now() - interval '15 minutes'
                           then now() + interval '15 minutes' end,
       attempted_at = case when a.locked_until > now() then a.attempted_at else now() end
returning failures > 5 as locked,
          ceil(extract(epoch from locked_until - now()))::integer as seconds_left

-- The pool did not answer: the attempt says nothing about the password.
-- name: withdraw_attempt
update login_attempt
   set failures = failures - 1, locked_until = null
 where key = %(key)s and failures between 1 and 5

-- name: clear_attempts
delete from login_attempt where key = %(key)s

-- name: record_failure
insert into sign_in (id, user_id, outcome, address, user_agent)
select %(id)s, id, 'failed', %(address)s, %(user_agent)s
  from app_user
 where lower(email) = %(email)s and account_status <> 'deleted'

-- A subject without an account yet (its first request creates it) leaves no row.
-- name: record_success
with cleared as (
    delete from login_attempt where key = %(key)s
), known as (
    select u.id, u.account_status, u.suspended_until
      from identity as i join app_user as u on u.id = i.user_id
     where i.issuer = %(issuer)s and i.subject = %(subject)s
), noted as (
    insert into sign_in (id, user_id, outcome, address, user_agent)
    select %(id)s, id, 'succeeded', %(address)s, %(user_agent)s from known
)
select account_status, suspended_until from known

-- name: list_sign_ins
-- sort -occurred_at: occurred_at
select id, outcome, address, user_agent, occurred_at
  from sign_in
 where user_id = %(user_id)s

-- name: forget_attempts
delete from login_attempt
 where key in (select key from login_attempt
                where attempted_at < now() - interval '1 day'
                order by attempted_at limit %(limit)s for update skip locked)

-- name: forget_sign_ins
delete from sign_in
 where id in (select id from sign_in
               where occurred_at < now() - interval '90 days'
               order by occurred_at limit %(limit)s for update skip locked)
