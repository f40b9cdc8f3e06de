import fc from 'fast-check'
import {describe, expect, test, vi} from 'vitest'
import type {AnswerEvent, SequencedEvent} from '../../src/domain/index.ts'
import {transcriptQueryOf} from '../../src/http/request-schemas.ts'
import {duration, midnightOf, relativeTime, wholePercent} from '../../src/web/console/format.ts'
import {canonical, changed, chipsOf, filters, orders} from '../../src/web/console/list/filters.ts'
import {
  dayOfMoment,
  momentOfDay,
  momentsOf,
  momentWords,
  periodNameOf,
  periods,
} from '../../src/web/console/list/period.ts'
import {TranscriptList} from '../../src/web/console/list/transcript-lists.ts'
import {pathOfTranscript, placeOf} from '../../src/web/console/router.ts'
import {Replay} from '../../src/web/console/transcript/replay.ts'
import {timelineOf} from '../../src/web/console/transcript/timeline.ts'
import {visible, visibleJson} from '../../src/web/console/visible.ts'
import type {Transcript, TranscriptItem, TranscriptPage} from '../../src/web/console/wire.ts'

describe('an address of the console', () => {
  test.each([
    ['/console', {view: 'home'}],
    ['/console/', {view: 'home'}],
    ['/console/transcripts', {view: 'section', section: 'transcripts', rest: [], query: ''}],
    [
      '/console/figures?from=2026-11-01',
      {view: 'section', section: 'figures', rest: [], query: 'from=2026-11-01'},
    ],
    ['/console/transcripts/a-1', {view: 'section', section: 'transcripts', rest: ['a-1'], query: ''}],
    ['/console/transcripts/a-1/', {view: 'section', section: 'transcripts', rest: ['a-1'], query: ''}],
    [
      '/console/transcripts/a%2Fb/c',
      {view: 'section', section: 'transcripts', rest: ['a/b', 'c'], query: ''},
    ],
    ['/console/transcripts/%zz', {view: 'unknown'}],
    ['/console/join?invitation=docent_x', {view: 'join', invitation: 'docent_x'}],
  ])('%s is a place', (address, place) => {
    expect(placeOf(new URL(address, 'http://localhost'))).toEqual(place)
  })

  test('of a transcript leads back to it, whatever its id is', () => {
    fc.assert(
      fc.property(fc.string({minLength: 1, unit: 'grapheme'}), (answerId) => {
        fc.pre(answerId !== '.' && answerId !== '..')
        const place = placeOf(new URL(pathOfTranscript(answerId), 'http://localhost'))
        expect(place).toEqual({view: 'section', section: 'transcripts', rest: [answerId], query: ''})
      }),
    )
  })
})

describe('the query of a list', () => {
  test('is the same however its address is written', () => {
    expect(canonical('ending=error&q= port &cursor=x&partial=true&rating=&failed=token')).toBe(
      'q=port&ending=error&partial=1',
    )
    expect(canonical('?q=port&partial=1&ending=error')).toBe('q=port&ending=error&partial=1')
  })

  const offered = filters.flatMap(({name, choices}) =>
    (choices ?? []).map(({value, words}) => [name, value, words] as const),
  )

  test.each(offered)('%s=%s is one that the API takes, and is shown as “%s”', (name, value, words) => {
    expect(transcriptQueryOf({[name]: value}).filter).toHaveProperty(name)
    expect(chipsOf(`${name}=${value}`).map((chip) => chip.words)).toEqual([words])
  })

  test.each(orders.filter(({value}) => value !== ''))('$value is an order that the API takes', ({value}) => {
    expect(transcriptQueryOf({sort: value}).page).toEqual({sort: value})
  })

  test('keeps a name that is misspelt, which the API refuses and a chip removes', () => {
    expect(canonical('endng=error')).toBe('endng=error')
    expect(() => transcriptQueryOf({endng: 'error'})).toThrow('did you mean ending')
    expect(chipsOf('endng=error&sort=total')).toEqual([{name: 'endng', label: 'endng', words: 'error'}])
  })

  test('loses a value that is cleared, and keeps the others', () => {
    expect(changed('q=port&ending=error', {ending: '', sort: 'stall'})).toBe('q=port&sort=stall')
  })
})

