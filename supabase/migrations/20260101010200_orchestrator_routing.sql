-- Routing: who gets a waiting ticket, and why.
--
--   ticket.opened, ticket.reopened, ticket.unassigned, ticket.routing_requested
--       -> orchestrator.routing (lib/orchestrator/routing.py) -> ticket.assigned, or it waits
--   agent.presence_changed, ticket.resolved, ticket.closed, ticket.unassigned, clock.minutely
--       -> orchestrator.backlog -> ticket.routing_requested for the waiting that somebody can take
--
-- A ticket waits while it is open: open means nobody has it. Nothing waits forever unseen:
-- * a ticket that starts to wait is an event of its own
-- * whatever frees capacity is an event committed together with its backlog job; that job looks at
--   the tickets afterwards. A router that read before that moment may still write "waits": its
--   ticket is open when the backlog looks, and the request is a new job that reads afresh
-- * what no event tells (more units, a new skill) is found within a minute by the clock
-- "Waits" is no event, so a ticket nobody can take does not turn in a circle.

-- -------------------------------------------------------------------------------------------------
-- Tables
-- -------------------------------------------------------------------------------------------------
create table public.routing_decisions (
    id bigint generated always as identity primary key,
    ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    cycle integer not null,
    event_id bigint,
    outcome text not null,
    agent_id uuid references public.staff_members (id),
    score integer,
    candidates jsonb not null,
    skipped jsonb not null,
    policy_version text not null,
    decided_at timestamptz not null default now(),
    constraint routing_decisions_outcome_is_known check (outcome in ('assigned', 'waiting')),
    constraint routing_decisions_assigned_names_agent_and_score
        check ((outcome = 'assigned') = (agent_id is not null and score is not null)),
    constraint routing_decisions_chosen_is_the_first_candidate
        check (candidates #>> '{0,agent_id}' is not distinct from agent_id::text),
    constraint routing_decisions_candidates_are_a_list_of_bounded_size
        check (jsonb_typeof(candidates) = 'array' and pg_column_size(candidates) <= 65536),
    constraint routing_decisions_skipped_is_an_object_of_bounded_size
        check (jsonb_typeof(skipped) = 'object' and pg_column_size(skipped) <= 1048576),
    constraint routing_decisions_policy_version_is_short
        check (char_length(policy_version) between 1 and 40)
) with (
    -- A decision of a desk of forty is about 2.5 kB: keep it in the row, next to what it is about.
    toast_tuple_target = 8160
);
comment on table public.routing_decisions is
    'Why a ticket went to whom, or why it waits. Append only. A ticket that is looked at again and '
    'waits for the same reasons gets no second row.';
comment on column public.routing_decisions.event_id is
    'The event that asked. No foreign key: events are pruned before decisions.';
comment on column public.routing_decisions.candidates is
    '[{"agent_id", "score", "parts": {part: points}}], the chosen first; parts sum to the score.';
comment on column public.routing_decisions.skipped is
    '{reason: [agent ids]}: everybody else on the desk, each under one reason.';
-- Ids are random digits: compression costs time and saves nothing.
alter table public.routing_decisions alter column candidates set storage external;
alter table public.routing_decisions alter column skipped set storage external;

create index routing_decisions_ticket_id_idx on public.routing_decisions (ticket_id, id);
comment on index public.routing_decisions_ticket_id_idx is
    'Serves "why did she get this agent" and the last decision of a ticket.';
create index routing_decisions_agent_id_idx on public.routing_decisions (agent_id, decided_at);
comment on index public.routing_decisions_agent_id_idx is
    'Serves the foreign key and what an agent was given in a period.';

create table public.routing_requests (
    id uuid primary key default gen_random_uuid(),
    ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    requested_by uuid references public.staff_members (id) on delete set null,
    reason text not null,
    status text not null default 'pending',
    created_at timestamptz not null default now(),
    completed_at timestamptz,
    constraint routing_requests_reason_is_known
        check (reason in ('asked_by_staff', 'capacity_found')),
    constraint routing_requests_status_is_known check (status in ('pending', 'done')),
    constraint routing_requests_done_has_a_time
        check ((status = 'done') = (completed_at is not null))
);
comment on table public.routing_requests is
    'Asks for a waiting ticket to be routed again: by staff, or because somebody has room now.';
comment on column public.routing_requests.requested_by is 'Null when the backlog asked.';

create index routing_requests_ticket_id_idx on public.routing_requests (ticket_id, status);
comment on index public.routing_requests_ticket_id_idx is
    'Serves the foreign key, the requests of a ticket, and completing the pending ones.';
create index routing_requests_requested_by_idx on public.routing_requests (requested_by);
comment on index public.routing_requests_requested_by_idx is 'Serves the foreign key.';

create function private.tg_routing_requests_emit()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.emit_events(
        'ticket.routing_requested',
        array_agg(asked.ticket_id),
        array_agg(jsonb_build_object('request_id', asked.id, 'reason', asked.reason))
    )
    from asked
    having count(*) > 0;
    return null;
end
$$;

create trigger routing_requests_emit
after insert on public.routing_requests
referencing new table as asked
for each statement execute function private.tg_routing_requests_emit();

insert into private.subscriptions (event_kind, worker, priority, collapses)
values
    ('ticket.opened', 'orchestrator.routing', 5, true),
    ('ticket.reopened', 'orchestrator.routing', 5, true),
    ('ticket.unassigned', 'orchestrator.routing', 5, true),
    ('ticket.routing_requested', 'orchestrator.routing', 5, true),
    ('agent.presence_changed', 'orchestrator.backlog', 0, true),
    ('ticket.resolved', 'orchestrator.backlog', 0, true),
    ('ticket.closed', 'orchestrator.backlog', 0, true),
    ('ticket.unassigned', 'orchestrator.backlog', 0, true),
    ('clock.minutely', 'orchestrator.backlog', 0, true);

-- -------------------------------------------------------------------------------------------------
-- Read
-- -------------------------------------------------------------------------------------------------

-- plpgsql here and below, where one query would do: it keeps its plan from call to call.
create function private.list_agents(p_desk_ids uuid[], p_named_ids uuid[])
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        with asked as materialized (
            select staff.* from public.staff_members staff
            where private.is_agent_role(staff.role)
                and ((staff.desk_id = any (p_desk_ids) and staff.is_active)
                    or staff.id = any (p_named_ids))
        )
        select coalesce(jsonb_agg(jsonb_build_object(
            'id', asked.id,
            'desk_id', asked.desk_id,
            'is_active', asked.is_active,
            'state', asked.state,
            'capacity_units', asked.capacity_units,
            'load_units', load.load_units,
            'last_assigned_at', asked.last_assigned_at,
            'skills', (
                select coalesce(jsonb_object_agg(held.skill, held.level), '{}')
                from public.staff_skills held
                where held.staff_id = asked.id
            )
        ) order by asked.id), '[]')
        from asked
        join private.agent_loads(array(select asked.id from asked)) load
            on load.agent_id = asked.id
    );
