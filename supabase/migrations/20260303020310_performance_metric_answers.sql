-- What people read of the metrics: numbers of a range against the one before, the tickets behind
-- them, and where they stand. Numbers are made of roll-ups that equal private.observe_metric, which
-- finds the evidence, so a number and its evidence cannot differ.

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

create function private.list_my_metrics()
returns setof public.metric_definitions
language sql
stable
rows 20
set search_path = ''
as $$
    select known.* from public.metric_definitions known
    where known.audience = 'staff' or private.is_metric_manager()
$$;
comment on function private.list_my_metrics() is 'The metrics whose numbers the caller may learn.';

-- What is not days begins and ends at whole minutes, beyond two days at whole hours, because cells
-- do. The period before: as many days of the calendar before days of the calendar, whatever hour
-- was gained or lost between; as many seconds before everything else.
create function private.require_metric_range(p_range text)
returns table (since_at timestamptz, until_at timestamptz, previous_since_at timestamptz)
language plpgsql
stable
set search_path = ''
as $$
declare
    v_zone text := 'Europe/Warsaw';
    v_range record;
    v_grain text;
begin
    select range.since_at, range.until_at into v_range from private.read_past_range(p_range) range;
    if (v_range.since_at < v_range.until_at) is not true then
        perform private.refuse(
            'PT422', 'range_malformed', '24h, 7d, 12m or 2026-11-01/2026-11-30.'
        );
    elsif p_range like '%/%' then
        return query select v_range.since_at, v_range.until_at, (
            (v_range.since_at at time zone v_zone) - (
                (v_range.until_at at time zone v_zone) - (v_range.since_at at time zone v_zone)
            )
        ) at time zone v_zone;
        return;
    end if;
    v_grain := case
        when v_range.until_at - v_range.since_at <= interval '2 days' then 'minute' else 'hour'
    end;
    since_at := private.find_cell_start(v_range.since_at, v_grain);
    until_at := private.find_cell_end(v_range.until_at, v_grain);
    previous_since_at := since_at - (until_at - since_at);
    return next;
end
$$;

create function private.find_series_step(p_since timestamptz, p_until timestamptz)
returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
    return (
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
    );
end
$$;
comment on function private.find_series_step(timestamptz, timestamptz) is
    'The shortest step that keeps a series within 200 points.';

create function private.find_series_start(p_at timestamptz, p_step text, p_zone text)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
    return case
        when p_step in ('day', 'week', 'month', 'year') then date_trunc(p_step, p_at, p_zone)
        else date_bin(p_step::interval, p_at, '2000-01-01 00:00+00')
    end;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Numbers
