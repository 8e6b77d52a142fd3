// A day at the desk as the React frontend lives it: a client, two agents and their manager, each
// with supabase-js, against the running stack and one worker. The tests are the hours of one day.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { leave, listen, ok, refusal, signIn, visitor } from './people.mjs'

const DESK = process.env.DESK_ID
const client = visitor()
const agent = visitor()
const colleague = visitor()
const manager = visitor()
const ids = {}
let ticket

const call = (person, name, args = {}) => ok(person.rpc(name, args))
const read = (person, id) => call(person, 'get_ticket', { p_ticket_id: id })

before(async () => {
    for (const [name, person] of Object.entries({ client, agent, colleague, manager })) {
        ids[name] = await signIn(person, name)
    }
})

after(() => leave(client, agent, colleague, manager))

/** Opens a ticket as the client and waits until one of the people sees it given to them. */
async function openFor(person, subject, channel = 'email') {
    const offers = await listen(person, 'ticket_assignments')
    const opened = await call(client, 'open_ticket', {
        p_subject: subject,
        p_body: 'Dzień dobry, proszę o pomoc.',
        p_channel: channel,
    })
    await offers.first((row) => row.ticket_id === opened.id && row.state === 'offered')
    await person.removeAllChannels()
    return read(person, opened.id)
}

test('09:00 a ticket is offered, accepted, and the client is told who has it', async () => {
    ticket = await openFor(agent, 'Żółty ręcznik został w szatni', 'chat')
    assert.equal(ticket.assignment.state, 'offered')
    await call(agent, 'accept_ticket', { p_ticket_id: ticket.id })
    assert.equal((await read(agent, ticket.id)).assignment.state, 'accepted')

    const summary = await call(client, 'get_routing_summary', { p_ticket_id: ticket.id })
    assert.equal(summary.agent_name, 'Ewa Maj')
    assert.ok(summary.text.length > 10)
    const seen = await read(client, ticket.id)
    assert.deepEqual(seen.routing_summary, summary)
    assert.equal(seen.routing, null)
    assert.deepEqual(seen.links, [])
})

test('09:30 a colleague who is mentioned is told live, and follows', async () => {
    const told = await listen(colleague, 'notifications')
    assert.equal((await refusal(colleague.rpc('get_ticket', { p_ticket_id: ticket.id })))[0], 404)
    await call(agent, 'add_ticket_note', {
        p_ticket_id: ticket.id,
        p_body: 'Olu, czy to ten sam ręcznik?',
        p_mentions: [ids.colleague],
    })
    const notice = await told.first((row) => row.ticket_id === ticket.id)
    assert.equal(notice.recipient_id, ids.colleague)
    const seen = await read(colleague, ticket.id)
    assert.ok(seen.messages.some((message) => message.is_internal))
    assert.ok(seen.followers.some((follower) => JSON.stringify(follower).includes(ids.colleague)))
    const { read_count } = await call(colleague, 'mark_notifications_read')
    assert.ok(read_count >= 1)
    await call(manager, 'follow_ticket', { p_ticket_id: ticket.id })
    assert.ok(!(await read(client, ticket.id)).messages.some((message) => message.is_internal))
})

test('10:00 two write at once: the second is stopped before the client hears both', async () => {
    const { messages } = await read(agent, ticket.id)
    const last = messages.filter((message) => !message.is_internal).at(-1)
    const draft = { p_ticket_id: ticket.id, p_body: 'Znaleźliśmy go, proszę odebrać.' }
    assert.deepEqual((await call(agent, 'save_draft', draft)).others_drafting, [])
    const { others_drafting } = await call(manager, 'save_draft', draft)
    assert.deepEqual(others_drafting.map((other) => other.staff_id), [ids.agent])

    const answer = { ...draft, p_seen_message_id: last.id }
    await call(manager, 'reply_to_ticket', answer)
    const refused = await refusal(agent.rpc('reply_to_ticket', answer))
    assert.deepEqual(refused, [409, 'answered_meanwhile'])
    await call(agent, 'discard_draft', { p_ticket_id: ticket.id })
})

