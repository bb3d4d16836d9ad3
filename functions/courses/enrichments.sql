-- name: list_enrichments
-- sort -created_at: created_at
-- filter type: type = any(%(type)s)
-- filter status: status = any(%(status)s)
select id, course_id, lesson_id, type, status, requested_at, version, created_at, updated_at,
       deleted_at, null::timestamptz as purge_at
  from enrichment
 where lesson_id = %(lesson_id)s and deleted_at is null
   and (status = 'completed'
        or (select teaches_course(l.course_id) from lesson as l
             where l.id = %(lesson_id)s and l.deleted_at is null))
   and (select require_part('lesson', %(lesson_id)s))

-- name: get_enrichment
select e.id, e.course_id, e.lesson_id, e.type, e.status, e.requested_at,
       nullif(e.settings, '{}') as settings,
       case when r.teaches then e.draft end as draft,
       case when r.teaches then e.content else without_answers(e.content) end as content,
       e.citations, e.model,
       case when r.teaches then e.tokens else 0 end as tokens,
       case when r.teaches then e.cost_micros else 0 end as cost_micros,
       e.error, e.version, e.created_at, e.updated_at, e.deleted_at, null::timestamptz as purge_at
  from enrichment as e cross join lateral (select teaches_course(e.course_id) as teaches) as r
 where e.id = %(id)s and e.lesson_id = %(lesson_id)s and e.deleted_at is null
   and (r.teaches or e.status = 'completed' and reads_course(e.course_id))

-- Refused without a row of the enrichment: role and `locked` say why.
-- name: create_enrichment
with permitted as (
    select l.course_id, p.*
      from lesson as l cross join lateral course_permission(l.course_id, %(limit)s) as p
     where l.id = %(lesson_id)s and l.deleted_at is null
), item as (
    insert into enrichment (id, user_id, course_id, lesson_id, type, status, settings, draft,
                            requested_at)
    select %(id)s, owner_id, course_id, %(lesson_id)s, %(type)s, %(status)s, %(settings)s,
           %(draft)s, case when %(status)s = 'pending' then now() end
      from permitted
     where role in ('owner', 'admin', 'instructor') and not locked
    returning *
)
select i.id, i.course_id, i.lesson_id, i.type, i.status, i.requested_at,
       nullif(i.settings, '{}') as settings, i.draft, i.content, i.citations, i.model, i.tokens,
       i.cost_micros, i.error, i.version, i.created_at, i.updated_at, i.deleted_at,
       null::timestamptz as purge_at, p.owner_id, p.role, p.locked
  from permitted as p left join item as i on true

-- All or none. Refused: one row without an enrichment says why.
-- name: request_enrichments
with wanted as (
    select w.*, row_number() over () as number
      from jsonb_to_recordset(%(wanted)s::jsonb) as w (id uuid, lesson_id uuid, type text)
), permitted as (
    select p.*, not exists (select from wanted as w
                             where not exists (select from lesson as l
                                                where l.id = w.lesson_id and l.deleted_at is null
                                                  and l.course_id = %(course_id)s)) as lessons_open
      from course_permission(%(course_id)s, %(limit)s) as p
), item as (
    insert into enrichment (id, user_id, course_id, lesson_id, type, status, settings, requested_at)
    select w.id, p.owner_id, %(course_id)s, w.lesson_id, w.type, 'pending', %(settings)s, now()
      from permitted as p cross join wanted as w
     where p.role in ('owner', 'admin', 'instructor') and not p.locked and p.lessons_open
    returning *
)
select i.id, i.course_id, i.lesson_id, i.type, i.status, i.requested_at, i.version, i.created_at,
       i.updated_at, i.deleted_at, null::timestamptz as purge_at,
       p.owner_id, p.role, p.locked, p.lessons_open
  from permitted as p left join (item as i join wanted as w on w.id = i.id) on true
 order by w.number

-- name: update_enrichment
with target as (
    select e.id, p.*
      from enrichment as e cross join lateral course_permission(e.course_id, %(limit)s) as p
     where e.id = %(id)s and e.lesson_id = %(lesson_id)s and e.deleted_at is null
       and (p.role in ('owner', 'admin', 'instructor') or e.status = 'completed')
       and (%(if_match)s::integer is null or e.version = %(if_match)s)
), item as (
    update enrichment as e
       set settings = %(changes)s::jsonb -> 'settings', version = e.version + 1, updated_at = now()
      from target as t
     where e.id = t.id and t.role in ('owner', 'admin', 'instructor') and not t.locked
       and e.deleted_at is null and (%(if_match)s::integer is null or e.version = %(if_match)s)
       and %(changes)s::jsonb <> '{}'
    returning e.*
), now_is as (
    select * from item
    union all
    select e.* from enrichment as e join target as t on t.id = e.id
     where e.deleted_at is null and not exists (select from item)
)
select n.id, n.course_id, n.lesson_id, n.type, n.status, n.requested_at,
       nullif(n.settings, '{}') as settings, n.draft, n.content, n.citations, n.model, n.tokens,
       n.cost_micros, n.error, n.version, n.created_at, n.updated_at, n.deleted_at,
       null::timestamptz as purge_at, t.owner_id, t.role, t.locked
  from target as t join now_is as n on n.id = t.id
