-- Audits: people judge a sample of finished conversations by the standards of the house.
--
--   quality_audit.requested -> quality.audits (lib/quality/audits.py) -> public.quality_samples:
--       a random draw within two strata, what is at risk and the rest, with known probability
--   quality_audit.reviewed  -> quality.audits -> the team's score, expanded by those probabilities
--
-- Whoever judges sees no other judgement of the conversation before they have given theirs, and
-- never judges their own work. A review stays as it was submitted: a dispute that is upheld is
-- written beside it, calibration sessions count nowhere, mystery visits apart.
-- Events out: quality_audit.requested, quality_audit.reviewed, quality_audit.completed.

insert into private.subscriptions (event_kind, worker, priority, collapses)
values
    ('quality_audit.requested', 'quality.audits', 0, true),
    ('quality_audit.reviewed', 'quality.audits', 0, true);

-- -------------------------------------------------------------------------------------------------
-- Audits and their samples
-- -------------------------------------------------------------------------------------------------
create table public.quality_audits (
    id uuid primary key default gen_random_uuid(),
    audit_type text not null,
    scope text not null,
    desk_id uuid not null references public.desks (id),
    agent_id uuid references public.staff_members (id) on delete set null,
    channels text[] not null default '{}',
    timeframe text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    status text not null default 'requested',
    auditor_id uuid,
    sample_size integer not null,
    risk_share numeric(3, 2) not null default 0.40,
    seed bigint not null default (random() * 9007199254740991)::bigint,
    population_count integer,
    judged_count integer not null default 0,
    overall_score numeric(5, 2),
    score_low numeric(5, 2),
    score_high numeric(5, 2),
    improvement_plan jsonb,
    policy_version text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    completed_at timestamptz,
    constraint quality_audits_type_is_known
        check (audit_type in ('periodic', 'spot_check', 'vip', 'recovery')),
    constraint quality_audits_scope_is_known check (scope in ('desk', 'agent')),
    constraint quality_audits_channels_are_few
        check (cardinality(channels) <= 20 and octet_length(channels::text) <= 1000),
    constraint quality_audits_timeframe_is_short check (char_length(timeframe) <= 40),
    constraint quality_audits_end_after_they_start check (ends_at > starts_at),
    constraint quality_audits_status_is_known
        check (status in ('requested', 'in_progress', 'completed', 'empty')),
    constraint quality_audits_size_is_sane check (sample_size between 2 and 500),
    constraint quality_audits_risk_share_is_a_share check (risk_share between 0 and 1),
    constraint quality_audits_scores_are_in_order check (
        overall_score between 0 and 100 and score_low <= overall_score
        and overall_score <= score_high
    ),
    constraint quality_audits_completed_have_a_time
        check ((status = 'completed') = (completed_at is not null)),
    constraint quality_audits_plan_is_a_short_list
        check (jsonb_typeof(improvement_plan) = 'array'
            and octet_length(improvement_plan::text) <= 20000),
    constraint quality_audits_policy_version_is_short
        check (char_length(policy_version) between 1 and 40)
);
comment on table public.quality_audits is
    'A sample of one desk''s finished conversations, judged by people. Its score is that of the '
    'whole population, with its 95 % interval. Managers and auditors of the desk see it.';
comment on column public.quality_audits.auditor_id is
    'Who asked for it. No foreign key: it outlives people.';
comment on column public.quality_audits.risk_share is
    'The part of the sample taken from conversations at risk; their weight sinks accordingly.';
comment on column public.quality_audits.seed is 'The draw can be repeated by anybody.';
comment on column public.quality_audits.population_count is 'What was drawn from.';
comment on column public.quality_audits.improvement_plan is
    'List of {"action", "standard", "owner_id", "due_on"}.';
create trigger quality_audits_touch
before update on public.quality_audits
for each row execute function private.tg_touch_row();
create index quality_audits_desk_id_idx on public.quality_audits (desk_id, ends_at);
comment on index public.quality_audits_desk_id_idx is
    'Serves a desk''s audits, the policy and the foreign key.';
create index quality_audits_agent_id_idx on public.quality_audits (agent_id);
comment on index public.quality_audits_agent_id_idx is 'Serves the foreign key.';

