-- Predictions: how likely something is, how that was found, and what moved it.
--
--   clock.daily           -> intelligence.training (workers/intelligence/training.py): which model
--                            may speak (lib/intelligence/prediction/ladder.py) -> ai_models, trials
--   clock.daily           -> intelligence.scoring (workers/intelligence/scoring.py): everybody
--   prediction.requested  -> intelligence.predictions: one client, now
--                            -> ai_predictions, prediction_factors, feature_snapshots
--   events out: prediction.requested, churn.alerted, churn.calmed
--
-- A prediction is a row and never edited but for its status: a newer one supersedes it.

-- -------------------------------------------------------------------------------------------------
-- Registry
-- -------------------------------------------------------------------------------------------------
create table public.ai_models (
    id uuid primary key default gen_random_uuid(),
    prediction_type text not null,
    version integer not null,
    rung text not null,
    learnt_window text not null default 'all',
    status text not null default 'champion',
    document jsonb,
    sha256 text,
    feature_version integer not null,
    horizon_days integer not null,
    policy_version text not null,
    client_count integer not null,
    learnt_count integer not null,
    judged_count integer not null,
    metrics jsonb not null default '{}',
    created_at timestamptz not null default now(),
    confirmed_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint ai_models_versions_are_counted unique (prediction_type, version),
    constraint ai_models_type_is_known
        check (prediction_type in ('churn', 'lapse', 'satisfaction', 'upsell')),
    constraint ai_models_rung_is_of_the_ladder
        check (rung in ('insufficient', 'prior', 'recalibrated', 'logistic', 'boosting')),
    constraint ai_models_window_is_known check (learnt_window in ('all', 'newest')),
    constraint ai_models_status_is_known
        check (status in ('champion', 'challenger', 'retired', 'rejected')),
    constraint ai_models_challengers_say_something
        check (status in ('champion', 'retired') or document is not null),
    constraint ai_models_speak_unless_insufficient check (
        (rung = 'insufficient') = (document is null) and (document is null) = (sha256 is null)
    ),
    constraint ai_models_document_is_an_object check (
        jsonb_typeof(document) = 'object' and octet_length(document::text) <= 1000000
    ),
    constraint ai_models_sha256_is_hexadecimal check (sha256 ~ '^[0-9a-f]{64}$'),
    constraint ai_models_horizon_is_sane check (horizon_days between 1 and 730),
    constraint ai_models_counts_are_counts
        check (client_count >= 0 and learnt_count >= 0 and judged_count >= 0),
    constraint ai_models_metrics_are_a_small_object
        check (jsonb_typeof(metrics) = 'object' and octet_length(metrics::text) <= 20000),
    constraint ai_models_policy_version_is_short
        check (char_length(policy_version) between 1 and 40)
);
comment on table public.ai_models is
    'Every model that ever spoke or wanted to: on which rung of the ladder, learnt from what, '
    'judged on what. champion: speaks. challenger: scores in shadow, never shown, until what came '
    'of it decides; then it speaks or is rejected.';
comment on column public.ai_models.document is
    'The model itself, as numbers; null on the rung insufficient, where nothing is said.';
comment on column public.ai_models.confirmed_at is
    'When the ladder last came to the same model again.';
create unique index ai_models_one_champion on public.ai_models (prediction_type)
where status = 'champion';
comment on index public.ai_models_one_champion is
    'Serves finding who speaks, and lets no two speak at once.';
create unique index ai_models_one_challenger on public.ai_models (prediction_type)
where status = 'challenger';
comment on index public.ai_models_one_challenger is
    'Serves finding who scores in shadow, and lets one do so at a time.';
create trigger ai_models_touch
before update on public.ai_models
for each row execute function private.tg_touch_row();

create table public.ai_model_trials (
    id bigint primary key generated always as identity,
    model_id uuid not null references public.ai_models (id) on delete cascade,
    candidate text not null,
    learnt_window text not null,
    challenged text not null,
    basis text not null default 'backtest',
    outcome_count integer not null,
    brier double precision not null,
    base_brier double precision not null,
    auc double precision,
    calibration_error double precision,
    gain double precision,
    bound double precision,
    verdict text not null,
    tried_at timestamptz not null default now(),
    constraint ai_model_trials_words_are_short check (
        candidate ~ '^[a-z_]{1,20}$' and challenged ~ '^[a-z_]{1,20}$'
        and verdict ~ '^[a-z_]{1,40}$' and learnt_window in ('all', 'newest')
    ),
    constraint ai_model_trials_basis_is_known check (basis in ('backtest', 'shadow')),
    constraint ai_model_trials_are_judged_on_somebody check (outcome_count > 0)
);
comment on table public.ai_model_trials is
    'Every candidate at the gate, those turned away too; model_id is who spoke after it, or the '
    'challenger that was judged. gain: Brier score the challenged had more; bound: its lower '
    'one-sided 95 % end.';
