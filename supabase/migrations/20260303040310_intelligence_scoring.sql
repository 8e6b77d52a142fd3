-- What training and scoring read and write; see ..040300. Locks: jobs, then one lock for all who
-- write predictions, so that two of them never supersede the same row.

-- -------------------------------------------------------------------------------------------------
-- Read
-- -------------------------------------------------------------------------------------------------
create function private.list_feature_names(p_feature_set text default 'client')
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_agg(known.name order by known.position)
    from public.feature_definitions known
    where known.feature_set = p_feature_set and known.feature_version = 1
$$;

create function private.find_feature_set(p_prediction_type text)
returns text
language sql
immutable
set search_path = ''
as $$
    select case p_prediction_type
        when 'lapse' then 'membership' when 'satisfaction' then 'service' else 'client'
    end
$$;

-- No visit ended within the horizon, which must have passed whole.
create function private.is_absent(p_client_id uuid, p_as_of timestamptz, p_horizon_days integer)
returns boolean
language sql
stable
set search_path = ''
as $$
    select not exists (
        select from public.visits visit
        where visit.client_id = p_client_id and visit.ended_at >= p_as_of
            and visit.ended_at < p_as_of + make_interval(days => p_horizon_days)
    )
$$;

create function worker.training_rows(
    p_as_ofs timestamptz[], p_horizon_days integer, p_after uuid default null,
    p_limit integer default 2000
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
        'names', private.list_feature_names(),
        'next', case
            when cardinality(page.ids) = least(p_limit, 5000) then page.ids[cardinality(page.ids)]
        end,
        'rows', (
            select coalesce(jsonb_agg(jsonb_build_array(
                made.client_id, moment.as_of,
                private.is_absent(made.client_id, moment.as_of, p_horizon_days)::integer,
                made.features, left(client.locale, 2), client.tier
            )), '[]')
            from unnest(p_as_ofs) moment (as_of)
            cross join lateral private.client_features(page.ids, moment.as_of) made
            join public.profiles client on client.id = made.client_id
            where moment.as_of + make_interval(days => p_horizon_days) <= now()
        )
    )
    from page
$$;
comment on function worker.training_rows(timestamptz[], integer, uuid, integer) is
    'For training: {"names", "rows": [[client id, as of, outcome, features, language, tier]], '
    '"next": the id to go on after, or null}. Language and tier are for the audit alone. '
    'Only moments whose horizon has passed; everybody who had come by then.';

create function private.describe_models(p_status text)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_object_agg(model.prediction_type, jsonb_build_object(
        'id', model.id, 'rung', model.rung, 'document', model.document, 'sha256', model.sha256,
        'horizon_days', model.horizon_days, 'client_count', model.client_count,
        'is_measured', coalesce((model.metrics ->> 'ece')::double precision <= 0.05, false),
        'confirmed_at', model.confirmed_at
    )), '{}')
    from public.ai_models model where model.status = p_status
$$;

create function private.describe_scoring(p_client_ids uuid[], p_as_of timestamptz)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'as_of', p_as_of,
        'names', private.list_feature_names(),
        'case_names', jsonb_build_object(
            'lapse', private.list_feature_names('membership'),
            'satisfaction', private.list_feature_names('service')
        ),
        'models', private.describe_models('champion'),
        'challengers', private.describe_models('challenger'),
        'settings', (
            select jsonb_object_agg(kept.setting, kept.value) from public.ai_settings kept
            where kept.setting like 'prediction_models.%'
        ),
        'clients', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'client_id', made.client_id, 'features', made.features,
                'is_alert', coalesce(churn.is_alert, false)
            ) order by made.client_id), '[]')
            from private.client_features(p_client_ids, p_as_of) made
            left join public.ai_predictions churn
                on churn.client_id = made.client_id and churn.prediction_type = 'churn'
                and churn.status = 'current'
        ),
        'cases', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'prediction_type', known.prediction_type, 'client_id', known.client_id,
                'subject_id', known.subject_id, 'moment', known.moment,
                'features', known.features, 'is_alert', coalesce(churn.is_alert, false)
            ) order by known.client_id, known.prediction_type), '[]')
            from private.list_prediction_cases(p_client_ids, p_as_of) known
            left join public.ai_predictions churn
                on churn.client_id = known.client_id and churn.prediction_type = 'churn'
                and churn.status = 'current'
        )
    )
$$;

