-- Roll-ups: what metrics were, by the minute, the hour, the day and the month in Warsaw, at each
-- desk and in the house; equal to the observations at any moment.
--
-- Events in:
--   clock.minutely -> performance.rollups (lib/performance/rollups.py decides how much of the dirt
--                     is rolled, and which grains are past what is kept of them)
-- Events out: none.
--
-- Whoever changes what a metric is made of marks the minutes it was in and is in now: late answers,
-- reopenings, corrections and deletions are all the same thing. Marks are only ever added, so that
-- writers never wait for each other. Who rolls takes marks away and makes the cells again from the
-- observations in the same transaction; a mark that was committed later is still there. Who reads
-- takes the coarsest clean cells, and observations where there are none.
--
-- Counts, sums, the smallest, the largest and the last are exact. For quantiles a cell keeps how
-- often each level occurred: a value rounded within 1 % (private.round_level), so that levels of
-- cells can be added up and every quantile is within 1 % of the true one.

create table private.metric_grains (
    grain text primary key,
    place smallint not null,
    kept_days integer,
    kept_since_at timestamptz not null default '-infinity',
    constraint metric_grains_place_is_unique unique (place),
    constraint metric_grains_grain_is_known check (grain in ('minute', 'hour', 'day', 'month')),
    constraint metric_grains_kept_days_are_positive check (kept_days >= 2)
);
comment on table private.metric_grains is 'How long cells of each size are kept, the finest first.';
comment on column private.metric_grains.kept_days is
    'Null: for ever. Hours: twelve months and the twelve before them, whatever hour it is.';
comment on column private.metric_grains.kept_since_at is
    'There are no earlier cells: the beginning of a day in Warsaw.';
insert into private.metric_grains (grain, place, kept_days, kept_since_at)
select
    known.grain, known.place, known.days, coalesce(
        date_trunc('day', now() - make_interval(days => known.days), 'Europe/Warsaw'), '-infinity'
    )
from (
    values ('minute', 1, 8), ('hour', 2, 800), ('day', 3, null), ('month', 4, null)
) known (grain, place, days);

create table private.metric_rollups (
    metric text not null references public.metric_definitions (metric),
    grain text not null,
    begins_at timestamptz not null,
    desk_id uuid,
    sample_count bigint not null,
    total numeric not null,
    smallest numeric not null,
    largest numeric not null,
    last_at timestamptz not null,
    last_value numeric not null,
    levels real[] not null,
    counts integer[] not null,
    place uuid not null generated always as (
        coalesce(desk_id, '00000000-0000-0000-0000-000000000000')
    ) stored,
    constraint metric_rollups_pkey primary key (metric, grain, begins_at, place),
    constraint metric_rollups_grain_is_known check (grain in ('minute', 'hour', 'day', 'month')),
    constraint metric_rollups_cells_are_not_empty check (sample_count > 0),
    constraint metric_rollups_levels_have_counts check (cardinality(levels) = cardinality(counts))
);
comment on table private.metric_rollups is
    'What was observed of a metric within a minute, an hour, a day or a month in Warsaw, at a desk '
    'and (desk_id null) in the house. No cell: nothing was observed, unless it is marked in '
    'metric_dirt or older than metric_grains.kept_since_at.';
comment on column private.metric_rollups.desk_id is
    'No foreign key: what was measured outlives the desk.';
comment on column private.metric_rollups.place is 'The desk; of the house the nil UUID.';
comment on column private.metric_rollups.levels is
    'Values rounded within 1 %, ascending; counts: how often each occurred.';

create table private.metric_dirt (
    id bigint primary key generated always as identity,
    metrics text[] not null,
    since_at timestamptz not null,
    until_at timestamptz not null,
    constraint metric_dirt_is_of_some_metric check (cardinality(metrics) between 1 and 200),
    constraint metric_dirt_is_of_some_time check (since_at < until_at)
) with (
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_insert_threshold = -1,
    autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 20000,
    vacuum_truncate = false
);
comment on table private.metric_dirt is
    'Times whose cells are stale. Only ever added to by who changes, taken away by who rolls.';

-- -------------------------------------------------------------------------------------------------
-- Grains and levels
-- -------------------------------------------------------------------------------------------------
create function private.find_cell_start(p_at timestamptz, p_grain text)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
    return date_trunc(p_grain, p_at, 'Europe/Warsaw');
