import {createHmac} from 'node:crypto'

/** Hashes of what says who a visitor is, with a secret of this installation. */
export interface VisitorKeys {
  /** A visitor's idempotency key, for look-up and storage; null if the client sent none. */
  keyOf(visitor: string, idempotencyKey: string | null): string | null
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
    hashOf: (visitor) =>
      visitor === unknownVisitor ? null : digest(`visitor\n${asOneAddress(visitor)}`).slice(0, 22),
  }
}

/** What `visitorOf` gives for a connection without an address. */
export const unknownVisitor = 'unknown'

/** An IPv4 address is the same one in its IPv6 form, which depends on how the server listens. */
function asOneAddress(visitor: string): string {
  return visitor.toLowerCase().replace(/^::ffff:(?=[\d.]+$)/, '')
}
