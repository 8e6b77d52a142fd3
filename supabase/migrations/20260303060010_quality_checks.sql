-- The automatic check of each conversation: what a rule can judge of a finished service cycle.
--
--   ticket.resolved -> quality.standards (lib/quality/standards.py)
--       -> public.quality_checks, public.quality_check_results, evidence by message or promise
--
-- Only conversations of two people: without a word of the client or of a colleague, or with fewer
-- than ten words, there is nothing to judge, and what assistants wrote is nobody's work.
-- Events out: none. Nobody waits for it: its jobs come ten seconds after what made them.

insert into private.subscriptions (event_kind, worker, priority)
values ('ticket.resolved', 'quality.standards', -10);

create table public.quality_checks (
    ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    cycle integer not null,
    agent_id uuid references public.staff_members (id) on delete set null,
    desk_id uuid not null references public.desks (id),
    channel text not null references public.channels (channel),
    tier text not null references public.service_levels (tier),
    score numeric(5, 2),
    is_failed boolean not null default false,
    skip_reason text,
    policy_version text not null,
    ended_at timestamptz not null,
    checked_at timestamptz not null default now(),
    primary key (ticket_id, cycle),
    constraint quality_checks_cycle_counts_from_one check (cycle >= 1),
    constraint quality_checks_score_is_a_share check (score between 0 and 100),
    constraint quality_checks_failed_ones_have_no_points check (not is_failed or score = 0),
    constraint quality_checks_skipped_ones_have_no_score
        check (skip_reason is null or score is null and not is_failed),
    constraint quality_checks_skip_reason_is_known
        check (skip_reason in ('one_sided', 'few_words', 'spam', 'nobody_credited')),
    constraint quality_checks_policy_version_is_short
        check (char_length(policy_version) between 1 and 40)
);
comment on table public.quality_checks is
    'One row for each service cycle that was looked at: its automatic score, or why it has none. '
    'Never mixed with what people judge. Agents see their own, managers and auditors their '
    'desk''s; not while they are to judge the same conversation themselves.';
comment on column public.quality_checks.agent_id is
    'Who had it at the end, or answered last. Null: who left.';
comment on column public.quality_checks.score is
    'Weighted share of yes among what applies, in percent. Null: skipped, or nothing applied.';
comment on column public.quality_checks.is_failed is 'A critical standard was not kept.';
create index quality_checks_agent_id_idx on public.quality_checks (agent_id, ended_at);
comment on index public.quality_checks_agent_id_idx is
    'Serves an agent''s results, the policy and the foreign key.';
create index quality_checks_desk_id_idx on public.quality_checks (desk_id, ended_at);
comment on index public.quality_checks_desk_id_idx is
    'Serves the sampling frame and the results of a desk, the policy and the foreign key.';

create table public.quality_check_results (
    ticket_id uuid not null,
    cycle integer not null,
    standard text not null,
    standard_version integer not null,
    answer text not null,
    evidence uuid[] not null default '{}',
    primary key (ticket_id, cycle, standard),
    constraint quality_check_results_are_of_a_check foreign key (ticket_id, cycle)
        references public.quality_checks (ticket_id, cycle) on delete cascade,
    constraint quality_check_results_standard_is_known foreign key (standard, standard_version)
        references public.quality_standards (standard, version),
    constraint quality_check_results_answer_is_known
        check (answer in ('yes', 'no', 'not_applicable')),
    constraint quality_check_results_evidence_is_short check (cardinality(evidence) <= 50)
);
comment on table public.quality_check_results is
    'The answer to each automatic standard, and the messages or promises it rests on.';
create index quality_check_results_standard_idx
    on public.quality_check_results (standard, standard_version);
comment on index public.quality_check_results_standard_idx is
    'Serves compliance by standard and the foreign key.';

