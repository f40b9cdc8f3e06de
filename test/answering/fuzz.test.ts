import {getEventListeners} from 'node:events'
import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {createAnswering} from '../../src/answering/create-answering.ts'
import {
  type AnswerEvent,
  DocentError,
  type ErrorCode,
  isTerminal,
  noUsage,
  type SequencedEvent,
} from '../../src/domain/index.ts'
import type {GenerationEvent, GenerationRequest, Generator} from '../../src/generation/generator.ts'
import type {Retriever} from '../../src/retrieval/retriever.ts'
import {openTranscripts, type Transcripts} from '../../src/transcripts/open-transcripts.ts'
import {sampleSource} from '../support/fake-retriever.ts'
import {chance, type Random, randomFrom, whole} from '../support/random.ts'
import {seedOr} from '../support/random-seed.ts'
import {slowJournal} from './slow-journal.ts'

/*
 * Random schedules in virtual time: who asks, reads, leaves, comes back, stops, fails, and when. A world is one
 * server with a number of answers under way at once; everything in it follows from its seed, so a failure is
 * repeated by `npm run test:matrix -- schedules answering --runs 1 --seed` and the seed that it names.
 */
const answersPerWorld = 25
const firstSeed = seedOr(1)
const worlds = 100
const resumeGraceMs = 200

const oneOf = <T>(random: Random, choices: readonly T[]): T => choices[whole(random, choices.length - 1)]!

const words = [
  'Set ',
  '`PORT`',
  ' to ',
  '**bold** ',
  '👩‍👩‍👧',
  'e',
  '\u0301',
  '[link](/a',
  '/b) ',
  '\n\n',
  '```\n',
  '\ud83d',
  '\ude00',
  '- x\n',
]
const upstreamCodes: readonly ErrorCode[] = [
  'upstream_cut',
  'upstream_overloaded',
  'stall_timeout',
  'upstream_auth',
]

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Sleeps until then or until the signal aborts; leaves no listener behind. */
async function sleepUnless(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  await new Promise<void>((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal.addEventListener('abort', onAbort, {once: true})
  })
}

interface World {
  readonly upstreams: Set<AbortSignal>
  openGenerations: number
  openRetrievals: number
}

function randomRetriever(random: Random, world: World): Retriever {
  return {
    async retrieve(query, {signal} = {}) {
      world.openRetrievals += 1
      world.upstreams.add(signal!)
      try {
        await sleepUnless(whole(random, 40), signal!)
        if (chance(random, 0.03)) throw new DocentError('embedding_model', 'The model is gone')
        const first = query.firstNumber ?? 1
        const abstains = first === 1 && chance(random, 0.08)
        const sources = Array.from({length: whole(random, 3) + (first === 1 ? 1 : 0)}, (_, index) => ({
          ...sampleSource(whole(random, 9) + 1),
          n: first + index,
          id: `section-${whole(random, 6)}-${index}`,
        }))
        return {
          build: chance(random, 0.1) ? 'build-2' : 'build-1',
          query: query.question,
          sources,
          abstention: abstains ? {reason: 'low_score' as const, nearest: []} : null,
          timings: {total: 1},
        }
      } finally {
        world.openRetrievals -= 1
      }
    },
  }
}

function randomGenerator(random: Random, world: World): Generator {
  async function* generate(request: GenerationRequest, signal: AbortSignal): AsyncGenerator<GenerationEvent> {
    world.openGenerations += 1
    world.upstreams.add(signal)
    let length = 0
    try {
      const steps = chance(random, 0.05) ? 0 : whole(random, 25)
      if (chance(random, 0.1)) await sleepUnless(whole(random, 900), signal)
      for (let step = 0; step < steps; step++) {
        if (chance(random, 0.6))
          await sleepUnless(chance(random, 0.05) ? whole(random, 600) : whole(random, 30), signal)
        const roll = random()
        if (roll < 0.75) {
          const text = oneOf(random, words)
          length += text.length
          yield {type: 'delta', text}
        } else if (roll < 0.85) {
          yield {
            type: 'citation',
            n: whole(random, 8),
            start: whole(random, 5),
            end: whole(random, length + 3),
          }
        } else if (roll < 0.9) {
          yield {type: 'reasoning', text: 'hm'}
        } else if (roll < 0.95) {
          yield {type: 'tool', id: `t${step}`, name: 'search_docs', status: 'started', input: {query: 'x'}}
          await request.search(`round ${step}`)
        } else if (roll < 0.97) {
          throw new DocentError(oneOf(random, upstreamCodes), 'It broke')
        } else if (roll < 0.98) {
          throw new TypeError('A mistake of the programmer')
        } else if (roll < 0.985) {
          await sleepUnless(1_000_000, signal)
        }
      }
      if (chance(random, 0.05)) return
      yield {
        type: 'finish',
        finishReason: oneOf(random, ['end', 'max_tokens', 'refusal'] as const),
        usage: noUsage,
        upstreamRequestId: null,
      }
      if (chance(random, 0.1)) yield {type: 'delta', text: 'too late'}
    } finally {
      world.openGenerations -= 1
    }
  }
  return {
    name: 'scripted',
    model: null,
    generate: (request, {signal}) => generate(request, signal),
  }
}

