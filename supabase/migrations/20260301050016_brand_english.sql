-- What English courtesy asks for: a title only as the profile says, the surname with it, the given
-- name only where the relationship allows, full forms to those who were promised formality.

create function private.find_en_calls(
    p_words private.brand_word[], p_given_name text, p_allows_name boolean
)
returns setof private.brand_finding
language plpgsql
stable
set search_path = ''
as $$
declare
    -- Of two given names the first one is called.
    v_low_name text := split_part(private.lower_letters(p_given_name), ' ', 1);
begin
    -- Dear Anna, / Hello Anna! / Anna, thank you: a name alone, or one that ends the greeting.
    return query
    select case
            when said.low <> v_low_name
                and said.classes && '{name.female,name.male}' then 'wrong_name'
            else 'en.first_name'
        end, said.start, length(said.raw), null
    from unnest(p_words) said
    where said.is_capital and (said.place <= 8 or said.low = v_low_name)
        and not 'en.not_a_name' = any(said.classes)
        and not said.classes && '{en.title_female,en.title_male}'
        and not said.prev_classes && '{en.title_female,en.title_male}'
        and (said.gap = '' or said.gap ~ '^ *[,!.:–—\n-]')
        and (not p_allows_name or p_given_name is null
            or said.low <> v_low_name)
        and not (p_allows_name and p_given_name is null)
        and (
            'en.greeting' = any(said.prev_classes) and said.prev_gap ~ '^,? $'
                and (said.place = 2 and said.prev_gap = ' ' or said.prev_gap = ' '
                    and said.prev_2 in ('good', 'hello', 'hi', 'hey')
                    or said.prev in ('morning', 'afternoon', 'evening', 'hello', 'hey', 'hi'))
            or (said.place = 1 or said.is_start and said.place > 1 or said.prev_gap like ',%')
                and said.low = v_low_name and said.gap ~ '^ *,'
            or said.low = v_low_name and said.gap ~ '^ *[,.!?]' and (said.prev_gap = ', '
                or said.prev in ('thanks', 'you', 'welcome', 'back', 'sorry', 'congratulations'))
        );
end
$$;

-- Titles that speak to the client: after a greeting, or before and after a comma.
create function private.find_en_titles(p_words private.brand_word[], p_gender text)
returns setof private.brand_finding
language plpgsql
stable
set search_path = ''
as $$
begin
    return query
    select found.rule, said.start, length(said.raw), found.suggestion
    from unnest(p_words) said
    cross join lateral (
        select 'en.gender',
            case p_gender when 'female' then 'Ms' when 'male' then 'Mr' end
        where case
            when said.gap ~ '/' and said.next_classes && '{en.title_female,en.title_male}'
                or said.prev_gap ~ '/' then false
            when said.next = 'and' then false
            when said.next = 'or' and said.next_2 in ('madam', 'sir', 'ms', 'mr')
                or said.prev = 'or' and said.prev_2 in ('sir', 'madam', 'ms', 'mr') then false
            when 'en.title_female' = any(said.classes) then p_gender is distinct from 'female'
            else p_gender is distinct from 'male'
        end
        union all
        select 'en.marital_title', 'Ms' where said.low in ('mrs', 'miss')
        union all
        select 'en.mixed_greeting', null
        where said.low in ('ms', 'mr', 'mrs', 'miss')
            and said.next_classes && '{name.female,name.male}' and said.gap ~ '^\.? $'
            and (said.next_gap = '' or said.next_gap ~ '^[,!.\n]')
    ) found (rule, suggestion)
    where said.classes && '{en.title_female,en.title_male}'
        and (said.is_capital or said.low in ('sir', 'madam', 'ma''am'))
        and (
            'en.greeting' = any(said.prev_classes)
            or said.low in ('sir', 'madam', 'ma''am', 'madame') and said.gap !~ '^ '
            or said.place <= 2 and said.next_gap ~ '^,'
            or said.prev in ('you', 'certainly', 'course', 'yes', 'no', 'pleasure', 'sorry',
                'apologies', 'again', 'absolutely', 'indeed') and said.next_gap ~ '^[,.!?]'
        );
end
$$;

create function private.find_en_contractions(p_words private.brand_word[])
returns setof private.brand_finding
language plpgsql
stable
set search_path = ''
as $$
begin
    return query
    select 'en.contraction', said.start, length(said.raw), null
    from unnest(p_words) said
    where strpos(said.low, '''') > 0 and (
        said.low ~ '(n''t|''re|''ve|''ll|''m|''d)$' or 'en.contraction' = any(said.classes)
    );
end
$$;

create function private.judge_english(
    p_words private.brand_word[], p_gender text, p_given_name text, p_allows_name boolean,
    p_is_formal boolean, p_allows_contractions boolean
)
returns setof private.brand_finding
language plpgsql
stable
set search_path = ''
as $$
begin
    return query
    select * from private.find_en_calls(p_words, p_given_name, p_allows_name)
    union all
    select * from private.find_en_titles(p_words, p_gender)
    union all
    select * from private.find_en_contractions(p_words) where not p_allows_contractions
    union all
    select 'en.informal_greeting', said.start, 2, null
    from unnest(p_words) said
    where p_is_formal and said.place = 1 and said.low = 'hi'
        and said.next not in ('there', 'guys', 'all', 'folks', 'hun', 'dear', 'lovely', 'babe');
end
$$;
comment on function private.judge_english(
    private.brand_word[], text, text, boolean, boolean, boolean
) is
    'What English courtesy finds in a message; the gender (null: not known) and the given name are '
    'the profile''s.';

revoke all on function
    private.find_en_calls(private.brand_word[], text, boolean),
    private.find_en_titles(private.brand_word[], text),
    private.find_en_contractions(private.brand_word[]),
    private.judge_english(private.brand_word[], text, text, boolean, boolean, boolean)
from public, anon, authenticated, service_role;
