-- What Polish courtesy asks for: no Witam, no ty, capitals, the vocative, and the
-- gender of the profile.
-- Decided: pan and pani in small letters are right where they speak of a third person: before a
-- name or a profession (pan Kowalski, pani kosmetolog), after ta, ten, nasza. Everything that
-- speaks to the client has its capital.

-- Anna Maria is called Anno Mario, Jan-Paweł Janie-Pawle: each part by itself.
alter function private.find_vocative(text, text) rename to find_part_vocative;

create function private.find_vocative(p_name text, p_gender text)
returns text
language sql
stable
set search_path = ''
as $$
    select string_agg(
        private.find_part_vocative(part.names[1], p_gender) || part.names[2], ''
        order by part.place
    )
    from regexp_matches(p_name, '([^ -]+)([ -]*)', 'g')
        with ordinality part (names, place)
$$;
comment on function private.find_vocative(text, text) is
    'How somebody of this name is called, also of two: of each the table, else the rules.';

-- Verbs of the second person: -sz, -łeś, -łaś, the imperative; pronouns; ci after a verb of ours.
create function private.find_pl_ty_forms(p_words private.brand_word[])
returns setof private.brand_finding
language plpgsql
stable
set search_path = ''
as $$
begin
    return query
    select 'pl.ty_form', said.start, length(said.raw), null
    from unnest(p_words) said
    where 'pl.ty' = any(said.classes)
        or said.low ~ '(.łeś|.łaś|łbyś|łabyś)$'
        or (said.low = 'ci' and not said.is_start and coalesce(said.next, '') not in (
                'którzy', 'sami', 'wszyscy', 'goście', 'klienci', 'panowie', 'specjaliści',
                'eksperci', 'trenerzy', 'lekarze', 'pracownicy', 'dwaj', 'trzej', 'ludzie'
            ) and (said.is_capital or 'pl.verb_before_ci' = any(said.prev_classes)
                or said.prev ~ '(ę|[aeiy]my|śmy|łem|łam)$'))
        or ((not said.is_capital or said.is_start) and not 'pl.not_ty' = any(said.classes) and (
            'pl.imperative' = any(said.classes)
            or ('pl.imperative_opening' = any(said.classes) and said.is_start
                and coalesce(said.next, '') not in ('co', 'nie'))
            or (length(said.low) > 3 and said.low ~ '[aeiy]sz$')
            or (length(said.low) > 4 and said.low
                ~ '(jdź|jrzyj|[pbwm]ij|kryj|myj|jedź|powiedz|uj|[^aeouy]aj|nij|ślij)$')
        ));
end
$$;

create function private.find_pl_wy_forms(p_words private.brand_word[])
returns setof private.brand_finding
language plpgsql
stable
set search_path = ''
as $$
begin
    return query
    select 'pl.wy_form', said.start, length(said.raw), null
    from unnest(p_words) said
    where 'pl.wy' = any(said.classes)
        or said.low ~ '([iyea]liście|łyście|[^o]byście)$'
            and said.low !~ '(pecja|so|meda|fina|rea|idea|minima|kapita|speja|jana)liście$';
end
$$;

