import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, describe, expect, test} from 'vitest'
import {extractiveGenerator} from '../../src/generation/index.ts'
import {readQuestions} from '../../src/question-sets/index.ts'
import {samplePage} from '../support/sample-pages.ts'
import {bearer, staffApi} from '../support/staff-people.ts'
import {
  type DocentOptions,
  docsToken,
  startDocent,
  supportToken,
  type TestDocent,
} from '../support/start-docent.ts'

/** Golden questions that staff make of transcripts, over HTTP. */

const support = bearer(supportToken)
const docs = bearer(docsToken)

const pages = [
  samplePage('port.md', 'Ports', [
    ['Set the port', 'To set the port, set PORT to a number. The default port is 3000.'],
    ['Choose a host', 'The server listens on every host, unless HOST names one.'],
  ]),
  samplePage('keys.md', 'Keys', [['Renew a key', 'To renew a key, press Renew in the settings.']]),
].map((page) => ({...page, lang: 'en'}))

const opened: TestDocent[] = []
afterEach(async () => {
  for (const docent of opened.splice(0)) await docent.close()
})

async function start(options: DocentOptions = {}): Promise<TestDocent> {
  const docent = await startDocent({
    pages,
    retriever: null,
    generator: extractiveGenerator({paceMs: 0}),
    ...options,
  })
  opened.push(docent)
  return docent
}

async function ask(docent: TestDocent, question = 'How do I set the port?'): Promise<string> {
  const events = await (await docent.read({question})).all()
  return events.find(({type}) => type === 'start')!.data['answerId'] as string
}

const make = (docent: TestDocent, answerId: string, body: object, headers = support) =>
  staffApi(docent, 'POST', `/transcripts/${answerId}/golden`, body, headers)
const list = async (docent: TestDocent, query = '') =>
  (await staffApi(docent, 'GET', `/golden${query}`, undefined, docs)).body
const fileOf = ({dataDir}: TestDocent) => join(dataDir, 'golden.jsonl')

