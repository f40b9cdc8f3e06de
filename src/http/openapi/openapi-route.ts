import type {Router} from 'express'
import {type CompressedText, compressText, sendCompressed} from '../compressed-text.ts'
import {linkBase} from '../public-base.ts'

/** Hosts by which a server is reached; a client may send any. */
const maxKept = 10

/** Adds `GET /openapi.json`. The document is made when it is asked for first. @param publicUrl as in `linkBase`. */
export function addOpenApiRoute(router: Router, publicUrl: string | null): void {
  const made = new Map<string, CompressedText>()

  async function make(base: string): Promise<CompressedText> {
    const {openApiDocument} = await import('./document.ts')
    return compressText(JSON.stringify(openApiDocument(base)), 'quick')
  }

  router.get('/openapi.json', async (request, response) => {
    const base = linkBase(request, publicUrl)
    const document = made.get(base) ?? (await make(base))
    if (made.size < maxKept) made.set(base, document)
    // Any page may read it: tools that show an API run in browsers.
    response.set({'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin'})
    response.setHeader('cache-control', 'private, no-cache')
    await sendCompressed(response, document, 'application/json; charset=utf-8')
  })
}
