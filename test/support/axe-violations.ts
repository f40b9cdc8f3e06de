import {readFile} from 'node:fs/promises'
import {createRequire} from 'node:module'
import type {Page} from 'playwright-core'

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/**
 * What the accessibility checker finds on a page, with best practice. One finding is left out: HTML allows a `textarea` no
 * role of its own, but a box of several lines with a list below is a combobox to readers and to all browsers, and an
 * `input` has one line.
 */
export async function axeViolations(page: Page): Promise<string[]> {
  // Through the debugger, which no content policy binds.
  await page.evaluate(`(() => { ${await readFile(axe, 'utf8')} })()`)
  return page.evaluate(async () => {
    const {axe} = window as unknown as {
      axe: {
        run(
          options: object,
        ): Promise<{violations: {id: string; nodes: {html: string; failureSummary: string}[]}[]}>
      }
    }
    const result = await axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    })
    return result.violations.flatMap(({id, nodes}) =>
      nodes
        .filter(({html}) => id !== 'aria-allowed-role' || !html.startsWith('<textarea class="question"'))
        .map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`),
    )
  })
}
