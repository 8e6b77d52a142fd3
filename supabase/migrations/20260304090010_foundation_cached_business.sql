-- The business's numbers among the answers that are kept. At 10,000 tickets, through the API and
-- on a busy machine, the executives' page took 1.6 to 2 s, the return on support 2 to 3 s and the
-- KPIs 1.2 to 2.6 s.

insert into private.cached_functions (function, cache, tags)
values
    ('get_executive_metrics', 'analytics', '{business}'),
    ('get_support_roi', 'analytics', '{business}'),
    ('get_kpis', 'analytics', '{business}');

-- Other definitions, targets, rates and findings count at once; what only adds to the numbers waits
-- for the lifetime.
create trigger metric_definitions_mark_caches
after insert or update or delete on public.metric_definitions
for each statement execute function private.tg_mark_caches('business');
create trigger kpis_mark_caches
after insert or update or delete on public.kpis
for each statement execute function private.tg_mark_caches('business');
create trigger attribution_models_mark_caches
after insert or update or delete on public.attribution_models
for each statement execute function private.tg_mark_caches('business');
create trigger cost_rates_mark_caches
after insert or update or delete on public.cost_rates
for each statement execute function private.tg_mark_caches('business');
create trigger handling_rules_mark_caches
after insert or update or delete on public.handling_rules
for each statement execute function private.tg_mark_caches('business');
create trigger executive_figures_mark_caches
after insert or update or delete on public.executive_figures
for each statement execute function private.tg_mark_caches('business');
create trigger insight_runs_mark_caches
after insert or delete on public.insight_runs
for each statement execute function private.tg_mark_caches('business');

-- The desks whose metrics somebody may see, and whether money is among them.
create function private.name_metric_scope(p_desk_ids uuid[])
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    return case when private.is_metric_manager() then 'money:' else 'staff:' end || case
        when p_desk_ids is null then 'house'
        else encode(sha256(convert_to(array_to_string(p_desk_ids, ','), 'utf8')), 'hex')
    end;
end
$$;
comment on function private.name_metric_scope(uuid[]) is
    'For callers who were granted these desks (null: the house): the same for those who are shown '
    'the same numbers, and for nobody else.';

alter function private.get_executive_metrics(text) rename to make_executive_metrics;
alter function private.get_support_roi(text) rename to make_support_roi;
alter function private.get_kpis(jsonb) rename to make_kpis;
revoke all on function
    private.make_executive_metrics(text), private.make_support_roi(text), private.make_kpis(jsonb)
from public, anon, authenticated, service_role;

-- Definer: reads and writes what was answered before; the caller is checked and their scope found
-- first, by what makes the answer too.
create function private.get_executive_metrics(p_range text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_name text := 'get_executive_metrics';
    v_question jsonb := jsonb_build_array(p_range);
    v_scope text := private.name_metric_scope(private.require_business_scope());
    v_kept record;
begin
    select kept.* into v_kept from private.read_cached(v_name, v_scope, v_question) kept;
    return coalesce(v_kept.answer, private.store_cached(
        v_name, v_scope, v_question, v_kept.seen_count,
        private.make_executive_metrics(p_range)
    ));
end
$$;

-- Definer: reads and writes what was answered before; the caller is checked and their scope found
-- first, by what makes the answer too.
create function private.get_support_roi(p_range text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_name text := 'get_support_roi';
    v_question jsonb := jsonb_build_array(p_range);
    v_scope text := private.name_metric_scope(private.require_business_scope());
    v_kept record;
begin
    select kept.* into v_kept from private.read_cached(v_name, v_scope, v_question) kept;
    return coalesce(v_kept.answer, private.store_cached(
        v_name, v_scope, v_question, v_kept.seen_count,
        private.make_support_roi(p_range)
    ));
end
$$;

-- Definer: reads and writes what was answered before; the caller is checked and their scope found
-- first, by what makes the answer too.
create function private.get_kpis(p_filter jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_name text := 'get_kpis';
    v_question jsonb := jsonb_build_array(p_filter);
    v_scope text := private.name_metric_scope(private.require_metric_scope(false));
    v_kept record;
begin
    select kept.* into v_kept from private.read_cached(v_name, v_scope, v_question) kept;
    return coalesce(v_kept.answer, private.store_cached(
        v_name, v_scope, v_question, v_kept.seen_count,
        private.make_kpis(p_filter)
    ));
end
$$;

revoke all on function
    private.name_metric_scope(uuid[]), private.get_executive_metrics(text),
    private.get_support_roi(text), private.get_kpis(jsonb)
from public, anon, authenticated, service_role;
grant execute on function
    private.get_executive_metrics(text), private.get_support_roi(text), private.get_kpis(jsonb)
to authenticated, service_role;
