-- What a membership that nears its end, and a service that has ended, looked like at a moment, as
-- numbers, and what came of them: the one definition, for training and serving, as in ..040200.
--
-- Of a service the moment is the one it ended at, whenever it is asked about; of a membership any.
-- Nothing that happened at the moment or after it enters the numbers: of a period that has begun
-- its days and how it ended stand in one row, so only those of earlier periods count.

insert into public.feature_definitions (
    feature_set, feature_version, position, name, unit, label_pl, label_en
)
values
    ('membership', 1, 1, 'days_left', 'days', 'do końca karnetu', 'until the membership ends'),
    ('membership', 1, 2, 'period_days', 'days', 'długość karnetu', 'length of the membership'),
    ('membership', 1, 3, 'member_days', 'days', 'staż', 'since the first membership'),
    ('membership', 1, 4, 'lapses_before', 'count', 'karnety nieprzedłużone', 'earlier lapses'),
    ('membership', 1, 5, 'periods_before', 'count', 'wcześniejsze karnety', 'earlier memberships'),
    ('membership', 1, 6, 'use_30', 'count', 'wizyty na 30 dni karnetu', 'visits a month of it'),
    ('membership', 1, 7, 'visits_30', 'count', 'wizyty w 30 dniach', 'visits in 30 days'),
    ('membership', 1, 8, 'visits_90', 'count', 'wizyty w 90 dniach', 'visits in 90 days'),
    ('membership', 1, 9, 'silence_days', 'days', 'od ostatniej wizyty', 'since the last visit'),
    ('membership', 1, 10, 'has_booking', 'flag', 'umówiona wizyta', 'a visit is booked'),
    ('membership', 1, 11, 'spend_90', 'log_zloty', 'wydatki w 90 dniach', 'spent in 90 days'),
    ('membership', 1, 12, 'complaints_180', 'count', 'reklamacje', 'complaints in 180 days'),
    ('membership', 1, 13, 'broken_180', 'count', 'złamane obietnice', 'promises broken'),
    ('membership', 1, 14, 'sentiment_90', 'score', 'ton wiadomości', 'tone of messages'),
    ('membership', 1, 15, 'low_ratings_365', 'count', 'niskie oceny', 'low ratings in a year'),
    ('service', 1, 1, 'hours_open', 'log_hours', 'czas trwania sprawy', 'how long it took'),
    ('service', 1, 2, 'wait_minutes', 'log_minutes', 'czekanie na odpowiedź', 'first answer after'),
    ('service', 1, 3, 'is_answered', 'flag', 'odpowiedź człowieka', 'a person answered'),
    ('service', 1, 4, 'from_client', 'count', 'wiadomości klienta', 'what the client wrote'),
    ('service', 1, 5, 'from_desk', 'count', 'wiadomości doradców', 'what the desk wrote'),
    ('service', 1, 6, 'hands', 'count', 'osoby, które odpisały', 'people who answered'),
    ('service', 1, 7, 'cycles_before', 'count', 'ponowne otwarcia', 'times it was reopened'),
    ('service', 1, 8, 'broken', 'count', 'złamane obietnice', 'promises broken'),
    ('service', 1, 9, 'tone', 'score', 'ton rozmowy', 'tone of the conversation'),
    ('service', 1, 10, 'last_tone', 'score', 'ton na końcu', 'tone at the end'),
    ('service', 1, 11, 'judged', 'count', 'ocenione wiadomości', 'messages judged'),
    ('service', 1, 12, 'is_complaint', 'flag', 'reklamacja', 'a complaint'),
    ('service', 1, 13, 'is_live', 'flag', 'rozmowa na żywo', 'a live conversation'),
    ('service', 1, 14, 'complaints_180', 'count', 'reklamacje', 'complaints in 180 days'),
    ('service', 1, 15, 'low_ratings_365', 'count', 'niskie oceny w roku', 'low ratings in a year'),
    ('service', 1, 16, 'ratings_365', 'count', 'oceny w roku', 'ratings in a year');

