-- What people do with goals, and how the house stands as a whole. Goals of a desk are its
-- managers', those of the house its executives' and admins'; whoever owns one tells how far it is.
-- Events: those of success_goals.

-- -------------------------------------------------------------------------------------------------
-- Who may
-- -------------------------------------------------------------------------------------------------

-- As the policy says; foreign ids are answered like unknown ones.
create function private.require_visible_goal(p_goal_id uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if not exists (select from public.success_goals goal where goal.id = p_goal_id) then
        perform private.refuse('PT404', 'goal_not_found', 'There is no such goal for you.');
    end if;
end
$$;

create function private.is_goal_manager(p_desk_id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return private.is_service() or private.is_house_overseer()
        or coalesce(p_desk_id in (select private.my_managed_desk_ids()), false);
end
$$;
comment on function private.is_goal_manager(uuid) is
    'Whether the caller may set goals of that desk, or (null) of the house.';

create function private.lock_open_goal(p_goal_id uuid, p_version integer)
returns public.success_goals
language plpgsql
set search_path = ''
as $$
declare
    v_goal public.success_goals;
begin
    select goal.* into v_goal from public.success_goals goal where goal.id = p_goal_id for update;
    if v_goal.id is null then
        perform private.refuse('PT404', 'goal_not_found', 'There is no such goal for you.');
    elsif v_goal.version <> p_version then
        perform private.refuse('PT409', 'stale_version', 'The goal has changed: read it again.');
    elsif v_goal.state <> 'open' then
        perform private.refuse('PT409', 'goal_is_over', 'It was reached, missed or cancelled.');
    end if;
    return v_goal;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Setting goals
-- -------------------------------------------------------------------------------------------------
create function private.judge_goal_field(p_field text, p_value jsonb)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
    v_text text := p_value #>> '{}';
    v_type text := jsonb_typeof(p_value);
begin
    return case
        when p_field not in (
            'title', 'kpi', 'measure', 'unit', 'desk_id', 'owner_id', 'baseline', 'target',
            'starts_on', 'due_on', 'state', 'note'
        ) then 'there is no such field'
        when v_type = 'null' and p_field in ('kpi', 'measure', 'desk_id', 'baseline') then null
        when p_field in ('baseline', 'target') then case
            when v_type <> 'number' or abs(v_text::numeric) > 1e13 then 'a number' end
        when v_type <> 'string' then 'a text'
        when p_field in ('desk_id', 'owner_id') and not private.is_uuid(p_value) then 'an id'
        when p_field in ('starts_on', 'due_on') and (
            v_text !~ '^20\d\d-\d\d-\d\d$' or not pg_input_is_valid(v_text, 'date')
        ) then 'a day like 2026-12-31'
        when p_field = 'state' and v_text <> 'cancelled' then 'cancelled, or nothing'
        when p_field in ('title', 'measure', 'unit', 'note') and not private.is_clean_text(
            v_text, case p_field
                when 'title' then 160 when 'measure' then 80 when 'unit' then 20 else 1000 end
        ) then 'a short text without control characters'
    end;
end
$$;
comment on function private.judge_goal_field(text, jsonb) is
    'What is wrong with one field of a goal; null when nothing is.';

create function private.require_goal_fields(p_goal jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_place text;
    v_problem text;
begin
    if jsonb_typeof(p_goal) is distinct from 'object' or p_goal = '{}' then
        perform private.refuse('PT400', 'goal_required', 'Send the goal as an object.');
    elsif octet_length(p_goal::text) > 8000 then
        perform private.refuse('PT413', 'goal_too_long', 'At most 8000 bytes.');
    end if;
    select field.key, private.judge_goal_field(field.key, field.value) into v_place, v_problem
    from jsonb_each(p_goal) field
    where private.judge_goal_field(field.key, field.value) is not null
    order by field.key
    limit 1;
    if v_place is not null then
        perform private.refuse(
            'PT422', 'goal_invalid', format('At %s: %s.', left(v_place, 60), v_problem)
        );
    end if;
end
$$;

-- A manager means their own desk, who sees the whole house means the house.
create function private.require_goal_desk(p_goal jsonb)
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
    v_desk_id uuid := (p_goal ->> 'desk_id')::uuid;
begin
    if not p_goal ? 'desk_id' and not private.is_goal_manager(null) then
        v_desk_id := (select me.desk_id from private.my_staff_row() me);
    end if;
    if private.is_goal_manager(v_desk_id) then
        if v_desk_id is not null
            and not exists (select from public.desks desk where desk.id = v_desk_id)
        then
            perform private.refuse('PT404', 'desk_not_found', 'There is no such desk.');
        end if;
        return v_desk_id;
    elsif not private.is_manager() then
        perform private.refuse('PT403', 'manager_required', 'Managers and executives set goals.');
    elsif v_desk_id is null then
        perform private.refuse(
            'PT403', 'executive_required', 'The house''s goals are its executives'' and admins''.'
        );
    end if;
    perform private.refuse('PT404', 'desk_not_found', 'There is no such desk for you.');
end
$$;

-- Whoever sees the whole house names anybody who works here, a manager their own people.
create function private.require_goal_owner(p_owner_id uuid, p_desk_id uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if not exists (
        select from public.staff_members staff
        where staff.id = p_owner_id and staff.is_active
            and (private.is_goal_manager(null) or staff.desk_id = p_desk_id)
    ) then
        perform private.refuse(
            'PT404', 'colleague_not_found', 'Nobody works here, or for you, by that id.'
        );
    end if;
end
$$;

-- Where the KPI stood over its period before the goal begins; a sum begins at nothing.
create function private.find_goal_baseline(
    p_kpi_key text, p_starts_on date, p_desk_id uuid
)
returns numeric
language sql
stable
set search_path = ''
as $$
    select case known.method when 'sum' then 0 else (
        select round(found.value, 4) from private.summarise_metric(
            kpi.metric,
            private.find_warsaw_midnight(p_starts_on - private.count_period_days(kpi.period)),
            least(now(), private.find_warsaw_midnight(p_starts_on)),
            case when p_desk_id is not null then array[p_desk_id] end
        ) found
        where found.sample_count >= kpi.min_samples
    ) end
    from public.kpis kpi
    join public.metric_definitions known on known.metric = kpi.metric
    where kpi.key = p_kpi_key
$$;

create function private.require_measurable_goal(p_goal public.success_goals)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_metric public.metric_definitions;
begin
    if p_goal.kpi_key is null then
        return;
    end if;
    select known.* into v_metric
    from public.kpis kpi join public.metric_definitions known on known.metric = kpi.metric
    where kpi.key = p_goal.kpi_key;
    if v_metric.method = 'sum' and v_metric.direction = 'lower' then
        perform private.refuse(
            'PT422', 'goal_not_measurable', 'What only grows cannot be brought down by a day.'
        );
    elsif (p_goal.target > p_goal.baseline) <> (v_metric.direction = 'higher') then
        perform private.refuse(
            'PT422', 'goal_backwards', 'The target is worse than where the KPI stands.'
        );
    end if;
end
$$;

create function private.require_coherent_goal(p_goal public.success_goals)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_today date := (now() at time zone 'Europe/Warsaw')::date;
    v_problem text;
begin
    v_problem := case
        when p_goal.title is null then 'title: say what it is'
        when num_nonnulls(p_goal.kpi_key, p_goal.measure) <> 1
            then 'kpi or measure: one of the two'
        when p_goal.unit is null then 'unit: say what is counted'
        when p_goal.target is null then 'target: say what is to be reached'
        when p_goal.due_on is null then 'due_on: say until when'
        when p_goal.due_on <= p_goal.starts_on or p_goal.due_on < v_today
            then 'due_on: a day to come, after it begins'
        when p_goal.due_on > p_goal.starts_on + 1100 then 'due_on: within three years'
        when p_goal.owner_id is null then 'owner_id: say who answers for it'
    end;
    if p_goal.kpi_key is not null
        and not exists (select from public.kpis kpi where kpi.key = p_goal.kpi_key)
    then
        perform private.refuse('PT422', 'unknown_kpi', 'One of those in kpis.');
    elsif v_problem is not null then
        perform private.refuse('PT422', 'goal_invalid', format('At %s.', v_problem));
    elsif p_goal.baseline is null then
        perform private.refuse(
            'PT422', 'baseline_required', 'Nothing was measured before: say where it begins.'
        );
    elsif p_goal.baseline = p_goal.target then
        perform private.refuse('PT422', 'goal_invalid', 'At target: it is there already.');
    end if;
    perform private.require_measurable_goal(p_goal);
end
$$;

create function private.apply_goal_fields(p_base public.success_goals, p_goal jsonb)
returns public.success_goals
language plpgsql
stable
set search_path = ''
as $$
declare
    v_goal public.success_goals := jsonb_populate_record(
        p_base, p_goal - array['kpi', 'baseline', 'desk_id', 'state', 'note']
    );
begin
    v_goal.kpi_key := coalesce(p_base.kpi_key, p_goal ->> 'kpi');
    v_goal.unit := coalesce((
        select known.unit
        from public.kpis kpi join public.metric_definitions known on known.metric = kpi.metric
        where kpi.key = v_goal.kpi_key
    ), v_goal.unit);
    v_goal.starts_on := coalesce(v_goal.starts_on, (now() at time zone 'Europe/Warsaw')::date);
    v_goal.owner_id := coalesce(v_goal.owner_id, private.my_staff_id());
    v_goal.baseline := coalesce(
        (p_goal ->> 'baseline')::numeric, p_base.baseline,
        private.find_goal_baseline(v_goal.kpi_key, v_goal.starts_on, v_goal.desk_id)
    );
    return v_goal;
end
$$;

create function private.create_goal(p_goal jsonb)
returns public.success_goals
language plpgsql
set search_path = ''
as $$
declare
    v_goal public.success_goals;
begin
    v_goal.desk_id := private.require_goal_desk(p_goal);
    v_goal := private.apply_goal_fields(v_goal, p_goal);
    perform private.require_coherent_goal(v_goal);
    perform private.require_goal_owner(v_goal.owner_id, v_goal.desk_id);
    -- One at a time, or two could both find the last free place.
    perform pg_advisory_xact_lock(hashtextextended('success_goals', 0));
    if 200 <= (
        select count(*) from public.success_goals known
        where known.state = 'open' and known.desk_id is not distinct from v_goal.desk_id
    ) then
        perform private.refuse('PT409', 'too_many_goals', 'A desk has at most 200 open goals.');
    end if;
    insert into public.success_goals as made (
        title, kpi_key, measure, unit, desk_id, owner_id, baseline, target, starts_on, due_on,
        current_value, created_by
    )
    values (
        v_goal.title, v_goal.kpi_key, v_goal.measure, v_goal.unit, v_goal.desk_id,
        v_goal.owner_id, v_goal.baseline, v_goal.target, v_goal.starts_on, v_goal.due_on,
        case when v_goal.kpi_key is null then v_goal.baseline end, (select auth.uid())
    )
    returning made.* into v_goal;
    perform private.note_goal(v_goal, 'set', p_goal ->> 'note', null);
    return v_goal;
end
$$;

-- What people tell of a measure of its own stays the value; its place on the way may be another.
create function private.change_goal(p_goal_id uuid, p_goal jsonb, p_version integer)
returns public.success_goals
language plpgsql
set search_path = ''
as $$
declare
    v_goal public.success_goals := private.lock_open_goal(p_goal_id, p_version);
begin
    if not private.is_goal_manager(v_goal.desk_id) then
        perform private.refuse('PT403', 'manager_required', 'Who sets goals there may do this.');
    elsif p_goal ?| '{kpi,measure,desk_id}' then
        perform private.refuse(
            'PT422', 'goal_invalid', 'At kpi, measure or desk_id: set another goal instead.'
        );
    end if;
    v_goal := private.apply_goal_fields(v_goal, p_goal);
    if p_goal ? 'state' then
        v_goal.state := 'cancelled';
        v_goal.ended_at := now();
    else
        perform private.require_coherent_goal(v_goal);
        perform private.require_goal_owner(v_goal.owner_id, v_goal.desk_id);
    end if;
    update public.success_goals goal
    set title = v_goal.title, unit = v_goal.unit, owner_id = v_goal.owner_id,
        baseline = v_goal.baseline, target = v_goal.target, starts_on = v_goal.starts_on,
        due_on = v_goal.due_on, state = v_goal.state, ended_at = v_goal.ended_at,
        warned_at = null, version = goal.version + 1,
        progress = private.find_goal_progress(
            v_goal.baseline, v_goal.target, coalesce(v_goal.current_value, v_goal.baseline)
        )
    where goal.id = v_goal.id
    returning goal.* into v_goal;
    perform private.note_goal(v_goal, case v_goal.state
        when 'cancelled' then 'cancelled' else 'changed' end, p_goal ->> 'note', null);
    return v_goal;
end
$$;

create function private.find_goal_progress(p_baseline numeric, p_target numeric, p_value numeric)
returns numeric
language sql
immutable
set search_path = ''
as $$
    select round(least(100, greatest(
        0, 100 * (p_value - p_baseline) / nullif(p_target - p_baseline, 0)
    )), 2)
$$;

-- Definer: nobody holds a right to write goals; who may is checked in create_goal and change_goal.
create function private.set_success_goal(p_goal jsonb, p_goal_id uuid, p_version integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
    if not private.is_service() then
        perform private.require_staff();
    end if;
    perform private.require_goal_fields(p_goal);
    return to_jsonb(case
        when p_goal_id is null then private.create_goal(p_goal)
        else private.change_goal(p_goal_id, p_goal, p_version)
    end);
end
$$;

create function public.set_success_goal(
    p_goal jsonb,
    p_goal_id uuid default null,
    p_version integer default null
)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    if p_goal_id is not null then
        perform private.require_visible_goal(p_goal_id);
    end if;
    return private.set_success_goal(p_goal, p_goal_id, p_version);
end
$$;
comment on function public.set_success_goal(jsonb, uuid, integer) is
    'Managers for their desk, executives, admins and servers for any desk or ("desk_id": null) the '
    'house: a new goal, or with an id other values for an open one (never kpi, measure, desk_id). '
    '{"title", "target", "due_on", and "kpi" or "measure" with "unit"}; as wanted "baseline" (else '
    'where the KPI stands), "starts_on" (else today), "owner_id" (else the caller), "note", '
    '"state": "cancelled". The version, if given, must be the present one (PT409). Answers the '
    'row of success_goals.';

-- -------------------------------------------------------------------------------------------------
-- Telling of goals
-- -------------------------------------------------------------------------------------------------
create function private.require_goal_evidence(p_evidence jsonb)
returns uuid[]
language plpgsql
stable
set search_path = ''
as $$
begin
    if jsonb_typeof(p_evidence) is distinct from 'array'
        or jsonb_array_length(p_evidence) > 50
        or exists (
            select from jsonb_array_elements(p_evidence) given
            where not private.is_uuid(given.value)
        )
    then
        perform private.refuse('PT422', 'evidence_invalid', 'A list of at most 50 ids.');
    end if;
    return array(
        select given.id::uuid
        from jsonb_array_elements_text(p_evidence) with ordinality as given (id, place)
        order by given.place
    );
end
$$;

create function private.require_goal_teller(
    p_goal public.success_goals, p_progress numeric, p_note text
)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if not private.is_goal_manager(p_goal.desk_id)
        and p_goal.owner_id is distinct from private.my_staff_id()
    then
        perform private.refuse(
            'PT403', 'goal_owner_required', 'Its owner, or who sets goals there, may do this.'
        );
    elsif p_progress is null and p_note is null then
        perform private.refuse('PT400', 'progress_required', 'Say how far it is, or something.');
    elsif p_progress is not null and p_goal.kpi_key is not null then
        perform private.refuse(
            'PT409', 'goal_is_measured', 'The house measures its KPI; notes are welcome.'
        );
    elsif p_progress is not null and (p_progress between 0 and 100) is not true then
        perform private.refuse('PT422', 'progress_out_of_range', 'From 0 to 100 percent.');
    end if;
end
$$;

-- Definer: nobody holds a right to write goals; owners and who sets them write through here.
create function private.update_goal_progress(
    p_goal_id uuid, p_progress numeric, p_note text, p_evidence jsonb
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_goal public.success_goals;
    v_note text;
begin
    if not private.is_service() then
        perform private.require_staff();
    end if;
    v_goal := private.lock_open_goal(p_goal_id, null);
    perform private.require_goal_teller(v_goal, p_progress, p_note);
    if p_note is not null then
        v_note := private.require_text('note', p_note, 1000);
    end if;
    if p_progress is not null then
        update public.success_goals goal
        set progress = p_progress, measured_at = now(), version = goal.version + 1,
            current_value = goal.baseline + (goal.target - goal.baseline) * p_progress / 100,
            state = case when p_progress = 100 then 'reached' else 'open' end,
            ended_at = case when p_progress = 100 then now() end
        where goal.id = v_goal.id
        returning goal.* into v_goal;
    end if;
    perform private.note_goal(
        v_goal, case when p_progress is null then 'noted' else 'stated' end, v_note,
        private.require_goal_evidence(p_evidence)
    );
    return to_jsonb(v_goal);
end
$$;

create function public.update_goal_progress(
    p_goal_id uuid,
    p_progress numeric,
    p_note text default null,
    p_evidence jsonb default '[]'
)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    perform private.require_visible_goal(p_goal_id);
    return private.update_goal_progress(p_goal_id, p_progress, p_note, p_evidence);
end
$$;
comment on function public.update_goal_progress(uuid, numeric, text, jsonb) is
    'updateGoalProgress. The goal''s owner, managers of its desk, executives, admins, servers: how '
    'far it is in percent (100: reached), with a note and ids as evidence. The house measures what '
    'is tied to a KPI (409 goal_is_measured): there progress is null and the note is kept. Answers '
    'the row of success_goals; each call is a row of success_goal_updates.';

-- -------------------------------------------------------------------------------------------------
-- How the house stands
-- -------------------------------------------------------------------------------------------------
create function private.describe_goal(p_goal public.success_goals)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select jsonb_build_object(
        'goal_id', p_goal.id, 'title', p_goal.title, 'kpi', p_goal.kpi_key,
        'measure', p_goal.measure, 'unit', p_goal.unit, 'desk_id', p_goal.desk_id,
        'owner_id', p_goal.owner_id, 'baseline', p_goal.baseline, 'target', p_goal.target,
        'current', round(p_goal.current_value, 4), 'progress', p_goal.progress,
        'starts_on', p_goal.starts_on, 'due_on', p_goal.due_on, 'state', p_goal.state,
        'measured_at', p_goal.measured_at, 'version', p_goal.version,
        'forecast', case when p_goal.forecast_value is not null then jsonb_build_object(
            'value', p_goal.forecast_value, 'low', p_goal.forecast_low,
            'high', p_goal.forecast_high, 'verdict', p_goal.forecast_verdict
        ) end
    )
$$;

create function private.describe_goals(
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[]
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(
        jsonb_agg(private.describe_goal(goal) order by goal.due_on, goal.title, goal.id), '[]'
    )
    from public.success_goals goal
    where goal.created_at < p_until and (goal.ended_at is null or goal.ended_at >= p_since)
        and (p_desk_ids is null or goal.desk_id = any (p_desk_ids))
$$;
comment on function private.describe_goals(timestamptz, timestamptz, uuid[]) is
    'The goals that were open within that time, of these desks or (null) all that the caller may '
    'see.';

create function private.count_kpi_statuses(p_kpis jsonb)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select jsonb_build_object(
        'on_target', tally.on_target, 'warning', tally.warning, 'off_target', tally.off_target,
        'no_data', tally.no_data, 'tracked', tally.tracked,
        'on_target_percent', round(100.0 * tally.on_target / nullif(
            tally.on_target + tally.warning + tally.off_target, 0
        ), 2)
    )
    from (
        select
            count(*) filter (where one ->> 'status' = 'on_target') as on_target,
            count(*) filter (where one ->> 'status' = 'warning') as warning,
            count(*) filter (where one ->> 'status' = 'off_target') as off_target,
            count(*) filter (where one ->> 'status' = 'no_data') as no_data,
            count(*) filter (where one ->> 'status' = 'tracked') as tracked
        from jsonb_array_elements(p_kpis) one
    ) tally
$$;
comment on function private.count_kpi_statuses(jsonb) is
    'How many KPIs have which status, and how many percent of those with a target and enough data '
    'meet it.';

create function private.count_goals(p_goals jsonb)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select jsonb_build_object(
        'open', count(*) filter (where one ->> 'state' = 'open'),
        'reached', count(*) filter (where one ->> 'state' = 'reached'),
        'missed', count(*) filter (where one ->> 'state' = 'missed'),
        'cancelled', count(*) filter (where one ->> 'state' = 'cancelled'),
        'at_risk', count(*) filter (
            where one ->> 'state' = 'open'
                and one #>> '{forecast,verdict}' in ('at_risk', 'will_miss')
        )
    )
    from jsonb_array_elements(p_goals) one
$$;

-- Definer: as get_kpis.
create function private.get_success_metrics(p_range text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_kpis jsonb := private.get_kpis(jsonb_build_object('range', p_range));
begin
    return jsonb_build_object(
        'since_at', v_kpis #> '{0,since_at}', 'until_at', v_kpis #> '{0,until_at}',
        'scope', case
            when private.is_service() or private.is_house_overseer() then 'house' else 'desk' end,
        'summary', private.count_kpi_statuses(v_kpis),
        'blocks', (
            select jsonb_agg(jsonb_build_object(
                'block', block.name, 'summary', private.count_kpi_statuses(block.kpis),
                'kpis', block.kpis
            ) order by block.place)
            from (
                select
                    one ->> 'block' as name, min(place) as place,
                    jsonb_agg(one order by place) as kpis
                from jsonb_array_elements(v_kpis) with ordinality as kpi (one, place)
                group by 1
            ) block
        )
    );
end
$$;

-- The goals are those that the caller sees.
create function public.get_success_metrics(p_range text default '30d')
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_metrics jsonb := private.get_success_metrics(p_range);
    v_goals jsonb := private.describe_goals(
        (v_metrics ->> 'since_at')::timestamptz, (v_metrics ->> 'until_at')::timestamptz, null
    );
begin
    return v_metrics || jsonb_build_object(
        'goals', private.count_goals(v_goals) || jsonb_build_object('items', v_goals)
    );
end
$$;
comment on function public.get_success_metrics(text) is
    'getSuccessMetrics. Staff: of their desk; executives, admins and servers: of the house. For '
    'the range (24h, 7d, 12m, or days 2026-11-01/2026-11-30): {"since_at", "until_at", "scope", '
    '"summary" {"on_target", "warning", "off_target", "no_data", "tracked", "on_target_percent"}, '
    '"blocks": [{"block", "summary", "kpis": as in get_kpis}], "goals": {"open", "reached", '
    '"missed", "cancelled", "at_risk", "items": [{"goal_id", "title", "kpi", "target", "current", '
    '"progress", "due_on", "state", "forecast" {"value", "low", "high", "verdict"}}]}}.';

revoke all on function
    private.require_visible_goal(uuid), private.is_goal_manager(uuid),
    private.lock_open_goal(uuid, integer), private.judge_goal_field(text, jsonb),
    private.require_goal_fields(jsonb), private.require_goal_desk(jsonb),
    private.require_goal_owner(uuid, uuid), private.find_goal_baseline(text, date, uuid),
    private.require_measurable_goal(public.success_goals),
    private.require_coherent_goal(public.success_goals),
    private.apply_goal_fields(public.success_goals, jsonb), private.create_goal(jsonb),
    private.change_goal(uuid, jsonb, integer),
    private.find_goal_progress(numeric, numeric, numeric),
    private.set_success_goal(jsonb, uuid, integer), public.set_success_goal(jsonb, uuid, integer),
    private.require_goal_evidence(jsonb),
    private.require_goal_teller(public.success_goals, numeric, text),
    private.update_goal_progress(uuid, numeric, text, jsonb),
    public.update_goal_progress(uuid, numeric, text, jsonb),
    private.describe_goal(public.success_goals),
    private.describe_goals(timestamptz, timestamptz, uuid[]), private.count_kpi_statuses(jsonb),
    private.count_goals(jsonb), private.get_success_metrics(text),
    public.get_success_metrics(text)
from public, anon, authenticated, service_role;
grant execute on function
    private.require_visible_goal(uuid), private.set_success_goal(jsonb, uuid, integer),
    public.set_success_goal(jsonb, uuid, integer),
    private.update_goal_progress(uuid, numeric, text, jsonb),
    public.update_goal_progress(uuid, numeric, text, jsonb),
    private.describe_goal(public.success_goals),
    private.describe_goals(timestamptz, timestamptz, uuid[]), private.count_goals(jsonb),
    private.get_success_metrics(text), public.get_success_metrics(text)
to authenticated, service_role;