-- -------------------------------------------------------------------------------------------------
create function private.find_step_grain(p_step text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
    return case
        when p_step is null or p_step in ('month', 'year') then 'month'
        when p_step in ('day', 'week') then 'day'
        when p_step = '1 hour' then 'hour'
        else 'minute'
    end;
end
$$;
comment on function private.find_step_grain(text) is
    'The coarsest cells of which a series with that step can be made; no step: one number.';

create function private.place_cells(
    p_metric text, p_since timestamptz, p_until timestamptz, p_desk_ids uuid[], p_step text,
    p_is_by_desk boolean
)
returns table (whose uuid, starts_at timestamptz, cell private.metric_rollups)
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
    return query
    select
        case when p_is_by_desk then one.place else '00000000-0000-0000-0000-000000000000' end,
        case
            when p_step is null then p_since
            else private.find_series_start(one.begins_at, p_step, 'Europe/Warsaw')
        end,
        one
    from private.list_metric_cells(
        p_metric, p_since, p_until, p_desk_ids, private.find_step_grain(p_step)
    ) one
    where one.desk_id is not null or not p_is_by_desk;
end
$$;

create function private.interpolate(p_position numeric, p_low real, p_high real)
returns numeric
language plpgsql
immutable
set search_path = ''
as $$
begin
    return p_low::numeric + (p_high::numeric - p_low::numeric) * (p_position - floor(p_position));
end
$$;

create function private.tally_cells(
    p_metric text, p_since timestamptz, p_until timestamptz, p_desk_ids uuid[], p_step text,
    p_is_by_desk boolean
)
returns table (
    desk_id uuid, begins_at timestamptz, sample_count bigint, total numeric, last_value numeric,
    median numeric, p90 numeric
)
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
    return query
    select
        nullif(part.whose, '00000000-0000-0000-0000-000000000000'), part.starts_at,
        sum((part.cell).sample_count)::bigint, sum((part.cell).total), (array_agg(
            (part.cell).last_value order by (part.cell).last_at desc, (part.cell).last_value desc
        ))[1], null::numeric, null::numeric
    from private.place_cells(p_metric, p_since, p_until, p_desk_ids, p_step, p_is_by_desk) part
    group by part.whose, part.starts_at;
end
$$;

-- Quantiles as percentile_cont has them, of levels: within 1 % of those of the observations.
create function private.tally_levels(
    p_metric text, p_since timestamptz, p_until timestamptz, p_desk_ids uuid[], p_step text,
    p_is_by_desk boolean
)
returns table (
    desk_id uuid, begins_at timestamptz, sample_count bigint, total numeric, last_value numeric,
    median numeric, p90 numeric
)
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
    return query
    with parts as materialized (
        select part.whose, part.starts_at, (part.cell).*
        from private.place_cells(
            p_metric, p_since, p_until, p_desk_ids, p_step, p_is_by_desk
        ) part
    ), bins as (
        select bin.whose, bin.starts_at, bin.level, sum(bin.count) as count
        from (
            select parts.whose, parts.starts_at, unnest(parts.levels) as level,
                unnest(parts.counts) as count
            from parts
        ) bin
        group by bin.whose, bin.starts_at, bin.level
    ), ranked as (
        select
            bins.*, sum(count) over (partition by whose, starts_at order by level) as upto,
            sum(count) over (partition by whose, starts_at) - 1 as top
        from bins
    ), found as (
        select
            whose, starts_at,
            private.interpolate(0.5 * max(top), min(level) filter (where upto > floor(0.5 * top)),
                min(level) filter (where upto > ceil(0.5 * top))) as median,
            private.interpolate(0.9 * max(top), min(level) filter (where upto > floor(0.9 * top)),
                min(level) filter (where upto > ceil(0.9 * top))) as p90
        from ranked group by whose, starts_at
    )
    select
        nullif(whose, '00000000-0000-0000-0000-000000000000'), starts_at,
        sum(parts.sample_count)::bigint, sum(parts.total),
        (array_agg(parts.last_value order by parts.last_at desc, parts.last_value desc))[1],
        least(greatest(max(found.median), min(parts.smallest)), max(parts.largest)),
        least(greatest(max(found.p90), min(parts.smallest)), max(parts.largest))
    from parts left join found using (whose, starts_at)
    group by whose, starts_at;
end
$$;

create function private.measure_ratio(
    p_metric public.metric_definitions, p_since timestamptz, p_until timestamptz,
    p_desk_ids uuid[], p_step text, p_is_by_desk boolean
)
returns table (
    desk_id uuid, begins_at timestamptz, value numeric, sample_count bigint, mean numeric,
    median numeric, p90 numeric, total numeric
)
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
    return query
    select
        below.desk_id, below.begins_at, round(
            p_metric.factor * coalesce(above.total, 0) / nullif(below.total, 0), 4
        ),
        below.sample_count, null::numeric, null::numeric, null::numeric, coalesce(above.total, 0)
    from private.tally_cells(
        p_metric.denominator, p_since, p_until, p_desk_ids, p_step, p_is_by_desk
    ) below
    left join private.tally_cells(
        p_metric.numerator, p_since, p_until, p_desk_ids, p_step, p_is_by_desk
    ) above
        on above.begins_at = below.begins_at and above.desk_id is not distinct from below.desk_id;
end
$$;

create function private.measure_levels(
    p_metric public.metric_definitions, p_since timestamptz, p_until timestamptz,
    p_desk_ids uuid[], p_step text, p_is_by_desk boolean
)
returns table (
    desk_id uuid, begins_at timestamptz, value numeric, sample_count bigint, mean numeric,
    median numeric, p90 numeric, total numeric
)
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
    return query
    select
        tally.desk_id, tally.begins_at, round(case p_metric.method
            when 'median' then tally.median else tally.total / tally.sample_count
        end, 4),
        tally.sample_count, round(tally.total / tally.sample_count, 4), round(tally.median, 4),
        round(tally.p90, 4), tally.total
    from private.tally_levels(
        p_metric.metric, p_since, p_until, p_desk_ids, p_step, p_is_by_desk
    ) tally;
end
$$;

create function private.measure_metric(
    p_metric public.metric_definitions, p_since timestamptz, p_until timestamptz,
    p_desk_ids uuid[], p_step text, p_is_by_desk boolean
)
returns table (
    desk_id uuid, begins_at timestamptz, value numeric, sample_count bigint, mean numeric,
    median numeric, p90 numeric, total numeric
)
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
    if p_metric.method = 'ratio' then
        return query
        select ratio.* from private.measure_ratio(
            p_metric, p_since, p_until, p_desk_ids, p_step, p_is_by_desk
        ) ratio;
    elsif p_metric.method = 'median' or p_metric.method = 'mean' and p_step is null
        and not p_is_by_desk
    then
        return query
        select level.* from private.measure_levels(
            p_metric, p_since, p_until, p_desk_ids, p_step, p_is_by_desk
        ) level;
    else
        return query
        select
            tally.desk_id, tally.begins_at, round(case p_metric.method
                when 'last' then tally.last_value when 'sum' then tally.total
                else tally.total / tally.sample_count
            end, 4),
            tally.sample_count, round(tally.total / tally.sample_count, 4), null::numeric,
            null::numeric, tally.total
        from private.tally_cells(
            p_metric.metric, p_since, p_until, p_desk_ids, p_step, p_is_by_desk
        ) tally;
    end if;
end
$$;
comment on function private.measure_metric(
    public.metric_definitions, timestamptz, timestamptz, uuid[], text, boolean
) is
    'The metric at each step (null: of the whole range) and, if so asked, at each of the desks; '
    'nothing where nothing was observed. Quantiles are within 1 %; there are some where the value '
    'is one, and for the whole range where it is a mean. Of a ratio: sample_count is of the '
    'denominator, total of the numerator.';

create function private.summarise_metric(
    p_metric text, p_since timestamptz, p_until timestamptz, p_desk_ids uuid[] default null
)
returns table (
    value numeric, sample_count bigint, mean numeric, median numeric, p90 numeric, total numeric
)
language plpgsql
stable
rows 1
set search_path = ''
as $$
begin
    return query
    select
        coalesce(found.value, case known.method when 'sum' then 0 end),
        coalesce(found.sample_count, 0), found.mean, found.median, found.p90,
        coalesce(found.total, 0)
    from public.metric_definitions known
    left join lateral private.measure_metric(
        known, p_since, p_until, p_desk_ids, null, false
    ) found on true
    where known.metric = p_metric;
end
$$;
comment on function private.summarise_metric(text, timestamptz, timestamptz, uuid[]) is
    'One row of a metric from p_since until before p_until, of these desks together or (null) of '
    'the house. Counts, sums and means are exact, quantiles within 1 % and only there where the '
    'value is one or a mean; a range that begins and ends at whole hours is read fastest. Of '
    'nothing: value null, of a sum 0. Of a ratio: sample_count is of the denominator, total of the '
    'numerator.';

create function private.list_metric_days(
    p_metric text, p_since timestamptz, p_until timestamptz, p_desk_ids uuid[] default null
)
returns table (day date, value numeric, sample_count bigint, total numeric)
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
    return query
    select
        (found.begins_at at time zone 'Europe/Warsaw')::date, found.value, found.sample_count,
        found.total
    from public.metric_definitions known
    cross join lateral private.measure_metric(
        known, p_since, p_until, p_desk_ids, 'day', false
    ) found
    where known.metric = p_metric
    order by found.begins_at;
end
$$;
comment on function private.list_metric_days(text, timestamptz, timestamptz, uuid[]) is
    'As summarise_metric, for each day in Warsaw on which something was observed.';

create function private.tally_metric(
    p_metric public.metric_definitions, p_since timestamptz, p_until timestamptz,
    p_desk_ids uuid[]
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select jsonb_build_object(
            'value', tally.value, 'median', tally.median, 'p90', tally.p90,
            'sample_count', tally.sample_count
        )
        from private.summarise_metric(p_metric.metric, p_since, p_until, p_desk_ids) tally
    );
end
$$;

create function private.list_metric_points(
    p_metric public.metric_definitions, p_since timestamptz, p_until timestamptz,
    p_desk_ids uuid[]
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'begins_at', point.begins_at, 'value', point.value, 'sample_count', point.sample_count
        ) order by point.begins_at), '[]')
        from private.measure_metric(
            p_metric, p_since, p_until, p_desk_ids,
            private.find_series_step(p_since, p_until), false
        ) point
    );
