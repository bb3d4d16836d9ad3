drop function best_study_hour, forget_activity, record_activity, add_activity, keep_streak, streak_runs,
    is_excused;
drop table activity, vacation, rest_day, projection_round;
