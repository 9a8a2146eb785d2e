"""`/_cluster/settings` as OpenSearch's clients know it; `/health`."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from trawl.settings.cluster import DEFINITIONS, ClusterSettings

URL = "/_cluster/settings"
START = "sme.core.global_dt_params.dt_start"


def test_start_empty_and_show_defaults_if_asked(http: TestClient) -> None:
    assert http.get(URL).json() == {"persistent": {}, "transient": {}}
    shown = http.get(URL, params={"include_defaults": "true", "flat_settings": "true"}).json()
    assert shown["defaults"].keys() == DEFINITIONS.keys()
    assert shown["defaults"][START] == "now-1d"
    assert shown["defaults"]["sme.core.enable_limits"] == "true"


@pytest.mark.parametrize(
    "body",
    [{START: "now-7d"}, {"sme": {"core": {"global_dt_params": {"dt_start": "now-7d"}}}},
     {"sme.core": {"global_dt_params.dt_start": "now-7d"}}],
)  # fmt: skip
def test_take_flat_and_nested_keys(http: TestClient, cluster: ClusterSettings, body: dict[str, Any]) -> None:
    answer = http.put(URL, json={"persistent": body})
    nested = {"sme": {"core": {"global_dt_params": {"dt_start": "now-7d"}}}}
    assert answer.json() == {"acknowledged": True, "persistent": nested, "transient": {}}
    assert http.get(URL).json()["persistent"] == nested
    assert http.get(URL, params={"flat_settings": "true"}).json()["persistent"] == {START: "now-7d"}
    assert cluster.all()[START] == "now-7d"


def test_null_resets_one_and_a_star_many(http: TestClient, cluster: ClusterSettings) -> None:
    http.put(URL, json={"persistent": {START: "now-7d", "sme.core.list_limit": 5, "trawl.time_zone": "Europe/Berlin"}})
    http.put(URL, json={"persistent": {START: None}})
    assert cluster.changed().keys() == {"sme.core.list_limit", "trawl.time_zone"}
    http.put(URL, json={"persistent": {"sme.*": None}})
    assert cluster.changed().keys() == {"trawl.time_zone"}


def test_transient_ones_win_until_the_server_starts_again(http: TestClient, cluster: ClusterSettings) -> None:
    http.put(URL, json={"persistent": {"sme.core.list_limit": 5}, "transient": {"sme.core.list_limit": 7}})
    assert http.get(URL, params={"flat_settings": "true"}).json() == {
        "persistent": {"sme.core.list_limit": "5"},
        "transient": {"sme.core.list_limit": "7"},
    }
    assert cluster.all()["sme.core.list_limit"] == 7
    cluster.forget_transient()
    assert cluster.all()["sme.core.list_limit"] == 5


@pytest.mark.parametrize(
    ("body", "type_", "hint"),
    [
        ({"persistent": {"sme.core.global_dt_params.dt_sart": "now"}}, "invalid_setting", "dt_start"),
        ({"persistent": {"transient:sme.core.list_limit": 5}}, "invalid_setting", ""),
        ({"persistent": {START: "yesterdayish"}}, "invalid_setting", ""),
        ({"persistent": {START: 5}}, "invalid_setting", ""),
        ({"persistent": {"sme.core.list_limit": 0}}, "invalid_setting", ""),
        ({"persistent": {"sme.core.list_limit": [1]}}, "invalid_setting", ""),
        ({"persistent": {"trawl.tasks.ttl": "soon"}}, "invalid_setting", "12h"),
        ({"persistent": {"trawl.time_zone": "Mars/Olympus"}}, "invalid_setting", ""),
        ({"persistent": {"sme": {"core": {}}}}, "malformed_request", ""),
        ({"persistent": []}, "malformed_request", ""),
        ({"persistant": {}}, "malformed_request", "persistent"),
        ({}, "malformed_request", ""),
    ],
)
def test_refuse_what_is_no_setting(
    http: TestClient, cluster: ClusterSettings, body: Any, type_: str, hint: str
) -> None:
    answer = http.put(URL, json=body)
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, type_)
    assert hint in answer.json()["error"].get("hint", "")
    assert cluster.changed() == {}


def test_change_all_or_none(http: TestClient, cluster: ClusterSettings) -> None:
    body = {"persistent": {"sme.core.list_limit": 5, "sme.core.sort_limit": -1}}
    assert http.put(URL, json=body).status_code == 400
    assert cluster.changed() == {}


def test_health(http: TestClient, cluster: ClusterSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert http.get("/health/live").json() == {"status": "live"}
    assert http.get("/health/ready").json() == {"status": "ready"}

    def broken() -> None:
        raise OperationalError("select", {}, Exception("disk I/O error"))

    monkeypatch.setattr(cluster, "all", broken)
    answer = http.get("/health/ready")
    assert (answer.status_code, answer.json()["error"]["type"]) == (503, "unavailable")
    assert http.get("/health/live").status_code == 200
