import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, describe, expect, test} from 'vitest'
import {extractiveGenerator} from '../../src/generation/extractive-generator.ts'
import type {Log} from '../../src/http/log.ts'
import {checkedPatterns} from '../../src/redaction/index.ts'
import {cardNumber, keys, noise} from '../redaction/shapes.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {sampleSource} from '../support/fake-retriever.ts'
import {idOf} from '../support/reading.ts'
import {samplePage} from '../support/sample-pages.ts'
import {adminToken, startDocent, supportToken, type TestDocent} from '../support/start-docent.ts'

/** What visitors write under a real server: what of it reaches the disk, the log and the metrics, and what they see. */

const start = closedAfterEach(startDocent)
const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, {recursive: true, force: true})
})

function keptFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'docent-redaction-'))
  folders.push(folder)
  return folder
}

const email = 'jane.zorblatt@quuxcorp.io'
const key = keys['Anthropic']!
const password = `Xy7${noise(9)}`
const phone = '+49 170 5551234'
const card = cardNumber('411122223333444')
const question = `My key ${key} fails for ${email}, my password is ${password}. Call ${phone}, card ${card}. Why?`
const keptQuestion =
  'My key [key] fails for [email], my password is [password]. Call [phone], card [card]. Why?'
/** Secrets, and parts of them that a search could make of them. */
const secrets = [email, key, password, phone, card, 'zorblatt', 'quuxcorp', key.slice(14, 30), '5551234']

/** Every byte of the data folder, with what is in SQLite's logs. */
function everyByte(dataDir: string): string {
  return readdirSync(dataDir, {recursive: true, encoding: 'utf8'})
    .map((name) => join(dataDir, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file).toString('latin1'))
    .join('\n')
}

function listeningLog(): Log & {readonly lines: string[]} {
  const lines: string[] = []
  const note = (facts: object, message: string) => {
    lines.push(
      JSON.stringify({message, ...facts}, (_, value) =>
        value instanceof Error ? `${value.message} ${value.stack} ${JSON.stringify(value)}` : value,
      ),
    )
  }
  return {lines, debug: note, info: note, warn: note, error: note}
}

function expectNoSecret(text: string): void {
  expect(secrets.filter((secret) => text.toLowerCase().includes(secret.toLowerCase()))).toEqual([])
}

const staff = {headers: {authorization: `Bearer ${adminToken}`}}
const json = (path: string, product: TestDocent) =>
  fetch(product.url + path, staff).then((response) => response.json() as Promise<Record<string, unknown>>)

function rate(product: TestDocent, answerId: string, body: object): Promise<Response> {
  return fetch(`${product.url}/api/answers/${answerId}/feedback`, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify(body),
  })
}

