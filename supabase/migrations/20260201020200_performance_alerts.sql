-- Alerts: rules as rows, what they measure, and the alerts themselves.
--
-- A rule names a metric, where it counts (desk, tier, live or not), the value that raises an alert
-- and the value that ends it. What is measured is defined once each, in private.measure_*. The
-- worker performance.alerts judges (performance_alerting), webhooks carry it further
-- (performance_webhooks).
-- Events out: alert_rule.changed (subject: the rule), alert.raised, alert.escalated,
-- alert.acknowledged, alert.silenced, alert.resumed, alert.cleared (subject: the alert).

-- -------------------------------------------------------------------------------------------------
-- What can be watched
-- -------------------------------------------------------------------------------------------------
create table public.alert_metrics (
    metric text primary key,
    label text not null,
    unit text not null,
    direction text not null,
    is_of_desk boolean not null,
    is_of_tier boolean not null,
    is_of_channel boolean not null,
    constraint alert_metrics_metric_is_a_word check (metric ~ '^[a-z][a-z_]{0,47}$'),
    constraint alert_metrics_label_is_short_text check (private.is_clean_text(label, 120)),
    constraint alert_metrics_unit_is_known check (unit in ('seconds', 'percent', 'count')),
    constraint alert_metrics_direction_is_known check (direction in ('above', 'below')),
    constraint alert_metrics_parts_are_of_desks
        check (is_of_desk or not (is_of_tier or is_of_channel))
);
comment on table public.alert_metrics is
    'What a rule may watch. Each has one definition, private.measure_<metric>.';
comment on column public.alert_metrics.direction is 'Which way is bad, unless a rule says else.';
comment on column public.alert_metrics.is_of_desk is
    'Measured for each desk; otherwise there is one value for the whole house.';

insert into public.alert_metrics (
    metric, label, unit, direction, is_of_desk, is_of_tier, is_of_channel
)
values
    ('vip_response_time', 'Live VIP clients wait for an answer', 'seconds', 'above', true, true,
        false),
    ('queue_wait', 'Longest wait in the queue', 'seconds', 'above', true, true, true),
    ('promises_broken', 'Promises broken in the last hour', 'percent', 'above', true, true, true),
    ('system_health', 'Health of the system', 'percent', 'below', false, false, false),
    ('oldest_job_seconds', 'Oldest job that nobody has begun', 'seconds', 'above', false, false,
        false),
    ('dead_jobs', 'Jobs that were given up', 'count', 'above', false, false, false),
    ('worker_silence', 'Longest silence of a worker', 'seconds', 'above', false, false, false);

create table public.alert_rules (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    metric text not null references public.alert_metrics (metric),
    desk_id uuid references public.desks (id) on delete cascade,
    tier text references public.service_levels (tier),
    channel_kind text,
    direction text not null,
    raise_threshold numeric(14, 4) not null,
    clear_threshold numeric(14, 4) not null,
    min_seconds integer not null default 0,
    min_samples integer not null default 1,
    severity text not null,
    action text not null,
    escalation jsonb not null default '[]',
    cooldown_seconds integer not null default 300,
    is_active boolean not null default true,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint alert_rules_name_is_short_text check (private.is_clean_text(name, 80)),
    constraint alert_rules_channel_kind_is_known check (channel_kind in ('live', 'asynchronous')),
    constraint alert_rules_direction_is_known check (direction in ('above', 'below')),
    constraint alert_rules_clear_on_the_good_side check (
        clear_threshold <= raise_threshold and direction = 'above'
        or clear_threshold >= raise_threshold and direction = 'below'
    ),
    constraint alert_rules_thresholds_are_not_negative
        check (raise_threshold >= 0 and clear_threshold >= 0),
    constraint alert_rules_waits_are_bounded check (
        min_seconds between 0 and 86400 and min_samples between 1 and 100000
        and cooldown_seconds between 0 and 604800
    ),
    constraint alert_rules_severity_is_known
        check (severity in ('low', 'medium', 'high', 'critical')),
    constraint alert_rules_action_is_known check (action in (
        'escalate_to_vip_manager', 'immediate_notification', 'notify_managers', 'webhook'
    )),
    constraint alert_rules_escalation_is_a_short_list
        check (jsonb_typeof(escalation) = 'array' and octet_length(escalation::text) <= 4000)
);
comment on table public.alert_rules is
    'When somebody is to be told, who, and how urgently. Written through '
    'create_performance_alert and update_performance_alert.';
