import {execFile} from 'node:child_process'
import {mkdirSync, readdirSync, readFileSync, statSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {replaySteps, showLines} from '../../src/cli/transcripts/terminal-view.ts'
import {transcriptsCommand} from '../../src/cli/transcripts/transcripts-command.ts'
import type {Transcripts} from '../../src/transcripts/open-transcripts.ts'
import {readTranscripts} from '../../src/transcripts/read-transcripts.ts'
import {docent} from '../support/docent-command.ts'
import {appendEvent, beginAnswer, collected, journalAnswer, openForTest, temporaryFile} from './samples.ts'

const view = {columns: 100, hasColors: false}
const root = fileURLToPath(new URL('../..', import.meta.url))

interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The command in this process. */
async function run(...args: readonly string[]): Promise<Outcome> {
  let stdout = ''
  let stderr = ''
  const code = await transcriptsCommand(args, {
    dataDir: () => '/nowhere/at/all',
    print: async (text) => {
      stdout += text
    },
    warn: (text) => {
      stderr += text
    },
    view,
  })
  return {code, stdout, stderr}
}

/** The command as a process of its own. */
function runScript(...args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [...docent('transcripts'), ...args], {cwd: root}, (error, stdout, stderr) =>
      resolve({code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr}),
    )
  })
}

