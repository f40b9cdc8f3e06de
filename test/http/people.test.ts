import {copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join as joinPath} from 'node:path'
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest'
import {type Caller, routes} from '../../src/http/routes.ts'
import type {SpawnedIngest} from '../../src/ingestion/index.ts'
import {type Permission, permissionsOf, type Role, roles} from '../../src/staff/index.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {allEventsOf} from '../support/event-reader.ts'
import {bearer, join, ownPage, secretOf, staffApi} from '../support/staff-people.ts'
import {adminToken, docsToken, startDocent, supportToken, type TestDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocent)
const folders: string[] = []

function newFolder(): string {
  const folder = mkdtempSync(joinPath(tmpdir(), 'docent-people-'))
  folders.push(folder)
  return folder
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, {recursive: true, force: true})
})

async function answered(product: TestDocent): Promise<string> {
  const [begun] = await allEventsOf(await product.ask({question: 'xyzzy'}))
  return String(begun!.data['answerId'])
}

const statusOf = async (product: TestDocent, headers: Record<string, string>, path = '/me') =>
  (await staffApi(product, 'GET', path, undefined, headers)).status

describe('an invitation', () => {
  test('is a link that works once and gives a token and a session, both in nobody’s name but one’s own', async () => {
    const product = await start()

    const invited = await staffApi(product, 'POST', '/people', {name: '  Zoë   Ångström ', role: 'support'})
    const take = () => staffApi(product, 'POST', '/invitations', {token: secretOf(invited)}, {})
    const joined = await take()
    const again = await take()
    const me = await staffApi(product, 'GET', '/me', undefined, bearer(joined.body.token))
    const session = await staffApi(product, 'GET', '/me', undefined, {cookie: joined.cookie})

    expect(invited.status).toBe(201)
    expect(invited.body.person).toMatchObject({name: 'Zoë Ångström', role: 'support', status: 'invited'})
    expect(invited.body.invitation.url).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/console\/join\?invitation=docent_/,
    )
    expect(again).toMatchObject({status: 401, body: {error: {code: 'unauthorized'}}})
    const {id} = joined.body.person
    expect(me.body).toEqual({
      name: 'Zoë Ångström',
      role: 'support',
      personId: id,
      permissions: permissionsOf('support'),
    })
    expect(session.body).toEqual(me.body)
    expect((await staffApi(product, 'GET', '/people')).body.people).toMatchObject([
      {id, status: 'active', invitationEndsAt: null, invitedBy: 'admin (shared token)'},
    ])
  })

  test('is not used up by opening its link', async () => {
    const product = await start()
    const invited = await staffApi(product, 'POST', '/people', {name: 'Ada', role: 'admin'})
    const {url} = invited.body.invitation

    await fetch(url, {method: 'HEAD'})
    await fetch(url)
    const joined = await staffApi(product, 'POST', '/invitations', {token: secretOf(invited)}, {})

    expect(await statusOf(product, bearer(joined.body.token))).toBe(200)
  })

  test('is taken up by one of two who try at once', async () => {
    const product = await start()
    const invited = await staffApi(product, 'POST', '/people', {name: 'Ada', role: 'docs'})

    const both = await Promise.all(
      [1, 2].map(() => staffApi(product, 'POST', '/invitations', {token: secretOf(invited)}, {})),
    )

    expect(both.map(({status}) => status).sort()).toEqual([200, 401])
  })

  test('can be withdrawn, and made again for who has lost the token', async () => {
    const product = await start()
    const withdrawn = await staffApi(product, 'POST', '/people', {name: 'Bo', role: 'docs'})
    const ada = await join(product, 'Ada', 'docs')

    const gone = await staffApi(product, 'DELETE', `/people/${withdrawn.body.person.id}/invitation`)
    const tooLate = await staffApi(product, 'POST', '/invitations', {token: secretOf(withdrawn)}, {})
    const second = await staffApi(product, 'POST', `/people/${ada.id}/invitation`)
    const before = await statusOf(product, bearer(ada.token))
    const taken = await staffApi(product, 'POST', '/invitations', {token: secretOf(second)}, {})

    expect([gone.status, tooLate.status, before]).toEqual([204, 401, 200])
    expect((await staffApi(product, 'GET', '/people')).body.people).toMatchObject([{name: 'Ada'}])
    expect(await statusOf(product, bearer(taken.body.token))).toBe(200)
    expect(await statusOf(product, bearer(ada.token))).toBe(401)
    expect(await statusOf(product, {cookie: ada.cookie})).toBe(401)
  })

  test('is guessed in vain: the lock-out of tokens holds for invitations and people’s tokens too', async () => {
    const product = await start()
    const ada = await join(product, 'Ada', 'support')

    const statuses: number[] = []
    for (let n = 0; n < 6; n++)
      statuses.push((await staffApi(product, 'POST', '/invitations', {token: `docent_${n}`}, {})).status)
    for (let n = 0; n < 6; n++) statuses.push(await statusOf(product, bearer(`docent_${n}`)))

    expect(statuses).toEqual([...Array(10).fill(401), 429, 429])
    expect(await statusOf(product, bearer(ada.token))).toBe(200)
  })
})

