import {
  type ListResourcesResult,
  type ListResourceTemplatesResult,
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  ResourceNotFoundError,
} from '@modelcontextprotocol/server'
import {type ErrorCode, toDocentError} from '../domain/index.ts'
import {cleanLine} from '../lib/clean-text.ts'
import {headOf, shortened} from '../lib/cut.ts'
import {namedPage, pagesOfVersion} from '../retrieval/index.ts'
import {type Docs, uriOf, withBuild} from './docs.ts'
import {placeOfUri} from './page-reference.ts'
import {listPart, partOf} from './paging.ts'
import {type CallPolicy, messageFor, observed} from './tool-calls.ts'

const pageSize = 100
/** In UTF-16 units. A resource has no parts; `get_doc` reads on. */
const maxText = 200_000
const maxUriShown = 200
const mimeType = 'text/markdown'

export interface ResourceContext {
  readonly docs: Docs
  readonly policy: CallPolicy
  readonly signal: AbortSignal
}

/**
 * The pages of the current version, a hundred at a time. Without an index it fails as a call does: an empty list would be
 * kept for what the docs have.
 * @throws ProtocolError, also for a cursor that is none.
 */
export async function listResources(
  cursor: string | undefined,
  {docs, policy, signal}: ResourceContext,
): Promise<ListResourcesResult> {
  const list = async () =>
    withBuild(docs.current, (build) => {
      const pages = pagesOfVersion(build, null)
      const {items, nextCursor} = listPart(pages, {cursor, limit: pageSize, keyOf: ({path}) => path})
      return {
        resources: items.map((page) => {
          const {path, title, description} = namedPage(build, page, docs.siteUrl)
          return {
            uri: uriOf(path),
            name: path,
            title,
            mimeType,
            ...(description === null ? {} : {description: shortened(cleanLine(description), 300)}),
          }
        }),
        ...(nextCursor === null ? {} : {nextCursor}),
      }
    })
  try {
    return await (policy.runList?.(list, signal) ?? list())
  } catch (thrown) {
    signal.throwIfAborted()
    throw protocolErrorOf(thrown, policy)
  }
}

export const resourceTemplates: ListResourceTemplatesResult = {
  resourceTemplates: [
    {
      uriTemplate: 'docs:///{+path}',
      name: 'page',
      title: 'A page of the docs',
      description:
        'By the path of its file, as guides/auth.md: the id that the tools return, without a fragment.',
      mimeType,
    },
  ],
}

/** The Markdown of a page. @throws ResourceNotFoundError, ProtocolError. */
export async function readResource(
  uri: string,
  {docs, policy, signal}: ResourceContext,
): Promise<ReadResourceResult> {
  try {
    return await observed('resources/read', {policy, signal}, async () => {
      const result = await policy.run(
        () =>
          withBuild(docs.current, (build) => {
            const page = placeOfUri(build, uri)?.page ?? null
            const markdown = page === null ? null : build.markdownOf(page.id)
            if (page === null || markdown === null) return null
            const {text, nextOffset} = partOf(markdown, 0, maxText)
            const rest =
              nextOffset === null ? '' : `\n\n(There is more: get_doc reads on with offset ${nextOffset}.)`
            return {contents: [{uri: uriOf(page.path), mimeType, text: text + rest}]}
          }),
        signal,
      )
      return {result, outcome: result === null ? 'not_found' : 'ok'} as const
    }).then((result) => {
      // As much of it as tells a reader which one.
      if (result === null) throw new ResourceNotFoundError(headOf(uri, maxUriShown))
      return result
    })
  } catch (thrown) {
    throw protocolErrorOf(thrown, policy)
  }
}

/** Codes of JSON-RPC 2.0 §5.1. `-32000` for what is neither a mistake nor a fault, as a limit, as the SDK does. */
function protocolErrorOf(thrown: unknown, policy: CallPolicy): unknown {
  if (thrown instanceof ProtocolError) return thrown
  const error = toDocentError(thrown)
  const {code, retryAfterMs} = error
  const data = {code, ...(retryAfterMs === null ? {} : {retryAfterMs})}
  return new ProtocolError(rpcCodeOf(code), messageFor(error, policy), data)
}

function rpcCodeOf(code: ErrorCode): number {
  if (code === 'invalid_request') return ProtocolErrorCode.InvalidParams
  return code === 'internal' ? ProtocolErrorCode.InternalError : -32000
}
