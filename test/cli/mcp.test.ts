import {type ChildProcess, spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, readdirSync} from 'node:fs'
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest'
import {takeBuildLock} from '../../src/search-index/build-lock.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {type ContentFolder, contentFolder} from '../support/content-folder.ts'
import {docent} from '../support/docent-command.ts'
import {type CallResult, connectOverStdio, type Era, eras, type McpClient} from '../support/mcp-clients.ts'

// Each test starts the whole product, on a machine that may be busy with others.
vi.setConfig({testTimeout: 120_000})

const connect = closedAfterEach(connectOverStdio)
const running = new Set<ChildProcess>()
let folder: ContentFolder

beforeEach(() => {
  folder = contentFolder({
    'index.md': '# Boiler handbook\n\nEverything about the boiler.\n',
    'port.md':
      '# Change the port\n\nSet PORT to change the port.\n\n## Tokens\n\nTokens expire after one hour.\n',
  })
})

afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
  folder.clear()
})

const envOf = (more: Record<string, string> = {}) => ({
  PATH: process.env['PATH'] ?? '',
  CONTENT_DIR: folder.content,
  DATA_DIR: folder.dataDir,
  ...more,
})

const opening = (era: Era, more: Record<string, string> = {}) =>
  connect(era, {command: process.execPath, args: docent('mcp'), env: envOf(more), cwd: folder.root})

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {protocolVersion: '2025-11-25', capabilities: {}, clientInfo: {name: 'by hand', version: '1'}},
}
const initialized = {jsonrpc: '2.0', method: 'notifications/initialized'}
const callOf = (id: number, name: string, args: object) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: {name, arguments: args},
})

/** The command with its streams in the test's hands. */
function launch(
  more: Record<string, string> = {},
  args: readonly string[] = [],
  {readsLog = true}: {readonly readsLog?: boolean} = {},
) {
  const child = spawn(process.execPath, [...docent('mcp'), ...args], {
    cwd: folder.root,
    env: envOf(more),
    stdio: 'pipe',
  })
  running.add(child)
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  if (readsLog) {
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
    })
  } else child.stderr.pause()
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  const answers = () =>
    stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  return {
    child,
    exited,
    answers,
    stdout: () => stdout,
    stderr: () => stderr,
    send: (...messages: readonly object[]) =>
      child.stdin.write(messages.map((message) => `${JSON.stringify(message)}\n`).join('')),
    answered: (id: number) =>
      vi.waitFor(() => expect(answers().map((answer) => answer['id'])).toContain(id), {timeout: 60_000}),
  }
}

/** The processes that a process has started and that still run. */
const childrenOf = (pid: number | undefined) =>
  spawnSync('pgrep', ['-P', String(pid)], {encoding: 'utf8'})
    .stdout.split('\n')
    .filter(Boolean)

