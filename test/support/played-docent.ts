import {vi} from 'vitest'
import {refOf} from '../../src/answers/ids.ts'
import type {Page, Source} from '../../src/domain/index.ts'
import {silentLog} from '../../src/http/log.ts'
import {withdrawPage} from '../../src/transcripts/index.ts'
import {type FaultProxy, type Instead, type SeenRequest, startFaultProxy} from './fault-proxy.ts'
import {sampleSources} from './sample-answer.ts'
import {samplePage} from './sample-pages.ts'
import {type Step, scriptPlayer} from './script-player.ts'
import {startDocent} from './start-docent.ts'

export interface PlayedAnswer {
  readonly answerId: string
  /** The conversation key that the client received. */
  readonly conversationId: string
  readonly question: string
  readonly body: Readonly<Record<string, unknown>>
  readonly idempotencyKey: string | null
  readonly isEnded: boolean
  /** Number of stop requests. */
  readonly stops: number
}

export interface PlayedDocent {
  readonly url: string
  /** The answers that the server began, in order. */
  readonly answers: readonly PlayedAnswer[]
  /** Feedback received. */
  readonly feedback: readonly {readonly answerId: string; readonly body: unknown}[]
  /** Measurements received. */
  readonly timings: readonly {readonly answerId: string; readonly body: unknown}[]
  readonly deletedConversations: readonly string[]
  /** All requests, such as `POST /api/answers`, in order. */
  readonly requests: readonly string[]
  /** Lets every answer under way continue past one hold. */
  release(): void
  setUnreachable(isUnreachable: boolean): void
  /** Takes the page with this address out of all answers that have ended, as `docent withdraw` does. */
  withdraw(url: string): Promise<void>
  close(): Promise<void>
}

export interface PlayedDocentOptions {
  /** Folder of the built page. Default: no page is served. */
  readonly webDir?: string
  /** Called once for each answer. */
  readonly script: (question: string) => readonly Step[]
  /** Pages of the docs besides those of the sample sources. */
  readonly docs?: readonly Page[]
  /** Pages of other sites, by path. */
  readonly pages?: Readonly<Record<string, string>>
  readonly contentSecurityPolicy?: string
  /** Name of the generator; null for an older server, which does not report it. Default `anthropic`. */
  readonly generator?: 'extractive' | 'anthropic' | null
  /** Whether a search finds the sample sources. Default: it finds nothing. */
  readonly canSearch?: boolean
}

/** The policy of Docent's server, which additionally requires Trusted Types. */
const strictPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; trusted-types lit-html"

/**
 * The real Docent with scripted sources and text, behind a proxy that makes network faults. The proxy refuses questions
 * that begin with `refuse` (`refuse once, for 2 seconds`); the response to one that begins with `nameless` is lost once.
 */
