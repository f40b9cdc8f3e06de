import {fileURLToPath} from 'node:url'
import {describe, expect, test} from 'vitest'
import {DocentError} from '../../src/domain/index.ts'
import {transcriptQueryOf} from '../../src/http/request-schemas.ts'
import {createAuditor} from '../../src/http/staff/auditor.ts'
import {createStaff} from '../../src/http/staff/staff.ts'
import type {SpawnedIngest} from '../../src/ingestion/index.ts'
import {builtFile} from '../../src/package/index.ts'
import {openStaffStore} from '../../src/staff/index.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {allEventsOf} from '../support/event-reader.ts'
import {adminToken, docsToken, startDocent, supportToken, type TestDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocent)
const webDir = fileURLToPath(builtFile('web'))

const bearer = (token: string) => ({authorization: `Bearer ${token}`})

async function answered(product: TestDocent, question = 'xyzzy'): Promise<string> {
  const [begun] = await allEventsOf(await product.ask({question}))
  return String(begun!.data['answerId'])
}

describe('who may do what', () => {
  const routes = [
    ['GET', '/api/admin/transcripts', ['admin', 'support']],
    ['GET', '/api/admin/transcripts/ID', ['admin', 'support']],
    ['GET', '/api/admin/transcripts/export?format=csv', ['admin', 'support']],
    ['GET', '/api/admin/transcripts/values?kind=build', ['admin', 'support']],
    ['PUT', '/api/admin/transcripts/ID/review', ['admin', 'support']],
    ['DELETE', '/api/admin/transcripts/ID', ['admin']],
    ['GET', '/api/admin/builds', ['admin', 'docs']],
    ['POST', '/api/admin/builds/b1/activate', ['admin', 'docs']],
    ['GET', '/api/admin/reindex/none/events', ['admin', 'docs']],
  ] as const

  test.each(routes)('%s %s', async (method, path, roles) => {
    const product = await start()
    const answerId = await answered(product)
    const url = product.url + path.replace('ID', answerId)
    const body = method === 'PUT' ? JSON.stringify({verdict: 'good'}) : null
    const status = async (headers: Record<string, string>) =>
      (await fetch(url, {method, body, headers: {'content-type': 'application/json', ...headers}})).status

    const none = [
      await status({}),
      await status(bearer('wrong')),
      await status({cookie: 'docent_staff=admin.9.x'}),
    ]
    const others = (
      [
        ['support', supportToken],
        ['docs', docsToken],
        ['admin', adminToken],
      ] as const
    ).map(async ([role, token]) => [role, (await status(bearer(token))) !== 403])

    expect(none).toEqual([401, 401, 401])
    expect(Object.fromEntries(await Promise.all(others))).toEqual({
      support: (roles as readonly string[]).includes('support'),
      docs: (roles as readonly string[]).includes('docs'),
      admin: true,
    })
  })

  test('pages of other sites may not, whatever they send', async () => {
    const product = await start({settings: {allowedOrigins: ['*']}})

    const response = await fetch(`${product.url}/api/admin/transcripts`, {
      headers: {...bearer(adminToken), origin: 'https://docs.example.com'},
    })

    expect(response.status).toBe(403)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  test('[guessed token] guessing is locked out; the right token passes', async () => {
    const product = await start()
    const list = (token: string) => fetch(`${product.url}/api/admin/transcripts`, {headers: bearer(token)})

    const statuses: number[] = []
    for (let i = 0; i < 11; i++) statuses.push((await list(`guess-${i}`)).status)
    const wrong = await list('one-guess-more')
    const right = await list(adminToken)

    expect(statuses).toEqual([...Array(10).fill(401), 429])
    expect(wrong.headers.get('retry-after')).not.toBeNull()
    expect(right.status).toBe(200)
  })
})

test('a token with spaces, as earlier versions allowed, works as a Bearer token too', async () => {
  const token = 'correct horse battery staple'
  const product = await start({settings: {supportToken: token}})
  const status = async (bearer: string) =>
    (await fetch(`${product.url}/api/admin/transcripts`, {headers: {authorization: `Bearer ${bearer}`}}))
      .status

  expect(await status(token)).toBe(200)
  expect(await status('correct')).toBe(401)
})

describe('the console', () => {
  const cookieOf = (response: Response) => response.headers.get('set-cookie')?.split(';')[0] ?? ''

  test('signs in with a token for a cookie that scripts and other sites cannot use', async () => {
    const product = await start()

    const response = await fetch(`${product.url}/api/admin/session`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify({token: supportToken}),
    })
    const set = response.headers.get('set-cookie')
    const list = await fetch(`${product.url}/api/admin/transcripts`, {headers: {cookie: cookieOf(response)}})

    expect(await response.json()).toEqual({role: 'support', name: 'support (shared token)'})
    expect(set).toMatch(/HttpOnly/)
    expect(set).toMatch(/SameSite=Strict/)
    expect(set).not.toContain(supportToken)
    expect(list.status).toBe(200)
  })

  test('a cookie cannot be changed to another role', async () => {
    const product = await start()
    const response = await fetch(`${product.url}/api/admin/session`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify({token: supportToken}),
    })

    const forged = cookieOf(response).replace('support', 'admin')
    const list = await fetch(`${product.url}/api/admin/transcripts`, {headers: {cookie: forged}})

    expect(forged).toContain('admin')
    expect(list.status).toBe(401)
  })

  test('a one-time link works once', async () => {
    const product = await start({settings: {adminToken: null, docsToken: null, supportToken: null}})
    const link = `${product.url}/console?token=${product.http.staff.issueOneTimeToken()}`

    const first = await fetch(link, {redirect: 'manual'})
    const second = await fetch(link, {redirect: 'manual'})
    const list = await fetch(`${product.url}/api/admin/transcripts`, {headers: {cookie: cookieOf(first)}})

    expect(first.status).toBe(303)
    expect(first.headers.get('location')).toBe('/console')
    expect(second.headers.get('set-cookie')).toBeNull()
    expect(second.headers.get('location')).toBe('/console?failed=link')
    expect(list.status).toBe(200)
  })

  test('a one-time link expires', async () => {
    let now = 0
    const store = openStaffStore({file: ':memory:'})
    const auditor = createAuditor({store, secret: Buffer.from('of this test'), onProblem() {}})
    const tokens = {adminToken: null, docsToken: null, supportToken: null}
    const staff = createStaff(tokens, {store, auditor, now: () => now})
    const token = staff.issueOneTimeToken()
    now = 31 * 60 * 1000

    const request = {get: () => undefined, ip: '192.0.2.1', secure: false}
    const member = await staff.signIn(request as never, {cookie() {}} as never, token)

    expect(member).toBeNull()
  })

  test.each([
    '/console',
    '/console/transcripts?ending=error',
    '/console/transcripts/some-id',
    '/console/join',
  ])('%s is one page for everybody, with no word of anyone and no script but our own', async (path) => {
    const product = await start({webDir})
    await answered(product, 'xyzzy <script>alert(1)</script>')

    const pages = await Promise.all(
      [{}, bearer(supportToken)].map((headers) => fetch(product.url + path, {headers})),
    )
    const [page, signedIn] = await Promise.all(pages.map((response) => response.text()))

    expect(page).toBe(signedIn)
    expect(page).not.toContain('xyzzy')
    expect(page!.match(/<script[^>]*>/g)).toEqual([
      expect.stringMatching(/src="\/assets\/docs-first\.js\?v=/),
      '<script type="module" src="/console.js">',
    ])
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/i)
    for (const {headers} of pages) {
      expect(headers.get('content-security-policy')).toContain("script-src 'self'")
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('referrer-policy')).toBe('same-origin')
    }
  })
})

