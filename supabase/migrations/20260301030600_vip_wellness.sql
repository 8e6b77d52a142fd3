-- Wellness: how well the house and a VIP client are doing, one number from 0 to 100 with its parts.
--
-- events in: visit.booked, .completed, .missed, .cancelled, purchase.recorded, membership.started,
--   .ended, ticket.resolved, promise.breached, survey.answered, recovery_case.opened, .resolved,
--   message.judged, wellness.requested (a timer; subject: the client), clock.daily (a round: every
--   VIP client is requested, spread over an hour at most).
-- worker: vip.wellness; decision: lib/vip/wellness.py. Writes a report when anything but the day
-- changed, risk_status of the VIP profile, and one outreach task for each fall.
-- events out: wellness.requested.
-- Order of locks: jobs, the client, their VIP profile.

create table public.wellness_settings (
    setting text primary key,
    value integer not null,
    description text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint wellness_settings_setting_is_known check (setting in (
        'high_risk_below', 'medium_risk_below', 'hysteresis_points', 'fall_points', 'fall_days',
        'outreach_hours'
    )),
    constraint wellness_settings_value_is_sane check (
        value between 1 and case setting
            when 'hysteresis_points' then 30 when 'fall_days' then 180
            when 'outreach_hours' then 336 else 100
        end
    ),
    constraint wellness_settings_description_is_short
        check (private.is_clean_text(description, 200))
);
comment on table public.wellness_settings is 'The lines that turn a score into what is done.';

insert into public.wellness_settings (setting, value, description)
values
    ('high_risk_below', 45, 'Scores below are a high risk, and a fall'),
    ('medium_risk_below', 65, 'Scores below are a medium risk'),
    ('hysteresis_points', 5, 'Points above a line before it counts as left'),
    ('fall_points', 15, 'So many points less than the best of the last days are a fall'),
    ('fall_days', 30, 'How many days back the best score is looked for'),
    ('outreach_hours', 48, 'Within how many hours somebody speaks to the client');

create trigger wellness_settings_touch
before update on public.wellness_settings
for each row execute function private.tg_touch_row();
create trigger wellness_settings_record
after insert or update or delete on public.wellness_settings
for each row execute function private.tg_record_configuration('setting');

create function private.sum_points(p_drivers jsonb)
returns bigint
language sql
immutable
set search_path = ''
as $$
    select coalesce(sum((driver ->> 'points')::integer), 0)
    from jsonb_array_elements(p_drivers) driver
$$;

create table public.vip_wellness_reports (
    id bigint generated always as identity primary key,
    client_id uuid not null references public.profiles (id) on delete cascade,
    score smallint not null,
    risk_status text not null,
    drivers jsonb not null,
    trend_30_points smallint,
    trend_90_points smallint,
    fell_below smallint,
    is_fall boolean not null,
    policy_version text not null,
    evaluated_at timestamptz not null,
    constraint vip_wellness_reports_score_is_a_score check (score between 0 and 100),
    constraint vip_wellness_reports_risk_is_known check (risk_status in ('low', 'medium', 'high')),
    constraint vip_wellness_reports_drivers_are_a_bounded_list
        check (jsonb_typeof(drivers) = 'array' and octet_length(drivers::text) <= 16384),
    constraint vip_wellness_reports_parts_sum_to_the_score
        check (private.sum_points(drivers) = score),
    constraint vip_wellness_reports_falls_are_below_a_line
        check (not is_fall or fell_below is not null),
    constraint vip_wellness_reports_policy_version_is_short
        check (private.is_clean_text(policy_version, 40))
);
comment on table public.vip_wellness_reports is
    'Each time a client''s wellness came out different: score, parts, risk. Append only. The '
    'house''s own view: staff read it, clients do not.';
comment on column public.vip_wellness_reports.drivers is
    'A list of {driver, value, reference, unit, points, max_points, is_neutral, evidence_ids}; '
    'neutral: too little is known, and the points are the neutral share.';
comment on column public.vip_wellness_reports.trend_30_points is
    'Against the report in force 30 days before, as trend_90_points 90; null: there was none.';
comment on column public.vip_wellness_reports.fell_below is
    'The line whose crossing was the fall that goes on; null: none does. It ends some points above '
    'the line (hysteresis), and only then another can begin.';
