"""Composition root: settings -> client -> stores -> workers -> runtime."""

from collections.abc import Sequence

from lib.errors import ConfigurationError
from lib.intelligence.personalization import PersonalizationPolicy
from lib.intelligence.plays import PlayPolicy
from lib.intelligence.prediction.scoring import ScoringPolicy
from lib.intelligence.prediction.training import TrainingPolicy
from lib.intelligence.triage import TriagePolicy
from lib.orchestrator.fairness import FairnessPolicy
from lib.orchestrator.journeys import JourneyPolicy
from lib.orchestrator.policy import RoutingPolicy
from lib.orchestrator.rescue import RescuePolicy
from lib.orchestrator.workflows import WorkflowPolicy
from lib.performance.alerts import AlertPolicy
from lib.performance.metric_months import MonthPolicy
from lib.performance.webhooks import WebhookPolicy
from lib.quality.audits import AuditPolicy
from lib.quality.standards import QualityPolicy
from lib.settings import Settings
from lib.store.ai_client import AskAi, ai_service
from lib.store.client import worker_rpc
from lib.store.foundation import supabase_foundation_store
from lib.store.intelligence.personalization import supabase_personalization_store
from lib.store.intelligence.plays import supabase_play_store
from lib.store.intelligence.predictions import supabase_prediction_store
from lib.store.intelligence.replies import supabase_reply_store
from lib.store.intelligence.sentiment import supabase_sentiment_store
from lib.store.intelligence.triage import supabase_triage_store
from lib.store.jobs import supabase_job_store
from lib.store.orchestrator.fairness import supabase_fairness_store
from lib.store.orchestrator.journeys import supabase_journey_store
from lib.store.orchestrator.rescue import supabase_rescue_store
from lib.store.orchestrator.routing import supabase_orchestrator_store
from lib.store.orchestrator.snooze import supabase_snooze_store
from lib.store.orchestrator.workflows import supabase_workflow_store
from lib.store.performance.alerts import supabase_alert_store
from lib.store.performance.metrics import supabase_metric_store
from lib.store.performance.promises import supabase_promise_store
from lib.store.performance.webhooks import supabase_webhook_store
from lib.store.quality.audits import supabase_audit_store
from lib.store.quality.standards import supabase_quality_store
from lib.store.rpc import Rpc
from lib.store.success.surveys import supabase_survey_store
from lib.store.vip.client_books import supabase_client_book_store
from lib.store.vip.exclusive_access import supabase_exclusive_access_store
from lib.store.vip.occasions import supabase_occasion_store
from lib.store.vip.outreach import supabase_outreach_store
from lib.store.vip.recommendations import supabase_recommendation_store
from lib.store.vip.recovery import supabase_recovery_store
from lib.store.vip.tier_changes import supabase_tier_change_store
from lib.store.vip.wellness import supabase_wellness_store
from lib.store.vip.white_glove import supabase_white_glove_store
from lib.store.webhook_client import webhook_sender
from lib.success.surveys import SurveyPolicy
from lib.vip.recommendations import RecommendationPolicy
from lib.vip.recovery import RecoveryPolicy
from lib.vip.tier_changes import TierPolicy
from lib.vip.wellness import WellnessPolicy
from lib.vip.white_glove import WhiteGlovePolicy
from workers.foundation.housekeeping import housekeeping
from workers.intelligence.personalization import personalization
from workers.intelligence.plays import plays
from workers.intelligence.predictions import predictions
from workers.intelligence.replies import replies
from workers.intelligence.scoring import scoring
from workers.intelligence.sentiment import sentiment
from workers.intelligence.training import training
from workers.intelligence.triage import triage
from workers.orchestrator.backlog import backlog
from workers.orchestrator.fairness import fairness
from workers.orchestrator.journeys import journeys
from workers.orchestrator.rescue import rescuing
from workers.orchestrator.routing import routing
from workers.orchestrator.snooze import snooze
from workers.orchestrator.workflows import workflows
from workers.performance.alerts import alerts
from workers.performance.metric_months import metric_months
from workers.performance.metrics import metrics
from workers.performance.promises import promises
from workers.performance.webhooks import webhooks
from workers.quality.audits import audits
from workers.quality.standards import standards
from workers.runtime.lifecycle import Runtime, run_until_signalled
from workers.runtime.socket import RealtimeSocket, Socket
from workers.runtime.worker import Worker
from workers.success.surveys import surveys
from workers.vip.client_books import client_books
from workers.vip.exclusive_access import exclusive_access
from workers.vip.occasions import occasions
from workers.vip.outreach import outreach
from workers.vip.recommendations import recommendations
from workers.vip.recovery import recovery
from workers.vip.tier_changes import tier_changes
from workers.vip.wellness import wellness
from workers.vip.white_glove import white_glove