describe.each(eras)('docent mcp, %s client', (era) => {
  test('ingests first where there is no index, and lists all pages then', async () => {
    const client = await opening(era)

    const {resources} = await client.resources()

    expect(resources.map(({uri}) => uri).sort()).toEqual(['docs:///index.md', 'docs:///port.md'])
  })

  test('ingests first where there is no index, and answers with what it found', async () => {
    const client = await opening(era)

    const tools = await client.tools()
    const found = await client.call('search_docs', {query: 'When do tokens expire?', limit: 1})
    const page = await client.call('get_doc', {page: 'port.md'})
    const section = await client.call('get_doc', {page: 'docs:///port.md#tokens'})

    expect(client.version ?? '2025-11-25').toBe(era === 'modern' ? '2026-07-28' : '2025-11-25')
    expect(client.serverInfo.name).toBe('docent')
    expect(tools.map(({name}) => name)).toEqual(['search_docs', 'get_doc', 'list_docs', 'search', 'fetch'])
    expect(found.structuredContent).toMatchObject({
      results: [{id: 'port.md#tokens', url: 'docs:///port.md#tokens', text: 'Tokens expire after one hour.'}],
    })
    expect(page.structuredContent?.['text']).toContain('Set PORT to change the port.')
    expect(section.structuredContent).toMatchObject({id: 'port.md#tokens', url: 'docs:///port.md#tokens'})
    expect(existsSync(`${folder.dataDir}/CURRENT`)).toBe(true)
    // The transcripts of a server that may run beside it are left alone.
    expect(readdirSync(folder.dataDir)).not.toContain('transcripts.sqlite')
    expect(await client.read('docs:///port.md')).toMatchObject([{mimeType: 'text/markdown'}])
  })

  test('needs no network', async () => {
    // In this process and in those that it starts.
    const noNetwork = `import net from 'node:net'
      net.Socket.prototype.connect = function () { console.error('NETWORK'); throw new Error('no network') }`
    const client = await opening(era, {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(noNetwork)}`,
    })

    const found = await client.call('search_docs', {query: 'When do tokens expire?'})

    expect(found.structuredContent).toMatchObject({answered: true})
    expect(client.stderr()).not.toContain('NETWORK')
  })
})

test('writes nothing but the protocol to standard output, and ends with its input', async () => {
  // As a package might that logs, once the command has begun.
  const noise = `const {write} = process.stdout
    const timer = setInterval(() => {
      if (process.stdout.write === write) return
      clearInterval(timer)
      console.log('noise')
      process.stdout.write('noise')
    }, 50)
    timer.unref()`
  const {child, send, answered, answers, exited, stdout, stderr} = launch({
    LOG_LEVEL: 'debug',
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(noise)}`,
  })

  send(
    initialize,
    initialized,
    callOf(2, 'search_docs', {query: 'port'}),
    callOf(3, 'get_doc', {page: '../x'}),
  )
  child.stdin.write('this is no JSON\n{"jsonrpc":"2.0"}\n[]\n7\n')
  send(callOf(4, 'list_docs', {}))
  await answered(4)
  await answered(3)
  await answered(2)
  await vi.waitFor(() => expect(stderr()).toContain('noise\nnoise'), 10_000)
  child.stdin.end()

  expect(await exited).toBe(0)
  expect(answers().every(({jsonrpc, id}) => jsonrpc === '2.0' && id !== undefined)).toBe(true)
  expect(answers().filter(({id}) => id === 3)).toMatchObject([{result: {isError: true}}])
  expect(stdout().endsWith('\n')).toBe(true)
  expect(stderr()).toContain('"tool":"search_docs","outcome":"ok"')
  expect(stderr()).toContain('the docs are indexed')
})

test('a client that goes while the docs are being indexed takes the ingest with it', async () => {
  for (let n = 0; n < 1500; n++) {
    folder.write(`many/${n}.md`, `# Page ${n}\n\n${`Words of page ${n} about valves. `.repeat(60)}\n`)
  }
  const {child, send, answered, exited} = launch()

  send(
    initialize,
    initialized,
    {jsonrpc: '2.0', id: 2, method: 'tools/list'},
    callOf(3, 'search_docs', {query: 'valves'}),
  )
  // Lists are answered at once; only calls wait.
  await answered(2)
  const children = childrenOf(child.pid)
  child.stdin.end()

  expect(await exited).toBe(0)
  expect(children.length).toBeGreaterThan(0)
  await vi.waitFor(() => expect(children.filter((pid) => existsSync(`/proc/${pid}/exe`))).toEqual([]), 10_000)
  expect(existsSync(`${folder.dataDir}/CURRENT`)).toBe(false)
})

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it while its input is open', async (signal) => {
  const {child, send, answered, exited} = launch()
  send(initialize)
  await answered(1)

  child.kill(signal)

  expect(await exited).toBe(0)
})

test('a message that is too long ends it, with a reason', async () => {
  const {child, send, answered, exited, stderr} = launch({LOG_LEVEL: 'error'})
  send(initialize)
  await answered(1)

  child.stdin.on('error', () => {})
  child.stdin.write('x'.repeat(2 * 1024 * 1024))

  expect(await exited).toBe(1)
  expect(stderr()).toContain('longer than 1048576 bytes')
})

test('lines that are no messages are refused and logged, and the next one is answered', async () => {
  const {child, send, answered, answers, exited, stderr} = launch()

  child.stdin.write('{bad\n\n[]\n{"jsonrpc":"2.0"}\n{"jsonrpc":"2.0","id":"x","method":7}\n')
  send(initialize)
  await answered(1)
  child.stdin.end()

  expect(await exited).toBe(0)
  expect(answers().filter(({error}) => error !== undefined)).toMatchObject([
    {id: null, error: {code: -32700}},
    {id: null, error: {code: -32600, message: expect.stringContaining('batches')}},
    {id: null, error: {code: -32600}},
    {id: 'x', error: {code: -32600}},
  ])
  expect(stderr()).toContain('"code":-32700')
})

