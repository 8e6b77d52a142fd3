-- rule: every table has a primary key
select full_name
from our_relations as relation
where is_table
    and not exists (select from pg_constraint where conrelid = relation.oid and contype = 'p')
-- broken by
create table private.heap (id int);

-- rule: every table and view is told in a comment
select full_name from our_relations where not is_partition and obj_description(oid, 'pg_class') is null
-- broken by
create table private.nameless (id int primary key);

-- rule: every index names the query it serves
select format('%s on %s', name, table_id::regclass)
from our_indexes
where not is_of_constraint and obj_description(oid, 'pg_class') is null
-- broken by
create table private.indexed (id int primary key, size int);
create index indexed_size_idx on private.indexed (size);

-- rule: indexes are called after table and columns
-- A unique index promises something, and is called after the promise.
select name
from our_indexes
where not is_of_constraint
    and (not starts_with(name, table_name || '_') or (not is_unique and name !~ '_idx$'))
    -- The names that the first design of these tables gave.
    and name not in (
        'idx_support_tickets_status', 'idx_vip_profiles_tier', 'idx_performance_metrics_timestamp'
    )
-- broken by
create table private.shelves (id int primary key, size int);
create index on private.shelves (size);
create index by_size on private.shelves (size);

-- rule: references are indexed
-- Those to small vocabularies, whose key is a word, are not: nobody deletes a word in use.
select format('%s on %s', constraint_.conname, constraint_.conrelid::regclass)
from pg_constraint as constraint_
join our_relations as relation on relation.oid = constraint_.conrelid
where constraint_.contype = 'f'
    and not exists (
        select
        from pg_attribute
        where attrelid = constraint_.confrelid
            and attnum = any (constraint_.confkey)
            and atttypid = 'text'::regtype
    )
    and not exists (
        select
        from our_indexes as index
        where index.table_id = constraint_.conrelid
            and not index.is_partial
            and index.columns[1:cardinality(constraint_.conkey)] @> constraint_.conkey
    )
-- broken by
create table private.parents (id int primary key);
create table private.children (
    id int primary key,
    parent_id int references private.parents (id)
);

-- rule: checks are called after what they promise
select format('%s on %s', constraint_.conname, constraint_.conrelid::regclass)
from pg_constraint as constraint_
join our_relations as relation on relation.oid = constraint_.conrelid
where constraint_.contype in ('c', 'x') and constraint_.conname ~ '_(check|excl)\d*$'
-- broken by
create table private.unnamed (size int primary key check (size > 0));

-- rule: there are no enumerated types
select typname from pg_type where typtype = 'e' and typnamespace::regnamespace::text
    in ('public', 'worker', 'private')
-- broken by
create type public.mood as enum ('happy', 'sad');

-- rule: status is text that a named check or a reference knows
select full_column_name
from our_columns as column_
where (
        column_name in (
            'status', 'state', 'role', 'tier', 'priority', 'severity', 'channel', 'outcome', 'author_kind'
        )
        or column_name ~ '_(status|state|outcome)$'
    )
    and type = 'text'
    and not exists (
        select
        from pg_constraint
        where conrelid = column_.oid and contype in ('c', 'f') and column_.number = any (conkey)
    )
-- broken by
create table private.moods (id int primary key, status text not null);

-- rule: text and documents have an end
select full_column_name
from our_columns as column_
where schema = 'public'
    and type in ('text', 'jsonb', 'text[]', 'bytea')
    and not is_generated
    and not exists (
        select
        from pg_constraint
        where conrelid = column_.oid and contype in ('c', 'f') and column_.number = any (conkey)
    )
-- broken by
create table public.endless (id int primary key, story text);

-- rule: columns have the types of the house
select full_column_name || ': ' || type
from our_columns
where type ~ '^(timestamp without|time |character|bpchar|money|json$|jsonb\[\]|json\[\])'
-- broken by
create table private.old_clock (id int primary key, seen_at timestamp);

-- rule: instants end in at or until, days in on
select full_column_name || ': ' || type
from our_columns
where (type ~ '^timestamp') <> (column_name ~ '_(at|until)$')
    or (type = 'date') <> (column_name ~ '_on$')
-- broken by
create table private.vague (id int primary key, seen timestamptz, birthday date);

-- rule: what is yes or no begins with is
select full_column_name
from our_columns
where type = 'boolean'
    and column_name !~ '^(is|has)_'
    -- Reads as a sentence: a subscription collapses, so does its job.
    and column_name <> 'collapses'
-- broken by
create table private.flags (id int primary key, active boolean);

-- rule: numbers come from identity columns
select column_.full_column_name
from our_columns as column_
join pg_attrdef as default_ on default_.adrelid = column_.oid and default_.adnum = column_.number
where pg_get_expr(default_.adbin, default_.adrelid) ~ '^nextval'
-- broken by
create table private.counted (id serial primary key);

-- rule: names are lower case words
select name from our_relations where name !~ '^[a-z][a-z0-9_]*$'
union all
select full_column_name from our_columns where column_name !~ '^[a-z][a-z0-9_]*$'
union all
select full_name from our_functions where name !~ '^[a-z][a-z0-9_]*$'
-- broken by
create table private."Shouting" (id int primary key);

-- rule: what changes has the instant of its change
-- People's clients fetch what is new since they last looked.
select relation.full_name
from our_relations as relation
where relation.is_table
    and relation.schema = 'public'
    and has_any_column_privilege('authenticated', relation.oid, 'update')
    and not exists (
        select from our_columns
        where our_columns.oid = relation.oid and our_columns.column_name = 'updated_at'
    )
-- broken by
create table public.restyled (id int primary key);
grant update on public.restyled to authenticated;
