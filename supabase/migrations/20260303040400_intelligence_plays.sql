-- Acting on churn: who is likely to leave is contacted once, but for a tenth who are not, so that
-- the house learns what contacting people is worth.
--
-- events in: churn.alerted, churn.calmed (subject: the client); retention_play.reconsidered and
--   retention_play.matured (timers; subject: the play).
-- worker: intelligence.plays; decision: lib/intelligence/plays.py -> retention_plays, and a task
-- for the client's own people (vip.outreach) unless the draw holds the client out.
-- At most one play begins for a client within 60 days; none while a recovery case is open or within
-- 14 days of a complaint (it waits), none for clients who object to profiling.
-- Order of locks: jobs, the client, plays.

-- -------------------------------------------------------------------------------------------------
-- Plays
-- -------------------------------------------------------------------------------------------------
insert into public.ai_settings (setting, value)
values ('retention_plays', '{"enabled": true, "holdout_share": 0.1}');

create table public.retention_plays (
    id uuid primary key default gen_random_uuid(),
    client_id uuid not null references public.profiles (id) on delete cascade,
    period integer not null,
    arm text not null,
    draw double precision not null,
    holdout_share double precision not null,
    state text not null,
    prediction_id uuid references public.ai_predictions (id) on delete set null,
    probability double precision,
    alerted_at timestamptz not null default now(),
    postponed_reason text,
    starts_at timestamptz,
    ends_at timestamptz,
    task_id uuid references public.outreach_tasks (id) on delete set null,
    end_reason text,
    outcome text,
    outcome_at timestamptz,
    visit_id uuid references public.visits (id) on delete set null,
    policy_version text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint retention_plays_one_in_60_days
        exclude using gist (client_id with =, tstzrange(starts_at, ends_at) with &&)
        where (starts_at is not null),
    constraint retention_plays_last_60_days check (ends_at - starts_at = interval '60 days'),
    constraint retention_plays_arm_follows_the_draw check (
        draw >= 0 and draw < 1 and holdout_share between 0 and 1
        and arm = case when draw < holdout_share then 'holdout' else 'treated' end
    ),
    constraint retention_plays_holdouts_are_never_contacted
        check (arm = 'treated' or task_id is null),
    constraint retention_plays_state_is_known
        check (state in ('postponed', 'open', 'settled', 'stopped', 'cancelled')),
    constraint retention_plays_begin_when_open check (
        (starts_at is null) = (ends_at is null)
        and (state in ('postponed', 'cancelled') or starts_at is not null)
        and (state not in ('postponed', 'cancelled') or starts_at is null)
    ),
    constraint retention_plays_wait_for_a_reason check (
        postponed_reason in ('recovery_case', 'recent_complaint')
        and (state <> 'postponed' or postponed_reason is not null)
    ),
    constraint retention_plays_end_for_a_reason check (
        (state in ('stopped', 'cancelled')) = (end_reason is not null)
        and end_reason in ('calmed', 'too_late', 'not_contactable', 'objection', 'merged')
    ),
    constraint retention_plays_settled_say_how check (
        (state = 'settled') = (outcome is not null) and (outcome is null) = (outcome_at is null)
        and outcome in ('returned', 'stayed_away')
    ),
    constraint retention_plays_probability_is_a_share check (probability between 0 and 1),
    constraint retention_plays_policy_version_is_short
        check (private.is_clean_text(policy_version, 40))
);
comment on table public.retention_plays is
    'What the house does about clients who are likely to leave: of treated ones a person gets a '
    'task, of those held out nobody; outcome: whether a visit was completed within the 60 days.';
comment on column public.retention_plays.period is
    'Which 60 days since 2000 the alert fell into; with the client''s id it decides the draw.';
comment on column public.retention_plays.draw is
    'Below holdout_share, as it stood then: held out. The same for a client and period, always.';
comment on column public.retention_plays.starts_at is
    'Null: it waits, or never began. From then on 60 days count, for both arms.';
