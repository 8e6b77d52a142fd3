-- Calendars in people's hands: admins save hours and exceptions, everybody signed in reads when the
-- house is open.

-- -------------------------------------------------------------------------------------------------
-- Admins write
-- -------------------------------------------------------------------------------------------------

-- '09:30' as 570; null for anything that no clock shows. '24:00' is the end of a day.
create function private.read_minute(p_text text)
returns smallint
language sql
immutable
parallel safe
set search_path = ''
as $$
    select case when p_text ~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$'
        then (60 * left(p_text, 2)::integer + right(p_text, 2)::integer)::smallint
    end
$$;

create function private.write_minute(p_minute integer)
returns text
language sql
immutable
parallel safe
set search_path = ''
return lpad((p_minute / 60)::text, 2, '0') || ':' || lpad((p_minute % 60)::text, 2, '0');

create function private.is_hours_list(p_hours jsonb, p_keys text[])
returns boolean
language plpgsql
immutable
set search_path = ''
as $$
begin
    if p_hours is null or jsonb_typeof(p_hours) <> 'array' or jsonb_array_length(p_hours) > 100 then
        return false;
    end if;
    return not exists (
        select from jsonb_array_elements(p_hours) entry
        where jsonb_typeof(entry) <> 'object'
            or array(select key from jsonb_object_keys(entry) key order by key) <> p_keys
            or coalesce(entry -> 'weekday' not in ('1', '2', '3', '4', '5', '6', '7'), false)
            or private.read_minute(entry ->> 'opens') is null
            or private.read_minute(entry ->> 'closes') is null
            or entry ->> 'opens' in ('24:00', entry ->> 'closes')
    );
end
$$;

-- Hours that close before they open go over midnight: two rows, the second on the day after.
create function private.read_hours(p_hours jsonb)
returns table (
    weekday smallint, opens_minute smallint, closes_minute smallint, is_day_after boolean
)
language sql
immutable
set search_path = ''
as $$
    with given as (
        select
            (entry ->> 'weekday')::smallint as weekday,
            private.read_minute(entry ->> 'opens') as opens,
            private.read_minute(entry ->> 'closes') as closes
        from jsonb_array_elements(p_hours) entry
    )
    select
        given.weekday, given.opens,
        case when given.opens < given.closes then given.closes else 1440::smallint end, false
    from given
    union all
    select (given.weekday % 7 + 1)::smallint, 0::smallint, given.closes, true
    from given
    where given.closes < given.opens and given.closes > 0
$$;

