-- A lease of one minute. Deferred mails that must be found to matter still wait for `release_mail`.
-- name: claim_deliveries
with due as (
    select id
      from delivery
     where status in ('pending', 'claimed', 'sending', 'deferred')
       and not (status = 'deferred' and recheck)
       and channel = 'email' and due_at <= now() and attempts < %(most)s
       and (claimed_until is null or claimed_until < now())
       and (%(notification_id)s::uuid is null or notification_id = %(notification_id)s)
     order by due_at, id
     limit %(batch)s
       for update skip locked
)
update delivery as d
   set status = 'claimed', claimed_until = now() + interval '1 minute',
       version = d.version + 1, updated_at = now()
  from due
 where d.id = due.id
returning d.id, d.user_id, d.version

-- From here on a mail may be out, so the lease is longer than a sender can live.
-- name: begin_sending
update delivery as d
   set status = case when r.obstacle is null then 'sending' else 'suppressed' end,
       attempts = d.attempts + case when r.obstacle is null then 1 else 0 end,
       reason = r.obstacle, version = d.version + 1, updated_at = now(),
       claimed_until = case when r.obstacle is null then now() + interval '15 minutes' end
  from (select n.id, n.user_id, n.workflow, n.category, n.title, n.body, n.correlation_id,
               u.email, u.first_name,
               case when u.account_status in ('suspended', 'deleted') then 'account'
                    else (select s.reason from suppression as s
                           where s.user_id = n.user_id and s.channel = 'email'
                             and s.category in ('all', n.category)
                           limit 1) end as obstacle
          from notification as n
          join app_user as u on u.id = n.user_id
         where n.user_id = %(user_id)s) as r
 where d.id = %(id)s and d.user_id = %(user_id)s and r.id = d.notification_id
   and d.status = 'claimed' and d.version = %(version)s and d.claimed_until > now()
returning d.status, d.reason, d.version, d.attempts, d.notification_id, r.workflow, r.category, r.title, r.body,
          r.correlation_id, r.email, r.first_name, d.user_id

-- name: settle_sent
update delivery
   set status = 'sent', provider_id = %(provider_id)s, sent_at = now(), claimed_until = null,
       reason = null, version = version + 1, updated_at = now()
 where id = %(id)s and user_id = %(user_id)s and status = 'sending' and version = %(version)s

-- name: settle_failed
update delivery
   set status = 'failed', reason = %(reason)s, claimed_until = null,
       version = version + 1, updated_at = now()
 where id = %(id)s and user_id = %(user_id)s and status = 'sending' and version = %(version)s

-- name: put_back
update delivery
   set status = 'pending', reason = %(reason)s, claimed_until = null, due_at = now() + %(pause)s,
       version = version + 1, updated_at = now()
 where id = %(id)s and user_id = %(user_id)s and status = 'sending' and version = %(version)s

-- name: give_up
with stuck as (
    select id
      from delivery
     where status in ('pending', 'claimed', 'sending', 'deferred')
       and ((attempts >= %(most)s and claimed_until < now())
            or (status = 'deferred' and recheck and due_at < now() - interval '1 hour'))
     order by due_at, id
     limit 100
       for update skip locked
)
update delivery as d
   set status = case when d.status = 'deferred' then 'suppressed' else 'failed' end,
       reason = case when d.status = 'deferred' then 'no_longer_relevant'
                     else 'too_many_attempts' end,
       claimed_until = null, version = d.version + 1, updated_at = now()
  from stuck
  join delivery as s on s.id = stuck.id
  join notification as n on n.user_id = s.user_id and n.id = s.notification_id
 where d.id = stuck.id
returning d.user_id, d.notification_id, d.status, d.reason, n.workflow, n.correlation_id
