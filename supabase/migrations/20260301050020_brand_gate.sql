-- The gate before sending: what staff say to a client, by hand, by macro or to many at once, is
-- checked in the transaction that publishes it. A blocked reply is refused with its findings,
-- unless a reason is given; then it is sent, kept with the reason, and goes to the quality sample.
-- Words of clients, of the system and notes among colleagues pass unseen. Events: none.

-- -------------------------------------------------------------------------------------------------
-- What was checked
-- -------------------------------------------------------------------------------------------------
create table public.brand_checks (
    message_id uuid primary key references public.ticket_messages (id) on delete cascade,
    ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    agent_id uuid not null,
    channel text not null references public.channels (channel),
    tier text not null references public.service_levels (tier),
    language text not null,
    score smallint not null,
    verdict text not null,
    parts jsonb not null,
    findings jsonb not null,
    guidelines_version integer not null references public.brand_versions (version),
    override_reason text,
    is_in_quality_sample boolean not null
        generated always as (override_reason is not null) stored,
    checked_at timestamptz not null default now(),
    constraint brand_checks_language_is_a_code check (language ~ '^[a-z]{2}$'),
    constraint brand_checks_score_is_a_score check (score between 0 and 100),
    constraint brand_checks_verdict_is_known check (verdict in ('pass', 'warn', 'block')),
    constraint brand_checks_blocked_ones_have_a_reason
        check ((verdict = 'block') = (override_reason is not null)),
    constraint brand_checks_override_reason_is_text
        check (private.is_clean_text(override_reason, 500)),
    constraint brand_checks_findings_are_a_list
        check (jsonb_typeof(findings) = 'array' and jsonb_typeof(parts) = 'array'),
    constraint brand_checks_findings_have_an_end check (
        octet_length(findings::text) <= 2000000 and octet_length(parts::text) <= 20000
    )
);
comment on table public.brand_checks is
    'How each published answer kept to the house''s style. Append only; refused attempts leave '
    'nothing, for nothing was said.';
comment on column public.brand_checks.agent_id is 'No foreign key: it outlives people.';
comment on column public.brand_checks.channel is
    'As it was when checked, as are tier and language.';
comment on column public.brand_checks.is_in_quality_sample is
    'Somebody looks at it: it was sent against the gate''s advice.';
create index brand_checks_ticket_id_idx on public.brand_checks (ticket_id);
comment on index public.brand_checks_ticket_id_idx is 'Serves the policy and the foreign key.';
create index brand_checks_guidelines_version_idx on public.brand_checks (guidelines_version);
comment on index public.brand_checks_guidelines_version_idx is
    'Serves the foreign key and comparing versions.';
create index brand_checks_checked_at_idx on public.brand_checks (checked_at);
comment on index public.brand_checks_checked_at_idx is 'Serves consistency over a range of time.';
create index brand_checks_agent_id_checked_at_idx on public.brand_checks (agent_id, checked_at);
comment on index public.brand_checks_agent_id_checked_at_idx is 'Serves consistency by agent.';
create index brand_checks_sample_idx on public.brand_checks (checked_at)
    where is_in_quality_sample;
comment on index public.brand_checks_sample_idx is 'Serves the quality sample.';

-- -------------------------------------------------------------------------------------------------
-- The gate
-- -------------------------------------------------------------------------------------------------
create function private.judge_reply(p_ticket public.support_tickets, p_body text)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.check_brand(
        p_body, p_ticket.channel, p_ticket.tier, p_ticket.language, client.gender,
        client.given_name, client.form_of_address
    )
    from public.profiles client
    where client.id = p_ticket.client_id
$$;
comment on function private.judge_reply(public.support_tickets, text) is
    'The check of an answer on this ticket: its channel, tier and language, the client''s profile.';