test('10:30 a macro says and does what is always said and done', async () => {
    const macro = await call(agent, 'save_macro', {
        p_title: 'Odłożone w recepcji',
        p_body: 'Sprawa {{ticket_number}}: rzecz czeka w recepcji. {{agent_name}}',
        p_actions: [{ reply: null }, { set_priority: 'low' }],
    })
    const { version, number } = await read(agent, ticket.id)
    const before = { p_macro_id: macro.id, p_ticket_id: ticket.id }
    const preview = await call(agent, 'preview_macro', before)
    assert.equal(preview.body, `Sprawa ${number}: rzecz czeka w recepcji. Ewa Maj`)
    const applied = await call(agent, 'apply_macro', { ...before, p_version: version })
    assert.equal(applied.ticket.priority, 'low')
    const { messages } = await read(client, ticket.id)
    assert.equal(messages.at(-1).body, preview.body)
})

test('11:00 a saved view, and a search that needs no diacritics', async () => {
    const view = await call(agent, 'save_view', {
        p_title: 'Moje ciche',
        p_filter: { assignee: 'me', priority: ['low'] },
    })
    const { tickets } = await call(agent, 'get_view_tickets', { p_view_id: view.id })
    assert.deepEqual(tickets.map((found) => found.id), [ticket.id])
    const [badge] = await call(agent, 'count_view_tickets', { p_view_ids: [view.id] })
    assert.equal(badge.count, 1)

    const search = { p_query: 'zolty recznik' }
    const found = await call(agent, 'search_tickets', search)
    assert.deepEqual(found.tickets.map((hit) => hit.id), [ticket.id])
    const stranger = visitor()
    assert.equal((await refusal(stranger.rpc('search_tickets', search)))[0], 401)
})

test('12:00 what is declined goes to somebody else and does not come back', async () => {
    const declined = await openFor(agent, 'Faktura za karnet')
    await call(colleague, 'set_presence', { p_state: 'online' })
    const offered = await listen(colleague, 'ticket_assignments')
    const answer = { p_ticket_id: declined.id, p_reason: 'Nie mój temat' }
    await call(agent, 'decline_ticket', answer)
    const next = await offered.first((row) => row.ticket_id === declined.id)
    assert.equal(next.agent_id, ids.colleague)
    assert.deepEqual(await refusal(agent.rpc('decline_ticket', answer)), [404, 'ticket_not_found'])
    await call(colleague, 'set_presence', { p_state: 'away' })
})

test('13:00 several tickets at once: each answers for itself', async () => {
    const other = await openFor(agent, 'Godziny otwarcia')
    const { version } = await read(agent, ticket.id)
    const results = await call(agent, 'bulk_update_tickets', {
        p_items: [
            { ticket_id: ticket.id, version },
            { ticket_id: other.id, version: other.version + 7 },
        ],
        p_action: 'set_priority',
        p_arguments: { priority: 'high' },
    })
    const told = results.map(({ ticket_id, status, code }) => [ticket_id, status, code])
    assert.deepEqual(told, [
        [ticket.id, 'done', undefined],
        [other.id, 'refused', 'stale_version'],
    ])
})

test('14:00 what is snoozed rests until the client answers', async () => {
    const { version } = await read(agent, ticket.id)
    const asleep = { p_ticket_id: ticket.id, p_version: version }
    const snoozed = await call(agent, 'snooze_ticket', asleep)
    assert.deepEqual([snoozed.status, snoozed.snoozed_until], ['pending', 'infinity'])
    await call(client, 'reply_to_ticket', { p_ticket_id: ticket.id, p_body: 'Odbiorę jutro.' })
    const awake = await read(agent, ticket.id)
    assert.deepEqual([awake.status, awake.snoozed_until], ['assigned', null])
})

