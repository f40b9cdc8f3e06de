import {execFile, spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest'
import type {Comparison, Pairing} from '../../src/evaluation/compare.ts'
import type {SetResult} from '../../src/evaluation/measure-set.ts'
import type {SetMeans} from '../../src/evaluation/set-means.ts'
import {docent} from '../support/docent-command.ts'

vi.setConfig({testTimeout: 240_000})

const root = fileURLToPath(new URL('../..', import.meta.url))

interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** `npm run eval` as a process of its own. */
function run(...args: readonly string[]): Promise<Outcome> {
  return runWith({}, ...args)
}

function runWith(env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...docent('eval'), ...args],
      {cwd: root, env: {...process.env, ...env}, maxBuffer: 64 * 1024 * 1024},
      (error, stdout, stderr) =>
        resolve({code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr}),
    )
  })
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'docent-eval-command-'))
  const write = (file: string, ...lines: readonly (string | object)[]) => {
    mkdirSync(dirname(join(folder, file)), {recursive: true})
    const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)))
    writeFileSync(join(folder, file), `${text.join('\n')}\n`)
  }
  write(
    'sets/keys/content/guide/keys.md',
    '# API keys',
    '',
    'An API key names the project that sends a request.',
    '',
    '## Rotate a key',
    '',
    'Create a second API key, deploy it, then delete the first one from the project page.',
    '',
    '## Revoke a key',
    '',
    'A revoked API key is refused within five minutes in all regions.',
  )
  const file = 'guide/keys.md'
  write(
    'sets/keys/written.jsonl',
    {
      id: 'rotate',
      kind: 'howto',
      question: 'How do I rotate an API key?',
      gold: [{file, heading: '`Rotate` a key', line: 5}],
      evidence: [['deploy it, then *delete* the first one'], ['Nobody wrote this anywhere.']],
      answer: 'Create a second key, deploy it, and delete the first one.',
    },
    {id: 'lost', question: 'When is a revoked API key refused?', gold: [{file: 'gone.md', heading: 'Lost'}]},
  )
  write(
    'sets/keys/unanswerable.jsonl',
    {id: 'soup', kind: 'other', question: 'How long does onion soup simmer?', relevant: []},
    {id: 'price', kind: 'near', question: 'What does an API key cost?', relevant: []},
  )
  write(
    'sets/boats/content/mooring.md',
    '# Mooring',
    '',
    '## Tie a bowline',
    '',
    'Make a small loop, pass the end of the rope up through the loop, around the rope and down again.',
  )
  write('sets/boats/questions.jsonl', {
    id: 'bowline',
    question: 'How do I tie a bowline in a rope?',
    relevant: ['/mooring#tie-a-bowline'],
  })
  write('sets/notes/nothing.md', 'No set.')
})
afterAll(() => rmSync(folder, {recursive: true, force: true}))

describe('one set', () => {
  test('is measured by gold and evidence, and what does not exist is told', async () => {
    const at = (file: string) => join(folder, 'sets/keys', file)

    const {code, stdout, stderr} = await run(
      ...['--content', at('content'), '--questions', at('written.jsonl')],
      ...['--unanswerable', at('unanswerable.jsonl'), '--answers', '--json'],
      ...['--min', 'answers.evidenceAny=1', '--min', 'answers.evidenceAll=0.5'],
    )

    expect(stderr).toContain('lost: there is no page gone.md; it counts as not found')
    expect(stderr).toContain('answers.evidenceAll is 0.0000, below 0.5')
    expect(code).toBe(1)
    const {questions, answers, missed} = JSON.parse(stdout) as SetResult & {missed: {name: string}[]}
    expect(missed.map(({name}) => name)).toEqual(['answers.evidenceAll'])
    expect(questions[0]).toMatchObject({relevant: ['/guide/keys#rotate-a-key'], rank: {section: 1, page: 1}})
    expect(questions[1]!.rank).toEqual({section: null, page: null})
    expect(answers!.figures).toMatchObject({
      evidenceAll: {value: 0, questions: 1},
      evidenceAny: {value: 1, questions: 1},
      sectionShown: {value: 0.5, questions: 2},
      'refused.other': {value: 1, questions: 1},
      'refused.near': {questions: 1},
    })
    const {total, faults} = answers!.citations
    const faulty = Object.values(faults).reduce((sum, count) => sum + count, 0)
    expect(total).toBeGreaterThan(0)
    expect(answers!.figures['hold']!.value).toBeCloseTo(1 - faulty / total)
    expect(answers!.questions[0]!.text).toContain('deploy it')
    expect(answers!.questions.find(({id}) => id === 'soup')).toMatchObject({refused: true, text: ''})
  })
})

