select format('%s reviews of session %s, counted as %s',
              count(r.id), s.id, s.review_count) as fault
  from study_session as s
  left join session_review as r on r.user_id = s.user_id and r.study_session_id = s.id
 group by s.id
having count(r.id) <> s.review_count;
