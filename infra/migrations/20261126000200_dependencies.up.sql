-- What an item waits for: see docs/decisions/0020-dependencies-and-templates.md.

-- The item (one of the first three) depends on another one (`on_`). A row goes to the trash with
-- either of them and only so: a dependency that is taken back is gone. All rows together, those in
-- the trash too, have no cycle, but for `parallel`, which orders nothing.
create table dependency (
    id                  uuid primary key,
    user_id             uuid        not null references app_user,
    assignment_id       uuid,
    lecture_id          uuid,
    study_session_id    uuid,
    on_assignment_id    uuid,
    on_lecture_id       uuid,
    on_study_session_id uuid,
    item_id             uuid        generated always as
                                    (coalesce(assignment_id, lecture_id, study_session_id)) stored,
    on_id               uuid        generated always as
                                    (coalesce(on_assignment_id, on_lecture_id,
                                              on_study_session_id)) stored,
    type                text        not null default 'blocking'
                                    check (type in ('blocking', 'suggested', 'parallel')),
    version             integer     not null default 1,
    created_at          timestamptz not null default now(),
    updated_at          timestamptz not null default now(),
    deleted_at          timestamptz,
    deleted_by          uuid,
    deletion_id         uuid,
    check (num_nonnulls(assignment_id, lecture_id, study_session_id) = 1),
    check (num_nonnulls(on_assignment_id, on_lecture_id, on_study_session_id) = 1),
    check (item_id <> on_id),
    foreign key (user_id, assignment_id) references assignment (user_id, id),
    foreign key (user_id, lecture_id) references lecture (user_id, id),
    foreign key (user_id, study_session_id) references study_session (user_id, id),
    foreign key (user_id, on_assignment_id) references assignment (user_id, id),
    foreign key (user_id, on_lecture_id) references lecture (user_id, id),
    foreign key (user_id, on_study_session_id) references study_session (user_id, id)
);
create unique index dependency_pair on dependency (user_id, item_id, on_id) include (type);
create index dependency_of on dependency (user_id, item_id, created_at, id)
    where deleted_at is null;
create index dependency_on on dependency (user_id, on_id, created_at, id)
    where deleted_at is null;
create index dependency_assignment on dependency (user_id, assignment_id)
    where assignment_id is not null;
create index dependency_lecture on dependency (user_id, lecture_id) where lecture_id is not null;
create index dependency_study_session on dependency (user_id, study_session_id)
    where study_session_id is not null;
create index dependency_on_assignment on dependency (user_id, on_assignment_id)
    where on_assignment_id is not null;
create index dependency_on_lecture on dependency (user_id, on_lecture_id)
    where on_lecture_id is not null;
create index dependency_on_study_session on dependency (user_id, on_study_session_id)
    where on_study_session_id is not null;
create index dependency_deletion on dependency (deletion_id) where deletion_id is not null;
create index dependency_purge on dependency (deleted_at) where deleted_at is not null;
call protect('dependency');
call bound_times('dependency');

insert into deletable (table_name) values ('dependency');
insert into deletion_policy (child_table, child_column, parent_table, action) values
    ('dependency', 'assignment_id', 'assignment', 'cascade'),
    ('dependency', 'lecture_id', 'lecture', 'cascade'),
    ('dependency', 'study_session_id', 'study_session', 'cascade'),
    ('dependency', 'on_assignment_id', 'assignment', 'cascade'),
    ('dependency', 'on_lecture_id', 'lecture', 'cascade'),
    ('dependency', 'on_study_session_id', 'study_session', 'cascade');
insert into retention_policy (name, table_name, tier, hours) values
    ('trash', 'dependency', 'free', 48), ('trash', 'dependency', 'premium', 120);

create view active_dependency with (security_invoker) as
    select * from dependency where deleted_at is null;
create view deleted_dependency with (security_invoker) as
    select * from dependency where deleted_at is not null;

-- An item as the other end of a dependency: no row unless it is live. A lecture is done when none
-- of its times is still to come.
create function linked_item(p_user uuid, p_id uuid) returns table (linked jsonb)
language sql stable security invoker set search_path = public, pg_temp as $$
    select jsonb_build_object('kind', i.kind, 'id', i.id, 'title', i.title, 'done',
               case i.kind when 'lecture'
                    then not exists (select from occurrence as o
                                      where o.user_id = i.user_id and o.lecture_id = i.id
                                        and o.deleted_at is null and o.status = 'planned'
                                        and o.ends_at > now())
                    else i.done end)
      from task_item as i
     where i.user_id = p_user and i.id = p_id and i.deleted_at is null
