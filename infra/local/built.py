"""Functions as they are deployed: built artifacts, the dependency layer, AWS's runtime client.

`CAMPUS_ARTIFACTS=.aws-sam/here make up`, after `make build-local`. No module of this repository
and no package of its environment is within reach of a function then.
"""

import os
import threading
import time
from pathlib import Path
from typing import Any

from infra.local.environments import Environments, FunctionError
from infra.local.functions import Function
from infra.local.options import ROOT, Options
from infra.local.parts import function_environment
from infra.local.runtime_api import Invocation, InvocationError, RuntimeProcess

ARTIFACTS = "CAMPUS_ARTIFACTS"
INTERPRETER = ROOT / ".tools" / "runtime" / "bin" / "python"


class BuiltEnvironments(Environments):
    """A process stands for an environment; each belongs to one of the threads that wait for it."""

    def __init__(self, function: Function, options: Options, build: Path) -> None:
        self._folder = build / f"{function.domain.capitalize()}Function"
        self._variables = _variables(function, options, self._folder)
        self._own = threading.local()
        self._processes: list[RuntimeProcess] = []
        super().__init__(function)

    def _load(self) -> None:
        if not self._folder.is_dir():
            self.error = f"there is no artifact {self._folder}: run make build-local"

    def _run(self, event: Any) -> Any:
        deadline = time.time() + self.function.timeout
        try:
            return self._process().invoke(Invocation(event, self.function.arn, deadline))
        except InvocationError as error:
            raise FunctionError(f"{self.function.domain} failed: {error}") from error

    def _process(self) -> RuntimeProcess:
        process: RuntimeProcess | None = getattr(self._own, "process", None)
        if process is None or not process.is_alive:
            command = [str(INTERPRETER), "-m", "awslambdaric", self.function.handler]
            process = self._own.process = RuntimeProcess(command, self._folder, self._variables)
            self._processes.append(process)
        return process

    def stop(self) -> None:
        """Let running invocations end, then end the processes."""
        super().stop()
        for process in self._processes:
            process.stop()


def _variables(function: Function, options: Options, folder: Path) -> dict[str, str]:
    """What Lambda sets, and what the template says, moved onto this machine."""
    layer = next(folder.parent.glob("Layer*/python"), folder)
    return function_environment(options, [function]) | {
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "here",
        "LAMBDA_TASK_ROOT": str(folder),
        "LANG": "en_US.UTF-8",
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(layer),
        # Compiled code lies with the data: nothing is written into what was built.
        "PYTHONPYCACHEPREFIX": str(options.data / "compiled"),
        "TZ": ":UTC",
        "_HANDLER": function.handler,
    }


def load(functions: list[Function], options: Options, build: Path) -> dict[str, Environments]:
    """The environments of every function, by domain."""
    folder = build.absolute()
    return {each.domain: BuiltEnvironments(each, options, folder) for each in functions}