-- -------------------------------------------------------------------------------------------------
-- Memberships
-- -------------------------------------------------------------------------------------------------

-- A period that follows within 30 days renews it; so does a source that says so without naming one.
create function private.is_lapsed(p_membership public.memberships)
returns boolean
language sql
stable
set search_path = ''
as $$
    select case
        when p_membership.renewed_by_id is null then p_membership.status <> 'renewed'
        else not exists (
            select from public.memberships later
            where later.id = p_membership.renewed_by_id
                and later.starts_on <= p_membership.ends_on + 30
        )
    end
$$;

-- Whether it was known by then how it ends: renewed (bought, told or begun), or called off.
create function private.is_settled(p_membership public.memberships, p_as_of timestamptz)
returns boolean
language sql
stable
set search_path = ''
as $$
    select p_membership.status = 'cancelled' and p_membership.told_at < p_as_of
        or p_membership.status = 'renewed' and p_membership.renewed_by_id is null
            and p_membership.told_at < p_as_of
        or exists (
            select from public.memberships later
            where later.id = p_membership.renewed_by_id
                and (
                    later.recorded_at < p_as_of
                    or later.starts_on <= (p_as_of at time zone 'Europe/Warsaw')::date
                    or exists (
                        select from public.purchases bought
                        where bought.membership_id = later.id and bought.purchased_at < p_as_of
                    )
                )
        )
$$;

create function private.list_ending_memberships(p_client_ids uuid[], p_as_of timestamptz)
returns setof public.memberships
language sql
stable
set search_path = ''
as $$
    select distinct on (period.client_id) period.*
    from public.memberships period
    where period.client_id = any (p_client_ids)
        and period.starts_on <= (p_as_of at time zone 'Europe/Warsaw')::date
        and period.ends_on between (p_as_of at time zone 'Europe/Warsaw')::date
            and (p_as_of at time zone 'Europe/Warsaw')::date + 89
        and not private.is_settled(period, p_as_of)
    order by period.client_id, period.ends_on, period.id
$$;
comment on function private.list_ending_memberships(uuid[], timestamptz) is
    'For each of these clients the membership that ends first within the 90 days from then on, of '
    'which it was not known yet how it ends.';

create function private.count_earlier_periods(p_membership public.memberships, p_as_of timestamptz)
returns table (member_days double precision, lapsed bigint, periods bigint)
language sql
stable
rows 1
set search_path = ''
as $$
    select
        (p_as_of at time zone 'Europe/Warsaw')::date - min(earlier.starts_on),
        count(*) filter (where earlier.is_known and private.is_lapsed(earlier.period)),
        count(*) filter (where earlier.is_known)
    from (
        select period.starts_on, period,
            period.ends_on + 30 < (p_as_of at time zone 'Europe/Warsaw')::date as is_known
        from public.memberships period
        where period.client_id = p_membership.client_id
            and period.starts_on <= p_membership.starts_on
    ) earlier (starts_on, period, is_known)
$$;

create function private.count_membership_visits(
    p_client_id uuid, p_began_at timestamptz, p_as_of timestamptz
)
returns table (in_it bigint, in_30 bigint, in_90 bigint, silence double precision, booked integer)
language sql
stable
rows 1
set search_path = ''
as $$
    select
        count(*) filter (where visit.ended_at >= p_began_at),
        count(*) filter (where visit.ended_at >= p_as_of - interval '30 days'),
        count(*) filter (where visit.ended_at >= p_as_of - interval '90 days'),
        least(365, coalesce(extract(epoch from p_as_of - max(visit.ended_at)) / 86400, 365)),
        coalesce(max((visit.starts_at >= p_as_of)::integer), 0)
    from private.list_known_visits(array[p_client_id], p_as_of) visit
$$;