comment on column public.alert_rules.desk_id is
    'Null: every desk, each with an alert of its own; for metrics of the house there is none.';
comment on column public.alert_rules.clear_threshold is
    'An alert ends here and not before: between the two values nothing changes.';
comment on column public.alert_rules.min_seconds is
    'How long the value must be bad before the alert is raised.';
comment on column public.alert_rules.min_samples is
    'Fewer measured things than these raise nothing.';
comment on column public.alert_rules.escalation is
    '[{"after_seconds", "to"}]: seconds since the step before (the first: since the alert was '
    'raised); to: managers, vip_managers, admins, or the id of a colleague.';
comment on column public.alert_rules.cooldown_seconds is
    'After an alert ended, its rule raises none at that desk for so long.';
create index alert_rules_desk_id_idx on public.alert_rules (desk_id);
comment on index public.alert_rules_desk_id_idx is
    'Serves the rules of a desk, the policy and the foreign key.';

-- The two alerts the house has had from its first day.
insert into public.alert_rules (
    id, name, metric, direction, raise_threshold, clear_threshold, min_seconds, severity, action,
    escalation
)
values
    (
        '00000000-0000-4000-8000-0000000000a1', 'VIP response time', 'vip_response_time', 'above',
        60, 45, 0, 'high', 'escalate_to_vip_manager',
        '[{"after_seconds": 120, "to": "managers"}, {"after_seconds": 300, "to": "admins"}]'
    ),
    (
        -- A moment of its own, so that a house that has just been switched on may catch up.
        '00000000-0000-4000-8000-0000000000a2', 'System health', 'system_health', 'below',
        95, 97, 30, 'critical', 'immediate_notification',
        '[{"after_seconds": 600, "to": "admins"}]'
    );

create trigger alert_rules_bump_version
before update on public.alert_rules
for each row execute function private.tg_bump_version();
create trigger alert_rules_record
after insert or update or delete on public.alert_rules
for each row execute function private.tg_record_configuration('id');

create function private.tg_alert_rules_emit()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.emit_events('alert_rule.changed', array[new.id]);
    return null;
end
$$;

create trigger alert_rules_emit
after insert or update on public.alert_rules
for each row execute function private.tg_alert_rules_emit();