create table public.quality_samples (
    id uuid primary key default gen_random_uuid(),
    audit_id uuid not null references public.quality_audits (id) on delete cascade,
    position integer not null,
    ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    cycle integer not null,
    agent_id uuid references public.staff_members (id) on delete set null,
    desk_id uuid not null references public.desks (id),
    stratum text not null,
    stratum_count integer not null,
    inclusion_probability double precision not null,
    risks text[] not null default '{}',
    reviewer_id uuid references public.staff_members (id) on delete set null,
    state text not null default 'open',
    drawn_at timestamptz not null default now(),
    constraint quality_samples_each_once unique (audit_id, ticket_id, cycle),
    constraint quality_samples_stratum_is_known check (stratum in ('ordinary', 'risk')),
    constraint quality_samples_probability_is_one
        check (inclusion_probability > 0 and inclusion_probability <= 1),
    constraint quality_samples_risks_make_the_stratum check (
        (stratum = 'risk') = (cardinality(risks) > 0) and risks <@ array[
            'brand_override', 'low_survey', 'broken_promise', 'negative_sentiment'
        ]
    ),
    constraint quality_samples_state_is_known check (state in ('open', 'judged')),
    constraint quality_samples_nobody_judges_themselves check (reviewer_id <> agent_id)
);
comment on table public.quality_samples is
    'The conversations of an audit, each with the probability it was drawn with. Seen only once it '
    'is judged: why it was drawn would colour the judgement.';
comment on column public.quality_samples.position is 'Order of the draw.';
comment on column public.quality_samples.stratum_count is 'How many it was drawn from.';
comment on column public.quality_samples.reviewer_id is 'Null: nobody who was not part of it.';
create index quality_samples_ticket_id_idx on public.quality_samples (ticket_id);
comment on index public.quality_samples_ticket_id_idx is 'Serves the policy and the foreign key.';
create index quality_samples_reviewer_id_idx on public.quality_samples (reviewer_id, state);
comment on index public.quality_samples_reviewer_id_idx is
    'Serves what somebody is still to judge, and the foreign key.';
create index quality_samples_agent_id_idx on public.quality_samples (agent_id);
comment on index public.quality_samples_agent_id_idx is 'Serves the foreign key.';
create index quality_samples_desk_id_idx on public.quality_samples (desk_id);
comment on index public.quality_samples_desk_id_idx is 'Serves the policy and the foreign key.';

create table public.quality_calibrations (
    id uuid primary key default gen_random_uuid(),
    ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    cycle integer not null,
    desk_id uuid not null references public.desks (id),
    opened_by uuid not null,
    state text not null default 'open',
    opened_at timestamptz not null default now(),
    closed_at timestamptz,
    constraint quality_calibrations_state_is_known check (state in ('open', 'closed')),
    constraint quality_calibrations_closed_have_a_time
        check ((state = 'closed') = (closed_at is not null))
);
comment on table public.quality_calibrations is
    'Sessions in which several people judge one conversation to find a common measure. Nobody sees '
    'another''s answers before it is closed, and they count in no score.';
comment on column public.quality_calibrations.opened_by is 'No foreign key: it outlives people.';
create index quality_calibrations_ticket_id_idx on public.quality_calibrations (ticket_id);
comment on index public.quality_calibrations_ticket_id_idx is 'Serves the foreign key.';
create index quality_calibrations_desk_id_idx on public.quality_calibrations (desk_id, state);
comment on index public.quality_calibrations_desk_id_idx is
    'Serves open sessions of a desk, the policy and the foreign key.';

-- -------------------------------------------------------------------------------------------------
-- What people judged
-- -------------------------------------------------------------------------------------------------
create table public.quality_reviews (
    id uuid primary key default gen_random_uuid(),
    kind text not null,
    audit_id uuid references public.quality_audits (id) on delete cascade,
    sample_id uuid references public.quality_samples (id) on delete cascade,
    calibration_id uuid references public.quality_calibrations (id) on delete cascade,
    ticket_id uuid references public.support_tickets (id) on delete cascade,
    cycle integer,
    channel text not null references public.channels (channel),
    tier text not null references public.service_levels (tier),
    agent_id uuid references public.staff_members (id) on delete set null,
    desk_id uuid not null references public.desks (id),
    reviewer_id uuid not null,
    score numeric(5, 2),
    is_failed boolean not null default false,
    final_score numeric(5, 2),
    is_failed_finally boolean not null default false,
    comment text,
    happened_at timestamptz not null,
    submitted_at timestamptz not null default now(),
    constraint quality_reviews_kind_is_known
        check (kind in ('audit', 'calibration', 'mystery_visit')),
    constraint quality_reviews_are_of_one_thing check (
        (kind = 'audit') = (sample_id is not null) and (kind = 'audit') = (audit_id is not null)
        and (kind = 'calibration') = (calibration_id is not null)
        and (kind = 'mystery_visit') = (ticket_id is null)
        and (ticket_id is null) = (cycle is null)
    ),
    constraint quality_reviews_scores_are_shares
        check (score between 0 and 100 and final_score between 0 and 100),
    constraint quality_reviews_failed_ones_have_no_points check (
        (not is_failed or score = 0) and (not is_failed_finally or final_score = 0)
    ),
    constraint quality_reviews_nobody_judges_themselves check (reviewer_id <> agent_id),
    constraint quality_reviews_comment_is_text check (private.is_clean_text(comment, 2000))
);
comment on table public.quality_reviews is
    'What somebody judged of one conversation or visit, as submitted; final_score is what disputes '
    'made of it. Agents see their own, managers and auditors their desk''s.';