end
$$;
comment on function private.find_cell_start(timestamptz, text) is
    'Where the minute, hour, day or month in Warsaw begins that this moment is in.';

create function private.find_cell_end(p_at timestamptz, p_grain text)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
    v_start timestamptz := date_trunc(p_grain, p_at, 'Europe/Warsaw');
begin
    return case
        when v_start = p_at then p_at
        else date_add(v_start, ('1 ' || p_grain)::interval, 'Europe/Warsaw')
    end;
end
$$;
comment on function private.find_cell_end(timestamptz, text) is
    'The first boundary between such cells that is not before this moment.';

create function private.widen_spans(p_spans tstzmultirange, p_grain text)
returns tstzmultirange
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(range_agg(tstzrange(
            private.find_cell_start(lower(span), p_grain),
            private.find_cell_end(upper(span), p_grain)
        )), '{}')
        from unnest(p_spans) span
    );
end
$$;
comment on function private.widen_spans(tstzmultirange, text) is 'The cells these times touch.';

create function private.narrow_spans(p_spans tstzmultirange, p_grain text)
returns tstzmultirange
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(range_agg(tstzrange(whole.since_at, whole.until_at)), '{}')
        from (
            select
                private.find_cell_end(lower(span), p_grain) as since_at,
                private.find_cell_start(upper(span), p_grain) as until_at
            from unnest(p_spans) span
        ) whole
        where whole.since_at < whole.until_at
    );
end
$$;
comment on function private.narrow_spans(tstzmultirange, text) is
    'The cells that are wholly within these times.';

-- Whole numbers to 100 are their own level: of scores and shares the quantiles are exact.
create function private.round_level(p_value numeric)
returns real
language plpgsql
immutable
set search_path = ''
as $$
begin
    return case
        when abs(p_value) <= 100 and p_value = trunc(p_value) then p_value::real
        else (
            sign(p_value) * 1.01 * (1.01 / 0.99) ^ floor(
                ln(abs(p_value::double precision)) / ln((1.01 / 0.99)::double precision)
            )
        )::real
    end;
end
$$;
comment on function private.round_level(numeric) is
    'A number within 1 % of the value, the same for all values near it.';

-- -------------------------------------------------------------------------------------------------
-- Marks
-- -------------------------------------------------------------------------------------------------

-- Many minutes at once (an import, a year deleted) are marked by the day.
create function private.touch_metrics(p_metrics text[], p_moments timestamptz[])
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_minutes timestamptz[] := array(
        select distinct date_bin('1 minute', touched.at, '2000-01-01 00:00+00')
        from unnest(p_moments) touched (at)
        where isfinite(touched.at)
    );
    v_grain text := case when cardinality(v_minutes) <= 500 then 'minute' else 'day' end;
begin
    if cardinality(v_minutes) = 0 then
        return;
    end if;
    insert into private.metric_dirt (metrics, since_at, until_at)
    select
        p_metrics, cell.begins_at,
        date_add(cell.begins_at, ('1 ' || v_grain)::interval, 'Europe/Warsaw')
    from (
        select distinct private.find_cell_start(minute.at, v_grain) as begins_at
        from unnest(v_minutes) minute (at)
    ) cell;
end
$$;
comment on function private.touch_metrics(text[], timestamptz[]) is
    'Marks what these metrics were at these moments as stale (null moments: nothing). For triggers '
    'on what metrics are made of: the moments before the change and after it.';

create function private.find_first_moment()
returns timestamptz
language sql
stable
set search_path = ''
as $$
    select least(
        (select min(known.created_at) from public.profiles known),
        (select min(known.opened_at) from public.support_tickets known),
        (select min(known.booked_at) from public.visits known),
        (select min(known.purchased_at) from public.purchases known),
        (select min(known.measured_at) from public.performance_metrics known)
    )
$$;
comment on function private.find_first_moment() is
    'The first the house knows of: nothing was observed before. Null in an empty house.';

create function private.touch_metric_history(p_metrics text[])
returns void
language sql
set search_path = ''
as $$
    insert into private.metric_dirt (metrics, since_at, until_at)
    select
        p_metrics, day.at at time zone 'Europe/Warsaw',
        (day.at + interval '1 day') at time zone 'Europe/Warsaw'
    from generate_series(
        date_trunc('day', private.find_first_moment() at time zone 'Europe/Warsaw'),
        now() at time zone 'Europe/Warsaw' + interval '1 year', interval '1 day'
    ) day (at)
    where cardinality(p_metrics) > 0
