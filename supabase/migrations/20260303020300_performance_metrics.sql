-- Metrics: each defined once, measured from the rows it is about, and traced back to them.
--
-- Events in:
--   clock.minutely -> performance.metrics (lib/performance/metrics.py decides which monitored ones
--                     are due) -> public.performance_metrics
--   clock.daily    -> performance.metric_months (lib/performance/metric_months.py): the partitions
--                     of coming months are made, those past retention dropped
-- Events out: none.
--
-- A metric is a set of observations, one a ticket's cycle, survey or promise, and how a number is
-- made of them. Who finds the observations stands in private.metric_observers; the numbers are made
-- from roll-ups that equal them at any moment (the next file), so what is late or corrected counts.
-- What is sampled by the minute is what was known then.

create table public.metric_definitions (
    metric text primary key,
    label text not null,
    category text not null,
    unit text not null,
    direction text not null,
    method text not null,
    window_seconds integer not null,
    zone text not null default 'Europe/Warsaw',
    audience text not null default 'staff',
    drill_down text not null,
    numerator text references public.metric_definitions (metric),
    denominator text references public.metric_definitions (metric),
    factor numeric(12, 4),
    description text not null,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint metric_definitions_metric_is_a_word check (metric ~ '^[a-z][a-z_]{0,47}$'),
    constraint metric_definitions_label_is_short_text check (private.is_clean_text(label, 80)),
    constraint metric_definitions_category_is_a_word check (category ~ '^[a-z][a-z_]{0,39}$'),
    constraint metric_definitions_unit_is_known
        check (unit in ('seconds', 'percent', 'count', 'points', 'money')),
    constraint metric_definitions_direction_is_known check (direction in ('higher', 'lower')),
    constraint metric_definitions_method_is_known
        check (method in ('median', 'mean', 'last', 'sum', 'ratio')),
    constraint metric_definitions_ratios_have_two_parts
        check (num_nonnulls(numerator, denominator, factor) = 3 * (method = 'ratio')::integer),
    constraint metric_definitions_window_is_bounded
        check (window_seconds between 60 and 31622400),
    constraint metric_definitions_zone_is_the_house_s check (zone = 'Europe/Warsaw'),
    constraint metric_definitions_audience_is_known check (audience in ('staff', 'managers')),
    constraint metric_definitions_drill_down_is_a_word check (drill_down ~ '^[a-z][a-z_]{0,39}$'),
    constraint metric_definitions_description_is_text
        check (private.is_clean_text(description, 500))
);
comment on table public.metric_definitions is
    'What each metric means. A change of meaning is a new version.';
comment on column public.metric_definitions.unit is
    'money: in the smallest unit of the złoty; points: as the scale in the description goes.';
comment on column public.metric_definitions.direction is 'Which way is better.';
comment on column public.metric_definitions.method is
    'How one number is made of the observations of a range; last: of samples, the newest; ratio: '
    'factor * sum of the numerator / sum of the denominator.';
comment on column public.metric_definitions.window_seconds is
    'How far back a sample of performance_metrics looks.';
comment on column public.metric_definitions.zone is
    'Whose days, weeks and months its series has: one house, one calendar.';
comment on column public.metric_definitions.audience is
    'Who learns its numbers; managers: those of the desk, executives, admins and servers only.';
comment on column public.metric_definitions.drill_down is
    'What its evidence names: rows of this kind, or the samples where there are none.';
create trigger metric_definitions_bump_version
before update on public.metric_definitions
for each row execute function private.tg_bump_version();
create trigger metric_definitions_record
after insert or update or delete on public.metric_definitions
for each row execute function private.tg_record_configuration('metric');

