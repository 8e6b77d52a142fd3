// People of the house in a browser: each with a supabase-js client of their own.

import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { createClient } from '@supabase/supabase-js'

export const { PASSWORD } = process.env
export const PATIENCE_MS = 15_000
const { SUPABASE_URL, SUPABASE_PUBLISHABLE_KEY } = process.env

/** Somebody who has not signed in. */
export const visitor = () =>
    createClient(SUPABASE_URL, SUPABASE_PUBLISHABLE_KEY, { auth: { persistSession: false } })

/** Signs in who the environment names, e.g. CLIENT_EMAIL; answers their id. */
export async function signIn(person, name) {
    const email = process.env[`${name.toUpperCase()}_EMAIL`]
    const { user } = await ok(person.auth.signInWithPassword({ email, password: PASSWORD }))
    return user.id
}

/** Closes everything these people have opened. */
export async function leave(...people) {
    for (const person of people) {
        await person.removeAllChannels()
        await person.auth.stopAutoRefresh()
    }
}

/** Status and stable code of an answer that must be a refusal. */
export async function refusal(request) {
    const { status, error } = await request
    assert.ok(error, 'this was to be refused')
    return [status, error.message]
}

/** The data of an answer that must not be an error. */
export async function ok(request) {
    const { data, error } = await request
    assert.ifError(error)
    return data
}

/** Fails naming every promised field that is not in the answer. */
export function promises(answer, ...fields) {
    assert.deepEqual(fields.filter((field) => !(field in answer)), [])
}

/** The first state that a subscription reaches. */
export function joined(channel) {
    return new Promise((resolve) => channel.subscribe((status) => resolve(status)))
}

/** Rows of `table` that this person may see change, from the moment this resolves. */
export async function listen(person, table, filter) {
    const bus = new EventEmitter()
    const patience = () => ({ signal: AbortSignal.timeout(PATIENCE_MS) })
    const seen = []
    const ready = once(bus, 'ready', patience())
    person
        .channel(`changes of ${table}`)
        .on('postgres_changes', { event: '*', schema: 'public', table, filter }, (change) => {
            seen.push(change.new)
            bus.emit('change')
        })
        .on('system', {}, ({ status, message }) =>
            status === 'ok' ? bus.emit('ready') : bus.emit('error', new Error(message)),
        )
        .subscribe()
    await ready
    const first = async (isWanted) => {
        for (;;) {
            const found = seen.find(isWanted)
            if (found) return found
            await once(bus, 'change', patience())
        }
    }
    return { seen, first }
}
