import type {Page} from 'playwright-core'

/** The element that is seen at a place of the window. */
export function elementAt(page: Page, x: number, y: number): Promise<string | undefined> {
  return page.evaluate(([left, top]) => document.elementFromPoint(left!, top!)?.localName, [x, y])
}

/** The texts of the page that could be seen where the open panel is. */
export function textsBehindPanel(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const assistant = document.querySelector<HTMLElement>('docs-assistant')!
    const panel = assistant.shadowRoot!.querySelector('.panel')!.getBoundingClientRect()
    assistant.style.visibility = 'hidden'
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const texts = new Set<string>()
    while (walker.nextNode()) {
      const range = document.createRange()
      range.selectNodeContents(walker.currentNode)
      for (const box of range.getClientRects()) {
        const [left, right] = [Math.max(box.left, panel.left), Math.min(box.right, panel.right)]
        const [top, bottom] = [Math.max(box.top, panel.top), Math.min(box.bottom, panel.bottom)]
        if (right - left < 1 || bottom - top < 1) continue
        const seen = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
        if (seen?.contains(walker.currentNode)) texts.add(walker.currentNode.textContent!.trim())
      }
    }
    assistant.style.removeProperty('visibility')
    return [...texts].filter((text) => text !== '')
  })
}

/** Whether the heading that was asked about can be seen, not covered by a bar of the site. */
export function isInView(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const heading = document.querySelector('#the-port')
    if (heading === null) return false
    const {left, top, height} = heading.getBoundingClientRect()
    const seen = document.elementFromPoint(left + 4, top + height / 2)
    return seen !== null && (heading.contains(seen) || seen.contains(heading))
  })
}
