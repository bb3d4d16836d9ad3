drop function username_is_free, register_device;
drop table device, sign_in, login_attempt;
revoke update (first_name, last_name, username, timezone, locale, week_starts_on, date_of_birth,
               parental_consent, country, university, program, bio, onboarding_completed_at,
               marketing_opt_in, version, updated_at) on app_user from campus_app;
grant update on app_user to campus_app;
alter table app_user drop column subscription_version;