insert into public.metric_definitions (
    metric, label, category, unit, direction, method, window_seconds, drill_down, description
)
values
    ('vip_response_time', 'VIP response time', 'response', 'seconds', 'lower', 'median', 3600,
        'tickets', 'From the beginning of a cycle to its first answer, for tiers with a dedicated '
        'agent on live channels; counted when the answer is given.'),
    ('client_satisfaction', 'Client satisfaction', 'satisfaction', 'points', 'higher', 'mean',
        86400, 'surveys', 'What clients answered to surveys, 1 to 5; counted when they answer.'),
    ('support_efficiency', 'Support efficiency', 'efficiency', 'percent', 'higher', 'mean', 86400,
        'tickets', 'Of the cycles resolved, those that one agent alone resolved without breaking a '
        'promise; counted when resolved.'),
    ('system_health', 'System health', 'system', 'percent', 'higher', 'mean', 60, 'samples',
        'The score of get_system_health, sampled.'),
    ('first_contact_resolution', 'First contact resolution', 'efficiency', 'percent', 'higher',
        'mean', 86400, 'tickets', 'Of the cycles resolved, those that took one answer at most and '
        'were not reopened; counted when resolved.'),
    ('promises_kept', 'Promises kept', 'promises', 'percent', 'higher', 'mean', 3600, 'tickets',
        'Of the promises kept or broken, those kept; counted when kept or when broken.'),
    ('backlog', 'Backlog', 'load', 'count', 'lower', 'last', 60, 'tickets',
        'Tickets that are neither resolved nor closed, sampled.'),
    ('reopen_rate', 'Reopened', 'efficiency', 'percent', 'lower', 'mean', 86400, 'tickets',
        'Of the cycles resolved, those that were reopened since; counted when resolved.');

create table public.metric_benchmarks (
    metric text not null references public.metric_definitions (metric),
    standard text not null,
    target numeric(14, 4) not null,
    source text not null,
    valid_from_on date not null default '2026-01-01',
    constraint metric_benchmarks_pkey primary key (metric, standard, valid_from_on),
    constraint metric_benchmarks_standard_is_a_word check (standard ~ '^[a-z][a-z_]{0,39}$'),
    constraint metric_benchmarks_target_is_not_negative check (target >= 0),
    constraint metric_benchmarks_source_is_text check (private.is_clean_text(source, 300))
);
comment on table public.metric_benchmarks is
    'What luxury service is held to, each with whoever says so. The newest that is valid counts.';
insert into public.metric_benchmarks (metric, standard, target, source)
values
    ('vip_response_time', 'luxury', 30, 'The house''s founding standard: VIP answers in 30 s.'),
    ('client_satisfaction', 'luxury', 4.7, 'The house''s founding standard: 4.7 of 5.'),
    ('first_contact_resolution', 'luxury', 85, 'The house''s founding standard: 85 %.'),
    ('support_efficiency', 'luxury', 85, 'The house''s founding standard: efficiency of 85 %.'),
    ('system_health', 'luxury', 95, 'The house''s founding alert: health below 95 is critical.');
create trigger metric_benchmarks_record
after insert or update or delete on public.metric_benchmarks
for each row execute function private.tg_record_configuration('metric');

create table public.metric_monitors (
    metric text primary key references public.metric_definitions (metric),
    interval_seconds integer not null default 60,
    started_by uuid,
    started_at timestamptz not null default now(),
    constraint metric_monitors_interval_is_bounded check (interval_seconds between 60 and 86400)
);
comment on table public.metric_monitors is
    'Metrics that are sampled, and how often. Written through start_performance_monitoring.';
comment on column public.metric_monitors.started_by is
    'Null: the house, from its first day. No foreign key: the record outlives people.';
create trigger metric_monitors_record
after insert or update or delete on public.metric_monitors
for each row execute function private.tg_record_configuration('metric');
insert into public.metric_monitors (metric)
values ('vip_response_time'), ('client_satisfaction'), ('support_efficiency'), ('system_health'),
    ('backlog');

create table private.metric_clocks (
    metric text primary key references public.metric_definitions (metric),
    sampled_at timestamptz not null
);
comment on table private.metric_clocks is 'When each metric was sampled last.';

