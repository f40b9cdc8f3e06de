import {getEventListeners} from 'node:events'
import {describe, expect, test} from 'vitest'
import type {RetrievedSource} from '../../src/domain/index.ts'
import type {GenerationEvent, GenerationRequest, Generator} from '../../src/generation/generator.ts'
import {quotableBlocksIn} from '../../src/markdown/index.ts'

/** A generator under the contract, and how to make it one that has not said its last word. */
export interface GeneratorUnderContract {
  readonly generator: Generator
  /** Called after each test. */
  close?(): Promise<void>
}

/** A retrieved source with only what a test cares about given. */
export function sourceOf(n: number, markdown: string, more: Partial<RetrievedSource> = {}): RetrievedSource {
  return {
    n,
    id: `source-${n}`,
    group: `source-${n}`,
    title: `Page ${n}`,
    headings: [`Section ${n}`],
    url: `/docs/page-${n}`,
    anchor: `section-${n}`,
    score: 1 / n,
    snippet: '',
    highlights: [],
    blocks: quotableBlocksIn(markdown),
    text: markdown.replace(/[`*_]/g, ''),
    path: `page-${n}.md`,
    version: null,
    lang: null,
    scores: {},
    ...more,
  }
}

export function requestOf(more: Partial<GenerationRequest> = {}): GenerationRequest {
  return {
    question: 'How do I set the port of the server?',
    history: [],
    sources: [
      sourceOf(
        1,
        'The server listens on port 3000. Set `PORT` to change the port of the server. Restart it afterwards.',
      ),
      sourceOf(2, 'Install the server with npm.\n\n```sh\nnpm ci\n```'),
    ],
    search: async () => [],
    continueFrom: null,
    ...more,
  }
}

/** Everything that a generation tells, with its text put together. */
export interface Told {
  readonly events: GenerationEvent[]
  readonly text: string
  /** Null when it ended well. */
  readonly error: unknown
}

export async function told(
  generator: Generator,
  request: GenerationRequest = requestOf(),
  signal: AbortSignal = new AbortController().signal,
): Promise<Told> {
  const events: GenerationEvent[] = []
  let error: unknown = null
  try {
    for await (const event of generator.generate(request, {signal})) events.push(event)
  } catch (thrown) {
    error = thrown
  }
  return {events, text: textOf(events), error}
}

export function textOf(events: readonly GenerationEvent[]): string {
  return events.map((event) => (event.type === 'delta' ? event.text : '')).join('')
}

/** What every generator promises, whatever is behind it. */
export function generatorContract(name: string, open: () => Promise<GeneratorUnderContract>): void {
  describe(`${name} keeps the generator's contract`, () => {
    async function using(work: (generator: Generator) => Promise<void>): Promise<void> {
      const under = await open()
      try {
        await work(under.generator)
      } finally {
        await under.close?.()
      }
    }

    test('an answer has text and ends with exactly one finish', () =>
      using(async (generator) => {
        const {events, text, error} = await told(generator)

        expect(error).toBeNull()
        expect(text.trim()).not.toBe('')
        expect(events.filter(({type}) => type === 'finish')).toHaveLength(1)
        expect(events.at(-1)?.type).toBe('finish')
      }))

    test('no delta is empty', () =>
      using(async (generator) => {
        const {events} = await told(generator)

        expect(events.filter((event) => event.type === 'delta' && event.text === '')).toEqual([])
      }))

    test('a citation names a source of the request and a span of the text so far', () =>
      using(async (generator) => {
        const request = requestOf()
        const {events} = await told(generator, request)

        let length = 0
        for (const event of events) {
          if (event.type === 'delta') length += event.text.length
          if (event.type !== 'citation') continue
          expect(request.sources.map(({n}) => n)).toContain(event.n)
          expect(event.start).toBeGreaterThanOrEqual(0)
          expect(event.end).toBeGreaterThan(event.start)
          expect(event.end).toBeLessThanOrEqual(length)
        }
      }))

    test('a signal that aborts beforehand lets nothing out but its reason', () =>
      using(async (generator) => {
        const reason = new Error('stopped')

        const {events, error} = await told(generator, requestOf(), AbortSignal.abort(reason))

        expect(error).toBe(reason)
        expect(events).toEqual([])
      }))

    test('a signal that aborts in the middle ends it with its reason', () =>
      using(async (generator) => {
        const stop = new AbortController()
        const reason = new Error('stopped')
        const events: GenerationEvent[] = []

        const reading = (async () => {
          for await (const event of generator.generate(requestOf(), {signal: stop.signal})) {
            events.push(event)
            if (event.type === 'delta') stop.abort(reason)
          }
        })()

        await expect(reading).rejects.toBe(reason)
        expect(events.some(({type}) => type === 'finish')).toBe(false)
      }))

    test('nothing listens to the signal any more after the end', () =>
      using(async (generator) => {
        const {signal} = new AbortController()

        await told(generator, requestOf(), signal)

        expect(getEventListeners(signal, 'abort')).toEqual([])
      }))

    test('a reader that leaves early can do so without an error', () =>
      using(async (generator) => {
        const {signal} = new AbortController()

        for await (const event of generator.generate(requestOf(), {signal})) if (event.type === 'delta') break

        expect(getEventListeners(signal, 'abort')).toEqual([])
      }))
  })
}
