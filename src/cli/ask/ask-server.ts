import {EventSourceParserStream} from 'eventsource-parser/stream'
import {type AnswerEvent, DocentError, isTerminal} from '../../domain/index.ts'
import type {AskRequest, RunningAnswer} from './running-answer.ts'

/**
 * Asks a running server.
 * @throws DocentError `upstream_unreachable` if there is none, `invalid_request` if it refuses.
 */
export async function askServer(
  server: string,
  {question, version, lang, signal}: AskRequest,
): Promise<RunningAnswer> {
  const base = server.replace(/\/+$/, '')
  const response = await fetch(`${base}/api/answers`, {
    method: 'POST',
    headers: {'content-type': 'application/json', accept: 'text/event-stream'},
    body: JSON.stringify({question, version, lang, resumable: true}),
  }).catch((cause: unknown) => {
    throw new DocentError('upstream_unreachable', `There is no server at ${base}.`, {cause})
  })
  if (!response.ok || response.body === null) {
    const refusal = (await response.json().catch(() => null)) as {error?: {message?: string}} | null
    throw new DocentError(
      'invalid_request',
      refusal?.error?.message ?? `${base} answered ${response.status}.`,
    )
  }
  const frames = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
  let answerId = ''
  signal.addEventListener('abort', () => void fetch(`${base}/api/answers/${answerId}/stop`, {method: 'POST'}))
  return {
    events: serverEvents(),
    json: async () =>
      (await (await fetch(`${base}/api/answers/${answerId}`)).json()) as Record<string, unknown>,
    close: async () => {},
  }

  async function* serverEvents(): AsyncGenerator<AnswerEvent> {
    for await (const {event, data} of frames) {
      // Sent by a Docent server, so the types are those of the domain.
      const parsed = {type: event, ...JSON.parse(data)} as AnswerEvent
      if (parsed.type === 'start') answerId = parsed.answerId
      yield parsed
      if (isTerminal(parsed)) return
    }
    throw new DocentError(
      'upstream_cut',
      'The connection to the server was lost. The answer is not complete.',
    )
  }
}
