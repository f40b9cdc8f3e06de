import {join as joinPath} from 'node:path'
import {describe, expect, test} from 'vitest'
import {refOf} from '../../src/answers/index.ts'
import {createAuditor} from '../../src/http/staff/auditor.ts'
import type {SpawnedIngest} from '../../src/ingestion/index.ts'
import {openSqlite} from '../../src/native/index.ts'
import {type AuditLine, openStaffStore} from '../../src/staff/index.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {allEventsOf} from '../support/event-reader.ts'
import {bearer, join, ownPage, staffApi} from '../support/staff-people.ts'
import {docsToken, startDocent, supportToken, type TestDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocent)

async function answered(product: TestDocent, question = 'xyzzy'): Promise<string> {
  const [begun] = await allEventsOf(await product.ask({question}))
  return String(begun!.data['answerId'])
}

/** The newest lines, in short, the oldest first. */
async function audited(product: TestDocent, query = ''): Promise<AuditLine[]> {
  const {body} = await staffApi(product, 'GET', `/audit${query}`)
  return (body.items as AuditLine[]).toReversed()
}

/** Lets no other process write to the audit log until `release`. */
function lockAudit(product: TestDocent): {release(): void} {
  const db = openSqlite(joinPath(product.dataDir, 'staff.sqlite'))
  db.exec('BEGIN IMMEDIATE')
  return {
    release() {
      db.exec('ROLLBACK')
      db.close()
    },
  }
}

describe('the audit log', () => {
  test('has a line for each thing that somebody does with transcripts, and no id that opens one', async () => {
    const product = await start()
    const answerId = await answered(product)
    const ref = refOf(answerId)
    const ada = await join(product, 'Ada', 'admin')
    const by = bearer(ada.token)

    await staffApi(product, 'GET', `/transcripts?ending=abstained&q=${answerId}`, undefined, by)
    await staffApi(product, 'GET', `/transcripts/${answerId}`, undefined, by)
    await staffApi(product, 'GET', `/transcripts/${ref}`, undefined, by)
    await staffApi(product, 'GET', '/transcripts/export?format=csv&q=xyzzy', undefined, by)
    await staffApi(product, 'PUT', `/transcripts/${answerId}/review`, {verdict: 'good'}, by)
    await staffApi(product, 'DELETE', `/transcripts/${answerId}`, undefined, by)
    const lines = await audited(product, '?who=ada')

    expect(lines.map(({what, which, details}) => [what, which, details])).toEqual([
      ['invitation_taken_up', null, null],
      ['transcripts_listed', null, {ending: 'abstained', q: ref}],
      ['transcript_read', ref, {part: 'transcript'}],
      ['transcript_read', ref, {part: 'transcript'}],
      ['transcripts_exported', null, {format: 'csv', q: 'xyzzy', redacted: false}],
      ['export_ended', null, {format: 'csv', rows: 1, isWhole: true, redacted: false}],
      ['transcript_reviewed', ref, {verdict: 'good'}],
      ['transcript_deleted', ref, null],
    ])
    for (const line of lines) {
      expect(line).toMatchObject({who: ada.id, name: 'Ada', role: 'admin'})
      expect(line.address).toMatch(/^[\w-]{16}$/)
    }
    const everything = JSON.stringify(await audited(product, '?limit=200'))
    expect(everything).not.toContain(answerId)
    expect(everything).not.toContain('127.0.0.1')
  })

  test('names shared tokens and one-time links, and says how somebody signed in, out, or not', async () => {
    const product = await start()
    const link = `${product.url}/console?token=${product.http.staff.issueOneTimeToken()}`
    const opened = await fetch(link, {redirect: 'manual'})
    const cookie = opened.headers.get('set-cookie')!.split(';')[0]!
    await staffApi(product, 'POST', '/session', {token: docsToken}, {})
    await staffApi(product, 'POST', '/session', {token: 'not-a-token-at-all'}, {})
    await fetch(link, {redirect: 'manual'})
    await staffApi(product, 'GET', '/me', undefined, bearer('not-a-token-either'))
    await staffApi(product, 'DELETE', '/session', undefined, ownPage(product, cookie))

    const lines = await audited(product)
    expect(lines.map(({who, name, role, what, details}) => [who, name, role, what, details])).toEqual([
      ['link', 'this machine (one-time link)', 'admin', 'sign_in', {by: 'link'}],
      ['shared:docs', 'docs (shared token)', 'docs', 'sign_in', {by: 'token'}],
      ['unknown', 'unknown', null, 'sign_in_failed', {by: 'token'}],
      ['unknown', 'unknown', null, 'sign_in_failed', {by: 'link'}],
      ['unknown', 'unknown', null, 'sign_in_failed', {by: 'token'}],
      ['link', 'this machine (one-time link)', 'admin', 'sign_out', null],
    ])
  })

  test('has what is done with people', async () => {
    const product = await start()
    const ada = await join(product, 'Ada', 'docs')
    await staffApi(product, 'PUT', `/people/${ada.id}/role`, {role: 'support'})
    await staffApi(product, 'POST', '/me/token', undefined, bearer(ada.token))
    await staffApi(product, 'POST', `/people/${ada.id}/switch-off`)
    await staffApi(product, 'POST', `/people/${ada.id}/switch-on`)
    await staffApi(product, 'DELETE', `/people/${ada.id}/invitation`)

    const lines = await audited(product)
    expect(lines.map(({who, what, which, details}) => [who, what, which, details])).toEqual([
      ['shared:admin', 'person_invited', null, {name: 'Ada', role: 'docs'}],
      [ada.id, 'invitation_taken_up', null, null],
      ['shared:admin', 'role_changed', ada.id, {name: 'Ada', role: 'support', before: 'docs'}],
      [ada.id, 'token_changed', ada.id, null],
      ['shared:admin', 'switched_off', ada.id, {name: 'Ada'}],
      ['shared:admin', 'switched_on', ada.id, {name: 'Ada'}],
      ['shared:admin', 'invitation_withdrawn', ada.id, {name: 'Ada'}],
    ])
  })

  test('has one line for a list that a console reads again and again, page by page', async () => {
    const product = await start()
    for (let n = 0; n < 3; n++) await answered(product)
    const list = (query: string, token = supportToken) =>
      staffApi(product, 'GET', `/transcripts?${query}`, undefined, bearer(token))

    const {body} = await list('limit=1')
    await list(`limit=1&cursor=${body.nextCursor}`)
    await list('limit=50')
    await list('rating=none')
    await staffApi(product, 'GET', '/transcripts')

    expect(
      (await audited(product, '?what=transcripts_listed')).map(({who, details}) => [who, details]),
    ).toEqual([
      ['shared:support', {}],
      ['shared:support', {rating: 'none'}],
      ['shared:admin', {}],
    ])
  })

  test('says with the next line how many guesses had none', async () => {
    let now = 0
    const store = openStaffStore({file: ':memory:'})
    const auditor = createAuditor({store, secret: Buffer.from('x'), onProblem() {}, now: () => now})
    const request = {ip: '192.0.2.1'} as never
    for (let n = 0; n < 130; n++) await auditor.noteFailure(request, 'token')
    now = 60 * 60 * 1000
    for (let n = 0; n < 2; n++) await auditor.noteFailure(request, 'link')

    const {items} = await store.audit({}, {limit: 200})
    expect(items).toHaveLength(102)
    expect(items.slice(0, 3).map(({details}) => details)).toEqual([
      {by: 'link'},
      {by: 'link', withoutLine: 30},
      {by: 'token'},
    ])
  })

  test('is not flooded by who guesses from many addresses', async () => {
    const product = await start({settings: {trustProxy: '1'}})
    for (let n = 0; n < 105; n++) {
      const from = {'x-forwarded-for': `192.0.2.${n}`}
      await staffApi(product, 'GET', '/me', undefined, {...from, ...bearer(`guess-${n}`)})
    }

    const lines = await audited(product, '?what=sign_in_failed&limit=200')
    expect(lines).toHaveLength(100)
    expect(new Set(lines.map(({address}) => address)).size).toBe(100)
  })

  test('is paged and narrowed, and says what of a question is wrong', async () => {
    const product = await start()
    const ada = await join(product, 'Ada', 'docs')
    for (let n = 0; n < 5; n++) await staffApi(product, 'POST', '/session', {token: ada.token}, {})

    const first = await staffApi(product, 'GET', '/audit?limit=3&who=Ada')
    const second = await staffApi(product, 'GET', `/audit?limit=3&who=Ada&cursor=${first.body.nextCursor}`)
    const none = await staffApi(product, 'GET', '/audit?to=2020-01-01&what=&who=')
    const wrong = await Promise.all(
      ['what=reading', 'limit=0', 'limit=201', 'from=yesterday', 'cursor=x'].map((query) =>
        staffApi(product, 'GET', `/audit?${query}`),
      ),
    )

    const all = [...first.body.items, ...second.body.items] as AuditLine[]
    expect(all.map(({what}) => what)).toEqual([...Array(5).fill('sign_in'), 'invitation_taken_up'])
    expect(second.body.nextCursor).toBeNull()
    expect(none.body).toEqual({items: [], nextCursor: null})
    expect(wrong.map(({status}) => status)).toEqual(Array(5).fill(400))
  })
})

