import type {Answering, ReadOptions} from '../../src/answering/answering.ts'
import {type AnsweringOptions, createAnswering} from '../../src/answering/create-answering.ts'
import type {Journal} from '../../src/answers/journal.ts'
import {isTerminal, type Question, type SequencedEvent} from '../../src/domain/index.ts'
import {
  openTranscripts,
  type Transcripts,
  type TranscriptsOptions,
} from '../../src/transcripts/open-transcripts.ts'
import {afterEveryTest} from '../support/after-every-test.ts'
import {type FakeRetriever, type FakeRetrieverOptions, fakeRetriever} from '../support/fake-retriever.ts'
import {type HandGenerator, handGenerator} from '../support/hand-generator.ts'

export interface AnsweringWorld {
  readonly answering: Answering
  readonly generator: HandGenerator
  readonly retriever: FakeRetriever
  readonly transcripts: Transcripts
  /** Asks in one conversation, unless the question names another. */
  ask(question?: Partial<Question>, options?: Parameters<Answering['ask']>[1]): Promise<string>
}

export interface WorldOptions extends Partial<AnsweringOptions> {
  readonly retrieval?: FakeRetrieverOptions
  readonly log?: never
  readonly transcripts?: Partial<TranscriptsOptions>
}

const open = new Set<AnsweringWorld>()

afterEveryTest(async () => {
  for (const world of open) {
    await world.answering.shutdown(0)
    world.transcripts.close()
  }
  open.clear()
})

/**
 * Real answering over a real journal, with a fake retriever and a generator controlled by the test.
 * `before` stands between the two: a slow journal, say.
 */
export function createWorld(
  options: WorldOptions = {},
  before: (journal: Journal) => Journal = (journal) => journal,
): AnsweringWorld {
  const {retrieval, transcripts: journalling, ...rest} = options
  const generator = handGenerator()
  const retriever = fakeRetriever(retrieval)
  const transcripts = openTranscripts({file: ':memory:', ...journalling})
  const answering = createAnswering({
    retriever,
    generator,
    journal: before(transcripts),
    currentBuild: () => 'build-1',
    embedding: 'test',
    deadlines: {firstTokenMs: 10_000, answerMs: 30_000},
    resumeGraceMs: 5_000,
    ...rest,
  })
  let key: string | null = null
  const world: AnsweringWorld = {
    answering,
    generator,
    retriever,
    transcripts,
    async ask(question, asked = {channel: 'test'}) {
      const {answerId, conversationId} = await answering.ask(
        sampleQuestion({conversationId: key, ...question}),
        asked,
      )
      key ??= conversationId
      return answerId
    },
  }
  open.add(world)
  return world
}

export function sampleQuestion(question: Partial<Question> = {}): Question {
  return {
    question: 'How do I set the port?',
    conversationId: null,
    history: [],
    version: null,
    resumable: false,
    ...question,
  }
}

export interface TestReader {
  readonly got: SequencedEvent[]
  /** Resolves when the iteration is over, with what it threw, or null. */
  readonly over: Promise<unknown>
  /** Resolves with the first event of that kind. */
  until(type: SequencedEvent['event']['type'], count?: number): Promise<SequencedEvent>
  leave(): void
}

/** Reads as fast as events come. */
export function readerOf(
  answering: Answering,
  answerId: string,
  options: Partial<ReadOptions> = {},
): TestReader {
  const controller = new AbortController()
  const got: SequencedEvent[] = []
  let notify = () => {}

  async function read(): Promise<unknown> {
    try {
      for await (const event of answering.events(answerId, {...options, signal: controller.signal})) {
        got.push(event)
        notify()
      }
      return null
    } catch (error) {
      return error
    } finally {
      notify()
    }
  }

  return {
    got,
    over: read(),
    async until(type, count = 1) {
      while (true) {
        const found = got.filter(({event}) => event.type === type)[count - 1]
        if (found !== undefined) return found
        if (got.some(({event}) => isTerminal(event))) throw new Error(`It ended without ${count} × ${type}`)
        await new Promise<void>((resolve) => {
          const before = notify
          notify = () => {
            before()
            resolve()
          }
        })
      }
    },
    leave: () => controller.abort(),
  }
}

export async function allEvents(
  answering: Answering,
  answerId: string,
  after = 0,
): Promise<SequencedEvent[]> {
  const events: SequencedEvent[] = []
  for await (const event of answering.events(answerId, {after, signal: new AbortController().signal}))
    events.push(event)
  return events
}

export function typesOf(events: readonly SequencedEvent[]): string[] {
  return events.map(({event}) => event.type)
}

export function textOf(events: readonly SequencedEvent[]): string {
  return events.map(({event}) => (event.type === 'delta' ? event.text : '')).join('')
}

export function lastOf(events: readonly SequencedEvent[]): SequencedEvent['event'] {
  return events.at(-1)!.event
}
