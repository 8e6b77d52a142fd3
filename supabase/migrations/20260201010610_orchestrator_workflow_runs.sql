-- Runs of workflows: what is read, what is done, and what is told of it.
--
-- A run is one workflow and one event: done, refused (a door said no, like to a person), failed (an
-- action broke a rule of the tables) or skipped (the conditions do not hold, or loop). Its actions
-- happen together or not at all, and leave other workflows of the same event alone. The house acts:
-- there is no person behind it, notes are the system's.
-- A workflow acts once on a ticket or client in a chain of events: rings end where they close.
-- Order of locks: jobs, workflows, tickets by id, staff by id.

-- -------------------------------------------------------------------------------------------------
-- Runs
-- -------------------------------------------------------------------------------------------------
create table public.workflow_runs (
    id bigint generated always as identity primary key,
    workflow_id uuid not null,
    workflow_version integer not null,
    event_id bigint not null,
    chain_id bigint not null,
    event_kind text not null,
    desk_id uuid not null references public.desks (id) on delete cascade,
    subject_id uuid not null,
    ticket_id uuid references public.support_tickets (id) on delete cascade,
    status text not null,
    reason text not null,
    details jsonb not null default '{}',
    policy_version text not null,
    ran_at timestamptz not null default now(),
    constraint workflow_runs_once_for_an_event unique (workflow_id, event_id),
    constraint workflow_runs_status_is_known
        check (status in ('done', 'skipped', 'refused', 'failed')),
    constraint workflow_runs_reason_is_a_code check (reason ~ '^[a-z][a-z0-9_]{0,79}$'),
    constraint workflow_runs_details_are_a_small_object
        check (jsonb_typeof(details) = 'object' and octet_length(details::text) <= 8000),
    constraint workflow_runs_kind_is_short check (char_length(event_kind) <= 81),
    constraint workflow_runs_policy_version_is_short
        check (char_length(policy_version) between 1 and 40)
);
comment on table public.workflow_runs is
    'What each workflow did about each event, and why not. Append only; kept for 90 days: each new '
    'row takes up to two that are older with it.';
comment on column public.workflow_runs.workflow_id is
    'No foreign key: what was done stays told when a workflow is deleted.';
comment on column public.workflow_runs.chain_id is
    'The event that all this began with. No foreign key: events are pruned before runs.';
comment on column public.workflow_runs.subject_id is
    'The ticket, or the client where there is none.';
comment on column public.workflow_runs.reason is
    'matched; conditions or loop when skipped; else the code of the refusal or failure.';
comment on column public.workflow_runs.details is
    'Findings: which comparisons decided, with what was found (no texts). Of a refusal also place '
    'and hint.';
create unique index workflow_runs_once_in_a_chain
    on public.workflow_runs (subject_id, workflow_id, chain_id) where status = 'done';
comment on index public.workflow_runs_once_in_a_chain is
    'Promises that no ring of workflows goes round twice.';
create index workflow_runs_ticket_id_idx on public.workflow_runs (ticket_id, id);
comment on index public.workflow_runs_ticket_id_idx is
    'Serves what was done to a ticket, the policy and the foreign key.';
create index workflow_runs_desk_id_idx on public.workflow_runs (desk_id, id);
comment on index public.workflow_runs_desk_id_idx is 'Serves the policy and the foreign key.';

alter table public.routing_requests
    drop constraint routing_requests_reason_is_known,
    add constraint routing_requests_reason_is_known check (
        reason in ('asked_by_staff', 'capacity_found', 'client_merged', 'asked_by_workflow')
    );
alter table public.ticket_followers alter column added_by drop not null;
comment on column public.ticket_followers.added_by is
    'Null: a workflow of the house. No foreign key: it outlives people.';

-- -------------------------------------------------------------------------------------------------
-- Facts
-- -------------------------------------------------------------------------------------------------

