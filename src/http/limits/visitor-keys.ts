import {createHmac} from 'node:crypto'

/** Hashes a visitor's idempotency key for look-up and storage; null if the client sent none. */
export type KeyOfVisitor = (visitor: string, idempotencyKey: string | null) => string | null

/**
 * Hashes keys with a secret of this installation: nobody joins the answer of another visitor by using the same key, and
 * somebody who has the transcripts but not the secret can find out neither the key nor the address.
 */
export function visitorKeys(secret: Buffer): KeyOfVisitor {
  return (visitor, idempotencyKey) =>
    idempotencyKey === null
      ? null
      : createHmac('sha256', secret).update(`${visitor}\n${idempotencyKey}`).digest('base64url')
}