describe('a name', () => {
  test.each([
    ['', 'must not be empty'],
    [' \t ', 'must not be empty'],
    ['a'.repeat(81), 'longer than 80'],
    ['Ada\u202eadmin', 'cannot be seen'],
    ['A\u200bda', 'cannot be seen'],
    ['A\u0007da', 'control characters'],
    ['–!', 'a letter or a digit'],
    ['support (shared token)', 'must not be like what the audit log calls'],
    ['shared:support', 'must not be like what the audit log calls'],
    ['Zk3_9dXq-L0a', 'must not look like an id'],
  ])('%j is refused, and it is said why', async (name, why) => {
    const product = await start()

    const refused = await staffApi(product, 'POST', '/people', {name, role: 'docs'})

    expect(refused.status).toBe(400)
    expect(refused.body.error.message).toContain(why)
  })

  test.each([[{name: 'Ada'}], [{name: 'Ada', role: 'owner'}], [{name: 7, role: 'docs'}], [[]], ['x']])(
    'with a body such as %j is refused',
    async (body) => {
      const product = await start()

      expect((await staffApi(product, 'POST', '/people', body)).status).toBe(400)
    },
  )

  test('may be of any script, and is one person’s whatever its case and form', async () => {
    const product = await start()
    const invite = async (name: string) =>
      (await staffApi(product, 'POST', '/people', {name, role: 'docs'})).status

    expect(await Promise.all(['李明', 'محمد علي', 'नमस्ते', 'José', 'می‌خواهم'].map(invite))).toEqual(
      Array(5).fill(201),
    )
    expect(await Promise.all(['JOSÉ', 'Jose\u0301', ' josé '].map(invite))).toEqual(Array(3).fill(409))
  })
})