describe('transcripts', () => {
  test('are listed, read, reviewed and deleted', async () => {
    const product = await start()
    const answerId = await answered(product)
    const url = `${product.url}/api/admin/transcripts`
    const headers = {...bearer(adminToken), 'content-type': 'application/json'}

    const list = await (await fetch(`${url}?ending=abstained&limit=10`, {headers})).json()
    const review = await fetch(`${url}/${answerId}/review`, {
      method: 'PUT',
      headers,
      body: JSON.stringify({verdict: 'should_answer', note: 'It is in Install.', correctedAnswer: 'Run it.'}),
    })
    const transcript = (await (await fetch(`${url}/${answerId}`, {headers})).json()) as Record<
      string,
      unknown
    >
    const deleted = await fetch(`${url}/${answerId}`, {method: 'DELETE', headers})
    const gone = await fetch(`${url}/${answerId}`, {headers})

    expect(list).toMatchObject({items: [{answerId, ending: 'abstained', channel: 'http'}], nextCursor: null})
    expect(review.status).toBe(200)
    expect(transcript).toMatchObject({question: 'xyzzy', review: {verdict: 'should_answer'}})
    expect(transcript['events']).toHaveLength(3)
    expect([deleted.status, gone.status]).toEqual([204, 404])
  })

  test('deleted while the answer is written end it', async () => {
    const product = await start()
    const response = await product.ask({question: 'How?'})
    const call = await product.generator.call(0)
    const answerId = (await product.transcripts.list({})).items[0]!.answerId

    const deleted = await fetch(`${product.url}/api/admin/transcripts/${answerId}`, {
      method: 'DELETE',
      headers: bearer(adminToken),
    })
    const text = await response.text()

    expect(deleted.status).toBe(204)
    expect(call.signal.aborted).toBe(true)
    expect(text).toContain('"ending":"stopped"')
    expect(await product.transcripts.get(answerId)).toBeNull()
  })

  test('are exported as JSON lines and as CSV', async () => {
    const product = await start()
    await answered(product, 'xyzzy, "one"')
    await answered(product, '=xyzzy()')
    const get = async (format: string) =>
      (
        await fetch(`${product.url}/api/admin/transcripts/export?format=${format}`, {
          headers: bearer(adminToken),
        })
      ).text()

    const lines = (await get('jsonl')).trim().split('\n')
    const csv = await get('csv')

    expect(lines.map((line) => JSON.parse(line).question)).toEqual(['xyzzy, "one"', '=xyzzy()'])
    expect(csv).toContain('"xyzzy, ""one"""')
    expect(csv).toContain("'=xyzzy()")
  })

  test('that the model declined or a limit cut can be filtered, in the list and in the export', async () => {
    const product = await start()
    const ids: string[] = []
    for (const [index, reason] of (['end', 'refusal', 'max_tokens'] as const).entries()) {
      const response = await product.ask({question: `Why ${reason}?`})
      const call = await product.generator.call(index)
      call.say('So.')
      call.finish(reason)
      await response.text()
      ids.push((await product.transcripts.list({})).items[0]!.answerId)
    }
    const get = (path: string) =>
      fetch(`${product.url}/api/admin/transcripts${path}`, {headers: bearer(supportToken)})
    const found = async (query: string) =>
      ((await (await get(query)).json()) as {items: {answerId: string}[]}).items.map(({answerId}) => answerId)

    const newestFirst = ids.toReversed()
    expect(await found('?partial=1')).toEqual(newestFirst.slice(0, 2))
    expect(await found('?partial=true&ending=complete')).toEqual(newestFirst.slice(0, 2))
    expect(await found('?partial=0')).toEqual(ids.slice(0, 1))
    expect(await found('?partial=false')).toEqual(ids.slice(0, 1))
    expect(await found('?ending=complete')).toEqual(newestFirst)
    expect(await (await get('/export?partial=1')).text()).toMatch(
      /"finishReason":"refusal","partial":true.*\n.*"finishReason":"max_tokens","partial":true.*\n$/,
    )
    expect(await (await get('/export?format=csv')).text()).toMatch(
      /,finishReason,partial,lang,missing,pageUrl,pageTitle,pageSection,error,.*\r\n.*,end,false,,false,,,,.*\r\n.*,refusal,true,,false,,,,.*\r\n.*,max_tokens,true,,false,,,,.*\r\n$/,
    )
  })

  test('from a day to the same day is that day', () => {
    const day = {from: Date.parse('2026-05-31T00:00Z'), to: Date.parse('2026-06-01T00:00Z')}

    expect(transcriptQueryOf({from: '2026-05-31', to: '2026-05-31'}).filter).toEqual(day)
    expect(transcriptQueryOf({from: String(day.from), to: '2026-06-01T00:00:00Z'}).filter).toEqual(day)
  })

  test.each(['ending=nonsense', 'to=2026-02-30', 'limit=0', 'from=yesterday', 'rating=5', 'partial=maybe'])(
    'a list with ?%s is refused',
    async (query) => {
      const product = await start()

      const response = await fetch(`${product.url}/api/admin/transcripts?${query}`, {
        headers: bearer(adminToken),
      })

      expect(response.status).toBe(400)
    },
  )
})