def all_workers(rpc: Rpc, settings: Settings) -> list[Worker]:
    """Return every worker there is; these lists are the documentation."""
    return [
        housekeeping(supabase_foundation_store(rpc), settings.event_retention_days),
        *_orchestrator(rpc),
        *_performance(rpc, settings),
        *_vip(rpc),
        *_intelligence(rpc, settings),
        standards(supabase_quality_store(rpc), QualityPolicy()),
        audits(supabase_audit_store(rpc), AuditPolicy()),
        surveys(supabase_survey_store(rpc), SurveyPolicy()),
    ]


def _orchestrator(rpc: Rpc) -> list[Worker]:
    orchestrator = supabase_orchestrator_store(rpc)
    return [
        routing(orchestrator, RoutingPolicy()),
        backlog(orchestrator),
        rescuing(supabase_rescue_store(rpc), RescuePolicy()),
        snooze(supabase_snooze_store(rpc)),
        fairness(supabase_fairness_store(rpc), FairnessPolicy()),
        workflows(supabase_workflow_store(rpc), WorkflowPolicy()),
        journeys(supabase_journey_store(rpc), JourneyPolicy()),
    ]


def _performance(rpc: Rpc, settings: Settings) -> list[Worker]:
    measured = supabase_metric_store(rpc)
    sender = webhook_sender(allows_private=settings.worker_webhook_allow_private)
    return [
        promises(supabase_promise_store(rpc)),
        alerts(supabase_alert_store(rpc), AlertPolicy()),
        webhooks(supabase_webhook_store(rpc), sender, WebhookPolicy()),
        metrics(measured),
        metric_months(measured, MonthPolicy()),
    ]


def _vip(rpc: Rpc) -> list[Worker]:
    return [
        white_glove(supabase_white_glove_store(rpc), WhiteGlovePolicy()),
        outreach(supabase_outreach_store(rpc)),
        occasions(supabase_occasion_store(rpc)),
        wellness(supabase_wellness_store(rpc), WellnessPolicy()),
        recommendations(supabase_recommendation_store(rpc), RecommendationPolicy()),
        exclusive_access(supabase_exclusive_access_store(rpc)),
        recovery(supabase_recovery_store(rpc), RecoveryPolicy()),
        tier_changes(supabase_tier_change_store(rpc), TierPolicy()),
        client_books(supabase_client_book_store(rpc)),
    ]


def _intelligence(rpc: Rpc, settings: Settings) -> list[Worker]:
    prediction = supabase_prediction_store(rpc)
    return [
        triage(supabase_triage_store(rpc), TriagePolicy()),
        sentiment(supabase_sentiment_store(rpc)),
        training(prediction, TrainingPolicy()),
        scoring(prediction, ScoringPolicy()),
        predictions(prediction, ScoringPolicy()),
        replies(supabase_reply_store(rpc), language_service(settings)),
        plays(supabase_play_store(rpc), PlayPolicy()),
        personalization(supabase_personalization_store(rpc), PersonalizationPolicy()),
    ]


def language_service(settings: Settings) -> AskAi | None:
    """Return the outside service that may reword drafts, if the house has one."""
    if not settings.ai_service_url:
        return None
    key = settings.ai_service_key.get_secret_value()
    return ai_service(settings.ai_service_url, key, settings.ai_service_model)


def select_workers(workers: Sequence[Worker], only: Sequence[str]) -> list[Worker]:
    """Return the workers named by `only`: components or full names; all when it is empty."""
    names = {name for w in workers for name in (w.name, w.name.partition(".")[0])}
    unknown = [name for name in only if name not in names]
    if unknown:
        raise ConfigurationError(
            "--only",
            f"There is no worker {', '.join(unknown)}. There are: {', '.join(sorted(names))}.",
        )
    return [w for w in workers if not only or {w.name, w.name.partition(".")[0]} & set(only)]


async def serve(settings: Settings, only: Sequence[str] = ()) -> None:
    """Run one replica until it is told to stop."""

    def make_socket() -> Socket:
        return RealtimeSocket(
            settings.supabase_url, settings.supabase_secret_key.get_secret_value()
        )

    async with worker_rpc(settings) as rpc:
        workers = select_workers(all_workers(rpc, settings), only)
        runtime = Runtime(workers, supabase_job_store(rpc), make_socket, settings)
        await run_until_signalled(runtime)
