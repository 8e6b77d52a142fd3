-- Outreach: the one gate through which the house contacts a client of its own accord.
--
--   private.queue_outreach -> outreach.moment_reached (a timer) -> vip.outreach
--       (workers/vip/outreach.py) -> sent, moved to a later moment, or suppressed with one reason
--   private.open_outreach_task: a person is to make the contact;
--       outreach_task.deadline_reached (a timer) -> vip.outreach -> they are reminded
--   events out: outreach.queued, .sent, .delivered, .bounced, .suppressed, .cancelled,
--       outreach_task.opened, .done, .dismissed, .cancelled
--
-- What the gate asks stands in private.judge_outreach: is there still such a client, have they
-- asked to be left alone, do they agree to this purpose and channel in the present wording, is
-- marketing decent now, is it a quiet hour where they are, have they heard enough from us. It asks
-- when something is queued and again, under lock, when it is sent: there is nothing to decide in
-- Python. Order of locks: jobs, profiles by id, outreach by id.

-- -------------------------------------------------------------------------------------------------
-- Ways to a client
-- -------------------------------------------------------------------------------------------------
create table public.contact_channels (
    channel text primary key,
    label text not null,
    carrier text not null,
    identity_kind text,
    position smallint not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint contact_channels_channel_is_a_word check (channel ~ '^[a-z][a-z0-9_]{0,30}$'),
    constraint contact_channels_label_is_short_text check (private.is_clean_text(label, 80)),
    constraint contact_channels_carrier_is_known check (carrier in ('app', 'adapter', 'person')),
    constraint contact_channels_adapters_need_an_address
        check (carrier <> 'adapter' or identity_kind is not null),
    constraint contact_channels_identity_kind_is_known
        check (identity_kind in ('email', 'phone', 'whatsapp', 'instagram'))
);
comment on table public.contact_channels is
    'Ways the house reaches a client. Beside the channels clients write by: the app and SMS.';
comment on column public.contact_channels.carrier is
    'app: our own notification; adapter: another system, told by webhook; person: only people '
    'write or call there, never the house by itself.';
comment on column public.contact_channels.identity_kind is
    'Which of client_identities is the address; null: none is needed.';
comment on column public.contact_channels.position is
    'The house''s order, for clients who have not said theirs.';

insert into public.contact_channels (channel, label, carrier, identity_kind, position)
values
    ('email', 'E-mail', 'adapter', 'email', 1),
    ('whatsapp', 'WhatsApp', 'adapter', 'whatsapp', 2),
    ('sms', 'SMS', 'adapter', 'phone', 3),
    ('in_app', 'In the app', 'app', null, 4),
    ('phone', 'Phone call', 'person', 'phone', 5),
    ('chat', 'Chat', 'person', null, 6),
    ('instagram', 'Instagram', 'person', 'instagram', 7),
    ('phone_note', 'Phone note', 'person', 'phone', 8);

create trigger contact_channels_touch
before update on public.contact_channels
for each row execute function private.tg_touch_row();
create trigger contact_channels_record
after insert or update or delete on public.contact_channels
for each row execute function private.tg_record_configuration('channel');

alter table public.consents
    drop constraint consents_channel_fkey,
    add constraint consents_channel_is_a_way_to_clients
    foreign key (channel) references public.contact_channels (channel);

create or replace function private.require_consent_words(p_purpose text, p_channel text)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if not exists (
        select from public.consent_purposes known where known.purpose = p_purpose
    ) then
        perform private.refuse('PT422', 'unknown_purpose', 'Not a purpose of this house.');
    elsif p_channel is not null and not exists (
        select from public.contact_channels known where known.channel = p_channel
    ) then
        perform private.refuse('PT422', 'unknown_channel', 'Not a channel of this house.');
    end if;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Purposes: what each needs, how often it may be, how long it waits
-- -------------------------------------------------------------------------------------------------
insert into public.consent_purposes (purpose, label_pl, label_en)
values
    (
        'marketing', 'Oferty, zaproszenia i życzenia od naszego domu',
        'Offers, invitations and greetings from our house'
    ),
    (
        'service_reminder', 'Przypomnienia i wskazówki do zamówionych usług',
        'Reminders and advice on services that were ordered'
    ),
    ('feedback', 'Pytania o zadowolenie z obsługi', 'Questions about how we served you');

create table public.consent_wordings (
    purpose text not null references public.consent_purposes (purpose),
    wording_version text not null,
    text_pl text not null,
    text_en text not null,
    is_current boolean not null default true,
    published_at timestamptz not null default now(),
    primary key (purpose, wording_version),
    constraint consent_wordings_version_is_short_text
        check (private.is_clean_text(wording_version, 40)),
    constraint consent_wordings_texts_are_short
        check (private.is_clean_text(text_pl, 2000) and private.is_clean_text(text_en, 2000))
);
comment on table public.consent_wordings is
    'What clients agree to, word for word. A change is a new version, and asks for consent anew.';
create unique index consent_wordings_one_current on public.consent_wordings (purpose)
where is_current;
comment on index public.consent_wordings_one_current is
    'Serves the gate, and lets no second current wording in.';

insert into public.consent_wordings (purpose, wording_version, text_pl, text_en)
values
    (
        'marketing', 'v1',
        'Wyrażam zgodę na otrzymywanie informacji handlowych, zaproszeń i życzeń wybranym '
        'kanałem. Zgodę mogę w każdej chwili cofnąć.',
        'I agree to receive commercial information, invitations and greetings by the channel '
        'chosen. I can take this back at any time.'
    ),
    (
        'service_reminder', 'v1',
        'Proszę o przypomnienia i wskazówki dotyczące zamówionych usług wybranym kanałem.',
        'Please send me reminders and advice on services I ordered by the channel chosen.'
    ),
    (
        'feedback', 'v1',
        'Wyrażam zgodę na krótkie pytania o moje zadowolenie z obsługi wybranym kanałem.',
        'I agree to short questions about how I was served, by the channel chosen.'
    );

create trigger consent_wordings_record
after insert or update or delete on public.consent_wordings
for each row execute function private.tg_record_configuration('purpose');

create table public.outreach_purposes (
    purpose text primary key references public.consent_purposes (purpose),
    basis text not null,
    is_marketing boolean not null,
    cap_count smallint,
    cap_days smallint not null,
    keep_hours smallint not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint outreach_purposes_basis_is_known check (basis in ('consent', 'contract')),
    constraint outreach_purposes_marketing_needs_consent
        check (not is_marketing or basis = 'consent'),
    constraint outreach_purposes_cap_is_sane
        check (cap_count between 1 and 1000 and cap_days between 1 and 365),
    constraint outreach_purposes_wait_is_sane check (keep_hours between 1 and 24 * 90)
);
comment on table public.outreach_purposes is
    'What the gate asks for each purpose: consent or a contract, how often at most, how patient.';
comment on column public.outreach_purposes.basis is
    'contract: goes without a consent, but never by a channel the client took back for it, and '
    'never to a client who restricted contact.';
comment on column public.outreach_purposes.cap_count is
    'At most so many within any cap_days times 24 hours; null: no limit.';
comment on column public.outreach_purposes.keep_hours is
    'How long it may wait for an allowed moment before it is suppressed.';

insert into public.outreach_purposes (
    purpose, basis, is_marketing, cap_count, cap_days, keep_hours
)
values
    ('marketing', 'consent', true, 4, 30, 168),
    ('white_glove_contact', 'consent', false, 10, 7, 72),
    ('feedback', 'consent', false, 2, 30, 168),
    ('service_reminder', 'contract', false, 10, 7, 72);

create table public.outreach_hours (
    is_only boolean primary key default true,
    quiet_from_minute smallint not null,
    quiet_until_minute smallint not null,
    quiet_weekdays smallint[] not null,
    calendar_id uuid references public.calendars (id) on delete set null,
    updated_at timestamptz not null default now(),
    constraint outreach_hours_stand_once check (is_only),
    constraint outreach_hours_are_minutes_of_a_day
        check (quiet_from_minute between 0 and 1439 and quiet_until_minute between 0 and 1439),
    constraint outreach_hours_weekdays_are_iso
        check (quiet_weekdays <@ '{1,2,3,4,5,6,7}' and cardinality(quiet_weekdays) <= 6)
);
comment on table public.outreach_hours is
    'When nobody is contacted, by the clock of the client''s own time zone.';
