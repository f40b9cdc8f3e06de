import express, {type Express} from 'express'
import type {GeneratorName, SiteUrl} from '../domain/index.ts'
import type {DocsSearch} from '../retrieval/index.ts'
import type {CurrentBuild} from '../search-index/index.ts'
import type {TranscriptStore} from '../transcripts/index.ts'
import {addChatRoutes, chatJson} from './ai-sdk/chat-routes.ts'
import {addAnswerRoutes} from './answers/answer-routes.ts'
import type {AnswerStreamDeps} from './answers/answer-streams.ts'
import {apiTokenGuard} from './guards/api-token.ts'
import {verifyDepth} from './guards/json-depth.ts'
import {corsRules} from './guards/origins.ts'
import {visitorQueue} from './limits/visitor-queue.ts'
import {addMcpRoute} from './mcp/mcp-route.ts'
import {addOpenAiRoutes} from './openai/openai-routes.ts'
import {addSearchRoutes} from './search-routes.ts'
import {addSectionRoute} from './section-route.ts'
import {createGuesses} from './staff/guesses.ts'

export interface VisitorRoutesDeps extends AnswerStreamDeps {
  readonly transcripts: TranscriptStore
  readonly search: DocsSearch
  readonly current: CurrentBuild
  /** Where the docs live. */
  readonly siteUrl: SiteUrl
  /** Where this server is reached; null for where each request was sent. */
  readonly publicUrl: string | null
  readonly allowedOrigins: readonly string[]
  /** What clients of the OpenAI-compatible API send as their key; null for any or none. */
  readonly apiToken: string | null
  readonly generator: GeneratorName
  /** The name of the generator's model; null where there is none. */
  readonly model: string | null
  /** What the docs are called; null for the title of their start page. */
  readonly name: string | null
}

/** Maximum number of searches of one visitor that are running or waiting. */
const maxWaitingSearches = 100

/** Adds every way to ask and to search: Docent's own, the AI SDK's, OpenAI's, and the Model Context Protocol. */
export function addVisitorRoutes(app: Express, deps: VisitorRoutesDeps): void {
  const {allowedOrigins} = deps
  // The searches of a visitor take turns, whichever way they come.
  const inTurn = visitorQueue(maxWaitingSearches)

  app.use('/api', corsRules(allowedOrigins))
  app.use('/api/chat', chatJson)
  app.use('/api', express.json({limit: '64kb', verify: verifyDepth}))
  addAnswerRoutes(app, deps)
  addChatRoutes(app, deps)
  addSearchRoutes(app, {...deps, inTurn})
  addSectionRoute(app, deps)

  app.use(
    '/v1',
    corsRules(allowedOrigins, 'openai'),
    // Guesses of its own: a client that is set up wrongly must not be taken for somebody who guesses tokens of staff.
    apiTokenGuard(deps.apiToken, createGuesses()),
    express.json({limit: '512kb', verify: verifyDepth}),
  )
  addOpenAiRoutes(app, deps)

  addMcpRoute(app, {...deps, inTurn})
}