$$;
comment on function private.touch_metric_history(text[]) is
    'Marks all that these metrics ever were and will be within a year, by the day: a meaning has '
    'changed, or there is a new one.';

create function private.tg_metric_observers_touch()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.touch_metric_history(array(select known.metric from known));
    return null;
end
$$;
create trigger metric_observers_touch
after insert on private.metric_observers
referencing new table as known
for each statement execute function private.tg_metric_observers_touch();
create trigger metric_observers_touch_again
after update on private.metric_observers
referencing new table as known
for each statement execute function private.tg_metric_observers_touch();

-- Definer: nobody holds a right to mark, whoever changed what counts as live or as VIP.
create function private.tg_touch_responses()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.touch_metric_history(array['vip_response_time']);
    return null;
end
$$;
create trigger channels_touch_responses
after update of is_live on public.channels
for each row when (old.is_live <> new.is_live)
execute function private.tg_touch_responses();
create trigger service_levels_touch_responses
after update of has_dedicated_agent on public.service_levels
for each row when (old.has_dedicated_agent <> new.has_dedicated_agent)
execute function private.tg_touch_responses();

create function private.touch_cycles(p_responded_at timestamptz[], p_resolved_at timestamptz[])
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform private.touch_metrics(array['vip_response_time'], p_responded_at);
    perform private.touch_metrics(
        array['support_efficiency', 'first_contact_resolution', 'reopen_rate'], p_resolved_at
    );
end
$$;

-- Definer: nobody holds a right to mark, whoever wrote the ticket.
create function private.tg_support_tickets_touch_metrics()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.touch_cycles(
        array(select one.first_responded_at from changed one),
        array(select one.resolved_at from changed one)
    );
    return null;
end
$$;
create trigger support_tickets_touch_metrics
after insert on public.support_tickets
referencing new table as changed
for each statement execute function private.tg_support_tickets_touch_metrics();
create trigger support_tickets_touch_metrics_gone
after delete on public.support_tickets
referencing old table as changed
for each statement execute function private.tg_support_tickets_touch_metrics();

-- Definer: nobody holds a right to mark, whoever changed the ticket.
-- Most changes touch no metric: they cost one look at the rows they touched.
create function private.tg_support_tickets_touch_metrics_again()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_changed_ids uuid[];
    v_moved_ids uuid[];
begin
    select array_agg(id), array_agg(id) filter (where before.desk_id <> after.desk_id)
    into v_changed_ids, v_moved_ids
    from present after
    join past before using (id)
    where before.first_responded_at is distinct from after.first_responded_at
        or before.resolved_at is distinct from after.resolved_at
        or before.desk_id <> after.desk_id or before.cycle <> after.cycle
        or before.channel <> after.channel or before.tier <> after.tier
        or before.opened_at <> after.opened_at
        or before.reopened_at is distinct from after.reopened_at
        or (before.merged_into_id is null) <> (after.merged_into_id is null);
    if v_changed_ids is null then
        return null;
    end if;
    perform private.touch_cycles(array_agg(one.first_responded_at), array_agg(one.resolved_at))
    from (
        select past.* from past
        union all
        select present.* from present
    ) one
    where one.id = any (v_changed_ids);
    perform private.touch_moved_tickets(v_moved_ids);
    return null;
end
$$;
create trigger support_tickets_touch_metrics_again
after update on public.support_tickets
referencing old table as past new table as present
for each statement execute function private.tg_support_tickets_touch_metrics_again();