create table public.performance_metrics (
    id uuid not null default gen_random_uuid(),
    metric_name text not null references public.metric_definitions (metric),
    desk_id uuid references public.desks (id) on delete cascade,
    category text not null,
    value numeric(18, 4) not null,
    unit text not null,
    measured_at timestamptz not null,
    metadata jsonb not null default '{}',
    created_at timestamptz not null default now(),
    constraint performance_metrics_pkey primary key (id, measured_at),
    constraint performance_metrics_one_sample_a_moment
        unique nulls not distinct (desk_id, metric_name, measured_at),
    constraint performance_metrics_category_is_a_word check (category ~ '^[a-z][a-z_]{0,39}$'),
    constraint performance_metrics_unit_is_known
        check (unit in ('seconds', 'percent', 'count', 'points', 'money')),
    constraint performance_metrics_metadata_is_a_small_object
        check (jsonb_typeof(metadata) = 'object' and octet_length(metadata::text) <= 4000)
) partition by range (measured_at);
comment on table public.performance_metrics is
    'Samples of the monitored metrics, for each desk and for the house (desk_id null), as known at '
    'the time; a partition a month.';
comment on column public.performance_metrics.metadata is
    '{"sample_count", "window_seconds", "version"}: of how many observations, how far back, by '
    'which definition.';
create index idx_performance_metrics_timestamp on public.performance_metrics (measured_at);
comment on index public.idx_performance_metrics_timestamp is 'Serves samples by time alone.';

-- -------------------------------------------------------------------------------------------------
-- Months
-- -------------------------------------------------------------------------------------------------

-- Definer: tables are made and dropped by their owner alone. Nothing but a month goes into the
-- statement, and only service_role may ask. A month is one of UTC; the first sample makes its own.
create function private.make_metric_month(p_month date)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_month date := date_trunc('month', p_month)::date;
    v_name text := 'performance_metrics_' || to_char(v_month, 'YYYY_MM');
    v_index text := v_name || '_measured_at_idx';
begin
    if to_regclass('private.' || v_name) is not null then
        return false;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('performance.metric_months', 0));
    -- Asked of the table: to_regclass remembers what it did not find before we waited.
    if exists (
        select from pg_catalog.pg_class part
        where part.relname = v_name and part.relnamespace = 'private'::regnamespace
    ) then
        return false;
    end if;
    execute format(
        'create table private.%I partition of public.performance_metrics'
        ' for values from (%L) to (%L)', v_name, v_month::timestamp at time zone 'UTC',
        (v_month + interval '1 month')::timestamp at time zone 'UTC'
    );
    execute format('alter table private.%I enable row level security', v_name);
    execute format('revoke all on private.%I from anon, authenticated, service_role', v_name);
    execute format(
        'comment on index private.%I is %L', v_index, 'Serves samples by time alone.'
    );
    return true;
end
$$;
comment on function private.make_metric_month(date) is
    'Makes the partition of that month; false when it is there already.';

create function private.list_metric_months()
returns table (month_on date, partition regclass)
language sql
stable
set search_path = ''
as $$
    select to_date(substring(part.relname from '\d{4}_\d{2}$'), 'YYYY_MM'), part.oid::regclass
    from pg_catalog.pg_inherits kin
    join pg_catalog.pg_class part on part.oid = kin.inhrelid
    where kin.inhparent = 'public.performance_metrics'::regclass
$$;

-- Definer: as make_metric_month. A year is the least that is kept.
create function private.drop_metric_month(p_month date)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_partition regclass := (
        select known.partition from private.list_metric_months() known
        where known.month_on = p_month and known.month_on < now() - interval '13 months'
    );
begin
    if v_partition is null then
        return false;
    end if;
    execute format('drop table %s', v_partition);
    return true;
end
$$;
comment on function private.drop_metric_month(date) is
    'Drops the partition of that month, unless it is younger than 13 months or not there.';

create function worker.metric_months()
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object('read_at', now(), 'months', coalesce(
        jsonb_agg(known.month_on order by known.month_on), '[]'
    ))
    from private.list_metric_months() known
$$;
comment on function worker.metric_months() is
    '{"read_at", "months": the first day of each month that has a partition}.';

