-- What nobody waits for lets go first what somebody does: a subscription may ask for its jobs to be
-- ready later. Read models that follow events get one job for many that way, and take no processor
-- from routing in the moments after a rush.
--
-- The cursor of a claim stays exact: it rests on no job being ready earlier than its transaction
-- began to write, less the largest head start (private.advance_start).

alter table private.subscriptions
    drop constraint subscriptions_head_start_never_starves,
    add constraint subscriptions_head_start_never_starves check (priority between -60 and 15);
comment on column private.subscriptions.priority is
    'Head start in seconds over jobs that became ready at the same time; negative: so many seconds '
    'later, for what nobody waits for.';
