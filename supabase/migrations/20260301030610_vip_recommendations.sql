-- Recommendations: what to offer a VIP client next, with reasons in numbers, and what came of it.
--
-- events in: visit.booked, .completed, purchase.recorded, membership.started, .ended,
--   recovery_case.opened, .resolved, wellness.requested (daily, for each VIP client).
-- worker: vip.recommendations; decision: lib/vip/recommendations.py. Writes offers, ends those that
-- do not hold any more, notes what was bought, and keeps opportunity_score of the VIP profile.
-- events out: recommendation.accepted, recommendation.declined (subject: it; payload: client_id).
-- Never within 14 days of a complaint or while a recovery case is open: asked when decided, again
-- under lock when written, and again when shown.
-- Order of locks: jobs, the client, their VIP profile, recommendations.

create table public.vip_recommendations (
    id uuid primary key default gen_random_uuid(),
    client_id uuid not null references public.profiles (id) on delete cascade,
    kind text not null,
    target_id text not null,
    score smallint not null,
    reasons jsonb not null,
    state text not null default 'offered',
    policy_version text not null,
    offered_at timestamptz not null default now(),
    expires_at timestamptz not null,
    answered_at timestamptz,
    answered_by uuid,
    expiry_reason text,
    outcome text,
    outcome_at timestamptz,
    evidence_id uuid,
    updated_at timestamptz not null default now(),
    constraint vip_recommendations_kind_is_known check (kind in (
        'course_step', 'refill', 'complement', 'membership_upgrade', 'exclusive_access'
    )),
    constraint vip_recommendations_target_is_an_id check (target_id ~ '^[a-z0-9_:-]{1,60}$'),
    constraint vip_recommendations_score_is_a_score check (score between 0 and 100),
    constraint vip_recommendations_reasons_are_a_bounded_list
        check (
            jsonb_typeof(reasons) = 'array' and jsonb_array_length(reasons) >= 1
            and octet_length(reasons::text) <= 4096
        ),
    constraint vip_recommendations_state_is_known
        check (state in ('offered', 'accepted', 'declined', 'expired')),
    constraint vip_recommendations_answers_have_a_time
        check ((state in ('accepted', 'declined')) = (answered_at is not null)),
    constraint vip_recommendations_expire_for_a_reason
        check (
            (state = 'expired') = (expiry_reason is not null)
            and expiry_reason in ('recent_complaint', 'no_longer_fits', 'too_late', 'switched_off')
        ),
    constraint vip_recommendations_outcome_is_known
        check (
            outcome in ('bought', 'booked', 'reserved', 'none')
            and (outcome is null) = (outcome_at is null)
        ),
    constraint vip_recommendations_policy_version_is_short
        check (private.is_clean_text(policy_version, 40))
);
comment on table public.vip_recommendations is
    'What was offered to a VIP client and why, how they answered, and what they did then.';
comment on column public.vip_recommendations.target_id is
    'treatment:<id>, product:<id>, plan:<id> or item:<id>.';
comment on column public.vip_recommendations.reasons is
    'A list of {reason, value, reference, unit}: why this, in numbers.';
comment on column public.vip_recommendations.answered_by is
    'Client or staff for them; null: they simply bought it. No foreign key: it outlives people.';
comment on column public.vip_recommendations.outcome is
    'What followed within 30 days; none: nothing; null: not known yet.';
comment on column public.vip_recommendations.evidence_id is
    'The visit, purchase, membership or reservation that followed.';
create unique index vip_recommendations_offered_once
    on public.vip_recommendations (client_id, target_id) where state = 'offered';
comment on index public.vip_recommendations_offered_once is
    'Serves the worker''s look-up, and lets nothing be offered twice at a time.';
create index vip_recommendations_client_id_idx
    on public.vip_recommendations (client_id, offered_at);
comment on index public.vip_recommendations_client_id_idx is
    'Serves a client''s list, the policy and the foreign key.';

