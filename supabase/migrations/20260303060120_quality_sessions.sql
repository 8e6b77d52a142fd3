-- Around the audits: sessions that calibrate judges, mystery visits, plans for improvement. All use
-- the same standards; sessions count in no score, visits are told apart from audits.
-- Events: none.

-- -------------------------------------------------------------------------------------------------
-- Calibration
-- -------------------------------------------------------------------------------------------------

-- Definer: nobody holds a right to write sessions; role and desk are checked first.
create function private.open_quality_calibration(p_ticket_id uuid, p_cycle integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_quality_role();
    v_session public.quality_calibrations;
begin
    insert into public.quality_calibrations (ticket_id, cycle, desk_id, opened_by)
    select ticket.id, ended.cycle, ticket.desk_id, v_staff_id
    from public.support_tickets ticket
    join public.ticket_cycle_history ended
        on ended.ticket_id = ticket.id and ended.cycle = coalesce(p_cycle, ticket.cycle)
    where ticket.id = p_ticket_id and ended.resolved_at is not null
        and ticket.desk_id in (select private.my_quality_desk_ids())
    returning * into v_session;
    if v_session.id is null then
        perform private.refuse(
            'PT404', 'conversation_not_found', 'There is no such finished conversation for you.'
        );
    end if;
    return to_jsonb(v_session);
end
$$;

create function public.open_quality_calibration(p_ticket_id uuid, p_cycle integer default null)
returns jsonb
language sql
set search_path = ''
as $$
    select private.open_quality_calibration(p_ticket_id, p_cycle)
$$;
comment on function public.open_quality_calibration(uuid, integer) is
    'Auditors, managers: several people judge one finished conversation to find a common measure. '
    'It counts in no score. Answers the session.';

create function private.lock_calibration(p_calibration_id uuid)
returns public.quality_calibrations
language plpgsql
set search_path = ''
as $$
declare
    v_session public.quality_calibrations;
begin
    perform private.require_quality_role();
    select session.* into v_session
    from public.quality_calibrations session
    where session.id = p_calibration_id
        and session.desk_id in (select private.my_quality_desk_ids())
    for update;
    if v_session.id is null then
        perform private.refuse('PT404', 'calibration_not_found', 'There is no such session.');
    end if;
    return v_session;
end
$$;

-- Definer: nobody holds a right to write reviews; role, desk and own part are checked first.
create function private.submit_calibration_review(
    p_calibration_id uuid, p_answers jsonb, p_comment text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_session public.quality_calibrations := private.lock_calibration(p_calibration_id);
    v_ended public.ticket_cycle_history;
    v_review_id uuid;
    v_review public.quality_reviews;
begin
    if v_session.state = 'closed' then
        perform private.refuse('PT409', 'calibration_closed', 'The session is over.');
    elsif private.is_part_of(auth.uid(), v_session.ticket_id) then
        perform private.refuse('PT403', 'own_work', 'Nobody judges what they had part in.');
    end if;
    select ended.* into v_ended
    from public.ticket_cycle_history ended
    where ended.ticket_id = v_session.ticket_id and ended.cycle = v_session.cycle;
    perform private.require_findings(
        p_answers, v_ended.channel, v_ended.tier, v_session.ticket_id
    );
    insert into public.quality_reviews (
        kind, calibration_id, ticket_id, cycle, channel, tier, desk_id, reviewer_id, comment,
        happened_at
    )
    values (
        'calibration', v_session.id, v_session.ticket_id, v_session.cycle, v_ended.channel,
        v_ended.tier, v_session.desk_id, auth.uid(), p_comment, v_ended.resolved_at
    )
    returning id into v_review_id;
    -- A statement of its own: what describes reads as of its beginning.
    v_review := private.store_findings(v_review_id, p_answers);
    return private.describe_review(v_review);
exception
    when unique_violation then
        perform private.refuse('PT409', 'already_judged', 'A review stays as it was submitted.');
end
$$;

create function public.submit_calibration_review(
    p_calibration_id uuid, p_answers jsonb, p_comment text default null
)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    return private.submit_calibration_review(p_calibration_id, p_answers, case
        when p_comment is not null then private.require_text('comment', p_comment, 2000)
    end);
end
$$;
comment on function public.submit_calibration_review(uuid, jsonb, text) is
    'Auditors, managers of the desk who had no part in the conversation: own answers, as in '
    'submit_review. Others'' are shown when the session is closed.';

-- Definer: nobody holds a right to write sessions; role and desk are checked first.
create function private.close_quality_calibration(p_calibration_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_session public.quality_calibrations := private.lock_calibration(p_calibration_id);
begin
    update public.quality_calibrations session
    set state = 'closed', closed_at = now()
    where session.id = v_session.id and session.state = 'open';
    return jsonb_build_object('calibration_id', v_session.id, 'state', 'closed', 'standards', (
        select coalesce(jsonb_agg(to_jsonb(compared) order by compared.standard), '[]')
        from (
            select
                finding.standard, count(*) as review_count,
                round(100.0 * max(count(*)) over (partition by finding.standard)
                    / sum(count(*)) over (partition by finding.standard)) as agreement_percent,
                finding.answer
            from public.quality_reviews review
            join public.quality_findings finding on finding.review_id = review.id
            where review.calibration_id = v_session.id
            group by finding.standard, finding.answer
        ) compared
    ));
end
$$;

create function public.close_quality_calibration(p_calibration_id uuid)
returns jsonb
language sql
set search_path = ''
as $$
    select private.close_quality_calibration(p_calibration_id)
$$;
comment on function public.close_quality_calibration(uuid) is
    'Auditors, managers: the session is over and everybody sees all answers. Answers {"standards": '
    '[{"standard", "answer", "review_count", "agreement_percent"}]}; may be asked again.';

-- -------------------------------------------------------------------------------------------------
-- Mystery visits
-- -------------------------------------------------------------------------------------------------
create function private.require_visit_terms(
    p_channel text, p_tier text, p_happened_at timestamptz, p_agent_id uuid, p_desk_id uuid
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
    elsif p_happened_at is null or p_happened_at > now()
        or p_happened_at < now() - interval '1 year'
    then
        perform private.refuse('PT422', 'moment_out_of_range', 'Within the last year.');
    elsif p_agent_id = auth.uid() then
        perform private.refuse('PT403', 'own_work', 'Nobody judges what they had part in.');
    elsif p_agent_id is not null and not exists (
        select from public.staff_members staff
        where staff.id = p_agent_id and staff.desk_id = p_desk_id
    ) then
        perform private.refuse('PT404', 'agent_not_found', 'Nobody of this desk.');
    end if;
end
$$;

-- Definer: nobody holds a right to write reviews; role and desk are checked first.
create function private.record_mystery_visit(
    p_channel text, p_happened_at timestamptz, p_answers jsonb, p_tier text, p_agent_id uuid,
    p_desk_id uuid, p_comment text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_quality_role();
    v_desk_id uuid := private.require_quality_desk(p_desk_id);
    v_review_id uuid;
    v_review public.quality_reviews;
begin
    perform private.require_visit_terms(p_channel, p_tier, p_happened_at, p_agent_id, v_desk_id);
    perform private.require_findings(p_answers, p_channel, p_tier, null);
    insert into public.quality_reviews (
        kind, channel, tier, agent_id, desk_id, reviewer_id, comment, happened_at
    )
    values (
        'mystery_visit', p_channel, p_tier, p_agent_id, v_desk_id, v_staff_id, p_comment,
        p_happened_at
    )
    returning id into v_review_id;
    -- A statement of its own: what describes reads as of its beginning.
    v_review := private.store_findings(v_review_id, p_answers);
    return private.describe_review(v_review);
end
$$;

create function public.record_mystery_visit(
    p_channel text,
    p_happened_at timestamptz,
    p_answers jsonb,
    p_tier text default 'standard',
    p_agent_id uuid default null,
    p_desk_id uuid default null,
    p_comment text default null
)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    return private.record_mystery_visit(
        p_channel, p_happened_at, p_answers, p_tier, p_agent_id, p_desk_id, case
            when p_comment is not null then private.require_text('comment', p_comment, 2000)
        end
    );
end
$$;
comment on function public.record_mystery_visit(
    text, timestamptz, jsonb, text, uuid, uuid, text
) is
    'Auditors, managers: what somebody who was not known met with, by the same standards, answered '
    'as in submit_review; a no needs a note. Answers the review with its findings.';

-- -------------------------------------------------------------------------------------------------
-- Plans, and an audit as a whole
-- -------------------------------------------------------------------------------------------------
create function private.is_improvement_plan(p_plan jsonb)
returns boolean
language sql
immutable
set search_path = ''
as $$
    select coalesce(
        jsonb_typeof(p_plan) = 'array' and octet_length(p_plan::text) <= 20000
        and not exists (
            select from jsonb_array_elements(
                case when jsonb_typeof(p_plan) = 'array' then p_plan else '[]' end
            ) step (value)
            where jsonb_typeof(step.value) <> 'object'
                or step.value - array['action', 'standard', 'owner_id', 'due_on'] <> '{}'
                or not coalesce(private.is_clean_text(step.value ->> 'action', 500), false)
                or step.value ->> 'due_on' !~ '^\d{4}-\d{2}-\d{2}$'
        ), false
    )
$$;

-- Definer: nobody holds a right to write audits; managers of the desk alone plan.
create function private.save_improvement_plan(p_audit_id uuid, p_plan jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_audit public.quality_audits := private.require_quality_audit(p_audit_id);
begin
    if v_audit.desk_id not in (select private.my_managed_desk_ids()) then
        perform private.refuse('PT403', 'manager_required', 'Managers of the desk plan.');
    elsif not private.is_improvement_plan(p_plan) or exists (
        select from jsonb_array_elements(p_plan) step (value)
        where step.value ? 'standard' and not exists (
            select from public.quality_standards known
            where known.standard = step.value ->> 'standard'
        ) or step.value ? 'owner_id' and not exists (
            select from public.staff_members staff
            where staff.id::text = step.value ->> 'owner_id' and staff.desk_id = v_audit.desk_id
        )
    ) then
        perform private.refuse(
            'PT422', 'plan_malformed', 'A list of action, standard, owner_id and due_on.'
        );
    end if;
    update public.quality_audits audit
    set improvement_plan = p_plan where audit.id = v_audit.id returning * into v_audit;
    return to_jsonb(v_audit) - 'seed';
end
$$;

create function public.save_improvement_plan(p_audit_id uuid, p_plan jsonb)
returns jsonb
language sql
set search_path = ''
as $$
    select private.save_improvement_plan(p_audit_id, p_plan)
$$;
comment on function public.save_improvement_plan(uuid, jsonb) is
    'Managers: what follows from an audit, [{"action", "standard", "owner_id", "due_on"}]; takes '
    'the place of the plan there was. Answers the audit.';

create function private.describe_audit_findings(p_audit_id uuid, p_unjudged_ids uuid[])
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(to_jsonb(part) order by part.no_count desc, part.standard), '[]')
    from (
        select
            finding.standard,
            count(*) filter (where held.answer = 'yes') as yes_count,
            count(*) filter (where held.answer = 'no') as no_count,
            count(*) filter (where held.answer = 'not_applicable') as not_applicable_count,
            coalesce(jsonb_agg(jsonb_build_object(
                'review_id', review.id, 'ticket_id', review.ticket_id, 'cycle', review.cycle,
                'note', finding.note, 'evidence', to_jsonb(finding.evidence)
            ) order by review.submitted_at) filter (where held.answer = 'no'), '[]') as evidence
        from public.quality_reviews review
        join public.quality_findings finding on finding.review_id = review.id
        cross join lateral (values (coalesce(finding.decided_answer, finding.answer)))
            held (answer)
        where review.audit_id = p_audit_id and review.ticket_id <> all (p_unjudged_ids)
        group by finding.standard
    ) part
$$;

-- Definer: open samples are hidden from people, and are counted here; role and desk are checked.
create function private.get_quality_audit(p_audit_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_audit public.quality_audits := private.require_quality_audit(p_audit_id);
begin
    return to_jsonb(v_audit) - 'seed' || jsonb_build_object(
        'strata', (
            select coalesce(jsonb_agg(to_jsonb(part) order by part.stratum), '[]')
            from (
                select
                    sample.stratum, max(sample.stratum_count) as stratum_count,
                    count(*) as drawn_count,
                    count(*) filter (where sample.state = 'judged') as judged_count,
                    count(*) filter (where sample.reviewer_id is null) as unassigned_count,
                    max(sample.inclusion_probability) as inclusion_probability
                from public.quality_samples sample where sample.audit_id = v_audit.id
                group by sample.stratum
            ) part
        ),
        'findings', private.describe_audit_findings(
            v_audit.id, array(select private.my_unjudged_ticket_ids())
        ),
        'open_dispute_count', (
            select count(*)
            from public.quality_disputes dispute
            join public.quality_reviews review on review.id = dispute.review_id
            where review.audit_id = v_audit.id and dispute.state = 'open'
        )
    );
end
$$;

create function public.get_quality_audit(p_audit_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.get_quality_audit(p_audit_id)
$$;
comment on function public.get_quality_audit(uuid) is
    'Auditors, managers: the audit with its score and 95 % interval, "strata" (of how many '
    'how many were drawn and judged), "findings" by standard with the evidence of each no, and '
    'open disputes. What is still to be judged by the caller is left out.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on function
    private.open_quality_calibration(uuid, integer), public.open_quality_calibration(uuid, integer),
    private.lock_calibration(uuid), private.submit_calibration_review(uuid, jsonb, text),
    public.submit_calibration_review(uuid, jsonb, text), private.close_quality_calibration(uuid),
    public.close_quality_calibration(uuid),
    private.require_visit_terms(text, text, timestamptz, uuid, uuid),
    private.record_mystery_visit(text, timestamptz, jsonb, text, uuid, uuid, text),
    public.record_mystery_visit(text, timestamptz, jsonb, text, uuid, uuid, text),
    private.is_improvement_plan(jsonb), private.save_improvement_plan(uuid, jsonb),
    public.save_improvement_plan(uuid, jsonb), private.describe_audit_findings(uuid, uuid[]),
    private.get_quality_audit(uuid), public.get_quality_audit(uuid)
from public, anon, authenticated, service_role;
grant execute on function
    private.open_quality_calibration(uuid, integer), public.open_quality_calibration(uuid, integer),
    private.submit_calibration_review(uuid, jsonb, text),
    public.submit_calibration_review(uuid, jsonb, text), private.close_quality_calibration(uuid),
    public.close_quality_calibration(uuid),
    private.record_mystery_visit(text, timestamptz, jsonb, text, uuid, uuid, text),
    public.record_mystery_visit(text, timestamptz, jsonb, text, uuid, uuid, text),
    private.save_improvement_plan(uuid, jsonb), public.save_improvement_plan(uuid, jsonb),
    private.get_quality_audit(uuid), public.get_quality_audit(uuid)
to authenticated;