comment on column public.outreach_hours.quiet_from_minute is
    'Minutes of the local day: 1200 = 20:00; quiet_until_minute is the first allowed again.';
comment on column public.outreach_hours.quiet_weekdays is '1 = Monday to 7 = Sunday.';
comment on column public.outreach_hours.calendar_id is
    'Its public holidays, and days closed by an exception, are quiet too; null: none are.';
create index outreach_hours_calendar_id_idx on public.outreach_hours (calendar_id);
comment on index public.outreach_hours_calendar_id_idx is 'Serves the foreign key.';

insert into public.outreach_hours (
    quiet_from_minute, quiet_until_minute, quiet_weekdays, calendar_id
)
values (1200, 540, '{7}', '00000000-0000-4000-8000-0000000000c1');

create trigger outreach_purposes_touch
before update on public.outreach_purposes
for each row execute function private.tg_touch_row();
create trigger outreach_purposes_record
after insert or update or delete on public.outreach_purposes
for each row execute function private.tg_record_configuration('purpose');
create trigger outreach_hours_touch
before update on public.outreach_hours
for each row execute function private.tg_touch_row();
create trigger outreach_hours_record
after insert or update or delete on public.outreach_hours
for each row execute function private.tg_record_configuration('is_only');

-- -------------------------------------------------------------------------------------------------
-- What the client wishes
-- -------------------------------------------------------------------------------------------------
create table public.outreach_preferences (
    client_id uuid primary key references public.profiles (id) on delete cascade,
    channels text[] not null default '{}',
    quiet_from_minute smallint,
    quiet_until_minute smallint,
    name_day_month smallint,
    name_day_day smallint,
    restricted_at timestamptz,
    changed_by uuid,
    updated_at timestamptz not null default now(),
    constraint outreach_preferences_name_day_is_a_day_of_a_leap_year check (
        (name_day_month is null) = (name_day_day is null)
        and (name_day_month is null or make_date(2024, name_day_month, name_day_day) is not null)
    ),
    constraint outreach_preferences_channels_are_few check (cardinality(channels) <= 20),
    constraint outreach_preferences_hours_are_minutes_of_a_day
        check (
            quiet_from_minute between 0 and 1439 and quiet_until_minute between 0 and 1439
            and (quiet_from_minute is null) = (quiet_until_minute is null)
        )
);
comment on table public.outreach_preferences is
    'How a client wants to be contacted. No row: as the house does it.';
comment on column public.outreach_preferences.channels is
    'The client''s order, best first; channels not named come after, in the house''s order.';
comment on column public.outreach_preferences.quiet_from_minute is
    'Instead of the house''s hours; the same as quiet_until_minute: no hour is quiet.';
comment on column public.outreach_preferences.name_day_month is
    'The name day the client keeps, with name_day_day; null: the customary one.';
comment on column public.outreach_preferences.restricted_at is
    'Since when the client wants no contact that they did not begin; null: they do not mind.';
comment on column public.outreach_preferences.changed_by is
    'The client or staff; null: the server. No foreign key, it outlives people.';
create trigger outreach_preferences_touch
before update on public.outreach_preferences
for each row execute function private.tg_touch_row();

-- -------------------------------------------------------------------------------------------------
-- Outreach
-- -------------------------------------------------------------------------------------------------
create table public.outreach (
    id uuid primary key default gen_random_uuid(),
    client_id uuid not null references public.profiles (id) on delete cascade,
    desk_id uuid not null references public.desks (id),
    purpose text not null references public.outreach_purposes (purpose),
    kind text not null,
    dedupe_key text not null,
    only_channel text references public.contact_channels (channel),
    channel text references public.contact_channels (channel),
    bounced_channels text[] not null default '{}',
    state text not null default 'queued',
    reason text,
    details jsonb not null default '{}',
    not_before_at timestamptz not null,
    expires_at timestamptz not null,
    due_at timestamptz,
    sent_at timestamptz,
    settled_at timestamptz,
    cancelled_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint outreach_is_queued_once unique (client_id, kind, dedupe_key),
    constraint outreach_kind_is_a_word check (kind ~ '^[a-z][a-z_]{0,39}$'),
    constraint outreach_dedupe_key_is_short_text check (private.is_clean_text(dedupe_key, 120)),
    constraint outreach_bounces_at_most_twice check (cardinality(bounced_channels) <= 2),
    constraint outreach_state_is_known
        check (
            state in ('queued', 'sent', 'delivered', 'bounced', 'suppressed', 'cancelled')
        ),
    constraint outreach_reason_is_a_word check (reason ~ '^[a-z][a-z_]{0,39}$'),
    constraint outreach_that_goes_nowhere_says_why
        check ((reason is not null) = (state in ('bounced', 'suppressed', 'cancelled'))),
    constraint outreach_queued_has_a_moment check ((state = 'queued') = (due_at is not null)),
    constraint outreach_sent_has_a_channel_and_a_moment
        check (
            state not in ('sent', 'delivered', 'bounced')
            or channel is not null and sent_at is not null
        ),
    constraint outreach_settled_at_is_of_the_over
        check ((settled_at is null) = (state in ('queued', 'sent'))),
    constraint outreach_details_are_a_small_object
        check (jsonb_typeof(details) = 'object' and octet_length(details::text) <= 4000)
);
comment on table public.outreach is
    'Every contact the house wanted to make of its own accord, and what became of it: one reason '
    'for each that was not made.';
comment on column public.outreach.desk_id is 'The client''s.';
comment on column public.outreach.dedupe_key is
    'One of a kind for a client and key: asking again changes nothing.';
comment on column public.outreach.only_channel is 'Null: whichever the client likes best.';
comment on column public.outreach.channel is
    'Planned while it is queued, then by which it went; null: none was open.';
comment on column public.outreach.details is
    'Ids, words, and the "subject" and "body" of the message in the client''s language.';
comment on column public.outreach.due_at is
    'The next allowed moment as it was last judged; null when nothing is planned any more.';
comment on column public.outreach.sent_at is 'The last time it was handed over; null: never.';
create index outreach_client_id_idx on public.outreach (client_id, created_at);
comment on index public.outreach_client_id_idx is 'Serves a client''s list and the policy.';
create index outreach_desk_id_idx on public.outreach (desk_id, created_at);
comment on index public.outreach_desk_id_idx is
    'Serves a desk''s list, newest first, the policy and the foreign key.';
create index outreach_client_id_waiting_idx on public.outreach (client_id, id)
where state in ('queued', 'sent');
comment on index public.outreach_client_id_waiting_idx is
    'Serves what is cancelled when a consent is withdrawn.';
create trigger outreach_touch
before update on public.outreach
for each row execute function private.tg_touch_row();

create table public.outreach_attempts (
    id bigint generated always as identity primary key,
    outreach_id uuid not null references public.outreach (id) on delete cascade,
    attempt smallint not null,
    client_id uuid not null references public.profiles (id) on delete cascade,
    purpose text not null references public.outreach_purposes (purpose),
    channel text not null references public.contact_channels (channel),
    sent_at timestamptz not null,
    taken_at timestamptz,
    result text,
    result_detail text,
    settled_at timestamptz,
    constraint outreach_attempts_are_counted unique (outreach_id, attempt),
    constraint outreach_attempts_are_two_at_most check (attempt between 1 and 2),
    constraint outreach_attempts_result_is_known
        check (result in ('delivered', 'bounced', 'withdrawn')),
    constraint outreach_attempts_settled_have_a_moment
        check ((result is null) = (settled_at is null)),
    constraint outreach_attempts_detail_is_a_word check (result_detail ~ '^[a-z0-9_]{1,60}$')
);
comment on table public.outreach_attempts is
    'Each time a client was really contacted. What bounced or was called back does not count '
    'towards the cap.';
comment on column public.outreach_attempts.taken_at is
    'When the adapter fetched the words; until then it can be called back. Null: not yet.';
comment on column public.outreach_attempts.result is
    'As the channel told, or withdrawn: called back before anybody took it; null: not yet known.';
create index outreach_attempts_client_id_idx
    on public.outreach_attempts (client_id, purpose, sent_at desc);
comment on index public.outreach_attempts_client_id_idx is
    'Serves the frequency cap, the policy and the foreign key.';