comment on column public.quality_reviews.reviewer_id is 'No foreign key: it outlives people.';
create unique index quality_reviews_one_per_sample on public.quality_reviews (sample_id);
comment on index public.quality_reviews_one_per_sample is
    'Serves the foreign key; what was drawn is judged once.';
create unique index quality_reviews_one_each_in_a_session
    on public.quality_reviews (calibration_id, reviewer_id);
comment on index public.quality_reviews_one_each_in_a_session is
    'Serves the results of a session and the foreign key; everybody judges once.';
create index quality_reviews_audit_id_idx on public.quality_reviews (audit_id);
comment on index public.quality_reviews_audit_id_idx is 'Serves an audit and the foreign key.';
create index quality_reviews_ticket_id_idx on public.quality_reviews (ticket_id);
comment on index public.quality_reviews_ticket_id_idx is 'Serves the policy and the foreign key.';
create index quality_reviews_agent_id_idx on public.quality_reviews (agent_id, happened_at);
comment on index public.quality_reviews_agent_id_idx is
    'Serves an agent''s results, the policy and the foreign key.';
create index quality_reviews_desk_id_idx on public.quality_reviews (desk_id, happened_at);
comment on index public.quality_reviews_desk_id_idx is
    'Serves a desk''s results, the policy and the foreign key.';
create index quality_reviews_reviewer_id_idx on public.quality_reviews (reviewer_id);
comment on index public.quality_reviews_reviewer_id_idx is 'Serves the policy.';

create table public.quality_findings (
    review_id uuid not null references public.quality_reviews (id) on delete cascade,
    standard text not null,
    standard_version integer not null,
    answer text not null,
    note text,
    evidence uuid[] not null default '{}',
    decided_answer text,
    primary key (review_id, standard),
    constraint quality_findings_standard_is_known foreign key (standard, standard_version)
        references public.quality_standards (standard, version),
    constraint quality_findings_answer_is_known
        check (answer in ('yes', 'no', 'not_applicable')),
    constraint quality_findings_note_is_text check (private.is_clean_text(note, 1000)),
    constraint quality_findings_no_has_a_reason
        check (answer <> 'no' or note is not null or evidence <> '{}'),
    constraint quality_findings_evidence_is_short check (cardinality(evidence) <= 20),
    constraint quality_findings_decided_answer_is_known
        check (decided_answer in ('yes', 'no', 'not_applicable'))
);
comment on table public.quality_findings is
    'The answer to each standard, with what it rests on: messages, or a note.';
comment on column public.quality_findings.evidence is 'Messages of the conversation.';
comment on column public.quality_findings.decided_answer is
    'What an upheld dispute put in its place; the answer itself stays.';
create index quality_findings_standard_idx
    on public.quality_findings (standard, standard_version);
comment on index public.quality_findings_standard_idx is
    'Serves compliance by standard and the foreign key.';

create table public.quality_disputes (
    id uuid primary key default gen_random_uuid(),
    review_id uuid not null,
    standard text not null,
    raised_by uuid not null,
    comment text not null,
    proposed_answer text not null,
    state text not null default 'open',
    decided_by uuid,
    decision_comment text,
    raised_at timestamptz not null default now(),
    decided_at timestamptz,
    constraint quality_disputes_are_about_a_finding foreign key (review_id, standard)
        references public.quality_findings (review_id, standard) on delete cascade,
    constraint quality_disputes_comment_is_text check (private.is_clean_text(comment, 2000)),
    constraint quality_disputes_proposed_answer_is_known
        check (proposed_answer in ('yes', 'no', 'not_applicable')),
    constraint quality_disputes_state_is_known check (state in ('open', 'upheld', 'rejected')),
    constraint quality_disputes_decisions_are_whole check (
        (state <> 'open') = (num_nonnulls(decided_by, decision_comment, decided_at) = 3)
    ),
    constraint quality_disputes_are_decided_by_another check (decided_by <> raised_by),
    constraint quality_disputes_decision_comment_is_text
        check (private.is_clean_text(decision_comment, 2000))
);
comment on table public.quality_disputes is
    'An agent disagrees with one finding, and says why; somebody else decides.';
