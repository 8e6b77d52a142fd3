-- The standards of the house: short questions with one of three answers, yes, no, not applicable.
-- One library serves automatic checks, people who audit, and mystery visits.
--
-- A standard is never edited: who changes it writes its next version, and what was judged by an
-- older one stays judged by it. Events: none; read by quality.standards and by people's reviews.

-- -------------------------------------------------------------------------------------------------
-- The library
-- -------------------------------------------------------------------------------------------------
create table public.quality_standards (
    standard text not null,
    version integer not null default 1,
    class text not null,
    kind text not null,
    check_name text,
    parameters jsonb not null default '{}',
    weight numeric(5, 2) not null default 1,
    is_critical boolean not null default false,
    is_live boolean,
    channels text[] not null default '{}',
    tiers text[] not null default '{}',
    target_percent smallint not null default 90,
    text_pl text not null,
    text_en text not null,
    is_active boolean not null default true,
    is_current boolean not null default true,
    reason text,
    created_by uuid,
    created_at timestamptz not null default now(),
    primary key (standard, version),
    constraint quality_standards_standard_is_a_word
        check (standard ~ '^[a-z][a-z_]{0,30}\.[a-z][a-z0-9_]{0,40}$'),
    constraint quality_standards_version_counts_from_one check (version >= 1),
    constraint quality_standards_class_is_known check (class in (
        'efficiency', 'service', 'courtesy', 'knowledge', 'discretion', 'recovery', 'presence'
    )),
    constraint quality_standards_belong_to_their_class
        check (split_part(standard, '.', 1) = class),
    constraint quality_standards_kind_is_known check (kind in ('automatic', 'human', 'both')),
    constraint quality_standards_only_people_go_without_a_rule
        check ((kind = 'human') = (check_name is null)),
    constraint quality_standards_check_is_known check (check_name in (
        'promise', 'fastest_answer', 'brand_rules', 'brand_score', 'no_override', 'greeting',
        'closing', 'address', 'further_help', 'thanks', 'last_word', 'one_face', 'follow_up',
        'solved_once', 'mood', 'apology', 'no_secrets', 'resolution_note'
    )),
    constraint quality_standards_parameters_are_a_small_object
        check (jsonb_typeof(parameters) = 'object' and octet_length(parameters::text) <= 2000),
    constraint quality_standards_weight_is_sane check (weight between 0.1 and 10),
    constraint quality_standards_channels_are_few
        check (cardinality(channels) <= 20 and octet_length(channels::text) <= 1000),
    constraint quality_standards_tiers_are_few
        check (cardinality(tiers) <= 20 and octet_length(tiers::text) <= 1000),
    constraint quality_standards_target_is_a_share check (target_percent between 1 and 100),
    constraint quality_standards_texts_are_short
        check (private.is_clean_text(text_pl, 300) and private.is_clean_text(text_en, 300)),
    constraint quality_standards_reason_is_text check (private.is_clean_text(reason, 500))
);
comment on table public.quality_standards is
    'What service of this house is measured by, in versions: the current one judges, older ones '
    'say by what was judged before. Append only, but that a version stops being current.';
comment on column public.quality_standards.kind is
    'automatic: judged by rule alone; human: by people alone; both: by each, and told apart.';
comment on column public.quality_standards.check_name is 'Which rule of lib/quality judges it.';
comment on column public.quality_standards.parameters is 'What the rule is to look for.';
comment on column public.quality_standards.weight is
    'Against the others; what does not apply leaves the sum.';
comment on column public.quality_standards.is_critical is 'One failure fails the whole review.';
comment on column public.quality_standards.is_live is
    'Applies to live channels (true) or to others (false); null: to both.';
comment on column public.quality_standards.channels is 'Applies there; none named: everywhere.';
comment on column public.quality_standards.tiers is 'Applies to them; none named: to everybody.';
comment on column public.quality_standards.target_percent is
    'The share of yes among yes and no that the house asks of itself.';
