import {expect, test} from 'vitest'
import {DocentError} from '../../src/domain/index.ts'
import type {Log} from '../../src/http/log.ts'
import {redactedLog} from '../../src/http/redacted-log.ts'
import {createRedactor} from '../../src/redaction/index.ts'

function recorded(): {readonly log: Log; readonly calls: unknown[][]} {
  const calls: unknown[][] = []
  const note = (facts: object, message: string) => void calls.push([facts, message])
  return {calls, log: redactedLog({debug: note, info: note, warn: note, error: note}, createRedactor())}
}

test('facts, lists in them and messages are redacted; numbers and dates stay', () => {
  const {log, calls} = recorded()
  const at = new Date(0)
  log.info(
    {path: '/docs/jane@acme.io', inner: {list: ['jane@acme.io', 3, null]}, at, ok: true},
    'to jane@acme.io',
  )
  expect(calls).toEqual([
    [{path: '/docs/[email]', inner: {list: ['[email]', 3, null]}, at, ok: true}, 'to [email]'],
  ])
})

test('an error is redacted with its stack, its details and its cause, and the one that was thrown stays', () => {
  const {log, calls} = recorded()
  const cause = new Error('quoted jane@acme.io')
  const err = new DocentError('internal', 'said jane@acme.io', {cause, details: {body: 'of jane@acme.io'}})
  log.error({err}, 'failed')

  const [[facts]] = calls as [[{err: DocentError}]]
  expect(facts.err).toBeInstanceOf(DocentError)
  expect(facts.err).toMatchObject({code: 'internal', message: 'said [email]', details: {body: 'of [email]'}})
  expect(
    `${facts.err.stack} ${(facts.err.cause as Error).message} ${(facts.err.cause as Error).stack}`,
  ).not.toContain('jane')
  expect(err.message).toBe('said jane@acme.io')
})

test('facts that contain themselves end', () => {
  const {log, calls} = recorded()
  const facts: Record<string, unknown> = {text: 'jane@acme.io'}
  facts['self'] = facts
  log.warn(facts, 'round')
  expect(JSON.stringify(calls)).not.toContain('jane')
})
