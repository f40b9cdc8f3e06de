import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, describe, expect, onTestFinished, test} from 'vitest'
import type {Page} from '../../src/domain/index.ts'
import {extractiveGenerator} from '../../src/generation/index.ts'
import {idOf} from '../support/reading.ts'
import {samplePage} from '../support/sample-pages.ts'
import {bearer, staffApi} from '../support/staff-people.ts'
import {
  adminToken,
  type DocentOptions,
  docsToken,
  startDocent,
  startDocentWithClaude,
  supportToken,
  type TestDocent,
  writeIndex,
} from '../support/start-docent.ts'

/** Answers that staff wrote and stand for, over HTTP. */

const support = bearer(supportToken)
const docs = bearer(docsToken)
const admin = bearer(adminToken)

const pages = [
  samplePage('port.md', 'Ports', [
    ['Set the port', 'To set the port, set PORT to a number. The default port is 3000.'],
    ['Choose a host', 'The server listens on every host, unless HOST names one.'],
  ]),
  samplePage('keys.md', 'Keys', [['Renew a key', 'To renew a key, press Renew in the settings.']]),
].map((page) => ({...page, lang: 'en'}))

const draft = {
  question: 'How do I set the port?',
  text: 'Set `PORT`, and restart:\n\n```sh\nPORT=8080 npm start\n```',
  url: '/docs/port',
  anchor: 'set-the-port',
}

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

async function published(docent: TestDocent, given: object = draft): Promise<string> {
  const proposed = await staffApi(docent, 'POST', '/verified', given, support)
  expect(proposed).toMatchObject({status: 201, body: {state: 'proposed', isResting: false}})
  const {id, revision} = proposed.body
  const done = await staffApi(docent, 'POST', `/verified/${id}/publish`, {revision}, docs)
  expect(done).toMatchObject({status: 200, body: {state: 'published', isResting: false}})
  return id
}

interface ShownSource {
  readonly n: number
  readonly id: string
  readonly verified?: true
}

async function answerTo(docent: TestDocent, question: string, body: object = {}) {
  const events = await (await docent.read({question, ...body})).all()
  const dataOf = (type: string) => events.filter((event) => event.type === type).map(({data}) => data)
  return {
    text: dataOf('delta')
      .map(({text}) => text)
      .join(''),
    sources: dataOf('sources').flatMap(({sources}) => sources as ShownSource[]),
    cited: dataOf('citation').map(({n}) => n),
    ending: dataOf('done')[0]?.['ending'],
  }
}

