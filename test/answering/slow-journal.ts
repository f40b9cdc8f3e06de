import type {Journal} from '../../src/answers/journal.ts'

/**
 * A journal whose every answer comes later, as over a network: `wait` is awaited before what was asked is done. What
 * is appended and noted goes through at once.
 */
export function slowJournal(journal: Journal, wait: (method: keyof Journal) => Promise<void>): Journal {
  return {
    append: (answerId, event) => journal.append(answerId, event),
    note: (answerId, facts) => journal.note(answerId, facts),
    keep: (answerId, material) => journal.keep(answerId, material),
    health: () => journal.health(),
    async begin(entry, state) {
      await wait('begin')
      return journal.begin(entry, state)
    },
    async find(answerId) {
      await wait('find')
      return journal.find(answerId)
    },
    async eventsAfter(answerId, seq) {
      await wait('eventsAfter')
      return journal.eventsAfter(answerId, seq)
    },
    async findByIdempotencyKey(key) {
      await wait('findByIdempotencyKey')
      return journal.findByIdempotencyKey(key)
    },
    async findByChat(chat) {
      await wait('findByChat')
      return journal.findByChat(chat)
    },
    async hasConversation(conversation) {
      await wait('hasConversation')
      return journal.hasConversation(conversation)
    },
    async conversation(conversation, limit) {
      await wait('conversation')
      return journal.conversation(conversation, limit)
    },
    async flush() {
      await wait('flush')
      return journal.flush()
    },
  }
}
