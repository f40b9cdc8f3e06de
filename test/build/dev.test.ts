import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {appendFile, mkdir, readFile, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {copyCheckout} from '../support/checkout-copy.ts'

// Starts the whole product several times, on a machine that may be busy.
vi.setConfig({testTimeout: 180_000})

let root: string
let dev: ChildProcess

beforeEach(async () => {
  root = await copyCheckout()
  await mkdir(join(root, 'content'))
  await writeFile(join(root, 'content/a.md'), '# Keys\n\nRotate keys each month.\n')
})
afterEach(async () => {
  if (dev.exitCode === null && dev.signalCode === null) {
    const gone = once(dev, 'exit')
    dev.kill('SIGTERM')
    await gone
  }
  await rm(root, {recursive: true, force: true})
})

test('npm run dev restarts after a change, and goes on unchanged while the sources cannot be built', async () => {
  let out = ''
  dev = spawn(process.execPath, [join(root, 'scripts/build/dev.mjs'), '--port', '0'], {
    cwd: root,
    env: {PATH: process.env['PATH'] ?? '', LOG_LEVEL: 'silent'},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [dev.stdout, dev.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      out += text
    })
  }
  const urls = () => [...out.matchAll(/Docent is ready: (http:\S+)\//g)].map(([, url]) => url!)
  const patience = {timeout: 90_000, interval: 50}
  await expect.poll(() => urls().length, patience).toBe(1)
  const source = join(root, 'src/package/commands.ts')
  const before = await readFile(source, 'utf8')

  await writeFile(source, 'const = 1\n')
  await expect.poll(() => out, patience).toContain('src/package/commands.ts:1:6')
  expect((await fetch(`${urls()[0]}/healthz`)).status).toBe(200)

  await writeFile(source, before)
  await appendFile(source, '\n/** New. */\nexport const another = 1\n')
  await expect.poll(() => urls().length, patience).toBe(2)
  expect((await fetch(`${urls()[1]}/healthz`)).status).toBe(200)
  await expect(fetch(`${urls()[0]}/healthz`)).rejects.toThrow()

  const gone = once(dev, 'exit')
  dev.kill('SIGTERM')
  expect((await gone)[0]).toBe(0)
})
