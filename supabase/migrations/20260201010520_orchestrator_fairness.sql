-- Fairness: how evenly the work of a desk is shared, week by week (Europe/Warsaw, from Monday).
--
--   clock.hourly -> orchestrator.fairness (lib/orchestrator/fairness.py) -> public.fairness_alarms,
--       and the desk's managers are told
--
-- Received is what somebody was given; carried is what of it they neither declined nor let lapse
-- nor lost before they had begun. Load is the channels' units of what was carried.
-- Whoever was online that week, or received something, was at work and is in the comparison.
-- Somebody is of the desk they work at now.

-- -------------------------------------------------------------------------------------------------
-- Who was there, and how long
-- -------------------------------------------------------------------------------------------------
create table private.presence_spells (
    staff_id uuid not null references public.staff_members (id) on delete cascade,
    started_at timestamptz not null default now(),
    ended_at timestamptz,
    primary key (staff_id, started_at),
    constraint presence_spells_end_after_they_start check (ended_at >= started_at)
);
comment on table private.presence_spells is
    'When each member of staff was online. Written by the trigger of staff_members alone; events '
    'tell the same, but are pruned.';
comment on column private.presence_spells.ended_at is 'Null while it lasts.';
create unique index presence_spells_one_at_a_time on private.presence_spells (staff_id)
where ended_at is null;
comment on index private.presence_spells_one_at_a_time is
    'Serves ending the present spell, and lets no second one begin.';

-- Definer: whoever changes somebody's state may not write the record of it by hand.
create function private.tg_staff_members_record_presence()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if new.state = 'online' then
        insert into private.presence_spells as spell (staff_id) values (new.id)
        -- Back within the same transaction: they were never gone.
        on conflict (staff_id, started_at) do update set ended_at = null;
    else
        update private.presence_spells spell
        set ended_at = greatest(now(), spell.started_at)
        where spell.staff_id = new.id and spell.ended_at is null;
    end if;
    return null;
end
$$;

create trigger staff_members_record_arrival_online
after insert on public.staff_members
for each row when (new.state = 'online')
execute function private.tg_staff_members_record_presence();
create trigger staff_members_record_presence
after update on public.staff_members
for each row when ((new.state = 'online') <> (old.state = 'online'))
execute function private.tg_staff_members_record_presence();

insert into private.presence_spells (staff_id, started_at)
select staff.id, staff.state_changed_at
from public.staff_members staff where staff.state = 'online';

-- -------------------------------------------------------------------------------------------------
-- Limits and alarms
-- -------------------------------------------------------------------------------------------------
create table public.fairness_limits (
    id bigint generated always as identity primary key,
    desk_id uuid references public.desks (id) on delete cascade,
    kind text not null,
    raise_above numeric(12, 4) not null,
    clear_below numeric(12, 4) not null,
    min_agents integer not null,
    min_assignments integer not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint fairness_limits_one_per_desk_and_kind unique nulls not distinct (desk_id, kind),
    constraint fairness_limits_kind_is_a_measure
        check (kind in ('load_gini_per_hour', 'vip_share_spread', 'wait_p95_seconds')),
    constraint fairness_limits_clear_before_they_raise
        check (clear_below >= 0 and clear_below <= raise_above),
    constraint fairness_limits_shares_stay_below_one
        check (kind = 'wait_p95_seconds' or raise_above < 1),
    constraint fairness_limits_data_is_asked_for
        check (min_agents between 1 and 1000 and min_assignments between 1 and 1000000)
);
comment on table public.fairness_limits is
    'When the sharing of work is alarming: for one desk, or without a desk for all others.';
comment on column public.fairness_limits.kind is
    'The measure of get_desk_fairness it is about: load_gini_per_hour (0 even, towards 1 all to '
    'one), vip_share_spread (largest less smallest share of the desk''s VIP load), '
    'wait_p95_seconds (what 95 of 100 clients did not wait longer than).';
comment on column public.fairness_limits.clear_below is
    'An alarm ends below this, so that a measure near the limit does not ring all day.';
