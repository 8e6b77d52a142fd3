-- Personalisation: what a client likes, said by themselves or learnt from what they chose, and only
-- while they agree to it.
--
-- events in: visit.completed, visit.changed, purchase.recorded, purchase.changed, ticket.closed,
--   personalization.requested (consent was given), personalization.expired (timer).
-- worker: intelligence.personalization; decision: lib/intelligence/personalization.py: everything
-- they chose is folded afresh each time, so what was told late counts as if told in time.
-- events out: personalization.requested (subject: the client).
-- A withdrawn consent deletes the profile in its own transaction. Order of locks: jobs, the client.

-- -------------------------------------------------------------------------------------------------
-- Consent
-- -------------------------------------------------------------------------------------------------
insert into public.consent_purposes (purpose, label_pl, label_en)
values (
    'personalization', 'Profil upodobań: czego i jak najchętniej Państwo używają',
    'A profile of preferences: what you like, and how'
);
insert into public.consent_wordings (purpose, wording_version, text_pl, text_en)
values (
    'personalization', 'v1',
    'Wyrażam zgodę na prowadzenie profilu moich upodobań na podstawie wizyt, zakupów i '
    'kontaktów z domem. Po cofnięciu zgody profil jest natychmiast usuwany.',
    'I agree that a profile of my preferences is kept, made from my visits, purchases and contacts '
    'with the house. When I take this back the profile is deleted at once.'
);

