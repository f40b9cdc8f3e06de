import {createHmac} from 'node:crypto'

/** The key that a secret stands for: `whsec_` and base64, as the Standard Webhooks specification has it, or its own bytes. */
export function keyOf(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret)
}

/** The headers that prove who sent a body, and when. @param at seconds since the epoch */
export function signedHeaders(key: Buffer, id: string, at: number, body: string): Record<string, string> {
  const signature = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')
  return {'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${signature}`}
}
