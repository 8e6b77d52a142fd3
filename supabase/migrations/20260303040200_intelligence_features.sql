-- What a client looked like at a moment, as numbers: the one definition, for training and serving.
--
-- Nothing that happened at the moment or after it enters: every number is counted from rows by the
-- time they happened, never from the present state of a client. What the house keeps of health, and
-- gender, age, names and words, are no features. Who objects to profiling has none at all.

create table public.feature_definitions (
    feature_set text not null default 'client',
    feature_version integer not null,
    position smallint not null,
    name text not null,
    unit text not null,
    label_pl text not null,
    label_en text not null,
    primary key (feature_set, feature_version, position),
    constraint feature_definitions_name_once unique (feature_set, feature_version, name),
    constraint feature_definitions_set_is_known
        check (feature_set in ('client', 'membership', 'service')),
    constraint feature_definitions_name_is_a_word check (name ~ '^[a-z][a-z0-9_]{0,39}$'),
    constraint feature_definitions_unit_is_a_word check (unit ~ '^[a-z_]{1,20}$'),
    constraint feature_definitions_labels_are_short
        check (private.is_clean_text(label_pl, 80) and private.is_clean_text(label_en, 80)),
    constraint feature_definitions_count_from_one check (position between 1 and 200)
);
comment on table public.feature_definitions is
    'What each place of a feature vector means. Append only: a change is another version. Sets: of '
    'a client, of a membership that nears its end, of a service that has ended.';

insert into public.feature_definitions (
    feature_version, position, name, unit, label_pl, label_en
)
values
    (1, 1, 'repeats', 'count', 'wizyty po pierwszej', 'visits after the first'),
    (1, 2, 'recency_days', 'days', 'od pierwszej do ostatniej wizyty', 'first to last visit'),
    (1, 3, 'silence_days', 'days', 'od ostatniej wizyty', 'since the last visit'),
    (1, 4, 'cadence_ratio', 'ratio', 'przerwa wobec własnego rytmu', 'silence beside own rhythm'),
    (1, 5, 'visits_30', 'count', 'wizyty w 30 dniach', 'visits in 30 days'),
    (1, 6, 'visits_90', 'count', 'wizyty w 90 dniach', 'visits in 90 days'),
    (1, 7, 'visits_180', 'count', 'wizyty w 180 dniach', 'visits in 180 days'),
    (1, 8, 'visits_trend', 'count', 'zmiana liczby wizyt', 'change in visits'),
    (1, 9, 'missed_180', 'count', 'nieobecności w 180 dniach', 'missed visits in 180 days'),
    (1, 10, 'cancelled_late_180', 'count', 'późne odwołania', 'late cancellations in 180 days'),
    (1, 11, 'favourite_share', 'share', 'wizyty u ulubionej osoby', 'visits to a favourite person'),
    (1, 12, 'has_booking', 'flag', 'umówiona wizyta', 'a visit is booked'),
    (1, 13, 'spend_90', 'log_zloty', 'wydatki w 90 dniach', 'spent in 90 days'),
    (1, 14, 'spend_365', 'log_zloty', 'wydatki w roku', 'spent in a year'),
    (1, 15, 'has_membership', 'flag', 'karnet', 'a membership'),
    (1, 16, 'membership_days_left', 'days', 'do końca karnetu', 'until the membership ends'),
    (1, 17, 'tickets_90', 'count', 'sprawy w 90 dniach', 'tickets in 90 days'),
    (1, 18, 'complaints_180', 'count', 'reklamacje w 180 dniach', 'complaints in 180 days'),
    (1, 19, 'reopened_180', 'count', 'sprawy otwarte ponownie', 'reopened in 180 days'),
    (1, 20, 'broken_180', 'count', 'złamane obietnice', 'promises broken in 180 days'),
    (1, 21, 'sentiment_90', 'score', 'ton wiadomości', 'tone of messages in 90 days'),
    (1, 22, 'judged_90', 'count', 'ocenione wiadomości', 'messages judged in 90 days'),
    (1, 23, 'low_ratings_365', 'count', 'niskie oceny w roku', 'low ratings in a year'),
    (1, 24, 'ratings_365', 'count', 'oceny w roku', 'ratings in a year'),
    (1, 25, 'accepted_365', 'count', 'przyjęte propozycje', 'offers accepted in a year'),
    (1, 26, 'offers_365', 'count', 'propozycje w roku', 'offers answered in a year');