comment on column public.quality_disputes.raised_by is 'No foreign keys: they outlive people.';
create unique index quality_disputes_one_open_at_a_time
    on public.quality_disputes (review_id, standard) where state = 'open';
comment on index public.quality_disputes_one_open_at_a_time is
    'Serves nothing but the promise: a finding is disputed once at a time.';
create index quality_disputes_review_id_idx on public.quality_disputes (review_id, standard);
comment on index public.quality_disputes_review_id_idx is 'Serves the policy and the foreign key.';

-- -------------------------------------------------------------------------------------------------
-- Events
-- -------------------------------------------------------------------------------------------------

-- Definer: emits for whoever asked or judged, and events are nobody's to write.
create function private.tg_quality_audits_emit()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op = 'INSERT' then
        perform private.emit_events('quality_audit.requested', array[new.id]);
    elsif new.status = 'completed' and old.status <> 'completed' then
        perform private.emit_events(
            'quality_audit.completed', array[new.id], array[jsonb_build_object(
                'desk_id', new.desk_id, 'overall_score', new.overall_score
            )]
        );
    end if;
    return null;
end
$$;
create trigger quality_audits_emit
after insert or update of status on public.quality_audits
for each row execute function private.tg_quality_audits_emit();

-- Definer: emits for whoever judged or decided, and events are nobody's to write.
create function private.tg_quality_reviews_emit()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if new.audit_id is not null then
        perform private.emit_events('quality_audit.reviewed', array[new.audit_id]);
    end if;
    return null;
end
$$;
create trigger quality_reviews_emit
after insert or update of final_score on public.quality_reviews
for each row execute function private.tg_quality_reviews_emit();

-- -------------------------------------------------------------------------------------------------
-- The worker reads
-- -------------------------------------------------------------------------------------------------

-- Why a conversation should be looked at, as known now: surveys are answered later than it ended.
create function private.list_quality_risks(p_check public.quality_checks)
returns text[]
language sql
stable
set search_path = ''
as $$
    select array_remove(array[
        case when exists (
            select from public.brand_checks styled
            where styled.ticket_id = p_check.ticket_id and styled.is_in_quality_sample
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

create function private.list_quality_frame(p_audit public.quality_audits)
returns setof public.quality_checks
language sql
stable
rows 1000
set search_path = ''
as $$
    select known.*
    from public.quality_checks known
    join public.support_tickets ticket on ticket.id = known.ticket_id
    where known.desk_id = p_audit.desk_id and known.skip_reason is null
        and known.ended_at >= p_audit.starts_at and known.ended_at < p_audit.ends_at
        and (p_audit.agent_id is null or known.agent_id = p_audit.agent_id)
        and (p_audit.channels = '{}' or known.channel = any (p_audit.channels))
        and (p_audit.audit_type <> 'vip' or known.tier in ('vip_gold', 'vip_platinum'))
        and (p_audit.audit_type <> 'recovery' or ticket.category = 'complaint')
$$;
comment on function private.list_quality_frame(public.quality_audits) is
    'All conversations an audit is about: what it is drawn from, and what its score speaks of.';

create function private.describe_quality_frame(p_audit public.quality_audits)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'ticket_id', known.ticket_id, 'cycle', known.cycle, 'agent_id', known.agent_id,
        'risks', to_jsonb(private.list_quality_risks(known)),
        'involved_ids', (
            select coalesce(jsonb_agg(distinct said.author_id), '[]')
            from public.ticket_messages said
            where said.ticket_id = known.ticket_id and said.author_id is not null
        )
    ) order by known.ticket_id, known.cycle), '[]')
    from private.list_quality_frame(p_audit) known
$$;