-- The event that led to this one, as far back as is known.
create function private.find_chain_start(p_event_id bigint)
returns bigint
language sql
stable
set search_path = ''
as $$
    with recursive chain (id, cause_id) as (
        select event.id, event.cause_id from public.events event where event.id = p_event_id
        union all
        select cause.id, cause.cause_id
        from chain
        join public.events cause on cause.id = chain.cause_id
    )
    select min(least(chain.id, chain.cause_id)) from chain
$$;

-- The ticket that an event is about; null when it is about something else.
create function private.find_event_ticket(p_event_kind text, p_subject_id uuid)
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
    v_subject text := (
        select known.subject from public.workflow_events known
        where known.event_kind = p_event_kind
    );
begin
    if v_subject = 'promise' and to_regclass('public.ticket_promises') is not null then
        return (
            select promise.ticket_id from public.ticket_promises promise
            where promise.id = p_subject_id
        );
    end if;
    return case when v_subject = 'ticket' then p_subject_id end;
end
$$;

-- Since when the client waits for a word, at that moment; null when they do not.
create function private.find_waiting_since(p_ticket_id uuid, p_at timestamptz)
returns timestamptz
language sql
stable
set search_path = ''
as $$
    select min(asked.created_at)
    from public.ticket_messages asked
    where asked.ticket_id = p_ticket_id and asked.author_kind = 'client'
        and asked.created_at <= p_at
        and not exists (
            select from public.ticket_messages answer
            where answer.ticket_id = p_ticket_id and answer.author_kind = 'agent'
                and not answer.is_internal and answer.created_at > asked.created_at
                and answer.created_at <= p_at
        )
$$;

create function private.describe_ticket_facts(p_ticket public.support_tickets, p_at timestamptz)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'ticket.tier', p_ticket.tier,
        'ticket.channel', p_ticket.channel,
        'ticket.is_live', (
            select known.is_live from public.channels known where known.channel = p_ticket.channel
        ),
        'ticket.language', p_ticket.language,
        'ticket.category', p_ticket.category,
        'ticket.priority', p_ticket.priority,
        'ticket.status', p_ticket.status,
        'ticket.desk', p_ticket.desk_id,
        'ticket.is_assigned', case when p_ticket.id is not null
            then p_ticket.assignee_id is not null end,
        'ticket.is_answered', case when p_ticket.id is not null
            then p_ticket.first_responded_at is not null end,
        'ticket.cycle', p_ticket.cycle,
        'ticket.waited_seconds', case when p_ticket.id is not null then floor(extract(
            epoch from p_at - coalesce(private.find_waiting_since(p_ticket.id, p_at), p_at)
        ))::integer end,
        'ticket.due_in_seconds', case when p_ticket.first_responded_at is null then floor(extract(
            epoch from p_ticket.first_response_due_at - p_at
        ))::integer end,
        'ticket.subject', p_ticket.subject
    )
$$;

create function private.describe_client_facts(p_client public.profiles, p_at timestamptz)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'client.tier', p_client.tier,
        'client.has_dedicated_agent', vip.dedicated_agent_id is not null,
        'client.has_relationship_manager', vip.relationship_manager_id is not null,
        'client.is_new', p_client.created_at > p_at - interval '30 days'
    )
    from (values (p_client.id)) client (id)
    left join public.vip_client_profiles vip on vip.client_id = client.id
$$;

create function private.describe_event_facts(p_event public.events)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'message.author_kind', said.author_kind,
        'message.is_internal', said.is_internal,
        'message.text', said.body,
        'event.changed', p_event.payload -> 'changed',
        'event.previous_tier', p_event.payload -> 'previous_tier',
        'event.local_hour', extract(hour from p_event.occurred_at at time zone 'Europe/Warsaw')
    )
    from (
        select case
            when p_event.payload ? 'message_id' then (p_event.payload ->> 'message_id')::uuid
            when p_event.kind = 'ticket.opened' then (
                select first.id from public.ticket_messages first
                where first.ticket_id = p_event.subject_id
                order by first.created_at
                limit 1
            )
        end
    ) told (message_id)
    left join public.ticket_messages said on said.id = told.message_id