interface Reader {
  readonly bufferMs: number
  readonly got: SequencedEvent[]
  readonly signals: AbortSignal[]
  readonly errors: unknown[]
  /** When its last session was over. */
  leftAt: number
}

/** Reads in one or several sessions, each going on after the last number seen. */
async function readAnswer(
  random: Random,
  events: (after: number, signal: AbortSignal, bufferMs: number) => AsyncGenerator<SequencedEvent>,
): Promise<Reader> {
  const bufferMs = oneOf(random, [0, 0, 20, 75])
  const reader: Reader = {bufferMs, got: [], signals: [], errors: [], leftAt: 0}
  const sessions = 1 + (chance(random, 0.4) ? whole(random, 3) : 0)
  const isSlow = chance(random, 0.2)
  for (let session = 0; session < sessions; session++) {
    await sleep(session === 0 ? whole(random, chance(random, 0.8) ? 5 : 800) : whole(random, 400))
    const controller = new AbortController()
    reader.signals.push(controller.signal)
    const isLast = session === sessions - 1
    const leaves = !isLast || chance(random, 0.3)
    const leavesByBreak = chance(random, 0.5)
    const takes = leaves && leavesByBreak ? whole(random, 12) : Number.POSITIVE_INFINITY
    const timer =
      leaves && !leavesByBreak ? setTimeout(() => controller.abort(), whole(random, 700)) : undefined
    let taken = 0
    try {
      for await (const event of events(reader.got.at(-1)?.seq ?? 0, controller.signal, bufferMs)) {
        reader.got.push(event)
        taken += 1
        if (isSlow) await sleep(whole(random, 60))
        if (taken > takes || controller.signal.aborted) break
      }
    } catch (error) {
      reader.errors.push(error)
    }
    clearTimeout(timer)
    reader.leftAt = Date.now()
    const last = reader.got.at(-1)
    if (last && isTerminal(last.event)) break
  }
  return reader
}

function textOf(events: readonly SequencedEvent[]): string {
  return events.map(({event}) => (event.type === 'delta' ? event.text : '')).join('')
}

const withoutDeltas = (events: readonly SequencedEvent[]) =>
  events.filter(({event}) => event.type !== 'delta')

function checkGrammar(events: readonly SequencedEvent[]): void {
  const types = events.map(({event}) => event.type)
  expect(types[0]).toBe('start')
  expect(types.filter((type) => type === 'start')).toHaveLength(1)
  expect(events.filter(({event}) => isTerminal(event))).toHaveLength(1)
  expect(isTerminal(events.at(-1)!.event)).toBe(true)
  expect(events.map(({seq}) => seq)).toEqual(events.map((_, index) => index + 1))
  const ended = events.at(-1)!.event as AnswerEvent
  const firstDelta = types.indexOf('delta')
  const firstSources = types.indexOf('sources')
  if (firstDelta !== -1) expect(firstSources).toBeLessThan(firstDelta)
  if (ended.type === 'done') expect(firstSources).toBeGreaterThan(0)

  const shown = new Set<number>()
  let length = 0
  for (const {event} of events) {
    if (event.type === 'sources') {
      for (const {n} of event.sources) {
        expect(n).toBe(shown.size + 1)
        shown.add(n)
      }
    } else if (event.type === 'delta') {
      expect(event.text).not.toBe('')
      expect(event.text).not.toMatch(/\p{Surrogate}/u)
      length += event.text.length
    } else if (event.type === 'citation') {
      expect(shown).toContain(event.n)
      expect(event.end).toBeLessThanOrEqual(length)
    }
  }
}

function checkReader(reader: Reader, stored: readonly SequencedEvent[]): void {
  expect(reader.errors).toEqual([])
  const {got} = reader
  for (let index = 1; index < got.length; index++)
    expect(got[index]!.seq).toBeGreaterThan(got[index - 1]!.seq)
  const last = got.at(-1)?.seq ?? 0
  const past = stored.slice(0, last)
  if (reader.bufferMs === 0) {
    expect(got).toEqual(past)
  } else {
    expect(textOf(got)).toBe(textOf(past))
    expect(withoutDeltas(got)).toEqual(withoutDeltas(past))
  }
}

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

