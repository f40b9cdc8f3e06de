import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import type {Settings} from '../../src/settings/settings.ts'
import {hasPostgres, type PostgresCluster, startPostgres} from '../support/postgres.ts'
import {idOf, type Reading} from '../support/reading.ts'
import {adminToken, startDocent, type TestDocent} from '../support/start-docent.ts'

/** Two servers on one database, as behind a load balancer without sticky sessions. */
describe.skipIf(!hasPostgres)('two servers on one database', () => {
  let cluster: PostgresCluster
  let one: TestDocent
  let two: TestDocent

  async function start(settings: Partial<Settings> = {}): Promise<void> {
    const databaseUrl = await cluster.newDatabase()
    ;[one, two] = await Promise.all([
      startDocent({settings: {databaseUrl, resumeGraceMs: 60_000, ...settings}}),
      startDocent({settings: {databaseUrl, resumeGraceMs: 60_000, ...settings}}),
    ])
  }

  beforeAll(async () => {
    cluster = await startPostgres()
  }, 120_000)
  afterAll(() => cluster.close())
  beforeEach(() => start())
  afterEach(async () => {
    await Promise.all([one.close(), two.close()])
  })

  const seqsOf = ({seen}: Pick<Reading, 'seen'>) => seen.map(({id}) => Number(String(id).split(':').at(-1)))
  const textOf = ({seen}: Pick<Reading, 'seen'>) =>
    seen.flatMap(({type, data}) => (type === 'delta' ? [String(data['text'])] : [])).join('')
  const staff = async (docent: TestDocent, path: string, init: RequestInit = {}) => {
    const headers = {authorization: `Bearer ${adminToken}`, 'content-type': 'application/json'}
    return fetch(`${docent.url}/api/admin/${path}`, {...init, headers})
  }

  test('an answer begun on one is resumed on the other: what was missed, then live, in order and once each', async () => {
    const reading = await one.read({resumable: true})
    const call = await one.generator.call(0)
    call.say('a ', 'b ')
    await reading.until('delta', 2)
    const answerId = idOf(reading)
    reading.leave()
    call.say('c ')

    const resumed = await two.resume(answerId, 3)
    const also = await two.resume(answerId, 0)
    await resumed.until('delta', 2)
    call.say('d ', 'e ')
    await resumed.until('delta', 4)
    call.finish()
    await Promise.all([resumed.all(), also.all()])

    expect(textOf(also)).toBe('a b c d e ')
    const all = seqsOf(also)
    expect(all).toEqual(all.map((_, index) => index + 1))
    expect(seqsOf(resumed)).toEqual(all.slice(3))
    expect(resumed.seen.at(-1)).toMatchObject({type: 'done', data: {ending: 'complete'}})
    // And after the end, from wherever.
    const late = await two.resume(answerId, 4)
    expect(seqsOf({seen: [...(await late.all())]})).toEqual(all.slice(4))
  })

  test('a stop on the other ends it at once, upstream and for all readers, and says how it ended', async () => {
    const reading = await one.read({resumable: true})
    const call = await one.generator.call(0)
    call.say('a ')
    await reading.until('delta', 1)
    const elsewhere = await two.resume(idOf(reading), 0)
    await elsewhere.until('delta', 1)

    expect(await two.stop(idOf(reading))).toEqual({ending: 'stopped'})
    await call.aborted
    expect((await reading.all()).at(-1)).toMatchObject({type: 'done', data: {ending: 'stopped'}})
    expect((await elsewhere.all()).at(-1)).toEqual(reading.seen.at(-1))
    expect(await two.stop(idOf(reading))).toEqual({ending: 'stopped'})
  })

  test('a stop on the other reaches an answer of which no text is kept', async () => {
    await Promise.all([one.close(), two.close()])
    await start({transcripts: 'metadata'})
    const reading = await one.read({resumable: true})
    const call = await one.generator.call(0)
    call.say('a ')
    await reading.until('delta', 1)

    // How it ended is not known there.
    expect(await two.stop(idOf(reading))).toEqual({ending: 'interrupted'})
    await call.aborted
    expect((await reading.all()).at(-1)).toMatchObject({type: 'done', data: {ending: 'stopped'}})
  })

  test('a reader on the other keeps it going, and it ends when that one has left as well', async () => {
    await Promise.all([one.close(), two.close()])
    await start({resumeGraceMs: 700})
    const reading = await one.read({resumable: true})
    const call = await one.generator.call(0)
    call.say('a ')
    await reading.until('delta', 1)
    const elsewhere = await two.resume(idOf(reading), 0)
    await elsewhere.until('delta', 1)
    reading.leave()
    // Longer than it goes on without a reader.
    await delay(1_500)
    expect(call.signal.aborted).toBe(false)
    call.say('b ')
    await elsewhere.until('delta', 2)
    elsewhere.leave()
    await call.aborted
    expect(await (await fetch(`${two.url}/api/answers/${idOf(reading)}`)).json()).toMatchObject({
      text: 'a b ',
    })
  })

  test('an answer that runs on one is shown by the other as it is so far', async () => {
    const reading = await one.read({resumable: true})
    const call = await one.generator.call(0)
    call.say('so far')
    await reading.until('delta', 1)
    const shown = async () =>
      (await (await fetch(`${two.url}/api/answers/${idOf(reading)}`)).json()) as {
        text: string
        ending: unknown
      }
    while ((await shown()).text !== 'so far') await delay(20)
    expect(await shown()).toMatchObject({text: 'so far', ending: null})
    call.finish()
    await reading.all()
  })

  test('what a browser reports to the other while an answer is written stays with it', async () => {
    const reading = await one.read({resumable: true})
    const call = await one.generator.call(0)
    call.say('a ')
    await reading.until('delta', 1)
    await one.transcripts.flush()
    const told = await fetch(`${two.url}/api/answers/${idOf(reading)}/timings`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify({firstUsefulMs: 123}),
    })
    expect(told.status).toBeLessThan(300)
    call.finish()
    await reading.all()
    await one.transcripts.flush()
    expect(await two.transcript(idOf(reading))).toMatchObject({firstUsefulMs: 123, ending: 'complete'})
  })

  test('the same Idempotency-Key on both begins one answer', async () => {
    const headers = {'idempotency-key': 'key-1'}
    const both = await Promise.all([one.read({}, headers), two.read({}, headers)])
    while (one.generator.calls.length + two.generator.calls.length === 0) await delay(10)
    const call = [...one.generator.calls, ...two.generator.calls][0]!
    call.say('once')
    call.finish()
    await Promise.all(both.map((reading) => reading.all()))
    expect(one.generator.calls.length + two.generator.calls.length).toBe(1)
    expect(idOf(both[0]!)).toBe(idOf(both[1]!))
    expect(both.map(textOf)).toEqual(['once', 'once'])
  })

  test('a conversation goes on wherever its next question comes', async () => {
    const first = await one.read({question: 'What is a port?'})
    const call = await one.generator.call(0)
    call.say('A number.')
    call.finish()
    await first.all()
    await one.transcripts.flush()
    const conversationId = first.seen[0]!.data['conversationId']

    const second = await two.read({question: 'Which one?', conversationId})
    const next = await two.generator.call(0)
    next.finish()
    await second.all()
    expect(next.request.history).toEqual([
      {role: 'user', content: 'What is a port?'},
      {role: 'assistant', content: 'A number.'},
    ])
  })

  test('feedback, reviews and deletions on one hold for the other', async () => {
    const reading = await one.read()
    const call = await one.generator.call(0)
    call.say('Yes.')
    call.finish()
    await reading.all()
    await one.transcripts.flush()
    const answerId = idOf(reading)
    await fetch(`${two.url}/api/answers/${answerId}/feedback`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify({rating: 'down', comment: 'Not that.'}),
    })
    expect(await one.transcript(answerId)).toMatchObject({feedback: {rating: 'down', comment: 'Not that.'}})
    await staff(one, `transcripts/${answerId}/review`, {
      method: 'PUT',
      body: JSON.stringify({verdict: 'wrong'}),
    })
    expect(await two.transcript(answerId)).toMatchObject({review: {verdict: 'wrong'}})
    expect(await (await staff(two, 'transcripts?q=port')).json()).toMatchObject({
      items: [{answerId, rating: 'down', verdict: 'wrong'}],
    })
    expect((await staff(two, `transcripts/${answerId}`, {method: 'DELETE'})).status).toBe(204)
    expect((await fetch(`${one.url}/api/answers/${answerId}`)).status).toBe(404)
  })

  test('a conversation that is deleted on the other while its answer is written is gone', async () => {
    const reading = await one.read({resumable: true})
    const call = await one.generator.call(0)
    call.say('a ')
    await reading.until('delta', 1)
    const {conversationId} = reading.seen[0]!.data as {conversationId: string}
    const answerId = idOf(reading)
    while ((await fetch(`${two.url}/api/answers/${answerId}`)).status !== 200) await delay(20)
    const deleted = await fetch(`${two.url}/api/conversations/${conversationId}`, {method: 'DELETE'})
    expect(deleted.status).toBe(200)
    await call.aborted
    await reading.all()
    for (const docent of [one, two]) {
      while ((await fetch(`${docent.url}/api/answers/${answerId}`)).status !== 404) await delay(20)
    }
    await one.transcripts.flush()
    expect(await (await staff(one, 'transcripts')).json()).toMatchObject({items: []})
  })

  test('limits hold for both together', async () => {
    await Promise.all([one.close(), two.close()])
    await start({rateLimitPerMinute: 3, maxConcurrentAnswersPerVisitor: 2})
    const first = await one.read({resumable: true})
    const second = await two.read({resumable: true})
    const refused = await one.ask({question: 'How?'})
    expect([refused.status, ((await refused.json()) as {error: {limit?: string}}).error.limit]).toEqual([
      429,
      'answers',
    ])
    for (const [docent, reading] of [
      [one, first],
      [two, second],
    ] as const) {
      const call = await docent.generator.call(0)
      call.finish()
      await reading.all()
    }
    // A place is free again as soon as the store knows.
    const third = await (async () => {
      for (;;) {
        const response = await two.ask({question: 'How?'})
        const body = response.status === 429 ? ((await response.json()) as {error: {limit?: string}}) : null
        if (body?.error.limit !== 'answers') return response
        await delay(20)
      }
    })()
    expect(third.status).toBe(200)
    ;(await two.generator.call(1)).finish()
    await third.text()
    const fourth = await one.ask({question: 'How?'})
    expect([fourth.status, ((await fourth.json()) as {error: {limit?: string}}).error.limit]).toEqual([
      429,
      'questions',
    ])
  })

  test('who is invited on one takes the invitation up on the other, and signs in and out on both', async () => {
    const post = (docent: TestDocent, path: string, body: object, cookie = '') =>
      fetch(`${docent.url}/api/admin/${path}`, {
        method: 'POST',
        headers: {'content-type': 'application/json', origin: docent.url, cookie},
        body: JSON.stringify(body),
      })
    const cookieOf = (response: Response) => response.headers.get('set-cookie')?.split(';')[0] ?? ''
    const statusOf = async (docent: TestDocent, cookie: string) =>
      (await fetch(`${docent.url}/api/admin/transcripts`, {headers: {cookie}})).status
    const invited = (await (
      await staff(one, 'people', {method: 'POST', body: JSON.stringify({name: 'Ada', role: 'support'})})
    ).json()) as {invitation: {url: string}}
    expect(await (await staff(two, 'people')).json()).toMatchObject({
      people: [{name: 'Ada', status: 'invited'}],
    })

    const token = new URL(invited.invitation.url).searchParams.get('invitation')!
    const joined = await post(two, 'invitations', {token})
    expect(joined.status).toBe(200)
    const own = ((await joined.json()) as {token: string}).token
    const cookies = [
      cookieOf(await post(one, 'session', {token: own})),
      // And of a token that several share, whose cookie is in no store.
      cookieOf(await post(two, 'session', {token: adminToken})),
    ]
    for (const cookie of cookies) {
      expect([await statusOf(one, cookie), await statusOf(two, cookie)]).toEqual([200, 200])
      const out = await fetch(`${one.url}/api/admin/session`, {
        method: 'DELETE',
        headers: {cookie, 'sec-fetch-site': 'same-origin'},
      })
      expect(out.status).toBeLessThan(300)
      expect([await statusOf(one, cookie), await statusOf(two, cookie)]).toEqual([401, 401])
    }
  })

  test('a sign-out of before there was a database holds at both', async () => {
    await Promise.all([one.close(), two.close()])
    const dataDir = mkdtempSync(join(tmpdir(), 'docent-signed-out-'))
    const cookieOf = async (docent: TestDocent) =>
      (
        await fetch(`${docent.url}/api/admin/session`, {
          method: 'POST',
          headers: {'content-type': 'application/json'},
          body: JSON.stringify({token: adminToken}),
        })
      ).headers
        .get('set-cookie')!
        .split(';')[0]!
    const statusOf = async (docent: TestDocent, cookie: string) =>
      (await fetch(`${docent.url}/api/admin/transcripts`, {headers: {cookie}})).status
    const alone = await startDocent({dataDir})
    const [ended, other] = [await cookieOf(alone), await cookieOf(alone)]
    await fetch(`${alone.url}/api/admin/session`, {
      method: 'DELETE',
      headers: {cookie: ended, 'sec-fetch-site': 'same-origin'},
    })
    await alone.close()

    const databaseUrl = await cluster.newDatabase()
    one = await startDocent({dataDir, settings: {databaseUrl}})
    two = await startDocent({settings: {databaseUrl}})

    for (const docent of [one, two]) {
      expect([await statusOf(docent, ended), await statusOf(docent, other)]).toEqual([401, 200])
    }
    await one.close()
    one = await startDocent({dataDir, settings: {databaseUrl}})
    expect([await statusOf(one, ended), await statusOf(one, other)]).toEqual([401, 200])
    await one.close()
    rmSync(dataDir, {recursive: true, force: true})
  })
})
