-- Strategic insights: where a group differs from everybody else by more than chance, how much, how
-- sure, and which tickets show it. When nothing differs, a run says so and nothing else is written.
--
-- Events in: clock.daily -> analytics.insights (lib/analytics/insights.py)
--            -> insight_runs, strategic_insights
-- Events out: none.

create table public.insight_runs (
    until_at timestamptz primary key,
    since_at timestamptz not null,
    comparison_count integer not null,
    left_out_count integer not null,
    finding_count integer not null,
    policy_version text not null,
    made_at timestamptz not null default now(),
    constraint insight_runs_end_after_they_begin check (until_at > since_at),
    constraint insight_runs_counts_are_counts check (
        comparison_count >= 0 and left_out_count >= 0
        and finding_count between 0 and comparison_count
    ),
    constraint insight_runs_policy_version_is_short
        check (private.is_clean_text(policy_version, 40))
);
comment on table public.insight_runs is
    'Each look at the house: at how many comparisons, how many groups were too small for one, how '
    'many were beyond chance. Of nothing found there is a run, too.';

create table public.strategic_insights (
    id uuid primary key default gen_random_uuid(),
    until_at timestamptz not null references public.insight_runs (until_at) on delete cascade,
    metric text not null references public.metric_definitions (metric),
    dimension text not null,
    group_value text not null,
    direction text not null,
    unit text not null,
    group_mean numeric(14, 4) not null,
    rest_mean numeric(14, 4) not null,
    difference numeric(14, 4) not null,
    interval_low numeric(14, 4) not null,
    interval_high numeric(14, 4) not null,
    effect_size numeric(8, 4) not null,
    p_value double precision not null,
    q_value double precision not null,
    group_count integer not null,
    rest_count integer not null,
    group_client_count integer not null,
    evidence_ids uuid[] not null,
    recommendation_pl text not null,
    recommendation_en text not null,
    created_at timestamptz not null default now(),
    constraint strategic_insights_are_told_once unique (until_at, metric, dimension, group_value),
    constraint strategic_insights_dimension_is_known
        check (dimension in ('channel', 'tier', 'desk', 'category', 'language', 'hours')),
    constraint strategic_insights_group_is_a_word
        check (char_length(group_value) between 1 and 60),
    constraint strategic_insights_direction_is_known check (direction in ('better', 'worse')),
    constraint strategic_insights_unit_is_known
        check (unit in ('points', 'percentage_points', 'percent_change')),
    constraint strategic_insights_interval_leaves_out_no_difference
        check (interval_low <= difference and difference <= interval_high
            and (interval_low >= 0 or interval_high <= 0)),
    constraint strategic_insights_chance_is_a_share
        check (p_value between 0 and 1 and q_value between p_value and 1),
    constraint strategic_insights_evidence_is_short
        check (cardinality(evidence_ids) between 1 and 20),
    constraint strategic_insights_recommendations_are_text check (
        private.is_clean_text(recommendation_pl, 600)
        and private.is_clean_text(recommendation_en, 600)
    )
);
comment on table public.strategic_insights is
    'Groups of tickets that differ from all others, by a metric and beyond chance. Written by the '
    'worker, never changed.';
comment on column public.strategic_insights.difference is
    'The group less the rest, in unit; percent_change: of the geometric means.';
comment on column public.strategic_insights.effect_size is
    'The difference in standard deviations (of the logarithm where the unit is percent_change).';
comment on column public.strategic_insights.q_value is
    'After Benjamini and Hochberg over every comparison of the run.';
comment on column public.strategic_insights.evidence_ids is
    'Tickets of the group that show it most.';
create index strategic_insights_metric_idx on public.strategic_insights (metric);
comment on index public.strategic_insights_metric_idx is 'Serves the foreign key.';
create index strategic_insights_group_idx
    on public.strategic_insights (dimension, group_value, until_at);
comment on index public.strategic_insights_group_idx is
    'Serves a desk''s own insights and the policy.';

