-- Dry runs: what a workflow would have done about past events. A manager asks, the worker that
-- judges real events answers with the same judgement, and Realtime delivers it. Nothing is changed.
--
--   request_workflow_dry_run -> workflow_dry_runs (pending) -> workflow.dry_run_requested
--       -> orchestrator.workflows -> workflow_dry_runs (done)

create table public.workflow_dry_runs (
    id uuid primary key default gen_random_uuid(),
    requested_by uuid not null references public.staff_members (id) on delete cascade,
    desk_id uuid references public.desks (id) on delete cascade,
    event_kind text not null references public.workflow_events (event_kind),
    conditions jsonb not null,
    actions jsonb not null,
    since_at timestamptz not null,
    until_at timestamptz not null,
    most smallint not null,
    status text not null default 'pending',
    result jsonb,
    policy_version text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    completed_at timestamptz,
    constraint workflow_dry_runs_status_is_known check (status in ('pending', 'done')),
    constraint workflow_dry_runs_done_have_a_result
        check ((status = 'done') = (num_nonnulls(result, policy_version, completed_at) = 3)),
    constraint workflow_dry_runs_conditions_are_a_small_tree
        check (octet_length(conditions::text) <= 8000),
    constraint workflow_dry_runs_actions_are_a_short_list
        check (octet_length(actions::text) <= 30000),
    constraint workflow_dry_runs_look_back check (since_at < until_at),
    constraint workflow_dry_runs_are_bounded check (most between 1 and 500),
    constraint workflow_dry_runs_result_is_an_object
        check (jsonb_typeof(result) = 'object' and octet_length(result::text) <= 400000),
    constraint workflow_dry_runs_policy_version_is_short
        check (char_length(policy_version) between 1 and 40)
);
comment on table public.workflow_dry_runs is
    'What a workflow would have done. Kept for 7 days: each new one takes older ones with it.';
comment on column public.workflow_dry_runs.desk_id is 'Whose events; null: of the whole house.';
comment on column public.workflow_dry_runs.most is 'How many events are looked at, latest first.';
comment on column public.workflow_dry_runs.result is
    '{"since", "looked_at_count", "matched_count", "loop_count", "is_cut", "failed": {"<place>": '
    'n}, "matches": [{"event_id", "occurred_at", "ticket_id", "ticket_number", "client_id", '
    '"status", "actions"}]}. since: how far back events are still known. Facts are those of now, '
    'but for time, which counts as of the event.';
create index workflow_dry_runs_requested_by_idx on public.workflow_dry_runs (requested_by);
comment on index public.workflow_dry_runs_requested_by_idx is
    'Serves the policy and the foreign key.';
create index workflow_dry_runs_desk_id_idx on public.workflow_dry_runs (desk_id);
comment on index public.workflow_dry_runs_desk_id_idx is 'Serves the foreign key.';
create index workflow_dry_runs_created_at_idx on public.workflow_dry_runs (created_at);
comment on index public.workflow_dry_runs_created_at_idx is 'Serves deleting old ones.';

create trigger workflow_dry_runs_touch
before update on public.workflow_dry_runs
for each row execute function private.tg_touch_row();

-- One subscription that stays: the worker may start although no workflow is active.
insert into private.subscriptions (event_kind, worker)
values ('workflow.dry_run_requested', 'orchestrator.workflows');

create function private.tg_workflow_dry_runs_emit()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.emit_events('workflow.dry_run_requested', array_agg(asked.id))
    from asked
    having count(*) > 0;
    return null;
end
$$;

create trigger workflow_dry_runs_emit
after insert on public.workflow_dry_runs
referencing new table as asked
for each statement execute function private.tg_workflow_dry_runs_emit();

-- -------------------------------------------------------------------------------------------------
-- Ask
-- -------------------------------------------------------------------------------------------------

-- 24h, 7d, 12m: until now; 2026-11-01/2026-11-30: whole days in Warsaw, both included.
create function private.read_past_range(p_range text)
returns table (since_at timestamptz, until_at timestamptz)
language plpgsql
set search_path = ''
as $$
declare
    v_parts text[] := regexp_match(p_range, '^(\d{1,3})([hdm])$');
begin
    if v_parts is not null and v_parts[1]::integer > 0 then
        return query select
            now() - (v_parts[1] || case v_parts[2]
                when 'h' then ' hours' when 'd' then ' days' else ' months' end)::interval,
            clock_timestamp();
    elsif p_range ~ '^\d{4}-\d{2}-\d{2}/\d{4}-\d{2}-\d{2}$' then
        return query select
            split_part(p_range, '/', 1)::date::timestamp at time zone 'Europe/Warsaw',
            (split_part(p_range, '/', 2)::date + 1)::timestamp at time zone 'Europe/Warsaw';
    end if;
