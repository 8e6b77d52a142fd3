-- Results: satisfaction, recommendation, effort and how many answered, each with the interval that
-- holds the true value in 95 of 100 cases. They are about the surveys sent within the range; an
-- answer counts for whom the survey is credited to, whoever has the ticket now.

-- -------------------------------------------------------------------------------------------------
-- Intervals
-- -------------------------------------------------------------------------------------------------

-- Wilson's score interval: holds at the ends of the scale and for few cases too.
create function private.find_share_interval(p_count double precision, p_total double precision)
returns double precision[]
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_z double precision := 1.959963984540054;
    v_share double precision;
    v_middle double precision;
    v_half double precision;
begin
    if p_total is null or p_total <= 0 then
        return null;
    end if;
    v_share := p_count / p_total;
    v_middle := (v_share + v_z ^ 2 / (2 * p_total)) / (1 + v_z ^ 2 / p_total);
    v_half := v_z / (1 + v_z ^ 2 / p_total)
        * sqrt(v_share * (1 - v_share) / p_total + v_z ^ 2 / (4 * p_total ^ 2));
    return array[greatest(0, v_middle - v_half), least(1, v_middle + v_half)];
end
$$;
comment on function private.find_share_interval(double precision, double precision) is
    'Wilson''s 95 % interval of a share, [low, high] within 0 and 1; null for none.';

-- Exact up to 30 degrees of freedom, beyond by Cornish and Fisher to 4 digits.
create function private.find_student_quantile(p_degrees integer)
returns double precision
language sql
immutable
set search_path = ''
as $$
    select case
        when p_degrees between 1 and 30 then (array[
            12.7062047, 4.3026527, 3.1824463, 2.7764451, 2.5705818, 2.4469119, 2.3646243,
            2.3060041, 2.2621572, 2.2281389, 2.2009852, 2.1788128, 2.1603687, 2.1447867,
            2.1314495, 2.1199053, 2.1098156, 2.1009220, 2.0930241, 2.0859634, 2.0796138,
            2.0738731, 2.0686576, 2.0638986, 2.0595386, 2.0555294, 2.0518305, 2.0484071,
            2.0452296, 2.0422725
        ])[p_degrees]
        when p_degrees > 30 then
            1.9599640 + 2.3722712 / p_degrees + 2.8224986 / p_degrees ^ 2
            + 2.5558497 / p_degrees ^ 3
    end
$$;

-- Student's interval. When all answers are alike their spread says nothing: then the mean's place
-- on its scale is taken as a share, which is wider than the truth and never too narrow.
create function private.find_mean_interval(
    p_count bigint, p_mean double precision, p_deviation double precision,
    p_lowest double precision, p_highest double precision
)
returns double precision[]
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_span double precision := p_highest - p_lowest;
    v_half double precision;
    v_share double precision[];
begin
    if coalesce(p_count, 0) = 0 then
        return null;
    elsif p_count = 1 or p_deviation = 0 then
        v_share := private.find_share_interval((p_mean - p_lowest) / v_span * p_count, p_count);
        return array[p_lowest + v_share[1] * v_span, p_lowest + v_share[2] * v_span];
    end if;
    v_half := private.find_student_quantile(p_count::integer - 1) * p_deviation / sqrt(p_count);
    return array[greatest(p_lowest, p_mean - v_half), least(p_highest, p_mean + v_half)];
end
$$;
comment on function private.find_mean_interval(
    bigint, double precision, double precision, double precision, double precision
) is 'The 95 % interval of a mean of answers on a scale, [low, high] within it; null for none.';

-- Adjusted Wald after Rocks (2016): three more answers, 3/4 on either side. The plain one is too
-- narrow for few answers and has no width at all when all are alike.
create function private.find_nps_interval(p_promoters bigint, p_detractors bigint, p_count bigint)
returns double precision[]
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_count double precision := p_count + 3;
    v_up double precision := (p_promoters + 0.75) / v_count;
    v_down double precision := (p_detractors + 0.75) / v_count;
    v_half double precision;
begin
    if coalesce(p_count, 0) = 0 then
        return null;
    end if;
    v_half := 1.959963984540054 * sqrt((v_up + v_down - (v_up - v_down) ^ 2) / v_count);
    return array[
        100 * greatest(-1, v_up - v_down - v_half), 100 * least(1, v_up - v_down + v_half)
    ];
end
$$;
comment on function private.find_nps_interval(bigint, bigint, bigint) is
    'The 95 % interval of a net promoter score, [low, high] within -100 and 100; null for none.';

-- -------------------------------------------------------------------------------------------------
-- Measures
-- -------------------------------------------------------------------------------------------------
create function private.describe_measure(
    p_count bigint, p_value double precision, p_interval double precision[], p_digits integer
)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select jsonb_build_object(
        'count', p_count, 'value', round(p_value::numeric, p_digits),
        'low', round(p_interval[1]::numeric, p_digits),
        'high', round(p_interval[2]::numeric, p_digits)
    )
$$;

