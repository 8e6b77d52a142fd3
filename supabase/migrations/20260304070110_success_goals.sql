-- Goals: what is to be reached until when, how far it is, and whether it will be.
--
-- A goal is tied to a KPI, then the house measures it and nobody writes its progress by hand; or it
-- has a measure of its own, then its owner says how far it is, with evidence.
--
-- events in: clock.daily, goal.changed.
-- worker: success.goals; decision: lib/success/goals.py: progress, a forecast for the day it is due
--   with its interval, and whether it is reached, missed or still open.
-- events out: goal.changed (made, changed or told of by people), goal.reached, goal.missed; the
--   subject is the goal.
-- Its owner is told when it is reached or missed, and when the forecast says it will be missed.

create table public.success_goals (
    id uuid primary key default gen_random_uuid(),
    title text not null,
    kpi_key text references public.kpis (key),
    measure text,
    unit text not null,
    desk_id uuid references public.desks (id),
    owner_id uuid references public.staff_members (id) on delete set null,
    baseline numeric not null,
    target numeric not null,
    starts_on date not null,
    due_on date not null,
    state text not null default 'open',
    current_value numeric,
    progress numeric(5, 2) not null default 0,
    measured_at timestamptz,
    forecast_value numeric,
    forecast_low numeric,
    forecast_high numeric,
    forecast_verdict text not null default 'unknown',
    warned_at timestamptz,
    ended_at timestamptz,
    version integer not null default 1,
    created_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint success_goals_title_is_short_text check (private.is_clean_text(title, 160)),
    constraint success_goals_measure_is_short_text check (private.is_clean_text(measure, 80)),
    constraint success_goals_measure_one_thing check ((kpi_key is null) = (measure is not null)),
    constraint success_goals_unit_is_short_text check (private.is_clean_text(unit, 20)),
    constraint success_goals_lead_somewhere check (target <> baseline),
    constraint success_goals_numbers_are_bounded
        check (abs(baseline) <= 1e13 and abs(target) <= 1e13),
    constraint success_goals_end_after_they_begin
        check (due_on > starts_on and due_on <= starts_on + 1100),
    constraint success_goals_state_is_known
        check (state in ('open', 'reached', 'missed', 'cancelled')),
    constraint success_goals_over_ones_have_an_end check ((state = 'open') = (ended_at is null)),
    constraint success_goals_progress_is_a_share check (progress between 0 and 100),
    constraint success_goals_forecast_lies_in_its_interval check (
        num_nonnulls(forecast_value, forecast_low, forecast_high) in (0, 3)
        and forecast_value between forecast_low and forecast_high
    ),
    constraint success_goals_forecast_verdict_is_known check (
        forecast_verdict in ('on_course', 'likely', 'at_risk', 'will_miss', 'unknown')
        and (forecast_verdict = 'unknown') = (forecast_value is null)
    )
);
comment on table public.success_goals is
    'What is to be reached until when. Written through set_success_goal and update_goal_progress, '
    'measured by success.goals.';
comment on column public.success_goals.kpi_key is 'Null: it has a measure of its own.';
comment on column public.success_goals.desk_id is 'Null: the whole house''s.';
comment on column public.success_goals.owner_id is 'Who answers for it; null: who left.';
comment on column public.success_goals.baseline is 'Where it began, in its unit: progress 0.';
comment on column public.success_goals.progress is
    'Percent of the way from baseline to target, never below 0 nor above 100.';
comment on column public.success_goals.forecast_low is
    'With forecast_high: holds the value of the day it is due in 95 of 100 cases.';
comment on column public.success_goals.forecast_verdict is
    'on_course: even the worse end of the interval reaches the target; likely: the forecast does; '
    'at_risk: only the better end does; will_miss: not even that; unknown: too few days.';
comment on column public.success_goals.version is 'Counts what people changed, not measurements.';
comment on column public.success_goals.created_by is
    'Null: the server. No foreign key: it outlives people.';
