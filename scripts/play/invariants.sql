-- What routing promises, whoever else is at work meanwhile. Each heading is followed by a query
-- whose answer is what breaks the promise: `-- always:` holds at every moment, in every snapshot;
-- `-- in the end:` when no job is left. All ask the temporary view `mine`, rows of support_tickets.

-- always: nobody is above capacity
select agent.id, load.load_units, agent.capacity_units
from public.staff_members agent
join private.agent_loads(array(
    select distinct mine.assignee_id from mine where mine.status in ('assigned', 'pending')
)) load on load.agent_id = agent.id
where load.load_units > agent.capacity_units;

-- always: each ticket has at most one open assignment
select given.ticket_id from public.ticket_assignments given
join mine on mine.id = given.ticket_id
where given.ended_at is null
group by given.ticket_id
having count(*) > 1;

-- always: whoever a ticket names has its open assignment, and nobody else has
select coalesce(held.id, given.ticket_id)
from (
    select mine.id, mine.assignee_id, mine.cycle from mine
    where mine.status in ('assigned', 'pending', 'on_hold')
) held
full join (
    select open.ticket_id, open.agent_id, open.cycle from public.ticket_assignments open
    join mine on mine.id = open.ticket_id
    where open.ended_at is null
) given on given.ticket_id = held.id
where (held.assignee_id, held.cycle) is distinct from (given.agent_id, given.cycle);

-- always: behind every assignment stands a decision or a person
select given.ticket_id, given.agent_id from public.ticket_assignments given
join mine on mine.id = given.ticket_id
where given.assigned_by is null
    and not exists (
        select from public.routing_decisions decision
        where decision.ticket_id = given.ticket_id and decision.cycle = given.cycle
            and decision.agent_id = given.agent_id and decision.decided_at = given.offered_at
            and decision.outcome = 'assigned'
    );

-- always: every decision to assign became exactly one assignment
select decision.id from public.routing_decisions decision
join mine on mine.id = decision.ticket_id
left join public.ticket_assignments given
    on given.ticket_id = decision.ticket_id and given.cycle = decision.cycle
    and given.agent_id = decision.agent_id and given.offered_at = decision.decided_at
where decision.outcome = 'assigned'
group by decision.id
having count(given.id) <> 1;

-- always: every assignment was announced once
select ticket_id, given.count, told.count
from (
    select given.ticket_id, count(*) as count from public.ticket_assignments given
    join mine on mine.id = given.ticket_id
    group by given.ticket_id
) given
full join (
    select event.ticket_id, count(*) as count from public.ticket_events event
    join mine on mine.id = event.ticket_id
    where event.kind = 'assigned'
    group by event.ticket_id
) told using (ticket_id)
where given.count is distinct from told.count;

-- always: the house offers nothing again to whoever declined it in this cycle
select later.ticket_id, later.agent_id from public.ticket_assignments later
join mine on mine.id = later.ticket_id
join public.ticket_assignments earlier
    on earlier.ticket_id = later.ticket_id and earlier.agent_id = later.agent_id
    and earlier.cycle = later.cycle and earlier.state = 'declined' and earlier.id < later.id
where later.assigned_by is null;

-- always: nobody serves themselves
select mine.id from mine where mine.assignee_id = mine.client_id;

-- always: whoever the house chose speaks the language and has the certificates
select given.ticket_id, given.agent_id from public.ticket_assignments given
join mine on mine.id = given.ticket_id
cross join lateral unnest(mine.required_skills || ('language.' || mine.language)) needed (skill)
where given.assigned_by is null
    and needed.skill ~ '^(language|certificate)\.'
    and not exists (
        select from public.staff_skills held
        where held.staff_id = given.agent_id and held.skill = needed.skill
    );

-- always: the parts of every score sum to it
select decision.id from public.routing_decisions decision
cross join lateral jsonb_array_elements(decision.candidates) candidate
where (candidate ->> 'score')::integer <> (
    select coalesce(sum(part.points::integer), 0)
    from jsonb_each_text(candidate -> 'parts') part (name, points)
);

-- in the end: the workers heard of every assignment once
select ticket_id, told.count, heard.count
from (
    select event.ticket_id, count(*) as count from public.ticket_events event
    join mine on mine.id = event.ticket_id
    where event.kind = 'assigned'
    group by event.ticket_id
) told
full join (
    select event.subject_id as ticket_id, count(*) as count from public.events event
    join mine on mine.id = event.subject_id
    where event.kind = 'ticket.assigned'
    group by event.subject_id
) heard using (ticket_id)
where told.count is distinct from heard.count;

-- in the end: no ticket is lost: somebody has it, it is done, or it waits for a reason
select mine.id from mine
left join lateral (
    select decision.cycle, decision.outcome, decision.skipped
    from public.routing_decisions decision
    where decision.ticket_id = mine.id
    order by decision.id desc
    limit 1
) last on true
where mine.status = 'open'
    and (last.cycle, last.outcome) is distinct from (mine.cycle, 'waiting');

-- in the end: nothing waits that somebody could take
select servable.id from private.find_servable_tickets(1000) servable (id)
join mine on mine.id = servable.id;

-- in the end: no job about these tickets is left
select job.worker, job.kind from private.jobs job
join mine on mine.id = job.subject_id;

-- in the end: no job of the orchestrator died
select dead.worker, dead.reason from private.dead_jobs dead
where dead.worker like 'orchestrator.%';
