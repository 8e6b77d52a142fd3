-- Caches: answers that cost much and may be a little old. How old is data (cache_lifetimes).
-- Whoever asks is judged first, as without a cache; the key holds the scope that came of it, so an
-- answer is only given again to somebody who would get the same one. Nothing here is reached but
-- by functions that have done so (their owner calls these; nobody else holds a right).
--
-- Old answers are not deleted by what happens, they are outdated by it: a mark is one row that
-- nobody waits for, it counts from the commit of what happened (in its own transaction at once),
-- and an answer is good while as many marks are there as when its making began. However a filler
-- and a writer overlap, the answer kept is either complete or not good.

create table public.cache_lifetimes (
    cache text primary key,
    seconds integer not null,
    description text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint cache_lifetimes_cache_is_a_word check (cache ~ '^[a-z][a-z_]{0,39}$'),
    constraint cache_lifetimes_seconds_are_an_hour_at_most check (seconds between 0 and 3600),
    constraint cache_lifetimes_description_is_short
        check (private.is_clean_text(description, 200))
);
comment on table public.cache_lifetimes is
    'How long answers of a kind may be given again, unless something outdates them; 0: never.';

insert into public.cache_lifetimes (cache, seconds, description)
values
    ('analytics', 600, 'Numbers over weeks and months: what came in since the answer is not in it'),
    ('system_health', 60, 'The health of the house; a job given up and a new process show at once');

create trigger cache_lifetimes_touch
before update on public.cache_lifetimes
for each row execute function private.tg_touch_row();
create trigger cache_lifetimes_record
after insert or update or delete on public.cache_lifetimes
for each row execute function private.tg_record_configuration('cache');

create table private.cached_functions (
    function text primary key,
    cache text not null references public.cache_lifetimes (cache),
    tags text[] not null,
    constraint cached_functions_function_is_a_name check (function ~ '^[a-z][a-z_]{0,62}$'),
    constraint cached_functions_tags_are_few check (cardinality(tags) between 1 and 8)
);
comment on table private.cached_functions is
    'Whose answers are kept, how long (their cache), and the tags that outdate them.';
create index cached_functions_cache_idx on private.cached_functions (cache);
comment on index private.cached_functions_cache_idx is 'Serves the foreign key.';

-- Unlogged: after a crash both are empty, and so is nothing promised.
create unlogged table private.cached_answers (
    function text not null references private.cached_functions (function) on delete cascade,
    scope text not null,
    arguments_hash bytea not null,
    answer jsonb not null,
    seen_count bigint not null,
    made_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz not null,
    constraint cached_answers_one_a_question primary key (function, scope, arguments_hash),
    constraint cached_answers_scope_is_short check (char_length(scope) between 1 and 400),
    constraint cached_answers_expire_after_they_were_made check (expires_at >= made_at)
);
comment on table private.cached_answers is
    'One answer a function, scope (what of the house the caller may see) and arguments.';
comment on column private.cached_answers.seen_count is
    'Marks of the function''s tags that were there before the answer was begun.';
create index cached_answers_expires_at_idx on private.cached_answers (expires_at);
comment on index private.cached_answers_expires_at_idx is 'Serves: forgetting what is long over.';

create unlogged table private.cache_marks (
    id bigint generated always as identity primary key,
    tag text not null,
    constraint cache_marks_tag_is_a_word check (tag ~ '^[a-z][a-z_]{0,39}$')
);
comment on table private.cache_marks is
    'Something happened that outdates answers with this tag. Folded into cache_mark_sums.';
create index cache_marks_tag_idx on private.cache_marks (tag);
comment on index private.cache_marks_tag_idx is 'Serves: counting the marks of a few tags.';

create unlogged table private.cache_mark_sums (
    tag text primary key,
    mark_count bigint not null,
    constraint cache_mark_sums_count_only_up check (mark_count > 0)
);
comment on table private.cache_mark_sums is 'How many marks of a tag were folded away.';

-- -------------------------------------------------------------------------------------------------
-- Outdating
-- -------------------------------------------------------------------------------------------------
create function private.mark_caches(p_tags text[])
returns void
language sql
set search_path = ''
as $$
    insert into private.cache_marks (tag) select distinct told.tag from unnest(p_tags) told (tag)
$$;
comment on function private.mark_caches(text[]) is
    'Outdates all answers with one of these tags, when this transaction commits; in it, at once.';

-- Definer: whoever changes something outdates what was said about it; nobody may write marks.
create function private.tg_mark_caches()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.mark_caches(tg_argv);
    return null;
end
$$;
comment on function private.tg_mark_caches() is
    'For triggers by statement: outdates the tags that are their arguments.';

create function private.count_cache_marks(p_tags text[])
returns bigint
language sql
stable
set search_path = ''
as $$
    select (select count(*) from private.cache_marks mark where mark.tag = any (p_tags))
        + coalesce((
            select sum(past.mark_count)::bigint
            from private.cache_mark_sums past where past.tag = any (p_tags)
        ), 0)
$$;
comment on function private.count_cache_marks(text[]) is
    'How often something happened that outdates one of these tags; only ever growing.';