create function worker.scoring_contexts(p_after uuid default null, p_limit integer default 2000)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.describe_scoring(page.ids, now()) || jsonb_build_object('next', case
        when cardinality(page.ids) = least(p_limit, 5000) then page.ids[cardinality(page.ids)]
    end)
    from (
        select array(
            select listed.client_id
            from private.list_profiled_clients(p_after, now(), least(p_limit, 5000)) listed
        ) as ids
    ) page
$$;
comment on function worker.scoring_contexts(uuid, integer) is
    'For scoring everybody: {"as_of", "names", "case_names", "models", "challengers", "settings", '
    '"clients": [{"client_id", "features", "is_alert"}], "cases": [{"prediction_type", '
    '"client_id", "subject_id", "moment", "features", "is_alert"}], "next": the id to go on after, '
    'or null}.';

create function worker.prediction_contexts(p_request_ids uuid[])
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.describe_scoring(array(
        select asked.client_id from public.prediction_requests asked
        where asked.id = any (p_request_ids) and asked.status = 'pending'
            and not exists (
                select from public.profiling_objections objection
                where objection.client_id = asked.client_id
            )
    ), now()) || jsonb_build_object('requests', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'request_id', asked.id, 'client_id', asked.client_id,
            'prediction_type', asked.prediction_type,
            'is_objected', exists (
                select from public.profiling_objections objection
                where objection.client_id = asked.client_id
            )
        )), '[]')
        from public.prediction_requests asked
        where asked.id = any (p_request_ids) and asked.status = 'pending'
    ))
$$;
comment on function worker.prediction_contexts(uuid[]) is
    'As scoring_contexts, for the clients of these pending requests, and the "requests".';

-- -------------------------------------------------------------------------------------------------
-- Write
-- -------------------------------------------------------------------------------------------------

-- Read out of the JSON once: each further reading of a page's megabyte costs as much as writing it.
create type private.new_prediction as (
    id uuid, client_id uuid, prediction_type text, model_id uuid, subject_id uuid,
    moment timestamptz, probability double precision, log_odds double precision,
    intercept double precision, confidence double precision, evidence text, is_alert boolean,
    part text, parts jsonb, features double precision[], factors jsonb
);
comment on type private.new_prediction is
    'One element of worker.record_scores(p_predictions), and the id its row will have.';

-- What hardly changed stays as it is: a row a day and client would say nothing.
create function private.list_new_predictions(p_as_of timestamptz, p_predictions jsonb)
returns setof private.new_prediction
language sql
stable
set search_path = ''
as $$
    select distinct on (told.client_id, told.prediction_type)
        gen_random_uuid(), told.client_id, told.prediction_type, told.model_id, told.subject_id,
        coalesce(told.moment, p_as_of), told.probability, told.log_odds, told.intercept,
        told.confidence, told.evidence, told.is_alert, told.part, told.parts, told.features,
        told.factors
    from jsonb_populate_recordset(null::private.new_prediction, p_predictions) told
    join public.profiles client on client.id = told.client_id
    left join public.ai_predictions known
        on known.client_id = told.client_id and known.prediction_type = told.prediction_type
        and known.status = 'current'
    where not exists (
            select from public.profiling_objections objection
            where objection.client_id = told.client_id
        )
        and (
            known.id is null
            or known.observed_at < p_as_of and (
                known.model_id <> told.model_id or known.is_alert <> told.is_alert
                or known.subject_id is distinct from told.subject_id
                or known.observed_at < p_as_of - interval '7 days'
                or abs(
                    (known.prediction ->> 'probability')::double precision - told.probability
                ) >= 0.005
            )
        )
    order by told.client_id, told.prediction_type
$$;

create function private.insert_predictions(
    p_as_of timestamptz, p_new private.new_prediction[]
)
returns void
language sql
set search_path = ''
as $$
    insert into public.ai_predictions (
        id, client_id, prediction_type, prediction, confidence, timeframe, method, model_id,
        observed_at, evidence, is_alert, subject_id
    )
    select
        made.id, made.client_id, made.prediction_type,
        jsonb_strip_nulls(jsonb_build_object(
            'probability', made.probability, 'log_odds', made.log_odds,
            'intercept', made.intercept, 'part', made.part, 'parts', made.parts
        )),
        made.confidence, model.horizon_days || 'd', model.rung, model.id, p_as_of, made.evidence,
        made.is_alert, made.subject_id
    from unnest(p_new) made
    join public.ai_models model on model.id = made.model_id;
    insert into public.prediction_factors (prediction_id, position, name, value, contribution)
    select made.id, factor.place, factor.value ->> 'name',
        (factor.value ->> 'value')::double precision,
        (factor.value ->> 'contribution')::double precision
    from unnest(p_new) made
    cross join lateral jsonb_array_elements(made.factors) with ordinality factor (value, place);
