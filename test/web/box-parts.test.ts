import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest'
import type {SearchResult} from '../../packages/client/src/index.ts'
import {
  type AnswerState,
  newAnswer,
  refused,
  stopped,
  withExpected,
  withUpdate,
} from '../../src/web/session/answer-state.ts'
import type {Conversation} from '../../src/web/session/conversation-store.ts'
import {recentQuestions} from '../../src/web/session/recent-questions.ts'
import {headingsBelow, resultPages, snippetOf} from '../../src/web/session/result-pages.ts'
import {createLiveSearch, type Found} from '../../src/web/session/search.ts'
import {SourcesAhead} from '../../src/web/session/sources-ahead.ts'
import {done, sampleSources, sourcesEvent} from '../support/sample-answer.ts'

const refusal = (status: number, code: string, headers: Record<string, string> = {}): Response =>
  Response.json({error: {code, message: 'No.'}}, {status, headers})

const resultOf = (url: string, title: string, headings: readonly string[] = []): SearchResult => ({
  url,
  title,
  headings,
  anchor: '',
  text: 'Text.',
  score: 1,
})

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a search while typing', () => {
  /** @param respond to each search, or fails; a number is the time it takes in milliseconds. */
  function searching(respond: (query: string) => Response | number | Error) {
    const asked: string[] = []
    const found: Found[] = []
    const search = createLiveSearch({
      endpoint: '',
      async fetch(url, init) {
        const query = new URL(url, 'http://x').searchParams.get('q')!
        asked.push(query)
        const response = respond(query)
        if (response instanceof Error) throw response
        if (typeof response !== 'number') return response
        await new Promise((resolve, reject) => {
          init?.signal?.addEventListener('abort', () => reject(init.signal!.reason))
          setTimeout(resolve, response)
        })
        return Response.json({results: [resultOf(`/docs/${query}`, query)]})
      },
      onFound: (now) => found.push(now),
    })
    return {asked, found, search}
  }

  test('says that it is slow only after a while, and keeps what it found before until then', async () => {
    const {found, search} = searching((query) => (query === 'slow' ? 1_000 : 20))
    search.type('fast')
    await vi.advanceTimersByTimeAsync(400)
    expect(found.map(({isSlow}) => isSlow)).toEqual([false])

    search.type('slow')
    await vi.advanceTimersByTimeAsync(500)
    expect(found.at(-1)).toMatchObject({query: 'fast', results: [{title: 'fast'}], isSlow: true})
    await vi.advanceTimersByTimeAsync(1_000)
    expect(found.at(-1)).toMatchObject({query: 'slow', results: [{title: 'slow'}], isSlow: false})
  })

  test('that finds nothing says for what', async () => {
    const {found, search} = searching(() => Response.json({results: []}))
    search.type('xyzzy ')
    await vi.advanceTimersByTimeAsync(500)

    expect(found).toEqual([{query: 'xyzzy', results: [], problem: null, isSlow: false}])
  })

  test('that is refused by a limit sends nothing until it is over, then searches for what is typed now', async () => {
    let isLimited = true
    const {asked, found, search} = searching(() =>
      isLimited ? refusal(429, 'rate_limited', {'retry-after': '7'}) : 10,
    )
    search.type('one')
    await vi.advanceTimersByTimeAsync(500)
    expect(found.at(-1)).toMatchObject({results: [], problem: {code: 'rate_limited'}})
    for (const text of ['one t', 'one tw', 'one two']) {
      search.type(text)
      await vi.advanceTimersByTimeAsync(1_000)
    }
    expect(asked).toEqual(['one'])

    isLimited = false
    await vi.advanceTimersByTimeAsync(6_000)
    expect(asked).toEqual(['one', 'one two'])
    expect(found.at(-1)).toMatchObject({query: 'one two', results: [{title: 'one two'}], problem: null})
  })

  test('that cannot be sent is tried again, at once when typing goes on, until it is given up', async () => {
    let isAway = true
    const {asked, found, search} = searching(() => (isAway ? new TypeError('network') : 10))
    search.type('one')
    await vi.advanceTimersByTimeAsync(6_000)
    expect(asked).toEqual(['one', 'one'])
    expect(found.at(-1)).toMatchObject({problem: {code: null}})

    isAway = false
    search.type('one more')
    await vi.advanceTimersByTimeAsync(400)
    expect(found.at(-1)).toMatchObject({problem: null, results: [{title: 'one more'}]})

    isAway = true
    search.type('gone')
    await vi.advanceTimersByTimeAsync(400)
    search.cancel()
    const {length} = asked
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked).toHaveLength(length)
  })

  test('that is wrong is not tried again', async () => {
    const {asked, search} = searching(() => refusal(400, 'invalid_request'))
    search.type('one')
    await vi.advanceTimersByTimeAsync(60_000)

    expect(asked).toEqual(['one'])
  })

  test('stays below the limit of a server however long the typing goes on', async () => {
    const {asked, search} = searching(() => 10)
    for (let ms = 0; ms < 60_000; ms += 130) {
      search.type(`question ${ms}`)
      await vi.advanceTimersByTimeAsync(130)
    }

    expect(asked.length).toBeGreaterThan(100)
    // With those of sources found ahead these make less than SEARCH_LIMIT_PER_MINUTE by default.
    expect(asked.length).toBeLessThan(200)
  })
})

