-- What the Realtime server needs inside the database it watches. A superuser runs it at each start.
--
-- pgoutput obeys a publication's row filters and column lists, Realtime does not: so the server
-- reads a mirror of `supabase_realtime`, the same tables without them. Event triggers keep the
-- mirror in step inside the very transaction that changes the publication, and leave a note in the
-- log, so that subscriptions are matched anew from exactly that commit on.
create schema if not exists _realtime;
revoke all on schema _realtime from public;

create or replace function _realtime.published_tables()
    returns setof pg_catalog.oid
    language sql
    stable
    set search_path = ''
as $$
    -- As named: the leaves of a partitioned table follow their root by themselves.
    select r.prrelid
    from pg_catalog.pg_publication p
    join pg_catalog.pg_publication_rel r on r.prpubid = p.oid
    where p.pubname = 'supabase_realtime'
    union
    -- Not pg_publication_tables: the view fails when another session drops a table meanwhile, and
    -- with it would fail whatever DDL we are a trigger of.
    select c.oid
    from pg_catalog.pg_publication p
    join pg_catalog.pg_class c on c.relkind = 'r' and c.relpersistence = 'p'
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where p.pubname = 'supabase_realtime'
      and n.nspname !~ '^(pg_|information_schema$|_?realtime$)'
      and (p.puballtables
           or exists (select from pg_catalog.pg_publication_namespace s
                      where s.pnpubid = p.oid and s.pnnspid = n.oid))
$$;

create or replace function _realtime.is_published(p_table pg_catalog.oid)
    returns boolean
    language sql
    stable
    set search_path = ''
as $$
    select exists (
        select from pg_catalog.pg_publication p
        where p.pubname = 'supabase_realtime'
          and (p.puballtables
               or exists (select from pg_catalog.pg_publication_namespace s
                          where s.pnpubid = p.oid)
               or exists (select from pg_catalog.pg_publication_rel r
                          where r.prpubid = p.oid
                            and r.prrelid in (select p_table
                                              union all
                                              select pg_catalog.pg_partition_ancestors(p_table)))))
$$;

create or replace function _realtime.mirror_actions()
    returns void
    language plpgsql
    set search_path = ''
as $$
declare
    v_wanted pg_catalog.pg_publication;
    v_mirror pg_catalog.pg_publication;
begin
    select * into v_wanted from pg_catalog.pg_publication where pubname = 'supabase_realtime';
    select * into v_mirror
    from pg_catalog.pg_publication
    where pubname = 'supabase_realtime_mirror';
    if v_mirror is null then
        create publication supabase_realtime_mirror;
    end if;
    -- A mirror publishing more than the original would forbid updates of tables without a key.
    if (v_wanted.pubinsert, v_wanted.pubupdate, v_wanted.pubdelete, false)
        is distinct from
        (v_mirror.pubinsert, v_mirror.pubupdate, v_mirror.pubdelete, v_mirror.pubtruncate)
    then
        execute format('alter publication supabase_realtime_mirror set (publish = %L)',
            concat_ws(', ',
                case when v_wanted.pubinsert then 'insert' end,
                case when v_wanted.pubupdate then 'update' end,
                case when v_wanted.pubdelete then 'delete' end));
    end if;
end $$;

create or replace function _realtime.mirror_publication()
    returns void
    language plpgsql
    set search_path = ''
as $$
declare
    v_change record;
begin
    -- Two sessions that publish tables at once must not overwrite each other's view.
    perform pg_catalog.pg_advisory_xact_lock(7263, 1);
    perform _realtime.mirror_actions();
    for v_change in
        with mirrored as (
            select r.prrelid as id
            from pg_catalog.pg_publication p
            join pg_catalog.pg_publication_rel r on r.prpubid = p.oid
            where p.pubname = 'supabase_realtime_mirror')
        select 'drop' as verb, m.id from mirrored m
        where m.id not in (select _realtime.published_tables())
        union all
        select 'add', t.id from _realtime.published_tables() t (id)
        where t.id not in (select m.id from mirrored m)
    loop
        -- Only: a parent's children are in the list themselves, and twice would be an error.
        execute format('alter publication supabase_realtime_mirror %s table only %s',
            v_change.verb, v_change.id::pg_catalog.regclass);
    end loop;
    perform pg_catalog.pg_logical_emit_message(true, 'realtime.publication', '');
end $$;

create or replace function _realtime.tg_mirror_ddl()
    returns event_trigger
    language plpgsql
    -- Definer: the project's owner changes its publication, the mirror belongs to the superuser.
    security definer
    set search_path = ''
as $$
begin
    if exists (
        select from pg_catalog.pg_event_trigger_ddl_commands() c
        where c.object_identity ~ '(^|in publication )supabase_realtime$'
           or c.command_tag in ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'ALTER TABLE')
              and _realtime.is_published(c.objid)
    ) then
        perform _realtime.mirror_publication();
    end if;
end $$;

create or replace function _realtime.tg_mirror_drop()
    returns event_trigger
    language plpgsql
    -- Definer: as above.
    security definer
    set search_path = ''
as $$
begin
    if exists (
        select from pg_catalog.pg_event_trigger_dropped_objects() o
        where o.object_identity ~ '(^|in publication )supabase_realtime$'
    ) then
        perform _realtime.mirror_publication();
    end if;
end $$;

drop event trigger if exists realtime_mirror_ddl;
drop event trigger if exists realtime_mirror_drop;
create event trigger realtime_mirror_ddl on ddl_command_end
    execute function _realtime.tg_mirror_ddl();
create event trigger realtime_mirror_drop on sql_drop
    execute function _realtime.tg_mirror_drop();

do $$
begin
    if not exists (select from pg_catalog.pg_publication
                   where pubname = 'supabase_realtime_messages_publication') then
        create publication supabase_realtime_messages_publication
            for table realtime.messages with (publish = 'insert');
    end if;
end $$;

select _realtime.mirror_publication();
