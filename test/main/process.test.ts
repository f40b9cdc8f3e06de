import {type ChildProcess, execFile, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs'
import {copyFile, mkdir, mkdtemp, rm} from 'node:fs/promises'
import type {AddressInfo} from 'node:net'
import {createServer} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {afterAll, afterEach, beforeAll, describe, expect, test, vi} from 'vitest'
import {packageRoot} from '../../src/package/index.ts'
import {docent} from '../support/docent-command.ts'
import {allEventsOf, eventsOf, type ReadEvent, seqOf, textOf} from '../support/event-reader.ts'
import {
  blockStop,
  type FakeClaude,
  type FakeStep,
  messageDelta,
  messageStart,
  messageStop,
  startFakeClaude,
  textDelta,
  textStart,
} from '../support/fake-claude.ts'
import {freePort} from '../support/free-port.ts'
import {hasNginx, startNginx} from '../support/nginx.ts'
import {writeSampleContent} from '../support/sample-content.ts'
import {launchServe, type ReadyProcess, type ServeProcess, untilReady} from '../support/serve-process.ts'
import {bearer, ownPage, secretOf, staffApi} from '../support/staff-people.ts'

// Several starts of the whole product in a test, on a machine that may be busy with others.
vi.setConfig({testTimeout: 180_000})

/** The process itself: what `npm start` runs, killed and stopped for real. */

const adminToken = 'admin-token-for-tests'
let folder: string
let upstream: FakeClaude
const running = new Set<ChildProcess>()

function launch(extra: Record<string, string>): ServeProcess {
  const launched = launchServe(folder, {
    PORT: '0',
    CONTENT_DIR: join(folder, 'content'),
    DATA_DIR: join(folder, 'data'),
    ADMIN_TOKEN: adminToken,
    ANTHROPIC_API_KEY: 'sk-canary-key',
    ANTHROPIC_BASE_URL: upstream.url,
    ...extra,
  })
  running.add(launched.child)
  launched.child.once('exit', () => running.delete(launched.child))
  return launched
}

const start = (extra: Record<string, string> = {}): Promise<ReadyProcess> => untilReady(launch(extra))

async function ends(
  extra: Record<string, string>,
): Promise<{code: number | null; stderr: string; stdout: string}> {
  const {child, stdout, stderr} = launch(extra)
  const [code] = await once(child, 'close')
  return {code, stderr: stderr(), stdout: stdout()}
}

const holdAfter = (...texts: readonly string[]): FakeStep[] => [
  ...[messageStart(), textStart(), ...texts.map((text) => textDelta(text))].map(
    (event): FakeStep => [0, {event}],
  ),
  [0, 'stall'],
]

const ask = (url: string) =>
  fetch(`${url}/api/answers`, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify({question: 'How do I change the port?'}),
  })

const transcript = async (url: string, answerId: unknown) =>
  (await (
    await fetch(`${url}/api/admin/transcripts/${answerId}`, {
      headers: {authorization: `Bearer ${adminToken}`},
    })
  ).json()) as Record<string, unknown>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docent-process-'))
  await writeSampleContent(join(folder, 'content'))
  upstream = await startFakeClaude()
})

afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
})

afterAll(async () => {
  await upstream.close()
  await rm(folder, {recursive: true, force: true})
})

test('[killed server] people, their sessions and the audit log outlive a server that is killed, also without shared tokens', async () => {
  const noTokens = {ADMIN_TOKEN: ''}
  const first = await start(noTokens)
  const invite = promisify(execFile)(
    process.execPath,
    [...docent('staff'), 'invite', 'Zoë', '--role', 'admin', '--data', join(folder, 'data')],
    {cwd: folder},
  )
  const token = /invitation=(\S+)/.exec((await invite).stdout)![1]!
  const joined = await staffApi(first, 'POST', '/invitations', {token}, {})
  const session = {cookie: joined.cookie}
  const invited = await staffApi(
    first,
    'POST',
    '/people',
    {name: 'Bo', role: 'docs'},
    ownPage(first, joined.cookie),
  )
  first.child.kill('SIGKILL')
  await first.exited

  const second = await start(noTokens)
  const me = await staffApi(second, 'GET', '/me', undefined, session)
  const bo = await staffApi(second, 'POST', '/invitations', {token: secretOf(invited)}, {})
  const audit = await staffApi(second, 'GET', '/audit', undefined, bearer(joined.body.token))
  second.child.kill('SIGTERM')

  expect(me.body).toMatchObject({name: 'Zoë', role: 'admin'})
  expect(bo.body.person).toMatchObject({name: 'Bo', role: 'docs'})
  expect(audit.body.items.map(({what, name}: {what: string; name: string}) => `${what} ${name}`)).toEqual([
    'invitation_taken_up Bo',
    'person_invited Zoë',
    'invitation_taken_up Zoë',
    expect.stringMatching(/^person_invited \S+ \(command\)$/),
  ])
  expect(await second.exited).toBe(0)
})

