import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {createAnswerState, type WritableAnswerState} from '../../src/answers/answer-state.ts'
import type {Journal, JournalEntry} from '../../src/answers/journal.ts'
import type {SequencedEvent, Turn} from '../../src/domain/index.ts'
import {chance, randomFrom, whole} from '../support/random.ts'
import {sampleEntry, sampleEvents} from '../transcripts/samples.ts'

export interface JournalUnderTest {
  readonly journal: Journal
  close(): Promise<void>
}

/** What is left of an answer once it has ended and was flushed: all of it, all but words, nothing. */
export type Kept = 'words' | 'metadata' | 'nothing'

/** An answer in a journal, written as its run writes it. */
interface Written {
  readonly answerId: string
  readonly events: SequencedEvent[]
  append(event: SequencedEvent): void
}

const dayMs = 24 * 60 * 60 * 1000

/** What every journal keeps, whatever stores it. `open` opens a new, empty one. */
export function journalContract(name: string, kept: Kept, open: () => Promise<JournalUnderTest>): void {
  describe(`journal contract: ${name}`, () => {
    let journal: Journal
    let close: () => Promise<void>

    beforeEach(async () => {
      ;({journal, close} = await open())
    })
    afterEach(() => close())

    /** Begins an answer, which the journal must take. */
    async function begin(answerId: string, entry: Partial<JournalEntry> = {}): Promise<Written> {
      const sample = sampleEntry(answerId, entry)
      const state = createAnswerState(sample.startedAt)
      expect(await journal.begin(sample, state)).toBeNull()
      return writtenTo(journal, answerId, state)
    }

    /** Writes a whole answer. */
    async function write(
      answerId: string,
      {entry, text = 'Set it.', ending = 'complete', finishReason}: WriteOptions = {},
    ): Promise<Written> {
      const answer = await begin(answerId, entry)
      for (const event of sampleEvents(answerId, [text], ending, finishReason)) answer.append(event)
      return answer
    }

    describe('a running answer', () => {
      test('can be read as it was appended, at once and after each flush, from any number on', async () => {
        const answer = await begin('a')

        for (const event of sampleEvents('a', ['a', 'b', 'c', 'd'], null)) {
          answer.append(event)
          expect(await journal.eventsAfter('a', 0)).toEqual(answer.events)
          if (event.seq % 3 === 0) await journal.flush()
        }

        for (let seq = 0; seq <= answer.events.length + 1; seq++) {
          expect(await journal.eventsAfter('a', seq)).toEqual(answer.events.slice(seq))
        }
      })

      test('is found as it began, without an ending', async () => {
        const entry = sampleEntry('a', {version: '2.0', idempotencyKey: 'key', settings: {resumable: true}})
        await journal.begin(entry, createAnswerState(entry.startedAt))

        const before = await journal.find('a')
        await journal.flush()
        const after = await journal.find('a')

        expect([before, after]).toEqual([
          {...entry, ending: null},
          {...entry, ending: null},
        ])
      })

      test('returns events that do not change while more are appended', async () => {
        const answer = await begin('a')
        const [start, ...rest] = sampleEvents('a')
        answer.append(start!)

        const read = await journal.eventsAfter('a', 0)
        for (const event of rest) answer.append(event)

        expect(read).toEqual([start])
      })

      test('is known to its conversation, but is not a turn of it yet', async () => {
        const answer = await begin('a', {conversation: 'c'})
        answer.append(sampleEvents('a')[0]!)

        expect(await journal.hasConversation('c')).toBe(true)
        expect(await journal.conversation('c', 10)).toEqual([])
      })
    })

    describe('an answer that has ended', () => {
      test.each(['complete', 'stopped'] as const)('is found with its ending: %s', async (ending) => {
        await write('a', {ending})

        const found = await journal.find('a')
        await journal.flush()

        expect(found?.ending).toBe(ending)
        expect((await journal.find('a'))?.ending).toBe(kept === 'nothing' ? undefined : ending)
      })

      test('can be read completely before it is flushed, and afterwards as far as it is kept', async () => {
        const {events} = await write('a')
        const before = await journal.eventsAfter('a', 0)
        await journal.flush()
        const after = await journal.eventsAfter('a', 0)

        const numbered = ({seq, at, event: {type}}: SequencedEvent) => [seq, at, type]
        expect(before).toEqual(events)
        if (kept === 'nothing') expect(after).toEqual([])
        else expect(after.map(numbered)).toEqual(events.map(numbered))
        if (kept === 'words') expect(after).toEqual(events)
        if (kept === 'metadata') expect(JSON.stringify(after)).not.toMatch(/Set it|How do I|setting 1 is on/)
      })
    })

    describe('an unknown id', () => {
      test('is not found, has no events, and accepts none', async () => {
        journal.append('unknown', sampleEvents('unknown')[0]!)
        journal.note('unknown', {errorDetail: 'lost'})
        await journal.flush()

        expect(await journal.find('unknown')).toBeNull()
        expect(await journal.eventsAfter('unknown', 0)).toEqual([])
        expect(await journal.findByIdempotencyKey('unknown')).toBeNull()
        expect(await journal.hasConversation('unknown')).toBe(false)
        expect(await journal.conversation('unknown', 10)).toEqual([])
        expect(journal.health()).toEqual({degraded: false, reason: null, unflushed: 0})
      })
    })

    describe('an idempotency key', () => {
      const key = {idempotencyKey: 'key', startedAt: dayMs}
      const tryToBegin = (answerId: string, entry: Partial<JournalEntry>) =>
        journal.begin(sampleEntry(answerId, entry), createAnswerState(entry.startedAt ?? 0))

      test('begins one answer however many begin with it at once; nothing is recorded of the others', async () => {
        const ids = Array.from({length: 20}, (_, n) => `a${n}`)

        const holders = await Promise.all(ids.map((answerId) => tryToBegin(answerId, key)))
        for (const answerId of ids) journal.append(answerId, sampleEvents(answerId)[0]!)

        const begun = ids.filter((_, index) => holders[index] === null)
        expect(begun).toHaveLength(1)
        for (const holder of holders) expect(holder?.answerId ?? begun[0]).toBe(begun[0])
        for (const answerId of ids.filter((id) => id !== begun[0])) {
          expect(await journal.find(answerId)).toBeNull()
          expect(await journal.eventsAfter(answerId, 0)).toEqual([])
        }
        expect((await journal.findByIdempotencyKey('key'))?.answerId).toBe(begun[0])
      })

      test('is held by a running answer, with its question', async () => {
        await begin('first', {...key, question: 'First?'})
        await journal.flush()

        expect(await tryToBegin('second', key)).toMatchObject({
          answerId: 'first',
          question: 'First?',
          ending: null,
        })
      })

      test('is held by an answer that has ended, as long as that is kept', async () => {
        await write('first', {entry: key})
        const atOnce = await tryToBegin('second', key)
        await journal.flush()
        const later = await tryToBegin('third', key)

        expect(atOnce).toMatchObject({answerId: 'first', ending: 'complete'})
        if (kept === 'nothing') expect(later).toBeNull()
        else expect(later).toMatchObject({answerId: 'first', ending: 'complete'})
      })

      test('is free a day after it was claimed, and then belongs to the next answer that claims it', async () => {
        await begin('first', key)

        const before = await tryToBegin('early', {...key, startedAt: 2 * dayMs - 1})
        await begin('second', {...key, startedAt: 2 * dayMs})
        await journal.flush()
        const after = await tryToBegin('third', {...key, startedAt: 3 * dayMs - 1})

        expect(before?.answerId).toBe('first')
        expect(after?.answerId).toBe('second')
        expect((await journal.findByIdempotencyKey('key'))?.answerId).toBe('second')
      })

      test('does not affect other keys, and answers without one do not affect each other', async () => {
        await begin('first', key)
        await begin('other', {...key, idempotencyKey: 'other-key'})
        await begin('without')
        await begin('also-without')

        expect(await journal.findByIdempotencyKey('nobody')).toBeNull()
        expect((await journal.findByIdempotencyKey('other-key'))?.answerId).toBe('other')
      })
    })

    describe('a chat', () => {
      test('is found by the latest answer begun in it, running, ended and flushed', async () => {
        await write('first', {entry: {chat: 'chat-1'}})
        await begin('elsewhere', {chat: 'chat-2'})
        await begin('without')

        expect((await journal.findByChat('chat-1'))?.answerId).toBe('first')
        const second = await begin('second', {chat: 'chat-1'})
        expect(await journal.findByChat('chat-1')).toMatchObject({answerId: 'second', ending: null})
        for (const event of sampleEvents('second', ['Set it.'], 'complete')) second.append(event)
        await journal.flush()

        const found = await journal.findByChat('chat-1')
        expect(await journal.findByChat('nobody')).toBeNull()
        if (kept === 'nothing') expect(found?.answerId).not.toBe('first')
        else expect(found).toMatchObject({answerId: 'second', chat: 'chat-1', ending: 'complete'})
      })
    })

    describe('a conversation', () => {
      const conversation = 'c'
      /** Turns are what was said; a journal that keeps no words has none. */
      const turns = (...said: readonly Turn[]) => (kept === 'words' ? said : [])

      test('is its questions and its complete answers, oldest first, including unflushed ones', async () => {
        await write('a', {entry: {conversation, question: 'First?'}, text: 'One.'})
        await journal.flush()
        await write('b', {entry: {conversation, question: 'Second?'}, ending: 'stopped'})
        await write('elsewhere', {entry: {question: 'Elsewhere?'}})
        await write('c', {entry: {conversation, question: 'Third?'}, text: 'Three.'})

        const third = turns({role: 'user', content: 'Third?'}, {role: 'assistant', content: 'Three.'})
        expect(await journal.conversation(conversation, 10)).toEqual([
          ...turns(
            {role: 'user', content: 'First?'},
            {role: 'assistant', content: 'One.'},
            {role: 'user', content: 'Second?'},
          ),
          ...third,
        ])
        expect(await journal.conversation(conversation, 2)).toEqual(third)
      })

      test('leaves out what the model declined, and what a later answer completed', async () => {
        await write('cut', {
          entry: {conversation, question: 'First?'},
          text: 'Half',
          finishReason: 'max_tokens',
        })
        await write('whole', {
          entry: {conversation, question: 'First?', settings: {continues: 'cut'}},
          text: 'Half and half.',
        })
        await write('declined', {entry: {conversation, question: 'Declined?'}, finishReason: 'refusal'})

        expect(await journal.conversation(conversation, 10)).toEqual(
          turns({role: 'user', content: 'First?'}, {role: 'assistant', content: 'Half and half.'}),
        )
      })

      test('is known after a flush as long as one of its answers is', async () => {
        await write('a', {entry: {conversation, question: 'First?'}, text: 'One.'})
        await journal.flush()

        expect(await journal.hasConversation(conversation)).toBe(kept !== 'nothing')
        expect(await journal.conversation(conversation, 10)).toEqual(
          turns({role: 'user', content: 'First?'}, {role: 'assistant', content: 'One.'}),
        )
      })
    })

    test('health counts unflushed events', async () => {
      const answer = await write('a', {ending: null})
      const before = journal.health()
      await journal.flush()

      expect(before).toEqual({degraded: false, reason: null, unflushed: answer.events.length})
      expect(journal.health()).toEqual({degraded: false, reason: null, unflushed: 0})
    })

    test('many answers written concurrently, with flushes in between, are each what was appended', async () => {
      const random = randomFrom(7)
      const writing: {answer: Written; rest: SequencedEvent[]}[] = []
      for (let n = 0; n < 40; n++) {
        const answerId = `a${n}`
        const pieces = Array.from({length: whole(random, 12)}, (_, piece) => `${n}.${piece} `)
        const rest = sampleEvents(answerId, pieces, chance(random, 0.7) ? 'complete' : null)
        writing.push({answer: await begin(answerId), rest})
      }

      while (writing.some(({rest}) => rest.length > 0)) {
        const {answer, rest} = writing[whole(random, writing.length - 1)]!
        for (const event of rest.splice(0, whole(random, 4))) answer.append(event)
        if (chance(random, 0.05)) await journal.flush()
        const {events} = answer
        const isUnderWay = rest.length > 0
        if (!isUnderWay && kept !== 'words') continue
        const seq = whole(random, events.length)
        expect(await journal.eventsAfter(answer.answerId, seq)).toEqual(events.slice(seq))
      }
    })
  })
}

