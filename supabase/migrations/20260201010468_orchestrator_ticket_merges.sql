-- Two tickets of one client about one thing become one. No message moves: the merged ticket is
-- closed and points to the kept one, which is shown with the words of both. What the client still
-- writes to the merged one lands on the kept one. A merge can be undone.
-- Events out: ticket.merged, ticket.separated. Subject: the merged ticket.
--
-- Answering and reading stand here too, because both follow a merge.

-- -------------------------------------------------------------------------------------------------
-- Columns and table
-- -------------------------------------------------------------------------------------------------
alter table public.support_tickets
    add column merged_into_id uuid,
    add constraint support_tickets_merged_are_closed
        check (merged_into_id is null or status = 'closed'),
    add constraint support_tickets_merged_into_another check (merged_into_id <> id);
comment on column public.support_tickets.merged_into_id is
    'The ticket that goes on in its place. No foreign key: the full index it needs would be paid '
    'by every change of every ticket; ticket_merges has it.';
create index support_tickets_merged_into_id_idx on public.support_tickets (merged_into_id)
where merged_into_id is not null;
comment on index public.support_tickets_merged_into_id_idx is
    'Serves the conversation of a kept ticket, which includes those merged into it.';

create table public.ticket_merges (
    id bigint generated always as identity primary key,
    ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    -- Checked at the end: a client's tickets are erased together, in any order.
    into_ticket_id uuid not null
        references public.support_tickets (id) deferrable initially deferred,
    reason text not null,
    previous_status text not null,
    previous_resolved_at timestamptz,
    previous_closed_at timestamptz,
    merged_by uuid not null,
    merged_at timestamptz not null default now(),
    undo_reason text,
    undone_by uuid,
    undone_at timestamptz,
    constraint ticket_merges_join_two_tickets check (ticket_id <> into_ticket_id),
    constraint ticket_merges_reason_is_text check (private.is_clean_text(reason, 2000)),
    constraint ticket_merges_undo_reason_is_text check (private.is_clean_text(undo_reason, 2000)),
    constraint ticket_merges_previous_status_is_known
        check (previous_status in (
            'open', 'assigned', 'pending', 'on_hold', 'resolved', 'closed'
        )),
    constraint ticket_merges_undoing_is_complete
        check (
            (undone_at is null) = (undone_by is null)
            and (undone_at is null) = (undo_reason is null)
        )
);
comment on table public.ticket_merges is
    'Which ticket was merged into which, by whom and why, and how the merged one stood before; and '
    'who undid it.';
comment on column public.ticket_merges.merged_by is 'No foreign key: it outlives people.';
create unique index ticket_merges_one_at_a_time on public.ticket_merges (ticket_id)
where undone_at is null;
comment on index public.ticket_merges_one_at_a_time is
    'Serves undo_ticket_merge; a ticket is merged into one other at most.';
create index ticket_merges_ticket_id_idx on public.ticket_merges (ticket_id, id);
comment on index public.ticket_merges_ticket_id_idx is
    'Serves the foreign key and the history of a merged ticket.';
create index ticket_merges_into_ticket_id_idx on public.ticket_merges (into_ticket_id);
comment on index public.ticket_merges_into_ticket_id_idx is
    'Serves the foreign key and the history of a kept ticket.';

-- -------------------------------------------------------------------------------------------------
-- What holds of every merge, whoever writes it
-- -------------------------------------------------------------------------------------------------

-- No chains and no rings: what is merged keeps nothing, what keeps is not merged.
create function private.require_mergeable(
    p_ticket public.support_tickets, p_into public.support_tickets
)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_into.client_id is distinct from p_ticket.client_id then
        perform private.refuse('PT409', 'different_clients', 'These are of two clients.');
    elsif p_ticket.merged_into_id is not null or p_into.merged_into_id is not null then
        perform private.refuse('PT409', 'already_merged', 'One of them is merged already.');
    elsif exists (
        select from public.support_tickets other where other.merged_into_id = p_ticket.id
    ) then
        perform private.refuse(
            'PT409', 'has_merged_tickets', 'Others are merged into it: keep this one instead.'
        );
    end if;
    perform private.require_status(
        p_into, array['open', 'assigned', 'pending', 'on_hold', 'resolved']
    );
