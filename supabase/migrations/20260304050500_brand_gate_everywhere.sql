-- The gate on every way to a client. What is said on a ticket, by a person, a macro, a bulk change
-- or a workflow, passes one function that checks and writes; what is written on a ticket as
-- resolved, which its client reads as well, is checked where it is written; what the house sends of
-- its own accord, where it is queued. An override is given by people alone, with a reason, and
-- lands in the quality sample. Events: none.

-- -------------------------------------------------------------------------------------------------
-- What is said on a ticket
-- -------------------------------------------------------------------------------------------------

-- The only function that says something where the client hears it. Of what nobody wrote, and so
-- nobody could mend, nothing is kept: it passed.
create function private.publish_message(
    p_ticket public.support_tickets,
    p_author_id uuid,
    p_author_kind text,
    p_body text,
    p_override_reason text
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_check jsonb;
    v_message jsonb;
    v_is_resting boolean;
begin
    if p_author_kind <> 'client' then
        v_check := private.require_brand(p_ticket, p_body, p_override_reason);
    end if;
    v_message := private.insert_message(p_ticket.id, p_author_id, p_author_kind, false, p_body);
    if p_author_id is not null then
        perform private.record_brand_check(
            (v_message ->> 'id')::uuid, p_author_id, p_ticket, v_check, p_override_reason
        );
    end if;
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
    where ticket.id = p_ticket.id
    returning ticket.snoozed_until is not null into v_is_resting;
    if v_is_resting and p_author_kind = 'client' then
        perform private.wake_tickets(array[p_ticket.id]);
    end if;
    return jsonb_strip_nulls(jsonb_build_object('brand_check', v_check))
        || jsonb_build_object('message', v_message);
end
$$;
comment on function private.publish_message(
    public.support_tickets, uuid, text, text, text
) is
    'A public message and what follows from it: a client''s word takes the ticket out of waiting '
    'for the client, an agent''s first word is the first response. Whoever is not the client '
    'passes the gate first. Answers {"message", "brand_check"}.';

create or replace function private.post_message(
    p_ticket_id uuid, p_author_id uuid, p_author_kind text, p_body text
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_ticket public.support_tickets;
begin
    select ticket.* into strict v_ticket
    from public.support_tickets ticket where ticket.id = p_ticket_id;
    return private.publish_message(v_ticket, p_author_id, p_author_kind, p_body, null)
        -> 'message';
end
$$;

create or replace function private.post_reply(
    p_ticket public.support_tickets, p_agent_id uuid, p_body text, p_override_reason text
)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    return private.publish_message(p_ticket, p_agent_id, 'agent', p_body, p_override_reason);
end
$$;

-- -------------------------------------------------------------------------------------------------
-- What is written on a ticket that is resolved
-- -------------------------------------------------------------------------------------------------
create table public.brand_resolution_checks (
    id uuid primary key default gen_random_uuid(),
    ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    cycle integer not null,
    agent_id uuid not null,
    score smallint not null,
    verdict text not null,
    findings jsonb not null,
    guidelines_version integer not null references public.brand_versions (version),
    override_reason text,
    checked_at timestamptz not null default now(),
    constraint brand_resolution_checks_score_is_a_score check (score between 0 and 100),
    constraint brand_resolution_checks_verdict_is_known
        check (verdict in ('pass', 'warn', 'block')),
    constraint brand_resolution_checks_blocked_ones_have_a_reason
        check ((verdict = 'block') = (override_reason is not null)),
    constraint brand_resolution_checks_override_reason_is_text
        check (private.is_clean_text(override_reason, 500)),
    constraint brand_resolution_checks_findings_are_a_list check (
        jsonb_typeof(findings) = 'array' and octet_length(findings::text) <= 2000000
    )
);
comment on table public.brand_resolution_checks is
    'How the words a ticket was resolved with kept to the house''s style; its client reads them. '
    'Append only; apart from answers, of which they would be the easy part.';
comment on column public.brand_resolution_checks.agent_id is 'No foreign key: it outlives people.';
create index brand_resolution_checks_ticket_id_idx
    on public.brand_resolution_checks (ticket_id, cycle);
comment on index public.brand_resolution_checks_ticket_id_idx is
    'Serves the quality sample, the policy and the foreign key.';
create index brand_resolution_checks_guidelines_version_idx
    on public.brand_resolution_checks (guidelines_version);
comment on index public.brand_resolution_checks_guidelines_version_idx is
    'Serves the foreign key.';

-- A resolution is a line, not a letter: nothing is asked of it that only letters have.
create function private.require_resolution_brand(
    p_ticket public.support_tickets, p_resolution text, p_override_reason text
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_line public.support_tickets := p_ticket;
begin
    v_line.channel := 'chat';
    return private.require_brand(v_line, p_resolution, p_override_reason);
end
$$;

create function private.record_resolution_check(
    p_ticket public.support_tickets, p_agent_id uuid, p_check jsonb, p_override_reason text
)
returns void
language sql
set search_path = ''
as $$
    insert into public.brand_resolution_checks (
        ticket_id, cycle, agent_id, score, verdict, findings, guidelines_version, override_reason
    )
    select
        p_ticket.id, p_ticket.cycle, p_agent_id, (p_check ->> 'score')::smallint,
        p_check ->> 'verdict', p_check -> 'findings',
        (p_check ->> 'guidelines_version')::integer,
        case when p_check ->> 'verdict' = 'block' then p_override_reason end
    where p_check is not null
$$;

drop function public.resolve_ticket(uuid, text, integer);
drop function private.resolve_ticket(uuid, text, integer);

-- Definer: nobody holds a right to write tickets; the stance is checked first.
create function private.resolve_ticket(
    p_ticket_id uuid, p_resolution text, p_version integer, p_override_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_resolution text := private.require_text('resolution', p_resolution, 2000);
    v_ticket public.support_tickets := private.lock_ticket_as(
        p_ticket_id, array['assignee', 'manager']
    );
begin
    perform private.require_version(v_ticket, p_version);
    perform private.require_status(v_ticket, array['open', 'assigned', 'pending', 'on_hold']);
    perform private.record_resolution_check(
        v_ticket, v_staff_id,
        private.require_resolution_brand(v_ticket, v_resolution, p_override_reason),
        p_override_reason
    );
    update public.support_tickets ticket
    set status = 'resolved', resolved_at = now(), resolution = v_resolution
    where ticket.id = p_ticket_id;
    return private.read_ticket(p_ticket_id);
end
$$;

create function public.resolve_ticket(
    p_ticket_id uuid, p_resolution text, p_version integer, p_override_reason text default null
)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    return private.resolve_ticket(
        p_ticket_id, p_resolution, p_version, case
            when p_override_reason is not null then
                private.require_text('override_reason', p_override_reason, 500)
        end
    );
end
$$;
comment on function public.resolve_ticket(uuid, text, integer, text) is
    'Assignee, managers: it is settled, and how, in words its client reads. Refused (422, '
    'brand_blocked, the check in the details) when the house does not speak so, unless an override '
    'reason is given, which is kept. Answers the ticket.';

-- -------------------------------------------------------------------------------------------------
-- What was sent against the advice is looked at
-- -------------------------------------------------------------------------------------------------
create or replace function private.list_quality_risks(p_check public.quality_checks)
returns text[]
language sql
stable
set search_path = ''
as $$
    select array_remove(array[
        case when exists (
            select from public.brand_checks styled
            where styled.ticket_id = p_check.ticket_id and styled.is_in_quality_sample
        ) or exists (
            select from public.brand_resolution_checks styled
            where styled.ticket_id = p_check.ticket_id and styled.cycle = p_check.cycle
                and styled.override_reason is not null
        ) then 'brand_override' end,
        case when exists (
            select from public.surveys asked
            where asked.ticket_id = p_check.ticket_id and asked.cycle = p_check.cycle
                and asked.csat <= 3
        ) then 'low_survey' end,
        case when exists (
            select from public.ticket_promises promise
            where promise.ticket_id = p_check.ticket_id and promise.cycle = p_check.cycle
                and promise.state = 'breached'
        ) then 'broken_promise' end,
        case when exists (
            select from public.message_judgements judged
            where judged.ticket_id = p_check.ticket_id and judged.sentiment = 'negative'
        ) then 'negative_sentiment' end
    ], null)
$$;

-- -------------------------------------------------------------------------------------------------
-- What the house sends of its own accord
-- -------------------------------------------------------------------------------------------------

-- Greeting and closing come with the channel that carries it, so no channel is named here.
create function private.is_spoken_like_the_house(p_outreach public.outreach)
returns boolean
language sql
stable
set search_path = ''
as $$
    select not exists (
        select
        from public.feature_flags known
        join public.profiles client on client.id = p_outreach.client_id
        cross join lateral (values
            (p_outreach.details ->> 'subject'), (p_outreach.details ->> 'body')
        ) said (words)
        where known.flag = 'brand_consistency' and known.is_enabled and said.words <> ''
            and private.check_brand(
                said.words, null, client.tier,
                coalesce(p_outreach.details ->> 'language', left(client.locale, 2)),
                client.gender, client.given_name, client.form_of_address
            ) ->> 'verdict' = 'block'
    )
$$;

-- On the way to the queue and again on the way out: rules may have changed in between.
create function private.tg_outreach_pass_the_gate()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if not private.is_spoken_like_the_house(new) then
        new.state := 'suppressed';
        new.reason := 'brand_blocked';
        new.due_at := null;
        new.settled_at := coalesce(new.settled_at, clock_timestamp());
    end if;
    return new;
end
$$;
create trigger outreach_pass_the_gate
before update of state on public.outreach
for each row when (new.state in ('queued', 'sent') and new.details ? 'body')
execute function private.tg_outreach_pass_the_gate();

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.brand_resolution_checks from anon, authenticated, service_role;
grant select on public.brand_resolution_checks to authenticated, service_role;
alter table public.brand_resolution_checks enable row level security;
-- As with answers: not for its client, also when they work here.
create policy brand_resolution_checks_select_staff on public.brand_resolution_checks
for select to authenticated
using (
    (select private.is_staff())
    and exists (
        select from public.support_tickets ticket
        where ticket.id = brand_resolution_checks.ticket_id
            and ticket.client_id <> (select private.my_client_id())
    )
);

revoke all on function
    private.publish_message(public.support_tickets, uuid, text, text, text),
    private.require_resolution_brand(public.support_tickets, text, text),
    private.record_resolution_check(public.support_tickets, uuid, jsonb, text),
    private.resolve_ticket(uuid, text, integer, text),
    public.resolve_ticket(uuid, text, integer, text),
    private.is_spoken_like_the_house(public.outreach), private.tg_outreach_pass_the_gate()
from public, anon, authenticated, service_role;
grant execute on function
    private.resolve_ticket(uuid, text, integer, text),
    public.resolve_ticket(uuid, text, integer, text)
to authenticated;
