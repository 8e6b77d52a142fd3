-- Search over tickets: number, subject, the client's name, what was said, and notes for staff.
-- Polish and English, diacritics folded. The index knows plain folded words, so that writing stays
-- cheap; the query is spread over the forms of its words instead. It stands in a table of its own:
-- a change of a ticket's state touches nothing here.

-- -------------------------------------------------------------------------------------------------
-- Words
-- -------------------------------------------------------------------------------------------------
create text search configuration private.folded (copy = pg_catalog.simple);
alter text search configuration private.folded
    alter mapping for word, hword, hword_part, numword, numhword
    with extensions.unaccent, pg_catalog.simple;
comment on text search configuration private.folded is
    'Words as they stand, in lower case and without diacritics.';

-- Signs become spaces first, or the parser would keep an address, a date or a tag as one long
-- word. In plpgsql, which keeps its plan: it is called for every message.
create function private.read_words(p_text text)
returns tsvector
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return to_tsvector(
        'private.folded'::regconfig, translate(normalize(p_text, nfc), '.-/@:<>&+', '         ')
    );
end
$$;

-- Common endings of Polish and English words, folded: what may follow one and the same stem, and
-- how long the stem must be at least.
create function private.list_word_endings()
returns table (ending text, min_stem_length integer)
language sql
immutable
rows 78
set search_path = ''
as $$
    select unnest(string_to_array(
        'a e i o u y ie ia iu io em iem om iom ow iow ami iami ach iach owi iowi owie ego iego emu '
        'iemu ej iej ym im ymi imi ych ich owac owanie owania owaniu owaniem owany owana owane '
        'owal owala owali owalam owalem uje uja uj ujemy s es ies', ' '
    )), 3
    union all
    select unnest(string_to_array('ing ings ed', ' ')), 4
    union all
    select unnest(string_to_array('ic ila ili ilam ilem yc yla yli ylam ylem', ' ')), 5
$$;

-- The last letters of a Polish stem before -e: wizyta, wizycie; ręka, ręce.
create function private.soften_stem(p_stem text)
returns text
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
    select case
        when p_stem ~ 'ch$' then regexp_replace(p_stem, 'ch$', 'sze')
        when p_stem ~ 't$' then regexp_replace(p_stem, 't$', 'cie')
        when p_stem ~ 'd$' then regexp_replace(p_stem, 'd$', 'dzie')
        when p_stem ~ 'k$' then regexp_replace(p_stem, 'k$', 'ce')
        when p_stem ~ 'g$' then regexp_replace(p_stem, 'g$', 'dze')
        when p_stem ~ 'r$' then regexp_replace(p_stem, 'r$', 'rze')
    end
$$;

create function private.harden_word(p_word text)
returns text
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
    select case
        when p_word ~ '^.{3,}cie$' then regexp_replace(p_word, 'cie$', 't')
        when p_word ~ '^.{3,}dzie$' then regexp_replace(p_word, 'dzie$', 'd')
        when p_word ~ '^.{3,}rze$' then regexp_replace(p_word, 'rze$', 'r')
        when p_word ~ '^.{3,}sze$' then regexp_replace(p_word, 'sze$', 'ch')
        when p_word ~ '^.{3,}dze$' then regexp_replace(p_word, 'dze$', 'g')
        when p_word ~ '^.{3,}ce$' then regexp_replace(p_word, 'ce$', 'k')
    end
$$;

-- The word itself if it can take an ending, and what is left without its longest ending.
create function private.list_word_stems(p_word text)
returns setof text
language sql
stable
rows 3
set search_path = ''
as $$
    select p_word where p_word !~ '[aeiouy]$'
    union
    (
        select left(p_word, -length(known.ending))
        from private.list_word_endings() known
        where right(p_word, length(known.ending)) = known.ending
            and length(p_word) - length(known.ending) >= known.min_stem_length
        order by length(known.ending) desc
        limit 1
    )
    union
    select private.harden_word(p_word) where private.harden_word(p_word) is not null
$$;

