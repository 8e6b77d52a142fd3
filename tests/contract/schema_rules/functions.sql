-- rule: functions find nothing by search path
select full_name from our_functions where not settings @> array['search_path=""']
-- broken by
create function private.trusting() returns int language sql as 'select 1';

-- rule: functions with their owner's rights live in private
select full_name from our_functions where is_definer and schema <> 'private'
-- broken by
create function public.powerful() returns int language sql security definer as 'select 1';

-- rule: functions with their owner's rights never paste text into a statement
select full_name from our_functions where is_definer and source ~* '\mexecute\s+[^;]*\|\|'
-- broken by
create function private.pasting(p_name text) returns void language plpgsql security definer as
$$ begin execute 'drop table ' || p_name; end $$;

-- rule: no error makes the api try again without end
select full_name
from our_functions
where source ~* '\m(40001|40P01|serialization_failure|deadlock_detected)\M' and source ~* '\mraise\M'
-- broken by
create function private.restless() returns void language plpgsql as
$$ begin raise exception 'again' using errcode = '40001'; end $$;

-- rule: refusals use the agreed statuses and a stable code
select format('%s: %s', full_name, array_to_string(refusal, ' '))
from our_functions,
    regexp_matches(source, 'private\.refuse\(\s*''([^'']*)'',\s*''([^'']*)''\s*,', 'g') as refusal
where refusal[1] !~ '^PT(400|401|403|404|409|410|413|422|423|429)$'
    or refusal[2] !~ '^[a-z][a-z0-9_]*$'
-- broken by
create function private.rude() returns void language plpgsql as
$$ begin perform private.refuse('PT418', 'Go away!', 'hint'); end $$;

-- rule: arguments are told from columns
select format('%s: %s', full_name, argument)
from our_functions, unnest(argument_names) with ordinality as arguments (argument, position)
where coalesce(argument_modes[position], 'i') in ('i', 'b', 'v') and argument !~ '^p_[a-z]'
-- broken by
create function private.shadowed(id uuid) returns uuid language sql as 'select id';

-- rule: locals are told from columns
select format('%s: %s', full_name, local[1])
from our_functions,
    substring(source from '\mdeclare\M(.*?)\n *begin\M') as declarations,
    regexp_matches(declarations, '\n    ([a-z]\w*)', 'g') as local
where local[1] !~ '^v_'
-- broken by
create function private.mixed() returns void language plpgsql as
$$
declare
    id uuid;
begin
end
$$;

-- rule: trigger functions stand in private and are called tg
select full_name
from our_functions
where is_trigger <> (name ~ '^tg_') or (is_trigger and schema <> 'private')
-- broken by
create function public.on_change() returns trigger language plpgsql as
$$ begin return new; end $$;

-- rule: what is called is answers with yes or no
select full_name from our_functions where name ~ '^is_' and returns <> 'boolean'::regtype
-- broken by
create function private.is_many() returns int language sql as 'select 1';

-- rule: functions fit on one screen
-- The body's own first and last line are not part of the forty.
select format('%s: %s lines', full_name, regexp_count(source, '\n') - 1)
from our_functions
where regexp_count(source, '\n') - 1 > 40
-- broken by
do $$
begin
    execute 'create function private.novel() returns int language sql as '
        || quote_literal(repeat(E'\n', 42) || 'select 1');
end
$$;

-- rule: worker functions answer one jsonb
-- A row limit of the API must never cut an answer.
select full_name
from our_functions
where schema = 'worker' and (returns <> 'jsonb'::regtype or returns_set)
-- broken by
create function worker.rows() returns setof int language sql as 'select 1';

-- rule: functions people call are told in a comment
select full_name
from our_functions
where schema in ('public', 'worker') and obj_description(oid, 'pg_proc') is null
-- broken by
create function public.silent() returns int language sql as 'select 1';

-- rule: functions of one name have one signature
-- The API chooses between overloads by the keys of the body: a typo would call the other one.
select format('%s.%s', schema, name)
from our_functions
where schema in ('public', 'worker')
group by schema, name
having count(*) > 1
-- broken by
create function public.twins() returns int language sql as 'select 1';
create function public.twins(p_other int) returns int language sql as 'select 1';

-- rule: what goes along with a deleted account sets off nothing that needs rights of Auth's
-- Triggers after a cascade run as whoever deleted the account, and Auth has no right in private.
with recursive below as (
    select 'auth.users'::regclass::oid as oid, 'c'::"char" as action
    union
    select link.conrelid, link.confdeltype
    from pg_constraint as link
    join below on below.oid = link.confrelid and below.action = 'c'
    where link.contype = 'f' and link.confdeltype in ('c', 'n')
)
select format('%s of %s', fired.tgname, below.oid::regclass)
from below
join pg_trigger as fired on fired.tgrelid = below.oid and not fired.tgisinternal
join our_functions on our_functions.oid = fired.tgfoid and not our_functions.is_definer
where fired.tgtype & 2 = 0
    and (
        below.action = 'c' and fired.tgtype & 8 <> 0
        or below.action = 'n' and fired.tgtype & 16 <> 0
    )
-- broken by
create table private.tokens_of_love (
    client_id uuid references public.profiles (id) on delete cascade
);
create function private.tg_tokens_of_love_cry() returns trigger language plpgsql as
$$ begin return null; end $$;
create trigger tokens_of_love_cry after delete on private.tokens_of_love
for each statement execute function private.tg_tokens_of_love_cry();
