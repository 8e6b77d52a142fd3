-- Smart replies, what they are made of: approved templates, the budget of the outside service, the
-- consent it needs, and the drafts themselves. Drafting: ..040510.
--
--   request_smart_response -> reply_drafts (pending) -> reply_draft.requested
--       -> intelligence.replies (lib/intelligence/replies.py) -> reply_drafts (done)
--   a reply after take_reply_draft -> reply_draft.sent -> intelligence.replies: what was changed
--
-- The local draft always comes first; an outside service may only rewrite it.

insert into public.ai_settings (setting, value)
values (
    'smart_responses',
    '{"enabled": true, "service_enabled": true, "template_threshold": 0.12, '
    '"answer_threshold": 0.25}'
);

insert into public.consent_purposes (purpose, label_pl, label_en)
values (
    'ai_service', 'Pomoc zewnętrznej usługi językowej przy redagowaniu odpowiedzi',
    'Help of an outside language service in wording our answers'
);
insert into public.consent_wordings (purpose, wording_version, text_pl, text_en)
values (
    'ai_service', 'v1',
    'Zgadzam się, aby treść moich wiadomości, bez danych osobowych, mogła zostać przekazana '
    'zewnętrznej usłudze językowej, która pomaga redagować odpowiedzi. Zgodę mogę w każdej '
    'chwili cofnąć.',
    'I agree that the text of my messages, without personal data, may be passed to an outside '
    'language service that helps to word the answers. I can take this back at any time.'
);

-- -------------------------------------------------------------------------------------------------
-- Templates
-- -------------------------------------------------------------------------------------------------