-- The sum stays what it is for everybody at every moment: both happen in one statement.
create function private.fold_cache_marks()
returns void
language sql
set search_path = ''
as $$
    with gone as (
        delete from private.cache_marks mark
        where mark.id in (
            select old.id from private.cache_marks old limit 5000 for update skip locked
        )
        returning mark.tag
    )
    insert into private.cache_mark_sums as past (tag, mark_count)
    select gone.tag, count(*) from gone group by gone.tag order by gone.tag
    on conflict (tag) do update set mark_count = past.mark_count + excluded.mark_count
$$;
comment on function private.fold_cache_marks() is
    'Adds marks to their sums, so that counting them stays quick; a few thousand at a time.';

-- Reading deletes nothing: whoever deletes could be waited for, and waiting here must not be able
-- to go round in a circle.
create function private.sweep_caches(p_limit integer)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
    v_count bigint;
begin
    delete from private.cached_answers kept
    where (kept.function, kept.scope, kept.arguments_hash) in (
        select old.function, old.scope, old.arguments_hash from private.cached_answers old
        where old.expires_at < clock_timestamp() limit p_limit for update skip locked
    );
    get diagnostics v_count = row_count;
    if pg_try_advisory_xact_lock(hashtextextended('cache_marks', 0)) then
        perform private.fold_cache_marks();
    end if;
    return v_count;
end
$$;
comment on function private.sweep_caches(integer) is
    'Housekeeping: forgets answers that are over, folds marks. How many answers were forgotten.';

create or replace function private.delete_settled_rows(p_before timestamptz, p_limit integer)
returns jsonb
language plpgsql
security invoker
set search_path = ''
as $$
declare
    v_counts jsonb;
begin
    with requests as (
        delete from public.routing_requests r where r.id in (
            select o.id from public.routing_requests o
            where o.status = 'done' and o.completed_at < p_before limit p_limit
        ) returning 1
    ), dead as (
        delete from private.dead_jobs d where d.id in (
            select o.id from private.dead_jobs o
            where o.died_at < least(p_before, now() - interval '90 days') limit p_limit
        ) returning 1
    ), keys as (
        delete from private.idempotency_keys k where (k.actor_id, k.key) in (
            select o.actor_id, o.key from private.idempotency_keys o
            where o.created_at < now() - interval '3 days' limit p_limit for update skip locked
        ) returning 1
    )
    select jsonb_build_object(
        'routing_requests', (select count(*) from requests),
        'dead_jobs', (select count(*) from dead),
        'idempotency_keys', (select count(*) from keys)
    ) into v_counts;
    return v_counts || jsonb_build_object('cached_answers', private.sweep_caches(p_limit));
end;
$$;
comment on function private.delete_settled_rows(timestamptz, integer) is
    'Deletes routing requests answered before that moment, dead jobs that are 90 days old too, '
    'idempotency keys after their three days, and cached answers that are over.';

-- -------------------------------------------------------------------------------------------------
-- Asking and keeping
-- -------------------------------------------------------------------------------------------------
create function private.hash_question(p_arguments jsonb)
returns bytea
language sql
immutable
strict
set search_path = ''
as $$
    select sha256(convert_to(p_arguments::text, 'utf8'))
$$;
comment on function private.hash_question(jsonb) is
    'However much somebody asked, the key is short.';

create function private.find_cached(p_function text, p_scope text, p_arguments jsonb)
returns table (answer jsonb, seen_count bigint)
language sql
stable
rows 1
set search_path = ''
as $$
    select kept.answer, now_there.seen_count
    from private.cached_functions known
    cross join lateral (select private.count_cache_marks(known.tags) as seen_count) now_there
    left join private.cached_answers kept on kept.function = known.function
        and kept.scope = p_scope and kept.arguments_hash = private.hash_question(p_arguments)
        and kept.expires_at > clock_timestamp() and kept.seen_count = now_there.seen_count
    where known.function = p_function
$$;

-- One makes the answer, others wait for it. Who already makes one waits for nobody: two who wait
-- for each other would wait forever.
create function private.await_cached(p_function text, p_scope text, p_arguments jsonb)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
    v_lock bigint := hashtextextended(
        concat_ws('|', 'cached_answers', p_function, p_scope, p_arguments), 0
    );
begin
    if pg_try_advisory_xact_lock(v_lock) then
        perform set_config('luxury.fills_a_cache', 'yes', true);
        return true;
    elsif current_setting('luxury.fills_a_cache', true) = 'yes' then
        return false;
    end if;
    perform pg_advisory_xact_lock(v_lock);
    perform set_config('luxury.fills_a_cache', 'yes', true);
    return true;
end
$$;
comment on function private.await_cached(text, text, jsonb) is
    'True when nobody else makes this answer, nor will until this transaction ends.';

create function private.read_cached(
    p_function text, p_scope text, p_arguments jsonb,
    out answer jsonb, out seen_count bigint
)
returns record
language plpgsql
set search_path = ''
as $$
begin
    select found.answer, found.seen_count into answer, seen_count
    from private.find_cached(p_function, p_scope, p_arguments) found;
    if answer is null then
        if private.keeps_answers(p_function)
            and private.await_cached(p_function, p_scope, p_arguments)
        then
            select found.answer, found.seen_count into answer, seen_count
            from private.find_cached(p_function, p_scope, p_arguments) found;
        else
            seen_count := null;
        end if;
    end if;