$$;

-- Time counts as of the event, all else as it is now. One text for one state, whatever the caller's
-- time zone: see the fingerprint.
create function private.list_workflow_facts(p_event_ids bigint[])
returns table (
    event_id bigint, event_kind text, occurred_at timestamptz, chain_id bigint, subject_id uuid,
    ticket_id uuid, ticket_number bigint, client_id uuid, desk_id uuid, facts jsonb
)
language plpgsql
stable
rows 100
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return query
    select
        event.id, event.kind, event.occurred_at, private.find_chain_start(event.id),
        coalesce(ticket.id, client.id), ticket.id, ticket.number, client.id,
        coalesce(ticket.desk_id, client.desk_id),
        private.describe_ticket_facts(ticket, event.occurred_at)
            || private.describe_client_facts(client, event.occurred_at)
            || private.describe_event_facts(event)
    from public.events event
    join public.workflow_events known on known.event_kind = event.kind
    left join public.support_tickets ticket
        on ticket.id = private.find_event_ticket(event.kind, event.subject_id)
    join public.profiles client
        on client.id = case known.subject
            when 'client' then event.subject_id else ticket.client_id
        end
    where event.id = any (p_event_ids);
end
$$;
comment on function private.list_workflow_facts(bigint[]) is
    'What each field of workflow_fields says of each event whose subject is still there.';

-- Of the house, or of the desk that the event is about.
create function private.list_workflows_for(p_event_kind text, p_desk_id uuid)
returns setof public.workflows
language plpgsql
stable
rows 5
set search_path = ''
as $$
begin
    return query
    select active.* from public.workflows active
    where active.event_kind = p_event_kind and active.is_active
        and (active.desk_id is null or active.desk_id = p_desk_id)
    order by active.rank, active.created_at, active.id;
end
$$;

create function worker.workflow_contexts(p_event_ids bigint[])
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        with event as materialized (
            select told.* from private.list_workflow_facts(p_event_ids) told
        ), concerned as (
            select distinct kept.*
            from (select distinct event.event_kind, event.desk_id from event) asked
            cross join lateral private.list_workflows_for(asked.event_kind, asked.desk_id) kept
        )
        select jsonb_build_object(
            'read_at', now(),
            'workflows', (
                select coalesce(jsonb_agg(
                    to_jsonb(kept) - '{title,is_active,created_by,created_at,updated_at}'::text[]
                    order by kept.rank, kept.created_at, kept.id
                ), '[]')
                from concerned kept
            ),
            'events', (
                select coalesce(jsonb_agg(
                    to_jsonb(event) || jsonb_build_object(
                        'fingerprint', md5(event.facts::text),
                        'ran_ids', array(
                            select run.workflow_id from public.workflow_runs run
                            where run.subject_id = event.subject_id
                                and run.chain_id = event.chain_id and run.status = 'done'
                        )
                    ) order by event.event_id
                ), '[]')
                from event
            )
        )
    );
end
$$;
comment on function worker.workflow_contexts(bigint[]) is
    'As of one moment: the events whose subjects are still there with their facts and the '
    'workflows that already acted on them in this chain, and the active workflows they '
    'concern, in order.';

-- -------------------------------------------------------------------------------------------------
-- Actions
-- -------------------------------------------------------------------------------------------------

-- Colleagues of a ticket or a client by role; ids are themselves.
create function private.find_team(p_ticket_id uuid, p_client_id uuid, p_roles text[])
returns uuid[]
language sql
stable
set search_path = ''
as $$
    select array_agg(distinct named.id)
    from unnest(p_roles) asked (role)
    left join public.support_tickets ticket on ticket.id = p_ticket_id
    left join public.vip_client_profiles vip on vip.client_id = p_client_id
    join public.profiles client on client.id = p_client_id
    cross join lateral (
        select case asked.role
            when 'assignee' then ticket.assignee_id
            when 'dedicated_agent' then vip.dedicated_agent_id
            when 'deputy_agent' then vip.deputy_agent_id
            when 'relationship_manager' then vip.relationship_manager_id
            when 'managers' then null
            when 'followers' then null
            else asked.role::uuid
        end
        union all
        select staff.id from public.staff_members staff
        where asked.role = 'managers' and staff.role = 'manager' and staff.is_active
            and staff.desk_id = coalesce(ticket.desk_id, client.desk_id)
        union all
        select follower.staff_id from public.ticket_followers follower
        where asked.role = 'followers' and follower.ticket_id = p_ticket_id
    ) named (id)
    where named.id is not null
