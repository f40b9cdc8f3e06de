import {html, svg, type TemplateResult} from 'lit'

const paths = {
  spark: svg`<path d="M12 3.5c.6 4.6 3.4 7.4 8 8-4.6.6-7.4 3.4-8 8-.6-4.6-3.4-7.4-8-8 4.6-.6 7.4-3.4 8-8Z"/>`,
  up: svg`<path d="M12 19V5m-6 6 6-6 6 6"/>`,
  stop: svg`<rect x="7" y="7" width="10" height="10" rx="2" fill="currentColor"/>`,
  close: svg`<path d="m6 6 12 12M18 6 6 18"/>`,
  plus: svg`<path d="M12 5v14M5 12h14"/>`,
  copy: svg`<rect x="9" y="9" width="11" height="11" rx="2.5"/><path d="M5 15V6.5A2.5 2.5 0 0 1 7.5 4H15"/>`,
  check: svg`<path d="m5 12.5 4.5 4.5L19 7.5"/>`,
  retry: svg`<path d="M19.5 12a7.5 7.5 0 1 1-2.2-5.3L20 9.3M20 4.5v4.8h-4.8"/>`,
  edit: svg`<path d="m4 20 1-4L16.5 4.5a2 2 0 0 1 3 3L8 19l-4 1Z"/>`,
  good: svg`<path d="M7 11v9H4v-9h3Zm0 0 4-8a2.4 2.4 0 0 1 2.4 2.8L12.8 9H18a2 2 0 0 1 2 2.4l-1.3 6.9A2 2 0 0 1 16.7 20H7"/>`,
  bad: svg`<path d="M17 13V4h3v9h-3Zm0 0-4 8a2.4 2.4 0 0 1-2.4-2.8l.6-3.2H6a2 2 0 0 1-2-2.4l1.3-6.9A2 2 0 0 1 7.3 4H17"/>`,
  menu: svg`<path d="M4 7h16M4 12h16M4 17h10"/>`,
  trash: svg`<path d="M5 7h14M10 7V4.5h4V7m-7.5 0 1 12.5h9l1-12.5"/>`,
  more: svg`<path d="m7 10 5 5 5-5"/>`,
  fewer: svg`<path d="m7 14 5-5 5 5"/>`,
  down: svg`<path d="M12 5v14m-6-6 6 6 6-6"/>`,
  book: svg`<path d="M5 5.5A2.5 2.5 0 0 1 7.5 3H19v15H7.5A2.5 2.5 0 0 0 5 20.5v-15Zm0 15A2.5 2.5 0 0 0 7.5 21H19v-3"/>`,
  contrast: svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 3.5a8.5 8.5 0 0 1 0 17Z" fill="currentColor"/>`,
  back: svg`<path d="m14 6-6 6 6 6"/>`,
  forth: svg`<path d="m10 6 6 6-6 6"/>`,
  search: svg`<circle cx="11" cy="11" r="6"/><path d="m15.5 15.5 4 4"/>`,
  past: svg`<path d="M4.5 9.5a8 8 0 1 1-.3 4.5M4 4.5v5h5M12 8v4.5l3 2"/>`,
  flag: svg`<path d="M6 21V4m0 1h11l-2.5 4L17 13H6"/>`,
  person: svg`<circle cx="12" cy="8" r="3.6"/><path d="M5 20c.6-4 3.3-6 7-6s6.4 2 7 6"/>`,
  history: svg`<path d="M4.5 12a7.5 7.5 0 1 0 2.3-5.4L4.5 9M4.5 4.5V9H9M12 8v4.3l3 1.7"/>`,
  quote: svg`<path d="M5 6v12M9 8h10M9 12h10M9 16h6"/>`,
} as const

export type IconName = keyof typeof paths

/** A decorative icon beside text, or in a button that has a label; hidden from screen readers. */
export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${paths[name]}</svg>`
}
