"""Search in one's own items."""

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.campus import Answer, Campus, User, pages
from tests.functions.tasks.planning import create

PATH = "/v2/tasks/search"
HOSTILE = [
    "&", "|", "!", ":*", "<->", "<2>", "'", "''", '"', "(", ")", "\\\\", "%", "_", "%%", "a:*B",
    "'essay' & 'x'", "-", "--", "or", "or or", "-essay", '"essay', "$$", ";", "\ue000", "essay:*",
    "\u0301", "{words}", "essay & !", "*", "?", "a" * 200, "NULL", "/* */", "\u202essay",
]  # fmt: skip


def search(campus: Campus, user: User, q: str, **asked: str) -> Answer:
    return campus.call("GET", f"{PATH}?{urlencode({'q': q, **asked})}", user)


def titles(campus: Campus, user: User, q: str, **asked: str) -> list[str]:
    answer = search(campus, user, q, **asked)
    assert answer.status == 200, answer.text
    return [item["title"] for item in answer.data]


@pytest.fixture(scope="module")
def reader(campus: Campus) -> User:
    """Somebody with items of all kinds."""
    user = campus.user(tier="premium")
    create(campus, user, title="Essay on Ada", description="About the analytical engine")
    create(campus, user, title="Café société", description="Élégance of the engine")
    create(campus, user, title="Done engine", status="submitted")
    create(campus, user, "lecture", title="Turing machines", description="Engines of thought")
    create(campus, user, "study_session", topic="Bernoulli numbers", notes="For the Engine")
    gone = create(campus, user, title="Engine that is gone")
    campus.call("DELETE", f"/v2/tasks/assignments/{gone['id']}", user)
    return user


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("cafe", {"Café société"}),
        ("CAFÉ", {"Café société"}),
        ("soci", {"Café société"}),
        ("elegance", {"Café société"}),
        ("bern", {"Bernoulli numbers"}),
        ("bern ", set()),
        ('"bern"', set()),
        ('"analytical engine"', {"Essay on Ada"}),
        ('"engine analytical"', set()),
        ("turing or bernoulli ", {"Turing machines", "Bernoulli numbers"}),
        ("engine -ada -done -cafe -thought", {"Bernoulli numbers"}),
        ("gone", set()),
        ("Ada of", set()),
    ],
)
def test_words_are_found(campus: Campus, reader: User, q: str, found: set[str]):
    assert set(titles(campus, reader, q)) == found


def test_what_is_in_a_title_comes_first_and_filters_narrow(campus: Campus, reader: User):
    everything = titles(campus, reader, "engine")
    assert everything[0] == "Done engine"
    assert len(everything) == 5
    assert titles(campus, reader, "engine", kind="lecture,study_session") == [
        title for title in everything if title in ("Turing machines", "Bernoulli numbers")
    ]
    assert titles(campus, reader, "engine", done="true") == ["Done engine"]
    assert len(titles(campus, reader, "engine", sort="occursAt")) == 5
    assert titles(campus, campus.user(), "engine") == []


def test_every_page_is_another_and_a_cursor_is_of_its_search(campus: Campus, reader: User):
    listed = pages(campus, f"{PATH}?q=engine", reader, 2)
    together = [item["id"] for page in listed for item in page]
    assert together == [item["id"] for item in search(campus, reader, "engine").data]
    assert len(set(together)) == len(together) == 5
    cursor = search(campus, reader, "engine", limit="2").json["pageInfo"]["endCursor"]
    for asked in ({"q": "ada"}, {"q": "engine", "kind": "lecture"}):
        other = search(campus, reader, **asked, cursor=cursor)
        assert (other.status, other.error) == (400, "INVALID_CURSOR")


def test_a_snippet_marks_the_words_and_is_plain_text(campus: Campus, reader: User):
    [hit] = search(campus, reader, "analytical").data
    assert "".join(part["text"] for part in hit["snippet"]) == (
        "Essay on Ada\nAbout the analytical engine"
    )
    assert [part["text"] for part in hit["snippet"] if part["match"]] == ["analytical"]
    user = campus.user()
    text = "<b>bold</b> \ue000no mark\ue001 <script>alert(1)</script>"
    create(campus, user, title="Bold move", description=text)
    [hit] = search(campus, user, "bold move").data
    assert {part["text"] for part in hit["snippet"] if part["match"]} == {"Bold", "bold", "move"}
    whole = "".join(part["text"] for part in hit["snippet"])
    assert "alert(1)" in whole
    assert "\ue000" not in whole


@pytest.mark.parametrize("q", HOSTILE)
def test_operators_are_words_like_others(campus: Campus, reader: User, q: str):
    for path in (PATH, "/v2/tasks/assignments", "/v2/courses", "/v2/courses/catalogue"):
        answer = campus.call("GET", f"{path}?{urlencode({'q': q})}", reader)
        assert answer.status == 200, (path, answer.text)


@settings(max_examples=40)
@given(q=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1,
                 max_size=30))  # fmt: skip
def test_any_text_can_be_searched_for(campus: Campus, reader: User, q: str):
    [(query,)] = campus.rows("select search_query(%s)::text", q)
    assert isinstance(query, str)
    assert campus.rows("select folded_words('', %s) @@ %s::tsquery", q, query)


@pytest.mark.parametrize("asked", [{}, {"q": ""}, {"q": "x" * 201}, {"q": "x", "sort": "title"}])
def test_what_is_no_search_is_refused(campus: Campus, reader: User, asked: dict[str, Any]):
    answer = campus.call("GET", f"{PATH}?{urlencode(asked)}", reader)
    assert (answer.status, answer.error) == (422, "VALIDATION_ERROR")


def test_lists_find_words_the_same_way(campus: Campus, reader: User):
    path = "/v2/tasks/assignments?"
    for q in ("cafe", "SOCIE", "éléganc"):
        found = campus.call("GET", path + urlencode({"q": q}), reader).data
        assert [item["title"] for item in found] == ["Café société"]
    owner = campus.user()
    campus.call("POST", "/v2/courses", owner, {"title": "Théorie des jeux", "code": "M 1"})
    for q in ("theorie", "jeu", "M 1"):
        found = campus.call("GET", "/v2/courses?" + urlencode({"q": q}), owner).data
        assert [item["title"] for item in found] == ["Théorie des jeux"]


def test_the_catalogue_is_searched_by_its_index(campus: Campus):
    owner, reader = campus.user(), campus.user()
    body = {"title": "Algèbre linéaire", "visibility": "public"}
    made = campus.call("POST", "/v2/courses", owner, body)
    assert campus.deliver() == []
    found = campus.call("GET", "/v2/courses/catalogue?q=algebre+lin", reader).data
    assert made.data["id"] in [item["id"] for item in found]
    with campus.admin.transaction():
        campus.admin.execute("set local enable_seqscan = off")
        lines = campus.rows(
            "explain select id from public_course where to_tsvector('simple', "
            "folded(title || ' ' || code || ' ' || description)) @@ (select search_query('alg'))"
        )
    assert "public_course_words" in str(lines)
