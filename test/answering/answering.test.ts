import {describe, expect, test, vi} from 'vitest'
import type {AnswerSummary} from '../../src/answering/answer-summary.ts'
import {createAnswering} from '../../src/answering/create-answering.ts'
import {createAnswerState} from '../../src/answers/answer-state.ts'
import {DocentError, noUsage} from '../../src/domain/index.ts'
import {quotableBlocksIn} from '../../src/markdown/index.ts'
import {openTranscripts} from '../../src/transcripts/open-transcripts.ts'
import {fakeRetriever, sampleSource} from '../support/fake-retriever.ts'
import {handGenerator} from '../support/hand-generator.ts'
import {allEvents, createWorld, lastOf, readerOf, sampleQuestion, textOf, typesOf} from './answering-world.ts'

describe('an answer', () => {
  test('shows its sources before its first word, and ends once', async () => {
    const {answering, generator, ask} = createWorld()
    const reader = readerOf(answering, await ask())
    const call = await generator.call(0)

    call.say('Set ', 'it.')
    call.push({type: 'citation', n: 2, start: 0, end: 3})
    call.finish()
    await reader.over

    expect(typesOf(reader.got)).toEqual(['start', 'sources', 'delta', 'delta', 'citation', 'done'])
    expect(reader.got.map(({seq}) => seq)).toEqual([1, 2, 3, 4, 5, 6])
    expect(lastOf(reader.got)).toMatchObject({ending: 'complete', finishReason: 'end', abstained: false})
    expect(answering.active).toBe(0)
  })

  test('shows only what a reader may see of the sources', async () => {
    const {answering, generator, ask} = createWorld()
    const reader = readerOf(answering, await ask())
    const call = await generator.call(0)

    const {event} = await reader.until('sources')

    expect(JSON.stringify(event)).not.toMatch(/blocks|"path"|"scores"/)
    expect(call.request.sources[0]).toHaveProperty('blocks')
  })

  test('that the docs do not have abstains without calling a model', async () => {
    const {answering, generator, transcripts, ask} = createWorld({retrieval: {abstain: 'low_score'}})
    const answerId = await ask()

    const events = await allEvents(answering, answerId)

    expect(typesOf(events)).toEqual(['start', 'sources', 'done'])
    expect(events[1]!.event).toMatchObject({sources: []})
    expect(lastOf(events)).toMatchObject({
      ending: 'abstained',
      abstained: true,
      reason: 'low_score',
      nearest: [{title: 'Page 1'}, {title: 'Page 2'}],
    })
    expect(generator.calls).toEqual([])
    expect((await transcripts.get(answerId))?.considered?.map(({title}) => title)).toEqual([
      'Page 1',
      'Page 2',
    ])
  })

  test('in part is said before the first word, with the words that the docs never use, also to the generator', async () => {
    const assessment = {answerability: 'partly', unknownWords: ['Kafka']} as const
    const {answering, generator, ask} = createWorld({retrieval: {assessment}})
    const answerId = await ask()
    const call = await generator.call(0)
    call.say('The docs do not mention Kafka.')
    call.finish()

    const events = await allEvents(answering, answerId)

    expect(typesOf(events).slice(0, 3)).toEqual(['start', 'sources', 'delta'])
    expect(events[1]!.event).toMatchObject(assessment)
    expect(call.request.unknownWords).toEqual(['Kafka'])
    expect(await answering.snapshot(answerId)).toMatchObject(assessment)
  })

  test('in full is said as well, and an abstention names only the words that the docs never use', async () => {
    const whole = createWorld()
    const answerId = await whole.ask()
    ;(await whole.generator.call(0)).finish()
    const [, found] = await allEvents(whole.answering, answerId)
    const assessment = {answerability: 'yes', unknownWords: ['Kafka']} as const
    const refused = createWorld({retrieval: {abstain: 'low_score', assessment}})
    const events = await allEvents(refused.answering, await refused.ask())

    expect(found!.event).toMatchObject({type: 'sources', answerability: 'yes'})
    expect(found!.event).not.toHaveProperty('unknownWords')
    expect(events[1]!.event).not.toHaveProperty('answerability')
    expect(lastOf(events)).toMatchObject({ending: 'abstained', unknownWords: ['Kafka']})
  })

  test('without any source is an abstention too', async () => {
    const {answering, generator, ask} = createWorld({retrieval: {sources: []}})

    const events = await allEvents(answering, await ask())

    expect(lastOf(events)).toMatchObject({ending: 'abstained', reason: 'no_hits'})
    expect(generator.calls).toEqual([])
  })

  test('whose retrieval fails ends as an error that names no internals', async () => {
    const error = new DocentError('embedding_model', 'cannot read /srv/secret/model.onnx')
    const {answering, transcripts, ask} = createWorld({retrieval: {error}})
    const answerId = await ask()

    const events = await allEvents(answering, answerId)

    expect(typesOf(events)).toEqual(['start', 'error'])
    expect(lastOf(events)).toMatchObject({ending: 'error', code: 'embedding_model', retryable: false})
    expect(JSON.stringify(events)).not.toContain('secret')
    expect((await transcripts.get(answerId))?.errorDetail).toContain('model.onnx')
  })

  test.each([
    ['upstream_cut', 'error'],
    ['upstream_rate_limited', 'error'],
    ['stall_timeout', 'timeout'],
  ] as const)('whose generator fails with %s keeps its text and ends in %s', async (code, ending) => {
    const {answering, generator, transcripts, ask} = createWorld()
    const answerId = await ask()
    const reader = readerOf(answering, answerId)
    const call = await generator.call(0)

    call.say('Half an ')
    call.fail(new DocentError(code, 'broke', {retryAfterMs: 900, details: {upstreamRequestId: 'req-9'}}))
    await reader.over

    expect(lastOf(reader.got)).toMatchObject({
      type: 'error',
      ending,
      code,
      retryable: true,
      retryAfterMs: 900,
    })
    expect(await transcripts.get(answerId)).toMatchObject({
      ending,
      text: 'Half an ',
      upstreamRequestId: 'req-9',
    })
  })

  test('whose generator throws an unknown error is an internal error for the operator', async () => {
    const logged = vi.fn()
    const {answering, generator, ask} = createWorld({log: {info() {}, error: logged} as never})
    const reader = readerOf(answering, await ask())

    ;(await generator.call(0)).fail(new TypeError('x is not a function'))
    await reader.over

    expect(lastOf(reader.got)).toMatchObject({ending: 'error', code: 'internal'})
    expect(logged).toHaveBeenCalledOnce()
  })

  test('whose generator stops without finishing is cut, never complete', async () => {
    const journal = openTranscripts({file: ':memory:'})
    const generator = {
      name: 'scripted' as const,
      model: null,
      async *generate() {
        yield {type: 'delta' as const, text: 'Half'}
      },
    }
    const answering = answeringOf(journal, generator)

    const {answerId} = await answering.ask(sampleQuestion(), {channel: 'test'})
    const events = await allEvents(answering, answerId)
    await answering.shutdown(0)
    journal.close()

    expect(lastOf(events)).toMatchObject({ending: 'error', code: 'upstream_cut'})
  })

  test('that finishes without a word is an error, unless the model refused', async () => {
    const {answering, generator, ask} = createWorld()
    const silent = readerOf(answering, await ask())
    const refused = readerOf(answering, await ask())

    ;(await generator.call(0)).finish()
    ;(await generator.call(1)).push({
      type: 'finish',
      finishReason: 'refusal',
      usage: noUsage,
      upstreamRequestId: null,
    })
    await Promise.all([silent.over, refused.over])

    expect(lastOf(silent.got)).toMatchObject({ending: 'error', code: 'upstream_invalid'})
    expect(lastOf(refused.got)).toMatchObject({ending: 'complete', finishReason: 'refusal'})
  })

  test.each([
    ['end', false],
    ['extract', false],
    ['refusal', true],
    ['max_tokens', true],
    ['context_exceeded', true],
  ] as const)('that finishes with %s is reported as partial: %s', async (finishReason, partial) => {
    const ended: AnswerSummary[] = []
    const {answering, generator, ask} = createWorld({onEnd: (summary) => ended.push(summary)})
    const answerId = await ask()
    const reader = readerOf(answering, answerId)
    ;(await generator.call(0)).say('One.')
    ;(await generator.call(0)).finish(finishReason)
    await reader.over

    const terminal = lastOf(reader.got)
    expect(terminal).toMatchObject({type: 'done', ending: 'complete', finishReason})
    expect('partial' in terminal ? terminal.partial : false).toBe(partial)
    expect(await answering.snapshot(answerId)).toMatchObject({finishReason, partial})
    expect(ended).toMatchObject([{ending: 'complete', finishReason, partial}])
  })

  test('ignores what a generator says after it has finished', async () => {
    const {answering, generator, ask} = createWorld()
    const answerId = await ask()
    const reader = readerOf(answering, answerId)
    const call = await generator.call(0)

    call.say('Done.')
    call.finish()
    call.say(' More.')
    call.finish()
    await reader.over

    expect(textOf(await allEvents(answering, answerId))).toBe('Done.')
  })

  test('cites only what was shown, within the text so far, and notes the rest', async () => {
    const {answering, generator, transcripts, ask} = createWorld()
    const answerId = await ask()
    const reader = readerOf(answering, answerId)
    const call = await generator.call(0)

    call.say('Words.')
    const spans = [
      [1, 0, 6],
      [3, 0, 6],
      [1, 0, 7],
      [1, -1, 3],
      [1, 4, 2],
      [1, 0.5, 2],
    ] as const
    for (const [n, start, end] of spans) call.push({type: 'citation', n, start, end})
    call.finish()
    await reader.over

    expect(reader.got.filter(({event}) => event.type === 'citation').map(({event}) => event)).toEqual([
      {type: 'citation', n: 1, start: 0, end: 6},
    ])
    expect((await transcripts.get(answerId))?.notes).toEqual([expect.stringMatching(/^5 citation/)])
  })

  test('never sends half of a character', async () => {
    const {answering, generator, ask} = createWorld()
    const reader = readerOf(answering, await ask())
    const call = await generator.call(0)

    call.say('a\ud83d', '\ude00b', '\udc00', 'c\ud83d')
    call.finish()
    await reader.over

    expect(reader.got.map(({event}) => (event.type === 'delta' ? event.text : null)).filter(Boolean)).toEqual(
      ['a', '😀b', '\uFFFD', 'c', '\uFFFD'],
    )
  })

  test('nor half of one in other events', async () => {
    const {answering, generator, ask} = createWorld()
    const reader = readerOf(answering, await ask())
    const call = await generator.call(0)

    await call.request.search('zebra \ud83d stripes')
    call.push({type: 'reasoning', text: 'so\ud83d'})
    call.push({type: 'reasoning', text: '\ude00, \udc00'})
    call.say('One.')
    call.push({type: 'citation', n: 1, start: 0, end: 4, quote: 'one\ud83d'})
    call.finish()
    await reader.over

    const sent = JSON.stringify(reader.got)
    expect(sent).toContain('zebra \ufffd stripes')
    expect(sent).toContain('😀, \ufffd')
    expect(sent).toContain('one\ufffd')
    expect(sent).not.toMatch(/\\ud[89a-f]/i)
  })

  test('of 10,000 tokens at once keeps its order', async () => {
    const {answering, generator, transcripts, ask} = createWorld()
    const answerId = await ask()
    const reader = readerOf(answering, answerId)
    const call = await generator.call(0)
    const tokens = Array.from({length: 10_000}, (_, n) => `${n} `)

    call.say(...tokens)
    call.finish()
    await reader.over
    await transcripts.flush()

    expect(textOf(reader.got)).toBe(tokens.join(''))
    expect((await transcripts.get(answerId))?.events).toEqual(reader.got)
  })

  test('that grows without end is ended', async () => {
    const {answering, generator, ask} = createWorld({limits: {maxTextChars: 100_000}})
    const reader = readerOf(answering, await ask())
    const call = await generator.call(0)

    call.say('x'.repeat(90_000), 'x'.repeat(90_000))
    call.finish()
    await reader.over

    expect(lastOf(reader.got)).toMatchObject({ending: 'error', code: 'upstream_invalid'})
    expect(Math.max(...reader.got.map(({event}) => (event.type === 'delta' ? event.text.length : 0)))).toBe(
      16_384,
    )
  })

  test('begun on a build that was swapped meanwhile says so in the log', async () => {
    const {answering, generator, transcripts, ask} = createWorld({retrieval: {build: 'build-2'}})
    const answerId = await ask()
    const reader = readerOf(answering, answerId)
    const call = await generator.call(0)

    call.say('x')
    call.finish()
    await reader.over

    expect((await transcripts.get(answerId))?.notes).toEqual([expect.stringContaining('build-2')])
  })
})

