-- name: search_items
-- sort -relevance: search_rank(words, title, (select search_query(%(q)s)))
-- sort occurs_at: occurs_at
-- filter kind: kind = any(%(kind)s)
-- filter course_id: course_id = any(%(course_id)s)
-- filter done: done = %(done)s
-- filter q: words @@ (select search_query(%(q)s))
-- include course: select * from course_brief where id = page.course_id
select id, kind, course_id, title, occurs_at, done,
       search_rank(words, title, (select search_query(%(q)s))) as relevance,
       ts_headline('simple', translate(title || E'\n' || text, E'\ue000\ue001', ''),
                   (select search_query(%(q)s)) || websearch_to_tsquery('simple', %(q)s),
                   E'StartSel=\ue000, StopSel=\ue001, MinWords=12, MaxWords=30') as snippet
  from searched_item
 where user_id = %(user_id)s
