"""What is asked of a house: every function that tells how it fares, as those who may ask."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from scripts.bench.house.people import People
from scripts.stack.keys import mint_token
from scripts.stack.state import StackState

SERVER = "server"
GOAL = "the goal that prepare sets"
RANGES = ("24h", "30d", "12m")
RULE = {
    "metric": "vip_response_time", "threshold": 60, "severity": "high",
    "action": "escalate_to_vip_manager",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Question:
    """One function with its arguments, and the role that asks."""

    function: str
    role: str = "executive"
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """For the table."""
        of = self.arguments.get("p_range") or self.arguments.get("p_filter", {}).get("range", "")
        return f"{self.function}({of}) as {self.role}"


def _ranged(function: str, role: str = "executive", **more: object) -> list[Question]:
    return [
        Question(function=function, role=role, arguments={"p_range": each, **more})
        for each in RANGES
    ]


QUESTIONS = (
    Question(function="get_system_health", role="agent"),
    *_ranged("get_performance_metrics"),
    Question(function="get_performance_metrics", role="manager", arguments={"p_range": "30d"}),
    *_ranged("get_metric_evidence", p_metric="promises_kept"),
    Question(function="get_performance_benchmarks"),
    Question(function="create_performance_alert", role="manager", arguments={"p_rule": RULE}),
    Question(
        function="start_performance_monitoring", role="manager",
        arguments={"p_metrics": ["vip_response_time", "backlog"], "p_interval_seconds": 60},
    ),
    Question(function="get_wallboard", role="manager"),
    Question(function="get_desk_fairness", role="manager"),
    *_ranged("get_survey_results"),
    *(Question(function="get_kpis", arguments={"p_filter": {"range": each}}) for each in RANGES),
    Question(function="get_kpis", role="manager"),
    *_ranged("get_success_metrics"),
    Question(
        function="update_goal_progress",
        arguments={"p_goal_id": GOAL, "p_progress": 40, "p_note": "Two of five desks."},
    ),
    Question(function="request_success_report", role=SERVER, arguments={"p_period": "30d"}),
    *_ranged("get_executive_metrics"),
    *_ranged("get_support_roi"),
    *_ranged("get_attributed_revenue"),
    *_ranged("get_support_costs"),
    *_ranged("get_client_cohorts"),
    Question(function="get_lifetime_values"),
    *_ranged("get_strategic_insights"),
    Question(function="request_executive_report", role=SERVER, arguments={"p_period": "30d"}),
    Question(function="list_reports"),
)  # fmt: skip


class Asker:
    """Somebody at the house's door, over PostgREST, with a token of each role."""

    def __init__(self, state: StackState, people: People, http: httpx.AsyncClient) -> None:
        """`http` keeps its connections: what is measured is warm."""
        self._state, self._people, self._http = state, people, http
        self._goal_id = ""

    async def prepare(self) -> None:
        """Sets a goal, whose progress is told later."""
        terms = {
            "title": "Every desk knows the new rules", "measure": "desks", "unit": "%",
            "baseline": 0, "target": 100, "due_on": f"{datetime.now(UTC) + timedelta(90):%F}",
        }  # fmt: skip
        setting = Question(function="set_success_goal", arguments={"p_goal": terms})
        self._goal_id = (await self._answer(setting)).json()["id"]

    async def ask(self, question: Question) -> float:
        """Milliseconds until the whole answer is there; raises what the API refuses."""
        begun = time.perf_counter()
        await self._answer(question)
        return 1000 * (time.perf_counter() - begun)

    async def _answer(self, question: Question) -> httpx.Response:
        arguments = {
            name: self._goal_id if value == GOAL else value
            for name, value in question.arguments.items()
        }
        answer = await self._http.post(
            f"{self._state.url}/rest/v1/rpc/{question.function}",
            json=arguments,
            headers=self._headers(question.role),
        )
        if answer.is_error:
            raise RuntimeError(f"{question.name}: {answer.status_code} {answer.text}")
        return answer

    def _headers(self, role: str) -> dict[str, str]:
        if role == SERVER:
            return {"apikey": self._state.secret_key}
        claims = {
            "sub": str(UUID(self._people.of_role(role))),
            "role": "authenticated",
            "aud": "authenticated",
            "exp": int(time.time()) + 3600,
        }
        token = mint_token(self._state.jwt_secret, claims)
        return {"apikey": self._state.publishable_key, "Authorization": f"Bearer {token}"}