comment on column public.retention_plays.task_id is
    'Whom the house asked to contact them; null for those held out.';
comment on column public.retention_plays.visit_id is
    'The first visit completed within the 60 days.';
create unique index retention_plays_one_in_a_period on public.retention_plays (client_id, period)
where state <> 'cancelled';
comment on index public.retention_plays_one_in_a_period is
    'Serves a client''s plays and the foreign key, and lets no second draw of a period count.';
create unique index retention_plays_one_waiting on public.retention_plays (client_id)
where state = 'postponed';
comment on index public.retention_plays_one_waiting is
    'Serves finding what waits for a client, and lets one wait at most.';
create index retention_plays_client_id_idx on public.retention_plays (client_id, starts_at);
comment on index public.retention_plays_client_id_idx is
    'Serves whether a client is in a play, the policy and the foreign key.';
create index retention_plays_starts_at_idx on public.retention_plays (starts_at);
comment on index public.retention_plays_starts_at_idx is 'Serves the report over a range.';
create index retention_plays_prediction_id_idx on public.retention_plays (prediction_id);
comment on index public.retention_plays_prediction_id_idx is 'Serves the foreign key.';
create index retention_plays_task_id_idx on public.retention_plays (task_id);
comment on index public.retention_plays_task_id_idx is 'Serves the foreign key.';
create index retention_plays_visit_id_idx on public.retention_plays (visit_id);
comment on index public.retention_plays_visit_id_idx is 'Serves the foreign key.';
create trigger retention_plays_touch
before update on public.retention_plays
for each row execute function private.tg_touch_row();

-- Not collapsing: an alert must not disappear in the calm that follows it, nor the other way.
insert into private.subscriptions (event_kind, worker, collapses)
values
    ('churn.alerted', 'intelligence.plays', false),
    ('churn.calmed', 'intelligence.plays', false),
    ('retention_play.reconsidered', 'intelligence.plays', false),
    ('retention_play.matured', 'intelligence.plays', false);

-- -------------------------------------------------------------------------------------------------
-- When it ends early
-- -------------------------------------------------------------------------------------------------

-- The row stays, so that nobody is contacted twice in 60 days, but says nothing of a score any more
-- and counts in no report. The client is locked: what begins meanwhile comes before or after this.
create function private.stop_plays(p_client_id uuid, p_reason text)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_play_ids uuid[];
    v_task_ids uuid[];
begin
    perform private.lock_clients(array[p_client_id]);
    with ended as (
        update public.retention_plays play
        set state = case when play.starts_at is null then 'cancelled' else 'stopped' end,
            end_reason = p_reason, prediction_id = null, probability = null, outcome = null,
            outcome_at = null, visit_id = null
        where play.client_id = p_client_id and play.state not in ('cancelled', 'stopped')
        returning play.id, play.task_id
    )
    select array_agg(ended.id), array_agg(ended.task_id) filter (where ended.task_id is not null)
    into v_play_ids, v_task_ids from ended;
    if v_play_ids is not null then
        perform private.cancel_timers('retention_play.matured', v_play_ids);
        perform private.cancel_timers('retention_play.reconsidered', v_play_ids);
        perform private.close_outreach_tasks(coalesce(v_task_ids, '{}'), 'not_needed');
    end if;
end
$$;

-- Definer: whoever objects, or merges clients, holds no right to write plays.
create function private.tg_profiling_objections_stop_plays()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.stop_plays(new.client_id, 'objection');
    return null;
end
$$;
create trigger profiling_objections_stop_plays
after insert on public.profiling_objections
for each row execute function private.tg_profiling_objections_stop_plays();

-- Definer: as above.
create function private.tg_profiles_stop_plays()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.stop_plays(new.id, 'merged');
    return null;
end
$$;
create trigger profiles_stop_plays
after update of merged_into_id on public.profiles
for each row when (new.merged_into_id is not null and old.merged_into_id is null)
execute function private.tg_profiles_stop_plays();