comment on column public.ai_model_trials.basis is
    'backtest: on past outcomes, held out; shadow: on what came after both had scored.';
create index ai_model_trials_model_id_idx on public.ai_model_trials (model_id);
comment on index public.ai_model_trials_model_id_idx is 'Serves a model''s trials.';

-- -------------------------------------------------------------------------------------------------
-- Predictions
-- -------------------------------------------------------------------------------------------------
create table public.ai_predictions (
    id uuid primary key default gen_random_uuid(),
    client_id uuid not null references public.profiles (id) on delete cascade,
    prediction_type text not null,
    subject_id uuid,
    prediction jsonb not null,
    confidence numeric(6, 5),
    timeframe text not null,
    status text not null default 'current',
    method text not null,
    model_id uuid not null references public.ai_models (id),
    observed_at timestamptz not null,
    evidence text not null,
    is_alert boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint ai_predictions_type_is_known
        check (prediction_type in ('churn', 'lapse', 'satisfaction', 'upsell')),
    constraint ai_predictions_prediction_is_a_small_object
        check (jsonb_typeof(prediction) = 'object' and octet_length(prediction::text) <= 4000),
    constraint ai_predictions_confidence_is_a_share check (confidence between 0 and 1),
    constraint ai_predictions_timeframe_is_days check (timeframe ~ '^[0-9]{1,3}d$'),
    constraint ai_predictions_status_is_known check (status in ('current', 'superseded')),
    constraint ai_predictions_method_speaks
        check (method in ('prior', 'recalibrated', 'logistic', 'boosting')),
    constraint ai_predictions_evidence_is_known
        check (evidence in ('none', 'low', 'medium', 'high'))
);
comment on table public.ai_predictions is
    'What was predicted of a client, when, by which model: churn (no visit in 90 days, or a '
    'membership that lapses: the likelier speaks), lapse (a membership is not renewed within 30 '
    'days of its end), satisfaction (a service is rated 3 or less), upsell (an offer is accepted). '
    'prediction: {"probability", "log_odds", "intercept"}; the factors and the intercept sum to '
    'log_odds. Of churn, where a membership nears its end, also "part" (visits, membership: which '
    'speaks) and "parts", what each says.';
comment on column public.ai_predictions.subject_id is
    'The membership, or the survey of the service; null: the client. No foreign key: it may go.';
comment on column public.ai_predictions.confidence is
    'Calibrated probability of what is predicted, the likelier of the two; null: the model''s '
    'calibration was never measured on this house''s own outcomes.';
comment on column public.ai_predictions.evidence is
    'How much of a history the client has: none or low, medium, high from 2, 5, 10 visits on.';
create unique index ai_predictions_one_current
    on public.ai_predictions (client_id, prediction_type)
where status = 'current';
comment on index public.ai_predictions_one_current is
    'Serves a client''s present predictions, and lets in one of each type.';
create index ai_predictions_client_id_idx on public.ai_predictions (client_id, created_at desc);
comment on index public.ai_predictions_client_id_idx is 'Serves their history, the foreign key.';
create index ai_predictions_model_id_idx on public.ai_predictions (model_id);
comment on index public.ai_predictions_model_id_idx is 'Serves the foreign key.';
create index ai_predictions_alerts_idx on public.ai_predictions (prediction_type, created_at desc)
where is_alert and status = 'current';
comment on index public.ai_predictions_alerts_idx is 'Serves "who is likely to leave".';

create table public.prediction_factors (
    prediction_id uuid not null references public.ai_predictions (id) on delete cascade,
    position smallint not null,
    name text not null,
    value double precision,
    contribution double precision not null,
    primary key (prediction_id, position),
    constraint prediction_factors_name_is_a_word check (name ~ '^[a-z][a-z0-9_]{0,39}$'),
    constraint prediction_factors_are_few check (position between 1 and 10)
);
comment on table public.prediction_factors is
    'What moved an estimate, largest first, in log odds; never a cause. others: all the rest.';

create table public.prediction_advice (
    name text not null,
    prediction_type text not null,
    text_pl text not null,
    text_en text not null,
    primary key (prediction_type, name),
    constraint prediction_advice_name_is_a_word check (name ~ '^[a-z][a-z0-9_]{0,39}$'),
    constraint prediction_advice_type_is_known
        check (prediction_type in ('churn', 'lapse', 'satisfaction', 'upsell')),
    constraint prediction_advice_texts_are_short
        check (private.is_clean_text(text_pl, 200) and private.is_clean_text(text_en, 200))
);
comment on table public.prediction_advice is
    'What may help when this factor raises the estimate: from the house, not from the model.';
