import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest'
import type {Source} from '../../src/domain/index.ts'
import {maxQuestionLength} from '../../src/http/request-schemas.ts'
import type {AnswerState} from '../../src/web/session/answer-state.ts'
import {
  currentStepOf,
  declinedToGoOn,
  newAnswer,
  refused,
  retried,
  shownOf,
  stopped,
  withUpdate,
} from '../../src/web/session/answer-state.ts'
import {createConversationStore, memoryStorage} from '../../src/web/session/conversation-store.ts'
import {allowedHostsOf} from '../../src/web/session/link-hosts.ts'
import {copiedMarkdown} from '../../src/web/session/markdown-copy.ts'
import {createLiveSearch} from '../../src/web/session/search.ts'
import {openSession, type Session} from '../../src/web/session/session.ts'
import {type PlayedDocent, startPlayedDocent} from '../support/played-docent.ts'
import {done, sampleSources, sourcesEvent} from '../support/sample-answer.ts'
import type {Step} from '../support/script-player.ts'

const words = (text: string): Step => ({send: {type: 'delta', text}})

interface Tab {
  readonly session: Session
  /** Resolves once the newest answer satisfies the claim. */
  until(claim: (answer: AnswerState) => boolean): Promise<AnswerState>
}

const storage = (): {browser: ReturnType<typeof memoryStorage>; tab: ReturnType<typeof memoryStorage>} => ({
  browser: memoryStorage(),
  tab: memoryStorage(),
})

function openTab(docent: PlayedDocent, stores = storage()): Tab {
  const waiting = new Set<() => void>()
  const session = openSession({
    endpoint: docent.url,
    fetch: (url, init) => fetch(url, init),
    network: {isOnline: () => true, back: async () => {}},
    store: createConversationStore(stores.browser, 'test'),
    tab: stores.tab,
    version: () => null,
    backoffMs: [0, 10, 20, 40],
    onChange: () => {
      for (const check of [...waiting]) check()
    },
  })
  return {
    session,
    until: (claim) =>
      new Promise((resolve) => {
        const check = (): void => {
          const answer = session.answers.at(-1)
          if (answer === undefined || !claim(answer)) return
          waiting.delete(check)
          resolve(answer)
        }
        waiting.add(check)
        check()
      }),
  }
}

async function withDocent(
  script: (question: string) => Step[],
  run: (docent: PlayedDocent) => Promise<void>,
): Promise<void> {
  const docent = await startPlayedDocent({script})
  try {
    await run(docent)
  } finally {
    await docent.close()
  }
}

