import {html, type TemplateResult} from 'lit'
import type {Highlight} from '../../domain/index.ts'
import {codePointName, invisible} from '../../lib/invisible.ts'

/** Text of visitors, models and pages, with its invisible characters as code points. */
export function visible(text: string): readonly (string | TemplateResult)[] {
  // `split` puts the captured characters at odd indexes.
  return text.split(invisible).map((piece, index) => {
    if (index % 2 === 0) return piece
    return html`<span class="control">${codePointName(piece)}</span>`
  })
}

/** The same within a line of our own: its writing direction is isolated. */
export function isolated(text: string): TemplateResult {
  return html`<bdi>${visible(text)}</bdi>`
}

/** The same with parts of it marked. @param highlights in order, and apart */
export function isolatedWithMarks(text: string, highlights: readonly Highlight[]): TemplateResult {
  return html`<bdi>${visibleWithMarks(text, highlights)}</bdi>`
}

/** Text as `visible` shows it, with parts of it marked. @param highlights in order, and apart */
export function visibleWithMarks(text: string, highlights: readonly Highlight[]): TemplateResult {
  let at = 0
  const parts = highlights.map(([from, to]) => {
    const before = text.slice(at, from)
    at = to
    return html`${visible(before)}<mark>${visible(text.slice(from, to))}</mark>`
  })
  return html`${parts}${visible(text.slice(at))}`
}

/** JSON with its invisible characters escaped. */
export function visibleJson(json: string): string {
  return json.replace(new RegExp(invisible, 'gu'), (character) =>
    Array.from(
      {length: character.length},
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
    ).join(''),
  )
}
