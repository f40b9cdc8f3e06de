import {html, nothing, type TemplateResult} from 'lit'
import type {Say, StringKey} from '../locales/strings.ts'
import type {Mode} from './attributes.ts'
import type {Dock} from './dock.ts'
import type {HistorySidebar} from './history-sidebar.ts'
import {type IconName, icon} from './icons.ts'

export interface FrameView {
  readonly say: Say
  readonly mode: Mode
  /** Whether it is in a panel or dialog, which can be closed. */
  readonly floats: boolean
  /** For screen readers. */
  readonly name: string
  readonly heading: string
  readonly mark: TemplateResult
  /** What stands first, before anything was asked. */
  readonly hero: TemplateResult
  /** What stands below the box then. */
  readonly after: TemplateResult
  readonly footer: TemplateResult | typeof nothing
  /** Of the citation that is pointed at. */
  readonly preview: TemplateResult
  readonly conversationKey: string
  readonly history: HistorySidebar
  /** The answers; null before anything was asked. */
  readonly turns: readonly TemplateResult[] | null
  readonly jump: TemplateResult | typeof nothing
  readonly composer: TemplateResult
  /** Leads to a person; null where the site offers none. */
  readonly handOver: (() => void) | null
  readonly hide: () => void
  readonly onScroll: () => void
  readonly onMove: {readonly passive: boolean; readonly handleEvent: () => void}
}

/** The assistant itself, in any mode: its bar, the conversation and the box. */
export function frame(view: FrameView): TemplateResult {
  const {mode, name, floats, turns, history} = view
  const isEmpty = turns === null
  // Earlier conversations lie over the rest, which keeps its place.
  const isCovered = mode !== 'page' && history.isOpen
  return html`
    <section class="frame ${isEmpty ? 'empty' : ''}" role=${mode === 'page' ? 'main' : nothing} aria-label=${floats || (mode === 'inline' && !isEmpty) ? nothing : name}>
      ${view.preview}
      ${mode === 'inline' && isEmpty && !isCovered ? nothing : bar(view)}
      <div class="scroll" ?inert=${isCovered} @scroll=${view.onScroll} @wheel=${view.onMove} @touchmove=${view.onMove} @pointerdown=${view.onMove} tabindex=${!isEmpty ? '0' : nothing} role=${!isEmpty ? 'region' : nothing} aria-label=${!isEmpty ? name : nothing}>
        <div class="column">${turns ?? view.hero}</div>
      </div>
      <div class="dock" ?inert=${isCovered}><div class="column">${view.jump}${view.composer}${view.footer}</div></div>
      ${isEmpty ? html`<div class="after" ?inert=${isCovered}><div class="column">${view.after}</div></div>` : nothing}
      ${isCovered ? history.view() : nothing}
    </section>`
}

function bar(view: FrameView): TemplateResult {
  const {say, mode, floats, heading, mark, conversationKey, history, turns, handOver, hide} = view
  const isPage = mode === 'page'
  const button = (name: StringKey, picture: IconName, press: () => void): TemplateResult =>
    html`<button class="plain ${picture === 'plus' ? 'new' : ''}" type="button" title=${say(name)} aria-label=${say(name)} @click=${press}>${icon(picture)}</button>`
  const hasHistory = isPage || history.isOpen || history.hasAny
  const menu = hasHistory
    ? html`<button class="plain menu ${history.isOpen ? 'on' : ''}" type="button" title=${say('menu')} aria-label=${say('menu')} aria-expanded=${history.isOpen}
        @click=${() => history.show(!history.isOpen)}>${icon(isPage ? 'menu' : 'history')}</button>`
    : nothing
  const isOpen = turns !== null && !(history.isOpen && !isPage)
  return html`<header class="bar">
      ${isPage ? menu : html`<span class="mark">${mark}</span>`}
      ${isPage ? html`<h1 class="sr">${view.name}</h1>` : nothing}<span class="title">${isPage ? nothing : html`<bdi>${heading}</bdi>`}</span>
      ${isOpen && !isPage && handOver !== null ? button('handOver', 'person', handOver) : nothing}
      ${isOpen && !isPage ? button('deleteConversation', 'trash', () => history.list.askToDelete(conversationKey)) : nothing}
      ${isPage ? nothing : menu}
      ${turns === null ? nothing : button('newConversation', 'plus', history.startNew)}
      ${floats ? button('close', 'close', hide) : nothing}
    </header>
    ${isOpen && !isPage ? history.list.deletion(conversationKey) : nothing}`
}

export interface ContainerView {
  readonly name: string
  readonly mode: Mode
  readonly isOpen: boolean
  /** Whether it has made way for the page; it keeps its place meanwhile. */
  readonly isAway: boolean
  readonly dock: Dock
  /** The sidebar in `page` mode. */
  readonly side: () => TemplateResult
  readonly hide: () => void
}

/** The frame in the container of its mode: a dialog, a panel, beside the sidebar, or none. */
export function inContainer(
  inside: TemplateResult,
  {name, mode, isOpen, isAway, dock, side, hide}: ContainerView,
): TemplateResult {
  switch (mode) {
    case 'modal': {
      const onCancel = (event: Event): void => {
        event.preventDefault()
        hide()
      }
      // A click on the dialog itself is one on its backdrop.
      const onClick = (event: Event): void => {
        if (event.target === event.currentTarget) hide()
      }
      return html`<dialog aria-label=${name} @cancel=${onCancel} @click=${onClick}>${inside}</dialog>`
    }
    case 'panel':
      return html`<div class="panel ${dock.isDocked ? 'docked' : ''} ${isAway ? 'away' : ''}" role="dialog" aria-label=${name} ?hidden=${!isOpen}>${inside}${dock.grip()}</div>`
    case 'page':
      return html`<div class="page">${side()}${inside}</div>`
    default:
      return inside
  }
}

export interface LauncherView {
  readonly mark: TemplateResult
  readonly words: string
  readonly isOpen: boolean
  readonly shortcut: string
  readonly toggle: () => void
}

/** The button in the corner. */
export function launcher({mark, words, isOpen, shortcut, toggle}: LauncherView): TemplateResult {
  return html`<button class="launcher" type="button" title=${shortcut || nothing} aria-haspopup="dialog" aria-expanded=${isOpen} @click=${toggle}>
    ${mark}<bdi>${words}</bdi></button>`
}

/** Half the width of the scroll bar; null while nothing is shown. Forces layout, so call it once. */
export function gutterOf(root: ParentNode): number | null {
  const scroller = root.querySelector<HTMLElement>('.scroll')
  if (scroller === null || scroller.offsetWidth === 0) return null
  return (scroller.offsetWidth - scroller.clientWidth) / 2
}

/** Makes the box as wide as the text above it, whatever the width of the scroll bar. */
export function alignBox(root: ParentNode, gutterPx: number): void {
  for (const part of root.querySelectorAll<HTMLElement>('.dock, .after')) {
    if (part.style.getPropertyValue('--gutter') === '') part.style.setProperty('--gutter', `${gutterPx}px`)
  }
}
