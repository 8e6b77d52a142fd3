-- How consistently the house speaks: what the gate thought of its answers, by channel, tier, agent
-- and over time, against the time before; and where one channel serves clients otherwise than the
-- others do. Read only: public.brand_checks, promises, surveys, judgements, cycles. Events: none.

-- -------------------------------------------------------------------------------------------------
-- Differences
-- -------------------------------------------------------------------------------------------------

-- From the intervals of both sides (Zou and Donner, 2008; for shares it is Newcombe's): holds for
-- few cases and at the ends of a scale, where the difference of two spreads has no width.
create function private.find_difference_interval(
    p_value double precision, p_interval double precision[],
    p_other double precision, p_other_interval double precision[]
)
returns double precision[]
language sql
immutable
set search_path = ''
as $$
    select array[
        p_value - p_other
            - sqrt((p_value - p_interval[1]) ^ 2 + (p_other_interval[2] - p_other) ^ 2),
        p_value - p_other
            + sqrt((p_interval[2] - p_value) ^ 2 + (p_other - p_other_interval[1]) ^ 2)
    ]
$$;
comment on function private.find_difference_interval(
    double precision, double precision[], double precision, double precision[]
) is 'The 95 % interval of value minus other, [low, high], of the 95 % intervals of both.';

-- How likely so large a difference is by chance alone: the interval read backwards, from the end
-- that is nearer to nothing.
create function private.find_chance(p_difference double precision, p_interval double precision[])
returns double precision
language sql
immutable
set search_path = ''
as $$
    select case
        when p_difference = 0 then 1
        else erfc(1.959963984540054 / sqrt(2.0) * abs(p_difference) / nullif(
            case
                when p_difference > 0 then p_difference - p_interval[1]
                else p_interval[2] - p_difference
            end, 0
        ))
    end
$$;
comment on function private.find_chance(double precision, double precision[]) is
    'Two-sided p of a difference with this 95 % interval: below 0.05 where 0 is outside of it.';

-- -------------------------------------------------------------------------------------------------
-- Consistency
-- -------------------------------------------------------------------------------------------------

-- The checks within the time that the caller's figures are made of; never of the caller as client.
create function private.list_brand_checks(
    p_since timestamptz, p_until timestamptz, p_scope text
)
returns setof public.brand_checks
language plpgsql
stable
rows 1000
set search_path = ''
as $$
declare
    -- Found once: what stands in a condition would be asked anew of every row.
    v_desk_ids uuid[] := array(select private.my_survey_desk_ids());
    v_client_id uuid := private.my_client_id();
    v_staff_id uuid := private.my_staff_id();
begin
    if p_scope = 'own' then
        return query
        select made.* from public.brand_checks made
        where made.agent_id = v_staff_id
            and made.checked_at >= p_since and made.checked_at < p_until;
    else
        return query
        select made.*
        from public.brand_checks made
        join public.support_tickets ticket on ticket.id = made.ticket_id
        where made.checked_at >= p_since and made.checked_at < p_until
            and ticket.desk_id = any (v_desk_ids)
            and ticket.client_id <> v_client_id;
    end if;
end
$$;

create function private.tally_brand_checks(
    p_since timestamptz, p_until timestamptz, p_scope text, p_unit text
)
returns table (
    part text, key text, count bigint, score double precision, spread double precision,
    passed bigint, warned bigint, overridden bigint
)
language sql
stable
rows 50
set search_path = ''
as $$
    select
        part.name, part.key, count(*), avg(made.score)::double precision,
        coalesce(stddev_samp(made.score), 0)::double precision,
        count(*) filter (where made.verdict = 'pass'),
        count(*) filter (where made.verdict = 'warn'),
        count(*) filter (where made.verdict = 'block')
    from private.list_brand_checks(p_since, p_until, p_scope) made
    cross join lateral (
        values
            ('total', null),
            ('channel', made.channel),
            ('tier', made.tier),
            ('agent', made.agent_id::text),
            (
                'series',
                date_trunc(p_unit, made.checked_at at time zone 'Europe/Warsaw')::date::text
            )
    ) part (name, key)
    group by part.name, part.key
$$;
comment on function private.tally_brand_checks(timestamptz, timestamptz, text, text) is
    'Counts, mean score and its spread: in total, by channel, tier, agent, and day or week.';

create function private.describe_share(p_count bigint, p_total bigint)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select private.describe_measure(
        p_count, p_count::double precision / nullif(p_total, 0),
        private.find_share_interval(p_count, p_total), 4
    )
$$;

create function private.describe_brand_tally(p_tally jsonb)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select jsonb_build_object(
        'count', tally.count,
        'score', private.describe_mean(tally.count, tally.score, tally.spread, 0, 100),
        'passed', private.describe_share(tally.passed, tally.count),
        'warned', private.describe_share(tally.warned, tally.count),
        'overridden', private.describe_share(tally.overridden, tally.count)
    )
    from jsonb_to_record(coalesce(
        p_tally, '{"count": 0, "passed": 0, "warned": 0, "overridden": 0}'
    )) as tally (
        count bigint, score double precision, spread double precision, passed bigint,
        warned bigint, overridden bigint
    )
$$;
comment on function private.describe_brand_tally(jsonb) is
    'Of a row of private.tally_brand_checks: {"count", and "count", "value", "low", "high" of '
    '"score" (0 to 100), "passed", "warned" and "overridden" (0 to 1; "count" of such answers)}.';

create function private.describe_brand_parts(p_tallies jsonb, p_part text)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(
        jsonb_build_object(
            'key', tally ->> 'key',
            'label', private.name_survey_group(p_part, tally ->> 'key')
        ) || private.describe_brand_tally(tally)
        order by tally ->> 'key'
    ), '[]')
    from jsonb_array_elements(p_tallies) tally
    where tally ->> 'part' = p_part
