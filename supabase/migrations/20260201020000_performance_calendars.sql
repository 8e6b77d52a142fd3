-- Calendars: when the house works, and exact arithmetic with working time.
--
-- A calendar is open at an instant if the clocks of its time zone then show a time inside one of
-- the day's intervals [opens, closes). All else follows: a local time that is skipped in spring
-- moves forward to the moment of the jump, an interval over the repeated hour in autumn counts both
-- passes, the closing instant is closed, and cutting an interval in two changes nothing.
--
-- A day's intervals are those of its exception if there is one, otherwise none on a public holiday
-- of the calendar's set, otherwise those of its weekday.
--
-- The rules are laid out as instants in private.calendar_spans, from ten years ago to fifteen
-- ahead, anew with every change of a calendar; arithmetic there costs three look-ups. Beyond it is
-- computed from the rules: slower, equally exact. After an update of the server's time zone data,
-- and once in a while to move the layout along: select private.lay_out_calendars();

create extension if not exists btree_gist with schema extensions;

-- -------------------------------------------------------------------------------------------------
-- Public holidays by rule
-- -------------------------------------------------------------------------------------------------
create table public.holiday_sets (
    holiday_set text primary key,
    label text not null,
    constraint holiday_sets_set_is_a_word check (holiday_set ~ '^[a-z][a-z0-9_]{0,30}$'),
    constraint holiday_sets_label_is_short_text check (private.is_clean_text(label, 80))
);
comment on table public.holiday_sets is 'Whose public holidays a calendar may keep.';

create table public.holiday_rules (
    holiday_set text not null references public.holiday_sets (holiday_set) on delete cascade,
    name_pl text not null,
    name_en text not null,
    month smallint,
    day smallint,
    easter_offset_days smallint,
    first_year smallint not null default 1970,
    last_year smallint not null default 9999,
    primary key (holiday_set, name_en),
    constraint holiday_rules_names_are_short_text
        check (private.is_clean_text(name_pl, 80) and private.is_clean_text(name_en, 80)),
    constraint holiday_rules_are_fixed_or_move_with_easter
        check (num_nonnulls(month, day) = 2 * num_nulls(easter_offset_days)),
    -- No 29 February: a rule has a day in every year.
    constraint holiday_rules_day_exists check (
        make_date(2001, month, day) is not null or easter_offset_days between -80 and 200
    ),
    constraint holiday_rules_years_are_in_order check (first_year <= last_year)
);
comment on table public.holiday_rules is
    'Public holidays: a day of the year, or a number of days after Easter Sunday.';
comment on column public.holiday_rules.first_year is 'In force from this year to last_year.';

insert into public.holiday_sets (holiday_set, label) values ('pl', 'Polska');

-- The law of 18 January 1951 on days free from work, as amended; complete from 1990 on.
insert into public.holiday_rules (
    holiday_set, name_pl, name_en, month, day, easter_offset_days, first_year, last_year
)
values
    ('pl', 'Nowy Rok', 'New Year''s Day', 1, 1, null, 1970, 9999),
    ('pl', 'Święto Trzech Króli', 'Epiphany', 1, 6, null, 2011, 9999),
    ('pl', 'Niedziela Wielkanocna', 'Easter Sunday', null, null, 0, 1970, 9999),
    ('pl', 'Poniedziałek Wielkanocny', 'Easter Monday', null, null, 1, 1970, 9999),
    ('pl', 'Święto Pracy', 'Labour Day', 5, 1, null, 1970, 9999),
    ('pl', 'Święto Konstytucji 3 Maja', 'Constitution Day', 5, 3, null, 1990, 9999),
    ('pl', 'Zielone Świątki', 'Pentecost', null, null, 49, 1970, 9999),
    ('pl', 'Boże Ciało', 'Corpus Christi', null, null, 60, 1970, 9999),
    ('pl', 'Wniebowzięcie NMP', 'Assumption Day', 8, 15, null, 1989, 9999),
    ('pl', 'Wszystkich Świętych', 'All Saints'' Day', 11, 1, null, 1970, 9999),
    ('pl', 'Narodowe Święto Niepodległości', 'Independence Day', 11, 11, null, 1989, 9999),
    ('pl', 'Stulecie Niepodległości', 'Centenary of Independence', 11, 12, null, 2018, 2018),
    ('pl', 'Wigilia Bożego Narodzenia', 'Christmas Eve', 12, 24, null, 2025, 9999),
    ('pl', 'Boże Narodzenie', 'Christmas Day', 12, 25, null, 1970, 9999),
    ('pl', 'Drugi dzień Bożego Narodzenia', 'Second Day of Christmas', 12, 26, null, 1970, 9999);