create table public.feature_snapshots (
    client_id uuid not null references public.profiles (id) on delete cascade,
    observed_at timestamptz not null,
    feature_version integer not null,
    feature_set text not null default 'client',
    features double precision[] not null,
    sha256 text not null,
    taken_at timestamptz not null default now(),
    primary key (client_id, observed_at, feature_version, feature_set),
    constraint feature_snapshots_set_is_known
        check (feature_set in ('client', 'membership', 'service')),
    constraint feature_snapshots_sha256_is_hexadecimal check (sha256 ~ '^[0-9a-f]{64}$'),
    constraint feature_snapshots_are_short check (cardinality(features) between 1 and 200)
);
comment on table public.feature_snapshots is
    'Every vector a prediction was made from, as it was; append only, gone with the client.';
comment on column public.feature_snapshots.observed_at is
    'The moment they describe; nothing of it or later is in them.';
comment on column public.feature_snapshots.sha256 is
    'Of the vector''s text: computed afresh it must be the same, or the past was changed.';

create table public.profiling_objections (
    client_id uuid primary key references public.profiles (id) on delete cascade,
    objected_at timestamptz not null default now()
);
comment on table public.profiling_objections is
    'Clients who said: no scores about me. Nothing is computed of them from then on.';

-- -------------------------------------------------------------------------------------------------
-- The numbers, family by family, for many clients at once
-- -------------------------------------------------------------------------------------------------

-- What was known of clients' visits then. A visit that was still ahead counts as booked, unless
-- the house had been told by then that it was called off. Asked once for all of them: a call for
-- each would cost more than the reading.
create function private.list_known_visits(p_client_ids uuid[], p_as_of timestamptz)
returns table (
    client_id uuid, status text, provider text, starts_at timestamptz, ended_at timestamptz
)
language sql
stable
set search_path = ''
as $$
    select
        visit.client_id, visit.status, visit.provider, visit.starts_at,
        case when visit.ended_at < p_as_of then visit.ended_at end
    from public.visits visit
    where visit.client_id = any (p_client_ids) and visit.booked_at < p_as_of
        and (
            visit.ended_at < p_as_of
            or visit.starts_at < p_as_of and visit.status in ('missed', 'cancelled_late')
            or visit.starts_at >= p_as_of
                and (visit.status in ('booked', 'completed', 'missed') or visit.told_at >= p_as_of)
        )
$$;

create function private.list_favourite_shares(p_client_ids uuid[], p_as_of timestamptz)
returns table (client_id uuid, share double precision)
language sql
stable
set search_path = ''
as $$
    select each.client_id, max(each.visits) / sum(each.visits)
    from (
        select visit.client_id, count(*) as visits
        from private.list_known_visits(p_client_ids, p_as_of) visit
        where visit.ended_at >= p_as_of - interval '365 days' and visit.provider is not null
        group by visit.client_id, visit.provider
    ) each
    group by each.client_id
$$;

-- Days of visits count, not visits: two treatments on one day are one coming.
create function private.list_visit_features(p_client_ids uuid[], p_as_of timestamptz)
returns table (client_id uuid, numbers double precision[])
language sql
stable
set search_path = ''
as $$
    select counted.client_id, array[
        counted.days - 1, counted.recency, counted.silence,
        case when counted.days > 1 and counted.recency > 0
            then least(20, counted.silence * (counted.days - 1) / counted.recency) else 1 end,
        counted.in_30, counted.in_90, counted.in_180, 2 * counted.in_90 - counted.in_180,
        counted.missed, counted.cancelled, coalesce(favourite.share, 0), counted.booked
    ]::double precision[]
    from (
        select visit.client_id,
            count(distinct (visit.ended_at at time zone 'Europe/Warsaw')::date) as days,
            extract(epoch from max(visit.ended_at) - min(visit.ended_at)) / 86400 as recency,
            extract(epoch from p_as_of - max(visit.ended_at)) / 86400 as silence,
            count(*) filter (where visit.ended_at >= p_as_of - interval '30 days') as in_30,
            count(*) filter (where visit.ended_at >= p_as_of - interval '90 days') as in_90,
            count(*) filter (where visit.ended_at >= p_as_of - interval '180 days') as in_180,
            count(*) filter (where visit.status = 'missed' and visit.starts_at < p_as_of
                and visit.starts_at >= p_as_of - interval '180 days') as missed,
            count(*) filter (where visit.status = 'cancelled_late' and visit.starts_at < p_as_of
                and visit.starts_at >= p_as_of - interval '180 days') as cancelled,
            max((visit.starts_at >= p_as_of)::integer) as booked
        from private.list_known_visits(p_client_ids, p_as_of) visit
        group by visit.client_id
        having count(visit.ended_at) > 0
    ) counted
    left join private.list_favourite_shares(p_client_ids, p_as_of) favourite using (client_id)
$$;

