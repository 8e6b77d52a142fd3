-- Visits: what the house offers, and who came, comes or did not come for it. The booking system
-- tells, with the server's key, as often as it likes; people read, nobody writes by hand.
-- Events out: visit.booked, visit.completed, visit.missed, visit.cancelled, visit.changed.

-- -------------------------------------------------------------------------------------------------
-- What is offered
-- -------------------------------------------------------------------------------------------------
create table public.treatments (
    id text primary key,
    name_pl text not null,
    name_en text not null,
    category text not null,
    duration_minutes integer not null,
    check_after_hours smallint,
    course_sessions smallint,
    course_gap_days smallint,
    price_minor integer not null,
    currency text not null default 'PLN',
    required_skill text references public.skills (skill),
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint treatments_id_is_a_slug check (id ~ '^[a-z][a-z0-9_]{0,47}$'),
    constraint treatments_names_are_short_text
        check (private.is_clean_text(name_pl, 120) and private.is_clean_text(name_en, 120)),
    constraint treatments_category_is_known
        check (category in (
            'face', 'body', 'hair', 'hands_and_feet', 'massage', 'medical', 'fitness'
        )),
    constraint treatments_duration_fits_a_day check (duration_minutes between 5 and 1440),
    constraint treatments_are_checked_on_within_three_days
        check (check_after_hours between 24 and 72),
    constraint treatments_courses_have_sessions_and_a_gap check (
        (course_sessions is null) = (course_gap_days is null)
        and course_sessions between 2 and 60 and course_gap_days between 1 and 365
    ),
    constraint treatments_price_is_an_amount
        check (price_minor >= 0 and currency ~ '^[A-Z]{3}$')
);
comment on table public.treatments is
    'What clients come for: treatments and trainings. Prices in minor units.';
comment on column public.treatments.check_after_hours is
    'Somebody asks how it went so long after it; null: nobody does.';
comment on column public.treatments.course_sessions is 'How many make a course; null: none.';
comment on column public.treatments.course_gap_days is 'From one session of a course to the next.';

insert into public.treatments (
    id, name_pl, name_en, category, duration_minutes, check_after_hours, course_sessions,
    course_gap_days, price_minor, required_skill
)
values
    ('facial_signature', 'Rytuał na twarz Mokotowska', 'Signature facial', 'face', 75,
        null, null, null, 48000, null),
    ('hydro_peel', 'Oczyszczanie wodorowe', 'Hydrogen facial', 'face', 60, null, 4, 21, 42000,
        null),
    ('chemical_peel', 'Peeling medyczny', 'Medical peel', 'medical', 45, 48, 4, 14, 52000,
        'certificate.aesthetic_medicine'),
    ('botulinum', 'Toksyna botulinowa', 'Botulinum toxin', 'medical', 30, 72, null, null, 120000,
        'certificate.aesthetic_medicine'),
    ('hyaluronic_lips', 'Usta: kwas hialuronowy', 'Hyaluronic lips', 'medical', 45, 24, null, null,
        140000, 'certificate.aesthetic_medicine'),
    ('laser_hair_removal', 'Depilacja laserowa', 'Laser hair removal', 'medical', 40, 48, 6, 42,
        39000, 'certificate.aesthetic_medicine'),
    ('body_sculpt', 'Modelowanie sylwetki', 'Body sculpting', 'body', 60, 24, 8, 7, 55000, null),
    ('massage_deep', 'Masaż głęboki', 'Deep tissue massage', 'massage', 60, 24, null, null, 36000,
        null),
    ('massage_hot_stone', 'Masaż gorącymi kamieniami', 'Hot stone massage', 'massage', 90, null,
        null, null, 46000, null),
    ('manicure_japanese', 'Manicure japoński', 'Japanese manicure', 'hands_and_feet', 50, null,
        null, null, 18000, null),
    ('pedicure_spa', 'Pedicure spa', 'Spa pedicure', 'hands_and_feet', 60, null, null, null, 22000,
        null),
    ('hair_colour', 'Koloryzacja', 'Hair colouring', 'hair', 150, null, null, null, 65000, null),
    ('hair_cut', 'Strzyżenie', 'Haircut', 'hair', 60, null, null, null, 25000, null),
    ('personal_training', 'Trening personalny', 'Personal training', 'fitness', 60, null, 10, 4,
        24000, null),
    ('pilates_reformer', 'Pilates na reformerze', 'Reformer pilates', 'fitness', 55, null, 10, 7,
        19000, null),
    ('mobility_assessment', 'Ocena mobilności', 'Mobility assessment', 'fitness', 45, 48, null,
        null, 30000, null);