insert into public.prediction_advice (name, prediction_type, text_pl, text_en)
values
    ('silence_days', 'churn', 'Zaprosić osobiście na kolejną wizytę.',
        'Invite them to the next visit in person.'),
    ('cadence_ratio', 'churn', 'Zaproponować termin w zwykłym rytmie wizyt.',
        'Offer a time in their usual rhythm.'),
    ('missed_180', 'churn', 'Zapytać, czy terminy są dogodne.',
        'Ask whether the times suit them.'),
    ('cancelled_late_180', 'churn', 'Zapytać, czy terminy są dogodne.',
        'Ask whether the times suit them.'),
    ('has_booking', 'churn', 'Umówić kolejną wizytę przy pożegnaniu.',
        'Book the next visit as they leave.'),
    ('has_membership', 'churn', 'Przedstawić karnet odpowiadający ich zwyczajom.',
        'Present the membership that fits their habits.'),
    ('membership_days_left', 'churn', 'Porozmawiać o przedłużeniu karnetu.',
        'Talk about renewing the membership.'),
    ('complaints_180', 'churn', 'Opiekun wraca do ostatniej reklamacji.',
        'Their manager returns to the last complaint.'),
    ('broken_180', 'churn', 'Przeprosić za niedotrzymane terminy.',
        'Apologise for the times that were not kept.'),
    ('sentiment_90', 'churn', 'Zadzwonić i zapytać, co poprawić.',
        'Call and ask what to improve.'),
    ('low_ratings_365', 'churn', 'Zadzwonić i zapytać, co poprawić.',
        'Call and ask what to improve.'),
    ('days_left', 'lapse', 'Porozmawiać o przedłużeniu karnetu.',
        'Talk about renewing the membership.'),
    ('use_30', 'lapse', 'Pokazać, jak lepiej korzystać z karnetu.',
        'Show how to make more of the membership.'),
    ('visits_30', 'lapse', 'Zaprosić osobiście na kolejną wizytę.',
        'Invite them to the next visit in person.'),
    ('silence_days', 'lapse', 'Zaprosić osobiście na kolejną wizytę.',
        'Invite them to the next visit in person.'),
    ('lapses_before', 'lapse', 'Zapytać, dlaczego poprzedni karnet się skończył.',
        'Ask why the last membership ended.'),
    ('complaints_180', 'lapse', 'Opiekun wraca do ostatniej reklamacji.',
        'Their manager returns to the last complaint.'),
    ('broken_180', 'lapse', 'Przeprosić za niedotrzymane terminy.',
        'Apologise for the times that were not kept.'),
    ('wait_minutes', 'satisfaction', 'Przeprosić za czekanie.', 'Apologise for the wait.'),
    ('broken', 'satisfaction', 'Przeprosić za niedotrzymane terminy.',
        'Apologise for the times that were not kept.'),
    ('hands', 'satisfaction', 'Wskazać jedną osobę, która prowadzi sprawę.',
        'Name the one person who looks after it.'),
    ('last_tone', 'satisfaction', 'Zadzwonić i zapytać, czy sprawa jest załatwiona.',
        'Call and ask whether it is settled.'),
    ('tone', 'satisfaction', 'Zadzwonić i zapytać, co poprawić.',
        'Call and ask what to improve.');

create table public.prediction_requests (
    id uuid primary key default gen_random_uuid(),
    client_id uuid not null references public.profiles (id) on delete cascade,
    prediction_type text not null,
    requested_by uuid references public.profiles (id) on delete set null,
    status text not null default 'pending',
    prediction_id uuid references public.ai_predictions (id) on delete set null,
    reason text,
    have_count integer,
    need_count integer,
    created_at timestamptz not null default now(),
    completed_at timestamptz,
    updated_at timestamptz not null default now(),
    constraint prediction_requests_type_is_known
        check (prediction_type in ('churn', 'lapse', 'satisfaction', 'upsell')),
    constraint prediction_requests_status_is_known check (status in ('pending', 'done')),
    constraint prediction_requests_done_have_a_moment
        check ((status = 'done') = (completed_at is not null)),
    constraint prediction_requests_reason_is_known check (
        reason in (
            'insufficient_data', 'no_history', 'nothing_due', 'objection', 'switched_off'
        )
    )
);
comment on table public.prediction_requests is
    'Somebody asked for a prediction now. done without a prediction_id: reason says why there is '
    'none, insufficient_data with how much there is and how much is needed; nothing_due: no '
    'membership nears its end, no service waits to be rated.';
create index prediction_requests_requested_by_idx on public.prediction_requests (requested_by);
comment on index public.prediction_requests_requested_by_idx is
    'Serves the policy and the foreign key.';
create index prediction_requests_client_id_idx on public.prediction_requests (client_id);
comment on index public.prediction_requests_client_id_idx is 'Serves the foreign key.';
create index prediction_requests_prediction_id_idx on public.prediction_requests (prediction_id);
comment on index public.prediction_requests_prediction_id_idx is 'Serves the foreign key.';
create trigger prediction_requests_touch
before update on public.prediction_requests
for each row execute function private.tg_touch_row();

