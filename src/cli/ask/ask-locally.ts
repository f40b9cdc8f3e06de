import {inspect} from 'node:util'
import {answerJsonOf} from '../../answers/index.ts'
import {type AnswerEvent, DocentError, sourceShown} from '../../domain/index.ts'
import {cleanText} from '../../lib/clean-text.ts'
import {openAssistant} from '../../server/index.ts'
import {loadSettings, type Settings} from '../../settings/index.ts'
import {verifiedInDatabase} from '../stores.ts'
import type {AskRequest, RunningAnswer} from './running-answer.ts'

/**
 * Answers in this process, from the index in the data folder. Ingests first if there is none.
 * @param settings default: those of the environment
 */
export async function askLocally(
  {question, version, lang, signal}: AskRequest,
  settings: Settings = loadSettings(),
): Promise<RunningAnswer> {
  const quiet = {
    debug() {},
    info() {},
    warn() {},
    error: (facts: object, text: string) => console.error(cleanText(`${text} ${inspect(facts)}`)),
  }
  const shared = await verifiedInDatabase(settings)
  const assistant = await openAssistant({
    ...{settings, log: quiet},
    // Not to the transcripts of the server, which may have that file open.
    transcriptsFile: ':memory:',
    ...(shared === null ? {} : {parts: {verified: shared.verified}}),
  }).catch(async (error: unknown) => {
    await shared?.close()
    throw error
  })
  const close = async () => {
    await assistant.close(0)
    await shared?.close()
  }
  try {
    const unavailable = assistant.unavailableIndex()
    if (unavailable !== null) throw new DocentError('not_ready', unavailable)
    const problem = assistant.indexProblem()
    if (problem !== null) {
      console.error(`Indexing ${settings.sources.map(sourceShown).join(',')}: ${problem}.`)
      await assistant.ingest({full: false}).report
    }
    const {answering} = assistant
    const {answerId} = await answering.ask(
      {question, version, lang, conversationId: null, history: [], resumable: false},
      {channel: 'cli'},
    )
    const stop = () => void answering.stop(answerId)
    signal.addEventListener('abort', stop)
    // It may have been aborted while the question was being asked.
    if (signal.aborted) stop()
    return {
      events: localEvents(),
      async json() {
        const snapshot = await answering.snapshot(answerId)
        if (snapshot === null) throw new DocentError('internal', 'The answer is no longer available.')
        return answerJsonOf(snapshot)
      },
      close,
    }

    async function* localEvents(): AsyncGenerator<AnswerEvent> {
      const reader = new AbortController()
      for await (const {event} of answering.events(answerId, {signal: reader.signal})) yield event
    }
  } catch (error) {
    await close()
    throw error
  }
}
