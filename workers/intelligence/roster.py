"""Who judges texts, scores clients and drafts answers."""

from lib.intelligence.personalization import PersonalizationPolicy
from lib.intelligence.plays import PlayPolicy
from lib.intelligence.prediction.scoring import ScoringPolicy
from lib.intelligence.prediction.training import TrainingPolicy
from lib.intelligence.triage import TriagePolicy
from lib.settings import Settings
from lib.store.ai_client import AskAi, ai_service
from lib.store.intelligence.personalization import supabase_personalization_store
from lib.store.intelligence.plays import supabase_play_store
from lib.store.intelligence.predictions import supabase_prediction_store
from lib.store.intelligence.replies import supabase_reply_store
from lib.store.intelligence.sentiment import supabase_sentiment_store
from lib.store.intelligence.triage import supabase_triage_store
from lib.store.rpc import Rpc
from workers.intelligence.personalization import personalization
from workers.intelligence.plays import plays
from workers.intelligence.predictions import predictions
from workers.intelligence.replies import replies
from workers.intelligence.scoring import scoring
from workers.intelligence.sentiment import sentiment
from workers.intelligence.training import training
from workers.intelligence.triage import triage
from workers.runtime.worker import Worker


def roster(rpc: Rpc, settings: Settings) -> list[Worker]:
    """Return the component's workers; the list is the documentation."""
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
