-- Webhooks: what happens to alerts, told to other systems over HTTPS, signed.
--
--   alert_steps -> private.webhook_deliveries, a row for each step and webhook that wants it
--   webhook.delivery_queued, webhook.retry_reached (a timer) -> performance.webhooks
--       (lib/performance/webhooks.py judges, lib/store/webhook_client.py sends)
--
-- At least once: the id of a delivery stays the same, whoever receives it twice knows by it.
-- Secrets leave the database twice: when they are made, to the admin who made them, and through
-- worker.webhook_contexts, to the sender.

create table public.webhooks (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    url text not null,
    events text[] not null,
    is_active boolean not null default true,
    failing_at timestamptz,
    disabled_at timestamptz,
    disabled_reason text,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint webhooks_name_is_short_text check (private.is_clean_text(name, 80)),
    constraint webhooks_url_is_safe check (
        char_length(url) <= 2000 and (
            url ~ '^https://[a-zA-Z0-9.-]+(:[0-9]{1,5})?(/[!-~]*)?$'
            or url ~ '^http://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?(/[!-~]*)?$'
        )
    ),
    constraint webhooks_events_are_known check (
        cardinality(events) between 1 and 6 and events <@ array[
            'alert.raised', 'alert.escalated', 'alert.acknowledged', 'alert.silenced',
            'alert.resumed', 'alert.cleared'
        ]
    ),
    constraint webhooks_disabled_have_a_reason
        check ((disabled_at is null) = (disabled_reason is null)),
    constraint webhooks_disabled_are_not_active check (disabled_at is null or not is_active),
    constraint webhooks_disabled_reason_is_known
        check (disabled_reason in ('by_admin', 'gone', 'failing'))
);
comment on table public.webhooks is
    'Other systems that want to know of alerts. Their secrets stand apart, in private.';
comment on column public.webhooks.failing_at is
    'Since when nothing has arrived there; null after a success.';
comment on column public.webhooks.disabled_reason is
    'by_admin, gone (it answered 410) or failing (for too long).';

create trigger webhooks_bump_version
before update on public.webhooks
for each row execute function private.tg_bump_version();

create table private.webhook_secrets (
    webhook_id uuid primary key references public.webhooks (id) on delete cascade,
    secret text not null,
    previous_secret text,
    changed_at timestamptz not null default now(),
    constraint webhook_secrets_secret_is_long check (char_length(secret) between 32 and 200)
);
comment on table private.webhook_secrets is
    'What deliveries are signed with. Never readable again after it was made, but for the sender.';
comment on column private.webhook_secrets.previous_secret is
    'Signs beside the present one for a day after a change, so that nothing is refused meanwhile.';

create table private.webhook_deliveries (
    id uuid primary key default gen_random_uuid(),
    webhook_id uuid not null references public.webhooks (id) on delete cascade,
    step_id bigint not null references public.alert_steps (id) on delete cascade,
    event text not null,
    body text not null,
    state text not null default 'pending',
    attempts smallint not null default 0,
    next_attempt_at timestamptz not null default now(),
    last_status integer,
    last_error text,
    created_at timestamptz not null default now(),
    settled_at timestamptz,
    constraint webhook_deliveries_one_per_step_and_webhook unique (webhook_id, step_id),
    constraint webhook_deliveries_state_is_known check (state in ('pending', 'delivered', 'dead')),
    constraint webhook_deliveries_settled_have_a_time
        check ((state = 'pending') = (settled_at is null)),
    constraint webhook_deliveries_error_is_a_word check (last_error ~ '^[a-z0-9_]{1,60}$'),
    constraint webhook_deliveries_body_is_small check (octet_length(body) <= 8000)
);
comment on table private.webhook_deliveries is
    'The outbox: what is to be told to whom, until it has arrived or was given up.';
comment on column private.webhook_deliveries.body is
    'The very bytes that are signed and sent, at each attempt.';
create index webhook_deliveries_step_id_idx on private.webhook_deliveries (step_id);
comment on index private.webhook_deliveries_step_id_idx is 'Serves the foreign key.';
create index webhook_deliveries_webhook_id_created_at_idx
    on private.webhook_deliveries (webhook_id, created_at desc);
comment on index private.webhook_deliveries_webhook_id_created_at_idx is
    'Serves the list of a webhook''s deliveries, newest first.';
create index webhook_deliveries_created_at_idx on private.webhook_deliveries (created_at)
where state <> 'pending';
comment on index private.webhook_deliveries_created_at_idx is 'Serves: pruning by age.';