$$;

create function private.keep_snapshots(p_new private.new_prediction[])
returns void
language sql
set search_path = ''
as $$
    insert into public.feature_snapshots (
        client_id, observed_at, feature_version, feature_set, features, sha256
    )
    select
        made.client_id, made.moment, 1, private.find_feature_set(model.prediction_type),
        made.features, private.hash_features(made.features)
    from unnest(p_new) made
    join public.ai_models model on model.id = made.model_id
    on conflict do nothing
$$;

create function private.write_predictions(p_as_of timestamptz, p_predictions jsonb)
returns integer
language plpgsql
set search_path = ''
as $$
declare
    v_new private.new_prediction[];
begin
    perform pg_advisory_xact_lock(hashtextextended('intelligence.predictions', 0));
    v_new := array(select private.list_new_predictions(p_as_of, p_predictions));
    update public.ai_predictions known set status = 'superseded', updated_at = now()
    from unnest(v_new) made
    where known.client_id = made.client_id and known.prediction_type = made.prediction_type
        and known.status = 'current';
    perform private.insert_predictions(p_as_of, v_new);
    perform private.keep_snapshots(v_new);
    return cardinality(v_new);
end
$$;

-- Definer: predictions are nobody's to write; executable by service_role alone.
create function private.record_scores(p_as_of timestamptz, p_predictions jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
    return jsonb_build_object('written', private.write_predictions(p_as_of, p_predictions));
end
$$;

create function worker.record_scores(p_as_of timestamptz, p_predictions jsonb)
returns jsonb
language sql
set search_path = ''
as $$
    select private.record_scores(p_as_of, p_predictions)
$$;
comment on function worker.record_scores(timestamptz, jsonb) is
    'For scoring everybody: writes predictions that are new, or differ by half a percent point or '
    'more, with their factors and feature vectors. Written again, nothing happens. {"written": n}.';

-- Definer: requests and predictions are nobody's to write; executable by service_role alone.
create function private.answer_prediction_requests(p_items jsonb, p_as_of timestamptz)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_results jsonb;
begin
    perform private.write_predictions(p_as_of, (
        select coalesce(jsonb_agg(item.value -> 'prediction'), '[]')
        from jsonb_array_elements(p_items) item (value)
        where jsonb_typeof(item.value -> 'prediction') = 'object'
    ));
    with done as (
        update public.prediction_requests asked
        set status = 'done', completed_at = now(), reason = told.reason,
            have_count = told.have_count, need_count = told.need_count,
            prediction_id = made.id
        from jsonb_to_recordset(p_items) as told (
            job_id bigint, request_id uuid, reason text, have_count integer, need_count integer
        )
        left join public.prediction_requests same on same.id = told.request_id
        left join public.ai_predictions made
            on made.client_id = same.client_id and made.prediction_type = same.prediction_type
            and made.status = 'current' and told.reason is null
        where asked.id = told.request_id and asked.status = 'pending'
        returning told.job_id
    )
    select coalesce(jsonb_agg(jsonb_build_object(
        'job_id', item.value -> 'job_id',
        'status', case when done.job_id is null then 'gone' else 'recorded' end
    )), '[]') into v_results
    from jsonb_array_elements(p_items) item (value)
    left join done on done.job_id = (item.value ->> 'job_id')::bigint;
    return v_results;
end
$$;

create function worker.record_predictions(p_items jsonb, p_as_of timestamptz)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_results jsonb;
begin
    perform private.hold_jobs(p_items);
    v_results := private.answer_prediction_requests(p_items, p_as_of);
    perform private.finish_jobs(array(
        select (item.value ->> 'job_id')::bigint from jsonb_array_elements(p_items) item (value)
    ));
    return v_results;
end
$$;
comment on function worker.record_predictions(jsonb, timestamptz) is
    'Answers requests and ends their jobs. Items: job_id, fence, request_id and a prediction, or a '
    'reason for none with have_count and need_count. Answers [{"job_id", "status"}].';

create function private.insert_trials(p_model_id uuid, p_trials jsonb)
returns void
language sql
set search_path = ''
as $$
    insert into public.ai_model_trials (
        model_id, candidate, learnt_window, challenged, basis, outcome_count, brier, base_brier,
        auc, calibration_error, gain, bound, verdict
    )
    select p_model_id, told.candidate, told.learnt_window, told.challenged,
        coalesce(told.basis, 'backtest'), told.outcome_count, told.brier, told.base_brier, told.auc,
        told.calibration_error, told.gain, told.bound, told.verdict
    from jsonb_to_recordset(p_trials) as told (
        candidate text, learnt_window text, challenged text, basis text, outcome_count integer,
        brier double precision, base_brier double precision, auc double precision,
        calibration_error double precision, gain double precision, bound double precision,
        verdict text
    )
$$;

-- The same model again is confirmed, not kept twice.
-- Definer: models are nobody's to write; executable by service_role alone.
create function private.record_model(p_model jsonb, p_trials jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_told public.ai_models := jsonb_populate_record(null::public.ai_models, p_model);
    v_known public.ai_models;
begin
    perform pg_advisory_xact_lock(hashtextextended('intelligence.predictions', 0));
    select model.* into v_known from public.ai_models model
    where model.prediction_type = v_told.prediction_type and model.status = 'champion';
    if v_known.id is not null and v_known.rung = v_told.rung
        and v_known.sha256 is not distinct from v_told.sha256
    then
        update public.ai_models model
        set confirmed_at = clock_timestamp(), client_count = v_told.client_count,
            learnt_count = v_told.learnt_count, judged_count = v_told.judged_count,
            metrics = v_told.metrics
        where model.id = v_known.id returning model.* into v_known;
    else
        update public.ai_models model set status = 'retired' where model.id = v_known.id;
        insert into public.ai_models (
            prediction_type, version, rung, learnt_window, document, sha256, feature_version,
            horizon_days, policy_version, client_count, learnt_count, judged_count, metrics
        )
        select v_told.prediction_type, coalesce(max(model.version), 0) + 1, v_told.rung,
            v_told.learnt_window, v_told.document, v_told.sha256, 1, v_told.horizon_days,
            v_told.policy_version, v_told.client_count, v_told.learnt_count, v_told.judged_count,
            v_told.metrics
        from public.ai_models model where model.prediction_type = v_told.prediction_type
        returning * into v_known;
    end if;
    perform private.insert_trials(v_known.id, p_trials);
    return to_jsonb(v_known) - 'document';
end
$$;

create function worker.record_model(p_model jsonb, p_trials jsonb)
returns jsonb
language sql
set search_path = ''
as $$
    select private.record_model(p_model, p_trials)
$$;
comment on function worker.record_model(jsonb, jsonb) is
    'What the ladder decided: the model that speaks from now on, and every trial. Answers the row.';

-- -------------------------------------------------------------------------------------------------
-- Staff ask
-- -------------------------------------------------------------------------------------------------

-- Definer: nobody holds a right to write requests; whoever may know the client's predictions asks.
create function private.request_prediction(p_client_id uuid, p_prediction_type text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_request public.prediction_requests;
begin
    if not private.is_service() then
        perform private.require_staff();
    end if;
    if not (private.is_service() or private.is_prediction_reader(p_client_id)) or not exists (
        select from public.profiles client
        where client.id = p_client_id and client.merged_into_id is null
    ) then
        perform private.refuse('PT404', 'client_not_found', 'There is no such client for you.');
    elsif p_prediction_type in ('churn', 'lapse', 'satisfaction', 'upsell') is not true then
        perform private.refuse(
            'PT422', 'unknown_prediction_type', 'churn, lapse, satisfaction or upsell.'
        );
    elsif (
        select count(*) from public.prediction_requests asked
        where asked.requested_by = auth.uid() and asked.status = 'pending'
    ) >= 100 then
        perform private.refuse('PT429', 'too_many_requests', 'Let the others be answered first.');
    end if;
    delete from public.prediction_requests old
    where old.requested_by = auth.uid() and old.created_at < now() - interval '7 days';
    insert into public.prediction_requests (client_id, prediction_type, requested_by)
    values (p_client_id, p_prediction_type, auth.uid())
    returning * into v_request;
    return to_jsonb(v_request);
end
$$;

create function public.request_prediction(p_client_id uuid, p_prediction_type text)
returns jsonb
language sql
set search_path = ''
as $$
    select private.request_prediction(p_client_id, p_prediction_type)
$$;
comment on function public.request_prediction(uuid, text) is
    'Staff who work with the client, the server: churn, lapse, satisfaction or upsell, now. '
    'Answers the request (pending); Realtime brings it done, with prediction_id or the reason for '
    'none; get_predictions reads it.';

create function private.describe_prediction(p_prediction public.ai_predictions)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select to_jsonb(p_prediction) || jsonb_build_object(
        'factors', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'name', factor.name, 'value', factor.value, 'contribution', factor.contribution,
                'label_pl', known.label_pl, 'label_en', known.label_en, 'unit', known.unit
            ) order by factor.position), '[]')
            from public.prediction_factors factor
            left join public.feature_definitions known
                on known.feature_set = private.find_feature_set(spoke.prediction_type)
                and known.feature_version = 1 and known.name = factor.name
            where factor.prediction_id = p_prediction.id
        ),
        'recommendations', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'factor', factor.name, 'text_pl', advice.text_pl, 'text_en', advice.text_en
            ) order by factor.position), '[]')
            from public.prediction_factors factor
            join public.prediction_advice advice
                on advice.prediction_type = spoke.prediction_type
                and advice.name = factor.name
            where factor.prediction_id = p_prediction.id and factor.contribution > 0
        )
    )
    from public.ai_models spoke where spoke.id = p_prediction.model_id
