-- Three doors: `public` for people under row level security, `worker` for service_role over REST,
-- `private` never over HTTP.

create schema private;
create schema worker;

comment on schema private is
    'Tables and helpers behind the API. Never exposed over REST.';
comment on schema worker is
    'What the workers call over REST: one jsonb per call, executable by service_role alone.';

revoke all on schema private, worker from public, anon, authenticated, service_role;
grant usage on schema worker to service_role;
-- Policies, checks and triggers run with the caller's rights, so the caller must be able to reach
-- their helpers; execute is granted helper by helper.
grant usage on schema private to authenticated, service_role;

-- Deny first. Older projects grant every new object in public to the API roles, newer ones leave
-- TRUNCATE, TRIGGER and REFERENCES behind; only the global form takes functions from PUBLIC.
alter default privileges for role postgres revoke execute on functions from public;
alter default privileges for role postgres in schema public
    revoke all on tables from anon, authenticated, service_role;
alter default privileges for role postgres in schema public
    revoke all on sequences from anon, authenticated, service_role;
alter default privileges for role postgres in schema public
    revoke all on functions from anon, authenticated, service_role;
