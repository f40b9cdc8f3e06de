import {createAnswerState} from '../../src/answers/answer-state.ts'
import {refOf} from '../../src/answers/ids.ts'
import type {Journal, JournalEntry, JournalFacts, JournalledAnswer} from '../../src/answers/journal.ts'
import {DocentError, isTerminal, type SequencedEvent} from '../../src/domain/index.ts'
import type {Feedback, Review, Transcript, TranscriptStore} from '../../src/transcripts/transcript-store.ts'

interface Row {
  readonly entry: JournalEntry
  readonly events: SequencedEvent[]
  facts: JournalFacts
  feedback: Feedback | null
  review: Review | null
}

/** A journal and what staff reads from it, in memory: for tests of what stands before them. */
export function memoryJournal(): Journal & TranscriptStore {
  const rows = new Map<string, Row>()

  const answered = (row: Row): JournalledAnswer => {
    const last = row.events.at(-1)?.event
    return {...row.entry, ending: last && isTerminal(last) ? last.ending : null}
  }
  const transcriptOf = (row: Row): Transcript => {
    const fold = createAnswerState(row.entry.startedAt)
    for (const event of row.events) fold.add(event)
    return {
      ...answered(row),
      ...row.facts,
      ref: refOf(row.entry.answerId),
      conversationId: null,
      finishReason: fold.finishReason,
      partial: fold.partial,
      text: fold.text,
      sources: fold.sources,
      usage: fold.usage,
      timings: fold.timings(),
      feedback: row.feedback,
      review: row.review,
      events: row.events,
    }
  }
  const known = (answerId: string): Row => {
    const row = rows.get(answerId)
    if (!row) throw new DocentError('not_found', 'There is no such answer.')
    return row
  }

  return {
    async begin(entry) {
      rows.set(entry.answerId, {entry, events: [], facts: {}, feedback: null, review: null})
      return null
    },
    append: (answerId, event) => rows.get(answerId)?.events.push(event),
    note(answerId, facts) {
      const row = rows.get(answerId)
      if (row) row.facts = {...row.facts, ...facts}
    },
    find: async (answerId) => {
      const row = rows.get(answerId)
      return row ? answered(row) : null
    },
    eventsAfter: async (answerId, seq) => rows.get(answerId)?.events.filter((event) => event.seq > seq) ?? [],
    findByIdempotencyKey: async (key) => {
      const row = [...rows.values()].find(({entry}) => entry.idempotencyKey === key)
      return row ? answered(row) : null
    },
    hasConversation: async (conversation) =>
      [...rows.values()].some(({entry}) => entry.conversation === conversation),
    conversation: async () => [],
    flush: async () => {},
    health: () => ({degraded: false, reason: null, unflushed: 0}),

    list: async (filter) => ({
      items: [...rows.values()]
        .map(transcriptOf)
        .filter(({ending}) => filter.ending === undefined || ending === filter.ending)
        .filter(({partial}) => filter.partial === undefined || partial === filter.partial)
        .map(({text, feedback, review, ...item}) => ({
          ...item,
          abstained: false,
          rating: feedback?.rating ?? null,
          verdict: review?.verdict ?? null,
          excerpt: text.slice(0, 200),
        })),
      nextCursor: null,
    }),
    get: async (answerId) => {
      const row = rows.get(answerId)
      return row ? transcriptOf(row) : null
    },
    setFeedback: async (answerId, feedback) => {
      known(answerId).feedback = {...feedback, at: Date.now()}
      return feedback
    },
    setFirstUseful: async (answerId, firstUsefulMs) => {
      const row = rows.get(answerId)
      if (row && row.facts.firstUsefulMs === undefined) row.facts = {...row.facts, firstUsefulMs}
    },
    setReview: async (answerId, review) => {
      known(answerId).review = {...review, at: Date.now()}
    },
    delete: async (answerId) => rows.delete(answerId),
    async deleteConversation(conversation) {
      const ids = [...rows.values()].filter(({entry}) => entry.conversation === conversation)
      for (const {entry} of ids) rows.delete(entry.answerId)
      return ids.length
    },
    purge: async () => 0,
    isErased: true,
    async *export() {
      yield* [...rows.values()].map(transcriptOf)
    },
  }
}
