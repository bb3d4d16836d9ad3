-- Figures of courses, computed now and then for all of them at once: a page of figures costs one row.

create materialized view course_stats as
select c.id as course_id, c.organization_id,
       coalesce(s.number, 0) as sections,
       coalesce(l.number, 0) as lessons,
       coalesce(l.minutes, 0) as lesson_minutes,
       coalesce(e.students, 0) as students,
       coalesce(e.completions, 0) as completions,
       coalesce(p.completed, 0) as lessons_completed,
       case when e.students * l.number > 0
            then coalesce(p.percents, 0)::float8 / (e.students * l.number) else 0 end
           as average_percent,
       coalesce(x.number, 0) as enrichments,
       coalesce(q.number, 0) as quiz_attempts,
       q.average_score
  from course as c
       left join (select course_id, count(*) as number from section
                   where deleted_at is null group by course_id) as s on s.course_id = c.id
       left join (select course_id, count(*) as number, sum(duration_minutes) as minutes
                    from lesson where deleted_at is null group by course_id) as l
              on l.course_id = c.id
       left join (select course_id, count(*) as students,
                         count(*) filter (where status = 'completed') as completions
                    from enrollment
                   where deleted_at is null and role = 'student' and status <> 'suspended'
                   group by course_id) as e on e.course_id = c.id
       left join (select r.course_id, sum(r.percent_done) as percents,
                         count(r.completed_at) as completed
                    from progress_record as r
                    join enrollment as t
                      on t.course_id = r.course_id and t.user_id = r.user_id
                     and t.deleted_at is null and t.role = 'student' and t.status <> 'suspended'
                   where r.deleted_at is null
                   group by r.course_id) as p on p.course_id = c.id
       left join (select course_id, count(*) as number from enrichment
                   where deleted_at is null and status = 'completed' group by course_id) as x
              on x.course_id = c.id
       left join (select course_id, count(*) as number,
                         100.0 * sum(points) / sum(questions) as average_score
                    from quiz_attempt where deleted_at is null group by course_id) as q
              on q.course_id = c.id
 where c.deleted_at is null;
-- What a refresh beside readers needs. The view is new: nobody waits for its indexes.
-- squawk-ignore require-concurrent-index-creation
create unique index course_stats_course on course_stats (course_id);
-- squawk-ignore require-concurrent-index-creation
create index course_stats_organization on course_stats (organization_id)
    where organization_id is not null;

create table course_stats_refresh (
    only_row     boolean     primary key default true check (only_row),
    refreshed_at timestamptz not null
);
insert into course_stats_refresh (refreshed_at) values (now());
revoke all on course_stats_refresh from campus_app, campus_support;

-- Whoever refreshes has to see all rows, and readers are not kept waiting. Returns how many courses
-- have figures.
create function refresh_course_stats() returns integer
language plpgsql volatile as $$
begin
    refresh materialized view concurrently course_stats;
    update course_stats_refresh set refreshed_at = now();
    return (select count(*) from course_stats);
end
$$;

-- The figures of one course, for who teaches it; of one made since the last refresh all are 0.
create function course_statistics(p_course uuid)
returns table (course_id uuid, sections integer, lessons integer, lesson_minutes integer,
               students integer, completions integer, lessons_completed integer,
               average_percent float8, enrichments integer, quiz_attempts integer,
               average_score float8, refreshed_at timestamptz)
language sql stable as $$
    select p_course, coalesce(s.sections, 0)::integer, coalesce(s.lessons, 0)::integer,
           coalesce(s.lesson_minutes, 0)::integer, coalesce(s.students, 0)::integer,
           coalesce(s.completions, 0)::integer, coalesce(s.lessons_completed, 0)::integer,
           coalesce(s.average_percent, 0), coalesce(s.enrichments, 0)::integer,
           coalesce(s.quiz_attempts, 0)::integer, s.average_score::float8, r.refreshed_at
      from course_stats_refresh as r
           left join course_stats as s on s.course_id = p_course
     where teaches_course(p_course)
$$;

grant select on course, section, lesson, enrollment, progress_record, enrichment, quiz_attempt
    to campus_definer;
grant execute on function course_role, teaches_course, caller_ids to campus_definer;
grant select, update on course_stats_refresh to campus_definer;
alter materialized view course_stats owner to campus_definer;
revoke all on course_stats from public, campus_app, campus_support, campus_system;
call run_as_definer('refresh_course_stats()', 'campus_system');
call run_as_definer('course_statistics(uuid)', 'campus_app');
