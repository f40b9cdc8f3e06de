import {createHash, randomBytes} from 'node:crypto'

/**
 * The key of a new conversation, 192 random bits: whoever has it can join, continue and delete the conversation. It is
 * sent on the asker's own stream and stored nowhere else; the server identifies a conversation by the key's `refOf`.
 */
export function newConversationId(): string {
  return `c${randomBytes(24).toString('base64url')}`
}

/**
 * Whether an id can be the key of a conversation: in today's format, or a random UUID as in earlier versions. Clients
 * could once choose any id; one that can be guessed is not accepted.
 */
export function canBeConversationKey(id: string): boolean {
  return (
    /^c[\w-]{32}$/.test(id) || /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(id)
  )
}

/**
 * A reference to an answer or a conversation that logs, analytics and staff may see: a digest of its id, 128 bits in
 * 22 characters. It is the same for the same id, and grants no access: no route accepts it in place of the id.
 */
export function refOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, 22)
}

const id = '[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}|c[\\w-]{32}'
const wholeId = new RegExp(`^(?:${id})$`, 'i')
const idsInText = new RegExp(`(?<![\\w-])(?:${id})(?![\\w-])`, 'gi')

/** Whether a text has the form of the id of an answer or the key of a conversation. */
export function looksLikeId(text: string): boolean {
  return wholeId.test(text)
}

/** A text in which ids of answers and keys of conversations, which grant access, are replaced by their `refOf`. */
export function withoutIds(text: string): string {
  return text.replace(idsInText, refOf)
}
