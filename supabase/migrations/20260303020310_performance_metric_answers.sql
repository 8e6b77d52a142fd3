-- What people read of the metrics: numbers of a range against the one before, the tickets behind
-- them, and where they stand. Everything is made of private.observe_metric, so a number and its
-- evidence cannot differ.

-- -------------------------------------------------------------------------------------------------
-- Whose, and when
-- -------------------------------------------------------------------------------------------------
create function private.require_metric_scope(p_needs_oversight boolean)
returns uuid[]
language plpgsql
stable
set search_path = ''
as $$
declare
    v_me record;
begin
    if private.is_service() then
        return null;
    end if;
    perform private.require_staff();
    select me.role, me.desk_id into v_me from private.my_staff_row() me;
    if v_me.role in ('executive', 'admin') then
        return null;
    elsif p_needs_oversight and v_me.role not in ('manager', 'quality_auditor') then
        perform private.refuse('PT403', 'overseer_required', 'Who oversees the desk may do this.');
    end if;
    return array[v_me.desk_id];
end
$$;
comment on function private.require_metric_scope(boolean) is
    'The desks whose numbers the caller may see; null: the whole house.';

-- The period before: as many days of the calendar before days of the calendar, whatever hour was
-- gained or lost between; as many seconds before everything else.
create function private.require_metric_range(p_range text)
returns table (since_at timestamptz, until_at timestamptz, previous_since_at timestamptz)
language plpgsql
set search_path = ''
as $$
declare
    v_zone text := 'Europe/Warsaw';
    v_range record;
begin
    select range.since_at, range.until_at into v_range from private.read_past_range(p_range) range;
    if (v_range.since_at < v_range.until_at) is not true then
        perform private.refuse(
            'PT422', 'range_malformed', '24h, 7d, 12m or 2026-11-01/2026-11-30.'
        );
    end if;
    return query select v_range.since_at, v_range.until_at, case
        when p_range like '%/%' then (
            (v_range.since_at at time zone v_zone) - (
                (v_range.until_at at time zone v_zone) - (v_range.since_at at time zone v_zone)
            )
        ) at time zone v_zone
        else v_range.since_at - (v_range.until_at - v_range.since_at)
    end;
end
$$;

create function private.find_series_step(p_since timestamptz, p_until timestamptz)
returns text
language sql
immutable
set search_path = ''
as $$
    select coalesce((
        select step.name
        from (
            values
                ('1 minute', 60), ('5 minutes', 300), ('15 minutes', 900), ('1 hour', 3600),
                ('day', 86400), ('week', 604800), ('month', 2592000)
        ) step (name, seconds)
        where extract(epoch from p_until - p_since) / step.seconds <= 190
        order by step.seconds
        limit 1
    ), 'year')
$$;
comment on function private.find_series_step(timestamptz, timestamptz) is
    'The shortest step that keeps a series within 200 points.';

create function private.find_series_start(p_at timestamptz, p_step text, p_zone text)
returns timestamptz
language sql
stable
set search_path = ''
as $$
    select case
        when p_step in ('day', 'week', 'month', 'year') then date_trunc(p_step, p_at, p_zone)
        else date_bin(p_step::interval, p_at, '2000-01-01 00:00+00')
    end
$$;

-- -------------------------------------------------------------------------------------------------
-- Numbers
-- -------------------------------------------------------------------------------------------------
create function private.tally_metric(
    p_metric public.metric_definitions, p_since timestamptz, p_until timestamptz,
    p_desk_ids uuid[]
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'value', private.pick_metric_value(
            p_metric.method, tally.median, tally.mean, tally.last
        ),
        'median', round(tally.median::numeric, 4), 'p90', round(tally.p90::numeric, 4),
        'sample_count', tally.count
    )
    from (
        select
            percentile_cont(0.5) within group (order by one.value::double precision) as median,
            percentile_cont(0.9) within group (order by one.value::double precision) as p90,
            avg(one.value) as mean, count(*) as count,
            (array_agg(one.value order by one.observed_at desc))[1] as last
        from private.observe_metric(p_metric.metric, p_since, p_until, p_desk_ids) one
    ) tally
$$;

