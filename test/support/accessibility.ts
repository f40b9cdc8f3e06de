import {readFile} from 'node:fs/promises'
import {createRequire} from 'node:module'
import type {Page} from 'playwright-core'

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/**
 * What an accessibility checker finds on a page, each with its element: WCAG 2.2 A and AA, and best practice.
 * @param within CSS selector of the part that is checked
 */
export async function violationsOn(page: Page, within = 'html'): Promise<string[]> {
  // Through the debugger, which no content policy binds.
  await page.evaluate(`(() => { ${await readFile(axeFile, 'utf8')} })()`)
  return page.evaluate(async (selector) => {
    const {axe} = window as unknown as {
      axe: {
        run(
          context: object,
          options: object,
        ): Promise<{violations: {id: string; nodes: {html: string; failureSummary: string}[]}[]}>
      }
    }
    const result = await axe.run(
      {include: [selector]},
      {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      },
    )
    return result.violations.flatMap(({id, nodes}) =>
      nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`),
    )
  }, within)
}