create trigger vip_recommendations_touch
before update on public.vip_recommendations
for each row execute function private.tg_touch_row();

create function private.tg_vip_recommendations_emit()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if new.state = 'accepted' then
        perform private.emit_events(
            'recommendation.accepted', array[new.id],
            array[jsonb_build_object('client_id', new.client_id, 'kind', new.kind)]
        );
    else
        perform private.emit_events(
            'recommendation.declined', array[new.id],
            array[jsonb_build_object('client_id', new.client_id, 'kind', new.kind)]
        );
    end if;
    return null;
end
$$;

create trigger vip_recommendations_emit
after update of state on public.vip_recommendations
for each row when (old.state = 'offered' and new.state in ('accepted', 'declined'))
execute function private.tg_vip_recommendations_emit();

insert into private.client_tables (kind, table_name)
values ('recommendation', 'vip_recommendations');

-- Definer: whoever merges clients holds no right to write recommendations. What was on offer to the
-- duplicate ends, what became of earlier ones moves with the client.
create function private.tg_profiles_end_recommendations()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    update public.vip_recommendations known
    set state = 'expired', expiry_reason = 'no_longer_fits'
    where known.client_id = new.id and known.state = 'offered';
    return null;
end
$$;

create trigger profiles_end_recommendations
after update of merged_into_id on public.profiles
for each row when (new.merged_into_id is not null and old.merged_into_id is null)
execute function private.tg_profiles_end_recommendations();

insert into private.subscriptions (event_kind, worker, collapses)
select kind, 'vip.recommendations', true
from unnest(array[
    'visit.booked', 'visit.completed', 'purchase.recorded', 'membership.started',
    'membership.ended', 'recovery_case.opened', 'recovery_case.resolved', 'wellness.requested'
]) kind;

-- -------------------------------------------------------------------------------------------------
-- What goes with what, counted once a day over the whole house
-- -------------------------------------------------------------------------------------------------
create table private.offer_pairs (
    first_id text not null,
    second_id text not null,
    client_count integer not null,
    first_count integer not null,
    second_count integer not null,
    total_count integer not null,
    primary key (first_id, second_id),
    constraint offer_pairs_counts_fit_together check (
        client_count <= least(first_count, second_count)
        and greatest(first_count, second_count) <= total_count
    )
);
comment on table private.offer_pairs is
    'How many clients had both within a year, how many each, how many anything at all. Pairs of '
    'fewer than 5 clients are not kept: they would say more of the clients than of the things.';

-- What a client has had: treatments done and products bought.
create function private.list_had_offers(p_since timestamptz)
returns table (client_id uuid, offer_id text)
language sql
stable
rows 10000
set search_path = ''
as $$
    select visit.client_id, 'treatment:' || visit.treatment_id
    from public.visits visit
    where visit.status = 'completed' and visit.starts_at > p_since
    union
    select bought.client_id, 'product:' || bought.product_id
    from public.purchases bought
    where bought.product_id is not null and bought.purchased_at > p_since
        and bought.refunded_minor < bought.amount_minor
$$;

create function private.refresh_offer_pairs()
returns void
language plpgsql
set search_path = ''
as $$
begin
    delete from private.offer_pairs;
    insert into private.offer_pairs (
        first_id, second_id, client_count, first_count, second_count, total_count
    )
    with had as materialized (
        select known.client_id, known.offer_id
        from private.list_had_offers(now() - interval '365 days') known
    ),
    counted as materialized (
        select had.offer_id, count(*)::integer as client_count from had group by had.offer_id
    )
    select
        pair.first_id, pair.second_id, pair.client_count, first_.client_count,
        second_.client_count, (select count(distinct had.client_id) from had)
    from (
        select ours.offer_id as first_id, theirs.offer_id as second_id,
            count(*)::integer as client_count
        from had ours
        join had theirs on theirs.client_id = ours.client_id and theirs.offer_id <> ours.offer_id
        group by ours.offer_id, theirs.offer_id
        having count(*) >= 5
    ) pair
    join counted first_ on first_.offer_id = pair.first_id
    join counted second_ on second_.offer_id = pair.second_id;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Read