describe('after the end', () => {
  test.each(['complete', 'stopped', 'failed'])(
    'leaves no timer behind once it is forgotten: %s',
    async (how) => {
      vi.useFakeTimers()
      const {answering, generator, ask} = createWorld({keepEndedMs: 100})
      const answerId = await ask({resumable: true})
      const reader = readerOf(answering, answerId, {bufferMs: 50})
      await vi.advanceTimersByTimeAsync(1)
      const call = await generator.call(0)
      call.say('One')

      if (how === 'complete') call.finish()
      else if (how === 'stopped') await answering.stop(answerId)
      else call.fail(new DocentError('upstream_cut', 'cut'))
      await vi.advanceTimersByTimeAsync(100)
      await reader.over

      expect(vi.getTimerCount()).toBe(0)
    },
  )
})

describe('a question that cannot be accepted', () => {
  test.each([
    ['not_ready', {currentBuild: () => null}],
    ['version_not_found', {hasVersion: () => false}],
    ['rate_limited', {limits: {maxConcurrent: 0}}],
  ] as const)('is refused as %s before anything is logged', async (code, options) => {
    const {transcripts, ask} = createWorld(options)

    await expect(ask({version: '9'})).rejects.toMatchObject({code})
    expect((await transcripts.list({})).items).toEqual([])
  })
})