test('15:00 two tickets about one thing become one, and two again', async () => {
    const second = await openFor(agent, 'Jeszcze o ręczniku')
    const kept = await call(agent, 'merge_tickets', {
        p_ticket_id: second.id,
        p_into_ticket_id: ticket.id,
        p_version: second.version,
        p_reason: 'Ta sama sprawa',
    })
    assert.equal(kept.id, ticket.id)
    const { merged, messages } = await read(client, ticket.id)
    assert.equal(merged.length, 1)
    assert.ok(messages.some((message) => message.ticket_id === second.id))

    const undo = { p_ticket_id: second.id, p_reason: 'Jednak dwa ręczniki' }
    const apart = await call(agent, 'undo_ticket_merge', undo)
    assert.deepEqual([apart.id, apart.merged_into_id], [second.id, null])
})

test('16:00 the manager sees the desk, and is told when to look again', async () => {
    const changes = await listen(manager, 'support_tickets', `desk_id=eq.${DESK}`)
    const before = await call(manager, 'get_wallboard')
    const opened = await openFor(agent, 'Masaż w niedzielę')
    await changes.first((row) => row.id === opened.id)
    const board = await call(manager, 'get_wallboard', { p_desk_id: DESK })
    assert.equal(board.today.opened, before.today.opened + 1)
    assert.ok(Date.parse(board.read_at) > Date.parse(before.read_at))
    const states = board.agents.map(({ name, state }) => [name, state])
    assert.deepEqual(states, [
        ['Ewa Maj', 'online'],
        ['Ola Lis', 'away'],
    ])
    assert.ok(board.offers.count >= 1)
    assert.equal(board.today.declined, 1)
    assert.deepEqual(await refusal(agent.rpc('get_wallboard')), [403, 'overseer_required'])
})

test('16:30 a text of the house, addressed by the profile, passes the gate', async () => {
    const made = await call(agent, 'request_brand_content', {
        p_client_id: ids.client,
        p_purpose: 'thanks_for_visit',
        p_channel: 'chat',
    })
    assert.equal(made.brand_check.verdict, 'pass')
    assert.deepEqual([made.language, made.is_fallback], ['pl', false])
    const { scope, total } = await call(agent, 'get_brand_consistency_metrics')
    assert.equal(scope, 'own')
    assert.ok(total.count >= 1)
    const { gaps } = await call(manager, 'get_multi_channel_experience')
    assert.deepEqual(gaps, [])
})

test('17:00 who carried how much: all to the manager, their own to agents', async () => {
    const week = await call(manager, 'get_desk_fairness')
    const carried = week.agents.map(({ agent_id, declined_count }) => [agent_id, declined_count])
    assert.deepEqual(Object.fromEntries(carried), { [ids.agent]: 1, [ids.colleague]: 0 })
    assert.equal(week.desk.limits.every((limit) => !limit.has_enough_data), true)
    const mine = await call(colleague, 'get_desk_fairness')
    assert.deepEqual(mine.agents.map((line) => line.agent_id), [ids.colleague])
    assert.equal(mine.desk, null)
})

test('18:00 tomorrow off, and the day is done', async () => {
    const day = 24 * 3600 * 1000
    const absence = await call(agent, 'set_absence', {
        p_starts_at: new Date(Date.now() + day).toISOString(),
        p_ends_at: new Date(Date.now() + 2 * day).toISOString(),
    })
    assert.equal(absence.staff_id, ids.agent)
    await call(agent, 'cancel_absence', { p_absence_id: absence.id })

    const { version } = await read(agent, ticket.id)
    const solved = await call(agent, 'resolve_ticket', {
        p_ticket_id: ticket.id,
        p_resolution: 'Ręcznik odebrany',
        p_version: version,
    })
    assert.equal(solved.status, 'resolved')
    assert.equal((await read(client, ticket.id)).resolution, 'Ręcznik odebrany')
})
