-- Client books: all the clients somebody looks after, handed over in one call when they leave or
-- are away for long: to one colleague, or to several by language and load.
--
--   hand_over_client_book -> at once, or at effective_at:
--   book_handover.reached (a timer) -> vip.client_books (lib/vip/client_books.py)
--   events out: none of its own; what moves tells of itself (ticket.assigned, ...).
--
-- With the client go, as chosen, their tickets (to the taker if they can do them, else back to the
-- queue) and the promises given on these, and always white-glove services and steps, recovery cases
-- and tasks the leaver owns. Each thing that moved is a row, so it can be put back for three days:
-- what somebody has changed since stays as it is.
-- Order of locks: jobs, the hand-over, clients by id, tickets by id, services by id, cases by id.

create table public.book_handovers (
    id uuid primary key default gen_random_uuid(),
    desk_id uuid not null references public.desks (id),
    from_staff_id uuid not null references public.staff_members (id) on delete cascade,
    to_staff_id uuid references public.staff_members (id) on delete cascade,
    pool_ids uuid[],
    roles text[] not null,
    is_moving_tickets boolean not null,
    reason text not null,
    state text not null default 'planned',
    effective_at timestamptz not null,
    requested_by uuid,
    created_at timestamptz not null default clock_timestamp(),
    done_at timestamptz,
    undo_until timestamptz,
    undone_at timestamptz,
    undone_by uuid,
    constraint book_handovers_are_between_two check (to_staff_id <> from_staff_id),
    constraint book_handovers_go_to_one_or_to_some check (to_staff_id is null or pool_ids is null),
    constraint book_handovers_pool_is_a_team check (cardinality(pool_ids) between 1 and 100),
    constraint book_handovers_roles_are_known
        check (
            cardinality(roles) >= 1 and roles <@ array[
                'dedicated_agent', 'deputy_agent', 'relationship_manager'
            ]
        ),
    constraint book_handovers_reason_is_text check (private.is_clean_text(reason, 500)),
    constraint book_handovers_state_is_known
        check (state in ('planned', 'done', 'undone', 'cancelled')),
    constraint book_handovers_done_can_be_undone_for_a_while
        check (
            (done_at is null) = (undo_until is null)
            and (done_at is null) = (state in ('planned', 'cancelled'))
        ),
    constraint book_handovers_undone_have_a_time
        check ((state = 'undone') = (undone_at is not null))
);
comment on table public.book_handovers is
    'Client books that changed hands, or will: from whom, to whom, why.';
comment on column public.book_handovers.to_staff_id is
    'Null: by language and load, among pool_ids or all agents of the desk.';
comment on column public.book_handovers.requested_by is
    'Null: the server. No foreign key: it outlives people.';
create index book_handovers_desk_id_idx on public.book_handovers (desk_id, created_at);
comment on index public.book_handovers_desk_id_idx is
    'Serves a desk''s list, the policy and the foreign key.';
create index book_handovers_from_staff_id_idx on public.book_handovers (from_staff_id);
comment on index public.book_handovers_from_staff_id_idx is 'Serves the foreign key.';
create index book_handovers_to_staff_id_idx on public.book_handovers (to_staff_id);
comment on index public.book_handovers_to_staff_id_idx is
    'Serves the policy and the foreign key.';

create table public.book_handover_items (
    id bigint generated always as identity primary key,
    handover_id uuid not null references public.book_handovers (id) on delete cascade,
    client_id uuid not null references public.profiles (id) on delete cascade,
    kind text not null,
    row_id uuid not null,
    to_staff_id uuid,
    outcome text not null,
    is_undone boolean not null default false,
    constraint book_handover_items_move_once unique (handover_id, kind, row_id),
    constraint book_handover_items_kind_is_known
        check (kind in (
            'dedicated_agent', 'deputy_agent', 'relationship_manager', 'ticket', 'promise',
            'service', 'step', 'recovery_case', 'outreach_task'
        )),
    constraint book_handover_items_outcome_is_known
        check (outcome in ('moved', 'left_empty', 'queued', 'no_taker', 'no_speaker')),
    constraint book_handover_items_moved_are_somebodys
        check ((outcome = 'moved') = (to_staff_id is not null))
);
comment on table public.book_handover_items is
    'What became of each client and of what was theirs to do. moved; left_empty: the taker is on '
    'the client''s team already; queued: the taker cannot do it; no_taker, no_speaker: it stayed.';
comment on column public.book_handover_items.row_id is
    'The client for a role, otherwise the ticket, promise, service, step, case or task.';
comment on column public.book_handover_items.to_staff_id is
    'No foreign key: history outlives people.';
create index book_handover_items_client_id_idx on public.book_handover_items (client_id);
comment on index public.book_handover_items_client_id_idx is 'Serves the foreign key.';

insert into private.subscriptions (event_kind, worker, priority, collapses)
values ('book_handover.reached', 'vip.client_books', 0, true);