$$;

-- Of those, who may know: active, of the desk or an admin, and not the client.
create function private.list_tellable(
    p_run public.workflow_runs, p_client_id uuid, p_roles text[]
)
returns uuid[]
language sql
stable
set search_path = ''
as $$
    select array_agg(staff.id order by staff.id)
    from public.staff_members staff
    where staff.id = any (private.find_team(p_run.ticket_id, p_client_id, p_roles))
        and staff.is_active and staff.id <> p_client_id
        and (staff.desk_id = p_run.desk_id or staff.role = 'admin')
$$;

-- When nobody named is there, the desk's managers are told.
create function private.notify_by_workflow(
    p_run public.workflow_runs, p_client_id uuid, p_argument jsonb
)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_roles text[] := array(
        select asked.role
        from jsonb_array_elements_text(
            coalesce(p_argument -> 'roles', '[]') || coalesce(p_argument -> 'people', '[]')
        ) asked (role)
    );
begin
    perform private.notify(
        coalesce(
            private.list_tellable(p_run, p_client_id, v_roles),
            private.list_tellable(p_run, p_client_id, array['managers'])
        ),
        'workflow_alert', p_run.ticket_id,
        jsonb_build_object(
            'workflow_id', p_run.workflow_id, 'event_kind', p_run.event_kind,
            'client_id', p_client_id
        )
    );
end
$$;

create function private.change_details_by_workflow(
    p_ticket public.support_tickets, p_priority text, p_category text
)
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform private.require_status(p_ticket, array['open', 'assigned', 'pending', 'on_hold']);
    perform private.require_known_details(p_category, p_priority, null);
    update public.support_tickets ticket
    set priority = coalesce(p_priority, ticket.priority),
        category = coalesce(p_category, ticket.category),
        required_skills = case
            when coalesce(p_category, ticket.category) = ticket.category
                then ticket.required_skills
            else private.change_required_skills(
                ticket.required_skills, ticket.category, p_category
            )
        end
    where ticket.id = p_ticket.id
        and (ticket.priority <> p_priority or ticket.category <> p_category);
    if p_category <> p_ticket.category and p_ticket.status = 'open' then
        perform private.request_routing_by_workflow(p_ticket);
    end if;
end
$$;

create function private.request_routing_by_workflow(p_ticket public.support_tickets)
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform private.require_status(p_ticket, array['open']);
    insert into public.routing_requests (ticket_id, reason)
    values (p_ticket.id, 'asked_by_workflow');
end
$$;

create function private.assign_by_workflow(p_ticket public.support_tickets, p_whom text)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_agent_id uuid := (private.find_team(p_ticket.id, p_ticket.client_id, array[p_whom]))[1];
begin
    if v_agent_id is null then
        perform private.refuse('PT409', 'no_' || p_whom, 'This client has none.');
    end if;
    perform private.require_status(p_ticket, array['open', 'assigned', 'pending', 'on_hold']);
    if p_ticket.assignee_id is distinct from v_agent_id then
        perform private.require_agent_for(p_ticket, v_agent_id, false);
        perform private.give_ticket(p_ticket.id, v_agent_id);
    end if;
end
$$;