end
$$;

create function private.describe_trend(p_direction text, p_now numeric, p_before numeric)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
begin
    return (
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
    );
end
$$;

create function private.describe_metric(
    p_metric public.metric_definitions, p_previous_since timestamptz, p_since timestamptz,
    p_until timestamptz, p_desk_ids uuid[]
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
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
    );
end
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
            from private.list_my_metrics() known
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

-- The tickets behind the newest number: those that were waiting at the end of the range. Few cycles
-- take a week: of the others only those are looked at that were resolved in the week after.
create function private.observe_backlog(p_until timestamptz, p_desk_ids uuid[])
returns table (observed_at timestamptz, subject_id uuid, desk_id uuid, value numeric)
language plpgsql
stable
rows 1000
set search_path = ''
as $$
begin
    return query
    select
        one.began_at, one.ticket_id, one.desk_id,
        floor(extract(epoch from p_until - one.began_at))
    from (
        select ticket.id as ticket_id, ticket.desk_id, coalesce(
            ticket.reopened_at, ticket.opened_at
        ) as began_at
        from public.support_tickets ticket
        where ticket.status in ('open', 'assigned', 'pending', 'on_hold')
        union all
        select short.ticket_id, short.desk_id, short.began_at
        from private.all_cycles short
        where short.resolved_at >= p_until and short.resolved_at < p_until + interval '7 days'
        union all
        select long.ticket_id, long.desk_id, long.began_at
        from private.all_cycles long
        where long.resolved_at >= p_until + interval '7 days'
            and long.resolved_at - long.began_at > interval '7 days'
    ) one
    where one.began_at < p_until and (p_desk_ids is null or one.desk_id = any (p_desk_ids));