describe('npm run transcripts, while a server writes', () => {
  let transcripts: Transcripts
  let data: string

  beforeEach(async () => {
    const file = temporaryFile()
    data = dirname(file)
    transcripts = openForTest({file})
    journalAnswer(transcripts, 'aaa-1', {
      entry: {startedAt: Date.parse('2026-01-01'), question: 'Old\u001b[31m port?'},
    })
    journalAnswer(transcripts, 'aaa-2', {entry: {startedAt: Date.parse('2026-02-01')}, ending: 'stopped'})
    journalAnswer(transcripts, 'bbb-3', {entry: {startedAt: Date.now()}, ending: null})
    await transcripts.flush()
  })

  afterEach(() => transcripts.close())

  test('shows what was sent to the model, and the sources as they were found', async () => {
    const body = {model: 'm', messages: [{role: 'user', content: 'x'.repeat(300)}]}
    transcripts.keep('bbb-3', {
      request: {n: 1, at: 7, body, quotations: []},
      sections: [{n: 1, id: 'section-1', path: 'page-1.md', markdown: 'As it was found.', isPart: false}],
    })
    await transcripts.flush()

    const prompt = await run('show', 'bbb', '--prompt', '--data', data)
    const sources = await run('show', 'bbb', '--sources', '--data', data)
    const redacted = await run('show', 'bbb', '--prompt', '--redacted', '--data', data)

    expect(JSON.parse(prompt.stdout)).toEqual([{n: 1, at: 7, body}])
    expect(sources.stdout).toContain('[1] Page 1 › Section 1: not compared\n    As it was found.')
    expect(sources.stdout).toContain('its text was not kept')
    expect(redacted).toMatchObject({code: 2, stdout: ''})
  })

  test('lists, shows and exports', async () => {
    const [list, stopped, shown, csv, jsonl] = await Promise.all([
      run('list', '--data', data),
      run('list', '--data', data, '--ending', 'stopped', '--json'),
      run('show', 'bbb', '--data', data),
      run('export', '--data', data, '--format', 'csv'),
      run('export', '--data', data, '--q', 'port', '--to', '2026-01-15'),
    ])

    expect(list.stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/^bbb-3 .* running/),
      expect.stringMatching(/^aaa-2 .* stopped/),
      expect.stringMatching(/^aaa-1 .* complete/),
    ])
    expect(list.stdout).not.toContain('\u001b')
    expect(JSON.parse(stopped.stdout)).toMatchObject([{answerId: 'aaa-2'}])
    expect(shown.stdout).toContain('Set `PORT`.')
    expect(
      csv.stdout
        .trim()
        .split('\r\n')
        .map((line) => line.split(',')[0]),
    ).toEqual(['answerId', 'aaa-1', 'aaa-2', 'bbb-3'])
    expect(JSON.parse(jsonl.stdout)).toEqual(JSON.parse(JSON.stringify(await transcripts.get('aaa-1'))))
  })

  test('does not show what the model declined or a limit cut as plain complete, and finds it', async () => {
    journalAnswer(transcripts, 'ccc-4', {entry: {startedAt: Date.now()}, finishReason: 'refusal'})
    journalAnswer(transcripts, 'ddd-5', {entry: {startedAt: Date.now()}, finishReason: 'max_tokens'})
    await transcripts.flush()

    const [list, json, csv, shown, replayed] = await Promise.all([
      run('list', '--data', data, '--partial'),
      run('list', '--data', data, '--partial', '--ending', 'complete', '--json'),
      run('export', '--data', data, '--partial', '--format', 'csv'),
      run('show', 'ccc', '--data', data),
      run('replay', 'ddd', '--data', data, '--speed', '1000'),
    ])

    expect(list.stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/^ddd-5 .* complete, reached its length limit /),
      expect.stringMatching(/^ccc-4 .* complete, the model declined /),
    ])
    expect(JSON.parse(json.stdout)).toMatchObject([
      {answerId: 'ddd-5', ending: 'complete', finishReason: 'max_tokens', partial: true},
      {answerId: 'ccc-4', ending: 'complete', finishReason: 'refusal', partial: true},
    ])
    const {stdout: whole} = await run('list', '--data', data, '--no-partial')
    expect(whole).not.toMatch(/^(?:ccc-4|ddd-5) /m)
    expect(whole).not.toBe('')
    expect(csv.stdout.trim().split('\r\n')).toHaveLength(3)
    expect(shown.stdout).toContain('complete, the model declined (refusal)')
    expect(replayed.stdout).toContain('complete, reached its length limit (max_tokens)')
  })

  test('runs as a process of its own', async () => {
    const [list, bad] = await Promise.all([
      runScript('list', '--data', data, '--limit', '1'),
      runScript('lisst'),
    ])

    expect(list).toMatchObject({code: 0, stdout: expect.stringMatching(/^bbb-3 .*\n$/)})
    expect(bad).toMatchObject({code: 2, stderr: expect.stringContaining('lisst is not a command')})
  })

  test('replays faster on demand, and purges', async () => {
    const replayed = await run('replay', 'aaa-1', '--data', data, '--speed', '1000')
    const purged = await run('purge', '--data', data, '--before', '2026-01-15')
    const nothing = await run('purge', '--data', data, '--older-than', '36500')

    expect(replayed.stdout).toContain('Set `PORT`.')
    expect(replayed.stdout).toContain('complete')
    expect(purged).toMatchObject({code: 0, stdout: 'Removed 1 answer.\n'})
    expect(nothing.stdout).toBe('Removed 0 answers.\n')
    expect((await transcripts.list({})).items.map(({answerId}) => answerId)).toEqual(['bbb-3', 'aaa-2'])
  })

  test('copies the transcripts while the server runs, only for this user, and overwrites nothing', async () => {
    const umask = process.umask(0)
    const copy = join(data, 'copies', 'transcripts.sqlite')
    mkdirSync(dirname(copy))

    const done = await run('backup', copy, '--data', data)
    const again = await run('backup', copy, '--data', data)
    const nowhere = await run('backup', join(data, 'none', 'copy'), '--data', data)
    const nothing = await run('backup', '--data', data)
    process.umask(umask)

    expect(done).toEqual({code: 0, stdout: `Copied the transcripts to ${copy}.\n`, stderr: ''})
    expect(readdirSync(dirname(copy))).toEqual(['transcripts.sqlite'])
    expect(statSync(copy).mode & 0o777).toBe(0o600)
    expect(again).toMatchObject({code: 1, stderr: expect.stringContaining('already exists')})
    expect(nowhere).toMatchObject({code: 1, stderr: expect.stringContaining('cannot be created')})
    expect(nothing).toMatchObject({code: 2, stderr: expect.stringContaining('needs the FILE to write')})
    const restored = openForTest({file: copy})
    const listed = (await restored.list({})).items.map(({answerId}) => answerId)
    expect(listed).toEqual(['bbb-3', 'aaa-2', 'aaa-1'])
    expect(await restored.get('aaa-2')).toEqual(await transcripts.get('aaa-2'))
  })

  test('copies all of a large file while the server keeps writing', async () => {
    const count = 400
    for (let n = 0; n < count; n++) journalAnswer(transcripts, `large${n}`, {pieces: ['word '.repeat(2_000)]})
    await transcripts.flush()
    const copy = join(data, 'copy.sqlite')
    let written = 0
    const writing = setInterval(() => {
      journalAnswer(transcripts, `later${written++}`)
    }, 1)

    const {code} = await runScript('backup', copy, '--data', data)
    clearInterval(writing)

    expect(code).toBe(0)
    expect(written).toBeGreaterThan(0)
    const reader = readTranscripts(copy)
    const ids = (await collected(reader.export({}))).map(({answerId}) => answerId)
    reader.close()
    expect(ids.filter((id) => id.startsWith('large'))).toHaveLength(count)
  })

  test('exports to a file only for this user, and overwrites nothing', async () => {
    const umask = process.umask(0)
    const out = join(data, 'export.csv')

    const done = await run('export', '--data', data, '--format', 'csv', '--out', out)
    const again = await run('export', '--data', data, '--out', out)
    process.umask(umask)

    expect(done).toEqual({code: 0, stdout: '', stderr: ''})
    expect(statSync(out).mode & 0o777).toBe(0o600)
    expect(readFileSync(out, 'utf8').trim().split('\r\n')).toHaveLength(4)
    expect(again).toMatchObject({code: 1, stderr: expect.stringContaining('already exists')})
  })

  test('writes a replay to a file only for this user, redacted where that is asked', async () => {
    journalAnswer(transcripts, 'ccc-4', {entry: {question: 'Old'}, pieces: ['Mail jane.r', 'oe@acme.io.']})
    await transcripts.flush()
    const [out, redacted] = [join(data, 'replay.html'), join(data, 'redacted.html')]

    const done = await run('replay', 'ccc', '--data', data, '--html', out)
    const again = await run('replay', 'ccc', '--data', data, '--html', out)
    await run('replay', 'ccc', '--data', data, '--redacted', '--html', redacted)

    expect(done).toEqual({code: 0, stdout: `Wrote the replay to ${out}.\n`, stderr: ''})
    expect(statSync(out).mode & 0o777).toBe(0o600)
    expect(readFileSync(out, 'utf8')).toContain('oe@acme.io')
    expect(readFileSync(redacted, 'utf8')).not.toContain('oe@acme')
    expect(readFileSync(redacted, 'utf8')).toContain('Mail [email].')
    expect(again).toMatchObject({code: 1, stderr: expect.stringContaining('already exists')})
  })

  test('exports to CSV what went wrong, what the visitor and the reviewer wrote, and the cost, after a mark of UTF-8', async () => {
    const startedAt = Date.parse('2026-03-01')
    beginAnswer(transcripts, 'eee-6', {startedAt, model: 'large'})
    const error = {
      type: 'error',
      ending: 'error',
      code: 'upstream_cut',
      message: 'Cut.',
      retryable: true,
      usage: {inputTokens: 1_000_000, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0},
    } as const
    appendEvent(transcripts, 'eee-6', {seq: 1, at: startedAt, event: error})
    await transcripts.setFeedback('eee-6', {rating: 'down', reasons: [], comment: 'It broke, twice.'})
    const review = {verdict: 'wrong', note: 'Of the proxy', correctedAnswer: 'Set it.', by: 'Ada'} as const
    await transcripts.setReview('eee-6', review)
    await transcripts.flush()
    let csv = ''
    await transcriptsCommand(['export', '--broke', '--format', 'csv', '--data', data], {
      dataDir: () => data,
      prices: () => new Map([['large', {input: 3, output: 15, cacheRead: 0, cacheWrite: 0}]]),
      print: async (text) => {
        csv += text
      },
      warn: () => {},
      view,
    })

    expect(csv).toMatch(
      /^\ufeffanswerId,.*,pageSection,error,longestStallMs,comment,reviewer,note,correctedAnswer,cost,channel\r\n/,
    )
    expect(csv.trim().split('\r\n')).toHaveLength(2)
    expect(csv).toMatch(/,upstream_cut,\d+,"It broke, twice\.",Ada,Of the proxy,Set it\.,3,test\r\n$/)
  })

  test('says what is wrong and what to do', async () => {
    const outcomes = await Promise.all([
      run('--help'),
      run(),
      run('list', '--data', dirname(data)),
      run('show', 'aaa', '--data', data),
      run('show', 'zzz', '--data', data),
      run('purge', '--data', data),
      run('list', '--ending', 'nice', '--data', data),
      run('list', '--limitt', '3'),
    ])

    expect(outcomes.map(({code}) => code)).toEqual([0, 2, 1, 1, 1, 2, 2, 2])
    expect(outcomes[2]!.stderr).toContain('There are no transcripts at')
    expect(outcomes[3]!.stderr).toContain('It matches aaa-1, aaa-2')
    expect(outcomes[4]!.stderr).toContain('There is no transcript zzz')
    expect(outcomes[5]!.stderr).toContain('--older-than')
  })
})

