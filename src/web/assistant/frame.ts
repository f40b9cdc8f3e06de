import {html, nothing, type TemplateResult} from 'lit'
import type {Say} from '../locales/strings.ts'
import type {Mode} from './attributes.ts'
import type {Dock} from './dock.ts'
import type {HistorySidebar} from './history-sidebar.ts'
import {icon} from './icons.ts'

export interface FrameView {
  readonly say: Say
  readonly mode: Mode
  /** Whether it is in a panel or dialog, which can be closed. */
  readonly floats: boolean
  readonly heading: string
  readonly conversationKey: string
  readonly history: HistorySidebar
  /** The answers; null before anything was asked. */
  readonly turns: readonly TemplateResult[] | null
  readonly jump: TemplateResult | typeof nothing
  readonly composer: TemplateResult
  readonly suggestions: TemplateResult | typeof nothing
  readonly hide: () => void
  readonly onScroll: () => void
}

/** The assistant itself, in any mode: its bar, the conversation and the box. */
export function frame(view: FrameView): TemplateResult {
  const {say, mode, floats, turns} = view
  const isEmpty = turns === null
  return html`
    <section class="frame ${isEmpty ? 'empty' : ''}" role=${mode === 'page' ? 'main' : nothing} aria-label=${floats || (mode === 'inline' && !isEmpty) ? nothing : say('name')}>
      ${mode === 'inline' && isEmpty ? nothing : bar(view)}
      <div class="scroll" @scroll=${view.onScroll} tabindex=${!isEmpty ? '0' : nothing} role=${!isEmpty ? 'region' : nothing} aria-label=${!isEmpty ? say('name') : nothing}>
        <div class="column">
          ${turns ?? html`<div class="hero">${icon('spark')}<h2>${view.heading}</h2><p>${say('intro')}</p></div>`}
        </div>
      </div>
      <div class="dock"><div class="column">${view.jump}${view.composer}</div></div>
      ${isEmpty ? html`<div class="after"><div class="column">${view.suggestions}</div></div>` : nothing}
    </section>`
}

function bar({say, mode, floats, heading, conversationKey, history, turns, hide}: FrameView): TemplateResult {
  const isPage = mode === 'page'
  const button = (
    name: 'deleteConversation' | 'newConversation' | 'close',
    picture: 'trash' | 'plus' | 'close',
    press: () => void,
  ): TemplateResult =>
    html`<button class="plain ${picture === 'plus' ? 'new' : ''}" type="button" title=${say(name)} aria-label=${say(name)} @click=${press}>${icon(picture)}</button>`
  return html`<header class="bar">
      ${
        isPage
          ? html`<button class="plain menu" type="button" aria-label=${say('menu')} aria-expanded=${history.isOpen}
            @click=${() => history.show(!history.isOpen)}>${icon('menu')}</button>`
          : html`<span class="mark">${icon('spark')}</span>`
      }
      <span class="title">${isPage ? nothing : heading}</span>
      ${turns === null || isPage ? nothing : button('deleteConversation', 'trash', () => history.askToDelete(conversationKey))}
      ${turns === null ? nothing : button('newConversation', 'plus', history.startNew)}
      ${floats ? button('close', 'close', hide) : nothing}
    </header>
    ${turns === null || isPage ? nothing : history.deletion(conversationKey)}`
}

export interface ContainerView {
  readonly say: Say
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
  {say, mode, isOpen, isAway, dock, side, hide}: ContainerView,
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
      return html`<dialog aria-label=${say('name')} @cancel=${onCancel} @click=${onClick}>${inside}</dialog>`
    }
    case 'panel':
      return html`<div class="panel ${dock.isDocked ? 'docked' : ''} ${isAway ? 'away' : ''}" role="dialog" aria-label=${say('name')} ?hidden=${!isOpen}>${inside}${dock.grip()}</div>`
    case 'page':
      return html`<div class="page">${side()}${inside}</div>`
    default:
      return inside
  }
}

/** The button in the corner. */
export function launcher(say: Say, isOpen: boolean, shortcut: string, toggle: () => void): TemplateResult {
  return html`<button class="launcher" type="button" title=${shortcut || nothing} aria-haspopup="dialog" aria-expanded=${isOpen} @click=${toggle}>
    ${icon('spark')}<span>${say('open')}</span></button>`
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
