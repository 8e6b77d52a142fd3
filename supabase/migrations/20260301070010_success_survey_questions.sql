-- What surveys ask, in words: the house's first questionnaires in Polish and English, and how
-- admins change rules, questions and words. A version that was sent is never changed: saving a
-- questionnaire makes the next one. A language that lacks a word falls back as a whole, to English,
-- then to Polish, and get_missing_survey_texts says what is missing.

-- -------------------------------------------------------------------------------------------------
-- Words
-- -------------------------------------------------------------------------------------------------

-- Everything of a version that needs words.
create function private.list_survey_items(p_kind text, p_version integer)
returns setof text
language sql
stable
rows 20
set search_path = ''
as $$
    select unnest(array['greeting', 'thanks', 'invitation.subject', 'invitation.body'])
    union all
    select asked.question
    from public.survey_questions asked
    where asked.kind = p_kind and asked.version = p_version
    union all
    select asked.question || '.' || part.name
    from public.survey_questions asked
    cross join lateral unnest(case asked.scale
        when 'choices' then asked.options
        when 'text' then '{}'
        else array['low', 'high']
    end) part (name)
    where asked.kind = p_kind and asked.version = p_version
$$;

-- The language's words, those in place of which nothing is missing: asked, English, Polish.
create function private.choose_survey_language(
    p_kind text, p_version integer, p_language text
)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select able.language
        from unnest(array[p_language, 'en', 'pl']) with ordinality able (language, place)
        where not exists (
            select needed.item
            from private.list_survey_items(p_kind, p_version) needed (item)
            except
            select told.item from public.survey_texts told
            where told.kind = p_kind and told.version = p_version
                and told.language = able.language
        )
        order by able.place
        limit 1
    );
end
$$;
comment on function private.choose_survey_language(text, integer, text) is
    'The language a version is shown in: the one asked for if nothing of it is missing, else '
    'English, else Polish. Null: it has no complete language.';

-- -------------------------------------------------------------------------------------------------
-- Saving
-- -------------------------------------------------------------------------------------------------
create function private.require_survey_kind(p_kind text)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if (p_kind in ('cycle', 'recovery', 'treatment')) is not true then
        perform private.refuse('PT422', 'unknown_kind', 'One of cycle, recovery, treatment.');
    end if;
end
$$;

create function private.write_survey_questions(p_kind text, p_version integer, p_questions jsonb)
returns void
language plpgsql
set search_path = ''
as $$
begin
    if jsonb_typeof(p_questions) is distinct from 'array'
        or jsonb_array_length(p_questions) not between 1 and 20
        or octet_length(p_questions::text) > 20000
    then
        perform private.refuse('PT422', 'questions_malformed', 'An array of 1 to 20 questions.');
    end if;
    insert into public.survey_questions (
        kind, version, question, position, scale, is_required, options, shown_if_question,
        shown_if_at_most, repeat_seconds
    )
    select
        p_kind, p_version, asked.value ->> 'question', asked.place, asked.value ->> 'scale',
        coalesce((asked.value ->> 'is_required')::boolean, false),
        coalesce(array(
            select jsonb_array_elements_text(asked.value -> 'options')
        ), '{}'),
        asked.value ->> 'shown_if_question', (asked.value ->> 'shown_if_at_most')::smallint,
        coalesce((asked.value ->> 'repeat_seconds')::integer, 0)
    from jsonb_array_elements(p_questions) with ordinality asked (value, place);
    if exists (
        select from public.survey_questions asked
        left join public.survey_questions other
            on other.kind = asked.kind and other.version = asked.version
            and other.question = asked.shown_if_question
            and other.position < asked.position and other.scale in ('csat', 'nps', 'effort')
        where asked.kind = p_kind and asked.version = p_version
            and asked.shown_if_question is not null and other.question is null
    ) then
        perform private.refuse('PT422', 'questions_malformed', 'Depend on an earlier number.');
    end if;
end
$$;

