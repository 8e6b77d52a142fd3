-- Improvement opportunities: which standard, kept always, would raise the score most, and by how
-- much. What a failed answer cost its own conversation, expanded from the sample to all of them by
-- the probabilities it was drawn with; rules and people apart. Read only. Events: none.

-- Every answer that applied, with what its conversation stands for. Of audits those that speak of
-- everybody; not of VIP clients, complaints or a channel alone.
create view private.gain_answers
with (security_invoker = true)
as
select
    'human'::text as source, review.id as case_id, review.ticket_id, review.cycle,
    review.agent_id, review.desk_id, review.happened_at, audit.agent_id as audited_agent_id,
    1 / sample.inclusion_probability as weight, finding.standard,
    coalesce(finding.decided_answer, finding.answer) as answer, finding.evidence,
    known.weight::double precision as points, known.is_critical
from public.quality_reviews review
join public.quality_samples sample on sample.id = review.sample_id
join public.quality_audits audit on audit.id = review.audit_id
join public.quality_findings finding on finding.review_id = review.id
join public.quality_standards known
    on known.standard = finding.standard and known.version = finding.standard_version
where audit.audit_type in ('periodic', 'spot_check') and audit.channels = '{}'
    and coalesce(finding.decided_answer, finding.answer) <> 'not_applicable'
union all
select
    'automatic', seen.ticket_id, seen.ticket_id, seen.cycle, seen.agent_id, seen.desk_id,
    seen.ended_at, null, 1, found.standard, found.answer, found.evidence,
    known.weight::double precision, known.is_critical
from public.quality_checks seen
join public.quality_check_results found
    on found.ticket_id = seen.ticket_id and found.cycle = seen.cycle
join public.quality_standards known
    on known.standard = found.standard and known.version = found.standard_version
where seen.skip_reason is null and found.answer <> 'not_applicable';
comment on view private.gain_answers is
    'What rules and people answered to each standard of a conversation (case_id and cycle).';

-- Conversations the caller is still to judge, or is the client of.
create function private.my_hidden_case_ids()
returns uuid[]
language sql
stable
set search_path = ''
as $$
    select array(
        select private.my_unjudged_ticket_ids()
        union
        select mine.id from public.support_tickets mine
        where mine.client_id = private.my_client_id()
    )
$$;

-- The score with a yes in place of this no, less the score as it is: nothing, as long as another
-- critical standard fails it anyway.
create function private.find_gain(
    p_whole double precision, p_kept double precision, p_critical_count bigint,
    p_own_weight double precision, p_is_critical boolean
)
returns double precision
language sql
immutable
parallel safe
set search_path = ''
as $$
    select case
        when p_critical_count > p_is_critical::integer then 0
        when p_critical_count > 0 then 100 * (p_kept + p_own_weight) / p_whole
        else 100 * p_own_weight / p_whole
    end
$$;

-- Each no with what it cost its own conversation.
create function private.list_gains(
    p_since timestamptz, p_until timestamptz, p_scope text, p_desk_id uuid, p_agent_id uuid
)
returns table (
    source text, standard text, case_id uuid, ticket_id uuid, cycle integer,
    weight double precision, gain double precision, evidence uuid[]
)
language plpgsql
stable
rows 5000
set search_path = ''
as $$
declare
    v_hidden_ids uuid[] := private.my_hidden_case_ids();
begin
    return query
    with answers as not materialized (
        select said.* from private.gain_answers said
        where said.happened_at >= p_since and said.happened_at < p_until
            and (p_scope <> 'own' or said.agent_id = p_agent_id)
            and (p_scope <> 'desk' or said.desk_id = p_desk_id)
            and (said.audited_agent_id is null
                or p_scope = 'own' and said.audited_agent_id = p_agent_id)
            and said.ticket_id <> all (v_hidden_ids)
    ), cases as (
        select said.case_id, said.cycle, sum(said.points) as whole,
            coalesce(sum(said.points) filter (where said.answer = 'yes'), 0) as kept,
            count(*) filter (where said.answer = 'no' and said.is_critical) as critical_count
        from answers said
        group by said.case_id, said.cycle
    )
    select said.source, said.standard, said.case_id, said.ticket_id, said.cycle, said.weight,
        private.find_gain(
            judged.whole, judged.kept, judged.critical_count, said.points, said.is_critical
        ), said.evidence
    from answers said
    join cases judged on judged.case_id = said.case_id and judged.cycle = said.cycle
    where said.answer = 'no';
end
$$;

