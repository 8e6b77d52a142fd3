-- The registry of key performance indicators: each names the metric it is defined by (one
-- definition, in metric_definitions) and says what the house holds itself to. Its number, status
-- and trend are measured when asked, from the same roll-ups as everything else.
--
--   on_target    the target is met
--   warning      it is missed by no more than the warning band
--   off_target   it is missed by more
--   no_data      too few observations to say
--   tracked      watched without a target
--
-- Trend: least squares over the daily values of whole Warsaw days, of the range but the last 28 at
-- least and 90 at most; Student's t of the slope with days - 2 degrees of freedom, two-sided at
-- 5 %. Days count as independent.
-- Events: none.

create table public.kpis (
    key text primary key,
    position smallint not null,
    metric text not null references public.metric_definitions (metric),
    block text not null,
    label_pl text not null,
    label_en text not null,
    target numeric,
    warning_band numeric,
    lowest numeric,
    highest numeric,
    owner_role text not null,
    period text not null default '30d',
    min_samples integer not null default 5,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint kpis_position_is_taken_once unique (position),
    constraint kpis_key_is_a_word check (key ~ '^[a-z][a-z_]{0,47}$'),
    constraint kpis_block_is_known check (block in ('client_experience', 'business', 'luxury')),
    constraint kpis_labels_are_short_text
        check (private.is_clean_text(label_pl, 80) and private.is_clean_text(label_en, 80)),
    constraint kpis_tracked_ones_have_no_band check ((target is null) = (warning_band is null)),
    constraint kpis_warning_band_is_not_negative check (warning_band >= 0),
    constraint kpis_target_lies_on_its_scale check (target >= lowest and target <= highest),
    constraint kpis_numbers_are_bounded check (
        abs(target) <= 1e13 and warning_band <= 1e13 and abs(lowest) <= 1e13
        and abs(highest) <= 1e13 and lowest < highest
    ),
    constraint kpis_owner_role_is_known check (private.is_staff_role(owner_role)),
    constraint kpis_period_is_known check (period in ('24h', '7d', '30d', '90d', '12m')),
    constraint kpis_min_samples_is_bounded check (min_samples between 1 and 10000)
);
comment on table public.kpis is
    'What the house holds itself to. Which way is better, the unit and how it is counted are the '
    'metric''s. Targets are set by set_kpi_target; every change is history.';
comment on column public.kpis.target is 'In the metric''s unit; null: tracked only.';
comment on column public.kpis.warning_band is
    'How far beyond the target is still a warning, in the metric''s unit.';
comment on column public.kpis.lowest is 'The end of the metric''s scale; null: it has none.';
comment on column public.kpis.owner_role is 'Whose business it is that the target is met.';
comment on column public.kpis.period is 'What the status is about unless somebody asks otherwise.';
comment on column public.kpis.min_samples is 'Fewer observations say nothing: no_data.';
create index kpis_metric_idx on public.kpis (metric);
comment on index public.kpis_metric_idx is 'Serves the foreign key.';
create trigger kpis_bump_version
before update on public.kpis
for each row execute function private.tg_bump_version();
create trigger kpis_record
after insert or update or delete on public.kpis
for each row execute function private.tg_record_configuration('key');