-- -------------------------------------------------------------------------------------------------
-- Tasks for people
-- -------------------------------------------------------------------------------------------------
create table public.outreach_tasks (
    id uuid primary key default gen_random_uuid(),
    client_id uuid not null references public.profiles (id) on delete cascade,
    desk_id uuid not null references public.desks (id),
    owner_id uuid references public.staff_members (id) on delete set null,
    purpose text references public.outreach_purposes (purpose),
    kind text not null,
    reason text not null,
    dedupe_key text not null,
    details jsonb not null default '{}',
    due_at timestamptz not null,
    due_until timestamptz not null,
    state text not null default 'open',
    outcome text,
    note text,
    closed_by uuid,
    closed_at timestamptz,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint outreach_tasks_are_opened_once unique (client_id, kind, dedupe_key),
    constraint outreach_tasks_kind_is_a_word check (kind ~ '^[a-z][a-z_]{0,39}$'),
    constraint outreach_tasks_reason_is_a_word check (reason ~ '^[a-z][a-z_]{0,39}$'),
    constraint outreach_tasks_dedupe_key_is_short_text
        check (private.is_clean_text(dedupe_key, 120)),
    constraint outreach_tasks_details_are_a_small_object
        check (jsonb_typeof(details) = 'object' and octet_length(details::text) <= 4000),
    constraint outreach_tasks_end_after_they_begin check (due_until > due_at),
    constraint outreach_tasks_state_is_known
        check (state in ('open', 'done', 'dismissed', 'cancelled')),
    constraint outreach_tasks_outcome_is_known
        check (
            outcome in (
                'reached', 'message_left', 'not_reached', 'booked', 'declined', 'not_needed',
                'consent_withdrawn', 'restricted', 'client_gone', 'occasion_gone'
            )
        ),
    constraint outreach_tasks_closed_say_how
        check (
            (state = 'open') = (closed_at is null) and (state = 'open') = (outcome is null)
        ),
    constraint outreach_tasks_note_is_text check (private.is_clean_text(note, 2000)),
    constraint outreach_tasks_nobody_contacts_themselves check (owner_id <> client_id)
);
comment on table public.outreach_tasks is
    'Contacts a person is to make: by whom, within which time, what came of it.';
comment on column public.outreach_tasks.owner_id is 'Null: anybody of the desk.';
comment on column public.outreach_tasks.purpose is
    'What the contact is for; it goes when the last consent to it does. Null: it needs none.';
comment on column public.outreach_tasks.due_at is
    'Not before; due_until is by when, and its owner is reminded then.';
comment on column public.outreach_tasks.closed_by is
    'Null: the house itself. No foreign key: it outlives people.';
create index outreach_tasks_owner_id_idx on public.outreach_tasks (owner_id, due_at);
comment on index public.outreach_tasks_owner_id_idx is
    'Serves somebody''s tasks by time, the policy and the foreign key.';
create index outreach_tasks_desk_id_idx on public.outreach_tasks (desk_id, due_at);
comment on index public.outreach_tasks_desk_id_idx is
    'Serves a desk''s tasks by time, the policy and the foreign key.';
create index outreach_tasks_client_id_idx on public.outreach_tasks (client_id, created_at);
comment on index public.outreach_tasks_client_id_idx is
    'Serves a client''s tasks, those a withdrawn consent ends, and the policy.';
create trigger outreach_tasks_bump_version
before update on public.outreach_tasks
for each row execute function private.tg_bump_version();

insert into private.subscriptions (event_kind, worker, priority, collapses)
values
    ('outreach.moment_reached', 'vip.outreach', 1, true),
    ('outreach_task.deadline_reached', 'vip.outreach', 0, true);

-- -------------------------------------------------------------------------------------------------
-- The gate, question by question
-- -------------------------------------------------------------------------------------------------

-- The wording in force is what counts; a purpose without published words takes any.
create function private.has_current_consent(p_client_id uuid, p_purpose text, p_channel text)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return exists (
        select from public.consents given
        left join public.consent_wordings wording
            on wording.purpose = given.purpose and wording.is_current
        where given.client_id = p_client_id and given.purpose = p_purpose
            and given.channel = p_channel and given.withdrawn_at is null
            and (wording.purpose is null or wording.wording_version = given.wording_version)
    );
end
$$;
comment on function private.has_current_consent(uuid, text, text) is
    'As private.has_consent, and in the wording that is in force.';

-- A contract allows what was not explicitly taken back for this purpose and channel.
create function private.is_channel_agreed(p_client_id uuid, p_purpose text, p_channel text)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return private.has_current_consent(p_client_id, p_purpose, p_channel) or exists (
        select from public.outreach_purposes known
        where known.purpose = p_purpose and known.basis = 'contract'
            and not exists (
                select from public.consents given
                where given.client_id = p_client_id and given.purpose = p_purpose
                    and given.channel = p_channel and given.withdrawn_at is not null
            )
    );
end
$$;
comment on function private.is_channel_agreed(uuid, text, text) is
    'Whether this client may be contacted about this by this channel: by consent, or by contract.';

create function private.find_contact_address(p_client_id uuid, p_channel text)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select known.value
        from public.contact_channels way
        join public.client_identities known
            on known.client_id = p_client_id and known.kind = way.identity_kind
        where way.channel = p_channel and known.is_verified
        order by known.updated_at desc, known.id
        limit 1
    );
end
$$;
comment on function private.find_contact_address(uuid, text) is
    'The proved address for this channel, the one confirmed last; null: there is none.';

-- Every way to the client, best first, with what keeps it shut (null: nothing).
create function private.list_contact_ways(p_client_id uuid, p_purpose text)
returns table (channel text, carrier text, obstacle text)
language plpgsql
stable
rows 8
set search_path = ''
as $$
begin
    return query
    select way.channel, way.carrier, case
        when not private.is_channel_agreed(p_client_id, p_purpose, way.channel) then 'no_consent'
        when way.identity_kind is not null
            and private.find_contact_address(p_client_id, way.channel) is null then 'no_address'
        when way.carrier = 'app' and not client.has_account then 'no_address'
        when way.carrier = 'adapter' and not exists (
            select from public.webhooks hook
            where hook.is_active and 'outreach.released' = any (hook.events)
        ) then 'no_adapter'
    end
    from public.contact_channels way
    join public.profiles client on client.id = p_client_id
    left join public.outreach_preferences wish on wish.client_id = p_client_id
    order by array_position(wish.channels, way.channel), way.position, way.channel;
end
$$;
comment on function private.list_contact_ways(uuid, text) is
    'Channels in the client''s order; obstacle: no_consent, no_address, no_adapter or null.';

-- The first open one; when none is, the obstacle that is nearest to being open.
create function private.choose_contact_channel(p_outreach public.outreach)
returns table (channel text, obstacle text)
language plpgsql
stable
rows 1
set search_path = ''
as $$
begin
    return query
    select way.channel, way.obstacle
    from private.list_contact_ways(p_outreach.client_id, p_outreach.purpose)
        with ordinality way (channel, carrier, obstacle, place)
    where way.carrier <> 'person'
        and way.channel = coalesce(p_outreach.only_channel, way.channel)
        and way.channel <> all (p_outreach.bounced_channels)
    order by
        array_position(array['no_adapter', 'no_address', 'no_consent'], way.obstacle) nulls first,
        way.place
    limit 1;
end
$$;
comment on function private.choose_contact_channel(public.outreach) is
    'The best channel the house may use by itself and that has not bounced; with the obstacle when '
    'there is none. No row: no channel is left.';

create function private.is_quiet_minute(p_from smallint, p_until smallint, p_local timestamp)
returns boolean
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_minute double precision := extract(epoch from p_local::time) / 60;
begin
    return case
        when p_from <= p_until then v_minute >= p_from and v_minute < p_until
        else v_minute >= p_from or v_minute < p_until
    end;
end
$$;
comment on function private.is_quiet_minute(smallint, smallint, timestamp) is
    'Whether this clock shows a minute from one until before the other, over midnight or not.';

create function private.is_quiet_day(p_day date)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return exists (
        select from public.outreach_hours house
        where extract(isodow from p_day) = any (house.quiet_weekdays)
            or exists (
                select from public.calendars calendar
                cross join lateral private.list_holidays(
                    calendar.holiday_set, extract(year from p_day)::integer
                ) holiday
                where calendar.id = house.calendar_id and holiday.falls_on = p_day
            )
            or exists (
                select from public.calendar_exceptions closed
                where closed.calendar_id = house.calendar_id and closed.falls_on = p_day
                    and not exists (
                        select from public.calendar_exception_hours hours
                        where hours.calendar_id = closed.calendar_id and hours.falls_on = p_day
                    )
            )
    );
