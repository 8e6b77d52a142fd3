-- What reports are made of: figures of a period and of the one before, of the house (p_desk_ids
-- null) or of a desk. Everything is stable, so one statement reads one snapshot. No names of
-- clients and nothing they wrote goes into a report. Events: none.

create function private.describe_report_period(p_report public.reports, p_read_at timestamptz)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'since_at', span.since_at, 'until_at', span.until_at,
        'is_preliminary', span.until_at < span.ends_at,
        'previous_since_at', span.previous_since_at,
        -- What has not ended is compared with as much of the time before.
        'previous_until_at', case when span.until_at < span.ends_at then
            least(span.previous_since_at + (span.until_at - span.since_at), span.since_at)
        else span.since_at end,
        'starts_on', p_report.starts_on, 'ends_on', p_report.ends_on,
        'previous_starts_on', p_report.previous_starts_on, 'zone', 'Europe/Warsaw'
    )
    from (
        select
            p_report.starts_on::timestamp at time zone 'Europe/Warsaw' as since_at,
            least((p_report.ends_on + 1)::timestamp at time zone 'Europe/Warsaw', p_read_at)
                as until_at,
            (p_report.ends_on + 1)::timestamp at time zone 'Europe/Warsaw' as ends_at,
            p_report.previous_starts_on::timestamp at time zone 'Europe/Warsaw'
                as previous_since_at
    ) span
$$;

create function private.describe_report_metric(
    p_metric public.metric_definitions, p_period jsonb, p_desk_ids uuid[]
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'metric', p_metric.metric, 'label', p_metric.label, 'unit', p_metric.unit,
        'direction', p_metric.direction, 'method', p_metric.method, 'version', p_metric.version,
        'description', p_metric.description, 'drill_down', p_metric.drill_down,
        'value', now.value, 'sample_count', now.sample_count, 'p90', now.p90,
        'previous_value', before.value, 'previous_count', before.sample_count,
        'target', (
            select held.target from public.metric_benchmarks held
            where held.metric = p_metric.metric and held.standard = 'luxury'
                and held.valid_from_on <= (p_period ->> 'ends_on')::date
            order by held.valid_from_on desc
            limit 1
        )
    )
    from private.summarise_metric(
        p_metric.metric, (p_period ->> 'since_at')::timestamptz,
        (p_period ->> 'until_at')::timestamptz, p_desk_ids
    ) now
    cross join private.summarise_metric(
        p_metric.metric, (p_period ->> 'previous_since_at')::timestamptz,
        (p_period ->> 'previous_until_at')::timestamptz, p_desk_ids
    ) before
$$;

create function private.describe_report_metrics(p_period jsonb, p_desk_ids uuid[])
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(
        private.describe_report_metric(known, p_period, p_desk_ids) order by known.metric
    ), '[]')
    from public.metric_definitions known
    where known.metric in (
        'client_satisfaction', 'first_contact_resolution', 'promises_kept', 'reopen_rate',
        'support_efficiency', 'system_health', 'vip_response_time'
    )
$$;
comment on function private.describe_report_metrics(jsonb, uuid[]) is
    'The measures of service that reports quote: value and sample_count now and before, the '
    'target that was valid, and what the metric means.';

-- A KPI's own time before is as long; a report compares months with months, so it is read again.
create function private.describe_report_kpis(p_period jsonb, p_desk_ids uuid[])
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(kpi.said || jsonb_build_object('previous_value', (
        select before.value
        from private.summarise_metric(
            kpi.said ->> 'metric', (p_period ->> 'previous_since_at')::timestamptz,
            (p_period ->> 'previous_until_at')::timestamptz, p_desk_ids
        ) before
        where before.sample_count > 0
    )) order by kpi.place), '[]')
    from jsonb_array_elements(private.describe_kpis(
        (p_period ->> 'since_at')::timestamptz, (p_period ->> 'until_at')::timestamptz, p_desk_ids
    )) with ordinality kpi (said, place)
$$;

create function private.describe_report_days(
    p_metric text, p_since timestamptz, p_until timestamptz, p_desk_ids uuid[]
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'day', one.day, 'value', one.value, 'sample_count', one.sample_count
    ) order by one.day), '[]')
    from private.list_metric_days(p_metric, p_since, p_until, p_desk_ids) one
    where one.sample_count > 0
$$;

create function private.describe_ticket_days(
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[]
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'day', one.day, 'opened_count', one.opened, 'resolved_count', one.resolved
    ) order by one.day), '[]')
    from (
        select
            (moment.happened_at at time zone 'Europe/Warsaw')::date as day,
            count(*) filter (where moment.kind = 'opened') as opened,
            count(*) filter (where moment.kind = 'resolved') as resolved
        from private.all_cycles known
        cross join lateral (
            values ('opened', known.began_at), ('resolved', known.resolved_at)
        ) moment (kind, happened_at)
        where not known.is_merged
            and moment.happened_at >= p_since and moment.happened_at < p_until
            and (p_desk_ids is null or known.desk_id = any (p_desk_ids))
        group by 1
    ) one