-- -------------------------------------------------------------------------------------------------
-- The score: one formula, for rules and people alike
-- -------------------------------------------------------------------------------------------------
create function private.find_quality_score(p_answers jsonb)
returns table (score numeric, is_failed boolean)
language sql
stable
rows 1
set search_path = ''
as $$
    select
        case
            when bool_or(known.is_critical and said.answer = 'no') then 0
            else round(
                100 * coalesce(sum(known.weight) filter (where said.answer = 'yes'), 0)
                    / nullif(sum(known.weight) filter (where said.answer <> 'not_applicable'), 0),
                2
            )
        end,
        coalesce(bool_or(known.is_critical and said.answer = 'no'), false)
    from jsonb_to_recordset(p_answers)
        as said (standard text, standard_version integer, answer text)
    join public.quality_standards known
        on known.standard = said.standard and known.version = said.standard_version
$$;
comment on function private.find_quality_score(jsonb) is
    'Of [{"standard", "standard_version", "answer"}]: the weighted mean in percent; not_applicable '
    'leaves the denominator, one failed critical standard makes it 0. Null: nothing applied.';

-- -------------------------------------------------------------------------------------------------
-- Read
-- -------------------------------------------------------------------------------------------------
create function private.describe_quality_messages(p_cycle public.ticket_cycle_history)
returns jsonb
language sql
stable
set search_path = ''
set timezone = 'UTC'
as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'id', said.id, 'author_kind', said.author_kind, 'author_id', said.author_id,
        'body', said.body, 'created_at', said.created_at,
        'sentiment', judged.sentiment_score,
        'brand_score', styled.score,
        'brand_rules', (
            select coalesce(jsonb_agg(distinct finding.value ->> 'rule'), '[]')
            from jsonb_array_elements(styled.findings) finding (value)
        ),
        'is_override', styled.override_reason is not null
    ) order by said.created_at, said.id), '[]')
    from public.ticket_messages said
    left join public.message_judgements judged on judged.message_id = said.id
    left join public.brand_checks styled on styled.message_id = said.id
    where said.ticket_id = p_cycle.ticket_id and not said.is_internal
        and said.created_at >= p_cycle.began_at
        and said.created_at <= coalesce(p_cycle.ended_at, clock_timestamp())
$$;

create function private.describe_quality_promises(p_ticket_id uuid, p_cycle integer)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'id', promise.id, 'kind', promise.kind, 'state', promise.state
    ) order by promise.started_at, promise.id), '[]')
    from public.ticket_promises promise
    where promise.ticket_id = p_ticket_id and promise.cycle = p_cycle
$$;

create function private.list_quality_standards(p_channel text, p_tier text, p_kinds text[])
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'standard', known.standard, 'version', known.version, 'check_name', known.check_name,
        'parameters', known.parameters, 'class', known.class, 'weight', known.weight,
        'is_critical', known.is_critical, 'text_pl', known.text_pl, 'text_en', known.text_en
    ) order by known.standard), '[]')
    from public.quality_standards known
    where private.is_standard_for(known, p_channel, p_tier) and known.kind = any (p_kinds)
$$;

-- Who had it at the end; else who answered last.
create function private.find_quality_agent(p_cycle public.ticket_cycle_history)
returns uuid
language sql
stable
set search_path = ''
as $$
    select coalesce(p_cycle.assignee_id, (
        select said.author_id
        from public.ticket_messages said
        join public.staff_members staff on staff.id = said.author_id
        where said.ticket_id = p_cycle.ticket_id and said.author_kind = 'agent'
            and not said.is_internal and said.created_at >= p_cycle.began_at
            and said.created_at <= coalesce(p_cycle.ended_at, clock_timestamp())
        order by said.created_at desc, said.id
        limit 1
    ))
$$;