-- -------------------------------------------------------------------------------------------------
-- Who takes whom
-- -------------------------------------------------------------------------------------------------
create function private.list_book(p_staff_id uuid, p_roles text[])
returns table (client_id uuid, role text, language text)
language plpgsql
stable
rows 1000
set search_path = ''
set enable_seqscan = off
as $$
begin
    return query
    select team.client_id, held.role,
        coalesce(client.preferred_languages[1], left(client.locale, 2))
    from public.vip_client_profiles team
    join public.profiles client on client.id = team.client_id
    cross join lateral (
        values
            ('dedicated_agent', team.dedicated_agent_id),
            ('deputy_agent', team.deputy_agent_id),
            ('relationship_manager', team.relationship_manager_id)
    ) held (role, staff_id)
    where (
            team.dedicated_agent_id = p_staff_id or team.deputy_agent_id = p_staff_id
            or team.relationship_manager_id = p_staff_id
        )
        and held.staff_id = p_staff_id and held.role = any (p_roles)
    order by team.client_id, held.role;
end
$$;

create function private.list_takers(p_handover public.book_handovers)
returns table (staff_id uuid, client_count bigint, languages text[])
language plpgsql
stable
rows 20
set search_path = ''
set enable_seqscan = off
as $$
begin
    return query
    select
        staff.id,
        (
            select count(*) from public.vip_client_profiles team
            where team.dedicated_agent_id = staff.id or team.deputy_agent_id = staff.id
                or team.relationship_manager_id = staff.id
        ),
        array(
            select split_part(spoken.skill, '.', 2) from public.staff_skills spoken
            where spoken.staff_id = staff.id and spoken.skill like 'language.%'
        )
    from public.staff_members staff
    where staff.is_active and staff.desk_id = p_handover.desk_id
        and private.is_agent_role(staff.role) and staff.id <> p_handover.from_staff_id
        and (p_handover.to_staff_id is null or staff.id = p_handover.to_staff_id)
        and (p_handover.pool_ids is null or staff.id = any (p_handover.pool_ids))
        and (
            p_handover.to_staff_id is not null
            or not private.is_on_leave(staff.id, p_handover.effective_at)
        )
    order by staff.id;
end
$$;

-- The one who is named, whatever they speak: a person chose them. Otherwise whoever speaks the
-- client's language and has the fewest clients by then. A client in two roles goes to one taker.
create function private.plan_book(p_handover public.book_handovers)
returns table (client_id uuid, role text, to_staff_id uuid, outcome text)
language plpgsql
stable
rows 1000
set search_path = ''
as $$
declare
    v_ids uuid[];
    v_counts bigint[];
    v_languages jsonb;
    v_next record;
    v_last_client_id uuid;
    v_place integer;
begin
    select array_agg(taker.staff_id), array_agg(taker.client_count),
        jsonb_object_agg(taker.staff_id, to_jsonb(taker.languages))
    into v_ids, v_counts, v_languages
    from private.list_takers(p_handover) taker;
    for v_next in select * from private.list_book(p_handover.from_staff_id, p_handover.roles) loop
        if v_next.client_id is distinct from v_last_client_id then
            v_place := (
                select taker.place
                from unnest(v_ids, v_counts) with ordinality taker (staff_id, clients, place)
                where taker.staff_id <> v_next.client_id and (
                    p_handover.to_staff_id is not null
                    or v_languages -> taker.staff_id::text ? v_next.language
                )
                order by taker.clients, taker.staff_id
                limit 1
            );
            v_last_client_id := v_next.client_id;
            if v_place is not null then
                v_counts[v_place] := v_counts[v_place] + 1;
            end if;
        end if;
        return query select v_next.client_id, v_next.role, v_ids[v_place], case
            when v_place is not null then 'moved'
            when v_ids is null or p_handover.to_staff_id is not null then 'no_taker'
            else 'no_speaker'
        end;
    end loop;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Move: each part writes down what it moved
-- -------------------------------------------------------------------------------------------------

-- Nobody stands in for themselves: who becomes dedicated agent and was the deputy leaves that place
-- empty, and who is dedicated agent does not become deputy too.
create function private.list_doubled_deputies(p_handover public.book_handovers)
returns setof uuid
language sql
stable
rows 10
set search_path = ''
as $$
    select plan.client_id
    from private.plan_book(p_handover) plan
    join public.vip_client_profiles team on team.client_id = plan.client_id
    where plan.outcome = 'moved' and case plan.role
        when 'dedicated_agent' then plan.to_staff_id = team.deputy_agent_id
        when 'deputy_agent' then plan.to_staff_id = team.dedicated_agent_id or (
            team.dedicated_agent_id = p_handover.from_staff_id
            and 'dedicated_agent' = any (p_handover.roles)
        )
        else false
    end
$$;

create function private.move_book_roles(p_handover public.book_handovers)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_doubled_ids uuid[] := array(select private.list_doubled_deputies(p_handover));
begin
    insert into public.book_handover_items (
        handover_id, client_id, kind, row_id, to_staff_id, outcome
    )
    select p_handover.id, plan.client_id, plan.role, plan.client_id, plan.to_staff_id, plan.outcome
    from private.plan_book(p_handover) plan
    where plan.role <> 'deputy_agent' or plan.client_id <> all (v_doubled_ids)
    union all
    select p_handover.id, doubled.id, 'deputy_agent', doubled.id, null, 'left_empty'
    from (select distinct unnest(v_doubled_ids) as id) doubled;
    update public.vip_client_profiles team
    set dedicated_agent_id = coalesce(made.dedicated_agent_id, team.dedicated_agent_id),
        deputy_agent_id = case
            when not made.is_deputy_empty
                then coalesce(made.deputy_agent_id, team.deputy_agent_id)
        end,
        relationship_manager_id
            = coalesce(made.relationship_manager_id, team.relationship_manager_id)
    from private.read_book_roles(p_handover.id) made
    where made.client_id = team.client_id;
