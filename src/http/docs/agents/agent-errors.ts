import type {Request} from 'express'
import type {DocentError} from '../../../domain/index.ts'
import {literal} from '../../../text/literal-markdown.ts'
import {errorBodyOf} from '../../error-response.ts'
import {formFor} from './docs-form.ts'

/** The body of an error for whoever reads the docs, where its handler is mounted: Markdown for agents, else JSON. */
export function docsErrorBody(error: DocentError, request: Request): object | string {
  const {method, query, baseUrl} = request
  const isReading = method === 'GET' || method === 'HEAD'
  const isForAgents = query['ask'] !== undefined || baseUrl.endsWith('.txt') || formFor(request) !== 'html'
  return isReading && isForAgents ? errorMarkdown(error) : errorBodyOf(error)
}

/** An error as a few lines of Markdown, with the code that JSON has. */
function errorMarkdown(error: DocentError): string {
  const {code, message} = errorBodyOf(error).error
  const seconds = error.retryAfterMs === null ? null : Math.max(1, Math.ceil(error.retryAfterMs / 1000))
  const lines = [`# Error: ${code.replaceAll('_', ' ')}`, literal(message)]
  const saysWhen = /\bagain in \d/.test(message)
  if (seconds !== null && !saysWhen)
    lines.push(`Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`)
  return `${lines.join('\n\n')}\n`
}