describe('a session and a token', () => {
  test('end at once when their person is switched off, and an invitation switches on again', async () => {
    const product = await start()
    const ada = await join(product, 'Ada', 'support')

    const off = await staffApi(product, 'POST', `/people/${ada.id}/switch-off`)
    const refused = [
      await statusOf(product, bearer(ada.token)),
      await statusOf(product, {cookie: ada.cookie}),
      (await staffApi(product, 'POST', '/session', {token: ada.token}, {})).status,
    ]
    const on = await staffApi(product, 'POST', `/people/${ada.id}/switch-on`)
    const stillOut = await statusOf(product, bearer(ada.token))
    const joined = await staffApi(product, 'POST', '/invitations', {token: secretOf(on)}, {})

    expect(off.body.person).toMatchObject({status: 'off', offAt: expect.any(Number)})
    expect([...refused, stillOut]).toEqual([401, 401, 401, 401])
    expect(joined.body.person.id).toBe(ada.id)
    expect(await statusOf(product, bearer(joined.body.token))).toBe(200)
  })

  test('are signed out everywhere, and sign in again with the same token', async () => {
    const product = await start()
    const ada = await join(product, 'Ada', 'support')

    const ended = await staffApi(product, 'POST', `/people/${ada.id}/end-sessions`)
    const audit = await staffApi(product, 'GET', '/audit?what=sessions_ended')

    expect(ended.body.person).toMatchObject({id: ada.id, status: 'active'})
    expect(await statusOf(product, {cookie: ada.cookie})).toBe(401)
    expect(await statusOf(product, bearer(ada.token))).toBe(200)
    expect(audit.body.items).toMatchObject([{which: ada.id, details: {name: 'Ada'}}])
  })

  test('have the new role with the next request', async () => {
    const product = await start()
    const ada = await join(product, 'Ada', 'support')
    const both = async () => [
      await statusOf(product, {cookie: ada.cookie}, '/transcripts'),
      await statusOf(product, bearer(ada.token), '/builds'),
    ]

    const before = await both()
    const changed = await staffApi(product, 'PUT', `/people/${ada.id}/role`, {role: 'docs'})

    expect(before).toEqual([200, 403])
    expect(changed.body.person.role).toBe('docs')
    expect(await both()).toEqual([403, 200])
  })

  test('are apart: signing out ends that session alone', async () => {
    const product = await start()
    const ada = await join(product, 'Ada', 'support')
    const second = await staffApi(product, 'POST', '/session', {token: ada.token}, {})

    const out = await staffApi(product, 'DELETE', '/session', undefined, ownPage(product, ada.cookie))

    expect(second.body).toEqual({role: 'support', name: 'Ada'})
    expect(out.status).toBe(204)
    expect(await statusOf(product, {cookie: ada.cookie})).toBe(401)
    expect(await statusOf(product, {cookie: second.cookie})).toBe(200)
    expect(await statusOf(product, bearer(ada.token))).toBe(200)
  })

  test('change together: a new token ends the old one and the other sessions', async () => {
    const product = await start()
    const ada = await join(product, 'Ada', 'support')
    const other = await staffApi(product, 'POST', '/session', {token: ada.token}, {})

    const changed = await staffApi(product, 'POST', '/me/token', undefined, ownPage(product, ada.cookie))

    expect(changed.body.token).not.toBe(ada.token)
    expect(await statusOf(product, bearer(ada.token))).toBe(401)
    expect(await statusOf(product, {cookie: other.cookie})).toBe(401)
    expect(await statusOf(product, {cookie: ada.cookie})).toBe(200)
    expect(await statusOf(product, bearer(changed.body.token))).toBe(200)
  })

  test('a shared token is nobody’s to change', async () => {
    const product = await start()

    const refused = await staffApi(product, 'POST', '/me/token', undefined, bearer(supportToken))

    expect(refused).toMatchObject({status: 409, body: {error: {code: 'conflict'}}})
    expect((await staffApi(product, 'GET', '/me', undefined, bearer(supportToken))).body).toEqual({
      name: 'support (shared token)',
      role: 'support',
      personId: null,
      permissions: permissionsOf('support'),
    })
  })

  test('end the oldest when a person has twenty', async () => {
    const product = await start()
    const ada = await join(product, 'Ada', 'support')
    const cookies: string[] = []
    for (let n = 0; n < 20; n++)
      cookies.push((await staffApi(product, 'POST', '/session', {token: ada.token}, {})).cookie)

    expect(await statusOf(product, {cookie: ada.cookie})).toBe(401)
    expect(await statusOf(product, {cookie: cookies[0]!})).toBe(200)
    expect(await statusOf(product, {cookie: cookies[19]!})).toBe(200)
  })

  test('survive a restart, also without shared tokens', async () => {
    const dataDir = newFolder()
    const noTokens = {adminToken: null, docsToken: null, supportToken: null}
    const first = await start({dataDir})
    const ada = await join(first, 'Ada', 'admin')
    await first.close()

    const second = await start({dataDir, settings: noTokens})

    expect(await statusOf(second, {cookie: ada.cookie})).toBe(200)
    expect(await statusOf(second, bearer(ada.token))).toBe(200)
    expect(await statusOf(second, bearer(adminToken))).toBe(401)
  })

  test('are on the disk as digests alone, in a file for its owner only', async () => {
    const dataDir = newFolder()
    const product = await start({dataDir})
    const invited = await staffApi(product, 'POST', '/people', {name: 'Bo', role: 'docs'})
    const ada = await join(product, 'Ada', 'admin')
    const session = decodeURIComponent(ada.cookie.split('=')[1]!).replace('person.', '')

    const files = readdirSync(dataDir).filter((name) => name.startsWith('staff.sqlite'))
    const content = files.map((name) => readFileSync(joinPath(dataDir, name), 'latin1')).join('')

    expect(content).toContain('Ada')
    for (const secret of [secretOf(invited), ada.token, session]) {
      expect(secret).toMatch(/^docent_/)
      expect(content).not.toContain(secret)
      expect(content).not.toContain(secret.slice(7))
    }
    for (const name of files) expect(statSync(joinPath(dataDir, name)).mode & 0o077).toBe(0)
  })
})