describe('a server killed while it answers', () => {
  test('[resume after a restart] [killed server] starts again with its index, and the answer is interrupted with all that was logged', async () => {
    const first = await start()
    upstream.next(holdAfter('One.', ' Two.'))
    const seen: ReadEvent[] = []
    // Read by hand: leaving a loop would hang up, and the answer would be disconnected.
    const events = eventsOf(await ask(first.url))
    while (textOf(seen) !== 'One. Two.') seen.push((await events.next()).value as ReadEvent)
    const answerId = seen[0]!.data['answerId']
    const build = seen[0]!.data['build']
    // Reading a transcript writes what is gathered: from here on it is on disk.
    expect((await transcript(first.url, answerId))['text']).toBe('One. Two.')
    first.child.kill('SIGKILL')
    await first.exited

    const second = await start()
    const ready = (await (await fetch(`${second.url}/readyz`)).json()) as {build: string}
    const rest = await allEventsOf(
      await fetch(`${second.url}/api/answers/${answerId}/events`, {headers: {'last-event-id': seen[2]!.id!}}),
    )
    const logged = await transcript(second.url, answerId)

    expect(ready.build).toBe(build)
    expect(logged).toMatchObject({text: 'One. Two.', ending: 'interrupted'})
    expect(rest.map(seqOf)[0]).toBe(seqOf(seen[2]!) + 1)
    expect(rest.filter(({type}) => type === 'error' || type === 'done')).toHaveLength(1)
    expect(first.stderr() + second.stderr()).not.toContain('sk-canary-key')
    second.child.kill('SIGTERM')
    expect(await second.exited).toBe(0)
  })
})

describe('a server told to stop', () => {
  test('[stopped server] tells its readers, logs the ending, and ends with 0', async () => {
    const {child, url, exited} = await start({SHUTDOWN_GRACE_MS: '0'})
    upstream.next(holdAfter('One.'))
    const seen: ReadEvent[] = []
    for await (const event of eventsOf(await ask(url))) {
      seen.push(event)
      if (event.type === 'delta') child.kill('SIGTERM')
    }
    const code = await exited
    const again = await start()

    expect(seen.at(-1)).toMatchObject({type: 'error', data: {ending: 'interrupted', code: 'shutting_down'}})
    expect(code).toBe(0)
    expect(await transcript(again.url, seen[0]!.data['answerId'])).toMatchObject({
      ending: 'interrupted',
      text: 'One.',
    })
  })

  test('[stopped server] twice, ends at once', async () => {
    const {child, url, exited, stderr} = await start({SHUTDOWN_GRACE_MS: '600000'})
    upstream.next(holdAfter('One.'))
    const events = eventsOf(await ask(url))
    await events.next()

    child.kill('SIGTERM')
    await expect.poll(stderr).toContain('"msg":"stopping"')
    child.kill('SIGTERM')

    expect(await exited).toBe(1)
  })
})

test('a server whose ready lines nobody takes any more goes on', async () => {
  const port = await freePort()
  const {child, stderr} = launch({PORT: String(port)})
  child.stdout!.destroy()

  const status = () =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      (response) => response.status,
      () => null,
    )
  await expect.poll(status, {timeout: 90_000}).toBe(200)
  // All of its lines have been written by now, into nothing.
  await new Promise((resolve) => setTimeout(resolve, 500))

  expect(await status()).toBe(200)
  expect([child.exitCode, stderr()]).toEqual([null, expect.not.stringContaining('EPIPE')])
})

