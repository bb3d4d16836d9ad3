select 'table without forced row security: ' || relname as fault
  from pg_class
 where relname in ('activity', 'vacation', 'rest_day')
   and not (relrowsecurity and relforcerowsecurity)
union all
select format('streak of %s: %s and %s days instead of %s and %s', s.user_id, s.current_days,
              s.longest_days, r.current_days, r.longest_days)
  from streak as s
 cross join lateral (select (array_agg(days order by last_on desc))[1] as current_days,
                            max(days) as longest_days
                       from streak_runs(s.user_id)) as r
 where exists (select from activity as a where a.user_id = s.user_id)
   and (s.current_days, s.longest_days) is distinct from (r.current_days, r.longest_days);
