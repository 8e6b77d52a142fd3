-- Snooze: a ticket rests until a moment, or until the client answers, and takes no room meanwhile.
--
--   snooze_ticket -> pending, snoozed_until --ticket.snooze_elapsed--> orchestrator.snooze --+
--                                            --the client's answer----------------------------+
--        -> with its agent again if there is room for it, otherwise back to the queue
--
-- Events in: ticket.snooze_elapsed (a timer). Events out: ticket.snoozed, ticket.woken.
-- There is nothing to decide in Python: what is due and who has room is one look under lock.

-- -------------------------------------------------------------------------------------------------
-- Columns
-- -------------------------------------------------------------------------------------------------
alter table public.support_tickets
    add column snoozed_until timestamptz,
    add constraint support_tickets_only_pending_are_snoozed
        check (snoozed_until is null or status = 'pending');
comment on column public.support_tickets.snoozed_until is
    'Rests until then; infinity: until the client answers. Null: it does not rest.';

drop index public.support_tickets_load_idx;
create index support_tickets_load_idx on public.support_tickets (assignee_id) include (channel)
where status in ('assigned', 'pending') and snoozed_until is null;
comment on index public.support_tickets_load_idx is
    'Serves private.agent_loads: the work somebody has now, without what rests and their history.';

create or replace function private.agent_loads(p_agent_ids uuid[])
returns table (agent_id uuid, load_units integer)
language sql
stable
set search_path = ''
as $$
    select agent.id, coalesce(sum(channel.load_units), 0)::integer
    from unnest(p_agent_ids) agent (id)
    left join public.support_tickets ticket
        on ticket.assignee_id = agent.id and ticket.status in ('assigned', 'pending')
        and ticket.snoozed_until is null
    left join public.channels channel on channel.channel = ticket.channel
    group by agent.id
$$;
comment on function private.agent_loads(uuid[]) is
    'Units of work each agent has now, without what is snoozed. Derived: a stored sum could drift.';

-- -------------------------------------------------------------------------------------------------
-- Kept by triggers, whoever changes the ticket
-- -------------------------------------------------------------------------------------------------
create function private.tg_support_tickets_end_snooze()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    new.snoozed_until := null;
    return new;
end
$$;
comment on function private.tg_support_tickets_end_snooze() is
    'Before update, for each row that is not pending any more: then it does not rest either.';

create trigger support_tickets_end_snooze
before update on public.support_tickets
for each row when (new.snoozed_until is not null and new.status <> 'pending')
execute function private.tg_support_tickets_end_snooze();

-- Definer: the timeline and timers can be written by nobody else, whoever snoozed the ticket.
create function private.tg_support_tickets_keep_snooze()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_kind text := case when new.snoozed_until is null then 'woken' else 'snoozed' end;
begin
    if isfinite(new.snoozed_until) then
        perform private.set_timers(
            'ticket.snooze_elapsed', array[new.id], array[new.snoozed_until]
        );
    else
        perform private.cancel_timers('ticket.snooze_elapsed', array[new.id]);
    end if;
    insert into public.ticket_events (ticket_id, cycle, kind, is_internal, actor_id, details)
    values (
        new.id, new.cycle, v_kind, true, auth.uid(),
        jsonb_strip_nulls(jsonb_build_object('until', new.snoozed_until))
    );
    perform private.emit_events(
        'ticket.' || v_kind, array[new.id], array[jsonb_build_object('cycle', new.cycle)]
    );
    return null;
end
$$;

create trigger support_tickets_begin_snooze
after insert on public.support_tickets
for each row when (new.snoozed_until is not null)
execute function private.tg_support_tickets_keep_snooze();

create trigger support_tickets_keep_snooze
after update on public.support_tickets
for each row when (old.snoozed_until is distinct from new.snoozed_until)
execute function private.tg_support_tickets_keep_snooze();

-- What is snoozed makes room for what waits.
insert into private.subscriptions (event_kind, worker, collapses)
values
    ('ticket.snooze_elapsed', 'orchestrator.snooze', true),
    ('ticket.snoozed', 'orchestrator.backlog', true);

-- -------------------------------------------------------------------------------------------------
-- Wake
-- -------------------------------------------------------------------------------------------------

-- Live work needs somebody who is there; asynchronous work may wait for an agent who is off shift,
-- but not for one on leave.
create function private.is_room_for(p_ticket public.support_tickets)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select staff.is_active and not private.is_on_leave(staff.id)
            and (staff.state = 'online' or not channel.is_live)
            and load.load_units + channel.load_units <= staff.capacity_units
        from public.staff_members staff
        join public.channels channel on channel.channel = p_ticket.channel
        cross join lateral private.agent_loads(array[staff.id]) load
        where staff.id = p_ticket.assignee_id
    );
end
$$;
comment on function private.is_room_for(public.support_tickets) is
    'Whether the agent of a resting ticket could take it up now; call it with their row locked.';

