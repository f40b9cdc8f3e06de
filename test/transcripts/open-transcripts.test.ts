import {readFileSync} from 'node:fs'
import {describe, expect, test, vi} from 'vitest'
import {readTranscripts} from '../../src/transcripts/read-transcripts.ts'
import {
  appendEvent,
  beginAnswer,
  collected,
  journalAnswer,
  openForTest,
  sampleEvents,
  temporaryFile,
} from './samples.ts'

describe('the journal', () => {
  test('what is appended is readable at once, before it is on disk', async () => {
    const transcripts = openForTest({flushMs: 60_000})

    const events = journalAnswer(transcripts, 'a', {ending: null})

    expect(transcripts.health().unflushed).toBe(events.length)
    expect(await transcripts.eventsAfter('a', 0)).toEqual(events)
    expect(await transcripts.eventsAfter('a', 3)).toEqual(events.slice(3))
  })

  test('what was flushed in parts reads as one sequence', async () => {
    const transcripts = openForTest()
    const events = sampleEvents('a', ['a', 'b', 'c', 'd', 'e', 'f'])
    beginAnswer(transcripts, 'a')

    for (const event of events) {
      appendEvent(transcripts, 'a', event)
      if (event.seq % 3 === 0) await transcripts.flush()
    }

    for (let after = 0; after <= events.length; after++) {
      expect(await transcripts.eventsAfter('a', after)).toEqual(events.slice(after))
    }
  })

  test('writes of all answers are batched into one transaction', async () => {
    vi.useFakeTimers()
    const file = temporaryFile()
    const transcripts = openForTest({file, flushMs: 75})
    const beside = readTranscripts(file)
    for (const id of ['a', 'b', 'c']) journalAnswer(transcripts, id, {ending: null})

    await vi.advanceTimersByTimeAsync(74)
    const before = (await beside.list({})).items.length
    await vi.advanceTimersByTimeAsync(1)
    const after = (await beside.list({})).items.length
    beside.close()

    expect([before, after]).toEqual([0, 3])
  })

  test('an ending is on disk in the next turn, without waiting for the timer', async () => {
    const transcripts = openForTest({flushMs: 60_000})

    journalAnswer(transcripts, 'a')
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

    expect(transcripts.health().unflushed).toBe(0)
  })

  test('a thousand endings at once are written without a requested flush, with other work in between', async () => {
    const file = temporaryFile()
    const transcripts = openForTest({file, flushMs: 60_000})
    const pieces = Array.from({length: 40}, (_, i) => `word${i} `)
    for (let i = 0; i < 1_000; i++) journalAnswer(transcripts, `a${i}`, {pieces})

    let turns = 0
    while (transcripts.health().unflushed > 0) {
      turns += 1
      await new Promise((resolve) => setImmediate(resolve))
    }

    const beside = readTranscripts(file)
    expect(await collected(beside.export({}))).toHaveLength(1_000)
    beside.close()
    expect(turns).toBeGreaterThan(2)
  })

  test('the newest answer begun with a key is found', async () => {
    const transcripts = openForTest()
    journalAnswer(transcripts, 'a', {entry: {idempotencyKey: 'key-1'}})

    const unflushed = await transcripts.findByIdempotencyKey('key-1')
    await transcripts.flush()

    expect(unflushed?.answerId).toBe('a')
    expect((await transcripts.findByIdempotencyKey('key-1'))?.ending).toBe('complete')
    expect(await transcripts.findByIdempotencyKey('key-2')).toBeNull()
  })

  test('a conversation is its questions and its complete answers, oldest first', async () => {
    const transcripts = openForTest()
    const conversation = 'c'
    journalAnswer(transcripts, 'a', {entry: {conversation, question: 'First?'}, pieces: ['One.']})
    await transcripts.flush()
    journalAnswer(transcripts, 'b', {entry: {conversation, question: 'Second?'}, ending: 'stopped'})
    journalAnswer(transcripts, 'other', {entry: {question: 'Elsewhere?'}})
    journalAnswer(transcripts, 'running', {entry: {conversation, question: 'Now?'}, ending: null})

    expect(await transcripts.conversation(conversation, 10)).toEqual([
      {role: 'user', content: 'First?'},
      {role: 'assistant', content: 'One.'},
      {role: 'user', content: 'Second?'},
    ])
    expect(await transcripts.conversation(conversation, 1)).toEqual([{role: 'user', content: 'Second?'}])
  })

  test('details are merged, and later values win', async () => {
    const transcripts = openForTest()
    journalAnswer(transcripts, 'a', {ending: null})
    transcripts.note('a', {upstreamRequestId: 'req-1', notes: ['one']})
    await transcripts.flush()
    transcripts.note('a', {notes: ['one', 'two']})

    expect(await transcripts.get('a')).toMatchObject({upstreamRequestId: 'req-1', notes: ['one', 'two']})
  })
})

