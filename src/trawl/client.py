"""A client of the HTTP API: the verbs of `trawl.tasks.service`, with the shapes of `trawl.api` for answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpx
import orjson
from pydantic import ValidationError

from trawl.api.answers import (
    Accepted,
    ClusterSettingsAnswer,
    Deleted,
    DryRunAnswer,
    LogLine,
    Logs,
    SettingsAcknowledged,
    StoppedAll,
    TaskAnswer,
    TaskList,
)
from trawl.api.faults import ErrorAnswer
from trawl.api.pages import Page
from trawl.api.requests import CreateTask, ExportFile
from trawl.errors import Code, TrawlError
from trawl.tasks.ids import is_id

TASKS: Final = "/_sme/async_requests"
CONNECT_SECONDS: Final = 5.0


class Client:
    """Calls a server. As a context manager it closes its connections at the end.

    Every method raises the `TrawlError` that the server answers, and `UNAVAILABLE` where none does.

    Args:
        url: the server's address, with its base path.
        socket: a Unix socket to reach it by, in place of the network.
    """

    def __init__(self, url: str, socket: Path | None = None) -> None:
        self._url = url
        self._http = httpx.Client(
            base_url=url.rstrip("/"),
            transport=httpx.HTTPTransport(uds=None if socket is None else str(socket)),
            timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),
        )

    def close(self) -> None:
        """Closes its connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- tasks -----------------------------------------------------------------------------------------

    def submit(self, wanted: CreateTask, idempotency_key: str | None = None) -> Accepted:
        """Makes a task."""
        headers = {} if idempotency_key is None else {"Idempotency-Key": idempotency_key}
        return Accepted.model_validate_json(self._post(f"{TASKS}/request", _body(wanted), headers=headers))

    def dry_run(self, wanted: CreateTask) -> DryRunAnswer:
        """What the query would read."""
        return DryRunAnswer.model_validate_json(
            self._post(f"{TASKS}/request", _body(wanted), params={"dryRun": "true"})
        )

    def get(self, id: str) -> TaskAnswer:
        """The task as it is now."""
        return TaskAnswer.model_validate_json(self._call("GET", _about("status", id)))

    def list(self, parameters: Mapping[str, str]) -> TaskList:
        """The tasks, newest first. The parameters are those of the call."""
        return TaskList.model_validate_json(self._call("GET", f"{TASKS}/status", params=parameters))

    def stop(self, id: str) -> TaskAnswer:
        """Stops an unfinished task."""
        return TaskAnswer.model_validate_json(self._post(_about("break", id)))

    def stop_all(self) -> StoppedAll:
        """Stops all of the caller's unfinished tasks."""
        return StoppedAll.model_validate_json(self._post(f"{TASKS}/break"))

    def delete(self, id: str) -> Deleted:
        """Deletes a finished task's result."""
        return Deleted.model_validate_json(self._call("DELETE", _about("delete", id)))

    def keep(self, id: str, ttl: str) -> TaskAnswer:
        """Sets how long the result is kept."""
        return TaskAnswer.model_validate_json(self._post(_about("keep", id), orjson.dumps({"ttl": ttl})))

    # --- what they found -------------------------------------------------------------------------------

    def answer(self, id: str, start: int = 0, stop: int | None = None) -> Page:
        """A page of the result, with all that the task has to show."""
        return Page.model_validate_json(b"".join(self.raw_answer(id, start, stop)))

    def raw_answer(self, id: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """A page of the result as the server sends it, in pieces."""
        parameters = {"from": str(start)} | ({} if stop is None else {"to": str(stop)})
        with self._streaming("GET", _about("response", id), params=parameters) as pieces:
            yield from pieces

    def rows(self, id: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The rows of the result as JSON, one a line, as the server sends them."""
        parameters = {"format": "ndjson", "from": str(start)} | ({} if stop is None else {"to": str(stop)})
        with self._streaming("GET", _about("response", id), params=parameters) as pieces:
            yield from pieces

    def export(self, id: str, wanted: ExportFile) -> Iterator[bytes]:
        """The result as a file, in pieces."""
        with self._streaming("POST", _about("file_download", id), json=wanted.model_dump()) as pieces:
            yield from pieces

    def logs(self, id: str, start: int = 0, level: str = "DEBUG") -> Logs:
        """The lines of the task's log from `start` on, all that there are, in as many calls as that takes."""
        lines: list[LogLine] = []
        while True:
            parameters = {"from": str(start), "level": level}
            found = Logs.model_validate_json(self._call("GET", _about("logs", id), params=parameters))
            if not found.logs:
                return Logs(id=id, logs=lines, next=start)
            lines.extend(found.logs)
            start = found.next

    def watch(self, id: str) -> Iterator[TaskAnswer]:
        """The task each time that it changed, its end state last; blocks in between."""
        with self._streaming("GET", _about("events", id)) as pieces:
            for event in _events(pieces):
                if event in ("state", "progress"):
                    task = self.get(id)
                    yield task
                    if task.status.is_end:
                        return
        yield self.get(id)

    # --- settings --------------------------------------------------------------------------------------

    def settings(self) -> ClusterSettingsAnswer:
        """All settings of the cluster, by flat key."""
        parameters = {"flat_settings": "true", "include_defaults": "true"}
        return ClusterSettingsAnswer.model_validate_json(self._call("GET", "/_cluster/settings", params=parameters))

    def change_settings(self, changes: Mapping[str, Any]) -> SettingsAcknowledged:
        """Sets settings to stay; None resets one."""
        content = orjson.dumps({"persistent": changes})
        parameters = {"flat_settings": "true"}
        answer = self._call("PUT", "/_cluster/settings", content=content, params=parameters, headers=JSON)
        return SettingsAcknowledged.model_validate_json(answer)

    # --- within ----------------------------------------------------------------------------------------

    def _post(self, path: str, content: bytes | None = None, headers: Mapping[str, str] = {}, **more: Any) -> bytes:
        headers = {**headers, **(JSON if content else {})}
        return self._call("POST", path, content=content, headers=headers, **more)

    def _call(self, method: str, path: str, **more: Any) -> bytes:
        with self._streaming(method, path, **more) as pieces:
            return b"".join(pieces)

    def _streaming(self, method: str, path: str, **more: Any) -> _Streaming:
        return _Streaming(self._http, self._url, self._http.build_request(method, path, **more))


JSON: Final = {"Content-Type": "application/json"}


def _about(call: str, id: str) -> str:
    """The address of a call about one task. What is no id never gets there: `break/` would stop everything."""
    if not is_id(id):
        raise TrawlError(Code.TASK_NOT_FOUND, "there is no task of this id")
    return f"{TASKS}/{call}/{id}"


def _body(wanted: CreateTask) -> bytes:
    return wanted.model_dump_json(by_alias=True, exclude_defaults=True).encode()


class _Streaming:
    """An answer on its way; entering it raises the error that it may be."""

    def __init__(self, http: httpx.Client, url: str, request: httpx.Request) -> None:
        self._http, self._url, self._request = http, url, request

    def __enter__(self) -> Iterator[bytes]:
        try:
            self._response = self._http.send(self._request, stream=True)
        except httpx.TransportError:
            hint = "`trawl serve` starts one"
            raise TrawlError(Code.UNAVAILABLE, f"no server answers at {self._url}", hint=hint) from None
        if self._response.is_error:
            body = self._response.read()
            self._response.close()
            raise error_of(body)
        return self._pieces()

    def _pieces(self) -> Iterator[bytes]:
        try:
            yield from self._response.iter_bytes()
        except httpx.TransportError:
            raise TrawlError(Code.UNAVAILABLE, "the server cut its answer off") from None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._response.close()


def error_of(body: bytes) -> TrawlError:
    """The error that a server answered with this body."""
    try:
        return ErrorAnswer.model_validate_json(body).error.error()
    except ValidationError:
        return TrawlError(Code.UNAVAILABLE, "the answer comes from no server of Trawl")


def _events(pieces: Iterator[bytes]) -> Iterator[str]:
    """The names of the events of a stream."""
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            if line.startswith(b"event:"):
                yield line[6:].strip().decode()
