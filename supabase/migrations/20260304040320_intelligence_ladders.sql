-- Ladders of their own for memberships, ratings and offers, and challengers that score in shadow.
--
--   clock.daily -> intelligence.training: what came of the cases (worker.training_cases) and of the
--                  challenger's shadow scores (worker.shadow_outcomes) decides who speaks
--                  (lib/intelligence/prediction/{cases,shadow}.py) -> ai_models, ai_model_trials
--   clock.daily -> intelligence.scoring: the challenger's probability beside the champion's, kept
--                  where no person reads (private.shadow_scores); nothing acts on it
--   events out: none

insert into public.ai_settings (setting, value)
values ('prediction_models.lapse', '{"enabled": true}')
on conflict do nothing;

-- -------------------------------------------------------------------------------------------------
-- What came of the cases of a ladder, for training
-- -------------------------------------------------------------------------------------------------

-- An offer that nobody answered in time was not accepted; one that was withdrawn says nothing.
create function private.is_accepted(p_offer public.vip_recommendations)
returns boolean
language sql
immutable
set search_path = ''
as $$
    select case
        when p_offer.state = 'accepted' then true
        when p_offer.state = 'declined' or p_offer.expiry_reason = 'too_late' then false
    end
$$;

create function private.list_lapse_rows(p_client_ids uuid[], p_as_ofs timestamptz[])
returns table (
    client_id uuid, as_of timestamptz, known_at timestamptz, outcome integer,
    features double precision[]
)
language sql
stable
set search_path = ''
as $$
    select made.client_id, moment.as_of, moment.as_of + interval '120 days',
        private.is_lapsed(period)::integer, made.features
    from unnest(p_as_ofs) moment (as_of)
    cross join lateral private.list_membership_features(p_client_ids, moment.as_of) made
    join public.memberships period on period.id = made.membership_id
    where moment.as_of + interval '120 days' <= now()
$$;

create function private.list_rating_rows(p_client_ids uuid[], p_since timestamptz)
returns table (
    client_id uuid, as_of timestamptz, known_at timestamptz, outcome integer,
    features double precision[]
)
language sql
stable
set search_path = ''
as $$
    select rated.client_id, rated.happened_at, rated.answered_at, (rated.csat <= 3)::integer,
        made.features
    from public.surveys rated
    cross join lateral private.list_service_features(array[rated.id]) made
    where rated.client_id = any (p_client_ids) and rated.csat is not null
        and rated.happened_at >= p_since
$$;

create function private.list_offer_rows(p_client_ids uuid[], p_since timestamptz)
returns table (
    client_id uuid, as_of timestamptz, known_at timestamptz, outcome integer,
    features double precision[]
)
language sql
stable
set search_path = ''
as $$
    select offer.client_id, offer.offered_at, coalesce(offer.answered_at, offer.expires_at),
        private.is_accepted(offer)::integer, made.features
    from public.vip_recommendations offer
    cross join lateral private.client_features(array[offer.client_id], offer.offered_at) made
    where offer.client_id = any (p_client_ids) and private.is_accepted(offer) is not null
        and offer.offered_at >= p_since
$$;

create function private.list_case_rows(
    p_prediction_type text, p_client_ids uuid[], p_as_ofs timestamptz[], p_since timestamptz
)
returns table (
    client_id uuid, as_of timestamptz, known_at timestamptz, outcome integer,
    features double precision[]
)
language sql
stable
set search_path = ''
as $$
    select * from private.list_lapse_rows(p_client_ids, p_as_ofs)
    where p_prediction_type = 'lapse'
    union all
    select * from private.list_rating_rows(p_client_ids, p_since)
    where p_prediction_type = 'satisfaction'
    union all
    select * from private.list_offer_rows(p_client_ids, p_since)
    where p_prediction_type = 'upsell'
$$;