create index success_goals_desk_id_idx on public.success_goals (desk_id, due_on);
comment on index public.success_goals_desk_id_idx is
    'Serves a desk''s list, the policy and the foreign key.';
create index success_goals_owner_id_idx on public.success_goals (owner_id);
comment on index public.success_goals_owner_id_idx is
    'Serves somebody''s list, the policy and the foreign key.';
create index success_goals_kpi_key_idx on public.success_goals (kpi_key);
comment on index public.success_goals_kpi_key_idx is 'Serves the foreign key and the policy.';
create index success_goals_open_idx on public.success_goals (due_on, id) where state = 'open';
comment on index public.success_goals_open_idx is 'Serves the daily measurement.';
create trigger success_goals_touch
before update on public.success_goals
for each row execute function private.tg_touch_row();

create table public.success_goal_updates (
    id bigint generated always as identity primary key,
    goal_id uuid not null references public.success_goals (id) on delete cascade,
    kind text not null,
    state text not null,
    value numeric,
    progress numeric(5, 2) not null,
    forecast jsonb,
    note text,
    evidence uuid[] not null default '{}',
    written_by uuid,
    written_at timestamptz not null default clock_timestamp(),
    constraint success_goal_updates_kind_is_known
        check (kind in ('set', 'changed', 'stated', 'noted', 'measured', 'cancelled')),
    constraint success_goal_updates_state_is_known
        check (state in ('open', 'reached', 'missed', 'cancelled')),
    constraint success_goal_updates_progress_is_a_share check (progress between 0 and 100),
    constraint success_goal_updates_forecast_is_a_small_object
        check (jsonb_typeof(forecast) = 'object' and octet_length(forecast::text) <= 500),
    constraint success_goal_updates_note_is_text check (private.is_clean_text(note, 1000)),
    constraint success_goal_updates_evidence_is_short check (cardinality(evidence) <= 50)
);
comment on table public.success_goal_updates is
    'What became of a goal, step by step: set or changed by people, stated or noted with evidence, '
    'measured by the house. Append only.';
comment on column public.success_goal_updates.evidence is
    'Ids of what shows it: tickets, surveys, audits, reports.';
comment on column public.success_goal_updates.forecast is
    '{"value", "low", "high", "verdict"} as it was measured.';
comment on column public.success_goal_updates.written_by is
    'Null: the house itself. No foreign key: it outlives people.';
create index success_goal_updates_goal_id_idx on public.success_goal_updates (goal_id, id);
comment on index public.success_goal_updates_goal_id_idx is
    'Serves a goal''s history in order, the policy and the foreign key.';

-- -------------------------------------------------------------------------------------------------
-- Events and notices
-- -------------------------------------------------------------------------------------------------

-- Definer: nobody but the database may emit events or tell people; it follows the row.
create function private.tg_success_goals_emit()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_details jsonb := jsonb_build_object(
        'goal_id', new.id, 'kpi', new.kpi_key, 'desk_id', new.desk_id, 'due_on', new.due_on
    );
begin
    if tg_op = 'INSERT' or new.version <> old.version then
        perform private.emit_events('goal.changed', array[new.id], array[v_details]);
    end if;
    if tg_op = 'UPDATE' and new.state <> old.state and new.state in ('reached', 'missed') then
        perform private.emit_events('goal.' || new.state, array[new.id], array[v_details]);
        perform private.notify(array[new.owner_id], 'goal_' || new.state, null, v_details);
    elsif tg_op = 'UPDATE' and new.warned_at > coalesce(old.warned_at, '-infinity') then
        perform private.notify(array[new.owner_id], 'goal_will_be_missed', null, v_details);
    end if;
    return null;
end
$$;
create trigger success_goals_emit
after insert or update on public.success_goals
for each row execute function private.tg_success_goals_emit();

insert into private.subscriptions (event_kind, worker, priority, collapses)
values
    ('clock.daily', 'success.goals', -10, true),
    ('goal.changed', 'success.goals', -10, true);