create function worker.keep_metric_months(p_made jsonb, p_dropped jsonb)
returns jsonb
language sql
set search_path = ''
as $$
    select jsonb_build_object(
        'made', (
            select count(*) from jsonb_array_elements_text(p_made) wanted (month_on)
            where private.make_metric_month(wanted.month_on::date)
        ),
        'dropped', (
            select count(*) from jsonb_array_elements_text(p_dropped) wanted (month_on)
            where private.drop_metric_month(wanted.month_on::date)
        )
    )
$$;
comment on function worker.keep_metric_months(jsonb, jsonb) is
    'Makes and drops the partitions of these months (first days); done twice it does nothing '
    'more. {"made", "dropped"}: how many.';

-- -------------------------------------------------------------------------------------------------
-- Observations: one definition each
-- -------------------------------------------------------------------------------------------------
create view private.all_cycles
with (security_invoker = true)
as
select
    ticket.id as ticket_id, ticket.cycle, ticket.desk_id, ticket.channel, ticket.tier,
    coalesce(ticket.reopened_at, ticket.opened_at) as began_at, ticket.first_responded_at,
    ticket.resolved_at, false as is_reopened, ticket.merged_into_id is not null as is_merged
from public.support_tickets ticket
union all
select
    past.ticket_id, past.cycle, ticket.desk_id, past.channel, past.tier, past.began_at,
    past.first_responded_at, past.resolved_at, true, false
from public.ticket_cycles past
join public.support_tickets ticket on ticket.id = past.ticket_id;
comment on view private.all_cycles is
    'Every cycle of every ticket, present and past; is_reopened: another one came after it.';

create index support_tickets_resolved_at_idx on public.support_tickets (resolved_at)
where resolved_at is not null;
comment on index public.support_tickets_resolved_at_idx is
    'Serves the metrics of what was resolved within a time.';
create index ticket_cycles_resolved_at_idx on public.ticket_cycles (resolved_at);
comment on index public.ticket_cycles_resolved_at_idx is
    'Serves the metrics of what was resolved within a time.';
create index ticket_cycles_first_responded_at_idx on public.ticket_cycles (first_responded_at);
comment on index public.ticket_cycles_first_responded_at_idx is
    'Serves the response times of a range.';
create index surveys_answered_at_idx on public.surveys (answered_at)
where answered_at is not null;
comment on index public.surveys_answered_at_idx is 'Serves the satisfaction of a range.';
create index ticket_promises_outcome_idx
on public.ticket_promises (coalesce(breached_at, met_at))
where coalesce(breached_at, met_at) is not null;
comment on index public.ticket_promises_outcome_idx is 'Serves the promises kept in a range.';

create table private.metric_observers (
    metric text primary key references public.metric_definitions (metric),
    observer text not null,
    scope text not null default 'desks',
    constraint metric_observers_observer_is_a_function
        check (observer ~ '^observe_[a-z_]{1,48}$'),
    constraint metric_observers_scope_is_known check (scope in ('desks', 'both', 'house'))
);
comment on table private.metric_observers is
    'Who finds the observations of a metric: the function private.<observer>(p_metric text, '
    'p_since timestamptz, p_until timestamptz) returns table (observed_at timestamptz, subject_id '
    'uuid, desk_id uuid, value numeric). Ratios have none: their parts do.';
comment on column private.metric_observers.scope is
    'desks: the house is all its desks together, and what has no desk; both: the house has '
    'observations of its own, without a desk; house: there are no others, every desk sees them.';
insert into private.metric_observers (metric, observer, scope)
values
    ('vip_response_time', 'observe_responses', 'desks'),
    ('client_satisfaction', 'observe_ratings', 'desks'),
    ('support_efficiency', 'observe_resolutions', 'desks'),
    ('system_health', 'observe_samples', 'house'),
    ('first_contact_resolution', 'observe_resolutions', 'desks'),
    ('promises_kept', 'observe_promises', 'desks'),
    ('backlog', 'observe_samples', 'both'),
    ('reopen_rate', 'observe_resolutions', 'desks');

