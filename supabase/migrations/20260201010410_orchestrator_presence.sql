-- Presence that can be relied on: leave known in advance, flapping connections, silent desks,
-- people who come back after a while, who move to another desk or leave the house.
-- Events out: agent.departed, and from timers agent.absence_confirmed, agent.presence_lapsed,
-- agent.steadied, agent.ramp_ended, absence.started, absence.ended (subject: the absence).
-- Only the database's clock counts. The times are rows of presence_settings, not numbers in code.
create extension if not exists btree_gist with schema extensions;

-- -------------------------------------------------------------------------------------------------
-- Settings
-- -------------------------------------------------------------------------------------------------
create table public.presence_settings (
    setting text primary key,
    value integer not null,
    lowest integer not null,
    highest integer not null,
    label text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint presence_settings_setting_is_a_word check (setting ~ '^[a-z][a-z0-9_]{0,47}$'),
    constraint presence_settings_value_is_in_range check (value between lowest and highest),
    constraint presence_settings_label_is_short_text check (private.is_clean_text(label, 120))
);
comment on table public.presence_settings is
    'How long is long: the times by which presence is judged, each with the range it may have.';

insert into public.presence_settings (setting, value, lowest, highest, label)
values
    ('absence_grace_seconds', 10, 0, 3600, 'Offline this long is gone: work goes to others'),
    ('flap_window_seconds', 60, 1, 3600, 'Changes of presence are counted over this time'),
    ('flap_changes', 3, 2, 20, 'This many changes within it are flapping'),
    ('steady_seconds', 15, 0, 3600, 'Who flapped gets nothing new for this long'),
    ('return_after_seconds', 1800, 60, 86400, 'Away this long is a return, not a break'),
    ('ramp_seconds', 600, 0, 86400, 'For this long a returner gets work in small portions'),
    ('silence_seconds', 90, 15, 3600, 'A desk that has sent heartbeats and stops is offline'),
    ('seen_step_seconds', 60, 0, 3600, 'staff_members.seen_at moves no more often than this');

create trigger presence_settings_touch
before update on public.presence_settings
for each row execute function private.tg_touch_row();
create trigger presence_settings_record
after insert or update or delete on public.presence_settings
for each row execute function private.tg_record_configuration('setting');

create function private.read_presence_setting(p_setting text)
returns integer
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select known.value from public.presence_settings known where known.setting = p_setting
    );
end
$$;

