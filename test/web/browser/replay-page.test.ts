import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, describe, expect, test, vi} from 'vitest'
import {violationsOn} from '../../support/accessibility.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {chromiumPath} from '../../support/chromium.ts'
import {askToEnd, signIn, startConsoleDocent} from '../../support/console-docent.ts'
import {bearer, staffApi} from '../../support/staff-people.ts'
import {docsToken, supportToken} from '../../support/start-docent.ts'

/** A replay as a file, which is opened where no server is. */

vi.setConfig({testTimeout: 120_000})

const folder = mkdtempSync(join(tmpdir(), 'docent-replay-'))

afterAll(() => rmSync(folder, {recursive: true, force: true}))

describe.skipIf(chromiumPath === null)('a replay as a file', () => {
  const setting = browserSetting()

  test('plays the answer without a server, runs no words of it, and asks the network for nothing', async () => {
    const docent = await startConsoleDocent(setting.webDir)
    setting.opened.push(docent)
    const question = 'broken </script><script>document.title="run"</script>?'
    const {answerId} = await askToEnd(docent, question)
    const address = `${docent.url}/api/admin/transcripts/${answerId}/replay.html`
    const refused = await fetch(address, {headers: bearer(docsToken)})
    const response = await fetch(address, {headers: bearer(supportToken)})
    expect(await response.clone().text()).not.toContain(answerId)
    const file = join(folder, 'answer.html')
    writeFileSync(file, await response.text())
    const lines = await staffApi(docent, 'GET', '/audit?what=transcripts_exported')

    expect(refused.status).toBe(403)
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="answer-[\w-]+\.html"$/,
    )
    expect(lines.body).toMatchObject({items: [{details: {format: 'html', redacted: true}}]})

    const context = await setting.browsers.open({offline: true})
    setting.opened.push(context)
    const page = await context.newPage()
    const problems: string[] = []
    page.on('console', (message) => problems.push(message.text()))
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('request', (request) => {
      if (!/^(?:file|data):/.test(request.url())) problems.push(request.url())
    })
    await page.goto(`file://${file}`)
    await page.getByText('It broke off here').waitFor()

    expect(await page.getByRole('heading', {level: 1}).innerText()).toContain('</script>')
    expect(await page.title()).toContain('broken')
    expect(await page.locator('docs-assistant-text strong').innerText()).toBe('PORT')
    const scrubber = page.getByRole('slider', {name: 'Position in the replay'})
    const end = Number(await scrubber.inputValue())
    expect(end).toBeGreaterThan(200)
    await page.getByRole('button', {name: 'Replay'}).click()
    await expect.poll(async () => Number(await scrubber.inputValue())).toBeLessThan(end)
    await page.getByText('It broke off here').waitFor()

    await page.locator('h1').click()
    await page.keyboard.press('ArrowLeft')
    const earlier = Number(await scrubber.inputValue())
    expect(earlier).toBeLessThan(end)
    await page.keyboard.press('ArrowRight')
    expect(Number(await scrubber.inputValue())).toBeGreaterThan(earlier)
    // Within one task of the page: the replay is over in a moment.
    const labels = await page.evaluate(async () => {
      const view = document.querySelector<HTMLElement & {updateComplete: Promise<boolean>}>('docent-replay')!
      const found: string[] = []
      for (let press = 0; press < 2; press++) {
        document.body.dispatchEvent(new KeyboardEvent('keydown', {key: ' ', bubbles: true}))
        await view.updateComplete
        found.push(view.querySelector('.play')!.textContent!.trim())
      }
      return found
    })
    expect(labels).toEqual(['Pause', 'Play'])
    expect(await violationsOn(page)).toEqual([])
    expect(problems).toEqual([])
  })

  test('says in place of an answer that a page was withdrawn, as the console does', async () => {
    const docent = await startConsoleDocent(setting.webDir)
    setting.opened.push(docent)
    const {answerId} = await askToEnd(docent, 'What is stored?')
    const {body} = await staffApi(docent, 'GET', `/transcripts/${answerId}`)
    await docent.withdraw(body.sources[0].url)
    const response = await fetch(`${docent.url}/api/admin/transcripts/${answerId}/replay.html`, {
      headers: bearer(supportToken),
    })
    const file = join(folder, 'emptied.html')
    writeFileSync(file, await response.text())

    const context = await setting.browsers.open()
    setting.opened.push(context)
    const page = await context.newPage()
    const shows = async () => {
      await page.getByText(/^The words of this answer were removed on \d+ \w+ \d{4}: a page/).waitFor()
      await page.getByRole('button', {name: /as shown/}).click()
      const withdrawn = page.locator('.found li', {hasText: 'Withdrawn page'}).last()
      expect(await withdrawn.locator('a').count()).toBe(0)
      expect(await violationsOn(page)).toEqual([])
    }
    await page.goto(`file://${file}`)
    await shows()
    await page.goto(`${docent.url}/console/transcripts/${answerId}`)
    await signIn(page, supportToken)
    await shows()
    await page.getByText('Prompt sent').click()
    await page.getByText('or a page was withdrawn').waitFor()
  })
})