create function private.follow_by_workflow(p_ticket public.support_tickets, p_whom text)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_ids uuid[] := private.find_team(p_ticket.id, p_ticket.client_id, array[p_whom]);
begin
    if v_ids is null then
        perform private.refuse('PT409', 'no_' || p_whom, 'This client has none.');
    end if;
    perform private.require_tellable(p_ticket, v_ids);
    insert into public.ticket_followers (ticket_id, staff_id, added_by)
    values (p_ticket.id, v_ids[1], null)
    on conflict do nothing;
    if found then
        perform private.notify(v_ids, 'follower_added', p_ticket.id, '{}');
    end if;
end
$$;

create function private.snooze_by_workflow(p_ticket public.support_tickets, p_hours integer)
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform private.require_status(p_ticket, array['assigned', 'pending', 'on_hold']);
    update public.support_tickets ticket
    set status = 'pending', snoozed_until = now() + make_interval(hours => p_hours)
    where ticket.id = p_ticket.id;
end
$$;

-- What stands for the variables of a text that nobody in person says.
create function private.list_workflow_values(p_ticket public.support_tickets)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'client_name', client.display_name, 'agent_name', desk.name,
        'ticket_number', p_ticket.number, 'subject', p_ticket.subject
    )
    from public.profiles client
    join public.desks desk on desk.id = p_ticket.desk_id
    where client.id = p_ticket.client_id
$$;

create function private.apply_macro_by_workflow(
    p_run public.workflow_runs, p_ticket public.support_tickets, p_macro_id uuid
)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_macro public.macros;
    v_step jsonb;
begin
    select kept.* into v_macro from public.macros kept where kept.id = p_macro_id;
    if not private.is_house_macro(v_macro, p_ticket.desk_id) then
        perform private.refuse('PT404', 'macro_not_found', 'Gone, or it needs a person now.');
    end if;
    for v_step in
        select step.value
        from jsonb_array_elements(private.render_actions(
            v_macro, private.list_workflow_values(p_ticket)
        )) step (value)
    loop
        if v_step ->> 'action' = 'reply' then
            perform private.require_status(
                p_ticket, array['open', 'assigned', 'pending', 'on_hold']
            );
            perform private.post_message(p_ticket.id, null, 'system', v_step ->> 'argument');
        else
            perform private.perform_workflow_action(
                p_run, p_ticket.client_id,
                case v_step ->> 'action' when 'note' then 'add_note' else v_step ->> 'action' end,
                v_step -> 'argument'
            );
        end if;
    end loop;
end
$$;

create function private.open_white_glove_by_workflow(p_client_id uuid, p_service_type text)
returns void
language plpgsql
set search_path = ''
as $$
begin
    if to_regprocedure(
        'public.trigger_white_glove_service(uuid,text,timestamptz,jsonb,text)'
    ) is null then
        perform private.refuse(
            'PT409', 'white_glove_unavailable', 'This house has no white-glove services.'
        );
    end if;
    perform public.trigger_white_glove_service(
        p_client_id => p_client_id, p_service_type => p_service_type
    );
end
$$;

-- The ticket is read anew for each: the one before may have changed it. It is locked.
create function private.perform_workflow_action(
    p_run public.workflow_runs, p_client_id uuid, p_action text, p_argument jsonb
)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_word text := p_argument #>> '{}';
    v_ticket public.support_tickets;
begin
    select kept.* into v_ticket
    from public.support_tickets kept where kept.id = p_run.ticket_id;
    case p_action
        when 'notify' then
            perform private.notify_by_workflow(p_run, p_client_id, p_argument);
        when 'open_white_glove' then
            perform private.open_white_glove_by_workflow(p_client_id, v_word);
        when 'add_note' then
            perform private.insert_message(
                v_ticket.id, null, 'system', true,
                private.render_template(v_word, private.list_workflow_values(v_ticket))
            );
        when 'set_priority' then
            perform private.change_details_by_workflow(v_ticket, v_word, null);
        when 'set_category' then
            perform private.change_details_by_workflow(v_ticket, null, v_word);
        when 'assign_to' then perform private.assign_by_workflow(v_ticket, v_word);
        when 'add_follower' then perform private.follow_by_workflow(v_ticket, v_word);
        when 'apply_macro' then
            perform private.apply_macro_by_workflow(p_run, v_ticket, v_word::uuid);
        when 'snooze_hours' then
            perform private.snooze_by_workflow(v_ticket, v_word::integer);
        when 'request_routing' then perform private.request_routing_by_workflow(v_ticket);
    end case;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Write