$$;

-- True for a live item, which stays live until the transaction ends: a deletion waits for it, and
-- then sees what was hung on the item.
create function hold_task_item(p_kind text, p_id uuid, p_user uuid) returns boolean
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_live boolean;
begin
    execute format('select true from %I where id = $1 and user_id = $2 and deleted_at is null
                       for share', p_kind)
       into v_live using p_id, p_user;
    return coalesce(v_live, false);
end
$$;

-- The cycle that would be closed if p_item depended on p_on: p_item, and what each in turn depends
-- on, as [{"kind", "id"}]. Null: none. What is in the trash counts, for it may come back. The way is
-- a shortest one, found breadth first, so that the work is bounded by the number of dependencies.
create function dependency_cycle(p_user uuid, p_item uuid, p_on uuid) returns jsonb
language plpgsql stable security invoker set search_path = public, pg_temp as $$
declare
    v_ids   uuid[]    := array[p_on];
    v_from  integer[] := array[0];  -- where in v_ids each was reached from
    v_begin integer   := 1;
    v_end   integer;
    v_at    integer;
    v_way   uuid[]    := '{}';
begin
    loop
        v_at := array_position(v_ids, p_item);
        v_end := cardinality(v_ids);
        exit when v_at is not null or v_begin > v_end;
        select v_ids || coalesce(array_agg(r.on_id), '{}'),
               v_from || coalesce(array_agg(r.place), '{}')
          into v_ids, v_from
          from (select d.on_id, min(v_begin - 1 + f.place)::integer as place
                  from unnest(v_ids[v_begin:]) with ordinality as f (id, place)
                  join dependency as d on d.user_id = p_user and d.item_id = f.id
                 where d.type <> 'parallel' and d.on_id <> all(v_ids)
                 group by d.on_id) as r;
        v_begin := v_end + 1;
    end loop;
    if v_at is null then
        return null;
    end if;
    while v_at > 0 loop
        v_way := v_ids[v_at] || v_way;
        v_at := v_from[v_at];
    end loop;
    return (select jsonb_agg(jsonb_build_object('kind', i.kind, 'id', i.id) order by w.place)
              from unnest(p_item || v_way[:cardinality(v_way) - 1])
                   with ordinality as w (id, place)
              join task_item as i on i.user_id = p_user and i.id = w.id);
end
$$;

-- Brings back exactly what one deletion took (null: nothing), and counts it again. What lies under
-- something that another deletion has taken meanwhile belongs to that deletion from now on, and so
-- does a dependency whose other end that has taken. Returns the items that came back, nothing else.
create or replace function restore_task_deletion(p_user uuid, p_deletion uuid)
returns table (kind text, id uuid, version integer)
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_ids  uuid[] := array(select i.id from task_item as i
                            where i.user_id = p_user and i.deletion_id = p_deletion);
    v_held record;
begin
    perform restore_record(t.table_name, p_deletion, p_user) from task_tables() as t;
    for v_held in
        select 'assignment' as kind, a.id, w.deletion_id
          from assignment as a join assignment as w on w.id = a.parent_id
         where a.user_id = p_user and a.id = any(v_ids) and w.user_id = p_user
           and w.deleted_at is not null
        union all
        select i.kind, i.id, c.deletion_id
          from task_item as i join deleted_course as c on c.id = i.course_id
         where i.user_id = p_user and i.id = any(v_ids) and c.user_id = p_user
    loop
        perform soft_delete_record(v_held.kind, v_held.id, p_user, v_held.deletion_id);
    end loop;
    -- As old in the trash as that end, so that it is purged no later.
    update dependency as d
       set deleted_at = i.deleted_at, deleted_by = p_user, deletion_id = i.deletion_id,
           updated_at = now(), version = d.version + 1
      from task_item as i
     where d.user_id = p_user and d.deleted_at is null
       and (d.item_id = any(v_ids) or d.on_id = any(v_ids))
       and i.user_id = p_user and i.id in (d.item_id, d.on_id) and i.deleted_at is not null;
    insert into task_creation (item_id, user_id, created_at)
    select i.id, p_user, i.created_at from task_item as i
     where i.user_id = p_user and i.id = any(v_ids) and i.deleted_at is null
    on conflict do nothing;
    return query
    select i.kind, i.id, i.version from task_item as i
     where i.user_id = p_user and i.id = any(v_ids) and i.deleted_at is null;
end
$$;

grant execute on function linked_item, hold_task_item, dependency_cycle
    to campus_app, campus_system;
