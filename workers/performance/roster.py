"""Who watches promises and alerts, measures and rolls up."""

from lib.performance.alerts import AlertPolicy
from lib.performance.metric_months import MonthPolicy
from lib.performance.rollups import RollupPolicy
from lib.performance.webhooks import WebhookPolicy
from lib.settings import Settings
from lib.store.performance.alerts import supabase_alert_store
from lib.store.performance.metrics import supabase_metric_store
from lib.store.performance.promises import supabase_promise_store
from lib.store.performance.rollups import supabase_rollup_store
from lib.store.performance.webhooks import supabase_webhook_store
from lib.store.rpc import Rpc
from lib.store.webhook_client import webhook_sender
from workers.performance.alerts import alerts
from workers.performance.metric_months import metric_months
from workers.performance.metrics import metrics
from workers.performance.promises import promises
from workers.performance.rollups import rollups
from workers.performance.webhooks import webhooks
from workers.runtime.worker import Worker


def roster(rpc: Rpc, settings: Settings) -> list[Worker]:
    """Return the component's workers; the list is the documentation."""
    measured = supabase_metric_store(rpc)
    sender = webhook_sender(allows_private=settings.worker_webhook_allow_private)
    return [
        promises(supabase_promise_store(rpc)),
        alerts(supabase_alert_store(rpc), AlertPolicy()),
        webhooks(supabase_webhook_store(rpc), sender, WebhookPolicy()),
        metrics(measured),
        metric_months(measured, MonthPolicy()),
        rollups(supabase_rollup_store(rpc), RollupPolicy()),
    ]