describe('a period of the list', () => {
  const now = new Date(2026, 10, 28, 13, 30).getTime()

  test.each(periods)('$name is found again by its moments, which the API takes', (period) => {
    const moments = momentsOf(period, now)
    expect(periodNameOf(moments, now)).toBe(period.name)
    expect(transcriptQueryOf({from: moments.from}).filter.from).toBe(midnightOf(now, period.days[0]))
    expect(periodNameOf(moments, now + 86_400_000)).not.toBe(period.name)
  })

  test('is of days where the browser is: yesterday ends when today begins', () => {
    const yesterday = momentsOf(periods.find(({name}) => name === 'yesterday')!, now)
    expect(Date.parse(yesterday.from)).toBe(new Date(2026, 10, 27).getTime())
    expect(Date.parse(yesterday.to)).toBe(new Date(2026, 10, 28).getTime())
  })

  test('of one’s own has a day as its moment, and the day again; the last day is included', () => {
    const to = momentOfDay('to', '2026-11-30')
    expect(Date.parse(to)).toBe(new Date(2026, 11, 1).getTime())
    expect(dayOfMoment('to', to)).toBe('2026-11-30')
    expect(dayOfMoment('from', momentOfDay('from', '2026-02-28'))).toBe('2026-02-28')
    expect(momentOfDay('from', '')).toBe('')
  })

  test('of an address is said as it is: a day in UTC, or a moment', () => {
    expect(momentWords('from', '2026-11-22')).toBe('2026-11-22 (UTC)')
    expect(momentWords('to', '2026-11-22T14:05:01Z')).toBe('2026-11-22T14:05:01Z')
    expect(dayOfMoment('from', '2026-11-22')).toBeNull()
  })
})

describe('a time in the list', () => {
  const now = new Date(2026, 10, 28, 13, 30).getTime()

  test.each([
    [new Date(2026, 10, 28, 13, 29, 40), 'just now'],
    [new Date(2026, 10, 28, 13, 25), '5m ago'],
    [new Date(2026, 10, 28, 0, 31), '13h ago'],
    [new Date(2026, 10, 27, 23, 59), 'yesterday 23:59'],
    [new Date(2026, 10, 27, 0, 5), 'yesterday 00:05'],
    [new Date(2026, 10, 25, 14, 5), 'Wed 14:05'],
    [new Date(2026, 9, 3, 14, 5), 'Oct 3, 14:05'],
    [new Date(2025, 9, 3, 14, 5), 'Oct 3, 2025, 14:05'],
  ])('%s is %s', (at, words) => {
    expect(relativeTime(at.getTime(), now)).toBe(words)
  })
})

describe('a length of time', () => {
  test.each([
    [null, '–'],
    [84.4, '84 ms'],
    [999.6, '1.00 s'],
    [9_994, '9.99 s'],
    [9_996, '10.0 s'],
    [59_949, '59.9 s'],
    [59_960, '1 min 0 s'],
    [119_700, '2 min 0 s'],
    [125_000, '2 min 5 s'],
  ])('%s is %s', (ms, words) => {
    expect(duration(ms)).toBe(words)
  })
})

test.each([
  [8, 9, '89 %'],
  [399, 400, '99 %'],
  [1, 900, '1 %'],
  [9, 9, '100 %'],
  [0, 9, '0 %'],
  [0, 0, '–'],
])('%d of %d is %s: all and nothing are said of nothing else', (part, whole, words) => {
  expect(wholePercent(part, whole)).toBe(words)
})