$$;
comment on function private.describe_ticket_days(timestamptz, timestamptz, uuid[]) is
    'Cycles begun and resolved, a day in Warsaw each; days without either are left out.';

-- -------------------------------------------------------------------------------------------------
-- Tiers
-- -------------------------------------------------------------------------------------------------
create function private.tally_report_promises(
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[]
)
returns table (tier text, kind text, kept bigint, broken bigint)
language sql
stable
rows 20
set search_path = ''
as $$
    select
        promise.tier, promise.kind, count(*) filter (where promise.state = 'met'),
        count(*) filter (where promise.state = 'breached')
    from public.ticket_promises promise
    join public.support_tickets ticket on ticket.id = promise.ticket_id
    where promise.state in ('met', 'breached')
        and coalesce(promise.breached_at, promise.met_at) >= p_since
        and coalesce(promise.breached_at, promise.met_at) < p_until
        and (p_desk_ids is null or ticket.desk_id = any (p_desk_ids))
    group by promise.tier, promise.kind
$$;

create function private.tally_tier_promises(
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[]
)
returns table (tier text, said jsonb)
language sql
stable
rows 4
set search_path = ''
as $$
    select tally.tier, private.describe_share(
        sum(tally.kept)::bigint, sum(tally.kept + tally.broken)::bigint
    ) || jsonb_build_object('total', sum(tally.kept + tally.broken))
    from private.tally_report_promises(p_since, p_until, p_desk_ids) tally
    group by tally.tier
$$;

create function private.tally_tier_satisfaction(
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[]
)
returns table (tier text, said jsonb)
language sql
stable
rows 4
set search_path = ''
as $$
    select rated.tier, private.describe_mean(
        count(*), avg(rated.csat)::double precision, stddev_samp(rated.csat)::double precision,
        1, 5
    )
    from public.surveys rated
    where rated.csat is not null and rated.answered_at >= p_since and rated.answered_at < p_until
        and (p_desk_ids is null or rated.desk_id = any (p_desk_ids))
    group by rated.tier
$$;

create function private.tally_tier_answers(
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[]
)
returns table (tier text, said jsonb)
language sql
stable
rows 4
set search_path = ''
as $$
    select given.tier, jsonb_build_object(
        'count', count(*),
        'median', round(percentile_cont(0.5) within group (order by given.seconds)::numeric, 1),
        'p90', round(percentile_cont(0.9) within group (order by given.seconds)::numeric, 1)
    )
    from (
        select
            known.tier, extract(
                epoch from known.first_responded_at - known.began_at
            )::double precision as seconds
        from private.all_cycles known
        join public.channels channel on channel.channel = known.channel and channel.is_live
        where known.first_responded_at >= p_since and known.first_responded_at < p_until
            and (p_desk_ids is null or known.desk_id = any (p_desk_ids))
    ) given
    group by given.tier
$$;

create function private.count_tier_cycles(
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[]
)
returns table (tier text, count bigint)
language sql
stable
rows 4
set search_path = ''
as $$
    select known.tier, count(*)
    from private.all_cycles known
    where not known.is_merged and known.began_at >= p_since and known.began_at < p_until
        and (p_desk_ids is null or known.desk_id = any (p_desk_ids))
    group by known.tier
$$;

create function private.count_tier_clients(p_desk_ids uuid[])
returns table (tier text, count bigint)
language sql
stable
rows 4
set search_path = ''
as $$
    select client.tier, count(*)
    from public.profiles client
    where client.merged_into_id is null
        and (p_desk_ids is null or client.desk_id = any (p_desk_ids))
        and not exists (select from public.staff_members staff where staff.id = client.id)
    group by client.tier
$$;

create function private.describe_report_tiers(
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[]
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'tier', level.tier, 'client_count', coalesce(client.count, 0),
        'cycle_count', coalesce(cycle.count, 0),
        'answers', coalesce(answer.said, '{"count": 0, "median": null, "p90": null}'),
        'satisfaction',
        coalesce(rated.said, '{"count": 0, "value": null, "low": null, "high": null}'),
        'promises', coalesce(
            promise.said, '{"count": 0, "total": 0, "value": null, "low": null, "high": null}'
        )
    ) order by level.boost desc, level.tier), '[]')
    from public.service_levels level
    left join private.count_tier_clients(p_desk_ids) client on client.tier = level.tier
    left join private.count_tier_cycles(p_since, p_until, p_desk_ids) cycle
        on cycle.tier = level.tier
    left join private.tally_tier_answers(p_since, p_until, p_desk_ids) answer
        on answer.tier = level.tier
    left join private.tally_tier_satisfaction(p_since, p_until, p_desk_ids) rated
        on rated.tier = level.tier
    left join private.tally_tier_promises(p_since, p_until, p_desk_ids) promise
        on promise.tier = level.tier
