import type {Highlight} from './render/highlight.ts'

// Null in a module script; the page then has to set `endpoint`.
const script = document.currentScript

/** URL of the folder that the widget's script was loaded from, its server's; empty when not known. */
export const scriptFolder =
  script instanceof HTMLScriptElement && script.src !== '' ? new URL('.', script.src).href : ''

let highlight: Highlight | null = null
let loading: Promise<Highlight | null> | undefined

/** The highlighter if it has been loaded; null before, and when it is not available. */
export function loadedHighlight(): Highlight | null {
  return highlight
}

/**
 * Loads the highlighter once; null when it is not available.
 * It is loaded from the folder of the widget's script and never from `endpoint`: being able to set an attribute in a
 * page must not allow running a script in it. An import inherits the nonce of the script that imports.
 */
export function loadHighlight(): Promise<Highlight | null> {
  loading ??= import(`${scriptFolder || './'}highlighter.js`).then(
    (module: {highlight: Highlight}) => {
      highlight = module.highlight
      return highlight
    },
    () => null,
  )
  return loading
}
