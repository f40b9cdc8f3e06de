import type * as highlighterPiece from './highlighter.ts'
import type * as rendererPiece from './renderer.ts'

// Null in a module script; the page then has to set `endpoint`.
const script = document.currentScript

/** URL of the folder that the widget's script was loaded from, its server's; empty when not known. */
export const scriptFolder =
  script instanceof HTMLScriptElement && script.src !== '' ? new URL('.', script.src).href : ''

/** A part of the widget in a script of its own beside `widget.js`, loaded when it is needed. */
export interface Piece<T> {
  /** Null before it is loaded, and where it is not available. */
  readonly loaded: T | null
  /** Loads it once; null when it is not available. The next call tries again. */
  load(): Promise<T | null>
}

/**
 * A piece is loaded from the folder of the widget's script and never from `endpoint`: being able to set an attribute in
 * a page must not allow running a script in it. An import inherits the nonce of the script that imports.
 */
function pieceIn<T>(file: string): Piece<T> {
  let loaded: T | null = null
  let loading: Promise<T | null> | null = null
  return {
    get loaded() {
      return loaded
    },
    load() {
      loading ??= import(`${scriptFolder || './'}${file}`).then(
        (module: T) => {
          loaded = module
          return module
        },
        () => {
          loading = null
          return null
        },
      )
      return loading
    },
  }
}

/** Colours code; without it code is plain. */
export const highlighter = pieceIn<typeof highlighterPiece>('highlighter.js')

/** Renders the Markdown of answers; without it they are shown as they were written. */
export const renderer = pieceIn<typeof rendererPiece>('renderer.js')
