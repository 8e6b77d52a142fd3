-- What people do with audits: ask for one, judge, disagree, decide, calibrate, visit, plan.
--
-- Judging is blind: whoever judges is given the conversation and the standards, and nothing else;
-- every table hides what others thought of it until the answers are in.
-- Events out: those of the tables.

-- -------------------------------------------------------------------------------------------------
-- Who may
-- -------------------------------------------------------------------------------------------------
create function private.require_quality_role()
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
begin
    if not exists (
        select from private.my_staff_row() me
        where me.role in ('quality_auditor', 'manager', 'admin')
    ) then
        perform private.refuse(
            'PT403', 'auditor_required', 'Only auditors, managers and admins may do this.'
        );
    end if;
    return v_staff_id;
end
$$;

create function private.require_quality_desk(p_desk_id uuid)
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
    v_desk_id uuid := coalesce(p_desk_id, (select me.desk_id from private.my_staff_row() me));
begin
    if v_desk_id not in (select private.my_quality_desk_ids()) then
        perform private.refuse('PT404', 'desk_not_found', 'There is no such desk for you.');
    end if;
    return v_desk_id;
end
$$;

create function private.require_quality_audit(p_audit_id uuid)
returns public.quality_audits
language plpgsql
stable
set search_path = ''
as $$
declare
    v_audit public.quality_audits;
begin
    perform private.require_quality_role();
    select audit.* into v_audit
    from public.quality_audits audit
    where audit.id = p_audit_id and audit.desk_id in (select private.my_quality_desk_ids());
    if v_audit.id is null then
        perform private.refuse('PT404', 'audit_not_found', 'There is no such audit for you.');
    end if;
    return v_audit;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Asking for an audit
-- -------------------------------------------------------------------------------------------------
create function private.require_audit_terms(
    p_type text, p_scope text, p_size integer, p_risk_share numeric, p_channels text[],
    p_desk_id uuid, p_agent_id uuid
)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_type is null or p_type not in ('periodic', 'spot_check', 'vip', 'recovery') then
        perform private.refuse(
            'PT422', 'unknown_audit_type', 'periodic, spot_check, vip or recovery.'
        );
    elsif p_scope is null or p_scope not in ('desk', 'agent')
        or (p_scope = 'agent') <> (p_agent_id is not null)
    then
        perform private.refuse('PT422', 'unknown_scope', 'desk; or agent, with the agent.');
    elsif p_size is null or p_size not between 2 and 500
        or p_risk_share is null or p_risk_share not between 0 and 1
    then
        perform private.refuse(
            'PT422', 'sample_out_of_range', 'From 2 to 500 conversations, a share from 0 to 1.'
        );
    elsif exists (
        select from unnest(p_channels) named (channel)
        where not exists (select from public.channels known where known.channel = named.channel)
    ) or cardinality(p_channels) > 20 then
        perform private.refuse('PT422', 'unknown_channel', 'Not a channel of this house.');
    elsif p_agent_id is not null and not exists (
        select from public.staff_members staff
        where staff.id = p_agent_id and staff.desk_id = p_desk_id
    ) then
        perform private.refuse('PT404', 'agent_not_found', 'Nobody of this desk.');
    end if;
end
$$;

