-- The playbooks the house begins with. What they promise a client is written in both languages;
-- another version of one is another pair of inserts, never an edit.

insert into public.playbooks (
    service_type, playbook_version, title_pl, title_en, duration_seconds, is_scheduled
)
values
    ('welcome', 1, 'Powitanie w domu', 'Welcome to the house', 3600, false),
    ('transfer', 1, 'Przejazd do salonu', 'Transfer to the salon', 10800, true),
    ('private_session', 1, 'Sesja na wyłączność', 'Private session', 7200, true),
    ('at_home_treatment', 1, 'Zabieg w domu klientki', 'Treatment at home', 10800, true),
    ('lost_item', 1, 'Zguba wraca do właściciela', 'Lost item returned', 3600, false),
    ('event_access', 1, 'Wejście na wydarzenie', 'Access to an event', 18000, true);

insert into public.playbook_steps (
    service_type, playbook_version, step_key, position, phase, kind, owner_role, title_pl, title_en,
    due_base, due_seconds, depends_on_keys, partner_kind, answer_seconds, consent_purpose,
    contact_channel, undo_kind, undo_title_pl, undo_title_en, on_failure, max_attempts,
    is_client_visible
)
values
    (
        'welcome', 1, 'introduction', 1, 'deliver', 'task', 'dedicated_agent',
        'Osobisty opiekun dzwoni i przedstawia się',
        'The dedicated agent calls and introduces themselves',
        'start', 14400, '{}', null, null, null,
        null, 'none', null,
        null,
        'hold', 3, true
    ),
    (
        'welcome', 1, 'welcome_letter', 2, 'deliver', 'notify', 'house',
        'List powitalny',
        'Welcome letter',
        'start', 0, '{introduction}', null, null, 'white_glove_contact',
        'email', 'none', null,
        null,
        'hold', 1, true
    ),
    (
        'welcome', 1, 'flowers', 3, 'deliver', 'partner_request', 'partner',
        'Bukiet pod drzwi',
        'A bouquet at the door',
        'start', 86400, '{introduction}', 'florist', 14400, null,
        null, 'partner', 'Odwołanie bukietu',
        'The bouquet is called off',
        'skip', 1, true
    ),
    (
        'welcome', 1, 'preferences', 4, 'deliver', 'task', 'dedicated_agent',
        'Rozmowa o upodobaniach',
        'Conversation about preferences',
        'start', 172800, '{introduction}', null, null, null,
        null, 'none', null,
        null,
        'hold', 2, true
    ),
    (
        'welcome', 1, 'feedback', 5, 'verify', 'wait_client', 'dedicated_agent',
        'Czy wszystko było tak, jak trzeba?',
        'Was everything as it should be?',
        'start', 259200, '{}', null, null, null,
        null, 'none', null,
        null,
        'hold', 1, true
    );

insert into public.playbook_steps (
    service_type, playbook_version, step_key, position, phase, kind, owner_role, title_pl, title_en,
    due_base, due_seconds, depends_on_keys, partner_kind, answer_seconds, consent_purpose,
    contact_channel, undo_kind, undo_title_pl, undo_title_en, on_failure, max_attempts,
    is_client_visible
)
values
    (
        'transfer', 1, 'route', 1, 'prepare', 'task', 'concierge',
        'Adres, godzina i bagaż uzgodnione',
        'Address, hour and luggage agreed',
        'start', 7200, '{}', null, null, null,
        null, 'task', 'Uzgodnienia odwołane w salonie',
        'The salon knows it is off',
        'hold', 2, true
    ),
    (
        'transfer', 1, 'car', 2, 'prepare', 'partner_request', 'partner',
        'Samochód z kierowcą',
        'Car with a chauffeur',
        'schedule', -7200, '{route}', 'chauffeur', 1800, null,
        null, 'partner', 'Odwołanie samochodu',
        'The car is called off',
        'compensate', 1, true
    ),
    (
        'transfer', 1, 'confirmation', 3, 'prepare', 'wait_client', 'dedicated_agent',
        'Potwierdzenie przejazdu',
        'Confirmation of the transfer',
        'schedule', -3600, '{car}', null, null, null,
        null, 'none', null,
        null,
        'hold', 1, true
    ),
    (
        'transfer', 1, 'reminder', 4, 'deliver', 'notify', 'house',
        'Przypomnienie: kierowca w drodze',
        'Reminder: the chauffeur is on the way',
        'schedule', -1800, '{}', null, null, 'white_glove_contact',
        'whatsapp', 'none', null,
        null,
        'skip', 1, true
    ),
    (
        'transfer', 1, 'arrival', 5, 'deliver', 'task', 'concierge',
        'Przywitanie w salonie',
        'Greeting at the salon',
        'schedule', 3600, '{}', null, null, null,
        null, 'none', null,
        null,
        'hold', 1, true
    ),
    (
        'transfer', 1, 'return_ride', 6, 'deliver', 'task', 'concierge',
        'Powrót pod drzwi',
        'Ride back home',
        'schedule', 10800, '{arrival}', null, null, null,
        null, 'none', null,
        null,
        'hold', 1, true
    ),
    (
        'transfer', 1, 'feedback', 7, 'verify', 'wait_client', 'dedicated_agent',
        'Czy wszystko było tak, jak trzeba?',
        'Was everything as it should be?',
        'schedule', 270000, '{}', null, null, null,
        null, 'none', null,
        null,
        'hold', 1, true
    );