comment on column public.vip_wellness_reports.is_fall is 'This report began it.';
create index vip_wellness_reports_client_id_idx
    on public.vip_wellness_reports (client_id, evaluated_at, id);
comment on index public.vip_wellness_reports_client_id_idx is
    'Serves the newest report of a client, trends, the policy and the foreign key.';

create table private.vip_readings (
    client_id uuid not null references public.profiles (id) on delete cascade,
    concept text not null,
    read_at timestamptz not null,
    primary key (client_id, concept),
    constraint vip_readings_concept_is_known check (concept in ('wellness', 'recommendations'))
);
comment on table private.vip_readings is
    'As of when each client was last judged: an older reading must not be written over a newer.';

create table public.vip_profile_reads (
    id bigint generated always as identity primary key,
    client_id uuid not null references public.profiles (id) on delete cascade,
    reader_id uuid,
    subject text not null,
    purpose text not null,
    read_at timestamptz not null default now(),
    constraint vip_profile_reads_subject_is_known
        check (subject in ('profile', 'wellness', 'recommendations')),
    constraint vip_profile_reads_purpose_is_known check (purpose in (
        'client_care', 'service_preparation', 'recovery', 'quality_review', 'administration'
    ))
);
comment on table public.vip_profile_reads is
    'Who of the staff looked at a VIP client''s file, and what for. Append only.';
comment on column public.vip_profile_reads.reader_id is
    'Null: the server. No foreign key: the audit outlives people.';
create index vip_profile_reads_client_id_idx on public.vip_profile_reads (client_id, read_at);
comment on index public.vip_profile_reads_client_id_idx is
    'Serves who looked at a client, the policy and the foreign key.';

-- -------------------------------------------------------------------------------------------------
-- Who is asked about, and when
-- -------------------------------------------------------------------------------------------------
insert into private.subscriptions (event_kind, worker, collapses)
select kind, 'vip.wellness', true
from unnest(array[
    'visit.booked', 'visit.completed', 'visit.missed', 'visit.cancelled', 'purchase.recorded',
    'membership.started', 'membership.ended', 'ticket.resolved', 'promise.breached',
    'survey.answered', 'recovery_case.opened', 'recovery_case.resolved', 'message.judged',
    'wellness.requested', 'clock.daily'
]) kind;

create function private.is_vip_client(p_client_id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return exists (
        select from public.vip_client_profiles vip
        join public.service_levels level on level.tier = vip.tier and level.has_dedicated_agent
        where vip.client_id = p_client_id
    );
end
$$;
comment on function private.is_vip_client(uuid) is
    'Whether the client has a VIP profile and, now, a tier with people of its own.';

create function private.request_wellness(p_client_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
    -- A second apart at most: a round over thousands must not starve what happens meanwhile.
    perform private.set_timers(
        'wellness.requested',
        array_agg(asked.id order by asked.place),
        array_agg(
            now() + (asked.place - 1) * least(interval '1 s', interval '1 h' / asked.total)
            order by asked.place
        )
    )
    from (
        select id, place, count(*) over () as total
        from unnest(p_client_ids) with ordinality asked (id, place)
        where id is not null
    ) asked
    having count(*) > 0;
end
$$;

-- Definer: whoever gives a client a VIP profile holds no right to set timers.
create function private.tg_vip_client_profiles_request_wellness()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.request_wellness(array[new.client_id]);
    return null;
end
$$;

create trigger vip_client_profiles_request_wellness
after insert or update of client_id, tier on public.vip_client_profiles
for each row execute function private.tg_vip_client_profiles_request_wellness();

-- Definer: as above, for who merges clients; what was the duplicate's counts for the kept one.
create function private.tg_profiles_request_wellness()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.request_wellness(array[new.id, new.merged_into_id, old.merged_into_id])
    where new.merged_into_id is distinct from old.merged_into_id;
    return null;
end
$$;

create trigger profiles_request_wellness
after update of merged_into_id on public.profiles
for each row when (new.merged_into_id is distinct from old.merged_into_id)
execute function private.tg_profiles_request_wellness();

-- -------------------------------------------------------------------------------------------------
-- Read: each fact with its id, as of one moment
-- -------------------------------------------------------------------------------------------------

-- A subject is a client or something of theirs.
create function private.list_wellness_subjects(p_subject_ids uuid[])
returns table (subject_id uuid, client_id uuid)
language plpgsql
stable
rows 50
set search_path = ''
as $$
begin
    return query
    select found.subject_id, found.client_id
    from (
        select asked.id, asked.id from unnest(p_subject_ids) asked (id)
        union all
        select visit.id, visit.client_id from public.visits visit
        where visit.id = any (p_subject_ids)
        union all
        select bought.id, bought.client_id from public.purchases bought
        where bought.id = any (p_subject_ids)
        union all
        select member.id, member.client_id from public.memberships member
        where member.id = any (p_subject_ids)
        union all
        select ticket.id, ticket.client_id from public.support_tickets ticket
        where ticket.id = any (p_subject_ids)
        union all
        select survey.id, survey.client_id from public.surveys survey
        where survey.id = any (p_subject_ids)
        union all
        select known.id, known.client_id from public.recovery_cases known
        where known.id = any (p_subject_ids)
    ) found (subject_id, client_id)
    where private.is_vip_client(found.client_id);
end
$$;

create function private.list_wellness_visits(p_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'id', latest.id, 'status', latest.status, 'starts_at', latest.starts_at
        ) order by latest.starts_at desc, latest.id), '[]')
        from (
            select visit.id, visit.status, visit.starts_at
            from public.visits visit
            where visit.client_id = p_client_id and visit.starts_at > now() - interval '400 days'
                and visit.status <> 'cancelled'
            order by visit.starts_at desc
            limit 200
        ) latest
    );
