-- No row: there are %(limit)s live ones already (the route holds a lock). Without an id: one of the
-- courses is not open to the caller.
-- name: create_calendar_feed
with permitted as (
    select courses_are_open(%(course_ids)s::uuid[]) as courses_open
     where (select count(*) from calendar_feed
             where user_id = %(user_id)s and deleted_at is null) < %(limit)s
), item as (
    insert into calendar_feed (id, user_id, name, kinds, course_ids, token_hash)
    select %(id)s, %(user_id)s, %(name)s, %(kinds)s::text[], %(course_ids)s::uuid[],
           %(token_hash)s
      from permitted
     where courses_open
    returning *
)
select i.id, i.name, i.kinds, i.course_ids, i.version, i.created_at, i.updated_at, i.deleted_at,
       null::timestamptz as purge_at, p.courses_open
  from permitted as p left join item as i on true

-- name: list_calendar_feeds
-- sort created_at: created_at
select id, name, kinds, course_ids, version, created_at, updated_at, deleted_at,
       null::timestamptz as purge_at
  from calendar_feed
 where user_id = %(user_id)s and deleted_at is null

-- name: get_calendar_feed
select id, name, kinds, course_ids, version, created_at, updated_at, deleted_at,
       null::timestamptz as purge_at
  from calendar_feed
 where id = %(id)s and user_id = %(user_id)s and deleted_at is null

-- name: update_calendar_feed
with before as (
    select *, courses_are_open(%(course_ids)s::uuid[]) as courses_open
      from calendar_feed
     where id = %(id)s and user_id = %(user_id)s and deleted_at is null
       and (%(if_match)s::integer is null or version = %(if_match)s)
       for update
), item as (
    update calendar_feed as f
       set (name, kinds, course_ids, version, updated_at)
         = (select p.name, p.kinds, p.course_ids, f.version + 1, now()
              from jsonb_populate_record(f, %(changes)s::jsonb) as p)
      from before as b
     where f.id = b.id and f.user_id = %(user_id)s and b.courses_open
       and %(changes)s::jsonb <> '{}'
    returning f.*
)
select b.id, coalesce(i.name, b.name) as name, coalesce(i.kinds, b.kinds) as kinds,
       coalesce(i.course_ids, b.course_ids) as course_ids,
       coalesce(i.version, b.version) as version, b.created_at,
       coalesce(i.updated_at, b.updated_at) as updated_at, b.deleted_at,
       null::timestamptz as purge_at, b.courses_open, i.id is not null as changed
  from before as b left join item as i on true

-- name: rotate_calendar_feed
update calendar_feed
   set token_hash = %(token_hash)s, version = version + 1, updated_at = now()
 where id = %(id)s and user_id = %(user_id)s and deleted_at is null
   and (%(if_match)s::integer is null or version = %(if_match)s)
returning id, name, kinds, course_ids, version, created_at, updated_at, deleted_at,
          null::timestamptz as purge_at

-- name: delete_calendar_feed
update calendar_feed
   set deleted_at = now(), deleted_by = %(user_id)s, deletion_id = %(deletion_id)s,
       version = version + 1, updated_at = now()
 where id = %(id)s and user_id = %(user_id)s and deleted_at is null
   and (%(if_match)s::integer is null or version = %(if_match)s)
returning version

-- `in_place` counts those that are live already.
-- name: restore_calendar_feed
with back as (
    select id, deletion_id,
           (select count(*) from calendar_feed
             where user_id = %(user_id)s and deleted_at is null) as in_place
      from calendar_feed
     where id = %(id)s and user_id = %(user_id)s and deleted_at is not null
       and (%(if_match)s::integer is null or version = %(if_match)s)
       for update
), item as (
    update calendar_feed as f
       set deleted_at = null, deleted_by = null, deletion_id = null, version = f.version + 1,
           updated_at = now()
      from back as b
     where f.id = b.id and f.user_id = %(user_id)s and b.in_place < %(limit)s
    returning f.*
)
select i.id, i.name, i.kinds, i.course_ids, i.version, i.created_at, i.updated_at, i.deleted_at,
       null::timestamptz as purge_at, b.deletion_id as undone, b.in_place
  from back as b left join item as i on true