comment on column public.quality_standards.created_by is
    'Null: shipped. No foreign key: it outlives people.';
create unique index quality_standards_one_current on public.quality_standards (standard)
where is_current;
comment on index public.quality_standards_one_current is
    'Serves every judgement; a standard holds in one version at a time.';

create function private.is_standard_for(
    p_standard public.quality_standards, p_channel text, p_tier text
)
returns boolean
language sql
stable
set search_path = ''
as $$
    select p_standard.is_current and p_standard.is_active
        and (p_standard.channels = '{}' or p_channel = any (p_standard.channels))
        and (p_standard.tiers = '{}' or p_tier = any (p_standard.tiers))
        and (p_standard.is_live is null or exists (
            select from public.channels known
            where known.channel = p_channel and known.is_live = p_standard.is_live
        ))
$$;
comment on function private.is_standard_for(public.quality_standards, text, text) is
    'Whether this version judges service on the channel, for the tier.';

-- -------------------------------------------------------------------------------------------------
-- As the house opens
-- -------------------------------------------------------------------------------------------------
insert into public.quality_standards (
    standard, kind, check_name, parameters, weight, is_critical, is_live, channels, tiers,
    text_pl, text_en, class
)
select made.*, split_part(made.standard, '.', 1)
from (
    values
        (
            'efficiency.first_response', 'both', 'promise',
            '{"kinds": ["first_response"]}'::jsonb,
            3, false, null::boolean, '{}'::text[], '{}'::text[],
            'Pierwsza odpowiedź człowieka nadeszła w obiecanym czasie.',
            'A person answered first within the promised time.'
        ),
        (
            'efficiency.next_response', 'both', 'promise',
            '{"kinds": ["next_response"]}',
            2, false, null, '{}', '{}',
            'Na żadną kolejną wiadomość klient nie czekał dłużej, niż obiecano.',
            'The client never waited longer for a next answer than promised.'
        ),
        (
            'efficiency.resolution', 'both', 'promise',
            '{"kinds": ["resolution"]}',
            2, false, null, '{}', '{}',
            'Sprawa została załatwiona w obiecanym czasie.',
            'The matter was settled within the promised time.'
        ),
        (
            'efficiency.platinum_moment', 'automatic', 'fastest_answer',
            '{"seconds": 30}',
            2, false, true, '{}', '{vip_platinum}',
            'Klient Platinum usłyszał nas w ciągu 30 sekund.',
            'A Platinum client heard from us within 30 seconds.'
        ),
        (
            'efficiency.phone_rings', 'human', null,
            '{}',
            2, false, true, '{phone}', '{}',
            'Telefon odebrano w ciągu 10 sekund, najdalej po trzecim dzwonku.',
            'The telephone was answered within 10 seconds, by the third ring.'
        ),
        (
            'efficiency.phone_hold', 'human', null,
            '{}',
            2, false, true, '{phone}', '{}',
            'Rozmówcę zawieszono tylko za jego zgodą i najwyżej na 30 sekund.',
            'The caller was put on hold only with consent, and for 30 seconds at most.'
        ),
        (
            'efficiency.one_face', 'both', 'one_face',
            '{"at_most": 2}',
            1, false, null, '{}', '{}',
            'Klientem zajmowały się najwyżej dwie osoby.',
            'No more than two people dealt with the client.'
        ),
        (
            'efficiency.no_repetition', 'human', null,
            '{}',
            2, false, null, '{}', '{}',
            'Klient nie musiał powtarzać tego, co już nam powiedział.',
            'The client did not have to repeat what we had been told.'
        ),
        (
            'service.promise_given', 'both', 'promise',
            '{"kinds": ["given"]}',
            3, true, null, '{}', '{}',
            'Dane słowo zostało dotrzymane co do godziny.',
            'A word given was kept to the hour.'
        ),
        (
            'service.follow_up', 'both', 'follow_up',
            '{"hours": 24}',
            2, false, null, '{}', '{}',
            'Zapowiedziany kontakt nastąpił w ciągu doby.',
            'An announced follow-up came within 24 hours.'
        ),
        (
            'service.solved_once', 'automatic', 'solved_once',
            '{}',
            2, false, null, '{}', '{}',
            'Klient nie musiał wracać z tą samą sprawą.',
            'The client did not have to come back about the same matter.'
        ),
        (
            'service.last_word', 'both', 'last_word',
            '{}',
            2, false, null, '{}', '{}',
            'Żadne pytanie klienta nie zostało bez odpowiedzi.',
            'No question of the client was left without an answer.'
        ),
        (
            'service.further_help', 'both', 'further_help',
            '{}',
            1, false, true, '{}', '{}',
            'Zanim się pożegnano, zapytano, w czym jeszcze można pomóc.',
            'Before parting we asked what else we might do.'
        ),
        (
            'service.resolution_note', 'automatic', 'resolution_note',
            '{}',
            1, false, null, '{}', '{}',
            'Zapisano, jak sprawa została załatwiona.',
            'It is written down how the matter was settled.'
        ),
        (
            'service.initiative', 'human', null,
            '{}',
            2, false, null, '{}', '{}',
            'Zaproponowano coś dobrego, o co klient nie prosił.',
            'Something good was offered that the client had not asked for.'
        ),
        (
            'service.alternative', 'human', null,
            '{}',
            2, false, null, '{}', '{}',
            'Gdy czegoś nie można było zrobić, podano inne wyjście.',
            'When something could not be done, another way was offered.'
        ),
        (
            'service.confirmed_details', 'human', null,
            '{}',
            2, false, null, '{}', '{}',
            'Termin, miejsce i cenę potwierdzono, zanim coś zarezerwowano.',
            'Time, place and price were confirmed before anything was booked.'
        ),
        (
            'service.whole_need', 'human', null,
            '{}',
            3, false, null, '{}', '{}',
            'Odpowiedziano na całą prośbę, nie na jej część.',
            'The whole request was answered, not a part of it.'
        ),
        (
            'courtesy.greeting', 'both', 'greeting',
            '{}',
            1, false, null, '{}', '{}',
            'Rozmowę otwarto powitaniem stosownym do pory i kanału.',
            'The conversation opened with a greeting fit for hour and channel.'
        ),
        (
            'courtesy.closing', 'both', 'closing',
            '{}',
            1, false, null, '{}', '{}',
            'Rozmowę zamknięto uprzejmym pożegnaniem.',
            'The conversation closed with a courteous farewell.'
        ),
        (
            'courtesy.address', 'both', 'address',
            '{"times": 1}',
            1, false, null, '{}', '{}',
            'Zwrócono się do klienta po imieniu, nazwisku lub z właściwym tytułem.',
            'The client was addressed by name or by the proper title.'
        ),
        (
            'courtesy.address_twice', 'both', 'address',
            '{"times": 2}',
            1, false, null, '{}', '{vip_gold,vip_platinum}',
            'Do gościa VIP zwrócono się osobiście co najmniej dwa razy.',
            'A VIP was addressed personally at least twice.'
        ),
        (
            'courtesy.forms', 'automatic', 'brand_rules',
            '{"rules": ["pl.ty_form", "pl.wy_form", "pl.courtesy_capital", "pl.vocative",'
            '"pl.mixed_greeting", "pl.surname_address", "pl.diminutive", "pl.witam",'
            '"pl.informal_greeting", "pl.informal_closing", "en.informal_greeting",'
            '"en.informal_closing", "en.first_name", "en.mixed_greeting"]}',
            2, false, null, '{}', '{}',
            'Formy grzecznościowe były bez zarzutu.',
            'The forms of courtesy were beyond reproach.'
        ),
        (
            'courtesy.calm_page', 'automatic', 'brand_rules',
            '{"rules": ["exclamation", "repeated_punctuation", "all_caps", "emoji"]}',
            1, false, null, '{}', '{}',
            'Pisano spokojnie: bez krzyku, wykrzykników i nadmiaru znaków.',
            'The page was calm: no shouting, no excess of marks.'
        ),
        (
            'courtesy.no_slang', 'automatic', 'brand_rules',
            '{"rules": ["slang", "commanding_tone", "forbidden_phrase"]}',
            2, false, null, '{}', '{}',
            'Nie użyto słów potocznych ani rozkazów.',
            'No slang was used, and no commands.'
        ),
        (
            'courtesy.thanks', 'both', 'thanks',
            '{}',
            1, false, null, '{}', '{}',
            'Podziękowano za kontakt, cierpliwość lub zaufanie.',
            'The client was thanked for writing, for patience or for trust.'
        ),
        (
            'courtesy.house_voice', 'automatic', 'brand_score',
            '{"at_least": 85}',
            2, false, null, '{}', '{}',
            'Odpowiedzi brzmiały głosem domu (średnio co najmniej 85 punktów).',
            'Answers spoke in the voice of the house (85 points on average).'
        ),
        (
            'courtesy.gate_respected', 'automatic', 'no_override',
            '{}',
            2, false, null, '{}', '{}',
            'Niczego nie wysłano wbrew zaleceniom stylu domu.',
            'Nothing was sent against the advice of the house''s style.'
        ),
        (
            'courtesy.smile', 'human', null,
            '{}',
            2, false, true, '{phone}', '{}',
            'W głosie słychać było uśmiech i spokój.',
            'A smile and calm could be heard in the voice.'
        ),
        (
            'knowledge.right_name', 'automatic', 'brand_rules',
            '{"rules": ["wrong_name", "pl.gender", "en.gender", "placeholder"]}',
            3, true, null, '{}', '{}',
            'Nie pomylono imienia ani płci klienta i nie zostawiono pustego miejsca po nich.',
            'Name and gender of the client were right, and no blank was left for them.'
        ),
        (
            'knowledge.language', 'automatic', 'brand_rules',
            '{"rules": ["wrong_language", "mixed_language"]}',
            2, false, null, '{}', '{}',
            'Odpowiadano w języku klienta.',
            'We answered in the client''s language.'
        ),
        (
            'knowledge.brevity', 'automatic', 'brand_rules',
            '{"rules": ["too_long", "long_sentence"]}',
            1, false, null, '{}', '{}',
            'Pisano zwięźle i zrozumiale.',
            'Answers were brief and clear.'
        ),
        (
            'knowledge.correct', 'human', null,
            '{}',
            3, true, null, '{}', '{}',
            'Podane informacje były prawdziwe i aktualne.',
            'What was said was true and up to date.'
        ),
        (
            'knowledge.treatments', 'human', null,
            '{}',
            2, false, null, '{}', '{}',
            'O zabiegach i produktach mówiono kompetentnie, bez obietnic medycznych.',
            'Treatments and products were explained with competence, without medical promises.'
        ),
        (
            'knowledge.preferences', 'human', null,
            '{}',
            2, false, null, '{}', '{vip_gold,vip_platinum}',
            'Skorzystano ze znanych upodobań gościa.',
            'Known preferences of the guest of honour were put to use.'
        ),
        (
            'discretion.no_secrets', 'both', 'no_secrets',
            '{}',
            5, true, null, '{}', '{}',
            'W rozmowie nie powtórzono numerów kart, PESEL ani haseł.',
            'No card number, national number or password was repeated in writing.'
        ),
        (
            'discretion.identity', 'human', null,
            '{}',
            3, true, null, '{}', '{}',
            'Zanim omówiono sprawy klienta, upewniono się, z kim rozmawiamy.',
            'Before private matters were discussed we made sure whom we spoke to.'
        ),
        (
            'discretion.others', 'human', null,
            '{}',
            3, true, null, '{}', '{}',
            'Nie wspomniano o innych klientach domu.',
            'No other client of the house was mentioned.'
        ),
        (
            'discretion.health', 'human', null,
            '{}',
            3, true, null, '{}', '{}',
            'O zdrowiu rozmawiano tylko tyle, ile trzeba, i w bezpiecznym kanale.',
            'Health was discussed no more than needed, and on a safe channel.'
        ),
        (
            'recovery.apology', 'both', 'apology',
            '{}',
            2, false, null, '{}', '{}',
            'Niezadowolenie klienta nazwano i przeproszono za nie.',
            'The client''s displeasure was acknowledged with an apology.'
        ),
        (
            'recovery.mood', 'automatic', 'mood',
            '{}',
            2, false, null, '{}', '{}',
            'Klient nie odszedł w gorszym nastroju, niż przyszedł.',
            'The client did not leave in a worse mood than they came in.'
        ),
        (
            'recovery.ownership', 'human', null,
            '{}',
            2, false, null, '{}', '{}',
            'Kto pierwszy usłyszał skargę, doprowadził ją do końca lub przekazał osobiście.',
            'Whoever heard the complaint first saw it through or handed it over in person.'
        ),
        (
            'recovery.no_blame', 'human', null,
            '{}',
            2, false, null, '{}', '{}',
            'Nie obwiniano klienta, kolegów ani systemu.',
            'Neither client, colleagues nor systems were blamed.'
        ),
        (
            'recovery.gesture', 'human', null,
            '{}',
            1, false, null, '{}', '{vip_gold,vip_platinum}',
            'Zadośćuczynienie było hojne i dobrane do osoby.',
            'Amends were generous and chosen for the person.'
        ),
        (
            'presence.warmth', 'human', null,
            '{}',
            2, false, null, '{}', '{}',
            'Rozmowa była ciepła i uważna, nie mechaniczna.',
            'The conversation was warm and attentive, not mechanical.'
        ),
        (
            'presence.patience', 'human', null,
            '{}',
            2, false, null, '{}', '{}',
            'Nie przerywano i nie poganiano.',
            'Nobody was interrupted or hurried.'
        ),
        (
            'presence.anticipation', 'human', null,
            '{}',
            2, false, null, '{}', '{vip_gold,vip_platinum}',
            'Wyczuto potrzebę, zanim ją wypowiedziano.',
            'A need was sensed before it was spoken.'
        ),
        (
            'presence.farewell', 'human', null,
            '{}',
            1, false, null, '{}', '{}',
            'Pożegnanie zostawiło miłe wspomnienie.',
            'The farewell left a pleasant memory.'
        )
) made (
    standard, kind, check_name, parameters, weight, is_critical, is_live, channels, tiers, text_pl,
    text_en
);

