-- What people do with tickets: open, reply, note, assign, hold, resolve, reopen, close, read.
-- Every function in public is a door with the caller's rights; the work behind it is in private.
-- Order of refusals: who are you, is the input sound, does it exist for you, may you, does it fit.
-- Order of locks: the ticket first, then staff. A foreign ticket answers exactly like none.

-- -------------------------------------------------------------------------------------------------
-- Who am I to this ticket
-- -------------------------------------------------------------------------------------------------

-- The policy of support_tickets in words, null where it shows nothing. The first that holds:
-- 'client', 'manager' may direct, 'assignee', 'queue' may take, 'overseer' may read.
create function private.my_stance(p_ticket public.support_tickets)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    return case
        when p_ticket.client_id = auth.uid() then 'client'
        when p_ticket.desk_id = any (array(select private.my_managed_desk_ids())) then 'manager'
        when p_ticket.assignee_id = private.my_staff_id() then 'assignee'
        when p_ticket.queue_desk_id = any (array(select private.my_queue_desk_ids())) then 'queue'
        when p_ticket.desk_id = any (array(select private.my_overseen_desk_ids())) then 'overseer'
    end;
end
$$;

-- Locks the ticket and answers it; refuses unless the caller stands to it in one of these ways.
create function private.lock_ticket_as(p_ticket_id uuid, p_stances text[])
returns public.support_tickets
language plpgsql
set search_path = ''
as $$
declare
    v_ticket public.support_tickets;
    v_stance text;
begin
    select ticket.* into v_ticket
    from public.support_tickets ticket where ticket.id = p_ticket_id
    for update;
    v_stance := private.my_stance(v_ticket);
    if v_stance is null then
        perform private.refuse('PT404', 'ticket_not_found', 'There is no such ticket for you.');
    elsif v_stance <> all (p_stances) then
        perform private.refuse('PT403', 'not_yours_to_change', 'You may see this ticket only.');
    end if;
    return v_ticket;
end
$$;

create function private.require_version(p_ticket public.support_tickets, p_version integer)
returns void
language plpgsql
immutable
set search_path = ''
as $$
begin
    if p_version is null then
        perform private.refuse('PT400', 'version_required', 'Name the version you have seen.');
    elsif p_version <> p_ticket.version then
        perform private.refuse(
            'PT409', 'stale_version', 'The ticket has changed meanwhile: read it again.'
        );
    end if;
end
$$;

create function private.require_status(p_ticket public.support_tickets, p_statuses text[])
returns void
language plpgsql
immutable
set search_path = ''
as $$
begin
    if p_ticket.status <> all (p_statuses) then
        perform private.refuse(
            'PT409', 'ticket_is_' || p_ticket.status, 'Not possible in this state of the ticket.'
        );
    end if;
end
$$;

create function private.read_ticket(p_ticket_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select to_jsonb(ticket) - 'queue_desk_id'
        from public.support_tickets ticket where ticket.id = p_ticket_id
    );
end
$$;

create function private.find_response_due_at(p_tier text, p_from timestamptz)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select p_from + make_interval(secs => level.response_seconds)
        from public.service_levels level where level.tier = p_tier
    );
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Messages
-- -------------------------------------------------------------------------------------------------

