"""SQL text cut into statements, enough to recognise them; PostgreSQL does the real parsing."""

import re

TOKEN = re.compile(
    r"""
      (?P<comment> --[^\n]* | /\*.*?\*/ )
    | (?P<string>  [eE]'(?:\\.|''|[^'\\])*' | '(?:''|[^'])*' )
    | (?P<body>    \$(?P<tag>\w*)\$.*?\$(?P=tag)\$ )
    | (?P<quoted>  "(?:""|[^"])*" )
    | (?P<end>     ; )
    | (?P<other>   [^-/'"$;eE]+ | . )
    """,
    re.VERBOSE | re.DOTALL,
)
SQL_BODY = re.compile(r"\bbegin\s+atomic\b(?!.*\bend\s*\Z)", re.DOTALL)


def skeletons(text: str) -> list[str]:
    """Each statement in lower case on one line, without comments and the content of strings.

    The body of DO stays, since it runs at once, and so do the arguments of CALL; other bodies
    become ''.
    """
    found: list[str] = []
    current = ""
    for token in TOKEN.finditer(text):
        kind = token.lastgroup if token.lastgroup != "tag" else "body"
        if kind == "end" and not SQL_BODY.search(current):
            found.append(current)
            current = ""
        elif kind == "comment":
            current += " "
        elif kind == "string":
            current += token[0] if re.match(r"\s*call\b", current) else "''"
        elif kind == "body":
            runs_now = re.match(r"\s*do\b", current)
            current += " " + token[0].lower() if runs_now else "''"
        elif kind == "quoted":
            current += token[0].strip('"') if re.fullmatch(r'"[a-z_]\w*"', token[0]) else token[0]
        else:
            current += token[0].lower()
    found.append(current)
    return [plain for statement in found if (plain := " ".join(statement.split()))]


def top_level_parts(text: str) -> list[str]:
    """`text` split at the commas that stand outside parentheses."""
    parts = [""]
    depth = 0
    for character in text:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]
