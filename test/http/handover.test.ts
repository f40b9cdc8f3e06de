import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test, vi} from 'vitest'
import {transcriptsCommand} from '../../src/cli/transcripts/transcripts-command.ts'
import type {AnswerEvent} from '../../src/domain/index.ts'
import {type Log, silentLog} from '../../src/http/log.ts'
import {noise} from '../redaction/shapes.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {deltasOf, done, sampleSources, sourcesEvent} from '../support/sample-answer.ts'
import {type Step, scriptPlayer} from '../support/script-player.ts'
import {bearer, join as joinStaff, staffApi} from '../support/staff-people.ts'
import {
  type DocentOptions,
  docsToken,
  startDocent,
  supportToken,
  type TestDocent,
} from '../support/start-docent.ts'

/** Links that show one conversation to somebody without an account. */

const support = bearer(supportToken)
const password = `Zt5${noise(9)}`
const mail = 'jane.roe@acme-mail.example'

const text = `Set **PORT** \u202efor ${mail}. The password is ${password}.

<div onclick="x()">kept words</div>

[stranger](https://stranger.example/a) and [own](/docs/settings)`

const scripts: Readonly<Record<string, () => readonly AnswerEvent[]>> = {
  secret: () => [
    {...sourcesEvent(sampleSources.slice(0, 2)), linkHosts: []},
    ...deltasOf(text, [['**PORT**', 2]]),
    done('complete'),
  ],
  broken: () => [
    sourcesEvent(),
    ...deltasOf('It begins, and then'),
    {type: 'error', ending: 'error', code: 'upstream_cut', message: 'Cut.', retryable: true},
  ],
  unknown: () => [
    done('abstained', {reason: 'low_score', nearest: [{title: 'Nearest page', url: '/docs/nearest'}]}),
  ],
}

const started = closedAfterEach(async (options: DocentOptions = {}) => {
  const player = scriptPlayer({
    script: (question) =>
      (scripts[question.split(' ')[0]!] ?? scripts['secret']!)().map((send): Step => ({send})),
    name: 'extractive',
    canSearch: false,
    cut: async () => {},
  })
  return startDocent({generator: player.generator, retriever: player.retriever, ...options})
})

async function ask(docent: TestDocent, question: string, conversationId?: string) {
  const reading = await docent.read({question, ...(conversationId === undefined ? {} : {conversationId})})
  const start = (await reading.all()).find(({type}) => type === 'start')!.data
  return {
    answerId: String(start['answerId']),
    conversationId: String(start['conversationId'] ?? conversationId),
  }
}

const handOver = (docent: TestDocent, answerId: string, body: object = {}, headers: object = support) =>
  staffApi(docent, 'POST', `/transcripts/${answerId}/handover`, body, headers as Record<string, string>)