create function private.describe_mean(
    p_count bigint, p_mean double precision, p_deviation double precision,
    p_lowest integer, p_highest integer
)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select private.describe_measure(p_count, p_mean, private.find_mean_interval(
        p_count, p_mean, coalesce(p_deviation, 0), p_lowest, p_highest
    ), 2)
$$;

create function private.describe_survey_tally(p_tally jsonb)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select jsonb_build_object(
        'asked_count', tally.asked, 'answered_count', tally.answered, 'late_count', tally.late,
        'response_rate', private.describe_measure(
            tally.asked, tally.answered::double precision / nullif(tally.asked, 0),
            private.find_share_interval(tally.answered, tally.asked), 4
        ),
        'csat', private.describe_mean(tally.rated, tally.csat, tally.csat_spread, 1, 5),
        'effort', private.describe_mean(tally.weighed, tally.effort, tally.effort_spread, 1, 7),
        'nps', private.describe_measure(
            tally.scored,
            100.0 * (tally.promoters - tally.detractors) / nullif(tally.scored, 0),
            private.find_nps_interval(tally.promoters, tally.detractors, tally.scored), 1
        ) || jsonb_build_object(
            'promoters', tally.promoters, 'detractors', tally.detractors,
            'passives', tally.scored - tally.promoters - tally.detractors
        )
    )
    from jsonb_to_record(p_tally) as tally (
        asked bigint, answered bigint, late bigint, rated bigint, csat double precision,
        csat_spread double precision, weighed bigint, effort double precision,
        effort_spread double precision, scored bigint, promoters bigint, detractors bigint
    )
$$;
comment on function private.describe_survey_tally(jsonb) is
    'Of a row of private.tally_surveys: {"asked_count", "answered_count", "late_count", and '
    '"count", "value", "low", "high" of "response_rate" (0 to 1), "csat" (1 to 5), "effort" (1 to '
    '7) and "nps" (-100 to 100, with promoters from 9, detractors to 6)}.';

-- -------------------------------------------------------------------------------------------------
-- Who sees which
-- -------------------------------------------------------------------------------------------------

-- Whose surveys somebody's results are made of: own, of the desk, of the house. Null for others.
create function private.my_survey_scope()
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select case
            when me.role in ('admin', 'executive') then 'house'
            when me.role in ('manager', 'quality_auditor') then 'desk'
            else 'own'
        end
        from private.my_staff_row() me
    );
end
$$;

-- The surveys sent within the time that the caller's results are made of.
create function private.list_sent_surveys(
    p_since timestamptz, p_until timestamptz, p_kind text, p_scope text
)
returns setof public.surveys
language plpgsql
stable
rows 1000
set search_path = ''
as $$
begin
    if p_scope = 'own' then
        return query
        select sent.* from public.surveys sent
        where sent.agent_id = private.my_staff_id()
            and sent.sent_at >= p_since and sent.sent_at < p_until
            and (p_kind is null or sent.kind = p_kind);
    else
        return query
        select sent.* from public.surveys sent
        where sent.desk_id = any (array(select private.my_survey_desk_ids()))
            and sent.sent_at >= p_since and sent.sent_at < p_until
            and (p_kind is null or sent.kind = p_kind);
    end if;
end
$$;

create function private.tally_surveys(
    p_since timestamptz, p_until timestamptz, p_kind text, p_scope text, p_by text
)
returns table (
    is_total boolean, key text, asked bigint, answered bigint, late bigint, rated bigint,
    csat double precision, csat_spread double precision, weighed bigint, effort double precision,
    effort_spread double precision, scored bigint, promoters bigint, detractors bigint
)
language sql
stable
rows 20
set search_path = ''
as $$
    select
        grouping(part.key) = 1, part.key, count(*), count(survey.answered_at),
        count(*) filter (where survey.is_late), count(survey.csat),
        avg(survey.csat)::double precision, stddev_samp(survey.csat)::double precision,
        count(survey.effort), avg(survey.effort)::double precision,
        stddev_samp(survey.effort)::double precision, count(survey.nps),
        count(*) filter (where survey.nps >= 9), count(*) filter (where survey.nps <= 6)
    from private.list_sent_surveys(p_since, p_until, p_kind, p_scope) survey
    cross join lateral (
        select case p_by
            when 'agent' then survey.agent_id::text
            when 'desk' then survey.desk_id::text
            when 'channel' then survey.channel
            when 'language' then survey.language
            when 'kind' then survey.kind
            else survey.tier
        end as key
    ) part
    group by grouping sets ((), (part.key))
$$;
comment on function private.tally_surveys(timestamptz, timestamptz, text, text, text) is
    'Counts, means and spreads, in total and for each group.';

create function private.name_survey_group(p_by text, p_key text)
returns text
language sql
stable
set search_path = ''
as $$
    select coalesce(case p_by
        when 'agent' then (
            select person.display_name from public.profiles person where person.id::text = p_key
        )
        when 'desk' then (select desk.name from public.desks desk where desk.id::text = p_key)
        when 'channel' then (
            select known.label from public.channels known where known.channel = p_key
        )
    end, p_key)
$$;