create function private.count_gain_answers(
    p_since timestamptz, p_until timestamptz, p_scope text, p_desk_id uuid, p_agent_id uuid
)
returns table (
    source text, standard text, count bigint, weights double precision, squares double precision
)
language plpgsql
stable
rows 50
set search_path = ''
as $$
declare
    v_hidden_ids uuid[] := private.my_hidden_case_ids();
begin
    return query
    select said.source, said.standard, count(*), sum(said.weight), sum(said.weight ^ 2)
    from private.gain_answers said
    where said.happened_at >= p_since and said.happened_at < p_until
        and (p_scope <> 'own' or said.agent_id = p_agent_id)
        and (p_scope <> 'desk' or said.desk_id = p_desk_id)
        and (said.audited_agent_id is null
            or p_scope = 'own' and said.audited_agent_id = p_agent_id)
        and said.ticket_id <> all (v_hidden_ids)
    group by said.source, said.standard;
end
$$;

-- An answer that was kept gains nothing, so sums are enough for mean and spread; the ten faults
-- that cost most stand as evidence.
create function private.tally_gains(
    p_since timestamptz, p_until timestamptz, p_scope text, p_desk_id uuid, p_agent_id uuid
)
returns table (
    source text, standard text, count bigint, weights double precision, squares double precision,
    no_count bigint, gains double precision, gain_squares double precision, evidence jsonb
)
language sql
stable
rows 50
set search_path = ''
as $$
    select total.source, total.standard, total.count, total.weights, total.squares,
        cost.no_count, cost.gains, cost.gain_squares, cost.evidence
    from private.count_gain_answers(p_since, p_until, p_scope, p_desk_id, p_agent_id) total
    join (
        select made.source, made.standard, count(*) as no_count,
            sum(made.weight * made.gain) as gains, sum(made.weight * made.gain ^ 2) as gain_squares,
            jsonb_agg(jsonb_build_object(
                'review_id', case made.source when 'human' then made.case_id end,
                'ticket_id', made.ticket_id, 'cycle', made.cycle,
                'gain', round(made.gain::numeric, 2), 'message_ids', to_jsonb(made.evidence)
            ) order by made.place) filter (where made.place <= 10 and made.gain > 0) as evidence
        from (
            select faulty.*, row_number() over (
                partition by faulty.source, faulty.standard
                order by faulty.gain desc, faulty.ticket_id, faulty.cycle
            ) as place
            from private.list_gains(p_since, p_until, p_scope, p_desk_id, p_agent_id) faulty
        ) made
        group by made.source, made.standard
    ) cost on cost.source = total.source and cost.standard = total.standard
    where cost.gains > 0
$$;

-- How many conversations ended, and by how many of them the audited ones that count stand.
create function private.count_gain_cases(
    p_since timestamptz, p_until timestamptz, p_scope text, p_desk_id uuid, p_agent_id uuid
)
returns table (checked bigint, audited double precision)
language sql
stable
rows 1
set search_path = ''
as $$
    select
        (
            select count(*) from public.quality_checks known
            where known.ended_at >= p_since and known.ended_at < p_until
                and known.skip_reason is null
                and (p_scope <> 'own' or known.agent_id = p_agent_id)
                and (p_scope <> 'desk' or known.desk_id = p_desk_id)
        ),
        (
            select sum(judged.weight)
            from (
                select distinct said.case_id, said.weight
                from private.gain_answers said
                where said.source = 'human'
                    and said.happened_at >= p_since and said.happened_at < p_until
                    and (p_scope <> 'own' or said.agent_id = p_agent_id)
                    and (p_scope <> 'desk' or said.desk_id = p_desk_id)
                    and (said.audited_agent_id is null
                        or p_scope = 'own' and said.audited_agent_id = p_agent_id)
                    and said.ticket_id <> all (private.my_hidden_case_ids())
            ) judged
        )
$$;

create function private.scale_interval(
    p_value double precision, p_interval double precision[], p_factor double precision
)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select jsonb_build_object(
        'value', round((p_value * p_factor)::numeric, 3),
        'low', round((p_interval[1] * p_factor)::numeric, 3),
        'high', round((p_interval[2] * p_factor)::numeric, 3)
    )
$$;

