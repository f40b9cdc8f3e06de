export type Fetch = (url: string, init?: RequestInit) => Promise<Response>

/** How the server is reached. */
export interface Transport {
  /** URL of the Docent server without a trailing slash; empty for the page's own origin. */
  readonly endpoint: string
  readonly fetch: Fetch
  /** Sent with every request, for example for a gateway in front of the server. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends one request to the server. Paths begin with `/`. @throws what `fetch` throws. */
export function send(transport: Transport, path: string, init: RequestInit): Promise<Response> {
  return transport.fetch(transport.endpoint + path, {
    ...init,
    headers: {...transport.headers, ...(init.headers as Record<string, string>)},
  })
}

/** The path of an answer, or of one of its routes. */
export function pathOf(answerId: string, route = ''): string {
  return `/api/answers/${encodeURIComponent(answerId)}${route}`
}

export const jsonHeaders = {'content-type': 'application/json'}

/** A JSON body without what says nothing: null and empty texts and lists. */
export function jsonOf(body: object): string {
  return JSON.stringify(body, (_key, value) => (value === null || value?.length === 0 ? undefined : value))
}