-- Definer: promises, checks of style and judgements are read with the owner's rights; only
-- service_role may execute it.
create function private.describe_quality_case(p_ticket_id uuid, p_cycle integer)
returns jsonb
language sql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
    select jsonb_build_object(
        'ticket_id', ticket.id, 'cycle', ended.cycle, 'channel', ended.channel,
        'tier', ended.tier, 'language', ticket.language, 'category', ticket.category,
        'ended_at', ended.resolved_at, 'has_resolution', ended.resolution is not null,
        'agent_id', private.find_quality_agent(ended),
        'previous_agent_id', (
            select past.assignee_id from public.ticket_cycles past
            where past.ticket_id = ticket.id and past.cycle = ended.cycle - 1
        ),
        'given_name', client.given_name, 'family_name', client.family_name,
        'messages', private.describe_quality_messages(ended),
        'promises', private.describe_quality_promises(ticket.id, ended.cycle),
        'standards', private.list_quality_standards(
            ended.channel, ended.tier, array['automatic', 'both']
        )
    )
    from public.support_tickets ticket
    join public.ticket_cycle_history ended
        on ended.ticket_id = ticket.id and ended.cycle = p_cycle
    join public.profiles client on client.id = ticket.client_id
    where ticket.id = p_ticket_id and ended.resolved_at is not null
        and ticket.merged_into_id is null
        and not exists (
            select from public.quality_checks known
            where known.ticket_id = ticket.id and known.cycle = ended.cycle
        )
$$;

create function worker.quality_contexts(p_cycles jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(found.facts order by asked.ticket_id, asked.cycle), '[]')
    from (
        select distinct said.ticket_id, said.cycle
        from jsonb_to_recordset(p_cycles) as said (ticket_id uuid, cycle integer)
    ) asked
    cross join lateral private.describe_quality_case(asked.ticket_id, asked.cycle) found (facts)
    where found.facts is not null
$$;
comment on function worker.quality_contexts(jsonb) is
    'Of [{"ticket_id", "cycle"}] those that ended and were not checked: [{"ticket_id", "cycle", '
    '"channel", "tier", "language", "category", "ended_at", "has_resolution", "agent_id", '
    '"previous_agent_id", "given_name", "family_name", "messages", "promises", "standards"}].';

-- -------------------------------------------------------------------------------------------------
-- Write
-- -------------------------------------------------------------------------------------------------

-- Definer: nobody holds a right to write checks; only service_role may execute it, with jobs it
-- holds. A cycle is checked once.
create function private.store_quality_check(p_check jsonb)
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_id uuid := (p_check ->> 'ticket_id')::uuid;
    v_cycle integer := (p_check ->> 'cycle')::integer;
    v_answers jsonb := coalesce(p_check -> 'answers', '[]');
    v_count integer;
begin
    insert into public.quality_checks (
        ticket_id, cycle, agent_id, desk_id, channel, tier, score, is_failed, skip_reason,
        policy_version, ended_at
    )
    select
        ticket.id, v_cycle, staff.id, ticket.desk_id, ended.channel, ended.tier, found.score,
        found.is_failed, p_check ->> 'skip_reason',
        p_check ->> 'policy_version', ended.resolved_at
    from public.support_tickets ticket
    join public.ticket_cycle_history ended on ended.ticket_id = ticket.id and ended.cycle = v_cycle
    left join public.staff_members staff on staff.id = (p_check ->> 'agent_id')::uuid
    cross join private.find_quality_score(v_answers) found
    where ticket.id = v_id and ended.resolved_at is not null
    on conflict (ticket_id, cycle) do nothing;
    get diagnostics v_count = row_count;
    if v_count = 0 then
        return 'gone';
    end if;
    insert into public.quality_check_results (
        ticket_id, cycle, standard, standard_version, answer, evidence
    )
    select v_id, v_cycle, said.standard, said.standard_version, said.answer, said.evidence
    from jsonb_to_recordset(v_answers)
        as said (standard text, standard_version integer, answer text, evidence uuid[]);
    return 'recorded';
end
$$;

