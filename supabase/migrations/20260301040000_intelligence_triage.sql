-- Triage: what a client's message is about, in which language, how urgent, and in which mood.
--
--   message.posted (a client's) -> intelligence.triage (lib/intelligence/triage.py)
--       -> message_judgements, suggestions on the ticket, the client's mood;
--          message.judged, sentiment.fell
--
-- The model says what a message is about and how it sounds; how much that matters is a table
-- people can read: impact x urgency -> priority. A suggestion is applied only above a threshold,
-- only to what nobody has chosen, and a priority only upwards: safety words always count.
-- Order of locks: jobs, tickets by id, moods by client.

-- -------------------------------------------------------------------------------------------------
-- Rules as data
-- -------------------------------------------------------------------------------------------------
insert into public.ai_settings (setting, value)
values
    (
        'triage',
        '{"enabled": true, "suggest_threshold": 0.5, "apply_threshold": 0.8}'
    ),
    (
        'sentiment',
        '{"enabled": true, "confidence_threshold": 0.7, "learning_rate": 0.4, '
        '"fall_threshold": 0.45, "clear_threshold": 0.15}'
    );

create table public.triage_impacts (
    source text not null,
    word text not null,
    impact text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (source, word),
    constraint triage_impacts_source_is_known check (source in ('category', 'tier', 'safety')),
    constraint triage_impacts_word_is_a_word check (word ~ '^[a-z][a-z0-9_]{0,47}$'),
    constraint triage_impacts_impact_is_known check (impact in ('low', 'medium', 'high'))
);
comment on table public.triage_impacts is
    'How much it matters, by what the message is about, by tier, by safety words. The highest '
    'that holds counts; what is not named is low.';

create table public.triage_priorities (
    impact text not null,
    urgency text not null,
    priority text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (impact, urgency),
    constraint triage_priorities_impact_is_known check (impact in ('low', 'medium', 'high')),
    constraint triage_priorities_urgency_is_known check (urgency in ('low', 'medium', 'high')),
    constraint triage_priorities_priority_is_known
        check (priority in ('low', 'normal', 'high', 'urgent'))
);
comment on table public.triage_priorities is
    'Priority from impact and urgency: a table, so that nobody has to guess what a model meant.';

insert into public.triage_impacts (source, word, impact)
values
    ('category', 'general', 'low'),
    ('category', 'product', 'low'),
    ('category', 'fitness', 'low'),
    ('category', 'booking', 'medium'),
    ('category', 'billing', 'medium'),
    ('category', 'complaint', 'medium'),
    ('category', 'aesthetic_medicine', 'medium'),
    ('tier', 'vip_gold', 'medium'),
    ('tier', 'vip_platinum', 'medium'),
    ('safety', 'safety', 'high');
insert into public.triage_priorities (impact, urgency, priority)
values
    ('low', 'low', 'low'), ('low', 'medium', 'normal'), ('low', 'high', 'high'),
    ('medium', 'low', 'normal'), ('medium', 'medium', 'normal'), ('medium', 'high', 'high'),
    ('high', 'low', 'high'), ('high', 'medium', 'urgent'), ('high', 'high', 'urgent');

create trigger triage_impacts_touch
before update on public.triage_impacts
for each row execute function private.tg_touch_row();
create trigger triage_impacts_record
after insert or update or delete on public.triage_impacts
for each row execute function private.tg_record_configuration('word');
create trigger triage_priorities_touch
before update on public.triage_priorities
for each row execute function private.tg_touch_row();
create trigger triage_priorities_record
after insert or update or delete on public.triage_priorities
for each row execute function private.tg_record_configuration('impact');

create function private.find_triage_priority(
    p_category text, p_tier text, p_is_unsafe boolean, p_urgency text
)
returns text
language sql
stable
set search_path = ''
as $$
    select known.priority
    from public.triage_priorities known
    where known.urgency = p_urgency and known.impact = coalesce(
        (
            select said.impact
            from public.triage_impacts said
            where (said.source, said.word) in (
                ('category', p_category), ('tier', p_tier),
                ('safety', case when p_is_unsafe then 'safety' end)
            )
            order by array_position(array['high', 'medium', 'low'], said.impact)
            limit 1
        ),
        'low'
    )
$$;
comment on function private.find_triage_priority(text, text, boolean, text) is
    'The priority that impact (of category, tier and safety words: the highest) and urgency give.';

-- Definer: nobody holds a right to write the matrix; admins write through here.
create function private.set_triage_priority(
    p_impact text, p_urgency text, p_priority text, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_row public.triage_priorities;
begin
    perform private.require_admin();
    if (p_priority in ('low', 'normal', 'high', 'urgent')) is not true then
        perform private.refuse('PT422', 'unknown_priority', 'One of low, normal, high, urgent.');
    elsif p_impact = 'high' and p_priority not in ('high', 'urgent') then
        perform private.refuse(
            'PT422', 'safety_stays_high', 'High impact holds safety words: high or urgent.'
        );
    end if;
    perform private.note_reason(p_reason);
    update public.triage_priorities known
    set priority = p_priority
    where known.impact = p_impact and known.urgency = p_urgency
    returning known.* into v_row;
    if v_row.impact is null then
        perform private.refuse('PT404', 'cell_not_found', 'Impact and urgency: low, medium, high.');
    end if;
    return to_jsonb(v_row);
end
$$;

create function public.set_triage_priority(
    p_impact text, p_urgency text, p_priority text, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_triage_priority(p_impact, p_urgency, p_priority, p_reason)
$$;
comment on function public.set_triage_priority(text, text, text, text) is
    'Admins: the priority of an impact and an urgency. High impact, which safety words have, stays '
    'high or urgent.';

-- -------------------------------------------------------------------------------------------------
-- Judgements
-- -------------------------------------------------------------------------------------------------
create table public.message_judgements (
    message_id uuid primary key references public.ticket_messages (id) on delete cascade,
    ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    client_id uuid not null references public.profiles (id),
    language text,
    language_confidence double precision not null,
    category text,
    category_confidence double precision not null,
    urgency text not null,
    priority text not null,
    safety_rules text[] not null default '{}',
    sentiment text,
    sentiment_score double precision,
    sentiment_confidence double precision,
    is_abstained boolean not null,
    probabilities jsonb not null default '{}',
    details jsonb not null default '{}',
    model_versions text[] not null,
    judged_at timestamptz not null default now(),
    constraint message_judgements_language_is_a_code check (language ~ '^[a-z]{2,3}$'),
    constraint message_judgements_confidences_are_shares
        check (
            language_confidence between 0 and 1 and category_confidence between 0 and 1
            and sentiment_confidence between 0 and 1
        ),
    constraint message_judgements_category_is_a_word check (category ~ '^[a-z][a-z0-9_]{0,47}$'),
    constraint message_judgements_urgency_is_known check (urgency in ('low', 'medium', 'high')),
    constraint message_judgements_priority_is_known
        check (priority in ('low', 'normal', 'high', 'urgent')),
    constraint message_judgements_safety_rules_are_few check (cardinality(safety_rules) <= 16),
    constraint message_judgements_sentiment_is_known
        check (sentiment in ('negative', 'neutral', 'positive', 'ambiguous')),
    constraint message_judgements_score_goes_from_minus_one_to_one
        check (sentiment_score between -1 and 1),
    constraint message_judgements_abstained_name_no_sentiment
        check (
            is_abstained = (sentiment is null)
            and (sentiment is null) = (sentiment_score is null)
        ),
    constraint message_judgements_probabilities_are_a_small_object
        check (
            jsonb_typeof(probabilities) = 'object' and octet_length(probabilities::text) <= 1000
        ),
    constraint message_judgements_details_are_a_small_object
        check (jsonb_typeof(details) = 'object' and octet_length(details::text) <= 4000),
    constraint message_judgements_name_their_models
        check (cardinality(model_versions) between 1 and 8)
);
comment on table public.message_judgements is
    'What the house made of a client''s message. Append only; corrections stand beside it.';
comment on column public.message_judgements.language is
    'ISO code; null: no letters to tell it by. Other languages than pl and en are passed on.';
comment on column public.message_judgements.category_confidence is
    'How strongly the rules speak, 0 to 1, corrected by how often agents kept or overruled them.';
comment on column public.message_judgements.safety_rules is
    'Names of the safety rules that spoke; they may only raise the priority.';
comment on column public.message_judgements.sentiment is
    'Null: abstained, below the threshold of ai_settings or in a language nobody judges.';
comment on column public.message_judgements.sentiment_score is
    'Probability of positive minus that of negative, -1 to 1; null where abstained.';
comment on column public.message_judgements.probabilities is
    'Calibrated, by class of sentiment; also where abstained. Empty: not judged.';
comment on column public.message_judgements.details is
    'Rules that spoke, and whether the text was cut: words of ours, none of the client''s.';
create index message_judgements_ticket_id_idx on public.message_judgements (ticket_id, judged_at);
comment on index public.message_judgements_ticket_id_idx is
    'Serves the judgements of a ticket and the foreign key.';
create index message_judgements_client_id_idx on public.message_judgements (client_id, judged_at);
comment on index public.message_judgements_client_id_idx is
    'Serves a client''s last judgements and the foreign key.';

create table public.ticket_suggestions (
    ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    field text not null,
    value text not null,
    confidence double precision not null,
    state text not null,
    message_id uuid not null references public.ticket_messages (id) on delete cascade,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (ticket_id, field),
    constraint ticket_suggestions_field_is_known
        check (field in ('category', 'priority', 'language')),
    constraint ticket_suggestions_value_is_a_word check (value ~ '^[a-z][a-z0-9_]{0,47}$'),
    constraint ticket_suggestions_confidence_is_a_share check (confidence between 0 and 1),
    constraint ticket_suggestions_state_is_known
        check (state in ('suggested', 'applied', 'accepted', 'overruled'))
);
comment on table public.ticket_suggestions is
    'What triage proposes for a ticket: the latest for each field.';
comment on column public.ticket_suggestions.state is
    'suggested: for people to decide; applied: above the threshold and nobody had chosen; '
    'accepted, overruled: what people then chose.';
create index ticket_suggestions_message_id_idx on public.ticket_suggestions (message_id);
comment on index public.ticket_suggestions_message_id_idx is 'Serves the foreign key.';
create index ticket_suggestions_settled_idx on public.ticket_suggestions (value, state)
where field = 'category' and state in ('accepted', 'overruled');
comment on index public.ticket_suggestions_settled_idx is
    'Serves counting how often agents kept what the rules said.';
create trigger ticket_suggestions_touch
before update on public.ticket_suggestions
for each row execute function private.tg_touch_row();

create table public.judgement_corrections (
    id bigint generated always as identity primary key,
    message_id uuid not null references public.ticket_messages (id) on delete cascade,
    ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    corrected_by uuid references public.staff_members (id) on delete set null,
    field text not null,
    judged_value text,
    correct_value text not null,
    model_versions text[] not null,
    source text not null,
    created_at timestamptz not null default now(),
    constraint judgement_corrections_field_is_known
        check (field in ('language', 'category', 'priority', 'sentiment')),
    constraint judgement_corrections_values_are_words
        check (
            judged_value ~ '^[a-z][a-z0-9_]{0,47}$' and correct_value ~ '^[a-z][a-z0-9_]{0,47}$'
        ),
    constraint judgement_corrections_name_their_models
        check (cardinality(model_versions) between 1 and 8),
    constraint judgement_corrections_source_is_known
        check (source in ('judgement', 'ticket'))
);
comment on table public.judgement_corrections is
    'What agents said instead: training data. Append only; the latest of a message and field '
    'counts. The text stays in the message, and goes with it.';
comment on column public.judgement_corrections.source is
    'judgement: said of the judgement itself; ticket: somebody changed the ticket.';
create index judgement_corrections_message_id_idx
    on public.judgement_corrections (message_id, field, id);
comment on index public.judgement_corrections_message_id_idx is
    'Serves the latest correction of a message, and the foreign key.';
create index judgement_corrections_ticket_id_idx on public.judgement_corrections (ticket_id);
comment on index public.judgement_corrections_ticket_id_idx is 'Serves the foreign key.';
create index judgement_corrections_corrected_by_idx
    on public.judgement_corrections (corrected_by);
comment on index public.judgement_corrections_corrected_by_idx is 'Serves the foreign key.';

create table private.client_moods (
    client_id uuid primary key references public.profiles (id) on delete cascade,
    level double precision not null default 0,
    judged_count integer not null default 0,
    is_low boolean not null default false,
    fell_from double precision not null default 0,
    ticket_id uuid references public.support_tickets (id) on delete set null,
    message_id uuid,
    updated_at timestamptz not null default now(),
    constraint client_moods_level_goes_from_minus_one_to_one check (level between -1 and 1),
    constraint client_moods_fell_from_a_level check (fell_from between -1 and 1),
    constraint client_moods_count_is_not_negative check (judged_count >= 0)
);
comment on table private.client_moods is
    'A moving average of each client''s judged messages, and whether it is low just now.';
comment on column private.client_moods.judged_count is
    'How many messages went in; a worker that has seen another number reads afresh.';
comment on column private.client_moods.is_low is
    'From the fall below one threshold until it is above the other: sentiment.fell once.';
comment on column private.client_moods.fell_from is 'The level before the last fall.';
create index client_moods_ticket_id_idx on private.client_moods (ticket_id);
comment on index private.client_moods_ticket_id_idx is 'Serves the foreign key.';

-- -------------------------------------------------------------------------------------------------
-- Events
-- -------------------------------------------------------------------------------------------------
create function private.tg_message_judgements_emit()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.emit_events(
        'message.judged',
        array_agg(made.ticket_id order by made.judged_at),
        array_agg(jsonb_build_object(
            'message_id', made.message_id, 'client_id', made.client_id,
            'language', made.language, 'category', made.category, 'priority', made.priority,
            'sentiment', made.sentiment, 'is_unsafe', made.safety_rules <> '{}'
        ) order by made.judged_at)
    )
    from made
    having count(*) > 0;
    return null;
end
$$;

create trigger message_judgements_emit
after insert on public.message_judgements
referencing new table as made
for each statement execute function private.tg_message_judgements_emit();

create function private.tg_client_moods_emit()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.emit_events(
        'sentiment.fell',
        array[new.ticket_id],
        array[jsonb_build_object(
            'client_id', new.client_id, 'message_id', new.message_id,
            'from', round(new.fell_from::numeric, 3), 'to', round(new.level::numeric, 3)
        )]
    );
    return null;
end
$$;

create trigger client_moods_emit_first
after insert on private.client_moods
for each row when (new.is_low) execute function private.tg_client_moods_emit();
create trigger client_moods_emit
after update of is_low on private.client_moods
for each row when (new.is_low and not old.is_low)
execute function private.tg_client_moods_emit();

-- Definer: whoever merges clients holds no right to write judgements. They go with the ticket.
create function private.tg_support_tickets_move_judgements()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    update public.message_judgements judged
    set client_id = new.client_id
    where judged.ticket_id = new.id;
    return null;
end
$$;

create trigger support_tickets_move_judgements
after update of client_id on public.support_tickets
for each row when (old.client_id <> new.client_id)
execute function private.tg_support_tickets_move_judgements();

insert into private.subscriptions (event_kind, worker, priority)
values ('message.posted', 'intelligence.triage', 3);

alter table public.routing_requests
    drop constraint routing_requests_reason_is_known,
    add constraint routing_requests_reason_is_known check (reason in (
        'asked_by_staff', 'capacity_found', 'client_merged', 'asked_by_workflow', 'tier_changed',
        'triaged'
    ));

-- -------------------------------------------------------------------------------------------------
-- Read
-- -------------------------------------------------------------------------------------------------
create function private.count_settled_categories()
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_object_agg(said.value, jsonb_build_object(
        'accepted', said.accepted, 'overruled', said.overruled
    )), '{}')
    from (
        select made.value,
            count(*) filter (where made.state = 'accepted') as accepted,
            count(*) filter (where made.state = 'overruled') as overruled
        from public.ticket_suggestions made
        where made.field = 'category' and made.state in ('accepted', 'overruled')
        group by made.value
    ) said
$$;
comment on function private.count_settled_categories() is
    'How often agents kept a suggested category, and how often they chose another.';

create function worker.triage_contexts(p_message_ids uuid[])
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return jsonb_build_object(
        'settings', (
            select jsonb_object_agg(known.setting, known.value)
            from public.ai_settings known where known.setting in ('triage', 'sentiment')
        ),
        'settled', private.count_settled_categories(),
        'messages', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'message_id', said.id, 'ticket_id', ticket.id, 'client_id', ticket.client_id,
                'subject', case when not exists (
                    select from public.ticket_messages earlier
                    where earlier.ticket_id = ticket.id and earlier.created_at < said.created_at
                ) then ticket.subject else '' end,
                'body', said.body, 'profile_language', client.locale,
                'mood', jsonb_build_object(
                    'level', coalesce(mood.level, 0),
                    'judged_count', coalesce(mood.judged_count, 0),
                    'is_low', coalesce(mood.is_low, false)
                )
            ) order by said.created_at, said.id), '[]')
            from public.ticket_messages said
            join public.support_tickets ticket on ticket.id = said.ticket_id
            join public.profiles client on client.id = ticket.client_id
            left join private.client_moods mood on mood.client_id = ticket.client_id
            where said.id = any (p_message_ids) and said.author_kind = 'client'
                and not exists (
                    select from public.message_judgements judged where judged.message_id = said.id
                )
        )
    );