-- Words that speak to the client or of somebody else: the family, and whether it is the client.
create function private.find_pl_courtesies(p_words private.brand_word[])
returns table (
    said private.brand_word, family text, is_third boolean, is_joined boolean, is_addressed boolean
)
language plpgsql
stable
rows 5
set search_path = ''
as $$
begin
    return query
    select
        heard,
        case
            when 'pl.pani' = any(heard.classes) then 'pani'
            when 'pl.pan' = any(heard.classes) then 'pan'
            when 'pl.panstwo' = any(heard.classes) then 'panstwo'
            else 'panski'
        end,
        coalesce('pl.somebody_else' = any(heard.prev_classes), false)
            or 'pl.profession' = any(heard.next_classes) and heard.gap = ' '
                and not ('pl.title_vocative' = any(heard.next_classes) and (
                    heard.is_start or 'pl.greeting' = any(heard.prev_classes)
                ))
            or coalesce(heard.next = 'z' and heard.next_2 in (
                'recepcji', 'salonu', 'działu', 'infolinii', 'kawiarni', 'kuchni', 'restauracji',
                'baru', 'obsługi', 'ochrony', 'księgowości', 'szatni', 'parkingu', 'portierni',
                'siłowni', 'sklepu', 'biura', 'administracji', 'pralni', 'serwisu', 'hotelu'
            ), false)
            or heard.gap = ' ' and coalesce(heard.next_raw, '') ~ '^[A-ZĄĆĘŁŃÓŚŹŻ]'
                and not heard.next_classes && '{vocative.female,vocative.male}'
                and not heard.next_classes && '{pl.title_vocative,pl.pan,pl.pani,pl.panstwo}'
                and coalesce(heard.prev, '') not in ('szanowna', 'szanowny')
                and not (heard.next_gap ~ '^[,!\n]' and (
                    heard.is_start or 'pl.greeting' = any(heard.prev_classes)
                )),
        coalesce(heard.gap ~ '/' and heard.next_classes && '{pl.pan,pl.pani}', false)
            or coalesce(heard.prev_gap, '') ~ '/'
            or coalesce(heard.gap ~ '^\(' and heard.next in ('i', 'ią'), false)
            or coalesce(heard.next, '') in ('lub', 'albo', 'czy', 'bądź') and heard.next_2 in
                ('pan', 'pani', 'pana', 'panu', 'panią', 'panem')
            or coalesce(heard.prev, '') in ('lub', 'albo', 'czy', 'bądź') and heard.prev_2 in
                ('pan', 'pani', 'pana', 'panu', 'panią', 'panem'),
        heard.is_start or 'pl.greeting' = any(heard.prev_classes)
            or heard.prev_gap like ',%'
    from unnest(p_words) heard
    where heard.classes && '{pl.pani,pl.pan,pl.panstwo,pl.panski}';
end
$$;

create function private.find_pl_small_letters(p_words private.brand_word[])
returns setof private.brand_finding
language plpgsql
stable
set search_path = ''
as $$
begin
    return query
    select 'pl.courtesy_capital', said.start, length(said.raw),
        case when left(said.low, 1) = 'p' then 'P' || substr(said.raw, 2) end
    from private.find_pl_courtesies(p_words) courtesy
    cross join lateral (select (courtesy.said).*) said
    where not said.is_capital
        and (not courtesy.is_third or courtesy.family = 'panstwo')
        and (said.low <> 'panie' or coalesce(said.prev, '') in ('szanowny', 'drogi')
            or said.next_classes && '{vocative.male,name.male,pl.title_vocative}')
        and (courtesy.family <> 'panstwo' or not (
            'pl.state_before' = any(said.prev_classes)
            or 'pl.state_after' = any(said.next_classes)
            or said.gap = ' ' and said.next_raw ~ '^[A-ZĄĆĘŁŃÓŚŹŻ]'
        ));
end
$$;

-- Pan to a woman, Pani to a man, either to somebody whose gender is not known; and a verb or an
-- adjective of the other gender beside them.
create function private.find_pl_genders(p_words private.brand_word[], p_gender text)
returns setof private.brand_finding
language plpgsql
stable
set search_path = ''
as $$
begin
    return query
    select case
            when courtesy.is_joined then 'pl.slashed_gender' else 'pl.gender'
        end,
        said.start, length(said.raw),
        case p_gender when 'female' then 'Pani' when 'male' then 'Pan' end
    from private.find_pl_courtesies(p_words) courtesy
    cross join lateral (select (courtesy.said).*) said
    where courtesy.family <> 'panstwo'
        and (said.low <> 'panie' or coalesce(said.prev, '') in ('szanowny', 'drogi', 'dobry')
            or said.next_classes && '{vocative.male,name.male,pl.title_vocative}')
        and case
            when courtesy.is_joined then p_gender is not null
            when courtesy.is_third then false
            when p_gender is null then true
            when said.prev = 'szanowny' and said.low = 'pani'
                or said.prev = 'szanowna' and said.low = 'panie' then true
            when courtesy.family = 'pani' then p_gender = 'male'
                or said.raw = 'Pani' and (
                    'pl.male_form' = any(said.next_classes || said.prev_classes)
                    or said.prev_2 = 'czy' and said.prev ~ '.(ał|ył|ił|ął|ód)$'
                )
            when p_gender = 'female' then true
            else said.low = 'pan' and 'pl.female_form'
                = any(said.next_classes || said.prev_classes)
                or said.low = 'pan' and (said.next ~ '[aiyąę]ła(by)?$'
                    or said.prev ~ '[aiyąę]ła(by)?$')
        end;
