import {randomBytes} from 'node:crypto'
import type {Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import express, {type Express} from 'express'
import helmet from 'helmet'
import type {Answering} from '../answering/index.ts'
import {DocentError, type GeneratorName} from '../domain/index.ts'
import {builtFile} from '../package/index.ts'
import type {DocsSearch} from '../retrieval/index.ts'
import type {CurrentBuild} from '../search-index/index.ts'
import type {TranscriptStore} from '../transcripts/index.ts'
import {type BuildShelf, createAdminRouter} from './admin-routes.ts'
import {addAnswerRoutes} from './answer-routes.ts'
import {createBoundedServer} from './connections.ts'
import {addConsoleRoutes} from './console-routes.ts'
import {openDocsRenderer} from './docs/docs-renderer.ts'
import {addDocsRoutes} from './docs/docs-routes.ts'
import {errorHandler} from './error-response.ts'
import {type HostOptions, hostGuard} from './guards/hosts.ts'
import {verifyDepth} from './guards/json-depth.ts'
import {crossOrigin} from './guards/origins.ts'
import {guardHost, once, proxyNotice, requestLimit} from './guards/request-guards.ts'
import {addInfoRoute} from './info-route.ts'
import type {LimitStore} from './limits/limit-store.ts'
import {createLimits, type LimitOptions, visitorOf} from './limits/limits.ts'
import {visitorKeys} from './limits/visitor-keys.ts'
import {type Log, loggedPath} from './log.ts'
import type {Metrics} from './metrics.ts'
import {addPageRoute} from './page-route.ts'
import {createReindexing, type StartIngest} from './reindexing.ts'
import {allowOf, routes} from './routes.ts'
import {addSearchRoute} from './search-route.ts'
import {createGuesses} from './staff/guesses.ts'
import {createOperators, type OperatorOptions} from './staff/operators.ts'
import {createStaff, type Staff, type StaffTokens} from './staff/staff.ts'
import {staticFiles} from './static-files.ts'
import {openWebSocketDoor} from './web-socket.ts'

/** The settings this room reads; `Settings` fits as it is. */
export interface HttpOptions extends LimitOptions, StaffTokens, HostOptions, OperatorOptions {
  readonly port: number
  readonly allowedOrigins: readonly string[]
  /** Where sign-outs are kept beyond a restart; default: nowhere. */
  readonly dataDir?: string
  /** Connections of one address at the same time; 0 for no limit. */
  readonly maxConnectionsPerAddress: number
  readonly heartbeatMs: number
  readonly slowReaderTimeoutMs: number
  readonly bufferMs: number
  /** Hosts whose images our pages may show; `*` for any. */
  readonly imageHosts: readonly string[]
}

export interface HttpServerDeps {
  readonly options: HttpOptions
  readonly answering: Answering
  /** Who writes the answers, for widgets that ask what a question costs. */
  readonly generator: GeneratorName
  readonly transcripts: TranscriptStore
  readonly search: DocsSearch
  readonly current: CurrentBuild
  readonly builds: BuildShelf
  readonly startIngest: StartIngest
  /** Where limits on visitors are counted. */
  readonly limitStore: LimitStore
  /** Tells whether what is logged reaches the disk. */
  readonly journalHealth: () => {readonly degraded: boolean; readonly reason: string | null}
  /** What idempotency keys are made with. Default: random, so that they are forgotten with the process. */
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
  /** Resolves with the address once it takes connections. @throws the system's error, as EADDRINUSE. */
  listen(): Promise<{readonly port: number; readonly url: string}>
  /** From now on `/readyz` says no. Everything else goes on. */
  drain(): void
  /** Takes no more connections, lets open responses end for a moment, then cuts them. Answers must have ended before. */
  close(): Promise<void>
}

/** How long responses may go on once the server closes. */
const closeGraceMs = 5000

/** The whole of Docent over HTTP and WebSocket. Nothing listens until `listen`. */
export function createHttpServer(deps: HttpServerDeps): HttpServer {
  const {options, answering, transcripts, current, metrics, log, webDir} = deps
  const limits = createLimits(options, deps.limitStore)
  const keyOfVisitor = visitorKeys(deps.secret ?? randomBytes(32))
  const guesses = createGuesses()
  const staff = createStaff(options, Date.now, {
    guesses,
    endedSessionsFile: options.dataDir === undefined ? null : join(options.dataDir, 'ended-sessions.json'),
    onProblem: (err) => log.error({err}, 'a sign-out was not written down; it holds until a restart'),
  })
  const operators = createOperators(options, staff, guesses)
  const checkHost = hostGuard(options)
  const reindexing = createReindexing(deps.startIngest, log)
  const {heartbeatMs, slowReaderTimeoutMs, bufferMs} = options
  const streaming = {heartbeatMs, slowReaderTimeoutMs}
  let isDraining = false

  const app = express()
  app.disable('x-powered-by')
  app.set('trust proxy', trustProxyOf(options.trustProxy))
  app.use(securityHeaders(options.imageHosts))
  if (options.trustProxy === null) app.use(proxyNotice(log))
  app.use(requestLimit(limits, options.allowedOrigins))
  app.use(requestLog(log, metrics))

  app.get('/healthz', (_request, response) => {
    response.json({status: 'ok'})
  })
  app.get('/readyz', (request, response) => {
    if (isDraining) throw new DocentError('shutting_down', 'The server is stopping.')
    if (current.id === null) throw new DocentError('not_ready', 'There is no index yet.')
    const {degraded, reason} = deps.journalHealth()
    response.json({
      status: 'ready',
      build: current.id,
      journal: degraded
        ? {status: 'degraded', ...(operators.includes(request) ? {reason} : {})}
        : {status: 'ok'},
    })
  })
  app.use(guardHost(checkHost, log))
  app.get('/metrics', operators.only, async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics())
  })

  app.use(
    '/api/admin',
    createAdminRouter({staff, answering, transcripts, builds: deps.builds, reindexing, ...streaming}),
  )
  app.use('/api', crossOrigin(options.allowedOrigins), express.json({limit: '64kb', verify: verifyDepth}))
  addAnswerRoutes(app, {answering, transcripts, limits, keyOfVisitor, metrics, log, bufferMs, ...streaming})
  addSearchRoute(app, {search: deps.search, limits})
  addInfoRoute(app, deps.generator)
  addWebSocketHint(app)

  const renderer = openDocsRenderer({imageHosts: options.imageHosts, log})
  addDocsRoutes(app, {current, renderer})
  addConsoleRoutes(app, {staff, transcripts})
  app.use('/assets', staticFiles(assetsDir, {headers: {'cache-control': 'public, max-age=3600'}}))
  if (webDir !== null) {
    addPageRoute(app, {webDir, current, imageHosts: options.imageHosts})
    app.use(staticFiles(webDir, {headers: webHeaders}))
  }
  refuseOtherMethods(app)

  app.use((request) => {
    throw new DocentError('not_found', `There is nothing at ${request.method} ${request.path}.`)
  })
  app.use(errorHandler(log, (code) => metrics.refused(code)))

  const sayRefused = once(() =>
    log.warn(
      {limit: options.maxConnectionsPerAddress},
      'connections were closed: their address has as many as MAX_CONNECTIONS_PER_ADDRESS allows. A proxy belongs into TRUST_PROXY.',
    ),
  )
  const {server, connections} = createBoundedServer(app, {
    maxConnectionsPerAddress: options.maxConnectionsPerAddress,
    isProxy: (address) => app.get('trust proxy fn')(address, 0),
    // Express's `ip` for a request that Express has not seen yet.
    visitorOf: (request) => visitorOf(Object.setPrototypeOf(request, app.request) as express.Request),
    slowReaderTimeoutMs,
    onRefused() {
      metrics.refused('too_many_connections')
      sayRefused()
    },
  })
  const door = openWebSocketDoor(server, app, {
    answering,
    limits,
    keyOfVisitor,
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
    drain() {
      isDraining = true
    },
    async close() {
      isDraining = true
      door.close()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      // Browsers connect ahead of need; Node counts such a connection as busy until its first request.
      for (const socket of connections.open) if (socket.bytesRead === 0) socket.destroy()
      // Connections that become idle after `close` are not closed by it.
      const sweep = setInterval(() => server.closeIdleConnections(), 20)
      const timer = setTimeout(() => {
        for (const socket of connections.open) socket.destroy()
      }, closeGraceMs)
      await closed
      clearInterval(sweep)
      clearTimeout(timer)
      renderer.close()
    },
  }
}