describe('a server behind a proxy', () => {
  test('that is not trusted says at the start what that costs, and once in the log when such requests come', async () => {
    const {url, stdout, stderr} = await start()
    for (let i = 0; i < 3; i++) {
      await (await fetch(`${url}/healthz`, {headers: {'x-forwarded-for': `192.0.2.${i}`}})).text()
    }

    await expect.poll(() => stdout()).toMatch(/Behind a proxy set TRUST_PROXY, or all visitors share/)
    await expect.poll(() => stderr().match(/TRUST_PROXY is not set/g)).toHaveLength(1)
  })

  test('that is trusted has nothing to say about it', async () => {
    const {url, stdout, stderr} = await start({TRUST_PROXY: '1'})
    await (await fetch(`${url}/healthz`, {headers: {'x-forwarded-for': '192.0.2.1'}})).text()

    expect(stdout() + stderr()).not.toContain('TRUST_PROXY')
  })
})

test('the data folder of a clone is ingested into at the first start, and its README names all that comes to stand there', async () => {
  const data = join(folder, 'data-of-a-clone')
  const readme = join(data, 'README.md')
  await mkdir(data, {mode: 0o755})
  await copyFile(join(packageRoot, 'data/README.md'), readme)
  const text = readFileSync(readme, 'utf8')

  const {child, url, exited, stdout} = await start({DATA_DIR: data, GENERATOR: 'extractive'})
  const events = await allEventsOf(await ask(url))
  // Reading a transcript writes what is gathered.
  await transcript(url, events[0]!.data['answerId'])
  const found = readdirSync(data).filter((name) => name !== 'README.md')
  const builds = readdirSync(join(data, 'builds'))
  const names = [...found, ...readdirSync(join(data, 'builds', builds[0]!))]
  child.kill('SIGTERM')
  await exited

  expect(stdout()).toMatch(/^Indexed \d+ pages/m)
  expect(events.at(-1)).toMatchObject({type: 'done'})
  expect(found).toEqual(expect.arrayContaining(['CURRENT', 'builds', 'secret', 'transcripts.sqlite']))
  expect(builds).toHaveLength(1)
  expect(names.filter((name) => !text.includes(`\`${name}\``) && !text.includes(`\`${name}/`))).toEqual([])
  expect(readFileSync(readme, 'utf8')).toBe(text)
  expect(statSync(data).mode & 0o777).toBe(0o700)
})

test.each([
  ['full', [0o600]],
  ['off', []],
])('with TRANSCRIPTS=%s the secret lies in the data folder as it must', async (transcripts, modes) => {
  const data = join(folder, `data-${transcripts}`)
  await start({TRANSCRIPTS: transcripts, DATA_DIR: data})

  const secrets = readdirSync(data).filter((name) => name.startsWith('secret'))

  expect(secrets.map((name) => statSync(join(data, name)).mode & 0o777)).toEqual(modes)
})