-- Definer: nobody holds a right to write presence_settings; admins write through here.
create function private.set_presence_setting(p_setting text, p_value integer, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_setting public.presence_settings;
begin
    perform private.require_admin();
    select known.* into v_setting
    from public.presence_settings known where known.setting = p_setting
    for no key update;
    if v_setting.setting is null then
        perform private.refuse('PT404', 'setting_not_found', 'There is no such setting.');
    elsif p_value is null or p_value not between v_setting.lowest and v_setting.highest then
        perform private.refuse(
            'PT422', 'setting_out_of_range',
            format('From %s to %s.', v_setting.lowest, v_setting.highest)
        );
    end if;
    perform private.note_reason(p_reason);
    update public.presence_settings known set value = p_value where known.setting = p_setting;
    return jsonb_build_object('setting', p_setting, 'value', p_value);
end
$$;

create function public.set_presence_setting(
    p_setting text, p_value integer, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_presence_setting(p_setting, p_value, p_reason)
$$;
comment on function public.set_presence_setting(text, integer, text) is
    'Admins: change one of the times by which presence is judged. Running timers keep theirs.';

-- -------------------------------------------------------------------------------------------------
-- What is known about somebody's presence
-- -------------------------------------------------------------------------------------------------
alter table public.staff_members
    add column left_at timestamptz,
    add column returned_at timestamptz,
    add column steady_at timestamptz not null default now(),
    add column seen_at timestamptz,
    add column recent_changes_at timestamptz[] not null default '{}';
update public.staff_members staff
set left_at = staff.state_changed_at
where staff.state <> 'online';
alter table public.staff_members
    add constraint staff_members_online_or_left check ((state = 'online') = (left_at is null)),
    add constraint staff_members_changes_remembered_are_few
        check (cardinality(recent_changes_at) <= 20),
    add constraint staff_members_offline_are_not_seen check (state <> 'offline' or seen_at is null);
comment on column public.staff_members.left_at is
    'Since when not online, through away and offline alike; null while online.';
comment on column public.staff_members.returned_at is
    'Last time they came online after presence_settings.return_after_seconds without.';
comment on column public.staff_members.steady_at is
    'Nothing new is offered before: the connection was flapping.';
comment on column public.staff_members.seen_at is
    'Last heartbeat, to the minute; null: sends none since coming online.';
comment on column public.staff_members.recent_changes_at is
    'Latest changes of state, as many as flapping is judged by.';

create function private.stamp_presence(
    p_past public.staff_members, p_present public.staff_members
)
returns public.staff_members
language plpgsql
stable
set search_path = ''
as $$
declare
    v_staff public.staff_members := p_present;
    v_window interval :=
        make_interval(secs => private.read_presence_setting('flap_window_seconds'));
    v_changes integer := private.read_presence_setting('flap_changes');
begin
    v_staff.state_changed_at := now();
    v_staff.recent_changes_at := array(
        select change.at from unnest(p_past.recent_changes_at || now()) change (at)
        where change.at > now() - v_window
        order by change.at desc
        limit v_changes
    );
    if cardinality(v_staff.recent_changes_at) >= v_changes then
        v_staff.steady_at := now()
            + make_interval(secs => private.read_presence_setting('steady_seconds'));
    end if;
    if v_staff.state = 'online' and p_past.left_at <= now()
        - make_interval(secs => private.read_presence_setting('return_after_seconds'))
    then
        v_staff.returned_at := now();
    end if;
    v_staff.left_at := case
        when v_staff.state <> 'online' then coalesce(p_past.left_at, now())
    end;
    if v_staff.state = 'offline' then
        v_staff.seen_at := null;
    end if;
    return v_staff;
end
$$;
comment on function private.stamp_presence(public.staff_members, public.staff_members) is
    'The row with everything that follows from its new state.';

create or replace function private.tg_staff_members_stamp_state()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if tg_op = 'INSERT' then
        new.left_at := case when new.state <> 'online' then coalesce(new.left_at, now()) end;
    elsif new.state is distinct from old.state then
        new := private.stamp_presence(old, new);
    end if;
    return new;
end
$$;

create trigger staff_members_stamp_arrival
before insert on public.staff_members
for each row execute function private.tg_staff_members_stamp_state();

-- Whoever is back before the grace is over was never gone: that timer is taken away again.
create function private.set_presence_timers(
    p_past public.staff_members[], p_present public.staff_members[]
)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_grace interval :=
        make_interval(secs => private.read_presence_setting('absence_grace_seconds'));
    v_ramp interval := make_interval(secs => private.read_presence_setting('ramp_seconds'));
    v_left uuid[] := array(
        select staff.id from unnest(p_present) staff where staff.state = 'offline'
    );
    v_back uuid[] := array(
        select staff.id from unnest(p_present) staff where staff.state <> 'offline'
    );
    v_unsteady uuid[] := array(
        select staff.id from unnest(p_present) staff
        where staff.steady_at > now() order by staff.id
    );
    v_returned uuid[] := array(
        select new.id from unnest(p_present) new join unnest(p_past) old on old.id = new.id
        where new.returned_at is distinct from old.returned_at order by new.id
    );
begin
    perform private.cancel_timers('agent.absence_confirmed', v_back);
    perform private.cancel_timers('agent.presence_lapsed', v_left);
    perform private.set_timers(
        'agent.absence_confirmed', v_left, array_fill(now() + v_grace, array[cardinality(v_left)])
    );
    perform private.set_timers('agent.steadied', v_unsteady, array(
        select staff.steady_at from unnest(p_present) staff
        where staff.steady_at > now() order by staff.id
    ));
    perform private.set_timers(
        'agent.ramp_ended', v_returned,
        array_fill(now() + v_ramp, array[cardinality(v_returned)])
    );
end
$$;
comment on function private.set_presence_timers(public.staff_members[], public.staff_members[]) is
    'After a change of state: when absence is certain, when offers may begin, when the ramp ends.';

create or replace function private.tg_staff_members_emit_changes()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
    v_past public.staff_members[];
    v_present public.staff_members[];
begin
    select array_agg(before order by before.id), array_agg(after order by after.id)
    into v_past, v_present
    from changed after
    join was before using (id)
    where after.state <> before.state;
    if v_present is not null then
        perform private.emit_events(
            'agent.presence_changed',
            array_agg(after.id order by after.id),
            array_agg(
                jsonb_build_object('state', after.state, 'previous', before.state) order by after.id
            )
        )
        from unnest(v_present) after
        join unnest(v_past) before on before.id = after.id;
        perform private.set_presence_timers(v_past, v_present);
    end if;
    perform private.emit_events(
        'agent.departed',
        array_agg(after.id order by after.id),
        array_agg(jsonb_build_object(
            'desk_id', after.desk_id, 'previous_desk_id', before.desk_id
        ) order by after.id)
    )
    from changed after
    join was before using (id)
    where before.is_active and private.is_agent_role(before.role)
        and (not after.is_active or not private.is_agent_role(after.role)
            or after.desk_id <> before.desk_id)
    having count(*) > 0;
    return null;
end
$$;

insert into private.subscriptions (event_kind, worker, priority, collapses)
values
    ('agent.steadied', 'orchestrator.backlog', 0, true),
    ('agent.ramp_ended', 'orchestrator.backlog', 0, true),
    ('agent.departed', 'orchestrator.backlog', 0, true),
    ('absence.ended', 'orchestrator.backlog', 0, true);

-- -------------------------------------------------------------------------------------------------
-- Presence, said by the person or by their desk
-- -------------------------------------------------------------------------------------------------

-- Definer: staff hold no right to write their own row, only this one column through here.
create or replace function private.set_presence(p_state text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_staff public.staff_members;
begin
    if p_state is null or p_state not in ('online', 'away', 'offline') then
        perform private.refuse('PT422', 'unknown_state', 'One of online, away, offline.');
    end if;
    update public.staff_members staff
    set state = p_state
    where staff.id = v_staff_id and staff.state <> p_state;
    select staff.* into strict v_staff from public.staff_members staff where staff.id = v_staff_id;
    return jsonb_build_object(
        'staff_id', v_staff.id,
        'state', v_staff.state,
        'state_changed_at', v_staff.state_changed_at,
        'steady_at', v_staff.steady_at,
        'is_on_leave', private.is_on_leave(v_staff.id)
    );
end
$$;
comment on function public.set_presence(text) is
    'Staff: be online, away or offline. Saying it twice changes and announces nothing. Nothing new '
    'is offered before steady_at, nor on leave.';

-- Definer: staff hold no right to write their own row, nor timers. Most heartbeats only move one
-- timer: the row, which colleagues see live, moves with the first and then once a minute.
create function private.keep_presence()
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_silence integer := private.read_presence_setting('silence_seconds');
    v_step interval := make_interval(secs => private.read_presence_setting('seen_step_seconds'));
    v_state text;
begin
    update public.staff_members staff
    set seen_at = now()
    where staff.id = v_staff_id and staff.state <> 'offline'
        and (staff.seen_at is null or staff.seen_at <= now() - v_step);
    select staff.state into strict v_state
    from public.staff_members staff where staff.id = v_staff_id;
    if v_state <> 'offline' then
        perform private.set_timers(
            'agent.presence_lapsed', array[v_staff_id],
            array[now() + make_interval(secs => v_silence)]
        );
    end if;
    return jsonb_build_object('state', v_state, 'silence_seconds', v_silence);
end
$$;

create function public.keep_presence()
returns jsonb
language sql
set search_path = ''
as $$
    select private.keep_presence()
$$;
comment on function public.keep_presence() is
    'Staff, opt-in: the desk is still there. Whoever has sent one since coming online and is '
    'silent for silence_seconds becomes offline. Answers {"state", "silence_seconds"}; announces '
    'nothing.';

-- -------------------------------------------------------------------------------------------------
-- Leave
-- -------------------------------------------------------------------------------------------------
create table public.staff_absences (
    id uuid primary key default gen_random_uuid(),
    staff_id uuid not null references public.staff_members (id) on delete cascade,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    kind text not null default 'leave',
    note text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint staff_absences_end_after_they_start
        check (ends_at > starts_at and ends_at <= starts_at + interval '731 days'),
    constraint staff_absences_kind_is_known check (kind in ('leave', 'sick', 'training')),
    constraint staff_absences_note_is_short_text check (private.is_clean_text(note, 500)),
    constraint staff_absences_of_one_person_do_not_overlap
        exclude using gist (staff_id with =, tstzrange(starts_at, ends_at) with &&)
);
comment on table public.staff_absences is
    'Who will not be there, known in advance. From starts_at until before ends_at nothing is '
    'offered to them. Read by themselves and by whoever directs their desk: sickness is nobody '
    'else''s.';

create trigger staff_absences_touch
before update on public.staff_absences
for each row execute function private.tg_touch_row();
create trigger staff_absences_record
after insert or update or delete on public.staff_absences
for each row execute function private.tg_record_configuration('id');

create function private.is_on_leave(p_staff_id uuid, p_at timestamptz default now())
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return exists (
        select from public.staff_absences absence
        where absence.staff_id = p_staff_id
            and tstzrange(absence.starts_at, absence.ends_at) @> p_at
    );
end
$$;
comment on function private.is_on_leave(uuid, timestamptz) is
    'Whether somebody is away as planned, whatever their presence says.';

create function private.tg_staff_absences_set_timers()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if tg_op = 'DELETE' then
        perform private.cancel_timers('absence.started', array[old.id]);
        perform private.cancel_timers('absence.ended', array[old.id]);
        return null;
    end if;
    if tg_op = 'INSERT' or new.starts_at <> old.starts_at then
        perform private.set_timers('absence.started', array[new.id], array[new.starts_at]);
    end if;
    perform private.set_timers('absence.ended', array[new.id], array[new.ends_at]);
    return null;
end
$$;

create trigger staff_absences_set_timers
after insert or update or delete on public.staff_absences
for each row execute function private.tg_staff_absences_set_timers();

-- Oneself, anybody for managers of their desk, everybody for the server. Locks the person, so that
-- what is judged about them (rescue, routing) is not judged at the same time.
create function private.lock_staff_to_plan(p_staff_id uuid)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
    v_staff_id uuid;
begin
    select staff.id into v_staff_id
    from public.staff_members staff
    where staff.id = p_staff_id and staff.is_active
        and (private.is_service() or staff.id = auth.uid()
            or staff.desk_id = any (array(select private.my_managed_desk_ids())))
    for no key update;
    return v_staff_id;
end
$$;

create function private.require_absence(
    p_starts_at timestamptz, p_ends_at timestamptz, p_kind text
)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_starts_at is null or p_ends_at is null then
        perform private.refuse('PT400', 'times_required', 'Name the beginning and the end.');
    elsif not isfinite(p_starts_at) or not isfinite(p_ends_at) or p_ends_at <= p_starts_at
        or p_ends_at > p_starts_at + interval '731 days'
    then
        perform private.refuse(
            'PT422', 'times_out_of_order', 'It ends after it starts, within two years.'
        );
    elsif p_ends_at <= now() then
        perform private.refuse('PT422', 'absence_is_over', 'It would have ended already.');
    elsif p_kind is null or p_kind not in ('leave', 'sick', 'training') then
        perform private.refuse('PT422', 'unknown_kind', 'One of leave, sick, training.');
    end if;
end
$$;

-- Definer: nobody holds a right to write absences; whose they are is checked first.
create function private.set_absence(
    p_starts_at timestamptz, p_ends_at timestamptz, p_kind text, p_note text, p_staff_id uuid
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_is_service boolean := private.is_service();
    v_actor_id uuid := case when not v_is_service then private.require_staff() end;
    v_note text := case when p_note is not null then private.require_text('note', p_note, 500) end;
    v_staff_id uuid;
    v_absence public.staff_absences;
begin
    perform private.require_absence(p_starts_at, p_ends_at, p_kind);
    v_staff_id := private.lock_staff_to_plan(coalesce(p_staff_id, v_actor_id));
    if v_staff_id is null then
        perform private.refuse('PT404', 'staff_not_found', 'Nobody of your desk has this id.');
    elsif exists (
        select from public.staff_absences known
        where known.staff_id = v_staff_id
            and tstzrange(known.starts_at, known.ends_at) && tstzrange(p_starts_at, p_ends_at)
    ) then
        perform private.refuse('PT409', 'absence_overlaps', 'Already away then: cancel it first.');
    end if;
    insert into public.staff_absences (staff_id, starts_at, ends_at, kind, note)
    values (v_staff_id, p_starts_at, p_ends_at, p_kind, v_note)
    returning * into v_absence;
    return to_jsonb(v_absence);
end
$$;

create function public.set_absence(
    p_starts_at timestamptz,
    p_ends_at timestamptz,
    p_kind text default 'leave',
    p_note text default null,
    p_staff_id uuid default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_absence(p_starts_at, p_ends_at, p_kind, p_note, p_staff_id)
$$;
comment on function public.set_absence(timestamptz, timestamptz, text, text, uuid) is
    'Staff for themselves, managers for their desk: leave, sick or training, in advance or from '
    'now on. Answers the absence.';

-- Definer: nobody holds a right to write absences; whose it is is checked first.
create function private.cancel_absence(p_absence_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_absence public.staff_absences;
begin
    if not private.is_service() then
        perform private.require_staff();
    end if;
    select known.* into v_absence
    from public.staff_absences known where known.id = p_absence_id;
    if private.lock_staff_to_plan(v_absence.staff_id) is null then
        perform private.refuse('PT404', 'absence_not_found', 'There is no such absence for you.');
    elsif v_absence.ends_at <= now() then
        perform private.refuse('PT409', 'absence_is_over', 'It has ended already.');
    end if;
    delete from public.staff_absences known
    where known.id = p_absence_id and known.starts_at >= now();
    update public.staff_absences known
    set ends_at = now()
    where known.id = p_absence_id and known.starts_at < now();
    return jsonb_build_object('absence_id', p_absence_id, 'staff_id', v_absence.staff_id);
end
$$;

create function public.cancel_absence(p_absence_id uuid)
returns jsonb
language sql
set search_path = ''
as $$
    select private.cancel_absence(p_absence_id)
$$;
comment on function public.cancel_absence(uuid) is
    'Whoever may plan it: an absence to come is forgotten, one that has begun ends now.';

-- -------------------------------------------------------------------------------------------------
-- Somebody moves or leaves
-- -------------------------------------------------------------------------------------------------

-- Work may stay with agents of the ticket's desk and of the desk it overflows to.
create function private.is_at_desk(p_staff public.staff_members, p_desk_id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return p_staff.is_active and private.is_agent_role(p_staff.role)
        and (
            p_staff.desk_id = p_desk_id
            or exists (
                select from public.desks desk
                where desk.id = p_desk_id and desk.overflow_desk_id = p_staff.desk_id
            )
        );
end
$$;

create function private.lock_tickets_of(p_staff_id uuid)
returns uuid[]
language plpgsql
set search_path = ''
as $$
begin
    return array(
        select ticket.id from public.support_tickets ticket
        where ticket.assignee_id = p_staff_id
            and ticket.status in ('assigned', 'pending', 'on_hold')
        order by ticket.id
        for no key update
    );
end
$$;

create function private.return_tickets(p_ticket_ids uuid[], p_state text, p_reason text)
returns void
language plpgsql
set search_path = ''
as $$
begin
    if cardinality(p_ticket_ids) > 0 then
        perform private.end_assignments(p_ticket_ids, p_state, p_reason);
        update public.support_tickets ticket
        set status = 'open', assignee_id = null, assigned_at = null
        where ticket.id = any (p_ticket_ids);
    end if;
end
$$;
comment on function private.return_tickets(uuid[], text, text) is
    'Back to the queue, with the word on why in the assignments; call it under lock.';

-- Tickets are locked before the person, as everywhere, so only these go back here and now. One
-- given in between is found by the rescue that agent.departed asks for.
create function private.return_left_tickets(p_ticket_ids uuid[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
    v_left uuid[] := array(
        select ticket.id
        from public.support_tickets ticket
        join public.staff_members staff on staff.id = ticket.assignee_id
        where ticket.id = any (p_ticket_ids) and not private.is_at_desk(staff, ticket.desk_id)
    );
begin
    perform private.return_tickets(v_left, 'withdrawn', 'departed');
    return cardinality(v_left);
end
$$;

create function private.require_staff_terms(p_role text, p_desk_id uuid, p_capacity_units integer)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if not coalesce(private.is_staff_role(p_role), false) then
        perform private.refuse('PT422', 'unknown_role', 'Not a role of this house.');
    elsif p_desk_id is not null
        and not exists (select from public.desks desk where desk.id = p_desk_id)
    then
        perform private.refuse('PT404', 'desk_not_found', 'There is no such desk.');
    elsif p_capacity_units not between 0 and 100 then
        perform private.refuse('PT422', 'capacity_out_of_range', 'From 0 to 100 units.');
    end if;
end
$$;

-- Definer: nobody holds a right to write staff_members; admins write through here.
create or replace function private.set_staff_role(
    p_staff_id uuid, p_role text, p_desk_id uuid, p_capacity_units integer, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_ticket_ids uuid[];
    v_staff public.staff_members;
begin
    perform private.require_admin();
    perform private.require_person(p_staff_id);
    perform private.require_staff_terms(p_role, p_desk_id, p_capacity_units);
    perform private.note_reason(p_reason);
    v_ticket_ids := private.lock_tickets_of(p_staff_id);
    insert into public.staff_members as staff (id, role, desk_id, capacity_units)
    values (
        p_staff_id, p_role,
        coalesce(p_desk_id, private.default_desk_id()), coalesce(p_capacity_units, 10)
    )
    on conflict (id) do update
    set role = p_role,
        is_active = true,
        desk_id = coalesce(p_desk_id, staff.desk_id),
        capacity_units = coalesce(p_capacity_units, staff.capacity_units)
    returning * into v_staff;
    perform private.return_left_tickets(v_ticket_ids);
    return to_jsonb(v_staff);
end
$$;
comment on function public.set_staff_role(uuid, text, uuid, integer, text) is
    'Admins: appoint somebody or change role, desk or capacity. Null keeps what is there. What '
    'they can no longer work on goes back to the queue.';

-- Definer: nobody holds a right to write staff_members; admins write through here.
create or replace function private.revoke_staff_role(p_staff_id uuid, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_ticket_ids uuid[];
begin
    perform private.require_admin();
    perform private.note_reason(p_reason);
    v_ticket_ids := private.lock_tickets_of(p_staff_id);
    update public.staff_members staff
    set is_active = false, state = 'offline'
    where staff.id = p_staff_id;
    if not found then
        perform private.refuse('PT404', 'staff_not_found', 'No member of staff has this id.');
    end if;
    return jsonb_build_object(
        'staff_id', p_staff_id, 'returned_count', private.return_left_tickets(v_ticket_ids)
    );
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
-- Definer: read by the policy of staff_absences, must not depend on that of staff_members.
create function private.my_managed_staff_ids()
returns setof uuid
language plpgsql
stable
security definer
rows 50
set search_path = ''
as $$
begin
    return query
    select staff.id from public.staff_members staff
    where staff.desk_id = any (array(select private.my_managed_desk_ids()));
end
$$;

revoke all on public.presence_settings, public.staff_absences
from anon, authenticated, service_role;
grant select on public.presence_settings, public.staff_absences to authenticated, service_role;

alter table public.presence_settings enable row level security;
alter table public.staff_absences enable row level security;

create policy presence_settings_select_staff on public.presence_settings
for select to authenticated
using ((select private.is_staff()));

create policy staff_absences_select_planners on public.staff_absences
for select to authenticated
using (
    staff_id = (select private.my_staff_id())
    or staff_id = any (array(select private.my_managed_staff_ids()))
);

revoke all on function
    private.read_presence_setting(text), private.set_presence_setting(text, integer, text),
    private.stamp_presence(public.staff_members, public.staff_members),
    private.set_presence_timers(public.staff_members[], public.staff_members[]),
    private.keep_presence(), private.is_on_leave(uuid, timestamptz),
    private.tg_staff_absences_set_timers(), private.lock_staff_to_plan(uuid),
    private.require_absence(timestamptz, timestamptz, text),
    private.set_absence(timestamptz, timestamptz, text, text, uuid), private.cancel_absence(uuid),
    private.is_at_desk(public.staff_members, uuid), private.lock_tickets_of(uuid),
    private.return_tickets(uuid[], text, text), private.return_left_tickets(uuid[]),
    private.require_staff_terms(text, uuid, integer), private.my_managed_staff_ids(),
    public.set_presence_setting(text, integer, text), public.keep_presence(),
    public.set_absence(timestamptz, timestamptz, text, text, uuid), public.cancel_absence(uuid)
from public, anon, authenticated, service_role;

grant execute on function private.my_managed_staff_ids() to authenticated;
grant execute on function private.keep_presence(), public.keep_presence() to authenticated;
grant execute on function
    private.set_presence_setting(text, integer, text),
    private.set_absence(timestamptz, timestamptz, text, text, uuid), private.cancel_absence(uuid),
    public.set_presence_setting(text, integer, text),
    public.set_absence(timestamptz, timestamptz, text, text, uuid), public.cancel_absence(uuid)
to authenticated, service_role;
grant execute on function
    private.read_presence_setting(text), private.is_on_leave(uuid, timestamptz)
to service_role;