describe('deadlines', () => {
  test('no first token in time', async () => {
    vi.useFakeTimers()
    const {answering, generator, ask} = createWorld({deadlines: {firstTokenMs: 100, answerMs: 1000}})
    const reader = readerOf(answering, await ask())
    await vi.advanceTimersByTimeAsync(99)
    const call = await generator.call(0)
    const isAbortedBefore = call.signal.aborted

    await vi.advanceTimersByTimeAsync(1)
    await reader.over

    expect([isAbortedBefore, call.signal.aborted]).toEqual([false, true])
    expect(lastOf(reader.got)).toMatchObject({ending: 'timeout', code: 'first_token_timeout'})
  })

  test('a retrieval that hangs counts as no first token', async () => {
    vi.useFakeTimers()
    const {answering, retriever, ask} = createWorld({
      deadlines: {firstTokenMs: 100, answerMs: 1000},
      retrieval: {until: new Promise(() => {})},
    })
    const reader = readerOf(answering, await ask())

    await vi.advanceTimersByTimeAsync(100)
    await reader.over

    expect(typesOf(reader.got)).toEqual(['start', 'error'])
    expect(retriever.waiting).toBe(0)
  })

  test('reasoning meets the deadline of the first token; the whole answer has its own', async () => {
    vi.useFakeTimers()
    const {answering, generator, transcripts, ask} = createWorld({
      deadlines: {firstTokenMs: 100, answerMs: 1000},
    })
    const answerId = await ask()
    const reader = readerOf(answering, answerId)
    await vi.advanceTimersByTimeAsync(50)
    const call = await generator.call(0)

    call.push({type: 'reasoning', text: 'Let me see.'})
    await vi.advanceTimersByTimeAsync(900)
    call.say('So far.')
    await vi.advanceTimersByTimeAsync(50)
    await reader.over

    expect(lastOf(reader.got)).toMatchObject({ending: 'timeout', code: 'answer_timeout'})
    expect(await transcripts.get(answerId)).toMatchObject({
      text: 'So far.',
      timings: {firstTokenMs: 950, longestStallMs: 50, totalMs: 1000},
    })
    expect(call.signal.aborted).toBe(true)
  })

  test('a clock that jumps does not affect timings', async () => {
    vi.useFakeTimers()
    let time = 1_000_000
    const {answering, generator, ask} = createWorld({now: () => time})
    const reader = readerOf(answering, await ask())
    await vi.advanceTimersByTimeAsync(10)
    const call = await generator.call(0)

    time -= 3_600_000
    vi.setSystemTime(0)
    call.say('x')
    await vi.advanceTimersByTimeAsync(10)
    call.finish()
    await vi.advanceTimersByTimeAsync(0)
    await reader.over

    const times = reader.got.map(({at}) => at)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(lastOf(reader.got)).toMatchObject({timings: {totalMs: 20}})
  })
})

