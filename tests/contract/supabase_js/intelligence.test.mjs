// What the frontend asks of the intelligence: predictions, a personalised profile, a draft of an
// answer and the sound of a text. Asked for, done by a worker, brought by Realtime.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { leave, listen, ok, promises, refusal, signIn, visitor } from './people.mjs'

const client = visitor()
const agent = visitor()
const ids = {}
const call = (person, name, args = {}) => ok(person.rpc(name, args))
const about = () => ({ p_client_id: ids.client })

/** Asks, and answers the row once Realtime brings it in that state. */
async function answered(table, column, state, name, args) {
    const rows = await listen(agent, table)
    const { id } = await call(agent, name, args)
    return rows.first((row) => row.id === id && row[column] === state)
}

before(async () => {
    for (const [name, person] of Object.entries({ client, agent })) {
        ids[name] = await signIn(person, name)
    }
    const ticket = await call(client, 'open_ticket', {
        p_subject: 'Wizyta',
        p_body: 'Dzień dobry, chciałabym przełożyć masaż na sobotę.',
        p_channel: 'email',
    })
    ids.ticket = ticket.id
    await call(agent, 'take_ticket', { p_ticket_id: ids.ticket })
})

after(() => leave(client, agent))

test('a prediction says how sure it is, or why there is none', async () => {
    const done = await answered('prediction_requests', 'status', 'done', 'request_prediction', {
        ...about(),
        p_prediction_type: 'churn',
    })
    promises(done, 'client_id', 'prediction_type', 'prediction_id', 'reason')
    const known = await call(agent, 'get_predictions', about())
    assert.equal(known.length, done.prediction_id ? 1 : 0)
    for (const one of known) {
        promises(one, 'client_id', 'prediction_type', 'prediction', 'confidence', 'timeframe')
        promises(one, 'factors', 'recommendations', 'status')
    }
    assert.equal((await refusal(client.rpc('get_predictions', about())))[0], 403)
})

test('a draft of an answer comes with its sources and reasons', async () => {
    const draft = await answered('reply_drafts', 'state', 'done', 'request_smart_response', {
        p_ticket_id: ids.ticket,
        p_inquiry: 'Czy w sobotę jest wolny termin?',
    })
    promises(draft, 'draft', 'sources', 'reasons', 'latency_ms')
    assert.ok(draft.draft.length > 0)
})

test('a text has a sound, or nobody is sure of it', async () => {
    const judged = await answered(
        'sentiment_analyses',
        'status',
        'completed',
        'request_sentiment_analysis',
        { p_text: 'Jestem zachwycona, polecam!', p_source: 'review' },
    )
    promises(judged, 'sentiment', 'score', 'confidence', 'probabilities', 'language')
    assert.deepEqual([judged.sentiment, judged.language], ['positive', 'pl'])
})

test('without a consent nothing is known of a client; with it, what they said', async () => {
    const before = await call(client, 'get_personalization_profile', about())
    promises(before, 'client_id', 'is_consented', 'preferences')
    assert.deepEqual([before.is_consented, before.preferences], [false, []])
    assert.equal((await refusal(visitor().rpc('get_personalization_profile', about())))[0], 401)
})
