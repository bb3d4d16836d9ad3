-- Figures of organizations, and what a copy of a course takes along.

-- The figures of an organization that the caller belongs to, summed over its courses as they were at
-- the last refresh. The view behind it has no row security, so nobody reads it but through this.
create function organization_statistics(p_organization uuid)
returns table (courses integer, sections integer, lessons integer, lesson_minutes integer,
               students integer, completions integer, enrichments integer,
               quiz_attempts integer, refreshed_at timestamptz)
language sql stable as $$
    select count(s.course_id)::integer, coalesce(sum(s.sections), 0)::integer,
           coalesce(sum(s.lessons), 0)::integer, coalesce(sum(s.lesson_minutes), 0)::integer,
           coalesce(sum(s.students), 0)::integer, coalesce(sum(s.completions), 0)::integer,
           coalesce(sum(s.enrichments), 0)::integer,
           coalesce(sum(s.quiz_attempts), 0)::integer, r.refreshed_at
      from course_stats_refresh as r
           left join course_stats as s on s.organization_id = p_organization
     where p_organization = any(caller_ids('organization_ids'))
     group by r.refreshed_at
$$;
call run_as_definer('organization_statistics(uuid)', 'campus_app');

-- Copies the sections and lessons of a course that the caller reads into one of theirs.
create function copy_course_content(p_from uuid, p_to uuid, p_user uuid) returns void
language sql volatile security invoker set search_path = public, pg_temp as $$
    with copy as (
        select id, uuid7() as copy_id from section
         where course_id = p_from and deleted_at is null
    ), sections as (
        insert into section (id, user_id, course_id, title, description, position)
        select c.copy_id, p_user, p_to, s.title, s.description, s.position
          from section as s join copy as c on c.id = s.id
         where s.deleted_at is null
    )
    insert into lesson (id, user_id, course_id, section_id, title, lesson_type, content,
                        duration_minutes, position)
    select uuid7(), p_user, p_to, c.copy_id, l.title, l.lesson_type, l.content,
           l.duration_minutes, l.position
      from lesson as l left join copy as c on c.id = l.section_id
     where l.course_id = p_from and l.deleted_at is null
$$;
grant execute on function copy_course_content to campus_app;