end
$$;

-- In the house's currency alone: sums of several make no trend.
create function private.list_wellness_purchases(p_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'id', latest.id, 'net_minor', latest.net_minor, 'purchased_at', latest.purchased_at
        ) order by latest.purchased_at desc, latest.id), '[]')
        from (
            select bought.id, bought.purchased_at,
                bought.amount_minor - bought.refunded_minor as net_minor
            from public.purchases bought
            where bought.client_id = p_client_id and bought.currency = 'PLN'
                and bought.purchased_at > now() - interval '360 days'
                and bought.purchased_at <= now()
            order by bought.purchased_at desc
            limit 500
        ) latest
    );
end
$$;

create function private.list_wellness_memberships(p_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'id', latest.id, 'status', latest.status, 'starts_on', latest.starts_on,
            'ends_on', latest.ends_on, 'is_renewed', latest.renewed_by_id is not null
        ) order by latest.ends_on desc, latest.id), '[]')
        from (
            select member.* from public.memberships member
            where member.client_id = p_client_id
            order by member.ends_on desc
            limit 10
        ) latest
    );
end
$$;

-- Of promises that ended or were broken; who asked for nothing was promised nothing.
create function private.list_wellness_promises(p_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'id', latest.id, 'is_broken', latest.breached_at is not null, 'at', latest.at
        ) order by latest.at desc, latest.id), '[]')
        from (
            select promise.id, promise.breached_at,
                coalesce(promise.breached_at, promise.met_at) as at
            from public.support_tickets ticket
            join public.ticket_promises promise on promise.ticket_id = ticket.id
            where ticket.client_id = p_client_id
                and coalesce(promise.breached_at, promise.met_at) > now() - interval '90 days'
            order by at desc
            limit 200
        ) latest
    );
end
$$;

create function private.list_wellness_judgements(p_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'id', latest.message_id, 'sentiment', latest.sentiment_score, 'at', latest.judged_at
        ) order by latest.judged_at desc, latest.message_id), '[]')
        from (
            select judged.message_id, judged.sentiment_score, judged.judged_at
            from public.message_judgements judged
            where judged.client_id = p_client_id and judged.sentiment_score is not null
                and judged.judged_at > now() - interval '60 days'
            order by judged.judged_at desc
            limit 50
        ) latest
    );
end
$$;

create function private.list_wellness_surveys(p_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'id', latest.id, 'csat', latest.csat, 'at', latest.answered_at
        ) order by latest.answered_at desc, latest.id), '[]')
        from (
            select survey.id, survey.csat, survey.answered_at
            from public.surveys survey
            where survey.client_id = p_client_id and survey.csat is not null
                and survey.answered_at > now() - interval '180 days'
            order by survey.answered_at desc
            limit 10
        ) latest
    );