create function private.list_membership_features(p_client_ids uuid[], p_as_of timestamptz)
returns table (client_id uuid, membership_id uuid, features double precision[])
language sql
stable
set search_path = ''
as $$
    select period.client_id, period.id, array[
        period.ends_on - today.day, period.ends_on - period.starts_on + 1,
        earlier.member_days, earlier.lapsed, earlier.periods,
        30.0 * visits.in_it / greatest(30, today.day - period.starts_on),
        visits.in_30, visits.in_90, visits.silence, visits.booked, spend.numbers[1],
        care.numbers[2], care.numbers[4], care.numbers[5], care.numbers[7]
    ]::double precision[]
    from private.list_ending_memberships(p_client_ids, p_as_of) period
    cross join lateral (
        select (p_as_of at time zone 'Europe/Warsaw')::date as day
    ) today
    cross join lateral private.count_earlier_periods(period, p_as_of) earlier
    cross join lateral private.count_membership_visits(
        period.client_id, period.starts_on::timestamp at time zone 'Europe/Warsaw', p_as_of
    ) visits
    cross join lateral private.list_spend_features(array[period.client_id], p_as_of) spend
    cross join lateral private.list_care_features(array[period.client_id], p_as_of) care
$$;
comment on function private.list_membership_features(uuid[], timestamptz) is
    'Feature vectors, set membership, version 1, of the memberships of list_ending_memberships.';

-- -------------------------------------------------------------------------------------------------
-- Services: a ticket's cycle, from its beginning to the moment it was over
-- -------------------------------------------------------------------------------------------------
create function private.find_service_beginning(p_survey public.surveys)
returns timestamptz
language sql
stable
set search_path = ''
as $$
    select coalesce(
        (
            select cycle.ended_at from public.ticket_cycles cycle
            where cycle.ticket_id = p_survey.ticket_id and cycle.cycle = p_survey.cycle - 1
        ),
        (select ticket.opened_at from public.support_tickets ticket
            where ticket.id = p_survey.ticket_id)
    )
$$;

create function private.count_service_words(
    p_ticket_id uuid, p_began_at timestamptz, p_ended_at timestamptz
)
returns table (
    answered_at timestamptz, of_client bigint, of_agents bigint, hands bigint,
    tone double precision, last_tone double precision, judged bigint, complaint integer
)
language sql
stable
rows 1
set search_path = ''
as $$
    select
        min(said.created_at) filter (where said.author_kind = 'agent'),
        count(*) filter (where said.author_kind = 'client'),
        count(*) filter (where said.author_kind = 'agent'),
        count(distinct said.author_id) filter (where said.author_kind = 'agent'),
        coalesce(avg(judged.sentiment_score), 0),
        coalesce((array_agg(judged.sentiment_score order by said.created_at desc, said.id)
            filter (where judged.sentiment_score is not null))[1], 0),
        count(judged.sentiment_score),
        coalesce(max((judged.category = 'complaint')::integer), 0)
    from public.ticket_messages said
    left join public.message_judgements judged on judged.message_id = said.id
    where said.ticket_id = p_ticket_id and not said.is_internal
        and said.created_at >= p_began_at and said.created_at < p_ended_at
$$;