describe('what staff read', () => {
  test('a transcript contains the answer, its sources and every event with its time', async () => {
    const transcripts = openForTest()
    const events = journalAnswer(transcripts, 'a')
    await transcripts.flush()

    const transcript = await transcripts.get('a')

    expect(transcript).toMatchObject({
      question: 'How do I set the port?',
      ending: 'complete',
      text: 'Set `PORT`.',
      usage: {outputTokens: 3},
      timings: {firstTokenMs: 20},
      feedback: null,
    })
    expect(transcript?.sources.map(({n}) => n)).toEqual([1, 2])
    expect(transcript?.events).toEqual(events)
    expect(await transcripts.get('unknown')).toBeNull()
  })

  test('a running answer is listed as running, with the text so far', async () => {
    const transcripts = openForTest()
    journalAnswer(transcripts, 'a', {ending: null})
    journalAnswer(transcripts, 'b')

    const {items} = await transcripts.list({ending: 'running'})

    expect(items.map(({answerId, excerpt}) => [answerId, excerpt])).toEqual([['a', 'Set `PORT`.']])
  })

  test('pages follow each other without a gap, newest first, also when times are equal', async () => {
    const transcripts = openForTest()
    for (let n = 0; n < 25; n++)
      journalAnswer(transcripts, `a${n}`, {entry: {startedAt: 1000 + Math.floor(n / 5)}})

    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page = await transcripts.list({}, {limit: 7, ...(cursor === null ? {} : {cursor})})
      seen.push(...page.items.map(({answerId}) => answerId))
      cursor = page.nextCursor
    } while (cursor !== null)

    expect(seen).toEqual(Array.from({length: 25}, (_, n) => `a${24 - n}`))
  })

  test('an invalid cursor is refused', async () => {
    const transcripts = openForTest()

    for (const cursor of ['', 'x', '-1', Buffer.from('1;DROP').toString('base64url'), '9'.repeat(500)]) {
      await expect(transcripts.list({}, {cursor})).rejects.toThrowError(
        expect.objectContaining({code: 'invalid_request'}),
      )
    }
  })

  test('filters narrow the list', async () => {
    const transcripts = openForTest()
    journalAnswer(transcripts, 'old', {entry: {startedAt: 100, build: 'b0'}})
    journalAnswer(transcripts, 'stopped', {ending: 'stopped', entry: {startedAt: 200}})
    journalAnswer(transcripts, 'liked', {entry: {startedAt: 300, conversation: 'c'}})
    await transcripts.setFeedback('liked', {rating: 'up', reasons: [], comment: null})
    await transcripts.setReview('old', {verdict: 'wrong', note: null, correctedAnswer: 'Better.', by: 'Ada'})
    const ids = async (filter: Parameters<typeof transcripts.list>[0]) =>
      (await transcripts.list(filter)).items.map(({answerId}) => answerId)

    expect(await ids({ending: 'stopped'})).toEqual(['stopped'])
    expect(await ids({rating: 'up'})).toEqual(['liked'])
    expect(await ids({rating: 'none'})).toEqual(['stopped', 'old'])
    expect(await ids({verdict: 'wrong'})).toEqual(['old'])
    expect(await ids({verdict: 'none'})).toEqual(['liked', 'stopped'])
    expect(await ids({build: 'b0'})).toEqual(['old'])
    expect(await ids({from: 200, to: 300})).toEqual(['stopped'])
    expect(await ids({conversation: 'c'})).toEqual(['liked'])
    expect(await ids({abstained: true})).toEqual([])
  })

  test('words are found in questions and answers, whatever punctuation surrounds them', async () => {
    const transcripts = openForTest()
    journalAnswer(transcripts, 'a', {
      entry: {question: 'Wie ändere ich den Port in node.js?'},
      pieces: ['Use --port.'],
    })
    journalAnswer(transcripts, 'b', {
      entry: {question: 'ポートを変更する方法'},
      pieces: ['設定で変更できます。'],
    })
    journalAnswer(transcripts, 'c', {entry: {question: 'What does C++ need?'}, pieces: ['100% of it']})
    const found = async (q: string) =>
      (await transcripts.list({q})).items.map(({answerId}) => answerId).sort()

    expect(await found('--port')).toEqual(['a'])
    expect(await found('node.js andere')).toEqual(['a'])
    expect(await found('chan')).toEqual([])
    expect(await found('need')).toEqual(['c'])
    expect(await found('nee')).toEqual(['c'])
    expect(await found('変更')).toEqual(['b'])
    expect(await found('C++')).toEqual(['c'])
    expect(await found('++')).toEqual(['c'])
    expect(await found('100%')).toEqual(['c'])
  })

  test('symbols that are part of a word count', async () => {
    const transcripts = openForTest()
    const questions = {
      cpp: 'Is there a C++ client?',
      csharp: 'and for C#',
      c: 'a client in plain C, please',
      libcpp: 'c or libc++',
      net: 'Does it run on .NET 9?',
      internet: 'does it need the net',
      node: 'node.js or another',
      words: 'a node of js',
      flag: 'what does --flag do',
      noflag: 'what is a flag',
      star: 'files such as *.md [x]?',
    }
    for (const [id, question] of Object.entries(questions))
      journalAnswer(transcripts, id, {entry: {question}})
    const found = async (q: string) =>
      (await transcripts.list({q})).items.map(({answerId}) => answerId).sort()

    expect(await found('C++')).toEqual(['cpp'])
    expect(await found('“c++”?')).toEqual(['cpp'])
    expect(await found('client C+')).toEqual(['cpp'])
    expect(await found('c++ client')).toEqual(['cpp'])
    expect(await found('C#')).toEqual(['csharp'])
    expect(await found('.NET')).toEqual(['net'])
    expect(await found('node.js')).toEqual(['node'])
    expect(await found('Node.j')).toEqual(['node'])
    expect(await found('--flag')).toEqual(['flag'])
    expect(await found('*.md [x]')).toEqual(['star'])
    // Punctuation does not.
    expect(await found('flag,')).toEqual(['flag', 'noflag'])
    expect(await found('plain c, client.')).toEqual(['c'])
  })

  test('no text a person can type makes the search throw', async () => {
    const transcripts = openForTest()
    journalAnswer(transcripts, 'a')
    const nasty = [
      '',
      ' ',
      '"',
      "'",
      '*',
      '^',
      '--port',
      'C++',
      'node.js',
      '"x',
      'foo AND',
      'AND',
      'NEAR(',
      'col:port',
    ]
    const nastier = [
      'a*',
      '()',
      '{a b}: c',
      'NOT',
      '-',
      '_',
      '__ x',
      '\u0000',
      '\\',
      '%',
      'x'.repeat(100_000),
      '🙂',
      '́',
    ]

    for (const q of [...nasty, ...nastier]) await expect(transcripts.list({q}), q).resolves.toBeDefined()
  })

  test('the id of an answer finds it', async () => {
    const transcripts = openForTest()
    journalAnswer(transcripts, '7e0c1f7e-aaaa-bbbb-cccc-000000000001')
    journalAnswer(transcripts, '7e0c1f7e-aaaa-bbbb-cccc-000000000002')

    const {items} = await transcripts.list({q: ' 7e0c1f7e-aaaa-bbbb-cccc-000000000002 '})

    expect(items.map(({answerId}) => answerId)).toEqual(['7e0c1f7e-aaaa-bbbb-cccc-000000000002'])
  })

  test('the time of the first source on the screen is kept, before or after the end; the first value counts', async () => {
    const transcripts = openForTest()
    journalAnswer(transcripts, 'early', {ending: null})
    journalAnswer(transcripts, 'late')
    await transcripts.flush()

    for (const ms of [80, 9]) {
      await transcripts.setFirstUseful('early', ms)
      await transcripts.setFirstUseful('late', ms + 1)
      await transcripts.setFirstUseful('unknown', ms)
    }

    expect((await transcripts.get('early'))?.firstUsefulMs).toBe(80)
    expect((await transcripts.get('late'))?.firstUsefulMs).toBe(81)
  })

  test('the latest feedback and review win', async () => {
    const transcripts = openForTest({now: () => 5})
    journalAnswer(transcripts, 'a', {ending: null})

    await transcripts.setFeedback('a', {rating: 'up', reasons: ['clear'], comment: null})
    await transcripts.setFeedback('a', {rating: 'down', reasons: ['outdated', 'wrong'], comment: 'No.'})
    await transcripts.setReview('a', {
      verdict: 'wrong',
      note: 'See docs',
      correctedAnswer: 'Say this.',
      by: 'Ada',
    })

    expect(await transcripts.get('a')).toMatchObject({
      feedback: {rating: 'down', reasons: ['outdated', 'wrong'], comment: 'No.', at: 5},
      review: {verdict: 'wrong', note: 'See docs', correctedAnswer: 'Say this.', at: 5},
    })
    await expect(
      transcripts.setFeedback('none', {rating: 'up', reasons: [], comment: null}),
    ).rejects.toThrowError(expect.objectContaining({code: 'not_found'}))
  })

  test('an export has all that match, oldest first, and can be stopped in the middle', async () => {
    const transcripts = openForTest()
    for (let n = 0; n < 120; n++) journalAnswer(transcripts, `a${n}`, {entry: {startedAt: n}})
    await transcripts.flush()

    const all = (await collected(transcripts.export({}))).map(({answerId}) => answerId)
    let first: string | undefined
    for await (const {answerId} of transcripts.export({from: 10})) {
      first = answerId
      break
    }

    expect(all).toEqual(Array.from({length: 120}, (_, n) => `a${n}`))
    expect(first).toBe('a10')
  })
})