end
$$;
comment on function private.is_quiet_day(date) is
    'Whether nobody is contacted on this day at all: a quiet weekday, a public holiday of the '
    'house''s calendar, or a day it is closed by exception.';

-- Both readings of a local time: twice a year one of them is an hour off, and either may be quiet.
create function private.find_loud_moment(
    p_at timestamptz, p_time_zone text, p_from smallint, p_until smallint
)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
    v_local timestamp := p_at at time zone p_time_zone;
    v_day date;
    v_opens timestamp;
    v_found_at timestamptz;
begin
    for v_ahead in 0..60 loop
        v_day := v_local::date + v_ahead;
        continue when private.is_quiet_day(v_day);
        v_opens := v_day + p_until * interval '1 minute';
        select min(tried.at) into v_found_at
        from (
            values (p_at), (v_day::timestamp at time zone p_time_zone),
                (v_opens at time zone p_time_zone), (p_at + (v_opens - v_local))
        ) tried (at)
        where tried.at >= p_at and (tried.at at time zone p_time_zone)::date = v_day
            and not private.is_quiet_minute(p_from, p_until, tried.at at time zone p_time_zone);
        exit when v_found_at is not null;
    end loop;
    return v_found_at;
end
$$;

create function private.find_allowed_moment(p_client_id uuid, p_at timestamptz)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select private.find_loud_moment(
            p_at, client.time_zone,
            coalesce(wish.quiet_from_minute, house.quiet_from_minute),
            coalesce(wish.quiet_until_minute, house.quiet_until_minute)
        )
        from public.profiles client
        cross join public.outreach_hours house
        left join public.outreach_preferences wish on wish.client_id = client.id
        where client.id = p_client_id
    );
end
$$;
comment on function private.find_allowed_moment(uuid, timestamptz) is
    'The first moment from then on that is not quiet where the client is; null: none in 60 days.';

create function private.find_uncapped_moment(
    p_client_id uuid, p_purpose text, p_at timestamptz
)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
    return greatest(p_at, (
        select made.sent_at + known.cap_days * interval '24 hours'
        from public.outreach_purposes known
        cross join lateral (
            select earlier.sent_at
            from public.outreach_attempts earlier
            where earlier.client_id = p_client_id and earlier.purpose = p_purpose
                and coalesce(earlier.result, 'delivered') = 'delivered'
            order by earlier.sent_at desc
            offset known.cap_count - 1
            limit 1
        ) made
        where known.purpose = p_purpose and known.cap_count is not null
    ));
end
$$;
comment on function private.find_uncapped_moment(uuid, text, timestamptz) is
    'The first moment from then on at which one more keeps to the cap of its purpose.';

-- Quiet hours and the cap push each other on until both agree.
create function private.find_outreach_moment(p_outreach public.outreach, p_at timestamptz)
returns table (at timestamptz, reason text)
language plpgsql
stable
rows 1
set search_path = ''
as $$
declare
    v_at timestamptz := p_at;
    v_free_at timestamptz;
    v_reason text;
begin
    loop
        v_free_at := private.find_uncapped_moment(p_outreach.client_id, p_outreach.purpose, v_at);
        if v_free_at > v_at then
            v_reason := 'frequency_cap';
            exit when v_free_at > p_outreach.expires_at;
        end if;
        v_at := private.find_allowed_moment(p_outreach.client_id, v_free_at);
        exit when v_at = v_free_at;
        v_reason := 'quiet_hours';
        exit when v_at is null or v_at > p_outreach.expires_at;
    end loop;
    return query select greatest(v_at, v_free_at), v_reason;
end
$$;
comment on function private.find_outreach_moment(public.outreach, timestamptz) is
    'When it may go, and what held it up last: quiet_hours, frequency_cap or null. Later than '
    'expires_at: never.';

create function private.find_client_obstacle(p_client_id uuid)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select case
            when client.merged_into_id is not null then 'client_merged'
            when account.deleted_at is not null or account.banned_until > now()
                then 'client_closed'
            when wish.restricted_at is not null then 'restricted'
        end
        from public.profiles client
        left join auth.users account on account.id = client.account_id
        left join public.outreach_preferences wish on wish.client_id = client.id
        where client.id = p_client_id
    );
end
$$;
comment on function private.find_client_obstacle(uuid) is
    'Why this client is not to be contacted at all: client_merged, client_closed, restricted; null '
    'when nothing speaks against it.';

create function private.judge_outreach(p_outreach public.outreach, p_at timestamptz)
returns table (verdict text, reason text, channel text, at timestamptz)
language plpgsql
stable
rows 1
set search_path = ''
as $$
declare
    v_reason text := private.find_client_obstacle(p_outreach.client_id);
    v_channel text;
    v_at timestamptz;
    v_held_by text;
begin
    select way.channel, coalesce(v_reason, way.obstacle) into v_channel, v_reason
    from (select) nothing
    left join private.choose_contact_channel(p_outreach) way on true;
    if v_reason is null and v_channel is null then
        v_reason := 'no_channel_left';
    end if;
    select moment.at, moment.reason into v_at, v_held_by
    from private.find_outreach_moment(p_outreach, p_at) moment;
    if v_reason is null and (v_at <= p_outreach.expires_at) is not true then
        v_reason := coalesce(v_held_by, 'expired');
    elsif v_reason is null and exists (
        select from public.outreach_purposes known
        where known.purpose = p_outreach.purpose and known.is_marketing
    ) and private.has_recent_complaint(p_outreach.client_id, v_at) then
        v_reason := 'recent_complaint';
    end if;
    return query select
        case when v_reason is not null then 'suppressed' when v_at > p_at then 'later'
            else 'allowed' end,
        coalesce(v_reason, v_held_by), case when v_reason is null then v_channel end, v_at;
end
$$;
comment on function private.judge_outreach(public.outreach, timestamptz) is
    'The gate. verdict: allowed at that moment, later (at: when), or suppressed, with one reason: '
    'client_merged, client_closed, restricted, no_consent, no_address, no_adapter, '
    'no_channel_left, quiet_hours, frequency_cap, expired, recent_complaint.';

-- -------------------------------------------------------------------------------------------------
-- Queue
-- -------------------------------------------------------------------------------------------------
create function private.require_outreach_purpose(p_purpose text)
returns public.outreach_purposes
language plpgsql
stable
set search_path = ''
as $$
declare
    v_purpose public.outreach_purposes;
begin
    select known.* into v_purpose
    from public.outreach_purposes known where known.purpose = p_purpose;
    if v_purpose.purpose is null then
        perform private.refuse('PT422', 'unknown_purpose', 'Not a purpose of outreach.');
    end if;
    return v_purpose;
end
$$;

