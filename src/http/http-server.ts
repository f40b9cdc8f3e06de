import {randomBytes} from 'node:crypto'
import type {Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import express, {type Express} from 'express'
import helmet from 'helmet'
import type {Answering} from '../answering/index.ts'
import {DocentError, type GeneratorName, type ModelPrices, shuttingDown} from '../domain/index.ts'
import {type GoldenQuestions, goldenPlacesIn} from '../golden/index.ts'
import {createRedactor, type Redactor} from '../redaction/index.ts'
import type {DocsSearch} from '../retrieval/index.ts'
import type {CurrentBuild} from '../search-index/index.ts'
import type {StaffStore} from '../staff/index.ts'
import type {TranscriptStore} from '../transcripts/index.ts'
import {findPlaceIn, type VerifiedAnswers} from '../verified/index.ts'
import {createAdminRouter} from './admin-routes.ts'
import {attachWebSocketEndpoint} from './answers/web-socket-endpoint.ts'
import {assetHeaders, assetsDir} from './assets.ts'
import {type AssistantOptions, assistantLookOf, logoOrigins} from './assistant-look.ts'
import {openBuildsReader} from './builds/builds-reader.ts'
import {createBoundedServer} from './connections.ts'
import {addConsoleRoutes} from './console-routes.ts'
import {docsAsk} from './docs/agents/docs-ask.ts'
import {openDocsRenderer} from './docs/docs-renderer.ts'
import {addDocsRoutes} from './docs/docs-routes.ts'
import {type HostOptions, hostGuard} from './guards/hosts.ts'
import {guardHost, once, requestLimit, warnOfUntrustedProxy} from './guards/request-guards.ts'
import {openHandoverRenderer} from './handover/handover-renderer.ts'
import {addHandoverRoute} from './handover/handover-route.ts'
import {addInfoRoute, type Info, languagesOf, type TranscriptsKept} from './info-route.ts'
import type {LimitStore} from './limits/limit-store.ts'
import {createLimits, type LimitOptions, visitorOf} from './limits/limits.ts'
import {visitorKeys} from './limits/visitor-keys.ts'
import {type Log, loggedPath} from './log.ts'
import type {Metrics} from './metrics.ts'
import {addOpenApiRoute} from './openapi/openapi-route.ts'
import {addPageRoute} from './page-route.ts'
import {addRefusals} from './refused-requests.ts'
import type {ReindexBoard} from './reindex/reindex-board.ts'
import {createReindexing, type StartIngest} from './reindex/reindexing.ts'
import {sharedReindexing} from './reindex/shared-reindexing.ts'
import {createAuditor} from './staff/auditor.ts'
import type {BuildRegistry} from './staff/build-routes.ts'
import {type EndedSessions, endedSessionsFile} from './staff/ended-sessions.ts'
import type {ExplainSearch} from './staff/explain-routes.ts'
import type {GapsService} from './staff/gap-routes.ts'
import {createGuesses} from './staff/guesses.ts'
import {createOperators, type OperatorOptions} from './staff/operators.ts'
import {createStaff, type Staff, type StaffTokens} from './staff/staff.ts'
import {staticFiles} from './static-files.ts'
import {addVisitorRoutes} from './visitor-routes.ts'

/** The settings that this folder reads; `Settings` is assignable to it. */
export interface HttpOptions
  extends LimitOptions,
    StaffTokens,
    HostOptions,
    OperatorOptions,
    AssistantOptions {
  readonly port: number
  readonly allowedOrigins: readonly string[]
  /** For estimates of cost; default: none. */
  readonly modelPrices?: ModelPrices
  /** Where sign-outs are stored across restarts; default: nowhere. */
  readonly dataDir?: string
  /** Maximum concurrent connections of one address; 0 for no limit. */
  readonly maxConnectionsPerAddress: number
  readonly heartbeatMs: number
  readonly slowReaderTimeoutMs: number
  readonly bufferMs: number
  /** Hosts whose images pages of this server may show; `*` for any. */
  readonly imageHosts: readonly string[]
  /** What pushes are signed with that reindex; default: none do. */
  readonly webhookSecret?: string | null
  /** What the transcripts keep, and for how many days; 0 for ever. Default: visitors are not told. */
  readonly transcripts?: TranscriptsKept['keep'] | null
  readonly retentionDays?: number
  /** Where this server is reached, for links that it makes; default: where each request was sent. */
  readonly publicUrl?: string | null
  /** What clients of the OpenAI-compatible API send as their key; default: any or none. */
  readonly apiToken?: string | null
}

export interface HttpServerDeps {
  readonly options: HttpOptions
  readonly answering: Answering
  /** The generator that writes the answers, for widgets that need to know whether a question costs money. */
  readonly generator: GeneratorName
  /** The name of its model; null or absent where there is none. */
  readonly model?: string | null
  readonly transcripts: TranscriptStore
  /** People and the audit log. */
  readonly staffStore: StaffStore
  /** Where sign-outs of shared tokens are kept for several servers. Default: a file of the data folder. */
  readonly endedSessions?: EndedSessions
  readonly verified: VerifiedAnswers
  /** Golden questions that staff made. */
  readonly golden: GoldenQuestions
  readonly gaps: GapsService
  /** Redacts what leaves Docent. Default: of all kinds. */
  readonly exportRedactor?: Redactor
  readonly search: DocsSearch
  /** Questions that the current build answers well, to suggest where the settings name none. Default: none. */
  readonly foundQuestions?: () => readonly string[]
  readonly current: CurrentBuild
  readonly builds: BuildRegistry
  /** How a search comes to its result, for staff. */
  readonly explain: ExplainSearch
  readonly startIngest: StartIngest
  /** What other servers are told of reindexes. Default: there are none. */
  readonly reindexBoard?: ReindexBoard
  /** Whether a push event of GitHub or GitLab may have changed the docs. Default: any may. */
  readonly isPushForDocs?: (event: unknown) => boolean
  /** Where limits on visitors are counted. */
  readonly limitStore: LimitStore
  /** Whether the journal is being written to disk. */
  readonly journalHealth: () => {readonly degraded: boolean; readonly reason: string | null}
  /** Why the current build is not the one served, or is degraded, for people; null when all is well. Default: null. */
  readonly indexProblem?: () => string | null
  /** Why sources of the docs are not up to date, for people. Default: none. */
  readonly sourceProblems?: () => readonly string[]
  /** Secret for hashing idempotency keys, and addresses in the audit log. Default: random, so that keys are forgotten when the process ends. */
  readonly secret?: Buffer
  /** Folder of the built web assets; null to serve none. */
  readonly webDir: string | null
  readonly log: Log
  readonly metrics: Metrics
}

export interface HttpServer {
  readonly app: Express
  readonly server: Server
  readonly staff: Staff
  /** Resolves with the address once the server accepts connections. Rejects with a system error such as EADDRINUSE. */
  listen(): Promise<{readonly port: number; readonly url: string}>
  /** Reindexes as a webhook does. Resolves with the report of the ingest, and rejects as it does. */
  reindex(): Promise<unknown>
  /** From now on `/readyz` answers 503. Everything else continues. */
  drain(): void
  /** Accepts no more connections, lets open responses end for a moment, then closes them. Answers must have ended before. */
  close(): Promise<void>
}

/** How long responses may continue after the server starts to close. */
const closeGraceMs = 5000

/** Creates the server: all of Docent over HTTP and WebSocket. It does not listen until `listen` is called. */
export function createHttpServer(deps: HttpServerDeps): HttpServer {
  const {options, answering, transcripts, current, metrics, log, webDir} = deps
  const limits = createLimits(options, deps.limitStore)
  const secret = deps.secret ?? randomBytes(32)
  const keys = visitorKeys(secret)
  const guesses = createGuesses()
  const auditor = createAuditor({
    store: deps.staffStore,
    secret,
    keepsWords: (options.transcripts ?? 'full') === 'full',
    onProblem: (err) => log.error({err}, 'the audit log cannot be written'),
  })
  const staff = createStaff(options, {
    store: deps.staffStore,
    auditor,
    guesses,
    ...(deps.endedSessions === undefined ? {} : {endedSessions: deps.endedSessions}),
    endedSessionsFile: options.dataDir === undefined ? null : join(options.dataDir, endedSessionsFile),
    onProblem: (err) => log.error({err}, 'a sign-out could not be stored; it is in effect until a restart'),
  })
  const operators = createOperators(options, staff, guesses)
  const checkHost = hostGuard(options)
  const {reindexBoard: board} = deps
  const ownReindexing = createReindexing(deps.startIngest, log, board?.tell)
  const reindexing = board === undefined ? ownReindexing : sharedReindexing(ownReindexing, board, log)
  const buildsReader = openBuildsReader()
  const {heartbeatMs, slowReaderTimeoutMs, bufferMs} = options
  const streaming = {heartbeatMs, slowReaderTimeoutMs}
  let isDraining = false

  const app = express()
  app.disable('x-powered-by')
  app.set('trust proxy', trustProxyOf(options.trustProxy))
  app.use(securityHeaders([...options.imageHosts, ...logoOrigins(options)]))
  if (options.trustProxy === null) app.use(warnOfUntrustedProxy(log))
  app.use(requestLimit(limits, options.allowedOrigins))
  app.use(requestLog(log, metrics))

  app.get('/healthz', (_request, response) => {
    response.json({status: 'ok'})
  })
  app.get('/readyz', async (request, response) => {
    if (isDraining) throw shuttingDown()
    if (current.id === null) throw new DocentError('not_ready', 'There is no index yet.')
    const {degraded, reason} = deps.journalHealth()
    const problems = deps.sourceProblems?.() ?? []
    const indexProblem = deps.indexProblem?.() ?? null
    const isAllWell = !degraded && problems.length === 0 && indexProblem === null
    const mayKnowWhy = !isAllWell && (await operators.includes(request))
    response.json({
      status: 'ready',
      build: current.id,
      journal: degraded ? {status: 'degraded', ...(mayKnowWhy ? {reason} : {})} : {status: 'ok'},
      ...(indexProblem === null
        ? {}
        : {index: {status: 'degraded', ...(mayKnowWhy ? {reason: indexProblem} : {})}}),
      ...(problems.length === 0 ? {} : {docs: {status: 'degraded', ...(mayKnowWhy ? {problems} : {})}}),
    })
  })
  app.use(guardHost(checkHost, log))
  app.get('/metrics', operators.only, async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics())
  })

  app.use(
    '/api/admin',
    createAdminRouter({
      staff,
      store: deps.staffStore,
      auditor,
      verified: deps.verified,
      golden: deps.golden,
      goldenPlaces: goldenPlacesIn(current, options.siteUrl ?? null),
      gaps: deps.gaps,
      placeOf: findPlaceIn(current, options.siteUrl ?? null),
      answering,
      transcripts,
      builds: deps.builds,
      buildsReader,
      explain: deps.explain,
      current,
      siteUrl: options.siteUrl ?? null,
      prices: options.modelPrices ?? new Map(),
      journalHealth: deps.journalHealth,
      retentionDays: options.retentionDays ?? null,
      exportRedactor: deps.exportRedactor ?? createRedactor(),
      keep: options.transcripts ?? null,
      publicUrl: options.publicUrl ?? null,
      reindexing,
      guesses,
      secret: options.webhookSecret ?? null,
      isPushForDocs: deps.isPushForDocs ?? (() => true),
      ...streaming,
    }),
  )
  const {siteUrl = null, publicUrl = null, allowedOrigins} = options
  const asking = {answering, limits, visitorKeys: keys, metrics, log, bufferMs, ...streaming}
  addVisitorRoutes(app, {
    ...asking,
    ...{transcripts, search: deps.search, current, siteUrl, publicUrl, allowedOrigins},
    apiToken: options.apiToken ?? null,
    generator: deps.generator,
    model: deps.model ?? null,
    name: options.assistantName ?? null,
  })
  const {transcripts: keep = null, retentionDays: days} = options
  const info: Info = {
    generator: deps.generator,
    languages: () => languagesOf(current),
    assistant: () => assistantLookOf(options, deps.foundQuestions?.() ?? []),
    handOverUrl: options.handOverUrl ?? null,
    transcripts: keep === null || days === undefined ? null : {keep, days},
  }
  addInfoRoute(app, info)
  addWebSocketHint(app)
  addOpenApiRoute(app, publicUrl)

  const renderer = openDocsRenderer({imageHosts: options.imageHosts, hasAssistant: webDir !== null, log})
  addDocsRoutes(app, {
    ...{current, renderer, search: deps.search, limits, hasAssistant: webDir !== null, siteUrl, publicUrl},
    assistantName: options.assistantName ?? null,
    ask: docsAsk({...asking, current, siteUrl, publicUrl, allowedOrigins}),
  })
  const handoverRenderer = openHandoverRenderer()
  addHandoverRoute(app, {
    store: deps.staffStore,
    transcripts,
    renderer: handoverRenderer,
    // Of its own: whoever follows an old link often must not be taken for somebody who guesses tokens.
    guesses: createGuesses(),
    name: options.assistantName ?? 'Docent',
    log,
  })
  addConsoleRoutes(app, {staff, hasScript: webDir !== null, imageHosts: options.imageHosts})
  app.use('/assets', staticFiles(assetsDir, {headers: assetHeaders}))
  if (webDir !== null) {
    addPageRoute(app, {webDir, current, imageHosts: options.imageHosts, info})
    app.use(staticFiles(webDir, {headers: () => webHeaders}))
  }
  addRefusals(app, {log, metrics})

  const warnRefused = once(() =>
    log.warn(
      {limit: options.maxConnectionsPerAddress},
      'connections were closed: their address already has as many as MAX_CONNECTIONS_PER_ADDRESS allows. If it is a proxy, add it to TRUST_PROXY.',
    ),
  )
  const {server, connections} = createBoundedServer(app, {
    maxConnectionsPerAddress: options.maxConnectionsPerAddress,
    isProxy: (address) => app.get('trust proxy fn')(address, 0),
    // Adds the `ip` getter of Express to a request that Express has not handled yet.
    visitorOf: (request) => visitorOf(Object.setPrototypeOf(request, app.request) as express.Request),
    slowReaderTimeoutMs,
    onRefused() {
      metrics.refused('too_many_connections')
      warnRefused()
    },
  })
  const webSockets = attachWebSocketEndpoint(server, app, {
    answering,
    limits,
    visitorKeys: keys,
    metrics,
    log,
    connections,
    allowedOrigins: options.allowedOrigins,
    checkHost,
    bufferMs,
    ...streaming,
  })

  return {
    app,
    server,
    staff,
    listen: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(options.port, options.host, () => {
          server.off('error', reject)
          // A server has an address once it listens on a port.
          const {port} = server.address() as AddressInfo
          resolve({port, url: urlOf(options.host, port)})
        })
      }),
    reindex: () => reindexing.request({by: 'timer', name: null}).report,
    drain() {
      isDraining = true
      reindexing.close()
    },
    async close() {
      isDraining = true
      webSockets.close()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      // Browsers open connections in advance; Node counts such a connection as busy until its first request.
      for (const socket of connections.open) if (socket.bytesRead === 0) socket.destroy()
      // `close` does not close connections that become idle later.
      const sweep = setInterval(() => server.closeIdleConnections(), 20)
      const timer = setTimeout(() => {
        for (const socket of connections.open) socket.destroy()
      }, closeGraceMs)
      await closed
      clearInterval(sweep)
      clearTimeout(timer)
      renderer.close()
      buildsReader.close()
      handoverRenderer.close()
    },
  }
}