describe('stop', () => {
  test('in retrieval ends it at once', async () => {
    const {answering, retriever, generator, ask} = createWorld({retrieval: {until: new Promise(() => {})}})
    const answerId = await ask()
    const reader = readerOf(answering, answerId)
    await vi.waitFor(() => expect(retriever.waiting).toBe(1))

    const ending = await answering.stop(answerId)
    await reader.over

    expect(ending).toBe('stopped')
    expect(lastOf(reader.got)).toMatchObject({
      ending: 'stopped',
      timings: {sourcesMs: null, firstTokenMs: null},
    })
    await vi.waitFor(() => expect(retriever.waiting).toBe(0))
    expect(generator.calls).toEqual([])
  })

  test.each([[[]], [['Half ', 'an ']]])(
    'closes the upstream request before it returns, after %j',
    async (said: string[]) => {
      const {answering, generator, transcripts, ask} = createWorld()
      const answerId = await ask()
      const reader = readerOf(answering, answerId)
      const call = await generator.call(0)
      call.say(...said)
      if (said.length > 0) await reader.until('delta', said.length)

      const stopping = answering.stop(answerId)
      const isAborted = call.signal.aborted
      await Promise.all([stopping, reader.over])

      expect(isAborted).toBe(true)
      expect(lastOf(reader.got)).toMatchObject({type: 'done', ending: 'stopped'})
      expect(await transcripts.get(answerId)).toMatchObject({ending: 'stopped', text: said.join('')})
    },
  )

  test('without any reader, repeated, and after the end reports the same ending', async () => {
    const {answering, generator, ask} = createWorld()
    const stopped = await ask()
    const complete = await ask()
    const reader = readerOf(answering, complete)
    ;(await generator.call(1)).say('x')
    ;(await generator.call(1)).finish()
    await reader.over

    expect([await answering.stop(stopped), await answering.stop(stopped)]).toEqual(['stopped', 'stopped'])
    expect(await answering.stop(complete)).toBe('complete')
    await expect(answering.stop('unknown')).rejects.toMatchObject({code: 'not_found'})
  })

  test('after a resume', async () => {
    const {answering, generator, ask} = createWorld()
    const answerId = await ask({resumable: true})
    const first = readerOf(answering, answerId)
    const call = await generator.call(0)
    call.say('One ')
    await first.until('delta')
    first.leave()
    await first.over
    const second = readerOf(answering, answerId, {after: first.got.at(-1)!.seq})
    call.say('two')
    await second.until('delta')

    await answering.stop(answerId)
    await second.over

    expect(call.signal.aborted).toBe(true)
    expect([...first.got, ...second.got].map(({seq}) => seq)).toEqual([1, 2, 3, 4, 5])
  })
})

describe('leaving', () => {
  test('closes the upstream request at once', async () => {
    const {answering, generator, transcripts, ask} = createWorld()
    const answerId = await ask()
    const reader = readerOf(answering, answerId)
    const call = await generator.call(0)
    call.say('Half')
    await reader.until('delta')

    reader.leave()

    expect(call.signal.aborted).toBe(true)
    expect(await transcripts.get(answerId)).toMatchObject({ending: 'disconnected', text: 'Half'})
    expect(await reader.over).toBeNull()
  })

  test('counts also while the reader is busy with an event', async () => {
    const {answering, generator, ask} = createWorld()
    const controller = new AbortController()
    const events = answering.events(await ask(), {signal: controller.signal})
    await events.next()
    const call = await generator.call(0)

    controller.abort()

    expect(call.signal.aborted).toBe(true)
  })

  test('of one among several changes nothing', async () => {
    const {answering, generator, ask} = createWorld()
    const answerId = await ask()
    const [first, second] = [readerOf(answering, answerId), readerOf(answering, answerId)]
    const call = await generator.call(0)
    await Promise.all([first.until('sources'), second.until('sources')])

    first.leave()
    call.say('Still here.')
    call.finish()
    await second.over

    expect(lastOf(second.got)).toMatchObject({ending: 'complete'})
    expect(generator.calls).toHaveLength(1)
  })

  test('of a resumable answer: it continues for the grace period, then ends', async () => {
    vi.useFakeTimers()
    const {answering, generator, transcripts, ask} = createWorld({resumeGraceMs: 500})
    const answerId = await ask({resumable: true})
    const reader = readerOf(answering, answerId)
    await vi.advanceTimersByTimeAsync(10)
    const call = await generator.call(0)
    reader.leave()

    await vi.advanceTimersByTimeAsync(499)
    const isAbortedBefore = call.signal.aborted
    await vi.advanceTimersByTimeAsync(1)

    expect([isAbortedBefore, call.signal.aborted]).toEqual([false, true])
    expect((await transcripts.find(answerId))?.ending).toBe('disconnected')
  })

  test('and resuming within the grace period misses nothing', async () => {
    vi.useFakeTimers()
    const {answering, generator, ask} = createWorld({resumeGraceMs: 500})
    const answerId = await ask({resumable: true})
    const first = readerOf(answering, answerId)
    await vi.advanceTimersByTimeAsync(10)
    const call = await generator.call(0)
    call.say('One ')
    await vi.advanceTimersByTimeAsync(10)
    first.leave()
    call.say('two ')
    await vi.advanceTimersByTimeAsync(400)

    const second = readerOf(answering, answerId, {after: first.got.at(-1)!.seq})
    await vi.advanceTimersByTimeAsync(1_000)
    call.say('three')
    call.finish()
    await second.over

    expect(textOf([...first.got, ...second.got])).toBe('One two three')
    expect(lastOf(second.got)).toMatchObject({ending: 'complete'})
  })

  test('without any reader at all ends it as well', async () => {
    vi.useFakeTimers()
    const {answering, transcripts, ask} = createWorld({firstReaderMs: 1_000})
    const answerId = await ask()

    await vi.advanceTimersByTimeAsync(1_000)

    expect((await transcripts.find(answerId))?.ending).toBe('disconnected')
    expect(answering.active).toBe(0)
  })
})