-- -------------------------------------------------------------------------------------------------
-- What is compared
-- -------------------------------------------------------------------------------------------------
create function private.observe_tickets(p_since timestamptz, p_until timestamptz)
returns table (metric text, ticket_id uuid, value double precision)
language sql
stable
rows 10000
set search_path = ''
as $$
    select 'client_satisfaction', said.ticket_id, said.csat::double precision
    from public.surveys said
    where said.answered_at >= p_since and said.answered_at < p_until and said.csat is not null
        and said.ticket_id is not null
    union all
    select 'promises_kept', promise.ticket_id, 100.0 * (promise.state = 'met')::integer
    from public.ticket_promises promise
    where promise.state in ('met', 'breached')
        and coalesce(promise.breached_at, promise.met_at) >= p_since
        and coalesce(promise.breached_at, promise.met_at) < p_until
    union all
    select 'reopen_rate', one.ticket_id, 100.0 * one.is_reopened::integer
    from private.all_cycles one
    where one.resolved_at >= p_since and one.resolved_at < p_until and not one.is_merged
    union all
    select 'vip_response_time', one.subject_id, ln(greatest(one.value, 1)::double precision)
    from private.observe_metric('vip_response_time', p_since, p_until) one
$$;
comment on function private.observe_tickets(timestamptz, timestamptz) is
    'What is compared, as the metrics of these names count it; of times the logarithm.';

create view private.ticket_groups
with (security_invoker = true)
as
select ticket.id as ticket_id, ticket.client_id, groups.dimension, groups.group_value
from public.support_tickets ticket
cross join lateral (
    values
        ('channel', ticket.channel), ('tier', ticket.tier), ('desk', ticket.desk_id::text),
        ('category', ticket.category), ('language', ticket.language),
        ('hours', case extract(
            hour from ticket.opened_at at time zone 'Europe/Warsaw'
        )::integer / 3
            when 0 then '00-03' when 1 then '03-06' when 2 then '06-09' when 3 then '09-12'
            when 4 then '12-15' when 5 then '15-18' when 6 then '18-21' else '21-24' end)
) groups (dimension, group_value);
comment on view private.ticket_groups is
    'Each group a ticket belongs to; hours: three of Warsaw in which it was opened.';

create function private.list_client_parts(p_since timestamptz, p_until timestamptz)
returns table (
    metric text, dimension text, group_value text, client_id uuid, n double precision,
    s double precision, q double precision
)
language sql
stable
rows 10000
set search_path = ''
as $$
    select
        seen.metric, known.dimension, known.group_value, known.client_id,
        count(*)::double precision, sum(seen.value), sum(seen.value ^ 2)
    from private.observe_tickets(p_since, p_until) seen
    join private.ticket_groups known on known.ticket_id = seen.ticket_id
    group by 1, 2, 3, 4
$$;
comment on function private.list_client_parts(timestamptz, timestamptz) is
    'What each client adds to each group: how many observations, their sum and sum of squares.';

-- Of each group and of all others the sums from which means and their errors are made. The error is
-- that of clients, not of tickets: what one client says ten times is one opinion.
create function private.list_insight_comparisons(p_since timestamptz, p_until timestamptz)
returns table (
    metric text, dimension text, group_value text, in_group double precision[],
    in_rest double precision[]
)
language sql
stable
rows 200
set search_path = ''
as $$
    with parts as (
        select part.*, sum(part.n) over whole as n_all, sum(part.s) over whole as s_all,
            row_number() over whole = 1 as is_first
        from private.list_client_parts(p_since, p_until) part
        window whole as (partition by part.metric, part.dimension, part.client_id)
    ), totals as (
        select
            one.metric, one.dimension, count(*) filter (where one.is_first) as c,
            sum(one.n) as n, sum(one.s) as s, sum(one.q) as q,
            sum(one.s_all ^ 2) filter (where one.is_first) as ss,
            sum(one.s_all * one.n_all) filter (where one.is_first) as sn,
            sum(one.n_all ^ 2) filter (where one.is_first) as nn
        from parts one
        group by 1, 2
    )
    select
        one.metric, one.dimension, one.group_value,
        array[
            count(*), sum(one.n), sum(one.s), sum(one.q), sum(one.s ^ 2), sum(one.s * one.n),
            sum(one.n ^ 2)
        ],
        array[
            total.c - count(*) filter (where one.n = one.n_all), total.n - sum(one.n),
            total.s - sum(one.s), total.q - sum(one.q),
            total.ss - sum(one.s_all ^ 2 - (one.s_all - one.s) ^ 2),
            total.sn - sum(one.s_all * one.n_all - (one.s_all - one.s) * (one.n_all - one.n)),
            total.nn - sum(one.n_all ^ 2 - (one.n_all - one.n) ^ 2)
        ]
    from parts one
    join totals total on total.metric = one.metric and total.dimension = one.dimension
    group by 1, 2, 3, total.c, total.n, total.s, total.q, total.ss, total.sn, total.nn
