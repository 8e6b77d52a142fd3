-- Outreach in people's hands: clients say how they want to be contacted, staff see what is planned,
-- call it off and do their tasks, admins set purposes, hours and wordings.

-- -------------------------------------------------------------------------------------------------
-- Clients
-- -------------------------------------------------------------------------------------------------
create function private.describe_outreach_preferences(p_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select jsonb_build_object(
            'client_id', client.id,
            'time_zone', client.time_zone,
            'channels', coalesce(to_jsonb(wish.channels), '[]'),
            'quiet_from', private.write_minute(
                coalesce(wish.quiet_from_minute, house.quiet_from_minute)
            ),
            'quiet_until', private.write_minute(
                coalesce(wish.quiet_until_minute, house.quiet_until_minute)
            ),
            'has_own_hours', wish.quiet_from_minute is not null,
            'name_day', to_char(wish.name_day_month, 'FM00') || '-'
                || to_char(wish.name_day_day, 'FM00'),
            'is_restricted', wish.restricted_at is not null,
            'purposes', (
                select jsonb_agg(jsonb_build_object(
                    'purpose', known.purpose, 'label_pl', purpose.label_pl,
                    'label_en', purpose.label_en, 'basis', known.basis,
                    'wording_version', wording.wording_version,
                    'text_pl', wording.text_pl, 'text_en', wording.text_en,
                    'agreed_channels', array(
                        select way.channel from public.contact_channels way
                        where private.is_channel_agreed(client.id, known.purpose, way.channel)
                        order by way.position, way.channel
                    )
                ) order by known.purpose)
                from public.outreach_purposes known
                join public.consent_purposes purpose on purpose.purpose = known.purpose
                left join public.consent_wordings wording
                    on wording.purpose = known.purpose and wording.is_current
            )
        )
        from public.profiles client
        cross join public.outreach_hours house
        left join public.outreach_preferences wish on wish.client_id = client.id
        where client.id = p_client_id
    );
end
$$;