-- Only words of a to z are spread; numbers and other alphabets stand for themselves.
create function private.list_word_forms(p_word text)
returns table (form text, is_stem boolean)
language sql
stable
rows 100
set search_path = ''
as $$
    with stem as (
        select word from private.list_word_stems(p_word) word where p_word ~ '^[a-z]{3,24}$'
    )
    select p_word, false
    union
    select stem.word || known.ending, null
    from stem
    join private.list_word_endings() known on length(stem.word) >= known.min_stem_length
    union
    select stem.word, true from stem
    union
    select private.soften_stem(stem.word), false from stem
    where private.soften_stem(stem.word) is not null
$$;

create function private.quote_lexeme(p_word text)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
    select '''' || replace(replace(p_word, '\', '\\'), '''', '''''') || ''''
$$;

-- One word in all its forms; one that is still being typed also in all its endings. The guard is
-- a query of few beginnings that is true whenever the other is: the hundred forms need then be
-- looked for in the rows that it lets through alone.
create function private.spread_word(p_word text, p_is_prefix boolean)
returns table (query tsquery, guard tsquery)
language sql
stable
rows 1
set search_path = ''
as $$
    select
        string_agg(
            private.quote_lexeme(spread.form)
                || case when spread.is_prefix then ':*' else '' end,
            ' | ' order by spread.is_prefix desc, length(spread.form), spread.form
        )::tsquery,
        string_agg(
            private.quote_lexeme(spread.form)
                || case when spread.is_prefix or spread.is_stem then ':*' else '' end,
            ' | ' order by length(spread.form), spread.form
        ) filter (where spread.is_stem is not null)::tsquery
    from (
        select known.form, known.is_stem, p_is_prefix and known.form = p_word as is_prefix
        from private.list_word_forms(p_word) known
    ) spread
$$;

-- Very common words say nothing; they are left out unless the query has no others.
create function private.is_common_word(p_word text)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
    select p_word = any (array[
        'a', 'aby', 'albo', 'ale', 'bo', 'by', 'co', 'czy', 'dla', 'do', 'i', 'jak', 'jest', 'juz',
        'lub', 'ma', 'mi', 'moj', 'na', 'nie', 'o', 'od', 'oraz', 'po', 'pod', 'przez', 'przy',
        'sie', 'sa', 'ta', 'tak', 'ten', 'to', 'tym', 'u', 'w', 'we', 'z', 'za', 'ze', 'an', 'and',
        'are', 'as', 'at', 'be', 'but', 'for', 'in', 'is', 'it', 'my', 'of', 'on', 'or', 'that',
        'the', 'this', 'was', 'with'
    ])
$$;

-- The words of one piece in their order, folded as the index folds them.
create function private.split_words(p_text text)
returns text[]
language sql
immutable
parallel safe
set search_path = ''
as $$
    select coalesce(array_agg(word.lexeme order by place), '{}')
    from unnest(private.read_words(p_text)) word
    cross join unnest(word.positions) place
$$;

-- One row a term: a quoted phrase, or a word.
create function private.parse_search(p_query text)
returns table (place bigint, query tsquery, guard tsquery)
language plpgsql
stable
rows 3
set search_path = ''
as $$
begin
    return query
    with piece as (
        select piece.n, piece.parts[1] as phrase, piece.parts[2] as plain
        from regexp_matches(p_query, '"([^"]*)"?|([^"]+)', 'g') with ordinality piece (parts, n)
    ),
    word as (
        select piece.n, piece.phrase is not null as is_phrase, part.word, part.m,
            piece.phrase is null and p_query ~ '[[:alnum:]]$' and length(part.word) > 1
                and piece.n = max(piece.n) over ()
                and part.m = max(part.m) over (partition by piece.n) as is_last
        from piece
        cross join unnest(private.split_words(coalesce(piece.phrase, piece.plain)))
            with ordinality part (word, m)
    ),
    term as (
        select spoken.n, 0::bigint as m, phrase.query, phrase.guard
        from (
            select word.n, array_agg(word.word order by word.m) as words
            from word where word.is_phrase
            group by word.n
        ) spoken
        cross join lateral private.join_phrase(spoken.words) phrase
        union all
        select word.n, word.m, spread.query, spread.guard
        from word
        cross join lateral private.spread_word(word.word, word.is_last) spread
        where not word.is_phrase and (
            not private.is_common_word(word.word) or word.is_last
            or not exists (select from word other where not private.is_common_word(other.word))
        )
    )
    select row_number() over (order by term.n, term.m), term.query, term.guard from term;