-- Those whose metrics are about money and coming back follow when these are there
-- (success_kpi_registry).
insert into public.kpis (
    key, position, metric, block, label_pl, label_en, target, warning_band, lowest, highest,
    owner_role, period
)
values
    ('client_satisfaction', 1, 'client_satisfaction', 'client_experience',
        'Satysfakcja klientów', 'Client satisfaction', 4.7, 0.2, 1, 5, 'manager', '30d'),
    ('vip_response_time', 2, 'vip_response_time', 'client_experience',
        'Czas odpowiedzi VIP', 'VIP response time', 30, 30, 0, null, 'manager', '7d'),
    ('first_contact_resolution', 3, 'first_contact_resolution', 'client_experience',
        'Rozwiązanie przy pierwszym kontakcie', 'First contact resolution', 85, 5, 0, 100,
        'manager', '30d'),
    ('operational_efficiency', 7, 'support_efficiency', 'business',
        'Sprawność operacyjna', 'Operational efficiency', 85, 5, 0, 100, 'manager', '30d'),
    ('luxury_experience_score', 9, 'luxury_experience_score', 'luxury',
        'Wskaźnik doświadczenia luksusu', 'Luxury experience score', 90, 5, 0, 100,
        'executive', '30d'),
    ('personalization_effectiveness', 10, 'personalization_effectiveness', 'luxury',
        'Skuteczność personalizacji', 'Personalization effectiveness', 85, 10, 0, 100,
        'relationship_manager', '90d'),
    ('white_glove_usage', 11, 'white_glove_usage', 'luxury',
        'Korzystanie z usług white-glove', 'White-glove service usage', null, null, 0, 100,
        'relationship_manager', '30d'),
    ('brand_consistency', 12, 'brand_consistency', 'luxury',
        'Spójność marki', 'Brand consistency', 95, 3, 0, 100, 'quality_auditor', '30d');

-- -------------------------------------------------------------------------------------------------
-- Status and trend
-- -------------------------------------------------------------------------------------------------
create function private.judge_kpi(
    p_value numeric, p_target numeric, p_warning_band numeric, p_direction text
)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_miss numeric := case p_direction
        when 'lower' then p_value - p_target else p_target - p_value end;
begin
    return case
        when p_value is null then 'no_data'
        when p_target is null then 'tracked'
        when v_miss <= 0 then 'on_target'
        when v_miss <= p_warning_band then 'warning'
        else 'off_target'
    end;
end
$$;
comment on function private.judge_kpi(numeric, numeric, numeric, text) is
    'The status of a value, see the head of this migration. A better value never has a worse one.';

-- A line through points without any spread around it is as sure as can be, and has no t.
create function private.judge_trend(p_days integer[], p_values numeric[], p_direction text)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_line record;
    v_rest double precision;
    v_critical double precision;
    v_t double precision;
    v_is_significant boolean := false;
begin
    select count(*) as count, regr_slope(one.y, one.x) as slope, regr_sxx(one.y, one.x) as sxx,
        regr_syy(one.y, one.x) as syy, regr_sxy(one.y, one.x) as sxy
    into v_line
    from unnest(p_days::double precision[], p_values::double precision[]) as one (x, y)
    where one.y is not null;
    if v_line.count >= 8 then
        v_critical := private.find_student_quantile(v_line.count::integer - 2);
        v_rest := greatest(0, v_line.syy - v_line.sxy ^ 2 / v_line.sxx);
        if v_rest > 1e-12 * v_line.syy then
            v_t := v_line.slope / sqrt(v_rest / (v_line.count - 2) / v_line.sxx);
        end if;
        v_is_significant := v_line.syy > 0 and coalesce(abs(v_t) > v_critical, true);
    end if;
    return jsonb_build_object(
        'days', v_line.count, 'slope_per_day', round(v_line.slope::numeric, 6),
        't', round(v_t::numeric, 4), 'critical_t', round(v_critical::numeric, 4),
        'is_significant', v_is_significant, 'verdict', case
            when v_line.count < 8 then 'too_few'
            when not v_is_significant then 'no_clear_trend'
            when (v_line.slope > 0) = (p_direction = 'higher') then 'better'
            else 'worse'
        end
    );
end
$$;
comment on function private.judge_trend(integer[], numeric[], text) is
    'The test of a trend in daily values (nulls left out): {"days", "slope_per_day", "t", '
    '"critical_t", "is_significant", "verdict": better, worse, no_clear_trend or (below 8 days) '
    'too_few}.';

-- The day that is not over yet is left out: half a day is no day.
create function private.find_kpi_trend(
    p_metric text, p_direction text, p_since timestamptz, p_until timestamptz, p_desk_ids uuid[]
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select private.judge_trend(
            array_agg(one.day - '2000-01-01'::date order by one.day),
            array_agg(one.value order by one.day), p_direction
        )
        from private.list_metric_days(
            p_metric,
            date_trunc('day', greatest(
                least(p_since, p_until - interval '28 days'), p_until - interval '90 days'
            ), 'Europe/Warsaw'),
            date_trunc('day', least(p_until, now()), 'Europe/Warsaw'), p_desk_ids
        ) one
    );
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Numbers
-- -------------------------------------------------------------------------------------------------