const assetsDir = fileURLToPath(builtFile('assets'))

/** A URL people can open: an address that means "all" becomes localhost. */
function urlOf(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' || host === '127.0.0.1' ? 'localhost' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

function trustProxyOf(setting: string | null): boolean | number | string[] {
  if (setting === null) return false
  if (/^\d+$/.test(setting)) return Number(setting)
  return setting.split(',').map((item) => item.trim())
}

/** No script but our own files, no frames, no plugins: what an answer or a page could smuggle in finds no door. */
function securityHeaders(imageHosts: readonly string[]) {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        connectSrc: ["'self'"],
        fontSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', ...imageHosts],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Whether this host speaks TLS for all its names is the proxy's to say.
    strictTransportSecurity: false,
  })
}

/** Of the built files of the page and the widget. Other sites may load them: that is what a widget is for. */
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

/** After all routes: a known address asked with another method is 405, not 404. */
function refuseOtherMethods(app: Express): void {
  for (const [path, allow] of allowOf(routes)) {
    app.route(path).all((request, response, next) => {
      // A route that this server does not have, as the page where none was built.
      if (allow.split(', ').includes(request.method)) return next()
      response.setHeader('allow', allow)
      throw new DocentError('method_not_allowed', `This address takes ${allow}, not ${request.method}.`)
    })
  }
}

/** A request for the WebSocket's address that asks for no upgrade, which never comes to Express. */
function addWebSocketHint(app: Express): void {
  app.get('/api/ws', (_request, response) => {
    response.setHeader('upgrade', 'websocket')
    throw new DocentError('invalid_request', 'This address takes WebSocket connections.')
  })
}
