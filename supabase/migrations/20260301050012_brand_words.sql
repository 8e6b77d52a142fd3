-- A message as the check reads it: quotations and addresses covered, cut into words that know their
-- neighbours. Letters are named one by one: a database's locale must not change a verdict.

create type private.brand_word as (
    place integer,
    start integer,
    raw text,
    low text,
    gap text,
    line_start integer,
    sentence integer,
    is_start boolean,
    is_end boolean,
    is_opening boolean,
    is_capital boolean,
    classes text[],
    prev_2 text,
    prev text,
    prev_gap text,
    prev_classes text[],
    next text,
    next_raw text,
    next_gap text,
    next_classes text[],
    next_2 text
);
comment on type private.brand_word is
    'A word of a message. start counts characters from 0; gap is what stands between it and the '
    'next; line_start is its place in the line that phrases are looked for in.';

create type private.brand_finding as (rule text, start integer, size integer, suggestion text);
comment on type private.brand_finding is
    'What a rule found: characters from start (0 is the first), and what to say instead, or null.';

-- What others said and what nobody says: quoted lines, quotations, addresses.
create function private.cover_quotations(p_text text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_pattern constant text := '(^|\n)[ \t]*>[^\n]*|„[^„”"\n]+[”"“]|“[^”\n]+”'
        '|"[^"\n]+"|«[^»\n]+»|‘[^’\n]+’|https?://[^\s]+|www\.[^\s]+'
        '|[^\s@]+@[^\s@]+\.[^\s@]+|[@#][A-Za-z0-9_.]{2,}';
begin
    if p_text !~ '[>„“"«‘@#]|https?:|www\.' then
        return p_text;
    end if;
    return (
        select string_agg(
            literal.text || case
                when said.parts[1] like E'\n%'
                    then E'\n' || repeat('·', length(said.parts[1]) - 1)
                else repeat('·', coalesce(length(said.parts[1]), 0))
            end, '' order by literal.place
        )
        from regexp_split_to_table(p_text collate "C", v_pattern)
            with ordinality literal (text, place)
        left join regexp_matches(p_text collate "C", '(' || v_pattern || ')', 'g')
            with ordinality said (parts, place) on said.place = literal.place
    );
end
$$;
comment on function private.cover_quotations(text) is
    'The text, as long as before, with dots for what a client or anybody else is quoted with.';

create function private.split_brand_words(p_text text)
returns private.brand_word[]
language plpgsql
stable
set search_path = ''
as $$
declare
    v_lead constant integer := coalesce(
        length(substring(p_text collate "C" from '^[^A-Za-zÀ-ɏЀ-ӿ]+')), 0
    );
begin
    return array(
        select row(
            piece.place, piece.start, piece.raw, piece.low, piece.gap,
            1 + coalesce(sum(length(piece.low) + case when piece.is_end then 3 else 1 end)
                over (order by piece.place rows between unbounded preceding and 1 preceding), 0),
            coalesce(count(*) filter (where piece.is_end)
                over (order by piece.place rows between unbounded preceding and 1 preceding), 0),
            coalesce(lag(piece.is_end) over each_word, true), piece.is_end,
            piece.place <= 4 or coalesce(lag(piece.gap) over each_word like E'%\n%', false),
            translate(left(piece.raw, 1), 'ABCDEFGHIJKLMNOPQRSTUVWXYZĄĆĘŁŃÓŚŹŻÀÁÄÇÈÉÖÜŠČŽ', '')
                = '',
            coalesce(known.classes, '{}'),
            lag(piece.low, 2) over each_word, lag(piece.low) over each_word,
            lag(piece.gap) over each_word, coalesce(lag(known.classes) over each_word, '{}'),
            lead(piece.low) over each_word,
            lead(piece.raw) over each_word, lead(piece.gap) over each_word,
            coalesce(lead(known.classes) over each_word, '{}'), lead(piece.low, 2) over each_word
        )::private.brand_word
        from private.cut_words(p_text, v_lead) piece
        left join private.brand_lexicon known on known.word = piece.low
        window each_word as (order by piece.place)
        order by piece.place
    );
end
$$;
comment on function private.split_brand_words(text) is
    'The words of a text in order, each with its neighbours and what the dictionary knows of it.';

-- A sentence ends with a mark before white space, or with a line. The text and its small letters
-- are cut side by side: a function call for each word would cost more than all the rest.
create function private.cut_words(p_text text, p_lead integer)
returns table (
    place integer, start integer, raw text, low text, gap text, is_end boolean
)
language plpgsql
stable
rows 200
set search_path = ''
as $$
declare
    v_pattern constant text :=
        '([A-Za-zÀ-ɏЀ-ӿ]+(?:[''’][A-Za-zÀ-ɏЀ-ӿ]+)*)([^A-Za-zÀ-ɏЀ-ӿ]*)';
begin
    return query
    select
        part.place::integer,
        (p_lead + coalesce(sum(length(part.pair[1]) + length(part.pair[2]))
            over (order by part.place rows between unbounded preceding and 1 preceding), 0)
        )::integer,
        part.pair[1], part.low_pair[1], part.pair[2],
        part.pair[2] ~ '[.!?…:;]["”)»]*(\s|$)|\n'
    from rows from (
        regexp_matches(p_text collate "C", v_pattern, 'g'),
        regexp_matches(private.lower_letters(p_text) collate "C", v_pattern, 'g')
    ) with ordinality part (pair, low_pair, place);
end
$$;

-- Where a pattern is found in the text: what lies before, piece by piece, tells the place.
create function private.locate_pattern(p_text text, p_pattern text)
returns table (start integer, size integer)
language plpgsql
immutable
rows 5
set search_path = ''
as $$
begin
    if p_text collate "C" !~ p_pattern then
        return;
    end if;
    return query
    select (piece.after - piece.size)::integer, piece.size
    from (
        select length(hit.parts[1]) as size,
            sum(length(literal.text) + length(hit.parts[1])) over (order by literal.place) as after
        from regexp_split_to_table(p_text collate "C", p_pattern)
            with ordinality literal (text, place)
        join regexp_matches(p_text collate "C", '(' || p_pattern || ')', 'g')
            with ordinality hit (parts, place) on hit.place = literal.place
    ) piece;
end
$$;

revoke all on function
    private.cover_quotations(text), private.split_brand_words(text),
    private.cut_words(text, integer), private.locate_pattern(text, text)
from public, anon, authenticated, service_role;