-- -------------------------------------------------------------------------------------------------
-- Alerts and their steps
-- -------------------------------------------------------------------------------------------------
create table public.alerts (
    id uuid primary key default gen_random_uuid(),
    rule_id uuid not null references public.alert_rules (id) on delete cascade,
    rule_version integer not null,
    metric text not null references public.alert_metrics (metric),
    severity text not null,
    desk_id uuid references public.desks (id) on delete cascade,
    ticket_id uuid references public.support_tickets (id) on delete set null,
    state text not null default 'open',
    direction text not null,
    raise_threshold numeric(14, 4) not null,
    opened_value numeric(14, 4) not null,
    last_value numeric(14, 4) not null,
    worst_value numeric(14, 4) not null,
    opened_at timestamptz not null default now(),
    judged_at timestamptz not null default now(),
    steps_taken smallint not null default 0,
    stepped_at timestamptz not null default now(),
    acknowledged_at timestamptz,
    acknowledged_by uuid,
    silenced_until timestamptz,
    cleared_at timestamptz,
    clear_reason text,
    policy_version text not null,
    version integer not null default 1,
    updated_at timestamptz not null default now(),
    constraint alerts_severity_is_known check (severity in ('low', 'medium', 'high', 'critical')),
    constraint alerts_state_is_known
        check (state in ('open', 'acknowledged', 'silenced', 'cleared')),
    constraint alerts_direction_is_known check (direction in ('above', 'below')),
    constraint alerts_silenced_have_an_end
        check ((state = 'silenced') = (silenced_until is not null)),
    constraint alerts_acknowledged_have_a_time
        check (state <> 'acknowledged' or acknowledged_at is not null),
    constraint alerts_cleared_have_time_and_reason check (
        (state = 'cleared') = (cleared_at is not null)
        and (state = 'cleared') = (clear_reason is not null)
    ),
    constraint alerts_clear_reason_is_known check (clear_reason in ('recovered', 'rule_off')),
    constraint alerts_policy_version_is_short
        check (char_length(policy_version) between 1 and 40),
    constraint alerts_steps_are_counted check (steps_taken between 0 and 100)
);
comment on table public.alerts is
    'What a rule found bad at a desk (null: in the house), from the moment it was raised until it '
    'was over. Written by the worker performance.alerts and by those who handle them.';
comment on column public.alerts.rule_version is 'The version of the rule that raised it.';
comment on column public.alerts.ticket_id is
    'What was worst when it was raised; null where the metric is not about tickets.';
comment on column public.alerts.steps_taken is 'Steps of the escalation chain so far.';
comment on column public.alerts.stepped_at is
    'Since when the next step is counted: the last one, the raising, or the end of a silence.';
comment on column public.alerts.acknowledged_by is
    'No foreign key: the record outlives people.';

create unique index alerts_one_open_per_rule_and_desk on public.alerts (rule_id, desk_id)
nulls not distinct
where state <> 'cleared';
comment on index public.alerts_one_open_per_rule_and_desk is
    'Serves the judging of a rule, and lets no second alert of it be open at a desk.';
create index alerts_rule_id_cleared_at_idx on public.alerts (rule_id, cleared_at desc);
comment on index public.alerts_rule_id_cleared_at_idx is
    'Serves the foreign key, and when an alert of the rule ended last.';
create index alerts_desk_id_opened_at_idx on public.alerts (desk_id, opened_at desc);
comment on index public.alerts_desk_id_opened_at_idx is
    'Serves the list of a desk''s alerts, the policy and the foreign key.';
create index alerts_ticket_id_idx on public.alerts (ticket_id);
comment on index public.alerts_ticket_id_idx is 'Serves the foreign key.';

create trigger alerts_bump_version
before update on public.alerts
for each row execute function private.tg_bump_version();

create table public.alert_steps (
    id bigint generated always as identity primary key,
    alert_id uuid not null references public.alerts (id) on delete cascade,
    kind text not null,
    step smallint,
    audience text,
    actor_id uuid,
    recipient_count integer not null default 0,
    details jsonb not null default '{}',
    taken_at timestamptz not null default clock_timestamp(),
    constraint alert_steps_kind_is_known check (kind in (
        'raised', 'escalated', 'acknowledged', 'silenced', 'resumed', 'cleared'
    )),
    constraint alert_steps_each_notice_once unique (alert_id, kind, step),
    constraint alert_steps_notices_are_numbered
        check ((kind in ('raised', 'escalated', 'cleared')) = (step is not null)),
    constraint alert_steps_audience_is_short check (audience ~ '^[a-z0-9_-]{1,40}$'),
    constraint alert_steps_details_are_a_small_object
        check (jsonb_typeof(details) = 'object' and octet_length(details::text) <= 2000)
);
comment on table public.alert_steps is
    'The history of each alert, append only: who was told at which step, and who did what.';
comment on column public.alert_steps.step is
    '0 for raised and cleared, 1 and on for the escalation chain; null for what people did.';
comment on column public.alert_steps.audience is
    'Whom it was for: a group, or the id of a colleague; null: nobody.';

