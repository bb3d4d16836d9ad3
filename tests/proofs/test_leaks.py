"""Deleted stays deleted: no list, search, count, event or statement shows what is in the trash.

Generated from the deletable tables, the routes and the statements: what is added is searched, too.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from shared import limits
from shared.sql import parse
from shared.versions import versions
from tests.campus import Campus, User
from tests.proofs.planting import Plot, tables
from tests.proofs.recipes import needed, queries
from tests.proofs.routes import every_route, path_of
from tests.proofs.test_row_security import FILES
from tests.things import by_dependence, things

CANARY = "Xanthochromism"
GETS = [item for item in every_route() if item[2].method == "GET"]
# The trash shows what is deleted, and the audit tells of it: that is what they are for.
SHOWS = (
    "/tasks/trash",
    "/tasks/templates/trash",
    "/courses/trash",
    "/courses/{course_id}/trash",
    "/flashcard-decks/trash",
    "/flashcards/trash",
    "/organizations/trash",
    "/admin/audit-entries",
)
# A deleted course is told of, and that is counted.
TELLS = "/notifications"
# What was studied stays studied, wherever the session has gone.
REMEMBERS = "/tasks/stats"
# A token is signed for whom it is given to.
SIGNS = "/tasks/sync"
READS = re.compile(r"\b(?:from|join)\s+([a-z_]+)\b")
WAYS = ("the parts", "the wholes")
# Statements and functions that read a deletable table without a word about deletion, and why.
ALLOWED = {
    "protect_record": "says who may write below a course; deleting and restoring are such writes",
    "update_assignment": "joins `before`, which holds live rows only",
    "update_lecture": "joins `before`, which holds live rows only",
    "update_study_session": "joins `before`, which holds live rows only",
    "clock_study_session": "joins `before`, which holds live rows only",
    "found_organization": "returns what it has just made",
    "protect_by_course": "a policy shows the trash, too, to whom it belongs",
    "purge_course_items": "removes what lies under a purged course, in the trash or not",
    "purge_term": "removes a term, in the trash or not",
    "import_standing": "one's own items, and what was imported, in the trash or not",
    "purge_calendar_feed": "removes a calendar, in the trash or not",
    "dependency_cycle": "dependencies and items in the trash count: they may come back",
    "follow_template_ratings": "ratings are in the trash with their template only, and come back",
    "parent_is_open": "parts in the trash count: they may come back",
}


@pytest.fixture(autouse=True)
def _unlimited(monkeypatch: pytest.MonkeyPatch):
    """Limits have tests of their own."""
    monkeypatch.setattr(limits, "BY_TIER", dict.fromkeys(limits.BY_TIER, 10**9))
    monkeypatch.setattr(limits, "BY_KIND", dict.fromkeys(limits.BY_KIND, 10**9))


@pytest.fixture
def owner(campus: Campus) -> User:
    """Sees with the eyes of a tenant and of an admin."""
    return campus.user(role="admin", tier="premium")


def plant(plot: Plot) -> None:
    """One of each thing and a part, all with the canary; their reminders due."""
    plot.one_of_each(CANARY)
    plot.plant("assignment", CANARY, assignment=plot.some("assignment"))
    plot.campus.admin.execute(
        "update reminder set remind_at = now() - interval '1 second' where user_id = %s",
        (plot.user.id,),
    )


def delete(plot: Plot, way: str) -> None:
    """Delete all that can be: the parts first, or the wholes, which take their parts along."""
    kinds = [kind for kind in by_dependence() if things()[kind].route("DELETE")]
    for kind in kinds if way == "the wholes" else reversed(kinds):
        answer = plot.delete(kind, plot.some(kind))
        assert answer.status in ((204, 404) if way == "the wholes" else (204,)), (kind, answer.text)
        assert plot.campus.deliver() == []
    left = [
        key for key, row in plot.rows().items() if "deleted_at" in row and not row["deleted_at"]
    ]
    assert left == []


def known_paths(plot: Plot) -> dict[tuple[str, str], str]:
    """The path of each route to what is planted."""
    return {
        (version, route.path): path_of(version, route, plot.values(route))
        for _, version, route in GETS
        if not route.path.startswith(SHOWS)
    }


def answers(
    plot: Plot, paths: dict[tuple[str, str], str], *, deleted: list[str]
) -> Iterator[tuple[str, str]]:
    """The path and the text of every answer that a client could see something in."""
    for _, version, route in GETS:
        if path := paths.get((version, route.path)):
            spoken = versions()[version or "v2"]
            for query in queries(route, spoken, deleted, CANARY):
                answer = plot.campus.call("GET", f"{path}?{query}", plot.user)
                assert answer.status < 500 or answer.error == "EXTERNAL_SERVICE_ERROR", path
                yield f"{path}?{query}", answer.text


@pytest.mark.parametrize("way", WAYS)
def test_no_route_shows_what_is_deleted(campus: Campus, owner: User, way: str):
    plot = Plot(campus, owner)
    plant(plot)
    paths = known_paths(plot)
    assert CANARY in "".join(text for _, text in answers(plot, paths, deleted=[]))
    seen, sent = len(campus.bus.seen), len(campus.mails.sent)
    delete(plot, way)
    campus.run("notifications", "send_due_reminders")
    assert campus.deliver() == []
    ids = {row["id"] for row in plot.rows().values()}
    for where, text in answers(plot, paths, deleted=sorted(ids)):
        assert CANARY not in text, where
        found = {known for known in ids if known in text}
        assert found == set(), where
    assert CANARY not in str(campus.bus.seen[seen:])
    assert CANARY not in str(campus.mails.sent[sent:])


@pytest.mark.parametrize("way", WAYS)
def test_nothing_counts_what_is_deleted(campus: Campus, owner: User, way: str):
    """Where no rows are shown, the answers are those to somebody who never had any."""
    plot, nobody = Plot(campus, owner), campus.user(role="admin", tier="premium")
    plant(plot)
    delete(plot, way)
    asked = 0
    for _, version, route in GETS:
        shown = route.result is None or route.result_is_page or "id" in route.result.model_fields
        if (
            version
            and not shown
            and not route.parameters
            and not route.path.startswith((TELLS, REMEMBERS, SIGNS))
        ):
            path = f"{path_of(version, route)}?{needed(route, versions()[version])}"
            mine, theirs = (campus.call("GET", path, user).data for user in (owner, nobody))
            assert mine == theirs, path
            asked += 1
    assert asked > 8


def test_every_deletable_table_is_planted(campus: Campus, owner: User):
    plot = Plot(campus, owner)
    plant(plot)
    planted = {table for table, _ in plot.rows()}
    lacking = sorted(set(tables(campus)) - planted)
    assert not lacking, f"no Thing leads to a row of {lacking}: THINGS of their domain's things.py"


def blocks(text: str) -> Iterator[str]:
    """The texts between parentheses, each without those inside of it: one `select` each."""
    stack = [""]
    for part in re.split(r"([()])", text):
        if part == "(":
            stack.append("")
        elif part == ")" and len(stack) > 1:
            yield stack.pop()
        else:
            stack[-1] += part
    yield from stack


def careless(text: str, watched: set[str]) -> list[str]:
    """The watched tables that some `select` reads without a word about deletion."""
    return [
        table
        for block in blocks(text)
        for table in READS.findall(block)
        if table in watched and not re.search(r"\b(deleted_at|deletion_id)\b", block)
    ]


def watched(campus: Campus) -> set[str]:
    """Deletable tables, and views that show deleted rows with the live ones."""
    views = campus.rows("""
        select table_name from information_schema.columns
          join information_schema.views using (table_schema, table_name)
         where table_schema = 'public' and column_name = 'deleted_at'
           and table_name not like 'active\\_%' and table_name not like 'deleted\\_%'""")
    return {*tables(campus), *(name for (name,) in views)}


def test_every_statement_that_reads_a_deletable_table_speaks_of_deletion(campus: Campus):
    known = watched(campus)
    parsed = [s for path in FILES for s in parse(path.read_text())]
    statements = [(s.name, s.text) for s in parsed]
    statements += [(f"{s.name}/{n}", text) for s in parsed for n, text in s.includes.items()]
    functions: list[Any] = campus.rows(
        "select proname, prosrc from pg_proc where pronamespace = 'public'::regnamespace"
    )
    assert len(statements) > 50
    assert len(functions) > 20
    found = {name: careless(text, known) for name, text in [*statements, *functions]}
    assert {name for name, reads in found.items() if reads} == ALLOWED.keys()


def test_the_check_of_statements_sees_what_it_is_for():
    careful = "select id from course where id = %(id)s and deleted_at is null"
    hidden = "select (select count(*) from course) from item where deleted_at is null"
    assert careless(careful, {"course", "item"}) == []
    assert careless(hidden, {"course", "item"}) == ["course"]
    assert careless("select * from active_course", {"course"}) == []
