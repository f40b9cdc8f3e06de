import {html, nothing, type TemplateResult} from 'lit'
import {icon} from './icons.ts'
import type {Section} from './sections.ts'
import type {Theme} from './theme.ts'
import type {Member} from './wire.ts'

export interface HeaderView {
  readonly member: Member
  /** Those that the member may open. */
  readonly sections: readonly Section[]
  /** Name of the one that is open. */
  readonly current: string | null
  readonly theme: Theme
  readonly nextTheme: () => void
  readonly hasKeys: boolean
  readonly toggleKeys: () => void
  readonly changeToken: () => void
  readonly signOut: () => void
}

const themeWords: Readonly<Record<Theme, string>> = {
  auto: 'as the system',
  light: 'light',
  dark: 'dark',
}

export function header(view: HeaderView): TemplateResult {
  const {member, sections, current, theme, nextTheme} = view
  const themeLabel = `Theme: ${themeWords[theme]}`
  return html`<header class="bar">
    <a class="brand" href="/console" aria-label="Docent console">${icon('spark')}<span>Docent</span></a>
    <nav aria-label="Console">${sections.map(
      ({name, label}) =>
        html`<a href="/console/${name}" aria-current=${name === current ? 'page' : nothing}>${label}</a>`,
    )}</nav>
    <button class="plain" type="button" title=${themeLabel} aria-label=${themeLabel} @click=${nextTheme}>${icon('contrast')}</button>
    <button class="account" type="button" popovertarget="account" aria-label="Account: ${member.name}">${icon('person')}<bdi>${member.name}</bdi>${icon('more')}</button>
    ${accountMenu(view)}
  </header>`
}

/** Sections that do not fit scroll: the open one is brought into sight. */
export function showCurrent(root: ParentNode): void {
  const link = root.querySelector<HTMLElement>('.bar nav a[aria-current]')
  if (link === null) return
  const nav = link.parentElement!
  nav.scrollLeft = link.offsetLeft - nav.offsetLeft - (nav.clientWidth - link.offsetWidth) / 2
}

const keys = [
  ['/', 'Search'],
  ['j, k', 'Next and previous in a list'],
  ['Space', 'Play and pause a replay'],
  ['← →', 'Back and forth in a replay'],
] as const

function accountMenu({member, hasKeys, toggleKeys, changeToken, signOut}: HeaderView): TemplateResult {
  return html`<div class="menu" id="account" popover>
    <p><bdi class="strong">${member.name}</bdi><br><span class="quiet">Role: ${member.role}</span></p>
    <p><a href="/">To the assistant</a></p>
    <label class="check"><input type="checkbox" .checked=${hasKeys} @change=${toggleKeys}> Single-key shortcuts</label>
    <dl class="keys" ?hidden=${!hasKeys}>${keys.map(([key, words]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${words}</dd></div>`)}</dl>
    ${member.personId === null ? nothing : html`<button class="link" type="button" popovertarget="account" popovertargetaction="hide" @click=${changeToken}>Change your token</button>`}
    <button class="button" type="button" @click=${signOut}>${icon('leave')}Sign out</button>
  </div>`
}