describe('text of others', () => {
  /** What is shown in place of invisible characters, in brackets. */
  const shown = (text: string): string =>
    visible(text)
      .map((part) => (typeof part === 'string' ? part : `[${String(part.values[0]).slice(2)}]`))
      .join('')

  test.each([
    ['a\u202eb', 'a[202E]b'],
    ['pass\u200bword', 'pass[200B]word'],
    ['zero\u200dwidth', 'zero[200D]width'],
    ['soft\u00adhyphen', 'soft[00AD]hyphen'],
    ['\ufefftop', '[FEFF]top'],
    ['hidden\u{e0041}\u{e0042}', 'hidden[E0041][E0042]'],
    ['a\ufe0f', 'a[FE0F]'],
  ])('%j has its invisible characters named', (text, words) => {
    expect(shown(text)).toBe(words)
  })

  test.each(['👨‍👩‍👧 ❤️ 1️⃣ 👍🏽', 'می\u200cخواهم', 'क्\u200dष', 'Plain\ttext,\nin lines.'])(
    '%s is shown as it is',
    (text) => {
      expect(shown(text)).toBe(text)
    },
  )

  test('is escaped in JSON, which stays the same', () => {
    const data = {text: 'a\u200b\u{e0041}\u202e'}
    const json = visibleJson(JSON.stringify(data))
    expect(json).toBe('{"text":"a\\u200b\\udb40\\udc41\\u202e"}')
    expect(JSON.parse(json)).toEqual(data)
  })
})

describe('the times of an answer', () => {
  const at = (...steps: readonly (readonly [number, AnswerEvent['type']])[]): SequencedEvent[] =>
    steps.map(([ms, type], n) => ({seq: n + 1, at: 1_000 + ms, event: {type} as AnswerEvent}))

  test('are when sources and words came, where it stood still, and when it broke', () => {
    const events = at(
      [0, 'start'],
      [40, 'sources'],
      [900, 'delta'],
      [950, 'delta'],
      [3_000, 'delta'],
      [3_100, 'error'],
    )
    expect(timelineOf({events, startedAt: 1_000})).toEqual({
      durationMs: 3_100,
      sourcesMs: 40,
      firstTokenMs: 900,
      stalls: [{from: 950, to: 3_000}],
      longestPause: {from: 950, to: 3_000},
      errorMs: 3_100,
      hasEnded: true,
    })
  })

  test('never run backwards, when the clock was turned back', () => {
    const events = at([0, 'start'], [500, 'sources'], [-200, 'delta'], [600, 'done'])
    expect(timelineOf({events, startedAt: 1_000})).toMatchObject({firstTokenMs: 500, durationMs: 600})
  })

  test('of an answer without events are none', () => {
    expect(timelineOf({events: [], startedAt: 5})).toMatchObject({
      durationMs: 1,
      firstTokenMs: null,
      hasEnded: false,
    })
  })
})

describe('a replay', () => {
  test('that skips pauses leaves a second before and after each, and plays the rest as it was', () => {
    let frame: (now: number) => void = () => {}
    let now = 0
    vi.stubGlobal('requestAnimationFrame', (next: typeof frame) => {
      frame = next
      return 1
    })
    vi.stubGlobal('cancelAnimationFrame', () => {})
    vi.spyOn(performance, 'now').mockImplementation(() => now)
    const delta = (text: string): AnswerEvent => ({type: 'delta', text})
    const events = [
      {seq: 1, at: 0, event: delta('a')},
      {seq: 2, at: 500, event: delta('b')},
      {seq: 3, at: 300_000, event: delta('c')},
      {seq: 4, at: 300_400, event: delta('d')},
    ]
    const replay = new Replay(
      {answerId: 'a', question: '', startedAt: 0, events} as unknown as Transcript,
      () => {},
    )
    replay.skipsPauses = true
    replay.play()
    const seen: string[] = []
    while (replay.isPlaying && now < 60_000) {
      now += 100
      frame(now)
      if (seen.at(-1)?.split(' ')[0] !== replay.state.text) seen.push(`${replay.state.text} ${now}`)
    }
    vi.unstubAllGlobals()
    vi.restoreAllMocks()

    expect(seen).toEqual(['a 100', 'ab 500', 'abc 2500', 'abcd 2900'])
  })
})