-- Definer: nobody holds a right to write audits; role and desk are checked first.
create function private.request_quality_audit(
    p_type text, p_scope text, p_agent_id uuid, p_timeframe text, p_size integer,
    p_channels text[], p_desk_id uuid, p_risk_share numeric
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_quality_role();
    v_desk_id uuid := private.require_quality_desk(p_desk_id);
    v_audit public.quality_audits;
begin
    perform private.require_audit_terms(
        p_type, p_scope, p_size, p_risk_share, p_channels, v_desk_id, p_agent_id
    );
    perform private.take_token(v_staff_id, 'request_quality_audit', 20, interval '1 hour');
    insert into public.quality_audits (
        audit_type, scope, desk_id, agent_id, channels, timeframe, starts_at, ends_at, auditor_id,
        sample_size, risk_share
    )
    select
        p_type, p_scope, v_desk_id, p_agent_id,
        coalesce(p_channels, '{}'), p_timeframe, range.since_at, range.until_at, v_staff_id,
        p_size, p_risk_share
    from private.read_past_range(p_timeframe) range
    where range.until_at > range.since_at
    returning * into v_audit;
    if v_audit.id is null then
        perform private.refuse(
            'PT422', 'range_malformed', '24h, 7d, 12m or 2026-11-01/2026-11-30.'
        );
    end if;
    return to_jsonb(v_audit) - 'seed';
end
$$;

create function public.request_quality_audit(
    p_type text default 'periodic',
    p_scope text default 'desk',
    p_agent_id uuid default null,
    p_timeframe text default '30d',
    p_size integer default 20,
    p_channels text[] default '{}',
    p_desk_id uuid default null,
    p_risk_share numeric default 0.4
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.request_quality_audit(
        p_type, p_scope, p_agent_id, p_timeframe, p_size, p_channels, p_desk_id, p_risk_share
    )
$$;
comment on function public.request_quality_audit(
    text, text, uuid, text, integer, text[], uuid, numeric
) is
    'Auditors, managers: an audit of the desk, or (scope agent) of one, over a timeframe (24h, 7d, '
    '12m, or days 2026-11-01/2026-11-30): periodic, spot_check, vip or recovery. The sample is '
    'drawn and given out within moments. Answers the audit. 20 an hour.';

-- -------------------------------------------------------------------------------------------------
-- Judging
-- -------------------------------------------------------------------------------------------------

-- Definer: samples are hidden from whoever is to judge them; only the reviewer is answered.
create function private.get_quality_sample(p_sample_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_answer jsonb;
begin
    select jsonb_build_object(
        'sample_id', sample.id, 'ticket_id', sample.ticket_id, 'cycle', sample.cycle,
        'channel', ended.channel, 'tier', ended.tier, 'resolution', ended.resolution,
        'messages', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'id', said.value -> 'id', 'author_kind', said.value -> 'author_kind',
                'body', said.value -> 'body', 'created_at', said.value -> 'created_at'
            ) order by said.place), '[]')
            from jsonb_array_elements(private.describe_quality_messages(ended))
                with ordinality said (value, place)
        ),
        'standards', private.list_quality_standards(
            ended.channel, ended.tier, array['human', 'both']
        )
    ) into v_answer
    from public.quality_samples sample
    join public.ticket_cycle_history ended
        on ended.ticket_id = sample.ticket_id and ended.cycle = sample.cycle
    where sample.id = p_sample_id and sample.reviewer_id = v_staff_id and sample.state = 'open';
    if v_answer is null then
        perform private.refuse('PT404', 'sample_not_found', 'There is nothing for you to judge.');
    end if;
    return v_answer;
end
$$;

create function public.get_quality_sample(p_sample_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.get_quality_sample(p_sample_id)
$$;
comment on function public.get_quality_sample(uuid) is
    'Whoever is to judge: the conversation and the standards to answer, and nothing that others or '
    'rules thought of it. Answers {"sample_id", "ticket_id", "cycle", "channel", "tier", '
    '"resolution", "messages", "standards"}.';

-- Definer: samples are hidden from whoever is to judge them; answers own ones alone.
create function private.get_quality_tasks()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'sample_id', sample.id, 'audit_id', sample.audit_id, 'position', sample.position,
            'drawn_at', sample.drawn_at
        ) order by sample.drawn_at, sample.audit_id, sample.position), '[]')
        from public.quality_samples sample
        where sample.reviewer_id = v_staff_id and sample.state = 'open'
    );
end
$$;

