"""Names that a domain can have."""

import keyword
import re

# pg_get_keywords() of PostgreSQL 18, categories R and T: no table can be called so.
# fmt: off
_RESERVED = {
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric",
    "authorization", "binary", "both", "case", "cast", "check", "collate", "collation",
    "column", "concurrently", "constraint", "create", "cross", "current_catalog",
    "current_date", "current_role", "current_schema", "current_time", "current_timestamp",
    "current_user", "default", "deferrable", "desc", "distinct", "do", "else", "end", "except",
    "false", "fetch", "for", "foreign", "freeze", "from", "full", "grant", "group", "having",
    "ilike", "in", "initially", "inner", "intersect", "into", "is", "isnull", "join", "lateral",
    "leading", "left", "like", "limit", "localtime", "localtimestamp", "natural", "not",
    "notnull", "null", "offset", "on", "only", "or", "order", "outer", "overlaps", "placing",
    "primary", "references", "returning", "right", "select", "session_user", "similar", "some",
    "symmetric", "system_user", "table", "tablesample", "then", "to", "trailing", "true",
    "union", "unique", "user", "using", "variadic", "verbose", "when", "where", "window",
    "with",
}
# fmt: on


def check_name(name: str) -> None:
    """Refuse what cannot be a module, a table, a path and a scope of API keys."""
    if not re.fullmatch(r"[a-z]{3,20}", name):
        raise SystemExit("a domain's name is 3 to 20 lower-case letters, such as library")
    if keyword.iskeyword(name) or name in _RESERVED:
        raise SystemExit(f"{name} is a reserved word of Python or SQL: take another name")
