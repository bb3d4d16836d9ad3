-- Everything that migrations make, as text: two databases with equal rows have the same schema.
-- What belongs to extensions and the runner's own tables is left out.
with extension_part as (
    select classid, objid from pg_depend where deptype = 'e'
),
relation as (
    select pg_class.*, oid::regclass::text as label
    from pg_class
    where relnamespace = 'public'::regnamespace
      and oid not in (select objid from extension_part where classid = 'pg_class'::regclass)
      and relname not like 'schema\_%'
),
routine as (
    select pg_proc.*, oid::regprocedure::text as label
    from pg_proc
    where pronamespace = 'public'::regnamespace
      and oid not in (select objid from extension_part where classid = 'pg_proc'::regclass)
)
select 'relation' as kind, label as name,
       concat_ws(' ', relkind, relpersistence, relowner::regrole, reloptions::text,
                 'rls', relrowsecurity, relforcerowsecurity,
                 'partition', relispartition, pg_get_expr(relpartbound, oid),
                 'acl', (select string_agg(item::text, ',' order by item::text)
                         from unnest(relacl) as item)) as definition
from relation
where relkind in ('r', 'p', 'v', 'm', 'S', 'f', 'c')
union all
select 'column', relation.label || '.' || attname,
       concat_ws(' ', row_number() over (partition by attrelid order by attnum),
                 format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated,
                 attcollation::regcollation, pg_get_expr(adbin, adrelid), attacl::text)
from pg_attribute
join relation on relation.oid = attrelid
left join pg_attrdef on adrelid = attrelid and adnum = attnum
where attnum > 0 and not attisdropped and relkind in ('r', 'p', 'v', 'm', 'f', 'c')
union all
select 'constraint', relation.label || '.' || conname,
       concat_ws(' ', pg_get_constraintdef(pg_constraint.oid), convalidated)
from pg_constraint
join relation on relation.oid = conrelid
union all
select 'index', indexrelid::regclass::text,
       concat_ws(' ', pg_get_indexdef(indexrelid), indisvalid, indisreplident)
from pg_index
join relation on relation.oid = indrelid
union all
select 'policy', relation.label || '.' || polname,
       concat_ws(' ', polcmd, polpermissive, polroles::regrole[]::text,
                 pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
from pg_policy
join relation on relation.oid = polrelid
union all
select 'trigger', relation.label || '.' || tgname,
       concat_ws(' ', tgenabled, pg_get_triggerdef(pg_trigger.oid))
from pg_trigger
join relation on relation.oid = tgrelid
where not tgisinternal
union all
select 'view', label, pg_get_viewdef(oid)
from relation
where relkind in ('v', 'm')
union all
select 'routine', label,
       concat_ws(' ', case when prokind in ('f', 'p') then pg_get_functiondef(oid) end,
                 proowner::regrole,
                 (select string_agg(item::text, ',' order by item::text)
                  from unnest(proacl) as item))
from routine
union all
select 'type', oid::regtype::text,
       concat_ws(' ', typtype, format_type(typbasetype, typtypmod), typdefault,
                 (select string_agg(enumlabel, ',' order by enumsortorder)
                  from pg_enum where enumtypid = pg_type.oid),
                 (select string_agg(pg_get_constraintdef(pg_constraint.oid), ',' order by conname)
                  from pg_constraint where contypid = pg_type.oid))
from pg_type
where typnamespace = 'public'::regnamespace and typtype in ('d', 'e', 'r')
  and oid not in (select objid from extension_part where classid = 'pg_type'::regclass)
union all
select 'comment', pg_describe_object(classoid, objoid, objsubid), description
from pg_description
where objoid in (select oid from relation union all select oid from routine)
union all
select 'extension', extname, '' from pg_extension
union all
select 'default privileges', concat_ws(' ', defaclrole::regrole, defaclobjtype), defaclacl::text
from pg_default_acl
order by 1, 2, 3
