"""The page served as page.json says, beside an API that answers just enough to be tried."""

import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.infra.docs_page.sample_document import COURSE_ID, document

EMAIL, PASSWORD, TOKEN = "ada@example.org", "correct horse battery", "token-of-ada"
VERSIONS = [
    {"version": "v1", "isSupported": True, "isDeprecated": True, "sunsetDate": "2027-06-30"},
    {"version": "v2", "isSupported": True, "isDeprecated": False, "isLatest": True},
]
COURSE = {"id": COURSE_ID, "title": "<img src=x onerror=alert(1)>", "version": 2**63}
Answer = tuple[int, dict[str, str], Any]


def _refusal(status: int, code: str, message: str) -> Answer:
    error = {"code": code, "message": message, "details": {}}
    return status, {}, {"success": False, "error": error, "requestId": "req_1"}


class StubSite:
    """Serves one origin, below a folder when asked; keeps every call to the API."""

    def __init__(self, built: Path, folder: str = "") -> None:
        self.built, self.folder = built, folder
        self.page: dict[str, Any] = json.loads((built / "page.json").read_text())
        self.calls: list[tuple[str, str, dict[str, str], str]] = []

    def __enter__(self) -> Self:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                site.respond(self)

            do_GET = do_POST = do_DELETE = handle_any  # noqa: N815  named by the library

            def log_message(self, format: str, *args: Any) -> None:
                """Silence: the tests read `calls`."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        origin = f"http://127.0.0.1:{self.server.server_port}"
        self.address = f"{origin}{self.folder}/docs"
        return self

    def __exit__(self, *failure: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def respond(self, request: BaseHTTPRequestHandler) -> None:
        target = urlsplit(request.path)
        path = target.path.removeprefix(self.folder)
        found = self._file(path)
        if found:
            _write(request, 200, *found)
            return
        length = int(request.headers.get("Content-Length", 0))
        body = request.rfile.read(length).decode()
        status, headers, content = self._api(request, path, target.query, body)
        text = b"" if content is None else json.dumps(content).encode()
        policy = {"Content-Security-Policy": "default-src 'none'"}
        kind = {"Content-Type": "application/json"}
        _write(request, status, {**policy, **kind, **headers}, text)

    def _file(self, path: str) -> tuple[dict[str, str], bytes] | None:
        assets = {f"/docs/{asset['name']}": asset for asset in self.page["assets"]}
        found = self.page["index"] if path == "/docs" else assets.get(path)
        if not found:
            return None
        headers = {
            "Content-Type": found["contentType"],
            "Cache-Control": found["cacheControl"],
            "Content-Security-Policy": self.page["contentSecurityPolicy"],
            "X-Content-Type-Options": "nosniff",
        }
        return headers, (self.built / found["name"]).read_bytes()

    def _api(self, request: BaseHTTPRequestHandler, path: str, query: str, body: str) -> Answer:
        if path == "/openapi.json":
            version = parse_qs(query)["version"][0]
            if version not in ("v1", "v2"):
                return _refusal(400, "UNSUPPORTED_VERSION", f"There is no version {version}")
            return 200, {}, document(version)
        if path == "/versions":
            return 200, {}, {"data": {"versions": VERSIONS}}
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.calls.append((request.command, request.path, headers, body))
        if path == "/v2/auth/sign-in":
            return _sign_in(json.loads(body))
        if headers.get("authorization") != f"Bearer {TOKEN}":
            return _refusal(401, "UNAUTHORIZED", "No valid token was sent")
        return _course(request.command, path)


def _sign_in(body: Mapping[str, str]) -> Answer:
    if (body["email"], body["password"]) != (EMAIL, PASSWORD):
        return _refusal(401, "UNAUTHORIZED", "Email or password is wrong")
    return 200, {}, {"data": {"accessToken": TOKEN, "refreshToken": "r", "expiresIn": 900}}


def _course(method: str, path: str) -> Answer:
    if method == "POST":
        return 201, {"Location": f"/v2/courses/{COURSE_ID}"}, {"data": COURSE}
    if method == "DELETE":
        return 204, {}, None
    if path.endswith(COURSE_ID):
        return 200, {"ETag": '"1"'}, {"data": COURSE}
    return 200, {}, {"data": [COURSE], "pageInfo": {"hasNextPage": False, "endCursor": None}}


def _write(
    request: BaseHTTPRequestHandler, status: int, headers: Mapping[str, str], body: bytes
) -> None:
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
