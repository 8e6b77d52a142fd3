// What the dashboard asks about the house's style and its quality: the methods of the quality
// assurance manager and of the brand engine, each with the fields it promises to each role.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { leave, ok, promises, refusal, signIn, visitor } from './people.mjs'

const client = visitor()
const agent = visitor()
const auditor = visitor()
const manager = visitor()
const executive = visitor()
const ids = {}
const call = (person, name, args = {}) => ok(person.rpc(name, args))
const inAMonth = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)

before(async () => {
    for (const [name, person] of Object.entries({ client, agent, auditor, manager, executive })) {
        ids[name] = await signIn(person, name)
    }
})

after(() => leave(client, agent, auditor, manager, executive))

test('getQualityMetrics: own work, the desk, the house', async () => {
    const scopes = []
    for (const person of [agent, auditor, manager, executive]) {
        const metrics = await call(person, 'get_quality_metrics', { p_range: '30d' })
        promises(metrics, 'since_at', 'until_at', 'scope', 'total', 'by_tier', 'by_agent')
        promises(metrics, 'audits', 'skipped_count')
        scopes.push(metrics.scope)
    }
    assert.deepEqual(scopes, ['own', 'desk', 'desk', 'house'])
    assert.equal((await refusal(client.rpc('get_quality_metrics')))[0], 403)
})

test('performQualityAudit: asked for by auditors and managers, refused to agents', async () => {
    const terms = { p_type: 'spot_check', p_timeframe: '7d', p_size: 5 }
    const audit = await call(auditor, 'request_quality_audit', terms)
    promises(audit, 'id', 'audit_type', 'scope', 'timeframe', 'status', 'overall_score')
    promises(audit, 'sample_size', 'auditor_id', 'improvement_plan', 'completed_at')
    assert.equal(audit.auditor_id, ids.auditor)
    const seen = await call(manager, 'get_quality_audit', { p_audit_id: audit.id })
    promises(seen, 'strata', 'findings', 'open_dispute_count', 'score_low', 'score_high')
    assert.deepEqual(await refusal(agent.rpc('request_quality_audit', terms)), [
        403,
        'auditor_required',
    ])
    assert.deepEqual(await ok(agent.from('quality_audits').select()), [])
})

test('monitorQualityStandards: each standard with its target and state', async () => {
    for (const person of [agent, auditor, manager]) {
        const report = await call(person, 'get_quality_compliance', { p_range: '90d' })
        promises(report, 'scope', 'standards')
        assert.ok(Array.isArray(report.standards))
    }
    const [standard] = await call(agent, 'get_quality_standards', { p_class: 'courtesy' })
    promises(standard, 'standard', 'version', 'weight', 'is_critical', 'target_percent')
})

test('identifyImprovementOpportunities: ranked, and what is done about them', async () => {
    for (const person of [agent, auditor, manager, executive]) {
        const found = await call(person, 'get_improvement_opportunities')
        promises(found, 'since_at', 'until_at', 'scope', 'conversation_count', 'opportunities')
    }
    const action = await call(manager, 'open_corrective_action', {
        p_standard: 'service.initiative',
        p_plan: 'Ćwiczymy na odprawach',
        p_due_on: inAMonth,
        p_owner_id: ids.agent,
    })
    promises(action, 'id', 'standard', 'scope', 'state', 'owner_id', 'due_on', 'plan')
    const [shown] = await call(agent, 'get_corrective_actions')
    promises(shown, 'progress', 'history', 'is_overdue', 'text_pl', 'text_en')
    promises(shown.progress, 'passed', 'count', 'needed_count', 'low_percent', 'target_percent')
    for (const person of [agent, auditor, manager]) {
        const closing = { p_action_id: action.id, p_changes: { state: 'closed' } }
        assert.deepEqual(await refusal(person.rpc('set_corrective_action', closing)), [
            409,
            'samples_decide',
        ])
    }
})

test('getBrandConsistencyMetrics: how the house speaks, and how it did before', async () => {
    for (const person of [agent, auditor, manager, executive]) {
        const metrics = await call(person, 'get_brand_consistency_metrics', { p_range: '30d' })
        promises(metrics, 'scope', 'total', 'by_channel', 'by_tier', 'by_agent', 'series')
        promises(metrics, 'rules', 'before', 'change')
        promises(metrics.total, 'count', 'score', 'passed', 'warned', 'overridden')
    }
})

test('validateBrandCompliance: score, verdict and what to say instead', async () => {
    const report = await call(agent, 'request_brand_validation', {
        p_content: 'Witam, nie da się.',
        p_channel: 'chat',
        p_tier: 'vip_gold',
    })
    promises(report, 'score', 'parts', 'verdict', 'findings', 'guidelines_version')
    assert.equal(report.verdict, 'block')
    for (const finding of report.findings) {
        promises(finding, 'rule', 'severity', 'start', 'length', 'text', 'suggestion')
    }
    const asked = { p_content: 'Dzień dobry', p_channel: 'chat' }
    assert.equal((await refusal(client.rpc('request_brand_validation', asked)))[0], 403)
})

test('generateBrandConsistentContent: an approved text that passes the gate', async () => {
    const content = { p_client_id: ids.client, p_purpose: 'thanks_for_visit', p_channel: 'chat' }
    const made = await call(manager, 'request_brand_content', content)
    promises(made, 'text', 'brand_check', 'block', 'language', 'wanted_language', 'is_fallback')
    assert.notEqual(made.brand_check.verdict, 'block')
    assert.equal((await refusal(client.rpc('request_brand_content', content)))[0], 403)
})

test('getMultiChannelExperience: channels beside each other, for overseers', async () => {
    for (const person of [auditor, manager, executive]) {
        const analysis = await call(person, 'get_multi_channel_experience', { p_range: '90d' })
        promises(analysis, 'channels', 'gaps', 'comparisons')
    }
    assert.equal((await refusal(agent.rpc('get_multi_channel_experience')))[0], 403)
})