end
$$;

-- Whom a courtesy calls by name: the name's word and the vocative it should have.
create function private.find_pl_names(
    p_words private.brand_word[], p_low_names text[], p_low_vocatives text[]
)
returns table (
    start integer, size integer, word text, low text, family text, is_vocative boolean,
    is_known boolean, is_szanowny boolean, is_diminutive boolean, is_surname boolean
)
language plpgsql
stable
rows 3
set search_path = ''
as $$
begin
    return query
    select
        said.start + length(said.raw) + 1, length(said.next_raw), said.next_raw, said.next,
        courtesy.family,
        said.next_classes && array[case courtesy.family
            when 'pani' then 'vocative.female' else 'vocative.male' end]
            or coalesce(said.next = any (p_low_vocatives), false),
        said.next_classes && '{name.female,name.male,vocative.female,vocative.male}'
            or coalesce(said.next = any (p_low_names), false),
        coalesce(said.prev, '') in ('szanowna', 'szanowny'),
        'diminutive' = any(said.next_classes),
        said.next ~ '(ski|ska|cki|cka|dzki|dzka|wicz|czyk|czak|niak|wiak|owa)$'
            or 'pl.surname' = any(said.next_classes)
    from private.find_pl_courtesies(p_words) courtesy
    cross join lateral (select (courtesy.said).*) said
    where courtesy.family in ('pan', 'pani') and said.gap = ' '
        and said.next_raw ~ '^[A-ZĄĆĘŁŃÓŚŹŻ]'
        and said.low in ('pani', 'pan', 'panie')
        and not said.next_classes && '{pl.title_vocative,pl.profession,pl.pan,pl.pani}'
        and (
            said.low = 'panie'
            or said.next_classes && '{vocative.female}'
                and not said.next_classes && '{name.female}'
            or said.next = any (p_low_names)
                and (said.is_start or 'pl.greeting' = any(said.prev_classes))
            or courtesy.is_addressed and (said.next_gap ~ '^[,!.\n–-]' or said.next_gap = '')
                and (said.prev_gap not like ',%' or said.is_start
                    or 'pl.greeting' = any(said.prev_classes)
                    or said.next = any (p_low_names))
        );
end
$$;

create function private.find_pl_calls(
    p_words private.brand_word[], p_given_name text, p_allows_name boolean
)
returns setof private.brand_finding
language plpgsql
stable
set search_path = ''
as $$
declare
    v_vocative text := private.find_vocative(p_given_name, null);
    v_vocatives text[] := regexp_split_to_array(private.lower_letters(v_vocative), '[ -]+');
    v_names text[] := regexp_split_to_array(private.lower_letters(p_given_name), '[ -]+');