describe('what is removed', () => {
  test('a deleted answer leaves no text in the file, the write-ahead log or the search', async () => {
    const file = temporaryFile()
    const transcripts = openForTest({file})
    journalAnswer(transcripts, 'kept', {entry: {question: 'Quokka?'}})
    for (let n = 0; n < 20; n++) {
      journalAnswer(transcripts, `a${n}`, {
        entry: {question: 'Zyzzyva question?'},
        pieces: ['The ', 'xylomancy', ' says so.'],
      })
      await transcripts.flush()
    }

    for (let n = 0; n < 20; n++) expect(await transcripts.delete(`a${n}`)).toBe(true)

    const bytes = ['', '-wal'].map((suffix) => readFileSync(file + suffix).toString('latin1')).join('')
    expect(bytes.toLowerCase()).not.toMatch(/zyzzyva|xylomanc/)
    expect(bytes.toLowerCase()).toContain('quokka')
    expect((await transcripts.list({q: 'zyzzyva'})).items).toEqual([])
    expect(await transcripts.delete('a1')).toBe(false)
  })

  test('an answer deleted while it runs is not written again', async () => {
    const transcripts = openForTest()
    const events = sampleEvents('a')
    beginAnswer(transcripts, 'a')
    for (const event of events.slice(0, 3)) appendEvent(transcripts, 'a', event)
    await transcripts.flush()

    await transcripts.delete('a')
    for (const event of events.slice(3)) appendEvent(transcripts, 'a', event)
    await transcripts.flush()

    expect(await transcripts.get('a')).toBeNull()
    expect(await transcripts.find('a')).toBeNull()
    expect(await transcripts.eventsAfter('a', 0)).toEqual([])
  })

  test('a conversation is removed as a whole, and nothing else', async () => {
    const transcripts = openForTest()
    journalAnswer(transcripts, 'a', {entry: {conversation: 'c'}})
    journalAnswer(transcripts, 'b', {entry: {conversation: 'c'}, ending: null})
    journalAnswer(transcripts, 'd')

    expect(await transcripts.deleteConversation('c')).toBe(2)
    expect((await transcripts.list({})).items.map(({answerId}) => answerId)).toEqual(['d'])
    expect(await transcripts.deleteConversation('c')).toBe(0)
  })

  test('what is older than the retention is removed at start and every hour', async () => {
    vi.useFakeTimers()
    const dayMs = 24 * 60 * 60 * 1000
    let time = 100 * dayMs
    const file = temporaryFile()
    const before = openForTest({file})
    for (let n = 0; n < 450; n++) journalAnswer(before, `old${n}`, {entry: {startedAt: 60 * dayMs}})
    journalAnswer(before, 'new', {entry: {startedAt: 71 * dayMs}})
    before.close()

    const transcripts = openForTest({file, retentionDays: 30, now: () => time})
    const left = (await transcripts.list({})).items.map(({answerId}) => answerId)
    time += 2 * dayMs
    await vi.advanceTimersByTimeAsync(60 * 60 * 1000)

    expect(left).toEqual(['new'])
    expect((await transcripts.list({})).items).toEqual([])
  })
})