-- name: purge_calendar_feed
delete from calendar_feed
 where id = %(id)s and user_id = %(user_id)s
   and (%(if_match)s::integer is null or version = %(if_match)s)
returning version + 1 as version

-- name: open_calendar_feed
select user_id, name, kinds, course_ids, timezone from open_calendar_feed(%(token_hash)s)

-- What a calendar shows: what is no longer ago than `since`, and all series, each with the
-- occurrences that differ from it and the days that it skips. The newest of each kind, as many as
-- `most`. An assignment's start is when it is due.
-- name: feed_items
with pause as (
    select jsonb_agg(b.pause) as pauses
      from term as t cross join jsonb_array_elements(t.breaks) as b (pause)
     where t.user_id = %(user_id)s and t.deleted_at is null
), item as (
    (select 'assignment' as kind, a.id, a.title, a.description, '' as location,
            a.submission_url as url, a.due_at at time zone a.timezone as start_local,
            a.due_at as starts_at, a.due_at as ends_at, a.due_on, a.timezone, 0 as minutes,
            a.recurrence, a.exdates, a.rdates, false as skips_breaks, a.tags, a.version,
            a.created_at, a.updated_at
       from assignment as a
      where a.user_id = %(user_id)s and a.deleted_at is null and 'assignment' = any(%(kinds)s)
        and (a.due_at >= %(since)s or a.recurrence is not null or a.rdates <> '{}')
        and (%(course_ids)s::uuid[] = '{}' or a.course_id = any(%(course_ids)s::uuid[]))
        and not exists (select from deleted_course as c
                         where c.id = a.course_id and c.user_id = %(user_id)s)
      order by a.due_at desc, a.id desc limit %(most)s)
    union all
    (select 'lecture', l.id, l.title, l.description, l.location, l.meeting_url, l.start_local,
            l.starts_at, l.starts_at + make_interval(mins => l.duration_minutes), null,
            l.timezone, l.duration_minutes, l.recurrence, l.exdates, l.rdates, l.skips_breaks,
            '{}', l.version, l.created_at, l.updated_at
       from lecture as l
      where l.user_id = %(user_id)s and l.deleted_at is null and 'lecture' = any(%(kinds)s)
        and (l.starts_at >= %(since)s or l.recurrence is not null or l.rdates <> '{}')
        and (%(course_ids)s::uuid[] = '{}' or l.course_id = any(%(course_ids)s::uuid[]))
        and not exists (select from deleted_course as c
                         where c.id = l.course_id and c.user_id = %(user_id)s)
      order by l.starts_at desc, l.id desc limit %(most)s)
    union all
    (select 'study_session', s.id, s.topic, s.notes, '', null, s.starts_at at time zone 'UTC',
            s.starts_at, coalesce(s.ends_at, s.starts_at), null, 'UTC', 0, null, '{}', '{}', false,
            '{}', s.version, s.created_at, s.updated_at
       from study_session as s
      where s.user_id = %(user_id)s and s.deleted_at is null and 'study_session' = any(%(kinds)s)
        and s.starts_at >= %(since)s
        and (%(course_ids)s::uuid[] = '{}' or s.course_id = any(%(course_ids)s::uuid[]))
        and not exists (select from deleted_course as c
                         where c.id = s.course_id and c.user_id = %(user_id)s)
      order by s.starts_at desc, s.id desc limit %(most)s)
)
select i.*, o.own, case when i.skips_breaks then p.pauses end as pauses
  from item as i cross join pause as p
  left join lateral (
       select jsonb_agg(jsonb_build_object(
                  'recurrence_id', o.recurrence_id, 'status', o.status,
                  'start_local', o.start_local, 'minutes', o.duration_minutes, 'title', o.title,
                  'location', o.location, 'version', o.version, 'updated_at', o.updated_at)
                  order by o.recurrence_id) as own
         from occurrence as o
        where o.user_id = %(user_id)s and o.deleted_at is null
          and (i.kind = 'lecture' and o.lecture_id = i.id
               or i.kind = 'assignment' and o.assignment_id = i.id)
          and (o.status = 'cancelled'
               or num_nonnulls(o.start_local, o.duration_minutes, o.title, o.location) > 0)) as o
    on i.kind <> 'study_session'
 order by i.starts_at desc, i.id desc