$$;

-- Fewer than twenty answers on a side say nothing about a change, whatever the arithmetic.
create function private.describe_change(p_now jsonb, p_before jsonb, p_digits integer)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select jsonb_build_object(
        'value', round((side.now - side.before)::numeric, p_digits),
        'low', round(range.found[1]::numeric, p_digits),
        'high', round(range.found[2]::numeric, p_digits),
        'is_significant', range.found[1] > 0 or range.found[2] < 0
    )
    from (
        select (p_now ->> 'value')::double precision as now,
            (p_before ->> 'value')::double precision as before
    ) side
    cross join lateral (
        select private.find_difference_interval(
            side.now,
            array[(p_now ->> 'low')::double precision, (p_now ->> 'high')::double precision],
            side.before,
            array[(p_before ->> 'low')::double precision, (p_before ->> 'high')::double precision]
        ) as found
    ) range
$$;

create function private.compare_brand_tallies(p_now jsonb, p_before jsonb)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select case
        when least((p_now ->> 'count')::bigint, (p_before ->> 'count')::bigint) < 20
            then jsonb_build_object('score', null, 'passed', null, 'silence', 'too_few')
        else jsonb_build_object(
            'score', private.describe_change(p_now -> 'score', p_before -> 'score', 2),
            'passed', private.describe_change(p_now -> 'passed', p_before -> 'passed', 4),
            'silence', null
        )
    end
$$;

-- In how many answers, how often, and at which cost in points: the ten that cost most answers.
create function private.count_brand_rules(
    p_since timestamptz, p_until timestamptz, p_scope text
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(to_jsonb(broken) order by broken.answers desc, broken.rule), '[]')
    from (
        select cost.rule, known.label, known.severity, count(*) as answers,
            sum(cost.count) as findings, sum(cost.points) as points
        from private.list_brand_checks(p_since, p_until, p_scope) made
        cross join lateral jsonb_to_recordset(made.parts)
            as cost (rule text, count integer, points integer)
        left join public.brand_rules known on known.rule = cost.rule
        group by cost.rule, known.label, known.severity
        order by count(*) desc, cost.rule
        limit 10
    ) broken
$$;