-- -------------------------------------------------------------------------------------------------
create function private.describe_catalogue()
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return jsonb_build_object(
        'treatments', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'id', known.id, 'course_sessions', known.course_sessions,
                'course_gap_days', known.course_gap_days, 'required_skill', known.required_skill
            ) order by known.id), '[]')
            from public.treatments known where known.is_active
        ),
        'products', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'id', known.id, 'lasts_days', known.lasts_days
            ) order by known.id), '[]')
            from public.products known where known.is_active
        ),
        'plans', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'id', known.id, 'period_months', known.period_months,
                'price_minor', known.price_minor
            ) order by known.price_minor, known.id), '[]')
            from public.membership_plans known where known.is_active and known.currency = 'PLN'
        )
    );
end
$$;

create function private.list_offer_history(p_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return jsonb_build_object(
        'visits', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'id', visit.id, 'treatment_id', visit.treatment_id, 'status', visit.status,
                'starts_at', visit.starts_at, 'booked_at', visit.booked_at
            ) order by visit.starts_at, visit.id), '[]')
            from public.visits visit
            where visit.client_id = p_client_id and visit.status in ('booked', 'completed')
                and visit.starts_at > now() - interval '400 days'
        ),
        'purchases', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'id', bought.id, 'product_id', bought.product_id, 'quantity', bought.quantity,
                'purchased_at', bought.purchased_at
            ) order by bought.purchased_at, bought.id), '[]')
            from public.purchases bought
            where bought.client_id = p_client_id and bought.product_id is not null
                and bought.refunded_minor < bought.amount_minor
                and bought.purchased_at > now() - interval '400 days'
        ),
        'memberships', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'id', member.id, 'plan_id', member.plan_id, 'status', member.status,
                'starts_on', member.starts_on, 'ends_on', member.ends_on,
                'recorded_at', member.recorded_at
            ) order by member.starts_on, member.id), '[]')
            from public.memberships member
            where member.client_id = p_client_id and member.ends_on > current_date - 400
        )
    );
end
$$;

create function private.list_open_recommendations(p_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'id', known.id, 'kind', known.kind, 'target_id', known.target_id,
            'state', known.state, 'offered_at', known.offered_at,
            'expires_at', known.expires_at, 'answered_at', known.answered_at,
            'outcome', known.outcome
        ) order by known.offered_at, known.id), '[]')
        from public.vip_recommendations known
        where known.client_id = p_client_id and (
            known.state = 'offered' or known.state = 'accepted' and known.outcome is null
            or known.state = 'declined' and known.answered_at > now() - interval '90 days'
            or known.expiry_reason = 'too_late' and known.updated_at > now() - interval '30 days'
        )
    );
end
$$;

create function private.list_offered_access(p_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'id', item.id, 'closes_at', item.closes_at, 'starts_at', item.starts_at,
            'free_count', item.capacity - item.taken_count,
            'has_free_place', private.has_free_place(item.id, client.tier),
            'reservation_id', mine.id, 'reserved_at', mine.requested_at
        ) order by item.starts_at, item.id), '[]')
        from public.exclusive_items item
        join public.profiles client on client.id = p_client_id
        left join public.exclusive_reservations mine
            on mine.item_id = item.id and mine.client_id = client.id
            and mine.state in ('waiting', 'offered', 'reserved')
        where item.ends_at > now() and (
            mine.id is not null
            or item.status = 'open' and item.opens_at <= now() and item.closes_at > now()
                and private.is_entitled_to_item(client.id, item.id)
        )
    );
end
$$;