-- Writes what the gate says of it at that moment, and sets or forgets its clock.
create function private.place_outreach(p_outreach_id uuid, p_at timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_outreach public.outreach;
    v_judged record;
begin
    select waiting.* into strict v_outreach
    from public.outreach waiting where waiting.id = p_outreach_id;
    select judged.* into strict v_judged
    from private.judge_outreach(v_outreach, p_at) judged;
    update public.outreach waiting
    set state = case v_judged.verdict when 'suppressed' then 'suppressed' else 'queued' end,
        reason = case v_judged.verdict when 'suppressed' then v_judged.reason end,
        channel = v_judged.channel,
        due_at = case when v_judged.verdict <> 'suppressed' then v_judged.at end,
        settled_at = case v_judged.verdict when 'suppressed' then clock_timestamp() end
    where waiting.id = p_outreach_id;
    if v_judged.verdict = 'suppressed' then
        perform private.cancel_timers('outreach.moment_reached', array[p_outreach_id]);
    else
        perform private.set_timers(
            'outreach.moment_reached', array[p_outreach_id], array[v_judged.at]
        );
    end if;
end
$$;

create function private.queue_outreach(
    p_client_id uuid, p_purpose text, p_kind text, p_channel text, p_not_before timestamptz,
    p_dedupe_key text, p_details jsonb
)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
    v_purpose public.outreach_purposes := private.require_outreach_purpose(p_purpose);
    v_from timestamptz := greatest(p_not_before, clock_timestamp());
    v_outreach_id uuid;
begin
    perform private.require_consent_words(p_purpose, p_channel);
    insert into public.outreach (
        client_id, desk_id, purpose, kind, dedupe_key, only_channel, details, not_before_at,
        expires_at, due_at
    )
    select
        client.id, client.desk_id, p_purpose, p_kind, p_dedupe_key, p_channel,
        coalesce(p_details, '{}') - 'expires_at', v_from,
        coalesce(
            (p_details ->> 'expires_at')::timestamptz,
            v_from + v_purpose.keep_hours * interval '1 hour'
        ),
        v_from
    from public.profiles client
    where client.id = p_client_id
    on conflict (client_id, kind, dedupe_key) do nothing
    returning id into v_outreach_id;
    if v_outreach_id is null then
        return (
            select earlier.id from public.outreach earlier
            where earlier.client_id = p_client_id and earlier.kind = p_kind
                and earlier.dedupe_key = p_dedupe_key
        );
    end if;
    perform private.place_outreach(v_outreach_id, v_from);
    return v_outreach_id;
end
$$;
comment on function private.queue_outreach(uuid, text, text, text, timestamptz, text, jsonb) is
    'The one way to contact a client of one''s own accord. Purpose as in outreach_purposes, kind a '
    'word, channel null for what the client likes best, details with "subject" and "body" of the '
    'message and, if it must not wait as long as its purpose may, "expires_at". Answers the '
    'outreach, or the earlier one of that kind and key; whether it goes is said by its state. Null '
    'for ids of nobody. For functions with their owner''s rights, after they checked the caller.';

-- -------------------------------------------------------------------------------------------------
-- What rows announce
-- -------------------------------------------------------------------------------------------------
create function private.describe_outreach_event(p_outreach public.outreach)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select jsonb_strip_nulls(jsonb_build_object(
        'client_id', p_outreach.client_id, 'purpose', p_outreach.purpose,
        'kind', p_outreach.kind, 'channel', p_outreach.channel, 'reason', p_outreach.reason
    ))
$$;

create function private.tg_outreach_emit()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if tg_op = 'INSERT' then
        perform private.emit_events(
            'outreach.queued', array_agg(now_.id order by now_.id),
            array_agg(private.describe_outreach_event(now_.*::public.outreach) order by now_.id)
        )
        from now_
        having count(*) > 0;
        return null;
    end if;
    perform private.emit_events(
        'outreach.' || changed.state, array_agg(changed.id order by changed.id),
        array_agg(changed.described order by changed.id)
    )
    from (
        select
            now_.id, now_.state,
            private.describe_outreach_event(now_.*::public.outreach) as described
        from now_ join before_ on before_.id = now_.id
        where now_.state <> before_.state
            and now_.state in ('sent', 'delivered', 'bounced', 'suppressed', 'cancelled')
    ) changed
    group by changed.state;
    return null;
end
$$;

create trigger outreach_emit_birth
after insert on public.outreach
referencing new table as now_
for each statement execute function private.tg_outreach_emit();
create trigger outreach_emit
after update on public.outreach
referencing new table as now_ old table as before_
for each statement execute function private.tg_outreach_emit();

-- Definer: deleting an account takes these rows along, and Auth has no right in private.
create function private.tg_outreach_tasks_emit()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op = 'INSERT' then
        perform private.emit_events(
            'outreach_task.opened', array_agg(now_.id order by now_.id),
            array_agg(jsonb_build_object(
                'client_id', now_.client_id, 'kind', now_.kind, 'owner_id', now_.owner_id
            ) order by now_.id)
        )
        from now_
        having count(*) > 0;
        return null;
    end if;
    perform private.emit_events(
        'outreach_task.' || changed.state, array_agg(changed.id order by changed.id),
        array_agg(jsonb_build_object(
            'client_id', changed.client_id, 'kind', changed.kind, 'owner_id', changed.owner_id,
            'outcome', changed.outcome
        ) order by changed.id)
    )
    from (
        select now_.* from now_ join before_ on before_.id = now_.id
        where now_.state <> before_.state and now_.state in ('done', 'dismissed', 'cancelled')
    ) changed
    group by changed.state;
    return null;
end
$$;

create trigger outreach_tasks_emit_birth
after insert on public.outreach_tasks
referencing new table as now_
for each statement execute function private.tg_outreach_tasks_emit();
create trigger outreach_tasks_emit
after update on public.outreach_tasks
referencing new table as now_ old table as before_
for each statement execute function private.tg_outreach_tasks_emit();

-- -------------------------------------------------------------------------------------------------
-- Tasks: open, remind
-- -------------------------------------------------------------------------------------------------

-- The first of the client's own people who works at their desk and is there at that moment.
create function private.choose_task_owner(p_client_id uuid, p_at timestamptz)
returns uuid
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select staff.id
        from public.vip_client_profiles vip
        cross join lateral unnest(array[
            vip.dedicated_agent_id, vip.deputy_agent_id, vip.relationship_manager_id
        ]) with ordinality team (id, place)
        join public.staff_members staff on staff.id = team.id and staff.is_active
        where vip.client_id = p_client_id
            and not exists (
                select from public.staff_absences absence
                where absence.staff_id = staff.id
                    and absence.starts_at <= p_at and p_at < absence.ends_at
            )
        order by team.place
        limit 1
    );
end
$$;
comment on function private.choose_task_owner(uuid, timestamptz) is
    'Dedicated agent, deputy, relationship manager: the first who is not on leave; null: none.';

-- Why a person is not to contact this client either; one agreed way is enough.
create function private.find_task_obstacle(p_client_id uuid, p_purpose text)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
    v_obstacle text := private.find_client_obstacle(p_client_id);
begin
    if p_purpose is null then
        return case when v_obstacle in ('client_merged', 'client_closed') then v_obstacle end;
    elsif v_obstacle is null and not exists (
        select from private.list_contact_ways(p_client_id, p_purpose) way
        where way.obstacle is distinct from 'no_consent'
    ) then
        return 'no_consent';
    elsif v_obstacle is null and exists (
        select from public.outreach_purposes known
        where known.purpose = p_purpose and known.is_marketing
    ) and private.has_recent_complaint(p_client_id, now()) then
        return 'recent_complaint';
    end if;
    return v_obstacle;
end
$$;
comment on function private.find_task_obstacle(uuid, text) is
    'client_merged, client_closed, and for contacts with a purpose restricted, no_consent or '
    'recent_complaint; null when nothing speaks against it.';

create function private.open_outreach_task(
    p_client_id uuid, p_kind text, p_owner_id uuid, p_due_from timestamptz,
    p_due_until timestamptz, p_dedupe_key text, p_details jsonb
)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
    v_purpose text := p_details ->> 'purpose';
    v_due_at timestamptz := p_due_from;
    v_task public.outreach_tasks;
begin
    if v_purpose is not null then
        v_due_at := private.find_allowed_moment(p_client_id, p_due_from);
    end if;
    if private.find_task_obstacle(p_client_id, v_purpose) is not null or v_due_at is null then
        return null;
    end if;
    insert into public.outreach_tasks (
        client_id, desk_id, owner_id, purpose, kind, reason, dedupe_key, details, due_at, due_until
    )
    select
        client.id, client.desk_id,
        coalesce(p_owner_id, private.choose_task_owner(client.id, v_due_at)), v_purpose, p_kind,
        coalesce(p_details ->> 'reason', p_kind), p_dedupe_key,
        coalesce(p_details, '{}') - '{purpose,reason}'::text[], v_due_at,
        greatest(p_due_until, v_due_at + (p_due_until - p_due_from))
    from public.profiles client
    where client.id = p_client_id
    on conflict (client_id, kind, dedupe_key) do nothing
    returning * into v_task;
    if v_task.id is null then
        return (
            select earlier.id from public.outreach_tasks earlier
            where earlier.client_id = p_client_id and earlier.kind = p_kind
                and earlier.dedupe_key = p_dedupe_key
        );
    end if;
    perform private.tell_of_task(v_task, 'outreach_task_opened', false);
    perform private.set_timers(
        'outreach_task.deadline_reached', array[v_task.id], array[v_task.due_until]
    );
    return v_task.id;
end
$$;
comment on function private.open_outreach_task(
    uuid, text, uuid, timestamptz, timestamptz, text, jsonb
) is
    'A person is to contact this client: owner null for the client''s own people, else anybody of '
    'the desk. Details may name "purpose" (then consent and quiet hours are asked, and the time '
    'moves to the next allowed moment) and "reason", a word. Answers the task or the earlier one '
    'of that kind and key; null when the client is not to be contacted. For functions with their '
    'owner''s rights, after they checked the caller.';