describe('a start that cannot be', () => {
  test('[bad settings] lists every problem of the settings at once and ends with 2', async () => {
    const {code, stderr, stdout} = await ends({PORT: 'http', HEARTBEAT_MS: '-1', ANTROPIC_API_KEY: 'x'})

    expect(code).toBe(2)
    for (const name of ['PORT', 'HEARTBEAT_MS', 'ANTROPIC_API_KEY']) expect(stderr).toContain(name)
    expect(stdout).toBe('')
  })

  const badSettings = {
    PORT: 'abc',
    TRUST_PROXY: 'true',
    IMAGE_HOSTS: 'a.b; script-src *',
    ALLOWED_ORIGINS: 'https://*.example.com, https://a.com/',
    HOST: 'http://0.0.0.0',
  }
  const listed = [
    'PORT: "abc" must be a whole number',
    'TRUST_PROXY: "true" has true, which is not a proxy',
    'IMAGE_HOSTS: "a.b; script-src *" has a.b;, which is not only a host',
    'has https://*.example.com, which matches no origin',
    'has https://a.com/, but browsers send https://a.com',
    'HOST: "http://0.0.0.0" must be an address',
  ]

  test('lists what could only fail later as well, in sentences, before anything is opened', async () => {
    const data = join(folder, 'never-made')

    const {code, stderr, stdout} = await ends({...badSettings, DATA_DIR: data})

    expect(code).toBe(2)
    for (const problem of listed) expect(stderr).toContain(problem)
    expect(stderr).not.toMatch(/\n\s+at /)
    expect(stdout).toBe('')
    expect(existsSync(data)).toBe(false)
  })

  test.each([
    ['ingest', []],
    ['ask', ['How?']],
    ['transcripts', ['list']],
  ] as const)('the command %s ends with the same list', async (name, args) => {
    const data = join(folder, 'never-made')

    const {status, stderr} = spawnSync(process.execPath, [...docent(name), ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: {PATH: process.env['PATH'] ?? '', ...badSettings, DATA_DIR: data},
    })

    expect(status).toBe(2)
    for (const problem of listed) expect(stderr).toContain(problem)
    expect(stderr).not.toMatch(/\n\s+at /)
    expect(existsSync(data)).toBe(false)
  })

  test('without an index and a folder to make one of says so before anything is opened', async () => {
    const data = join(folder, 'never-made')

    const {code, stderr, stdout} = await ends({CONTENT_DIR: '/no/such/folder', DATA_DIR: data})

    expect(code).toBe(2)
    expect(stderr).toMatch(/^CONTENT_DIR: "\/no\/such\/folder" is not a folder, [^\n]+\n$/)
    expect(stdout).toBe('')
    expect(existsSync(data)).toBe(false)
  })

  test('[port in use] says which port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const {port} = other.address() as AddressInfo

    const {code, stderr} = await ends({PORT: String(port)})
    other.close()

    expect(code).toBe(1)
    expect(stderr).toContain(`Port ${port} is in use`)
  })
})

describe('one answer in the terminal', () => {
  const askThere = (url: string, ...args: readonly string[]) =>
    new Promise<{code: number | null; stdout: string}>((resolve) => {
      execFile(
        process.execPath,
        [...docent('ask'), 'How do I change the port?', '--server', url, ...args],
        {cwd: folder},
        (error, stdout) => resolve({code: typeof error?.code === 'number' ? error.code : 0, stdout}),
      )
    })
  const finished = (reason: string): FakeStep[] =>
    [messageStart(), textStart(), textDelta('Half'), blockStop(), messageDelta(reason), messageStop()].map(
      (event): FakeStep => [0, {event}],
    )

  test.each([
    ['refusal', '(the model declined: the answer is not complete)'],
    ['max_tokens', '(reached its length limit: the answer is not complete)'],
  ])('that ended with %s says so, and is partial in JSON', async (reason, words) => {
    const model = await startFakeClaude({reply: () => finished(reason)})
    const {url} = await start({ANTHROPIC_BASE_URL: model.url})
    const told = await askThere(url)
    const json = await askThere(url, '--json')
    await model.close()

    expect(told).toMatchObject({code: 0, stdout: expect.stringContaining(words)})
    expect(JSON.parse(json.stdout)).toMatchObject({ending: 'complete', finishReason: reason, partial: true})
  })
})

describe.skipIf(!hasNginx)(
  'behind nginx with its default buffering (skipped where nginx is not installed)',
  () => {
    test('[buffering proxy] events arrive while the answer is still being written', async () => {
      const {url} = await start()
      const {child: nginx, url: proxied} = await startNginx({
        folder: join(folder, 'nginx'),
        servers: [url],
      })
      running.add(nginx)
      upstream.next(holdAfter('One.', ' Two.'))

      // The upstream says no more after two deltas: a proxy that gathers would give nothing.
      const seen: ReadEvent[] = []
      for await (const event of eventsOf(await ask(proxied))) {
        seen.push(event)
        if (textOf(seen) === 'One. Two.') break
      }
      const request = upstream.requests.at(-1)!
      await request.closed

      expect(seen.map(({type}) => type).slice(0, 2)).toEqual(['start', 'sources'])
      // The reader's leaving went through the proxy to the model.
      expect(request.aborted).toBe(true)
    })
  },
)
