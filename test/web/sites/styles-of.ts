import type {Page} from 'playwright-core'

type Styles = Readonly<Record<string, string>>

/** What depends on the widths of letters in the fonts that a site brings, and on where the element stands. */
const measured =
  '^(?:(?:block|inline)-size|width|height|inset.*|top|right|bottom|left|(?:perspective|transform)-origin|grid-template-(?:columns|rows))$'

/** The computed styles of all that the assistant shows, but for measured places and sizes. */
export function stylesInside(page: Page): Promise<readonly Styles[]> {
  return page.evaluate((skipped) => {
    const isSkipped = (name: string): boolean => name.startsWith('--') || new RegExp(skipped).test(name)
    const root = document.querySelector('docs-assistant')!.shadowRoot!
    return [...root.querySelectorAll('.root, .root *')].map((element) => {
      const all = getComputedStyle(element)
      const styles: Record<string, string> = {
        element: `${element.localName}.${element.getAttribute('class') ?? ''}`,
      }
      // Custom properties are for the site to set.
      for (const name of all) if (!isSkipped(name)) styles[name] = all.getPropertyValue(name)
      return styles
    })
  }, measured)
}

/**
 * The computed styles and the boxes of all else on the page. Boxes take the place of margins: Chromium computes `auto` as 0
 * until the element is laid out for a second time.
 */
export function stylesBeside(page: Page): Promise<readonly Styles[]> {
  return page.evaluate(() => {
    const ours = document.querySelector('docs-assistant')
    return [...document.querySelectorAll('html, body, body *')]
      .filter((element) => element !== ours)
      .map((element) => {
        const all = getComputedStyle(element)
        const {x, y, width, height} = element.getBoundingClientRect()
        const styles: Record<string, string> = {element: element.localName, box: `${[x, y, width, height]}`}
        for (const name of all) if (!name.startsWith('margin-')) styles[name] = all.getPropertyValue(name)
        return styles
      })
  })
}
