"""A user pool's triggers, handed on to deployed functions."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Triggers:
    """Takes what the emulated user pool posts (see infra/local/emulator_program.py) and invokes
    the function that it names, as Cognito does."""

    functions: Any  # a Lambda client, known once the emulator runs

    def __init__(self) -> None:
        def forward(request: BaseHTTPRequestHandler) -> None:
            self._forward(request)

        handler = type("Handler", (BaseHTTPRequestHandler,), {"do_POST": forward})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        """What a function's name is appended to."""
        return f"http://127.0.0.1:{self._server.server_port}/"

    def _forward(self, request: BaseHTTPRequestHandler) -> None:
        event = request.rfile.read(int(request.headers["Content-Length"]))
        name = request.path.removeprefix("/")
        answer = self.functions.invoke(FunctionName=name, Payload=event)
        request.send_response(500 if "FunctionError" in answer else 200)
        request.end_headers()
        request.wfile.write(answer["Payload"].read())

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