create function private.list_service_features(p_survey_ids uuid[])
returns table (survey_id uuid, features double precision[])
language sql
stable
set search_path = ''
as $$
    select asked.id, array[
        ln(1 + greatest(0, extract(epoch from asked.happened_at - began.at)) / 3600),
        ln(1 + greatest(0, extract(epoch from
            coalesce(words.answered_at, asked.happened_at) - began.at)) / 60),
        (words.answered_at is not null)::integer, words.of_client, words.of_agents, words.hands,
        asked.cycle - 1, broken.count, words.tone, words.last_tone, words.judged,
        words.complaint, coalesce(known.is_live, false)::integer,
        care.numbers[2], care.numbers[7], care.numbers[8]
    ]::double precision[]
    from public.surveys asked
    cross join lateral (
        select coalesce(private.find_service_beginning(asked), asked.happened_at) as at
    ) began
    cross join lateral private.count_service_words(
        asked.ticket_id, began.at, asked.happened_at
    ) words
    cross join lateral (
        select count(*) from public.ticket_promises promise
        join public.promise_notices notice
            on notice.promise_id = promise.id and notice.kind = 'breach'
        where promise.ticket_id = asked.ticket_id
            and notice.due_at >= began.at and notice.due_at < asked.happened_at
    ) broken
    cross join lateral private.list_care_features(
        array[asked.client_id], asked.happened_at
    ) care
    left join public.channels known on known.channel = asked.channel
    where asked.id = any (p_survey_ids) and asked.kind = 'cycle'
$$;
comment on function private.list_service_features(uuid[]) is
    'Feature vectors, set service, version 1, of the service cycles these surveys are about, at '
    'the moment each ended.';

-- -------------------------------------------------------------------------------------------------
-- What is to be predicted at present
-- -------------------------------------------------------------------------------------------------
create function private.list_unrated_services(p_client_ids uuid[], p_as_of timestamptz)
returns setof public.surveys
language sql
stable
set search_path = ''
as $$
    select distinct on (asked.client_id) asked.*
    from public.surveys asked
    where asked.client_id = any (p_client_ids) and asked.kind = 'cycle' and asked.csat is null
        and asked.happened_at < p_as_of and asked.happened_at >= p_as_of - interval '30 days'
    order by asked.client_id, asked.happened_at desc, asked.id
$$;
comment on function private.list_unrated_services(uuid[], timestamptz) is
    'For each of these clients the last service of 30 days, unless they have rated it.';

create function private.list_prediction_cases(p_client_ids uuid[], p_as_of timestamptz)
returns table (
    prediction_type text, client_id uuid, subject_id uuid, moment timestamptz,
    features double precision[]
)
language sql
stable
set search_path = ''
as $$
    select 'lapse', made.client_id, made.membership_id, p_as_of, made.features
    from private.list_membership_features(p_client_ids, p_as_of) made
    union all
    select 'satisfaction', asked.client_id, asked.id, asked.happened_at, made.features
    from private.list_unrated_services(p_client_ids, p_as_of) asked
    cross join lateral private.list_service_features(array[asked.id]) made
$$;
comment on function private.list_prediction_cases(uuid[], timestamptz) is
    'What is predicted of these clients beside visits and offers: the membership that ends, the '
    'service that nobody has rated; with their feature vectors and the moments of those.';

revoke all on function
    private.is_lapsed(public.memberships), private.is_settled(public.memberships, timestamptz),
    private.list_ending_memberships(uuid[], timestamptz),
    private.count_earlier_periods(public.memberships, timestamptz),
    private.count_membership_visits(uuid, timestamptz, timestamptz),
    private.list_membership_features(uuid[], timestamptz),
    private.find_service_beginning(public.surveys),
    private.count_service_words(uuid, timestamptz, timestamptz),
    private.list_service_features(uuid[]), private.list_unrated_services(uuid[], timestamptz),
    private.list_prediction_cases(uuid[], timestamptz)
from public, anon, authenticated, service_role;
grant execute on function
    private.is_lapsed(public.memberships), private.is_settled(public.memberships, timestamptz),
    private.list_ending_memberships(uuid[], timestamptz),
    private.count_earlier_periods(public.memberships, timestamptz),
    private.count_membership_visits(uuid, timestamptz, timestamptz),
    private.list_membership_features(uuid[], timestamptz),
    private.find_service_beginning(public.surveys),
    private.count_service_words(uuid, timestamptz, timestamptz),
    private.list_service_features(uuid[]), private.list_unrated_services(uuid[], timestamptz),
    private.list_prediction_cases(uuid[], timestamptz)
to service_role;
