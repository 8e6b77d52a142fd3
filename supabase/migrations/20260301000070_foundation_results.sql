-- The last step of every record function: what was decided is done, what was stale stays leased.

create function private.finish_decided(p_results jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    perform private.finish_jobs(array(
        select result.job_id
        from jsonb_to_recordset(p_results) as result (job_id bigint, status text)
        where result.status <> 'stale'
    ));
    return p_results;
end
$$;
comment on function private.finish_decided(jsonb) is
    'Finishes the jobs of [{"job_id", "status"}] but those that are stale, and answers the same.';

revoke all on function private.finish_decided(jsonb)
from public, anon, authenticated, service_role;
grant execute on function private.finish_decided(jsonb) to service_role;