$$;
comment on function private.list_insight_comparisons(timestamptz, timestamptz) is
    'Each group against all others: [clients, observations n, sum s, sum of squares, and over '
    'clients the sums of s*s, s*n and n*n].';

create function private.name_insight_group(p_dimension text, p_group_value text)
returns text
language sql
stable
set search_path = ''
as $$
    select case p_dimension
        when 'desk' then (
            select desk.name from public.desks desk where desk.id = p_group_value::uuid
        )
        when 'category' then (
            select known.label from public.ticket_categories known
            where known.category = p_group_value
        )
        else p_group_value
    end
$$;

-- Definer: sums over every ticket of the house; only service_role may execute it.
-- Four whole weeks, so that weekdays weigh alike, until the last midnight in Warsaw.
create function private.read_insights()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
    select jsonb_build_object(
        'read_at', now(), 'since_at', period.since_at, 'until_at', period.until_at,
        'is_done', exists (
            select from public.insight_runs run where run.until_at = period.until_at
        ),
        'comparisons', coalesce((
            select jsonb_agg(jsonb_build_object(
                'metric', one.metric, 'better', known.direction, 'unit', known.unit,
                'dimension', one.dimension, 'group_value', one.group_value,
                'label', private.name_insight_group(one.dimension, one.group_value),
                'in_group', to_jsonb(one.in_group), 'in_rest', to_jsonb(one.in_rest)
            ) order by one.metric, one.dimension, one.group_value)
            from private.list_insight_comparisons(period.since_at, period.until_at) one
            join public.metric_definitions known on known.metric = one.metric
        ), '[]')
    )
    from (
        select
            (today.midnight - interval '28 days') at time zone 'Europe/Warsaw' as since_at,
            today.midnight at time zone 'Europe/Warsaw' as until_at
        from (
            select date_trunc('day', now() at time zone 'Europe/Warsaw') as midnight
        ) today
    ) period
$$;

create function worker.insight_contexts()
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.read_insights()
$$;
comment on function worker.insight_contexts() is
    '{"read_at", "since_at", "until_at": four weeks until the last midnight in Warsaw, "is_done": '
    'whether they were looked at, "comparisons": [{"metric", "better", "unit", "dimension", '
    '"group_value", "label", "in_group", "in_rest"}]}.';

-- -------------------------------------------------------------------------------------------------
-- What was found
-- -------------------------------------------------------------------------------------------------
create function private.find_insight_evidence(
    p_findings jsonb, p_since timestamptz, p_until timestamptz
)
returns table (metric text, dimension text, group_value text, evidence_ids uuid[])
language sql
stable
rows 10
set search_path = ''
as $$
    select ranked.metric, ranked.dimension, ranked.group_value,
        array_agg(ranked.ticket_id order by ranked.place)
    from (
        select
            found.metric, found.dimension, found.group_value, seen.ticket_id,
            row_number() over (
                partition by found.metric, found.dimension, found.group_value
                order by max(seen.value * sign(found.difference)) desc, seen.ticket_id
            ) as place
        from private.observe_tickets(p_since, p_until) seen
        join private.ticket_groups known on known.ticket_id = seen.ticket_id
        join jsonb_to_recordset(p_findings) as found (
            metric text, dimension text, group_value text, difference double precision
        ) on found.metric = seen.metric and found.dimension = known.dimension
            and found.group_value = known.group_value
        group by 1, 2, 3, 4
    ) ranked
    where ranked.place <= 20
    group by 1, 2, 3