describe('a session', () => {
  test('goes from searching through sources and writing to the end', async () => {
    await withDocent(
      () => [{send: sourcesEvent()}, {hold: true}, words('Hi.'), {hold: true}, {send: done('complete')}],
      async (docent) => {
        const {session, until} = openTab(docent)

        session.ask('q')
        expect(session.running?.phase).toBe('searching')
        await until(({phase}) => phase === 'sources')
        docent.release()
        await until(({phase}) => phase === 'writing')
        docent.release()
        const answer = await until(({phase}) => phase === 'complete')

        expect(answer.text).toBe('Hi.')
        expect(session.running).toBeNull()
        session.close()
      },
    )
  })

  test.each(['another question', 'another conversation'])(
    'what was stopped before it had a name is stopped on the server, though %s came at once',
    async (next) => {
      await withDocent(
        (question) => (question === 'first' ? [{hold: true}] : [words('Hi.'), {send: done('complete')}]),
        async (docent) => {
          const {session, until} = openTab(docent)

          session.ask('first')
          session.stop()
          if (next === 'another conversation') session.startNew()
          session.ask('second')
          await until(({question, phase}) => question === 'second' && phase === 'complete')

          await expect
            .poll(() => docent.answers.map(({question, stops}) => [question, stops]))
            .toEqual([
              ['first', 1],
              ['second', 0],
            ])
          session.close()
        },
      )
    },
  )

  test('what was there stays to be seen while an answer goes on, and when that is refused', async () => {
    const half: Step[] = [{send: sourcesEvent()}, words('Half '), words('an answer.')]
    const broken: Step = {
      send: {type: 'error', ending: 'error', code: 'upstream_cut', message: '', retryable: true},
    }
    let asked = 0
    await withDocent(
      () =>
        asked++ === 0
          ? [...half, broken]
          : [{send: sourcesEvent()}, {hold: true}, words(' And the rest.'), {send: done('complete')}],
      async (docent) => {
        const {session, until} = openTab(docent)
        session.ask('q')
        const {key} = await until(({phase}) => phase === 'broke-off')
        const seen: number[] = []

        session.goOn(key)
        await until((answer) => {
          seen.push(shownOf(answer).text.length, shownOf(answer).sources.length * 100)
          return answer.carried === null
        })
        docent.release()
        const whole = await until(({phase}) => phase === 'complete')

        expect(Math.min(...seen)).toBe('Half an answer.'.length)
        expect(whole.text).toBe('Half an answer. And the rest.')
        const again = refused(retried(whole, 0, false), {code: 'rate_limited', message: '', retryAfterMs: 1})
        expect(shownOf(again).text).toBe(whole.text)
        expect(retried(again, 0, true).continues).toBe(whole.answerId)
        session.close()
      },
    )
  })

  test('what is done beside writing is told as steps, and who took over the writing', () => {
    const tool = (more: object): Parameters<typeof withUpdate>[1] => ({
      type: 'event',
      seq: 1,
      event: {type: 'tool', id: 't', name: 'search_docs', status: 'started', ...more},
    })
    const begun = newAnswer('k', 'q', {askedAt: 0})

    const searching = withUpdate(begun, tool({summary: 'Looking.'}))
    const found = withUpdate(searching, tool({status: 'done', summary: 'Found 2.'}))
    const handedOver = withUpdate(
      found,
      tool({
        id: 'g',
        name: 'generator',
        status: 'failed',
        summary: 'Quoting.',
        input: {generator: 'extractive'},
      }),
    )

    expect([begun, searching, found].map((answer) => currentStepOf(answer)?.words ?? null)).toEqual([
      null,
      'Looking.',
      null,
    ])
    expect(handedOver.steps.map(({status, words}) => `${status}: ${words}`)).toEqual([
      'done: Found 2.',
      'failed: Quoting.',
    ])
    expect([found.generator, handedOver.generator]).toEqual([null, 'extractive'])
  })

  test('a stop before the first token reaches the server, and shows at once', async () => {
    await withDocent(
      () => [{hold: true}, words('never')],
      async (docent) => {
        const {session, until} = openTab(docent)

        session.ask('q')
        session.stop()

        expect(session.answers[0]?.phase).toBe('stopped')
        await until(({timings}) => timings !== null)
        expect(docent.answers[0]?.stops).toBe(1)
        expect(session.answers[0]?.phase).toBe('stopped')
        session.close()
      },
    )
  })

  test('a cut in the middle loses nothing and repeats nothing', async () => {
    await withDocent(
      () => [
        {send: sourcesEvent()},
        words('one '),
        {cut: true},
        words('two '),
        {cut: true},
        words('three'),
        {send: done('complete')},
      ],
      async (docent) => {
        const {session, until} = openTab(docent)

        session.ask('q')
        const answer = await until(({phase}) => phase === 'complete')

        expect(answer.text).toBe('one two three')
        expect(answer.sources).toHaveLength(sampleSources.length)
        session.close()
      },
    )
  })

  test('a reload in the middle resumes the very answer', async () => {
    await withDocent(
      () => [{send: sourcesEvent()}, words('one '), {hold: true}, words('two'), {send: done('complete')}],
      async (docent) => {
        const stores = storage()
        const before = openTab(docent, stores)
        before.session.ask('q')
        await before.until(({text}) => text === 'one ')
        before.session.close()

        const after = openTab(docent, stores)
        docent.release()
        const answer = await after.until(({phase}) => phase === 'complete')

        expect(answer.text).toBe('one two')
        expect(docent.answers).toHaveLength(1)
        after.session.close()
      },
    )
  })

  test('two tabs have conversations of their own, and both are in the history', async () => {
    await withDocent(
      (question) => [{send: sourcesEvent()}, words(question), {send: done('complete')}],
      async (docent) => {
        const {browser} = storage()
        const one = openTab(docent, {browser, tab: memoryStorage()})
        const two = openTab(docent, {browser, tab: memoryStorage()})

        one.session.ask('first')
        two.session.ask('second')
        await Promise.all([
          one.until(({phase}) => phase === 'complete'),
          two.until(({phase}) => phase === 'complete'),
        ])

        expect(one.session.answers.map(({question}) => question)).toEqual(['first'])
        expect(
          one.session
            .conversations()
            .map(({answers}) => answers[0]?.question)
            .sort(),
        ).toEqual(['first', 'second'])
        one.session.close()
        two.session.close()
      },
    )
  })

  test('an answer that broke off goes on from its text, as another request', async () => {
    await withDocent(
      () => [
        {send: sourcesEvent()},
        words('half'),
        {send: {type: 'error', ending: 'error', code: 'upstream_cut', message: 'Cut.', retryable: true}},
      ],
      async (docent) => {
        const {session, until} = openTab(docent)
        session.ask('q')
        const broken = await until(({phase}) => phase === 'broke-off')

        session.goOn(broken.key)
        await until(({phase, attempt}) => phase === 'broke-off' && attempt === 2)

        expect(docent.answers[1]?.body).toMatchObject({
          continueAnswerId: docent.answers[0]!.answerId,
          conversationId: docent.answers[0]!.conversationId,
        })
        expect(docent.answers[1]?.idempotencyKey).not.toBe(docent.answers[0]?.idempotencyKey)
        expect(session.answers).toHaveLength(1)
        session.close()
      },
    )
  })

  test('links may lead to the hosts of the sources, of the question and of the own pages', () => {
    const asked = newAnswer('k', 'What is https://asked.example/x?', {askedAt: 0})
    const event = {
      ...sourcesEvent([{...sampleSources[0]!, url: 'https://docs.example/a'}]),
      linkHosts: ['one.example'],
    }
    const first = withUpdate(asked, {type: 'event', seq: 2, event})
    const more = {...sourcesEvent([]), linkHosts: ['two.example']}
    const second = withUpdate(first, {type: 'event', seq: 3, event: more})

    expect([...(allowedHostsOf(second, ['own.example']) ?? [])].sort()).toEqual([
      'asked.example',
      'docs.example',
      'one.example',
      'own.example',
      'two.example',
    ])
    // Of an earlier server, or kept by an earlier version: as it was.
    const old = withUpdate(asked, {type: 'event', seq: 2, event: sourcesEvent()})
    expect(allowedHostsOf(old, [])).toBeNull()
    const {linkHosts: _, ...kept} = old
    expect(allowedHostsOf(kept, [])).toBeNull()
    // What is carried over has the hosts of its own sources.
    const told = withUpdate(second, {type: 'event', seq: 4, event: {type: 'delta', text: 'Words'}})
    const carried = shownOf(retried(stopped(told), 1, false))
    expect(allowedHostsOf(carried, [])?.has('two.example')).toBe(true)
  })

  test('links may lead to hosts of earlier questions of the conversation, not of later ones', () => {
    const asked = (key: string, question: string, about = '') =>
      withUpdate(newAnswer(key, question, {askedAt: 0, about}), {
        type: 'event',
        seq: 2,
        event: {...sourcesEvent([]), linkHosts: []},
      })
    const conversation = [
      asked('a', 'We run https://mine.example, why?', 'It is www.passage.example.'),
      asked('b', 'And so?'),
      asked('c', 'On https://later.example?'),
    ]

    expect([...allowedHostsOf(conversation[1]!, [], conversation)!].sort()).toEqual([
      'mine.example',
      'www.passage.example',
    ])
    expect(allowedHostsOf(conversation[1]!, [], [])?.size).toBe(0)
  })

  test('a long passage is cut between two characters', async () => {
    await withDocent(
      () => [{send: sourcesEvent([])}, {send: done('abstained')}],
      async (docent) => {
        const {session, until} = openTab(docent)

        session.ask('what is it?', `x${'🔑'.repeat(3000)}`)
        await until(({phase}) => phase === 'abstained')

        expect(docent.answers[0]?.question).toMatch(/^what is it\?\n\n> x(?:🔑){500,}$/u)
        session.close()
      },
    )
  })

  test.each([
    ['many short lines', 'a\n'.repeat(1_000)],
    ['one long line', 'b'.repeat(5_000)],
    ['empty lines and quotations', '> c\n\n\r> d\n'.repeat(500)],
  ])('a long question and a passage of %s fit what the server takes', async (_name, passage) => {
    await withDocent(
      () => [{send: sourcesEvent([])}, {send: done('abstained')}],
      async (docent) => {
        const {session, until} = openTab(docent)
        const question = 'x'.repeat(3_000)

        session.ask(question, passage)
        const {about} = await until(({phase}) => phase === 'abstained')

        const sent = docent.answers[0]!.question
        expect(sent.length).toBeGreaterThan(3_900)
        expect(sent.length).toBeLessThanOrEqual(maxQuestionLength)
        expect(sent.split('\n').slice(2)).toEqual(about.split('\n').map((line) => `> ${line}`))
        expect(passage.startsWith(about)).toBe(true)
        session.close()
      },
    )
  })

  test('a question that leaves no room for a passage goes without it', async () => {
    await withDocent(
      () => [{send: sourcesEvent([])}, {send: done('abstained')}],
      async (docent) => {
        const {session, until} = openTab(docent)
        const question = 'x'.repeat(maxQuestionLength)

        session.ask(question, 'of this passage')
        await until(({phase}) => phase === 'abstained')

        expect(docent.answers[0]?.question).toBe(question)
        session.close()
      },
    )
  })

  test('a refusal keeps the question and says how long to wait', async () => {
    await withDocent(
      () => [],
      async (docent) => {
        const {session, until} = openTab(docent)

        session.ask('refuse me')
        const answer = await until(({phase}) => phase === 'refused')

        expect(answer.problem).toMatchObject({code: 'rate_limited', retryAfterMs: 7000, retryable: true})
        session.close()
      },
    )
  })

  test('tries of one question are one answer, and none is sent before its time', async () => {
    await withDocent(
      () => [],
      async (docent) => {
        const {session, until} = openTab(docent)
        const posts = (): number => docent.requests.filter((line) => line === 'POST /api/answers').length
        session.ask('refuse me for 3000 seconds')
        const first = await until(({phase}) => phase === 'refused')

        session.ask(' refuse me for 3000 seconds ')
        session.retry(first.key)
        session.ask('refuse another for 1 second')
        const second = await until(({question, phase}) => question.includes('another') && phase === 'refused')
        await new Promise((resolve) => setTimeout(resolve, 1_100))
        session.ask('refuse another for 1 second')
        await until(({attempt, phase}) => attempt === 2 && phase === 'refused')

        expect(posts()).toBe(3)
        expect(session.answers.map(({key}) => key)).toEqual([first.key, second.key])
        // Another passage makes another question.
        session.ask('refuse another for 1 second', 'of this passage')
        expect(session.answers).toHaveLength(3)
        session.close()
      },
    )
  })

  test('a conversation that is deleted is deleted on the server first', async () => {
    await withDocent(
      () => [{send: sourcesEvent([])}, {send: done('abstained')}],
      async (docent) => {
        const {session, until} = openTab(docent)
        session.ask('q')
        await until(({phase}) => phase === 'abstained')

        const {conversationId} = docent.answers[0]!
        docent.setUnreachable(true)
        await expect(session.remove(session.conversationKey)).rejects.toThrow()
        expect(session.conversations()).toHaveLength(1)
        docent.setUnreachable(false)
        await session.remove(session.conversationKey)

        expect(docent.deletedConversations).toEqual([conversationId])
        expect(session.conversations()).toHaveLength(0)
        expect(session.answers).toHaveLength(0)
        session.close()
      },
    )
  })

  test('a conversation whose name was lost on the way is told to the server, and goes on', async () => {
    await withDocent(
      () => [{send: sourcesEvent()}, words('An answer.'), {send: done('complete')}],
      async (docent) => {
        const {session, until} = openTab(docent)
        session.ask('nameless')
        await until(({phase, question}) => phase === 'complete' && question === 'nameless')
        session.ask('and that?')
        await until(({phase, question}) => phase === 'complete' && question === 'and that?')
        session.ask('third?')
        await until(({phase, question}) => phase === 'complete' && question === 'third?')

        expect(docent.answers.map(({body}) => body['conversationId'])).toEqual([
          undefined,
          undefined,
          docent.answers[1]!.conversationId,
        ])
        expect(docent.answers.map(({body}) => body['history'])).toEqual([
          undefined,
          [
            {role: 'user', content: 'nameless'},
            {role: 'assistant', content: 'An answer.'},
          ],
          undefined,
        ])
        session.close()
      },
    )
  })

  test('a passage of the page goes along as a quotation', async () => {
    await withDocent(
      () => [{send: sourcesEvent([])}, {send: done('abstained')}],
      async (docent) => {
        const {session, until} = openTab(docent)

        session.ask('what is this?', 'npm ci\nnpm start')
        await until(({phase}) => phase === 'abstained')

        expect(docent.answers[0]?.question).toBe('what is this?\n\n> npm ci\n> npm start')
        session.close()
      },
    )
  })
})