create function private.tell_of_task(
    p_task public.outreach_tasks, p_kind text, p_is_for_managers boolean
)
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform private.notify(
        array(
            select distinct staff.id
            from public.staff_members staff
            where staff.is_active and (
                staff.id = p_task.owner_id
                or p_is_for_managers and staff.role = 'manager'
                    and staff.desk_id = p_task.desk_id
            )
        ),
        p_kind, null,
        jsonb_build_object(
            'task_id', p_task.id, 'client_id', p_task.client_id, 'kind', p_task.kind,
            'due_at', p_task.due_at, 'due_until', p_task.due_until
        )
    );
end
$$;

create function private.close_outreach_tasks(p_task_ids uuid[], p_outcome text)
returns void
language plpgsql
set search_path = ''
as $$
begin
    update public.outreach_tasks task
    set state = 'cancelled', outcome = p_outcome, closed_at = now()
    where task.id = any (p_task_ids) and task.state = 'open';
    perform private.cancel_timers('outreach_task.deadline_reached', p_task_ids);
end
$$;
comment on function private.close_outreach_tasks(uuid[], text) is
    'The house itself closes open tasks whose reason is gone.';

-- -------------------------------------------------------------------------------------------------
-- Send
-- -------------------------------------------------------------------------------------------------

-- The gate said yes a moment ago, under the same lock.
create function private.release_outreach(
    p_outreach public.outreach, p_channel text, p_at timestamptz
)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_is_in_app boolean := (
        select way.carrier = 'app' from public.contact_channels way where way.channel = p_channel
    );
begin
    update public.outreach going
    set state = 'sent', channel = p_channel, due_at = null, sent_at = p_at
    where going.id = p_outreach.id;
    insert into public.outreach_attempts (
        outreach_id, attempt, client_id, purpose, channel, sent_at
    )
    values (
        p_outreach.id, 1 + cardinality(p_outreach.bounced_channels), p_outreach.client_id,
        p_outreach.purpose, p_channel, p_at
    );
    if v_is_in_app then
        perform private.notify(
            array[p_outreach.client_id], 'outreach', null,
            jsonb_build_object('outreach_id', p_outreach.id, 'kind', p_outreach.kind)
        );
        perform private.settle_outreach(p_outreach.id, 'delivered', null);
    end if;
end
$$;

-- What bounced once goes by the next channel; what bounced twice is given up.
create function private.settle_outreach(p_outreach_id uuid, p_result text, p_detail text)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_outreach public.outreach;
begin
    select going.* into strict v_outreach
    from public.outreach going where going.id = p_outreach_id for update;
    update public.outreach_attempts made
    set result = p_result, result_detail = p_detail, settled_at = clock_timestamp()
    where made.outreach_id = p_outreach_id and made.result is null;
    if p_result = 'delivered' then
        update public.outreach going
        set state = 'delivered', settled_at = clock_timestamp()
        where going.id = p_outreach_id;
    else
        update public.outreach going
        set state = 'bounced', reason = 'bounced', settled_at = clock_timestamp(),
            bounced_channels = going.bounced_channels || going.channel
        where going.id = p_outreach_id;
        if cardinality(v_outreach.bounced_channels) = 0 then
            update public.outreach going
            set state = 'queued', reason = null, settled_at = null, due_at = clock_timestamp()
            where going.id = p_outreach_id;
            perform private.place_outreach(p_outreach_id, clock_timestamp());
        end if;
    end if;
end
$$;
comment on function private.settle_outreach(uuid, text, text) is
    'What the channel said of the attempt that is under way: delivered or bounced.';

create function private.dispatch_outreach(p_outreach_id uuid, p_at timestamptz)
returns text
language plpgsql
set search_path = ''
as $$
declare
    v_outreach public.outreach;
    v_judged record;
begin
    select waiting.* into v_outreach
    from public.outreach waiting where waiting.id = p_outreach_id for update;
    if v_outreach.state is distinct from 'queued' or v_outreach.due_at > p_at then
        return 'gone';
    end if;
    select judged.* into strict v_judged
    from private.judge_outreach(v_outreach, p_at) judged;
    if v_judged.verdict = 'allowed' then
        perform private.release_outreach(v_outreach, v_judged.channel, p_at);
    else
        perform private.place_outreach(p_outreach_id, p_at);
    end if;
    return 'recorded';
end
$$;
comment on function private.dispatch_outreach(uuid, timestamptz) is
    'Asks the gate at this moment (for all but tests the present one) and does what it says. The '
    'client is locked.';

create function private.remind_of_task(p_task_id uuid)
returns text
language plpgsql
set search_path = ''
as $$
declare
    v_task public.outreach_tasks;
begin
    select task.* into v_task from public.outreach_tasks task
    where task.id = p_task_id and task.state = 'open' and task.due_until <= clock_timestamp();
    if v_task.id is null then
        return 'gone';
    end if;
    perform private.tell_of_task(v_task, 'outreach_task_overdue', true);
    return 'recorded';
end
$$;