-- One row of the history, as the goal is now.
create function private.note_goal(
    p_goal public.success_goals, p_kind text, p_note text, p_evidence uuid[]
)
returns void
language sql
set search_path = ''
as $$
    insert into public.success_goal_updates (
        goal_id, kind, state, value, progress, forecast, note, evidence, written_by
    )
    select p_goal.id, p_kind, p_goal.state, p_goal.current_value, p_goal.progress, case
        when p_goal.forecast_value is not null and p_kind = 'measured' then jsonb_build_object(
            'value', p_goal.forecast_value, 'low', p_goal.forecast_low,
            'high', p_goal.forecast_high, 'verdict', p_goal.forecast_verdict
        ) end, p_note, coalesce(p_evidence, '{}'), (select auth.uid())
$$;

-- -------------------------------------------------------------------------------------------------
-- What the worker reads
-- -------------------------------------------------------------------------------------------------
create function private.count_period_days(p_period text)
returns integer
language sql
immutable
set search_path = ''
as $$
    select case p_period
        when '24h' then 1 when '7d' then 7 when '30d' then 30 when '90d' then 90 when '12m' then 365
    end
$$;

create function private.find_warsaw_midnight(p_day date)
returns timestamptz
language sql
stable
set search_path = ''
as $$
    select p_day::timestamp at time zone 'Europe/Warsaw'
$$;

-- A level is the KPI over its period, never from before the goal began; a sum counts from there.
create function private.measure_goal(p_goal public.success_goals, p_today date)
returns table (kind text, window_days integer, value numeric, sample_count bigint)
language sql
stable
rows 1
set search_path = ''
as $$
    select
        scope.kind, scope.days, case
            when scope.kind = 'cumulative' or found.sample_count >= kpi.min_samples
                then found.value
        end, found.sample_count
    from public.kpis kpi
    join public.metric_definitions known on known.metric = kpi.metric
    cross join lateral (
        select
            case known.method when 'sum' then 'cumulative' else 'level' end as kind,
            least(
                private.count_period_days(kpi.period), p_goal.due_on - p_goal.starts_on + 1
            ) as days,
            least(p_today, p_goal.due_on) as last_on
    ) scope
    cross join lateral private.summarise_metric(
        kpi.metric,
        private.find_warsaw_midnight(case scope.kind
            when 'cumulative' then p_goal.starts_on
            else greatest(p_goal.starts_on, scope.last_on - scope.days + 1)
        end),
        least(clock_timestamp(), private.find_warsaw_midnight(scope.last_on + 1)),
        case when p_goal.desk_id is not null then array[p_goal.desk_id] end
    ) found
    where kpi.key = p_goal.kpi_key and p_goal.starts_on <= p_today
    union all
    select 'stated', 1, p_goal.current_value, null
    where p_goal.kpi_key is null
$$;
comment on function private.measure_goal(public.success_goals, date) is
    'How a goal is measured and where it stands (of too few observations: null); no row before it '
    'begins.';

-- Values of whole days: of the KPI, for four weeks at least and 90 days at most; of a measure of
-- its own what was stated last on a day, and the baseline where it began.
create function private.list_goal_points(p_goal public.success_goals, p_today date)
returns table (day date, value numeric)
language sql
stable
rows 90
set search_path = ''
as $$
    select found.day, found.value
    from public.kpis kpi
    cross join lateral private.list_metric_days(
        kpi.metric,
        private.find_warsaw_midnight(
            greatest(p_today - 90, least(p_goal.starts_on, p_today - 28))
        ),
        private.find_warsaw_midnight(least(p_today, p_goal.due_on + 1)),
        case when p_goal.desk_id is not null then array[p_goal.desk_id] end
    ) found
    where kpi.key = p_goal.kpi_key and found.value is not null
    union all
    select p_goal.starts_on, p_goal.baseline
    where p_goal.kpi_key is null
    union all
    (
        select distinct on (told.day) told.day, told.value
        from (
            select said.id, said.value, (said.written_at at time zone 'Europe/Warsaw')::date as day
            from public.success_goal_updates said
            where said.goal_id = p_goal.id and said.kind = 'stated'
        ) told
        where p_goal.kpi_key is null and told.day > p_goal.starts_on
        order by told.day, told.id desc
    )