insert into private.subscriptions (event_kind, worker, collapses)
values
    ('webhook.delivery_queued', 'performance.webhooks', true),
    ('webhook.retry_reached', 'performance.webhooks', true);

-- -------------------------------------------------------------------------------------------------
-- Outbox
-- -------------------------------------------------------------------------------------------------

-- Written once and kept: every attempt signs and sends the very same bytes.
create function private.describe_delivery(p_id uuid, p_step public.alert_steps)
returns text
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'id', p_id,
        'type', 'alert.' || p_step.kind,
        'occurred_at', p_step.taken_at,
        'data', jsonb_build_object(
            'alert_id', alert.id, 'rule_id', alert.rule_id, 'rule_version', alert.rule_version,
            'metric', alert.metric, 'severity', alert.severity, 'desk_id', alert.desk_id,
            'ticket_id', alert.ticket_id, 'state', alert.state, 'value', alert.last_value,
            'threshold', alert.raise_threshold, 'direction', alert.direction,
            'opened_at', alert.opened_at, 'cleared_at', alert.cleared_at, 'step', p_step.step
        )
    )::text
    from public.alerts alert
    where alert.id = p_step.alert_id
$$;

-- Definer: whoever handles an alert may not write the outbox by hand.
create function private.tg_alert_steps_queue_deliveries()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into private.webhook_deliveries (id, webhook_id, step_id, event, body)
    select made.id, hook.id, new.id, 'alert.' || new.kind, private.describe_delivery(made.id, new)
    from public.webhooks hook
    cross join lateral (select gen_random_uuid() where hook.id is not null) as made (id)
    where hook.is_active and 'alert.' || new.kind = any (hook.events);
    return null;
end
$$;

create trigger alert_steps_queue_deliveries
after insert on public.alert_steps
for each row execute function private.tg_alert_steps_queue_deliveries();

create function private.tg_webhook_deliveries_emit()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.emit_events('webhook.delivery_queued', array_agg(made.id)) from made
    having count(*) > 0;
    return null;
end
$$;

create trigger webhook_deliveries_emit
after insert on private.webhook_deliveries
referencing new table as made
for each statement execute function private.tg_webhook_deliveries_emit();

-- -------------------------------------------------------------------------------------------------
-- The sender
-- -------------------------------------------------------------------------------------------------

-- Definer: secrets are nobody's to read; executable by service_role alone, for the sender.
create function private.list_due_deliveries(p_delivery_ids uuid[])
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'id', delivery.id,
        'attempts', delivery.attempts,
        'body', delivery.body,
        'webhook_id', hook.id,
        'url', hook.url,
        'is_active', hook.is_active,
        'failing_at', hook.failing_at,
        'secrets', case when hook.is_active then jsonb_build_array(secret.secret) || case
            when secret.previous_secret is not null and secret.changed_at > now() - interval '1 day'
                then jsonb_build_array(secret.previous_secret) else '[]'
        end else '[]' end
    )), '[]')
    from private.webhook_deliveries delivery
    join public.webhooks hook on hook.id = delivery.webhook_id
    join private.webhook_secrets secret on secret.webhook_id = hook.id
    where delivery.id = any (p_delivery_ids) and delivery.state = 'pending'
        and delivery.next_attempt_at <= clock_timestamp()
$$;

create function worker.webhook_contexts(p_delivery_ids uuid[])
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'read_at', now(), 'deliveries', private.list_due_deliveries(p_delivery_ids)
    )
$$;
comment on function worker.webhook_contexts(uuid[]) is
    'Deliveries that are to be sent now, with address and secrets: {"read_at", "deliveries": '
    '[{"id", "attempts", "body", "webhook_id", "url", "is_active", "failing_at", "secrets"}]}.';