create function private.touch_moved_tickets(p_ticket_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
    if p_ticket_ids is null then
        return;
    end if;
    perform private.touch_cycles(array_agg(one.first_responded_at), array_agg(one.resolved_at))
    from public.ticket_cycles one
    where one.ticket_id = any (p_ticket_ids);
    perform private.touch_metrics(
        array['promises_kept'], array_agg(coalesce(promise.breached_at, promise.met_at))
    )
    from public.ticket_promises promise
    where promise.ticket_id = any (p_ticket_ids) and promise.state in ('met', 'breached');
end
$$;
comment on function private.touch_moved_tickets(uuid[]) is
    'Marks the past of tickets that went to another desk: it goes with them.';

-- What follows looks at rows as they come, go, were and are: a trigger for each of the four.

-- Definer: nobody holds a right to mark, whoever reopened the ticket.
create function private.tg_ticket_cycles_touch_metrics()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.touch_cycles(
        array(select one.first_responded_at from changed one),
        array(select one.resolved_at from changed one)
    );
    return null;
end
$$;

-- Definer: nobody holds a right to mark, whoever kept the promise or broke it.
create function private.tg_ticket_promises_touch_metrics()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.touch_metrics(array['promises_kept'], array(
        select coalesce(promise.breached_at, promise.met_at) from changed promise
        where promise.state in ('met', 'breached')
    ));
    perform private.touch_metrics(array['support_efficiency'], array(
        select one.resolved_at
        from changed promise
        join private.all_cycles one
            on one.ticket_id = promise.ticket_id and one.cycle = promise.cycle
        where promise.state = 'breached'
    ));
    return null;
end
$$;

-- Definer: nobody holds a right to mark, whoever took the ticket up.
create function private.tg_ticket_assignments_touch_metrics()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.touch_metrics(array['support_efficiency'], array(
        select one.resolved_at
        from changed given
        join private.all_cycles one on one.ticket_id = given.ticket_id and one.cycle = given.cycle
        where given.state <> 'declined'
            and (given.state = 'completed' or given.answered_at is not null)
    ));
    return null;
end
$$;

-- Definer: nobody holds a right to mark, whoever wrote the message.
create function private.tg_ticket_messages_touch_metrics()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.touch_metrics(array['first_contact_resolution'], array(
        select one.resolved_at
        from changed said
        join private.all_cycles one on one.ticket_id = said.ticket_id
        where said.author_kind = 'agent' and not said.is_internal
            and said.created_at >= one.began_at and said.created_at <= one.resolved_at
    ));
    return null;
end
$$;

-- Definer: nobody holds a right to mark, whoever answered.
create function private.tg_surveys_touch_metrics()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.touch_metrics(array['client_satisfaction'], array(
        select said.answered_at from changed said where said.csat is not null
    ));
    return null;
end
$$;

-- Definer: nobody holds a right to mark, whoever sampled.
create function private.tg_performance_metrics_touch_metrics()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.touch_metrics(array_agg(distinct sample.metric_name), array[sample.measured_at])
    from changed sample
    join private.metric_observers known
        on known.metric = sample.metric_name and known.observer = 'observe_samples'
    group by sample.measured_at;
    return null;
end
$$;

create trigger ticket_cycles_touch_metrics
after insert on public.ticket_cycles
referencing new table as changed
for each statement execute function private.tg_ticket_cycles_touch_metrics();
create trigger ticket_cycles_touch_metrics_gone
after delete on public.ticket_cycles
referencing old table as changed
for each statement execute function private.tg_ticket_cycles_touch_metrics();
create trigger ticket_cycles_touch_metrics_was
after update on public.ticket_cycles
referencing old table as changed
for each statement execute function private.tg_ticket_cycles_touch_metrics();
create trigger ticket_cycles_touch_metrics_is
after update on public.ticket_cycles
referencing new table as changed
for each statement execute function private.tg_ticket_cycles_touch_metrics();
create trigger ticket_promises_touch_metrics
after insert on public.ticket_promises
referencing new table as changed
for each statement execute function private.tg_ticket_promises_touch_metrics();
create trigger ticket_promises_touch_metrics_gone
after delete on public.ticket_promises
referencing old table as changed
for each statement execute function private.tg_ticket_promises_touch_metrics();
create trigger ticket_promises_touch_metrics_was
after update on public.ticket_promises
referencing old table as changed
for each statement execute function private.tg_ticket_promises_touch_metrics();
create trigger ticket_promises_touch_metrics_is
after update on public.ticket_promises
referencing new table as changed
for each statement execute function private.tg_ticket_promises_touch_metrics();
create trigger ticket_assignments_touch_metrics
after insert on public.ticket_assignments
referencing new table as changed
for each statement execute function private.tg_ticket_assignments_touch_metrics();
create trigger ticket_assignments_touch_metrics_gone
after delete on public.ticket_assignments
referencing old table as changed
for each statement execute function private.tg_ticket_assignments_touch_metrics();
create trigger ticket_assignments_touch_metrics_was
after update on public.ticket_assignments
referencing old table as changed
for each statement execute function private.tg_ticket_assignments_touch_metrics();
create trigger ticket_assignments_touch_metrics_is
after update on public.ticket_assignments
referencing new table as changed
for each statement execute function private.tg_ticket_assignments_touch_metrics();
create trigger ticket_messages_touch_metrics
after insert on public.ticket_messages
referencing new table as changed
for each statement execute function private.tg_ticket_messages_touch_metrics();
create trigger ticket_messages_touch_metrics_gone
after delete on public.ticket_messages
referencing old table as changed
for each statement execute function private.tg_ticket_messages_touch_metrics();
create trigger ticket_messages_touch_metrics_was
after update on public.ticket_messages
referencing old table as changed
for each statement execute function private.tg_ticket_messages_touch_metrics();
create trigger ticket_messages_touch_metrics_is
after update on public.ticket_messages
referencing new table as changed
for each statement execute function private.tg_ticket_messages_touch_metrics();
create trigger surveys_touch_metrics
after insert on public.surveys
referencing new table as changed
for each statement execute function private.tg_surveys_touch_metrics();
create trigger surveys_touch_metrics_gone
after delete on public.surveys
referencing old table as changed
for each statement execute function private.tg_surveys_touch_metrics();
create trigger surveys_touch_metrics_was
after update on public.surveys
referencing old table as changed
for each statement execute function private.tg_surveys_touch_metrics();
create trigger surveys_touch_metrics_is
after update on public.surveys
referencing new table as changed
for each statement execute function private.tg_surveys_touch_metrics();
create trigger performance_metrics_touch_metrics
after insert on public.performance_metrics
referencing new table as changed
for each statement execute function private.tg_performance_metrics_touch_metrics();
create trigger performance_metrics_touch_metrics_gone
after delete on public.performance_metrics
referencing old table as changed
for each statement execute function private.tg_performance_metrics_touch_metrics();
create trigger performance_metrics_touch_metrics_was
after update on public.performance_metrics
referencing old table as changed
for each statement execute function private.tg_performance_metrics_touch_metrics();
create trigger performance_metrics_touch_metrics_is
after update on public.performance_metrics
referencing new table as changed
for each statement execute function private.tg_performance_metrics_touch_metrics();

-- -------------------------------------------------------------------------------------------------
-- Reading
-- -------------------------------------------------------------------------------------------------
create function private.list_metric_dirt(
    p_metric text, p_since timestamptz, p_until timestamptz
)
returns tstzmultirange
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(range_agg(tstzrange(dirt.since_at, dirt.until_at)), '{}')
        from private.metric_dirt dirt
        where dirt.since_at < p_until and dirt.until_at > p_since and p_metric = any (dirt.metrics)
    );