-- -------------------------------------------------------------------------------------------------

create function private.insert_workflow_run(p_run public.workflow_runs)
returns void
language plpgsql
set search_path = ''
as $$
begin
    insert into public.workflow_runs (
        workflow_id, workflow_version, event_id, chain_id, event_kind, desk_id, subject_id,
        ticket_id, status, reason, details, policy_version
    )
    values (
        p_run.workflow_id, p_run.workflow_version, p_run.event_id, p_run.chain_id,
        p_run.event_kind, p_run.desk_id, p_run.subject_id, p_run.ticket_id, p_run.status,
        p_run.reason, p_run.details, p_run.policy_version
    );
    -- The lowest ids are the oldest: no index on the time is needed to find them.
    delete from public.workflow_runs old
    where old.id in (
        select stale.id from public.workflow_runs stale
        order by stale.id
        limit 2
        for update skip locked
    ) and old.ran_at < now() - interval '90 days';
end
$$;

-- All actions or none, and what became of them. What no repetition would change is kept as the
-- run's end; anything else (a lock not got, no connection) ends the batch, which is tried again.
create function private.perform_workflow(
    p_run public.workflow_runs, p_client_id uuid, p_actions jsonb
)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_place bigint;
    v_action text;
    v_argument jsonb;
    v_code text;
    v_message text;
    v_hint text;
begin
    perform private.insert_workflow_run(p_run);
    for v_place, v_action, v_argument in
        select step.place - 1, named.key, named.value
        from jsonb_array_elements(p_actions) with ordinality step (value, place)
        cross join jsonb_each(step.value) named
        order by step.place
    loop
        perform private.perform_workflow_action(p_run, p_client_id, v_action, v_argument);
    end loop;
exception
    when others then
        get stacked diagnostics
            v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
        if v_code !~ '^(PT4|LS003|22|23)' then
            raise;
        end if;
        p_run.status := case when v_code ~ '^(PT4|LS003)' then 'refused' else 'failed' end;
        p_run.reason := case p_run.status
            when 'refused' then left(v_message, 80) else 'sqlstate_' || lower(v_code) end;
        p_run.details := p_run.details || jsonb_build_object(
            'place', format('actions[%s].%s', v_place, v_action), 'hint', left(v_hint, 500)
        );
        perform private.insert_workflow_run(p_run);
end
$$;

create function private.is_loop(p_run public.workflow_runs)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return exists (
        select from public.workflow_runs before
        where before.subject_id = p_run.subject_id and before.workflow_id = p_run.workflow_id
            and before.chain_id = p_run.chain_id and before.status = 'done'
    );
end
$$;
comment on function private.is_loop(public.workflow_runs) is
    'The same workflow has already acted on this subject in this chain of events.';

-- Once for an event, however often it is delivered, and once in a chain.
create function private.settle_workflow_run(
    p_run public.workflow_runs, p_client_id uuid, p_actions jsonb
)
returns void
language plpgsql
set search_path = ''
as $$
begin
    if exists (
        select from public.workflow_runs before
        where before.workflow_id = p_run.workflow_id and before.event_id = p_run.event_id
    ) then
        return;
    elsif p_run.status = 'done' and private.is_loop(p_run) then
        p_run.status := 'skipped';
        p_run.reason := 'loop';
    end if;
    if p_run.status = 'done' then
        perform private.perform_workflow(p_run, p_client_id, p_actions);
    else
        perform private.insert_workflow_run(p_run);
    end if;
end
$$;

-- What was decided about one event: recorded; stale when the facts or the workflows are others now
-- (nothing is written, it is read afresh); gone when there is nothing to judge.
create function private.apply_workflow_item(p_item jsonb)
returns text
language plpgsql
set search_path = ''
as $$
declare
    v_told record;
    v_workflow public.workflows;
    v_made jsonb;
    v_run public.workflow_runs;