-- Full jitter: anywhere up to the ceiling, so that what failed together does not come back
-- together.
create function private.settle_deliveries(p_results jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_ids uuid[];
    v_due_at timestamptz[];
begin
    with settled as (
        update private.webhook_deliveries delivery
        set state = case said.outcome when 'retry' then 'pending' else said.outcome end,
            attempts = delivery.attempts + 1,
            last_status = said.status,
            last_error = said.error,
            settled_at = case when said.outcome <> 'retry' then clock_timestamp() end,
            next_attempt_at = clock_timestamp()
                + make_interval(secs => 1 + random() * coalesce(said.ceiling_seconds, 0))
        from jsonb_to_recordset(p_results) as said (
            id uuid, outcome text, status integer, error text, ceiling_seconds double precision,
            attempts integer
        )
        where delivery.id = said.id and delivery.state = 'pending'
            and delivery.attempts = said.attempts
        returning delivery.id, delivery.state, delivery.next_attempt_at
    )
    select array_agg(settled.id), array_agg(settled.next_attempt_at) into v_ids, v_due_at
    from settled
    where settled.state = 'pending';
    if v_ids is not null then
        perform private.set_timers('webhook.retry_reached', v_ids, v_due_at);
    end if;
    delete from private.webhook_deliveries old
    where old.id in (
        select stale.id from private.webhook_deliveries stale
        where stale.state <> 'pending' and stale.created_at < now() - interval '90 days'
        order by stale.created_at
        limit 200
        for update skip locked
    );
end
$$;
comment on function private.settle_deliveries(jsonb) is
    'Writes what became of deliveries, sets the clock of those to be repeated, and drops settled '
    'ones after 90 days.';

create function private.judge_webhooks(p_verdicts jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_hook public.webhooks;
begin
    perform from public.webhooks hook
    where hook.id in (
        select said.webhook_id from jsonb_to_recordset(p_verdicts) as said (webhook_id uuid)
    )
    order by hook.id
    for update;
    for v_hook in
        update public.webhooks hook
        set failing_at = case when said.is_failing then coalesce(hook.failing_at, now()) end,
            is_active = hook.is_active and said.disabled_reason is null,
            disabled_at = case when said.disabled_reason is not null then now() end,
            disabled_reason = said.disabled_reason
        from jsonb_to_recordset(p_verdicts) as said (
            webhook_id uuid, is_failing boolean, disabled_reason text
        )
        where hook.id = said.webhook_id and hook.is_active
            and (said.is_failing <> (hook.failing_at is not null)
                or said.disabled_reason is not null)
        returning hook.*
    loop
        continue when v_hook.is_active;
        perform private.notify(
            array(select private.list_alert_audience('admins', null, null)), 'webhook_disabled',
            null, jsonb_build_object('webhook_id', v_hook.id, 'reason', v_hook.disabled_reason)
        );
    end loop;
end
$$;
comment on function private.judge_webhooks(jsonb) is
    'Notes which webhooks fail, switches off those that are to be, and tells the admins of it.';

-- Definer: nobody holds a right to write the outbox; only service_role may execute it.
create function private.carry_out_deliveries(p_results jsonb, p_verdicts jsonb)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.judge_webhooks(p_verdicts);
    perform private.settle_deliveries(p_results);
end
$$;

create function worker.record_webhooks(p_items jsonb, p_results jsonb, p_verdicts jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    perform private.hold_jobs(p_items);
    perform private.carry_out_deliveries(p_results, p_verdicts);
    perform private.finish_jobs(array(
        select item.job_id from jsonb_to_recordset(p_items) as item (job_id bigint)
    ));
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'job_id', item.job_id,
            'status', case
                when item.delivery_id in (
                    select said.id from jsonb_to_recordset(p_results) as said (id uuid)
                ) then 'recorded' else 'gone'
            end
        )), '[]')
        from jsonb_to_recordset(p_items) as item (job_id bigint, delivery_id uuid)
    );
end
$$;
comment on function worker.record_webhooks(jsonb, jsonb, jsonb) is
    'Writes what became of deliveries and finishes the jobs, in one transaction. Items: job_id, '
    'fence, delivery_id. Results: id, outcome (delivered, retry, dead), status, error, '
    'ceiling_seconds, attempts (as read). Verdicts: webhook_id, is_failing, disabled_reason. '
    'Answers [{"job_id", "status"}].';

-- -------------------------------------------------------------------------------------------------
-- What admins do
-- -------------------------------------------------------------------------------------------------
create function private.require_webhook(p_name text, p_url text, p_events text[])
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
        cardinality(p_events) between 1 and 6 and p_events <@ array[
            'alert.raised', 'alert.escalated', 'alert.acknowledged', 'alert.silenced',
            'alert.resumed', 'alert.cleared'
        ]
    ) is not true then
        perform private.refuse(
            'PT422', 'unknown_event',
            'One or more of alert.raised, escalated, acknowledged, silenced, resumed, cleared.'
        );
    end if;
end
$$;

create function private.make_webhook_secret()
returns text
language sql
volatile
set search_path = ''
as $$
    -- Two random ids: 244 bits out of the server's strong source.
    select 'whsec_' || replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')
$$;

-- Definer: nobody holds a right to write webhooks; admins write through here.
create function private.create_webhook(p_name text, p_url text, p_events text[])
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_secret text := private.make_webhook_secret();
    v_hook public.webhooks;
