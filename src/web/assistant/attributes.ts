import {LitElement} from 'lit'

const modes = ['panel', 'modal', 'inline', 'page'] as const

export type Mode = (typeof modes)[number]

/** What a page can set on the element, as attributes or properties. */
export class AssistantAttributes extends LitElement {
  static override properties = {
    endpoint: {},
    mode: {reflect: true},
    opened: {type: Boolean, reflect: true},
    version: {},
    locale: {},
    theme: {reflect: true},
    position: {reflect: true},
    heading: {},
    placeholder: {},
    questions: {},
    pages: {},
    shortcut: {},
    keep: {},
    selection: {},
    imageHosts: {attribute: 'image-hosts'},
    shareText: {type: Boolean, attribute: 'share-text'},
    launcher: {},
    pageContext: {attribute: 'page-context'},
    logo: {},
    accent: {},
    radius: {},
    greeting: {},
    footer: {},
    handOver: {attribute: 'hand-over'},
    info: {attribute: 'data-info'},
    asYouType: {attribute: 'as-you-type'},
    dock: {},
  }

  /** URL of the Docent server; default: where the script was loaded from. */
  declare endpoint: string | null
  declare mode: Mode
  declare opened: boolean
  declare version: string | null
  /** BCP 47; default: the page's, then the browser's. */
  declare locale: string | null
  /** `auto` (default) follows the page behind. */
  declare theme: 'auto' | 'light' | 'dark'
  /** `end` (default) or `start`: the corner of the button and the panel. */
  declare position: 'end' | 'start'
  declare heading: string | null
  declare placeholder: string | null
  /** Suggested questions, separated by `|`. */
  declare questions: string | null
  /** Titles of pages to suggest questions about, separated by `|`; used when `questions` is not set. */
  declare pages: string | null
  /** Such as `mod+k` (default; Ctrl, or Cmd on a Mac) or `ctrl+/`; `none` for none. */
  declare shortcut: string | null
  /** `browser` (default): conversations survive; `none`: they end with the page. */
  declare keep: 'browser' | 'none'
  /** CSS selector of the part of the page where a selection or a code block can be asked about. */
  declare selection: string | null
  declare imageHosts: string | null
  declare shareText: boolean
  /** `none`: no button; the page opens the assistant itself. */
  declare launcher: string | null

  /** How an open panel docks into the page: `auto` (default), `on` or `off`. */
  declare dock: 'auto' | 'on' | 'off'
  /** `none`: questions do not say which page they are asked from. */
  declare pageContext: string | null
  /** URL of an image; default: the server's setting, as of all below. */
  declare logo: string | null
  /** `#rrggbb`, or two of them for light and dark. */
  declare accent: string | null
  /** Of corners, in pixels. */
  declare radius: string | null
  /** Says what the assistant does, before the first question. */
  declare greeting: string | null
  /** A line below the box: plain text with at most one link, as `[words](https://…)`. */
  declare footer: string | null
  /** Where to ask a person: an address with `{question}`, `{url}` and `{ref}`; empty for the event alone. */
  declare handOver: string | null
  /** What `GET /api/info` answers, as the page of the server has it. */
  declare info: string | null
  /** `none`: nothing is sent before a question is asked, so nothing is found while it is typed. */
  declare asYouType: string | null

  constructor() {
    super()
    this.mode = 'panel'
    this.opened = false
    this.theme = 'auto'
    this.position = 'end'
    this.keep = 'browser'
    this.shareText = false
    this.endpoint = null
    this.version = null
    this.locale = null
    this.heading = null
    this.placeholder = null
    this.questions = null
    this.pages = null
    this.shortcut = null
    this.selection = null
    this.imageHosts = null
    this.launcher = null
    this.pageContext = null
    this.logo = null
    this.accent = null
    this.radius = null
    this.greeting = null
    this.footer = null
    this.handOver = null
    this.info = null
    this.asYouType = null
    this.dock = 'auto'
  }

  /** An unknown mode is the default: styles go by the attribute. */
  override attributeChangedCallback(name: string, before: string | null, value: string | null): void {
    if (name === 'mode' && !modes.includes(value as Mode)) this.setAttribute(name, 'panel')
    else super.attributeChangedCallback(name, before, value)
  }
}