comment on column public.fairness_limits.min_assignments is
    'Carried assignments of the week (for VIP: of VIP clients) below which nothing is judged.';

insert into public.fairness_limits (kind, raise_above, clear_below, min_agents, min_assignments)
values
    ('load_gini_per_hour', 0.35, 0.30, 3, 20),
    ('vip_share_spread', 0.60, 0.50, 3, 20),
    ('wait_p95_seconds', 14400, 10800, 1, 20);

create trigger fairness_limits_touch
before update on public.fairness_limits
for each row execute function private.tg_touch_row();
create trigger fairness_limits_record
after insert or update or delete on public.fairness_limits
for each row execute function private.tg_record_configuration('id');

create table public.fairness_alarms (
    id bigint generated always as identity primary key,
    desk_id uuid not null references public.desks (id) on delete cascade,
    week_on date not null,
    kind text not null,
    value numeric(12, 4) not null,
    peak_value numeric(12, 4) not null,
    limit_value numeric(12, 4) not null,
    agent_count integer not null,
    assignment_count integer not null,
    policy_version text not null,
    raised_at timestamptz not null default now(),
    judged_at timestamptz not null default now(),
    resolved_at timestamptz,
    end_reason text,
    constraint fairness_alarms_one_per_desk_week_and_kind unique (desk_id, week_on, kind),
    constraint fairness_alarms_kind_is_a_measure
        check (kind in ('load_gini_per_hour', 'vip_share_spread', 'wait_p95_seconds')),
    constraint fairness_alarms_week_begins_on_monday check (extract(isodow from week_on) = 1),
    constraint fairness_alarms_peak_is_the_most check (peak_value >= value),
    constraint fairness_alarms_policy_version_is_short
        check (char_length(policy_version) between 1 and 40),
    constraint fairness_alarms_end_has_time_and_reason
        check ((resolved_at is null) = (end_reason is null)),
    constraint fairness_alarms_end_reason_is_known
        check (end_reason in ('evened_out', 'week_over'))
);
comment on table public.fairness_alarms is
    'Weeks in which the work of a desk was shared badly; the same trouble is one row, however '
    'often it is found. Written by the worker orchestrator.fairness.';
comment on column public.fairness_alarms.value is 'What was measured last.';
comment on column public.fairness_alarms.raised_at is
    'When it began; again later when it had ended and came back within the week.';
create index fairness_alarms_open_idx on public.fairness_alarms (desk_id)
where resolved_at is null;
comment on index public.fairness_alarms_open_idx is
    'Serves the alarms of the wallboard, and ending those of past weeks.';

insert into private.subscriptions (event_kind, worker, collapses)
values ('clock.hourly', 'orchestrator.fairness', true);

-- -------------------------------------------------------------------------------------------------
-- Measures
-- -------------------------------------------------------------------------------------------------
create function private.measure_gini(p_loads bigint[], p_weights bigint[] default null)
returns numeric
language sql
immutable
set search_path = ''
as $$
    with share as (
        select place, load::numeric, coalesce(weight, 1)::numeric as weight
        from unnest(p_loads, p_weights) with ordinality as share (load, weight, place)
    ),
    pair as (
        select coalesce(sum(abs(one.load * two.weight - two.load * one.weight)), 0) as distance
        from share one
        join share two on two.place > one.place
    ),
    whole as (
        select coalesce(sum(share.load) * sum(share.weight), 0) as area from share
    )
    -- Whole numbers up to the last step, rounded half up: no digit depends on the order.
    select case
        when whole.area = 0 then 0.0000
        else round(div(pair.distance * 20000 + whole.area, whole.area * 2) / 10000, 4)
    end
    from pair, whole
$$;
comment on function private.measure_gini(bigint[], bigint[]) is
    'Gini coefficient of loads, each for its weight of presence (none: alike), to four places: '
    'the mean distance of all pairs. 0 for even or no load. lib/orchestrator/fairness.py agrees.';

