import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {maxVerifiedAnswers, type VerifiedAnswers, type VerifiedDraft} from '../../src/verified/index.ts'

/** Empty verified answers, and their clock. */
export interface VerifiedAnswersUnderContract {
  /** The same answers as another process sees them. */
  open(now: () => number): Promise<VerifiedAnswers>
  /** Adds proposed answers at once. */
  fill(count: number): Promise<void>
  /** Called after each test, when all that were opened are closed. */
  close(): Promise<void>
}

/** What every store of verified answers does. */
export function verifiedAnswersContract(
  name: string,
  create: () => Promise<VerifiedAnswersUnderContract>,
): void {
  describe(`${name} keeps the contract of verified answers`, () => {
    let now = 1_000
    let under: VerifiedAnswersUnderContract
    let answers: VerifiedAnswers
    let other: VerifiedAnswers

    beforeEach(async () => {
      now = 1_000
      under = await create()
      answers = await under.open(() => now)
      other = await under.open(() => now)
    })
    afterEach(async () => {
      answers.close()
      other.close()
      await under.close()
    })

    const draft: VerifiedDraft = {
      question: 'How do I set the port?',
      text: 'Set `PORT`.',
      url: '/docs/port',
      anchor: 'set-the-port',
      lang: 'en',
      version: null,
    }

    async function propose(given: Partial<VerifiedDraft> = {}): Promise<string> {
      return (await answers.propose({...draft, ...given}, {by: 'Ada', answerRef: null})).id
    }

    async function publish(given: Partial<VerifiedDraft> = {}): Promise<string> {
      const id = await propose(given)
      await answers.publish(id, {by: 'Bo', revision: 1}, 'digest')
      return id
    }

    const isConflict = expect.objectContaining({code: 'conflict'})

    test('one that is proposed is kept as it is, and given to nobody', async () => {
      const proposed = await answers.propose(draft, {by: 'Ada', answerRef: 'ref'})

      expect(proposed).toEqual({
        ...draft,
        id: proposed.id,
        state: 'proposed',
        revision: 1,
        answerRef: 'ref',
        proposedBy: 'Ada',
        proposedAt: 1_000,
        changedBy: 'Ada',
        changedAt: 1_000,
        publishedBy: null,
        publishedAt: null,
        pageDigest: null,
      })
      expect(await other.get(proposed.id)).toEqual(proposed)
      expect(await other.publishedFor(draft.question, draft)).toBeNull()
      expect(await other.get('none')).toBeNull()
    })

    test('one that is published is given by all processes at once, to its question in other words', async () => {
      const id = await propose()
      expect(await other.publishedFor(draft.question, draft)).toBeNull()
      now = 2_000
      const {answer, replaced} = await answers.publish(id, {by: 'Bo', revision: 1}, 'digest')

      expect(answer).toMatchObject({
        state: 'published',
        revision: 2,
        publishedBy: 'Bo',
        publishedAt: 2_000,
        pageDigest: 'digest',
      })
      expect(replaced).toBeNull()
      for (const store of [answers, other])
        expect(await store.publishedFor('how can I set the PORT', draft)).toEqual(answer)
      expect(await other.publishedFor('Why do I set the port?', draft)).toBeNull()
      expect(await other.publishedFor('?!', draft)).toBeNull()
    })

    test('one is given in its language and version only', async () => {
      const id = await publish({lang: 'de', version: '2.x', question: 'Port?'})
      const any = await publish({lang: null, question: 'Port?'})
      const idFor = async (lang: string | null, version: string | null) =>
        (await other.publishedFor('Port?', {lang, version}))?.id ?? null

      expect(await idFor('de', '2.x')).toBe(id)
      expect([await idFor('de', null), await idFor('en', '2.x'), await idFor(null, '2.x')]).toEqual([
        null,
        null,
        null,
      ])
      expect(await idFor(null, null)).toBe(any)
    })

    test('one that is withdrawn, changed or deleted is so for all processes at once', async () => {
      const [first, second] = [await publish(), await publish({question: 'Which host?'})]
      const before = await other.publishedFor('Which host?', draft)
      await answers.change(first, {...draft, text: 'Use the panel.'}, {by: 'Bo', revision: 2}, 'digest 2')
      const changed = await other.publishedFor(draft.question, draft)
      await answers.withdraw(first, {by: 'Bo', revision: 3})
      const isDeleted = [await answers.delete(second), await answers.delete(second)]

      expect(before?.id).toBe(second)
      expect(changed).toMatchObject({text: 'Use the panel.', state: 'published', pageDigest: 'digest 2'})
      expect(isDeleted).toEqual([true, false])
      expect(await other.publishedFor(draft.question, draft)).toBeNull()
      expect(await other.publishedFor('Which host?', draft)).toBeNull()
      expect(await other.get(first)).toMatchObject({state: 'withdrawn', revision: 4})
    })

    test('one that is published for another question is not given to the first any more', async () => {
      const id = await publish()
      await answers.change(id, {...draft, question: 'Which port?'}, {by: 'Bo', revision: 2}, 'digest')

      expect(await other.publishedFor(draft.question, draft)).toBeNull()
      expect((await other.publishedFor('Which port?', draft))?.id).toBe(id)
    })

    test('one that is not published has no digest of its page after a change', async () => {
      const id = await propose()
      const changed = await answers.change(id, {...draft, text: 'Other.'}, {by: 'Bo', revision: 1}, 'digest')

      expect(changed).toMatchObject({state: 'proposed', text: 'Other.', pageDigest: null, changedBy: 'Bo'})
    })

    test('a second one to the same question replaces the first', async () => {
      const first = await publish()
      const second = await propose({text: 'Better.', question: 'how can I set the port'})
      const {replaced} = await other.publish(second, {by: 'Bo', revision: 1}, 'digest')

      expect(replaced).toBe(first)
      expect(await answers.get(first)).toMatchObject({state: 'withdrawn', changedBy: 'Bo', revision: 3})
      expect((await answers.publishedFor(draft.question, draft))?.id).toBe(second)
    })

    test('a published one cannot be changed to the question of another', async () => {
      await publish()
      const second = await publish({question: 'Which host?'})

      await expect(answers.change(second, draft, {by: 'Bo', revision: 2}, 'digest')).rejects.toEqual(
        isConflict,
      )
      expect(await other.publishedFor('Which host?', draft)).toMatchObject({id: second, revision: 2})
    })

    test('another revision than the current one, or none, is refused', async () => {
      const id = await propose()
      const later = {by: 'Bo', revision: 7}
      const conflict = {code: 'conflict', details: {revision: 1}}

      await expect(answers.change(id, draft, later, 'd')).rejects.toMatchObject(conflict)
      await expect(answers.publish(id, later, 'd')).rejects.toMatchObject(conflict)
      await expect(answers.withdraw(id, later)).rejects.toMatchObject(conflict)
      await expect(answers.change('none', draft, later, 'd')).rejects.toMatchObject({code: 'not_found'})
      await expect(answers.publish('none', later, 'd')).rejects.toMatchObject({code: 'not_found'})
      await expect(answers.withdraw('none', later)).rejects.toMatchObject({code: 'not_found'})
    })

    test('what is sent again by the same person is done once; by another it is a conflict', async () => {
      const id = await propose()
      const changed = {...draft, text: 'Use the panel.'}
      const steps = [
        (by: string) => answers.change(id, changed, {by, revision: 1}, 'd'),
        async (by: string) => (await answers.publish(id, {by, revision: 2}, 'd')).answer,
        (by: string) => answers.withdraw(id, {by, revision: 3}),
      ]
      for (const [index, step] of steps.entries()) {
        const first = await step('Bo')
        expect(first.revision).toBe(index + 2)
        expect(await step('Bo')).toEqual(first)
        await expect(step('Cy')).rejects.toEqual(isConflict)
      }
      await expect(
        answers.change(id, {...draft, text: 'Something else.'}, {by: 'Bo', revision: 1}, 'd'),
      ).rejects.toEqual(isConflict)
    })

    test('of several that change one revision at once one does', async () => {
      const id = await propose()
      const settled = await Promise.allSettled(
        Array.from({length: 12}, (_, n) =>
          (n % 2 === 0 ? answers : other).change(
            id,
            {...draft, text: `Text ${n}`},
            {by: `by ${n}`, revision: 1},
            'd',
          ),
        ),
      )

      expect(settled.filter(({status}) => status === 'fulfilled')).toHaveLength(1)
      expect(await answers.get(id)).toMatchObject({revision: 2})
    })

    test('of several that are published at once for one question one is in the end', async () => {
      const ids = []
      for (let n = 0; n < 10; n++) ids.push(await propose({text: `Text ${n}`}))
      await Promise.all(
        ids.map((id, n) => (n % 2 === 0 ? answers : other).publish(id, {by: 'Bo', revision: 1}, 'd')),
      )
      const published = (await answers.list()).filter(({state}) => state === 'published')

      expect(published).toHaveLength(1)
      expect((await other.publishedFor(draft.question, draft))?.id).toBe(published[0]!.id)
    })

    test('are listed by their last change, with the beginning of the text', async () => {
      const first = await propose({text: `${'x'.repeat(199)}😀 and more`})
      now = 2_000
      const second = await propose({text: 'Short.'})
      now = 3_000
      await answers.publish(first, {by: 'Bo', revision: 1}, 'd')
      const items = await other.list()

      expect(items.map(({id, excerpt}) => [id, excerpt])).toEqual([
        [first, 'x'.repeat(199)],
        [second, 'Short.'],
      ])
      expect(items[0]).not.toHaveProperty('text')
    })

    test('take the longest questions and texts that staff may write, in any script', async () => {
      const question = `${'問'.repeat(3_990)}?`
      const text = '答'.repeat(20_000)
      const id = await publish({question, text})

      expect(await other.publishedFor(question, draft)).toMatchObject({id, text, question})
    })

    test('are no more than the maximum, however many are proposed at once', async () => {
      await under.fill(maxVerifiedAnswers - 2)
      const settled = await Promise.allSettled(
        Array.from({length: 6}, (_, n) =>
          (n % 2 === 0 ? answers : other).propose(draft, {by: 'Ada', answerRef: null}),
        ),
      )

      expect(settled.filter(({status}) => status === 'fulfilled')).toHaveLength(2)
      expect(settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))).toEqual(
        Array(4).fill(isConflict),
      )
      expect(await answers.list()).toHaveLength(maxVerifiedAnswers)
    })
  })
}
