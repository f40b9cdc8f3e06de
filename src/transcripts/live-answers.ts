import type {AnswerState, JournalEntry} from '../answers/index.ts'
import {createLiveAnswer, type LiveAnswer} from './live-answer.ts'

/** The answers in memory: by id, by idempotency key, by chat, by conversation. */
export interface LiveAnswers {
  /** @param state the state that the answer's events add up to; only read. */
  begin(entry: JournalEntry, state: AnswerState): LiveAnswer
  get(answerId: string): LiveAnswer | undefined
  /** The newest answer begun with the key. */
  withKey(key: string): LiveAnswer | undefined
  /** The newest answer begun in the chat. */
  inChat(chat: string): LiveAnswer | undefined
  /** In the order in which they began. */
  ofConversation(conversation: string): readonly LiveAnswer[]
  /** In the order in which they began. */
  all(): readonly LiveAnswer[]
  forget(answer: LiveAnswer): void
}

/** @param keepsAllEvents whether all events of an answer stay in memory until it ends. */
export function createLiveAnswers(keepsAllEvents: boolean): LiveAnswers {
  const byId = new Map<string, LiveAnswer>()
  const byKey = new Map<string, LiveAnswer>()
  const byChat = new Map<string, LiveAnswer>()
  const byConversation = new Map<string, Set<LiveAnswer>>()

  return {
    begin(entry, state) {
      const answer = createLiveAnswer(entry, state, keepsAllEvents)
      byId.set(entry.answerId, answer)
      if (entry.idempotencyKey !== null) byKey.set(entry.idempotencyKey, answer)
      if (entry.chat != null) byChat.set(entry.chat, answer)
      const others = byConversation.get(entry.conversation)
      if (others === undefined) byConversation.set(entry.conversation, new Set([answer]))
      else others.add(answer)
      return answer
    },
    get: (answerId) => byId.get(answerId),
    withKey: (key) => byKey.get(key),
    inChat: (chat) => byChat.get(chat),
    ofConversation: (conversation) => [...(byConversation.get(conversation) ?? [])],
    all: () => [...byId.values()],
    forget(answer) {
      const {answerId, idempotencyKey, chat, conversation} = answer.entry
      if (byId.get(answerId) === answer) byId.delete(answerId)
      if (idempotencyKey !== null && byKey.get(idempotencyKey) === answer) byKey.delete(idempotencyKey)
      if (chat != null && byChat.get(chat) === answer) byChat.delete(chat)
      const ofIt = byConversation.get(conversation)
      ofIt?.delete(answer)
      if (ofIt?.size === 0) byConversation.delete(conversation)
    },
  }
}