end
$$;
comment on function worker.triage_contexts(uuid[]) is
    'Clients'' messages nobody has judged yet: words, the language of the profile, the client''s '
    'mood, and the thresholds. No health notes, no names.';

-- -------------------------------------------------------------------------------------------------
-- Write
-- -------------------------------------------------------------------------------------------------

-- What somebody has chosen is theirs: a change by a person, or a category named at the opening.
create function private.list_chosen_fields(p_ticket public.support_tickets)
returns text[]
language plpgsql
stable
set search_path = ''
as $$
begin
    return array(
        select distinct field.name
        from public.ticket_events told
        cross join lateral jsonb_object_keys(told.details) field (name)
        where told.ticket_id = p_ticket.id and told.kind = 'details_changed'
            and told.actor_id is not null
        union
        select 'category' where p_ticket.category <> 'general'
            and not exists (
                select from public.ticket_suggestions own
                where own.ticket_id = p_ticket.id and own.field = 'category'
                    and own.state = 'applied'
            )
    );
end
$$;
comment on function private.list_chosen_fields(public.support_tickets) is
    'Fields of the ticket that people have chosen.';

-- Whether the house may set the field by itself. Priorities only rise.
create function private.is_applicable(p_ticket public.support_tickets, p_field text, p_value text)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_ticket.status in ('resolved', 'closed')
        or p_field = any (private.list_chosen_fields(p_ticket))
    then
        return false;
    end if;
    return case p_field
        when 'priority' then
            array_position(array['low', 'normal', 'high', 'urgent'], p_value)
            > array_position(array['low', 'normal', 'high', 'urgent'], p_ticket.priority)
        when 'category' then exists (
            select from public.ticket_categories known where known.category = p_value
        )
        else exists (
            select from public.skills spoken where spoken.skill = 'language.' || p_value
        )
    end;