create function private.find_easter(p_year integer)
returns date
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
    -- The anonymous Gregorian computus: age of the moon, leap days of the centuries, weekday.
    v_golden integer := p_year % 19;
    v_century integer := p_year / 100;
    v_epact integer;
    v_weekday integer;
    v_shift integer;
    v_day integer;
begin
    v_epact := (
        19 * v_golden + v_century - v_century / 4
        - (v_century - (v_century + 8) / 25 + 1) / 3 + 15
    ) % 30;
    v_weekday := (
        32 + 2 * (v_century % 4) + 2 * (p_year % 100 / 4) - v_epact - p_year % 100 % 4
    ) % 7;
    v_shift := (v_golden + 11 * v_epact + 22 * v_weekday) / 451;
    v_day := v_epact + v_weekday - 7 * v_shift + 114;
    return make_date(p_year, v_day / 31, v_day % 31 + 1);
end
$$;

create function private.list_holidays(p_holiday_set text, p_year integer)
returns table (falls_on date, name_pl text, name_en text)
language plpgsql
stable
rows 15
set search_path = ''
as $$
begin
    return query
    select
        coalesce(
            make_date(p_year, rule.month, rule.day),
            private.find_easter(p_year) + rule.easter_offset_days
        ) as falls_on,
        rule.name_pl,
        rule.name_en
    from public.holiday_rules rule
    where rule.holiday_set = p_holiday_set and p_year between rule.first_year and rule.last_year
    order by 1, 2;
end
$$;

create function private.list_polish_holidays(p_year integer)
returns table (falls_on date, name_pl text, name_en text)
language sql
stable
rows 15
set search_path = ''
as $$
    select * from private.list_holidays('pl', p_year)
$$;

-- -------------------------------------------------------------------------------------------------
-- Calendars
-- -------------------------------------------------------------------------------------------------
create table public.calendars (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    time_zone text not null default 'Europe/Warsaw',
    is_always_open boolean not null default false,
    holiday_set text references public.holiday_sets (holiday_set),
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint calendars_name_is_unique unique (name),
    constraint calendars_name_is_short_text check (private.is_clean_text(name, 80)),
    constraint calendars_time_zone_is_short check (char_length(time_zone) between 1 and 64),
    constraint calendars_always_open_keep_no_holidays
        check (not is_always_open or holiday_set is null)
);
comment on table public.calendars is
    'When somebody works: hours by weekday, public holidays, exceptions. Written by save_calendar.';
comment on column public.calendars.time_zone is 'IANA name; hours are what the clocks there show.';
comment on column public.calendars.is_always_open is
    'Around the clock on every day without an exception; calendar_hours are not asked.';
comment on column public.calendars.holiday_set is 'Null: open on public holidays like any day.';
comment on column public.calendars.version is
    'Grows with every change of the calendar, its hours or its exceptions.';

create table public.calendar_hours (
    calendar_id uuid not null references public.calendars (id) on delete cascade,
    weekday smallint not null,
    opens_minute smallint not null,
    closes_minute smallint not null,
    primary key (calendar_id, weekday, opens_minute),
    constraint calendar_hours_weekday_is_iso check (weekday between 1 and 7),
    constraint calendar_hours_are_within_a_day
        check (0 <= opens_minute and opens_minute < closes_minute and closes_minute <= 1440),
    constraint calendar_hours_do_not_overlap exclude using gist (
        calendar_id with =, weekday with =,
        int4range(opens_minute::integer, closes_minute::integer) with &&
    )
);
comment on table public.calendar_hours is
    'Opening hours of a weekday, several a day. The night over midnight is two rows.';
comment on column public.calendar_hours.weekday is '1 = Monday to 7 = Sunday.';
comment on column public.calendar_hours.opens_minute is 'Minutes of the local day: 540 = 09:00.';
comment on column public.calendar_hours.closes_minute is
    'Minutes of the local day, itself closed; 1440 = 24:00.';

create table public.calendar_exceptions (
    calendar_id uuid not null references public.calendars (id) on delete cascade,
    falls_on date not null,
    label text not null,
    primary key (calendar_id, falls_on),
    constraint calendar_exceptions_label_is_short_text check (private.is_clean_text(label, 120)),
    constraint calendar_exceptions_are_of_our_time
        check (falls_on between '1970-01-01' and '2199-12-31')
);
comment on table public.calendar_exceptions is
    'Days unlike their weekday: closed, or with hours of their own. They outrank public holidays.';

