"""Files over a socket: what is said of their bytes, and how a download that was cut off goes on."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from trawl.server.serving import private_socket
from trawl.settings.process import Settings
from waiting import until

API = "/_sme/async_requests"


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    settings = Settings.load(tmp_path_factory.mktemp("served") / "data", threads=1)
    with (
        private_socket(settings, runs=True) as socket,
        httpx.Client(base_url="http://localhost", transport=httpx.HTTPTransport(uds=str(socket)), timeout=60) as found,
    ):
        yield found


@pytest.fixture
def task(http: httpx.Client) -> str:
    """A task that found 5,000 rows."""
    return run(http, '| makeresults count=5000 shownumbers=true | eval text=printf("row %d", number)')


def run(http: httpx.Client, query: str) -> str:
    id = http.post(f"{API}/request", json={"query": query}).json()["id"]

    def end() -> dict[str, Any] | None:
        found: dict[str, Any] = http.get(f"{API}/status/{id}").json()
        return None if found["status"] in ("QUEUED", "RUNNING") else found

    ended = until(end, f"`{query}` has ended", seconds=120)
    assert ended["status"] == "COMPLETED", ended
    return str(id)


def export(http: httpx.Client, id: str, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
    body = {"file_name": "f", "file_type": "json", "download_all_results": True, **more}
    return http.post(f"{API}/file_download/{id}", json=body, headers=headers)


@pytest.mark.parametrize("kind", ["json", "csv", "xlsx", "parquet"])
def test_a_download_that_was_cut_off_goes_on(http: httpx.Client, task: str, kind: str) -> None:
    body = {"file_name": "f", "file_type": kind, "download_all_results": True}
    with http.stream("POST", f"{API}/file_download/{task}", json=body) as cut:
        tag = cut.headers["etag"]
        have = next(cut.iter_bytes(10_000))
    rest = export(http, task, {"Range": f"bytes={len(have)}-", "If-Range": tag}, file_type=kind)
    whole = export(http, task, file_type=kind)
    assert rest.status_code == 206
    assert have + rest.content == whole.content
    size = len(whole.content)
    assert rest.headers["content-range"] == f"bytes {len(have)}-{size - 1}/{size}"
    assert rest.headers["content-length"] == str(size - len(have))
    assert rest.headers["etag"] == whole.headers["etag"] == tag
    digest = base64.b64encode(hashlib.sha256(whole.content).digest()).decode()
    assert rest.headers["digest"] == f"sha-256={digest}"


def test_length_and_digest_are_told_once_the_file_was_made(http: httpx.Client, task: str) -> None:
    first, again = export(http, task), export(http, task)
    assert "digest" not in first.headers
    assert first.headers["transfer-encoding"] == "chunked"
    assert again.headers["content-length"] == str(len(first.content))
    assert again.headers["digest"].startswith("sha-256=")
    assert again.headers["accept-ranges"] == "bytes"
    assert "digest" in export(http, task, file_type="xlsx").headers


def test_a_part_past_the_end_is_a_416_that_tells_the_length(http: httpx.Client, task: str) -> None:
    size = len(export(http, task).content)
    for known in ("json", "ndjson"):
        answer = export(http, task, {"Range": "bytes=99999999-"}, file_type=known)
        assert (answer.status_code, answer.json()["error"]["type"]) == (416, "range_not_satisfiable")
        assert answer.headers["content-range"].startswith("bytes */")
    assert export(http, task, {"Range": f"bytes={size}-"}).headers["content-range"] == f"bytes */{size}"


@pytest.mark.parametrize(
    ("wanted", "status", "start", "stop"),
    [
        ("bytes=0-", 200, 0, None),
        ("bytes=0-9", 206, 0, 10),
        ("bytes=-10", 206, -10, None),
        ("bytes=10-10", 206, 10, 11),
        ("bytes=5-99999999", 206, 5, None),
        ("bytes=5-3", 200, 0, None),
        ("bytes=0-1,5-6", 200, 0, None),
        ("bytes=x-", 200, 0, None),
        ("rows=1-2", 200, 0, None),
        ("bytes=-0", 200, 0, None),
    ],
)
def test_what_is_no_single_range_is_ignored(
    http: httpx.Client, task: str, wanted: str, status: int, start: int, stop: int | None
) -> None:
    whole = export(http, task).content
    answer = export(http, task, {"Range": wanted})
    assert (answer.status_code, answer.content) == (status, whole[start:stop])


def test_a_part_of_what_is_another_file_by_now_is_all_of_it(http: httpx.Client, task: str) -> None:
    tag = export(http, task, download_all_results=False, download_results_size=10).headers["etag"]
    answer = export(http, task, {"Range": "bytes=10-", "If-Range": tag})
    assert answer.status_code == 200
    assert len(json.loads(answer.content)) == 5000
    weak = export(http, task, {"Range": "bytes=10-", "If-Range": f"W/{answer.headers['etag']}"})
    assert weak.status_code == 200


def test_a_field_that_no_column_has_is_refused_with_the_nearest(http: httpx.Client, task: str) -> None:
    answer = export(http, task, fields=["number", "Text"])
    assert (answer.status_code, answer.json()["error"]["hint"]) == (400, "perhaps `text` was meant")


def exporting() -> list[psutil.Process]:
    """The processes that make files now."""
    return [child for child in psutil.Process().children() if "trawl.tasks.exporting" in child.cmdline()]


def test_a_caller_that_leaves_ends_the_workbook_that_is_built_for_it(http: httpx.Client) -> None:
    task = run(http, "| makeresults count=1000000 shownumbers=true")
    body = {"file_name": "f", "file_type": "xlsx", "download_all_results": True}
    with pytest.raises(httpx.ReadTimeout):
        http.post(f"{API}/file_download/{task}", json=body, timeout=httpx.Timeout(60, read=1.5))
    _, left = psutil.wait_procs(exporting(), timeout=5)  # building it takes longer
    assert left == []


def test_a_process_that_is_killed_cuts_the_connection_and_the_rest_can_be_had(http: httpx.Client) -> None:
    """No reader takes the file for whole, and whoever reads on gets it whole."""
    task = run(http, "| makeresults count=300000 shownumbers=true")
    body = {"file_name": "f", "file_type": "csv", "download_all_results": True}
    have = io.BytesIO()
    with http.stream("POST", f"{API}/file_download/{task}", json=body) as cut:
        (process,) = exporting()
        process.kill()
        with pytest.raises(httpx.RemoteProtocolError):
            have.writelines(cut.iter_bytes())
    rest = export(http, task, {"Range": f"bytes={have.tell()}-", "If-Range": cut.headers["etag"]}, file_type="csv")
    lines = (have.getvalue() + rest.content).splitlines()
    assert [int(line.strip(b'"').split(b",")[-1].strip(b'"')) for line in lines[1:]] == list(range(1, 300_001))


def test_more_exports_than_may_be_made_at_once_are_a_429_that_says_when(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path / "data", threads=1, max_exports=1)
    with (
        private_socket(settings, runs=True) as socket,
        httpx.Client(base_url="http://localhost", transport=httpx.HTTPTransport(uds=str(socket)), timeout=60) as http,
    ):
        task = run(http, "| makeresults count=300000 shownumbers=true")
        body = {"file_name": "f", "file_type": "csv", "download_all_results": True}
        with http.stream("POST", f"{API}/file_download/{task}", json=body):
            refused = export(http, task)
        assert (refused.status_code, refused.json()["error"]["type"]) == (429, "too_many_tasks")
        assert int(refused.headers["retry-after"]) > 0

        def is_taken() -> bool:
            return export(http, task, download_all_results=False).status_code == 200

        until(is_taken, "the server has seen that the first is gone")