end
$$;

create function private.plan_metric_read(
    p_metric text, p_since timestamptz, p_until timestamptz, p_coarsest text
)
returns table (grain text, spans tstzmultirange)
language plpgsql
stable
rows 5
set search_path = ''
as $$
declare
    v_rest tstzmultirange := tstzmultirange(tstzrange(p_since, p_until));
    v_dirt tstzmultirange := private.list_metric_dirt(p_metric, p_since, p_until);
    v_grain private.metric_grains;
begin
    for v_grain in
        select known.* from private.metric_grains known
        where known.place <= (
            select coarsest.place from private.metric_grains coarsest
            where coarsest.grain = p_coarsest
        )
        order by known.place desc
    loop
        grain := v_grain.grain;
        spans := private.narrow_spans(
            v_rest * tstzmultirange(tstzrange(v_grain.kept_since_at, null)), v_grain.grain
        );
        if not isempty(v_dirt) then
            spans := spans - private.widen_spans(v_dirt, v_grain.grain);
        end if;
        if not isempty(spans) then
            return next;
            v_rest := v_rest - spans;
        end if;
    end loop;
    grain := 'observation';
    spans := v_rest;
    if not isempty(spans) then
        return next;
    end if;
end
$$;
comment on function private.plan_metric_read(text, timestamptz, timestamptz, text) is
    'From what each part of a range is read: the coarsest clean cells there are, none coarser than '
    'p_coarsest; grain observation: from the observations themselves.';