$$;
comment on function private.describe_report_tiers(timestamptz, timestamptz, uuid[]) is
    'Tiers, the highest first: clients now, cycles begun, first answers on live channels, '
    'satisfaction and promises of the time.';

-- -------------------------------------------------------------------------------------------------
-- How clients fare
-- -------------------------------------------------------------------------------------------------
create function private.describe_report_promises(
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[]
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(
        jsonb_build_object(
            'tier', tally.tier, 'kind', tally.kind, 'kept_count', tally.kept,
            'broken_count', tally.broken
        ) || private.describe_share(tally.kept, tally.kept + tally.broken)
        order by level.boost desc, tally.tier, tally.kind
    ), '[]')
    from private.tally_report_promises(p_since, p_until, p_desk_ids) tally
    left join public.service_levels level on level.tier = tally.tier
$$;

create function private.describe_report_surveys(
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[]
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(
        jsonb_build_object('tier', tally.tier) || private.describe_survey_tally(to_jsonb(tally))
        order by tally.tier nulls first
    ), '[]')
    from (
        select
            sent.tier, count(*) as asked, count(sent.answered_at) as answered,
            count(*) filter (where sent.is_late) as late, count(sent.csat) as rated,
            avg(sent.csat)::double precision as csat,
            stddev_samp(sent.csat)::double precision as csat_spread,
            count(sent.effort) as weighed, avg(sent.effort)::double precision as effort,
            stddev_samp(sent.effort)::double precision as effort_spread,
            count(sent.nps) as scored, count(*) filter (where sent.nps >= 9) as promoters,
            count(*) filter (where sent.nps <= 6) as detractors
        from public.surveys sent
        where sent.sent_at >= p_since and sent.sent_at < p_until
            and (p_desk_ids is null or sent.desk_id = any (p_desk_ids))
        group by grouping sets ((), (sent.tier))
        having count(*) > 0
    ) tally
$$;
comment on function private.describe_report_surveys(timestamptz, timestamptz, uuid[]) is
    'Surveys sent within the time, as get_survey_results answers: in total (tier null), by tier.';

create function private.describe_report_quality(
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[]
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'total', private.tally_quality(
            p_since, p_until, scope.name, p_desk_ids[1], null, null
        ),
        'by_tier', private.tally_quality(
            p_since, p_until, scope.name, p_desk_ids[1], null, 'tier'
        ),
        'audits', private.list_completed_audits(p_since, p_until, scope.name, p_desk_ids[1])
    )
    from (select case when p_desk_ids is null then 'house' else 'desk' end as name) scope
$$;

create function private.describe_report_brand(
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[]
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(
        jsonb_build_object('part', tally.part, 'key', tally.key)
            || private.describe_brand_tally(to_jsonb(tally))
        order by tally.part, tally.key
    ), '[]')
    from (
        select
            part.name as part, part.key, count(*) as count,
            avg(made.score)::double precision as score,
            coalesce(stddev_samp(made.score), 0)::double precision as spread,
            count(*) filter (where made.verdict = 'pass') as passed,
            count(*) filter (where made.verdict = 'warn') as warned,
            count(*) filter (where made.verdict = 'block') as overridden
        from public.brand_checks made
        join public.support_tickets ticket on ticket.id = made.ticket_id
        cross join lateral (
            values ('total', null), ('channel', made.channel), ('tier', made.tier)
        ) part (name, key)
        where made.checked_at >= p_since and made.checked_at < p_until
            and (p_desk_ids is null or ticket.desk_id = any (p_desk_ids))
        group by part.name, part.key
    ) tally
$$;

create function private.describe_report_journeys(p_desk_ids uuid[])
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(to_jsonb(part) - 'boost' order by part.boost desc, part.tier), '[]')
    from (
        select
            level.tier, level.boost, count(*) as client_count,
            round(avg(known.touchpoint_count), 2) as touchpoints_mean,
            round(
                percentile_cont(0.5) within group (order by known.wait_median_seconds)::numeric, 1
            ) as wait_median_seconds,
            round(avg(known.messages_per_resolution), 2) as messages_per_resolution,
            sum(known.reopening_count) as reopening_count,
            sum(known.transfer_count) as transfer_count,
            sum(known.recovery_count) as recovery_count,
            sum(known.recovered_count) as recovered_count
        from public.client_journeys known
        join public.profiles client on client.id = known.client_id
        join public.service_levels level on level.tier = client.tier
        where client.merged_into_id is null and known.touchpoint_count > 0
            and (p_desk_ids is null or client.desk_id = any (p_desk_ids))
        group by level.tier, level.boost
    ) part