create function private.write_survey_texts(p_kind text, p_version integer, p_texts jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_unknown text;
begin
    if jsonb_typeof(p_texts) is distinct from 'object' or octet_length(p_texts::text) > 60000
        or exists (
            select from jsonb_each(p_texts) spoken
            where spoken.key !~ '^[a-z]{2}$' or jsonb_typeof(spoken.value) <> 'object'
        )
    then
        perform private.refuse(
            'PT422', 'texts_malformed', 'Send {"pl": {"greeting": "...", "csat": "..."}}.'
        );
    end if;
    select told.key into v_unknown
    from jsonb_each(p_texts) spoken
    cross join lateral jsonb_each(spoken.value) told
    where told.key not in (select private.list_survey_items(p_kind, p_version))
        or jsonb_typeof(told.value) <> 'string'
        or not private.is_clean_text(told.value #>> '{}', 500)
    limit 1;
    if v_unknown is not null then
        perform private.refuse(
            'PT422', 'texts_malformed', 'Known items, and up to 500 characters for each.'
        );
    end if;
    insert into public.survey_texts (kind, version, item, language, body)
    select p_kind, p_version, told.key, spoken.key, told.value
    from jsonb_each(p_texts) spoken
    cross join lateral jsonb_each_text(spoken.value) told
    on conflict (kind, version, language, item) do update set body = excluded.body;
end
$$;

create function private.describe_questionnaire(p_kind text)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'kind', current_.kind, 'version', current_.version, 'created_at', current_.created_at,
        'questions', (
            select jsonb_agg(to_jsonb(asked) - '{kind,version}'::text[] order by asked.position)
            from public.survey_questions asked
            where asked.kind = current_.kind and asked.version = current_.version
        ),
        'texts', (
            select jsonb_object_agg(spoken.language, spoken.texts)
            from (
                select told.language, jsonb_object_agg(told.item, told.body) as texts
                from public.survey_texts told
                where told.kind = current_.kind and told.version = current_.version
                group by told.language
            ) spoken
        )
    )
    from public.survey_questionnaires current_
    where current_.kind = p_kind and current_.is_current
$$;

-- Definer: nobody holds a right to write questionnaires; admins write through here.
create function private.save_survey_questionnaire(
    p_kind text, p_questions jsonb, p_texts jsonb, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_version integer;
begin
    perform private.require_admin();
    perform private.require_survey_kind(p_kind);
    perform private.note_reason(p_reason);
    perform pg_advisory_xact_lock(hashtextextended('survey_questionnaires.' || p_kind, 0));
    select coalesce(max(known.version), 0) + 1 into v_version
    from public.survey_questionnaires known where known.kind = p_kind;
    update public.survey_questionnaires known
    set is_current = false
    where known.kind = p_kind and known.is_current;
    insert into public.survey_questionnaires (kind, version, created_by)
    values (p_kind, v_version, auth.uid());
    perform private.write_survey_questions(p_kind, v_version, p_questions);
    perform private.write_survey_texts(p_kind, v_version, p_texts);
    if private.choose_survey_language(p_kind, v_version, 'en') is null then
        perform private.refuse(
            'PT422', 'texts_incomplete', 'Polish or English must have words for everything.'
        );
    end if;
    return private.describe_questionnaire(p_kind);
exception
    when check_violation or unique_violation or not_null_violation
        or invalid_text_representation or numeric_value_out_of_range
        or invalid_parameter_value
    then
        perform private.refuse('PT422', 'questions_malformed', 'See public.survey_questions.');
        return null;
end
$$;

create function public.save_survey_questionnaire(
    p_kind text, p_questions jsonb, p_texts jsonb, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.save_survey_questionnaire(p_kind, p_questions, p_texts, p_reason)
$$;
comment on function public.save_survey_questionnaire(text, jsonb, jsonb, text) is
    'Admins: the next version of what is asked, [{question, scale csat|nps|effort|choices|text, '
    'is_required, options, shown_if_question, shown_if_at_most, repeat_seconds}] in order, and its '
    'words {language: {item: text}}: greeting, thanks, invitation.subject, invitation.body, each '
    'question, <question>.low and .high, <question>.<option>. Surveys already sent keep theirs.';

-- Definer: as above.
create function private.save_survey_texts(
    p_kind text, p_language text, p_texts jsonb, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_version integer;
begin
    perform private.require_admin();
    perform private.require_survey_kind(p_kind);
    perform private.note_reason(p_reason);
    if (p_language ~ '^[a-z]{2}$') is not true then
        perform private.refuse('PT422', 'unknown_language', 'Two letters, as in uk.');
    end if;
    select known.version into v_version
    from public.survey_questionnaires known
    where known.kind = p_kind and known.is_current;
    perform private.write_survey_texts(
        p_kind, v_version, jsonb_build_object(p_language, coalesce(p_texts, 'null'))
    );
    return private.describe_questionnaire(p_kind);
end
$$;

create function public.save_survey_texts(
    p_kind text, p_language text, p_texts jsonb, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.save_survey_texts(p_kind, p_language, p_texts, p_reason)
$$;
comment on function public.save_survey_texts(text, text, jsonb, text) is
    'Admins: words {item: text} of the current questionnaire in one language, new or mended.';

-- Definer: nobody holds a right to write rules; admins write through here.
create function private.set_survey_rule(
    p_kind text, p_tier text, p_changes jsonb, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_rule public.survey_rules;
begin
    perform private.require_admin();
    perform private.require_survey_kind(p_kind);
    if jsonb_typeof(p_changes) is distinct from 'object' or octet_length(p_changes::text) > 4000
        or p_changes - array[
            'calendar_id', 'delay_seconds', 'cooldown_seconds', 'sample_share', 'answer_seconds',
            'late_seconds', 'is_by_phone', 'excluded_categories', 'is_active'
        ] <> '{}'
    then
        perform private.refuse('PT422', 'rule_malformed', 'See public.survey_rules.');
    end if;
    perform private.note_reason(p_reason);
    insert into public.survey_rules (kind, tier, calendar_id, delay_seconds, cooldown_seconds)
    select p_kind, known.tier, '00000000-0000-4000-8000-0000000000c1', 4 * 3600, 30 * 86400
    from public.service_levels known where known.tier = p_tier
    on conflict do nothing;
    select known.* into v_rule
    from public.survey_rules known where known.kind = p_kind and known.tier = p_tier
    for update;
    if v_rule.kind is null then
        perform private.refuse('PT404', 'tier_not_found', 'There is no such tier.');
    end if;
    return private.write_survey_rule(jsonb_populate_record(v_rule, p_changes));
end
$$;

create function private.write_survey_rule(p_rule public.survey_rules)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_rule public.survey_rules;
begin
    update public.survey_rules known
    set calendar_id = p_rule.calendar_id,
        delay_seconds = p_rule.delay_seconds,
        cooldown_seconds = p_rule.cooldown_seconds,
        sample_share = p_rule.sample_share,
        answer_seconds = p_rule.answer_seconds,
        late_seconds = p_rule.late_seconds,
        is_by_phone = p_rule.is_by_phone,
        excluded_categories = p_rule.excluded_categories,
        is_active = p_rule.is_active
    where known.kind = p_rule.kind and known.tier = p_rule.tier
    returning known.* into v_rule;
    return to_jsonb(v_rule);
exception
    when check_violation or not_null_violation or foreign_key_violation
        or numeric_value_out_of_range
    then
        perform private.refuse('PT422', 'rule_out_of_range', 'See public.survey_rules.');
        return null;
end
$$;

create function public.set_survey_rule(
    p_kind text, p_tier text, p_changes jsonb, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_survey_rule(p_kind, p_tier, p_changes, p_reason)
$$;
comment on function public.set_survey_rule(text, text, jsonb, text) is
    'Admins: when clients of a tier are asked, e.g. (''cycle'', ''premium'', {"sample_share": '
    '0.5}); columns of public.survey_rules. What is waiting goes by the new rule, what is sent '
    'keeps its times. Answers the rule.';

-- -------------------------------------------------------------------------------------------------
-- What is missing
-- -------------------------------------------------------------------------------------------------
create function public.get_missing_survey_texts()
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    perform private.require_staff();
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'kind', lacking.kind, 'version', lacking.version, 'language', lacking.language,
            'missing', lacking.items, 'shown_in', private.choose_survey_language(
                lacking.kind, lacking.version, lacking.language
            )
        ) order by lacking.kind, lacking.language), '[]')
        from (
            select
                current_.kind, current_.version, spoken.language,
                jsonb_agg(needed.item order by needed.item) as items
            from public.survey_questionnaires current_
            cross join (
                select split_part(known.skill, '.', 2) as language
                from public.skills known where known.kind = 'language'
                union
                select told.language from public.survey_texts told
            ) spoken
            cross join lateral private.list_survey_items(current_.kind, current_.version)
                needed (item)
            where current_.is_current and not exists (
                select from public.survey_texts told
                where told.kind = current_.kind and told.version = current_.version
                    and told.language = spoken.language and told.item = needed.item
            )
            group by current_.kind, current_.version, spoken.language
        ) lacking
    );
end
$$;
comment on function public.get_missing_survey_texts() is
    'Staff: which words of the current questionnaires are missing, by kind and each language the '
    'house speaks: [{"kind", "version", "language", "missing": [items], "shown_in"}].';

-- -------------------------------------------------------------------------------------------------
-- The house's first questionnaires
-- -------------------------------------------------------------------------------------------------
insert into public.survey_questionnaires (kind, version)
values ('cycle', 1), ('recovery', 1), ('treatment', 1);

insert into public.survey_questions (
    kind, version, question, position, scale, is_required, options, shown_if_question,
    shown_if_at_most, repeat_seconds
)
values
    ('cycle', 1, 'csat', 1, 'csat', true, '{}', null, null, 0),
    (
        'cycle', 1, 'reasons', 2, 'choices', false,
        '{waiting,tone,knowledge,not_solved,price,other}', 'csat', 3, 0
    ),
    ('cycle', 1, 'effort', 3, 'effort', false, '{}', null, null, 0),
    -- Of the house as a whole: once a quarter is enough.
    ('cycle', 1, 'nps', 4, 'nps', false, '{}', null, null, 90 * 86400),
    ('cycle', 1, 'comment', 5, 'text', false, '{}', null, null, 0),
    ('recovery', 1, 'csat', 1, 'csat', true, '{}', null, null, 0),
    ('recovery', 1, 'comment', 2, 'text', false, '{}', null, null, 0),
    ('treatment', 1, 'csat', 1, 'csat', true, '{}', null, null, 0),
    (
        'treatment', 1, 'reasons', 2, 'choices', false,
        '{result,comfort,care,punctuality,place,other}', 'csat', 3, 0
    ),
    ('treatment', 1, 'nps', 3, 'nps', false, '{}', null, null, 90 * 86400),
    ('treatment', 1, 'comment', 4, 'text', false, '{}', null, null, 0);

insert into public.survey_texts (kind, version, item, language, body)
select kind.name, 1, told.item, spoken.language, spoken.body
from (
    values
        (
            'greeting', 'Dziękujemy, że mogliśmy pomóc. Prosimy o kilka słów o naszej obsłudze.',
            'Thank you for letting us help. We would value a few words about our service.'
        ),
        (
            'thanks', 'Dziękujemy za odpowiedź. Przeczyta ją osoba odpowiedzialna za obsługę.',
            'Thank you for your answer. Whoever is responsible for our service will read it.'
        ),
        ('invitation.subject', 'Prośba o opinię', 'A question about our service'),
        (
            'invitation.body',
            'Będziemy wdzięczni za krótką odpowiedź na pytania o naszą obsługę. Zajmie to minutę.',
            'We would be grateful for your answer to a few questions. It takes a minute.'
        ),
        (
            'csat', 'Jak oceniają Państwo naszą obsługę?',
            'How satisfied were you with our service?'
        ),
        ('csat.low', 'bardzo źle', 'very dissatisfied'),
        ('csat.high', 'znakomicie', 'very satisfied'),
        ('comment', 'Co chcieliby Państwo nam przekazać?', 'Is there anything you wish to add?'),
        ('nps', 'Na ile prawdopodobne jest, że polecą nas Państwo bliskiej osobie?',
            'How likely are you to recommend us to somebody close to you?'),
        ('nps.low', 'na pewno nie', 'not at all likely'),
        ('nps.high', 'na pewno tak', 'extremely likely'),
        ('effort', 'Jak łatwo było załatwić Państwa sprawę?',
            'How easy was it to have your request handled?'),
        ('effort.low', 'bardzo trudno', 'very difficult'),
        ('effort.high', 'bardzo łatwo', 'very easy'),
        ('reasons', 'Co zawiodło?', 'What fell short?'),
        ('reasons.waiting', 'czas oczekiwania', 'the waiting time'),
        ('reasons.tone', 'sposób rozmowy', 'the manner of the conversation'),
        ('reasons.knowledge', 'wiedza', 'the knowledge'),
        ('reasons.not_solved', 'sprawa nierozwiązana', 'it was not solved'),
        ('reasons.price', 'cena', 'the price'),
        ('reasons.result', 'efekt zabiegu', 'the result'),
        ('reasons.comfort', 'komfort', 'the comfort'),
        ('reasons.care', 'opieka', 'the care'),
        ('reasons.punctuality', 'punktualność', 'the punctuality'),
        ('reasons.place', 'miejsce', 'the place'),
        ('reasons.other', 'coś innego', 'something else')
) told (item, pl, en)
cross join (values ('cycle'), ('recovery'), ('treatment')) kind (name)
cross join lateral (values ('pl', told.pl), ('en', told.en)) spoken (language, body)
where told.item in (select private.list_survey_items(kind.name, 1));

update public.survey_texts told
set body = spoken.body
from (
    values
        ('recovery', 'csat', 'pl', 'Jak oceniają Państwo sposób, w jaki naprawiliśmy błąd?'),
        ('recovery', 'csat', 'en', 'How satisfied are you with the way we put things right?'),
        ('recovery', 'greeting', 'pl', 'Chcemy mieć pewność, że wszystko zostało naprawione.'),
        ('recovery', 'greeting', 'en', 'We want to be sure that everything has been put right.'),
        ('treatment', 'csat', 'pl', 'Jak oceniają Państwo wizytę?'),
        ('treatment', 'csat', 'en', 'How satisfied were you with your visit?'),
        ('treatment', 'greeting', 'pl', 'Dziękujemy za wizytę. Prosimy o kilka słów o niej.'),
        ('treatment', 'greeting', 'en', 'Thank you for your visit. We would value your opinion.')
) spoken (kind, item, language, body)
where (told.kind, told.version, told.item, told.language)
    = (spoken.kind, 1, spoken.item, spoken.language);

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on function
    private.list_survey_items(text, integer),
    private.choose_survey_language(text, integer, text), private.require_survey_kind(text),
    private.write_survey_questions(text, integer, jsonb),
    private.write_survey_texts(text, integer, jsonb), private.describe_questionnaire(text),
    private.save_survey_questionnaire(text, jsonb, jsonb, text),
    public.save_survey_questionnaire(text, jsonb, jsonb, text),
    private.save_survey_texts(text, text, jsonb, text),
    public.save_survey_texts(text, text, jsonb, text),
    private.set_survey_rule(text, text, jsonb, text),
    private.write_survey_rule(public.survey_rules),
    public.set_survey_rule(text, text, jsonb, text), public.get_missing_survey_texts()
from public, anon, authenticated, service_role;
grant execute on function
    private.save_survey_questionnaire(text, jsonb, jsonb, text),
    public.save_survey_questionnaire(text, jsonb, jsonb, text),
    private.save_survey_texts(text, text, jsonb, text),
    public.save_survey_texts(text, text, jsonb, text),
    private.set_survey_rule(text, text, jsonb, text),
    public.set_survey_rule(text, text, jsonb, text)
to authenticated, service_role;
-- get_missing_survey_texts reads with its caller's rights.
grant execute on function
    private.list_survey_items(text, integer),
    private.choose_survey_language(text, integer, text), public.get_missing_survey_texts()
to authenticated;
