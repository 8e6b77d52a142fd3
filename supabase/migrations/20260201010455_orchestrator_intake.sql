-- Tickets begin: opened by people, or by a message that reaches one of the house's addresses.
-- Who it is comes first, then where it belongs. A channel's adapter says from which address, in
-- which words; whose it is and how urgent is decided here.
-- Order of locks: the address, the client's profile, the ticket.

-- -------------------------------------------------------------------------------------------------
-- Open
-- -------------------------------------------------------------------------------------------------

-- For whom: oneself, whom one speaks for, or any client when staff or the server open it on their
-- behalf. Held until the end, so that no merge passes between this and the ticket.
create or replace function private.require_client(p_actor_id uuid, p_client_id uuid)
returns uuid
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_wanted_id uuid := coalesce(p_client_id, p_actor_id);
    v_client_id uuid;
begin
    if v_wanted_id is null then
        perform private.refuse('PT400', 'client_required', 'Name the client.');
    end if;
    select coalesce(client.merged_into_id, client.id) into v_client_id
    from public.profiles client where client.id = v_wanted_id
    for share;
    if v_client_id is null or not (
        coalesce(v_client_id = private.my_client_id(), false)
        or private.is_service() or private.is_staff()
        or private.is_delegate_of(private.my_client_id(), v_client_id)
    ) then
        perform private.refuse('PT404', 'client_not_found', 'There is no such client for you.');
    end if;
    return v_client_id;
end
$$;

