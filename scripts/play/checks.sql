-- What must hold at the end of the evening, beside invariants.sql, which reads the same view `mine`.
-- Each `-- holds:` is followed by a query whose answer is what breaks it. What stands before the
-- first one is run first.

-- The accounts of the demo belong to nobody else.
create temporary view mine as
select ticket.*
from public.support_tickets ticket
join auth.users account on account.id = ticket.client_id
where account.email like 'client%@demo.example';

-- On the timeline a ticket loads its agent from `assigned` until `unassigned` or `resolved`. The ids
-- are in the order of the truth: who makes room writes before whoever is let in.
create temporary view loads as
select
    step.agent_id,
    sum(step.units) over (partition by step.agent_id order by step.id) as load_units
from (
    select
        event.id,
        case event.kind
            when 'assigned' then (event.details ->> 'assignee_id')::uuid
            when 'unassigned' then (event.details ->> 'previous_assignee_id')::uuid
            else mine.assignee_id
        end as agent_id,
        case event.kind when 'assigned' then channel.load_units else -channel.load_units end
            as units
    from public.ticket_events event
    join mine on mine.id = event.ticket_id
    join public.channels channel on channel.channel = mine.channel
    where event.kind in ('assigned', 'unassigned', 'resolved')
) step;

-- holds: every ticket has found somebody
select mine.number from mine where mine.assigned_at is null;

-- holds: every ticket was assigned once, and once more each time it was taken back
select mine.number from mine
left join public.ticket_events event
    on event.ticket_id = mine.id and event.kind in ('assigned', 'unassigned')
group by mine.number
having count(event.id) filter (where event.kind = 'assigned')
    <> 1 + count(event.id) filter (where event.kind = 'unassigned');

-- holds: e-mail made room for Platinum alone
select given.ticket_id from public.ticket_assignments given
join mine on mine.id = given.ticket_id
where given.end_reason = 'preempted' and (given.is_live or given.tier = 'vip_platinum');

-- holds: nobody was above capacity at any time
select distinct loads.agent_id from loads
join public.staff_members agent on agent.id = loads.agent_id
where loads.load_units > agent.capacity_units;

-- holds: everybody speaks the language and has the skills asked for, or relaxed in time
select mine.number from mine
cross join lateral unnest(mine.required_skills || ('language.' || mine.language)) needed (skill)
where not exists (
    select from public.staff_skills held
    where held.staff_id = mine.assignee_id and held.skill = needed.skill
)
and not exists (
    select from public.routing_decisions decision
    where decision.ticket_id = mine.id and needed.skill = any (decision.relaxed)
);

-- holds: everybody passed over has exactly one reason
select told.decision_id from public.routing_explanations told
group by told.decision_id, told.agent_id
having count(*) <> 1;

-- holds: everybody on the desk is a candidate or has a reason
select decision.id from public.routing_decisions decision
join mine on mine.id = decision.ticket_id
join public.staff_members agent
    on agent.desk_id = mine.desk_id and agent.is_active
    and agent.role in ('agent', 'concierge', 'relationship_manager')
where agent.created_at < decision.decided_at
    and not exists (
        select from public.routing_explanations told
        where told.decision_id = decision.id and told.agent_id = agent.id
    );

-- holds: every client got a first answer
select mine.number from mine where mine.first_responded_at is null;

-- holds: no job died
select dead.worker from private.dead_jobs dead;

-- holds: no job is left, so every event's jobs are done
select job.worker from private.jobs job;
