import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createAnswerState, type WritableAnswerState} from '../../src/answers/answer-state.ts'
import {refOf} from '../../src/answers/ids.ts'
import type {JournalEntry} from '../../src/answers/journal.ts'
import {
  type AnswerEvent,
  type FinishReason,
  noUsage,
  type SequencedEvent,
  type Source,
  shownSource,
} from '../../src/domain/index.ts'
import {
  openTranscripts,
  type Transcripts,
  type TranscriptsOptions,
} from '../../src/transcripts/open-transcripts.ts'
import {afterEveryTest} from '../support/after-every-test.ts'
import {sampleSource} from '../support/fake-retriever.ts'

const open = new Set<Transcripts>()
const folders = new Set<string>()

afterEveryTest(async () => {
  await Promise.all([...open].map((transcripts) => transcripts.close()))
  for (const folder of folders) rmSync(folder, {recursive: true, force: true})
  open.clear()
  folders.clear()
})

/** A file in a folder of its own, gone after the test. */
export function temporaryFile(name = 'transcripts.sqlite'): string {
  const folder = mkdtempSync(join(tmpdir(), 'docent-transcripts-'))
  folders.add(folder)
  return join(folder, name)
}

/** Opened for this test; closed after it. */
export function openForTest(options: Partial<TranscriptsOptions> = {}): Transcripts {
  const transcripts = openTranscripts({file: ':memory:', ...options})
  open.add(transcripts)
  return transcripts
}

export function sampleEntry(answerId: string, overrides: Partial<JournalEntry> = {}): JournalEntry {
  return {
    answerId,
    conversation: `conversation-of-${answerId}`,
    question: 'How do I set the port?',
    version: null,
    lang: null,
    page: null,
    build: 'build-1',
    generator: 'scripted',
    model: 'script',
    embedding: 'test',
    startedAt: 1_000_000,
    settings: {answerMs: 120_000},
    channel: 'test',
    idempotencyKey: null,
    ...overrides,
  }
}

export const sampleSources: readonly Source[] = [shownSource(sampleSource(1)), shownSource(sampleSource(2))]

/** Events of one whole answer: start, sources, a delta for each piece, and the end. */
export function sampleEvents(
  answerId: string,
  pieces: readonly string[] = ['Set ', '`PORT`', '.'],
  ending: 'complete' | 'stopped' | null = 'complete',
  finishReason?: FinishReason,
): SequencedEvent[] {
  const events: AnswerEvent[] = [
    {
      type: 'start',
      answerId,
      conversationId: null,
      ref: refOf(answerId),
      build: 'build-1',
      generator: 'scripted',
      model: 'script',
      embedding: 'test',
    },
    {type: 'sources', round: 1, query: 'How do I set the port?', sources: sampleSources},
    ...pieces.map((text): AnswerEvent => ({type: 'delta', text})),
    {type: 'citation', n: 1, start: 0, end: 3, quote: 'setting 1 is on'},
  ]
  if (ending !== null) {
    events.push({
      type: 'done',
      ending,
      ...(finishReason === undefined ? {} : {finishReason}),
      abstained: false,
      usage: {...noUsage, outputTokens: 3},
      timings: {sourcesMs: 10, firstTokenMs: 20, longestStallMs: 10, totalMs: 10 * pieces.length + 30},
    })
  }
  return events.map((event, index) => ({seq: index + 1, at: 1_000_000 + index * 10, event}))
}

/** All of an export. */
export async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** The states of the answers begun here, by journal and id: the run has them where there is one. */
const states = new WeakMap<Transcripts, Map<string, WritableAnswerState>>()

/** Begins an answer, as its run does. In this store it has begun when the call returns. */
export function beginAnswer(
  transcripts: Transcripts,
  answerId: string,
  entry: Partial<JournalEntry> = {},
): void {
  const sample = sampleEntry(answerId, entry)
  const state = createAnswerState(sample.startedAt)
  const ofJournal = states.get(transcripts) ?? new Map<string, WritableAnswerState>()
  states.set(transcripts, ofJournal.set(answerId, state))
  void transcripts.begin(sample, state)
}

/** Appends an event to an answer begun by `beginAnswer`, as its run does. */
export function appendEvent(transcripts: Transcripts, answerId: string, event: SequencedEvent): void {
  states.get(transcripts)!.get(answerId)!.add(event)
  transcripts.append(answerId, event)
}

/** Journals a whole answer and gives its events. */
export function journalAnswer(
  transcripts: Transcripts,
  answerId: string,
  options: {
    readonly entry?: Partial<JournalEntry>
    readonly pieces?: readonly string[]
    readonly ending?: 'complete' | 'stopped' | null
    readonly finishReason?: FinishReason
  } = {},
): SequencedEvent[] {
  const events = sampleEvents(answerId, options.pieces, options.ending, options.finishReason)
  beginAnswer(transcripts, answerId, options.entry)
  for (const event of events) appendEvent(transcripts, answerId, event)
  return events
}
