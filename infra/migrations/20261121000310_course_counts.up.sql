-- Published by tasks: how many live items each course has. Grouped by owner and course, so that
-- conditions on either go down to the indexes of the items.
create view course_item_count with (security_invoker) as
select user_id, course_id,
       (count(*) filter (where kind = 'assignment'))::integer as assignments,
       (count(*) filter (where kind = 'lecture'))::integer as lectures,
       (count(*) filter (where kind = 'study_session'))::integer as study_sessions
  from (select user_id, course_id, 'assignment' as kind from active_assignment
         where course_id is not null
        union all
        select user_id, course_id, 'lecture' from active_lecture
        union all
        select user_id, course_id, 'study_session' from active_study_session
         where course_id is not null) as item
 group by user_id, course_id;
