import {html, nothing, type TemplateResult} from 'lit'

export type Cell = string | TemplateResult

export interface Table {
  /** What the table is of, for screen readers. */
  readonly caption: string
  readonly columns: readonly string[]
  /** The first cell names the row. */
  readonly rows: readonly (readonly Cell[])[]
}

/** A table whose first column are names and all others numbers. It scrolls where it is too wide. */
export function table({caption, columns, rows}: Table): TemplateResult {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${caption}><table class="data">
    <caption class="sr">${caption}</caption>
    <thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
    <tbody>${rows.map(([name, ...cells]) => html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
  </table></div>`
}

/** A number that leads to the transcripts which it counts; plain where there are none, or for who may not read them. */
export function linked(words: string, href: string | null, isNone = false): Cell {
  return href === null || isNone ? words : html`<a href=${href}>${words}</a>`
}

export interface Card {
  readonly title: string
  /** What is seen, in a sentence. */
  readonly sentence: Cell
  readonly content: TemplateResult
  /** The same numbers. */
  readonly table: Table | null
  readonly isWide?: boolean
}

export function card({title, sentence, content, table: numbers, isWide = false}: Card): TemplateResult {
  return html`<section class="card ${isWide ? 'wide' : ''}"><h2>${title}</h2><p class="quiet">${sentence}</p>${content}${
    numbers === null ? nothing : html`<details><summary>Show as a table</summary>${table(numbers)}</details>`
  }</section>`
}