-- By whichever channel it was given: the profile has none.
create function private.has_personalization_consent(p_client_id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return exists (
        select from public.consents given
        join public.consent_wordings wording
            on wording.purpose = given.purpose and wording.is_current
            and wording.wording_version = given.wording_version
        where given.client_id = p_client_id and given.purpose = 'personalization'
            and given.withdrawn_at is null
    );
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Preferences
-- -------------------------------------------------------------------------------------------------
create table public.client_preferences (
    client_id uuid not null references public.profiles (id) on delete cascade,
    topic text not null,
    choice text not null,
    value double precision not null,
    source text not null,
    confidence double precision not null,
    choice_count integer,
    expires_at timestamptz not null,
    policy_version text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (client_id, topic, choice),
    constraint client_preferences_topic_is_known check (topic in (
        'treatment', 'provider', 'weekday', 'daypart', 'channel', 'language', 'product'
    )),
    constraint client_preferences_choice_is_short_text check (private.is_clean_text(choice, 80)),
    constraint client_preferences_value_is_a_share check (value between 0 and 1),
    constraint client_preferences_confidence_is_a_share check (confidence between 0 and 1),
    constraint client_preferences_source_is_known
        check (source in ('stated', 'learned', 'forgotten')),
    constraint client_preferences_learned_ones_say_from_what check (
        (source = 'learned') = (choice_count is not null)
        and (source = 'learned') = (policy_version is not null) and choice_count > 0
    )
);
comment on table public.client_preferences is
    'What a client likes, 0 to 1. What they said themselves stands before what was learnt; what '
    'they had the house forget is not learnt again.';
comment on column public.client_preferences.value is
    'Stated: as said. Learned: exponential average from 0.5, a step of the learning rate towards 1 '
    'for each choice of this and towards 0 for each of something else of the topic.';
comment on column public.client_preferences.confidence is
    '1 when stated; learned: 1 - (1 - rate) ^ choice_count.';
comment on column public.client_preferences.choice_count is
    'How many choices of the topic it was learnt from.';
create trigger client_preferences_touch
before update on public.client_preferences
for each row execute function private.tg_touch_row();

alter table private.vip_readings
    drop constraint vip_readings_concept_is_known,
    add constraint vip_readings_concept_is_known
    check (concept in ('wellness', 'recommendations', 'personalization'));

insert into private.subscriptions (event_kind, worker, priority, collapses)
select kind, 'intelligence.personalization', -10, true
from unnest(array[
    'visit.completed', 'visit.changed', 'purchase.recorded', 'purchase.changed', 'ticket.closed',
    'personalization.requested', 'personalization.expired'
]) kind;

-- -------------------------------------------------------------------------------------------------
-- It comes and goes with the consent
-- -------------------------------------------------------------------------------------------------

-- Definer: whoever takes a consent back holds no right to delete preferences. It follows the row; a
-- new wording of the same consent is given in the same statement, and nothing is lost.
create function private.tg_consents_forget_preferences()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_client_ids uuid[] := array(
        select distinct ended.client_id from ended
        where ended.purpose = 'personalization' and ended.withdrawn_at is not null
            and not private.has_personalization_consent(ended.client_id)
    );
begin
    if cardinality(v_client_ids) > 0 then
        delete from public.client_preferences known where known.client_id = any (v_client_ids);
        perform private.cancel_timers('personalization.expired', v_client_ids);
    end if;
    return null;
end
$$;
create trigger consents_forget_preferences
after update on public.consents
referencing new table as ended
for each statement execute function private.tg_consents_forget_preferences();

-- Definer: nobody but the database may emit events; it follows the row.
create function private.tg_consents_request_preferences()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.emit_events('personalization.requested', array_agg(distinct given.client_id))
    from given where given.purpose = 'personalization'
    having count(*) > 0;
    return null;
end
$$;
create trigger consents_request_preferences
after insert on public.consents
referencing new table as given
for each statement execute function private.tg_consents_request_preferences();

-- What was learnt is a score about them; what they said themselves is not.
-- Definer: the client holds no right to delete preferences; it follows the row.
create function private.tg_profiling_objections_forget_preferences()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.lock_clients(array[new.client_id]);
    delete from public.client_preferences known
    where known.client_id = new.client_id and known.source = 'learned';
    return null;
end
$$;
create trigger profiling_objections_forget_preferences
after insert on public.profiling_objections
for each row execute function private.tg_profiling_objections_forget_preferences();

-- Definer: whoever merges clients holds no right to write preferences. What the duplicate chose is
-- the kept client's from now on and folded there; their consent does not go over.
create function private.tg_profiles_merge_preferences()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    delete from public.client_preferences known where known.client_id = new.id;
    perform private.cancel_timers('personalization.expired', array[new.id]);
    perform private.emit_events('personalization.requested', array[new.merged_into_id]);
    return null;
end
$$;
create trigger profiles_merge_preferences
after update of merged_into_id on public.profiles
for each row when (new.merged_into_id is not null and old.merged_into_id is null)
execute function private.tg_profiles_merge_preferences();

-- -------------------------------------------------------------------------------------------------
-- Read
-- -------------------------------------------------------------------------------------------------

-- Medical treatments are left out: a liking for them would be a note on somebody's health.
create function private.list_choices(p_client_id uuid, p_since timestamptz)
returns table (topic text, choice text, chosen_at timestamptz, choice_id uuid)
language sql
stable
set search_path = ''
as $$
    select told.topic, told.choice, visit.starts_at, visit.id
    from public.visits visit
    join public.treatments had on had.id = visit.treatment_id
    cross join lateral (values
        ('treatment', case when had.category <> 'medical' then visit.treatment_id end),
        ('provider', visit.provider),
        ('weekday', extract(isodow from visit.starts_at at time zone 'Europe/Warsaw')::text),
        ('daypart', case
            when extract(hour from visit.starts_at at time zone 'Europe/Warsaw') < 12
                then 'morning'
            when extract(hour from visit.starts_at at time zone 'Europe/Warsaw') < 17
                then 'afternoon'
            else 'evening' end)
    ) told (topic, choice)
    where visit.client_id = p_client_id and visit.status = 'completed'
        and visit.starts_at > p_since and told.choice is not null
    union all
    select 'product', bought.product_id, bought.purchased_at, bought.id
    from public.purchases bought
    where bought.client_id = p_client_id and bought.product_id is not null
        and bought.purchased_at > p_since
        and (bought.refunded_minor < bought.amount_minor or bought.amount_minor = 0)
    union all
    select told.topic, told.choice, ticket.opened_at, ticket.id
    from public.support_tickets ticket
    cross join lateral (
        values ('channel', ticket.channel), ('language', ticket.language)
    ) told (topic, choice)
    where ticket.client_id = p_client_id and ticket.opened_at > p_since
        and told.choice is not null
$$;

create function private.describe_choices(p_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(
            jsonb_build_array(made.topic, made.choice, made.chosen_at)
            order by made.chosen_at, made.choice_id, made.topic
        ), '[]')
        from private.list_choices(p_client_id, now() - interval '730 days') made
        where not exists (
            select from public.profiling_objections objection
            where objection.client_id = p_client_id
        )
    );
end
$$;

