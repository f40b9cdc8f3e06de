import {describe, expect, test} from 'vitest'
import {analyticsRequestOf, exportRequestOf, transcriptQueryOf} from '../../src/http/request-schemas.ts'
import {auditQueryOf} from '../../src/http/staff/staff-schemas.ts'
import {staffApi} from '../support/staff-people.ts'
import {startDocent} from '../support/start-docent.ts'

const queries = {
  'a list': transcriptQueryOf,
  'an export': exportRequestOf,
  figures: (query: object) => analyticsRequestOf(query, Date.parse('2026-06-10')),
  'the audit log': auditQueryOf,
}

/** What is said of a query that is refused. */
function problemOf(read: (query: object) => unknown, query: object): string {
  try {
    read(query)
  } catch (error) {
    expect(error).toMatchObject({code: 'invalid_request'})
    return (error as Error).message
  }
  return ''
}

describe.each(Object.entries(queries))('a query of %s', (_, read) => {
  test('with a parameter that is misspelt is refused, and says which was meant', () => {
    expect(problemOf(read, {form: '2026-05-31'})).toBe('form: is not a parameter here; did you mean from?')
    expect(problemOf(read, {FROM: '2026-05-31'})).toContain('did you mean from?')
    expect(problemOf(read, {form: ''})).toContain('did you mean from?')
  })

  test('with a parameter that is like no other is refused, and says which there are', () => {
    expect(problemOf(read, {since: '2026-05-31'})).toMatch(
      /^since: is not a parameter here; there are .*from, to/,
    )
  })

  test('with many of them names some, and none at length', () => {
    const long = 'x'.repeat(100_000)
    const names = [long, ...Array.from({length: 500}, (_, n) => `unknown${n}`)]
    const problem = problemOf(read, Object.fromEntries(names.map((name) => [name, '1'])))

    expect(problem).toContain('; and 496 more')
    expect(problem.length).toBeLessThan(3_000)
  })

  test('from a time that is not before its end is refused, and says what to do', () => {
    const problem = 'from: must be before to; swap them, or leave one out'

    expect(problemOf(read, {from: '2026-06-01', to: '2026-05-31'})).toBe(problem)
    expect(problemOf(read, {from: '2026-05-31T14:00Z', to: '2026-05-31T14:00Z'})).toBe(problem)
    expect(problemOf(read, {from: '2026-05-31', to: '2026-05-31'})).toBe('')
  })
})

test.each(['0x5', '5.0', '1e1', ' ', '+5', 'NaN', 'five', '1_0', '٣'])(
  'a limit of %j is not a number',
  (limit) => {
    const problem = problemOf(auditQueryOf, {limit})

    expect(problem).toBe('limit: must be a whole number')
  },
)

test('a limit out of range is refused by the range', () => {
  expect(problemOf(auditQueryOf, {limit: '201'})).toMatch(/^limit: .*200/)
  expect(problemOf(auditQueryOf, {limit: '-1'})).toMatch(/^limit: .*1/)
  expect(problemOf(auditQueryOf, {limit: ['1', '2']})).toBe('limit: must be given once')
})

test('every documented parameter is accepted, blank or not', () => {
  const filter = {
    q: 'x',
    ending: 'error',
    partial: '1',
    abstained: '0',
    error: 'x',
    rating: 'up',
    missing: '1',
    verdict: 'none',
    build: 'x',
    channel: 'ai-sdk',
    generator: 'x',
    model: 'x',
    version: 'x',
    lang: 'de',
    page: '/docs/x',
    conversation: 'x',
    from: '2026-05-01',
    to: '2026-05-31',
  }
  const ofList = {sort: 'oldest', cursor: 'x', limit: '5'}
  const blank = (query: object) => Object.fromEntries(Object.keys(query).map((name) => [name, '']))

  for (const [read, query] of [
    [transcriptQueryOf, {...filter, ...ofList}],
    [exportRequestOf, {...filter, format: 'csv', redacted: '1'}],
    [queries.figures, {from: '2026-05-01', to: '2026-05-31', build: 'x'}],
    [
      auditQueryOf,
      {who: 'x', what: 'sign_in', from: '2026-05-01', to: '2026-05-31', cursor: 'x', limit: '5'},
    ],
  ] as const) {
    expect(problemOf(read, query)).toBe('')
    expect(problemOf(read, blank(query))).toBe('')
  }
  expect(problemOf(exportRequestOf, {limit: '5', sort: '', cursor: 'x'})).toBe(
    'cursor: an export has all that match, the oldest first; leave it out; limit: an export has all that match, the oldest first; leave it out',
  )
  expect(exportRequestOf({format: 'csv', rating: 'up', limit: ''})).toEqual({
    format: 'csv',
    redacted: false,
    filter: {rating: 'up'},
  })
  expect(exportRequestOf({})).toEqual({format: 'jsonl', redacted: false, filter: {}})
})

