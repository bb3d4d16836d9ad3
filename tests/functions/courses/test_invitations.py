"""Invitations: by mail, link and code; who may invite whom, who may accept, how often."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.campus import Answer, Campus, User
from tests.functions.courses.organizations import found, staffed


def invite(campus: Campus, user: User, organization: dict, **body: object) -> Answer:
    path = f"/v2/organizations/{organization['id']}/invitations"
    return campus.call("POST", path, user, body)


def accept(campus: Campus, user: User, token: str) -> Answer:
    return campus.call("POST", f"/v2/invitations/{token}/accept", user)


def test_a_link_makes_a_member_and_is_shown_once(campus: Campus, user: User):
    owner = campus.user()
    organization = found(campus, owner)
    made = invite(campus, owner, organization, role="instructor").data
    assert (made["uses"], made["maxUses"], made["mail"]) == (0, 1, "none")
    joined = accept(campus, user, made["token"])
    assert joined.status == 201, joined.text
    assert (joined.data["organizationId"], joined.data["role"]) == (
        organization["id"],
        "instructor",
    )
    mine = campus.call("GET", f"/v2/organizations/{organization['id']}", user).data
    assert (mine["role"], mine["counts"]["members"]) == ("instructor", 2)
    path = f"/v2/organizations/{organization['id']}/invitations"
    [listed] = campus.call("GET", path, owner).data
    assert (listed["uses"], "token" in listed) == (1, False)
    kept = campus.rows("select from invitation as i where i::text like %s", f"%{made['token']}%")
    assert kept == []
    assert campus.types(user) == ["member.added"]
    assert campus.types(owner)[-2:] == ["invitation.created", "invitation.accepted"]
    gone = accept(campus, campus.user(), made["token"])
    assert (gone.status, gone.error) == (410, "GONE")


def test_a_code_can_be_typed_as_people_do(campus: Campus, user: User):
    owner = campus.user()
    organization = found(campus, owner)
    code = invite(campus, owner, organization, kind="code").data["token"]
    assert len(code.replace("-", "")) == 26
    assert accept(campus, user, code.lower().replace("-", "")).status == 201


def test_an_invitation_by_mail_is_for_that_address(campus: Campus, user: User):
    owner = campus.user()
    organization = found(campus, owner)
    made = invite(campus, owner, organization, kind="email", email=user.email.upper()).data
    assert (made["token"], made["mail"], made["email"]) == (None, "waiting", user.email.upper())
    assert campus.deliver() == []
    [sent] = [m for m in campus.mails.sent if user.email.upper() in str(m["Destination"])]
    text = sent["Content"]["Simple"]["Body"]["Text"]["Data"]
    token = text.partition("/invitations/")[2].split()[0]
    assert campus.deliver() == []
    campus.run("notifications", "deliver_pending")
    assert len([m for m in campus.mails.sent if user.email.upper() in str(m["Destination"])]) == 1
    [[state, sealed]] = campus.rows(
        "select mail, sealed_token from invitation where id = %s", made["id"]
    )
    assert (state, sealed) == ("sent", None)
    assert accept(campus, campus.user(), token).status == 404
    assert accept(campus, user, token).status == 201


def test_who_may_invite_whom(campus: Campus):
    organization, people, _ = staffed(campus)
    for mine, role, status in (
        ("owner", "admin", 201),
        ("admin", "admin", 403),
        ("admin", "instructor", 201),
        ("instructor", "student", 403),
        ("student", "student", 403),
        ("stranger", "student", 404),
    ):
        answer = invite(campus, people[mine], organization, role=role)
        assert answer.status == status, (mine, role, answer.text)
        listed = campus.call(
            "GET", f"/v2/organizations/{organization['id']}/invitations", people[mine]
        )
        assert listed.status == (200 if mine in ("owner", "admin") else status), mine


@pytest.mark.parametrize(
    "body",
    [
        {"role": "owner"},
        {"kind": "email"},
        {"kind": "link", "email": "ada@example.com"},
        {"kind": "email", "email": "nobody"},
        {"kind": "email", "email": "ada@example.com", "maxUses": 2},
        {"expiresInDays": 0},
        {"maxUses": 10001},
    ],
)
def test_what_makes_no_sense_is_refused(campus: Campus, user: User, body: dict):
    organization = found(campus, user)
    assert invite(campus, user, organization, **body).status == 422
    assert campus.rows("select from invitation where user_id = %s", user.id) == []


def test_what_is_over_makes_nobody_a_member(campus: Campus, user: User):
    owner = campus.user()
    organization = found(campus, owner)
    path = f"/v2/organizations/{organization['id']}"
    revoked = invite(campus, owner, organization).data
    assert campus.call("DELETE", f"{path}/invitations/{revoked['id']}", owner).status == 204
    assert accept(campus, user, revoked["token"]).status == 410
    expired = invite(campus, owner, organization).data
    campus.admin.execute("update invitation set expires_at = now() where id = %s", (expired["id"],))
    assert accept(campus, user, expired["token"]).status == 410
    kept = invite(campus, owner, organization, maxUses=2).data
    campus.call("DELETE", path, owner)
    assert accept(campus, user, kept["token"]).status == 410
    campus.call("POST", f"{path}/restore", owner, None, {"Idempotency-Key": kept["id"]})
    assert accept(campus, user, kept["token"]).status == 201
    again = accept(campus, user, kept["token"])
    assert (again.status, again.error) == (409, "ALREADY_EXISTS")
    assert accept(campus, campus.user(), kept["token"]).status == 201
    assert accept(campus, user, "nothing").status == 404


def test_as_many_join_at_once_as_are_invited(campus: Campus):
    owner = campus.user()
    organization = found(campus, owner)
    token = invite(campus, owner, organization, maxUses=3).data["token"]
    people = [campus.user() for _ in range(6)]
    start = threading.Barrier(len(people))

    def join(person: User) -> int:
        start.wait()
        return accept(campus, person, token).status

    with ThreadPoolExecutor(len(people)) as pool:
        assert sorted(pool.map(join, people)) == [201] * 3 + [410] * 3
    [[members]] = campus.rows(
        "select count(*) from membership where organization_id = %s", organization["id"]
    )
    assert members == 4