/** An ingest that is played by the test, with as much of its steps and its report as the test looks at. */
function ingestOf(progress: AsyncIterable<object>, report: Promise<object>): SpawnedIngest {
  return {progress, report, kill() {}} as unknown as SpawnedIngest
}

describe('reindexing', () => {
  test('runs one at a time, and its events can be read while it runs and after', async () => {
    let finish: (report: object) => void = () => {}
    const report = new Promise<object>((resolve) => {
      finish = resolve
    })
    async function* progress() {
      yield {stage: 'scan'}
      yield {stage: 'pages'}
      await report
    }
    const product = await start({ingest: () => ingestOf(progress(), report)})
    const headers = bearer(docsToken)
    const reindex = () => fetch(`${product.url}/api/admin/reindex`, {method: 'POST', headers})

    const first = await reindex()
    const {id, events} = (await first.json()) as {id: string; events: string}
    const second = await reindex()
    const reading = fetch(product.url + events, {headers}).then(allEventsOf)
    finish({outcome: 'published'})
    const read = await reading
    const again = await allEventsOf(await fetch(`${product.url}${events}?after=2`, {headers}))
    const third = await reindex()

    expect(first.status).toBe(202)
    expect(second.status).toBe(409)
    expect(await second.json()).toMatchObject({error: {code: 'locked', jobId: id}})
    expect(read.map(({type}) => type)).toEqual(['progress', 'progress', 'done'])
    expect(read.at(-1)!.data).toEqual({report: {outcome: 'published'}})
    expect(again).toEqual(read.slice(2))
    expect(third.status).toBe(202)
  })

  test('a failure is reported as its last event', async () => {
    const failure = new DocentError('gate_failed', 'Half of the passages would go.')
    const product = await start({
      ingest: () => ingestOf((async function* () {})(), Promise.reject(failure)),
    })
    const headers = bearer(adminToken)

    const {events} = (await (
      await fetch(`${product.url}/api/admin/reindex`, {method: 'POST', headers})
    ).json()) as {events: string}
    const read = await allEventsOf(await fetch(product.url + events, {headers}))

    expect(read.at(-1)).toMatchObject({type: 'error', data: {code: 'gate_failed', message: failure.message}})
  })
})
