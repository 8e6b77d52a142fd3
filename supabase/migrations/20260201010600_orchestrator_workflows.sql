-- Workflows: automations as data. When <event>, if <conditions>, then <actions>.
--
--   an event of a kind that some active workflow waits for
--       -> orchestrator.workflows (lib/orchestrator/workflows.py judges) -> public.workflow_runs
--
-- Conditions are judged in Python and nowhere else, for real runs and dry runs alike. SQL says what
-- may be asked (workflow_events, workflow_fields), refuses what is malformed with its place when a
-- workflow is saved, reads the facts, and carries out the actions.
-- Kinds that no active workflow waits for are not subscribed to: they cost nothing.
-- Events out: ticket.details_changed, client.tier_changed.

-- -------------------------------------------------------------------------------------------------
-- What may be asked
-- -------------------------------------------------------------------------------------------------
create table public.workflow_events (
    event_kind text primary key,
    subject text not null,
    label text not null,
    constraint workflow_events_kind_is_noun_dot_word
        check (event_kind ~ '^[a-z][a-z_]{0,39}\.[a-z][a-z_]{0,39}$'),
    constraint workflow_events_subject_is_known check (subject in ('ticket', 'client', 'promise')),
    constraint workflow_events_label_is_short_text check (private.is_clean_text(label, 80))
);
comment on table public.workflow_events is 'The events that a workflow may wait for.';
comment on column public.workflow_events.subject is
    'What the subject of such an event is; a promise stands for its ticket.';

create table public.workflow_fields (
    field text primary key,
    kind text not null,
    label text not null,
    constraint workflow_fields_name_is_source_dot_word
        check (field ~ '^(ticket|client|message|event)\.[a-z][a-z_]{0,39}$'),
    constraint workflow_fields_kind_is_known
        check (kind in ('word', 'words', 'text', 'number', 'boolean', 'id')),
    constraint workflow_fields_label_is_short_text check (private.is_clean_text(label, 120))
);
comment on table public.workflow_fields is
    'The facts that a condition may compare: private.list_workflow_facts answers each of them.';
comment on column public.workflow_fields.kind is
    'word: one of a list; words: several of a list; text: prose, compared by words.';

insert into public.workflow_events (event_kind, subject, label) values
    ('ticket.opened', 'ticket', 'A ticket was opened'),
    ('ticket.assigned', 'ticket', 'A ticket was given to somebody'),
    ('ticket.unassigned', 'ticket', 'A ticket went back to the queue'),
    ('ticket.snoozed', 'ticket', 'A ticket was put to rest'),
    ('ticket.woken', 'ticket', 'The rest of a ticket is over'),
    ('ticket.details_changed', 'ticket', 'Subject, category, priority or language changed'),
    ('ticket.left_unattended', 'ticket', 'A client wrote to somebody who is absent'),
    ('ticket.resolved', 'ticket', 'A ticket was resolved'),
    ('ticket.reopened', 'ticket', 'A ticket was opened again'),
    ('ticket.closed', 'ticket', 'A ticket was closed'),
    ('message.posted', 'ticket', 'Somebody wrote a message or a note'),
    ('promise.threshold_reached', 'promise', 'A promise to a client is half over, nearly or due'),
    ('client.registered', 'client', 'A client signed up'),
    ('client.tier_changed', 'client', 'A client was given another tier');

insert into public.workflow_fields (field, kind, label) values
    ('ticket.tier', 'word', 'Tier when the ticket was opened'),
    ('ticket.channel', 'word', 'Channel'),
    ('ticket.is_live', 'boolean', 'Live channel'),
    ('ticket.language', 'word', 'Language'),
    ('ticket.category', 'word', 'Category'),
    ('ticket.priority', 'word', 'Priority'),
    ('ticket.status', 'word', 'Status'),
    ('ticket.desk', 'id', 'Desk'),
    ('ticket.is_assigned', 'boolean', 'Somebody has it'),
    ('ticket.is_answered', 'boolean', 'A person has answered in this cycle'),
    ('ticket.cycle', 'number', 'Cycle: 1 at first, 2 after the first reopening'),
    ('ticket.waited_seconds', 'number', 'How long the client had waited for a word; 0: not at all'),
    ('ticket.due_in_seconds', 'number', 'Until the first response is due; nothing once given'),
    ('ticket.subject', 'text', 'Subject'),
    ('client.tier', 'word', 'Tier now'),
    ('client.has_dedicated_agent', 'boolean', 'Has a dedicated agent'),
    ('client.has_relationship_manager', 'boolean', 'Has a relationship manager'),
    ('client.is_new', 'boolean', 'Signed up within 30 days'),
    ('message.author_kind', 'word', 'Who wrote the message, or the first one of a new ticket'),
    ('message.is_internal', 'boolean', 'It is a note'),
    ('message.text', 'text', 'What it says'),
    ('event.changed', 'words', 'What changed about the ticket'),
    ('event.previous_tier', 'word', 'The tier before'),
    ('event.local_hour', 'number', 'Hour of the day in Warsaw, 0 to 23');