end
$$;

create function private.read_book_roles(p_handover_id uuid)
returns table (
    client_id uuid, dedicated_agent_id uuid, deputy_agent_id uuid, relationship_manager_id uuid,
    is_deputy_empty boolean, taker_id uuid
)
language sql
stable
rows 1000
set search_path = ''
set enable_seqscan = off
as $$
    select
        given.*,
        coalesce(given.dedicated_agent_id, given.deputy_agent_id, given.relationship_manager_id)
    from (
        select
            item.client_id,
            max(item.to_staff_id::text) filter (where item.kind = 'dedicated_agent')::uuid
                as dedicated_agent_id,
            max(item.to_staff_id::text) filter (where item.kind = 'deputy_agent')::uuid
                as deputy_agent_id,
            max(item.to_staff_id::text) filter (where item.kind = 'relationship_manager')::uuid
                as relationship_manager_id,
            bool_or(item.outcome = 'left_empty') as is_deputy_empty
        from public.book_handover_items item
        where item.handover_id = p_handover_id and item.row_id = item.client_id
            and item.outcome in ('moved', 'left_empty') and not item.is_undone
        group by item.client_id
    ) given
$$;
comment on function private.read_book_roles(uuid) is
    'Of each client who was handed over the new people, and who takes what was to be done.';

-- Tickets first: they are locked in the order of their ids.
create function private.move_book_tickets(p_handover public.book_handovers)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_ticket_ids uuid[] := array(
        select ticket.id
        from public.support_tickets ticket
        where ticket.assignee_id = p_handover.from_staff_id
            and ticket.status in ('assigned', 'pending', 'on_hold')
            and ticket.client_id in (
                select made.client_id from private.read_book_roles(p_handover.id) made
            )
        order by ticket.id
        for no key update
    );
begin
    insert into public.book_handover_items (
        handover_id, client_id, kind, row_id, to_staff_id, outcome
    )
    select p_handover.id, ticket.client_id, 'ticket', ticket.id,
        case when able.is_so then made.taker_id end,
        case when able.is_so then 'moved' else 'queued' end
    from public.support_tickets ticket
    join private.read_book_roles(p_handover.id) made on made.client_id = ticket.client_id
    cross join lateral (
        select made.taker_id is not null and array(
            select held.skill from public.staff_skills held where held.staff_id = made.taker_id
        ) @> (ticket.required_skills || ('language.' || ticket.language))
    ) able (is_so)
    where ticket.id = any (v_ticket_ids);
    perform private.return_tickets(array(
        select item.row_id from public.book_handover_items item
        where item.handover_id = p_handover.id and item.kind = 'ticket'
            and item.outcome = 'queued'
        order by item.row_id
    ), 'withdrawn', 'handed_over');
    perform private.reassign_book_tickets(p_handover.id);
end
$$;

create function private.reassign_book_tickets(p_handover_id uuid)
returns void
language sql
set search_path = ''
as $$
    update public.support_tickets ticket
    set assignee_id = item.to_staff_id, assigned_at = now()
    from public.book_handover_items item
    where item.handover_id = p_handover_id and item.kind = 'ticket' and item.outcome = 'moved'
        and ticket.id = item.row_id;
    with moved as (
        update public.ticket_promises promise
        set promised_by = item.to_staff_id
        from public.book_handover_items item, public.book_handovers handover
        where item.handover_id = p_handover_id and item.kind = 'ticket' and item.outcome = 'moved'
            and handover.id = item.handover_id
            and promise.ticket_id = item.row_id and promise.kind = 'given'
            and promise.ended_at is null and promise.promised_by = handover.from_staff_id
        returning promise.id, item.client_id, item.to_staff_id
    )
    insert into public.book_handover_items (
        handover_id, client_id, kind, row_id, to_staff_id, outcome
    )
    select p_handover_id, moved.client_id, 'promise', moved.id, moved.to_staff_id, 'moved'
    from moved;
$$;

-- Services that run keep running: only who does the next step is somebody else.
create function private.move_book_services(p_handover public.book_handovers)
returns void
language sql
set search_path = ''
as $$
    with mine as materialized (
        select service.id
        from public.white_glove_services service
        join private.read_book_roles(p_handover.id) made on made.client_id = service.client_id
        where service.closed_at is null
        order by service.id
        for no key update of service
    ),
    moved as (
        update public.white_glove_services service
        set assigned_agent_id = made.taker_id
        from private.read_book_roles(p_handover.id) made
        where service.id in (select mine.id from mine) and made.client_id = service.client_id
            and made.taker_id is not null and service.assigned_agent_id = p_handover.from_staff_id
        returning service.id, service.client_id, made.taker_id
    )
    insert into public.book_handover_items (
        handover_id, client_id, kind, row_id, to_staff_id, outcome
    )
    select p_handover.id, moved.client_id, 'service', moved.id, moved.taker_id, 'moved' from moved;
    with moved as (
        update public.white_glove_steps step
        set owner_id = made.taker_id
        from public.white_glove_services service, private.read_book_roles(p_handover.id) made
        where service.id = step.service_id and made.client_id = service.client_id
            and made.taker_id is not null and step.owner_id = p_handover.from_staff_id
            and step.state in ('waiting', 'ready', 'in_progress', 'failed', 'compensating')
        returning step.id, service.client_id, made.taker_id
    )
    insert into public.book_handover_items (
        handover_id, client_id, kind, row_id, to_staff_id, outcome
    )
    select p_handover.id, moved.client_id, 'step', moved.id, moved.taker_id, 'moved' from moved;
