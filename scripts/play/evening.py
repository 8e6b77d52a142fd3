"""The whole demo, from an empty project to the checked end."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from rich.console import Console
from supabase import AsyncClient

from scripts.play.agents import Team
from scripts.play.checks import Verdict, check_database, check_privacy
from scripts.play.clients import Chorus, choose_players
from scripts.play.decisions import follow_decisions
from scripts.play.desk import Desk, plan_desk
from scripts.play.keeper import start_keeper
from scripts.play.messages import a_days_messages
from scripts.play.people import open_client, shared_session
from scripts.play.replicas import running_replicas
from scripts.play.scenes.programme import play_scenes
from scripts.play.scenes.stage import Stage
from scripts.play.screen import on_screen
from scripts.play.seeding import seed_desk
from scripts.play.story import Story
from scripts.play.summary import print_doors, print_summary
from scripts.play.target import Target

PATIENCE_SECONDS = 120
QUIET_SECONDS = 60
PAUSE_SECONDS = 0.1


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the command line says."""

    tickets: int
    pace: float
    replicas: int
    seed: int
    is_plain: bool
    is_kept: bool


async def play(target: Target, options: Options, console: Console) -> bool:
    """Plays the evening and returns whether everything held."""
    evening = Evening(target, options)
    async with (
        shared_session() as session,
        on_screen(evening.story, console, is_plain=options.is_plain),
    ):
        verdicts = await evening.run(session)
    print_summary(console, evening.story, verdicts)
    if options.is_kept:
        if target.is_embedded:
            start_keeper(options.replicas)
        print_doors(console, target, evening.desk)
    return all(verdict.holds for verdict in verdicts)


@dataclass
class Evening:
    """One run. Clients and agents draw from their own dice, so that each can be repeated."""

    target: Target
    options: Options
    story: Story = field(init=False)
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        self.story = Story(planned=self.options.tickets)
        self.desk = plan_desk(self._dice("desk"))

    def _dice(self, whose: str) -> random.Random:
        return random.Random(f"{self.options.seed}/{whose}")  # noqa: S311

    async def run(self, session: httpx.AsyncClient) -> list[Verdict]:
        """Every act in turn; returns what the checks found."""
        service = await open_client(self.target, self.target.secret_key, session)
        chorus = Chorus(self.story, self._dice("clients"))
        team = Team(self.story, self._dice("agents"), chorus.answer)
        self.story.act = "Hiring forty and inviting three hundred"
        await seed_desk(service, self.target.db_url, self.desk)
        self.story.act = "Opening the desk"
        players = choose_players(self.desk.clients, self._dice("players"))
        await chorus.sign_in(self.target, players, session)
        async with self._desk_open(service, team, session):
            self.story.act = "Playing"
            messages = a_days_messages(self.options.tickets, self._dice("messages"))
            await chorus.play(messages, self.options.pace)
            self.story.act = "Finishing what is open"
            await self._finish(team)
            self.story.act = "Playing scenes"
            await play_scenes(Stage(self.target, service, session), self.story)
            self.story.act = "Checking"
            await _until_quiet(service)
            verdicts = await check_database(self.target.db_url)
            verdicts += await check_privacy(chorus.signed_in)
            verdicts += [verdict for scene in self.story.scenes for verdict in scene.verdicts]
        return [*verdicts, Verdict("no agent's or client's call failed", *_failures(team))]

    @asynccontextmanager
    async def _desk_open(
        self, service: AsyncClient, team: Team, session: httpx.AsyncClient
    ) -> AsyncIterator[None]:
        """Agents online and replicas at work inside this block."""
        agents = [agent for agent in self.desk.agents if agent.takes_tickets]
        following = asyncio.create_task(follow_decisions(service, self.story))
        try:
            async with running_replicas(
                self.target.url,
                self.target.secret_key,
                self.options.replicas,
                WORKER_BEAT_SECONDS="1",
            ):
                await team.come_in(self.target, agents, session)
                await _until_beating(self.story, self.options.replicas)
                yield
                self.story.act = "Closing the desk"
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
            await team.go_home()

    async def _finish(self, team: Team) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.story.done < len(self.story.tickets) and time.monotonic() < deadline:
            if team.failures:
                return
            await asyncio.sleep(PAUSE_SECONDS)


async def _until_beating(story: Story, count: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while sum(r["report"].get("state") == "running" for r in story.replicas) < count:
        if time.monotonic() > deadline:
            raise TimeoutError("the worker replicas did not report; see `luxury doctor`")
        await asyncio.sleep(PAUSE_SECONDS)


async def _until_quiet(service: AsyncClient) -> None:
    """Until the queue is empty: the last resolved tickets still have jobs to be done."""
    deadline = time.monotonic() + QUIET_SECONDS
    while time.monotonic() < deadline:
        stats: Any = (await service.schema("worker").rpc("queue_stats", {}).execute()).data
        counts = stats["workers"].values()
        if not any(c["pending"] + c["running"] + c["delayed"] + c["expired"] for c in counts):
            return
        await asyncio.sleep(PAUSE_SECONDS)


def _failures(team: Team) -> Sequence[Any]:
    return len(team.failures), repr(team.failures[0]) if team.failures else ""
