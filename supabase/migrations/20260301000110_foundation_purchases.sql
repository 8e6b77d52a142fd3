-- Purchases and memberships: what clients bought and what they belong to, told by the till and the
-- booking system with the server's key. And merges: whatever is a client's goes with the client.
-- Events out: purchase.recorded, purchase.changed, membership.started, membership.ended,
-- membership.changed.

-- -------------------------------------------------------------------------------------------------
-- What is sold
-- -------------------------------------------------------------------------------------------------
create table public.products (
    id text primary key,
    name_pl text not null,
    name_en text not null,
    category text not null,
    lasts_days smallint,
    price_minor integer not null,
    currency text not null default 'PLN',
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint products_id_is_a_slug check (id ~ '^[a-z][a-z0-9_]{0,47}$'),
    constraint products_names_are_short_text
        check (private.is_clean_text(name_pl, 120) and private.is_clean_text(name_en, 120)),
    constraint products_category_is_known
        check (category in ('face', 'body', 'hair', 'supplement', 'accessory')),
    constraint products_last_some_days check (lasts_days between 1 and 730),
    constraint products_price_is_an_amount check (price_minor >= 0 and currency ~ '^[A-Z]{3}$')
);
comment on table public.products is 'What clients take home. Prices in minor units.';
comment on column public.products.lasts_days is
    'How long one piece lasts in ordinary use; null: it is not used up.';

insert into public.products (id, name_pl, name_en, category, lasts_days, price_minor)
values
    ('serum_vitamin_c', 'Serum z witaminą C 30 ml', 'Vitamin C serum 30 ml', 'face', 60, 38900),
    ('cream_night', 'Krem na noc 50 ml', 'Night cream 50 ml', 'face', 75, 42900),
    ('cream_spf50', 'Krem SPF 50 40 ml', 'SPF 50 cream 40 ml', 'face', 45, 21900),
    ('cleansing_oil', 'Olejek do demakijażu 150 ml', 'Cleansing oil 150 ml', 'face', 90, 18900),
    ('toner_rose', 'Tonik różany 200 ml', 'Rose toner 200 ml', 'face', 90, 14900),
    ('mask_clay', 'Maska z glinką 75 ml', 'Clay mask 75 ml', 'face', 120, 16900),
    ('body_oil', 'Olejek do ciała 100 ml', 'Body oil 100 ml', 'body', 60, 19900),
    ('shampoo_repair', 'Szampon odbudowujący 250 ml', 'Repair shampoo 250 ml', 'hair', 60, 12900),
    ('hair_mask', 'Maska do włosów 200 ml', 'Hair mask 200 ml', 'hair', 90, 15900),
    ('collagen', 'Kolagen, 30 saszetek', 'Collagen, 30 sachets', 'supplement', 30, 17900),
    ('magnesium', 'Magnez, 60 kapsułek', 'Magnesium, 60 capsules', 'supplement', 60, 8900),
    ('training_bands', 'Zestaw taśm treningowych', 'Set of training bands', 'accessory', null,
        13900);

create trigger products_touch
before update on public.products
for each row execute function private.tg_touch_row();
create trigger products_record
after insert or update or delete on public.products
for each row execute function private.tg_record_configuration('id');

create table public.membership_plans (
    id text primary key,
    name_pl text not null,
    name_en text not null,
    period_months smallint not null,
    price_minor integer not null,
    currency text not null default 'PLN',
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint membership_plans_id_is_a_slug check (id ~ '^[a-z][a-z0-9_]{0,47}$'),
    constraint membership_plans_names_are_short_text
        check (private.is_clean_text(name_pl, 120) and private.is_clean_text(name_en, 120)),
    constraint membership_plans_period_is_sane check (period_months between 1 and 60),
    constraint membership_plans_price_is_an_amount
        check (price_minor >= 0 and currency ~ '^[A-Z]{3}$')
);
comment on table public.membership_plans is
    'What clients can belong to. The price is for the whole period, in minor units.';

