/**
 * What an answer costs a slow device: the long tasks of the page in Chromium while it is written, and how far anything
 * moves. Upstream and Docent run in separate processes.
 *
 * Run with: npm run bench -- page [--sizes 3000] [--quick] [--json]
 */
import {fileURLToPath} from 'node:url'
import {chromium, type Page} from 'playwright-core'
import {builtFile} from '../../src/package/index.ts'
import {chromiumPath} from './chromium-path.ts'
import {type PageTasks, recordTasks, slowDown} from './page-tasks.ts'
import type {BenchOptions, BenchReport} from './report.ts'
import {startRole} from './streaming.ts'

const devices = {desktop: {width: 1280, height: 800}, phone: {width: 375, height: 812}} as const
const charsPerToken = 4
const intervalMs = 10

/** The benchmark as `npm run bench` shows it. `--sizes` are tokens of an answer. */
export async function runPageBench({quick, sizes, log}: BenchOptions): Promise<BenchReport> {
  const about = `The main thread of the page on a processor ${slowDown} times slower than this one while an answer is written, with headings, lists, tables and code, and beside it a page that only adds the words to its text. A task is long from 50 ms of CPU time on.`
  if (chromiumPath === null)
    return {name: 'page', about, tables: [], notes: ['Skipped: no Chromium found (set CHROMIUM_PATH).']}
  const rows: BenchReport['tables'][number]['rows'][number][] = []
  const [upstream, docent] = [startRole('upstream'), startRole('docent')]
  const browser = await chromium.launch({executablePath: chromiumPath, args: ['--no-sandbox']})
  try {
    await docent.call('webDir', fileURLToPath(builtFile('web')))
    const url = await docent.call<string>('start', await upstream.call<string>('start'))
    for (const tokens of sizes ?? [quick ? 300 : 3_000]) {
      const texts = answerOf(tokens)
      await upstream.call('script', {tokens, texts, intervalMs, holds: false})
      for (const [device, viewport] of Object.entries(devices)) {
        for (const [shown, play] of Object.entries({plainly: playPlainly, 'by Docent': playInPage})) {
          log(`${tokens} tokens, ${device}, shown ${shown}`)
          const page = await browser.newPage({viewport, bypassCSP: true})
          const tasks = await play(page, url)
          rows.push(rowOf({tokens, device, shown}, tasks))
          await page.close()
        }
      }
    }
  } finally {
    await browser.close()
    for (const each of [docent, upstream]) each.end()
  }
  return {
    name: 'page',
    about,
    tables: [
      {title: `One token every ${intervalMs} ms, from the key that sends the question to the end`, rows},
    ],
    notes: ['On a busy machine CPU time grows, too: judge by what the plain page needs in the same run.'],
  }

  async function playInPage(page: Page, url: string): Promise<PageTasks> {
    await page.goto(url)
    const box = page.locator('textarea.question')
    await box.fill('How do I set the port?')
    // A reader's time between typing and sending.
    await page.waitForTimeout(2_000)
    return recordTasks(browser, page, async () => {
      await box.press('Enter')
      await page.locator('.turn.complete .actions').waitFor({timeout: 600_000})
    })
  }

  async function playPlainly(page: Page, url: string): Promise<PageTasks> {
    await page.goto(`${url}/api/health`)
    return recordTasks(browser, page, () => page.evaluate(addWords))
  }
}

function rowOf(head: Readonly<Record<string, string | number>>, tasks: PageTasks) {
  return {
    ...head,
    tasks: tasks.tasks,
    'long tasks': tasks.longTasks,
    'of them long by script alone': tasks.longScripts,
    'longest script ms': tasks.longestScriptMs,
    'script in long tasks %': tasks.scriptShare === null ? null : Math.round(tasks.scriptShare * 100),
    'layout shift': tasks.shift,
  }
}

/** Runs in the page: asks, and adds what comes to the page's text as it is. */
async function addWords(): Promise<void> {
  const text = document.createElement('pre')
  text.style.whiteSpace = 'pre-wrap'
  document.body.replaceChildren(text)
  const response = await fetch('/api/answers', {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify({question: 'How do I set the port?'}),
  })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  for (let read = await reader.read(); !read.done; read = await reader.read()) text.append(read.value)
}

/** An answer with a little of everything, in tokens. */
function answerOf(tokens: number): string[] {
  const words =
    'The lamp asks each server in turn, keeps what it says and shows it after `interval` seconds. Read the file again with **SIGHUP**, or restart it. '
  const code =
    '```ts\nimport {createServer} from "node:http"\n\n// Starts the server\nconst port = Number(process.env.PORT ?? 8080)\ncreateServer((request, response) => response.end(`hello`)).listen(port)\n```'
  const rows = Array.from(
    {length: 8},
    (_, n) => `| \`setting-${n}\` | ${n} | Seconds until server ${n} is asked. |`,
  )
  const steps = Array.from({length: 8}, (_, n) => `${n + 1}. Run \`lamp step ${n}\` and wait for **green**.`)
  const table = ['| Setting | Default | Meaning |', '|---|---|---|', ...rows].join('\n')
  let text = ''
  for (let n = 1; text.length < tokens * charsPerToken; n++)
    text += [`## Part ${n}`, words.repeat(2), code, table, steps.join('\n'), ''].join('\n\n')
  return Array.from({length: tokens}, (_, n) => text.slice(n * charsPerToken, (n + 1) * charsPerToken))
}
