-- name: list_dependencies
-- sort created_at: d.created_at
-- filter type: d.type = any(%(type)s)
-- filter done: (o.linked ->> 'done')::boolean = %(done)s
select d.id, i.linked as item, o.linked as depends_on, d.type, d.version, d.created_at,
       d.updated_at
  from dependency as d
 cross join lateral linked_item(d.user_id, d.item_id) as i
 cross join lateral linked_item(d.user_id, d.on_id) as o
 where d.user_id = %(user_id)s and d.item_id = %(item_id)s and d.deleted_at is null
   and (select require_part(%(kind)s, %(item_id)s))

-- name: list_dependents
-- sort created_at: d.created_at
-- filter type: d.type = any(%(type)s)
-- filter done: (i.linked ->> 'done')::boolean = %(done)s
select d.id, i.linked as item, o.linked as depends_on, d.type, d.version, d.created_at,
       d.updated_at
  from dependency as d
 cross join lateral linked_item(d.user_id, d.item_id) as i
 cross join lateral linked_item(d.user_id, d.on_id) as o
 where d.user_id = %(user_id)s and d.on_id = %(item_id)s and d.deleted_at is null
   and (select require_part(%(kind)s, %(item_id)s))

-- Under the lock of the user's items, so that two at once cannot close a cycle between them. Refused
-- without a row of the dependency: the flags say why.
-- name: create_dependency
with held as materialized (
    select hold_task_item(%(kind)s, %(item_id)s, %(user_id)s) as item_open,
           hold_task_item(%(on_kind)s, %(on_id)s, %(user_id)s) as on_open
), checked as (
    select item_open, on_open,
           exists (select from dependency
                    where user_id = %(user_id)s and item_id = %(item_id)s and on_id = %(on_id)s
                      and deleted_at is null) as known,
           case when %(type)s <> 'parallel' or %(item_id)s = %(on_id)s::uuid
                then dependency_cycle(%(user_id)s, %(item_id)s, %(on_id)s) end as cycle
      from held
), made as (
    insert into dependency (id, user_id, assignment_id, lecture_id, study_session_id,
                            on_assignment_id, on_lecture_id, on_study_session_id, type)
    select %(id)s, %(user_id)s,
           case %(kind)s when 'assignment' then %(item_id)s::uuid end,
           case %(kind)s when 'lecture' then %(item_id)s::uuid end,
           case %(kind)s when 'study_session' then %(item_id)s::uuid end,
           case %(on_kind)s when 'assignment' then %(on_id)s::uuid end,
           case %(on_kind)s when 'lecture' then %(on_id)s::uuid end,
           case %(on_kind)s when 'study_session' then %(on_id)s::uuid end, %(type)s
      from checked
     where item_open and on_open and not known and cycle is null
    returning *
)
select m.id, i.linked as item, o.linked as depends_on, m.type, m.version, m.created_at,
       m.updated_at, c.item_open, c.on_open, c.known, c.cycle
  from checked as c
       left join made as m on true
       left join lateral linked_item(m.user_id, m.item_id) as i on true
       left join lateral linked_item(m.user_id, m.on_id) as o on true

-- name: delete_dependency
delete from dependency
 where id = %(id)s and user_id = %(user_id)s and deleted_at is null
   and %(item_id)s = case %(kind)s when 'assignment' then assignment_id
                                   when 'lecture' then lecture_id
                                   else study_session_id end
   and (%(if_match)s::integer is null or version = %(if_match)s)
returning version + 1 as version