create function private.list_metric_points(
    p_metric public.metric_definitions, p_since timestamptz, p_until timestamptz,
    p_desk_ids uuid[]
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'begins_at', point.begins_at, 'value', point.value, 'sample_count', point.count
    ) order by point.begins_at), '[]')
    from (
        select placed.begins_at, count(*) as count, private.pick_metric_value(
            p_metric.method,
            percentile_cont(0.5) within group (order by placed.value::double precision),
            avg(placed.value), (array_agg(placed.value order by placed.observed_at desc))[1]
        ) as value
        from (
            select one.value, one.observed_at, private.find_series_start(
                one.observed_at, private.find_series_step(p_since, p_until), p_metric.zone
            ) as begins_at
            from private.observe_metric(p_metric.metric, p_since, p_until, p_desk_ids) one
        ) placed
        group by placed.begins_at
    ) point
$$;

create function private.describe_trend(p_direction text, p_now numeric, p_before numeric)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select jsonb_build_object(
        'change', p_now - p_before,
        'change_percent', round(100 * (p_now - p_before) / nullif(p_before, 0), 2),
        'verdict', case
            when p_now is null or p_before is null then 'unknown'
            when p_now = p_before then 'same'
            when (p_now > p_before) = (p_direction = 'higher') then 'better'
            else 'worse'
        end
    )
$$;

create function private.describe_metric(
    p_metric public.metric_definitions, p_previous_since timestamptz, p_since timestamptz,
    p_until timestamptz, p_desk_ids uuid[]
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'metric', p_metric.metric, 'label', p_metric.label, 'category', p_metric.category,
        'unit', p_metric.unit, 'direction', p_metric.direction, 'version', p_metric.version,
        'current', period.now, 'previous', period.before,
        'trend', private.describe_trend(
            p_metric.direction, (period.now ->> 'value')::numeric,
            (period.before ->> 'value')::numeric
        ),
        'series', private.list_metric_points(p_metric, p_since, p_until, p_desk_ids)
    )
    from (
        select
            private.tally_metric(p_metric, p_since, p_until, p_desk_ids) as now,
            private.tally_metric(p_metric, p_previous_since, p_since, p_desk_ids) as before
    ) period
$$;

