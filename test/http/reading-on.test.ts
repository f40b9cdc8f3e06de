import {describe, expect, test} from 'vitest'
import {refOf} from '../../src/answers/index.ts'
import type {Analytics} from '../../src/transcripts/index.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {idOf, type Reading} from '../support/reading.ts'
import {staffApi} from '../support/staff-people.ts'
import {startDocent, type TestDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocent)

const ids = async (product: TestDocent, query: string): Promise<string[]> => {
  const {body} = await staffApi(product, 'GET', `/transcripts?${query}`)
  return body.items.map(({answerId}: {answerId: string}) => answerId)
}

const figures = async (product: TestDocent): Promise<Analytics> =>
  (await staffApi(product, 'GET', '/analytics')).body

const metricsOf = async (product: TestDocent): Promise<string> =>
  (await fetch(`${product.url}/metrics`)).text()

const lastSeq = ({seen}: Reading): number => Number(seen.at(-1)!.id!.split(':')[1])

/** An answer of which the first word has come. */
async function begun(product: TestDocent, call: number): Promise<Reading> {
  const reading = await product.read({question: 'How do I set the port?', resumable: true})
  await reading.until('sources')
  ;(await product.generator.call(call)).say('So.')
  await reading.until('delta')
  return reading
}

describe('an answer that was taken up again', () => {
  test('counts while it is written and after its end, and is found; one read in one go is not', async () => {
    const product = await start()
    const cut = await begun(product, 0)
    cut.leave()
    const again = await product.resume(idOf(cut), lastSeq(cut))
    ;(await product.generator.call(0)).finish()
    await again.all()
    const whole = await begun(product, 1)
    ;(await product.generator.call(1)).finish()
    await whole.all()
    // The stream broke off before the last event, and the reader comes back when all is over.
    await (await product.resume(idOf(cut), lastSeq(again) - 1)).all()
    // From the beginning after the end: somebody looks at it once more.
    await (await product.resume(idOf(whole), 0)).all()

    expect(await product.transcript(idOf(cut))).toMatchObject({resumes: 2})
    expect(await product.transcript(idOf(whole))).toMatchObject({resumes: 0})
    expect(await ids(product, 'resumed=1')).toEqual([idOf(cut)])
    expect(await ids(product, 'resumed=0')).toEqual([idOf(whole)])
    expect((await figures(product)).total).toMatchObject({answers: 2, resumed: {answers: 1, times: 2}})
    expect(await metricsOf(product)).toContain('docent_resumes_total 2')
  })
})

describe('who left', () => {
  test('before the first word is found apart from who left later', async () => {
    const product = await start()
    const early = await product.read({question: 'How do I set the port?'})
    await early.until('sources')
    const late = await begun(product, 1)
    for (const reading of [early, late]) await product.stop(idOf(reading))

    expect(await ids(product, 'left=before_first_word')).toEqual([idOf(early)])
    expect(await ids(product, 'left=before_end')).toEqual([idOf(late)])
    expect((await staffApi(product, 'GET', '/transcripts?left=early')).status).toBe(400)
    expect((await figures(product)).total.left).toEqual({beforeFirstToken: 1, beforeEnd: 1})
  })
})

describe('a source that a visitor opens', () => {
  test('counts once for its answer, place and page, on the address that takes what a browser measured', async () => {
    const product = await start()
    const reading = await begun(product, 0)
    ;(await product.generator.call(0)).finish()
    await reading.all()
    const report = (body: object) =>
      fetch(`${product.url}/api/answers/${idOf(reading)}/timings`, {
        method: 'POST',
        headers: {'content-type': 'application/json'},
        body: JSON.stringify(body),
      })

    // Before the click the answer has been counted.
    expect((await figures(product)).total.sources).toMatchObject({answers: 1, opened: 0})
    expect((await report({opened: 2})).status).toBe(204)
    expect((await report({opened: 2})).status).toBe(204)
    expect((await report({firstUsefulMs: 80})).status).toBe(204)
    for (const bad of [{opened: 99}, {opened: 0}, {}]) expect((await report(bad)).status).toBe(400)

    expect(await product.transcript(idOf(reading))).toMatchObject({opened: [2], firstUsefulMs: 80})
    const {total, openedPages} = await figures(product)
    expect(total.sources).toEqual({
      answers: 1,
      opened: 1,
      places: [
        {n: 1, shown: 1, opened: 0},
        {n: 2, shown: 1, opened: 1},
      ],
    })
    expect(openedPages).toMatchObject([{shown: 1, opened: 1}])
    expect(await metricsOf(product)).toContain('docent_sources_opened_total 1')
  })
})

describe('the questions that were asked most', () => {
  test('are the same but for case and punctuation, without words in the sums, and gone with the answers', async () => {
    const product = await start()
    const ask = async (question: string): Promise<string> => {
      const reading = await product.read({question})
      await reading.all()
      return idOf(reading)
    }
    const first = await ask('How do I tame a xyzzy?')
    const last = await ask('how do I tame a xyzzy')
    await ask('Where is the xyzzy?')

    expect((await figures(product)).questions).toEqual([
      {question: 'how do I tame a xyzzy', ref: refOf(last), asked: 2, unanswered: 2},
    ])
    await ask('How do I tame a xyzzy?!')
    await staffApi(product, 'DELETE', `/transcripts/${first}`)
    await staffApi(product, 'DELETE', `/transcripts/${last}`)
    expect((await figures(product)).questions).toEqual([])
    // The other sums stay.
    expect((await figures(product)).total.answers).toBe(4)
  })
})
