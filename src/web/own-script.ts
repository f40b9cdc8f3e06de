import type {Highlight} from './render/highlight.ts'

// Null in a module script, which then has to say `endpoint`.
const script = document.currentScript

/** Folder the widget's script came from, which is where its server is; empty when the script cannot tell. */
export const scriptFolder =
  script instanceof HTMLScriptElement && script.src !== '' ? new URL('.', script.src).href : ''

let highlight: Highlight | null = null
let loading: Promise<Highlight | null> | undefined

/** The highlighter if it has been loaded; null before, and where it cannot be had. */
export function loadedHighlight(): Highlight | null {
  return highlight
}

/**
 * Loads the highlighter, once; null when it cannot be had.
 * It comes from beside the widget's script and never from `endpoint`: whoever can write an attribute into a page
 * must not thereby run a script in it. An import carries the nonce of the script that asks for it.
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
