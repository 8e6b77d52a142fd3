-- One evening in Warsaw: a small desk in the middle of its work, to look at and to sign in to.
-- Repeatable: rows that are there stay as they are. A desk of its own, so nothing else is disturbed.
-- Everybody signs in with <first name>@salon.test or <first name>@klient.test and the password
-- below. For development only: never seeded into a hosted project.

drop table if exists evening_people, evening_tickets;
create temporary table evening_people (
    id uuid, email text, name text, kind text, role text, state text, capacity integer,
    tier text, locale text, skills text[]
);

insert into evening_people
values
    -- Staff: role, state, units of capacity, skills.
    ('5a000000-0000-4000-8000-000000000001', 'hanna@salon.test', 'Hanna Lis', 'staff',
        'admin', 'online', 10, 'standard', 'pl', '{language.pl,language.en}'),
    ('5a000000-0000-4000-8000-000000000002', 'ewa@salon.test', 'Ewa Maj', 'staff',
        'manager', 'online', 10, 'standard', 'pl', '{language.pl,language.en}'),
    ('5a000000-0000-4000-8000-000000000003', 'oksana@salon.test', 'Oksana Koval', 'staff',
        'agent', 'away', 10, 'standard', 'uk',
        '{language.uk,language.pl,category.booking,category.product}'),
    ('5a000000-0000-4000-8000-000000000004', 'jan@salon.test', 'Jan Kowalski', 'staff',
        'agent', 'online', 8, 'standard', 'pl',
        '{language.pl,language.en,category.booking,category.fitness,category.billing}'),
    ('5a000000-0000-4000-8000-000000000005', 'greta@salon.test', 'Greta Nowicka', 'staff',
        'concierge', 'away', 12, 'standard', 'pl',
        '{language.pl,language.de,language.en,category.complaint,certificate.aesthetic_medicine}'),
    ('5a000000-0000-4000-8000-000000000006', 'tomasz@salon.test', 'Tomasz Wilk', 'staff',
        'relationship_manager', 'away', 10, 'standard', 'pl',
        '{language.pl,language.en,language.fr,category.complaint,category.billing}'),
    ('5a000000-0000-4000-8000-000000000007', 'alicja@salon.test', 'Alicja Zych', 'staff',
        'quality_auditor', 'online', 10, 'standard', 'pl', '{language.pl}'),
    ('5a000000-0000-4000-8000-000000000008', 'robert@salon.test', 'Robert Saski', 'staff',
        'executive', 'offline', 10, 'standard', 'pl', '{language.pl,language.en}'),
    -- Clients: tier and locale.
    ('c1000000-0000-4000-8000-000000000001', 'zofia@klient.test', 'Zofia Wiśniewska', 'client',
        null, null, null, 'vip_platinum', 'pl', '{}'),
    ('c1000000-0000-4000-8000-000000000002', 'james@klient.test', 'James Whitfield', 'client',
        null, null, null, 'vip_gold', 'en', '{}'),
    ('c1000000-0000-4000-8000-000000000003', 'daryna@klient.test', 'Daryna Shevchenko', 'client',
        null, null, null, 'premium', 'uk', '{}'),
    ('c1000000-0000-4000-8000-000000000004', 'lena@klient.test', 'Lena Hoffmann', 'client',
        null, null, null, 'premium', 'de', '{}'),
    ('c1000000-0000-4000-8000-000000000005', 'piotr@klient.test', 'Piotr Mazur', 'client',
        null, null, null, 'standard', 'pl', '{}'),
    ('c1000000-0000-4000-8000-000000000006', 'maja@klient.test', 'Maja Król', 'client',
        null, null, null, 'standard', 'pl', '{}');

insert into public.desks (id, name)
values ('de500000-0000-4000-8000-000000000001', 'Salon Mokotowska')
on conflict do nothing;