create function private.observe_responses(
    p_metric text, p_since timestamptz, p_until timestamptz
)
returns table (observed_at timestamptz, subject_id uuid, desk_id uuid, value numeric)
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
    return query
    select
        one.first_responded_at, one.ticket_id, one.desk_id,
        extract(epoch from one.first_responded_at - one.began_at)
    from private.all_cycles one
    join public.channels channel on channel.channel = one.channel and channel.is_live
    join public.service_levels level on level.tier = one.tier and level.has_dedicated_agent
    where one.first_responded_at >= p_since and one.first_responded_at < p_until;
end
$$;

create function private.observe_ratings(p_metric text, p_since timestamptz, p_until timestamptz)
returns table (observed_at timestamptz, subject_id uuid, desk_id uuid, value numeric)
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
    return query
    select said.answered_at, said.id, said.desk_id, said.csat::numeric
    from public.surveys said
    where said.answered_at >= p_since and said.answered_at < p_until and said.csat is not null;
end
$$;

create function private.observe_promises(p_metric text, p_since timestamptz, p_until timestamptz)
returns table (observed_at timestamptz, subject_id uuid, desk_id uuid, value numeric)
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
    return query
    select
        coalesce(promise.breached_at, promise.met_at), ticket.id, ticket.desk_id,
        100.0 * (promise.state = 'met')::integer
    from public.ticket_promises promise
    join public.support_tickets ticket on ticket.id = promise.ticket_id
    where promise.state in ('met', 'breached')
        and coalesce(promise.breached_at, promise.met_at) >= p_since
        and coalesce(promise.breached_at, promise.met_at) < p_until;
end
$$;

-- Efficient: one agent at most took the cycle up, and no promise of it was broken.
create function private.observe_resolutions(
    p_metric text, p_since timestamptz, p_until timestamptz
)
returns table (observed_at timestamptz, subject_id uuid, desk_id uuid, value numeric)
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
    return query
    select one.resolved_at, one.ticket_id, one.desk_id, 100.0 * case p_metric
        when 'reopen_rate' then one.is_reopened
        when 'support_efficiency' then 1 >= (
            select count(distinct given.agent_id) from public.ticket_assignments given
            where given.ticket_id = one.ticket_id and given.cycle = one.cycle
                and (given.state = 'completed' or given.answered_at is not null)
                and given.state <> 'declined'
        ) and not exists (
            select from public.ticket_promises promise
            where promise.ticket_id = one.ticket_id and promise.cycle = one.cycle
                and promise.state = 'breached'
        )
        else not one.is_reopened and 1 >= (
            select count(*) from public.ticket_messages said
            where said.ticket_id = one.ticket_id and said.author_kind = 'agent'
                and not said.is_internal
                and said.created_at >= one.began_at and said.created_at <= one.resolved_at
        )
    end::integer
    from private.all_cycles one
    where one.resolved_at >= p_since and one.resolved_at < p_until and not one.is_merged;
end
$$;

create function private.observe_samples(p_metric text, p_since timestamptz, p_until timestamptz)
returns table (observed_at timestamptz, subject_id uuid, desk_id uuid, value numeric)
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
    return query
    select sample.measured_at, sample.id, sample.desk_id, sample.value
    from public.performance_metrics sample
    where sample.metric_name = p_metric
        and sample.measured_at >= p_since and sample.measured_at < p_until;
end
$$;

create function private.observe_everywhere(
    p_metric text, p_since timestamptz, p_until timestamptz
)
returns table (observed_at timestamptz, subject_id uuid, desk_id uuid, value numeric)
language plpgsql
stable
rows 100
set search_path = ''
as $$
declare
    v_observer text := (
        select known.observer from private.metric_observers known where known.metric = p_metric
    );
begin
    if v_observer is not null then
        return query execute format('select found.* from private.%I($1, $2, $3) found', v_observer)
        using p_metric, p_since, p_until;
    end if;
end
$$;
comment on function private.observe_everywhere(text, timestamptz, timestamptz) is
    'What its observer finds of a metric, at every desk and without one.';