create function private.wake_tickets(p_ticket_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_ticket public.support_tickets;
    v_left uuid[] := '{}';
begin
    perform from public.staff_members staff
    where staff.id in (
        select ticket.assignee_id from public.support_tickets ticket
        where ticket.id = any (p_ticket_ids) and ticket.snoozed_until is not null
    )
    order by staff.id
    for no key update;
    -- One by one: each that is taken up leaves less room for the next.
    for v_ticket in
        select ticket.* from public.support_tickets ticket
        where ticket.id = any (p_ticket_ids) and ticket.snoozed_until is not null
        order by ticket.number
    loop
        if private.is_room_for(v_ticket) then
            update public.support_tickets ticket
            set status = 'assigned'
            where ticket.id = v_ticket.id;
        else
            v_left := v_left || v_ticket.id;
        end if;
    end loop;
    perform private.return_tickets(v_left, 'withdrawn', 'no_room');
end
$$;
comment on function private.wake_tickets(uuid[]) is
    'Those that rest, the oldest first: with their agent again, or in the queue if there is no '
    'room. Call it with the tickets locked.';

-- Definer: not even the service key may write tickets but through here; only service_role may
-- execute it. A timer that was moved or cancelled meanwhile wakes nothing.
create function private.wake_due_tickets(p_ticket_ids uuid[])
returns uuid[]
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_due uuid[];
begin
    perform from public.support_tickets ticket
    where ticket.id = any (p_ticket_ids)
    order by ticket.id
    for update;
    select coalesce(array_agg(ticket.id), '{}') into v_due
    from public.support_tickets ticket
    where ticket.id = any (p_ticket_ids) and ticket.snoozed_until <= clock_timestamp();
    perform private.wake_tickets(v_due);
    return v_due;
end
$$;

create function worker.record_snooze(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_woken uuid[];
begin
    perform private.hold_jobs(p_items);
    v_woken := private.wake_due_tickets(array(
        select item.ticket_id from jsonb_to_recordset(p_items) as item (ticket_id uuid)
    ));
    perform private.finish_jobs(array(
        select item.job_id from jsonb_to_recordset(p_items) as item (job_id bigint)
    ));
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'job_id', item.job_id,
            'status', case when item.ticket_id = any (v_woken) then 'recorded' else 'gone' end
        )), '[]')
        from jsonb_to_recordset(p_items) as item (job_id bigint, ticket_id uuid)
    );
end
$$;
comment on function worker.record_snooze(jsonb) is
    'Wakes tickets whose rest is over and finishes the jobs. Items: job_id, fence, ticket_id. '
    'Answers [{"job_id", "status"}]: recorded, or gone when it does not rest or rests longer.';

-- -------------------------------------------------------------------------------------------------
-- What people do
-- -------------------------------------------------------------------------------------------------

