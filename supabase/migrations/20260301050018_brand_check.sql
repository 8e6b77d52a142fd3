-- The check itself: one text in, a score with its parts, a verdict and findings with their places
-- out. Deterministic, without any service; the same text always gets the same answer.

-- Phrases of the house list, also across commas, never across the end of a sentence.
create function private.find_phrases(p_words private.brand_word[], p_language text)
returns setof private.brand_finding
language plpgsql
stable
set search_path = ''
as $$
declare
    v_line text := (
        select string_agg(
            said.low || case when said.is_end then ' | ' else ' ' end, '' order by said.place
        )
        from unnest(p_words) said
    );
begin
    return query
    select
        sought.rule, said.start,
        (p_words[said.place + sought.word_count - 1]).start - said.start
            + length((p_words[said.place + sought.word_count - 1]).raw),
        nullif(sought.suggestion, '')
    from (
        select heard.*, left(heard.low, 3) as first_letters,
            substr(v_line, heard.line_start, 82) as rest
        from unnest(p_words) heard
        offset 0
    ) said
    join public.brand_phrases sought
        on sought.first_letters = said.first_letters and sought.language = p_language
    where starts_with(said.rest, sought.needle)
        and (sought.place = 'anywhere' or said.is_opening)
        and (p_words[said.place + sought.word_count - 1]).gap not like '-%'
        -- "ok. 10 minut" is about ten minutes.
        and not (said.low = 'ok' and said.gap like '. %'
            and (said.gap ~ '[0-9]' or not said.is_start))
        -- "Dzięki uprzejmości" owes something to somebody and is no slang.
        and not (sought.phrase = 'dzięki' and said.gap = ' '
            and said.next not in ('za', 'i', 'ci', 'wielkie', 'bardzo'))
        -- "To nie Pani wina", "it is not your fault": the opposite is said.
        and not (sought.rule = 'forbidden_phrase'
            and said.low in ('pani', 'pana', 'państwa', 'z', 'your')
            and coalesce(said.prev, '') in ('nie', 'not', 'never'));
end
$$;

-- What needs no words: marks, spaces, emoji, gaps of a template.
create function private.find_marks(p_text text, p_covered text, p_guide public.brand_guidelines)
returns setof private.brand_finding
language plpgsql
stable
set search_path = ''
as $$
begin
    return query
    select mark.rule, found.start, found.size, null
    from (
        values
            ('placeholder', '\{\{[^{}]*\}\}|\{[A-Za-z_ ]{2,40}\}|\[[A-Za-zÀ-ž][A-Za-zÀ-ž _/.-]*\]'
                '|<[A-Za-zÀ-ž][A-Za-zÀ-ž _-]*>|%[A-Z_]{3,30}%|_{3,}|\mX{3,}\M|\$\{[^}]*\}'),
            ('exclamation', '!\s*!+|\?!+|!\?+'),
            ('repeated_punctuation', '\?{2,}|\.{4,}|,{2,}|;{2,}'),
            ('double_space', '[^\s.!?]  +[^\s]|[.!?]  +[^\s]'),
            ('punctuation_space', ' [,;!?](\s|$)| \.(\s|$)|[a-ząćęłńóśźż],[A-Za-zÀ-ž]')
    ) mark (rule, pattern)
    cross join private.locate_pattern(
        case mark.rule when 'placeholder' then p_text else p_covered end, mark.pattern
    ) found;
    return query
    select 'exclamation', mark.start, mark.size, null
    from (
        select found.*, row_number() over (order by found.start) as number
        from private.locate_pattern(p_covered, '!+') found
    ) mark
    where mark.number > p_guide.max_exclamations;
    return query
    select 'emoji', mark.start, mark.size, null
    from (
        select found.*, row_number() over (order by found.start) as number
        from private.locate_pattern(
            p_covered,
            '[\U0001F300-\U0001FAFF\u2600-\u27BF\u2B50\u2B55]|[:;]-?[)(DPp](?![A-Za-z0-9])|<3|xD'
        ) found
    ) mark
    where mark.number > p_guide.max_emoji;
end
$$;

