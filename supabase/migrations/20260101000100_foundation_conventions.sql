-- What every later migration leans on: refusals, error codes, row upkeep, clean text, and the
-- history of configuration tables.

-- Refusals -----------------------------------------------------------------------------------

create function private.refuse(p_code text, p_message text, p_hint text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    raise exception using errcode = p_code, message = p_message, hint = p_hint;
end;
$$;

comment on function private.refuse(text, text, text) is
    'Raises PTxxx: the API answers with that HTTP status, the message is a stable machine code, '
    'the hint a sentence for people.';

create function private.error_codes()
returns jsonb
language sql
immutable
security invoker
set search_path = ''
return jsonb_build_object(
    'LS001', 'lease_lost',
    'LS002', 'subject_gone',
    'LS003', 'chain_too_long'
);

comment on function private.error_codes() is
    'The SQLSTATEs of our own, each with the message it is raised with. lib/store/rpc.py agrees.';

-- Clean text ---------------------------------------------------------------------------------

create function private.is_clean_text(p_text text, p_max integer default 10000)
returns boolean
language plpgsql
immutable
strict
parallel safe
security invoker
set search_path = ''
as $$
begin
    return char_length(p_text) <= p_max
        and p_text ~ '[^[:space:]]'
        and p_text !~ '[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]';
end;
$$;

comment on function private.is_clean_text(text, integer) is
    'True for text that says something, is at most p_max characters long and holds no control '
    'characters but tab and line breaks. Null for null, so a check constraint lets null pass.';

-- Row upkeep ---------------------------------------------------------------------------------

create function private.tg_touch_row()
returns trigger
language plpgsql
security invoker
set search_path = ''
as $$
begin
    new.updated_at := now();
    return new;
end;
$$;

comment on function private.tg_touch_row() is
    'Before update, for each row: updated_at is the time of the change, whatever the caller wrote.';

create function private.tg_bump_version()
returns trigger
language plpgsql
security invoker
set search_path = ''
as $$
begin
    new.updated_at := now();
    new.version := old.version + 1;
    return new;
end;
$$;

comment on function private.tg_bump_version() is
    'Before update, for each row: as tg_touch_row, and version counts the changes, so that two '
    'people editing one row notice each other.';

-- Configuration history ----------------------------------------------------------------------

create table private.configuration_history (
    id bigint generated always as identity primary key,
    table_name text not null,
    row_key text not null,
    old_row jsonb,
    new_row jsonb,
    changed_by uuid,
    changed_role text not null,
    changed_at timestamptz not null default now(),
    constraint configuration_history_records_a_change
        check (old_row is distinct from new_row)
);

comment on table private.configuration_history is
    'Every change of a configuration table: the row before (null: created) and after (null: '
    'deleted), and who did it. Append only.';
comment on column private.configuration_history.changed_by is
    'auth.uid() of the person; null when a role changed it without a person''s token.';
comment on column private.configuration_history.changed_role is
    'The API role of the request, or the database role outside of one.';

create index configuration_history_table_name_row_key_idx
    on private.configuration_history (table_name, row_key, id);
comment on index private.configuration_history_table_name_row_key_idx is
    'Serves: the history of one configuration row, in order.';

revoke all on private.configuration_history from anon, authenticated, service_role;
revoke all on sequence private.configuration_history_id_seq
    from anon, authenticated, service_role;
grant select on private.configuration_history to service_role;
alter table private.configuration_history enable row level security;

-- Definer: people who may change a configuration row hold no right to write its history.
-- The caller was checked by the grants and policies of the table that fires it.
create function private.tg_record_configuration()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_old jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
    v_new jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
begin
    -- Upkeep columns alone are not a change of configuration.
    if (v_old - '{updated_at,version}'::text[]) is distinct from
        (v_new - '{updated_at,version}'::text[])
    then
        insert into private.configuration_history
            (table_name, row_key, old_row, new_row, changed_by, changed_role)
        values (
            format('%I.%I', tg_table_schema, tg_table_name),
            coalesce(v_new, v_old) ->> tg_argv[0],
            v_old,
            v_new,
            auth.uid(),
            coalesce(auth.role(), session_user)
        );
    end if;
    return null;
end;
$$;

comment on function private.tg_record_configuration() is
    'After insert, update or delete, for each row; argument: the name of the key column.';

-- Grants -------------------------------------------------------------------------------------

revoke all on function
    private.refuse(text, text, text),
    private.error_codes(),
    private.is_clean_text(text, integer),
    private.tg_touch_row(),
    private.tg_bump_version(),
    private.tg_record_configuration()
from public, anon, authenticated, service_role;

grant execute on function
    private.refuse(text, text, text),
    private.is_clean_text(text, integer)
to authenticated, service_role;