describe('several readers', () => {
  test('one that comes late, or after the end, gets everything', async () => {
    const {answering, generator, ask} = createWorld()
    const answerId = await ask()
    const early = readerOf(answering, answerId)
    const call = await generator.call(0)
    call.say('One ', 'two ')
    await early.until('delta', 2)
    const late = readerOf(answering, answerId)
    call.say('three')
    call.finish()
    await Promise.all([early.over, late.over])

    expect(late.got).toEqual(early.got)
    expect(await allEvents(answering, answerId)).toEqual(early.got)
    expect(await allEvents(answering, answerId, early.got.length)).toEqual([])
  })

  test('invalid numbers start at the beginning', async () => {
    const {answering, ask} = createWorld({retrieval: {abstain: 'off_topic'}})
    const answerId = await ask()
    const whole = await allEvents(answering, answerId)

    for (const after of [-5, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(await allEvents(answering, answerId, after)).toEqual(whole)
    }
    expect(await allEvents(answering, answerId, 1e9)).toEqual([])
  })

  test('a slow one delays nobody and is ended when it is too far behind; it can resume', async () => {
    const {answering, generator, ask} = createWorld({limits: {maxReaderLagEvents: 100, pauseLagEvents: 10}})
    const answerId = await ask()
    const slow = answering.events(answerId, {signal: new AbortController().signal})
    const first = await slow.next()
    const fast = readerOf(answering, answerId)
    const call = await generator.call(0)
    const tokens = Array.from({length: 300}, (_, n) => `${n} `)

    call.say(...tokens)
    call.finish()
    await fast.over

    expect(textOf(fast.got)).toBe(tokens.join(''))
    await expect(slow.next()).rejects.toMatchObject({code: 'conflict'})
    expect([first.value, ...(await allEvents(answering, answerId, 1))]).toEqual(fast.got)
  })

  test('the generator is not pulled while every reader is behind', async () => {
    const {answering, generator, ask} = createWorld({limits: {pauseLagEvents: 10}})
    const answerId = await ask()
    const slow = answering.events(answerId, {signal: new AbortController().signal})
    await slow.next()
    const call = await generator.call(0)
    call.say(...Array.from({length: 300}, (_, n) => `${n} `))
    call.finish()
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
    const takenWhileStuck = call.taken

    const rest = []
    for await (const event of slow) rest.push(event)

    expect(takenWhileStuck).toBeLessThan(15)
    expect(rest).toHaveLength(302)
    expect(lastOf(rest)).toMatchObject({ending: 'complete'})
  })
})

describe('one question asked twice', () => {
  test('with the same key joins the answer that was begun', async () => {
    const {answering, generator} = createWorld()

    const first = await answering.ask(sampleQuestion(), {channel: 'test', idempotencyKey: 'key'})
    const second = await answering.ask(sampleQuestion(), {
      channel: 'test',
      idempotencyKey: 'key',
    })
    const reader = readerOf(answering, second.answerId)
    await reader.until('sources')
    await generator.call(0)

    expect(first.isNew).toBe(true)
    expect(second).toEqual({...first, conversationId: null, isNew: false})
    expect(generator.calls).toHaveLength(1)
  })

  test('with the same key and other words is refused; after a day the key is free', async () => {
    let time = 0
    const {answering} = createWorld({now: () => time})
    const first = await answering.ask(sampleQuestion(), {channel: 'test', idempotencyKey: 'key'})

    const other = () =>
      answering.ask(sampleQuestion({question: 'Why?'}), {channel: 'test', idempotencyKey: 'key'})
    await expect(other()).rejects.toMatchObject({code: 'conflict'})
    time += 24 * 60 * 60 * 1000
    const later = await other()

    expect(later.isNew).toBe(true)
    expect(later.answerId).not.toBe(first.answerId)
  })
})

describe('a conversation', () => {
  test('is read from the journal if the client sends none', async () => {
    const {answering, generator, retriever, ask} = createWorld()
    const first = readerOf(answering, await ask({question: 'First?'}))
    ;(await generator.call(0)).say('One.')
    ;(await generator.call(0)).finish()
    await first.over

    await ask({question: 'And then?'})
    const {request} = await generator.call(1)

    const history = [
      {role: 'user', content: 'First?'},
      {role: 'assistant', content: 'One.'},
    ]
    expect(request.history).toEqual(history)
    expect(retriever.queries[1]?.history).toEqual(history)
  })

  test('continues as if what the model declined had not been asked', async () => {
    const {answering, generator, ask} = createWorld()
    for (const [index, [question, finishReason]] of (
      [
        ['First?', 'max_tokens'],
        ['Declined?', 'refusal'],
      ] as const
    ).entries()) {
      const reader = readerOf(answering, await ask({question}))
      const call = await generator.call(index)
      call.say(`To ${question}`)
      call.finish(finishReason)
      await reader.over
    }

    await ask({question: 'And then?'})

    expect((await generator.call(2)).request.history).toEqual([
      {role: 'user', content: 'First?'},
      {role: 'assistant', content: 'To First?'},
    ])
  })

  test('has what was continued once, as a whole', async () => {
    const {answering, generator, ask} = createWorld()
    let before: string | null = null
    for (const [index, [text, finishReason]] of (
      [
        ['Half', 'max_tokens'],
        [' and half.', 'end'],
      ] as const
    ).entries()) {
      const answerId: string = await ask({question: 'First?'}, {channel: 'test', continueAnswerId: before})
      const reader = readerOf(answering, answerId)
      const call = await generator.call(index)
      call.say(text)
      call.finish(finishReason)
      await reader.over
      before = answerId
    }

    await ask({question: 'And then?'})

    expect((await generator.call(2)).request.history).toEqual([
      {role: 'user', content: 'First?'},
      {role: 'assistant', content: 'Half and half.'},
    ])
  })

  test('of a long conversation is its opening and the latest', async () => {
    const {answering, generator, ask} = createWorld({limits: {maxHistoryTurns: 4}})
    for (const [index, question] of ['First?', 'Second?', 'Third?', 'Fourth?'].entries()) {
      const reader = readerOf(answering, await ask({question}))
      const call = await generator.call(index)
      call.say(`To ${question}`)
      call.finish()
      await reader.over
    }

    await ask({question: 'And then?'})

    expect((await generator.call(4)).request.history.map(({content}) => content)).toEqual([
      'First?',
      'To First?',
      'Fourth?',
      'To Fourth?',
    ])
  })

  test('sent by the client is used as it is', async () => {
    const {generator, ask} = createWorld()
    const history = [{role: 'user' as const, content: 'Mine?'}]

    await ask({history})

    expect((await generator.call(0)).request.history).toEqual(history)
  })
})

describe('continuing an answer that broke off', () => {
  async function brokenAnswer() {
    const world = createWorld()
    const answerId = await world.ask()
    const reader = readerOf(world.answering, answerId)
    const call = await world.generator.call(0)
    call.say('Set the port')
    call.push({type: 'citation', n: 1, start: 0, end: 3})
    call.fail(new DocentError('upstream_cut', 'cut'))
    await reader.over
    return {...world, answerId}
  }

  test('sends its content again, and the new text continues it', async () => {
    const {answering, generator, transcripts, ask, answerId} = await brokenAnswer()

    const next = await ask({question: 'ignored'}, {channel: 'test', continueAnswerId: answerId})
    const reader = readerOf(answering, next)
    const call = await generator.call(1)
    call.say(' with PORT.')
    call.push({type: 'citation', n: 2, start: 1, end: 5})
    call.finish()
    await reader.over

    expect(call.request).toMatchObject({
      question: 'How do I set the port?',
      continueFrom: 'Set the port',
      history: [],
    })
    expect(call.request.sources.map(({n, id}) => [n, id])).toEqual([
      [1, 'section-1'],
      [2, 'section-2'],
    ])
    expect(typesOf(reader.got)).toEqual([
      'start',
      'sources',
      'delta',
      'citation',
      'delta',
      'citation',
      'done',
    ])
    expect(reader.got.filter(({event}) => event.type === 'citation').map(({event}) => event)).toEqual([
      {type: 'citation', n: 1, start: 0, end: 3},
      {type: 'citation', n: 2, start: 13, end: 17},
    ])
    expect(await transcripts.get(next)).toMatchObject({
      text: 'Set the port with PORT.',
      conversation: (await transcripts.get(answerId))?.conversation,
      settings: {continues: answerId},
    })
  })

  test('starts from the beginning if the text was not kept', async () => {
    const {answering, generator, transcripts, ask} = createWorld({transcripts: {mode: 'metadata'}})
    const cut = await ask()
    const first = readerOf(answering, cut)
    ;(await generator.call(0)).say('Set the port')
    ;(await generator.call(0)).fail(new DocentError('upstream_cut', 'cut'))
    await first.over
    await transcripts.flush()

    const second = readerOf(answering, await ask({}, {channel: 'test', continueAnswerId: cut}))
    const call = await generator.call(1)
    call.say('Set PORT.')
    call.finish()
    await second.over

    expect(call.request).toMatchObject({continueFrom: null, question: 'How do I set the port?'})
    expect(second.got.map(({event}) => event)).toMatchObject([
      {type: 'start'},
      {type: 'sources', sources: [{n: 1, id: 'section-1'}, {n: 2}]},
      {type: 'delta', text: 'Set PORT.'},
      {type: 'done', ending: 'complete'},
    ])
  })

  test('continues where the length limit cut it, and is not part of its own history', async () => {
    const {answering, generator, ask} = createWorld()
    const cut = await ask()
    const reader = readerOf(answering, cut)
    ;(await generator.call(0)).say('Set the port')
    ;(await generator.call(0)).finish('max_tokens')
    await reader.over

    await ask({}, {channel: 'test', continueAnswerId: cut})

    expect((await generator.call(1)).request).toMatchObject({continueFrom: 'Set the port', history: []})
  })

  test.each(['refusal', 'context_exceeded'] as const)('is refused where it ended with %s', async (reason) => {
    const {answering, generator, ask} = createWorld()
    const declined = await ask()
    const reader = readerOf(answering, declined)
    ;(await generator.call(0)).say('Set the port')
    ;(await generator.call(0)).finish(reason)
    await reader.over

    await expect(ask({}, {channel: 'test', continueAnswerId: declined})).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('ask in other words'),
    })
  })

  test('is refused for an answer that is complete, unknown, or still being written', async () => {
    const {answering, generator, ask} = createWorld()
    const running = await ask()
    const complete = await ask()
    const reader = readerOf(answering, complete)
    ;(await generator.call(1)).say('x')
    ;(await generator.call(1)).finish()
    await reader.over

    const going = (continueAnswerId: string) => ask({}, {channel: 'test', continueAnswerId})
    await expect(going(running)).rejects.toMatchObject({code: 'conflict'})
    await expect(going(complete)).rejects.toMatchObject({code: 'conflict'})
    await expect(going('unknown')).rejects.toMatchObject({code: 'not_found'})
  })
})

