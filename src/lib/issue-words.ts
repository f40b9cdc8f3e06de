import type {z} from 'zod'
import {cleanLine} from './clean-text.ts'
import {headOf} from './cut.ts'

type RawIssue = z.core.$ZodRawIssue

const maxNames = 5
const maxNameLength = 60

const types: Readonly<Record<string, string>> = {
  string: 'must be text',
  number: 'must be a number',
  int: 'must be a whole number',
  boolean: 'must be true or false',
  array: 'must be a list',
  object: 'must be an object',
  record: 'must be an object',
}

/** What lists and texts are counted in; none for numbers. */
const units: Readonly<Record<string, string>> = {string: 'character', array: 'item'}

/**
 * What is wrong with a value, for whoever sent it: `is required`, `must have at most 4000 characters`. For the `error` option of
 * zod's parsers, before which what a schema says itself has precedence.
 */
export function issueWords(issue: RawIssue): string {
  if (issue.input === undefined) return 'is required'
  switch (issue.code) {
    case 'invalid_type':
      return types[issue.expected] ?? `must be ${issue.expected}`
    case 'too_big':
      return sizeWords(issue, issue.maximum, 'at most', 'less than')
    case 'too_small':
      if (issue.origin in units && issue.minimum === 1 && issue.exact !== true) return 'must not be empty'
      return sizeWords(issue, issue.minimum, 'at least', 'more than')
    case 'invalid_value':
      return valueWords(issue.values)
    case 'unrecognized_keys':
      return `has fields that are not known here: ${listed(issue.keys)}`
    case 'invalid_union':
      return unionWords(issue)
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'invalid_format':
      return 'has a wrong form'
    default:
      return 'is not valid'
  }
}

function sizeWords(
  {
    origin,
    exact,
    inclusive,
  }: {readonly origin: string; readonly exact?: boolean; readonly inclusive?: boolean},
  limit: number | bigint,
  within: string,
  beyond: string,
): string {
  const unit = units[origin]
  const bound = exact === true ? 'exactly' : inclusive === false ? beyond : within
  if (unit === undefined) return `must be ${bound} ${limit}`
  return `must have ${bound} ${limit} ${unit}${Number(limit) === 1 ? '' : 's'}`
}

function valueWords(values: readonly unknown[]): string {
  const names = values.map(String)
  return names.length === 1 ? `must be ${names[0]}` : `must be one of ${names.join(', ')}`
}

function unionWords(issue: Extract<RawIssue, {readonly code: 'invalid_union'}>): string {
  const {options} = issue as {readonly options?: readonly unknown[]}
  if (options !== undefined && options.length > 0) return valueWords(options)
  // What each form wants of the value itself, not of a part of it.
  const wants = issue.errors.flatMap(([first]) =>
    first !== undefined && first.path.length === 0 ? [first.message] : [],
  )
  return [...new Set(wants)].join(' or ') || 'has a form that is not known here'
}

/** Names that a client sent, the first few. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, maxNames).map((name) => cleanLine(headOf(name, maxNameLength)).trim())
  return [...shown, ...(names.length > maxNames ? [`and ${names.length - maxNames} more`] : [])].join(', ')
}
