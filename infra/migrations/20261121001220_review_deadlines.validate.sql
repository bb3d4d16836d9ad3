select 'everybody may move the reviews of everybody' as fault
 where has_function_privilege('campus_app', 'follow_exam_of_reviews(uuid)', 'execute')
   and (select prosecdef from pg_proc where proname = 'follow_exam_of_reviews');