-- Not a constraint: the trigger may not refuse what is recorded, it only tells.
create function private.tg_alert_steps_emit()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.emit_events('alert.' || new.kind, array[new.alert_id], array[
        jsonb_build_object('step_id', new.id, 'step', new.step)
    ]);
    return null;
end
$$;

create trigger alert_steps_emit
after insert on public.alert_steps
for each row execute function private.tg_alert_steps_emit();

create table private.alert_watches (
    id bigint generated always as identity primary key,
    rule_id uuid not null references public.alert_rules (id) on delete cascade,
    desk_id uuid references public.desks (id) on delete cascade,
    began_at timestamptz not null default now(),
    constraint alert_watches_one_per_rule_and_desk unique nulls not distinct (rule_id, desk_id)
);
comment on table private.alert_watches is
    'Values that are bad, but not for long enough yet to raise an alert.';
create index alert_watches_desk_id_idx on private.alert_watches (desk_id);
comment on index private.alert_watches_desk_id_idx is 'Serves the foreign key.';

-- -------------------------------------------------------------------------------------------------
-- Measures: one definition each, from the rows as they are. Every one answers a line a desk (null:
-- the house) with the value, how many things it is about, and the worst ticket.
-- -------------------------------------------------------------------------------------------------

-- The wait for the first answer of a cycle counts from its beginning, later ones from the oldest
-- unanswered message. While the house waits for the client, nobody counts.
create function private.list_waiting_vips(p_ticket_ids uuid[] default null)
returns table (ticket_id uuid, desk_id uuid, tier text, waits_from timestamptz)
language sql
stable
rows 20
set search_path = ''
as $$
    select ticket.id, ticket.desk_id, ticket.tier, wait.began_at
    from public.support_tickets ticket
    join public.channels channel on channel.channel = ticket.channel and channel.is_live
    join public.service_levels level on level.tier = ticket.tier and level.has_dedicated_agent
    cross join lateral (
        select case
            when ticket.first_responded_at is null
                then coalesce(ticket.reopened_at, ticket.opened_at)
            else (
                select min(said.created_at)
                from public.ticket_messages said
                where said.ticket_id = ticket.id and said.author_kind = 'client'
                    and said.created_at > (
                        select coalesce(max(answer.created_at), ticket.first_responded_at)
                        from public.ticket_messages answer
                        where answer.ticket_id = ticket.id and answer.author_kind = 'agent'
                            and not answer.is_internal
                    )
            )
        end as began_at
    ) wait
    where ticket.status in ('open', 'assigned', 'on_hold') and wait.began_at is not null
        and (p_ticket_ids is null or ticket.id = any (p_ticket_ids))
$$;
comment on function private.list_waiting_vips(uuid[]) is
    'VIP clients (tiers with a dedicated agent) on live channels who wait for an answer of a '
    'person, and since when; of all tickets, or of these.';

create index support_tickets_first_responded_at_idx
    on public.support_tickets (first_responded_at)
where first_responded_at is not null;
comment on index public.support_tickets_first_responded_at_idx is
    'Serves the response times of the last minutes.';

create function private.measure_vip_response_time(p_desk_id uuid, p_tier text)
returns table (desk_id uuid, value numeric, sample_count integer, ticket_id uuid)
language sql
stable
rows 10
set search_path = ''
as $$
    with wait as (
        select
            one.desk_id, one.ticket_id,
            extract(epoch from statement_timestamp() - one.waits_from) as seconds, true as is_open
        from private.list_waiting_vips() one
        where p_tier is null or one.tier = p_tier
        union all
        select
            ticket.desk_id, ticket.id, extract(epoch from
                ticket.first_responded_at - coalesce(ticket.reopened_at, ticket.opened_at)
            ), false
        from public.support_tickets ticket
        join public.channels channel on channel.channel = ticket.channel and channel.is_live
        join public.service_levels level on level.tier = ticket.tier and level.has_dedicated_agent
        where ticket.first_responded_at > statement_timestamp() - interval '15 minutes'
            and (p_tier is null or ticket.tier = p_tier)
    )
    select
        one.desk_id,
        greatest(
            max(one.seconds) filter (where one.is_open),
            case when count(*) filter (where not one.is_open) >= 5 then
                percentile_cont(0.9) within group (order by one.seconds::double precision)
                    filter (where not one.is_open)
            end::numeric
        ),
        count(*)::integer,
        (array_agg(one.ticket_id order by one.seconds desc) filter (where one.is_open))[1]
    from wait one
    where p_desk_id is null or one.desk_id = p_desk_id
    group by one.desk_id
