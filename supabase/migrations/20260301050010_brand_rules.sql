-- The rules of the house's style as data: severity, weight, where each holds, what it suggests; the
-- phrases it forbids; and the small dictionary with which words are told apart.
-- Read by the check before sending. A rule's id is stable: findings, metrics and audits name it.

-- -------------------------------------------------------------------------------------------------
-- Rules
-- -------------------------------------------------------------------------------------------------
create table public.brand_rules (
    rule text primary key,
    language text,
    severity text not null,
    weight integer not null,
    channels text[],
    tiers text[],
    label text not null,
    suggestion text not null,
    aliases text[] not null default '{}',
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint brand_rules_rule_is_a_path check (rule ~ '^([a-z]{2}\.)?[a-z][a-z_]{2,40}$'),
    constraint brand_rules_language_is_a_code check (language ~ '^[a-z]{2}$'),
    constraint brand_rules_severity_is_known check (severity in ('blocking', 'warning', 'hint')),
    constraint brand_rules_weight_is_points check (weight between 0 and 100),
    constraint brand_rules_label_is_short_text check (private.is_clean_text(label, 120)),
    constraint brand_rules_suggestion_is_short_text
        check (private.is_clean_text(suggestion, 200)),
    constraint brand_rules_scopes_are_short check (
        coalesce(cardinality(channels), 0) <= 20 and coalesce(cardinality(tiers), 0) <= 20
        and cardinality(aliases) <= 20
    )
);
comment on table public.brand_rules is
    'What is looked for in a reply. What a finding costs: its weight, at most twice for each rule.';
comment on column public.brand_rules.language is 'Null: in every language.';
comment on column public.brand_rules.channels is 'Where it holds; null: everywhere.';
comment on column public.brand_rules.tiers is 'For whom it holds; null: for everybody.';
comment on column public.brand_rules.aliases is 'Other names under which a rule may be asked for.';

