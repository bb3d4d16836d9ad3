"""Modules joined into one file; that the result runs is shown by the browser tests."""

from graphlib import CycleError

import pytest

from infra.docs_page.modules import join


def test_modules_come_after_those_they_import() -> None:
    text = join(
        {
            "app": 'import { b as c } from "./middle.js";\nc();',
            "middle": 'import * as low from "./low.js";\nexport function b() { low.a(); }',
            "low": "const own = 1;\nexport const a = () => own;",
        },
        "app",
    )
    assert text.index("const $low") < text.index("const $middle") < text.index("const $app")
    assert "const low = $low;" in text
    assert "const { b: c } = $middle;" in text
    assert "return { b };" in text
    assert "return { a };" in text


def test_the_entry_comes_last_even_if_it_imports_nothing() -> None:
    text = join({"app": "go();", "alone": "wait();"}, "app")
    assert text.index("wait();") < text.index("go();")


def test_a_cycle_is_refused() -> None:
    modules = {
        "app": 'import { a } from "./other.js";\nexport const b = 1;',
        "other": 'import { b } from "./app.js";\nexport const a = 1;',
    }
    with pytest.raises(CycleError):
        join(modules, "app")


@pytest.mark.parametrize(
    "line",
    [
        "export default 1;",
        "export { a };",
        'import "./effects.js";',
        'import a from "./other.js";',
        'import { a } from "https://cdn.example/other.js";',
    ],
)
def test_a_form_that_cannot_be_joined_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"app\.js"):
        join({"app": line}, "app")
