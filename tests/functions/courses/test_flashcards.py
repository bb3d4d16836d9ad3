"""Decks and cards: what a client sees."""

import pytest

from tests.campus import Campus, User, pages
from tests.functions.courses.cards import answer, card, deck

KEY = {"Idempotency-Key": "once"}


def test_a_new_card_is_due_at_once(campus: Campus, user: User):
    made = campus.call("GET", f"/v2/flashcards/{card(campus, user, tags=['noun'])}", user).data
    assert (made["front"], made["back"], made["tags"]) == ("el perro", "the dog", ["noun"])
    assert (made["state"], made["stability"], made["reviews"]) == ("new", None, 0)
    assert made["dueAt"] == made["createdAt"]
    assert campus.types(user) == ["flashcard_deck.created", "flashcard.created"]


def test_a_deck_counts_its_cards(campus: Campus, user: User):
    first, second = deck(campus, user, title="Animals"), deck(campus, user, title="Birds")
    known = [card(campus, user, first) for _ in range(3)]
    answer(campus, user, known[0], "easy")
    campus.call("PATCH", f"/v2/flashcards/{known[1]}", user, {"suspended": True})
    listed = campus.call("GET", "/v2/flashcard-decks?sort=title", user).data
    assert campus.lines[-1]["db_round_trips"] <= 2
    assert [(found["id"], found["counts"]) for found in listed] == [
        (first, {"cards": 3, "new": 2, "due": 1}),
        (second, {"cards": 0, "new": 0, "due": 0}),
    ]
    one = campus.call("GET", f"/v2/flashcard-decks/{first}", user).data
    assert one == listed[0]


def test_cards_are_listed_filtered_searched_and_paged(campus: Campus, user: User):
    first, second = deck(campus, user), deck(campus, user)
    for number in range(5):
        card(campus, user, first if number % 2 else second, front=f"word{number}")

    def fronts(query: str) -> list[str]:
        found = campus.call("GET", f"/v2/flashcards?{query}", user)
        assert found.status == 200, found.text
        return [one["front"] for one in found.data]

    assert fronts("sort=createdAt") == [f"word{n}" for n in range(5)]
    assert fronts(f"deckId={first}") == ["word3", "word1"]
    assert fronts("state=review") == []
    assert fronts("suspended=false&q=word2") == ["word2"]
    paged = [
        one["front"] for page in pages(campus, "/v2/flashcards?sort=dueAt", user, 2) for one in page
    ]
    assert paged == [f"word{n}" for n in range(5)]


def test_a_patch_changes_what_it_names(campus: Campus, user: User):
    made, other = card(campus, user), deck(campus, user)
    path = f"/v2/flashcards/{made}"
    changed = campus.call(
        "PATCH", path, user, {"back": "a dog", "deckId": other}, {"If-Match": '"v2-1"'}
    )
    assert changed.status == 200, changed.text
    assert (changed.data["back"], changed.data["deckId"]) == ("a dog", other)
    assert (changed.data["front"], changed.data["version"]) == ("el perro", 2)
    stale = campus.call("PATCH", path, user, {"back": "x"}, {"If-Match": '"v2-1"'})
    assert (stale.status, stale.error) == (412, "PRECONDITION_FAILED")
    assert campus.types(user)[-1] == "flashcard.updated"
    nothing = campus.call("PATCH", path, user, {})
    assert (nothing.status, nothing.data["version"]) == (200, 2)
    deck_path = f"/v2/flashcard-decks/{other}"
    renamed = campus.call("PATCH", deck_path, user, {"title": "Nouns"})
    assert (renamed.data["title"], renamed.data["counts"]["cards"]) == ("Nouns", 1)


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"front": ""}, "/front"),
        ({"back": "x" * 5001}, "/back"),
        ({"tags": ["x"] * 21}, "/tags"),
        ({"deckId": "none"}, "/deckId"),
        ({"state": "review"}, "/state"),
    ],
)
def test_bad_fields_are_named_and_change_nothing(
    campus: Campus, user: User, fields: dict, pointer: str
):
    body = {"deckId": deck(campus, user), "front": "a", "back": "b", **fields}
    refused = campus.call("POST", "/v2/flashcards", user, body)
    assert (refused.status, refused.error) == (422, "VALIDATION_ERROR")
    assert [e["pointer"] for e in refused.json["error"]["details"]["errors"]] == [pointer]
    assert campus.call("GET", "/v2/flashcards", user).data == []