end
$$;
comment on function private.list_agents(uuid[], uuid[]) is
    'Active agents of the desks, and whoever clients'' profiles name, with skills and load.';

-- The pinned plans: one made while the tables were empty must not meet full ones.
create function worker.routing_contexts(p_ticket_ids uuid[])
returns jsonb
language plpgsql
stable
set search_path = ''
set enable_seqscan = off
as $$
begin
    return (
        with waiting as materialized (
            select
                ticket.id, ticket.number, ticket.cycle, ticket.version, ticket.client_id,
                ticket.desk_id, ticket.language, ticket.required_skills, channel.load_units,
                level.boost as queue_boost, ticket.first_response_due_at as due_at,
                client.dedicated_agent_id, client.relationship_manager_id
            from public.support_tickets ticket
            join public.channels channel on channel.channel = ticket.channel
            join public.service_levels level on level.tier = ticket.tier
            left join public.vip_client_profiles client on client.client_id = ticket.client_id
            where ticket.id = any (p_ticket_ids) and ticket.status = 'open'
        )
        select jsonb_build_object(
            'read_at', now(),
            'tickets', coalesce((select jsonb_agg(to_jsonb(waiting)) from waiting), '[]'),
            'agents', private.list_agents(
                (select array_agg(distinct waiting.desk_id) from waiting),
                (
                    select array_agg(distinct named.id)
                    from waiting
                    cross join lateral (
                        values (waiting.dedicated_agent_id), (waiting.relationship_manager_id)
                    ) named (id)
                )
            )
        )
    );
