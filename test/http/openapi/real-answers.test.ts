import {afterAll, beforeAll, expect, test, vi} from 'vitest'
import {operations} from '../../../src/http/openapi/document.ts'
import {type DocsTeamDocent, startDocsTeam} from '../../support/docs-team.ts'
import {allEventsOf} from '../../support/event-reader.ts'
import {bearer, ownPage, type StaffResponse, staffApi} from '../../support/staff-people.ts'
import {adminToken} from '../../support/start-docent.ts'

let product: DocsTeamDocent

beforeAll(async () => {
  product = await startDocsTeam({hasModel: true, generator: null})
})
afterAll(() => product.close())

const json = {'content-type': 'application/json'}

const send = (method: string, path: string, body?: object, headers: Readonly<Record<string, string>> = {}) =>
  fetch(product.url + path, {
    method,
    headers: {...(body === undefined ? {} : json), ...headers},
    ...(body === undefined ? {} : {body: JSON.stringify(body)}),
    redirect: 'manual',
  })

// biome-ignore lint/suspicious/noExplicitAny: whatever it is, the document describes it.
const jsonOf = async (response: Promise<Response>): Promise<any> => (await response).json()
const textOf = async (response: Promise<Response>) => (await response).text()
const staff = async (method: string, path: string, body?: object): Promise<StaffResponse['body']> =>
  (await staffApi(product, method, path, body)).body

/** Asks, and waits for the answer. */
const ask = (question: string, more: object = {}) =>
  jsonOf(send('POST', '/api/answers', {question, ...more}, {accept: 'application/json'}))

const question = 'How do I change the port?'

/** What visitors and their programs do. */
async function visit(): Promise<void> {
  const {answerId, conversationId} = await ask(question)
  await textOf(send('POST', '/api/answers', {question: 'What is the default temperature?', conversationId}))
  await jsonOf(send('GET', `/api/answers/${answerId}`))
  await textOf(send('GET', `/api/answers/${answerId}/events`))
  await textOf(send('GET', `/api/answers/${answerId}/events?after=100000`))
  await jsonOf(send('POST', `/api/answers/${answerId}/stop`))
  await jsonOf(
    send('POST', `/api/answers/${answerId}/feedback`, {
      rating: 'down',
      reasons: ['incomplete'],
      missing: true,
    }),
  )
  await send('POST', `/api/answers/${answerId}/timings`, {firstUsefulMs: 84, opened: 1})
  for (const path of [
    '/api/search?q=port',
    '/api/search?q=temp&prefix=1',
    '/api/search?q=quantum%20chromodynamics',
    '/api/section?url=/docs/settings&anchor=change-the-port',
    '/api/info',
    '/v1/models',
    '/v1/models/docent',
    '/mcp/server-card',
    '/.well-known/mcp',
    '/.well-known/mcp/server-card.json',
    '/.well-known/ai-catalog.json',
    '/docs',
    '/docs?all=1',
    '/docs/settings',
    '/docs/settings.md',
    '/docs/SETTINGS',
    '/docs/search?q=port',
    '/docs/?ask=How+do+I+change+the+port',
    '/llms.txt',
    '/llms-full.txt',
    '/robots.txt',
    '/openapi.json',
    '/healthz',
    '/readyz',
    '/metrics',
  ])
    await textOf(send('GET', path))
  await jsonOf(send('POST', '/api/sources', {question}))
  await ask('Which football team won the cup in 1974?')

  const messages = [{role: 'user', parts: [{type: 'text', text: question}]}]
  await textOf(send('POST', '/api/chat', {id: 'chat-1', messages}))
  await textOf(send('GET', '/api/chat/chat-1/stream'))
  await textOf(send('POST', '/api/chat/chat-1/stop'))
  const openAi = {model: 'docent', messages: [{role: 'user', content: question}]}
  await jsonOf(send('POST', '/v1/chat/completions', openAi))
  await textOf(send('POST', '/v1/chat/completions', {...openAi, stream: true}))
  await jsonOf(send('POST', '/v1/responses', {input: question}))
  await textOf(send('POST', '/v1/responses', {input: question, stream: true}))
  await textOf(
    send(
      'POST',
      '/mcp',
      {
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: {protocolVersion: '2025-11-25', capabilities: {}, clientInfo: {name: 'test', version: '1'}},
      },
      {accept: 'application/json, text/event-stream'},
    ),
  )
  await textOf(
    send(
      'POST',
      '/mcp',
      {jsonrpc: '2.0', method: 'notifications/initialized'},
      {
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2025-11-25',
      },
    ),
  )
  const gone = await ask(question)
  await jsonOf(send('DELETE', `/api/conversations/${gone.conversationId}`))
}

/** What the people of the staff do with one another. */
async function manage(): Promise<void> {
  const cookieOf = (response: Response) => response.headers.getSetCookie()[0]!.split(';')[0]!
  const session = await send('POST', '/api/admin/session', {token: adminToken}, {origin: product.url})
  const cookie = ownPage(product, cookieOf(session))
  await jsonOf(send('GET', '/api/admin/session', undefined, cookie))
  await jsonOf(send('GET', '/api/admin/me', undefined, cookie))
  await send('DELETE', '/api/admin/session', undefined, cookie)

  const {person, invitation} = await staff('POST', '/people', {name: 'Ada', role: 'support'})
  const secret = new URL(invitation.url).searchParams.get('invitation')!
  const joined = await jsonOf(send('POST', '/api/admin/invitations', {token: secret}, {origin: product.url}))
  await jsonOf(send('POST', '/api/admin/me/token', undefined, bearer(joined.token)))
  await staff('GET', '/people')
  await staff('PUT', `/people/${person.id}/role`, {role: 'docs'})
  await staff('POST', `/people/${person.id}/end-sessions`)
  await staff('POST', `/people/${person.id}/invitation`)
  await staff('DELETE', `/people/${person.id}/invitation`)
  await staff('POST', `/people/${person.id}/switch-off`)
  await staff('POST', `/people/${person.id}/switch-on`)
  await staff('POST', `/people/${person.id}/switch-off`)
  await staff('DELETE', `/people/${person.id}`)
  await staff('GET', '/audit?limit=5')
}

