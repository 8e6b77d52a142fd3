-- Macros: saved replies with actions. Actions are data of a closed grammar, checked with their
-- place when a macro is saved, and carried out through the same doors as by hand: the caller's own
-- rights decide each step, and one refusal undoes all.

-- -------------------------------------------------------------------------------------------------
-- Whose it is
-- -------------------------------------------------------------------------------------------------

-- Whom something of the desk is for: 'own', 'desk' (its managers keep it) or 'house' (admins do).
create function private.require_scope(p_scope text, p_desk_id uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_scope is null or p_scope not in ('own', 'desk', 'house') then
        perform private.refuse('PT422', 'unknown_scope', 'One of own, desk, house.');
    elsif (p_scope = 'desk') <> (p_desk_id is not null) then
        perform private.refuse('PT422', 'desk_out_of_place', 'Name a desk for scope desk only.');
    elsif p_scope = 'desk' and p_desk_id <> all (array(select private.my_desk_ids())) then
        perform private.refuse('PT404', 'desk_not_found', 'There is no such desk for you.');
    elsif p_scope = 'desk' and p_desk_id <> all (array(select private.my_managed_desk_ids())) then
        perform private.refuse('PT403', 'manager_required', 'Only the desk''s managers may share.');
    elsif p_scope = 'house' and not private.is_admin() then
        perform private.refuse('PT403', 'admin_required', 'Only admins share with the house.');
    end if;
end
$$;

create function private.name_scope(p_owner_id uuid, p_desk_id uuid)
returns text
language sql
immutable
set search_path = ''
as $$
    select case
        when p_owner_id is not null then 'own'
        when p_desk_id is not null then 'desk'
        else 'house'
    end
$$;

-- -------------------------------------------------------------------------------------------------
-- Texts with variables
-- -------------------------------------------------------------------------------------------------

-- Literal pieces and variables in turns. What a variable stands for is put in once and never read
-- again: a client called {{subject}} stays {{subject}}.
create function private.render_template(p_template text, p_values jsonb)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
    select string_agg(
        piece.text || coalesce(p_values ->> piece.variable, ''), '' order by piece.place
    )
    from (
        select literal.text, variable.parts[1] as variable, literal.place
        from regexp_split_to_table(p_template, '\{\{\s*[a-z_]+\s*\}\}')
            with ordinality literal (text, place)
        left join regexp_matches(p_template, '\{\{\s*([a-z_]+)\s*\}\}', 'g')
            with ordinality variable (parts, place) on variable.place = literal.place
    ) piece
$$;

-- What is wrong with a text of a macro, in a sentence; null when nothing is.
create function private.judge_template(p_template text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_rest text := regexp_replace(
        p_template, '\{\{\s*(client_name|agent_name|ticket_number|subject)\s*\}\}', '', 'g'
    );
begin
    if not private.is_clean_text(p_template, 5000) then
        return 'text of at most 5000 characters';
    elsif v_rest ~ '\{\{|\}\}' then
        return format(
            '%s is no variable: only client_name, agent_name, ticket_number, subject',
            left(substring(v_rest from '\{\{[^}]*\}{0,2}|\}\}'), 60)
        );
    end if;
    return null;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Actions
-- -------------------------------------------------------------------------------------------------

create function private.is_uuid(p_value jsonb)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
    select jsonb_typeof(p_value) = 'string'
        and (p_value #>> '{}') ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
$$;

-- What is wrong with the argument of an action, in a sentence; null when nothing is.
create function private.judge_action(p_action text, p_argument jsonb, p_has_body boolean)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
    v_text text := case when jsonb_typeof(p_argument) = 'string' then p_argument #>> '{}' end;
begin
    return case
        when p_action in ('reply', 'note') and p_argument = 'null' then
            case when not p_has_body then 'a text, or a body of the macro' end
        when p_action in ('reply', 'note', 'resolve') then
            case when v_text is null then 'a text' else private.judge_template(v_text) end
        when p_action = 'set_status' then case
            when coalesce(v_text, '') not in ('assigned', 'pending', 'on_hold')
                then 'one of assigned, pending, on_hold'
        end
        when p_action = 'set_priority' then case
            when coalesce(v_text, '') not in ('low', 'normal', 'high', 'urgent')
                then 'one of low, normal, high, urgent'
        end
        when p_action = 'set_category' then case
            when not exists (
                select from public.ticket_categories topic where topic.category = v_text
            ) then 'a category of this house'
        end
        when p_action = 'assign_to' then case
            when coalesce(v_text, '') not in ('me', 'queue') and not private.is_uuid(p_argument)
                then 'me, queue, or the id of an agent'
        end
        when p_action = 'snooze_hours' then case
            when p_argument::text !~ '^\d{1,3}$' or p_argument::text::integer not between 1 and 720
                then 'whole hours, 1 to 720'
        end
        when p_action = 'add_follower' then case
            when coalesce(v_text, '') <> 'me' and not private.is_uuid(p_argument)
                then 'me, or the id of a colleague'
        end
        else 'unknown; one of reply, note, set_status, set_priority, set_category, assign_to, '
            'snooze_hours, add_follower, resolve'
    end;
end
$$;

-- A list of at most ten objects, each with one key: [{"set_status": "pending"}, {"reply": null}].
create function private.require_actions(p_actions jsonb, p_has_body boolean)
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
        or jsonb_array_length(p_actions) > 10 or octet_length(p_actions::text) > 30000
    then
        perform private.refuse('PT422', 'actions_malformed', 'actions: a list of at most ten.');
    end if;
    for v_step, v_place in
        select step.value, step.place - 1
        from jsonb_array_elements(p_actions) with ordinality step (value, place)
    loop
        if jsonb_typeof(v_step) <> 'object' or (select count(*) from jsonb_object_keys(v_step)) <> 1
        then
            v_fault := 'an object with one key, the action';
        else
            select step.key into v_action from jsonb_each(v_step) step;
            v_fault := private.judge_action(v_action, v_step -> v_action, p_has_body);
        end if;
        if v_fault is not null then
            perform private.refuse(
                'PT422', 'actions_malformed',
                format('actions[%s]%s: %s.', v_place, '.' || left(v_action, 40), v_fault)
            );
        end if;
    end loop;
end
$$;

-- One action through the door that people use by hand, with the caller's rights. The version is
-- the one that the step before left: the row is locked since the first.
create function private.perform_action(p_ticket_id uuid, p_action text, p_argument text)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_version integer := coalesce((private.read_ticket(p_ticket_id) ->> 'version')::integer, 0);
begin
    case p_action
        when 'reply' then perform public.reply_to_ticket(p_ticket_id, p_argument);
        when 'note' then perform public.add_ticket_note(p_ticket_id, p_argument);
        when 'resolve' then perform public.resolve_ticket(p_ticket_id, p_argument, v_version);
        when 'close' then perform public.close_ticket(p_ticket_id, v_version);
        when 'set_status' then perform public.set_ticket_status(p_ticket_id, p_argument, v_version);
        when 'set_priority' then perform public.set_ticket_details(
            p_ticket_id => p_ticket_id, p_version => v_version, p_priority => p_argument
        );
        when 'set_category' then perform public.set_ticket_details(
            p_ticket_id => p_ticket_id, p_version => v_version, p_category => p_argument
        );
        when 'snooze' then perform public.snooze_ticket(
            p_ticket_id => p_ticket_id, p_until => p_argument::timestamptz, p_version => v_version
        );
        when 'snooze_hours' then perform public.snooze_ticket(
            p_ticket_id => p_ticket_id, p_version => v_version,
            p_until => now() + make_interval(hours => p_argument::integer)
        );
        when 'add_follower' then
            if p_argument = 'me' then
                perform public.follow_ticket(p_ticket_id);
            else
                perform public.add_follower(p_ticket_id, p_argument::uuid);
            end if;
        when 'assign_to' then
            if p_argument = 'queue' then
                perform public.unassign_ticket(p_ticket_id, v_version);
            else
                perform public.assign_ticket(
                    p_ticket_id, coalesce(nullif(p_argument, 'me')::uuid, auth.uid()), v_version
                );
            end if;
    end case;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Macros
-- -------------------------------------------------------------------------------------------------
create table public.macros (
    id uuid primary key default gen_random_uuid(),
    owner_id uuid references public.staff_members (id) on delete cascade,
    desk_id uuid references public.desks (id) on delete cascade,
    title text not null,
    language text,
    body text,
    actions jsonb not null default '[]',
    is_active boolean not null default true,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint macros_title_is_short_text check (private.is_clean_text(title, 80)),
    constraint macros_language_is_a_code check (language ~ '^[a-z]{2}$'),
    constraint macros_body_is_text check (private.is_clean_text(body, 5000)),
    constraint macros_actions_are_a_short_list check (
        jsonb_typeof(actions) = 'array' and jsonb_array_length(actions) <= 10
        and octet_length(actions::text) <= 30000
    ),
    constraint macros_say_or_do_something
        check (body is not null or jsonb_array_length(actions) > 0),
    constraint macros_own_ones_have_no_desk check (owner_id is null or desk_id is null)
);
comment on table public.macros is
    'Saved replies with actions: one''s own, shared with a desk, or with the whole house.';
comment on column public.macros.owner_id is 'Null: shared, kept by managers.';
comment on column public.macros.desk_id is 'Whom it is shared with; null: the whole house.';
comment on column public.macros.body is
    'With {{client_name}}, {{agent_name}}, {{ticket_number}}, {{subject}}.';
comment on column public.macros.actions is
    '[{"<action>": argument}, ...] in order; a reply or note of null says the body.';
create index macros_owner_id_idx on public.macros (owner_id);
comment on index public.macros_owner_id_idx is 'Serves the policy and the foreign key.';
create index macros_desk_id_idx on public.macros (desk_id);
comment on index public.macros_desk_id_idx is 'Serves the policy and the foreign key.';

create trigger macros_bump_version
before update on public.macros
for each row execute function private.tg_bump_version();

create table public.macro_uses (
    id bigint generated always as identity primary key,
    macro_id uuid not null references public.macros (id) on delete cascade,
    ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    staff_id uuid not null references public.staff_members (id) on delete cascade,
    macro_version integer not null,
    used_at timestamptz not null default now()
);
comment on table public.macro_uses is
    'Who applied which macro to which ticket. Append only; a counter on the macro would make '
    'colleagues wait for each other.';
create index macro_uses_macro_id_idx on public.macro_uses (macro_id);
comment on index public.macro_uses_macro_id_idx is 'Serves counting and the foreign key.';
create index macro_uses_ticket_id_idx on public.macro_uses (ticket_id);
comment on index public.macro_uses_ticket_id_idx is 'Serves the policy and the foreign key.';
create index macro_uses_staff_id_idx on public.macro_uses (staff_id);
comment on index public.macro_uses_staff_id_idx is 'Serves the policy and the foreign key.';

-- Locks the macro and answers it, if the caller may change it. Macros of others are not there.
create function private.lock_macro(p_macro_id uuid, p_version integer)
returns public.macros
language plpgsql
set search_path = ''
as $$
declare
    v_macro public.macros;
begin
    select kept.* into v_macro from public.macros kept where kept.id = p_macro_id for update;
    if v_macro.id is null or v_macro.owner_id <> auth.uid()
        or v_macro.desk_id <> all (array(select private.my_desk_ids()))
    then
        perform private.refuse('PT404', 'macro_not_found', 'There is no such macro for you.');
    end if;
    perform private.require_scope(
        private.name_scope(v_macro.owner_id, v_macro.desk_id), v_macro.desk_id
    );
    if p_version is distinct from v_macro.version then
        perform private.refuse('PT409', 'stale_version', 'The macro has changed: read it again.');
    end if;
    return v_macro;
end
$$;

create function private.require_macro_words(
    p_title text, p_body text, p_actions jsonb, p_language text
)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    perform private.require_text('title', p_title, 80);
    if p_body is not null and private.judge_template(p_body) is not null then
        perform private.refuse(
            'PT422', 'body_malformed', format('body: %s.', private.judge_template(p_body))
        );
    elsif p_language is not null and not exists (
        select from public.skills spoken where spoken.skill = 'language.' || p_language
    ) then
        perform private.refuse('PT422', 'unknown_language', 'Not a language of this house.');
    end if;
    perform private.require_actions(p_actions, p_body is not null);
    if p_body is null and jsonb_array_length(p_actions) = 0 then
        perform private.refuse('PT422', 'macro_is_empty', 'A body, an action, or both.');
    end if;
end
$$;

-- Definer: nobody holds a right to write macros; scope and owner are checked first.
create function private.save_macro(
    p_macro_id uuid, p_version integer, p_title text, p_body text, p_actions jsonb,
    p_language text, p_scope text, p_desk_id uuid, p_is_active boolean
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_owner_id uuid := private.require_staff();
    v_macro public.macros;
begin
    perform private.require_macro_words(p_title, p_body, p_actions, p_language);
    perform private.require_scope(p_scope, p_desk_id);
    v_owner_id := case when p_scope = 'own' then v_owner_id end;
    if p_macro_id is null then
        perform private.require_room_for_macros(v_owner_id, p_desk_id);
        insert into public.macros (
            owner_id, desk_id, title, language, body, actions, is_active
        )
        values (
            v_owner_id, p_desk_id, btrim(p_title), p_language, p_body, p_actions,
            coalesce(p_is_active, true)
        )
        returning * into v_macro;
    else
        perform private.lock_macro(p_macro_id, p_version);
        update public.macros kept
        set owner_id = v_owner_id, desk_id = p_desk_id, title = btrim(p_title),
            language = p_language, body = p_body, actions = p_actions,
            is_active = coalesce(p_is_active, true)
        where kept.id = p_macro_id
        returning * into v_macro;
    end if;
    return to_jsonb(v_macro);
end
$$;

create function private.require_room_for_macros(p_owner_id uuid, p_desk_id uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if 500 <= (
        select count(*) from public.macros kept
        where kept.owner_id is not distinct from p_owner_id
            and kept.desk_id is not distinct from p_desk_id
    ) then
        perform private.refuse('PT422', 'too_many_macros', 'At most 500: delete one first.');
    end if;
end
$$;

create function public.save_macro(
    p_title text,
    p_body text default null,
    p_actions jsonb default '[]',
    p_language text default null,
    p_scope text default 'own',
    p_desk_id uuid default null,
    p_macro_id uuid default null,
    p_version integer default null,
    p_is_active boolean default true
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.save_macro(
        p_macro_id, p_version, p_title, p_body, p_actions, p_language, p_scope, p_desk_id,
        p_is_active
    )
$$;
comment on function public.save_macro(
    text, text, jsonb, text, text, uuid, uuid, integer, boolean
) is
    'Staff: a macro of one''s own; managers: of a desk; admins: of the house. p_macro_id and '
    'p_version replace one. Actions: [{"reply": text or null for the body}, {"note": ...}, '
    '{"set_status"|"set_priority"|"set_category": word}, {"assign_to": me|queue|id}, '
    '{"snooze_hours": 24}, {"add_follower": me|id}, {"resolve": text}]. Answers the macro.';

-- Definer: nobody holds a right to delete macros; scope and owner are checked first.
create function private.delete_macro(p_macro_id uuid, p_version integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.require_staff();
    perform private.lock_macro(p_macro_id, p_version);
    delete from public.macros kept where kept.id = p_macro_id;
    return jsonb_build_object('macro_id', p_macro_id);
end
$$;

create function public.delete_macro(p_macro_id uuid, p_version integer)
returns jsonb
language sql
set search_path = ''
as $$
    select private.delete_macro(p_macro_id, p_version)
$$;
comment on function public.delete_macro(uuid, integer) is
    'Whoever may change a macro may delete it. Answers {"macro_id"}.';

-- -------------------------------------------------------------------------------------------------
-- Using them
-- -------------------------------------------------------------------------------------------------

-- Invoker: an active macro and a ticket that the caller's policies show.
create function private.render_macro(p_macro_id uuid, p_ticket_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_macro public.macros;
    v_ticket jsonb := private.read_ticket(p_ticket_id);
    v_values jsonb;
begin
    select kept.* into v_macro
    from public.macros kept where kept.id = p_macro_id and kept.is_active;
    if v_macro.id is null then
        perform private.refuse('PT404', 'macro_not_found', 'There is no such macro for you.');
    elsif v_ticket is null then
        perform private.refuse('PT404', 'ticket_not_found', 'There is no such ticket for you.');
    end if;
    v_values := jsonb_build_object(
        'client_name', private.list_ticket_people(p_ticket_id) ->> (v_ticket ->> 'client_id'),
        'agent_name', (select me.display_name from public.profiles me where me.id = auth.uid()),
        'ticket_number', v_ticket -> 'number',
        'subject', v_ticket -> 'subject'
    );
    return jsonb_build_object(
        'macro_id', v_macro.id, 'macro_version', v_macro.version, 'title', v_macro.title,
        'body', private.render_template(v_macro.body, v_values),
        'actions', private.render_actions(v_macro, v_values)
    );
end
$$;

create function private.render_actions(p_macro public.macros, p_values jsonb)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'action', named.key,
        'argument', case
            when named.key in ('reply', 'note', 'resolve') then to_jsonb(
                private.render_template(coalesce(named.value #>> '{}', p_macro.body), p_values)
            )
            else named.value
        end
    ) order by step.place), '[]')
    from jsonb_array_elements(p_macro.actions) with ordinality step (value, place)
    cross join jsonb_each(step.value) named
$$;

create function public.preview_macro(p_macro_id uuid, p_ticket_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    perform private.require_staff();
    return private.render_macro(p_macro_id, p_ticket_id);
end
$$;
comment on function public.preview_macro(uuid, uuid) is
    'Staff: what a macro would say and do on this ticket; changes nothing. Answers {"macro_id", '
    '"macro_version", "title", "body", "actions": [{"action", "argument"}]}.';

-- Null when the steps are to be carried out, else the answer given before to the same key.
-- Definer: locks the ticket and writes keys and uses, which nobody holds a right to.
create function private.begin_macro(
    p_macro_id uuid, p_ticket_id uuid, p_version integer, p_idempotency_key text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_known jsonb;
begin
    if p_idempotency_key is not null then
        v_known := private.begin_once(
            v_staff_id, p_idempotency_key, 'apply_macro',
            jsonb_build_array(p_macro_id, p_ticket_id, p_version)
        );
        if v_known is not null then
            return v_known;
        end if;
    end if;
    perform private.require_version(
        private.lock_ticket_as(
            p_ticket_id, array['assignee', 'manager', 'queue', 'overseer', 'follower']
        ),
        p_version
    );
    insert into public.macro_uses (macro_id, ticket_id, staff_id, macro_version)
    select kept.id, p_ticket_id, v_staff_id, kept.version
    from public.macros kept where kept.id = p_macro_id;
    return null;
end
$$;

-- Definer: keeps the answer under a key, which nobody holds a right to.
create function private.finish_macro(p_idempotency_key text, p_answer jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
    return private.finish_once(private.require_staff(), p_idempotency_key, p_answer);
end
$$;

-- A refusal by a door, told with the step it happened in.
create function private.perform_step(p_ticket_id uuid, p_place bigint, p_step jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_code text;
    v_message text;
    v_hint text;
begin
    perform private.perform_action(p_ticket_id, p_step ->> 'action', p_step ->> 'argument');
exception
    when others then
        get stacked diagnostics
            v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
        if v_code !~ '^PT4' then
            raise;
        end if;
        perform private.refuse(
            v_code, v_message, format('actions[%s].%s: %s', p_place, p_step ->> 'action', v_hint)
        );
end
$$;

create function public.apply_macro(
    p_macro_id uuid, p_ticket_id uuid, p_version integer, p_idempotency_key text default null
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_known jsonb;
    v_macro jsonb;
    v_step jsonb;
    v_place bigint;
begin
    v_known := private.begin_macro(p_macro_id, p_ticket_id, p_version, p_idempotency_key);
    if v_known is not null then
        return v_known;
    end if;
    v_macro := private.render_macro(p_macro_id, p_ticket_id);
    if v_macro -> 'actions' = '[]' then
        perform private.refuse('PT422', 'macro_without_actions', 'This one is a text only.');
    end if;
    for v_step, v_place in
        select step.value, step.place - 1
        from jsonb_array_elements(v_macro -> 'actions') with ordinality step (value, place)
    loop
        perform private.perform_step(p_ticket_id, v_place, v_step);
    end loop;
    return private.finish_macro(
        p_idempotency_key,
        v_macro || jsonb_build_object('ticket', private.read_ticket(p_ticket_id))
    );
end
$$;
comment on function public.apply_macro(uuid, uuid, integer, text) is
    'Staff: carry out a macro''s actions on the version of the ticket one has seen, all or none; '
    'a refusal is the one of the step, which the hint names. The same key again answers the same. '
    'Answers as preview_macro, with "ticket" (null when it is out of the caller''s sight now).';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.macros, public.macro_uses from anon, authenticated, service_role;
revoke all on sequence public.macro_uses_id_seq from anon, authenticated, service_role;
grant select on public.macros, public.macro_uses to authenticated, service_role;
alter table public.macros enable row level security;
alter table public.macro_uses enable row level security;
create policy macros_select_staff on public.macros
for select to authenticated
using (
    owner_id = (select private.my_staff_id())
    or desk_id = any (array(select private.my_desk_ids()))
    or owner_id is null and desk_id is null and (select private.is_staff())
);
-- What was done to a ticket is for the staff who see the ticket, not for its client.
create policy macro_uses_select_staff on public.macro_uses
for select to authenticated
using (
    (select private.is_staff())
    and exists (
        select from public.support_tickets ticket
        where ticket.id = macro_uses.ticket_id
            and ticket.client_id <> (select private.my_client_id())
    )
);

revoke all on function
    private.require_scope(text, uuid), private.name_scope(uuid, uuid),
    private.render_template(text, jsonb), private.judge_template(text), private.is_uuid(jsonb),
    private.judge_action(text, jsonb, boolean), private.require_actions(jsonb, boolean),
    private.perform_action(uuid, text, text), private.lock_macro(uuid, integer),
    private.require_macro_words(text, text, jsonb, text),
    private.save_macro(uuid, integer, text, text, jsonb, text, text, uuid, boolean),
    private.require_room_for_macros(uuid, uuid), private.delete_macro(uuid, integer),
    private.render_macro(uuid, uuid), private.render_actions(public.macros, jsonb),
    private.begin_macro(uuid, uuid, integer, text), private.finish_macro(text, jsonb),
    private.perform_step(uuid, bigint, jsonb),
    public.save_macro(text, text, jsonb, text, text, uuid, uuid, integer, boolean),
    public.delete_macro(uuid, integer), public.preview_macro(uuid, uuid),
    public.apply_macro(uuid, uuid, integer, text)
from public, anon, authenticated, service_role;
grant execute on function
    private.render_template(text, jsonb), private.perform_action(uuid, text, text),
    private.save_macro(uuid, integer, text, text, jsonb, text, text, uuid, boolean),
    private.delete_macro(uuid, integer), private.render_macro(uuid, uuid),
    private.render_actions(public.macros, jsonb), private.begin_macro(uuid, uuid, integer, text),
    private.finish_macro(text, jsonb), private.perform_step(uuid, bigint, jsonb),
    public.save_macro(text, text, jsonb, text, text, uuid, uuid, integer, boolean),
    public.delete_macro(uuid, integer), public.preview_macro(uuid, uuid),
    public.apply_macro(uuid, uuid, integer, text)
to authenticated;