describe('a golden question', () => {
  test('that somebody wrote with the address that this server shows is of that section', async () => {
    const docent = await start()
    writeFileSync(fileOf(docent), '{"question": "Ports?", "relevant": ["/docs/port#choose-a-host"]}\n')

    expect((await list(docent)).items).toMatchObject([
      {relevant: [{section: {url: '/docs/port', anchor: 'choose-a-host'}}]},
    ])
  })

  test('is made of an answer with sections of the current build, listed with their names, and deleted by docs staff', async () => {
    const docent = await start()
    const answerId = await ask(docent)
    const {ref} = await docent.transcript(answerId)

    const made = await make(docent, answerId, {
      relevant: [{url: '/docs/port', anchor: 'set-the-port'}, {url: '/docs/port#choose-a-host'}],
    })

    expect(made).toMatchObject({status: 201, body: {added: 1, kept: 0, file: fileOf(docent)}})
    const relevant = ['/port#set-the-port', '/port#choose-a-host']
    expect(await readQuestions(fileOf(docent))).toMatchObject([
      {id: made.body.ids[0], question: 'How do I set the port?', relevant, lang: 'en'},
    ])
    const {items, path, total} = await list(docent)
    expect({path, total}).toEqual({path: fileOf(docent), total: 1})
    expect(items).toMatchObject([
      {
        ...{addedBy: 'support (shared token)', from: {answer: ref}, version: null},
        relevant: [
          {url: '/port', anchor: 'set-the-port', section: {url: '/docs/port', headings: ['Set the port']}},
          {url: '/port', anchor: 'choose-a-host', section: {title: 'Ports'}},
        ],
      },
    ])
    const audit = await staffApi(docent, 'GET', '/audit?what=golden_added')
    expect(audit.body.items).toMatchObject([{which: ref, name: 'support (shared token)'}])

    const path1 = `/golden/${made.body.ids[0]}`
    expect((await staffApi(docent, 'DELETE', path1, undefined, support)).status).toBe(403)
    expect((await staffApi(docent, 'DELETE', path1, undefined, docs)).status).toBe(204)
    expect((await staffApi(docent, 'DELETE', path1, undefined, docs)).status).toBe(404)
    expect((await list(docent)).items).toEqual([])
  })

  test('of somebody else keeps its sections from who may not delete it, and takes none of another site', async () => {
    const docent = await start()
    const answerId = await ask(docent)
    const path = `/transcripts/${answerId}/golden`
    const question = 'Where is the port set?'
    const port = {question, relevant: [{url: '/docs/port'}]}
    await staffApi(docent, 'POST', path, port)

    const same = await staffApi(docent, 'POST', path, port, support)
    const other = await staffApi(docent, 'POST', path, {question, relevant: [{url: '/docs/keys'}]}, support)
    const foreign = await make(docent, answerId, {
      question,
      relevant: [{url: 'https://elsewhere.example/docs/keys'}],
    })

    expect(same).toMatchObject({status: 201, body: {added: 0, kept: 1}})
    expect(other).toMatchObject({status: 409, body: {error: {message: expect.stringContaining('already')}}})
    expect(foreign).toMatchObject({
      status: 400,
      body: {error: {message: expect.stringContaining('another site')}},
    })
    expect((await list(docent)).items).toMatchObject([{relevant: [{url: '/port'}]}])
  })

  test('has the words that staff give it, without what is private, and takes over sections that are sent again', async () => {
    const docent = await start()
    const answerId = await ask(docent)
    const question = 'Where does ada@example.com set the port?'
    await make(docent, answerId, {question, relevant: [{url: '/docs/port'}]})

    const again = await make(docent, answerId, {question, relevant: [{url: '/docs/keys'}]})

    expect(again.body).toMatchObject({added: 0, kept: 1})
    expect((await list(docent)).items).toMatchObject([
      {question: 'Where does [email] set the port?', relevant: [{url: '/keys', section: {title: 'Keys'}}]},
    ])
    expect(readFileSync(fileOf(docent), 'utf8')).not.toContain('ada@')
  })

  test('names a page that is still to be written only where that is said', async () => {
    const docent = await start()
    const answerId = await ask(docent)
    const later = (url: string) => ({relevant: [{url, anchor: 'proxies', expected: 'later'}]})

    const refused = await make(docent, answerId, {
      relevant: [{url: '/docs/port'}, {url: '/docs/guides/proxy'}],
    })
    expect(refused).toMatchObject({status: 400})
    expect(refused.body.error.message).toMatch(/^relevant\.1: .*"expected": "later"/)
    const elsewhere = await make(docent, answerId, later('mailto:ada'))
    expect(elsewhere.body.error.message).toContain('no address in the docs')
    expect((await make(docent, answerId, later('/docs/guides/proxy.md'))).status).toBe(201)

    expect((await list(docent)).items).toMatchObject([
      {relevant: [{url: '/guides/proxy', anchor: 'proxies', section: null}]},
    ])
    // What is there is what it is, also where it was expected later.
    await make(docent, answerId, {relevant: [{url: '/docs/port', expected: 'later'}]})
    expect((await list(docent)).items).toMatchObject([{relevant: [{section: {title: 'Ports'}}]}])
  })

  test('knows its section where the docs are published elsewhere', async () => {
    const docent = await start({settings: {siteUrl: 'https://docs.example.com/kettle'}})
    const answerId = await ask(docent)
    const url = 'https://docs.example.com/kettle/port'

    await make(docent, answerId, {
      relevant: [
        {url: `${url}#set-the-port`},
        {url: 'https://docs.example.com/kettle/new/', expected: 'later'},
      ],
    })

    const elsewhere = {relevant: [{url: 'https://elsewhere.example.com/x', expected: 'later'}]}
    expect((await make(docent, answerId, elsewhere)).status).toBe(400)

    expect((await list(docent)).items[0].relevant).toMatchObject([
      {url: '/port', anchor: 'set-the-port', section: {url, anchor: 'set-the-port'}},
      {url: '/new', section: null},
    ])
  })

  test('needs words of its own where the transcript keeps none', async () => {
    const docent = await start({settings: {transcripts: 'metadata'}})
    const answerId = await ask(docent)
    await docent.transcripts.flush()
    const relevant = [{url: '/docs/port'}]

    const refused = await make(docent, answerId, {relevant})

    expect(refused.body.error.message).toMatch(/^question: the transcript keeps no words/)
    expect((await make(docent, answerId, {relevant, question: 'How?'})).status).toBe(201)
  })

  test('is refused with what is wrong', async () => {
    const docent = await start()
    const answerId = await ask(docent)
    const relevant = [{url: '/docs/port'}]
    const problemOf = async (body: object) => (await make(docent, answerId, body)).body.error.message

    expect(await problemOf({})).toMatch(/^relevant:/)
    expect(await problemOf({relevant: []})).toContain('must name the section')
    expect(await problemOf({relevant: Array(21).fill(relevant[0])})).toMatch(/^relevant:/)
    expect(await problemOf({relevant, question: ' '})).toMatch(/^question: must not be empty/)
    expect(await problemOf({relevant: [{url: '/docs/port', expected: 'soon'}]})).toContain('must be "later"')
    expect((await make(docent, 'none-such', {relevant})).status).toBe(404)
    expect((await make(docent, answerId, {relevant}, docs)).status).toBe(403)
  })

  test('is found in a long list by its words, page by page', async () => {
    const docent = await start()
    const lines = Array.from({length: 25}, (_, n) => ({
      ...{id: `q${n}`, question: `Question ${n}?`},
      ...(n === 7
        ? {gold: [{file: 'port.md', heading: 'Set the port'}]}
        : {relevant: ['/port#set-the-port']}),
    }))
    const bad = '{"question": "By hand?"'
    writeFileSync(fileOf(docent), [bad, ...lines.map((line) => JSON.stringify(line))].join('\n'))

    const first = await list(docent, '?limit=20')
    const second = await list(docent, `?limit=20&cursor=${first.nextCursor}`)

    expect(first).toMatchObject({total: 25, nextCursor: '20'})
    expect(first).toMatchObject({problemCount: 1, problems: [{line: 1, problem: 'is not JSON.'}]})
    expect(await make(docent, await ask(docent), {relevant: [{url: '/docs/port'}]})).toMatchObject({
      status: 201,
    })
    expect(readFileSync(fileOf(docent), 'utf8').split('\n')[0]).toBe(bad)
    const ids = [...first.items, ...second.items].map(({id}: {id: string}) => id)
    expect(ids).toEqual(Array.from({length: 25}, (_, n) => `q${24 - n}`))
    expect(second).toMatchObject({total: 25, nextCursor: null})
    const found = await list(docent, '?q=question%207')
    expect(found.items).toMatchObject([{id: 'q7', relevant: [{file: 'port.md', heading: 'Set the port'}]}])
  })
})