test.each([
  ['switched off', 'POST', 'switch-off', undefined],
  ['given another role', 'PUT', 'role', {role: 'support'}],
])('a stream that is being read ends when its reader is %s', async (_, method, change, body) => {
  let finish = () => {}
  const ended = new Promise<void>((resolve) => {
    finish = resolve
  })
  async function* progress() {
    yield {stage: 'pages', done: 0, total: 1}
    await ended
  }
  const report = ended.then(() => ({sources: []}))
  const product = await start({
    ingest: () => ({progress: progress(), report, kill() {}}) as unknown as SpawnedIngest,
  })
  const ada = await join(product, 'Ada', 'docs')
  const started = await staffApi(product, 'POST', '/reindex', {}, bearer(ada.token))
  const read = async (token: string) =>
    (await fetch(product.url + started.body.events, {headers: bearer(token)})).body!.getReader()
  const [hers, shared] = [await read(ada.token), await read(docsToken)]
  await Promise.all([hers.read(), shared.read()])

  await staffApi(product, method, `/people/${ada.id}/${change}`, body)
  const cut = await hers.read().then(
    ({done}) => done,
    () => true,
  )
  finish()
  const {value} = await shared.read()

  expect(cut).toBe(true)
  expect(new TextDecoder().decode(value)).toContain('event: done')
  await shared.cancel()
})

describe('nobody is locked out', () => {
  test('an admin can neither switch themselves off nor take their own role, and anyone else can be', async () => {
    const product = await start({settings: {adminToken: null}})
    const {url} = product
    const link = await fetch(`${url}/console?token=${product.http.staff.issueOneTimeToken()}`, {
      redirect: 'manual',
    })
    const cookie = link.headers.get('set-cookie')!.split(';')[0]!
    const byLink = ownPage(product, cookie)
    const invited = await staffApi(product, 'POST', '/people', {name: 'Ada', role: 'admin'}, byLink)
    const ada = await staffApi(product, 'POST', '/invitations', {token: secretOf(invited)}, {})
    const own = `/people/${ada.body.person.id}`
    const byAda = bearer(ada.body.token)

    const off = await staffApi(product, 'POST', `${own}/switch-off`, undefined, byAda)
    const down = await staffApi(product, 'PUT', `${own}/role`, {role: 'docs'}, byAda)
    const byOther = await staffApi(product, 'POST', `${own}/switch-off`, undefined, byLink)

    expect([off.status, down.status, byOther.status]).toEqual([409, 409, 200])
    expect((await staffApi(product, 'GET', '/me', undefined, {cookie})).body).toMatchObject({
      name: 'this machine (one-time link)',
      role: 'admin',
      personId: null,
    })
  })

  test('somebody is removed after they were switched off, and not before', async () => {
    const product = await start()
    const ada = await join(product, 'Ada', 'docs')

    const tooEarly = await staffApi(product, 'DELETE', `/people/${ada.id}`)
    await staffApi(product, 'POST', `/people/${ada.id}/switch-off`)
    const removed = await staffApi(product, 'DELETE', `/people/${ada.id}`)

    expect([tooEarly.status, removed.status]).toEqual([409, 204])
    expect((await staffApi(product, 'GET', '/people')).body.people).toEqual([])
    expect((await staffApi(product, 'POST', '/people', {name: 'ada', role: 'docs'})).status).toBe(201)
  })
})