end
$$;

create function private.list_wellness_troubles(p_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'id', trouble.id, 'kind', trouble.kind, 'is_open', trouble.is_open, 'at', trouble.at
        ) order by trouble.at desc, trouble.id), '[]')
        from (
            select ticket.id, 'complaint' as kind, ticket.resolved_at is null as is_open,
                ticket.opened_at as at
            from public.support_tickets ticket
            where ticket.client_id = p_client_id and ticket.category = 'complaint'
                and ticket.merged_into_id is null
                and ticket.opened_at > now() - interval '90 days'
            union all
            select known.id, 'recovery', known.resolved_at is null, known.opened_at
            from public.recovery_cases known
            where known.client_id = p_client_id and known.merged_into_id is null
                and (known.opened_at > now() - interval '90 days' or known.resolved_at is null)
        ) trouble
    );
end
$$;

create function private.find_score_at(p_client_id uuid, p_at timestamptz)
returns smallint
language sql
stable
set search_path = ''
as $$
    select report.score from public.vip_wellness_reports report
    where report.client_id = p_client_id and report.evaluated_at <= p_at
    order by report.evaluated_at desc, report.id desc
    limit 1
$$;

create function private.describe_past_wellness(p_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_fall_from timestamptz := now() - make_interval(days => (
        select known.value from public.wellness_settings known where known.setting = 'fall_days'
    ));
begin
    return jsonb_build_object(
        'last', (
            select to_jsonb(report) from public.vip_wellness_reports report
            where report.client_id = p_client_id
            order by report.evaluated_at desc, report.id desc
            limit 1
        ),
        'score_30_days_ago', private.find_score_at(p_client_id, now() - interval '30 days'),
        'score_90_days_ago', private.find_score_at(p_client_id, now() - interval '90 days'),
        'best_recent_score', greatest(private.find_score_at(p_client_id, v_fall_from), (
            select max(report.score) from public.vip_wellness_reports report
            where report.client_id = p_client_id and report.evaluated_at > v_fall_from
        ))
    );
end
$$;

create function private.describe_wellness(p_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select jsonb_build_object(
            'client_id', vip.client_id, 'risk_status', vip.risk_status,
            'visits', private.list_wellness_visits(vip.client_id),
            'purchases', private.list_wellness_purchases(vip.client_id),
            'memberships', private.list_wellness_memberships(vip.client_id),
            'promises', private.list_wellness_promises(vip.client_id),
            'judgements', private.list_wellness_judgements(vip.client_id),
            'surveys', private.list_wellness_surveys(vip.client_id),
            'troubles', private.list_wellness_troubles(vip.client_id)
        ) || private.describe_past_wellness(vip.client_id)
        from public.vip_client_profiles vip where vip.client_id = p_client_id
    );
end
$$;

-- The pinned plans: one made while the tables were empty must not meet full ones.
create function worker.wellness_contexts(p_subject_ids uuid[])
returns jsonb
language plpgsql
stable
set search_path = ''
set enable_seqscan = off
as $$
begin
    return (
        select jsonb_build_object(
            'read_at', now(),
            'settings', (
                select jsonb_object_agg(known.setting, known.value)
                from public.wellness_settings known
            ),
            'clients', coalesce(jsonb_agg(
                private.describe_wellness(asked.client_id)
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
comment on function worker.wellness_contexts(uuid[]) is
    'For clients, visits, purchases, memberships, tickets, surveys and recovery cases: the VIP '
    'clients they are of, with every fact their wellness is made of, and the settings, as of one '
    'moment.';

-- -------------------------------------------------------------------------------------------------
-- Write
-- -------------------------------------------------------------------------------------------------
create function private.insert_wellness_report(p_report jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_report public.vip_wellness_reports;
    v_hours integer := (
        select known.value from public.wellness_settings known
        where known.setting = 'outreach_hours'
    );
begin
    insert into public.vip_wellness_reports (
        client_id, score, risk_status, drivers, trend_30_points, trend_90_points, fell_below,
        is_fall, policy_version, evaluated_at
    )
    select
        told.client_id, told.score, told.risk_status, told.drivers, told.trend_30_points,
        told.trend_90_points, told.fell_below, told.is_fall, told.policy_version, told.evaluated_at
    from jsonb_populate_record(null::public.vip_wellness_reports, p_report) told
    returning * into v_report;
    update public.vip_client_profiles vip
    set risk_status = v_report.risk_status
    where vip.client_id = v_report.client_id and vip.risk_status <> v_report.risk_status;
    if v_report.is_fall then
        perform private.open_outreach_task(
            v_report.client_id, 'wellness_fall', null, now(),
            now() + make_interval(hours => v_hours), 'wellness_report:' || v_report.id,
            jsonb_build_object(
                'reason', 'wellness_fall', 'report_id', v_report.id, 'score', v_report.score
            )
        );
    end if;
end
$$;

-- Whether this reading is the latest; it is from now on.
create function private.note_reading(p_client_id uuid, p_concept text, p_read_at timestamptz)
returns boolean
language plpgsql
set search_path = ''
as $$
begin
    insert into private.vip_readings as known (client_id, concept, read_at)
    values (p_client_id, p_concept, p_read_at)
    on conflict (client_id, concept) do update
    set read_at = p_read_at
    where known.read_at <= p_read_at;
    return found;
end
$$;

-- recorded; stale: somebody judged a later reading already; gone: no VIP client any more.
create function private.settle_wellness(p_judgement jsonb)
returns text
language plpgsql
set search_path = ''
as $$
declare
    v_client_id uuid := p_judgement ->> 'client_id';
    v_read_at timestamptz := p_judgement ->> 'read_at';
begin
    if not private.is_vip_client(v_client_id) then
        return 'gone';
    elsif not private.note_reading(v_client_id, 'wellness', v_read_at) then
        return 'stale';
    elsif p_judgement -> 'report' <> 'null' then
        perform private.insert_wellness_report(
            p_judgement -> 'report' || jsonb_build_object(
                'client_id', v_client_id, 'evaluated_at', v_read_at
            )
        );
    end if;
    return 'recorded';
end
$$;

-- Definer: not even the service key may write reports but through here; only service_role may
-- execute it.
create function private.apply_wellness(p_items jsonb)
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
        select item.job_id, item.judgement, coalesce(item.is_round, false) as is_round
        from jsonb_to_recordset(p_items) as item (job_id bigint, judgement jsonb, is_round boolean)
        order by item.judgement ->> 'client_id'
    loop
        if v_item.is_round then
            perform private.begin_wellness_round();
        end if;
        v_results := v_results || jsonb_build_object('job_id', v_item.job_id, 'status', case
            when v_item.is_round then 'recorded'
            when jsonb_typeof(v_item.judgement) is distinct from 'object' then 'gone'
            else private.settle_wellness(v_item.judgement) end);
    end loop;
    return v_results;
end
$$;

create function private.begin_wellness_round()
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform private.refresh_offer_pairs();
    perform private.request_wellness(array(
        select vip.client_id from public.vip_client_profiles vip
        join public.service_levels level on level.tier = vip.tier and level.has_dedicated_agent
        order by vip.client_id
    ));
end
$$;

create function worker.record_wellness(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    perform private.hold_jobs(p_items);
    return private.finish_decided(private.apply_wellness(p_items));
end
$$;
comment on function worker.record_wellness(jsonb) is
    'Effect and end of wellness jobs, in one transaction. Items: job_id, fence, is_round (begin '
    'the daily round), judgement {client_id, read_at, report or null: nothing changed} or null. '
    'Answers [{"job_id", "status"}]: recorded, stale (a later reading is written, the job is still '
    'held), gone (no VIP client).';

-- -------------------------------------------------------------------------------------------------
-- What people ask
-- -------------------------------------------------------------------------------------------------

-- As the policy of vip_client_profiles: never one's own file, an agent may be a client too.
create function private.is_vip_reader(p_client_id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return private.is_service() or p_client_id is distinct from auth.uid() and (
        p_client_id = any (array(select private.my_live_client_ids()))
        or p_client_id = any (array(select private.my_dedicated_client_ids()))
        or exists (
            select from public.profiles client
            where client.id = p_client_id
                and client.desk_id = any (array(select private.my_overseen_desk_ids()))
        )
    );
end
$$;

create function private.note_vip_read(p_client_id uuid, p_subject text, p_purpose text)
returns void
language plpgsql
set search_path = ''
as $$
begin
    if p_purpose is null or p_purpose <> all (array[
        'client_care', 'service_preparation', 'recovery', 'quality_review', 'administration'
    ]) then
        perform private.refuse(
            'PT422', 'unknown_purpose', 'client_care, service_preparation, recovery, '
            'quality_review or administration.'
        );
    end if;
    insert into public.vip_profile_reads (client_id, reader_id, subject, purpose)
    values (p_client_id, auth.uid(), p_subject, p_purpose);
end
$$;

create function private.require_vip_reader(p_client_id uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if not private.is_service() then
        perform private.require_signed_in();
    end if;
    if not private.is_vip_reader(p_client_id) or not exists (
        select from public.vip_client_profiles vip where vip.client_id = p_client_id
    ) then
        perform private.refuse('PT404', 'vip_profile_not_found', 'There is none for you.');
    end if;
end
$$;

create function private.describe_wellness_report(p_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select to_jsonb(report) - 'id' || jsonb_build_object('report_id', report.id)
        from public.vip_wellness_reports report
        where report.client_id = p_client_id
        order by report.evaluated_at desc, report.id desc
        limit 1
    );
end
$$;

-- Definer: leaves a row of the audit, which nobody may write.
create function private.get_vip_wellness_report(p_client_id uuid, p_purpose text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.require_vip_reader(p_client_id);
    perform private.note_vip_read(p_client_id, 'wellness', p_purpose);
    return jsonb_build_object(
        'client_id', p_client_id, 'score', null, 'risk_status', 'unknown', 'drivers', '[]'::jsonb
    ) || coalesce(private.describe_wellness_report(p_client_id), '{}') || jsonb_build_object(
        'history', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'score', past.score, 'risk_status', past.risk_status, 'is_fall', past.is_fall,
                'evaluated_at', past.evaluated_at
            ) order by past.evaluated_at desc), '[]')
            from (
                select report.* from public.vip_wellness_reports report
                where report.client_id = p_client_id
                order by report.evaluated_at desc, report.id desc
                limit 30
            ) past
        )
    );
end
$$;

create function public.get_vip_wellness_report(
    p_client_id uuid, p_purpose text default 'client_care'
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.get_vip_wellness_report(p_client_id, p_purpose)
$$;
comment on function public.get_vip_wellness_report(uuid, text) is
    'monitorVIPWellness: staff who see the client''s VIP profile, the server. Answers client_id, '
    'score (null: not judged yet), risk_status, drivers [{driver, value, reference, unit, points, '
    'max_points, is_neutral, evidence_ids}], trend_30_points, trend_90_points, fell_below, '
    'is_fall, policy_version, evaluated_at, report_id, history. Leaves a row of vip_profile_reads.';

create function private.describe_team(p_vip public.vip_client_profiles)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_object_agg(place.role, jsonb_build_object(
            'id', person.id, 'display_name', person.display_name
        )), '{}')
        from (
            values
                ('dedicated_agent', p_vip.dedicated_agent_id),
                ('deputy_agent', p_vip.deputy_agent_id),
                ('relationship_manager', p_vip.relationship_manager_id)
        ) place (role, staff_id)
        join public.profiles person on person.id = place.staff_id
    );
end
$$;

create function private.describe_vip_services(p_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return jsonb_build_object(
        'services', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'id', service.id, 'service_type', service.service_type,
                'status', service.status, 'scheduled_at', service.scheduled_at
            ) order by service.created_at, service.id), '[]')
            from public.white_glove_services service
            where service.client_id = p_client_id and service.closed_at is null
        ),
        'access', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'item_id', item.id, 'kind', item.kind, 'title_pl', item.title_pl,
                'title_en', item.title_en, 'starts_at', item.starts_at, 'state', mine.state
            ) order by item.starts_at, item.id), '[]')
            from public.exclusive_reservations mine
            join public.exclusive_items item on item.id = mine.item_id
            where mine.client_id = p_client_id and item.ends_at > now()
                and mine.state in ('waiting', 'offered', 'reserved')
        )
    );