insert into public.brand_rules (rule, language, severity, weight, label, suggestion, aliases)
values
    ('pl.witam', 'pl', 'blocking', 30, 'Opens with Witam', 'Dzień dobry',
        '{witam,witaj,greeting_witam,witam_greeting}'),
    ('pl.ty_form', 'pl', 'blocking', 30, 'Ty instead of Pan, Pani, Państwo',
        'Forma grzecznościowa: Pan, Pani, Państwo',
        '{ty,ty_forms,ty_form,tykanie,second_person,informal_address,pl.ty,pl.ty_verb,ty_verb}'),
    ('pl.wy_form', 'pl', 'warning', 10, 'Wy instead of Państwo', 'Państwo',
        '{wy,wy_form,wy_forms,plural_ty}'),
    ('pl.courtesy_capital', 'pl', 'blocking', 30, 'Pan, Pani, Państwo in small letters',
        'Pan, Pani, Państwo wielką literą',
        '{courtesy_capital,courtesy_capitals,capital,capitals,capitalisation,capitalization,'
        'lowercase_courtesy,capital_courtesy,pan_pani_capital}'),
    ('pl.vocative', 'pl', 'blocking', 30, 'Called by a name in the nominative',
        'Imię w wołaczu', '{vocative,vocative_case,wolacz,name_vocative}'),
    ('pl.mixed_greeting', 'pl', 'warning', 10, 'Szanowna Pani together with a given name',
        'Szanowna Pani', '{mixed_greeting,mixed_form,double_form,double_greeting,mixed_address}'),
    ('pl.surname_address', 'pl', 'warning', 10, 'Called by the surname', 'Szanowna Pani',
        '{surname_address,surname}'),
    ('pl.diminutive', 'pl', 'warning', 10, 'A pet form of the name', 'Pełne imię',
        '{diminutive,nickname}'),
    ('pl.given_name', 'pl', 'blocking', 30, 'The given name where it is not allowed',
        'Szanowna Pani, Szanowny Panie',
        '{given_name,first_name,given_name_not_allowed,first_name_not_allowed,bare_name,'
        'bare_first_name,bare_given_name,name_not_allowed}'),
    ('pl.gender', 'pl', 'blocking', 30, 'Another gender than the profile''s, or a guessed one',
        'Forma zgodna z profilem; nieznana płeć: Szanowni Państwo lub bezosobowo',
        '{gender,wrong_gender,gender_agreement,gender_mismatch,gender_guess,gender_guessed,'
        'unknown_gender,gender_unknown,gender_from_profile,gender_neutral}'),
    ('pl.slashed_gender', 'pl', 'warning', 10, 'Pan/Pani to somebody we know',
        'Forma zgodna z profilem', '{slashed_gender,slash_form,slash_gender}'),
    ('pl.informal_greeting', 'pl', 'blocking', 30, 'A greeting among friends', 'Dzień dobry',
        '{informal_greeting,casual_greeting,greeting_informal,hej,czesc}'),
    ('pl.informal_closing', 'pl', 'blocking', 30, 'A farewell among friends',
        'Z wyrazami szacunku', '{informal_closing,casual_closing,closing_informal}'),
    ('en.informal_greeting', 'en', 'blocking', 30, 'A greeting among friends', 'Good morning',
        '{informal_greeting,casual_greeting,greeting_informal,hey,hi_there,hi}'),
    ('en.informal_closing', 'en', 'blocking', 30, 'A farewell among friends', 'Kind regards',
        '{informal_closing,casual_closing,closing_informal,cheers}'),
    ('en.first_name', 'en', 'blocking', 30, 'The given name where it is not allowed',
        'Dear Ms or Mr and the surname',
        '{first_name,given_name,en.given_name,given_name_not_allowed,first_name_not_allowed,'
        'bare_name,bare_first_name,name_not_allowed}'),
    ('en.mixed_greeting', 'en', 'warning', 10, 'A title before a given name alone',
        'Dear Ms or Mr and the surname',
        '{mixed_greeting,mixed_form,title_first_name,title_given_name,title_with_first_name}'),
    ('en.gender', 'en', 'blocking', 30, 'A title of another gender, or a guessed one',
        'The title of the profile; unknown: no title',
        '{gender,wrong_gender,gender_mismatch,gendered_title,gender_guess,gender_guessed,'
        'unknown_gender,gender_unknown,title_gender,wrong_title,guessed_title}'),
    ('en.marital_title', 'en', 'warning', 10, 'Mrs or Miss guesses', 'Ms',
        '{marital_title,mrs,miss}'),
    ('en.contraction', 'en', 'warning', 6, 'A contraction', 'The full form',
        '{contraction,contractions}'),
    ('wrong_name', null, 'blocking', 30, 'Somebody else''s name', 'Imię klienta z profilu',
        '{name_mismatch,wrong_given_name,wrong_first_name}'),
    ('greeting_style', null, 'warning', 8, 'The greeting of a letter is too casual',
        'Szanowna Pani; Dear Ms and the surname', '{casual_letter_greeting,greeting_tier}'),
    ('closing_style', null, 'warning', 8, 'The closing of a letter is too casual',
        'Z wyrazami szacunku; Kind regards', '{casual_letter_closing,closing_tier}'),
    ('missing_greeting', null, 'warning', 10, 'A letter without a greeting',
        'Szanowna Pani; Dear Ms and the surname', '{greeting,no_greeting,greeting_missing}'),
    ('missing_closing', null, 'warning', 10, 'A letter without a closing',
        'Z wyrazami szacunku; Kind regards', '{closing,no_closing,closing_missing}'),
    ('missing_signature', null, 'warning', 6, 'A letter nobody signed', 'Imię i nazwisko, zespół',
        '{signature,no_signature,signature_missing}'),
    ('required_phrase', null, 'warning', 10, 'A required wording is missing', 'Dodać zwrot',
        '{required,required_word,required_words,missing_required}'),
    ('forbidden_phrase', null, 'blocking', 30, 'A wording this house does not use',
        'Inne sformułowanie',
        '{forbidden,forbidden_word,forbidden_words,forbidden_phrases,blame,discount_speak,'
        'discount,cheap,procedure,pl.forbidden_phrase,en.forbidden_phrase,pl.forbidden,'
        'en.forbidden,pl.blame,en.blame}'),
    ('slang', null, 'warning', 10, 'Slang', 'Pełna, uprzejma forma',
        '{colloquial,pl.slang,en.slang,asap,abbreviation,colloquialism}'),
    ('commanding_tone', null, 'warning', 8, 'An order', 'Uprzejma prośba',
        '{commanding,must,imperative,tone,command}'),
    ('placeholder', null, 'blocking', 40, 'A gap of the template left open', 'Uzupełnić',
        '{placeholders,template,unfilled_placeholder}'),
    ('wrong_language', null, 'blocking', 40, 'Another language than the client''s',
        'W języku klienta', '{language,language_mismatch}'),
    ('mixed_language', null, 'warning', 10, 'Two languages in one message', 'W jednym języku',
        '{language_mix,mixed_languages,mixing,language_mixing}'),
    ('exclamation', null, 'warning', 6, 'Too many exclamation marks', '.',
        '{exclamations,exclamation_marks,exclamation_mark,exclamation_row}'),
    ('repeated_punctuation', null, 'hint', 3, 'Punctuation in a row', '.',
        '{punctuation,repeated_marks}'),
    ('emoji', null, 'warning', 8, 'More emoji than this channel takes', 'Bez emoji',
        '{emojis,emoji_limit,too_many_emoji,emoticon}'),
    ('all_caps', null, 'warning', 8, 'Words in capitals', 'Małe litery',
        '{caps,shouting,uppercase,allcaps}'),
    ('double_space', null, 'hint', 2, 'Two spaces', 'Jedna spacja',
        '{double_spaces,spaces,whitespace,typography}'),
    ('punctuation_space', null, 'hint', 2, 'A space before a mark, or none after it',
        'Znak, potem spacja', '{space_before_punctuation,punctuation_spacing,typography}'),
    ('too_long', null, 'warning', 10, 'Longer than this channel takes', 'Krócej',
        '{length,max_length,message_length}'),
    ('long_sentence', null, 'hint', 4, 'A sentence too long to follow', 'Dwa zdania',
        '{readability,sentence_length,long_sentences}');