insert into public.membership_plans (id, name_pl, name_en, period_months, price_minor)
values
    ('fitness_monthly', 'Fitness, miesiąc', 'Fitness, a month', 1, 59000),
    ('fitness_annual', 'Fitness, rok', 'Fitness, a year', 12, 590000),
    ('beauty_annual', 'Pielęgnacja, rok', 'Beauty, a year', 12, 960000),
    ('maison_annual', 'Maison: wszystko, rok', 'Maison: everything, a year', 12, 2400000);

create trigger membership_plans_touch
before update on public.membership_plans
for each row execute function private.tg_touch_row();
create trigger membership_plans_record
after insert or update or delete on public.membership_plans
for each row execute function private.tg_record_configuration('id');

-- -------------------------------------------------------------------------------------------------
-- What clients have
-- -------------------------------------------------------------------------------------------------
create table public.memberships (
    id uuid primary key default gen_random_uuid(),
    client_id uuid not null references public.profiles (id) on delete cascade,
    plan_id text not null references public.membership_plans (id),
    starts_on date not null,
    ends_on date not null,
    status text not null default 'active',
    renewed_by_id uuid references public.memberships (id) on delete set null,
    source text not null,
    external_ref text not null,
    told_at timestamptz not null default now(),
    recorded_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint memberships_are_recorded_once unique (source, external_ref),
    constraint memberships_origin_is_short_text
        check (private.is_clean_text(source, 60) and private.is_clean_text(external_ref, 120)),
    constraint memberships_status_is_known
        check (status in ('active', 'renewed', 'lapsed', 'cancelled')),
    constraint memberships_last_at_least_a_day check (ends_on >= starts_on),
    constraint memberships_are_in_our_time
        check (starts_on >= '2000-01-01' and ends_on < '2200-01-01'),
    constraint memberships_follow_another check (renewed_by_id <> id)
);
comment on table public.memberships is
    'Each period a client belongs to a plan. ends_on is its last day, in Europe/Warsaw.';
comment on column public.memberships.renewed_by_id is
    'The period that follows; null: none is known.';
comment on column public.memberships.told_at is
    'As of when the source told this; an older telling that arrives later changes nothing.';
create index memberships_client_id_starts_on_idx on public.memberships (client_id, starts_on, id);
comment on index public.memberships_client_id_starts_on_idx is
    'Serves the foreign key, a client''s timeline and the policy.';
create index memberships_ends_on_idx on public.memberships (ends_on) where status = 'active';
comment on index public.memberships_ends_on_idx is 'Serves "which memberships end on these days".';
create index memberships_renewed_by_id_idx on public.memberships (renewed_by_id);
comment on index public.memberships_renewed_by_id_idx is
    'Serves the foreign key and "which period came before".';

create trigger memberships_touch
before update on public.memberships
for each row execute function private.tg_touch_row();

create table public.purchases (
    id uuid primary key default gen_random_uuid(),
    client_id uuid not null references public.profiles (id) on delete cascade,
    kind text not null,
    product_id text references public.products (id),
    visit_id uuid references public.visits (id) on delete set null,
    membership_id uuid references public.memberships (id) on delete set null,
    quantity integer not null default 1,
    amount_minor integer not null,
    refunded_minor integer not null default 0,
    currency text not null default 'PLN',
    purchased_at timestamptz not null,
    source text not null,
    external_ref text not null,
    ticket_id uuid references public.support_tickets (id) on delete set null,
    told_at timestamptz not null default now(),
    recorded_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint purchases_are_recorded_once unique (source, external_ref),
    constraint purchases_origin_is_short_text
        check (private.is_clean_text(source, 60) and private.is_clean_text(external_ref, 120)),
    constraint purchases_kind_is_known
        check (kind in ('product', 'treatment', 'membership', 'gift_card', 'other')),
    constraint purchases_are_of_what_their_kind_says check (
        (kind = 'product') = (product_id is not null)
        and (kind = 'treatment' or visit_id is null)
        and (kind = 'membership' or membership_id is null)
    ),
    constraint purchases_quantity_is_sane check (quantity between 1 and 1000),
    constraint purchases_are_refunded_at_most_once
        check (amount_minor >= 0 and refunded_minor between 0 and amount_minor),
    constraint purchases_currency_is_a_code check (currency ~ '^[A-Z]{3}$'),
    constraint purchases_are_in_our_time
        check (purchased_at >= '2000-01-01' and purchased_at < '2200-01-01')
);
comment on table public.purchases is
    'What was paid, in minor units: products, treatments, memberships, gift cards.';