end
$$;

-- What a client may know of their own file.
create function private.describe_vip_profile(
    p_client public.profiles, p_vip public.vip_client_profiles
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return jsonb_build_object(
        'id', p_vip.id, 'client_id', p_client.id,
        'client', jsonb_build_object(
            'display_name', p_client.display_name, 'given_name', p_client.given_name,
            'family_name', p_client.family_name, 'form_of_address', p_client.form_of_address,
            'locale', p_client.locale, 'time_zone', p_client.time_zone,
            'preferred_languages', p_client.preferred_languages
        ),
        'tier', p_vip.tier,
        'team', private.describe_team(p_vip), 'preferences', p_vip.preferences,
        'custom_services', p_vip.custom_services, 'exclusive_access', p_vip.exclusive_access,
        'created_at', p_vip.created_at, 'updated_at', p_vip.updated_at
    ) || private.describe_vip_services(p_client.id) || coalesce(
        (
            select jsonb_build_object(
                'tier_valid_from', period.began_at, 'tier_valid_until', period.valid_until
            )
            from public.client_tier_periods period
            where period.client_id = p_client.id and period.ended_at is null
        ),
        '{"tier_valid_from": null, "tier_valid_until": null}'
    );
end
$$;

-- Definer: clients may not read the row their safe part is taken from, and staff leave a row of
-- the audit, which nobody may write.
create function private.get_vip_client_profile(p_client_id uuid, p_purpose text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_client public.profiles;
    v_vip public.vip_client_profiles;
    v_is_own boolean := coalesce(p_client_id = private.my_client_id(), false);
begin
    if not v_is_own then
        perform private.require_vip_reader(p_client_id);
        perform private.note_vip_read(p_client_id, 'profile', p_purpose);
    end if;
    select client.* into v_client from public.profiles client where client.id = p_client_id;
    select vip.* into v_vip
    from public.vip_client_profiles vip where vip.client_id = p_client_id;
    if v_vip.id is null then
        perform private.refuse('PT404', 'vip_profile_not_found', 'There is none for you.');
    end if;
    return private.describe_vip_profile(v_client, v_vip) || case
        when v_is_own then '{}'
        else jsonb_build_object(
            'risk_status', v_vip.risk_status, 'opportunity_score', v_vip.opportunity_score,
            'wellness', private.describe_wellness_report(p_client_id),
            'desk_id', v_client.desk_id, 'version', v_vip.version
        )
    end;
end
$$;

create function public.get_vip_client_profile(
    p_client_id uuid, p_purpose text default 'client_care'
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.get_vip_client_profile(p_client_id, p_purpose)
$$;
comment on function public.get_vip_client_profile(uuid, text) is
    'getVIPClientProfile: id, client_id, client, tier, tier_valid_from, tier_valid_until, team, '
    'preferences, custom_services, exclusive_access, access (places held), services (open ones), '
    'created_at, updated_at; for staff who see the VIP profile and the server also risk_status, '
    'opportunity_score, wellness, desk_id, version, and a row of vip_profile_reads with the '
    'purpose (client_care, service_preparation, recovery, quality_review, administration).';

-- Definer: nobody holds a right to write wellness_settings; admins write through here.
create function private.set_wellness_setting(p_setting text, p_value integer, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_setting public.wellness_settings;
begin
    perform private.require_admin();
    perform private.note_reason(p_reason);
    update public.wellness_settings known
    set value = p_value where known.setting = p_setting
    returning known.* into v_setting;
    if v_setting.setting is null then
        perform private.refuse('PT404', 'setting_not_found', 'There is no such setting.');
    elsif (
        select count(*) from public.wellness_settings lower
        join public.wellness_settings upper on upper.setting = 'medium_risk_below'
        where lower.setting = 'high_risk_below' and lower.value >= upper.value
    ) > 0 then
        perform private.refuse('PT422', 'lines_crossed', 'High risk begins below medium risk.');
    end if;
    return to_jsonb(v_setting);
exception
    when check_violation or not_null_violation then
        perform private.refuse('PT422', 'value_out_of_range', 'Not a value this can have.');
end
$$;

create function public.set_wellness_setting(
    p_setting text, p_value integer, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_wellness_setting(p_setting, p_value, p_reason)
$$;
comment on function public.set_wellness_setting(text, integer, text) is
    'Admins: a line of wellness_settings. It counts from the next evaluation of each client.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.wellness_settings, public.vip_wellness_reports, public.vip_profile_reads,
    private.vip_readings
from anon, authenticated, service_role;
revoke all on sequence public.vip_wellness_reports_id_seq, public.vip_profile_reads_id_seq
from anon, authenticated, service_role;
grant select on public.wellness_settings, public.vip_wellness_reports, public.vip_profile_reads
to authenticated, service_role;
alter table public.wellness_settings enable row level security;
alter table public.vip_wellness_reports enable row level security;
alter table public.vip_profile_reads enable row level security;
alter table private.vip_readings enable row level security;

create policy wellness_settings_select_staff on public.wellness_settings
for select to authenticated
using ((select private.is_staff()));

create policy vip_wellness_reports_select_staff on public.vip_wellness_reports
for select to authenticated
using (
    client_id <> (select auth.uid())
    and (
        client_id = any (array(select private.my_live_client_ids()))
        or client_id = any (array(select private.my_dedicated_client_ids()))
        or exists (
            select from public.profiles client
            where client.id = vip_wellness_reports.client_id
                and client.desk_id = any (array(select private.my_overseen_desk_ids()))
        )
    )
);

create policy vip_profile_reads_select_overseers on public.vip_profile_reads
for select to authenticated
using (
    client_id <> (select auth.uid())
    and exists (
        select from public.profiles client
        where client.id = vip_profile_reads.client_id
            and client.desk_id = any (array(select private.my_overseen_desk_ids()))
    )
);

revoke all on function
    private.sum_points(jsonb), private.is_vip_client(uuid), private.request_wellness(uuid[]),
    private.tg_vip_client_profiles_request_wellness(), private.tg_profiles_request_wellness(),
    private.list_wellness_subjects(uuid[]), private.list_wellness_visits(uuid),
    private.list_wellness_purchases(uuid), private.list_wellness_memberships(uuid),
    private.list_wellness_promises(uuid), private.list_wellness_judgements(uuid),
    private.list_wellness_surveys(uuid), private.list_wellness_troubles(uuid),
    private.find_score_at(uuid, timestamptz), private.describe_past_wellness(uuid),
    private.describe_wellness(uuid), worker.wellness_contexts(uuid[]),
    private.insert_wellness_report(jsonb), private.settle_wellness(jsonb),
    private.note_reading(uuid, text, timestamptz),
    private.apply_wellness(jsonb), private.begin_wellness_round(), worker.record_wellness(jsonb),
    private.is_vip_reader(uuid), private.note_vip_read(uuid, text, text),
    private.require_vip_reader(uuid), private.describe_wellness_report(uuid),
    private.get_vip_wellness_report(uuid, text), public.get_vip_wellness_report(uuid, text),
    private.describe_team(public.vip_client_profiles), private.describe_vip_services(uuid),
    private.describe_vip_profile(public.profiles, public.vip_client_profiles),
    private.get_vip_client_profile(uuid, text), public.get_vip_client_profile(uuid, text),
    private.set_wellness_setting(text, integer, text),
    public.set_wellness_setting(text, integer, text)
from public, anon, authenticated, service_role;
grant execute on function
    private.get_vip_wellness_report(uuid, text), public.get_vip_wellness_report(uuid, text),
    private.get_vip_client_profile(uuid, text), public.get_vip_client_profile(uuid, text),
    private.set_wellness_setting(text, integer, text),
    public.set_wellness_setting(text, integer, text)
to authenticated, service_role;
grant execute on function
    private.is_vip_client(uuid), private.list_wellness_subjects(uuid[]),
    private.list_wellness_visits(uuid), private.list_wellness_purchases(uuid),
    private.list_wellness_memberships(uuid), private.list_wellness_promises(uuid),
    private.list_wellness_judgements(uuid), private.list_wellness_surveys(uuid),
    private.list_wellness_troubles(uuid), private.find_score_at(uuid, timestamptz),
    private.describe_past_wellness(uuid), private.describe_wellness(uuid),
    private.apply_wellness(jsonb), worker.wellness_contexts(uuid[]), worker.record_wellness(jsonb)
to service_role;