create table public.brand_phrases (
    id bigint generated always as identity primary key,
    rule text not null references public.brand_rules (rule),
    language text not null,
    phrase text not null,
    place text not null default 'anywhere',
    suggestion text not null default '',
    first_letters text not null
        generated always as (left(split_part(rtrim(phrase, '*'), ' ', 1), 3)) stored,
    needle text not null generated always as (
        case when right(phrase, 1) = '*' then left(phrase, -1) else phrase || ' ' end
    ) stored,
    word_count integer not null generated always as (
        char_length(phrase) - char_length(replace(phrase, ' ', '')) + 1
    ) stored,
    constraint brand_phrases_say_it_once unique (language, phrase, rule),
    constraint brand_phrases_language_is_a_code check (language ~ '^[a-z]{2}$'),
    constraint brand_phrases_phrase_is_words
        check (char_length(phrase) <= 80 and phrase ~ '^[^\s*]{1,}( [^\s*]+)*\*?$'),
    constraint brand_phrases_beginnings_are_long
        check (right(phrase, 1) <> '*' or char_length(split_part(phrase, ' ', 1)) >= 4),
    constraint brand_phrases_place_is_known check (place in ('anywhere', 'opening')),
    constraint brand_phrases_suggestion_is_short check (char_length(suggestion) <= 200)
);
comment on table public.brand_phrases is
    'Words and phrases that a rule looks for: small letters, one space between words, * at the end '
    'for any ending of the last word.';
comment on column public.brand_phrases.place is
    'opening: among the first words of the message or of a line.';
create index brand_phrases_rule_idx on public.brand_phrases (rule);
comment on index public.brand_phrases_rule_idx is 'Serves the list of a rule''s phrases.';
create index brand_phrases_language_first_letters_idx
    on public.brand_phrases (language, first_letters);
comment on index public.brand_phrases_language_first_letters_idx is
    'Serves the check: which phrases may begin with this word.';

create table private.brand_lexicon (
    word text primary key,
    classes text[] not null,
    constraint brand_lexicon_words_are_short check (char_length(word) between 1 and 40)
);
comment on table private.brand_lexicon is
    'What a word in small letters can be: a ty form, a noun that looks like one, a name, a stop '
    'word of a language, a title.';

create trigger brand_rules_touch
before update on public.brand_rules
for each row execute function private.tg_touch_row();
create trigger brand_rules_record
after insert or update or delete on public.brand_rules
for each row execute function private.tg_record_configuration('rule');
create trigger brand_phrases_record
after insert or update or delete on public.brand_phrases
for each row execute function private.tg_record_configuration('rule');

-- -------------------------------------------------------------------------------------------------
-- Admins write
-- -------------------------------------------------------------------------------------------------

