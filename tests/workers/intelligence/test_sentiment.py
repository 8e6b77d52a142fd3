"""The sentiment worker: texts somebody asked about, one read, one write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

from lib.events import Job, JobResult
from lib.intelligence.models.sentiment import (
    Analysis,
    AskedText,
    SentimentContexts,
    SentimentSettings,
)
from lib.store.intelligence.sentiment import sentiment_record
from workers.intelligence.sentiment import sentiment

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def a_job(job_id: int, analysis_id: UUID) -> Job:
    kind = "sentiment.analysis_requested"
    return Job(job_id, 1, "intelligence.sentiment", 1, job_id, kind, analysis_id, {}, NOON)


@dataclass
class RememberingStore:
    """Knows some texts; answers `recorded` for each that was judged, else `gone`."""

    texts: Mapping[UUID, str]
    calls: list[str] = field(default_factory=list)
    answers: dict[str, Analysis] = field(default_factory=dict)

    async def sentiment_contexts(self, analysis_ids: Sequence[UUID]) -> SentimentContexts:
        self.calls.append("sentiment_contexts")
        known = [
            AskedText(analysis_id=i, text=self.texts[i]) for i in analysis_ids if i in self.texts
        ]
        return SentimentContexts(settings=SentimentSettings(), texts=tuple(known))

    async def record_sentiments(
        self, jobs: Sequence[Job], analyses: Mapping[str, Analysis]
    ) -> Mapping[int, JobResult]:
        self.calls.append("record_sentiments")
        self.answers |= analyses
        return {job.id: "recorded" if str(job.subject_id) in analyses else "gone" for job in jobs}


async def test_each_text_is_answered_and_one_that_is_gone_is_not() -> None:
    glad, gone = uuid4(), uuid4()
    store = RememberingStore({glad: "Bardzo polecam, jestem zachwycona!"})
    results = await sentiment(store).handle([a_job(1, glad), a_job(2, gone)])
    assert results == {1: "recorded", 2: "gone"}
    assert store.calls == ["sentiment_contexts", "record_sentiments"]
    assert store.answers[str(glad)].sentiment == "positive"
    assert sentiment_record(a_job(2, gone), store.answers)["analysis"] is None