-- Definer: nobody may write outreach by hand; only service_role may execute it. The clients are
-- locked first, each by a statement of its own, so that the gate sees every consent taken back
-- before it.
create function private.apply_outreach(p_items jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_item record;
    v_results jsonb := '[]';
begin
    perform private.lock_clients(array(
        select waiting.client_id from public.outreach waiting
        where waiting.id in (
            select item.subject_id from jsonb_to_recordset(p_items) as item (subject_id uuid)
        )
    ));
    for v_item in
        select item.job_id, item.kind, item.subject_id
        from jsonb_to_recordset(p_items) as item (job_id bigint, kind text, subject_id uuid)
        order by item.subject_id
    loop
        v_results := v_results || jsonb_build_object('job_id', v_item.job_id, 'status', case
            when v_item.kind = 'outreach_task.deadline_reached'
                then private.remind_of_task(v_item.subject_id)
            else private.dispatch_outreach(v_item.subject_id, clock_timestamp())
        end);
    end loop;
    return v_results;
end
$$;

create function worker.record_outreach(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_results jsonb;
begin
    perform private.hold_jobs(p_items);
    v_results := private.apply_outreach(p_items);
    perform private.finish_jobs(array(
        select item.job_id from jsonb_to_recordset(p_items) as item (job_id bigint)
    ));
    return v_results;
end
$$;
comment on function worker.record_outreach(jsonb) is
    'Sends, moves or suppresses what has come to its moment, reminds of tasks past their time, and '
    'finishes the jobs, in one transaction. Items: job_id, fence, kind, subject_id. Answers '
    '[{"job_id", "status"}]: recorded or gone.';

-- -------------------------------------------------------------------------------------------------
-- What ends outreach that waits
-- -------------------------------------------------------------------------------------------------

-- What is queued, and what was handed to an adapter that has not taken it yet.
create function private.cancel_outreach_rows(p_outreach_ids uuid[], p_reason text)
returns void
language plpgsql
set search_path = ''
as $$
begin
    update public.outreach_attempts made
    set result = 'withdrawn', settled_at = clock_timestamp()
    from public.outreach going
    where going.id = made.outreach_id and going.id = any (p_outreach_ids)
        and going.state = 'sent' and made.result is null and made.taken_at is null;
    update public.outreach going
    set state = 'cancelled', reason = p_reason, due_at = null, cancelled_by = auth.uid(),
        settled_at = clock_timestamp()
    where going.id = any (p_outreach_ids)
        and (going.state = 'queued' or going.state = 'sent' and not exists (
            select from public.outreach_attempts made
            where made.outreach_id = going.id and made.result is null
        ));
    perform private.cancel_timers('outreach.moment_reached', p_outreach_ids);
end
$$;
comment on function private.cancel_outreach_rows(uuid[], text) is
    'Cancels those of them that nobody has received, and gives nothing back later.';

-- Locks each client, then their outreach: whoever sends does it in the same order, so a consent
-- taken back and a contact come one after the other.
create function private.lock_waiting_outreach(p_client_ids uuid[])
returns setof public.outreach
language plpgsql
set search_path = ''
as $$
begin
    perform private.lock_clients(p_client_ids);
    return query
    select waiting.* from public.outreach waiting
    where waiting.client_id = any (p_client_ids) and waiting.state in ('queued', 'sent')
    order by waiting.id
    for update;
end
$$;

-- Definer: whoever takes a consent back holds no right to write outreach. It follows the row.
-- What is planned by a channel that is still agreed goes on; so does what stands on a contract.
create function private.tg_consents_cancel_outreach()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_client_ids uuid[] := array(
        select distinct now_.client_id from now_ where now_.withdrawn_at is not null
    );
begin
    if cardinality(v_client_ids) > 0 then
        perform private.cancel_outreach_rows(array(
            select waiting.id
            from private.lock_waiting_outreach(v_client_ids) waiting
            join public.outreach_purposes known on known.purpose = waiting.purpose
            where known.basis = 'consent' and waiting.channel is not null
                and not private.is_channel_agreed(
                    waiting.client_id, waiting.purpose, waiting.channel
                )
        ), 'consent_withdrawn');
        perform private.close_outreach_tasks(array(
            select task.id from public.outreach_tasks task
            where task.client_id = any (v_client_ids) and task.state = 'open'
                and private.find_task_obstacle(task.client_id, task.purpose) = 'no_consent'
        ), 'consent_withdrawn');
    end if;
    return null;
end
$$;

create trigger consents_cancel_outreach
after update on public.consents
referencing new table as now_
for each statement execute function private.tg_consents_cancel_outreach();

-- Definer: as above, for a client who wants to be left alone.
create function private.tg_outreach_preferences_restrict()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.cancel_outreach_rows(array(
        select waiting.id from private.lock_waiting_outreach(array[new.client_id]) waiting
    ), 'restricted');
    perform private.close_outreach_tasks(array(
        select task.id from public.outreach_tasks task
        where task.client_id = new.client_id and task.state = 'open' and task.purpose is not null
    ), 'restricted');
    return null;
end
$$;

create trigger outreach_preferences_restrict
after insert or update of restricted_at on public.outreach_preferences
for each row when (new.restricted_at is not null)
execute function private.tg_outreach_preferences_restrict();

-- Definer: whoever merges clients holds no right to write outreach. A task goes with the client; a
-- message does not: the kept client has their own.
create function private.tg_profiles_end_outreach()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.cancel_outreach_rows(array(
        select waiting.id from private.lock_waiting_outreach(array[new.id]) waiting
    ), 'client_merged');
    perform private.close_outreach_tasks(array(
        select task.id from public.outreach_tasks task
        join public.outreach_tasks kept
            on kept.client_id = new.merged_into_id and kept.kind = task.kind
            and kept.dedupe_key = task.dedupe_key
        where task.client_id = new.id and task.state = 'open'
    ), 'client_gone');
    update public.outreach_tasks task
    set client_id = kept.id, desk_id = kept.desk_id,
        owner_id = nullif(task.owner_id, kept.id)
    from public.profiles kept
    where kept.id = new.merged_into_id and task.client_id = new.id and task.state = 'open';
    return null;
end
$$;

create trigger profiles_end_outreach
after update of merged_into_id on public.profiles
for each row when (new.merged_into_id is not null and old.merged_into_id is null)
execute function private.tg_profiles_end_outreach();

-- Definer: whoever gives a client to another desk holds no right to write outreach.
create function private.tg_profiles_move_outreach()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    update public.outreach waiting
    set desk_id = new.desk_id
    where waiting.client_id = new.id and waiting.state in ('queued', 'sent');
    update public.outreach_tasks task
    set desk_id = new.desk_id
    where task.client_id = new.id and task.state = 'open';
    return null;
end
$$;

create trigger profiles_move_outreach
after update of desk_id on public.profiles
for each row when (new.desk_id <> old.desk_id)
execute function private.tg_profiles_move_outreach();

-- -------------------------------------------------------------------------------------------------
-- Adapters: other systems that carry e-mail, SMS and WhatsApp, told by the signed webhooks
-- -------------------------------------------------------------------------------------------------
create function private.list_webhook_events()
returns text[]
language sql
immutable
parallel safe
set search_path = ''
return array[
    'alert.raised', 'alert.escalated', 'alert.acknowledged', 'alert.silenced', 'alert.resumed',
    'alert.cleared', 'outreach.released'
];

alter table public.webhooks
    drop constraint webhooks_events_are_known,
    add constraint webhooks_events_are_known check (
        cardinality(events) between 1 and 20 and events <@ private.list_webhook_events()
    );
comment on table public.webhooks is
    'Other systems that want to know of alerts, or carry outreach. Their secrets stand apart, in '
    'private.';

create or replace function private.require_webhook(p_name text, p_url text, p_events text[])
returns void
language plpgsql
immutable
set search_path = ''
as $$
begin
    perform private.require_text('name', p_name, 80);
    if char_length(p_url) > 2000 then
        perform private.refuse('PT413', 'url_too_long', 'At most 2000 characters.');
    elsif (
        p_url ~ '^https://[a-zA-Z0-9.-]+(:[0-9]{1,5})?(/[!-~]*)?$'
        or p_url ~ '^http://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?(/[!-~]*)?$'
    ) is not true then
        perform private.refuse(
            'PT422', 'url_invalid',
            'An https address without a name and password; http for this very machine alone.'
        );
    elsif (
        cardinality(p_events) between 1 and 20 and p_events <@ private.list_webhook_events()
    ) is not true then
        perform private.refuse(
            'PT422', 'unknown_event',
            'One or more of ' || array_to_string(private.list_webhook_events(), ', ') || '.'
        );
    end if;
end
$$;

alter table private.webhook_deliveries
    alter column step_id drop not null,
    add column outreach_attempt_id bigint references public.outreach_attempts (id)
        on delete cascade,
    add constraint webhook_deliveries_tell_one_thing
        check (num_nonnulls(step_id, outreach_attempt_id) = 1),
    add constraint webhook_deliveries_one_per_attempt_and_webhook
        unique (outreach_attempt_id, webhook_id);

-- Ids and words: where it goes and what it says the adapter fetches with the server's key, so that
-- a consent taken back meanwhile still counts.
create function private.tg_outreach_attempts_queue_deliveries()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    insert into private.webhook_deliveries (id, webhook_id, outreach_attempt_id, event, body)
    select made.id, hook.id, new.id, 'outreach.released', jsonb_build_object(
        'id', made.id,
        'type', 'outreach.released',
        'occurred_at', new.sent_at,
        'data', jsonb_build_object(
            'outreach_id', new.outreach_id, 'attempt', new.attempt, 'channel', new.channel
        )
    )::text
    from public.webhooks hook
    cross join lateral (select gen_random_uuid() where hook.id is not null) as made (id)
    where hook.is_active and 'outreach.released' = any (hook.events)
        and exists (
            select from public.contact_channels way
            where way.channel = new.channel and way.carrier = 'adapter'
        );
    return null;
end
$$;

create trigger outreach_attempts_queue_deliveries
after insert on public.outreach_attempts
for each row execute function private.tg_outreach_attempts_queue_deliveries();

-- Locks the client and the outreach, in the order everybody does.
create function private.lock_sent_outreach(p_outreach_id uuid)
returns public.outreach
language plpgsql
set search_path = ''
as $$
declare
    v_outreach public.outreach;
begin
    perform private.lock_clients(array(
        select going.client_id from public.outreach going where going.id = p_outreach_id
    ));
    select going.* into v_outreach
    from public.outreach going where going.id = p_outreach_id for update;
    if v_outreach.id is null then
        perform private.refuse('PT404', 'outreach_not_found', 'There is no such outreach.');
    end if;
    return v_outreach;
end
$$;

-- Definer: nobody may write attempts by hand; only the server's key may execute it.
create function private.take_outreach(p_outreach_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_outreach public.outreach := private.lock_sent_outreach(p_outreach_id);
    v_attempt smallint;
begin
    if v_outreach.state <> 'sent' then
        perform private.refuse('PT409', 'outreach_not_released', 'Nothing is to be sent any more.');
    end if;
    update public.outreach_attempts made
    set taken_at = coalesce(made.taken_at, clock_timestamp())
    where made.outreach_id = p_outreach_id and made.result is null
    returning made.attempt into v_attempt;
    return (
        select jsonb_build_object(
            'outreach_id', v_outreach.id, 'attempt', v_attempt,
            'channel', v_outreach.channel, 'kind', v_outreach.kind,
            'purpose', v_outreach.purpose, 'client_id', client.id, 'locale', client.locale,
            'address', private.find_contact_address(client.id, v_outreach.channel),
            'details', v_outreach.details, 'expires_at', v_outreach.expires_at
        )
        from public.profiles client where client.id = v_outreach.client_id
    );
end
$$;

create function public.take_outreach(p_outreach_id uuid)
returns jsonb
language sql
set search_path = ''
as $$
    select private.take_outreach(p_outreach_id)
$$;
comment on function public.take_outreach(uuid) is
    'Adapters, with the server''s key: address and words of what was released to them. From then '
    'on it counts as on its way. Refused (outreach_not_released) when it was called back.';

-- Definer: as above.
create function private.acknowledge_outreach(
    p_outreach_id uuid, p_attempt integer, p_result text, p_detail text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_outreach public.outreach := private.lock_sent_outreach(p_outreach_id);
    v_earlier text;
begin
    if p_result is null or p_result not in ('delivered', 'bounced') then
        perform private.refuse('PT422', 'unknown_result', 'One of delivered, bounced.');
    elsif p_detail !~ '^[a-z0-9_]{1,60}$' then
        perform private.refuse('PT422', 'detail_malformed', 'A lower case word, or null.');
    end if;
    select coalesce(made.result, 'none') into v_earlier
    from public.outreach_attempts made
    where made.outreach_id = p_outreach_id and made.attempt = p_attempt;
    if v_earlier is null then
        perform private.refuse('PT404', 'attempt_not_found', 'It was not sent so often.');
    elsif v_earlier = 'none' then
        perform private.settle_outreach(p_outreach_id, p_result, p_detail);
    elsif v_earlier <> p_result then
        perform private.refuse('PT409', 'already_acknowledged', 'It was said otherwise before.');
    end if;
    return (
        select jsonb_build_object(
            'outreach_id', going.id, 'state', going.state, 'channel', going.channel,
            'due_at', going.due_at
        )
        from public.outreach going where going.id = v_outreach.id
    );
end
$$;

create function public.acknowledge_outreach(
    p_outreach_id uuid, p_attempt integer, p_result text, p_detail text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.acknowledge_outreach(p_outreach_id, p_attempt, p_result, p_detail)
$$;
comment on function public.acknowledge_outreach(uuid, integer, text, text) is
    'Adapters, with the server''s key: what became of an attempt, delivered or bounced, and a word '
    'why. What bounced goes by the client''s next channel, once. Saying it twice changes nothing. '
    'Answers {"outreach_id", "state", "channel", "due_at"}.';

-- Definer: the sender of webhooks may not write outreach. Nobody will fetch it: as if it bounced.
create function private.tg_webhook_deliveries_give_up()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_outreach_id uuid;
begin
    select made.outreach_id into v_outreach_id
    from public.outreach_attempts made
    where made.id = new.outreach_attempt_id and made.result is null and made.taken_at is null
        and not exists (
            select from private.webhook_deliveries other
            where other.outreach_attempt_id = made.id and other.state <> 'dead'
        );
    if v_outreach_id is not null then
        perform private.lock_sent_outreach(v_outreach_id);
        perform private.settle_outreach(v_outreach_id, 'bounced', 'adapter_unreachable');
    end if;
    return null;
end
$$;

create trigger webhook_deliveries_give_up
after update of state on private.webhook_deliveries
for each row when (new.state = 'dead' and new.outreach_attempt_id is not null)
execute function private.tg_webhook_deliveries_give_up();

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.contact_channels, public.consent_wordings, public.outreach_purposes,
    public.outreach_hours, public.outreach_preferences, public.outreach,
    public.outreach_attempts, public.outreach_tasks
from anon, authenticated, service_role;
revoke all on sequence public.outreach_attempts_id_seq from anon, authenticated, service_role;
grant select on public.contact_channels, public.consent_wordings, public.outreach_purposes,
    public.outreach_hours, public.outreach_preferences, public.outreach,
    public.outreach_attempts, public.outreach_tasks
to authenticated, service_role;

alter table public.contact_channels enable row level security;
alter table public.consent_wordings enable row level security;
alter table public.outreach_purposes enable row level security;
alter table public.outreach_hours enable row level security;
alter table public.outreach_preferences enable row level security;
alter table public.outreach enable row level security;
alter table public.outreach_attempts enable row level security;
alter table public.outreach_tasks enable row level security;

create policy contact_channels_select_everybody on public.contact_channels
for select to authenticated
using ((select auth.uid()) is not null);

create policy consent_wordings_select_everybody on public.consent_wordings
for select to authenticated
using ((select auth.uid()) is not null);

create policy outreach_purposes_select_everybody on public.outreach_purposes
for select to authenticated
using ((select auth.uid()) is not null);

create policy outreach_hours_select_everybody on public.outreach_hours
for select to authenticated
using ((select auth.uid()) is not null);

create policy outreach_preferences_select_concerned on public.outreach_preferences
for select to authenticated
using (
    client_id = (select private.my_client_id())
    or client_id = any (array(select private.my_dedicated_client_ids()))
    or exists (
        select from public.profiles client
        where client.id = outreach_preferences.client_id
            and client.desk_id = any (array(select private.my_overseen_desk_ids()))
    )
);

-- Clients see what reached them, not what the house thought better of.
create policy outreach_select_concerned on public.outreach
for select to authenticated
using (
    client_id = (select private.my_client_id()) and sent_at is not null
    or client_id <> (select private.my_client_id()) and (
        client_id = any (array(select private.my_dedicated_client_ids()))
        or desk_id = any (array(select private.my_queue_desk_ids()))
        or desk_id = any (array(select private.my_overseen_desk_ids()))
    )
);

create policy outreach_attempts_select_concerned on public.outreach_attempts
for select to authenticated
using (
    client_id = (select private.my_client_id())
    or exists (
        select from public.outreach going where going.id = outreach_attempts.outreach_id
    )
);

-- Never about oneself: an agent may be a client too, and a surprise is one.
create policy outreach_tasks_select_staff on public.outreach_tasks
for select to authenticated
using (
    client_id <> (select private.my_client_id()) and (
        owner_id = (select private.my_staff_id())
        or client_id = any (array(select private.my_dedicated_client_ids()))
        or desk_id = any (array(select private.my_queue_desk_ids()))
        or desk_id = any (array(select private.my_overseen_desk_ids()))
    )
);

revoke all on function
    private.has_current_consent(uuid, text, text), private.is_channel_agreed(uuid, text, text),
    private.find_contact_address(uuid, text), private.list_contact_ways(uuid, text),
    private.choose_contact_channel(public.outreach),
    private.is_quiet_minute(smallint, smallint, timestamp), private.is_quiet_day(date),
    private.find_loud_moment(timestamptz, text, smallint, smallint),
    private.find_allowed_moment(uuid, timestamptz),
    private.find_uncapped_moment(uuid, text, timestamptz),
    private.find_outreach_moment(public.outreach, timestamptz),
    private.find_client_obstacle(uuid), private.judge_outreach(public.outreach, timestamptz),
    private.require_outreach_purpose(text), private.place_outreach(uuid, timestamptz),
    private.queue_outreach(uuid, text, text, text, timestamptz, text, jsonb),
    private.describe_outreach_event(public.outreach), private.tg_outreach_emit(),
    private.tg_outreach_tasks_emit(), private.choose_task_owner(uuid, timestamptz),
    private.find_task_obstacle(uuid, text),
    private.open_outreach_task(uuid, text, uuid, timestamptz, timestamptz, text, jsonb),
    private.tell_of_task(public.outreach_tasks, text, boolean),
    private.close_outreach_tasks(uuid[], text),
    private.release_outreach(public.outreach, text, timestamptz),
    private.settle_outreach(uuid, text, text),
    private.dispatch_outreach(uuid, timestamptz), private.remind_of_task(uuid),
    private.apply_outreach(jsonb), worker.record_outreach(jsonb),
    private.cancel_outreach_rows(uuid[], text), private.lock_waiting_outreach(uuid[]),
    private.tg_consents_cancel_outreach(), private.tg_outreach_preferences_restrict(),
    private.tg_profiles_end_outreach(), private.tg_profiles_move_outreach(),
    private.list_webhook_events(), private.tg_outreach_attempts_queue_deliveries(),
    private.lock_sent_outreach(uuid), private.take_outreach(uuid), public.take_outreach(uuid),
    private.acknowledge_outreach(uuid, integer, text, text),
    public.acknowledge_outreach(uuid, integer, text, text),
    private.tg_webhook_deliveries_give_up()
from public, anon, authenticated, service_role;
grant execute on function
    private.apply_outreach(jsonb), worker.record_outreach(jsonb),
    private.take_outreach(uuid), public.take_outreach(uuid),
    private.acknowledge_outreach(uuid, integer, text, text),
    public.acknowledge_outreach(uuid, integer, text, text)
to service_role;
