"""What `/openapi.json` and `/docs` say is true: examples are replayed, answers are checked against their schemas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import positive_data_acceptance
from starlette.testclient import TestClient

from api.conftest import HERE, Behind
from api.standin import StandIn
from stored import plain, store
from trawl import database, formats
from trawl.api.answers import Accepted, Logs
from trawl.api.base import Shape
from trawl.api.pages import Page
from trawl.errors import Code
from trawl.server.app import create_app
from trawl.settings.cluster import ClusterSettings
from trawl.settings.cluster import settings as settings_table
from trawl.tasks.task import Status

ID = "0199c2a4-5a00-7000-8000-000000000000"


def calls(description: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(method, path, call) for path, methods in description["paths"].items() for method, call in methods.items()]


@pytest.fixture
def description(http: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = http.get("/openapi.json").json()
    return found


def test_every_call_parameter_and_field_is_described(description: dict[str, Any]) -> None:
    bare = []
    for method, path, call in calls(description):
        bare += [] if call.get("description") else [f"{method} {path}"]
        bare += [f"{path}: {found['name']}" for found in call.get("parameters", ()) if not found.get("description")]
    for name, schema in description["components"]["schemas"].items():
        bare += [] if "enum" in schema or schema.get("description") else [name]
        bare += [f"{name}.{key}" for key, field in schema.get("properties", {}).items() if "description" not in field]
    assert not bare


def test_every_error_of_the_api_is_described_with_an_example(description: dict[str, Any]) -> None:
    told = {
        code
        for _, _, call in calls(description)
        for answer in call["responses"].values()
        for content in answer.get("content", {}).values()
        for code in content.get("examples", {})
    }
    of_runs = {Code.MEMORY_LIMIT_EXCEEDED, Code.WORKER_DIED, Code.ENGINE_ERROR, Code.SOURCE_CHANGED, Code.STOPPED}
    of_addresses = {Code.NOT_FOUND, Code.METHOD_NOT_ALLOWED}
    of_loading = {Code.UNREADABLE_FILE, Code.INVALID_INDEX_NAME}
    assert told == set(Code) - of_runs - of_addresses - of_loading


def test_every_example_of_a_body_is_taken(http: TestClient, tasks: StandIn, description: dict[str, Any]) -> None:
    replayed = 0
    for method, path, call in calls(description):
        if "requestBody" in call:
            name = call["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            examples = description["components"]["schemas"][name]["examples"]
            for example in examples:
                address = path.replace("{id}", tasks.task().id)
                answer = http.request(method, address, json=example)
                assert answer.status_code < 300, (path, example, answer.text)
                replayed += 1
    assert replayed >= 10


def test_a_file_is_described_as_what_it_is(description: dict[str, Any]) -> None:
    (call,) = [call for _, path, call in calls(description) if "file_download" in path]
    media_types = [format_.media_type for format_ in formats.every().values()]
    assert set(call["responses"]["200"]["content"]) == {
        *(name.partition(";")[0] for name in media_types),
        "application/zip",
    }


@pytest.mark.parametrize("shape", [Accepted, Logs, Page])
def test_examples_of_answers_are_answers(shape: type[Shape]) -> None:
    (example,) = shape.model_json_schema()["examples"]
    assert json.loads(shape.model_validate(example).json_bytes()) == example


def test_the_reference_page_needs_nothing_from_elsewhere(http: TestClient, description: dict[str, Any]) -> None:
    page = http.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "<script" not in page.text
    assert "http" not in page.text.replace("httpx", "")
    for _, path, _ in calls(description):
        assert path in page.text


@pytest.fixture
def schema(tmp_path: Path) -> Any:
    """The API over two tasks, one of which every generated id names."""
    engine = database.connect(database.url_of(tmp_path))
    settings_table.create(engine)
    tasks = StandIn()
    tasks.made[ID] = tasks.task()
    tasks.results[ID] = tmp_path / "result"
    store(tmp_path / "result", plain(range(20)))
    tasks.task(Status.RUNNING)
    app = create_app(Behind(tasks, ClusterSettings(engine)))
    found = schemathesis.openapi.from_asgi("/openapi.json", app, headers={"host": "127.0.0.1"})
    found.config.update(base_url=HERE)
    return found


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_whatever_is_sent_is_answered_as_described(schema: Any, mode: GenerationMode) -> None:
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= 16
    for operation in operations:

        @settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def holds(case: Any) -> None:
            # date math, times to live and `from <= to` cannot be said in JSON schema
            case.call_and_validate(headers={"host": "127.0.0.1"}, excluded_checks=[positive_data_acceptance])

        try:
            holds()
        except Unsatisfiable:  # a call without parameters cannot be asked wrongly
            assert mode is GenerationMode.NEGATIVE