-- Definer: the numbers are about tickets and surveys that the caller may not all see; the desks
-- they are about are found first, and no row leaves here.
create function private.get_performance_metrics(p_range text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_desk_ids uuid[] := private.require_metric_scope(false);
    v_range record;
begin
    select range.* into v_range from private.require_metric_range(p_range) range;
    return jsonb_build_object(
        'since_at', v_range.since_at, 'until_at', v_range.until_at,
        'previous_since_at', v_range.previous_since_at,
        'scope', case when v_desk_ids is null then 'house' else 'desk' end,
        'step', private.find_series_step(v_range.since_at, v_range.until_at),
        'metrics', (
            select jsonb_agg(private.describe_metric(
                known, v_range.previous_since_at, v_range.since_at, v_range.until_at, v_desk_ids
            ) order by known.metric)
            from public.metric_definitions known
        )
    );
end
$$;

create function public.get_performance_metrics(p_range text default '24h')
returns jsonb
language sql
set search_path = ''
as $$
    select private.get_performance_metrics(p_range)
$$;
comment on function public.get_performance_metrics(text) is
    'Staff: their desk; executives, admins and servers: the house. Of the range (24h, 7d, 12m, or '
    'days 2026-11-01/2026-11-30 in Warsaw) {"since_at", "until_at", "scope", "step", "metrics": '
    '[{"metric", "label", "unit", "direction", "version", "current" and "previous" {"value", '
    '"median", "p90", "sample_count"}, "trend" {"change", "change_percent", "verdict"}, "series": '
    'at most 200 points}]}. The previous period is as long and ends where the range begins.';

-- -------------------------------------------------------------------------------------------------
-- Evidence
-- -------------------------------------------------------------------------------------------------

-- The tickets behind the newest number: those that were waiting at the end of the range.
create function private.observe_backlog(p_until timestamptz, p_desk_ids uuid[])
returns table (observed_at timestamptz, ticket_id uuid, desk_id uuid, value numeric)
language sql
stable
rows 1000
set search_path = ''
as $$
    select
        one.began_at, one.ticket_id, one.desk_id,
        floor(extract(epoch from p_until - one.began_at))
    from private.all_cycles one
    where one.began_at < p_until and (one.resolved_at is null or one.resolved_at >= p_until)
        and (p_desk_ids is null or one.desk_id = any (p_desk_ids))
$$;
comment on function private.observe_backlog(timestamptz, uuid[]) is
    'Cycles that were not resolved at that moment, with their age in seconds.';

create function private.list_metric_evidence(
    p_metric public.metric_definitions, p_since timestamptz, p_until timestamptz,
    p_desk_ids uuid[], p_limit integer
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(to_jsonb(worst) - 'badness' order by
        worst.badness desc, worst.observed_at desc, worst.ticket_id
    ), '[]')
    from (
        select
            one.*, one.value * case p_metric.direction when 'lower' then 1 else -1 end as badness
        from private.observe_metric(p_metric.metric, p_since, p_until, p_desk_ids) one
        where p_metric.metric <> 'backlog'
        union all
        select one.*, one.value
        from private.observe_backlog(p_until, p_desk_ids) one
        where p_metric.metric = 'backlog'
        order by badness desc, observed_at desc, ticket_id
        limit p_limit
    ) worst
$$;

-- Definer: the evidence names tickets of the whole desk; who oversees it is checked first.
create function private.get_metric_evidence(p_metric text, p_range text, p_limit integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_desk_ids uuid[] := private.require_metric_scope(true);
    v_metric public.metric_definitions;
    v_range record;
begin
    select known.* into v_metric
    from public.metric_definitions known where known.metric = p_metric;
    if v_metric.metric is null then
        perform private.refuse('PT422', 'metric_unknown', 'One of those in metric_definitions.');
    elsif (p_limit between 1 and 1000) is not true then
        perform private.refuse('PT422', 'limit_out_of_range', 'From 1 to 1000.');
    end if;
    select range.* into v_range from private.require_metric_range(p_range) range;
    return jsonb_build_object(
        'metric', v_metric.metric, 'version', v_metric.version, 'unit', v_metric.unit,
        'drill_down', v_metric.drill_down, 'description', v_metric.description,
        'since_at', v_range.since_at, 'until_at', v_range.until_at,
        'items', private.list_metric_evidence(
            v_metric, v_range.since_at, v_range.until_at, v_desk_ids, p_limit
        )
    ) || private.tally_metric(v_metric, v_range.since_at, v_range.until_at, v_desk_ids);
end
$$;

create function public.get_metric_evidence(
    p_metric text,
    p_range text default '7d',
    p_limit integer default 100
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.get_metric_evidence(p_metric, p_range, p_limit)
$$;
comment on function public.get_metric_evidence(text, text, integer) is
    'Managers and quality auditors: their desk; executives, admins and servers: the house. What '
    'the number of that range is made of, the worst first: the number as in '
    'get_performance_metrics, and "items": [{"ticket_id", "desk_id", "observed_at", "value"}] (of '
    'the backlog: what was open at the end, with its age in seconds; of system_health: samples).';

-- -------------------------------------------------------------------------------------------------
-- Benchmarks
-- -------------------------------------------------------------------------------------------------
create function private.rank_desks(
    p_metric public.metric_definitions, p_since timestamptz, p_until timestamptz
)
returns table (desk_id uuid, value numeric, sample_count bigint, percentile numeric)
language sql
stable
rows 10
set search_path = ''
as $$
    select found.desk_id, found.value, found.count, case when count(*) over () > 1 then
        round((100 * percent_rank() over (
            order by found.value * case p_metric.direction when 'higher' then 1 else -1 end
        ))::numeric, 1)
    end
    from (
        select one.desk_id, count(*) as count, private.pick_metric_value(
            p_metric.method,
            percentile_cont(0.5) within group (order by one.value::double precision),
            avg(one.value), (array_agg(one.value order by one.observed_at desc))[1]
        ) as value
        from private.observe_metric(
            p_metric.metric, p_since, p_until, array(select desk.id from public.desks desk)
        ) one
        where one.desk_id is not null
        group by one.desk_id
    ) found
$$;
comment on function private.rank_desks(public.metric_definitions, timestamptz, timestamptz) is
    'Each desk''s number and how many percent of the other desks it leaves behind: 100 is the best '
    'of several, 0 the worst, null the only one.';

create function private.compare_desks(
    p_metric public.metric_definitions, p_since timestamptz, p_until timestamptz,
    p_desk_ids uuid[]
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    -- Of a few desks the quartiles would give away each.
    select jsonb_build_object('desk_count', count(*)) || case
        when p_desk_ids is null or count(*) >= 5 then jsonb_build_object(
            'p25', percentile_cont(0.25) within group (order by one.value::double precision),
            'p50', percentile_cont(0.5) within group (order by one.value::double precision),
            'p75', percentile_cont(0.75) within group (order by one.value::double precision)
        )
        else '{"p25": null, "p50": null, "p75": null}'
    end || jsonb_build_object('desks', coalesce(jsonb_agg(jsonb_build_object(
        'desk_id', one.desk_id, 'value', one.value, 'sample_count', one.sample_count,
        'percentile', one.percentile
    ) order by one.percentile desc, one.desk_id) filter (
        where p_desk_ids is null or one.desk_id = any (p_desk_ids)
    ), '[]'))
    from private.rank_desks(p_metric, p_since, p_until) one
$$;

create function private.compare_standards(p_metric public.metric_definitions, p_value numeric)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'standard', held.standard, 'target', held.target, 'source', held.source,
        'gap', p_value - held.target,
        'is_met', case p_metric.direction
            when 'higher' then p_value >= held.target else p_value <= held.target
        end
    ) order by held.standard), '[]')
    from (
        select distinct on (known.standard) known.*
        from public.metric_benchmarks known
        where known.metric = p_metric.metric
            and known.valid_from_on <= (now() at time zone 'Europe/Warsaw')::date
        order by known.standard, known.valid_from_on desc
    ) held
$$;

-- Definer: as get_performance_metrics; other desks than the caller's only as quartiles of five or
-- more.
create function private.get_performance_benchmarks()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_desk_ids uuid[] := private.require_metric_scope(false);
    v_since timestamptz := now() - interval '30 days';
begin
    return (
        select jsonb_agg(jsonb_build_object(
            'metric', known.metric, 'label', known.label, 'unit', known.unit,
            'direction', known.direction, 'since_at', v_since, 'until_at', now(),
            'value', (tally.result ->> 'value')::numeric,
            'sample_count', tally.result -> 'sample_count',
            'internal', private.compare_desks(known, v_since, now(), v_desk_ids),
            'standards', private.compare_standards(known, (tally.result ->> 'value')::numeric)
        ) order by known.metric)
        from public.metric_definitions known
        cross join lateral (
            select private.tally_metric(known, v_since, now(), v_desk_ids) as result
        ) tally
    );
end
$$;

create function public.get_performance_benchmarks()
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.get_performance_benchmarks()
$$;
comment on function public.get_performance_benchmarks() is
    'Staff: of their desk; executives, admins and servers: of the house. For the last 30 days '
    '[{"metric", "value", "sample_count", "internal": {"desk_count", "p25", "p50", "p75", "desks": '
    '[{"desk_id", "value", "percentile"}]}, "standards": [{"standard", "target", "gap", "is_met", '
    '"source"}]}]. Others see of the desks their own, and quartiles from five desks on.';

revoke all on function
    private.require_metric_scope(boolean), private.require_metric_range(text),
    private.find_series_step(timestamptz, timestamptz),
    private.find_series_start(timestamptz, text, text),
    private.tally_metric(public.metric_definitions, timestamptz, timestamptz, uuid[]),
    private.list_metric_points(public.metric_definitions, timestamptz, timestamptz, uuid[]),
    private.describe_trend(text, numeric, numeric),
    private.describe_metric(
        public.metric_definitions, timestamptz, timestamptz, timestamptz, uuid[]
    ),
    private.get_performance_metrics(text), public.get_performance_metrics(text),
    private.observe_backlog(timestamptz, uuid[]),
    private.list_metric_evidence(
        public.metric_definitions, timestamptz, timestamptz, uuid[], integer
    ),
    private.get_metric_evidence(text, text, integer),
    public.get_metric_evidence(text, text, integer),
    private.rank_desks(public.metric_definitions, timestamptz, timestamptz),
    private.compare_desks(public.metric_definitions, timestamptz, timestamptz, uuid[]),
    private.compare_standards(public.metric_definitions, numeric),
    private.get_performance_benchmarks(), public.get_performance_benchmarks()
from public, anon, authenticated, service_role;
grant execute on function
    private.get_performance_metrics(text), public.get_performance_metrics(text),
    private.get_metric_evidence(text, text, integer),
    public.get_metric_evidence(text, text, integer),
    private.get_performance_benchmarks(), public.get_performance_benchmarks()
to authenticated, service_role;