create function private.list_metric_cells(
    p_metric text, p_since timestamptz, p_until timestamptz, p_desk_ids uuid[], p_coarsest text
)
returns setof private.metric_rollups
language plpgsql
stable
rows 100
set search_path = ''
as $$
declare
    v_places uuid[] := coalesce(
        (
            select p_desk_ids from private.metric_observers known
            where known.metric = p_metric and known.scope <> 'house'
        ),
        array['00000000-0000-0000-0000-000000000000'::uuid]
    );
    v_part record;
begin
    for v_part in
        select plan.grain, lower(span) as since_at, upper(span) as until_at
        from private.plan_metric_read(p_metric, p_since, p_until, p_coarsest) plan
        cross join lateral unnest(plan.spans) span
    loop
        if v_part.grain = 'observation' then
            return query
            select cell.* from private.list_observed_cells(
                p_metric, v_part.since_at, v_part.until_at
            ) cell
            where cell.place = any (v_places);
        else
            return query
            select cell.* from private.metric_rollups cell
            where cell.metric = p_metric and cell.grain = v_part.grain
                and cell.place = any (v_places)
                and cell.begins_at >= v_part.since_at and cell.begins_at < v_part.until_at;
        end if;
    end loop;
end
$$;
comment on function private.list_metric_cells(
    text, timestamptz, timestamptz, uuid[], text
) is
    'Cells that together are the metric from p_since until before p_until, of these desks each or '
    '(null) of the house; begins_at says where each belongs, at the grain p_coarsest or finer.';

create function private.list_observed_cells(
    p_metric text, p_since timestamptz, p_until timestamptz
)
returns setof private.metric_rollups
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
    return query
    select
        p_metric, 'observation', one.observed_at, place.desk_id, 1::bigint, one.value, one.value,
        one.value, one.observed_at, one.value, array[private.round_level(one.value)], array[1],
        coalesce(place.desk_id, '00000000-0000-0000-0000-000000000000')
    from private.metric_observers known
    cross join lateral private.observe_everywhere(known.metric, p_since, p_until) one
    cross join lateral (
        select null::uuid as desk_id
        where known.scope <> 'both' or one.desk_id is null
        union all
        select one.desk_id where known.scope <> 'house' and one.desk_id is not null
    ) place
    where known.metric = p_metric;
end
$$;
comment on function private.list_observed_cells(text, timestamptz, timestamptz) is
    'A cell for each observation, once for its desk and once (desk_id null) for the house.';

-- -------------------------------------------------------------------------------------------------
-- Rolling
-- -------------------------------------------------------------------------------------------------

-- Days are made of hours, hours of minutes; of observations where the finer cells are gone.
create function private.list_finer_cells(
    p_metric text, p_finer private.metric_grains, p_spans tstzmultirange
)
returns setof private.metric_rollups
language sql
stable
rows 1000
set search_path = ''
as $$
    select cell.*
    from unnest(p_spans * tstzmultirange(tstzrange(p_finer.kept_since_at, null))) span
    join private.metric_rollups cell
        on cell.metric = p_metric and cell.grain = p_finer.grain
        and cell.begins_at >= lower(span) and cell.begins_at < upper(span)
    union all
    select cell.*
    from unnest(p_spans * tstzmultirange(tstzrange(null, p_finer.kept_since_at))) span
    cross join lateral private.list_observed_cells(p_metric, lower(span), upper(span)) cell
$$;

create function private.store_cells(
    p_metric text, p_grain text, p_finer private.metric_grains, p_spans tstzmultirange
)
returns void
language sql
set search_path = ''
as $$
    with parts as materialized (
        select
            part.*, private.find_cell_start(part.begins_at, p_grain) as cell_at
        from private.list_finer_cells(p_metric, p_finer, p_spans) part
    ), bins as (
        select parts.cell_at, parts.place, bin.level, sum(bin.count)::integer as count
        from parts
        cross join lateral unnest(parts.levels, parts.counts) bin (level, count)
        group by parts.cell_at, parts.place, bin.level
    ), sketches as (
        select
            bins.cell_at, bins.place, array_agg(bins.level order by bins.level) as levels,
            array_agg(bins.count order by bins.level) as counts
        from bins
        group by bins.cell_at, bins.place
    ), sums as (
        select
            parts.cell_at, parts.place, sum(parts.sample_count)::bigint as sample_count,
            sum(parts.total) as total, min(parts.smallest) as smallest,
            max(parts.largest) as largest, max(parts.last_at) as last_at,
            (array_agg(parts.last_value order by parts.last_at desc, parts.last_value desc))[1]
                as last_value
        from parts
        group by parts.cell_at, parts.place
    )
    insert into private.metric_rollups (
        metric, grain, begins_at, desk_id, sample_count, total, smallest, largest, last_at,
        last_value, levels, counts
    )
    select
        p_metric, p_grain, sums.cell_at,
        nullif(sums.place, '00000000-0000-0000-0000-000000000000'), sums.sample_count,
        sums.total, sums.smallest, sums.largest, sums.last_at, sums.last_value, sketches.levels,
        sketches.counts
    from sums
    join sketches on sketches.cell_at = sums.cell_at and sketches.place = sums.place