-- In plpgsql, as what it calls: plans are kept, and there is a dozen of KPIs to a question.
create function private.describe_kpi(
    p_kpi public.kpis, p_previous_since timestamptz, p_since timestamptz, p_until timestamptz,
    p_desk_ids uuid[]
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_metric public.metric_definitions;
    v_now record;
    v_before numeric;
begin
    select known.* into v_metric
    from public.metric_definitions known where known.metric = p_kpi.metric;
    select found.value, found.sample_count into v_now
    from private.summarise_metric(p_kpi.metric, p_since, p_until, p_desk_ids) found;
    select found.value into v_before
    from private.summarise_metric(p_kpi.metric, p_previous_since, p_since, p_desk_ids) found;
    return to_jsonb(p_kpi) - array['position', 'min_samples', 'created_at', 'updated_at']
        || jsonb_build_object(
            'unit', v_metric.unit, 'direction', v_metric.direction,
            'description', v_metric.description, 'drill_down', v_metric.drill_down,
            'metric_version', v_metric.version, 'since_at', p_since, 'until_at', p_until,
            'value', round(v_now.value, 4), 'sample_count', coalesce(v_now.sample_count, 0),
            'previous_value', round(v_before, 4), 'gap', round(v_now.value - p_kpi.target, 4),
            'status', private.judge_kpi(
                case when v_now.sample_count >= p_kpi.min_samples then v_now.value end,
                p_kpi.target, p_kpi.warning_band, v_metric.direction
            ),
            'trend', private.find_kpi_trend(
                p_kpi.metric, v_metric.direction, p_since, p_until, p_desk_ids
            )
        );
end
$$;
comment on function private.describe_kpi(
    public.kpis, timestamptz, timestamptz, timestamptz, uuid[]
) is
    'A KPI with its number of that time at these desks (null: the house), the number of the time '
    'before, its status and its trend.';

create function private.describe_kpis(
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[]
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_before timestamptz := private.find_range_before(p_since, p_until);
begin
    return (
        select coalesce(jsonb_agg(
            private.describe_kpi(kpi, v_before, p_since, p_until, p_desk_ids)
            order by kpi.position
        ), '[]')
        from public.kpis kpi
    );
end
$$;
comment on function private.describe_kpis(timestamptz, timestamptz, uuid[]) is
    'Every KPI over that time and the time before, as long, in their order. Whoever calls it has '
    'checked who asks.';

-- -------------------------------------------------------------------------------------------------
-- What people ask
-- -------------------------------------------------------------------------------------------------

-- Of whole minutes, the present one too: then everything is read from what is rolled up.
create function private.require_kpi_range(p_range text)
returns table (since_at timestamptz, until_at timestamptz, previous_since_at timestamptz)
language plpgsql
set search_path = ''
as $$
declare
    v_range record;
begin
    select range.* into v_range from private.require_metric_range(p_range) range;
    since_at := date_trunc('minute', v_range.since_at);
    until_at := date_trunc('minute', v_range.until_at + interval '59.999999 seconds');
    previous_since_at := case
        when p_range like '%/%' then v_range.previous_since_at
        else since_at - (until_at - since_at)
    end;
    return next;
end
$$;

create function private.require_kpi_filter(p_filter jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_problem text;
begin
    v_problem := case
        when jsonb_typeof(p_filter) is distinct from 'object' then 'an object'
        when p_filter - '{block,status,key,range}'::text[] <> '{}'
            then 'block, status, key and range are known'
        when exists (
            select from jsonb_each(p_filter) given where jsonb_typeof(given.value) <> 'string'
        ) then 'texts'
        when p_filter ->> 'block' not in ('client_experience', 'business', 'luxury')
            then 'block: client_experience, business or luxury'
        when p_filter ->> 'status' not in (
            'on_target', 'warning', 'off_target', 'no_data', 'tracked'
        ) then 'status: on_target, warning, off_target, no_data or tracked'
        when p_filter ? 'key' and not exists (
            select from public.kpis known where known.key = p_filter ->> 'key'
        ) then 'key: there is no such KPI'
    end;
    if v_problem is not null then
        perform private.refuse('PT422', 'filter_invalid', 'The filter: ' || v_problem || '.');
    end if;
end
$$;

-- Definer: the numbers are about rows that the caller may not all see; the desks they are about are
-- found first, and no row leaves here.
create function private.get_kpis(p_filter jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_desk_ids uuid[] := private.require_metric_scope(false);
begin
    perform private.require_kpi_filter(p_filter);
    return (
        -- Materialized: it would be measured anew for each look at its status.
        with found as materialized (
            select known.position, private.describe_kpi(
                known, range.previous_since_at, range.since_at, range.until_at, v_desk_ids
            ) as kpi
            from public.kpis known
            join private.list_my_metrics() measured on measured.metric = known.metric
            cross join lateral private.require_kpi_range(
                coalesce(p_filter ->> 'range', known.period)
            ) range
            where known.block = coalesce(p_filter ->> 'block', known.block)
                and known.key = coalesce(p_filter ->> 'key', known.key)
        )
        select coalesce(jsonb_agg(found.kpi order by found.position), '[]')
        from found
        where found.kpi ->> 'status' = coalesce(p_filter ->> 'status', found.kpi ->> 'status')
    );
end
$$;

create function public.get_kpis(p_filter jsonb default '{}')
returns jsonb
language sql
set search_path = ''
as $$
    select private.get_kpis(p_filter)
$$;
comment on function public.get_kpis(jsonb) is
    'getKPIs. Staff: their desk''s; executives, admins and servers: the house''s; those about '
    'money for managers, executives, admins and servers. Filter: block, status, key, range (24h, '
    '7d, 12m, or days 2026-11-01/2026-11-30; else each KPI''s own period). [{"key", "label_pl", '
    '"label_en", "block", "metric", "unit", "direction", "target", "warning_band", "value", '
    '"sample_count", "previous_value", "gap", "status": on_target, warning, off_target, no_data or '
    'tracked, "trend" {"verdict", "slope_per_day", "t", "critical_t", "days"}}]. The ids behind a '
    'number: get_metric_evidence(metric, range).';

-- -------------------------------------------------------------------------------------------------
-- Targets
-- -------------------------------------------------------------------------------------------------
create function private.require_target_setter()
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if not private.is_service() then
        perform private.require_staff();
        if not private.is_house_overseer() then
            perform private.refuse(
                'PT403', 'executive_required', 'Targets are the house''s: executives and admins.'
            );
        end if;
    end if;
end
$$;

create function private.require_target_terms(
    p_kpi public.kpis, p_target numeric, p_warning_band numeric, p_version integer
)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_kpi.key is null then
        perform private.refuse('PT404', 'kpi_not_found', 'There is no such KPI.');
    elsif p_kpi.version <> p_version then
        perform private.refuse('PT409', 'stale_version', 'The KPI has changed: read it again.');
    elsif p_target = 'NaN' or abs(p_target) > 1e13 or p_target < p_kpi.lowest
        or p_target > p_kpi.highest
    then
        perform private.refuse(
            'PT422', 'target_out_of_range', 'A number on the KPI''s own scale, or null to track it.'
        );
    elsif p_warning_band is not null and (
        p_target is null or (p_warning_band between 0 and 1e13) is not true
    ) then
        perform private.refuse(
            'PT422', 'warning_band_out_of_range', 'A number from 0 on; none without a target.'
        );
    end if;
end
$$;

-- Definer: nobody holds a right to write the registry; who may is checked first.
create function private.set_kpi_target(
    p_key text, p_target numeric, p_reason text, p_warning_band numeric, p_version integer
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_kpi public.kpis;
begin
    perform private.require_target_setter();
    select known.* into v_kpi from public.kpis known where known.key = p_key for update;
    perform private.require_target_terms(v_kpi, p_target, p_warning_band, p_version);
    perform private.note_reason(private.require_text('reason', p_reason, 500));
    update public.kpis known
    set target = p_target, warning_band = case
            when p_target is not null then coalesce(p_warning_band, known.warning_band, 0) end
    where known.key = v_kpi.key
    returning known.* into v_kpi;
    return to_jsonb(v_kpi);
end
$$;

create function public.set_kpi_target(
    p_key text,
    p_target numeric,
    p_reason text,
    p_warning_band numeric default null,
    p_version integer default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_kpi_target(p_key, p_target, p_reason, p_warning_band, p_version)
$$;
comment on function public.set_kpi_target(text, numeric, text, numeric, integer) is
    'Executives, admins, servers: another target (null: tracked only), with its reason; without a '
    'band the old one stays. The version, if given, must be the present one (PT409). Answers the '
    'row of kpis.';

-- Definer: nobody holds a right to write weights; who may is checked first.
create function private.set_experience_weights(p_weights jsonb, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_parts constant text[] := '{survey,promises,brand,quality}';
begin
    perform private.require_target_setter();
    if jsonb_typeof(p_weights) is distinct from 'object' or not p_weights ?& v_parts
        or p_weights - v_parts <> '{}' or exists (
            select from jsonb_each(p_weights) given
            where jsonb_typeof(given.value) <> 'number' or given.value < '0' or given.value > '1'
        ) or 1 <> (
            select sum(round(given.value::numeric, 4)) from jsonb_each(p_weights) given
        )
    then
        perform private.refuse(
            'PT422', 'weights_invalid', 'Four shares: survey, promises, brand, quality; together 1.'
        );
    end if;
    perform private.note_reason(private.require_text('reason', p_reason, 500));
    insert into public.experience_weights as known (part, weight)
    select given.key, given.value::numeric from jsonb_each(p_weights) given
    on conflict (part, valid_from_at) do update set weight = excluded.weight;
    return p_weights;
end
$$;

create function public.set_experience_weights(p_weights jsonb, p_reason text)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_experience_weights(p_weights, p_reason)
$$;
comment on function public.set_experience_weights(jsonb, text) is
    'Executives, admins, servers: what counts how much for the luxury experience score from now '
    'on, e.g. {"survey": 0.4, "promises": 0.2, "brand": 0.2, "quality": 0.2}; what was resolved '
    'before stays as it was judged. 422 weights_invalid. Answers the weights.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.kpis from anon, authenticated, service_role;
grant select on public.kpis to authenticated, service_role;
alter table public.kpis enable row level security;
create policy kpis_select_staff on public.kpis
for select to authenticated
using ((select private.is_staff()));

revoke all on function
    private.judge_kpi(numeric, numeric, numeric, text),
    private.judge_trend(integer[], numeric[], text),
    private.find_kpi_trend(text, text, timestamptz, timestamptz, uuid[]),
    private.describe_kpi(public.kpis, timestamptz, timestamptz, timestamptz, uuid[]),
    private.describe_kpis(timestamptz, timestamptz, uuid[]), private.require_kpi_range(text),
    private.require_kpi_filter(jsonb), private.get_kpis(jsonb), public.get_kpis(jsonb),
    private.require_target_setter(),
    private.require_target_terms(public.kpis, numeric, numeric, integer),
    private.set_kpi_target(text, numeric, text, numeric, integer),
    public.set_kpi_target(text, numeric, text, numeric, integer),
    private.set_experience_weights(jsonb, text), public.set_experience_weights(jsonb, text)
from public, anon, authenticated, service_role;
grant execute on function
    private.get_kpis(jsonb), public.get_kpis(jsonb),
    private.set_kpi_target(text, numeric, text, numeric, integer),
    public.set_kpi_target(text, numeric, text, numeric, integer),
    private.set_experience_weights(jsonb, text), public.set_experience_weights(jsonb, text)
to authenticated, service_role;