$$;

create function private.move_book_duties(p_handover public.book_handovers)
returns void
language plpgsql
set search_path = ''
as $$
begin
    with moved as (
        update public.recovery_cases known
        set owner_id = made.taker_id, assigned_at = clock_timestamp(), owner_stage = 'chosen'
        from private.read_book_roles(p_handover.id) made
        where made.client_id = known.client_id and made.taker_id is not null
            and known.owner_id = p_handover.from_staff_id
            and known.state in ('open', 'in_progress')
        returning known.id, known.client_id, made.taker_id
    )
    insert into public.book_handover_items (
        handover_id, client_id, kind, row_id, to_staff_id, outcome
    )
    select p_handover.id, moved.client_id, 'recovery_case', moved.id, moved.taker_id, 'moved'
    from moved;
    with moved as (
        update public.outreach_tasks task
        set owner_id = made.taker_id
        from private.read_book_roles(p_handover.id) made
        where made.client_id = task.client_id and made.taker_id is not null
            and task.owner_id = p_handover.from_staff_id and task.state = 'open'
        returning task.id, task.client_id, made.taker_id
    )
    insert into public.book_handover_items (
        handover_id, client_id, kind, row_id, to_staff_id, outcome
    )
    select p_handover.id, moved.client_id, 'outreach_task', moved.id, moved.taker_id, 'moved'
    from moved;
end
$$;

-- A note for the team on each ticket of theirs that is open, and one word to each taker.
create function private.tell_of_book(p_handover public.book_handovers)
returns void
language plpgsql
set search_path = ''
as $$
begin
    insert into public.ticket_messages (ticket_id, author_kind, is_internal, body)
    select ticket.id, 'system', true, format(
        '%s przejmuje opiekę nad klientem po: %s. Powód: %s',
        taker.display_name, leaver.display_name, p_handover.reason
    )
    from private.read_book_roles(p_handover.id) made
    join public.support_tickets ticket
        on ticket.client_id = made.client_id and ticket.status not in ('resolved', 'closed')
    join public.profiles taker on taker.id = made.taker_id
    join public.profiles leaver on leaver.id = p_handover.from_staff_id
    order by ticket.id;
    perform private.insert_notifications(
        array_agg(told.taker_id), array_agg('client_book_received'::text),
        array_agg(null::uuid), array_agg(jsonb_build_object(
            'handover_id', p_handover.id, 'from_staff_id', p_handover.from_staff_id,
            'client_count', told.client_count
        ))
    )
    from (
        select made.taker_id, count(*) as client_count
        from private.read_book_roles(p_handover.id) made
        where made.taker_id is not null
        group by made.taker_id
    ) told
    having count(*) > 0;
end
$$;

create function private.carry_out_handover(p_handover_id uuid)
returns void
language plpgsql
set search_path = ''
-- A plan made while the tables were small must not meet a whole book.
set enable_seqscan = off
as $$
declare
    v_handover public.book_handovers;
begin
    select known.* into v_handover
    from public.book_handovers known
    where known.id = p_handover_id and known.state = 'planned'
    for update;
    if v_handover.id is null then
        return;
    end if;
    perform from public.profiles client
    where client.id in (
        select book.client_id
        from private.list_book(v_handover.from_staff_id, v_handover.roles) book
    )
    order by client.id
    for no key update;
    perform private.note_reason(v_handover.reason);
    perform private.move_book_roles(v_handover);
    if v_handover.is_moving_tickets then
        perform private.move_book_tickets(v_handover);
    end if;
    perform private.move_book_services(v_handover);
    perform private.move_book_duties(v_handover);
    perform private.tell_of_book(v_handover);
    perform private.cancel_timers('book_handover.reached', array[p_handover_id]);
    update public.book_handovers known
    set state = 'done', done_at = clock_timestamp(),
        undo_until = clock_timestamp() + interval '3 days'
    where known.id = p_handover_id;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Doors
-- -------------------------------------------------------------------------------------------------
create function private.describe_handover(p_handover public.book_handovers)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return to_jsonb(p_handover) || jsonb_build_object(
        'counts', (
            select coalesce(jsonb_object_agg(counted.outcome, counted.items), '{}')
            from (
                select item.outcome, count(*) as items
                from public.book_handover_items item
                where item.handover_id = p_handover.id
                group by item.outcome
            ) counted
        ),
        'items', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'client_id', item.client_id, 'kind', item.kind, 'row_id', item.row_id,
                'to_staff_id', item.to_staff_id, 'outcome', item.outcome,
                'is_undone', item.is_undone
            ) order by item.client_id, item.id), '[]')
            from public.book_handover_items item where item.handover_id = p_handover.id
        )
    );
end
$$;

-- The desk of the leaver, for its managers; refuses what fits nowhere.
create function private.require_handover(p_wanted public.book_handovers)
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
    v_desk_id uuid;