/** A URL that people can open: an address that means all interfaces becomes localhost. */
function urlOf(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' || host === '127.0.0.1' ? 'localhost' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

function trustProxyOf(setting: string | null): boolean | number | string[] {
  if (setting === null) return false
  if (/^\d+$/.test(setting)) return Number(setting)
  return setting.split(',').map((item) => item.trim())
}

/** Allows no scripts except our own files, no frames and no plugins, in case an answer or a page injects some. */
function securityHeaders(imageSources: readonly string[]) {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        connectSrc: ["'self'"],
        fontSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', ...imageSources],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Only the proxy knows whether this host serves TLS for all its names.
    strictTransportSecurity: false,
  })
}

/** Headers of the built files of the page and the widget. Other sites may load them, since the widget is embedded there. */
const webHeaders = {
  'cache-control': 'public, max-age=0',
  'cross-origin-resource-policy': 'cross-origin',
  // Scripts of type module are fetched with CORS.
  'access-control-allow-origin': '*',
}

function requestLog(log: Log, metrics: Metrics): express.RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now()
    response.once('close', () => {
      const seconds = (performance.now() - startedAt) / 1000
      const route: unknown = request.route?.path
      metrics.responded(
        typeof route === 'string' ? route : 'other',
        request.method,
        response.statusCode,
        seconds,
      )
      const facts = {
        method: request.method,
        path: loggedPath(request),
        status: response.statusCode,
        ms: Math.round(seconds * 1000),
        ...(response.writableFinished ? {} : {left: true}),
      }
      if (isProbe(request.path)) log.debug(facts, 'request')
      else log.info(facts, 'request')
    })
    next()
  }
}

function isProbe(path: string): boolean {
  return path === '/healthz' || path === '/readyz' || path === '/metrics'
}

/** Answers a request for the WebSocket route without an upgrade; upgrades never reach Express. */
function addWebSocketHint(app: Express): void {
  app.get('/api/ws', (_request, response) => {
    response.setHeader('upgrade', 'websocket')
    throw new DocentError('invalid_request', 'This address accepts only WebSocket connections.')
  })
}
