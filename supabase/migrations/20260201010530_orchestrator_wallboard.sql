-- The wallboard: how a desk stands right now, in one answer of one moment.
-- When to ask again: managers hear every change of the desk's tickets and staff through Realtime
-- (postgres_changes of support_tickets and staff_members with the filter desk_id=eq.<id>, under
-- their own policies). The board asks again after such a change, at most once in two seconds, and
-- each half minute anyway: waits grow though nothing changes.

-- -------------------------------------------------------------------------------------------------
-- What today is counted by
-- -------------------------------------------------------------------------------------------------
create index support_tickets_desk_id_resolved_at_idx
    on public.support_tickets (desk_id, resolved_at) where resolved_at is not null;
comment on index public.support_tickets_desk_id_resolved_at_idx is
    'Serves what a desk has resolved today.';
create index support_tickets_desk_id_reopened_at_idx
    on public.support_tickets (desk_id, reopened_at) where reopened_at is not null;
comment on index public.support_tickets_desk_id_reopened_at_idx is
    'Serves what came back to a desk today.';
create index ticket_assignments_agent_id_ended_at_idx
    on public.ticket_assignments (agent_id, ended_at)
where ended_at is not null and state <> 'completed';
comment on index public.ticket_assignments_agent_id_ended_at_idx is
    'Serves what was declined, or taken from somebody silent or gone, today.';

-- -------------------------------------------------------------------------------------------------
-- Parts of the board
-- -------------------------------------------------------------------------------------------------
-- All are stable: within the statement that asked for the board they see the same moment.

create function private.describe_queue(p_desk_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(
            to_jsonb(line) - 'boost' order by line.boost desc, line.is_live desc
        ), '[]')
        from (
            select
                ticket.tier, level.boost, channel.is_live,
                count(*) as count,
                max(extract(
                    epoch from now() - coalesce(ticket.reopened_at, ticket.opened_at)
                ))::integer as longest_wait_seconds,
                count(*) filter (where ticket.first_response_due_at <= now()) as overdue_count,
                count(*) filter (
                    where ticket.first_response_due_at > now()
                        and ticket.first_response_due_at <= now() + interval '1 minute'
                ) as due_soon_count
            from public.support_tickets ticket
            join public.channels channel on channel.channel = ticket.channel
            join public.service_levels level on level.tier = ticket.tier
            where ticket.queue_desk_id = p_desk_id
            group by ticket.tier, level.boost, channel.is_live
        ) line
    );
end
$$;
comment on function private.describe_queue(uuid) is
    'Who waits at a desk, one line for each tier and for live and other channels.';

-- What is on hold or snoozed takes no capacity and is not counted.
create function private.count_held_tickets(p_agent_ids uuid[])
returns table (agent_id uuid, live_count bigint, async_count bigint, offered_count bigint)
language plpgsql
stable
rows 50
set search_path = ''
as $$
begin
    return query
    select
        ticket.assignee_id,
        count(*) filter (where channel.is_live),
        count(*) filter (where not channel.is_live),
        count(*) filter (where given.state = 'offered')
    from public.support_tickets ticket
    join public.channels channel on channel.channel = ticket.channel
    left join public.ticket_assignments given
        on given.ticket_id = ticket.id and given.ended_at is null
    where ticket.assignee_id = any (p_agent_ids) and ticket.status in ('assigned', 'pending')
        and ticket.snoozed_until is null
    group by ticket.assignee_id;
end
$$;

create function private.describe_agents_at_work(p_agent_ids uuid[])
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_ramp interval := make_interval(secs => private.read_presence_setting('ramp_seconds'));
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'id', agent.id, 'name', person.display_name, 'role', agent.role,
            'state', agent.state, 'state_changed_at', agent.state_changed_at,
            'load_units', load.load_units, 'capacity_units', agent.capacity_units,
            'live_count', coalesce(held.live_count, 0),
            'async_count', coalesce(held.async_count, 0),
            'offered_count', coalesce(held.offered_count, 0),
            'is_on_leave', private.is_on_leave(agent.id, now()),
            'is_steady', agent.steady_at <= now(),
            'is_ramping', coalesce(agent.returned_at > now() - v_ramp, false)
        ) order by agent.state = 'online' desc, agent.state, person.display_name, agent.id), '[]')
        from private.agent_loads(p_agent_ids) load
        join public.staff_members agent on agent.id = load.agent_id and agent.is_active
        join public.profiles person on person.id = agent.id
        left join private.count_held_tickets(p_agent_ids) held on held.agent_id = agent.id
    );
end
$$;
comment on function private.describe_agents_at_work(uuid[]) is
    'Those of the agents who still work here: state, load, room, and what keeps work from them.';

create function private.describe_offers(p_agent_ids uuid[])
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select jsonb_build_object(
            'count', count(*),
            'live_count', count(*) filter (where given.is_live),
            'next_expires_at', min(given.expires_at)
        )
        from public.support_tickets ticket
        join public.ticket_assignments given
            on given.ticket_id = ticket.id and given.ended_at is null and given.state = 'offered'
        where ticket.assignee_id = any (p_agent_ids) and ticket.status in ('assigned', 'pending')
    );
end
$$;
comment on function private.describe_offers(uuid[]) is
    'What these agents were offered and have not answered yet.';

