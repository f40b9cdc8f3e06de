export {type AnswerJson, type AnswerSnapshot, answerJsonOf, snapshotOf} from './answer-snapshot.ts'
export {
  type AnswerState,
  answerStateOf,
  type Citation,
  createAnswerState,
  type WritableAnswerState,
} from './answer-state.ts'
export {errorEventOf} from './error-event.ts'
export {canBeConversationKey, looksLikeId, newConversationId, refOf, withoutIds} from './ids.ts'
export {
  type AnswerMaterial,
  holdsIdempotencyKey,
  idempotencyWindowMs,
  type Journal,
  type JournalDetails,
  type JournalEntry,
  type JournalHealth,
  type JournalledAnswer,
  type SentRequest,
  type ShownSection,
} from './journal.ts'
export {type Forgotten, isForgotten, type PeerRequests, type Peers} from './peers.ts'