-- -------------------------------------------------------------------------------------------------
-- Admins write, staff read
-- -------------------------------------------------------------------------------------------------

-- Known fields, each of its own type.
create function private.require_standard_fields(p_changes jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_kinds constant jsonb := '{
        "kind": "string", "check_name": "string", "parameters": "object",
        "weight": "number", "is_critical": "boolean", "is_live": "boolean", "channels": "array",
        "tiers": "array", "target_percent": "number", "text_pl": "string", "text_en": "string",
        "is_active": "boolean"}';
begin
    if p_changes is null or jsonb_typeof(p_changes) <> 'object' or p_changes = '{}'
        or octet_length(p_changes::text) > 8000
        or exists (
            select from jsonb_each(p_changes) given
            where not v_kinds ? given.key
                or jsonb_typeof(given.value) <> v_kinds ->> given.key
                    and not (
                        given.key in ('is_live', 'check_name')
                        and jsonb_typeof(given.value) = 'null'
                    )
        )
    then
        perform private.refuse(
            'PT422', 'standard_malformed', 'Known fields of a standard, each of its own type.'
        );
    end if;
end
$$;

create function private.require_standard_places(p_standard public.quality_standards)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if exists (
        select from unnest(p_standard.channels) named (channel)
        where not exists (select from public.channels known where known.channel = named.channel)
    ) then
        perform private.refuse('PT422', 'unknown_channel', 'Not a channel of this house.');
    elsif exists (
        select from unnest(p_standard.tiers) named (tier)
        where not exists (select from public.service_levels known where known.tier = named.tier)
    ) then
        perform private.refuse('PT422', 'unknown_tier', 'There is no such tier.');
    end if;