comment on column public.purchases.amount_minor is 'For the whole quantity, before refunds.';
comment on column public.purchases.product_id is 'Of a product; null for everything else.';
comment on column public.purchases.visit_id is
    'The visit a treatment was paid for; null: not known.';
comment on column public.purchases.membership_id is 'The period that was paid; null: not known.';
comment on column public.purchases.ticket_id is 'The ticket it was sold in; null: in none.';
comment on column public.purchases.told_at is
    'As of when the source told this; an older telling that arrives later changes nothing.';
create index purchases_client_id_purchased_at_idx
    on public.purchases (client_id, purchased_at, id);
comment on index public.purchases_client_id_purchased_at_idx is
    'Serves the foreign key, a client''s timeline and the policy.';
create index purchases_visit_id_idx on public.purchases (visit_id);
comment on index public.purchases_visit_id_idx is 'Serves the foreign key.';
create index purchases_membership_id_idx on public.purchases (membership_id);
comment on index public.purchases_membership_id_idx is 'Serves the foreign key.';
create index purchases_ticket_id_idx on public.purchases (ticket_id);
comment on index public.purchases_ticket_id_idx is
    'Serves the foreign key and "what was sold in this ticket".';

create trigger purchases_touch
before update on public.purchases
for each row execute function private.tg_touch_row();

-- -------------------------------------------------------------------------------------------------
-- What is announced
-- -------------------------------------------------------------------------------------------------
create function private.describe_purchase(p_purchase public.purchases)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select jsonb_build_object(
        'client_id', p_purchase.client_id, 'kind', p_purchase.kind,
        'product_id', p_purchase.product_id, 'quantity', p_purchase.quantity,
        'amount_minor', p_purchase.amount_minor, 'refunded_minor', p_purchase.refunded_minor,
        'currency', p_purchase.currency, 'purchased_at', p_purchase.purchased_at
    )
$$;

create function private.tg_purchases_emit_arrivals()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.emit_events(
        'purchase.recorded',
        array_agg(purchase.id order by purchase.purchased_at, purchase.id),
        array_agg(
            private.describe_purchase(purchase::public.purchases)
            order by purchase.purchased_at, purchase.id
        )
    )
    from arrived purchase
    having count(*) > 0;
    return null;
end
$$;

create trigger purchases_emit_arrivals
after insert on public.purchases
referencing new table as arrived
for each statement execute function private.tg_purchases_emit_arrivals();

-- Definer: deleting an account takes these rows along, and Auth has no right in private.
create function private.tg_purchases_emit_changes()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.emit_events(
        'purchase.changed',
        array_agg(after.id order by after.purchased_at, after.id),
        array_agg(
            private.describe_purchase(after::public.purchases)
            order by after.purchased_at, after.id
        )
    )
    from changed after
    join was before using (id)
    where private.is_purchase_changed(before::public.purchases, after::public.purchases)
    having count(*) > 0;
    return null;
end
$$;

create trigger purchases_emit_changes
after update on public.purchases
referencing old table as was new table as changed
for each statement execute function private.tg_purchases_emit_changes();

create function private.describe_membership(p_membership public.memberships)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select jsonb_build_object(
        'client_id', p_membership.client_id, 'plan_id', p_membership.plan_id,
        'status', p_membership.status, 'starts_on', p_membership.starts_on,
        'ends_on', p_membership.ends_on, 'renewed_by_id', p_membership.renewed_by_id
    )
$$;

