drop function follow_exam_of_reviews;
