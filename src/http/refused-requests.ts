import type {Express} from 'express'
import {DocentError, type ErrorCode} from '../domain/index.ts'
import {docsErrorBody} from './docs/agents/agent-errors.ts'
import {errorHandler} from './error-response.ts'
import type {Log} from './log.ts'
import {rpcErrorOf} from './mcp/rpc-error.ts'
import type {Metrics} from './metrics.ts'
import {noRetryOfTheHopeless, openAiErrorBodyOf} from './openai/openai-errors.ts'
import {allowOf, routes} from './routes.ts'

/**
 * Answers whatever no route has answered, and every error, in the form that the clients of its address expect. Comes after
 * all routes.
 */
export function addRefusals(
  app: Express,
  {log, metrics}: {readonly log: Log; readonly metrics: Metrics},
): void {
  refuseOtherMethods(app)
  app.use((request) => {
    throw new DocentError('not_found', `There is nothing at ${request.method} ${request.path}.`)
  })
  const onError = (code: ErrorCode) => metrics.refused(code)
  app.use('/v1', noRetryOfTheHopeless, errorHandler(log, onError, openAiErrorBodyOf))
  app.use(['/docs', '/llms.txt', '/llms-full.txt'], errorHandler(log, onError, docsErrorBody))
  app.use('/mcp', errorHandler(log, onError, rpcErrorOf))
  app.use(errorHandler(log, onError))
}

/** A known path with another method is answered with 405, not 404. */
function refuseOtherMethods(app: Express): void {
  for (const [path, allow] of allowOf(routes)) {
    app.route(path).all((request, response, next) => {
      // A route that this server does not serve, such as the page if it was not built.
      if (allow.split(', ').includes(request.method)) return next()
      response.setHeader('allow', allow)
      throw new DocentError('method_not_allowed', `This address accepts ${allow}, not ${request.method}.`)
    })
  }
}
