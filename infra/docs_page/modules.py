"""Join the page's JavaScript modules into one file.

One file and not seventeen: on Lambda every parallel request for an asset may start an
environment of its own. Only the forms of import and export that the page uses are known; a test
runs the result in a browser.
"""

import re
from collections.abc import Mapping
from graphlib import TopologicalSorter

IMPORT = re.compile(r'^import (?:\* as (\w+)|\{([^}]*)\}) from "\./(\w+)\.js";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
LEFT_OVER = re.compile(r"^\s*(?:import|export)\b(?!\.meta)", re.MULTILINE)


def join(sources: Mapping[str, str], entry: str) -> str:
    """One module from modules by name, each in a scope of its own, after those it imports.

    A cycle raises graphlib.CycleError, an unknown form of import or export ValueError.
    """
    graph = {name: {found[3] for found in IMPORT.finditer(text)} for name, text in sources.items()}
    order = [name for name in TopologicalSorter(graph).static_order() if name != entry]
    return "\n".join(_scoped(name, sources[name]) for name in [*order, entry])


def _scoped(name: str, text: str) -> str:
    exports = ", ".join(found[1] for found in EXPORT.finditer(text))
    body = EXPORT.sub("", IMPORT.sub(_binding, text))
    if LEFT_OVER.search(body):
        raise ValueError(f"{name}.js has an import or export that cannot be joined")
    return f"const ${name} = (() => {{\n{body}\nreturn {{ {exports} }};\n}})();\n"


def _binding(found: re.Match[str]) -> str:
    """The statement that takes an import's place: `{ a as b }` becomes `{ a: b }`."""
    whole, names, module = found.groups()
    return f"const {whole or '{' + names.replace(' as ', ': ') + '}'} = ${module};"
