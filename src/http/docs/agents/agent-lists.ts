import {createHash} from 'node:crypto'
import {pipeline} from 'node:stream/promises'
import {createGzip} from 'node:zlib'
import type {Request, Response} from 'express'
import {z} from 'zod'
import {rateLimited, type SiteUrl} from '../../../domain/index.ts'
import {packageVersion} from '../../../package/index.ts'
import type {IndexBuild} from '../../../search-index/index.ts'
import {languageTag} from '../../../text/language-tag-schema.ts'
import {sendCompressed} from '../../compressed-text.ts'
import {slotLimit} from '../../limits/concurrency-limits.ts'
import {visitorOf} from '../../limits/limits.ts'
import {linkBase} from '../../public-base.ts'
import {parsedParameters, wholeNumber} from '../../request-schemas.ts'
import type {DocsTarget} from '../docs-child.ts'
import {startPageOf} from '../docs-lookup.ts'
import {type DocsPage, type DocsRenderer, sourcesOf} from '../docs-renderer.ts'
import {type ListRequest, listedParts, otherParts} from './listed-pages.ts'
import {fullText, maxFullChars} from './llms-full.ts'
import {introOf} from './llms-intro.ts'
import type {LlmsRequest} from './llms-text.ts'

export interface AgentListsDeps {
  readonly renderer: Pick<DocsRenderer, 'view'>
  /** Renders within the limits on pages. */
  readonly limited: (request: Request, render: () => Promise<DocsPage>) => Promise<DocsPage>
  readonly siteUrl: SiteUrl
  readonly publicUrl: string | null
  readonly assistantName: string | null
}

/** A file of all pages takes a second of this process, and as long as its reader does to be sent. */
const maxFilesPerVisitor = 2
const maxFiles = 16

export const agentListQuery = z.object({
  version: z.string().min(1).max(100).optional().describe('Pages of this version alone.'),
  lang: languageTag.optional().describe('Pages in this language alone (BCP 47).'),
  from: wholeNumber(1, 100_000_000)
    .default(1)
    .describe('The number of the first page, as the end of the file before says it.'),
})

/** Sends a list of pages, made of a build that stays open until it is sent. */
type SendList = (request: Request, response: Response, build: IndexBuild) => Promise<void>

export interface AgentLists {
  /** `/llms.txt`: links to the pages. */
  readonly sendList: SendList
  /** `/llms-full.txt`: the pages themselves. */
  readonly sendFull: SendList
}

export function createAgentLists(deps: AgentListsDeps): AgentLists {
  const {renderer, limited, siteUrl, publicUrl} = deps
  const acquireOfVisitor = slotLimit(maxFilesPerVisitor)
  const acquireOfAll = slotLimit(maxFiles)
  const docentVersion = packageVersion()

  async function sendList(request: Request, response: Response, build: IndexBuild): Promise<void> {
    response.setHeader('cache-control', 'no-cache')
    response.setHeader('x-robots-tag', 'noindex')
    const target: DocsTarget = {kind: 'llms', request: requestFor(request, build, '/llms.txt')}
    const list = await limited(request, () => renderer.view(build, target))
    if (list.isStandIn) response.setHeader('cache-control', 'no-store')
    await sendCompressed(response, list, 'text/markdown; charset=utf-8')
  }

  async function sendFull(request: Request, response: Response, build: IndexBuild): Promise<void> {
    response.setHeader('cache-control', 'no-cache')
    response.setHeader('x-robots-tag', 'noindex')
    const asked = requestFor(request, build, '/llms-full.txt')
    // Of what the text is made of: it is too long to be made for a tag.
    const made = JSON.stringify([docentVersion, build.manifest.id, siteUrl, maxFullChars, asked])
    response.setHeader('etag', `W/"${createHash('sha256').update(made).digest('base64url').slice(0, 22)}"`)
    response.vary('Accept-Encoding').type('text/markdown; charset=utf-8')
    if (request.fresh) return void response.status(304).end()
    if (request.method === 'HEAD') return void response.end()
    const release = acquireFile(visitorOf(request))
    try {
      const text = fullText(build, {...asked, siteUrl, sources: sourcesOf(build)})
      // A reader that leaves ends the text, and with it the lease.
      if (request.acceptsEncodings('gzip')) {
        response.setHeader('content-encoding', 'gzip')
        await pipeline(text, createGzip(), response)
      } else await pipeline(text, response)
    } catch (error) {
      if (!response.destroyed) throw error
    } finally {
      release()
    }
  }

  /** @throws DocentError `rate_limited`. */
  function acquireFile(visitor: string): () => void {
    const ofVisitor = acquireOfVisitor(visitor)
    const ofAll = ofVisitor && acquireOfAll('all')
    if (ofVisitor === null || ofAll === null) {
      ofVisitor?.()
      const limit = ofVisitor === null ? 'pages' : 'all_pages'
      throw rateLimited(limit, 'Too many files of all pages are being sent; try again in a moment.', {
        retryAfterMs: 5_000,
      })
    }
    return () => {
      ofVisitor()
      ofAll()
    }
  }

  /** @throws DocentError `invalid_request`, and as `listedParts`. */
  function requestFor(request: Request, build: IndexBuild, path: string): LlmsRequest {
    const {version = null, lang = null, from} = parsedParameters(agentListQuery, request.query)
    const listed: ListRequest = {version, lang}
    const parts = listedParts(build, listed)
    const base = linkBase(request, publicUrl)
    const start = startPageOf(build)
    const query = new URLSearchParams(
      Object.entries({version, lang}).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
    ).toString()
    const intro = introOf({
      base,
      name: start?.title ?? deps.assistantName ?? 'Documentation',
      summary: start?.description ?? null,
      others: otherParts(build, listed),
    })
    return {base, intro, parts, from, address: `${base}${path}${query === '' ? '' : `?${query}`}`}
  }

  return {sendList, sendFull}
}
