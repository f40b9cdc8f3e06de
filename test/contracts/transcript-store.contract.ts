import {randomBytes} from 'node:crypto'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {createAnswerState} from '../../src/answers/answer-state.ts'
import {refOf} from '../../src/answers/ids.ts'
import type {Journal, JournalEntry} from '../../src/answers/journal.ts'
import type {FinishReason, SequencedEvent} from '../../src/domain/index.ts'
import type {TranscriptFilter, TranscriptStore} from '../../src/transcripts/transcript-store.ts'
import {collected, sampleEntry, sampleEvents} from '../transcripts/samples.ts'

export interface StoreUnderTest {
  /** Where the answers come from. */
  readonly journal: Journal
  readonly store: TranscriptStore
  close(): Promise<void>
}

interface Written {
  readonly entry?: Partial<JournalEntry>
  readonly pieces?: readonly string[]
  readonly ending?: 'complete' | 'stopped' | null
  readonly finishReason?: FinishReason
}

/** What every store of transcripts keeps that keeps words, whatever is behind it. `open` opens a new, empty one. */
export function transcriptStoreContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`transcript store contract: ${name}`, () => {
    let journal: Journal
    let store: TranscriptStore
    let close: () => Promise<void>

    beforeEach(async () => {
      ;({journal, store, close} = await open())
    })
    afterEach(() => close())

    async function write(answerId: string, {entry, pieces, ending, finishReason}: Written = {}) {
      const sample = sampleEntry(answerId, entry)
      const state = createAnswerState(sample.startedAt)
      const events = sampleEvents(answerId, pieces, ending, finishReason)
      const append = (event: SequencedEvent) => {
        state.add(event)
        journal.append(answerId, event)
      }
      await journal.begin(sample, state)
      for (const event of events) append(event)
      return {events, append}
    }

    const idsOf = async (filter: TranscriptFilter = {}) =>
      (await store.list(filter)).items.map(({answerId}) => answerId)

    describe('reading', () => {
      test('what was appended is complete at once', async () => {
        const {events} = await write('a', {entry: {question: 'Why?', settings: {answerMs: 5}}})

        expect(await store.get('a')).toEqual({
          ...sampleEntry('a', {question: 'Why?', settings: {answerMs: 5}}),
          ending: 'complete',
          ref: refOf('a'),
          conversationId: null,
          finishReason: null,
          partial: false,
          text: 'Set `PORT`.',
          sources: expect.arrayContaining([expect.objectContaining({n: 2})]),
          usage: expect.objectContaining({outputTokens: 3}),
          timings: expect.objectContaining({firstTokenMs: 20}),
          chat: null,
          visitor: null,
          resumes: 0,
          opened: [],
          feedback: null,
          review: null,
          events,
        })
        expect(await store.get(refOf('a'))).toEqual(await store.get('a'))
        expect(await store.get('unknown')).toBeNull()
      })

      test('a running answer shows what there is of it', async () => {
        const {append, events} = await write('a', {ending: null})
        await journal.flush()
        append({seq: events.length + 1, at: 1_000_500, event: {type: 'delta', text: ' More.'}})

        expect(await store.get('a')).toMatchObject({ending: null, text: 'Set `PORT`. More.'})
        expect((await store.list({ending: 'running'})).items).toMatchObject([
          {answerId: 'a', ending: null, excerpt: 'Set `PORT`. More.', timings: {firstTokenMs: 20}},
        ])
      })

      test('noted details are part of it', async () => {
        await write('a', {ending: null})
        journal.note('a', {upstreamRequestId: 'req-1', notes: ['one']})

        expect(await store.get('a')).toMatchObject({upstreamRequestId: 'req-1', notes: ['one']})
      })
    })

    describe('the list', () => {
      test('is newest first, in pages without gaps, whatever the clock said', async () => {
        for (let n = 0; n < 12; n++) await write(`a${n}`, {entry: {startedAt: 1_900 - (n % 3)}})

        const seen: string[] = []
        let cursor: string | null = null
        do {
          const page = await store.list({}, {limit: 5, ...(cursor === null ? {} : {cursor})})
          seen.push(...page.items.map(({answerId}) => answerId))
          cursor = page.nextCursor
        } while (cursor !== null)

        expect(seen).toEqual(Array.from({length: 12}, (_, n) => `a${11 - n}`))
      })

      test('refuses a cursor of another list', async () => {
        for (const cursor of ['', 'x', '-1', '9'.repeat(500)]) {
          await expect(store.list({}, {cursor}), cursor).rejects.toMatchObject({code: 'invalid_request'})
        }
      })

      test('is narrowed by every filter', async () => {
        await write('old', {entry: {startedAt: 100, build: 'b0', question: 'Where is Zyzzyva?'}})
        await write('stopped', {ending: 'stopped', entry: {startedAt: 200}})
        await write('cut', {finishReason: 'max_tokens', entry: {startedAt: 250}})
        await write('liked', {
          entry: {startedAt: 300, conversation: 'c', lang: 'pt-BR'},
          pieces: ['Xylomancy.'],
        })
        await write('running', {ending: null, entry: {startedAt: 400}})
        journal.note('cut', {lang: 'pt'})
        await store.setFeedback('liked', {rating: 'up', reasons: [], comment: null})
        await store.setReview('old', {verdict: 'wrong', note: null, correctedAnswer: null, by: 'Ada'})

        expect(await idsOf()).toEqual(['running', 'liked', 'cut', 'stopped', 'old'])
        expect(await idsOf({q: 'zyzzyva'})).toEqual(['old'])
        expect(await idsOf({q: 'xylo'})).toEqual(['liked'])
        expect(await idsOf({q: refOf('cut')})).toEqual(['cut'])
        expect(await idsOf({ending: 'stopped'})).toEqual(['stopped'])
        expect(await idsOf({ending: 'running'})).toEqual(['running'])
        expect(await idsOf({rating: 'up'})).toEqual(['liked'])
        expect(await idsOf({rating: 'none', ending: 'complete'})).toEqual(['cut', 'old'])
        expect(await idsOf({verdict: 'wrong'})).toEqual(['old'])
        expect(await idsOf({verdict: 'none', partial: false})).toEqual(['running', 'liked', 'stopped'])
        expect(await idsOf({partial: true})).toEqual(['cut'])
        expect(await idsOf({abstained: true})).toEqual([])
        expect(await idsOf({build: 'b0'})).toEqual(['old'])
        expect(await idsOf({lang: 'pt'})).toEqual(['liked', 'cut'])
        expect(await idsOf({lang: 'pt-BR'})).toEqual(['liked'])
        expect(await idsOf({lang: 'p'})).toEqual([])
        expect(await idsOf({from: 200, to: 300})).toEqual(['cut', 'stopped'])
        expect(await idsOf({conversation: 'c'})).toEqual(['liked'])
      })

      test('accepts any text as a query', async () => {
        await write('a')
        for (const q of ['"', '*', 'AND', 'NEAR(', '{a b}: c', '\u0000', '%', '_', 'x'.repeat(10_000)]) {
          await expect(store.list({q}), q).resolves.toBeDefined()
        }
      })
    })

    describe('an export', () => {
      test('has all that match, complete and oldest first, and can be stopped in the middle', async () => {
        for (let n = 0; n < 120; n++) await write(`a${n}`, {entry: {startedAt: n}})

        const all = await collected(store.export({}))
        let first: string | undefined
        for await (const {answerId} of store.export({from: 10})) {
          first = answerId
          break
        }

        expect(all.map(({answerId}) => answerId)).toEqual(Array.from({length: 120}, (_, n) => `a${n}`))
        expect(all[7]).toEqual(await store.get('a7'))
        expect(first).toBe('a10')
      })
    })

    describe('feedback and reviews', () => {
      test('are kept, the latest ones, also of a running answer', async () => {
        await write('a', {ending: null})

        const kept = await store.setFeedback('a', {rating: 'up', reasons: ['clear'], comment: null})
        await store.setFeedback('a', {rating: 'down', reasons: ['wrong'], comment: 'No.'})
        await store.setReview('a', {
          verdict: 'wrong',
          note: 'See docs',
          correctedAnswer: 'Say this.',
          by: 'Ada',
        })

        expect(kept).toEqual({
          feedback: {rating: 'up', missing: false, reasons: ['clear'], comment: null},
          isNewlyMissing: false,
          build: sampleEntry('a').build,
        })
        expect(await store.get('a')).toMatchObject({
          feedback: {rating: 'down', reasons: ['wrong'], comment: 'No.', at: expect.any(Number)},
          review: {verdict: 'wrong', note: 'See docs', correctedAnswer: 'Say this.', by: 'Ada'},
        })
      })

      test('that the docs lack something is kept beside the rating, whichever came first, and counted once', async () => {
        const rated = {rating: 'down', reasons: ['incomplete'], comment: 'No port.'} as const
        const missing = {missing: true, reasons: [], comment: null} as const
        for (const id of ['rated-first', 'missing-first', 'rated-only']) await write(id)

        await store.setFeedback('rated-first', rated)
        const first = await store.setFeedback('rated-first', missing)
        const again = await store.setFeedback('rated-first', missing)
        const alone = await store.setFeedback('missing-first', missing)
        await store.setFeedback('missing-first', rated)
        await store.setFeedback('rated-only', rated)

        const both = {...rated, missing: true}
        const {build} = sampleEntry('rated-first')
        expect([first, again]).toEqual([
          {feedback: both, isNewlyMissing: true, build},
          {feedback: both, isNewlyMissing: false, build},
        ])
        expect(alone.feedback).toEqual({rating: null, missing: true, reasons: [], comment: null})
        expect((await store.get('missing-first'))?.feedback).toMatchObject(both)
        expect((await store.list({missing: true})).items).toMatchObject([
          {answerId: 'missing-first', rating: 'down', missing: true},
          {answerId: 'rated-first', rating: 'down', missing: true},
        ])
        expect((await store.list({missing: false})).items).toMatchObject([{answerId: 'rated-only'}])
      })

      test('a review replaces the one that its writer has read, and no other', async () => {
        await write('a')
        const by = (name: string) =>
          ({verdict: 'wrong', note: name, correctedAnswer: null, by: name}) as const

        await store.setReview('a', by('Ada'), null)
        const first = (await store.get('a'))!.review!
        await expect(store.setReview('a', by('Bob'), null)).rejects.toMatchObject({code: 'conflict'})
        await expect(store.setReview('a', by('Bob'), first.at - 1)).rejects.toMatchObject({code: 'conflict'})
        expect((await store.get('a'))!.review).toEqual(first)
        await store.setReview('a', by('Bob'), first.at)
        expect((await store.get('a'))!.review).toMatchObject({by: 'Bob'})
        await store.setReview('a', by('Cleo'))
        expect((await store.get('a'))!.review).toMatchObject({by: 'Cleo'})
        await write('b')
        await expect(store.setReview('b', by('Bob'), 7)).rejects.toMatchObject({code: 'conflict'})
      })

      test('a review that is sent again, because the response was lost, is no conflict and stays as it was', async () => {
        await write('a')
        const review = {verdict: 'wrong', note: 'It is 3000.', correctedAnswer: null, by: 'Ada'} as const
        await store.setReview('a', review, null)
        const first = (await store.get('a'))!.review!

        await store.setReview('a', review, null)
        expect((await store.get('a'))!.review).toEqual(first)
        for (const other of [{by: 'Bob'}, {note: null}, {verdict: 'good'}, {correctedAnswer: 'x'}] as const) {
          await expect(store.setReview('a', {...review, ...other}, null)).rejects.toMatchObject({
            code: 'conflict',
          })
        }
      })

      test('of an unknown answer are refused', async () => {
        const refused = {code: 'not_found'}
        await expect(
          store.setFeedback('none', {rating: 'up', reasons: [], comment: null}),
        ).rejects.toMatchObject(refused)
        await expect(
          store.setReview('none', {verdict: 'good', note: null, correctedAnswer: null, by: 'Ada'}),
        ).rejects.toMatchObject(refused)
      })

      test('include the time of the first source once, before and after the end', async () => {
        await write('early', {ending: null})
        await write('late')
        await journal.flush()

        for (const ms of [80, 9])
          for (const id of ['early', 'late', 'none']) await store.setFirstUseful(id, ms)

        expect((await store.get('early'))?.firstUsefulMs).toBe(80)
        expect((await store.get('late'))?.firstUsefulMs).toBe(80)
      })
    })

    test('says what it takes, and when its oldest answer was asked', async () => {
      expect(await store.storage()).toMatchObject({oldestAt: null, maxBytes: null})
      await write('a', {entry: {startedAt: 10}})
      await write('b', {entry: {startedAt: 30}, pieces: [randomBytes(150_000).toString('hex')]})

      const {bytes, besideBytes, oldestAt} = await store.storage()

      expect(bytes).toBeGreaterThan(200_000)
      expect(besideBytes).toBeGreaterThanOrEqual(0)
      expect(oldestAt).toBe(10)
    })

    describe('a removal', () => {
      test('removes one answer, and leaves nothing of it to be found', async () => {
        await write('a', {entry: {question: 'Zyzzyva?'}})
        await write('b')

        expect(await store.delete('a')).toBe(true)

        expect(await store.delete('a')).toBe(false)
        expect(await store.get('a')).toBeNull()
        expect(await idsOf({q: 'zyzzyva'})).toEqual([])
        expect(await idsOf()).toEqual(['b'])
        expect(await journal.eventsAfter('a', 0)).toEqual([])
        expect(store.isErased).toBe(true)
      })

      test('of a running answer drops the rest of it', async () => {
        const {append} = await write('a', {ending: null})
        await store.delete('a')

        append({seq: 7, at: 1_000_100, event: {type: 'delta', text: 'More.'}})
        await journal.flush()

        expect(await store.get('a')).toBeNull()
      })

      test('removes a conversation, or what is too old, completely', async () => {
        await write('a', {entry: {conversation: 'c', startedAt: 10}})
        await write('b', {entry: {conversation: 'c', startedAt: 30}, ending: null})
        await write('d', {entry: {startedAt: 10}})
        await write('e', {entry: {startedAt: 30}})

        expect(await store.deleteConversation('c')).toBe(2)
        expect(await store.deleteConversation('c')).toBe(0)
        expect(await store.purge(20)).toBe(1)
        expect(await idsOf()).toEqual(['e'])
      })
    })
  })
}