create table public.calendar_exception_hours (
    calendar_id uuid not null,
    falls_on date not null,
    opens_minute smallint not null,
    closes_minute smallint not null,
    primary key (calendar_id, falls_on, opens_minute),
    constraint calendar_exception_hours_are_of_an_exception
        foreign key (calendar_id, falls_on)
        references public.calendar_exceptions (calendar_id, falls_on) on delete cascade,
    constraint calendar_exception_hours_are_within_a_day
        check (0 <= opens_minute and opens_minute < closes_minute and closes_minute <= 1440),
    constraint calendar_exception_hours_do_not_overlap exclude using gist (
        calendar_id with =, falls_on with =,
        int4range(opens_minute::integer, closes_minute::integer) with &&
    )
);
comment on table public.calendar_exception_hours is
    'Hours of an exceptional day, minutes as in calendar_hours. No row: closed.';

-- -------------------------------------------------------------------------------------------------
-- From rules to instants
-- -------------------------------------------------------------------------------------------------
create table private.calendar_layouts (
    calendar_id uuid primary key references public.calendars (id) on delete cascade,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    total_microseconds bigint not null,
    laid_out_at timestamptz not null default clock_timestamp(),
    constraint calendar_layouts_end_after_their_start check (starts_at < ends_at)
);
comment on table private.calendar_layouts is
    'For which time calendar_spans says everything, and how much working time that is.';

-- No reference to the calendar: checking it would be a third of the cost of laying out.
create table private.calendar_spans (
    calendar_id uuid not null,
    opens_at timestamptz not null,
    closes_at timestamptz not null,
    microseconds_before bigint not null,
    primary key (calendar_id, opens_at),
    constraint calendar_spans_are_told_by_their_working_time
        unique (calendar_id, microseconds_before),
    constraint calendar_spans_close_after_they_open check (opens_at < closes_at)
);
comment on table private.calendar_spans is
    'Working time as instants, [opens_at, closes_at), as long as possible. Derived, never edited.';
comment on column private.calendar_spans.microseconds_before is
    'Working time from calendar_layouts.starts_at to opens_at.';

-- The server knows its zones' rules but does not list them: look twice a day, then halve the
-- half-day in which the offset changed until its second is found. Instants as UTC's clock shows
-- them, because comparing those costs nothing.
create function private.list_zone_offsets(p_time_zone text, p_from date, p_to date)
returns table (starts_utc timestamp, ends_utc timestamp, utc_offset interval)
language sql
stable
rows 40
set search_path = ''
as $$
    with recursive looks as (
        select
            utc, utc at time zone 'UTC' at time zone p_time_zone - utc as utc_offset
        from generate_series(p_from::timestamp, p_to::timestamp, interval '12 hours') utc
    ),
    changes as (
        select look.utc - interval '12 hours' as low, look.utc as high, look.before
        from (
            select looks.*, lag(looks.utc_offset) over (order by looks.utc) as before from looks
        ) look
        where look.before <> look.utc_offset
        union all
        select
            case when is_before then middle else change.low end,
            case when is_before then change.high else middle end,
            change.before
        from changes change
        cross join lateral date_trunc('second', change.low + (change.high - change.low) / 2) middle
        cross join lateral (
            select middle at time zone 'UTC' at time zone p_time_zone - middle = change.before
        ) side (is_before)
        where change.high - change.low > interval '1 second'
    ),
    starts as (
        select p_from::timestamp as utc
        union all
        select change.high from changes change where change.high - change.low = interval '1 second'
    )
    select
        start.utc,
        lead(start.utc, 1, p_to::timestamp) over (order by start.utc),
        start.utc at time zone 'UTC' at time zone p_time_zone - start.utc
    from starts start
$$;

create function private.list_calendar_days(p_calendar_id uuid, p_from date, p_to date)
returns table (falls_on date, holiday_pl text, holiday_en text, exception_label text)
language sql
stable
set search_path = ''
as $$
    select distinct on (day.at)
        day.at::date, holiday.name_pl, holiday.name_en, exception.label
    from public.calendars calendar
    cross join generate_series(p_from::timestamp, p_to::timestamp, interval '1 day') day (at)
    left join (
        select holidays.*, asked.holiday_set
        from (select known.holiday_set from public.calendars known where known.id = p_calendar_id)
            asked
        cross join generate_series(
            extract(year from p_from)::integer, extract(year from p_to)::integer
        ) year
        cross join private.list_holidays(asked.holiday_set, year) holidays
    ) holiday on holiday.falls_on = day.at::date
    left join public.calendar_exceptions exception
        on exception.calendar_id = p_calendar_id and exception.falls_on = day.at::date
    where calendar.id = p_calendar_id
    order by day.at, holiday.name_pl
