import type {Response} from 'express'

/** A signal that is aborted when the client closes the connection, or has already closed it. */
export function clientLeft(response: Response): AbortSignal {
  const client = new AbortController()
  response.once('close', () => client.abort())
  // 'close' is not emitted again.
  if (response.destroyed) client.abort()
  return client.signal
}
