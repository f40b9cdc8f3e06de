import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, describe, expect, test} from 'vitest'
import {backupCommand} from '../../src/cli/backup/backup-command.ts'
import {staffApi} from '../support/staff-people.ts'
import {startDocent, type TestDocent} from '../support/start-docent.ts'

const folders: string[] = []
const opened: TestDocent[] = []
afterEach(async () => {
  for (const docent of opened.splice(0)) await docent.close()
  for (const folder of folders.splice(0)) rmSync(folder, {recursive: true, force: true})
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'docent-backup-'))
  folders.push(folder)
  return folder
}

async function run(...args: string[]): Promise<{readonly code: number; readonly said: string}> {
  let said = ''
  const say = (text: string) => {
    said += text
  }
  const code = await backupCommand(args, {
    settings: () => ({dataDir: join(tmpdir(), 'docent-no-such-folder')}),
    print: say,
    warn: say,
  })
  return {code, said}
}

describe('docent backup', () => {
  test('copies every database beside the running server, and a server starts from the copies', async () => {
    const product = await startDocent()
    opened.push(product)
    await (await product.read({question: 'xyzzy'})).all()
    await product.transcripts.flush()
    await staffApi(product, 'POST', '/people', {name: 'Ada', role: 'support'})
    const golden = '{"question": "How?", "relevant": ["/port"]}\n'
    writeFileSync(join(product.dataDir, 'golden.jsonl'), golden)
    const copy = join(newFolder(), 'of-today')

    const {code, said} = await run(copy, '--data', product.dataDir)

    expect({code, said}).toEqual({
      code: 0,
      said: 'Copied transcripts.sqlite\nCopied staff.sqlite\nCopied verified.sqlite\nCopied gaps.sqlite\nCopied golden.jsonl\n',
    })
    expect(readFileSync(join(copy, 'golden.jsonl'), 'utf8')).toBe(golden)
    expect(readdirSync(copy).sort()).toEqual([
      'gaps.sqlite',
      'golden.jsonl',
      'staff.sqlite',
      'transcripts.sqlite',
      'verified.sqlite',
    ])
    for (const name of readdirSync(copy)) expect(statSync(join(copy, name)).mode & 0o077, name).toBe(0)
    const audit = await staffApi(product, 'GET', '/audit')
    expect(audit.body.items[0]).toMatchObject({what: 'transcripts_backed_up'})
    const restored = await startDocent({dataDir: copy})
    opened.push(restored)
    const {body} = await staffApi(restored, 'GET', '/transcripts')
    expect(body.items).toMatchObject([{question: 'xyzzy', ending: 'abstained'}])
    expect((await staffApi(restored, 'GET', '/people')).body.people).toMatchObject([{name: 'Ada'}])
  })

  test('overwrites nothing, and says what is wrong', async () => {
    const product = await startDocent()
    opened.push(product)
    const used = newFolder()
    writeFileSync(join(used, 'notes.txt'), 'Mine.')

    expect(await run(used, '--data', product.dataDir)).toMatchObject({
      code: 1,
      said: expect.stringContaining('is not empty'),
    })
    expect(await run(join(used, 'new'))).toMatchObject({
      code: 1,
      said: expect.stringContaining('has nothing to copy'),
    })
    expect(existsSync(join(used, 'new'))).toBe(false)
    expect(await run()).toMatchObject({code: 2, said: expect.stringContaining('needs the FOLDER')})
    expect(await run('one', 'two')).toMatchObject({code: 2, said: expect.stringContaining('unexpected two')})
    expect(await run('--help')).toMatchObject({code: 0, said: expect.stringContaining('verified.sqlite')})
    expect(readdirSync(used)).toEqual(['notes.txt'])
  })
})
