-- Rescue: work that is with somebody who does not do it goes back to the queue, and why.
--
--   ticket.offer_expired        given, and no first action in time
--   agent.absence_confirmed     offline for longer than the grace
--   absence.started             leave has begun
--   ticket.left_unattended      a client wrote to somebody who is offline or on leave
--   ticket.deadline_approached  the assignee is absent and the first response is due before long
--   agent.departed              another desk, another role, gone from the house
--   ticket.woken                what rested is with its assignee again, who may be absent
--   agent.presence_lapsed       a desk that sent heartbeats has fallen silent: it becomes offline
--       -> orchestrator.rescue (lib/orchestrator/rescue.py) -> ticket.unassigned, or it stays
--
-- An event says only whom to look at. What is decided follows from the rows as they are, so events
-- may be late, doubled or collapsed. The write compares everything the decision was made from with
-- the rows under lock: whoever acts in the same moment has acted, and the ticket is read afresh.
-- Order of locks: jobs, tickets by id, staff by id.

-- -------------------------------------------------------------------------------------------------
-- Table
-- -------------------------------------------------------------------------------------------------
create table public.rescue_decisions (
    id bigint generated always as identity primary key,
    ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    cycle integer not null,
    agent_id uuid not null references public.staff_members (id),
    event_id bigint,
    cause text not null,
    action text not null,
    reason text not null,
    absent_at timestamptz,
    look_again_at timestamptz,
    policy_version text not null,
    decided_at timestamptz not null default now(),
    constraint rescue_decisions_cause_is_known
        check (cause in ('silent', 'offline', 'leave', 'departed')),
    constraint rescue_decisions_action_is_known check (action in ('returned', 'kept')),
    constraint rescue_decisions_reason_is_a_word check (reason ~ '^[a-z][a-z_]{0,39}$'),
    constraint rescue_decisions_absence_has_a_beginning
        check ((cause in ('offline', 'leave')) = (absent_at is not null)),
    constraint rescue_decisions_only_the_absent_keep_work
        check (action = 'returned' or absent_at is not null),
    constraint rescue_decisions_what_went_back_is_not_watched
        check (action = 'kept' or look_again_at is null),
    constraint rescue_decisions_policy_version_is_short
        check (char_length(policy_version) between 1 and 40)
);
comment on table public.rescue_decisions is
    'Why a ticket was taken from its assignee, or left with one who is absent. Append only. A '
    'ticket looked at again in the same absence and kept for the same reason gets no second row.';
comment on column public.rescue_decisions.event_id is
    'The event that asked. No foreign key: events are pruned before decisions.';
comment on column public.rescue_decisions.absent_at is 'Since when the assignee was absent.';
comment on column public.rescue_decisions.look_again_at is
    'When it will be too late to keep it without a first response.';

create index rescue_decisions_ticket_id_idx on public.rescue_decisions (ticket_id, id);
comment on index public.rescue_decisions_ticket_id_idx is
    'Serves "why was it taken away" and the last decision of a ticket.';
create index rescue_decisions_agent_id_idx on public.rescue_decisions (agent_id, decided_at);
comment on index public.rescue_decisions_agent_id_idx is
    'Serves the foreign key and whose work had to be rescued in a period.';

insert into private.subscriptions (event_kind, worker, priority, collapses)
values
    ('ticket.offer_expired', 'orchestrator.rescue', 5, true),
    ('agent.absence_confirmed', 'orchestrator.rescue', 5, true),
    ('absence.started', 'orchestrator.rescue', 5, true),
    ('ticket.left_unattended', 'orchestrator.rescue', 5, true),
    ('ticket.deadline_approached', 'orchestrator.rescue', 5, true),
    ('agent.departed', 'orchestrator.rescue', 5, true),
    ('agent.presence_lapsed', 'orchestrator.rescue', 5, true),
    ('ticket.woken', 'orchestrator.rescue', 5, true);