describe('a folder of sets', () => {
  test('is measured as a whole, and compared with an earlier run question by question', async () => {
    const out = join(folder, 'earlier.json')
    const sets = ['--sets', join(folder, 'sets'), '--cross', '--data', join(folder, 'data')]

    const first = await run(...sets, '--out', out)

    expect(first.stderr).not.toMatch(/Error/)
    expect(first.code).toBe(0)
    const rows = first.stdout.split('\n').filter((line) => line.startsWith('|'))
    expect(rows.map((row) => row.split('|')[1]!.trim())).toEqual([
      'set',
      '---',
      'boats',
      'keys',
      'mean of the sets with evidence (1)',
      'mean of all that have the figure (2)',
    ])
    expect(new Set(rows.map((row) => row.split('|').length)).size).toBe(1)

    const earlier = JSON.parse(readFileSync(out, 'utf8')) as {sets: SetResult[]; means: SetMeans}
    expect(earlier.sets.map(({name, cross}) => [name, Object.keys(cross!.bySet)])).toEqual([
      ['boats', ['keys']],
      ['keys', ['boats']],
    ])
    expect(first.stdout).toContain('mean over 1 of the 2 sets: evidence, all; evidence, any;')
    expect(earlier.sets[1]!.cross!.bySet['boats']).toEqual({questions: 1, refused: 1})
    expect(earlier.means.all['page.hit@5']).toMatchObject({value: (1 + 0.5) / 2, sets: 2})
    expect(earlier.means.withEvidence['page.hit@5']).toMatchObject({value: 0.5, sets: 1})

    // As if an answer had shown less before.
    const {sets: before, ...rest} = earlier
    const worse = before.map((set) => ({
      ...set,
      answers: {
        ...set.answers,
        questions: set.answers!.questions.map((result) => ({
          ...result,
          figures: result.id === 'rotate' ? {...result.figures, evidenceAny: 0} : result.figures,
        })),
      },
    }))
    writeFileSync(out, JSON.stringify({...rest, sets: worse}))

    const second = await run(...sets, '--only', 'keys', '--json', '--baseline', out)

    const {
      sets: now,
      comparison,
      pairing,
    } = JSON.parse(second.stdout) as {sets: SetResult[]; comparison: Comparison[]; pairing: Pairing}
    expect(second.code).toBe(0)
    expect(now.map(({name}) => name)).toEqual(['keys'])
    expect(pairing).toEqual({paired: 4, onlyBefore: 0, onlyAfter: 0})
    expect(comparison.find(({metric}) => metric === 'answers.evidenceAny')).toMatchObject({
      before: 0,
      after: 1,
      won: ['keys/rotate'],
      lost: [],
    })
    expect(comparison.find(({metric}) => metric === 'answers.cross')).toMatchObject({
      before: 1,
      after: 1,
      won: [],
    })
  })

  test.each([
    ['that does not exist', ['--sets', '/nowhere/at/all'], '/nowhere/at/all does not exist'],
    ['without a set', ['--sets', join(root, 'src')], 'contains no set'],
    [
      'without the one that is wanted',
      ['--only', 'planes'],
      'there is no set planes; the sets are boats, keys',
    ],
    ['with --ablate', ['--ablate'], '--ablate needs --content'],
    ['with a figure that is none', ['--min', 'answers.beauty=1'], 'answers.beauty is not a figure'],
    ['with a figure of no one', ['--min', 'answers.constructor=1'], 'answers.constructor is not a figure'],
    ['with a folder of its own', ['--content', root], '--content cannot be used with --sets'],
    ['with the model of nobody', ['--model', ' '], '--model needs a name'],
    [
      'with its output in no folder',
      ['--out', '/nowhere/at/all.json'],
      'the folder /nowhere/at does not exist',
    ],
    ['with its output on a folder', ['--out', root], 'is a folder; name a file in it'],
    ['with a baseline of one set', ['--baseline', 'BASELINE'], 'is of a run without --sets'],
  ])('%s is bad usage', async (_what, args, problem) => {
    const baseline = join(folder, 'single.json')
    writeFileSync(baseline, JSON.stringify({questions: []}))
    const given = args.map((arg) => (arg === 'BASELINE' ? baseline : arg))

    const {code, stderr} = await run(
      ...(args[0] === '--sets' ? [] : ['--sets', join(folder, 'sets')]),
      ...given,
    )

    expect(stderr).toContain(problem)
    expect(code).toBe(2)
  })

  test('has its index neither in its docs nor in the data folder of a server', async () => {
    const sets = ['--sets', join(folder, 'sets'), '--only', 'keys']
    const server = join(folder, 'server')
    mkdirSync(server)
    writeFileSync(join(server, 'transcripts.sqlite'), '')

    const inDocs = await run(...sets, '--data', join(folder, 'sets/keys/content/index'))
    const ofServer = await run(...sets, '--data', server)

    expect(inDocs.stderr).toContain('is inside the docs of')
    expect(ofServer.stderr).toContain('is the data folder of a server')
    expect([inDocs.code, ofServer.code]).toEqual([2, 2])
  })

  test('goes with what needs it alone', async () => {
    const {code, stderr} = await run('--content', root, '--questions', join(root, 'package.json'), '--cross')

    expect(stderr).toContain('--cross and --only need --sets')
    expect(code).toBe(2)
  })
})