insert into public.playbook_steps (
    service_type, playbook_version, step_key, position, phase, kind, owner_role, title_pl, title_en,
    due_base, due_seconds, depends_on_keys, partner_kind, answer_seconds, consent_purpose,
    contact_channel, undo_kind, undo_title_pl, undo_title_en, on_failure, max_attempts,
    is_client_visible
)
values
    (
        'private_session', 1, 'room', 1, 'prepare', 'task', 'concierge',
        'Gabinet zamknięty dla innych',
        'Room closed to others',
        'start', 7200, '{}', null, null, null,
        null, 'task', 'Gabinet znów dostępny',
        'Room open again',
        'compensate', 1, true
    ),
    (
        'private_session', 1, 'specialist', 2, 'prepare', 'partner_request', 'partner',
        'Specjalista na wyłączność',
        'Specialist for this client alone',
        'schedule', -14400, '{room}', 'specialist', 7200, null,
        null, 'partner', 'Odwołanie specjalisty',
        'The specialist is called off',
        'compensate', 1, true
    ),
    (
        'private_session', 1, 'confirmation', 3, 'prepare', 'wait_client', 'dedicated_agent',
        'Potwierdzenie sesji',
        'Confirmation of the session',
        'schedule', -7200, '{specialist}', null, null, null,
        null, 'none', null,
        null,
        'hold', 1, true
    ),
    (
        'private_session', 1, 'reminder', 4, 'deliver', 'notify', 'house',
        'Przypomnienie o sesji',
        'Reminder of the session',
        'schedule', -86400, '{}', null, null, 'white_glove_contact',
        'email', 'none', null,
        null,
        'skip', 1, true
    ),
    (
        'private_session', 1, 'session', 5, 'deliver', 'task', 'dedicated_agent',
        'Sesja',
        'The session',
        'schedule', 7200, '{}', null, null, null,
        null, 'none', null,
        null,
        'hold', 1, true
    ),
    (
        'private_session', 1, 'feedback', 6, 'verify', 'wait_client', 'dedicated_agent',
        'Czy wszystko było tak, jak trzeba?',
        'Was everything as it should be?',
        'schedule', 266400, '{}', null, null, null,
        null, 'none', null,
        null,
        'hold', 1, true
    );

insert into public.playbook_steps (
    service_type, playbook_version, step_key, position, phase, kind, owner_role, title_pl, title_en,
    due_base, due_seconds, depends_on_keys, partner_kind, answer_seconds, consent_purpose,
    contact_channel, undo_kind, undo_title_pl, undo_title_en, on_failure, max_attempts,
    is_client_visible
)
values
    (
        'at_home_treatment', 1, 'contraindications', 1, 'prepare', 'task', 'dedicated_agent',
        'Wywiad o przeciwwskazaniach',
        'Contraindications asked about',
        'start', 14400, '{}', null, null, null,
        null, 'none', null,
        null,
        'compensate', 1, true
    ),
    (
        'at_home_treatment', 1, 'therapist', 2, 'prepare', 'partner_request', 'partner',
        'Terapeuta z dojazdem',
        'Therapist who comes to the home',
        'schedule', -21600, '{contraindications}', 'therapist', 7200, null,
        null, 'partner', 'Odwołanie terapeuty',
        'The therapist is called off',
        'compensate', 1, true
    ),
    (
        'at_home_treatment', 1, 'equipment', 3, 'prepare', 'task', 'concierge',
        'Sprzęt i preparaty wydane',
        'Equipment and products handed out',
        'schedule', -10800, '{therapist}', null, null, null,
        null, 'task', 'Sprzęt i preparaty wracają do salonu',
        'Equipment and products back at the salon',
        'hold', 2, false
    ),
    (
        'at_home_treatment', 1, 'confirmation', 4, 'prepare', 'wait_client', 'dedicated_agent',
        'Potwierdzenie wizyty domowej',
        'Confirmation of the home visit',
        'schedule', -7200, '{therapist}', null, null, null,
        null, 'none', null,
        null,
        'hold', 1, true
    ),
    (
        'at_home_treatment', 1, 'reminder', 5, 'deliver', 'notify', 'house',
        'Przypomnienie o wizycie domowej',
        'Reminder of the home visit',
        'schedule', -86400, '{}', null, null, 'white_glove_contact',
        'email', 'none', null,
        null,
        'skip', 1, true
    ),
    (
        'at_home_treatment', 1, 'treatment', 6, 'deliver', 'task', 'dedicated_agent',
        'Zabieg',
        'The treatment',
        'schedule', 10800, '{}', null, null, null,
        null, 'none', null,
        null,
        'hold', 1, true
    ),
    (
        'at_home_treatment', 1, 'aftercare', 7, 'verify', 'notify', 'house',
        'Zalecenia po zabiegu',
        'Aftercare advice',
        'schedule', 14400, '{}', null, null, 'white_glove_contact',
        'email', 'none', null,
        null,
        'skip', 1, true
    ),
    (
        'at_home_treatment', 1, 'feedback', 8, 'verify', 'wait_client', 'dedicated_agent',
        'Czy wszystko było tak, jak trzeba?',
        'Was everything as it should be?',
        'schedule', 270000, '{}', null, null, null,
        null, 'none', null,
        null,
        'hold', 1, true
    );