describe('sources found ahead', () => {
  const question = (text: string) => ({question: text, conversationId: null, history: []})

  function looking(
    respond: () => Response | Promise<Response> = () => Response.json({sources: sampleSources}),
  ) {
    const asked: string[] = []
    const aborted: string[] = []
    const ahead = new SourcesAhead({
      endpoint: '',
      async fetch(_url, init) {
        const {question: text} = JSON.parse(String(init?.body)) as {question: string}
        asked.push(text)
        init?.signal?.addEventListener('abort', () => aborted.push(text))
        return respond()
      },
    })
    return {asked, aborted, ahead}
  }

  test('are those of exactly the question that is asked', async () => {
    const {ahead} = looking()
    ahead.lookFor(question('How do I stop it?'))
    await vi.advanceTimersByTimeAsync(500)

    expect(ahead.takeFor(question('How do I stop it now?'))).toEqual([])
    expect(ahead.takeFor(question('How do I stop it?'))).toEqual([])
    ahead.lookFor(question('How do I stop it?'))
    await vi.advanceTimersByTimeAsync(2_000)
    expect(ahead.takeFor(question('How do I stop it?'))).toHaveLength(sampleSources.length)
  })

  test('are looked for once in a pause, and not for a few letters', async () => {
    const {asked, ahead} = looking()
    for (const text of ['H', 'Ho', 'How do', 'How do I', 'How do I stop', 'How do I stop it?']) {
      ahead.lookFor(question(text))
      await vi.advanceTimersByTimeAsync(100)
    }
    await vi.advanceTimersByTimeAsync(2_000)
    expect(asked).toEqual(['How do I stop it?'])

    ahead.lookFor(question('How do I stop it?'))
    await vi.advanceTimersByTimeAsync(2_000)
    ahead.lookFor(question('port'))
    await vi.advanceTimersByTimeAsync(2_000)
    expect(asked).toEqual(['How do I stop it?'])
  })

  test('are given up when the question changes', async () => {
    const {asked, aborted, ahead} = looking(() => new Promise<Response>(() => {}))
    ahead.lookFor(question('How do I stop it?'))
    await vi.advanceTimersByTimeAsync(500)
    ahead.lookFor(question('How do I stop it today?'))
    expect(aborted).toEqual(['How do I stop it?'])

    await vi.advanceTimersByTimeAsync(2_000)
    ahead.cancel()
    expect(aborted).toEqual(asked)
    expect(asked).toHaveLength(2)
  })

  test('cost little however often the typing pauses', async () => {
    const {asked, ahead} = looking()
    for (let ms = 0; ms < 60_000; ms += 450) {
      ahead.lookFor(question(`A question that grows ${ms}`))
      await vi.advanceTimersByTimeAsync(450)
    }

    expect(asked.length).toBeGreaterThan(10)
    expect(asked.length).toBeLessThanOrEqual(40)
  })

  test('are not asked of a server that refused until the time that it names, and never of an old one', async () => {
    const limited = looking(() => refusal(429, 'rate_limited', {'retry-after': '20'}))
    const old = looking(() => refusal(404, 'not_found'))
    for (const {ahead, asked} of [limited, old]) {
      for (let i = 0; i < 10; i++) {
        ahead.lookFor(question(`A question that grows ${i}`))
        await vi.advanceTimersByTimeAsync(1_000)
      }
      expect(asked).toHaveLength(1)
      ahead.lookFor(question('A question after a while'))
      await vi.advanceTimersByTimeAsync(30_000)
    }
    expect(limited.asked).toHaveLength(2)
    expect(old.asked).toHaveLength(1)
  })
})

describe('an answer with expected sources', () => {
  const expected = withExpected(newAnswer('k', 'q', {askedAt: 1}), sampleSources)
  const event = (one: Parameters<typeof withUpdate>[1] & {type: 'event'}) => withUpdate(expected, one)

  test('shows its own once they come', () => {
    const own = sampleSources.slice(2, 4)
    const answer = event({type: 'event', seq: 1, event: sourcesEvent(own)})

    expect(answer.sources).toEqual(own)
    expect(answer.areExpected).toBe(false)
  })

  test.each([
    ['is refused', refused(expected, {code: 'rate_limited', message: '', retryAfterMs: 1}, 1)],
    ['cannot reach the server', withUpdate(expected, {type: 'broke-off', cause: 'unreachable'})],
    [
      'fails before it has its own',
      event({
        type: 'event',
        seq: 1,
        event: {type: 'error', ending: 'error', code: 'internal', message: '', retryable: true},
      }),
    ],
    ['is not in the docs', event({type: 'event', seq: 1, event: done('abstained')})],
  ] satisfies [string, AnswerState][])('shows none when it %s', (_what, answer) => {
    expect(answer.sources).toEqual([])
    expect(answer.areExpected).toBe(false)
  })

  test('keeps them when the reader stops it, so that nothing moves', () => {
    const answer = withUpdate(stopped(expected), {type: 'event', seq: 1, event: done('stopped')})

    expect(answer.sources).toEqual(sampleSources)
  })
})

