drop function stored_answer;
