import {copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, expect, test} from 'vitest'
import {refOf} from '../../src/answers/index.ts'
import {DocentError} from '../../src/domain/index.ts'
import {silentLog} from '../../src/http/log.ts'
import {openServer} from '../../src/server/index.ts'
import {settingsFrom} from '../../src/settings/settings.ts'
import {askToEnd} from '../support/console-docent.ts'
import {startDocsTeam} from '../support/docs-team.ts'
import {bearer, staffApi} from '../support/staff-people.ts'
import {adminToken, startDocent} from '../support/start-docent.ts'

/** What a server reports to a program of its operator. */

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A program that takes what it is sent, and the settings that send it. */
async function startReceiver() {
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    bodies.push(body)
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => server.close())
  const settings = {
    notifyUrls: [`http://127.0.0.1:${(server.address() as AddressInfo).port}/`],
    notifySecret: 'a-secret-of-the-test',
    publicUrl: 'https://ask.example',
  }
  return {bodies, settings}
}

test('a dislike and a failed answer are reported once, with codes and no words of visitors', async () => {
  const {bodies, settings} = await startReceiver()
  const docent = await startDocent({settings})
  closers.push(() => docent.close())

  const reading = await docent.read({question: 'canary-words'})
  const {answerId} = (await reading.until('start')).data as {answerId: string}
  const call = await docent.generator.call(0)
  call.fail(new DocentError('upstream_cut', 'cut'))
  await reading.all()
  for (const reasons of [['wrong', 'canary-reason'], ['wrong']])
    await fetch(`${docent.url}/api/answers/${answerId}/feedback`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify({rating: 'down', reasons, comment: 'canary-comment'}),
    })

  await expect.poll(() => bodies.length, {timeout: 10_000}).toBe(2)
  const ref = refOf(answerId)
  const about = {build: docent.build, ref, console: `https://ask.example/console/transcripts/${ref}`}
  expect(bodies.map((body) => JSON.parse(body))).toMatchObject([
    {type: 'answer.failed', data: {...about, ending: 'error', errorCode: 'upstream_cut', channel: 'http'}},
    {type: 'answer.disliked', data: {...about, rating: 'down', reasons: ['wrong']}},
  ])
  expect(bodies.join()).not.toMatch(/canary/)
  expect(bodies.join()).not.toContain(answerId)
  const metrics = await fetch(`${docent.url}/metrics`, {headers: bearer(adminToken)})
  expect(await metrics.text()).toContain('docent_webhooks_total{result="sent"} 2')
})

test('a damaged file of webhooks stops no answer', async () => {
  const {settings} = await startReceiver()
  const dataDir = mkdtempSync(join(tmpdir(), 'docent-webhooks-'))
  closers.push(() => rmSync(dataDir, {recursive: true, force: true}))
  writeFileSync(join(dataDir, 'webhooks.sqlite'), 'no database at all, '.repeat(500))
  const errors: string[] = []
  const log = {...silentLog, error: (_facts: object, message: string) => errors.push(message)}

  const server = await openServer({
    settings: settingsFrom({
      DATA_DIR: dataDir,
      PORT: '0',
      NOTIFY_URL: settings.notifyUrls[0],
      NOTIFY_SECRET: settings.notifySecret,
    }),
    log,
    webDir: null,
  })
  closers.push(() => server.close(0))

  expect(errors).toEqual([expect.stringContaining('no webhooks are sent')])
  expect(readFileSync(join(dataDir, 'webhooks.sqlite'), 'utf8')).toMatch(/^no database at all/)
})

test('an answer that a crash cut off is reported at the next start, one that had ended is not', async () => {
  const docent = await startDocent()
  closers.push(() => docent.close())
  const ended = await docent.read({question: 'xyzzy'})
  await ended.all()
  const reading = await docent.read({question: 'canary-words'})
  const {answerId} = (await reading.until('start')).data as {answerId: string}
  await docent.transcripts.flush()
  // What a machine that loses its power leaves behind.
  const dataDir = mkdtempSync(join(tmpdir(), 'docent-cut-off-'))
  closers.push(() => rmSync(dataDir, {recursive: true, force: true}))
  for (const suffix of ['', '-wal'])
    copyFileSync(docent.file + suffix, join(dataDir, `transcripts.sqlite${suffix}`))

  const {bodies, settings} = await startReceiver()
  const next = await startDocent({dataDir, settings})
  closers.push(() => next.close())
  const again = await next.read({question: 'canary-words'})
  const call = await next.generator.call(0)
  call.fail(new DocentError('upstream_cut', 'cut'))
  await again.all()

  await expect.poll(() => bodies.length, {timeout: 10_000}).toBe(2)
  expect(bodies.map((body) => JSON.parse(body))).toMatchObject([
    {
      type: 'answer.failed',
      data: {
        ...{ref: refOf(answerId), build: docent.build, channel: 'http'},
        ...{ending: 'interrupted', errorCode: 'server_restarted'},
      },
    },
    {type: 'answer.failed', data: {errorCode: 'upstream_cut'}},
  ])
})

test('a gap that a real grouping finds is reported', async () => {
  const {bodies, settings} = await startReceiver()
  const docent = await startDocsTeam({hasModel: true, generator: null, settings})
  closers.push(() => docent.close())
  const group = async () => {
    expect((await staffApi(docent, 'POST', '/gaps/group')).status).toBe(202)
    await expect
      .poll(async () => (await staffApi(docent, 'GET', '/gaps')).body, {timeout: 60_000, interval: 100})
      .toMatchObject({pending: false, asOf: expect.any(Number)})
  }
  await group()
  for (const question of ['Can I connect it to my wifi?', 'Which wifi networks does it support?'])
    await askToEnd(docent, question)
  await group()

  await expect.poll(() => bodies.length, {timeout: 10_000}).toBe(1)
  const {body} = await staffApi(docent, 'GET', '/gaps')
  const {id} = body.items[0]
  expect(JSON.parse(bodies[0]!)).toMatchObject({
    type: 'gap.opened',
    data: {gap: id, questions: 2, severity: 'medium', console: `https://ask.example/console/gaps/${id}`},
  })
})

test.each([
  [{NOTIFY_URL: 'https://a.example'}, 'needs NOTIFY_SECRET'],
  [{NOTIFY_URL: 'ftp://a.example', NOTIFY_SECRET: 'x'.repeat(20)}, 'http:// or https://'],
  [
    {NOTIFY_URL: [1, 2, 3, 4, 5, 6].map((n) => `https://${n}.example`).join(), NOTIFY_SECRET: 'x'.repeat(20)},
    'at most 5',
  ],
  [{NOTIFY_SECRET: 'whsec_tooshortasbase64'}, 'at least 24 bytes'],
  [{NOTIFY_URL: 'https://a.example/x#secret', NOTIFY_SECRET: 'x'.repeat(20)}, 'must have no #'],
  [{NOTIFY_URL: 'https://a.example,https://A.example/', NOTIFY_SECRET: 'x'.repeat(20)}, 'same address twice'],
  [{NOTIFY_EVENTS: ''}, 'NOTIFY_EVENTS: is empty; leave it out'],
  [{NOTIFY_EVENTS: 'answer.liked'}, 'must be some of answer.disliked'],
])('wrong settings %j are refused', (environment, message) => {
  expect(() => settingsFrom(environment)).toThrow(message)
})