end
$$;

create function private.join_phrase(p_words text[])
returns table (query tsquery, guard tsquery)
language plpgsql
stable
rows 1
set search_path = ''
as $$
declare
    v_word record;
begin
    for v_word in
        select spread.*
        from unnest(p_words) with ordinality word (text, place)
        cross join lateral private.spread_word(word.text, false) spread
        order by word.place
    loop
        query := coalesce(tsquery_phrase(query, v_word.query), v_word.query);
        guard := coalesce(guard && v_word.guard, v_word.guard);
    end loop;
    return next;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- The index
-- -------------------------------------------------------------------------------------------------
create table private.search_documents (
    id bigint generated always as identity primary key,
    ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    message_id uuid references public.ticket_messages (id) on delete cascade,
    is_internal boolean not null default false,
    words tsvector not null,
    constraint search_documents_say_each_thing_once
        unique nulls not distinct (ticket_id, message_id)
);
comment on table private.search_documents is
    'What can be found: one row a ticket (number, subject, the client''s name), one a message. '
    'Goes with them.';
comment on column private.search_documents.message_id is 'Null: the head of the ticket.';
comment on column private.search_documents.words is
    'Folded words, and the desk as desk:<id>, so that a desk''s search reads its own rows only.';
create index search_documents_message_id_idx on private.search_documents (message_id);
comment on index private.search_documents_message_id_idx is 'Serves the foreign key.';
-- A long pending list would make every search read it.
create index search_documents_words_idx on private.search_documents
using gin (words) with (gin_pending_list_limit = 256);
comment on index private.search_documents_words_idx is
    'Serves search_tickets of those who oversee a desk.';

create function private.name_search_desk(p_desk_id uuid)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
    select 'desk:' || p_desk_id
$$;

-- One plan for one row and for thousands: planning anew would cost more than the row.
create function private.write_search_heads(p_ticket_ids uuid[])
returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
begin
    insert into private.search_documents (ticket_id, words)
    select
        ticket.id,
        private.read_words(concat_ws(' ', ticket.number, ticket.subject, client.display_name))
            || array_to_tsvector(array[private.name_search_desk(ticket.desk_id)])
    from public.support_tickets ticket
    join public.profiles client on client.id = ticket.client_id
    where ticket.id = any (p_ticket_ids)
    on conflict (ticket_id, message_id) do update set words = excluded.words;
end
$$;

create function private.write_search_messages(p_message_ids uuid[])
returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
begin
    insert into private.search_documents (ticket_id, message_id, is_internal, words)
    select
        message.ticket_id, message.id, message.is_internal,
        private.read_words(message.body)
            || array_to_tsvector(array[private.name_search_desk(ticket.desk_id)])
    from public.ticket_messages message
    join public.support_tickets ticket on ticket.id = message.ticket_id
    where message.id = any (p_message_ids)
    order by message.created_at
    on conflict (ticket_id, message_id) do update
    set is_internal = excluded.is_internal, words = excluded.words;
end
$$;

-- Definer: the index can be written by nobody else, whoever opened the ticket.
create function private.tg_support_tickets_index()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.write_search_heads(array(select born.id from born));
    return null;
end
$$;
create trigger support_tickets_index
after insert on public.support_tickets
referencing new table as born
for each statement execute function private.tg_support_tickets_index();

-- Definer: the index can be written by nobody else, whoever changed the ticket.
create function private.tg_support_tickets_index_again()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.write_search_heads(array[new.id]);
    if new.desk_id <> old.desk_id then
        perform private.write_search_messages(
            array(select message.id from public.ticket_messages message
                where message.ticket_id = new.id)
        );
    end if;
    return null;
end
$$;
create trigger support_tickets_index_again
after update of subject, client_id, desk_id on public.support_tickets
for each row
when (
    old.subject <> new.subject or old.client_id <> new.client_id or old.desk_id <> new.desk_id
)
execute function private.tg_support_tickets_index_again();

-- Definer: the index can be written by nobody else, whoever wrote the message.
create function private.tg_ticket_messages_index()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.write_search_messages(array(select said.id from said));
    return null;
