"""Who keeps the books of support, and tells what they say."""

from lib.analytics.insights import InsightPolicy
from lib.analytics.monthly_reports import MonthlyReportPolicy
from lib.settings import Settings
from lib.store.analytics.insights import supabase_insight_store
from lib.store.analytics.ledgers import supabase_ledger_store
from lib.store.analytics.reports import supabase_report_store
from lib.store.rpc import Rpc
from workers.analytics.insights import insights
from workers.analytics.ledgers import ledgers
from workers.analytics.monthly_reports import monthly_reports
from workers.analytics.reports import reports
from workers.runtime.worker import Worker


def roster(rpc: Rpc, _settings: Settings) -> list[Worker]:
    """Return the component's workers; the list is the documentation."""
    written = supabase_report_store(rpc)
    return [
        ledgers(supabase_ledger_store(rpc)),
        insights(supabase_insight_store(rpc), InsightPolicy()),
        reports(written),
        monthly_reports(written, MonthlyReportPolicy()),
    ]