describe('a file that is wrong is told before the work', () => {
  const question = {id: 'a', question: 'How?', relevant: ['/guide/keys']}

  /** Runs the docs about keys with question files of these lines. */
  async function runWith(
    questions: readonly (string | object)[],
    {unanswerable = null as readonly object[] | null, args = [] as readonly string[]} = {},
  ) {
    const at = (file: string) => join(folder, file)
    const textOf = (lines: readonly (string | object)[]) =>
      lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')
    writeFileSync(at('given.jsonl'), textOf(questions))
    if (unanswerable !== null) writeFileSync(at('none.jsonl'), textOf(unanswerable))
    return run(
      ...['--content', at('sets/keys/content'), '--questions', at('given.jsonl'), ...args],
      ...(unanswerable === null ? [] : ['--unanswerable', at('none.jsonl')]),
    )
  }

  test.each([
    ['without a question', ['', ' '], {}, /given\.jsonl contains no questions/],
    ['with one id twice', [question, {...question, question: 'Why?'}], {}, /given\.jsonl:2 .*given\.jsonl:1/],
    [
      'with an id of another file',
      [question],
      {unanswerable: [{question: 'Cake?'}, {id: 'a', question: 'Soup?'}]},
      /none\.jsonl:2 .*given\.jsonl:1/,
    ],
    [
      'of what the docs do not answer with what they do',
      [question],
      {unanswerable: [{question: 'Soup?', kind: 'answerable'}]},
      /none\.jsonl:1 kind/,
    ],
    ['that is given twice', [question], {args: ['--questions', 'x']}, /--questions is given more than once/],
  ])('%s', async (_what, questions, given, problem) => {
    const {code, stderr} = await runWith(questions, given)

    expect(stderr).toMatch(problem)
    expect(stderr).not.toContain('indexed in')
    expect(code).toBe(2)
  })

  const results = [{...question, section: {'hit@5': 1}, page: {'hit@5': 1}}]

  test.each([
    ['is no JSON', 'nonsense', /is not the JSON of an earlier run/],
    ['is no run', '{}', /is not the JSON of an earlier run: questions/],
    ['has figures that are none', {questions: [{...results[0], section: {'hit@5': 'all'}}]}, /hit@5/],
    ['has a question without an id', {questions: [{...results[0], id: undefined}]}, /questions\.0\.id/],
    ['has no question', {questions: []}, /there is no question/],
    ['is of many sets', {sets: [{questions: results}]}, /is of a run with --sets/],
    [
      "begins with npm's lines",
      `\n> docent@0.1.0 eval\n> node\n\n${JSON.stringify({questions: results})}`,
      /--silent/,
    ],
    ['asked something else', {questions: [{...results[0], question: 'Why?'}]}, /has no question of this run/],
  ])('a baseline that %s', async (_what, baseline, problem) => {
    const file = join(folder, 'baseline.json')
    writeFileSync(file, typeof baseline === 'string' ? baseline : JSON.stringify(baseline))

    const {code, stderr} = await runWith([question], {args: ['--baseline', file]})

    expect(stderr).toMatch(problem)
    expect(stderr).not.toContain('indexed in')
    expect(code).toBe(2)
  })

  test('and docs without a page, after it', async () => {
    const empty = join(folder, 'empty')
    mkdirSync(empty, {recursive: true})
    writeFileSync(join(empty, 'draft.md'), '---\ndraft: true\n---\nWords.\n')
    writeFileSync(join(folder, 'given.jsonl'), JSON.stringify(question))

    const {code, stderr} = await run('--content', empty, '--questions', join(folder, 'given.jsonl'))

    expect(stderr).toContain('contains no pages')
    expect(code).toBe(1)
  })

  test('a bound on what was not asked is missed', async () => {
    const {code, stderr} = await runWith([question], {
      args: ['--answers', '--max', 'refusedUnanswerable=1', '--min', 'answers.refused.à côté=0'],
    })

    expect(stderr).toContain('refusedUnanswerable was not measured')
    expect(stderr).toContain('answers.refused.à côté was not measured')
    expect(code).toBe(1)
  })

  test('a relevant page that does not exist', async () => {
    const {code, stderr} = await runWith([{...question, relevant: ['/gone#x', '/gone']}])

    expect(stderr.match(/a: there is no page \/gone; it counts as not found/g)).toHaveLength(1)
    expect(code).toBe(0)
  })
})