begin
    if not private.is_service() then
        perform private.require_signed_in();
        if not private.is_manager() then
            perform private.refuse('PT403', 'manager_required', 'Only managers may do this.');
        end if;
    end if;
    select staff.desk_id into v_desk_id
    from public.staff_members staff
    where staff.id = p_wanted.from_staff_id and (
        private.is_service() or staff.desk_id = any (array(select private.my_managed_desk_ids()))
    );
    if v_desk_id is null then
        perform private.refuse('PT404', 'staff_not_found', 'Nobody of your desk has this id.');
    elsif cardinality(p_wanted.roles) >= 1 is not true or not p_wanted.roles <@ array[
        'dedicated_agent', 'deputy_agent', 'relationship_manager'
    ] then
        perform private.refuse(
            'PT422', 'unknown_roles', 'Of dedicated_agent, deputy_agent, relationship_manager.'
        );
    elsif p_wanted.to_staff_id is not null and p_wanted.pool_ids is not null
        or p_wanted.to_staff_id = p_wanted.from_staff_id
        or cardinality(p_wanted.pool_ids) not between 1 and 100
    then
        perform private.refuse('PT422', 'takers_contradict', 'Name one other, or up to 100.');
    elsif exists (
        select from unnest(p_wanted.pool_ids || p_wanted.to_staff_id) asked (id)
        where asked.id is not null and not exists (
            select from public.staff_members staff
            where staff.id = asked.id and staff.is_active and staff.desk_id = v_desk_id
                and private.is_agent_role(staff.role)
        )
    ) then
        perform private.refuse('PT404', 'agent_not_found', 'No agent of this desk has this id.');
    end if;
    return v_desk_id;
end
$$;

-- Definer: a plan is made from books and absences that managers may not all read row by row; whose
-- manager asks is checked first.
create function private.preview_client_book(p_wanted public.book_handovers)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_wanted public.book_handovers := p_wanted;
begin
    v_wanted.desk_id := private.require_handover(p_wanted);
    v_wanted.effective_at := coalesce(p_wanted.effective_at, now());
    return (
        select jsonb_build_object(
            'client_count', count(distinct plan.client_id),
            'ticket_count', (
                select count(*) from public.support_tickets ticket
                where ticket.assignee_id = v_wanted.from_staff_id
                    and ticket.status in ('assigned', 'pending', 'on_hold')
                    and ticket.client_id in (
                        select book.client_id
                        from private.list_book(v_wanted.from_staff_id, v_wanted.roles) book
                    )
            ),
            'items', coalesce(jsonb_agg(jsonb_build_object(
                'client_id', plan.client_id, 'client_name', client.display_name,
                'tier', client.tier, 'role', plan.role, 'to_staff_id', plan.to_staff_id,
                'outcome', plan.outcome
            ) order by plan.client_id, plan.role), '[]')
        )
        from private.plan_book(v_wanted) plan
        join public.profiles client on client.id = plan.client_id
    );
end
$$;

-- What somebody wants handed over, before it is checked.
create function private.read_handover(
    p_from_staff_id uuid, p_to_staff_id uuid, p_pool_ids uuid[], p_roles text[],
    p_effective_from timestamptz
)
returns public.book_handovers
language plpgsql
stable
set search_path = ''
as $$
declare
    v_wanted public.book_handovers;
begin
    v_wanted.from_staff_id := p_from_staff_id;
    v_wanted.to_staff_id := p_to_staff_id;
    v_wanted.pool_ids := p_pool_ids;
    v_wanted.roles := coalesce(
        p_roles, array['dedicated_agent', 'deputy_agent', 'relationship_manager']
    );
    v_wanted.effective_at := p_effective_from;
    return v_wanted;
end
$$;