create function private.count_assignments_since(p_agent_ids uuid[], p_from timestamptz)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select jsonb_build_object(
            'assigned', count(*),
            'wait_median_seconds', round(percentile_cont(0.5) within group (
                order by given.wait_seconds
            )),
            'wait_p95_seconds', round(percentile_cont(0.95) within group (
                order by given.wait_seconds
            ))
        )
        from public.ticket_assignments given
        where given.agent_id = any (p_agent_ids) and given.offered_at >= p_from
    ) || (
        select jsonb_build_object(
            'declined', count(*) filter (where given.state = 'declined'),
            'rescued', count(*) filter (
                where given.state = 'expired'
                    or given.end_reason in ('silent', 'absent', 'departed')
            )
        )
        from public.ticket_assignments given
        where given.agent_id = any (p_agent_ids) and given.ended_at >= p_from
            and given.state <> 'completed'
    );
end
$$;

create function private.count_tickets_since(p_desk_id uuid, p_from timestamptz)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return jsonb_build_object(
        'opened', (
            select count(*) from public.support_tickets ticket
            where ticket.desk_id = p_desk_id and ticket.opened_at >= p_from
        ),
        'resolved', (
            select count(*) from public.support_tickets ticket
            where ticket.desk_id = p_desk_id and ticket.resolved_at >= p_from
        ),
        'reopened', (
            select count(*) from public.support_tickets ticket
            where ticket.desk_id = p_desk_id and ticket.reopened_at >= p_from
        )
    );
end
$$;

create function private.describe_open_questions(p_desk_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return jsonb_build_object(
        'identity_check_count', (
            select count(*) from public.identity_checks asked
            where asked.desk_id = p_desk_id and asked.status = 'open'
        ),
        'alarms', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'kind', alarm.kind, 'week_on', alarm.week_on, 'value', alarm.value,
                'limit_value', alarm.limit_value, 'raised_at', alarm.raised_at
            ) order by alarm.raised_at, alarm.id), '[]')
            from public.fairness_alarms alarm
            where alarm.desk_id = p_desk_id and alarm.resolved_at is null
        )
    );
end
$$;
comment on function private.describe_open_questions(uuid) is
    'What waits for a decision of a person: whom a client is, and alarms of fairness.';

-- -------------------------------------------------------------------------------------------------
-- The board
-- -------------------------------------------------------------------------------------------------

-- Mine when none is named. One's own desk is no secret, so agents are told why; a desk of others
-- answers like none.
create function private.require_overseen_desk(p_desk_id uuid)
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_desk_id uuid := coalesce(
        p_desk_id,
        (select staff.desk_id from public.staff_members staff where staff.id = v_staff_id)
    );
begin
    if v_desk_id <> all (array(select private.my_desk_ids())) then
        perform private.refuse('PT404', 'desk_not_found', 'There is no such desk for you.');
    elsif v_desk_id <> all (array(select private.my_overseen_desk_ids())) then
        perform private.refuse(
            'PT403', 'overseer_required', 'For managers, executives and auditors of the desk.'
        );
    end if;
    return v_desk_id;
end
$$;

-- Definer: the numbers are of all tickets and agents of the desk; policies row by row would make a
-- board slow. Who asks is checked first.
create function private.get_wallboard(p_desk_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_desk_id uuid := private.require_overseen_desk(p_desk_id);
    v_today timestamptz := date_trunc('day', now(), 'Europe/Warsaw');
    v_agent_ids uuid[] := array(
        select staff.id from public.staff_members staff
        where staff.desk_id = v_desk_id and private.is_agent_role(staff.role)
    );
begin
    return jsonb_build_object(
        'read_at', now(),
        'desk', (
            select jsonb_build_object('id', desk.id, 'name', desk.name)
            from public.desks desk where desk.id = v_desk_id
        ),
        'queue', private.describe_queue(v_desk_id),
        'offers', private.describe_offers(v_agent_ids),
        'agents', private.describe_agents_at_work(v_agent_ids),
        'today', private.count_tickets_since(v_desk_id, v_today)
            || private.count_assignments_since(v_agent_ids, v_today)
    ) || private.describe_open_questions(v_desk_id);
end
$$;

create function public.get_wallboard(p_desk_id uuid default null)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.get_wallboard(p_desk_id)
$$;
comment on function public.get_wallboard(uuid) is
    'Managers, executives and auditors of a desk (mine), admins of any: how it stands at '
    '"read_at". "queue" by tier and is_live, "offers" not answered yet, "agents" with state, load '
    'and room, "today" (of Warsaw; resolved: and not reopened since) with the waits until an agent '
    'had it, "identity_check_count", open "alarms". Ask again when Realtime tells of a change of '
    'support_tickets or staff_members of the desk.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on function
    private.describe_queue(uuid), private.describe_agents_at_work(uuid[]),
    private.count_held_tickets(uuid[]), private.describe_offers(uuid[]),
    private.count_assignments_since(uuid[], timestamptz),
    private.count_tickets_since(uuid, timestamptz), private.describe_open_questions(uuid),
    private.require_overseen_desk(uuid), private.get_wallboard(uuid), public.get_wallboard(uuid)
from public, anon, authenticated, service_role;
grant execute on function private.get_wallboard(uuid), public.get_wallboard(uuid)
to authenticated;