describe('the state of an answer', () => {
  const asked = newAnswer('k', 'q', {askedAt: 0})

  test('a citation of a source that was never sent is not shown', () => {
    const news = {type: 'event', seq: 2, event: {type: 'citation', n: 9, start: 0, end: 1}} as const

    expect(withUpdate(asked, news).citations).toEqual([])
  })

  test('a second round of sources does not turn writing back into searching', () => {
    const written = withUpdate(asked, {type: 'event', seq: 2, event: {type: 'delta', text: 'a'}})

    expect(withUpdate(written, {type: 'event', seq: 3, event: sourcesEvent()}).phase).toBe('writing')
  })

  test.each([
    ['end', 'complete'],
    ['extract', 'quoted'],
    ['refusal', 'declined'],
    ['max_tokens', 'cut'],
    ['context_exceeded', 'cut'],
  ] as const)('an answer that finished with %s is %s', (finishReason, phase) => {
    const ended = withUpdate(asked, {type: 'event', seq: 2, event: done('complete', {finishReason})})

    expect(ended.phase).toBe(phase)
  })

  test('a line for what asks nothing is complete, whichever generator there is', () => {
    const ended = withUpdate(
      {...asked, generator: 'extractive'},
      {type: 'event', seq: 2, event: done('complete', {finishReason: 'bare_reply'})},
    )

    expect(ended.phase).toBe('complete')
  })

  test('what an earlier try had brought stays when the model declines before its first word', () => {
    const broken = withUpdate(
      withUpdate(asked, {type: 'event', seq: 2, event: {type: 'delta', text: 'Half.'}}),
      {
        type: 'broke-off',
        cause: 'unreachable',
      },
    )

    const declined = withUpdate(retried(broken, 1, false), {
      type: 'event',
      seq: 2,
      event: done('complete', {finishReason: 'refusal'}),
    })

    expect(shownOf(declined)).toMatchObject({phase: 'declined', text: 'Half.'})
    expect(declinedToGoOn(declined)).toBe(false)
    expect(declinedToGoOn({...declined, continues: 'a1'})).toBe(true)
    expect(declinedToGoOn({...declined, carried: null, text: 'New'})).toBe(true)
  })

  test('what was stopped stays stopped, whatever the server says later', () => {
    const halted = stopped(asked)

    expect(withUpdate(halted, {type: 'event', seq: 2, event: done('complete')}).phase).toBe('stopped')
    expect(withUpdate(halted, {type: 'broke-off', cause: 'unreachable'}).phase).toBe('stopped')
  })

  test('what an earlier try had brought keeps the sources that its numbers name', () => {
    const [first, second, third] = sampleSources
    const before: AnswerState = {...asked, text: 'Half.', sources: [first!, second!], phase: 'stopped'}
    const cited: AnswerState = {...before, citations: [{n: 2, start: 0, end: 5, quote: 'Half of it.'}]}
    const found = (answer: AnswerState, ...sources: readonly Source[]): readonly Source[] =>
      shownOf(withUpdate(retried(answer, 1, false), {type: 'event', seq: 2, event: sourcesEvent(sources)}))
        .sources

    expect(found(cited, first!, {...third!, n: 2})).toEqual(before.sources)
    expect(found(cited, first!, second!, third!)).toEqual([first, second, third])
    expect(found(before, first!, {...third!, n: 2})).toEqual([first, {...third, n: 2}])
  })

  test('is copied as Markdown with a link at each citation and the sources used', () => {
    const answer: AnswerState = {
      ...asked,
      question: 'How?',
      text: 'So it is.',
      sources: sampleSources.slice(0, 2),
      citations: [{n: 2, start: 0, end: 8}],
    }

    expect(copiedMarkdown(answer, 'https://d.example/docs/')).toBe(
      '**How?**\n\nSo it is [[2]](https://d.example/docs/streaming-and-resuming#stopping).\n\n- [2] [Streaming and resuming › Stopping](https://d.example/docs/streaming-and-resuming#stopping)',
    )
  })

  test('sections of one page are copied with a link to each, once at one place', () => {
    const section = (n: number, heading: string, anchor: string): Source => ({
      ...sampleSources[0]!,
      n,
      title: 'Plans',
      headings: ['Plans', heading],
      url: '/docs/plans',
      anchor,
    })
    const answer: AnswerState = {
      ...asked,
      question: 'How?',
      text: 'Three seats. Ten seats.',
      sources: [section(1, 'Free plan', 'free'), section(2, 'The [team] `plan`', 'team_(new)')],
      citations: [
        {n: 1, start: 0, end: 12, quote: 'three seats'},
        {n: 1, start: 6, end: 12, quote: 'of no price'},
        {n: 2, start: 13, end: 23},
      ],
    }

    expect(copiedMarkdown(answer, 'https://d.example/docs/').split('\n\n').slice(1)).toEqual([
      'Three seats. [[1]](https://d.example/docs/plans#free) Ten seats. [[2]](https://d.example/docs/plans#team_%28new%29)',
      '- [1] [Plans › Free plan](https://d.example/docs/plans#free)\n- [2] [Plans › The \\[team\\] \\`plan\\`](https://d.example/docs/plans#team_%28new%29)',
    ])
  })

  test.each([
    ['in it', 'Set:\n\n```sh\nPORT=1\n```\n\nDone.', 'PORT=1'],
    ['at its end', 'Set:\n\n```sh\nPORT=1\n```\n\nDone.', 'PORT=1\n```'],
    ['with a fence in it', 'Set:\n\n````md\n```\nPORT=1\n```\n````\n\nDone.', 'PORT=1'],
  ])('a citation of code, %s, is copied below the block, which stays closed', (_where, text, quoted) => {
    const end = text.indexOf(quoted) + quoted.length
    const answer: AnswerState = {
      ...asked,
      question: 'How?',
      text,
      sources: sampleSources.slice(0, 2),
      citations: [1, 2].map((n) => ({n, start: 0, end})),
    }

    const copied = copiedMarkdown(answer, 'https://d.example/docs/')

    const links = sampleSources
      .slice(0, 2)
      .map(({n, url, anchor}) => `[[${n}]](https://d.example${url}#${anchor})`)
    expect(copied).toContain(text.replace('\n\nDone.', `\n\n${links.join('\n\n')}\n\nDone.`))
  })

  test('a citation in code that was never closed is copied without a link', () => {
    const text = 'Set:\n\n```sh\nPORT=1'
    const citations = [{n: 1, start: 0, end: text.length}]
    const answer: AnswerState = {
      ...asked,
      question: 'How?',
      text,
      sources: sampleSources.slice(0, 1),
      citations,
    }

    expect(copiedMarkdown(answer, 'https://d.example/docs/')).toContain(`${text}\n\n- [1]`)
  })
})

