-- Which worker hears of which event.
select
    'subscriptions',
    concat_ws(
        ' ',
        subscription.event_kind, '->', subscription.worker,
        'priority ' || nullif(subscription.priority, 0),
        case when subscription.collapses then 'collapses' end,
        'attempts ' || subscription.max_attempts
    )
from private.subscriptions as subscription
order by subscription.event_kind collate "C", subscription.worker collate "C"
