import {userInfo} from 'node:os'
import {afterEach, describe, expect, test} from 'vitest'
import {transcriptsCommand} from '../../src/cli/transcripts/transcripts-command.ts'
import {bearer, staffApi} from '../support/staff-people.ts'
import {startDocent, supportToken, type TestDocent} from '../support/start-docent.ts'

const opened: TestDocent[] = []
afterEach(async () => {
  for (const docent of opened.splice(0)) await docent.close()
})

async function start(): Promise<{readonly docent: TestDocent; readonly answerId: string}> {
  const docent = await startDocent()
  opened.push(docent)
  const events = await (await docent.read({question: 'xyzzy'})).all()
  await docent.transcripts.flush()
  return {docent, answerId: events.find(({type}) => type === 'start')!.data['answerId'] as string}
}

async function run(
  {dataDir}: TestDocent,
  mode: string,
  ...args: string[]
): Promise<{readonly code: number; readonly said: string}> {
  let said = ''
  const say = (text: string) => {
    said += text
  }
  const code = await transcriptsCommand(['review', ...args, '--data', dataDir], {
    dataDir: () => '/nowhere',
    mode: () => mode,
    print: async (text) => say(text),
    warn: say,
    view: {columns: 100, hasColors: false},
  })
  return {code, said}
}

describe('docent transcripts review', () => {
  test('writes a review beside the running server, which shows it, and a line in the audit log', async () => {
    const {docent, answerId} = await start()
    const user = `${userInfo().username} (command)`

    const {code, said} = await run(
      ...[docent, 'full', answerId.slice(0, 12), '--verdict', 'should_answer'],
      ...['--note', 'The docs have it.', '--corrected', 'Set PORT.'],
    )

    expect({code, said}).toEqual({code: 0, said: `Reviewed ${answerId} as should_answer, by ${user}.\n`})
    expect(await docent.transcript(answerId)).toMatchObject({
      review: {
        ...{verdict: 'should_answer', note: 'The docs have it.', correctedAnswer: 'Set PORT.', by: user},
        at: expect.any(Number),
      },
    })
    const listed = await staffApi(docent, 'GET', '/transcripts?verdict=should_answer')
    expect(listed.body.items).toMatchObject([{answerId, verdict: 'should_answer'}])
    const audit = await staffApi(docent, 'GET', '/audit?what=transcript_reviewed')
    expect(audit.body.items).toMatchObject([
      {name: user, details: {verdict: 'should_answer', signedAs: user}},
    ])
  })

  test('replaces a review of somebody else only when told to, and its own at once', async () => {
    const {docent, answerId} = await start()
    const path = `/transcripts/${answerId}/review`
    await staffApi(docent, 'PUT', path, {verdict: 'wrong'}, bearer(supportToken))
    const byAda = ['--by', 'Ada  Lovelace', '--verdict']

    expect(await run(docent, 'full', answerId, ...byAda, 'good')).toEqual({
      code: 1,
      said: 'support (shared token) has reviewed this already; --replace writes yours in its place.\n',
    })
    expect((await run(docent, 'full', answerId, ...byAda, 'good', '--replace')).code).toBe(0)
    expect((await run(docent, 'full', answerId, ...byAda, 'incomplete')).code).toBe(0)

    expect(await docent.transcript(answerId)).toMatchObject({
      review: {verdict: 'incomplete', note: null, by: expect.stringMatching(/^Ada +Lovelace \(command\)$/)},
    })
  })

  test('refuses what the route refuses, and changes nothing', async () => {
    const {docent, answerId} = await start()
    const problemOf = async (mode: string, ...args: string[]) => {
      const {code, said} = await run(docent, mode, ...args)
      return `${code} ${said}`
    }
    const good = ['--verdict', 'good']

    expect(await problemOf('full', answerId)).toMatch(/^2 review needs --verdict: good, incomplete/)
    expect(await problemOf('full', answerId, '--verdict', 'fine')).toMatch(/^2 --verdict: /)
    expect(await problemOf('full', answerId, ...good, '--note', 'x'.repeat(10_001))).toMatch(/^2 --note: /)
    const long = 'x'.repeat(50_001)
    expect(await problemOf('full', answerId, ...good, '--corrected', long)).toMatch(/^2 --corrected: /)
    expect(await problemOf('full', answerId, ...good, '--by', '\u001b ')).toMatch(/^2 --by must be/)
    expect(await problemOf('full', 'none-such', ...good)).toMatch(/^1 There is no transcript none-such/)
    expect(await problemOf('full', ...good)).toMatch(/^2 review needs the ID/)
    expect(await problemOf('metadata', answerId, ...good, '--note', 'x')).toMatch(
      /^1 TRANSCRIPTS=metadata keeps no text: send only the verdict/,
    )
    expect(await docent.transcript(answerId)).toMatchObject({review: null})
    expect((await run(docent, 'metadata', answerId, ...good)).code).toBe(0)
  })
})