describe('searching while typing', () => {
  test('asks once for a burst of keys, and an older answer never replaces a newer one', async () => {
    const asked: string[] = []
    const results: string[] = []
    let finish = (): void => {}
    const finished = new Promise<void>((resolve) => {
      finish = resolve
    })
    const prefixes: (string | null)[] = []
    const search = createLiveSearch({
      endpoint: '',
      async fetch(url, init) {
        const {searchParams} = new URL(url, 'http://x')
        const query = searchParams.get('q')!
        asked.push(query)
        prefixes.push(searchParams.get('prefix'))
        // The older search answers last, unless it was given up.
        if (query === 'old') {
          search.type('newer')
          await new Promise((resolve) => init?.signal?.addEventListener('abort', resolve, {once: true}))
        }
        return Response.json({results: []})
      },
      onFound: ({query, isSlow}) => {
        if (!isSlow) results.push(query)
        if (query === 'newer') finish()
      },
    })

    search.type('o')
    search.type('ol')
    search.type('old')
    await finished

    expect(asked).toEqual(['old', 'newer'])
    expect(prefixes).toEqual(['1', '1'])
    expect(results).toEqual(['', 'newer'])
  })

  describe('with a clock that is set', () => {
    beforeEach(() => {
      vi.useFakeTimers()
    })
    afterEach(() => {
      vi.useRealTimers()
    })

    function searching() {
      const asked: string[] = []
      const results: string[] = []
      const search = createLiveSearch({
        endpoint: '',
        async fetch(url) {
          asked.push(new URL(url, 'http://x').searchParams.get('q')!)
          return Response.json({results: []})
        },
        onFound: ({query}) => results.push(query),
      })
      return {asked, results, search}
    }

    test('steady typing is searched for before it pauses, and what was found shows while it goes on', async () => {
      const {asked, results, search} = searching()
      const text = 'install the server'
      for (let end = 3; end <= text.length; end++) {
        search.type(text.slice(0, end))
        await vi.advanceTimersByTimeAsync(100)
      }
      expect(asked.length).toBeGreaterThanOrEqual(4)
      expect(results).toEqual(asked)

      await vi.advanceTimersByTimeAsync(1000)
      expect(asked.at(-1)).toBe(text)
    })

    test('what waits is given up with what was sent', async () => {
      const {asked, search} = searching()
      search.type('install')
      search.cancel()
      await vi.advanceTimersByTimeAsync(1000)

      expect(asked).toEqual([])
    })

    test('one character is enough where a character is a word', async () => {
      const {asked, search} = searching()
      for (const text of ['a', '1', 'é', '設', 'は', 'แ', '한']) {
        search.type(text)
        await vi.advanceTimersByTimeAsync(1000)
      }

      expect(asked).toEqual(['設', 'は', 'แ', '한'])
    })
  })
})