end
$$;

-- Definer: both tickets must be read whatever the caller may see.
create function private.tg_support_tickets_check_merge()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_into public.support_tickets;
begin
    select ticket.* into v_into
    from public.support_tickets ticket where ticket.id = new.merged_into_id
    for no key update;
    perform private.require_mergeable(old, v_into);
    return new;
end
$$;

create trigger support_tickets_check_merge
before update of merged_into_id on public.support_tickets
for each row when (
    new.merged_into_id is not null and new.merged_into_id is distinct from old.merged_into_id
)
execute function private.tg_support_tickets_check_merge();

-- Definer: the timeline can be written by nobody else, whoever merged the ticket.
create function private.tg_support_tickets_tell_merge()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_is_merged boolean := new.merged_into_id is not null;
    v_kept_id uuid := coalesce(new.merged_into_id, old.merged_into_id);
begin
    insert into public.ticket_events (ticket_id, cycle, kind, actor_id, details)
    select
        ticket.id, ticket.cycle,
        case
            when ticket.id = new.id then case when v_is_merged then 'merged' else 'separated' end
            when v_is_merged then 'merge_received'
            else 'merge_undone'
        end,
        auth.uid(),
        jsonb_build_object(
            'other_ticket_id', case when ticket.id = new.id then v_kept_id else new.id end
        )
    from public.support_tickets ticket
    where ticket.id in (new.id, v_kept_id);
    perform private.emit_events(
        case when v_is_merged then 'ticket.merged' else 'ticket.separated' end,
        array[new.id], array[jsonb_build_object('cycle', new.cycle, 'kept_ticket_id', v_kept_id)]
    );
    return null;
end
$$;

create trigger support_tickets_tell_merge
after update of merged_into_id on public.support_tickets
for each row when (old.merged_into_id is distinct from new.merged_into_id)
execute function private.tg_support_tickets_tell_merge();