create function private.list_client_pairs(p_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(to_jsonb(pair) order by pair.first_id, pair.second_id), '[]')
        from private.offer_pairs pair
        where pair.first_id in (
            select 'treatment:' || visit.treatment_id from public.visits visit
            where visit.client_id = p_client_id and visit.status = 'completed'
                and visit.starts_at > now() - interval '180 days'
            union
            select 'product:' || bought.product_id from public.purchases bought
            where bought.client_id = p_client_id and bought.product_id is not null
                and bought.purchased_at > now() - interval '180 days'
        )
    );
end
$$;

create function private.describe_prospects(p_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select jsonb_build_object(
            'client_id', client.id,
            'has_recent_complaint',
            private.has_recent_complaint(client.id, clock_timestamp()),
            'skills', array(
                select distinct able.skill
                from public.staff_members staff
                join public.staff_skills able on able.staff_id = staff.id
                where staff.desk_id = client.desk_id and staff.is_active
                order by able.skill
            ),
            'pairs', private.list_client_pairs(client.id),
            'items', private.list_offered_access(client.id),
            'recommendations', private.list_open_recommendations(client.id)
        ) || private.list_offer_history(client.id)
        from public.profiles client where client.id = p_client_id
    );
end
$$;

-- Definer: what goes with what is nobody's to read as such; only service_role may execute it.
create function private.read_recommendations(p_subject_ids uuid[])
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set enable_seqscan = off
as $$
begin
    return (
        select jsonb_build_object(
            'read_at', now(), 'catalogue', private.describe_catalogue(),
            'is_enabled', (
                select count(*) = 2 from public.feature_flags flag
                where flag.flag in ('vip_services', 'ai_personalization') and flag.is_enabled
            ),
            'clients', coalesce(jsonb_agg(
                private.describe_prospects(asked.client_id)
                    || jsonb_build_object('subject_ids', asked.subject_ids)
                order by asked.client_id
            ), '[]')
        )
        from (
            select subject.client_id, array_agg(subject.subject_id) as subject_ids
            from private.list_wellness_subjects(p_subject_ids) subject
            group by subject.client_id
        ) asked
    );
end
$$;

create function worker.recommendation_contexts(p_subject_ids uuid[])
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.read_recommendations(p_subject_ids)
$$;
comment on function worker.recommendation_contexts(uuid[]) is
    'For clients, visits, purchases, memberships, tickets, surveys and recovery cases: the VIP '
    'clients they are of, what they had, have and were offered, what goes with it, and the '
    'house''s catalogue, as of one moment.';

-- -------------------------------------------------------------------------------------------------
-- Write
-- -------------------------------------------------------------------------------------------------
create function private.offer_recommendations(p_client_id uuid, p_offers jsonb)
returns void
language sql
set search_path = ''
as $$
    insert into public.vip_recommendations as known (
        client_id, kind, target_id, score, reasons, policy_version, expires_at
    )
    select
        p_client_id, told.kind, told.target_id, told.score, told.reasons, told.policy_version,
        told.expires_at
    from jsonb_to_recordset(p_offers) as told (
        kind text, target_id text, score smallint, reasons jsonb, policy_version text,
        expires_at timestamptz
    )
    on conflict (client_id, target_id) where state = 'offered' do update
    set kind = excluded.kind, score = excluded.score, reasons = excluded.reasons,
        policy_version = excluded.policy_version
    where (known.kind, known.score, known.reasons)
        is distinct from (excluded.kind, excluded.score, excluded.reasons)
$$;

-- Who bought what was on offer has accepted it without saying so.
create function private.end_recommendations(p_client_id uuid, p_endings jsonb)
returns void
language sql
set search_path = ''
as $$
    update public.vip_recommendations known
    set state = case
            when told.expiry_reason is not null then 'expired' else 'accepted' end,
        expiry_reason = told.expiry_reason,
        answered_at = case
            when told.expiry_reason is null then coalesce(known.answered_at, told.outcome_at) end,
        outcome = told.outcome, outcome_at = told.outcome_at, evidence_id = told.evidence_id
    from jsonb_to_recordset(p_endings) as told (
        id uuid, expiry_reason text, outcome text, outcome_at timestamptz, evidence_id uuid
    )
    where known.id = told.id and known.client_id = p_client_id
        and (
            known.state = 'offered'
            or known.state = 'accepted' and told.expiry_reason is null and known.outcome is null
        )
