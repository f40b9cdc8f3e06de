import {html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult} from 'lit'
import type {Info} from '../../../packages/client/src/index.ts'
import {hexColour, readableOn} from '../../lib/colours.ts'
import {linkInText} from '../../lib/link-in-text.ts'
import {safeHref} from '../render/links.ts'
import type {AssistantAttributes} from './attributes.ts'
import {icon} from './icons.ts'

type Settings = NonNullable<Info['assistant']>

/** How the assistant presents itself; null for its own words. */
export interface Look {
  readonly name: string | null
  /** Absolute. */
  readonly logo: string | null
  readonly greeting: string | null
  readonly footer: string | null
  /** Questions to start with; null where none are named. */
  readonly questions: readonly string[] | null
}

/** An attribute of the element comes before the server's setting. */
export function lookOf(element: AssistantAttributes, set: Settings, server: string): Look {
  return {
    name: element.heading ?? set.name ?? null,
    logo:
      element.logo === null
        ? imageAddress(set.logo ?? null, new URL(server || '/', location.href).href)
        : imageAddress(element.logo, document.baseURI),
    greeting: element.greeting ?? set.greeting ?? null,
    footer: element.footer ?? set.footer ?? null,
    questions: element.questions === null ? (set.suggestions ?? null) : listOf(element.questions),
  }
}

/** The items of a list in an attribute, separated by `|`. */
export function listOf(attribute: string | null): readonly string[] {
  return (attribute ?? '')
    .split('|')
    .map((item) => item.trim())
    .filter(Boolean)
}

function imageAddress(address: string | null, base: string): string | null {
  const url = address === null || address === '' ? null : safeHref(address, base)
  return url?.startsWith('http') ? url : null
}

const lightGround = '#ffffff'
const darkGround = '#1e2026'
const maxRadiusPx = 32

/** The style sheet of colour and radius; empty where neither is set. What is no colour or number counts as not set. */
export function lookStyles({accent, radius}: AssistantAttributes, set: Settings): string {
  const colours = readable(coloursIn(accent)) ?? coloursIn(set.accent)
  const px = radiusOf(radius) ?? radiusOf(set.radius)
  const accentRule = colours === null ? '' : `:host{--look-accent:light-dark(${colours.join()})}`
  return px === null ? accentRule : `${accentRule}:host{--look-radius:${px}px}`
}

type Colours = readonly [light: string, dark: string]

/** One colour, or two for light and dark, as hex; null for anything else. */
function coloursIn(text: string | null | undefined): Colours | null {
  const colours = (text ?? '').trim().split(/\s+/).map(hexColour)
  const [light, dark = light] = colours
  return light == null || dark == null || colours.length > 2 ? null : [light, dark]
}

/** Each changed as far as needed to be read on its background, as the server does with its own. */
function readable(colours: Colours | null): Colours | null {
  return colours && [readableOn(lightGround, colours[0]), readableOn(darkGround, colours[1])]
}

function radiusOf(value: string | number | null | undefined): number | null {
  const number = /^\d+(?:\.\d+)?(?=(?:px)?$)/.exec(String(value ?? '').trim())?.[0]
  return number === undefined ? null : Math.min(Number(number), maxRadiusPx)
}

type Styled = ReactiveControllerHost & {readonly renderRoot: HTMLElement | DocumentFragment}

/** Adds the style sheet of the look to its element, as it is at each update. */
export class LookSheet implements ReactiveController {
  readonly #host: Styled
  readonly #styles: () => string
  readonly #sheet = new CSSStyleSheet()
  #text = ''

  constructor(host: Styled, styles: () => string) {
    this.#host = host
    this.#styles = styles
    host.addController(this)
  }

  hostConnected(): void {
    const root = this.#host.renderRoot as ShadowRoot
    if (!root.adoptedStyleSheets.includes(this.#sheet)) root.adoptedStyleSheets.push(this.#sheet)
  }

  hostUpdate(): void {
    const text = this.#styles()
    if (text === this.#text) return
    this.#text = text
    this.#sheet.replaceSync(text)
  }
}

/** The logo; the assistant's own mark where there is none, or it cannot be loaded. */
export class BrandMark {
  readonly #host: ReactiveControllerHost
  readonly #broken = new Set<string>()

  constructor(host: ReactiveControllerHost) {
    this.#host = host
  }

  render(logo: string | null): TemplateResult {
    if (logo === null || this.#broken.has(logo)) return icon('spark')
    const onError = (): void => {
      this.#broken.add(logo)
      this.#host.requestUpdate()
    }
    return html`<img class="icon logo" alt="" src=${logo} @error=${onError}>`
  }
}

/** A line of plain text with at most one link, as `[words](https://…)`. */
export function footerLine(text: string | null): TemplateResult | typeof nothing {
  if (text === null || text === '') return nothing
  const {before, words, address, after} = linkInText(text)
  const href = address === '' ? null : safeHref(address, location.href)
  return html`<p class="footer" dir="auto">${before}${href === null ? words : html`<a href=${href}>${words}</a>`}${after}</p>`
}