create function private.announce_memberships(p_verb text, p_memberships public.memberships[])
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform private.emit_events(
        'membership.' || p_verb,
        array_agg(membership.id order by membership.starts_on, membership.id),
        array_agg(
            private.describe_membership(membership) order by membership.starts_on, membership.id
        )
    )
    from unnest(p_memberships) membership
    having count(*) > 0;
end
$$;

create function private.tg_memberships_emit_arrivals()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.announce_memberships(
        'started', array_agg(membership::public.memberships)
    )
    from arrived membership;
    -- Old ones that are told for the first time begin and end at once.
    perform private.announce_memberships('ended', array_agg(membership::public.memberships))
    from arrived membership
    where membership.status <> 'active';
    return null;
end
$$;

create trigger memberships_emit_arrivals
after insert on public.memberships
referencing new table as arrived
for each statement execute function private.tg_memberships_emit_arrivals();

-- Definer: deleting an account takes these rows along, and Auth has no right in private.
create function private.tg_memberships_emit_changes()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.announce_memberships(verb.name, verb.memberships)
    from (
        select
            case
                when before.status = 'active' and after.status <> 'active' then 'ended'
                when before.status <> 'active' and after.status = 'active' then 'started'
                else 'changed'
            end as name,
            array_agg(after::public.memberships) as memberships
        from changed after
        join was before using (id)
        where private.is_membership_changed(
            before::public.memberships, after::public.memberships
        )
        group by 1
    ) verb
    order by verb.name;
    return null;
end
$$;

create trigger memberships_emit_changes
after update on public.memberships
referencing old table as was new table as changed
for each statement execute function private.tg_memberships_emit_changes();

-- -------------------------------------------------------------------------------------------------
-- What the till tells
-- -------------------------------------------------------------------------------------------------

-- A row of another table the same source told, by its reference there; null where none is named.
create function private.find_told_visit(p_item jsonb, p_client_id uuid)
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
    v_id uuid;
begin
    if p_item ->> 'visit_ref' is not null then
        select visit.id into v_id from public.visits visit
        where visit.source = btrim(p_item ->> 'source')
            and visit.external_ref = p_item ->> 'visit_ref' and visit.client_id = p_client_id;
        if v_id is null then
            perform private.refuse('PT404', 'visit_not_found', 'Tell the visit first.');
        end if;
    end if;
    return v_id;
end
$$;

create function private.find_told_membership(p_item jsonb, p_name text, p_client_id uuid)
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
    v_id uuid;
begin
    if p_item ->> p_name is not null then
        select membership.id into v_id from public.memberships membership
        where membership.source = btrim(p_item ->> 'source')
            and membership.external_ref = p_item ->> p_name
            and membership.client_id = p_client_id;
        if v_id is null then
            perform private.refuse('PT404', 'membership_not_found', 'Tell the membership first.');
        end if;
    end if;
    return v_id;
end
$$;

create function private.find_told_ticket(p_item jsonb, p_client_id uuid)
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
    v_id uuid;
begin
    if p_item ->> 'ticket_id' is not null then
        select ticket.id into v_id from public.support_tickets ticket
        where private.is_uuid(p_item -> 'ticket_id')
            and ticket.id::text = p_item ->> 'ticket_id' and ticket.client_id = p_client_id;
        if v_id is null then
            perform private.refuse('PT404', 'ticket_not_found', 'Not a ticket of this client.');
        end if;
    end if;
    return v_id;
end
$$;

create function private.read_purchase(p_item jsonb)
returns public.purchases
language plpgsql
stable
set search_path = ''
as $$
declare
    v_told public.purchases;