create function private.find_shouting(p_words private.brand_word[])
returns setof private.brand_finding
language plpgsql
stable
set search_path = ''
as $$
begin
    return query
    select 'all_caps', said.start, length(said.raw), said.low
    from unnest(p_words) said
    where length(said.raw) >= 4
        and translate(said.raw, 'ABCDEFGHIJKLMNOPQRSTUVWXYZĄĆĘŁŃÓŚŹŻ', '') = ''
        and not 'acronym' = any(said.classes)
        -- A gap of the template is told as such.
        and coalesce(said.prev_gap, '') !~ '[[{<%]$';
end
$$;

-- Which language it speaks: the small words of the other one, sentence by sentence.
create function private.find_strange_words(p_words private.brand_word[], p_language text)
returns setof private.brand_finding
language plpgsql
stable
set search_path = ''
as $$
declare
    v_other text := case p_language when 'pl' then 'en.stop' else 'pl.stop' end;
    v_own text := p_language || '.stop';
    v_last private.brand_word := p_words[cardinality(p_words)];
    v_strange integer;
    v_known integer;
    v_cyrillic integer;
    v_calm integer;
begin
    select sum(said.strange), sum(said.known), sum(said.cyrillic),
        sum(said.words) filter (where said.strange = 0)
    into v_strange, v_known, v_cyrillic, v_calm
    from private.count_stop_words(p_words, v_own, v_other) said;
    if v_strange >= 4 and v_strange > 2 * v_known
            and coalesce(v_calm, 0) < cardinality(p_words) * 0.15
        or v_cyrillic >= 3 and v_cyrillic > cardinality(p_words) / 2
    then
        return next (
            'wrong_language', (p_words[1]).start,
            v_last.start + length(v_last.raw) - (p_words[1]).start, null
        )::private.brand_finding;
        return;
    end if;
    return query
    select 'mixed_language', said.start, said.after - said.start, null
    from private.count_stop_words(p_words, v_own, v_other) said
    where said.strange >= 2 and said.words >= 4 and said.known <= 1;
end
$$;

create function private.count_stop_words(
    p_words private.brand_word[], p_own text, p_other text
)
returns table (
    start integer, after integer, words integer, strange integer, known integer,
    cyrillic integer
)
language plpgsql
stable
rows 20
set search_path = ''
as $$
begin
    return query
    select
        min(said.start), max(said.start + length(said.raw)), count(*)::integer,
        (count(*) filter (
            where p_other = any(said.classes) and not p_own = any(said.classes)
        ))::integer,
        (count(*) filter (
            where p_own = any(said.classes) and not p_other = any(said.classes)
        ))::integer,
        (count(*) filter (where ascii(said.raw) between 1024 and 1279))::integer
    from unnest(p_words) said
    group by said.sentence;
end
$$;

-- How long it is, and how long its sentences are.
create function private.find_measures(
    p_text text, p_words private.brand_word[], p_guide public.brand_guidelines
)
returns setof private.brand_finding
language plpgsql
stable
set search_path = ''
as $$
begin
    if char_length(p_text) > p_guide.max_characters then
        return next ('too_long', 0, char_length(p_text), null)::private.brand_finding;
    end if;
    return query
    select 'long_sentence', min(said.start),
        max(said.start + length(said.raw)) - min(said.start), null
    from unnest(p_words) said
    group by said.sentence
    having count(*) > p_guide.max_sentence_words;
end
$$;

-- A letter is an e-mail of several lines, or of forty words; less is a word between two.
create function private.find_letter_gaps(
    p_text text, p_words private.brand_word[], p_language text, p_guide public.brand_guidelines
)
returns setof private.brand_finding
language plpgsql
stable
set search_path = ''
as $$
declare
    v_size integer := char_length(p_text);
    v_open text := private.lower_letters(left(p_text, 60));
    v_close text := private.lower_letters(right(p_text, 160));
    v_tail text;
