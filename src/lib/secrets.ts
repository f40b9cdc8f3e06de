import {createHash, timingSafeEqual} from 'node:crypto'

/** A digest of fixed length, to store or compare in place of a secret. */
export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** Compares two secrets in constant time: the duration does not reveal where they differ or how long they are. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(digestOf(one), digestOf(other))
}
