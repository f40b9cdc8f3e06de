import type {Api} from '../api.ts'
import type {TranscriptItem, TranscriptPage} from '../wire.ts'

const maxTurns = 100

/** The answers of a conversation. */
export interface Conversation {
  /** Oldest first. */
  readonly turns: readonly TranscriptItem[]
  /** Whether there are more turns than these. */
  readonly hasMore: boolean
}

/** Lists the answers of a conversation. @throws ApiError */
export async function readConversation(
  api: Api,
  conversation: string,
  signal: AbortSignal,
): Promise<Conversation> {
  const query = new URLSearchParams({conversation, sort: 'oldest', limit: String(maxTurns)})
  const {items, nextCursor} = await api.send<TranscriptPage>(`/transcripts?${query}`, {signal})
  return {turns: items, hasMore: nextCursor !== null}
}