-- As long as the range, and just before it, by the clocks of Warsaw.
create function private.find_range_before(p_since timestamptz, p_until timestamptz)
returns timestamptz
language sql
stable
set search_path = ''
as $$
    select (
        p_since at time zone 'Europe/Warsaw'
        - (p_until at time zone 'Europe/Warsaw' - p_since at time zone 'Europe/Warsaw')
    ) at time zone 'Europe/Warsaw'
$$;

create function private.require_past_range(p_range text)
returns table (since_at timestamptz, until_at timestamptz)
language plpgsql
set search_path = ''
as $$
begin
    select range.since_at, range.until_at into since_at, until_at
    from private.read_past_range(p_range) range;
    if (since_at < until_at) is not true then
        perform private.refuse(
            'PT422', 'range_malformed', '24h, 7d, 12m or 2026-11-01/2026-11-30.'
        );
    end if;
    return next;
end
$$;

-- Definer: counts over rows of which people see only some; the caller's scope is found first.
create function private.get_brand_consistency_metrics(p_range text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_scope text := private.my_survey_scope();
    v_range record;
    v_before_at timestamptz;
    v_unit text;
    v_tallies jsonb;
    v_total jsonb;
    v_before jsonb;
begin
    perform private.require_staff();
    select * into v_range from private.require_past_range(p_range);
    v_before_at := private.find_range_before(v_range.since_at, v_range.until_at);
    v_unit := case
        when v_range.until_at - v_range.since_at <= interval '32 days' then 'day' else 'week'
    end;
    select coalesce(jsonb_agg(to_jsonb(tally)), '[]') into v_tallies
    from private.tally_brand_checks(v_range.since_at, v_range.until_at, v_scope, v_unit) tally;
    v_total := private.describe_brand_tally(
        jsonb_path_query_first(v_tallies, '$[*] ? (@.part == "total")')
    );
    select private.describe_brand_tally(to_jsonb(tally)) into v_before
    from private.tally_brand_checks(v_before_at, v_range.since_at, v_scope, v_unit) tally
    where tally.part = 'total';
    v_before := coalesce(v_before, private.describe_brand_tally(null));
    return to_jsonb(v_range) || jsonb_build_object(
        'scope', v_scope, 'series_unit', v_unit, 'total', v_total,
        'by_channel', private.describe_brand_parts(v_tallies, 'channel'),
        'by_tier', private.describe_brand_parts(v_tallies, 'tier'),
        'by_agent', private.describe_brand_parts(v_tallies, 'agent'),
        'series', private.describe_brand_parts(v_tallies, 'series'),
        'rules', private.count_brand_rules(v_range.since_at, v_range.until_at, v_scope),
        'before', v_before || jsonb_build_object('since_at', v_before_at),
        'change', private.compare_brand_tallies(v_total, v_before)
    );
end
$$;

create function public.get_brand_consistency_metrics(p_range text default '30d')
returns jsonb
language sql
set search_path = ''
as $$
    select private.get_brand_consistency_metrics(p_range)
$$;
comment on function public.get_brand_consistency_metrics(text) is
    'Staff: what the gate thought of the answers published within the range (24h, 7d, 12m, or days '
    '2026-11-01/2026-11-30): {"total", "by_channel", "by_tier", "by_agent", "series" (days up to a '
    'month, else weeks, of Warsaw), "rules", "before", "change" (of score and passed since the '
    'time before, with its interval; null and "silence": "too_few" below 20 answers on a side), '
    '"scope"}; measures as in private.describe_brand_tally. Answers are counted as independent. '
    'Agents: their own; managers and auditors: the desk''s; executives and admins: the house''s.';

-- -------------------------------------------------------------------------------------------------
-- Channels beside each other
-- -------------------------------------------------------------------------------------------------

-- Of each measure: its scale, whether it is a share, and whether more of it is better.
create function private.list_channel_measures()
returns table (
    measure text, label text, lowest integer, highest integer, is_share boolean,
    is_more_better boolean
)
language sql
immutable
rows 5
set search_path = ''
as $$
    values
        ('brand_score', 'Brand score of a ticket''s answers', 0, 100, false, true),
        ('first_response_kept', 'First responses within their promise', 0, 1, true, true),
        ('csat', 'Satisfaction', 1, 5, false, true),
        ('sentiment', 'Mood of a ticket''s messages', -1, 1, false, true),
        ('reopened', 'Resolved and opened again', 0, 1, true, false)
$$;

-- What clients said: a survey is one case, the messages of a ticket together are one.
create function private.list_heard_cases(
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[]
)
returns table (measure text, channel text, ticket_id uuid, value double precision)
language sql
stable
rows 1000
set search_path = ''
as $$
    select 'csat', survey.channel, survey.ticket_id, survey.csat::double precision
    from public.surveys survey
    where survey.kind = 'cycle' and survey.csat is not null and survey.channel is not null
        and survey.sent_at >= p_since and survey.sent_at < p_until
        and survey.desk_id = any (p_desk_ids)
        and survey.client_id <> (select private.my_client_id())
    union all
    select 'sentiment', ticket.channel, ticket.id, avg(judged.sentiment_score)
    from public.message_judgements judged
    join public.support_tickets ticket on ticket.id = judged.ticket_id
    where judged.sentiment_score is not null
        and judged.judged_at >= p_since and judged.judged_at < p_until
        and ticket.desk_id = any (p_desk_ids)
        and ticket.client_id <> (select private.my_client_id())
    group by ticket.id
$$;

-- What the house did: a ticket's answers together are one case, so is each cycle of a ticket.
create function private.list_served_cases(
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[]
)
returns table (measure text, channel text, ticket_id uuid, value double precision)
language sql
stable
rows 1000
set search_path = ''
as $$
    select 'brand_score', made.channel, made.ticket_id, avg(made.score)::double precision
    from private.list_brand_checks(p_since, p_until, 'desk') made
    group by made.channel, made.ticket_id
    union all
    select 'first_response_kept', ticket.channel, ticket.id, (promise.state = 'met')::integer
    from public.ticket_promises promise
    join public.support_tickets ticket on ticket.id = promise.ticket_id
    where promise.kind = 'first_response' and promise.state in ('met', 'breached')
        and promise.started_at >= p_since and promise.started_at < p_until
        and ticket.desk_id = any (p_desk_ids)
        and ticket.client_id <> (select private.my_client_id())
    union all
    select 'reopened', done.channel, ticket.id, done.is_reopened::integer
    from public.support_tickets ticket
    cross join lateral (
        select ticket.channel, ticket.resolved_at, false as is_reopened
        union all
        select past.channel, past.resolved_at, true
        from public.ticket_cycles past where past.ticket_id = ticket.id
    ) done
    where done.resolved_at >= p_since and done.resolved_at < p_until
        and ticket.desk_id = any (p_desk_ids) and ticket.merged_into_id is null
        and ticket.client_id <> (select private.my_client_id())
$$;

-- Each channel, and all the others together by what is left of the totals.
create function private.tally_channels(p_since timestamptz, p_until timestamptz)
returns table (
    measure text, channel text, count bigint, mean double precision, spread double precision,
    others bigint, others_mean double precision, others_spread double precision,
    lowest_ids uuid[], highest_ids uuid[]
)
language sql
stable
rows 30
set search_path = ''
as $$
    with desk as (
        select array(select private.my_survey_desk_ids()) as ids
    ), one as (
        select heard.* from desk, private.list_heard_cases(p_since, p_until, desk.ids) heard
        union all
        select served.* from desk, private.list_served_cases(p_since, p_until, desk.ids) served
    ), part as (
        select one.measure, one.channel, count(*) as n, sum(one.value) as s,
            sum(one.value ^ 2) as q,
            (array_agg(one.ticket_id order by one.value, one.ticket_id))[1:5] as lowest_ids,
            (array_agg(one.ticket_id order by one.value desc, one.ticket_id))[1:5] as highest_ids
        from one group by one.measure, one.channel
    ), rest as (
        select part.*,
            sum(part.n) over everything - part.n as m, sum(part.s) over everything - part.s as t,
            sum(part.q) over everything - part.q as r
        from part window everything as (partition by part.measure)
    )
    select
        rest.measure, rest.channel, rest.n, rest.s / rest.n,
        sqrt(greatest(0, rest.q - rest.s ^ 2 / rest.n) / greatest(1, rest.n - 1)),
        rest.m::bigint, rest.t / nullif(rest.m, 0),
        sqrt(greatest(0, rest.r - rest.t ^ 2 / nullif(rest.m, 0)) / greatest(1, rest.m - 1)),
        rest.lowest_ids, rest.highest_ids
    from rest
$$;

create function private.find_measure_interval(
    p_count bigint, p_mean double precision, p_spread double precision, p_is_share boolean,
    p_lowest integer, p_highest integer
)
returns double precision[]
language sql
immutable
set search_path = ''
as $$
    select case
        when p_is_share then private.find_share_interval(p_mean * p_count, p_count)
        -- Below a millionth the spread is what adding and subtracting left over.
        else private.find_mean_interval(
            p_count, p_mean, case when p_spread > 1e-6 then p_spread else 0 end,
            p_lowest, p_highest
        )
    end
$$;

-- Twenty cases on either side, or there is no comparison. Holm's correction over all of them: of
-- twenty answers given here, at most one names a gap that is none.
create function private.compare_channels(p_since timestamptz, p_until timestamptz)
returns table (
    measure text, channel text, count bigint, value double precision, low double precision,
    high double precision, others bigint, others_value double precision, gap double precision,
    gap_low double precision, gap_high double precision, adjusted_p double precision,
    is_better boolean, ticket_ids uuid[]
)
language sql
stable
rows 30
set search_path = ''
as $$
    with side as (
        select tally.*, known.is_more_better, tally.mean - tally.others_mean as gap,
            private.find_measure_interval(tally.count, tally.mean, tally.spread,
                known.is_share, known.lowest, known.highest) as own_range,
            private.find_measure_interval(tally.others, tally.others_mean, tally.others_spread,
                known.is_share, known.lowest, known.highest) as others_range,
            least(tally.count, tally.others) >= 20 as is_enough
        from private.tally_channels(p_since, p_until) tally
        join private.list_channel_measures() known on known.measure = tally.measure
    ), pair as (
        select side.*, ranged.found, case
            when side.is_enough then private.find_chance(side.gap, ranged.found) end as p
        from side cross join lateral (select private.find_difference_interval(
            side.mean, side.own_range, side.others_mean, side.others_range)) ranged (found)
    ), placed as (
        select pair.*, count(pair.p) over () + 1 - row_number() over worst as left_over
        from pair window worst as (order by pair.p, pair.measure, pair.channel)
    )
    select placed.measure, placed.channel, placed.count, placed.mean, placed.own_range[1],
        placed.own_range[2], placed.others, placed.others_mean, placed.gap, placed.found[1],
        placed.found[2], case when placed.is_enough then least(1, max(
            placed.p * placed.left_over
        ) over (order by placed.p, placed.measure, placed.channel)) end,
        (placed.gap > 0) = placed.is_more_better,
        case when placed.gap > 0 then placed.highest_ids else placed.lowest_ids end
    from placed
$$;
comment on function private.compare_channels(timestamptz, timestamptz) is
    'Each channel and measure with its interval; against all the other channels where both sides '
    'have twenty cases: the gap, its interval, the p after Holm, and the tickets furthest out.';

create function private.describe_gaps(p_compared jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'measure', found.measure, 'channel', found.channel,
        'label', private.name_survey_group('channel', found.channel),
        'is_better', found.is_better, 'count', found.count, 'others_count', found.others,
        'value', round(found.value, 4), 'others_value', round(found.others_value, 4),
        'gap', round(found.gap, 4), 'low', round(found.gap_low, 4),
        'high', round(found.gap_high, 4), 'adjusted_p', round(found.adjusted_p, 6),
        'ticket_ids', found.ticket_ids
    ) order by found.is_better, found.adjusted_p, found.measure, found.channel), '[]')
    from jsonb_to_recordset(p_compared) as found (
        measure text, channel text, count bigint, value numeric, others bigint,
        others_value numeric, gap numeric, gap_low numeric, gap_high numeric,
        adjusted_p numeric, is_better boolean, ticket_ids jsonb
    )
    where found.adjusted_p < 0.05
