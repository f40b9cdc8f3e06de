import {createHash, randomBytes} from 'node:crypto'

/**
 * A new conversation's key, 192 random bits: whoever has it joins, goes on with and deletes the conversation. It goes
 * to the asker's own stream and is kept nowhere else; everything here knows a conversation by the key's `refOf`.
 */
export function newConversationId(): string {
  return `c${randomBytes(24).toString('base64url')}`
}

/**
 * Whether an id can be the key of a conversation: as it is made now, or a random UUID as it was made before. Once
 * clients could choose any id; one that can be guessed opens nothing.
 */
export function canBeConversationKey(id: string): boolean {
  return (
    /^c[\w-]{32}$/.test(id) || /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(id)
  )
}

/**
 * The name of an answer or a conversation that logs, analytics and staff may have: a digest of its id, 128 bits in
 * 22 characters. The same for the same id, and it reads nothing: no route takes it for the id.
 */
export function refOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, 22)
}