create function private.list_received_work(
    p_desk_ids uuid[], p_starts_at timestamptz, p_ends_at timestamptz
)
returns table (
    desk_id uuid, agent_id uuid, state text, load_units integer, wait_seconds integer,
    is_vip boolean, is_carried boolean
)
language sql
stable
rows 1000
set search_path = ''
as $$
    select
        agent.desk_id, given.agent_id, given.state, given.load_units::integer, given.wait_seconds,
        level.has_dedicated_agent,
        given.state <> 'declined'
            and (given.state in ('offered', 'completed') or given.answered_at is not null)
    from public.staff_members agent
    join public.ticket_assignments given
        on given.agent_id = agent.id
        and given.offered_at >= p_starts_at and given.offered_at < p_ends_at
    join public.service_levels level on level.tier = given.tier
    where agent.desk_id = any (p_desk_ids)
$$;
comment on function private.list_received_work(uuid[], timestamptz, timestamptz) is
    'What the agents of these desks were given in that time, one row each time.';

create function private.list_presence(
    p_desk_ids uuid[], p_starts_at timestamptz, p_ends_at timestamptz
)
returns table (desk_id uuid, agent_id uuid, seconds_present bigint)
language sql
stable
rows 100
set search_path = ''
as $$
    select
        agent.desk_id, agent.id,
        ceil(extract(epoch from sum(
            least(spell.ended_at, p_ends_at, now()) - greatest(spell.started_at, p_starts_at)
        )))::bigint
    from public.staff_members agent
    join private.presence_spells spell
        on spell.staff_id = agent.id
        and spell.started_at < p_ends_at and (spell.ended_at > p_starts_at) is not false
    where agent.desk_id = any (p_desk_ids) and private.is_agent_role(agent.role)
    group by agent.id
$$;
comment on function private.list_presence(uuid[], timestamptz, timestamptz) is
    'Agents of these desks who were online in that time, and for how many seconds until now.';

create function private.list_agent_shares(
    p_desk_ids uuid[], p_starts_at timestamptz, p_ends_at timestamptz
)
returns table (
    desk_id uuid, agent_id uuid, seconds_present bigint, received_count integer,
    assignment_count integer, load_units integer, vip_assignment_count integer,
    vip_load_units integer, wait_median_seconds integer, wait_p95_seconds integer,
    declined_count integer, expired_count integer, withdrawn_count integer
)
language sql
stable
rows 100
set search_path = ''
as $$
    select
        coalesce(work.desk_id, presence.desk_id), coalesce(work.agent_id, presence.agent_id),
        coalesce(presence.seconds_present, 0), coalesce(work.received, 0)::integer,
        coalesce(work.carried, 0)::integer, coalesce(work.load, 0)::integer,
        coalesce(work.vip_carried, 0)::integer, coalesce(work.vip_load, 0)::integer,
        round(work.waits[1])::integer, round(work.waits[2])::integer,
        coalesce(work.declined, 0)::integer, coalesce(work.expired, 0)::integer,
        coalesce(work.withdrawn, 0)::integer
    from (
        select
            one.desk_id, one.agent_id, count(*) as received,
            count(*) filter (where one.is_carried) as carried,
            sum(one.load_units) filter (where one.is_carried) as load,
            count(*) filter (where one.is_carried and one.is_vip) as vip_carried,
            sum(one.load_units) filter (where one.is_carried and one.is_vip) as vip_load,
            percentile_cont(array[0.5, 0.95]) within group (order by one.wait_seconds)
                filter (where one.is_carried) as waits,
            count(*) filter (where one.state = 'declined') as declined,
            count(*) filter (where one.state = 'expired') as expired,
            count(*) filter (where one.state = 'withdrawn') as withdrawn
        from private.list_received_work(p_desk_ids, p_starts_at, p_ends_at) one
        group by one.desk_id, one.agent_id
    ) work
    full join private.list_presence(p_desk_ids, p_starts_at, p_ends_at) presence
        on presence.agent_id = work.agent_id