-- Definer: nobody holds a right to write rules; admins write through here.
create function private.set_brand_rule(
    p_rule text, p_severity text, p_weight integer, p_is_active boolean, p_channels text[],
    p_tiers text[], p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_rule public.brand_rules;
begin
    perform private.require_admin();
    if p_severity not in ('blocking', 'warning', 'hint') or p_weight not between 0 and 100
        or exists (
            select unnest(p_channels) except select known.channel from public.channels known
        )
        or exists (
            select unnest(p_tiers) except select known.tier from public.service_levels known
        )
    then
        perform private.refuse(
            'PT422', 'brand_rule_malformed',
            'blocking, warning or hint; 0 to 100 points; known channels and tiers.'
        );
    end if;
    perform private.note_reason(p_reason);
    update public.brand_rules known
    set severity = coalesce(p_severity, known.severity),
        weight = coalesce(p_weight, known.weight),
        is_active = coalesce(p_is_active, known.is_active),
        channels = coalesce(nullif(p_channels, '{}'), case when p_channels is null
            then known.channels end),
        tiers = coalesce(nullif(p_tiers, '{}'), case when p_tiers is null then known.tiers end)
    where known.rule = p_rule
    returning known.* into v_rule;
    if v_rule.rule is null then
        perform private.refuse('PT404', 'brand_rule_not_found', 'There is no such rule.');
    end if;
    return to_jsonb(v_rule);
end
$$;

create function public.set_brand_rule(
    p_rule text,
    p_severity text default null,
    p_weight integer default null,
    p_is_active boolean default null,
    p_channels text[] default null,
    p_tiers text[] default null,
    p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_brand_rule(
        p_rule, p_severity, p_weight, p_is_active, p_channels, p_tiers, p_reason
    )
$$;
comment on function public.set_brand_rule(text, text, integer, boolean, text[], text[], text) is
    'Admins: how heavy a rule is and where it holds; null keeps, an empty list means everywhere.';

-- Small letters, single spaces, no marks: as the check reads a message.
create function private.clean_phrase(p_phrase text)
returns text
language sql
immutable
set search_path = ''
return btrim(regexp_replace(private.lower_letters(left(p_phrase, 200)), '[\s.,;:!?]+', ' ', 'g'));

-- Definer: nobody holds a right to write phrases; admins write through here.
create function private.save_brand_phrase(
    p_rule text, p_language text, p_phrase text, p_suggestion text, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_phrase public.brand_phrases;
begin
    perform private.require_admin();
    perform private.note_reason(p_reason);
    perform private.require_text('phrase', p_phrase, 80);
    insert into public.brand_phrases as known (rule, language, phrase, suggestion)
    values (p_rule, p_language, private.clean_phrase(p_phrase), coalesce(p_suggestion, ''))
    on conflict (language, phrase, rule) do update set suggestion = excluded.suggestion
    returning known.* into v_phrase;
    return to_jsonb(v_phrase);
exception
    when check_violation or foreign_key_violation or not_null_violation then
        perform private.refuse(
            'PT422', 'brand_phrase_malformed',
            'A known rule, a language, words; * only at the end, after four letters.'
        );
end
$$;

create function public.save_brand_phrase(
    p_rule text,
    p_language text,
    p_phrase text,
    p_suggestion text default '',
    p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.save_brand_phrase(p_rule, p_language, p_phrase, p_suggestion, p_reason)
$$;
comment on function public.save_brand_phrase(text, text, text, text, text) is
    'Admins: a word or phrase that a rule finds, e.g. (''forbidden_phrase'', ''pl'', ''tanio''). '
    'Answers the row.';

-- Definer: nobody holds a right to delete phrases; admins do it through here.
create function private.delete_brand_phrase(p_phrase_id bigint, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.require_admin();
    perform private.note_reason(p_reason);
    delete from public.brand_phrases known where known.id = p_phrase_id;
    if not found then
        perform private.refuse('PT404', 'brand_phrase_not_found', 'There is no such phrase.');
    end if;
    return jsonb_build_object('phrase_id', p_phrase_id);
end
$$;

create function public.delete_brand_phrase(p_phrase_id bigint, p_reason text default null)
returns jsonb
language sql
set search_path = ''
as $$
    select private.delete_brand_phrase(p_phrase_id, p_reason)
$$;
comment on function public.delete_brand_phrase(bigint, text) is
    'Admins: no longer looked for. Answers {"phrase_id"}.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.brand_rules, public.brand_phrases, private.brand_lexicon
    from anon, authenticated, service_role;
revoke all on sequence public.brand_phrases_id_seq from anon, authenticated, service_role;
grant select on public.brand_rules, public.brand_phrases to authenticated, service_role;
grant select on private.brand_lexicon to service_role;
alter table public.brand_rules enable row level security;
alter table public.brand_phrases enable row level security;
alter table private.brand_lexicon enable row level security;
create policy brand_rules_select_staff on public.brand_rules
for select to authenticated
using ((select private.is_staff()));
create policy brand_phrases_select_staff on public.brand_phrases
for select to authenticated
using ((select private.is_staff()));

revoke all on function
    private.set_brand_rule(text, text, integer, boolean, text[], text[], text),
    private.clean_phrase(text), private.save_brand_phrase(text, text, text, text, text),
    private.delete_brand_phrase(bigint, text),
    public.set_brand_rule(text, text, integer, boolean, text[], text[], text),
    public.save_brand_phrase(text, text, text, text, text),
    public.delete_brand_phrase(bigint, text)
from public, anon, authenticated, service_role;
grant execute on function
    private.set_brand_rule(text, text, integer, boolean, text[], text[], text),
    private.save_brand_phrase(text, text, text, text, text),
    private.delete_brand_phrase(bigint, text),
    public.set_brand_rule(text, text, integer, boolean, text[], text[], text),
    public.save_brand_phrase(text, text, text, text, text),
    public.delete_brand_phrase(bigint, text)
to authenticated, service_role;
