"""Who looks after VIP clients."""

from lib.settings import Settings
from lib.store.rpc import Rpc
from lib.store.vip.client_books import supabase_client_book_store
from lib.store.vip.exclusive_access import supabase_exclusive_access_store
from lib.store.vip.occasions import supabase_occasion_store
from lib.store.vip.outreach import supabase_outreach_store
from lib.store.vip.recommendations import supabase_recommendation_store
from lib.store.vip.recovery import supabase_recovery_store
from lib.store.vip.tier_changes import supabase_tier_change_store
from lib.store.vip.wellness import supabase_wellness_store
from lib.store.vip.white_glove import supabase_white_glove_store
from lib.vip.recommendations import RecommendationPolicy
from lib.vip.recovery import RecoveryPolicy
from lib.vip.tier_changes import TierPolicy
from lib.vip.wellness import WellnessPolicy
from lib.vip.white_glove import WhiteGlovePolicy
from workers.runtime.worker import Worker
from workers.vip.client_books import client_books
from workers.vip.exclusive_access import exclusive_access
from workers.vip.occasions import occasions
from workers.vip.outreach import outreach
from workers.vip.recommendations import recommendations
from workers.vip.recovery import recovery
from workers.vip.tier_changes import tier_changes
from workers.vip.wellness import wellness
from workers.vip.white_glove import white_glove


def roster(rpc: Rpc, _settings: Settings) -> list[Worker]:
    """Return the component's workers; the list is the documentation."""
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