describe('text of others', () => {
  const question = 'a;=HYPERLINK("http://evil.example") \u001b]0;owned\u0007\u009b31m\u202eend'

  function hostile(): {data: string; transcripts: Transcripts} {
    const file = temporaryFile()
    const transcripts = openForTest({file})
    journalAnswer(transcripts, 'a', {
      entry: {question},
      pieces: ['- one\n- two', '\n- cmd|x\n\u001b', '[31m=now()'],
    })
    return {data: dirname(file), transcripts}
  }

  test('is never sent raw to a terminal, and JSON keeps it exactly', async () => {
    const {data, transcripts} = hostile()
    await transcripts.flush()
    const shown = await Promise.all(
      [
        ['list'],
        ['list', '--json'],
        ['show', 'a'],
        ['show', 'a', '--json'],
        ['replay', 'a', '--speed', '1000'],
        ['export'],
        ['export', '--format', 'csv'],
      ].map(async (args) => (await run(...args, '--data', data)).stdout),
    )

    for (const text of shown) expect(text).not.toMatch(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]/)
    expect(shown[0]).not.toContain('owned')
    // A sequence that came in two pieces.
    expect(shown[4]).not.toContain('[31m')
    expect(JSON.parse(shown[5]!).question).toBe(question)
    expect(JSON.parse(shown[3]!).question).toBe(question)
  })

  test('runs no formula in a spreadsheet, wherever it splits', async () => {
    const {data, transcripts} = hostile()
    const starts = [
      '=1+1',
      '＝1',
      '＋1',
      '－1',
      '＠a',
      '@a',
      '+1',
      '-1',
      ' =1',
      '\t=1',
      '\r=1',
      'a\t=1',
      'a;\u00a0＝1',
      'a\n+1',
    ]
    for (const [index, text] of starts.entries()) {
      journalAnswer(transcripts, `b-${index}`, {entry: {question: text}})
    }
    await transcripts.flush()

    const {stdout} = await run('export', '--format', 'csv', '--data', data)

    const cells = stdout.split(/[;\t\n\r]|","|,"?|"(?=,)|^"/).map((cell) => cell.trim())
    expect(cells.filter((cell) => /^[=+@＝＋－＠]|^-(?! one| two)/.test(cell))).toEqual([])
    expect(stdout).toContain(`"a;'=HYPERLINK(""http://evil.example"") end"`)
    // A list in an answer stays a list, unless something in it could be called.
    expect(stdout).toContain(`"'- one\n- two\n'- cmd|x\n'=now()"`)
  })
})