end
$$;
comment on function private.read_cached(text, text, jsonb) is
    'The answer kept for this scope and these arguments, if it is still good. Without one: make '
    'it, and hand it to store_cached with the seen_count of here, which is older than the answer '
    '(null: this one is not to be kept). The scope must hold everything about the caller that the '
    'answer depends on.';

create function private.keeps_answers(p_function text)
returns boolean
language sql
stable
set search_path = ''
as $$
    select current_setting('transaction_read_only') = 'off' and exists (
        select from private.cached_functions known
        join public.cache_lifetimes lifetime on lifetime.cache = known.cache
        where known.function = p_function and lifetime.seconds > 0
    )
$$;
comment on function private.keeps_answers(text) is
    'Not where nothing can be written (a GET), nor with a lifetime of 0.';

create function private.store_cached(
    p_function text, p_scope text, p_arguments jsonb, p_seen_count bigint, p_answer jsonb
)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    if p_seen_count is null or p_answer is null or pg_column_size(p_answer) > 500000
        or 20 <= (
            -- Whoever asks of every range there is fills the places of one scope and no more.
            select count(*) from private.cached_answers kept
            where kept.function = p_function and kept.scope = p_scope
                and kept.expires_at > clock_timestamp()
                and kept.arguments_hash <> private.hash_question(p_arguments)
        )
    then
        return p_answer;
    end if;
    insert into private.cached_answers as kept (
        function, scope, arguments_hash, answer, seen_count, expires_at
    )
    select
        known.function, p_scope, private.hash_question(p_arguments), p_answer, p_seen_count,
        clock_timestamp() + make_interval(secs => lifetime.seconds)
    from private.cached_functions known
    join public.cache_lifetimes lifetime on lifetime.cache = known.cache
    where known.function = p_function
    on conflict (function, scope, arguments_hash) do update
    set answer = excluded.answer, seen_count = excluded.seen_count,
        made_at = excluded.made_at, expires_at = excluded.expires_at;
    return p_answer;
end
$$;
comment on function private.store_cached(text, text, jsonb, bigint, jsonb) is
    'Keeps the answer, if it may be and is of a size to keep, and returns it.';

-- -------------------------------------------------------------------------------------------------
-- Lifetimes
-- -------------------------------------------------------------------------------------------------

-- Definer: nobody holds a right to write cache_lifetimes; admins write through here.
create function private.set_cache_lifetime(p_cache text, p_seconds integer, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_lifetime public.cache_lifetimes;
begin
    perform private.require_admin();
    perform private.note_reason(p_reason);
    update public.cache_lifetimes known
    set seconds = p_seconds where known.cache = p_cache
    returning known.* into v_lifetime;
    if v_lifetime.cache is null then
        perform private.refuse('PT404', 'cache_not_found', 'There is no such cache.');
    end if;
    delete from private.cached_answers kept using private.cached_functions known
    where kept.function = known.function and known.cache = p_cache;
    return to_jsonb(v_lifetime);
exception
    when check_violation or not_null_violation then
        perform private.refuse('PT422', 'value_out_of_range', 'From 0 (never) to 3600 seconds.');
end
$$;

create function public.set_cache_lifetime(
    p_cache text, p_seconds integer, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_cache_lifetime(p_cache, p_seconds, p_reason)
$$;
comment on function public.set_cache_lifetime(text, integer, text) is
    'Admins: how many seconds answers of that cache may be given again; 0: never. What is kept '
    'now is forgotten.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.cache_lifetimes, private.cached_functions, private.cached_answers,
    private.cache_marks, private.cache_mark_sums
from anon, authenticated, service_role;
revoke all on sequence private.cache_marks_id_seq from anon, authenticated, service_role;
grant select on public.cache_lifetimes to authenticated, service_role;
alter table public.cache_lifetimes enable row level security;
alter table private.cached_functions enable row level security;
alter table private.cached_answers enable row level security;
alter table private.cache_marks enable row level security;
alter table private.cache_mark_sums enable row level security;

create policy cache_lifetimes_select_staff on public.cache_lifetimes
for select to authenticated
using ((select private.is_staff()));

revoke all on function
    private.mark_caches(text[]), private.tg_mark_caches(), private.count_cache_marks(text[]),
    private.fold_cache_marks(), private.sweep_caches(integer),
    private.hash_question(jsonb), private.find_cached(text, text, jsonb),
    private.await_cached(text, text, jsonb), private.read_cached(text, text, jsonb),
    private.keeps_answers(text), private.store_cached(text, text, jsonb, bigint, jsonb),
    private.set_cache_lifetime(text, integer, text),
    public.set_cache_lifetime(text, integer, text)
from public, anon, authenticated, service_role;
grant execute on function
    private.set_cache_lifetime(text, integer, text),
    public.set_cache_lifetime(text, integer, text)
to authenticated, service_role;