drop function private.insert_ticket(uuid, text, text, text, text);
create function private.insert_ticket(
    p_client_id uuid, p_subject text, p_channel text, p_category text, p_language text,
    p_tier text default null
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
        client.id, client.desk_id, p_channel, p_subject, topic.category, p_language, level.tier,
        topic.required_skills, private.find_response_due_at(level.tier, p_channel, now())
    from public.profiles client
    join public.service_levels level on level.tier = coalesce(p_tier, client.tier)
    cross join public.ticket_categories topic
    where client.id = p_client_id and topic.category = p_category
    returning id into strict v_ticket_id;
    return v_ticket_id;
end
$$;

-- Definer: nobody holds a right to write tickets; whom it is for is checked first.
create or replace function private.open_ticket(
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
    if v_client_id = private.my_client_id() or not (v_is_service or private.is_staff()) then
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

-- -------------------------------------------------------------------------------------------------
-- Receive
-- -------------------------------------------------------------------------------------------------
create table private.received_messages (
    message_id uuid primary key references public.ticket_messages (id) on delete cascade,
    channel text not null references public.channels (channel),
    external_id text,
    contact_kind text not null,
    contact_value text not null,
    certainty text not null,
    is_new_ticket boolean not null,
    check_id uuid,
    received_at timestamptz not null default now(),
    constraint received_messages_are_received_once unique (channel, external_id),
    constraint received_messages_external_id_is_short_text
        check (private.is_clean_text(external_id, 500)),
    constraint received_messages_certainty_is_known
        check (certainty in ('exact', 'delegate', 'uncertain', 'unknown'))
);
comment on table private.received_messages is
    'From which address each message of a channel came, and under which name the channel knows it: '
    'delivered twice, it is written once.';

-- The kind of address a channel speaks from. A chat on the website has none that could be trusted:
-- its people sign in.
create function private.find_contact_kind(p_channel text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
    if p_channel in ('phone', 'phone_note') then
        return 'phone';
    elsif p_channel in ('email', 'whatsapp', 'instagram') then
        return p_channel;
    end if;
    perform private.refuse('PT422', 'unknown_channel', 'No messages arrive by this channel.');
end
$$;

-- What was sent is accepted: control characters are left out, only the length is insisted on.
create function private.clean_received_text(p_text text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
    return regexp_replace(
        replace(p_text, E'\r\n', E'\n'), '[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]',
        '', 'g'
    );
end
$$;

-- "Re: Odp: Wizyta" is about "Wizyta".
create function private.strip_reply_marks(p_subject text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
    return private.fold_name(regexp_replace(
        p_subject, '^\s*((re|odp|fw|fwd|pd|aw|wg|sv|tr|ref)(\[[0-9]+\])?\s*:\s*)+', '', 'i'
    ));
end
$$;

-- A new client without an account, at the desk of whoever they most likely are.
create function private.add_writer(
    p_kind text, p_value text, p_display_name text, p_language text, p_candidates jsonb
)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
    v_client_id uuid := gen_random_uuid();
begin
    insert into public.profiles (id, has_account, display_name, locale, desk_id)
    values (
        v_client_id, false,
        coalesce(p_display_name, left(
            case p_kind when 'email' then split_part(p_value, '@', 1) else p_value end, 80
        )),
        case when p_language ~ '^[a-z]{2}$' then p_language else 'pl' end,
        coalesce(
            (
                select client.desk_id
                from jsonb_array_elements(p_candidates) with ordinality candidate (value, place)
                join public.profiles client
                    on client.id = (candidate.value ->> 'client_id')::uuid
                join public.service_levels level on level.tier = client.tier
                order by level.boost desc, candidate.place
                limit 1
            ),
            private.default_desk_id()
        )
    );
    insert into public.client_identities (client_id, kind, value, source)
    values (v_client_id, p_kind, p_value, 'message')
    on conflict (kind, value) where source = 'message' do nothing;
    return v_client_id;
end
$$;

-- While it is not certain who writes, they wait no longer than the most important candidate would.
create function private.find_highest_tier(p_client_id uuid, p_candidates jsonb)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select client.tier
        from public.profiles client
        join public.service_levels level on level.tier = client.tier
        where client.id = p_client_id
            or client.id in (
                select (candidate.value ->> 'client_id')::uuid
                from jsonb_array_elements(p_candidates) candidate (value)
            )
        order by level.boost desc, client.tier
        limit 1
    );
end
$$;

-- What this message goes on with, locked: the e-mail ticket it names or answers, else the
-- conversation that is going on; for a ticket merged into another, that other. Null: something new.
create function private.lock_conversation(
    p_client_id uuid, p_channel text, p_subject text, p_number bigint
)
returns public.support_tickets
language plpgsql
set search_path = ''
as $$
declare
    v_named_id uuid := (
        select coalesce(named.merged_into_id, named.id)
        from public.support_tickets named where named.number = p_number
    );
    v_subject text := private.strip_reply_marks(p_subject);
    v_ticket public.support_tickets;
begin
    select ticket.* into v_ticket
    from public.support_tickets ticket
    where ticket.client_id = p_client_id and ticket.channel = p_channel
        and ticket.status in ('open', 'assigned', 'pending', 'on_hold', 'resolved')
        and case
            when p_channel <> 'email' or p_subject is null and v_named_id is null
                then ticket.status <> 'resolved'
            else ticket.id = v_named_id or private.strip_reply_marks(ticket.subject) = v_subject
        end
    order by ticket.id is not distinct from v_named_id desc, ticket.last_message_at desc
    limit 1
    for update;
    return v_ticket;
end
$$;

-- Answers the message's ticket; opens one if nothing is going on.
create function private.place_message(
    p_client_id uuid, p_author_id uuid, p_channel text, p_subject text, p_body text,
    p_language text, p_tier text, p_number bigint
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_ticket public.support_tickets := private.lock_conversation(
        p_client_id, p_channel, p_subject, p_number
    );
    v_language text := (
        select p_language where exists (
            select from public.skills spoken where spoken.skill = 'language.' || p_language
        )
    );
    v_message jsonb;
begin
    if v_ticket.id is not null then
        if v_ticket.status = 'resolved' then
            perform private.reopen(v_ticket);
        end if;
        v_message := private.post_message(v_ticket.id, p_author_id, 'client', p_body);
        return jsonb_build_object('message_id', v_message -> 'id', 'is_new_ticket', false);
    end if;
    v_ticket.id := private.insert_ticket(
        p_client_id, coalesce(p_subject, left(split_part(p_body, E'\n', 1), 80)), p_channel,
        'general', private.choose_language(v_language, p_client_id), p_tier
    );
    v_message := private.insert_message(v_ticket.id, p_author_id, 'client', false, p_body);
    return jsonb_build_object('message_id', v_message -> 'id', 'is_new_ticket', true);
end
$$;

create function private.read_received_message(p_message_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select jsonb_build_object(
            'message_id', received.message_id, 'ticket_id', ticket.id, 'number', ticket.number,
            'client_id', ticket.client_id, 'tier', ticket.tier, 'certainty', received.certainty,
            'check_id', received.check_id, 'is_new_ticket', received.is_new_ticket
        )
        from private.received_messages received
        join public.ticket_messages message on message.id = received.message_id
        join public.support_tickets ticket on ticket.id = message.ticket_id
        where received.message_id = p_message_id
    );
end
$$;

-- A question to a human where it is needed, and what the timeline should say of the writer.
create function private.note_received(
    p_message_id uuid, p_certainty text, p_kind text, p_value text, p_display_name text,
    p_candidates jsonb
)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
    v_ticket public.support_tickets;
    v_check_id uuid;
begin
    select ticket.* into strict v_ticket
    from public.ticket_messages message
    join public.support_tickets ticket on ticket.id = message.ticket_id
    where message.id = p_message_id;
    if p_certainty = 'uncertain' then
        v_check_id := private.open_identity_check(
            v_ticket.client_id, v_ticket.id, p_kind, p_value, p_display_name, p_candidates
        );
    end if;
    if p_certainty in ('uncertain', 'delegate') then
        insert into public.ticket_events (ticket_id, cycle, kind, is_internal, details)
        values (
            v_ticket.id, v_ticket.cycle, 'writer_identified', true, jsonb_build_object(
                'message_id', p_message_id, 'certainty', p_certainty, 'check_id', v_check_id
            )
        );
    end if;
    return v_check_id;
end
$$;

-- Who writes is settled under the lock of their address, and held until the message stands.
create function private.settle_writer(
    p_kind text, p_value text, p_display_name text, p_language text
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_found jsonb := private.resolve_client(p_kind, p_value, p_display_name);
    v_client_id uuid := v_found ->> 'client_id';
    v_author_id uuid;
begin
    if v_client_id is null then
        v_client_id := private.add_writer(
            p_kind, p_value, p_display_name, p_language, v_found -> 'candidates'
        );
    end if;
    v_client_id := private.require_client(null, v_client_id);
    if v_found ->> 'certainty' = 'delegate' then
        v_author_id := private.find_address_owner(p_kind, p_value, true);
    end if;
    return v_found || jsonb_build_object(
        'client_id', v_client_id, 'author_id', coalesce(v_author_id, v_client_id),
        'tier', case when v_found ->> 'certainty' = 'uncertain'
            then private.find_highest_tier(v_client_id, v_found -> 'candidates') end
    );
end
$$;

-- Definer: not even the service key may write messages but through here, and only it may execute
-- this. It says from which address; whose that is and which tier it has is found here.
create function private.receive_message(
    p_channel text, p_address text, p_body text, p_subject text, p_display_name text,
    p_language text, p_external_id text, p_ticket_number bigint
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_kind text := private.find_contact_kind(p_channel);
    v_value text := private.require_address(v_kind, p_address);
    v_body text := private.require_text('body', private.clean_received_text(p_body), 10000);
    v_subject text := nullif(btrim(left(btrim(private.clean_received_text(p_subject)), 200)), '');
    v_name text := nullif(private.read_display_name(
        jsonb_build_object('name', p_display_name), null
    ), 'Guest');
    v_message_id uuid;
    v_writer jsonb;
    v_placed jsonb;
begin
    perform private.lock_address('external', p_channel || ':' || p_external_id);
    select received.message_id into v_message_id from private.received_messages received
    where received.channel = p_channel and received.external_id = p_external_id;
    if v_message_id is not null then
        return private.read_received_message(v_message_id);
    end if;
    perform private.lock_address(v_kind, v_value);
    v_writer := private.settle_writer(v_kind, v_value, v_name, p_language);
    v_placed := private.place_message(
        (v_writer ->> 'client_id')::uuid, (v_writer ->> 'author_id')::uuid, p_channel, v_subject,
        v_body, p_language, v_writer ->> 'tier', p_ticket_number
    );
    v_message_id := v_placed ->> 'message_id';
    insert into private.received_messages (
        message_id, channel, external_id, contact_kind, contact_value, certainty, is_new_ticket,
        check_id
    )
    values (
        v_message_id, p_channel, p_external_id, v_kind, v_value, v_writer ->> 'certainty',
        (v_placed ->> 'is_new_ticket')::boolean, private.note_received(
            v_message_id, v_writer ->> 'certainty', v_kind, v_value, v_name,
            v_writer -> 'candidates'
        )
    );
    return private.read_received_message(v_message_id);
end
$$;

create function public.receive_message(
    p_channel text,
    p_address text,
    p_body text,
    p_subject text default null,
    p_display_name text default null,
    p_language text default null,
    p_external_id text default null,
    p_ticket_number bigint default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.receive_message(
        p_channel, p_address, p_body, p_subject, p_display_name, p_language, p_external_id,
        p_ticket_number
    )
$$;
comment on function public.receive_message(text, text, text, text, text, text, text, bigint) is
    'The server: a message that arrived by email, whatsapp, instagram, phone or phone_note from an '
    'address the channel vouches for. Continues the client''s ticket or opens one; the same '
    'p_external_id again changes nothing. p_ticket_number: as quoted in an e-mail, heeded only for '
    'the client''s own. Answers {"message_id", "ticket_id", "number", "client_id", "tier", '
    '"certainty", "check_id", "is_new_ticket"}.';

-- Nobody calls it any more: what is due depends on the channel too.
drop function private.find_response_due_at(text, timestamptz);

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on private.received_messages from anon, authenticated, service_role;
alter table private.received_messages enable row level security;

revoke all on function
    private.require_client(uuid, uuid),
    private.insert_ticket(uuid, text, text, text, text, text),
    private.find_contact_kind(text), private.clean_received_text(text),
    private.strip_reply_marks(text), private.add_writer(text, text, text, text, jsonb),
    private.find_highest_tier(uuid, jsonb),
    private.lock_conversation(uuid, text, text, bigint),
    private.place_message(uuid, uuid, text, text, text, text, text, bigint),
    private.read_received_message(uuid),
    private.note_received(uuid, text, text, text, text, jsonb),
    private.settle_writer(text, text, text, text),
    private.receive_message(text, text, text, text, text, text, text, bigint),
    public.receive_message(text, text, text, text, text, text, text, bigint)
from public, anon, authenticated, service_role;

grant execute on function
    private.receive_message(text, text, text, text, text, text, text, bigint),
    public.receive_message(text, text, text, text, text, text, text, bigint)
to service_role;
