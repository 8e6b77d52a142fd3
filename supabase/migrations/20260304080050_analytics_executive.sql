-- The executive's one call: the house's figures against the period before, against its own desks
-- and against luxury's standards, each with the call that says what it is made of.

create table public.executive_figures (
    metric text primary key references public.metric_definitions (metric),
    position smallint not null,
    label_pl text not null,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint executive_figures_position_is_taken_once unique (position),
    constraint executive_figures_label_is_short_text check (private.is_clean_text(label_pl, 80))
);
comment on table public.executive_figures is
    'Which metrics the executive sees at one glance, in their order.';
insert into public.executive_figures (metric, position, label_pl)
values
    ('attributed_revenue', 1, 'Przychód po obsłudze'),
    ('support_cost', 2, 'Koszt obsługi'),
    ('support_roi', 3, 'Zwrot z obsługi'),
    ('cost_per_client', 4, 'Koszt na klienta'),
    ('client_satisfaction', 5, 'Satysfakcja klientów'),
    ('vip_response_time', 6, 'Czas odpowiedzi VIP'),
    ('first_contact_resolution', 7, 'Rozwiązanie przy pierwszym kontakcie'),
    ('promises_kept', 8, 'Dotrzymane obietnice'),
    ('support_efficiency', 9, 'Sprawność obsługi'),
    ('client_retention', 10, 'Klienci, którzy wracają'),
    ('backlog', 11, 'Zaległości');
create trigger executive_figures_bump_version
before update on public.executive_figures
for each row execute function private.tg_bump_version();
create trigger executive_figures_record
after insert or update or delete on public.executive_figures
for each row execute function private.tg_record_configuration('metric');

insert into public.metric_benchmarks (metric, standard, target, source)
values
    ('client_retention', 'luxury', 90, 'The house''s founding standard: 90 % come again.'),
    ('support_roi', 'luxury', 150, 'The house''s founding standard: a return of 150 %.')
on conflict do nothing;

-- In plpgsql, as what is called for every figure: its plans are kept for the connection.
create function private.describe_executive_figure(
    p_metric public.metric_definitions, p_label_pl text, p_previous_since timestamptz,
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[], p_range text
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_present record;
    v_past numeric;
begin
    select tally.value, tally.sample_count into v_present
    from private.summarise_metric(p_metric.metric, p_since, p_until, p_desk_ids) tally;
    select tally.value into v_past
    from private.summarise_metric(p_metric.metric, p_previous_since, p_since, p_desk_ids) tally;
    return jsonb_build_object(
        'metric', p_metric.metric, 'label', p_metric.label, 'label_pl', p_label_pl,
        'unit', p_metric.unit, 'direction', p_metric.direction, 'version', p_metric.version,
        'value', v_present.value, 'sample_count', v_present.sample_count, 'previous', v_past,
        'trend', private.describe_trend(p_metric.direction, v_present.value, v_past),
        'internal', private.compare_desks(p_metric, p_since, p_until, p_desk_ids),
        'standards', private.compare_standards(p_metric, v_present.value),
        'drill_down', private.point_to_evidence(p_metric.metric, p_range)
    );
end
$$;

create function private.list_executive_figures(
    p_previous_since timestamptz, p_since timestamptz, p_until timestamptz, p_desk_ids uuid[],
    p_range text
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(private.describe_executive_figure(
        known, figure.label_pl, p_previous_since, p_since, p_until, p_desk_ids, p_range
    ) order by figure.position), '[]')
    from public.executive_figures figure
    join public.metric_definitions known on known.metric = figure.metric
$$;

-- A KPI whose metric is among the figures is not measured twice.
create function private.list_kpi_headlines(
    p_figures jsonb, p_since timestamptz, p_until timestamptz, p_desk_ids uuid[]
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'key', kpi.key, 'label_pl', kpi.label_pl, 'label_en', kpi.label_en, 'unit', known.unit,
        'value', period.value, 'target', kpi.target, 'status', private.judge_kpi(
            case when period.sample_count >= kpi.min_samples then period.value end,
            kpi.target, kpi.warning_band, known.direction
        )
    ) order by kpi.position), '[]')
    from public.kpis kpi
    join public.metric_definitions known on known.metric = kpi.metric
    left join jsonb_to_recordset(p_figures) as figure (
        metric text, value numeric, sample_count bigint
    ) on figure.metric = kpi.metric
    cross join lateral (
        select figure.value, figure.sample_count where figure.metric is not null
        union all
        select measured.value, measured.sample_count
        from private.summarise_metric(kpi.metric, p_since, p_until, p_desk_ids) measured
        where figure.metric is null
    ) period
