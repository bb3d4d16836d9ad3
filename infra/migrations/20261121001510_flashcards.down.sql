drop function follow_exam, flashcard_due, exam_eve;
drop view deleted_flashcard_review, active_flashcard_review, deleted_flashcard, active_flashcard,
    deleted_flashcard_deck, active_flashcard_deck;
delete from retention_policy where table_name like 'flashcard%';
delete from deletion_policy where child_table like 'flashcard%';
delete from deletable where table_name like 'flashcard%';
drop table flashcard_review;
drop table flashcard;
drop table flashcard_deck;