exception
    when datetime_field_overflow then
        return;
end
$$;

-- The definition to try: a saved workflow as it is, or one that is not saved yet.
create function private.require_tryable(p_workflow jsonb, p_workflow_id uuid)
returns public.workflows
language plpgsql
stable
set search_path = ''
as $$
declare
    v_workflow public.workflows;
begin
    if (p_workflow is null) = (p_workflow_id is null) then
        perform private.refuse('PT422', 'workflow_required', 'A workflow, or the id of one.');
    elsif p_workflow_id is not null then
        select kept.* into v_workflow
        from public.workflows kept where kept.id = p_workflow_id;
        if v_workflow.id is null
            or v_workflow.desk_id <> all (array(select private.my_desk_ids()))
        then
            perform private.refuse(
                'PT404', 'workflow_not_found', 'There is no such workflow for you.'
            );
        end if;
    elsif jsonb_typeof(p_workflow) <> 'object' or octet_length(p_workflow::text) > 50000
        or p_workflow - '{desk_id,title,event_kind,conditions,actions}'::text[] <> '{}'
        or (p_workflow ? 'desk_id' and p_workflow -> 'desk_id' <> 'null'
            and not private.is_uuid(p_workflow -> 'desk_id'))
    then
        perform private.refuse(
            'PT422', 'workflow_malformed', 'desk_id, event_kind, conditions and actions.'
        );
    else
        v_workflow := jsonb_populate_record(null::public.workflows, p_workflow);
    end if;
    return v_workflow;
end
$$;

-- Definer: nobody holds a right to write dry runs; scope is checked first.
create function private.request_workflow_dry_run(
    p_workflow jsonb, p_workflow_id uuid, p_range text, p_limit integer
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_workflow public.workflows := private.require_tryable(p_workflow, p_workflow_id);
    v_since timestamptz;
    v_until timestamptz;
    v_run public.workflow_dry_runs;
begin
    perform private.require_scope(private.name_scope(null, v_workflow.desk_id), v_workflow.desk_id);
    perform private.require_workflow(
        v_workflow.event_kind, v_workflow.conditions, v_workflow.actions, v_workflow.desk_id
    );
    select range.since_at, range.until_at into v_since, v_until
    from private.read_past_range(p_range) range;
    if (v_since < v_until) is not true then
        perform private.refuse(
            'PT422', 'range_malformed', '24h, 7d, 12m or 2026-11-01/2026-11-30.'
        );
    elsif (p_limit between 1 and 500) is not true then
        perform private.refuse('PT422', 'limit_out_of_range', 'From 1 to 500 events.');
    end if;
    perform private.take_token(v_staff_id, 'request_workflow_dry_run', 30, interval '1 minute');
    delete from public.workflow_dry_runs old where old.created_at < now() - interval '7 days';
    insert into public.workflow_dry_runs (
        requested_by, desk_id, event_kind, conditions, actions, since_at, until_at, most
    )
    values (
        v_staff_id, v_workflow.desk_id, v_workflow.event_kind, v_workflow.conditions,
        v_workflow.actions, v_since, v_until, p_limit
    )
    returning * into v_run;
    return to_jsonb(v_run);
end
$$;

create function public.request_workflow_dry_run(
    p_workflow jsonb default null,
    p_workflow_id uuid default null,
    p_range text default '7d',
    p_limit integer default 200
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.request_workflow_dry_run(p_workflow, p_workflow_id, p_range, p_limit)
$$;
comment on function public.request_workflow_dry_run(jsonb, uuid, text, integer) is
    'Managers for their desk, admins for the house: what a workflow (saved, or {"event_kind", '
    '"conditions", "actions", "desk_id"}) would have done about the latest p_limit events of the '
    'range. Changes nothing. Answers the row of workflow_dry_runs, pending; Realtime delivers it '
    'done, with its result.';

-- -------------------------------------------------------------------------------------------------
-- Answer
-- -------------------------------------------------------------------------------------------------

-- Events have no index but their ids: the latest million is looked through, which is what is kept.
create function private.list_past_events(p_run public.workflow_dry_runs)
returns bigint[]
language plpgsql
stable
set search_path = ''
as $$
begin
    return array(
        select past.id
        from (
            select event.id, event.kind, event.subject_id, event.occurred_at
            from public.events event
            order by event.id desc
            limit 1000000
        ) past
        where past.kind = p_run.event_kind
            and past.occurred_at >= p_run.since_at and past.occurred_at < p_run.until_at
            and (p_run.desk_id is null or p_run.desk_id = coalesce(
                (
                    select ticket.desk_id from public.support_tickets ticket
                    where ticket.id = private.find_event_ticket(past.kind, past.subject_id)
                ),
                (
                    select client.desk_id from public.profiles client
                    where client.id = past.subject_id
                )
            ))
        order by past.id desc
        limit p_run.most + 1
    );
end
$$;

create function worker.workflow_dry_run_contexts(p_dry_run_ids uuid[])
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'id', asked.id,
            'workflow', jsonb_build_object(
                'id', asked.id, 'version', 0, 'desk_id', asked.desk_id, 'rank', 0,
                'event_kind', asked.event_kind, 'conditions', asked.conditions,
                'actions', asked.actions
            ),
            'since', greatest(asked.since_at, (
                select first.occurred_at from public.events first order by first.id limit 1
            )),
            'is_cut', cardinality(past.ids) > asked.most,
            'events', (
                select coalesce(jsonb_agg(
                    to_jsonb(told) || jsonb_build_object(
                        'fingerprint', '', 'ran_ids', '[]'::jsonb
                    ) order by told.event_id
                ), '[]')
                from private.list_workflow_facts(past.ids[1:asked.most]) told
            )
        ) order by asked.created_at), '[]')
        from public.workflow_dry_runs asked
        cross join lateral private.list_past_events(asked) past (ids)
        where asked.id = any (p_dry_run_ids) and asked.status = 'pending'
    );