-- Kish's effective size: unequal weights are worth fewer equal ones.
create function private.describe_gain(p_tally jsonb, p_checked bigint, p_audited double precision)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select jsonb_build_object(
        'count', said.count, 'no_count', said.no_count, 'volume', round(size.volume::numeric, 1),
        'gain_per_answer', private.scale_interval(mean.value, range.found, 1),
        'effect', private.scale_interval(mean.value, range.found, size.volume),
        'score_gain', private.scale_interval(
            mean.value, range.found, size.volume / nullif(p_checked, 0)
        )
    )
    from jsonb_to_record(p_tally) as said (
        source text, count bigint, weights double precision, squares double precision,
        no_count bigint, gains double precision, gain_squares double precision
    )
    cross join lateral (values (said.gains / said.weights)) mean (value)
    cross join lateral (values (
        case said.source
            when 'human' then p_checked * said.weights / p_audited else said.count
        end,
        floor(said.weights ^ 2 / said.squares)::bigint
    )) size (volume, cases)
    cross join lateral (
        select private.find_mean_interval(
            size.cases, mean.value, sqrt(greatest(
                said.gain_squares / said.weights - mean.value ^ 2, 0
            ) * size.cases / greatest(size.cases - 1, 1)), 0, 100
        ) as found
    ) range
$$;

create function private.list_open_actions(
    p_standard text, p_scope text, p_desk_id uuid, p_agent_id uuid
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'action_id', action.id, 'scope', action.scope, 'desk_id', action.desk_id,
        'channel', action.channel, 'due_on', action.due_on
    ) order by action.due_on, action.id), '[]')
    from public.corrective_actions action
    where action.standard = p_standard and action.state = 'open'
        and (p_scope <> 'desk' or action.desk_id = p_desk_id)
        and (p_scope <> 'own' or p_agent_id in (action.agent_id, action.owner_id))
$$;

-- Definer: reads what stands behind the policies; answers own work, the desk's or the house's, and
-- shows no conversation that the caller is still to judge. Executives are shown numbers alone.
create function private.get_improvement_opportunities(p_range text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_scope text := private.my_survey_scope();
    v_desk_id uuid := (select me.desk_id from private.my_staff_row() me);
    v_range record := private.require_quality_range(p_range);
    v_shows_evidence boolean := v_scope <> 'house' or private.is_admin();
    v_size record;
begin
    select size.* into v_size from private.count_gain_cases(
        v_range.since_at, v_range.until_at, v_scope, v_desk_id, v_staff_id
    ) size;
    return jsonb_build_object(
        'since_at', v_range.since_at, 'until_at', v_range.until_at, 'scope', v_scope,
        'conversation_count', v_size.checked,
        'opportunities', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'standard', made.standard, 'source', made.source, 'text_pl', known.text_pl,
                'text_en', known.text_en, 'is_critical', known.is_critical,
                'under_action', private.list_open_actions(
                    made.standard, v_scope, v_desk_id, v_staff_id
                ),
                'evidence', case when v_shows_evidence then made.evidence end
            ) || gain.found
            order by (gain.found #>> '{effect,value}')::numeric desc, made.standard), '[]')
            from private.tally_gains(
                v_range.since_at, v_range.until_at, v_scope, v_desk_id, v_staff_id
            ) made
            join public.quality_standards known
                on known.standard = made.standard and known.is_current and known.is_active
            cross join lateral private.describe_gain(
                to_jsonb(made) - 'evidence', v_size.checked, v_size.audited
            ) gain (found)
        )
    );
end
$$;

create function public.get_improvement_opportunities(p_range text default '90d')
returns jsonb
language sql
set search_path = ''
as $$
    select private.get_improvement_opportunities(p_range)
$$;
comment on function public.get_improvement_opportunities(text) is
    'Staff: standards by what keeping them always would gain within the range: own work, the '
    'desk''s, or the house''s. {"opportunities": [{"standard", "source" (automatic, human), '
    '"count" and "no_count" of answers seen, "gain_per_answer" (points of its score), "volume" '
    '(answers in the range), "effect" (their product), "score_gain" (points of the average score), '
    'the three as {"value", "low", "high"} with the 95 % interval, "under_action", "evidence" (the '
    'ten that cost most; null for executives)}]}.';

revoke all on private.gain_answers from anon, authenticated, service_role;
revoke all on function
    private.my_hidden_case_ids(),
    private.count_gain_answers(timestamptz, timestamptz, text, uuid, uuid),
    private.find_gain(double precision, double precision, bigint, double precision, boolean),
    private.list_gains(timestamptz, timestamptz, text, uuid, uuid),
    private.tally_gains(timestamptz, timestamptz, text, uuid, uuid),
    private.count_gain_cases(timestamptz, timestamptz, text, uuid, uuid),
    private.describe_gain(jsonb, bigint, double precision),
    private.scale_interval(double precision, double precision[], double precision),
    private.list_open_actions(text, text, uuid, uuid),
    private.get_improvement_opportunities(text), public.get_improvement_opportunities(text)
from public, anon, authenticated, service_role;
grant execute on function
    private.get_improvement_opportunities(text), public.get_improvement_opportunities(text)
to authenticated;