create trigger treatments_touch
before update on public.treatments
for each row execute function private.tg_touch_row();
create trigger treatments_record
after insert or update or delete on public.treatments
for each row execute function private.tg_record_configuration('id');

-- -------------------------------------------------------------------------------------------------
-- Who came
-- -------------------------------------------------------------------------------------------------
create table public.visits (
    id uuid primary key default gen_random_uuid(),
    client_id uuid not null references public.profiles (id) on delete cascade,
    treatment_id text not null references public.treatments (id),
    provider text,
    source text not null,
    external_ref text not null,
    status text not null default 'booked',
    booked_at timestamptz not null default now(),
    starts_at timestamptz not null,
    ended_at timestamptz,
    price_minor integer not null,
    currency text not null default 'PLN',
    told_at timestamptz not null default now(),
    recorded_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint visits_are_recorded_once unique (source, external_ref),
    constraint visits_origin_is_short_text
        check (private.is_clean_text(source, 60) and private.is_clean_text(external_ref, 120)),
    constraint visits_provider_is_short_text check (private.is_clean_text(provider, 80)),
    constraint visits_status_is_known
        check (status in ('booked', 'completed', 'missed', 'cancelled', 'cancelled_late')),
    constraint visits_completed_ones_have_ended
        check ((status = 'completed') = (ended_at is not null)),
    constraint visits_end_after_they_start check (ended_at >= starts_at),
    constraint visits_are_in_our_time check (
        starts_at >= '2000-01-01' and starts_at < '2200-01-01' and booked_at >= '2000-01-01'
    ),
    constraint visits_price_is_an_amount check (price_minor >= 0 and currency ~ '^[A-Z]{3}$')
);
comment on table public.visits is
    'Every appointment as the booking system knows it now; one row each, by its own reference.';
comment on column public.visits.provider is 'Who gives the treatment, by name. Null: not known.';
comment on column public.visits.source is 'Which system told us, e.g. versum.';
comment on column public.visits.external_ref is 'The visit''s name in that system.';
comment on column public.visits.told_at is
    'As of when the source told this; an older telling that arrives later changes nothing.';
create index visits_client_id_starts_at_idx on public.visits (client_id, starts_at, id);
comment on index public.visits_client_id_starts_at_idx is
    'Serves the foreign key, a client''s timeline, their rhythm, and the policy.';
create index visits_treatment_id_starts_at_idx on public.visits (treatment_id, starts_at);
comment on index public.visits_treatment_id_starts_at_idx is 'Serves "who had this, when".';

create trigger visits_touch
before update on public.visits
for each row execute function private.tg_touch_row();

create function private.describe_visit(p_visit public.visits)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select jsonb_build_object(
        'client_id', p_visit.client_id, 'treatment_id', p_visit.treatment_id,
        'status', p_visit.status, 'starts_at', p_visit.starts_at, 'ended_at', p_visit.ended_at,
        'provider', p_visit.provider
    )
$$;

-- Cancelled late is cancelled; the payload's status tells them apart.
create function private.announce_visits(p_verb text, p_visits public.visits[])
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform private.emit_events(
        'visit.' || p_verb,
        array_agg(visit.id order by visit.starts_at, visit.id),
        array_agg(private.describe_visit(visit) order by visit.starts_at, visit.id)
    )
    from unnest(p_visits) visit
    having count(*) > 0;
end
$$;

create function private.name_visit_event(p_status text)
returns text
language sql
immutable
set search_path = ''
as $$
    select case p_status
        when 'booked' then 'booked'
        when 'completed' then 'completed'
        when 'missed' then 'missed'
        else 'cancelled'
    end
$$;

create function private.tg_visits_emit_arrivals()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.announce_visits(verb.name, verb.visits)
    from (
        select private.name_visit_event(visit.status) as name,
            array_agg(visit::public.visits) as visits
        from (select arrived.* from arrived) visit
        group by 1
    ) verb
    order by verb.name;
    return null;
end
$$;

