-- The chaos tests' own worker: an event kind, a table without any unique key, so that a second effect
-- of the same event would be seen, and a write function like those of the house.
create table private.chaos_effects (
    id bigint generated always as identity primary key,
    event_id bigint not null,
    attempt integer not null,
    recorded_at timestamptz not null default clock_timestamp()
);
grant insert on private.chaos_effects to service_role;

create function worker.record_chaos_effects(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    perform private.hold_jobs(p_items);
    insert into private.chaos_effects (event_id, attempt)
    select (item ->> 'event_id')::bigint, (item ->> 'attempt')::integer
    from jsonb_array_elements(p_items) with ordinality as list (item, place)
    order by list.place;
    perform private.finish_jobs(
        array(select (item ->> 'job_id')::bigint from jsonb_array_elements(p_items) item)
    );
    return (select jsonb_agg(item -> 'job_id') from jsonb_array_elements(p_items) item);
end;
$$;
revoke all on function worker.record_chaos_effects(jsonb) from public, anon, authenticated;
grant execute on function worker.record_chaos_effects(jsonb) to service_role;

insert into private.subscriptions (event_kind, worker) values ('chaos.happened', 'chaos.effects');

-- The tests ask for keys again and again.
create index events_chaos_key_idx on public.events using gin (payload)
where kind = 'chaos.happened';

notify pgrst, 'reload schema';