async function runWorld(seed: number, transcripts: Transcripts): Promise<void> {
  const random = randomFrom(seed)
  const world: World = {upstreams: new Set(), openGenerations: 0, openRetrievals: 0}
  const endings: string[] = []
  let ids = 0
  /** Half of the worlds have a journal behind a network, until all is over. */
  let isSlow = chance(random, 0.5)
  const answering = createAnswering({
    retriever: randomRetriever(random, world),
    generator: randomGenerator(random, world),
    journal: slowJournal(transcripts, async () => {
      if (isSlow) await sleep(whole(random, 8))
    }),
    currentBuild: () => 'build-1',
    embedding: 'test',
    deadlines: {firstTokenMs: 500, answerMs: 1_500},
    resumeGraceMs,
    firstReaderMs: 1_000,
    keepEndedMs: 300,
    limits: {pauseLagEvents: whole(random, 8) + 1},
    newId: () => `world-${seed}-answer-${++ids}`,
    onEnd: ({ending}) => endings.push(ending),
  })
  const readersOf = new Map<string, Promise<Reader>[]>()
  const stops: Promise<void>[] = []
  const conversations: string[] = []

  async function visit(): Promise<void> {
    await sleep(whole(random, 500))
    const continued = chance(random, 0.1) ? oneOf(random, [...readersOf.keys(), null]) : null
    let answerId: string
    try {
      const asked = await answering.ask(
        {
          question: `Question ${whole(random, 100)}?`,
          conversationId: oneOf(random, [...conversations, null]),
          history: [],
          version: null,
          resumable: chance(random, 0.5),
        },
        {channel: 'fuzz', continueAnswerId: continued},
      )
      answerId = asked.answerId
      if (asked.conversationId !== null) conversations.push(asked.conversationId)
    } catch (error) {
      expect(error).toMatchObject({code: expect.stringMatching(/^(?:conflict|shutting_down)$/)})
      return
    }
    const count = chance(random, 0.05) ? 0 : 1 + (chance(random, 0.3) ? whole(random, 2) : 0)
    readersOf.set(
      answerId,
      Array.from({length: count}, () =>
        readAnswer(random, (after, signal, bufferMs) =>
          answering.events(answerId, {after, signal, bufferMs}),
        ),
      ),
    )
    if (chance(random, 0.25)) {
      stops.push(
        sleep(whole(random, 1_000)).then(async () => {
          const first = await answering.stop(answerId)
          expect(await answering.stop(answerId)).toBe(first)
        }),
      )
    }
  }

  const visits = Array.from({length: answersPerWorld}, visit)
  const closing = chance(random, 0.3)
    ? sleep(whole(random, 1_200)).then(() => answering.shutdown(whole(random, 300)))
    : Promise.resolve()
  await vi.runAllTimersAsync()
  await Promise.all([...visits, ...stops, closing])
  await vi.runAllTimersAsync()

  isSlow = false

  expect(answering.active).toBe(0)
  expect(endings).toHaveLength(readersOf.size)
  expect(world).toMatchObject({openGenerations: 0, openRetrievals: 0})
  expect(vi.getTimerCount()).toBe(0)
  for (const signal of world.upstreams) expect(getEventListeners(signal, 'abort')).toEqual([])
  expect(transcripts.health()).toEqual({degraded: false, reason: null, unflushed: 0})

  for (const [answerId, reading] of readersOf) {
    const readers = await Promise.all(reading)
    const transcript = (await transcripts.get(answerId))!
    const stored = transcript.events
    checkGrammar(stored)
    const end = stored.at(-1)!.event
    expect(isTerminal(end) && end.ending).toBe(transcript.ending)
    expect(transcript.text).toBe(textOf(stored))
    if (readers.length > 0) {
      const graceMs = transcript.settings['resumable'] === true ? resumeGraceMs : 0
      const lastLeftAt = Math.max(...readers.map(({leftAt}) => leftAt))
      expect(stored.at(-1)!.at, 'a run outlived its readers').toBeLessThanOrEqual(lastLeftAt + graceMs + 1)
    }
    for (const reader of readers) {
      checkReader(reader, stored)
      for (const signal of reader.signals) expect(getEventListeners(signal, 'abort')).toEqual([])
    }
    // Someone who comes after all is over gets the whole of it, too.
    const late: SequencedEvent[] = []
    for await (const event of answering.events(answerId, {signal: new AbortController().signal}))
      late.push(event)
    expect(late).toEqual(stored)
    expect(await answering.snapshot(answerId)).toMatchObject({
      text: transcript.text,
      ending: transcript.ending,
    })
  }
}

test(`${worlds * answersPerWorld} random schedules: one ending each, no gap, no repeat, nothing left over`, async () => {
  const transcripts = openTranscripts({file: ':memory:'})
  for (let seed = firstSeed; seed < firstSeed + worlds; seed++) {
    try {
      await runWorld(seed, transcripts)
    } catch (error) {
      throw new Error(`The world of seed ${seed} failed`, {cause: error})
    }
  }
  transcripts.close()
  // Some seven seconds of work; a busy machine gives it a fraction of its time.
}, 300_000)