-- In the words of the newest version that has the option.
create function private.count_survey_reasons(
    p_since timestamptz, p_until timestamptz, p_kind text, p_scope text, p_language text
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'question', part.question, 'option', part.option, 'count', part.count,
        'label', (
            select spoken.body
            from public.survey_texts spoken
            where spoken.item = part.question || '.' || part.option
                and spoken.language in (p_language, 'en', 'pl')
            order by spoken.language = p_language desc, spoken.version desc
            limit 1
        )
    ) order by part.count desc, part.option), '[]')
    from (
        select said.question, chosen.option, count(*) as count
        from private.list_sent_surveys(p_since, p_until, p_kind, p_scope) survey
        join public.survey_answers said on said.survey_id = survey.id
        cross join lateral unnest(said.choices) chosen (option)
        group by said.question, chosen.option
    ) part
$$;

create function private.name_survey_measures(p_language text)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select case p_language
        when 'pl' then jsonb_build_object(
            'csat', 'Zadowolenie (1–5)', 'nps', 'Gotowość polecenia (NPS)',
            'effort', 'Łatwość załatwienia sprawy (1–7)',
            'response_rate', 'Odsetek odpowiedzi', 'asked_count', 'Zapytani',
            'answered_count', 'Odpowiedzi', 'late_count', 'Po terminie'
        )
        else jsonb_build_object(
            'csat', 'Satisfaction (1–5)', 'nps', 'Net promoter score', 'effort', 'Ease (1–7)',
            'response_rate', 'Response rate', 'asked_count', 'Asked',
            'answered_count', 'Answers', 'late_count', 'Late'
        )
    end
$$;

-- Definer: agents see of their own surveys how many were sent, which the policy hides until they
-- are answered; the caller's scope is found first.
create function private.get_survey_results(
    p_range text, p_by text, p_kind text, p_language text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_scope text := private.my_survey_scope();
    v_since timestamptz;
    v_until timestamptz;
begin
    perform private.require_staff();
    select range.since_at, range.until_at into v_since, v_until
    from private.read_past_range(p_range) range;
    if (v_since < v_until) is not true then
        perform private.refuse(
            'PT422', 'range_malformed', '24h, 7d, 12m or 2026-11-01/2026-11-30.'
        );
    elsif (p_by in ('tier', 'agent', 'channel', 'language', 'desk', 'kind')) is not true then
        perform private.refuse(
            'PT422', 'group_unknown', 'One of tier, agent, channel, language, desk, kind.'
        );
    elsif p_kind is not null then
        perform private.require_survey_kind(p_kind);
    end if;
    return (
        select jsonb_build_object(
            'since_at', v_since, 'until_at', v_until, 'scope', v_scope, 'by', p_by,
            'labels', private.name_survey_measures(p_language),
            'total', private.describe_survey_tally(
                (array_agg(to_jsonb(tally)) filter (where tally.is_total))[1]
            ),
            'groups', coalesce(jsonb_agg(
                jsonb_build_object(
                    'key', tally.key, 'label', private.name_survey_group(p_by, tally.key)
                ) || private.describe_survey_tally(to_jsonb(tally))
                order by tally.key
            ) filter (where not tally.is_total), '[]'),
            'reasons', private.count_survey_reasons(v_since, v_until, p_kind, v_scope, p_language)
        )
        from private.tally_surveys(v_since, v_until, p_kind, v_scope, p_by) tally
    );
end
$$;

create function public.get_survey_results(
    p_range text default '30d',
    p_by text default 'tier',
    p_kind text default null,
    p_language text default 'pl'
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.get_survey_results(p_range, p_by, p_kind, p_language)
$$;
comment on function public.get_survey_results(text, text, text, text) is
    'Staff: what clients said about the surveys sent within the range (24h, 7d, 12m, or days '
    '2026-11-01/2026-11-30), by tier, agent, channel, language, desk or kind: {"total", "groups", '
    '"reasons", "labels" (pl, else en), "scope"}; measures as in private.describe_survey_tally. '
    'Agents: their own; managers and auditors: the desk''s; executives and admins: the house''s.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on function
    private.find_share_interval(double precision, double precision),
    private.find_student_quantile(integer),
    private.find_mean_interval(
        bigint, double precision, double precision, double precision, double precision
    ),
    private.find_nps_interval(bigint, bigint, bigint),
    private.describe_measure(bigint, double precision, double precision[], integer),
    private.describe_mean(bigint, double precision, double precision, integer, integer),
    private.describe_survey_tally(jsonb), private.my_survey_scope(),
    private.list_sent_surveys(timestamptz, timestamptz, text, text),
    private.name_survey_group(text, text),
    private.tally_surveys(timestamptz, timestamptz, text, text, text),
    private.count_survey_reasons(timestamptz, timestamptz, text, text, text),
    private.name_survey_measures(text),
    private.get_survey_results(text, text, text, text),
    public.get_survey_results(text, text, text, text)
from public, anon, authenticated, service_role;
grant execute on function
    private.get_survey_results(text, text, text, text),
    public.get_survey_results(text, text, text, text)
to authenticated;
