// What dashboards and the board ask: the methods of executive analytics, of performance monitoring
// and of success measurement, each with the fields it promises.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { leave, listen, ok, promises, refusal, signIn, visitor } from './people.mjs'

const agent = visitor()
const manager = visitor()
const executive = visitor()
const call = (person, name, args = {}) => ok(person.rpc(name, args))
const month = { p_range: '30d' }

/** The date so many days from today. */
const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

before(async () => {
    for (const [name, person] of Object.entries({ agent, manager, executive })) {
        await signIn(person, name)
    }
})

after(() => leave(agent, manager, executive))

test('the board: headline figures, return on investment and what differs beyond chance', async () => {
    const board = await call(executive, 'get_executive_metrics', month)
    promises(board, 'figures', 'kpis', 'retention_by_tier', 'lifetime_value_by_tier', 'insights')
    for (const figure of board.figures) promises(figure, 'metric', 'value', 'trend', 'drill_down')
    const money = await call(executive, 'get_support_roi', month)
    promises(money, 'roi', 'revenue', 'costs', 'formula', 'interval', 'by_model', 'sensitivity')
    const found = await call(executive, 'get_strategic_insights', month)
    promises(found, 'run', 'insights')
    for (const name of ['get_executive_metrics', 'get_support_roi', 'get_strategic_insights']) {
        assert.equal((await refusal(agent.rpc(name, month)))[0], 403)
    }
})

test('performance: health, metrics, benchmarks and an alert', async () => {
    const health = await call(manager, 'get_system_health')
    promises(health, 'overall', 'score', 'components')
    const measured = await call(manager, 'get_performance_metrics', month)
    promises(measured, 'since_at', 'until_at', 'scope', 'step', 'metrics')
    for (const one of measured.metrics) {
        promises(one, 'metric', 'label', 'unit', 'direction', 'current', 'previous', 'trend')
    }
    const compared = await call(manager, 'get_performance_benchmarks')
    assert.ok(compared.length > 0)
    const watched = await call(manager, 'start_performance_monitoring', {
        p_metrics: ['vip_response_time', 'client_satisfaction', 'support_efficiency'],
        p_interval_seconds: 60,
    })
    assert.ok(watched.some((one) => one.metric === 'vip_response_time'))
})

test('success: the twelve key figures, each with its target and status', async () => {
    const kpis = await call(executive, 'get_kpis')
    assert.equal(kpis.length, 12)
    for (const kpi of kpis) promises(kpi, 'key', 'block', 'target', 'value', 'status', 'trend')
    const luxury = await call(executive, 'get_kpis', { p_filter: { block: 'luxury' } })
    assert.deepEqual([...new Set(luxury.map((kpi) => kpi.block))], ['luxury'])
    promises(await call(manager, 'get_success_metrics', month), 'summary', 'blocks', 'goals')
})

test('a goal is set, comes along and is reached', async () => {
    const goal = await call(manager, 'set_success_goal', {
        p_goal: {
            title: 'Szkolenia zespołu',
            measure: 'Ukończone szkolenia',
            unit: 'count',
            baseline: 0,
            target: 10,
            due_on: day(90),
        },
    })
    const progress = (percent) =>
        call(manager, 'update_goal_progress', { p_goal_id: goal.id, p_progress: percent })
    assert.equal((await progress(40)).state, 'open')
    assert.equal((await progress(100)).state, 'reached')
})

test('reports are asked for, drawn by a worker, and read as a page and as tables', async () => {
    const tables = []
    for (const [person, kind] of [
        [executive, 'executive'],
        [manager, 'success'],
    ]) {
        const rows = await listen(person, 'reports')
        const { id } = await call(person, `request_${kind}_report`, {
            p_period: `${day(-1)}/${day(1)}`,
            p_language: 'pl',
        })
        await rows.first((row) => row.id === id && row.status === 'completed')
        const report = await call(person, 'get_report', { p_report_id: id })
        assert.match(report.html, /^<!doctype html>/i)
        for (const { name, row_count: count } of report.tables) {
            const csv = await call(person, 'get_report_table', { p_report_id: id, p_table: name })
            assert.equal(csv.split('\r\n').length, count + 2)
            tables.push(name)
        }
    }
    assert.ok(tables.includes('goals'))
    assert.ok((await call(executive, 'list_reports')).length > 0)
})