begin
    v_told.client_id := private.find_told_client(p_item);
    v_told.kind := coalesce(p_item ->> 'kind', 'product');
    v_told.product_id := p_item ->> 'product_id';
    if v_told.kind = 'product' and not exists (
        select from public.products known where known.id = v_told.product_id
    ) then
        perform private.refuse('PT422', 'unknown_product', 'Not a product of this house.');
    end if;
    v_told.visit_id := private.find_told_visit(p_item, v_told.client_id);
    v_told.membership_id := private.find_told_membership(
        p_item, 'membership_ref', v_told.client_id
    );
    v_told.ticket_id := private.find_told_ticket(p_item, v_told.client_id);
    v_told.quantity := private.require_told_amount(p_item, 'quantity', 1);
    v_told.amount_minor := private.require_told_amount(p_item, 'amount_minor', null);
    v_told.refunded_minor := private.require_told_amount(p_item, 'refunded_minor', 0);
    v_told.currency := coalesce(p_item ->> 'currency', 'PLN');
    v_told.purchased_at := private.require_told_instant(p_item, 'purchased_at');
    v_told.source := btrim(p_item ->> 'source');
    v_told.external_ref := btrim(p_item ->> 'external_ref');
    v_told.told_at := coalesce(private.read_told_instant(p_item, 'told_at'), now());
    return v_told;
end
$$;

create function private.is_purchase_changed(p_known public.purchases, p_told public.purchases)
returns boolean
language sql
immutable
set search_path = ''
as $$
    select (
        p_known.client_id, p_known.kind, p_known.product_id, p_known.visit_id,
        p_known.membership_id, p_known.ticket_id, p_known.quantity, p_known.amount_minor,
        p_known.refunded_minor, p_known.currency, p_known.purchased_at
    ) is distinct from (
        p_told.client_id, p_told.kind, p_told.product_id, p_told.visit_id,
        p_told.membership_id, p_told.ticket_id, p_told.quantity, p_told.amount_minor,
        p_told.refunded_minor, p_told.currency, p_told.purchased_at
    )
$$;