describe('a question with an e-mail address, a key, a password, a phone and a card number', () => {
  test('reaches neither the disk, nor the log, nor the metrics, nor staff; the visitor sees what was typed', async () => {
    const log = listeningLog()
    const dataDir = keptFolder()
    const product = await start({
      dataDir,
      log,
      retrieval: {
        sources: [sampleSource(1)],
        assessment: {answerability: 'partly', unknownWords: ['zorblatt', 'quuxcorp', 'fails']},
      },
    })
    const page = {url: `/users/jane.zorblatt%40quuxcorp.io/edit`, title: `Mail of ${email}`, section: phone}
    const reading = await product.read({question, page, resumable: true})
    const call = await product.generator.call(0)
    call.push({
      type: 'tool',
      id: 't',
      name: 'search_docs',
      status: 'started',
      input: {query: `${password} rejected`},
    })
    call.say('Set ', 'the port.')
    await reading.until('delta')
    const answerId = idOf(reading)
    // While it is written, staff see what will be kept.
    expect(JSON.stringify(await product.transcript(answerId))).toContain(keptQuestion)
    expectNoSecret(JSON.stringify(await json('/api/admin/transcripts', product)))
    call.fail(new Error(`The upstream said: bad request "${password}" of ${email}`))
    await reading.all()
    const rated = await rate(product, answerId, {
      rating: 'down',
      reasons: [`ask ${email}`],
      comment: `Call ${phone} or mail ${email}`,
    })
    await fetch(`${product.url}/docs/${email}/nothing`)
    await product.transcripts.flush()
    await expect
      .poll(() => json('/api/admin/transcripts?q=fails', product))
      .toMatchObject({
        items: [{question: keptQuestion}],
      })

    const sources = reading.seen.find(({type}) => type === 'sources')?.data
    expect(sources).toMatchObject({query: question, unknownWords: ['fails']})
    expect(call.request.question).toBe(question)
    expect(await rated.json()).toMatchObject({
      feedback: {reasons: ['ask [email]'], comment: 'Call [phone] or mail [email]'},
    })
    const transcript = await product.transcript(answerId)
    expect(transcript).toMatchObject({
      question: keptQuestion,
      page: {url: '/users/[email]/edit', title: 'Mail of [email]', section: '[phone]'},
      errorDetail: 'The upstream said: bad request "[password]" of [email]',
    })
    expectNoSecret(JSON.stringify(transcript))
    const metrics = await (await fetch(`${product.url}/metrics`)).text()
    expectNoSecret(metrics)
    expect(metrics).toContain('docent_redactions_total{kind="email"} 5')
    expect(metrics).toContain('docent_redactions_total{kind="password"} 1')
    expect(log.lines.join('\n')).toContain('/docs/[email]/nothing')
    expectNoSecret(log.lines.join('\n'))
    expectNoSecret(everyByte(dataDir))
    await product.close()
    expectNoSecret(everyByte(dataDir))
  })

  test('is resumed after a restart with the marks in place of what is private, and its answer as it was shown', async () => {
    const dataDir = keptFolder()
    const first = await start({dataDir})
    const reading = await first.read({question}, {'idempotency-key': 'one'})
    const call = await first.generator.call(0)
    call.say('Set ', 'the port of docs@quuxdocs.io.')
    call.finish()
    const seen = await reading.all()
    await first.close()

    const second = await start({dataDir})
    const again = await second.resume(idOf(reading), 0)
    const replayed = await again.all()
    const same = replayed.filter(({type}) => type !== 'start' && type !== 'sources')
    expect(same).toEqual(seen.filter(({type}) => type !== 'start' && type !== 'sources'))
    expect(replayed.map(({id}) => id)).toEqual(seen.map(({id}) => id))
    expect(replayed.find(({type}) => type === 'sources')?.data).toMatchObject({query: keptQuestion})
    expect(await json(`/api/answers/${idOf(reading)}`, second)).toMatchObject({
      question: keptQuestion,
      text: 'Set the port of docs@quuxdocs.io.',
    })
    // The client's key still belongs to this question, and to no other.
    const joined = await second.read({question}, {'idempotency-key': 'one'})
    expect(idOf({seen: [...(await joined.all())]})).toBe(idOf(reading))
    const other = await second.ask({question: 'Another?'}, {headers: {'idempotency-key': 'one'}})
    expect(other.status).toBe(409)
  })

  test('is followed up by what is kept of it', async () => {
    const product = await start()
    const first = await product.read({question})
    const call = await product.generator.call(0)
    call.say('Renew the key.')
    call.finish()
    const {conversationId} = (await first.all())[0]!.data
    const second = await product.read({question: 'And then?', conversationId})
    const next = await product.generator.call(1)
    next.finish()
    await second.all()

    expect(next.request.history).toEqual([
      {role: 'user', content: keptQuestion},
      {role: 'assistant', content: 'Renew the key.'},
    ])
    expect(product.retriever.queries.at(-1)?.history[0]?.content).toBe(keptQuestion)
  })

  test('that a client sends as an earlier turn is read as it would be kept', async () => {
    const product = await start()
    const history = [
      {role: 'user', content: question},
      {role: 'assistant', content: 'Write to docs@quuxdocs.io.'},
    ]
    const reading = await product.read({question: 'And then?', history})
    const call = await product.generator.call(0)
    call.finish()
    await reading.all()

    expect(call.request.history).toEqual([{role: 'user', content: keptQuestion}, history[1]])
  })

  test('is continued as it was asked where the client has it, else as it is kept', async () => {
    const product = await start()
    const first = await product.read({question})
    const call = await product.generator.call(0)
    call.say('Set the ')
    await first.until('delta')
    await product.stop(idOf(first))
    await first.all()
    const continued = async (asked: string, n: number) => {
      const reading = await product.read({question: asked, continueAnswerId: idOf(first)})
      const next = await product.generator.call(n)
      next.say('port.')
      next.finish()
      await reading.all()
      return next.request.question
    }
    expect(await continued(question, 1)).toBe(question)
    expect(await continued('Something else', 2)).toBe(keptQuestion)
  })

  test('is in no answer that is quoted from the docs and names the words that they lack', async () => {
    const dataDir = keptFolder()
    const product = await start({
      dataDir,
      generator: extractiveGenerator({paceMs: 0}),
      retriever: null,
      pages: [
        samplePage('a.md', 'Passwords', [
          [
            'Change a password',
            'To change a password, open the settings and press Change. A key is renewed there too.',
          ],
        ]),
      ],
    })
    const asked = `How do I change a password for ${email}?`
    const events = await (await product.read({question: asked})).all()
    await product.transcripts.flush()

    expect(JSON.stringify(events.filter(({type}) => type !== 'sources'))).not.toMatch(/zorblatt|quuxcorp/i)
    expect(everyByte(dataDir)).not.toMatch(/zorblatt|quuxcorp/i)
  })
})