create function private.insert_message(
    p_ticket_id uuid, p_author_id uuid, p_author_kind text, p_is_internal boolean, p_body text
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_message public.ticket_messages;
begin
    insert into public.ticket_messages (ticket_id, author_id, author_kind, is_internal, body)
    values (p_ticket_id, p_author_id, p_author_kind, p_is_internal, p_body)
    returning * into v_message;
    return to_jsonb(v_message);
end
$$;

-- A public message and what follows from it: a client's word takes the ticket out of waiting for
-- the client, an agent's first word is the first response. Every message is a new version, so that
-- nobody resolves a ticket whose last message they have not read.
create function private.post_message(
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
begin
    update public.support_tickets ticket
    set last_message_at = greatest(ticket.last_message_at, now()),
        first_responded_at = case
            when p_author_kind = 'agent' then coalesce(ticket.first_responded_at, now())
            else ticket.first_responded_at
        end,
        status = case
            when p_author_kind = 'client' and ticket.status = 'pending' then 'assigned'
            else ticket.status
        end
    where ticket.id = p_ticket_id;
    return v_message;
end
$$;

-- A new service cycle: back to the queue, with clocks of its own.
create function private.reopen(p_ticket public.support_tickets)
returns void
language sql
set search_path = ''
as $$
    update public.support_tickets ticket
    set status = 'open',
        assignee_id = null,
        assigned_at = null,
        cycle = ticket.cycle + 1,
        reopened_at = now(),
        first_response_due_at = private.find_response_due_at(ticket.tier, now()),
        first_responded_at = null,
        last_message_at = now(),
        resolved_at = null,
        closed_at = null
    where ticket.id = p_ticket.id
$$;

-- Definer: nobody holds a right to write messages or tickets; the stance is checked first.
create function private.reply_to_ticket(p_ticket_id uuid, p_body text, p_idempotency_key text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_actor_id uuid := private.require_signed_in();
    v_body text := private.require_text('body', p_body, 10000);
    v_ticket public.support_tickets;
    v_author_kind text;
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
    v_ticket := private.lock_ticket_as(p_ticket_id, array['client', 'assignee', 'manager']);
    perform private.require_status(
        v_ticket, array['open', 'assigned', 'pending', 'on_hold', 'resolved']
    );
    v_author_kind := case when v_ticket.client_id = v_actor_id then 'client' else 'agent' end;
    if v_author_kind = 'client' then
        perform private.take_token(v_actor_id, 'reply_to_ticket', 60, interval '1 minute');
        if v_ticket.status = 'resolved' then
            perform private.reopen(v_ticket);
        end if;
    end if;
    v_answer := jsonb_build_object('message', private.post_message(
        p_ticket_id, v_actor_id, v_author_kind, v_body
    ));
    v_answer := private.read_ticket(p_ticket_id) || v_answer;
    return private.finish_once(v_actor_id, p_idempotency_key, v_answer);
end
$$;

create function public.reply_to_ticket(
    p_ticket_id uuid, p_body text, p_idempotency_key text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.reply_to_ticket(p_ticket_id, p_body, p_idempotency_key)
$$;
comment on function public.reply_to_ticket(uuid, text, text) is
    'Client, assignee or manager: a public message. Answers the ticket with "message". A client''s '
    'word wakes a pending ticket and reopens a resolved one.';

-- Definer: nobody holds a right to write messages; the stance is checked first.
create function private.add_ticket_note(p_ticket_id uuid, p_body text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_actor_id uuid := private.require_signed_in();
    v_body text := private.require_text('body', p_body, 10000);
begin
    perform private.lock_ticket_as(
        p_ticket_id, array['assignee', 'manager', 'queue', 'overseer']
    );
    return private.read_ticket(p_ticket_id) || jsonb_build_object(
        'message', private.insert_message(p_ticket_id, v_actor_id, 'agent', true, v_body)
    );
end
$$;

create function public.add_ticket_note(p_ticket_id uuid, p_body text)
returns jsonb
language sql
set search_path = ''
as $$
    select private.add_ticket_note(p_ticket_id, p_body)
$$;
comment on function public.add_ticket_note(uuid, text) is
    'Staff who see the ticket: a note the client never sees. Answers the ticket with "message".';

-- -------------------------------------------------------------------------------------------------
-- Open
-- -------------------------------------------------------------------------------------------------

-- For whom: oneself, or any client when staff or the server open it on their behalf.
create function private.require_client(p_actor_id uuid, p_client_id uuid)
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
    v_client_id uuid := coalesce(p_client_id, p_actor_id);
begin
    if v_client_id is null then
        perform private.refuse('PT400', 'client_required', 'Name the client.');
    elsif (v_client_id is distinct from p_actor_id
            and not (private.is_staff() or private.is_service()))
        or not exists (select from public.profiles client where client.id = v_client_id)
    then
        perform private.refuse('PT404', 'client_not_found', 'There is no such client for you.');
    end if;
    return v_client_id;
end
$$;

-- What was asked for must be a language of the house; what a profile says is only a wish.
create function private.choose_language(p_language text, p_client_id uuid)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
    v_language text;
begin
    if p_language is null then
        select wish.code into v_language
        from public.profiles client
        cross join unnest(
            client.preferred_languages || left(client.locale, 2) || 'en'::text
        ) with ordinality wish (code, place)
        join public.skills spoken on spoken.skill = 'language.' || wish.code
        where client.id = p_client_id
        order by wish.place
        limit 1;
    elsif exists (select from public.skills spoken where spoken.skill = 'language.' || p_language)
    then
        v_language := p_language;
    else
        perform private.refuse('PT422', 'unknown_language', 'Not a language of this house.');
    end if;
    return coalesce(v_language, 'en');
end
$$;

create function private.require_known_words(p_channel text, p_category text)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if not exists (select from public.channels known where known.channel = p_channel) then
        perform private.refuse('PT422', 'unknown_channel', 'Not a channel of this house.');
    elsif not exists (
        select from public.ticket_categories known where known.category = p_category
    ) then
        perform private.refuse('PT422', 'unknown_category', 'Not a category of this house.');
    end if;
end
$$;

create function private.insert_ticket(
    p_client_id uuid, p_subject text, p_channel text, p_category text, p_language text
)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
    v_ticket_id uuid;
begin
    insert into public.support_tickets (
        client_id, desk_id, channel, subject, category, language, tier, required_skills,
        first_response_due_at
    )
    select
        client.id, client.desk_id, p_channel, p_subject, topic.category, p_language, client.tier,
        topic.required_skills, private.find_response_due_at(client.tier, now())
    from public.profiles client
    cross join public.ticket_categories topic
    where client.id = p_client_id and topic.category = p_category
    returning id into strict v_ticket_id;
    return v_ticket_id;
end
$$;

-- Definer: nobody holds a right to write tickets; whom it is for is checked first.
create function private.open_ticket(
    p_subject text, p_body text, p_channel text, p_category text, p_language text,
    p_idempotency_key text, p_client_id uuid
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_is_service boolean := private.is_service();
    v_actor_id uuid := case when not v_is_service then private.require_signed_in() end;
    v_subject text := private.require_text('subject', p_subject, 200);
    v_body text := private.require_text('body', p_body, 10000);
    v_client_id uuid := private.require_client(v_actor_id, p_client_id);
    v_language text := private.choose_language(p_language, v_client_id);
    v_ticket_id uuid;
    v_answer jsonb;
begin
    perform private.require_known_words(p_channel, p_category);
    if p_idempotency_key is not null then
        v_answer := private.begin_once(
            coalesce(v_actor_id, v_client_id), p_idempotency_key, 'open_ticket',
            jsonb_build_array(v_client_id, v_subject, v_body, p_channel, p_category, p_language)
        );
        if v_answer is not null then
            return v_answer;
        end if;
    end if;
    if v_actor_id = v_client_id then
        perform private.take_token(v_actor_id, 'open_ticket', 30, interval '1 minute');
    end if;
    v_ticket_id := private.insert_ticket(v_client_id, v_subject, p_channel, p_category, v_language);
    v_answer := jsonb_build_object('message', private.insert_message(
        v_ticket_id, coalesce(v_actor_id, v_client_id), 'client', false, v_body
    ));
    v_answer := private.read_ticket(v_ticket_id) || v_answer;
    return private.finish_once(coalesce(v_actor_id, v_client_id), p_idempotency_key, v_answer);
end
$$;

create function public.open_ticket(
    p_subject text,
    p_body text,
    p_channel text,
    p_category text default 'general',
    p_language text default null,
    p_idempotency_key text default null,
    p_client_id uuid default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.open_ticket(
        p_subject, p_body, p_channel, p_category, p_language, p_idempotency_key, p_client_id
    )
$$;
comment on function public.open_ticket(text, text, text, text, text, text, uuid) is
    'A client opens a ticket; staff and the server name p_client_id. Answers the ticket with '
    '"message"; the same key again answers the same and opens nothing. Without p_language it is '
    'the first of the client''s languages that the house speaks.';

-- -------------------------------------------------------------------------------------------------
-- Assign
-- -------------------------------------------------------------------------------------------------

-- Locks the agent's row, as routing does, so that their load cannot grow meanwhile.
create function private.require_agent_for(
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
    if v_agent.id is null or not v_agent.is_active or v_agent.desk_id <> p_ticket.desk_id
        or not private.is_agent_role(v_agent.role)
    then
        perform private.refuse('PT404', 'agent_not_found', 'No agent of this desk has this id.');
    elsif v_agent.id = p_ticket.client_id then
        perform private.refuse('PT422', 'own_ticket', 'Nobody serves themselves.');
    elsif p_is_forced or p_ticket.status in ('assigned', 'pending')
        and p_ticket.assignee_id = p_agent_id
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

create function private.give_ticket(p_ticket_id uuid, p_agent_id uuid)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    update public.support_tickets ticket
    set status = 'assigned', assignee_id = p_agent_id, assigned_at = now()
    where ticket.id = p_ticket_id;
    update public.staff_members staff
    set last_assigned_at = now()
    where staff.id = p_agent_id;
    return private.read_ticket(p_ticket_id);
end
$$;

-- Definer: nobody holds a right to write tickets; the stance is checked first.
create function private.assign_ticket(
    p_ticket_id uuid, p_agent_id uuid, p_version integer, p_force boolean
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
    v_ticket := private.lock_ticket_as(p_ticket_id, array['assignee', 'queue', 'manager']);
    perform private.require_version(v_ticket, p_version);
    perform private.require_status(v_ticket, array['open', 'assigned', 'pending', 'on_hold']);
    if p_force and private.my_stance(v_ticket) <> 'manager' then
        perform private.refuse('PT403', 'manager_required', 'Only a manager may insist.');
    end if;
    perform private.require_agent_for(v_ticket, p_agent_id, coalesce(p_force, false));
    if v_ticket.status = 'assigned' and v_ticket.assignee_id = p_agent_id then
        return private.read_ticket(p_ticket_id);
    end if;
    return private.give_ticket(p_ticket_id, p_agent_id);
end
$$;

create function public.assign_ticket(
    p_ticket_id uuid, p_agent_id uuid, p_version integer, p_force boolean default false
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.assign_ticket(p_ticket_id, p_agent_id, p_version, p_force)
$$;
comment on function public.assign_ticket(uuid, uuid, integer, boolean) is
    'Give a ticket to an agent of its desk: agents what is theirs or waits, managers any of the '
    'desk. p_force (managers): even beyond the agent''s capacity. Answers the ticket.';

-- Definer: nobody holds a right to write tickets; the stance is checked first.
create function private.take_ticket(p_ticket_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_ticket public.support_tickets;
begin
    v_ticket := private.lock_ticket_as(p_ticket_id, array['assignee', 'queue', 'manager']);
    perform private.require_status(v_ticket, array['open']);
    perform private.require_agent_for(v_ticket, v_staff_id, false);
    return private.give_ticket(p_ticket_id, v_staff_id);
end
$$;

create function public.take_ticket(p_ticket_id uuid)
returns jsonb
language sql
set search_path = ''
as $$
    select private.take_ticket(p_ticket_id)
$$;
comment on function public.take_ticket(uuid) is
    'An agent takes a waiting ticket of the desk. Answers the ticket.';

-- Definer: nobody holds a right to write tickets; the stance is checked first.
create function private.unassign_ticket(p_ticket_id uuid, p_version integer, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_ticket public.support_tickets;
begin
    v_ticket := private.lock_ticket_as(p_ticket_id, array['assignee', 'manager']);
    perform private.require_version(v_ticket, p_version);
    perform private.require_status(v_ticket, array['assigned', 'pending', 'on_hold']);
    if p_reason is not null then
        perform private.insert_message(
            p_ticket_id, v_staff_id, 'agent', true, private.require_text('reason', p_reason, 2000)
        );
    end if;
    update public.support_tickets ticket
    set status = 'open', assignee_id = null, assigned_at = null
    where ticket.id = p_ticket_id;
    return private.read_ticket(p_ticket_id);
end
$$;

create function public.unassign_ticket(
    p_ticket_id uuid, p_version integer, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.unassign_ticket(p_ticket_id, p_version, p_reason)
$$;
comment on function public.unassign_ticket(uuid, integer, text) is
    'Assignee or manager: back to the queue; the reason becomes a note. Answers the ticket.';

-- -------------------------------------------------------------------------------------------------
-- State
-- -------------------------------------------------------------------------------------------------

-- Definer: nobody holds a right to write tickets; the stance is checked first.
create function private.set_ticket_status(p_ticket_id uuid, p_status text, p_version integer)
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
    if v_ticket.status = 'on_hold' and p_status <> 'on_hold' then
        perform private.require_agent_for(v_ticket, v_ticket.assignee_id, false);
    end if;
    update public.support_tickets ticket
    set status = p_status
    where ticket.id = p_ticket_id and ticket.status <> p_status;
    return private.read_ticket(p_ticket_id);
end
$$;

create function public.set_ticket_status(p_ticket_id uuid, p_status text, p_version integer)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_ticket_status(p_ticket_id, p_status, p_version)
$$;
comment on function public.set_ticket_status(uuid, text, integer) is
    'Assignee or manager: pending (the client''s turn), on_hold (somebody else''s), assigned. '
    'Work on hold takes no capacity, so taking it up again needs room. Answers the ticket.';

-- Definer: nobody holds a right to write tickets; the stance is checked first.
create function private.resolve_ticket(p_ticket_id uuid, p_resolution text, p_version integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_ticket public.support_tickets;
    v_resolution text;
begin
    perform private.require_staff();
    v_resolution := private.require_text('resolution', p_resolution, 2000);
    v_ticket := private.lock_ticket_as(p_ticket_id, array['assignee', 'manager']);
    perform private.require_version(v_ticket, p_version);
    perform private.require_status(v_ticket, array['open', 'assigned', 'pending', 'on_hold']);
    update public.support_tickets ticket
    set status = 'resolved', resolved_at = now(), resolution = v_resolution
    where ticket.id = p_ticket_id;
    return private.read_ticket(p_ticket_id);
end
$$;

create function public.resolve_ticket(p_ticket_id uuid, p_resolution text, p_version integer)
returns jsonb
language sql
set search_path = ''
as $$
    select private.resolve_ticket(p_ticket_id, p_resolution, p_version)
$$;
comment on function public.resolve_ticket(uuid, text, integer) is
    'Assignee or manager: solved, and how, in words the client may read. Answers the ticket.';

-- Definer: nobody holds a right to write tickets; the stance is checked first.
create function private.reopen_ticket(p_ticket_id uuid, p_reason text)
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
    v_is_client := v_ticket.client_id = v_actor_id;
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

create function public.reopen_ticket(p_ticket_id uuid, p_reason text)
returns jsonb
language sql
set search_path = ''
as $$
    select private.reopen_ticket(p_ticket_id, p_reason)
$$;
comment on function public.reopen_ticket(uuid, text) is
    'Client (resolved only), assignee or manager: a new cycle with its own clocks. The reason is a '
    'message of the client or a note of staff. Answers the ticket.';

-- Definer: nobody holds a right to write tickets; the stance is checked first.
create function private.close_ticket(p_ticket_id uuid, p_version integer)
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
    perform private.require_status(
        v_ticket,
        case private.my_stance(v_ticket)
            when 'manager' then array['open', 'assigned', 'pending', 'on_hold', 'resolved']
            else array['resolved']
        end
    );
    update public.support_tickets ticket
    set status = 'closed', closed_at = now(), resolved_at = coalesce(ticket.resolved_at, now())
    where ticket.id = p_ticket_id;
    return private.read_ticket(p_ticket_id);
end
$$;

create function public.close_ticket(p_ticket_id uuid, p_version integer)
returns jsonb
language sql
set search_path = ''
as $$
    select private.close_ticket(p_ticket_id, p_version)
$$;
comment on function public.close_ticket(uuid, integer) is
    'Assignee (resolved only) or manager (any state): no more messages. Answers the ticket.';

-- -------------------------------------------------------------------------------------------------
-- Read
-- -------------------------------------------------------------------------------------------------

-- Definer: a client may know the names behind their ticket, but not the list of people. Authors of
-- notes are named to staff alone.
create function private.list_ticket_people(p_ticket_id uuid)
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
                select message.author_id from public.ticket_messages message
                where message.ticket_id = p_ticket_id
                    and (not message.is_internal or v_stance <> 'client')
            )
    );
end
$$;

create function public.get_ticket(p_ticket_id uuid)
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
    return v_ticket || jsonb_build_object(
        'people', private.list_ticket_people(p_ticket_id),
        'messages', (
            select coalesce(jsonb_agg(to_jsonb(said) order by said.created_at, said.id), '[]')
            from (
                select message.* from public.ticket_messages message
                where message.ticket_id = p_ticket_id
                order by message.created_at desc, message.id desc
                limit 500
            ) said
        ),
        'timeline', (
            select coalesce(jsonb_agg(to_jsonb(step) order by step.id), '[]')
            from (
                select event.* from public.ticket_events event
                where event.ticket_id = p_ticket_id
                order by event.id desc
                limit 500
            ) step
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
comment on function public.get_ticket(uuid) is
    'Everything the caller may know of a ticket: its columns and "people" {id: name}, "messages", '
    '"timeline" (the latest 500 each), "routing" (the last decision; for staff, else null).';

create function public.get_desk_queue(p_limit integer default 50)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    perform private.require_staff();
    return coalesce((
        select jsonb_agg(to_jsonb(waiting) order by waiting.boost desc,
            waiting.first_response_due_at, waiting.number)
        from (
            select
                ticket.id, ticket.number, ticket.desk_id, ticket.subject, ticket.category,
                ticket.channel, channel.is_live, channel.load_units, ticket.language,
                ticket.required_skills, ticket.priority, ticket.tier, level.boost, ticket.cycle,
                ticket.version, ticket.opened_at, ticket.first_response_due_at, ticket.client_id,
                client.display_name as client_name
            from public.support_tickets ticket
            join public.service_levels level on level.tier = ticket.tier
            join public.channels channel on channel.channel = ticket.channel
            left join public.profiles client on client.id = ticket.client_id
            where ticket.queue_desk_id = any (array(select private.my_desk_ids()))
            order by level.boost desc, ticket.first_response_due_at, ticket.number
            limit least(greatest(coalesce(p_limit, 50), 1), 200)
        ) waiting
    ), '[]');
end
$$;
comment on function public.get_desk_queue(integer) is
    'Staff: who waits at my desk, the highest tier first, then the earliest deadline; at most 200.';

-- -------------------------------------------------------------------------------------------------
-- Somebody leaves
-- -------------------------------------------------------------------------------------------------

-- Definer: nobody holds a right to write staff_members; admins write through here.
-- Tickets are locked before the agent, as everywhere. One given in between is found at the end, and
-- the admin simply asks again: nothing stays with somebody who left.
create function private.revoke_staff_role(p_staff_id uuid, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_count integer;
begin
    perform private.require_admin();
    perform private.note_reason(p_reason);
    with held as (
        select ticket.id from public.support_tickets ticket
        where ticket.assignee_id = p_staff_id
            and ticket.status in ('assigned', 'pending', 'on_hold')
        order by ticket.id
        for update
    )
    update public.support_tickets ticket
    set status = 'open', assignee_id = null, assigned_at = null
    from held where ticket.id = held.id;
    get diagnostics v_count = row_count;
    update public.staff_members staff
    set is_active = false, state = 'offline'
    where staff.id = p_staff_id;
    if not found then
        perform private.refuse('PT404', 'staff_not_found', 'No member of staff has this id.');
    elsif exists (
        select from public.support_tickets ticket
        where ticket.assignee_id = p_staff_id
            and ticket.status in ('assigned', 'pending', 'on_hold')
    ) then
        perform private.refuse('PT409', 'agent_is_busy', 'A ticket just arrived: ask again.');
    end if;
    return jsonb_build_object('staff_id', p_staff_id, 'returned_count', v_count);
end
$$;

create function public.revoke_staff_role(p_staff_id uuid, p_reason text default null)
returns jsonb
language sql
set search_path = ''
as $$
    select private.revoke_staff_role(p_staff_id, p_reason)
$$;
comment on function public.revoke_staff_role(uuid, text) is
    'Admins: somebody leaves; every right ends with this call and their live tickets go back to '
    'the queue. Answers {"staff_id", "returned_count"}.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on function
    private.my_stance(public.support_tickets), private.lock_ticket_as(uuid, text[]),
    private.require_version(public.support_tickets, integer),
    private.require_status(public.support_tickets, text[]), private.read_ticket(uuid),
    private.find_response_due_at(text, timestamptz),
    private.insert_message(uuid, uuid, text, boolean, text),
    private.post_message(uuid, uuid, text, text), private.reopen(public.support_tickets),
    private.reply_to_ticket(uuid, text, text), private.add_ticket_note(uuid, text),
    private.require_client(uuid, uuid), private.choose_language(text, uuid),
    private.require_known_words(text, text), private.insert_ticket(uuid, text, text, text, text),
    private.open_ticket(text, text, text, text, text, text, uuid),
    private.require_agent_for(public.support_tickets, uuid, boolean),
    private.give_ticket(uuid, uuid), private.assign_ticket(uuid, uuid, integer, boolean),
    private.take_ticket(uuid), private.unassign_ticket(uuid, integer, text),
    private.set_ticket_status(uuid, text, integer), private.resolve_ticket(uuid, text, integer),
    private.reopen_ticket(uuid, text), private.close_ticket(uuid, integer),
    private.list_ticket_people(uuid), private.revoke_staff_role(uuid, text),
    public.reply_to_ticket(uuid, text, text), public.add_ticket_note(uuid, text),
    public.open_ticket(text, text, text, text, text, text, uuid),
    public.assign_ticket(uuid, uuid, integer, boolean), public.take_ticket(uuid),
    public.unassign_ticket(uuid, integer, text), public.set_ticket_status(uuid, text, integer),
    public.resolve_ticket(uuid, text, integer), public.reopen_ticket(uuid, text),
    public.close_ticket(uuid, integer), public.get_ticket(uuid), public.get_desk_queue(integer),
    public.revoke_staff_role(uuid, text)
from public, anon, authenticated, service_role;

grant execute on function
    private.read_ticket(uuid),
    private.require_signed_in(), private.require_staff(),
    private.reply_to_ticket(uuid, text, text), private.add_ticket_note(uuid, text),
    private.open_ticket(text, text, text, text, text, text, uuid),
    private.assign_ticket(uuid, uuid, integer, boolean), private.take_ticket(uuid),
    private.unassign_ticket(uuid, integer, text), private.set_ticket_status(uuid, text, integer),
    private.resolve_ticket(uuid, text, integer), private.reopen_ticket(uuid, text),
    private.close_ticket(uuid, integer), private.list_ticket_people(uuid),
    private.revoke_staff_role(uuid, text),
    public.reply_to_ticket(uuid, text, text), public.add_ticket_note(uuid, text),
    public.open_ticket(text, text, text, text, text, text, uuid),
    public.assign_ticket(uuid, uuid, integer, boolean), public.take_ticket(uuid),
    public.unassign_ticket(uuid, integer, text), public.set_ticket_status(uuid, text, integer),
    public.resolve_ticket(uuid, text, integer), public.reopen_ticket(uuid, text),
    public.close_ticket(uuid, integer), public.get_ticket(uuid), public.get_desk_queue(integer),
    public.revoke_staff_role(uuid, text)
to authenticated;

grant execute on function
    private.open_ticket(text, text, text, text, text, text, uuid),
    private.revoke_staff_role(uuid, text),
    public.open_ticket(text, text, text, text, text, text, uuid),
    public.revoke_staff_role(uuid, text)
to service_role;
