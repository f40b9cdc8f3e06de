import {DocentError, noUsage} from '../../src/domain/index.ts'
import {type ScriptStep, scriptedGenerator} from './scripted-generator.ts'
import {startDocent, type TestDocent} from './start-docent.ts'

/** What clients of every protocol ask, and how the answer goes. */
export const protocolQuestions = {
  /** Thinks, searches once more, and cites a source. */
  cited: 'How do I install it?',
  /** The docs do not have it. */
  abstained: 'What is xyzzy?',
  /** The model's connection is cut after the first words. */
  broken: 'Why does it break?',
  /** Goes on until it is stopped. */
  endless: 'Tell it slowly.',
  /** Takes a second or more. */
  slow: 'Tell it in a second.',
  /** The model declines. */
  declined: 'Will you decline?',
} as const

/** The text of the cited answer; its citation is of `Run npm ci.` */
export const citedText = 'Run npm ci. Then start it.'

/** Servers whose answers go as the question says. */
export interface ProtocolDocs {
  /** Without limits. */
  readonly open: TestDocent
  /** Allows one question in a minute. */
  readonly strict: TestDocent
}

/** Close both. */
export async function startProtocolDocs(
  settings: Parameters<typeof startDocent>[0] = {},
): Promise<ProtocolDocs> {
  const given = {
    ...settings,
    generator: scriptedGenerator(({question}) => stepsFor(question), {model: 'scripted'}),
  }
  const open = await startDocent({
    ...given,
    settings: {resumeGraceMs: 30_000, bufferMs: 0, ...settings.settings},
  })
  const strict = await startDocent({
    ...given,
    settings: {...settings.settings, port: 0, rateLimitPerMinute: 1},
  })
  return {open, strict}
}

function* stepsFor(question: string): Generator<ScriptStep> {
  switch (question) {
    case protocolQuestions.broken:
      yield 'It breaks '
      yield {waitMs: 20}
      yield new DocentError('upstream_cut', 'The connection was cut.')
      return
    case protocolQuestions.endless:
    case protocolQuestions.slow:
      for (let n = 1; question === protocolQuestions.endless || n <= 20; n++) {
        yield `word ${n} `
        yield {waitMs: 50}
      }
      return
    case protocolQuestions.declined:
      yield 'I '
      yield {type: 'finish', finishReason: 'refusal', usage: noUsage, upstreamRequestId: null}
      return
    default: {
      const call = {type: 'tool', id: 'search-1', name: 'search_docs'} as const
      yield {type: 'reasoning', text: 'It is about '}
      yield {type: 'reasoning', text: 'installing.'}
      yield {...call, status: 'started', input: {query: 'install'}, summary: 'Looking in the docs.'}
      yield {...call, status: 'done', output: {found: 0}, summary: 'Found nothing new.'}
      yield 'Run npm'
      yield ' ci.'
      yield {type: 'citation', n: 1, start: 0, end: 11, quote: 'npm ci'}
      yield ' Then start it.'
    }
  }
}