$$;

-- Definer: sums over rows that the caller may not all see; whose figures they are is checked
-- first.
create function private.get_executive_metrics(p_range text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_desk_ids uuid[] := private.require_business_scope();
    v_range record;
    v_figures jsonb;
begin
    select range.* into v_range from private.require_metric_range(p_range) range;
    v_figures := private.list_executive_figures(
        v_range.previous_since_at, v_range.since_at, v_range.until_at, v_desk_ids, p_range
    );
    return jsonb_build_object(
        'since_at', v_range.since_at, 'until_at', v_range.until_at,
        'previous_since_at', v_range.previous_since_at,
        'scope', case when v_desk_ids is null then 'house' else 'desk' end,
        'currency', 'PLN', 'counted_until', private.find_ledger_moment(),
        'figures', v_figures, 'kpis', private.list_kpi_headlines(
            v_figures, v_range.since_at, v_range.until_at, v_desk_ids
        ),
        'retention_by_tier', private.describe_tier_retention(
            v_range.since_at, v_range.until_at, v_desk_ids
        ),
        'lifetime_value_by_tier', private.describe_tier_values(v_desk_ids),
        'insights', private.list_strategic_insights(
            v_range.since_at, v_range.until_at, v_desk_ids, 5
        ),
        'drill_down', jsonb_build_object(
            'roi', 'get_support_roi', 'revenue', 'get_attributed_revenue',
            'costs', 'get_support_costs', 'kpis', 'get_kpis',
            'retention_by_tier', 'get_client_cohorts',
            'lifetime_value_by_tier', 'get_lifetime_values', 'insights', 'get_strategic_insights'
        )
    );
end
$$;

create function public.get_executive_metrics(p_range text default '30d')
returns jsonb
language sql
set search_path = ''
as $$
    select private.get_executive_metrics(p_range)
$$;
comment on function public.get_executive_metrics(text) is
    'getExecutiveMetrics. Executives, admins and servers: the house; managers: their desk. Of the '
    'range (24h, 7d, 12m, or days 2026-11-01/2026-11-30 in Warsaw): "figures" [{"metric", "value" '
    '(money in grosze), "previous", "trend", "internal": {desks and quartiles}, "standards", '
    '"drill_down"}], "kpis" [{"key", "value", "target", "status"}], "retention_by_tier", '
    '"lifetime_value_by_tier", "insights", "counted_until".';

revoke all on public.executive_figures from anon, authenticated, service_role;
grant select on public.executive_figures to authenticated, service_role;
alter table public.executive_figures enable row level security;
create policy executive_figures_select_staff on public.executive_figures
for select to authenticated
using ((select private.is_staff()));

revoke all on function
    private.describe_executive_figure(
        public.metric_definitions, text, timestamptz, timestamptz, timestamptz, uuid[], text
    ),
    private.list_executive_figures(timestamptz, timestamptz, timestamptz, uuid[], text),
    private.list_kpi_headlines(jsonb, timestamptz, timestamptz, uuid[]),
    private.get_executive_metrics(text), public.get_executive_metrics(text)
from public, anon, authenticated, service_role;
grant execute on function
    private.get_executive_metrics(text), public.get_executive_metrics(text)
to authenticated, service_role;
