import {
  type AnswerEvent,
  DocentError,
  type DoneEvent,
  type GeneratorName,
  noUsage,
  type RetrievedSource,
  type Source,
  type SourcesEvent,
} from '../../src/domain/index.ts'
import type {GenerationEvent, Generator} from '../../src/generation/generator.ts'
import {quotableBlocksIn} from '../../src/markdown/index.ts'
import {type FakeRetriever, fakeRetriever} from './fake-retriever.ts'
import {sampleSources} from './sample-answer.ts'
import {type ScriptStep, scriptedGenerator} from './scripted-generator.ts'

/**
 * One step of an answer: `sources` is what retrieval finds, `done` and `error` are how the answer ends, and everything
 * between is what the generator writes.
 */
export type Step =
  | {readonly send: AnswerEvent}
  | {readonly waitMs: number}
  /** The connection breaks once the reader has received what was written. */
  | {readonly cut: true}
  /** Nothing more is written until `release()` is called. */
  | {readonly hold: true}

export interface ScriptPlayerOptions {
  /** Called once for each answer. */
  readonly script: (question: string) => readonly Step[]
  /** Name of the generator. */
  readonly name: GeneratorName
  /** Whether a search finds the sample sources. Default: it finds nothing. */
  readonly canSearch?: boolean
  /** Breaks the connection once this number of deltas, counted over all answers, has reached a reader. */
  readonly cut: (deltas: number) => Promise<void>
}

/** Retrieval and generation that follow one script for each answer. */
export interface ScriptPlayer {
  readonly retriever: FakeRetriever
  readonly generator: Generator
  /** Lets every answer under way continue past one hold. */
  release(): void
}

/** An answer that is being played. */
interface Play {
  readonly steps: readonly Step[]
  /** Number of holds that it may pass. */
  permits: number
  wake: () => void
}

export function scriptPlayer(options: ScriptPlayerOptions): ScriptPlayer {
  const plays = new Set<Play>()
  /** By question, the plays whose sources were retrieved and whose generation has not begun. */
  const retrievedPlays = new Map<string, Play[]>()
  let written = 0

  function* stepsOf(play: Play): Iterable<ScriptStep> {
    try {
      for (const step of play.steps) {
        if ('waitMs' in step) yield step
        else if ('hold' in step) yield {until: holdReleased(play)}
        else if ('cut' in step) yield {until: options.cut(written)}
        else {
          const generated = generatedBy(step.send)
          if (step.send.type === 'delta') written++
          if (generated !== null) yield generated
        }
      }
      yield 'stall'
    } finally {
      plays.delete(play)
    }
  }

  return {
    retriever: {
      ...fakeRetriever({sources: options.canSearch ? sampleSources.map(retrieved) : []}),
      async retrieve({question}) {
        const steps = options.script(question)
        const found = retrievalOf(steps)
        if (found.abstention === null) {
          const play: Play = {steps, permits: 0, wake: () => {}}
          plays.add(play)
          retrievedPlays.set(question, [...(retrievedPlays.get(question) ?? []), play])
        }
        return {build: 'build-1', query: question, ...found, timings: {total: 1}}
      },
    },
    generator: {
      // The latest: sources that were found ahead may have been given up.
      ...scriptedGenerator(({question}) => stepsOf(retrievedPlays.get(question)!.pop()!)),
      name: options.name,
    },
    release() {
      for (const play of plays) {
        play.permits++
        play.wake()
      }
    },
  }
}

async function holdReleased(play: Play): Promise<void> {
  while (play.permits === 0) {
    await new Promise<void>((resolve) => {
      play.wake = resolve
    })
  }
  play.permits--
}

/** The retrieval of a script: the sources that it sends, or the sample ones, unless it abstains. */
function retrievalOf(steps: readonly Step[]) {
  const sent = steps.flatMap((step) => ('send' in step ? [step.send] : []))
  const event = sent.find((one): one is SourcesEvent => one.type === 'sources')
  const end = sent.find((one): one is DoneEvent => one.type === 'done')
  const links = (event?.linkHosts ?? []).map((host) => `\n\n<https://${host}/>`).join('')
  return {
    sources: (event?.sources ?? sampleSources)
      .map(retrieved)
      .map((source) => ({...source, blocks: quotableBlocksIn(source.text + links)})),
    abstention:
      end?.ending === 'abstained' ? {reason: end.reason ?? 'no_hits', nearest: end.nearest ?? []} : null,
  }
}

/** What the generator does for an event of a script; null for events that are not its own. */
function generatedBy(event: AnswerEvent): GenerationEvent | Error | null {
  if (event.type === 'error') return new DocentError(event.code, event.message)
  if (event.type === 'done') {
    return {
      type: 'finish',
      finishReason: event.finishReason ?? 'end',
      usage: noUsage,
      upstreamRequestId: null,
    }
  }
  return event.type === 'sources' || event.type === 'start' ? null : event
}

function retrieved(source: Source): RetrievedSource {
  const {snippet, id, title} = source
  return {
    ...source,
    group: id,
    blocks: quotableBlocksIn(snippet),
    text: snippet,
    path: `${title}.md`,
    version: null,
    lang: null,
    scores: {},
  }
}