create function private.observe_metric(
    p_metric text, p_since timestamptz, p_until timestamptz, p_desk_ids uuid[] default null
)
returns table (observed_at timestamptz, subject_id uuid, desk_id uuid, value numeric)
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
    return query
    select found.*
    from public.metric_definitions defined
    join private.metric_observers known
        on known.metric = coalesce(defined.numerator, defined.metric)
    cross join lateral private.observe_everywhere(known.metric, p_since, p_until) found
    where defined.metric = p_metric and case
        when known.scope = 'house' then true
        when p_desk_ids is not null then found.desk_id = any (p_desk_ids)
        else known.scope = 'desks' or found.desk_id is null
    end;
end
$$;
comment on function private.observe_metric(text, timestamptz, timestamptz, uuid[]) is
    'What a metric (of a ratio: its numerator) is made of: each observation from p_since until '
    'before p_until, of these desks or (null) of the house.';

-- -------------------------------------------------------------------------------------------------
-- Samples
-- -------------------------------------------------------------------------------------------------
create function private.count_backlog()
returns table (desk_id uuid, value numeric, sample_count bigint)
language sql
stable
rows 10
set search_path = ''
as $$
    select desk.id, count(ticket.id)::numeric, count(ticket.id)
    from public.desks desk
    left join public.support_tickets ticket
        on ticket.desk_id = desk.id and ticket.status in ('open', 'assigned', 'pending', 'on_hold')
    group by grouping sets ((), (desk.id))
$$;
comment on function private.count_backlog() is
    'Tickets neither resolved nor closed, of each desk and (null) of the house.';

create function private.sample_metric(
    p_metric public.metric_definitions, p_since timestamptz, p_until timestamptz
)
returns table (desk_id uuid, value numeric, sample_count bigint)
language plpgsql
stable
rows 10
set search_path = ''
as $$
begin
    if p_metric.metric = 'system_health' then
        return query select null::uuid, private.measure_house(p_metric.metric), 1::bigint;
    elsif p_metric.metric = 'backlog' then
        return query select found.* from private.count_backlog() found;
    else
        return query
        select found.desk_id, found.value, found.sample_count
        from private.measure_metric(
            p_metric, p_since, p_until, array(select desk.id from public.desks desk), null, true
        ) found
        union all
        select null, found.value, found.sample_count
        from private.measure_metric(p_metric, p_since, p_until, null, null, false) found;
    end if;
end
$$;
comment on function private.sample_metric(
    public.metric_definitions, timestamptz, timestamptz
) is
    'What the metric is now, or over that time, at each desk and (null) in the house; the value is '
    'null where nothing was observed.';

create function worker.metric_contexts()
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object('read_at', now(), 'monitors', coalesce(jsonb_agg(jsonb_build_object(
        'metric', watched.metric, 'interval_seconds', watched.interval_seconds,
        'sampled_at', clock.sampled_at
    ) order by watched.metric), '[]'))
    from public.metric_monitors watched
    left join private.metric_clocks clock on clock.metric = watched.metric
$$;
comment on function worker.metric_contexts() is
    '{"read_at", "monitors": [{"metric", "interval_seconds", "sampled_at"}]}.';

-- Definer: nobody may write samples; only service_role may execute it. The values are measured
-- here, so that no worker can write another.
create function private.store_samples(p_due jsonb)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.make_metric_month(due.month_on)
    from (
        select distinct date_trunc('month', said.measured_at, 'UTC')::date as month_on
        from jsonb_to_recordset(p_due) as said (measured_at timestamptz)
        where said.measured_at between now() - interval '1 hour' and now() + interval '1 minute'
    ) due;
    with due as (
        insert into private.metric_clocks as clock (metric, sampled_at)
        select said.metric, said.measured_at
        from jsonb_to_recordset(p_due) as said (metric text, measured_at timestamptz)
        join public.metric_monitors watched on watched.metric = said.metric
        where said.measured_at between now() - interval '1 hour' and now() + interval '1 minute'
        order by said.metric
        on conflict (metric) do update set sampled_at = excluded.sampled_at
        where clock.sampled_at < excluded.sampled_at
        returning clock.metric, clock.sampled_at
    )
    insert into public.performance_metrics (
        metric_name, desk_id, category, value, unit, measured_at, metadata
    )
    select
        known.metric, found.desk_id, known.category, found.value, known.unit, due.sampled_at,
        jsonb_build_object('sample_count', found.sample_count,
            'window_seconds', known.window_seconds, 'version', known.version)
    from due
    join public.metric_definitions known on known.metric = due.metric
    cross join lateral private.sample_metric(
        known,
        due.sampled_at - make_interval(secs => known.window_seconds), due.sampled_at
    ) found
    where found.value is not null
    on conflict (desk_id, metric_name, measured_at) do nothing;