describe.each([
  ['the end of its input', (child: ChildProcess) => child.stdin!.end()],
  ['SIGTERM', (child: ChildProcess) => child.kill('SIGTERM')],
] as const)('a client that reads no log and, at last, no answers, until %s', (_, end) => {
  test('is answered, and the process ends', async () => {
    const {child, send, answered, exited} = launch({LOG_LEVEL: 'debug'}, [], {readsLog: false})
    send(initialize, initialized)
    await answered(1)

    // Several times what a pipe and the process itself keep: each line is logged.
    for (let n = 0; n < 4000; n++) child.stdin.write(`{"jsonrpc":"2.0","id":"${'x'.repeat(190)}"}\n`)
    send({jsonrpc: '2.0', id: 2, method: 'tools/list'})
    await answered(2)
    child.stdout.pause()
    child.stdin.on('error', () => {})
    for (let id = 3; id < 60; id++) send({jsonrpc: '2.0', id, method: 'tools/list'})
    end(child)

    expect(await exited).toBe(0)
  })
})

test('waits for another process that changes the index, and indexes the docs if that does not', async () => {
  const lock = await takeBuildLock(folder.dataDir)
  const {child, send, answered, answers, exited, stderr} = launch()
  send(initialize, initialized, callOf(2, 'search_docs', {query: 'port'}))
  await vi.waitFor(() => expect(stderr()).toContain('another process is indexing the docs'), 30_000)
  expect(answers().map(({id}) => id)).not.toContain(2)

  await lock.release()

  await vi.waitFor(() => expect(stderr()).toContain('the docs are indexed'), 60_000)
  send(callOf(3, 'search_docs', {query: 'port'}))
  await answered(3)
  expect(answers().filter(({id}) => id === 3)).toMatchObject([
    {result: {structuredContent: {answered: true}}},
  ])
  child.stdin.end()
  expect(await exited).toBe(0)
})

test('two that start at once on docs without an index both answer', async () => {
  const clients = await Promise.all([opening('modern'), opening('modern')])

  const searched = async (client: McpClient): Promise<CallResult> => {
    const found = await client.call('search_docs', {query: 'port'})
    // On a machine that is busy an ingest takes longer than a call waits.
    return found.content[0]?.text.includes('still being indexed') ? searched(client) : found
  }
  const found = await Promise.all(clients.map(searched))

  expect(found.map(({isError}) => isError === true)).toEqual([false, false])
})

test('docs that cannot be indexed are reported to the model, with why', async () => {
  for (const name of readdirSync(folder.content)) folder.remove(name)
  const {child, send, answered, answers, exited} = launch()

  send(
    initialize,
    initialized,
    callOf(2, 'search_docs', {query: 'port'}),
    {jsonrpc: '2.0', id: 3, method: 'resources/list'},
    {jsonrpc: '2.0', id: 4, method: 'resources/read', params: {uri: 'docs:///port.md'}},
    {jsonrpc: '2.0', id: 5, method: 'resources/templates/list'},
  )
  await Promise.all([2, 3, 4, 5].map(answered))
  child.stdin.end()

  expect(await exited).toBe(0)
  const message = expect.stringContaining(folder.content)
  expect(answers().filter(({id}) => id !== 1)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        id: 2,
        result: expect.objectContaining({isError: true, content: [{type: 'text', text: message}]}),
      }),
      expect.objectContaining({id: 3, error: expect.objectContaining({code: -32000, message})}),
      expect.objectContaining({id: 4, error: expect.objectContaining({code: -32000, message})}),
      expect.objectContaining({id: 5, result: expect.anything()}),
    ]),
  )
})

test('docs that another process indexes meanwhile are served', async () => {
  const client = await opening('modern')
  await client.call('search_docs', {query: 'port'})

  folder.write('valves.md', '# Valves\n\nThe flywheel needs oil every day.\n')
  spawnSync(process.execPath, [...docent('ingest')], {cwd: folder.root, env: envOf()})

  await vi.waitFor(
    async () => expect((await client.call('get_doc', {page: 'valves.md'})).isError).toBeFalsy(),
    {timeout: 20_000, interval: 500},
  )
})

test.each([
  ['an option that it does not have', ['--port', '1'], {}, 'mcp'],
  ['docs that are not there', [], {CONTENT_DIR: '/no/such/folder'}, 'CONTENT_DIR'],
])('%s ends it with 2 and a reason on standard error alone', async (_, args, env, reason) => {
  const {exited, stdout, stderr} = launch(env, args)

  expect(await exited).toBe(2)
  expect(stdout()).toBe('')
  expect(stderr()).toContain(reason)
})
