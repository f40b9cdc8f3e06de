import {html, nothing, type TemplateResult} from 'lit'
import type {DiffLine} from '../../lib/line-diff.ts'
import {visible} from './visible.ts'

/** Unchanged lines that are shown around changed ones. */
const around = 2

/** What differs between two texts, with the lines around it. */
export function differenceOf(lines: readonly DiffLine[]): TemplateResult {
  return html`<div class="diff" role="group" aria-label="Text before and after">${shownLines(lines).map(
    (line) =>
      line === null
        ? html`<p class="gap">⋯</p>`
        : html`<p class="line ${line.kind}"><span class="sign" aria-hidden="true">${{same: ' ', added: '+', removed: '−'}[line.kind]}</span><span>${line.kind === 'same' ? nothing : html`<span class="sr">${line.kind}: </span>`}${line.pieces.map(({text, isChanged}) => (isChanged ? html`<mark>${visible(text)}</mark>` : visible(text)))}</span></p>`,
  )}</div>`
}

/** The lines that changed with some around them; null where lines are left out. */
function shownLines(lines: readonly DiffLine[]): (DiffLine | null)[] {
  const isNear = lines.map((_, at) =>
    lines.slice(Math.max(0, at - around), at + around + 1).some(({kind}) => kind !== 'same'),
  )
  return lines.flatMap((line, at) => {
    if (isNear[at]) return [line]
    return at === 0 || isNear[at - 1] ? [null] : []
  })
}