$$;
comment on function private.list_agent_shares(uuid[], timestamptz, timestamptz) is
    'One line for each agent of these desks who was at work in that time.';

-- Whoever was there for less than a minute counts as there for one: nobody carries anything in no
-- time at all.
create function private.list_desk_measures(
    p_desk_ids uuid[], p_starts_at timestamptz, p_ends_at timestamptz
)
returns table (
    desk_id uuid, agent_count integer, assignment_count integer, vip_assignment_count integer,
    load_units integer, load_gini numeric, load_gini_per_hour numeric, vip_share_spread numeric,
    wait_median_seconds integer, wait_p95_seconds integer
)
language sql
stable
rows 10
set search_path = ''
as $$
    select
        shared.*, round(waited.waits[1])::integer, round(waited.waits[2])::integer
    from (
        select
            share.desk_id, count(*)::integer, sum(share.assignment_count)::integer,
            sum(share.vip_assignment_count)::integer, sum(share.load_units)::integer,
            private.measure_gini(array_agg(share.load_units::bigint)),
            private.measure_gini(
                array_agg(share.load_units::bigint),
                array_agg(greatest(share.seconds_present, 60))
            ),
            round(
                (max(share.vip_load_units) - min(share.vip_load_units))::numeric
                    / greatest(sum(share.vip_load_units), 1), 4
            )
        from private.list_agent_shares(p_desk_ids, p_starts_at, p_ends_at) share
        group by share.desk_id
    ) shared
    left join (
        select
            one.desk_id,
            percentile_cont(array[0.5, 0.95]) within group (order by one.wait_seconds) as waits
        from private.list_received_work(p_desk_ids, p_starts_at, p_ends_at) one
        where one.is_carried
        group by one.desk_id
    ) waited using (desk_id)
$$;
comment on function private.list_desk_measures(uuid[], timestamptz, timestamptz) is
    'How evenly each of these desks shared its work in that time; none without anybody at work.';

create function private.list_fairness_limits(p_desk_ids uuid[])
returns setof public.fairness_limits
language sql
stable
rows 10
set search_path = ''
as $$
    select distinct on (desk.id, known.kind)
        known.id, desk.id, known.kind, known.raise_above, known.clear_below, known.min_agents,
        known.min_assignments, known.created_at, known.updated_at
    from unnest(p_desk_ids) as desk (id)
    join public.fairness_limits known on known.desk_id = desk.id or known.desk_id is null
    order by desk.id, known.kind, known.desk_id nulls last
$$;
comment on function private.list_fairness_limits(uuid[]) is
    'The limits that hold for each of these desks: its own, else those of the house.';

-- -------------------------------------------------------------------------------------------------
-- What managers and agents read
-- -------------------------------------------------------------------------------------------------
create function private.require_week_on(p_day_on date)
returns date
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_day_on not between '2000-01-01' and '2100-01-01' then
        perform private.refuse('PT422', 'week_out_of_range', 'A day from 2000 to 2100.');
    end if;
    return date_trunc('week', coalesce(p_day_on, now() at time zone 'Europe/Warsaw'))::date;
end
$$;