begin
    if p_language not in ('pl', 'en') or not (
        cardinality(p_words) >= 12 and btrim(p_text, E' \n\t') ~ '\n' or cardinality(p_words) >= 40
    ) then
        return;
    end if;
    if p_guide.is_greeting_required and v_open !~ '(dzień dobry|dobry wieczór|szanown|drog[aid]'
        '|witam'
        '|witaj|cześć|hej|dear |hello|good (morning|afternoon|evening)|hi |hey)'
    then
        return next ('missing_greeting', 0, 0, null)::private.brand_finding;
    elsif p_guide.is_greeting_required and p_guide.is_formal
        and v_open !~ '(szanown|pani |panie |państwo|dear )'
    then
        return next ('greeting_style', 0, 0, null)::private.brand_finding;
    end if;
    v_tail := substring(v_close from '(?:pozdraw|pozdrow|poważani|wyraz[ya]|szacun'
        '|serdeczności|do zobaczenia|do usłyszenia|miłego|życzym|regards|sincerely|wishes'
        '|respectfully|faithfully|truly|cordially|\nbest)[^\n]*(\n.*)?$');
    if p_guide.is_closing_required and v_close !~ '(pozdraw|pozdrow|poważani|wyraz[ya]|szacun'
        '|serdeczności|do zobaczenia|do usłyszenia|życzym|miłego|regards|sincerely|wishes'
        '|respectfully|faithfully|truly|cordially|\nbest[ ,]*(\n|$))'
    then
        return next ('missing_closing', v_size, 0, null)::private.brand_finding;
    elsif p_guide.is_closing_required and p_guide.is_formal
        and v_close ~ '(^|\n)(pozdrawiam|best|regards|do zobaczenia|miłego[^\n]*),?[ ]*(\n|$)'
    then
        return next ('closing_style', v_size, 0, null)::private.brand_finding;
    end if;
    if p_guide.is_signature_required and coalesce(v_tail, '') !~ '[a-z]' and v_close
        !~ '(pozdrawia|zespół|team|concierge|luxury|recepcja)[^\n]*$'
    then
        return next ('missing_signature', v_size, 0, null)::private.brand_finding;
    end if;
end
$$;

-- All findings, each once, of rules that hold here.
create function private.collect_findings(
    p_text text, p_channel text, p_tier text, p_language text, p_gender text, p_given_name text,
    p_allows_name boolean, p_guide public.brand_guidelines
)
returns setof private.brand_finding
language plpgsql
stable
set search_path = ''
as $$
declare
    v_covered text := private.cover_quotations(p_text);
    v_words private.brand_word[] := private.split_brand_words(v_covered);
begin
    return query
    select * from private.find_phrases(v_words, p_language)
    union all
    select * from private.find_marks(p_text, v_covered, p_guide)
    union all
    select * from private.find_shouting(v_words)
    union all
    select * from private.find_measures(v_covered, v_words, p_guide)
    union all
    select * from private.find_strange_words(v_words, p_language) where p_language in ('pl', 'en')
    union all
    select * from private.find_letter_gaps(v_covered, v_words, p_language, p_guide)
    union all
    select 'required_phrase', 0, 0, p_guide.required_phrase
    where strpos(private.lower_letters(p_text), private.lower_letters(p_guide.required_phrase)) = 0;
    if p_language = 'pl' then
        return query
        select * from private.judge_polish(v_words, p_gender, p_given_name, p_allows_name);
    elsif p_language = 'en' then
        return query
        select * from private.judge_english(
            v_words, p_gender, p_given_name, p_allows_name,
            p_guide.is_formal or p_guide.is_greeting_required, p_guide.is_contraction_allowed
        );
    end if;
end
$$;

-- Of the same rule, what lies within another finding is said once; twenty of a rule are told.
create function private.list_findings(
    p_text text, p_channel text, p_tier text, p_found private.brand_finding[]
)
returns table (rule text, severity text, weight integer, start integer, finding jsonb)
language plpgsql
stable
rows 10
set search_path = ''
as $$
begin
    return query
    select distinct on (known.rule, found.start)
        known.rule, known.severity, known.weight, found.start,
        jsonb_build_object(
            'rule', known.rule, 'severity', known.severity, 'start', found.start,
            'length', found.size, 'text', substr(p_text, found.start + 1, found.size),
            'label', known.label, 'suggestion', coalesce(found.suggestion, known.suggestion)
        )
    from (
        select hit.*, row_number() over (partition by hit.rule order by hit.start) as number
        from unnest(p_found) hit
    ) found
    join public.brand_rules known on known.rule = found.rule
    where known.is_active and found.number <= 20
        and coalesce(p_channel = any(known.channels), true)
        and coalesce(p_tier = any(known.tiers), true)
        and not exists (
            select from unnest(p_found) wider
            where found.rule = 'mixed_language' and wider.rule = 'wrong_language'
                or wider.rule = found.rule and wider.size > found.size
                and wider.start <= found.start
                and wider.start + wider.size >= found.start + found.size
        )
    order by known.rule, found.start, found.size desc;
