"""The conditions of a SQL statement, and the statement without one of them."""

import re
from collections.abc import Iterator

BEGINNINGS = ("select ", "insert ", "update ", "delete ", "with ")
_WORD = re.compile(r"[a-z_]+|[()]|'[^']*'", re.IGNORECASE)
_ENDS = {"and", "order", "group", "limit", "returning", "for", "union", "on", "where"}


def conditions(text: str) -> Iterator[tuple[str, str]]:
    """Each condition with the statement without it: parts of `where` (which hold always), `on
    conflict` (a conflict is an error) and `for update` (nothing is locked)."""
    for start, end, instead in [*_wheres(text), *_clauses(text)]:
        words = " ".join(text[start:end].split())
        yield words, text[:start] + instead + text[end:]


def _wheres(text: str) -> Iterator[tuple[int, int, str]]:
    """The parts of each `where`, at any depth of parentheses."""
    words = list(_WORD.finditer(text))
    for number, word in enumerate(words):
        if word[0].lower() == "where":
            begin = word.end()
            while True:
                stop, following = _part_end(text, words, number)
                yield begin, stop, " true"
                if following is None or words[following][0].lower() != "and":
                    break
                number, begin = following, words[following].end()


def _part_end(text: str, words: list[re.Match[str]], number: int) -> tuple[int, int | None]:
    """Where the part ends that begins after a word, and the number of the word that ends it."""
    depth = 0
    for place in range(number + 1, len(words)):
        word = words[place][0].lower()
        if depth == 0 and (word in _ENDS or word == ")"):
            return len(text[: words[place].start()].rstrip()), place
        depth += (word == "(") - (word == ")")
    return len(text), None


def _clauses(text: str) -> Iterator[tuple[int, int, str]]:
    for found in re.finditer(r"on conflict[^;]*?(?=\breturning\b|\Z)", text):
        yield found.start(), found.end(), ""
    for found in re.finditer(r"for update(?: skip locked)?", text):
        yield found.start(), found.end(), ""