create function private.describe_measures(
    p_desk_id uuid, p_week_on date, p_starts_at timestamptz, p_ends_at timestamptz
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select to_jsonb(measured) - 'desk_id' || jsonb_build_object('limits', (
        select jsonb_agg(jsonb_build_object(
            'kind', lim.kind,
            'value', to_jsonb(measured) -> lim.kind,
            'raise_above', lim.raise_above,
            'clear_below', lim.clear_below,
            'has_enough_data', measured.agent_count >= lim.min_agents
                and lim.min_assignments <= case lim.kind
                    when 'vip_share_spread' then measured.vip_assignment_count
                    else measured.assignment_count
                end,
            'is_alarming', exists (
                select from public.fairness_alarms alarm
                where alarm.desk_id = p_desk_id and alarm.week_on = p_week_on
                    and alarm.kind = lim.kind and alarm.resolved_at is null
            )
        ) order by lim.kind)
        from private.list_fairness_limits(array[p_desk_id]) lim
    ))
    from private.list_desk_measures(array[p_desk_id], p_starts_at, p_ends_at) measured
$$;

create function private.describe_shares(
    p_desk_id uuid, p_starts_at timestamptz, p_ends_at timestamptz, p_agent_id uuid
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    with share as (
        select
            one.*, person.display_name as name,
            round(one.seconds_present / 3600.0, 2) as hours_present,
            round(one.vip_load_units::numeric / nullif(sum(one.vip_load_units) over (), 0), 4)
                as vip_share,
            round(one.load_units::numeric / nullif(sum(one.load_units) over (), 0), 4)
                as load_share
        from private.list_agent_shares(array[p_desk_id], p_starts_at, p_ends_at) one
        join public.profiles person on person.id = one.agent_id
    )
    select coalesce(
        jsonb_agg(to_jsonb(share) - 'desk_id' order by share.load_units desc, share.agent_id), '[]'
    )
    from share
    where p_agent_id is null or share.agent_id = p_agent_id
$$;

-- Definer: agents may read their own line alone, and the record of presence is in private. Who
-- asks is checked first; a desk of others answers like none.
create function private.get_desk_fairness(p_desk_id uuid, p_week_on date)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_desk_id uuid := coalesce(p_desk_id, (select me.desk_id from private.my_staff_row() me));
    v_is_overseer boolean := v_desk_id = any (array(select private.my_overseen_desk_ids()));
    v_week_on date := private.require_week_on(p_week_on);
    v_starts_at timestamptz := v_week_on::timestamp at time zone 'Europe/Warsaw';
    v_ends_at timestamptz := (v_week_on + 7)::timestamp at time zone 'Europe/Warsaw';
begin
    if v_desk_id <> all (array(select private.my_desk_ids())) then
        perform private.refuse('PT404', 'desk_not_found', 'There is no such desk for you.');
    end if;
    return jsonb_build_object(
        'desk_id', v_desk_id,
        'week_on', v_week_on,
        'starts_at', v_starts_at,
        'ends_at', v_ends_at,
        'desk', case when v_is_overseer then private.describe_measures(
            v_desk_id, v_week_on, v_starts_at, v_ends_at
        ) end,
        'agents', private.describe_shares(
            v_desk_id, v_starts_at, v_ends_at, case when not v_is_overseer then v_staff_id end
        )
    );
end
$$;

create function public.get_desk_fairness(p_desk_id uuid default null, p_week_on date default null)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.get_desk_fairness(p_desk_id, p_week_on)
$$;
comment on function public.get_desk_fairness(uuid, date) is
    'How a desk (mine) shared its work in the week of that day (this week): "desk" with the '
    'measures and their limits, null for agents; "agents" with load, VIP share, waits in seconds, '
    'hours present and what they declined, for agents their own line alone.';

-- -------------------------------------------------------------------------------------------------
-- The worker
-- -------------------------------------------------------------------------------------------------

-- The week of an hour ago too: in its first hour a week is judged beside the one that just ended,
-- which nobody has seen whole before.
create function private.list_judged_weeks()
returns table (week_on date, starts_at timestamptz, ends_at timestamptz)
language sql
stable
rows 2
set search_path = ''
as $$
    select
        week.on_monday::date,
        week.on_monday at time zone 'Europe/Warsaw',
        (week.on_monday + interval '7 days') at time zone 'Europe/Warsaw'
    from (
        select distinct date_trunc('week', moment.at at time zone 'Europe/Warsaw')
        from (values (now()), (now() - interval '1 hour')) moment (at)
    ) week (on_monday)
$$;

create function worker.fairness_contexts()
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_desk_ids uuid[] := array(select desk.id from public.desks desk);
begin
    return jsonb_build_object('read_at', now(), 'desks', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'desk_id', measured.desk_id,
            'week_on', week.week_on,
            'assignment_count', measured.assignment_count,
            'vip_assignment_count', measured.vip_assignment_count,
            'wait_p95_seconds', measured.wait_p95_seconds,
            'agents', (
                select jsonb_agg(to_jsonb(share))
                from private.list_agent_shares(
                    array[measured.desk_id], week.starts_at, week.ends_at
                ) share
            ),
            'limits', (
                select jsonb_agg(to_jsonb(lim) || jsonb_build_object('is_alarming', exists (
                    select from public.fairness_alarms alarm
                    where alarm.desk_id = lim.desk_id and alarm.week_on = week.week_on
                        and alarm.kind = lim.kind and alarm.resolved_at is null
                )))
                from private.list_fairness_limits(array[measured.desk_id]) lim
            )
        )), '[]')
        from private.list_judged_weeks() week
        cross join lateral private.list_desk_measures(
            v_desk_ids, week.starts_at, week.ends_at
        ) measured
    ));