-- The check, or null where the house has switched the gate off.
create function private.require_brand(
    p_ticket public.support_tickets, p_body text, p_override_reason text
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_check jsonb;
begin
    if not exists (
        select from public.feature_flags known
        where known.flag = 'brand_consistency' and known.is_enabled
    ) then
        return null;
    end if;
    v_check := private.judge_reply(p_ticket, p_body);
    if v_check ->> 'verdict' = 'block' and p_override_reason is null then
        raise exception using
            errcode = 'PT422',
            message = 'brand_blocked',
            detail = v_check::text,
            hint = 'Change what is marked, or give a reason to send it as it is.';
    end if;
    return v_check;
end
$$;
comment on function private.require_brand(public.support_tickets, text, text) is
    'Refuses PT422 brand_blocked, the check as its detail, unless a reason is given.';

create function private.record_brand_check(
    p_message_id uuid,
    p_agent_id uuid,
    p_ticket public.support_tickets,
    p_check jsonb,
    p_override_reason text
)
returns void
language sql
set search_path = ''
as $$
    insert into public.brand_checks (
        message_id, ticket_id, agent_id, channel, tier, language, score, verdict, parts,
        findings, guidelines_version, override_reason
    )
    select
        p_message_id, p_ticket.id, p_agent_id, p_ticket.channel, p_ticket.tier,
        p_ticket.language, (p_check ->> 'score')::smallint, p_check ->> 'verdict',
        p_check -> 'parts', p_check -> 'findings',
        (p_check ->> 'guidelines_version')::integer,
        case when p_check ->> 'verdict' = 'block' then p_override_reason end
    where p_check is not null
$$;

drop function public.reply_to_ticket(uuid, text, text, uuid);
drop function private.reply_to_ticket(uuid, text, text, uuid);

-- What staff say: the gate, the message, and what the gate thought of it.
create function private.post_reply(
    p_ticket public.support_tickets, p_agent_id uuid, p_body text, p_override_reason text
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_check jsonb := private.require_brand(p_ticket, p_body, p_override_reason);
    v_message jsonb := private.post_message(p_ticket.id, p_agent_id, 'agent', p_body);
begin
    perform private.record_brand_check(
        (v_message ->> 'id')::uuid, p_agent_id, p_ticket, v_check, p_override_reason
    );
    return jsonb_strip_nulls(jsonb_build_object('brand_check', v_check))
        || jsonb_build_object('message', v_message);
end
$$;

-- Definer: nobody holds a right to write messages or tickets; the stance is checked first.
create function private.reply_to_ticket(
    p_ticket_id uuid,
    p_body text,
    p_idempotency_key text,
    p_seen_message_id uuid,
    p_override_reason text
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
    if v_ticket.client_id = private.my_client_id() then
        v_answer := private.post_client_reply(v_ticket, v_actor_id, v_body);
    else
        if p_seen_message_id is not null then
            perform private.refuse_collision(v_ticket.id, v_actor_id, p_seen_message_id);
        end if;
        v_answer := private.post_reply(v_ticket, v_actor_id, v_body, p_override_reason);
    end if;
    v_answer := private.read_ticket(v_ticket.id) || v_answer;
    return private.finish_once(v_actor_id, p_idempotency_key, v_answer);
end
$$;

create function private.post_client_reply(
    p_ticket public.support_tickets, p_author_id uuid, p_body text
)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    perform private.take_token(p_author_id, 'reply_to_ticket', 60, interval '1 minute');
    if p_ticket.status = 'resolved' then
        perform private.reopen(p_ticket);
    end if;
    return jsonb_build_object(
        'message', private.post_message(p_ticket.id, p_author_id, 'client', p_body)
    );
end
$$;

create function public.reply_to_ticket(
    p_ticket_id uuid,
    p_body text,
    p_idempotency_key text default null,
    p_seen_message_id uuid default null,
    p_override_reason text default null
)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    return private.reply_to_ticket(
        p_ticket_id, p_body, p_idempotency_key, p_seen_message_id,
        case when p_override_reason is not null then
            private.require_text('override_reason', p_override_reason, 500)
        end
    );
end
$$;
comment on function public.reply_to_ticket(uuid, text, text, uuid, text) is
    'Client, assignee or manager: a public message. Answers the ticket with "message", for staff '
    'also "brand_check". A client''s word wakes a pending or snoozed ticket, reopens a resolved '
    'one, and lands on the kept one if theirs was merged. Staff who name the last message they saw '
    'are refused (409, answered_meanwhile) when a colleague has answered since, and (422, '
    'brand_blocked, the check in the details) when the house does not speak so: an override '
    'reason sends it as it is, and is kept.';

-- -------------------------------------------------------------------------------------------------
-- Asking before
-- -------------------------------------------------------------------------------------------------

-- Definer: the dictionary and the rules are in private; the stance is checked first.
create function private.check_reply(p_ticket_id uuid, p_body text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_ticket_as_staff(p_ticket_id);
    v_ticket public.support_tickets;
begin
    perform private.take_token(v_staff_id, 'check_reply', 240, interval '1 minute');
    select ticket.* into v_ticket
    from public.support_tickets ticket where ticket.id = p_ticket_id;
    return private.judge_reply(v_ticket, private.require_text('body', p_body, 10000));
end
$$;

create function public.check_reply(p_ticket_id uuid, p_body text)
returns jsonb
language sql
set search_path = ''
as $$
    select private.check_reply(p_ticket_id, p_body)
$$;
comment on function public.check_reply(uuid, text) is
    'Staff who see the ticket: what the gate would say to this answer; keeps nothing. Answers '
    '{"score", "parts", "verdict", "findings", "guidelines_version"}. 240 a minute.';

create function private.require_brand_situation(
    p_channel text, p_tier text, p_language text, p_gender text, p_form_of_address text
)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if not exists (select from public.channels known where known.channel = p_channel) then
        perform private.refuse('PT422', 'unknown_channel', 'Not a channel of this house.');
    elsif not exists (select from public.service_levels known where known.tier = p_tier) then
        perform private.refuse('PT422', 'unknown_tier', 'There is no such tier.');
    elsif not exists (
        select from public.skills spoken where spoken.skill = 'language.' || p_language
    ) then
        perform private.refuse('PT422', 'unknown_language', 'Not a language of this house.');
    elsif p_gender not in ('female', 'male') then
        perform private.refuse('PT422', 'unknown_gender', 'female, male, or null for not known.');
    elsif p_form_of_address not in ('formal', 'first_name') then
        perform private.refuse('PT422', 'unknown_form_of_address', 'formal, first_name or null.');
    end if;
end
$$;

-- Definer: the dictionary and the rules are in private; staff alone may ask.
create function private.request_brand_validation(
    p_content text, p_channel text, p_tier text, p_language text, p_gender text,
    p_given_name text, p_form_of_address text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
begin
    perform private.take_token(v_staff_id, 'request_brand_validation', 120, interval '1 minute');
    perform private.require_brand_situation(
        p_channel, p_tier, p_language, p_gender, p_form_of_address
    );
    return private.check_brand(
        private.require_text('content', p_content, 10000), p_channel, p_tier, p_language,
        p_gender, case
            when p_given_name is not null
                then private.require_text('given_name', p_given_name, 60)
        end, p_form_of_address
    );
end
$$;

create function public.request_brand_validation(
    p_content text,
    p_channel text,
    p_tier text default 'standard',
    p_language text default 'pl',
    p_gender text default null,
    p_given_name text default null,
    p_form_of_address text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.request_brand_validation(
        p_content, p_channel, p_tier, p_language, p_gender, p_given_name, p_form_of_address
    )
$$;
comment on function public.request_brand_validation(text, text, text, text, text, text, text) is
    'Staff: how a text keeps to the house''s style in a channel, answered at once, for the check '
    'takes milliseconds: {"score", "parts", "verdict", "findings", "guidelines_version"}. 120 a '
    'minute.';

-- Definer: the dictionary and the rules are in private; only the server's key reaches this.
create function private.check_brands(p_items jsonb)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    if jsonb_typeof(p_items) <> 'array' or jsonb_array_length(p_items) > 500 then
        perform private.refuse('PT422', 'items_malformed', 'p_items: a list of at most 500.');
    end if;
    return coalesce((
        select jsonb_agg(private.check_brand(
            item.value ->> 'text', item.value ->> 'channel', item.value ->> 'tier',
            item.value ->> 'language', item.value ->> 'gender', item.value ->> 'given_name',
            item.value ->> 'form_of_address'
        ) order by item.place)
        from jsonb_array_elements(p_items) with ordinality item (value, place)
    ), '[]');
end
$$;

create function worker.check_brands(p_items jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.check_brands(p_items)
$$;
comment on function worker.check_brands(jsonb) is
    'Checks of at most 500 texts, in their order. Items: text, channel, tier, language, gender, '
    'given_name, form_of_address. Writes nothing.';

create function worker.list_brand_rules()
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(to_jsonb(known) order by known.rule), '[]')
    from public.brand_rules known
$$;
comment on function worker.list_brand_rules() is 'Every rule with all it says of itself.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.brand_checks from anon, authenticated, service_role;
grant select on public.brand_checks to authenticated, service_role;
alter table public.brand_checks enable row level security;
-- What the house thinks of an answer is not for its client, also when they work here.
create policy brand_checks_select_staff on public.brand_checks
for select to authenticated
using (
    (select private.is_staff())
    and exists (
        select from public.support_tickets ticket
        where ticket.id = brand_checks.ticket_id
            and ticket.client_id <> (select private.my_client_id())
    )
);

revoke all on function
    private.judge_reply(public.support_tickets, text),
    private.require_brand(public.support_tickets, text, text),
    private.record_brand_check(uuid, uuid, public.support_tickets, jsonb, text),
    private.post_reply(public.support_tickets, uuid, text, text),
    private.post_client_reply(public.support_tickets, uuid, text),
    private.reply_to_ticket(uuid, text, text, uuid, text), private.check_reply(uuid, text),
    private.require_brand_situation(text, text, text, text, text),
    private.request_brand_validation(text, text, text, text, text, text, text),
    private.check_brands(jsonb),
    public.reply_to_ticket(uuid, text, text, uuid, text), public.check_reply(uuid, text),
    public.request_brand_validation(text, text, text, text, text, text, text),
    worker.check_brands(jsonb), worker.list_brand_rules()
from public, anon, authenticated, service_role;
grant execute on function
    private.reply_to_ticket(uuid, text, text, uuid, text), private.check_reply(uuid, text),
    private.request_brand_validation(text, text, text, text, text, text, text),
    private.require_text(text, text, integer),
    public.reply_to_ticket(uuid, text, text, uuid, text), public.check_reply(uuid, text),
    public.request_brand_validation(text, text, text, text, text, text, text)
to authenticated;
grant execute on function
    private.check_brands(jsonb), worker.check_brands(jsonb), worker.list_brand_rules()
to service_role;
