import type {Page} from 'playwright-core'

export interface Moves {
  /** What moved more than 8 px between two frames: `h2 in frame 12: 0, -150`. */
  readonly jumps: readonly string[]
  /** The browser's own figure, without what input caused. */
  readonly shift: number
  readonly frames: number
  /** Distance of the last question from the top of the list, in pixels. */
  readonly top: number
}

/** Waits for the box's glide to its place, which was asked for, and which an answer on a busy machine can be quicker than. */
export async function glidesEnded(page: Page): Promise<void> {
  await page.locator('docs-assistant').evaluate(async (element) => {
    const glides = element.shadowRoot!.getAnimations().filter((one) => !(one instanceof CSSAnimation))
    await Promise.allSettled(glides.map(({finished}) => finished))
  })
}

/**
 * Watches in every frame where the questions, cards, chips and blocks of text on the screen are. An element that stays on
 * the screen must stay where it was.
 */
export async function watchMoves(page: Page): Promise<void> {
  const look = await page.evaluateHandle(() => {
    const root = document.querySelector('docs-assistant')!.shadowRoot!
    const watch = {jumps: [] as string[], shift: 0, frames: 0, stop: false}
    Object.assign(window, {watch})
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        hadRecentInput: boolean
        value: number
      })[])
        if (!entry.hadRecentInput) watch.shift += entry.value
    })
    observer.observe({type: 'layout-shift'})
    let before = new Map<Element, DOMRect>()
    const look = (): void => {
      if (watch.stop) {
        observer.disconnect()
        return
      }
      watch.frames++
      const area = root.querySelector('.scroll')!.getBoundingClientRect()
      const now = new Map<Element, DOMRect>()
      const seen = root.querySelectorAll(
        '.asked h2, .state, .card, .chip, .steps li, .text .block, .notice, .actions, .ask',
      )
      for (const element of seen) {
        const place = element.getBoundingClientRect()
        const isOn =
          place.height > 0 &&
          (element.matches('.ask') || (place.bottom > area.top && place.top < area.bottom))
        if (!isOn) continue
        now.set(element, place)
        const was = before.get(element)
        if (was === undefined) continue
        const [x, y] = [place.x - was.x, place.y - was.y]
        if (Math.abs(x) > 8 || Math.abs(y) > 8)
          watch.jumps.push(
            `${element.className || element.localName} in frame ${watch.frames}: ${Math.round(x)}, ${Math.round(y)}`,
          )
      }
      before = now
      requestAnimationFrame(look)
    }
    return look
  })
  await glidesEnded(page)
  await look.evaluate((start) => {
    requestAnimationFrame(start)
  })
}

/** Stops two frames later, so that the last change has been drawn. */
export async function stopWatching(page: Page): Promise<Moves> {
  return page.evaluate(async () => {
    for (let i = 0; i < 3; i++) await new Promise((resolve) => requestAnimationFrame(resolve))
    const {watch} = window as unknown as {
      watch: {jumps: string[]; shift: number; frames: number; stop: boolean}
    }
    watch.stop = true
    const root = document.querySelector('docs-assistant')!.shadowRoot!
    const question = [...root.querySelectorAll('.asked h2')].at(-1)!
    const top =
      question.getBoundingClientRect().top - root.querySelector('.scroll')!.getBoundingClientRect().top
    return {jumps: watch.jumps, shift: watch.shift, frames: watch.frames, top}
  })
}
