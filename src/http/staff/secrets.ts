import {createHash, timingSafeEqual} from 'node:crypto'

/** Stands for a secret where it is kept or compared: of one length, whatever the secret's. */
export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** Whether two secrets are the same. The time it takes tells nothing of where they differ, or how long they are. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(digestOf(one), digestOf(other))
}
