import {EventSourceParserStream} from 'eventsource-parser/stream'
import {type AnswerEvent, DocentError, isTerminal} from '../../domain/index.ts'
import type {Asked, Asking} from './asking.ts'

/**
 * Asks a running server.
 * @throws DocentError `upstream_unreachable` without one, `invalid_request` when it refuses.
 */
export async function askServer(server: string, {question, version, signal}: Asked): Promise<Asking> {
  const base = server.replace(/\/+$/, '')
  const response = await fetch(`${base}/api/answers`, {
    method: 'POST',
    headers: {'content-type': 'application/json', accept: 'text/event-stream'},
    body: JSON.stringify({question, version, resumable: true}),
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
    events: eventsThere(),
    whole: async () =>
      (await (await fetch(`${base}/api/answers/${answerId}`)).json()) as Record<string, unknown>,
    close: async () => {},
  }

  async function* eventsThere(): AsyncGenerator<AnswerEvent> {
    for await (const {event, data} of frames) {
      // Written by a server of ours: the types are those of the domain.
      const parsed = {type: event, ...JSON.parse(data)} as AnswerEvent
      if (parsed.type === 'start') answerId = parsed.answerId
      yield parsed
      if (isTerminal(parsed)) return
    }
    throw new DocentError(
      'upstream_cut',
      'The connection to the server broke off. The answer is not complete.',
    )
  }
}
