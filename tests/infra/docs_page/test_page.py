"""The page in a real browser, against a stub of the API."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.infra.docs_page.sample_document import COURSE_ID, document
from tests.infra.docs_page.stub_site import COURSE, EMAIL, PASSWORD, TOKEN, StubSite
from tests.infra.docs_page.webdriver import Browser, Driver

pytestmark = pytest.mark.browser
SCREENSHOTS = Path(__file__).parents[3] / "build" / "screenshots"


def sign_in(browser: Browser, password: str = PASSWORD) -> None:
    browser.click("#who")
    browser.type("dialog [name=email]", EMAIL)
    browser.type("dialog [name=password]", password)
    browser.click("dialog button.main", "Sign in")


def go(browser: Browser, site: StubSite, operation: str, title: str) -> None:
    browser.open(f"{site.address}#/v2/{operation}")
    browser.find("h1", title)


def send(browser: Browser) -> str:
    """The answer's status line."""
    browser.script("document.querySelector('.answer')?.remove()")
    browser.click(".trial button.main", "Send")
    browser.find(".answer")
    return browser.text(".answer .status")


def screenshot(browser: Browser, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    browser.screenshot(SCREENSHOTS / f"docs-{name}.png")


def titles(version: str) -> set[str]:
    items = document(version)["paths"].values()
    return {
        operation["summary"]
        for item in items
        for operation in item.values()
        if isinstance(operation, dict)
    }


def test_the_overview_lists_every_call_of_the_chosen_version(
    site: StubSite, browser: Browser
) -> None:
    browser.open(site.address)
    browser.find("h1", "Campus")
    assert set(browser.texts(".calls a")) == titles("v2")
    assert browser.texts(".prose td") == ["free", "100", "premium", "1,000"]
    screenshot(browser, "overview")
    browser.click(".versions a", "v1")
    browser.find(".notice", "v1 is deprecated and ends on 2027-06-30")
    assert set(browser.texts(".calls a")) == titles("v1")


def test_a_call_is_made_with_the_signed_in_account(site: StubSite, browser: Browser) -> None:
    go(browser, site, "createCourse", "Create a course")
    assert send(browser) == "401 Unauthorized"
    browser.find(".answer .notice", "not signed in")
    sign_in(browser, "wrong-password")
    browser.find("dialog .notice", "Email or password is wrong")
    browser.type("dialog [name=password]", PASSWORD)
    browser.click("dialog button.main", "Sign in")
    browser.find("#who", EMAIL)
    assert send(browser) == "201 Created"
    method, path, headers, body = site.calls[-1]
    assert (method, path) == ("POST", "/v2/courses")
    assert headers["authorization"] == f"Bearer {TOKEN}"
    assert headers["content-type"] == "application/json"
    assert json.loads(body) == {"title": "Linear algebra", "code": "MA-101"}
    screenshot(browser, "call")


def test_an_answer_is_shown_exactly_and_never_as_markup(site: StubSite, browser: Browser) -> None:
    sign_in_at_start(browser, site)
    go(browser, site, "createCourse", "Create a course")
    send(browser)
    shown = browser.text(".answer pre")
    assert json.loads(shown) == {"data": COURSE}
    assert str(2**63) in shown  # a number that a JavaScript number cannot hold
    assert not browser.texts(".answer img")
    headers = dict(zip(browser.texts(".answer th"), browser.texts(".answer td"), strict=True))
    assert headers["location"] == f"/v2/courses/{COURSE_ID}"


def sign_in_at_start(browser: Browser, site: StubSite) -> None:
    browser.open(site.address)
    sign_in(browser)
    browser.find("#who", EMAIL)


def test_a_created_things_id_fills_the_next_calls_path(site: StubSite, browser: Browser) -> None:
    sign_in_at_start(browser, site)
    go(browser, site, "createCourse", "Create a course")
    send(browser)
    go(browser, site, "getCourse", "Get a course")
    assert send(browser) == "200 OK"
    assert site.calls[-1][1] == f"/v2/courses/{COURSE_ID}"


def test_a_reload_keeps_the_sign_in_and_signing_out_ends_it(
    site: StubSite, browser: Browser
) -> None:
    sign_in_at_start(browser, site)
    browser.script("location.reload()")
    browser.click("#who", EMAIL)
    browser.click("dialog .leave")
    browser.find("#who", "Sign in")
    assert browser.script("return sessionStorage.length") == 0


def test_a_public_call_carries_no_credential(site: StubSite, browser: Browser) -> None:
    sign_in_at_start(browser, site)
    go(browser, site, "signIn", "Sign in")
    send(browser)
    assert "authorization" not in site.calls[-1][2]


def test_an_api_key_is_sent_in_its_own_header(site: StubSite, browser: Browser) -> None:
    go(browser, site, "listCourses", "List courses")
    browser.click("#who")
    browser.type("dialog [name=key]", "campus_ab_secret_crc")
    browser.click("dialog button", "Use key")
    send(browser)
    assert site.calls[-1][2]["x-api-key"] == "campus_ab_secret_crc"
    assert "authorization" not in site.calls[-1][2]


def test_query_parameters_are_sent_as_the_document_says(site: StubSite, browser: Browser) -> None:
    go(browser, site, "listAssignments", "List assignments")
    browser.type("[name='query limit']", "5")
    browser.type("[name='query status']", "pending, completed")
    browser.type("[name='query q']", "a&b=c")
    send(browser)
    assert site.calls[-1][1] == (
        "/v2/tasks/assignments?limit=5&status=pending%2Ccompleted&q=a%26b%3Dc"
    )


def test_a_needed_idempotency_key_is_made_and_renewed_after_success(
    site: StubSite, browser: Browser
) -> None:
    sign_in_at_start(browser, site)
    go(browser, site, "deleteCourse", "Delete a course")
    browser.type("[name='path courseId']", "a/b")
    assert send(browser) == "204 No Content"
    send(browser)
    first, second = site.calls[-2:]
    assert first[1] == "/v2/courses/a%2Fb"
    assert first[2]["idempotency-key"] != second[2]["idempotency-key"]


def test_the_shown_command_hides_the_credential(site: StubSite, browser: Browser) -> None:
    sign_in_at_start(browser, site)
    go(browser, site, "listCourses", "List courses")
    browser.click(".trial summary", "curl")
    command = browser.text(".trial details pre")
    assert command.startswith(f"curl -i -X GET '{site.address.removesuffix('/docs')}/v2/courses'")
    assert "Bearer $TOKEN" in command
    assert TOKEN not in command


def test_search_keeps_calls_that_hold_every_word(site: StubSite, browser: Browser) -> None:
    browser.open(site.address)
    browser.type("#search", "POST assign trash")
    assert browser.texts("#sidebar a[data-words]") == ["POSTRestore an assignment from the trash"]
    assert browser.texts("#sidebar h2") == ["tasks"]
    browser.find("#sidebar p", "1 found")


def test_a_schema_inside_itself_unfolds_step_by_step(site: StubSite, browser: Browser) -> None:
    go(browser, site, "getAssignment", "Get an assignment")
    for depth in (1, 2, 3):
        browser.script(
            "[...document.querySelectorAll('.response .fields summary')]"
            ".filter((e) => e.textContent === 'Fields of Assignment').at(-1).click()"
        )
        browser.find(".fields " * (depth + 1) + ".name", "subtasks")


def test_wrong_addresses_are_told(site: StubSite, browser: Browser) -> None:
    browser.open(f"{site.address}#/v1/createAssignment")
    browser.find(".notice", "v1 has no call named createAssignment")
    browser.open(f"{site.address}#/v9")
    browser.find(".notice", "There is no version v9")
    browser.open(f"{site.address}#/v2/%E0")
    browser.find(".notice", "cannot be shown: URI malformed")


def test_the_error_codes_have_a_page(site: StubSite, browser: Browser) -> None:
    browser.open(f"{site.address}#/v2/-/errors")
    browser.find("h1", "Error codes")
    assert browser.texts("main tbody td")[:2] == ["404", "NOT_FOUND"]


def test_a_link_in_a_description_runs_no_script(site: StubSite, browser: Browser) -> None:
    browser.open(site.address)
    browser.find(".prose a", "versions")
    assert "[this](javascript:alert(1))" in browser.text(".prose")


def test_the_browser_refuses_nothing_and_asks_nobody_else(site: StubSite, browser: Browser) -> None:
    sign_in_at_start(browser, site)
    for operation, title in (("createCourse", "Create a course"), ("getCourse", "Get a course")):
        go(browser, site, operation, title)
        send(browser)
    names = browser.script("return performance.getEntriesByType('resource').map((e) => e.name)")
    assert {urlsplit(name).netloc for name in names} == {urlsplit(site.address).netloc}
    assert browser.console() == []


@pytest.mark.parametrize(
    ("attack", "refusal"),
    [
        ("eval('1')", "EvalError"),
        ("new Function('1')", "EvalError"),
        ("document.body.innerHTML = '<p>'", "TypeError"),
        ("document.body.setAttribute('onclick', '1')", "TypeError"),
        ("document.createElement('script').src = '/other.js'", "TypeError"),
    ],
)
def test_the_policy_stops_injected_code(
    site: StubSite, browser: Browser, attack: str, refusal: str
) -> None:
    browser.open(site.address)
    browser.find("h1")
    browser.script(  # in a task of its own, since what a driver runs itself may evaluate
        f"setTimeout(() => {{ try {{ {attack} }} catch (e) {{ document.body.id = e.name }} }})"
    )
    browser.find(f"body#{refusal}")


def test_the_policy_stops_inline_styles(site: StubSite, browser: Browser) -> None:
    browser.open(site.address)
    browser.find("h1")
    browser.script(
        "const style = document.createElement('style'); style.textContent = 'h1 { color: red }';"
        "document.head.append(style); document.body.setAttribute('style', 'color: red')"
    )
    colours = browser.script(
        "return ['h1', 'body'].map((n) => getComputedStyle(document.querySelector(n)).color)"
    )
    assert "rgb(255, 0, 0)" not in colours
    assert sum("Content Security Policy" in line for line in browser.console()) == 2


def test_it_works_below_a_folder(built: Path, browser: Browser) -> None:
    with StubSite(built, folder="/prod") as site:
        browser.open(f"{site.address}#/v2/signIn")
        browser.find("h1", "Sign in")
        sign_in(browser)
        browser.find("#who", EMAIL)
        assert site.calls[-1][1] == "/prod/v2/auth/sign-in"


def test_it_follows_the_systems_colours_until_told_otherwise(
    site: StubSite, browser: Browser
) -> None:
    background = "return getComputedStyle(document.body).backgroundColor"
    go(browser, site, "createAssignment", "Create an assignment")
    light = browser.script(background)
    features = [{"name": "prefers-color-scheme", "value": "dark"}]
    browser.command("Emulation.setEmulatedMedia", features=features)
    dark = browser.script(background)
    assert (light, dark) == ("rgb(255, 255, 255)", "rgb(15, 17, 23)")
    screenshot(browser, "dark")
    browser.click("button", "Auto")
    browser.click("button", "Dark")
    assert browser.script(background) == light


def test_on_a_narrow_screen_nothing_overflows_and_the_menu_opens(
    site: StubSite, driver: Driver
) -> None:
    with driver.browser(width=500, height=900) as browser:
        go(browser, site, "createAssignment", "Create an assignment")
        wide = "return document.documentElement.scrollWidth - innerWidth"
        assert browser.script(wide) <= 0
        browser.click(".menu-button")
        screenshot(browser, "narrow-menu")
        browser.click("#sidebar a", "List courses")
        browser.find("h1", "List courses")
        assert browser.texts("#sidebar a") == []
        screenshot(browser, "narrow")
