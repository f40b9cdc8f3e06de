import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import type {GroupingStore, TakenQuestion} from '../../src/gaps/grouping/grouping-store.ts'
import {standingOf} from '../../src/gaps/grouping/standing.ts'
import {type GapOrder, type Gaps, gapOrders} from '../../src/gaps/index.ts'
import {sumOf} from '../../src/gaps/vectors.ts'

/** Gaps where there are none yet. */
export interface GapsUnderContract {
  /** The same gaps as another process sees them. */
  open(now: () => number): Promise<Gaps>
  /** The same gaps as the process sees them that groups; one at a time. */
  openGrouping(): Promise<GroupingStore>
  /** Makes answers of these refs be there, where questions are kept with answers alone. */
  answer(refs: readonly string[]): Promise<void>
  /** Called after each test, when all that were opened are closed. */
  close(): Promise<void>
}

/** What every store of gaps does, for staff and for the grouping. */
export function gapsContract(name: string, create: () => Promise<GapsUnderContract>): void {
  describe(`${name} keeps the contract of gaps`, () => {
    let now = 1_000
    let under: GapsUnderContract
    let gaps: Gaps
    let other: Gaps
    let grouping: GroupingStore

    beforeEach(async () => {
      now = 1_000
      under = await create()
      gaps = await under.open(() => now)
      other = await under.open(() => now)
      grouping = await under.openGrouping()
    })
    afterEach(async () => {
      gaps.close()
      other.close()
      grouping.close()
      await under.close()
    })

    const directions = [
      Float32Array.of(1, 0, 0, 0),
      Float32Array.of(0, 1, 0, 0),
      Float32Array.of(0, 0, 1, 0),
      Float32Array.of(0, 0, 0, 1),
    ] as const

    const question = (ref: string, gap: string | null, more: Partial<TakenQuestion> = {}): TakenQuestion => ({
      ...{ref, gap, conversation: `of ${ref}`, askedAt: 500, build: 'b1', lang: 'en', version: null},
      ...{reason: 'abstained', isPartly: false, isElsewhere: false, vector: directions[0]},
      ...more,
    })

    /** Takes questions in as a grouping does, and says how their gaps stand. */
    async function take(...questions: TakenQuestion[]): Promise<void> {
      await under.answer(questions.map(({ref}) => ref))
      await grouping.middles()
      const ids = new Set(questions.flatMap(({gap}) => gap ?? []))
      const of = (id: string) => questions.filter(({gap}) => gap === id)
      await grouping.take(
        questions,
        new Map([...ids].map((id) => [id, sumOf(of(id).flatMap(({vector}) => vector ?? []))])),
      )
      await grouping.setStandings([...ids].map((id) => [id, standingOf(of(id), 1_000)]))
    }

    async function idsBy(sort: GapOrder, store = gaps): Promise<string[]> {
      const found: string[] = []
      let cursor: string | null = null
      do {
        const page: Awaited<ReturnType<Gaps['list']>> = await store.list({}, {sort, cursor, limit: 2})
        found.push(...page.items.map(({id}) => id))
        cursor = page.nextCursor
      } while (cursor !== null)
      return found
    }

    const isConflict = expect.objectContaining({code: 'conflict'})
    const section = {title: 'Port', url: '/docs/port#set', headings: ['Set it']}

    test('there are none at first, and nothing was grouped', async () => {
      expect(await gaps.list({}, {sort: 'severity', cursor: null, limit: 10})).toEqual({
        items: [],
        nextCursor: null,
      })
      expect(await gaps.counts({})).toEqual({open: 0, closed: 0, dismissed: 0})
      expect(await gaps.searchable({})).toEqual([])
      expect(await gaps.asOf()).toBeNull()
      expect(await gaps.get('g')).toBeNull()
      expect(await gaps.gapOf('r')).toBeNull()
      expect(await gaps.closedBy('b1')).toBeNull()
      expect(await grouping.middles()).toEqual([])
      expect([...(await grouping.middleOf('g'))]).toEqual([])
    })

    test('what is grouped is read as it was written', async () => {
      await take(
        question('r1', 'g1'),
        question('r2', 'g1', {askedAt: 700, reason: 'left', isPartly: true, vector: directions[1]}),
        question('r3', null, {vector: null, lang: null, version: '1.x', isElsewhere: true}),
      )
      await grouping.setTitles([{id: 'g1', titleRef: 'r2', exampleRefs: ['r1']}])
      await grouping.setNearest('g1', 'b1 r2', [section])
      await grouping.setState('asOf', '4711')

      expect(await other.get('g1')).toEqual({
        ...{
          id: 'g1',
          state: 'open',
          revision: 1,
          titleRef: 'r2',
          exampleRefs: ['r1'],
          lang: 'en',
          version: null,
        },
        ...{severity: 'low', size: 2, conversations: 2, trend: {recent: 2, before: 0}, scope: 'here'},
        reasons: {failedReview: 0, abstained: 1, disliked: 0, partly: 0, left: 1},
        ...{firstAskedAt: 500, lastAskedAt: 700, nearest: [section], assignee: null, note: null},
        ...{closed: null, reopened: null},
      })
      expect(await other.asOf()).toBe(4711)
      expect(await other.questions('g1', 1)).toEqual([{ref: 'r2', askedAt: 700, reason: 'left'}])
      expect(await other.gapOf('r1')).toBe('g1')
      expect(await other.gapOf('r3')).toBeNull()
      expect(await other.searchable({})).toEqual([{id: 'g1', scope: 'here', refs: new Set(['r1', 'r2'])}])
      const kept = new Map((await grouping.questions()).map((one) => [one.ref, one]))
      const {vector: _, ...second} = question('r2', 'g1', {askedAt: 700, reason: 'left', isPartly: true})
      expect(kept.get('r2')).toEqual({...second, hasVector: true})
      expect(kept.get('r3')).toMatchObject({gap: null, hasVector: false, isElsewhere: true, version: '1.x'})
      expect(await grouping.gaps()).toEqual([
        {
          ...{id: 'g1', state: 'open', titleRef: 'r2', weight: 4, lastAskedAt: 700, closedAt: null},
          ...{reopenedAt: null, lang: 'en', version: null, isTouched: false, nearestOf: 'b1 r2'},
          checkedBuild: null,
        },
      ])
      expect(await grouping.middles()).toEqual([{id: 'g1', sum: Float32Array.of(1, 1, 0, 0)}])
      expect([...(await grouping.middleOf('g1'))]).toEqual([1, 1, 0, 0])
      expect((await grouping.vectorsOf('g1', 5)).map(({ref, vector}) => [ref, ...vector])).toEqual([
        ['r2', 0, 1, 0, 0],
        ['r1', 1, 0, 0, 0],
      ])
    })

    test('lists go by each order, in pages, and by ids where others are equal', async () => {
      const many = ['a', 'B', 'c', 'd', 'e'].flatMap((gap, index) =>
        Array.from({length: index + 1}, (_, n) =>
          question(`${gap}${n}`, gap, {askedAt: 500 - index, reason: index === 0 ? 'failedReview' : 'left'}),
        ),
      )
      await take(...many)
      for (const sort of gapOrders) {
        const ids = await idsBy(sort)
        expect(new Set(ids).size, sort).toBe(5)
        expect(await idsBy(sort, other)).toEqual(ids)
      }
      expect(await idsBy('size')).toEqual(['e', 'd', 'c', 'B', 'a'])
      expect(await idsBy('trend')).toEqual(['e', 'd', 'c', 'B', 'a'])
      expect(await idsBy('latest')).toEqual(['a', 'B', 'c', 'd', 'e'])
      expect((await idsBy('severity'))[0]).toBe('e')
      await grouping.setStandings(
        ['a', 'B', 'c', 'd', 'e'].map((id) => [id, standingOf([question('x', id)], 1_000)]),
      )
      expect(await idsBy('size')).toEqual(['e', 'd', 'c', 'a', 'B'])
      const only = await gaps.list({}, {sort: 'size', cursor: null, limit: 9, ids: ['c', 'B', 'x']})
      expect(only.items.map(({id}) => id)).toEqual(['c', 'B'])
      expect(await gaps.idsStartingWith('B', 5)).toEqual(['B'])
      expect(await gaps.idsStartingWith('', 5)).toEqual([])
      const page = await gaps.list({}, {sort: 'size', cursor: null, limit: 1})
      for (const cursor of ['none', page.nextCursor!])
        await expect(gaps.list({}, {sort: 'trend', cursor, limit: 1})).rejects.toMatchObject({
          code: 'invalid_request',
        })
    })

    test('filters and counts are by state, scope, severity and whom they are assigned to', async () => {
      await take(
        question('r1', 'g1'),
        ...Array.from({length: 5}, (_, n) => question(`s${n}`, 'g2')),
        question('t1', 'g3', {isElsewhere: true}),
      )
      await gaps.change('g1', {by: 'Ada', revision: 1, assignee: 'Bo', state: 'dismissed'})

      const idsOf = async (filter: Parameters<Gaps['list']>[0]) =>
        (await gaps.list(filter, {sort: 'size', cursor: null, limit: 9})).items.map(({id}) => id).sort()
      expect(await idsOf({state: 'open'})).toEqual(['g2', 'g3'])
      expect(await idsOf({scope: 'elsewhere'})).toEqual(['g3'])
      expect(await idsOf({severity: 'high'})).toEqual(['g2'])
      expect(await idsOf({assignee: 'Bo'})).toEqual(['g1'])
      expect(await idsOf({assignee: null, scope: 'here'})).toEqual(['g2'])
      expect(await gaps.counts({})).toEqual({open: 2, closed: 0, dismissed: 1})
      expect(await gaps.counts({assignee: null, scope: 'here'})).toEqual({open: 1, closed: 0, dismissed: 0})
      expect((await gaps.searchable({scope: 'elsewhere'})).map(({id}) => id)).toEqual(['g3'])
    })

    test('staff change a gap at the revision that they know, once, and the history says it', async () => {
      await take(question('r1', 'g1'))
      const first = {by: 'Ada', revision: 1, assignee: 'Bo', note: 'A page is missing.'}
      expect(await gaps.change('g1', first)).toMatchObject({revision: 2, assignee: 'Bo', note: first.note})
      // Sent again, because the response was lost.
      expect(await other.change('g1', first)).toMatchObject({revision: 2})
      now = 2_000
      expect(await other.change('g1', {by: 'Bo', revision: 2, state: 'closed'})).toMatchObject({
        ...{revision: 3, state: 'closed', assignee: 'Bo'},
        closed: {at: 2_000, by: 'Bo', build: null, how: 'person', section: null, because: null},
      })
      now = 3_000
      expect(await gaps.change('g1', {by: 'Ada', revision: 3, state: 'open', assignee: null})).toMatchObject({
        ...{revision: 4, state: 'open', assignee: null, closed: null, reopened: {at: 3_000, by: 'Ada'}},
      })
      expect(await gaps.change('g1', {by: 'Ada', revision: 4, state: 'dismissed'})).toMatchObject({
        reopened: {at: 3_000, by: 'Ada'},
      })
      expect(await gaps.change('g1', {by: 'Ada', revision: 5, note: first.note})).toMatchObject({revision: 5})

      expect((await other.history('g1')).map(({what, by, at, detail}) => [what, by, at, detail])).toEqual([
        ['dismissed', 'Ada', 3_000, null],
        ['reopened', 'Ada', 3_000, null],
        ['assigned', 'Ada', 3_000, null],
        ['closed', 'Bo', 2_000, null],
        ['noted', 'Ada', 1_000, null],
        ['assigned', 'Ada', 1_000, 'Bo'],
      ])
      await expect(gaps.change('g1', {by: 'Ada', revision: 1, note: 'x'})).rejects.toEqual(isConflict)
      await expect(gaps.change('x', first)).rejects.toMatchObject({code: 'not_found'})
    })

    test('of two who change a gap at the same time one is told to read it again', async () => {
      await take(question('r1', 'g1'))
      const results = await Promise.allSettled(
        [gaps, other].map((store, n) => store.change('g1', {by: `p${n}`, revision: 1, note: `note ${n}`})),
      )
      expect(results.map(({status}) => status).sort()).toEqual(['fulfilled', 'rejected'])
      expect(await gaps.get('g1')).toMatchObject({revision: 2})
      expect(await gaps.history('g1')).toHaveLength(1)
    })

    test('a build closes what is open, and what is asked in vain opens again', async () => {
      await take(question('r1', 'g1'), question('r2', 'g2'), question('r3', 'g3'))
      await gaps.change('g2', {by: 'Ada', revision: 1, state: 'dismissed'})
      const closing = {at: 900, build: 'b2', section, because: 'new_section'} as const
      await grouping.check(
        ['g1', 'g2', 'g3'],
        'b2',
        ['g1', 'g2'].map((id) => ({id, ...closing})),
      )
      expect(await gaps.closedBy('b2')).toEqual([{id: 'g1', titleRef: '', size: 1}])
      expect(await gaps.get('g1')).toMatchObject({
        ...{state: 'closed', revision: 2},
        closed: {at: 900, by: null, build: 'b2', how: 'build', section, because: 'new_section'},
      })
      expect(await gaps.get('g2')).toMatchObject({state: 'dismissed', revision: 2})
      expect((await grouping.gaps()).map(({checkedBuild}) => checkedBuild)).toEqual(['b2', 'b2', 'b2'])

      await grouping.reopen(['g1', 'g2', 'g3'], 950)
      expect(await gaps.get('g1')).toMatchObject({state: 'open', revision: 3, reopened: {at: 950, by: null}})
      expect(await gaps.history('g1')).toEqual([
        {at: 950, by: null, what: 'reopened', detail: null},
        {at: 900, by: null, what: 'closed', detail: section.url},
      ])
      expect((await grouping.gaps()).find(({id}) => id === 'g1')).toMatchObject({isTouched: true})
      expect(await gaps.closedBy('b2')).toHaveLength(1)
      expect(await gaps.closedBy('b3')).toBeNull()
      await grouping.setState('checked', 'b3')
      expect(await gaps.closedBy('b3')).toEqual([])
    })

    test('what is forgotten leaves nothing in its gap, and a gap without questions is gone', async () => {
      await take(
        question('r1', 'g1'),
        question('r2', 'g1', {vector: directions[1]}),
        question('r3', 'g1', {vector: directions[2], conversation: 'c', askedAt: 900}),
        question('s1', 'g2', {conversation: 'c'}),
        question('t1', 'g3', {askedAt: 100}),
        question('u1', null, {askedAt: 100}),
      )
      await gaps.change('g2', {by: 'Ada', revision: 1, note: 'Note.'})

      await gaps.forget({ref: 'r1'})
      expect([...(await grouping.middleOf('g1'))]).toEqual([0, 1, 1, 0])
      expect(await other.get('g1')).toMatchObject({size: 2, conversations: 2})
      await gaps.forget({conversation: 'c'})
      expect([...(await grouping.middleOf('g1'))]).toEqual([0, 1, 0, 0])
      expect(await other.get('g2')).toBeNull()
      expect(await other.history('g2')).toEqual([])
      await gaps.forget({askedBefore: 500})
      expect(await other.get('g3')).toBeNull()
      await gaps.forget({refs: ['r2', 'x']})
      await gaps.forget({refs: []})
      expect(await grouping.questions()).toEqual([])
      expect(await grouping.gaps()).toEqual([])
    })

    test('many questions are forgotten at once', async () => {
      await take(...Array.from({length: 450}, (_, n) => question(`r${n}`, n % 2 === 0 ? 'g1' : null)))
      await Promise.all([gaps.forget({askedBefore: 501}), other.forget({askedBefore: 501})])
      expect(await grouping.questions()).toEqual([])
      expect(await gaps.get('g1')).toBeNull()
    })

    test('a page that is withdrawn is named by no gap and no history', async () => {
      await take(question('r1', 'g1'), question('r2', 'g2'), question('r3', 'g3'))
      await grouping.setNearest('g1', 'b1 r1', [section, {...section, url: '/docs/other'}])
      await grouping.check(['g2'], 'b2', [
        {id: 'g2', at: 900, build: 'b2', section, because: 'changed_section'},
      ])

      expect(await gaps.forgetPage((url) => url.startsWith('/docs/port'))).toBe(2)
      expect(await gaps.forgetPage((url) => url.startsWith('/docs/port'))).toBe(0)

      expect(await other.get('g1')).toMatchObject({nearest: [{url: '/docs/other'}]})
      expect(await other.get('g2')).toMatchObject({state: 'closed', closed: {section: null, build: 'b2'}})
      expect(await other.history('g2')).toMatchObject([{what: 'closed', detail: null}])
    })

    test('questions go, count for other reasons and get other vectors; gaps that are dropped leave them in none', async () => {
      await take(
        question('r1', 'g1'),
        question('r2', 'g1', {vector: directions[1]}),
        question('s1', 'g2'),
        question('t1', 'g3'),
      )
      await gaps.change('g3', {by: 'Ada', revision: 1, note: 'Note.'})
      await grouping.setReasons([['r1', 'disliked']])
      expect(await gaps.questions('g1', 5)).toContainEqual({ref: 'r1', askedAt: 500, reason: 'disliked'})
      await grouping.remove(['r2', 's1', 'x'])
      expect([...(await grouping.middleOf('g1'))]).toEqual([1, 0, 0, 0])
      expect((await grouping.gaps()).map(({id}) => id).sort()).toEqual(['g1', 'g3'])

      await grouping.forgetVectors()
      expect((await grouping.questions()).map(({hasVector}) => hasVector)).toEqual([false, false])
      await grouping.setVectors([['r1', directions[3]]])
      expect([...(await grouping.middleOf('g1'))]).toEqual([0, 0, 0, 1])

      await grouping.drop(['g1'])
      expect((await grouping.questions()).find(({ref}) => ref === 'r1')).toMatchObject({
        gap: null,
        hasVector: false,
      })
      expect((await grouping.gaps()).map(({id}) => id)).toEqual(['g3'])
    })

    test('it is known when a section was first seen as it is', async () => {
      const of = (digit: string) => digit.repeat(32)
      await grouping.setSections(
        [
          [of('a'), {content: of('1'), isNew: false, since: 0}],
          [of('b'), {content: of('2'), isNew: true, since: 5}],
        ],
        [],
      )
      await grouping.setSections([[of('a'), {content: of('3'), isNew: true, since: 9}]], [of('b'), of('c')])

      expect(await grouping.sections()).toEqual(
        new Map([[of('a'), {content: of('3'), isNew: true, since: 9}]]),
      )
      expect(await grouping.state('build')).toBeNull()
      await grouping.setState('build', 'b1')
      await grouping.setState('build', 'b2')
      expect(await grouping.state('build')).toBe('b2')
    })
  })
}
