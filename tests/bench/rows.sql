-- Subjects sort as their numbers do; the first one has the many rows.
insert into app_user (id, email, subscription_tier)
select uuid7(), 'person-' || n || '@example.com', 'premium'
  from generate_series(1, %(users)s) as n;
insert into identity (issuer, subject, user_id)
select %(issuer)s, 'subject-' || lpad((row_number() over (order by id))::text, 8, '0'), id
  from app_user;
analyze identity;
-- The foreign key holds by construction; checking it takes as long as all the rest.
set session_replication_role = replica;
-- Ids in the order of time, as UUIDv7 are. The rows of a user are spread over the table; three of
-- ten are in the trash.
insert into assignment (id, user_id, title, description, due_at, tags, checklist, reminders,
                        created_at, deleted_at)
select (lpad(to_hex(1790000000000 + n), 12, '0') || '70008000000000000000')::uuid,
       people.ids[1 + n / 10 %% cardinality(people.ids)], 'Essay ' || n,
       'Three pages about topic ' || n %% 97,
       '2027-01-01'::timestamptz + make_interval(mins => n %% 63 * 7919),
       array['logic', 'history'], '[{"text": "Read", "done": false}]', '{30}',
       '2026-10-01'::timestamptz + make_interval(secs => n),
       case when n %% 10 < 3 then '2026-11-01'::timestamptz end
  from generate_series(1, %(rows)s) as n
 cross join (select array_agg(user_id order by subject) as ids from identity) as people;
insert into assignment (id, user_id, title, due_at, created_at)
select (lpad(to_hex(1795000000000 + n), 12, '0') || '70008000000000000000')::uuid,
       (select user_id from identity order by subject limit 1), 'Deep ' || n,
       '2027-01-01'::timestamptz + make_interval(mins => n), now()
  from generate_series(1, %(deep)s) as n
