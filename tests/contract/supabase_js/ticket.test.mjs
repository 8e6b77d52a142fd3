// The main job as the React frontend sees it: supabase-js, unchanged, against the running stack.

import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { after, before, test } from 'node:test'
import { randomUUID } from 'node:crypto'
import { PASSWORD, PATIENCE_MS, joined, leave, listen, ok, signIn, visitor } from './people.mjs'

const client = visitor()
const agent = visitor()
const stranger = visitor()
let ticketId

before(async () => {
    await signIn(client, 'client')
    await signIn(agent, 'agent')
})

after(() => leave(client, agent, stranger))

test('somebody signs up and is signed in at once', async () => {
    const email = `${randomUUID()}@example.test`
    const options = { data: { display_name: 'Kalina Obca' } }
    const { session, user } = await ok(stranger.auth.signUp({ email, password: PASSWORD, options }))
    assert.equal(user.email, email)
    assert.ok(session.access_token)
    const profiles = await ok(stranger.from('profiles').select('id, display_name, tier'))
    assert.deepEqual(profiles, [{ id: user.id, display_name: 'Kalina Obca', tier: 'standard' }])
})

test('an agent sees a new ticket become theirs, and a stranger sees nothing', async () => {
    const [seen, own, foreign] = await Promise.all(
        [agent, client, stranger].map((person) => listen(person, 'support_tickets')),
    )
    const ticket = await ok(
        client.rpc('open_ticket', {
            p_subject: 'Masaż w sobotę',
            p_body: 'Dzień dobry, czy jest wolny termin?',
            p_channel: 'chat',
        }),
    )
    ticketId = ticket.id
    assert.equal(ticket.status, 'open')

    const assigned = await seen.first((row) => row.id === ticketId && row.status === 'assigned')
    const { user } = await ok(agent.auth.getUser())
    assert.equal(assigned.assignee_id, user.id)
    await own.first((row) => row.id === ticketId && row.assignee_id === user.id)
    assert.deepEqual(foreign.seen, [])

    const [decision] = await ok(agent.from('routing_decisions').select().eq('ticket_id', ticketId))
    assert.equal(decision.outcome, 'assigned')
    assert.equal(decision.agent_id, user.id)
})

test("somebody else's ticket answers like none", async () => {
    const foreign = await stranger.rpc('get_ticket', { p_ticket_id: ticketId })
    const unknown = await stranger.rpc('get_ticket', { p_ticket_id: randomUUID() })
    assert.equal(foreign.status, 404)
    assert.equal(foreign.error.message, 'ticket_not_found')
    assert.deepEqual({ ...foreign.error }, { ...unknown.error })
    assert.deepEqual(await ok(stranger.from('support_tickets').select('id')), [])
})

test('a link to a survey that is none is an error like any other', async () => {
    const answer = { p_token: 'A'.repeat(43), p_answers: { csat: 5 } }
    const guess = await visitor().rpc('answer_survey', answer)
    assert.equal(guess.status, 404)
    assert.equal(guess.error.message, 'survey_not_found')
})

test('a refreshed session hears the answer live', async () => {
    const heard = await listen(client, 'ticket_messages')
    const { session: old } = await ok(client.auth.getSession())
    const { session } = await ok(client.auth.refreshSession())
    assert.notEqual(session.refresh_token, old.refresh_token)

    const answer = { p_ticket_id: ticketId, p_body: 'Tak, o dziesiątej.' }
    await ok(agent.rpc('reply_to_ticket', answer))
    const message = await heard.first((row) => row.author_kind === 'agent')
    assert.equal(message.body, 'Tak, o dziesiątej.')
})

test('what the house does not say is refused with its findings, unless a reason is given', async () => {
    const rude = { p_ticket_id: ticketId, p_body: 'Witam, niestety nie da się.' }
    const { error, status } = await agent.rpc('reply_to_ticket', rude)
    assert.deepEqual([status, error.message], [422, 'brand_blocked'])
    const { findings } = JSON.parse(error.details)
    assert.ok(findings.some(({ rule, text }) => rule === 'pl.witam' && text === 'Witam'))
    const asked = await ok(agent.rpc('check_reply', rude))
    assert.equal(asked.verdict, 'block')
    const read = () => ok(client.from('ticket_messages').select('body').eq('ticket_id', ticketId))
    assert.ok(!(await read()).some(({ body }) => body === rude.p_body))

    await ok(agent.rpc('reply_to_ticket', { ...rude, p_override_reason: 'Cytat z rozmowy' }))
    assert.ok((await read()).some(({ body }) => body === rude.p_body))
    const checks = agent.from('brand_checks').select().eq('ticket_id', ticketId)
    const sampled = await ok(checks.eq('is_in_quality_sample', true))
    assert.equal(sampled[0].override_reason, 'Cytat z rozmowy')
    assert.deepEqual(await ok(client.from('brand_checks').select()), [])
})

test("a ticket's private channel carries what staff say to its client alone", async () => {
    const topic = `ticket:${ticketId}`
    const spoken = new EventEmitter()
    const listening = client
        .channel(topic, { config: { private: true } })
        .on('broadcast', { event: 'typing' }, ({ payload }) => spoken.emit('typing', payload))
    assert.equal(await joined(listening), 'SUBSCRIBED')
    const speaking = agent.channel(topic, { config: { private: true, broadcast: { ack: true } } })
    assert.equal(await joined(speaking), 'SUBSCRIBED')
    const refused = stranger.channel(topic, { config: { private: true } })
    assert.equal(await joined(refused), 'CHANNEL_ERROR')

    const heard = once(spoken, 'typing', { signal: AbortSignal.timeout(PATIENCE_MS) })
    const sent = await speaking.send({ type: 'broadcast', event: 'typing', payload: { by: 'Ewa' } })
    assert.equal(sent, 'ok')
    const [{ by }] = await heard
    assert.equal(by, 'Ewa')
})
