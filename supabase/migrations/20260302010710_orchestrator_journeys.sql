-- Journeys: how it has been for each client, and what is worth knowing about them now.
--
--   tickets, messages, promises, visits, purchases, memberships, services, surveys, recoveries,
--   outreach, merges, journey.aged -> orchestrator.journeys (lib/orchestrator/insights.py)
--       -> public.client_journeys, public.journey_insights
--   events out: client.merged, client.parted (both clients of a merge, or of its undo)
--
-- The measures are computed here from the rows themselves, under the lock of the client's journey,
-- so what is stored equals what would be measured afresh. The insights are decided in Python, from
-- facts read together with the journey's revision: written meanwhile, they are decided again.
-- Days are those of Europe/Warsaw. Both tables are the house's own view: clients do not see them.

-- -------------------------------------------------------------------------------------------------
-- Tables
-- -------------------------------------------------------------------------------------------------
create table public.client_journeys (
    client_id uuid primary key references public.profiles (id) on delete cascade,
    revision integer not null default 1,
    measured_on date not null,
    measured_at timestamptz not null default now(),
    touchpoints jsonb not null default '{}',
    touchpoint_count integer not null default 0,
    first_touch_at timestamptz,
    last_touch_at timestamptz,
    wait_count integer not null default 0,
    wait_median_seconds integer,
    wait_worst_seconds integer,
    client_message_count integer not null default 0,
    resolution_count integer not null default 0,
    messages_per_resolution numeric(10, 2),
    reopening_count integer not null default 0,
    transfer_count integer not null default 0,
    recovery_count integer not null default 0,
    recovered_count integer not null default 0,
    promises_kept_count integer not null default 0,
    promises_broken_count integer not null default 0,
    promises_kept_share numeric(5, 4),
    visit_count integer not null default 0,
    missed_visit_count integer not null default 0,
    spending jsonb not null default '{}',
    trend jsonb not null default '{}',
    constraint client_journeys_counts_are_not_negative check (
        least(
            revision, touchpoint_count, wait_count, client_message_count, resolution_count,
            reopening_count, transfer_count, recovery_count, recovered_count,
            promises_kept_count, promises_broken_count, visit_count, missed_visit_count
        ) >= 0
    ),
    constraint client_journeys_shares_are_shares check (promises_kept_share between 0 and 1),
    constraint client_journeys_documents_are_small check (
        octet_length(touchpoints::text) <= 1000 and octet_length(spending::text) <= 2000
        and octet_length(trend::text) <= 2000
    )
);
comment on table public.client_journeys is
    'What it has been like to be this client, one row each, kept by orchestrator.journeys.';
comment on column public.client_journeys.measured_on is 'The last day of the trend''s 90 days.';
comment on column public.client_journeys.touchpoints is
    'Contacts by channel: service cycles by theirs, visits, contacts the house made (outreach).';
comment on column public.client_journeys.wait_median_seconds is
    'From the oldest unanswered word of the client to the answer, by the clock; null: none yet.';
comment on column public.client_journeys.messages_per_resolution is
    'Messages the client wrote for each solved cycle; null: none is solved.';
comment on column public.client_journeys.transfer_count is
    'How often a finished cycle changed hands after somebody had accepted it.';
comment on column public.client_journeys.promises_kept_share is
    'Kept of those kept or broken; null: none was either.';
comment on column public.client_journeys.spending is
    'Paid less refunded, by currency, in minor units.';
comment on column public.client_journeys.trend is
    'The last 90 days ("recent") and the 90 before ("earlier"), and where each measure goes.';

create table public.journey_insights (
    id uuid primary key default gen_random_uuid(),
    client_id uuid not null references public.profiles (id) on delete cascade,
    kind text not null,
    topic text not null default '',
    priority smallint not null,
    sentence_pl text not null,
    sentence_en text not null,
    reason jsonb not null,
    policy_version text not null,
    found_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    ended_at timestamptz,
    constraint journey_insights_kind_is_a_word check (kind ~ '^[a-z][a-z_]{0,39}$'),
    constraint journey_insights_topic_is_short check (char_length(topic) <= 100),
    constraint journey_insights_priority_is_one_to_three check (priority between 1 and 3),
    constraint journey_insights_sentences_are_short_text
        check (private.is_clean_text(sentence_pl, 500) and private.is_clean_text(sentence_en, 500)),
    constraint journey_insights_reason_is_a_small_object
        check (jsonb_typeof(reason) = 'object' and octet_length(reason::text) <= 8000),
    constraint journey_insights_policy_version_is_short
        check (char_length(policy_version) between 1 and 40)
);
comment on table public.journey_insights is
    'What is worth knowing about a client, with the rows and numbers it follows from. Those that '
    'hold no more have ended; what is not certain is not said.';