$$;

create function private.roll_metric(p_metric text, p_dirt tstzmultirange)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_finer private.metric_grains := row('observation', 0, null, 'infinity');
    v_grain private.metric_grains;
    v_spans tstzmultirange;
begin
    for v_grain in select known.* from private.metric_grains known order by known.place loop
        v_spans := private.widen_spans(p_dirt, v_grain.grain)
            * tstzmultirange(tstzrange(v_grain.kept_since_at, null));
        if not isempty(v_spans) then
            delete from private.metric_rollups cell
            using unnest(v_spans) span
            where cell.metric = p_metric and cell.grain = v_grain.grain
                and cell.begins_at >= lower(span) and cell.begins_at < upper(span);
            perform private.store_cells(p_metric, v_grain.grain, v_finer, v_spans);
        end if;
        v_finer := v_grain;
    end loop;
end
$$;
comment on function private.roll_metric(text, tstzmultirange) is
    'Makes the cells of these times again, from the minute to the month.';

-- The nearest to the present first: it is read the most.
create function private.take_dirt(p_rows integer, p_days integer)
returns table (metric text, spans tstzmultirange)
language sql
rows 10
set search_path = ''
as $$
    with ranked as (
        select
            dirt.id, row_number() over nearest as place,
            sum(dirt.until_at - dirt.since_at) over nearest as length
        from private.metric_dirt dirt
        window nearest as (order by abs(extract(epoch from dirt.since_at - now())), dirt.id)
    ), taken as (
        delete from private.metric_dirt dirt
        where dirt.id = any (array(
            select ranked.id from ranked
            where ranked.place = 1
                or ranked.place <= p_rows and ranked.length <= make_interval(days => p_days)
        ))
        returning dirt.metrics, dirt.since_at, dirt.until_at
    )
    select one.metric, range_agg(tstzrange(taken.since_at, taken.until_at))
    from taken
    cross join lateral unnest(taken.metrics) one (metric)
    join private.metric_observers known on known.metric = one.metric
    group by one.metric
$$;
comment on function private.take_dirt(integer, integer) is
    'Takes marks away, one at least, otherwise so many and of so many days together: which cells '
    'of which metrics are stale.';

-- Definer: nobody may write roll-ups, and only service_role may execute it. They are made of the
-- observations, so that no worker can write another number. One rolls at a time: hours are made of
-- minutes that nobody else may be making; all that is read after the lock is as it was left.
create function private.roll_dirt(p_rows integer, p_days integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_metrics integer := 0;
    v_stale record;
begin
    perform pg_advisory_xact_lock(hashtextextended('performance.rollups', 0));
    for v_stale in
        select stale.* from private.take_dirt(p_rows, p_days) stale order by stale.metric
    loop
        perform private.roll_metric(v_stale.metric, v_stale.spans);
        v_metrics := v_metrics + 1;
    end loop;
    return jsonb_build_object(
        'metrics', v_metrics, 'left', (select count(*) from private.metric_dirt)
    );
end
$$;

create function worker.roll_metrics(p_rows integer, p_days integer)
returns jsonb
language sql
set search_path = ''
as $$
    select private.roll_dirt(p_rows, p_days)
$$;
comment on function worker.roll_metrics(integer, integer) is
    'Rolls the marks nearest to the present, at most so many and of so many days together, in one '
    'transaction. {"metrics": how many had stale cells, "left": marks to go}.';

create function worker.rollup_contexts()
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'read_at', now(),
        'marks', (select count(*) from private.metric_dirt),
        'grains', (
            select jsonb_agg(to_jsonb(known) - 'place' || jsonb_build_object(
                -- JSON knows no infinity.
                'kept_since_at', nullif(known.kept_since_at, '-infinity')
            ) order by known.place)
            from private.metric_grains known
        )
    )