describe('searching again', () => {
  test('adds sources with consecutive numbers, shows none twice, and is limited', async () => {
    const {answering, generator, retriever, ask} = createWorld({
      limits: {maxRounds: 3},
      retrieval: {
        sources: ({question}) =>
          question === 'again' ? [sampleSource(2), sampleSource(7)] : [sampleSource(1), sampleSource(2)],
      },
    })
    const reader = readerOf(answering, await ask())
    const call = await generator.call(0)

    const second = await call.request.search('again')
    call.say('As seven says.')
    call.push({type: 'citation', n: 3, start: 0, end: 2})
    const third = await call.request.search('again')
    const fourth = await call.request.search('again')
    call.finish()
    await reader.over

    expect(second.map(({n, id}) => [n, id])).toEqual([[3, 'section-7']])
    expect([third, fourth]).toEqual([[], []])
    expect(retriever.queries).toHaveLength(3)
    const rounds = reader.got.flatMap(({event}) => (event.type === 'sources' ? [event] : []))
    expect(rounds.map(({round, query, sources}) => [round, query, sources.map(({n}) => n)])).toEqual([
      [1, 'How do I set the port?', [1, 2]],
      [2, 'again', [3]],
      [3, 'again', []],
    ])
    expect(reader.got.some(({event}) => event.type === 'citation')).toBe(true)
  })
})