end
$$;

create function private.weigh_findings(
    p_findings jsonb, p_parts jsonb, p_guide public.brand_guidelines
)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_score integer := greatest(0, 100 - coalesce((
        select sum((part ->> 'points')::integer) from jsonb_array_elements(p_parts) part
    ), 0));
    v_is_blocking boolean := jsonb_path_exists(p_findings, '$[*].severity ? (@ == "blocking")');
    v_is_warning boolean := jsonb_path_exists(p_findings, '$[*].severity ? (@ == "warning")');
begin
    return jsonb_build_object(
        'score', v_score,
        'parts', p_parts,
        'verdict', case
            when v_is_blocking and p_guide.gate = 'block' or v_score < p_guide.block_below
                then 'block'
            when v_is_blocking or v_is_warning or v_score < p_guide.warn_below then 'warn'
            else 'pass'
        end,
        'findings', p_findings,
        'guidelines_version', p_guide.version
    );
end
$$;

create function private.check_brand(
    p_text text,
    p_channel text,
    p_tier text,
    p_language text,
    p_gender text,
    p_given_name text,
    p_form_of_address text default null
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_guide public.brand_guidelines := private.find_brand_guideline(
        p_channel, p_tier, p_language
    );
    -- Where nothing is known of the relationship, Pani Anno stands, Dear Anna does not.
    v_allows_name boolean := v_guide.is_given_name_allowed and coalesce(
        p_form_of_address = 'first_name', p_language = 'pl'
    );
    v_found private.brand_finding[] := array(
        select hit from private.collect_findings(
            p_text, p_channel, p_tier, p_language, p_gender, p_given_name, v_allows_name, v_guide
        ) hit
    );
    v_findings jsonb;
    v_parts jsonb;
begin
    with kept as (
        select * from private.list_findings(p_text, p_channel, p_tier, v_found)
    ), part as (
        select kept.rule, count(*) as count,
            least(count(*), 2) * max(kept.weight) as points
        from kept group by kept.rule
    )
    select
        (select coalesce(jsonb_agg(kept.finding order by kept.start, kept.rule), '[]') from kept),
        (select coalesce(jsonb_agg(to_jsonb(part) order by part.rule), '[]') from part)
    into v_findings, v_parts;
    return private.weigh_findings(v_findings, v_parts, v_guide);
end
$$;
comment on function private.check_brand(text, text, text, text, text, text, text) is
    'How a reply keeps to the house''s style: {"score": 0 to 100, "parts": [{"rule", "count", '
    '"points"}], "verdict": pass|warn|block, "findings": [{"rule", "severity", "start", "length", '
    '"text", "label", "suggestion"}], "guidelines_version"}. start counts characters from 0. '
    'Gender: female, male, null for not known. Form of address: formal, first_name, null.';

revoke all on function
    private.find_phrases(private.brand_word[], text),
    private.find_marks(text, text, public.brand_guidelines),
    private.find_shouting(private.brand_word[]),
    private.find_measures(text, private.brand_word[], public.brand_guidelines),
    private.find_strange_words(private.brand_word[], text),
    private.count_stop_words(private.brand_word[], text, text),
    private.find_letter_gaps(text, private.brand_word[], text, public.brand_guidelines),
    private.collect_findings(
        text, text, text, text, text, text, boolean, public.brand_guidelines
    ),
    private.list_findings(text, text, text, private.brand_finding[]),
    private.weigh_findings(jsonb, jsonb, public.brand_guidelines),
    private.check_brand(text, text, text, text, text, text, text)
from public, anon, authenticated, service_role;