create function public.preview_client_book(
    p_from_staff_id uuid, p_to_staff_id uuid default null, p_roles text[] default null,
    p_pool_ids uuid[] default null, p_effective_from timestamptz default null
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.preview_client_book(private.read_handover(
        p_from_staff_id, p_to_staff_id, p_pool_ids, p_roles, p_effective_from
    ))
$$;
comment on function public.preview_client_book(uuid, uuid, text[], uuid[], timestamptz) is
    'Managers of the leaver''s desk, the server: what hand_over_client_book would do now, without '
    'doing it: {"client_count", "ticket_count", "items": [{"client_id", "client_name", "tier", '
    '"role", "to_staff_id", "outcome": moved, no_taker or no_speaker}]}.';

-- Definer: nobody holds a right to write teams, tickets or steps of others; whose manager asks is
-- checked first.
create function private.hand_over_client_book(
    p_wanted public.book_handovers, p_reason text, p_is_moving_tickets boolean
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_reason text := private.require_text('reason', p_reason, 500);
    v_desk_id uuid := private.require_handover(p_wanted);
    v_from timestamptz := coalesce(p_wanted.effective_at, clock_timestamp());
    v_handover public.book_handovers;
begin
    if v_from > clock_timestamp() + interval '1 year' or not isfinite(v_from) then
        perform private.refuse('PT422', 'effective_out_of_range', 'Within a year from now.');
    end if;
    insert into public.book_handovers (
        desk_id, from_staff_id, to_staff_id, pool_ids, roles, is_moving_tickets, reason,
        effective_at, requested_by
    )
    values (
        v_desk_id, p_wanted.from_staff_id, p_wanted.to_staff_id, p_wanted.pool_ids,
        p_wanted.roles, coalesce(p_is_moving_tickets, true), v_reason, v_from, auth.uid()
    )
    returning * into v_handover;
    if v_from <= clock_timestamp() then
        perform private.carry_out_handover(v_handover.id);
    else
        perform private.set_timers('book_handover.reached', array[v_handover.id], array[v_from]);
    end if;
    select known.* into v_handover
    from public.book_handovers known where known.id = v_handover.id;
    return private.describe_handover(v_handover);
end
$$;

create function public.hand_over_client_book(
    p_from_staff_id uuid, p_to_staff_id uuid default null, p_reason text default null,
    p_roles text[] default null, p_pool_ids uuid[] default null,
    p_effective_from timestamptz default null, p_is_moving_tickets boolean default true
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.hand_over_client_book(private.read_handover(
        p_from_staff_id, p_to_staff_id, p_pool_ids, p_roles, p_effective_from
    ), p_reason, p_is_moving_tickets)
$$;
comment on function public.hand_over_client_book(
    uuid, uuid, text, text[], uuid[], timestamptz, boolean
) is
    'Managers of the leaver''s desk, the server: their clients (in these roles, or all) go to one '
    'colleague, or by language and load to those of the pool or the desk; now or at '
    'effective_at. Answers the hand-over with "counts" and "items", one for each thing.';

-- Definer: as above.
create function private.lock_handover(p_handover_id uuid)
returns public.book_handovers
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_handover public.book_handovers;
begin
    if not private.is_service() then
        perform private.require_signed_in();
        if not private.is_manager() then
            perform private.refuse('PT403', 'manager_required', 'Only managers may do this.');
        end if;
    end if;
    select known.* into v_handover
    from public.book_handovers known
    where known.id = p_handover_id and (
        private.is_service() or known.desk_id = any (array(select private.my_managed_desk_ids()))
    )
    for update;
    if v_handover.id is null then
        perform private.refuse('PT404', 'handover_not_found', 'There is none for you.');
    end if;
    return v_handover;
end
$$;

-- What somebody has changed since stays as it is now. A deputy's place that was left empty is
-- the taker's again if they became dedicated agent, else the leaver's.
create function private.put_roles_back(p_handover public.book_handovers)
returns void
language sql
set search_path = ''
as $$
    update public.vip_client_profiles team
    set dedicated_agent_id = case
            when team.dedicated_agent_id = made.dedicated_agent_id then p_handover.from_staff_id
            else team.dedicated_agent_id
        end,
        deputy_agent_id = case
            when made.is_deputy_empty and team.deputy_agent_id is null
                then coalesce(made.dedicated_agent_id, p_handover.from_staff_id)
            when team.deputy_agent_id = made.deputy_agent_id then p_handover.from_staff_id
            else team.deputy_agent_id
        end,
        relationship_manager_id = case
            when team.relationship_manager_id = made.relationship_manager_id
                then p_handover.from_staff_id
            else team.relationship_manager_id
        end
    from private.read_book_roles(p_handover.id) made
    where made.client_id = team.client_id;
$$;

-- Which of the rows moved are still as they were moved: those go back.
create function private.list_unchanged_items(p_handover_id uuid)
returns setof public.book_handover_items
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
    return query
    select item.*
    from public.book_handover_items item
    left join public.support_tickets ticket on ticket.id = item.row_id and item.kind = 'ticket'
    left join public.ticket_promises promise
        on promise.id = item.row_id and item.kind = 'promise' and promise.ended_at is null
    left join public.white_glove_services service
        on service.id = item.row_id and item.kind = 'service' and service.closed_at is null
    left join public.white_glove_steps step
        on step.id = item.row_id and item.kind = 'step'
        and step.state in ('waiting', 'ready', 'in_progress', 'failed', 'compensating')
    left join public.recovery_cases known
        on known.id = item.row_id and item.kind = 'recovery_case'
        and known.state in ('open', 'in_progress')
    left join public.outreach_tasks task
        on task.id = item.row_id and item.kind = 'outreach_task' and task.state = 'open'
    where item.handover_id = p_handover_id and item.outcome = 'moved'
        and item.to_staff_id = coalesce(
            case when private.is_worked_on(ticket.status) then ticket.assignee_id end,
            promise.promised_by, service.assigned_agent_id, step.owner_id, known.owner_id,
            task.owner_id
        )
    order by item.row_id;
end
$$;

create function private.put_work_back(p_handover public.book_handovers)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_ids bigint[] := array(
        select item.id from private.list_unchanged_items(p_handover.id) item
    );
    v_row_ids uuid[] := array(
        select item.row_id from public.book_handover_items item where item.id = any (v_ids)
    );
begin
    update public.support_tickets ticket
    set assignee_id = p_handover.from_staff_id, assigned_at = now()
    where ticket.id = any (v_row_ids);
    update public.ticket_promises promise
    set promised_by = p_handover.from_staff_id where promise.id = any (v_row_ids);
    update public.white_glove_services service
    set assigned_agent_id = p_handover.from_staff_id where service.id = any (v_row_ids);
    update public.white_glove_steps step
    set owner_id = p_handover.from_staff_id where step.id = any (v_row_ids);
    update public.recovery_cases known
    set owner_id = p_handover.from_staff_id, assigned_at = clock_timestamp()
    where known.id = any (v_row_ids);
    update public.outreach_tasks task
    set owner_id = p_handover.from_staff_id where task.id = any (v_row_ids);
    update public.book_handover_items item
    set is_undone = true
    where item.id = any (v_ids)
        or item.handover_id = p_handover.id and item.row_id = item.client_id
        and item.outcome in ('moved', 'left_empty');
end
$$;

create function private.lock_handover_rows(p_handover_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform from public.profiles client
    where client.id in (
        select item.client_id from public.book_handover_items item
        where item.handover_id = p_handover_id
    )
    order by client.id
    for no key update;
    perform from public.support_tickets ticket
    where ticket.id in (
        select item.row_id from public.book_handover_items item
        where item.handover_id = p_handover_id and item.kind = 'ticket'
    )
    order by ticket.id
    for no key update;
end
$$;

-- Definer: as above.
create function private.undo_book_handover(p_handover_id uuid, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- A plan made while the tables were small must not meet a whole book.
set enable_seqscan = off
as $$
declare
    v_reason text := private.require_text('reason', p_reason, 500);
    v_handover public.book_handovers := private.lock_handover(p_handover_id);
begin
    if v_handover.state = 'planned' then
        perform private.cancel_timers('book_handover.reached', array[p_handover_id]);
    elsif v_handover.state <> 'done' then
        perform private.refuse('PT409', 'handover_is_over', 'It was undone or called off.');
    elsif v_handover.undo_until < clock_timestamp() then
        perform private.refuse('PT409', 'too_late_to_undo', 'Hand the clients over anew.');
    elsif not exists (
        select from public.staff_members staff
        where staff.id = v_handover.from_staff_id and staff.is_active
            and staff.desk_id = v_handover.desk_id and private.is_agent_role(staff.role)
    ) then
        perform private.refuse('PT409', 'leaver_is_gone', 'They left this desk meanwhile.');
    else
        perform private.note_reason(v_reason);
        perform private.lock_handover_rows(p_handover_id);
        perform private.put_roles_back(v_handover);
        perform private.put_work_back(v_handover);
    end if;
    update public.book_handovers known
    set state = case known.state when 'planned' then 'cancelled' else 'undone' end,
        undone_at = case known.state when 'done' then clock_timestamp() end,
        undone_by = auth.uid()
    where known.id = p_handover_id
    returning * into v_handover;
    return private.describe_handover(v_handover);
end
$$;

create function public.undo_client_book(p_handover_id uuid, p_reason text)
returns jsonb
language sql
set search_path = ''
as $$
    select private.undo_book_handover(p_handover_id, p_reason)
$$;
comment on function public.undo_client_book(uuid, text) is
    'Managers of the leaver''s desk, the server: a planned hand-over is called off; one that was '
    'done within three days is put back, but for what somebody has changed since. 409 '
    'too_late_to_undo, leaver_is_gone. Answers the hand-over.';

-- -------------------------------------------------------------------------------------------------
-- Planned ones
-- -------------------------------------------------------------------------------------------------
create function worker.client_book_contexts(p_handover_ids uuid[])
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'read_at', clock_timestamp(),
        'handovers', coalesce(jsonb_agg(jsonb_build_object(
            'handover_id', planned.id, 'effective_at', planned.effective_at,
            'takers_left', (
                select count(*) from private.list_takers(planned)
            )
        )), '[]')
    )
    from public.book_handovers planned
    where planned.id = any (p_handover_ids) and planned.state = 'planned'
$$;
comment on function worker.client_book_contexts(uuid[]) is
    'Of these hand-overs those still planned: {"read_at", "handovers": [{"handover_id", '
    '"effective_at", "takers_left": how many could take clients}]}.';

create function private.settle_handover(p_handover_id uuid, p_verdict text, p_at timestamptz)
returns text
language plpgsql
set search_path = ''
as $$
declare
    v_handover public.book_handovers;
begin
    select known.* into v_handover
    from public.book_handovers known
    where known.id = p_handover_id and known.state = 'planned'
    for update;
    if v_handover.id is null then
        return 'gone';
    end if;
    case p_verdict
        when 'carry_out' then
            perform private.carry_out_handover(p_handover_id);
        when 'call_off' then
            update public.book_handovers known
            set state = 'cancelled' where known.id = p_handover_id;
            perform private.notify(
                private.list_managers(v_handover.desk_id), 'client_book_not_taken', null,
                jsonb_build_object('handover_id', p_handover_id)
            );
        else
            perform private.set_timers(
                'book_handover.reached', array[p_handover_id], array[p_at]
            );
    end case;
    return 'recorded';
end
$$;

-- Definer: not even the service key may write teams but through here; only service_role may
-- execute it.
create function private.apply_client_books(p_items jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'job_id', item.job_id, 'status', private.settle_handover(
                item.handover_id, item.verdict, item.look_again_at
            )
        )), '[]')
        from (
            select sent.*
            from jsonb_to_recordset(p_items) as sent (
                job_id bigint, handover_id uuid, verdict text, look_again_at timestamptz
            )
            order by sent.handover_id
        ) item
    );
end
$$;

create function worker.record_client_books(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_results jsonb;
begin
    perform private.hold_jobs(p_items);
    v_results := private.apply_client_books(p_items);
    perform private.finish_jobs(array(
        select result.job_id from jsonb_to_recordset(v_results) as result (job_id bigint)
    ));
    return v_results;
end
$$;
comment on function worker.record_client_books(jsonb) is
    'Carries planned hand-overs out, or calls them off, and finishes the jobs. Items: job_id, '
    'fence, handover_id, verdict (carry_out, call_off or wait), look_again_at. Answers '
    '[{"job_id", "status"}]: recorded, or gone when it is not planned any more.';

-- -------------------------------------------------------------------------------------------------
-- Nobody leaves a book behind unnoticed
-- -------------------------------------------------------------------------------------------------
create function private.count_book(p_staff_id uuid)
returns bigint
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select count(distinct book.client_id)
        from private.list_book(
            p_staff_id, '{dedicated_agent,deputy_agent,relationship_manager}'
        ) book
    );
end
$$;

-- Definer: whoever changed the role may not count books, nor write notifications.
create function private.tg_staff_members_warn_of_book()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_count bigint := private.count_book(new.id);
begin
    if v_count > 0 then
        perform private.notify(
            array_remove(private.list_managers(old.desk_id), new.id), 'client_book_left_behind',
            null, jsonb_build_object('staff_id', new.id, 'client_count', v_count)
        );
    end if;
    return null;
end
$$;

create trigger staff_members_warn_of_book
after update of is_active, role, desk_id on public.staff_members
for each row when (
    old.is_active and (not new.is_active or new.role <> old.role or new.desk_id <> old.desk_id)
)
execute function private.tg_staff_members_warn_of_book();

-- Not refused: somebody's rights must be gone at once when they have to be.
--
-- Definer: nobody holds a right to write staff_members; admins write through here.
create or replace function private.revoke_staff_role(p_staff_id uuid, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_ticket_ids uuid[];
begin
    perform private.require_admin();
    perform private.note_reason(p_reason);
    v_ticket_ids := private.lock_tickets_of(p_staff_id);
    update public.staff_members staff
    set is_active = false, state = 'offline'
    where staff.id = p_staff_id;
    if not found then
        perform private.refuse('PT404', 'staff_not_found', 'No member of staff has this id.');
    end if;
    return jsonb_build_object(
        'staff_id', p_staff_id, 'returned_count', private.return_left_tickets(v_ticket_ids),
        'book_client_count', private.count_book(p_staff_id)
    );
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.book_handovers, public.book_handover_items
from anon, authenticated, service_role;
revoke all on sequence public.book_handover_items_id_seq from anon, authenticated, service_role;
grant select on public.book_handovers, public.book_handover_items to authenticated, service_role;
alter table public.book_handovers enable row level security;
alter table public.book_handover_items enable row level security;

create policy book_handovers_select_overseers on public.book_handovers
for select to authenticated
using (
    desk_id = any (array(select private.my_overseen_desk_ids()))
    or to_staff_id = (select private.my_staff_id())
);

create policy book_handover_items_select_overseers on public.book_handover_items
for select to authenticated
using (
    client_id <> (select private.my_client_id())
    and exists (
        select from public.book_handovers handover
        where handover.id = book_handover_items.handover_id
    )
);

revoke all on function
    private.list_book(uuid, text[]), private.list_takers(public.book_handovers),
    private.plan_book(public.book_handovers),
    private.list_doubled_deputies(public.book_handovers),
    private.move_book_roles(public.book_handovers), private.read_book_roles(uuid),
    private.move_book_tickets(public.book_handovers), private.reassign_book_tickets(uuid),
    private.move_book_services(public.book_handovers),
    private.move_book_duties(public.book_handovers), private.tell_of_book(public.book_handovers),
    private.carry_out_handover(uuid), private.describe_handover(public.book_handovers),
    private.require_handover(public.book_handovers),
    private.preview_client_book(public.book_handovers),
    private.read_handover(uuid, uuid, uuid[], text[], timestamptz),
    public.preview_client_book(uuid, uuid, text[], uuid[], timestamptz),
    private.hand_over_client_book(public.book_handovers, text, boolean),
    public.hand_over_client_book(uuid, uuid, text, text[], uuid[], timestamptz, boolean),
    private.lock_handover(uuid), private.put_roles_back(public.book_handovers),
    private.list_unchanged_items(uuid), private.put_work_back(public.book_handovers),
    private.lock_handover_rows(uuid), private.undo_book_handover(uuid, text),
    public.undo_client_book(uuid, text), worker.client_book_contexts(uuid[]),
    private.settle_handover(uuid, text, timestamptz), private.apply_client_books(jsonb),
    worker.record_client_books(jsonb), private.count_book(uuid),
    private.tg_staff_members_warn_of_book()
from public, anon, authenticated, service_role;
grant execute on function
    private.preview_client_book(public.book_handovers),
    private.read_handover(uuid, uuid, uuid[], text[], timestamptz),
    public.preview_client_book(uuid, uuid, text[], uuid[], timestamptz),
    private.hand_over_client_book(public.book_handovers, text, boolean),
    public.hand_over_client_book(uuid, uuid, text, text[], uuid[], timestamptz, boolean),
    private.undo_book_handover(uuid, text), public.undo_client_book(uuid, text)
to authenticated, service_role;
grant execute on function
    private.list_takers(public.book_handovers), worker.client_book_contexts(uuid[]),
    private.apply_client_books(jsonb), worker.record_client_books(jsonb)
to service_role;