$$;
comment on function worker.rollup_contexts() is
    '{"read_at", "marks": 0 when all is clean, "grains": [{"grain", "kept_days", '
    '"kept_since_at"}]}.';

-- Definer: nobody may write roll-ups; only service_role may execute it. No cell younger than its
-- policy says goes, and none while others are rolled from it.
create function private.prune_rollups(p_grain text, p_before timestamptz)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_gone bigint;
begin
    perform pg_advisory_xact_lock(hashtextextended('performance.rollups', 0));
    update private.metric_grains known
    set kept_since_at = private.find_cell_start(p_before, 'day')
    where known.grain = p_grain and known.kept_since_at < p_before
        and p_before <= now() - make_interval(days => known.kept_days);
    delete from private.metric_rollups cell
    using private.metric_grains known
    where known.grain = p_grain and cell.grain = p_grain and cell.begins_at < known.kept_since_at
        and cell.metric in (select observed.metric from private.metric_observers observed);
    get diagnostics v_gone = row_count;
    return v_gone;
end
$$;

create function worker.prune_rollups(p_grain text, p_before timestamptz)
returns jsonb
language sql
set search_path = ''
as $$
    select jsonb_build_object('gone', private.prune_rollups(p_grain, p_before))
$$;
comment on function worker.prune_rollups(text, timestamptz) is
    'Deletes the cells of that size from before the day of that moment, unless they must be kept. '
    '{"gone": how many}.';

insert into private.subscriptions (event_kind, worker, priority, collapses)
values ('clock.minutely', 'performance.rollups', -10, true);

select private.touch_metric_history(array(
    select known.metric from private.metric_observers known order by known.metric
));

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on private.metric_grains, private.metric_rollups, private.metric_dirt
from anon, authenticated, service_role;
grant select on private.metric_grains, private.metric_dirt to service_role;
alter table private.metric_grains enable row level security;
alter table private.metric_rollups enable row level security;
alter table private.metric_dirt enable row level security;

revoke all on function
    private.find_cell_start(timestamptz, text), private.find_cell_end(timestamptz, text),
    private.widen_spans(tstzmultirange, text), private.narrow_spans(tstzmultirange, text),
    private.round_level(numeric), private.touch_metrics(text[], timestamptz[]),
    private.find_first_moment(), private.touch_metric_history(text[]),
    private.tg_metric_observers_touch(), private.tg_touch_responses(),
    private.touch_cycles(timestamptz[], timestamptz[]),
    private.tg_support_tickets_touch_metrics(), private.tg_support_tickets_touch_metrics_again(),
    private.touch_moved_tickets(uuid[]), private.tg_ticket_cycles_touch_metrics(),
    private.tg_ticket_promises_touch_metrics(), private.tg_ticket_assignments_touch_metrics(),
    private.tg_ticket_messages_touch_metrics(), private.tg_surveys_touch_metrics(),
    private.tg_performance_metrics_touch_metrics(),
    private.list_metric_dirt(text, timestamptz, timestamptz),
    private.plan_metric_read(text, timestamptz, timestamptz, text),
    private.list_metric_cells(text, timestamptz, timestamptz, uuid[], text),
    private.list_observed_cells(text, timestamptz, timestamptz),
    private.list_finer_cells(text, private.metric_grains, tstzmultirange),
    private.store_cells(text, text, private.metric_grains, tstzmultirange),
    private.roll_metric(text, tstzmultirange), private.take_dirt(integer, integer),
    private.roll_dirt(integer, integer), worker.roll_metrics(integer, integer),
    worker.rollup_contexts(), private.prune_rollups(text, timestamptz),
    worker.prune_rollups(text, timestamptz)
from public, anon, authenticated, service_role;
grant execute on function
    private.roll_dirt(integer, integer),
    worker.roll_metrics(integer, integer), worker.rollup_contexts(),
    private.prune_rollups(text, timestamptz), worker.prune_rollups(text, timestamptz)
to service_role;
