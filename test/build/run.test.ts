import {execFile} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {packageRoot} from '../../src/package/index.ts'

let folder: string
let program: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docent-run-'))
  program = join(folder, 'program.ts')
})
afterEach(() => rm(folder, {recursive: true, force: true}))

async function run(...args: readonly string[]): Promise<{stdout: string; stderr: string; code?: number}> {
  try {
    return await promisify(execFile)(process.execPath, [
      join(packageRoot, 'scripts/build/run.mjs'),
      program,
      ...args,
    ])
  } catch (error) {
    return error as {stdout: string; stderr: string; code: number}
  }
}

test('a TypeScript program runs, with its imports and arguments', async () => {
  await writeFile(join(folder, 'words.ts'), "export const words: readonly string[] = ['one', 'two']\n")
  await writeFile(
    program,
    "import {words} from './words.ts'\nconsole.log(words.length satisfies number, process.argv.slice(2))\n",
  )

  expect((await run('three', '--four')).stdout).toBe("2 [ 'three', '--four' ]\n")
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

test('a syntax error names the file, without a stack', async () => {
  await writeFile(program, 'const = 1\n')
  const {code, stderr} = await run()

  expect(code).toBe(1)
  expect(stderr).toContain('program.ts:1')
  expect(stderr).not.toMatch(/\n\s+at /)
})
