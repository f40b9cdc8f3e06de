import {readFile} from 'node:fs/promises'
import {createRequire} from 'node:module'
import type {Page} from 'playwright-core'

/** What an accessibility checker finds in the assistant on a page: WCAG 2.2 A and AA. */
export async function violationsOn(page: Page): Promise<string[]> {
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  // Through the debugger, which no content policy binds.
  await page.evaluate(`(() => { ${axe} })()`)
  return page.evaluate(async () => {
    const {axe} = window as unknown as {
      axe: {
        run(context: object, options: object): Promise<{violations: {id: string; nodes: {html: string}[]}[]}>
      }
    }
    const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
    const result = await axe.run({include: ['docs-assistant']}, {runOnly})
    return result.violations.flatMap(({id, nodes}) => nodes.map(({html}) => `${id}: ${html.slice(0, 160)}`))
  })
}