-- -------------------------------------------------------------------------------------------------
-- Read
-- -------------------------------------------------------------------------------------------------
create function private.find_play_obstacle(p_client_id uuid)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    return case
        when exists (
            select from public.profiling_objections objection
            where objection.client_id = p_client_id
        ) then 'objection'
        else private.find_client_obstacle(p_client_id)
    end;
end
$$;
comment on function private.find_play_obstacle(uuid) is
    'Why no play may begin for this client: objection, or as private.find_client_obstacle; null: '
    'it may.';

create function private.find_play_delay(p_client_id uuid, p_at timestamptz)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    return case
        when not private.has_recent_complaint(p_client_id, p_at) then null
        when exists (
            select from public.recovery_cases known
            where known.client_id = p_client_id and known.state in ('open', 'in_progress')
        ) then 'recovery_case'
        else 'recent_complaint'
    end;
end
$$;

-- Their other accounts count: it was the same person whom we called.
create function private.is_in_play(p_client_id uuid, p_at timestamptz)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return exists (
        select from public.profiles client
        join public.retention_plays play on play.client_id = client.id
        where (client.id = p_client_id or client.merged_into_id = p_client_id)
            and play.starts_at <= p_at and p_at < play.ends_at
    );
end
$$;

create function private.describe_play(p_play public.retention_plays)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return to_jsonb(p_play) || jsonb_build_object('return_visit_id', (
        select visit.id from public.visits visit
        where visit.client_id = p_play.client_id and visit.status = 'completed'
            and visit.ended_at >= p_play.starts_at and visit.ended_at < p_play.ends_at
        order by visit.ended_at, visit.id
        limit 1
    ));
end
$$;

create function private.describe_play_job(p_client_id uuid, p_play public.retention_plays)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_now timestamptz := clock_timestamp();
    v_prediction public.ai_predictions;
begin
    select made.* into v_prediction
    from public.ai_predictions made
    where made.client_id = p_client_id and made.prediction_type = 'churn'
        and made.status = 'current';
    return jsonb_build_object(
        'client_id', p_client_id,
        'is_alert', coalesce(v_prediction.is_alert, false),
        'prediction_id', v_prediction.id,
        'probability', v_prediction.prediction -> 'probability',
        'obstacle', private.find_play_obstacle(p_client_id),
        'delay', private.find_play_delay(p_client_id, v_now),
        'is_in_play', private.is_in_play(p_client_id, v_now),
        'play', case when p_play.id is not null then private.describe_play(p_play) end
    );
end
$$;

-- Definer: who is held out is for overseers alone to read; only service_role may execute it.
create function private.read_plays(p_items jsonb)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    return (
        select jsonb_build_object(
            'read_at', clock_timestamp(),
            'settings', (
                select known.value || jsonb_build_object(
                    'enabled', (known.value ->> 'enabled')::boolean and flag.is_enabled
                )
                from public.ai_settings known
                join public.feature_flags flag on flag.flag = 'predictive_analytics'
                where known.setting = 'retention_plays'
            ),
            'jobs', coalesce(jsonb_agg(
                private.describe_play_job(client.id, play)
                    || jsonb_build_object('job_id', asked.job_id, 'kind', asked.kind)
            ), '[]')
        )
        from jsonb_to_recordset(p_items) as asked (job_id bigint, kind text, subject_id uuid)
        left join public.retention_plays play
            on play.id = asked.subject_id
            or play.client_id = asked.subject_id and play.state = 'postponed'
        join public.profiles client on client.id = coalesce(play.client_id, asked.subject_id)
    );
end
$$;