-- Definer: clients may not read each other's profiles; who speaks for the client is checked first.
create function private.get_outreach_preferences(p_client_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_client_id uuid := coalesce(p_client_id, private.my_client_id());
    v_desk_id uuid;
begin
    if not private.is_service() then
        perform private.require_signed_in();
    end if;
    select client.desk_id into v_desk_id
    from public.profiles client where client.id = v_client_id;
    if v_desk_id is null or private.my_service_stance(v_client_id, v_desk_id) is null then
        perform private.refuse('PT404', 'client_not_found', 'There is no such client for you.');
    end if;
    return private.describe_outreach_preferences(v_client_id);
end
$$;

create function public.get_outreach_preferences(p_client_id uuid default null)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.get_outreach_preferences(p_client_id)
$$;
comment on function public.get_outreach_preferences(uuid) is
    'Clients (null: oneself), their delegates, staff of the desk: how the client wants to be '
    'contacted: {"channels", "quiet_from", "quiet_until", "time_zone", "name_day", '
    '"is_restricted", "purposes": each with its words and the channels agreed to now}.';

create function private.require_preference_fields(p_preferences jsonb)
returns void
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_field text;
begin
    if p_preferences is null or jsonb_typeof(p_preferences) <> 'object'
        or p_preferences = '{}' or octet_length(p_preferences::text) > 2000
    then
        perform private.refuse('PT400', 'preferences_required', 'Send {"channels": ["email"]}.');
    end if;
    select field.key into v_field
    from jsonb_each(p_preferences) field
    where (case
        when field.key = 'channels' then jsonb_typeof(field.value) = 'array'
        when field.key = 'is_restricted' then jsonb_typeof(field.value) = 'boolean'
        when field.key = 'name_day' then field.value = 'null'
            or field.value #>> '{}' ~ '^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'
        when field.key in ('quiet_from', 'quiet_until') then field.value = 'null'
            or private.read_minute(field.value #>> '{}') between 0 and 1439
    end) is not true
    order by field.key
    limit 1;
    if v_field is not null then
        perform private.refuse(
            'PT422', 'preference_malformed',
            'channels: a list; quiet_from, quiet_until: 22:00 or null, both; name_day: 05-15 or '
            'null; is_restricted: true or false. Not so: ' || left(v_field, 40)
        );
    elsif (p_preferences ? 'quiet_from') <> (p_preferences ? 'quiet_until')
        or (p_preferences -> 'quiet_from' = 'null') <> (p_preferences -> 'quiet_until' = 'null')
    then
        perform private.refuse('PT422', 'quiet_hours_incomplete', 'Say from when and until when.');
    end if;
end
$$;

create function private.read_contact_channels(p_channels jsonb)
returns text[]
language plpgsql
stable
set search_path = ''
as $$
declare
    v_channels text[] := array(select jsonb_array_elements_text(p_channels));
begin
    if exists (
        select from unnest(v_channels) asked (channel)
        left join public.contact_channels way on way.channel = asked.channel
        where way.channel is null
    ) or cardinality(v_channels) <> (select count(distinct one) from unnest(v_channels) one) then
        perform private.refuse('PT422', 'unknown_channel', 'Channels of this house, each once.');
    end if;
    return v_channels;
end
$$;

-- A day that is in some year: no 31 April.
create function private.read_name_day(p_name_day text)
returns date
language plpgsql
immutable
set search_path = ''
as $$
begin
    return make_date(2024, left(p_name_day, 2)::integer, right(p_name_day, 2)::integer);
exception
    when datetime_field_overflow then
        perform private.refuse('PT422', 'preference_malformed', 'There is no such day.');
end
$$;

-- Definer: nobody holds a right to write preferences; who speaks for the client is checked first.
create function private.set_outreach_preferences(p_client_id uuid, p_preferences jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_client public.profiles := private.lock_client_of_consent(
        coalesce(p_client_id, private.my_client_id())
    );
    v_name_day date;
    v_wish public.outreach_preferences;
begin
    perform private.require_preference_fields(p_preferences);
    v_name_day := private.read_name_day(p_preferences ->> 'name_day');
    insert into public.outreach_preferences (client_id, changed_by)
    values (v_client.id, auth.uid())
    on conflict (client_id) do update set changed_by = excluded.changed_by
    returning * into v_wish;
    if p_preferences ? 'channels' then
        v_wish.channels := private.read_contact_channels(p_preferences -> 'channels');
    end if;
    if p_preferences ? 'quiet_from' then
        v_wish.quiet_from_minute := private.read_minute(p_preferences ->> 'quiet_from');
        v_wish.quiet_until_minute := private.read_minute(p_preferences ->> 'quiet_until');
    end if;
    if p_preferences ? 'name_day' then
        v_wish.name_day_month := extract(month from v_name_day);
        v_wish.name_day_day := extract(day from v_name_day);
    end if;
    update public.outreach_preferences wish
    set channels = v_wish.channels,
        quiet_from_minute = v_wish.quiet_from_minute,
        quiet_until_minute = v_wish.quiet_until_minute,
        name_day_month = v_wish.name_day_month,
        name_day_day = v_wish.name_day_day,
        restricted_at = case (p_preferences ->> 'is_restricted')::boolean
            when true then coalesce(wish.restricted_at, now())
            when false then null
            else wish.restricted_at
        end
    where wish.client_id = v_client.id;
    return private.describe_outreach_preferences(v_client.id);
end
$$;

create function public.set_outreach_preferences(
    p_preferences jsonb, p_client_id uuid default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_outreach_preferences(p_client_id, p_preferences)
$$;
comment on function public.set_outreach_preferences(jsonb, uuid) is
    'Clients (null: oneself), their delegates, who keeps the client: any of {"channels": best '
    'first, "quiet_from": "22:00", "quiet_until": "08:00" (null: the house''s), "name_day": '
    '"05-15", "is_restricted": true}. Restricting ends everything planned, at once. Answers what '
    'get_outreach_preferences does.';

-- -------------------------------------------------------------------------------------------------
-- Staff
-- -------------------------------------------------------------------------------------------------
create function public.get_outreach(
    p_client_id uuid default null, p_state text default null, p_limit integer default 50
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(to_jsonb(found) order by found.created_at desc, found.id), '[]')
    from (
        select going.* from public.outreach going
        where (p_client_id is null or going.client_id = p_client_id)
            and (p_state is null or going.state = p_state)
        order by going.created_at desc, going.id
        limit least(greatest(coalesce(p_limit, 50), 1), 200)
    ) found
$$;
comment on function public.get_outreach(uuid, text, integer) is
    'Staff: what is planned, went or was held back for the clients of their desk; clients: what '
    'reached them. Newest first, at most 200.';

create function private.lock_outreach_as_staff(p_outreach_id uuid)
returns public.outreach
language plpgsql
set search_path = ''
as $$
declare
    v_outreach public.outreach;
    v_stance text;
begin
    if not private.is_service() then
        perform private.require_staff();
    end if;
    select going.* into v_outreach
    from public.outreach going where going.id = p_outreach_id;
    v_stance := private.my_service_stance(v_outreach.client_id, v_outreach.desk_id);
    if v_outreach.id is null or coalesce(v_stance, 'client') = 'client' then
        perform private.refuse('PT404', 'outreach_not_found', 'There is no such outreach for you.');
    end if;
    perform private.require_service_stance(
        v_stance, array['agent', 'manager', 'service'], 'outreach'
    );
    return private.lock_sent_outreach(p_outreach_id);
end
$$;

-- Definer: nobody holds a right to write outreach; staff of the client's desk write through here.
create function private.cancel_outreach(p_outreach_id uuid, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_outreach public.outreach := private.lock_outreach_as_staff(p_outreach_id);
begin
    perform private.note_reason(private.require_text('reason', p_reason, 500));
    perform private.cancel_outreach_rows(array[v_outreach.id], 'by_staff');
    select going.* into v_outreach from public.outreach going where going.id = p_outreach_id;
    if v_outreach.state <> 'cancelled' then
        perform private.refuse(
            'PT409', 'outreach_is_over', 'It has gone or was settled: nothing to call off.'
        );
    end if;
    return to_jsonb(v_outreach);
end
$$;

create function public.cancel_outreach(p_outreach_id uuid, p_reason text)
returns jsonb
language sql
set search_path = ''
as $$
    select private.cancel_outreach(p_outreach_id, p_reason)
$$;
comment on function public.cancel_outreach(uuid, text) is
    'Staff who serve the client''s desk: calls off what nobody has received yet, with the reason. '
    'Answers the outreach.';

-- Definer: which channels are agreed to is read from consents the owner of a task may not see.
create function private.get_outreach_tasks(p_state text, p_is_mine boolean, p_limit integer)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    perform private.require_staff();
    return (
        select coalesce(jsonb_agg(to_jsonb(listed) || jsonb_build_object(
            'client_name', client.display_name,
            'agreed_channels', array(
                select way.channel from private.list_contact_ways(client.id, listed.purpose) way
                where listed.purpose is not null and way.obstacle is distinct from 'no_consent'
            )
        ) order by listed.due_until, listed.id), '[]')
        from (
            select task.* from public.outreach_tasks task
            where (p_state is null or task.state = p_state)
                and task.client_id <> private.my_client_id()
                and (task.owner_id = auth.uid() or p_is_mine is not true and (
                    task.client_id = any (array(select private.my_dedicated_client_ids()))
                    or task.desk_id = any (array(select private.my_queue_desk_ids()))
                    or task.desk_id = any (array(select private.my_overseen_desk_ids()))
                ))
            order by task.due_until, task.id
            limit least(greatest(coalesce(p_limit, 50), 1), 200)
        ) listed
        join public.profiles client on client.id = listed.client_id
    );
end
$$;

create function public.get_outreach_tasks(
    p_state text default 'open', p_is_mine boolean default true, p_limit integer default 50
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.get_outreach_tasks(p_state, p_is_mine, p_limit)
$$;
comment on function public.get_outreach_tasks(text, boolean, integer) is
    'Staff: my tasks (or all I may see), the most urgent first, at most 200, each with the '
    'client''s name and the channels they agree to for its purpose.';

create function private.lock_outreach_task(p_task_id uuid, p_version integer)
returns public.outreach_tasks
language plpgsql
set search_path = ''
as $$
declare
    v_task public.outreach_tasks;
    v_stance text;
begin
    perform private.require_staff();
    select task.* into v_task
    from public.outreach_tasks task where task.id = p_task_id for update;
    v_stance := case when v_task.owner_id = auth.uid() then 'agent'
        else private.my_service_stance(v_task.client_id, v_task.desk_id) end;
    if v_task.id is null or v_task.client_id = private.my_client_id()
        or coalesce(v_stance, 'client') = 'client'
    then
        perform private.refuse('PT404', 'task_not_found', 'There is no such task for you.');
    end if;
    perform private.require_service_stance(v_stance, array['agent', 'manager'], 'task');
    if v_task.version <> p_version then
        perform private.refuse('PT409', 'stale_version', 'The task has changed: read it again.');
    elsif v_task.state <> 'open' then
        perform private.refuse('PT409', 'task_is_closed', 'Somebody has closed this task before.');
    end if;
    return v_task;
end
$$;

-- Definer: nobody holds a right to write tasks; who serves the client writes through here.
create function private.close_outreach_task(
    p_task_id uuid, p_state text, p_outcome text, p_note text, p_version integer
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_task public.outreach_tasks := private.lock_outreach_task(p_task_id, p_version);
begin
    if (p_outcome in (
        'reached', 'message_left', 'not_reached', 'booked', 'declined', 'not_needed'
    )) is not true then
        perform private.refuse(
            'PT422', 'unknown_outcome',
            'One of reached, message_left, not_reached, booked, declined, not_needed.'
        );
    end if;
    update public.outreach_tasks task
    set state = p_state, outcome = p_outcome, closed_by = auth.uid(), closed_at = now(),
        owner_id = coalesce(task.owner_id, auth.uid()),
        note = case when p_note is not null then private.require_text('note', p_note, 2000) end
    where task.id = v_task.id
    returning task.* into v_task;
    perform private.cancel_timers('outreach_task.deadline_reached', array[v_task.id]);
    return to_jsonb(v_task);
end
$$;

create function public.complete_outreach_task(
    p_task_id uuid, p_outcome text, p_note text default null, p_version integer default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.close_outreach_task(p_task_id, 'done', p_outcome, p_note, p_version)
$$;
comment on function public.complete_outreach_task(uuid, text, text, integer) is
    'Its owner, or whoever serves the client''s desk: what came of it (reached, message_left, '
    'not_reached, booked, declined, not_needed), with a note. Answers the task.';

create function public.dismiss_outreach_task(
    p_task_id uuid, p_note text, p_version integer default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.close_outreach_task(p_task_id, 'dismissed', 'not_needed', p_note, p_version)
$$;
comment on function public.dismiss_outreach_task(uuid, text, integer) is
    'Its owner, or whoever serves the client''s desk: it is not going to be done, and why. Answers '
    'the task.';

-- Definer: as above. Agents take what is theirs to take; giving it to others is a manager's.
create function private.assign_outreach_task(p_task_id uuid, p_owner_id uuid, p_version integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_task public.outreach_tasks := private.lock_outreach_task(p_task_id, p_version);
begin
    if p_owner_id is distinct from auth.uid() and not private.is_manager() then
        perform private.refuse('PT403', 'manager_required', 'Only managers give tasks to others.');
    elsif p_owner_id = v_task.client_id then
        perform private.refuse('PT422', 'own_client', 'Nobody serves themselves.');
    elsif not exists (
        select from public.staff_members staff
        where staff.id = p_owner_id and staff.is_active and staff.desk_id = v_task.desk_id
    ) then
        perform private.refuse('PT404', 'agent_not_found', 'Nobody of this desk has this id.');
    end if;
    update public.outreach_tasks task
    set owner_id = p_owner_id
    where task.id = v_task.id and task.owner_id is distinct from p_owner_id;
    select task.* into v_task from public.outreach_tasks task where task.id = p_task_id;
    perform private.tell_of_task(v_task, 'outreach_task_opened', false);
    return to_jsonb(v_task);
end
$$;

create function public.assign_outreach_task(
    p_task_id uuid, p_owner_id uuid, p_version integer default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.assign_outreach_task(p_task_id, p_owner_id, p_version)
$$;
comment on function public.assign_outreach_task(uuid, uuid, integer) is
    'Agents take a task of their desk, managers give it to somebody of it. Answers the task.';

-- -------------------------------------------------------------------------------------------------
-- Admins
-- -------------------------------------------------------------------------------------------------

-- Definer: nobody holds a right to write settings; admins write through here.
create function private.set_outreach_purpose(
    p_purpose text, p_cap_count integer, p_cap_days integer, p_keep_hours integer, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_purpose public.outreach_purposes;
begin
    perform private.require_admin();
    if p_cap_count not between 1 and 1000 or p_cap_days not between 1 and 365
        or p_keep_hours not between 1 and 24 * 90
    then
        perform private.refuse(
            'PT422', 'purpose_out_of_range', 'Cap 1 to 1000, days 1 to 365, hours 1 to 2160.'
        );
    end if;
    perform private.note_reason(p_reason);
    update public.outreach_purposes known
    set cap_count = coalesce(p_cap_count, known.cap_count),
        cap_days = coalesce(p_cap_days, known.cap_days),
        keep_hours = coalesce(p_keep_hours, known.keep_hours)
    where known.purpose = p_purpose
    returning known.* into v_purpose;
    if v_purpose.purpose is null then
        perform private.refuse('PT404', 'purpose_not_found', 'There is no such purpose.');
    end if;
    return to_jsonb(v_purpose);
end
$$;

create function public.set_outreach_purpose(
    p_purpose text, p_cap_count integer default null, p_cap_days integer default null,
    p_keep_hours integer default null, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_outreach_purpose(p_purpose, p_cap_count, p_cap_days, p_keep_hours, p_reason)
$$;
comment on function public.set_outreach_purpose(text, integer, integer, integer, text) is
    'Admins: how often at most a client is contacted for a purpose, and how long it may wait. Null '
    'keeps what is there.';

-- Definer: as above.
create function private.set_outreach_hours(
    p_quiet_from text, p_quiet_until text, p_quiet_weekdays integer[], p_calendar_id uuid,
    p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_hours public.outreach_hours;
begin
    perform private.require_admin();
    if (private.read_minute(p_quiet_from) between 0 and 1439
        and private.read_minute(p_quiet_until) between 0 and 1439
        and p_quiet_weekdays <@ '{1,2,3,4,5,6,7}' and cardinality(p_quiet_weekdays) <= 6
    ) is not true then
        perform private.refuse(
            'PT422', 'hours_malformed', 'Times such as 20:00 and 09:00; weekdays {7}, not all.'
        );
    elsif p_calendar_id is not null and not exists (
        select from public.calendars calendar where calendar.id = p_calendar_id
    ) then
        perform private.refuse('PT404', 'calendar_not_found', 'There is no such calendar.');
    end if;
    perform private.note_reason(p_reason);
    update public.outreach_hours house
    set quiet_from_minute = private.read_minute(p_quiet_from),
        quiet_until_minute = private.read_minute(p_quiet_until),
        quiet_weekdays = p_quiet_weekdays, calendar_id = p_calendar_id
    where house.is_only
    returning house.* into v_hours;
    return to_jsonb(v_hours);
end
$$;

create function public.set_outreach_hours(
    p_quiet_from text, p_quiet_until text, p_quiet_weekdays integer[], p_calendar_id uuid,
    p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_outreach_hours(
        p_quiet_from, p_quiet_until, p_quiet_weekdays, p_calendar_id, p_reason
    )
$$;
comment on function public.set_outreach_hours(text, text, integer[], uuid, text) is
    'Admins: when nobody is contacted, by the clock where the client is: hours, weekdays (1 = '
    'Monday) and the calendar whose holidays count. What is planned moves when its moment comes.';

-- Definer: as above. Consents to earlier words count no more, until they are given anew.
create function private.publish_consent_wording(
    p_purpose text, p_wording_version text, p_text_pl text, p_text_en text, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_version text := private.require_text('wording_version', p_wording_version, 40);
    v_wording public.consent_wordings;
begin
    perform private.require_admin();
    perform private.require_consent_words(p_purpose, null);
    perform pg_advisory_xact_lock(hashtextextended('consent wording ' || p_purpose, 0));
    if exists (
        select from public.consent_wordings known
        where known.purpose = p_purpose and known.wording_version = v_version
    ) then
        perform private.refuse('PT409', 'wording_exists', 'Words once published stay: a new name.');
    end if;
    perform private.note_reason(p_reason);
    update public.consent_wordings known
    set is_current = false where known.purpose = p_purpose and known.is_current;
    insert into public.consent_wordings (purpose, wording_version, text_pl, text_en)
    values (
        p_purpose, v_version, private.require_text('text_pl', p_text_pl, 2000),
        private.require_text('text_en', p_text_en, 2000)
    )
    returning * into v_wording;
    return to_jsonb(v_wording);
end
$$;

create function public.publish_consent_wording(
    p_purpose text, p_wording_version text, p_text_pl text, p_text_en text,
    p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.publish_consent_wording(
        p_purpose, p_wording_version, p_text_pl, p_text_en, p_reason
    )
$$;
comment on function public.publish_consent_wording(text, text, text, text, text) is
    'Admins: new words for a purpose. From now on only consents to these count; nothing is sent on '
    'the strength of earlier ones. Answers the row of consent_wordings.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on function
    private.describe_outreach_preferences(uuid), private.get_outreach_preferences(uuid),
    public.get_outreach_preferences(uuid), private.require_preference_fields(jsonb),
    private.read_contact_channels(jsonb), private.read_name_day(text),
    private.set_outreach_preferences(uuid, jsonb), public.set_outreach_preferences(jsonb, uuid),
    public.get_outreach(uuid, text, integer), private.lock_outreach_as_staff(uuid),
    private.cancel_outreach(uuid, text), public.cancel_outreach(uuid, text),
    private.get_outreach_tasks(text, boolean, integer),
    public.get_outreach_tasks(text, boolean, integer),
    private.lock_outreach_task(uuid, integer),
    private.close_outreach_task(uuid, text, text, text, integer),
    public.complete_outreach_task(uuid, text, text, integer),
    public.dismiss_outreach_task(uuid, text, integer),
    private.assign_outreach_task(uuid, uuid, integer),
    public.assign_outreach_task(uuid, uuid, integer),
    private.set_outreach_purpose(text, integer, integer, integer, text),
    public.set_outreach_purpose(text, integer, integer, integer, text),
    private.set_outreach_hours(text, text, integer[], uuid, text),
    public.set_outreach_hours(text, text, integer[], uuid, text),
    private.publish_consent_wording(text, text, text, text, text),
    public.publish_consent_wording(text, text, text, text, text)
from public, anon, authenticated, service_role;
grant execute on function
    private.get_outreach_preferences(uuid), public.get_outreach_preferences(uuid),
    private.set_outreach_preferences(uuid, jsonb), public.set_outreach_preferences(jsonb, uuid),
    public.get_outreach(uuid, text, integer),
    private.cancel_outreach(uuid, text), public.cancel_outreach(uuid, text),
    private.set_outreach_purpose(text, integer, integer, integer, text),
    public.set_outreach_purpose(text, integer, integer, integer, text),
    private.set_outreach_hours(text, text, integer[], uuid, text),
    public.set_outreach_hours(text, text, integer[], uuid, text),
    private.publish_consent_wording(text, text, text, text, text),
    public.publish_consent_wording(text, text, text, text, text)
to authenticated, service_role;
grant execute on function
    private.get_outreach_tasks(text, boolean, integer),
    public.get_outreach_tasks(text, boolean, integer),
    private.close_outreach_task(uuid, text, text, text, integer),
    public.complete_outreach_task(uuid, text, text, integer),
    public.dismiss_outreach_task(uuid, text, integer),
    private.assign_outreach_task(uuid, uuid, integer),
    public.assign_outreach_task(uuid, uuid, integer)
to authenticated;
