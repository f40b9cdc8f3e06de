import {once} from 'node:events'
import {mkdtempSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {connect} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, describe, expect, test} from 'vitest'
import {openEndedSessions} from '../../src/http/staff/ended-sessions.ts'
import {createGuesses} from '../../src/http/staff/guesses.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {
  adminToken,
  type DocentOptions,
  startDocent,
  supportToken,
  type TestDocent,
} from '../support/start-docent.ts'

const cleanups: (() => unknown)[] = []
const startWith = closedAfterEach(startDocent)
const start = (settings: DocentOptions['settings'] = {}) => startWith({settings})

afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

type Guess = (guess: string) => {
  readonly method: string
  readonly path: string
  readonly head?: string
  readonly body?: string
}

/** Sends guesses over parallel connections, several pipelined on each, and returns all statuses. */
async function pipelined(
  product: TestDocent,
  guess: Guess,
  {connections = 40, each = 5} = {},
): Promise<string[]> {
  const answers = await Promise.all(
    Array.from({length: connections}, async (_, connection) => {
      const requests = Array.from({length: each}, (_, index) => {
        const {method, path, head = '', body = ''} = guess(`wrong-token-${connection}-${index}`)
        const close = index === each - 1 ? 'connection: close\r\n' : ''
        return `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${head}${close}content-length: ${body.length}\r\n\r\n${body}`
      })
      const socket = connect(product.port, '127.0.0.1', () => socket.write(requests.join('')))
      let text = ''
      // A server that takes no more may reset the connection; 'close' follows.
      socket.on('error', () => {})
      socket.setEncoding('latin1').on('data', (piece) => {
        text += piece
      })
      await once(socket, 'close')
      return [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status!)
    }),
  )
  return answers.flat()
}

const guesses: Readonly<Record<string, readonly [refused: string, guess: Guess]>> = {
  'a bearer token': [
    '401',
    (guess) => ({method: 'GET', path: '/api/admin/transcripts', head: `authorization: Bearer ${guess}\r\n`}),
  ],
  'the API’s sign-in': [
    '401',
    (guess) => ({
      method: 'POST',
      path: '/api/admin/session',
      head: 'content-type: application/json\r\n',
      body: JSON.stringify({token: guess}),
    }),
  ],
  'a link': ['303', (guess) => ({method: 'GET', path: `/console?token=${guess}`})],
  'the metrics': [
    '401',
    (guess) => ({method: 'GET', path: '/metrics', head: `authorization: Bearer ${guess}\r\n`}),
  ],
}

describe('ten guesses are ten', () => {
  test.each(Object.entries(guesses))(
    'by %s, however many are sent at once',
    async (_name, [refused, guess]) => {
      const product = await start({metricsToken: 'metrics-token-for-tests'})

      const statuses = await pipelined(product, guess)

      expect(statuses.filter((status) => status === refused)).toHaveLength(10)
      expect(statuses.filter((status) => status === '429')).toHaveLength(190)
    },
  )

  test.each(Object.entries(guesses))('by %s, in one write as well', async (_name, [refused, guess]) => {
    const product = await start({metricsToken: 'metrics-token-for-tests'})

    // How many of them are answered at all is another limit's matter.
    const statuses = await pipelined(product, guess, {connections: 1, each: 400})

    expect(statuses.filter((status) => status === refused).length).toBeLessThanOrEqual(10)
    expect(statuses.filter((status) => status !== refused && status !== '429')).toEqual([])
  })

  test('and are counted together; the right token, a link and a session are always accepted', async () => {
    const product = await start({metricsToken: 'metrics-token-for-tests'})
    const signIn = () =>
      fetch(`${product.url}/api/admin/session`, {
        method: 'POST',
        headers: {'content-type': 'application/json'},
        body: JSON.stringify({token: supportToken}),
      })
    const cookie = (await signIn()).headers.get('set-cookie')!.split(';')[0]!
    const link = product.http.staff.issueOneTimeToken()
    for (const [, guess] of Object.values(guesses)) await pipelined(product, guess, {connections: 1, each: 5})

    const wrong = await fetch(`${product.url}/metrics`, {headers: {authorization: 'Bearer wrong'}})
    const right = await Promise.all([
      fetch(`${product.url}/api/admin/transcripts`, {headers: {authorization: `Bearer ${adminToken}`}}),
      fetch(`${product.url}/api/admin/transcripts`, {headers: {cookie}}),
      fetch(`${product.url}/metrics`, {headers: {authorization: 'Bearer metrics-token-for-tests'}}),
      signIn(),
    ])
    const byLink = await fetch(`${product.url}/console?token=${link}`, {redirect: 'manual'})

    expect(wrong.status).toBe(429)
    expect(right.map(({status}) => status)).toEqual([200, 200, 200, 200])
    expect(byLink.headers.get('set-cookie')).toContain('docent_staff=')
  })

  test('a limited number of addresses is remembered, for 15 minutes', () => {
    let now = 0
    const counted = createGuesses(() => now)
    const guess = (visitor: string) => () => counted.countWrong(visitor)
    for (let i = 0; i < 10; i++) guess('a')()

    expect(guess('a')).toThrow('Too many wrong tokens')
    expect(guess('b')).not.toThrow()
    now = 15 * 60 * 1000
    expect(guess('a')).not.toThrow()
  })
})