describe('changes with the cookie', () => {
  const hostile: readonly (readonly [string, (product: TestDocent) => Record<string, string>])[] = [
    ['another site', () => ({origin: 'https://evil.example', 'sec-fetch-site': 'cross-site'})],
    ['another site, in a browser that says only the origin', () => ({origin: 'https://evil.example'})],
    ['a neighbouring port', () => ({origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site'})],
    ['a frame without an origin', () => ({origin: 'null', 'sec-fetch-site': 'cross-site'})],
    ['a frame, in a browser that says only the origin', () => ({origin: 'null'})],
    ['a page that hides its origin', () => ({'sec-fetch-site': 'cross-site'})],
    ['a page of this host over another scheme', ({url}) => ({origin: url, 'sec-fetch-site': 'cross-site'})],
    ['nobody can say where', () => ({})],
  ]
  const changes = [
    ['POST', '/people', {name: 'Eve', role: 'admin'}],
    ['POST', '/me/token', undefined],
    ['DELETE', '/session', undefined],
    ['PUT', '/transcripts/ID/review', {verdict: 'good'}],
    ['DELETE', '/transcripts/ID', undefined],
    ['POST', '/builds/build-1/activate', undefined],
    ['POST', '/reindex', {full: false}],
  ] as const

  test.each(hostile)('from %s are refused, and change nothing', async (_, headersFor) => {
    const product = await start()
    const ada = await join(product, 'Ada', 'admin')
    const answerId = await answered(product)
    const headers = {...headersFor(product), cookie: ada.cookie}

    for (const [method, path, body] of changes) {
      const {status} = await staffApi(product, method, path.replace('ID', answerId), body, headers)
      expect([method, path, status]).toEqual([method, path, 403])
    }
    const out = await staffApi(product, 'DELETE', '/session', undefined, headers)

    expect(out.status).toBe(403)
    expect(await statusOf(product, {cookie: ada.cookie})).toBe(200)
    expect(await statusOf(product, bearer(ada.token))).toBe(200)
    expect((await staffApi(product, 'GET', '/people')).body.people).toHaveLength(1)
    expect((await staffApi(product, 'GET', `/transcripts/${answerId}`)).body.review).toBeNull()
  })

  test('from a page of this server are accepted, and a token of a program needs no proof', async () => {
    const product = await start()
    const ada = await join(product, 'Ada', 'admin')
    const answerId = await answered(product)
    const review = (headers: Record<string, string>) =>
      staffApi(product, 'PUT', `/transcripts/${answerId}/review`, {verdict: 'good'}, headers)

    const byOrigin = await review({cookie: ada.cookie, origin: product.url})
    const bySite = await review({cookie: ada.cookie, 'sec-fetch-site': 'same-origin'})
    const byToken = await review(bearer(ada.token))

    expect([byOrigin.status, bySite.status, byToken.status]).toEqual([200, 200, 200])
    expect(byToken.body.review).toMatchObject({verdict: 'good', by: 'Ada'})
  })

  test('a review by a shared token names the token', async () => {
    const product = await start()
    const answerId = await answered(product)

    const {body} = await staffApi(
      product,
      'PUT',
      `/transcripts/${answerId}/review`,
      {verdict: 'wrong'},
      bearer(supportToken),
    )

    expect(body.review).toMatchObject({verdict: 'wrong', by: 'support (shared token)'})
  })
})

test('a cookie of an earlier version is signed in still, and one that was copied from an old folder, too', async () => {
  const dataDir = newFolder()
  const product = await start({dataDir})
  const {createHash, createHmac} = await import('node:crypto')
  const digest = (text: string) => createHash('sha256').update(text).digest()
  // As the versions before people signed them.
  const key = createHmac('sha256', 'docent console session')
    .update(Buffer.concat([adminToken, docsToken, supportToken].map(digest)))
    .digest()
  const payload = `support.${Date.now() + 60_000}.AAAAAAAAAAAAAAAAAAAAAA`
  const signature = createHmac('sha256', key).update(payload).digest('base64url')
  const cookie = `docent_staff=${payload}.${signature}`

  const before = await staffApi(product, 'GET', '/me', undefined, {cookie})
  await staffApi(product, 'DELETE', '/session', undefined, ownPage(product, cookie))

  expect(before.body).toMatchObject({role: 'support', name: 'support (shared token)'})
  expect(await statusOf(product, {cookie})).toBe(401)
})

test('a data folder of a version before people is taken over as it is', async () => {
  const old = newFolder()
  const first = await start({dataDir: old})
  const answerId = await answered(first)
  await first.close()
  const dataDir = newFolder()
  copyFileSync(joinPath(old, 'transcripts.sqlite'), joinPath(dataDir, 'transcripts.sqlite'))

  const product = await start({dataDir})
  const ada = await join(product, 'Ada', 'support')

  expect(
    (await staffApi(product, 'GET', `/transcripts/${answerId}`, undefined, bearer(ada.token))).status,
  ).toBe(200)
})

describe('who may call a route, each as everybody', () => {
  let product: TestDocent
  const headers = new Map<string, Record<string, string>>()

  beforeAll(async () => {
    product = await startDocent()
    headers.set('nobody', {})
    for (const [role, token] of Object.entries({admin: adminToken, docs: docsToken, support: supportToken})) {
      headers.set(`shared ${role}`, bearer(token))
    }
    for (const role of roles) {
      const person = await join(product, `Person ${role}`, role)
      headers.set(`person ${role}`, bearer(person.token))
      headers.set(`session ${role}`, ownPage(product, person.cookie))
    }
    const off = await join(product, 'Off', 'admin')
    await staffApi(product, 'POST', `/people/${off.id}/switch-off`)
    headers.set('switched off', ownPage(product, off.cookie))
    const invited = await staffApi(product, 'POST', '/people', {name: 'Invited', role: 'admin'})
    headers.set('not joined', ownPage(product, `docent_staff=person.${secretOf(invited)}`))
  })

  afterAll(() => product.close())

  const mayCall: Partial<Record<Caller, readonly Role[]>> = {
    staff: roles,
    support: ['admin', 'support'],
    docs: ['admin', 'docs'],
    admin: ['admin'],
  }
  test('what `GET /api/admin/me` says that a role may do is what the routes allow it', () => {
    // How much an export says is decided within its route.
    const examples: Readonly<Record<Exclude<Permission, 'export_unredacted'>, string>> = {
      read_transcripts: 'GET /api/admin/transcripts',
      review_transcripts: 'PUT /api/admin/transcripts/:answerId/review',
      export_transcripts: 'GET /api/admin/transcripts/export',
      hand_over: 'POST /api/admin/transcripts/:answerId/handover',
      delete_transcripts: 'DELETE /api/admin/transcripts/:answerId',
      read_figures: 'GET /api/admin/analytics',
      read_builds: 'GET /api/admin/builds',
      activate_builds: 'POST /api/admin/builds/:id/activate',
      reindex: 'POST /api/admin/reindex',
      propose_verified: 'POST /api/admin/verified',
      publish_verified: 'POST /api/admin/verified/:id/publish',
      read_golden: 'GET /api/admin/golden',
      add_golden: 'POST /api/admin/transcripts/:answerId/golden',
      delete_golden: 'DELETE /api/admin/golden/:id',
      read_gaps: 'GET /api/admin/gaps',
      change_gaps: 'PATCH /api/admin/gaps/:id',
      manage_people: 'POST /api/admin/people',
      read_audit: 'GET /api/admin/audit',
    }
    const rolesOf = (example: string) =>
      mayCall[routes.find(({method, path}) => `${method} ${path}` === example)!.caller]!

    for (const role of roles) {
      const allowed = Object.entries(examples).filter(([, example]) => rolesOf(example).includes(role))
      expect(allowed.map(([permission]) => permission)).toEqual(
        permissionsOf(role).filter((permission) => permission !== 'export_unredacted'),
      )
    }
  })

  const forStaff = routes.filter(({caller}) => mayCall[caller] !== undefined)

  test.each(forStaff)('$method $path: $caller', async ({method, path, caller}) => {
    const refused: Record<string, number> = {}
    for (const [who, sent] of headers) {
      // What changes somebody's sign-in is tried where it changes nothing.
      const address = `${product.url}${path.replace(/[:*]\w+/g, 'none-such')}`
      const isOwnToken = path === '/api/admin/me/token' && /^(?:person|session) /.test(who)
      if (isOwnToken) continue
      const response = await fetch(address, {method, headers: sent, redirect: 'manual'})
      await response.body?.cancel()
      if (response.status === 401 || response.status === 403) refused[who] = response.status
    }

    const allowed = mayCall[caller]!
    const expected = Object.fromEntries(
      [...headers.keys()].flatMap((who) => {
        const role = roles.find((name) => who.endsWith(` ${name}`))
        if (role === undefined) return [[who, 401]]
        const isSkipped = path === '/api/admin/me/token' && !who.startsWith('shared')
        return allowed.includes(role) || isSkipped ? [] : [[who, 403]]
      }),
    )
    expect(refused).toEqual(expected)
  })
})
