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
        return [
            str(self.campus.rows(f"select md5(string_agg(t::text, '' order by t::text))"
                                 f" from {table} t where user_id = %s", self.user.id))
            for table in owned_tables(self.campus)
        ]  # fmt: skip


def owned_tables(campus: Campus) -> list[str]:
    return [
        row[0]
        for row in campus.rows(
            "select table_name from information_schema.columns"
            " join pg_tables on schemaname = table_schema and tablename = table_name"
            " where table_schema = 'public' and column_name = 'user_id'"
            " and table_name not like 'event_2%' order by table_name"
        )
    ]