-- Money as the natural logarithm of one plus zloty: what a thousand adds depends on where one is.
create function private.list_spend_features(p_client_ids uuid[], p_as_of timestamptz)
returns table (client_id uuid, numbers double precision[])
language sql
stable
set search_path = ''
as $$
    select asked.id, array[
        ln(1 + coalesce(spent.in_90, 0) / 100.0), ln(1 + coalesce(spent.in_365, 0) / 100.0),
        (member.days_left is not null)::integer, least(365, coalesce(member.days_left, 0))
    ]::double precision[]
    from unnest(p_client_ids) asked (id)
    cross join lateral (
        select
            sum(bought.amount_minor - bought.refunded_minor)
                filter (where bought.purchased_at >= p_as_of - interval '90 days') as in_90,
            sum(bought.amount_minor - bought.refunded_minor) as in_365
        from public.purchases bought
        where bought.client_id = asked.id and bought.purchased_at < p_as_of
            and bought.purchased_at >= p_as_of - interval '365 days'
    ) spent
    cross join lateral (
        select max(period.ends_on) - (p_as_of at time zone 'Europe/Warsaw')::date as days_left
        from public.memberships period
        where period.client_id = asked.id
            and period.starts_on <= (p_as_of at time zone 'Europe/Warsaw')::date
            and period.ends_on >= (p_as_of at time zone 'Europe/Warsaw')::date
    ) member
$$;

-- A category that was changed later is the one it was changed from.
create function private.count_ticket_troubles(p_ticket_id uuid, p_as_of timestamptz)
returns table (reopened bigint, broken bigint, was_category text)
language sql
stable
rows 1
set search_path = ''
as $$
    select
        (
            select count(*) from public.ticket_cycles cycle
            where cycle.ticket_id = p_ticket_id and cycle.ended_at < p_as_of
        ),
        (
            select count(*) from public.ticket_promises promise
            join public.promise_notices notice
                on notice.promise_id = promise.id and notice.kind = 'breach'
            where promise.ticket_id = p_ticket_id and notice.due_at < p_as_of
        ),
        (
            select changed.details #>> '{category,from}' from public.ticket_events changed
            where changed.ticket_id = p_ticket_id and changed.kind = 'details_changed'
                and changed.occurred_at >= p_as_of and changed.details ? 'category'
            order by changed.id
            limit 1
        )
$$;

create function private.list_care_features(p_client_ids uuid[], p_as_of timestamptz)
returns table (client_id uuid, numbers double precision[])
language sql
stable
set search_path = ''
as $$
    select asked.id, array[
        care.tickets, care.complaints, care.reopened, care.broken, coalesce(tone.mean, 0),
        tone.judged, rated.low, rated.given, offered.accepted, offered.answered
    ]::double precision[]
    from unnest(p_client_ids) asked (id)
    cross join lateral (
        select
            count(*) filter (where ticket.opened_at >= p_as_of - interval '90 days') as tickets,
            count(*) filter (
                where coalesce(known.was_category, ticket.category) = 'complaint'
            ) as complaints,
            coalesce(sum(known.reopened), 0) as reopened, coalesce(sum(known.broken), 0) as broken
        from public.support_tickets ticket
        cross join lateral private.count_ticket_troubles(ticket.id, p_as_of) known
        where ticket.client_id = asked.id and ticket.opened_at < p_as_of
            and ticket.opened_at >= p_as_of - interval '180 days'
    ) care
    cross join lateral (
        select avg(judged.sentiment_score) as mean, count(judged.sentiment_score) as judged
        from public.message_judgements judged
        join public.ticket_messages message on message.id = judged.message_id
        where judged.client_id = asked.id and message.created_at < p_as_of
            and message.created_at >= p_as_of - interval '90 days' and not judged.is_abstained
    ) tone
    cross join lateral (
        select count(*) filter (where survey.csat <= 3) as low, count(survey.csat) as given
        from public.surveys survey
        where survey.client_id = asked.id and survey.answered_at < p_as_of
            and survey.answered_at >= p_as_of - interval '365 days'
    ) rated
    cross join lateral (
        select count(*) filter (where offer.state = 'accepted') as accepted, count(*) as answered
        from public.vip_recommendations offer
        where offer.client_id = asked.id and offer.answered_at < p_as_of
            and offer.answered_at >= p_as_of - interval '365 days'
    ) offered
$$;

-- -------------------------------------------------------------------------------------------------
-- The vector
-- -------------------------------------------------------------------------------------------------
create function private.client_features(p_client_ids uuid[], p_as_of timestamptz)
returns table (client_id uuid, features double precision[])
language sql
stable
set search_path = ''
as $$
    select visits.client_id, visits.numbers || spend.numbers || care.numbers
    from private.list_visit_features(p_client_ids, p_as_of) visits
    join private.list_spend_features(p_client_ids, p_as_of) spend using (client_id)
    join private.list_care_features(p_client_ids, p_as_of) care using (client_id)