end
$$;
comment on function worker.workflow_dry_run_contexts(uuid[]) is
    'Each pending dry run with its workflow and the facts of the past events it looks at.';

-- Definer: results are nobody's to write but the house's; only service_role may execute it.
create function private.store_dry_runs(p_items jsonb)
returns bigint[]
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_job_ids bigint[];
begin
    with answered as (
        update public.workflow_dry_runs asked
        set status = 'done', result = item.result, policy_version = item.policy_version,
            completed_at = clock_timestamp()
        from jsonb_to_recordset(p_items) as item (
            job_id bigint, dry_run_id uuid, result jsonb, policy_version text
        )
        where asked.id = item.dry_run_id and asked.status = 'pending' and item.result is not null
        returning item.job_id
    )
    select coalesce(array_agg(answered.job_id), '{}') into v_job_ids from answered;
    return v_job_ids;
end
$$;

create function worker.record_workflow_dry_runs(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_stored bigint[];
begin
    perform private.hold_jobs(p_items);
    v_stored := private.store_dry_runs(p_items);
    perform private.finish_jobs(array(
        select item.job_id from jsonb_to_recordset(p_items) as item (job_id bigint)
    ));
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'job_id', item.job_id,
            'status', case when item.job_id = any (v_stored) then 'recorded' else 'gone' end
        )), '[]')
        from jsonb_to_recordset(p_items) as item (job_id bigint)
    );
end
$$;
comment on function worker.record_workflow_dry_runs(jsonb) is
    'Results of dry runs and the end of their jobs, in one transaction. Items: job_id, fence, '
    'dry_run_id, policy_version, result (null: nothing to tell). Answers [{"job_id", "status"}]: '
    'recorded, or gone (answered before, or nobody waits for it any more).';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.workflow_dry_runs from anon, authenticated, service_role;
grant select on public.workflow_dry_runs to authenticated, service_role;
alter table public.workflow_dry_runs enable row level security;
-- A result names tickets of the desk: whoever is no manager of it any more reads no old ones.
create policy workflow_dry_runs_select_own on public.workflow_dry_runs
for select to authenticated
using (
    requested_by = (select auth.uid())
    and (
        desk_id = any (array(select private.my_managed_desk_ids()))
        or (select private.is_admin())
    )
);

revoke all on function
    private.tg_workflow_dry_runs_emit(), private.read_past_range(text),
    private.require_tryable(jsonb, uuid),
    private.request_workflow_dry_run(jsonb, uuid, text, integer),
    public.request_workflow_dry_run(jsonb, uuid, text, integer),
    private.list_past_events(public.workflow_dry_runs),
    worker.workflow_dry_run_contexts(uuid[]), private.store_dry_runs(jsonb),
    worker.record_workflow_dry_runs(jsonb)
from public, anon, authenticated, service_role;
grant execute on function
    -- The policy asks them.
    private.my_managed_desk_ids(), private.is_admin(),
    private.request_workflow_dry_run(jsonb, uuid, text, integer),
    public.request_workflow_dry_run(jsonb, uuid, text, integer)
to authenticated;
grant execute on function
    private.list_past_events(public.workflow_dry_runs),
    worker.workflow_dry_run_contexts(uuid[]), private.store_dry_runs(jsonb),
    worker.record_workflow_dry_runs(jsonb)
to service_role;

do $$
begin
    if not exists (
        select from pg_catalog.pg_publication_tables published
        where published.pubname = 'supabase_realtime'
            and published.schemaname = 'public' and published.tablename = 'workflow_dry_runs'
    ) then
        alter publication supabase_realtime add table public.workflow_dry_runs;
    end if;
end
$$;