comment on column public.journey_insights.topic is
    'What it is about where a client can have several of a kind: a product, a treatment, a ticket.';
comment on column public.journey_insights.priority is '1 today, 2 this week, 3 good to know.';
comment on column public.journey_insights.reason is
    '{"evidence": [{"table", "id"}], "numbers": {...}}.';
comment on column public.journey_insights.ended_at is 'Null while it holds.';
create unique index journey_insights_hold_once on public.journey_insights (client_id, kind, topic)
where ended_at is null;
comment on index public.journey_insights_hold_once is
    'Serves what holds now, and lets nothing be said twice.';
create index journey_insights_client_id_idx on public.journey_insights (client_id, found_at);
comment on index public.journey_insights_client_id_idx is
    'Serves what was said about a client, and the foreign key.';
create trigger journey_insights_touch
before update on public.journey_insights
for each row execute function private.tg_touch_row();

-- -------------------------------------------------------------------------------------------------
-- Two clients become one, or two again: both journeys change
-- -------------------------------------------------------------------------------------------------

-- Definer: whoever merges clients may write no events.
create function private.tg_client_merges_announce()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.emit_events(
        case when new.undone_at is null then 'client.merged' else 'client.parted' end,
        array[new.kept_client_id, new.merged_client_id],
        array[
            jsonb_build_object('merge_id', new.id, 'other_id', new.merged_client_id),
            jsonb_build_object('merge_id', new.id, 'other_id', new.kept_client_id)
        ]
    );
    return null;
end
$$;

create trigger client_merges_announce
after insert on public.client_merges
for each row execute function private.tg_client_merges_announce();
create trigger client_merges_announce_undo
after update of undone_at on public.client_merges
for each row when (old.undone_at is null and new.undone_at is not null)
execute function private.tg_client_merges_announce();

-- -------------------------------------------------------------------------------------------------
-- Who is concerned
-- -------------------------------------------------------------------------------------------------
-- Nobody waits for measures: after a rush routing goes first.
insert into private.subscriptions (event_kind, worker, priority, collapses)
select kind.name, 'orchestrator.journeys', -10, true
from unnest(array[
    'ticket.opened', 'ticket.resolved', 'ticket.closed', 'ticket.reopened', 'ticket.merged',
    'ticket.separated', 'message.posted', 'promise.kept', 'promise.breached',
    'visit.booked', 'visit.completed', 'visit.missed', 'visit.cancelled', 'visit.changed',
    'purchase.recorded', 'purchase.changed', 'membership.started', 'membership.ended',
    'membership.changed', 'recovery_case.opened', 'recovery_case.resolved',
    'recovery_case.reopened', 'recovery_case.closed', 'survey.answered', 'outreach.sent',
    'client.merged', 'client.parted', 'client.tier_changed', 'journey.aged'
]) kind (name);

-- Whose journey an event belongs to: the client's, the ticket's client's, or that of the payload.
create function private.find_journey_client(p_kind text, p_subject_id uuid, p_payload jsonb)
returns uuid
language sql
stable
set search_path = ''
as $$
    select client.id
    from public.profiles client
    where client.id = case
        when p_kind ~ '^(client|journey)\.' then p_subject_id
        when p_kind ~ '^(ticket|message|promise)\.' then (
            select ticket.client_id from public.support_tickets ticket
            where ticket.id = p_subject_id
        )
        when private.is_uuid(p_payload -> 'client_id') then (
            select coalesce(named.merged_into_id, named.id) from public.profiles named
            where named.id = (p_payload ->> 'client_id')::uuid
        )
    end
$$;

-- -------------------------------------------------------------------------------------------------
-- Measures, each from the rows themselves
-- -------------------------------------------------------------------------------------------------

-- The first instant of a day in Warsaw.
create function private.begin_day(p_on date)
returns timestamptz
language sql
immutable
set search_path = ''
as $$
    select p_on::timestamp at time zone 'Europe/Warsaw'