create function worker.record_quality_checks(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_results jsonb;
begin
    perform private.hold_jobs(p_items);
    select coalesce(jsonb_agg(jsonb_build_object('job_id', item.job_id, 'status', case
        when jsonb_typeof(item.check_) = 'object' then private.store_quality_check(item.check_)
        else 'gone'
    end) order by item.job_id), '[]') into v_results
    from (
        select (said.value ->> 'job_id')::bigint as job_id, said.value -> 'check' as check_
        from jsonb_array_elements(p_items) said
        order by 1
    ) item;
    perform private.finish_jobs(array(
        select (told.value ->> 'job_id')::bigint from jsonb_array_elements(v_results) told
    ));
    return v_results;
end
$$;
comment on function worker.record_quality_checks(jsonb) is
    'Checks and the end of their jobs, in one transaction. Items: job_id, fence, check '
    '{"ticket_id", "cycle", "agent_id", "skip_reason", "policy_version", "answers": [{"standard", '
    '"standard_version", "answer", "evidence"}]} or null. Answers [{"job_id", "status"}]: '
    'recorded, gone (checked before, or nothing to check).';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------

-- Desks all of whose results I may see, person by person.
create function private.my_quality_desk_ids()
returns setof uuid
language plpgsql
stable
rows 2
set search_path = ''
as $$
begin
    return query select private.my_desk_ids_as(array['quality_auditor', 'manager']);
end
$$;

-- Definer: the samples themselves are hidden from whoever is to judge them. Answers own ones only.
create function private.my_unjudged_ticket_ids()
returns setof uuid
language plpgsql
stable
security definer
rows 10
set search_path = ''
as $$
begin
    return query
    select mine.ticket_id
    from public.quality_samples mine
    where mine.reviewer_id = private.my_staff_id() and mine.state = 'open'
    union
    select open_.ticket_id
    from public.quality_calibrations open_
    where open_.state = 'open' and open_.desk_id in (select private.my_quality_desk_ids());
end
$$;
comment on function private.my_unjudged_ticket_ids() is
    'Conversations I am still to judge: until then nobody''s judgement of them is for me.';

revoke all on public.quality_checks, public.quality_check_results
    from anon, authenticated, service_role;
grant select on public.quality_checks, public.quality_check_results
    to authenticated, service_role;
alter table public.quality_checks enable row level security;
alter table public.quality_check_results enable row level security;
-- What the house thinks of a conversation is not for its client, also when they work here.
create policy quality_checks_select_concerned on public.quality_checks
for select to authenticated
using (
    (
        agent_id = (select private.my_staff_id())
        or desk_id in (select private.my_quality_desk_ids())
    )
    and ticket_id <> all (array(select private.my_unjudged_ticket_ids()))
    and not exists (
        select from public.support_tickets ticket
        where ticket.id = quality_checks.ticket_id
            and ticket.client_id = (select private.my_client_id())
    )
);
create policy quality_check_results_select_concerned on public.quality_check_results
for select to authenticated
using (
    exists (
        select from public.quality_checks known
        where known.ticket_id = quality_check_results.ticket_id
            and known.cycle = quality_check_results.cycle
    )
);

revoke all on function
    private.find_quality_score(jsonb),
    private.describe_quality_messages(public.ticket_cycle_history),
    private.describe_quality_promises(uuid, integer),
    private.list_quality_standards(text, text, text[]),
    private.find_quality_agent(public.ticket_cycle_history),
    private.describe_quality_case(uuid, integer), worker.quality_contexts(jsonb),
    private.store_quality_check(jsonb), worker.record_quality_checks(jsonb),
    private.my_quality_desk_ids(), private.my_unjudged_ticket_ids()
from public, anon, authenticated, service_role;
grant execute on function private.my_quality_desk_ids(), private.my_unjudged_ticket_ids()
to authenticated;
grant execute on function
    private.describe_quality_case(uuid, integer), worker.quality_contexts(jsonb),
    private.store_quality_check(jsonb), worker.record_quality_checks(jsonb)
to service_role;