$$;
comment on function private.client_features(uuid[], timestamptz) is
    'Feature vectors, version 1, of those who had come by then: in the order of '
    'public.feature_definitions. Reads nothing that happened at that moment or later.';

create function private.hash_features(p_features double precision[])
returns text
language sql
immutable
set search_path = ''
as $$
    select encode(sha256(convert_to(p_features::text, 'UTF8')), 'hex')
$$;

-- In the order of their ids, so that a caller can go on after the last one.
create function private.list_profiled_clients(p_after uuid, p_as_of timestamptz, p_limit integer)
returns table (client_id uuid)
language sql
stable
set search_path = ''
as $$
    select client.id
    from public.profiles client
    where client.id > coalesce(p_after, '00000000-0000-0000-0000-000000000000')
        and client.merged_into_id is null
        and not exists (
            select from public.profiling_objections objection
            where objection.client_id = client.id
        )
        -- Scalars, not exists: joined by or those would read the tables whole for every page.
        and coalesce(
            (select true from public.visits visit
                where visit.client_id = client.id and visit.ended_at < p_as_of limit 1),
            (select true from public.memberships period
                where period.client_id = client.id
                    and period.starts_on <= (p_as_of at time zone 'Europe/Warsaw')::date limit 1),
            (select true from public.surveys asked
                where asked.client_id = client.id and asked.happened_at < p_as_of limit 1)
        )
    order by client.id
    limit p_limit
$$;
comment on function private.list_profiled_clients(uuid, timestamptz, integer) is
    'Who has come, belonged or been served by then and does not object, at most p_limit, after '
    'this id.';

-- -------------------------------------------------------------------------------------------------
-- Objecting
-- -------------------------------------------------------------------------------------------------

-- Definer: nobody holds a right to write objections; the client alone decides.
create function private.set_profiling(p_is_allowed boolean)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_client_id uuid := private.my_client_id();
begin
    perform private.require_signed_in();
    if p_is_allowed is null then
        perform private.refuse('PT400', 'answer_required', 'true or false.');
    elsif p_is_allowed then
        delete from public.profiling_objections mine where mine.client_id = v_client_id;
    else
        insert into public.profiling_objections (client_id) values (v_client_id)
        on conflict do nothing;
    end if;
    return jsonb_build_object('is_profiling_allowed', p_is_allowed);
end
$$;

create function public.set_profiling(p_is_allowed boolean)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_profiling(p_is_allowed)
$$;
comment on function public.set_profiling(boolean) is
    'The client: may the house compute scores about me (churn, satisfaction, offers)? false '
    'deletes those there are and lets none be made. Answers {"is_profiling_allowed"}.';

create function private.tg_profiling_objections_forget()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    delete from public.feature_snapshots taken where taken.client_id = new.client_id;
    return null;
end
$$;
create trigger profiling_objections_forget
after insert on public.profiling_objections
for each row execute function private.tg_profiling_objections_forget();

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.feature_definitions, public.feature_snapshots, public.profiling_objections
from anon, authenticated, service_role;
grant select on public.feature_definitions to authenticated, service_role;
grant select on public.feature_snapshots, public.profiling_objections
to authenticated, service_role;
alter table public.feature_definitions enable row level security;
alter table public.feature_snapshots enable row level security;
alter table public.profiling_objections enable row level security;

create policy feature_definitions_select_everybody on public.feature_definitions
for select to authenticated
using (true);
create policy feature_snapshots_select_client on public.feature_snapshots
for select to authenticated
using (client_id = (select private.my_client_id()));
create policy profiling_objections_select_concerned on public.profiling_objections
for select to authenticated
using (
    client_id = (select private.my_client_id())
    or exists (
        select from public.profiles client
        where client.id = profiling_objections.client_id
            and client.desk_id = any (array(select private.my_overseen_desk_ids()))
    )
);

revoke all on function
    private.list_visit_features(uuid[], timestamptz),
    private.list_known_visits(uuid[], timestamptz),
    private.list_favourite_shares(uuid[], timestamptz),
    private.list_spend_features(uuid[], timestamptz),
    private.list_care_features(uuid[], timestamptz),
    private.count_ticket_troubles(uuid, timestamptz), private.client_features(uuid[], timestamptz),
    private.hash_features(double precision[]),
    private.list_profiled_clients(uuid, timestamptz, integer), private.set_profiling(boolean),
    public.set_profiling(boolean), private.tg_profiling_objections_forget()
from public, anon, authenticated, service_role;
grant execute on function private.set_profiling(boolean), public.set_profiling(boolean)
to authenticated;
