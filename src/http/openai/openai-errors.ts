import type {ErrorRequestHandler} from 'express'
import {DocentError, type ErrorCode, isRetryable} from '../../domain/index.ts'
import {errorBodyOf, statusOf} from '../error-response.ts'
import {fieldProblemsLine} from '../field-problems.ts'

/** An error as OpenAI's API has it, with Docent's own facts under `docent`. */
export interface OpenAiError {
  readonly message: string
  readonly type: 'invalid_request_error' | 'permission_error' | 'rate_limit_error' | 'server_error'
  /** The field that is wrong, as `messages[2].content`; null where it is not one field. */
  readonly param: string | null
  /** One of OpenAI's where there is one for it, else Docent's. */
  readonly code: string
  /** `code`, `retryable`, `retryAfterMs` and so on, as in the errors of Docent's own API. */
  readonly docent: Readonly<Record<string, unknown>>
}

export interface OpenAiErrorBody {
  readonly error: OpenAiError
}

/** OpenAI's name for an error, where a client may look for it. */
const openAiCodes: Partial<Record<ErrorCode, string>> = {
  unauthorized: 'invalid_api_key',
  rate_limited: 'rate_limit_exceeded',
}

export interface FailureFacts extends Readonly<Record<string, unknown>> {
  readonly code: ErrorCode
  /** For the reader. */
  readonly message: string
}

/**
 * @param code Docent's
 * @param facts what else is known, for `docent`.
 */
export function openAiErrorOf(
  {code, message, ...facts}: FailureFacts,
  {param = null, openAiCode = openAiCodes[code] ?? code}: {param?: string | null; openAiCode?: string} = {},
): OpenAiError {
  return {message, type: typeOf(statusOf[code]), param, code: openAiCode, docent: {code, ...facts}}
}

function typeOf(status: number): OpenAiError['type'] {
  if (status === 429) return 'rate_limit_error'
  if (status === 403 || status === 421) return 'permission_error'
  return status < 500 ? 'invalid_request_error' : 'server_error'
}

/** The JSON body of a refused request. What it tells is what `errorBodyOf` tells. */
export function openAiErrorBodyOf(error: DocentError): OpenAiErrorBody {
  const {openAiCode, problems, ...facts} = errorBodyOf(error).error
  const code = typeof openAiCode === 'string' ? {openAiCode} : {}
  if (problems === undefined) {
    // The only field that names one.
    const param = error.code === 'version_not_found' ? 'docent.version' : null
    return {error: openAiErrorOf(facts, {param, ...code})}
  }
  const message = fieldProblemsLine(problems, problems.length + (facts.moreProblems ?? 0), paramOf)
  const param = paramOf(problems[0]?.field ?? '') || null
  return {error: openAiErrorOf({...facts, message, problems}, {param, ...code})}
}

/** `messages.2.content` as `messages[2].content`. */
const paramOf = (field: string): string => field.replace(/\.(\d+)(?=\.|$)/g, '[$1]')

/**
 * A request that has one field wrong.
 * @param openAiCode OpenAI's code for it; default: `invalid_request`.
 */
export function invalidField(field: string, problem: string, openAiCode?: string): DocentError {
  return new DocentError('invalid_request', `${paramOf(field)}: ${problem}`, {
    details: {problems: [{field, problem}], ...(openAiCode === undefined ? {} : {openAiCode})},
  })
}

/** Longer than somebody waits for an answer. The library for JavaScript would: it waits as long as `Retry-After` says. */
const longestRetryMs = 60_000

/**
 * OpenAI's libraries ask up to twice again, unasked, after 429 and every status from 500 on. This header of theirs keeps them
 * from it where it cannot help, or not soon.
 */
export const noRetryOfTheHopeless: ErrorRequestHandler = (thrown, _request, response, next) => {
  const isHopeless =
    thrown instanceof DocentError &&
    (!isRetryable(thrown.code) || (thrown.retryAfterMs ?? 0) > longestRetryMs)
  if (isHopeless && !response.headersSent) response.setHeader('x-should-retry', 'false')
  next(thrown)
}
