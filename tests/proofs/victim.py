"""A tenant to attack: real records of every kind that a client can name."""

from tests.campus import Answer, Campus
from tests.proofs.planting import Plot, tables
from tests.things import named, things


class Victim:
    """A tenant with a live record of every thing, and a deleted one of each that can be deleted."""

    def __init__(self, campus: Campus) -> None:
        self.campus = campus
        self.user = campus.user(tier="premium")
        self.plot = Plot(campus, self.user)
        self.plot.one_of_each()
        for kind, thing in things().items():
            if thing.route("DELETE") and not thing.once:
                gone = self.plot.plant(kind)
                assert self.plot.delete(kind, gone).status == 204, kind
        self.deletions = [
            str(found)
            for table in tables(campus)
            for (found,) in campus.rows(
                f"select distinct deletion_id from {table}"
                " where user_id = %s and deletion_id is not null",
                self.user.id,
            )
        ]

        self.before = self.state()

    def call(self, method: str, path: str) -> Answer:
        answer = self.campus.call(method, path, self.user)
        assert answer.status < 300, answer.text
        return answer

    def ids_of(self, name: str) -> list[str]:
        """Real ids for a parameter or field, of live records first."""
        if name == "deletion_id":
            return self.deletions
        if name == "user_id":
            return [str(self.user.id)]
        return [found for kind in named(name) for found in self.plot.ids(kind)]

    @property
    def all_ids(self) -> set[str]:
        """Everything that an answer to somebody else must not hold."""
        return {*(known for _, known in self.plot.planted), *self.deletions, str(self.user.id)}

    def state(self) -> list[str]:
        """All rows, as a text for each table."""
        each = [
            f"select '{table} ' || md5(string_agg(t::text, '' order by t::text))"
            f" from {table} t where {owner} = %(user)s"
            for table, owner in owned_tables(self.campus)
        ]
        rows = self.campus.rows(" union all ".join(each), {"user": self.user.id})
        return sorted(str(row[0]) for row in rows)


def owned_tables(campus: Campus) -> list[tuple[str, str]]:
    """Tables with the columns that say whose a row is, or whom it is about."""
    return [
        (table, column)
        for table, column in campus.rows(
            "select table_name, column_name from information_schema.columns"
            " join pg_tables on schemaname = table_schema and tablename = table_name"
            " where table_schema = 'public' and column_name in ('user_id', 'owner_id')"
            " and table_name not like 'event_2%' order by table_name"
        )
    ]
