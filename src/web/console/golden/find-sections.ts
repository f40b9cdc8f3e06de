import {ApiError} from '../api.ts'
import type {NamedSection} from './wire.ts'

const maxFound = 8

/** Sections that a search of the docs finds, as visitors have it. @throws ApiError; the reason of the signal */
export async function findSections(
  words: string,
  {lang, version}: {readonly lang: string | null; readonly version: string | null},
  signal: AbortSignal,
): Promise<readonly NamedSection[]> {
  const query = new URLSearchParams({
    q: words,
    k: String(maxFound),
    ...(lang === null ? {} : {lang}),
    ...(version === null ? {} : {version}),
  })
  let response: Response
  let body: {readonly results?: readonly NamedSection[]; readonly error?: {code: string; message: string}}
  try {
    response = await fetch(`/api/search?${query}`, {signal})
    body = (await response.json()) as typeof body
  } catch {
    signal.throwIfAborted()
    throw new ApiError(0, 'unreachable', 'The server cannot be reached. Try again.')
  }
  if (response.ok && body.results !== undefined) return body.results
  const {code = 'unknown', message = `The server answered with ${response.status}.`} = body.error ?? {}
  throw new ApiError(response.status, code, message)
}
