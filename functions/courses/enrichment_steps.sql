-- From a state that is not among the sources it stays as it is; so does one with a draft of another
-- kind than its type's.
-- name: change_draft
with target as (
    select e.id, p.*,
           coalesce(%(parts)s::jsonb ->> e.type, 'text') = %(part)s as fits
      from enrichment as e cross join lateral course_permission(e.course_id, %(limit)s) as p
     where e.id = %(id)s and e.deleted_at is null
       and (p.role in ('owner', 'admin', 'instructor') or e.status = 'completed')
       and (%(if_match)s::integer is null or e.version = %(if_match)s)
), item as (
    update enrichment as e
       set draft = %(draft)s, version = e.version + 1, updated_at = now()
      from target as t
     where e.id = t.id and t.role in ('owner', 'admin', 'instructor') and not t.locked
       and e.status = any(%(sources)s) and t.fits and e.deleted_at is null
       and (%(if_match)s::integer is null or e.version = %(if_match)s)
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
       null::timestamptz as purge_at, t.owner_id, t.role, t.locked, t.fits,
       exists (select from item) as changed
  from target as t join now_is as n on n.id = t.id

-- What is completed has its draft as content; what is asked for begins anew.
-- name: step_enrichment
with target as (
    select e.id, p.*,
           case when e.type = any(%(of_words)s) then %(target)s else %(target_of_media)s
           end as target
      from enrichment as e cross join lateral course_permission(e.course_id, %(limit)s) as p
     where e.id = %(id)s and e.deleted_at is null
       and (p.role in ('owner', 'admin', 'instructor') or e.status = 'completed')
       and (%(if_match)s::integer is null or e.version = %(if_match)s)
), item as (
    update enrichment as e
       set status = t.target,
           content = case t.target when 'completed' then e.draft
                                   when 'pending' then null else e.content end,
           draft = case when t.target = 'pending' then null else e.draft end,
           citations = case when t.target = 'pending' then '[]' else e.citations end,
           error = case when t.target = 'pending' then null else e.error end,
           file_key = case when t.target = 'pending' then null else e.file_key end,
           requested_at = case when t.target = 'pending' then now() else e.requested_at end,
           version = e.version + 1, updated_at = now()
      from target as t
     where e.id = t.id and t.role in ('owner', 'admin', 'instructor') and not t.locked
       and e.status = any(%(sources)s) and e.deleted_at is null
       and (%(if_match)s::integer is null or e.version = %(if_match)s)
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
       null::timestamptz as purge_at, t.owner_id, t.role, t.locked,
       exists (select from item) as changed
  from target as t join now_is as n on n.id = t.id

-- name: report_enrichment
with target as (
    select e.id, e.user_id, e.course_id, e.version
      from enrichment as e
     where e.id = %(enrichment_id)s and e.deleted_at is null
       and (teaches_course(e.course_id)
            or e.status = 'completed' and reads_course(e.course_id))
), item as (
    insert into enrichment_report (id, user_id, owner_id, course_id, enrichment_id, reason, comment)
    select %(id)s, %(user_id)s, user_id, course_id, id, %(reason)s, %(comment)s
      from target
    returning *
)
select i.id, i.course_id, i.enrichment_id, i.reason, i.comment, i.version, i.created_at,
       i.updated_at, i.owner_id, t.version as enrichment_version
  from item as i join target as t on t.id = i.enrichment_id