$$;

create function private.list_local_hours(p_calendar_id uuid, p_from date, p_to date)
returns table (falls_on date, opens_local timestamp, closes_local timestamp)
language sql
stable
set search_path = ''
as $$
    select
        day.falls_on,
        day.falls_on + hours.opens_minute * interval '1 minute',
        day.falls_on + hours.closes_minute * interval '1 minute'
    from private.list_calendar_days(p_calendar_id, p_from, p_to) day
    join (
        select
            hours.weekday, null::date as falls_on, hours.opens_minute, hours.closes_minute
        from public.calendar_hours hours
        where hours.calendar_id = p_calendar_id
            and not exists (
                select from public.calendars calendar
                where calendar.id = p_calendar_id and calendar.is_always_open
            )
        union all
        select weekday, null::date, 0, 1440
        from public.calendars calendar, generate_series(1, 7) weekday
        where calendar.id = p_calendar_id and calendar.is_always_open
        union all
        select
            extract(isodow from hours.falls_on), hours.falls_on,
            hours.opens_minute, hours.closes_minute
        from public.calendar_exception_hours hours
        where hours.calendar_id = p_calendar_id
    ) hours
        on hours.weekday = extract(isodow from day.falls_on)
        and case
            when day.exception_label is not null then hours.falls_on = day.falls_on
            else hours.falls_on is null and day.holiday_pl is null
        end
$$;

-- A zone's clock runs evenly between two changes of its offset: there, local hours are instants.
create function private.list_day_spans(p_calendar_id uuid, p_from date, p_to date)
returns table (falls_on date, opens_at timestamptz, closes_at timestamptz)
language sql
stable
set search_path = ''
as $$
    select
        hours.falls_on,
        greatest(hours.opens_local - zone.utc_offset, zone.starts_utc) at time zone 'UTC',
        least(hours.closes_local - zone.utc_offset, zone.ends_utc) at time zone 'UTC'
    from public.calendars calendar
    cross join private.list_zone_offsets(calendar.time_zone, p_from - 1, p_to + 2) zone
    cross join lateral generate_series(
        date_trunc('day', zone.starts_utc) - interval '1 day', zone.ends_utc + interval '1 day',
        interval '1 day'
    ) day
    join private.list_local_hours(p_calendar_id, p_from, p_to) hours
        on hours.falls_on = day::date
        and hours.opens_local - zone.utc_offset < zone.ends_utc
        and hours.closes_local - zone.utc_offset > zone.starts_utc
    where calendar.id = p_calendar_id
    order by 2
$$;

create function private.list_open_spans(
    p_calendar_id uuid, p_from timestamptz, p_to timestamptz
)
returns table (opens_at timestamptz, closes_at timestamptz, microseconds bigint)
language sql
stable
set search_path = ''
as $$
    select
        lower(span), upper(span),
        (extract(epoch from upper(span) - lower(span)) * 1000000)::bigint
    from (
        select range_agg(tstzrange(day.opens_at, day.closes_at) * tstzrange(p_from, p_to)) as spans
        from private.list_day_spans(
            p_calendar_id,
            (p_from at time zone 'UTC')::date - 1, (p_to at time zone 'UTC')::date + 1
        ) day
    ) joined
    cross join lateral unnest(joined.spans) span
    order by 1
$$;

