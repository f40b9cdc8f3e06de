import {expect, test} from 'vitest'
import {replaySteps, showLines} from '../../src/cli/transcripts/terminal-view.ts'
import {emptiedWords} from '../../src/domain/index.ts'
import {openSqlite} from '../../src/native/index.ts'
import {pageTest, withdrawPage} from '../../src/transcripts/index.ts'
import {bytesBelow} from '../support/bytes-below.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {answer, messageStop} from '../support/fake-claude.ts'
import {sampleSource} from '../support/fake-retriever.ts'
import {idOf} from '../support/reading.ts'
import {staffApi} from '../support/staff-people.ts'
import {startDocentWithClaude} from '../support/start-docent.ts'

const start = closedAfterEach(startDocentWithClaude)

test('prompts that had the page, or repeat an answer that rested on it, are gone; others stay', async () => {
  const secret = sampleSource(1, {text: `${'The word is plumbago. '.repeat(20)}`, snippet: 'plumbago'})
  const product = await start({
    retrieval: {sources: ({question}) => [question.includes('open') ? secret : sampleSource(2)]},
  })
  const asked = async (question: string, text: string, conversationId?: string) => {
    product.upstream.next(answer(text))
    const reading = await product.read({question, ...(conversationId ? {conversationId} : {})})
    const events = await reading.all()
    await product.transcripts.flush()
    return {id: idOf(reading), conversationId: conversationOf(events)}
  }
  const rested = await asked('How do I open it?', 'Say plumbago.')
  const later = await asked('And how do I set the port?', 'Set it.', rested.conversationId)
  const other = await asked('How do I set the port?', 'Set it.')
  expect(JSON.stringify(product.upstream.requests[1]!.body)).toContain('plumbago')

  const {file, dataDir} = product
  expect(await withdrawPage(file, ['/docs/page-1/'])).toEqual({
    ...{answers: 1, emptied: 1, running: 0},
    isErased: true,
  })
  expect(await withdrawPage(file, ['/docs/page-1'])).toMatchObject({answers: 0})
  const requestsOf = async (id: string) =>
    (await staffApi(product, 'GET', `/transcripts/${id}/prompt`)).body.requests
  expect(await requestsOf(rested.id)).toEqual([])
  expect(await requestsOf(later.id)).toEqual([])
  expect(await requestsOf(other.id)).toHaveLength(1)
  expect((await product.transcript(later.id))['text']).toBe('Set it.')
  const emptied = await product.transcript(rested.id)
  expect(emptied).toMatchObject({text: '', emptiedAt: expect.any(Number)})
  expect((await product.transcript(later.id))['emptiedAt']).toBeUndefined()
  const words = emptiedWords(Number(emptied['emptiedAt']))
  const link = (await staffApi(product, 'POST', `/transcripts/${rested.id}/handover`, {})).body.url
  expect(await (await fetch(link)).text()).toContain(`<p class="ending">${words}</p>`)
  const view = {columns: 100, hasColors: false}
  const transcript = (await product.transcripts.get(rested.id))!
  expect(showLines(transcript, view)).toContain(words)
  const replayed = replaySteps(transcript, view).map(({text}) => text)
  expect(replayed.join('').split(words)).toHaveLength(2)
  const db = openSqlite(file, {readonly: true})
  const unused = db.prepare('SELECT id FROM shared_texts WHERE id NOT IN (SELECT text FROM text_uses)').all()
  db.close()
  expect(unused).toEqual([])
  await expect.poll(() => bytesBelow(dataDir)).not.toContain('plumbago')
})

test('an answer that is being written is waited for, and told of', async () => {
  const product = await start({retrieval: {sources: () => [sampleSource(1)]}})
  product.upstream.next([...answer('Set it.').slice(0, 3), [600_000, {event: messageStop()}]])
  const reading = await product.read({question: 'How do I set the port?'})
  await reading.until('delta')
  await product.transcripts.flush()
  const waits: number[] = []

  const meanwhile = await withdrawPage(product.file, ['/docs/page-1'], {
    waitMs: 1,
    onWait: (n) => waits.push(n),
  })
  const waiting = withdrawPage(product.file, ['/docs/page-1'])
  await product.stop(idOf(reading))

  expect(meanwhile).toMatchObject({answers: 0, running: 1})
  expect(waits).toEqual([1])
  expect(await waiting).toMatchObject({answers: 1, emptied: 1, running: 0})
  expect((await product.transcript(idOf(reading)))['text']).toBe('')
})

function conversationOf(events: readonly unknown[]): string {
  const ids = events.flatMap((event) => /"conversationId":"([^"]+)"/.exec(JSON.stringify(event))?.[1] ?? [])
  return ids[0]!
}

test.each([
  ['/docs/a', '/docs/a#part', true],
  ['/docs/a/', '/docs/a?x=1#y', true],
  ['/docs/é', '/docs/%C3%A9', true],
  ['https://docs.example.com/a', 'https://docs.example.com/a/', true],
  ['/docs/a', '/docs/ab', false],
  ['/docs/a', '', false],
  ['/', '/', true],
])('%s and %s are one page: %s', (page, url, isSame) => {
  expect(pageTest([page])(url)).toBe(isSame)
})