$$;

create function private.list_touches(p_client_id uuid)
returns table (channel text, touched_at timestamptz)
language sql
stable
rows 100
set search_path = ''
as $$
    select ticket.channel, coalesce(ticket.reopened_at, ticket.opened_at)
    from public.support_tickets ticket
    where ticket.client_id = p_client_id and ticket.merged_into_id is null
    union all
    select past.channel, past.began_at
    from public.support_tickets ticket
    join public.ticket_cycles past on past.ticket_id = ticket.id
    where ticket.client_id = p_client_id and ticket.merged_into_id is null
    union all
    select 'visit', visit.starts_at
    from public.visits visit
    where visit.client_id = p_client_id and visit.status = 'completed'
    union all
    select 'outreach', contact.sent_at
    from public.outreach contact
    where contact.client_id = p_client_id and contact.sent_at is not null
$$;

-- A wait ends with the answer, whether in time or not; what was solved without one was none.
create function private.list_waits(p_client_id uuid)
returns table (seconds numeric, answered_at timestamptz)
language sql
stable
rows 100
set search_path = ''
as $$
    select extract(epoch from promise.met_at - promise.started_at), promise.met_at
    from public.support_tickets ticket
    join public.ticket_promises promise on promise.ticket_id = ticket.id
    where ticket.client_id = p_client_id and ticket.merged_into_id is null
        and promise.kind in ('first_response', 'next_response')
        and promise.met_at is not null
$$;

create function private.measure_effort(p_client_id uuid)
returns table (message_count bigint, resolution_count bigint, reopening_count bigint,
    transfer_count bigint)
language sql
stable
rows 1
set search_path = ''
as $$
    with own as materialized (
        select ticket.id, ticket.cycle, ticket.resolved_at is not null as is_solved
        from public.support_tickets ticket
        where ticket.client_id = p_client_id and ticket.merged_into_id is null
    )
    select
        (
            select count(*) from own
            join public.ticket_messages message on message.ticket_id = own.id
            where message.author_kind = 'client'
        ),
        (select coalesce(sum(own.cycle - 1 + own.is_solved::integer), 0) from own),
        (select coalesce(sum(own.cycle - 1), 0) from own),
        (
            select coalesce(sum(held.times - 1), 0)
            from (
                select count(*) as times
                from own
                join public.ticket_assignments had on had.ticket_id = own.id
                where had.answered_at is not null and had.state <> 'declined'
                    and (had.cycle < own.cycle or own.is_solved)
                group by own.id, had.cycle
            ) held
        )
$$;

create function private.measure_window(p_client_id uuid, p_from timestamptz, p_until timestamptz)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'touchpoints', (
            select count(*) from private.list_touches(p_client_id) touch
            where touch.touched_at >= p_from and touch.touched_at < p_until
        ),
        'visits', (
            select count(*) from public.visits visit
            where visit.client_id = p_client_id and visit.status = 'completed'
                and visit.starts_at >= p_from and visit.starts_at < p_until
        ),
        'wait_median_seconds', (
            select round(percentile_cont(0.5) within group (order by wait.seconds))
            from private.list_waits(p_client_id) wait
            where wait.answered_at >= p_from and wait.answered_at < p_until
        ),
        'promises_broken', (
            select count(*) from public.ticket_promises promise
            where promise.broken_to_id = p_client_id
                and promise.breached_at >= p_from and promise.breached_at < p_until
        )
    )
$$;

create function private.name_direction(p_earlier numeric, p_recent numeric)
returns text
language sql
immutable
set search_path = ''
as $$
    select case
        when p_earlier is null or p_recent is null then 'unknown'
        when p_recent > p_earlier * 1.1 then 'rising'
        when p_recent < p_earlier * 0.9 then 'falling'
        else 'steady'
    end
$$;

create function private.measure_trend(p_client_id uuid, p_on date)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'recent', span.recent, 'earlier', span.earlier,
        'directions', (
            select jsonb_object_agg(measure.name, private.name_direction(
                (span.earlier ->> measure.name)::numeric, (span.recent ->> measure.name)::numeric
            ))
            from jsonb_object_keys(span.recent) measure (name)
        )
    )
    from (
        select
            private.measure_window(
                p_client_id, private.begin_day(p_on - 89), private.begin_day(p_on + 1)
            ) as recent,
            private.measure_window(
                p_client_id, private.begin_day(p_on - 179), private.begin_day(p_on - 89)
            ) as earlier
    ) span
