"""Who routes, rescues, wakes and follows tickets."""

from lib.orchestrator.fairness import FairnessPolicy
from lib.orchestrator.journeys import JourneyPolicy
from lib.orchestrator.policy import RoutingPolicy
from lib.orchestrator.rescue import RescuePolicy
from lib.orchestrator.workflows import WorkflowPolicy
from lib.settings import Settings
from lib.store.orchestrator.fairness import supabase_fairness_store
from lib.store.orchestrator.journeys import supabase_journey_store
from lib.store.orchestrator.rescue import supabase_rescue_store
from lib.store.orchestrator.routing import supabase_orchestrator_store
from lib.store.orchestrator.snooze import supabase_snooze_store
from lib.store.orchestrator.workflows import supabase_workflow_store
from lib.store.rpc import Rpc
from workers.orchestrator.backlog import backlog
from workers.orchestrator.fairness import fairness
from workers.orchestrator.journeys import journeys
from workers.orchestrator.rescue import rescuing
from workers.orchestrator.routing import routing
from workers.orchestrator.snooze import snooze
from workers.orchestrator.workflows import workflows
from workers.runtime.worker import Worker


def roster(rpc: Rpc, _settings: Settings) -> list[Worker]:
    """Return the component's workers; the list is the documentation."""
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
