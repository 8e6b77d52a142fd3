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

-- -------------------------------------------------------------------------------------------------
-- Lives: what clients told about themselves, when they came, what they bought and belong to. Zofia's
-- rhythm falls, James's membership ends soon, Daryna's course is unfinished, Lena's serum runs out.
-- -------------------------------------------------------------------------------------------------
update public.profiles profile
set given_name = told.given_name, family_name = told.family_name, gender = told.gender,
    birth_on = told.birth_on::date, form_of_address = told.form_of_address
from (
    values
        ('zofia', 'Zofia', 'Wiśniewska', 'female', '1978-05-15', 'first_name'),
        ('james', 'James', 'Whitfield', 'male', '1985-11-23', 'formal'),
        ('daryna', 'Daryna', 'Shevchenko', 'female', '1992-03-08', 'formal'),
        ('lena', 'Lena', 'Hoffmann', 'female', null, 'formal'),
        ('piotr', 'Piotr', 'Mazur', 'male', '1969-06-29', 'formal'),
        ('maja', 'Maja', null, null, null, 'formal')
) told (name, given_name, family_name, gender, birth_on, form_of_address)
join evening_people person on person.email = told.name || '@klient.test'
where profile.id = person.id and profile.given_name is null;

insert into public.memberships (
    id, client_id, plan_id, starts_on, ends_on, status, source, external_ref
)
select
    ('3e3b0000-0000-4000-8000-' || lpad(held.place::text, 12, '0'))::uuid, person.id, held.plan_id,
    current_date + held.starts_in, current_date + held.ends_in, held.status, 'demo',
    'membership ' || held.place
from (
    values
        (1, 'zofia', 'maison_annual', -200, 164, 'active'),
        (2, 'james', 'fitness_annual', -353, 11, 'active'),
        (3, 'daryna', 'beauty_annual', -420, -56, 'lapsed'),
        (4, 'piotr', 'fitness_monthly', -20, 10, 'active')
) held (place, name, plan_id, starts_in, ends_in, status)
join evening_people person on person.email = held.name || '@klient.test'
on conflict do nothing;

insert into public.visits (
    id, client_id, treatment_id, provider, source, external_ref, status, booked_at, starts_at,
    ended_at, price_minor
)
select
    ('715b0000-0000-4000-8000-' || lpad(came.place::text, 12, '0'))::uuid, person.id, offered.id,
    came.provider, 'demo', 'visit ' || came.place, came.status,
    clock.starts_at - interval '9 days', clock.starts_at,
    case
        when came.status = 'completed'
            then clock.starts_at + make_interval(mins => offered.duration_minutes)
    end,
    offered.price_minor
from (
    values
        (1, 'zofia', 'facial_signature', 'Marta', 176, 18, 'completed'),
        (2, 'zofia', 'facial_signature', 'Marta', 148, 18, 'completed'),
        (3, 'zofia', 'massage_hot_stone', 'Olena', 120, 18, 'completed'),
        (4, 'zofia', 'facial_signature', 'Marta', 92, 18, 'completed'),
        (5, 'zofia', 'facial_signature', 'Marta', 63, 18, 'completed'),
        (6, 'zofia', 'chemical_peel', 'dr Lis', 1, 17, 'completed'),
        (7, 'james', 'personal_training', 'Jan', 23, 7, 'completed'),
        (8, 'james', 'personal_training', 'Jan', 16, 7, 'completed'),
        (9, 'james', 'personal_training', 'Jan', 9, 7, 'completed'),
        (10, 'james', 'personal_training', 'Jan', 2, 7, 'completed'),
        (11, 'james', 'personal_training', 'Jan', -1, 9, 'booked'),
        (12, 'daryna', 'hydro_peel', 'Olena', 81, 12, 'completed'),
        (13, 'daryna', 'hydro_peel', 'Olena', 60, 12, 'completed'),
        (14, 'daryna', 'manicure_japanese', 'Iryna', 33, 10, 'completed'),
        (15, 'lena', 'hair_colour', 'Kasia', 58, 11, 'completed'),
        (16, 'lena', 'hair_cut', 'Kasia', 20, 11, 'cancelled_late'),
        (17, 'piotr', 'pilates_reformer', 'Ewelina', 6, 8, 'completed'),
        (18, 'piotr', 'pilates_reformer', 'Ewelina', 13, 8, 'missed'),
        (19, 'maja', 'facial_signature', 'Marta', 30, 16, 'completed')
) came (place, name, treatment_id, provider, days_ago, hour, status)
join evening_people person on person.email = came.name || '@klient.test'
join public.treatments offered on offered.id = came.treatment_id
cross join lateral (
    select (current_date - came.days_ago + make_interval(hours => came.hour))
        at time zone 'Europe/Warsaw' as starts_at
) clock
on conflict do nothing;

insert into public.purchases (
    id, client_id, kind, product_id, membership_id, quantity, amount_minor, refunded_minor,
    purchased_at, source, external_ref
)
select
    ('b0000000-0000-4000-8000-' || lpad(bought.place::text, 12, '0'))::uuid, person.id, bought.kind,
    bought.product_id, period.id, bought.quantity, bought.amount_minor, bought.refunded_minor,
    now() - make_interval(days => bought.days_ago), 'demo', 'purchase ' || bought.place
from (
    values
        (1, 'zofia', 'membership', null, 1, 2400000, 0, 200),
        (2, 'zofia', 'product', 'cream_night', 1, 42900, 0, 63),
        (3, 'zofia', 'gift_card', null, 1, 100000, 0, 40),
        (4, 'james', 'membership', null, 1, 590000, 0, 353),
        (5, 'james', 'product', 'magnesium', 2, 17800, 0, 30),
        (6, 'daryna', 'product', 'toner_rose', 1, 14900, 0, 33),
        (7, 'lena', 'product', 'serum_vitamin_c', 1, 38900, 0, 55),
        (8, 'piotr', 'membership', null, 1, 59000, 0, 20),
        (9, 'maja', 'product', 'cream_spf50', 1, 21900, 21900, 9)
) bought (place, name, kind, product_id, quantity, amount_minor, refunded_minor, days_ago)
join evening_people person on person.email = bought.name || '@klient.test'
left join public.memberships period
    on period.client_id = person.id and bought.kind = 'membership' and period.source = 'demo'
on conflict do nothing;

-- What happened so far has been dealt with: the workers start with an empty queue.
delete from private.jobs job
where job.subject_id in (select person.id from evening_people person)
    or job.subject_id in (select ticket.id from evening_tickets ticket)
    or job.subject_id in (select told.id from public.visits told where told.source = 'demo')
    or job.subject_id in (select told.id from public.purchases told where told.source = 'demo')
    or job.subject_id in (select told.id from public.memberships told where told.source = 'demo');

drop table evening_people, evening_tickets;