$$;

create function private.describe_goal_context(p_goal public.success_goals, p_today date)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'id', p_goal.id, 'version', p_goal.version, 'kind', found.kind,
        'baseline', p_goal.baseline, 'target', p_goal.target,
        'starts_on', p_goal.starts_on, 'due_on', p_goal.due_on,
        'window_days', found.window_days, 'value', found.value, 'progress', p_goal.progress,
        'lowest', kpi.lowest, 'highest', kpi.highest, 'warned_at', p_goal.warned_at,
        'points', (
            select coalesce(jsonb_agg(
                jsonb_build_object('on', point.day, 'value', point.value) order by point.day
            ), '[]')
            from private.list_goal_points(p_goal, p_today) point
        )
    )
    from private.measure_goal(p_goal, p_today) found
    left join public.kpis kpi on kpi.key = p_goal.kpi_key
$$;

-- Definer: goals are measured for their desks, whoever may see them; only service_role may ask.
create function private.read_goals(p_goal_ids uuid[])
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_today date := (now() at time zone 'Europe/Warsaw')::date;
begin
    return jsonb_build_object(
        'read_at', now(), 'today', v_today, 'goals', (
            select coalesce(jsonb_agg(found.context order by goal.due_on, goal.id), '[]')
            from public.success_goals goal
            cross join lateral (
                select private.describe_goal_context(goal, v_today) as context
            ) found
            where goal.state = 'open' and (p_goal_ids is null or goal.id = any (p_goal_ids))
                and found.context is not null
        )
    );
end
$$;

create function worker.goal_contexts(p_goal_ids uuid[] default null)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.read_goals(p_goal_ids)
$$;
comment on function worker.goal_contexts(uuid[]) is
    'Of these goals, or all: those open that have begun, where they stand, and the values of whole '
    'days that a forecast can be made of: {"read_at", "today", "goals": [{"id", "version", "kind": '
    'level, cumulative or stated, "baseline", "target", "starts_on", "due_on", "window_days", '
    '"value", "progress", "lowest", "highest", "warned_at", "points": [{"on", "value"}]}]}.';

-- -------------------------------------------------------------------------------------------------
-- What the worker writes
-- -------------------------------------------------------------------------------------------------

-- recorded; stale: somebody changed it since; gone: it is over.
create function private.settle_goal(p_judgement jsonb)
returns text
language plpgsql
set search_path = ''
as $$
declare
    v_goal public.success_goals;
    v_is_new boolean;
