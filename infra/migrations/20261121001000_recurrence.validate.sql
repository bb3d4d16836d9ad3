select 'the last Fridays of four months are not four' as fault
 where (select count(*) from lecture_occurrences('2026-03-20T10:00', 'Europe/Berlin',
                                                 'FREQ=MONTHLY;BYDAY=-1FR;COUNT=4')) <> 4
union all
select 'a series does not keep its local time across the change of the clocks'
 where (select max(o at time zone 'Europe/Berlin')
          from lecture_occurrences('2026-03-20T10:00', 'Europe/Berlin', 'FREQ=WEEKLY;COUNT=4') as o)
       <> '2026-04-10T10:00';