describe('a verified answer', () => {
  test('that docs staff have published is the first source of the same question, and is given whole', async () => {
    const docent = await start()
    const before = await answerTo(docent, draft.question)
    expect(before.sources.every((source) => source.verified === undefined)).toBe(true)
    await published(docent)

    const answer = await answerTo(docent, 'how can I set the PORT')

    expect(answer.sources[0]).toMatchObject({n: 1, verified: true, title: 'Ports', anchor: 'set-the-port'})
    expect(answer.sources.slice(1).map(({n, id}) => [n, id])).toEqual(
      before.sources.map(({id}, index) => [index + 2, id]),
    )
    expect(answer.text).toBe(draft.text)
    expect(new Set(answer.cited)).toEqual(new Set([1]))
    expect(answer.ending).toBe('complete')
  })

  test.each(['Why do I set the port?', 'How do I set the host?', 'How do I set the port without a restart?'])(
    'is not given to another question: %s',
    async (question) => {
      const docent = await start()
      await published(docent)

      const {sources} = await answerTo(docent, question)

      expect(sources.filter(({verified}) => verified)).toEqual([])
    },
  )

  test('answers a question that the docs do not', async () => {
    const docent = await start()
    const question = 'How do I bake a zorblatt cake?'
    expect(await answerTo(docent, question)).toMatchObject({ending: 'abstained', sources: []})
    await published(docent, {...draft, question, text: 'Not with Docent.', url: '/docs/keys', anchor: ''})

    const answer = await answerTo(docent, question)

    expect(answer).toMatchObject({ending: 'complete', text: 'Not with Docent.', sources: [{verified: true}]})
  })

  test('is given in its version only', async () => {
    const versioned = ['1.x', '2.x'].map((version) => ({
      ...pages[0]!,
      path: `${version}/port.md`,
      url: `/${version}/port`,
      version,
    }))
    const docent = await start({pages: versioned})
    await published(docent, {...draft, url: '/docs/2.x/port', version: '2.x'})

    const verifiedIn = async (version: string) =>
      (await answerTo(docent, draft.question, {version})).sources.some(({verified}) => verified)

    expect([await verifiedIn('1.x'), await verifiedIn('2.x')]).toEqual([false, true])
  })

  test('is given in its language only', async () => {
    const inBoth = ['en', 'de'].map((lang) => ({
      ...samplePage(`${lang}/port.md`, 'Port', [['Port', 'Port 3000. Docker port 80.']]),
      lang,
    }))
    const docent = await start({pages: inBoth})
    const question = 'Docker port?'
    await published(docent, {...draft, question, url: '/docs/de/port', anchor: 'port', text: 'Immer 80.'})

    const verifiedIn = async (lang: string) =>
      (await answerTo(docent, question, {lang})).sources.some(({verified}) => verified)

    expect([await verifiedIn('en'), await verifiedIn('de')]).toEqual([false, true])
  })

  test('rests when its page changes, and is given again when it is published again', async () => {
    const docent = await start()
    const id = await published(docent)
    const isGiven = async () =>
      (await answerTo(docent, draft.question)).sources.some(({verified}) => verified)
    expect(await isGiven()).toBe(true)

    await publishPages(docent, [pages[0]!, samplePage('keys.md', 'Keys', [['Renew', 'Nobody can.']])])
    expect(await isGiven()).toBe(true)
    await publishPages(docent, [
      samplePage('port.md', 'Ports', [
        ['Set the port', 'To set the port, use the panel. The default port is 80.'],
      ]),
      pages[1]!,
    ])

    expect(await isGiven()).toBe(false)
    const {body} = await staffApi(docent, 'GET', '/verified?state=resting', undefined, docs)
    expect(body.items).toMatchObject([{id, isResting: true, state: 'published'}])
    expect((await staffApi(docent, 'GET', '/verified?state=published', undefined, docs)).body.items).toEqual(
      [],
    )
    const {revision} = body.items[0]
    await staffApi(docent, 'POST', `/verified/${id}/publish`, {revision}, docs)
    expect(await isGiven()).toBe(true)

    await publishPages(docent, [pages[1]!])
    expect(await isGiven()).toBe(false)
    const gone = await staffApi(docent, 'GET', `/verified/${id}`, undefined, docs)
    expect(gone.body).toMatchObject({isResting: true, section: null})
    const again = await staffApi(docent, 'POST', `/verified/${id}/publish`, {revision: revision + 1}, docs)
    expect(again).toMatchObject({status: 400, body: {error: {code: 'invalid_request'}}})
  })

  test('that is withdrawn or changed is not given any more by a search that was prepared with it', async () => {
    const docent = await start()
    const id = await published(docent)
    const foundWhileTyping = async (): Promise<ShownSource[]> => {
      const response = await fetch(`${docent.url}/api/sources`, {
        method: 'POST',
        headers: {'content-type': 'application/json'},
        body: JSON.stringify({question: draft.question}),
      })
      return ((await response.json()) as {sources: ShownSource[]}).sources
    }
    expect((await foundWhileTyping())[0]).toMatchObject({verified: true})

    const changed = {...draft, text: 'Use the panel.', revision: 2}
    expect((await staffApi(docent, 'PUT', `/verified/${id}`, changed, docs)).status).toBe(200)
    expect((await answerTo(docent, draft.question)).text).toBe('Use the panel.')
    await staffApi(docent, 'POST', `/verified/${id}/withdraw`, {revision: 3}, docs)

    const answer = await answerTo(docent, draft.question)
    expect(answer.sources.length).toBeGreaterThan(0)
    expect(answer.sources.some(({verified}) => verified)).toBe(false)
    expect(await foundWhileTyping()).toEqual(answer.sources)
  })

  test('is what a model is told to give', async () => {
    const docent = await startDocentWithClaude({pages, retriever: null})
    opened.push(docent)
    await published(docent)

    const reading = await docent.read({question: draft.question})
    const call = await docent.upstream.request(0)
    await reading.until('start')
    await docent.stop(idOf(reading))

    const sent = JSON.stringify(call.body)
    expect(sent).toContain('Search result 1 is an answer to exactly this question')
    expect(sent).toContain('PORT=8080 npm start')
  })

  test('is proposed, changed, published, withdrawn and deleted, each by who may, and the audit log has it', async () => {
    const docent = await start()
    const proposed = await staffApi(docent, 'POST', '/verified', {...draft, answerRef: 'ref-1'}, support)
    const {id} = proposed.body
    const send = (method: string, action: string, body: object | undefined, by: Record<string, string>) =>
      staffApi(docent, method, `/verified/${id}${action}`, body, by)

    expect((await send('POST', '/publish', {revision: 1}, support)).status).toBe(403)
    const changed = await send('PUT', '', {...draft, text: 'Use the panel.', revision: 1}, support)
    expect(changed.body).toMatchObject({
      revision: 2,
      text: 'Use the panel.',
      changedBy: 'support (shared token)',
    })
    expect((await send('POST', '/publish', {revision: 1}, docs)).body.error.code).toBe('conflict')
    expect((await send('POST', '/publish', {revision: 2}, docs)).status).toBe(200)
    expect((await send('PUT', '', {...draft, revision: 3}, support)).status).toBe(403)
    expect((await send('PUT', '', {...draft, revision: 3}, docs)).body).toMatchObject({state: 'published'})
    expect((await answerTo(docent, draft.question)).text).toBe(draft.text)
    expect((await send('POST', '/withdraw', {revision: 4}, support)).status).toBe(403)
    expect((await send('POST', '/withdraw', {revision: 4}, docs)).body).toMatchObject({state: 'withdrawn'})
    expect((await answerTo(docent, 'How do we set the port?')).sources.some(({verified}) => verified)).toBe(
      false,
    )
    expect((await send('DELETE', '', undefined, support)).status).toBe(403)
    expect((await send('DELETE', '', undefined, admin)).status).toBe(204)
    expect((await send('GET', '', undefined, docs)).status).toBe(404)

    const {body} = await staffApi(docent, 'GET', '/audit')
    expect(
      body.items.map(({what, which}: {what: string; which: string | null}) => [what, which]).reverse(),
    ).toEqual([
      ['verified_proposed', 'ref-1'],
      ['verified_changed', id],
      ['verified_published', id],
      ['verified_published', id],
      ['verified_changed', id],
      ['verified_withdrawn', id],
      ['verified_deleted', id],
    ])
  })

  test('whose change, publication or withdrawal is sent again, because a response was lost, is no conflict', async () => {
    const docent = await start()
    const {id} = (await staffApi(docent, 'POST', '/verified', draft, support)).body
    const send = (method: string, action: string, body: object, by: Record<string, string>) =>
      staffApi(docent, method, `/verified/${id}${action}`, body, by)

    for (const [method, action, body] of [
      ['PUT', '', {...draft, text: 'Use the panel.', revision: 1}],
      ['POST', '/publish', {revision: 2}],
      ['POST', '/withdraw', {revision: 3}],
    ] as const) {
      const first = await send(method, action, body, docs)
      const again = await send(method, action, body, docs)
      expect([again.status, again.body.revision]).toEqual([200, body.revision + 1])
      expect(first.body.revision).toBe(again.body.revision)
      expect((await send(method, action, body, admin)).body.error.code).toBe('conflict')
    }
    const other = {...draft, text: 'Something else.', revision: 1}
    expect((await send('PUT', '', other, docs)).body.error.code).toBe('conflict')
  })

  test('of the same question replaces the one that was published before', async () => {
    const docent = await start()
    const first = await published(docent)
    const second = await staffApi(docent, 'POST', '/verified', {...draft, text: 'Better.'}, support)
    const done = await staffApi(docent, 'POST', `/verified/${second.body.id}/publish`, {revision: 1}, docs)

    expect(done.body).toMatchObject({replaced: first, state: 'published'})
    expect((await staffApi(docent, 'GET', `/verified/${first}`)).body.state).toBe('withdrawn')
    expect((await answerTo(docent, draft.question)).text).toBe('Better.')
  })

  test('is there after a restart', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'docent-verified-'))
    onTestFinished(() => rmSync(dataDir, {recursive: true, force: true}))
    const docent = await start({dataDir})
    await published(docent)
    await docent.close()
    const again = await start({dataDir, pages: null})

    expect((await answerTo(again, draft.question)).sources[0]).toMatchObject({verified: true})
  })

  test('that names its page with the whole URL keeps the address of the docs themselves', async () => {
    const docent = await start({settings: {siteUrl: 'https://docs.example.com'}})
    for (const url of [`${docent.url}/docs/port`, 'https://www.docs.example.com/docs/port?from=mail'])
      expect(await staffApi(docent, 'POST', '/verified', {...draft, url}, support)).toMatchObject({
        status: 201,
        body: {url: 'https://docs.example.com/port', section: {anchor: draft.anchor}},
      })
  })

  test.each([
    [{...draft, url: '/docs/none'}, 'url: the docs have no such section now'],
    [{...draft, url: 'https://evil.example/docs/port'}, 'url: this is the address of another site'],
    [{...draft, url: 'https://[docs/port'}, 'url: '],
    [{...draft, url: 'https://:port@/docs/port'}, 'url: '],
    [{...draft, anchor: 'no-such-section'}, 'url: the docs have no such section now'],
    [{...draft, text: '   '}, 'text: must have words'],
    [{...draft, text: '<!-- nothing -->'}, 'text: must have words'],
    [{...draft, question: '?!'}, 'question: must have words'],
    [{...draft, question: undefined}, 'question'],
    [{...draft, text: 'x'.repeat(20_001)}, 'text'],
  ])('is refused with a word on what is wrong: %#', async (given, words) => {
    const docent = await start()
    const {status, body} = await staffApi(docent, 'POST', '/verified', given, support)

    expect(status).toBe(400)
    expect(body.error.message).toContain(words)
    expect((await staffApi(docent, 'GET', '/verified')).body.items).toEqual([])
  })
})

/** Makes a build of other pages the current one. */
async function publishPages(docent: TestDocent, changed: readonly Page[]): Promise<void> {
  const {id} = await writeIndex(
    docent.dataDir,
    changed.map((page) => ({...page, lang: 'en'})),
  )
  const done = await staffApi(docent, 'POST', `/builds/${id}/activate`)
  expect(done.status).toBe(200)
}
