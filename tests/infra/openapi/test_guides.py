"""Migration guides: every change, with an example that is true."""

from functools import cache
from html.parser import HTMLParser

from infra.openapi.changelog import entries, ways_on
from infra.openapi.guides import changelog, guide_files
from shared.versions import changes, versions

V1 = versions()["v1"]
V2 = versions()["v2"]


@cache
def files() -> dict[str, str]:
    return guide_files(V1)


def test_every_step_is_an_entry_with_its_text():
    texts = changelog(V1)
    for change in changes():
        assert " ".join((change.__doc__ or "").split()) in texts
    assert ways_on(V1)[0] == (V1, V2)


def test_an_entry_shows_the_fields_in_both_shapes():
    entry = next(found for found in entries(V1, V2) if found.title == "Assignment status")
    assert '"completed": ' in entry.before
    assert '"due_date": ' in entry.before
    assert '"status": ' in entry.after
    assert '"dueAt": ' in entry.after
    assert "GET /v1/tasks/assignments/{assignment_id}" in entry.operations


def test_filters_are_shown_as_query_strings():
    entry = next(found for found in entries(V1, V2) if found.title == "Assignment filters")
    assert entry.before == "?completed=true"
    assert entry.after == "?status=submitted,graded"


def test_the_guide_says_what_changed_everywhere_and_until_when():
    text = files()["v1.md"]
    for words in ("camelCase", "pageInfo.endCursor", "2027-06-30", "VERSION_SUNSET", "/v2/..."):
        assert words in text


def test_both_forms_tell_the_same():
    for entry in entries(V1, V2):
        assert f"\n## {entry.title}\n" in files()["v1.md"]
        assert f"<h2>{entry.title}</h2>" in files()["v1.html"]


def test_the_page_is_well_formed_and_runs_nothing():
    class Tags(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.open: list[str] = []
            self.seen: set[str] = set()

        def handle_starttag(self, tag: str, attrs: object) -> None:
            self.seen.add(tag)
            if tag != "meta":
                self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.open.pop() == tag

    page = Tags()
    page.feed(files()["v1.html"])
    assert page.open == []
    assert "script" not in page.seen
