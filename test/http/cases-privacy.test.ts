import {existsSync, readFileSync} from 'node:fs'
import {afterEach, describe, expect, test, vi} from 'vitest'
import {openSqlite, type SqliteDatabase} from '../../src/native/index.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {answer, errorEvent, messageStart, steps, textDelta, textStart} from '../support/fake-claude.ts'
import {sampleSource} from '../support/fake-retriever.ts'
import {idOf} from '../support/reading.ts'
import {samplePage} from '../support/sample-pages.ts'
import {type DocentOptions, type DocentWithClaude, startDocentWithClaude} from '../support/start-docent.ts'

/** What is promised about words, under a real server: those that are not kept, and those that are deleted. */

const canary = 'Zyzzyva'
const headers = {'content-type': 'application/json', authorization: 'Bearer admin-token-for-tests'}
const start = closedAfterEach(startDocentWithClaude)
const readers: SqliteDatabase[] = []

afterEach(() => {
  for (const reader of readers.splice(0)) reader.close()
})

function rawBytes({file}: DocentWithClaude): string {
  return ['', '-wal', '-shm']
    .filter((suffix) => existsSync(file + suffix))
    .map((suffix) => readFileSync(file + suffix).toString('latin1'))
    .join('')
}

const source = sampleSource(1, {
  title: `${canary} title`,
  headings: [`${canary} heading`],
  url: `/docs/${canary}`,
  anchor: canary,
})

const page = {...samplePage('a.md', 'A', [['B', 'C.']]), version: canary}

describe('TRANSCRIPTS=metadata', () => {
  const options: DocentOptions = {
    settings: {transcripts: 'metadata'},
    retrieval: {sources: [source]},
    pages: [page],
  }

  test('a whole answer, its rating and its review leave no text on the disk', async () => {
    const product = await start(options)
    product.upstream.otherwise(answer(`${canary} says `, 'so.'))
    const reading = await product.read({question: `What is ${canary}?`, version: canary})
    await reading.all()
    const answerId = idOf(reading)
    await product.transcripts.flush()
    const post = (body: object) =>
      fetch(`${product.url}/api/answers/${answerId}/feedback`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      })
    const review = (body: object) =>
      fetch(`${product.url}/api/admin/transcripts/${answerId}/review`, {
        method: 'PUT',
        headers,
        body: JSON.stringify(body),
      })

    const rated = await post({rating: 'down', reasons: [canary], comment: `No ${canary}`})
    const refused = await review({verdict: 'wrong', note: canary})
    const reviewed = await review({verdict: 'wrong'})
    const shown = JSON.stringify(await product.transcript(String(answerId)))

    expect(reading.seen.map(({data}) => JSON.stringify(data)).join()).toContain(canary)
    expect(await rated.json()).toEqual({
      answerId,
      feedback: {rating: 'down', missing: false, reasons: [], comment: null},
    })
    expect(refused.status).toBe(400)
    expect(await refused.text()).toContain('send only the verdict')
    expect(reviewed.status).toBe(200)
    expect(shown).toContain('"question":""')
    expect(shown).not.toContain(canary)
    expect(rawBytes(product)).not.toContain(canary)
    expect(await product.transcript(answerId)).toMatchObject({
      ending: 'complete',
      sources: [{n: 1, title: '', url: ''}],
      feedback: {rating: 'down'},
      review: {verdict: 'wrong'},
    })
  })

  test('what an upstream says of the question when it fails is not kept', async () => {
    const product = await start(options)
    product.upstream.otherwise(
      steps([messageStart(), textStart(), textDelta('One. '), errorEvent('api_error', `No ${canary}`)]),
    )
    const reading = await product.read({question: `What is ${canary}?`})
    await reading.all()
    await product.transcripts.flush()

    expect(reading.seen.at(-1)?.type).toBe('error')
    expect(rawBytes(product)).not.toContain(canary)
  })

  test('the considered sources and nearest pages of an abstention are not kept', async () => {
    const product = await start({
      ...options,
      retrieval: {sources: [source], abstain: 'low_score'},
    })
    const reading = await product.read({question: `What is ${canary}?`})
    await reading.all()
    await product.transcripts.flush()

    expect(reading.seen.at(-1)?.data).toMatchObject({nearest: [{title: `${canary} title`}]})
    expect(rawBytes(product)).not.toContain(canary)
  })
})

test('TRANSCRIPTS=off: a rating is refused as for any answer that is not there', async () => {
  const product = await start({settings: {transcripts: 'off'}})
  product.upstream.otherwise(answer('So.'))
  const reading = await product.read()
  await reading.all()
  await product.transcripts.flush()

  const response = await fetch(`${product.url}/api/answers/${idOf(reading)}/feedback`, {
    method: 'POST',
    headers,
    body: JSON.stringify({rating: 'up', comment: canary}),
  })

  expect(response.status).toBe(404)
  expect(rawBytes(product)).not.toContain(canary)
})

describe('a deletion while another connection reads the file', () => {
  async function held(): Promise<{product: DocentWithClaude; answerId: string; conversationId: string}> {
    const product = await start()
    product.upstream.otherwise(answer(`${canary} says so.`))
    const reading = await product.read({question: `What is ${canary}?`})
    await reading.all()
    await product.transcripts.flush()
    const reader = openSqlite(product.file, {readonly: true})
    readers.push(reader)
    reader.exec('BEGIN')
    reader.prepare('SELECT count(*) FROM answers').get()
    return {product, answerId: idOf(reading), conversationId: String(reading.seen[0]?.data['conversationId'])}
  }

  async function goneByItself(product: DocentWithClaude): Promise<void> {
    expect(rawBytes(product)).toContain(canary)
    readers.pop()!.close()
    await vi.waitFor(() => expect(rawBytes(product)).not.toContain(canary), {timeout: 60_000, interval: 50})
  }

  test('by a visitor is reported as not erased yet, and is erased later', async () => {
    const {product, conversationId} = await held()

    const response = await fetch(`${product.url}/api/conversations/${conversationId}`, {method: 'DELETE'})

    expect([response.status, await response.json()]).toEqual([202, {deleted: 1, erased: false}])
    await goneByItself(product)
  })

  test('by staff as well', async () => {
    const {product, answerId} = await held()

    const response = await fetch(`${product.url}/api/admin/transcripts/${answerId}`, {
      method: 'DELETE',
      headers,
    })

    expect([response.status, await response.json()]).toEqual([202, {erased: false}])
    await goneByItself(product)
  })
})
