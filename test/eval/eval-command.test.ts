import {execFile} from 'node:child_process'
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest'
import type {Measured} from '../../scripts/eval/measure.ts'
import type {SetMeans} from '../../scripts/eval/set-means.ts'
import type {Comparison} from '../../src/retrieval/evaluation/compare.ts'
import {runsTypescript} from '../../src/typescript/index.ts'

vi.setConfig({testTimeout: 240_000})

const root = fileURLToPath(new URL('../..', import.meta.url))

interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** `npm run eval` as a process of its own. */
function run(...args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...runsTypescript, 'scripts/eval.ts', ...args],
      {cwd: root, maxBuffer: 64 * 1024 * 1024},
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
  test('is measured by gold and evidence, and what is not there is told', async () => {
    const at = (file: string) => join(folder, 'sets/keys', file)

    const {code, stdout, stderr} = await run(
      ...['--content', at('content'), '--questions', at('written.jsonl')],
      ...['--unanswerable', at('unanswerable.jsonl'), '--answers', '--json'],
      ...['--min', 'answers.evidenceAny=1', '--min', 'answers.evidenceAll=0.5'],
    )

    expect(stderr).toContain('lost: there is no page gone.md; it counts as not found')
    expect(stderr).toContain('answers.evidenceAll is 0.0000, below 0.5')
    expect(code).toBe(1)
    const {questions, answers, missed} = JSON.parse(stdout) as Measured & {missed: {name: string}[]}
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
      'mean of the sets with evidence',
      'mean of all that have the figure',
    ])
    expect(new Set(rows.map((row) => row.split('|').length)).size).toBe(1)

    const earlier = JSON.parse(readFileSync(out, 'utf8')) as {sets: Measured[]; means: SetMeans}
    expect(earlier.sets.map(({name, cross}) => [name, Object.keys(cross!.bySet)])).toEqual([
      ['boats', ['keys']],
      ['keys', ['boats']],
    ])
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

    const {sets: now, comparison} = JSON.parse(second.stdout) as {
      sets: Measured[]
      comparison: Comparison[]
    }
    expect(second.code).toBe(0)
    expect(now.map(({name}) => name)).toEqual(['keys'])
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
    ['that is not there', ['--sets', '/nowhere/at/all'], '/nowhere/at/all is not there'],
    ['without a set', ['--sets', join(root, 'scripts/eval')], 'holds no set'],
    ['without the one that is wanted', ['--only', 'planes'], 'there is no set planes; there are boats, keys'],
    ['with --ablate', ['--ablate'], '--ablate goes with --content'],
    ['with a figure that is none', ['--min', 'answers.beauty=1'], 'answers.beauty is no figure'],
    ['with a baseline of one set', ['--baseline', 'BASELINE'], 'is of a run without --sets'],
  ])('%s is bad usage', async (_what, args, problem) => {
    const baseline = join(folder, 'single.json')
    writeFileSync(baseline, JSON.stringify({questions: []}))
    const given = args.map((arg) => (arg === 'BASELINE' ? baseline : arg))

    const {code, stderr} = await run('--sets', join(folder, 'sets'), ...given)

    expect(stderr).toContain(problem)
    expect(code).toBe(2)
  })

  test('goes with what needs it alone', async () => {
    const {code, stderr} = await run('--content', root, '--questions', join(root, 'package.json'), '--cross')

    expect(stderr).toContain('--cross and --only go with --sets')
    expect(code).toBe(2)
  })
})