describe('what is kept', () => {
  test('metadata: no text on disk at any time, resume while it runs, feedback after', async () => {
    const file = temporaryFile()
    const transcripts = openForTest({file, mode: 'metadata'})
    const events = journalAnswer(transcripts, 'a', {
      entry: {question: 'Zyzzyva?'},
      pieces: ['xylo', 'mancy'],
      ending: null,
    })
    await transcripts.flush()
    const whileRunning = await transcripts.eventsAfter('a', 2)

    appendEvent(transcripts, 'a', {...sampleEvents('a').at(-1)!, seq: events.length + 1})
    await transcripts.flush()
    await transcripts.setFeedback('a', {rating: 'up', reasons: [], comment: null})

    const bytes = ['', '-wal'].map((suffix) => readFileSync(file + suffix).toString('latin1')).join('')
    expect(whileRunning).toEqual(events.slice(2))
    expect(bytes).not.toMatch(/Zyzzyva|xylo|mancy|How do I|setting 1 is on|is on by default/)
    expect(await transcripts.get('a')).toMatchObject({
      question: '',
      text: '',
      ending: 'complete',
      feedback: {rating: 'up'},
    })
    expect((await transcripts.eventsAfter('a', 0)).map(({seq, at}) => [seq, at])).toEqual(
      [...events, {...events.at(-1)!, seq: events.length + 1}].map(({seq}) => [seq, expect.any(Number)]),
    )
    expect((await transcripts.get('a'))?.sources.map(({n, url}) => [n, url])).toEqual([
      [1, ''],
      [2, ''],
    ])
  })

  test('metadata: the finish reason is kept and can be filtered', async () => {
    const file = temporaryFile()
    const transcripts = openForTest({file, mode: 'metadata'})
    journalAnswer(transcripts, 'whole', {finishReason: 'end'})
    journalAnswer(transcripts, 'declined', {finishReason: 'refusal'})

    expect((await transcripts.list({partial: true})).items).toMatchObject([
      {answerId: 'declined', question: '', excerpt: '', finishReason: 'refusal', partial: true},
    ])
    expect(await transcripts.get('declined')).toMatchObject({
      text: '',
      finishReason: 'refusal',
      partial: true,
    })
  })

  test('off: nothing is kept after the end, resume while it runs', async () => {
    const transcripts = openForTest({mode: 'off'})
    const events = journalAnswer(transcripts, 'a', {ending: null})
    await transcripts.flush()
    const whileRunning = await transcripts.eventsAfter('a', 0)

    appendEvent(transcripts, 'a', {...sampleEvents('a').at(-1)!, seq: events.length + 1})
    await transcripts.flush()

    expect(whileRunning).toEqual(events)
    expect(await transcripts.find('a')).toBeNull()
    expect((await transcripts.list({})).items).toEqual([])
  })
})
