import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {type GoldenQuestions, maxGoldenQuestions} from '../../src/golden/index.ts'
import {parseReadableQuestions} from '../../src/question-sets/index.ts'

/** Golden questions where there are none yet. */
export interface GoldenQuestionsUnderContract {
  /** The same questions as somebody else sees them, who has the redactor of `createRedactor()`. */
  open(now: () => number): Promise<GoldenQuestions>
  /** The text of a question file, as an ingest reads them; null without any. */
  text(): Promise<string | null>
  /** Called after each test. */
  close(): Promise<void>
}

/** What every store of golden questions does. */
export function goldenQuestionsContract(
  name: string,
  create: () => Promise<GoldenQuestionsUnderContract>,
): void {
  describe(`${name} keeps the contract of golden questions`, () => {
    let now = 1_000
    let under: GoldenQuestionsUnderContract
    let golden: GoldenQuestions
    let other: GoldenQuestions

    beforeEach(async () => {
      now = 1_000
      under = await create()
      golden = await under.open(() => now)
      other = await under.open(() => now)
    })
    afterEach(() => under.close())

    const draft = (question: string, relevant = ['/settings#port'], of: object = {}) => ({
      question,
      relevant,
      lang: null,
      version: null,
      ...of,
    })
    const byAda = {by: 'Ada', from: {answer: 'r1'}}
    const wordsOf = async (store = golden) => (await store.list()).map(({question}) => question)

    test('none are there at first', async () => {
      expect(await golden.list()).toEqual([])
      expect(await golden.problems()).toEqual([])
      expect(await under.text()).toBeNull()
      expect(await golden.delete('x')).toBe(false)
    })

    test('they are kept with what is known of them, without what is private, and read by an ingest', async () => {
      const {ids} = await golden.add(
        [draft(' Why does mail to ada@example.com fail? ', ['/mail', '/mail#limits'], {lang: 'en'})],
        byAda,
      )
      await golden.add([draft('Two?', ['/two'], {version: '1.x'})], {by: 'Bo', from: {gap: 'g1'}})

      const facts = {
        id: ids[0],
        question: 'Why does mail to [email] fail?',
        relevant: ['/mail', '/mail#limits'],
      }
      const [two, one] = await other.list()
      expect(one).toEqual({
        ...{...facts, gold: [], lang: 'en', version: null},
        ...{addedBy: 'Ada', addedAt: 1_000, from: {answer: 'r1'}},
      })
      expect(two).toMatchObject({version: '1.x', addedBy: 'Bo', from: {gap: 'g1'}})
      const {questions, problems} = parseReadableQuestions((await under.text())!, 'golden', {
        requireRelevant: true,
      })
      expect(questions).toMatchObject([{...facts, lang: 'en'}, {question: 'Two?'}])
      expect(problems).toEqual([])
    })

    test('one that is asked again in the same language and version takes over the sections', async () => {
      const first = await golden.add([draft('How do I set the port?')], byAda)
      now = 2_000
      const again = await other.add([draft('how do I set  the port', ['/b#c'])], {by: 'Bo', from: null})
      const elsewhere = await other.add([draft('How do I set the port?', ['/b'], {lang: 'de'})], byAda)

      expect(again).toEqual({ids: first.ids, added: 0, kept: 1})
      expect(elsewhere).toMatchObject({added: 1, kept: 0})
      expect((await golden.list())[1]).toMatchObject({
        ...{id: first.ids[0], question: 'How do I set the port?', relevant: ['/b#c']},
        ...{addedBy: 'Bo', addedAt: 2_000, from: null},
      })
    })

    test('one with the same sections stays as it is', async () => {
      await golden.add([draft('One?', ['/a', '/b'])], byAda)
      now = 2_000

      expect(await golden.add([draft('One?', ['/b', '/a'])], {by: 'Bo', from: null})).toMatchObject({kept: 1})

      expect(await other.list()).toMatchObject([{addedBy: 'Ada', addedAt: 1_000}])
    })

    test('other sections of somebody else are kept from who may not replace them, and nothing is added', async () => {
      await golden.add([draft('One?')], byAda)
      const byBo = {by: 'Bo', from: null, replacesAll: false}

      await expect(golden.add([draft('New?'), draft('One?', ['/x'])], byBo)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('golden question of Ada already'),
      })
      expect(await golden.add([draft('One?', ['/x'])], {...byBo, by: 'Ada'})).toMatchObject({kept: 1})

      expect(await other.list()).toMatchObject([{question: 'One?', relevant: ['/x']}])
    })

    test('all that are added, replaced and deleted at the same time are', async () => {
      const {ids} = await golden.add([draft('Gone?'), draft('Changed?')], byAda)
      await Promise.all([
        ...Array.from({length: 40}, (_, n) => [golden, other][n % 2]!.add([draft(`Question ${n}?`)], byAda)),
        golden.delete(ids[0]!),
        other.add([draft('Changed?', ['/other'])], byAda),
        ...[golden, other].map((store) => store.add([draft('Same?')], byAda)),
      ])

      expect((await wordsOf(other)).sort()).toEqual(
        ['Changed?', 'Same?', ...Array.from({length: 40}, (_, n) => `Question ${n}?`)].sort(),
      )
      const all = await golden.list()
      expect(new Set(all.map(({id}) => id)).size).toBe(42)
      expect(all.find(({question}) => question === 'Changed?')).toMatchObject({
        id: ids[1],
        relevant: ['/other'],
      })
    }, 120_000)

    test('one is deleted by its id, once, and nothing else is', async () => {
      const {ids} = await golden.add([draft('One?'), draft('Two?'), draft('Three?')], byAda)

      const deleted = await Promise.all([golden.delete(ids[1]!), other.delete(ids[1]!)])

      expect(deleted.sort()).toEqual([false, true])
      expect(await wordsOf()).toEqual(['Three?', 'One?'])
      await golden.add([draft('Two?')], byAda)
      expect(await wordsOf(other)).toEqual(['Two?', 'Three?', 'One?'])
    })

    test('they are bounded: beyond, nothing is added and the reason is said', async () => {
      const many = Array.from({length: maxGoldenQuestions - 1}, (_, n) => draft(`Q${n}`))
      await golden.add(many, byAda)

      await expect(golden.add([draft('A?'), draft('B?')], byAda)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('5000 golden questions at most'),
      })

      expect(await other.list()).toHaveLength(maxGoldenQuestions - 1)
      expect(await golden.add([draft('A?'), draft('q1')], byAda)).toMatchObject({added: 1, kept: 1})
    }, 120_000)
  })
}