$$;
comment on function private.measure_vip_response_time(uuid, text) is
    'Seconds: the longest present wait of a VIP client on a live channel, or, from five answers '
    'on, what 9 of 10 first answers of the last 15 minutes did not exceed; the larger.';

create function private.measure_queue_wait(p_desk_id uuid, p_tier text, p_channel_kind text)
returns table (desk_id uuid, value numeric, sample_count integer, ticket_id uuid)
language sql
stable
rows 10
set search_path = ''
as $$
    select
        waiting.desk_id, max(waiting.seconds), count(*)::integer,
        (array_agg(waiting.id order by waiting.seconds desc))[1]
    from (
        select ticket.id, ticket.desk_id, extract(epoch from statement_timestamp() - greatest(
            coalesce(ticket.reopened_at, ticket.opened_at),
            (
                select max(given.ended_at) from public.ticket_assignments given
                where given.ticket_id = ticket.id
            )
        )) as seconds
        from public.support_tickets ticket
        join public.channels channel on channel.channel = ticket.channel
        where ticket.queue_desk_id is not null
            and (p_desk_id is null or ticket.queue_desk_id = p_desk_id)
            and (p_tier is null or ticket.tier = p_tier)
            and (p_channel_kind is null or channel.is_live = (p_channel_kind = 'live'))
    ) waiting
    group by waiting.desk_id
$$;
comment on function private.measure_queue_wait(uuid, text, text) is
    'Seconds that the first in the queue has been there, since it came or came back.';

create index events_outcomes_of_promises_idx on public.events (occurred_at)
where kind in ('promise.breached', 'promise.kept');
comment on index public.events_outcomes_of_promises_idx is
    'Serves the share of promises broken lately.';

create function private.measure_promises_broken(
    p_desk_id uuid, p_tier text, p_channel_kind text
)
returns table (desk_id uuid, value numeric, sample_count integer, ticket_id uuid)
language sql
stable
rows 10
set search_path = ''
as $$
    select
        ticket.desk_id,
        round(100.0 * count(*) filter (where told.kind = 'promise.breached') / count(*), 2),
        count(*)::integer,
        (array_agg(ticket.id order by told.id desc)
            filter (where told.kind = 'promise.breached'))[1]
    from public.events told
    join public.support_tickets ticket on ticket.id = told.subject_id
    join public.channels channel on channel.channel = ticket.channel
    where told.kind in ('promise.breached', 'promise.kept')
        and told.occurred_at > statement_timestamp() - interval '1 hour'
        and (p_desk_id is null or ticket.desk_id = p_desk_id)
        and (p_tier is null or ticket.tier = p_tier)
        and (p_channel_kind is null or channel.is_live = (p_channel_kind = 'live'))
    group by ticket.desk_id
$$;
comment on function private.measure_promises_broken(uuid, text, text) is
    'Percent of the promises kept or broken in the last hour that were broken.';

