"""An agent asks for a proposed answer over the API; a running worker and a service word it."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
import pytest

from scripts.stack.state import StackState
from tests.factories import a_message, a_ticket
from tests.support.people import Person, Reception
from tests.support.replica import replica
from tests.support.waiting import eventually_async
from tests.workers.intelligence.language_service import completion, draft_in

if TYPE_CHECKING:
    import subprocess


class Polisher(BaseHTTPRequestHandler):
    """A language service on this machine, speaking chat completions."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        is_known = self.headers["Authorization"] == "Bearer flow-key"
        text = draft_in(body).replace("Dziękuję", "Serdecznie dziękuję") if is_known else "?"
        answer = completion(text).content
        self.send_response(200 if self.path == "/v1/chat/completions" else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Polisher)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture(scope="module")
def worker(stack: StackState, service: str) -> Iterator["subprocess.Popen[bytes]"]:
    with pytest.MonkeyPatch.context() as surroundings:
        surroundings.setenv("AI_SERVICE_URL", service)
        surroundings.setenv("AI_SERVICE_KEY", "flow-key")
        surroundings.setenv("AI_SERVICE_MODEL", "small-model")
        with replica(stack, only="intelligence.replies") as process:
            yield process


async def call(person: Person, function: str, **arguments: Any) -> Any:
    return (await person.api.rpc(function, arguments).execute()).data


def a_question(stack: StackState, client: UUID, agent: UUID) -> UUID:
    with psycopg.connect(stack.db_url) as db:
        ticket = a_ticket(db, client, assignee_id=agent)
        a_message(db, ticket, client, "Kiedy mam wizytę? Zofia, tel. 600 700 800")
        return ticket


async def test_an_agent_is_proposed_an_answer_takes_it_and_the_client_may_know(
    reception: Reception, worker: "subprocess.Popen[bytes]"
) -> None:
    agent, client = await reception.hire(), await reception.sign_up()
    ticket = a_question(reception.stack, client.id, agent.id)
    await call(
        client,
        "give_consent",
        p_client_id=str(client.id),
        p_purpose="ai_service",
        p_channel="in_app",
        p_wording_version="v1",
        p_proof="portal",
    )
    asked = await call(agent, "request_smart_response", p_ticket_id=str(ticket))

    async def done() -> Any:
        rows = await agent.api.table("reply_drafts").select("*").eq("id", asked["id"]).execute()
        return next((row for row in rows.data if row["state"] == "done"), None)

    made = await eventually_async(done)
    assert (made["is_service_used"], made["fallback_reason"]) == (True, None)
    assert "Serdecznie dziękuję" in made["draft"]
    assert made["brand_verdict"] == "pass"
    await call(agent, "take_reply_draft", p_draft_id=asked["id"])
    await call(agent, "reply_to_ticket", p_ticket_id=str(ticket), p_body=made["draft"])

    async def is_compared() -> bool:
        row = await done()
        return (row["is_unedited"], row["edit_distance"]) == (True, 0)

    assert await eventually_async(is_compared)
    told = await client.api.table("ticket_events").select("kind").execute()
    assert {"kind": "reply_drafted_by_machine"} in told.data