test('each round of sources lists the hosts that they link to, wherever they occur', async () => {
  const far = (host: string): string => `${'Many words. '.repeat(200)}See https://${host}/x.`
  const {answering, generator, ask} = createWorld({
    retrieval: {
      sources: ({question}) =>
        question === 'again'
          ? [sampleSource(7, {blocks: quotableBlocksIn(far('seven.example'))})]
          : [
              sampleSource(1, {
                blocks: quotableBlocksIn(far('one.example')),
                url: 'https://docs.example/page',
              }),
              sampleSource(2),
            ],
    },
  })
  const reader = readerOf(answering, await ask())
  const call = await generator.call(0)
  await call.request.search('again')
  call.say('So.')
  call.finish()
  await reader.over

  const rounds = reader.got.flatMap(({event}) => (event.type === 'sources' ? [event.linkHosts] : []))
  expect(rounds).toEqual([['docs.example', 'one.example'], ['seven.example']])
})

describe('buffered delivery', () => {
  test('delivers text in fewer parts, each with the number of its last piece', async () => {
    vi.useFakeTimers()
    const {answering, generator, ask} = createWorld()
    const answerId = await ask()
    const plain = readerOf(answering, answerId)
    const gathered = readerOf(answering, answerId, {bufferMs: 100})
    await vi.advanceTimersByTimeAsync(1)
    const call = await generator.call(0)

    for (let n = 0; n < 50; n++) {
      call.say(`word${n}. `)
      await vi.advanceTimersByTimeAsync(10)
    }
    call.push({type: 'citation', n: 1, start: 0, end: 4})
    call.finish()
    await vi.advanceTimersByTimeAsync(0)
    await Promise.all([plain.over, gathered.over])

    const parts = gathered.got.filter(({event}) => event.type === 'delta')
    expect(parts.length).toBeGreaterThan(3)
    expect(parts.length).toBeLessThan(8)
    expect(textOf(gathered.got)).toBe(textOf(plain.got))
    for (const part of parts) {
      const upTo = plain.got.filter(({seq}) => seq <= part.seq)
      expect(textOf(upTo)).toBe(textOf(gathered.got.filter(({seq}) => seq <= part.seq)))
    }
    expect(typesOf(gathered.got).slice(-3)).toEqual(['delta', 'citation', 'done'])
  })

  test('a resume after any part continues exactly there', async () => {
    vi.useFakeTimers()
    const {answering, generator, ask} = createWorld()
    const answerId = await ask({resumable: true})
    const gathered = readerOf(answering, answerId, {bufferMs: 50})
    await vi.advanceTimersByTimeAsync(1)
    const call = await generator.call(0)
    for (let n = 0; n < 20; n++) {
      call.say(`**w${n}** 👩‍👩‍👧`)
      await vi.advanceTimersByTimeAsync(10)
    }
    call.finish()
    await vi.advanceTimersByTimeAsync(0)
    await gathered.over

    expect(gathered.got.length).toBeGreaterThan(4)
    for (const [index, {seq}] of gathered.got.entries()) {
      const rest = await allEvents(answering, answerId, seq)
      expect(textOf([...gathered.got.slice(0, index + 1), ...rest])).toBe(textOf(gathered.got))
    }
  })
})