describe('a run that is ended', () => {
  function start(temporary: string, questions: number) {
    const file = join(folder, 'many.jsonl')
    const lines = Array.from({length: questions}, (_, index) =>
      JSON.stringify({question: `How do I rotate API key ${index}?`, relevant: ['/guide/keys']}),
    )
    writeFileSync(file, lines.join('\n'))
    mkdirSync(temporary, {recursive: true})
    return spawn(
      process.execPath,
      [...docent('eval'), ...['--content', join(folder, 'sets/keys/content'), '--questions', file, '--json']],
      {cwd: root, env: {...process.env, TMPDIR: temporary}},
    )
  }

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s leaves nothing behind', async (signal, expected) => {
    const temporary = join(folder, signal)
    const child = start(temporary, 50_000)
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      // It is asked right after the index was made.
      stderr += text
      if (text.includes('indexed in')) child.kill(signal)
    })

    // Streams close when children that have them ended as well.
    const [code] = (await once(child, 'close')) as [number | null]

    expect(stderr).toContain('Stopped.')
    expect(code).toBe(expected)
    expect(readdirSync(temporary).filter((name) => name.startsWith('docent-eval-'))).toEqual([])
  })

  test('while it makes the index leaves nothing behind', async () => {
    const temporary = join(folder, 'indexing')
    const child = start(temporary, 1)
    const closed = once(child, 'close')
    await vi.waitUntil(() => readdirSync(temporary).some((name) => name.startsWith('docent-eval-')), {
      timeout: 120_000,
      interval: 5,
    })
    child.kill('SIGTERM')

    const [code] = (await closed) as [number | null]

    expect(code).toBe(143)
    expect(readdirSync(temporary).filter((name) => name.startsWith('docent-eval-'))).toEqual([])
  })

  test('by a reader who has seen enough is none that failed', async () => {
    const child = start(join(folder, 'pipe'), 300)
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.stdout.destroy()

    const [code] = (await once(child, 'close')) as [number | null]

    expect(stderr).not.toContain('EPIPE')
    expect(code).toBe(0)
  })
})

test('the golden questions of the staff are measured over the docs of the settings, in several sources', async () => {
  const keys = join(folder, 'sets/keys/content')
  const data = join(folder, 'data-of-a-server')
  mkdirSync(data)
  const env = {CONTENT_DIR: `one=${keys},two=${keys}`, DATA_DIR: data}

  const before = await runWith(env, '--golden')
  expect(before).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('nobody has made a golden question'),
  })
  const lines = [
    {
      id: 'a',
      question: 'How do I rotate an API key?',
      relevant: ['/one/guide/keys'],
      addedBy: 'Ada',
      addedAt: 1,
    },
    {id: 'b', question: 'How do I rotate an API key?', relevant: ['/one/later'], version: '9.x', lang: 'en'},
  ]
  const golden = join(data, 'golden.jsonl')
  writeFileSync(golden, ['{"question"', ...lines.map((line) => JSON.stringify(line))].join('\n'))
  const {code, stdout, stderr} = await runWith(env, '--golden', '--json')

  expect(stderr).toContain(`${golden}:1 is left out: is not JSON.`)
  expect(stderr).toContain('b: there is no page /one/later; it counts as not found')
  expect({code, ...(JSON.parse(stdout) as object)}).toMatchObject({
    code: 0,
    content: `one=${keys}, two=${keys}`,
    counts: {questions: 2},
  })
  expect(readdirSync(data)).not.toContain('builds')
  expect(await runWith(env, '--golden', '--content', keys)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--golden cannot be used with --content and --questions'),
  })
})