/** What support staff do. */
async function support(): Promise<void> {
  const {items} = await staff('GET', '/transcripts?q=port')
  const {answerId} = items[0]
  await staff('GET', '/transcripts/values?kind=build')
  for (const path of [
    '/export',
    '/export?format=csv',
    `/${answerId}`,
    `/${answerId}/replay.html`,
    `/${answerId}/prompt`,
    `/${answerId}/sources`,
  ])
    await textOf(send('GET', `/api/admin/transcripts${path}`, undefined, bearer(adminToken)))
  await staff('PUT', `/transcripts/${answerId}/review`, {verdict: 'good', note: 'Right.'})
  const relevant = [{url: '/docs/settings', anchor: 'change-the-port'}]
  await staff('POST', `/transcripts/${answerId}/golden`, {relevant})
  const {id, url} = await staff('POST', `/transcripts/${answerId}/handover`, {days: 2, note: 'ticket 7'})
  await textOf(send('GET', new URL(url).pathname))
  await staff('GET', '/handovers')
  await staff('DELETE', `/handovers/${id}`)
  await staff('GET', '/analytics')
  await staff('GET', '/storage')
}

/** What the docs team does. */
async function write(): Promise<void> {
  const draft = {question: 'Where is the bell?', text: 'On the lid.', url: '/docs/guide/repair', lang: 'en'}
  const {id, revision} = await staff('POST', '/verified', draft)
  await staff('GET', '/verified')
  await staff('GET', `/verified/${id}`)
  const changed = await staff('PUT', `/verified/${id}`, {...draft, text: 'Below the lid.', revision})
  const published = await staff('POST', `/verified/${id}/publish`, {revision: changed.revision})
  await ask(draft.question)
  await staff('POST', `/verified/${id}/withdraw`, {revision: published.revision})
  await staff('DELETE', `/verified/${id}`)

  const golden = await staff('GET', '/golden')
  await staff('DELETE', `/golden/${golden.items[0].id}`)

  for (const words of ['Can I connect it to my wifi?', 'Does it connect to wifi?']) await ask(words)
  await staff('POST', '/gaps/group')
  const gap = await vi.waitFor(
    async () => {
      const {items, pending} = await staff('GET', '/gaps?scope=all')
      expect(pending).toBe(false)
      expect(items.length).toBeGreaterThan(0)
      return items[0]
    },
    {timeout: 300_000, interval: 100},
  )
  await staff('GET', `/gaps/${gap.id}`)
  const relevant = [{url: '/docs/wifi', expected: 'later'}]
  await staff('POST', `/gaps/${gap.id}/golden`, {items: [{question: 'Is there wifi?', relevant}]})
  await staff('PATCH', `/gaps/${gap.id}`, {revision: gap.revision, note: 'Next week.', state: 'dismissed'})
}

/** Builds, and what becomes of them. */
async function build(): Promise<void> {
  const [before] = (await staff('GET', '/builds')).builds
  product.folder.write('tea.md', '# Tea\n\nGreen tea wants 75 degrees.\n')
  const begun = await staff('POST', '/reindex', {full: false})
  await allEventsOf(await send('GET', begun.events, undefined, bearer(adminToken)))
  const release = product.hold()
  const held = await staff('POST', '/reindex', {})
  await staff('POST', `/reindex/${held.id}/cancel`)
  release()
  await staff('GET', '/reindex')
  const [after] = (await staff('GET', '/builds')).builds
  await staff('GET', `/builds/${after.id}`)
  await staff('GET', `/builds/${after.id}/changes?from=${before.id}`)
  await staff(
    'GET',
    `/builds/${after.id}/changes/section?from=${before.id}&path=settings.md&anchor=temperature`,
  )
  await staff('POST', `/builds/${before.id}/activate`)
  await staff('GET', '/coverage')
  await textOf(send('GET', '/api/admin/coverage?format=csv', undefined, bearer(adminToken)))
  await staff('GET', '/search/explain?q=port')
}

/** Statuses that want something else to happen, which other tests bring about: the server of each compares as well. */
const elsewhere: readonly string[] = [
  // An upgrade is no response.
  'openWebSocket 101',
  // Only with `Last-Event-ID`.
  'ask 204',
  // Only while another process reads the transcripts.
  'deleteConversation 202',
  'deleteTranscript 202',
  'deleteVisitor 202',
  // Only while it is written, or nobody has read its end.
  'resumeChat 200',
  // Only with a signature.
  'reindex 200',
]

test('every operation answers as it is described', {timeout: 600_000}, async () => {
  await visit()
  await manage()
  await support()
  await write()
  await build()
  const {items} = await staff('GET', '/transcripts')
  const {visitor} = await staff('GET', `/transcripts/${items[0].answerId}`)
  await staff('DELETE', `/transcripts/${items[0].answerId}`)
  await staff('DELETE', `/visitors/${visitor}`)

  product.api.assertNoDifference()
  const expected = Object.values(operations).flatMap(({id, tag, replies}) =>
    // This server has no built pages.
    tag === 'Pages' && id !== 'getHandover'
      ? []
      : Object.keys(replies)
          .filter((status) => status.startsWith('2'))
          .map((status) => `${id} ${status}`),
  )
  const missing = expected.filter((each) => !product.api.seen.has(each) && !elsewhere.includes(each))
  expect(missing).toEqual([])
})