-- What is wrong with the text of a template, in a sentence; null when nothing is.
create function private.judge_reply_body(p_body text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_rest text := regexp_replace(
        p_body,
        '\{\{(ticket_number|next_visit|opening_hours|you_genitive|you_dative|you_accusative)\}\}',
        '', 'g'
    );
begin
    if not private.is_clean_text(p_body, 2000) then
        return 'body: text of at most 2000 characters';
    elsif v_rest ~ '[{}]' then
        return 'body: only {{ticket_number}}, {{next_visit}}, {{opening_hours}}, '
            '{{you_genitive}}, {{you_dative}}, {{you_accusative}} are filled in';
    end if;
    return null;
end
$$;

create table public.reply_templates (
    id uuid primary key default gen_random_uuid(),
    template text not null,
    language text not null,
    tone text,
    version integer not null,
    category text not null references public.ticket_categories (category),
    examples text not null,
    body text not null,
    state text not null default 'draft',
    created_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint reply_templates_versions_are_counted
        unique nulls not distinct (template, language, tone, version),
    constraint reply_templates_template_is_a_word check (template ~ '^[a-z][a-z_]{0,39}$'),
    constraint reply_templates_language_is_spoken check (language in ('pl', 'en')),
    constraint reply_templates_tone_is_known check (tone in ('warm', 'formal')),
    constraint reply_templates_version_counts_from_one check (version >= 1),
    constraint reply_templates_examples_are_text check (private.is_clean_text(examples, 2000)),
    constraint reply_templates_body_can_be_filled_in
        check (private.judge_reply_body(body) is null),
    constraint reply_templates_state_is_known check (state in ('draft', 'approved', 'retired'))
);
comment on table public.reply_templates is
    'Approved content of answers, by language, category and tone. Greeting and farewell are not '
    'in it: they follow from the client''s profile. A line whose fact is not known is left out.';
comment on column public.reply_templates.tone is
    'formal: vip tiers; warm: the others; null: for all of them.';
comment on column public.reply_templates.examples is
    'What clients write when this is the answer: the words it is found by.';
comment on column public.reply_templates.created_by is
    'Null: the house. No foreign key: it outlives people.';
create unique index reply_templates_one_approved on public.reply_templates (
    template, language, tone
) nulls not distinct where state = 'approved';
comment on index public.reply_templates_one_approved is
    'Serves reading what is approved, and lets no two versions be at once.';
create index reply_templates_category_idx on public.reply_templates (category);
comment on index public.reply_templates_category_idx is 'Serves the foreign key.';
create trigger reply_templates_touch
before update on public.reply_templates
for each row execute function private.tg_touch_row();
create trigger reply_templates_record
after insert or update or delete on public.reply_templates
for each row execute function private.tg_record_configuration('id');

insert into public.reply_templates (
    template, language, tone, version, category, examples, body, state
)
select
    told.template, told.language, told.tone, 1, told.category, told.examples, told.body, 'approved'
from (values
    ('acknowledgement', 'pl', 'warm', 'general',
        'pytanie prośba o pomoc informacja kontakt',
        E'Dziękuję za wiadomość, zgłoszenie ma numer {{ticket_number}}.\n'
        'Sprawdzę szczegóły i wrócę z odpowiedzią.'),
    ('acknowledgement', 'pl', 'formal', 'general',
        'pytanie prośba o pomoc informacja kontakt',
        E'Uprzejmie dziękuję za wiadomość, zgłoszenie ma numer {{ticket_number}}.\n'
        'Osobiście sprawdzę szczegóły i wrócę do {{you_genitive}} z odpowiedzią.'),
    ('acknowledgement', 'en', 'warm', 'general',
        'question help information contact request',
        E'Thank you for your message; the number of this request is {{ticket_number}}.\n'
        'I will look into the details and come back to you.'),
    ('acknowledgement', 'en', 'formal', 'general',
        'question help information contact request',
        E'Thank you very much for your message; its number is {{ticket_number}}.\n'
        'I will look into the details personally and come back to you.'),
    ('opening_hours', 'pl', null, 'general',
        'godziny otwarcia kiedy otwarte czynne do której jest otwarty salon niedziela święto',
        E'Dziękuję za pytanie o godziny otwarcia.\nNajbliższe godziny: {{opening_hours}}.'),
    ('opening_hours', 'en', null, 'general',
        'opening hours when are you open closed what time do you close sunday holiday',
        E'Thank you for asking about our opening hours.\nThe next ones are: {{opening_hours}}.'),
    ('visit_time', 'pl', null, 'booking',
        'kiedy mam wizytę na którą godzinę o której jest moja wizyta potwierdzenie terminu',
        E'Dziękuję za wiadomość w sprawie wizyty.\nNajbliższa wizyta: {{next_visit}}.\n'
        'Z przyjemnością pomogę, jeśli termin wymaga zmiany.'),
    ('visit_time', 'en', null, 'booking',
        'when is my appointment what time is my visit confirm my booking',
        E'Thank you for your message about your visit.\nYour next visit: {{next_visit}}.\n'
        'I am glad to help should you prefer another time.'),
    ('visit_change', 'pl', 'warm', 'booking',
        'przełożyć wizytę zmienić termin odwołać wizytę inny dzień nie mogę przyjść',
        E'Dziękuję za wiadomość w sprawie zmiany terminu.\nObecny termin: {{next_visit}}.\n'
        'Sprawdzę wolne godziny i wrócę z propozycją.'),
    ('visit_change', 'pl', 'formal', 'booking',
        'przełożyć wizytę zmienić termin odwołać wizytę inny dzień nie mogę przyjść',
        E'Uprzejmie dziękuję za wiadomość w sprawie zmiany terminu.\n'
        'Obecny termin: {{next_visit}}.\n'
        'Sprawdzę wolne godziny i przedstawię {{you_dative}} propozycje.'),
    ('visit_change', 'en', null, 'booking',
        'reschedule my appointment change the time cancel my booking another day cannot come',
        E'Thank you for letting us know about the change.\nThe present time is: {{next_visit}}.\n'
        'I will look for free times and come back with a proposal.'),
    ('visit_new', 'pl', null, 'booking',
        'umówić się na wizytę zarezerwować wolny termin zapisać na zabieg',
        E'Dziękuję za wiadomość, z przyjemnością umówię wizytę.\n'
        'Sprawdzę wolne terminy i wrócę z propozycją.'),
    ('visit_new', 'en', null, 'booking',
        'book an appointment make a reservation free slot available time for a treatment',
        E'Thank you for your message; I will gladly arrange a visit.\n'
        'I will look for free times and come back with a proposal.'),
    ('invoice', 'pl', null, 'billing',
        'faktura proszę o fakturę dane do faktury NIP rachunek paragon',
        E'Dziękuję za wiadomość w sprawie faktury, zgłoszenie ma numer {{ticket_number}}.\n'
        'Sprawdzę dokument i wrócę z odpowiedzią.'),
    ('invoice', 'en', null, 'billing',
        'invoice receipt bill company details tax number',
        E'Thank you for your message about the invoice; its number is {{ticket_number}}.\n'
        'I will check the document and come back to you.'),
    ('payment', 'pl', null, 'billing',
        'płatność zwrot pieniędzy podwójnie pobrano obciążenie karty opłata',
        E'Dziękuję za wiadomość w sprawie płatności, zgłoszenie ma numer {{ticket_number}}.\n'
        'Sprawdzę rozliczenie i wrócę z wyjaśnieniem.'),
    ('payment', 'en', null, 'billing',
        'payment refund charged twice card charge fee',
        E'Thank you for your message about the payment; its number is {{ticket_number}}.\n'
        'I will check the account and come back with an explanation.'),
    ('membership', 'pl', null, 'billing',
        'karnet członkostwo przedłużyć zawiesić abonament',
        E'Dziękuję za wiadomość w sprawie członkostwa.\n'
        'Sprawdzę jego warunki i wrócę z odpowiedzią.'),
    ('membership', 'en', null, 'billing',
        'membership renew extend pause subscription',
        E'Thank you for your message about the membership.\n'
        'I will check its terms and come back to you.'),
    ('complaint', 'pl', null, 'complaint',
        'reklamacja skarga jestem niezadowolona rozczarowanie zła obsługa',
        E'Bardzo dziękuję za tę wiadomość i przepraszam za to doświadczenie.\n'
        'Zgłoszenie ma numer {{ticket_number}}.\n'
        'Osobiście wyjaśnię, co się wydarzyło, i wrócę do {{you_genitive}} z odpowiedzią.'),
    ('complaint', 'en', null, 'complaint',
        'complaint unhappy disappointed bad service unacceptable',
        E'Thank you for telling us, and I am sorry about this experience.\n'
        'The number of your request is {{ticket_number}}.\n'
        'I will find out personally what happened and come back to you.'),
    ('order', 'pl', null, 'product',
        'zamówienie paczka przesyłka dostawa gdzie jest mój kosmetyk',
        E'Dziękuję za wiadomość w sprawie zamówienia, zgłoszenie ma numer {{ticket_number}}.\n'
        'Sprawdzę, gdzie jest przesyłka, i wrócę z odpowiedzią.'),
    ('order', 'en', null, 'product',
        'order parcel shipment delivery where is my product',
        E'Thank you for your message about the order; its number is {{ticket_number}}.\n'
        'I will find out where the parcel is and come back to you.'),
    ('training', 'pl', null, 'fitness',
        'trening trener personalny zajęcia joga pilates siłownia',
        E'Dziękuję za wiadomość w sprawie treningu.\n'
        'Sprawdzę grafik trenerów i wrócę z propozycją.'),
    ('training', 'en', null, 'fitness',
        'training personal trainer class yoga pilates gym',
        E'Thank you for your message about training.\n'
        'I will check the trainers'' schedule and come back with a proposal.'),
    ('specialist', 'pl', null, 'aesthetic_medicine',
        'po zabiegu skóra zaczerwienienie pytanie do lekarza kosmetologa laser kwas',
        E'Dziękuję za wiadomość, zgłoszenie ma numer {{ticket_number}}.\n'
        'Przekazuję ją od razu specjaliście, który odpowie osobiście.'),
    ('specialist', 'en', null, 'aesthetic_medicine',
        'after the treatment skin redness question to the doctor laser peel',
        E'Thank you for your message; its number is {{ticket_number}}.\n'
        'I am passing it on at once to our specialist, who will answer in person.')
) told (template, language, tone, category, examples, body);

-- -------------------------------------------------------------------------------------------------
-- Budget of the outside service
-- -------------------------------------------------------------------------------------------------
create table public.reply_budgets (
    is_only boolean primary key default true,
    calls_per_day integer not null default 500,
    tokens_per_day integer not null default 500000,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint reply_budgets_there_is_one check (is_only),
    constraint reply_budgets_are_sane
        check (calls_per_day between 0 and 1000000 and tokens_per_day between 0 and 1000000000)
);
comment on table public.reply_budgets is
    'What the outside service may cost in a day (UTC); beyond it the local draft stands.';
insert into public.reply_budgets default values;
create trigger reply_budgets_touch
before update on public.reply_budgets
for each row execute function private.tg_touch_row();
create trigger reply_budgets_record
after insert or update or delete on public.reply_budgets
for each row execute function private.tg_record_configuration('is_only');

create table public.reply_service_days (
    used_on date primary key,
    call_count integer not null default 0,
    token_count bigint not null default 0,
    constraint reply_service_days_counts_are_counts check (call_count >= 0 and token_count >= 0)
);
comment on table public.reply_service_days is
    'What the outside service was asked and answered, by day (UTC).';

-- -------------------------------------------------------------------------------------------------
-- Drafts
-- -------------------------------------------------------------------------------------------------
create table public.reply_drafts (
    id uuid primary key default gen_random_uuid(),
    ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    requested_by uuid not null references public.staff_members (id) on delete cascade,
    inquiry text not null,
    state text not null default 'pending',
    draft text,
    language text,
    template_id uuid references public.reply_templates (id) on delete set null,
    sources jsonb not null default '{}',
    reasons jsonb not null default '[]',
    is_service_used boolean not null default false,
    model text,
    fallback_reason text,
    brand_score smallint,
    brand_verdict text,
    latency_ms integer,
    service_ms integer,
    token_count integer not null default 0,
    taken_at timestamptz,
    message_id uuid references public.ticket_messages (id) on delete set null,
    is_unedited boolean,
    edit_distance integer,
    word_count integer,
    created_at timestamptz not null default now(),
    completed_at timestamptz,
    updated_at timestamptz not null default now(),
    constraint reply_drafts_inquiry_is_text check (private.is_clean_text(inquiry, 10000)),
    constraint reply_drafts_state_is_known check (state in ('pending', 'done')),
    constraint reply_drafts_draft_is_text check (private.is_clean_text(draft, 4000)),
    constraint reply_drafts_language_is_a_code check (language ~ '^[a-z]{2}$'),
    constraint reply_drafts_sources_are_a_bounded_object
        check (jsonb_typeof(sources) = 'object' and octet_length(sources::text) <= 20000),
    constraint reply_drafts_reasons_are_a_short_list
        check (jsonb_typeof(reasons) = 'array' and octet_length(reasons::text) <= 2000),
    constraint reply_drafts_model_is_short check (private.is_clean_text(model, 80)),
    constraint reply_drafts_fallback_reason_is_a_word
        check (fallback_reason ~ '^[a-z][a-z0-9_]{0,39}$'),
    constraint reply_drafts_brand_score_is_a_score check (brand_score between 0 and 100),
    constraint reply_drafts_are_never_blocked check (brand_verdict in ('pass', 'warn')),
    constraint reply_drafts_shown_ones_were_checked
        check (
            (draft is null) = (brand_verdict is null) and (draft is null) = (brand_score is null)
        ),
    constraint reply_drafts_done_have_a_moment check (
        (state = 'done') = (completed_at is not null)
        and (state = 'done') = (latency_ms is not null)
        and (state = 'done' or draft is null)
    ),
    constraint reply_drafts_without_a_draft_say_why
        check (state = 'pending' or draft is not null or fallback_reason is not null),
    constraint reply_drafts_times_and_counts_are_counts
        check (latency_ms >= 0 and service_ms >= 0 and token_count >= 0 and edit_distance >= 0
            and word_count >= 0),
    constraint reply_drafts_only_shown_ones_are_taken check (taken_at is null or draft is not null)
);
comment on table public.reply_drafts is
    'Answers proposed to whoever may answer the ticket, with what they rest on and what became of '
    'them. Each new one takes the asker''s own with it that are unused for 30 days.';
comment on column public.reply_drafts.sources is
    '{"template", "version", "facts": {name: value}, "templates": the three nearest, "answers": '
    'good answers to similar questions [{"message_id", "similarity", "text" without names}]}.';
comment on column public.reply_drafts.is_service_used is 'The outside service worded it.';
comment on column public.reply_drafts.fallback_reason is
    'Why the local draft stands though a service is there, or why there is no draft.';
comment on column public.reply_drafts.latency_ms is 'From the question to the row done.';
comment on column public.reply_drafts.taken_at is 'When the asker put it into their answer.';
comment on column public.reply_drafts.message_id is 'The answer that was sent after taking it.';
comment on column public.reply_drafts.is_unedited is
    'Sent as it was, but for white space: the timeline tells the client so.';
comment on column public.reply_drafts.edit_distance is
    'Words put in, taken out or replaced before sending; word_count: of the longer of both.';
create index reply_drafts_ticket_id_idx on public.reply_drafts (ticket_id);
comment on index public.reply_drafts_ticket_id_idx is 'Serves the policy and the foreign key.';
create index reply_drafts_requested_by_idx on public.reply_drafts (requested_by, created_at);
comment on index public.reply_drafts_requested_by_idx is
    'Serves the policy, the foreign key and forgetting old ones.';
create index reply_drafts_taken_idx on public.reply_drafts (ticket_id, requested_by, taken_at)
where taken_at is not null and message_id is null;
comment on index public.reply_drafts_taken_idx is 'Serves finding the draft behind an answer.';
create index reply_drafts_message_id_idx on public.reply_drafts (message_id);
comment on index public.reply_drafts_message_id_idx is 'Serves the foreign key.';
create index reply_drafts_template_id_idx on public.reply_drafts (template_id);
comment on index public.reply_drafts_template_id_idx is
    'Serves the foreign key and how much is changed of what a template gives.';
create trigger reply_drafts_touch
before update on public.reply_drafts
for each row execute function private.tg_touch_row();

insert into private.subscriptions (event_kind, worker, priority)
values
    -- Somebody waits in front of a screen.
    ('reply_draft.requested', 'intelligence.replies', 5),
    ('reply_draft.sent', 'intelligence.replies', 0);

create function private.tg_reply_drafts_announce()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.emit_events('reply_draft.requested', array_agg(asked.id))
    from asked
    having count(*) > 0;
    return null;
end
$$;
create trigger reply_drafts_announce
after insert on public.reply_drafts
referencing new table as asked
for each statement execute function private.tg_reply_drafts_announce();

create function private.tg_reply_drafts_announce_sent()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.emit_events('reply_draft.sent', array_agg(present.id))
    from present
    join past using (id)
    where past.message_id is null and present.message_id is not null
    having count(*) > 0;
    return null;
end
$$;
create trigger reply_drafts_announce_sent
after update on public.reply_drafts
referencing old table as past new table as present
for each statement execute function private.tg_reply_drafts_announce_sent();

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on
    public.reply_templates, public.reply_budgets, public.reply_service_days, public.reply_drafts
from anon, authenticated, service_role;
grant select on
    public.reply_templates, public.reply_budgets, public.reply_service_days, public.reply_drafts
to authenticated, service_role;
alter table public.reply_templates enable row level security;
alter table public.reply_budgets enable row level security;
alter table public.reply_service_days enable row level security;
alter table public.reply_drafts enable row level security;

create policy reply_templates_select_staff on public.reply_templates
for select to authenticated
using ((select private.is_staff()));
create policy reply_budgets_select_staff on public.reply_budgets
for select to authenticated
using ((select private.is_staff()));
create policy reply_service_days_select_staff on public.reply_service_days
for select to authenticated
using ((select private.is_staff()));
-- Whoever asked, as long as they may answer the ticket; never its client.
create policy reply_drafts_select_asker on public.reply_drafts
for select to authenticated
using (
    requested_by = (select private.my_staff_id())
    and exists (
        select from public.support_tickets ticket
        where ticket.id = reply_drafts.ticket_id
            and ticket.client_id is distinct from (select private.my_client_id())
            and (
                ticket.assignee_id = (select private.my_staff_id())
                or ticket.desk_id = any (array(select private.my_managed_desk_ids()))
            )
    )
);

revoke all on function
    private.judge_reply_body(text), private.tg_reply_drafts_announce(),
    private.tg_reply_drafts_announce_sent()
from public, anon, authenticated, service_role;

do $$
begin
    if exists (select from pg_publication where pubname = 'supabase_realtime') then
        alter publication supabase_realtime add table public.reply_drafts;
    end if;
end
$$;
