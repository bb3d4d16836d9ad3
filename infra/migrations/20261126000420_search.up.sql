-- Words of a search are found whatever their case and accents, and the last one by its beginning.
-- The functions have no settings of their own, so that the planner writes them out.

-- A text without accents and other marks.
create function folded(p_text text) returns text
language sql immutable parallel safe as $$
    select regexp_replace(normalize(p_text, NFD), '[\u0300-\u036f]', '', 'g')
$$;

-- The words of a text. What a row keeps of it, p_search, has them with their accents: only where
-- there are any they are looked for anew.
create function folded_words(p_search tsvector, p_text text) returns tsvector
language sql immutable parallel safe as $$
    select case when octet_length(p_text) = length(p_text) then p_search
                else to_tsvector('simple', folded(p_text)) end
$$;

-- What is asked for in words, as of search engines: "a phrase", or, -not. A last word that is not
-- ended by anything is the beginning of one, unless it is one that must not be there.
create function search_query(p_text text) returns tsquery
language sql immutable parallel safe as $$
    select case when q::text like '%''' and q::text !~ '!''[^'']*''$' and p_text ~ '[[:alnum:]]$'
                then (q::text || ':*')::tsquery else q end
      from websearch_to_tsquery('simple', folded(p_text)) as q
$$;

-- How well words fit to what is asked for: what is in the title comes first.
create function search_rank(p_words tsvector, p_title text, p_query tsquery) returns integer
language sql immutable parallel safe as $$
    select (ts_rank(p_words, p_query, 1) * 1000000)::integer
           + case when to_tsvector('simple', folded(p_title)) @@ p_query then 10000000 else 0 end
$$;

grant execute on function folded, folded_words, search_query, search_rank
    to campus_app, campus_system, campus_support;

-- The live items of all kinds with their words. Who searches scans their own items: an index of
-- words is not used beneath row security, as @@ is not leakproof.
create view searched_item with (security_invoker) as
    select 'assignment' as kind, id, user_id, course_id, title, description as text,
           due_at as occurs_at, completed_at is not null as done,
           folded_words(search, title || ' ' || description) as words
      from assignment where deleted_at is null
    union all
    select 'lecture', id, user_id, course_id, title, description, starts_at, false,
           folded_words(search, title || ' ' || description)
      from lecture where deleted_at is null
    union all
    select 'study_session', id, user_id, course_id, topic, notes, starts_at, status = 'finished',
           folded_words(search, topic || ' ' || notes)
      from study_session where deleted_at is null;
