import {createHmac} from 'node:crypto'
import {describe, expect, test} from 'vitest'
import type {SpawnedIngest} from '../../src/ingestion/index.ts'
import {settingsFrom} from '../../src/settings/settings.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {docsToken, startDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocent)
const secret = 'webhook-secret-for-tests'
const {sources} = settingsFrom({CONTENT_DIR: 'api=https://git.example.com/team/api.git#main:docs'})

function push(branch = 'main', repository = 'https://git.example.com/team/api.git') {
  return JSON.stringify({
    ref: `refs/heads/${branch}`,
    repository: {clone_url: repository, default_branch: 'main'},
  })
}

const signatureOf = (body: string, key = secret) =>
  `sha256=${createHmac('sha256', key).update(body).digest('hex')}`

/** A server whose ingests end when told to. */
async function startWithIngests(settings: object = {}) {
  const finish: (() => void)[] = []
  const product = await start({
    settings: {webhookSecret: secret, sources, ...settings},
    ingest() {
      const report = new Promise<object>((resolve) =>
        finish.push(() => resolve({outcome: 'unchanged', sources: []})),
      )
      return {progress: (async function* () {})(), report, kill() {}} as unknown as SpawnedIngest
    },
  })
  const send = (body: string, headers: Record<string, string>) =>
    fetch(`${product.url}/api/admin/reindex`, {
      method: 'POST',
      body,
      headers: {'content-type': 'application/json', ...headers},
    })
  const fromGitHub = (body: string, headers: Record<string, string> = {}) =>
    send(body, {'x-github-event': 'push', 'x-hub-signature-256': signatureOf(body), ...headers})
  return {product, finish, send, fromGitHub}
}

describe('a push', () => {
  test('signed as GitHub signs reindexes, as JSON and as a form', async () => {
    const {finish, fromGitHub} = await startWithIngests()

    const json = await fromGitHub(push())
    const {id, events} = (await json.json()) as {id: string; events: string}
    finish[0]!()
    const form = await fromGitHub(`payload=${encodeURIComponent(push())}`, {
      'content-type': 'application/x-www-form-urlencoded',
    })

    expect([json.status, form.status]).toEqual([202, 202])
    expect(events).toBe(`/api/admin/reindex/${id}/events`)
    expect(json.headers.get('location')).toBe(events)
  })

  test('with GitLab’s token reindexes', async () => {
    const {finish, send} = await startWithIngests()
    const body = JSON.stringify({
      object_kind: 'push',
      ref: 'refs/heads/main',
      project: {git_ssh_url: 'git@git.example.com:team/api.git', default_branch: 'main'},
    })

    const response = await send(body, {'x-gitlab-event': 'Push Hook', 'x-gitlab-token': secret})

    expect(response.status).toBe(202)
    expect(finish).toHaveLength(1)
  })

  test.each([
    ['to another branch', push('feature'), {}, 'this push is to a branch without docs'],
    ['of another kind', push(), {'x-github-event': 'issues'}, 'this is not a push'],
  ])('%s has nothing to do', async (_what, body, headers, message) => {
    const {finish, fromGitHub} = await startWithIngests()

    const response = await fromGitHub(body, headers)

    expect(response.status).toBe(202)
    expect(await response.json()).toEqual({message: `There is nothing to do: ${message}.`})
    expect(finish).toHaveLength(0)
  })

  test('of a repository whose address no source has reindexes: a source may be its mirror', async () => {
    const {finish, fromGitHub} = await startWithIngests()

    await fromGitHub(push('main', 'https://mirror.example.com/api.git'))

    expect(finish).toHaveLength(1)
  })

  test('during an ingest is followed by another ingest, and so are any number of them', async () => {
    const {product, finish, fromGitHub} = await startWithIngests()
    const idOf = async (response: Response) => ((await response.json()) as {id: string}).id

    const first = await idOf(await fromGitHub(push()))
    const second = await idOf(await fromGitHub(push()))
    const third = await idOf(await fromGitHub(push()))
    const running = finish.length
    const byStaff = await fetch(`${product.url}/api/admin/reindex`, {
      method: 'POST',
      headers: {authorization: `Bearer ${docsToken}`},
    })
    finish[0]!()
    await expect.poll(() => finish.length).toBe(2)
    finish[1]!()
    const events = await fetch(`${product.url}/api/admin/reindex/${second}/events`, {
      headers: {authorization: `Bearer ${docsToken}`},
    })

    expect(running).toBe(1)
    expect(second).not.toBe(first)
    expect(third).toBe(second)
    expect(byStaff.status).toBe(409)
    expect(await events.text()).toContain('event: done')
    expect(finish).toHaveLength(2)
  })

  test('too long to be read is verified as a whole and reindexes', async () => {
    const {finish, fromGitHub} = await startWithIngests()
    const body = JSON.stringify({ref: 'refs/heads/feature', commits: 'x'.repeat(2_000_000)})

    const response = await fromGitHub(body)
    const forged = await fromGitHub(body, {'x-hub-signature-256': signatureOf(`${body} `)})

    expect(response.status).toBe(202)
    expect(finish).toHaveLength(1)
    expect(forged.status).toBe(401)
  })
})

test('a ping is answered', async () => {
  const {fromGitHub} = await startWithIngests()

  const response = await fromGitHub('{"zen":"Keep it logically awesome."}', {'x-github-event': 'ping'})

  expect(response.status).toBe(200)
})

describe('an event that is not signed with the secret', () => {
  test.each([
    ['with another secret', {'x-hub-signature-256': signatureOf(push(), 'another-secret-for-tests')}],
    ['of another body', {'x-hub-signature-256': signatureOf('{}')}],
    [
      'in another form',
      {'x-hub-signature-256': createHmac('sha256', secret).update(push()).digest('base64')},
    ],
    ['with an empty signature', {'x-hub-signature-256': ''}],
    ['with another token', {'x-gitlab-token': 'another-secret-for-tests'}],
  ])('%s is refused', async (_what, headers) => {
    const {finish, send} = await startWithIngests()

    const response = await send(push(), headers)

    expect(response.status).toBe(401)
    expect(await response.text()).not.toContain(secret)
    expect(finish).toHaveLength(0)
  })

  test('is refused more and more, while signed ones are accepted', async () => {
    const {send, fromGitHub} = await startWithIngests()

    const statuses = []
    for (let n = 0; n < 11; n++) statuses.push((await send(push(), {'x-gitlab-token': `wrong-${n}`})).status)
    const right = await fromGitHub(push())

    expect(statuses).toEqual([...Array.from({length: 10}, () => 401), 429])
    expect(right.status).toBe(202)
  })

  test('is refused where there is no secret, whatever it is signed with', async () => {
    const {send, finish} = await startWithIngests({webhookSecret: null})

    const response = await send(push(), {'x-hub-signature-256': signatureOf(push(), '')})

    expect(response.status).toBe(401)
    expect(finish).toHaveLength(0)
  })

  test('is refused from a page of another site', async () => {
    const {fromGitHub} = await startWithIngests()

    const response = await fromGitHub(push(), {origin: 'https://evil.example'})

    expect(response.status).toBe(403)
  })
})

test('an event that is not JSON is refused', async () => {
  const {fromGitHub} = await startWithIngests()

  expect((await fromGitHub('{"ref":')).status).toBe(400)
  expect((await fromGitHub('['.repeat(100_000))).status).toBe(400)
})
