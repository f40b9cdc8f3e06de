import {execFile} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {runsTypescript} from '../../src/typescript/index.ts'

let folder: string
let program: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docent-typescript-'))
  program = join(folder, 'program.ts')
  await writeFile(join(folder, 'package.json'), '{"type": "module"}')
})
afterEach(() => rm(folder, {recursive: true, force: true}))

async function run(): Promise<{stdout: string; stderr: string}> {
  try {
    return await promisify(execFile)(process.execPath, [...runsTypescript, program])
  } catch (error) {
    return error as {stdout: string; stderr: string}
  }
}

test('a program of TypeScript runs, with what it imports', async () => {
  await writeFile(join(folder, 'words.ts'), "export const words: readonly string[] = ['one', 'two']\n")
  await writeFile(program, "import {words} from './words.ts'\nconsole.log(words.length satisfies number)\n")

  expect((await run()).stdout).toBe('2\n')
})

test('a changed file is compiled again', async () => {
  await writeFile(program, "console.log('first')\n")
  await run()
  await writeFile(program, "console.log('second')\n")

  expect((await run()).stdout).toBe('second\n')
})

test('the stack of an error names the lines of the source', async () => {
  await writeFile(program, 'interface Gone {\n  one: 1\n}\n\nthrow new Error(`at line ${5 as number}`)\n')

  expect((await run()).stderr).toContain(`${program}:5`)
})

test('a syntax error names the file', async () => {
  await writeFile(program, 'const = 1\n')

  expect((await run()).stderr).toContain('program.ts:1')
})