-- Definer: reads presence and leave of the assignee, whoever wrote the message.
create function private.tg_ticket_messages_notice_absence()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.emit_events(
        'ticket.left_unattended', array_agg(distinct ticket.id order by ticket.id)
    )
    from said
    join public.support_tickets ticket on ticket.id = said.ticket_id
    join public.staff_members staff on staff.id = ticket.assignee_id
    where said.author_kind = 'client'
        and ticket.status in ('assigned', 'pending', 'on_hold')
        and (staff.state = 'offline' or private.is_on_leave(staff.id))
    having count(*) > 0;
    return null;
end
$$;

create trigger ticket_messages_notice_absence
after insert on public.ticket_messages
referencing new table as said
for each statement execute function private.tg_ticket_messages_notice_absence();

-- -------------------------------------------------------------------------------------------------
-- Read
-- -------------------------------------------------------------------------------------------------

-- Offline counts from the end of the grace, leave at once. Leave noted down later than it began
-- counts from when it was: before that nobody could know.
create function private.find_absence(p_staff public.staff_members)
returns table (kind text, absent_at timestamptz)
language plpgsql
stable
rows 1
set search_path = ''
as $$
begin
    return query
    select known.kind, known.absent_at
    from (
        select 'offline', p_staff.state_changed_at
        where p_staff.state = 'offline'
            and p_staff.state_changed_at <= now()
                - make_interval(secs => private.read_presence_setting('absence_grace_seconds'))
        union all
        select 'leave', greatest(absence.starts_at, absence.created_at)
        from public.staff_absences absence
        where absence.staff_id = p_staff.id
            and tstzrange(absence.starts_at, absence.ends_at) @> now()
    ) known (kind, absent_at)
    order by known.absent_at
    limit 1;
end
$$;
comment on function private.find_absence(public.staff_members) is
    'Why and since when somebody is certainly absent; no row for whoever is there, or back soon.';