describe('the store of conversations', () => {
  const answer = newAnswer('k1', 'q', {askedAt: 1})

  test('a full storage makes room by forgetting the oldest', () => {
    const memory = memoryStorage()
    const full = {
      ...memory,
      get length() {
        return memory.length
      },
      setItem(key: string, value: string) {
        if (memory.length >= 2 && memory.getItem(key) === null)
          throw new DOMException('full', 'QuotaExceededError')
        memory.setItem(key, value)
      },
    }
    const store = createConversationStore(full, 's')

    for (const n of [1, 2, 3])
      store.save({key: `c${n}`, conversationId: null, updatedAt: n, answers: [answer]})

    expect(store.list().map(({key}) => key)).toEqual(['c3', 'c2'])
  })

  test('what an earlier version kept as complete, though the model declined or a limit cut it, is told as such', () => {
    const memory = memoryStorage()
    const kept = (finishReason: AnswerState['finishReason'], phase: AnswerState['phase'] = 'complete') => ({
      ...answer,
      key: String(finishReason),
      finishReason,
      phase,
    })
    const answers = [
      kept('refusal'),
      kept('max_tokens'),
      kept('end'),
      kept('extract', 'quoted'),
      kept(null, 'stopped'),
    ]
    const conversation = {key: 'c', conversationId: null, updatedAt: 1, answers}
    memory.setItem('docent:s:conversation:c', JSON.stringify({v: 1, conversation}))

    const [read] = createConversationStore(memory, 's').list()

    expect(read!.answers.map(({phase}) => phase)).toEqual([
      'declined',
      'cut',
      'complete',
      'quoted',
      'stopped',
    ])
  })

  test('what somebody else wrote under its name is ignored', () => {
    const memory = memoryStorage()
    memory.setItem('docent:s:conversation:x', '{"v":1,"conversation":5}')
    memory.setItem('docent:s:conversation:y', 'not json')

    expect(createConversationStore(memory, 's').list()).toEqual([])
  })
})