end
$$;

create function private.apply_suggestion(p_ticket_id uuid, p_field text, p_value text)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_old public.support_tickets;
    v_new public.support_tickets;
begin
    select ticket.* into v_old from public.support_tickets ticket where ticket.id = p_ticket_id;
    update public.support_tickets ticket
    set category = case when p_field = 'category' then p_value else ticket.category end,
        priority = case when p_field = 'priority' then p_value else ticket.priority end,
        language = case when p_field = 'language' then p_value else ticket.language end,
        required_skills = case when p_field <> 'category' then ticket.required_skills
            else private.change_required_skills(ticket.required_skills, ticket.category, p_value)
            end
    where ticket.id = p_ticket_id
    returning ticket.* into v_new;
    insert into public.routing_requests (ticket_id, requested_by, reason)
    select p_ticket_id, null, 'triaged'
    where v_old.status = 'open'
        and (v_old.category, v_old.language) <> (v_new.category, v_new.language);
end
$$;

-- Proposals of one message: stored from the lower threshold on, applied from the upper one.
create function private.suggest(p_judged public.message_judgements, p_suggestions jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_ticket public.support_tickets;
    v_made record;
    v_state text;
begin
    for v_made in
        select made.* from jsonb_to_recordset(p_suggestions) as made (
            field text, value text, confidence double precision, is_to_apply boolean
        )
        order by made.field
    loop
        select ticket.* into v_ticket
        from public.support_tickets ticket where ticket.id = p_judged.ticket_id;
        continue when v_made.value = to_jsonb(v_ticket) ->> v_made.field;
        v_state := 'suggested';
        if v_made.is_to_apply
            and private.is_applicable(v_ticket, v_made.field, v_made.value)
        then
            perform private.apply_suggestion(v_ticket.id, v_made.field, v_made.value);
            v_state := 'applied';
        end if;
        insert into public.ticket_suggestions as known (
            ticket_id, field, value, confidence, state, message_id
        )
        values (
            v_ticket.id, v_made.field, v_made.value, v_made.confidence, v_state,
            p_judged.message_id
        )
        on conflict (ticket_id, field) do update
        set value = excluded.value, confidence = excluded.confidence, state = excluded.state,
            message_id = excluded.message_id
        -- An uncertain second thought does not take back what was applied.
        where known.state <> 'applied' or excluded.state = 'applied';
    end loop;
end
$$;

create function private.write_mood(p_judged public.message_judgements, p_mood jsonb)
returns void
language sql
set search_path = ''
as $$
    insert into private.client_moods as known (
        client_id, level, judged_count, is_low, fell_from, ticket_id, message_id, updated_at
    )
    select
        p_judged.client_id, mood.level, mood.judged_count, mood.is_low, mood.fell_from,
        p_judged.ticket_id, p_judged.message_id, now()
    from jsonb_to_record(p_mood) as mood (
        level double precision, judged_count integer, is_low boolean, fell_from double precision
    )
    on conflict (client_id) do update
    set level = excluded.level, judged_count = excluded.judged_count, is_low = excluded.is_low,
        fell_from = excluded.fell_from, ticket_id = excluded.ticket_id,
        message_id = excluded.message_id, updated_at = excluded.updated_at
$$;

-- gone: the message is no more, or was judged; stale: another message of the client came between.
create function private.find_judging_obstacle(p_judgement jsonb)
returns text
language plpgsql
set search_path = ''
as $$
declare
    v_client_id uuid;
    v_count integer;
begin
    select ticket.client_id into v_client_id
    from public.ticket_messages said
    join public.support_tickets ticket on ticket.id = said.ticket_id
    where said.id = (p_judgement ->> 'message_id')::uuid;
    if v_client_id is null or exists (
        select from public.message_judgements judged
        where judged.message_id = (p_judgement ->> 'message_id')::uuid
    ) then
        return 'gone';
    end if;
    if jsonb_typeof(p_judgement -> 'mood') = 'object' then
        insert into private.client_moods (client_id) values (v_client_id)
        on conflict do nothing;
        select mood.judged_count into v_count
        from private.client_moods mood where mood.client_id = v_client_id
        for update;
        if v_count <> (p_judgement #>> '{mood,judged_count}')::integer - 1 then
            return 'stale';
        end if;
    end if;
    return null;
end
$$;

-- Definer: judgements and tickets are nobody's to write but the house's; only service_role may
-- execute it, with jobs it holds.
create function private.store_judgement(p_judgement jsonb)
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_obstacle text := private.find_judging_obstacle(p_judgement);
    v_judged public.message_judgements;
begin
    if v_obstacle is not null then
        return v_obstacle;
    end if;
    insert into public.message_judgements
    select (jsonb_populate_record(null::public.message_judgements, p_judgement
        || jsonb_build_object(
            'ticket_id', ticket.id, 'client_id', ticket.client_id, 'judged_at', clock_timestamp(),
            'priority', private.find_triage_priority(
                p_judgement ->> 'category', ticket.tier,
                p_judgement -> 'safety_rules' <> '[]', p_judgement ->> 'urgency'
            )
        ))).*
    from public.ticket_messages said
    join public.support_tickets ticket on ticket.id = said.ticket_id
    where said.id = (p_judgement ->> 'message_id')::uuid
    returning * into v_judged;
    if jsonb_typeof(p_judgement -> 'mood') = 'object' then
        perform private.write_mood(v_judged, p_judgement -> 'mood');
    end if;
    perform private.suggest(
        v_judged,
        (p_judgement -> 'suggestions') || jsonb_build_array(jsonb_build_object(
            'field', 'priority', 'value', v_judged.priority,
            'confidence', case when v_judged.safety_rules <> '{}' then 1
                else v_judged.category_confidence end,
            'is_to_apply', v_judged.safety_rules <> '{}'
                or (p_judgement ->> 'is_priority_to_apply')::boolean
        ))
    );
    return 'recorded';
end
$$;

-- Definer: locks rows of tickets, on which service_role has no right to write.
create function private.lock_judged_tickets(p_items jsonb)
returns void
language sql
security definer
set search_path = ''
as $$
    select private.lock_tickets(array(
        select said.ticket_id from public.ticket_messages said
        where said.id in (
            select (item.whole #>> '{judgement,message_id}')::uuid
            from jsonb_array_elements(p_items) item (whole)
        )
    ))
$$;

create function worker.record_triage(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_item record;
    v_status text;
    v_results jsonb := '[]';
    v_done bigint[] := '{}';
begin
    perform private.hold_jobs(p_items);
    perform private.lock_judged_tickets(p_items);
    for v_item in
        select item.job_id, item.judgement
        from jsonb_to_recordset(p_items) as item (job_id bigint, judgement jsonb)
        -- A client's messages follow each other in the order in which they moved the mood.
        order by (item.judgement #>> '{mood,judged_count}')::integer nulls first, item.job_id
    loop
        v_status := case when jsonb_typeof(v_item.judgement) = 'object'
            then private.store_judgement(v_item.judgement) else 'gone' end;
        if v_status <> 'stale' then
            v_done := v_done || v_item.job_id;
        end if;
        v_results := v_results
            || jsonb_build_object('job_id', v_item.job_id, 'status', v_status);
    end loop;
    perform private.finish_jobs(v_done);
    return v_results;
end
$$;
comment on function worker.record_triage(jsonb) is
    'Judgements, suggestions, moods and the end of their jobs, in one transaction. Items: job_id, '
    'fence, judgement (columns of message_judgements, suggestions [{"field", "value", '
    '"confidence", "is_to_apply"}], is_priority_to_apply, mood {"level", "judged_count", "is_low", '
    '"fell_from"} or null; null: nothing to judge). Answers [{"job_id", "status"}]: recorded, '
    'stale (the client wrote meanwhile), gone.';

-- -------------------------------------------------------------------------------------------------
-- Corrections
-- -------------------------------------------------------------------------------------------------

-- Definer: nobody holds a right to write corrections; the stance is checked first.
create function private.correct_judgement(p_message_id uuid, p_corrections jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_judged public.message_judgements;
    v_stored jsonb;
begin
    select judged.* into v_judged
    from public.message_judgements judged where judged.message_id = p_message_id;
    if v_judged.message_id is null then
        perform private.refuse(
            'PT404', 'judgement_not_found', 'There is no such judgement for you.'
        );
    end if;
    perform private.require_judgement_reader(v_judged);
    perform private.require_corrections(p_corrections);
    perform private.take_token(v_staff_id, 'correct_judgement', 120, interval '1 minute');
    with stored as (
        insert into public.judgement_corrections (
            message_id, ticket_id, corrected_by, field, judged_value, correct_value,
            model_versions, source
        )
        select
            p_message_id, v_judged.ticket_id, v_staff_id, said.field,
            to_jsonb(v_judged) ->> said.field, said.value, v_judged.model_versions, 'judgement'
        from jsonb_each_text(p_corrections) said (field, value)
        order by said.field
        returning field, judged_value, correct_value
    )
    select jsonb_agg(to_jsonb(stored)) into v_stored from stored;
    return jsonb_build_object('message_id', p_message_id, 'corrections', v_stored);
end
$$;

create function private.require_judgement_reader(p_judged public.message_judgements)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_ticket public.support_tickets;
begin
    select ticket.* into v_ticket
    from public.support_tickets ticket where ticket.id = p_judged.ticket_id;
    if coalesce(private.my_stance(v_ticket), 'none')
        not in ('manager', 'assignee', 'queue', 'overseer', 'follower')
    then
        perform private.refuse(
            'PT404', 'judgement_not_found', 'There is no such judgement for you.'
        );
    end if;
end
$$;

create function private.require_corrections(p_corrections jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_corrections is null or jsonb_typeof(p_corrections) <> 'object' or p_corrections = '{}'
        or p_corrections - '{language,category,priority,sentiment}'::text[] <> '{}'
        or exists (
            select from jsonb_each(p_corrections) said where jsonb_typeof(said.value) <> 'string'
        )
        or (p_corrections ->> 'sentiment')
            not in ('negative', 'neutral', 'positive', 'ambiguous')
        or p_corrections ->> 'language' !~ '^[a-z]{2,3}$'
    then
        perform private.refuse(
            'PT422', 'corrections_malformed', 'Some of language, category, priority, sentiment.'
        );
    end if;
    perform private.require_known_details(
        p_corrections ->> 'category', p_corrections ->> 'priority', null
    );
end
$$;

create function public.correct_judgement(p_message_id uuid, p_corrections jsonb)
returns jsonb
language sql
set search_path = ''
as $$
    select private.correct_judgement(p_message_id, p_corrections)
$$;
comment on function public.correct_judgement(uuid, jsonb) is
    'Staff who see the ticket: what is right about a client''s message, e.g. {"category": '
    '"billing", "sentiment": "neutral"}. Kept as training data; the ticket stays as it is. '
    'Answers {"message_id", "corrections"}.';

-- Definer: suggestions and corrections are nobody's to write. Whoever changes a ticket says at the
-- same time whether the suggestion was right.
create function private.tg_ticket_events_settle_suggestions()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    with settled as (
        update public.ticket_suggestions made
        set state = case when made.value = told.details #>> array[made.field, 'to']
            then 'accepted' else 'overruled' end
        from told
        where told.kind = 'details_changed' and told.actor_id is not null
            and made.ticket_id = told.ticket_id and told.details ? made.field
        returning made.*, told.actor_id, told.details #>> array[made.field, 'to'] as chosen
    )
    insert into public.judgement_corrections (
        message_id, ticket_id, corrected_by, field, judged_value, correct_value, model_versions,
        source
    )
    select
        settled.message_id, settled.ticket_id, staff.id, settled.field, settled.value,
        settled.chosen, judged.model_versions, 'ticket'
    from settled
    join public.message_judgements judged on judged.message_id = settled.message_id
    join public.staff_members staff on staff.id = settled.actor_id
    where settled.state = 'overruled';
    return null;
end
$$;

create trigger ticket_events_settle_suggestions
after insert on public.ticket_events
referencing new table as told
for each statement execute function private.tg_ticket_events_settle_suggestions();

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.triage_impacts, public.triage_priorities, public.message_judgements,
    public.ticket_suggestions, public.judgement_corrections, private.client_moods
from anon, authenticated, service_role;
revoke all on sequence public.judgement_corrections_id_seq from anon, authenticated, service_role;
grant select on public.triage_impacts, public.triage_priorities, public.message_judgements,
    public.ticket_suggestions, public.judgement_corrections to authenticated, service_role;
grant select on private.client_moods to service_role;

alter table public.triage_impacts enable row level security;
alter table public.triage_priorities enable row level security;
alter table public.message_judgements enable row level security;
alter table public.ticket_suggestions enable row level security;
alter table public.judgement_corrections enable row level security;
alter table private.client_moods enable row level security;

create policy triage_impacts_select_staff on public.triage_impacts
for select to authenticated
using ((select private.is_staff()));
create policy triage_priorities_select_staff on public.triage_priorities
for select to authenticated
using ((select private.is_staff()));

-- What the house makes of somebody's words is not for them, also when they work here.
create policy message_judgements_select_staff on public.message_judgements
for select to authenticated
using (
    (select private.is_staff())
    and exists (
        select from public.support_tickets ticket
        where ticket.id = message_judgements.ticket_id
            and ticket.client_id <> (select private.my_client_id())
    )
);
create policy ticket_suggestions_select_staff on public.ticket_suggestions
for select to authenticated
using (
    (select private.is_staff())
    and exists (
        select from public.support_tickets ticket
        where ticket.id = ticket_suggestions.ticket_id
            and ticket.client_id <> (select private.my_client_id())
    )
);
create policy judgement_corrections_select_staff on public.judgement_corrections
for select to authenticated
using (
    (select private.is_staff())
    and exists (
        select from public.support_tickets ticket
        where ticket.id = judgement_corrections.ticket_id
            and ticket.client_id <> (select private.my_client_id())
    )
);

revoke all on function
    private.find_triage_priority(text, text, boolean, text),
    private.set_triage_priority(text, text, text, text),
    public.set_triage_priority(text, text, text, text),
    private.tg_message_judgements_emit(), private.tg_client_moods_emit(),
    private.tg_support_tickets_move_judgements(), private.count_settled_categories(),
    worker.triage_contexts(uuid[]),
    private.list_chosen_fields(public.support_tickets),
    private.is_applicable(public.support_tickets, text, text),
    private.apply_suggestion(uuid, text, text),
    private.suggest(public.message_judgements, jsonb),
    private.write_mood(public.message_judgements, jsonb), private.find_judging_obstacle(jsonb),
    private.store_judgement(jsonb), private.lock_judged_tickets(jsonb),
    worker.record_triage(jsonb), private.correct_judgement(uuid, jsonb),
    private.require_judgement_reader(public.message_judgements),
    private.require_corrections(jsonb), public.correct_judgement(uuid, jsonb),
    private.tg_ticket_events_settle_suggestions()
from public, anon, authenticated, service_role;
grant execute on function
    private.set_triage_priority(text, text, text, text),
    public.set_triage_priority(text, text, text, text),
    private.correct_judgement(uuid, jsonb), public.correct_judgement(uuid, jsonb)
to authenticated;
grant execute on function
    private.set_triage_priority(text, text, text, text),
    public.set_triage_priority(text, text, text, text),
    private.count_settled_categories(), worker.triage_contexts(uuid[]),
    private.store_judgement(jsonb), private.lock_judged_tickets(jsonb), worker.record_triage(jsonb)
to service_role;

do $$
declare
    v_table text;
begin
    foreach v_table in array array['message_judgements', 'ticket_suggestions'] loop
        if not exists (
            select from pg_catalog.pg_publication_tables published
            where published.pubname = 'supabase_realtime'
                and published.schemaname = 'public' and published.tablename = v_table
        ) then
            execute format('alter publication supabase_realtime add table public.%I', v_table);
        end if;
    end loop;
end
$$;
