"""Whatever happens: nothing is sent without consent, in a quiet hour, or beyond the cap."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.database.vip.outreach_desk import Desk, a_desk_for_outreach, with_adapter

# Around both changes of the clock, Easter and All Saints', in three zones.
STARTS = (datetime(2027, 3, 25, 12, tzinfo=UTC), datetime(2027, 10, 28, 12, tzinfo=UTC))
ZONES = ("Europe/Warsaw", "America/New_York", "Asia/Kathmandu")
HOLIDAYS = {date(2027, *day) for day in ((3, 28), (3, 29), (11, 1), (11, 11))}
PURPOSES = ("marketing", "feedback", "service_reminder")
CHANNELS = ("email", "in_app", "sms")
CAPS = {"marketing": 2, "feedback": 1, "service_reminder": 3}
WINDOW = timedelta(days=3)

consent = st.tuples(
    st.sampled_from(("give", "withdraw")), st.sampled_from(PURPOSES), st.sampled_from(CHANNELS)
)
step = st.one_of(
    consent,
    st.tuples(st.just("queue"), st.sampled_from(PURPOSES), st.integers(0, 30)),
    st.tuples(st.just("pass"), st.integers(1, 40), st.none()),
    st.tuples(st.just("restrict"), st.booleans(), st.none()),
    st.tuples(st.just("bounce"), st.none(), st.none()),
)


@dataclass
class History:
    """What was said so far, kept beside the database by the test itself."""

    desk: Desk
    zone: str
    now: datetime
    held: set[tuple[str, str]] = field(default_factory=set)
    taken_back: set[tuple[str, str]] = field(default_factory=set)
    is_restricted: bool = False
    seen: dict[int, tuple[str, datetime]] = field(default_factory=dict)

    def do(self, what: str, first: Any, second: Any) -> None:
        """One thing happens."""
        if what == "give":
            self.desk.agree(first, second)
            self.held.add((first, second))
        elif what == "withdraw":
            self.desk.withdraw(first, second)
            if (first, second) in self.held:
                self.held.discard((first, second))
                self.taken_back.add((first, second))
        elif what == "queue":
            self.desk.queue(first, at=self.now + timedelta(hours=second))
        elif what == "restrict":
            wish = '{"is_restricted": true}' if first else '{"is_restricted": false}'
            self.desk.as_(self.desk.client, "set_outreach_preferences(%s)", wish)
            self.is_restricted = first
        elif what == "bounce":
            self.bounce()
        else:
            self.now += timedelta(hours=first)

    def bounce(self) -> None:
        """Whatever an adapter has under way comes back."""
        rows = self.desk.db.execute(
            "select outreach_id, attempt from public.outreach_attempts"
            " where client_id = %s and result is null",
            [self.desk.client],
        ).fetchall()
        for outreach, attempt in rows:
            self.desk.as_server("acknowledge_outreach(%s, %s, 'bounced')", outreach, attempt)

    def send(self) -> None:
        """The sender looks at everything whose moment has come, and some whose has not."""
        rows = self.desk.db.execute(
            "select id from public.outreach where client_id = %s and state = 'queued' order by id",
            [self.desk.client],
        ).fetchall()
        for (outreach,) in rows:
            self.desk.one("select private.dispatch_outreach(%s, %s)", outreach, self.now)
            self.check()

    def check(self) -> None:
        """What was sent just now was allowed just now."""
        rows = self.desk.db.execute(
            "select id, purpose, channel, sent_at, coalesce(result, 'delivered') = 'delivered'"
            " from public.outreach_attempts where client_id = %s",
            [self.desk.client],
        ).fetchall()
        for number, purpose, channel, sent_at, _ in rows:
            if number not in self.seen:
                self.seen[number] = purpose, sent_at
                self.judge(purpose, channel, sent_at)
        for purpose, cap in CAPS.items():
            sent = [at for _, known, _, at, counts in rows if known == purpose and counts]
            for end in sent:
                assert sum(end - WINDOW < at <= end for at in sent) <= cap

    def judge(self, purpose: str, channel: str, sent_at: datetime) -> None:
        """By rules of the test's own."""
        pair = purpose, channel
        by_contract = purpose == "service_reminder" and pair not in self.taken_back
        assert pair in self.held or by_contract, f"no consent to {pair}"
        assert not self.is_restricted
        clock = sent_at.astimezone(ZoneInfo(self.zone))
        assert 9 <= clock.hour < 20, f"quiet at {clock}"
        assert clock.isoweekday() != 7, f"a Sunday: {clock}"
        assert clock.date() not in HOLIDAYS, f"a holiday: {clock}"


def a_history(db: psycopg.Connection, zone: str, now: datetime) -> History:
    desk = a_desk_for_outreach(db, "standard")
    with_adapter(desk, "email", "phone")
    db.execute(
        "update public.outreach_hours set quiet_from_minute = 1200, quiet_until_minute = 540,"
        " quiet_weekdays = '{7}', calendar_id = '00000000-0000-4000-8000-0000000000c1'"
    )
    db.execute("update public.profiles set time_zone = %s where id = %s", [zone, desk.client])
    for purpose, cap in CAPS.items():
        db.execute(
            "update public.outreach_purposes set cap_count = %s, cap_days = 3 where purpose = %s",
            [cap, purpose],
        )
    return History(desk, zone, now)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    start=st.sampled_from(STARTS),
    zone=st.sampled_from(ZONES),
    steps=st.lists(step, min_size=10, max_size=30),
)
def test_nothing_sent_was_forbidden(
    db: psycopg.Connection, start: datetime, zone: str, steps: list[tuple[str, Any, Any]]
) -> None:
    with db.transaction(force_rollback=True):
        history = a_history(db, zone, start)
        for what, first, second in steps:
            history.do(what, first, second)
            history.send()


def test_a_long_history_does_send_something(db: psycopg.Connection) -> None:
    history = a_history(db, "Europe/Warsaw", STARTS[0])
    history.do("give", "marketing", "in_app")
    outreach: list[UUID] = []
    for _ in range(12):
        history.do("queue", "marketing", 1)
        history.do("queue", "service_reminder", 2)
        history.do("pass", 9, None)
        history.send()
        outreach += [UUID(int=number) for number in history.seen]
    purposes = [purpose for purpose, _ in history.seen.values()]
    assert purposes.count("marketing") >= 2
    assert purposes.count("service_reminder") >= 3