create trigger visits_emit_arrivals
after insert on public.visits
referencing new table as arrived
for each statement execute function private.tg_visits_emit_arrivals();

create function private.tg_visits_emit_changes()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.announce_visits(verb.name, verb.visits)
    from (
        select
            case
                when private.name_visit_event(after.status)
                    <> private.name_visit_event(before.status)
                    then private.name_visit_event(after.status)
                else 'changed'
            end as name,
            array_agg(after::public.visits) as visits
        from changed after
        join was before using (id)
        where (
                after.client_id, after.treatment_id, after.status, after.starts_at, after.ended_at,
                after.provider, after.price_minor, after.currency
            ) is distinct from (
                before.client_id, before.treatment_id, before.status, before.starts_at,
                before.ended_at, before.provider, before.price_minor, before.currency
            )
        group by 1
    ) verb
    order by verb.name;
    return null;
end
$$;

create trigger visits_emit_changes
after update on public.visits
referencing old table as was new table as changed
for each statement execute function private.tg_visits_emit_changes();

-- -------------------------------------------------------------------------------------------------
-- What the booking system and the till tell, item by item
-- -------------------------------------------------------------------------------------------------

-- An instant with its zone: what a booking system means by 10:00 must not depend on our clock.
create function private.read_told_instant(p_item jsonb, p_name text)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
    v_day text := '[0-9]{4}-[0-9]{2}-[0-9]{2}';
    v_time text := '[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?';
    v_zone text := '(Z|[+-][0-9]{2}(:?[0-9]{2})?)';
begin
    if p_item ->> p_name !~ ('^' || v_day || '[T ]' || v_time || v_zone || '$') then
        raise datetime_field_overflow;
    end if;
    return (p_item ->> p_name)::timestamptz;
exception
    when data_exception then
        perform private.refuse(
            'PT422', p_name || '_malformed', 'An instant with its zone: 2026-03-14T18:30:00+01:00.'
        );
end
$$;

create function private.require_told_instant(p_item jsonb, p_name text)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_item ->> p_name is null then
        perform private.refuse('PT400', p_name || '_required', 'An instant is needed here.');
    end if;
    return private.read_told_instant(p_item, p_name);
end
$$;

create function private.require_told_amount(p_item jsonb, p_name text, p_default integer)
returns integer
language plpgsql
immutable
set search_path = ''
as $$
begin
    if p_item -> p_name is null or p_item -> p_name = 'null' then
        if p_default is null then
            perform private.refuse('PT400', p_name || '_required', 'An amount in minor units.');
        end if;
        return p_default;
    elsif p_item ->> p_name !~ '^[0-9]{1,9}$' then
        perform private.refuse('PT422', p_name || '_malformed', 'A whole number, not negative.');
    end if;
    return (p_item ->> p_name)::integer;
end
$$;

-- The client an item names, or the one they were merged into.
create function private.find_told_client(p_item jsonb)
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
    v_client_id uuid;
begin
    if private.is_uuid(p_item -> 'client_id') then
        select coalesce(client.merged_into_id, client.id) into v_client_id
        from public.profiles client where client.id = (p_item ->> 'client_id')::uuid;
    end if;
    if v_client_id is null then
        perform private.refuse('PT404', 'client_not_found', 'No client has this client_id.');
    end if;
    return v_client_id;
end
$$;

-- Held until the end and in one order, so that no merge passes between and no two calls wait for
-- each other.
create function private.begin_told_items(p_items jsonb)
returns void
language plpgsql
set search_path = ''
as $$
begin
    if p_items is null or jsonb_typeof(p_items) <> 'array' or jsonb_array_length(p_items) = 0 then
        perform private.refuse('PT400', 'items_required', 'A list of one item or more.');
    elsif jsonb_array_length(p_items) > 500 then
        perform private.refuse('PT413', 'too_many_items', 'At most 500 in one call.');
    end if;
    perform from public.profiles client
    where client.id in (
        select (item.value ->> 'client_id')::uuid from jsonb_array_elements(p_items) item (value)
        where private.is_uuid(item.value -> 'client_id')
    )
    order by client.id
    for share;
end
$$;