end
$$;

create function worker.record_samples(p_items jsonb, p_due jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    perform private.hold_jobs(p_items);
    perform private.store_samples(p_due);
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
comment on function worker.record_samples(jsonb, jsonb) is
    'Samples these metrics ([{"metric", "measured_at"}]) unless they were since or are no longer '
    'monitored, and finishes the jobs, in one transaction. Answers [{"job_id", "status"}].';

insert into private.subscriptions (event_kind, worker, collapses)
values
    ('clock.minutely', 'performance.metrics', true),
    ('clock.daily', 'performance.metric_months', true);

-- -------------------------------------------------------------------------------------------------
-- Monitoring, as people set it
-- -------------------------------------------------------------------------------------------------
create function private.require_monitoring(p_metrics text[], p_interval_seconds integer)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if not private.is_service() then
        perform private.require_staff();
        if not private.is_manager() then
            perform private.refuse('PT403', 'manager_required', 'Managers may do this.');
        end if;
    end if;
    if (cardinality(p_metrics) between 1 and 50) is not true or exists (
        select from unnest(p_metrics) wanted (metric)
        where not exists (
            select from public.metric_definitions known where known.metric = wanted.metric
        )
    ) then
        perform private.refuse(
            'PT422', 'metric_unknown', 'One or more of those in metric_definitions.'
        );
    elsif (p_interval_seconds between 60 and 86400) is not true then
        perform private.refuse('PT422', 'interval_out_of_range', 'From 60 seconds to a day.');
    end if;
end
$$;

create function private.describe_monitors()
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(to_jsonb(watched) order by watched.metric), '[]')
    from public.metric_monitors watched
$$;

