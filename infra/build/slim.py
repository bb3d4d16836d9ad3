"""Source without what only its readers need: comments and docstrings.

They are a quarter of an artifact. Every statement keeps its line, so that a traceback
from Lambda points into the repository. Routes and version steps insist on a docstring, for the
documents made from it elsewhere: classes and decorated functions keep one that says nothing.
"""

import ast
import io
import tokenize


def slim(source: str) -> str:
    """The same Python program in fewer bytes, line for line."""
    return _without_comments(_without_docstrings(source))


def _without_docstrings(source: str) -> str:
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module):
            _replace(lines, node, "")  # nothing at all may stand before `from __future__`
        elif isinstance(node, ast.ClassDef):
            _replace(lines, node, '"."')
        elif isinstance(node, ast.FunctionDef):
            _replace(lines, node, '"."' if node.decorator_list else "...")
    return "".join(lines)


def _replace(
    lines: list[str], node: ast.Module | ast.ClassDef | ast.FunctionDef, instead: str
) -> None:
    first = node.body[0] if node.body else None
    if first is None or ast.get_docstring(node, clean=False) is None:
        return
    assert first.end_lineno
    lines[first.lineno - 1] = " " * first.col_offset * bool(instead) + instead + "\n"
    for number in range(first.lineno, first.end_lineno):
        lines[number] = "\n"


def _without_comments(source: str) -> str:
    lines = source.splitlines(keepends=True)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip() + "\n"
    return "".join(lines)