describe('the link of a console', () => {
  test('accepts no permanent token: it would appear in logs', async () => {
    const product = await start()

    const response = await fetch(`${product.url}/console?token=${adminToken}`, {redirect: 'manual'})

    expect(response.headers.get('location')).toBe('/console?failed=link')
    expect(response.headers.get('set-cookie')).toBeNull()
  })

  test('is not used up by a link preview', async () => {
    const product = await start()
    const link = `${product.url}/console?token=${product.http.staff.issueOneTimeToken()}`

    const head = await fetch(link, {method: 'HEAD', redirect: 'manual'})
    const get = await fetch(link, {redirect: 'manual'})

    expect(head.headers.get('set-cookie')).toBeNull()
    expect(get.headers.get('set-cookie')).toContain('docent_staff=')
  })
})

describe('signing out', () => {
  function dataFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'docent-staff-'))
    cleanups.push(() => rmSync(folder, {recursive: true, force: true}))
    return folder
  }

  async function signedIn(product: TestDocent): Promise<string> {
    const response = await fetch(`${product.url}/api/admin/session`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify({token: supportToken}),
    })
    return response.headers.get('set-cookie')!.split(';')[0]!
  }

  /** Headers of a request of the console. */
  const ownPage = ({url}: TestDocent, cookie: string) => ({cookie, origin: url})

  const statusWith = async (product: TestDocent, cookie: string) =>
    (await fetch(`${product.url}/api/admin/transcripts`, {headers: {cookie}})).status

  test('ends the session on the server, and no other', async () => {
    const product = await start()
    const [mine, other] = [await signedIn(product), await signedIn(product)]

    await fetch(`${product.url}/api/admin/session`, {method: 'DELETE', headers: ownPage(product, mine)})

    expect(await statusWith(product, mine)).toBe(401)
    expect(await statusWith(product, other)).toBe(200)
  })

  test('is in effect after a restart, and other sessions continue', async () => {
    const dataDir = dataFolder()
    const first = await start({dataDir})
    const [mine, other] = [await signedIn(first), await signedIn(first)]
    await fetch(`${first.url}/api/admin/session`, {method: 'DELETE', headers: ownPage(first, mine)})
    await first.close()

    const second = await start({dataDir})

    expect(await statusWith(second, mine)).toBe(401)
    expect(await statusWith(second, other)).toBe(200)
    expect(statSync(join(dataDir, 'ended-sessions.json')).mode & 0o777).toBe(0o600)
  })

  test('is in effect even if it cannot be stored', async () => {
    const product = await start({dataDir: join(dataFolder(), 'none')})
    const cookie = await signedIn(product)

    const out = await fetch(`${product.url}/api/admin/session`, {
      method: 'DELETE',
      headers: ownPage(product, cookie),
    })

    expect(out.status).toBe(204)
    expect(await statusWith(product, cookie)).toBe(401)
  })

  test('a damaged list ends all earlier sessions', async () => {
    const dataDir = dataFolder()
    const first = await start({dataDir})
    const cookie = await signedIn(first)
    await first.close()
    writeFileSync(join(dataDir, 'ended-sessions.json'), '{"before": 1, "en')

    expect(await statusWith(await start({dataDir}), cookie)).toBe(401)
  })

  test('is remembered in limited memory, for as long as the session could last', async () => {
    let now = 1000
    const ended = openEndedSessions({file: null, sessionMs: 100, onProblem() {}, now: () => now})
    for (let i = 0; i < 1000; i++) await ended.add(`s${i}`, 1100)
    now = 1050
    const openBefore = await ended.has('open', 1140)
    await ended.add('one more', 1140)

    expect(openBefore).toBe(false)
    const haveEnded = ['s0', 's999', 'one more', 'open'].map((id) => ended.has(id, 1100))
    expect(await Promise.all(haveEnded)).toEqual([true, true, true, true])
    expect(await ended.has('younger', 1151)).toBe(false)
  })
})