create function worker.play_contexts(p_items jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.read_plays(p_items)
$$;
comment on function worker.play_contexts(jsonb) is
    'For jobs {job_id, kind, subject_id: a client or a play}: the client''s alert, what stands '
    'against a play, what delays it, and the play that waits or is meant, as of now.';

-- -------------------------------------------------------------------------------------------------
-- Write
-- -------------------------------------------------------------------------------------------------
create function private.insert_play(p_told jsonb, p_state text)
returns public.retention_plays
language plpgsql
set search_path = ''
as $$
declare
    v_now timestamptz := case when p_state = 'open' then clock_timestamp() end;
    v_play public.retention_plays;
begin
    insert into public.retention_plays (
        client_id, period, arm, draw, holdout_share, state, prediction_id, probability,
        postponed_reason, starts_at, ends_at, policy_version
    )
    select
        told.client_id, told.period, told.arm, told.draw, told.holdout_share, p_state,
        made.id, told.probability, told.postponed_reason, v_now, v_now + interval '1440 hours',
        told.policy_version
    from jsonb_populate_record(null::public.retention_plays, p_told) told
    left join public.ai_predictions made on made.id = told.prediction_id
    on conflict do nothing
    returning * into v_play;
    return v_play;
end
$$;

-- Those held out are never contacted: for them nothing happens at all.
create function private.contact_for_play(p_play public.retention_plays)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_task_id uuid;
begin
    if p_play.arm = 'treated' then
        v_task_id := private.open_outreach_task(
            p_play.client_id, 'retention_play', null, now(), now() + interval '7 days',
            'retention_play:' || p_play.id,
            jsonb_build_object('reason', 'likely_to_leave', 'play_id', p_play.id)
        );
        update public.retention_plays play set task_id = v_task_id where play.id = p_play.id;
    end if;
end
$$;

-- The client is locked. stale: there was a complaint meanwhile.
create function private.begin_play(p_told jsonb)
returns text
language plpgsql
set search_path = ''
as $$
declare
    v_client_id uuid := p_told ->> 'client_id';
    v_now timestamptz := clock_timestamp();
    v_play public.retention_plays;
begin
    if private.find_play_delay(v_client_id, v_now) is not null then
        return 'stale';
    elsif private.find_play_obstacle(v_client_id) is not null
        or private.is_in_play(v_client_id, v_now)
    then
        return 'gone';
    elsif p_told ->> 'play_id' is null then
        v_play := private.insert_play(p_told, 'open');
    else
        update public.retention_plays play
        set state = 'open', starts_at = v_now, ends_at = v_now + interval '1440 hours'
        where play.id = (p_told ->> 'play_id')::uuid and play.state = 'postponed'
        returning play.* into v_play;
    end if;
    if v_play.id is null then
        return 'gone';
    end if;
    perform private.contact_for_play(v_play);
    -- Two days more: the booking system may tell of the last visits late.
    perform private.set_timers(
        'retention_play.matured', array[v_play.id], array[v_play.ends_at + interval '2 days']
    );
    return 'recorded';
end
$$;

create function private.postpone_play(p_told jsonb)
returns text
language plpgsql
set search_path = ''
as $$
declare
    v_play public.retention_plays;
begin
    if private.find_play_obstacle((p_told ->> 'client_id')::uuid) is not null then
        return 'gone';
    elsif p_told ->> 'play_id' is null then
        v_play := private.insert_play(p_told, 'postponed');
    else
        update public.retention_plays play
        set postponed_reason = p_told ->> 'postponed_reason'
        where play.id = (p_told ->> 'play_id')::uuid and play.state = 'postponed'
        returning play.* into v_play;
    end if;
    if v_play.id is null then
        return 'gone';
    end if;
    perform private.set_timers(
        'retention_play.reconsidered', array[v_play.id],
        array[(p_told ->> 'reconsider_at')::timestamptz]
    );
    return 'recorded';
end
$$;

create function private.end_play(p_told jsonb)
returns text
language plpgsql
set search_path = ''
as $$
declare
    v_play_id uuid := p_told ->> 'play_id';
begin
    if p_told ->> 'verdict' = 'cancel' then
        update public.retention_plays play
        set state = 'cancelled', end_reason = p_told ->> 'end_reason'
        where play.id = v_play_id and play.state = 'postponed';
    else
        update public.retention_plays play
        set state = 'settled', outcome = p_told ->> 'outcome', outcome_at = clock_timestamp(),
            visit_id = (select visit.id from public.visits visit
                where visit.id = (p_told ->> 'visit_id')::uuid)
        where play.id = v_play_id and play.state = 'open' and play.ends_at <= clock_timestamp();
    end if;
    return case when found then 'recorded' else 'gone' end;
end
$$;

-- Definer: not even the service key may write plays but through here; only service_role may execute
-- it.
create function private.apply_plays(p_items jsonb)
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
        select (item.decision ->> 'client_id')::uuid
        from jsonb_to_recordset(p_items) as item (decision jsonb)
    ));
    for v_item in
        select item.job_id, item.decision
        from jsonb_to_recordset(p_items) as item (job_id bigint, decision jsonb)
        order by item.decision ->> 'client_id', item.job_id
    loop
        v_results := v_results || jsonb_build_object('job_id', v_item.job_id, 'status', case
            when v_item.decision ->> 'verdict' = 'begin' then private.begin_play(v_item.decision)
            when v_item.decision ->> 'verdict' = 'postpone'
                then private.postpone_play(v_item.decision)
            when v_item.decision ->> 'verdict' in ('cancel', 'settle')
                then private.end_play(v_item.decision)
            else 'gone' end);
    end loop;
    return v_results;
