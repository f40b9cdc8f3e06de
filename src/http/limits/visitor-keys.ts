import {createHmac} from 'node:crypto'

/** Hashes of what says who a visitor is, with a secret of this installation. */
export interface VisitorKeys {
  /** A visitor's idempotency key, for look-up and storage; null if the client sent none. */
  keyOf(visitor: string, idempotencyKey: string | null): string | null
  /**
   * A client's own name for its chat, for look-up and storage. A name that looks random is a key by itself, so that a
   * phone that changes networks finds its answer again. Any other is one of the visitor's, with this browser, since many
   * pages use the same.
   */
  chatOf(visitor: string, browser: string, chatId: string): string
  /**
   * The visitor, for the transcripts: the same for all questions from one address, as limits see it; see `visitorOf`. Null
   * where there is no address.
   */
  hashOf(visitor: string): string | null
}

/**
 * Nobody joins the answer of another visitor by using the same key, and somebody who has the transcripts but not the secret
 * can find out neither the key nor the address.
 */
export function visitorKeys(secret: Buffer): VisitorKeys {
  const digest = (text: string) => createHmac('sha256', secret).update(text).digest('base64url')
  return {
    keyOf: (visitor, idempotencyKey) =>
      idempotencyKey === null ? null : digest(`${visitor}\n${idempotencyKey}`),
    chatOf: (visitor, browser, chatId) =>
      digest(looksRandom(chatId) ? `chat\n${chatId}` : `chat\n${chatId}\n${visitor}\n${browser}`),
    hashOf: (visitor) =>
      visitor === unknownVisitor ? null : digest(`visitor\n${asOneAddress(visitor)}`).slice(0, 22),
  }
}

/** A name that people make up has fewer changes between small letters, capitals and digits. */
const minChanges = 6

/** Whether an id is a UUID, or a run of letters and digits as the AI SDK and nanoid make them. */
function looksRandom(id: string): boolean {
  if (/^[\da-f]{8}-[\da-f]{4}-[4-7][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i.test(id)) return true
  if (!/^[\w-]{16,}$/.test(id)) return false
  const kinds = id.match(/[a-z]+|[A-Z]+|\d+/g) ?? []
  return kinds.length > minChanges
}

/** What `visitorOf` gives for a connection without an address. */
export const unknownVisitor = 'unknown'

/** An IPv4 address is the same one in its IPv6 form, which depends on how the server listens. */
function asOneAddress(visitor: string): string {
  return visitor.toLowerCase().replace(/^::ffff:(?=[\d.]+$)/, '')
}
