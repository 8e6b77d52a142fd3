-- Which desk looks after a client: changed by a manager of the desk they leave, or by an admin.
-- Tickets already open stay where they are answered; the client's next one goes to the new desk.

alter table public.vip_profile_changes
    drop constraint vip_profile_changes_field_is_known,
    add constraint vip_profile_changes_field_is_known check (field in (
        'tier', 'dedicated_agent_id', 'deputy_agent_id', 'relationship_manager_id', 'desk_id'
    ));

-- Definer: the history can be written by nobody else, whoever changed the profile.
create function private.tg_profiles_record_desk()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.record_vip_change(new.id, 'desk_id', old.desk_id::text, new.desk_id::text);
    return null;
end
$$;

create trigger profiles_record_desk
after update of desk_id on public.profiles
for each row execute function private.tg_profiles_record_desk();

-- Definer: nobody holds a right to write desks of clients; managers write through here.
create function private.set_client_desk(p_client_id uuid, p_desk_id uuid, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_client public.profiles := private.lock_client_as_manager(p_client_id);
begin
    perform private.note_reason(private.require_text('reason', p_reason, 500));
    if not exists (select from public.desks desk where desk.id = p_desk_id) then
        perform private.refuse('PT404', 'desk_not_found', 'There is no such desk.');
    end if;
    update public.profiles client
    set desk_id = p_desk_id
    where client.id = v_client.id and client.desk_id <> p_desk_id;
    return jsonb_build_object('client_id', v_client.id, 'desk_id', p_desk_id);
end
$$;

create function public.set_client_desk(p_client_id uuid, p_desk_id uuid, p_reason text)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_client_desk(p_client_id, p_desk_id, p_reason)
$$;
comment on function public.set_client_desk(uuid, uuid, text) is
    'Managers of the client''s desk, admins: another desk looks after this client from now on, '
    'with the reason. Answers {"client_id", "desk_id"}.';

revoke all on function
    private.tg_profiles_record_desk(), private.set_client_desk(uuid, uuid, text),
    public.set_client_desk(uuid, uuid, text)
from public, anon, authenticated, service_role;
grant execute on function
    private.set_client_desk(uuid, uuid, text), public.set_client_desk(uuid, uuid, text)
to authenticated, service_role;
