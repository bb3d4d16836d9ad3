-- name: list_reminders
-- sort remind_at: remind_at
-- filter kind: kind = any(%(kind)s)
-- filter item_id: item_id = any(%(item_id)s)
-- filter state: state = any(%(state)s)
-- filter review: (purpose = 'review') = %(review)s
-- filter remind_after: remind_at >= %(remind_after)s
-- filter remind_before: remind_at < %(remind_before)s
select id, kind, item_id, title, purpose = 'review' as review, offset_minutes, occurs_at,
       remind_at, state, response, reason, sent_at, responded_at, version, created_at, updated_at
  from shown_reminder
 where user_id = %(user_id)s

-- name: get_reminder
select id, kind, item_id, title, purpose = 'review' as review, offset_minutes, occurs_at,
       remind_at, state, response, reason, sent_at, responded_at, version, created_at, updated_at
  from shown_reminder
 where id = %(id)s and user_id = %(user_id)s

-- Not added without a row of the reminder: the outcome says why.
-- name: add_reminder
select (a.shown).id, (a.shown).kind, (a.shown).item_id, (a.shown).title,
       (a.shown).purpose = 'review' as review, (a.shown).offset_minutes, (a.shown).occurs_at,
       (a.shown).remind_at, (a.shown).state, (a.shown).response, (a.shown).reason,
       (a.shown).sent_at, (a.shown).responded_at, (a.shown).version, (a.shown).created_at,
       (a.shown).updated_at, a.outcome, a.item_made_at,
       case a.outcome when 'locked' then (select used from task_allowance(%(user_id)s))
                      else a.used end as used,
       told_reminders() as reminder_changes
  from add_reminder(%(id)s, %(user_id)s, %(kind)s, %(item_id)s, %(remind_at)s, %(most)s,
                    %(limit)s) as a

-- name: respond_to_reminder
select (a.shown).id, (a.shown).kind, (a.shown).item_id, (a.shown).title,
       (a.shown).purpose = 'review' as review, (a.shown).offset_minutes, (a.shown).occurs_at,
       (a.shown).remind_at, (a.shown).state, (a.shown).response, (a.shown).reason,
       (a.shown).sent_at, (a.shown).responded_at, (a.shown).version, (a.shown).created_at,
       (a.shown).updated_at, a.outcome, a.item_made_at,
       case a.outcome when 'locked' then (select used from task_allowance(%(user_id)s)) end as used,
       told_reminders() as reminder_changes
  from respond_to_reminder(%(id)s, %(user_id)s, %(response)s, %(remind_at)s, %(reason)s,
                           %(if_match)s, %(limit)s) as a

-- One row, if there is such an item; `cancelled` of reviews are apart.
-- name: cancel_reminders
with item as (
    select id from reminded_item
     where kind = %(kind)s and id = %(item_id)s and user_id = %(user_id)s and deleted_at is null
), gone as (
    update reminder as r
       set status = 'cancelled', claimed_until = null, response = 'cancelled',
           responded_at = now(), reason = %(reason)s, version = r.version + 1, updated_at = now()
      from item as i
     where r.user_id = %(user_id)s and r.deleted_at is null and r.status in ('pending', 'claimed')
       and i.id in (r.assignment_id, r.lecture_id, r.study_session_id)
    returning r.id, r.purpose, r.remind_at
)
select array(select id from gone where purpose <> 'review' order by remind_at, id) as of_item,
       array(select id from gone where purpose = 'review' order by remind_at, id) as of_reviews
  from item

-- The item, once for each of its coming reminders; once if there is none.
-- name: item_reminders
with item as (
    select id, kind, version, reminders as offsets
      from reminded_item
     where kind = %(kind)s and id = %(id)s and user_id = %(user_id)s and deleted_at is null
), coming as (
    select id, remind_at, count(*) over ()::integer as coming
      from reminder
     where user_id = %(user_id)s and deleted_at is null and status in ('pending', 'claimed')
       and (assignment_id = case %(kind)s::text when 'assignment' then %(id)s::uuid end
            or lecture_id = case %(kind)s::text when 'lecture' then %(id)s::uuid end
            or study_session_id = case %(kind)s::text when 'study_session' then %(id)s::uuid end)
     order by remind_at, id
     limit 100
)
select i.id as of_id, i.version as of_version, i.offsets, coalesce(c.coming, 0) as coming,
       s.id, s.kind, s.item_id, s.title, s.purpose = 'review' as review, s.offset_minutes,
       s.occurs_at, s.remind_at, s.state, s.response, s.reason, s.sent_at, s.responded_at,
       s.version, s.created_at, s.updated_at
  from item as i
  left join coming as c on true
  left join shown_reminder as s on s.id = c.id and s.user_id = %(user_id)s
 order by c.remind_at, c.id