end
$$;

-- The version after the last, with these changes; the first one of a standard nobody knows.
create function private.write_standard(p_standard text, p_changes jsonb, p_reason text)
returns public.quality_standards
language plpgsql
set search_path = ''
as $$
declare
    v_row public.quality_standards;
    v_made public.quality_standards;
begin
    select known.* into v_row
    from public.quality_standards known where known.standard = p_standard and known.is_current;
    v_row := jsonb_populate_record(
        v_row, '{"channels": [], "tiers": [], "parameters": {}, "weight": 1, "is_critical": false,
            "is_active": true, "target_percent": 90}'::jsonb
            || jsonb_strip_nulls(to_jsonb(v_row)) || p_changes
            || jsonb_build_object(
                'standard', p_standard, 'class', split_part(p_standard, '.', 1),
                'version', coalesce(v_row.version, 0) + 1, 'is_current', true, 'reason', p_reason,
                'created_by', auth.uid(), 'created_at', now()
            )
    );
    perform private.require_standard_places(v_row);
    update public.quality_standards known
    set is_current = false
    where known.standard = p_standard and known.is_current;
    insert into public.quality_standards select v_row.* returning * into v_made;
    return v_made;
exception
    when check_violation or not_null_violation or numeric_value_out_of_range
        or invalid_text_representation
    then
        perform private.refuse(
            'PT422', 'standard_malformed',
            'A name like service.follow_up, both texts, a known check, a sane weight and target.'
        );