end
$$;
comment on function worker.routing_contexts(uuid[]) is
    'Those of the tickets that wait, and whoever could be asked to take them, as of one moment.';

-- -------------------------------------------------------------------------------------------------
-- Write
-- -------------------------------------------------------------------------------------------------
-- Candidates and reasons are nine tenths of a batch and are only stored; the rest is read often.
create function private.strip_decisions(p_decisions jsonb)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select coalesce(
        jsonb_agg(item.value - '{candidates,skipped}'::text[] order by item.place), '[]'
    )
    from jsonb_array_elements(p_decisions) with ordinality as item (value, place)
$$;

-- Tickets before staff, each by id: the order of everybody who locks both.
create function private.lock_routed_rows(p_items jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_ticket_ids uuid[];
    v_agent_ids uuid[];
begin
    select array_agg(item.ticket_id), array_agg(distinct item.agent_id)
    into v_ticket_ids, v_agent_ids
    from jsonb_to_recordset(p_items) as item (ticket_id uuid, agent_id uuid, outcome text)
    where item.outcome <> 'gone';
    perform from public.support_tickets ticket
    where ticket.id = any (v_ticket_ids)
    order by ticket.id
    for no key update;
    perform from public.staff_members staff
    where staff.id = any (v_agent_ids)
    order by staff.id
    for no key update;
end
$$;
comment on function private.lock_routed_rows(jsonb) is
    'Until the end of the transaction nobody else can give these tickets, or give to these agents.';

create function private.list_ready_agents()
returns table (id uuid, desk_id uuid, spare integer, skills text[])
language plpgsql
stable
rows 50
set search_path = ''
as $$
begin
    return query
        with ready as materialized (
            select staff.* from public.staff_members staff
            where staff.is_active and staff.state = 'online' and private.is_agent_role(staff.role)
        )
        select
            ready.id,
            ready.desk_id,
            ready.capacity_units - load.load_units,
            array(select held.skill from public.staff_skills held where held.staff_id = ready.id)
        from ready
        join private.agent_loads(array(select ready.id from ready)) load
            on load.agent_id = ready.id;
end
$$;
comment on function private.list_ready_agents() is
    'Agents who are there, with what they have room for (units) and what they can.';

-- recorded  the ticket still waits, unchanged since it was read, and the agent can take it,
--           counting what this batch gave them before
-- stale     somebody was quicker or something changed: read it afresh
-- gone      it does not wait any more (whoever has it keeps it), or the batch decided it already
create function private.judge_decisions(p_items jsonb)
returns table (job_id bigint, ticket_id uuid, outcome text, agent_id uuid, status text)
language plpgsql
stable
rows 200
set search_path = ''
as $$
begin
    return query
        with compared as materialized (
            select
                item.*, ticket.desk_id, ticket.client_id, channel.load_units,
                array['language.' || ticket.language] || ticket.required_skills as needs,
                case
                    when item.outcome = 'gone' or ticket.id is null or ticket.status <> 'open'
                        or row_number() over (partition by item.ticket_id order by item.place) > 1
                        then 'gone'
                    when ticket.version <> item.version then 'stale'
                    else 'recorded'
                end as verdict
            from rows from (jsonb_to_recordset(p_items) as (
                job_id bigint, ticket_id uuid, version integer, outcome text, agent_id uuid
            )) with ordinality as item (job_id, ticket_id, version, outcome, agent_id, place)
            left join public.support_tickets ticket on ticket.id = item.ticket_id
            left join public.channels channel on channel.channel = ticket.channel
        )
        select
            compared.job_id, compared.ticket_id, compared.outcome, compared.agent_id,
            case
                when compared.verdict <> 'recorded' or compared.outcome = 'waiting'
                    then compared.verdict
                when agent.desk_id = compared.desk_id and agent.id <> compared.client_id
                    and agent.skills @> compared.needs
                    and agent.spare >= sum(compared.load_units)
                        filter (where compared.verdict = 'recorded')
                        over (partition by compared.agent_id order by compared.place)
                    then 'recorded'
                else 'stale'
            end
        from compared
        left join private.list_ready_agents() agent on agent.id = compared.agent_id;
end
$$;
comment on function private.judge_decisions(jsonb) is
    'What may be written of these decisions, given the rows as they are now; call it under lock.';

-- Somebody waits because the batch gave the room to another. If that one did not take it, the wait
-- is no longer true, and nobody else would notice.
create function private.judge_batch(p_items jsonb)
returns table (job_id bigint, ticket_id uuid, agent_id uuid, status text, is_given boolean)
language plpgsql
stable
rows 200
set search_path = ''
as $$
begin
    return query
        select
            judged.job_id, judged.ticket_id, judged.agent_id,
            case
                when judged.outcome = 'waiting' and judged.status = 'recorded'
                    and bool_or(judged.outcome = 'assigned' and judged.status <> 'recorded') over ()
                    then 'stale'
                else judged.status
            end,
            judged.outcome = 'assigned' and judged.status = 'recorded'
        from private.judge_decisions(p_items) judged;
end
$$;
comment on function private.judge_batch(jsonb) is
    'judge_decisions, and no wait outlives the assignments it was decided beside.';

-- The last word on this cycle was the same: saying it again would fill the table with retries.
create function private.is_known_wait(
    p_ticket_id uuid, p_cycle integer, p_skipped jsonb, p_policy_version text
)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return coalesce((
        select last.cycle = p_cycle and last.outcome = 'waiting'
            and last.skipped = p_skipped and last.policy_version = p_policy_version
        from public.routing_decisions last
        where last.ticket_id = p_ticket_id
        order by last.id desc
        limit 1
    ), false);
end
$$;

create function private.store_decisions(p_decisions jsonb, p_job_ids bigint[])
returns void
language plpgsql
set search_path = ''
as $$
begin
    insert into public.routing_decisions (
        ticket_id, cycle, event_id, outcome, agent_id, score, candidates, skipped, policy_version
    )
    select
        made.ticket_id, made.cycle, made.event_id, made.outcome, made.agent_id, made.score,
        made.candidates, made.skipped, made.policy_version
    from jsonb_to_recordset(p_decisions) as made (
        job_id bigint, ticket_id uuid, cycle integer, event_id bigint, outcome text,
        agent_id uuid, score integer, candidates jsonb, skipped jsonb, policy_version text
    )
    where made.job_id = any (p_job_ids)
        and not (made.outcome = 'waiting' and private.is_known_wait(
            made.ticket_id, made.cycle, made.skipped, made.policy_version
        ));
end
$$;
comment on function private.store_decisions(jsonb, bigint[]) is
    'Keeps the decisions of these jobs, except waits that say what the last decision said.';

create function private.give_tickets(p_ticket_ids uuid[], p_agent_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
    update public.support_tickets ticket
    set status = 'assigned', assignee_id = given.agent_id, assigned_at = now()
    from unnest(p_ticket_ids, p_agent_ids) as given (ticket_id, agent_id)
    where ticket.id = given.ticket_id;
    update public.staff_members staff
    set last_assigned_at = now()
    where staff.id = any (p_agent_ids);
end
$$;
comment on function private.give_tickets(uuid[], uuid[]) is
    'Assigns each ticket to the agent at the same place; call it under lock.';

-- Definer: not even the service key may give tickets or write decisions but through here; only
-- service_role may execute it. Each step is a statement of its own: what is judged must include
-- what others committed while we waited for the locks.
create function private.apply_decisions(p_decisions jsonb, p_items jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
    v_results jsonb;
    v_recorded bigint[];
    v_settled uuid[];
    v_given uuid[];
    v_agents uuid[];
begin
    perform private.lock_routed_rows(p_items);
    select
        coalesce(jsonb_agg(jsonb_build_object(
            'job_id', judged.job_id, 'status', judged.status
        )), '[]'),
        array_agg(judged.job_id) filter (where judged.status = 'recorded'),
        array_agg(judged.ticket_id) filter (where judged.status <> 'stale'),
        array_agg(judged.ticket_id) filter (where judged.is_given),
        array_agg(judged.agent_id) filter (where judged.is_given)
    into v_results, v_recorded, v_settled, v_given, v_agents
    from private.judge_batch(p_items) judged;
    perform private.store_decisions(p_decisions, v_recorded);
    perform private.give_tickets(v_given, v_agents);
    update public.routing_requests request
    set status = 'done', completed_at = now()
    where request.ticket_id = any (v_settled) and request.status = 'pending';
    return v_results;
end
$$;

create function worker.record_routing(p_decisions jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_items jsonb := private.strip_decisions(p_decisions);
    v_results jsonb;
begin
    perform private.hold_jobs(v_items);
    v_results := private.apply_decisions(p_decisions, v_items);
    perform private.finish_jobs(array(
        select result.job_id
        from jsonb_to_recordset(v_results) as result (job_id bigint, status text)
        where result.status <> 'stale'
    ));
    return v_results;
end
$$;
comment on function worker.record_routing(jsonb) is
    'Effect and end of routing jobs, in one transaction. Items: job_id, fence, event_id, '
    'ticket_id, version, cycle, outcome (assigned, waiting, gone), agent_id, score, candidates, '
    'skipped, policy_version. Answers [{"job_id", "status"}]: recorded, stale (still held), gone.';

-- -------------------------------------------------------------------------------------------------
-- Backlog: as far as somebody could take them, the most urgent first
-- -------------------------------------------------------------------------------------------------

-- Tickets alike in desk, needs and load form one line; a line moves up by as many places as the
-- agents able to serve it have room for. So a line nobody can serve never stops another, and
-- nothing is asked for in vain. Lines that share agents may ask for too much; the rest waits on.
create function private.find_servable_tickets(p_limit integer)
returns setof uuid
language sql
stable
rows 200
set search_path = ''
as $$
    with waiting as materialized (
        select
            ticket.id, ticket.number, ticket.desk_id, ticket.first_response_due_at, level.boost,
            array['language.' || ticket.language] || ticket.required_skills as needs,
            channel.load_units
        from public.support_tickets ticket
        join public.channels channel on channel.channel = ticket.channel
        join public.service_levels level on level.tier = ticket.tier
        where ticket.status = 'open'
    ),
    line as (
        select
            row_number() over () as id, kind.desk_id, kind.needs, kind.load_units,
            sum(agent.spare / kind.load_units) as room
        from (
            select distinct waiting.desk_id, waiting.needs, waiting.load_units from waiting
        ) kind
        join private.list_ready_agents() agent
            on agent.desk_id = kind.desk_id and agent.skills @> kind.needs
        -- The first comparison alone says that nobody has room, before any ticket is read.
        where agent.spare > 0 and agent.spare >= kind.load_units
        group by kind.desk_id, kind.needs, kind.load_units
    ),
    placed as (
        select
            waiting.id, waiting.number, waiting.boost, waiting.first_response_due_at, line.room,
            row_number() over (
                partition by line.id
                order by waiting.boost desc, waiting.first_response_due_at, waiting.number
            ) as place
        from waiting
        join line using (desk_id, needs, load_units)
    )
    select placed.id
    from placed
    where placed.place <= placed.room
    order by placed.boost desc, placed.first_response_due_at, placed.number
    limit p_limit
$$;
comment on function private.find_servable_tickets(integer) is
    'Waiting tickets that some online agent of their desk has the skills and the room for.';

-- Definer: nobody but the house itself asks for routing on behalf of the backlog.
create function private.request_servable_tickets()
returns void
language sql
security definer
set search_path = ''
as $$
    -- A ticket whose job has not begun yet is looked at anyway.
    insert into public.routing_requests (ticket_id, reason)
    select servable.id, 'capacity_found'
    from private.find_servable_tickets(1000) with ordinality as servable (id, place)
    where not exists (
        select from private.jobs job
        where job.worker = 'orchestrator.routing' and job.subject_id = servable.id
            and job.lease_until is null and job.ready_at <= now()
    )
    order by servable.place
$$;

create function worker.record_backlog(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    perform private.hold_jobs(p_items);
    perform private.request_servable_tickets();
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
comment on function worker.record_backlog(jsonb) is
    'Asks for routing of the waiting tickets somebody could take now, at most 1000 at once, and '
    'finishes the jobs. Items: job_id, fence. Answers [{"job_id", "status": "recorded"}].';

-- -------------------------------------------------------------------------------------------------
-- Staff ask for it
-- -------------------------------------------------------------------------------------------------

-- Definer: staff hold no right to write requests; the stance is checked first.
create function private.request_ticket_routing(p_ticket_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_ticket public.support_tickets;
    v_request public.routing_requests;
begin
    v_ticket := private.lock_ticket_as(p_ticket_id, array['manager', 'assignee', 'queue']);
    perform private.require_status(v_ticket, array['open']);
    perform private.take_token(v_staff_id, 'request_ticket_routing', 30, interval '1 minute');
    insert into public.routing_requests (ticket_id, requested_by, reason)
    values (p_ticket_id, v_staff_id, 'asked_by_staff')
    returning * into v_request;
    return to_jsonb(v_request);
end
$$;

create function public.request_ticket_routing(p_ticket_id uuid)
returns jsonb
language sql
set search_path = ''
as $$
    select private.request_ticket_routing(p_ticket_id)
$$;
comment on function public.request_ticket_routing(uuid) is
    'Staff of the queue: look again for somebody who can take a waiting ticket. Answers the row of '
    'routing_requests, which becomes done; the decision is in routing_decisions.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.routing_decisions, public.routing_requests
from anon, authenticated, service_role;
revoke all on sequence public.routing_decisions_id_seq from anon, authenticated, service_role;
grant select on public.routing_decisions, public.routing_requests to authenticated, service_role;

alter table public.routing_decisions enable row level security;
alter table public.routing_requests enable row level security;

-- Reasons speak of colleagues' load and skills: not for clients, also not for one who works here.
create policy routing_decisions_select_staff on public.routing_decisions
for select to authenticated
using (
    (select private.is_staff())
    and exists (
        select from public.support_tickets ticket
        where ticket.id = routing_decisions.ticket_id and ticket.client_id <> (select auth.uid())
    )
);

create policy routing_requests_select_staff on public.routing_requests
for select to authenticated
using (
    (select private.is_staff())
    and exists (
        select from public.support_tickets ticket
        where ticket.id = routing_requests.ticket_id and ticket.client_id <> (select auth.uid())
    )
);

revoke all on function
    private.tg_routing_requests_emit(), private.list_agents(uuid[], uuid[]),
    private.strip_decisions(jsonb), private.lock_routed_rows(jsonb), private.list_ready_agents(),
    private.judge_decisions(jsonb), private.judge_batch(jsonb),
    private.is_known_wait(uuid, integer, jsonb, text),
    private.store_decisions(jsonb, bigint[]), private.give_tickets(uuid[], uuid[]),
    private.apply_decisions(jsonb, jsonb), private.find_servable_tickets(integer),
    private.request_servable_tickets(), private.request_ticket_routing(uuid),
    worker.routing_contexts(uuid[]), worker.record_routing(jsonb), worker.record_backlog(jsonb),
    public.request_ticket_routing(uuid)
from public, anon, authenticated, service_role;
grant execute on function
    private.is_agent_role(text), private.list_agents(uuid[], uuid[]),
    private.strip_decisions(jsonb), private.apply_decisions(jsonb, jsonb),
    private.request_servable_tickets(),
    worker.routing_contexts(uuid[]), worker.record_routing(jsonb), worker.record_backlog(jsonb)
to service_role;
grant execute on function
    private.request_ticket_routing(uuid), public.request_ticket_routing(uuid)
to authenticated;

do $$
begin
    if not exists (
        select from pg_catalog.pg_publication_tables published
        where published.pubname = 'supabase_realtime'
            and published.schemaname = 'public' and published.tablename = 'routing_requests'
    ) then
        alter publication supabase_realtime add table public.routing_requests;
    end if;
end
$$;