end
$$;
create trigger ticket_messages_index
after insert on public.ticket_messages
referencing new table as said
for each statement execute function private.tg_ticket_messages_index();

-- Definer: the index can be written by nobody else, whoever changed the message.
create function private.tg_ticket_messages_index_again()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    delete from private.search_documents known
    where known.message_id = new.id and known.ticket_id <> new.ticket_id;
    perform private.write_search_messages(array[new.id]);
    return null;
end
$$;
create trigger ticket_messages_index_again
after update of ticket_id, body, is_internal on public.ticket_messages
for each row
when (
    old.ticket_id <> new.ticket_id or old.body <> new.body or old.is_internal <> new.is_internal
)
execute function private.tg_ticket_messages_index_again();

-- Definer: people rename themselves and hold no right to the index.
create function private.tg_profiles_index_again()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.write_search_heads(
        array(select ticket.id from public.support_tickets ticket where ticket.client_id = new.id)
    );
    return null;
end
$$;
create trigger profiles_index_again
after update of display_name on public.profiles
for each row
when (old.display_name <> new.display_name)
execute function private.tg_profiles_index_again();

do $$
begin
    perform private.write_search_heads(array(select ticket.id from public.support_tickets ticket));
    perform private.write_search_messages(array(select said.id from public.ticket_messages said));
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Finding
-- -------------------------------------------------------------------------------------------------

-- Definer: the policy of support_tickets in words, but for the desks one oversees: what is mine,
-- what I work on, what waits at my desk, what I follow. The 5,000 that moved last.
create function private.list_involved_ticket_ids()
returns setof uuid
language plpgsql
stable
security definer
rows 500
set search_path = ''
as $$
begin
    return query
    select involved.id
    from (
        select ticket.id, ticket.last_message_at from public.support_tickets ticket
        where ticket.client_id = (select private.my_client_id())
        union
        select ticket.id, ticket.last_message_at from public.support_tickets ticket
        where ticket.assignee_id = (select private.my_staff_id())
        union
        select ticket.id, ticket.last_message_at from public.support_tickets ticket
        where ticket.queue_desk_id = any (array(select private.my_queue_desk_ids()))
        union
        select ticket.id, ticket.last_message_at from public.support_tickets ticket
        where ticket.id = any (array(select private.my_followed_ticket_ids()))
    ) involved
    order by involved.last_message_at desc
    limit 5000;
end
$$;

-- Null for those who oversee no desk: nothing matches it.
create function private.find_search_scope()
returns tsquery
language sql
stable
set search_path = ''
as $$
    select string_agg(
        private.quote_lexeme(private.name_search_desk(overseen)), ' | '
    )::tsquery
    from private.my_overseen_desk_ids() overseen
$$;