$$;

create function private.measure_contact(p_client_id uuid)
returns table (touchpoints jsonb, touchpoint_count bigint, first_at timestamptz,
    last_at timestamptz, wait_count bigint, wait_median numeric, wait_worst numeric)
language sql
stable
rows 1
set search_path = ''
as $$
    select
        coalesce(touch.by_channel, '{}'), touch.total, touch.first_at, touch.last_at, wait.times,
        wait.median, wait.worst
    from (
        select
            jsonb_object_agg(part.channel, part.times) as by_channel,
            coalesce(sum(part.times), 0)::bigint as total,
            min(part.first_at) as first_at, max(part.last_at) as last_at
        from (
            select touch.channel, count(*) as times, min(touch.touched_at) as first_at,
                max(touch.touched_at) as last_at
            from private.list_touches(p_client_id) touch
            group by touch.channel
        ) part
    ) touch
    cross join (
        select count(*) as times,
            round((percentile_cont(0.5) within group (order by waited.seconds))::numeric) as median,
            round(max(waited.seconds)) as worst
        from private.list_waits(p_client_id) waited
    ) wait
$$;

create function private.measure_loyalty(p_client_id uuid)
returns table (kept_count bigint, broken_count bigint, recovery_count bigint,
    recovered_count bigint, visit_count bigint, missed_count bigint, spending jsonb)
language sql
stable
rows 1
set search_path = ''
as $$
    select promise.kept, promise.broken, recovery.opened, recovery.recovered, visit.came,
        visit.missed, coalesce(paid.spending, '{}')
    from (
        select count(*) filter (where given.state = 'met') as kept,
            count(*) filter (where given.state = 'breached') as broken
        from public.support_tickets ticket
        join public.ticket_promises given on given.ticket_id = ticket.id
        where ticket.client_id = p_client_id and ticket.merged_into_id is null
    ) promise
    cross join (
        select count(*) as opened,
            count(*) filter (where made_good.resolved_at is not null) as recovered
        from public.recovery_cases made_good
        where made_good.client_id = p_client_id and made_good.merged_into_id is null
    ) recovery
    cross join (
        select count(*) filter (where visit.status = 'completed') as came,
            count(*) filter (where visit.status = 'missed') as missed
        from public.visits visit where visit.client_id = p_client_id
    ) visit
    cross join (
        select jsonb_object_agg(part.currency, part.minor) as spending
        from (
            select bought.currency, sum(bought.amount_minor - bought.refunded_minor) as minor
            from public.purchases bought where bought.client_id = p_client_id
            group by bought.currency
        ) part
    ) paid
$$;

create function private.measure_journey(p_client_id uuid, p_on date)
returns public.client_journeys
language sql
stable
set search_path = ''
as $$
    select
        p_client_id, 1, p_on, now(), contact.touchpoints, contact.touchpoint_count::integer,
        contact.first_at, contact.last_at, contact.wait_count::integer,
        contact.wait_median::integer, contact.wait_worst::integer,
        effort.message_count::integer, effort.resolution_count::integer,
        round(effort.message_count::numeric / nullif(effort.resolution_count, 0), 2),
        effort.reopening_count::integer, effort.transfer_count::integer,
        loyalty.recovery_count::integer, loyalty.recovered_count::integer,
        loyalty.kept_count::integer, loyalty.broken_count::integer,
        round(
            loyalty.kept_count::numeric / nullif(loyalty.kept_count + loyalty.broken_count, 0), 4
        ),
        loyalty.visit_count::integer, loyalty.missed_count::integer, loyalty.spending,
        private.measure_trend(p_client_id, p_on)
    from private.measure_contact(p_client_id) contact
    cross join private.measure_effort(p_client_id) effort
    cross join private.measure_loyalty(p_client_id) loyalty
$$;
comment on function private.measure_journey(uuid, date) is
    'The journey of a client from the rows themselves, its trend up to that day.';

-- -------------------------------------------------------------------------------------------------
-- Facts for the insights
-- -------------------------------------------------------------------------------------------------