-- -------------------------------------------------------------------------------------------------
-- Accounts. The empty strings are what the auth server expects instead of null.
-- -------------------------------------------------------------------------------------------------
insert into auth.users (
    instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, created_at,
    updated_at, raw_app_meta_data, raw_user_meta_data, confirmation_token, recovery_token,
    email_change, email_change_token_new
)
select
    '00000000-0000-0000-0000-000000000000', person.id, 'authenticated', 'authenticated',
    person.email, extensions.crypt('Warszawa-wieczorem-7', extensions.gen_salt('bf', 10)), now(),
    now(), now(), '{"provider": "email", "providers": ["email"]}',
    jsonb_build_object('display_name', person.name, 'locale', person.locale), '', '', '', ''
from evening_people person
where not exists (select from auth.users known where known.id = person.id);

insert into auth.identities (
    provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at
)
select
    person.id::text, person.id,
    jsonb_build_object('sub', person.id, 'email', person.email, 'email_verified', true),
    'email', now(), now(), now()
from evening_people person
on conflict (provider_id, provider) do nothing;

update public.profiles profile
set tier = person.tier, desk_id = 'de500000-0000-4000-8000-000000000001'
from evening_people person
where profile.id = person.id
    and profile.desk_id <> 'de500000-0000-4000-8000-000000000001';

insert into public.staff_members (id, desk_id, role, state, capacity_units)
select
    person.id, 'de500000-0000-4000-8000-000000000001', person.role, person.state, person.capacity
from evening_people person
where person.kind = 'staff'
on conflict (id) do nothing;

insert into public.staff_skills (staff_id, skill, level)
select person.id, held.skill, 4
from evening_people person
cross join unnest(person.skills) held (skill)
where person.kind = 'staff'
on conflict (staff_id, skill) do nothing;

insert into public.vip_client_profiles (
    client_id, tier, preferences, dedicated_agent_id, relationship_manager_id
)
select
    client.id, client.tier, vip.preferences::jsonb, vip.agent_id::uuid,
    '5a000000-0000-4000-8000-000000000006'
from (
    values
        (
            'c1000000-0000-4000-8000-000000000001'::uuid, '{"tea": "jaśminowa", "room": "cicha"}',
            '5a000000-0000-4000-8000-000000000005'
        ),
        (
            'c1000000-0000-4000-8000-000000000002'::uuid, '{"trainer": "Jan", "hours": "7:00"}',
            '5a000000-0000-4000-8000-000000000004'
        )
) vip (client_id, preferences, agent_id)
join public.profiles client on client.id = vip.client_id
on conflict (client_id) do nothing;

-- -------------------------------------------------------------------------------------------------
-- Tickets, some minutes old: waiting, in work, pending, resolved. Those who could take the waiting
-- ones are away: sign in as Oksana or Greta, come online, and see who gets what.
-- -------------------------------------------------------------------------------------------------
create temporary table evening_tickets (
    id uuid, client_id uuid, channel text, category text, language text, subject text,
    status text, assignee_id uuid, minutes integer
);

insert into evening_tickets
values
    ('71c00000-0000-4000-8000-000000000001', 'c1000000-0000-4000-8000-000000000001', 'whatsapp',
        'aesthetic_medicine', 'pl', 'Zaczerwienienie po zabiegu', 'assigned',
        '5a000000-0000-4000-8000-000000000005', 4),
    ('71c00000-0000-4000-8000-000000000002', 'c1000000-0000-4000-8000-000000000002', 'chat',
        'fitness', 'en', 'Moving tomorrow''s session', 'pending',
        '5a000000-0000-4000-8000-000000000004', 12),
    ('71c00000-0000-4000-8000-000000000003', 'c1000000-0000-4000-8000-000000000003', 'instagram',
        'booking', 'uk', 'Запис на манікюр', 'open', null, 1),
    ('71c00000-0000-4000-8000-000000000004', 'c1000000-0000-4000-8000-000000000004', 'email',
        'complaint', 'de', 'Rechnung stimmt nicht', 'open', null, 2),
    ('71c00000-0000-4000-8000-000000000005', 'c1000000-0000-4000-8000-000000000005', 'email',
        'billing', 'pl', 'Faktura na firmę', 'resolved',
        '5a000000-0000-4000-8000-000000000004', 95),
    ('71c00000-0000-4000-8000-000000000006', 'c1000000-0000-4000-8000-000000000006', 'chat',
        'product', 'pl', 'Krem nie dotarł', 'open', null, 1);