$$;

create function public.get_predictions(p_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    perform private.require_staff();
    if not private.is_prediction_reader(p_client_id) then
        perform private.refuse('PT404', 'client_not_found', 'There is no such client for you.');
    end if;
    return (
        select coalesce(jsonb_agg(
            private.describe_prediction(made) order by made.prediction_type
        ), '[]')
        from public.ai_predictions made
        where made.client_id = p_client_id and made.status = 'current'
    );
end
$$;
comment on function public.get_predictions(uuid) is
    'Staff who work with the client: their present predictions, each as in ai_predictions with '
    '"factors" (they and prediction.intercept sum to prediction.log_odds) and "recommendations".';

revoke all on function
    private.list_feature_names(text), private.find_feature_set(text),
    private.is_absent(uuid, timestamptz, integer),
    worker.training_rows(timestamptz[], integer, uuid, integer), private.describe_models(text),
    private.describe_scoring(uuid[], timestamptz), worker.scoring_contexts(uuid, integer),
    worker.prediction_contexts(uuid[]), private.list_new_predictions(timestamptz, jsonb),
    private.insert_predictions(timestamptz, private.new_prediction[]),
    private.keep_snapshots(private.new_prediction[]),
    private.write_predictions(timestamptz, jsonb),
    worker.record_scores(timestamptz, jsonb), worker.record_predictions(jsonb, timestamptz),
    private.record_scores(timestamptz, jsonb),
    private.answer_prediction_requests(jsonb, timestamptz), private.record_model(jsonb, jsonb),
    private.insert_trials(uuid, jsonb), worker.record_model(jsonb, jsonb),
    private.request_prediction(uuid, text), public.request_prediction(uuid, text),
    private.describe_prediction(public.ai_predictions), public.get_predictions(uuid)
from public, anon, authenticated, service_role;
grant execute on function
    private.list_visit_features(uuid[], timestamptz),
    private.list_known_visits(uuid[], timestamptz),
    private.list_favourite_shares(uuid[], timestamptz),
    private.list_spend_features(uuid[], timestamptz),
    private.list_care_features(uuid[], timestamptz),
    private.count_ticket_troubles(uuid, timestamptz), private.client_features(uuid[], timestamptz),
    private.list_profiled_clients(uuid, timestamptz, integer),
    private.list_feature_names(text), private.find_feature_set(text),
    private.is_absent(uuid, timestamptz, integer), private.describe_models(text),
    private.describe_scoring(uuid[], timestamptz), private.record_scores(timestamptz, jsonb),
    private.answer_prediction_requests(jsonb, timestamptz), private.record_model(jsonb, jsonb),
    worker.training_rows(timestamptz[], integer, uuid, integer),
    worker.scoring_contexts(uuid, integer), worker.prediction_contexts(uuid[]),
    worker.record_scores(timestamptz, jsonb), worker.record_predictions(jsonb, timestamptz),
    worker.record_model(jsonb, jsonb)
to service_role;
grant execute on function
    private.request_prediction(uuid, text), public.request_prediction(uuid, text)
to authenticated, service_role;
grant execute on function
    private.find_feature_set(text), private.describe_prediction(public.ai_predictions),
    public.get_predictions(uuid)
to authenticated;
