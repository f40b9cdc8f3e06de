import {deepStrictEqual as deepEqual, strictEqual as equal, match} from 'node:assert'
import {cpSync} from 'node:fs'
import {basename, join} from 'node:path'
import type {Page} from 'playwright-core'
import {startBrowsers} from '../../support/chromium.ts'
import {protocolQuestions, startProtocolDocs} from '../../support/protocol-docs.ts'
import {serveFolder} from '../../support/serve-folder.ts'
import {ownNpm, root, runProgram, temporaryFolder} from '../programs.ts'

/** Stands in the built page for the server, whose port is not known yet. */
const placeholder = 'https://docent.example.com'
const timeout = 60_000

/** Builds `examples/react` as a newcomer would, and uses it in a browser. @throws AssertionError. */
export async function checkReactExample(): Promise<string> {
  const site = await serveFolder(join(buildExample(), 'dist'))
  const docs = await startProtocolDocs({settings: {allowedOrigins: [site.url]}})
  const browsers = startBrowsers()
  site.replacements = {[placeholder]: docs.open.url}
  try {
    const page = await (await browsers.open()).newPage()
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(String(error)))
    await page.goto(site.url)
    await useIt(page)
    deepEqual(problems, [])
  } finally {
    await browsers.close()
    await Promise.all([site.close(), docs.open.close(), docs.strict.close()])
  }
  return 'in Chromium'
}

function buildExample(): string {
  const folder = temporaryFolder('react-example')
  const isSource = (path: string) => !['node_modules', 'dist'].includes(basename(path))
  cpSync(join(root, 'examples/react'), folder, {recursive: true, filter: isSource})
  const npm = (...args: string[]) =>
    runProgram(process.execPath, [ownNpm(), ...args], {
      cwd: folder,
      env: {...process.env, VITE_DOCENT_URL: placeholder},
    })
  npm('ci', '--no-audit', '--no-fund', '--silent')
  npm('run', 'build')
  return folder
}

async function useIt(page: Page): Promise<void> {
  const answer = page.locator('.answer').last()
  const ask = async (question: string) => {
    await page.getByLabel('Your question').fill(question)
    await page.getByRole('button', {name: 'Ask', exact: true}).click()
  }
  const ending = (name: string, count: number) =>
    page
      .locator(`.answer >> nth=${count - 1}`)
      .and(page.locator(`[data-ending=${name}]`))
      .waitFor({timeout})

  await ask(protocolQuestions.cited)
  await ending('complete', 1)
  match((await answer.textContent()) ?? '', /Run npm ci\. \[1\] Then start it\./)
  equal(await answer.locator('.sources li').count(), 2)
  match((await answer.locator('.sources li.cited a').getAttribute('href')) ?? '', /^http:.+\/docs\/install#/)
  await answer.getByRole('button', {name: 'Helpful', exact: true}).click()
  await answer.getByText('Thank you.').waitFor({timeout})

  await ask(protocolQuestions.slow)
  await answer.getByText('word 3').waitFor({timeout})
  await page.reload()
  await ending('complete', 2)
  match((await answer.textContent()) ?? '', /word 1 word 2 .*word 20/)
  equal(await page.locator('.answer').count(), 2)
  equal(((await answer.textContent()) ?? '').match(/word 1 /g)?.length, 1)

  await ask(protocolQuestions.endless)
  await answer.getByText('word 3').waitFor({timeout})
  await page.getByRole('button', {name: 'Stop'}).click()
  await ending('stopped', 3)
  await answer.getByText('You stopped this answer.').waitFor({timeout})

  await ask(protocolQuestions.abstained)
  await ending('abstained', 4)
  match((await answer.textContent()) ?? '', /does not seem to answer/)

  await ask(protocolQuestions.broken)
  await ending('error', 5)
  match((await page.getByRole('alert').textContent()) ?? '', /broke off/)
  match((await answer.textContent()) ?? '', /It breaks/)
}