-- Auditors judge; where there is none, managers, and then admins.
create function private.list_quality_reviewers(p_desk_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'id', staff.id, 'rank', case staff.role
            when 'quality_auditor' then 1 when 'manager' then 2 else 3
        end
    ) order by staff.id), '[]')
    from public.staff_members staff
    where staff.is_active and (
        staff.role = 'admin'
        or staff.desk_id = p_desk_id and staff.role in ('quality_auditor', 'manager')
    )
$$;

-- Definer: the frame is read with the owner's rights; only service_role may execute it.
create function private.describe_quality_audit(p_audit_id uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
    select jsonb_build_object(
        'audit_id', audit.id, 'status', audit.status, 'seed', audit.seed,
        'sample_size', audit.sample_size, 'risk_share', audit.risk_share::double precision,
        'frame', case when audit.status = 'requested'
            then private.describe_quality_frame(audit) else '[]' end,
        'reviewers', private.list_quality_reviewers(audit.desk_id),
        'samples', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'stratum', sample.stratum, 'stratum_count', sample.stratum_count,
                'is_judged', review.id is not null,
                'score', review.final_score::double precision
            ) order by sample.position), '[]')
            from public.quality_samples sample
            left join public.quality_reviews review on review.sample_id = sample.id
            where sample.audit_id = audit.id
        )
    )
    from public.quality_audits audit
    where audit.id = p_audit_id and audit.status <> 'empty'
$$;

create function worker.quality_audit_contexts(p_audit_ids uuid[])
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(found.facts || jsonb_build_object(
        'fingerprint', md5(found.facts::text)
    ) order by asked.id), '[]')
    from (select distinct named.id from unnest(p_audit_ids) named (id)) asked
    cross join lateral private.describe_quality_audit(asked.id) found (facts)
    where found.facts is not null
$$;
comment on function worker.quality_audit_contexts(uuid[]) is
    'Audits to be drawn or to be scored: [{"audit_id", "status", "seed", "sample_size", '
    '"risk_share", "frame" (while requested), "reviewers", "samples", "fingerprint"}].';

-- -------------------------------------------------------------------------------------------------
-- The worker writes
-- -------------------------------------------------------------------------------------------------
create function private.store_quality_draw(p_audit public.quality_audits, p_plan jsonb)
returns void
language plpgsql
set search_path = ''
as $$
begin
    insert into public.quality_samples (
        audit_id, position, ticket_id, cycle, agent_id, desk_id, stratum, stratum_count,
        inclusion_probability, risks, reviewer_id
    )
    select
        p_audit.id, drawn.position, drawn.ticket_id, drawn.cycle, drawn.agent_id, p_audit.desk_id,
        drawn.stratum, drawn.stratum_count, drawn.inclusion_probability, drawn.risks,
        drawn.reviewer_id
    from jsonb_to_recordset(p_plan -> 'samples') as drawn (
        position integer, ticket_id uuid, cycle integer, agent_id uuid, stratum text,
        stratum_count integer, inclusion_probability double precision, risks text[],
        reviewer_id uuid
    );
    update public.quality_audits audit
    set status = case when p_plan -> 'samples' = '[]' then 'empty' else 'in_progress' end,
        population_count = (p_plan ->> 'population_count')::integer,
        policy_version = p_plan ->> 'policy_version'
    where audit.id = p_audit.id;
end
$$;

create function private.store_quality_estimate(p_audit public.quality_audits, p_plan jsonb)
returns void
language sql
set search_path = ''
as $$
    update public.quality_audits audit
    set judged_count = (p_plan ->> 'judged_count')::integer,
        overall_score = round((p_plan ->> 'score')::numeric, 2),
        score_low = round((p_plan ->> 'low')::numeric, 2),
        score_high = round((p_plan ->> 'high')::numeric, 2),
        status = case
            when (p_plan ->> 'is_complete')::boolean then 'completed' else 'in_progress'
        end,
        completed_at = case
            when (p_plan ->> 'is_complete')::boolean then coalesce(audit.completed_at, now())
        end
    where audit.id = p_audit.id
$$;

-- Definer: nobody holds a right to write audits; only service_role may execute it, with jobs it
-- holds. What changed since it was read is read afresh.
create function private.store_quality_plan(p_plan jsonb)
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_audit public.quality_audits;
begin
    select audit.* into v_audit
    from public.quality_audits audit where audit.id = (p_plan ->> 'audit_id')::uuid for update;
    if v_audit.id is null or v_audit.status = 'empty' then
        return 'gone';
    elsif md5(private.describe_quality_audit(v_audit.id)::text) <> p_plan ->> 'fingerprint' then
        return 'stale';
    elsif p_plan ? 'samples' then
        perform private.store_quality_draw(v_audit, p_plan);
    else
        perform private.store_quality_estimate(v_audit, p_plan);
    end if;
    return 'recorded';
