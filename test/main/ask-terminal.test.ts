import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {fileURLToPath} from 'node:url'
import {expect, test, vi} from 'vitest'
import {docent} from '../support/docent-command.ts'

vi.setConfig({testTimeout: 120_000})

const root = fileURLToPath(new URL('../..', import.meta.url))

/** `npm run ask` as a process, before a server that sends these events. */
async function asked(events: readonly {type: string; [name: string]: unknown}[]): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/event-stream')
    for (const {type, ...data} of events) {
      response.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`)
    }
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  const ask = spawn(process.execPath, [...docent('ask'), '--server', `http://127.0.0.1:${port}`, 'How?'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let shown = ''
  for (const stream of [ask.stdout, ask.stderr])
    stream.setEncoding('utf8').on('data', (text) => (shown += text))
  await once(ask, 'close')
  server.close()
  return shown
}

const source = {
  n: 1,
  id: 's',
  title: '\x1b]0;owned\x07Install\x1b[31m\u202e',
  headings: ['\x9b2JOn\nLinux'],
  url: '/docs/\x1b[5minstall',
  anchor: '',
  score: 1,
  snippet: '',
  highlights: [],
}

test('titles and the model’s words cannot drive the terminal, also in pieces', async () => {
  const shown = await asked([
    {type: 'start', answerId: 'a'},
    {type: 'sources', round: 1, query: 'q', sources: [source]},
    {type: 'tool', id: 't', name: 'x', status: 'started', summary: 'look\x1b[31ming'},
    ...['Run \x1b', '[3', '1mit\x1b]0;ow', 'ned\x07 \0\u202e', '👩‍', '👩‍👧 שלום\n', 'now\x9b'].map(
      (text) => ({
        type: 'delta',
        text,
      }),
    ),
    {type: 'done', ending: 'complete', abstained: false},
  ])

  expect(shown).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]/)
  expect(shown).toContain('[1] Install › On Linux  /docs/install\n')
  expect(shown).toContain('(looking)')
  expect(shown).toContain('Run it 👩‍👩‍👧 שלום\nnow\n')
})

test('neither can the message of a failure', async () => {
  const shown = await asked([
    {type: 'start', answerId: 'a'},
    {type: 'error', ending: 'error', code: 'internal', message: 'No\x1b[2J luck', retryable: false},
  ])

  expect(shown).toContain('No luck')
  // Red, when the terminal has colours, and nothing else.
  expect(shown.replace(/\x1b\[(?:31|39)m/g, '')).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/)
})