$$;
comment on function private.find_insight_evidence(jsonb, timestamptz, timestamptz) is
    'Up to 20 tickets of each finding''s group, furthest in the direction it differs.';

-- Definer: nobody may write insights; only service_role may execute it. Who was first that day,
-- wrote.
create function private.store_insights(p_run jsonb, p_findings jsonb)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into public.insight_runs (
        since_at, until_at, comparison_count, left_out_count, finding_count, policy_version
    )
    select
        run.since_at, run.until_at, run.comparison_count, run.left_out_count,
        jsonb_array_length(p_findings), run.policy_version
    from jsonb_populate_record(null::public.insight_runs, p_run) run
    on conflict (until_at) do nothing;
    if not found or p_findings = '[]' then
        return;
    end if;
    insert into public.strategic_insights (
        until_at, metric, dimension, group_value, direction, unit, group_mean, rest_mean,
        difference, interval_low, interval_high, effect_size, p_value, q_value, group_count,
        rest_count, group_client_count, evidence_ids, recommendation_pl, recommendation_en
    )
    select
        (p_run ->> 'until_at')::timestamptz, one.metric, one.dimension, one.group_value,
        one.direction, one.unit, one.group_mean, one.rest_mean, one.difference,
        one.interval_low, one.interval_high, one.effect_size, one.p_value, one.q_value,
        one.group_count, one.rest_count, one.group_client_count, shown.evidence_ids,
        one.recommendation_pl, one.recommendation_en
    from jsonb_populate_recordset(null::public.strategic_insights, p_findings) one
    join private.find_insight_evidence(
        p_findings, (p_run ->> 'since_at')::timestamptz, (p_run ->> 'until_at')::timestamptz
    ) shown using (metric, dimension, group_value);
end
$$;

create function worker.record_insights(p_items jsonb, p_run jsonb, p_findings jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    perform private.hold_jobs(p_items);
    if jsonb_typeof(p_run) = 'object' then
        perform private.store_insights(p_run, p_findings);
    end if;
    perform private.finish_jobs(array(
        select item.job_id from jsonb_to_recordset(p_items) as item (job_id bigint)
    ));
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'job_id', item.job_id, 'status', 'recorded'
        )), '[]')
        from jsonb_to_recordset(p_items) as item (job_id bigint)
    );
end
$$;
comment on function worker.record_insights(jsonb, jsonb, jsonb) is
    'Writes a run {"since_at", "until_at", "comparison_count", "left_out_count", '
    '"policy_version"} (null: none was due) with its findings, and finishes the jobs, in one '
    'transaction; a second run of the same weeks writes nothing. Answers [{"job_id", "status"}].';

insert into private.subscriptions (event_kind, worker, priority, collapses)
values ('clock.daily', 'analytics.insights', -10, true);

-- -------------------------------------------------------------------------------------------------
-- What people read
-- -------------------------------------------------------------------------------------------------
create function private.list_strategic_insights(
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[] default null,
    p_limit integer default 20
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(
        to_jsonb(told) || jsonb_build_object('drill_down', jsonb_build_object(
            'table', 'support_tickets', 'ids', told.evidence_ids
        ))
        order by told.is_current desc, abs(told.effect_size) desc, told.id
    ), '[]')
    from (
        select newest.* from (
            select distinct on (one.metric, one.dimension, one.group_value)
                one.*, known.label, run.since_at, run.made_at,
                private.name_insight_group(one.dimension, one.group_value) as group_label,
                one.until_at = (
                    select max(last.until_at) from public.insight_runs last
                    where last.until_at <= p_until
                ) as is_current,
                count(*) over (
                    partition by one.metric, one.dimension, one.group_value
                ) as told_count
            from public.strategic_insights one
            join public.insight_runs run on run.until_at = one.until_at
            join public.metric_definitions known on known.metric = one.metric
            where one.until_at > p_since and one.until_at <= p_until and (
                p_desk_ids is null
                or one.dimension = 'desk' and one.group_value = any (p_desk_ids::text[])
            )
            order by one.metric, one.dimension, one.group_value, one.until_at desc
        ) newest
        order by newest.is_current desc, abs(newest.effect_size) desc, newest.id
        limit p_limit
    ) told