test('a field that a body does not have is refused on every route of staff, and nothing is done', async () => {
  const product = await startDocent()
  try {
    const {answerId} = (await (await product.read({question: 'xyzzy'})).until('start')).data as {
      answerId: string
    }
    const invited = await staffApi(product, 'POST', '/people', {name: 'Ada', role: 'docs'})
    const {id} = invited.body.person
    const relevant = [{url: '/docs/a'}]
    const bodies: readonly [string, string, object, string][] = [
      ['POST', '/session', {token: 'x', tokn: 'x'}, 'tokn'],
      ['POST', '/invitations', {token: 'x', name: 'Ada'}, 'name'],
      ['POST', '/people', {name: 'Bo', role: 'docs', admin: true}, 'admin'],
      ['PUT', `/people/${id}/role`, {role: 'admin', until: 1}, 'until'],
      ['PUT', `/transcripts/${answerId}/review`, {verdict: 'good', noet: 'x'}, 'noet'],
      ['POST', `/transcripts/${answerId}/golden`, {relevant, lang: 'de'}, 'lang'],
      ['POST', `/transcripts/${answerId}/golden`, {relevant: [{url: '/docs/a', anchr: 'b'}]}, 'anchr'],
      ['POST', `/transcripts/${answerId}/handover`, {day: 3}, 'day'],
      ['PATCH', '/gaps/none', {revision: 1, assigne: 'Ada'}, 'assigne'],
      ['POST', '/gaps/none/golden', {items: [{question: 'Q?', relevant}], note: 'x'}, 'note'],
      ['POST', '/verified', {question: 'Q?', text: 'x', url: '/docs/a', state: 'published'}, 'state'],
      ['POST', '/verified/none/publish', {revision: 1, force: true}, 'force'],
      ['POST', '/reindex', {full: true, forse: true}, 'forse'],
    ]
    for (const [method, path, body, field] of bodies) {
      const refused = await staffApi(product, method, path, body)
      expect(refused, path).toMatchObject({status: 400, body: {error: {code: 'invalid_request'}}})
      expect(refused.body.error.message, path).toContain(field)
    }
    const {body: audit} = await staffApi(product, 'GET', '/audit')
    expect(audit.items.map(({what}: {what: string}) => what)).toEqual(['person_invited'])
  } finally {
    await product.close()
  }
})

test('the server exports nothing for a misspelt filter, and notes no export', async () => {
  const product = await startDocent()
  try {
    const refused = await staffApi(product, 'GET', '/transcripts/export?format=csv&endng=error')
    const paths = [
      '/transcripts?raiting=up',
      '/analytics?biuld=x',
      '/audit?whut=sign_in',
      '/transcripts?from=2&to=1',
    ]
    const others = await Promise.all(paths.map((path) => staffApi(product, 'GET', path)))
    const {body: audit} = await staffApi(product, 'GET', '/audit')

    expect(refused).toMatchObject({
      status: 400,
      body: {
        error: {
          code: 'invalid_request',
          message: 'endng: is not a parameter here; did you mean ending?',
          problems: [{field: 'endng'}],
        },
      },
    })
    expect(others.map(({status}) => status)).toEqual([400, 400, 400, 400])
    expect(audit.items).toEqual([])
  } finally {
    await product.close()
  }
})