describe('when the audit log cannot be written', () => {
  test('nobody reads or changes a transcript or people, visitors notice nothing, and then it goes on', async () => {
    const product = await start()
    const answerId = await answered(product)
    const lock = lockAudit(product)

    const refused = await Promise.all(
      (
        [
          ['GET', '/transcripts'],
          ['GET', `/transcripts/${answerId}`],
          ['GET', '/transcripts/export'],
          ['PUT', `/transcripts/${answerId}/review`, {verdict: 'good'}],
          ['DELETE', `/transcripts/${answerId}`],
          ['POST', '/people', {name: 'Ada', role: 'docs'}],
        ] as const
      ).map(([method, path, body]) => staffApi(product, method, path, body)),
    )
    const asked = await product.ask({question: 'xyzzy again'})
    const events = await allEventsOf(asked)
    lock.release()

    for (const {status, body} of refused) {
      expect(status).toBe(503)
      expect(body.error).toMatchObject({code: 'not_audited', message: expect.stringContaining('audit log')})
    }
    expect(events.at(-1)?.type).toBe('done')
    expect((await staffApi(product, 'GET', `/transcripts/${answerId}`)).body).toMatchObject({
      question: 'xyzzy',
      review: null,
    })
    expect((await staffApi(product, 'GET', '/people')).body.people).toEqual([])
  })

  test('the docs team can work all the same', async () => {
    const report = Promise.resolve({sources: []})
    const product = await start({
      ingest: () => ({progress: (async function* () {})(), report, kill() {}}) as unknown as SpawnedIngest,
    })
    const lock = lockAudit(product)

    const started = await staffApi(product, 'POST', '/reindex', {}, bearer(docsToken))
    lock.release()

    expect(started.status).toBe(202)
  })
})
