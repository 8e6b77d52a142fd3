-- rule: policies name the people they are for
select full_name || ': for ' || array_to_string(roles, ', ')
from our_policies
where roles <> array['authenticated']
    -- The frontend asks before anybody has signed in.
    and name <> 'feature_flags_select_visitors'
-- broken by
create policy messages_select_everybody on realtime.messages for select using (topic = extension);

-- rule: policies are called after table, action and who
select full_name
from our_policies
where name !~ format('^%s_%s_[a-z_]+$', table_name, action)
-- broken by
create policy "Anyone may read" on realtime.messages
    for select to authenticated using (topic = extension);

-- rule: one permissive policy per table, action and role
select format('%s: %s for %s', table_id::regclass, each_action, role)
from our_policies, unnest(roles) as role,
    unnest(array['select', 'insert', 'update', 'delete']) as each_action
where is_permissive and action in (each_action, 'all')
group by table_id, each_action, role
having count(*) > 1
-- broken by
create table public.two_doors (id int primary key);
create policy two_doors_select_left on public.two_doors
    for select to authenticated using (id = 1);
create policy two_doors_all_right on public.two_doors for all to authenticated using (id = 2);

-- rule: policies call functions once per statement, not once per row
select full_name || ': ' || expressions
from our_policies
where regexp_replace(expressions, '\m(SELECT|FROM)\s+\(*[a-z_]+\.[a-z_]+\(', '', 'g')
    ~ '\m(auth|private|public)\.[a-z_]+\(|\mcurrent_setting\('
-- broken by
create table public.slow_list (owner_id uuid primary key);
create policy slow_list_select_owner on public.slow_list
    for select to authenticated using (owner_id = auth.uid());

-- rule: policies never trust what people write about themselves
select full_name from our_policies where expressions ~ 'user_meta_?data'
-- broken by
create table public.self_made_staff (id int primary key);
create policy self_made_staff_select_staff on public.self_made_staff
    for select to authenticated
    using ((select auth.jwt() -> 'user_metadata' ->> 'role') = 'staff');

-- rule: nobody may be nobody
-- auth.uid() is null for strangers: only `=` keeps them from rows without an owner.
select full_name from our_policies where expressions ~* 'is (not )?distinct from .*auth\.uid'
-- broken by
create table public.orphans (owner_id uuid);
create policy orphans_select_owner on public.orphans for select to authenticated
    using (owner_id is not distinct from (select auth.uid()));

-- rule: policies for writing look at the row
select full_name
from our_policies
where action <> 'select' and 'true' in (using_expression, check_expression)
-- broken by
create table public.guestbook (id int primary key);
create policy guestbook_insert_anyone on public.guestbook
    for insert to authenticated with check (true);

-- rule: updates state what the row may become
select full_name
from our_policies
where action in ('update', 'all') and check_expression is null
-- broken by
create table public.changeable (id int primary key);
create policy changeable_update_first on public.changeable
    for update to authenticated using (id = 1);

-- rule: policies do not ask their own table
select full_name
from our_policies
where expressions ~ format('\m(FROM|JOIN) \(*(%s\.)?%s\M', schema, table_name)
-- broken by
create table public.mirror (id int primary key, team int);
create policy mirror_select_team on public.mirror for select to authenticated
    using (team in (select other.team from public.mirror as other));

-- rule: ids that policies compare lead an index
select format('%s: %s', policy.full_name, attribute.attname)
from our_policies as policy
join pg_depend as needed
    on needed.classid = 'pg_policy'::regclass
    and needed.objid = policy.oid
    and needed.refobjid = policy.table_id
join pg_attribute as attribute
    on attribute.attrelid = needed.refobjid and attribute.attnum = needed.refobjsubid
where policy.schema in ('public', 'worker', 'private')
    and policy.action <> 'insert'
    and attribute.atttypid = 'uuid'::regtype
    and not exists (
        select
        from our_indexes as index
        where index.table_id = policy.table_id and index.columns[1] = attribute.attnum
    )
-- broken by
create table public.unsorted (id int primary key, owner_id uuid);
create policy unsorted_select_owner on public.unsorted
    for select to authenticated using (owner_id = (select auth.uid()));

-- rule: policies of channels restrict topic and extension
select full_name
from our_policies
where schema = 'realtime' and not (expressions ~ 'topic' and expressions ~ 'extension')
-- broken by
create policy messages_select_any on realtime.messages
    for select to authenticated using (extension = 'broadcast');

-- rule: policies of files restrict the bucket
select full_name
from our_policies
where schema = 'storage' and table_name = 'objects' and expressions !~ 'bucket_id'
-- broken by
create policy objects_select_any on storage.objects
    for select to authenticated using (name = 'x');