-- A public message and what follows from it: a client's word takes the ticket out of waiting for
-- the client, an agent's first word is the first response. Every message is a new version, so that
-- nobody resolves a ticket whose last message they have not read.
create or replace function private.post_message(
    p_ticket_id uuid, p_author_id uuid, p_author_kind text, p_body text
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_message jsonb := private.insert_message(
        p_ticket_id, p_author_id, p_author_kind, false, p_body
    );
    v_is_resting boolean;
begin
    update public.support_tickets ticket
    set last_message_at = greatest(ticket.last_message_at, now()),
        first_responded_at = case
            when p_author_kind = 'agent' then coalesce(ticket.first_responded_at, now())
            else ticket.first_responded_at
        end,
        status = case
            when p_author_kind = 'client' and ticket.status = 'pending'
                and ticket.snoozed_until is null then 'assigned'
            else ticket.status
        end
    where ticket.id = p_ticket_id
    returning ticket.snoozed_until is not null into v_is_resting;
    if v_is_resting and p_author_kind = 'client' then
        perform private.wake_tickets(array[p_ticket_id]);
    end if;
    return v_message;
end
$$;

-- Whoever has the ticket already may keep it, wherever they work: an overflow desk helps out. One
-- that rests needs room again.
create or replace function private.require_agent_for(
    p_ticket public.support_tickets, p_agent_id uuid, p_is_forced boolean
)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_agent public.staff_members;
    v_load integer;
begin
    select staff.* into v_agent
    from public.staff_members staff where staff.id = p_agent_id
    for no key update;
    if v_agent.id is null or not v_agent.is_active or not private.is_agent_role(v_agent.role)
        or (
            v_agent.desk_id <> p_ticket.desk_id
            and p_ticket.assignee_id is distinct from p_agent_id
        )
    then
        perform private.refuse('PT404', 'agent_not_found', 'No agent of this desk has this id.');
    elsif v_agent.id = p_ticket.client_id then
        perform private.refuse('PT422', 'own_ticket', 'Nobody serves themselves.');
    elsif p_is_forced or p_ticket.status in ('assigned', 'pending')
        and p_ticket.snoozed_until is null and p_ticket.assignee_id = p_agent_id
    then
        return;
    end if;
    select load.load_units + channel.load_units into v_load
    from private.agent_loads(array[p_agent_id]) load
    join public.channels channel on channel.channel = p_ticket.channel;
    if v_load > v_agent.capacity_units then
        perform private.refuse(
            'PT409', 'agent_at_capacity', 'No room for this ticket; a manager may insist.'
        );
    end if;
end
$$;

-- Definer: nobody holds a right to write tickets; the stance is checked first.
create function private.snooze_ticket(p_ticket_id uuid, p_until timestamptz, p_version integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_until timestamptz := coalesce(p_until, 'infinity');
    v_ticket public.support_tickets;
begin
    perform private.require_staff();
    if v_until <= now() or (v_until > now() + interval '1 year' and isfinite(v_until)) then
        perform private.refuse(
            'PT422', 'snooze_out_of_range', 'A moment to come within a year; null for an answer.'
        );
    end if;
    v_ticket := private.lock_ticket_as(p_ticket_id, array['assignee', 'manager']);
    perform private.require_version(v_ticket, p_version);
    perform private.require_status(v_ticket, array['assigned', 'pending', 'on_hold']);
    update public.support_tickets ticket
    set status = 'pending', snoozed_until = v_until
    where ticket.id = p_ticket_id and ticket.snoozed_until is distinct from v_until;
    return private.read_ticket(p_ticket_id);
end
$$;

create function public.snooze_ticket(
    p_ticket_id uuid, p_until timestamptz default null, p_version integer default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.snooze_ticket(p_ticket_id, p_until, p_version)
$$;
comment on function public.snooze_ticket(uuid, timestamptz, integer) is
    'Assignee or manager: it rests until then (null: until the client answers) and takes no '
    'capacity. An answer wakes it in any case. Answers the ticket.';

-- Definer: nobody holds a right to write tickets; the stance is checked first.
create or replace function private.set_ticket_status(
    p_ticket_id uuid, p_status text, p_version integer
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_ticket public.support_tickets;
begin
    perform private.require_staff();
    if p_status is null or p_status not in ('assigned', 'pending', 'on_hold') then
        perform private.refuse('PT422', 'unknown_status', 'One of assigned, pending, on_hold.');
    end if;
    v_ticket := private.lock_ticket_as(p_ticket_id, array['assignee', 'manager']);
    perform private.require_version(v_ticket, p_version);
    perform private.require_status(v_ticket, array['assigned', 'pending', 'on_hold']);
    if p_status <> 'on_hold'
        and (v_ticket.status = 'on_hold' or v_ticket.snoozed_until is not null)
    then
        perform private.require_agent_for(v_ticket, v_ticket.assignee_id, false);
    end if;
    update public.support_tickets ticket
    set status = p_status, snoozed_until = null
    where ticket.id = p_ticket_id
        and (ticket.status <> p_status or ticket.snoozed_until is not null);
    return private.read_ticket(p_ticket_id);
end
$$;
comment on function public.set_ticket_status(uuid, text, integer) is
    'Assignee or manager: pending (the client''s turn), on_hold (somebody else''s), assigned. '
    'Work on hold or snoozed takes no capacity, so taking it up again needs room. Whatever it '
    'becomes, it rests no longer. Answers the ticket.';

-- Definer: the ticket must be read under lock whatever the caller may see; the stance is checked.
create function private.unsnooze_ticket(p_ticket_id uuid, p_version integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_ticket public.support_tickets;
begin
    perform private.require_staff();
    v_ticket := private.lock_ticket_as(p_ticket_id, array['assignee', 'manager']);
    perform private.require_version(v_ticket, p_version);
    if v_ticket.snoozed_until is null then
        perform private.refuse('PT409', 'ticket_is_not_snoozed', 'It does not rest.');
    end if;
    return private.set_ticket_status(p_ticket_id, 'assigned', p_version);
end
$$;

create function public.unsnooze_ticket(p_ticket_id uuid, p_version integer)
returns jsonb
language sql
set search_path = ''
as $$
    select private.unsnooze_ticket(p_ticket_id, p_version)
$$;
comment on function public.unsnooze_ticket(uuid, integer) is
    'Assignee or manager: it rests no longer; its agent must have room. Answers the ticket.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on function
    private.tg_support_tickets_end_snooze(), private.tg_support_tickets_keep_snooze(),
    private.is_room_for(public.support_tickets), private.wake_tickets(uuid[]),
    private.wake_due_tickets(uuid[]), worker.record_snooze(jsonb),
    private.snooze_ticket(uuid, timestamptz, integer), private.unsnooze_ticket(uuid, integer),
    public.snooze_ticket(uuid, timestamptz, integer), public.unsnooze_ticket(uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function private.wake_due_tickets(uuid[]), worker.record_snooze(jsonb)
to service_role;
grant execute on function
    private.snooze_ticket(uuid, timestamptz, integer), private.unsnooze_ticket(uuid, integer),
    public.snooze_ticket(uuid, timestamptz, integer), public.unsnooze_ticket(uuid, integer)
to authenticated;
