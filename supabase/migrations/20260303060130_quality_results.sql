-- Results: how service keeps to the standards, by rules, by people and by mystery visits, never
-- mixed. Agents are told of their own work, auditors and managers of their desk, executives of the
-- house without names. Events: none.

create function private.list_quality_answers(
    p_since timestamptz, p_until timestamptz, p_scope text, p_desk_id uuid, p_agent_id uuid
)
returns table (
    source text, standard text, answer text, weight double precision, happened_at timestamptz
)
language sql
stable
rows 10000
set search_path = ''
as $$
    select 'automatic', found.standard, found.answer, 1::double precision, known.ended_at
    from public.quality_checks known
    join public.quality_check_results found
        on found.ticket_id = known.ticket_id and found.cycle = known.cycle
    where known.ended_at >= p_since and known.ended_at < p_until
        and (p_scope <> 'own' or known.agent_id = p_agent_id)
        and (p_scope <> 'desk' or known.desk_id = p_desk_id)
    union all
    select
        case review.kind when 'audit' then 'human' else 'mystery_visit' end, finding.standard,
        coalesce(finding.decided_answer, finding.answer),
        coalesce(1 / sample.inclusion_probability, 1), review.happened_at
    from public.quality_reviews review
    join public.quality_findings finding on finding.review_id = review.id
    left join public.quality_samples sample on sample.id = review.sample_id
    where review.kind <> 'calibration'
        and review.happened_at >= p_since and review.happened_at < p_until
        and (p_scope <> 'own' or review.agent_id = p_agent_id)
        and (p_scope <> 'desk' or review.desk_id = p_desk_id)
$$;
comment on function private.list_quality_answers(
    timestamptz, timestamptz, text, uuid, uuid
) is 'Every answer that counts; weight: for how many conversations an audited one stands.';

create function private.list_quality_scores(
    p_since timestamptz, p_until timestamptz, p_scope text, p_desk_id uuid, p_agent_id uuid
)
returns table (
    source text, score double precision, is_failed boolean, weight double precision, agent_id uuid,
    tier text
)
language sql
stable
rows 1000
set search_path = ''
as $$
    select
        'automatic', known.score::double precision, known.is_failed, 1::double precision,
        known.agent_id, known.tier
    from public.quality_checks known
    where known.ended_at >= p_since and known.ended_at < p_until and known.skip_reason is null
        and (p_scope <> 'own' or known.agent_id = p_agent_id)
        and (p_scope <> 'desk' or known.desk_id = p_desk_id)
    union all
    select
        case review.kind when 'audit' then 'human' else 'mystery_visit' end,
        review.final_score::double precision, review.is_failed_finally,
        coalesce(1 / sample.inclusion_probability, 1), review.agent_id, review.tier
    from public.quality_reviews review
    left join public.quality_samples sample on sample.id = review.sample_id
    where review.kind <> 'calibration'
        and review.happened_at >= p_since and review.happened_at < p_until
        and (p_scope <> 'own' or review.agent_id = p_agent_id)
        and (p_scope <> 'desk' or review.desk_id = p_desk_id)
$$;

-- Audited conversations stand for as many as their probability says (Hájek); rules see all.
create function private.tally_quality(
    p_since timestamptz, p_until timestamptz, p_scope text, p_desk_id uuid, p_agent_id uuid,
    p_by text
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(to_jsonb(part) order by part.source, part.key), '[]')
    from (
        select
            made.source,
            case p_by when 'agent' then made.agent_id::text when 'tier' then made.tier end as key,
            count(made.score) as count,
            round((sum(made.score * made.weight) / nullif(
                sum(made.weight) filter (where made.score is not null), 0
            ))::numeric, 2) as score,
            count(*) filter (where made.is_failed) as failed_count
        from private.list_quality_scores(p_since, p_until, p_scope, p_desk_id, p_agent_id) made
        group by 1, 2
    ) part
$$;

create function private.list_completed_audits(
    p_since timestamptz, p_until timestamptz, p_scope text, p_desk_id uuid
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'audit_id', audit.id, 'audit_type', audit.audit_type, 'desk_id', audit.desk_id,
        'starts_at', audit.starts_at, 'ends_at', audit.ends_at,
        'population_count', audit.population_count, 'judged_count', audit.judged_count,
        'score', audit.overall_score, 'low', audit.score_low, 'high', audit.score_high
    ) order by audit.completed_at desc), '[]')
    from public.quality_audits audit
    where audit.status = 'completed' and audit.scope = 'desk' and p_scope <> 'own'
        and audit.completed_at >= p_since and audit.completed_at < p_until
        and (p_scope <> 'desk' or audit.desk_id = p_desk_id)
$$;

create function private.require_quality_range(
    p_range text, out since_at timestamptz, out until_at timestamptz
)
returns record
language plpgsql
set search_path = ''
as $$
begin
    select range.since_at, range.until_at into since_at, until_at
    from private.read_past_range(p_range) range;
    if since_at is null or until_at <= since_at then
        perform private.refuse(
            'PT422', 'range_malformed', '24h, 7d, 12m or 2026-11-01/2026-11-30.'
        );
    end if;
