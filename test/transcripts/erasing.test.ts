import {type ChildProcess, fork} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, readFileSync} from 'node:fs'
import {dirname} from 'node:path'
import {afterEach, describe, expect, test, vi} from 'vitest'
import {buildProgram} from '../../scripts/build/build-program.mjs'
import {transcriptsCommand} from '../../src/cli/transcripts/transcripts-command.ts'
import type {Transcripts, TranscriptsOptions} from '../../src/transcripts/open-transcripts.ts'
import {readTranscripts} from '../../src/transcripts/read-transcripts.ts'
import {journalAnswer, openForTest, temporaryFile} from './samples.ts'

const program = await buildProgram('test/transcripts/holding-process.ts')
const children = new Set<ChildProcess>()
const words = /zyzzyva|xylomanc/i

afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
})

/** Another process, in the middle of a read. Gives the way to make it let go. */
async function heldByAnother(file: string): Promise<() => Promise<void>> {
  const child = fork(program, {stdio: ['ignore', 'ignore', 'inherit', 'ipc']})
  children.add(child)
  child.send(file)
  await once(child, 'message')
  return async () => {
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
}

function rawBytes(file: string): string {
  return ['', '-wal', '-shm']
    .filter((suffix) => existsSync(file + suffix))
    .map((suffix) => readFileSync(file + suffix).toString('latin1'))
    .join('')
}

async function answered(file: string, options: Partial<TranscriptsOptions> = {}): Promise<Transcripts> {
  const transcripts = openForTest({file, ...options})
  for (const id of ['a', 'b']) {
    journalAnswer(transcripts, id, {
      entry: {conversation: 'c', question: 'Zyzzyva question?'},
      pieces: ['The ', 'xylomancy', ' says so.'],
    })
  }
  journalAnswer(transcripts, 'kept', {entry: {question: 'Quokka?', startedAt: Date.now()}})
  await transcripts.flush()
  return transcripts
}

const removals: Readonly<Record<string, (transcripts: Transcripts) => Promise<unknown>>> = {
  'a visitor’s deletion': async (transcripts) => await transcripts.deleteConversation('c'),
  'staff’s deletion': (transcripts) =>
    Promise.all(['a', 'b'].map(async (id) => await transcripts.delete(id))),
  'a purge': async (transcripts) => await transcripts.purge(2_000_000),
}

describe.each(Object.entries(removals))('%s while another process reads', (_, remove) => {
  test('reports that copies are left, and erases them when that process has finished', async () => {
    const file = temporaryFile()
    const told: boolean[] = []
    const transcripts = await answered(file, {onErased: (isErased) => told.push(isErased)})
    const letGo = await heldByAnother(file)

    await remove(transcripts)
    const wasErased = transcripts.isErased
    const left = rawBytes(file)
    await letGo()
    await vi.waitFor(() => expect(transcripts.isErased).toBe(true), {timeout: 60_000, interval: 50})

    expect(wasErased).toBe(false)
    expect(left).toMatch(words)
    expect(rawBytes(file)).not.toMatch(words)
    expect(rawBytes(file)).toContain('Quokka')
    expect(told).toEqual([false, true])
  })
})

test('what another process read until after the shutdown is erased at the next start', async () => {
  const file = temporaryFile()
  const transcripts = await answered(file)
  const letGo = await heldByAnother(file)
  await transcripts.deleteConversation('c')
  await transcripts.close()
  const left = rawBytes(file)
  await letGo()

  openForTest({file})

  expect(left).toMatch(words)
  expect(rawBytes(file)).not.toMatch(words)
})

test('no timer is left after the shutdown', async () => {
  const file = temporaryFile()
  const told: boolean[] = []
  const transcripts = await answered(file, {onErased: (isErased) => told.push(isErased)})
  await heldByAnother(file)
  await transcripts.deleteConversation('c')
  vi.useFakeTimers()

  await transcripts.close()

  expect(vi.getTimerCount()).toBe(0)
  expect(told).toEqual([false])
})

test('the purge command says that copies are left, and erases them when it is run again', async () => {
  const file = temporaryFile()
  await answered(file)
  const letGo = await heldByAnother(file)

  const first = await purge(file)
  await letGo()
  const second = await purge(file)

  expect(first).toEqual({code: 1, stdout: 'Removed 2 answers.\n', stderr: expect.stringContaining('copies')})
  expect(second).toEqual({code: 0, stdout: 'Removed 0 answers.\n', stderr: ''})
  expect(rawBytes(file)).not.toMatch(words)
})

describe('what a purge in another process had to leave', () => {
  async function purgedBeside(): Promise<{
    file: string
    transcripts: Transcripts
    letGo: () => Promise<void>
  }> {
    const file = temporaryFile()
    const transcripts = await answered(file)
    const letGo = await heldByAnother(file)
    expect(await purge(file)).toMatchObject({code: 1, stderr: expect.stringContaining('running server')})
    return {file, transcripts, letGo}
  }

  test('is erased by the server, also if the reader finishes much later', async () => {
    vi.useFakeTimers({toFake: ['setInterval', 'clearInterval']})
    const {file, transcripts, letGo} = await purgedBeside()

    vi.advanceTimersByTime(60_000)
    const wasErased = transcripts.isErased
    const left = rawBytes(file)
    await letGo()
    await vi.waitFor(() => expect(transcripts.isErased).toBe(true), {timeout: 60_000, interval: 50})

    expect(wasErased).toBe(false)
    expect(left).toMatch(words)
    expect(rawBytes(file)).not.toMatch(words)
    expect(rawBytes(file)).toContain('Quokka')
  })

  test('is erased at the shutdown of the server, if not before', async () => {
    const {file, transcripts, letGo} = await purgedBeside()
    await letGo()
    // Keeps the log from being emptied for being the last to close.
    const reader = readTranscripts(file)

    await transcripts.close()

    expect(rawBytes(file)).not.toMatch(words)
    reader.close()
  })
})

async function purge(file: string) {
  const output = {stdout: '', stderr: ''}
  const code = await transcriptsCommand(['purge', '--data', dirname(file), '--before', '2020-01-01'], {
    dataDir: () => '/nowhere/at/all',
    print: async (text) => {
      output.stdout += text
    },
    warn: (text) => {
      output.stderr += text
    },
    view: {columns: 100, hasColors: false},
  })
  return {code, ...output}
}
