"""What people read: mails and the page of the unsubscribe link, from the templates beside."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template
from typing import Protocol
from uuid import UUID

from functions.notifications import links
from functions.notifications.mail import Mail

CATEGORY_NAMES = {
    "reminder": "reminders",
    "digest": "summaries of your day",
    "course": "news about your courses",
    "booking": "news about your bookings",
    "billing": "news about your plan and payments",
    "security": "news about your account",
    "marketing": "offers and product news",
}


class Letter(Protocol):
    """What a mail is made of."""

    user_id: UUID
    category: str
    title: str
    body: str
    email: str
    first_name: str


def compose(letter: Letter) -> Mail:
    """The mail, in HTML with inline styles and in text."""
    values = {
        "title": letter.title,
        "greeting": f"Hello {letter.first_name}," if letter.first_name else "Hello,",
        "category": CATEGORY_NAMES[letter.category],
        "unsubscribe_url": links.unsubscribe_url(letter.user_id, letter.category),
    }
    paragraphs = "".join(
        f'<p style="margin:0 0 16px">{escape(text)}</p>' for text in letter.body.split("\n\n")
    )
    escaped = {name: escape(value) for name, value in values.items()}
    return Mail(
        to=letter.email,
        subject=" ".join(letter.title.split()),
        html=_template("mail.html").substitute(escaped, body=paragraphs),
        text=_template("mail.txt").substitute(values, body=letter.body),
        unsubscribe_url=values["unsubscribe_url"],
    )


def question_page(category: str) -> str:
    """The page behind the link: it asks, and changes nothing."""
    return _page(
        f"No more mails with {CATEGORY_NAMES[category]}?",
        "You can change your mind in the notification settings at any time.",
        '<form method="post"><button>Unsubscribe</button></form>',
    )


def farewell_page(category: str) -> str:
    """The page after unsubscribing."""
    return _page(
        "You are unsubscribed",
        f"Campus will not mail you {CATEGORY_NAMES[category]} any more.",
        "",
    )


def _page(title: str, text: str, form: str) -> str:
    escaped = {"title": escape(title), "text": escape(text)}
    return _template("unsubscribe.html").substitute(
        escaped, style=_source("unsubscribe.css"), form=form
    )


@cache
def page_policy() -> str:
    """The pages' Content-Security-Policy: this one style sheet, a form to ourselves, no more."""
    digest = b64encode(sha256(_source("unsubscribe.css").encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


@cache
def _template(name: str) -> Template:
    return Template(_source(name))


def _source(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")
