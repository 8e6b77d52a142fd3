-- What is published to people's clients, and who may join which channel.
select
    'publication ' || published.pubname,
    format(
        '%s.%s (%s)%s',
        published.schemaname, published.tablename,
        array_to_string(published.attnames, ', '),
        ' where ' || published.rowfilter
    )
from pg_publication_tables as published
where published.pubname = 'supabase_realtime'
union all
select
    format('policies on %s.%s', policy.schemaname, policy.tablename),
    concat_ws(
        ' ',
        policy.policyname || ':',
        lower(policy.cmd), 'to', array_to_string(policy.roles, ', '),
        'using ' || policy.qual,
        'with check ' || policy.with_check
    )
from pg_policies as policy
where policy.schemaname in ('realtime', 'storage') and policy.policyname <> 'embedded_gateway_all'
union all
select
    format('triggers on %s', trigger.tgrelid::regclass),
    pg_get_triggerdef(trigger.oid)
from pg_trigger as trigger
join pg_class as class on class.oid = trigger.tgrelid
where class.relnamespace::regnamespace::text = 'auth' and not trigger.tgisinternal
order by 1, 2
