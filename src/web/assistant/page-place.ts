import type {PageContext} from '../../../packages/client/src/index.ts'

/** Part of the window, from its top, in which a heading counts as that of the section being read. */
const readPart = 0.4
const maxHeadings = 2_000
const maxChars = 200

/** Where the reader is: address without its query, which may hold secrets, title, and the heading in view. */
export function placeOnPage(): PageContext {
  const {origin, pathname, hash} = location
  return {
    url: origin + pathname + (/^#[\w.~-]+$/.test(hash) ? hash : ''),
    title: document.title.slice(0, maxChars),
    section: sectionInView(),
  }
}

/** The id of the last heading that was scrolled to, or its text where it has none; empty above the first. */
function sectionInView(): string {
  let last: HTMLElement | null = null
  const headings = document.querySelectorAll<HTMLElement>(
    ':is(main, article, [role=main]) :is(h1, h2, h3, h4)',
  )
  for (const heading of [...headings].slice(0, maxHeadings)) {
    const {top, height} = heading.getBoundingClientRect()
    if (height > 0 && top > innerHeight * readPart) break
    if (height > 0) last = heading
  }
  if (last === null) return ''
  const id = last.id || last.querySelector('[id]')?.id || last.closest('section[id]')?.id
  return (id || (last.textContent ?? '').trim()).slice(0, maxChars)
}