-- Definer: what clients chose is read on the worker's behalf; only service_role may execute it. Who
-- objects to profiling has no choices to learn from.
create function private.read_choices(p_subject_ids uuid[])
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
    with asked as (
        select coalesce(
            visit.client_id, bought.client_id, ticket.client_id, subject.id
        ) as client_id, array_agg(subject.id) as subject_ids
        from unnest(p_subject_ids) subject (id)
        left join public.visits visit on visit.id = subject.id
        left join public.purchases bought on bought.id = subject.id
        left join public.support_tickets ticket on ticket.id = subject.id
        group by 1
    )
    select jsonb_build_object(
        'read_at', clock_timestamp(),
        'settings', (
            select jsonb_build_object(
                'is_enabled',
                (known.value ->> 'profiling_enabled')::boolean and flag.is_enabled,
                'learning_rate', known.value -> 'learning_rate'
            )
            from public.ai_settings known
            join public.feature_flags flag on flag.flag = 'ai_personalization'
            where known.setting = 'personalization'
        ),
        'clients', coalesce(jsonb_agg(jsonb_build_object(
            'client_id', asked.client_id, 'subject_ids', asked.subject_ids,
            'choices', private.describe_choices(asked.client_id)
        )), '[]')
    )
    from asked
    where private.has_personalization_consent(asked.client_id)
$$;

create function worker.personalization_contexts(p_subject_ids uuid[])
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.read_choices(p_subject_ids)
$$;
comment on function worker.personalization_contexts(uuid[]) is
    'For clients, visits, purchases and tickets: the clients they are of who agreed to a profile, '
    'with what they chose within two years, oldest first: [topic, choice, chosen_at].';

-- -------------------------------------------------------------------------------------------------
-- Write
-- -------------------------------------------------------------------------------------------------
create function private.schedule_forgetting(p_client_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_first timestamptz;
begin
    delete from public.client_preferences known
    where known.client_id = p_client_id and known.expires_at <= clock_timestamp();
    select min(known.expires_at) into v_first
    from public.client_preferences known
    where known.client_id = p_client_id and isfinite(known.expires_at);
    if v_first is null then
        perform private.cancel_timers('personalization.expired', array[p_client_id]);
    else
        perform private.set_timers(
            'personalization.expired', array[p_client_id], array[v_first]
        );
    end if;
end
$$;

create function private.merge_learned(p_client_id uuid, p_preferences jsonb)
returns void
language sql
set search_path = ''
as $$
    delete from public.client_preferences known
    where known.client_id = p_client_id and known.source = 'learned'
        and not exists (
            select from jsonb_to_recordset(p_preferences) as told (topic text, choice text)
            where told.topic = known.topic and told.choice = known.choice
        );
    insert into public.client_preferences as known (
        client_id, topic, choice, value, source, confidence, choice_count, expires_at,
        policy_version
    )
    select p_client_id, told.topic, told.choice, told.value, 'learned', told.confidence,
        told.choice_count, told.expires_at, told.policy_version
    from jsonb_populate_recordset(null::public.client_preferences, p_preferences) told
    on conflict (client_id, topic, choice) do update
    set value = excluded.value, confidence = excluded.confidence,
        choice_count = excluded.choice_count, expires_at = excluded.expires_at,
        policy_version = excluded.policy_version
    where known.source = 'learned'
$$;

-- recorded; stale: a later reading was written already; gone: they do not agree (any more). The
-- client is locked, and so they are by who takes the consent back.
create function private.settle_preferences(p_profile jsonb)
returns text
language plpgsql
set search_path = ''
as $$
declare
    v_client_id uuid := p_profile ->> 'client_id';
begin
    if private.has_personalization_consent(v_client_id) is not true then
        return 'gone';
    elsif exists (
        select from public.profiling_objections objection
        where objection.client_id = v_client_id
    ) and p_profile -> 'preferences' <> '[]' or not private.note_reading(
        v_client_id, 'personalization', (p_profile ->> 'read_at')::timestamptz
    ) then
        return 'stale';
    end if;
    perform private.merge_learned(v_client_id, p_profile -> 'preferences');
    perform private.schedule_forgetting(v_client_id);
    return 'recorded';
end
$$;

-- Definer: not even the service key may write preferences but through here; only service_role may
-- execute it.
create function private.apply_preferences(p_items jsonb)
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
        select (item.profile ->> 'client_id')::uuid
        from jsonb_to_recordset(p_items) as item (profile jsonb)
    ));
    for v_item in
        select item.job_id, item.profile
        from jsonb_to_recordset(p_items) as item (job_id bigint, profile jsonb)
        order by item.profile ->> 'client_id', item.job_id
    loop
        v_results := v_results || jsonb_build_object('job_id', v_item.job_id, 'status', case
            when jsonb_typeof(v_item.profile) is distinct from 'object' then 'gone'
            else private.settle_preferences(v_item.profile) end);
    end loop;
    return v_results;
