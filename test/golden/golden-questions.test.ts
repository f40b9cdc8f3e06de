import {spawn} from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, describe, expect, test} from 'vitest'
import {buildProgram} from '../../scripts/build/build-program.mjs'
import {openGoldenQuestions} from '../../src/golden/index.ts'
import {parseReadableQuestions, readQuestions} from '../../src/question-sets/index.ts'
import {createRedactor} from '../../src/redaction/index.ts'
import {goldenQuestionsContract} from '../contracts/golden-questions.contract.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, {recursive: true, force: true})
})

function newFile(text?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'docent-golden-'))
  folders.push(folder)
  const file = join(folder, 'golden.jsonl')
  if (text !== undefined) writeFileSync(file, text)
  return file
}

const open = (file: string) => openGoldenQuestions({file, redactor: createRedactor(), now: () => 1_000})
const draft = (question: string, relevant = ['/settings#port'], of: object = {}) => ({
  question,
  relevant,
  lang: null,
  version: null,
  ...of,
})
const byAda = {by: 'Ada', from: {answer: 'r1'}}

goldenQuestionsContract('a file', async () => {
  const file = newFile()
  return {
    open: async (now) => openGoldenQuestions({file, redactor: createRedactor(), now}),
    text: async () => (existsSync(file) ? readFileSync(file, 'utf8') : null),
    close: async () => {},
  }
})

