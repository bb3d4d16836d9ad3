drop function without_answers;
drop view deleted_enrichment_report, active_enrichment_report, deleted_quiz_attempt,
    active_quiz_attempt, deleted_enrichment, active_enrichment;
delete from retention_policy where table_name in ('enrichment', 'quiz_attempt', 'enrichment_report');
delete from deletion_policy where child_table in ('enrichment', 'quiz_attempt', 'enrichment_report');
delete from deletable where table_name in ('enrichment', 'quiz_attempt', 'enrichment_report');
drop table enrichment_report;
drop table quiz_attempt;
drop table enrichment;