begin
    return query
    select verdict.rule, call.start, call.size, verdict.suggestion
    from private.find_pl_names(p_words, v_names, v_vocatives) call
    cross join lateral (
        select 'pl.vocative', private.find_vocative(
            call.word, case call.family when 'pani' then 'female' else 'male' end
        )
        where call.is_known and not call.is_vocative
        union all
        select 'pl.mixed_greeting', null where call.is_known and call.is_szanowny
        union all
        select 'pl.given_name', null
        where call.is_known and not call.is_szanowny and not p_allows_name
        union all
        select 'pl.diminutive', v_vocative
        where call.is_diminutive
            and not coalesce(call.low = any (v_vocatives || v_names), false)
        union all
        select 'wrong_name', v_vocative
        where p_given_name is not null and call.is_vocative and not call.is_diminutive
            and call.low <> all (v_vocatives || v_names)
        union all
        select 'pl.surname_address', null where not call.is_known and call.is_surname
    ) verdict (rule, suggestion)
    union all
    -- Pani Anno Maria: the second name is called as well.
    select 'pl.vocative', second.start, length(second.raw), private.find_vocative(second.raw, null)
    from private.find_pl_names(p_words, v_names, v_vocatives) call
    join unnest(p_words) said on said.start = call.start
    cross join lateral (select (p_words[said.place + 1]).*) second
    where call.is_known and said.gap ~ '^[ -]$' and second.is_capital
        and second.classes && '{name.female,name.male}'
        and not second.classes && '{vocative.female,vocative.male}'
        and (second.gap ~ '^[,!.\n–]' or second.gap = '');
end
$$;

-- A given name alone: Anno, ... or Dzień dobry Kasiu! A name that opens a sentence about
-- somebody, or closes the letter, is none.
create function private.find_pl_bare_names(
    p_words private.brand_word[], p_given_name text, p_allows_name boolean
)
returns setof private.brand_finding
language plpgsql
stable
set search_path = ''
as $$
declare
    v_name text := split_part(p_given_name, ' ', 1);
    v_low_name text := private.lower_letters(v_name);
    v_low_vocative text := private.lower_letters(private.find_vocative(v_name, null));
begin
    return query
    select 'pl.given_name', said.start, length(said.raw), null
    from unnest(p_words) said
    where said.is_capital and said.place <= 8
        and said.classes && '{vocative.female,vocative.male,name.female,name.male}'
        and (said.gap ~ '^ *[,!]' or said.gap ~ '^\.?\n')
        and coalesce(said.prev, '') not in ('pani', 'panie', 'pan')
        and (
            'pl.greeting' = any(said.prev_classes) and said.prev_gap ~ '^,? $'
            or (said.place = 1 or said.prev_gap like ',%' and said.place <= 4) and (
                said.classes && '{vocative.female,vocative.male}'
                    and not said.classes && '{name.female,name.male}'
                or said.low = v_low_name
            )
        )
        or said.low in (v_low_name, v_low_vocative) and said.is_capital
            and said.prev_gap = ', ' and said.gap ~ '^[,.!?]' and said.place > 4;
end
$$;

create function private.judge_polish(
    p_words private.brand_word[], p_gender text, p_given_name text, p_allows_name boolean
)
returns setof private.brand_finding
language plpgsql
stable
set search_path = ''
as $$
begin
    return query
    select * from private.find_pl_ty_forms(p_words)
    union all
    select * from private.find_pl_wy_forms(p_words)
    union all
    select * from private.find_pl_small_letters(p_words)
    union all
    select * from private.find_pl_genders(p_words, p_gender)
    union all
    select * from private.find_pl_calls(p_words, p_given_name, p_allows_name)
    union all
    select * from private.find_pl_bare_names(p_words, p_given_name, p_allows_name);
end
$$;
comment on function private.judge_polish(private.brand_word[], text, text, boolean) is
    'What Polish courtesy finds in a message; the gender (null: not known) and the given name are '
    'the profile''s.';

revoke all on function
    private.find_vocative(text, text), private.find_part_vocative(text, text),
    private.find_pl_ty_forms(private.brand_word[]),
    private.find_pl_wy_forms(private.brand_word[]),
    private.find_pl_courtesies(private.brand_word[]),
    private.find_pl_small_letters(private.brand_word[]),
    private.find_pl_genders(private.brand_word[], text),
    private.find_pl_names(private.brand_word[], text[], text[]),
    private.find_pl_calls(private.brand_word[], text, boolean),
    private.find_pl_bare_names(private.brand_word[], text, boolean),
    private.judge_polish(private.brand_word[], text, text, boolean)
from public, anon, authenticated, service_role;