$$;
comment on function private.describe_report_journeys(uuid[]) is
    'Whole journeys of those who are clients now, by tier: they have no period.';

-- -------------------------------------------------------------------------------------------------
-- Whole reports
-- -------------------------------------------------------------------------------------------------
create function private.gather_executive_inputs(p_period jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'kpis', private.describe_report_kpis(p_period, null),
        'metrics', private.describe_report_metrics(p_period, null),
        'satisfaction_days',
        private.describe_report_days('client_satisfaction', span.since, span.until, null),
        'response_days',
        private.describe_report_days('vip_response_time', span.since, span.until, null),
        'ticket_days', private.describe_ticket_days(span.since, span.until, null),
        'tiers', private.describe_report_tiers(span.since, span.until, null),
        'roi', private.describe_roi(span.since, span.until),
        'cohorts', private.describe_cohorts(span.year_before, span.until),
        'retention', private.describe_tier_retention(span.year_before, span.until),
        'tier_values', private.describe_tier_values(),
        'insights', private.list_strategic_insights(span.since, span.until)
    )
    from (
        -- Cohorts need time to show who comes again.
        select (p_period ->> 'since_at')::timestamptz as since,
            (p_period ->> 'until_at')::timestamptz as until,
            (p_period ->> 'until_at')::timestamptz - interval '12 months' as year_before
    ) span
$$;

create function private.gather_success_inputs(p_period jsonb, p_desk_ids uuid[])
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'kpis', private.describe_report_kpis(p_period, p_desk_ids),
        'goals', private.describe_goals(span.since, span.until, p_desk_ids),
        'metrics', private.describe_report_metrics(p_period, p_desk_ids),
        'surveys', private.describe_report_surveys(span.since, span.until, p_desk_ids),
        'previous_surveys',
        private.describe_report_surveys(span.since_before, span.until_before, p_desk_ids),
        'promises', private.describe_report_promises(span.since, span.until, p_desk_ids),
        'quality', private.describe_report_quality(span.since, span.until, p_desk_ids),
        'brand', private.describe_report_brand(span.since, span.until, p_desk_ids),
        'journeys', private.describe_report_journeys(p_desk_ids)
    )
    from (
        select (p_period ->> 'since_at')::timestamptz as since,
            (p_period ->> 'until_at')::timestamptz as until,
            (p_period ->> 'previous_since_at')::timestamptz as since_before,
            (p_period ->> 'previous_until_at')::timestamptz as until_before
    ) span
$$;

create function private.gather_report_inputs(p_report public.reports, p_read_at timestamptz)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'inputs_version', 1, 'kind', p_report.kind, 'read_at', p_read_at, 'period', span.period,
        'desk', (select desk.name from public.desks desk where desk.id = p_report.desk_id)
    ) || case p_report.kind
        when 'executive' then private.gather_executive_inputs(span.period)
        else private.gather_success_inputs(
            span.period, case when p_report.desk_id is not null then array[p_report.desk_id] end
        )
    end
    from (
        select private.describe_report_period(p_report, p_read_at) as period
    ) span
$$;
comment on function private.gather_report_inputs(public.reports, timestamptz) is
    'All that a report says, in one document; lib/analytics/models/reports.py has its shape.';

revoke all on function
    private.describe_report_period(public.reports, timestamptz),
    private.describe_report_metric(public.metric_definitions, jsonb, uuid[]),
    private.describe_report_metrics(jsonb, uuid[]),
    private.describe_report_kpis(jsonb, uuid[]),
    private.describe_report_days(text, timestamptz, timestamptz, uuid[]),
    private.describe_ticket_days(timestamptz, timestamptz, uuid[]),
    private.tally_report_promises(timestamptz, timestamptz, uuid[]),
    private.tally_tier_promises(timestamptz, timestamptz, uuid[]),
    private.tally_tier_satisfaction(timestamptz, timestamptz, uuid[]),
    private.tally_tier_answers(timestamptz, timestamptz, uuid[]),
    private.count_tier_cycles(timestamptz, timestamptz, uuid[]),
    private.count_tier_clients(uuid[]),
    private.describe_report_tiers(timestamptz, timestamptz, uuid[]),
    private.describe_report_promises(timestamptz, timestamptz, uuid[]),
    private.describe_report_surveys(timestamptz, timestamptz, uuid[]),
    private.describe_report_quality(timestamptz, timestamptz, uuid[]),
    private.describe_report_brand(timestamptz, timestamptz, uuid[]),
    private.describe_report_journeys(uuid[]), private.gather_executive_inputs(jsonb),
    private.gather_success_inputs(jsonb, uuid[]),
    private.gather_report_inputs(public.reports, timestamptz)
from public, anon, authenticated, service_role;
