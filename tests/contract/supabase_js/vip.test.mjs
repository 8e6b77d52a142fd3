// What the dashboard asks about a VIP client: the methods of the orchestrator and of the VIP
// manager, each with the fields it promises, over supabase-js against the running stack.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { leave, ok, promises, refusal, signIn, visitor } from './people.mjs'

const client = visitor()
const agent = visitor()
const manager = visitor()
const ids = {}
const call = (person, name, args = {}) => ok(person.rpc(name, args))
const about = () => ({ p_client_id: ids.client })

before(async () => {
    for (const [name, person] of Object.entries({ client, agent, manager })) {
        ids[name] = await signIn(person, name)
    }
    await call(manager, 'set_client_tier', {
        ...about(),
        p_tier: 'vip_platinum',
        p_reason: 'Zaproszenie do klubu',
    })
    await call(manager, 'set_client_team', {
        ...about(),
        p_dedicated_agent_id: ids.agent,
        p_deputy_agent_id: null,
        p_relationship_manager_id: null,
        p_reason: 'Zna klientkę',
    })
})

after(() => leave(client, agent, manager))

test('the VIP profile: the whole file for staff, their own part for the client', async () => {
    const file = await call(agent, 'get_vip_client_profile', about())
    promises(file, 'client_id', 'tier', 'team', 'preferences', 'custom_services')
    promises(file, 'exclusive_access', 'services', 'risk_status', 'opportunity_score', 'wellness')
    assert.equal(file.tier, 'vip_platinum')
    const own = await call(client, 'get_vip_client_profile', about())
    assert.equal(own.client_id, ids.client)
    assert.equal('risk_status' in own, false)
})

test('wellness is for those who look after the client', async () => {
    const report = await call(agent, 'get_vip_wellness_report', about())
    promises(report, 'client_id', 'score', 'risk_status', 'drivers', 'history')
    assert.equal((await refusal(client.rpc('get_vip_wellness_report', about())))[0], 404)
})

test('recommendations come with their reasons, to the client too', async () => {
    for (const person of [agent, client]) {
        const offered = await call(person, 'get_personalized_recommendations', about())
        promises(offered, 'client_id', 'recommendations')
        assert.ok(Array.isArray(offered.recommendations))
    }
})

test('a service is begun by staff or by the client, and is one service', async () => {
    const lost = await call(manager, 'trigger_white_glove_service', {
        ...about(),
        p_service_type: 'lost_item',
    })
    promises(lost, 'id', 'client_id', 'service_type', 'status', 'priority', 'steps')
    const welcome = await call(client, 'activate_white_glove_service', {
        ...about(),
        p_service_type: 'welcome',
    })
    assert.deepEqual([welcome.status, welcome.client_id], ['requested', ids.client])
    const file = await call(agent, 'get_vip_client_profile', about())
    assert.deepEqual(
        file.services.map((service) => service.id).sort(),
        [lost.id, welcome.id].sort(),
    )
})

test('the journey and what it tells', async () => {
    const metrics = await call(manager, 'get_client_journey_metrics', about())
    promises(metrics, 'touchpoints', 'waits', 'effort', 'recoveries', 'trend')
    assert.ok(Array.isArray(await call(manager, 'get_personalized_insights', about())))
    const life = await call(client, 'get_client_timeline', { ...about(), p_limit: 5 })
    assert.ok(life.entries.length > 0)
})

test('a waiting ticket is routed again when somebody asks', async () => {
    const ticket = await call(client, 'open_ticket', {
        p_subject: 'Wizyta',
        p_body: 'Dzień dobry, proszę o termin.',
        p_channel: 'email',
    })
    const [status] = await refusal(
        client.rpc('request_ticket_routing', { p_ticket_id: ticket.id }),
    )
    assert.equal(status, 403)
})