end
$$;
comment on function private.observe_backlog(timestamptz, uuid[]) is
    'Cycles that were not resolved at that moment, with their age in seconds.';

create index support_tickets_long_resolved_at_idx on public.support_tickets (resolved_at)
where resolved_at - coalesce(reopened_at, opened_at) > interval '7 days';
comment on index public.support_tickets_long_resolved_at_idx is
    'Serves the backlog of a moment in the past: who waited for long.';

-- Where the worst are: each cell of an hour vouches for its worst observation (and for as many as
-- it counts of a whole number to 100, which is a level of its own), so that cells are needed only
-- until the limit is vouched for; no other can hold one of the worst.
create function private.find_worst_spans(
    p_metric text, p_direction text, p_since timestamptz, p_until timestamptz, p_desk_ids uuid[],
    p_limit integer
)
returns tstzmultirange
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        with known as (
            select
                cell.begins_at, case
                    when cell.grain = 'observation' then cell.begins_at + interval '1 microsecond'
                    else private.find_cell_end(
                        cell.begins_at + interval '1 microsecond', cell.grain
                    )
                end as ends_at,
                worst.value * worst.sign as badness, case
                    when abs(worst.value) <= 100 and worst.value = trunc(worst.value)
                        then cell.counts[array_position(cell.levels, worst.value::real)]
                    else 1
                end as vouched
            from private.list_metric_cells(p_metric, p_since, p_until, p_desk_ids, 'hour') cell
            cross join lateral (
                select
                case p_direction when 'lower' then cell.largest else cell.smallest end as value,
                    case p_direction when 'lower' then 1 else -1 end as sign
            ) worst
        ), ranked as (
            select known.*, sum(known.vouched) over (
                order by known.badness desc, known.begins_at desc
            ) - sum(known.vouched) over (
                partition by known.badness, known.begins_at
            ) as before
            from known
        )
        select coalesce(range_agg(tstzrange(ranked.begins_at, ranked.ends_at)), '{}')
        from ranked where ranked.before < p_limit
    );