describe('days', () => {
  test('from a day to the same day is that day; a time is exclusive', async () => {
    const file = temporaryFile()
    const transcripts = openForTest({file})
    const times = [
      '2026-05-30T23:59:59.999Z',
      '2026-05-31T00:00:00Z',
      '2026-05-31T23:59:59.999Z',
      '2026-06-01T00:00:00Z',
    ]
    for (const [index, at] of times.entries()) {
      journalAnswer(transcripts, `t${index}`, {entry: {startedAt: Date.parse(at)}})
    }
    await transcripts.flush()
    const found = async (...args: string[]) =>
      JSON.parse((await run('list', '--json', '--data', dirname(file), ...args)).stdout).map(
        ({answerId}: {answerId: string}) => answerId,
      )

    expect(await found('--from', '2026-05-31', '--to', '2026-05-31')).toEqual(['t2', 't1'])
    expect(await found('--from', '2026-05-31', '--to', '2026-05-31T00:00:01Z')).toEqual(['t1'])
    expect(await found('--from', '2026-05-31T00:00Z', '--to', '2026-06-01T00:00Z')).toEqual(['t2', 't1'])
    expect((await run('list', '--to', '2026-02-30', '--data', dirname(file))).code).toBe(2)
  })

  test.each(['list', 'export'])('%s from a day that is not before its end is refused', async (command) => {
    const {code, stderr} = await run(command, '--from', '2026-06-01', '--to', '2026-05-31', '--data', '/none')

    expect(code).toBe(2)
    expect(stderr).toContain('--from must be before --to; swap them, or leave one out')
  })
})