insert into public.playbook_steps (
    service_type, playbook_version, step_key, position, phase, kind, owner_role, title_pl, title_en,
    due_base, due_seconds, depends_on_keys, partner_kind, answer_seconds, consent_purpose,
    contact_channel, undo_kind, undo_title_pl, undo_title_en, on_failure, max_attempts,
    is_client_visible
)
values
    (
        'lost_item', 1, 'search', 1, 'prepare', 'task', 'concierge',
        'Poszukiwanie w salonie',
        'Search at the salon',
        'start', 7200, '{}', null, null, null,
        null, 'none', null,
        null,
        'hold', 3, true
    ),
    (
        'lost_item', 1, 'recognition', 2, 'prepare', 'wait_client', 'dedicated_agent',
        'Czy to jest ta rzecz?',
        'Is this the item?',
        'start', 86400, '{search}', null, null, null,
        null, 'none', null,
        null,
        'hold', 1, true
    ),
    (
        'lost_item', 1, 'courier', 3, 'deliver', 'partner_request', 'partner',
        'Kurier do rąk własnych',
        'Courier, into the owner''s hands',
        'start', 172800, '{}', 'courier', 3600, null,
        null, 'partner', 'Odwołanie kuriera',
        'The courier is called off',
        'hold', 1, true
    ),
    (
        'lost_item', 1, 'handover', 4, 'deliver', 'task', 'concierge',
        'Rzecz oddana',
        'Item handed over',
        'start', 259200, '{courier}', null, null, null,
        null, 'none', null,
        null,
        'hold', 1, true
    ),
    (
        'lost_item', 1, 'feedback', 5, 'verify', 'wait_client', 'dedicated_agent',
        'Czy wszystko było tak, jak trzeba?',
        'Was everything as it should be?',
        'start', 259200, '{}', null, null, null,
        null, 'none', null,
        null,
        'hold', 1, true
    );

insert into public.playbook_steps (
    service_type, playbook_version, step_key, position, phase, kind, owner_role, title_pl, title_en,
    due_base, due_seconds, depends_on_keys, partner_kind, answer_seconds, consent_purpose,
    contact_channel, undo_kind, undo_title_pl, undo_title_en, on_failure, max_attempts,
    is_client_visible
)
values
    (
        'event_access', 1, 'seats', 1, 'prepare', 'partner_request', 'partner',
        'Miejsca na liście gości',
        'Names on the list at the door',
        'start', 86400, '{}', 'venue', 21600, null,
        null, 'partner', 'Zwolnienie miejsc',
        'The seats are given back',
        'compensate', 1, true
    ),
    (
        'event_access', 1, 'confirmation', 2, 'prepare', 'wait_client', 'dedicated_agent',
        'Potwierdzenie udziału',
        'Confirmation of coming',
        'schedule', -86400, '{seats}', null, null, null,
        null, 'none', null,
        null,
        'hold', 1, true
    ),
    (
        'event_access', 1, 'briefing', 3, 'deliver', 'notify', 'house',
        'Program i wskazówki',
        'Programme and directions',
        'schedule', -14400, '{}', null, null, 'white_glove_contact',
        'email', 'none', null,
        null,
        'skip', 1, true
    ),
    (
        'event_access', 1, 'companion', 4, 'deliver', 'task', 'concierge',
        'Opiekun przy wejściu',
        'Somebody at the door',
        'schedule', 3600, '{}', null, null, null,
        null, 'none', null,
        null,
        'hold', 1, true
    ),
    (
        'event_access', 1, 'feedback', 5, 'verify', 'wait_client', 'dedicated_agent',
        'Czy wszystko było tak, jak trzeba?',
        'Was everything as it should be?',
        'schedule', 277200, '{}', null, null, null,
        null, 'none', null,
        null,
        'hold', 1, true
    );