describe('recent questions', () => {
  const conversations: Conversation[] = [
    ['How do I stop an answer?', 'Where are the logs?'],
    ['How do I stop  an answer?', 'How do I change the port?'],
    ['Which port?', '設定はどこですか', 'Can I export?', 'What is kept?', 'Who reads it?'],
  ].map((questions, i) => ({
    key: String(i),
    conversationId: null,
    updatedAt: 10 - i,
    answers: questions.map((question) => newAnswer(question, question, {askedAt: 1})),
  }))

  test('are the newest ones, each once, for an empty box', () => {
    expect(recentQuestions(conversations, ' ')).toEqual([
      'Where are the logs?',
      'How do I stop an answer?',
      'How do I change the port?',
      'Who reads it?',
      'What is kept?',
    ])
  })

  test('have every word of what is typed, the last one unfinished', () => {
    expect(recentQuestions(conversations, 'PO')).toEqual(['How do I change the port?', 'Which port?'])
    expect(recentQuestions(conversations, 'the how po')).toEqual(['How do I change the port?'])
    expect(recentQuestions(conversations, 'ort')).toEqual([])
    expect(recentQuestions(conversations, '定は')).toEqual(['設定はどこですか'])
    expect(recentQuestions(conversations, 'which PORT?')).toEqual([])
    expect(recentQuestions(conversations, 'w')).toHaveLength(3)
  })

  test('leave out what was asked about a passage, and what is too long for a list', () => {
    const answers = [
      newAnswer('a', 'What does this do?', {askedAt: 1, about: 'npm start'}),
      newAnswer('b', 'x'.repeat(300), {askedAt: 2}),
    ]

    expect(recentQuestions([{key: 'k', conversationId: null, updatedAt: 1, answers}], '')).toEqual([])
  })
})

describe('results by page', () => {
  test('stand together at the place of the best of their page, numbered as they are shown', () => {
    const pages = resultPages([
      resultOf('/docs/a', 'A', ['One']),
      resultOf('/docs/b', 'B', ['Two']),
      resultOf('/docs/a', 'A', ['Three']),
    ])

    expect(
      pages.map(({title, results}) => [title, results.map(({index, headings}) => [index, headings[0]])]),
    ).toEqual([
      [
        'A',
        [
          [0, 'One'],
          [1, 'Three'],
        ],
      ],
      ['B', [[2, 'Two']]],
    ])
  })

  test.each([
    ['/docs/settings', []],
    ['/docs/guides/deploy/docker', ['guides', 'deploy']],
    ['https://docs.example.com/guides/deploy/', ['guides']],
    ['https://docs.example.com/guides/deploy/index.html', ['guides']],
    ['https://docs.example.com/', []],
    ['https://docs.example.com/docs/next/intro?theme=dark#top', ['next']],
    ['https://docs.example.com/#/guides/deploy', ['guides']],
    ['https://docs.example.com/%C3%BCber/uns', ['über']],
    ['https://docs.example.com/100%/uns', ['100%']],
  ])('say where %s is in the site', (url, folders) => {
    expect(resultPages([resultOf(url, 'T')])[0]!.folders).toEqual(folders)
  })

  test('are called by their headings without the title of the page', () => {
    const named = (headings: readonly string[]) =>
      headingsBelow(resultOf('/docs/a', 'A', headings)).map(({words}) => words)

    expect(named(['A', 'One'])).toEqual(['One'])
    expect(named(['One', 'A'])).toEqual(['One', 'A'])
    expect(named([])).toEqual([])
  })
})

describe('the snippet of a result', () => {
  const long = `${'word '.repeat(60)}needle ${'after '.repeat(60)}`

  test('begins shortly before the first match, with an ellipsis where it was cut', () => {
    const at = long.indexOf('needle')
    const {text, highlights} = snippetOf(long, [
      [at, at + 6],
      [long.length - 6, long.length - 1],
    ])

    expect(text).toMatch(/^…word .*needle after .*after…$/)
    expect(text.length).toBeLessThan(200)
    expect(highlights.map(([start, end]) => text.slice(start, end))).toEqual(['needle'])
    expect(text.indexOf('needle')).toBeLessThan(60)
  })

  test('of a short text is that text', () => {
    expect(snippetOf('Run npm ci.', [[0, 3]])).toEqual({text: 'Run npm ci.', highlights: [[0, 3]]})
    expect(snippetOf('Run npm ci.')).toEqual({text: 'Run npm ci.', highlights: []})
  })

  test('begins with the match where no space stands before it', () => {
    const {text, highlights} = snippetOf(`${'x'.repeat(100)}needle`, [[100, 106]])

    expect(text).toBe('…needle')
    expect(highlights).toEqual([[1, 7]])
  })
})
