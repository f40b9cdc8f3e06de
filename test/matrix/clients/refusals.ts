import {ok, deepStrictEqual as same} from 'node:assert'
import type {Refusal, RefusalFact} from './refused.ts'

/** What is refused. */
export type RefusedThing = 'question' | 'size' | 'connection'

/** All that the server says when it refuses, by what carries the refusal. */
const said: Readonly<Record<RefusedThing, {readonly [Fact in RefusalFact]?: (value: unknown) => boolean}>> = {
  question: {
    status: (value) => value === 429,
    code: (value) => value === 'rate_limited',
    message: (value) => /^No more than 1 questions in a minute; try again in \d+ second/.test(String(value)),
    waitMs: (value) => Number(value) > 0 && Number(value) <= 60_000,
    exitCode: (value) => value === 22,
  },
  size: {
    status: (value) => value === 413,
    code: (value) => value === 'too_large',
    message: (value) => value === 'The request body is larger than 64 KB.',
    closeCode: (value) => value === 1009,
    exitCode: (value) => value === 22,
  },
  connection: {
    status: (value) => value === 429,
    // Nothing but that it closed: https://www.rfc-editor.org/rfc/rfc6455#section-7.1.5
    closeCode: (value) => value === 1006,
  },
}

/** @throws AssertionError if the client can tell more or less of a refusal than is known of it, or something else. */
export function checkRefusal(what: RefusedThing, seen: Refusal, facts: readonly RefusalFact[]): void {
  same(Object.keys(seen).sort(), [...facts].sort(), `what it can tell: ${JSON.stringify(seen)}`)
  for (const fact of facts) ok(said[what][fact]?.(seen[fact]), `${fact} is ${JSON.stringify(seen[fact])}`)
}