-- Definer: under policies no index of words can be used. Reads rows of the caller's own tickets by
-- ticket (@@ written as a function, so that no index over everybody's words is asked), and rows of
-- desks the caller oversees by word and desk. Notes about oneself are left out.
create function private.find_search_hits(p_terms tsquery[], p_guards tsquery[])
returns table (ticket_id uuid, message_id uuid, term bigint)
language plpgsql
stable
security definer
rows 1000
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
declare
    v_client_id uuid := private.my_client_id();
    v_scope tsquery := private.find_search_scope();
    v_ticket_ids uuid[] := array(select private.list_involved_ticket_ids());
    v_own_ids uuid[] := array(
        select ticket.id from public.support_tickets ticket where ticket.client_id = v_client_id
    );
begin
    perform private.require_signed_in();
    return query
    select known.ticket_id, known.message_id, term.place
    from private.search_documents known
    cross join unnest(p_terms, p_guards) with ordinality term (query, guard, place)
    where known.ticket_id = any (v_ticket_ids)
        and ts_match_vq(known.words, term.guard)
        and ts_match_vq(known.words, term.query)
        and not (known.is_internal and known.ticket_id = any (v_own_ids));
    if v_scope is not null then
        return query
        select known.ticket_id, known.message_id, term.place
        from unnest(p_terms, p_guards) with ordinality term (query, guard, place)
        join private.search_documents known on known.words @@ (term.guard && v_scope)
        where ts_match_vq(known.words, term.query)
            and known.ticket_id <> all (v_ticket_ids)
            and not (known.is_internal and known.ticket_id = any (v_own_ids));
    end if;
end
$$;

-- A ticket is found when each term is somewhere in it. Its own number outranks everything, words
-- of its head those of messages; among equals the one that moved last.
-- Definer: counts the calls, and reads tickets that private.find_search_hits has checked.
create function private.rank_search(
    p_query text, p_terms tsquery[], p_guards tsquery[], p_limit integer, p_after_key numeric,
    p_after_number bigint
)
returns table (ticket_id uuid, number bigint, sort_key numeric)
language plpgsql
security definer
rows 20
set search_path = ''
as $$
begin
    perform private.take_token(
        private.require_signed_in(), 'search_tickets', 120, interval '1 minute'
    );
    return query
    with term as (
        select hit.ticket_id, hit.term,
            max(case when hit.message_id is null then 3 else 1 end) as weight
        from private.find_search_hits(p_terms, p_guards) hit
        group by hit.ticket_id, hit.term
    ),
    ranked as (
        select term.ticket_id, sum(term.weight) as weight
        from term
        group by term.ticket_id
        having count(*) = cardinality(p_terms)
    ),
    keyed as (
        select ticket.id, ticket.number,
            extract(epoch from ticket.last_message_at) + 1e11 * (
                ranked.weight
                + case when ticket.number::text = btrim(p_query, ' #') then 1000 else 0 end
            ) as sort_key
        from ranked
        join public.support_tickets ticket on ticket.id = ranked.ticket_id
    )
    select keyed.id, keyed.number, keyed.sort_key from keyed
    where p_after_key is null or (keyed.sort_key, keyed.number) < (p_after_key, p_after_number)
    order by keyed.sort_key desc, keyed.number desc
    limit p_limit;
end
$$;

-- The message of a ticket with most of the terms, the newest of them.
-- Definer: reads the index; a ticket that is not the caller's to see has no best message.
create function private.find_best_message(p_ticket_id uuid, p_terms tsquery[])
returns uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_ticket public.support_tickets;
    v_stance text;
begin
    select ticket.* into v_ticket
    from public.support_tickets ticket where ticket.id = p_ticket_id;
    v_stance := private.my_stance(v_ticket);
    return (
        select known.message_id
        from private.search_documents known
        cross join lateral (
            select count(*) as hits from unnest(p_terms) term where known.words @@ term
        ) matched
        where known.ticket_id = v_ticket.id
            and known.message_id is not null
            and v_stance is not null
            and not (known.is_internal and v_stance = 'client')
            and matched.hits > 0
        order by matched.hits desc, known.id desc
        limit 1
    );
end
$$;

-- Invoker: a message that the caller's own policies show, whatever was found.
create function private.describe_search_hit(p_ticket_id uuid, p_terms tsquery[])
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select jsonb_build_object(
            'message_id', said.id,
            'is_internal', said.is_internal,
            'created_at', said.created_at,
            'snippet', private.cut_snippet(said.body, p_terms)
        )
        from public.ticket_messages said
        where said.id = private.find_best_message(p_ticket_id, p_terms)
    );
end
$$;

-- [{"text", "is_match"}, ...]: nothing for a browser to interpret. The marks are characters of the
-- private use area, taken from the text before; so are < and > meanwhile, or the parser would skip
-- what it takes for a tag.
create function private.cut_snippet(p_body text, p_terms tsquery[])
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select jsonb_agg(
        jsonb_build_object(
            'text', translate(piece.text, u&'\E002\E003', '<>'),
            'is_match', piece.place % 2 = 0
        )
        order by piece.place
    ) filter (where piece.text <> '')
    from regexp_split_to_table(
        ts_headline(
            'private.folded'::regconfig,
            translate(normalize(p_body, nfc), u&'<>\E000\E001\E002\E003', u&'\E002\E003'),
            (select string_agg('(' || term::text || ')', ' | ')::tsquery from unnest(p_terms) term),
            u&'StartSel="\E000", StopSel="\E001", MaxWords=24, MinWords=12, ShortWord=0'
        ),
        u&'[\E000\E001]'
    ) with ordinality piece (text, place)
$$;

