import type {Request, Response} from 'express'
import {z} from 'zod'
import type {Question, SiteUrl} from '../../../domain/index.ts'
import {pageAtAddress} from '../../../retrieval/index.ts'
import {type CurrentBuild, pageAtRoute} from '../../../search-index/index.ts'
import {languageTag} from '../../../text/language-tag-schema.ts'
import {type AnswerStreamDeps, askAs, wholeAnswer} from '../../answers/answer-streams.ts'
import {statusOf} from '../../error-response.ts'
import {refuseUnlistedOrigin, setCorsHeaders} from '../../guards/origins.ts'
import {linkBase} from '../../public-base.ts'
import {parsedParameters, questionText} from '../../request-schemas.ts'
import {docsRouteOf, markdownRouteOf, pageAtMarkdownRoute} from '../docs-lookup.ts'
import {answerMarkdown} from './answer-markdown.ts'
import {setListLinks} from './discovery-links.ts'

export interface DocsAskDeps extends AnswerStreamDeps {
  readonly current: CurrentBuild
  readonly siteUrl: SiteUrl
  readonly publicUrl: string | null
  readonly allowedOrigins: readonly string[]
}

export const docsAskQuery = z.object({
  ask: questionText.describe('A question, which extracts answer in Markdown.'),
  version: z.string().min(1).max(100).optional().describe('Only this version of the docs.'),
  lang: languageTag.optional().describe('The language to answer from (BCP 47).'),
})

/**
 * Answers `?ask=` at any address of the docs as Markdown, by extracts alone: whoever follows a link, a crawler too, must
 * not cost money. The page at the address is a hint of what the question is about, no more.
 */
export function docsAsk(deps: DocsAskDeps) {
  const {current, siteUrl, publicUrl, allowedOrigins} = deps

  /** The page at a route, as the place of the visitor; none for the start of the docs. */
  function placeAt(route: string): Question['page'] {
    if (route === '/') return null
    const {build, release} = current.lease()
    try {
      const page = pageAtRoute(build, route) ?? pageAtMarkdownRoute(build, route)
      return page === null ? null : {url: docsRouteOf(build, page), title: null, section: null}
    } finally {
      release()
    }
  }

  /** @param route of the docs, as `/guides/auth` */
  return async (request: Request, response: Response, route: string): Promise<void> => {
    setCorsHeaders(request, response, allowedOrigins)
    refuseUnlistedOrigin(request, allowedOrigins)
    response.setHeader('x-robots-tag', 'noindex')
    const question = questionOf(request.query, placeAt(route))
    response.setHeader('cache-control', 'no-store')
    response.type('text/markdown; charset=utf-8')
    setListLinks(response)
    if (request.method === 'HEAD') return void response.end()
    const asked = await askAs(request, response, {question, channel: 'docs-ask', extractsOnly: true}, deps)
    const whole = asked && (await wholeAnswer(response, asked.answerId, deps))
    if (whole === null) return
    const base = linkBase(request, publicUrl)
    const {build, release} = current.lease()
    try {
      const markdownOf = (url: string): string | null => {
        const page = pageAtAddress(build, url, siteUrl)
        return page && base + markdownRouteOf(build, page)
      }
      const {snapshot} = whole
      // `send` would answer a conditional request with 304.
      response
        .status(snapshot.error === null ? 200 : statusOf[snapshot.error.code])
        .end(answerMarkdown(snapshot, {base, lang: question.lang ?? null, markdownOf}))
    } finally {
      release()
    }
  }
}

/** @throws DocentError `invalid_request`. */
function questionOf(query: Request['query'], page: Question['page']): Question {
  const {ask: question, version = null, lang = null} = parsedParameters(docsAskQuery, query)
  return {
    question: question.trim(),
    conversationId: null,
    history: [],
    version,
    lang,
    page: page ?? null,
    resumable: false,
  }
}
