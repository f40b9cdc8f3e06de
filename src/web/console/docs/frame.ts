import {html, nothing, type TemplateResult} from 'lit'
import {messageOf} from '../api.ts'

const tabs = [
  ['', 'Reindex'],
  ['builds', 'Builds'],
  ['search', 'Search'],
  ['coverage', 'Coverage'],
  ['golden', 'Golden'],
] as const

export type Tab = (typeof tabs)[number][0]

export const pathOfDocs = (tab: Tab = '', query = ''): string =>
  `/console/docs${tab === '' ? '' : `/${tab}`}${query === '' ? '' : `?${query}`}`

export const pathOfBuild = (id: string): string => `/console/docs/builds/${encodeURIComponent(id)}`

export const pathOfChanges = (from: string, to: string): string =>
  `${pathOfBuild(to)}/changes?from=${encodeURIComponent(from)}`

/** A view of the docs team: its heading, the way to the others unless it stands alone, and what it shows. */
export function docsView(
  title: string,
  tab: Tab,
  content: unknown,
  {aside = nothing, isAlone = false}: {readonly aside?: unknown; readonly isAlone?: boolean} = {},
): TemplateResult {
  return html`<div class="view docs-view">
    ${isAlone ? nothing : navigation(tab)}
    <div class="head spread"><h1 tabindex="-1">${title}</h1>${aside}</div>
    ${content}
  </div>`
}

function navigation(tab: Tab): TemplateResult {
  return html`<nav class="views" aria-label="Docs"><ul>${tabs.map(
    ([name, label]) =>
      html`<li><a href=${pathOfDocs(name)} aria-current=${name === tab ? 'page' : nothing}>${label}</a></li>`,
  )}</ul></nav>`
}

export function loadFailed(title: string, problem: unknown, again: () => void): TemplateResult {
  return html`<div class="notice" role="alert"><h2>${title}</h2><p>${messageOf(problem)}</p>
    <button class="button" type="button" @click=${again}>Try again</button></div>`
}

export function loading(what: string, rows = 6): TemplateResult {
  return html`<p class="sr" role="status">Loading ${what}…</p>
    <div class="ghost-rows" aria-hidden="true">${Array.from({length: rows}, () => html`<span class="ghost"></span>`)}</div>`
}

/** A number with what it counts. */
export function tile(label: string, value: unknown, more: unknown = nothing): TemplateResult {
  return html`<div class="tile"><dt>${label}</dt><dd>${value}</dd>${more === nothing ? nothing : html`<dd class="quiet more-of">${more}</dd>`}</div>`
}

/** `12.4 MB`. */
export function bytes(value: number): string {
  if (value < 1_000_000) return `${Math.max(1, Math.round(value / 1_000))} KB`
  return `${(value / 1_000_000).toFixed(value < 100_000_000 ? 1 : 0)} MB`
}
