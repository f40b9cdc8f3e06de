import {readFileSync, rmSync, writeFileSync} from 'node:fs'
import {dirname} from 'node:path'
import {expect, test} from 'vitest'
import {transcriptsCommand} from '../../src/cli/transcripts/transcripts-command.ts'
import {openSqlite} from '../../src/native/index.ts'
import {catalogFileOf} from '../../src/transcripts/catalog/catalog-file.ts'
import {journalAnswer, openForTest, temporaryFile} from './samples.ts'

async function check(file: string): Promise<{code: number; stdout: string; stderr: string}> {
  let stdout = ''
  let stderr = ''
  const code = await transcriptsCommand(['check', '--data', dirname(file)], {
    dataDir: () => '/nowhere/at/all',
    print: async (text) => {
      stdout += text
    },
    warn: (text) => {
      stderr += text
    },
    view: {columns: 100, hasColors: false},
  })
  return {code, stdout, stderr}
}

async function filled(): Promise<string> {
  const file = temporaryFile()
  const transcripts = openForTest({file})
  for (let number = 0; number < 300; number++) journalAnswer(transcripts, `a${number}`)
  await transcripts.list({})
  await transcripts.close()
  return file
}

/** Overwrites a part of the file that is not its head. */
function spoil(file: string): void {
  const bytes = readFileSync(file)
  // Enough of them that some are in use.
  bytes.fill(0xa5, 8 * 4096, 24 * 4096)
  writeFileSync(file, bytes)
}

test('sound files are told to be sound, also while a server writes', async () => {
  const file = await filled()
  const transcripts = openForTest({file})
  journalAnswer(transcripts, 'more')
  await transcripts.flush()

  expect(await check(file)).toEqual({
    code: 0,
    stdout: '301 answers; the transcripts and their catalog are sound.\n',
    stderr: '',
  })
})

test('damage of the transcripts is told of, with what to do', async () => {
  const file = await filled()
  spoil(file)
  const {code, stderr} = await check(file)
  expect(code).toBe(1)
  expect(stderr).toMatch(/transcripts\.sqlite: .+/)
  expect(stderr).toContain('Restore a backup')
})

test('damage of the catalog is told of, and of that alone', async () => {
  const file = await filled()
  spoil(catalogFileOf(file))
  const {code, stderr} = await check(file)
  expect(code).toBe(1)
  expect(stderr).toMatch(/transcripts-catalog\.sqlite: .+/)
  expect(stderr).toContain('Stop the server, remove the file')
  expect(stderr).not.toContain('Restore a backup')

  rmSync(catalogFileOf(file))
  expect((await check(file)).code).toBe(0)
})

test('events without their answer, and ones that cannot be read, are counted', async () => {
  const file = await filled()
  const db = openSqlite(file)
  db.exec("DELETE FROM answers WHERE id = 'a1'")
  db.exec("UPDATE events SET data = '{' WHERE answer = (SELECT row FROM answers WHERE id = 'a2') AND seq = 1")
  db.close()
  const {code, stderr} = await check(file)
  expect(code).toBe(1)
  expect(stderr).toMatch(/events that belong to no answer: \d+/)
  expect(stderr).toContain('answers with events that cannot be read: 1.')
})

test('a folder without transcripts is told of', async () => {
  expect(await check(temporaryFile())).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no transcripts'),
  })
})