describe('a list that is looked at', () => {
  const item = (n: number, more: Partial<TranscriptItem> = {}) =>
    ({answerId: `a${n}`, startedAt: n, ending: 'complete', ...more}) as TranscriptItem
  const page = (items: readonly TranscriptItem[], nextCursor: string | null = null): TranscriptPage => ({
    items,
    nextCursor,
    total: {answers: items.length, isExact: true},
  })

  /** A list whose requests get these pages, one after the other. */
  function listOf(query: string, ...pages: readonly (TranscriptPage | Error)[]) {
    const asked: string[] = []
    const send = async <T>(path: string): Promise<T> => {
      const next = pages[asked.length]!
      asked.push(path)
      if (next instanceof Error) throw next
      return next as T
    }
    return {list: new TranscriptList(() => ({send}), query), asked}
  }

  test('brings what is shown up to date, and keeps what is new aside until it is asked for', async () => {
    const running = item(1, {ending: null})
    const {list} = listOf('', page([running]), page([item(3), item(2), item(1)]))
    await list.load()
    await list.poll()

    expect(list.items).toEqual([item(1)])
    expect(list.newer.map(({answerId}) => answerId)).toEqual(['a3', 'a2'])
    await list.showNewer()
    expect(list.items.map(({answerId}) => answerId)).toEqual(['a3', 'a2', 'a1'])
    expect(list.total).toEqual({answers: 3, isExact: true})
  })

  test('knows how many answers of an earlier version are still missing, and when none is', async () => {
    const {list} = listOf('', {...page([item(1)]), cataloguing: {remaining: 900}}, page([item(1)]))
    await list.load()
    expect(list.remaining).toBe(900)
    await list.poll()
    expect(list.remaining).toBe(0)
  })

  test('counts nothing as new that moved up because another was removed', async () => {
    const {list} = listOf('', page([item(3), item(2)], 'next'), page([item(3), item(1)]))
    await list.load()
    await list.poll()
    expect(list.newer).toEqual([])
  })

  test('in another order than the newest first is not looked at again', async () => {
    const {list, asked} = listOf('sort=stall', page([item(1)]))
    await list.load()
    await list.poll()
    expect(asked).toHaveLength(1)
  })

  test('says that it could not go on, and does when it is asked again', async () => {
    const {list, asked} = listOf('', page([item(2)], 'next'), new Error('gone'), page([item(1)]))
    await list.load()
    await list.more()
    expect([list.items.length, list.problem, list.hasMore]).toEqual([1, expect.any(Error), true])
    await list.more()
    expect([list.items.length, list.problem, list.hasMore]).toEqual([2, null, false])
    expect(asked.at(-1)).toContain('cursor=next')
  })

  test('has as many rows as before when it is loaded anew, in few requests and within a bound', async () => {
    const many = (from: number) => Array.from({length: 200}, (_, n) => item(from + n))
    const {list, asked} = listOf('', page(many(0), 'a'), page([item(200)], 'b'))
    await list.load(201)
    expect(list.items).toHaveLength(201)
    expect(list.hasMore).toBe(true)
    expect(asked.map((path) => new URLSearchParams(path.split('?')[1]).get('limit'))).toEqual(['200', '1'])

    const huge = listOf('', ...Array.from({length: 9}, (_, n) => page(many(n * 200), `c${n}`)))
    await huge.list.load(1_000_000)
    expect(huge.list.items).toHaveLength(1_000)
  })

  test('that cannot be looked at again stays as it is', async () => {
    const {list} = listOf('', page([item(1)]), new Error('gone'))
    await list.load()
    await list.poll()
    expect([list.status, list.items.length]).toEqual(['ready', 1])
  })
})