describe('the terminal view', () => {
  test('a replay has the timing of the events and shows long silences', async () => {
    const transcripts = openForTest()
    journalAnswer(transcripts, 'a', {ending: null})
    appendEvent(transcripts, 'a', {seq: 7, at: 1_000_050, event: {type: 'delta', text: ' So'}})
    appendEvent(transcripts, 'a', {seq: 8, at: 1_004_050, event: {type: 'delta', text: ' far.'}})

    const steps = replaySteps((await transcripts.get('a'))!, view)

    expect(steps.map(({atMs}) => atMs)).toEqual([0, 0, 10, 20, 30, 40, 50, 4050])
    expect(steps.at(-1)!.text).toBe(' [4.0 s]  far.')
  })

  test('why a fallback wrote the answer is shown with what the server said, where that is kept', async () => {
    const transcripts = openForTest()
    const cause = {code: 'upstream_rejected', upstreamRequestId: null} as const
    for (const [id, fallbackCause] of [
      ['a', {...cause, detail: 'failed: 404 no such model'}],
      ['b', cause],
    ] as const) {
      journalAnswer(transcripts, id)
      transcripts.note(id, {writtenBy: {generator: 'extractive', model: null}, fallbackCause})
    }

    const [a, b] = [(await transcripts.get('a'))!, (await transcripts.get('b'))!]

    expect(showLines(a, view).join('\n')).toMatch(/: upstream_rejected\)[\s\S]*failed: 404 no such model/)
    expect(showLines(b, view).join('\n')).toContain(': upstream_rejected)')
    expect(b.fallbackCause).toEqual(cause)
  })

  test('text of visitors and models cannot control the terminal', async () => {
    const transcripts = openForTest()
    journalAnswer(transcripts, 'a', {
      entry: {question: '\u001b]0;owned\u0007Hi\u202e?'},
      pieces: ['\u001b[2J', 'ok\u0008'],
    })

    const shown =
      showLines((await transcripts.get('a'))!, view).join('\n') +
      replaySteps((await transcripts.get('a'))!, view).join('')

    expect(shown).not.toMatch(/[\u001b\u0007\u0008\u202e]/)
    expect(shown).toContain('ok')
  })
})