def test_nobody_sees_or_changes_the_cards_of_others(campus: Campus, user: User):
    stranger, of = campus.user(), deck(campus, user)
    made = card(campus, user, of)
    review = answer(campus, user, made, "good").data["id"]
    before = campus.call("GET", f"/v2/flashcards/{made}", user).data
    for method, path, body in (
        ("GET", f"/v2/flashcards/{made}", None),
        ("PATCH", f"/v2/flashcards/{made}", {"front": "mine"}),
        ("DELETE", f"/v2/flashcards/{made}", None),
        ("POST", f"/v2/flashcards/{made}/reviews", {"rating": "good"}),
        ("DELETE", f"/v2/flashcards/{made}/reviews/{review}", None),
        ("POST", "/v2/flashcards", {"deckId": of, "front": "a", "back": "b"}),
        ("GET", f"/v2/flashcard-decks/{of}", None),
        ("PATCH", f"/v2/flashcard-decks/{of}", {"title": "mine"}),
        ("DELETE", f"/v2/flashcard-decks/{of}", None),
        ("DELETE", f"/v2/flashcard-decks/{of}/permanent", None),
        ("POST", f"/v2/flashcard-decks/{of}/restore", None),
    ):
        assert campus.call(method, path, stranger, body, KEY).status == 404, path
    assert campus.call("GET", f"/v2/flashcards/{made}/reviews", stranger).status == 404
    for path in ("flashcards", "flashcards/due", "flashcard-decks"):
        assert campus.call("GET", f"/v2/{path}", stranger).data == []
    theirs = card(campus, stranger)
    moved = campus.call("PATCH", f"/v2/flashcards/{theirs}", stranger, {"deckId": of})
    assert moved.status == 404
    course = campus.call("POST", "/v2/courses", user, {"title": "Logic"}).data["id"]
    foreign = {"title": "Foreign", "courseId": course}
    assert campus.call("POST", "/v2/flashcard-decks", stranger, foreign).status == 404
    assert campus.call("GET", f"/v2/flashcards/{made}", user).data == before


def test_a_deck_comes_back_with_exactly_what_went_with_it(campus: Campus, user: User):
    of = deck(campus, user)
    gone, kept = card(campus, user, of), card(campus, user, of)
    answer(campus, user, kept, "good")
    before = campus.call("GET", f"/v2/flashcards/{kept}", user).data
    assert campus.call("DELETE", f"/v2/flashcards/{gone}", user).status == 204
    assert campus.call("DELETE", f"/v2/flashcard-decks/{of}", user).status == 204
    assert campus.call("GET", "/v2/flashcards/due", user).data == []
    assert campus.call("GET", f"/v2/flashcards/{kept}", user).status == 404
    refused = campus.call("POST", f"/v2/flashcards/{gone}/restore", user, headers=KEY)
    assert (refused.status, refused.error) == (409, "CONFLICT")
    back = campus.call("POST", f"/v2/flashcard-decks/{of}/restore", user, headers=KEY)
    assert (back.status, back.data["counts"]["cards"]) == (200, 1)
    after = campus.call("GET", f"/v2/flashcards/{kept}", user).data
    moving = ("version", "updatedAt")
    assert {k: v for k, v in after.items() if k not in moving} == {
        k: v for k, v in before.items() if k not in moving
    }
    assert campus.call("GET", f"/v2/flashcards/{gone}", user).status == 404
    again = campus.call(
        "POST", f"/v2/flashcards/{gone}/restore", user, headers={"Idempotency-Key": "2"}
    )
    assert again.status == 200, again.text
    assert campus.types(user)[-4:] == [
        "flashcard.deleted",
        "flashcard_deck.deleted",
        "flashcard_deck.restored",
        "flashcard.restored",
    ]


def test_the_trash_tells_what_went_together(campus: Campus, user: User):
    of = deck(campus, user, title="Gone")
    made, alone = card(campus, user, of), card(campus, user)
    assert campus.call("DELETE", f"/v2/flashcards/{alone}", user).status == 204
    assert campus.call("DELETE", f"/v2/flashcard-decks/{of}", user).status == 204
    [gone] = campus.call("GET", "/v2/flashcard-decks/trash", user).data
    assert (gone["id"], gone["title"]) == (of, "Gone")
    assert gone["purgeAt"] > gone["deletedAt"]
    cards = campus.call("GET", "/v2/flashcards/trash", user).data
    assert [one["id"] for one in cards] == [made, alone]
    assert cards[0]["deletionId"] == gone["deletionId"] != cards[1]["deletionId"]
    for path in ("flashcards", "flashcard-decks"):
        assert campus.call("GET", f"/v2/{path}/trash", campus.user()).data == []


def test_only_what_is_in_the_trash_goes_for_good(campus: Campus, user: User):
    of = deck(campus, user)
    made = card(campus, user, of)
    answer(campus, user, made, "good")
    path = f"/v2/flashcard-decks/{of}"
    live = campus.call("DELETE", f"{path}/permanent", user, headers=KEY)
    assert (live.status, live.error) == (409, "CONFLICT")
    assert campus.call("DELETE", path, user).status == 204
    again = {"Idempotency-Key": "again"}
    assert campus.call("DELETE", f"{path}/permanent", user, headers=again).status == 204
    for table in ("flashcard_deck", "flashcard", "flashcard_review"):
        assert campus.rows(f"select 1 from {table} where user_id = %s", user.id) == []
    assert campus.types(user)[-1] == "flashcard_deck.purged"