-- What is wrong with one item is its answer; the others are recorded.
create function private.try_told_item(p_concept text, p_item jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_code text;
    v_message text;
    v_hint text;
begin
    if jsonb_typeof(p_item) <> 'object' or octet_length(p_item::text) > 4000 then
        perform private.refuse('PT422', 'item_malformed', 'An object of at most 4000 bytes.');
    end if;
    perform private.require_text('source', p_item ->> 'source', 60);
    perform private.require_text('external_ref', p_item ->> 'external_ref', 120);
    return case p_concept
        when 'visit' then private.record_visit(p_item)
        when 'purchase' then private.record_purchase(p_item)
        when 'membership' then private.record_membership(p_item)
    end;
exception
    when sqlstate 'PT400' or sqlstate 'PT404' or sqlstate 'PT409' or sqlstate 'PT413'
        or sqlstate 'PT422' or data_exception or check_violation
    then
        get stacked diagnostics
            v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
        return jsonb_build_object(
            'status', 'refused',
            'error', case when v_code like 'PT%' then v_message else 'item_malformed' end,
            'hint', case when v_code like 'PT%' then v_hint else v_message end
        );
end
$$;

-- In the order of their references, whatever order they came in; answered in the order they came.
create function private.record_told_items(p_concept text, p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_item record;
    v_answers jsonb := '{}';
begin
    perform private.begin_told_items(p_items);
    for v_item in
        select item.value, item.place
        from jsonb_array_elements(p_items) with ordinality item (value, place)
        order by item.value ->> 'source', item.value ->> 'external_ref', item.place
    loop
        v_answers := v_answers || jsonb_build_object(
            v_item.place::text,
            jsonb_build_object(
                'source', v_item.value -> 'source', 'external_ref', v_item.value -> 'external_ref'
            ) || private.try_told_item(p_concept, v_item.value)
        );
    end loop;
    return (
        select jsonb_agg(answer.value order by answer.key::integer)
        from jsonb_each(v_answers) answer
    );
end
$$;
comment on function private.record_told_items(text, jsonb) is
    'For the server: one answer per item, {"source", "external_ref", "status": recorded, '
    'unchanged, stale or refused, "id", "error", "hint"}.';

create function private.answer_told_item(p_id uuid, p_is_stale boolean, p_is_changed boolean)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select jsonb_build_object(
        'id', p_id,
        'status', case
            when p_is_stale then 'stale' when p_is_changed then 'recorded' else 'unchanged'
        end
    )
$$;

create function private.read_visit(p_item jsonb)
returns public.visits
language plpgsql
stable
set search_path = ''
as $$
declare
    v_visit public.visits;
    v_treatment public.treatments;
begin
    select known.* into v_treatment
    from public.treatments known where known.id = p_item ->> 'treatment_id';
    if v_treatment.id is null then
        perform private.refuse('PT422', 'unknown_treatment', 'Not a treatment of this house.');
    end if;
    v_visit.client_id := private.find_told_client(p_item);
    v_visit.treatment_id := v_treatment.id;
    v_visit.provider := p_item ->> 'provider';
    v_visit.source := btrim(p_item ->> 'source');
    v_visit.external_ref := btrim(p_item ->> 'external_ref');
    v_visit.status := coalesce(p_item ->> 'status', 'booked');
    v_visit.starts_at := private.require_told_instant(p_item, 'starts_at');
    v_visit.told_at := coalesce(private.read_told_instant(p_item, 'told_at'), now());
    v_visit.booked_at := coalesce(
        private.read_told_instant(p_item, 'booked_at'), least(v_visit.starts_at, v_visit.told_at)
    );
    if v_visit.status = 'completed' then
        v_visit.ended_at := coalesce(
            private.read_told_instant(p_item, 'ended_at'),
            v_visit.starts_at + make_interval(mins => v_treatment.duration_minutes)
        );
    end if;
    v_visit.price_minor := private.require_told_amount(
        p_item, 'price_minor', v_treatment.price_minor
    );
    v_visit.currency := coalesce(p_item ->> 'currency', v_treatment.currency);
    return v_visit;
end
$$;

create function private.record_visit(p_item jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_told public.visits := private.read_visit(p_item);
    v_known public.visits;
    v_id uuid;
begin
    select visit.* into v_known from public.visits visit
    where visit.source = v_told.source and visit.external_ref = v_told.external_ref
    for update;
    if v_known.told_at > v_told.told_at then
        return private.answer_told_item(v_known.id, true, false);
    elsif v_known.id is not null and p_item ->> 'booked_at' is null then
        v_told.booked_at := v_known.booked_at;
    end if;
    insert into public.visits as visit (
        client_id, treatment_id, provider, source, external_ref, status, booked_at, starts_at,
        ended_at, price_minor, currency, told_at
    )
    values (
        v_told.client_id, v_told.treatment_id, v_told.provider, v_told.source, v_told.external_ref,
        v_told.status, v_told.booked_at, v_told.starts_at, v_told.ended_at, v_told.price_minor,
        v_told.currency, v_told.told_at
    )
    on conflict (source, external_ref) do update
    set client_id = excluded.client_id, treatment_id = excluded.treatment_id,
        provider = excluded.provider, status = excluded.status, booked_at = excluded.booked_at,
        starts_at = excluded.starts_at, ended_at = excluded.ended_at,
        price_minor = excluded.price_minor, currency = excluded.currency,
        told_at = excluded.told_at
    where excluded.told_at >= visit.told_at
    returning visit.id into v_id;
    return private.answer_told_item(
        coalesce(v_id, v_known.id), v_id is null, private.is_visit_changed(v_known, v_told)
    );
end
$$;

-- What the source tells, beside when it told it.
create function private.is_visit_changed(p_known public.visits, p_told public.visits)
returns boolean
language sql
immutable
set search_path = ''
as $$
    select (
        p_known.client_id, p_known.treatment_id, p_known.provider, p_known.status,
        p_known.booked_at, p_known.starts_at, p_known.ended_at, p_known.price_minor,
        p_known.currency
    ) is distinct from (
        p_told.client_id, p_told.treatment_id, p_told.provider, p_told.status,
        p_told.booked_at, p_told.starts_at, p_told.ended_at, p_told.price_minor,
        p_told.currency
    )
$$;

-- Definer: nobody holds a right to write visits; only the server's key may call this.
create function private.record_visits(p_visits jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
    return private.record_told_items('visit', p_visits);
end
$$;

create function public.record_visits(p_visits jsonb)
returns jsonb
language sql
set search_path = ''
as $$
    select private.record_visits(p_visits)
$$;
comment on function public.record_visits(jsonb) is
    'The server, for the booking system: up to 500 visits, each {"source", "external_ref", '
    '"client_id", "treatment_id", "starts_at"} and, if known, status (booked, completed, missed, '
    'cancelled, cancelled_late), provider, booked_at, ended_at, price_minor, currency, told_at. '
    'Told again, a visit is changed; told as of an earlier told_at, it stays. Answers for each in '
    'turn {"source", "external_ref", "status": recorded, unchanged, stale or refused, "id", '
    '"error", "hint"}.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.treatments, public.visits from anon, authenticated, service_role;
grant select on public.treatments, public.visits to authenticated, service_role;
alter table public.treatments enable row level security;
alter table public.visits enable row level security;

create policy treatments_select_everybody on public.treatments
for select to authenticated
using (true);

-- Who may know a client's life in the house: the client; who looks after them, has a ticket of
-- theirs at this moment, or oversees their desk.
create policy visits_select_concerned on public.visits
for select to authenticated
using (
    client_id = (select private.my_client_id())
    or client_id = any (array(select private.my_dedicated_client_ids()))
    or exists (
        select from public.profiles client
        where client.id = visits.client_id
            and client.desk_id = any (array(select private.my_overseen_desk_ids()))
    )
    or client_id = any (array(select private.my_live_client_ids()))
);

revoke all on function
    private.describe_visit(public.visits), private.announce_visits(text, public.visits[]),
    private.name_visit_event(text), private.tg_visits_emit_arrivals(),
    private.tg_visits_emit_changes(), private.read_told_instant(jsonb, text),
    private.require_told_instant(jsonb, text), private.require_told_amount(jsonb, text, integer),
    private.find_told_client(jsonb), private.begin_told_items(jsonb),
    private.try_told_item(text, jsonb), private.record_told_items(text, jsonb),
    private.answer_told_item(uuid, boolean, boolean), private.read_visit(jsonb),
    private.record_visit(jsonb), private.is_visit_changed(public.visits, public.visits),
    private.record_visits(jsonb), public.record_visits(jsonb)
from public, anon, authenticated, service_role;
grant execute on function private.record_visits(jsonb), public.record_visits(jsonb) to service_role;