$$;

-- recorded; stale: read before the latest answer, judgement or complaint; gone: no VIP client. A
-- complaint made while we waited for the lock is later than now().
create function private.settle_recommendations(p_judgement jsonb)
returns text
language plpgsql
set search_path = ''
as $$
declare
    v_client_id uuid := p_judgement ->> 'client_id';
begin
    if not private.is_vip_client(v_client_id) then
        return 'gone';
    elsif p_judgement -> 'offers' <> '[]'
        and private.has_recent_complaint(v_client_id, clock_timestamp())
        or not private.note_reading(
            v_client_id, 'recommendations', (p_judgement ->> 'read_at')::timestamptz
        )
    then
        return 'stale';
    end if;
    perform private.end_recommendations(v_client_id, p_judgement -> 'endings');
    perform private.offer_recommendations(v_client_id, p_judgement -> 'offers');
    update public.vip_client_profiles vip
    set opportunity_score = (p_judgement ->> 'opportunity_score')::integer
    where vip.client_id = v_client_id and vip.opportunity_score is distinct from
        (p_judgement ->> 'opportunity_score')::integer;
    return 'recorded';
end
$$;

-- Definer: not even the service key may write recommendations but through here; only service_role
-- may execute it.
create function private.apply_recommendations(p_items jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_results jsonb := '[]';
    v_item record;
begin
    perform private.lock_clients(array(
        select (item.judgement ->> 'client_id')::uuid
        from jsonb_to_recordset(p_items) as item (judgement jsonb)
    ));
    for v_item in
        select item.job_id, item.judgement
        from jsonb_to_recordset(p_items) as item (job_id bigint, judgement jsonb)
        order by item.judgement ->> 'client_id'
    loop
        v_results := v_results || jsonb_build_object('job_id', v_item.job_id, 'status', case
            when jsonb_typeof(v_item.judgement) is distinct from 'object' then 'gone'
            else private.settle_recommendations(v_item.judgement) end);
    end loop;
    return v_results;
end
$$;

create function worker.record_recommendations(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    perform private.hold_jobs(p_items);
    return private.finish_decided(private.apply_recommendations(p_items));
end
$$;
comment on function worker.record_recommendations(jsonb) is
    'Effect and end of recommendation jobs, in one transaction. Items: job_id, fence, judgement '
    '{client_id, read_at, opportunity_score, offers, endings} or null. Answers [{"job_id", '
    '"status"}]: recorded, stale (answered, judged or complained meanwhile, the job is still '
    'held), gone (no VIP client).';

-- -------------------------------------------------------------------------------------------------
-- What people ask and answer
-- -------------------------------------------------------------------------------------------------
create function private.name_target(p_target_id text)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_id text := split_part(p_target_id, ':', 2);
begin
    return (
        select jsonb_build_object('title_pl', named.pl, 'title_en', named.en)
        from (
            select 'treatment', known.name_pl, known.name_en
            from public.treatments known where known.id = v_id
            union all
            select 'product', known.name_pl, known.name_en
            from public.products known where known.id = v_id
            union all
            select 'plan', known.name_pl, known.name_en
            from public.membership_plans known where known.id = v_id
            union all
            select 'item', known.title_pl, known.title_en
            from public.exclusive_items known where known.id::text = v_id
        ) named (word, pl, en)
        where named.word = split_part(p_target_id, ':', 1)
    );
end
$$;

create function private.describe_recommendation(
    p_recommendation public.vip_recommendations, p_is_staff boolean
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_answer jsonb := to_jsonb(p_recommendation)
        || coalesce(private.name_target(p_recommendation.target_id), '{}');
begin
    return case when p_is_staff then v_answer
        else v_answer - array[
            'score', 'policy_version', 'answered_by', 'expiry_reason', 'outcome', 'outcome_at',
            'evidence_id'
        ] end;
end
$$;

-- Definer: clients may not read the rows; staff leave a row of the audit, which nobody may write.
create function private.get_personalized_recommendations(p_client_id uuid, p_purpose text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_is_own boolean := coalesce(p_client_id = private.my_client_id(), false);
    v_is_withheld boolean;
begin
    if not v_is_own then
        perform private.require_vip_reader(p_client_id);
        perform private.note_vip_read(p_client_id, 'recommendations', p_purpose);
    end if;
    v_is_withheld := private.has_recent_complaint(p_client_id, clock_timestamp());
    return jsonb_build_object(
        'client_id', p_client_id,
        'recommendations', (
            select coalesce(jsonb_agg(
                private.describe_recommendation(known, not v_is_own)
                order by known.score desc, known.id
            ), '[]')
            from public.vip_recommendations known
            where known.client_id = p_client_id and known.state = 'offered'
                and known.expires_at > now() and not v_is_withheld
        )
    ) || case when v_is_own then '{}' else jsonb_build_object(
        'is_withheld', v_is_withheld,
        'opportunity_score', (
            select vip.opportunity_score from public.vip_client_profiles vip
            where vip.client_id = p_client_id
        ),
        'earlier', private.list_earlier_recommendations(p_client_id)
    ) end;
end
$$;

create function private.list_earlier_recommendations(p_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(
            private.describe_recommendation(earlier, true)
            order by earlier.offered_at desc, earlier.id
        ), '[]')
        from (
            select known.* from public.vip_recommendations known
            where known.client_id = p_client_id and known.state <> 'offered'
            order by known.offered_at desc
            limit 20
        ) earlier
    );
end
$$;

create function public.get_personalized_recommendations(
    p_client_id uuid, p_purpose text default 'client_care'
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.get_personalized_recommendations(p_client_id, p_purpose)
$$;
comment on function public.get_personalized_recommendations(uuid, text) is
    'getPersonalizedRecommendations: client_id, recommendations [{id, kind, target_id, title_pl, '
    'title_en, reasons [{reason, value, reference, unit}], state, offered_at, expires_at}], best '
    'first; none within 14 days of a complaint or while a recovery case is open. For staff who see '
    'the VIP profile and the server also score, is_withheld, opportunity_score, earlier ones with '
    'their outcome, and a row of vip_profile_reads.';

-- Foreign ids answer like unknown ones. Locks the client first, as the worker does.
create function private.lock_recommendation(p_recommendation_id uuid)
returns public.vip_recommendations
language plpgsql
set search_path = ''
as $$
declare
    v_known public.vip_recommendations;
begin
    if not private.is_service() then
        perform private.require_signed_in();
    end if;
    select known.* into v_known
    from public.vip_recommendations known where known.id = p_recommendation_id;
    if v_known.client_id is distinct from private.my_client_id()
        and not private.is_vip_reader(v_known.client_id) or v_known.id is null
    then
        perform private.refuse('PT404', 'recommendation_not_found', 'There is none for you.');
    end if;
    perform private.lock_clients(array[v_known.client_id]);
    select known.* into v_known
    from public.vip_recommendations known where known.id = p_recommendation_id
    for no key update;
    return v_known;
end
$$;

-- Definer: nobody holds a right to write recommendations; whose it is is checked first.
create function private.answer_recommendation(p_recommendation_id uuid, p_is_accepted boolean)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_known public.vip_recommendations := private.lock_recommendation(p_recommendation_id);
    v_state text := case when p_is_accepted then 'accepted' else 'declined' end;
begin
    if p_is_accepted is null then
        perform private.refuse('PT400', 'is_accepted_required', 'Say true or false.');
    elsif v_known.state <> 'offered' and v_known.state <> v_state then
        perform private.refuse('PT409', 'recommendation_is_settled', 'It was answered already.');
    elsif v_known.state = 'offered' and v_known.expires_at <= now() then
        perform private.refuse('PT410', 'recommendation_expired', 'It is not on offer any more.');
    elsif v_known.state = 'offered' then
        update public.vip_recommendations known
        set state = v_state, answered_at = now(), answered_by = auth.uid()
        where known.id = v_known.id
        returning known.* into v_known;
        -- What is being judged from an earlier reading would offer it again.
        perform private.note_reading(
            v_known.client_id, 'recommendations', clock_timestamp()
        );
        perform private.open_outreach_task(
            v_known.client_id, 'recommendation_accepted', null, now(), now() + interval '1 day',
            'recommendation:' || v_known.id, jsonb_build_object(
                'reason', 'recommendation_accepted', 'recommendation_id', v_known.id,
                'target_id', v_known.target_id
            )
        )
        where p_is_accepted;
    end if;
    return private.describe_recommendation(
        v_known, v_known.client_id is distinct from private.my_client_id()
    );
end
$$;

create function public.answer_recommendation(p_recommendation_id uuid, p_is_accepted boolean)
returns jsonb
language sql
set search_path = ''
as $$
    select private.answer_recommendation(p_recommendation_id, p_is_accepted)
$$;
comment on function public.answer_recommendation(uuid, boolean) is
    'The client, or staff who see their VIP profile and were told: yes or no. Yes opens a task for '
    'the client''s team; a no is not offered again for 90 days. Saying it twice changes nothing. '
    '409 recommendation_is_settled, 410 recommendation_expired. Answers the recommendation.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.vip_recommendations, private.offer_pairs
from anon, authenticated, service_role;
grant select on public.vip_recommendations to authenticated, service_role;
alter table public.vip_recommendations enable row level security;
alter table private.offer_pairs enable row level security;

create policy vip_recommendations_select_staff on public.vip_recommendations
for select to authenticated
using (
    client_id <> (select auth.uid())
    and (
        client_id = any (array(select private.my_live_client_ids()))
        or client_id = any (array(select private.my_dedicated_client_ids()))
        or exists (
            select from public.profiles client
            where client.id = vip_recommendations.client_id
                and client.desk_id = any (array(select private.my_overseen_desk_ids()))
        )
    )
);

revoke all on function
    private.tg_vip_recommendations_emit(), private.tg_profiles_end_recommendations(),
    private.list_had_offers(timestamptz),
    private.refresh_offer_pairs(), private.describe_catalogue(),
    private.list_offer_history(uuid), private.list_open_recommendations(uuid),
    private.list_offered_access(uuid), private.list_client_pairs(uuid),
    private.describe_prospects(uuid), private.read_recommendations(uuid[]),
    worker.recommendation_contexts(uuid[]), private.offer_recommendations(uuid, jsonb),
    private.end_recommendations(uuid, jsonb), private.settle_recommendations(jsonb),
    private.apply_recommendations(jsonb), worker.record_recommendations(jsonb),
    private.name_target(text),
    private.describe_recommendation(public.vip_recommendations, boolean),
    private.get_personalized_recommendations(uuid, text),
    private.list_earlier_recommendations(uuid),
    public.get_personalized_recommendations(uuid, text), private.lock_recommendation(uuid),
    private.answer_recommendation(uuid, boolean), public.answer_recommendation(uuid, boolean)
from public, anon, authenticated, service_role;
grant execute on function
    private.get_personalized_recommendations(uuid, text),
    public.get_personalized_recommendations(uuid, text),
    private.answer_recommendation(uuid, boolean), public.answer_recommendation(uuid, boolean)
to authenticated, service_role;
grant execute on function
    private.read_recommendations(uuid[]), worker.recommendation_contexts(uuid[]),
    private.apply_recommendations(jsonb), worker.record_recommendations(jsonb)
to service_role;
