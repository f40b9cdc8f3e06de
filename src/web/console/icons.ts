import {html, svg, type TemplateResult} from 'lit'
import {type IconName, icon as shared} from '../assistant/icons.ts'

const paths = {
  alert: svg`<path d="M12 4 2.8 19.5h18.4L12 4Zm0 6v4.5m0 2.4v.1"/>`,
  clock: svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.2 2"/>`,
  leave: svg`<path d="M13 4H6v16h7M10 12h10m-3.5-3.5L20 12l-3.5 3.5"/>`,
  running: svg`<path d="M12 3.5a8.5 8.5 0 1 0 8.5 8.5"/>`,
  play: svg`<path d="M8 5.5v13l10.5-6.5L8 5.5Z" fill="currentColor"/>`,
  pause: svg`<path d="M8.5 6v12M15.5 6v12" stroke-width="3"/>`,
  filter: svg`<path d="M4 6h16M7 12h10M10 18h4"/>`,
  download: svg`<path d="M12 4v11m-5-4.5 5 5 5-5M5 20h14"/>`,
  link: svg`<path d="M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1"/>`,
  save: svg`<path d="M7 4h10v16l-5-4-5 4V4Z"/>`,
  keys: svg`<rect x="3" y="6" width="18" height="12" rx="2.5"/><path d="M7 10h.1M11 10h.1M15 10h.1M8 14h8"/>`,
} as const

export type ConsoleIcon = IconName | keyof typeof paths

/** A decorative icon, of the assistant or of the console alone; hidden from screen readers. */
export function icon(name: ConsoleIcon): TemplateResult {
  if (!(name in paths)) return shared(name as IconName)
  return html`<svg class=${name === 'running' ? 'icon running' : 'icon'} viewBox="0 0 24 24" aria-hidden="true">${paths[name as keyof typeof paths]}</svg>`
}