begin
    perform private.require_admin();
    perform private.require_webhook(p_name, p_url, p_events);
    perform pg_advisory_xact_lock(hashtextextended('webhooks', 0));
    if 50 <= (select count(*) from public.webhooks) then
        perform private.refuse('PT409', 'too_many_webhooks', 'At most 50.');
    end if;
    insert into public.webhooks as made (name, url, events)
    values (btrim(p_name), p_url, p_events)
    returning made.* into v_hook;
    insert into private.webhook_secrets (webhook_id, secret) values (v_hook.id, v_secret);
    return to_jsonb(v_hook) || jsonb_build_object('secret', v_secret);
end
$$;

create function public.create_webhook(p_name text, p_url text, p_events text[])
returns jsonb
language sql
set search_path = ''
as $$
    select private.create_webhook(p_name, p_url, p_events)
$$;
comment on function public.create_webhook(text, text, text[]) is
    'Admins: tells another system of alerts. Answers the webhook with its "secret", this once.';

create function private.lock_webhook(p_webhook_id uuid)
returns public.webhooks
language plpgsql
set search_path = ''
as $$
declare
    v_hook public.webhooks;
begin
    perform private.require_admin();
    select known.* into v_hook
    from public.webhooks known where known.id = p_webhook_id for update;
    if v_hook.id is null then
        perform private.refuse('PT404', 'webhook_not_found', 'There is no such webhook.');
    end if;
    return v_hook;
end
$$;