describe('a hand-over link', () => {
  test('shows the conversation up to then, redacted for everybody, until it is withdrawn', async () => {
    const lines: string[] = []
    const write = (facts: object, message: string) => void lines.push(JSON.stringify(facts) + message)
    const log: Log = {...silentLog, debug: write, info: write, warn: write, error: write}
    const docent = await started({log, settings: {transcriptsRedact: []}})
    const first = await ask(docent, `secret ports of ${mail}?`)
    const second = await ask(docent, 'broken <script>alert(1)</script>?', first.conversationId)
    await ask(docent, 'unknown \u202ethings?', first.conversationId)

    const made = await handOver(
      docent,
      second.answerId,
      {days: 3, note: `ticket 7 of ${mail}`},
      {
        authorization: 'Bearer admin-token-for-tests',
      },
    )
    await ask(docent, 'secret of a later day?', first.conversationId)
    const response = await fetch(made.body.url)
    const page = await response.text()

    expect(made).toMatchObject({status: 201, body: {expiresAt: expect.any(Number)}})
    expect(made.body.expiresAt - Date.now()).toBeGreaterThan(2.9 * 24 * 3_600_000)
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; style-src 'self'; (?!.*script-src)/,
      ),
    })
    // In order, as it was shown, with how each ended.
    const order = [
      'secret ports of [email]?',
      '<strong>PORT</strong>',
      'broken &lt;script&gt;',
      'unknown <span class="control">U+202E</span>things?',
      'Nearest page',
    ]
    expect(order.map((part) => page.indexOf(part)).filter((at) => at < 0)).toEqual([])
    expect(order.map((part) => page.indexOf(part))).toEqual(
      order.map((part) => page.indexOf(part)).sort((a, b) => a - b),
    )
    expect(page).toContain('href="#source-1-2" class="cite">[2]</a>')
    expect(page).toContain('id="source-1-2"')
    expect(page).toContain('The connection to the language model broke off.')
    expect(page).toContain('kept words')
    expect(page).toContain('stranger (stranger.example)')
    expect(page).toContain('href="/docs/settings"')
    const canaries = [
      mail,
      password,
      'href="https://stranger',
      'onclick',
      '<script',
      'of a later day',
      first.answerId,
      second.answerId,
      first.conversationId,
      'ticket 7',
      '\u202e',
    ]
    for (const canary of canaries) expect(page).not.toContain(canary)

    const key = made.body.url.split('/').at(-1) as string
    expect(key.length).toBeGreaterThanOrEqual(32)
    expect((await fetch(made.body.url, {method: 'HEAD'})).status).toBe(200)
    const list = await staffApi(docent, 'GET', '/handovers', undefined, support)
    expect(list.body.items).toMatchObject([
      {
        ...{id: made.body.id, madeBy: 'admin (shared token)', note: 'ticket 7 of [email]', openings: 1},
        ...{openedAt: expect.any(Number), isOpen: true, mayWithdraw: false, withdrawnAt: null},
        question: 'broken <script>alert(1)</script>?',
      },
    ])
    expect((await staffApi(docent, 'DELETE', `/handovers/${made.body.id}`, undefined, support)).status).toBe(
      403,
    )
    expect((await staffApi(docent, 'DELETE', `/handovers/${made.body.id}`)).status).toBe(204)
    const gone = await fetch(made.body.url)
    expect(gone.status).toBe(410)
    expect(await gone.text()).not.toContain('secret')
    expect((await staffApi(docent, 'DELETE', `/handovers/${made.body.id}`)).status).toBe(404)
    const audit = await staffApi(docent, 'GET', '/audit')
    const {ref} = await docent.transcript(second.answerId)
    expect(audit.body.items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({what: 'handover_made', which: ref, details: {days: 3}}),
        expect.objectContaining({what: 'handover_withdrawn', which: ref}),
      ]),
    )

    // The key is nowhere but in the address.
    await docent.transcripts.flush()
    for (const name of readdirSync(docent.dataDir, {recursive: true, withFileTypes: true}))
      if (name.isFile())
        expect(readFileSync(join(name.parentPath, name.name)).includes(key), name.name).toBe(false)
    expect(JSON.stringify(list.body) + lines.join('\n')).not.toContain(key)
    expect(lines.join('\n')).toContain('/handover/')
  })

  test('ends with its days and with its transcript, and nobody finds one by guessing', async () => {
    const docent = await started()
    const {answerId, conversationId} = await ask(docent, 'secret?')
    const short = await handOver(docent, answerId, {days: 1})
    const long = await handOver(docent, answerId, {days: 90})
    const later = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 25 * 3_600_000)
    const [ended, open] = await Promise.all([fetch(short.body.url), fetch(long.body.url)])
    later.mockRestore()
    expect([ended.status, open.status]).toEqual([410, 200])

    await fetch(`${docent.url}/api/conversations/${conversationId}`, {method: 'DELETE'})
    const deleted = await fetch(long.body.url)
    expect([deleted.status, await deleted.text()]).toEqual([410, expect.not.stringContaining('PORT')])
    const list = await staffApi(docent, 'GET', '/handovers', undefined, support)
    const gone = {question: null, isOpen: false, withdrawnAt: null}
    expect(list.body.items).toMatchObject([gone, gone])

    const guesses = []
    for (let n = 0; n < 12; n++) guesses.push((await fetch(`${docent.url}/handover/${noise(32)}`)).status)
    expect(guesses.slice(0, 10)).toEqual(Array.from({length: 10}, () => 404))
    expect(guesses.slice(10)).toEqual([429, 429])
    // Guesses count for nobody who has a link, and for no staff.
    expect((await fetch(long.body.url)).status).toBe(410)
    expect((await staffApi(docent, 'GET', '/me', undefined, bearer('a-wrong-token'))).status).toBe(401)
  })

  test('is made, listed and withdrawn in a terminal, beside the server', async () => {
    const docent = await started()
    const {answerId} = await ask(docent, 'secret?')
    await docent.transcripts.flush()
    const run = async (...args: string[]) => {
      let printed = ''
      const code = await transcriptsCommand(args, {
        dataDir: () => docent.dataDir,
        serverUrl: () => docent.url,
        print: async (text) => {
          printed += text
        },
        warn: () => {},
        view: {columns: 200, hasColors: false},
      })
      return {code, printed}
    }
    const made = await run('handover', answerId, '--days', '2', '--note', 'ticket 9')
    expect((await fetch(made.printed.trim())).status).toBe(200)
    const {printed} = await run('handovers')
    expect(printed).toMatch(/opened 1 times .* \(command\) {2}ticket 9\n$/)
    expect((await run('withdraw', printed.split(' ')[0]!)).code).toBe(0)
    expect((await fetch(made.printed.trim())).status).toBe(410)
    expect((await run('handover', answerId, '--days', '91')).code).toBe(2)
  })

  test('is made by support, of an answer that has ended and whose words are kept', async () => {
    const docent = await started()
    const {answerId} = await ask(docent, 'secret?')
    const maker = await joinStaff(docent, 'Ada', 'support')
    const made = await handOver(docent, answerId, {}, bearer(maker.token))
    const wrong = [
      await handOver(docent, answerId, {}, bearer(docsToken)),
      await handOver(docent, 'nothing', {}),
      await handOver(docent, answerId, {days: 91}),
      await handOver(docent, answerId, {days: 0}),
      await staffApi(docent, 'GET', '/handovers', undefined, bearer(docsToken)),
      await staffApi(docent, 'GET', '/handovers?cursor=x', undefined, support),
    ]
    expect(wrong.map(({status}) => status)).toEqual([403, 404, 400, 400, 403, 400])
    const handover = `/transcripts/${answerId}/handover`
    const refused = await Promise.all([
      handOver(docent, answerId, {dayz: 7}),
      staffApi(docent, 'POST', `${handover}?days=7`, {}, support),
      staffApi(docent, 'GET', `/transcripts/${answerId}/prompt?x=1`, undefined, support),
      staffApi(docent, 'GET', `/transcripts/${answerId}/sources?x=1`, undefined, support),
    ])
    expect(refused.map(({status, body}) => [status, body.error.message])).toEqual([
      [400, 'dayz: is not a field here; did you mean days?'],
      [400, 'days: is not a parameter here; there are none'],
      ...Array.from({length: 2}, () => [400, 'x: is not a parameter here; there are none']),
    ])
    const bodyless = await fetch(`${docent.url}/api/admin${handover}`, {
      method: 'POST',
      headers: {...support, 'content-type': 'application/json'},
      body: 'null',
    })
    expect(await bodyless.json()).toMatchObject({error: {message: 'The request body must be an object.'}})
    const mine = await staffApi(
      docent,
      'DELETE',
      `/handovers/${made.body.id}`,
      undefined,
      bearer(maker.token),
    )
    expect(mine.status).toBe(204)

    const bare = await started({settings: {transcripts: 'metadata', publicUrl: 'https://ask.example'}})
    const kept = await ask(bare, 'secret?')
    expect(await handOver(bare, kept.answerId)).toMatchObject({
      status: 409,
      body: {error: {message: expect.stringContaining('TRANSCRIPTS=metadata')}},
    })
  })
})