-- The newest visits are enough to know somebody's rhythm and taste.
create function private.list_visit_facts(p_client_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(to_jsonb(latest) order by latest.starts_at), '[]')
    from (
        select visit.id, visit.treatment_id, visit.provider, visit.status, visit.starts_at,
            offered.name_pl, offered.name_en, offered.course_sessions, offered.course_gap_days
        from public.visits visit
        join public.treatments offered on offered.id = visit.treatment_id
        where visit.client_id = p_client_id and visit.status in ('completed', 'booked')
        order by visit.starts_at desc, visit.id desc
        limit 60
    ) latest
$$;

-- The last of each product that is used up.
create function private.list_product_facts(p_client_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(to_jsonb(latest) order by latest.product_id), '[]')
    from (
        select distinct on (bought.product_id)
            bought.id, bought.product_id, bought.quantity, bought.purchased_at, sold.lasts_days,
            sold.name_pl, sold.name_en
        from public.purchases bought
        join public.products sold on sold.id = bought.product_id
        where bought.client_id = p_client_id and sold.lasts_days is not null and sold.is_active
            and bought.refunded_minor < greatest(bought.amount_minor, 1)
        order by bought.product_id, bought.purchased_at desc, bought.id
    ) latest
$$;

create function private.list_membership_facts(p_client_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'id', membership.id, 'plan_id', membership.plan_id, 'name_pl', plan.name_pl,
        'name_en', plan.name_en, 'ends_on', membership.ends_on
    ) order by membership.ends_on, membership.id), '[]')
    from public.memberships membership
    join public.membership_plans plan on plan.id = membership.plan_id
    where membership.client_id = p_client_id and membership.status = 'active'
        and membership.renewed_by_id is null
        and not exists (
            select from public.memberships later
            where later.client_id = membership.client_id and later.plan_id = membership.plan_id
                and later.status = 'active' and later.ends_on > membership.ends_on
        )
$$;

-- What the client asked and nobody has answered, and the promises broken of late.
create function private.list_ticket_facts(p_client_id uuid, p_at timestamptz)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'unanswered', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'ticket_id', ticket.id, 'number', ticket.number, 'since', promise.started_at
            ) order by promise.started_at, ticket.id), '[]')
            from public.support_tickets ticket
            join public.ticket_promises promise on promise.ticket_id = ticket.id
            where ticket.client_id = p_client_id
                and ticket.status in ('open', 'assigned', 'pending', 'on_hold')
                and promise.ended_at is null and promise.met_at is null
                and promise.kind in ('first_response', 'next_response')
        ),
        'broken', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'promise_id', broken.id, 'ticket_id', broken.ticket_id, 'kind', broken.kind,
                'broken_at', broken.breached_at, 'target_seconds', broken.target_seconds,
                'waited_seconds', round(extract(epoch from broken.met_at - broken.started_at))
            ) order by broken.breached_at, broken.id), '[]')
            from public.ticket_promises broken
            where broken.broken_to_id = p_client_id
                and broken.breached_at > p_at - interval '90 days'
        )
    )
$$;

