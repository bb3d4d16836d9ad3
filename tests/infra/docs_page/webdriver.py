"""The few W3C WebDriver commands that the browser tests need, over chromedriver's HTTP."""

import base64
import json
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Self
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

MISSING = (
    "The browser tests need Chromium and its driver:\n"
    "  Debian, Ubuntu: apt-get install -y chromium chromium-driver\n"
    "  macOS:          brew install --cask chromium chromedriver"
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
)
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the key that the standard gives elements
PATIENCE = 60.0
DIRECT = build_opener(ProxyHandler({}))  # a proxy of the environment cannot reach the driver


class Driver:
    """One chromedriver process; each browser it opens has a profile of its own."""

    def __enter__(self) -> Self:
        program = shutil.which("chromedriver")
        binary = next(filter(None, map(shutil.which, BROWSERS)), None)
        if not program or not binary:
            raise RuntimeError(MISSING)
        self.binary = binary
        self.process = subprocess.Popen(
            [program, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.address = f"http://127.0.0.1:{self._port()}"
        return self

    def _port(self) -> int:
        assert self.process.stdout
        for line in self.process.stdout:
            if found := re.search(r"started successfully on port (\d+)", line):
                return int(found[1])
        raise RuntimeError("chromedriver ended before it listened")

    def __exit__(self, *failure: object) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)

    def browser(self, width: int = 1360, height: int = 900) -> "Browser":
        return Browser(self, width, height)


class Browser:
    """One window; closed, with its profile, when the context ends."""

    def __init__(self, driver: Driver, width: int, height: int) -> None:
        self.driver = driver
        self.size = f"{width},{height}"

    def __enter__(self) -> Self:
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        options = {
            "binary": self.driver.binary,
            "args": [
                *FLAGS,
                f"--user-data-dir={self.profile.name}",
                f"--window-size={self.size}",
            ],
        }
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        body = {"capabilities": {"alwaysMatch": wanted}}
        answer = _call("POST", f"{self.driver.address}/session", body)
        self.session = f"{self.driver.address}/session/{answer['sessionId']}"
        return self

    def __exit__(self, *failure: object) -> None:
        _call("DELETE", self.session)
        self.profile.cleanup()

    def _post(self, command: str, **body: Any) -> Any:
        return _call("POST", f"{self.session}/{command}", body)

    def open(self, address: str) -> None:
        self._post("url", url=address)

    def script(self, text: str, *arguments: Any) -> Any:
        """The value of a script that says `return`."""
        return self._post("execute/sync", script=text, args=list(arguments))

    def command(self, name: str, **parameters: Any) -> Any:
        """A command of the DevTools protocol, such as a media feature's emulation."""
        return self._post("goog/cdp/execute", cmd=name, params=parameters)

    def find(self, selector: str, text: str = "") -> str:
        """The first visible element that matches and contains the text; waits for it."""
        script = (
            "return [...document.querySelectorAll(arguments[0])].find((e) => e.checkVisibility()"
            " && e.textContent.includes(arguments[1])) ?? null"
        )
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if found := self.script(script, selector, text):
                return found[ELEMENT]
            time.sleep(0.05)
        raise AssertionError(f"no visible {selector!r} with {text!r} in:\n{self.text('body')}")

    def click(self, selector: str, text: str = "") -> None:
        self._post(f"element/{self.find(selector, text)}/click")

    def type(self, selector: str, text: str) -> None:
        element = self.find(selector)
        self._post(f"element/{element}/clear")
        self._post(f"element/{element}/value", text=text)

    def text(self, selector: str) -> str:
        return self.script("return document.querySelector(arguments[0])?.innerText", selector)

    def texts(self, selector: str) -> list[str]:
        return self.script(
            "return [...document.querySelectorAll(arguments[0])]"
            ".filter((e) => e.checkVisibility()).map((e) => e.textContent)",
            selector,
        )

    def console(self) -> list[str]:
        """What the browser complained of since the last question, refused content included."""
        return [entry["message"] for entry in self._post("se/log", type="browser")]

    def screenshot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(_call("GET", f"{self.session}/screenshot")))


def _call(method: str, address: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = Request(address, data, {"Content-Type": "application/json"}, method=method)
    try:
        with DIRECT.open(request, timeout=60) as response:
            return json.load(response)["value"]
    except HTTPError as error:
        raise RuntimeError(json.load(error)["value"]["message"]) from None
