drop function teaches_course, reads_course, course_role;
drop view active_enrollment, deleted_enrollment, active_membership, deleted_membership,
    active_organization, deleted_organization;
drop policy course_campus_app_read on course;
drop policy course_campus_app_add on course;
drop policy course_campus_app_change on course;
drop policy course_campus_app_remove on course;
call protect('course');
drop procedure protect_by_course, protect_as;

create or replace function admit(p_issuer text, p_subject text, p_key_hash bytea)
returns table (user_id uuid, role text, account_status text, suspended_until timestamptz,
               tier text, timezone text, api_key_id uuid, scopes text[],
               organization_ids uuid[], generation bigint)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_user_id uuid;
    v_key_id  uuid;
    v_scopes  text[];
begin
    if p_key_hash is not null then
        select k.user_id, k.id, k.scopes into v_user_id, v_key_id, v_scopes
          from api_key k
         where k.key_hash = p_key_hash and k.revoked_at is null and k.expires_at > now();
    else
        select i.user_id into v_user_id
          from identity i
         where i.issuer = p_issuer and i.subject = p_subject;
    end if;
    if v_user_id is null then
        return;
    end if;
    perform set_config('app.user_id', v_user_id::text, true),
            set_config('app.organization_ids', '{}', true),
            set_config('app.course_ids', '{}', true);
    return query
    select u.id, u.role, u.account_status, u.suspended_until,
           case when u.subscription_tier = 'premium'
                 and coalesce(u.subscription_expires_at > now(), true)
                then 'premium' else 'free' end,
           u.timezone, v_key_id, v_scopes, '{}'::uuid[], g.generation
      from app_user u cross join cache_generation g
     where u.id = v_user_id;
end
$$;
drop function set_belongings;
delete from retention_policy where table_name in ('organization', 'membership', 'enrollment');
delete from deletion_policy where child_table in ('membership', 'enrollment');
delete from deletable where table_name in ('organization', 'membership', 'enrollment');
drop table enrollment, membership, organization;
drop function caller_ids;
