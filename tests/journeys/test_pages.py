"""The docs page and the console of a running stack in a real browser, with pictures of both."""

from pathlib import Path
from urllib.parse import quote

import pytest

from tests.infra.docs_page.webdriver import Browser
from tests.journeys.deployment import wait_for
from tests.journeys.people import PASSWORD, Person
from tests.journeys.stack import Stack

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"


def screenshot(browser: Browser, name: str, of: str = "body") -> None:
    """A picture of the window with an element at its top."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    browser.script("document.querySelector(arguments[0]).scrollIntoView()", of)
    browser.screenshot(SCREENSHOTS / f"{name}.png")


@pytest.fixture
def ada(stack: Stack) -> Person:
    person = Person(stack, "ada")
    person.join()
    return person


def test_the_docs_page_makes_a_call(stack: Stack, browser: Browser, ada: Person):
    browser.open(f"http://127.0.0.1:{stack.port}/docs")
    browser.find("h1", "Campus")
    screenshot(browser, "docs")
    browser.click("#who")
    browser.type("dialog [name=email]", ada.email)
    browser.type("dialog [name=password]", PASSWORD)
    browser.click("dialog button.main", "Sign in")
    browser.find("#who", ada.email)

    browser.open(f"http://127.0.0.1:{stack.port}/docs#/v2/create_course")
    browser.find("h1", "Create a course")
    browser.click(".trial button.main", "Send")
    browser.find(".answer")
    assert browser.text(".answer .status") == "201 Created"
    screenshot(browser, "docs-call", of=".trial .main")
    assert len(ada.get("/v2/courses").data) == 1
    assert browser.console() == []


def test_the_console_shows_a_request_and_its_trace(stack: Stack, browser: Browser, ada: Person):
    new = {"title": "Essay", "dueAt": "2030-01-10T10:00:00Z"}
    made = ada.send("POST", "/v2/tasks/assignments", 201, new)
    path = f"/v2/tasks/assignments/{made.data['id']}/complete"
    done = ada.send("POST", path, 200)
    wait_for(lambda: ada.get("/v2/tasks/stats/streak").data["currentDays"] == 1, 60)

    browser.open(f"http://127.0.0.1:{stack.port}/_local/")
    browser.find("#mails summary", ada.email)
    browser.find("#events td", "streak.updated")
    browser.click("#requests a, #requests button", done.headers["X-Correlation-Id"])
    browser.find("#trace-section", "tasks.count_completion")
    steps = browser.texts("#trace li")
    assert f"POST {path}" in steps[0], steps
    screenshot(browser, "console")
    assert browser.console() == []


def test_the_welcome_mail_is_read_in_the_console(stack: Stack, browser: Browser, ada: Person):
    wait_for(lambda: len(stack.mails_to(ada.email)) == 2, 60)
    browser.open(f"http://127.0.0.1:{stack.port}/_local/")
    browser.find("#mails summary", ada.email)
    browser.click("#mails summary", "Welcome to Campus")
    browser.find("#mails pre", "Hello Ada,")
    screenshot(browser, "console-mail", of="#mails details[open]")


def test_a_mail_looks_as_it_should(stack: Stack, browser: Browser, ada: Person):
    _, welcome = wait_for(lambda: (found := stack.mails_to(ada.email))[1:] and found, 60)
    browser.open(f"data:text/html;charset=utf-8,{quote(welcome['html'])}")
    browser.find("p", "Hello Ada,")
    browser.find("a", "Unsubscribe")
    screenshot(browser, "mail")