-- Worker by worker, because the index of claims answers that without reading the whole queue.
create function private.measure_oldest_job()
returns numeric
language sql
stable
set search_path = ''
as $$
    select coalesce(max(extract(epoch from statement_timestamp() - oldest.ready_at)), 0)
    from (select distinct wanted.worker from private.subscriptions wanted) able
    cross join lateral (
        select waiting.ready_at
        from private.jobs waiting
        where waiting.worker = able.worker and waiting.ready_at <= statement_timestamp()
            and (waiting.lease_until is null or waiting.lease_until < statement_timestamp())
        order by waiting.ready_at
        limit 1
    ) oldest
$$;
comment on function private.measure_oldest_job() is
    'Seconds that the oldest job has been ready without anybody working on it.';

-- By worker, not by process: one that was replaced is not missed.
create function private.measure_worker_silence()
returns numeric
language sql
stable
set search_path = ''
as $$
    select coalesce(max(extract(epoch from statement_timestamp() - heard.beat_at)), 0)
    from (
        select max(replica.beat_at) as beat_at
        from private.worker_heartbeats replica
        cross join lateral jsonb_array_elements_text(
            case jsonb_typeof(replica.report -> 'workers')
                when 'array' then replica.report -> 'workers' else '[]'
            end
        ) as able (worker)
        where able.worker in (select wanted.worker from private.subscriptions wanted)
        group by able.worker
    ) heard
$$;
comment on function private.measure_worker_silence() is
    'Seconds since the worker that has been silent longest was last heard of, in whichever '
    'process; 0 when none has been heard of yet.';

create table private.health_scales (
    component text primary key,
    good_value numeric not null,
    bad_value numeric not null,
    constraint health_scales_component_is_a_word check (component ~ '^[a-z][a-z_]{0,47}$'),
    constraint health_scales_go_from_good_to_bad check (good_value < bad_value)
);
comment on table private.health_scales is
    'How a measured value becomes a score: 100 up to the good value, 0 from the bad one on.';

insert into private.health_scales (component, good_value, bad_value)
values
    ('worker_silence_seconds', 30, 120),
    ('oldest_job_seconds', 10, 120),
    ('queued_jobs', 5000, 100000),
    ('dead_jobs_last_hour', 0, 40),
    ('late_timer_seconds', 5, 120);

create function private.measure_system_health()
returns table (component text, value numeric, score numeric)
language sql
stable
rows 5
set search_path = ''
as $$
    select
        scale.component, round(found.value, 3),
        round(100 * least(1, greatest(
            0, (scale.bad_value - found.value) / (scale.bad_value - scale.good_value)
        )), 2)
    from (
        values
            ('worker_silence_seconds', private.measure_worker_silence()),
            ('oldest_job_seconds', private.measure_oldest_job()),
            -- As the server counts along: thousands matter here, and reading them all would cost.
            ('queued_jobs', (
                select coalesce(max(counted.n_live_tup), 0)::numeric
                from pg_catalog.pg_stat_all_tables counted
                where counted.relid = 'private.jobs'::regclass
            )),
            ('dead_jobs_last_hour', (
                select count(*)::numeric from private.dead_jobs gone
                where gone.died_at > statement_timestamp() - interval '1 hour'
            )),
            ('late_timer_seconds', (private.count_timers() ->> 'late_seconds')::numeric)
    ) found (component, value)
    join private.health_scales scale on scale.component = found.component
    order by scale.component
$$;
comment on function private.measure_system_health() is
    'Each component of the system''s health with its value and its score from 0 to 100. The '
    'house is as healthy as its sickest part.';

create function private.measure_house(p_metric text)
returns numeric
language plpgsql
stable
set search_path = ''
as $$
begin
    return case p_metric
        when 'system_health' then (select min(part.score) from private.measure_system_health() part)
        when 'oldest_job_seconds' then private.measure_oldest_job()
        when 'dead_jobs' then (select count(*) from private.dead_jobs)
        when 'worker_silence' then private.measure_worker_silence()
    end;
end
$$;

