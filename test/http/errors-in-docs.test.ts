import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {expect, test} from 'vitest'
import {type ErrorBody, statusOf} from '../../src/http/error-response.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {startDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocent)
const docs = readFileSync(fileURLToPath(new URL('../../content/http-api.md', import.meta.url)), 'utf8')

/** Rows of the tables of errors: a status and a code. */
const listed = [...docs.matchAll(/^\| (\d{3}) \| `([a-z_]+)` \|/gm)].map(([, status, code]) => [
  code,
  Number(status),
])

test('the docs list every error code with its status, once, and no other', () => {
  const codes = listed.map(([code]) => code)

  expect(codes).toEqual([...new Set(codes)])
  expect(Object.fromEntries(listed)).toEqual(statusOf)
})

/** A body of 429 says which limit it was and when to try again, and the header agrees. */
async function expectLimit(response: Response, limit: string): Promise<void> {
  expect(response.status).toBe(429)
  const {error} = (await response.json()) as ErrorBody
  expect(error).toMatchObject({code: 'rate_limited', retryable: true, limit})
  expect(error.retryAfterMs).toBeGreaterThan(0)
  expect(response.headers.get('retry-after')).toBe(String(Math.max(1, Math.ceil(error.retryAfterMs! / 1000))))
}

test('every refusal by a limit is made in one place, which demands the limit and the time', () => {
  const src = fileURLToPath(new URL('../../src', import.meta.url))
  const makers = readdirSync(src, {recursive: true, encoding: 'utf8'}).filter(
    (file) =>
      file.endsWith('.ts') &&
      /new DocentError\(\s*'rate_limited'/.test(readFileSync(join(src, file), 'utf8')),
  )

  expect(makers).toEqual([join('domain', 'error.ts')])
})

test.each([
  ['requests', {requestLimitPerMinute: 1}],
  ['searches', {searchLimitPerMinute: 1}],
  ['questions', {rateLimitPerMinute: 1}],
  ['answers', {maxConcurrentAnswersPerVisitor: 1}],
  ['all_answers', {maxConcurrentAnswers: 1}],
])('a refusal by the limit on %s says so, and when to try again', async (limit, settings) => {
  const docent = await start({settings})
  const send =
    limit === 'requests'
      ? () => fetch(`${docent.url}/api/info`)
      : limit === 'searches'
        ? () => fetch(`${docent.url}/api/search?q=port`)
        : () => docent.ask({question: 'How do I set the port?'})

  const first = await send()
  await expectLimit(await send(), limit)
  await first.body?.cancel()
})

test('guessing tokens is refused with the limit, and when to try again', async () => {
  const docent = await start({})
  const guess = () =>
    fetch(`${docent.url}/api/admin/session`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify({token: 'not-the-token-at-all'}),
    })
  let refused = await guess()
  for (let guesses = 1; guesses < 12 && refused.status !== 429; guesses++) refused = await guess()

  await expectLimit(refused, 'guesses')
})
