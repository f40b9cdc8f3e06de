import {describe, expect, test} from 'vitest'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {startDocsTeam} from '../support/docs-team.ts'
import {allEventsOf} from '../support/event-reader.ts'
import {sampleSource} from '../support/fake-retriever.ts'
import {bearer, staffApi} from '../support/staff-people.ts'
import {docsToken, type TestDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocsTeam)
const get = (product: TestDocent, path: string) =>
  staffApi(product, 'GET', path, undefined, bearer(docsToken))

/** Asks, reads the answer to its end, and says what the visitor thinks of it. */
async function asked(product: TestDocent, question: string, feedback?: object): Promise<void> {
  const [begun] = await allEventsOf(await product.ask({question}))
  if (feedback === undefined) return
  await fetch(`${product.url}/api/answers/${begun!.data['answerId']}/feedback`, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify(feedback),
  })
}

describe('coverage', () => {
  test('has every page with what answers made of it, also those that were never shown', async () => {
    const product = await start({generator: null})
    await asked(product, 'How do I change the port?', {rating: 'down'})
    await asked(product, 'How do I set the port of the server?', {rating: 'up', missing: true})

    const {body} = await get(product, '/coverage?sort=cited')

    expect(body).toMatchObject({
      build: product.build,
      totals: {pages: 4},
      matches: 4,
      nextCursor: null,
      gone: 0,
    })
    expect(body.pages[0]).toMatchObject({
      path: 'settings.md',
      title: 'Settings',
      url: '/docs/settings',
      sections: 3,
      shown: 2,
      cited: 2,
      disliked: 1,
      unanswered: 1,
    })
    const never = (await get(product, '/coverage?only=never&sort=path')).body
    expect(never.matches).toBe(body.totals.never)
    expect(never.pages.every(({shown}: {shown: number}) => shown === 0)).toBe(true)
    expect((await get(product, '/coverage?only=disliked')).body.pages).toMatchObject([{path: 'settings.md'}])
    expect((await get(product, '/coverage?q=REPAIR')).body.pages).toMatchObject([{path: 'guide/repair.md'}])
    expect((await get(product, '/coverage?from=2026-01-01&to=2026-01-02')).body.totals.never).toBe(4)
  })

  test('counts for an answer that abstained the pages that came nearest', async () => {
    const sources = [sampleSource(1, {url: '/docs/settings'}), sampleSource(2, {url: '/docs/gone'})]
    const product = await start({
      retriever: undefined,
      retrieval: {sources, abstain: ({question}) => (question.includes('xyzzy') ? 'low_score' : null)},
    })
    await asked(product, 'xyzzy')

    const {body} = await get(product, '/coverage?only=unanswered')

    expect(body.pages).toMatchObject([{path: 'settings.md', shown: 0, unanswered: 1}])
    expect(body.totals).toMatchObject({shown: 0, never: 4, unanswered: 1})
  })

  test('comes page by page and, whole, as CSV that no spreadsheet runs', async () => {
    const product = await start({
      files: {'a.md': '# =1+2\n\nText.\n', 'b.md': '# B, "quoted"\n\nText.\n', 'c.md': '# C\n\nText.\n'},
    })
    const first = (await get(product, '/coverage?sort=path&limit=2')).body
    const second = (await get(product, `/coverage?sort=path&limit=2&cursor=${first.nextCursor}`)).body
    expect([...first.pages, ...second.pages].map(({path}) => path)).toEqual(['a.md', 'b.md', 'c.md'])
    expect(second.nextCursor).toBeNull()

    const reply = await fetch(`${product.url}/api/admin/coverage?sort=path&limit=1&format=csv`, {
      headers: bearer(docsToken),
    })
    expect(reply.headers.get('content-type')).toContain('text/csv')
    expect((await reply.text()).split('\r\n')).toEqual([
      'path,title,url,version,lang,sections,shown,cited,disliked,unanswered',
      expect.stringContaining("a.md,'=1+2,/docs/a,"),
      expect.stringContaining('b.md,"B, ""quoted""",/docs/b,'),
      expect.stringContaining('c.md,C,/docs/c,'),
      '',
    ])
  })
})
