"""Who asks clients, and how goals come along."""

from lib.settings import Settings
from lib.store.rpc import Rpc
from lib.store.success.goals import supabase_goal_store
from lib.store.success.surveys import supabase_survey_store
from lib.success.goals import GoalPolicy
from lib.success.surveys import SurveyPolicy
from workers.runtime.worker import Worker
from workers.success.goals import goals
from workers.success.surveys import surveys


def roster(rpc: Rpc, _settings: Settings) -> list[Worker]:
    """Return the component's workers; the list is the documentation."""
    return [
        surveys(supabase_survey_store(rpc), SurveyPolicy()),
        goals(supabase_goal_store(rpc), GoalPolicy()),
    ]