create function private.lay_out_calendar(p_calendar_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_year timestamptz := date_trunc('year', now(), 'UTC');
    v_starts_at timestamptz := v_year - interval '10 years';
    v_ends_at timestamptz := v_year + interval '15 years';
begin
    -- One at a time: the second of two editors lays out what both have written.
    perform from public.calendars calendar
    where calendar.id = p_calendar_id for no key update;
    if not found then -- deleted with its hours
        return;
    end if;
    delete from private.calendar_spans span where span.calendar_id = p_calendar_id;
    insert into private.calendar_spans (calendar_id, opens_at, closes_at, microseconds_before)
    select
        p_calendar_id, span.opens_at, span.closes_at,
        sum(span.microseconds) over (order by span.opens_at) - span.microseconds
    from private.list_open_spans(p_calendar_id, v_starts_at, v_ends_at) span;
    insert into private.calendar_layouts (calendar_id, starts_at, ends_at, total_microseconds)
    select
        p_calendar_id, v_starts_at, v_ends_at,
        coalesce(sum(extract(epoch from span.closes_at - span.opens_at) * 1000000), 0)
    from private.calendar_spans span
    where span.calendar_id = p_calendar_id
    on conflict (calendar_id) do update
    set starts_at = excluded.starts_at,
        ends_at = excluded.ends_at,
        total_microseconds = excluded.total_microseconds,
        laid_out_at = excluded.laid_out_at;
end
$$;

create function private.lay_out_calendars(p_ending_before timestamptz default 'infinity')
returns integer
language plpgsql
set search_path = ''
as $$
declare
    v_calendar_id uuid;
    v_count integer := 0;
begin
    for v_calendar_id in
        select layout.calendar_id
        from private.calendar_layouts layout
        where layout.ends_at < p_ending_before
        order by layout.calendar_id
    loop
        perform private.lay_out_calendar(v_calendar_id);
        v_count := v_count + 1;
    end loop;
    return v_count;
end
$$;
comment on function private.lay_out_calendars(timestamptz) is
    'Lays out again the calendars whose layout ends before an instant, by default all: after new '
    'time zone data, or to move the layout along with time. Answers how many.';

-- -------------------------------------------------------------------------------------------------
-- Arithmetic with working time
-- -------------------------------------------------------------------------------------------------
create function private.require_instant(p_at timestamptz)
returns void
language plpgsql
immutable
set search_path = ''
as $$
begin
    if p_at not between '1970-01-01 00:00:00+00' and '2200-01-01 00:00:00+00' then
        perform private.refuse(
            'PT422', 'instant_out_of_range', 'Working time is known from 1970 to 2199.'
        );
    end if;
end
$$;

create function private.require_opening(p_calendar_id uuid, p_from timestamptz)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if not exists (
        select from public.calendars calendar
        where calendar.id = p_calendar_id and calendar.is_always_open
        union all
        select from public.calendar_hours hours where hours.calendar_id = p_calendar_id
        union all
        select from public.calendar_exception_hours hours
        where hours.calendar_id = p_calendar_id
            and hours.falls_on >= (p_from at time zone 'UTC')::date - 1
    ) then
        perform private.refuse(
            'PT409', 'calendar_never_opens', 'Give the calendar opening hours first.'
        );
    end if;
end
$$;

-- Beyond the layout, from the rules: a year, two, four, ... until the working time is found.
create function private.search_working_time(
    p_calendar_id uuid, p_from timestamptz, p_microseconds bigint
)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
    v_from timestamptz := p_from;
    v_days integer := 366;
    v_left bigint := p_microseconds;
    v_worked bigint;
    v_found_at timestamptz;
begin
    loop
        perform private.require_opening(p_calendar_id, v_from);
        select
            coalesce(max(passed.worked), 0),
            min(passed.closes_at - (passed.worked - v_left) * interval '1 microsecond')
                filter (where passed.worked >= v_left)
        into v_worked, v_found_at
        from (
            select span.closes_at, sum(span.microseconds) over (order by span.opens_at) as worked
            from private.list_open_spans(
                p_calendar_id, v_from, v_from + v_days * interval '24 hours'
            ) span
        ) passed;
        exit when v_found_at is not null;
        v_left := v_left - v_worked;
        v_from := v_from + v_days * interval '24 hours';
        v_days := 2 * v_days;
    end loop;
    return v_found_at;
end
$$;

-- Where a promise leads that begins or ends outside of the layout.
create function private.search_beyond_layout(
    p_calendar_id uuid, p_from timestamptz, p_microseconds bigint
)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
    v_layout private.calendar_layouts := private.require_layout(p_calendar_id);
    v_laid_out bigint := 0;
begin
    perform private.require_instant(p_from);
    if p_from < v_layout.starts_at or p_from >= v_layout.ends_at then
        return private.search_working_time(p_calendar_id, p_from, p_microseconds);
    end if;
    v_laid_out := private.working_microseconds_between(p_calendar_id, p_from, v_layout.ends_at);
    return private.search_working_time(
        p_calendar_id, v_layout.ends_at, p_microseconds - v_laid_out
    );
end
$$;

create function private.require_layout(p_calendar_id uuid)
returns private.calendar_layouts
language plpgsql
stable
set search_path = ''
as $$
declare
    v_layout private.calendar_layouts;
begin
    select layout.* into v_layout
    from private.calendar_layouts layout
    where layout.calendar_id = p_calendar_id;
    if v_layout.calendar_id is null then
        perform private.refuse('PT404', 'calendar_not_found', 'There is no such calendar.');
    end if;
    return v_layout;
end
$$;

-- One statement: what costs is beginning one, not looking up a row.
create function private.add_working_microseconds(
    p_calendar_id uuid, p_from timestamptz, p_microseconds bigint
)
returns timestamptz
language plpgsql
stable
strict
set search_path = ''
as $$
declare
    v_due_at timestamptz;
begin
    if p_microseconds not between 0 and 3155760000000000 then
        perform private.refuse(
            'PT422', 'working_time_out_of_range', 'From 0 seconds to 100 years of them.'
        );
    elsif p_microseconds = 0 then
        return p_from;
    end if;
    select due.opens_at + (goal.target - due.microseconds_before) * interval '1 microsecond'
    into v_due_at
    from private.calendar_layouts layout
    left join lateral (
        select span.opens_at, span.closes_at, span.microseconds_before
        from private.calendar_spans span
        where span.calendar_id = p_calendar_id and span.opens_at <= p_from
        order by span.opens_at desc
        limit 1
    ) start on true
    cross join lateral (
        select p_microseconds + coalesce(start.microseconds_before + (
            extract(epoch from least(start.closes_at, p_from) - start.opens_at) * 1000000
        )::bigint, 0) as target
    ) goal
    cross join lateral (
        select span.opens_at, span.microseconds_before
        from private.calendar_spans span
        where span.calendar_id = p_calendar_id and span.microseconds_before < goal.target
        order by span.microseconds_before desc
        limit 1
    ) due
    where layout.calendar_id = p_calendar_id
        and layout.starts_at <= p_from and p_from < layout.ends_at
        and goal.target <= layout.total_microseconds;
    return coalesce(
        v_due_at, private.search_beyond_layout(p_calendar_id, p_from, p_microseconds)
    );
end
$$;
comment on function private.add_working_microseconds(uuid, timestamptz, bigint) is
    'The earliest instant by which so much working time has passed; p_from itself for none. Where '
    'it lands on a closing instant it stays there: the next opening is no working time later.';

create function private.working_microseconds_between(
    p_calendar_id uuid, p_from timestamptz, p_to timestamptz
)
returns bigint
language plpgsql
stable
strict
set search_path = ''
as $$
declare
    v_count bigint;
begin
    select sum(
        edge.sign * (
            span.microseconds_before
            + (extract(epoch from least(span.closes_at, edge.at) - span.opens_at) * 1000000)::bigint
        )
    )
    into v_count
    from private.calendar_layouts layout
    cross join (values (p_to, 1), (p_from, -1)) edge (at, sign)
    left join lateral (
        select laid_out.*
        from private.calendar_spans laid_out
        where laid_out.calendar_id = p_calendar_id and laid_out.opens_at <= edge.at
        order by laid_out.opens_at desc
        limit 1
    ) span on true
    where layout.calendar_id = p_calendar_id
        and layout.starts_at <= least(p_from, p_to) and greatest(p_from, p_to) <= layout.ends_at;
    return coalesce(v_count, private.count_beyond_layout(p_calendar_id, p_from, p_to));
end
$$;
comment on function private.working_microseconds_between(uuid, timestamptz, timestamptz) is
    'Working time between two instants, negative when reversed. For ledgers: parts of seconds '
    'add up.';

create function private.count_beyond_layout(
    p_calendar_id uuid, p_from timestamptz, p_to timestamptz
)
returns bigint
language plpgsql
stable
set search_path = ''
as $$
declare
    v_count bigint;
begin
    perform private.require_layout(p_calendar_id);
    perform private.require_instant(p_from), private.require_instant(p_to);
    select coalesce(sum(span.microseconds), 0) into v_count
    from private.list_open_spans(p_calendar_id, least(p_from, p_to), greatest(p_from, p_to)) span;
    return case when p_from <= p_to then v_count else -v_count end;
end
$$;

create function private.add_working_seconds(
    p_calendar_id uuid, p_from timestamptz, p_seconds bigint
)
returns timestamptz
language plpgsql
stable
strict
set search_path = ''
as $$
begin
    -- Clamped to what is refused anyway, so that the product never overflows.
    return private.add_working_microseconds(
        p_calendar_id, p_from, least(greatest(p_seconds, -1), 3155760001) * 1000000
    );
end
$$;
comment on function private.add_working_seconds(uuid, timestamptz, bigint) is
    'When a promise of so many working seconds, given at p_from, is due. '
    'working_seconds_between(c, t, add_working_seconds(c, t, s)) = s for every s of 0 or more.';

create function private.working_seconds_between(
    p_calendar_id uuid, p_from timestamptz, p_to timestamptz
)
returns bigint
language plpgsql
stable
strict
set search_path = ''
as $$
begin
    return private.working_microseconds_between(p_calendar_id, p_from, p_to) / 1000000;
end
$$;
comment on function private.working_seconds_between(uuid, timestamptz, timestamptz) is
    'Whole working seconds between two instants, negative when reversed.';

-- -------------------------------------------------------------------------------------------------
-- Whatever changes a calendar, however it is changed
-- -------------------------------------------------------------------------------------------------
create function private.tg_calendars_check_time_zone()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    -- Stricter than private.is_time_zone: an abbreviation such as CEST has no summer and winter.
    if not exists (
        select from pg_catalog.pg_timezone_names zone where zone.name = new.time_zone
    ) then
        perform private.refuse('PT422', 'unknown_time_zone', 'Use a name such as Europe/Warsaw.');
    end if;
    return new;
end
$$;

create trigger calendars_check_time_zone
before insert or update of time_zone on public.calendars
for each row execute function private.tg_calendars_check_time_zone();

create trigger calendars_bump_version
before update on public.calendars
for each row execute function private.tg_bump_version();

create function private.tg_calendars_lay_out_new()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.lay_out_calendar(born.id) from born;
    return null;
end
$$;

create trigger calendars_lay_out_new
after insert on public.calendars
referencing new table as born
for each statement execute function private.tg_calendars_lay_out_new();

create function private.tg_calendars_lay_out_changed()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.lay_out_calendar(after.id)
    from (
        select changed.id, changed.time_zone, changed.is_always_open, changed.holiday_set
        from changed
        except
        select was.id, was.time_zone, was.is_always_open, was.holiday_set
        from was
        order by id
    ) after;
    return null;
end
$$;

create trigger calendars_lay_out_changed
after update on public.calendars
referencing old table as was new table as changed
for each statement execute function private.tg_calendars_lay_out_changed();

create function private.tg_calendars_clear_layout()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    delete from private.calendar_spans span using was where span.calendar_id = was.id;
    return null;
end
$$;

create trigger calendars_clear_layout
after delete on public.calendars
referencing old table as was
for each statement execute function private.tg_calendars_clear_layout();

-- A calendar changes with its hours and exceptions.
create function private.tg_calendars_touch()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
    v_ids uuid[];
begin
    if tg_op = 'INSERT' then
        v_ids := array(select after.calendar_id from changed after);
    elsif tg_op = 'DELETE' then
        v_ids := array(select before.calendar_id from was before);
    else
        v_ids := array(
            select after.calendar_id from changed after
            union all
            select before.calendar_id from was before
        );
    end if;
    update public.calendars calendar set updated_at = now() where calendar.id = any (v_ids);
    perform private.lay_out_calendar(touched.id)
    from (select distinct id from unnest(v_ids) id order by id) touched;
    return null;
end
$$;

create trigger calendar_hours_touch_new
after insert on public.calendar_hours
referencing new table as changed
for each statement execute function private.tg_calendars_touch();
create trigger calendar_hours_touch_changed
after update on public.calendar_hours
referencing old table as was new table as changed
for each statement execute function private.tg_calendars_touch();
create trigger calendar_hours_touch_gone
after delete on public.calendar_hours
referencing old table as was
for each statement execute function private.tg_calendars_touch();

create trigger calendar_exceptions_touch_new
after insert on public.calendar_exceptions
referencing new table as changed
for each statement execute function private.tg_calendars_touch();
create trigger calendar_exceptions_touch_changed
after update on public.calendar_exceptions
referencing old table as was new table as changed
for each statement execute function private.tg_calendars_touch();
create trigger calendar_exceptions_touch_gone
after delete on public.calendar_exceptions
referencing old table as was
for each statement execute function private.tg_calendars_touch();

create trigger calendar_exception_hours_touch_new
after insert on public.calendar_exception_hours
referencing new table as changed
for each statement execute function private.tg_calendars_touch();
create trigger calendar_exception_hours_touch_changed
after update on public.calendar_exception_hours
referencing old table as was new table as changed
for each statement execute function private.tg_calendars_touch();
create trigger calendar_exception_hours_touch_gone
after delete on public.calendar_exception_hours
referencing old table as was
for each statement execute function private.tg_calendars_touch();

create function private.tg_holiday_rules_lay_out()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.lay_out_calendars();
    return null;
end
$$;

create trigger holiday_rules_lay_out
after insert or update or delete or truncate on public.holiday_rules
for each statement execute function private.tg_holiday_rules_lay_out();

create trigger calendars_record
after insert or update or delete on public.calendars
for each row execute function private.tg_record_configuration('id');
create trigger calendar_hours_record
after insert or update or delete on public.calendar_hours
for each row execute function private.tg_record_configuration('calendar_id');
create trigger calendar_exceptions_record
after insert or update or delete on public.calendar_exceptions
for each row execute function private.tg_record_configuration('calendar_id');
create trigger calendar_exception_hours_record
after insert or update or delete on public.calendar_exception_hours
for each row execute function private.tg_record_configuration('calendar_id');
create trigger holiday_rules_record
after insert or update or delete on public.holiday_rules
for each row execute function private.tg_record_configuration('holiday_set');

-- -------------------------------------------------------------------------------------------------
-- The house's first calendars
-- -------------------------------------------------------------------------------------------------
insert into public.calendars (id, name, is_always_open, holiday_set)
values
    ('00000000-0000-4000-8000-0000000000c1', 'Salon', false, 'pl'),
    ('00000000-0000-4000-8000-0000000000c2', 'VIP desk', true, null);

insert into public.calendar_hours (calendar_id, weekday, opens_minute, closes_minute)
select
    '00000000-0000-4000-8000-0000000000c1', weekday,
    60 * case weekday when 6 then 10 else 9 end, 60 * case weekday when 6 then 16 else 20 end
from generate_series(1, 6) weekday;

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.holiday_sets, public.holiday_rules, public.calendars, public.calendar_hours,
    public.calendar_exceptions, public.calendar_exception_hours,
    private.calendar_layouts, private.calendar_spans
from anon, authenticated, service_role;
grant select on public.holiday_sets, public.holiday_rules, public.calendars,
    public.calendar_hours, public.calendar_exceptions, public.calendar_exception_hours
to authenticated, service_role;
grant select on private.calendar_layouts, private.calendar_spans to service_role;

alter table public.holiday_sets enable row level security;
alter table public.holiday_rules enable row level security;
alter table public.calendars enable row level security;
alter table public.calendar_hours enable row level security;
alter table public.calendar_exceptions enable row level security;
alter table public.calendar_exception_hours enable row level security;
alter table private.calendar_layouts enable row level security;
alter table private.calendar_spans enable row level security;

create policy holiday_sets_select_everybody on public.holiday_sets
for select to authenticated
using (true);

create policy holiday_rules_select_everybody on public.holiday_rules
for select to authenticated
using (true);

create policy calendars_select_everybody on public.calendars
for select to authenticated
using (true);

create policy calendar_hours_select_everybody on public.calendar_hours
for select to authenticated
using (true);

create policy calendar_exceptions_select_everybody on public.calendar_exceptions
for select to authenticated
using (true);

create policy calendar_exception_hours_select_everybody on public.calendar_exception_hours
for select to authenticated
using (true);

revoke all on function
    private.find_easter(integer), private.list_holidays(text, integer),
    private.list_polish_holidays(integer), private.list_zone_offsets(text, date, date),
    private.list_calendar_days(uuid, date, date), private.list_local_hours(uuid, date, date),
    private.list_day_spans(uuid, date, date),
    private.list_open_spans(uuid, timestamptz, timestamptz),
    private.lay_out_calendar(uuid), private.lay_out_calendars(timestamptz),
    private.require_layout(uuid), private.require_instant(timestamptz),
    private.require_opening(uuid, timestamptz),
    private.search_working_time(uuid, timestamptz, bigint),
    private.search_beyond_layout(uuid, timestamptz, bigint),
    private.add_working_microseconds(uuid, timestamptz, bigint),
    private.count_beyond_layout(uuid, timestamptz, timestamptz),
    private.working_microseconds_between(uuid, timestamptz, timestamptz),
    private.add_working_seconds(uuid, timestamptz, bigint),
    private.working_seconds_between(uuid, timestamptz, timestamptz),
    private.tg_calendars_check_time_zone(), private.tg_calendars_lay_out_new(),
    private.tg_calendars_lay_out_changed(), private.tg_calendars_clear_layout(),
    private.tg_calendars_touch(), private.tg_holiday_rules_lay_out()
from public, anon, authenticated, service_role;