create function public.get_quality_tasks()
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.get_quality_tasks()
$$;
comment on function public.get_quality_tasks() is
    'Staff: what I am to judge, in the order of the draw.';

-- Each standard that applies once, a no with its reason, evidence from the conversation itself.
create function private.require_findings(
    p_answers jsonb, p_channel text, p_tier text, p_ticket_id uuid
)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_answers is null or jsonb_typeof(p_answers) <> 'array'
        or octet_length(p_answers::text) > 100000
        or exists (
            select from jsonb_array_elements(p_answers) said (value)
            where jsonb_typeof(said.value) <> 'object'
                or coalesce(said.value ->> 'answer', '')
                    not in ('yes', 'no', 'not_applicable')
                or jsonb_typeof(coalesce(said.value -> 'evidence', '[]')) <> 'array'
        )
    then
        perform private.refuse(
            'PT422', 'answers_malformed', 'A list of standard, answer, note and evidence.'
        );
    elsif array(
        select said.value ->> 'standard'
        from jsonb_array_elements(p_answers) said (value) order by 1
    ) <> array(
        select asked.value ->> 'standard' from jsonb_array_elements(
            private.list_quality_standards(p_channel, p_tier, array['human', 'both'])
        ) asked (value) order by 1
    ) then
        perform private.refuse(
            'PT422', 'answers_incomplete', 'Each standard that applies is answered once.'
        );
    elsif exists (
        select from jsonb_array_elements(p_answers) said (value)
        cross join lateral jsonb_array_elements_text(
            coalesce(said.value -> 'evidence', '[]')
        ) shown (id)
        where not exists (
            select from public.ticket_messages message
            where message.id::text = shown.id and message.ticket_id = p_ticket_id
        )
    ) then
        perform private.refuse('PT422', 'evidence_unknown', 'Messages of the conversation itself.');
    end if;
end
$$;

create function private.store_findings(p_review_id uuid, p_answers jsonb)
returns public.quality_reviews
language plpgsql
set search_path = ''
as $$
declare
    v_review public.quality_reviews;
begin
    insert into public.quality_findings (
        review_id, standard, standard_version, answer, note, evidence
    )
    select p_review_id, said.standard, known.version, said.answer, said.note,
        coalesce(said.evidence, '{}')
    from jsonb_to_recordset(p_answers)
        as said (standard text, answer text, note text, evidence uuid[])
    join public.quality_standards known
        on known.standard = said.standard and known.is_current;
    update public.quality_reviews review
    set score = found.score, is_failed = found.is_failed, final_score = found.score,
        is_failed_finally = found.is_failed
    from (
        select jsonb_agg(to_jsonb(finding)) as answers
        from public.quality_findings finding where finding.review_id = p_review_id
    ) given
    cross join lateral private.find_quality_score(given.answers) found
    where review.id = p_review_id
    returning review.* into v_review;
    return v_review;
exception
    when check_violation then
        perform private.refuse(
            'PT422', 'answers_malformed', 'A no has a note or evidence; notes are short.'
        );
end
$$;
comment on function private.store_findings(uuid, jsonb) is
    'The answers of a review and what they come to, by the versions that hold now.';

create function private.is_part_of(p_staff_id uuid, p_ticket_id uuid)
returns boolean
language sql
stable
set search_path = ''
as $$
    select exists (
        select from public.support_tickets ticket
        where ticket.id = p_ticket_id and p_staff_id in (ticket.client_id, ticket.assignee_id)
    ) or exists (
        select from public.ticket_messages said
        where said.ticket_id = p_ticket_id and said.author_id = p_staff_id
    )
$$;

create function private.describe_review(p_review public.quality_reviews)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select to_jsonb(p_review) || jsonb_build_object('findings', (
        select coalesce(jsonb_agg(to_jsonb(finding) - 'review_id' order by finding.standard), '[]')
        from public.quality_findings finding where finding.review_id = p_review.id
    ))