end
$$;
comment on function worker.fairness_contexts() is
    'Each desk where somebody was at work this week (and, in its first hour, the week before): who '
    'carried how much, the waits, the limits that hold and whether their alarm is open.';

-- Definer: nobody holds a right to write alarms; only service_role may execute it.
create function private.raise_fairness_alarms(p_verdicts jsonb)
returns bigint[]
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_open bigint[] := array(
        select alarm.id from public.fairness_alarms alarm where alarm.resolved_at is null
    );
    v_raised bigint[];
begin
    with raised as (
        insert into public.fairness_alarms as alarm (
            desk_id, week_on, kind, value, peak_value, limit_value, agent_count,
            assignment_count, policy_version
        )
        select
            said.desk_id, said.week_on, said.kind, said.value, said.value, said.limit_value,
            said.agent_count, said.assignment_count, said.policy_version
        from jsonb_to_recordset(p_verdicts) as said (
            desk_id uuid, week_on date, kind text, outcome text, value numeric,
            limit_value numeric, agent_count integer, assignment_count integer,
            policy_version text
        )
        -- A desk may have been closed since it was read.
        join public.desks desk on desk.id = said.desk_id
        where said.outcome = 'alarming'
        on conflict (desk_id, week_on, kind) do update
        set value = excluded.value,
            peak_value = greatest(alarm.peak_value, excluded.value),
            limit_value = excluded.limit_value,
            agent_count = excluded.agent_count,
            assignment_count = excluded.assignment_count,
            policy_version = excluded.policy_version,
            raised_at = case when alarm.resolved_at is null then alarm.raised_at else now() end,
            judged_at = now(),
            resolved_at = null,
            end_reason = null
        returning alarm.id
    )
    select array_agg(raised.id) into v_raised from raised where raised.id <> all (v_open);
    return v_raised;
end
$$;
comment on function private.raise_fairness_alarms(jsonb) is
    'Writes what is alarming; answers the alarms that were not open before.';

-- Definer: nobody holds a right to write alarms; only service_role may execute it.
create function private.resolve_fairness_alarms(p_verdicts jsonb)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
    update public.fairness_alarms alarm
    set value = said.value,
        judged_at = now(),
        resolved_at = now(),
        end_reason = 'evened_out'
    from jsonb_to_recordset(p_verdicts) as said (
        desk_id uuid, week_on date, kind text, outcome text, value numeric
    )
    where said.outcome = 'within' and alarm.resolved_at is null
        and alarm.desk_id = said.desk_id and alarm.week_on = said.week_on
        and alarm.kind = said.kind;
    update public.fairness_alarms alarm
    set resolved_at = now(), end_reason = 'week_over'
    where alarm.resolved_at is null
        and alarm.week_on < (select min(week.week_on) from private.list_judged_weeks() week);
end
$$;

-- Definer: nobody holds a right to write notifications; only service_role may execute it.
create function private.tell_fairness_alarms(p_alarm_ids bigint[])
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.notify(
        array(
            select staff.id from public.staff_members staff
            where staff.desk_id = alarm.desk_id and staff.role = 'manager' and staff.is_active
            order by staff.id
        ),
        'fairness_alarm', null,
        jsonb_build_object(
            'desk_id', alarm.desk_id, 'week_on', alarm.week_on, 'measure', alarm.kind,
            'value', alarm.value, 'limit', alarm.limit_value
        )
    )
    from public.fairness_alarms alarm
    where alarm.id = any (p_alarm_ids);