-- The words of a field; null where it has no list.
create function private.list_workflow_words(p_field text)
returns text[]
language sql
stable
set search_path = ''
as $$
    select case p_field
        when 'message.author_kind' then array['client', 'agent', 'assistant', 'system']
        when 'event.changed' then array['subject', 'category', 'priority', 'language']
        when 'event.previous_tier' then private.list_filter_words('tier')
        else private.list_filter_words(split_part(p_field, '.', 2))
    end
$$;

-- -------------------------------------------------------------------------------------------------
-- Conditions: {"all": [...]}, {"any": [...]}, {"not": ...}, {"field", "op", "value"}
-- -------------------------------------------------------------------------------------------------

-- What is wrong with one value, in a sentence; null when nothing is.
create function private.judge_workflow_value(p_field public.workflow_fields, p_value jsonb)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
    v_words text[] := private.list_workflow_words(p_field.field);
begin
    return case
        when p_field.kind in ('word', 'words') then case
            when jsonb_typeof(p_value) <> 'string' or (p_value #>> '{}') <> all (v_words)
                then 'one of ' || array_to_string(v_words, ', ')
        end
        when p_field.kind = 'boolean' then case
            when jsonb_typeof(p_value) <> 'boolean' then 'true or false'
        end
        when p_field.kind = 'number' then case
            when jsonb_typeof(p_value) <> 'number' or p_value::text !~ '^-?\d{1,9}$'
                then 'a whole number of at most nine digits'
        end
        when p_field.kind = 'id' then case
            when not private.is_uuid(p_value) then 'an id'
        end
        when jsonb_typeof(p_value) <> 'string'
            or private.is_clean_text(p_value #>> '{}', 60) is not true
            or private.fold_text(p_value #>> '{}') !~ '[[:alnum:]]'
            then 'words of at most 60 characters'
    end;
end
$$;

-- What is wrong with a comparison and where, as "<place>: <sentence>"; null when nothing is.
create function private.judge_comparison(p_node jsonb, p_place text, p_subject text)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
    v_field public.workflow_fields;
    v_op text := p_node ->> 'op';
    v_value jsonb := p_node -> 'value';
    v_ops text[];
    v_fault text;
begin
    select known.* into v_field
    from public.workflow_fields known where known.field = p_node ->> 'field';
    v_ops := private.list_comparisons(v_field.kind);
    if v_field.field is null then
        return p_place || '.field: unknown; see workflow_fields';
    elsif p_subject = 'client' and split_part(v_field.field, '.', 1) in ('ticket', 'message') then
        return p_place || '.field: this event has no ticket';
    elsif v_op is null or v_op <> all (v_ops) then
        return p_place || '.op: one of ' || array_to_string(v_ops, ', ');
    elsif v_value is null then
        return p_place || '.value: missing';
    elsif (select count(*) from jsonb_object_keys(p_node)) > 3 then
        return p_place || ': field, op and value, nothing else';
    elsif v_op = 'is_null' then
        return case when jsonb_typeof(v_value) <> 'boolean'
            then p_place || '.value: true or false' end;
    elsif v_op not in ('in', 'contains') then
        return p_place || '.value: ' || private.judge_workflow_value(v_field, v_value);
    elsif jsonb_typeof(v_value) <> 'array' or jsonb_array_length(v_value) not between 1 and 50 then
        return p_place || '.value: a list of 1 to 50';
    end if;
    select format('%s.value[%s]: %s', p_place, item.place - 1, judged.fault) into v_fault
    from jsonb_array_elements(v_value) with ordinality item (value, place)
    cross join lateral private.judge_workflow_value(v_field, item.value) judged (fault)
    where judged.fault is not null
    order by item.place
    limit 1;
    return v_fault;
end
$$;

create function private.list_comparisons(p_kind text)
returns text[]
language sql
immutable
set search_path = ''
as $$
    select case p_kind
        when 'word' then array['eq', 'ne', 'in', 'is_null']
        when 'id' then array['eq', 'ne', 'in', 'is_null']
        when 'number' then array['eq', 'ne', 'in', 'gte', 'lte', 'is_null']
        when 'boolean' then array['eq', 'ne', 'is_null']
        else array['contains', 'is_null']
    end
$$;

-- As judge_comparison, of a whole tree. "all" of nothing holds always.
create function private.judge_condition(
    p_node jsonb, p_place text, p_subject text, p_depth integer default 1
)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
    v_key text;
    v_fault text;
begin
    if p_depth > 6 then
        return p_place || ': at most 6 levels';
    elsif jsonb_typeof(p_node) <> 'object' then
        return p_place || ': an object';
    elsif p_node ? 'field' then
        return private.judge_comparison(p_node, p_place, p_subject);
    elsif (select count(*) from jsonb_object_keys(p_node)) <> 1
        or not p_node ?| '{all,any,not}'
    then
        return p_place || ': one of all, any, not, or field with op and value';
    end if;
    select key.name into v_key from jsonb_object_keys(p_node) key (name);
    p_place := p_place || '.' || v_key;
    if v_key = 'not' then
        return private.judge_condition(p_node -> 'not', p_place, p_subject, p_depth + 1);
    elsif jsonb_typeof(p_node -> v_key) <> 'array'
        or jsonb_array_length(p_node -> v_key) > 20 or p_node = '{"any": []}'
    then
        return p_place || ': a list of conditions, at most 20';
    end if;
    select judged.fault into v_fault
    from jsonb_array_elements(p_node -> v_key) with ordinality part (node, place)
    cross join lateral private.judge_condition(
        part.node, format('%s[%s]', p_place, part.place - 1), p_subject, p_depth + 1
    ) judged (fault)
    where judged.fault is not null
    order by part.place
    limit 1;
    return v_fault;
end
$$;

create function private.require_conditions(p_conditions jsonb, p_subject text)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_fault text := 'conditions: an object';
begin
    if octet_length(p_conditions::text) > 8000
        or (select count(*) from jsonb_path_query(p_conditions, 'strict $.**.op')) > 50
    then
        v_fault := 'conditions: at most 50 comparisons in 8000 bytes';
    elsif p_conditions is not null then
        v_fault := private.judge_condition(p_conditions, 'conditions', p_subject);
    end if;
    if v_fault is not null then
        perform private.refuse('PT422', 'conditions_malformed', left(v_fault, 400) || '.');
    end if;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Actions: as those of macros, an object with one key each
-- -------------------------------------------------------------------------------------------------

-- What is wrong with whom to tell, in a sentence; null when nothing is.
create function private.judge_notice(p_argument jsonb, p_desk_id uuid)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
    v_roles jsonb := coalesce(p_argument -> 'roles', '[]');
    v_people jsonb := coalesce(p_argument -> 'people', '[]');
begin
    return case
        when jsonb_typeof(p_argument) <> 'object'
            or p_argument - '{roles,people}'::text[] <> '{}'
            or jsonb_typeof(v_roles) <> 'array' or jsonb_typeof(v_people) <> 'array'
            or jsonb_array_length(v_roles || v_people) not between 1 and 20
            then 'an object with roles, people or both, 1 to 20 in all'
        when not v_roles <@ '["assignee", "followers", "dedicated_agent", "deputy_agent",
            "relationship_manager", "managers"]'
            then 'roles are assignee, followers, dedicated_agent, deputy_agent, '
                'relationship_manager, managers'
        when exists (
            select from jsonb_array_elements(v_people) named (id)
            where not private.is_uuid(named.id) or not private.is_in_reach(named.id, p_desk_id)
        ) then 'people are ids of active colleagues of the desk'
    end;
end
$$;

-- A workflow of the house may name anybody, one of a desk its own people and admins.
create function private.is_in_reach(p_staff_id jsonb, p_desk_id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return private.is_uuid(p_staff_id) and exists (
        select from public.staff_members staff
        where staff.id = (p_staff_id #>> '{}')::uuid and staff.is_active
            and (p_desk_id is null or staff.desk_id = p_desk_id or staff.role = 'admin')
    );
end
$$;

-- Steps of a macro that mean something without a person who applies it.
create function private.is_house_macro(p_macro public.macros, p_desk_id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return coalesce(
        p_macro.is_active and p_macro.owner_id is null
        and (p_macro.desk_id is null or p_macro.desk_id = p_desk_id)
        and not exists (
            select from jsonb_array_elements(p_macro.actions) step (value)
            where step.value ?| '{resolve,set_status}'
                or step.value in (
                    '{"assign_to": "me"}', '{"assign_to": "queue"}', '{"add_follower": "me"}'
                )
        ),
        false
    );
end
$$;

-- What is wrong with the argument of an action, in a sentence; null when nothing is.
create function private.judge_workflow_action(p_action text, p_argument jsonb, p_desk_id uuid)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    return case
        when p_action in ('set_priority', 'set_category', 'snooze_hours') then
            private.judge_action(p_action, p_argument, false)
        when p_action = 'add_note' then
            coalesce(private.judge_action('note', nullif(p_argument, 'null'), false),
                case when p_argument = 'null' then 'a text' end)
        when p_action = 'notify' then private.judge_notice(p_argument, p_desk_id)
        when p_action = 'assign_to' then case
            when p_argument <> '"dedicated_agent"'
                and not private.is_in_reach(p_argument, p_desk_id)
                then 'dedicated_agent, or the id of an agent of the desk'
        end
        when p_action = 'add_follower' then case
            when p_argument not in (
                '"dedicated_agent"', '"deputy_agent"', '"relationship_manager"'
            ) and not private.is_in_reach(p_argument, p_desk_id)
                then 'dedicated_agent, deputy_agent, relationship_manager, or the id of a colleague'
        end
        when p_action = 'apply_macro' then case
            when not private.is_uuid(p_argument) or not exists (
                select from public.macros macro
                where macro.id = (p_argument #>> '{}')::uuid
                    and private.is_house_macro(macro, p_desk_id)
            ) then 'the id of a shared macro that needs no person (no me, queue, resolve, status)'
        end
        when p_action = 'open_white_glove' then case
            when not private.is_playbook(p_argument #>> '{}') then 'a white-glove service type'
        end
        when p_action = 'request_routing' then case
            when p_argument <> 'true' then 'true'
        end
        else 'unknown; one of add_note, notify, set_priority, set_category, add_follower, '
            'assign_to, apply_macro, open_white_glove, snooze_hours, request_routing'
    end;
end
$$;

-- A service that needs a time to be agreed cannot be begun by a rule.
create function private.is_playbook(p_service_type text)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    if to_regclass('public.playbooks') is null then
        return coalesce(p_service_type ~ '^[a-z][a-z_]{0,39}$', false);
    end if;
    return exists (
        select from public.playbooks known
        where known.service_type = p_service_type and known.is_current and not known.is_scheduled
    );
end
$$;

create function private.require_workflow_actions(
    p_actions jsonb, p_subject text, p_desk_id uuid
)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_place bigint;
    v_step jsonb;
    v_action text;
    v_fault text;
begin
    if p_actions is null or jsonb_typeof(p_actions) <> 'array'
        or jsonb_array_length(p_actions) not between 1 and 10
        or octet_length(p_actions::text) > 30000
    then
        perform private.refuse('PT422', 'actions_malformed', 'actions: a list of one to ten.');
    end if;
    for v_step, v_place in
        select step.value, step.place - 1
        from jsonb_array_elements(p_actions) with ordinality step (value, place)
    loop
        v_action := null;
        if jsonb_typeof(v_step) <> 'object' or (select count(*) from jsonb_object_keys(v_step)) <> 1
        then
            v_fault := 'an object with one key, the action';
        else
            select step.key into v_action from jsonb_each(v_step) step;
            v_fault := private.judge_workflow_action(v_action, v_step -> v_action, p_desk_id);
            if p_subject = 'client' and v_action not in ('notify', 'open_white_glove') then
                v_fault := coalesce(v_fault, 'this event has no ticket');
            end if;
        end if;
        if v_fault is not null then
            perform private.refuse('PT422', 'actions_malformed', format(
                'actions[%s]%s: %s.', v_place, '.' || left(v_action, 40), v_fault
            ));
        end if;
    end loop;
end
$$;

create function private.require_workflow(
    p_event_kind text, p_conditions jsonb, p_actions jsonb, p_desk_id uuid
)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_subject text := (
        select known.subject from public.workflow_events known
        where known.event_kind = p_event_kind
    );
begin
    if v_subject is null then
        perform private.refuse('PT422', 'unknown_event', 'event_kind: one of workflow_events.');
    end if;
    perform private.require_conditions(p_conditions, v_subject);
    perform private.require_workflow_actions(p_actions, v_subject, p_desk_id);
end
$$;
comment on function private.require_workflow(text, jsonb, jsonb, uuid) is
    'Refuses PT422 what cannot be a workflow of that desk (null: of the house), with its place: '
    'conditions.all[1].field, actions[0].notify.';

-- -------------------------------------------------------------------------------------------------
-- Workflows
-- -------------------------------------------------------------------------------------------------
create table public.workflows (
    id uuid primary key default gen_random_uuid(),
    desk_id uuid references public.desks (id) on delete cascade,
    title text not null,
    event_kind text not null references public.workflow_events (event_kind),
    conditions jsonb not null default '{"all": []}',
    actions jsonb not null,
    rank smallint not null default 50,
    is_active boolean not null default false,
    version integer not null default 1,
    created_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint workflows_title_is_short_text check (private.is_clean_text(title, 120)),
    constraint workflows_conditions_are_a_small_tree
        check (jsonb_typeof(conditions) = 'object' and octet_length(conditions::text) <= 8000),
    constraint workflows_actions_are_a_short_list
        check (
            jsonb_typeof(actions) = 'array' and jsonb_array_length(actions) between 1 and 10
            and octet_length(actions::text) <= 30000
        ),
    constraint workflows_rank_is_small check (rank between 0 and 100)
);
comment on table public.workflows is
    'When an event of that kind happens and the conditions hold, the house does the actions. A '
    'workflow of a desk is about that desk''s tickets and clients only.';
comment on column public.workflows.desk_id is 'Null: of the house, kept by admins.';
comment on column public.workflows.rank is
    'Lower ones act first. All of them judge the facts as they were before any acted.';
comment on column public.workflows.created_by is
    'Null: shipped with the house. No foreign key: it outlives people.';
create index workflows_desk_id_idx on public.workflows (desk_id);
comment on index public.workflows_desk_id_idx is 'Serves the policy and the foreign key.';
create index workflows_event_kind_idx on public.workflows (event_kind) where is_active;
comment on index public.workflows_event_kind_idx is 'Serves which workflows an event concerns.';

create trigger workflows_bump_version
before update on public.workflows
for each row execute function private.tg_bump_version();

create trigger workflows_record
after insert or update or delete on public.workflows
for each row execute function private.tg_record_configuration('id');

-- Definer: nobody holds a right to write subscriptions; who may write workflows was checked.
-- One at a time: two that each saw the other's workflow still active would leave a kind behind.
create function private.tg_workflows_subscribe()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('subscriptions of workflows', 0));
    delete from private.subscriptions known
    where known.worker = 'orchestrator.workflows'
        and known.event_kind in (select event.event_kind from public.workflow_events event)
        and not exists (
            select from public.workflows active
            where active.event_kind = known.event_kind and active.is_active
        );
    insert into private.subscriptions (event_kind, worker)
    select distinct active.event_kind, 'orchestrator.workflows'
    from public.workflows active
    where active.is_active
    on conflict do nothing;
    return null;
end
$$;

create trigger workflows_subscribe
after insert or update or delete on public.workflows
for each statement execute function private.tg_workflows_subscribe();

-- Locks the workflow and answers it, if the caller may change it. Those of others are not there.
create function private.lock_workflow(p_workflow_id uuid, p_version integer)
returns public.workflows
language plpgsql
set search_path = ''
as $$
declare
    v_workflow public.workflows;
begin
    perform private.require_staff();
    select kept.* into v_workflow
    from public.workflows kept where kept.id = p_workflow_id
    for update;
    if v_workflow.id is null or v_workflow.desk_id <> all (array(select private.my_desk_ids())) then
        perform private.refuse('PT404', 'workflow_not_found', 'There is no such workflow for you.');
    end if;
    perform private.require_scope(
        private.name_scope(null, v_workflow.desk_id), v_workflow.desk_id
    );
    if p_version is distinct from v_workflow.version then
        perform private.refuse('PT409', 'stale_version', 'It has changed: read it again.');
    end if;
    return v_workflow;
end
$$;

create function private.require_room_for_workflows(p_desk_id uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if 100 <= (
        select count(*) from public.workflows kept where kept.desk_id is not distinct from p_desk_id
    ) then
        perform private.refuse('PT422', 'too_many_workflows', 'At most 100: delete one first.');
    end if;
end
$$;

-- Definer: nobody holds a right to write workflows; scope and owner are checked first.
create function private.save_workflow(p_new public.workflows)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_title text := private.require_text('title', p_new.title, 120);
    v_saved public.workflows;
begin
    perform private.require_scope(private.name_scope(null, p_new.desk_id), p_new.desk_id);
    perform private.require_workflow(
        p_new.event_kind, p_new.conditions, p_new.actions, p_new.desk_id
    );
    if (p_new.rank between 0 and 100) is not true then
        perform private.refuse('PT422', 'rank_out_of_range', 'From 0, which acts first, to 100.');
    elsif p_new.id is null then
        perform private.require_room_for_workflows(p_new.desk_id);
        insert into public.workflows (
            desk_id, title, event_kind, conditions, actions, rank, is_active, created_by
        )
        values (
            p_new.desk_id, v_title, p_new.event_kind, p_new.conditions, p_new.actions, p_new.rank,
            coalesce(p_new.is_active, false), v_staff_id
        )
        returning * into v_saved;
    else
        perform private.lock_workflow(p_new.id, p_new.version);
        update public.workflows kept
        set desk_id = p_new.desk_id, title = v_title, event_kind = p_new.event_kind,
            conditions = p_new.conditions, actions = p_new.actions, rank = p_new.rank,
            is_active = coalesce(p_new.is_active, kept.is_active)
        where kept.id = p_new.id
        returning * into v_saved;
    end if;
    return to_jsonb(v_saved);
end
$$;

create function public.save_workflow(
    p_title text,
    p_event_kind text,
    p_conditions jsonb,
    p_actions jsonb,
    p_desk_id uuid default null,
    p_rank integer default 50,
    p_is_active boolean default null,
    p_workflow_id uuid default null,
    p_version integer default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.save_workflow(jsonb_populate_record(null::public.workflows, jsonb_build_object(
        'id', p_workflow_id, 'version', p_version, 'desk_id', p_desk_id, 'title', p_title,
        'event_kind', p_event_kind, 'conditions', p_conditions, 'actions', p_actions,
        'rank', least(greatest(p_rank, -1), 101), 'is_active', p_is_active
    )))
$$;
comment on function public.save_workflow(
    text, text, jsonb, jsonb, uuid, integer, boolean, uuid, integer
) is
    'Managers for their desk, admins for the house: a workflow, or with p_workflow_id and '
    'p_version a new version of it; a new one is not active yet unless p_is_active. Conditions: '
    '{"all"|"any": [...]}, {"not": ...}, {"field", "op": eq|ne|in|gte|lte|contains|is_null, '
    '"value"}; texts contain words or phrases, "opuch*" what begins so. Actions: [{"add_note": '
    'text}, {"notify": {"roles", "people"}}, {"set_priority"|"set_category": word}, '
    '{"add_follower"|"assign_to": role or id}, {"apply_macro": id}, {"open_white_glove": type}, '
    '{"snooze_hours": n}, {"request_routing": true}]. 422 names the place of what is wrong. '
    'Answers the workflow.';

-- Definer: nobody holds a right to write workflows; scope and owner are checked first.
create function private.set_workflow_active(
    p_workflow_id uuid, p_is_active boolean, p_version integer
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_workflow public.workflows := private.lock_workflow(p_workflow_id, p_version);
begin
    if p_is_active is null then
        perform private.refuse('PT400', 'is_active_required', 'On or off?');
    elsif p_is_active then
        -- What it names may be gone since it was saved.
        perform private.require_workflow(
            v_workflow.event_kind, v_workflow.conditions, v_workflow.actions, v_workflow.desk_id
        );
    end if;
    update public.workflows kept
    set is_active = p_is_active
    where kept.id = p_workflow_id and kept.is_active <> p_is_active;
    return (select to_jsonb(kept) from public.workflows kept where kept.id = p_workflow_id);
end
$$;

create function public.set_workflow_active(
    p_workflow_id uuid, p_is_active boolean, p_version integer
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_workflow_active(p_workflow_id, p_is_active, p_version)
$$;
comment on function public.set_workflow_active(uuid, boolean, integer) is
    'Whoever may change a workflow: switch it on, if what it names is still there, or off. Answers '
    'the workflow.';

-- Definer: nobody holds a right to delete workflows; scope and owner are checked first.
create function private.delete_workflow(p_workflow_id uuid, p_version integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.lock_workflow(p_workflow_id, p_version);
    delete from public.workflows kept where kept.id = p_workflow_id;
    return jsonb_build_object('workflow_id', p_workflow_id);
end
$$;

create function public.delete_workflow(p_workflow_id uuid, p_version integer)
returns jsonb
language sql
set search_path = ''
as $$
    select private.delete_workflow(p_workflow_id, p_version)
$$;
comment on function public.delete_workflow(uuid, integer) is
    'Whoever may change a workflow: delete it. What it did stays told. Answers {"workflow_id"}.';

-- -------------------------------------------------------------------------------------------------
-- Two events nobody told of yet
-- -------------------------------------------------------------------------------------------------
create function private.tg_support_tickets_announce_details()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.emit_events('ticket.details_changed', array[new.id], array[jsonb_build_object(
        'cycle', new.cycle,
        'changed', array_remove(array[
            case when old.subject <> new.subject then 'subject' end,
            case when old.category <> new.category then 'category' end,
            case when old.priority <> new.priority then 'priority' end,
            case when old.language <> new.language then 'language' end
        ], null)
    )]);
    return null;
end
$$;

create trigger support_tickets_announce_details
after update of subject, category, priority, language on public.support_tickets
for each row when (
    (old.subject, old.category, old.priority, old.language)
    is distinct from (new.subject, new.category, new.priority, new.language)
)
execute function private.tg_support_tickets_announce_details();

create function private.tg_profiles_announce_tier()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.emit_events(
        'client.tier_changed', array[new.id],
        array[jsonb_build_object('previous_tier', old.tier, 'tier', new.tier)]
    );
    return null;
end
$$;

create trigger profiles_announce_tier
after update of tier on public.profiles
for each row when (old.tier is distinct from new.tier)
execute function private.tg_profiles_announce_tier();

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.workflow_events, public.workflow_fields, public.workflows
from anon, authenticated, service_role;
grant select on public.workflow_events, public.workflow_fields, public.workflows
to authenticated, service_role;
alter table public.workflow_events enable row level security;
alter table public.workflow_fields enable row level security;
alter table public.workflows enable row level security;
create policy workflow_events_select_staff on public.workflow_events
for select to authenticated
using ((select private.is_staff()));
create policy workflow_fields_select_staff on public.workflow_fields
for select to authenticated
using ((select private.is_staff()));
create policy workflows_select_staff on public.workflows
for select to authenticated
using (
    desk_id = any (array(select private.my_desk_ids()))
    or desk_id is null and (select private.is_staff())
);

revoke all on function
    private.list_workflow_words(text),
    private.judge_workflow_value(public.workflow_fields, jsonb),
    private.judge_comparison(jsonb, text, text), private.list_comparisons(text),
    private.judge_condition(jsonb, text, text, integer),
    private.require_conditions(jsonb, text), private.judge_notice(jsonb, uuid),
    private.is_in_reach(jsonb, uuid), private.is_house_macro(public.macros, uuid),
    private.judge_workflow_action(text, jsonb, uuid), private.is_playbook(text),
    private.require_workflow_actions(jsonb, text, uuid),
    private.require_workflow(text, jsonb, jsonb, uuid), private.tg_workflows_subscribe(),
    private.lock_workflow(uuid, integer), private.require_room_for_workflows(uuid),
    private.save_workflow(public.workflows),
    private.set_workflow_active(uuid, boolean, integer), private.delete_workflow(uuid, integer),
    private.tg_support_tickets_announce_details(), private.tg_profiles_announce_tier(),
    public.save_workflow(text, text, jsonb, jsonb, uuid, integer, boolean, uuid, integer),
    public.set_workflow_active(uuid, boolean, integer), public.delete_workflow(uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function
    private.save_workflow(public.workflows),
    private.set_workflow_active(uuid, boolean, integer), private.delete_workflow(uuid, integer),
    public.save_workflow(text, text, jsonb, jsonb, uuid, integer, boolean, uuid, integer),
    public.set_workflow_active(uuid, boolean, integer), public.delete_workflow(uuid, integer)
to authenticated;
