import {
  type ListResourcesResult,
  type ListResourceTemplatesResult,
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  ResourceNotFoundError,
} from '@modelcontextprotocol/server'
import {toDocentError} from '../domain/index.ts'
import {cleanLine} from '../lib/clean-text.ts'
import {shortened} from '../lib/cut.ts'
import {namedPage, pagesOfVersion} from '../retrieval/index.ts'
import {type Docs, uriOf, withBuild} from './docs.ts'
import {pageOfUri} from './page-reference.ts'
import {listPart, partOf} from './paging.ts'
import {type CallPolicy, messageFor, observed} from './tool-calls.ts'

const pageSize = 100
/** In UTF-16 units. A resource has no parts; `get_doc` reads on. */
const maxText = 200_000
const mimeType = 'text/markdown'

/** The pages of the current version, a hundred at a time. @throws ProtocolError for a cursor that is none. */
export async function listResources(docs: Docs, cursor: string | undefined): Promise<ListResourcesResult> {
  // Without an index there are no pages yet, and the list is no place to say why.
  if (docs.current.id === null) return {resources: []}
  try {
    return await withBuild(docs.current, (build) => {
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
  } catch (thrown) {
    throw protocolErrorOf(thrown)
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
  {docs, policy, signal}: {readonly docs: Docs; readonly policy: CallPolicy; readonly signal: AbortSignal},
): Promise<ReadResourceResult> {
  try {
    return await observed('resources/read', {policy, signal}, async () => {
      const result = await policy.run(
        () =>
          withBuild(docs.current, (build) => {
            const page = pageOfUri(build, uri)
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
      if (result === null) throw new ResourceNotFoundError(uri)
      return result
    })
  } catch (thrown) {
    throw protocolErrorOf(thrown, policy)
  }
}

function protocolErrorOf(thrown: unknown, policy?: CallPolicy): unknown {
  if (thrown instanceof ProtocolError) return thrown
  const error = toDocentError(thrown)
  const code =
    error.code === 'invalid_request' ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError
  return new ProtocolError(code, messageFor(error, policy))
}