end
$$;

create function worker.record_plays(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    perform private.hold_jobs(p_items);
    return private.finish_decided(private.apply_plays(p_items));
end
$$;
comment on function worker.record_plays(jsonb) is
    'Effect and end of jobs about plays, in one transaction. Items: job_id, fence, decision '
    '{verdict begin, postpone, cancel or settle, client_id, play_id, ...} or null. Answers '
    '[{"job_id", "status"}]: recorded, stale (a complaint meanwhile, the job is still held), gone.';

-- -------------------------------------------------------------------------------------------------
-- Offers wait, too
-- -------------------------------------------------------------------------------------------------
create function private.may_offer(p_client_id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return not private.has_recent_complaint(p_client_id, clock_timestamp())
        and not exists (
            select from public.profiling_objections objection
            where objection.client_id = p_client_id
        )
        and not exists (
            select from public.ai_predictions made
            where made.client_id = p_client_id and made.prediction_type = 'churn'
                and made.status = 'current' and made.is_alert
        );
end
$$;
comment on function private.may_offer(uuid) is
    'Whether this is a moment to sell the client something: no complaint within 14 days, no open '
    'recovery case, no churn alert, no objection to profiling.';

-- The estimate of what comes of an offer, where the house has one that was ever measured.
create function private.is_upsell_likely(p_client_id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select (made.prediction ->> 'probability')::double precision
                >= (known.value ->> 'confidence_threshold')::double precision
        from public.ai_predictions made
        join public.ai_settings known on known.setting = 'prediction_models.upsell'
        where made.client_id = p_client_id and made.prediction_type = 'upsell'
            and made.status = 'current' and made.confidence is not null
    );
end
$$;

-- Definer: clients may not read the rows; staff leave a row of the audit, which nobody may write.
create or replace function private.get_personalized_recommendations(
    p_client_id uuid, p_purpose text
)
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
    v_is_withheld := not private.may_offer(p_client_id);
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
        'is_upsell_likely', private.is_upsell_likely(p_client_id),
        'opportunity_score', (
            select vip.opportunity_score from public.vip_client_profiles vip
            where vip.client_id = p_client_id
        ),
        'earlier', private.list_earlier_recommendations(p_client_id)
    ) end;
end
$$;
comment on function public.get_personalized_recommendations(uuid, text) is
    'getPersonalizedRecommendations: client_id, recommendations [{id, kind, target_id, title_pl, '
    'title_en, reasons [{reason, value, reference, unit}], state, offered_at, expires_at}], best '
    'first; none within 14 days of a complaint, while a recovery case is open, while the client is '
    'likely to leave or objects to profiling. For staff who see the VIP profile and the server '
    'also score, is_withheld, is_upsell_likely (null: nothing measured), opportunity_score, '
    'earlier ones with their outcome, and a row of vip_profile_reads.';

-- -------------------------------------------------------------------------------------------------
-- What it was worth
-- -------------------------------------------------------------------------------------------------
create function private.find_uplift_interval(
    p_treated_kept double precision, p_treated_count double precision,
    p_holdout_kept double precision, p_holdout_count double precision
)
returns double precision[]
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_treated double precision := p_treated_kept / nullif(p_treated_count, 0);
    v_holdout double precision := p_holdout_kept / nullif(p_holdout_count, 0);
    v_t double precision[] := private.find_share_interval(p_treated_kept, p_treated_count);
    v_h double precision[] := private.find_share_interval(p_holdout_kept, p_holdout_count);
begin
    return case when v_treated is not null and v_holdout is not null then array[
        v_treated - v_holdout - sqrt((v_treated - v_t[1]) ^ 2 + (v_h[2] - v_holdout) ^ 2),
        v_treated - v_holdout + sqrt((v_t[2] - v_treated) ^ 2 + (v_holdout - v_h[1]) ^ 2)
    ] end;
end
$$;
comment on function private.find_uplift_interval(
    double precision, double precision, double precision, double precision
) is
    'Newcombe''s 95 % interval of the difference of two shares, treated less held out: Wilson''s '
    'intervals, squared and added. Null when there is nobody on one side.';

create function private.describe_arm(p_count bigint, p_kept bigint)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select jsonb_build_object(
        'count', p_count, 'retained_count', p_kept,
        'retention', round((p_kept::numeric / nullif(p_count, 0)), 4),
        'interval', to_jsonb(private.find_share_interval(p_kept, p_count))
    )
$$;

create function private.describe_uplift(
    p_treated bigint, p_treated_kept bigint, p_holdout bigint, p_holdout_kept bigint
)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_is_enough boolean := least(p_treated, p_holdout) >= 30;
    v_interval double precision[] := case when v_is_enough then private.find_uplift_interval(
        p_treated_kept, p_treated, p_holdout_kept, p_holdout
    ) end;
begin
    return jsonb_build_object(
        'treated', private.describe_arm(p_treated, p_treated_kept),
        'holdout', private.describe_arm(p_holdout, p_holdout_kept),
        'difference', case when v_is_enough then
            p_treated_kept::double precision / p_treated
            - p_holdout_kept::double precision / p_holdout end,
        'interval', to_jsonb(v_interval),
        'needed_per_arm', 30,
        'verdict', case
            when not v_is_enough then 'too_few'
            when v_interval[1] > 0 then 'retains'
            when v_interval[2] < 0 then 'drives_away'
            else 'unclear'
        end
    );
end
$$;

-- Managers: their desk; executives and admins: the house.
create function private.my_uplift_desk_ids()
returns setof uuid
language plpgsql
stable
rows 2
set search_path = ''
as $$
begin
    return query
    select desk.id from public.desks desk
    where exists (
        select from private.my_staff_row() me
        where me.role in ('executive', 'admin')
            or me.role = 'manager' and me.desk_id = desk.id
    );
end
$$;

-- Definer: executives see counts of desks whose plays they may not read; who asks is checked first.
create function private.get_uplift_report(p_range text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_desk_ids uuid[] := array(select private.my_uplift_desk_ids());
    v_since timestamptz;
    v_until timestamptz;
begin
    perform private.require_staff();
    if cardinality(v_desk_ids) = 0 then
        perform private.refuse('PT403', 'manager_required', 'For managers and executives.');
    end if;
    select range.since_at, range.until_at into v_since, v_until
    from private.read_past_range(p_range) range;
    if (v_since < v_until) is not true then
        perform private.refuse(
            'PT422', 'range_malformed', '24h, 7d, 12m or 2026-11-01/2026-11-30.'
        );
    end if;
    return jsonb_build_object('since_at', v_since, 'until_at', v_until)
        || private.tally_plays(v_desk_ids, v_since, v_until);
end
$$;

create function private.tally_plays(
    p_desk_ids uuid[], p_since timestamptz, p_until timestamptz
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'running_count', count(*) filter (where play.state = 'open'),
        'stopped_count', count(*) filter (where play.state = 'stopped')
    ) || private.describe_uplift(
        count(*) filter (where play.outcome is not null and play.arm = 'treated'),
        count(*) filter (where play.outcome = 'returned' and play.arm = 'treated'),
        count(*) filter (where play.outcome is not null and play.arm = 'holdout'),
        count(*) filter (where play.outcome = 'returned' and play.arm = 'holdout')
    )
    from public.retention_plays play
    join public.profiles client on client.id = play.client_id
    where client.desk_id = any (p_desk_ids)
        and play.starts_at >= p_since and play.starts_at < p_until
$$;

create function public.get_uplift_report(p_range text default '12m')
returns jsonb
language sql
set search_path = ''
as $$
    select private.get_uplift_report(p_range)
$$;
comment on function public.get_uplift_report(text) is
    'Managers (their desk), executives and admins (the house): what contacting clients likely to '
    'leave was worth, of plays begun within the range: treated and holdout {count, '
    'retained_count, retention, interval}, difference and its 95 % interval, verdict retains, '
    'drives_away, unclear, or too_few with needed_per_arm: then there is no difference to tell.';

-- -------------------------------------------------------------------------------------------------
-- Rights: whoever serves a client must not know that they are held out
-- -------------------------------------------------------------------------------------------------
revoke all on public.retention_plays from anon, authenticated, service_role;
grant select on public.retention_plays to authenticated, service_role;
alter table public.retention_plays enable row level security;

create policy retention_plays_select_overseer on public.retention_plays
for select to authenticated
using (
    client_id <> (select auth.uid())
    and exists (
        select from public.profiles client
        where client.id = retention_plays.client_id
            and client.desk_id = any (array(select private.my_overseen_desk_ids()))
    )
);

revoke all on function
    private.stop_plays(uuid, text), private.tg_profiling_objections_stop_plays(),
    private.tg_profiles_stop_plays(), private.find_play_obstacle(uuid),
    private.find_play_delay(uuid, timestamptz), private.is_in_play(uuid, timestamptz),
    private.describe_play(public.retention_plays),
    private.describe_play_job(uuid, public.retention_plays), private.read_plays(jsonb),
    worker.play_contexts(jsonb), private.insert_play(jsonb, text),
    private.contact_for_play(public.retention_plays), private.begin_play(jsonb),
    private.postpone_play(jsonb), private.end_play(jsonb), private.apply_plays(jsonb),
    worker.record_plays(jsonb), private.may_offer(uuid), private.is_upsell_likely(uuid),
    private.find_uplift_interval(
        double precision, double precision, double precision, double precision
    ),
    private.describe_arm(bigint, bigint), private.describe_uplift(bigint, bigint, bigint, bigint),
    private.my_uplift_desk_ids(), private.get_uplift_report(text),
    private.tally_plays(uuid[], timestamptz, timestamptz), public.get_uplift_report(text)
from public, anon, authenticated, service_role;
grant execute on function
    private.read_plays(jsonb), worker.play_contexts(jsonb), private.apply_plays(jsonb),
    worker.record_plays(jsonb)
to service_role;
grant execute on function private.get_uplift_report(text), public.get_uplift_report(text)
to authenticated;