create function private.is_client_waiting(p_ticket_id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return coalesce((
        select message.author_kind = 'client' from public.ticket_messages message
        where message.ticket_id = p_ticket_id and not message.is_internal
            and message.author_kind in ('client', 'agent')
        order by message.created_at desc
        limit 1
    ), false);
end
$$;
comment on function private.is_client_waiting(uuid) is 'Whether the last public word is theirs.';

-- One text for one state, whatever the caller's time zone: see the fingerprint.
create function private.list_rescue_cases(p_ticket_ids uuid[])
returns table (ticket_id uuid, facts jsonb)
language plpgsql
stable
rows 100
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return query
    select ticket.id, jsonb_build_object(
        'ticket_id', ticket.id,
        'agent_id', ticket.assignee_id,
        'cycle', ticket.cycle,
        'version', ticket.version,
        'status', ticket.status,
        'is_resting', ticket.snoozed_until is not null,
        'is_live', channel.is_live,
        'is_answered', ticket.first_responded_at is not null,
        'due_at', ticket.first_response_due_at,
        'assigned_at', ticket.assigned_at,
        'has_departed', not private.is_at_desk(staff, ticket.desk_id),
        'is_offer_expired', exists (
            select from public.ticket_assignments offer
            where offer.ticket_id = ticket.id and offer.state = 'offered'
                and offer.expires_at <= now()
        ),
        'is_client_waiting', private.is_client_waiting(ticket.id),
        'absence', absence.kind,
        'absent_at', absence.absent_at,
        'client_wrote_at', max(event.occurred_at) filter (
            where event.kind = 'message_posted' and event.details ->> 'author_kind' = 'client'
        ),
        'agent_acted_at', max(event.occurred_at) filter (where event.actor_id = ticket.assignee_id)
    )
    from public.support_tickets ticket
    join public.channels channel on channel.channel = ticket.channel
    join public.staff_members staff on staff.id = ticket.assignee_id
    left join lateral private.find_absence(staff) absence on true
    left join public.ticket_events event
        on event.ticket_id = ticket.id and event.occurred_at >= absence.absent_at
    where ticket.id = any (p_ticket_ids) and ticket.status in ('assigned', 'pending', 'on_hold')
    group by ticket.id, channel.is_live, staff, absence.kind, absence.absent_at;
end
$$;
comment on function private.list_rescue_cases(uuid[]) is
    'All that a decision looks at, of those tickets somebody works on.';

-- A subject is a ticket, an agent, or an absence of one: for the last two, all they work on.
create function private.list_rescue_subjects(p_subject_ids uuid[])
returns table (subject_id uuid, ticket_id uuid)
language plpgsql
stable
rows 200
set search_path = ''
as $$
begin
    return query
    select ticket.id, ticket.id
    from public.support_tickets ticket
    where ticket.id = any (p_subject_ids)
    union all
    select person.subject_id, ticket.id
    from (
        select asked.id, asked.id from unnest(p_subject_ids) asked (id)
        union all
        select absence.id, absence.staff_id from public.staff_absences absence
        where absence.id = any (p_subject_ids)
    ) person (subject_id, staff_id)
    join public.support_tickets ticket
        on ticket.assignee_id = person.staff_id
        and ticket.status in ('assigned', 'pending', 'on_hold');
end
$$;

-- Whoever sends heartbeats has a timer, moved by each of them. When it has fired and no other is
-- set, the desk is silent.
create function private.list_silent_staff(p_staff_ids uuid[])
returns setof uuid
language plpgsql
stable
rows 10
set search_path = ''
as $$
begin
    return query
    select staff.id from public.staff_members staff
    where staff.id = any (p_staff_ids) and staff.state <> 'offline' and staff.seen_at is not null
        and not exists (
            select from private.timers timer
            where timer.subject_id = staff.id and timer.kind = 'agent.presence_lapsed'
        )
    order by staff.id;
end
$$;

-- The pinned plans: one made while the tables were empty must not meet full ones.
create function worker.rescue_contexts(p_subject_ids uuid[])
returns jsonb
language plpgsql
stable
set search_path = ''
set enable_seqscan = off
as $$
begin
    return (
        with asked as materialized (
            select asked.ticket_id, array_agg(asked.subject_id) as subject_ids
            from private.list_rescue_subjects(p_subject_ids) asked
            group by asked.ticket_id
        )
        select jsonb_build_object(
            'read_at', now(),
            'cases', coalesce(jsonb_agg(found.facts || jsonb_build_object(
                'fingerprint', md5(found.facts::text), 'subject_ids', asked.subject_ids
            ) order by found.ticket_id), '[]'),
            'silent_staff_ids', array(select private.list_silent_staff(p_subject_ids))
        )
        from private.list_rescue_cases(array(select asked.ticket_id from asked)) found
        join asked on asked.ticket_id = found.ticket_id
    );
end
$$;
comment on function worker.rescue_contexts(uuid[]) is
    'For tickets, agents and absences: every ticket concerned that somebody works on, with what '
    'their assignee''s presence says, as of one moment; and whose heartbeats have stopped.';

-- -------------------------------------------------------------------------------------------------
-- Write
-- -------------------------------------------------------------------------------------------------
create function private.read_rescues(p_items jsonb)
returns table (
    job_id bigint, event_id bigint, policy_version text, ticket_id uuid, cycle integer,
    agent_id uuid, fingerprint text, cause text, action text, reason text, absent_at timestamptz,
    look_again_at timestamptz
)
language sql
immutable
rows 200
set search_path = ''
as $$
    select
        item.job_id, item.event_id, item.policy_version, made.ticket_id, made.cycle, made.agent_id,
        made.fingerprint, made.cause, made.action, made.reason, made.absent_at, made.look_again_at
    from jsonb_to_recordset(p_items) as item (
        job_id bigint, event_id bigint, policy_version text, decisions jsonb
    )
    cross join jsonb_to_recordset(item.decisions) as made (
        ticket_id uuid, cycle integer, agent_id uuid, fingerprint text, cause text, action text,
        reason text, absent_at timestamptz, look_again_at timestamptz
    )
$$;

create function private.lock_rescued_rows(p_items jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_staff_ids uuid[] := array(
        select made.agent_id from private.read_rescues(p_items) made
        union
        select item.silent_staff_id
        from jsonb_to_recordset(p_items) as item (silent_staff_id uuid)
    );
begin
    perform from public.support_tickets ticket
    where ticket.id = any (array(select made.ticket_id from private.read_rescues(p_items) made))
    order by ticket.id
    for no key update;
    perform from public.staff_members staff
    where staff.id = any (v_staff_ids)
    order by staff.id
    for no key update;
end
$$;
comment on function private.lock_rescued_rows(jsonb) is
    'Until the end of the transaction nobody acts on these tickets, and no assignee comes or goes.';

-- recorded  all that the decision was made from is as it was
-- stale     something changed, also by the assignee: read it afresh
-- gone      nobody works on it any more, or somebody else does
create function private.judge_rescues(p_items jsonb)
returns table (job_id bigint, ticket_id uuid, status text)
language plpgsql
stable
rows 200
set search_path = ''
as $$
begin
    return query
    select
        made.job_id, made.ticket_id,
        case
            when found.facts ->> 'agent_id' is distinct from made.agent_id::text then 'gone'
            when md5(found.facts::text) <> made.fingerprint then 'stale'
            else 'recorded'
        end
    from private.read_rescues(p_items) made
    left join private.list_rescue_cases(
        array(select each_.ticket_id from private.read_rescues(p_items) each_)
    ) found on found.ticket_id = made.ticket_id;
end
$$;
comment on function private.judge_rescues(jsonb) is
    'What may be written of these decisions, given the rows as they are now; call it under lock.';

create function private.is_known_rescue(p_made public.rescue_decisions)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return coalesce((
        select last.action = 'kept' and p_made.action = 'kept' and last.cycle = p_made.cycle
            and last.agent_id = p_made.agent_id and last.reason = p_made.reason
            and last.absent_at = p_made.absent_at and last.policy_version = p_made.policy_version
        from public.rescue_decisions last
        where last.ticket_id = p_made.ticket_id
        order by last.id desc
        limit 1
    ), false);
end
$$;
comment on function private.is_known_rescue(public.rescue_decisions) is
    'The last word on this ticket was the same: kept, by the same agent, for the same reason.';

create function private.store_rescues(p_items jsonb, p_ticket_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
    insert into public.rescue_decisions (
        ticket_id, cycle, agent_id, event_id, cause, action, reason, absent_at, look_again_at,
        policy_version
    )
    select
        made.ticket_id, made.cycle, made.agent_id, made.event_id, made.cause, made.action,
        made.reason, made.absent_at, made.look_again_at, made.policy_version
    from private.read_rescues(p_items) made
    where made.ticket_id = any (p_ticket_ids)
        and not private.is_known_rescue(jsonb_populate_record(
            null::public.rescue_decisions, to_jsonb(made)
        ));
end
$$;

create function private.carry_out_rescues(p_items jsonb, p_ticket_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_end record;
    v_watched uuid[];
    v_look_at timestamptz[];
begin
    for v_end in
        select made.cause, array_agg(made.ticket_id order by made.ticket_id) as ticket_ids
        from private.read_rescues(p_items) made
        where made.ticket_id = any (p_ticket_ids) and made.action = 'returned'
        group by made.cause
    loop
        perform private.return_tickets(
            v_end.ticket_ids,
            case v_end.cause when 'silent' then 'expired' else 'withdrawn' end,
            case when v_end.cause in ('offline', 'leave') then 'absent' else v_end.cause end
        );
    end loop;
    select array_agg(made.ticket_id), array_agg(made.look_again_at)
    into v_watched, v_look_at
    from private.read_rescues(p_items) made
    where made.ticket_id = any (p_ticket_ids) and made.look_again_at is not null;
    if v_watched is not null then
        perform private.set_timers('ticket.deadline_approached', v_watched, v_look_at);
    end if;
end
$$;
comment on function private.carry_out_rescues(jsonb, uuid[]) is
    'Takes back what is to be returned, and sets the clock for what is kept until the deadline.';

-- Definer: not even the service key may take tickets away or write decisions but through here; only
-- service_role may execute it. Each step is a statement of its own: what is judged must include
-- what others committed while we waited for the locks.
create function private.apply_rescues(p_items jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
    v_ticket_ids uuid[];
    v_stale bigint[];
    v_silent uuid[];
begin
    perform private.lock_rescued_rows(p_items);
    select
        array_agg(judged.ticket_id) filter (where judged.status = 'recorded'),
        array_agg(judged.job_id) filter (where judged.status = 'stale')
    into v_ticket_ids, v_stale
    from private.judge_rescues(p_items) judged;
    perform private.store_rescues(p_items, v_ticket_ids);
    perform private.carry_out_rescues(p_items, v_ticket_ids);
    v_silent := array(select private.list_silent_staff(array(
        select item.silent_staff_id
        from jsonb_to_recordset(p_items) as item (silent_staff_id uuid)
    )));
    update public.staff_members staff set state = 'offline' where staff.id = any (v_silent);
    return (
        select coalesce(jsonb_agg(jsonb_build_object('job_id', item.job_id, 'status', case
            when item.job_id = any (v_stale) then 'stale'
            when item.silent_staff_id = any (v_silent) or exists (
                select from jsonb_to_recordset(item.decisions) as made (ticket_id uuid)
                where made.ticket_id = any (v_ticket_ids)
            ) then 'recorded'
            else 'gone'
        end)), '[]')
        from jsonb_to_recordset(p_items) as item (
            job_id bigint, silent_staff_id uuid, decisions jsonb
        )
    );
end
$$;

create function worker.record_rescue(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_results jsonb;
begin
    perform private.hold_jobs(p_items);
    v_results := private.apply_rescues(p_items);
    perform private.finish_jobs(array(
        select result.job_id
        from jsonb_to_recordset(v_results) as result (job_id bigint, status text)
        where result.status <> 'stale'
    ));
    return v_results;
end
$$;
comment on function worker.record_rescue(jsonb) is
    'Effect and end of rescue jobs, in one transaction. Items: job_id, fence, event_id, '
    'policy_version, silent_staff_id, decisions [{ticket_id, cycle, agent_id, fingerprint, cause, '
    'action, reason, absent_at, look_again_at}]. Answers [{"job_id", "status"}]: recorded, stale '
    '(some ticket changed meanwhile and the job is still held), gone (nothing to do).';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.rescue_decisions from anon, authenticated, service_role;
revoke all on sequence public.rescue_decisions_id_seq from anon, authenticated, service_role;
grant select on public.rescue_decisions to authenticated, service_role;

alter table public.rescue_decisions enable row level security;

-- It speaks of colleagues' absence: not for clients, also not for one who works here.
create policy rescue_decisions_select_staff on public.rescue_decisions
for select to authenticated
using (
    (select private.is_staff())
    and exists (
        select from public.support_tickets ticket
        where ticket.id = rescue_decisions.ticket_id and ticket.client_id <> (select auth.uid())
    )
);

revoke all on function
    private.tg_ticket_messages_notice_absence(), private.find_absence(public.staff_members),
    private.is_client_waiting(uuid), private.list_rescue_cases(uuid[]),
    private.list_rescue_subjects(uuid[]), private.list_silent_staff(uuid[]),
    private.read_rescues(jsonb),
    private.lock_rescued_rows(jsonb), private.judge_rescues(jsonb),
    private.is_known_rescue(public.rescue_decisions), private.store_rescues(jsonb, uuid[]),
    private.carry_out_rescues(jsonb, uuid[]), private.apply_rescues(jsonb),
    worker.rescue_contexts(uuid[]), worker.record_rescue(jsonb)
from public, anon, authenticated, service_role;
grant execute on function
    private.is_at_desk(public.staff_members, uuid), private.find_absence(public.staff_members),
    private.is_client_waiting(uuid), private.list_rescue_cases(uuid[]),
    private.list_rescue_subjects(uuid[]), private.list_silent_staff(uuid[]),
    private.apply_rescues(jsonb),
    worker.rescue_contexts(uuid[]), worker.record_rescue(jsonb)
to service_role;