end
$$;

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
        worst.badness desc, worst.observed_at desc, worst.subject_id
    ), '[]')
    from (
        select
            one.*, one.value * case p_metric.direction when 'lower' then 1 else -1 end as badness
        from unnest(private.find_worst_spans(
            coalesce(p_metric.numerator, p_metric.metric), p_metric.direction, p_since, p_until,
            p_desk_ids, p_limit
        )) span
        cross join lateral private.observe_metric(
            p_metric.metric, lower(span), upper(span), p_desk_ids
        ) one
        where p_metric.metric <> 'backlog'
        union all
        select one.*, one.value
        from private.observe_backlog(p_until, p_desk_ids) one
        where p_metric.metric = 'backlog'
        order by badness desc, observed_at desc, subject_id
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
    elsif v_metric.audience = 'managers' and not private.is_metric_manager() then
        perform private.refuse('PT403', 'manager_required', 'Managers may see this.');
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
    'get_performance_metrics, and "items": [{"subject_id", "desk_id", "observed_at", "value"}] (of '
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
    select found.desk_id, found.value, found.sample_count, case when count(*) over () > 1 then
        round((100 * percent_rank() over (
            order by found.value * case p_metric.direction when 'higher' then 1 else -1 end
        ))::numeric, 1)
    end
    from private.measure_metric(
        p_metric, p_since, p_until, array(select desk.id from public.desks desk), null, true
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
    v_until timestamptz := private.find_cell_end(now(), 'hour');
    v_since timestamptz := v_until - interval '720 hours';
begin
    return (
        select jsonb_agg(jsonb_build_object(
            'metric', known.metric, 'label', known.label, 'unit', known.unit,
            'direction', known.direction, 'since_at', v_since, 'until_at', v_until,
            'value', (tally.result ->> 'value')::numeric,
            'sample_count', tally.result -> 'sample_count',
            'internal', private.compare_desks(known, v_since, v_until, v_desk_ids),
            'standards', private.compare_standards(known, (tally.result ->> 'value')::numeric)
        ) order by known.metric)
        from private.list_my_metrics() known
        cross join lateral (
            select private.tally_metric(known, v_since, v_until, v_desk_ids) as result
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
    private.require_metric_scope(boolean), private.list_my_metrics(),
    private.require_metric_range(text), private.find_series_step(timestamptz, timestamptz),
    private.find_series_start(timestamptz, text, text), private.find_step_grain(text),
    private.place_cells(text, timestamptz, timestamptz, uuid[], text, boolean),
    private.interpolate(numeric, real, real),
    private.tally_cells(text, timestamptz, timestamptz, uuid[], text, boolean),
    private.tally_levels(text, timestamptz, timestamptz, uuid[], text, boolean),
    private.measure_ratio(
        public.metric_definitions, timestamptz, timestamptz, uuid[], text, boolean
    ),
    private.measure_levels(
        public.metric_definitions, timestamptz, timestamptz, uuid[], text, boolean
    ),
    private.measure_metric(
        public.metric_definitions, timestamptz, timestamptz, uuid[], text, boolean
    ), private.summarise_metric(text, timestamptz, timestamptz, uuid[]),
    private.list_metric_days(text, timestamptz, timestamptz, uuid[]),
    private.tally_metric(public.metric_definitions, timestamptz, timestamptz, uuid[]),
    private.list_metric_points(public.metric_definitions, timestamptz, timestamptz, uuid[]),
    private.describe_trend(text, numeric, numeric),
    private.describe_metric(
        public.metric_definitions, timestamptz, timestamptz, timestamptz, uuid[]
    ), private.get_performance_metrics(text), public.get_performance_metrics(text),
    private.observe_backlog(timestamptz, uuid[]),
    private.find_worst_spans(text, text, timestamptz, timestamptz, uuid[], integer),
    private.list_metric_evidence(
        public.metric_definitions, timestamptz, timestamptz, uuid[], integer
    ), private.get_metric_evidence(text, text, integer),
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