describe('shutting down', () => {
  test('lets answers finish, accepts no new ones, then ends the rest', async () => {
    vi.useFakeTimers()
    const {answering, generator, transcripts, ask} = createWorld()
    const [quick, long] = [await ask(), await ask()]
    const readers = [readerOf(answering, quick), readerOf(answering, long)]
    await vi.advanceTimersByTimeAsync(1)

    const shutdown = answering.shutdown(500)
    await expect(ask()).rejects.toMatchObject({code: 'shutting_down'})
    ;(await generator.call(0)).say('Done.')
    ;(await generator.call(0)).finish()
    await vi.advanceTimersByTimeAsync(500)
    await Promise.all([shutdown, ...readers.map(({over}) => over)])

    expect((await transcripts.find(quick))?.ending).toBe('complete')
    expect(lastOf(readers[1]!.got)).toMatchObject({
      ending: 'interrupted',
      code: 'shutting_down',
      retryable: true,
    })
    expect((await generator.call(1)).signal.aborted).toBe(true)
    expect(transcripts.health().unflushed).toBe(0)
  })

  test('does not wait when nothing runs, and a second call ends now', async () => {
    const {answering, generator, ask} = createWorld()
    const reader = readerOf(answering, await ask())
    await generator.call(0)

    const patient = answering.shutdown(1_000_000)
    await answering.shutdown(0)
    await Promise.all([patient, reader.over])

    expect(lastOf(reader.got)).toMatchObject({ending: 'interrupted'})
  })
})

describe('served from the journal', () => {
  test('once the run is no longer in memory', async () => {
    vi.useFakeTimers()
    const {answering, generator, ask} = createWorld({keepEndedMs: 100})
    const answerId = await ask()
    const reader = readerOf(answering, answerId)
    await vi.advanceTimersByTimeAsync(1)
    const call = await generator.call(0)
    call.say('One ', 'two')
    call.finish()
    await vi.advanceTimersByTimeAsync(200)
    await reader.over

    for (let after = 0; after <= reader.got.length; after++) {
      expect(await allEvents(answering, answerId, after)).toEqual(reader.got.slice(after))
    }
    expect(await answering.snapshot(answerId)).toMatchObject({text: 'One two', ending: 'complete'})
    expect(await answering.stop(answerId)).toBe('complete')
  })

  test('an unknown id is not found, before the first event', async () => {
    const {answering} = createWorld()

    await expect(allEvents(answering, 'unknown')).rejects.toMatchObject({code: 'not_found'})
    expect(await answering.snapshot('unknown')).toBeNull()
  })

  test('a reader that saw more than was stored before a crash still gets the ending, and is past the end then', async () => {
    const {answering, transcripts} = createWorld({transcripts: {}})
    const terminal = {
      type: 'error',
      ending: 'interrupted',
      code: 'server_restarted',
      message: 'x',
      retryable: true,
    } as const
    const state = createAnswerState(0)
    const entry = {
      answerId: 'a',
      conversation: 'c',
      question: 'q',
      version: null,
      build: 'b',
      generator: 'scripted',
      model: null,
      embedding: 'e',
      startedAt: 0,
      settings: {},
      channel: 'test',
      idempotencyKey: null,
    } as const
    await transcripts.begin(entry, state)
    const start = {
      type: 'start',
      answerId: 'a',
      conversationId: null,
      ref: 'r',
      build: 'b',
      generator: 'scripted',
      model: null,
      embedding: 'e',
    } as const
    for (const [seq, event] of [
      [1, start],
      [2, {type: 'delta', text: 'x'} as const],
      [1_000_002, terminal],
    ] as const) {
      const sequenced = {seq, at: seq, event}
      state.add(sequenced)
      transcripts.append('a', sequenced)
    }
    await transcripts.flush()

    for (const after of [2, 3, 7]) {
      const told = await allEvents(answering, 'a', after)
      expect(told.map(({seq, event}) => [seq, event.type])).toEqual([[1_000_002, 'error']])
      expect(await allEvents(answering, 'a', 1_000_002)).toEqual([])
    }
    expect((await allEvents(answering, 'a', 0)).map(({seq}) => seq)).toEqual([1, 2, 1_000_002])
  })
})

function answeringOf(
  journal: ReturnType<typeof openTranscripts>,
  generator: Parameters<typeof createAnswering>[0]['generator'] = handGenerator(),
) {
  return createAnswering({
    retriever: fakeRetriever(),
    generator,
    journal,
    currentBuild: () => 'build-1',
    embedding: 'test',
    deadlines: {firstTokenMs: 1000, answerMs: 1000},
    resumeGraceMs: 0,
  })
}