-- Definer: nobody holds a right to write webhooks; admins write through here.
create function private.update_webhook(
    p_webhook_id uuid, p_name text, p_url text, p_events text[], p_is_active boolean,
    p_version integer
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_hook public.webhooks := private.lock_webhook(p_webhook_id);
begin
    if v_hook.version <> p_version then
        perform private.refuse('PT409', 'stale_version', 'The webhook has changed: read it again.');
    end if;
    v_hook.name := btrim(coalesce(p_name, v_hook.name));
    v_hook.url := coalesce(p_url, v_hook.url);
    v_hook.events := coalesce(p_events, v_hook.events);
    v_hook.is_active := coalesce(p_is_active, v_hook.is_active);
    perform private.require_webhook(v_hook.name, v_hook.url, v_hook.events);
    update public.webhooks known
    set name = v_hook.name,
        url = v_hook.url,
        events = v_hook.events,
        is_active = v_hook.is_active,
        failing_at = case when known.is_active and v_hook.is_active then known.failing_at end,
        disabled_at = case when not v_hook.is_active then coalesce(known.disabled_at, now()) end,
        disabled_reason = case
            when not v_hook.is_active then coalesce(known.disabled_reason, 'by_admin')
        end
    where known.id = v_hook.id
    returning known.* into v_hook;
    return to_jsonb(v_hook);
end
$$;

create function public.update_webhook(
    p_webhook_id uuid, p_name text default null, p_url text default null,
    p_events text[] default null, p_is_active boolean default null, p_version integer default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.update_webhook(
        p_webhook_id, p_name, p_url, p_events, p_is_active, p_version
    )
$$;
comment on function public.update_webhook(uuid, text, text, text[], boolean, integer) is
    'Admins: changes a webhook, switches it off or on again; null keeps what is there. Answers the '
    'webhook, without its secret.';

-- Definer: nobody holds a right to write secrets; admins write through here.
create function private.rotate_webhook_secret(p_webhook_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_hook public.webhooks := private.lock_webhook(p_webhook_id);
    v_secret text := private.make_webhook_secret();
begin
    update private.webhook_secrets known
    set secret = v_secret, previous_secret = known.secret, changed_at = now()
    where known.webhook_id = v_hook.id;
    return to_jsonb(v_hook) || jsonb_build_object('secret', v_secret);
end
$$;

create function public.rotate_webhook_secret(p_webhook_id uuid)
returns jsonb
language sql
set search_path = ''
as $$
    select private.rotate_webhook_secret(p_webhook_id)
$$;
comment on function public.rotate_webhook_secret(uuid) is
    'Admins: a new secret. For a day deliveries carry signatures of both. Answers the webhook with '
    'its "secret", this once.';

-- Definer: the outbox is in private; admins alone.
create function private.get_webhook_deliveries(p_webhook_id uuid, p_state text, p_limit integer)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    perform private.require_admin();
    if p_state not in ('pending', 'delivered', 'dead') then
        perform private.refuse(
            'PT422', 'state_unknown', 'One of pending, delivered, dead; or null.'
        );
    elsif (p_limit between 1 and 1000) is not true then
        perform private.refuse('PT422', 'limit_out_of_range', 'From 1 to 1000.');
    end if;
    return (
        select coalesce(jsonb_agg(found.line order by found.created_at desc), '[]')
        from (
            select delivery.created_at, to_jsonb(delivery) as line
            from private.webhook_deliveries delivery
            where (p_webhook_id is null or delivery.webhook_id = p_webhook_id)
                and (p_state is null or delivery.state = p_state)
            order by delivery.created_at desc
            limit p_limit
        ) found
    );
end
$$;

create function public.get_webhook_deliveries(
    p_webhook_id uuid default null, p_state text default null, p_limit integer default 100
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.get_webhook_deliveries(p_webhook_id, p_state, p_limit)
$$;
comment on function public.get_webhook_deliveries(uuid, text, integer) is
    'Admins: what was told to a webhook (null: to all), newest first, with state, attempts and '
    'the last answer''s status.';

-- Definer: nobody holds a right to write the outbox; admins write through here.
create function private.replay_webhook_delivery(p_delivery_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_delivery private.webhook_deliveries;
begin
    perform private.require_admin();
    select known.* into v_delivery
    from private.webhook_deliveries known where known.id = p_delivery_id for update;
    if v_delivery.id is null then
        perform private.refuse('PT404', 'delivery_not_found', 'There is no such delivery.');
    elsif v_delivery.state = 'pending' then
        perform private.refuse('PT409', 'delivery_pending', 'It is on its way already.');
    elsif not (
        select hook.is_active from public.webhooks hook where hook.id = v_delivery.webhook_id
    ) then
        perform private.refuse('PT409', 'webhook_disabled', 'Switch the webhook on first.');
    end if;
    update private.webhook_deliveries known
    set state = 'pending', attempts = 0, next_attempt_at = clock_timestamp(), settled_at = null
    where known.id = p_delivery_id
    returning known.* into v_delivery;
    perform private.set_timers(
        'webhook.retry_reached', array[p_delivery_id], array[v_delivery.next_attempt_at]
    );
    return to_jsonb(v_delivery);
end
$$;

create function public.replay_webhook_delivery(p_delivery_id uuid)
returns jsonb
language sql
set search_path = ''
as $$
    select private.replay_webhook_delivery(p_delivery_id)
$$;
comment on function public.replay_webhook_delivery(uuid) is
    'Admins: sends a settled delivery again, with the same id and all its attempts. Answers it.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.webhooks, private.webhook_secrets, private.webhook_deliveries
from anon, authenticated, service_role;
grant select on public.webhooks to authenticated, service_role;

alter table public.webhooks enable row level security;
alter table private.webhook_secrets enable row level security;
alter table private.webhook_deliveries enable row level security;

create policy webhooks_select_admins on public.webhooks
for select to authenticated
using ((select private.is_admin()));

grant execute on function private.is_admin() to authenticated;
revoke all on function
    private.describe_delivery(uuid, public.alert_steps),
    private.tg_alert_steps_queue_deliveries(), private.tg_webhook_deliveries_emit(),
    private.list_due_deliveries(uuid[]), worker.webhook_contexts(uuid[]),
    private.settle_deliveries(jsonb), private.judge_webhooks(jsonb),
    private.carry_out_deliveries(jsonb, jsonb), worker.record_webhooks(jsonb, jsonb, jsonb),
    private.require_webhook(text, text, text[]), private.make_webhook_secret(),
    private.create_webhook(text, text, text[]), public.create_webhook(text, text, text[]),
    private.lock_webhook(uuid),
    private.update_webhook(uuid, text, text, text[], boolean, integer),
    public.update_webhook(uuid, text, text, text[], boolean, integer),
    private.rotate_webhook_secret(uuid), public.rotate_webhook_secret(uuid),
    private.get_webhook_deliveries(uuid, text, integer),
    public.get_webhook_deliveries(uuid, text, integer),
    private.replay_webhook_delivery(uuid), public.replay_webhook_delivery(uuid)
from public, anon, authenticated, service_role;
grant execute on function
    private.list_due_deliveries(uuid[]), worker.webhook_contexts(uuid[]),
    private.carry_out_deliveries(jsonb, jsonb), worker.record_webhooks(jsonb, jsonb, jsonb)
to service_role;
grant execute on function
    private.create_webhook(text, text, text[]), public.create_webhook(text, text, text[]),
    private.update_webhook(uuid, text, text, text[], boolean, integer),
    public.update_webhook(uuid, text, text, text[], boolean, integer),
    private.rotate_webhook_secret(uuid), public.rotate_webhook_secret(uuid),
    private.get_webhook_deliveries(uuid, text, integer),
    public.get_webhook_deliveries(uuid, text, integer),
    private.replay_webhook_delivery(uuid), public.replay_webhook_delivery(uuid)
to authenticated, service_role;