interface WriteOptions {
  readonly entry?: Partial<JournalEntry>
  readonly text?: string
  readonly ending?: 'complete' | 'stopped' | null
  readonly finishReason?: Parameters<typeof sampleEvents>[3]
}

function writtenTo(journal: Journal, answerId: string, state: WritableAnswerState): Written {
  const events: SequencedEvent[] = []
  return {
    answerId,
    events,
    append(event) {
      events.push(event)
      state.add(event)
      journal.append(answerId, event)
      // Only whoever writes adds to the state; a journal that did so as well would have every word twice.
      expect(state.textLength).toBe(textLengthOf(events))
    },
  }
}

function textLengthOf(events: readonly SequencedEvent[]): number {
  return events.reduce((sum, {event}) => sum + (event.type === 'delta' ? event.text.length : 0), 0)
}

/**
 * What a journal keeps while its store cannot be written: answers begin, go on and are read, from memory.
 * `open` opens one that is in that state, with nothing of the ids and keys used here.
 */
export function degradedJournalContract(name: string, open: () => Promise<JournalUnderTest>): void {
  describe(`degraded journal contract: ${name}`, () => {
    test('answers begin, claim keys, end, and are read; nothing rejects, and health says why', async () => {
      const {journal, close} = await open()
      try {
        const entry = sampleEntry('degraded', {conversation: 'c', question: 'Now?', idempotencyKey: 'key'})
        const state = createAnswerState(entry.startedAt)
        const holder = await journal.begin(entry, state)
        const answer = writtenTo(journal, 'degraded', state)
        for (const event of sampleEvents('degraded', ['Yes.'])) answer.append(event)
        journal.note('degraded', {errorDetail: 'none'})
        await journal.flush()

        expect(holder).toBeNull()
        expect(journal.health()).toEqual({
          degraded: true,
          reason: expect.stringMatching(/./),
          unflushed: expect.any(Number),
        })
        expect(journal.health().unflushed).toBeGreaterThanOrEqual(answer.events.length)
        expect((await journal.find('degraded'))?.ending).toBe('complete')
        expect(await journal.eventsAfter('degraded', 2)).toEqual(answer.events.slice(2))
        expect((await journal.findByIdempotencyKey('key'))?.answerId).toBe('degraded')
        const again = await journal.begin({...entry, answerId: 'again'}, createAnswerState(entry.startedAt))
        expect(again?.answerId).toBe('degraded')
        expect(await journal.hasConversation('c')).toBe(true)
        expect(await journal.conversation('c', 10)).toEqual([
          {role: 'user', content: 'Now?'},
          {role: 'assistant', content: 'Yes.'},
        ])
      } finally {
        await close()
      }
    })
  })
}