create function private.describe_calendar(p_calendar_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select to_jsonb(calendar) || jsonb_build_object('hours', coalesce((
        select jsonb_agg(
            jsonb_build_object(
                'weekday', hours.weekday,
                'opens', private.write_minute(hours.opens_minute),
                'closes', private.write_minute(hours.closes_minute)
            )
            order by hours.weekday, hours.opens_minute
        )
        from public.calendar_hours hours
        where hours.calendar_id = calendar.id
    ), '[]'))
    from public.calendars calendar
    where calendar.id = p_calendar_id
$$;

create function private.require_calendar_fields(p_calendar jsonb)
returns void
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_field text;
begin
    if p_calendar is null or jsonb_typeof(p_calendar) <> 'object' then
        perform private.refuse('PT400', 'calendar_required', 'Send an object with its fields.');
    elsif octet_length(p_calendar::text) > 16384 then
        perform private.refuse('PT413', 'calendar_too_long', 'At most 16 kB.');
    end if;
    select field.key into v_field
    from jsonb_each(p_calendar) field
    where jsonb_typeof(field.value) is distinct from case
        when field.key = 'holiday_set' and field.value = 'null' then 'null'
        when field.key in ('id', 'name', 'time_zone', 'holiday_set') then 'string'
        when field.key = 'is_always_open' then 'boolean'
        when field.key = 'version' then 'number'
        when field.key = 'hours' then 'array'
    end
    order by field.key
    limit 1;
    if v_field is not null then
        perform private.refuse(
            'PT422', 'calendar_malformed', format('Look at the field %s.', left(v_field, 40))
        );
    elsif p_calendar ? 'hours' and not private.is_hours_list(
        p_calendar -> 'hours', '{closes,opens,weekday}'
    ) then
        perform private.refuse(
            'PT422', 'hours_malformed', 'Like {"weekday": 1, "opens": "09:00", "closes": "20:00"}.'
        );
    end if;
end
$$;

-- The calendar as it stands, locked, or a new one.
create function private.find_calendar_to_save(p_id text, p_version numeric)
returns public.calendars
language plpgsql
set search_path = ''
as $$
declare
    v_calendar public.calendars;
begin
    if p_id is null then
        v_calendar.id := gen_random_uuid();
        v_calendar.time_zone := 'Europe/Warsaw';
        v_calendar.is_always_open := false;
        return v_calendar;
    end if;
    if pg_input_is_valid(p_id, 'uuid') then
        v_calendar := private.lock_calendar(p_id::uuid);
    else
        v_calendar := private.lock_calendar(null);
    end if;
    if p_version is null then
        perform private.refuse('PT400', 'version_required', 'Name the version you have seen.');
    elsif p_version <> v_calendar.version then
        perform private.refuse(
            'PT409', 'stale_version', 'The calendar has changed meanwhile: read it again.'
        );
    end if;
    return v_calendar;
end
$$;

create function private.lock_calendar(p_calendar_id uuid)
returns public.calendars
language plpgsql
set search_path = ''
as $$
declare
    v_calendar public.calendars;
begin
    select calendar.* into v_calendar
    from public.calendars calendar
    where calendar.id = p_calendar_id
    for no key update;
    if v_calendar.id is null then
        perform private.refuse('PT404', 'calendar_not_found', 'There is no such calendar.');
    end if;
    return v_calendar;
end
$$;

create function private.write_calendar(p_calendar public.calendars)
returns void
language plpgsql
set search_path = ''
as $$
begin
    if p_calendar.is_always_open and p_calendar.holiday_set is not null then
        perform private.refuse(
            'PT422', 'always_open_has_no_holidays', 'Send "holiday_set": null, or hours.'
        );
    elsif p_calendar.holiday_set is not null and not exists (
        select from public.holiday_sets known where known.holiday_set = p_calendar.holiday_set
    ) then
        perform private.refuse('PT422', 'unknown_holiday_set', 'One of public.holiday_sets.');
    end if;
    insert into public.calendars as known (id, name, time_zone, is_always_open, holiday_set)
    values (
        p_calendar.id, private.require_text('name', p_calendar.name, 80),
        p_calendar.time_zone, p_calendar.is_always_open, p_calendar.holiday_set
    )
    on conflict (id) do update
    set name = excluded.name,
        time_zone = excluded.time_zone,
        is_always_open = excluded.is_always_open,
        holiday_set = excluded.holiday_set;
exception
    when unique_violation then
        perform private.refuse('PT409', 'calendar_name_taken', 'Another calendar is called so.');
end
$$;

create function private.write_calendar_hours(p_calendar_id uuid, p_hours jsonb)
returns void
language plpgsql
set search_path = ''
as $$
begin
    delete from public.calendar_hours known
    where known.calendar_id = p_calendar_id
        and (known.weekday, known.opens_minute, known.closes_minute) not in (
            select given.weekday, given.opens_minute, given.closes_minute
            from private.read_hours(p_hours) given
        );
    insert into public.calendar_hours (calendar_id, weekday, opens_minute, closes_minute)
    select p_calendar_id, given.weekday, given.opens_minute, given.closes_minute
    from private.read_hours(p_hours) given
    where not exists (
        select from public.calendar_hours known
        where known.calendar_id = p_calendar_id
            and known.weekday = given.weekday
            and known.opens_minute = given.opens_minute
    );
exception
    when unique_violation or exclusion_violation then
        perform private.refuse('PT422', 'hours_overlap', 'Two intervals of one day overlap.');
end
$$;

-- Definer: nobody holds a right to write calendars; admins write through here.
create function private.save_calendar(p_calendar jsonb, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_calendar public.calendars;
    v_hours jsonb;
begin
    perform private.require_admin();
    perform private.require_calendar_fields(p_calendar);
    v_calendar := private.find_calendar_to_save(
        p_calendar ->> 'id', (p_calendar ->> 'version')::numeric
    );
    v_calendar := jsonb_populate_record(v_calendar, p_calendar - '{id,version,hours}'::text[]);
    v_hours := p_calendar -> 'hours';
    if v_calendar.is_always_open then
        if v_hours <> '[]' then
            perform private.refuse('PT422', 'always_open_has_no_hours', 'Send no hours.');
        end if;
        v_hours := '[]';
    end if;
    perform private.note_reason(p_reason);
    perform private.write_calendar(v_calendar);
    if v_hours is not null then
        perform private.write_calendar_hours(v_calendar.id, v_hours);
    end if;
    return private.describe_calendar(v_calendar.id);
end
$$;

create function public.save_calendar(p_calendar jsonb, p_reason text default null)
returns jsonb
language sql
set search_path = ''
as $$
    select private.save_calendar(p_calendar, p_reason)
$$;
comment on function public.save_calendar(jsonb, text) is
    'Admins: a new calendar, or with id and version a change of the fields sent: {name, time_zone, '
    'is_always_open, holiday_set, hours: [{weekday 1-7, opens "09:00", closes "20:00"}]}. Hours '
    'replace all hours; closing at or before opening means the next day. Answers the calendar.';

-- Definer: nobody holds a right to write calendars; admins write through here.
create function private.delete_calendar(p_calendar_id uuid, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.require_admin();
    perform private.lock_calendar(p_calendar_id);
    perform private.note_reason(p_reason);
    delete from public.calendars calendar where calendar.id = p_calendar_id;
    return jsonb_build_object('calendar_id', p_calendar_id);
exception
    when foreign_key_violation then
        perform private.refuse('PT409', 'calendar_in_use', 'Something still goes by it.');
end
$$;

create function public.delete_calendar(p_calendar_id uuid, p_reason text default null)
returns jsonb
language sql
set search_path = ''
as $$
    select private.delete_calendar(p_calendar_id, p_reason)
$$;
comment on function public.delete_calendar(uuid, text) is
    'Admins: remove a calendar that nothing goes by.';

create function private.write_exception_hours(
    p_calendar_id uuid, p_falls_on date, p_hours jsonb
)
returns void
language plpgsql
set search_path = ''
as $$
begin
    if exists (select from private.read_hours(p_hours) given where given.is_day_after) then
        perform private.refuse(
            'PT422', 'hours_cross_midnight', 'End at 24:00 and give the next day its own exception.'
        );
    end if;
    delete from public.calendar_exception_hours known
    where known.calendar_id = p_calendar_id and known.falls_on = p_falls_on;
    insert into public.calendar_exception_hours (
        calendar_id, falls_on, opens_minute, closes_minute
    )
    select p_calendar_id, p_falls_on, given.opens_minute, given.closes_minute
    from private.read_hours(p_hours) given;
exception
    when unique_violation or exclusion_violation then
        perform private.refuse('PT422', 'hours_overlap', 'Two intervals of one day overlap.');
end
$$;

-- Definer: nobody holds a right to write exceptions; admins write through here.
create function private.set_calendar_exception(
    p_calendar_id uuid, p_falls_on date, p_label text, p_hours jsonb, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_label text;
begin
    perform private.require_admin();
    v_label := private.require_text('label', p_label, 120);
    if p_falls_on is null or p_falls_on not between '1970-01-01' and '2199-12-31' then
        perform private.refuse('PT422', 'day_out_of_range', 'A day from 1970 to 2199.');
    elsif not private.is_hours_list(p_hours, '{closes,opens}') then
        perform private.refuse(
            'PT422', 'hours_malformed', 'Send [{"opens": "10:00", "closes": "14:00"}] or [].'
        );
    end if;
    perform private.lock_calendar(p_calendar_id);
    perform private.note_reason(p_reason);
    insert into public.calendar_exceptions (calendar_id, falls_on, label)
    values (p_calendar_id, p_falls_on, v_label)
    on conflict (calendar_id, falls_on) do update set label = excluded.label;
    perform private.write_exception_hours(p_calendar_id, p_falls_on, p_hours);
    return jsonb_build_object(
        'calendar_id', p_calendar_id, 'falls_on', p_falls_on, 'label', v_label, 'hours', p_hours
    );
end
$$;

create function public.set_calendar_exception(
    p_calendar_id uuid,
    p_falls_on date,
    p_label text,
    p_hours jsonb default '[]',
    p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_calendar_exception(p_calendar_id, p_falls_on, p_label, p_hours, p_reason)
$$;
comment on function public.set_calendar_exception(uuid, date, text, jsonb, text) is
    'Admins: one day unlike its weekday, holiday or not: closed without hours, otherwise open for '
    '[{opens "10:00", closes "14:00"}]. Replaces what the day had.';

-- Definer: nobody holds a right to write exceptions; admins write through here.
create function private.delete_calendar_exception(
    p_calendar_id uuid, p_falls_on date, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.require_admin();
    perform private.lock_calendar(p_calendar_id);
    perform private.note_reason(p_reason);
    delete from public.calendar_exceptions exception
    where exception.calendar_id = p_calendar_id and exception.falls_on = p_falls_on;
    if not found then
        perform private.refuse('PT404', 'exception_not_found', 'That day is like its weekday.');
    end if;
    return jsonb_build_object('calendar_id', p_calendar_id, 'falls_on', p_falls_on);
end
$$;

create function public.delete_calendar_exception(
    p_calendar_id uuid, p_falls_on date, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.delete_calendar_exception(p_calendar_id, p_falls_on, p_reason)
$$;
comment on function public.delete_calendar_exception(uuid, date, text) is
    'Admins: the day is like its weekday again, or a public holiday.';

-- -------------------------------------------------------------------------------------------------
-- Everybody reads
-- -------------------------------------------------------------------------------------------------
create function private.describe_days(p_calendar_id uuid, p_from date, p_to date)
returns jsonb
language sql
stable
set search_path = ''
as $$
    with joined as (
        select span.falls_on, range_agg(tstzrange(span.opens_at, span.closes_at)) as spans
        from private.list_day_spans(p_calendar_id, p_from, p_to) span
        group by span.falls_on
    )
    select jsonb_agg(
        jsonb_build_object(
            'on', day.falls_on,
            'weekday', extract(isodow from day.falls_on),
            'holiday', case when day.holiday_pl is not null
                then jsonb_build_object('pl', day.holiday_pl, 'en', day.holiday_en)
            end,
            'exception', day.exception_label,
            'intervals', coalesce((
                select jsonb_agg(
                    jsonb_build_object('opens_at', lower(span), 'closes_at', upper(span))
                    order by span
                )
                from unnest(joined.spans) span
            ), '[]')
        )
        order by day.falls_on
    )
    from private.list_calendar_days(p_calendar_id, p_from, p_to) day
    left join joined using (falls_on)
$$;

create function public.get_opening_hours(p_calendar_id uuid, p_from date, p_to date)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_calendar public.calendars;
begin
    if p_from is null or p_to is null
        or p_from not between '1970-01-01' and p_to
        or p_to > least('2199-12-31', p_from + 400)
    then
        perform private.refuse(
            'PT422', 'range_out_of_bounds', 'First and last day, at most 400 days apart.'
        );
    end if;
    select calendar.* into v_calendar
    from public.calendars calendar
    where calendar.id = p_calendar_id;
    if v_calendar.id is null then
        perform private.refuse('PT404', 'calendar_not_found', 'There is no such calendar.');
    end if;
    return jsonb_build_object(
        'calendar_id', v_calendar.id,
        'name', v_calendar.name,
        'time_zone', v_calendar.time_zone,
        'is_always_open', v_calendar.is_always_open,
        'days', private.describe_days(p_calendar_id, p_from, p_to)
    );
end
$$;
comment on function public.get_opening_hours(uuid, date, date) is
    'Each day from the first to the last: {on, weekday, holiday {pl, en} or null, exception label '
    'or null, intervals [{opens_at, closes_at}] as instants, touching ones joined}.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on function
    private.read_minute(text), private.write_minute(integer),
    private.is_hours_list(jsonb, text[]), private.read_hours(jsonb),
    private.describe_calendar(uuid), private.require_calendar_fields(jsonb),
    private.find_calendar_to_save(text, numeric), private.lock_calendar(uuid),
    private.write_calendar(public.calendars), private.write_calendar_hours(uuid, jsonb),
    private.save_calendar(jsonb, text), public.save_calendar(jsonb, text),
    private.delete_calendar(uuid, text), public.delete_calendar(uuid, text),
    private.write_exception_hours(uuid, date, jsonb),
    private.set_calendar_exception(uuid, date, text, jsonb, text),
    public.set_calendar_exception(uuid, date, text, jsonb, text),
    private.delete_calendar_exception(uuid, date, text),
    public.delete_calendar_exception(uuid, date, text),
    private.describe_days(uuid, date, date), public.get_opening_hours(uuid, date, date)
from public, anon, authenticated, service_role;

grant execute on function
    private.save_calendar(jsonb, text), public.save_calendar(jsonb, text),
    private.delete_calendar(uuid, text), public.delete_calendar(uuid, text),
    private.set_calendar_exception(uuid, date, text, jsonb, text),
    public.set_calendar_exception(uuid, date, text, jsonb, text),
    private.delete_calendar_exception(uuid, date, text),
    public.delete_calendar_exception(uuid, date, text)
to authenticated, service_role;

-- get_opening_hours reads with its caller's rights.
grant execute on function
    private.find_easter(integer), private.list_holidays(text, integer),
    private.list_zone_offsets(text, date, date), private.list_calendar_days(uuid, date, date),
    private.list_local_hours(uuid, date, date), private.list_day_spans(uuid, date, date),
    private.describe_days(uuid, date, date), public.get_opening_hours(uuid, date, date)
to authenticated, service_role;
