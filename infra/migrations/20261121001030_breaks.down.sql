drop function plan_around_breaks;