begin
    select goal.* into v_goal from public.success_goals goal
    where goal.id = (p_judgement ->> 'goal_id')::uuid for update;
    if v_goal.id is null or v_goal.state <> 'open' then
        return 'gone';
    elsif v_goal.version <> (p_judgement ->> 'version')::integer then
        return 'stale';
    end if;
    update public.success_goals goal
    set state = p_judgement ->> 'state',
        current_value = (p_judgement ->> 'value')::numeric,
        progress = (p_judgement ->> 'progress')::numeric,
        forecast_value = (p_judgement #>> '{forecast,value}')::numeric,
        forecast_low = (p_judgement #>> '{forecast,low}')::numeric,
        forecast_high = (p_judgement #>> '{forecast,high}')::numeric,
        forecast_verdict = p_judgement ->> 'verdict',
        measured_at = (p_judgement ->> 'read_at')::timestamptz,
        warned_at = case
            when (p_judgement ->> 'is_warned')::boolean then now() else goal.warned_at end,
        ended_at = case when p_judgement ->> 'state' <> 'open' then now() end
    where goal.id = v_goal.id
    returning goal.* into v_goal;
    perform private.note_goal(v_goal, 'measured', null, null);
    return 'recorded';
end
$$;

-- Definer: nobody holds a right to write goals but through here; only service_role may execute it,
-- with jobs it holds. The day's VIP clients are counted along, once.
create function private.apply_goal_judgements(p_judgements jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.count_white_glove_day((now() at time zone 'Europe/Warsaw')::date);
    return (
        select coalesce(jsonb_object_agg(told.id, told.status), '{}')
        from (
            select said.value ->> 'goal_id' as id, private.settle_goal(said.value) as status
            from (
                select * from jsonb_array_elements(p_judgements) one order by one ->> 'goal_id'
            ) said (value)
        ) told
    );
end
$$;

create function worker.record_goals(p_items jsonb, p_judgements jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_statuses jsonb;
    v_results jsonb;
begin
    perform private.hold_jobs(p_items);
    v_statuses := private.apply_goal_judgements(p_judgements);
    select coalesce(jsonb_agg(jsonb_build_object('job_id', item.job_id, 'status', case
        when item.goal_id is null then 'recorded'
        else coalesce(v_statuses ->> item.goal_id::text, 'gone')
    end) order by item.job_id), '[]') into v_results
    from jsonb_to_recordset(p_items) as item (job_id bigint, goal_id uuid);
    perform private.finish_jobs(array(
        select told.job_id from jsonb_to_recordset(v_results) as told (job_id bigint, status text)
        where told.status <> 'stale'
    ));
    return v_results;
end
$$;
comment on function worker.record_goals(jsonb, jsonb) is
    'Judgements [{"goal_id", "version", "read_at", "value", "progress", "state", "forecast": '
    '{"value", "low", "high"} or null, "verdict", "is_warned"}] and the end of their jobs (job_id, '
    'fence, goal_id or null for all), in one transaction. Answers [{"job_id", "status"}]: '
    'recorded, stale (changed by people meanwhile), gone (over, or not begun).';

-- -------------------------------------------------------------------------------------------------
-- Who sees which
-- -------------------------------------------------------------------------------------------------

revoke all on public.success_goals, public.success_goal_updates
from anon, authenticated, service_role;
revoke all on sequence public.success_goal_updates_id_seq from anon, authenticated, service_role;
grant select on public.success_goals, public.success_goal_updates to authenticated, service_role;
alter table public.success_goals enable row level security;
alter table public.success_goal_updates enable row level security;

-- The house's own goals are for whoever oversees something, each desk's for the desk; those about
-- money are for managers and for who owns them.
create policy success_goals_select_concerned on public.success_goals
for select to authenticated
using (
    owner_id = (select private.my_staff_id())
    or (select private.is_house_overseer())
    or (
        (
            desk_id in (select me.desk_id from private.my_staff_row() me)
            or desk_id is null and exists (select private.my_survey_desk_ids())
        )
        and (
            kpi_key is null or (select private.is_metric_manager())
            or kpi_key = any (array(
                select kpi.key from public.kpis kpi
                join public.metric_definitions known on known.metric = kpi.metric
                where known.audience = 'staff'
            ))
        )
    )
);
create policy success_goal_updates_select_concerned on public.success_goal_updates
for select to authenticated
using (
    exists (
        select from public.success_goals goal where goal.id = success_goal_updates.goal_id
    )
);

revoke all on function
    private.tg_success_goals_emit(), private.note_goal(public.success_goals, text, text, uuid[]),
    private.count_period_days(text), private.find_warsaw_midnight(date),
    private.measure_goal(public.success_goals, date),
    private.list_goal_points(public.success_goals, date),
    private.describe_goal_context(public.success_goals, date), private.read_goals(uuid[]),
    worker.goal_contexts(uuid[]), private.settle_goal(jsonb),
    private.apply_goal_judgements(jsonb), worker.record_goals(jsonb, jsonb)
from public, anon, authenticated, service_role;
grant execute on function
    private.read_goals(uuid[]), worker.goal_contexts(uuid[]),
    private.apply_goal_judgements(jsonb), worker.record_goals(jsonb, jsonb)
to service_role;