$$;

create function private.describe_channels(p_compared jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(to_jsonb(part) order by part.channel), '[]')
    from (
        select found.channel, private.name_survey_group('channel', found.channel) as label,
            jsonb_object_agg(found.measure, private.describe_measure(
                found.count, found.value, array[found.low, found.high], 4
            )) as measures
        from jsonb_to_recordset(p_compared) as found (
            measure text, channel text, count bigint, value double precision,
            low double precision, high double precision
        )
        group by found.channel
    ) part
$$;

-- Definer: compares rows of which people see only some; who oversees nothing is refused first.
create function private.get_multi_channel_experience(p_range text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_scope text := private.my_survey_scope();
    v_range record;
    v_compared jsonb;
begin
    perform private.require_staff();
    if v_scope = 'own' then
        perform private.refuse(
            'PT403', 'overseer_required', 'For managers, auditors, executives and admins.'
        );
    end if;
    select * into v_range from private.require_past_range(p_range);
    select coalesce(jsonb_agg(to_jsonb(compared)), '[]') into v_compared
    from private.compare_channels(v_range.since_at, v_range.until_at) compared;
    return to_jsonb(v_range) || jsonb_build_object(
        'scope', v_scope,
        'comparisons', jsonb_array_length(
            jsonb_path_query_array(v_compared, '$[*] ? (@.adjusted_p != null)')
        ),
        'measures', (
            select jsonb_object_agg(known.measure, to_jsonb(known) - 'measure')
            from private.list_channel_measures() known
        ),
        'channels', private.describe_channels(v_compared),
        'gaps', private.describe_gaps(v_compared)
    );
end
$$;

create function public.get_multi_channel_experience(p_range text default '90d')
returns jsonb
language sql
set search_path = ''
as $$
    select private.get_multi_channel_experience(p_range)
$$;
comment on function public.get_multi_channel_experience(text) is
    'Managers and auditors of the desk, executives and admins of the house: each channel''s brand '
    'score, first responses within their promise, satisfaction, mood and reopenings with 95 % '
    'intervals ("channels"), and the "gaps" between one channel and all the others together, '
    'worse ones first: gap, interval, cases, p after Holm''s correction over all "comparisons", '
    'and five tickets as evidence. Nothing where chance explains it, or below 20 cases on a side. '
    'Channels are compared as they are: another mix of tiers is part of a gap.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on function
    private.find_difference_interval(
        double precision, double precision[], double precision, double precision[]
    ),
    private.find_chance(double precision, double precision[]),
    private.list_brand_checks(timestamptz, timestamptz, text),
    private.tally_brand_checks(timestamptz, timestamptz, text, text),
    private.describe_share(bigint, bigint), private.describe_brand_tally(jsonb),
    private.describe_brand_parts(jsonb, text), private.describe_change(jsonb, jsonb, integer),
    private.compare_brand_tallies(jsonb, jsonb),
    private.count_brand_rules(timestamptz, timestamptz, text),
    private.find_range_before(timestamptz, timestamptz), private.require_past_range(text),
    private.get_brand_consistency_metrics(text), public.get_brand_consistency_metrics(text),
    private.list_channel_measures(),
    private.list_heard_cases(timestamptz, timestamptz, uuid[]),
    private.list_served_cases(timestamptz, timestamptz, uuid[]),
    private.tally_channels(timestamptz, timestamptz),
    private.find_measure_interval(
        bigint, double precision, double precision, boolean, integer, integer
    ),
    private.compare_channels(timestamptz, timestamptz), private.describe_gaps(jsonb),
    private.describe_channels(jsonb), private.get_multi_channel_experience(text),
    public.get_multi_channel_experience(text)
from public, anon, authenticated, service_role;
grant execute on function
    private.get_brand_consistency_metrics(text), public.get_brand_consistency_metrics(text),
    private.get_multi_channel_experience(text), public.get_multi_channel_experience(text)
to authenticated;