$$;

create function private.lock_own_sample(p_sample_id uuid, p_staff_id uuid)
returns public.quality_samples
language plpgsql
set search_path = ''
as $$
declare
    v_sample public.quality_samples;
begin
    select sample.* into v_sample
    from public.quality_samples sample
    where sample.id = p_sample_id and sample.reviewer_id = p_staff_id
    for update;
    if v_sample.id is null then
        perform private.refuse('PT404', 'sample_not_found', 'There is nothing for you to judge.');
    elsif v_sample.state = 'judged' then
        perform private.refuse('PT409', 'already_judged', 'A review stays as it was submitted.');
    elsif private.is_part_of(p_staff_id, v_sample.ticket_id) then
        perform private.refuse('PT403', 'own_work', 'Nobody judges what they had part in.');
    end if;
    return v_sample;
end
$$;

-- Definer: nobody holds a right to write reviews; only the reviewer of the sample gets through.
create function private.submit_review(p_sample_id uuid, p_answers jsonb, p_comment text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_sample public.quality_samples := private.lock_own_sample(p_sample_id, v_staff_id);
    v_ended public.ticket_cycle_history;
    v_review_id uuid;
    v_review public.quality_reviews;
begin
    select ended.* into v_ended
    from public.ticket_cycle_history ended
    where ended.ticket_id = v_sample.ticket_id and ended.cycle = v_sample.cycle;
    perform private.require_findings(
        p_answers, v_ended.channel, v_ended.tier, v_sample.ticket_id
    );
    update public.quality_samples sample set state = 'judged' where sample.id = v_sample.id;
    insert into public.quality_reviews (
        kind, audit_id, sample_id, ticket_id, cycle, channel, tier, agent_id, desk_id,
        reviewer_id, comment, happened_at
    )
    values (
        'audit', v_sample.audit_id, v_sample.id, v_sample.ticket_id, v_sample.cycle,
        v_ended.channel, v_ended.tier, v_sample.agent_id, v_sample.desk_id, v_staff_id,
        p_comment, coalesce(v_ended.resolved_at, v_ended.ended_at, v_sample.drawn_at)
    )
    returning id into v_review_id;
    -- A statement of its own: what describes reads as of its beginning.
    v_review := private.store_findings(v_review_id, p_answers);
    return private.describe_review(v_review);
end
$$;

create function public.submit_review(
    p_sample_id uuid, p_answers jsonb, p_comment text default null
)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    return private.submit_review(p_sample_id, p_answers, case
        when p_comment is not null then private.require_text('comment', p_comment, 2000)
    end);
end
$$;
comment on function public.submit_review(uuid, jsonb, text) is
    'Whoever is to judge: an answer to each standard that applies, [{"standard", "answer": yes, no '
    'or not_applicable, "note", "evidence": [message ids]}]; a no needs a note or evidence. Stays '
    'as submitted. Answers the review with its findings.';

-- Definer: nobody holds a right to write samples; managers of the desk alone give work out.
create function private.assign_quality_sample(p_sample_id uuid, p_reviewer_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_sample public.quality_samples;
begin
    perform private.require_quality_role();
    select sample.* into v_sample
    from public.quality_samples sample
    where sample.id = p_sample_id and sample.desk_id in (select private.my_managed_desk_ids())
    for update;
    if v_sample.id is null then
        perform private.refuse('PT404', 'sample_not_found', 'There is no such sample for you.');
    elsif v_sample.state = 'judged' then
        perform private.refuse('PT409', 'already_judged', 'A review stays as it was submitted.');
    elsif private.is_part_of(p_reviewer_id, v_sample.ticket_id)
        or p_reviewer_id = v_sample.agent_id
        or not private.list_quality_reviewers(v_sample.desk_id)
            @> jsonb_build_array(jsonb_build_object('id', p_reviewer_id))
    then
        perform private.refuse(
            'PT422', 'reviewer_not_eligible', 'An auditor or manager who had no part in it.'
        );
    end if;
    update public.quality_samples sample
    set reviewer_id = p_reviewer_id where sample.id = v_sample.id;
    return jsonb_build_object('sample_id', v_sample.id, 'reviewer_id', p_reviewer_id);
end
$$;

create function public.assign_quality_sample(p_sample_id uuid, p_reviewer_id uuid)
returns jsonb
language sql
set search_path = ''
as $$
    select private.assign_quality_sample(p_sample_id, p_reviewer_id)
$$;
comment on function public.assign_quality_sample(uuid, uuid) is
    'Managers: somebody else judges it. The conversation stays the one that was drawn.';

-- -------------------------------------------------------------------------------------------------
-- Disputes
-- -------------------------------------------------------------------------------------------------

-- Definer: nobody holds a right to write disputes; only whose work was judged gets through.
create function private.dispute_review(
    p_review_id uuid, p_standard text, p_comment text, p_proposed_answer text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_finding public.quality_findings;
    v_dispute public.quality_disputes;
begin
    select finding.* into v_finding
    from public.quality_findings finding
    join public.quality_reviews review on review.id = finding.review_id
    where review.id = p_review_id and finding.standard = p_standard
        and review.agent_id = v_staff_id and review.kind <> 'calibration';
    if v_finding.review_id is null then
        perform private.refuse('PT404', 'finding_not_found', 'There is no such finding for you.');
    elsif p_proposed_answer is null
        or p_proposed_answer not in ('yes', 'no', 'not_applicable')
        or p_proposed_answer = coalesce(v_finding.decided_answer, v_finding.answer)
    then
        perform private.refuse('PT422', 'answer_malformed', 'Another answer than the one given.');
    end if;
    insert into public.quality_disputes (
        review_id, standard, raised_by, comment, proposed_answer
    )
    values (
        p_review_id, p_standard, v_staff_id, private.require_text('comment', p_comment, 2000),
        p_proposed_answer
    )
    returning * into v_dispute;
    return to_jsonb(v_dispute);
exception
    when unique_violation then
        perform private.refuse('PT409', 'already_disputed', 'Somebody is deciding about it.');
end
$$;

create function public.dispute_review(
    p_review_id uuid, p_standard text, p_comment text, p_proposed_answer text
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.dispute_review(p_review_id, p_standard, p_comment, p_proposed_answer)
$$;
comment on function public.dispute_review(uuid, text, text, text) is
    'Whose work was judged: another answer to one standard, and why. Answers the dispute.';

-- What was submitted stays; what holds in the end is written beside it.
create function private.settle_review(p_review_id uuid)
returns void
language sql
set search_path = ''
as $$
    update public.quality_reviews review
    set final_score = found.score, is_failed_finally = found.is_failed
    from (
        select jsonb_agg(jsonb_build_object(
            'standard', finding.standard, 'standard_version', finding.standard_version,
            'answer', coalesce(finding.decided_answer, finding.answer)
        )) as answers
        from public.quality_findings finding where finding.review_id = p_review_id
    ) given
    cross join lateral private.find_quality_score(given.answers) found
    where review.id = p_review_id
$$;

create function private.lock_dispute(p_dispute_id uuid, p_staff_id uuid)
returns public.quality_disputes
language plpgsql
set search_path = ''
as $$
declare
    v_review public.quality_reviews;
    v_dispute public.quality_disputes;
begin
    select dispute.* into v_dispute
    from public.quality_disputes dispute where dispute.id = p_dispute_id for update;
    select review.* into v_review
    from public.quality_reviews review
    where review.id = v_dispute.review_id
        and review.desk_id in (select private.my_quality_desk_ids())
    for update;
    if v_review.id is null then
        perform private.refuse('PT404', 'dispute_not_found', 'There is no such dispute for you.');
    elsif v_dispute.state <> 'open' then
        perform private.refuse('PT409', 'already_decided', 'It was decided.');
    elsif p_staff_id in (v_review.reviewer_id, v_review.agent_id, v_dispute.raised_by) then
        perform private.refuse('PT403', 'own_work', 'Neither judge nor judged decide.');
    end if;
    return v_dispute;
end
$$;

-- Definer: nobody holds a right to write disputes; neither judge nor judged decide.
create function private.decide_dispute(
    p_dispute_id uuid, p_is_upheld boolean, p_comment text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_quality_role();
    v_dispute public.quality_disputes;
begin
    v_dispute := private.lock_dispute(p_dispute_id, v_staff_id);
    if p_is_upheld is null then
        perform private.refuse('PT400', 'decision_required', 'Upheld: true or false.');
    end if;
    update public.quality_disputes dispute
    set state = case when p_is_upheld then 'upheld' else 'rejected' end,
        decided_by = v_staff_id, decided_at = now(),
        decision_comment = private.require_text('comment', p_comment, 2000)
    where dispute.id = v_dispute.id
    returning dispute.* into v_dispute;
    if p_is_upheld then
        update public.quality_findings finding
        set decided_answer = v_dispute.proposed_answer
        where finding.review_id = v_dispute.review_id and finding.standard = v_dispute.standard;
        perform private.settle_review(v_dispute.review_id);
    end if;
    return to_jsonb(v_dispute);
end
$$;

create function public.decide_dispute(
    p_dispute_id uuid, p_is_upheld boolean, p_comment text
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.decide_dispute(p_dispute_id, p_is_upheld, p_comment)
$$;
comment on function public.decide_dispute(uuid, boolean, text) is
    'Auditors, managers of the desk who neither judged nor were judged: upheld or not, and why. An '
    'upheld one changes the final score; what was submitted stays. Answers the dispute.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on function
    private.require_quality_role(), private.require_quality_desk(uuid),
    private.require_quality_audit(uuid),
    private.require_audit_terms(text, text, integer, numeric, text[], uuid, uuid),
    private.request_quality_audit(text, text, uuid, text, integer, text[], uuid, numeric),
    public.request_quality_audit(text, text, uuid, text, integer, text[], uuid, numeric),
    private.get_quality_sample(uuid), public.get_quality_sample(uuid),
    private.get_quality_tasks(), public.get_quality_tasks(),
    private.require_findings(jsonb, text, text, uuid), private.store_findings(uuid, jsonb),
    private.is_part_of(uuid, uuid), private.describe_review(public.quality_reviews),
    private.lock_own_sample(uuid, uuid),
    private.submit_review(uuid, jsonb, text), public.submit_review(uuid, jsonb, text),
    private.assign_quality_sample(uuid, uuid), public.assign_quality_sample(uuid, uuid),
    private.dispute_review(uuid, text, text, text), public.dispute_review(uuid, text, text, text),
    private.settle_review(uuid), private.lock_dispute(uuid, uuid),
    private.decide_dispute(uuid, boolean, text),
    public.decide_dispute(uuid, boolean, text)
from public, anon, authenticated, service_role;
grant execute on function
    private.request_quality_audit(text, text, uuid, text, integer, text[], uuid, numeric),
    public.request_quality_audit(text, text, uuid, text, integer, text[], uuid, numeric),
    private.get_quality_sample(uuid), public.get_quality_sample(uuid),
    private.get_quality_tasks(), public.get_quality_tasks(),
    private.submit_review(uuid, jsonb, text), public.submit_review(uuid, jsonb, text),
    private.assign_quality_sample(uuid, uuid), public.assign_quality_sample(uuid, uuid),
    private.dispute_review(uuid, text, text, text), public.dispute_review(uuid, text, text, text),
    private.decide_dispute(uuid, boolean, text), public.decide_dispute(uuid, boolean, text)
to authenticated;