begin
    select facts.* into v_told
    from private.list_workflow_facts(array[(p_item ->> 'event_id')::bigint]) facts;
    if v_told.event_id is null or p_item ->> 'fingerprint' is null then
        return case when v_told.event_id is null then 'gone' else 'stale' end;
    elsif md5(v_told.facts::text) <> p_item ->> 'fingerprint'
        or private.list_workflow_versions(v_told.event_kind, v_told.desk_id)
            <> jsonb_path_query_array(p_item, '$.runs[*].workflow')
    then
        return 'stale';
    end if;
    for v_made in select made.value from jsonb_array_elements(p_item -> 'runs') made (value) loop
        select kept.* into v_workflow
        from public.workflows kept where kept.id = (v_made #>> '{workflow,0}')::uuid;
        v_run := jsonb_populate_record(null::public.workflow_runs, to_jsonb(v_told)
            || (v_made - 'workflow') || jsonb_build_object(
                'workflow_id', v_workflow.id, 'workflow_version', v_workflow.version,
                'policy_version', p_item -> 'policy_version'
            ));
        perform private.settle_workflow_run(v_run, v_told.client_id, v_workflow.actions);
    end loop;
    return case when p_item -> 'runs' = '[]' then 'gone' else 'recorded' end;
end
$$;

-- [[id, version], ...] in the order they act.
create function private.list_workflow_versions(p_event_kind text, p_desk_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(
            jsonb_build_array(kept.id, kept.version) order by kept.rank, kept.created_at, kept.id
        ), '[]')
        from private.list_workflows_for(p_event_kind, p_desk_id) kept
    );
end
$$;