end
$$;

-- Definer: reads what stands behind the policies; answers own numbers, the desk's or the house's.
create function private.get_quality_metrics(p_range text)
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
begin
    return jsonb_build_object(
        'since_at', v_range.since_at, 'until_at', v_range.until_at, 'scope', v_scope,
        'total', private.tally_quality(
            v_range.since_at, v_range.until_at, v_scope, v_desk_id, v_staff_id, null
        ),
        'by_tier', private.tally_quality(
            v_range.since_at, v_range.until_at, v_scope, v_desk_id, v_staff_id, 'tier'
        ),
        'by_agent', case
            when v_scope = 'desk' or private.is_admin() then private.tally_quality(
                v_range.since_at, v_range.until_at, v_scope, v_desk_id, v_staff_id, 'agent'
            )
        end,
        'audits', private.list_completed_audits(
            v_range.since_at, v_range.until_at, v_scope, v_desk_id
        ),
        'skipped_count', (
            select count(*) from public.quality_checks known
            where known.skip_reason is not null
                and known.ended_at >= v_range.since_at and known.ended_at < v_range.until_at
                and (v_scope <> 'own' or known.agent_id = v_staff_id)
                and (v_scope <> 'desk' or known.desk_id = v_desk_id)
        )
    );
end
$$;

create function public.get_quality_metrics(p_range text default '30d')
returns jsonb
language sql
set search_path = ''
as $$
    select private.get_quality_metrics(p_range)
$$;
comment on function public.get_quality_metrics(text) is
    'Staff: quality within the range (24h, 7d, 12m, or days): own work, the desk''s, or for '
    'executives and admins the house''s. Answers "total" and "by_tier", for auditors, managers and '
    'admins "by_agent": [{"source": automatic, human or mystery_visit, "key", "count", "score", '
    '"failed_count"}], "audits" with their 95 % intervals, and "skipped_count".';

-- -------------------------------------------------------------------------------------------------
-- Compliance
-- -------------------------------------------------------------------------------------------------
create function private.judge_compliance(
    p_yes bigint, p_no bigint, p_share double precision, p_target integer
)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_interval double precision[] := private.find_share_interval(p_yes, p_yes + p_no);
begin
    return case
        when p_yes + p_no < 5 then 'too_few'
        when 100 * v_interval[2] < p_target then 'failing'
        when 100 * p_share < p_target then 'at_risk'
        else 'met'
    end;
end
$$;
comment on function private.judge_compliance(bigint, bigint, double precision, integer) is
    'failing: surely below the target (the 95 % interval is); at_risk: perhaps; met; too_few: '
    'fewer than five answers say nothing.';

-- Definer: reads what stands behind the policies; answers own numbers, the desk's or the house's.
create function private.get_quality_compliance(p_range text)
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
begin
    return jsonb_build_object('scope', v_scope, 'standards', (
        select coalesce(jsonb_agg(to_jsonb(part) || jsonb_build_object(
            'state', private.judge_compliance(
                part.yes_count, part.no_count, part.share, part.target_percent
            )
        ) order by part.standard, part.source), '[]')
        from (
            select
                known.standard, known.class, known.is_critical, known.target_percent::integer,
                known.text_pl, known.text_en, said.source,
                count(*) filter (where said.answer = 'yes') as yes_count,
                count(*) filter (where said.answer = 'no') as no_count,
                coalesce(sum(said.weight) filter (where said.answer = 'yes'), 0)
                    / nullif(sum(said.weight) filter (where said.answer <> 'not_applicable'), 0)
                    as share
            from private.list_quality_answers(
                v_range.since_at, v_range.until_at, v_scope, v_desk_id, v_staff_id
            ) said
            join public.quality_standards known
                on known.standard = said.standard and known.is_current and known.is_active
            group by known.standard, known.version, said.source
        ) part
    ));
end
$$;

create function public.get_quality_compliance(p_range text default '30d')
returns jsonb
language sql
set search_path = ''
as $$
    select private.get_quality_compliance(p_range)
$$;
comment on function public.get_quality_compliance(text) is
    'Staff: how each standard was kept within the range, told apart by source: {"standard", '
    '"class", "is_critical", "source", "yes_count", "no_count", "share" (0 to 1), '
    '"target_percent", "state": met, at_risk, failing or too_few}. Scope as in '
    'get_quality_metrics.';

revoke all on function
    private.list_quality_answers(timestamptz, timestamptz, text, uuid, uuid),
    private.list_quality_scores(timestamptz, timestamptz, text, uuid, uuid),
    private.tally_quality(timestamptz, timestamptz, text, uuid, uuid, text),
    private.list_completed_audits(timestamptz, timestamptz, text, uuid),
    private.require_quality_range(text), private.get_quality_metrics(text),
    public.get_quality_metrics(text),
    private.judge_compliance(bigint, bigint, double precision, integer),
    private.get_quality_compliance(text), public.get_quality_compliance(text)
from public, anon, authenticated, service_role;
grant execute on function
    private.get_quality_metrics(text), public.get_quality_metrics(text),
    private.get_quality_compliance(text), public.get_quality_compliance(text)
to authenticated;
