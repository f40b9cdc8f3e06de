import {createHmac} from 'node:crypto'

/** A visitor's idempotency key as it is looked up and logged; null where the client gave none. */
export type KeyOfVisitor = (visitor: string, idempotencyKey: string | null) => string | null

/**
 * Keys made with a secret of this installation: nobody joins the answer of another visitor by using the same key, and
 * who has the transcripts but not the secret can find out neither the key nor the address.
 */
export function visitorKeys(secret: Buffer): KeyOfVisitor {
  return (visitor, idempotencyKey) =>
    idempotencyKey === null
      ? null
      : createHmac('sha256', secret).update(`${visitor}\n${idempotencyKey}`).digest('base64url')
}