-- The terms of a query and their guards, or what is wrong with it.
create function private.require_terms(p_query text)
returns table (queries tsquery[], guards tsquery[])
language plpgsql
stable
rows 1
set search_path = ''
as $$
begin
    perform private.require_text('query', p_query, 200);
    select array_agg(term.query order by term.place), array_agg(term.guard order by term.place)
    into queries, guards
    from private.parse_search(p_query) term;
    if queries is null then
        perform private.refuse('PT422', 'query_without_words', 'Search for a word or a number.');
    elsif cardinality(queries) > 8 then
        perform private.refuse('PT422', 'query_too_long', 'At most eight words or phrases.');
    end if;
    return next;
end
$$;

create function public.search_tickets(
    p_query text, p_limit integer default 20, p_after text default null
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_person_id uuid := private.require_signed_in();
    v_limit integer := least(greatest(coalesce(p_limit, 20), 1), 50);
    v_terms record;
    v_after record;
begin
    select term.* into v_terms from private.require_terms(p_query) term;
    select page.* into v_after from private.read_cursor(p_after) page;
    return (
        with found as materialized (
            select hit.* from private.rank_search(
                p_query, v_terms.queries, v_terms.guards, v_limit, v_after.sort_key, v_after.number
            ) hit
        )
        select jsonb_build_object(
            'tickets', coalesce(jsonb_agg(
                private.describe_listed_ticket(ticket) || jsonb_build_object(
                    'match', private.describe_search_hit(ticket.id, v_terms.queries)
                )
                order by found.sort_key desc, found.number desc
            ) filter (where ticket.id is not null), '[]'),
            'next', case when count(*) = v_limit then (
                select private.write_cursor(last.sort_key, last.number)
                from found last order by last.sort_key, last.number limit 1
            ) end
        )
        from found
        -- Once more under the caller's own policies, whatever was found.
        left join public.support_tickets ticket on ticket.id = found.ticket_id
    );
end
$$;
comment on function public.search_tickets(text, integer, text) is
    'Tickets one may see, by number, subject, client''s name, messages (and notes, for staff): '
    'words in all their forms, the last while still being typed, "quoted phrases". Answers '
    '{"tickets": [... "match": {"message_id", "snippet": [{"text", "is_match"}]}], "next"}; '
    'at most 50; pass "next" as p_after. 120 a minute.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on private.search_documents from anon, authenticated, service_role;
revoke all on sequence private.search_documents_id_seq from anon, authenticated, service_role;
alter table private.search_documents enable row level security;

revoke all on function
    private.read_words(text), private.list_word_endings(), private.soften_stem(text),
    private.harden_word(text), private.list_word_stems(text), private.list_word_forms(text),
    private.quote_lexeme(text), private.spread_word(text, boolean), private.is_common_word(text),
    private.split_words(text), private.parse_search(text), private.join_phrase(text[]),
    private.name_search_desk(uuid), private.write_search_heads(uuid[]),
    private.write_search_messages(uuid[]), private.tg_support_tickets_index(),
    private.tg_support_tickets_index_again(), private.tg_ticket_messages_index(),
    private.tg_ticket_messages_index_again(), private.tg_profiles_index_again(),
    private.list_involved_ticket_ids(), private.find_search_scope(),
    private.find_search_hits(tsquery[], tsquery[]),
    private.rank_search(text, tsquery[], tsquery[], integer, numeric, bigint),
    private.find_best_message(uuid, tsquery[]), private.describe_search_hit(uuid, tsquery[]),
    private.cut_snippet(text, tsquery[]),
    private.require_terms(text), public.search_tickets(text, integer, text)
from public, anon, authenticated, service_role;
grant execute on function
    private.read_words(text), private.list_word_endings(), private.soften_stem(text),
    private.harden_word(text), private.list_word_stems(text), private.list_word_forms(text),
    private.quote_lexeme(text), private.spread_word(text, boolean), private.is_common_word(text),
    private.split_words(text), private.parse_search(text), private.join_phrase(text[]),
    private.rank_search(text, tsquery[], tsquery[], integer, numeric, bigint),
    private.find_best_message(uuid, tsquery[]), private.describe_search_hit(uuid, tsquery[]),
    private.cut_snippet(text, tsquery[]),
    private.require_terms(text), private.require_text(text, text, integer),
    public.search_tickets(text, integer, text)
to authenticated;