describe('settings', () => {
  const ask = async (product: TestDocent, text: string) => {
    const reading = await product.read({question: text})
    const call = await product.generator.call(0)
    call.finish()
    await reading.all()
    return (await product.transcript(idOf(reading)))['question']
  }

  test('TRANSCRIPTS_REDACT=none keeps questions as they were typed', async () => {
    const product = await start({settings: {transcriptsRedact: []}})
    expect(await ask(product, question)).toBe(question)
  })

  test('only the kinds that are named are replaced, and what the patterns match', async () => {
    const product = await start({
      settings: {
        transcriptsRedact: ['phone'],
        transcriptsRedactPatterns: checkedPatterns('ticket ACME-\\d+'),
      },
    })
    expect(await ask(product, `ACME-77: ${email}, ${phone}`)).toBe(`[ticket]: ${email}, [phone]`)
  })

  test('what staff write stays as it is', async () => {
    const product = await start()
    const reading = await product.read()
    const call = await product.generator.call(0)
    call.say('So.')
    call.finish()
    await reading.all()
    const note = `Told ${email}`
    await fetch(`${product.url}/api/admin/transcripts/${idOf(reading)}/review`, {
      method: 'PUT',
      headers: {...staff.headers, 'content-type': 'application/json'},
      body: JSON.stringify({verdict: 'wrong', note}),
    })
    expect(await product.transcript(idOf(reading))).toMatchObject({review: {note}})
  })
})

test('an export is redacted whole for support, and for the admin who asks for that', async () => {
  const product = await start()
  const reading = await product.read({question: 'Whom do I ask?'})
  const call = await product.generator.call(0)
  call.say('Mail jane.zorblatt@qu', 'uxcorp.io.')
  call.finish()
  await reading.all()
  const exported = async (token: string, query: string) => {
    const response = await fetch(`${product.url}/api/admin/transcripts/export?${query}`, {
      headers: {authorization: `Bearer ${token}`},
    })
    return response.text()
  }

  expect(await exported(adminToken, 'format=csv')).toContain(`Mail ${email}.`)
  for (const [token, query] of [
    [adminToken, 'redacted=1'],
    [supportToken, 'redacted=0'],
    [supportToken, ''],
  ] as const) {
    const lines = await exported(token, query)
    const csv = await exported(token, `${query}&format=csv`)
    expectNoSecret(lines + csv)
    expect(JSON.parse(lines)).toMatchObject({text: 'Mail [email].'})
    expect(csv).toContain('Mail [email].')
  }
})