insert into public.support_tickets (
    id, client_id, desk_id, channel, category, language, subject, tier, required_skills, status,
    assignee_id, opened_at, assigned_at, first_response_due_at, first_responded_at, last_message_at,
    resolved_at, resolution
)
select
    ticket.id, ticket.client_id, client.desk_id, ticket.channel, ticket.category, ticket.language,
    ticket.subject, client.tier, topic.required_skills, ticket.status, ticket.assignee_id,
    clock.opened_at, case when ticket.assignee_id is not null then clock.opened_at end,
    clock.opened_at + make_interval(secs => level.response_seconds),
    case when ticket.assignee_id is not null then clock.opened_at + interval '20 seconds' end,
    clock.opened_at + interval '20 seconds',
    case when ticket.status = 'resolved' then clock.opened_at + interval '1 hour' end,
    case when ticket.status = 'resolved' then 'Faktura wysłana na adres firmowy.' end
from evening_tickets ticket
join public.profiles client on client.id = ticket.client_id
join public.service_levels level on level.tier = client.tier
join public.ticket_categories topic on topic.category = ticket.category
cross join lateral (select now() - make_interval(mins => ticket.minutes) as opened_at) clock
on conflict (id) do nothing;

insert into public.ticket_messages (
    id, ticket_id, author_id, author_kind, is_internal, body, created_at
)
select
    ('3e550000-0000-4000-8000-' || lpad(said.place::text, 12, '0'))::uuid, ticket.id,
    case said.kind when 'client' then ticket.client_id else ticket.assignee_id end, said.kind,
    said.is_note, said.body, ticket.opened_at + make_interval(secs => 10 * said.step)
from (
    values
        (1, 1, 0, 'client', false, 'Dzień dobry, po wczorajszym zabiegu mam zaczerwienioną skórę.'),
        (2, 1, 2, 'agent', false, 'Dzień dobry, Pani Zofio. Poproszę o zdjęcie.'),
        (3, 1, 3, 'agent', true, 'Zabieg: peeling. Do konsultacji z lekarzem dyżurnym.'),
        (4, 2, 0, 'client', false, 'Could we move tomorrow''s session to nine?'),
        (5, 2, 2, 'agent', false, 'Of course, Mr Whitfield. Nine or half past nine?'),
        (6, 3, 0, 'client', false, 'Добрий вечір! Чи є вільний час у суботу вранці?'),
        (7, 4, 0, 'client', false, 'Guten Abend, auf der Rechnung steht eine Anwendung zu viel.'),
        (8, 5, 0, 'client', false, 'Proszę o fakturę na firmę za ostatnią wizytę.'),
        (9, 5, 2, 'agent', false, 'Oczywiście, faktura jest już w Pana skrzynce.'),
        (10, 6, 0, 'client', false, 'Zamówiłam krem tydzień temu i nadal go nie ma.')
) said (place, ticket_place, step, kind, is_note, body)
join public.support_tickets ticket
    on ticket.id = ('71c00000-0000-4000-8000-' || lpad(said.ticket_place::text, 12, '0'))::uuid
where said.kind = 'client' or ticket.assignee_id is not null
on conflict (id) do nothing;

-- What happened so far has been dealt with: the workers start with an empty queue.
delete from private.jobs job
where job.subject_id in (select person.id from evening_people person)
    or job.subject_id in (select ticket.id from evening_tickets ticket);

drop table evening_people, evening_tickets;
