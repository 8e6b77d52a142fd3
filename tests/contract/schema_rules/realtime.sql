-- rule: only tables of people with row level security are published
select format('%I.%I', published.schemaname, published.tablename)
from pg_publication_tables as published
join our_relations as relation
    on relation.schema = published.schemaname and relation.name = published.tablename
where published.pubname = 'supabase_realtime'
    and (not relation.has_row_security or relation.schema <> 'public')
-- broken by
create table private.leaking (id int primary key);
alter publication supabase_realtime add table private.leaking;

-- rule: published tables do not send their old rows
-- A delete is told to every subscriber of the table, whatever its policies say.
select relation.full_name
from our_relations as relation
where relation.replica_identity = 'f'
    and exists (
        select
        from pg_publication_tables as published
        where published.pubname = 'supabase_realtime'
            and published.schemaname = relation.schema
            and published.tablename = relation.name
    )
-- broken by
create table public.talkative (id int primary key);
alter table public.talkative enable row level security;
alter table public.talkative replica identity full;
alter publication supabase_realtime add table public.talkative;

-- rule: published tables can be read by somebody
select relation.full_name
from our_relations as relation
join pg_publication_tables as published
    on published.schemaname = relation.schema and published.tablename = relation.name
where published.pubname = 'supabase_realtime'
    and not has_any_column_privilege('authenticated', relation.oid, 'select')
-- broken by
create table public.unheard (id int primary key);
revoke all on public.unheard from authenticated;
alter publication supabase_realtime add table public.unheard;