export async function startPlayedDocent(options: PlayedDocentOptions): Promise<PlayedDocent> {
  let proxy: FaultProxy
  const player = scriptPlayer({
    script: options.script,
    name: options.generator ?? 'anthropic',
    canSearch: options.canSearch ?? false,
    cut: (deltas) => proxy.cutAfter(deltas),
  })
  /** Log references of the answers that have ended. */
  const ended = new Set<string>()
  const docent = await startDocent({
    log: {
      ...silentLog,
      info: (facts, message) => {
        if (message === 'answer ended') ended.add(String((facts as {readonly ref: string}).ref))
      },
    },
    generator: player.generator,
    retriever: player.retriever,
    pages: [...(options.docs ?? []), ...docsPages],
    settings: {resumeGraceMs: 60_000},
    ...(options.webDir === undefined ? {} : {webDir: options.webDir}),
  })
  const asked = vi.spyOn(docent.answering, 'ask')
  const questions: SeenRequest[] = []
  const deletedConversations: string[] = []
  const lost = new Set<string>()
  const refusalOf = refusals()
  proxy = await startFaultProxy(docent.url, {
    instead(request) {
      const page = options.pages?.[request.path]
      if (page !== undefined)
        return {status: 200, headers: {'content-type': 'text/html; charset=utf-8'}, body: page}
      const [, conversation] = /^\/api\/conversations\/([\w-]+)$/.exec(request.path) ?? []
      if (request.method === 'DELETE' && conversation) deletedConversations.push(conversation)
      if (request.path === '/api/info' && options.generator === null) return {status: 404, body: ''}
      if (!isQuestion(request)) return null
      const refusal = refusalOf(String(request.body?.['question']))
      if (refusal === null) questions.push(request)
      return refusal
    },
    loses(request) {
      const question = String(request.body?.['question'])
      if (!isQuestion(request) || !question.startsWith('nameless') || lost.has(question)) return false
      lost.add(question)
      return true
    },
    contentSecurityPolicy: options.contentSecurityPolicy ?? strictPolicy,
  })
  const {seen} = proxy

  /** Bodies of requests about an answer. */
  const about = (what: string) =>
    seen.flatMap(({path, body}) => {
      const answerId = new RegExp(`^/api/answers/([\\w-]+)/${what}$`).exec(path)?.[1]
      return answerId === undefined ? [] : [{answerId, body}]
    })

  return {
    url: proxy.url,
    get answers() {
      // Each forwarded question began an answer, in that order, except for repeated idempotency keys.
      const begun = questions.filter(
        (one, index) =>
          keyOf(one) === null || questions.findIndex((other) => keyOf(other) === keyOf(one)) === index,
      )
      return asked.mock.settledResults
        .flatMap(({type, value}) => (type === 'fulfilled' && value.isNew ? [value] : []))
        .map(({answerId, conversationId}, index) => ({
          answerId,
          conversationId: String(conversationId),
          question: String(begun[index]!.body?.['question']),
          body: begun[index]!.body ?? {},
          idempotencyKey: keyOf(begun[index]!),
          isEnded: ended.has(refOf(answerId)),
          stops: about('stop').filter((stop) => stop.answerId === answerId).length,
        }))
    },
    get feedback() {
      return about('feedback')
    },
    get timings() {
      return about('timings')
    },
    deletedConversations,
    get requests() {
      return seen.map(({method, path}) => `${method} ${path}`)
    },
    release: player.release,
    setUnreachable: proxy.setUnreachable,
    async withdraw(url) {
      await docent.transcripts.flush()
      await withdrawPage(docent.file, [url])
    },
    async close() {
      await proxy.close()
      await docent.close()
    },
  }
}

function keyOf({headers}: SeenRequest): string | null {
  return headers['idempotency-key']?.toString() ?? null
}

function isQuestion({method, path}: SeenRequest): boolean {
  return method === 'POST' && path === '/api/answers'
}

/** Refuses "refuse this", "refuse for 2 seconds" and, only the first time, "refuse once for 2 seconds". */
function refusals(): (question: string) => Instead | null {
  const refused = new Set<string>()
  return (question) => {
    const match = /^refuse( once)?(?:.* for (\d+) second)?/.exec(question)
    if (match === null || (match[1] && refused.has(question))) return null
    refused.add(question)
    const message = 'Too many questions in a short time. Please wait a moment.'
    return {
      status: 429,
      headers: {'content-type': 'application/json', 'retry-after': match[2] ?? '7'},
      body: JSON.stringify({error: {code: 'rate_limited', message}}),
    }
  }
}

const docsPages = [...new Map(sampleSources.map((source) => [source.title, source])).values()].map(pageOf)

/** A page of the docs with the sections that sources lead to. */
function pageOf({title, url}: Source): Page {
  const sections = sampleSources.filter((source) => source.title === title)
  const path = url.replace('/docs/', '')
  return samplePage(
    `${path}.md`,
    title,
    sections.map(({headings, snippet}) => [headings.at(-1)!, snippet]),
  )
}
