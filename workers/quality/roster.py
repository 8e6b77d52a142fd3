"""Who checks, audits and follows up."""

from lib.quality.audits import AuditPolicy
from lib.quality.standards import QualityPolicy
from lib.settings import Settings
from lib.store.quality.audits import supabase_audit_store
from lib.store.quality.improvements import supabase_improvement_store
from lib.store.quality.standards import supabase_quality_store
from lib.store.rpc import Rpc
from workers.quality.audits import audits
from workers.quality.improvements import improvements
from workers.quality.standards import standards
from workers.runtime.worker import Worker


def roster(rpc: Rpc, _settings: Settings) -> list[Worker]:
    """Return the component's workers; the list is the documentation."""
    return [
        standards(supabase_quality_store(rpc), QualityPolicy()),
        audits(supabase_audit_store(rpc), AuditPolicy()),
        improvements(supabase_improvement_store(rpc)),
    ]