end
$$;

-- Definer: nobody holds a right to write standards; admins write through here.
create function private.set_quality_standard(p_standard text, p_changes jsonb, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.require_admin();
    perform private.require_standard_fields(p_changes);
    perform pg_advisory_xact_lock(hashtextextended('public.quality_standards', 0));
    return to_jsonb(private.write_standard(
        private.require_text('standard', p_standard, 80), p_changes,
        private.require_text('reason', p_reason, 500)
    ));
end
$$;

create function public.set_quality_standard(p_standard text, p_changes jsonb, p_reason text)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_quality_standard(p_standard, p_changes, p_reason)
$$;
comment on function public.set_quality_standard(text, jsonb, text) is
    'Admins: the next version of a standard, or a new one, e.g. (''service.follow_up'', '
    '{"weight": 3}, ''Complaints''). What was judged stays judged by the version of its time. '
    'Answers the version.';

create function public.get_quality_standards(
    p_class text default null, p_has_history boolean default false
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    perform private.require_staff();
    return (
        select coalesce(jsonb_agg(to_jsonb(known) order by known.standard, known.version), '[]')
        from public.quality_standards known
        where (p_class is null or known.class = p_class)
            and (known.is_current and known.is_active or p_has_history)
    );
end
$$;
comment on function public.get_quality_standards(text, boolean) is
    'Staff: the standards that hold, of a class or of all, in both languages; with history also '
    'older versions and those no longer in use.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.quality_standards from anon, authenticated, service_role;
grant select on public.quality_standards to authenticated, service_role;
alter table public.quality_standards enable row level security;
create policy quality_standards_select_staff on public.quality_standards
for select to authenticated
using ((select private.is_staff()));

revoke all on function
    private.is_standard_for(public.quality_standards, text, text),
    private.require_standard_fields(jsonb),
    private.require_standard_places(public.quality_standards),
    private.write_standard(text, jsonb, text),
    private.set_quality_standard(text, jsonb, text),
    public.set_quality_standard(text, jsonb, text),
    public.get_quality_standards(text, boolean)
from public, anon, authenticated, service_role;
grant execute on function
    private.set_quality_standard(text, jsonb, text),
    public.set_quality_standard(text, jsonb, text)
to authenticated, service_role;
grant execute on function public.get_quality_standards(text, boolean) to authenticated;