create function private.record_purchase(p_item jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_told public.purchases := private.read_purchase(p_item);
    v_known public.purchases;
    v_id uuid;
begin
    select purchase.* into v_known from public.purchases purchase
    where purchase.source = v_told.source and purchase.external_ref = v_told.external_ref
    for update;
    if v_known.told_at > v_told.told_at then
        return private.answer_told_item(v_known.id, true, false);
    end if;
    insert into public.purchases as purchase (
        client_id, kind, product_id, visit_id, membership_id, ticket_id, quantity, amount_minor,
        refunded_minor, currency, purchased_at, source, external_ref, told_at
    )
    values (
        v_told.client_id, v_told.kind, v_told.product_id, v_told.visit_id, v_told.membership_id,
        v_told.ticket_id, v_told.quantity, v_told.amount_minor, v_told.refunded_minor,
        v_told.currency, v_told.purchased_at, v_told.source, v_told.external_ref, v_told.told_at
    )
    on conflict (source, external_ref) do update
    set client_id = excluded.client_id, kind = excluded.kind, product_id = excluded.product_id,
        visit_id = excluded.visit_id, membership_id = excluded.membership_id,
        ticket_id = excluded.ticket_id, quantity = excluded.quantity,
        amount_minor = excluded.amount_minor, refunded_minor = excluded.refunded_minor,
        currency = excluded.currency, purchased_at = excluded.purchased_at,
        told_at = excluded.told_at
    where excluded.told_at >= purchase.told_at
    returning purchase.id into v_id;
    return private.answer_told_item(
        coalesce(v_id, v_known.id), v_id is null, private.is_purchase_changed(v_known, v_told)
    );
end
$$;

create function private.read_membership(p_item jsonb)
returns public.memberships
language plpgsql
stable
set search_path = ''
as $$
declare
    v_told public.memberships;
begin
    if not exists (
        select from public.membership_plans known where known.id = p_item ->> 'plan_id'
    ) then
        perform private.refuse('PT422', 'unknown_plan', 'Not a membership of this house.');
    elsif p_item ->> 'starts_on' is null or p_item ->> 'ends_on' is null then
        perform private.refuse('PT400', 'days_required', 'Both starts_on and ends_on.');
    end if;
    v_told.client_id := private.find_told_client(p_item);
    v_told.plan_id := p_item ->> 'plan_id';
    v_told.starts_on := private.read_day('starts_on', p_item ->> 'starts_on');
    v_told.ends_on := private.read_day('ends_on', p_item ->> 'ends_on');
    v_told.status := coalesce(p_item ->> 'status', 'active');
    v_told.source := btrim(p_item ->> 'source');
    v_told.external_ref := btrim(p_item ->> 'external_ref');
    v_told.told_at := coalesce(private.read_told_instant(p_item, 'told_at'), now());
    return v_told;
end
$$;

create function private.is_membership_changed(
    p_known public.memberships, p_told public.memberships
)
returns boolean
language sql
immutable
set search_path = ''
as $$
    select (
        p_known.client_id, p_known.plan_id, p_known.starts_on, p_known.ends_on, p_known.status,
        p_known.renewed_by_id
    ) is distinct from (
        p_told.client_id, p_told.plan_id, p_told.starts_on, p_told.ends_on, p_told.status,
        p_told.renewed_by_id
    )
$$;

create function private.record_membership(p_item jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_told public.memberships := private.read_membership(p_item);
    v_earlier_id uuid := private.find_told_membership(p_item, 'renews_ref', v_told.client_id);
    v_known public.memberships;
    v_id uuid;
begin
    select membership.* into v_known from public.memberships membership
    where membership.source = v_told.source and membership.external_ref = v_told.external_ref
    for update;
    if v_known.told_at > v_told.told_at then
        return private.answer_told_item(v_known.id, true, false);
    end if;
    -- That another period follows was told with that one.
    v_told.renewed_by_id := v_known.renewed_by_id;
    if v_told.renewed_by_id is not null and v_told.status = 'active' then
        v_told.status := 'renewed';
    end if;
    insert into public.memberships as membership (
        client_id, plan_id, starts_on, ends_on, status, source, external_ref, told_at
    )
    values (
        v_told.client_id, v_told.plan_id, v_told.starts_on, v_told.ends_on, v_told.status,
        v_told.source, v_told.external_ref, v_told.told_at
    )
    on conflict (source, external_ref) do update
    set client_id = excluded.client_id, plan_id = excluded.plan_id,
        starts_on = excluded.starts_on, ends_on = excluded.ends_on, status = excluded.status,
        told_at = excluded.told_at
    where excluded.told_at >= membership.told_at
    returning membership.id into v_id;
    perform private.renew_membership(v_earlier_id, v_id);
    return private.answer_told_item(
        coalesce(v_id, v_known.id), v_id is null, private.is_membership_changed(v_known, v_told)
    );
end
$$;

create function private.renew_membership(p_earlier_id uuid, p_later_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
    if p_earlier_id = p_later_id then
        perform private.refuse('PT422', 'renews_itself', 'A membership renews another one.');
    end if;
    update public.memberships membership
    set renewed_by_id = p_later_id,
        status = case membership.status when 'active' then 'renewed' else membership.status end
    where membership.id = p_earlier_id and p_later_id is not null
        and membership.renewed_by_id is distinct from p_later_id;
end
$$;

-- Definer: nobody holds a right to write purchases; only the server's key may call this.
create function private.record_purchases(p_purchases jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
    return private.record_told_items('purchase', p_purchases);
end
$$;

create function public.record_purchases(p_purchases jsonb)
returns jsonb
language sql
set search_path = ''
as $$
    select private.record_purchases(p_purchases)
$$;
comment on function public.record_purchases(jsonb) is
    'The server, for the till: up to 500 purchases, each {"source", "external_ref", "client_id", '
    '"kind": product, treatment, membership, gift_card or other, "amount_minor", "purchased_at"}, '
    'product_id with products, and, if known, visit_ref, membership_ref (of the same source), '
    'ticket_id, quantity, refunded_minor, currency, told_at. Answers as record_visits.';

-- Definer: nobody holds a right to write memberships; only the server's key may call this.
create function private.record_memberships(p_memberships jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
    return private.record_told_items('membership', p_memberships);
end
$$;

create function public.record_memberships(p_memberships jsonb)
returns jsonb
language sql
set search_path = ''
as $$
    select private.record_memberships(p_memberships)
$$;
comment on function public.record_memberships(jsonb) is
    'The server, for the booking system: up to 500 memberships, each {"source", "external_ref", '
    '"client_id", "plan_id", "starts_on", "ends_on"} and, if known, status (active, renewed, '
    'lapsed, cancelled), renews_ref (the period before, of the same source: it becomes renewed), '
    'told_at. Answers as record_visits.';

-- -------------------------------------------------------------------------------------------------
-- Merges: what is a client's goes with the client, and back
-- -------------------------------------------------------------------------------------------------
create table private.client_tables (
    kind text primary key,
    table_name text not null unique,
    constraint client_tables_kind_is_a_word check (kind ~ '^[a-z][a-z_]{0,39}$'),
    constraint client_tables_name_is_a_word check (table_name ~ '^[a-z][a-z0-9_]{0,62}$')
);
comment on table private.client_tables is
    'Tables of public (id uuid, client_id uuid) whose rows a merge of clients moves and its undo '
    'puts back, under this kind in client_merge_items. A table''s migration adds its row.';
revoke all on private.client_tables from anon, authenticated, service_role;
alter table private.client_tables enable row level security;

insert into private.client_tables (kind, table_name)
values ('visit', 'visits'), ('purchase', 'purchases'), ('membership', 'memberships');

alter table public.client_merge_items
    drop constraint client_merge_items_kind_is_known,
    add constraint client_merge_items_kind_is_a_word check (kind ~ '^[a-z][a-z_]{0,39}$');

create function private.merge_client_rows(p_merge public.client_merges)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_table private.client_tables;
begin
    for v_table in select known.* from private.client_tables known order by known.kind loop
        execute format(
            'with moved as ('
            '    update public.%I owned set client_id = $1 where owned.client_id = $2'
            '    returning owned.id'
            ')'
            ' insert into public.client_merge_items (merge_id, kind, row_id)'
            ' select $3, $4, moved.id from moved',
            v_table.table_name
        )
        using p_merge.kept_client_id, p_merge.merged_client_id, p_merge.id, v_table.kind;
    end loop;
end
$$;

create function private.restore_client_rows(p_merge public.client_merges)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_table private.client_tables;
begin
    for v_table in select known.* from private.client_tables known order by known.kind loop
        execute format(
            'update public.%I owned set client_id = $1'
            ' from public.client_merge_items item'
            ' where item.merge_id = $3 and item.kind = $4 and owned.id = item.row_id'
            '    and owned.client_id = $2',
            v_table.table_name
        )
        using p_merge.merged_client_id, p_merge.kept_client_id, p_merge.id, v_table.kind;
    end loop;
end
$$;

-- Both profiles are locked, and whoever asks may.
create or replace function private.apply_merge(
    p_kept_client_id uuid, p_merged_client_id uuid, p_check_id uuid, p_reason text
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_merge public.client_merges;
begin
    perform private.require_mergeable(p_kept_client_id, p_merged_client_id);
    perform private.note_reason(p_reason);
    insert into public.client_merges (
        kept_client_id, merged_client_id, desk_id, check_id, reason, merged_by
    )
    select kept.id, p_merged_client_id, kept.desk_id, p_check_id, p_reason, auth.uid()
    from public.profiles kept where kept.id = p_kept_client_id
    returning * into strict v_merge;
    update public.profiles client
    set merged_into_id = p_kept_client_id
    where client.id = p_merged_client_id;
    perform private.merge_tiers(v_merge);
    perform private.merge_vip_profiles(v_merge);
    perform private.merge_tickets(v_merge);
    perform private.merge_identities(v_merge);
    perform private.merge_delegates(v_merge);
    perform private.merge_client_rows(v_merge);
    return private.read_merge(v_merge.id);
end
$$;

-- Definer: nobody holds a right to move tickets; both clients' desks are checked first.
create or replace function private.undo_client_merge(p_merge_id uuid, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_merge public.client_merges;
    v_ticket_ids uuid[] := array(
        select item.row_id from public.client_merge_items item
        where item.merge_id = p_merge_id and item.kind = 'ticket'
    );
begin
    select merge.* into v_merge from public.client_merges merge where merge.id = p_merge_id;
    perform private.lock_clients_as_manager(
        array[v_merge.kept_client_id, v_merge.merged_client_id]
    );
    perform private.note_reason(private.require_text('reason', p_reason, 500));
    update public.client_merges merge
    set undone_by = auth.uid(), undone_at = now(), undo_reason = btrim(p_reason, E' \t\r\n')
    where merge.id = p_merge_id and merge.undone_at is null;
    if not found then
        perform private.refuse('PT409', 'already_undone', 'This merge was taken back before.');
    end if;
    perform private.require_separate_tickets(v_ticket_ids, v_merge.kept_client_id);
    update public.profiles client
    set merged_into_id = null
    where client.id = v_merge.merged_client_id;
    perform private.restore_tier(v_merge);
    perform private.move_tickets(
        v_merge.id, v_ticket_ids, v_merge.kept_client_id, v_merge.merged_client_id,
        'client_merge_undone'
    );
    perform private.restore_identities(v_merge);
    perform private.restore_delegates(v_merge);
    perform private.restore_client_rows(v_merge);
    perform private.reopen_identity_check(v_merge.check_id);
    return private.read_merge(v_merge.id);
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.products, public.membership_plans, public.memberships, public.purchases
from anon, authenticated, service_role;
grant select on public.products, public.membership_plans, public.memberships, public.purchases
to authenticated, service_role;
alter table public.products enable row level security;
alter table public.membership_plans enable row level security;
alter table public.memberships enable row level security;
alter table public.purchases enable row level security;

create policy products_select_everybody on public.products
for select to authenticated
using (true);

create policy membership_plans_select_everybody on public.membership_plans
for select to authenticated
using (true);

create policy memberships_select_concerned on public.memberships
for select to authenticated
using (
    client_id = (select private.my_client_id())
    or client_id = any (array(select private.my_dedicated_client_ids()))
    or exists (
        select from public.profiles client
        where client.id = memberships.client_id
            and client.desk_id = any (array(select private.my_overseen_desk_ids()))
    )
    or client_id = any (array(select private.my_live_client_ids()))
);

create policy purchases_select_concerned on public.purchases
for select to authenticated
using (
    client_id = (select private.my_client_id())
    or client_id = any (array(select private.my_dedicated_client_ids()))
    or exists (
        select from public.profiles client
        where client.id = purchases.client_id
            and client.desk_id = any (array(select private.my_overseen_desk_ids()))
    )
    or client_id = any (array(select private.my_live_client_ids()))
);

revoke all on function
    private.describe_purchase(public.purchases), private.tg_purchases_emit_arrivals(),
    private.tg_purchases_emit_changes(), private.describe_membership(public.memberships),
    private.announce_memberships(text, public.memberships[]),
    private.tg_memberships_emit_arrivals(), private.tg_memberships_emit_changes(),
    private.find_told_visit(jsonb, uuid), private.find_told_membership(jsonb, text, uuid),
    private.find_told_ticket(jsonb, uuid), private.read_purchase(jsonb),
    private.is_purchase_changed(public.purchases, public.purchases),
    private.record_purchase(jsonb), private.read_membership(jsonb),
    private.is_membership_changed(public.memberships, public.memberships),
    private.record_membership(jsonb), private.renew_membership(uuid, uuid),
    private.record_purchases(jsonb), public.record_purchases(jsonb),
    private.record_memberships(jsonb), public.record_memberships(jsonb),
    private.merge_client_rows(public.client_merges),
    private.restore_client_rows(public.client_merges)
from public, anon, authenticated, service_role;
grant execute on function
    private.record_purchases(jsonb), public.record_purchases(jsonb),
    private.record_memberships(jsonb), public.record_memberships(jsonb)
to service_role;