create function worker.training_cases(
    p_prediction_type text, p_as_ofs timestamptz[], p_since timestamptz,
    p_after uuid default null, p_limit integer default 2000
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    with page as (
        select array(
            select listed.client_id
            from private.list_profiled_clients(p_after, now(), least(p_limit, 5000)) listed
        ) as ids
    )
    select jsonb_build_object(
        'names', private.list_feature_names(private.find_feature_set(p_prediction_type)),
        'next', case
            when cardinality(page.ids) = least(p_limit, 5000) then page.ids[cardinality(page.ids)]
        end,
        'rows', (
            select coalesce(jsonb_agg(jsonb_build_array(
                made.client_id, made.as_of, made.known_at, made.outcome, made.features,
                left(client.locale, 2), client.tier
            )), '[]')
            from private.list_case_rows(p_prediction_type, page.ids, p_as_ofs, p_since) made
            join public.profiles client on client.id = made.client_id
            where made.known_at <= now()
        )
    )
    from page
$$;
comment on function worker.training_cases(text, timestamptz[], timestamptz, uuid, integer) is
    'For training: lapse at these moments, satisfaction or upsell since then: {"names", "rows": '
    '[[client id, as of, known at, outcome, features, language, tier]], "next": the id to go on '
    'after, or null}. Only cases whose outcome is known.';

-- -------------------------------------------------------------------------------------------------
-- Shadow
-- -------------------------------------------------------------------------------------------------
create table private.shadow_scores (
    model_id uuid not null references public.ai_models (id) on delete cascade,
    subject_id uuid not null,
    month_begins_on date not null,
    client_id uuid not null references public.profiles (id) on delete cascade,
    observed_at timestamptz not null,
    champion_probability double precision not null,
    probability double precision not null,
    primary key (model_id, subject_id, month_begins_on),
    constraint shadow_scores_are_probabilities
        check (champion_probability between 0 and 1 and probability between 0 and 1)
);
comment on table private.shadow_scores is
    'What a challenger would have said, beside what the champion said at the same moment of the '
    'same case, once a month. Nobody reads it and nothing acts on it but the gate.';
comment on column private.shadow_scores.subject_id is
    'The membership or survey; of churn and upsell the client.';
create index shadow_scores_client_id_idx on private.shadow_scores (client_id);
comment on index private.shadow_scores_client_id_idx is
    'Serves the foreign key, and forgetting who objects.';
alter table private.shadow_scores enable row level security;
revoke all on private.shadow_scores from anon, authenticated, service_role;

create function private.tg_profiling_objections_forget_shadows()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    delete from private.shadow_scores kept where kept.client_id = new.client_id;
    return null;
end
$$;
create trigger profiling_objections_forget_shadows
after insert on public.profiling_objections
for each row execute function private.tg_profiling_objections_forget_shadows();

-- Definer: nobody holds a right on shadow scores; executable by service_role alone.
create function private.record_shadows(p_as_of timestamptz, p_shadows jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_written integer;
begin
    insert into private.shadow_scores (
        model_id, subject_id, month_begins_on, client_id, observed_at, champion_probability,
        probability
    )
    select model.id, told.subject_id,
        date_trunc('month', p_as_of at time zone 'Europe/Warsaw')::date,
        client.id, p_as_of, told.champion_probability, told.probability
    from jsonb_to_recordset(p_shadows) as told (
        model_id uuid, subject_id uuid, client_id uuid, champion_probability double precision,
        probability double precision
    )
    join public.ai_models model on model.id = told.model_id and model.status = 'challenger'
    join public.profiles client on client.id = told.client_id
    where not exists (
        select from public.profiling_objections objection
        where objection.client_id = told.client_id
    )
    on conflict do nothing;
    get diagnostics v_written = row_count;
    return jsonb_build_object('written', v_written);
end
$$;

create function worker.record_shadows(p_as_of timestamptz, p_shadows jsonb)
returns jsonb
language sql
set search_path = ''
as $$
    select private.record_shadows(p_as_of, p_shadows)
$$;
comment on function worker.record_shadows(timestamptz, jsonb) is
    'For scoring: what challengers would have said, beside what was said; the first of a month '
    'and case stays. {"written": n}.';

create function private.find_shadow_outcome(p_type text, p_shadow private.shadow_scores)
returns boolean
language sql
stable
set search_path = ''
as $$
    select case p_type
        when 'churn' then case
            when p_shadow.observed_at + interval '90 days' <= now()
                then private.is_absent(p_shadow.client_id, p_shadow.observed_at, 90)
        end
        when 'lapse' then (
            select private.is_lapsed(period) from public.memberships period
            where period.id = p_shadow.subject_id
                and period.ends_on + 30 < (now() at time zone 'Europe/Warsaw')::date
        )
        when 'satisfaction' then (
            select rated.csat <= 3 from public.surveys rated where rated.id = p_shadow.subject_id
        )
        when 'upsell' then (
            select private.is_accepted(offer) from public.vip_recommendations offer
            where offer.client_id = p_shadow.client_id
                and offer.offered_at >= p_shadow.observed_at
                and offer.offered_at < p_shadow.observed_at + interval '90 days'
                and private.is_accepted(offer) is not null
            order by offer.offered_at, offer.id
            limit 1
        )
    end
$$;

-- Definer: nobody holds a right on shadow scores; executable by service_role alone.
create function private.list_shadow_outcomes(p_model_id uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_array(
        kept.client_id, kept.champion_probability, kept.probability, came.outcome::integer
    ) order by kept.observed_at, kept.subject_id), '[]')
    from public.ai_models model
    join private.shadow_scores kept on kept.model_id = model.id
    cross join lateral (
        select private.find_shadow_outcome(model.prediction_type, kept) as outcome
    ) came
    where model.id = p_model_id and model.status = 'challenger' and came.outcome is not null
$$;

create function worker.shadow_outcomes(p_model_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.list_shadow_outcomes(p_model_id)
$$;
comment on function worker.shadow_outcomes(uuid) is
    'For training: [[client id, champion''s probability, challenger''s, outcome]] of the cases a '
    'challenger scored in shadow whose outcome is known by now.';

-- -------------------------------------------------------------------------------------------------
-- Challengers begin, and are judged once
-- -------------------------------------------------------------------------------------------------

-- One challenges at a time: whoever does stays until what came of its scores is known.
-- Definer: models are nobody's to write; executable by service_role alone.
create function private.record_challenger(p_model jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_told public.ai_models := jsonb_populate_record(null::public.ai_models, p_model);
    v_kept public.ai_models;
begin
    perform pg_advisory_xact_lock(hashtextextended('intelligence.predictions', 0));
    insert into public.ai_models (
        prediction_type, version, rung, learnt_window, status, document, sha256, feature_version,
        horizon_days, policy_version, client_count, learnt_count, judged_count, metrics
    )
    select v_told.prediction_type, coalesce(max(model.version), 0) + 1, v_told.rung,
        v_told.learnt_window, 'challenger', v_told.document, v_told.sha256, 1,
        v_told.horizon_days, v_told.policy_version, v_told.client_count, v_told.learnt_count,
        v_told.judged_count, v_told.metrics
    from public.ai_models model where model.prediction_type = v_told.prediction_type
    having coalesce(bool_and(model.status <> 'challenger'), true)
    returning * into v_kept;
    return to_jsonb(v_kept) - 'document';
end
$$;

create function worker.record_challenger(p_model jsonb)
returns jsonb
language sql
set search_path = ''
as $$
    select private.record_challenger(p_model)
$$;
comment on function worker.record_challenger(jsonb) is
    'Who scores in shadow from now on. Answers the row; all null while another one does.';

-- Definer: models are nobody's to write; executable by service_role alone.
create function private.settle_challenger(p_model_id uuid, p_trial jsonb, p_metrics jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_model public.ai_models;
    v_is_promoted boolean := p_trial ->> 'verdict' = 'surely_better';
begin
    perform pg_advisory_xact_lock(hashtextextended('intelligence.predictions', 0));
    select model.* into v_model from public.ai_models model
    where model.id = p_model_id and model.status = 'challenger';
    if v_model.id is null then
        return null;
    end if;
    update public.ai_models model set status = 'retired'
    where v_is_promoted and model.prediction_type = v_model.prediction_type
        and model.status = 'champion';
    update public.ai_models model
    set status = case when v_is_promoted then 'champion' else 'rejected' end,
        metrics = p_metrics, judged_count = (p_trial ->> 'outcome_count')::integer,
        confirmed_at = case
            when v_is_promoted then clock_timestamp() else model.confirmed_at
        end
    where model.id = p_model_id returning model.* into v_model;
    perform private.insert_trials(p_model_id, jsonb_build_array(p_trial));
    delete from private.shadow_scores kept where kept.model_id = p_model_id;
    return to_jsonb(v_model) - 'document';
end
$$;

create function worker.settle_challenger(p_model_id uuid, p_trial jsonb, p_metrics jsonb)
returns jsonb
language sql
set search_path = ''
as $$
    select private.settle_challenger(p_model_id, p_trial, p_metrics)
$$;
comment on function worker.settle_challenger(uuid, jsonb, jsonb) is
    'What came of a challenger''s shadow scores: it speaks from now on (verdict surely_better) or '
    'is rejected. Answers the row; null if it was settled already.';

-- -------------------------------------------------------------------------------------------------
-- What is no longer to be predicted
-- -------------------------------------------------------------------------------------------------

-- Definer: predictions are nobody's to write; executable by service_role alone.
create function private.end_stale_predictions()
returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_ended integer;
begin
    perform pg_advisory_xact_lock(hashtextextended('intelligence.predictions', 0));
    update public.ai_predictions made set status = 'superseded'
    where made.status = 'current' and made.subject_id is not null
        and case made.prediction_type
            when 'satisfaction' then not exists (
                select from public.surveys asked
                where asked.id = made.subject_id and asked.csat is null
                    and asked.happened_at >= now() - interval '30 days'
            )
            else not exists (
                select from public.memberships period
                where period.id = made.subject_id and not private.is_settled(period, now())
                    and period.ends_on >= (now() at time zone 'Europe/Warsaw')::date
            )
        end;
    get diagnostics v_ended = row_count;
    return v_ended;
end
$$;

create function worker.end_stale_predictions()
returns jsonb
language sql
set search_path = ''
as $$
    select jsonb_build_object('ended', private.end_stale_predictions())
$$;
comment on function worker.end_stale_predictions() is
    'For scoring: of memberships that have ended or are renewed, and services that were rated or '
    'ended a month ago, nothing is predicted any more. {"ended": n}.';

-- -------------------------------------------------------------------------------------------------
-- What agents said instead, for `luxury train text`
-- -------------------------------------------------------------------------------------------------
create function private.find_spoken_language(p_judged public.message_judgements)
returns text
language sql
stable
set search_path = ''
as $$
    select coalesce(
        (
            select said.correct_value from public.judgement_corrections said
            where said.message_id = p_judged.message_id and said.field = 'language'
            order by said.id desc
            limit 1
        ),
        p_judged.language
    )
$$;

create function worker.correction_rows(p_after bigint default null, p_limit integer default 1000)
returns jsonb
language sql
stable
set search_path = ''
as $$
    with page as (
        select said.id, message.body, said.field, said.correct_value,
            private.find_spoken_language(judged) as language
        from public.judgement_corrections said
        join public.ticket_messages message on message.id = said.message_id
        join public.message_judgements judged on judged.message_id = said.message_id
        where said.id > coalesce(p_after, 0) and said.field in ('language', 'sentiment')
            and not exists (
                select from public.judgement_corrections later
                where later.message_id = said.message_id and later.field = said.field
                    and later.id > said.id
            )
            and not exists (
                select from public.profiling_objections objection
                where objection.client_id = judged.client_id
            )
        order by said.id
        limit least(p_limit, 2000)
    )
    select jsonb_build_object(
        'rows', coalesce(jsonb_agg(jsonb_build_array(
            page.body, page.field, page.correct_value, page.language
        ) order by page.id), '[]'),
        'next', case when count(*) = least(p_limit, 2000) then max(page.id) end
    )
    from page
$$;
comment on function worker.correction_rows(bigint, integer) is
    'For training: the latest correction of each message and field (language, sentiment): {"rows": '
    '[[text, field, correct value, language]], "next": the id to go on after, or null}. Without '
    'clients who object to profiling.';

revoke all on function
    private.find_spoken_language(public.message_judgements),
    worker.correction_rows(bigint, integer), private.is_accepted(public.vip_recommendations),
    private.list_lapse_rows(uuid[], timestamptz[]), private.list_rating_rows(uuid[], timestamptz),
    private.list_offer_rows(uuid[], timestamptz),
    private.list_case_rows(text, uuid[], timestamptz[], timestamptz),
    worker.training_cases(text, timestamptz[], timestamptz, uuid, integer),
    private.tg_profiling_objections_forget_shadows(), private.record_shadows(timestamptz, jsonb),
    worker.record_shadows(timestamptz, jsonb),
    private.find_shadow_outcome(text, private.shadow_scores), private.list_shadow_outcomes(uuid),
    worker.shadow_outcomes(uuid), private.record_challenger(jsonb),
    worker.record_challenger(jsonb), private.settle_challenger(uuid, jsonb, jsonb),
    worker.settle_challenger(uuid, jsonb, jsonb), private.end_stale_predictions(),
    worker.end_stale_predictions()
from public, anon, authenticated, service_role;
grant execute on function
    private.find_spoken_language(public.message_judgements),
    worker.correction_rows(bigint, integer), private.is_accepted(public.vip_recommendations),
    private.list_lapse_rows(uuid[], timestamptz[]), private.list_rating_rows(uuid[], timestamptz),
    private.list_offer_rows(uuid[], timestamptz),
    private.list_case_rows(text, uuid[], timestamptz[], timestamptz),
    worker.training_cases(text, timestamptz[], timestamptz, uuid, integer),
    private.record_shadows(timestamptz, jsonb), worker.record_shadows(timestamptz, jsonb),
    private.list_shadow_outcomes(uuid), worker.shadow_outcomes(uuid),
    private.record_challenger(jsonb), worker.record_challenger(jsonb),
    private.settle_challenger(uuid, jsonb, jsonb), worker.settle_challenger(uuid, jsonb, jsonb),
    private.end_stale_predictions(), worker.end_stale_predictions()
to service_role;