create function private.measure_rule(p_rule public.alert_rules)
returns table (desk_id uuid, value numeric, sample_count integer, ticket_id uuid)
language plpgsql
stable
rows 10
set search_path = ''
as $$
begin
    case p_rule.metric
        when 'vip_response_time' then
            return query
            select found.* from private.measure_vip_response_time(
                p_rule.desk_id, p_rule.tier
            ) found;
        when 'queue_wait' then
            return query
            select found.* from private.measure_queue_wait(
                p_rule.desk_id, p_rule.tier, p_rule.channel_kind
            ) found;
        when 'promises_broken' then
            return query
            select found.* from private.measure_promises_broken(
                p_rule.desk_id, p_rule.tier, p_rule.channel_kind
            ) found;
        else
            return query
            select null::uuid, private.measure_house(p_rule.metric), p_rule.min_samples, null::uuid;
    end case;
end
$$;
comment on function private.measure_rule(public.alert_rules) is
    'What the rule watches, as it is now: a line for each desk it is about, or one for the house.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------

-- Desks whose alerts I may see: those who oversee them, and those alerts escalate to.
create function private.my_alert_desk_ids()
returns setof uuid
language plpgsql
stable
rows 2
set search_path = ''
as $$
begin
    return query
    select private.my_desk_ids_as(array[
        'relationship_manager', 'quality_auditor', 'manager', 'executive'
    ]);
end
$$;

revoke all on
    public.alert_metrics, public.alert_rules, public.alerts, public.alert_steps,
    private.alert_watches, private.health_scales
from anon, authenticated, service_role;
revoke all on sequence public.alert_steps_id_seq, private.alert_watches_id_seq
from anon, authenticated, service_role;
grant select on
    public.alert_metrics, public.alert_rules, public.alerts, public.alert_steps
to authenticated, service_role;
grant select on private.alert_watches, private.health_scales to service_role;

alter table public.alert_metrics enable row level security;
alter table public.alert_rules enable row level security;
alter table public.alerts enable row level security;
alter table public.alert_steps enable row level security;
alter table private.alert_watches enable row level security;
alter table private.health_scales enable row level security;

create policy alert_metrics_select_staff on public.alert_metrics
for select to authenticated
using ((select private.is_staff()));

create policy alert_rules_select_overseers on public.alert_rules
for select to authenticated
using (
    desk_id = any (array(select private.my_alert_desk_ids()))
    or desk_id is null and exists (select private.my_alert_desk_ids())
);

create policy alerts_select_overseers on public.alerts
for select to authenticated
using (
    desk_id = any (array(select private.my_alert_desk_ids()))
    or desk_id is null and exists (select private.my_overseen_desk_ids())
);

create policy alert_steps_select_overseers on public.alert_steps
for select to authenticated
using (alert_id in (select alert.id from public.alerts alert));

revoke all on function
    private.tg_alert_rules_emit(), private.tg_alert_steps_emit(),
    private.list_waiting_vips(uuid[]), private.measure_vip_response_time(uuid, text),
    private.measure_queue_wait(uuid, text, text),
    private.measure_promises_broken(uuid, text, text), private.measure_oldest_job(),
    private.measure_worker_silence(), private.measure_system_health(),
    private.measure_house(text), private.measure_rule(public.alert_rules),
    private.my_alert_desk_ids()
from public, anon, authenticated, service_role;
grant execute on function
    private.list_waiting_vips(uuid[]), private.measure_vip_response_time(uuid, text),
    private.measure_queue_wait(uuid, text, text),
    private.measure_promises_broken(uuid, text, text), private.measure_oldest_job(),
    private.measure_worker_silence(), private.measure_system_health(),
    private.measure_house(text), private.measure_rule(public.alert_rules)
to service_role;
grant execute on function private.my_alert_desk_ids() to authenticated;

do $$
begin
    if not exists (
        select from pg_catalog.pg_publication_tables published
        where published.pubname = 'supabase_realtime'
            and published.schemaname = 'public' and published.tablename = 'alerts'
    ) then
        alter publication supabase_realtime add table public.alerts;
    end if;
end
$$;