create function worker.journey_contexts(p_items jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
    with concerned as materialized (
        select item.job_id,
            private.find_journey_client(item.kind, item.subject_id, item.payload) as client_id
        from jsonb_to_recordset(p_items)
            as item (job_id bigint, kind text, subject_id uuid, payload jsonb)
    )
    select jsonb_build_object('read_at', statement_timestamp(), 'journeys', coalesce(jsonb_agg(
        jsonb_build_object(
            'client_id', client.id, 'tier', client.tier, 'job_ids', known.job_ids,
            'revision', coalesce(journey.revision, 0),
            'last_touch_at', (
                select max(touch.touched_at) from private.list_touches(client.id) touch
            ),
            'visits', private.list_visit_facts(client.id),
            'products', private.list_product_facts(client.id),
            'memberships', private.list_membership_facts(client.id)
        ) || private.list_ticket_facts(client.id, statement_timestamp()) order by client.id
    ), '[]'))
    from (
        select concerned.client_id, jsonb_agg(concerned.job_id order by concerned.job_id) as job_ids
        from concerned group by concerned.client_id
    ) known
    join public.profiles client on client.id = known.client_id
    left join public.client_journeys journey on journey.client_id = client.id
$$;
comment on function worker.journey_contexts(jsonb) is
    'Items: job_id, kind, subject_id, payload of events. The clients they are about, once each, in '
    'one snapshot: {"read_at", "journeys": [{"client_id", "tier", "job_ids", "revision" (0: not '
    'measured yet), "visits" (the newest 60), "products", "memberships", "unanswered", '
    '"broken"}]}. Jobs whose client is gone stand nowhere.';

-- -------------------------------------------------------------------------------------------------
-- Write
-- -------------------------------------------------------------------------------------------------
create function private.write_insights(
    p_client_id uuid, p_insights jsonb, p_policy_version text
)
returns void
language plpgsql
set search_path = ''
as $$
begin
    update public.journey_insights known
    set ended_at = now()
    where known.client_id = p_client_id and known.ended_at is null and not exists (
        select from jsonb_to_recordset(p_insights) as said (kind text, topic text)
        where said.kind = known.kind and said.topic = known.topic
    );
    insert into public.journey_insights as known (
        client_id, kind, topic, priority, sentence_pl, sentence_en, reason, policy_version
    )
    select p_client_id, said.kind, said.topic, said.priority, said.sentence_pl, said.sentence_en,
        said.reason, p_policy_version
    from jsonb_to_recordset(p_insights) as said (
        kind text, topic text, priority smallint, sentence_pl text, sentence_en text, reason jsonb
    )
    on conflict (client_id, kind, topic) where ended_at is null do update
    set priority = excluded.priority, sentence_pl = excluded.sentence_pl,
        sentence_en = excluded.sentence_en, reason = excluded.reason,
        policy_version = excluded.policy_version
    where (known.priority, known.sentence_pl, known.sentence_en, known.reason,
            known.policy_version)
        is distinct from (excluded.priority, excluded.sentence_pl, excluded.sentence_en,
            excluded.reason, excluded.policy_version);
end
$$;

-- One writer at a time, also of the first row, without holding the client's profile: tickets open
-- meanwhile. A client who was merged away has no journey: it is part of the kept one's.
create function private.lock_journey(p_client_id uuid)
returns public.client_journeys
language plpgsql
set search_path = ''
as $$
declare
    v_known public.client_journeys;
begin
    insert into public.client_journeys (client_id, revision, measured_on)
    select client.id, 0, current_date
    from public.profiles client
    where client.id = p_client_id and client.merged_into_id is null
    on conflict (client_id) do nothing;
    select known.* into v_known
    from public.client_journeys known where known.client_id = p_client_id
    for update;
    if exists (
        select from public.profiles client
        where client.id = p_client_id and client.merged_into_id is not null
    ) then
        delete from public.client_journeys known where known.client_id = p_client_id;
        return null;
    end if;
    return v_known;
end
$$;

create function private.write_journey(p_journey jsonb, p_policy_version text)
returns text
language plpgsql
set search_path = ''
as $$
declare
    v_client_id uuid := p_journey ->> 'client_id';
    v_at timestamptz := p_journey ->> 'look_again_at';
    v_known public.client_journeys;
    v_now public.client_journeys;
begin
    v_known := private.lock_journey(v_client_id);
    if v_known.client_id is null then
        perform private.write_insights(v_client_id, '[]', p_policy_version);
        perform private.cancel_timers('journey.aged', array[v_client_id]);
        return 'gone';
    elsif v_known.revision <> (p_journey ->> 'revision')::integer then
        return 'stale';
    end if;
    v_now := private.measure_journey(v_client_id, (now() at time zone 'Europe/Warsaw')::date);
    v_now.revision := v_known.revision + 1;
    delete from public.client_journeys known where known.client_id = v_client_id;
    insert into public.client_journeys select v_now.*;
    perform private.write_insights(v_client_id, p_journey -> 'insights', p_policy_version);
    if v_at is null then
        perform private.cancel_timers('journey.aged', array[v_client_id]);
    else
        perform private.set_timers('journey.aged', array[v_client_id], array[v_at]);
    end if;
    return 'recorded';
end
$$;

-- Definer: service_role holds no right to write journeys but through here. It has held its jobs.
create function private.write_journeys(p_journeys jsonb, p_policy_version text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_journey jsonb;
    v_status text;
    v_results jsonb := '[]';
begin
    -- In the order of clients: two workers never wait for each other crosswise.
    for v_journey in
        select journey.value from jsonb_array_elements(p_journeys) journey (value)
        order by journey.value ->> 'client_id'
    loop
        v_status := private.write_journey(v_journey, p_policy_version);
        v_results := v_results || (
            select coalesce(jsonb_agg(
                jsonb_build_object('job_id', job.id::bigint, 'status', v_status)
            ), '[]')
            from jsonb_array_elements_text(v_journey -> 'job_ids') job (id)
        );
    end loop;
    return v_results;
end
$$;

create function worker.record_journeys(p_items jsonb, p_journeys jsonb, p_policy_version text)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_results jsonb;
begin
    perform private.hold_jobs(p_items);
    v_results := private.write_journeys(p_journeys, p_policy_version);
    v_results := v_results || (
        select coalesce(jsonb_agg(
            jsonb_build_object('job_id', item.job_id, 'status', 'gone')
        ), '[]')
        from jsonb_to_recordset(p_items) as item (job_id bigint)
        where not exists (
            select from jsonb_to_recordset(v_results) as written (job_id bigint)
            where written.job_id = item.job_id
        )
    );
    perform private.finish_jobs(array(
        select result.job_id
        from jsonb_to_recordset(v_results) as result (job_id bigint, status text)
        where result.status <> 'stale'
    ));
    return v_results;
end
$$;
comment on function worker.record_journeys(jsonb, jsonb, text) is
    'Measures these journeys, writes their insights and finishes the jobs (items: job_id, fence), '
    'in one transaction. Journeys: client_id, job_ids, revision, insights [{kind, topic, priority, '
    'sentence_pl, sentence_en, reason}], look_again_at. Answers [{"job_id", "status"}]: stale when '
    'the journey was written meanwhile, gone when there is no such client.';

-- -------------------------------------------------------------------------------------------------
-- Staff read
-- -------------------------------------------------------------------------------------------------

-- Refuses clients, who may not read what the house thinks of them, also those who work here.
-- Definer: who is asking and whom they may know does not depend on what they may read.
create function private.find_client_of_staff(p_client_id uuid)
returns uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_client_id uuid;
begin
    if not private.is_service() then
        perform private.require_staff();
    end if;
    v_client_id := private.find_known_client(p_client_id);
    if v_client_id = private.my_client_id() then
        perform private.refuse('PT403', 'own_client', 'Not about oneself.');
    end if;
    return v_client_id;
end
$$;

-- Definer: measures what no row stands for yet from tables of which the caller may read a part.
create function private.get_client_journey_metrics(p_client_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_client_id uuid := private.find_client_of_staff(p_client_id);
    v_journey public.client_journeys;
begin
    select known.* into v_journey
    from public.client_journeys known where known.client_id = v_client_id;
    if v_journey.client_id is null then
        v_journey := private.measure_journey(
            v_client_id, (now() at time zone 'Europe/Warsaw')::date
        );
    end if;
    return private.describe_journey(v_journey);
end
$$;

create function private.describe_journey(p_journey public.client_journeys)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select jsonb_build_object(
        'client_id', p_journey.client_id,
        'measured_at', p_journey.measured_at,
        'touchpoints', jsonb_build_object(
            'total', p_journey.touchpoint_count, 'by_channel', p_journey.touchpoints,
            'first_at', p_journey.first_touch_at, 'last_at', p_journey.last_touch_at
        ),
        'waits', jsonb_build_object(
            'count', p_journey.wait_count, 'median_seconds', p_journey.wait_median_seconds,
            'worst_seconds', p_journey.wait_worst_seconds
        ),
        'effort', jsonb_build_object(
            'client_messages', p_journey.client_message_count,
            'resolutions', p_journey.resolution_count,
            'messages_per_resolution', p_journey.messages_per_resolution,
            'reopenings', p_journey.reopening_count, 'transfers', p_journey.transfer_count
        ),
        'recoveries', jsonb_build_object(
            'opened', p_journey.recovery_count, 'resolved', p_journey.recovered_count
        ),
        'promises', jsonb_build_object(
            'kept', p_journey.promises_kept_count, 'broken', p_journey.promises_broken_count,
            'kept_share', p_journey.promises_kept_share
        ),
        'visits', jsonb_build_object(
            'completed', p_journey.visit_count, 'missed', p_journey.missed_visit_count
        ),
        'spending', p_journey.spending,
        'trend', p_journey.trend
    )
$$;

create function public.get_client_journey_metrics(p_client_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.get_client_journey_metrics(p_client_id)
$$;
comment on function public.get_client_journey_metrics(uuid) is
    'Staff who look after the client, have a ticket of theirs or oversee their desk; the server: '
    'touchpoints by channel, waits (median, worst), effort (messages per resolution, reopenings, '
    'transfers), recoveries, share of promises kept, visits, spending, and the trend of the last '
    '90 days against the 90 before.';

create function private.get_personalized_insights(p_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_client_id uuid := private.find_client_of_staff(p_client_id);
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'id', known.id, 'kind', known.kind, 'topic', known.topic,
            'priority', known.priority, 'sentence_pl', known.sentence_pl,
            'sentence_en', known.sentence_en, 'reason', known.reason, 'found_at', known.found_at
        ) order by known.priority, known.found_at desc, known.kind, known.topic), '[]')
        from public.journey_insights known
        where known.client_id = v_client_id and known.ended_at is null
    );
end
$$;

create function public.get_personalized_insights(p_client_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.get_personalized_insights(p_client_id)
$$;
comment on function public.get_personalized_insights(uuid) is
    'Staff who look after the client, have a ticket of theirs or oversee their desk; the server: '
    'what is worth knowing now, most pressing first: [{"id", "kind", "topic", "priority" (1 today, '
    '2 this week, 3 good to know), "sentence_pl", "sentence_en", "reason": {"evidence", '
    '"numbers"}, "found_at"}]. Empty when nothing holds.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.client_journeys, public.journey_insights
from anon, authenticated, service_role;
grant select on public.client_journeys, public.journey_insights to authenticated, service_role;
alter table public.client_journeys enable row level security;
alter table public.journey_insights enable row level security;

create policy client_journeys_select_staff on public.client_journeys
for select to authenticated
using (
    client_id <> (select private.my_client_id())
    and (
        client_id = any (array(select private.my_dedicated_client_ids()))
        or exists (
            select from public.profiles client
            where client.id = client_journeys.client_id
                and client.desk_id = any (array(select private.my_overseen_desk_ids()))
        )
        or client_id = any (array(select private.my_live_client_ids()))
    )
);

create policy journey_insights_select_staff on public.journey_insights
for select to authenticated
using (
    client_id <> (select private.my_client_id())
    and (
        client_id = any (array(select private.my_dedicated_client_ids()))
        or exists (
            select from public.profiles client
            where client.id = journey_insights.client_id
                and client.desk_id = any (array(select private.my_overseen_desk_ids()))
        )
        or client_id = any (array(select private.my_live_client_ids()))
    )
);

revoke all on function
    private.tg_client_merges_announce(), private.find_journey_client(text, uuid, jsonb),
    private.begin_day(date), private.list_touches(uuid), private.list_waits(uuid),
    private.measure_effort(uuid), private.measure_window(uuid, timestamptz, timestamptz),
    private.name_direction(numeric, numeric), private.measure_trend(uuid, date),
    private.measure_contact(uuid), private.measure_loyalty(uuid),
    private.measure_journey(uuid, date), private.list_visit_facts(uuid),
    private.list_product_facts(uuid), private.list_membership_facts(uuid),
    private.list_ticket_facts(uuid, timestamptz), worker.journey_contexts(jsonb),
    private.write_insights(uuid, jsonb, text), private.lock_journey(uuid),
    private.write_journey(jsonb, text),
    private.write_journeys(jsonb, text), worker.record_journeys(jsonb, jsonb, text),
    private.find_client_of_staff(uuid), private.get_client_journey_metrics(uuid),
    private.describe_journey(public.client_journeys), public.get_client_journey_metrics(uuid),
    private.get_personalized_insights(uuid), public.get_personalized_insights(uuid)
from public, anon, authenticated, service_role;
grant execute on function
    private.find_client_of_staff(uuid), private.get_client_journey_metrics(uuid),
    public.get_client_journey_metrics(uuid), private.get_personalized_insights(uuid),
    public.get_personalized_insights(uuid)
to authenticated, service_role;
grant execute on function
    private.is_uuid(jsonb), private.find_journey_client(text, uuid, jsonb),
    private.list_visit_facts(uuid), private.list_product_facts(uuid),
    private.list_membership_facts(uuid), private.list_ticket_facts(uuid, timestamptz),
    private.list_touches(uuid),
    worker.journey_contexts(jsonb), private.write_journeys(jsonb, text),
    worker.record_journeys(jsonb, jsonb, text)
to service_role;
