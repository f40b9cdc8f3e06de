import {copyText} from '../assistant/browser.ts'
import {en} from '../locales/en.ts'
import {sayIn} from '../locales/strings.ts'
import type {NodeOptions} from '../render/nodes.ts'

/** The words of the visitor's page that stand in the text of an answer. */
export const say = sayIn(en, 'en')
const copiedMs = 2_000

/** @param base where relative addresses of the docs lead to; default: the docs of this server */
export function textOptions(imageHosts: readonly string[], base = `${location.origin}/docs/`): NodeOptions {
  return {
    links: {base, imageHosts},
    labels: {copy: say('copy'), code: say('code'), table: say('table')},
  }
}

/** A click in the text of an answer: code is copied; links lead out of the console, which stays open. */
export async function clickedInText(event: MouseEvent): Promise<void> {
  const target = event.target as Element
  const link = target.closest<HTMLAnchorElement>('a[href]')
  if (link !== null) {
    event.preventDefault()
    open(link.href, '_blank', 'noopener')
    return
  }
  const button = target.closest<HTMLElement>('[data-action="copy-code"]')
  if (button === null) return
  await copyText(button.closest('figure')?.querySelector('code')?.textContent ?? '')
  button.textContent = say('copied')
  setTimeout(() => {
    button.textContent = say('copy')
  }, copiedMs)
}