end
$$;

create function worker.record_preferences(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    perform private.hold_jobs(p_items);
    return private.finish_decided(private.apply_preferences(p_items));
end
$$;
comment on function worker.record_preferences(jsonb) is
    'Effect and end of jobs about personalisation, in one transaction. Items: job_id, fence, '
    'profile {client_id, read_at, preferences [{topic, choice, value, confidence, choice_count, '
    'expires_at, policy_version}]} or null. Answers [{"job_id", "status"}]: recorded, stale (a '
    'later reading is written), gone (no consent).';

-- -------------------------------------------------------------------------------------------------
-- What people ask and say
-- -------------------------------------------------------------------------------------------------

-- Definer: who works with a client may not read their consents as such; who asks is checked first.
create function private.get_personalization_profile(p_client_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_is_consented boolean;
begin
    if not private.is_service() then
        perform private.require_signed_in();
        if p_client_id is distinct from private.my_client_id()
            and private.is_prediction_reader(p_client_id) is not true
        then
            perform private.refuse('PT404', 'client_not_found', 'There is no such client for you.');
        end if;
    end if;
    v_is_consented := private.has_personalization_consent(p_client_id);
    return jsonb_build_object(
        'client_id', p_client_id, 'is_consented', v_is_consented,
        'preferences', (
            select coalesce(jsonb_agg(
                to_jsonb(known) - array['client_id', 'created_at', 'policy_version']
                order by known.topic, known.source = 'learned', known.value desc, known.choice
            ), '[]')
            from public.client_preferences known
            where known.client_id = p_client_id and known.source <> 'forgotten'
                and known.expires_at > now() and v_is_consented
        )
    );
end
$$;

create function public.get_personalization_profile(p_client_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.get_personalization_profile(p_client_id)
$$;
comment on function public.get_personalization_profile(uuid) is
    'getPersonalizationProfile: the client, staff who work with them, the server: client_id, '
    'is_consented, preferences [{topic, choice, value 0..1, source stated or learned, confidence, '
    'choice_count, expires_at, updated_at}], of each topic what they said first. Without the '
    'consent to personalization there is none.';

create function private.is_known_choice(p_topic text, p_choice text)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return coalesce(case p_topic
        when 'treatment' then exists (
            select from public.treatments known where known.id = p_choice
        )
        when 'product' then exists (select from public.products known where known.id = p_choice)
        when 'channel' then exists (
            select from public.channels known where known.channel = p_choice
        )
        when 'weekday' then p_choice ~ '^[1-7]$'
        when 'daypart' then p_choice in ('morning', 'afternoon', 'evening')
        when 'language' then p_choice ~ '^[a-z]{2}$'
        when 'provider' then private.is_clean_text(p_choice, 80)
    end, false);
end
$$;

-- The client is locked, so that a consent taken back comes before or after.
create function private.lock_own_preferences()
returns uuid
language plpgsql
set search_path = ''
as $$
declare
    v_client_id uuid := private.my_client_id();
begin
    perform private.require_signed_in();
    perform private.lock_clients(array[v_client_id]);
    if not private.has_personalization_consent(v_client_id) then
        perform private.refuse(
            'PT409', 'consent_required', 'Agree to personalization first: give_consent.'
        );
    end if;
    return v_client_id;
end
$$;

-- Definer: nobody holds a right to write preferences; clients speak for themselves alone.
create function private.set_preference(p_topic text, p_choice text, p_value double precision)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_client_id uuid := private.lock_own_preferences();
    v_known public.client_preferences;
begin
    if not private.is_known_choice(p_topic, p_choice) then
        perform private.refuse('PT422', 'unknown_choice', 'Not a topic or choice of this house.');
    elsif (p_value between 0 and 1) is not true then
        perform private.refuse('PT422', 'value_out_of_range', 'From 0 (never) to 1 (always).');
    elsif (
        select count(*) from public.client_preferences known
        where known.client_id = v_client_id and known.source <> 'learned'
    ) >= 200 then
        perform private.refuse('PT429', 'too_many_preferences', 'At most 200 of your own.');
    end if;
    insert into public.client_preferences (
        client_id, topic, choice, value, source, confidence, expires_at
    )
    values (v_client_id, p_topic, p_choice, p_value, 'stated', 1, now() + interval '730 days')
    on conflict (client_id, topic, choice) do update
    set value = excluded.value, source = 'stated', confidence = 1, choice_count = null,
        policy_version = null, expires_at = excluded.expires_at
    returning * into v_known;
    perform private.schedule_forgetting(v_client_id);
    return to_jsonb(v_known) - 'policy_version';
end
$$;

create function public.set_preference(
    p_topic text, p_choice text, p_value double precision default 1
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_preference(p_topic, p_choice, p_value)
$$;
comment on function public.set_preference(text, text, double precision) is
    'The client says what they like: treatment, product, provider, weekday (1 Monday to 7), '
    'daypart (morning, afternoon, evening), channel or language; value 0 (never) to 1 (always). '
    'Stands before what was learnt, for two years. 409 consent_required, 422 unknown_choice.';

-- Definer: as above. The row stays as a mark, or the same would be learnt again tomorrow.
create function private.forget_preference(p_topic text, p_choice text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_client_id uuid := private.lock_own_preferences();
begin
    update public.client_preferences known
    set source = 'forgotten', value = 0, confidence = 1, choice_count = null,
        policy_version = null, expires_at = 'infinity'
    where known.client_id = v_client_id and known.topic = p_topic and known.choice = p_choice;
    if not found then
        perform private.refuse('PT404', 'preference_not_found', 'There is no such preference.');
    end if;
    perform private.schedule_forgetting(v_client_id);
    return jsonb_build_object('topic', p_topic, 'choice', p_choice, 'is_forgotten', true);
end
$$;

create function public.forget_preference(p_topic text, p_choice text)
returns jsonb
language sql
set search_path = ''
as $$
    select private.forget_preference(p_topic, p_choice)
$$;
comment on function public.forget_preference(text, text) is
    'The client: do not keep this, and do not learn it again until I say so myself '
    '(set_preference). Saying it twice changes nothing. 404 preference_not_found.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.client_preferences from anon, authenticated, service_role;
grant select on public.client_preferences to authenticated, service_role;
alter table public.client_preferences enable row level security;

create policy client_preferences_select_concerned on public.client_preferences
for select to authenticated
using (
    client_id = (select private.my_client_id())
    or source <> 'forgotten' and client_id <> (select auth.uid()) and (
        client_id = any (array(select private.my_live_client_ids()))
        or client_id = any (array(select private.my_dedicated_client_ids()))
        or exists (
            select from public.profiles client
            where client.id = client_preferences.client_id
                and client.desk_id = any (array(select private.my_overseen_desk_ids()))
        )
    )
);

revoke all on function
    private.has_personalization_consent(uuid), private.tg_consents_forget_preferences(),
    private.tg_consents_request_preferences(),
    private.tg_profiling_objections_forget_preferences(),
    private.tg_profiles_merge_preferences(), private.list_choices(uuid, timestamptz),
    private.read_choices(uuid[]), private.describe_choices(uuid),
    worker.personalization_contexts(uuid[]), private.schedule_forgetting(uuid),
    private.merge_learned(uuid, jsonb), private.settle_preferences(jsonb),
    private.apply_preferences(jsonb), worker.record_preferences(jsonb),
    private.get_personalization_profile(uuid), public.get_personalization_profile(uuid),
    private.is_known_choice(text, text), private.lock_own_preferences(),
    private.set_preference(text, text, double precision),
    public.set_preference(text, text, double precision), private.forget_preference(text, text),
    public.forget_preference(text, text)
from public, anon, authenticated, service_role;
grant execute on function
    private.read_choices(uuid[]), worker.personalization_contexts(uuid[]),
    private.apply_preferences(jsonb), worker.record_preferences(jsonb)
to service_role;
grant execute on function
    private.get_personalization_profile(uuid), public.get_personalization_profile(uuid)
to authenticated, service_role;
grant execute on function
    private.set_preference(text, text, double precision),
    public.set_preference(text, text, double precision), private.forget_preference(text, text),
    public.forget_preference(text, text)
to authenticated;