$$;
comment on function private.list_strategic_insights(
    timestamptz, timestamptz, uuid[], integer
) is
    'Each group''s newest insight of the range, current ones first, the strongest first; of these '
    'desks alone, or (null) all.';

-- Definer: names of desks and counts over tickets that the caller may not all see; who asks is
-- checked first.
create function private.get_strategic_insights(p_range text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_desk_ids uuid[] := private.require_business_scope();
    v_range record;
begin
    select range.* into v_range from private.require_metric_range(p_range) range;
    return jsonb_build_object(
        'since_at', v_range.since_at, 'until_at', v_range.until_at,
        'scope', case when v_desk_ids is null then 'house' else 'desk' end,
        'run', (
            select to_jsonb(run) from public.insight_runs run
            where run.until_at > v_range.since_at and run.until_at <= v_range.until_at
            order by run.until_at desc
            limit 1
        ),
        'insights', private.list_strategic_insights(
            v_range.since_at, v_range.until_at, v_desk_ids, 100
        )
    );
end
$$;

create function public.get_strategic_insights(p_range text default '30d')
returns jsonb
language sql
set search_path = ''
as $$
    select private.get_strategic_insights(p_range)
$$;
comment on function public.get_strategic_insights(text) is
    'generateStrategicInsights. Executives, admins and servers: all; managers: about their desk. '
    '"run": the newest look {"comparison_count", "left_out_count", "finding_count"}, and '
    '"insights", empty when nothing differs beyond chance: [{"metric", "dimension", "group_value", '
    '"group_label", "direction", "difference", "interval_low", "interval_high", "unit", '
    '"effect_size", "p_value", "q_value", "evidence_ids", "recommendation_pl", '
    '"recommendation_en", "is_current", "told_count"}].';

revoke all on public.insight_runs, public.strategic_insights, private.ticket_groups
from anon, authenticated, service_role;
grant select on public.insight_runs, public.strategic_insights to authenticated, service_role;
alter table public.insight_runs enable row level security;
alter table public.strategic_insights enable row level security;
create policy insight_runs_select_managers on public.insight_runs
for select to authenticated
using ((select private.is_metric_manager()));
create policy strategic_insights_select_managers on public.strategic_insights
for select to authenticated
using (
    (select private.is_house_overseer())
    or dimension = 'desk'
    and group_value = any (array(select desk_id::text from private.my_managed_desk_ids() desk_id))
);

revoke all on function
    private.observe_tickets(timestamptz, timestamptz),
    private.list_client_parts(timestamptz, timestamptz),
    private.list_insight_comparisons(timestamptz, timestamptz),
    private.name_insight_group(text, text), private.read_insights(), worker.insight_contexts(),
    private.find_insight_evidence(jsonb, timestamptz, timestamptz),
    private.store_insights(jsonb, jsonb), worker.record_insights(jsonb, jsonb, jsonb),
    private.list_strategic_insights(timestamptz, timestamptz, uuid[], integer),
    private.get_strategic_insights(text), public.get_strategic_insights(text)
from public, anon, authenticated, service_role;
grant execute on function
    private.read_insights(), worker.insight_contexts(), private.store_insights(jsonb, jsonb),
    worker.record_insights(jsonb, jsonb, jsonb)
to service_role;
grant execute on function
    private.get_strategic_insights(text), public.get_strategic_insights(text)
to authenticated, service_role;
