-- Functions: what they take and give, with whose rights, for whom.
with functions as (
    select
        proc.*,
        format(
            'function %s.%s(%s)',
            namespace.nspname, proc.proname, pg_get_function_arguments(proc.oid)
        ) as title
    from pg_proc as proc
    join pg_namespace as namespace on namespace.oid = proc.pronamespace
    where namespace.nspname in ('public', 'worker', 'private')
)
select
    function.title,
    unnest(
        array[
            concat_ws(
                ' ',
                'returns', pg_get_function_result(function.oid),
                language.lanname,
                case function.provolatile
                    when 'i' then 'immutable'
                    when 's' then 'stable'
                    else 'volatile'
                end,
                case when function.prosecdef then 'security definer' end,
                case when function.proisstrict then 'strict' end
            ),
            'set ' || array_to_string(function.proconfig, ', '),
            'grant execute to ' || (
                select string_agg(
                    coalesce(grantee.rolname, 'public'), ', ' order by grantee.rolname
                )
                from aclexplode(
                    coalesce(function.proacl, acldefault('f', function.proowner))
                ) as granted
                left join pg_roles as grantee on grantee.oid = granted.grantee
                where granted.grantee <> function.proowner
            )
        ]
    )
from functions as function
join pg_language as language on language.oid = function.prolang
order by function.title collate "C"
