"""What holds for every table, read from PostgreSQL's catalog after all migrations."""

from tests.campus import Campus

# Tables without an owner: bookkeeping of the event layer and configuration.
OWNERLESS = {
    "outbox", "inbox", "consumer_failure", "used_nonce", "cache_generation", "rate_limit",
    "deletable", "deletion_policy", "schema_migration",
}  # fmt: skip

# Functions that see all rows, whoever calls them, and who may call them. A new one is put here on
# purpose: what it does with the ids of others has to be looked at.
SEEING_ALL = {
    "admit": {"app", "system", "support"},
    "count_requests": {"app", "system", "support"},
    "provision_user": {"app", "system", "support"},
    "record_violation": {"app", "system", "support"},
    "set_belongings": set(),  # admission calls it
    "person_name": {"app"},
    "course_takes": {"app"},
    "person_is_active": {"app"},
    "organization_statistics": {"app"},
    "refresh_course_stats": {"system"},
    "accept_invitation": {"app"},
    "share_link_lock": {"app"},
    "share_link_failed": {"app"},
    "open_share_link": {"app"},
    "register_device": {"app"},
    "username_is_free": {"app", "system"},
    "ensure_event_partitions": {"system"},
    "open_calendar_feed": {"app"},
    "course_statistics": {"app"},  # of a course that the caller teaches
}


def test_no_foreign_key_cascades(campus: Campus):
    cascading = campus.rows(
        "select conrelid::regclass::text, conname from pg_constraint"
        " where contype = 'f' and (confdeltype = 'c' or confupdtype = 'c')"
    )
    assert cascading == []


def test_every_owned_table_has_forced_row_security(campus: Campus):
    open_tables = campus.rows("""
        select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = 'public' and c.relkind in ('r', 'p')
           and not (c.relrowsecurity and c.relforcerowsecurity)
           and exists (select from pg_attribute a where a.attrelid = c.oid
                        and a.attname in ('user_id', 'organization_id') and not a.attisdropped)""")
    assert {row[0] for row in open_tables} <= OWNERLESS


def test_no_role_of_a_function_bypasses_row_security_or_owns_anything(campus: Campus):
    roles = campus.rows("""
        select rolname, rolbypassrls, rolsuper,
               (select count(*) from pg_class where relowner = r.oid)
          from pg_roles r where rolname in ('campus_app', 'campus_system', 'campus_support')""")
    assert sorted(row[0] for row in roles) == ["campus_app", "campus_support", "campus_system"]
    assert all(row[1:] == (False, False, 0) for row in roles)


def test_every_foreign_key_to_a_deletable_table_has_a_deletion_policy(campus: Campus):
    without = campus.rows("""
        select c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text
          from pg_constraint c
          join unnest(c.conkey) with ordinality as k (attnum, place) on true
          join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum
          join deletable d on d.table_name = c.confrelid::regclass::text
         where c.contype = 'f' and a.attname not in ('user_id', 'owner_id')
           and not exists (select from deletion_policy p
                            where p.child_table = c.conrelid::regclass::text
                              and p.child_column = a.attname)""")
    assert without == []


def test_every_deletable_table_carries_the_stamps_and_its_views(campus: Campus):
    for (table,) in campus.rows("select table_name from deletable"):
        columns = {
            row[0]
            for row in campus.rows(
                "select column_name from information_schema.columns where table_name = %s", table
            )
        }
        assert {"deleted_at", "deleted_by", "deletion_id", "version", "updated_at"} <= columns, (
            table
        )
        indexed = campus.rows(
            "select indexdef from pg_indexes where tablename = %s and indexdef like %s",
            table,
            "%(deletion_id)%",
        )
        assert indexed, f"{table}: no index serves a restore by deletion id"


def test_every_foreign_key_has_an_index(campus: Campus):
    slow = campus.rows("""
        select c.conrelid::regclass::text, c.conname
          from pg_constraint c
         where c.contype = 'f' and c.conrelid <> 'deletion_policy'::regclass and not exists (
               select from pg_index i
                where i.indrelid = c.conrelid
                  and (i.indkey::smallint[])[0:cardinality(c.conkey) - 1] @> c.conkey)
           and exists (select from pg_attribute a where a.attrelid = c.conrelid
                        and a.attnum = any(c.conkey) and a.attname <> 'user_id')""")
    assert slow == []


def test_views_do_not_hide_row_security(campus: Campus):
    leaking = campus.rows("""
        select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = 'public' and c.relkind = 'v'
           and not coalesce('security_invoker=true' = any(c.reloptions)
                            or 'security_invoker=on' = any(c.reloptions), false)
           and c.relname not like 'pg_stat%'""")
    assert leaking == []


def test_no_trigger_carries_business_logic(campus: Campus):
    assert campus.rows("select tgname from pg_trigger where not tgisinternal") == []


def test_entities_carry_version_and_times(campus: Campus):
    bare = campus.rows("""
        select t.table_name from information_schema.columns t
         where t.table_schema = 'public' and t.column_name = 'version'
           and t.table_name in (select tablename from pg_tables where schemaname = 'public')
           and t.table_name not like 'event%' and t.table_name <> 'schema_migration'
           and not exists (select from information_schema.columns c
                            where c.table_name = t.table_name and c.column_name = 'updated_at')""")
    assert bare == []


def test_times_are_with_time_zone_and_enums_are_text(campus: Campus):
    naive = campus.rows("""
        select table_name, column_name from information_schema.columns
         where table_schema = 'public' and column_name like '%\\_at'
           and data_type <> 'timestamp with time zone'""")
    assert naive == []
    assert campus.rows("select typname from pg_type where typtype = 'e'") == []


def test_functions_that_see_all_rows_are_known_and_cannot_be_misled(campus: Campus):
    found = campus.rows("""
        select p.proname, p.proconfig,
               array(select r from unnest(array['app', 'system', 'support']) as r
                      where has_function_privilege('campus_' || r, p.oid, 'execute')),
               has_function_privilege('public', p.oid, 'execute')
          from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef""")
    assert {row[0]: set(row[2]) for row in found} == SEEING_ALL
    assert [row[0] for row in found if row[1] != ["search_path=public, pg_temp"] or row[3]] == []