end
$$;

create function worker.record_quality_audits(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_results jsonb;
begin
    perform private.hold_jobs(p_items);
    select coalesce(jsonb_agg(jsonb_build_object('job_id', item.job_id, 'status', case
        when jsonb_typeof(item.plan) = 'object' then private.store_quality_plan(item.plan)
        else 'gone'
    end)), '[]') into v_results
    from (
        select (said.value ->> 'job_id')::bigint as job_id, said.value -> 'plan' as plan
        from jsonb_array_elements(p_items) said
        order by said.value #>> '{plan,audit_id}'
    ) item;
    perform private.finish_jobs(array(
        select (told.value ->> 'job_id')::bigint from jsonb_array_elements(v_results) told
        where told.value ->> 'status' <> 'stale'
    ));
    return v_results;
end
$$;
comment on function worker.record_quality_audits(jsonb) is
    'Draws, estimates and the end of their jobs, in one transaction. Items: job_id, fence, plan '
    '{"audit_id", "fingerprint", "policy_version", "population_count", "samples"} or {"audit_id", '
    '"fingerprint", "judged_count", "score", "low", "high", "is_complete"} or null. Answers '
    '[{"job_id", "status"}]: recorded, stale (judged meanwhile), gone.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.quality_audits, public.quality_samples, public.quality_calibrations,
    public.quality_reviews, public.quality_findings, public.quality_disputes
from anon, authenticated, service_role;
grant select on public.quality_audits, public.quality_samples, public.quality_calibrations,
    public.quality_reviews, public.quality_findings, public.quality_disputes
to authenticated, service_role;
alter table public.quality_audits enable row level security;
alter table public.quality_samples enable row level security;
alter table public.quality_calibrations enable row level security;
alter table public.quality_reviews enable row level security;
alter table public.quality_findings enable row level security;
alter table public.quality_disputes enable row level security;

create policy quality_audits_select_overseers on public.quality_audits
for select to authenticated
using (desk_id in (select private.my_quality_desk_ids()));
create policy quality_samples_select_overseers on public.quality_samples
for select to authenticated
using (
    desk_id in (select private.my_quality_desk_ids()) and state = 'judged'
    and ticket_id <> all (array(select private.my_unjudged_ticket_ids()))
);
create policy quality_calibrations_select_overseers on public.quality_calibrations
for select to authenticated
using (desk_id in (select private.my_quality_desk_ids()));
create policy quality_reviews_select_concerned on public.quality_reviews
for select to authenticated
using (
    (
        reviewer_id = (select private.my_staff_id())
        or kind <> 'calibration' and agent_id = (select private.my_staff_id())
        or desk_id in (select private.my_quality_desk_ids()) and (
            kind <> 'calibration' or exists (
                select from public.quality_calibrations session
                where session.id = quality_reviews.calibration_id and session.state = 'closed'
            )
        )
    )
    and (
        ticket_id is null
        or ticket_id <> all (array(select private.my_unjudged_ticket_ids()))
    )
);
create policy quality_findings_select_concerned on public.quality_findings
for select to authenticated
using (exists (
    select from public.quality_reviews review where review.id = quality_findings.review_id
));
create policy quality_disputes_select_concerned on public.quality_disputes
for select to authenticated
using (exists (
    select from public.quality_reviews review where review.id = quality_disputes.review_id
));

revoke all on function
    private.tg_quality_audits_emit(), private.tg_quality_reviews_emit(),
    private.list_quality_risks(public.quality_checks),
    private.list_quality_frame(public.quality_audits),
    private.describe_quality_frame(public.quality_audits),
    private.list_quality_reviewers(uuid), private.describe_quality_audit(uuid),
    worker.quality_audit_contexts(uuid[]),
    private.store_quality_draw(public.quality_audits, jsonb),
    private.store_quality_estimate(public.quality_audits, jsonb),
    private.store_quality_plan(jsonb), worker.record_quality_audits(jsonb)
from public, anon, authenticated, service_role;
grant execute on function
    private.describe_quality_audit(uuid), worker.quality_audit_contexts(uuid[]),
    private.store_quality_plan(jsonb), worker.record_quality_audits(jsonb)
to service_role;