-- -------------------------------------------------------------------------------------------------
-- Merge, and undo it
-- -------------------------------------------------------------------------------------------------
create function private.lock_tickets(p_ticket_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform from public.support_tickets ticket
    where ticket.id = any (p_ticket_ids)
    order by ticket.id
    for update;
end
$$;
comment on function private.lock_tickets(uuid[]) is
    'Tickets by id: the order of everybody who locks several.';

-- Definer: nobody holds a right to write tickets; both stances are checked first.
create function private.merge_tickets(
    p_ticket_id uuid, p_into_ticket_id uuid, p_version integer, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_reason text := private.require_text('reason', p_reason, 2000);
    v_roles text[] := array['assignee', 'manager', 'queue'];
    v_ticket public.support_tickets;
    v_into public.support_tickets;
begin
    perform private.lock_tickets(array[p_ticket_id, p_into_ticket_id]);
    v_ticket := private.lock_ticket_as(p_ticket_id, v_roles);
    v_into := private.lock_ticket_as(p_into_ticket_id, v_roles);
    if p_ticket_id = p_into_ticket_id then
        perform private.refuse('PT422', 'same_ticket', 'Name two different tickets.');
    end if;
    perform private.require_version(v_ticket, p_version);
    perform private.require_mergeable(v_ticket, v_into);
    insert into public.ticket_merges (
        ticket_id, into_ticket_id, reason, previous_status, previous_resolved_at,
        previous_closed_at, merged_by
    )
    values (
        p_ticket_id, p_into_ticket_id, v_reason, v_ticket.status, v_ticket.resolved_at,
        v_ticket.closed_at, v_staff_id
    );
    perform private.apply_merge(p_ticket_id, p_into_ticket_id);
    return private.read_ticket(p_into_ticket_id);
end
$$;

-- The kept one gets a new version: whoever works on it should read what has come to it.
create function private.apply_merge(p_ticket_id uuid, p_into_ticket_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform private.end_assignments(array[p_ticket_id], 'withdrawn', 'merged');
    update public.support_tickets ticket
    set status = 'closed',
        merged_into_id = p_into_ticket_id,
        resolved_at = coalesce(ticket.resolved_at, now()),
        closed_at = coalesce(ticket.closed_at, now())
    where ticket.id = p_ticket_id;
    update public.support_tickets ticket
    set last_message_at = greatest(ticket.last_message_at, merged.last_message_at)
    from public.support_tickets merged
    where ticket.id = p_into_ticket_id and merged.id = p_ticket_id;
    insert into public.ticket_followers (ticket_id, staff_id, added_by)
    select p_into_ticket_id, follower.staff_id, follower.added_by
    from public.ticket_followers follower
    where follower.ticket_id = p_ticket_id
    on conflict do nothing;
end
$$;

create function public.merge_tickets(
    p_ticket_id uuid, p_into_ticket_id uuid, p_version integer, p_reason text
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.merge_tickets(p_ticket_id, p_into_ticket_id, p_version, p_reason)
$$;
comment on function public.merge_tickets(uuid, uuid, integer, text) is
    'Who has, manages or may take both: the first ticket (p_version is its version) is closed and '
    'goes on in the second, of the same client. Answers the second.';

-- Definer: nobody holds a right to write tickets; the stance to the kept ticket is checked first.
create function private.undo_ticket_merge(p_ticket_id uuid, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_reason text := private.require_text('reason', p_reason, 2000);
    v_kept_id uuid := (
        select ticket.merged_into_id from public.support_tickets ticket
        where ticket.id = p_ticket_id
    );
    v_merge public.ticket_merges;
begin
    perform private.lock_tickets(array[p_ticket_id, v_kept_id]);
    perform private.lock_ticket_as(
        coalesce(v_kept_id, p_ticket_id), array['assignee', 'manager', 'queue']
    );
    update public.ticket_merges merge
    set undone_by = v_staff_id, undone_at = now(), undo_reason = v_reason
    where merge.ticket_id = p_ticket_id and merge.into_ticket_id = v_kept_id
        and merge.undone_at is null
    returning merge.* into v_merge;
    if not found then
        perform private.refuse('PT409', 'ticket_is_not_merged', 'There is nothing to undo.');
    end if;
    perform private.restore_ticket(v_merge);
    return private.read_ticket(p_ticket_id);
end
$$;

-- As it was when it was done with; what was live waits for somebody again.
create function private.restore_ticket(p_merge public.ticket_merges)
returns void
language plpgsql
set search_path = ''
as $$
begin
    if p_merge.previous_status in ('resolved', 'closed') then
        update public.support_tickets ticket
        set status = p_merge.previous_status,
            merged_into_id = null,
            resolved_at = p_merge.previous_resolved_at,
            closed_at = p_merge.previous_closed_at
        where ticket.id = p_merge.ticket_id;
    else
        update public.support_tickets ticket
        set status = 'open',
            merged_into_id = null,
            assignee_id = null,
            assigned_at = null,
            resolved_at = null,
            closed_at = null
        where ticket.id = p_merge.ticket_id;
        -- One that nobody had before is not unassigned now, so nothing else would route it.
        insert into public.routing_requests (ticket_id, requested_by, reason)
        values (p_merge.ticket_id, p_merge.undone_by, 'asked_by_staff');
    end if;
end
$$;

create function public.undo_ticket_merge(p_ticket_id uuid, p_reason text)
returns jsonb
language sql
set search_path = ''
as $$
    select private.undo_ticket_merge(p_ticket_id, p_reason)
$$;
comment on function public.undo_ticket_merge(uuid, text) is
    'Who has, manages or may take the kept ticket: the merged one stands for itself again, in the '
    'queue if it was live, else as it was. Messages stay where they were written. Answers it.';

-- Definer: nobody holds a right to write tickets; the stance is checked first.
create or replace function private.reopen_ticket(p_ticket_id uuid, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_actor_id uuid := private.require_signed_in();
    v_reason text := private.require_text('reason', p_reason, 2000);
    v_ticket public.support_tickets;
    v_is_client boolean;
begin
    v_ticket := private.lock_ticket_as(p_ticket_id, array['client', 'assignee', 'manager']);
    v_is_client := v_ticket.client_id = private.my_client_id();
    if v_ticket.merged_into_id is not null then
        perform private.refuse('PT409', 'ticket_is_merged', 'It goes on in another ticket.');
    end if;
    perform private.require_status(
        v_ticket, case when v_is_client then array['resolved'] else array['resolved', 'closed'] end
    );
    perform private.reopen(v_ticket);
    perform private.insert_message(
        p_ticket_id, v_actor_id,
        case when v_is_client then 'client' else 'agent' end, not v_is_client, v_reason
    );
    return private.read_ticket(p_ticket_id);
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Answer
-- -------------------------------------------------------------------------------------------------

-- Locks the ticket in which an answer belongs: the kept one, when a client writes to a merged one.
-- A merge or its undoing may be committed while we wait for the lock. Then the ticket is let go
-- before the other is locked (the inner block ends, its locks with it), or two who lock both could
-- wait for each other.
create function private.lock_ticket_to_answer(p_ticket_id uuid)
returns public.support_tickets
language plpgsql
set search_path = ''
as $$
declare
    v_kept_id uuid;
    v_ticket public.support_tickets;
begin
    loop
        v_kept_id := private.find_kept_ticket_id(p_ticket_id);
        begin
            v_ticket := private.lock_ticket_as(
                coalesce(v_kept_id, p_ticket_id), array['client', 'assignee', 'manager']
            );
            if private.find_kept_ticket_id(p_ticket_id) is not distinct from v_kept_id then
                return v_ticket;
            end if;
            raise exception using errcode = 'LS000';
        exception
            when sqlstate 'LS000' then
                v_ticket := null;
        end;
    end loop;
end
$$;

-- Null unless the caller is its client: staff are told that a merged ticket is closed.
create function private.find_kept_ticket_id(p_ticket_id uuid)
returns uuid
language plpgsql
volatile
set search_path = ''
as $$
begin
    return (
        select ticket.merged_into_id from public.support_tickets ticket
        where ticket.id = p_ticket_id and ticket.client_id = private.my_client_id()
    );
end
$$;
comment on function private.find_kept_ticket_id(uuid) is
    'Where a client''s ticket goes on. Volatile: asked again under lock, it must see the present.';

-- Two agents who write at the same time: the second reads the first's answer before sending.
create function private.refuse_collision(
    p_ticket_id uuid, p_actor_id uuid, p_seen_message_id uuid
)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_seen_at timestamptz;
    v_found jsonb;
begin
    select seen.created_at into v_seen_at
    from public.ticket_messages seen
    where seen.id = p_seen_message_id
        and seen.ticket_id = any (private.list_conversation_ids(p_ticket_id));
    if not found then
        perform private.refuse('PT404', 'message_not_found', 'Nothing like it on this ticket.');
    end if;
    select jsonb_build_object(
        'message_id', said.id, 'author_id', said.author_id, 'author_name', person.display_name
    ) into v_found
    from public.ticket_messages said
    left join public.profiles person on person.id = said.author_id
    where said.ticket_id = p_ticket_id and said.created_at > v_seen_at and not said.is_internal
        and said.author_kind in ('agent', 'assistant')
        and said.author_id is distinct from p_actor_id
    order by said.created_at desc
    limit 1;
    if v_found is not null then
        raise exception using
            errcode = 'PT409',
            message = 'answered_meanwhile',
            detail = v_found::text,
            hint = 'Somebody else has answered: read it first.';
    end if;
end
$$;
comment on function private.refuse_collision(uuid, uuid, uuid) is
    'Refuses PT409 answered_meanwhile when somebody else answered the client after the message the '
    'caller saw last; the detail names the answer and its author.';

-- The ticket and those merged into it, as long as they are of one client.
create function private.list_conversation_ids(p_ticket_id uuid)
returns uuid[]
language plpgsql
stable
set search_path = ''
as $$
begin
    return array(
        select p_ticket_id
        union all
        select merged.id
        from public.support_tickets merged
        join public.support_tickets kept on kept.id = p_ticket_id
        where merged.merged_into_id = p_ticket_id and merged.client_id = kept.client_id
    );
end
$$;

drop function public.reply_to_ticket(uuid, text, text);
drop function private.reply_to_ticket(uuid, text, text);

-- Definer: nobody holds a right to write messages or tickets; the stance is checked first.
create function private.reply_to_ticket(
    p_ticket_id uuid, p_body text, p_idempotency_key text, p_seen_message_id uuid
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_actor_id uuid := private.require_signed_in();
    v_body text := private.require_text('body', p_body, 10000);
    v_ticket public.support_tickets;
    v_is_client boolean;
    v_answer jsonb;
begin
    if p_idempotency_key is not null then
        v_answer := private.begin_once(
            v_actor_id, p_idempotency_key, 'reply_to_ticket',
            jsonb_build_array(p_ticket_id, v_body)
        );
        if v_answer is not null then
            return v_answer;
        end if;
    end if;
    v_ticket := private.lock_ticket_to_answer(p_ticket_id);
    perform private.require_status(
        v_ticket, array['open', 'assigned', 'pending', 'on_hold', 'resolved']
    );
    v_is_client := v_ticket.client_id = private.my_client_id();
    if v_is_client then
        perform private.take_token(v_actor_id, 'reply_to_ticket', 60, interval '1 minute');
        if v_ticket.status = 'resolved' then
            perform private.reopen(v_ticket);
        end if;
    elsif p_seen_message_id is not null then
        perform private.refuse_collision(v_ticket.id, v_actor_id, p_seen_message_id);
    end if;
    v_answer := jsonb_build_object('message', private.post_message(
        v_ticket.id, v_actor_id, case when v_is_client then 'client' else 'agent' end, v_body
    ));
    v_answer := private.read_ticket(v_ticket.id) || v_answer;
    return private.finish_once(v_actor_id, p_idempotency_key, v_answer);
end
$$;

create function public.reply_to_ticket(
    p_ticket_id uuid,
    p_body text,
    p_idempotency_key text default null,
    p_seen_message_id uuid default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.reply_to_ticket(p_ticket_id, p_body, p_idempotency_key, p_seen_message_id)
$$;
comment on function public.reply_to_ticket(uuid, text, text, uuid) is
    'Client, assignee or manager: a public message. Answers the ticket with "message". A client''s '
    'word wakes a pending or snoozed ticket, reopens a resolved one, and lands on the kept one if '
    'theirs was merged. Staff who name the last message they saw are refused (409, '
    'answered_meanwhile) when a colleague has answered since.';

-- -------------------------------------------------------------------------------------------------
-- Read
-- -------------------------------------------------------------------------------------------------

-- Definer: a client may know the names behind their ticket, but not the list of people. Authors of
-- notes and followers are named to staff alone.
create or replace function private.list_ticket_people(p_ticket_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_ticket public.support_tickets;
    v_stance text;
begin
    select ticket.* into v_ticket
    from public.support_tickets ticket where ticket.id = p_ticket_id;
    v_stance := private.my_stance(v_ticket);
    return (
        select coalesce(jsonb_object_agg(person.id, person.display_name), '{}')
        from public.profiles person
        where v_stance is not null
            and person.id in (
                select v_ticket.client_id
                union
                select v_ticket.assignee_id
                union
                select past.assignee_id from public.ticket_cycles past
                where past.ticket_id = p_ticket_id
                union
                select message.author_id from public.ticket_messages message
                where message.ticket_id = any (private.list_conversation_ids(p_ticket_id))
                    and (not message.is_internal or v_stance <> 'client')
                union
                select follower.staff_id from public.ticket_followers follower
                where follower.ticket_id = p_ticket_id and v_stance <> 'client'
            )
    );
end
$$;

-- Definer: whoever has the kept ticket reads what was said on the merged ones, which they may not
-- see otherwise; the stance to the kept one is checked, and notes stay hidden from the client.
create function private.read_conversation(p_ticket_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_ticket_ids uuid[] := private.list_conversation_ids(p_ticket_id);
    v_ticket public.support_tickets;
    v_stance text;
begin
    select ticket.* into v_ticket
    from public.support_tickets ticket where ticket.id = p_ticket_id;
    v_stance := private.my_stance(v_ticket);
    if v_stance is null then
        perform private.refuse('PT404', 'ticket_not_found', 'There is no such ticket for you.');
    end if;
    return jsonb_build_object(
        'messages', private.list_messages(v_ticket_ids, v_stance <> 'client'),
        'timeline', private.list_timeline(v_ticket_ids, v_stance <> 'client'),
        'merged', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'id', merged.id, 'number', merged.number, 'subject', merged.subject,
                'channel', merged.channel, 'opened_at', merged.opened_at,
                'closed_at', merged.closed_at
            ) order by merged.number), '[]')
            from public.support_tickets merged
            where merged.id = any (v_ticket_ids) and merged.id <> p_ticket_id
        )
    );
end
$$;

create function private.list_messages(p_ticket_ids uuid[], p_is_for_staff boolean)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(to_jsonb(said) order by said.created_at, said.id), '[]')
        from (
            select message.* from public.ticket_messages message
            where message.ticket_id = any (p_ticket_ids)
                and (p_is_for_staff or not message.is_internal)
            order by message.created_at desc, message.id desc
            limit 500
        ) said
    );
end
$$;

create function private.list_timeline(p_ticket_ids uuid[], p_is_for_staff boolean)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(to_jsonb(step) order by step.id), '[]')
        from (
            select event.* from public.ticket_events event
            where event.ticket_id = any (p_ticket_ids)
                and (p_is_for_staff or not event.is_internal)
            order by event.id desc
            limit 500
        ) step
    );
end
$$;

-- Invoker: the policies say how much of it is for whom.
create function private.read_teamwork(p_ticket_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return jsonb_build_object(
        'cycles', (
            select jsonb_agg(to_jsonb(past) order by past.cycle)
            from public.ticket_cycle_history past where past.ticket_id = p_ticket_id
        ),
        'followers', (
            select coalesce(jsonb_agg(to_jsonb(follower) order by follower.created_at), '[]')
            from public.ticket_followers follower where follower.ticket_id = p_ticket_id
        ),
        'links', (
            select coalesce(jsonb_agg(
                to_jsonb(link) || jsonb_build_object('number', other.number,
                    'subject', other.subject, 'status', other.status)
                order by other.number
            ), '[]')
            from public.ticket_links link
            join public.support_tickets other
                on other.id in (link.ticket_id, link.linked_ticket_id) and other.id <> p_ticket_id
            where p_ticket_id in (link.ticket_id, link.linked_ticket_id)
        ),
        'assignment', (
            select to_jsonb(held) from public.ticket_assignments held
            where held.ticket_id = p_ticket_id and held.ended_at is null
        ),
        'routing', (
            select to_jsonb(decision) from public.routing_decisions decision
            where decision.ticket_id = p_ticket_id
            order by decision.id desc
            limit 1
        )
    );
end
$$;

create or replace function public.get_ticket(p_ticket_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_ticket jsonb := private.read_ticket(p_ticket_id);
begin
    perform private.require_signed_in();
    if v_ticket is null then
        perform private.refuse('PT404', 'ticket_not_found', 'There is no such ticket for you.');
    end if;
    return v_ticket
        || jsonb_build_object(
            'people', private.list_ticket_people(p_ticket_id),
            'routing_summary', private.describe_routing(p_ticket_id)
        )
        || private.read_conversation(p_ticket_id)
        || private.read_teamwork(p_ticket_id);
end
$$;
comment on function public.get_ticket(uuid) is
    'Everything the caller may know of a ticket: its columns and "people" {id: name}; "messages" '
    'and "timeline" (the latest 500 each), with those of tickets merged into it, each with the '
    'ticket_id it was written on; "merged" (those tickets); "cycles" (the last is the present '
    'one); "routing_summary" {code, text, agent_name}, or null. For staff also "followers", '
    '"links", "assignment" (the offer or work going on, to its agent and overseers) and "routing" '
    '(the last decision); empty for others.';

create or replace view public.my_tickets
with (security_invoker = true)
as
select
    ticket.id, ticket.number, ticket.subject, ticket.channel, ticket.category, ticket.language,
    ticket.status, ticket.priority, ticket.cycle, ticket.version, ticket.resolution,
    ticket.opened_at, ticket.first_response_due_at, ticket.first_responded_at,
    ticket.last_message_at, ticket.resolved_at, ticket.closed_at, ticket.updated_at,
    ticket.merged_into_id
from public.support_tickets ticket
where ticket.client_id = (select private.my_client_id());

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.ticket_merges from anon, authenticated, service_role;
revoke all on sequence public.ticket_merges_id_seq from anon, authenticated, service_role;
grant select on public.ticket_merges to authenticated, service_role;
alter table public.ticket_merges enable row level security;

-- Reasons are among colleagues: not for the client, also not for one who works here.
create policy ticket_merges_select_staff on public.ticket_merges
for select to authenticated
using (
    (select private.is_staff())
    and exists (
        select from public.support_tickets ticket
        where ticket.id in (ticket_merges.ticket_id, ticket_merges.into_ticket_id)
            and ticket.client_id <> (select private.my_client_id())
    )
);

revoke all on function
    private.require_mergeable(public.support_tickets, public.support_tickets),
    private.tg_support_tickets_check_merge(), private.tg_support_tickets_tell_merge(),
    private.lock_tickets(uuid[]), private.merge_tickets(uuid, uuid, integer, text),
    private.apply_merge(uuid, uuid), private.undo_ticket_merge(uuid, text),
    private.restore_ticket(public.ticket_merges), private.lock_ticket_to_answer(uuid),
    private.find_kept_ticket_id(uuid), private.refuse_collision(uuid, uuid, uuid),
    private.list_conversation_ids(uuid), private.reply_to_ticket(uuid, text, text, uuid),
    private.read_conversation(uuid), private.list_messages(uuid[], boolean),
    private.list_timeline(uuid[], boolean), private.read_teamwork(uuid),
    public.merge_tickets(uuid, uuid, integer, text), public.undo_ticket_merge(uuid, text),
    public.reply_to_ticket(uuid, text, text, uuid)
from public, anon, authenticated, service_role;

grant execute on function
    private.merge_tickets(uuid, uuid, integer, text), private.undo_ticket_merge(uuid, text),
    private.reply_to_ticket(uuid, text, text, uuid), private.read_conversation(uuid),
    private.read_teamwork(uuid),
    public.merge_tickets(uuid, uuid, integer, text), public.undo_ticket_merge(uuid, text),
    public.reply_to_ticket(uuid, text, text, uuid)
to authenticated;