describe('golden questions of the staff', () => {
  test('are kept in the format of question files, for their owner alone, without what is private', async () => {
    const file = newFile()
    const golden = open(file)
    expect(await golden.list()).toEqual([])

    const {ids} = await golden.add(
      [draft(' Why does mail to ada@example.com fail? ', ['/mail', '/mail#limits'], {lang: 'en'})],
      byAda,
    )

    const facts = {
      id: ids[0],
      question: 'Why does mail to [email] fail?',
      relevant: ['/mail', '/mail#limits'],
    }
    expect(await readQuestions(file, {requireRelevant: true})).toMatchObject([{...facts, lang: 'en'}])
    expect(await open(file).list()).toEqual([
      {...facts, gold: [], lang: 'en', version: null, addedBy: 'Ada', addedAt: 1_000, from: {answer: 'r1'}},
    ])
    expect(statSync(file).mode & 0o077).toBe(0)
    expect(readdirSync(join(file, '..'))).toEqual(['golden.jsonl'])
  })

  test('that are asked again in the same language and version take over the sections, and keep what else is there', async () => {
    const written = {question: 'How do I set the port?', gold: [{file: 'a.md'}], note: 'Mine.', kind: 'howto'}
    const file = newFile(`\ufeff${JSON.stringify(written)}\r\n\n{"question": "Other", "relevant": ["/x"]}`)
    const golden = open(file)
    const [, before] = (await golden.list()) as [unknown, {id: string; gold: unknown}]
    expect(before).toMatchObject({gold: [{file: 'a.md', heading: ''}], addedBy: null, from: null})

    const again = await golden.add([draft('how do I set  the port', ['/b#c'])], byAda)
    const others = await golden.add(
      [draft(written.question, ['/b'], {version: '1.x'}), draft(written.question, ['/de/b'], {lang: 'de'})],
      byAda,
    )

    expect(again).toEqual({ids: [before.id], added: 0, kept: 1})
    expect(others).toMatchObject({added: 2, kept: 0})
    const [first, blank, second] = readFileSync(file, 'utf8').split('\n')
    expect(JSON.parse(first!)).toEqual({
      question: written.question,
      ...{note: 'Mine.', kind: 'howto', id: before.id, relevant: ['/b#c']},
      ...{addedBy: 'Ada', addedAt: 1_000, from: {answer: 'r1'}},
    })
    expect([blank, second]).toEqual(['', '{"question": "Other", "relevant": ["/x"]}'])
    expect(new Set((await golden.list()).map(({id}) => id)).size).toBe(4)
  })

  test('are all there after many were added at the same time, by several stores', async () => {
    const file = newFile()
    const stores = [open(file), open(file), open(file)]

    await Promise.all(
      Array.from({length: 60}, (_, n) => stores[n % 3]!.add([draft(`Question ${n}?`)], byAda)),
    )

    const words = (await open(file).list()).map(({question}) => question).sort()
    expect(words).toEqual(Array.from({length: 60}, (_, n) => `Question ${n}?`).sort())
  })

  test('that somebody writes by hand meanwhile are not lost', async () => {
    const file = newFile()
    const golden = open(file)
    await golden.add([draft('First?')], byAda)
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"question": "By hand?", "relevant": ["/x"]}\n`)

    await golden.add([draft('Last?')], byAda)

    expect((await golden.list()).map(({question}) => question)).toEqual(['Last?', 'By hand?', 'First?'])
  })

  test.each([
    ['{"question": "A?", "relevant": ["/a"]}\n\n{"question": "B?"\n', 'golden.jsonl:3 is not JSON'],
    ['{"question": "A?", "relevant": ["/a"]}\n{"relevant": ["/a"]}\n', 'golden.jsonl:2 question:'],
    ['{"question": "A?"}\n', 'golden.jsonl:1 has neither relevant nor gold'],
  ])(
    'of a file with a bad line are listed, added and deleted, and the line is named and stays: %j',
    async (text, problem) => {
      const file = newFile(text)
      const golden = open(file)
      const before = (await golden.list()).length

      const {ids} = await golden.add([draft('C?')], byAda)

      const [{line, problem: said}] = (await golden.problems()) as [{line: number; problem: string}]
      expect(`golden.jsonl:${line} ${said}`).toContain(problem)
      expect(await golden.list()).toHaveLength(before + 1)
      expect(readFileSync(file, 'utf8')).toContain(text)
      expect(await golden.delete(ids[0]!)).toBe(true)
      expect(readFileSync(file, 'utf8')).toBe(text)
      expect(await golden.problems()).toHaveLength(1)
    },
  )

  test('with an id that is there before are bad lines that say where, so that a delete never takes two', async () => {
    const file = newFile(
      '{"id": "x1", "question": "A?", "relevant": ["/a"]}\n{"id": "x1", "question": "B?", "relevant": ["/b"]}\n',
    )
    const golden = open(file)
    expect((await golden.list()).map(({question}) => question)).toEqual(['A?'])
    expect(await golden.problems()).toEqual([
      {line: 2, problem: 'id x1 is used in line 1; remove one, or give each its own id.'},
    ])
    expect(parseReadableQuestions(readFileSync(file, 'utf8'), file).problems).toEqual(await golden.problems())

    expect(await golden.delete('x1')).toBe(true)

    expect((await golden.list()).map(({question}) => question)).toEqual(['B?'])
    expect(await golden.problems()).toEqual([])
  })

  test('leave every byte of a line that cannot be read, in whatever encoding it is', async () => {
    const bad = Buffer.concat([
      Buffer.from([0xff, 0xfe]),
      Buffer.from('{"question": "é"', 'latin1'),
      Buffer.from('\r'),
    ])
    const file = newFile()
    writeFileSync(file, Buffer.concat([Buffer.from('{"question": "A?", "relevant": ["/a"]}\n'), bad]))
    const golden = open(file)

    const {ids} = await golden.add([draft('B?')], byAda)
    await golden.delete(ids[0]!)

    const [, after] = [...readFileSync(file).toString('latin1').split('\n')]
    expect(Buffer.from(after!, 'latin1')).toEqual(bad)
    expect(await golden.problems()).toEqual([{line: 2, problem: 'is not JSON.'}])
  })

  test('behind a link are written where it leads', async () => {
    const real = newFile('{"question": "A?", "relevant": ["/a"]}\n')
    const link = join(newFile(), '..', 'golden.jsonl')
    symlinkSync(real, link)

    await open(link).add([draft('B?')], byAda)

    expect(await open(real).list()).toHaveLength(2)
  })

  test('are whole after the process was killed while it added some', async () => {
    const file = newFile('{"question": "By hand?", "relevant": ["/x"]}\n')
    const entry = await buildProgram('test/support/golden-writer.ts')
    const child = spawn(process.execPath, [entry, file], {stdio: ['ignore', 'pipe', 'inherit']})
    let said = ''
    const killed = new Promise((resolve) => child.once('exit', resolve))
    child.stdout.on('data', (data: Buffer) => {
      said += data
      if (said.includes('\n40\n')) child.kill('SIGKILL')
    })
    await killed
    const last = Number(said.trim().split('\n').at(-1))

    const words = (await open(file).list()).map(({question}) => question)
    // What was said to be added is there; one more may be.
    expect(words.length - last).toBeOneOf([2, 3])
    expect(words.at(-1)).toBe('By hand?')
    await open(file).add([draft('After?')], byAda)
    expect((await open(file).list())[0]).toMatchObject({question: 'After?'})
  })
})
