import type {UIMessage} from 'ai'

/** Where Docent is. Empty: on the origin of this page, as behind the development server's proxy. */
export const docentUrl: string = import.meta.env['VITE_DOCENT_URL'] ?? ''

/** What an answer says of itself: some of it with its first part, the rest at its end. */
export interface AnswerMetadata {
  readonly answerId?: string
  /** Docent joins the next question to this conversation: it reads it from the messages that are sent. */
  readonly conversationId?: string
  readonly ending?:
    | 'complete'
    | 'abstained'
    | 'stopped'
    | 'disconnected'
    | 'timeout'
    | 'error'
    | 'interrupted'
  readonly partial?: boolean
  readonly error?: {readonly code: string; readonly retryable: boolean; readonly retryAfterMs?: number}
}

export interface Citation {
  readonly n: number
  readonly sourceId: string
  readonly quote?: string
  /** Offsets in the text part with this id. */
  readonly part: {readonly id: string; readonly start: number; readonly end: number}
}

export type DocentMessage = UIMessage<
  AnswerMetadata,
  {
    stage: {readonly stage: 'retrieving' | 'writing' | 'ended'}
    search: {readonly query: string; readonly found: number}
    citations: readonly Citation[]
    nearest: {readonly pages: readonly {readonly title: string; readonly url: string}[]}
    notice: {readonly message: string}
  }
>

/** Ends the answer on the server. `useChat`'s own `stop` only stops reading, which Docent takes for a lost connection. */
export async function stopAnswer(chatId: string, answerId: string | undefined): Promise<void> {
  await fetch(`${docentUrl}/api/chat/${encodeURIComponent(chatId)}/stop`, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify({activeStreamId: answerId}),
  })
}

export async function rate(answerId: string, rating: 'up' | 'down'): Promise<boolean> {
  const {ok} = await fetch(`${docentUrl}/api/answers/${answerId}/feedback`, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify({rating}),
  })
  return ok
}

/** The sentence of a refusal, which the SDK hands on as the text of the response. */
export function problemOf(error: Error): string {
  try {
    return (JSON.parse(error.message) as {error: {message: string}}).error.message
  } catch {
    return error.message
  }
}