-- Definer: nobody holds a right to write monitors; the caller is checked first.
create function private.start_performance_monitoring(
    p_metrics text[], p_interval_seconds integer
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.require_monitoring(p_metrics, p_interval_seconds);
    insert into public.metric_monitors as watched (metric, interval_seconds, started_by)
    select distinct wanted.metric, p_interval_seconds, (select auth.uid())
    from unnest(p_metrics) wanted (metric)
    order by 1
    on conflict (metric) do update
    set interval_seconds = excluded.interval_seconds, started_by = excluded.started_by,
        started_at = now()
    where watched.interval_seconds <> excluded.interval_seconds;
    return private.describe_monitors();
end
$$;

create function public.start_performance_monitoring(
    p_metrics text[],
    p_interval_seconds integer default 60
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.start_performance_monitoring(p_metrics, p_interval_seconds)
$$;
comment on function public.start_performance_monitoring(text[], integer) is
    'Managers, admins and servers: these metrics are sampled every so many seconds (60 to 86400, '
    'by whole minutes of the clock) from now on. Answers all monitors.';

-- Definer: nobody holds a right to write monitors; the caller is checked first.
create function private.stop_performance_monitoring(p_metrics text[])
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.require_monitoring(p_metrics, 60);
    delete from public.metric_monitors watched where watched.metric = any (p_metrics);
    delete from private.metric_clocks clock where clock.metric = any (p_metrics);
    return private.describe_monitors();
end
$$;

create function public.stop_performance_monitoring(p_metrics text[])
returns jsonb
language sql
set search_path = ''
as $$
    select private.stop_performance_monitoring(p_metrics)
$$;
comment on function public.stop_performance_monitoring(text[]) is
    'As start_performance_monitoring: these are sampled no more; what was sampled stays. Answers '
    'the monitors that are left.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
create function private.is_house_overseer()
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return exists (
        select from private.my_staff_row() me where me.role in ('executive', 'admin')
    );
end
$$;
comment on function private.is_house_overseer() is 'Whether the caller sees the whole house.';

create function private.is_metric_manager()
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return private.is_service() or exists (
        select from private.my_staff_row() me where me.role in ('manager', 'executive', 'admin')
    );
end
$$;
comment on function private.is_metric_manager() is
    'Whether the caller learns the numbers of metrics whose audience are managers.';

revoke all on
    public.metric_definitions, public.metric_benchmarks, public.metric_monitors,
    public.performance_metrics, private.metric_clocks, private.metric_observers,
    private.all_cycles
from anon, authenticated, service_role;
grant select on
    public.metric_definitions, public.metric_benchmarks, public.metric_monitors,
    public.performance_metrics
to authenticated, service_role;
grant select on private.metric_clocks to service_role;

alter table public.metric_definitions enable row level security;
alter table public.metric_benchmarks enable row level security;
alter table public.metric_monitors enable row level security;
alter table public.performance_metrics enable row level security;
alter table private.metric_clocks enable row level security;
alter table private.metric_observers enable row level security;

create policy metric_definitions_select_staff on public.metric_definitions
for select to authenticated
using ((select private.is_staff()));
create policy metric_benchmarks_select_staff on public.metric_benchmarks
for select to authenticated
using ((select private.is_staff()));
create policy metric_monitors_select_staff on public.metric_monitors
for select to authenticated
using ((select private.is_staff()));
-- The house's own numbers are for who sees the whole house; the system is everybody's who oversees.
create policy performance_metrics_select_overseers on public.performance_metrics
for select to authenticated
using (
    desk_id = any (array(select private.my_survey_desk_ids()))
    or desk_id is null and (
        (select private.is_house_overseer())
        or metric_name = 'system_health' and exists (select private.my_survey_desk_ids())
    )
);
create policy performance_metrics_select_audience on public.performance_metrics
as restrictive
for select to authenticated
using (
    (select private.is_metric_manager()) or metric_name = any (array(
        select known.metric from public.metric_definitions known where known.audience = 'staff'
    ))
);

revoke all on function
    private.make_metric_month(date), private.list_metric_months(),
    private.drop_metric_month(date), worker.metric_months(),
    worker.keep_metric_months(jsonb, jsonb),
    private.observe_responses(text, timestamptz, timestamptz),
    private.observe_ratings(text, timestamptz, timestamptz),
    private.observe_promises(text, timestamptz, timestamptz),
    private.observe_resolutions(text, timestamptz, timestamptz),
    private.observe_samples(text, timestamptz, timestamptz),
    private.observe_everywhere(text, timestamptz, timestamptz),
    private.observe_metric(text, timestamptz, timestamptz, uuid[]),
    private.count_backlog(),
    private.sample_metric(public.metric_definitions, timestamptz, timestamptz),
    worker.metric_contexts(), private.store_samples(jsonb), worker.record_samples(jsonb, jsonb),
    private.require_monitoring(text[], integer), private.describe_monitors(),
    private.start_performance_monitoring(text[], integer),
    public.start_performance_monitoring(text[], integer),
    private.stop_performance_monitoring(text[]), public.stop_performance_monitoring(text[]),
    private.is_house_overseer(), private.is_metric_manager()
from public, anon, authenticated, service_role;
grant execute on function
    private.make_metric_month(date), private.list_metric_months(),
    private.drop_metric_month(date), worker.metric_months(),
    worker.keep_metric_months(jsonb, jsonb), worker.metric_contexts(),
    private.store_samples(jsonb), worker.record_samples(jsonb, jsonb)
to service_role;
grant execute on function
    private.start_performance_monitoring(text[], integer),
    public.start_performance_monitoring(text[], integer),
    private.stop_performance_monitoring(text[]), public.stop_performance_monitoring(text[])
to authenticated, service_role;
grant execute on function
    private.is_house_overseer(), private.is_metric_manager(), private.is_service()
to authenticated;
