drop procedure run_as_definer(regprocedure, name []);
drop procedure bound_times(regclass);
drop procedure protect(regclass, text);