end
$$;
comment on function private.tell_fairness_alarms(bigint[]) is
    'Notifies the managers of the desks these alarms are about.';

create function worker.record_fairness(p_items jsonb, p_verdicts jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    perform private.hold_jobs(p_items);
    perform private.resolve_fairness_alarms(p_verdicts);
    perform private.tell_fairness_alarms(private.raise_fairness_alarms(p_verdicts));
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
comment on function worker.record_fairness(jsonb, jsonb) is
    'Raises, keeps and ends alarms and finishes the jobs, in one transaction. Items: job_id, '
    'fence. Verdicts: desk_id, week_on, kind, outcome (alarming, within, insufficient), value, '
    'limit_value, agent_count, assignment_count, policy_version. Answers [{"job_id", "status"}].';

-- -------------------------------------------------------------------------------------------------
-- Admins set the limits
-- -------------------------------------------------------------------------------------------------

create function private.require_fairness_limit(p_limit public.fairness_limits)
returns void
language plpgsql
immutable
set search_path = ''
as $$
begin
    if (p_limit.raise_above between 0 and 10000000
        and p_limit.clear_below between 0 and p_limit.raise_above
        and (p_limit.kind = 'wait_p95_seconds' or p_limit.raise_above < 1)) is not true
    then
        perform private.refuse(
            'PT422', 'limit_out_of_range', 'Clear at or below what raises; shares below 1.'
        );
    elsif p_limit.min_agents not between 1 and 1000
        or p_limit.min_assignments not between 1 and 1000000
    then
        perform private.refuse(
            'PT422', 'minimum_out_of_range', 'From 1 to 1000 agents, to 1000000 assignments.'
        );
    end if;
end
$$;

-- Definer: nobody holds a right to write limits; admins write through here.
create function private.set_fairness_limit(
    p_kind text, p_desk_id uuid, p_raise_above numeric, p_clear_below numeric,
    p_min_agents integer, p_min_assignments integer, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_limit public.fairness_limits;
begin
    perform private.require_admin();
    if p_desk_id is not null
        and not exists (select from public.desks desk where desk.id = p_desk_id)
    then
        perform private.refuse('PT404', 'desk_not_found', 'There is no such desk.');
    end if;
    select known.* into v_limit
    from public.fairness_limits known
    where known.kind = p_kind and (known.desk_id = p_desk_id or known.desk_id is null)
    order by known.desk_id nulls last
    limit 1;
    if v_limit.id is null then
        perform private.refuse('PT422', 'unknown_measure', 'Not a measure of fairness.');
    end if;
    v_limit.raise_above := coalesce(p_raise_above, v_limit.raise_above);
    v_limit.clear_below := coalesce(p_clear_below, least(v_limit.clear_below, p_raise_above));
    v_limit.min_agents := coalesce(p_min_agents, v_limit.min_agents);
    v_limit.min_assignments := coalesce(p_min_assignments, v_limit.min_assignments);
    perform private.require_fairness_limit(v_limit);
    perform private.note_reason(p_reason);
    return private.write_fairness_limit(p_desk_id, v_limit);
end
$$;

create function private.write_fairness_limit(p_desk_id uuid, p_limit public.fairness_limits)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_limit public.fairness_limits;
begin
    insert into public.fairness_limits as known (
        desk_id, kind, raise_above, clear_below, min_agents, min_assignments
    )
    values (
        p_desk_id, p_limit.kind, p_limit.raise_above, p_limit.clear_below, p_limit.min_agents,
        p_limit.min_assignments
    )
    on conflict (desk_id, kind) do update
    set raise_above = excluded.raise_above,
        clear_below = excluded.clear_below,
        min_agents = excluded.min_agents,
        min_assignments = excluded.min_assignments
    returning known.* into v_limit;
    return to_jsonb(v_limit);
end
$$;

create function public.set_fairness_limit(
    p_kind text,
    p_desk_id uuid default null,
    p_raise_above numeric default null,
    p_clear_below numeric default null,
    p_min_agents integer default null,
    p_min_assignments integer default null,
    p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_fairness_limit(
        p_kind, p_desk_id, p_raise_above, p_clear_below, p_min_agents, p_min_assignments, p_reason
    )
$$;
comment on function public.set_fairness_limit(
    text, uuid, numeric, numeric, integer, integer, text
) is
    'Admins: when a measure of fairness alarms, for one desk or (no desk) for all without a limit '
    'of their own. Null keeps what is there. Answers the row of fairness_limits.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on private.presence_spells, public.fairness_limits, public.fairness_alarms
from anon, authenticated, service_role;
revoke all on sequence public.fairness_limits_id_seq, public.fairness_alarms_id_seq
from anon, authenticated, service_role;
grant select on public.fairness_limits, public.fairness_alarms to authenticated, service_role;
grant select on private.presence_spells to service_role;

alter table private.presence_spells enable row level security;
alter table public.fairness_limits enable row level security;
alter table public.fairness_alarms enable row level security;

create policy fairness_limits_select_overseers on public.fairness_limits
for select to authenticated
using (
    desk_id = any (array(select private.my_overseen_desk_ids()))
    or desk_id is null and exists (select private.my_overseen_desk_ids())
);

create policy fairness_alarms_select_overseers on public.fairness_alarms
for select to authenticated
using (desk_id = any (array(select private.my_overseen_desk_ids())));

revoke all on function
    private.tg_staff_members_record_presence(),
    private.measure_gini(bigint[], bigint[]),
    private.list_received_work(uuid[], timestamptz, timestamptz),
    private.list_presence(uuid[], timestamptz, timestamptz),
    private.list_agent_shares(uuid[], timestamptz, timestamptz),
    private.list_desk_measures(uuid[], timestamptz, timestamptz),
    private.list_fairness_limits(uuid[]), private.require_week_on(date),
    private.describe_measures(uuid, date, timestamptz, timestamptz),
    private.describe_shares(uuid, timestamptz, timestamptz, uuid),
    private.get_desk_fairness(uuid, date), public.get_desk_fairness(uuid, date),
    private.list_judged_weeks(), worker.fairness_contexts(),
    private.raise_fairness_alarms(jsonb), private.resolve_fairness_alarms(jsonb),
    private.tell_fairness_alarms(bigint[]), worker.record_fairness(jsonb, jsonb),
    private.require_fairness_limit(public.fairness_limits),
    private.set_fairness_limit(text, uuid, numeric, numeric, integer, integer, text),
    private.write_fairness_limit(uuid, public.fairness_limits),
    public.set_fairness_limit(text, uuid, numeric, numeric, integer, integer, text)
from public, anon, authenticated, service_role;

grant execute on function
    private.measure_gini(bigint[], bigint[]),
    private.list_received_work(uuid[], timestamptz, timestamptz),
    private.list_presence(uuid[], timestamptz, timestamptz),
    private.list_agent_shares(uuid[], timestamptz, timestamptz),
    private.list_desk_measures(uuid[], timestamptz, timestamptz),
    private.list_fairness_limits(uuid[]), private.list_judged_weeks(),
    private.raise_fairness_alarms(jsonb), private.resolve_fairness_alarms(jsonb),
    private.tell_fairness_alarms(bigint[]),
    worker.fairness_contexts(), worker.record_fairness(jsonb, jsonb)
to service_role;
grant execute on function
    private.get_desk_fairness(uuid, date), public.get_desk_fairness(uuid, date)
to authenticated;
grant execute on function
    private.set_fairness_limit(text, uuid, numeric, numeric, integer, integer, text),
    public.set_fairness_limit(text, uuid, numeric, numeric, integer, integer, text)
to authenticated, service_role;