insert into private.subscriptions (event_kind, worker, collapses)
values
    ('clock.daily', 'intelligence.training', true),
    ('clock.daily', 'intelligence.scoring', true),
    ('prediction.requested', 'intelligence.predictions', false);

create function private.tg_prediction_requests_emit()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.emit_events('prediction.requested', array_agg(asked.id))
    from asked
    having count(*) > 0;
    return null;
end
$$;
create trigger prediction_requests_emit
after insert on public.prediction_requests
referencing new table as asked
for each statement execute function private.tg_prediction_requests_emit();

-- An alert begins and ends once, however often it is scored in between.
create function private.tg_ai_predictions_announce()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.emit_events(
        case when made.is_alert then 'churn.alerted' else 'churn.calmed' end,
        array_agg(made.client_id order by made.client_id),
        array_agg(
            jsonb_build_object('prediction_id', made.id, 'prediction', made.prediction)
            order by made.client_id
        )
    )
    from made
    left join lateral (
        select before.is_alert from public.ai_predictions before
        where before.client_id = made.client_id and before.prediction_type = 'churn'
            and before.id <> made.id
        order by before.created_at desc, before.id
        limit 1
    ) earlier on true
    where made.prediction_type = 'churn'
        and made.is_alert <> coalesce(earlier.is_alert, false)
    group by made.is_alert;
    return null;
end
$$;
create trigger ai_predictions_announce
after insert on public.ai_predictions
referencing new table as made
for each statement execute function private.tg_ai_predictions_announce();

create function private.tg_profiling_objections_forget_predictions()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    delete from public.ai_predictions made where made.client_id = new.client_id;
    return null;
end
$$;
create trigger profiling_objections_forget_predictions
after insert on public.profiling_objections
for each row execute function private.tg_profiling_objections_forget_predictions();

-- -------------------------------------------------------------------------------------------------
-- Rights: who works with a client may know; the client never meets a number about themselves here
-- -------------------------------------------------------------------------------------------------
create function private.is_prediction_reader(p_client_id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return p_client_id is distinct from auth.uid() and (
        p_client_id = any (array(select private.my_dedicated_client_ids()))
        or p_client_id = any (array(select private.my_live_client_ids()))
        or exists (
            select from public.profiles client
            where client.id = p_client_id
                and client.desk_id = any (array(select private.my_overseen_desk_ids()))
        )
    );
end
$$;

revoke all on
    public.ai_models, public.ai_model_trials, public.ai_predictions, public.prediction_factors,
    public.prediction_advice, public.prediction_requests
from anon, authenticated, service_role;
grant select on
    public.ai_models, public.ai_model_trials, public.ai_predictions, public.prediction_factors,
    public.prediction_advice, public.prediction_requests
to authenticated, service_role;
alter table public.ai_models enable row level security;
alter table public.ai_model_trials enable row level security;
alter table public.ai_predictions enable row level security;
alter table public.prediction_factors enable row level security;
alter table public.prediction_advice enable row level security;
alter table public.prediction_requests enable row level security;

create policy ai_models_select_staff on public.ai_models
for select to authenticated
using ((select private.is_staff()));
create policy ai_model_trials_select_staff on public.ai_model_trials
for select to authenticated
using ((select private.is_staff()));
create policy prediction_advice_select_staff on public.prediction_advice
for select to authenticated
using ((select private.is_staff()));
create policy ai_predictions_select_concerned on public.ai_predictions
for select to authenticated
using (
    client_id <> (select auth.uid())
    and (
        client_id = any (array(select private.my_dedicated_client_ids()))
        or client_id = any (array(select private.my_live_client_ids()))
        or exists (
            select from public.profiles client
            where client.id = ai_predictions.client_id
                and client.desk_id = any (array(select private.my_overseen_desk_ids()))
        )
    )
);
create policy prediction_factors_select_concerned on public.prediction_factors
for select to authenticated
using (
    exists (
        select from public.ai_predictions made where made.id = prediction_factors.prediction_id
    )
);
create policy prediction_requests_select_requester on public.prediction_requests
for select to authenticated
using (requested_by = (select auth.uid()));

revoke all on function
    private.tg_prediction_requests_emit(), private.tg_ai_predictions_announce(),
    private.tg_profiling_objections_forget_predictions(), private.is_prediction_reader(uuid)
from public, anon, authenticated, service_role;
grant execute on function private.is_prediction_reader(uuid) to authenticated;

do $$
begin
    if exists (select from pg_publication where pubname = 'supabase_realtime') then
        alter publication supabase_realtime add table public.prediction_requests;
    end if;
end
$$;
