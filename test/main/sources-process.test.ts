import {type ChildProcess, spawn} from 'node:child_process'
import {createHmac} from 'node:crypto'
import {once} from 'node:events'
import {mkdirSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {afterEach, expect, test, vi} from 'vitest'
import {bytesBelow} from '../support/bytes-below.ts'
import {docent} from '../support/docent-command.ts'
import {gitHttpServer} from '../support/git-http-server.ts'
import {gitRepository, temporaryFolder} from '../support/git-repository.ts'

// Several starts of the product, on a machine that may be busy with others.
vi.setConfig({testTimeout: 240_000})

const token = 'canary-token-51c0de'
const webhookSecret = 'canary-webhook-secret'
const adminToken = 'canary-admin-token-1'
const running: ChildProcess[] = []

afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})

/** Starts a command of the product in a folder. `shown` is all that it printed. */
function started(
  command: 'serve' | 'ingest',
  args: readonly string[],
  cwd: string,
  env: Record<string, string>,
) {
  const child = spawn(process.execPath, [...docent(command), ...args], {
    cwd,
    env: {PATH: process.env['PATH'] ?? '', GIT_CONFIG_GLOBAL: '/dev/null', LOG_LEVEL: 'trace', ...env},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.push(child)
  let shown = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      shown += text
    })
  }
  return {child, shown: () => shown, exit: once(child, 'close').then(([code]) => code as number | null)}
}

/** A folder `guide` and a private repository, as two sources. */
async function twoSources() {
  const repository = gitRepository('api')
  repository.push({'docs/tickets.md': '# Tickets\n\nEvery ticket has a colour.\n'})
  const server = await gitHttpServer(dirname(repository.bare), {credentials: `x-access-token:${token}`})
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'guide'))
  writeFileSync(
    join(folder, 'guide', 'sign-in.md'),
    '# Sign in\n\nGuests have a badge. See [x](missing.md).\n',
  )
  const environment = {
    CONTENT_DIR: `guide=guide,api=${server.origin}/api.git#main:docs`,
    SITE_URL: 'api=https://api.example.com',
    GIT_TOKEN_API: token,
    WEBHOOK_SECRET: webhookSecret,
    ADMIN_TOKEN: adminToken,
    GENERATOR: 'extractive',
  }
  return {repository, folder, environment}
}

test('npm run ingest explains, checks and annotates several sources', async () => {
  const {folder, environment} = await twoSources()

  const explained = started('ingest', ['--explain'], folder, environment)
  expect(await explained.exit).toBe(0)
  const checked = started('ingest', ['--check'], folder, {...environment, GITHUB_ACTIONS: 'true'})
  expect(await checked.exit).toBe(0)
  const refused = started('ingest', ['--json'], folder, {...environment, GIT_TOKEN_API: 'canary-wrong'})
  expect(await refused.exit).toBe(0)

  expect(explained.shown()).toContain('Source api')
  expect(explained.shown()).toContain('https://api.example.com/tickets')
  expect(checked.shown()).toContain('guide/sign-in.md:3  the link to missing.md leads to a missing file')
  expect(checked.shown()).toContain('::warning file=guide/sign-in.md,line=3,title=broken-link::')
  expect(checked.shown()).toMatch(/source {4}api: http:\S+#main:docs at [0-9a-f]{12} \(plain\)/)
  expect(refused.shown()).toContain('it refuses the token')
  expect(explained.shown() + checked.shown() + refused.shown() + bytesBelow(folder)).not.toContain('canary')
})

async function reindex(url: string): Promise<number> {
  const headers = {authorization: `Bearer ${adminToken}`}
  return (await fetch(`${url}/api/admin/reindex`, {method: 'POST', headers})).status
}

test('a server fetches its sources, follows a push, and says which it cannot reach, without any secret', async () => {
  const {repository, folder, environment} = await twoSources()
  const serve = started('serve', [], folder, {...environment, PORT: '0', CONTENT_POLL_MINUTES: '60'})
  await expect
    .poll(() => /Docent is ready: (\S+?)\/\n/.exec(serve.shown())?.[1], {timeout: 120_000})
    .toBeDefined()
  const url = /Docent is ready: (\S+?)\/\n/.exec(serve.shown())![1]!
  const textOf = async (path: string) => (await fetch(url + path)).text()
  expect(await textOf('/docs/api/tickets')).toContain('has a colour')

  repository.push({'docs/tickets.md': '# Tickets\n\nEvery ticket has a hologram.\n'})
  const body = JSON.stringify({ref: 'refs/heads/main', repository: {default_branch: 'main'}})
  const pushed = await fetch(`${url}/api/admin/reindex`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'push',
      'x-hub-signature-256': `sha256=${createHmac('sha256', webhookSecret).update(body).digest('hex')}`,
    },
  })
  expect(pushed.status).toBe(202)
  await expect.poll(() => textOf('/docs/api/tickets'), {timeout: 60_000, interval: 250}).toContain('hologram')

  repository.git('push', '--quiet', 'origin', 'main:other')
  repository.git('--git-dir', repository.bare, 'symbolic-ref', 'HEAD', 'refs/heads/other')
  repository.git('push', '--quiet', 'origin', '--delete', 'main')
  // The job of the push may still be ending: its page is served before it is done.
  await expect.poll(() => reindex(url), {timeout: 60_000, interval: 250}).toBe(202)
  await expect
    .poll(() => textOf('/readyz'), {timeout: 60_000, interval: 250})
    .toContain('there is no branch or tag main')
  expect(await textOf('/docs/api/tickets')).toContain('hologram')
  expect(serve.shown()).toContain('a source of the docs is not up to date')
  serve.child.kill('SIGTERM')

  expect(await serve.exit).toBe(0)
  expect(serve.shown() + bytesBelow(folder)).not.toContain('canary')
})