-- The workflows as they are, the tickets they act on, and whoever may be given one.
create function private.lock_workflow_rows(p_items jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_acting uuid[] := array(
        select (run.value #>> '{workflow,0}')::uuid
        from jsonb_array_elements(p_items) item (value)
        cross join jsonb_array_elements(item.value -> 'runs') run (value)
    );
    v_ticket_ids uuid[] := array(
        select private.find_event_ticket(event.kind, event.subject_id)
        from public.events event
        where event.id in (
            select (item.value ->> 'event_id')::bigint
            from jsonb_array_elements(p_items) item (value)
        )
    );
begin
    perform from public.workflows kept
    where kept.id = any (v_acting) order by kept.id for share;
    perform from public.support_tickets ticket
    where ticket.id = any (v_ticket_ids) order by ticket.id for no key update;
    perform from public.staff_members staff
    where staff.id in (
        select private.list_named_agents(kept.actions) from public.workflows kept
        where kept.id = any (v_acting)
        union
        select vip.dedicated_agent_id
        from public.support_tickets ticket
        join public.vip_client_profiles vip on vip.client_id = ticket.client_id
        where ticket.id = any (v_ticket_ids)
    )
    order by staff.id
    for no key update;
end
$$;

create function private.list_named_agents(p_actions jsonb)
returns setof uuid
language sql
stable
set search_path = ''
as $$
    select (named.whom #>> '{}')::uuid
    from (
        select jsonb_path_query(p_actions, '$[*].assign_to')
        union all
        select jsonb_path_query(macro.actions, '$[*].assign_to')
        from jsonb_path_query(p_actions, '$[*].apply_macro') applied (id)
        join public.macros macro on macro.id = (applied.id #>> '{}')::uuid
    ) named (whom)
    where private.is_uuid(named.whom)
$$;

-- Definer: the house acts on tickets and writes runs, which nobody holds a right to; only
-- service_role may execute it. What is judged must include what others committed while we waited
-- for the locks: each item is statements of its own.
create function private.apply_workflows(p_items jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_item jsonb;
    v_results jsonb := '[]';
begin
    perform private.lock_workflow_rows(p_items);
    for v_item in select item.value from jsonb_array_elements(p_items) item (value) loop
        v_results := v_results || jsonb_build_object(
            'job_id', v_item -> 'job_id', 'status', private.apply_workflow_item(v_item)
        );
    end loop;
    return v_results;
end
$$;

create function worker.record_workflows(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_results jsonb;
begin
    perform private.hold_jobs(p_items);
    v_results := private.apply_workflows(p_items);
    perform private.finish_jobs(array(
        select result.job_id
        from jsonb_to_recordset(v_results) as result (job_id bigint, status text)
        where result.status <> 'stale'
    ));
    return v_results;
end
$$;
comment on function worker.record_workflows(jsonb) is
    'Effect and end of workflow jobs, in one transaction. Items: job_id, fence, event_id, '
    'fingerprint, policy_version, runs [{workflow: [id, version], status done|skipped, reason, '
    'details}]. Answers [{"job_id", "status"}]: recorded, stale (facts or workflows are others now '
    'and the job is still held), gone (no subject or no workflow any more).';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.workflow_runs from anon, authenticated, service_role;
revoke all on sequence public.workflow_runs_id_seq from anon, authenticated, service_role;
grant select on public.workflow_runs to authenticated, service_role;
alter table public.workflow_runs enable row level security;
-- Of one's desks; not for a client who works here and is the one it is about.
create policy workflow_runs_select_staff on public.workflow_runs
for select to authenticated
using (
    desk_id = any (array(select private.my_desk_ids()))
    and subject_id <> (select private.my_client_id())
    and (ticket_id is null or exists (
        select from public.support_tickets ticket
        where ticket.id = workflow_runs.ticket_id
            and ticket.client_id <> (select private.my_client_id())
    ))
);

revoke all on function
    private.find_chain_start(bigint), private.find_event_ticket(text, uuid),
    private.find_waiting_since(uuid, timestamptz),
    private.describe_ticket_facts(public.support_tickets, timestamptz),
    private.describe_client_facts(public.profiles, timestamptz),
    private.describe_event_facts(public.events), private.list_workflow_facts(bigint[]),
    private.list_workflows_for(text, uuid), worker.workflow_contexts(bigint[]),
    private.find_team(uuid, uuid, text[]),
    private.list_tellable(public.workflow_runs, uuid, text[]),
    private.notify_by_workflow(public.workflow_runs, uuid, jsonb),
    private.change_details_by_workflow(public.support_tickets, text, text),
    private.request_routing_by_workflow(public.support_tickets),
    private.assign_by_workflow(public.support_tickets, text),
    private.follow_by_workflow(public.support_tickets, text),
    private.snooze_by_workflow(public.support_tickets, integer),
    private.list_workflow_values(public.support_tickets),
    private.apply_macro_by_workflow(public.workflow_runs, public.support_tickets, uuid),
    private.open_white_glove_by_workflow(uuid, text),
    private.perform_workflow_action(public.workflow_runs, uuid, text, jsonb),
    private.insert_workflow_run(public.workflow_runs),
    private.perform_workflow(public.workflow_runs, uuid, jsonb),
    private.is_loop(public.workflow_runs),
    private.settle_workflow_run(public.workflow_runs, uuid, jsonb),
    private.apply_workflow_item(jsonb),
    private.list_workflow_versions(text, uuid), private.lock_workflow_rows(jsonb),
    private.list_named_agents(jsonb), private.apply_workflows(jsonb),
    worker.record_workflows(jsonb)
from public, anon, authenticated, service_role;
grant execute on function
    private.find_chain_start(bigint), private.find_event_ticket(text, uuid),
    private.find_waiting_since(uuid, timestamptz),
    private.describe_ticket_facts(public.support_tickets, timestamptz),
    private.describe_client_facts(public.profiles, timestamptz),
    private.describe_event_facts(public.events), private.list_workflow_facts(bigint[]),
    private.list_workflows_for(text, uuid), private.apply_workflows(jsonb),
    worker.workflow_contexts(bigint[]), worker.record_workflows(jsonb)
to service_role;
